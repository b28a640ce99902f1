package measure

// What agentkit/flags and agentkit/ready tell.
var (
	Level = Instrument{Name: "agentkit.level", Kind: Gauge, Unit: "1", By: []string{"agent"},
		What: "degradation level that the agent works at: 0 full, 1 reduced, 2 essential"}
	FlagsAge = Instrument{Name: "agentkit.flags.age", Kind: Gauge, Unit: "s", By: []string{"source"},
		What: "age of the flags that are used, by where they come from: an environment of AppConfig, a file or a level"}
	Ready = Instrument{Name: "agentkit.ready", Kind: Gauge, Unit: "1", By: []string{"check"},
		What: "1 when the check passes and 0 when not; all is what the endpoint answers, draining included"}
)

var health = []Instrument{Level, FlagsAge, Ready}
