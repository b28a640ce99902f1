package world

import (
	"encoding/json"
	"regexp"
	"sort"
	"strings"
)

const (
	kindSchedule      = "AWS::Scheduler::Schedule"
	kindScheduleGroup = "AWS::Scheduler::ScheduleGroup"
	kindStateMachine  = "AWS::StepFunctions::StateMachine"

	schedulerDoc = "https://docs.aws.amazon.com/scheduler/latest/APIReference/"
	statesDoc    = "https://docs.aws.amazon.com/step-functions/latest/"
)

var scheduleKinds = []Kind{
	{
		Name: kindScheduleGroup, Service: "scheduler", Source: schedulerDoc + "API_CreateScheduleGroup.html",
		Exists: "ConflictException", Required: []string{"Name"}, Fixed: []string{"Name"},
		id: named("Name"), arn: arnOf("scheduler", "schedule-group/{id}"),
		computed: func(t *tx, e *Entity) {
			set(e, "State", "ACTIVE")
			set(e, "CreationDate", t.created(e).Format(timeFormat))
			set(e, "LastModificationDate", t.created(e).Format(timeFormat))
		},
		remove: removeScheduleGroup,
	},
	{
		Name: kindSchedule, Service: "scheduler", Source: schedulerDoc + "API_CreateSchedule.html",
		Exists: "ConflictException", Required: []string{"Name", "ScheduleExpression", "Target"},
		Fixed: []string{"Name", "GroupName"},
		Refs:  []Link{link("Target.RoleArn", kindRole, "ValidationException", "")},
		id:    scheduleID, arn: func(t *tx, e *Entity) string { return arnOf("scheduler", "schedule/"+scheduleID(t, e))(t, e) },
		checks: []check{scheduleShape, scheduleTarget},
		computed: func(_ *tx, e *Entity) {
			def(e, "GroupName", "default")
			def(e, "ScheduleExpressionTimezone", "UTC")
			def(e, "State", "ENABLED")
		},
	},
	{
		Name: kindStateMachine, Service: "states", Source: statesDoc + "apireference/API_CreateStateMachine.html",
		NotFound: "StateMachineDoesNotExist", Exists: "StateMachineAlreadyExists",
		Required: []string{"Name", "Definition", "RoleArn"}, Fixed: []string{"Name", "Type"},
		Refs: []Link{link("RoleArn", kindRole, "InvalidArn", "")},
		id:   arnOf("states", "stateMachine:{Name}"), arn: arnOf("states", "stateMachine:{Name}"),
		checks: []check{stateMachineShape},
		computed: func(t *tx, e *Entity) {
			set(e, "Status", "ACTIVE")
			set(e, "CreationDate", t.created(e).Format(timeFormat))
			set(e, "RevisionId", t.uuid(e, "revision"))
			def(e, "Type", "STANDARD")
		},
	},
}

func scheduleID(_ *tx, e *Entity) string {
	return firstOf(str(e.In, "GroupName"), "default") + "/" + str(e.In, "Name")
}

// removeScheduleGroup takes the schedules of the group along:
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html
func removeScheduleGroup(t *tx, e *Entity) error {
	for _, s := range t.list(kindSchedule, e.Region) {
		if str(s.In, "GroupName") == e.ID {
			t.drop(s)
		}
	}
	t.drop(e)
	return nil
}

var scheduleForm = regexp.MustCompile(`^(rate\(\d+ (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\)|at\([0-9T:-]+\))$`)

func scheduleShape(t *tx, e, _ *Entity) error {
	mode, window := str(e.In, "FlexibleTimeWindow.Mode"), numOr(e.In, "FlexibleTimeWindow.MaximumWindowInMinutes", 0)
	group := str(e.In, "GroupName")
	switch {
	case !scheduleForm.MatchString(str(e.In, "ScheduleExpression")):
		return refuse("ValidationException", "%s: invalid schedule expression %q", e.ID, str(e.In, "ScheduleExpression"))
	case mode != "OFF" && mode != "FLEXIBLE":
		return refuse("ValidationException", "%s: FlexibleTimeWindow.Mode is %q", e.ID, mode)
	case (mode == "FLEXIBLE") != (window > 0):
		return refuse("ValidationException", "%s: a flexible window, and only that, has minutes", e.ID)
	case group != "" && group != "default" && t.get(kindScheduleGroup, e.Region, group) == nil:
		return missing("ResourceNotFoundException", "schedule group %s does not exist", group)
	}
	return nil
}

// scheduleTarget refuses a state machine or a function that is not there.
func scheduleTarget(t *tx, e, _ *Entity) error {
	arn := str(e.In, "Target.Arn")
	if s := regexp.MustCompile(`^arn:aws:states:([a-z0-9-]+):\d{12}:stateMachine:`).FindStringSubmatch(arn); s != nil &&
		(s[1] != e.Region || t.get(kindStateMachine, e.Region, arn) == nil) {
		return refuse("ValidationException", "%s: target %s does not exist in %s", e.ID, arn, e.Region)
	}
	if strings.HasPrefix(arn, "arn:aws:lambda:") && (regionOfARN(arn) != e.Region || t.get(kindFunction, e.Region, arn[strings.LastIndex(arn, ":")+1:]) == nil) {
		return refuse("ValidationException", "%s: target %s does not exist in %s", e.ID, arn, e.Region)
	}
	return nil
}

// asl is what is looked at of a definition in the Amazon States Language.
type asl struct {
	StartAt string
	States  map[string]aslState
}

type aslState struct {
	Type, Next, Default string
	End                 bool
	Choices             []struct{ Next string }
	Catch               []struct{ Next string }
}

// stateMachineShape refuses a definition that cannot run, as
// ValidateStateMachineDefinition does:
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
func stateMachineShape(_ *tx, e, _ *Entity) error {
	var d asl
	if err := json.Unmarshal([]byte(str(e.In, "Definition")), &d); err != nil {
		return refuse("InvalidDefinition", "%s: %v", e.ID, err)
	}
	if _, ok := d.States[d.StartAt]; !ok {
		return refuse("InvalidDefinition", "%s: StartAt %q is not a state", e.ID, d.StartAt)
	}
	names := make([]string, 0, len(d.States))
	for name := range d.States {
		names = append(names, name)
	}
	sort.Strings(names)
	reached := map[string]bool{d.StartAt: true}
	for _, name := range names {
		next := d.States[name].next()
		if len(next) == 0 && !d.States[name].ends() {
			return refuse("InvalidDefinition", "%s: state %q goes nowhere and does not end", e.ID, name)
		}
		for _, to := range next {
			if _, ok := d.States[to]; !ok {
				return refuse("InvalidDefinition", "%s: state %q goes on to %q, which is not a state", e.ID, name, to)
			}
			reached[to] = true
		}
	}
	for _, name := range names {
		if !reached[name] {
			return refuse("InvalidDefinition", "%s: state %q is never reached", e.ID, name)
		}
	}
	return nil
}

func (s aslState) ends() bool { return s.End || s.Type == "Succeed" || s.Type == "Fail" }

func (s aslState) next() []string {
	var out []string
	for _, name := range []string{s.Next, s.Default} {
		if name != "" {
			out = append(out, name)
		}
	}
	for _, c := range append(s.Choices, s.Catch...) {
		out = append(out, c.Next)
	}
	return out
}
