// Package policyleastprivilege holds the rule policy-least-privilege.
package policyleastprivilege

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/policies/rule"
)

const exceptions = "exceptions"

// Rule is the rule policy-least-privilege.
var Rule = rule.Rule{
	ID:    "policy-least-privilege",
	Title: "A policy names the actions and the resources that it allows",
	Why: "Who takes over one role then holds that role's part and no more: a role that may do everything " +
		"deletes the stores, and after them their backups.",
	Source:   "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
	Severity: rule.High,
	Remedy:   "Name actions and ARNs; where an action knows no resource, allow it in a statement of its own.",
	Options: []rule.Option{{Name: exceptions, Kind: rule.TextList, Default: []string{},
		Describes: "Resources of the program that may allow more, each with its reason, as in: my-policy: why it must."}},
	Resource: &rule.ResourceRule{Types: types(), Check: check},
}

// kind is where a type of resource holds its policies.
type kind struct {
	typ, path string
	// role is true for what hangs on a role and not on a resource, whose policy is about that resource alone.
	role bool
}

// The policy of an endpoint is not here: it allows nothing by itself, and limits what roles may do through it
// (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
var kinds = []kind{
	{"aws:iam/rolePolicy:RolePolicy", "policy", true},
	{"aws:iam/policy:Policy", "policy", true},
	{"aws:iam/role:Role", "inlinePolicies[*].policy", true},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", true},
	{"aws:kms/key:Key", "policy", false},
	{"aws:kms/replicaKey:ReplicaKey", "policy", false},
	{"aws:s3/bucketPolicy:BucketPolicy", "policy", false},
	{"aws:sqs/queuePolicy:QueuePolicy", "policy", false},
	{"aws:sns/topicPolicy:TopicPolicy", "policy", false},
	{"aws:backup/vaultPolicy:VaultPolicy", "policy", false},
	{"aws:ecr/repositoryPolicy:RepositoryPolicy", "policy", false},
	{"aws:secretsmanager/secretPolicy:SecretPolicy", "policy", false},
}

func types() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.typ)
	}
	return out
}

// everywhere are actions that may be allowed on every resource, a star at the
// end standing for a family, each with the reason: that they know no resource says the service authorization reference
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
var everywhere = map[string]string{
	"arc-zonal-shift:ListZonalShifts":   "knows no resource, and changes nothing",
	"autoscaling:Describe*":             "knows no resource, and changes nothing",
	"backup:ListRestoreJobs":            "knows no resource, and changes nothing",
	"backup:PutRestoreValidationResult": "knows no resource",
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
	"cloudwatch:DescribeAlarms":                    "tells of composite alarms with a right on all alone, and changes nothing",
	"cloudwatch:GetMetricData":                     "knows no resource, and changes nothing",
	"cloudwatch:GetMetricStatistics":               "knows no resource, and changes nothing",
	"cloudwatch:PutMetricData":                     "knows no resource; cloudwatch:namespace bounds it",
	"ec2:Describe*":                                "knows no resource, and changes nothing",
	"ec2:InjectApiError":                           "knows no resource; ec2:FisActionId bounds it",
	"ecr:GetAuthorizationToken":                    "knows no resource",
	"elasticloadbalancing:Describe*":               "knows no resource, and changes nothing",
	"fis:ListExperiments":                          "knows no resource, and changes nothing",
	"logs:CreateLogDelivery":                       "knows no resource",
	"logs:DescribeResourcePolicies":                "knows no resource, and changes nothing",
	"logs:PutResourcePolicy":                       "knows no resource",
	"logs:DescribeLogGroups":                       "lists what is there, and flow logs ask for all of it",
	"route53-recovery-cluster:ListRoutingControls": "knows no resource, and changes nothing",
	"s3:ListAllMyBuckets":                          "knows no resource, and changes nothing",
	"tag:GetResources":                             "knows no resource, and changes nothing",
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	for _, e := range c.Texts(exceptions) {
		if name, why, _ := strings.Cut(e, ":"); name == r.Name && strings.TrimSpace(why) != "" {
			return nil
		}
	}
	k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.typ == r.Type })]
	var out []rule.Finding
	for _, v := range r.All(k.path) {
		if k.path == "policyArn" {
			out = append(out, attached(r, v.Text())...)
			continue
		}
		doc, err := iampolicy.Parse(v.Text())
		if err != nil {
			out = append(out, r.Violation("%s cannot be read: %v", k.path, err))
		}
		for n, s := range doc.Statements {
			for _, fault := range k.faults(s) {
				out = append(out, r.Violation("statement %s %s", name(n, s), fault))
			}
		}
	}
	if len(out) == 0 {
		r.At(strings.ReplaceAll(k.path, "[*]", "")).Known() // a policy that is not known yet is not judged
	}
	return out
}

// attached judges a policy of AWS by its name.
func attached(r *rule.Resource, arn string) []rule.Finding {
	_, name, _ := strings.Cut(arn, ":aws:policy/")
	if name == "AdministratorAccess" || name == "PowerUserAccess" || strings.HasSuffix(name, "FullAccess") {
		return []rule.Finding{r.Violation("policyArn is %q, which allows all of a service or more", arn)}
	}
	return nil
}

func name(n int, s iampolicy.Statement) string {
	if s.Sid != "" {
		return fmt.Sprintf("%q", s.Sid)
	}
	return fmt.Sprint(n + 1)
}

// faults are what a statement allows beyond what it names.
func (k kind) faults(s iampolicy.Statement) []string {
	if s.Effect == iampolicy.Deny || k.ownAccount(s) {
		return nil
	}
	var out []string
	if len(s.NotActions) > 0 {
		out = append(out, fmt.Sprintf("allows all actions but %d, want those that are needed", len(s.NotActions)))
	}
	anywhere := k.role && (len(s.Resources) == 0 || slices.Contains(s.Resources, "*"))
	for _, a := range s.Actions {
		_, verb, _ := strings.Cut(a, ":")
		switch {
		case strings.Trim(verb, "*?") == "":
			out = append(out, fmt.Sprintf("allows %q, want the actions that are needed", a))
		case anywhere && !free(a):
			out = append(out, fmt.Sprintf("allows %q on every resource, want ARNs", a))
		}
	}
	return out
}

// ownAccount is the one statement that may allow everything: a key's own account
// administers it, or nobody does (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
func (k kind) ownAccount(s iampolicy.Statement) bool {
	of := s.Principals["AWS"]
	return strings.HasPrefix(k.typ, "aws:kms/") && len(s.Principals) == 1 && len(of) == 1 &&
		strings.HasSuffix(of[0], ":root") && slices.Equal(s.Actions, []string{"kms:*"})
}

// free reports whether an action may be allowed on every resource.
func free(action string) bool {
	for known := range everywhere {
		family, many := strings.CutSuffix(known, "*")
		if action == known || many && strings.HasPrefix(action, family) {
			return true
		}
	}
	return false
}
