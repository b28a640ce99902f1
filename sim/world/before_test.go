package world_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

// family are forks with a memory and without one, in which the same is done.
type family struct {
	t             *testing.T
	with, without *world.World
	// done counts the acts that were done in those with a memory.
	done map[string]int
}

func familyOf(l *lab) *family {
	return &family{t: l.t, with: l.World.Recall(world.NewMemory()), without: l.World, done: map[string]int{}}
}

// both does the same in a fork of either, which draws with a seed, and wants the same of them.
func (f *family) both(seed uint64, run func(w *world.World, act func(name string, call world.Request) error) any) any {
	f.t.Helper()
	var out [2]any
	var stands [2]string
	for n, from := range []*world.World{f.without, f.with} {
		w := from.Fork()
		require.NoError(f.t, w.Draw(seed))
		out[n] = run(w, func(name string, call world.Request) error {
			_, err := w.Remember(world.Key{Act: world.TextOf(name)}, func() (any, error) {
				f.done[name] += n
				_, err := w.Call(call)
				return nil, err
			})
			return err
		})
		stands[n] = content(f.t, w)
	}
	require.Equal(f.t, out[0], out[1], "seed %d", seed)
	require.Equal(f.t, stands[0], stands[1], "seed %d", seed)
	return out[1]
}

// A change of a record is one act, whenever it is made, and reaches the servers of each world in a time of its own.
func TestBefore_aRecordIsAnsweredAnewInItsOwnTime(t *testing.T) {
	t.Parallel()
	l := newLab(t, 44)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"}).ID
	change := func(host string) world.Request {
		return world.Request{Region: ireland, Service: "route53", Operation: "ChangeResourceRecordSets", Still: true,
			Input: doc{"HostedZoneId": zone, "ChangeBatch": doc{"Changes": []any{doc{"Action": "UPSERT", "ResourceRecordSet": doc{
				"Name": "a.example.com", "Type": "CNAME", "TTL": 10, "ResourceRecords": []any{doc{"Value": host}}}}}}}}
	}
	_, err := l.Call(change("old.example.net"))
	require.NoError(t, err)
	f, took := familyOf(l), map[any]bool{}
	typical := f.with.Fork()
	_, err = typical.Remember(world.Key{Act: world.TextOf("new")}, func() (any, error) { return typical.Call(change("new.example.net")) })
	require.NoError(t, err)
	a, err := typical.Resolve("a.example.com", "CNAME")
	require.NoError(t, err)
	require.Equal(t, []string{"new.example.net"}, a.Values, "at once where nothing is drawn")
	for seed := range uint64(5) {
		took[f.both(seed+1, func(w *world.World, act func(string, world.Request) error) any {
			w.Advance(w.Now().Add(time.Duration(seed) * time.Minute))
			require.NoError(t, act("new", change("new.example.net")))
			began := w.Now()
			for {
				a, err := w.Remember(world.Key{Act: world.TextOf("ask")}, func() (any, error) {
					return w.Part(world.Key{Act: world.TextOf("part")}, func() (any, error) {
						a, err := w.Resolve("a.example.com", "CNAME")
						return a.Values[0], err
					})
				})
				require.NoError(t, err)
				if a == "new.example.net" {
					return w.Now().Sub(began)
				}
				require.Equal(t, "old.example.net", a)
				require.Less(t, w.Now().Sub(began), time.Hour)
				w.Advance(w.Now().Add(time.Second))
			}
		})] = true
	}
	assert.Equal(t, 1, f.done["new"])
	assert.Len(t, took, 5, "each drew its own")
}

// Two changes of one record in an act, and who asks for it within the act, are told as without a memory.
func TestBefore_whatAnActChangesTwiceIsAsTheLastChange(t *testing.T) {
	t.Parallel()
	l := newLab(t, 45)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"}).ID
	change := func(hosts ...string) world.Request {
		var all []any
		for _, host := range hosts {
			all = append(all, doc{"Action": "UPSERT", "ResourceRecordSet": doc{"Name": "a.example.com", "Type": "CNAME",
				"TTL": 10, "ResourceRecords": []any{doc{"Value": host}}}})
		}
		return world.Request{Region: ireland, Service: "route53", Operation: "ChangeResourceRecordSets", Still: true,
			Input: doc{"HostedZoneId": zone, "ChangeBatch": doc{"Changes": all}}}
	}
	_, err := l.Call(change("first.example.net"))
	require.NoError(t, err)
	f := familyOf(l)
	for seed := range uint64(6) {
		f.both(seed+1, func(w *world.World, act func(string, world.Request) error) any {
			require.NoError(t, act("batch", change("second.example.net", "third.example.net")))
			now, err := w.Resolve("a.example.com", "CNAME")
			require.NoError(t, err)
			require.Equal(t, []string{"first.example.net"}, now.Values)
			said, err := w.Remember(world.Key{Act: world.TextOf("twice")}, func() (any, error) {
				var out []string
				for _, host := range []string{"fourth.example.net", "fifth.example.net"} {
					if _, err := w.Call(change(host)); err != nil {
						return nil, err
					}
					a, err := w.Resolve("a.example.com", "CNAME")
					if err != nil {
						return nil, err
					}
					out = append(out, a.Values...)
				}
				return out, nil
			})
			require.NoError(t, err)
			out := []any{said}
			for range 40 {
				w.Advance(w.Now().Add(10 * time.Second))
				a, err := w.Resolve("a.example.com", "CNAME")
				require.NoError(t, err)
				out = append(out, a.Values)
			}
			require.Equal(t, []string{"fifth.example.net"}, out[len(out)-1])
			return out
		})
	}
}

