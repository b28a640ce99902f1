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
		{Effect: Deny, Principals: map[string][]string{Everyone: {Everyone}}, NotActions: []string{"s3:Get*"}, Resources: []string{"r"}},
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
	cases := []struct {
		name string
		doc  Document
		want string // empty: the document is good
	}{
		{"good", Document{[]Statement{read("arn")}}, ""},
		{"no statement", Document{}, "policy has no statement"},
		{"same sid", Document{[]Statement{read("a"), read("b")}}, `statement "Read": the sid is used twice`},
		{"sid with a hyphen", Document{[]Statement{{Sid: "a-b", Actions: []string{"a:B"}}}}, "other than letters and digits"},
		{"effect", Document{[]Statement{{Effect: "allow", Actions: []string{"a:B"}}}}, `effect is "allow", want Allow or Deny`},
		{"no action", Document{[]Statement{{Resources: []string{"r"}}}}, "want either actions or not-actions"},
		{"both", Document{[]Statement{{Effect: Deny, Actions: []string{"a:B"}, NotActions: []string{"a:C"}}}}, "want either actions"},
		{"any action", Document{[]Statement{{Actions: []string{"*"}}}}, `statement 1: action "*" allows everything`},
		{"any action of a service", Document{[]Statement{{Actions: []string{"s3:*"}}}}, `action "s3:*" allows everything`},
		{"any action, no reason", Document{[]Statement{{Actions: []string{"kms:*"}, AllowAnyAction: true}}}, "without a reason"},
		{"any action, reason", Document{[]Statement{{Actions: []string{"kms:*"}, AllowAnyAction: true, Reason: "root"}}}, ""},
		{"a family of actions", Document{[]Statement{{Actions: []string{"kms:ReEncrypt*"}}}}, ""},
		{"all but", Document{[]Statement{{NotActions: []string{"s3:GetObject"}}}}, "not-actions allow everything else"},
		{"deny anything", Document{[]Statement{TLSOnly("s3", "arn")}}, ""},
		{"anybody", Document{[]Statement{{Principals: map[string][]string{"AWS": {"*"}}, Actions: []string{"a:B"}}}}, "anybody is allowed"},
		{"empty resource", Document{[]Statement{read("")}}, "resource has an empty element"},
		{"empty principal", Document{[]Statement{{Principals: map[string][]string{"AWS": nil}, Actions: []string{"a:B"}}}}, "principal AWS has no name"},
		{"empty condition", Document{[]Statement{{
			Actions: []string{"a:B"}, Conditions: map[string]map[string][]string{"Bool": {"k": nil}},
		}}}, "condition Bool of k has no value"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text, err := c.doc.Checked()
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, c.doc.JSON(), text)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.Empty(t, text)
		})
	}
}

func TestDocument_CheckReportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	err := Document{[]Statement{{Effect: "x", Actions: []string{"*"}}, {Sid: "!"}}}.Check()
	require.ErrorContains(t, err, "effect is")
	require.ErrorContains(t, err, "other than letters")
}

func TestTrust_holdsTheServiceToTheAccount(t *testing.T) {
	t.Parallel()
	doc := Trust("vpc-flow-logs.amazonaws.com", SourceAccount("123456789012"), SourceArn("arn:aws:ec2:eu-west-1:123456789012:*"))
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
