// Package watch declares what one home watches: the alarms of the catalogue, the composites through which they page, a
// topic for each severity with its subscriptions, the escalation that repeats a page until somebody takes it, and the
// dashboards. What is watched, and why, stands in the catalogue (redoubt/watch); nothing is decided here.
package watch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
	catalogue "redoubt/watch"
)

// Type is part of every URN below a Watch.
const Type = "redoubt:watch:Watch"

// Args configures a Watch.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// System is what is watched. Required.
	System *system.System
	// Places are this home and, once it is there, the other one. Required.
	Places map[system.Home]catalogue.Place
	// KeyArn is the key of the topics. CloudWatch and EventBridge must be allowed to use it. Required.
	KeyArn pulumi.StringInput
	// References are what stands for the names that AWS makes up, such as catalogue.LoadBalancerRef.
	References map[string]pulumi.StringInput
	// Subscriptions are who is told.
	Subscriptions []Subscription
	// RepeatMinutes is how long nobody may take a page before it is sent again, to the escalation too. 5 to 120; zero means 15.
	RepeatMinutes int
	// Repeats is how often it is sent again before that ends. 1 to 50; zero means 16: four hours.
	Repeats int
}

// Subscription is one who is told.
type Subscription struct {
	// Name tells it from others, and never changes. Required.
	Name string `json:"-"`
	// Severity is page, ticket, or escalation: a page that nobody has taken.
	Severity string `json:"severity"`
	// Protocol is email, email-json or https: the channels of chats have mail addresses, paging services take https.
	Protocol string `json:"protocol"`
	// Endpoint is the address. It may hold a key and is a secret. Required.
	Endpoint string `json:"endpoint"`
}

// Escalation is the severity of those who are told of a page that nobody has taken.
const Escalation = "escalation"

// Topics are the severities that have a topic.
func Topics() []string { return []string{string(catalogue.Page), string(catalogue.Ticket), Escalation} }

// Watch is what one home watches.
type Watch struct {
	pulumi.ResourceState

	// TopicArns maps each severity to its topic.
	TopicArns pulumi.StringMapOutput `pulumi:"topicArns"`
	// MachineArn is the state machine whose executions are the pages that nobody has taken.
	MachineArn pulumi.StringOutput `pulumi:"machineArn"`
	// Dashboards are the names of the dashboards.
	Dashboards pulumi.StringArrayOutput `pulumi:"dashboards"`
}

// New registers the watch under name. The region comes from the AWS provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Watch, error) {
	w, err := newWatch(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("watch %q: %w", name, err)
	}
	return w, nil
}

func newWatch(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Watch, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	w := &Watch{}
	b := &builder{ctx: ctx, name: name, args: a, component: w, of: catalogue.New(a.System, a.Scope.Home, a.Places)}
	if bare := b.of.Bare(a.System); len(bare) > 0 && !a.partial() {
		return nil, fmt.Errorf("no alarm is about %s: the catalogue must watch everything", strings.Join(bare, ", "))
	}
	if err := b.known(); err != nil {
		return nil, err
	}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "alarms": pulumi.Int(len(b.of.Alarms)), "peer": pulumi.Bool(len(a.Places) > 1),
	}, w, opts...); err != nil {
		return nil, err
	}
	for _, step := range []func() error{b.topics, b.alarms, b.composites, b.escalation, b.dashboards} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{
		"topicArns": w.TopicArns, "machineArn": w.MachineArn, "dashboards": w.Dashboards,
	})
}

// known reports names that AWS makes up and nobody has given.
func (b *builder) known() error {
	var errs []error
	for _, a := range b.of.Alarms {
		for _, q := range a.Queries {
			for _, value := range q.Metric.Dimensions {
				if strings.HasPrefix(value, "${") && b.args.References[value] == nil {
					errs = append(errs, fmt.Errorf("alarm %s: references have no %s", a.Part, value))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// partial reports whether the home has no half of a store yet, or never: what is not there cannot be watched.
func (a Args) partial() bool {
	here := a.Places[a.Scope.Home].Stores
	return slices.ContainsFunc(a.System.Stores, func(st system.Store) bool { _, has := here[st.Name]; return !has })
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is %+v, want a system, a home, a region and an account", a.Scope)
	}
	if a.System == nil {
		add("system is required")
	}
	if _, here := a.Places[a.Scope.Home]; !here {
		add("places have no %q, want the home itself", a.Scope.Home)
	}
	if a.KeyArn == nil {
		add("keyArn is required")
	}
	if a.RepeatMinutes == 0 {
		a.RepeatMinutes = 15
	}
	if a.Repeats == 0 {
		a.Repeats = 16
	}
	if a.RepeatMinutes < 5 || a.RepeatMinutes > 120 {
		add("repeatMinutes is %d, want 5 to 120", a.RepeatMinutes)
	}
	if a.Repeats < 1 || a.Repeats > 50 {
		add("repeats is %d, want 1 to 50", a.Repeats)
	}
	return a, errors.Join(append(errs, CheckSubscriptions(a.Subscriptions)...)...)
}

// CheckSubscriptions reports every fault of who is told. It never quotes an endpoint.
func CheckSubscriptions(all []Subscription) (errs []error) {
	seen := map[string]bool{}
	for _, s := range all {
		bad := func(format string, values ...any) {
			errs = append(errs, fmt.Errorf("subscriptions.%s: "+format, append([]any{s.Name}, values...)...))
		}
		if s.Name == "" || seen[s.Name] || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			bad("name is %q, want its own, of small letters, digits and hyphens", s.Name)
		}
		seen[s.Name] = true
		if !slices.Contains(Topics(), s.Severity) {
			bad("severity is %q, want one of %s", s.Severity, strings.Join(Topics(), ", "))
		}
		switch s.Protocol {
		case "https":
			if !strings.HasPrefix(s.Endpoint, "https://") {
				bad("the endpoint does not begin with https://")
			}
		case "email", "email-json":
			if !strings.Contains(s.Endpoint, "@") {
				bad("the endpoint is no mail address")
			}
		default:
			bad("protocol is %q, want email, email-json or https", s.Protocol)
		}
	}
	return errs
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Watch
	of        catalogue.Catalogue
	topicArns map[string]pulumi.StringOutput
	// policies must stand before an alarm tells its topic; declared are the alarms that composites stand on.
	policies []pulumi.Resource
	declared map[string]pulumi.Resource
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// physical is the name of the alarm of a part.
func (b *builder) physical(part string) string { return b.args.Scope.Alarm(part) }
