package cache

import (
	"fmt"
	"regexp"
)

// node is a node type and what it can hold, in GiB.
type node struct {
	name   string
	memory float64
}

// nodes are memory-optimised and of a family that a global datastore takes, the smallest
// first. Memory is maxmemory of the type:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
var nodes = []node{
	{"cache.r7g.large", 13.07},
	{"cache.r7g.xlarge", 26.32},
	{"cache.r7g.2xlarge", 52.82},
	{"cache.r7g.4xlarge", 105.81},
	{"cache.r7g.8xlarge", 209.55},
	{"cache.r7g.12xlarge", 317.77},
	{"cache.r7g.16xlarge", 419.09},
}

// usable is the share of memory that data may take: a quarter is reserved for
// backups and failovers, which is also AWS's default (reserved-memory-percent):
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-memory-management.html
const usable = 0.75

// nodeForm matches the types of a global datastore, large and above:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html
var nodeForm = regexp.MustCompile(`^cache\.(m5|m6g|m7g|r5|r6g|r7g|c7gn)\.(\d*x)?large$`)

// nodeFor returns the smallest node type that holds so many GiB. The whole
// cache stands in each node: it is not sharded.
func nodeFor(sizeGiB int) (string, error) {
	for _, n := range nodes {
		if float64(sizeGiB) <= n.memory*usable {
			return n.name, nil
		}
	}
	most := nodes[len(nodes)-1].memory * usable
	return "", fmt.Errorf("store.sizeGiB is %d, want at most %.0f, which the largest node holds: divide the store",
		sizeGiB, most)
}
