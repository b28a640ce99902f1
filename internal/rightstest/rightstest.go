// Package rightstest holds the requests that were really made to the role that is to make them: by what AWS's own pages say
// that each asks of IAM, and not by what the calls of plans are said to be made of (recovery/rights).
package rightstest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/inventory"
	"redoubt/recovery/ledger"
	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/recovery/rights"
	"redoubt/recovery/verify"
	"redoubt/system"
)

// Place is the system of an inventory as its ARNs name it.
func Place(inv inventory.Inventory) rights.Place {
	p := rights.Place{System: inv.System, Regions: inv.Regions(plan.Arbiter)}
	keys, zones := map[string]bool{}, map[string]bool{}
	for _, h := range inv.Homes {
		p.Account, p.Namespace = h.Account, h.Entry.SwitchNamespace
		keys[h.Keys["data"]], keys[h.Keys["logs"]], zones[h.Discovery.ZoneID] = true, true, true
	}
	p.Keys, p.Zones = slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(zones))
	slices.Reverse(p.Keys)
	return p
}

// role is that of the function of a home.
func role(t testing.TB, p rights.Place, home system.Home) iampolicy.Document {
	t.Helper()
	doc, err := p.Of(rights.Function{Home: home, LogGroup: "/aws/lambda/recover",
		Arn: fmt.Sprintf("arn:aws:lambda:%s:%s:function:recover", p.Regions[home], p.Account)})
	require.NoError(t, err)
	return doc
}

// Allows reports whether a role lets through what is needed, with the keys that such a request carries.
func Allows(t testing.TB, n rights.Need, namespace string, doc iampolicy.Document) bool {
	t.Helper()
	keys := map[string]string{"cloudwatch:namespace": namespace, "iam:PassedToService": "backup.amazonaws.com"}
	return iamtest.Allowed(t, iamtest.Request{Action: n.Action, Resource: n.Resource, Keys: keys}, doc)
}

// Seen is a port that tells of each single request, also of those that a call of a plan is made of.
type Seen struct {
	plan.Port
	See func(plan.Call)
}

// Call makes one call.
func (s Seen) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	switch {
	case c.Kind == plan.Ledger:
		return ledger.Port{Port: s}.Call(ctx, c)
	case c.Kind == plan.Versions:
		return rewind.Port{Port: s}.Call(ctx, c)
	case c.Operation == verify.VerifyStore:
		return verify.Port{Port: s}.Call(ctx, c)
	}
	s.See(c)
	return s.Port.Call(ctx, c)
}

// Hold requires that the function's role in a home, or its access in a cluster, lets every call through.
func Hold(t testing.TB, p rights.Place, home system.Home, calls []plan.Call) {
	t.Helper()
	doc, asked := role(t, p, home), map[string]bool{}
	for _, c := range calls {
		if c.Kind == plan.Kubernetes {
			rule, err := rights.NeedInside(c)
			if assert.NoError(t, err) {
				assert.Contains(t, rights.Inside(), rule, "%s is denied by the cluster", c)
			}
			continue
		}
		needs, err := Needs(p, c)
		assert.NoError(t, err)
		assert.True(t, c.Kind != plan.AWS || slices.ContainsFunc(needs, func(n rights.Need) bool { return n.Action == named(c) }),
			"%s asks for %v, want %s among it", c, needs, named(c))
		for _, n := range needs {
			if key := n.Action + " " + n.Resource; !asked[key] {
				asked[key] = true
				assert.True(t, Allows(t, n, p.Namespace, doc), "%s is denied: %s on %s", c, n.Action, n.Resource)
			}
		}
	}
	t.Logf("the role lets %d calls through, which ask for %d actions on resources", len(calls), len(asked))
}

// others are the operations whose action has another name; all others are called as their action is.
var others = map[string]string{
	"s3.HeadObject": "s3:GetObject", "s3.GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
	"s3.ListObjectVersions": "s3:ListBucketVersions", "s3.CopyObject": "s3:PutObject",
}

// named is the action that a request asks for by its name.
func named(c plan.Call) string {
	if v, _ := c.Input["VersionId"].(string); v != "" && c.Service == "s3" {
		return "s3:GetObjectVersion"
	}
	if action, has := others[c.Service+"."+c.Operation]; has {
		return action
	}
	return c.Service + ":" + c.Operation
}

// Needs are what one request asks of IAM. Those that only stand within the calls of plans are named here:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html (and the pages of the others)
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
func Needs(p rights.Place, c plan.Call) ([]rights.Need, error) {
	text := func(name string) string { s, _ := c.Input[name].(string); return s }
	bucket := "arn:aws:s3:::" + text("Bucket")
	on := func(resource string, actions ...string) (out []rights.Need) {
		for _, a := range actions {
			out = append(out, rights.Need{Action: a, Resource: resource})
		}
		return out
	}
	object := bucket + "/" + text("Key")
	switch c.Service + "." + c.Operation {
	case "s3.ListObjectVersions":
		return on(bucket, "s3:ListBucketVersions"), nil
	case "s3.DeleteObject":
		return on(object, "s3:DeleteObject"), nil
	case "s3.HeadObject", "s3.GetObject":
		if text("VersionId") != "" {
			return on(object, "s3:GetObjectVersion"), nil
		}
	case "s3.CopyObject":
		source, version, old := strings.Cut(text("CopySource"), "?versionId=")
		reads := []string{"s3:GetObject", "s3:GetObjectTagging"}
		if old && version != "" {
			reads = []string{"s3:GetObjectVersion", "s3:GetObjectVersionTagging"}
		}
		return append(on(object, "s3:PutObject", "s3:PutObjectTagging"), on("arn:aws:s3:::"+strings.TrimPrefix(source, "/"), reads...)...), nil
	case "sqs.SendMessage":
		url := text("QueueUrl")
		return on(fmt.Sprintf("arn:aws:sqs:%s:%s:%s", p.Regions[c.Home], p.Account, url[strings.LastIndex(url, "/")+1:]), "sqs:SendMessage"), nil
	}
	return p.Needs(c)
}
