package agents

import (
	"slices"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

// What each use of a store takes, in the words of the service authorization reference
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
var (
	readTable = []string{"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DescribeTable",
		"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}
	writeTable = []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
	// keepItems is what a ledger, an idempotency record or a lock needs: one item at a time, on a condition.
	keepItems = []string{"dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
		"dynamodb:UpdateItem"}
	listItems    = []string{"dynamodb:Query"}
	readSecret   = []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}
	readObjects  = []string{"s3:GetObject", "s3:GetObjectVersion"}
	writeObjects = []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"}
	readFlags    = []string{"appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"}
	listObjects  = []string{"s3:GetBucketLocation", "s3:ListBucket"}
	seeQueue     = []string{"sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
	takeWork     = []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"}
	bury         = []string{"sqs:SendMessage"}
)

// allowed is everything that the agent's pods may do to AWS: read the discovery
// parameter, use the stores that the agent declares, and have the home's keys used for that
// by the stores' own services.
func allowed(scope naming.Scope, s *system.System, agent system.Agent, parameter string, l *Leases, p places) iampolicy.Document {
	g := &grants{scope: scope, at: p}
	g.allow("Discovery", []string{"ssm:GetParameter"}, scope.ARN("ssm", "parameter"+parameter))
	g.use(p.secretKey, "ssm", false)
	if len(p.secrets) > 0 {
		g.allow("Dependencies", readSecret, p.secrets...)
		g.use(p.secretKey, "secretsmanager", false)
	}
	if len(p.levels) > 0 {
		g.allow("Levels", readFlags, p.levels...)
	}
	for _, name := range Uses(agent) {
		st, _ := s.Store(name)
		write := slices.ContainsFunc(agent.Stores, func(u system.Use) bool { return u.Store == name && u.Write })
		g.store(st, write, agent.Consumes == name)
	}
	if g.works && p.locks != "" {
		g.allow("Locks", keepItems, p.locks)
		g.use(p.dataKey, "dynamodb", true)
	}
	g.leases(l)
	return iampolicy.Document{Statements: append(g.statements, g.keys()...)}
}

// grants collects the statements of one agent.
type grants struct {
	scope      naming.Scope
	at         places
	statements []iampolicy.Statement
	// works is true once the agent changes anything.
	works bool
	// read and written are the services through which each key is used.
	read, written map[string][]string
}

func (g *grants) allow(sid string, actions []string, resources ...string) {
	g.statements = append(g.statements, iampolicy.Statement{
		Sid: sid, Actions: slices.Clone(actions), Resources: resources,
	})
}

// store allows one use of one store.
func (g *grants) store(st system.Store, write, consume bool) {
	at, sid := g.at.stores[st.Name], sidOf(st.Name)
	g.works = g.works || write || consume
	switch st.Kind {
	case system.Postgres: // who may write is said by the database's own roles
		g.allow(sid, readSecret, at.secret)
		g.use(g.at.secretKey, "secretsmanager", false)
	case system.Table:
		g.table(sid, at, write)
	case system.Bucket:
		g.bucket(sid, at.arn, write)
	case system.Cache:
		g.allow(sid, []string{"elasticache:Connect"}, append(withNext(at.arn, at.next), at.user)...)
	case system.Queue:
		g.queue(st, at, write, consume)
	}
}

func (g *grants) table(sid string, at place, write bool) {
	actions := readTable
	if write {
		actions = slices.Concat(readTable, writeTable)
	}
	var arns []string
	for _, arn := range withNext(at.arn, at.next) {
		arns = append(arns, arn, arn+"/index/*")
	}
	g.allow(sid, actions, arns...)
	g.use(g.at.dataKey, "dynamodb", write)
}

// withNext is an ARN, and that of its next generation where there is one.
func withNext(arn, next string) []string {
	if next == "" {
		return []string{arn}
	}
	return []string{arn, next}
}

func (g *grants) bucket(sid, arn string, write bool) {
	actions := readObjects
	if write {
		actions = slices.Concat(readObjects, writeObjects)
	}
	g.allow(sid, actions, arn+"/*")
	g.allow(sid+"List", listObjects, arn)
	g.use(g.at.dataKey, "s3", write)
}

// queue allows sending to a queue or taking from it, and the records without
// which neither is safe: the ledger of accepted work, and what was done already. A producer also reads what is open in
// the ledger, to send again what the queue lost; a consumer buries in the dead-letter queue what can never be done.
func (g *grants) queue(st system.Store, at place, write, consume bool) {
	sid, actions := sidOf(st.Name), seeQueue
	if write {
		actions = append(slices.Clone(actions), "sqs:SendMessage")
	}
	if consume {
		actions = slices.Concat(actions, takeWork)
	}
	g.allow(sid, actions, at.arn)
	if !write && !consume {
		return
	}
	g.use(g.at.dataKey, "sqs", true)
	if consume {
		g.allow(sid+"Dead", bury, g.scope.ARN("sqs", g.scope.Queue(st.Name+"-dlq", st.FIFO)))
	}
	var records []string
	if at.ledger != "" {
		records = append(records, withNext(at.ledger, at.next)...)
	}
	if write && at.ledger != "" {
		var open []string
		for _, arn := range withNext(at.ledger, at.next) {
			open = append(open, arn+"/index/"+inventory.LedgerIndex)
		}
		g.allow(sid+"Open", listItems, open...)
	}
	if consume && at.idempotency != "" {
		records = append(records, at.idempotency)
	}
	if len(records) == 0 {
		return // this home has no half of the ledger yet
	}
	g.allow(sid+"Records", keepItems, records...)
	g.use(g.at.dataKey, "dynamodb", true)
}

// use notes that a key is used through a service, to read or also to write.
func (g *grants) use(key, service string, write bool) {
	if g.read == nil {
		g.read, g.written = map[string][]string{}, map[string][]string{}
	}
	via := service + "." + g.scope.Region + ".amazonaws.com"
	g.read[key] = append(g.read[key], via)
	if write {
		g.written[key] = append(g.written[key], via)
	}
}

// keys allows the use of keys through the services that hold the stores, and
// in no other way:
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (g *grants) keys() []iampolicy.Statement {
	var out []iampolicy.Statement
	for _, k := range []struct {
		sid, arn string
		actions  []string
		via      map[string][]string
	}{
		{"OpenSecrets", g.at.secretKey, []string{"kms:Decrypt"}, g.read},
		{"OpenData", g.at.dataKey, []string{"kms:Decrypt"}, g.read},
		{"SealData", g.at.dataKey, []string{"kms:GenerateDataKey"}, g.written},
	} {
		if len(k.via[k.arn]) == 0 {
			continue
		}
		out = append(out, iampolicy.Statement{Sid: k.sid, Actions: k.actions, Resources: []string{k.arn}}.With(
			iampolicy.Condition{Operator: "StringEquals", Key: "kms:ViaService", Values: k.via[k.arn]}))
	}
	return out
}

// sidOf makes a statement's name of a store's: letters and digits only, and
// two stores have two names, because a store's has no capitals.
func sidOf(store string) string { return "Store" + strings.ReplaceAll(store, "-", "X") }
