//go:build engine

package bench

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/pulumitest"
	"redoubt/sim/provider"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/tests/example"
)

// The rules of AWSGuard 0.3.1 that have one of ours, as policies/theirs/awsguard.yaml pairs them: tables are encrypted,
// load balancers are protected from deletion, keys rotate. A fourth, that certificates do not run out, can not be compared:
// theirs asks AWS for the certificate by its ARN, and fails in the first preview, which does not know it.
var (
	theirRules = []string{"dynamodb-table-encryption-enabled", "elb-deletion-protection-enabled", "cmk-backing-key-rotation-enabled"}
	ourRules   = []string{"table-encrypted", "balancer-deletion-protection", "key-rotation"}
)

// BenchmarkPolicies holds our pack against AWSGuard, Pulumi's own: the rules of each that ask for the same, and each
// pack whole. Ours is whole without the promise rules: they run the system on virtual time, as no rule of AWSGuard does.
//
// AWSGuard's program loads TypeScript's compiler before the pack, whatever the pack is written in: so does the official CLI's.
//
// It previews the primary home of the example on the simulated regions, without a pack, with one that never says anything
// (what the engine takes for any), and with each: ns/op is all of that.
// Then it asks the program of each pack, started anew, what the engine asked in that preview, and reports the time from its
// start until it has told its rules, that for each resource (first, and once more when the program is warm) and for the
// stack, and the most memory that its process held: medians.
func BenchmarkPolicies(b *testing.B) {
	all := packs(b)
	s, r := stage(b, all)
	b.Run("preview/none", func(b *testing.B) { preview(b, s) })
	b.Run("preview/silent", func(b *testing.B) { preview(b, s, optpreview.PolicyPacks(r.folder)) })
	for _, p := range all {
		b.Run("preview/"+p.name, func(b *testing.B) { preview(b, s, p.options(b)...) })
	}
	for _, p := range all {
		b.Run("direct/"+p.name, func(b *testing.B) { p.measure(b, listen(b), r) })
	}
}

func preview(b *testing.B, s auto.Stack, o ...optpreview.Option) {
	b.Helper()
	for b.Loop() {
		_, err := s.Preview(b.Context(), o...)
		require.NoError(b, err)
	}
}

// measure starts and asks the program of a pack again and again.
func (p policies) measure(b *testing.B, engine string, r *recorder) {
	b.Helper()
	got := map[string][]float64{}
	for b.Loop() {
		a := p.start(b, engine, r)
		rules := a.configure(b, p.on)
		each, stack := a.judge(b, r)
		again, _ := a.judge(b, r)
		for unit, v := range map[string]float64{
			"rules": float64(rules), "ms-start": a.took.Seconds() * 1e3, "ms-stack": stack.Seconds() * 1e3,
			"µs/resource": each.Seconds() * 1e6, "µs/resource-warm": again.Seconds() * 1e6, "MiB-peak": a.peak(b),
		} {
			got[unit] = append(got[unit], v)
		}
		require.True(b, a.refuses(b, r), "%s lets a key through that does not rotate", p.name)
		a.end()
	}
	for unit, values := range got {
		slices.Sort(values)
		b.ReportMetric(values[len(values)/2], unit)
	}
}

// packs are what is compared.
func packs(b *testing.B) []policies {
	b.Helper()
	root, bin := example.Root(), b.TempDir()
	program := filepath.Join(bin, "pulumi-analyzer-policy-go")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program, "./policies")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	require.NoError(b, cmd.Run())
	folder := filepath.Join(root, "policies")
	guard := filepath.Join(root, ".tools", "awsguard")
	script := filepath.Join(guard, "pulumi-analyzer-policy-nodejs")
	require.DirExists(b, filepath.Join(guard, "node_modules"), "make awsguard gets it")
	return []policies{
		{"ours-same", folder, program, only(ourRules)},
		{"awsguard-same", guard, script, only(theirRules)},
		{"ours-whole", folder, program, map[string]string{"promise-recovery": "disabled", "promise-availability": "disabled"}},
		{"awsguard-whole", guard, script, map[string]string{"acm-certificate-expiration": "disabled"}},
	}
}

// only switches every other rule off.
func only(ids []string) map[string]string {
	out := map[string]string{"all": "disabled"}
	for _, id := range ids {
		out[id] = "advisory"
	}
	return out
}

// options make a preview ask the pack.
func (p policies) options(b *testing.B) []optpreview.Option {
	b.Helper()
	text, err := json.Marshal(p.levels)
	require.NoError(b, err)
	file := filepath.Join(b.TempDir(), "policies.json")
	require.NoError(b, os.WriteFile(file, text, 0o600))
	return []optpreview.Option{optpreview.PolicyPacks(p.folder), optpreview.PolicyPackConfigs(file)}
}

// stage opens the primary of the example with nothing in it, all packs on its path, and records what the engine asks of one.
func stage(b *testing.B, all []policies) (auto.Stack, *recorder) {
	b.Helper()
	r, path := newRecorder(b), os.Getenv("PATH")
	programs := map[string]bool{r.folder: true}
	for _, p := range all {
		programs[filepath.Dir(p.program)] = true
	}
	for dir := range maps.Keys(programs) {
		path = dir + string(os.PathListSeparator) + path
	}
	s := primary(b, path)
	_, err := s.Preview(b.Context(), optpreview.PolicyPacks(r.folder))
	require.NoError(b, err)
	require.Greater(b, len(r.resources), 100)
	require.NotNil(b, r.stack)
	return s, r
}

// primary is the stack of the example's primary, previewed on simulated regions.
func primary(b *testing.B, path string) auto.Stack {
	b.Helper()
	face, err := provider.Serve(b.Context(), world.New(world.Config{Seed: 1, Account: example.Account}), provider.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, face.Close()) })
	text, err := os.ReadFile(filepath.Join(example.Root(), "Pulumi.primary.yaml"))
	require.NoError(b, err)
	var file struct{ Config map[string]any }
	require.NoError(b, yaml.Unmarshal(text, &file))
	file.Config["redoubt:system"] = filepath.Join(example.Root(), "system.yaml")
	text, err = yaml.Marshal(file)
	require.NoError(b, err)
	folder := b.TempDir()
	require.NoError(b, os.WriteFile(filepath.Join(folder, "Pulumi.primary.yaml"), text, 0o600))
	b.Setenv("PATH", path+string(os.PathListSeparator)+filepath.Join(example.Root(), ".tools"))
	s, err := auto.UpsertStackInlineSource(b.Context(), "primary", stacks.Namespace, stacks.Program, auto.WorkDir(folder),
		auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": "file://" + b.TempDir(), "PULUMI_CONFIG_PASSPHRASE": "made up", "PULUMI_HOME": pulumitest.Home(b),
			"PULUMI_DEBUG_PROVIDERS": face.Env(), "PULUMI_SKIP_UPDATE_CHECK": "true",
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		}))
	require.NoError(b, err)
	require.NoError(b, s.SetConfig(b.Context(), "redoubt:databasePassword",
		auto.ConfigValue{Value: "not-a-real-Passw0rd", Secret: true}))
	return s
}
