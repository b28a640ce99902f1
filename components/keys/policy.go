package keys

import (
	"fmt"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// The actions that users of a key need, by how they use it.
var (
	seal   = []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}
	reseal = []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}
	send   = []string{"kms:Decrypt", "kms:GenerateDataKey*"}
	grant  = []string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"}
)

// through is an AWS service that uses a key on behalf of a caller of this
// account, who must be allowed to use the service itself.
type through struct {
	sid, service string
	actions      []string
	// grants is true when the service keeps a grant on the key, to use it
	// when no caller is there: after a failover of a database, for example.
	grants bool
}

// publisher is an AWS service that uses a key in its own name to send to an encrypted topic.
type publisher struct {
	sid, service string
	// anonymous is true when the service does not tell KMS for which account it
	// sends, so that a condition on the account would refuse every message.
	anonymous bool
}

// The users of each key. The table is the whole of the truth: a service that
// is not here cannot use the key unless IAM allows its caller. Sources, all
// below docs.aws.amazon.com: AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html,
// kms/latest/developerguide/services-dynamodb.html, AmazonElastiCache/latest/dg/at-rest-encryption.html,
// AmazonS3/latest/userguide/UsingKMSEncryption.html,
// AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html,
// secretsmanager/latest/userguide/security-encryption.html, aws-backup/latest/devguide/encryption.html,
// sns/latest/dg/sns-key-management.html,
// autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html.
var (
	services = map[string][]through{
		Data: {
			{"Postgres", "rds", reseal, true},
			{"Tables", "dynamodb", reseal, true},
			{"Caches", "elasticache", reseal, true},
			{"Buckets", "s3", seal, false},
			{"Queues", "sqs", send, false},
			// The disks of nodes, also of those that Auto Scaling launches with its own role.
			{"Volumes", "ec2", reseal, true},
		},
		Secrets: {
			{"Secrets", "secretsmanager", reseal, true},
			{"Parameters", "ssm", seal, false},
		},
		Logs: {
			{"Topics", "sns", send, false},
		},
		Backup: {
			{"Vaults", "backup", reseal, true},
			// A copy of a cluster's snapshot is encrypted by RDS under the vault's key.
			{"Snapshots", "rds", reseal, true},
		},
	}
	publishers = map[string][]publisher{
		Logs: {
			{"Alarms", "cloudwatch", false},
			// The page on keys of topics says that the account's and the rule's conditions do not work for EventBridge,
			// and so it was met: github.com/awslabs/landing-zone-accelerator-on-aws/issues/407. Which rules may
			// publish is said by the policy of the topic.
			{"Events", "events", true},
			{"VaultNotices", "backup", false},
			{"DatabaseNotices", "events.rds", false},
		},
	}
)

// Policy returns the policy of the key for a purpose in one home. It names
// the home's region, so the copies of one key have different policies. CopyAccount is the other account that
// copies of backups go to, empty when there is none.
func Policy(s naming.Scope, purpose, copyAccount string) iampolicy.Document {
	all := []iampolicy.Statement{root(s)}
	for _, t := range services[purpose] {
		all = append(all, t.statements(s)...)
	}
	if purpose == Data {
		all = append(all, snapshots(s))
	}
	if purpose == Logs {
		all = append(all, logGroups(s))
	}
	for _, p := range publishers[purpose] {
		all = append(all, p.statement(s))
	}
	if copyAccount != "" && (purpose == Data || purpose == Backup) {
		all = append(all, copying(copyAccount)...)
	}
	return iampolicy.Document{Statements: all}
}

// root leaves the key to the account's IAM policies. Without it nobody could
// change the key any more.
func root(s naming.Scope) iampolicy.Statement {
	return iampolicy.Statement{
		Sid:            "Account",
		Principals:     map[string][]string{"AWS": {fmt.Sprintf("arn:aws:iam::%s:root", s.Account)}},
		Actions:        []string{"kms:*"},
		Resources:      []string{"*"},
		AllowAnyAction: true,
		Reason: "the account keeps control of its key; KMS refuses a policy that locks everybody out: " +
			"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
	}
}

