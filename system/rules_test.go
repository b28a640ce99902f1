package system_test

import (
	"strings"
	"testing"
)

func TestParse_keysAndTypes(t *testing.T) {
	t.Parallel()
	checkEdits(t, []edit{
		{"unknown key", "domain: demo", "§domian: x\ndomain: demo", `unknown key "domian"`, `did you mean "domain"?`},
		{
			"unknown key far from all", "    critical: true", "    §colour: red\n    critical: true",
			`tier "fast" has an unknown key "colour"`, "one of name, critical, strategy, capacity, objectives",
		},
		{
			"key twice", "domain: demo", "domain: x.example.com\n§domain: demo", `key "domain" was already written on line 2`,
			"keep one",
		},
		{"a list for a key", "domain: demo.example.com", "domain: demo.example.com\n§[a, b]: c", "a key is a list", ""},
		{"missing name", "  - name: web\n    kind: http", "  - §kind: http", "dependency has no name", "add name:"},
		{"empty name", "name: demo\n", "§name:\n", "system has an empty name", "after the colon"},
		{"empty text", "domain: demo.example.com", `domain: §""`, `system "demo" has an empty domain`, ""},
		{"empty objective", "data: {rto: 4h, rpo: 10m}", "§data:", `tier "fast" has no objective for data`, "add data:"},
		{
			"missing rpo", "region: {rto: 5m, rpo: 5s}", "region: §{rto: 5m}", `tier "fast" objective for region has no rpo`,
			"add rpo:",
		},
		{"number for text", "name: demo", "name: §7", "name is the number 7, want text", `put it in quotes: "7"`},
		{"truth for text", "name: demo", "name: §true", "name is true, want text", `"true"`},
		{"list for text", "name: demo", "name: §[demo]", "name is a list, want text", ""},
		{"date for text", "name: demo", "name: §2026-11-23", "name is the date 2026-11-23, want text", ""},
		{"tagged text", "name: demo", "name: §!secret demo", "name is tagged !secret, want text", ""},
		{"text for number", "replicas: 3", `replicas: §"3"`, `replicas is the text "3", want a whole number`, ""},
		{"decimals for number", "replicas: 3", "replicas: §3.5", "replicas is the number 3.5, want a whole number", ""},
		{"too large a number", "replicas: 3", "replicas: §99999999999999999999", "want a whole number", ""},
		{"text for truth", "public: true", "public: §yes", `public is the text "yes", want true or false`, ""},
		{
			"text for share", "availability: 0.999", "availability: §99.9%", `availability is the text "99.9%", want a number`,
			"0.999",
		},
		{"mapping for list", "needs: [web]", "needs: §{web: true}", "needs is a mapping, want a list", "hyphen"},
		{"text for list", "needs: [web]", "needs: §web", `needs is the text "web", want a list`, ""},
		{"list item of another type", "needs: [web]", "needs: [§{web: 1}]", "needs is a mapping, want text", ""},
		{"text for mapping", "resources: {cpuMillis: 500, memoryMiB: 512}", "resources: §small", "want a mapping", ""},
		{
			"item is no mapping", "      - {store: jobs}", "      - §jobs",
			`agent "back" use is the text "jobs", want a mapping`, "",
		},
		{"number without unit", "rto: 4h", "rto: §4", `rto is "4", want a duration`, "add the unit, as in 4s or 4m"},
		{"no duration", "rto: 4h", "rto: §soon", `rto is "soon", want a duration`, "30s, 15m, 4h or 1d"},
		{"duration below zero", "rto: 4h", "rto: §-4h", `rto is "-4h", want a duration`, ""},
		{"list for duration", "rto: 4h", "rto: §[4h]", "rto is a list, want a duration", ""},
		{
			"unknown strategy", "strategy: warm-standby", "strategy: §warm-stanby", `strategy is "warm-stanby"`,
			`did you mean "warm-standby"?`,
		},
		{"unknown kind of store", "kind: postgres", "kind: §mysql", `kind is "mysql", want one of postgres, table`, ""},
		{"unknown kind of dependency", "kind: http", "kind: §grpc", `kind is "grpc", want one of model, http`, ""},
		{"unknown level", "level: reduced", "level: §reducd", `level is "reducd"`, `did you mean "reduced"?`},
	})
}

