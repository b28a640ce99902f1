package world

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

const (
	kindEKS         = "AWS::EKS::Cluster"
	kindAddon       = "AWS::EKS::Addon"
	kindAccessEntry = "AWS::EKS::AccessEntry"
	kindAccessRule  = "AWS::EKS::AccessPolicyAssociation"
	kindPodIdentity = "AWS::EKS::PodIdentityAssociation"

	eksAPI = "https://docs.aws.amazon.com/eks/latest/APIReference/"
	eksDoc = "https://docs.aws.amazon.com/eks/latest/userguide/"
)

var eksKinds = []Kind{
	{
		Name: kindEKS, Service: "eks", Source: eksAPI + "API_CreateCluster.html", Exists: "ResourceInUseException",
		Required: []string{"Name", "RoleArn", "VpcConfig.SubnetIds"}, Fixed: []string{"RoleArn", "BootstrapSelfManagedAddons",
			"KubernetesNetworkConfig.IpFamily", "KubernetesNetworkConfig.ServiceIpv4Cidr", "EncryptionConfig.Provider.KeyArn"},
		Refs: []Link{
			link("RoleArn", kindRole, "InvalidParameterException", ""),
			link("VpcConfig.SubnetIds", kindSubnet, "InvalidParameterException", "DependencyViolation"),
			link("VpcConfig.SecurityGroupIds", kindSG, "InvalidParameterException", "DependencyViolation"),
		},
		id: named("Name"), arn: arnOf("eks", "cluster/{id}"),
		checks:   []check{nameLength("Name", 1, 100), eksVersion, eksSubnets, eksServices, eksAccess, eksKey},
		computed: eksComputed, after: eksAfter, guard: eksControlRole, remove: removeEKS,
	},
	{
		Name: kindAddon, Service: "eks", Source: eksAPI + "API_CreateAddon.html", Exists: "ResourceInUseException",
		Required: []string{"ClusterName", "AddonName"}, Fixed: []string{"ClusterName", "AddonName"},
		Refs: []Link{clusterLink(""), link("ServiceAccountRoleArn", kindRole, "InvalidParameterException", "")},
		id:   pair("ClusterName", "AddonName"), arn: func(t *tx, e *Entity) string {
			return arnOf("eks", "addon/{ClusterName}/{AddonName}/"+t.uuid(e, "arn"))(t, e)
		},
		checks: []check{addonPlace}, computed: addonComputed,
	},
	{
		Name: kindAccessEntry, Service: "eks", Source: eksAPI + "API_CreateAccessEntry.html", Exists: "ResourceInUseException",
		Required: []string{"ClusterName", "PrincipalArn"}, Fixed: []string{"ClusterName", "PrincipalArn", "Type"},
		Refs: []Link{clusterLink("")},
		id:   pair("ClusterName", "PrincipalArn"), arn: func(t *tx, e *Entity) string {
			return arnOf("eks", "access-entry/{ClusterName}/role/"+t.cfg.Account+"/"+lastPart(str(e.In, "PrincipalArn"))+
				"/"+t.uuid(e, "arn"))(t, e)
		},
		checks: []check{entryShape}, computed: entryComputed, remove: removeEntry,
	},
	{
		Name: kindAccessRule, Service: "eks", Source: eksAPI + "API_AssociateAccessPolicy.html", Setting: true,
		Required: []string{"ClusterName", "PrincipalArn", "PolicyArn", "AccessScope.Type"},
		Fixed:    []string{"ClusterName", "PrincipalArn", "PolicyArn"}, Refs: []Link{clusterLink("")},
		id: func(_ *tx, e *Entity) string {
			return str(e.In, "ClusterName") + "#" + str(e.In, "PrincipalArn") + "#" + str(e.In, "PolicyArn")
		},
		checks: []check{accessRule}, computed: func(t *tx, e *Entity) {
			set(e, "AssociatedAt", t.created(e).Format(timeFormat))
			e.Out["ModifiedAt"] = t.clock().Format(timeFormat)
		},
	},
	{
		Name: kindPodIdentity, Service: "eks", Source: eksAPI + "API_CreatePodIdentityAssociation.html",
		Required: []string{"ClusterName", "Namespace", "ServiceAccount", "RoleArn"},
		Fixed:    []string{"ClusterName", "Namespace", "ServiceAccount"},
		Refs:     []Link{clusterLink(""), link("RoleArn", kindRole, "InvalidParameterException", "")},
		id:       func(t *tx, e *Entity) string { return "a-" + t.letters(e, "id", lower, 17) },
		arn:      arnOf("eks", "podidentityassociation/{ClusterName}/{id}"), checks: []check{podIdentityOnce, podTrust},
		computed: func(_ *tx, e *Entity) {
			set(e, "AssociationId", e.ID)
			set(e, "AssociationArn", e.ARN)
		},
	},
}

