package system_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestParse_resilience(t *testing.T) {
	t.Parallel()
	const front = "    public: true\n"
	of := func(before, fields string) string { return before + "    resilience: {" + fields + "}\n" }
	checkEdits(t, []edit{
		{"no mapping", front, front + "    resilience: §fast\n", `resilience is the text "fast", want a mapping`, ""},
		{"unknown key", front, of(front, "§colour: 2s"), `resilience has an unknown key "colour"`, "one of deadline, work"},
		{"no time", front, of(front, "work: §0s"), "work is 0s, want whole milliseconds, at least one", "50ms"},
		{"too fine", front, of(front, "backoff: §1500us"), "backoff is 1.5ms, want whole milliseconds", "50ms"},
		{"many retries", front, of(front, "retries: §6"), "retries is 6, want 0 to 5", "0 for none"},
		{"retries below zero", front, of(front, "retries: §-1"), "retries is -1, want 0 to 5", ""},
		{"never ejected", front, of(front, "ejectAfter: §0"), "ejectAfter is 0, want at least 1", ""},
		{"nothing at once", front, of(front, "atOnce: §-2"), "atOnce is -2, want at least 1", ""},
		{"a dependency's", "    host: web.example.com\n", "    host: web.example.com\n    timeout: §0s\n",
			`dependency "web": timeout is 0s`, ""},
		{"without a stranger", front, of(front, "without: [§web]"), `does without agent "web", which it does not call`, "one of its calls"},
		{"without it twice", front, of(front, "without: [back, §back]"), "does without agent", ""},
		{"without, of a tier", "  - name: solid\n", "  - name: solid\n    resilience: {without: §[back]}\n",
			`tier "solid": without is said of agents alone`, "of the agent that makes the call"},
		{"of a tier", "  - name: solid\n", "  - name: solid\n    resilience: {connect: §0s}\n", `tier "solid": connect is 0s`, ""},
	})
}

// The deadlines add up along the calls, and each fault tells the way and the figures.
func TestParse_budgets(t *testing.T) {
	t.Parallel()
	const front, back = "    public: true\n", "    port: 9090\n"
	of := func(before, fields string) string { return before + "    resilience: {" + fields + "}\n" }
	checkEdits(t, []edit{
		{
			"a callee that takes longer than its caller", front, of(front, "deadline: §20s"),
			`agent "front": front -> big: a request to front may take 20s (it is given), but needs 28.05s: ` +
				"1s of its own work, 7.05s for back (6s a try, 1 retried), 10s for big, 10s for little",
			"allow 28.05s or more, or shorten what it waits for; then redoubt system check",
		},
	})
	checkFaults := func(name, text string, want ...string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := faultsOf(t, text)
			var got []string
			for _, f := range faults {
				got = append(got, f.Cause)
			}
			require.Len(t, got, len(want), "%v", faults)
			for i := range want {
				assert.Contains(t, got[i], want[i])
			}
		})
	}
	checkFaults("longer than the tier", changed(t, "  - name: solid\n", "  - name: solid\n    resilience: {deadline: 5s}\n"),
		"front -> back -> web: a request to back may take 5s (the deadline of tier solid), but needs 6s")
	checkFaults("a circle", changed(t, "    needs: [web]\n", "    needs: [web]\n    calls: [front]\n"),
		"front -> back -> front: the calls go round in a circle")
	checkFaults("longer than a target may finish",
		changed(t, "    host: big.example\n", "    host: big.example\n    timeout: 1m\n"),
		"front -> big: a request to front may take 1m (the deadline of tier fast), but needs 1m18.05s")
	checkFaults("a tier that allows it cannot make the load balancer wait",
		changed(t, "    host: big.example\n", "    host: big.example\n    timeout: 1m\n",
			"  - name: fast\n", "  - name: fast\n    resilience: {deadline: 10m}\n"),
		"a request to front may take 1m (what the load balancer lets a target finish that leaves)")
	checkFaults("a consumer's step", changed(t, "    host: web.example.com\n", "    host: web.example.com\n    timeout: 3m\n",
		"  - name: solid\n", "  - name: solid\n    resilience: {deadline: 10m}\n"),
		"a request to back may take 2m (what a consumer that leaves has to finish), but needs 3m1s")
	checkFaults("all at once", changed(t, front, of(front, "deadline: 2s"), back, of(back, "deadline: 2s")),
		"front -> big: a request to front may take 2s (it is given)", "a request to back may take 2s (it is given)")
}

func TestResilience_theNearestWord(t *testing.T) {
	t.Parallel()
	s, err := system.Load(filepath.Join("testdata", "small.yaml"))
	require.NoError(t, err)
	two, none := 2, 0
	s.Tiers[0].Resilience = system.Resilience{Work: 2 * time.Second, Retries: &two, EjectAfter: 7}
	s.Agents[0].Resilience = system.Resilience{Retries: &none, EjectFor: time.Minute, AtOnce: 9}
	r := s.Resilience(s.Agents[0])
	assert.Equal(t, system.Resilience{
		Deadline: time.Minute, Work: 2 * time.Second, Retries: &none, Backoff: 50 * time.Millisecond, Connect: time.Second,
		EjectAfter: 7, EjectFor: time.Minute, AtOnce: 9,
	}, r)
	assert.Equal(t, system.DefaultResilience(), s.Resilience(s.Agents[1]))
}
