package world

const (
	kindProxy         = "AWS::RDS::DBProxy"
	kindProxyGroup    = "AWS::RDS::DBProxyTargetGroup"
	kindProxyTarget   = "AWS::RDS::DBProxyTarget"
	kindProxyEndpoint = "AWS::RDS::DBProxyEndpoint"
)

var proxyKinds = []Kind{
	{
		Name: kindProxy, Service: "rds", Source: auroraDoc + "rds-proxy.html", NotFound: "DBProxyNotFoundFault",
		Exists: "DBProxyAlreadyExistsFault", Required: []string{"Name", "EngineFamily", "RoleArn", "VpcSubnetIds", "Auths"},
		Fixed: []string{"EngineFamily", "VpcSubnetIds"},
		Refs: []Link{
			link("VpcSubnetIds", kindSubnet, "InvalidSubnet", "DependencyViolation"),
			link("VpcSecurityGroupIds", kindSG, "InvalidParameterValue", "DependencyViolation"),
			link("RoleArn", kindRole, "InvalidParameterValue", ""),
		},
		id: named("Name"), arn: func(t *tx, e *Entity) string {
			return arnOf("rds", "db-proxy:prx-0"+t.hex(e, "id", 16))(t,
				e)
		},
		checks: []check{rdsName("Name"), proxyZones, proxyAuth}, computed: proxyComputed, remove: removeProxy,
	},
	{
		Name: kindProxyGroup, Service: "rds", Source: auroraDoc + "rds-proxy.html",
		NotFound: "DBProxyTargetGroupNotFoundFault",
		Setting:  true, Required: []string{"DbProxyName"},
		Refs: []Link{link("DbProxyName", kindProxy, "DBProxyNotFoundFault", "")},
		id:   named("DbProxyName"), arn: func(t *tx,
			e *Entity) string {
			return arnOf("rds", "target-group:prx-tg-0"+t.hex(e, "id", 16))(t, e)
		},
		checks: []check{proxyPool}, computed: func(_ *tx, e *Entity) {
			set(e, "Arn", e.ARN)
			e.Out["Name"] = "default"
		},
	},
	{
		Name: kindProxyTarget, Service: "rds", Source: auroraDoc + "rds-proxy.html", NotFound: "DBProxyTargetNotFoundFault",
		Exists: "DBProxyTargetAlreadyRegisteredFault", Required: []string{"DbProxyName", "TargetGroupName"},
		Refs: []Link{
			link("DbProxyName", kindProxy, "DBProxyNotFoundFault", ""),
			link("DbClusterIdentifier", kindCluster, "DBClusterNotFoundFault", ""),
			link("DbInstanceIdentifier", kindInstance, "DBInstanceNotFound", ""),
		},
		id: proxyTargetID, checks: []check{proxyTarget}, computed: proxyTargetComputed,
	},
	{
		Name: kindProxyEndpoint, Service: "rds", Source: auroraDoc + "rds-proxy-endpoints.html",
		NotFound: "DBProxyEndpointNotFoundFault",
		Exists:   "DBProxyEndpointAlreadyExistsFault", Required: []string{"DbProxyName", "DbProxyEndpointName", "VpcSubnetIds"},
		Refs: []Link{
			link("DbProxyName", kindProxy, "DBProxyNotFoundFault", ""),
			link("VpcSubnetIds", kindSubnet, "InvalidSubnet", "DependencyViolation"),
			link("VpcSecurityGroupIds", kindSG, "InvalidParameterValue", "DependencyViolation"),
		},
		id: func(_ *tx, e *Entity) string {
			return str(e.In, "DbProxyName") + "/" + str(e.In, "DbProxyEndpointName")
		},
		arn: func(t *tx, e *Entity) string {
			return arnOf("rds", "db-proxy-endpoint:prx-endpoint-0"+t.hex(e, "id", 16))(t, e)
		},
		checks: []check{proxyZones}, computed: func(t *tx, e *Entity) {
			def(e, "TargetRole", "READ_WRITE")
			set(e, "IsDefault", false)
			set(e, "Endpoint", str(e.In, "DbProxyEndpointName")+".endpoint."+proxyHost(t, e))
			e.Out["VpcId"] = t.vpcOf(e, "VpcSubnetIds")
		},
	},
}

func proxyHost(t *tx, e *Entity) string {
	return "proxy-" + t.letters(&Entity{Region: e.Region}, "rds", lower, 12) + "." + e.Region + ".rds.amazonaws.com"
}

