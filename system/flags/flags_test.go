package flags_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/system/flags"
)

// example is the system of the repository.
func example(t *testing.T) *system.System {
	t.Helper()
	sys, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	return sys
}

func TestOf_hasAFlagForEveryAgentThatDegrades(t *testing.T) {
	t.Parallel()
	sys := example(t)
	d, err := flags.Of(sys, map[string]system.Level{"planner": system.Reduced})
	require.NoError(t, err)
	for _, agent := range sys.Agents {
		flag, told := d.Flags[agent.Name]
		require.Equal(t, len(agent.Degradation) > 0, told, agent.Name)
		for _, degradation := range agent.Degradation {
			value := d.Values[agent.Name]
			value.Attributes["level"] = string(degradation.Level)
			got, err := value.Degradation()
			require.NoError(t, err)
			assert.Equal(t, degradation, got, "%s at %s", agent.Name, degradation.Level)
			assert.Contains(t, flag.Attributes["level"].Constraints.Enum, string(degradation.Level))
		}
	}
}

func TestDocument_isWhatAppConfigTakesAndGivesBack(t *testing.T) {
	t.Parallel()
	sys := &system.System{Agents: []system.Agent{
		{Name: "quiet"},
		{Name: "planner", Degradation: []system.Degradation{{Level: system.Full},
			{Level: system.Reduced, Off: []string{"deep-research"}, Fallback: "small-model"}}},
	}}
	d, err := flags.Of(sys, map[string]system.Level{"planner": system.Reduced})
	require.NoError(t, err)
	text, err := d.Encode()
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":"1",
		"flags":{"planner":{"name":"planner","description":"how much of planner works","attributes":{
			"level":{"description":"the level that it works at",
				"constraints":{"type":"string","required":true,"enum":["full","reduced"]}},
			"reduced-fallback":{"description":"what answers instead at reduced","constraints":{"type":"string"}},
			"reduced-off":{"description":"what is switched off at reduced",
				"constraints":{"type":"array","elements":{"type":"string"}}}}}},
		"values":{"planner":{"enabled":true,"level":"reduced",
			"reduced-off":["deep-research"],"reduced-fallback":"small-model"}}}`, string(text))
	again, err := d.Encode()
	require.NoError(t, err)
	assert.Equal(t, text, again)

	want := system.Degradation{Level: system.Reduced, Off: []string{"deep-research"}, Fallback: "small-model"}
	alone, err := json.Marshal(d.Values)
	require.NoError(t, err)
	for form, text := range map[string][]byte{"the document": text, "the values": alone} {
		values, err := flags.Decode(text)
		require.NoError(t, err, form)
		got, err := values["planner"].Degradation()
		require.NoError(t, err, form)
		assert.Equal(t, want, got, form)
	}
}

func TestOf_refusesLevelsThatNobodyDeclares(t *testing.T) {
	t.Parallel()
	_, err := flags.Of(example(t), map[string]system.Level{
		"sessions-api": system.Essential, "planner": "asleep", "nobody": system.Reduced})
	for _, want := range []string{
		`agent "nobody" declares no degradation, and cannot work at reduced`,
		`flag "planner": attribute "level" is "asleep", want one of ["full" "reduced" "essential"]`,
		`flag "sessions-api": attribute "level" is "essential", want one of ["full" "reduced"]`,
	} {
		require.ErrorContains(t, err, want)
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), 3)
}

func TestValidate_tellsAllThatAppConfigRefuses(t *testing.T) {
	t.Parallel()
	text := flags.Constraints{Type: "string"}
	many := map[string]flags.Attribute{}
	for _, letter := range "abcdefghijklmnopqrstuvwxyz" {
		many[string(letter)] = flags.Attribute{Constraints: text}
	}
	d := flags.Document{Version: "2", Flags: map[string]flags.Definition{
		"Planner": {Name: "x"}, "many": {Name: "many", Attributes: many}, "nameless": {},
		"typed": {Name: "typed", Attributes: map[string]flags.Attribute{"enabled": {Constraints: text},
			"n": {Constraints: text}, "list": {Constraints: flags.Constraints{Type: "array", Elements: &text}},
			"must": {Constraints: flags.Constraints{Type: "number", Required: true}}}},
	}, Values: flags.Values{"Planner": {}, "many": {}, "stray": {},
		"typed": {Attributes: map[string]any{"n": 3.5, "list": []any{"a", true}, "other": "x"}}}}
	err := d.Validate()
	want := []string{
		`version is "2", want "1"`, `flag "Planner": want a lower-case letter`,
		`flag "many" has 26 attributes, want at most 25`, `flag "nameless" has no name`,
		`flag "nameless" has no value`, `flag "typed": attribute "enabled" cannot be called so`,
		`flag "typed": attribute "n" is 3.5, want a string`, `flag "typed": attribute "list"[1] is true, want a string`,
		`flag "typed": attribute "must" is missing`, `flag "typed" has a value for "other", which it does not declare`,
		`value of "stray", which is no flag`,
	}
	for _, w := range want {
		require.ErrorContains(t, err, w)
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), len(want))
	_, err = d.Encode()
	require.Error(t, err)
}

func TestDecode_leavesOutWhatAppConfigAdds(t *testing.T) {
	t.Parallel()
	text := `{"planner":{"_createdAt":"2026-01-01T00:00:00Z","enabled":true,"level":"essential"}}`
	values, err := flags.Decode([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"enabled": true, "level": "essential"}, values["planner"].Map())
}

func TestDecode_refusesWhatIsNoFlag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{`: "read flags", `{"planner":{"level":"full"}}`: "enabled is <nil>", `{"planner":3}`: "read flags",
		`{"version":"1","flags":{"a":{"name":"a"}},"values":{}}`: `flag "a" has no value`,
		`{"version":"1","flags":3}`:                              "read flags",
	} {
		_, err := flags.Decode([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

func TestDegradation_nothingIsDegradedByWhatSaysNothing(t *testing.T) {
	t.Parallel()
	d, err := flags.Value{Enabled: false, Attributes: map[string]any{"level": "essential"}}.Degradation()
	require.NoError(t, err)
	assert.Equal(t, system.Full, d.Level)
	for _, bad := range []map[string]any{{}, {"level": 3.0}, {"level": "asleep"},
		{"level": "reduced", "reduced-off": []any{1.0}}} {
		d, err := flags.Value{Enabled: true, Attributes: bad}.Degradation()
		require.Error(t, err, bad)
		assert.Equal(t, system.Full, d.Level)
	}
}
