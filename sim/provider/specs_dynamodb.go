package provider

var specsOfDynamoDB = map[string]spec{
	"aws:dynamodb/table:Table": {kind: "AWS::DynamoDB::Table", name: &naming{property: "name", max: 255},
		sticky:   []string{"pointInTimeRecovery", "serverSideEncryption", "ttl"},
		defaults: map[string]any{"tableClass": "STANDARD", "billingMode": "PROVISIONED"}},
	"aws:dynamodb/tableReplica:TableReplica": {kind: "AWS::DynamoDB::TableReplica"},
}
