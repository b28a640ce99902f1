package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/cache"
	"redoubt/components/cluster"
	"redoubt/components/keys"
	"redoubt/components/programs"
	"redoubt/components/vault"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	probing "redoubt/internal/probe/settings"
	"redoubt/inventory"
	"redoubt/inventory/objects"
	"redoubt/regions"
	"redoubt/system"
	catalogue "redoubt/watch"
	"redoubt/watch/prober"
)

// The prober of the home (docs/watch.md).
const (
	proberPart  = "prober"
	proberImage = "redoubt/prober:1"
	// probers is how many run, in as many zones: were there one, the loss of its zone would be two minutes of silence,
	// which pages. What both put is the same.
	probers = 2
	// proberMiB and proberCPU are what one asks for: it lists all nodes and all pods of the agents.
	proberMiB  = 256
	proberCPU  = 50
	systemFile = "system.yaml"
)

// storePorts are those of databases and caches, httpsPort that of AWS's services and the API server.
var storePorts = []int{5432, 6379}

const httpsPort = 443

// proberPods are what the nodes of the home must have room for besides.
func (c Config) proberPods() []cluster.Pods {
	if !c.Watch {
		return nil
	}
	return []cluster.Pods{{Name: proberPart, Replicas: probers, Each: cluster.Room{CPUMillis: proberCPU, MemoryMiB: proberMiB}}}
}

// declareProber runs what looks at both homes. All that it must know it reads from the home's inventory, again and again.
func (h *home) declareProber() error {
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	s := probing.Settings{Home: h.config.Home, Region: h.config.Region, Bucket: h.scope().Bucket("control", 1),
		System: programs.FilesPath + "/" + systemFile}
	return h.declareProgram(programs.Args{
		Part: proberPart, Image: proberImage, Replicas: probers, CPUMillis: proberCPU, MemoryMiB: proberMiB, Arguments: s.Arguments(),
		Files:   map[string]pulumi.StringInput{systemFile: pulumi.String(h.config.SystemText)},
		Allowed: h.mayProbe(),
		Inside: []objects.Rule{{Group: "apps", Resources: []string{"deployments"}, Verb: "list"},
			{Resources: []string{"pods"}, Verb: "list"}},
		Wide: []objects.Rule{{Resources: []string{"nodes"}, Verb: "list"}},
		Ways: []programs.Way{
			{Ranges: slices.Concat(addresses.Services, []string{regions.ServiceCIDR(h.config.Home).String()}), Ports: []int{httpsPort}},
			{Ranges: addresses.Homes, Ports: storePorts},
		},
	})
}

// mayProbe lets the prober look at the home, leave one mark in each store of both, and publish.
func (h *home) mayProbe() pulumi.StringInput {
	return h.opened(func(keyArns, secrets []string) []iampolicy.Statement {
		return slices.Concat(h.looks(keyArns), h.reads(), h.marks(secrets))
	})
}

// reads lets the prober read the home's copy of the arbiter's word, where there is one.
func (h *home) reads() []iampolicy.Statement {
	if h.leaseRegions() == nil {
		return nil
	}
	word := items("Word", []string{h.tableArn(h.scope())}, inventory.ActiveWord)
	word.Actions = []string{"dynamodb:GetItem"}
	return []iampolicy.Statement{word}
}

// opened are the statements that f makes of the ARNs of the home's keys and of its databases' secrets, with the use of
// the keys that the stores are opened with.
func (h *home) opened(f func(keyArns, secrets []string) []iampolicy.Statement) pulumi.StringInput {
	purposes := slices.Clone(keys.Purposes)
	in := []any{}
	for _, purpose := range purposes {
		in = append(in, h.keys.Arn(purpose))
	}
	databases := sortedKeys(h.postgres)
	for _, name := range databases {
		in = append(in, h.postgres[name].SecretArn)
	}
	return pulumi.All(in...).ApplyT(func(all []any) (string, error) {
		arns := make([]string, len(all))
		for n := range all {
			arns[n] = all[n].(string)
		}
		known, secrets := map[string]string{}, arns[len(purposes):]
		for n, purpose := range purposes {
			known[purpose] = arns[n]
		}
		return iampolicy.Document{Statements: slices.Concat(
			f(arns[:len(purposes)], secrets), h.opens(known, len(secrets) > 0))}.Checked()
	}).(pulumi.StringOutput)
}

// looks lets the prober see what it tells of, and put it. Actions on all resources are those that know none:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
func (h *home) looks(keyArns []string) []iampolicy.Statement {
	control := bucketArn(h.scope().Bucket("control", 1))
	read := []string{control + "/inventory/*", control + "/" + catalogue.DriftKey, control + "/" + catalogue.DrillKey,
		control + "/" + catalogue.MeasuredKey}
	if h.peer != nil && h.peer.Control.Bucket != "" {
		read = append(read, bucketArn(h.peer.Control.Bucket)+"/"+inventory.ObjectKey(h.config.Home.Peer()))
	}
	listed := []string{control}
	for _, st := range h.exported() {
		snapshots := bucketArn(h.scope().Bucket(cache.SnapshotPart(st), 1))
		read, listed = append(read, snapshots+"/*"), append(listed, snapshots)
	}
	return []iampolicy.Statement{
		iampolicy.Statement{Sid: "Publish", Actions: []string{"cloudwatch:PutMetricData"}, Resources: []string{"*"}}.With(
			iampolicy.Condition{Operator: "StringEquals", Key: "cloudwatch:namespace", Values: []string{catalogue.Namespace}}),
		{Sid: "Jobs", Actions: []string{"backup:ListRestoreJobs", "cloudwatch:GetMetricData"}, Resources: []string{"*"}},
		{Sid: "Backups", Actions: []string{"backup:ListRecoveryPointsByBackupVault"}, Resources: []string{vault.Arn(h.scope())}},
		{Sid: "Keys", Actions: []string{"kms:DescribeKey"}, Resources: slices.Compact(slices.Sorted(slices.Values(keyArns)))},
		{Sid: "Read", Actions: []string{"s3:GetObject"}, Resources: read},
		// Without it what is not there is refused, and nobody could tell the one from the other.
		{Sid: "List", Actions: []string{"s3:ListBucket"}, Resources: listed},
	}
}

