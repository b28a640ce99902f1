package cache

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// drift is a property that something other than this program changes on a
// living resource, with the reason to leave it alone.
type drift struct{ property, reason string }

// The drift of a datastore's parts. Sources: terraform-provider-aws 5.100.0 and
// docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html.
// A group that stands alone is nobody else's to change, so nothing of it is ignored.
var (
	globalDrift = []drift{
		{"primaryReplicationGroupId", "after a failover it reads back as the promoted group, " +
			"and a change would replace the datastore"},
	}
	seedDrift = []drift{
		{"engineVersion", "the datastore upgrades its members; AWS refuses it of one of them"},
		{"nodeType", "the datastore scales its members; AWS refuses it of one of them"},
		{"numNodeGroups", "the datastore decides it for all members"},
		{"automaticFailoverEnabled", "the datastore decides it for all members"},
		{"parameterGroupName", "a major upgrade of the datastore gives each member a copy of the parameters"},
	}
	memberDrift = []drift{
		{"engine", "a member may not state it and reads back as valkey, where the provider's default is redis: " +
			"a change would replace the group"},
		{"engineVersion", "the datastore upgrades its members"},
		{"nodeType", "the datastore scales its members"},
		{"numNodeGroups", "the datastore decides it for all members"},
		{"parameterGroupName", "AWS gives each member a copy of the datastore's parameters"},
		{"automaticFailoverEnabled", "the datastore decides it for all members"},
		{"atRestEncryptionEnabled", "the datastore decides it, and a change would replace the group"},
		{"transitEncryptionEnabled", "the datastore decides it for all members"},
		{"globalReplicationGroupId", "a plan may take the group out of the datastore to write alone, " +
			"and a change would replace the group"},
	}
)

func ignore(all []drift) pulumi.ResourceOption {
	properties := make([]string, 0, len(all))
	for _, d := range all {
		properties = append(properties, d.property)
	}
	return pulumi.IgnoreChanges(properties)
}
