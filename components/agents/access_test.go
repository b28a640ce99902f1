package agents

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

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
	assert.Contains(t, back["dynamodb:Query"], dynamo+"jobs-ledger/index/open-by-accepted", "it sends again what the queue lost")
	assert.NotContains(t, back["dynamodb:Query"], dynamo+"jobs-ledger")
	assert.NotContains(t, back, "sqs:ReceiveMessage")
	assert.Len(t, back["elasticache:Connect"], 2, "the replication group and the user")

	hand := actions(t, r, "hand")
	assert.Contains(t, hand, "sqs:ReceiveMessage")
	assert.Equal(t, []string{"arn:aws:sqs:eu-west-1:123456789012:demo0-jobs-dlq"}, hand["sqs:SendMessage"],
		"it only buries what can never be done")
	assert.NotContains(t, hand, "dynamodb:Query")
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
	assert.Contains(t, back["dynamodb:Query"], args.Stores["jobs"].NextArn+"/index/open-by-accepted")
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
