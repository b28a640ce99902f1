// Package imports holds the rule of who may import whom, with the reasons.
package imports

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rule forbids packages below from to reach what it names, directly or through others.
type rule struct {
	from, why string
	// never are import path prefixes that may not be reached at all.
	never []string
	// direct are import path prefixes that may not be imported directly.
	direct []string
	except []string
}

const (
	pulumiSDK = "github.com/pulumi/"
	awsSDK    = "github.com/aws/"
)

var rules = []rule{
	{from: "redoubt/system", why: "what must survive is known without any cloud",
		never:  []string{pulumiSDK, awsSDK, "redoubt/"},
		except: []string{"redoubt/system", "redoubt/timings", "redoubt/internal/nearest"}},
	{from: "redoubt/regions", why: "regions are data and pure functions", never: []string{pulumiSDK, awsSDK}},
	{from: "redoubt/inventory", why: "the inventory is a pure document", never: []string{pulumiSDK, awsSDK, "net"}},
	{from: "redoubt/recovery", why: "the engine must run where Pulumi is not", never: []string{pulumiSDK, awsSDK}},
	{from: "redoubt/recovery", why: "the engine acts through plan.Port and knows no way to AWS",
		never: []string{"redoubt/internal/awsport", "redoubt/internal/awsdoc", "k8s.io/"}},
	{from: "redoubt/internal/awsport", why: "the port makes calls; it neither declares nor simulates",
		never: []string{pulumiSDK, "redoubt/sim", "redoubt/stacks", "redoubt/components"}},
	{from: "redoubt/internal/awsdoc", why: "documents are pure", never: []string{pulumiSDK, "redoubt/recovery", "redoubt/sim"}},
	{from: "redoubt/assess", why: "a forecast needs no cloud", never: []string{pulumiSDK, awsSDK}},
	{from: "redoubt/sim/world", why: "the world is pure",
		never: []string{pulumiSDK, awsSDK, "net", "os/exec"}, except: []string{"net/netip"}},
	{from: "redoubt/sim/fault", why: "faults are data", never: []string{pulumiSDK, awsSDK, "net", "os/exec"}},
	{from: "redoubt/watch", why: "what is watched is a catalogue; components declare it and tests judge it",
		never: []string{pulumiSDK, awsSDK, "net", "os/exec", "redoubt/sim", "redoubt/stacks", "redoubt/components", "redoubt/recovery"}},
	{from: "redoubt/sim/alarms", why: "alarms meet the simulated regions, not what declares them",
		never: []string{pulumiSDK, awsSDK, "redoubt/stacks", "redoubt/components"}},
	{from: "redoubt/sim/data", why: "marks are data", never: []string{pulumiSDK, awsSDK, "net", "os/exec"}},
	{from: "redoubt/witness", why: "the arithmetic of marks is pure; what writes them stands in rooms of its own",
		never:  []string{pulumiSDK, awsSDK, "net", "os/exec", "github.com/jackc/", "github.com/redis/"},
		except: []string{"redoubt/witness/marks", "redoubt/witness/run", "redoubt/witness/program"}},
	{from: "redoubt/witness", why: "who measures must not know how recovery is done or simulated",
		never: []string{pulumiSDK, "redoubt/sim", "redoubt/stacks", "redoubt/components", "redoubt/internal/awsport",
			"redoubt/recovery/execute", "redoubt/recovery/planner"}},
	{from: "redoubt/components", why: "components declare; they never call AWS, nor the engine, nor the simulator",
		never:  []string{awsSDK},
		direct: []string{"redoubt/sim", "redoubt/stacks", "redoubt/internal/cli", "redoubt/assess", "redoubt/witness"}},
	{from: "redoubt/components", why: "components know nothing of the engine, but those that declare and bound what runs it",
		direct: []string{"redoubt/recovery"},
		except: []string{"redoubt/components/control", "redoubt/recovery/rights"}},
	{from: "redoubt/stacks", why: "a home is composed of components and nothing of the simulator",
		direct: []string{"redoubt/sim", "redoubt/recovery", "redoubt/internal/cli", awsSDK}},
	{from: "redoubt/internal/cli", why: "a command that starts no engine links nothing of Pulumi's: it makes each test binary 15 s of work",
		never:  []string{pulumiSDK},
		except: []string{"redoubt/internal/cli/sim", "redoubt/internal/cli/root", "redoubt/internal/cli/assess"}},
	{from: "redoubt/agentkit", why: "an agent behaves wherever it runs, and knows nothing of how its homes are made or simulated",
		never: []string{pulumiSDK, "redoubt/sim", "redoubt/stacks", "redoubt/components", "redoubt/internal/cli", "redoubt/policies"}},
	{from: "redoubt/examples", why: "an example is what readers copy: agents, their library, and what they declare",
		never: []string{pulumiSDK, "redoubt/sim", "redoubt/stacks", "redoubt/components", "redoubt/internal/cli", "redoubt/internal/local"}},
	{from: "redoubt/", why: "nothing stands on an example", direct: []string{"redoubt/examples"},
		except: []string{"redoubt/examples", "redoubt/tests"}},
	{from: "redoubt/policies/pack", why: "a rule is judged without an engine and without a cloud", never: []string{pulumiSDK, awsSDK},
		direct: []string{"redoubt/policies/analyzer"}},
	{from: "redoubt/", why: "nothing imports the commands or the tests", direct: []string{"redoubt/cmd", "redoubt/tests"}},
	{from: "redoubt/", why: "only main and internal/cli/sim run the program", direct: []string{"redoubt/stacks"},
		except: []string{"redoubt/stacks", "redoubt/internal/cli/sim", "redoubt/tests"}},
}

