//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"redoubt/internal/awsport"
	"redoubt/internal/clock"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Port makes the calls of plans on the pair. What moto serves goes to it by the port that calls
// AWS; what has a process here in AWS's stead is answered below, in AWS's names.
func (p *Pair) Port() plan.Port {
	out := port{pair: p, aws: map[system.Home]*awsport.Port{}}
	for home, road := range p.roads {
		out.aws[home] = awsport.New(cloudAt(home, road.Port()).Config, awsport.Options{Regions: Regions})
	}
	return out
}

type port struct {
	pair *Pair
	aws  map[system.Home]*awsport.Port
}

var _ plan.Port = port{}

// here are the calls that the pair answers itself.
var here = map[string]func(context.Context, *Pair, plan.Call) (plan.Document, error){
	"rds.FailoverGlobalCluster":                   failoverDatabase,
	"rds.DescribeGlobalClusters":                  describeDatabase,
	"elasticache.FailoverGlobalReplicationGroup":  failoverCache,
	"elasticache.DescribeGlobalReplicationGroups": describeCache,
	"cloudwatch.GetMetricStatistics":              lagOfDatabase,
	"cloudwatch.PutMetricData":                    putSwitch,
	"cloudwatch.DescribeAlarms":                   describeSwitch,
	"redoubt.RunProbe":                            probe,
}

// Call makes one call.
func (p port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	answer, local := here[c.Service+"."+c.Operation]
	if !local {
		return p.aws[c.Home].Call(ctx, c)
	}
	out, err := answer(ctx, p.pair, c)
	if err != nil && execute.ClassOf(err) == execute.Unreachable {
		err = fmt.Errorf("%s: %w", c, err)
	}
	return out, err
}

func invalid(format string, args ...any) error {
	return &execute.ClassError{Class: execute.Invalid, Err: fmt.Errorf(format, args...)}
}

// failoverDatabase promotes the replica. AWS fences the old writer, which here means that neither
// the name nor the link leads to it any more:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
func failoverDatabase(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	of := p.store(c.Home, Tasks)
	if c.Input["GlobalClusterIdentifier"] != of.GlobalID || c.Input["TargetDbClusterIdentifier"] != of.Arn ||
		c.Input["AllowDataLoss"] != true {
		return nil, invalid("%v names no cluster that can take over", c.Input)
	}
	p.fence(Tasks)
	return plan.Document{}, p.databases[c.Home].ask(ctx, func(db *pgx.Conn) error {
		_, err := db.Exec(ctx, `SELECT pg_promote(false)`)
		return err
	})
}

func (p *Pair) fence(store string) {
	p.links[store].Lead("")
	p.names[store].Lead("")
}

// describeDatabase tells who writes. A server that does not answer is none.
func describeDatabase(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	var members []any
	for _, home := range system.Homes {
		follows, err := value[bool](ctx, p.databases[home], `SELECT pg_is_in_recovery()`)
		if err != nil && home == c.Home {
			return nil, err
		}
		members = append(members, plan.Document{
			"DBClusterArn": p.store(home, Tasks).Arn, "IsWriter": err == nil && !follows})
	}
	return plan.Document{"GlobalClusters": []any{plan.Document{
		"GlobalClusterIdentifier": p.store(c.Home, Tasks).GlobalID, "Status": "available", "GlobalClusterMembers": members,
	}}}, nil
}

// failoverCache promotes the replica, by the command that both Redis and Valkey know:
// https://valkey.io/commands/replicaof/
func failoverCache(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	of := p.store(c.Home, Recall)
	if c.Input["GlobalReplicationGroupId"] != of.GlobalID || c.Input["PrimaryReplicationGroupId"] != of.Name {
		return nil, invalid("%v names no group that can take over", c.Input)
	}
	p.fence(Recall)
	return plan.Document{}, p.caches[c.Home].ask(func(r *goredis.Client) error { return r.ReplicaOf(ctx, "NO", "ONE").Err() })
}

