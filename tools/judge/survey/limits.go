package survey

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"redoubt/sim/schema"
	"redoubt/tools/judge/names"
	"redoubt/tools/judge/upstream"
)

// What the refusals of validators look like.
var (
	oneOf     = regexp.MustCompile(`to be one of:? \[([^\]]*)\]|must be one of: \[([^\]]*)\]|Valid Values: \[([^\]]*)\]`)
	quoted    = regexp.MustCompile(`"([^"]*)"`)
	pattern   = regexp.MustCompile(`doesn't comply with restrictions \(("(?:[^"\\]|\\.)*")\)`)
	textRange = regexp.MustCompile(`expected length of \S+ to be in the range \((\d+) - (\d+)\)`)
	longest   = regexp.MustCompile(`(?:cannot be longer than|cannot be greater than|string length must be between \d+ and) (\d+)`)
	between   = regexp.MustCompile(`to be in the range \((-?\d+) - (-?\d+)\)`)
	lowest    = regexp.MustCompile(`to be at least \((-?\d+)\)`)
	highest   = regexp.MustCompile(`to be at most \((-?\d+)\)`)
	fewest    = regexp.MustCompile(`requires (\d+) items? minimum`)
	prefix    = regexp.MustCompile(`^[a-z0-9_.]+: `)
	most      = regexp.MustCompile(`supports (\d+) items? maximum`)
)

// several lists properties with alternative validators, of which one is
// enough: what each of them refuses says nothing of the whole.
var several = map[string]bool{
	"aws_backup_restore_testing_plan.recovery_point_selection.exclude_vaults": true,
	"aws_backup_restore_testing_plan.recovery_point_selection.include_vaults": true,
	"aws_cloudwatch_metric_alarm.metric_query.metric.stat":                    true,
	"aws_rds_cluster.engine": true,
}

const nonsense = "~no sense~ !"

// limits reads off the provider's refusals what it takes for a property.
func (p *Prober) limits(ctx context.Context, resource string, top []names.Field, way []step, prop *schema.Prop) error {
	f := way[len(way)-1].field
	prop.Set = f.Type.IsSetType()
	prop.MinItems, prop.MaxItems = int(f.MinItems), int(f.MaxItems)
	if len(f.Fields) > 0 || several[way[len(way)-1].path] {
		return nil
	}
	ask := func(value any) ([]string, error) { return p.refusals(ctx, resource, top, way, value) }
	element := f.Type
	if f.Collection() {
		if err := counts(ask, f, prop); err != nil {
			return err
		}
		element = f.Type.ElementType()
		one := ask
		ask = func(value any) ([]string, error) { return one([]any{value}) }
	}
	var found schema.Limits
	var err error
	switch element {
	case cty.String:
		err = texts(ask, &found)
	case cty.Number:
		err = numbers(ask, &found)
	}
	if !isZero(found) {
		prop.Limits = &found
	}
	return err
}

func isZero(l schema.Limits) bool {
	return len(l.OneOf) == 0 && l.Pattern == "" && l.Format == "" && l.MaxLength == 0 && !l.NoEmpty && l.Min == nil && l.Max == nil
}

// refusals returns what the provider says of the value and says neither of a
// harmless one nor when the property is left out: the rest is about others.
func (p *Prober) refusals(ctx context.Context, resource string, top []names.Field, way []step, value any) ([]string, error) {
	last := way[len(way)-1]
	said, err := p.validate(ctx, resource, config(resource, top, way, value))
	if err != nil {
		return nil, err
	}
	for _, other := range []any{nil, sample(last.path, last.field, 0)} {
		about, err := p.validate(ctx, resource, config(resource, top, way, other))
		if err != nil {
			return nil, err
		}
		said = slices.DeleteFunc(said, func(m string) bool { return slices.Contains(about, m) })
	}
	return said, nil
}

func (p *Prober) validate(ctx context.Context, resource string, in map[string]any) ([]string, error) {
	err := p.provider.Validate(ctx, resource, in)
	var refused *upstream.Refusal
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &refused):
		// The path is cut off: inside a block the provider names any of its properties.
		var texts []string
		for _, message := range refused.Messages {
			texts = append(texts, prefix.ReplaceAllString(message, ""))
		}
		slices.Sort(texts)
		return slices.Compact(texts), nil
	}
	return nil, err
}

type asking func(value any) ([]string, error)

