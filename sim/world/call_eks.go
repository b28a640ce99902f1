package world

import (
	"slices"
	"strings"
	"time"
)

// eksOperations are the operations on the cluster and its nodes.
func eksOperations() map[string]operation {
	return map[string]operation{
		"eks.DescribeCluster":              {run: describeEKS},
		"eks.DescribeNodegroup":            {run: describeNodegroup},
		"eks.UpdateNodegroupConfig":        {run: scaleNodegroup},
		"arc-zonal-shift.StartZonalShift":  {run: startShift},
		"arc-zonal-shift.CancelZonalShift": {run: cancelShift},
		"arc-zonal-shift.ListZonalShifts":  {run: listShifts},
	}
}

// describeEKS is eks DescribeCluster.
func describeEKS(t *tx, r Request) (Document, error) {
	name := str(r.Input, "name")
	c := t.get(kindEKS, r.Region, name)
	if c == nil {
		return nil, kinds[kindEKS].notFound(name)
	}
	return Document{"cluster": Document{
		"name": c.ID, "arn": c.ARN, "status": c.Out["Status"], "version": c.Out["VersionActual"],
		"endpoint": c.Out["Endpoint"], "zonalShiftConfig": Document{"enabled": yes(c.In, "ZonalShiftConfig.Enabled")},
	}}, nil
}

func nodegroupFor(t *tx, r Request) (*Entity, error) {
	id := str(r.Input, "clusterName") + ":" + str(r.Input, "nodegroupName")
	if g := t.get(kindNodeGroup, r.Region, id); g != nil {
		return g, nil
	}
	return nil, kinds[kindNodeGroup].notFound(id)
}

// describeNodegroup is eks DescribeNodegroup. A group whose machines do not
// come says so in its health.
func describeNodegroup(t *tx, r Request) (Document, error) {
	g, err := nodegroupFor(t, r)
	if err != nil {
		return nil, err
	}
	issues := []any{}
	if code := str(g.Out, "Issue"); code != "" {
		issues = append(issues, Document{"code": code, "message": "InsufficientInstanceCapacity", "resourceIds": []any{}})
	}
	return Document{"nodegroup": Document{
		"nodegroupName": str(g.In, "NodeGroupName"), "clusterName": str(g.In, "ClusterName"), "nodegroupArn": g.ARN,
		"status": g.Out["Status"], "version": g.Out["VersionActual"], "health": Document{"issues": issues},
		"scalingConfig": Document{
			"minSize": numOr(g.In, "ScalingConfig.MinSize", 0), "maxSize": numOr(g.In, "ScalingConfig.MaxSize", 0),
			"desiredSize": numOr(g.In, "ScalingConfig.DesiredSize", 0),
		},
	}}, nil
}

// scaleNodegroup is eks UpdateNodegroupConfig as far as it scales. That the
// group is UPDATING until its nodes are ready is assumed: AWS may call it ACTIVE as soon as they are asked for.
func scaleNodegroup(t *tx, r Request) (Document, error) {
	g, err := nodegroupFor(t, r)
	if err != nil {
		return nil, err
	}
	if str(g.Out, "Status") != "ACTIVE" {
		return nil, refuse("ResourceInUseException", "%s is %s", g.ID, str(g.Out, "Status"))
	}
	g = t.edit(g)
	scaling := copyDoc(docs(g.In, "ScalingConfig")[0])
	for asked, name := range map[string]string{"minSize": "MinSize", "maxSize": "MaxSize", "desiredSize": "DesiredSize"} {
		if n, given := num(r.Input, "scalingConfig."+asked); given {
			scaling[name] = n
		}
	}
	g.In["ScalingConfig"] = scaling
	if err := groupScaling(t, g, nil); err != nil {
		return nil, err
	}
	g.Out["Status"] = "UPDATING"
	t.laterBy(nodesLaunch, g.ARN, "FinishScale", Document{"Region": g.Region, "Id": g.ID})
	return Document{"update": Document{"id": t.uuid(g, "scale"), "status": "InProgress", "type": "ConfigUpdate"}}, nil
}

// finishScale brings the nodes that were asked for, or says why they do not come.
func (t *tx) finishScale(in Document) {
	g := t.get(kindNodeGroup, str(in, "Region"), str(in, "Id"))
	if g == nil {
		return
	}
	want := int(numOr(g.In, "ScalingConfig.DesiredSize", 0))
	g = t.edit(g)
	delete(g.Out, "Issue")
	if want > int(numOr(g.Out, "Nodes", 0)) && t.launchable(g, want) != nil {
		g.Out["Issue"] = "AsgInstanceLaunchFailures"
		t.laterIn(retry, "FinishScale", in)
		return
	}
	g.Out["Nodes"], g.Out["Status"] = float64(want), "ACTIVE"
}

