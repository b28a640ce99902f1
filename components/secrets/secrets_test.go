package secrets_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"redoubt/components/secrets"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	secretType  = "aws:secretsmanager/secret:Secret"
	versionType = "aws:secretsmanager/secretVersion:SecretVersion"
)

func args(n int) *secrets.Args {
	return &secrets.Args{
		Scope: naming.Scope{System: fmt.Sprint("atlas", n), Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Dependencies: []system.Dependency{
			{Name: "large-model", Host: "api.north-model.example"}, {Name: "web-search", Host: "search.example.com"},
		},
		Values:  map[string]pulumi.StringInput{"large-model": pulumi.String("not-a-real-key")},
		KeyArn:  pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/mrk-1"),
		Protect: true,
	}
}

func TestSecrets_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[secrets.Args, *secrets.Secrets]{
		Args: args,
		New:  secrets.New,
		Bad: []pulumitest.Bad[secrets.Args]{
			{Name: "no scope", Mutate: func(a *secrets.Args) { a.Scope = naming.Scope{} }, Want: "want a system and a home"},
			{Name: "no dependencies", Mutate: func(a *secrets.Args) { a.Dependencies = nil }, Want: "dependencies are required"},
			{Name: "no key", Mutate: func(a *secrets.Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{
				Name:   "a value for nobody",
				Mutate: func(a *secrets.Args) { a.Values["large-modle"] = pulumi.String("x") },
				Want:   `values has "large-modle", which is no dependency`,
			},
		},
		Changes: []pulumitest.Change[secrets.Args]{
			{
				Name:     "a key, which makes a new version of the same secret",
				Mutate:   func(a *secrets.Args) { a.Values["large-model"] = pulumi.String("rotated") },
				Want:     []string{"main-large-model-value secretString"},
				Replaces: []string{"main-large-model-value secretString"},
			},
			{
				Name:   "a first key",
				Mutate: func(a *secrets.Args) { a.Values["web-search"] = pulumi.String("x") },
				Want:   []string{"+main-web-search-value"},
			},
			{
				Name:   "a dependency more",
				Mutate: func(a *secrets.Args) { a.Dependencies = append(a.Dependencies, system.Dependency{Name: "maps"}) },
				Want:   []string{"+main-maps", "main dependencies"},
			},
			{
				Name:   "the key that encrypts",
				Mutate: func(a *secrets.Args) { a.KeyArn = pulumi.String("arn:other") },
				Want:   []string{"main-large-model kmsKeyId", "main-web-search kmsKeyId"},
			},
			{
				Name:   "protection",
				Mutate: func(a *secrets.Args) { a.Protect = false },
				Want: []string{
					"main-large-model protect", "main-large-model recoveryWindowInDays",
					"main-web-search protect", "main-web-search recoveryWindowInDays",
				},
			},
		},
	}.Run(t)
}

func TestSecrets_neverShowAKey(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	v := r.Get(t, versionType, "main-large-model-value")
	value := v.Inputs["secretString"]
	assert.True(t, value.IsSecret() || value.IsOutput() && value.OutputValue().Secret, "the key is a Pulumi secret")
}

func TestSecrets_eachHomeHasItsOwn(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		a := args(0)
		a.Scope.Home = home
		for _, s := range pulumitest.Run(t, program(a)).OfType(secretType) {
			assert.Contains(t, s.Values()["name"], "/atlas0/"+string(home)+"/dependencies/")
			assert.Regexp(t, `/api-key$`, s.Values()["name"], "a last part that AWS does not take for its own suffix")
			assert.NotContains(t, s.Values(), "replicas", "a replica could not be changed without the other region")
		}
	}
}

func program(a *secrets.Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := secrets.New(ctx, "main", a)
		return err
	}
}