func texts(ask asking, out *schema.Limits) error {
	said, err := ask(nonsense)
	if err != nil {
		return err
	}
	all := strings.Join(said, "\n")
	about := slices.DeleteFunc(slices.Clone(said), relation)
	switch {
	case len(about) == 1 && oneOf.MatchString(all):
		out.OneOf = values(all)
	case strings.Contains(all, "is an invalid ARN"):
		out.Format = "arn"
	case strings.Contains(all, "invalid JSON"):
		out.Format = "json"
	case strings.Contains(all, "valid CIDR block"):
		out.Format = "cidr"
	case strings.Contains(all, "AWS Account ID") || strings.Contains(all, "valid AWS account ID"):
		out.Format = "account"
	case len(about) == 1 && pattern.MatchString(all):
		if out.Pattern, err = strconv.Unquote(pattern.FindStringSubmatch(all)[1]); err != nil {
			return err
		}
	}
	if len(out.OneOf) > 0 {
		said, err := ask(swapCase(out.OneOf[0]))
		if err != nil {
			return err
		}
		out.AnyCase = !oneOf.MatchString(strings.Join(said, "\n"))
	}
	return lengths(ask, out)
}

func lengths(ask asking, out *schema.Limits) error {
	said, err := ask("")
	if err != nil {
		return err
	}
	out.NoEmpty = slices.ContainsFunc(said, func(m string) bool { return !relation(m) })
	if said, err = ask(strings.Repeat("a", 20000)); err != nil {
		return err
	}
	all := strings.Join(said, "\n")
	if found := textRange.FindStringSubmatch(all); found != nil {
		out.MaxLength, _ = strconv.Atoi(found[2]) // the expression matches digits only
	} else if found := longest.FindStringSubmatch(all); found != nil {
		out.MaxLength, _ = strconv.Atoi(found[1])
	}
	return nil
}

// relation reports whether a refusal is about other properties.
func relation(message string) bool {
	for _, words := range []string{"onflict", "Missing required argument", "Invalid combination", "required argument is missing",
		"Invalid Attribute Combination"} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

func values(message string) []string {
	found := oneOf.FindStringSubmatch(message)
	list := found[1] + found[2] + found[3]
	var out []string
	for _, match := range quoted.FindAllStringSubmatch(list, -1) {
		out = append(out, match[1])
	}
	if out == nil {
		out = strings.Fields(strings.ReplaceAll(list, ",", " "))
	}
	return out
}

func swapCase(s string) string {
	if upper := strings.ToUpper(s); upper != s {
		return upper
	}
	return strings.ToLower(s)
}

func numbers(ask asking, out *schema.Limits) error {
	for _, probe := range []float64{-1e9, 1e9} {
		said, err := ask(probe)
		if err != nil {
			return err
		}
		own := strconv.FormatFloat(math.Abs(probe), 'f', -1, 64)
		said = slices.DeleteFunc(said, func(m string) bool { return !strings.Contains(m, own) })
		if len(said) > 1 {
			continue // several validators of which one is enough: a rule by hand says more
		}
		all := strings.Join(said, "\n")
		if found := between.FindStringSubmatch(all); found != nil {
			out.Min, out.Max = parsed(found[1]), parsed(found[2])
		} else if found := lowest.FindStringSubmatch(all); found != nil {
			out.Min = parsed(found[1])
		} else if found := highest.FindStringSubmatch(all); found != nil {
			out.Max = parsed(found[1])
		}
	}
	return nil
}

func parsed(digits string) *float64 {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.Abs(n) > 1e8 {
		return nil // a bound as wide as the number itself is none
	}
	return &n
}

func counts(ask asking, f names.Field, prop *schema.Prop) error {
	if f.Type.ElementType() != cty.String {
		return nil
	}
	many := make([]any, 600)
	for i := range many {
		many[i] = fmt.Sprintf("element-%d", i)
	}
	for _, probe := range [][]any{{}, many} {
		said, err := ask(probe)
		if err != nil {
			return err
		}
		all := strings.Join(said, "\n")
		if found := fewest.FindStringSubmatch(all); found != nil {
			prop.MinItems, _ = strconv.Atoi(found[1]) // the expression matches digits only
		}
		if found := most.FindStringSubmatch(all); found != nil {
			prop.MaxItems, _ = strconv.Atoi(found[1])
		}
	}
	return nil
}
