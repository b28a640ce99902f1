# Redoubt: what a person or CI runs. `make help` lists it.
SHELL := /bin/bash -eu -o pipefail
GO ?= go
PULUMI_VERSION := v3.250.0
KUBERNETES_VERSION := $(shell awk '$$1 == "k8s.io/kubernetes" {print $$2}' tools/kube/go.mod)
KUBERNETES_SAYS := $(foreach says,gitVersion=$(KUBERNETES_VERSION) gitMajor=1 \
	gitMinor=$(word 2,$(subst ., ,$(KUBERNETES_VERSION))),-X k8s.io/component-base/version.$(says))
TOOLS := $(CURDIR)/.tools
# Lint vets; without a debugger's symbols a test binary links in three quarters of the time.
# Tests, and the engines they start, live for seconds: they collect garbage less often, which saves a fifth of their time.
BRIEF := -exec "env GOGC=400 GOMEMLIMIT=4GiB"
QUICK := -vet=off -ldflags "-s -w" $(BRIEF)
# The longest begin first, so that the rest links and runs beside them.
LONG := ./tests/e2e ./tests/recovery ./tests/cli ./stacks
export PATH := $(PATH):$(TOOLS)
export PULUMI_SKIP_UPDATE_CHECK := true

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: up
up: tools build ## deploy both homes to the simulated pair of regions
	@bin/redoubt sim up

.PHONY: preview
preview: tools build ## show what an update would change
	@bin/redoubt sim preview

.PHONY: down
down: tools build ## switch protection off, destroy both homes, list what locks keep
	@bin/redoubt sim down

.PHONY: build
build: ## build bin/redoubt
	@echo "building bin/redoubt (the first time compiles the AWS SDK of Pulumi: about 3 minutes on 2 cores)" >&2
	@$(GO) build -o bin/redoubt ./cmd/redoubt

.PHONY: policies
policies: ## build the policy pack for an engine without a language host (bin/pulumi-analyzer-policy-go)
	@$(GO) build -o bin/pulumi-analyzer-policy-go ./policies

.PHONY: tools
tools: ## get the Pulumi CLI: the one on PATH when it fits, else built from the module proxy
	@if ! tools/have-pulumi $(PULUMI_VERSION) $(TOOLS)/pulumi; then \
		echo "building the Pulumi CLI $(PULUMI_VERSION) (once, about 4 minutes on 2 cores)" >&2; \
		mkdir -p $(TOOLS); \
		cd tools && $(GO) build -o $(TOOLS)/pulumi \
			-ldflags "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI_VERSION)" \
			github.com/pulumi/pulumi/pkg/v3/cmd/pulumi; \
	fi

.PHONY: test
test: tools ## pure tests, mocks, scenarios, one end-to-end up (under 5 minutes with a warm build cache)
	$(GO) test $(QUICK) -timeout 20m $(LONG) ./...

# How much of what is tried at random is tried, in percent: kills of an update, cuts of a run, schedules of faults. The
# arbiter's schedules are always all of them, and the log tells their seed.
REPEAT ?= 100

.PHONY: test-engine
test-engine: tools ## kills, judges, everything that needs many engine runs (about 50 minutes)
	REDOUBT_REPEAT=$(REPEAT) $(GO) test $(QUICK) -tags engine -p 2 -timeout 60m ./tests/engine/... ./tests/survive/...
	REDOUBT_REPEAT=$(REPEAT) $(GO) test $(QUICK) -tags engine -p 1 -timeout 40m -run '^TestEngine' ./tests/recovery/... ./sim/provider/... ./tests/assess/... ./tests/policies/...
	$(GO) test $(QUICK) -tags engine -count 1 -timeout 40m -v -run '^TestEngine' ./tests/arbiter
	$(GO) test $(QUICK) -tags engine -run '^$$' -bench 'Up$$|Recoveries$$|Raise$$' -benchtime 1x -timeout 20m ./tests/bench ./tests/assess
	$(MAKE) judge-aws
	$(MAKE) charts-check

.PHONY: iam-data
iam-data: ## get what AWS says of its actions and resources, for the judge of policies
	@mkdir -p $(TOOLS)/iam-data && cd $(TOOLS)/iam-data && \
		{ cmp -s package.json $(CURDIR)/tools/judge/iam/package.json && test -d node_modules; } || \
		{ cp $(CURDIR)/tools/judge/iam/package*.json . && npm ci --no-audit --no-fund; }

