// Package lead is the command behind make drill-real: it looks whether every guard is open, and only then starts the suite.
package lead

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/exit"
	"redoubt/internal/real"
)

// lead is one run of the command.
type lead struct {
	out, err io.Writer
	getenv   func(string) string
	// who tells the account of the caller's credentials.
	who func(context.Context) (string, error)
	// start starts the suite and waits for it.
	start func(ctx context.Context, limit time.Duration) error
}

// Main runs the command and returns its exit code: Refused when a guard is shut, Usage when the settings are wrong,
// NotProven when the suite fails.
func Main(ctx context.Context, out, errs io.Writer, getenv func(string) string) int {
	l := lead{out, errs, getenv, caller, func(ctx context.Context, limit time.Duration) error {
		cmd := exec.CommandContext(ctx, "go", "test", "-tags", "real", "-count", "1", "-timeout", (limit + grace).String(), "-v",
			"-run", "^TestSuite$", "./tests/real")
		cmd.Stdout, cmd.Stderr = out, errs
		cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, grace // it cleans up first
		return cmd.Run()
	}}
	return int(l.run(ctx))
}

// grace is what the suite has for its cleaning up once the limit is over.
const grace = 2 * time.Hour

func (l lead) run(ctx context.Context) exit.Code {
	err := l.try(ctx)
	if err != nil {
		_, _ = fmt.Fprint(l.err, exit.Format(err))
	}
	return exit.Of(err)
}

func (l lead) try(ctx context.Context) error {
	expected, err := real.Expect()
	if err != nil {
		return err
	}
	prices, err := real.Table()
	if err != nil {
		return err
	}
	cost, err := real.Tell(l.out, expected, prices)
	if err != nil {
		return err
	}
	settings, err := real.Read(l.getenv)
	if err != nil {
		real.TellGuards(l.out)
		return exit.With(exit.Usage, err, "the list above says what each takes")
	}
	if !settings.AWS {
		real.TellGuards(l.out)
		return exit.Errorf(exit.Refused, "set what is listed above, or: go test ./tests/real", "nothing was done: %s is not aws",
			real.EnvOn)
	}
	account, err := l.who(ctx)
	if err != nil {
		real.TellGuards(l.out)
		return exit.With(exit.Refused, fmt.Errorf("nothing was done: %w", err), "log in as for the aws command")
	}
	if err := settings.Allow(account, cost); err != nil {
		return exit.With(exit.Refused, fmt.Errorf("nothing was done: %w", err), "allow it in the environment, or drill less")
	}
	var failed *exec.ExitError
	if err := l.start(ctx, settings.Limit); errors.As(err, &failed) {
		return exit.With(exit.NotProven, errors.New("the suite failed"), "read what it printed; SKIP_deploy=true goes on with what stands")
	} else if err != nil {
		return err
	}
	return nil
}

// caller asks AWS whose credentials these are. No account can be drilled without that.
func caller(ctx context.Context) (string, error) {
	cfg, err := awsport.Load(ctx)
	if err != nil {
		return "", err
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", fmt.Errorf("ask whose credentials these are: %w", err)
	}
	return aws.ToString(who.Account), nil
}
