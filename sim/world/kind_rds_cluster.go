package world

import (
	"slices"
	"strconv"
	"strings"
)

func clusterShape(_ *tx, e, old *Entity) error {
	switch {
	case str(e.In, "KmsKeyId") != "" && !yes(e.In, "StorageEncrypted"):
		return refuse("InvalidParameterCombination", "%s: KmsKeyId needs StorageEncrypted", e.ID)
	case str(e.In, "EngineMode") == "global":
		return refuse("InvalidParameterValue", "%s: EngineMode global is no more", e.ID)
	case numOr(e.In, "BackupRetentionPeriod", 1) < 1 || numOr(e.In, "BackupRetentionPeriod", 1) > 35:
		return refuse("InvalidParameterValue", "%s: BackupRetentionPeriod must be 1 to 35", e.ID)
	case old != nil && older(str(e.In, "EngineVersion"), str(old.Out, "EngineVersionActual")):
		return refuse("InvalidParameterCombination", "Cannot upgrade aurora-postgresql from %s to %s",
			str(old.Out, "EngineVersionActual"), str(e.In, "EngineVersion"))
	case yes(e.In, "ManageMasterUserPassword") && str(e.In, "GlobalClusterIdentifier") != "":
		return refuse("InvalidParameterCombination", "%s: ManageMasterUserPassword is not supported in a global database",
			e.ID)
	}
	return nil
}

// older reports whether a version major.minor comes before another.
func older(version, than string) bool {
	a, errA := strconv.ParseFloat(version, 64)
	b, errB := strconv.ParseFloat(than, 64)
	if errA != nil || errB != nil || int(a) != int(b) {
		return errA == nil && errB == nil && a < b
	}
	return minor(version) < minor(than)
}

func minor(version string) int {
	_, text, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(text)
	return n
}

func clusterKey(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	key := str(e.In, "KmsKeyId")
	if key != "" && !strings.HasPrefix(key, "arn:") {
		return refuse("KMSKeyNotAccessibleFault", "%s: KmsKeyId %q must be an ARN", e.ID, key)
	}
	return t.keyUsable(e.Region, key, "KMSKeyNotAccessibleFault")
}

// clusterMembership holds the rules of a global database's members:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
func clusterMembership(t *tx, e, old *Entity) error {
	id := str(e.In, "GlobalClusterIdentifier")
	if old != nil {
		if was := str(old.In, "GlobalClusterIdentifier"); id != "" && was != id {
			return refuse("InvalidParameterCombination",
				"existing RDS Clusters cannot be added to an existing RDS Global Cluster")
		}
		return nil
	}
	credentials := str(e.In, "MasterUsername") != "" || str(e.In, "MasterPassword") != "" ||
		has(e.In, "ManageMasterUserPassword")
	if id == "" {
		return wantCredentials(e, credentials)
	}
	g := t.get(kindGlobalCluster, Global, id)
	if yes(g.In, "StorageEncrypted") != yes(e.In, "StorageEncrypted") {
		return refuse("InvalidParameterCombination", "%s: StorageEncrypted differs from that of %s", e.ID, id)
	}
	if str(g.In, "Engine") != "" && str(g.In, "Engine") != str(e.In, "Engine") {
		return refuse("InvalidParameterCombination", "%s: Engine differs from that of %s", e.ID, id)
	}
	members := strs(g.Out, "Members")
	if len(members) == 0 {
		return wantCredentials(e, credentials)
	}
	for _, arn := range members {
		switch {
		case arn[strings.LastIndex(arn, ":")+1:] == e.ID:
			return refuse("DBClusterAlreadyExistsFault", "%s is the id of a member in %s", e.ID, regionOfARN(arn))
		case regionOfARN(arn) == e.Region:
			return refuse("InvalidGlobalClusterStateFault", "%s has a member in %s already", id, e.Region)
		}
	}
	return secondaryShape(t, e, g, credentials)
}