// What a fault does when it comes is known in each fork in which it comes, and one that cannot come changes nothing.
func TestMemory_aFaultComesInEachFork(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	l.instance(ireland, 2)
	f, took := familyOf(l), map[any]bool{}
	zone := world.Zones(ireland)[0]
	for seed := range uint64(6) {
		took[f.both(seed+1, func(w *world.World, _ func(string, world.Request) error) any {
			w.Advance(w.Now().Add(time.Duration(seed%3) * time.Minute))
			lost, err := fault.Parse("zone-down " + zone)
			require.NoError(t, err)
			nobody, err := fault.Parse("writer-down " + ireland + " nobody")
			require.NoError(t, err)
			require.Equal(t, "DBClusterNotFoundFault", code(w.Inject(nobody)))
			require.NoError(t, w.Inject(lost))
			require.Equal(t, []fault.Fault{lost}, w.Faults())
			began := w.Now()
			require.Error(t, w.Writes(ireland, "db-"+ireland))
			for w.Writes(ireland, "db-"+ireland) != nil {
				w.Advance(w.Now().Add(time.Second))
				require.Less(t, w.Now().Sub(began), time.Hour)
			}
			require.Equal(t, "DBClusterNotFoundFault", code(w.Inject(nobody)))
			return w.Now().Sub(began)
		})] = true
	}
	assert.Greater(t, len(took), 3, "each drew its own")
}

// A restore is one act where the backups reach its moment, however far they do, and is refused where they do not: what an
// item was then is what each world had then.
func TestBefore_aRestoreTakesWhatEachWorldHadThen(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "k", "good")
	l.pass(time.Hour)
	moment := l.Now().Add(10 * time.Minute)
	restore := world.Request{Region: ireland, Service: "dynamodb", Operation: "RestoreTableToPointInTime", Still: true,
		Input: doc{"SourceTableName": "sessions", "TargetTableName": "again", "RestoreDateTime": moment.Format(time.RFC3339)}}
	put := world.Request{Region: ireland, Service: "dynamodb", Operation: "PutItem", Still: true,
		Input: doc{"TableName": "sessions", "Item": doc{"pk": attr("k"), "sk": attr("-"), "value": attr("bad")}}}
	f, seen := familyOf(l), map[string]int{}
	for _, minutes := range []int{9, 11, 12, 8} { // when it is spoilt
		for seed := range uint64(4) {
			for _, after := range []time.Duration{4 * time.Minute, 5*time.Minute + 13*time.Second, time.Hour} {
				seen[f.both(seed+1, func(w *world.World, act func(string, world.Request) error) any {
					w.Advance(w.Now().Add(time.Duration(minutes) * time.Minute))
					require.NoError(t, act("put", put))
					w.Advance(moment.Add(after))
					if err := act("restore", restore); err != nil {
						return code(err)
					}
					w.Advance(w.Now().Add(12 * time.Hour))
					out, err := w.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "GetItem",
						Input: doc{"TableName": "again", "Key": doc{"pk": attr("k"), "sk": attr("-")}}})
					require.NoError(t, err)
					return fmt.Sprint(out["Item"].(doc)["value"])
				}).(string)]++
			}
		}
	}
	assert.Greater(t, seen["InvalidRestoreTimeException"], 5)
	assert.Equal(t, seen["map[S:good]"], seen["map[S:bad]"])
	assert.Greater(t, seen["map[S:good]"], 10)
	assert.LessOrEqual(t, f.done["restore"]-seen["InvalidRestoreTimeException"], 4, "once for each time at which it was spoilt")
	_, err := l.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "RestoreTableToPointInTime",
		Input: doc{"SourceTableName": "sessions", "TargetTableName": "long ago", "RestoreDateTime": "2020-01-01T00:00:00Z"}})
	assert.Equal(t, "InvalidRestoreTimeException", code(err))
	l.pass(20 * 24 * time.Hour)
	err = l.try(ireland, "dynamodb", "RestoreTableToPointInTime", restore.Input)
	assert.Equal(t, "InvalidRestoreTimeException", code(err), "14 days are kept")
}

