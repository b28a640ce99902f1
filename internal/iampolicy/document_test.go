package iampolicy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(resources ...string) Statement {
	return Statement{Sid: "Read", Actions: []string{"s3:GetObject"}, Resources: resources}
}

func TestDocument_JSONIsTheFormThatAWSGivesBack(t *testing.T) {
	t.Parallel()
	doc := Document{Statements: []Statement{
		{
			Sid:        "Write",
			Principals: map[string][]string{"Service": {"logs.eu-west-1.amazonaws.com"}, "AWS": {"b", "a"}},
			Actions:    []string{"kms:ReEncrypt*", "kms:Decrypt", "kms:Decrypt"},
			Resources:  []string{"*"},
			Conditions: map[string]map[string][]string{"StringLike": {"aws:x": {"<a&b>"}}},
		},
		{
			Effect: Deny, Principals: map[string][]string{Everyone: {Everyone}},
			NotActions: []string{"s3:Get*"}, Resources: []string{"r"},
		},
	}}
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[`+
		`{"Sid":"Write","Effect":"Allow","Principal":{"AWS":["a","b"],"Service":"logs.eu-west-1.amazonaws.com"},`+
		`"Action":["kms:Decrypt","kms:ReEncrypt*"],"Resource":"*","Condition":{"StringLike":{"aws:x":"<a&b>"}}},`+
		`{"Effect":"Deny","Principal":"*","NotAction":"s3:Get*","Resource":"r"}]}`, doc.JSON())
}

func TestDocument_JSONDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	a := Document{Statements: []Statement{{Actions: []string{"a:B", "a:C"}, Resources: []string{"x", "y"}}}}
	b := Document{Statements: []Statement{{Actions: []string{"a:C", "a:B", "a:C"}, Resources: []string{"y", "x"}}}}
	assert.Equal(t, a.JSON(), b.JSON())
	assert.Equal(t, []string{"a:C", "a:B", "a:C"}, b.Statements[0].Actions, "the document itself is left alone")
}

func TestDocument_CheckFindsFaults(t *testing.T) {
	t.Parallel()
	verb := []string{"a:B"}
	cases := []struct {
		name string
		one  Statement
		want string // empty: the statement is good
	}{
		{"good", read("arn"), ""},
		{"sid with a hyphen", Statement{Sid: "a-b", Actions: verb}, "other than letters and digits"},
		{"effect", Statement{Effect: "allow", Actions: verb}, `effect is "allow", want Allow or Deny`},
		{"no action", Statement{Resources: []string{"r"}}, "want either actions or not-actions"},
		{"both", Statement{Effect: Deny, Actions: verb, NotActions: verb}, "want either actions"},
		{"any action", Statement{Actions: []string{"*"}}, `statement 1: action "*" allows everything`},
		{"any action of a service", Statement{Actions: []string{"s3:*"}}, `action "s3:*" allows everything`},
		{"no reason", Statement{Actions: []string{"kms:*"}, AllowAnyAction: true}, "without a reason"},
		{"a reason", Statement{Actions: []string{"kms:*"}, AllowAnyAction: true, Reason: "root"}, ""},
		{"a family of actions", Statement{Actions: []string{"kms:ReEncrypt*"}}, ""},
		{"all but", Statement{NotActions: verb}, "not-actions allow everything else"},
		{"all resources but", Statement{Actions: verb, NotResources: []string{"arn"}}, "not-resources allow it"},
		{"deny elsewhere", Statement{Effect: Deny, Actions: verb, NotResources: []string{"arn"}}, ""},
		{"resources and not", Statement{Effect: Deny, Actions: verb, Resources: verb, NotResources: verb}, "either resources"},
		{"deny anything", TLSOnly("s3", "arn"), ""},
		{"anybody", Statement{Principals: map[string][]string{"AWS": {"*"}}, Actions: verb}, "anybody is allowed"},
		{"empty resource", read(""), "resource has an empty element"},
		{"no name", Statement{Principals: map[string][]string{"AWS": nil}, Actions: verb}, "principal AWS has no name"},
		{"no value", read("arn").With(Condition{Operator: "Bool", Key: "k"}), "condition Bool of k has no value"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := Document{[]Statement{c.one}}
			text, err := doc.Checked()
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, doc.JSON(), text)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.Empty(t, text)
		})
	}
}

func TestDocument_CheckSeesTheWhole(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Document{}.Check(), "policy has no statement")
	twice := Document{[]Statement{read("a"), read("b")}}
	require.ErrorContains(t, twice.Check(), `statement "Read": the sid is used twice`)
}

func TestDocument_CheckReportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	err := Document{[]Statement{{Effect: "x", Actions: []string{"*"}}, {Sid: "!"}}}.Check()
	require.ErrorContains(t, err, "effect is")
	require.ErrorContains(t, err, "other than letters")
}

func TestTrust_holdsTheServiceToTheAccount(t *testing.T) {
	t.Parallel()
	doc := Trust("vpc-flow-logs.amazonaws.com",
		SourceAccount("123456789012"), SourceArn("arn:aws:ec2:eu-west-1:123456789012:*"))
	require.NoError(t, doc.Check())
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Assume","Effect":"Allow",`+
		`"Principal":{"Service":"vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole",`+
		`"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ec2:eu-west-1:123456789012:*"},`+
		`"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`, doc.JSON())
}

func TestStatement_WithLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	base := read("arn").With(SourceAccount("1"))
	other := base.With(SourceAccount("2"))
	assert.Equal(t, []string{"1"}, base.Conditions["StringEquals"]["aws:SourceAccount"])
	assert.Equal(t, []string{"2"}, other.Conditions["StringEquals"]["aws:SourceAccount"])
}
