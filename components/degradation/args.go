package degradation

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
	"redoubt/system/flags"
)

// Args configures a Degradation.
type Args struct {
	// Scope says whose agents they are and where. Required.
	Scope naming.Scope
	// System declares the agents and their levels; at least one agent has some. Required.
	System *system.System
	// LoadBalancer is what metrics call the home's load balancer, such as app/atlas-primary/50dc6c495c0c9188. Required.
	LoadBalancer pulumi.StringInput
}

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.System == nil || len(a.System.Degrading()) == 0 {
		return Args{}, errors.New("system declares no agent with degradation levels")
	}
	var errs []error
	if a.Scope.System != a.System.Name || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is incomplete or not that of system %q: %+v", a.System.Name, a.Scope))
	}
	if a.LoadBalancer == nil {
		errs = append(errs, errors.New("loadBalancer is required"))
	}
	for _, agent := range a.System.Degrading() {
		for _, level := range flags.LevelsOf(agent) {
			if _, err := flags.At(agent, level); err != nil {
				errs = append(errs, fmt.Errorf("agent %q at %s: %w", agent.Name, level, err))
			}
		}
	}
	return a, errors.Join(errs...)
}