func wantCredentials(e *Entity, given bool) error {
	restored := has(e.In, "SnapshotIdentifier") || has(e.In, "RestoreToPointInTime") ||
		str(e.In, "ReplicationSourceIdentifier") != ""
	if !given && !restored {
		return refuse("InvalidParameterValue", "%s: The parameter MasterUsername must be provided and must not be blank",
			e.ID)
	}
	return nil
}

func secondaryShape(t *tx, e, g *Entity, credentials bool) error {
	writer := t.arn(str(g.Out, "Writer"))
	switch {
	case credentials:
		return refuse("InvalidParameterCombination",
			"%s: Cannot specify user name/password for cross region replication cluster", e.ID)
	case str(e.In, "DatabaseName") != "":
		return refuse("InvalidParameterCombination",
			"%s: Cannot specify database name for cross region replication cluster", e.ID)
	case yes(e.In, "StorageEncrypted") && str(e.In, "KmsKeyId") == "":
		return refuse("KMSKeyNotAccessibleFault", "%s: an encrypted secondary must name its own KmsKeyId", e.ID)
	case yes(e.In, "StorageEncrypted") && str(e.In, "SourceRegion") == "" && str(e.In, "PreSignedUrl") == "":
		// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/719
		return refuse("InvalidParameterCombination",
			"%s: the source cluster is encrypted; pre-signed URL has to be specified", e.ID)
	case writer == nil || len(t.instancesOf(writer)) == 0:
		return refuse("InvalidDBClusterStateFault",
			"%s: the primary cluster has no instance yet: MasterUsername must be provided", e.ID)
	case t.cut(writer.Region, e.Region):
		return &Error{Code: "InternalFailure", Status: 500, Message: writer.Region + " does not reach " + e.Region}
	}
	return nil
}

func (t *tx) instancesOf(cluster *Entity) []*Entity {
	var out []*Entity
	for _, i := range t.list(kindInstance, cluster.Region) {
		if str(i.In, "ClusterIdentifier") == cluster.ID {
			out = append(out, i)
		}
	}
	return out
}

func (t *tx) globalOf(cluster *Entity) *Entity {
	for _, g := range t.list(kindGlobalCluster, Global) {
		if slices.Contains(strs(g.Out, "Members"), cluster.ARN) {
			return g
		}
	}
	return nil
}

func clusterComputed(t *tx, e *Entity) {
	suffix := t.letters(&Entity{Region: e.Region}, "rds", lower, 12) // one for each account and region
	set(e, "Endpoint", e.ID+".cluster-"+suffix+"."+e.Region+".rds.amazonaws.com")
	set(e, "ReaderEndpoint", e.ID+".cluster-ro-"+suffix+"."+e.Region+".rds.amazonaws.com")
	set(e, "ClusterResourceId", "cluster-"+t.letters(e, "resource", upper, 26))
	set(e, "HostedZoneId", "Z"+t.letters(&Entity{Region: e.Region}, "rds-zone", upper, 13))
	set(e, "Status", "available")
	port := 3306.0
	if strings.Contains(str(e.In, "Engine"), "postgresql") {
		port = 5432
	}
	def(e, "Port", port)
	def(e, "EngineMode", "provisioned")
	def(e, "EngineVersion", firstOf(t.globalVersion(e), "16.6"))
	e.Out["EngineVersionActual"] = firstOf(str(e.In, "EngineVersion"), t.globalVersion(e), "16.6")
	def(e, "BackupRetentionPeriod", 1.0)
	def(e, "StorageEncrypted", false)
	def(e, "NetworkType", "IPV4")
	def(e, "PreferredBackupWindow", "03:00-03:30")
	def(e, "PreferredMaintenanceWindow", "sun:04:00-sun:04:30")
	def(e, "DbSubnetGroupName", "default")
	def(e, "EngineLifecycleSupport", "open-source-rds-extended-support")
	def(e, "AvailabilityZones", anyList(Zones(e.Region)[:min(3, len(Zones(e.Region)))]...))
	if set := firstOf(str(e.In, "MasterUsername"), str(e.Out, "MasterUsername")); set != "" {
		e.Out["MasterUsername"] = set
	}
}

