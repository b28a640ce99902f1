package iamtest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/iampolicy"
)

func TestAllowed_decidesAsIAM(t *testing.T) {
	t.Parallel()
	put := iampolicy.Statement{Actions: []string{"s3:Put*"}, Resources: []string{"arn:b/*/x", "arn:c"}}
	never := iampolicy.Statement{Effect: iampolicy.Deny, Actions: []string{"s3:*"}, NotResources: []string{"arn:b/*"}}
	under := func(operator string) iampolicy.Statement {
		return put.With(iampolicy.Condition{Operator: operator, Key: "k", Values: []string{"one", "t*"}})
	}
	ask := func(resource, k string) Request {
		return Request{Action: "s3:PutObject", Resource: resource, Keys: map[string]string{"k": k}}
	}
	for _, c := range []struct {
		name string
		ask  Request
		docs []iampolicy.Statement
		want bool
	}{
		{"what nobody allows", Request{Action: "s3:GetObject", Resource: "arn:c"}, []iampolicy.Statement{put}, false},
		{"a star in the middle", ask("arn:b/1/2/x", ""), []iampolicy.Statement{put}, true},
		{"another end", ask("arn:b/1/y", ""), []iampolicy.Statement{put}, false},
		{"a denial wins", ask("arn:c", ""), []iampolicy.Statement{never, put}, false},
		{"a denial elsewhere", ask("arn:b/1/x", ""), []iampolicy.Statement{never, put}, true},
		{"equal", ask("arn:c", "one"), []iampolicy.Statement{under("StringEquals")}, true},
		{"equal takes no star", ask("arn:c", "two"), []iampolicy.Statement{under("StringEquals")}, false},
		{"equal to nothing", ask("arn:c", ""), []iampolicy.Statement{under("StringEquals")}, false},
		{"like", ask("arn:c", "two"), []iampolicy.Statement{under("StringLike")}, true},
		{"like nothing", ask("arn:c", ""), []iampolicy.Statement{under("ForAnyValue:StringLike")}, false},
		{"not equal", ask("arn:c", "one"), []iampolicy.Statement{under("StringNotEquals")}, false},
		{"not equal to nothing", ask("arn:c", ""), []iampolicy.Statement{under("StringNotEquals")}, true},
	} {
		var docs []iampolicy.Document
		for _, s := range c.docs {
			docs = append(docs, iampolicy.Document{Statements: []iampolicy.Statement{s}})
		}
		assert.Equal(t, c.want, Allowed(t, c.ask, docs...), c.name)
	}
}
