package world

import (
	"strings"
)

const (
	kindTestPlan      = "AWS::Backup::RestoreTestingPlan"
	kindTestSelection = "AWS::Backup::RestoreTestingSelection"
)

var restoreKinds = []Kind{
	{
		Name: kindTestPlan, Service: "backup", Source: backupDoc + "API_RestoreTestingPlanForCreate.html",
		Exists: "AlreadyExistsException", Required: []string{"Name", "ScheduleExpression", "RecoveryPointSelection"},
		Fixed: []string{"Name"}, id: named("Name"), arn: func(t *tx, e *Entity) string {
			return arnOf("backup", "restore-testing-plan:{id}-"+t.uuid(e, "id"))(t, e)
		},
		checks: []check{testName, testPlanShape}, computed: func(_ *tx, e *Entity) {
			def(e, "StartWindowHours", 24.0)
			def(e, "ScheduleExpressionTimezone", "Etc/UTC")
		},
		guard: testPlanEmpty,
	},
	{
		// The id is what the upstream provider calls it by: one name is only taken within its plan.
		Name: kindTestSelection, Service: "backup", Source: backupDoc + "API_RestoreTestingSelectionForCreate.html",
		Exists:   "AlreadyExistsException",
		Required: []string{"Name", "RestoreTestingPlanName", "ProtectedResourceType", "IamRoleArn"},
		Fixed:    []string{"Name", "RestoreTestingPlanName", "ProtectedResourceType"},
		Refs: []Link{
			link("RestoreTestingPlanName", kindTestPlan, "ResourceNotFoundException", ""),
			link("IamRoleArn", kindRole, "InvalidParameterValueException", ""),
		},
		id:     func(_ *tx, e *Entity) string { return str(e.In, "Name") + ":" + str(e.In, "RestoreTestingPlanName") },
		checks: []check{testName, testSelectionShape, testOverrides}, computed: func(_ *tx, e *Entity) {
			def(e, "ValidationWindowHours", 0.0)
		},
	},
}

func testName(_ *tx, e, _ *Entity) error {
	name := str(e.In, "Name")
	ok := name != "" && len(name) <= 50
	for _, c := range name {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')
	}
	if !ok {
		return refuse("InvalidParameterValueException", "name %q must be 1 to 50 letters, digits and underscores", name)
	}
	return nil
}

func testPlanShape(t *tx, e, _ *Entity) error {
	if s := str(e.In, "ScheduleExpression"); !cronOK(s) {
		return refuse("InvalidParameterValueException", "plan %s: schedule %q is not a cron() of six fields", e.ID, s)
	}
	if h := numOr(e.In, "StartWindowHours", 24); h < 1 || h > 168 {
		return refuse("InvalidParameterValueException", "plan %s: StartWindowHours is %v, want 1 to 168", e.ID, h)
	}
	if d := numOr(e.In, "RecoveryPointSelection.SelectionWindowDays", 30); d < 1 || d > 365 {
		return refuse("InvalidParameterValueException", "plan %s: SelectionWindowDays is %v, want 1 to 365", e.ID, d)
	}
	for _, arn := range strs(e.In, "RecoveryPointSelection.IncludeVaults") {
		if v := t.arn(arn); arn != "*" && (v == nil || v.Kind != kindVault || v.Region != e.Region) {
			return refuse("InvalidParameterValueException", "plan %s: vault %s does not exist in %s", e.ID, arn, e.Region)
		}
	}
	return nil
}

func testPlanEmpty(t *tx, e *Entity) error {
	for _, s := range t.list(kindTestSelection, e.Region) {
		if str(s.In, "RestoreTestingPlanName") == e.ID {
			return refuse("InvalidRequestException", "restore testing plan %s has selection %s", e.ID, str(s.In, "Name"))
		}
	}
	return nil
}

// testedTypes are the resource types that can be restored in a test, and the
// metadata that may be given for each:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
var testedTypes = map[string][]string{
	"Aurora": {"availabilityzones", "databasename", "dbclusterparametergroupname", "dbsubnetgroupname",
		"enablecloudwatchlogsexports", "enableiamdatabaseauthentication", "engine", "enginemode", "engineversion",
		"kmskeyid", "port", "optiongroupname", "scalingconfiguration", "vpcsecuritygroupids"},
	"DynamoDB": {"encryptiontype", "kmsmasterkeyarn"},
	"S3":       {"encryptiontype", "kmskey"},
}

func testSelectionShape(t *tx, e, _ *Entity) error {
	if _, known := testedTypes[str(e.In, "ProtectedResourceType")]; !known {
		return refuse("InvalidParameterValueException", "selection %s: resource type %q is not restored in tests here", e.ID,
			str(e.In, "ProtectedResourceType"))
	}
	arns := strs(e.In, "ProtectedResourceArns")
	conditions := has(e.In, "ProtectedResourceConditions")
	switch {
	case len(arns) == 0 && !conditions:
		return refuse("InvalidParameterValueException", "selection %s: selects nothing", e.ID)
	case len(arns) > 0 && conditions && (len(arns) != 1 || arns[0] != "*"):
		return refuse("InvalidParameterValueException", "selection %s: ARNs and conditions exclude each other", e.ID)
	case len(arns) > 30:
		return refuse("InvalidParameterValueException", "selection %s: names %d ARNs, at most 30", e.ID, len(arns))
	}
	for _, arn := range arns {
		if other := t.arn(arn); other != nil && resourceType(other) != str(e.In, "ProtectedResourceType") {
			return refuse("InvalidParameterValueException", "selection %s: %s is of type %s, want %s", e.ID, arn,
				resourceType(other), str(e.In, "ProtectedResourceType"))
		}
	}
	return nil
}

// testOverrides refuses metadata that the type does not know. AWS may take it
// and fail the job, so this is earlier (assumed).
func testOverrides(_ *tx, e, _ *Entity) error {
	given, _ := e.In["RestoreMetadataOverrides"].(map[string]any)
	for key := range given {
		ok := false
		for _, want := range testedTypes[str(e.In, "ProtectedResourceType")] {
			ok = ok || strings.ToLower(key) == want
		}
		if !ok {
			return refuse("InvalidParameterValueException", "selection %s: metadata %q cannot be overridden for %s", e.ID, key,
				str(e.In, "ProtectedResourceType"))
		}
	}
	return nil
}
