package flags

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/open-feature/go-sdk/openfeature"

	"redoubt/system/flags"
)

// Hooks are none.
func (p *Provider) Hooks() []openfeature.Hook { return nil }

// BooleanEvaluation is whether the flag is enabled, or an attribute of it: "planner" or
// "planner.dry-run".
func (p *Provider) BooleanEvaluation(
	_ context.Context, flag string, standard bool, _ openfeature.FlattenedContext,
) openfeature.BoolResolutionDetail {
	return evaluate(p, orEnabled(flag), standard)
}

// StringEvaluation is an attribute of a flag: "planner.level".
func (p *Provider) StringEvaluation(
	_ context.Context, flag, standard string, _ openfeature.FlattenedContext,
) openfeature.StringResolutionDetail {
	return evaluate(p, flag, standard)
}

// FloatEvaluation is a number of a flag.
func (p *Provider) FloatEvaluation(
	_ context.Context, flag string, standard float64, _ openfeature.FlattenedContext,
) openfeature.FloatResolutionDetail {
	return evaluate(p, flag, standard)
}

// IntEvaluation is a whole number of a flag; JSON knows only one kind of number.
func (p *Provider) IntEvaluation(
	_ context.Context, flag string, standard int64, _ openfeature.FlattenedContext,
) openfeature.IntResolutionDetail {
	f := evaluate(p, flag, float64(standard))
	if f.Value != float64(int64(f.Value)) {
		why := openfeature.NewTypeMismatchResolutionError(fmt.Sprintf("%s is %v, want a whole number", flag, f.Value))
		return openfeature.IntResolutionDetail{Value: standard, ProviderResolutionDetail: wrong(why)}
	}
	return openfeature.IntResolutionDetail{Value: int64(f.Value), ProviderResolutionDetail: f.ProviderResolutionDetail}
}

// ObjectEvaluation is a whole flag: its attributes, and enabled among them.
func (p *Provider) ObjectEvaluation(
	_ context.Context, flag string, standard any, _ openfeature.FlattenedContext,
) openfeature.InterfaceResolutionDetail {
	value, detail := p.find(flag)
	if detail.Error() != nil {
		return openfeature.InterfaceResolutionDetail{Value: standard, ProviderResolutionDetail: detail}
	}
	return openfeature.InterfaceResolutionDetail{Value: value.Map(), ProviderResolutionDetail: detail}
}

// orEnabled is the attribute that a flag is when only the flag is named.
func orEnabled(flag string) string {
	if strings.Contains(flag, ".") {
		return flag
	}
	return flag + ".enabled"
}

// evaluate finds FLAG.ATTRIBUTE, of the type of the default.
func evaluate[T any](p *Provider, name string, standard T) openfeature.GenericResolutionDetail[T] {
	flag, attribute, _ := strings.Cut(name, ".")
	value, detail := p.find(flag)
	if detail.Error() != nil {
		return openfeature.GenericResolutionDetail[T]{Value: standard, ProviderResolutionDetail: detail}
	}
	found, there := value.Map()[attribute]
	typed, is := found.(T)
	switch {
	case !there:
		why := fmt.Sprintf("flag %q has no attribute %q", flag, attribute)
		detail = wrong(openfeature.NewFlagNotFoundResolutionError(why))
	case !is:
		why := fmt.Sprintf("%s is %v, want a %T", name, found, standard)
		detail = wrong(openfeature.NewTypeMismatchResolutionError(why))
	default:
		return openfeature.GenericResolutionDetail[T]{Value: typed, ProviderResolutionDetail: detail}
	}
	return openfeature.GenericResolutionDetail[T]{Value: standard, ProviderResolutionDetail: detail}
}

// Stale is the metadata of an evaluation that stands on flags which are too old.
const Stale = "stale"

// find is one flag as it was last seen.
func (p *Provider) find(flag string) (flags.Value, openfeature.ProviderResolutionDetail) {
	p.mu.Lock()
	defer p.mu.Unlock()
	value, there := p.values[flag]
	switch {
	case p.at.IsZero():
		why := "nothing was read yet from " + p.source.Name()
		return value, wrong(openfeature.NewProviderNotReadyResolutionError(why))
	case !there:
		why := fmt.Sprintf("no flag %q in %s", flag, p.source.Name())
		return value, wrong(openfeature.NewFlagNotFoundResolutionError(why))
	case p.stale:
		return value, openfeature.ProviderResolutionDetail{
			Reason: openfeature.CachedReason, FlagMetadata: openfeature.FlagMetadata{Stale: true}}
	default:
		return value, openfeature.ProviderResolutionDetail{Reason: openfeature.StaticReason}
	}
}

func wrong(err openfeature.ResolutionError) openfeature.ProviderResolutionDetail {
	return openfeature.ProviderResolutionDetail{ResolutionError: err, Reason: openfeature.ErrorReason}
}

// changes are the names of the flags that differ, in their order.
func changes(a, b flags.Values) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(union(a, b))) {
		if !reflect.DeepEqual(a[name], b[name]) {
			out = append(out, name)
		}
	}
	return out
}

func union(a, b flags.Values) flags.Values {
	all := flags.Values{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}
