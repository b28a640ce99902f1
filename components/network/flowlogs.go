package network

import "redoubt/internal/flowlog"

// flowLogs records every connection of the VPC.
func (b *builder) flowLogs() error {
	return flowlog.New(b.ctx, b.name, flowlog.Args{
		Scope: b.args.Scope, Group: b.args.Scope.Path("network", "flow"), Days: b.args.FlowLogDays,
		KeyArn: b.args.LogKeyArn, VpcID: b.network.VpcID, Tags: b.tags,
	}, b.child)
}
