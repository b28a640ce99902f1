// Package entry declares how users reach one home, and the switch that says
// which home they reach.
//
// # The switch
//
// The system's domain is a failover record: the primary's load balancer as long
// as a health check says so, otherwise the secondary's. The check looks at no
// endpoint. It is a calculated check that is healthy when at least one of two is:
//
//	taken      healthy unless the alarm in the secondary's region fired
//	reclaimed  the alarm in the primary's region, inverted: healthy when it fired
//
// Each alarm watches a metric of its own region, and a home acts by putting that
// metric there: a call of a data plane that needs neither the other home nor
// us-east-1, where records are changed. With no new value everything stays: the
// alarm ignores missing data and the check keeps its last known state.
// Putting the same value again changes nothing, so an act is repeated until its
// alarm shows it.
//
//	taken  reclaimed  check      traffic    how it comes to it
//	0      0          healthy    primary    from the start, nothing ever put
//	1      0          unhealthy  secondary  the secondary takes: puts Taken 1
//	1      1          healthy    primary    the primary reclaims: puts Reclaimed 1
//	0      1          healthy    primary    the secondary lets go: puts Taken 0
//	0      0          healthy    primary    the primary resets: puts Reclaimed 0
//
// The last two follow a failback in just this order. Reclaimed 0 before Taken 0
// would send the traffic back to the secondary.
//
// What it cannot do: between Reclaimed 1 and Reclaimed 0 the secondary cannot
// take. If the primary's region is lost in that window, its last known state
// holds the traffic there, and only an edit of the health check, through Route
// 53's control plane in us-east-1, moves it. The window lasts as long as the
// secondary needs to answer the reset, which is long when the traffic was
// reclaimed because the secondary had died; a plan closes it as its last step
// and an alarm should stand on a window that stays open. Letting the state lapse
// instead would move traffic without an act, and before the data.
//
// A standard metric is looked at once a minute, so an act takes one to two
// minutes to be seen and the life of a DNS answer, 60 seconds, to be followed
// (assumed until measured on AWS). The limits of alarms that a health check can
// follow are those of
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html:
// one metric, standard resolution, a plain statistic, no M out of N. The check copies
// the alarm's settings when it is made, so it carries their hash as a trigger.
//
// # Names
//
// Below the domain each home has a name of its own, primary.DOMAIN and
// secondary.DOMAIN, which never moves: the probes look there. Every public agent
// has AGENT.DOMAIN. It follows the switch too, unless the agent's tier is
// active-active: then both homes answer, the nearer one first, and an endpoint
// check takes a home out that does not.
package entry
