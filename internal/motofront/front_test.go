package motofront_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/motofront"
)

// TestFront_letsTablesOneRequestAtATime sends eight requests at once to a server that looks, and writes a moment later, as
// moto does: those of a table never meet there, those of queues do, and the host that callers name arrives.
func TestFront_letsTablesOneRequestAtATime(t *testing.T) {
	for target, one := range map[string]bool{"DynamoDB_20120810.PutItem": true, "AmazonSQS.ReceiveMessage": false} {
		var at, most atomic.Int64
		var host atomic.Value
		all := make(chan struct{})
		moto := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			host.Store(r.Host)
			n := at.Add(1)
			defer at.Add(-1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			if one {
				time.Sleep(5 * time.Millisecond)
				return
			}
			if n == 8 {
				close(all)
			}
			<-all
		}))
		defer moto.Close()
		front, err := motofront.Listen(strings.TrimPrefix(moto.URL, "http://"))
		require.NoError(t, err)
		address := front.Address.String()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				req, err := http.NewRequest(http.MethodPost, "http://"+address, nil)
				assert.NoError(t, err)
				req.Header.Set("X-Amz-Target", target)
				res, err := http.DefaultClient.Do(req)
				if assert.NoError(t, err) {
					assert.Equal(t, http.StatusOK, res.StatusCode)
					assert.NoError(t, res.Body.Close())
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, map[bool]int{true: 1, false: 8}[one], most.Load(), target)
		assert.Equal(t, address, host.Load())
		require.NoError(t, front.Close())
	}
}
