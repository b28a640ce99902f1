// Package verify looks at a store that was restored before anybody uses it. It
// makes each call through a port, so that AWS and the simulator see the same ones.
// What AWS tells of a restored store is looked at here; what the store holds is
// looked at by whoever can read it: the simulated regions can, on AWS nobody does yet.
package verify

import (
	"context"
	"fmt"

	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/system"
)

// VerifyStore is the operation of kind plan.Probe by which a restored store is
// looked at. Its input names the Store, its Kind, the Name of the restored one, the
// Source that it was restored from, and the time At that it must show. The answer
// says whether it Passed, and Why not.
const VerifyStore = "VerifyStore"

// What names a restored store in the input of VerifyStore.
type What struct {
	Store, Kind, Name, Source, At string
}

// Of reads the input of VerifyStore.
func Of(c plan.Call) (What, error) {
	var w What
	for name, to := range map[string]*string{
		"Store": &w.Store, "Kind": &w.Kind, "Name": &w.Name, "Source": &w.Source, "At": &w.At,
	} {
		if *to, _ = c.Input[name].(string); *to == "" {
			return w, fmt.Errorf("%s: %s is missing", c, name)
		}
	}
	return w, nil
}

// Port answers VerifyStore and passes other calls on.
type Port struct{ plan.Port }

var _ plan.Port = Port{}

// Call answers one call.
func (p Port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Kind != plan.Probe || c.Operation != VerifyStore {
		return p.Port.Call(ctx, c)
	}
	w, err := Of(c)
	if err != nil {
		return nil, err
	}
	var looks []plan.Condition
	switch system.StoreKind(w.Kind) {
	case system.Table, system.Queue: // of a queue, its ledger
		looks = table(c, w)
	case system.Postgres:
		looks = postgres(c, w)
	case system.Cache:
		looks = cache(c, w)
	case system.Bucket:
		looks = bucket(c, w)
	default:
		return nil, fmt.Errorf("%s: a %s is not looked at", c, w.Kind)
	}
	for _, look := range looks {
		answer, err := p.Port.Call(ctx, look.Call)
		if err != nil {
			return nil, err
		}
		if verdict, why := look.Judge(answer); verdict != plan.Done {
			return Failed("%s: %s", w.Name, why), nil
		}
	}
	return plan.Document{"Passed": true}, nil
}

// Failed is the answer that says why a store is not what it should be.
func Failed(format string, args ...any) plan.Document {
	return plan.Document{"Passed": false, "Why": fmt.Sprintf(format, args...)}
}

func ask(of plan.Call, service, operation string, in plan.Document, all ...plan.Expect) plan.Condition {
	return plan.Condition{All: all, Call: plan.Call{
		Kind: plan.AWS, Home: of.Home, Service: service, Operation: operation, Input: in}}
}

func is(path string, value any) plan.Expect {
	return plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: value, Missing: missing(value)}
}

// missing is what nothing counts as: what is not there is not what it should be.
func missing(value any) any {
	if _, truth := value.(bool); truth {
		return value == false
	}
	return ""
}

// table looks whether the table was restored to the time, and has ended being so:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreSummary.html
func table(c plan.Call, w What) []plan.Condition {
	return []plan.Condition{ask(c, "dynamodb", "DescribeTable", plan.Document{"TableName": w.Name},
		is("Table.TableStatus", "ACTIVE"), is("Table.RestoreSummary.RestoreDateTime", w.At),
		is("Table.RestoreSummary.RestoreInProgress", false))}
}

// postgres looks whether the cluster is available, with an instance that writes,
// and is encrypted by its key. RDS does not tell of a cluster to which time it was restored.
func postgres(c plan.Call, w What) []plan.Condition {
	return []plan.Condition{ask(c, "rds", "DescribeDBClusters", plan.Document{"DBClusterIdentifier": w.Name},
		is("DBClusters[0].Status", "available"), is("DBClusters[0].StorageEncrypted", true),
		is("DBClusters[0].DBClusterMembers[?IsClusterWriter==true].IsClusterWriter", true))}
}

// cache looks whether the group is available and encrypted on the disk and on the way. ElastiCache does
// not tell from what a group was filled.
func cache(c plan.Call, w What) []plan.Condition {
	return []plan.Condition{ask(c, "elasticache", "DescribeReplicationGroups", plan.Document{"ReplicationGroupId": w.Name},
		is("ReplicationGroups[0].Status", "available"), is("ReplicationGroups[0].AtRestEncryptionEnabled", true),
		is("ReplicationGroups[0].TransitEncryptionEnabled", true))}
}

// bucket looks whether the bucket keeps versions and every object is as it was, by its versions.
func bucket(c plan.Call, w What) []plan.Condition {
	count := plan.Call{Kind: plan.Versions, Home: c.Home, Service: "redoubt", Operation: rewind.CountAstray,
		Input: plan.Document{"Bucket": w.Name, "At": w.At}}
	return []plan.Condition{ask(c, "s3", "GetBucketVersioning", plan.Document{"Bucket": w.Name}, is("Status", "Enabled")),
		{Call: count, All: []plan.Expect{{Path: "Astray", Op: plan.Is, Value: 0}}}}
}
