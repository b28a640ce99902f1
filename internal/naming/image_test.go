package naming

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestScope_imagesComeFromTheHomesOwnRegistry(t *testing.T) {
	t.Parallel()
	const own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/atlas/"
	digest := "@sha256:" + strings.Repeat("0a", 32)
	cases := []struct{ ref, want string }{
		{"registry.example.com/atlas/gateway:2.8.1", own + "atlas/gateway:2.8.1"},
		{"localhost:5000/gateway:2.8.1", own + "gateway:2.8.1"},
		{"localhost/gateway:2.8.1", own + "gateway:2.8.1"},
		{"gateway:2.8.1", own + "gateway:2.8.1"},
		{"tools/gateway:2.8.1", own + "tools/gateway:2.8.1"},
		{"quay.io/a/b/c" + digest, own + "a/b/c" + digest},
		{"quay.io/a/b:1.0" + digest, own + "a/b:1.0" + digest},
	}
	for _, c := range cases {
		assert.Equal(t, c.want, home.Image(c.ref), c.ref)
	}
	assert.Equal(t, "123456789012.dkr.ecr.eu-central-1.amazonaws.com/atlas/atlas/gateway:2.8.1",
		home.Peer("eu-central-1").Image("registry.example.com/atlas/gateway:2.8.1"), "the other home pulls from its own region")
}

func TestScope_repositoryIsTheSameInBothHomes(t *testing.T) {
	t.Parallel()
	const ref = "registry.example.com/atlas/gateway:2.8.1"
	assert.Equal(t, "atlas/atlas/gateway", home.Repository(ref))
	assert.Equal(t, home.Repository(ref), home.Peer("eu-central-1").Repository(ref))
	assert.Equal(t, "registry.example.com/atlas/gateway", ImageSource(ref))
	assert.Equal(t, "gateway", ImageSource("gateway:2.8.1"))
	assert.Equal(t, "2.8.1", ImageTag(ref))
	assert.Equal(t, "2.8.1", ImageTag(ref+"@sha256:00"))
	assert.Empty(t, ImageTag("localhost:5000/atlas/gateway@sha256:00"))
}

// The pattern is that of https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html.
func TestScope_repositoryIsOneThatECRTakes(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)
	for _, size := range []int{1, 249, 250, 251, 400} {
		got := home.Repository("registry.example.com/" + strings.Repeat("p", size) + ":1")
		assert.LessOrEqual(t, len(got), RepositoryMax, size)
		assert.Regexp(t, pattern, got)
		assert.Equal(t, size <= 250, strings.HasSuffix(got, "/"+strings.Repeat("p", size)), size)
	}
	for lead := range 6 { // wherever the cut falls
		long := strings.Repeat("q", lead) + "o/" + strings.Repeat("part/", 60)
		a, b := home.Repository(long+"a:1"), home.Repository(long+"b:1")
		assert.NotEqual(t, a, b, "two long names stay different")
		assert.Regexp(t, pattern, a)
		assert.LessOrEqual(t, len(a), RepositoryMax)
	}
}
