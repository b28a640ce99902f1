//go:build judge

package iam

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tests/example"
	"redoubt/tools/judge/exampletest"
	"redoubt/tools/judge/report"
)

const root = "../../.."

func TestPolicies_ofTheExampleNameWhatAWSHas(t *testing.T) {
	t.Parallel()
	data := find(t)
	place := Place{Regions: example.Regions(), Account: example.Account}
	documents := map[Kind]int{}
	for _, res := range exampletest.Registered(t) {
		for _, doc := range Documents(res.Token, res.Inputs) {
			documents[doc.Kind]++
			faults, err := data.Check(doc.Kind, doc.Text, place)
			require.NoError(t, err)
			for _, fault := range faults {
				t.Errorf("%s %s, %s: %s", res.Home, res.Name, doc.At, fault)
			}
		}
	}
	report.Keep(t, "../report", "30-policies", fmt.Sprintf(section, documents[Identity], documents[Trust], documents[Resource],
		documents[Perimeter]), report.Update())
	for _, kind := range []Kind{Identity, Trust, Resource, Perimeter} {
		assert.NotZero(t, documents[kind], "the example has no %s policy, or the test does not find it", kind)
	}
}

// TestPolicies_besideTheHomesNameWhatAWSHas: the same of the pipeline's roles and the boundaries, and of the arbiter.
func TestPolicies_besideTheHomesNameWhatAWSHas(t *testing.T) {
	t.Parallel()
	data := find(t)
	place := Place{Regions: append(example.Regions(), example.Third), Account: example.Account}
	for name, beside := range map[string]struct {
		declared []exampletest.Resource
		want     map[Kind]int
	}{
		"pipeline": {exampletest.Pipeline(t), map[Kind]int{Identity: 16, Trust: 5}},
		"arbiter":  {exampletest.Arbiter(t), map[Kind]int{Identity: 3, Trust: 3, Resource: 2}},
		"programs": {programs(exampletest.Leased(t)), map[Kind]int{Identity: 4, Trust: 4}},
	} {
		documents := map[Kind]int{}
		for _, res := range beside.declared {
			for _, doc := range Documents(res.Token, res.Inputs) {
				documents[doc.Kind]++
				faults, err := data.Check(doc.Kind, doc.Text, place)
				require.NoError(t, err)
				for _, fault := range faults {
					t.Errorf("%s: %s, %s: %s", name, res.Name, doc.At, fault)
				}
			}
		}
		assert.Equal(t, beside.want, documents, name)
	}
}

// programs are the roles of the keepers, of the observer, of the prober and of the witness.
func programs(declared []exampletest.Resource) []exampletest.Resource {
	return slices.DeleteFunc(declared, func(r exampletest.Resource) bool {
		return !slices.ContainsFunc([]string{"keeper-", "observer-", "prober-", "witness-"}, func(part string) bool {
			return strings.HasPrefix(r.Name, part)
		})
	})
}

const section = `## Policies beside what AWS says of its actions

AWS's service authorization reference says which actions there are, which resources each works on and which condition
keys it has. Every policy document of the example system in both homes is held against it: grammar, names of actions, the
region and the account in each ARN, and no wildcard where a resource can be named.

| | Documents | Refused |
| --- | ---: | ---: |
| what a role may do | %d | 0 |
| who may take a role | %d | 0 |
| on a resource | %d | 0 |
| on an endpoint | %d | 0 |

Broken on purpose in the judge's own test: a misspelt action, a service that is not, a third region, all actions, all
resources. What it cannot see: whether a role can do all that its holder asks for; only a real account tells.
`

