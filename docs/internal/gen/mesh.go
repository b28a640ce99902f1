package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"redoubt/components/mesh/rules"
	"redoubt/system"
	"redoubt/system/budget"
	"redoubt/timings"
)

const meshIntro = `# How agents call each other

` + generated + `Each home has a mesh of its own, Istio in sidecar mode. Its rules are made from what ` + "`system.yaml`" + ` declares of each agent,
` + "`calls`, `needs`, `stores` and `consumes`" + `, and declared in both homes by ` + "`components/mesh/`" + `. What obeys them
is told [below](#what-obeys-them).

- **Identity.** All calls between agents are encrypted and known by identity on both sides. An agent takes calls from those that
  declare to call it and from nobody else. The load balancer has no identity: it comes in at the public agents' ports, from its own
  subnets.
- **Deadlines.** A caller waits longer than all that it waits for, one after the other. ` + "`redoubt system check`" + ` adds it up and refuses
  a file where that does not hold, with the path and the figures; calls in a circle are refused, because no deadlines fit them.
- **Retries.** A call is tried again when it did not reach the callee, and then alone: it had no effect. At most a fifth of a caller's
  open requests are retries. A call that ran out of time is not tried again by the mesh; the caller may, with its idempotency token.
- **Bulkheads.** Each caller has a pool of its own for each callee. Together the pools are what the callee has in hand: the requests it
  carries a second, for as long as one may take (` + "`atOnce`" + ` says otherwise). Whatever is above is refused at once.
- **Circuit breakers.** A replica that fails several times in a row is left out by the caller that saw it, for a while that grows. Up to
  half of an agent's replicas can be left out: the loss of a zone takes a third, and the cluster needs about 50 seconds to see it.
- **Zones.** Calls stay in the caller's zone as long as its replicas there can carry them, and spill over to the others.
- **Homes.** No call crosses homes, also when all replicas of a callee are gone. Between homes the switch decides, with data and
  traffic together ([why](decisions/0024-a-mesh-in-each-home-and-none-across.md)).
- **Outside.** An agent reaches the services that it declares, the services of AWS and the stores that it uses, and nothing else.

## What it says in system.yaml

` + "`resilience:`" + ` of a tier holds for its agents, of an agent for itself; ` + "`timeout:`" + ` of a dependency is how long a call of it may take. All
defaults are *assumed*.

| Key | Default | Is |
| --- | ---: | --- |
`

const meshCalls = `
## The example's calls

One try of a call may take as long as a request to the callee may (its deadline). The total is what the caller waits: that, and for each
retry a connection in vain and Envoy's longest wait before it.

| Caller | Callee | One try | Retries | Total | Pool of a replica | Left out after, for |
| --- | --- | ---: | ---: | ---: | ---: | --- |
`

const meshDeadlines = `
## The example's deadlines

| Agent | Works | Waits for | Deadline | May take |
| --- | ---: | --- | ---: | ---: |
`

const meshLimits = `
## What obeys them

Each of an agent's pods has a proxy, which starts before the agent and ends after it. It is declared with the agent, not put in by a
webhook ([why](decisions/0028-proxies-are-declared-with-the-agents.md)), and is held to what Istio's injector would make of the pod (` + "`make judge-mesh`" + `).
Istio's CNI plugin on each node leads the pod's connections through it, save lookups of names. The kubelet asks an agent by way of the proxy.

A new pod waits for the mesh's control plane, which gives its proxy an identity; proxies that run need it only when their certificate
runs out, which takes up to a day.

What it does not do:

- Calls of services outside are encrypted by the agent, so the mesh counts and closes connections, and leaves an address out to which
  none can be made. Deadlines, retries and fallbacks of such calls are the agent's.
- The mesh tries again only what did not reach the callee. An agent's own client takes its times from the same sum: ` + "`call.Declared`" + ` of
  ` + "`agentkit`" + ` gives it Total of the table above, and leaves retries to the proxy where one stands beside it, because attempts would multiply. In a
  cluster an agent reads the same from its pod's variable ` + "`REDOUBT_WAITS`" + ` (` + "`call.Told`" + `), which ` + "`components/agents`" + ` makes: no agent needs the file.
  An agent may be stricter (` + "`Within`" + `), and is refused where it is laxer. The library's defaults are for callees that no file declares.
- Deadlines add up as if an agent waited for everything in turn, its dependencies' fallbacks included. One that calls in parallel has
  time to spare.
- A deadline is kept by the caller's proxy. It tells the callee how long the caller waits, and ` + "`agentkit`" + ` reads that; a callee that
  does not goes on working on what nobody waits for.
- Pools are for each replica of a caller. A caller that is scaled out has more of them.
`

// meshPage is docs/mesh.md.
func meshPage(module string) (string, error) {
	s, err := system.Load(filepath.Join(module, "system.yaml"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(meshIntro)
	meshKeys(&b)
	b.WriteString(meshCalls)
	short := timings.Short
	for _, e := range rules.Edges(s) {
		row(&b, e.Caller, e.Callee, short(e.PerTry), fmt.Sprint(e.Retry.Times), short(e.Total), fmt.Sprint(e.Pool),
			fmt.Sprintf("%d failures, %s", e.EjectAfter, short(e.EjectFor)))
	}
	b.WriteString(meshDeadlines)
	sheet, _ := s.Budgets()
	for _, p := range s.Parties() {
		at := sheet[p.Name]
		row(&b, p.Name, short(p.Work), waits(at), short(at.Deadline), short(p.Limit))
	}
	b.WriteString(meshLimits)
	return b.String(), nil
}

func meshKeys(b *strings.Builder) {
	d, short := system.DefaultResilience(), timings.Short
	row(b, code("deadline"), short(d.Deadline), "of an agent: how long a request to it may take, what it needs where it does not "+
		"say; of a tier: what none of its agents may exceed. Agents that users reach may take "+short(system.EntryDeadline)+
		", consumers "+short(system.StepDeadline))
	row(b, code("work"), short(d.Work), "of it, what the agent works itself, calls of its stores included")
	row(b, code("retries"), fmt.Sprint(*d.Retries), "how often a call that did not reach it is tried again, 0 to 5")
	row(b, code("backoff"), short(d.Backoff), "the base of the wait before a retry, which grows and is random")
	row(b, code("connect"), short(d.Connect), "how long a try may take to connect")
	row(b, code("ejectAfter"), fmt.Sprint(d.EjectAfter), "after how many failures in a row a replica is left out")
	row(b, code("ejectFor"), short(d.EjectFor), "for how long the first time")
	row(b, code("atOnce"), "", "how many requests one replica has in hand; what it carries within its deadline where it does not say")
	row(b, code("without"), "", "of an agent: those of its calls without which it still answers, when they fail or are late")
	model, other := system.Dependency{Kind: system.ModelDependency}, system.Dependency{Kind: system.HTTPDependency}
	row(b, code("timeout"), short(model.Patience()), "of a dependency; "+short(other.Patience())+" where it is no model")
}

func waits(of budget.Budget) string {
	var out []string
	for _, w := range of.Waits() {
		out = append(out, w.Name+" "+timings.Short(w.Total))
	}
	return strings.Join(out, ", ")
}
