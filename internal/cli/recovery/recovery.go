// Package recovery is the part of the command line that recovers: plan, run, step, approve,
// refuse, resume, status, serve, abort and explain. What they act on is a target.
package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/ready"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/timings"
)

// Commands returns the commands of this package.
func Commands(s *streams.Streams) []*cobra.Command {
	return []*cobra.Command{newPlan(s), newRun(s), newStep(s), newResume(s), newApprove(s), newRefuse(s), newStatus(s), ready.NewServe(s), newAbort(s),
		newExplain(s)}
}

// Options is what every command of the package takes.
type Options struct {
	Streams *streams.Streams
	// On is the target: "sim" or "aws".
	On string
	// JSON prints the result as JSON.
	JSON bool
	// Wait is how long to wait for another redoubt to end.
	Wait time.Duration
	// By is who acts; empty is the user of this machine.
	By string
	// file is the plan's file as it was given, for a command to type next.
	file string
}

// look are the flags of a command that only looks.
func (o *Options) look(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.On, "on", target.Sim, "where: sim, the simulated regions, or aws")
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the result as JSON; progress stays on stderr")
}

// act are the flags of a command that acts.
func (o *Options) act(cmd *cobra.Command) {
	o.look(cmd)
	cmd.Flags().DurationVar(&o.Wait, "wait", 15*time.Second, "how long to wait for another redoubt to end")
	cmd.Flags().StringVar(&o.By, "by", "", "who acts, for the lease and the journal (default user@host)")
}

// use opens the target for act.
func (o *Options) use(ctx context.Context, who string, act func(target.Target) error) error {
	if err := o.name(); err != nil {
		return err
	}
	return target.Use(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: who}, act)
}

// acting is a command line for those who wait for it.
func (o *Options) acting(command string) string {
	if o.By == "" {
		return command
	}
	return command + " by " + o.By
}

var named = regexp.MustCompile(`^[^\s"]+( [^\s"]+)*$`)

// name settles who acts.
func (o *Options) name() error {
	if o.By == "" {
		o.By = whoami()
	}
	if o.By == "NAME" {
		return exit.Errorf(exit.Usage, "--by NAME takes your name, such as ann", "--by is NAME: put your own in its place")
	}
	if !named.MatchString(o.By) || len(o.By) > 100 {
		return exit.Errorf(exit.Usage, "--by NAME takes your name, such as ann", "--by is %q, which is no name", o.By)
	}
	return nil
}

// whoami is the user of this machine, as far as the machine knows.
func whoami() string {
	name := "somebody"
	if u, err := user.Current(); err == nil && named.MatchString(u.Username) {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil && named.MatchString(host) {
		name += "@" + host
	}
	return name
}

// on is the flag --on as it was given, for a command to type next.
func (o *Options) on() string {
	if o.On == target.Sim {
		return ""
	}
	return " --on " + o.On
}

func printJSON(s *streams.Streams, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	s.Printf("%s\n", text)
	return nil
}

// listed writes names in a sentence.
func listed(names []string) string { return strings.Join(names, ", ") }

// span writes a duration for people: without parts that are zero.
func span(d time.Duration) string {
	return timings.Short(d.Round(time.Second))
}

// clockwise writes the time since a start as minutes and seconds.
func clockwise(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// seconds writes a number of seconds for people.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < time.Second {
		return d.String()
	}
	return span(d)
}
