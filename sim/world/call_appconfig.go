package world

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

const eventDeployment = "WatchDeployment"

// The states of a deployment, as AppConfig names them.
const (
	deploying  = "DEPLOYING"
	baking     = "BAKING"
	deployed   = "COMPLETE"
	rolledBack = "ROLLED_BACK"
)

// appconfigOperations are the operations of AppConfig's control plane that plans use.
func appconfigOperations() map[string]operation {
	return map[string]operation{
		"appconfig.StartDeployment": {run: startDeployment},
		"appconfig.GetDeployment":   {run: getDeployment},
		"appconfig.ListDeployments": {run: listDeployments},
		"appconfig.StopDeployment":  {run: stopDeployment},
	}
}

// deploymentsOf are those of an environment, the latest first.
func (t *tx) deploymentsOf(region string, in Document) []*Entity {
	place := str(in, "ApplicationId") + "/" + str(in, "EnvironmentId") + "/"
	var out []*Entity
	for _, d := range t.list(kindFlagsDeployment, region) {
		if strings.HasPrefix(d.ID, place) {
			out = append(out, d)
		}
	}
	number := func(d *Entity) float64 { return numOr(d.Out, "DeploymentNumber", 0) }
	slices.SortFunc(out, func(a, b *Entity) int { return cmp.Compare(number(b), number(a)) })
	return out
}

func (t *tx) nextDeployment(e *Entity) float64 {
	if n, has := num(e.Out, "DeploymentNumber"); has {
		return n
	}
	if all := t.deploymentsOf(e.Region, e.In); len(all) > 0 {
		return numOr(all[0].Out, "DeploymentNumber", 0) + 1
	}
	return 1
}

func (t *tx) environmentState(e *Entity) string {
	all := t.deploymentsOf(e.Region, Document{
		"ApplicationId": str(e.In, "ApplicationId"), "EnvironmentId": str(e.Out, "EnvironmentId")})
	switch {
	case len(all) == 0 || str(all[0].Out, "State") == deployed:
		return "READY_FOR_DEPLOYMENT"
	case running(all[0]):
		return "DEPLOYING"
	}
	return rolledBack
}

func running(d *Entity) bool {
	state := str(d.Out, "State")
	return state == deploying || state == baking
}

// deployable refuses a deployment of what is not there, and a second one into an environment in which one goes on,
// whatever the profile (https://github.com/aws/aws-cdk/issues/29345).
func deployable(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	if t.flagsEnvironment(e.Region, e.In) == nil {
		return noEnvironment(e.In)
	}
	if err := profileThere(t, e, nil); err != nil {
		return err
	}
	if id := t.flagsPlace(e) + "/" + str(e.In, "ConfigurationVersion"); t.get(kindFlagsVersion, e.Region, id) == nil {
		return missing("ResourceNotFoundException", "there is no hosted version %s", id)
	}
	if all := t.deploymentsOf(e.Region, e.In); len(all) > 0 && running(all[0]) {
		return refuse(conflict, "environment %s: deployment %s goes on", str(e.In, "EnvironmentId"), all[0].ID)
	}
	return nil
}

func noEnvironment(in Document) *Error {
	return missing("ResourceNotFoundException", "application %s has no environment %s", str(in, "ApplicationId"),
		str(in, "EnvironmentId"))
}

func deploymentComputed(t *tx, e *Entity) {
	if e.Out["DeploymentNumber"] != nil {
		return
	}
	e.Out["DeploymentNumber"] = t.nextDeployment(e)
	e.Out["State"] = deploying
	t.stampNow(e, startedAt)
}

func watchDeployment(t *tx, e, old *Entity) error {
	if old == nil {
		t.laterBy(flagsDeploy, e.ID, eventDeployment, Document{"Region": e.Region, "Id": e.ID})
	}
	return nil
}

// deploymentGoesOn moves a deployment on: rolled back where an alarm of its environment rings, then spread over its
// duration, then watched while it bakes:
// https://docs.aws.amazon.com/appconfig/latest/userguide/monitoring-deployments.html
func (t *tx) deploymentGoesOn(in Document) {
	e := t.get(kindFlagsDeployment, str(in, "Region"), str(in, "Id"))
	if e == nil || !running(e) {
		return
	}
	s := t.get(kindFlagsStrategy, e.Region, str(e.In, "DeploymentStrategyId"))
	minutes := func(name string) time.Duration { return duration(60 * firstNumber(s, name)) }
	spreads, bakes := minutes("DeploymentDurationInMinutes"), minutes("FinalBakeTimeInMinutes")
	left := func(in time.Duration) time.Duration { return t.left(e.stampRef(startedAt), in, tick) }
	e = t.edit(e)
	if t.alarmRings(e) {
		e.Out["State"] = rolledBack
		t.stampNow(e, completedAt)
		return
	}
	if wait := left(spreads); wait > 0 {
		t.laterIn(wait, eventDeployment, in)
		return
	}
	if wait := left(spreads + bakes); wait > 0 {
		e.Out["State"] = baking
		t.laterIn(wait, eventDeployment, in)
		return
	}
	e.Out["State"] = deployed
	t.stampNow(e, completedAt)
}

