package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"redoubt/internal/nearest"
	"redoubt/system"
)

// Size is how many nodes each zone of a home has.
type Size struct {
	InstanceType string
	// Running is how many nodes of a zone run, Active how many it needs where the home serves.
	Running, Active int
	// Reserved is how many machines of a zone are kept for its nodes, those that
	// run among them; 0 keeps none.
	Reserved int
}

// spare is how many nodes a zone may have above what it needs: an update of
// the nodes starts a new one before it takes an old one.
const spare = 2

// Most is up to how many nodes the autoscaler grows a zone: at any time it can be
// scaled to serve.
func (s Size) Most() int { return max(s.Running, s.Active) + spare }

// VCPUs is how many processors the nodes of all zones have when every zone has
// the most. What is reserved is among them.
func (s Size) VCPUs() (int, error) {
	m, err := instance(s.InstanceType)
	return Zones * s.Most() * m.vCPUs, err
}

func (s Size) check() error {
	var errs []error
	if _, err := instance(s.InstanceType); err != nil {
		errs = append(errs, err)
	}
	if s.Running < 1 {
		errs = append(errs, fmt.Errorf("running nodes are %d, want at least 1 in each zone", s.Running))
	}
	if s.Active < s.Running {
		errs = append(errs, fmt.Errorf("active nodes are %d, want at least the %d that run", s.Active, s.Running))
	}
	if s.Reserved != 0 && s.Reserved < s.Active {
		errs = append(errs, fmt.Errorf("reserved nodes are %d, want none or at least the %d active ones: "+
			"a group that has a reservation launches nothing beside it", s.Reserved, s.Active))
	}
	return errors.Join(errs...)
}

// DefaultInstance is the type of a home's nodes when it sets none.
const DefaultInstance = "m6i.2xlarge"

// machine is what an instance type has.
type machine struct {
	name  string
	vCPUs int
	// memoryMiB is as sold, maxPods what the addresses of its interfaces allow.
	memoryMiB, maxPods int
}

// machines are the types that nodes may have. Processors and memory:
// https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html; pods:
// https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/eni-max-pods.txt
var machines = []machine{
	{"m6i.large", 2, 8 << 10, 29},
	{"m6i.xlarge", 4, 16 << 10, 58},
	{"m6i.2xlarge", 8, 32 << 10, 58},
	{"m6i.4xlarge", 16, 64 << 10, 234},
}

func instance(name string) (machine, error) {
	var names []string
	for _, m := range machines {
		if m.name == name {
			return m, nil
		}
		names = append(names, m.name)
	}
	return machine{}, fmt.Errorf("instance type is %q, want one of %s", name, nearest.List(names))
}

// room is what is left of something for pods: processor in thousandths of a
// core, memory, and how many pods.
type room struct{ cpu, memory, pods int }

func (r room) holds(p room) bool { return p.cpu <= r.cpu && p.memory <= r.memory && p.pods <= r.pods }

func (r room) less(p room) room { return room{r.cpu - p.cpu, r.memory - p.memory, r.pods - p.pods} }

// daemons is what runs on every node before any agent: the add-ons vpc-cni,
// kube-proxy and pod-identity-agent, and room for a collector of logs. What each asks for is
// assumed within what their manifests say.
var daemons = room{cpu: 350, memory: 400, pods: 4}

// services are what runs in a zone beside the agents when it is one of two:
// names, metrics and the controllers. Their number and requests are assumed.
var services = slices.Concat(
	slices.Repeat([]room{{cpu: 100, memory: 170, pods: 1}}, 2), // coredns
	slices.Repeat([]room{{cpu: 100, memory: 200, pods: 1}}, 1), // metrics-server
	slices.Repeat([]room{{cpu: 100, memory: 256, pods: 1}}, 6), // controllers
)

// allocatable is what a node offers to pods: the kernel takes about 7.5 % of
// the memory (https://karpenter.sh/docs/reference/settings/, VM_MEMORY_OVERHEAD_PERCENT), and the kubelet keeps for
// itself 255 MiB and 11 MiB a pod, 100 MiB before it evicts, and 6, 1, 0.5, 0.5 and then 0.25 percent of the cores
// (https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go).
func (m machine) allocatable() room {
	cpu := 0
	for core := range m.vCPUs {
		switch {
		case core == 0:
			cpu += 600
		case core == 1:
			cpu += 100
		case core < 4:
			cpu += 50
		default:
			cpu += 25
		}
	}
	return room{
		cpu:    m.vCPUs*1000 - (cpu+9)/10,
		memory: m.memoryMiB*925/1000 - 255 - 11*m.maxPods - 100,
		pods:   m.maxPods,
	}
}

// Offer is what a node of a type has for pods once what runs on every node has
// its share: processor in thousandths of a core, memory, and how many pods.
func Offer(instanceType string) (cpuMillis, memoryMiB, pods int, err error) {
	m, err := instance(instanceType)
	fresh := m.allocatable().less(daemons)
	return fresh.cpu, fresh.memory, fresh.pods, err
}

// NodesPerZone is how many nodes each zone needs so that any two of the three
// carry every replica: each zone holds half of each agent's replicas, rounded up, and half of the services.
// It places pods, the biggest first, each on the first node with room.
func NodesPerZone(instanceType string, agents []system.Agent, replicas func(system.Agent) int) (int, error) {
	m, err := instance(instanceType)
	if err != nil {
		return 0, err
	}
	fresh := m.allocatable().less(daemons)
	pods := slices.Clone(services)
	var errs []error
	for _, a := range agents {
		pod := room{cpu: a.Resources.CPUMillis, memory: a.Resources.MemoryMiB, pods: 1}
		if !fresh.holds(pod) {
			errs = append(errs, fmt.Errorf("agent %q asks for %dm of processor and %d MiB, a node of type %s has %dm and %d MiB",
				a.Name, pod.cpu, pod.memory, m.name, fresh.cpu, fresh.memory))
			continue
		}
		pods = append(pods, slices.Repeat([]room{pod}, (replicas(a)+1)/2)...)
	}
	if len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	return len(place(fresh, pods)), nil
}

// place puts pods on nodes, the biggest first, and returns what is left of each node.
func place(fresh room, pods []room) []room {
	pods = slices.Clone(pods)
	share := func(p room) float64 {
		return max(float64(p.cpu)/float64(fresh.cpu), float64(p.memory)/float64(fresh.memory))
	}
	slices.SortStableFunc(pods, func(a, b room) int { return cmp.Compare(share(b), share(a)) })
	var nodes []room
	for _, pod := range pods {
		at := slices.IndexFunc(nodes, func(n room) bool { return n.holds(pod) })
		if at < 0 {
			nodes, at = append(nodes, fresh), len(nodes)
		}
		nodes[at] = nodes[at].less(pod)
	}
	return nodes
}
