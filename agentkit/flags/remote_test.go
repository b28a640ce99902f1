package flags_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	agent "redoubt/agentkit/flags"
	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/system/flags"
)

// deployed is AppConfig's data plane: a token counts once, and what is asked too soon or was got already is told so.
type deployed struct {
	t        *testing.T
	clock    clock.Clock
	content  map[string][]byte // by environment
	fault    error
	sessions int
	asked    int

	given map[string]*session
	count int
}

type session struct {
	environment string
	told        string
	next        time.Time
}

func (d *deployed) token(s *session) *string {
	d.count++
	token := strconv.Itoa(d.count)
	d.given[token] = s
	return &token
}

func (d *deployed) StartConfigurationSession(_ context.Context, in *appconfigdata.StartConfigurationSessionInput,
	_ ...func(*appconfigdata.Options)) (*appconfigdata.StartConfigurationSessionOutput, error) {
	if d.fault != nil {
		return nil, d.fault
	}
	assert.Equal(d.t, []string{"atlas-primary-planner", "levels"},
		[]string{*in.ApplicationIdentifier, *in.ConfigurationProfileIdentifier})
	assert.EqualValues(d.t, 15, *in.RequiredMinimumPollIntervalInSeconds)
	d.sessions++
	return &appconfigdata.StartConfigurationSessionOutput{
		InitialConfigurationToken: d.token(&session{environment: *in.EnvironmentIdentifier})}, nil
}

func (d *deployed) GetLatestConfiguration(_ context.Context, in *appconfigdata.GetLatestConfigurationInput,
	_ ...func(*appconfigdata.Options)) (*appconfigdata.GetLatestConfigurationOutput, error) {
	d.asked++
	if d.fault != nil {
		return nil, d.fault
	}
	s, known := d.given[aws.ToString(in.ConfigurationToken)]
	delete(d.given, aws.ToString(in.ConfigurationToken))
	if !known || d.clock.Now().Before(s.next) {
		return nil, errors.New("BadRequestException")
	}
	out := &appconfigdata.GetLatestConfigurationOutput{NextPollIntervalInSeconds: 15}
	if content := d.content[s.environment]; string(content) != s.told {
		out.Configuration, s.told = content, string(content)
	}
	s.next = d.clock.Now().Add(15 * time.Second)
	out.NextPollConfigurationToken = d.token(s)
	return out, nil
}

var planner = system.Agent{Name: "planner", Degradation: []system.Degradation{{Level: system.Full},
	{Level: system.Reduced, Off: []string{"deep-research"}, Fallback: "small-model"},
	{Level: system.Essential, Off: []string{"deep-research", "replanning"}, Fallback: "fixed plans"}}}

func documentAt(t *testing.T, level system.Level) []byte {
	t.Helper()
	text, err := flags.At(planner, level)
	require.NoError(t, err)
	return text
}

func remote(t *testing.T) (*deployed, *clock.Virtual) {
	t.Helper()
	v := clock.NewVirtual(start)
	d := &deployed{t: t, clock: v, given: map[string]*session{}, content: map[string][]byte{}}
	for _, name := range flags.Environments {
		d.content[name] = documentAt(t, system.Full)
	}
	return d, v
}

func TestRemote_readsWhatIsDeployedAndAsksNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	d, v := remote(t)
	r := agent.NewRemote(d, "atlas-primary-planner", flags.Recovery, v)
	level := func() system.Level {
		values, err := r.Load(t.Context())
		require.NoError(t, err)
		got, err := values["planner"].Degradation()
		require.NoError(t, err)
		return got.Level
	}
	assert.Equal(t, system.Full, level())
	d.content[flags.Recovery] = documentAt(t, system.Reduced)
	assert.Equal(t, system.Full, level(), "it is too soon to ask")
	assert.Equal(t, 1, d.asked)
	require.NoError(t, v.Advance(start.Add(15*time.Second)))
	assert.Equal(t, system.Reduced, level())
	require.NoError(t, v.Advance(start.Add(30*time.Second)))
	assert.Equal(t, system.Reduced, level(), "AppConfig does not say again what it said")
	assert.Equal(t, []int{1, 3}, []int{d.sessions, d.asked})
}

func TestRemote_beginsAnewAfterAFault(t *testing.T) {
	t.Parallel()
	d, v := remote(t)
	r := agent.NewRemote(d, "atlas-primary-planner", flags.Steady, v)
	_, err := r.Load(t.Context())
	require.NoError(t, err)
	require.NoError(t, v.Advance(start.Add(time.Minute)))
	d.fault = errGone
	_, err = r.Load(t.Context())
	require.ErrorIs(t, err, errGone)
	d.fault = nil
	_, err = r.Load(t.Context())
	require.NoError(t, err, "at once: nothing was got")
	assert.Equal(t, 2, d.sessions)

	d.content[flags.Steady] = nil
	_, err = agent.NewRemote(d, "atlas-primary-planner", flags.Steady, v).Load(t.Context())
	require.ErrorContains(t, err, "nothing is deployed to atlas-primary-planner/steady")
}

// TestRemote_twoEnvironmentsAreOneLevel follows both environments as an agent does: the one that gives most up holds.
func TestRemote_twoEnvironmentsAreOneLevel(t *testing.T) {
	t.Parallel()
	d, v := remote(t)
	var clients []openfeature.IClient
	var providers []*agent.Provider
	for _, name := range flags.Environments {
		p := agent.NewProvider(agent.NewRemote(d, "atlas-primary-planner", name, v),
			agent.Options{Every: agent.Shortest, Clock: v})
		domain := t.Name() + name
		require.NoError(t, openfeature.SetNamedProviderAndWait(domain, p))
		t.Cleanup(func() { openfeature.SetNamedProviderAndWait(domain, openfeature.NoopProvider{}) })
		clients, providers = append(clients, openfeature.NewClient(domain)), append(providers, p)
	}
	levels := agent.NewLevels("planner", nil, clients...)
	defer levels.Close()
	now := start
	look := func(steady, recovery system.Level) system.Degradation {
		d.content[flags.Steady], d.content[flags.Recovery] = documentAt(t, steady), documentAt(t, recovery)
		now = now.Add(agent.Shortest)
		require.NoError(t, v.Advance(now))
		for _, p := range providers {
			require.NoError(t, p.Poll(t.Context()))
		}
		levels.Refresh(t.Context())
		require.NoError(t, levels.State().Fault)
		return levels.State().Degradation
	}
	assert.Equal(t, system.Full, look(system.Full, system.Full).Level)
	assert.Equal(t, planner.Degradation[1], look(system.Reduced, system.Full))
	assert.Equal(t, planner.Degradation[2], look(system.Reduced, system.Essential), "a plan goes further")
	assert.Equal(t, planner.Degradation[1], look(system.Reduced, system.Full), "and lifts what it set, no more")
}
