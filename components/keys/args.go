package keys

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// The purposes of the keys. Each has a key of its own, so that whoever may
// read logs cannot read data, and so that losing the use of one key leaves the
// backups of what it protected readable.
const (
	// Data encrypts the stores.
	Data = "data"
	// Secrets encrypts credentials and parameters.
	Secrets = "secrets"
	// Logs encrypts what watchers write: log groups and the topics of alarms.
	Logs = "logs"
	// Backup encrypts the backup vaults.
	Backup = "backup"
)

// Purposes lists every purpose.
var Purposes = []string{Data, Secrets, Logs, Backup}

var descriptions = map[string]string{
	Data:    "the data of the stores",
	Secrets: "credentials and parameters",
	Logs:    "logs and the topics of alarms",
	Backup:  "the backup vaults",
}

// resolve returns a checked copy with the defaults filled in.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.DeletionWindowDays == 0 {
		a.DeletionWindowDays = 30
	}
	if a.Purposes == nil {
		a.Purposes = Purposes
	}
	return a, errors.Join(a.checkScope(), a.checkPurposes(), a.checkPeer())
}

func (a Args) checkScope() error {
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" {
		add("scope has no system")
	}
	if a.Scope.Region == "" {
		add("scope has no region")
	}
	if !a.Scope.Home.Valid() {
		add("home is %q, want primary or secondary", a.Scope.Home)
	}
	if len(a.Scope.Account) != 12 {
		add("account is %q, want twelve digits", a.Scope.Account)
	}
	if c := a.CopyAccount; c != "" && (len(c) != 12 || c == a.Scope.Account) {
		add("copy account is %q, want the twelve digits of another account", c)
	}
	if d := a.DeletionWindowDays; d < 7 || d > 30 {
		add("deletion window is %d days, want 7 to 30", d)
	}
	return errors.Join(errs...)
}

func (a Args) checkPurposes() error {
	var errs []error
	if len(a.Purposes) == 0 {
		errs = append(errs, errors.New("purposes are empty"))
	}
	for n, p := range a.Purposes {
		if !slices.Contains(Purposes, p) {
			errs = append(errs, fmt.Errorf("purpose is %q, want one of %s", p, strings.Join(Purposes, ", ")))
		}
		if slices.Contains(a.Purposes[:n], p) {
			errs = append(errs, fmt.Errorf("purpose %q is named twice", p))
		}
	}
	return errors.Join(errs...)
}

// checkPeer checks the keys that the secondary home replicates.
func (a Args) checkPeer() error {
	if a.Scope.Home != system.Secondary {
		return nil
	}
	if a.Peer == nil {
		return errors.New("peer is missing: the secondary home's keys are replicas, so the primary home comes up first")
	}
	var errs []error
	for _, p := range a.Purposes {
		if err := a.checkReplica(a.Peer.KeyArns[p]); err != nil {
			errs = append(errs, fmt.Errorf("peer's key for %q: %w", p, err))
		}
	}
	return errors.Join(errs...)
}

func (a Args) checkReplica(arn string) error {
	f := strings.Split(arn, ":")
	switch {
	case arn == "":
		return errors.New("arn is missing")
	case len(f) != 6 || f[0] != "arn" || f[2] != "kms" || !strings.HasPrefix(f[5], "key/"):
		return fmt.Errorf("%q is no arn of a key", arn)
	case !strings.HasPrefix(f[5], "key/mrk-"):
		return fmt.Errorf("%q is no multi-region key and cannot be replicated", arn)
	case f[3] == a.Scope.Region:
		return fmt.Errorf("%q is in this home's own region", arn)
	case f[4] != a.Scope.Account:
		return fmt.Errorf("account is %s, want %s", f[4], a.Scope.Account)
	}
	return nil
}

// inputs are what the component shows of its args in the state.
func (a Args) inputs() pulumi.Map {
	in := pulumi.Map{
		"home":               pulumi.String(a.Scope.Home),
		"region":             pulumi.String(a.Scope.Region),
		"purposes":           pulumi.ToStringArray(a.Purposes),
		"deletionWindowDays": pulumi.Int(a.DeletionWindowDays),
	}
	if a.Scope.Home == system.Secondary {
		of := pulumi.StringMap{}
		for _, p := range a.Purposes {
			of[p] = pulumi.String(a.Peer.KeyArns[p])
		}
		in["replicaOf"] = of
	}
	return in
}
