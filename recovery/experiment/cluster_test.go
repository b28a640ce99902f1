package experiment_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory/objects"
	"redoubt/recovery/execute"
	"redoubt/recovery/experiment"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/system/experiments"
)

// cluster is an API server with what a controller manager does about Jobs: one whose time is over goes, with all that it
// owns. tests/kube holds the real ones to that.
type cluster struct {
	objects map[string]doc
	began   time.Time
	refuse  string
	// most is how long an experiment's object has stood at most.
	most time.Duration
}

func (c *cluster) call(now time.Time, k plan.Call) (plan.Document, error) {
	if c.objects == nil {
		c.objects = map[string]doc{}
	}
	c.pass(now)
	kind, _ := k.Input["Kind"].(string)
	object, there := c.objects[kind]
	switch {
	case c.refuse != "" && k.Operation == c.refuse:
		return nil, &execute.ClassError{Class: execute.Denied, Err: errors.New("you may not")}
	case k.Operation == "List":
		return doc{"items": []any{doc{"metadata": doc{"name": "memory-b"}}, doc{"metadata": doc{"name": "memory-a"}}}}, nil
	case k.Operation == "Apply":
		object = doc{"uid": fmt.Sprint("uid-", kind), "object": k.Input["Object"]}
		if c.objects[kind] = object; kind == experiments.SwitchKind {
			c.began = now
		}
		return doc{"metadata": doc{"name": k.Input["Name"], "uid": object["uid"]}}, nil
	case !there:
		return nil, &execute.ClassError{Class: execute.NotFound, Err: fmt.Errorf("no %s %s", kind, k.Input["Name"])}
	case k.Operation == "Delete":
		c.end(kind)
	case k.Operation == "Patch":
		spec := object["object"].(doc)["spec"].(doc)
		maps.Copy(spec, k.Input["Patch"].(doc)["spec"].(doc))
	}
	return object, nil
}

// pass ends the switch whose time is over.
func (c *cluster) pass(now time.Time) {
	if c.began.IsZero() {
		return
	}
	if len(c.objects) > 1 {
		c.most = max(c.most, now.Sub(c.began))
	}
	if job, there := c.objects[experiments.SwitchKind]; there {
		seconds := job["object"].(doc)["spec"].(doc)["activeDeadlineSeconds"].(int)
		if now.Sub(c.began) > time.Duration(seconds)*time.Second {
			c.end(experiments.SwitchKind)
		}
	}
}

// end takes an object away with all that it owns.
func (c *cluster) end(kind string) {
	uid := c.objects[kind]["uid"]
	delete(c.objects, kind)
	for other, o := range c.objects {
		meta := o["object"].(doc)["metadata"].(doc)
		owners, _ := meta["ownerReferences"].([]any)
		if slices.ContainsFunc(owners, func(w any) bool { return w.(doc)["uid"] == uid }) {
			delete(c.objects, other)
		}
	}
}

// exported is what an export of the namespace would keep of what stands there.
func (c *cluster) exported(t *testing.T) []objects.Object {
	t.Helper()
	var found []objects.Object
	for kind, o := range c.objects {
		whole := maps.Clone(o["object"].(doc))
		meta := maps.Clone(whole["metadata"].(doc))
		meta["name"], meta["namespace"] = experiments.ObjectName, "atlas"
		whole["apiVersion"], whole["kind"], whole["metadata"] = "networking.istio.io/v1", kind, meta
		raw, err := json.Marshal(whole)
		require.NoError(t, err)
		var out objects.Object
		require.NoError(t, json.Unmarshal(raw, &out))
		found = append(found, out)
	}
	return objects.Keep("atlas", found).Items
}

func (c *cluster) kinds(now time.Time) []string {
	c.pass(now)
	return slices.Sorted(maps.Keys(c.objects))
}

func TestLead_setsInTheClusterAndTakesItAway(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pod-network-latency", "pod-network-blackhole", "pod-errors", "dependency-lost", "call-errors", "call-latency"} {
		e := named(t, name)
		l, seen := newLab(t, e), map[string]int{}
		here := l.clusters[system.Primary]
		l.after = func(now time.Time) {
			raw, err := json.Marshal(here.objects)
			require.NoError(t, err)
			if seen[fmt.Sprint(here.kinds(now))]++; len(here.objects) == 2 {
				assert.Regexp(t, `"NAME":"memory-a"|"outbound\|8085\|\|memory\.[a-z.]+"|"hosts":\["[a-z.-]+"\]`, string(raw))
				assert.Empty(t, here.exported(t), "what is broken on purpose is not kept as the home's own")
				assert.NotRegexp(t, `\{[a-z]+\}`, string(raw), "a word that nobody knows")
			}
		}
		r, err := l.lead(e)
		require.NoError(t, err)
		assert.True(t, r.Passed(), "%v", r.Wrong)
		both := []string{e.Fault.Objects[0].Kind, "Job"}
		slices.Sort(both)
		assert.Len(t, seen, 2, "%v", seen)
		assert.GreaterOrEqual(t, seen[fmt.Sprint(both)], int(e.Fault.Lasts/time.Minute)-1, "%s: %v", name, seen)
		assert.LessOrEqual(t, here.most, e.Fault.Lasts+time.Minute, "no longer than declared")
		assert.Empty(t, here.kinds(l.Now()))
		assert.Empty(t, l.clusters[system.Secondary].objects)
	}
}

