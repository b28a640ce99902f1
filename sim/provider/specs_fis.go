package provider

var specsOfFIS = map[string]spec{
	"aws:fis/experimentTemplate:ExperimentTemplate": {kind: "AWS::FIS::ExperimentTemplate"},
}
