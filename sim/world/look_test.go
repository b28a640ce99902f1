package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDescribeLogGroups_tellsWhatARestoreMustMakeAlike(t *testing.T) {
	t.Parallel()
	l := newLab(t, 3)
	l.call(ireland, "logs", "CreateLogGroup", doc{"logGroupName": "/db/one", "tags": doc{"store": "one"}})
	l.call(ireland, "logs", "CreateLogGroup", doc{"logGroupName": "/other"})
	l.call(ireland, "logs", "PutRetentionPolicy", doc{"logGroupName": "/db/one", "retentionInDays": 30})
	groups := l.call(ireland, "logs", "DescribeLogGroups", doc{"logGroupNamePrefix": "/db"})["logGroups"].([]any)
	assert.Len(t, groups, 1)
	one := groups[0].(doc)
	assert.Equal(t, []any{"/db/one", 30.0}, []any{one["logGroupName"], one["retentionInDays"]})
	assert.Equal(t, doc{"tags": doc{"store": "one"}},
		l.call(ireland, "logs", "ListTagsForResource", doc{"resourceArn": one["logGroupArn"]}))
	assert.Equal(t, "ResourceNotFoundException",
		code(l.try(ireland, "logs", "ListTagsForResource", doc{"resourceArn": "arn:aws:logs:nothing"})))
}

func TestDescribeTimeToLive_tellsWhatWasSet(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	table := l.made[ireland+"/sessions"]
	ttl := func() any {
		return l.call(ireland, "dynamodb", "DescribeTimeToLive", doc{"TableName": table.ID})["TimeToLiveDescription"]
	}
	assert.Equal(t, doc{"TimeToLiveStatus": "DISABLED"}, ttl())
	l.call(ireland, "dynamodb", "UpdateTimeToLive", doc{"TableName": table.ID,
		"TimeToLiveSpecification": doc{"AttributeName": "expires", "Enabled": true}})
	assert.Equal(t, doc{"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}, ttl())
	l.call(ireland, "dynamodb", "TagResource", doc{"ResourceArn": table.ARN, "Tags": []any{doc{"Key": "a", "Value": "b"}}})
	assert.Equal(t, []any{doc{"Key": "a", "Value": "b"}},
		l.call(ireland, "dynamodb", "ListTagsOfResource", doc{"ResourceArn": table.ARN})["Tags"])
	assert.Equal(t, "ResourceNotFoundException",
		code(l.try(frankfurt, "dynamodb", "ListTagsOfResource", doc{"ResourceArn": table.ARN})), "a half is asked in its region")
}