func TestImports_followTheHouse(t *testing.T) {
	t.Parallel()
	direct, deep := imports(t)
	for _, r := range rules {
		for pkg := range direct {
			if !below(pkg, r.from) {
				continue
			}
			for _, dep := range direct[pkg] {
				assert.False(t, forbidden(dep, r.direct) && !excepted(pkg, dep, r.except), "%s imports %s: %s", pkg, dep, r.why)
			}
			for _, dep := range deep[pkg] {
				assert.False(t, forbidden(dep, r.never) && !excepted(pkg, dep, r.except), "%s reaches %s: %s", pkg, dep, r.why)
			}
		}
	}
}

func TestRules_catchAWrongImport(t *testing.T) {
	t.Parallel()
	world := rules[slices.IndexFunc(rules, func(r rule) bool { return r.from == "redoubt/sim/world" })]
	require.Equal(t, "redoubt/sim/world", world.from)
	assert.True(t, forbidden("net/http", world.never) || forbidden("net", world.never))
	assert.True(t, forbidden("github.com/pulumi/pulumi/sdk/v3/go/pulumi", world.never))
	assert.False(t, forbidden("sort", world.never))
}

// imports asks the go command which package imports what.
func imports(t *testing.T) (direct, deep map[string][]string) {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}}|{{join .Imports \" \"}}|{{join .Deps \" \"}}", "redoubt/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	direct, deep = map[string][]string{}, map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		parts := strings.Split(line, "|")
		require.Len(t, parts, 3, "a line of go list: %q", line)
		direct[parts[0]] = strings.Fields(parts[1])
		deep[parts[0]] = strings.Fields(parts[2])
	}
	require.Greater(t, len(direct), 10, "the house has rooms")
	return direct, deep
}

// below reports whether pkg is the tree that prefix names.
func below(pkg, prefix string) bool {
	return strings.HasPrefix(pkg+"/", strings.TrimSuffix(prefix, "/")+"/")
}

func forbidden(dep string, prefixes []string) bool {
	for _, p := range prefixes {
		if below(dep, p) {
			return true
		}
	}
	return false
}

// excepted is true when the importing or the imported package is named as an exception.
func excepted(pkg, dep string, exceptions []string) bool {
	for _, e := range exceptions {
		if below(pkg, e) && e != "redoubt/system" || below(dep, e) {
			return true
		}
	}
	return false
}
