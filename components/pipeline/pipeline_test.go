package pipeline_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/pipeline"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	account  = "123456789012"
	provider = "arn:aws:iam::" + account + ":oidc-provider/token.actions.githubusercontent.com"
)

func args(n int) *pipeline.Args {
	at := func(home system.Home, region string) naming.Scope {
		return naming.Scope{System: "agora" + strconv.Itoa(n), Home: home, Region: region, Account: account}
	}
	return &pipeline.Args{
		Scope: at("", "eu-central-1"), Repository: "acme/agora", Project: "redoubt",
		Homes:        []naming.Scope{at(system.Primary, "eu-west-1"), at(system.Secondary, "eu-central-1")},
		StateBuckets: []string{"agora-state-1", "agora-state-2"},
	}
}

func suite() pulumitest.Suite[pipeline.Args, *pipeline.Pipeline] {
	type A = pipeline.Args
	trusts := []string{
		"main-deploy-primary assumeRolePolicy", "main-deploy-secondary assumeRolePolicy", "main-drift assumeRolePolicy",
		"main-preview assumeRolePolicy", "main-record assumeRolePolicy",
	}
	return pulumitest.Suite[A, *pipeline.Pipeline]{
		Args: args, New: pipeline.New,
		Bad: []pulumitest.Bad[A]{
			{Name: "no account", Mutate: func(a *A) { a.Scope.Account = "" }, Want: "want a system and an account"},
			{Name: "a home", Mutate: func(a *A) { a.Scope.Home = "primary" }, Want: "the pipeline belongs to both"},
			{Name: "no repository", Mutate: func(a *A) { a.Repository = "" }, Want: `repository is "", want OWNER/NAME`},
			{Name: "every repository", Mutate: func(a *A) { a.Repository = "acme/*" }, Want: "want OWNER/NAME"},
			{Name: "a deeper name", Mutate: func(a *A) { a.Repository = "acme/a/b" }, Want: "want OWNER/NAME"},
			{Name: "no homes", Mutate: func(a *A) { a.Homes = nil }, Want: "homes are empty"},
			{Name: "a home without region", Mutate: func(a *A) { a.Homes[0].Region = "" }, Want: "with its region"},
			{Name: "another system's home", Mutate: func(a *A) { a.Homes[0].System = "x" }, Want: "a home of the system"},
			{Name: "a region twice", Mutate: func(a *A) { a.Homes[1].Region = "eu-west-1" }, Want: "is used twice"},
			{Name: "no buckets", Mutate: func(a *A) { a.StateBuckets = nil }, Want: "want names"},
			{Name: "no project", Mutate: func(a *A) { a.Project = "" }, Want: `project is ""`},
			{Name: "a provider elsewhere", Mutate: func(a *A) { a.AdoptProvider = "arn:x" }, Want: `provider is "arn:x"`},
		},
		Changes: []pulumitest.Change[A]{
			{Name: "the repository", Mutate: func(a *A) { a.Repository = "acme/b" }, Want: append(trusts, "main repository")},
			{Name: "an adopted provider", Mutate: func(a *A) { a.AdoptProvider = provider }, Want: []string{"-main-github"}},
			{Name: "the project", Mutate: func(a *A) { a.Project = "other" }, Want: []string{
				"main-deploy-primary-global-policy policy", "main-deploy-secondary-global-policy policy",
			}},
			{Name: "a bucket more", Mutate: func(a *A) { a.StateBuckets = append(a.StateBuckets, "c") }, Want: []string{
				"main-boundary-primary policy", "main-boundary-secondary policy",
				"main-boundary-primary-recovery policy", "main-boundary-secondary-recovery policy",
				"main-deploy-primary-bounds-policy policy", "main-deploy-primary-global-policy policy",
				"main-deploy-secondary-bounds-policy policy", "main-deploy-secondary-global-policy policy",
				"main-drift-policy policy", "main-preview-policy policy", "main-read-policy policy",
			}},
		},
	}
}

func TestPipeline_component(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

// documents are the policies of the standing pipeline by the names of their resources.
func documents(t *testing.T) map[string]iampolicy.Document {
	t.Helper()
	out := map[string]iampolicy.Document{}
	r := pulumitest.Run(t, suite().Program(args(0)))
	for typ, property := range map[string]string{
		"aws:iam/policy:Policy": "policy", "aws:iam/role:Role": "assumeRolePolicy",
	} {
		for _, res := range r.OfType(typ) {
			doc, err := iampolicy.Parse(res.Values()[property].(string))
			require.NoError(t, err)
			out[strings.TrimPrefix(res.Name, "main-")] = doc
		}
	}
	return out
}

// statement is the one of that sid.
func statement(t *testing.T, doc iampolicy.Document, sid string) iampolicy.Statement {
	t.Helper()
	for _, s := range doc.Statements {
		if s.Sid == sid {
			return s
		}
	}
	require.Fail(t, "no statement "+sid)
	return iampolicy.Statement{}
}

func TestPipeline_trustsWordForWord(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for role, subjects := range map[string][]string{
		"preview":          {"repo:acme/agora:pull_request"},
		"drift":            {"repo:acme/agora:ref:refs/heads/main"},
		"record":           {"repo:acme/agora:ref:refs/heads/main"},
		"deploy-primary":   {"repo:acme/agora:environment:primary"},
		"deploy-secondary": {"repo:acme/agora:environment:secondary"},
	} {
		require.Len(t, docs[role].Statements, 1, role)
		s := docs[role].Statements[0]
		assert.Equal(t, map[string]map[string][]string{"StringEquals": {
			"token.actions.githubusercontent.com:aud": {"sts.amazonaws.com"},
			"token.actions.githubusercontent.com:sub": subjects,
		}}, s.Conditions, "%s is for these workflows only, and no wildcard", role)
		assert.Equal(t, map[string][]string{"Federated": {provider}}, s.Principals)
		assert.Equal(t, []string{"sts:AssumeRoleWithWebIdentity"}, s.Actions)
	}
}

func TestPipeline_rolesHaveTheirPoliciesAndTheTimeThatTheWorkflowsAskFor(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	for role, seconds := range map[string]float64{"preview": 3600, "drift": 3600, "record": 3600, "deploy-primary": 10800, "deploy-secondary": 10800} {
		v := r.Get(t, "aws:iam/role:Role", "main-"+role).Values()
		assert.Equal(t, seconds, v["maxSessionDuration"], role)
		assert.Equal(t, "agora0-pipeline-"+role, v["name"])
		parts := []string{"read", role}
		if strings.HasPrefix(role, "deploy") {
			parts = []string{"read", "platform", "stores", "global", "bounds"}
		}
		if role == "record" {
			parts = []string{"record"}
		}
		for _, part := range parts {
			r.Get(t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "main-"+role+"-"+part)
		}
	}
	assert.Len(t, r.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), 15)
	for _, role := range r.OfType("aws:iam/role:Role") {
		assert.NotContains(t, role.Values(), "permissionsBoundary", "%s: the boundary is for what homes make", role.Name)
	}
}

// TestPipeline_policiesFit: AWS takes 6144 characters, blanks aside
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
func TestPipeline_policiesFit(t *testing.T) {
	t.Parallel()
	for name, doc := range documents(t) {
		assert.LessOrEqual(t, len(doc.JSON()), 6144, name)
	}
}
