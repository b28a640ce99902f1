package regions_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/regions"
)

func TestAll_canBeHomes(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`^[a-z]{2}-[a-z]+-[0-9]$`)
	all := regions.All()
	assert.Len(t, all, 33)
	last := ""
	for _, r := range all {
		assert.Regexp(t, code, r.Code)
		assert.NotEmpty(t, r.Name, r.Code)
		assert.NotEmpty(t, r.Country, r.Code)
		assert.GreaterOrEqual(t, r.Zones, regions.ZonesOfHome, r.Code)
		assert.Greater(t, r.Code, last, "sorted, and none twice")
		last = r.Code
	}
}

func TestAll_optIn(t *testing.T) {
	t.Parallel()
	var enabled []string
	for _, r := range regions.All() {
		if !r.OptIn {
			enabled = append(enabled, r.Code)
		}
	}
	assert.Equal(t, []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
		"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
		"us-east-1", "us-east-2", "us-west-2",
	}, enabled)
}

func TestLookup_findsWhatCannotBeHome(t *testing.T) {
	t.Parallel()
	r, has := regions.Lookup("us-west-1")
	require.True(t, has)
	assert.False(t, r.CanBeHome())
	_, has = regions.Lookup("eu-west-9")
	assert.False(t, has)
}

func TestCheckPair_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, primary, secondary, want string }{
		{"one region", "eu-west-1", "eu-west-1", `both homes are in "eu-west-1", want two regions`},
		{
			"an unknown region", "eu-west-1", "eu-centrl-1",
			`secondary: region "eu-centrl-1" is not known; did you mean "eu-central-1"?`,
		},
		{"China", "cn-north-1", "eu-west-1", `primary: region "cn-north-1" is in partition aws-cn`},
		{"an isolated partition", "eu-west-1", "us-isob-east-1", "is in partition aws-iso-b"},
		{"two zones", "us-west-1", "us-east-2", `primary: region "us-west-1" has 2 zones`},
		{"nothing", "", "eu-west-1", "primary: region is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			warnings, err := regions.CheckPair(test.primary, test.secondary)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, warnings)
		})
	}
}

func TestCheckPair_refusesBothAtOnce(t *testing.T) {
	t.Parallel()
	_, err := regions.CheckPair("us-west-1", "mars-north-1")
	require.ErrorContains(t, err, "primary: ")
	require.ErrorContains(t, err, "secondary: ")
}

func TestCheckPair_warns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, primary, secondary string
		want                     []string
	}{
		{"the example homes", "eu-west-1", "eu-central-1", nil},
		{"global control planes", "us-east-1", "eu-west-1", []string{"control planes of IAM and Route 53", "use1-az3"}},
		{"routing controls", "eu-west-1", "us-west-2", []string{"configuration of routing controls"}},
		{"opt-in", "eu-south-1", "eu-west-1", []string{"eu-south-1 is off until the account enables it"}},
		{"one country", "ap-northeast-1", "ap-northeast-3", []string{"both in Japan"}},
		{"one event", "me-central-1", "me-south-1", []string{"is off", "is off", "lost zones in one event"}},
		{"a zone without EKS", "ca-central-1", "eu-west-1", []string{"cac1-az3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			warnings, err := regions.CheckPair(test.primary, test.secondary)
			require.NoError(t, err)
			require.Len(t, warnings, len(test.want), "%v", warnings)
			for i, w := range warnings {
				assert.Contains(t, w.Text, test.want[i])
				assert.Regexp(t, `^https://`, w.Source)
				assert.Equal(t, w.Text+" ("+w.Source+")", w.String())
			}
		})
	}
}

// Every pair must be judged alike from both sides, and never panic.
func TestCheckPair_isSymmetric(t *testing.T) {
	t.Parallel()
	for _, a := range regions.All() {
		for _, b := range regions.All() {
			forth, err := regions.CheckPair(a.Code, b.Code)
			back, errBack := regions.CheckPair(b.Code, a.Code)
			assert.Equal(t, err == nil, errBack == nil, "%s %s", a.Code, b.Code)
			assert.Len(t, back, len(forth), "%s %s", a.Code, b.Code)
			assert.Equal(t, a.Code != b.Code, err == nil)
		}
	}
}

func TestRoundTrip_isTheSameBothWays(t *testing.T) {
	t.Parallel()
	forth, has := regions.RoundTrip("eu-west-1", "eu-central-1")
	require.True(t, has)
	back, has := regions.RoundTrip("eu-central-1", "eu-west-1")
	require.True(t, has)
	assert.Equal(t, forth, back)
	_, has = regions.RoundTrip("eu-west-1", "sa-east-1")
	assert.False(t, has)
}
