package world

// secure are the protocols that need a certificate.
var secure = map[string]bool{"HTTPS": true, "TLS": true}

func listenerShape(t *tx, e, _ *Entity) error {
	protocol := str(e.In, "Protocol")
	certificate := str(e.In, "CertificateArn")
	switch {
	case secure[protocol] && certificate == "":
		return refuse("ValidationError", "a certificate must be specified for %s listeners", protocol)
	case !secure[protocol] && certificate != "":
		return refuse("InvalidConfigurationRequest", "a certificate cannot be specified for %s listeners", protocol)
	}
	if c := t.arn(certificate); c != nil && certificateStatus(t, c) != "ISSUED" {
		return refuse("UnsupportedCertificate", "certificate %s is %s", certificate, certificateStatus(t, c))
	}
	port := numOr(e.In, "Port", 0)
	if port < 1 || port > 65535 {
		return refuse("ValidationError", "port %v must be 1 to 65535", port)
	}
	for _, other := range t.list(kindListener, e.Region) {
		if other.ID != e.ID && str(other.In, "LoadBalancerArn") == str(e.In, "LoadBalancerArn") &&
			numOr(other.In, "Port", 0) == port {
			return refuse("DuplicateListener", "a listener already exists on port %v for this load balancer", port)
		}
	}
	return oneLoadBalancer(t, e)
}

// oneLoadBalancer refuses a target group that serves another load balancer or lies in another VPC.
func oneLoadBalancer(t *tx, e *Entity) error {
	lb := t.arn(str(e.In, "LoadBalancerArn"))
	for _, arn := range listenerGroups(e) {
		if tg := t.arn(arn); tg != nil && str(tg.In, "VpcId") != "" && str(tg.In, "VpcId") != str(lb.Out, "VpcId") {
			return refuse("InvalidConfigurationRequest", "target group %s and load balancer %s are in different VPCs", arn,
				lb.ID)
		}
		for _, other := range t.list(kindListener, e.Region) {
			if str(other.In, "LoadBalancerArn") == lb.ARN {
				continue
			}
			for _, used := range listenerGroups(other) {
				if used == arn {
					return refuse("TargetGroupAssociationLimit", "target group %s serves another load balancer", arn)
				}
			}
		}
	}
	return nil
}

func listenerGroups(e *Entity) []string {
	return append(strs(e.In, "DefaultActions.TargetGroupArn"), strs(e.In, "DefaultActions.Forward.TargetGroups.Arn")...)
}

func listenerComputed(_ *tx, e *Entity) {
	def(e, "Protocol", "HTTP")
	if secure[str(e.In, "Protocol")] {
		def(e, "SslPolicy", "ELBSecurityPolicy-2016-08")
	}
}

func removeListener(t *tx, e *Entity) error {
	for _, r := range t.list(kindListenerRule, e.Region) {
		if str(r.In, "ListenerArn") == e.ARN {
			t.drop(r)
		}
	}
	t.drop(e)
	return nil
}

func rulePriority(t *tx, e, _ *Entity) error {
	p, given := num(e.In, "Priority")
	if !given {
		return nil
	}
	if p < 1 || p > 50000 {
		return refuse("ValidationError", "priority %v must be 1 to 50000", p)
	}
	for _, other := range t.list(kindListenerRule, e.Region) {
		if other.ID != e.ID && str(other.In, "ListenerArn") == str(e.In, "ListenerArn") && firstNum(other, "Priority") == p {
			return refuse("PriorityInUse", "priority %v is in use", p)
		}
	}
	return nil
}

// nextPriority is what a rule without one gets: the next free. It is the one
// answer that depends on the order of calls, so rules should name their priority.
func (t *tx) nextPriority(e *Entity) int {
	if p, ok := num(e.Out, "Priority"); ok {
		return int(p)
	}
	highest := 0.0
	for _, other := range t.list(kindListenerRule, e.Region) {
		if str(other.In, "ListenerArn") == str(e.In, "ListenerArn") {
			highest = max(highest, firstNum(other, "Priority"))
		}
	}
	return int(highest) + 1
}
