// Package clustersecretsencrypted holds the rule cluster-secrets-encrypted.
package clustersecretsencrypted

import "redoubt/policies/rule"

// Rule is the rule cluster-secrets-encrypted.
var Rule = rule.Rule{
	ID:    "cluster-secrets-encrypted",
	Title: "The secrets of a cluster are encrypted with a key of the system",
	Why: "What the pods open the stores with lies in the cluster; it can be encrypted later, and never be " +
		"taken back.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
	Severity: rule.Medium,
	Remedy:   "Set encryptionConfig for secrets with the key of the home.",
	Resource: &rule.ResourceRule{Types: []string{"aws:eks/cluster:Cluster"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	secrets := "encryptionConfig.resources"
	out := r.Want(secrets, r.At(secrets).Has("secrets"), "secrets among them")
	return append(out, r.WantOwnKey("encryptionConfig.provider.keyArn")...)
}
