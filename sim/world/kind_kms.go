package world

import (
	"strings"
	"time"
)

const (
	kindKey     = "AWS::KMS::Key"
	kindReplica = "AWS::KMS::ReplicaKey"
	kindAlias   = "AWS::KMS::Alias"

	kmsDoc     = "https://docs.aws.amazon.com/kms/latest/developerguide/"
	timeFormat = time.RFC3339
)

// keyKinds are the kinds of entity that a key id or key ARN can name.
var keyKinds = []string{kindKey, kindReplica}

var kmsKinds = []Kind{
	{
		Name: kindKey, Service: "kms", Source: kmsDoc + "deleting-keys.html", NotFound: "NotFoundException",
		Fixed: []string{"MultiRegion", "KeyUsage", "CustomerMasterKeySpec"},
		id:    keyID, arn: arnOf("kms", "key/{id}"),
		checks:   []check{keyAlive, keyWindow, jsonIn("Policy", "MalformedPolicyDocumentException")},
		computed: keyComputed, remove: removeKey,
	},
	{
		Name: kindReplica, Service: "kms", Source: kmsDoc + "multi-region-keys-replicate.html", NotFound: "NotFoundException",
		Exists: "AlreadyExistsException", Required: []string{"PrimaryKeyArn"}, Fixed: []string{"PrimaryKeyArn"},
		id: replicaID, arn: arnOf("kms", "key/{id}"),
		checks:    []check{keyAlive, keyWindow, replicaShape, jsonIn("Policy", "MalformedPolicyDocumentException")},
		endpoints: replicaEndpoints, computed: replicaComputed, remove: removeKey,
	},
	{
		Name: kindAlias, Service: "kms", Source: kmsDoc + "kms-alias.html", NotFound: "NotFoundException",
		Exists: "AlreadyExistsException", Required: []string{"TargetKeyId"},
		Refs: []Link{{Path: "TargetKeyId", Kinds: keyKinds, Code: "NotFoundException"}},
		id:   named("Name"), arn: arnOf("kms", "{id}"), checks: []check{aliasName, aliasTarget}, computed: aliasComputed,
	},
}

func keyID(t *tx, e *Entity) string {
	if yes(e.In, "MultiRegion") {
		return "mrk-" + t.hex(e, "id", 32)
	}
	return t.uuid(e, "id")
}

func keyWindow(_ *tx, e, _ *Entity) error {
	if days, ok := num(e.In, "DeletionWindowInDays"); ok && (days < 7 || days > 30) {
		return refuse("ValidationException", "DeletionWindowInDays is %v, want 7 to 30", days)
	}
	return nil
}

// keyAlive refuses a change of a key that waits for its deletion.
func keyAlive(_ *tx, _, old *Entity) error {
	if old != nil && strings.HasPrefix(str(old.Out, "KeyState"), "Pending") {
		return refuse("KMSInvalidStateException", "%s is %s", old.ARN, str(old.Out, "KeyState"))
	}
	return nil
}

func keyComputed(t *tx, e *Entity) {
	e.Out["KeyId"] = e.ID
	def(e, "KeyUsage", "ENCRYPT_DECRYPT")
	def(e, "CustomerMasterKeySpec", "SYMMETRIC_DEFAULT")
	def(e, "MultiRegion", false)
	def(e, "IsEnabled", true)
	def(e, "EnableKeyRotation", false)
	def(e, "Policy", defaultKeyPolicy(t.cfg.Account))
	if yes(e.In, "EnableKeyRotation") {
		def(e, "RotationPeriodInDays", float64(365))
	}
	e.Out["KeyState"] = "Enabled"
}

