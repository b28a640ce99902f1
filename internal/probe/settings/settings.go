// Package settings are the arguments of a prober: pure, so that a stack can write what the program reads.
package settings

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"redoubt/system"
)

// Settings are what a prober must know. All that it looks at it learns from the inventory of its home.
type Settings struct {
	// Home is where it runs, Region that home's.
	Home   system.Home
	Region string
	// Bucket is the home's control bucket, where its inventory is.
	Bucket string
	// System is the file of the system.
	System string
}

// Usage is what the program says of itself.
const Usage = `prober looks at both homes from one of them and publishes what it sees as metrics, on which the alarms stand.

  prober -home HOME -region REGION -bucket BUCKET -system FILE

BUCKET is the home's control bucket, FILE its system.yaml`

// Arguments are what Read reads.
func (s Settings) Arguments() []string {
	return []string{"-home=" + string(s.Home), "-region=" + s.Region, "-bucket=" + s.Bucket, "-system=" + s.System}
}

// Read checks the arguments, and names all that is wrong with them.
func Read(args []string) (Settings, error) {
	var s Settings
	flags := flag.NewFlagSet("prober", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar((*string)(&s.Home), "home", "", "")
	flags.StringVar(&s.Region, "region", "", "")
	flags.StringVar(&s.Bucket, "bucket", "", "")
	flags.StringVar(&s.System, "system", "", "")
	if err := flags.Parse(args); err != nil {
		return s, fmt.Errorf("%w\n%s", err, Usage)
	}
	var errs []error
	if flags.NArg() > 0 {
		errs = append(errs, fmt.Errorf("%q is no argument", flags.Arg(0)))
	}
	if !s.Home.Valid() {
		errs = append(errs, fmt.Errorf("-home is %q, want one of %v", s.Home, system.Homes))
	}
	for _, in := range []struct{ name, value string }{{"region", s.Region}, {"bucket", s.Bucket}, {"system", s.System}} {
		if in.value == "" {
			errs = append(errs, fmt.Errorf("-%s is missing", in.name))
		}
	}
	if errs != nil {
		errs = append(errs, errors.New(Usage))
	}
	return s, errors.Join(errs...)
}