const kindShift = "Redoubt::World::ZonalShift"

// startShift is arc-zonal-shift StartZonalShift, for a cluster or a load balancer that allows it:
// https://docs.aws.amazon.com/arc-zonal-shift/latest/api/API_StartZonalShift.html
func startShift(t *tx, r Request) (Document, error) {
	arn, away := str(r.Input, "resourceIdentifier"), str(r.Input, "awayFrom")
	lasts, err := time.ParseDuration(str(r.Input, "expiresIn"))
	e := t.arn(arn)
	allowed := e != nil && e.Region == r.Region && (e.Kind == kindEKS && yes(e.In, "ZonalShiftConfig.Enabled") ||
		e.Kind == kindLB && yes(e.In, "EnableZonalShift"))
	switch {
	case !allowed:
		return nil, missing("ResourceNotFoundException", "%s is not registered for zonal shifts", arn)
	case err != nil || lasts < time.Minute || lasts > 72*time.Hour:
		return nil, refuse("ValidationException", "expiresIn is %q, want 1m to 72h", str(r.Input, "expiresIn"))
	case str(r.Input, "comment") == "":
		return nil, refuse("ValidationException", "a comment is required")
	case !slices.ContainsFunc(Zones(r.Region), func(z string) bool { return ZoneID(z) == away }):
		return nil, refuse("ValidationException", "%q is no zone id of %s", away, r.Region)
	}
	for _, s := range t.list(kindShift, r.Region) {
		if str(s.In, "resourceIdentifier") == arn && t.shifting(s) {
			return nil, &Error{Code: "ConflictException", Status: 409, Message: arn + " is shifted already"}
		}
	}
	s := &Entity{Kind: kindShift, Region: r.Region, In: r.Input, Created: t.birth(), Out: Document{"status": "ACTIVE",
		"startTime": t.clock().Format(timeFormat), "expiryTime": t.clock().Add(lasts).Format(timeFormat)}}
	s.Token = arn
	s.Generation = t.generation(r.Region, kindShift, arn)
	s.ID = t.uuid(s, "id")
	t.save(s)
	return shiftDocument(t, s), nil
}

// shifting reports whether a shift is in force.
func (t *tx) shifting(s *Entity) bool {
	ends, err := time.Parse(timeFormat, str(s.Out, "expiryTime"))
	return err == nil && str(s.Out, "status") == "ACTIVE" && ends.After(t.clock())
}

// shifted reports whether the cluster is shifted away from the zone: no node is
// launched there then (https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html).
func (t *tx) shifted(region, cluster, zone string) bool {
	for _, s := range t.list(kindShift, region) {
		if strings.HasSuffix(str(s.In, "resourceIdentifier"), ":cluster/"+cluster) &&
			str(s.In, "awayFrom") == ZoneID(zone) && t.shifting(s) {
			return true
		}
	}
	return false
}

func shiftDocument(t *tx, s *Entity) Document {
	status := str(s.Out, "status")
	if status == "ACTIVE" && !t.shifting(s) {
		status = "EXPIRED"
	}
	return Document{"zonalShiftId": s.ID, "resourceIdentifier": s.In["resourceIdentifier"], "awayFrom": s.In["awayFrom"],
		"comment": s.In["comment"], "startTime": s.Out["startTime"], "expiryTime": s.Out["expiryTime"], "status": status}
}

// cancelShift is arc-zonal-shift CancelZonalShift.
func cancelShift(t *tx, r Request) (Document, error) {
	id := str(r.Input, "zonalShiftId")
	s := t.get(kindShift, r.Region, id)
	if s == nil || !t.shifting(s) {
		return nil, missing("ResourceNotFoundException", "zonal shift %s is not in force", id)
	}
	s = t.edit(s)
	s.Out["status"] = "CANCELED"
	return shiftDocument(t, s), nil
}

// listShifts is arc-zonal-shift ListZonalShifts.
func listShifts(t *tx, r Request) (Document, error) {
	list := []any{}
	for _, s := range t.list(kindShift, r.Region) {
		d, want := shiftDocument(t, s), str(r.Input, "status")
		if (want == "" || d["status"] == want) && (!has(r.Input, "resourceIdentifier") ||
			d["resourceIdentifier"] == str(r.Input, "resourceIdentifier")) {
			list = append(list, d)
		}
	}
	return Document{"items": list}, nil
}
