package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/arbiter"
	"redoubt/components/watch"
	"redoubt/internal/naming"
	observer "redoubt/internal/observe/settings"
	"redoubt/regions"
	"redoubt/system"
	catalogue "redoubt/watch"
)

// ArbiterConfig is the settings of the arbiter's stack; Pulumi.yaml describes each key.
type ArbiterConfig struct {
	Region, AccountID, System string
	Zones                     []string
	HomeRegions               map[system.Home]string
	Protect                   bool
	ExtraTags                 map[string]string
	// Tell are those who are told when nobody observes: the ones who are told of pages.
	Tell []watch.Subscription
}

// isArbiter tells by its home whether the stack is the arbiter's.
func isArbiter(ctx *pulumi.Context) bool {
	return config.New(ctx, Namespace).Get("home") == observer.Arbiter
}

// LoadArbiter reads the settings of the arbiter's stack and reports every fault at once.
func LoadArbiter(ctx *pulumi.Context) (ArbiterConfig, error) {
	raw := config.New(ctx, Namespace)
	c := ArbiterConfig{
		Region: raw.Get("region"), AccountID: raw.Get("accountId"), System: or(raw.Get("system"), "system.yaml"), Protect: true,
	}
	all, err := subscriptions(raw)
	for _, one := range all {
		if one.Severity == string(catalogue.Page) {
			c.Tell = append(c.Tell, one)
		}
	}
	errs := []error{
		err, flag(raw, "protect", &c.Protect), object(raw, "zones", &c.Zones), object(raw, "homeRegions", &c.HomeRegions),
		object(raw, "tags", &c.ExtraTags),
	}
	return c, errors.Join(append(errs, c.validate()...)...)
}

func (c ArbiterConfig) validate() []error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s:%s %s", Namespace, key, fmt.Sprintf(format, args...)))
	}
	if !accountID.MatchString(c.AccountID) {
		bad("accountId", "is %q, want twelve digits", c.AccountID)
	}
	if err := regions.CheckArbiter(c.Region, c.HomeRegions[system.Primary], c.HomeRegions[system.Secondary]); err != nil {
		bad("region", "%v", err)
	}
	if _, err := regions.CheckPair(c.HomeRegions[system.Primary], c.HomeRegions[system.Secondary]); err != nil {
		bad("homeRegions", "%v", err)
	}
	if len(c.Zones) < 2 {
		bad("zones", "are %v, want two or more", c.Zones)
	}
	for _, zone := range c.Zones {
		if !strings.HasPrefix(zone, c.Region) {
			bad("zones", "have %q, want zones of %s", zone, c.Region)
		}
	}
	return errs
}

// arbiterProgram is the Pulumi program of the arbiter's stack. It runs after both homes stand: what is looked at are
// their load balancers, whose names AWS invents.
func arbiterProgram(ctx *pulumi.Context) error {
	c, err := LoadArbiter(ctx)
	if err != nil {
		return err
	}
	s, err := system.Load(c.System)
	if err != nil {
		return err
	}
	return DeployArbiter(ctx, c, s)
}

// DeployArbiter declares the third region.
func DeployArbiter(ctx *pulumi.Context, c ArbiterConfig, s *system.System) error {
	provider, err := c.provider(ctx, s)
	if err != nil {
		return err
	}
	text, err := c.observed(ctx, s)
	if err != nil {
		return err
	}
	args := &arbiter.Args{Scope: thirdScope(s.Name, c.Region, c.AccountID), Zones: c.Zones, Settings: text,
		Tell: c.Tell, Protect: c.Protect}
	if text != "" {
		args.Watched = map[system.Home]string{}
		for _, h := range system.Homes {
			args.Watched[h] = c.home(s, h).ARN("dynamodb", "table/"+c.home(s, h).LocalTable(locksName))
		}
	}
	a, err := arbiter.New(ctx, "arbiter", args, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	ctx.Export("table", a.TableName)
	ctx.Export(observerOutput, pulumi.String(text))
	return nil
}

// observerOutput carries what the observer was told last.
const observerOutput = "observer"

// thirdScope names the arbiter's things.
func thirdScope(name, region, account string) naming.Scope {
	return naming.Scope{System: name, Region: region, Account: account}
}

func (c ArbiterConfig) home(s *system.System, h system.Home) naming.Scope {
	return naming.Scope{System: s.Name, Home: h, Region: c.HomeRegions[h], Account: c.AccountID}
}

func (c ArbiterConfig) provider(ctx *pulumi.Context, s *system.System) (*aws.Provider, error) {
	return stateProvider(ctx, "third", c.Region, StateConfig{AccountID: c.AccountID, ExtraTags: c.ExtraTags}, s, "arbiter")
}

// observed is what the observer is told: what the homes' stacks say now, or, as long as one says nothing, what this
// stack was told last. So a home whose stack is gone removes nobody who looks at it.
func (c ArbiterConfig) observed(ctx *pulumi.Context, s *system.System) (string, error) {
	addresses := map[system.Home]string{}
	for _, h := range system.Homes {
		address, err := outputOf(ctx, string(h), string(h), "address")
		if err != nil {
			return "", err
		}
		if address == "" {
			last, err := outputOf(ctx, "own-last", ctx.Stack(), observerOutput)
			if last == "" && err == nil {
				err = ctx.Log.Warn(fmt.Sprintf("the stack %s has no address yet: nobody observes. Update the arbiter again "+
					"when both homes stand.", h), nil)
			}
			return last, err
		}
		addresses[h] = address
	}
	return c.settings(s, observer.Arbiter, addresses)
}

// settings are those of an observer.
func (c ArbiterConfig) settings(s *system.System, name string, addresses map[system.Home]string) (string, error) {
	of := observer.Config{
		Observer: name, Domain: s.Domain, Homes: map[system.Home]observer.Home{},
		Arbiter: observer.Place{Region: c.Region, Table: arbiter.Table(thirdScope(s.Name, c.Region, c.AccountID))},
	}
	for _, h := range system.Homes {
		of.Homes[h] = observer.Home{
			Place:   observer.Place{Region: c.HomeRegions[h], Table: c.home(s, h).LocalTable(locksName)},
			Address: addresses[h],
		}
	}
	return of.Encode()
}

// outputOf is a text that a stack exported last, empty when it did not.
func outputOf(ctx *pulumi.Context, name, stack, output string) (string, error) {
	ref, err := pulumi.NewStackReference(ctx, name, &pulumi.StackReferenceArgs{
		Name: pulumi.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), stack),
	})
	if err != nil {
		return "", fmt.Errorf("read stack %q: %w", stack, err)
	}
	out, err := ref.GetOutputDetails(output)
	if err != nil {
		return "", fmt.Errorf("read %s of stack %q: %w", output, stack, err)
	}
	text, _ := out.Value.(string)
	return text, nil
}