// firstNumber reads a setting of a strategy, given or AWS's own.
func firstNumber(s *Entity, name string) float64 {
	if s == nil {
		return 0
	}
	return numOr(s.In, name, numOr(s.Out, name, 0))
}

func (t *tx) alarmRings(d *Entity) bool {
	env := t.flagsEnvironment(d.Region, d.In)
	if env == nil {
		return false
	}
	for _, arn := range strs(env.In, "Monitors.AlarmArn") {
		if a := t.follow(d.Region, arn, []string{kindAlarm}); a != nil && str(a.Out, "StateValue") == stateAlarm {
			return true
		}
	}
	return false
}

// startDeployment is appconfig StartDeployment.
func startDeployment(t *tx, r Request) (Document, error) {
	d, err := kinds[kindFlagsDeployment].create(t, r.Region, "", r.Input)
	if err != nil {
		return nil, err
	}
	return t.deploymentDocument(d), nil
}

func (t *tx) deploymentFor(r Request) (*Entity, error) {
	n, _ := num(r.Input, "DeploymentNumber")
	id := str(r.Input, "ApplicationId") + "/" + str(r.Input, "EnvironmentId") + "/" + text(n)
	if d := t.get(kindFlagsDeployment, r.Region, id); d != nil {
		return d, nil
	}
	return nil, kinds[kindFlagsDeployment].notFound(id)
}

// getDeployment is appconfig GetDeployment.
func getDeployment(t *tx, r Request) (Document, error) {
	d, err := t.deploymentFor(r)
	if err != nil {
		return nil, err
	}
	return t.deploymentDocument(d), nil
}

// stopDeployment is appconfig StopDeployment: what goes on is rolled back; what is complete only by AllowRevert, which
// is not simulated.
func stopDeployment(t *tx, r Request) (Document, error) {
	d, err := t.deploymentFor(r)
	if err != nil {
		return nil, err
	}
	if !running(d) {
		return nil, refuse(badRequest, "deployment %s is %s", d.ID, str(d.Out, "State"))
	}
	d = t.edit(d)
	d.Out["State"] = rolledBack
	t.stampNow(d, completedAt)
	return t.deploymentDocument(d), nil
}

// listDeployments is appconfig ListDeployments: the latest first.
func listDeployments(t *tx, r Request) (Document, error) {
	if t.flagsEnvironment(r.Region, r.Input) == nil {
		return nil, noEnvironment(r.Input)
	}
	most := int(numOr(r.Input, "MaxResults", 50))
	items := []any{}
	for _, d := range t.deploymentsOf(r.Region, r.Input) {
		if len(items) == most {
			return Document{"Items": items, "NextToken": text(float64(most))}, nil
		}
		items = append(items, t.recall(deploymentPart[t.still], d, func() any { return t.deploymentSummary(d) }))
	}
	return Document{"Items": items}, nil
}

// summary are the members of a deployment in a list.
var summary = []string{"CompletedAt", "ConfigurationName", "ConfigurationVersion", "DeploymentNumber",
	"DeploymentDurationInMinutes", "FinalBakeTimeInMinutes", "GrowthFactor", "GrowthType", "PercentageComplete",
	"StartedAt", "State"}

var deploymentPart = map[bool]Text{false: TextOf("deployment"), true: TextOf("deployment without times")}

// deploymentSummary is a deployment in a list.
func (t *tx) deploymentSummary(d *Entity) Document {
	all, one := t.deploymentDocument(d), Document{}
	for _, name := range summary {
		if v, has := all[name]; has {
			one[name] = v
		}
	}
	return one
}

func (t *tx) deploymentDocument(d *Entity) Document {
	out := Document{"DeploymentNumber": d.Out["DeploymentNumber"], "State": str(d.Out, "State")}
	for _, name := range []string{"ApplicationId", "EnvironmentId", "ConfigurationProfileId", "ConfigurationVersion",
		"DeploymentStrategyId"} {
		out[name] = str(d.In, name)
	}
	for _, name := range []string{startedAt, completedAt} {
		if !t.still && d.Out[name] == true {
			out[name] = t.stampedText(d, name)
		}
	}
	if p := t.flagsProfile(d.Region, d.In); p != nil {
		out["ConfigurationName"], out["ConfigurationLocationUri"] = str(p.In, "Name"), str(p.In, "LocationUri")
	}
	if s := t.get(kindFlagsStrategy, d.Region, str(d.In, "DeploymentStrategyId")); s != nil {
		for _, name := range []string{"DeploymentDurationInMinutes", "FinalBakeTimeInMinutes", "GrowthFactor"} {
			out[name] = firstNumber(s, name)
		}
		out["GrowthType"] = firstOf(str(s.In, "GrowthType"), str(s.Out, "GrowthType"))
	}
	switch out["State"] {
	case deployed, baking:
		out["PercentageComplete"] = 100.0
	default:
		out["PercentageComplete"] = 0.0 // the steps between are not simulated
	}
	return out
}