// clusterLink points at the cluster that something belongs to.
func clusterLink(inUse string) Link {
	return link("ClusterName", kindEKS, "ResourceNotFoundException", inUse)
}

// pair makes an id function of two properties, as the upstream provider does.
func pair(a, b string) func(*tx, *Entity) string {
	return func(_ *tx, e *Entity) string { return str(e.In, a) + ":" + str(e.In, b) }
}

func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// minors are the Kubernetes versions that EKS makes, the oldest first (which
// ones it makes changes with time: eks/latest/userguide/kubernetes-versions.html).
var minors = []string{"1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}

// eksVersion lets a control plane rise by one minor version and never fall:
// https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
func eksVersion(_ *tx, e, old *Entity) error {
	v := str(e.In, "Version")
	if v == "" {
		return nil
	}
	at := slices.Index(minors, v)
	if at < 0 {
		return refuse("InvalidParameterException", "unsupported Kubernetes version %s", v)
	}
	if old == nil {
		return nil
	}
	switch was := slices.Index(minors, str(old.Out, "VersionActual")); {
	case at < was:
		return refuse("InvalidParameterException", "%s cannot go back from %s to %s", e.ID, minors[was], v)
	case at > was+1:
		return refuse("InvalidParameterException", "%s cannot skip from %s to %s", e.ID, minors[was], v)
	}
	return nil
}

// eksSubnets wants two zones, and keeps the zones that a cluster was made with:
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
func eksSubnets(t *tx, e, old *Entity) error {
	zones := t.zonesOf(e.Region, strs(e.In, "VpcConfig.SubnetIds"))
	if len(zones) < 2 {
		return refuse("InvalidParameterException", "%s: subnets lie in %d zones, want at least 2", e.ID, len(zones))
	}
	if old != nil && !same(zones, t.zonesOf(e.Region, strs(old.In, "VpcConfig.SubnetIds"))) {
		return refuse("InvalidParameterException", "%s: subnets must lie in the zones that the cluster was made with", e.ID)
	}
	if !yes(e.In, "VpcConfig.EndpointPrivateAccess") && has(e.In, "VpcConfig.EndpointPublicAccess") &&
		!yes(e.In, "VpcConfig.EndpointPublicAccess") {
		return refuse("InvalidParameterException", "%s: the endpoint must be private, public or both", e.ID)
	}
	return nil
}

// zonesOf lists the zones of subnets, sorted.
func (t *tx) zonesOf(region string, subnets []string) []string {
	var out []string
	for _, id := range subnets {
		if s := t.get(kindSubnet, region, id); s != nil && !slices.Contains(out, zoneOf(s)) {
			out = append(out, zoneOf(s))
		}
	}
	return sorted(out)
}

// eksServices keeps the services' range off the network:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
func eksServices(t *tx, e, old *Entity) error {
	text := str(e.In, "KubernetesNetworkConfig.ServiceIpv4Cidr")
	if text == "" || old != nil {
		return nil
	}
	services, err := netip.ParsePrefix(text)
	if err != nil || services.Bits() < 12 || services.Bits() > 24 || !services.Addr().IsPrivate() {
		return refuse("InvalidParameterException", "serviceIpv4Cidr %s must be a private range of /12 to /24", text)
	}
	for _, id := range strs(e.In, "VpcConfig.SubnetIds") {
		vpc := t.get(kindVPC, e.Region, str(t.get(kindSubnet, e.Region, id).In, "VpcId"))
		if vpc == nil {
			continue
		}
		if own, err := netip.ParsePrefix(str(vpc.In, "CidrBlock")); err == nil && own.Overlaps(services) {
			return refuse("InvalidParameterException", "serviceIpv4Cidr %s overlaps %s of %s", services, own, vpc.ID)
		}
	}
	return nil
}

// authModes is the order in which a cluster's authentication may move:
// https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html
var authModes = []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}

func authMode(e *Entity) int {
	return slices.Index(authModes, firstOf(str(e.In, "AccessConfig.AuthenticationMode"), authModes[0]))
}

func eksAccess(_ *tx, e, old *Entity) error {
	if old != nil && authMode(e) < authMode(old) {
		return refuse("InvalidParameterException", "%s cannot go back from %s to %s", e.ID, authModes[authMode(old)],
			authModes[authMode(e)])
	}
	return nil
}

func eksKey(t *tx, e, _ *Entity) error {
	return t.keyUsable(e.Region, str(e.In, "EncryptionConfig.Provider.KeyArn"), "InvalidParameterException")
}

