package watch

import (
	"encoding/json"
	"fmt"

	"redoubt/system"
)

// Board is one dashboard: its name's part, and what stands on it from top to bottom.
type Board struct {
	Part  string
	Title string
	Rows  []Row
}

// Row is a line of widgets of equal width, below a heading.
type Row struct {
	Text    string
	Widgets []Widget
	// Height is in CloudWatch's units; zero is six.
	Height int
}

// Widget is one picture: metrics against a line that they should not cross, or the states of alarms.
type Widget struct {
	Title   string
	Queries []Query
	// Limit is drawn as a line; zero is none.
	Limit float64
	Unit  string
	// Number shows the newest value large instead of a curve.
	Number bool
	// Alarms are parts of alarms whose states are shown instead of metrics.
	Alarms []string
}

// Boards are the dashboards of a home: can we fail over now; each tier; each store; the drills.
func Boards(s *system.System, c Catalogue) []Board {
	return []Board{readiness(s, c), tiers(s, c), stores(s, c), proofs(s, c)}
}

// shown is a widget of one alarm's own metrics and threshold.
func (c Catalogue) shown(part, title string, number bool) (Widget, bool) {
	a, known := c.Alarm(part)
	if !known {
		return Widget{}, false
	}
	return Widget{Title: title + " (" + a.Unit + ")", Queries: a.Queries, Limit: a.Threshold, Unit: a.Unit, Number: number}, true
}

// row gathers the widgets of the parts that the home has; each is a part and a title.
func (c Catalogue) row(text string, number bool, parts ...[2]string) Row {
	r := Row{Text: text}
	for _, p := range parts {
		if w, known := c.shown(p[0], p[1], number); known {
			r.Widgets = append(r.Widgets, w)
		}
	}
	return r
}

func alarmsOf(c Catalogue, title string, is func(Alarm) bool) Widget {
	w := Widget{Title: title}
	for _, a := range c.Alarms {
		if is(a) {
			w.Alarms = append(w.Alarms, a.Part)
		}
	}
	return w
}

// readiness answers three questions in the order in which they are asked: can we, what would it cost, how long.
func readiness(s *system.System, c Catalogue) Board {
	b := Board{Part: "readiness", Title: "Can we fail over now?"}
	var composites []string
	for _, one := range c.Composites {
		if one.Part != TestPart {
			composites = append(composites, one.Part)
		}
	}
	b.Rows = append(b.Rows, Row{Text: "## Can we go on in the " + string(c.Home) + " home now?\nGreen: yes. Anything red: read it before you move.",
		Height: 4, Widgets: []Widget{{Title: "Incidents", Alarms: composites},
			alarmsOf(c, "Nodes, quotas and keys", func(a Alarm) bool {
				return a.Concern == Nodes || a.Concern == Quota || a.Concern == Key || a.Concern == Inventory
			})}})
	var loss, ready [][2]string
	for _, st := range s.Stores {
		loss = append(loss, [2]string{st.Name + "-rpo", st.Name})
	}
	for _, a := range s.Agents {
		ready = append(ready, [2]string{a.Name + "-ready", a.Name})
	}
	b.Rows = append(b.Rows, c.row("## What would be lost, were the other home gone now?", true, loss...))
	b.Rows = append(b.Rows, c.row("## Is there somebody to take over? How long it takes: "+promised(s), true, ready...))
	return b
}

// promised says what each tier promises for the loss of a region.
func promised(s *system.System) string {
	text := ""
	for _, t := range s.Tiers {
		text += fmt.Sprintf("tier %s within %s. ", t.Name, t.Objectives[system.RegionLoss].RTO)
	}
	return text + "redoubt status forecasts it."
}

func tiers(s *system.System, c Catalogue) Board {
	b := Board{Part: "tiers", Title: "Tiers"}
	for _, t := range s.Tiers {
		r := c.row(fmt.Sprintf("## Tier %s: %g of the time, seen from the %s home", t.Name, promise(t), c.Home), false,
			[2]string{burnPart(t.Name, "fast", "long"), "Budget used, over an hour"},
			[2]string{burnPart(t.Name, "slow", "long"), "Budget used, over six hours"})
		r.Widgets = append(r.Widgets, alarmsOf(c, "Alarms of "+t.Name, func(a Alarm) bool { return a.Tier == t.Name }))
		b.Rows = append(b.Rows, r)
	}
	return b
}

