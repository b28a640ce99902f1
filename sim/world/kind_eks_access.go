package world

import (
	"encoding/json"
	"slices"
	"strings"
)

// needNodes are the add-ons whose pods must be placed before they are healthy;
// without nodes EKS waits for 20 minutes and calls them degraded. The world refuses them at once (assumed).
var needNodes = []string{"coredns", "metrics-server", "aws-ebs-csi-driver", "aws-efs-csi-driver"}

// addonNames are the add-ons that the world knows:
// https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
var addonNames = append([]string{"vpc-cni", "kube-proxy", "eks-pod-identity-agent", "eks-node-monitoring-agent"},
	needNodes...)

func addonPlace(t *tx, e, _ *Entity) error {
	name, cluster := str(e.In, "AddonName"), str(e.In, "ClusterName")
	if !slices.Contains(addonNames, name) {
		return refuse("InvalidParameterException", "addon %s is not supported", name)
	}
	if text := str(e.In, "ConfigurationValues"); text != "" && !json.Valid([]byte(text)) {
		return refuse("InvalidParameterException", "addon %s: configurationValues are not JSON", name)
	}
	if slices.Contains(needNodes, name) && t.nodesOf(e.Region, cluster) == 0 {
		return refuse("InsufficientNumberOfReplicas", "addon %s of %s is DEGRADED: there is no node to run on", name, cluster)
	}
	return nil
}

// nodesOf counts the nodes of a cluster that are ready.
func (t *tx) nodesOf(region, cluster string) int {
	n := 0
	for _, g := range t.list(kindNodeGroup, region) {
		if str(g.In, "ClusterName") == cluster {
			n += int(numOr(g.Out, "Nodes", 0))
		}
	}
	return n
}

// addonComputed adds the default version, whose number is assumed.
func addonComputed(t *tx, e *Entity) {
	set(e, "CreatedAt", t.created(e).Format(timeFormat))
	set(e, "AddonVersionActual", "v1.0.0-eksbuild.1")
	def(e, "AddonVersion", e.Out["AddonVersionActual"])
	def(e, "ConfigurationValues", "")
	e.Out["ModifiedAt"] = t.clock().Format(timeFormat)
}

// entryShape: entries need a cluster that asks the API who may enter, and only
// a STANDARD entry chooses its name and groups:
// https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html. That the principal exists is assumed: it may
// be made by somebody else.
func entryShape(t *tx, e, old *Entity) error {
	c := t.get(kindEKS, e.Region, str(e.In, "ClusterName"))
	if authMode(c) == 0 {
		return refuse("InvalidRequestException", "the authentication mode of %s must be API or API_AND_CONFIG_MAP", c.ID)
	}
	if arn := str(e.In, "PrincipalArn"); !strings.HasPrefix(arn, "arn:aws:iam::") {
		return refuse("InvalidParameterException", "principal %s is no IAM role or user", arn)
	}
	standard := firstOf(str(e.In, "Type"), "STANDARD") == "STANDARD"
	if !standard && (has(e.In, "KubernetesGroups") || old == nil && has(e.In, "UserName")) {
		return refuse("InvalidParameterException", "only a STANDARD entry takes a user name or groups")
	}
	return nil
}

func entryComputed(t *tx, e *Entity) {
	def(e, "Type", "STANDARD")
	set(e, "AccessEntryArn", e.ARN)
	set(e, "CreatedAt", t.created(e).Format(timeFormat))
	e.Out["ModifiedAt"] = t.clock().Format(timeFormat)
	if str(e.In, "Type") == "EC2_LINUX" {
		def(e, "UserName", "system:node:{{EC2PrivateDNSName}}")
		def(e, "KubernetesGroups", anyList("system:nodes"))
		return
	}
	def(e, "UserName", "arn:aws:sts::"+t.cfg.Account+":assumed-role/"+lastPart(str(e.In, "PrincipalArn"))+
		"/{{SessionName}}")
}

// removeEntry takes the policies of the entry along.
func removeEntry(t *tx, e *Entity) error {
	for _, r := range t.list(kindAccessRule, e.Region) {
		if str(r.In, "ClusterName") == str(e.In, "ClusterName") && str(r.In, "PrincipalArn") == str(e.In, "PrincipalArn") {
			t.drop(r)
		}
	}
	t.drop(e)
	return nil
}

// accessRule: a policy is associated with an entry that exists, and is one of EKS's own:
// https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html
func accessRule(t *tx, e, _ *Entity) error {
	id := str(e.In, "ClusterName") + ":" + str(e.In, "PrincipalArn")
	if t.get(kindAccessEntry, e.Region, id) == nil {
		return missing("ResourceNotFoundException", "the access entry %s does not exist", id)
	}
	if arn := str(e.In, "PolicyArn"); !strings.HasPrefix(arn, "arn:aws:eks::aws:cluster-access-policy/") {
		return refuse("InvalidParameterException", "%s is no access policy of EKS", arn)
	}
	scope, spaces := str(e.In, "AccessScope.Type"), has(e.In, "AccessScope.Namespaces")
	if scope != "cluster" && scope != "namespace" || (scope == "namespace") != spaces {
		return refuse("InvalidParameterException", "scope %q with namespaces %v does not fit", scope, spaces)
	}
	return nil
}

func podIdentityOnce(t *tx, e, _ *Entity) error {
	for _, x := range t.list(kindPodIdentity, e.Region) {
		if x.ID != e.ID && str(x.In, "ClusterName") == str(e.In, "ClusterName") &&
			str(x.In, "Namespace") == str(e.In, "Namespace") && str(x.In, "ServiceAccount") == str(e.In, "ServiceAccount") {
			return refuse("ResourceInUseException", "association already exists: %s", x.ID)
		}
	}
	return nil
}

// podTrust: EKS assumes the role, with tags of the pod:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func podTrust(t *tx, e, _ *Entity) error {
	role := t.follow(e.Region, str(e.In, "RoleArn"), []string{kindRole})
	trust := str(role.In, "AssumeRolePolicy")
	for _, want := range []string{"pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"} {
		if !strings.Contains(trust, want) {
			return refuse("InvalidParameterException", "the trust policy of role %s lacks %s", role.ID, want)
		}
	}
	return nil
}
