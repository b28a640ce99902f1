package planner

import (
	"context"
	"errors"
	"fmt"

	"redoubt/recovery/plan"
	"redoubt/system"
)

// answer is what a question was answered. Nobody having asked is a fault of
// the request: a plan stands on nothing that was not looked at.
func (d *draft) answer(c plan.Call) plan.Document {
	a, asked := d.Answers[CallKey(c)]
	if !asked {
		d.wrong("%s was not asked: make the plan with the answers to its questions", c)
	}
	return a
}

// Answers asks a request's questions, and names all that got none.
func Answers(ctx context.Context, port plan.Port, questions []plan.Call) (map[string]plan.Document, error) {
	out := map[string]plan.Document{}
	var errs []error
	for _, q := range questions {
		answer, err := port.Call(ctx, q)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", q, err))
			continue
		}
		out[CallKey(q)] = answer
	}
	return out, errors.Join(errs...)
}

// told is the text or number at a path of an answer.
func told[T any](answer plan.Document, path string) (T, bool) {
	var none T
	found, has := plan.Path(path).Find(answer)
	if !has {
		return none, false
	}
	v, is := found.(T)
	return v, is
}

// listed are the documents in a list of an answer.
func listed(answer plan.Document, path string) []plan.Document {
	all, _ := told[[]any](answer, path)
	var out []plan.Document
	for _, one := range all {
		if doc, is := one.(map[string]any); is {
			out = append(out, doc)
		}
	}
	return out
}

// askCluster asks for a database cluster, askGroup for a cache's group.
func askCluster(home system.Home, id string) plan.Call {
	return aws(home, "rds", "DescribeDBClusters", plan.Document{"DBClusterIdentifier": id})
}

func askGroup(home system.Home, id string) plan.Call {
	return aws(home, "elasticache", "DescribeReplicationGroups", plan.Document{"ReplicationGroupId": id})
}

func askInstance(home system.Home, id string) plan.Call {
	return aws(home, "rds", "DescribeDBInstances", plan.Document{"DBInstanceIdentifier": id})
}

func askNodes(home system.Home, cluster, group string) plan.Call {
	return aws(home, "eks", "DescribeNodegroup", plan.Document{"clusterName": cluster, "nodegroupName": group})
}
