package world

import (
	"slices"
	"strings"
)

const (
	kindCertificate = "AWS::CertificateManager::Certificate"
	kindValidation  = "AWS::CertificateManager::CertificateValidation"

	acmDoc = "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html"
)

var acmKinds = []Kind{
	{
		Name: kindCertificate, Service: "acm", Source: acmDoc,
		Fixed: []string{"DomainName", "SubjectAlternativeNames", "ValidationMethod"},
		id:    byARN(certificateARN), arn: certificateARN, checks: []check{certificateShape}, computed: certificateComputed,
		seen: func(t *tx, e *Entity) { e.Out["Status"] = certificateStatus(t, e) },
	},
	{
		Name: kindValidation, Service: "acm", Source: acmDoc, Setting: true, Required: []string{"CertificateArn"},
		Refs: []Link{link("CertificateArn", kindCertificate, "ResourceNotFoundException", "")},
		id:   named("CertificateArn"), checks: []check{validationRecords},
	},
}

func certificateARN(t *tx, e *Entity) string {
	return arnOf("acm", "certificate/"+t.uuid(e, "id"))(t, e)
}

func certificateShape(_ *tx, e, _ *Entity) error {
	if str(e.In, "DomainName") == "" && !has(e.In, "CertificateBody") {
		return refuse("ValidationException", "certificate: DomainName is required")
	}
	return nil
}

// certificateNames lists the domain and its alternatives once each.
func certificateNames(e *Entity) []string {
	names := append([]string{str(e.In, "DomainName")}, strs(e.In, "SubjectAlternativeNames")...)
	slices.Sort(names[1:])
	return slices.Compact(names)
}

// certificateComputed names the records that prove the domain: the same for
// the same domain and account in every region.
func certificateComputed(t *tx, e *Entity) {
	def(e, "SubjectAlternativeNames", anyList(certificateNames(e)...))
	def(e, "ValidationMethod", "NONE")
	def(e, "KeyAlgorithm", "RSA_2048")
	set(e, "Type", "AMAZON_ISSUED")
	set(e, "RenewalEligibility", "INELIGIBLE")
	options := []any{}
	if str(e.In, "ValidationMethod") == "DNS" {
		for _, name := range certificateNames(e) {
			bare := strings.TrimPrefix(name, "*.")
			seed := &Entity{Kind: kindCertificate, Token: bare}
			options = append(options, Document{
				"DomainName": name, "ResourceRecordType": "CNAME",
				"ResourceRecordName": "_" + t.hex(seed, "name", 32) + "." + bare + ".",
				"ResourceRecordValue": "_" + t.hex(seed, "value", 32) + "." + t.letters(seed, "zone", lower,
					10) + ".acm-validations.aws.",
			})
		}
	}
	e.Out["DomainValidationOptions"] = options
}

// certificateStatus is ISSUED once each name's record is in a public zone.
// AWS looks within minutes; here it looks when asked (assumed).
func certificateStatus(t *tx, e *Entity) string {
	for _, o := range docs(e.Out, "DomainValidationOptions") {
		if !t.hasRecord(str(o, "ResourceRecordName"), str(o, "ResourceRecordValue")) {
			return "PENDING_VALIDATION"
		}
	}
	if str(e.In, "ValidationMethod") == "EMAIL" {
		return "PENDING_VALIDATION"
	}
	return "ISSUED"
}

func (t *tx) hasRecord(name, value string) bool {
	for _, r := range t.list(kindRecord, Global) {
		if dot(recordName(t, r)) == name && slices.ContainsFunc(strs(r.In, "Records"),
			func(v string) bool { return dot(v) == dot(value) }) {
			return true
		}
	}
	return false
}

// dot ends a DNS name with a dot.
func dot(name string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

func validationRecords(t *tx, e, _ *Entity) error {
	c := t.arn(str(e.In, "CertificateArn"))
	if status := certificateStatus(t, c); status != "ISSUED" {
		return refuse("ResourceNotReady", "certificate %s is %s: its records are not there", c.ARN, status)
	}
	return nil
}
