// Package testpage is the command that fires a home's test page: it puts the metric that the test alarm judges, and waits
// until the alarm has gone off. Whether the page has come is for whoever should have got it to say.
package testpage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/internal/clock"
	"redoubt/internal/naming"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// every is the time between two looks at the alarm.
const every = 10 * time.Second

// New is the command.
func New(s *streams.Streams) *cobra.Command {
	on, wait := target.Sim, 15*time.Second
	cmd := &cobra.Command{
		Use:   "test-page HOME",
		Short: "Fire the test page of a home, and see its alarm go off",
		Long: "Fire the test page of a home: put the metric that its test alarm judges, and wait until the alarm has gone off. From there\n" +
			"the page takes the way of a real one: it must arrive, come again after 15 minutes, and end when it is taken (docs/watch.md).\n" +
			"The exit code is 3 when the home has no such alarm or it is in alarm already, 5 when the alarm does not go off in its stated time.",
		Example: "  redoubt test-page primary\n" +
			"  redoubt test-page secondary --on aws",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			home := system.Home(args[0])
			if !home.Valid() {
				return exit.Errorf(exit.Usage, "redoubt test-page --help", "the home is %q, want primary or secondary", args[0])
			}
			return target.Use(cmd.Context(), target.Options{On: on, Streams: s, Wait: wait, Who: "redoubt test-page"},
				func(t target.Target) error {
					f := fire{port: t.Steady(), clock: t.Clock(), sys: t.Project().System, home: home, on: on}
					took, err := f.run(cmd.Context())
					if err == nil {
						s.Printf("%s\n", f.told(took, t.Kind()))
					}
					return err
				})
		},
	}
	cmd.Flags().StringVar(&on, "on", on, "where the homes are: sim or aws")
	cmd.Flags().DurationVar(&wait, "wait", wait, "how long to wait for another redoubt to end")
	return cmd
}

// fire is one test page.
type fire struct {
	port  plan.Port
	clock clock.Clock
	sys   *system.System
	home  system.Home
	on    string
}

// alarm is the name of the test alarm, and how long it may take to go off.
func (f fire) alarm() (name string, within time.Duration) {
	a, ok := watch.New(f.sys, f.home, nil).Alarm(string(watch.Test))
	if !ok {
		panic("the catalogue has no test alarm; this is a bug")
	}
	return naming.Scope{System: f.sys.Name, Home: f.home}.Alarm(a.Part), a.Within
}

// run fires, and returns how long the alarm took.
func (f fire) run(ctx context.Context) (time.Duration, error) {
	name, within := f.alarm()
	state, err := f.state(ctx, name)
	if err != nil {
		return 0, exit.With(exit.Stopped, fmt.Errorf("look at the alarm %s: %w", name, err), f.again())
	}
	if state == "" {
		return 0, exit.Errorf(exit.Refused, "update the home, without redoubt:watch: false in Pulumi."+string(f.home)+".yaml (docs/watch.md)",
			"the %s home has no alarm %s: nothing watches it", f.home, name)
	}
	if state == "ALARM" {
		return 0, exit.Errorf(exit.Refused, f.again()+", some minutes from now",
			"the alarm %s of the %s home is in ALARM from a test page before this one: nobody would see a new one", name, f.home)
	}
	began := f.clock.Now()
	if _, err := f.port.Call(ctx, put(prober.Fire(f.sys, f.home))); err != nil {
		return 0, exit.With(exit.Stopped, fmt.Errorf("put the metric: %w", err), f.again())
	}
	for {
		if state, err = f.state(ctx, name); err == nil && state == "ALARM" {
			return f.clock.Now().Sub(began), nil
		}
		if f.clock.Now().Sub(began) >= within {
			if err != nil {
				state = "not known, " + err.Error()
			}
			return 0, exit.Errorf(exit.NotProven, "aws cloudwatch describe-alarms --alarm-names "+name,
				"the alarm %s of the %s home is %s %s after its metric was put, want ALARM", name, f.home, state, within)
		}
		if err := f.clock.Sleep(ctx, every); err != nil {
			return 0, err
		}
	}
}

func (f fire) again() string { return fmt.Sprintf("redoubt test-page %s --on %s", f.home, f.on) }

// state is the alarm's, empty when there is none.
func (f fire) state(ctx context.Context, name string) (string, error) {
	out, err := f.port.Call(ctx, plan.Call{Kind: plan.AWS, Home: f.home, Service: "cloudwatch", Operation: "DescribeAlarms",
		Input: plan.Document{"AlarmNames": []any{name}}})
	if err != nil {
		return "", err
	}
	list, _ := out["MetricAlarms"].([]any)
	if len(list) == 0 {
		return "", nil
	}
	one, _ := list[0].(plan.Document)
	state, _ := one["StateValue"].(string)
	return state, nil
}

// put is the call that publishes.
func put(p prober.Put) plan.Call {
	var dims []any
	for _, name := range slices.Sorted(maps.Keys(p.Metric.Dimensions)) {
		dims = append(dims, plan.Document{"Name": name, "Value": p.Metric.Dimensions[name]})
	}
	return plan.Call{Kind: plan.AWS, Home: p.Into, Service: "cloudwatch", Operation: "PutMetricData", Input: plan.Document{
		"Namespace": p.Metric.Namespace, "MetricData": []any{plan.Document{
			"MetricName": p.Metric.Name, "Value": p.Value, "Dimensions": dims}}}}
}

// told is what a person should look for now.
func (f fire) told(took time.Duration, kind string) string {
	name, _ := f.alarm()
	text := fmt.Sprintf("the alarm %s went off %s after its metric was put (%s)\n", name, took.Round(time.Second), kind)
	if f.on == target.Sim {
		return text + "next: nobody is called here. On AWS the page must arrive at all who are told of pages"
	}
	return text + "next: the page must arrive at all who are told of pages, come again after 15 minutes, and end when it is taken " +
		"(docs/watch.md). If it does not: look at the subscriptions of the topic, and whether each was confirmed"
}
