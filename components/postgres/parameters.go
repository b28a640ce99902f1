package postgres

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// parameter is one setting of the engine, in the form AWS gives it back.
type parameter struct{ name, value, apply string }

// How a parameter takes effect.
const (
	atOnce   = "immediate"
	atReboot = "pending-reboot"
)

// parameters are the same in both homes, because a failover does not carry
// them over; only the managed RPO is the seed's alone.
func (a *Args) parameters() []parameter {
	all := []parameter{
		{"log_connections", "1", atOnce},
		{"log_disconnections", "1", atOnce},
		{"log_lock_waits", "1", atOnce},
		{"log_min_duration_statement", "1000", atOnce},
		{"log_temp_files", "10240", atOnce},
		{"rds.force_ssl", "1", atOnce},
		// A restored database can stream what it holds to the living one.
		{"rds.logical_replication", "1", atReboot},
	}
	if a.RPOEnforced {
		all = append(all, parameter{"rds.global_db_rpo", strconv.Itoa(a.RPOSeconds), atOnce})
	}
	return all
}

// parameterGroup leaves the name to Pulumi: a group in use cannot be deleted
// before the cluster has moved to its successor.
func (b *builder) parameterGroup() (pulumi.StringOutput, error) {
	var all rds.ClusterParameterGroupParameterArray
	for _, p := range b.args.parameters() {
		all = append(all, &rds.ClusterParameterGroupParameterArgs{
			Name: pulumi.String(p.name), Value: pulumi.String(p.value), ApplyMethod: pulumi.String(p.apply),
		})
	}
	g, err := rds.NewClusterParameterGroup(b.ctx, b.name+"-parameters", &rds.ClusterParameterGroupArgs{
		Family:      pulumi.String(b.args.family()),
		Description: pulumi.String("The same settings in both homes"), // a change replaces the group
		Parameters:  all,
		Tags:        b.tags(),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return g.Name, nil
}
