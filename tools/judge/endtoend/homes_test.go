//go:build program

package endtoend

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/clitest"
	"redoubt/stacks"
	"redoubt/system"
	"redoubt/tests/example"
	"redoubt/tools/judge/iam"
	"redoubt/tools/judge/needs"
	"redoubt/tools/judge/report"
)

// start starts a session in a project folder of its own. Where something is
// missing it says loudly that nothing is judged; in CI that is a failure.
func start(t *testing.T) *Session {
	t.Helper()
	root := clitest.Root(t)
	clitest.New(t)
	planned, err := PlannedOnly()
	require.NoError(t, err)
	folder := filepath.Join(os.Getenv("REDOUBT_JUDGE_FOLDER"), t.Name())
	if !filepath.IsAbs(folder) {
		folder = t.TempDir()
	}
	require.NoError(t, os.MkdirAll(folder, 0o755))
	log, err := os.Create(filepath.Join(folder, "log"))
	require.NoError(t, err)
	s, err := Start(context.Background(), Options{
		Folder: folder, Tools: filepath.Join(root, ".tools"), Log: log, Planned: planned,
		Place: iam.Place{Regions: example.Regions(), Account: Account},
	})
	if needs.Absent(err) {
		absent(t, err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, errors.Join(s.Close(), log.Close())) })
	return s
}

// absent says that something is not here to judge; in CI that is a failure.
func absent(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	t.Fatal("NOT JUDGED:", err)
}

// sections leads to the package that keeps the page.
func sections(t *testing.T) string { return filepath.Join(clitest.Root(t), "tools", "judge", "report") }

// open opens a home's stack with the project's settings and changes to them.
func open(t *testing.T, s *Session, home system.Home, changes map[string]any) auto.Stack {
	t.Helper()
	text, err := os.ReadFile("Pulumi." + string(home) + ".yaml")
	require.NoError(t, err)
	var doc struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &doc))
	for key, v := range changes {
		doc.Config[stacks.Namespace+":"+key] = v
	}
	stack, err := s.Stack(context.Background(), string(home), stacks.Program, doc.Config)
	require.NoError(t, err)
	require.NoError(t, stack.SetConfig(context.Background(), stacks.Namespace+":databasePassword",
		auto.ConfigValue{Value: "made-up-Passw0rd-1", Secret: true}))
	return stack
}

func up(t *testing.T, s *Session, home system.Home, changes map[string]any) Run {
	t.Helper()
	r, err := Up(context.Background(), open(t, s, home, changes))
	require.NoError(t, err, "update of the %s", home)
	t.Logf("update of the %s: %s", home, &r)
	return r
}

// TestHomes_comeUpOnAWSsOwnProvider brings both homes up in their three
// updates, asks what a fourth and a fifth would change, and takes both down
// again. Protection is off, because it would keep what a failed attempt on moto
// leaves.
func TestHomes_comeUpOnAWSsOwnProvider(t *testing.T) {
	s := start(t)
	alone := map[string]any{"peerReady": false, "protect": false}
	ready := map[string]any{"peerReady": true, "protect": false}
	up(t, s, system.Primary, alone)
	up(t, s, system.Secondary, ready)
	up(t, s, system.Primary, ready)
	summary := s.Summary()
	t.Logf("\n%s", summary)
	for _, fault := range s.Faults() {
		t.Error(fault)
	}
	for _, home := range system.Homes {
		r, err := Preview(context.Background(), open(t, s, home, ready))
		assert.NoError(t, err, "preview of the %s", home)
		t.Logf("preview of the %s: %s", home, &r)
		assert.Empty(t, r.Changes, "a second update of the %s would change something", home)
	}

	s.Rest()
	for _, home := range []system.Home{system.Secondary, system.Primary} {
		r, err := Destroy(context.Background(), open(t, s, home, ready))
		t.Logf("destruction of the %s: %s", home, &r)
		assert.NoError(t, err, "destruction of the %s", home)
	}
	left, err := s.Left(context.Background(), append(example.Regions(), "us-east-1"))
	require.NoError(t, err)
	t.Logf("%s", left)
	assert.Empty(t, left.Wrong, "moto still holds what was destroyed")
	summary.Left = left
	report.Keep(t, sections(t), "10-program", summary.Section(), report.Update())
}
