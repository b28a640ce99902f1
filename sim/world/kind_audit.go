package world

import "regexp"

const (
	kindFramework  = "AWS::Backup::Framework"
	kindReportPlan = "AWS::Backup::ReportPlan"
	kindRecorder   = "AWS::Config::ConfigurationRecorder"
	kindRecording  = "AWS::Config::ConfigurationRecorderStatus"
	kindChannel    = "AWS::Config::DeliveryChannel"

	configDoc = "https://docs.aws.amazon.com/config/latest/APIReference/"
)

var auditKinds = []Kind{
	{
		Name: kindFramework, Service: "backup", Source: backupDoc + "API_CreateFramework.html",
		Exists: "AlreadyExistsException", Required: []string{"Name", "Controls"}, Fixed: []string{"Name"},
		id: named("Name"), arn: func(t *tx, e *Entity) string {
			return arnOf("backup", "framework:{id}-"+t.uuid(e, "id"))(t, e)
		},
		checks: []check{auditName, frameworkControls, recorderRuns}, computed: func(t *tx, e *Entity) {
			set(e, "CreationTime", t.created(e).Format("2006-01-02T15:04:05Z"))
			e.Out["DeploymentStatus"], e.Out["Status"] = "COMPLETED", "ACTIVE"
		},
	},
	{
		Name: kindReportPlan, Service: "backup", Source: backupDoc + "API_CreateReportPlan.html",
		Exists:   "AlreadyExistsException",
		Required: []string{"Name", "ReportDeliveryChannel", "ReportSetting"}, Fixed: []string{"Name"},
		Refs: []Link{link("ReportDeliveryChannel.S3BucketName", kindBucket, "InvalidParameterValueException", "")},
		id:   named("Name"), arn: func(t *tx, e *Entity) string {
			return arnOf("backup", "report-plan:{id}-"+t.uuid(e, "id"))(t, e)
		},
		checks: []check{auditName, reportShape}, computed: func(t *tx, e *Entity) {
			set(e, "CreationTime", t.created(e).Format("2006-01-02T15:04:05Z"))
			e.Out["DeploymentStatus"] = "COMPLETED"
		},
	},
	{
		Name: kindRecorder, Service: "config", Source: configDoc + "API_PutConfigurationRecorder.html",
		NotFound: "NoSuchConfigurationRecorderException", Exists: "MaxNumberOfConfigurationRecordersExceededException",
		Required: []string{"RoleArn"}, Fixed: []string{"Name"},
		Refs: []Link{link("RoleArn", kindRole, "InvalidRoleException", "")},
		id:   configName, checks: []check{oneOf(kindRecorder, "MaxNumberOfConfigurationRecordersExceededException")},
		remove: removeRecorder,
	},
	{
		Name: kindRecording, Service: "config", Source: configDoc + "API_StartConfigurationRecorder.html", Setting: true,
		Required: []string{"Name", "IsEnabled"},
		Refs:     []Link{link("Name", kindRecorder, "NoSuchConfigurationRecorderException", "")},
		id:       named("Name"), checks: []check{channelStands},
	},
	{
		Name: kindChannel, Service: "config", Source: configDoc + "API_PutDeliveryChannel.html",
		NotFound: "NoSuchDeliveryChannelException", Exists: "MaxNumberOfDeliveryChannelsExceededException",
		Required: []string{"S3BucketName"}, Fixed: []string{"Name"},
		Refs:   []Link{link("S3BucketName", kindBucket, "NoSuchBucketException", "")},
		id:     configName,
		checks: []check{oneOf(kindChannel, "MaxNumberOfDeliveryChannelsExceededException"), recorderStands},
		guard:  recorderStopped,
	},
}

func configName(_ *tx, e *Entity) string { return firstOf(str(e.In, "Name"), "default") }

// oneOf refuses a second entity of the kind in the region.
func oneOf(kind, code string) check {
	return func(t *tx, e, _ *Entity) error {
		for _, other := range t.list(kind, e.Region) {
			if other.ID != e.ID {
				return refuse(code, "%s has %s %s already", e.Region, kind, other.ID)
			}
		}
		return nil
	}
}

func recorderStands(t *tx, e, _ *Entity) error {
	if len(t.list(kindRecorder, e.Region)) == 0 {
		return refuse("NoAvailableConfigurationRecorderException", "%s has no configuration recorder", e.Region)
	}
	return nil
}

func channelStands(t *tx, e, _ *Entity) error {
	if yes(e.In, "IsEnabled") && len(t.list(kindChannel, e.Region)) == 0 {
		return refuse("NoAvailableDeliveryChannelException", "%s has no delivery channel", e.Region)
	}
	return nil
}

func (t *tx) recording(region string) bool {
	for _, s := range t.list(kindRecording, region) {
		if yes(s.In, "IsEnabled") {
			return true
		}
	}
	return false
}

// recorderStopped: the channel of a running recorder stays.
// https://docs.aws.amazon.com/config/latest/APIReference/API_DeleteDeliveryChannel.html
func recorderStopped(t *tx, e *Entity) error {
	if t.recording(e.Region) {
		return refuse("LastDeliveryChannelDeleteFailedException", "the configuration recorder of %s runs", e.Region)
	}
	return nil
}

func removeRecorder(t *tx, e *Entity) error {
	for _, s := range t.list(kindRecording, e.Region) {
		t.drop(s)
	}
	t.drop(e)
	return nil
}

// recorderRuns: AWS takes the framework and its deployment fails; refusing it
// is earlier (assumed useful).
// https://docs.aws.amazon.com/aws-backup/latest/devguide/turning-on-resource-tracking.html
func recorderRuns(t *tx, e, _ *Entity) error {
	if !t.recording(e.Region) {
		return refuse("InvalidRequestException", "framework %s: no configuration recorder runs in %s", e.ID, e.Region)
	}
	return nil
}

var auditNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,255}$`)

func auditName(_ *tx, e, _ *Entity) error {
	if !auditNames.MatchString(str(e.In, "Name")) {
		return refuse("InvalidParameterValueException", "name %q must be up to 256 letters, digits and underscores, "+
			"a letter first", str(e.In, "Name"))
	}
	return nil
}

func frameworkControls(_ *tx, e, _ *Entity) error {
	seen := map[string]bool{}
	for _, c := range docs(e.In, "Controls") {
		name := str(c, "Name")
		if seen[name] { // assumed: a report names a control once
			return refuse("InvalidParameterValueException", "framework %s has control %s twice", e.ID, name)
		}
		seen[name] = true
	}
	return nil
}

// reportShape: a report of compliance needs frameworks.
func reportShape(t *tx, e, _ *Entity) error {
	template := str(e.In, "ReportSetting.ReportTemplate")
	compliance := template == "RESOURCE_COMPLIANCE_REPORT" || template == "CONTROL_COMPLIANCE_REPORT"
	arns := strs(e.In, "ReportSetting.FrameworkArns")
	if compliance && len(arns) == 0 {
		return refuse("InvalidParameterValueException", "report plan %s: %s needs FrameworkArns", e.ID, template)
	}
	for _, arn := range arns {
		if f := t.arn(arn); f == nil || f.Kind != kindFramework {
			return refuse("InvalidParameterValueException", "report plan %s: framework %s does not exist", e.ID, arn)
		}
	}
	return nil
}
