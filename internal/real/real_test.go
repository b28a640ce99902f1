package real_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/real"
)

// all is an environment in which every guard is open.
func all(change ...string) func(string) string {
	env := map[string]string{real.EnvOn: "aws", real.EnvAccounts: "111122223333, 444455556666", real.EnvBudget: "100",
		real.EnvLimit: "12h", real.EnvDomain: "drill.example.com", real.EnvBackend: "s3://state"}
	for n := 0; n+1 < len(change); n += 2 {
		env[change[n]] = change[n+1]
	}
	return func(name string) string { return env[name] }
}

func TestRead_isOnTheSimulatedRegionsUnlessAsked(t *testing.T) {
	t.Parallel()
	for _, on := range []string{"", "sim"} {
		s, err := real.Read(all(real.EnvOn, on, real.EnvBudget, "nothing"))
		require.NoError(t, err)
		assert.False(t, s.AWS)
	}
	_, err := real.Read(all(real.EnvOn, "yes"))
	require.ErrorContains(t, err, `REDOUBT_REAL is "yes", want aws`)
}

func TestRead_namesEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := real.Read(all(real.EnvAccounts, "12", real.EnvBudget, "NaN", real.EnvLimit, "-1h", real.EnvDomain, "x", real.EnvBackend, ""))
	for _, e := range real.Envs[1:] {
		require.ErrorContains(t, err, e[0])
	}
	s, err := real.Read(all())
	require.NoError(t, err)
	assert.Equal(t, []string{"111122223333", "444455556666"}, s.Accounts)
}

func TestAllow_wantsTheAccountTheBudgetAndTheTime(t *testing.T) {
	t.Parallel()
	s, err := real.Read(all())
	require.NoError(t, err)
	require.NoError(t, s.Allow("444455556666", real.Estimate{USD: 100, Takes: 12 * time.Hour}))
	err = s.Allow("999999999999", real.Estimate{USD: 100.01, Takes: 13 * time.Hour})
	require.ErrorContains(t, err, `account "999999999999" is not one of`)
	require.ErrorContains(t, err, "expected to cost 100.01 USD")
	require.ErrorContains(t, err, "expected to take 13h0m0s")
	require.ErrorContains(t, real.Settings{Accounts: s.Accounts, Budget: 1, Limit: 1}.Allow("444455556666", real.Estimate{}), "is not aws")
	require.Error(t, s.Allow("", real.Estimate{}), "nobody's account is none that may be drilled")
}

func TestEstimate_pricesWhatStandsForAsLongAsItTakes(t *testing.T) {
	t.Parallel()
	p, err := real.Table()
	require.NoError(t, err)
	e := real.Expected{Bill: map[string]int{"AWS::EKS::Cluster": 2}, Drills: []real.ExpectedDrill{{Scenario: "x", Takes: time.Hour}}}
	one, err := e.Estimate(p)
	require.NoError(t, err)
	assert.InDelta(t, 2*0.10*1.25*one.Takes.Hours()*1.15, one.USD, 1e-9)
	e.Drills[0].Takes = 11 * time.Hour
	longer, err := e.Estimate(p)
	require.NoError(t, err)
	assert.Equal(t, 10*time.Hour, longer.Takes-one.Takes)
	assert.Greater(t, longer.USD, one.USD)
	e.Bill["AWS::Gold::Bar"] = 1
	_, err = e.Estimate(p)
	require.ErrorContains(t, err, "no price of AWS::Gold::Bar")
}

func TestExpect_hasAPriceForEverything(t *testing.T) {
	t.Parallel()
	e, err := real.Expect()
	require.NoError(t, err)
	p, err := real.Table()
	require.NoError(t, err)
	var b strings.Builder
	cost, err := real.Tell(&b, e, p)
	require.NoError(t, err)
	assert.Positive(t, cost.USD)
	for _, s := range e.Stages() {
		assert.Contains(t, b.String(), "\n  "+s.Name)
		assert.Positive(t, s.Takes, s.Name)
	}
	assert.Len(t, e.Drills, len(real.Scenarios))
	for _, d := range e.Drills {
		_, err := real.Find(d.Scenario)
		require.NoError(t, err)
	}
}
