package system

import "fmt"

// fixed are the names that every home has, by what is called so.
var fixed = map[string]map[string]string{
	bucketNames: {
		"audit":         "what AWS Config delivers",
		"configuration": "the kept configuration",
		"control":       "the inventories",
		"state":         "the state of both homes",
	},
	tableNames: {
		"idempotency":     "the idempotency records",
		"locks":           "the locks",
		"locks-primary":   "the primary's locks",
		"locks-secondary": "the secondary's locks",
	},
	backupNames: {
		"configuration": "the kept configuration",
		"idempotency":   "the idempotency records",
	},
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
	databaseNames: {
		"postgres": "PostgreSQL itself", "rdsadmin": "RDS itself",
		"template0": "PostgreSQL itself", "template1": "PostgreSQL itself",
	},
	classNames: {"balloon": "pods that keep room free"},
	policyNames: {
		"closed": "the policy that refuses what no agent allows", Exporter: "the export of the home's objects",
		Prober: "the prober of the home", Witness: "the witness of the home",
	},
	accountNames: {
		"default": "pods that name no account", Exporter: "the export of the home's objects", Prober: "the prober of the home",
		Witness: "the witness of the home",
	},
	publicNames: {"primary": "the primary home", "secondary": "the secondary home"},
}

// What a name is given to, each with names of its own.
const (
	bucketNames   = "bucket"
	tableNames    = "table"
	backupNames   = "backup plan"
	databaseNames = "database"
	roleNames     = "role"
	partNames     = "component" // the engine's own
	recordNames   = "private DNS"
	publicNames   = "public DNS"
	classNames    = "priority class"
	policyNames   = "network policy"
	accountNames  = "service account"
	scalerNames   = "scaler"
)

// claim is a name that follows from a declared item.
type claim struct {
	// of is what is called so, a the part of the item that it is for; empty for the item itself.
	of, name, a string
	// path and item are where the item is declared, and how faults call it.
	path, item string
}

// owner says whose name it is.
func (c claim) owner() string {
	if c.a == "" {
		return c.item
	}
	return "the " + c.a + " of " + c.item
}

// checkTaken holds that no two things that follow from the file, or that every
// home has, get one name: the second would be refused by AWS halfway, or would be the first.
// What carries a part beside the item's own name is counted first, so that the
// fault stands at a name which can be changed alone.
func checkTaken(c *checker) {
	owners := map[[2]string]claim{}
	for of, names := range fixed {
		for name, owner := range names {
			owners[[2]string{of, name}] = claim{item: owner}
		}
	}
	told := map[string]bool{}
	for _, each := range append(c.derivedClaims(), c.ownClaims()...) {
		key := [2]string{each.of, each.name}
		first, taken := owners[key]
		switch {
		case !taken:
			owners[key] = each
		case first.item != each.item && !told[each.path]: // a name given twice is told elsewhere
			told[each.path] = true
			c.fault(each.path, "give it another name", "%s: %s name %q is taken by %s",
				each.owner(), each.of, each.name, first.owner())
		}
	}
}

// ownNames are what the stores of a kind call by their own name.
var ownNames = map[StoreKind][]string{
	Bucket: {bucketNames, backupNames}, Table: {tableNames, backupNames},
	Postgres: {backupNames, databaseNames, recordNames, partNames}, Cache: {recordNames},
}

// ownClaims are the names that an item gives as they are.
func (c *checker) ownClaims() []claim {
	var out []claim
	c.eachStore(func(path, label string, s Store) {
		for _, of := range ownNames[s.Kind] {
			out = append(out, claim{of, s.Name, "", path + ".name", label})
		}
	})
	for i, t := range c.sys.Tiers {
		out = append(out, claim{classNames, t.Name, "", fmt.Sprintf("tiers[%d].name", i), fmt.Sprintf("tier %q", t.Name)})
	}
	c.eachAgent(func(path, label string, a Agent) {
		of := []string{policyNames, accountNames, scalerNames}
		if a.Public {
			of = append(of, publicNames)
		}
		for _, each := range of {
			out = append(out, claim{each, a.Name, "", path + ".name", label})
		}
	})
	return out
}

// derivedClaims are the names that carry more than the item's own.
func (c *checker) derivedClaims() []claim {
	var out []claim
	c.eachStore(func(path, label string, s Store) {
		for _, d := range s.derived() {
			out = append(out, claim{d[0], d[1], d[2], path + ".name", label})
		}
	})
	c.eachAgent(func(path, label string, a Agent) {
		t, _ := c.sys.Tier(a.Tier)
		for _, d := range a.derived(t.Strategy) {
			out = append(out, claim{d[0], d[1], d[2], path + ".name", label})
		}
	})
	return out
}

// derived are what a store names beside itself: of what kind, how, and for what.
func (s Store) derived() [][3]string {
	switch n := s.Name; s.Kind {
	case Postgres:
		return [][3]string{
			{roleNames, n + "-monitoring", "monitoring"}, {roleNames, n + "-proxy", "proxy"},
			{recordNames, n + "-reader", "readers"}, {partNames, n + "-proxy", "proxy"},
		}
	case Bucket:
		return [][3]string{{roleNames, "replicate-" + n, "replication"}}
	case Queue:
		ledger := n + LedgerSuffix
		return [][3]string{{tableNames, ledger, "work ledger"}, {backupNames, ledger, "work ledger"}}
	case Cache:
		out := [][3]string{{recordNames, n + "-reader", "readers"}}
		if s.RebuildFrom != "" {
			return out
		}
		kept := n + "-snapshots"
		return append(out, [3]string{bucketNames, kept, "snapshots"},
			[3]string{roleNames, n + "-exporter", "exporter"}, [3]string{roleNames, n + "-schedule", "schedule"})
	}
	return nil
}

// derived are what an agent names beside itself.
func (a Agent) derived(s Strategy) [][3]string {
	out := [][3]string{{roleNames, "agent-" + a.Name, "role"}}
	if a.Consumes != "" {
		out = append(out, [3]string{scalerNames, "keda-hpa-" + a.Name, "scaler"}) // so KEDA calls what it makes
	}
	if a.Public && s == ActiveActive {
		for _, home := range Homes {
			out = append(out, [3]string{publicNames, a.Name + "-" + string(home), "answer in the " + string(home)})
		}
	}
	return out
}