// exported are the caches whose snapshots are exported.
func (h *home) exported() (out []string) {
	for _, st := range h.system.StoresOf(system.Cache) {
		if h.caches[st.Name] != nil && catalogue.BackedUp(st) {
			out = append(out, st.Name)
		}
	}
	return out
}

// marks lets the prober leave its mark in the stores of both homes, and read that of its own: one item, one object and one
// user's session each. In a database it is who agents are.
func (h *home) marks(secrets []string) []iampolicy.Statement {
	own, theirs := h.bothMarked(prober.BucketKey(h.config.Home))
	at := prober.TableKey(h.config.Home)
	var out []iampolicy.Statement
	allow := func(s iampolicy.Statement) {
		if len(s.Resources) > 0 {
			out = append(out, s)
		}
	}
	allow(items("Items", own.tables, at))
	peers := items("PeersItems", theirs.tables, at)
	peers.Actions = []string{"dynamodb:PutItem"}
	allow(peers)
	allow(iampolicy.Statement{Sid: "Objects", Actions: []string{"s3:GetObject", "s3:PutObject"},
		Resources: slices.Concat(own.objects, theirs.objects)})
	allow(iampolicy.Statement{Sid: "Sessions", Actions: []string{"elasticache:Connect"},
		Resources: slices.Concat(own.sessions, theirs.sessions)})
	allow(iampolicy.Statement{Sid: "Databases", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets})
	return out
}

// marked are the ARNs of what the prober's marks stand in, in one home.
type marked struct{ tables, objects, sessions []string }

// bothMarked are those of this home, and of the other one where it is there. In a bucket it is an object.
func (h *home) bothMarked(object string) (own, theirs marked) {
	own = h.marked(h.scope(), object)
	if h.peer != nil {
		theirs = h.marked(h.scope().Peer(h.config.PeerRegion), object)
	}
	return own, theirs
}

func (h *home) marked(s naming.Scope, object string) (m marked) {
	for _, st := range h.system.Stores {
		switch st.Kind {
		case system.Table:
			m.tables = append(m.tables, h.generations(s, st.Name, func(n int) string { return "table/" + s.Table(st.Name, n) }, "dynamodb")...)
		case system.Queue:
			ledger := st.Name + system.LedgerSuffix
			m.tables = append(m.tables, h.generations(s, st.Name, func(n int) string { return "table/" + s.Table(ledger, n) }, "dynamodb")...)
		case system.Cache:
			groups := h.generations(s, st.Name, func(n int) string { return "replicationgroup:" + s.Cache(st.Name, n) }, "elasticache")
			m.sessions = append(append(m.sessions, groups...), s.ARN("elasticache", "user:"+s.CacheUser(st.Name)))
		case system.Bucket:
			if name := h.bucketIn(s, st.Name); name != "" {
				m.objects = append(m.objects, bucketArn(name)+"/"+object)
			}
		}
	}
	return m
}

// generations are the ARNs of a store's generation and of the next one, which a restore makes.
func (h *home) generations(s naming.Scope, store string, resource func(int) string, service string) []string {
	n := h.config.Generation(store)
	return []string{s.ARN(service, resource(n)), s.ARN(service, resource(n+1))}
}

// bucketIn is a store's bucket in a home, empty where there is none yet.
func (h *home) bucketIn(s naming.Scope, store string) string {
	if s.Home != h.config.Home {
		return h.peer.Stores[store].Name
	}
	if name := h.config.Adopt.Buckets[store]; name != "" {
		return name
	}
	return s.Bucket(store, h.config.Generation(store))
}

// opens lets the prober use the keys of the stores through their services, and in no other way.
func (h *home) opens(own map[string]string, secrets bool) []iampolicy.Statement {
	use := []string{"kms:Decrypt", "kms:GenerateDataKey"}
	via := func(sid, arn, region string, actions []string, services ...string) iampolicy.Statement {
		return iampolicy.Statement{Sid: sid, Actions: actions, Resources: []string{arn}}.With(iampolicy.Through(region, services...))
	}
	out := []iampolicy.Statement{via("Open", own[keys.Data], h.config.Region, use, "dynamodb", "s3")}
	if h.peer != nil {
		out = append(out, via("PeersOpen", h.peer.Keys[keys.Data], h.config.PeerRegion, use, "dynamodb", "s3"))
	}
	if secrets {
		out = append(out, via("OpenSecrets", own[keys.Secrets], h.config.Region, use[:1], "secretsmanager"))
	}
	return out
}

func bucketArn(name string) string { return "arn:aws:s3:::" + name }
