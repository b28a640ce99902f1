package provider

var specsOfWatch = map[string]spec{
	"aws:cloudwatch/logGroup:LogGroup":       {kind: "AWS::Logs::LogGroup", name: byName(512)},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {kind: "AWS::CloudWatch::Alarm", name: byName(255)},
	"aws:cloudwatch/eventRule:EventRule": {kind: "AWS::Events::Rule", name: byName(64),
		defaults: map[string]any{"state": "ENABLED"}},
	"aws:cloudwatch/eventTarget:EventTarget":       {kind: "AWS::Events::Target"},
	"aws:cloudwatch/compositeAlarm:CompositeAlarm": {kind: "AWS::CloudWatch::CompositeAlarm"},
	"aws:cloudwatch/dashboard:Dashboard":           {kind: "AWS::CloudWatch::Dashboard"},
}
