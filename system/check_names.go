package system

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The longest names that may be declared. What is computed from them stays
// readable and within what AWS takes: RDS and S3 take 63 characters
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
const (
	maxSystemName = 20
	maxName       = 30
)

var (
	// word is what S3, RDS, ElastiCache and Kubernetes all take as a name.
	word = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
	// dnsLabel is one part of a DNS name.
	dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// generation is what a restore adds to a store's name.
	generation = regexp.MustCompile(`-g[0-9]+$`)
	digits     = regexp.MustCompile(`^[0-9]+$`)
)

// checkSystemName holds the name that starts every physical name.
func checkSystemName(c *checker) {
	if why, hint := badWord(c.sys.Name, maxSystemName); why != "" {
		c.fault("name", hint, "system name %q %s", c.sys.Name, why)
		return
	}
	// Parameters are called /SYSTEM/..., and AWS takes none that begins so:
	// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
	for _, start := range []string{"aws", "ssm"} {
		if strings.HasPrefix(c.sys.Name, start) {
			c.fault("name", "start it in another way",
				"system name %q begins with %s, which AWS keeps for its own parameters", c.sys.Name, start)
		}
	}
	// The agents run in a namespace of the system's name, and Kubernetes keeps names for its own:
	// https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
	if strings.HasPrefix(c.sys.Name, "kube-") || slices.Contains(namespaces, c.sys.Name) {
		c.fault("name", "give it another name",
			"system name %q is a namespace that every cluster has, want one for the agents alone", c.sys.Name)
	}
}

// namespaces are those of every home's cluster beside Kubernetes' own: that of
// objects without one, and those of the controllers.
var namespaces = []string{"default", "istio-system", "keda"}

// Exporter is what exports a home's Kubernetes objects, in the agents' own
// namespace. No agent is called so.
const Exporter = "redoubt-export"

// Prober is what looks at both homes all the time, in the agents' own
// namespace. No agent is called so.
const Prober = "redoubt-prober"

// Witness is what writes marks into the stores all the time, in the agents' own namespace. No agent is called so.
const Witness = "redoubt-witness"

// checkNames holds the names of all items, and that none is given twice.
func checkNames(c *checker) {
	c.uniqueWords("tiers", "tier", c.namesOf("tier"))
	c.uniqueWords("stores", "store", c.namesOf("store"))
	c.uniqueWords("dependencies", "dependency", c.namesOf("dependency"))
	c.uniqueWords("agents", "agent", c.namesOf("agent"))
	for i, s := range c.sys.Stores {
		path := fmt.Sprintf("stores[%d].name", i)
		if generation.MatchString(s.Name) {
			c.fault(path, "end it in another way",
				"store name %q ends like a store generation, want names that a restore cannot give", s.Name)
		}
		if s.Kind == Queue && strings.HasSuffix(s.Name, "-dlq") {
			c.fault(path, "end it in another way",
				"queue name %q ends in -dlq, which names the dead-letter queue of another", s.Name)
		}
	}
}

// uniqueWords holds the names of one list.
func (c *checker) uniqueWords(list, noun string, names []string) {
	for i, name := range names {
		path := fmt.Sprintf("%s[%d].name", list, i)
		if name == "" {
			continue // reported as missing
		}
		if why, hint := badWord(name, maxName); why != "" {
			c.fault(path, hint, "%s name %q %s", noun, name, why)
		}
		if first := slices.Index(names, name); first < i {
			at := c.place(fmt.Sprintf("%s[%d].name", list, first))
			c.fault(path, "give each its own name", "%s %q is already declared on line %d", noun, name, at.line)
		}
	}
}

// badWord says what AWS or Kubernetes would refuse about a name, and what to
// write instead. It returns nothing for a good name.
func badWord(name string, longest int) (why, hint string) {
	const letters = "lower-case letters, digits and hyphens, starting with a letter"
	switch {
	case strings.HasSuffix(name, ".fifo"):
		return "ends in .fifo, want a standard queue", "leave .fifo out"
	case len(name) > longest:
		return fmt.Sprintf("has %d characters, want at most %d", len(name), longest), "shorten it"
	case !word.MatchString(name):
		return "is refused by AWS, want " + letters, "for instance " + asWord(name)
	case strings.Contains(name, "--"):
		return "has two hyphens in a row, which RDS and ElastiCache refuse", "write one hyphen"
	default:
		return "", ""
	}
}

// asWord turns a name into one that would be taken.
func asWord(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if proposal := strings.TrimRight(b.String(), "-"); proposal != "" {
		return proposal
	}
	return "core"
}

// checkDomain holds the public name.
func checkDomain(c *checker) {
	if why, hint := badHost(c.sys.Domain); why != "" {
		c.fault("domain", hint, "domain %q %s", c.sys.Domain, why)
	}
}

// badHost says why a DNS name is none, and what to write instead.
func badHost(host string) (why, hint string) {
	labels := strings.Split(host, ".")
	switch {
	case strings.Contains(host, "://") || strings.ContainsAny(host, "/:"):
		return "is an address, want a DNS name", "leave out the scheme, the port and the path"
	case len(host) > 253:
		return fmt.Sprintf("has %d characters, want at most 253", len(host)), "shorten it"
	case host != strings.ToLower(host):
		return "has capital letters, want lower case", "write " + strings.ToLower(host)
	case len(labels) < 2 || digits.MatchString(labels[len(labels)-1]):
		return "is not a full DNS name", "write it like agents.example.com"
	}
	for _, label := range labels {
		if !dnsLabel.MatchString(label) {
			return fmt.Sprintf("has the part %q, want 1 to 63 letters, digits and inner hyphens", label),
				"write it like agents.example.com"
		}
	}
	return "", ""
}
