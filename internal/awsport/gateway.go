package awsport

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// GatewayPath is what a home's load balancer answers about its agents
// (components/entry). A gateway that passes a task on to a tool runner and the
// stores answers at a path of its own; set Gateway.Path then.
const GatewayPath = "/healthz"

// TaskHeader carries the name of the probe task, so that two probes are told apart.
const TaskHeader = "Redoubt-Task"

// Gateway is a Prober that asks the home's gateway over HTTPS as users do: the
// domain must lead to the home's load balancer, and the load balancer must answer
// for the domain. What is not answered is a failed probe, not an error: users
// get no answer either.
type Gateway struct {
	// Path is asked for; empty is GatewayPath.
	Path string
	// Patience is how long an answer may take; zero is ten seconds.
	Patience time.Duration
	// Lookup finds the addresses of a name, and Dial connects; nil are those of the machine.
	Lookup func(ctx context.Context, name string) ([]string, error)
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	// Transport makes the request; nil is one that trusts what the machine trusts.
	Transport *http.Transport
}

var _ Prober = Gateway{}

// Probe answers whether the task passed, and why not.
func (g Gateway) Probe(ctx context.Context, c plan.Call) (plan.Document, error) {
	domain, _ := c.Input["Domain"].(string)
	address, _ := c.Input["Address"].(string)
	task, _ := c.Input["Task"].(string)
	if domain == "" || address == "" {
		return nil, &execute.ClassError{Class: execute.Invalid, Err: fmt.Errorf("member Domain is %q and Address %q, want both", domain, address)}
	}
	if g.Patience == 0 {
		g.Patience = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, g.Patience)
	defer cancel()
	why := g.leads(ctx, domain, address)
	if why == "" {
		why = g.answers(ctx, domain, address, task)
	}
	if why != "" {
		return plan.Document{"Passed": false, "Why": why}, nil
	}
	return plan.Document{"Passed": true}, nil
}

// leads says why the domain does not lead to the home's load balancer, or
// nothing. That a load balancer's name tells the addresses that the domain's alias
// tells is assumed.
func (g Gateway) leads(ctx context.Context, domain, address string) string {
	lookup := g.Lookup
	if lookup == nil {
		lookup = net.DefaultResolver.LookupHost
	}
	users, err := lookup(ctx, domain)
	if err != nil {
		return fmt.Sprintf("%s does not resolve: %v", domain, err)
	}
	home, err := lookup(ctx, address)
	if err != nil {
		return fmt.Sprintf("%s does not resolve: %v", address, err)
	}
	if !slices.ContainsFunc(users, func(ip string) bool { return slices.Contains(home, ip) }) {
		return fmt.Sprintf("%s leads to %s, not to %s", domain, strings.Join(users, " "), address)
	}
	return ""
}

// answers says why the home's load balancer does not answer for the domain, or nothing.
func (g Gateway) answers(ctx context.Context, domain, address, task string) string {
	dial := g.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	transport := &http.Transport{}
	if g.Transport != nil {
		transport = g.Transport.Clone()
	}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dial(ctx, network, net.JoinHostPort(address, "443"))
	}
	defer transport.CloseIdleConnections()
	path := g.Path
	if path == "" {
		path = GatewayPath
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+domain+path, nil)
	if err != nil {
		return err.Error()
	}
	req.Header.Set(TaskHeader, task)
	res, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Sprintf("%s does not answer for %s: %v", address, domain, err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Sprintf("%s%s answers with %s", domain, path, res.Status)
	}
	return ""
}
