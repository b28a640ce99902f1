package engine_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
)

// text is a text, also of a secret.
func text(v resource.PropertyValue) string {
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	return v.StringValue()
}

// What a resource has become is what the program is told and what the state holds, however it came about.
func TestStack_tellsTheProgramWhatIsThere(t *testing.T) {
	t.Parallel()
	s := &settings{name: "/it", value: "1"}
	_, one, w := stack(t, s)
	up := func(value string, version int) {
		t.Helper()
		s.saw = nil
		_, err := one.Up(t.Context())
		require.NoError(t, err)
		arn := w.Find("eu-west-1", "AWS::SSM::Parameter", nil)[0].ARN
		require.NotEmpty(t, arn)
		assert.Equal(t, []any{value, arn, version}, s.saw)
		it := one.Resources()[0]
		assert.Equal(t, value, text(it.Inputs["value"]))
		assert.Equal(t, value, text(it.Outputs["value"]))
	}
	up("1", 1)
	up("1", 1)
	s.value = "2"
	up("2", 2)
	s.value, s.ignore = "3", []string{"value"}
	up("2", 2)

	made := one.Resources()[0].Inputs
	other := &settings{name: "/it", value: "2", imports: "/it"}
	e := engine.New(w)
	one, s = e.Add(&engine.Stack{Name: "other", Program: program(other)}), other
	up("2", 2)
	assert.Equal(t, made, one.Resources()[0].Inputs, "what it took over has the inputs of the program, and no more")
}
