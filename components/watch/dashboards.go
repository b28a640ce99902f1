package watch

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	catalogue "redoubt/watch"
)

// dashboards declares the boards. Dashboards are the account's, not the region's, so that their names carry the home.
func (b *builder) dashboards() error {
	s := b.args.Scope
	arn := func(part string) string { return s.ARN("cloudwatch", "alarm:"+b.physical(part)) }
	var names pulumi.StringArray
	for _, board := range catalogue.Boards(b.args.System, b.of) {
		body, err := board.Body(s.Region, arn)
		if err != nil {
			return fmt.Errorf("dashboard %s: %w", board.Part, err)
		}
		made, err := cloudwatch.NewDashboard(b.ctx, b.name+"-board-"+board.Part, &cloudwatch.DashboardArgs{
			DashboardName: pulumi.String(s.Alarm(board.Part)), DashboardBody: pulumi.String(body),
		}, b.child(pulumi.DeleteBeforeReplace(true))...)
		if err != nil {
			return err
		}
		names = append(names, made.DashboardName)
	}
	b.component.Dashboards = names.ToStringArrayOutput()
	return nil
}
