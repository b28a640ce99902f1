//go:build apps

package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/rightstest"
	"redoubt/recovery/ledger"
	"redoubt/recovery/plan"
	"redoubt/recovery/rights"
	"redoubt/system"
)

// sent keeps what a port sends, as moto receives it: the operation and what it works on, by the wire's own form.
type sent struct {
	mu    sync.Mutex
	calls []plan.Call
}

func (s *sent) port() *awsport.Port {
	cfg := config()
	cfg.HTTPClient = s
	return portOf(cfg)
}

// Do passes a request on.
func (s *sent) Do(r *http.Request) (*http.Response, error) {
	c, err := read(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	return http.DefaultClient.Do(r)
}

// read tells an operation of DynamoDB or SQS by its header, one of S3 by its method and address.
func read(r *http.Request) (plan.Call, error) {
	c := plan.Call{Kind: plan.AWS, Home: system.Secondary}
	target := r.Header.Get("X-Amz-Target")
	if target == "" {
		c.Service = "s3"
		c.Operation, c.Input = object(r)
		return c, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return c, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	of, operation, _ := strings.Cut(target, ".")
	c.Service, c.Operation = map[string]string{"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}[of], operation
	return c, json.Unmarshal(body, &c.Input)
}

// object is an operation of S3; one that is not told apart is called by its method, which nobody may.
func object(r *http.Request) (string, plan.Document) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query, copied := r.URL.Query(), r.Header.Get("X-Amz-Copy-Source")
	in := plan.Document{"Bucket": bucket, "Key": key, "VersionId": query.Get("versionId"), "CopySource": copied}
	switch {
	case r.Method == http.MethodGet && key == "" && query.Has("versions"):
		return "ListObjectVersions", in
	case key == "" || query.Has("tagging") || query.Has("acl") || query.Has("uploads"):
		return r.Method + " " + r.URL.RawQuery, in
	case r.Method == http.MethodPut && copied != "":
		return "CopyObject", in
	}
	known := map[string]string{http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodPut: "PutObject",
		http.MethodDelete: "DeleteObject"}
	return known[r.Method], in
}

// hold requires that the role of the function lets all through that was sent, and that these operations were among it.
func (s *sent) hold(t *testing.T, operations ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	rightstest.Hold(t, rights.Place{System: "atlas", Account: account, Regions: map[system.Home]string{system.Secondary: region},
		Keys: []string{"arn:aws:kms:" + region + ":" + account + ":key/mrk-1"}}, system.Secondary, s.calls)
	seen := map[string]bool{}
	for _, c := range s.calls {
		seen[c.Service+"."+c.Operation] = true
	}
	for _, operation := range operations {
		assert.True(t, seen[operation], "%s was not sent", operation)
	}
}

// TestLedger_asksForWhatTheRoleHas counts what is stranded and sends it again: what is sent for it is let through.
func TestLedger_asksForWhatTheRoleHas(t *testing.T) {
	t.Parallel()
	const queue = "atlas-stranded"
	taken, sent := accepted(t, queue), &sent{}
	act := func(operation string) doc {
		out, err := sent.port().Call(t.Context(), plan.Call{Kind: plan.Ledger, Home: system.Secondary, Service: "redoubt", Operation: operation,
			Input: doc{"TableName": queue + "-ledger", "QueueUrl": endpoint + "/" + account + "/" + queue, "Mark": "run-1"}})
		require.NoError(t, err)
		return out
	}
	assert.EqualValues(t, 2, act(ledger.CountStranded)["Stranded"])
	assert.EqualValues(t, 2, act(ledger.RequeueAccepted)["Sent"])
	assert.Len(t, taken(), 2)
	sent.hold(t, "dynamodb.Query", "sqs.SendMessage", "dynamodb.UpdateItem")
}
