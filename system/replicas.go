package system

// Replicas is how many replicas of an agent run where its tier serves, and how
// many the other home keeps ready. Both follow from the declaration alone, so
// that the cluster's size, the agents' objects, the plans and the forecasts say
// the same.
//
// Active is what the file declares: spread over three zones, it carries the
// declared load after the loss of one (checkCapacity holds that). Standby is
//
//   - active-active: all of it, because both homes serve;
//   - warm-standby: what carries the declared load with every zone there, in
//     whole rounds over the zones; a plan adds the rest after the move;
//   - pilot-light and backup-restore: none; a plan starts them.
func (s *System) Replicas(a Agent) (active, standby int) {
	t, _ := s.Tier(a.Tier)
	switch t.Strategy {
	case ActiveActive:
		return a.Replicas, a.Replicas
	case WarmStandby:
		return a.Replicas, min(a.Replicas, round(carries(a.Load, a.PerReplica)))
	default:
		return a.Replicas, 0
	}
}

// carries is how many replicas carry the load.
func carries(load, perReplica int) int {
	if perReplica < 1 {
		return 0
	}
	return (load + perReplica - 1) / perReplica
}

// round is the next whole number of rounds over the zones, at least one.
func round(replicas int) int {
	return max(zones, (replicas+zones-1)/zones*zones)
}