// statements let callers of the account use the key through the service, and
// the service keep grants for itself alone.
func (t through) statements(s naming.Scope) []iampolicy.Statement {
	via := map[string]map[string][]string{"StringEquals": {
		"kms:CallerAccount": {s.Account},
		"kms:ViaService":    {fmt.Sprintf("%s.%s.amazonaws.com", t.service, s.Region)},
	}}
	anybody := map[string][]string{"AWS": {iampolicy.Everyone}}
	use := iampolicy.Statement{
		Sid: t.sid, Principals: anybody, Actions: t.actions, Resources: []string{"*"}, Conditions: via,
	}
	if !t.grants {
		return []iampolicy.Statement{use}
	}
	keep := iampolicy.Statement{
		Sid: t.sid + "Grants", Principals: anybody, Actions: grant, Resources: []string{"*"}, Conditions: via,
	}.With(iampolicy.Condition{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Values: []string{"true"}})
	return []iampolicy.Statement{use, keep}
}

// copying lets another account take copies of backups: it reads them under this
// key and writes them under that of its own vault. What AWS Backup manages fully is encrypted under the vault's
// key, the snapshots of databases under that of the data:
// docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html,
// repost.aws/knowledge-center/backup-troubleshoot-cross-account-copy.
func copying(account string) []iampolicy.Statement {
	there := map[string][]string{"AWS": {fmt.Sprintf("arn:aws:iam::%s:root", account)}}
	keep := iampolicy.Statement{Sid: "CopyAccountGrants", Principals: there, Actions: grant, Resources: []string{"*"}}
	return []iampolicy.Statement{
		{Sid: "CopyAccount", Principals: there, Actions: reseal, Resources: []string{"*"}},
		keep.With(iampolicy.Condition{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Values: []string{"true"}}),
	}
}

// snapshots lets ElastiCache of the home's region put exported snapshots into an
// encrypted bucket, and read them back: it comes to the bucket as a service, not as a caller of the account
// (docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html). What it
// may write to is said by the policy of the bucket. That S3 names itself to KMS then is assumed.
func snapshots(s naming.Scope) iampolicy.Statement {
	return iampolicy.Statement{
		Sid:        "CacheSnapshots",
		Principals: map[string][]string{"Service": {s.Region + ".elasticache-snapshot.amazonaws.com"}},
		Actions:    send,
		Resources:  []string{"*"},
		Conditions: map[string]map[string][]string{"StringEquals": {
			"kms:ViaService": {"s3." + s.Region + ".amazonaws.com"},
		}},
	}
}

// logGroups lets CloudWatch Logs of the home's region use the key for the
// account's log groups:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func logGroups(s naming.Scope) iampolicy.Statement {
	return iampolicy.Statement{
		Sid:        "LogGroups",
		Principals: map[string][]string{"Service": {fmt.Sprintf("logs.%s.amazonaws.com", s.Region)}},
		Actions:    reseal,
		Resources:  []string{"*"},
		Conditions: map[string]map[string][]string{"ArnLike": {
			"kms:EncryptionContext:aws:logs:arn": {s.ARN("logs", "log-group:*")},
		}},
	}
}

// statement lets the service send to topics of the account. That the services
// which are not anonymous send aws:SourceAccount with their call to KMS is assumed.
func (p publisher) statement(s naming.Scope) iampolicy.Statement {
	use := iampolicy.Statement{
		Sid:        p.sid,
		Principals: map[string][]string{"Service": {strings.Join([]string{p.service, "amazonaws.com"}, ".")}},
		Actions:    send,
		Resources:  []string{"*"},
	}
	if p.anonymous {
		return use
	}
	return use.With(iampolicy.SourceAccount(s.Account))
}
