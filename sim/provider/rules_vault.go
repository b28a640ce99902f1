package provider

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

const (
	testName = `^[0-9A-Za-z_]{1,50}$`
	testText = "1 to 50 letters, digits and underscores"

	frameworkName = `^[A-Za-z][0-9A-Za-z_]{0,255}$`
	frameworkText = "up to 256 letters, digits and underscores, a letter first"
)

var rulesOfVault = map[string][]rule{
	"aws:backup/restoreTestingPlan:RestoreTestingPlan": {
		matches("name", testName, testText),
		matches("scheduleExpression", `^cron\(.+\)$`, "a cron() expression"),
	},
	"aws:backup/restoreTestingSelection:RestoreTestingSelection": {
		matches("name", testName, testText),
		exactlyOne("", "protectedResourceArns", "protectedResourceConditions"),
	},
	"aws:backup/framework:Framework":   {matches("name", frameworkName, frameworkText)},
	"aws:backup/reportPlan:ReportPlan": {matches("name", frameworkName, frameworkText)},
	"aws:cfg/recorder:Recorder": {
		{"recordingGroup", allOrSome},
	},
}

// allOrSome: a list of types and all of them exclude each other.
func allOrSome(group resource.PropertyMap) []Failure {
	all, known := bare(group["allSupported"])
	if !given(group, "allSupported") || (known && all.IsBool() && all.BoolValue()) {
		if len(together(group, []string{"resourceTypes"})) > 0 {
			return []Failure{{"resourceTypes", "needs allSupported false"}}
		}
	}
	return nil
}