func (t *tx) globalVersion(e *Entity) string {
	if g := t.get(kindGlobalCluster, Global, str(e.In, "GlobalClusterIdentifier")); g != nil {
		return str(g.In, "EngineVersion")
	}
	return ""
}

// joinGlobal makes a new cluster a member, and lets one go whose declaration
// lost its global id or its source. That a promotion takes the cluster out of
// its global database is assumed: AWS says that it stands alone then
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplicaDBCluster.html).
func joinGlobal(t *tx, e, old *Entity) error {
	id := str(e.In, "GlobalClusterIdentifier")
	if old != nil {
		if source, told := e.In["ReplicationSourceIdentifier"]; told && source == "" {
			delete(e.In, "ReplicationSourceIdentifier")
			delete(e.In, "GlobalClusterIdentifier")
			t.leave(e)
			return nil
		}
		if id == "" && str(old.In, "GlobalClusterIdentifier") != "" {
			t.leave(e)
		}
		return nil
	}
	if g := t.get(kindGlobalCluster, Global, id); g != nil {
		g = t.edit(g)
		members := strs(g.Out, "Members")
		if len(members) == 0 {
			g.Out["Writer"] = e.ARN
		} else {
			// A secondary takes over the credentials of the primary.
			writer := t.arn(str(g.Out, "Writer"))
			e.Out["MasterUsername"] = firstOf(str(writer.In, "MasterUsername"), str(writer.Out, "MasterUsername"))
		}
		g.Out["Members"] = anyList(append(members, e.ARN)...)
	}
	return nil
}

func (t *tx) leave(cluster *Entity) {
	g := t.globalOf(cluster)
	if g == nil {
		return
	}
	g = t.edit(g)
	left := slices.DeleteFunc(strs(g.Out, "Members"), func(arn string) bool { return arn == cluster.ARN })
	g.Out["Members"] = anyList(left...)
	if str(g.Out, "Writer") == cluster.ARN {
		delete(g.Out, "Writer")
	}
}

func clusterGuard(t *tx, e *Entity) error {
	if !yes(e.In, "SkipFinalSnapshot") && str(e.In, "FinalSnapshotIdentifier") == "" {
		return refuse("InvalidParameterCombination", "%s: FinalSnapshotIdentifier is required unless SkipFinalSnapshot", e.ID)
	}
	g := t.globalOf(e)
	if g == nil {
		return nil
	}
	if str(g.Out, "Writer") == e.ARN && len(strs(g.Out, "Members")) > 1 {
		return refuse("InvalidDBClusterStateFault", "%s is the primary of %s, which still has secondaries", e.ID, g.ID)
	}
	return nil
}

func removeCluster(t *tx, e *Entity) error {
	t.leave(e)
	t.drop(e)
	return nil
}

// clusterSeen shows roles and members as they are now.
func clusterSeen(t *tx, e *Entity) {
	ids := []any{}
	for _, i := range t.instancesOf(e) {
		ids = append(ids, i.ID)
	}
	e.Out["ClusterMembers"] = ids
	delete(e.Out, "ReplicationSourceIdentifier")
	e.Out["GlobalClusterIdentifier"] = ""
	if g := t.globalOf(e); g != nil {
		e.Out["GlobalClusterIdentifier"] = g.ID
		if writer := str(g.Out, "Writer"); writer != "" && writer != e.ARN {
			e.Out["ReplicationSourceIdentifier"] = writer
		}
	}
}

