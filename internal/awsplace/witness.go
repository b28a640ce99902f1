package awsplace

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// entryLine is the name under which the witness notes whether the entry answers.
const entryLine = "the entry"

// entry asks the entry once a second: each answer is one mark that is acknowledged.
func (p *Place) entry() run.Writer {
	places := map[system.Home]marks.Place{}
	for _, home := range system.Homes {
		places[home] = asked{p, home}
	}
	return run.Writer{Store: entryLine, Every: time.Second, Places: places}
}

// asked is the entry of a home as a place of marks, which nobody reads back.
type asked struct {
	*Place
	home system.Home
}

func (a asked) Write(ctx context.Context, _ int64) error { return a.Answers(ctx, a.home) }
func (a asked) Read(context.Context) ([]int64, error)    { return nil, nil }
func (a asked) Close() error                             { return nil }

func (p *Place) records() run.Records {
	all, err := run.Read(filepath.Join(p.Dir, "witness"))
	if err != nil {
		return nil // without the log nothing is known, and every figure says so
	}
	return all
}

// Outages are the times in which the entry did not answer or a store of the tier refused marks. Without the witness's
// log the tier counts as down all the time: nobody saw it answer.
func (p *Place) Outages(tier string) []witness.Outage {
	all := p.records()
	lines := []string{entryLine}
	for _, s := range p.System.Stores {
		if s.Tier == tier {
			lines = append(lines, s.Name)
		}
	}
	var out []witness.Outage
	for _, line := range lines {
		tries := all.Of(line, p.began)
		if len(tries) == 0 && p.writes(line) {
			return []witness.Outage{{From: p.began}}
		}
		out = append(out, tries.Outages()...)
	}
	return witness.Union(out)
}

func (p *Place) writes(line string) bool {
	return line == entryLine || slices.ContainsFunc(p.Stores, func(w run.Writer) bool { return w.Store == line })
}

// Keep is how long a client may keep the name service's answer.
func (p *Place) Keep(string) time.Duration { return p.Options.Keep }

// readTimeout is how long a store may take to be read back.
const readTimeout = 10 * time.Minute

// Losses reads every store back in the home that serves. A store that cannot be read, or that the witness does not write, has
// an unknown loss.
func (p *Place) Losses(time.Time) []witness.Loss {
	ctx, cancel := context.WithTimeout(p.ctx, readTimeout)
	defer cancel()
	home, err := p.Active(ctx)
	all := p.records()
	var out []witness.Loss
	for _, s := range p.System.Stores {
		loss := witness.Loss{Store: s.Name}
		n := slices.IndexFunc(p.Stores, func(w run.Writer) bool { return w.Store == s.Name })
		if err == nil && n >= 0 && p.Stores[n].Places[home] != nil {
			found, readErr := p.Stores[n].Places[home].Read(ctx)
			v, judgeErr := all.Of(s.Name, p.began).Judge(s.Name, p.Stores[n].Every, found, witness.Measured)
			if readErr == nil && judgeErr == nil {
				loss = v.Loss
			}
		}
		out = append(out, loss)
	}
	return out
}

// Spans are none: the witness's log does not say which home acknowledged a mark, so two writers are seen by lost marks alone.
func (p *Place) Spans(string) []drill.Span { return nil }

// Restored changes nothing: what a restored store holds is read back as it is.
func (p *Place) Restored(string, time.Time, time.Time) {}

// Observe is one look from the machine that leads the drill, which stands beside one home and counts as its observer: whether
// each control plane answers, each entry, and whether the home that serves takes the witness's last marks.
func (p *Place) Observe(ctx context.Context, active system.Home) []diagnose.Observation {
	var out []diagnose.Observation
	saw := func(home system.Home, aspect diagnose.Aspect, name, why string) {
		o := diagnose.Observation{Observer: string(p.Stands), At: p.Now(), Aspect: aspect, Home: home, Name: name,
			State: diagnose.Good, Detail: why}
		if why != "" {
			o.State = diagnose.Bad
		}
		out = append(out, o)
	}
	for _, home := range system.Homes {
		saw(home, diagnose.Control, "", p.control(ctx, home))
		why := ""
		if err := p.Answers(ctx, home); err != nil {
			why = err.Error()
		}
		saw(home, diagnose.Entry, "", why)
	}
	all := p.records()
	for _, w := range p.Stores {
		if tries := all.Of(w.Store, p.began); len(tries) > 0 {
			saw(active, diagnose.Writes, w.Store, tries[len(tries)-1].Refused)
		}
	}
	return out
}

// control asks a home's control plane for its switch, and says why it does not answer.
func (p *Place) control(ctx context.Context, home system.Home) string {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := sighted{p}.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "cloudwatch", Operation: "DescribeAlarms",
		Input: plan.Document{"AlarmNames": []any{p.Switch[home]}, "AlarmTypes": []any{"MetricAlarm"}}})
	if err != nil {
		return err.Error()
	}
	return ""
}