func (t *tx) vpcOf(e *Entity, property string) string {
	for _, id := range strs(e.In, property) {
		if s := t.get(kindSubnet, e.Region, id); s != nil {
			return str(s.In, "VpcId")
		}
	}
	return ""
}

func proxyZones(t *tx, e, _ *Entity) error {
	zones := map[string]bool{}
	for _, id := range strs(e.In, "VpcSubnetIds") {
		zones[zoneOf(t.get(kindSubnet, e.Region, id))] = true
	}
	if len(zones) < 2 {
		return refuse("InvalidSubnet", "%s covers %d zones, want at least 2", e.ID, len(zones))
	}
	return nil
}

// proxyAuth: the secret must be in the proxy's region.
func proxyAuth(t *tx, e, _ *Entity) error {
	for _, arn := range strs(e.In, "Auths.SecretArn") {
		if regionOfARN(arn) != e.Region {
			return refuse("InvalidParameterValue", "%s: secret %s is not in %s", e.ID, arn, e.Region)
		}
		if !t.secretExists(arn) {
			return refuse("InvalidParameterValue", "%s: secret %s does not exist", e.ID, arn)
		}
	}
	return nil
}

func proxyComputed(t *tx, e *Entity) {
	set(e, "Endpoint", e.ID+"."+proxyHost(t, e))
	set(e, "Status", "available")
	def(e, "IdleClientTimeout", 1800.0)
	def(e, "RequireTls", false)
	def(e, "DebugLogging", false)
	if !has(e.In, "VpcSecurityGroupIds") {
		if vpc := t.get(kindVPC, e.Region, t.vpcOf(e, "VpcSubnetIds")); vpc != nil {
			e.Out["VpcSecurityGroupIds"] = anyList(str(vpc.Out, "DefaultSecurityGroupId"))
		}
	}
}

// removeProxy takes groups, targets and endpoints along.
func removeProxy(t *tx, e *Entity) error {
	for _, kind := range []string{kindProxyGroup, kindProxyTarget, kindProxyEndpoint} {
		for _, x := range t.list(kind, e.Region) {
			if str(x.In, "DbProxyName") == e.ID {
				t.drop(x)
			}
		}
	}
	t.drop(e)
	return nil
}

func proxyPool(_ *tx, e, _ *Entity) error {
	most := numOr(e.In, "ConnectionPoolConfig.MaxConnectionsPercent", 100)
	idle := numOr(e.In, "ConnectionPoolConfig.MaxIdleConnectionsPercent", min(50, most))
	if most < 1 || most > 100 || idle < 0 || idle > most {
		return refuse("InvalidParameterValue", "%s: idle %v %% and most %v %% of connections do not fit", e.ID, idle, most)
	}
	return nil
}

func proxyTargetID(_ *tx, e *Entity) string {
	kind, id := "TRACKED_CLUSTER", str(e.In, "DbClusterIdentifier")
	if id == "" {
		kind, id = "RDS_INSTANCE", str(e.In, "DbInstanceIdentifier")
	}
	return str(e.In, "DbProxyName") + "/" + str(e.In, "TargetGroupName") + "/" + kind + "/" + id
}

func proxyTarget(t *tx, e, _ *Entity) error {
	cluster := str(e.In, "DbClusterIdentifier")
	if (cluster == "") == (str(e.In, "DbInstanceIdentifier") == "") {
		return refuse("InvalidParameterCombination", "%s: want DbClusterIdentifier or DbInstanceIdentifier", e.ID)
	}
	if c := t.get(kindCluster, e.Region, cluster); c != nil && len(t.instancesOf(c)) == 0 {
		return refuse("InvalidDBClusterStateFault", "%s: there are no instances in cluster %s", e.ID, cluster)
	}
	return nil
}

func proxyTargetComputed(t *tx, e *Entity) {
	e.Out["Type"], e.Out["TargetArn"] = "RDS_INSTANCE", ""
	if c := t.get(kindCluster, e.Region, str(e.In, "DbClusterIdentifier")); c != nil {
		e.Out["Type"], e.Out["TrackedClusterId"] = "TRACKED_CLUSTER", c.ID
		e.Out["RdsResourceId"], e.Out["Endpoint"], e.Out["Port"] = c.ID, "", 0.0
	}
}