func instanceShape(t *tx, e, _ *Entity) error {
	c := t.get(kindCluster, e.Region, str(e.In, "ClusterIdentifier"))
	zone, class := str(e.In, "AvailabilityZone"), str(e.In, "InstanceClass")
	switch {
	case zone != "" && !isZone(e.Region, zone):
		return refuse("InvalidVPCNetworkStateFault", "%s: zone %q is not in %s", e.ID, zone, e.Region)
	case str(c.In, "Engine") != str(e.In, "Engine"):
		return refuse("InvalidParameterCombination", "%s: Engine differs from the cluster's %s", e.ID, str(c.In, "Engine"))
	case numOr(e.In, "PromotionTier", 0) < 0 || numOr(e.In, "PromotionTier", 0) > 15:
		return refuse("InvalidParameterValue", "%s: PromotionTier must be 0 to 15", e.ID)
	case t.globalOf(c) != nil && strings.HasPrefix(class, "db.t"):
		return refuse("InvalidParameterCombination", "%s: %s is not supported in a global database", e.ID, class)
	case class == "db.serverless" && !has(c.In, "Serverlessv2ScalingConfiguration"):
		return refuse("InvalidParameterCombination", "%s: db.serverless needs the cluster's scaling configuration", e.ID)
	}
	if key := str(e.In, "PerformanceInsightsKmsKeyId"); key != "" {
		return t.keyUsable(e.Region, key, "KMSKeyNotAccessibleFault")
	}
	return nil
}

func instanceComputed(t *tx, e *Entity) {
	suffix := t.letters(&Entity{Region: e.Region}, "rds", lower, 12)
	set(e, "Endpoint", e.ID+"."+suffix+"."+e.Region+".rds.amazonaws.com")
	set(e, "DbiResourceId", "db-"+t.letters(e, "resource", upper, 26))
	c := t.get(kindCluster, e.Region, str(e.In, "ClusterIdentifier"))
	all := Zones(e.Region)
	def(e, "AvailabilityZone", all[int(t.digest(e, "zone")[0])%len(all)])
	e.Out["Port"], e.Out["KmsKeyId"] = firstNum(c, "Port"), str(c.In, "KmsKeyId")
	e.Out["StorageEncrypted"], e.Out["NetworkType"] = yes(c.In, "StorageEncrypted"), "IPV4"
	e.Out["DbSubnetGroupName"] = firstOf(str(c.In, "DbSubnetGroupName"), "default")
	e.Out["EngineVersionActual"] = str(c.Out, "EngineVersionActual")
	def(e, "EngineVersion", str(c.Out, "EngineVersionActual"))
	def(e, "DbParameterGroupName", "default."+strings.ReplaceAll(str(e.In, "Engine"), "-", ".")+"16")
	def(e, "PubliclyAccessible", false)
	def(e, "PromotionTier", 0.0)
	def(e, "CaCertIdentifier", "rds-ca-rsa2048-g1")
	def(e, "PreferredMaintenanceWindow", "sun:05:00-sun:05:30")
	set(e, "Writer", false)
}

func firstNum(e *Entity, path string) float64 { return numOr(e.In, path, numOr(e.Out, path, 0)) }

// instanceGuard keeps the last instance of a primary while secondaries exist.
func instanceGuard(t *tx, e *Entity) error {
	c := t.get(kindCluster, e.Region, str(e.In, "ClusterIdentifier"))
	if c == nil || len(t.instancesOf(c)) > 1 {
		return nil
	}
	if g := t.globalOf(c); g != nil && str(g.Out, "Writer") == c.ARN && len(strs(g.Out, "Members")) > 1 {
		return refuse("InvalidDBClusterStateFault", "Cannot delete the last instance of the master cluster. "+
			"Delete the replica cluster before deleting the last master cluster instance: %s", e.ID)
	}
	return nil
}

// instanceSeen names the writer of the active cluster.
func instanceSeen(t *tx, e *Entity) {
	c := t.get(kindCluster, e.Region, str(e.In, "ClusterIdentifier"))
	if c == nil {
		return
	}
	if g := t.globalOf(c); g != nil && str(g.Out, "Writer") != c.ARN {
		e.Out["Writer"] = false
		return
	}
	e.Out["Writer"] = t.writerOf(c) == e.ID
}
