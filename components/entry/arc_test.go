package entry

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	clusterType = "aws:route53recoverycontrol/cluster:Cluster"
	controlType = "aws:route53recoverycontrol/routingControl:RoutingControl"
	safetyType  = "aws:route53recoverycontrol/safetyRule:SafetyRule"
)

func arcArgs(home system.Home) *Args {
	args := argsOf(home, "atlas.example.com")
	args.Switch = inventory.ARCSwitch
	if home == system.Secondary {
		args.Peer.HealthCheckID = pulumi.String("check-of-the-secondary")
	}
	return args
}

func TestARC_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Entry]{
		Args: func(n int) *Args {
			args := arcArgs(system.Primary)
			args.Domain = []string{"atlas.example.com", "copy.example.com"}[n]
			return args
		},
		New:     New,
		Golden:  "arc.golden",
		Options: []pulumitest.Option{answers()},
		Changes: []pulumitest.Change[Args]{
			{Name: "the peer", Mutate: func(a *Args) { a.Peer = nil }, Want: []string{"main-domain healthCheckId"}},
		},
	}.Run(t)
}

func TestARC_bothRecordsObeyARoutingControl(t *testing.T) {
	t.Parallel()
	p := run(t, arcArgs(system.Primary))
	assert.Equal(t, "main-switch-primary_id", p.Get(t, recordType, "main-domain").Values()["healthCheckId"])
	for _, home := range system.Homes {
		check := p.Get(t, checkType, "main-switch-"+string(home)).Values()
		assert.Equal(t, "RECOVERY_CONTROL", check["type"])
		assert.Contains(t, check["routingControlArn"], "main-control-"+string(home))
		for _, refused := range []string{"requestInterval", "failureThreshold", "measureLatency"} {
			assert.NotContains(t, check, refused)
		}
	}
	s := run(t, arcArgs(system.Secondary))
	assert.Equal(t, "check-of-the-secondary", s.Get(t, recordType, "main-domain").Values()["healthCheckId"])
	assert.Empty(t, s.OfType(controlType), "the primary owns the controls of both")
	assert.Empty(t, s.OfType(alarmType), "nothing is left of the metric")
}

func TestARC_oneHomeStaysOn(t *testing.T) {
	t.Parallel()
	r := run(t, arcArgs(system.Primary))
	require.Len(t, r.OfType(controlType), 2)
	rule := r.Get(t, safetyType, "main-rule").Values()
	assert.Equal(t, map[string]any{"type": "ATLEAST", "threshold": 1.0, "inverted": false}, rule["ruleConfig"])
	assert.Len(t, rule["assertedControls"], 2)
	assert.NotContains(t, rule, "gatingControls")
}

func TestARC_secondaryNeedsTheCheckOfItsRecord(t *testing.T) {
	t.Parallel()
	args := arcArgs(system.Secondary)
	args.Peer.HealthCheckID = nil
	_, err := pulumitest.RunErr(program(args))
	require.ErrorContains(t, err, "peer.healthCheckId is not given")
}

func TestARC_outputsSayWhereToAct(t *testing.T) {
	t.Parallel()
	got := make(chan []any, 1)
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		e, err := New(ctx, "main", arcArgs(system.Primary))
		if err != nil {
			return err
		}
		pulumi.All(e.HealthCheckID, e.PeerHealthCheckID, e.SwitchMetric, e.RoutingControlArns, e.ClusterEndpoints).
			ApplyT(func(all []any) []any { got <- all; return all })
		return nil
	}, answers(), pulumitest.WithOutputs(clusterType, resource.NewPropertyMapFromMap(map[string]any{
		"clusterEndpoints": []any{map[string]any{"region": "us-west-2", "endpoint": "https://one.example"}},
	})))
	all := <-got
	assert.Equal(t, []any{"main-switch-primary_id", "main-switch-secondary_id", ""}, all[:3])
	assert.Len(t, all[3], 2)
	assert.Equal(t, map[string]string{"us-west-2": "https://one.example"}, all[4])
}
