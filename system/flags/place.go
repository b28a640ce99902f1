package flags

// Profile is the profile that holds an agent's levels, in the application of AppConfig that is the agent's own.
const Profile = "levels"

// The environments of an agent's application. An agent obeys the one that gives most up.
const (
	// Steady is where people raise and lower a level while all is calm: gradually, and an alarm takes it back.
	Steady = "steady"
	// Recovery is the plans' own. No alarm watches it: while something is lost alarms ring, and each would take back
	// just what the plan gives up.
	Recovery = "recovery"
)

// Environments are all environments of an agent's application.
var Environments = []string{Steady, Recovery}
