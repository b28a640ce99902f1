package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const gatewayRepo = "atlas/atlas/gateway"

// registries builds both homes' places for images, replicating both ways.
func (l *lab) registries() {
	for from, to := range map[string]string{ireland: frankfurt, frankfurt: ireland} {
		l.make(from, "repository", "AWS::ECR::Repository", doc{"Name": gatewayRepo, "ImageTagMutability": "IMMUTABLE"})
		l.make(from, "arrivals", "AWS::ECR::RepositoryCreationTemplate",
			doc{"Prefix": "atlas", "AppliedFors": []any{"REPLICATION"}, "ImageTagMutability": "IMMUTABLE"})
		l.make(from, "replication", "AWS::ECR::ReplicationConfiguration", imagesTo(to))
	}
}

func imagesTo(region string) doc {
	return doc{"ReplicationConfiguration": doc{"Rules": []any{doc{
		"Destinations":      []any{doc{"Region": region, "RegistryId": account}},
		"RepositoryFilters": []any{doc{"Filter": "atlas/", "FilterType": "PREFIX_MATCH"}},
	}}}}
}

func (l *lab) push(region, repository, tag, manifest string) error {
	_, err := l.Call(world.Request{Region: region, Service: "ecr", Operation: "PutImage",
		Input: doc{"repositoryName": repository, "imageTag": tag, "imageManifest": manifest}})
	return err
}

func (l *lab) pulls(region, repository, tag string) bool {
	l.t.Helper()
	out := l.call(region, "ecr", "BatchGetImage",
		doc{"repositoryName": repository, "imageIds": []any{doc{"imageTag": tag}}})
	return len(out["images"].([]any)) == 1
}

func TestECR_standbyPullsWithThePrimaryGone(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	l.registries()
	require.NoError(t, l.push(ireland, gatewayRepo, "2.8.1", "{}"))
	assert.False(t, l.pulls(frankfurt, gatewayRepo, "2.8.1"), "an image needs a while to the other home")
	l.Advance(l.Now().Add(31 * time.Minute))
	l.inject("region-down " + ireland)
	assert.True(t, l.pulls(frankfurt, gatewayRepo, "2.8.1"))

	require.NoError(t, l.push(frankfurt, gatewayRepo, "2.8.2", "{1}"), "after the failover pushes go to the other home")
	l.Advance(l.Now().Add(2 * time.Hour))
	l.inject("region-up " + ireland)
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.True(t, l.pulls(ireland, gatewayRepo, "2.8.2"), "and come back with the region")
}

func TestECR_whatWasPushedBeforeOrElsewhereStays(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	l.make(ireland, "repository", "AWS::ECR::Repository", doc{"Name": gatewayRepo})
	l.make(ireland, "other", "AWS::ECR::Repository", doc{"Name": "someone/else"})
	require.NoError(t, l.push(ireland, gatewayRepo, "1.0", "{}"))
	l.make(ireland, "replication", "AWS::ECR::ReplicationConfiguration", imagesTo(frankfurt))
	l.make(frankfurt, "arrivals", "AWS::ECR::RepositoryCreationTemplate",
		doc{"Prefix": "atlas", "AppliedFors": []any{"REPLICATION"}, "ImageTagMutability": "IMMUTABLE"})
	require.NoError(t, l.push(ireland, gatewayRepo, "2.0", "{2}"))
	require.NoError(t, l.push(ireland, "someone/else", "2.0", "{2}"))
	l.Advance(l.Now().Add(time.Hour))

	made := l.Find(frankfurt, "AWS::ECR::Repository", nil)
	require.Len(t, made, 1, "only this system's images travel; ECR makes the repository")
	assert.Equal(t, "IMMUTABLE", made[0].In["ImageTagMutability"], "as the template says")
	assert.True(t, l.pulls(frankfurt, gatewayRepo, "2.0"))
	assert.False(t, l.pulls(frankfurt, gatewayRepo, "1.0"), "what was pushed before the rule is not sent")
	_, err := l.Create(frankfurt, "AWS::ECR::Repository", "late", doc{"Name": gatewayRepo})
	assert.Equal(t, "RepositoryAlreadyExistsException", code(err))
}

func TestECR_refuses(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	l.registries()
	require.NoError(t, l.push(ireland, gatewayRepo, "1.0", "{}"))
	assert.Equal(t, "ImageTagAlreadyExistsException", code(l.push(ireland, gatewayRepo, "1.0", "{other}")))
	assert.Equal(t, "ImageAlreadyExistsException", code(l.push(ireland, gatewayRepo, "1.0", "{}")))
	assert.Equal(t, "RepositoryNotFoundException", code(l.push(ireland, "atlas/none", "1.0", "{}")))
	assert.Equal(t, "RepositoryNotEmptyException", code(l.remove(ireland, "repository")))
	_, err := l.Call(world.Request{Region: ireland, Service: "ecr", Operation: "DescribeImages",
		Input: doc{"repositoryName": gatewayRepo, "imageIds": []any{doc{"imageTag": "9"}}}})
	assert.Equal(t, "ImageNotFoundException", code(err))

	policy := func(rules string) doc {
		return doc{"Repository": gatewayRepo, "Policy": `{"rules":[` + rules + `]}`}
	}
	rule := `{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPrefixList":["2"],"countType":"imageCountMoreThan","countNumber":9}}`
	for name, c := range map[string]struct {
		kind string
		in   doc
		want string
	}{
		"a name in capitals":       {"AWS::ECR::Repository", doc{"Name": "Atlas/gateway"}, "InvalidParameterException"},
		"two separators":           {"AWS::ECR::Repository", doc{"Name": "atlas/a__b"}, "InvalidParameterException"},
		"replication to itself":    {"AWS::ECR::ReplicationConfiguration", imagesTo(ireland), "ValidationException"},
		"replication to nowhere":   {"AWS::ECR::ReplicationConfiguration", imagesTo("mars-1"), "ValidationException"},
		"one priority for two":     {"AWS::ECR::LifecyclePolicy", policy(rule + "," + rule), "InvalidParameterException"},
		"a rule that names none":   {"AWS::ECR::LifecyclePolicy", policy(strings.Replace(rule, `["2"]`, `[]`, 1)), "InvalidParameterException"},
		"a policy that is no JSON": {"AWS::ECR::LifecyclePolicy", doc{"Repository": gatewayRepo, "Policy": "{"}, "InvalidParameterException"},
	} {
		_, err := l.Create(ireland, c.kind, name, c.in)
		assert.Equal(t, c.want, code(err), name)
	}
}
