package recovery

import (
	"context"
	"fmt"

	"redoubt/inventory/directory"
	"redoubt/recovery/plan"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/system"
)

// watchRestore looks at the rule that holds at every moment of a restore: until the restored store was looked at
// nobody is led to it, and none of its agents runs while it is made.
func (s *story) watchRestore(port *unlucky) {
	if port.verified {
		return
	}
	for _, step := range s.plan.Steps {
		store := step.Subject.Store
		if step.Role == plan.Verify {
			for _, home := range system.Homes {
				if found := s.found(home)[store]; found.Generation > 1 {
					s.breaks("verified before swap: the %s home is led to generation %d of %s", home, found.Generation, store)
				}
			}
		}
		made := port.acted["copy-"+store]+port.acted["rewind-"+store] > 0
		if step.Role != plan.Verify || !made {
			continue
		}
		for _, start := range s.plan.Steps {
			if start.Role == plan.Start && s.ready(start.Call.Home, start.Subject.Agent) > 0 {
				s.breaks("verified before swap: agent %s runs in the %s home", start.Subject.Agent, start.Call.Home)
			}
		}
	}
}

// found are the stores as the agents of a home find them; none while nobody answers.
func (s *story) found(home system.Home) map[string]directory.Store {
	out, err := s.lab.portOf(s.inv).Call(context.Background(), plan.Call{Kind: plan.AWS, Home: home, Service: "ssm",
		Operation: "GetParameter", Input: plan.Document{"Name": s.inv.Homes[home].Discovery.Parameter}})
	if err != nil {
		return nil
	}
	text, _ := plan.Path("Parameter.Value").Find(out)
	d, err := directory.Decode(fmt.Sprint(text))
	if err != nil {
		s.breaks("the directory of the %s home cannot be read: %v", home, err)
	}
	return d.Stores
}

// parts are the stores of the homes as they were made first: tables, databases, caches, and the versions of the
// bucket that is spoiled.
func (s *story) parts() []string {
	var out []string
	answering := s.lab.World.Fork() // what stands in a region that is lost stands there all the same
	for _, f := range answering.Faults() {
		if f.Kind == fault.RegionDown {
			if err := answering.Inject(fault.Fault{Kind: fault.RegionUp, Region: f.Region}); err != nil {
				s.breaks("region %s does not come back: %v", f.Region, err)
			}
		}
	}
	for _, home := range system.Homes {
		region := s.plan.Regions[home]
		for _, kind := range []string{"AWS::DynamoDB::Table", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance",
			"AWS::ElastiCache::ReplicationGroup"} {
			for _, e := range s.lab.Find(region, kind, nil) {
				out = append(out, region+" "+kind+" "+e.ID)
			}
		}
		list, err := answering.Call(world.Request{Region: region, Service: "s3", Operation: "ListObjectVersions",
			Input: world.Document{"Bucket": s.inv.Homes[home].Stores["artifacts"].Name}})
		if err != nil {
			s.breaks("the versions of the %s home's bucket cannot be read: %v", home, err)
			continue
		}
		for _, kind := range []string{"Versions", "DeleteMarkers"} {
			for _, v := range list[kind].([]any) {
				v := v.(map[string]any)
				out = append(out, fmt.Sprint(region, kind, v["Key"], v["VersionId"]))
			}
		}
	}
	return out
}
