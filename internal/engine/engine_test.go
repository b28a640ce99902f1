package engine_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/sim/world"
)

const parameterType = "aws:ssm/parameter:Parameter"

// settings are what the tests change between runs.
type settings struct {
	value, name    string
	gone, protect  bool
	imports        string
	ignore         []string
	reads, exports string
	// saw is what the program was told of the parameter: its value, its ARN and its version, which only AWS knows.
	saw []any
}

func stack(t *testing.T, s *settings) (*engine.Engine, *engine.Stack, *world.World) {
	t.Helper()
	w := world.New(world.Config{Seed: 1})
	e := engine.New(w)
	return e, e.Add(&engine.Stack{Name: "one", Program: program(s)}), w
}

func program(s *settings) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil || s.gone {
			return err
		}
		if s.reads != "" {
			ref, err := pulumi.NewStackReference(ctx, "peer", &pulumi.StackReferenceArgs{
				Name: pulumi.String("organization/redoubt/" + s.reads)})
			if err != nil {
				return err
			}
			out, err := ref.GetOutputDetails("word")
			if err != nil {
				return err
			}
			s.value, _ = out.Value.(string)
		}
		if s.exports != "" {
			ctx.Export("word", pulumi.String(s.exports))
		}
		it, err := ssm.NewParameter(ctx, "it", &ssm.ParameterArgs{
			Name: pulumi.String(s.name), Type: pulumi.String("String"), Value: pulumi.String(s.value),
		}, s.options(p)...)
		if err != nil {
			return err
		}
		pulumi.All(it.Value, it.Arn, it.Version).ApplyT(func(told []any) any {
			s.saw = told
			return nil
		})
		return nil
	}
}

// steps runs both preview and update, which must agree, and returns the operations.
func steps(t *testing.T, s *engine.Stack) []engine.Op {
	t.Helper()
	plan, err := s.Preview(context.Background())
	require.NoError(t, err)
	done, err := s.Up(context.Background())
	require.NoError(t, err)
	assert.Equal(t, plan.Steps, done.Steps)
	var out []engine.Op
	for _, step := range done.Steps {
		out = append(out, step.Op)
	}
	return out
}

func TestStack_createsUpdatesAndDeletes(t *testing.T) {
	t.Parallel()
	s := &settings{name: "/it", value: "1"}
	_, one, w := stack(t, s)
	assert.Equal(t, []engine.Op{engine.Create}, steps(t, one))
	assert.Empty(t, steps(t, one))
	s.value = "2"
	assert.Equal(t, []engine.Op{engine.Update}, steps(t, one))
	assert.Equal(t, "2", w.Find("eu-west-1", "AWS::SSM::Parameter", nil)[0].In["Value"])

	s.protect = true
	assert.Empty(t, steps(t, one))
	s.gone = true
	_, err := one.Up(t.Context())
	require.ErrorContains(t, err, "is protected and would be deleted")
	s.gone, s.protect = false, false
	assert.Empty(t, steps(t, one))
	s.gone = true
	assert.Equal(t, []engine.Op{engine.Delete}, steps(t, one))
	assert.Empty(t, w.Find("", "AWS::SSM::Parameter", nil))
}

func TestStack_replacesNothing(t *testing.T) {
	t.Parallel()
	s := &settings{name: "/it", value: "1"}
	_, one, _ := stack(t, s)
	steps(t, one)
	s.name = "/other"
	plan, err := one.Preview(t.Context())
	require.NoError(t, err)
	require.Len(t, plan.Of(engine.Replace), 1)
	assert.Equal(t, []string{"name"}, plan.Steps[0].Replaces)
	_, err = one.Up(t.Context())
	assert.ErrorContains(t, err, "replace "+parameterType+" it [name], and nothing may be replaced")
}

func TestStack_ignoresWhatItIsToldAndSaysWhatFor(t *testing.T) {
	t.Parallel()
	s := &settings{name: "/it", value: "1", ignore: []string{"value"}}
	_, one, w := stack(t, s)
	steps(t, one)
	p := w.Find("eu-west-1", "AWS::SSM::Parameter", nil)[0]
	p.In["Value"] = "drifted"
	_, err := w.Update("eu-west-1", p.Kind, p.ID, p.In)
	require.NoError(t, err)
	gone, err := one.Refresh(t.Context())
	require.NoError(t, err)
	assert.Empty(t, gone)

	entry := engine.Entry{Type: parameterType, Property: "value"}
	plan, err := one.Preview(t.Context())
	require.NoError(t, err)
	assert.Empty(t, plan.Steps)
	require.Len(t, plan.Without[entry], 1)
	assert.Equal(t, engine.Update, plan.Without[entry][0].Op)
	assert.Empty(t, steps(t, one))
	one.Dropped = []engine.Entry{entry}
	assert.Equal(t, []engine.Op{engine.Update}, steps(t, one))
}

func TestStack_readsAnothersOutputs(t *testing.T) {
	t.Parallel()
	e, one, _ := stack(t, &settings{name: "/it", value: "1", exports: "hello"})
	two := &settings{name: "/two", reads: "one"}
	reader := e.Add(&engine.Stack{Name: "two", Program: program(two)})
	steps(t, one)
	steps(t, reader)
	assert.Equal(t, "hello", two.value)
}

func TestEngine_forksShareNothing(t *testing.T) {
	t.Parallel()
	s := &settings{name: "/it", value: "1"}
	e, one, w := stack(t, s)
	steps(t, one)
	f := w.Fork()
	fork := e.Fork(f).Stack("one")
	s.value = "2"
	steps(t, fork)
	s.value = "1"
	assert.Empty(t, steps(t, one))
	assert.Equal(t, "2", f.Find("", "AWS::SSM::Parameter", nil)[0].In["Value"])
}

func TestStack_tellsWhatIsGone(t *testing.T) {
	t.Parallel()
	_, one, w := stack(t, &settings{name: "/it", value: "1"})
	steps(t, one)
	require.NoError(t, w.Delete("eu-west-1", "AWS::SSM::Parameter", "/it"))
	gone, err := one.Refresh(t.Context())
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, []engine.Op{engine.Create}, steps(t, one))
}

func (s *settings) options(p pulumi.ProviderResource) []pulumi.ResourceOption {
	out := []pulumi.ResourceOption{pulumi.Provider(p), pulumi.Protect(s.protect), pulumi.IgnoreChanges(s.ignore)}
	if s.imports != "" {
		out = append(out, pulumi.Import(pulumi.ID(s.imports)))
	}
	return out
}

// What exists is taken over when the program says of it what is there, and only then.
func TestEngine_takesOverWhatIsThere(t *testing.T) {
	t.Parallel()
	set := settings{value: "v", name: "/it", imports: "/it"}
	_, s, w := stack(t, &set)
	_, err := s.Up(context.Background())
	require.ErrorContains(t, err, `"/it" is not there to be imported`)

	_, err = w.Call(world.Request{Region: "eu-west-1", Service: "ssm", Operation: "PutParameter",
		Input: world.Document{"Name": "/it", "Value": "v", "Type": "String"}})
	require.NoError(t, err)
	set.value = "another"
	_, err = s.Up(context.Background())
	require.ErrorContains(t, err, "what is imported differs from the program in [value]")

	set.value = "v"
	done, err := s.Up(context.Background())
	require.NoError(t, err)
	require.Len(t, done.Steps, 1)
	assert.Equal(t, engine.Import, done.Steps[0].Op)
	again, err := s.Up(context.Background())
	require.NoError(t, err)
	assert.Empty(t, again.Steps)
}
