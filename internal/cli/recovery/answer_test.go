package recovery

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
)

const waitingRun = "arn:aws:states:eu-central-1:123456789012:execution:atlas-recover-secondary:move-1"

// functions plays Step Functions: one execution that waits at the gate approval.
type functions struct {
	refuses string
	sent    map[string]string
	who     string
}

func (s *functions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	s.who = r.Header.Get("Authorization")
	fail := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"` + code + `","message":"as the test says"}`))
	}
	switch r.Header.Get("X-Amz-Target") {
	case "AWSStepFunctions.GetExecutionHistory":
		if in["executionArn"] != waitingRun {
			fail("ExecutionDoesNotExist")
			return
		}
		const message = `{\"Message\":{\"gate\":\"approval\",\"run\":\"move-1\",\"token\":\"T1\"}}`
		const first = `{"id":1,"type":"ExecutionStarted","timestamp":1}`
		if in["nextToken"] == nil { // in two pages
			_, _ = w.Write([]byte(`{"nextToken":"more","events":[` + first + `]}`))
			return
		}
		_, _ = w.Write([]byte(`{"events":[{"id":2,"previousEventId":1,"type":"TaskScheduled","timestamp":2,` +
			`"taskScheduledEventDetails":{"resource":"publish.waitForTaskToken","resourceType":"sns","region":"eu-central-1",` +
			`"parameters":"` + message + `"}}]}`))
	case "AWSStepFunctions.SendTaskSuccess":
		if s.refuses != "" {
			fail(s.refuses)
			return
		}
		s.sent = map[string]string{in["taskToken"].(string): in["output"].(string)}
		_, _ = w.Write([]byte(`{}`))
	default:
		fail("UnknownOperationException")
	}
}

// answering runs the command before a Step Functions that answers so.
func answering(t *testing.T, at *functions, args ...string) (string, error) {
	t.Helper()
	server := httptest.NewServer(at)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_CONFIG_FILE", "none")
	s, out, _ := streams.Test()
	cmd := newApprove(s)
	if args[0] == "refuse" {
		cmd = newRefuse(s)
	}
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args[1:])
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestApprove_answersTheGateThatWaits(t *testing.T) {
	at := &functions{}
	out, err := answering(t, at, "approve", "approval", "--execution", waitingRun, "--by", "ann")
	require.NoError(t, err)
	assert.Equal(t, "gate approval of run move-1: approved by ann. Next: redoubt status move-1 --on aws\n", out)
	assert.Equal(t, map[string]string{"T1": `{"allowed":true,"by":"ann"}`}, at.sent)
	assert.Contains(t, at.who, "/eu-central-1/states/aws4_request", "the execution's region, not the caller's")
}

func TestRefuse_saysWhy(t *testing.T) {
	at := &functions{}
	out, err := answering(t, at, "refuse", "approval", "--execution", waitingRun, "--by", "ann", "--reason", "not now", "--json")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"T1": `{"allowed":false,"by":"ann","why":"not now"}`}, at.sent)
	var told map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &told))
	assert.Equal(t, map[string]any{"gate": "approval", "run": "move-1", "execution": waitingRun, "allowed": false, "by": "ann",
		"why": "not now", "next": "redoubt status move-1 --on aws"}, told)
}

func TestApprove_byTokenReadsNoHistory(t *testing.T) {
	at := &functions{}
	_, err := answering(t, at, "approve", "--token", "T2", "--region", "eu-west-1", "--by", "ann")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"T2": `{"allowed":true,"by":"ann"}`}, at.sent)
	assert.Contains(t, at.who, "/eu-west-1/states/aws4_request")
}

// TestApprove_saysWhyItWasNotTaken: each error that AWS has for it, with its code and one hint.
func TestApprove_saysWhyItWasNotTaken(t *testing.T) {
	for refuses, c := range map[string]struct {
		code exit.Code
		want string
	}{
		"InvalidToken":          {exit.Usage, "there is none"},
		"TaskTimedOut":          {exit.Refused, "nobody waits for it any more"},
		"TaskDoesNotExist":      {exit.Refused, "nobody waits for it any more"},
		"AccessDeniedException": {exit.Unexpected, "AccessDeniedException"},
	} {
		for _, args := range []string{"--token T1 --region eu-central-1", "approval --execution " + waitingRun} {
			_, err := answering(t, &functions{refuses: refuses}, append([]string{"approve", "--by", "ann"}, strings.Fields(args)...)...)
			require.ErrorContains(t, err, c.want, refuses)
			assert.Equal(t, c.code, exit.Of(err), refuses)
			assert.Equal(t, 1, strings.Count(exit.Format(err), "hint: "), "%s: %s", refuses, exit.Format(err))
		}
	}
	_, err := answering(t, &functions{}, "approve", "other", "--execution", waitingRun, "--by", "ann")
	require.ErrorContains(t, err, `asks about approval (waiting), not about a gate "other"`)
	assert.Equal(t, exit.Usage, exit.Of(err))
	_, err = answering(t, &functions{}, "approve", "approval", "--execution", waitingRun+"2", "--by", "ann")
	assert.Equal(t, exit.Usage, exit.Of(err), "%v", err)
}

// TestRefuse_namesAllThatIsWrong at once, and sends nothing.
func TestRefuse_namesAllThatIsWrong(t *testing.T) {
	at := &functions{}
	_, err := answering(t, at, "refuse", "--token", "T1", "--region", "home", "--execution", "a b", "--on", "sim")
	for _, want := range []string{"--by is missing", "--reason is missing", "want one of them", `--region is "home"`,
		`--execution is "a b"`, `--on is "sim"`} {
		require.ErrorContains(t, err, want)
	}
	assert.Equal(t, exit.Usage, exit.Of(err))
	_, err = answering(t, at, "approve", "g", "--token", "T1", "--region", "eu-west-1", "--by", " x")
	for _, want := range []string{"the token says which question", `--by is " x"`} {
		require.ErrorContains(t, err, want)
	}
	_, err = answering(t, at, "approve", "--execution", "arn:aws:states:x", "--by", "ann", "--region", "eu-west-1")
	for _, want := range []string{"the gate is missing", "an execution tells its own", "want an execution's ARN"} {
		require.ErrorContains(t, err, want)
	}
	assert.Nil(t, at.sent)
}