func TestParse_queues(t *testing.T) {
	t.Parallel()
	checkEdits(t, []edit{
		{
			"order across homes", "kind: queue\n    tier: solid", "kind: queue\n    fifo: §true\n    tier: solid",
			`store "jobs" is a fifo queue in tier "solid", whose strategy warm-standby spans both homes`, "let the consumer order",
		},
		{"order of a table", "kind: table", "kind: table\n    fifo: §true", "is a table with fifo", "only a queue"},
		{"a table that gives up", "kind: table", "kind: table\n    maxReceives: §3", "is a table with maxReceives", ""},
		{
			"a message that is never given up", "kind: queue", "kind: queue\n    maxReceives: §0",
			"maxReceives is 0, so no message would reach the dead-letter queue", "such as 5",
		},
		{"too many tries", "kind: queue", "kind: queue\n    maxReceives: §1001", "maxReceives is 1001, want 1 to 1000", ""},
		{"no dead letters", "kind: queue", "kind: queue\n    §deadLetter: false", `unknown key "deadLetter"`, ""},
	})
}

func TestParse_names(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 31)
	checkEdits(t, []edit{
		{"system too long", "name: demo", "name: §abcdefghijklmnopqrstu", "has 21 characters, want at most 20", "shorten"},
		{"system called like parameters of AWS", "name: demo", "name: §awsome", "begins with aws", "another way"},
		{"system called like Systems Manager", "name: demo", "name: §ssm-demo", "begins with ssm", "another way"},
		{"a bucket of Redoubt's own", "  - name: files", "  - name: §control", `bucket name "control" is taken`, "another"},
		{"system called like a namespace", "name: demo", "name: §keda", "is a namespace that every cluster has", "another"},
		{"system called like Kubernetes' own", "name: demo", "name: §kube-demo", "is a namespace that every cluster", "another"},
		{"system with capitals", "name: demo", "name: §Demo", `system name "Demo" is refused by AWS`, "for instance demo"},
		{"starting with a digit", "name: files", "name: §9files", "starting with a letter", "for instance files"},
		{"ending with a hyphen", "  - name: files", "  - name: §files-", `store name "files-" is refused by AWS`, "files"},
		{"two hyphens", "  - name: files", "  - name: §big--files", "two hyphens in a row", ""},
		{"underscore", "  - name: files", "  - name: §big_files", "is refused by AWS", "for instance big-files"},
		{"only signs", "  - name: files", `  - name: §"***"`, "is refused by AWS", ""},
		{"too long a name", "  - name: files", "  - name: §" + long, "has 31 characters, want at most 30", ""},
		{"fifo", "  - name: files", "  - name: §files.fifo", "ends in .fifo", "leave .fifo out"},
		{"a store generation", "  - name: files", "  - name: §files-g2", "ends like a store generation", ""},
		{
			"store twice", "  - name: files", "  - name: §notes", `store "notes" is already declared on line 20`,
			"its own name",
		},
		{"no full name", "domain: demo.example.com", "domain: §localhost", "is not a full DNS name", "agents.example.com"},
		{"an address", "domain: demo.example.com", "domain: §https://demo.example.com", "want a DNS name", "scheme"},
		{"an IP address", "domain: demo.example.com", `domain: §"192.0.2.1"`, "is not a full DNS name", ""},
		{"capitals", "domain: demo.example.com", "domain: §Demo.example.com", "capital letters", "demo.example.com"},
		{"a bad part", "domain: demo.example.com", "domain: §-demo.example.com", `has the part "-demo"`, ""},
		{"an empty part", "domain: demo.example.com", "domain: §demo..com", `has the part ""`, ""},
		{
			"too long a domain", "domain: demo.example.com", "domain: §" + strings.Repeat("abcdefg.", 32) + "com",
			"259 characters", "",
		},
		{
			"a bad host", "host: web.example.com", "host: §web.example.com:443", `host "web.example.com:443" is an address`,
			"port",
		},
	})
}

