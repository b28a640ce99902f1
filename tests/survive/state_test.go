package survive

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/engine"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

// stateSettings are those of bootstrap/Pulumi.state.yaml.
func stateSettings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "bootstrap", "Pulumi.state.yaml"))
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &file))
	out := map[string]string{stacks.StateProject + ":system": "../../system.yaml"}
	for key, v := range file.Config {
		if text, plain := v.(string); plain {
			out[key] = text
		}
	}
	return out
}

// stateStack is the stack of the state, up on a world of its own.
func stateStack(t *testing.T) (*homes, *engine.Stack) {
	t.Helper()
	w := world.New(world.Config{Seed: 1})
	h := &homes{w, engine.New(w)}
	s := h.engine.Add(&engine.Stack{Name: "state", Project: stacks.StateProject, Config: stateSettings(t),
		Program: stacks.Program})
	r, err := s.Up(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, r.Of(engine.Create))
	return h, s
}

// bucketIn is the state's bucket in a region.
func bucketIn(region string) string { return "atlas-state-123456789012-" + region }

// regionsOfState are where the state is written and where its copy is.
var regionsOfState = []string{frankfurt, ireland}

func TestState_comesUpOnceAndStays(t *testing.T) {
	t.Parallel()
	h, s := stateStack(t)
	for _, run := range []func() (engine.Result, error){
		func() (engine.Result, error) { return s.Preview(t.Context()) },
		func() (engine.Result, error) { return s.Up(t.Context()) },
	} {
		r, err := run()
		require.NoError(t, err)
		assert.Empty(t, r.Steps)
	}
	for _, region := range regionsOfState {
		for kind, want := range map[string]int{"AWS::S3::Bucket": 1, "AWS::S3::BucketReplication": 1, "AWS::KMS::Alias": 3} {
			assert.Len(t, h.Find(region, kind, nil), want, "%s in %s", kind, region)
		}
	}
}

// TestState_isReadWithoutEitherRegion writes the state where it is written,
// loses that region, and reads it and goes on in the other; and the other way round.
func TestState_isReadWithoutEitherRegion(t *testing.T) {
	t.Parallel()
	h, _ := stateStack(t)
	put := func(region, key, body string) {
		h.call(t, region, "s3", "PutObject", world.Document{"Bucket": bucketIn(region), "Key": key, "Body": body})
	}
	get := func(region, key string) any {
		return h.call(t, region, "s3", "GetObject", world.Document{"Bucket": bucketIn(region), "Key": key})["Body"]
	}
	const key, lock = ".pulumi/stacks/redoubt/secondary.json", ".pulumi/locks/organization/redoubt/secondary/1.json"
	for n, here := range regionsOfState {
		there, word := regionsOfState[1-n], "state "+here
		put(here, lock, "held")
		put(here, key, word)
		h.call(t, here, "s3", "DeleteObject", world.Document{"Bucket": bucketIn(here), "Key": lock})
		h.wait(time.Hour)

		h.inject(t, "region-down "+here)
		assert.Equal(t, word, get(there, key), "the state without %s", here)
		_, err := h.Call(world.Request{Region: there, Service: "s3", Operation: "GetObject",
			Input: world.Document{"Bucket": bucketIn(there), "Key": lock}})
		assert.True(t, world.IsNotFound(err), "a released lock is released in the copy of %s too: %v", here, err)
		put(there, key, word+" and on")
		h.wait(time.Hour)
		h.inject(t, "region-up "+here)
		h.wait(time.Hour)
		assert.Equal(t, word+" and on", get(here, key), "what was written meanwhile comes back to %s", here)
	}
}

// TestState_cannotBeDestroyed: not by its own stack, which refuses, nor version by version for a week.
func TestState_cannotBeDestroyed(t *testing.T) {
	t.Parallel()
	h, s := stateStack(t)
	out := h.call(t, frankfurt, "s3", "PutObject", world.Document{
		"Bucket": bucketIn(frankfurt), "Key": ".pulumi/meta.yaml", "Body": "version: 1"})
	_, err := h.Call(world.Request{Region: frankfurt, Service: "s3", Operation: "DeleteObject", Input: world.Document{
		"Bucket": bucketIn(frankfurt), "Key": ".pulumi/meta.yaml", "VersionId": out["VersionId"]}})
	require.ErrorContains(t, err, "protected by object lock")

	s.Program = func(*pulumi.Context) error { return nil }
	_, err = s.Up(t.Context())
	require.ErrorContains(t, err, "is protected and would be deleted")
	for _, region := range regionsOfState {
		assert.Len(t, h.Find(region, "AWS::S3::Bucket", nil), 1, region)
	}
}

// TestState_isNoPartOfAHome: neither home's stack holds anything of the state's,
// so that nothing that is done to a home touches it.
func TestState_isNoPartOfAHome(t *testing.T) {
	t.Parallel()
	h, s := stateStack(t)
	ids := map[string]bool{}
	for _, r := range s.Resources() {
		ids[r.Type()+" "+r.ID] = true
	}
	require.True(t, ids["aws:s3/bucketV2:BucketV2 "+bucketIn(frankfurt)])
	both := standing(t)
	for _, home := range system.Homes {
		for _, r := range both.engine.Stack(string(home)).Resources() {
			id := r.Type() + " " + r.ID
			mine := ids[id] && !strings.HasPrefix(r.Type(), "aws:kms/") // made-up ids of two worlds
			assert.False(t, mine, "%s is the %s home's and the state's", id, home)
		}
	}
	assert.Empty(t, both.Find("", "AWS::S3::Bucket", func(e *world.Entity) bool {
		return slices.Contains([]string{bucketIn(frankfurt), bucketIn(ireland)}, e.ID)
	}))
	assert.NotEmpty(t, h.Find(frankfurt, "AWS::S3::Bucket", nil))
}