// TestSet_goesByItselfWithoutADrill: a drill that was killed holds nothing any more.
func TestSet_goesByItselfWithoutADrill(t *testing.T) {
	t.Parallel()
	e := named(t, "pod-errors")
	l := newLab(t, e)
	here := l.clusters[system.Primary]
	require.NoError(t, l.control().Set(t.Context(), system.Primary, e.Name, e.Fault.Objects))
	from := l.Now()
	for range 10 {
		require.NoError(t, l.Sleep(t.Context(), 2*time.Minute))
		require.NoError(t, l.control().Hold(t.Context(), system.Primary, l.Now().Sub(from)))
	}
	assert.Equal(t, []string{"EnvoyFilter", "Job"}, here.kinds(l.Now()), "held for 20 minutes")
	require.NoError(t, l.Sleep(t.Context(), 4*time.Minute))
	assert.Empty(t, here.kinds(l.Now()))
	assert.Equal(t, execute.NotFound, execute.ClassOf(l.control().Hold(t.Context(), system.Primary, 0)))
}

// TestLead_takesItAwayWhenSomethingStops: the lever or a guard stops the service's part, and the drill sees it.
func TestLead_takesItAwayWhenSomethingStops(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(*lab) error{
		"the lever, or a guard": func(l *lab) error {
			for _, one := range l.running(system.Primary) {
				if _, err := l.control().Stop(l.t.Context(), system.Primary, one.ID); err != nil {
					return err
				}
			}
			return nil
		},
		"somebody, all":            func(l *lab) error { _, err := l.control().StopAll(l.t.Context()); return err },
		"somebody, in the cluster": func(l *lab) error { return l.control().Unset(l.t.Context(), system.Primary) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := named(t, "pod-errors")
			l, at := newLab(t, e), time.Time{}
			l.after = func(now time.Time) {
				if at.IsZero() && !l.from.IsZero() && now.Sub(l.from) >= 4*time.Minute {
					at = now
					assert.NoError(t, stop(l))
				}
				if !at.IsZero() && now.Sub(at) > time.Minute {
					assert.Empty(t, l.clusters[system.Primary].kinds(now))
				}
			}
			r, err := l.lead(e)
			require.NoError(t, err)
			assert.False(t, r.Passed())
			assert.Regexp(t, "the experiment is stopped|taken away before its time", r.Wrong[len(r.Wrong)-1])
			assert.Empty(t, l.running(system.Primary))
		})
	}
}

func TestLead_takesBackWhatItCannotSet(t *testing.T) {
	t.Parallel()
	e := named(t, "pod-errors")
	l := newLab(t, e)
	l.clusters[system.Primary].refuse = "Apply"
	l.clusters[system.Primary].objects = map[string]doc{}
	_, err := l.lead(e)
	require.ErrorContains(t, err, "set the switch: ")
	assert.Empty(t, l.running(system.Primary))

	l = newLab(t, e)
	deny := &denying{Port: l}
	c := l.control()
	c.Port = deny
	require.ErrorContains(t, c.Set(t.Context(), system.Primary, e.Name, e.Fault.Objects), "set the EnvoyFilter: ")
	assert.Empty(t, l.clusters[system.Primary].objects, "the switch is gone, too")
}

// denying lets nobody set a filter.
type denying struct{ plan.Port }

func (d *denying) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Operation == "Apply" && c.Input["Kind"] == "EnvoyFilter" {
		return nil, &execute.ClassError{Class: execute.Denied, Err: errors.New("you may not")}
	}
	return d.Port.Call(ctx, c)
}

// TestStopAll_takesAwayWhatADeadDrillLeft in both homes, also where the service knows of nothing.
func TestStopAll_takesAwayWhatADeadDrillLeft(t *testing.T) {
	t.Parallel()
	e := named(t, "dependency-lost")
	l := newLab(t, e)
	for _, home := range system.Homes {
		require.NoError(t, l.control().Set(t.Context(), home, e.Name, e.Fault.Objects))
	}
	_, err := l.lead(named(t, "pod-errors"))
	require.ErrorContains(t, err, "declares no template of it")
	for _, home := range system.Homes {
		require.NoError(t, l.control().Set(t.Context(), home, e.Name, e.Fault.Objects))
	}
	_, err = experiment.Open(t.Context(), l.control(), l.sys, e, system.Primary, "token")
	require.ErrorContains(t, err, "has a VirtualService, Job of another drill")
	_, err = l.control().StopAll(t.Context())
	require.NoError(t, err)
	for _, home := range system.Homes {
		assert.Empty(t, l.clusters[home].objects)
	}
}
