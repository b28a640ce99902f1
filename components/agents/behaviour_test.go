package agents

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/system/waits"
)

const (
	deploymentType = "kubernetes:apps/v1:Deployment"
	podScalerType  = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	scaledType     = "kubernetes:keda.sh/v1alpha1:ScaledObject"
	networkType    = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
)

// at walks into plain values by names and numbers.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch key := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			require.True(t, ok, "%v is no map at %q", v, key)
			v = m[key]
		case int:
			l, ok := v.([]any)
			require.True(t, ok && key < len(l), "%v has no item %d", v, key)
			v = l[key]
		}
	}
	return v
}

func pod(t *testing.T, r *pulumitest.Recorder, agent string) any {
	t.Helper()
	return at(t, r.Get(t, deploymentType, "main-"+agent+"-deployment").Values(), "spec", "template", "spec")
}

func TestAgents_spreadSurvivesTheLossOfAZone(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	zone := at(t, pod(t, r, "front"), "topologySpreadConstraints", 0)
	assert.Equal(t, map[string]any{
		"maxSkew": 1.0, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule",
		"minDomains": 2.0, "nodeTaintsPolicy": "Honor", "nodeAffinityPolicy": "Honor",
		"matchLabelKeys": []any{"pod-template-hash"},
		"labelSelector":  map[string]any{"matchLabels": map[string]any{agentLabel: "front"}},
	}, zone)
	assert.Equal(t, "ScheduleAnyway", at(t, pod(t, r, "front"), "topologySpreadConstraints", 1, "whenUnsatisfiable"))

	for agent, tier := range map[string]string{"hand": "solid", "back": "slow"} {
		s := small(0)
		for i := range s.Agents {
			if s.Agents[i].Name == agent {
				s.Agents[i].Tier = tier
			}
		}
		zone := at(t, pod(t, run(t, argsFor(s, system.Primary)), agent), "topologySpreadConstraints", 0).(map[string]any)
		if tier == "solid" {
			assert.Equal(t, "DoNotSchedule", zone["whenUnsatisfiable"], "the others must carry the load of any zone, queues too")
			assert.InDelta(t, 2, zone["minDomains"], 0)
			continue
		}
		assert.Equal(t, "ScheduleAnyway", zone["whenUnsatisfiable"], "what is not critical would rather run anywhere than wait")
		assert.NotContains(t, zone, "minDomains", "the API server takes it with DoNotSchedule only")
	}
	for n := range 2 {
		assert.Equal(t, 30.0, at(t, pod(t, r, "front"), "tolerations", n, "tolerationSeconds"))
	}
}

// A selector that matches other labels than the pods' is accepted, and does nothing.
func TestAgents_everySelectorPicksItsOwnPods(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(example(t), system.Primary))
	for _, d := range r.OfType(deploymentType) {
		labels := at(t, d.Values(), "spec", "template", "metadata", "labels").(map[string]any)
		agent := at(t, d.Values(), "metadata", "name").(string)
		var selectors []any
		selectors = append(selectors, at(t, d.Values(), "spec", "selector", "matchLabels"),
			at(t, r.Get(t, "kubernetes:policy/v1:PodDisruptionBudget", "main-"+agent+"-budget").Values(), "spec", "selector", "matchLabels"),
			at(t, r.Get(t, networkType, "main-"+agent+"-network").Values(), "spec", "podSelector", "matchLabels"))
		for n := range 2 {
			selectors = append(selectors, at(t, d.Values(), "spec", "template", "spec", "topologySpreadConstraints", n, "labelSelector", "matchLabels"))
		}
		for _, s := range selectors {
			for k, v := range s.(map[string]any) {
				assert.Equal(t, labels[k], v, "%s: %s", agent, k)
			}
		}
	}
}

func TestAgents_outliveTheDrainingOfTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for _, drain := range []int{30, 60, 300} {
		args := argsFor(small(0), system.Primary)
		args.DrainSeconds = drain
		r := run(t, args)
		for _, agent := range []string{"front", "back", "hand"} {
			sleep := at(t, pod(t, r, agent), "containers", 0, "lifecycle", "preStop", "sleep", "seconds").(float64)
			grace := at(t, pod(t, r, agent), "terminationGracePeriodSeconds").(float64)
			assert.Greater(t, grace, sleep+float64(drain), "%s with %d seconds of draining", agent, drain)
		}
	}
}

func TestAgents_publicOnesAreReadyWhenTheLoadBalancerSaysSo(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	binding := r.Get(t, "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding", "main-front-binding").Values()
	assert.Equal(t, "target-health.elbv2.k8s.aws/"+at(t, binding, "metadata", "name").(string),
		at(t, pod(t, r, "front"), "readinessGates", 0, "conditionType"))
	assert.Equal(t, map[string]any{
		"targetGroupARN": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/front/0123",
		"targetType":     "ip", "ipAddressType": "ipv4", "vpcID": "vpc-0123",
		"serviceRef": map[string]any{"name": "front", "port": 8080.0},
	}, binding["spec"])
	assert.Len(t, r.OfType("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"), 1)
	assert.NotContains(t, pod(t, r, "back"), "readinessGates")
}

