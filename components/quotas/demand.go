package quotas

import (
	"redoubt/components/cluster"
	"redoubt/components/network"
	"redoubt/system"
)

// The quotas that a home counts, by the names that Demand uses.
const (
	VCPUs        = "vcpus"
	Addresses    = "addresses"
	Endpoints    = "endpoints"
	GroupNodes   = "group-nodes"
	DBClusters   = "db-clusters"
	DBInstances  = "db-instances"
	Tables       = "tables"
	CacheNodes   = "cache-nodes"
	consoleQuota = "https://docs.aws.amazon.com/general/latest/gr/"
)

// quota is one thing that AWS limits in number, for an account in a region
// unless it says otherwise.
type quota struct {
	name          string
	service, code string
	// standard is how many AWS gives an account that never asked.
	standard int
	// source is where AWS lists it.
	source string
}

// table lists what a home makes in number. A new account may have less than AWS's default, which is
// why what holds is looked up before anything is asked for.
var table = []quota{
	{VCPUs, "ec2", "L-1216C47A", 5, consoleQuota + "ec2-service.html"},
	{Addresses, "ec2", "L-0263D0A3", 5, "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"},
	{Endpoints, "vpc", "L-29B6F2EB", 50, // for each VPC
		"https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"},
	{GroupNodes, "eks", "L-BD136A63", 450, "https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"},
	{DBClusters, "rds", "L-952B80B8", 40, "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"},
	{DBInstances, "rds", "L-7B6409FD", 40, "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"},
	{Tables, "dynamodb", "L-F98FE922", 2500, consoleQuota + "ddb.html"},
	{CacheNodes, "elasticache", "L-DFE45DF3", 300, consoleQuota + "elasticache-service.html"},
}

const (
	// copies of a store that may stand at once: the one that serves, the one that is
	// restored beside it, and the one that a restore test makes.
	copies = 3
	// members of a database or cache that may stand at once: one a zone of the one that serves and of the
	// restored one, and the one of a restore test.
	members = 2*cluster.Zones + 1
)

// Demand is how many of each thing a home needs at most: it serves, every
// store is being restored, and the restore tests run. It is the same in both homes, because the one that receives
// must hold all that the other held; a store that has no replica there is restored there.
func Demand(s *system.System, nodes cluster.Size, adoptedNetwork bool) (map[string]int, error) {
	vcpus, err := nodes.VCPUs()
	if err != nil {
		return nil, err
	}
	postgres, caches := len(s.StoresOf(system.Postgres)), len(s.StoresOf(system.Cache))
	// Each queue has a ledger, and each system the idempotency records. The locks are never restored.
	tables := len(s.StoresOf(system.Table)) + len(s.StoresOf(system.Queue)) + 1
	demand := map[string]int{
		VCPUs: vcpus, GroupNodes: nodes.Most(), Tables: copies*tables + 1,
		DBClusters: copies * postgres, DBInstances: members * postgres, CacheNodes: members * caches,
		Addresses: cluster.Zones, Endpoints: len(network.DefaultEndpoints),
	}
	if adoptedNetwork {
		demand[Addresses], demand[Endpoints] = 0, 0
	}
	return demand, nil
}

// wanted is a demand with a quarter to spare, rounded up.
func wanted(demand int) int { return (demand*5 + 3) / 4 }
