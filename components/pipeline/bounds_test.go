package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
)

// reads tells the verbs that change nothing.
func reads(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	for _, start := range []string{"Describe", "Get", "List", "Validate"} {
		if strings.HasPrefix(verb, start) {
			return true
		}
	}
	return action == "kms:Decrypt"
}

// of are the policies that a role has, without some parts.
func of(t *testing.T, role string, without ...string) []iampolicy.Document {
	t.Helper()
	docs := documents(t)
	out := []iampolicy.Document{docs["read-policy"]}
	for name, doc := range docs {
		part, is := strings.CutPrefix(name, role+"-")
		if is && strings.HasSuffix(name, "policy") && !slices.Contains(without, strings.TrimSuffix(part, "-policy")) {
			out = append(out, doc)
		}
	}
	require.Greater(t, len(out), 1, role)
	return out
}

func TestPreviewAndDrift_lookAndChangeNothing(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for _, name := range []string{"read-policy", "preview-policy", "drift-policy"} {
		for _, s := range docs[name].Statements {
			for _, a := range s.Actions {
				assert.True(t, s.Effect == iampolicy.Deny || reads(a), "%s changes something", a)
			}
			assert.True(t, s.Effect == iampolicy.Deny || name != "preview-policy", s.Sid)
		}
	}
}

// TestDrift_opensWhatTheProgramWroteAndNoMore: the preview role opens nothing of it.
func TestDrift_opensWhatTheProgramWroteAndNoMore(t *testing.T) {
	t.Parallel()
	drift, preview := of(t, "drift"), of(t, "preview")
	via := func(action, resource, service, region string) iamtest.Request {
		return iamtest.Request{Action: action, Resource: resource, Keys: map[string]string{
			"aws:RequestedRegion": region, "kms:ViaService": service + "." + region + ".amazonaws.com"}}
	}
	for home, region := range map[string]string{"primary": "eu-west-1", "secondary": "eu-central-1"} {
		secrets := "arn:aws:secretsmanager:" + region + ":123456789012:secret:/agora0/"
		bucket := "-123456789012-" + region + "/a/key"
		key := "arn:aws:kms:" + region + ":123456789012:key/mrk-1"
		for _, r := range []iamtest.Request{
			via("secretsmanager:GetSecretValue", secrets+home+"/postgres/tasks-x", "", region),
			via("s3:GetObject", "arn:aws:s3:::agora0-control"+bucket, "", region),
			via("s3:GetObjectTagging", "arn:aws:s3:::agora0-configuration"+bucket, "", region),
			via("kms:Decrypt", key, "s3", region), via("kms:Decrypt", key, "secretsmanager", region),
		} {
			assert.True(t, iamtest.Allowed(t, r, drift...), "%v", r)
			assert.False(t, iamtest.Allowed(t, r, preview...), "a pull request's code: %v", r)
		}
		for _, r := range []iamtest.Request{
			via("secretsmanager:GetSecretValue", strings.Replace(secrets, "agora0", "other", 1)+home+"/x", "", region),
			via("s3:GetObject", "arn:aws:s3:::agora0-artifacts"+bucket, "", region),
			via("dynamodb:GetItem", "arn:aws:dynamodb:"+region+":123456789012:table/agora0-sessions", "", region),
			via("sqs:ReceiveMessage", "arn:aws:sqs:"+region+":123456789012:agora0-work", "", region),
			via("kms:Decrypt", key, "dynamodb", region), via("kms:Encrypt", key, "s3", region),
			via("s3:PutObject", "arn:aws:s3:::agora0-control"+bucket, "", region),
		} {
			assert.False(t, iamtest.Allowed(t, r, drift...), "%v", r)
		}
	}
}

// TestRecord_leavesTwoRecordsAndNoMore: and the role of the comparison leaves none.
func TestRecord_leavesTwoRecordsAndNoMore(t *testing.T) {
	t.Parallel()
	record := []iampolicy.Document{documents(t)["record-policy"]}
	ask := func(action, resource, service, region string) iamtest.Request {
		return iamtest.Request{Action: action, Resource: resource, Keys: map[string]string{
			"aws:RequestedRegion": region, "kms:ViaService": service + "." + region + ".amazonaws.com"}}
	}
	for _, region := range []string{"eu-west-1", "eu-central-1"} {
		bucket := "arn:aws:s3:::agora0-control-123456789012-" + region + "/"
		key := "arn:aws:kms:" + region + ":123456789012:key/mrk-1"
		for _, r := range []iamtest.Request{
			ask("s3:PutObject", bucket+"records/drift", "", region), ask("s3:PutObject", bucket+"records/drill", "", region),
			ask("s3:PutObject", bucket+"records/measured", "", region),
			ask("kms:GenerateDataKey", key, "s3", region), ask("kms:Decrypt", key, "s3", region),
		} {
			assert.True(t, iamtest.Allowed(t, r, record...), "%v", r)
		}
		for _, r := range []iamtest.Request{
			ask("s3:PutObject", bucket+"records/other", "", region), ask("s3:PutObject", bucket+"inventory/primary.json", "", region),
			ask("s3:PutObject", bucket+"runs/1/plan.json", "", region), ask("s3:GetObject", bucket+"records/drift", "", region),
			ask("s3:DeleteObject", bucket+"records/drift", "", region),
			ask("kms:GenerateDataKey", key, "dynamodb", region), ask("kms:Encrypt", key, "s3", region),
			ask("s3:PutObject", bucket+"records/drift", "", "us-east-1"),
		} {
			assert.False(t, iamtest.Allowed(t, r, record...), "%v", r)
		}
	}
}

