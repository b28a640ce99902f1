//go:build apps

package recovery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/mototest"
	"redoubt/recovery/answer"
	"redoubt/recovery/conduct"
	"redoubt/recovery/execute"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/render"
	"redoubt/sim/drive"
	"redoubt/tests/homes"
)

// interpreter is moto's interpreter of Amazon States Language, and what its machines reach.
type interpreter struct {
	*cloud
	endpoint string
	// answered are the questions so far.
	answered []answered
}

func theInterpreter(t *testing.T) *interpreter {
	t.Helper()
	if _, err := exec.LookPath("moto_server"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), mototest.ErrNone)
		t.Skip("NOT TRIED: state machines on an interpreter, because", mototest.ErrNone)
	}
	i := &interpreter{cloud: newCloud(t)}
	i.asked = i.approve
	return i
}

// start starts an interpreter of its own for each execution: moto 5.2.1 cannot begin one where one has ended.
func (i *interpreter) start(t *testing.T) {
	t.Helper()
	before, err := filepath.Abs(filepath.Join("testdata", "interpreter"))
	require.NoError(t, err)
	endpoint, stop, err := mototest.Start("MOTO_ACCOUNT_ID="+homes.Account, "MOTO_PORT="+i.Port(), "PYTHONPATH="+before)
	require.NoError(t, err)
	t.Cleanup(stop)
	i.endpoint = endpoint
	res, err := http.Post(endpoint+"/moto-api/config", "application/json",
		bytes.NewBufferString(`{"stepfunctions":{"execute_state_machine":true}}`))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
}

// do makes one call of Step Functions.
func (i *interpreter) do(operation string, in map[string]any) (map[string]any, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, i.endpoint, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", "AWSStepFunctions."+operation)
	req.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=test/20260301/eu-central-1/states/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %s %w", operation, res.Status, body, err)
	}
	out := map[string]any{}
	return out, json.Unmarshal(body, &out)
}

// approve answers a question as redoubt approve does, once the interpreter waits for it: by what the history of the
// execution tells. The same answer once more changes nothing, and another one comes too late.
func (i *interpreter) approve(m message) {
	at := awsport.NewExecutions(aws.Config{BaseEndpoint: &i.endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}, "eu-central-1")
	r := answer.Request{Execution: m.Execution, Gate: m.Gate, Allowed: true, By: "a test"}
	var err error
	for range 50 {
		if _, err = answer.Give(context.Background(), at, r); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answered = append(i.answered, answered{m, err})
}

// answered is how a question was answered.
type answered struct {
	message
	err error
}

// executed is an execution that has ended.
type executed struct {
	status, output string
	err, cause     string
}

// execute runs a state machine to its end, in an execution that is started with an input.
func (i *interpreter) execute(t *testing.T, name, definition string, input conduct.Input) executed {
	t.Helper()
	must := func(operation string, in map[string]any) map[string]any {
		out, err := i.do(operation, in)
		require.NoError(t, err)
		return out
	}
	raw, err := json.Marshal(input)
	require.NoError(t, err)
	i.start(t)
	name = fmt.Sprintf("%s-%d", name, time.Now().UnixNano())
	machine := must("CreateStateMachine", map[string]any{"name": name, "definition": definition,
		"roleArn": "arn:aws:iam::" + homes.Account + ":role/machine"})
	execution := must("StartExecution", map[string]any{"stateMachineArn": machine["stateMachineArn"], "name": name,
		"input": string(raw)})["executionArn"]
	for since := time.Now(); ; {
		if time.Since(since) > 3*time.Minute {
			t.Fatalf("the execution does not end after %v", i.told())
		}
		out := must("DescribeExecution", map[string]any{"executionArn": execution})
		if out["status"] == "RUNNING" {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		e := executed{status: fmt.Sprint(out["status"]), output: fmt.Sprint(out["output"]), err: fmt.Sprint(out["error"]),
			cause: fmt.Sprint(out["cause"])}
		return e
	}
}

var machine = render.Machine{Function: "arn:aws:lambda:eu-central-1:" + homes.Account + ":function:recover",
	Topic: "arn:aws:sns:eu-central-1:" + homes.Account + ":approvals"}

// deployed is the machine that stands in each home and walks every plan.
func deployed(plan.Plan) (string, error) { return machine.Any() }

// TestMachine_endsAsARunDoes lets the interpreter walk the state machine that is made of a kept plan alone, and wants the
// same end as redoubt run.
func TestMachine_endsAsARunDoes(t *testing.T) { endAsRunsDo(t, machine.Of) }

// TestMachine_deployedWalksEveryPlan is the same with the machine that stands in each home.
func TestMachine_deployedWalksEveryPlan(t *testing.T) { endAsRunsDo(t, deployed) }

func endAsRunsDo(t *testing.T, of func(plan.Plan) (string, error)) {
	all := walks()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := theInterpreter(t)
			l, p := all[name](t)
			want, took := ran(t, l, p)
			definition, err := of(p)
			require.NoError(t, err)
			got, e, waited := i.walked(t, l, p, name, definition, nil)
			require.Equal(t, "SUCCEEDED", e.status, "%+v", e)
			assert.Equal(t, want, got)
			i.asks(t, p)
			i.mayAll(t)
			t.Logf("%d invocations, simulated: %s, redoubt run %s", i.calls, waited, took)
		})
	}
}

