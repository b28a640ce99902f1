package provider

var specsOfVault = map[string]spec{
	"aws:backup/restoreTestingPlan:RestoreTestingPlan": {
		kind: "AWS::Backup::RestoreTestingPlan", name: byName(50),
	},
	"aws:backup/restoreTestingSelection:RestoreTestingSelection": {
		kind: "AWS::Backup::RestoreTestingSelection", name: byName(50),
	},
	"aws:backup/framework:Framework": {
		kind: "AWS::Backup::Framework", name: &naming{property: "name", max: 256},
	},
	"aws:backup/reportPlan:ReportPlan": {
		kind: "AWS::Backup::ReportPlan", name: &naming{property: "name", max: 256},
	},
	"aws:cfg/recorder:Recorder":               {kind: "AWS::Config::ConfigurationRecorder"},
	"aws:cfg/recorderStatus:RecorderStatus":   {kind: "AWS::Config::ConfigurationRecorderStatus", name: byName(256)},
	"aws:cfg/deliveryChannel:DeliveryChannel": {kind: "AWS::Config::DeliveryChannel"},
}
