//go:build apps

package kube

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/internal/awsport"
	"redoubt/internal/kubetest"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestRequests_everyPlan makes every request about Kubernetes objects that the
// kept plans make, step by step, with the port that a recovery uses: on the objects as
// the homes declare them, with the controllers that act on them, and simulated nodes. A step's condition must come
// to hold there as it does in the simulated regions.
func TestRequests_everyPlan(t *testing.T) {
	t.Parallel()
	real := standing(t)
	real.strangers(t)
	for _, home := range system.Homes {
		real.reset(t, home)
	}
	gone := real.experiments(t)
	total, walked := 0, 0
	for _, name := range slices.Sorted(maps.Keys(plans(t))) {
		p := plans(t)[name]
		wanted := requestsOf(p)
		if len(wanted) == 0 {
			continue
		}
		for _, home := range system.Homes {
			real.reset(t, home)
		}
		h := homes.Standing(t)
		simulated := drive.World{World: h.World, Inventory: h.Inventory(t), Regions: regions}
		made := map[string]bool{}
		for _, s := range p.Steps {
			real.step(t, name, s, simulated, made)
		}
		for _, s := range slices.Backward(p.Steps) {
			if s.Undo != nil && s.Undo.Kind == plan.Kubernetes {
				real.call(t, name, *s.Undo, made)
			}
		}
		for key := range wanted {
			assert.True(t, made[key], "%s: nobody made the request %s", name, key)
		}
		total, walked = total+len(made), walked+1
		t.Logf("%s: %d requests made", name, len(made))
	}
	gone()
	says(t, "%d requests in %d plans", total, walked)
}

// TestRequests_noneIsLeftOut counts what a plan asks for wherever it stands.
func TestRequests_noneIsLeftOut(t *testing.T) {
	t.Parallel()
	call := func(name string) plan.Call {
		return plan.Call{Kind: plan.Kubernetes, Home: system.Primary, Operation: "Get", Input: plan.Document{"Name": name}}
	}
	undo, late, gate := call("undo"), call("call"), plan.Condition{Call: call("gate")}
	late.Late = []plan.Late{{Call: call("late")}}
	p := plan.Plan{Gates: []plan.Gate{{Condition: &gate}},
		Steps: []plan.Step{{Call: late, Condition: plan.Condition{Call: call("condition")}, Undo: &undo}}}
	var names []string
	for key := range requestsOf(p) {
		names = append(names, key[strings.LastIndex(key, ":")+2:len(key)-2])
	}
	assert.ElementsMatch(t, []string{"undo", "call", "gate", "late", "condition"}, names)
}

// plans are those that the planner's tests keep.
func plans(t *testing.T) map[string]plan.Plan {
	t.Helper()
	out := map[string]plan.Plan{}
	files, err := filepath.Glob(filepath.Join(root, "recovery", "planner", "testdata", "plans", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		out[strings.TrimSuffix(filepath.Base(file), ".json")], err = plan.Decode(raw)
		require.NoError(t, err, file)
	}
	return out
}

// requestsOf are the requests about Kubernetes objects that a plan makes, anywhere in it.
func requestsOf(p plan.Plan) map[string]bool {
	out := map[string]bool{}
	add := func(calls ...plan.Call) {
		for _, c := range calls {
			for _, asked := range c.Asks() {
				if asked.Kind == plan.Kubernetes {
					asked.Late = nil
					out[key(asked)] = true
				}
			}
		}
	}
	for _, g := range p.Gates {
		if g.Condition != nil {
			add(g.Condition.Call)
		}
	}
	for _, s := range p.Steps {
		add(s.Call, s.Condition.Call)
		if s.Undo != nil {
			add(*s.Undo)
		}
	}
	return out
}

func key(c plan.Call) string {
	raw, _ := json.Marshal(c.Input)
	return string(c.Home) + " " + c.Operation + " " + string(raw)
}

// clusters are a control plane for each home, and the port that reaches them.
type clusters struct {
	clusters map[system.Home]*kubetest.Cluster
	options  awsport.Options
	port     *awsport.Port
}

// room is what a node of the example has for pods.
func room(t testing.TB) kubetest.Room {
	t.Helper()
	r, err := cluster.Offer(cluster.DefaultInstance)
	require.NoError(t, err)
	// The controllers' own are declared, and take their room themselves.
	r.CPUMillis, r.MemoryMiB = r.CPUMillis+cluster.PerNode.CPUMillis, r.MemoryMiB+cluster.PerNode.MemoryMiB
	r.Pods += cluster.PerNode.Pods
	return kubetest.Room(r)
}

func standing(t *testing.T) clusters {
	t.Helper()
	out := clusters{clusters: map[system.Home]*kubetest.Cluster{}}
	options := awsport.Options{Regions: regions, Clusters: map[system.Home]awsport.Cluster{}}
	for _, home := range system.Homes {
		c := kubetest.Start(t, kubetest.Options{Controllers: true, Cluster: "atlas-" + string(home),
			Manager: []string{"--horizontal-pod-autoscaler-sync-period=1s"}})
		for _, letter := range []string{"a", "b", "c"} {
			c.Zone(t, regions[home]+letter, 5, room(t))
		}
		out.clusters[home] = c
		options.Clusters[home] = awsport.Cluster{Name: "atlas-" + string(home), Server: c.Server,
			Authority: base64.StdEncoding.EncodeToString(c.Authority)}
	}
	out.options = options
	out.port = asCaller(options)
	return out
}

// asCaller is the port of a recovery whose caller has the keys that the clusters know.
func asCaller(o awsport.Options) *awsport.Port {
	return awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) { return kubetest.Keys, nil })}, o)
}

