package arbiter

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/watch"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Args configures an Arbiter.
type Args struct {
	// Scope says whose arbiter it is and in which region. It has no home. Required.
	Scope naming.Scope
	// Zones are the zones that the observer's task may run in: two or more, so that it outlives one.
	Zones []string
	// Settings is the text that the observer reads (internal/observe/settings); empty as long as a home does not
	// stand. Then there is the table, and nobody who observes.
	Settings string
	// Watched are the ARNs of the homes' lock tables, which the observer asks the control plane about. With Settings.
	Watched map[system.Home]string
	// Tell are those who are told when nobody observes.
	Tell []watch.Subscription
	// Protect turns on deletion protection, AWS's and the engine's.
	Protect bool
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	s := a.Scope
	bad(s.System == "" || s.Region == "" || len(s.Account) != 12, "scope is %+v, want a system, a region and an account", s)
	bad(s.Home != "", "scope names the home %q, want none: the arbiter belongs to both", s.Home)
	bad(len(a.Zones) < 2, "zones are %v, want two or more", a.Zones)
	if a.Settings != "" {
		bad(!json.Valid([]byte(a.Settings)), "settings are no JSON")
		for _, h := range system.Homes {
			bad(a.Watched[h] == "", "watched has no table of the %s home", h)
		}
	}
	return a, errors.Join(append(errs, watch.CheckSubscriptions(a.Tell)...)...)
}

// keyPolicy lets whoever may use DynamoDB here use the key through it, as AWS's own key of DynamoDB does, so that the
// keepers of the homes need no ARN that only this region knows; and the logs of this region be sealed.
// https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (a Args) keyPolicy() iampolicy.Document {
	s := a.Scope
	via := map[string]map[string][]string{"StringEquals": {
		"kms:CallerAccount": {s.Account}, "kms:ViaService": {"dynamodb." + s.Region + ".amazonaws.com"},
	}}
	anybody := map[string][]string{"AWS": {iampolicy.Everyone}}
	grants := iampolicy.Statement{
		Sid: "TablesGrants", Principals: anybody, Resources: []string{"*"}, Conditions: via,
		Actions: []string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"},
	}.With(iampolicy.Condition{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Values: []string{"true"}})
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{
			Sid: "Account", Principals: map[string][]string{"AWS": {fmt.Sprintf("arn:aws:iam::%s:root", s.Account)}},
			Actions: []string{"kms:*"}, Resources: []string{"*"}, AllowAnyAction: true,
			Reason: "the account keeps control of its key: " +
				"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
		},
		{
			Sid: "Tables", Principals: anybody, Resources: []string{"*"}, Conditions: via,
			Actions: []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		},
		grants,
		iampolicy.Statement{
			Sid:        "Logs",
			Principals: map[string][]string{"Service": {"logs." + s.Region + ".amazonaws.com"}},
			Actions:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
			Resources:  []string{"*"},
		}.With(iampolicy.Condition{Operator: "ArnLike", Key: "kms:EncryptionContext:aws:logs:arn",
			Values: []string{s.ARN("logs", "log-group:"+a.logGroup())}}),
	}}
}

// mayObserve is all that the observer and the judge may do to AWS: read and write the words and looks of one table,
// and ask whether the homes' control planes answer.
func (a Args) mayObserve() iampolicy.Document {
	var watched []string
	for _, h := range system.Homes {
		watched = append(watched, a.Watched[h])
	}
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Judge", Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: []string{TableArn(a.Scope)}},
		{Sid: "Look", Actions: []string{"dynamodb:DescribeTable"}, Resources: watched},
	}}
}

// mayStart is what ECS needs to start the task: the image and the log.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func (a Args) mayStart() iampolicy.Document {
	s := a.Scope
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{
			Sid:       "Pull",
			Actions:   []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
			Resources: []string{s.ARN("ecr", "repository/"+s.Repository(Image))},
		},
		// No resource can be named for this action:
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
		{Sid: "Login", Actions: []string{"ecr:GetAuthorizationToken"}, Resources: []string{"*"}},
		{
			Sid: "Log", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resources: []string{s.ARN("logs", "log-group:"+a.logGroup()+":*")},
		},
	}}
}

func (a Args) logGroup() string { return "/" + a.Scope.System + "/" + Name + "/observer" }

func (a Args) flowGroup() string { return "/" + a.Scope.System + "/" + Name + "/flow" }

func (a Args) inputs() pulumi.Map {
	return pulumi.Map{
		"region": pulumi.String(a.Scope.Region), "zones": pulumi.ToStringArray(a.Zones), "protect": pulumi.Bool(a.Protect),
	}
}
