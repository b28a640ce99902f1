package world

import (
	"strings"
)

const (
	kindGlobalCluster = "AWS::RDS::GlobalCluster"
	kindCluster       = "AWS::RDS::DBCluster"
	kindInstance      = "AWS::RDS::DBInstance"
	kindClusterParams = "AWS::RDS::DBClusterParameterGroup"
	kindSubnetGroup   = "AWS::RDS::DBSubnetGroup"

	auroraDoc = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
)

var rdsKinds = []Kind{
	{
		// A global cluster is described alike from every region, so it lives in none.
		Name: kindGlobalCluster, Service: "rds", Source: auroraDoc + "aurora-global-database.html", Global: true,
		NotFound: "GlobalClusterNotFoundFault", Exists: "GlobalClusterAlreadyExistsFault",
		Required: []string{"GlobalClusterIdentifier"}, Fixed: []string{"StorageEncrypted", "DatabaseName"},
		Protection: "DeletionProtection",
		id:         named("GlobalClusterIdentifier"), arn: globalClusterARN,
		checks:   []check{rdsName("GlobalClusterIdentifier"), globalEngine},
		computed: globalComputed, after: globalAfter, guard: globalMembersGone, seen: globalSeen,
	},
	{
		Name: kindCluster, Service: "rds", Source: auroraDoc + "aurora-global-database.html",
		NotFound: "DBClusterNotFoundFault", Exists: "DBClusterAlreadyExistsFault",
		Required: []string{"ClusterIdentifier", "Engine"}, Protection: "DeletionProtection",
		Fixed: []string{"ClusterIdentifier", "Engine", "StorageEncrypted", "KmsKeyId", "DbSubnetGroupName"},
		Refs: []Link{
			link("DbSubnetGroupName", kindSubnetGroup, "DBSubnetGroupNotFoundFault", "InvalidDBSubnetGroupStateFault"),
			{Path: "DbClusterParameterGroupName", Kinds: []string{kindClusterParams}, Code: "DBClusterParameterGroupNotFound",
				InUse: "InvalidDBParameterGroupState"},
			link("VpcSecurityGroupIds", kindSG, "InvalidParameterValue", "DependencyViolation"),
			link("GlobalClusterIdentifier", kindGlobalCluster, "GlobalClusterNotFoundFault", ""),
		},
		id: named("ClusterIdentifier"), arn: arnOf("rds", "cluster:{id}"),
		checks:   []check{rdsName("ClusterIdentifier"), clusterShape, clusterKey, clusterMembership},
		computed: clusterComputed, after: joinGlobal, guard: clusterGuard, remove: removeCluster, seen: clusterSeen,
	},
	{
		Name: kindInstance, Service: "rds", Source: auroraDoc + "aurora-global-database.html#aurora-global-database.limitations",
		NotFound: "DBInstanceNotFound", Exists: "DBInstanceAlreadyExists",
		Required: []string{"ClusterIdentifier", "InstanceClass", "Engine", "Identifier"},
		Fixed:    []string{"ClusterIdentifier", "Identifier", "AvailabilityZone"},
		Refs:     []Link{link("ClusterIdentifier", kindCluster, "DBClusterNotFoundFault", "InvalidDBClusterStateFault")},
		id:       named("Identifier"), arn: arnOf("rds", "db:{id}"), checks: []check{rdsName("Identifier"), instanceShape},
		computed: instanceComputed, guard: instanceGuard, seen: instanceSeen,
	},
	{
		Name: kindClusterParams, Service: "rds", Source: auroraDoc + "USER_WorkingWithDBClusterParamGroups.html",
		NotFound: "DBParameterGroupNotFound", Exists: "DBParameterGroupAlreadyExists",
		Required: []string{"Name", "Family"}, Fixed: []string{"Family", "Description"},
		id: named("Name"), arn: arnOf("rds", "cluster-pg:{id}"), checks: []check{rdsName("Name"), clusterParams},
		computed: func(_ *tx, e *Entity) { def(e, "Description", "Managed by Pulumi") },
	},
	{
		Name: kindSubnetGroup, Service: "rds", Source: auroraDoc + "USER_VPC.WorkingWithRDSInstanceinaVPC.html",
		NotFound: "DBSubnetGroupNotFoundFault", Exists: "DBSubnetGroupAlreadyExists", Required: []string{"Name", "SubnetIds"},
		Refs: []Link{link("SubnetIds", kindSubnet, "InvalidSubnet", "DependencyViolation")},
		id:   named("Name"), arn: arnOf("rds", "subgrp:{id}"), checks: []check{subnetGroupZones},
		computed: subnetGroupComputed,
	},
}

// rdsName is the rule of RDS identifiers: letters, digits, single hyphens, a letter first.
func rdsName(property string) check {
	return func(_ *tx, e, _ *Entity) error {
		name := str(e.In, property)
		ok := name != "" && len(name) <= 63 && !strings.Contains(name, "--") && !strings.HasSuffix(name, "-") &&
			name[0] >= 'a' && name[0] <= 'z'
		for _, c := range name {
			ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.')
		}
		if !ok {
			return refuse("InvalidParameterValue", "%s %q is not a valid identifier", property, name)
		}
		return nil
	}
}