func stores(s *system.System, c Catalogue) Board {
	b := Board{Part: "stores", Title: "Stores"}
	for _, st := range s.Stores {
		r := c.row(fmt.Sprintf("## %s (%s, tier %s)", st.Name, st.Kind, st.Tier), false,
			[2]string{st.Name + "-writes", "Takes writes"}, [2]string{st.Name + "-rpo", "Newest mark here"},
			[2]string{st.Name + "-lag", "Lag by AWS"}, [2]string{st.Name + "-" + string(Backup), "Newest backup"})
		if len(r.Widgets) > 0 {
			b.Rows = append(b.Rows, r)
		}
	}
	return b
}

func proofs(s *system.System, c Catalogue) Board {
	b := Board{Part: "proofs", Title: "Drills and other proofs"}
	b.Rows = append(b.Rows, c.row("## When was it last proved?", true, [2]string{"drill", "A drill held"}, [2]string{"measured", "A drill on AWS held"},
		[2]string{"forecast", "Measured by predicted"}, [2]string{"drift", "No drift"}))
	var tests [][2]string
	for _, st := range s.Stores {
		tests = append(tests, [2]string{st.Name + "-" + string(RestoreTest), st.Name})
	}
	b.Rows = append(b.Rows, c.row("## Last restore test of each store", true, tests...))
	return b
}

// The grid of a dashboard: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const (
	gridWidth    = 24
	headHeight   = 2
	widgetHeight = 6
	perLine      = 6
)

// Body is the board as CloudWatch reads it, for a region; arn makes a part its alarm's ARN. Values that begin with ${
// stand for what AWS makes up, as in the alarms.
func (b Board) Body(region string, arn func(part string) string) (string, error) {
	var widgets []map[string]any
	y := 0
	for _, r := range b.Rows {
		widgets = append(widgets, map[string]any{"type": "text", "x": 0, "y": y, "width": gridWidth, "height": headHeight,
			"properties": map[string]any{"markdown": r.Text}})
		y += headHeight
		height := r.Height
		if height == 0 {
			height = widgetHeight
		}
		across := min(max(len(r.Widgets), 1), perLine)
		for n, w := range r.Widgets {
			if n > 0 && n%across == 0 {
				y += height
			}
			widgets = append(widgets, map[string]any{"type": w.kind(), "x": n % across * (gridWidth / across), "y": y,
				"width": gridWidth / across, "height": height, "properties": w.properties(region, arn)})
		}
		y += height
	}
	text, err := json.Marshal(map[string]any{"widgets": widgets})
	return string(text), err
}

func (w Widget) kind() string {
	if len(w.Alarms) > 0 {
		return "alarm"
	}
	return "metric"
}

func (w Widget) properties(region string, arn func(string) string) map[string]any {
	if len(w.Alarms) > 0 {
		var all []string
		for _, part := range w.Alarms {
			all = append(all, arn(part))
		}
		return map[string]any{"title": w.Title, "alarms": all}
	}
	out := map[string]any{"title": w.Title, "region": region, "view": "timeSeries", "period": 60, "metrics": w.lines()}
	if w.Number {
		out["view"] = "singleValue"
	}
	if w.Limit != 0 && !w.Number {
		out["annotations"] = map[string]any{"horizontal": []any{map[string]any{"label": "alarm", "value": w.Limit}}}
	}
	return out
}

// lines are the metrics in the form of a dashboard: namespace, name, dimensions in turn, and how it is drawn.
func (w Widget) lines() []any {
	var out []any
	for n, q := range w.Queries {
		last := n == len(w.Queries)-1
		if q.Expression != "" {
			out = append(out, []any{map[string]any{"id": q.ID, "expression": q.Expression, "label": w.Title, "visible": last}})
			continue
		}
		line := []any{q.Metric.Namespace, q.Metric.Name}
		for _, dim := range sorted(q.Metric.Dimensions) {
			line = append(line, dim, q.Metric.Dimensions[dim])
		}
		out = append(out, append(line, map[string]any{"id": q.ID, "stat": q.Statistic, "visible": last, "label": w.Title}))
	}
	return out
}
