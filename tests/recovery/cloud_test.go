//go:build apps

package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/rightstest"
	"redoubt/inventory"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
)

// cloud is what a state machine reaches in the recovering home, as the interpreter asks for it: the one function,
// which is the program's own handler before the simulated regions, and the topic. Waits pass in the world's
// time: an answer that says to wait is held back until the world's time is there, and then says 0, or the pause.
type cloud struct {
	*httptest.Server
	mu    sync.Mutex
	port  drive.World
	home  system.Home
	calls int
	// crashes are the invocations that are cut off, by the step and how often it was invoked before.
	crashes map[string]crash
	invoked map[string]int
	// waits are when those wake who wait.
	waits map[chan struct{}]time.Time
	heard time.Time
	// made are the requests that the function has made.
	made []plan.Call
	// pause is the wait that is answered with where the function's is not over; waited is when it was answered, and paused the
	// shortest time after which such a turn came again.
	pause  time.Duration
	waited map[string]time.Time
	paused map[string]time.Duration
	// asked is told of each question to people.
	asked func(message)
}

// message is what people are asked by.
type message struct{ Gate, Execution, Token, Question, Approve, Refuse string }

// crash is how an invocation ends: after it made so many calls, or after all but before it answers. With an error's
// name it answers with that error, and does nothing.
type crash struct {
	calls int
	name  string
}

const whole = 1 << 30

// crashed is what the port panics with.
type crashed struct{}

// mortal is a port on which a function dies.
type mortal struct {
	plan.Port
	left *int
}

func (m mortal) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if *m.left == 0 {
		panic(crashed{})
	}
	*m.left--
	return m.Port.Call(ctx, c)
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{invoked: map[string]int{}, waited: map[string]time.Time{}, paused: map[string]time.Duration{}, waits: map[chan struct{}]time.Time{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	go c.passTime(t.Context())
	return c
}

func (c *cloud) Port() string { return fmt.Sprint(c.Listener.Addr().(*net.TCPAddr).Port) }

// recovers is what the next execution reaches.
func (c *cloud) recovers(port drive.World, home system.Home, crashes map[string]crash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.port, c.home, c.calls = port, home, 0
	c.crashes, c.invoked, c.made = crashes, map[string]int{}, nil
}

// mayAll requires that the role of the function lets all through that it has asked for.
func (c *cloud) mayAll(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	require.NotEmpty(t, c.made)
	rightstest.Hold(t, rightstest.Place(c.port.Inventory), c.home, c.made)
}

// seen is a port on which it is kept what was asked for.
func (c *cloud) seen(port plan.Port) plan.Port {
	return rightstest.Seen{Port: port, See: func(call plan.Call) { c.made = append(c.made, call) }}
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/2015-03-31/functions/") {
		c.publish(w, r)
		return
	}
	var req conduct.Request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := c.invoke(req)
	var out any = answer
	if err != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		out = map[string]any{"errorType": nameOf(err), "errorMessage": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// nameOf is the name that a state machine tells an error by.
func nameOf(err error) string {
	if s, is := err.(sandbox); is && s.name != "" { //nolint:errorlint // made a few lines below
		return s.name
	}
	return reflect.TypeOf(err).Name()
}

// told is what was asked of the function.
func (c *cloud) told() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.invoked)
}

// publish takes a question to people in.
func (c *cloud) publish(w http.ResponseWriter, r *http.Request) {
	var m message
	if err := json.Unmarshal([]byte(r.FormValue("Message")), &m); err != nil || r.FormValue("Action") != "Publish" {
		http.Error(w, fmt.Sprintf("%s %s: %v", r.URL, r.Form, err), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprint(w, "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>")
	go c.asked(m)
}

// sandbox is an error of the function's runtime, or the one that is to be answered with.
type sandbox struct {
	error
	name string
}

// invoke lets the handler take one turn, at most one at a time: the world is no place for two.
func (c *cloud) invoke(req conduct.Request) (conduct.Answer, error) {
	answer, err := c.turn(req)
	if err != nil || answer.Seconds == 0 {
		return answer, err
	}
	wake := make(chan struct{})
	c.mu.Lock()
	c.waits[wake] = c.port.Now().Add(time.Duration(answer.Seconds) * time.Second)
	c.mu.Unlock()
	<-wake
	answer.Seconds = int(c.pause.Seconds())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waited[string(req.What)+" "+req.Step] = time.Now()
	return answer, nil
}

// again notes how long after a wait a turn comes again.
func (c *cloud) again(turn string) {
	at, waited := c.waited[turn]
	if !waited {
		return
	}
	delete(c.waited, turn)
	if last, known := c.paused[turn]; !known || time.Since(at) < last {
		c.paused[turn] = time.Since(at)
	}
}

func (c *cloud) turn(req conduct.Request) (answer conduct.Answer, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = time.Now()
	defer func() { c.heard = time.Now() }()
	c.calls++
	c.again(string(req.What) + " " + req.Step)
	key := fmt.Sprintf("%s %s %d", req.What, req.Step, c.invoked[string(req.What)+req.Step])
	c.invoked[string(req.What)+req.Step]++
	left := whole
	dies, is := c.crashes[key]
	if is {
		delete(c.crashes, key)
		left = dies.calls
		if dies.name != "" {
			return answer, sandbox{fmt.Errorf("%s: it can never pass", key), dies.name}
		}
	}
	defer func() {
		if recover() != nil || is && err == nil {
			err = sandbox{fmt.Errorf("%s: the function died", key), ""}
		}
	}()
	return c.handler(&left).Handle(context.Background(), req)
}

// handler is the program's own, which dies after so many calls.
func (c *cloud) handler(left *int) conduct.Handler {
	return conduct.Handler{Home: c.home, Bucket: "atlas-control-" + homes.Account + "-" + regionOf[c.home],
		Own: mortal{c.seen(c.port), left}, Clock: drive.Clock{World: c.port.World}, Fits: awsport.CheckPlan,
		Calls: func(inv inventory.Inventory) plan.Port {
			port := c.port
			port.Inventory = inv
			return mortal{c.seen(port), left}
		}}
}

// quiet is how long nobody must have asked before the world's time passes.
const quiet = 60 * time.Millisecond

// passTime lets the world's time pass when all that is under way waits for it.
func (c *cloud) passTime(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(quiet / 4)
		c.mu.Lock()
		if len(c.waits) > 0 && time.Since(c.heard) > quiet {
			c.wake()
		}
		c.mu.Unlock()
	}
}

func (c *cloud) wake() {
	var first time.Time
	for _, at := range c.waits {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.After(c.port.Now()) {
		c.port.Advance(first)
	}
	for wake, at := range c.waits {
		if !at.After(first) {
			delete(c.waits, wake)
			close(wake)
		}
	}
	c.heard = time.Now()
}

// keep keeps the plan of a run as redoubt does.
func (c *cloud) keep(t testing.TB, run string, p plan.Plan) {
	t.Helper()
	raw, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.port.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: c.home, Service: "s3", Operation: "PutObject",
		Input: plan.Document{"Bucket": "atlas-control-" + homes.Account + "-" + regionOf[c.home], "Key": plan.ObjectKey(run),
			"Body": string(raw)}})
	if err != nil {
		t.Fatal(err)
	}
}