func globalClusterARN(t *tx, e *Entity) string {
	return "arn:aws:rds::" + t.cfg.Account + ":global-cluster:" + str(e.In, "GlobalClusterIdentifier")
}

func globalEngine(_ *tx, e, _ *Entity) error {
	engine, source := str(e.In, "Engine"), str(e.In, "SourceDbClusterIdentifier")
	if (engine == "") == (source == "") {
		return refuse("InvalidParameterCombination", "%s: want Engine or SourceDbClusterIdentifier", e.ID)
	}
	return nil
}

func globalComputed(t *tx, e *Entity) {
	set(e, "GlobalClusterResourceId", "cluster-"+t.hex(e, "resource", 16))
	set(e, "Status", "available")
	set(e, "Endpoint", e.ID+".global-"+t.letters(e, "endpoint", lower, 12)+".global.rds.amazonaws.com")
	set(e, "Members", []any{})
	def(e, "EngineVersion", "16.6")
	def(e, "StorageEncrypted", false)
	def(e, "EngineLifecycleSupport", "open-source-rds-extended-support")
	e.Out["EngineVersionActual"] = firstOf(str(e.In, "EngineVersion"), "16.6")
}

// globalAfter takes in the cluster that a new global database is made from, and
// upgrades the members.
func globalAfter(t *tx, e, old *Entity) error {
	if old != nil {
		return upgradeMembers(t, e, old)
	}
	if source := t.arn(str(e.In, "SourceDbClusterIdentifier")); source != nil {
		if t.globalOf(source) != nil {
			return refuse("InvalidDBClusterStateFault", "%s is a member of a global database", source.ID)
		}
		e.Out["Members"], e.Out["Writer"] = anyList(source.ARN), source.ARN
		t.edit(source).In["GlobalClusterIdentifier"] = e.ID
	}
	return nil
}

// upgradeMembers brings every member to the version of the global database: an
// upgrade goes through all of them, in every region.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-upgrade.html
func upgradeMembers(t *tx, e, old *Entity) error {
	version := str(e.In, "EngineVersion")
	if version == "" || version == str(old.In, "EngineVersion") {
		return nil
	}
	for _, arn := range strs(e.Out, "Members") {
		c := t.arn(arn)
		if c == nil {
			continue
		}
		c = t.edit(c)
		c.In["EngineVersion"], c.Out["EngineVersionActual"] = version, version
		for _, i := range t.instancesOf(c) {
			i = t.edit(i)
			i.Out["EngineVersion"], i.Out["EngineVersionActual"] = version, version
		}
	}
	return nil
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func globalMembersGone(t *tx, e *Entity) error {
	if n := len(strs(e.Out, "Members")); n > 0 && !yes(e.In, "ForceDestroy") {
		return refuse("InvalidGlobalClusterStateFault", "%s still has %d members", e.ID, n)
	}
	return nil
}

// globalSeen shows the members as DescribeGlobalClusters does; Members itself
// is ours: the ARNs in the order of joining.
func globalSeen(t *tx, e *Entity) {
	list := []any{}
	writer := str(e.Out, "Writer")
	for _, arn := range strs(e.Out, "Members") {
		m := Document{"DbClusterArn": arn, "IsWriter": arn == writer}
		readers := []any{}
		if arn == writer {
			for _, other := range strs(e.Out, "Members") {
				if other != writer {
					readers = append(readers, other)
				}
			}
		}
		m["Readers"] = readers
		list = append(list, m)
	}
	e.Out["GlobalClusterMembers"] = list
}

func clusterParams(_ *tx, e, _ *Entity) error {
	for _, p := range docs(e.In, "Parameters") {
		if v, ok := num(p, "Value"); ok && str(p, "Name") == "rds.global_db_rpo" && (v < 20 || v > 2147483647) {
			return refuse("InvalidParameterValue", "rds.global_db_rpo is %v, want 20 to 2147483647", v)
		}
	}
	return nil
}

func subnetGroupZones(t *tx, e, _ *Entity) error {
	zones, vpcs := map[string]bool{}, map[string]bool{}
	for _, id := range strs(e.In, "SubnetIds") {
		s := t.get(kindSubnet, e.Region, id)
		zones[zoneOf(s)], vpcs[str(s.In, "VpcId")] = true, true
	}
	if len(zones) < 2 {
		return refuse("DBSubnetGroupDoesNotCoverEnoughAZs", "%s covers %d zones, want at least 2", e.ID, len(zones))
	}
	if len(vpcs) > 1 {
		return refuse("InvalidSubnet", "%s spans %d VPCs, want 1", e.ID, len(vpcs))
	}
	return nil
}

func subnetGroupComputed(t *tx, e *Entity) {
	def(e, "Description", "Managed by Pulumi")
	e.Out["SupportedNetworkTypes"] = anyList("IPV4")
	if ids := strs(e.In, "SubnetIds"); len(ids) > 0 {
		e.Out["VpcId"] = str(t.get(kindSubnet, e.Region, ids[0]).In, "VpcId")
	}
}
