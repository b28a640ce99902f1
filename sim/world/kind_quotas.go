package world

const (
	kindQuota = "AWS::ServiceQuotas::Quota"

	quotaAPI = "https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/"
)

// quotaKinds hold what the account may have of a thing in a region, once
// somebody asked for more. AWS grants what is asked for at once here (assumed: on AWS a
// person may have to approve it). A deletion gives the default back; on AWS nothing happens, the quota stays raised.
var quotaKinds = []Kind{{
	Name: kindQuota, Service: "servicequotas", Source: quotaAPI + "API_RequestServiceQuotaIncrease.html",
	Setting: true, NotFound: "NoSuchResourceException",
	Required: []string{"ServiceCode", "QuotaCode", "Value"}, Fixed: []string{"ServiceCode", "QuotaCode"},
	id: quotaID, arn: arnOf("servicequotas", "{id}"), checks: []check{quotaRises}, computed: quotaComputed,
}}

func quotaID(_ *tx, e *Entity) string { return str(e.In, "ServiceCode") + "/" + str(e.In, "QuotaCode") }

// defaultQuota is a quota that every account has.
type defaultQuota struct {
	name  string
	value float64
}

// defaultQuotas are by service and code what an account has before it asks for
// more: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html. AWS may give a new
// account less and an old one more.
var defaultQuotas = map[string]defaultQuota{
	"ec2/L-1216C47A":         {"Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5},
	"ec2/L-0263D0A3":         {"EC2-VPC Elastic IPs", 5},
	"vpc/L-29B6F2EB":         {"Interface VPC endpoints per VPC", 50},
	"eks/L-BD136A63":         {"Nodes per managed node group", 450},
	"rds/L-952B80B8":         {"DB clusters", 40},
	"rds/L-7B6409FD":         {"DB instances", 40},
	"dynamodb/L-F98FE922":    {"Maximum number of tables", 2500},
	"elasticache/L-DFE45DF3": {"Nodes per Region", 300},
}

// DefaultQuota is a quota as AWS describes it where nobody ever asked for more.
func DefaultQuota(service, code string) (*Entity, error) {
	q, known := defaultQuotas[service+"/"+code]
	if !known {
		return nil, missing("NoSuchResourceException", "quota %s/%s is not simulated", service, code)
	}
	e := &Entity{Kind: kindQuota, In: Document{"ServiceCode": service, "QuotaCode": code, "Value": q.value}, Out: Document{}}
	e.ID = quotaID(nil, e)
	quotaComputed(nil, e)
	return e, nil
}

// quotaRises refuses a value below the one that holds. A new declaration of the value that holds is
// no request; in an update the provider asks AWS even then, which is refused (assumed).
func quotaRises(t *tx, e, old *Entity) error {
	q, err := DefaultQuota(str(e.In, "ServiceCode"), str(e.In, "QuotaCode"))
	if err != nil {
		return err
	}
	if held := t.get(kindQuota, e.Region, e.ID); held != nil {
		q = held
	}
	now, _ := num(q.In, "Value")
	asked, _ := num(e.In, "Value")
	if asked < now || old != nil && asked == now {
		return refuse("IllegalArgumentException", "quota %s is %v, want more than that, not %v", e.ID, now, asked)
	}
	return nil
}

func quotaComputed(_ *tx, e *Entity) {
	q := defaultQuotas[e.ID]
	e.Out["QuotaName"], e.Out["DefaultValue"], e.Out["Adjustable"] = q.name, q.value, true
}
