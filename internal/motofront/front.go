// Package motofront stands before moto, which plays AWS on this machine, and gives it what DynamoDB has and moto has
// not: DynamoDB looks at a condition and writes in one act; moto looks, and writes a moment later, in a thread for each
// request, so that two could pass the same condition.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
package motofront

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// Front passes requests on to moto, those of DynamoDB one at a time, whichever process they come from.
type Front struct {
	// Address is where it listens, on loopback.
	Address *net.TCPAddr

	server http.Server
	ended  chan error
	tables sync.Mutex
	pass   *httputil.ReverseProxy
}

// Listen begins to pass requests on to moto's address, "127.0.0.1:5000", from a free port. Close it.
func Listen(moto string) (*Front, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &Front{Address: l.Addr().(*net.TCPAddr), ended: make(chan error, 1)}
	f.pass = &httputil.ReverseProxy{
		// The host stays the front's: moto makes the addresses of queues of it.
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: moto})
			r.Out.Host = r.In.Host
		},
		// A caller that goes away while it waits is no fault.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	f.server.Handler = f
	go func() { f.ended <- f.server.Serve(l) }()
	return f, nil
}

// ServeHTTP passes one request on.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_") {
		f.tables.Lock()
		defer f.tables.Unlock()
	}
	f.pass.ServeHTTP(w, r)
}

// Close ends it, and with it the requests that are under way.
func (f *Front) Close() error {
	if f == nil {
		return nil
	}
	err := f.server.Close()
	if ended := <-f.ended; !errors.Is(ended, http.ErrServerClosed) {
		return errors.Join(err, ended)
	}
	return err
}
