package world

import (
	"encoding/json"
	"strings"
)

const (
	kindRole       = "AWS::IAM::Role"
	kindRolePolicy = "AWS::IAM::RolePolicy"
	kindAttachment = "AWS::IAM::RolePolicyAttachment"
	kindPolicy     = "AWS::IAM::ManagedPolicy"

	iamAPI = "https://docs.aws.amazon.com/IAM/latest/APIReference/"
)

var iamKinds = []Kind{
	{
		Name: kindRole, Service: "iam", Source: iamAPI + "API_CreateRole.html", Global: true,
		NotFound: "NoSuchEntity", Exists: "EntityAlreadyExists", Required: []string{"AssumeRolePolicy"},
		id: named("Name"), arn: pathARN("role"),
		checks: []check{iamName(64), jsonIn("AssumeRolePolicy", "MalformedPolicyDocument")},
		computed: func(t *tx, e *Entity) {
			set(e, "UniqueId", "AROA"+t.letters(e, "unique", upper, 17))
			set(e, "CreateDate", t.created(e).Format("2006-01-02T15:04:05Z"))
			def(e, "MaxSessionDuration", float64(3600))
			def(e, "Path", "/")
		},
	},
	{
		Name: kindRolePolicy, Service: "iam", Source: iamAPI + "API_PutRolePolicy.html", Global: true, Setting: true,
		NotFound: "NoSuchEntity", Required: []string{"Role", "Policy", "Name"},
		Refs:   []Link{link("Role", kindRole, "NoSuchEntity", "DeleteConflict")},
		id:     func(_ *tx, e *Entity) string { return str(e.In, "Role") + ":" + str(e.In, "Name") },
		checks: []check{jsonIn("Policy", "MalformedPolicyDocument")},
	},
	{
		Name: kindAttachment, Service: "iam", Source: iamAPI + "API_AttachRolePolicy.html", Global: true, Setting: true,
		NotFound: "NoSuchEntity", Required: []string{"Role", "PolicyArn"}, Fixed: []string{"Role", "PolicyArn"},
		Refs: []Link{link("Role", kindRole, "NoSuchEntity", "DeleteConflict")},
		id: func(_ *tx, e *Entity) string {
			arn := str(e.In, "PolicyArn")
			return str(e.In, "Role") + "-" + arn[strings.LastIndex(arn, "/")+1:]
		},
		checks: []check{policyExists},
	},
	{
		Name: kindPolicy, Service: "iam", Source: iamAPI + "API_CreatePolicy.html", Global: true,
		NotFound: "NoSuchEntity", Exists: "EntityAlreadyExists", Required: []string{"Policy"},
		id: pathARN("policy"), arn: pathARN("policy"),
		checks: []check{iamName(128), jsonIn("Policy", "MalformedPolicyDocument")},
		computed: func(t *tx, e *Entity) {
			set(e, "PolicyId", "ANPA"+t.letters(e, "unique", upper, 17))
			e.Out["AttachmentCount"] = float64(0)
			def(e, "Path", "/")
		},
		guard: policyAttached,
	},
}

func pathARN(kind string) func(*tx, *Entity) string {
	return func(t *tx, e *Entity) string {
		path := str(e.In, "Path")
		if path == "" {
			path = "/"
		}
		return "arn:aws:iam::" + t.cfg.Account + ":" + kind + path + str(e.In, "Name")
	}
}

func iamName(limit int) check {
	return func(_ *tx, e, _ *Entity) error {
		name := str(e.In, "Name")
		ok := name != "" && len(name) <= limit
		for _, c := range name {
			ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
				strings.ContainsRune("_+=,.@-", c))
		}
		if !ok {
			return refuse("ValidationError", "name %q must be 1 to %d letters, digits or _+=,.@-", name, limit)
		}
		return nil
	}
}

// jsonIn refuses a policy that is no JSON document with statements.
func jsonIn(property, code string) check {
	return func(_ *tx, e, _ *Entity) error {
		raw := str(e.In, property)
		if raw == "" {
			return nil
		}
		var doc Document
		if err := json.Unmarshal([]byte(raw), &doc); err != nil || doc["Statement"] == nil {
			return refuse(code, "%s of %s is not a policy document", property, e.ID)
		}
		return nil
	}
}

// policyExists takes AWS's own policies as given (assumed to exist under any name).
func policyExists(t *tx, e, _ *Entity) error {
	arn := str(e.In, "PolicyArn")
	if strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") || t.arn(arn) != nil {
		return nil
	}
	return missing("NoSuchEntity", "policy %s does not exist", arn)
}

func policyAttached(t *tx, e *Entity) error {
	for _, a := range t.list(kindAttachment, Global) {
		if str(a.In, "PolicyArn") == e.ARN {
			return refuse("DeleteConflict", "policy %s is attached to role %s", e.ID, str(a.In, "Role"))
		}
	}
	return nil
}