// A restore of a database is one act where its backups reach the moment.
func TestBefore_aDatabaseIsRestoredAlikeHoweverFarItsBackupsReach(t *testing.T) {
	t.Parallel()
	l := standAlone(t)
	moment := l.Now()
	f, seen := familyOf(l), map[any]int{}
	for seed := range uint64(6) {
		for _, after := range []time.Duration{3 * time.Minute, time.Hour, 9 * 24 * time.Hour} {
			seen[f.both(seed+1, func(w *world.World, act func(string, world.Request) error) any {
				w.Advance(moment.Add(after))
				err := act("restore", world.Request{Region: ireland, Service: "rds", Operation: "RestoreDBClusterToPointInTime", Still: true,
					Input: doc{"DBClusterIdentifier": "db-g2", "SourceDBClusterIdentifier": "db", "RestoreToTime": moment.Format(time.RFC3339)}})
				w.Advance(w.Now().Add(24 * time.Hour))
				return code(err)
			})]++
		}
	}
	assert.GreaterOrEqual(t, seen["InvalidParameterValue"], 6, "seven days are kept")
	assert.GreaterOrEqual(t, seen["<nil>"], 6)
	assert.Equal(t, 1, f.done["restore"]-seen["InvalidParameterValue"])
}

// A half that a plan makes again is made alike in each fork, with the times that its items have there. One act makes an item
// and copies it.
func TestBefore_aCopyIsMadeAlikeWithTheTimesOfEachWorld(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	l.keys()
	l.make(ireland, "sessions", dynamoTable, l.sessions())
	f := familyOf(l)
	copied := world.Request{Region: ireland, Service: "dynamodb", Operation: "UpdateTable", Still: true, Input: doc{"TableName": "sessions",
		"ReplicaUpdates": []any{doc{"Create": doc{"RegionName": frankfurt, "KMSMasterKeyId": l.arn(frankfurt, "key")}}}}}
	put := func(key string) world.Request {
		return world.Request{Region: ireland, Service: "dynamodb", Operation: "PutItem", Still: true,
			Input: doc{"TableName": "sessions", "Item": doc{"pk": attr(key), "sk": attr("-")}}}
	}
	for _, minutes := range []int{1, 90, 2} {
		for _, alone := range []bool{true, false} {
			f.both(1, func(w *world.World, act func(string, world.Request) error) any {
				require.NoError(t, act("put", put("k")))
				w.Advance(w.Now().Add(time.Duration(minutes) * time.Minute))
				if alone {
					require.NoError(t, act("copy", copied))
					return nil
				}
				_, err := w.Remember(world.Key{Act: world.TextOf("both")}, func() (any, error) {
					if _, err := w.Call(put("other")); err != nil {
						return nil, err
					}
					return w.Call(copied)
				})
				require.NoError(t, err)
				return nil
			})
		}
	}
	assert.Equal(t, 1, f.done["copy"])
}

// A change of a record that an older program left under way goes on, and one that was drawn is not repeated where nothing is.
func TestBefore_aRecordGoesOnAfterAnOlderProgramAndInAWorldThatDoesNotDraw(t *testing.T) {
	t.Parallel()
	l := newLab(t, 44)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"}).ID
	change := func(w *world.World, host string) {
		_, err := w.Remember(world.Key{Act: world.TextOf("change")}, func() (any, error) {
			return w.Call(world.Request{Region: ireland, Service: "route53", Operation: "ChangeResourceRecordSets", Still: true,
				Input: doc{"HostedZoneId": zone, "ChangeBatch": doc{"Changes": []any{doc{"Action": "UPSERT", "ResourceRecordSet": doc{
					"Name": "a.example.com", "Type": "CNAME", "TTL": 10, "ResourceRecords": []any{doc{"Value": host}}}}}}}})
		})
		require.NoError(t, err)
	}
	change(l.World, "old.example.net")
	family := l.Recall(world.NewMemory())
	drawing, typical, plain := family.Fork(), family.Fork(), l.Fork()
	require.NoError(t, drawing.Draw(1))
	for _, w := range []*world.World{drawing, typical, plain} {
		change(w, "new.example.net")
	}
	require.JSONEq(t, content(t, plain), content(t, typical))

	raw, err := drawing.Snapshot()
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(raw, &all))
	for _, e := range all["entities"].([]any) {
		if out := e.(doc)["out"].(doc); out["AnswersAsUntil"] != nil {
			out["AnswersAs"] = doc{"Until": out["AnswersAsUntil"], "Was": out["AnswersAs"]}
			delete(out, "AnswersAsUntil")
		}
	}
	old, err := json.Marshal(all)
	require.NoError(t, err)
	require.NotEqual(t, len(raw), len(old))
	w, err := world.Restore(old)
	require.NoError(t, err)
	require.Equal(t, content(t, drawing), content(t, w))
}

// A world with a memory and a log tells the log what a fault did.
func TestMemory_theLogHasWhatAFaultDid(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "k", "v")
	w, back := l.Recall(world.NewMemory()), l.Fork()
	w.SetLog(back.Apply)
	damage, err := fault.Parse("corrupt sessions " + ireland)
	require.NoError(t, err)
	require.NoError(t, w.Inject(damage))
	require.Error(t, w.Content(ireland, "sessions"))
	require.Error(t, back.Content(ireland, "sessions"))
}
