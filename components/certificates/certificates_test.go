package certificates

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	certificateType = "aws:acm/certificate:Certificate"
	validationType  = "aws:acm/certificateValidation:CertificateValidation"
	recordType      = "aws:route53/record:Record"
)

func args(home system.Home, region, domain string) *Args {
	return &Args{
		Scope:     naming.Scope{System: "atlas", Home: home, Region: region, Account: "123456789012"},
		Domain:    domain,
		ZoneID:    pulumi.String("Z123"),
		OwnRecord: home == system.Primary,
	}
}

// issued answers like AWS, which lists the wildcard and the domain in any
// order and gives both the same record.
func issued(domains ...string) pulumitest.Option {
	var options []any
	for _, d := range domains {
		options = append(options, map[string]any{
			"domainName":         d,
			"resourceRecordName": "_x1.atlas.example.com.", "resourceRecordType": "CNAME",
			"resourceRecordValue": "_y1.acm-validations.aws.",
		})
	}
	return pulumitest.WithOutputs(certificateType,
		resource.NewPropertyMapFromMap(map[string]any{"domainValidationOptions": options}))
}

func program(a *Args, see func(*Certificate)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		c, err := New(ctx, "main", a)
		if err == nil && see != nil {
			see(c)
		}
		return err
	}
}

func TestCertificate_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Certificate]{
		Args: func(n int) *Args {
			return args(system.Primary, "eu-west-1", []string{"atlas.example.com", "other.example.com"}[n])
		},
		New:     New,
		Options: []pulumitest.Option{issued("*.atlas.example.com", "atlas.example.com", "other.example.com")},
		Bad: []pulumitest.Bad[Args]{
			{Name: "no scope", Mutate: func(a *Args) { a.Scope = naming.Scope{} }, Want: "want a home and its region"},
			{Name: "no domain", Mutate: func(a *Args) { a.Domain = "" }, Want: `domain is ""`},
			{Name: "a final dot", Mutate: func(a *Args) { a.Domain = "a.example.com." }, Want: "final dot"},
			{Name: "a wildcard", Mutate: func(a *Args) { a.Domain = "*.example.com" }, Want: "without wildcard"},
			{Name: "a record without zone", Mutate: func(a *Args) { a.ZoneID = nil }, Want: "zoneId is not given"},
			{
				Name:   "a certificate of another region",
				Mutate: func(a *Args) { a.Adopt = "arn:aws:acm:us-east-1:123456789012:certificate/1" },
				Want:   `want an ARN that starts with "arn:aws:acm:eu-west-1:"`,
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name:   "who owns the record",
				Mutate: func(a *Args) { a.OwnRecord = false },
				Want:   []string{"main ownRecord", "-main-proof"},
			},
			{
				Name:   "adoption",
				Mutate: func(a *Args) { a.Adopt = "arn:aws:acm:eu-west-1:123456789012:certificate/1" },
				Want:   []string{"-main-certificate", "-main-proof", "-main-validation"},
			},
		},
	}.Run(t)
}

func TestCertificate_primaryOwnsTheOneRecord(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(system.Primary, "eu-west-1", "atlas.example.com"), nil),
		issued("*.atlas.example.com", "atlas.example.com"))
	cert := r.Get(t, certificateType, "main-certificate").Values()
	assert.Equal(t, "atlas.example.com", cert["domainName"])
	assert.Equal(t, []any{"*.atlas.example.com"}, cert["subjectAlternativeNames"])
	assert.Equal(t, "DNS", cert["validationMethod"])

	require.Len(t, r.OfType(recordType), 1, "wildcard and domain are proved by one record")
	record := r.Get(t, recordType, "main-proof").Values()
	assert.Equal(t, "_x1.atlas.example.com", record["name"])
	assert.Equal(t, "CNAME", record["type"])
	assert.Equal(t, []any{"_y1.acm-validations.aws"}, record["records"])
	waits := r.Get(t, validationType, "main-validation").RPC.GetDependencies()
	assert.True(t, slices.ContainsFunc(waits, func(urn string) bool { return strings.HasSuffix(urn, "::main-proof") }),
		"the validation waits for the record")
	assert.NotContains(t, record, "allowOverwrite", "a record of somebody else is not taken over")
}

func TestCertificate_secondaryIsProvedByThePrimarysRecord(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(system.Secondary, "eu-central-1", "atlas.example.com"), nil),
		issued("atlas.example.com", "*.atlas.example.com"))
	assert.Empty(t, r.OfType(recordType))
	assert.Equal(t, []any{"_x1.atlas.example.com"},
		r.Get(t, validationType, "main-validation").Values()["validationRecordFqdns"])
}

func TestCertificate_saysWhenAWSListsNoRecord(t *testing.T) {
	t.Parallel()
	a := args(system.Primary, "eu-west-1", "atlas.example.com")
	_, err := pulumitest.RunErr(program(a, nil), issued("other.example.com"))
	require.ErrorContains(t, err, "certificate of atlas.example.com has no validation record")
}

func TestCertificate_adoptedIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	a := args(system.Primary, "eu-west-1", "atlas.example.com")
	a.Adopt = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
	r := pulumitest.Run(t, program(a, func(c *Certificate) { pulumitest.CheckOutputs(t, c) }))
	assert.Empty(t, r.Custom())
}

func TestCertificate_arnIsGivenOnceItIsValid(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	pulumitest.Run(t, program(args(system.Secondary, "eu-central-1", "atlas.example.com"), func(c *Certificate) {
		c.CertificateArn.ApplyT(func(arn string) string { got <- arn; return arn })
	}), issued("atlas.example.com"), pulumitest.WithOutputs(validationType,
		resource.NewPropertyMapFromMap(map[string]any{"certificateArn": "arn-after-validation"})))
	assert.Equal(t, "arn-after-validation", <-got)
}
