package call

import (
	"fmt"

	"redoubt/system"
	"redoubt/system/waits"
)

// Declared are the settings of one call as system.yaml declares it, from the same sum from which the mesh takes its
// own (package system/budget): a caller that keeps to them never waits longer than its own callers allow it. What the
// file does not say keeps the default; a caller may be stricter (Within).
//
// meshed says that a proxy stands beside the caller. It tries an agent again that it could not reach, so the client does
// not: the attempts would multiply. Services outside are called past what a proxy can see, and are tried again here in any case.
//
// It is an error that the caller does not declare to call the callee.
func Declared(s *system.System, caller, callee string, meshed bool) (Settings, error) {
	d, err := waits.Of(s, caller, meshed)
	if err != nil {
		return Settings{}, fmt.Errorf("call %q: %w", callee, err)
	}
	return of(d, callee)
}

// Told are the same settings from what an agent's pod is told in the variable waits.Env, so that an agent in a cluster needs
// no system.yaml.
func Told(text, callee string) (Settings, error) {
	d, err := waits.Decode(text)
	if err != nil {
		return Settings{}, fmt.Errorf("call %q: %w", callee, err)
	}
	return of(d, callee)
}

func of(d waits.Document, callee string) (Settings, error) {
	w, declared := d.Callees[callee]
	if !declared {
		return Settings{}, fmt.Errorf("call %q: agent %q does not declare to call it: add it to calls or needs", callee, d.Agent)
	}
	out := Settings{Callee: callee, Budget: waits.Span(w.Total), PerTry: waits.Span(w.PerTry), Without: w.Without}
	switch {
	case w.Outside: // tried again as often as the library does
	case d.Meshed:
		out.PerTry, out.Retries = out.Budget, Off
	case w.Retries == 0:
		out.Retries = Off
	default:
		out.Retries = w.Retries
	}
	out.Backoff.Base = waits.Span(w.Backoff)
	return out.probing(), nil
}

// probing has the breaker wait for as long as an attempt may take.
func (s Settings) probing() Settings {
	s.Breaker.Open = max(s.Resolved().Breaker.Open, s.PerTry)
	return s
}

// Within are own settings for a declared call: what own does not say is as declared. It is an error when own waits
// longer than that, or tries more often.
func (s Settings) Within(own Settings) (Settings, error) {
	out := own
	out.Callee, out.Without = s.Callee, s.Without
	fill(&out.Budget, s.Budget)
	fill(&out.PerTry, min(s.PerTry, out.Budget))
	fill(&out.Retries, s.Retries)
	fill(&out.Backoff.Base, s.Backoff.Base)
	if out.Breaker.Open == 0 && out.Breaker.Failures != Off {
		out = out.probing()
	}
	switch {
	case out.Budget == Off || out.Budget > s.Budget:
		return out, fmt.Errorf("call %q: Budget is %s, want at most the %s that system.yaml allows", s.Callee, out.Budget, s.Budget)
	case out.Retries > max(s.Resolved().Retries, 0):
		return out, fmt.Errorf("call %q: Retries is %d, want at most the %d that system.yaml allows", s.Callee, out.Retries,
			max(s.Resolved().Retries, 0))
	}
	return out, nil
}
