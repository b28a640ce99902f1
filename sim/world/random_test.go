package world_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

// randomly is a global table with a record beside it, and what may happen to them.
type randomly struct {
	*lab
	zone string
	// base is when the runs begin; calls and names are made once, because an act is known by where they are.
	base  time.Time
	calls map[string]world.Request
	names map[string]string
	// acts counts the acts that were asked for, in memory or not.
	acts int
}

// named is the one text that says so.
func (r *randomly) named(parts ...any) string {
	name := fmt.Sprint(parts...)
	if _, has := r.names[name]; !has {
		r.names[name] = name
	}
	r.acts++
	return r.names[name]
}

func newRandomly(t *testing.T) *randomly {
	t.Helper()
	r := &randomly{lab: globalTable(t), calls: map[string]world.Request{}, names: map[string]string{}}
	r.zone = r.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"}).ID
	r.keep(ireland, "0", "first")
	_, err := r.Call(r.change(0))
	require.NoError(t, err)
	r.pass(2 * time.Hour)
	r.base = r.Now()
	return r
}

// once is the call of a name.
func (r *randomly) once(name string, region, service, operation string, in doc) world.Request {
	if _, has := r.calls[name]; !has {
		r.calls[name] = world.Request{Region: region, Service: service, Operation: operation, Still: true, Input: in}
	}
	return r.calls[name]
}

func (r *randomly) change(host int) world.Request {
	return r.once(fmt.Sprint("change ", host), ireland, "route53", "ChangeResourceRecordSets", doc{"HostedZoneId": r.zone,
		"ChangeBatch": doc{"Changes": []any{doc{"Action": "UPSERT", "ResourceRecordSet": doc{"Name": "a.example.com", "Type": "CNAME",
			"TTL": 10, "ResourceRecords": []any{doc{"Value": fmt.Sprint(host)}}}}}}})
}

func (r *randomly) put(region string, key, value int) world.Request {
	return r.once(fmt.Sprint("put ", region, key, value), region, "dynamodb", "PutItem", doc{"TableName": "sessions",
		"Item": doc{"pk": attr(fmt.Sprint(key)), "sk": attr("-"), "value": attr(fmt.Sprint(value))}})
}

func (r *randomly) restore(region string, minute, n int) world.Request {
	return r.once(fmt.Sprint("restore ", region, minute, n), region, "dynamodb", "RestoreTableToPointInTime", doc{
		"SourceTableName": "sessions", "TargetTableName": fmt.Sprint("again", n),
		"RestoreDateTime": r.base.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)})
}

func (r *randomly) half(operation string) world.Request {
	in := doc{"RegionName": frankfurt}
	if operation == "Create" {
		in["KMSMasterKeyId"] = r.arn(frankfurt, "key")
	}
	return r.once(operation, ireland, "dynamodb", "UpdateTable", doc{"TableName": "sessions", "ReplicaUpdates": []any{doc{operation: in}}})
}

// step is one thing that happens; it returns what was told.
func (r *randomly) step(shape *rand.Rand, w *world.World, act func(string, world.Request) error) string {
	region := []string{ireland, frankfurt}[shape.IntN(2)]
	a, b := shape.IntN(3), shape.IntN(3)
	lines := []string{"corrupt sessions " + region, "clean sessions " + region, "partition " + ireland + " " + frankfurt,
		"heal " + ireland + " " + frankfurt, "region-down " + frankfurt, "region-up " + frankfurt}
	line := lines[shape.IntN(len(lines))]
	switch shape.IntN(6) {
	case 0:
		return code(act(r.named("put", region, a, b), r.put(region, a, b)))
	case 1:
		return code(act(r.named("restore", region, a, b), r.restore(region, a*6-1, b)))
	case 2:
		return code(act(r.named("change", a), r.change(a)))
	case 3:
		operation := []string{"Create", "Delete"}[a%2]
		return code(act(r.named(operation), r.half(operation)))
	case 4: // two changes and two items in one act
		said, err := w.Remember(world.Key{Act: world.TextOf(r.named("more", region, a, b))}, func() (any, error) {
			out := ""
			for n := range 2 {
				for _, call := range []world.Request{r.change((a + n) % 3), r.put(region, a, b)} {
					_, err := w.Call(call)
					out += code(err) + " "
				}
			}
			return out, nil
		})
		return fmt.Sprint(said, err)
	}
	f, err := fault.Parse(line)
	require.NoError(r.t, err)
	return line + code(w.Inject(f))
}

// look is what can be asked after a step.
func (r *randomly) look(w *world.World) string {
	said, err := w.Remember(world.Key{Act: world.TextOf("look")}, func() (any, error) {
		return w.Part(world.Key{Act: world.TextOf("part of a look")}, func() (any, error) {
			a, err := w.Resolve("a.example.com", "CNAME")
			return fmt.Sprint(a.Values), err
		})
	})
	out := fmt.Sprint(said, err)
	for n := range 3 {
		for _, region := range []string{ireland, frankfurt} {
			out += fmt.Sprint(w.Shows(region, fmt.Sprint("again", n), r.arn(ireland, "sessions"), r.base.Add(5*time.Minute)))
		}
	}
	return out
}

// TestMemory_randomRunsAreTheSame: the same things, at times and with draws of their own, in worlds with a memory and without
// one; what is on disk comes back.
func TestMemory_randomRunsAreTheSame(t *testing.T) {
	t.Parallel()
	r := newRandomly(t)
	f, seed := familyOf(r.lab), rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	for run := range uint64(200) {
		f.both(seed+run, func(w *world.World, act func(string, world.Request) error) any {
			shape, times := rand.New(rand.NewPCG(seed, run%20)), rand.New(rand.NewPCG(seed, run)) //nolint:gosec // of a property test
			var out []string
			for range 12 {
				wait := time.Duration(shape.IntN(300)) * time.Second
				if times.IntN(3) == 0 {
					wait += time.Duration(times.IntN(90_000)) * time.Millisecond
				}
				w.Advance(w.Now().Add(wait))
				out = append(out, r.step(shape, w, act), r.look(w))
			}
			w.Advance(w.Now().Add(3 * time.Hour))
			raw, err := w.Snapshot()
			require.NoError(t, err)
			back, err := world.Restore(raw)
			require.NoError(t, err)
			again, err := back.Snapshot()
			require.NoError(t, err)
			require.JSONEq(t, string(raw), string(again))
			return out
		})
	}
	done := 0
	for _, n := range f.done {
		done += n
	}
	t.Logf("%d of %d acts were done in worlds with a memory", done, r.acts/2)
	require.Less(t, done, r.acts/2*9/10, "the others were in it")
}
