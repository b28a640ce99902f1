package consume_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/consume"
	"redoubt/agentkit/ledger"
	"redoubt/internal/memtable"
)

// told collects what a consumer says.
type told struct {
	mu  sync.Mutex
	all []error
}

func (f *told) fault(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, err)
}

func (f *told) said() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.all...)
}

// What went wrong long ago is told when it does, and is no fault of the end.
func TestRun_tellsFaultsWhenTheyAreAndEndsWithThoseOfTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f told
		b := newBench(t, func(context.Context, consume.Work) error { return nil })
		b.Fault = f.fault
		b.q.refuse["DeleteMessage"] = true
		b.q.put(message(1))
		b.start(t)
		pass(time.Second)
		require.ErrorContains(t, f.said(), "delete message m0, which comes again")
		b.q.refuse["DeleteMessage"] = false
		pass(time.Minute)
		b.drained(t)
	})
}

// A consumer whose queue does not answer says so, when it happens and when it ends like that.
func TestRun_tellsThatTheQueueDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f told
		b := newBench(t, func(context.Context, consume.Work) error { return nil })
		b.Fault = f.fault
		b.q.refuse["ReceiveMessage"] = true
		b.start(t)
		pass(3 * time.Second)
		require.ErrorIs(t, f.said(), errGone)
		b.end()
		require.ErrorIs(t, <-b.over, errGone)

		b.start(t)
		pass(3 * time.Second)
		b.q.refuse["ReceiveMessage"] = false
		pass(10 * time.Second)
		b.drained(t)
	})
}

// Work whose entry is still on its way from the other home is given up with all that a plan needs to send it again.
func TestRun_givesUpWorkThatTheLedgerDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(context.Context, consume.Work) error { return consume.Poison(errors.New("no such tool")) })
		b.table = memtable.New("token")
		b.ledger.Table = b.table.Via(nil)
		b.q.put(message(1))
		b.start(t)
		pass(time.Second)
		b.drained(t)
		items := b.table.All("work-ledger")
		require.Len(t, items, 1)
		for _, name := range []string{"open", "accepted", "payload", "expires", ledger.DeadKey} {
			assert.Contains(t, items[0], name)
		}
	})
}
