package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/target"
	"redoubt/internal/kmssign"
	"redoubt/recovery/drill"
	"redoubt/recovery/evidence"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// gathered is what goes into an archive.
type gathered struct {
	members []evidence.Member
	kinds   []string
}

func (g *gathered) add(all []evidence.Member, kind string) {
	g.members = append(g.members, all...)
	if !slices.Contains(g.kinds, kind) {
		g.kinds = append(g.kinds, kind)
		slices.Sort(g.kinds)
	}
}

// gather collects the members, and names all that is missing.
func (o *Options) gather(ctx context.Context, p *project.Project) (gathered, error) {
	var g gathered
	if o.In == "" {
		o.In = p.Path("drills")
	}
	var errs []error
	for _, name := range o.Drills {
		errs = append(errs, g.drill(o.In, name))
	}
	if err := o.runs(ctx, &g); err != nil {
		errs = append(errs, err)
	}
	file := p.File
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Dir, file)
	}
	for name, from := range o.files(file) {
		text, err := os.ReadFile(from)
		errs = append(errs, err)
		g.members = append(g.members, evidence.Member{Name: name, Body: text})
	}
	return g, exit.With(exit.Usage, errors.Join(errs...), "redoubt drill NAME makes the files of a drill; redoubt status names runs")
}

// files are what goes in beside, by their names in the archive.
func (o *Options) files(system string) map[string]string {
	out := map[string]string{"system.yaml": system}
	for _, from := range o.Add {
		out["added/"+filepath.Base(from)] = from
	}
	return out
}

// drill adds what redoubt drill wrote of a scenario, and of its way back.
func (g *gathered) drill(folder, name string) error {
	if name == "" || filepath.Base(name) != name {
		return fmt.Errorf("drill %q: want the name of a scenario", name)
	}
	raw, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		return fmt.Errorf("drill %s: %w", name, err)
	}
	var r drill.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("drill %s: its report: %w", name, err)
	}
	there := path.Join("drills", name)
	all, err := evidence.OfReport(there, r)
	if err != nil {
		return err
	}
	g.add(all, string(r.Kind))
	if r.Failback != nil {
		if all, err = evidence.OfReport(there+"/back", *r.Failback); err != nil {
			return err
		}
		g.add(all, string(r.Failback.Kind))
	}
	for _, half := range []struct {
		in, to string
		ran    bool
	}{{name, there, r.Plan.Hash != ""}, {name + ".back", there + "/back", r.Failback != nil && r.Failback.Plan.Hash != ""}} {
		if !half.ran {
			continue
		}
		ran, err := readRan(filepath.Join(folder, half.in))
		if err != nil {
			return fmt.Errorf("drill %s: %w", name, err)
		}
		if all, err = evidence.OfRun(half.to, ran); err != nil {
			return err
		}
		g.add(all, string(r.Kind))
	}
	return nil
}

// readRan reads the plan and the journal that stand beside a report.
func readRan(stem string) (drill.Ran, error) {
	text, err := os.ReadFile(stem + ".plan.json")
	if errors.Is(err, fs.ErrNotExist) {
		return drill.Ran{}, fmt.Errorf("its report has a plan, and %s.plan.json is not there: drill it again", filepath.Base(stem))
	}
	if err != nil {
		return drill.Ran{}, err
	}
	p, err := plan.Decode(text)
	if err != nil {
		return drill.Ran{}, err
	}
	lines, err := os.ReadFile(stem + ".journal")
	if err != nil {
		return drill.Ran{}, err
	}
	records, _, err := journal.Decode(lines)
	return drill.Ran{Plan: p, Records: records}, err
}

// runs adds plans and journals of runs.
func (o *Options) runs(ctx context.Context, g *gathered) error {
	if len(o.Runs) == 0 {
		return nil
	}
	kept, _, err := target.RunsOf(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: "redoubt evidence"})
	if err != nil {
		return err
	}
	kind := map[string]string{target.Sim: "simulated", target.AWS: "measured"}[o.On]
	var errs []error
	for _, run := range o.Runs {
		p, err := kept.Plan(ctx, run)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		records, err := kept.Records(ctx, run)
		if err == nil && len(records) == 0 {
			err = fmt.Errorf("run %s has no journal", run)
		}
		if err == nil {
			var all []evidence.Member
			all, err = evidence.OfRun(path.Join("runs", strings.ReplaceAll(run, "/", "-")), drill.Ran{Plan: p, Records: records})
			g.add(all, kind)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// signer is who signs.
func (o *Options) signer(ctx context.Context) (evidence.Signer, error) {
	if o.KMS != "" {
		at, err := arn.Parse(o.KMS)
		if err != nil || at.Service != "kms" {
			return nil, exit.Errorf(exit.Usage, "give the key's whole ARN", "--kms is %q, want the ARN of a key", o.KMS)
		}
		cfg, err := awsport.Load(ctx)
		if err != nil {
			return nil, exit.With(exit.Usage, err, "log in as for the aws command, or sign with --key")
		}
		cfg.Region = at.Region
		return kmssign.Key{API: kms.NewFromConfig(cfg), ARN: o.KMS}, nil
	}
	text, err := os.ReadFile(o.Key)
	if err != nil {
		return nil, exit.With(exit.Usage, err, "redoubt evidence key FILE makes one")
	}
	key, err := evidence.PrivateKey(text)
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: %w", o.Key, err), "redoubt evidence key FILE makes one")
	}
	return evidence.File{Key: key}, nil
}