.PHONY: bridge
bridge: ## build Pulumi's bridge, which runs the program on the upstream AWS provider (tools/bridge), once for each version
	@mkdir -p $(TOOLS) && cd tools/bridge && sha256sum * > $(TOOLS)/bridge.wanted && \
		{ cmp -s $(TOOLS)/bridge.wanted $(TOOLS)/bridge.built && test -x $(TOOLS)/bridge; } || { \
		echo "building Pulumi's bridge (once, about 3 minutes on 2 cores)" >&2; \
		nice $(GO) build -p 2 -o $(TOOLS)/bridge -ldflags "-s -w" github.com/pulumi/pulumi-terraform-bridge/v3/dynamic && \
		mv $(TOOLS)/bridge.wanted $(TOOLS)/bridge.built; }

.PHONY: judge-aws
judge-aws: iam-data ## ask AWS's provider, API models and lists of actions and versions what they say (under 20 minutes)
	@status=0; $(MAKE) judge-program || status=$$?; cd tools/judge && \
		{ $(GO) test $(BRIEF) -tags judge -timeout 20m ./... || status=$$?; $(GO) run . where && exit $$status; }

.PHONY: judge-program
judge-program: tools iam-data bridge kube ## both homes on the upstream AWS provider, by the real engine, against moto (10 minutes)
	cd tools/judge && $(GO) test $(BRIEF) -tags program,apps -count 1 -timeout 40m -v ./endtoend

