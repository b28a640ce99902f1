package pulumitest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/iampolicy"
)

// broad are the types whose policies may allow every action of a service: a
// key must leave itself to the account, and an endpoint says who may pass, not what they may do.
var broad = map[string]bool{
	"aws:kms/key:Key":                 true,
	"aws:kms/replicaKey:ReplicaKey":   true,
	"aws:ec2/vpcEndpoint:VpcEndpoint": true,
}

// CheckPolicies checks every policy among the inputs: that it is written in
// the form which AWS gives back, and that it allows no more than it names.
func CheckPolicies(t testing.TB, r *Recorder) {
	t.Helper()
	for _, res := range r.Custom() {
		for prop, value := range res.Values() {
			text, ok := value.(string)
			if !ok || !strings.Contains(text, `"Statement"`) {
				continue
			}
			doc, err := iampolicy.Parse(text)
			if !assert.NoError(t, err, "%s %s %s", res.Type, res.Name, prop) {
				continue
			}
			assert.Equal(t, doc.JSON(), text, "%s %s %s is not in the form that AWS gives back", res.Type, res.Name, prop)
			for n := range doc.Statements {
				doc.Statements[n].AllowAnyAction, doc.Statements[n].Reason = broad[res.Type], "of its type"
			}
			assert.NoError(t, doc.Check(), "%s %s %s", res.Type, res.Name, prop)
		}
	}
}
