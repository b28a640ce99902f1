package real

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Expected is what the suite found on the simulated regions, kept: how many of what the sandbox makes, and how long the
// drills took there in virtual time. A test of tests/real holds it against what the program declares now.
type Expected struct {
	// Bill counts what costs by existing, in both homes together.
	Bill map[string]int `yaml:"bill"`
	// Drills are the scenarios that can be made on AWS, in order, with what the simulated regions tell of each.
	Drills []ExpectedDrill `yaml:"drills"`
}

// ExpectedDrill is one of them: simulated.
type ExpectedDrill struct {
	Scenario string `yaml:"scenario"`
	// Takes is how long the whole drill takes, from the steady state to the end of the way back.
	Takes time.Duration `yaml:"takes"`
	// RTO is the time to recovery of each tier.
	RTO map[string]time.Duration `yaml:"rto"`
}

//go:embed expected.yaml
var expectedText []byte

// Expect reads what comes with the program.
func Expect() (Expected, error) { return ParseExpected(expectedText) }

// ParseExpected reads such a file.
func ParseExpected(text []byte) (Expected, error) {
	var e Expected
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&e); err != nil {
		return e, fmt.Errorf("what is expected: %w", err)
	}
	if len(e.Bill) == 0 || len(e.Drills) == 0 {
		return e, errors.New("what is expected: bill or drills are empty")
	}
	return e, nil
}

const expectedHead = `# What the suite found on the simulated regions: what the sandbox makes in both homes that costs by existing, and how long
# its drills take there (simulated). Written by: go generate ./tests/real
`

// Text writes the file that ParseExpected reads.
func (e Expected) Text() ([]byte, error) {
	raw, err := yaml.Marshal(e)
	return append([]byte(expectedHead), raw...), err
}

// Stage is one stage of the suite.
type Stage struct {
	// Name is the stage's; the environment variable SKIP_NAME leaves it out.
	Name string
	Does string
	// Takes is how long it is expected to take, and Kind what sort of figure that is.
	Takes time.Duration
	Kind  string
}

// The stages, in their order.
const (
	Deploy  = "deploy"
	Steady  = "steady"
	Drills  = "drills"
	Restore = "restores"
	Measure = "report"
	Cleanup = "cleanup"
)

// How long stages take on AWS that the simulated regions know nothing of (assumed; docs/limits.md says how to see).
const (
	deployTakes  = 90 * time.Minute // three updates: EKS, Aurora and its follower, the proxies
	steadyTakes  = 10 * time.Minute
	restoreTakes = 5 * time.Minute // restore tests run by themselves; the stage reads what became of them
	reportTakes  = time.Minute
	cleanupTakes = 60 * time.Minute
)

// Stages are those of a run on AWS.
func (e Expected) Stages() []Stage {
	var drills time.Duration
	var names []string
	for _, d := range e.Drills {
		drills += d.Takes
		names = append(names, d.Scenario)
	}
	return []Stage{
		{Deploy, "both homes of tests/real/sandbox, in three updates by Pulumi's Automation API", deployTakes, "assumed"},
		{Steady, "the entry answers, nodes and agents are ready, tables and the database stand", steadyTakes, "assumed"},
		{Drills, "with the witness: " + strings.Join(names, ", "), drills, "simulated"},
		{Restore, "what became of AWS Backup's own restore tests", restoreTakes, "assumed"},
		{Measure, "what was measured beside what was predicted, into docs/drills.jsonl, and as evidence in bin/real/", reportTakes, "assumed"},
		{Cleanup, "networks are mended, both homes destroyed; what locks keep is listed", cleanupTakes, "assumed"},
	}
}

// Estimate is what a run is expected to cost and to take.
type Estimate struct {
	USD   float64
	Takes time.Duration
	// Lines are what it is made of, the dearest first.
	Lines []Line
}

// Line is one kind of thing.
type Line struct {
	Item  string
	Count int
	USD   float64
}

// Estimate prices everything for as long as all stages take together. A thing without a price is an error.
func (e Expected) Estimate(p Prices) (Estimate, error) {
	out := Estimate{}
	for _, s := range e.Stages() {
		out.Takes += s.Takes
	}
	var errs []error
	for _, item := range slices.Sorted(maps.Keys(e.Bill)) {
		each, ok := p.of(item, out.Takes)
		if !ok {
			errs = append(errs, fmt.Errorf("internal/real/prices.yaml has no price of %s, of which there are %d", item, e.Bill[item]))
		}
		usd := each * float64(e.Bill[item])
		out.USD += usd
		out.Lines = append(out.Lines, Line{item, e.Bill[item], usd})
	}
	use := out.USD * p.ByUse
	out.USD += use
	out.Lines = append(out.Lines, Line{"by use (assumed)", 1, use})
	slices.SortStableFunc(out.Lines, func(a, b Line) int { return int(1e6 * (b.USD - a.USD)) })
	return out, errors.Join(errs...)
}
