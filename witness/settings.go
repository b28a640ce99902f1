package witness

import (
	"errors"
	"fmt"

	"redoubt/system"
)

// Settings are what a witness that stands in a home must know. All that it writes to it learns from the home's inventory.
type Settings struct {
	// Home is where it runs, Region that home's.
	Home   system.Home
	Region string
	// Bucket is the home's control bucket: its inventory is there, and the witness's log goes there.
	Bucket string
	// System is the file of the system.
	System string
}

// The variables that tell the settings; the region has AWS's own.
const (
	HomeVariable   = "REDOUBT_WITNESS_HOME"
	RegionVariable = "AWS_REGION"
	BucketVariable = "REDOUBT_WITNESS_BUCKET"
	SystemVariable = "REDOUBT_WITNESS_SYSTEM"
)

// Environment is what ReadSettings reads.
func (s Settings) Environment() map[string]string {
	return map[string]string{HomeVariable: string(s.Home), RegionVariable: s.Region, BucketVariable: s.Bucket, SystemVariable: s.System}
}

// ReadSettings checks the environment, and names all that is wrong with it.
func ReadSettings(env func(string) string) (Settings, error) {
	s := Settings{Home: system.Home(env(HomeVariable)), Region: env(RegionVariable), Bucket: env(BucketVariable), System: env(SystemVariable)}
	var errs []error
	if !s.Home.Valid() {
		errs = append(errs, fmt.Errorf("%s is %q, want one of %v", HomeVariable, s.Home, system.Homes))
	}
	for _, in := range []struct{ name, value string }{{RegionVariable, s.Region}, {BucketVariable, s.Bucket}, {SystemVariable, s.System}} {
		if in.value == "" {
			errs = append(errs, fmt.Errorf("%s is empty", in.name))
		}
	}
	return s, errors.Join(errs...)
}
