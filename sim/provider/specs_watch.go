package provider

var specsOfWatch = map[string]spec{
	"aws:cloudwatch/logGroup:LogGroup": {kind: "AWS::Logs::LogGroup", name: byName(512)},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {kind: "AWS::CloudWatch::Alarm", name: byName(255), sets: []string{
		"alarmActions", "okActions", "insufficientDataActions", "metricQueries"}, defaults: map[string]any{
		"actionsEnabled": true, "treatMissingData": "missing"}},
	"aws:cloudwatch/eventRule:EventRule": {kind: "AWS::Events::Rule", name: byName(64), defaults: map[string]any{
		"eventBusName": "default", "state": "ENABLED", "isEnabled": true}},
	"aws:cloudwatch/eventTarget:EventTarget": {kind: "AWS::Events::Target",
		defaults: map[string]any{"eventBusName": "default"}},
	"aws:cloudwatch/compositeAlarm:CompositeAlarm": {kind: "AWS::CloudWatch::CompositeAlarm", sets: []string{
		"alarmActions", "okActions", "insufficientDataActions"}, defaults: map[string]any{"actionsEnabled": true}},
	"aws:cloudwatch/dashboard:Dashboard": {kind: "AWS::CloudWatch::Dashboard"},
}