func describeCache(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	var members []any
	for _, home := range system.Homes {
		role, err := p.caches[home].info(ctx, "role")
		if err != nil && home == c.Home {
			return nil, err
		}
		is := "SECONDARY"
		if err == nil && role == primaryRole {
			is = "PRIMARY"
		}
		members = append(members, plan.Document{"ReplicationGroupId": p.store(home, Recall).Name, "Role": is})
	}
	return plan.Document{"GlobalReplicationGroups": []any{plan.Document{"Members": members}}}, nil
}

// primaryRole is Redis' own word for the node that writes.
const primaryRole = "master"

// lagOfDatabase tells how far the replica was behind. It is asked after the loss and counts from the last
// commit that arrived, so it tells more than the lag at the loss, never less (assumed to do for the gate).
func lagOfDatabase(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	if c.Input["MetricName"] != "AuroraGlobalDBReplicationLag" {
		return nil, invalid("nobody measures %v here", c.Input["MetricName"])
	}
	millis, err := value[float64](ctx, p.databases[c.Home],
		`SELECT coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000, 0)::float8`)
	if err != nil {
		return nil, err
	}
	return plan.Document{"Datapoints": []any{plan.Document{"Maximum": millis}}}, nil
}

// putSwitch takes the value of the switch's metric. A home that takes the traffic
// gets it at once; on AWS alarm, health check and names need a minute or two (assumed).
func putSwitch(_ context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	entry := p.Inventory.Homes[c.Home].Entry
	data, _ := c.Input["MetricData"].([]any)
	if c.Input["Namespace"] != entry.SwitchNamespace || len(data) != 1 {
		return nil, invalid("%v is no act of the switch", c.Input)
	}
	datum, _ := data[0].(map[string]any)
	v, isNumber := datum["Value"].(float64)
	if datum["MetricName"] != entry.SwitchMetric || !isNumber {
		return nil, invalid("%v is no act of the switch", datum)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[c.Home] = v
	if v == 1 && p.active != c.Home {
		p.active, p.moved = c.Home, clock.Wall{}.Now()
		p.names[Tasks].Lead(loopback(p.databases[c.Home].port))
		p.names[Recall].Lead(loopback(p.caches[c.Home].port))
	}
	return plan.Document{}, nil
}

func describeSwitch(_ context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := "OK"
	if p.taken[c.Home] == 1 {
		state = "ALARM"
	}
	return plan.Document{"MetricAlarms": []any{plan.Document{
		"AlarmName": p.Inventory.Homes[c.Home].Entry.SwitchAlarm, "StateValue": state}}}, nil
}

// probe passes a task through the stores as clients reach them: a row that is
// written and read through the database's name, a value through that of the cache.
func probe(ctx context.Context, p *Pair, c plan.Call) (plan.Document, error) {
	task, _ := c.Input["Task"].(string)
	if err := errors.Join(p.probeDatabase(ctx, task), p.probeCache(ctx, task)); err != nil {
		return plan.Document{"Passed": false, "Why": err.Error()}, nil
	}
	return plan.Document{"Passed": true}, nil
}

func (p *Pair) probeDatabase(ctx context.Context, task string) error {
	db, err := connect(ctx, loopbackHost, p.names[Tasks].Port())
	if err != nil {
		return err
	}
	defer db.Close(ctx) //nolint:errcheck // asked and answered
	_, err1 := db.Exec(ctx, `CREATE TABLE IF NOT EXISTS redoubt_probe (task text)`)
	_, err2 := db.Exec(ctx, `INSERT INTO redoubt_probe (task) VALUES ($1)`, task)
	return errors.Join(err1, err2)
}

func (p *Pair) probeCache(ctx context.Context, task string) error {
	c := goredis.NewClient(options("tcp", loopback(p.names[Recall].Port())))
	defer c.Close() //nolint:errcheck // asked and answered
	return c.Set(ctx, "redoubt:probe", task, 0).Err()
}
