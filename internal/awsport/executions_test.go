package awsport_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
)

// TestExecutions_startOnce: a name that runs, or has run, starts nothing; what else AWS says is an error.
func TestExecutions_startOnce(t *testing.T) {
	t.Parallel()
	now := fmt.Sprintf(`{"executionArn":"a","startDate":%d}`, time.Now().Unix())
	for name, c := range map[string]struct {
		status int
		answer string
		first  bool
		wrong  string
	}{
		"starts":  {200, now, true, ""},
		"runs":    {200, `{"executionArn":"a","startDate":1}`, false, ""},
		"has run": {400, `{"__type":"ExecutionAlreadyExists"}`, false, ""},
		"denied":  {400, `{"__type":"AccessDeniedException"}`, false, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in map[string]string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "AWSStepFunctions.StartExecution", r.Header.Get("X-Amz-Target"))
				_ = json.NewDecoder(r.Body).Decode(&in)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			}))
			t.Cleanup(server.Close)
			at := awsport.NewExecutions(aws.Config{Credentials: aws.CredentialsProviderFunc(keys), BaseEndpoint: &server.URL}, "eu-west-1")
			first, err := at.Start(t.Context(), "arn:machine", "judged-7", `{"run":"judged-7"}`)
			assert.Equal(t, map[string]string{"stateMachineArn": "arn:machine", "name": "judged-7", "input": `{"run":"judged-7"}`}, in)
			assert.Equal(t, c.first, first)
			if c.wrong != "" {
				require.ErrorContains(t, err, c.wrong)
				return
			}
			require.NoError(t, err)
		})
	}
}
