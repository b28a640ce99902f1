package world

import "strings"

const (
	kindEventRule   = "AWS::Events::Rule"
	kindEventTarget = "AWS::Events::Target"
)

var eventsKinds = []Kind{
	{
		Name: kindEventRule, Service: "events",
		Source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
		id:     ruleID, arn: func(t *tx, e *Entity) string { return arnOf("events", "rule/{id}")(t, e) },
		checks: []check{nameLength("Name", 1, 64), ruleTrigger}, computed: func(_ *tx, e *Entity) {
			def(e, "EventBusName", "default")
			def(e, "State", "ENABLED")
		},
	},
	{
		Name: kindEventTarget, Service: "events", Setting: true, Required: []string{"Rule", "Arn"},
		Source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
		id: func(t *tx, e *Entity) string {
			return targetRule(e) + "-" + targetID(t, e)
		},
		checks: []check{ruleOfTarget}, computed: func(t *tx, e *Entity) {
			def(e, "EventBusName", "default")
			def(e, "TargetId", targetID(t, e))
		},
	},
}

func ruleID(_ *tx, e *Entity) string { return busPrefix(e) + str(e.In, "Name") }

func busPrefix(e *Entity) string {
	if bus := str(e.In, "EventBusName"); bus != "" && bus != "default" {
		return bus + "/"
	}
	return ""
}

func targetRule(e *Entity) string { return busPrefix(e) + str(e.In, "Rule") }

func targetID(t *tx, e *Entity) string {
	if id := str(e.In, "TargetId"); id != "" {
		return id
	}
	return "terraform-" + t.hex(e, "target", 26)
}

func ruleTrigger(t *tx, e, _ *Entity) error {
	schedule := str(e.In, "ScheduleExpression")
	if schedule == "" && str(e.In, "EventPattern") == "" {
		return refuse("ValidationException", "rule %s: EventPattern or ScheduleExpression is required", e.ID)
	}
	if schedule != "" && busPrefix(e) != "" {
		return refuse("ValidationException", "rule %s: ScheduleExpression is supported only on the default event bus", e.ID)
	}
	if role := str(e.In, "RoleArn"); role != "" && t.arn(role) == nil {
		return refuse("ValidationException", "rule %s: role %s does not exist", e.ID, role)
	}
	return nil
}

func ruleOfTarget(t *tx, e, _ *Entity) error {
	r := t.get(kindEventRule, e.Region, targetRule(e))
	if r == nil {
		return missing("ResourceNotFoundException", "rule %s does not exist", targetRule(e))
	}
	n := 1
	for _, other := range t.list(kindEventTarget, e.Region) {
		if other.ID != e.ID && targetRule(other) == r.ID {
			n++
		}
	}
	if n > 5 {
		return refuse("LimitExceededException", "rule %s has %d targets, at most 5", r.ID, n)
	}
	arn := str(e.In, "Arn")
	if region := regionOfARN(arn); region != "" && region != e.Region && !strings.Contains(arn, ":event-bus/") {
		return refuse("ValidationException", "target %s is in %s, want %s", arn, region, e.Region)
	}
	return nil
}
