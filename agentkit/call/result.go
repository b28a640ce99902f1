package call

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// outcome is how an attempt or a call ended, by the word that figures use.
type outcome string

const (
	ok        outcome = "ok"
	status    outcome = "status"
	transport outcome = "transport"
	slow      outcome = "slow"
	open      outcome = "open"
	full      outcome = "full"
	deadline  outcome = "deadline"
	canceled  outcome = "canceled"
	// unsent means that the request's body could not be had again.
	unsent outcome = "unsent"
	// fallback means that the fallback answered.
	fallback outcome = "fallback"
)

// kind is the error that says the same to a caller.
func (o outcome) kind() error {
	return map[outcome]error{status: ErrStatus, transport: ErrTransport, slow: ErrSlow, open: ErrOpen, full: ErrFull,
		deadline: ErrDeadline, canceled: ErrCanceled, unsent: ErrBody}[o]
}

// result is what came of an attempt. The answer of a failed one is kept, for
// it may be the last.
type result struct {
	resp *http.Response
	err  error
	how  outcome
}

// errNothing is a transport or a fallback that does not keep its contract.
var errNothing = errors.New("neither an answer nor an error")

// errTry is the cause of an attempt that ran out of its time.
var errTry = errors.New("time of an attempt")

// judge says how an attempt under ctx ended.
func judge(ctx context.Context, resp *http.Response, err error) result {
	switch {
	case err != nil && ctx.Err() != nil:
		return ended(ctx, err)
	case err != nil:
		return result{err: err, how: transport}
	case resp == nil:
		return result{err: errNothing, how: transport}
	case failure(resp.StatusCode), resp.StatusCode == http.StatusTooManyRequests:
		return result{resp: resp, how: status}
	default:
		return result{resp: resp, how: ok}
	}
}

// ended is the result of an attempt whose context has ended.
func ended(ctx context.Context, err error) result {
	switch {
	case errors.Is(context.Cause(ctx), errTry):
		return result{err: context.DeadlineExceeded, how: slow}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return result{err: context.DeadlineExceeded, how: deadline}
	default:
		return result{err: errors.Join(context.Canceled, other(err)), how: canceled}
	}
}

// other is err unless it only says that the context was canceled.
func other(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// failure reports a status that speaks against the callee: 5xx but 501, which
// another attempt would get too.
func failure(code int) bool { return code >= 500 && code != http.StatusNotImplemented }

// body is an answer's body that lets go of something when it is closed.
type body struct {
	io.ReadCloser
	once sync.Once
	done func()
}

// duplex is the body of an answer of 101, to which the caller writes, too
// (https://pkg.go.dev/net/http#Response).
type duplex struct {
	body
	io.Writer
}

// held is a body that does something more when it is closed. An answer that was made by hand may have none.
func held(of io.ReadCloser, done func()) io.ReadCloser {
	if of == nil {
		of = http.NoBody
	}
	if w, can := of.(io.Writer); can {
		return &duplex{body{ReadCloser: of, done: done}, w}
	}
	return &body{ReadCloser: of, done: done}
}

// Close closes the body, and lets go the first time.
func (b *body) Close() error {
	defer b.once.Do(b.done)
	return b.ReadCloser.Close()
}

// drained is how much of an answer that nobody wants is read, so that its connection can be used again.
const drained = 4 << 10

// discard closes the answer of a result that nobody wants.
func (r result) discard() {
	if r.resp == nil {
		return
	}
	io.CopyN(io.Discard, r.resp.Body, drained) // nobody wants it
	r.resp.Body.Close()                        // nobody wants it
}