func TestPreview_seesNoDataOfStores(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	no := statement(t, docs["preview-policy"], "NoData")
	assert.Equal(t, []string{"*"}, no.Resources)
	assert.Subset(t, no.Actions, []string{
		"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage",
	})
	objects := statement(t, docs["preview-policy"], "NoObjects")
	assert.Contains(t, objects.Actions, "s3:GetObject")
	state := []string{"arn:aws:s3:::agora-state-1/*", "arn:aws:s3:::agora-state-2/*"}
	assert.Equal(t, state, objects.NotResources, "all objects but the state's are denied")
	assert.Empty(t, objects.Resources)
	assert.Equal(t, state, statement(t, docs["read-policy"], "State").Resources)
	secrets := statement(t, docs["read-policy"], "Secrets")
	assert.Equal(t, []string{"kms:Decrypt"}, secrets.Actions)
	assert.Equal(t, map[string]map[string][]string{
		"ForAnyValue:StringLike": {"kms:ResourceAliases": {"alias/agora0-state*"}},
	}, secrets.Conditions, "the keys of the state and no others")
}

func TestDeploy_changesItsOwnRegion(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for home, region := range map[string]string{"primary": "eu-west-1", "secondary": "eu-central-1"} {
		for _, part := range []string{"platform", "stores"} {
			for _, s := range docs["deploy-"+home+"-"+part+"-policy"].Statements {
				assert.Equal(t, []string{region}, s.Conditions["StringEquals"]["aws:RequestedRegion"], "%s %s", home, s.Sid)
			}
		}
	}
}

// What reaches beyond the home's region is counted here, so that no more of it comes unseen.
func TestDeploy_reachesOutsideForWhatIsNamed(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	var sids []string
	for _, s := range docs["deploy-primary-global-policy"].Statements {
		sids = append(sids, s.Sid)
	}
	assert.Equal(t, []string{
		"New", "Names", "Switch", "Replicas", "ReplicaKeys", "State", "StateBucket", "StateSecrets",
		"Roles", "Grant", "GrantRecovery", "Attach", "Pass", "ServiceRoles",
	}, sids)
	for home, region := range map[string]string{"primary": "eu-west-1", "secondary": "eu-central-1"} {
		doc := docs["deploy-"+home+"-global-policy"]
		for _, sid := range []string{"Roles", "Grant", "Attach", "Pass"} {
			assert.Equal(t, []string{"arn:aws:iam::123456789012:role/agora0-*-" + region}, statement(t, doc, sid).Resources)
		}
		assert.Equal(t, []string{
			"arn:aws:s3:::agora-state-1/.pulumi/*/redoubt/" + home + "*",
			"arn:aws:s3:::agora-state-2/.pulumi/*/redoubt/" + home + "*",
		}, statement(t, doc, "State").Resources, "it writes the state of its own home")
		assert.Equal(t, []string{"alias/agora0-state-" + home},
			statement(t, doc, "StateSecrets").Conditions["ForAnyValue:StringLike"]["kms:ResourceAliases"])
		assert.NotEmpty(t, statement(t, doc, "Attach").Conditions["ArnEquals"]["iam:PolicyARN"])
		assert.NotEmpty(t, statement(t, doc, "Pass").Conditions["StringEquals"]["iam:PassedToService"])
	}
}

func TestDeploy_isBounded(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for home, other := range map[string]string{"primary": "eu-central-1", "secondary": "eu-west-1"} {
		doc := docs["deploy-"+home+"-bounds-policy"]
		for _, s := range doc.Statements {
			assert.Equal(t, iampolicy.Deny, s.Effect, s.Sid)
		}
		kept := statement(t, doc, "Kept")
		assert.Equal(t, []string{"*"}, kept.Resources)
		assert.Empty(t, kept.Conditions, "under no condition")
		assert.Subset(t, kept.Actions, []string{
			"backup:DeleteRecoveryPoint", "backup:DeleteBackupVaultLockConfiguration", "kms:ScheduleKeyDeletion",
			"s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "rds:DeleteDBCluster",
		})
		assert.Equal(t, []string{
			"arn:aws:iam::123456789012:role/agora0-*-" + other, "arn:aws:iam::123456789012:role/agora0-pipeline-*",
		}, statement(t, doc, "OtherRoles").Resources, "neither the other home's roles nor the pipeline's own")
		assert.Equal(t, []string{"arn:aws:s3:::agora-state-1", "arn:aws:s3:::agora-state-2"},
			statement(t, doc, "StateBuckets").Resources)
		assert.Contains(t, statement(t, doc, "StateKeys").Actions, "kms:PutKeyPolicy")
	}
}
