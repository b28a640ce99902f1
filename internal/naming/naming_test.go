package naming

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

var home = Scope{System: "atlas", Home: system.Primary, Region: "eu-west-1", Account: "123456789012"}

func TestScope_namesAreShortAndPlainWhenTheyFit(t *testing.T) {
	t.Parallel()
	cases := []struct{ got, want string }{
		{home.Bucket("artifacts", 1), "atlas-artifacts-123456789012-eu-west-1"},
		{home.Bucket("artifacts", 2), "atlas-artifacts-g2-123456789012-eu-west-1"},
		{home.Role("flow-logs"), "atlas-flow-logs-eu-west-1"},
		{home.LoadBalancer("entry"), "atlas-entry-primary"},
		{home.Vault("main"), "atlas-main-primary"},
		{home.Cluster("ledger", 0), "atlas-ledger-primary"},
		{home.Cluster("ledger", 3), "atlas-ledger-g3-primary"},
		{home.Global("ledger", 1), "atlas-ledger"},
		{home.Cache("recall", 1), "atlas-recall-primary"},
		{home.Cache("recall", 2), "atlas-recall-g2-primary"},
		{home.CacheGlobal("recall", 2), "atlas-recall-g2"},
		{home.CacheUser("recall"), "atlas-recall"},
		{home.CacheTest("recall", 2), "atlas-recall-g2-primary-test"},
		{home.StateMachine("scores-snapshots"), "atlas-scores-snapshots-primary"},
		{home.Schedule("scores-snapshots"), "atlas-scores-snapshots-primary"},
		{home.Alarm("writer-lost"), "atlas-primary-writer-lost"},
		{home.Path("network", "flow"), "/atlas/primary/network/flow"},
		{home.Alias("data"), "alias/atlas-primary-data"},
		{home.ARN("sns", "atlas-alerts"), "arn:aws:sns:eu-west-1:123456789012:atlas-alerts"},
		{home.Peer("eu-central-1").Bucket("artifacts", 1), "atlas-artifacts-123456789012-eu-central-1"},
		{home.Peer("eu-central-1").Vault("main"), "atlas-main-secondary"},
	}
	for _, c := range cases {
		assert.Equal(t, c.want, c.got)
	}
	assert.Equal(t, home, home.Peer("eu-central-1").Peer("eu-west-1"), "the peer's peer is the home itself")
}

func TestScope_neverExceedsWhatAWSTakes(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		name  string
		limit int
		of    func(part string) string
	}{
		{"bucket", 63, func(p string) string { return home.Bucket(p, 12) }},
		{"role", 64, home.Role},
		{"load balancer", 32, home.LoadBalancer},
		{"vault", 50, home.Vault},
		{"cluster", 63, func(p string) string { return home.Cluster(p, 1) }},
		{"global", 63, func(p string) string { return home.Global(p, 1) }},
		{"cache", 40, func(p string) string { return home.Cache(p, 1) }},
		{"cache's datastore", 34, func(p string) string { return home.CacheGlobal(p, 1) }},
		{"cache's user", 40, home.CacheUser},
		{"cache's test", 40, func(p string) string { return home.CacheTest(p, 1) }},
		{"state machine", 80, home.StateMachine},
		{"schedule", 64, home.Schedule},
		{"alarm", 255, home.Alarm},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			fits := k.limit - len(k.of("x")) + 1 // the longest part that needs no cut
			for _, size := range []int{1, fits - 1, fits, fits + 1, fits + 2, 400} {
				got := k.of(strings.Repeat("p", size))
				assert.LessOrEqual(t, len(got), k.limit, "part of %d", size)
				assert.Equal(t, size <= fits, strings.Contains(got, strings.Repeat("p", size)), "part of %d: %s", size, got)
			}
			assert.Len(t, k.of(strings.Repeat("p", fits)), k.limit, "the whole room is used")
		})
	}
}

// The pipeline's policies know the roles of a home by the pattern Role("*").
func TestScope_rolesBeginAndEndAlikeHoweverLong(t *testing.T) {
	t.Parallel()
	long := Scope{System: strings.Repeat("s", 20), Home: system.Primary, Region: "ap-northeast-1", Account: "123456789012"}
	seen := map[string]int{}
	for _, s := range []Scope{home, long} {
		begin, end, _ := strings.Cut(s.Role("*"), "*")
		assert.Equal(t, s.System+"-", begin)
		assert.Equal(t, "-"+s.Region, end)
		for size := 1; size < 80; size++ {
			name := s.Role(strings.Repeat("p", size))
			assert.LessOrEqual(t, len(name), RoleMax)
			assert.True(t, strings.HasPrefix(name, begin) && strings.HasSuffix(name, end), name)
			assert.Zero(t, seen[name], name)
			seen[name] = size
		}
	}
	assert.Equal(t, "arn:aws:iam::123456789012:policy/atlas-pipeline-boundary-primary", home.Boundary())
}

func TestJoin_atTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{RoleMax, BucketMax, LoadBalancerMax, VaultMax} {
		exact := Join(limit, strings.Repeat("a", 10), strings.Repeat("b", limit-11))
		assert.Len(t, exact, limit)
		assert.Equal(t, strings.Repeat("a", 10)+"-"+strings.Repeat("b", limit-11), exact, "not cut at %d", limit)
		over := Join(limit, strings.Repeat("a", 10), strings.Repeat("b", limit-10))
		assert.LessOrEqual(t, len(over), limit)
		assert.NotContains(t, over, strings.Repeat("b", limit-11), "cut at %d", limit)
	}
}

func TestJoin_longNamesThatShareAPrefixStayDifferent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("conversation-", 6)
	a, b := Join(BucketMax, "atlas", long+"a", "eu-west-1"), Join(BucketMax, "atlas", long+"b", "eu-west-1")
	assert.NotEqual(t, a, b)
	assert.Equal(t, a[:len(a)-8], b[:len(b)-8], "only the hash differs")
	assert.Equal(t, a, Join(BucketMax, "atlas", long+"a", "eu-west-1"), "the same name every time")
}

func TestJoin_cutsInProportion(t *testing.T) {
	t.Parallel()
	got := strings.Split(Join(39, strings.Repeat("a", 40), strings.Repeat("b", 20), "c"), "-")
	assert.Equal(t, []string{strings.Repeat("a", 18), strings.Repeat("b", 9), "c"}, got[:3])
	assert.Len(t, got[3], 8, "the hash")
}

func TestJoin_noPartBeginsOrEndsWithAHyphen(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a-b", Join(63, "a-", "", "-b-"))
	const seed = 7
	r := rand.New(rand.NewSource(seed))
	for n := range 2000 {
		var parts []string
		for range 2 + r.Intn(4) {
			part := make([]byte, 1+r.Intn(40))
			for i := range part {
				part[i] = "ab-"[r.Intn(3)]
			}
			parts = append(parts, "a"+strings.ReplaceAll(string(part), "--", "-a"))
		}
		limit := 32 + r.Intn(40)
		got := Join(limit, parts...)
		note := fmt.Sprintf("seed %d, round %d: Join(%d, %q) = %q", seed, n, limit, parts, got)
		assert.LessOrEqual(t, len(got), limit, note)
		assert.False(t, strings.HasPrefix(got, "-") || strings.HasSuffix(got, "-"), note)
		assert.NotContains(t, got, "--", note)
	}
}

func TestJoin_refusesALimitWithoutRoom(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, `naming: 1 letters for the 3 parts of ["aaaaaaa" "bbbbbbb" "ccccccc"]`, func() {
		Join(12, "aaaaaaa", "bbbbbbb", "ccccccc")
	})
}
