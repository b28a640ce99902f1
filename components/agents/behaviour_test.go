package agents

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/pulumitest"
	"redoubt/system"
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
		assert.Equal(t, "ScheduleAnyway", zone["whenUnsatisfiable"],
			"a consumer, and what is not critical, would rather run anywhere than wait")
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

func TestAgents_replicasFollowHomeAndStrategy(t *testing.T) {
	t.Parallel()
	s := example(t)
	for _, home := range system.Homes {
		r := run(t, argsFor(s, home))
		for _, a := range s.Agents {
			active, standby := s.Replicas(a)
			want := active
			if home == system.Secondary {
				want = standby
			}
			d := r.Get(t, deploymentType, "main-"+a.Name+"-deployment")
			assert.Equal(t, float64(want), at(t, d.Values(), "spec", "replicas"), "%s in the %s", a.Name, home)
			assert.Equal(t, []string{"spec.replicas"}, d.RPC.GetIgnoreChanges(), a.Name)
			least, most := limits(t, r, a)
			assert.GreaterOrEqual(t, least, float64(want), "%s in the %s", a.Name, home)
			assert.GreaterOrEqual(t, least, float64(min(3, a.Replicas)), "%s: a scaler never leaves a zone empty", a.Name)
			assert.InDelta(t, 2*active, most, 0, "%s may grow to twice what is declared, and no further", a.Name)
		}
	}
}

// limits are between which numbers the agent's scaler moves.
func limits(t *testing.T, r *pulumitest.Recorder, a system.Agent) (least, most float64) {
	t.Helper()
	if a.Consumes != "" {
		v := r.Get(t, scaledType, "main-"+a.Name+"-scaler")
		assert.Contains(t, v.RPC.GetIgnoreChanges(), "spec.minReplicaCount")
		return at(t, v.Values(), "spec", "minReplicaCount").(float64), at(t, v.Values(), "spec", "maxReplicaCount").(float64)
	}
	v := r.Get(t, podScalerType, "main-"+a.Name+"-scaler")
	assert.Equal(t, []string{"spec.minReplicas"}, v.RPC.GetIgnoreChanges())
	return at(t, v.Values(), "spec", "minReplicas").(float64), at(t, v.Values(), "spec", "maxReplicas").(float64)
}

// What waits with none must stay so until a plan says otherwise: the pod scaler
// leaves zero alone, and KEDA is paused.
func TestAgents_pilotLightStaysOut(t *testing.T) {
	t.Parallel()
	waiting := run(t, argsFor(small(0), system.Secondary))
	scaler := waiting.Get(t, scaledType, "main-hand-scaler")
	assert.Equal(t, "true", at(t, scaler.Values(), "metadata", "annotations", PausedAnnotation))
	assert.Contains(t, scaler.RPC.GetIgnoreChanges(), `metadata.annotations["autoscaling.keda.sh/paused"]`,
		"an update must not pause what a plan has started")
	assert.Equal(t, 3.0, at(t, scaler.Values(), "spec", "minReplicaCount"), "what runs once a plan has started it")
	assert.Equal(t, 0.0, at(t, waiting.Get(t, deploymentType, "main-hand-deployment").Values(), "spec", "replicas"))

	serving := run(t, argsFor(small(0), system.Primary)).Get(t, scaledType, "main-hand-scaler")
	assert.Equal(t, "false", at(t, serving.Values(), "metadata", "annotations", PausedAnnotation))
}

func TestAgents_settlingTakesTheDeclaredNumbersBack(t *testing.T) {
	t.Parallel()
	args := argsFor(small(0), system.Primary)
	args.SettleReplicas = true
	for _, res := range run(t, args).Custom() {
		if res.Type != levelsType {
			assert.Empty(t, res.RPC.GetIgnoreChanges(), res.Name)
		}
	}
}

const levelsType = "kubernetes:core/v1:ConfigMap"

