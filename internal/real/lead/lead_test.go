package lead

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/cli/exit"
	"redoubt/internal/real"
)

func TestLead_startsOnlyWhenEveryGuardIsOpen(t *testing.T) {
	t.Parallel()
	open := map[string]string{real.EnvOn: "aws", real.EnvAccounts: "111122223333", real.EnvBudget: "100000", real.EnvLimit: "1000h",
		real.EnvDomain: "drill.example.com", real.EnvBackend: "s3://state"}
	for name, c := range map[string]struct {
		without, as, says string
		account           string
		who, ends         error
		want              exit.Code
		starts            bool
	}{
		"open":          {account: "111122223333", want: exit.OK, starts: true},
		"not asked":     {without: real.EnvOn, account: "111122223333", want: exit.Refused, says: "REDOUBT_REAL is not aws"},
		"a fault":       {without: real.EnvLimit, account: "111122223333", want: exit.Usage, says: real.EnvLimit},
		"another":       {account: "222233334444", want: exit.Refused, says: "is not one of"},
		"too dear":      {without: real.EnvBudget, as: "0.01", account: "111122223333", want: exit.Refused, says: "expected to cost"},
		"too long":      {without: real.EnvLimit, as: "1m", account: "111122223333", want: exit.Refused, says: "expected to take"},
		"nobody":        {who: errors.New("find AWS credentials: none"), want: exit.Refused, says: "find AWS credentials"},
		"it fails":      {account: "111122223333", ends: &exec.ExitError{}, want: exit.NotProven, says: "the suite failed", starts: true},
		"no go command": {account: "111122223333", ends: exec.ErrNotFound, want: exit.Unexpected, starts: true},
	} {
		var out, errs strings.Builder
		started := false
		l := lead{&out, &errs, func(name string) string {
			if name == c.without {
				return c.as
			}
			return open[name]
		}, func(context.Context) (string, error) { return c.account, c.who },
			func(_ context.Context, limit time.Duration) error {
				started = true
				return c.ends
			}}
		assert.Equal(t, c.want, l.run(t.Context()), name)
		assert.Equal(t, c.starts, started, name)
		assert.Contains(t, errs.String(), c.says, name)
		assert.Contains(t, out.String(), "to cost", "%s: it is told before it is done", name)
	}
}
