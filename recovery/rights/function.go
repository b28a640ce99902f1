package rights

import (
	"fmt"
	"slices"

	"redoubt/internal/iampolicy"
	"redoubt/system"
)

// InlineMax is how many characters all inline policies of one role may have, blanks aside:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const InlineMax = 10_240

// Function is the one function of a home, as its role knows it.
type Function struct {
	// Home is where it runs, Arn its ARN, LogGroup the name of its log group.
	Home          system.Home
	Arn, LogGroup string
	// Starts is the ARN of the state machine that it may start without a person, empty where it may not.
	Starts string
}

// Of is all that the role of the function may do: what the calls of plans need (Role), what Lambda needs to place it
// in the home's network, and its log. What it needs to be placed, its own code may not do:
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
// It is an error when it is more than a role takes.
func (p Place) Of(f Function) (iampolicy.Document, error) {
	at := p.Regions[f.Home]
	interfaces := []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
		"ec2:UnassignPrivateIpAddresses"}
	looks := []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}
	anything := fmt.Sprintf("arn:aws:ec2:%s:%s:*/*", at, p.Account)
	doc := p.Role()
	doc.Statements = append(doc.Statements,
		iampolicy.Statement{Sid: "Place", Actions: interfaces, Resources: []string{anything}},
		iampolicy.Statement{Sid: "Look", Actions: looks, Resources: []string{"*"}},
		iampolicy.Statement{Sid: "PlacedByLambda", Effect: iampolicy.Deny, Actions: append(interfaces, looks...),
			Resources: []string{"*"}}.With(iampolicy.Condition{
			Operator: "ArnEquals", Key: "lambda:SourceFunctionArn", Values: []string{f.Arn}}),
		iampolicy.Statement{Sid: "Log", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resources: []string{fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:*", at, p.Account, f.LogGroup)}},
	)
	if f.Starts != "" {
		doc.Statements = append(doc.Statements, iampolicy.Statement{Sid: "Start", Actions: Automatic(), Resources: []string{f.Starts}})
	}
	if n := len(doc.JSON()); n > InlineMax {
		return doc, fmt.Errorf("the role of the function has a policy of %d characters, AWS takes %d: give fewer keys and "+
			"zones, or a shorter name to the system", n, InlineMax)
	}
	return doc, doc.Check()
}

// Automatic lists the actions of a function that starts its machine without a person.
func Automatic() []string { return []string{"states:StartExecution"} }

// Invokes is all that a role may do which invokes the function and no more.
func Invokes(function string) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Invoke", Actions: []string{"lambda:InvokeFunction"}, Resources: []string{function}},
	}}
}

// Starts is all that the role of the state machine may do: invoke the function, and ask people.
func Starts(function, topic string) iampolicy.Document {
	doc := Invokes(function)
	doc.Statements = append(doc.Statements, iampolicy.Statement{
		Sid: "Ask", Actions: []string{"sns:Publish"}, Resources: []string{topic}})
	return doc
}

// placing are the actions of the function's role beside those of the plans' calls.
var placing = []string{
	"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
	"logs:CreateLogStream", "logs:PutLogEvents",
}

// OfFunction lists every action of the function's role, beside those of Automatic.
func OfFunction() []string { return slices.Sorted(slices.Values(slices.Concat(Actions(), placing))) }

// Placed lists the actions of the roles that recover a home beside those of the plans' calls (Actions).
func Placed() []string {
	return slices.Concat(placing, Automatic(), []string{"lambda:InvokeFunction", "sns:Publish"})
}
