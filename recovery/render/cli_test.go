//go:build apps

package render_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest/awscli"
	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
)

var shells = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestCommands_areTheCommandLines lets a shell take every command of every runbook apart, and the AWS command line
// judge it by its own models without calling anything.
func TestCommands_areTheCommandLines(t *testing.T) {
	if !awscli.There(t.Context()) {
		require.NotEqual(t, "true", os.Getenv("CI"), "python3 has no awscli")
		t.Skip("NOT TRIED: commands of runbooks, because python3 has no awscli")
	}
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	distinct := map[string][]string{}
	count, own := 0, 0
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err)
		text, err := render.Runbook(p)
		require.NoError(t, err)
		for _, args := range taken(t, text) {
			if args[0] == "redoubt" { // that it is a command, with its flags, is held by tests/docs; that it walks, by tests/cli
				require.Len(t, args, 6, "%q", args)
				require.True(t, slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.ID == args[2] }), "%q", args)
				own++
				continue
			}
			count++
			distinct[strings.Join(args, "\x00")] = args
		}
	}
	require.Greater(t, count, 500)
	require.Greater(t, own, 40)
	assert.Empty(t, refused(t, slices.Collect(maps.Values(distinct))))
	t.Logf("%d commands of %d runbooks, %d of them distinct", count, len(all), len(distinct))
	wrong := [][]string{
		{"rds", "describe-db-clusters", "--region", "eu-west-1", "--cli-input-json", `{"DBClusterIdentifer":"x"}`},
		{"rds", "describe-db-cluster", "--region", "eu-west-1"},
		{"rds", "describe-db-clusters", "--region", "eu-west-1", "--query", "A[?"},
	}
	assert.Len(t, refused(t, wrong), len(wrong), "a wrong member, a wrong operation, a wrong query")
}

// taken are the words of each aws command in a runbook, and of each redoubt step behind its name, as a shell takes them apart.
func taken(t *testing.T, runbook string) [][]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "taken")
	script := `aws() { printf '%s\0' "$@" >>"$OUT"; printf '\1\0' >>"$OUT"; echo a-value; }; kubectl() { :; }
redoubt() { [ "$1" = abort ] || aws redoubt "$@" >&2; }` + "\n"
	for _, block := range shells.FindAllStringSubmatch(runbook, -1) {
		script += block[1] + "\n"
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", script)
	cmd.Env = append(os.Environ(), "OUT="+out)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", said)
	raw, err := os.ReadFile(out)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	var commands [][]string
	for _, one := range strings.Split(strings.TrimSuffix(string(raw), "\x01\x00"), "\x01\x00") {
		commands = append(commands, strings.Split(strings.TrimSuffix(one, "\x00"), "\x00"))
	}
	return commands
}

// refused are the commands that the AWS command line refuses, with its reasons.
func refused(t *testing.T, all [][]string) []string {
	t.Helper()
	var commands []awscli.Command
	for _, args := range all {
		commands = append(commands, awscli.Command{Args: args})
	}
	out, err := awscli.Refused(t.Context(), t.TempDir(), commands)
	require.NoError(t, err)
	return out
}
