package recovery

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/recovery/answer"
)

// machinePart is the part of a home's names that recovers it (components/control/machine).
const machinePart = "recover"

// answerOptions is what approve and refuse take.
type answerOptions struct {
	Options
	answer.Request
	// Region is where the machine of a token is.
	Region string
	// word is the command's name.
	word string
}

func newApprove(s *streams.Streams) *cobra.Command {
	o := &answerOptions{Options: Options{Streams: s}, word: "approve"}
	o.Allowed = true
	return o.command("Allow what a run inside AWS waits for",
		"  redoubt approve approval --execution move-1 --by ann\n"+
			"  redoubt approve --token TOKEN --region eu-central-1 --by ann")
}

func newRefuse(s *streams.Streams) *cobra.Command {
	o := &answerOptions{Options: Options{Streams: s}, word: "refuse"}
	return o.command("Refuse what a run inside AWS waits for",
		"  redoubt refuse approval --execution move-1 --by ann --reason \"users are busy\"\n"+
			"  redoubt refuse --token TOKEN --region eu-central-1 --by ann --reason \"not now\"")
}

func (o *answerOptions) command(short, examples string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   o.word + " [GATE]",
		Short: short,
		Long: short + ": an execution of a home's state machine has come to a gate that asks,\n" +
			"and has sent a message which holds this command. What it waits at is found in its history; with the token out of\n" +
			"the message that history need not be read. The journal keeps name and reason, CloudTrail the role of who answered.\n" +
			"Runs on this machine ask at the terminal instead: redoubt run --help.\n\n" +
			"Exit code 2: there is no such execution, gate or token. Exit code 3: it was answered otherwise, its time was up,\n" +
			"or the execution has ended. The same answer once more changes nothing, with exit code 0.",
		Example: examples,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Gate = args[0]
			}
			return o.give(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Execution, "execution", "", "the execution's ARN, or in the project's folder the name of its run")
	f.StringVar(&o.Token, "token", "", "the token of the question, in place of execution and gate; needs --region")
	f.StringVar(&o.Region, "region", "", "the region of the token's machine (an execution tells its own)")
	f.StringVar(&o.Options.By, "by", "", "who decides; required")
	f.StringVar(&o.Why, "reason", "", "why; required for a refusal")
	f.StringVar(&o.On, "on", target.AWS, "where: aws, where executions are")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	return cmd
}

// answered is the result.
type answered struct {
	Gate      string `json:"gate,omitempty"`
	Run       string `json:"run,omitempty"`
	Execution string `json:"execution,omitempty"`
	Allowed   bool   `json:"allowed"`
	By        string `json:"by"`
	Why       string `json:"why,omitempty"`
	Next      string `json:"next"`
}

// answerPatience ends what nobody answers.
const answerPatience = time.Minute

func (o *answerOptions) give(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	if err := o.checkAnswer(); err != nil {
		return err
	}
	if err := o.locate(ctx); err != nil {
		return err
	}
	cfg, err := awsport.Load(ctx)
	if err != nil {
		return exit.With(exit.Usage, err, "log in as for the aws command")
	}
	q, err := answer.Give(ctx, awsport.NewExecutions(cfg, o.Region), o.Request)
	if err != nil {
		return o.failed(err)
	}
	return o.say(q)
}

var (
	regionForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	runForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)
)

// executionForm is that of a standard execution:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
var executionForm = regexp.MustCompile(`^arn:aws[a-z-]*:states:[a-z0-9-]+:[0-9]{12}:execution:[^:]+:[^:]+$`)

// checkAnswer names all that is wrong with the command line.
func (o *answerOptions) checkAnswer() error {
	o.Request.By = o.Options.By
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	by := o.Options.By
	bad(o.On != target.AWS, "--on is %q: executions are on aws, and redoubt run asks at the terminal", o.On)
	bad(by == "", "--by is missing: say who decides")
	bad(by != "" && (!named.MatchString(by) || len(by) > 100), "--by is %q, which is no name", by)
	bad(!o.Allowed && strings.TrimSpace(o.Why) == "", "--reason is missing: a refusal says why")
	bad((o.Token == "") == (o.Execution == ""), "--execution is %q and --token %q, want one of them", o.Execution, o.Token)
	bad(o.Token != "" && o.Gate != "", "a gate and --token are given: the token says which question is meant")
	bad(o.Token == "" && o.Gate == "", "the gate is missing: redoubt %s GATE", o.word)
	bad(o.Token != "" && !regionForm.MatchString(o.Region),
		"--region is %q, want that of the token's machine, such as eu-central-1", o.Region)
	bad(o.Execution != "" && o.Region != "", "--region is given: an execution tells its own")
	arn := strings.HasPrefix(o.Execution, "arn:")
	bad(o.Execution != "" && !executionForm.MatchString(o.Execution) && (arn || !runForm.MatchString(o.Execution)),
		"--execution is %q, want an execution's ARN or the name of a run", o.Execution)
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt "+o.word+" --help")
}

// locate finds the region, and the ARN where the execution is named by its run: docs/recovering.md gives both one name.
func (o *answerOptions) locate(ctx context.Context) error {
	if o.Token != "" {
		return nil
	}
	if !strings.HasPrefix(o.Execution, "arn:") {
		runs, of, err := target.RunsOf(ctx, target.Options{On: o.On, Streams: o.Streams})
		if err != nil {
			return err
		}
		p, err := runs.Plan(ctx, o.Execution)
		if err != nil {
			return err
		}
		at := of.Scope(p.Receives())
		o.Execution = at.ARN("states", "execution:"+at.StateMachine(machinePart)+":"+o.Execution)
	}
	o.Region = awsport.RegionOf(o.Execution)
	return nil
}

// failed gives an answer that was not taken its code.
func (o *answerOptions) failed(err error) error {
	look := "aws stepfunctions describe-execution --execution-arn " + o.Execution + " --region " + o.Region
	if o.Token != "" {
		look = "take the token and the region out of the message, whole; or name --execution and the gate"
	}
	switch {
	case errors.Is(err, answer.ErrUnknown):
		return exit.With(exit.Usage, err, look)
	case errors.Is(err, answer.ErrOver):
		return exit.With(exit.Refused, err, "redoubt status RUN --on aws tells how the run went on")
	}
	return exit.With(exit.Unexpected, err,
		"whether it was taken is not known: give the same answer again, or by the aws command in the message")
}

func (o *answerOptions) say(q answer.Question) error {
	run := or(q.Run, "RUN")
	out := answered{Gate: q.Gate, Run: q.Run, Execution: o.Execution, Allowed: o.Allowed, By: o.Request.By, Why: o.Why,
		Next: "redoubt status " + run + " --on aws"}
	if o.JSON {
		return printJSON(o.Streams, out)
	}
	word := map[bool]string{true: "approved", false: "refused"}[o.Allowed]
	o.Streams.Printf("%s: %s by %s. Next: %s\n", q, word, o.Request.By, out.Next)
	return nil
}
