package workflows

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

const root = "../.."

type workflow struct {
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]job
}

type job struct {
	Uses        string
	Environment string
	If          string
	Needs       any
	Permissions map[string]string
	Timeout     int `yaml:"timeout-minutes"`
	Steps       []step
}

type step struct {
	Uses, Run string
	With      map[string]any
}

// workflows are the repository's, by file name, with their text.
func workflows(t *testing.T) (map[string]workflow, map[string]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	require.NoError(t, err)
	require.Len(t, files, 5)
	out, texts := map[string]workflow{}, map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var w workflow
		require.NoError(t, yaml.Unmarshal(text, &w), file)
		out[filepath.Base(file)], texts[filepath.Base(file)] = w, string(text)
	}
	return out, texts
}

// pinned is an action by commit, with its version for people.
var pinned = regexp.MustCompile(`uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9.]+$`)

func TestWorkflows_pinEveryActionByCommit(t *testing.T) {
	t.Parallel()
	_, texts := workflows(t)
	pins := map[string]string{}
	for name, text := range texts {
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if !strings.Contains(line, "uses: ") || strings.Contains(line, "uses: ./.github/") {
				continue
			}
			require.Regexp(t, pinned, line, name)
			action, pin, _ := strings.Cut(strings.TrimSpace(strings.TrimLeft(line, " -")), "@")
			if known, has := pins[action]; has {
				assert.Equal(t, known, pin, "%s: %s is one version everywhere", name, action)
			}
			pins[action] = pin
		}
	}
	assert.Len(t, pins, 6)
}

// rights are those that a job may have beside reading the code, with who has them.
var rights = map[string][]string{
	"pull-requests": {"pull-request.yml comment"},
	"issues":        {"drift.yml report"},
	"id-token": {"pull-request.yml preview", "drift.yml drift", "drift.yml record", "drills.yml recorded", "update-home.yml update", "deploy.yml first",
		"deploy.yml second"},
}

func TestWorkflows_haveFewRightsAndNoSecrets(t *testing.T) {
	t.Parallel()
	all, texts := workflows(t)
	for name, w := range all {
		assert.NotContains(t, texts[name], "secrets.", "%s: roles are assumed by OIDC", name)
		assert.NotContains(t, w.On, "pull_request_target", "%s: code of a fork never meets a right to write", name)
		require.NotNil(t, w.Permissions, name)
		assert.Empty(t, w.Permissions, "%s: each job names its own rights", name)
		for id, j := range w.Jobs {
			require.NotEmpty(t, j.Permissions, "%s %s", name, id)
			for right, level := range j.Permissions {
				if right == "contents" {
					assert.Equal(t, "read", level, "%s %s", name, id)
					continue
				}
				assert.Contains(t, rights[right], name+" "+id, "%s may not be given to it", right)
			}
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") {
					assert.Equal(t, false, s.With["persist-credentials"], "%s %s", name, id)
				}
			}
		}
	}
}

func TestWorkflows_updateAHomeOnlyAfterAPerson(t *testing.T) {
	t.Parallel()
	all, _ := workflows(t)
	for name, w := range all {
		for id, j := range w.Jobs {
			updates := slices.ContainsFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, "aws-up") })
			assert.Equal(t, name == "update-home.yml", updates, "%s %s", name, id)
			if updates {
				assert.Equal(t, "${{ inputs.home }}", j.Environment, "the environment's rules name who approves")
				preview := slices.IndexFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, "aws-preview") })
				up := slices.IndexFunc(j.Steps, func(s step) bool { return strings.Contains(s.Run, "aws-up") })
				assert.True(t, 0 <= preview && preview < up, "policies judge a preview before anything is touched")
			}
			if j.Permissions["id-token"] != "" && strings.HasPrefix(name, "pull-request") {
				assert.Contains(t, j.If, "head.repo.full_name == github.repository", "a fork gets no credentials")
			}
			if j.Uses == "" {
				assert.NotZero(t, j.Timeout, "%s %s ends", name, id)
			}
		}
	}
}

// roles are the variables that name a role, with the jobs that ask for it.
var roles = map[string][]string{
	"AWS_PREVIEW_ROLE": {"pull-request.yml preview"}, "AWS_DRIFT_ROLE": {"drift.yml drift"},
	"AWS_RECORD_ROLE": {"drift.yml record", "drills.yml recorded"},
	"AWS_DEPLOY_ROLE": {"update-home.yml update"},
}

// TestWorkflows_askForTheRoleThatIsMadeForThem: code of a pull request never runs under a role that reads secrets, and a
// job whose role is not set is left out, but for an update, which a person started.
func TestWorkflows_askForTheRoleThatIsMadeForThem(t *testing.T) {
	t.Parallel()
	all, _ := workflows(t)
	asked := map[string][]string{}
	for name, w := range all {
		for id, j := range w.Jobs {
			for _, s := range j.Steps {
				role, is := s.With["role-to-assume"].(string)
				if !is {
					continue
				}
				variable := strings.TrimSuffix(strings.TrimPrefix(role, "${{ vars."), " }}")
				asked[variable] = append(asked[variable], name+" "+id)
				assert.NotEmpty(t, j.Permissions["id-token"], "%s %s", name, id)
				if j.Environment == "" {
					assert.Contains(t, j.If, "vars."+variable+" != ''", "%s %s", name, id)
				}
			}
		}
	}
	for _, jobs := range asked {
		slices.Sort(jobs)
	}
	assert.Equal(t, roles, asked)
	for _, name := range []string{"drift.yml", "drills.yml"} {
		for event := range all[name].On {
			assert.Contains(t, []string{"schedule", "workflow_dispatch"}, event, "%s: its roles trust the main branch", name)
		}
	}
	assert.Equal(t, "drift", all["drift.yml"].Jobs["record"].Needs, "nothing is recorded of a comparison that found something")
}

// TestWorkflows_runWhatEverybodyCanRun holds the steps against make's own list, and those of a pull request against
// `make gate`.
func TestWorkflows_runWhatEverybodyCanRun(t *testing.T) {
	t.Parallel()
	all, _ := workflows(t)
	targets := regexp.MustCompile(`\bmake ((?:[a-z-]+ ?)+)`)
	var ofPull []string
	for name, w := range all {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				for _, m := range targets.FindAllStringSubmatch(s.Run, -1) {
					for _, target := range strings.Fields(m[1]) {
						assert.NoError(t, exec.Command("make", "-C", root, "-n", target).Run(), "%s: make %s", name, target)
						if name == "pull-request.yml" && strings.HasPrefix(target, "gate-") {
							ofPull = append(ofPull, target)
						}
					}
				}
			}
		}
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	m := regexp.MustCompile(`(?m)^gate: ([a-z -]+) ##`).FindSubmatch(makefile)
	require.NotNil(t, m)
	assert.ElementsMatch(t, strings.Fields(string(m[1])), ofPull, "a pull request passes what make gate runs")
}