.PHONY: kube
kube: ## build the Kubernetes control plane of the tests (tools/kube, tools/kwok), once for each version
	@mkdir -p $(TOOLS)/kube && sha256sum tools/kube/* tools/kwok/* > $(TOOLS)/kube/wanted && \
		{ cmp -s $(TOOLS)/kube/wanted $(TOOLS)/kube/built && test -x $(TOOLS)/kube/kube -a -x $(TOOLS)/kube/kwok; } || { \
		echo "building Kubernetes $(KUBERNETES_VERSION) with etcd, and kwok (once, about 10 minutes on 2 cores)" >&2; \
		(cd tools/kube && nice $(GO) build -p 2 -o $(TOOLS)/kube/kube -ldflags "-s -w $(KUBERNETES_SAYS)" .) && \
		(cd tools/kwok && nice $(GO) build -p 2 -o $(TOOLS)/kube/kwok -ldflags "-s -w" .) && \
		mv $(TOOLS)/kube/wanted $(TOOLS)/kube/built; }

.PHONY: test-kube
test-kube: kube ## every declared Kubernetes object and every request of plans against a real API server
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 20m -run 'Declared|Export|Requests' -v ./tests/kube

.PHONY: test-zones
test-zones: kube ## the loss of a zone, in whole and in part, with a real scheduler and simulated nodes
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 20m -run 'Zones|Rules' -v ./tests/kube

.PHONY: judge-mesh
judge-mesh: ## hold the mesh's objects to Istio's schemas and to the validation of its control plane (a minute and a half to build)
	cd tools/mesh && $(GO) test -count 1 -timeout 10m ./...

.PHONY: browser
browser: ## get Debian's chromium and poppler-utils where they are missing
	@{ command -v chromium && command -v pdftotext; } >/dev/null || { \
		echo "installing chromium and poppler-utils" >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium poppler-utils fonts-liberation >/dev/null; }

.PHONY: test-browser
test-browser: browser tools ## reports of drills and the page of redoubt serve in a real browser, without a network (4 minutes)
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 15m ./tests/browser

.PHONY: pictures
pictures: browser tools ## make the pictures of the documents again (docs/images)
	@mkdir -p docs/images
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 15m -run TestServe_followsTheHomes ./tests/browser -args -pictures $(CURDIR)/docs/images

.PHONY: local-stores
local-stores: ## get PostgreSQL and Valkey or Redis from Debian where they are not installed
	@want=""; command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want="postgresql"; \
	command -v valkey-server >/dev/null || command -v redis-server >/dev/null || want="$$want cache"; \
	if test -n "$$want"; then echo "installing $$want" >&2; export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
		apt-get update -qq; cache=redis-server; ! apt-cache show valkey-server >/dev/null 2>&1 || cache=valkey-server; \
		apt-get install -y -qq --no-install-recommends $${want/cache/$$cache} >/dev/null; fi

.PHONY: drill-local
drill-local: local-stores ## kill real databases of this machine 24 times, recover, compare the witness with the truth (4 minutes)
	@mkdir -p bin
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 12m -v ./tests/local -args -must -kills 24 -json $(CURDIR)/bin/drill-local.json

.PHONY: drill-real
drill-real: ## drill a sandbox on AWS, in stages; without its guards open: what it would do, cost and take, and exit code 3
	@mkdir -p bin && $(GO) build -o bin/drill-real ./cmd/drill-real
	@bin/drill-real

.PHONY: demo-agents
demo-agents: local-stores ## run the example agents under load while what they need fails, and without their protection (2 minutes)
	@mkdir -p bin
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 8m -v -run '^Test(Faults|Collapse)' ./tests/agents -args -must -report $(CURDIR)/bin/demo-agents.md

.PHONY: demo-leases
demo-leases: local-stores ## run the example agents with three tables of leases, and move the word of the arbiter away and back (3 minutes)
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 8m -v -run '^TestLease' ./tests/agents -args -must

.PHONY: asl
asl: ## hold the state machine of every plan to a published validator of the language (asl-validator, from npm)
	@mkdir -p $(TOOLS)/asl && cd $(TOOLS)/asl && \
		{ cmp -s package-lock.json $(CURDIR)/tools/asl/package-lock.json && test -d node_modules; } || \
		{ cp $(CURDIR)/tools/asl/package*.json . && npm ci --ignore-scripts --no-audit --no-fund; }
	@rm -rf bin/machines && mkdir -p bin/machines
	@REDOUBT_MACHINES=$(CURDIR)/bin/machines $(GO) test $(QUICK) -count 1 -run 'Machine' ./recovery/render
	@for f in bin/machines/*.asl.json; do $(TOOLS)/asl/node_modules/.bin/asl-validator --json-path $$f; done

# Which state machines the interpreter walks: the one that stands in each home, with every kept plan, and those made of the
# plans for the loss of a region and of what takes little; make test-machines takes those of all kept plans, too.
MACHINES := ^TestMachine_(deployedWalksEveryPlan|waits)$$|^TestMachine_(survivesCrashes|beginsByItself|endsWhereSomebodyElseActs|endsAsARunDoes)$$/^(region-loss|switchover|zone-loss|zone-back|writer-loss|dependency-loss)$$

.PHONY: test-machines
test-machines: ## walk the state machine of every plan on an interpreter, against the simulated regions (20 minutes)
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 90m -run '^TestMachine' -v ./tests/recovery

.PHONY: test-apps
test-apps: kube test-browser local-stores judge-mesh asl ## what needs an emulator, a cluster, a browser or a database: plans' calls against moto, Kubernetes, reports, a drill, agents
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 10m ./internal/awsport/... ./internal/probe/...
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 10m -run '^TestCommands' -v ./recovery/render ./tests/docs
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 20m -run '$(MACHINES)' -v ./tests/recovery
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 25m ./tests/kube
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 8m -v ./tests/local -args -kills 6
	$(GO) test $(QUICK) -tags apps -count 1 -timeout 15m -v ./tests/agents
	@command -v moto_server >/dev/null || \
		{ echo "NOT TRIED: the calls of plans over the wire; moto_server (moto 5.2.1) is not on PATH"; test "$${CI:-}" != true; }

# The gate of a pull request, a target a step; .github/workflows runs the same ones.
GATE := bin/gate
GATE_FILES := Pulumi.yaml Pulumi.primary.yaml Pulumi.secondary.yaml system.yaml
GATE_BASE ?= $(shell git rev-parse -q --verify origin/main 2>/dev/null || git rev-parse -q --verify main 2>/dev/null || echo HEAD)
DRILL_SEED ?= 0

.PHONY: gate
gate: gate-build gate-test gate-homes gate-forecast gate-drills gate-comment ## what a pull request must pass (15 minutes with a warm build cache)
	@echo "the gate is open; what a reviewer reads: $(GATE)/comment.md"

.PHONY: gate-build
gate-build: lint generated ## step: it builds, and nothing generated is stale
	$(GO) build ./...

.PHONY: gate-test
gate-test: test ## step: the tests

.PHONY: gate-homes
gate-homes: tools build policies ## step: what the change does to both homes of the base, judged by every policy, on the simulator
	@rm -rf $(GATE) && mkdir -p $(GATE)/base
	@for f in $(GATE_FILES); do git show $(GATE_BASE):$$f >$(GATE)/base/$$f; cp $$f $(GATE)/$$f; done
	@ln -s ../../policies $(GATE)/policies
	@cd $(GATE)/base && ../../redoubt sim up >/dev/null && mv .redoubt ..
	@cd $(GATE) && ../redoubt sim preview --policy-pack policies | tee preview.txt

.PHONY: gate-forecast
gate-forecast: build ## step: what the change makes of the forecast; fails when an objective is predicted to be missed
	@cd $(GATE) && ../redoubt assess --against base/system.yaml | tee forecast.md

.PHONY: gate-drills
gate-drills: tools build ## step: the change is made on the simulator, and every scenario is drilled (DRILL_SEED draws durations)
	@cd $(GATE) && ../redoubt sim up >/dev/null && ../redoubt drill --all --seed $(DRILL_SEED) --out drills | tee drills.txt

.PHONY: gate-comment
gate-comment: ## step: the comment for the pull request, of what the other steps found
	@tools/gate-comment $(GATE) >$(GATE)/comment.md
	@test -z "$${GITHUB_STEP_SUMMARY:-}" || cat $(GATE)/comment.md >>"$$GITHUB_STEP_SUMMARY"

# What the workflows do on AWS, with the official CLI and a role (docs/pipeline.md). HOME_NAME is primary or secondary.
HOME_NAME ?= secondary

.PHONY: aws-preview
aws-preview: policies ## on AWS: what an update of HOME_NAME would change, judged by every policy
	pulumi preview --stack $(HOME_NAME) --policy-pack policies --non-interactive

.PHONY: aws-up
aws-up: policies ## on AWS: update HOME_NAME, judged by every policy
	pulumi up --stack $(HOME_NAME) --policy-pack policies --yes --non-interactive

.PHONY: aws-drift
aws-drift: ## on AWS: fail when what stands there is not what HOME_NAME declares
	pulumi preview --stack $(HOME_NAME) --refresh --expect-no-changes --non-interactive

.PHONY: aws-record-drift
aws-record-drift: build ## on AWS: record that the comparison of HOME_NAME has just found nothing
	@bin/redoubt record drift $(HOME_NAME) --on aws

.PHONY: aws-record-drills
aws-record-drills: build ## on AWS: record in both homes the drills of the gate, and the last ones on AWS where there are any, if all have held
	@bin/redoubt record drills $(GATE)/drills --on aws
	@test ! -s docs/drills.jsonl || bin/redoubt record measured --on aws

.PHONY: awsguard
awsguard: ## get AWSGuard from npm, which the benchmark of the policies is held against
	@mkdir -p $(TOOLS)/awsguard && cd $(TOOLS)/awsguard && \
		{ cmp -s package-lock.json $(CURDIR)/tools/awsguard/package-lock.json && test -d node_modules; } || \
		{ cp $(CURDIR)/tools/awsguard/package*.json . && npm ci --ignore-scripts --no-audit --no-fund; }
	@cp $(CURDIR)/tools/awsguard/* $(TOOLS)/awsguard

.PHONY: bench
bench: tools awsguard ## benchmarks, each with its baseline in the same run
	$(GO) test -tags engine -run '^$$' -bench . -benchtime 5x -timeout 40m ./tests/bench/... ./tests/assess

.PHONY: lint
lint: ## formatting, vet and static analysis
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./... && $(GO) vet -tags engine,apps ./... && $(GO) vet -tags real ./tests/real
	cd tools/judge && $(GO) vet -tags judge,program,apps ./...
	cd tools/mesh && $(GO) vet ./...
	cd tools && $(GO) build -o $(TOOLS)/staticcheck honnef.co/go/tools/cmd/staticcheck
	$(TOOLS)/staticcheck -tags engine,apps ./...
	$(TOOLS)/staticcheck -tags real ./tests/real
	cd tools/actionlint && $(GO) build -o $(TOOLS)/actionlint github.com/rhysd/actionlint/cmd/actionlint
	$(TOOLS)/actionlint -shellcheck= -pyflakes=
	@$(GO) mod tidy -diff && cd tools && $(GO) mod tidy -diff && cd judge && $(GO) mod tidy -diff && cd ../kube && $(GO) mod tidy -diff && cd ../kwok && $(GO) mod tidy -diff && cd ../bridge && $(GO) mod tidy -diff && cd ../mesh && $(GO) mod tidy -diff && cd ../actionlint && $(GO) mod tidy -diff

.PHONY: charts
charts: ## render the controllers' charts again (components/controllers/rendered)
	cd tools/charts && $(GO) run . ../../components/controllers/rendered

.PHONY: charts-check
charts-check: ## fail when a rendered chart is not what its recorded version gives
	@new=$$(mktemp -d) && trap "rm -rf $$new" EXIT && cd tools/charts && $(GO) run . "$$new" && \
		diff -r "$$new" ../../components/controllers/rendered

.PHONY: generate
generate: ## write again what is generated
	$(GO) generate ./...

.PHONY: generated
generated: generate ## fail when something generated is stale
	@git diff --exit-code --stat -- . || { echo "generated files are stale: run make generate and commit" >&2; exit 1; }

.PHONY: clean
clean: ## remove what was built, and the simulated regions
	rm -rf bin .tools .redoubt
