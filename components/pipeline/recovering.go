package pipeline

import (
	"slices"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/recovery/rights"
)

// recoveredOutside are the services that the calls of plans reach outside the homes' regions, beside the zones of names: the routing controls
// of the switch where it is arc, and the passing of roles.
var recoveredOutside = []string{"iam", "route53-recovery-cluster"}

// recovering are the roles that recover a home, by their names.
func (a Args) recovering(home naming.Scope) string { return a.iam("role/" + home.Role("recover*")) }

// recoveryBoundary is the most that the roles which recover a home may do: what the calls of plans need, which
// recovery/rights knows, in both homes' regions, and what the function and its state machine need to run. The boundary of
// all other roles has no room for it, and they have no need.
func (a Args) recoveryBoundary(home naming.Scope) iampolicy.Document {
	var inside, outside, names []string
	for _, action := range slices.Concat(rights.Actions(), rights.Placed()) {
		service, _, _ := strings.Cut(action, ":")
		switch {
		case action == "iam:PassRole": // below
		case service == "route53":
			names = append(names, action)
		case action == "route53-recovery-cluster:UpdateRoutingControlStates": // below
		case slices.Contains(recoveredOutside, service):
			outside = append(outside, action)
		default:
			inside = append(inside, action)
		}
	}
	var regions []string
	for _, h := range a.Homes {
		regions = append(regions, h.Region)
	}
	return iampolicy.Document{Statements: []iampolicy.Statement{
		iampolicy.Statement{Sid: "Calls", Actions: inside, Resources: []string{"*"}}.With(iampolicy.Condition{
			Operator: "StringEquals", Key: "aws:RequestedRegion", Values: regions}),
		// The arbiter's table, in a region that is not known here. Its own policy names the region.
		{Sid: "Word", Actions: []string{"dynamodb:GetItem", "dynamodb:UpdateItem"}, Resources: []string{
			a.everywhere("dynamodb", "table/"+home.System+"-*")}},
		{Sid: "Names", Actions: names, Resources: []string{"arn:aws:route53:::hostedzone/*"}},
		{Sid: "Switch", Actions: []string{"route53-recovery-cluster:UpdateRoutingControlStates"}, Resources: []string{
			"arn:aws:route53-recovery-control::" + a.Scope.Account + ":controlpanel/*/routingcontrol/*"}},
		{Sid: "Outside", Actions: outside, Resources: []string{"*"}},
		// What a restore gives to its services. Nothing else of IAM is allowed, and no policy of a resource could: trust is
		// asked for by AssumeRole alone.
		{Sid: "Give", Actions: []string{"iam:PassRole"}, Resources: []string{a.iam("role/" + home.System + "-*")}},
		deny("NoOtherRole", []string{"sts:AssumeRole*"}, "*"),
		deny("Kept", kept, "*"),
		deny("State", []string{"s3:*"}, append(a.stateBuckets(), a.stateObjects("*")...)...),
		denied(a.decrypts("StateKeys", "*", "kms:*")),
	}}
}
