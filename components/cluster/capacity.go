package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"redoubt/internal/nearest"
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

// Room is what a node offers to pods, or what a pod asks for: processor in
// thousandths of a core, memory, disk, and how many pods.
type Room struct{ CPUMillis, MemoryMiB, DiskMiB, Pods int }

func (r Room) holds(p Room) bool {
	return p.CPUMillis <= r.CPUMillis && p.MemoryMiB <= r.MemoryMiB && p.DiskMiB <= r.DiskMiB && p.Pods <= r.Pods
}

func (r Room) less(p Room) Room {
	return Room{r.CPUMillis - p.CPUMillis, r.MemoryMiB - p.MemoryMiB, r.DiskMiB - p.DiskMiB, r.Pods - p.Pods}
}

// share is how much of a node a pod takes, by what it takes most of.
func (r Room) share(of Room) float64 {
	part := func(p, whole int) float64 { return float64(p) / float64(whole) }
	return max(part(r.CPUMillis, of.CPUMillis), part(r.MemoryMiB, of.MemoryMiB), part(r.DiskMiB, of.DiskMiB))
}

// free is what is left of a node as the scheduler scores it: processor and
// memory count alike.
func (r Room) free(of Room) float64 {
	return float64(r.CPUMillis)/float64(of.CPUMillis) + float64(r.MemoryMiB)/float64(of.MemoryMiB)
}

// String says what it is for a person.
func (r Room) String() string {
	return fmt.Sprintf("%dm of processor, %d MiB of memory and %d MiB of disk", r.CPUMillis, r.MemoryMiB, r.DiskMiB)
}

// daemons is what runs on every node before any agent: the add-ons vpc-cni,
// kube-proxy and pod-identity-agent, room for a collector of logs, and what the controllers run there (PerNode). What
// each add-on asks for is assumed within what their manifests say.
var daemons = Room{CPUMillis: 350 + PerNode.CPUMillis, MemoryMiB: 400 + PerNode.MemoryMiB, Pods: 4 + PerNode.Pods}

// PerNode is what the controllers run on each node: the mesh's plugin. components/controllers holds it against their
// manifests.
var PerNode = Room{CPUMillis: 100, MemoryMiB: 100, Pods: 1}

// addons are the add-ons that answer for the whole home: names in each zone, and
// metrics. What a pod of them asks for is assumed.
var addons = []Pods{
	{"coredns", dnsReplicas, Room{CPUMillis: 100, MemoryMiB: 170}},
	{"metrics-server", metricsReplicas, Room{CPUMillis: 100, MemoryMiB: 200}},
}

// allocatable is what a node offers to pods: the kernel takes about 7.5 % of
// the memory (https://karpenter.sh/docs/reference/settings/, VM_MEMORY_OVERHEAD_PERCENT), and the kubelet keeps for
// itself 255 MiB and 11 MiB a pod, 100 MiB before it evicts, and 6, 1, 0.5, 0.5 and then 0.25 percent of the cores
// (https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go). Of the disk
// it keeps 1 GiB and evicts in the last tenth; that the file system takes 3 % is assumed.
func (m machine) allocatable() Room {
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
	return Room{
		CPUMillis: m.vCPUs*1000 - (cpu+9)/10,
		MemoryMiB: m.memoryMiB*925/1000 - 255 - 11*m.maxPods - 100,
		DiskMiB:   volumeGiB<<10*87/100 - 1<<10,
		Pods:      m.maxPods,
	}
}

// Offer is what a node of a type has for pods once what runs on every node has its share.
func Offer(instanceType string) (Room, error) {
	m, err := instance(instanceType)
	return m.allocatable().less(daemons), err
}

// Pods are replicas that ask for the same, of one agent or controller.
type Pods struct {
	Name     string
	Replicas int
	Each     Room
}

// orders is in how many orders pods are placed to count nodes.
const orders = 200

// Addons are the replicas of the add-ons that answer for the whole home.
func Addons() []Pods { return slices.Clone(addons) }

// NodesPerZone is how many nodes each zone needs so that any two of the three
// carry every replica, and of the largest one more: a version that begins beside the old one while a zone is away.
// Each zone holds half of each one's replicas, rounded up. They are placed as the
// scheduler does it, which packs nothing: each on the node with the most room
// (https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins, NodeResourcesFit). In which order they
// come nobody knows, so the nodes must do for the smallest first, which leaves the least to the largest, and for
// many others. The orders are the same for the same number of pods.
func NodesPerZone(instanceType string, all []Pods) (int, error) {
	fresh, err := Offer(instanceType)
	if err != nil {
		return 0, err
	}
	pods, err := shares(instanceType, fresh, append(Addons(), all...))
	nodes, r := 1, rand.New(rand.NewPCG(1, uint64(len(pods))))
	for range orders {
		for err == nil && !fits(fresh, nodes, pods) {
			nodes++
		}
		r.Shuffle(len(pods), func(a, b int) { pods[a], pods[b] = pods[b], pods[a] })
	}
	return nodes, err
}

// shares are the pods of one zone of two, the smallest first.
func shares(instanceType string, fresh Room, all []Pods) ([]Room, error) {
	slices.SortStableFunc(all, func(a, b Pods) int { return cmp.Compare(a.Each.share(fresh), b.Each.share(fresh)) })
	var errs []error
	var pods []Room
	more := 2 // one of the largest for both zones
	for _, p := range slices.Backward(all) {
		p.Each.Pods = 1
		if !fresh.holds(p.Each) {
			errs = append(errs, fmt.Errorf("%q asks for %s, a node of type %s has %s", p.Name, p.Each, instanceType, fresh))
		}
		if p.Replicas > 0 {
			pods = append(pods, slices.Repeat([]Room{p.Each}, (p.Replicas+more)/2)...)
			more = 1
		}
	}
	slices.Reverse(pods)
	return pods, errors.Join(errs...)
}

// fits reports whether so many nodes take the pods in this order, each on the
// node that has the most room of those that hold it.
func fits(fresh Room, nodes int, pods []Room) bool {
	left := slices.Repeat([]Room{fresh}, nodes)
	for _, pod := range pods {
		at := -1
		for n := range left {
			if left[n].holds(pod) && (at < 0 || left[n].free(fresh) > left[at].free(fresh)) {
				at = n
			}
		}
		if at < 0 {
			return false
		}
		left[at] = left[at].less(pod)
	}
	return true
}
