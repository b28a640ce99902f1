package planner

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/recovery/plan"
)

// The rules of a restore.
const (
	// VerifiedBeforeSwap: nobody is led to a restored store that was not looked at.
	VerifiedBeforeSwap = "verified-before-swap"
	// DamagedStays: a restore changes what it has made, and nothing of the damaged store.
	DamagedStays = "damaged-stays"
)

// swapsUnseen looks for a swap, or the start of an agent, that does not wait for what verifies the store.
func swapsUnseen(p plan.Plan) []error {
	if Scenario(p.Scenario) != Restore {
		return nil
	}
	var errs []error
	for _, s := range p.Steps {
		if s.Role != plan.Swap && s.Role != plan.Start {
			continue
		}
		waits, seen := before(p, s.ID), false
		for _, v := range p.Steps {
			switch {
			case v.Role != plan.Verify || s.Role == plan.Swap && v.Subject.Store != s.Subject.Store:
			case v.OnFailure != plan.Stop:
				errs = append(errs, &Violation{VerifiedBeforeSwap, v.ID, "a look that may fail keeps nobody from the store"})
			case waits[v.ID]:
				seen = true
			}
		}
		if !seen {
			errs = append(errs, &Violation{VerifiedBeforeSwap, s.ID, "it does not wait for a look at the restored store"})
		}
	}
	return errs
}

// makes are the operations that make a store or a part of one, and the member
// that names what is made.
var makes = map[string]string{
	"RestoreTableToPointInTime": "TargetTableName", "RestoreDBClusterToPointInTime": "DBClusterIdentifier",
	"CreateDBCluster": "DBClusterIdentifier", "CreateDBInstance": "DBInstanceIdentifier",
	"CreateGlobalCluster": "GlobalClusterIdentifier", "CreateReplicationGroup": "ReplicationGroupId",
}

// members name what a call changes.
var members = []string{
	"TableName", "TargetTableName", "ResourceArn", "DBClusterIdentifier", "DBInstanceIdentifier",
	"GlobalClusterIdentifier", "ReplicationGroupId", "PrimaryReplicationGroupId",
}

// touchesTheDamaged looks for a call that changes a store which the plan has not made.
func touchesTheDamaged(p plan.Plan) []error {
	if Scenario(p.Scenario) != Restore {
		return nil
	}
	made := map[any]bool{}
	for _, s := range p.Steps {
		if by := makes[s.Call.Operation]; by != "" {
			made[s.Call.Input[by]] = true
		}
	}
	var errs []error
	for _, s := range p.Steps {
		calls := []plan.Call{s.Call}
		if s.Undo != nil {
			calls = append(calls, *s.Undo)
		}
		for _, c := range calls {
			if name := changes(c, made); name != "" {
				why := fmt.Sprintf("%s changes %s, which the plan has not made", c, name)
				errs = append(errs, &Violation{DamagedStays, s.ID, why})
			}
			if strings.HasPrefix(c.Operation, "Delete") && c.Operation != "DeleteBackupSelection" {
				errs = append(errs, &Violation{DamagedStays, s.ID, c.String() + " deletes"})
			}
		}
	}
	return errs
}

// changes is what a call changes that is none of what was made, or nothing.
func changes(c plan.Call, made map[any]bool) string {
	looks := slices.ContainsFunc([]string{"Describe", "Get", "List", "Query", "Count"}, func(verb string) bool {
		return strings.HasPrefix(c.Operation, verb)
	})
	if looks || c.Kind == plan.Probe || c.Kind == plan.Kubernetes {
		return ""
	}
	for _, member := range members {
		name, is := c.Input[member].(string)
		if _, resource, cut := strings.Cut(name, "/"); cut && member == "ResourceArn" {
			name = resource
		}
		if is && !made[name] {
			return name
		}
	}
	return ""
}
