package world

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"redoubt/system/experiments/actions"
)

const (
	// kindExperiment is a template that was started. In this world it breaks nothing by itself: what it would do is said
	// with the fault language (assumed to be the same, docs/limits.md).
	kindExperiment  = "Redoubt::World::Experiment"
	eventExperiment = "WatchExperiment"
)

// The states of an experiment, as the service names them.
const (
	experimentRuns      = "running"
	experimentCompleted = "completed"
	experimentStopped   = "stopped"
)

// experimentOperations start, show and stop what is broken on purpose.
func experimentOperations() map[string]operation {
	return map[string]operation{
		"fis.StartExperiment":         {run: startExperiment},
		"fis.GetExperiment":           {run: getExperiment},
		"fis.StopExperiment":          {run: stopExperiment},
		"fis.ListExperiments":         {run: listExperiments},
		"fis.ListExperimentTemplates": {run: listTemplates},
	}
}

// startExperiment is fis StartExperiment. While a stop alarm of the template rings nothing starts:
// https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
func startExperiment(t *tx, r Request) (Document, error) {
	id, token := str(r.Input, "experimentTemplateId"), firstOf(str(r.Input, "clientToken"), r.Token)
	template := t.get(kindExperimentTemplate, r.Region, id)
	switch {
	case template == nil:
		return nil, missing("ResourceNotFoundException", "there is no experiment template %s", id)
	case token == "":
		return nil, refuse("ValidationException", "clientToken is missing")
	}
	for _, one := range t.list(kindExperiment, r.Region) {
		if one.Token == token {
			return Document{"experiment": experimentDocument(t, one)}, nil
		}
	}
	e := &Entity{Kind: kindExperiment, Region: r.Region, Token: token, Created: t.birth(), In: Document{
		"experimentTemplateId": id, "tags": r.Input["tags"],
		"ends": t.clock().Add(experimentLasts(template)).Format(timeFormat)}, Out: Document{"status": experimentRuns}}
	e.Generation = t.generation(r.Region, kindExperiment, token)
	e.ID = "EXP" + t.letters(e, "experiment", upper, 15)
	e.ARN = arnOf("fis", "experiment/{id}")(t, e)
	if why := t.stopRings(e.Region, template); why != "" {
		e.Out = Document{"status": experimentStopped, "reason": why, "endTime": t.clock().Format(timeFormat)}
	} else {
		t.laterIn(tick, eventExperiment, Document{"Region": e.Region, "Id": e.ID})
	}
	t.save(e)
	return Document{"experiment": experimentDocument(t, e)}, nil
}

// experimentLasts is the longest of the template's durations. Actions that end at once take no time (assumed).
func experimentLasts(template *Entity) time.Duration {
	longest := time.Duration(0)
	for _, one := range docs(template.In, "Actions") {
		a, err := actions.Lookup(str(one, "ActionId"))
		if err != nil {
			continue // a template with such an action is refused
		}
		for _, p := range docs(one, "Parameters") {
			if d, ok := minutesOf(str(p, "Value")); ok && str(p, "Key") == a.Ends {
				longest = max(longest, d)
			}
		}
	}
	return longest
}

// minutesOf reads a duration such as PT10M, which is all that declarations have.
func minutesOf(iso string) (time.Duration, bool) {
	if len(iso) < 4 || iso[:2] != "PT" || iso[len(iso)-1] != 'M' {
		return 0, false
	}
	d, err := time.ParseDuration(iso[2:len(iso)-1] + "m")
	return d, err == nil
}

// stopRings says which stop alarm of a template rings, or nothing.
func (t *tx) stopRings(region string, template *Entity) string {
	if template == nil {
		return ""
	}
	for _, stop := range docs(template.In, "StopConditions") {
		if a := t.follow(region, str(stop, "Value"), []string{kindAlarm}); a != nil && str(a.Out, "StateValue") == stateAlarm {
			return "Experiment halted by stop condition " + a.ID
		}
	}
	return ""
}