// strangers expects that a token for another cluster opens none.
func (c clusters) strangers(t *testing.T) {
	t.Helper()
	o := c.options
	o.Clusters = maps.Clone(o.Clusters)
	other := o.Clusters[system.Primary]
	other.Name = "atlas-secondary"
	o.Clusters[system.Primary] = other
	_, err := asCaller(o).Call(t.Context(), plan.Call{Kind: plan.Kubernetes, Home: system.Primary, Service: "kubernetes",
		Operation: "Get", Input: plan.Document{"Server": other.Server, "ApiVersion": "v1", "Kind": "Namespace", "Name": "default"}})
	require.Error(t, err)
	assert.Equal(t, execute.Denied, execute.ClassOf(err), "%v", err)
}

// reset makes the objects of a home what they are when it has just been brought up.
func (c clusters) reset(t *testing.T, home system.Home) {
	t.Helper()
	all := declared(t, home)
	require.NoError(t, c.clusters[home].ApplyAll(t.Context(), all))
	for _, o := range all {
		if kubetest.Text(o, "kind") == "ScaledObject" {
			require.NoError(t, asKEDA(t.Context(), c.clusters[home], o))
		}
	}
}

// step makes a step's call where it is a request, and waits until its condition holds.
func (c clusters) step(t *testing.T, name string, s plan.Step, simulated plan.Port, made map[string]bool) {
	t.Helper()
	if s.Call.Kind == plan.Kubernetes {
		c.call(t, name, s.Call, made)
		_, err := simulated.Call(t.Context(), s.Call)
		require.NoError(t, err, "%s: %s", name, s.ID)
	}
	if s.Condition.Call.Kind != plan.Kubernetes {
		return
	}
	answer, err := simulated.Call(t.Context(), s.Condition.Call)
	require.NoError(t, err, "%s: %s", name, s.ID)
	verdict, why := s.Condition.Judge(answer)
	require.Equal(t, plan.Done, verdict, "%s: %s in the simulated regions: %s", name, s.ID, why)
	err = c.clusters[s.Call.Home].Until(t.Context(), name+": step "+s.ID+" is done", func(context.Context) (bool, error) {
		verdict, why = s.Condition.Judge(c.call(t, name, s.Condition.Call, made))
		return verdict == plan.Done, nil
	})
	require.NoError(t, err, "%s", why)
	require.NotEqual(t, plan.CannotTell, verdict, "%s: %s", name, why)
}

// call makes one request of a plan on the home's real API server.
func (c clusters) call(t *testing.T, name string, call plan.Call, made map[string]bool) plan.Document {
	t.Helper()
	made[key(call)] = true
	here := call
	here.Input = maps.Clone(call.Input)
	here.Input["Server"] = c.clusters[call.Home].Server
	out, err := c.port.Call(t.Context(), here)
	require.NoError(t, err, "%s: %s", name, key(call))
	if call.Operation == "Patch" && call.Input["Kind"] == "ScaledObject" {
		require.NoError(t, asKEDA(t.Context(), c.clusters[call.Home], out), name)
	}
	return out
}