func TestAgents_runAsNobodyWithNothing(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(example(t), system.Primary))
	for _, d := range r.OfType(deploymentType) {
		spec := at(t, d.Values(), "spec", "template", "spec")
		c := at(t, spec, "containers", 0)
		assert.Equal(t, true, at(t, c, "securityContext", "readOnlyRootFilesystem"), d.Name)
		assert.Equal(t, false, at(t, c, "securityContext", "allowPrivilegeEscalation"), d.Name)
		assert.Equal(t, []any{"ALL"}, at(t, c, "securityContext", "capabilities", "drop"), d.Name)
		assert.Equal(t, true, at(t, spec, "securityContext", "runAsNonRoot"), d.Name)
		assert.Equal(t, false, at(t, spec, "automountServiceAccountToken"), d.Name)
		for _, e := range at(t, c, "env").([]any) {
			assert.NotContains(t, fmt.Sprint(e), "eu-west-1", "%s: no region in an agent's settings", d.Name)
		}
		assert.Contains(t, at(t, c, "image"), "123456789012.dkr.ecr.eu-west-1.amazonaws.com/atlas/", "the home's own registry")
	}
	for mode := range map[string]bool{"enforce": true, "audit": true, "warn": true} {
		assert.Equal(t, "restricted", at(t, r.Get(t, "kubernetes:core/v1:Namespace", "main-namespace").Values(),
			"metadata", "labels", "pod-security.kubernetes.io/"+mode))
	}
}

// TestAgents_areToldHowLongTheyWait looks that each agent of the example that calls somebody is told for how long, and
// that one that calls nobody is told nothing.
func TestAgents_areToldHowLongTheyWait(t *testing.T) {
	t.Parallel()
	sys := example(t)
	r := run(t, argsFor(sys, system.Primary))
	told := 0
	for _, a := range sys.Agents {
		text := ""
		for _, one := range at(t, pod(t, r, a.Name), "containers", 0, "env").([]any) {
			if v := one.(map[string]any); v["name"] == waits.Env {
				text = v["value"].(string)
			}
		}
		if len(a.Calls)+len(a.Needs) == 0 {
			assert.Empty(t, text, a.Name)
			continue
		}
		got, err := waits.Decode(text)
		require.NoError(t, err, a.Name)
		want, err := waits.Of(sys, a.Name, true)
		require.NoError(t, err)
		assert.Equal(t, want, got, "%s: a proxy stands beside it", a.Name)
		told++
	}
	assert.Greater(t, told, 4)
}

// TestAgents_readTheirOwnLevel looks that an agent knows its feature flags and may read them, and nobody else's.
func TestAgents_readTheirOwnLevel(t *testing.T) {
	t.Parallel()
	sys := small(0)
	sys.Agents[0].Degradation = []system.Degradation{{Level: system.Full}, {Level: system.Reduced, Off: []string{"pictures"}}}
	r := run(t, argsFor(sys, system.Primary))
	container := at(t, pod(t, r, "front"), "containers", 0)
	env := at(t, container, "env").([]any)
	assert.Equal(t, map[string]any{"name": "REDOUBT_FLAGS", "value": "demo0-primary-front"}, env[len(env)-1])
	assert.NotContains(t, fmt.Sprint(pod(t, r, "back")), "REDOUBT_FLAGS", "it declares no level")
	may := actions(t, r, "front")
	for _, action := range []string{"appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"} {
		assert.Equal(t, []string{"arn:aws:appconfig:eu-west-1:123456789012:application/front/environment/e/configuration/p"},
			may[action], "its own flags, and no more")
		assert.NotContains(t, actions(t, r, "back"), action, "it declares no level")
	}
}

func TestAgents_priorityGoesByTier(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	value := func(part string) float64 {
		return at(t, r.Get(t, "kubernetes:scheduling.k8s.io/v1:PriorityClass", "main-"+part).Values(), "value").(float64)
	}
	assert.Greater(t, value("tier-solid"), value("tier-slow"), "a critical tier takes the room of another")
	assert.Less(t, value("balloon"), 0.0, "everything takes the room of a balloon")
	assert.Equal(t, "demo0-solid", at(t, pod(t, r, "front"), "priorityClassName"))
}

// Traffic stays in its zone only where two replicas stand there, serving or waiting.
func TestAgents_trafficStaysInItsZoneWhereSafe(t *testing.T) {
	t.Parallel()
	s := example(t)
	for _, home := range system.Homes {
		r := run(t, argsFor(s, home))
		for _, svc := range r.OfType("kubernetes:core/v1:Service") {
			agent, _ := s.Agent(at(t, svc.Values(), "metadata", "name").(string))
			active, standby := s.Replicas(agent)
			stays := at(t, svc.Values(), "spec", "trafficDistribution") == "PreferSameZone"
			assert.Equal(t, agent.Consumes == "" && min(active, standby) >= 6, stays, "%s in the %s", agent.Name, home)
		}
	}
}

func TestAgents_budgetsNeverHoldANodeForGood(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(example(t), system.Primary))
	for _, b := range r.OfType("kubernetes:policy/v1:PodDisruptionBudget") {
		spec := b.Values()["spec"].(map[string]any)
		assert.Equal(t, "AlwaysAllow", spec["unhealthyPodEvictionPolicy"], b.Name)
		assert.Contains(t, []any{1.0, "25%"}, spec["maxUnavailable"], b.Name)
		assert.NotContains(t, spec, "minAvailable", b.Name)
	}
}