// experimentGoesOn looks each minute whether an experiment has lasted, or a stop alarm rings.
func (t *tx) experimentGoesOn(in Document) {
	e := t.get(kindExperiment, str(in, "Region"), str(in, "Id"))
	if e == nil || str(e.Out, "status") != experimentRuns {
		return
	}
	why := t.stopRings(e.Region, t.get(kindExperimentTemplate, e.Region, str(e.In, "experimentTemplateId")))
	left := timeAt(e.In, "ends").Sub(t.clock())
	switch {
	case why != "":
		t.endExperiment(e, experimentStopped, why)
	case left <= 0:
		t.endExperiment(e, experimentCompleted, "Experiment completed.")
	default:
		t.laterIn(min(tick, left), eventExperiment, in)
	}
}

func (t *tx) endExperiment(e *Entity, status, why string) *Entity {
	e = t.edit(e)
	e.Out = Document{"status": status, "reason": why, "endTime": t.clock().Format(timeFormat)}
	return e
}

func (t *tx) experimentFor(r Request) (*Entity, error) {
	if e := t.get(kindExperiment, r.Region, str(r.Input, "id")); e != nil {
		return e, nil
	}
	return nil, missing("ResourceNotFoundException", "there is no experiment %s", str(r.Input, "id"))
}

// getExperiment is fis GetExperiment.
func getExperiment(t *tx, r Request) (Document, error) {
	e, err := t.experimentFor(r)
	if err != nil {
		return nil, err
	}
	return Document{"experiment": experimentDocument(t, e)}, nil
}

// stopExperiment is fis StopExperiment. That one which has ended is refused is assumed: the page names the error for
// what is not there alone.
func stopExperiment(t *tx, r Request) (Document, error) {
	e, err := t.experimentFor(r)
	if err != nil {
		return nil, err
	}
	if str(e.Out, "status") != experimentRuns {
		return nil, refuse("ValidationException", "experiment %s is %s", e.ID, str(e.Out, "status"))
	}
	e = t.endExperiment(e, experimentStopped, "Experiment was stopped by a user.")
	return Document{"experiment": experimentDocument(t, e)}, nil
}

// listExperiments is fis ListExperiments, the latest first, in one page (assumed).
func listExperiments(t *tx, r Request) (Document, error) {
	all := slices.Clone(t.list(kindExperiment, r.Region))
	slices.SortStableFunc(all, func(a, b *Entity) int { return cmp.Compare(t.created(b).UnixNano(), t.created(a).UnixNano()) })
	list := []any{}
	for _, e := range all {
		if of := str(r.Input, "experimentTemplateId"); of == "" || of == str(e.In, "experimentTemplateId") {
			one := experimentDocument(t, e)
			delete(one, "endTime")
			delete(one, "startTime")
			list = append(list, one)
		}
	}
	return Document{"experiments": list}, nil
}

func experimentDocument(t *tx, e *Entity) Document {
	out := Document{"id": e.ID, "arn": e.ARN, "experimentTemplateId": str(e.In, "experimentTemplateId"),
		"creationTime": t.created(e).Format(timeFormat), "startTime": t.created(e).Format(timeFormat),
		"state": Document{"status": str(e.Out, "status")}}
	if why := str(e.Out, "reason"); why != "" {
		out["state"].(Document)["reason"] = why
		out["endTime"] = str(e.Out, "endTime")
	}
	if tags, is := e.In["tags"].(Document); is {
		out["tags"] = tags
	}
	return out
}

// listTemplates is fis ListExperimentTemplates, in one page (assumed).
func listTemplates(t *tx, r Request) (Document, error) {
	list := []any{}
	for _, e := range t.list(kindExperimentTemplate, r.Region) {
		tags := Document{}
		for _, of := range []string{"Tags", "TagsAll"} {
			own, _ := e.In[of].(Document)
			maps.Copy(tags, own)
		}
		list = append(list, Document{"id": e.ID, "arn": e.ARN, "description": str(e.In, "Description"), "tags": tags,
			"creationTime": t.created(e).Format(timeFormat)})
	}
	return Document{"experimentTemplates": list}, nil
}
