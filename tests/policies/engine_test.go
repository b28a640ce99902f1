package policies

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/pulumitest"
	"redoubt/sim/provider"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/tests/example"
)

// built is the folder of the pack's program, under the name that an offline CLI looks for.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o",
		filepath.Join(dir, "pulumi-analyzer-policy-go"), "./policies")
	cmd.Dir = example.Root()
	cmd.Stderr = os.Stderr
	return dir, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil && dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// engine is a stack of the real engine on simulated regions, with the pack on its path.
type engine struct {
	auto.Stack
	pack string
}

// place is an empty state and simulated regions, which the stacks of a test share.
type place struct {
	env     map[string]string
	command auto.LocalWorkspaceOption
}

func newPlace(t *testing.T) place {
	t.Helper()
	dir, err := built()
	require.NoError(t, err)
	w := world.New(world.Config{Seed: 1, Account: example.Account})
	face, err := provider.Serve(t.Context(), w, provider.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, face.Close()) })
	return place{command: pulumiCommand(t), env: map[string]string{
		"PULUMI_BACKEND_URL": "file://" + t.TempDir(), "PULUMI_CONFIG_PASSPHRASE": "made up", "PULUMI_HOME": pulumitest.Home(t),
		"PULUMI_DEBUG_PROVIDERS": face.Env(), "PULUMI_SKIP_UPDATE_CHECK": "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PATH": dir + string(os.PathListSeparator) + os.Getenv("PATH"),
	}}
}

// stack opens a stack of the program with nothing in it.
func (p place) stack(t *testing.T, name string, program pulumi.RunFunc, settings map[string]any) engine {
	t.Helper()
	work, err := yaml.Marshal(map[string]any{"config": settings})
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi."+name+".yaml"), work, 0o600))
	s, err := auto.UpsertStackInlineSource(t.Context(), name, stacks.Namespace, program, auto.WorkDir(folder),
		auto.EnvVars(p.env), p.command)
	require.NoError(t, err)
	return engine{s, filepath.Join(example.Root(), "policies")}
}

// start opens the one stack of a place.
func start(t *testing.T, program pulumi.RunFunc, settings map[string]any) engine {
	t.Helper()
	return newPlace(t).stack(t, "primary", program, settings)
}

// pulumiCommand is the CLI of PATH, or the one that make tools has built.
func pulumiCommand(t *testing.T) auto.LocalWorkspaceOption {
	t.Helper()
	if _, err := exec.LookPath("pulumi"); err != nil {
		bin := filepath.Join(t.TempDir(), "bin")
		require.NoError(t, os.MkdirAll(bin, 0o755))
		require.NoError(t, os.Symlink(filepath.Join(example.Root(), ".tools", "pulumi"), filepath.Join(bin, "pulumi")))
		c, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: filepath.Dir(bin)})
		require.NoError(t, err)
		return auto.Pulumi(c)
	}
	c, err := auto.NewPulumiCommand(nil)
	require.NoError(t, err)
	return auto.Pulumi(c)
}

// run is what came of a run: what the pack said, by rule, and what the engine told the person.
type run struct {
	err error
	// refused are the messages of violations by rule, with their level before; mended are the rules that changed
	// something.
	refused map[string][]string
	mended  []string
	told    string
}

// collect reads the events of one run while act lets it happen.
func collect(act func(chan<- events.EngineEvent) error) run {
	ch := make(chan events.EngineEvent)
	out := run{refused: map[string][]string{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range ch {
			if p := e.PolicyEvent; p != nil {
				out.refused[p.PolicyName] = append(out.refused[p.PolicyName], p.EnforcementLevel+": "+p.Message)
			}
			if p := e.PolicyRemediationEvent; p != nil {
				out.mended = append(out.mended, p.PolicyName)
			}
			if d := e.DiagnosticEvent; d != nil {
				out.told += d.Message
			}
		}
	}()
	out.err = act(ch)
	<-done
	return out
}

// configFile writes the configuration of the pack, empty for none.
func configFile(t *testing.T, config map[string]any) []string {
	t.Helper()
	if config == nil {
		return nil
	}
	text, err := json.Marshal(config)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "policies.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return []string{file}
}

func (e engine) preview(t *testing.T, config map[string]any) run {
	t.Helper()
	return collect(func(ch chan<- events.EngineEvent) error {
		_, err := e.Preview(t.Context(), optpreview.PolicyPacks(e.pack), optpreview.EventStreams(ch),
			optpreview.PolicyPackConfigs(configFile(t, config)...))
		return err
	})
}

func (e engine) up(t *testing.T, config map[string]any) run {
	t.Helper()
	return collect(func(ch chan<- events.EngineEvent) error {
		_, err := e.Up(t.Context(), optup.PolicyPacks(e.pack), optup.EventStreams(ch),
			optup.PolicyPackConfigs(configFile(t, config)...))
		return err
	})
}

// small declares a database and two buckets: the status of one's versions is known, that of the other is what an
// output says,
// which no preview of a new stack knows.
func small(sure, late string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		for name, status := range map[string]func(*s3.BucketV2) pulumi.StringInput{
			"sure": func(*s3.BucketV2) pulumi.StringInput { return pulumi.String(sure) },
			"late": func(b *s3.BucketV2) pulumi.StringInput {
				return b.Arn.ApplyT(func(string) string { return late }).(pulumi.StringOutput)
			},
		} {
			b, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{Bucket: pulumi.String("small-" + name)}, pulumi.Provider(p))
			if err != nil {
				return err
			}
			if _, err := s3.NewBucketVersioningV2(ctx, name+"-versioning", &s3.BucketVersioningV2Args{
				Bucket:                  b.Bucket,
				VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: status(b)},
			}, pulumi.Provider(p)); err != nil {
				return err
			}
		}
		_, err = rds.NewCluster(ctx, "database", &rds.ClusterArgs{
			Engine: pulumi.String("aurora-postgresql"), ClusterIdentifier: pulumi.String("small"),
			MasterUsername: pulumi.String("keeper"),
			MasterPassword: pulumi.String("not-a-real-Passw0rd"), BackupRetentionPeriod: pulumi.Int(5),
			SkipFinalSnapshot: pulumi.Bool(true),
		}, pulumi.Provider(p))
		return err
	}
}