func TestCheck_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	place := Place{Regions: []string{"eu-west-1", "eu-central-1"}, Account: "123456789012"}
	for _, test := range []struct {
		name string
		kind Kind
		text string
		want string
	}{
		{"nothing", Identity, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`, ""},
		{"an unknown element", Identity, `{"Effect":"Allow","Actions":"s3:GetObject","Resource":"*"}`, `unknown field "Actions"`},
		{"an effect in lower case", Identity, `{"Effect":"allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`,
			"the effect is allow"},
		{"an action that is not", Identity, `{"Effect":"Allow","Action":"s3:GetObjects","Resource":"arn:aws:s3:::a/*"}`,
			"there is no action s3:GetObjects"},
		{"a service that is not", Identity, `{"Effect":"Allow","Action":"s4:GetObject","Resource":"arn:aws:s3:::a/*"}`,
			`there is no service "s4"`},
		{"a pattern of nothing", Identity, `{"Effect":"Allow","Action":"s3:Fetch*","Resource":"arn:aws:s3:::a/*"}`,
			"no action is like s3:Fetch*"},
		{"all actions", Identity, `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`, "allows everything"},
		{"all resources", Identity, `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`,
			"action s3:PutObject is allowed on every resource"},
		{"all resources to look at", Identity, `{"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"}`, ""},
		{"a resource that cannot be named", Identity,
			`{"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"arn:aws:ec2:eu-west-1:123456789012:instance/*"}`,
			"works on no resource that can be named"},
		{"a resource of another kind", Identity, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a"}`,
			"action s3:GetObject works on none of arn:aws:s3:::a"},
		{"a third region", Identity,
			`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:a"}`,
			"region us-east-1 is none of eu-west-1, eu-central-1"},
		{"another account", Identity,
			`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:1:a"}`, "account 1 is not"},
		{"a principal in a role's policy", Identity,
			`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`, "names no principal"},
		{"no principal to trust", Trust, `{"Effect":"Allow","Action":"sts:AssumeRole"}`, "there is no principal"},
		{"an operator that is not", Identity, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",
			"Condition":{"StringIs":{"aws:SourceAccount":"1"}}}`, "there is no condition operator StringIs"},
		{"a key that is not", Identity, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",
			"Condition":{"StringEquals":{"s3:Colour":"red"}}}`, "has the condition key s3:Colour"},
		{"what a token says", Trust, `{"Effect":"Allow","Principal":{"Federated":
			"arn:aws:iam::123456789012:oidc-provider/tokens.example.com"},"Action":"sts:AssumeRoleWithWebIdentity",
			"Condition":{"StringEquals":{"tokens.example.com:sub":"x"}}}`, ""},
		{"what a token does not hand on", Trust, `{"Effect":"Allow","Principal":{"Federated":
			"arn:aws:iam::123456789012:oidc-provider/tokens.example.com"},"Action":"sts:AssumeRoleWithWebIdentity",
			"Condition":{"StringEquals":{"tokens.example.com:branch":"x"}}}`, "has the condition key tokens.example.com:branch"},
		{"what another's token says", Trust, `{"Effect":"Allow","Principal":{"Federated":
			"arn:aws:iam::123456789012:oidc-provider/example.com"},"Action":"sts:AssumeRoleWithWebIdentity",
			"Condition":{"StringEquals":{"tokens.example.com:sub":"x"}}}`, "has the condition key tokens.example.com:sub"},
		{"a key's policy that hands over to the account", Resource,
			`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}`, ""},
		{"a bucket that lets everybody do everything", Resource,
			`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`, "allows everything"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			faults, err := find(t).Check(test.kind, `{"Version":"2012-10-17","Statement":[`+test.text+`]}`, place)
			require.NoError(t, err)
			if test.want == "" {
				assert.Empty(t, faults)
				return
			}
			require.NotEmpty(t, faults)
			assert.Contains(t, errors.Join(faults...).Error(), test.want)
		})
	}
}

// find returns the data. Without it, it says loudly that nothing is judged; in
// CI that is a failure.
func find(t *testing.T) *Data {
	t.Helper()
	data, err := Find(filepath.Join(root, ".tools"))
	if errors.Is(err, ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	require.NoError(t, err)
	return data
}
