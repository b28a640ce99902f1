// Package certificates declares one home's TLS certificate for the system's
// domain and every name right below it.
//
// A certificate lives in one region, so each home has its own. AWS asks both to
// be proved by the same DNS record, which depends on the domain and the account
// alone: one home owns the record, the primary, and the other's certificate is
// validated, and renewed, through it. The record is read by AWS from DNS, so a
// renewal in one home needs nothing of the other home's region.
package certificates

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Type is part of every URN below a Certificate. Changing it replaces live
// certificates unless New also gains an alias for the old type.
const Type = "redoubt:certificates:Certificate"

// recordTTL is how long resolvers keep the validation record, in seconds.
const recordTTL = 300

// Args configures a Certificate.
type Args struct {
	// Scope says whose certificate it is and where. Required.
	Scope naming.Scope
	// Domain is the name the certificate is for, together with *.Domain. Required.
	Domain string
	// ZoneID is the hosted zone of the validation record. Required with OwnRecord.
	ZoneID pulumi.StringInput
	// OwnRecord declares the validation record. Exactly one home sets it.
	OwnRecord bool
	// Adopt is the ARN of an existing certificate to use instead. Nothing is
	// declared then.
	Adopt string
}

// Certificate is one home's certificate.
type Certificate struct {
	pulumi.ResourceState

	// CertificateArn is known once the certificate is valid, so that whatever
	// uses it waits for that.
	CertificateArn pulumi.StringOutput `pulumi:"certificateArn"`
}

// New registers the certificate under name. The region comes from the AWS
// provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Certificate, error) {
	c, err := build(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("certificate %q: %w", name, err)
	}
	return c, nil
}

func build(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Certificate, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Certificate{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"domain":    pulumi.String(a.Domain),
		"ownRecord": pulumi.Bool(a.OwnRecord),
	}, c, opts...); err != nil {
		return nil, err
	}
	c.CertificateArn = pulumi.String(a.Adopt).ToStringOutput()
	if a.Adopt == "" {
		if c.CertificateArn, err = request(ctx, name, a, c); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"certificateArn": c.CertificateArn})
}

// request declares the certificate and its validation. The certificate has no
// name of its own: a new one stands beside the old until the listener has moved.
func request(ctx *pulumi.Context, name string, a Args, parent pulumi.Resource) (pulumi.StringOutput, error) {
	var none pulumi.StringOutput
	child := pulumi.Parent(parent)
	cert, err := acm.NewCertificate(ctx, name+"-certificate", &acm.CertificateArgs{
		DomainName:              pulumi.String(a.Domain),
		SubjectAlternativeNames: pulumi.StringArray{pulumi.String("*." + a.Domain)},
		ValidationMethod:        pulumi.String("DNS"),
	}, child)
	if err != nil {
		return none, err
	}
	proof := proofOf(cert, a.Domain)
	seen := []pulumi.Resource{}
	if a.OwnRecord {
		record, err := route53.NewRecord(ctx, name+"-proof", &route53.RecordArgs{
			ZoneId:  a.ZoneID,
			Name:    proof.name,
			Type:    proof.typ,
			Ttl:     pulumi.Int(recordTTL),
			Records: pulumi.StringArray{proof.value},
		}, child)
		if err != nil {
			return none, err
		}
		seen = append(seen, record)
	}
	valid, err := acm.NewCertificateValidation(ctx, name+"-validation", &acm.CertificateValidationArgs{
		CertificateArn:        cert.Arn,
		ValidationRecordFqdns: pulumi.StringArray{proof.name},
	}, child, pulumi.DependsOn(seen))
	if err != nil {
		return none, err
	}
	return valid.CertificateArn, nil
}

// proof is the DNS record that AWS wants to see.
type proof struct{ name, typ, value pulumi.StringOutput }

// proofOf returns the one record that proves the domain. AWS lists one for
// each name, in no fixed order, and the wildcard's is the same as the domain's.
func proofOf(cert *acm.Certificate, domain string) proof {
	field := func(pick func(acm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
		return cert.DomainValidationOptions.ApplyT(
			func(options []acm.CertificateDomainValidationOption) (string, error) {
				for _, o := range options {
					if v := pick(o); o.DomainName != nil && *o.DomainName == domain && v != nil {
						return strings.TrimSuffix(*v, "."), nil
					}
				}
				return "", fmt.Errorf("certificate of %s has no validation record for it", domain)
			}).(pulumi.StringOutput)
	}
	return proof{
		name:  field(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordName }),
		typ:   field(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordType }),
		value: field(func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue }),
	}
}

// resolve returns a checked copy. It reads plain Go values only: outputs are
// unknown during a preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.Region == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a home and its region", a.Scope))
	}
	if a.Domain == "" || strings.HasSuffix(a.Domain, ".") || strings.HasPrefix(a.Domain, "*") {
		errs = append(errs, fmt.Errorf("domain is %q, want a name without wildcard and final dot", a.Domain))
	}
	if a.OwnRecord && a.Adopt == "" && a.ZoneID == nil {
		errs = append(errs, errors.New("zoneId is not given, and the record is this home's"))
	}
	if want := "arn:aws:acm:" + a.Scope.Region + ":"; a.Adopt != "" && !strings.HasPrefix(a.Adopt, want) {
		errs = append(errs, fmt.Errorf("adopt is %q, want an ARN that starts with %q", a.Adopt, want))
	}
	return a, errors.Join(errs...)
}