// TestMachine_waits lets a second of real time pass on the interpreter for each wait that the function answers with. The
// other walks are held back until the world's time is there, and then answered with none.
func TestMachine_waits(t *testing.T) {
	t.Parallel()
	i := theInterpreter(t)
	i.pause = time.Second
	l, p := scenes["writer-loss"](t)
	want, _ := ran(t, l, p)
	definition, err := deployed(p)
	require.NoError(t, err)
	got, e, _ := i.walked(t, l, p, "waits", definition, nil)
	require.Equal(t, "SUCCEEDED", e.status, "%+v", e)
	assert.Equal(t, want, got)
	assert.NotEmpty(t, i.paused)
	for turn, d := range i.paused {
		assert.GreaterOrEqual(t, d, i.pause, "the turn %q came again", turn)
	}
	t.Logf("waits: %v", i.paused)
}

// asks requires that each gate which asks was answered, and that the message named what to type.
func (i *interpreter) asks(t *testing.T, p plan.Plan) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	var gates []string
	for _, g := range p.Gates {
		if g.Approval() {
			gates = append(gates, g.ID)
		}
	}
	require.Len(t, i.answered, len(gates))
	for _, a := range i.answered {
		require.NoError(t, a.err)
		assert.Contains(t, gates, a.Gate)
		assert.Equal(t, fmt.Sprintf("redoubt approve %s --execution %s --by NAME", a.Gate, a.Execution), a.Approve)
		assert.Equal(t, fmt.Sprintf("redoubt refuse %s --execution %s --by NAME --reason WHY", a.Gate, a.Execution), a.Refuse)
	}
	i.answered = nil
}

// TestMachine_endsWhereSomebodyElseActs lets another hold the lease: nothing is called.
func TestMachine_endsWhereSomebodyElseActs(t *testing.T) {
	i := theInterpreter(t)
	l, p := scenes["writer-loss"](t)
	port := l.portOf(l.Inventory(t))
	_, err := lease.Acquire(t.Context(), lease.Table{Port: port, Home: p.Receives(),
		Name: port.Inventory.Homes[p.Receives()].Control.LockTable}, drive.Clock{World: l.World}, lease.Recovery, "ann",
		lease.Options{TTL: time.Hour})
	require.NoError(t, err)
	definition, err := machine.Of(p)
	require.NoError(t, err)
	_, e, _ := i.walked(t, l, p, "held", definition, nil)
	assert.Equal(t, "FAILED", e.status)
	assert.Equal(t, "LeaseLost", e.err)
	assert.Contains(t, e.cause, "held by ann")
	assert.Equal(t, 1, i.calls, "what cannot pass is not tried again")
}

// ran is how a run ends, and how long it takes in the world's time.
func ran(t *testing.T, l *lab, p plan.Plan) (string, time.Duration) {
	t.Helper()
	s := story{lab: l.fork(), inv: l.Inventory(t), plan: p}
	began := s.lab.Now()
	f, err := s.lab.driver(t).Run(context.Background(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
	require.NoError(t, err)
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	return s.digest(t), s.lab.Now().Sub(began)
}

func (i *interpreter) walked(t *testing.T, l *lab, p plan.Plan, name, definition string, crashes map[string]crash,
) (string, executed, time.Duration) {
	t.Helper()
	s := story{lab: l.fork(), inv: l.Inventory(t), plan: p}
	i.recovers(s.lab.portOf(s.inv), p.Receives(), crashes)
	i.keep(t, "r", p)
	began := s.lab.Now()
	e := i.execute(t, name, definition, conduct.Input{Run: "r"})
	i.mu.Lock()
	defer i.mu.Unlock()
	return s.digest(t), e, s.lab.Now().Sub(began)
}