// only switches every rule off but the ones that are given.
func only(config map[string]any) map[string]any {
	config["all"] = "disabled"
	return config
}

// TestEngine_levels lets the real engine ask the pack at each level of enforcement.
func TestEngine_levels(t *testing.T) {
	t.Parallel()
	e := start(t, small("Suspended", "Enabled"), map[string]any{"redoubt:home": "none"})

	r := e.preview(t, only(map[string]any{"bucket-versioning": "mandatory"}))
	require.Error(t, r.err, "mandatory refuses")
	require.Len(t, r.refused["bucket-versioning"], 1, "and names the one that is known: %v", r.refused)
	assert.Contains(t, r.refused["bucket-versioning"][0], `mandatory: A bucket keeps every version of its objects`)
	assert.Contains(t, r.refused["bucket-versioning"][0], `versioningConfiguration.status is "Suspended", want "Enabled"`)

	r = e.preview(t, only(map[string]any{"bucket-versioning": "advisory"}))
	require.NoError(t, r.err, "advisory lets through")
	require.Len(t, r.refused["bucket-versioning"], 1)
	assert.Contains(t, r.refused["bucket-versioning"][0], "advisory: ")
	assert.Contains(t, r.told,
		"bucket-versioning: late-versioning: versioningConfiguration.status: known after")

	r = e.preview(t, only(map[string]any{}))
	require.NoError(t, r.err)
	assert.Empty(t, r.refused, "disabled is silent")
	assert.NotContains(t, r.told, "not judged")

	days := func(least int) map[string]any {
		return only(map[string]any{"postgres-backup-retention": map[string]any{
			"enforcementLevel": "mandatory", "minimumDays": least,
		}})
	}
	r = e.preview(t, days(6))
	require.Error(t, r.err)
	assert.Contains(t, strings.Join(r.refused["postgres-backup-retention"], ""),
		"backupRetentionPeriod is 5, want at least 6")
	r = e.preview(t, days(5))
	require.NoError(t, r.err, "the option decides")
	r = e.preview(t, days(36))
	require.ErrorContains(t, r.err, "minimumDays", "an option has bounds")
}

// TestEngine_remediatesAndJudgesAfterTheUpdate: what a rule mends is what comes up, and what a preview could not
// judge the update does.
func TestEngine_remediatesAndJudgesAfterTheUpdate(t *testing.T) {
	t.Parallel()
	config := only(map[string]any{"bucket-versioning": "remediate"})
	e := start(t, small("Suspended", "Enabled"), map[string]any{"redoubt:home": "none"})
	r := e.up(t, config)
	require.NoError(t, r.err)
	assert.Contains(t, r.mended, "bucket-versioning")
	assert.Empty(t, r.refused)
	assert.NotContains(t, r.told, "not judged", "the update knows everything")
	state, err := e.Export(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Enabled", inState(t, state.Deployment, "sure-versioning"))

	e = start(t, small("Enabled", "Suspended"), map[string]any{"redoubt:home": "none"})
	config = only(map[string]any{"bucket-versioning": "mandatory"})
	r = e.preview(t, config)
	require.NoError(t, r.err)
	assert.Contains(t, r.told, "1 not judged yet")
	r = e.up(t, config)
	require.Error(t, r.err, "the update knows")
	assert.Contains(t, strings.Join(r.refused["bucket-versioning"], ""),
		"late-versioning: versioningConfiguration.status is \"Suspended\"")
}

// inState is the status of a bucket's versions in the engine's state.
func inState(t *testing.T, deployment json.RawMessage, name string) string {
	t.Helper()
	var state struct {
		Resources []struct {
			URN    string
			Inputs struct{ VersioningConfiguration struct{ Status string } }
		}
	}
	require.NoError(t, json.Unmarshal(deployment, &state))
	for _, r := range state.Resources {
		if strings.HasSuffix(r.URN, "::"+name) {
			return r.Inputs.VersioningConfiguration.Status
		}
	}
	t.Fatalf("%s is not in the state", name)
	return ""
}
