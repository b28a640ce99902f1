package world

import (
	"strings"
	"time"
)

const (
	kindSecret        = "AWS::SecretsManager::Secret"
	kindSecretVersion = "AWS::SecretsManager::SecretVersion"

	secretsDoc = "https://docs.aws.amazon.com/secretsmanager/latest/"
)

var secretsKinds = []Kind{
	{
		Name: kindSecret, Service: "secretsmanager", Source: secretsDoc + "apireference/API_CreateSecret.html",
		NotFound: "ResourceNotFoundException", Exists: "ResourceExistsException", Required: []string{"Name"},
		Fixed: []string{"Name"},
		id:    secretARN, arn: secretARN, checks: []check{secretShape}, computed: func(_ *tx, e *Entity) {
			def(e, "RecoveryWindowInDays", 30.0)
		},
		remove: removeSecret,
	},
	{
		Name: kindSecretVersion, Service: "secretsmanager", Source: secretsDoc + "apireference/API_PutSecretValue.html",
		Required: []string{"SecretId"}, Fixed: []string{"SecretId"},
		Refs:   []Link{link("SecretId", kindSecret, "ResourceNotFoundException", "")},
		id:     func(t *tx, e *Entity) string { return str(e.In, "SecretId") + "|terraform-" + t.hex(e, "id", 26) },
		checks: []check{secretValue}, computed: func(_ *tx, e *Entity) {
			_, version, _ := strings.Cut(e.ID, "|")
			set(e, "VersionId", version)
			set(e, "Arn", str(e.In, "SecretId"))
			def(e, "VersionStages", anyList("AWSCURRENT"))
		},
		after: stageVersion,
	},
}

// secretARN ends in six characters that AWS invents; replicas share them.
func secretARN(t *tx, e *Entity) string {
	return arnOf("secretsmanager", "secret:"+str(e.In, "Name")+"-"+t.letters(e, "suffix", lower, 6))(t, e)
}

func secretShape(t *tx, e, old *Entity) error {
	name := str(e.In, "Name")
	for _, other := range t.list(kindSecret, e.Region) {
		if other.ID == e.ID || str(other.In, "Name") != name {
			continue
		}
		if has(other.Out, "DeletedDate") {
			return refuse("InvalidRequestException", "a secret named %s is already scheduled for deletion", name)
		}
		return refuse("ResourceExistsException", "a secret named %s exists", name)
	}
	if err := t.keyUsable(e.Region, str(e.In, "KmsKeyId"), "InvalidParameterException"); err != nil {
		return err
	}
	for _, r := range docs(e.In, "Replicas") {
		region := str(r, "Region")
		if region == e.Region {
			return refuse("InvalidParameterException", "%s: a replica cannot be in its own region %s", name, region)
		}
		// Replication is AWS's own: it waits for a region that is away (assumed).
		if key := str(r, "KmsKeyId"); key != "" {
			if err := t.keyUsable(region, key, "InvalidParameterException"); err != nil {
				return err
			}
		}
	}
	return nil
}

func removeSecret(t *tx, e *Entity) error {
	for _, v := range t.list(kindSecretVersion, e.Region) {
		if str(v.In, "SecretId") == e.ID {
			t.drop(v)
		}
	}
	days := numOr(e.In, "RecoveryWindowInDays", 30)
	if days == 0 {
		t.drop(e)
		return nil
	}
	at := t.clock().Add(time.Duration(days) * 24 * time.Hour)
	t.edit(e).Out["DeletedDate"] = at.Format(timeFormat)
	t.later(at, "DeleteSecret", Document{"Region": e.Region, "Id": e.ID})
	return nil
}

// secretExists reports whether the ARN names a secret or a replica of one.
func (t *tx) secretExists(arn string) bool {
	if s := t.arn(arn); s != nil {
		return s.Kind == kindSecret && !s.leaving()
	}
	region := regionOfARN(arn)
	for _, s := range t.list(kindSecret, "") {
		if strings.Replace(s.ARN, ":"+s.Region+":", ":"+region+":", 1) != arn || s.leaving() {
			continue
		}
		for _, r := range strs(s.In, "Replicas.Region") {
			if r == region {
				return true
			}
		}
	}
	return false
}

func secretValue(_ *tx, e, _ *Entity) error {
	if !has(e.In, "SecretString") && !has(e.In, "SecretBinary") {
		return refuse("InvalidParameterException", "%s: want SecretString or SecretBinary", e.ID)
	}
	return nil
}

// stageVersion makes the newest version the current one.
func stageVersion(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	for _, v := range t.list(kindSecretVersion, e.Region) {
		if v.ID != e.ID && str(v.In, "SecretId") == str(e.In, "SecretId") && str(v.Out, "VersionStages") == "AWSCURRENT" {
			t.edit(v).Out["VersionStages"] = anyList("AWSPREVIOUS")
		}
	}
	return nil
}
