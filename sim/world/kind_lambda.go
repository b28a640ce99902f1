package world

import "strings"

const (
	kindFunction = "AWS::Lambda::Function"

	lambdaAPI = "https://docs.aws.amazon.com/lambda/latest/api/"
)

// unreservedLeast is how many functions at once AWS leaves to those that reserve none, of the thousand that an account
// has unless it is new: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
const unreservedLeast, accountAtOnce = 100, 1000

// The simulated functions run no code: what theirs does in a plan, the tests of the state machines walk.
var lambdaKinds = []Kind{
	{
		Name: kindFunction, Service: "lambda", Source: lambdaAPI + "API_CreateFunction.html",
		Exists: "ResourceConflictException", Required: []string{"Name", "Role"}, Fixed: []string{"Name", "PackageType"},
		Refs: []Link{
			link("Role", kindRole, "InvalidParameterValueException", ""),
			link("VpcConfig.SubnetIds", kindSubnet, "InvalidParameterValueException", "DependencyViolation"),
			link("VpcConfig.SecurityGroupIds", kindSG, "InvalidParameterValueException", "DependencyViolation"),
		},
		id: named("Name"), arn: arnOf("lambda", "function:{Name}"),
		checks: []check{functionRole, functionImage, functionsAtOnce}, computed: functionComputed,
	},
}

// functionRole refuses a role that Lambda may not take:
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func functionRole(t *tx, e, _ *Entity) error {
	role := t.follow(e.Region, str(e.In, "Role"), []string{kindRole})
	if !strings.Contains(str(role.In, "AssumeRolePolicy"), "lambda.amazonaws.com") {
		return refuse("InvalidParameterValueException", "the role %s cannot be assumed by Lambda", role.ID)
	}
	return nil
}

// functionImage refuses an image of another region, of no repository, or of one whose policy does not let Lambda pull:
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html. Whether the image was pushed is not asked.
func functionImage(t *tx, e, _ *Entity) error {
	image := str(e.In, "ImageUri")
	if str(e.In, "PackageType") != "Image" {
		return nil
	}
	host, path, _ := strings.Cut(image, "/")
	name := path
	if i := strings.IndexAny(path, ":@"); i >= 0 {
		name = path[:i]
	}
	if host != t.cfg.Account+".dkr.ecr."+e.Region+".amazonaws.com" || t.get(kindRepository, e.Region, name) == nil {
		return refuse("InvalidParameterValueException", "source image %s does not exist in %s", image, e.Region)
	}
	policy := t.get(kindRepositoryPolicy, e.Region, name)
	if policy == nil || !strings.Contains(str(policy.In, "Policy"), "lambda.amazonaws.com") {
		return refuse("AccessDeniedException", "Lambda does not have permission to access the ECR image %s", image)
	}
	return nil
}

func functionsAtOnce(t *tx, e, _ *Entity) error {
	reserved := max(numOr(e.In, "ReservedConcurrentExecutions", 0), 0)
	for _, other := range t.list(kindFunction, e.Region) {
		if other.ID != e.ID {
			reserved += max(numOr(other.In, "ReservedConcurrentExecutions", 0), 0)
		}
	}
	if accountAtOnce-reserved < unreservedLeast {
		return refuse("InvalidParameterValueException", "%s: less than %d would be left to functions that reserve none", e.ID,
			unreservedLeast)
	}
	return nil
}

func functionComputed(t *tx, e *Entity) {
	e.Out["QualifiedArn"] = e.ARN + ":$LATEST"
	invoke := "arn:aws:apigateway:" + e.Region + ":lambda:path/2015-03-31/functions/"
	e.Out["InvokeArn"], e.Out["QualifiedInvokeArn"] = invoke+e.ARN+"/invocations", invoke+e.ARN+":$LATEST/invocations"
	e.Out["Version"] = "$LATEST"
	set(e, "LastModified", t.created(e).Format(timeFormat))
	set(e, "CodeSha256", t.hex(e, "code", 64))
	set(e, "SourceCodeSize", 0.0)
	set(e, "SigningJobArn", "")
	set(e, "SigningProfileVersionArn", "")
	def(e, "Architectures", []any{"x86_64"})
	def(e, "EphemeralStorage", Document{"Size": 512.0})
	def(e, "LoggingConfig", Document{"LogFormat": "Text", "LogGroup": "/aws/lambda/" + e.ID})
	def(e, "TracingConfig", Document{"Mode": "PassThrough"})
}
