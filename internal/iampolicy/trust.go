package iampolicy

// Condition is one condition of a statement.
type Condition struct {
	Operator, Key string
	Values        []string
}

// SourceAccount holds a service to acting for the account, so that nobody
// else can make it use the role (the confused deputy:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). Give it to Trust
// only for a service whose guide says that it sends aws:SourceAccount, such as
// vpc-flow-logs, backup, states, scheduler and monitoring.rds: with another one
// the role could never be assumed.
func SourceAccount(account string) Condition {
	return Condition{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{account}}
}

// SourceArn holds a service to acting for resources whose ARN matches a pattern.
func SourceArn(patterns ...string) Condition {
	return Condition{Operator: "ArnLike", Key: "aws:SourceArn", Values: patterns}
}

// Through holds the use of a key to services in a region, such as s3: no other way leads to it.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func Through(region string, services ...string) Condition {
	c := Condition{Operator: "StringEquals", Key: "kms:ViaService"}
	for _, service := range services {
		c.Values = append(c.Values, service+"."+region+".amazonaws.com")
	}
	return c
}

// Trust returns the policy that lets a service, such as
// vpc-flow-logs.amazonaws.com, assume a role under every one of the conditions.
func Trust(service string, conditions ...Condition) Document {
	s := Statement{
		Sid:        "Assume",
		Principals: map[string][]string{"Service": {service}},
		Actions:    []string{"sts:AssumeRole"},
	}
	for _, c := range conditions {
		s = s.With(c)
	}
	return Document{Statements: []Statement{s}}
}

// PodTrust returns the policy that lets the pods of one service account, and no
// others, have a role through EKS Pod Identity, which tells STS by tags whose pod asks:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func PodTrust(namespace, account string) Document {
	d := Trust("pods.eks.amazonaws.com",
		Condition{Operator: "StringEquals", Key: "aws:RequestTag/kubernetes-namespace", Values: []string{namespace}},
		Condition{Operator: "StringEquals", Key: "aws:RequestTag/kubernetes-service-account", Values: []string{account}})
	d.Statements[0].Actions = []string{"sts:AssumeRole", "sts:TagSession"}
	return d
}

// With returns the statement under one more condition. A condition on the
// same operator and key takes the place of the earlier one.
func (s Statement) With(c Condition) Statement {
	all := map[string]map[string][]string{}
	for operator, keys := range s.Conditions {
		all[operator] = map[string][]string{}
		for key, values := range keys {
			all[operator][key] = values
		}
	}
	if all[c.Operator] == nil {
		all[c.Operator] = map[string][]string{}
	}
	all[c.Operator][c.Key] = c.Values
	s.Conditions = all
	return s
}

// TLSOnly denies every action on the resources to anybody who does not come
// over TLS: the statement that every bucket and queue policy ends with.
func TLSOnly(service string, resources ...string) Statement {
	return Statement{
		Sid: "TLSOnly", Effect: Deny,
		Principals: map[string][]string{Everyone: {Everyone}},
		Actions:    []string{service + ":*"},
		Resources:  resources,
		Conditions: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}