func TestParse_references(t *testing.T) {
	t.Parallel()
	checkEdits(t, []edit{
		{
			"store to tier", "kind: bucket\n    tier: solid", "kind: bucket\n    tier: §sold",
			`store "files" names tier "sold"`, `"solid"`,
		},
		{
			"agent to tier", "  - name: back\n    tier: solid", "  - name: back\n    tier: §slow",
			`agent "back" names tier "slow"`, "one of fast, solid",
		},
		{"agent to store", "{store: ledger, write", "{store: §leger, write", `names store "leger"`, `"ledger"`},
		{"agent to store twice", "{store: jobs}", "{store: §ledger}", `uses store "ledger" twice`, ""},
		{"agent to agent", "calls: [back]", "calls: [§bck]", `agent "front" names agent "bck"`, `"back"`},
		{"agent to itself", "    needs: [web]", "    calls: [§back]\n    needs: [web]", `agent "back" calls itself`, "leave it out"},
		{"agent to agent twice", "calls: [back]", "calls: [back, §back]", `calls agent "back" twice`, ""},
		{"agent to dependency", "needs: [web]", "needs: [§wbe]", `names dependency "wbe"`, `"web"`},
		{"agent to dependency twice", "needs: [web]", "needs: [web, §web]", `needs dependency "web" twice`, ""},
		{"agent to queue", "consumes: jobs", "consumes: §job", `names store "job"`, `"jobs"`},
		{"agent to no queue", "consumes: jobs", "consumes: §files", `consumes "files", which is a bucket`, "kind queue"},
		{"fallback", "fallbacks: [little]", "fallbacks: [§litle]", `dependency "big" names dependency "litle"`, `"little"`},
		{"fallback to itself", "fallbacks: [big]", "fallbacks: [§little]", "falls back to itself", ""},
		{"fallback twice", "fallbacks: [big]", "fallbacks: [big, §big]", `falls back to "big" twice`, ""},
		{
			"fallback of another kind", "fallbacks: [big]", "fallbacks: [big, §web]",
			`of kind model and falls back to "web" of kind http`, "",
		},
		{"cache to store", "rebuildFrom: ledger", "rebuildFrom: §legder", `store "hot" names store "legder"`, `"ledger"`},
		{"cache to itself", "rebuildFrom: ledger", "rebuildFrom: §hot", `rebuilt from "hot", which is a cache`, ""},
		{"cache to queue", "rebuildFrom: ledger", "rebuildFrom: §jobs", `rebuilt from "jobs", which is a queue`, ""},
	})
}

func TestParse_agents(t *testing.T) {
	t.Parallel()
	const front = "image: registry.example.com/demo/front:1.0.0"
	checkEdits(t, []edit{
		{"image without tag", front, "image: §registry.example.com/demo/front", "has neither tag nor digest", ":1.4.2"},
		{"port is no tag", front, "image: §registry.example.com:5000/front", "has neither tag nor digest", ""},
		{"latest", front, "image: §registry.example.com/demo/front:latest", "moving tag latest", ""},
		{"no image", front, "image: §Registry/Front:1", "is not an image reference", ""},
		{"no replicas", "replicas: 2", "replicas: §0", "replicas is 0, want at least 1", ""},
		{"no load", "load: 10\n", "load: §0\n", "load is 0, want at least 1", ""},
		{"nothing per replica", "perReplica: 10\n", "perReplica: §-3\n", "perReplica is -3, want at least 1", ""},
		{
			"two replicas in a critical tier", "replicas: 3", "replicas: §2", `want at least 3 in the critical tier "fast"`,
			"write at least 3",
		},
		{
			"a zone too few", "replicas: 2\n    load: 10", "replicas: §2\n    load: 31",
			"after the loss of a zone 1 of 2 replicas are left and carry 10 requests a second, want the load of 31",
			"write at least 6",
		},
		{
			"cpu of zero", "cpuMillis: 500, memoryMiB: 512}\n    port: 8080", "cpuMillis: §0, memoryMiB: 512}\n    port: 8080",
			"cpuMillis is 0", "",
		},
		{"memory of zero", "memoryMiB: 512}\n    port: 8080", "memoryMiB: §0}\n    port: 8080", "memoryMiB is 0", ""},
		{"port too high", "port: 8080", "port: §65536", "port is 65536, want 1 to 65535", ""},
		{"port of the proxy", "port: 8080", "port: §15021", "port is 15021, and 15000 to 15099 are the proxy's", ""},
		{"port of zero", "port: 8080", "port: §0", "port is 0, want 1 to 65535", ""},
		{"level twice", "level: reduced", "level: §full", `declares level "full" twice`, ""},
		{"full gives up", "{level: full}", "§{level: full, off: [search]}", "gives something up at level full", ""},
		{
			"reduced gives nothing up", "{level: reduced, off: [search], fallback: little}", "§{level: reduced}",
			"gives nothing up at level reduced", "",
		},
		{"off twice", "off: [search]", "off: [search, §search]", `switches off "search" twice`, ""},
	})
}
