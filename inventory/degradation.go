package inventory

// Degradation is the ConfigMap beside a home's agents that tells each of them
// how much to give: its key is the agent, its value one of system.Levels. Plans change
// it; an agent that is not in it gives everything.
const Degradation = "degradation"
