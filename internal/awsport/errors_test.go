package awsport_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// keys are credentials that no account has.
func keys(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
}

// answering is a port whose every call is answered by one function, and the
// number of requests that came.
func answering(t *testing.T, answer http.HandlerFunc) (*awsport.Port, *atomic.Int32) {
	t.Helper()
	asked := &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(keys), BaseEndpoint: &server.URL}, homes()), asked
}

func homes() awsport.Options {
	return awsport.Options{Regions: map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}}
}

func call(service, operation string, in doc) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: service, Operation: operation, Input: in}
}

// TestCall_classesErrors answers as AWS does in each of its protocols. However
// it answers, the port asks once: repeats belong to the engine.
func TestCall_classesErrors(t *testing.T) {
	t.Parallel()
	global := call("rds", "DescribeGlobalClusters", nil)
	table := call("dynamodb", "DescribeTable", doc{"TableName": "t"})
	node := call("eks", "DescribeCluster", doc{"name": "c"})
	object := call("s3", "HeadObject", doc{"Bucket": "b-1", "Key": "k"})
	for name, c := range map[string]struct {
		call   plan.Call
		status int
		body   string
		want   execute.Class
	}{
		"rds throttles":      {global, 400, `<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>`, execute.Throttled},
		"rds is busy":        {global, 400, `<ErrorResponse><Error><Code>InvalidGlobalClusterStateFault</Code></Error></ErrorResponse>`, execute.Conflict},
		"rds knows no such":  {global, 404, `<ErrorResponse><Error><Code>GlobalClusterNotFoundFault</Code></Error></ErrorResponse>`, execute.NotFound},
		"rds denies":         {global, 403, `<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>`, execute.Denied},
		"rds says nothing":   {global, 503, ``, execute.Unreachable},
		"a gateway's page":   {global, 502, `<html>bad gateway</html>`, execute.Unreachable},
		"somebody's page":    {global, 404, `<html>not here</html>`, execute.Unreachable},
		"somebody's no":      {table, 403, `<html>blocked</html>`, execute.Unreachable},
		"table is not there": {table, 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}`, execute.NotFound},
		"table throttles":    {table, 400, `{"__type":"x#ProvisionedThroughputExceededException"}`, execute.Throttled},
		"table is wrong":     {table, 400, `{"__type":"x#ValidationException"}`, execute.Invalid},
		"eks is in use":      {node, 409, `{"message":"no"}`, execute.Conflict},
		"eks token":          {node, 403, `{"message":"expired"}`, execute.Denied},
		"object not there":   {object, 404, ``, execute.NotFound},
		"object forbidden":   {object, 403, ``, execute.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, asked := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})
			_, err := port.Call(t.Context(), c.call)
			require.Error(t, err)
			assert.Equal(t, c.want, execute.ClassOf(err), "%v", err)
			assert.Contains(t, err.Error(), c.call.String())
			assert.EqualValues(t, 1, asked.Load())
		})
	}
}

// TestCall_withoutAnswer cuts the line, or never answers: nobody knows what the call did.
func TestCall_withoutAnswer(t *testing.T) {
	t.Parallel()
	cut, asked := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		line, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = line.Close()
		}
	})
	_, err := cut.Call(t.Context(), call("rds", "DescribeGlobalClusters", nil))
	assert.Equal(t, execute.Unreachable, execute.ClassOf(err), "%v", err)
	assert.EqualValues(t, 1, asked.Load())

	silent, _ := answering(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the caller has gone
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = silent.Call(ctx, call("rds", "DescribeGlobalClusters", nil))
	assert.Equal(t, execute.Unreachable, execute.ClassOf(err), "%v", err)
}

// TestPatient_asksAgain is throttled twice.
func TestPatient_asksAgain(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	port, asked := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) < 3 {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"x#ProvisionedThroughputExceededException"}`))
			return
		}
		_, _ = w.Write([]byte(`{"Item":{"lock":{"S":"a"}}}`))
	})
	get := call("dynamodb", "GetItem", doc{"TableName": "t", "Key": doc{"lock": doc{"S": "a"}}})
	out, err := port.Patient().Call(t.Context(), get)
	require.NoError(t, err)
	assert.Equal(t, doc{"Item": doc{"lock": doc{"S": "a"}}}, out)
	assert.EqualValues(t, 3, asked.Load())
	n.Store(0)
	_, err = port.Call(t.Context(), get)
	assert.Equal(t, execute.Throttled, execute.ClassOf(err), "the port itself asks once")
}

// TestCall_refusesWhatCannotBeRight never asks anybody.
func TestCall_refusesWhatCannotBeRight(t *testing.T) {
	t.Parallel()
	port, asked := answering(t, func(http.ResponseWriter, *http.Request) {})
	for want, c := range map[string]plan.Call{
		"the port does not have this operation":                           call("rds", "Reboot", nil),
		"Name: rds.DescribeDBClustersInput has no such":                   call("rds", "DescribeDBClusters", doc{"Name": "a"}),
		"missing required field, FailoverGlobalClusterInput.GlobalCluste": call("rds", "FailoverGlobalCluster", nil),
		`kind is "shell"`:                       {Kind: "shell", Home: system.Primary},
		"the region of the arbiter home is":     {Kind: plan.AWS, Home: "arbiter"},
		"nobody can make the probe task":        {Kind: plan.Probe, Home: system.Primary},
		"endpoints of the routing controls are": call("route53-recovery-cluster", "ListRoutingControls", nil),
		"member Server is \"https://a\", want that of the": {Kind: plan.Kubernetes, Home: system.Primary, Operation: "Get",
			Input: doc{"Server": "https://a", "ApiVersion": "v1", "Kind": "Pod", "Name": "p"}},
	} {
		_, err := port.Call(t.Context(), c)
		require.ErrorContains(t, err, want)
		assert.Equal(t, execute.Invalid, execute.ClassOf(err), "%v", err)
	}
	assert.Zero(t, asked.Load())
}

// TestCall_goesToTheHomesRegion looks at the signature, which names the region,
// and at the token, which stands where the operation has a place for it.
func TestCall_goesToTheHomesRegion(t *testing.T) {
	t.Parallel()
	var seen, body string
	port, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Authorization")
		raw, _ := io.ReadAll(r.Body)
		body = string(raw)
		_, _ = w.Write([]byte(`{"update":{"id":"u","status":"InProgress"}}`))
	})
	c := call("eks", "UpdateNodegroupConfig", doc{"clusterName": "c", "nodegroupName": "n",
		"scalingConfig": doc{"desiredSize": 3}})
	c.Token = "run-1/step-2"
	out, err := port.Call(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, doc{"update": doc{"id": "u", "status": "InProgress"}}, out)
	assert.Contains(t, seen, "/eu-central-1/eks/aws4_request")
	assert.JSONEq(t, `{"clientRequestToken":"run-1/step-2","scalingConfig":{"desiredSize":3}}`, body)
	c.Home = system.Primary
	_, err = port.Call(t.Context(), c)
	require.NoError(t, err)
	assert.Contains(t, seen, "/eu-west-1/eks/aws4_request")
}