// eksComputed adds what EKS adds. The endpoint's first part is what Kubernetes
// objects are kept under.
func eksComputed(t *tx, e *Entity) {
	id := strings.ToUpper(t.hex(e, "endpoint", 32))
	set(e, "Endpoint", fmt.Sprintf("https://%s.yl4.%s.eks.amazonaws.com", id, e.Region))
	ca := Document{"Data": base64.StdEncoding.EncodeToString([]byte("certificate authority of " + e.ID))}
	set(e, "CertificateAuthority", ca)
	set(e, "CertificateAuthorities", []any{ca})
	set(e, "Identities", []any{Document{"Oidcs": []any{
		Document{"Issuer": fmt.Sprintf("https://oidc.eks.%s.amazonaws.com/id/%s", e.Region, id)}}}})
	set(e, "CreatedAt", t.created(e).Format(timeFormat))
	e.Out["Status"], e.Out["PlatformVersion"] = "ACTIVE", "eks.1"
	e.Out["VersionActual"] = firstOf(str(e.In, "Version"), str(e.Out, "VersionActual"), minors[len(minors)-1])
	def(e, "Version", e.Out["VersionActual"])
	def(e, "BootstrapSelfManagedAddons", true)
	def(e, "UpgradePolicy", Document{"SupportType": "EXTENDED"})
	filled(e, "AccessConfig", Document{"AuthenticationMode": "CONFIG_MAP", "BootstrapClusterCreatorAdminPermissions": true})
	filled(e, "KubernetesNetworkConfig", Document{"IpFamily": "ipv4", "ServiceIpv4Cidr": "10.100.0.0/16"})
	vpc := Document{"EndpointPublicAccess": true, "EndpointPrivateAccess": false,
		"ClusterSecurityGroupId": t.eksGroup(e).ID}
	if subnet := t.get(kindSubnet, e.Region, str(e.In, "VpcConfig.SubnetIds")); subnet != nil {
		vpc["VpcId"] = str(subnet.In, "VpcId")
	}
	if !has(e.In, "VpcConfig.EndpointPublicAccess") || yes(e.In, "VpcConfig.EndpointPublicAccess") {
		vpc["PublicAccessCidrs"] = anyList("0.0.0.0/0")
	}
	filled(e, "VpcConfig", vpc)
}

// filled adds a block as AWS reads it back: what was asked for, and what AWS
// fills in where nothing was.
func filled(e *Entity, name string, defaults Document) {
	block := copyDoc(defaults)
	for _, asked := range docs(e.In, name) {
		for k, v := range asked {
			block[k] = copyValue(v)
		}
	}
	e.Out[name] = block
}

// eksGroup is the security group that EKS makes for a cluster.
func (t *tx) eksGroup(e *Entity) *Entity {
	seed := &Entity{Kind: kindSG, Region: e.Region, Token: "eks/" + e.ID, Generation: e.Generation}
	id := prefixed("sg")(t, seed)
	if g := t.get(kindSG, e.Region, id); g != nil {
		return g
	}
	seed.ID, seed.Created, seed.Out = id, t.birth(), Document{}
	seed.In = Document{"Name": "eks-cluster-sg-" + e.ID, "Description": "EKS created security group"}
	if subnet := t.get(kindSubnet, e.Region, str(e.In, "VpcConfig.SubnetIds")); subnet != nil {
		seed.In["VpcId"] = str(subnet.In, "VpcId")
	}
	seed.ARN = arnOf("ec2", "security-group/{id}")(t, seed)
	t.save(seed)
	return seed
}

// eksAfter makes the log group that nobody made before the cluster logs:
// https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
func eksAfter(t *tx, e, _ *Entity) error {
	name := "/aws/eks/" + e.ID + "/cluster"
	if !has(e.In, "EnabledClusterLogTypes") || t.get(kindLogGroup, e.Region, name) != nil {
		return nil
	}
	_, err := kinds[kindLogGroup].create(t, e.Region, "eks/"+e.ID, Document{"Name": name})
	return err
}

// eksControlRole: without its role EKS cannot take a cluster's interfaces out
// of the network, and the deletion never ends; the world refuses it (assumed).
func eksControlRole(t *tx, e *Entity) error {
	role := lastPart(str(e.In, "RoleArn"))
	for _, a := range t.list(kindAttachment, Global) {
		if str(a.In, "Role") == role && strings.HasSuffix(str(a.In, "PolicyArn"), "/AmazonEKSClusterPolicy") {
			return nil
		}
	}
	return refuse("InvalidRequestException", "cluster %s: role %s may not remove its interfaces any more", e.ID, role)
}

// removeEKS takes all that lives in the cluster along.
func removeEKS(t *tx, e *Entity) error {
	for _, kind := range []string{kindAddon, kindAccessEntry, kindAccessRule, kindPodIdentity} {
		for _, x := range t.list(kind, e.Region) {
			if str(x.In, "ClusterName") == e.ID {
				t.drop(x)
			}
		}
	}
	for _, o := range t.objectsOf(e) {
		t.drop(o)
	}
	if err := removeGroup(t, t.eksGroup(e)); err != nil {
		return err
	}
	t.drop(e)
	return nil
}
