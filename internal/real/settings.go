// Package real is what stands around drills on a real account: who may, where, for how much and for how long, what that
// is expected to cost and to take, and the stages of it. The suite itself is in tests/real; it runs on the simulated
// regions unless every guard here is open.
package real

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The environment that opens a drill on a real account. All of it is needed; nothing has a default.
const (
	// EnvOn is "aws" for a real account; empty or "sim" for the simulated regions.
	EnvOn = "REDOUBT_REAL"
	// EnvAccounts are the accounts that may be drilled, with commas between.
	EnvAccounts = "REDOUBT_REAL_ACCOUNTS"
	// EnvBudget is the most that it may be expected to cost, in US dollars.
	EnvBudget = "REDOUBT_REAL_BUDGET_USD"
	// EnvLimit is after how long everything is stopped and cleaned up, such as 8h.
	EnvLimit = "REDOUBT_REAL_LIMIT"
	// EnvDomain is the name that the sandbox answers to; its zone is made, and must be delegated.
	EnvDomain = "REDOUBT_REAL_DOMAIN"
	// EnvBackend is where Pulumi keeps the sandbox's state, such as s3://BUCKET.
	EnvBackend = "REDOUBT_REAL_BACKEND"
)

// Envs are those names with what each is for, in order.
var Envs = [][2]string{
	{EnvOn, "aws"}, {EnvAccounts, "the accounts that may be drilled, with commas between"},
	{EnvBudget, "the most that it may be expected to cost, in US dollars"},
	{EnvLimit, "after how long everything is stopped and cleaned up, such as 10h"},
	{EnvDomain, "the name that the sandbox answers to, such as drill.example.com"},
	{EnvBackend, "where Pulumi keeps the sandbox's state, such as s3://BUCKET?region=REGION"},
}

// Settings are what the environment says.
type Settings struct {
	// AWS is whether a real account is asked for.
	AWS      bool
	Accounts []string
	Budget   float64
	Limit    time.Duration
	Domain   string
	Backend  string
}

var account = regexp.MustCompile(`^[0-9]{12}$`)

// Read reads the settings and names every fault of them at once. Of a run on the simulated regions nothing else is read.
func Read(getenv func(string) string) (Settings, error) {
	s := Settings{}
	switch on := getenv(EnvOn); on {
	case "", "sim":
		return s, nil
	case "aws":
		s.AWS = true
	default:
		return s, fmt.Errorf("%s is %q, want aws, or nothing for the simulated regions", EnvOn, on)
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, one := range strings.Split(getenv(EnvAccounts), ",") {
		if one = strings.TrimSpace(one); !account.MatchString(one) {
			bad("%s has %q, want accounts of twelve digits", EnvAccounts, one)
			continue
		}
		s.Accounts = append(s.Accounts, one)
	}
	var err error
	if s.Budget, err = strconv.ParseFloat(getenv(EnvBudget), 64); err != nil || !(s.Budget > 0) {
		bad("%s is %q, want US dollars above 0", EnvBudget, getenv(EnvBudget))
	}
	if s.Limit, err = time.ParseDuration(getenv(EnvLimit)); err != nil || s.Limit <= 0 {
		bad("%s is %q, want a time such as 10h", EnvLimit, getenv(EnvLimit))
	}
	if s.Domain = getenv(EnvDomain); !strings.Contains(s.Domain, ".") {
		bad("%s is %q, want a name such as drill.example.com", EnvDomain, s.Domain)
	}
	if s.Backend = getenv(EnvBackend); s.Backend == "" {
		bad("%s is empty, want what pulumi login takes", EnvBackend)
	}
	return s, errors.Join(errs...)
}

// Allow says why an account must not be drilled under the settings, every reason at once, or nothing.
func (s Settings) Allow(in string, e Estimate) error {
	var errs []error
	if !s.AWS {
		errs = append(errs, fmt.Errorf("%s is not aws", EnvOn))
	}
	if !slices.Contains(s.Accounts, in) {
		errs = append(errs, fmt.Errorf("account %q is not one of %s (%s)", in, EnvAccounts, strings.Join(s.Accounts, ", ")))
	}
	if e.USD > s.Budget {
		errs = append(errs, fmt.Errorf("it is expected to cost %.2f USD, %s allows %.2f", e.USD, EnvBudget, s.Budget))
	}
	if e.Takes > s.Limit {
		errs = append(errs, fmt.Errorf("it is expected to take %s, %s allows %s", e.Takes, EnvLimit, s.Limit))
	}
	return errors.Join(errs...)
}
