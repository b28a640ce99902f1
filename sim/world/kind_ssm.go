package world

import "strings"

const kindParameter = "AWS::SSM::Parameter"

var ssmKinds = []Kind{{
	Name: kindParameter, Service: "ssm", NotFound: "ParameterNotFound", Exists: "ParameterAlreadyExists",
	Source:   "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
	Required: []string{"Name", "Type"}, Fixed: []string{"DataType"},
	id: named("Name"), arn: func(t *tx, e *Entity) string {
		return arnOf("ssm", "parameter/"+strings.TrimPrefix(str(e.In, "Name"), "/"))(t, e)
	},
	checks: []check{parameterName, parameterTier, parameterSize}, computed: func(_ *tx, e *Entity) {
		e.Out["Version"] = numOr(e.Out, "Version", 0) + 1
		def(e, "DataType", "text")
		def(e, "Tier", "Standard")
	},
}}

func parameterValue(e *Entity) string { return firstOf(str(e.In, "Value"), str(e.In, "InsecureValue")) }

func parameterName(_ *tx, e, _ *Entity) error {
	bare := strings.TrimPrefix(e.ID, "/")
	if strings.HasPrefix(bare, "aws") || strings.HasPrefix(bare, "ssm") {
		return refuse("ValidationException", "parameter name %q must not begin with aws or ssm", e.ID)
	}
	if n := strings.Count(e.ID, "/"); n > 15 {
		return refuse("HierarchyLevelLimitExceededException", "parameter name %q has %d levels, at most 15", e.ID, n)
	}
	return nil
}

// parameterTier refuses to make an advanced parameter a standard one, on the
// page of the tiers.
func parameterTier(_ *tx, e, old *Entity) error {
	if old != nil && str(old.In, "Tier") == "Advanced" && str(e.In, "Tier") == "Standard" {
		return refuse("ValidationException", "parameter %s is advanced and cannot become standard", e.ID)
	}
	return nil
}

// parameterSize holds the limits of the tiers:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
func parameterSize(_ *tx, e, _ *Entity) error {
	size, most := len(parameterValue(e)), 4096
	if tier := str(e.In, "Tier"); tier == "Advanced" || tier == "Intelligent-Tiering" {
		most = 8192
	}
	if size == 0 || size > most {
		return refuse("ValidationException", "parameter %s has %d characters, want 1 to %d", e.ID, size, most)
	}
	return nil
}