// TestAgents_readTheirOwnLevel looks that a plan's word reaches the agents, and that
// no update takes it back.
func TestAgents_readTheirOwnLevel(t *testing.T) {
	t.Parallel()
	sys := small(0)
	sys.Agents[0].Degradation = []system.Degradation{{Level: system.Full}, {Level: system.Reduced, Off: []string{"pictures"}}}
	r := run(t, argsFor(sys, system.Primary))
	levels := r.OfType(levelsType)
	require.Len(t, levels, 1)
	assert.Equal(t, "degradation", at(t, levels[0].Values(), "metadata", "name"))
	assert.Equal(t, map[string]any{sys.Agents[0].Name: "full"}, levels[0].Values()["data"])
	assert.Equal(t, []string{"data"}, levels[0].RPC.GetIgnoreChanges())

	pod := func(agent string) any {
		return at(t, r.Get(t, deploymentType, "main-"+agent+"-deployment").Values(), "spec", "template", "spec")
	}
	volumes := at(t, pod(sys.Agents[0].Name), "volumes").([]any)
	level := volumes[len(volumes)-1].(map[string]any)
	assert.Equal(t, "degradation", at(t, level, "configMap", "name"))
	assert.Equal(t, true, at(t, level, "configMap", "optional"), "an agent starts without it, too")
	assert.Equal(t, sys.Agents[0].Name, at(t, level, "configMap", "items", 0, "key"), "no agent sees another's")
	container := at(t, pod(sys.Agents[0].Name), "containers", 0)
	env := at(t, container, "env").([]any)
	assert.Equal(t, map[string]any{"name": "REDOUBT_LEVEL", "value": "/etc/redoubt/level/level"}, env[len(env)-1])
	assert.NotContains(t, fmt.Sprint(pod(sys.Agents[1].Name)), "REDOUBT_LEVEL", "it declares no level")
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

func TestAgents_areReachedByTheirCallersOnly(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	ingress := func(agent string) any {
		spec := at(t, r.Get(t, networkType, "main-"+agent+"-network").Values(), "spec").(map[string]any)
		return spec["ingress"]
	}
	assert.Equal(t, map[string]any{agentLabel: "front"}, at(t, ingress("back"), 0, "from", 0, "podSelector", "matchLabels"))
	assert.Equal(t, 9090.0, at(t, ingress("back"), 0, "ports", 0, "port"))
	assert.Equal(t, "10.40.192.0/22", at(t, ingress("front"), 0, "from", 0, "ipBlock", "cidr"))
	assert.Nil(t, ingress("hand"), "nobody calls a consumer")
	closed := at(t, r.Get(t, networkType, "main-closed").Values(), "spec").(map[string]any)
	assert.Equal(t, []any{"Ingress", "Egress"}, closed["policyTypes"])
	assert.Empty(t, closed["podSelector"])
}

// outside reports whether an agent may leave the homes by HTTPS.
func outside(t *testing.T, r *pulumitest.Recorder, agent string) bool {
	t.Helper()
	for _, rule := range at(t, r.Get(t, networkType, "main-"+agent+"-network").Values(), "spec", "egress").([]any) {
		block, _ := at(t, rule, "to", 0).(map[string]any)["ipBlock"].(map[string]any)
		if block["cidr"] == "0.0.0.0/0" {
			assert.Subset(t, block["except"], []any{"10.40.0.0/16", "10.41.0.0/16", "169.254.0.0/16"})
			assert.Equal(t, 443.0, at(t, rule, "ports", 0, "port"))
			return true
		}
	}
	return false
}

func TestAgents_goOutOnlyWhenTheyMust(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	assert.False(t, outside(t, r, "front"))
	assert.True(t, outside(t, r, "hand"), "it needs a model")
	assert.True(t, outside(t, r, "back"), "S3 and DynamoDB answer at public addresses")
}

// actions lists what the agent's role may do, and on what.
func actions(t *testing.T, r *pulumitest.Recorder, agent string) map[string][]string {
	t.Helper()
	text := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-"+agent+"-allowed").Values()["policy"].(string)
	doc, err := iampolicy.Parse(text)
	require.NoError(t, err)
	out := map[string][]string{}
	for _, s := range doc.Statements {
		for _, a := range s.Actions {
			out[a] = append(out[a], s.Resources...)
		}
		for _, res := range s.Resources {
			assert.NotEqual(t, "*", res, "%s %s", agent, s.Sid)
		}
		if strings.HasPrefix(s.Actions[0], "kms:") {
			assert.NotEmpty(t, s.Conditions["StringEquals"]["kms:ViaService"], "%s %s", agent, s.Sid)
		}
	}
	return out
}

func TestAgents_mayDoWhatTheyDeclareAndNoMore(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	const dynamo = "arn:aws:dynamodb:eu-west-1:123456789012:table/"

	front := actions(t, r, "front")
	assert.Equal(t, []string{"kms:Decrypt", "ssm:GetParameter"}, keysOf(front), "it uses no store")
	assert.Equal(t, []string{"arn:aws:ssm:eu-west-1:123456789012:parameter/demo0/discovery"}, front["ssm:GetParameter"])

	back := actions(t, r, "back")
	assert.Equal(t, []string{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:ledger"}, back["secretsmanager:GetSecretValue"])
	assert.Contains(t, back["dynamodb:GetItem"], dynamo+"notes")
	assert.NotContains(t, back["dynamodb:PutItem"], dynamo+"notes", "it only reads the notes")
	assert.Contains(t, back["dynamodb:PutItem"], dynamo+"jobs-ledger", "a producer writes the ledger before it sends")
	assert.NotContains(t, back["dynamodb:PutItem"], dynamo+"jobs-done")
	assert.Equal(t, []string{"arn:aws:sqs:eu-west-1:123456789012:jobs"}, back["sqs:SendMessage"])
	assert.NotContains(t, back, "sqs:ReceiveMessage")
	assert.Len(t, back["elasticache:Connect"], 2, "the replication group and the user")

	hand := actions(t, r, "hand")
	assert.Contains(t, hand, "sqs:ReceiveMessage")
	assert.NotContains(t, hand, "sqs:SendMessage")
	assert.Subset(t, hand["dynamodb:PutItem"], []string{dynamo + "jobs-ledger", dynamo + "jobs-done", dynamo + "demo0-locks"})
	assert.Equal(t, []string{"arn:aws:s3:::demo0-big-files/*"}, hand["s3:PutObject"])
	assert.Equal(t, []string{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:model"},
		hand["secretsmanager:GetSecretValue"], "of what it needs, and of nothing else")
}

func keysOf(m map[string][]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestAgents_mayUseWhatARestoreMakes: IAM is served by one region and may be out of
// reach on the day, so the next generation of a store is allowed ahead.
func TestAgents_mayUseWhatARestoreMakes(t *testing.T) {
	t.Parallel()
	args := argsFor(small(0), system.Primary)
	for name, next := range map[string]string{
		"notes": "arn:aws:dynamodb:eu-west-1:123456789012:table/demo0-notes-g2",
		"jobs":  "arn:aws:dynamodb:eu-west-1:123456789012:table/demo0-jobs-ledger-g2",
		"hot":   "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:demo0-hot-g2-primary",
	} {
		st := args.Stores[name]
		st.NextArn = next
		args.Stores[name] = st
	}
	back := actions(t, run(t, args), "back")
	assert.Subset(t, back["dynamodb:GetItem"], []string{args.Stores["notes"].NextArn, args.Stores["notes"].NextArn + "/index/*"})
	assert.Contains(t, back["dynamodb:PutItem"], args.Stores["jobs"].NextArn)
	assert.NotContains(t, back["dynamodb:PutItem"], args.Stores["notes"].NextArn, "it only reads notes")
	assert.Contains(t, back["elasticache:Connect"], args.Stores["hot"].NextArn)
}

func TestAgents_aRoleIsForOneServiceAccount(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	for _, agent := range []string{"front", "back", "hand"} {
		trust := r.Get(t, "aws:iam/role:Role", "main-"+agent+"-role").Values()["assumeRolePolicy"].(string)
		doc, err := iampolicy.Parse(trust)
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{"sts:AssumeRole", "sts:TagSession"}, doc.Statements[0].Actions)
		assert.Equal(t, map[string][]string{
			"aws:RequestTag/kubernetes-namespace": {"demo0"}, "aws:RequestTag/kubernetes-service-account": {agent},
		}, doc.Statements[0].Conditions["StringEquals"])
		d := r.Get(t, deploymentType, "main-"+agent+"-deployment")
		association := r.Get(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "main-"+agent+"-identity")
		assert.True(t, association.DependsOn(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-"+agent+"-allowed")),
			"a role is given out with its rights")
		assert.True(t, d.DependsOn(association), "a pod that starts before the association has no role")
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