func defaultKeyPolicy(account string) string {
	return `{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account +
		`:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}`
}

func replicaID(t *tx, e *Entity) string {
	arn := str(e.In, "PrimaryKeyArn")
	return arn[strings.LastIndex(arn, "/")+1:]
}

// replicaEndpoints: ReplicateKey is called in the primary key's region.
func replicaEndpoints(region string, in Document) []string {
	if from := regionOfARN(str(in, "PrimaryKeyArn")); from != "" && from != region {
		return []string{from, region}
	}
	return []string{region}
}

func replicaShape(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	p := t.arn(str(e.In, "PrimaryKeyArn"))
	switch {
	case p == nil || p.Kind != kindKey:
		return missing("NotFoundException", "key %s does not exist", str(e.In, "PrimaryKeyArn"))
	case !yes(p.In, "MultiRegion"):
		return refuse("UnsupportedOperationException", "%s is not a multi-Region key", p.ARN)
	case p.Region == e.Region:
		return refuse("ValidationException", "%s is in %s already", p.ARN, p.Region)
	case str(p.Out, "KeyState") != "Enabled":
		return refuse("KMSInvalidStateException", "%s is %s", p.ARN, str(p.Out, "KeyState"))
	case t.cut(p.Region, e.Region):
		return &Error{Code: "KMSInternalException", Status: 500, Message: p.Region + " does not reach " + e.Region}
	}
	return nil
}

func replicaComputed(t *tx, e *Entity) {
	e.Out["KeyId"], e.Out["KeyState"] = e.ID, "Enabled"
	def(e, "Enabled", true)
	def(e, "Policy", defaultKeyPolicy(t.cfg.Account))
	e.Out["KeyUsage"], e.Out["KeySpec"] = "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"
	if p := t.arn(str(e.In, "PrimaryKeyArn")); p != nil {
		e.Out["KeyRotationEnabled"] = yes(p.In, "EnableKeyRotation")
	}
}

// removeKey schedules the deletion; a multi-Region primary waits for its
// replicas. Its aliases go at once.
func removeKey(t *tx, e *Entity) error {
	if strings.HasPrefix(str(e.Out, "KeyState"), "Pending") {
		return missing("NotFoundException", "%s is %s", e.ARN, str(e.Out, "KeyState"))
	}
	for _, a := range t.list(kindAlias, e.Region) {
		if target := str(a.In, "TargetKeyId"); target == e.ID || target == e.ARN {
			t.drop(a)
		}
	}
	k := t.edit(e)
	days := numOr(e.In, "DeletionWindowInDays", 30)
	if e.Kind == kindKey && t.replicas(e) > 0 {
		k.Out["KeyState"] = "PendingReplicaDeletion"
		return nil
	}
	t.scheduleKey(k, days)
	if p := t.arn(str(e.In, "PrimaryKeyArn")); p != nil && t.replicas(p) == 0 &&
		str(p.Out, "KeyState") == "PendingReplicaDeletion" {
		t.scheduleKey(t.edit(p), numOr(p.In, "DeletionWindowInDays", 30))
	}
	return nil
}

func (t *tx) scheduleKey(k *Entity, days float64) {
	k.Out["KeyState"] = "PendingDeletion"
	at := t.clock().Add(time.Duration(days) * 24 * time.Hour)
	k.Out["DeletionDate"] = at.Format(timeFormat)
	t.later(at, "DeleteKey", Document{"Kind": k.Kind, "Region": k.Region, "Id": k.ID})
}

// replicas counts a primary key's replicas that do not wait for deletion.
func (t *tx) replicas(p *Entity) int {
	n := 0
	for _, r := range t.list(kindReplica, "") {
		if str(r.In, "PrimaryKeyArn") == p.ARN && str(r.Out, "KeyState") == "Enabled" {
			n++
		}
	}
	return n
}

func aliasName(_ *tx, e, _ *Entity) error {
	rest, ok := strings.CutPrefix(e.ID, "alias/")
	if !ok || rest == "" || strings.HasPrefix(rest, "aws/") {
		return refuse("InvalidAliasNameException", "alias %q must begin with alias/ and not alias/aws/", e.ID)
	}
	return nil
}

func aliasTarget(t *tx, e, _ *Entity) error {
	if k := t.follow(e.Region, str(e.In, "TargetKeyId"), keyKinds); strings.HasPrefix(str(k.Out, "KeyState"), "Pending") {
		return refuse("KMSInvalidStateException", "%s is %s", k.ARN, str(k.Out, "KeyState"))
	}
	return nil
}

func aliasComputed(t *tx, e *Entity) {
	if k := t.follow(e.Region, str(e.In, "TargetKeyId"), keyKinds); k != nil {
		e.Out["TargetKeyArn"] = k.ARN
	}
}

// keyUsable refuses a key that is missing, elsewhere, or on its way out.
func (t *tx) keyUsable(region, key, code string) error {
	if strings.HasPrefix(key, "alias/aws/") || key == "" {
		return nil
	}
	k := t.follow(region, key, keyKinds)
	if k == nil || k.Region != region {
		return refuse(code, "key %s does not exist in %s", key, region)
	}
	if state := str(k.Out, "KeyState"); state != "Enabled" {
		return refuse(code, "key %s is %s", key, state)
	}
	return nil
}
