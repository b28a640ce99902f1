// Package call makes outbound HTTP calls to one named callee and keeps a
// callee that is slow, failing or throttling from taking the caller with it.
//
// Policies stand around a request in this order, the outermost first:
//
//	fallback            answers when the rest could not
//	  budget            the total time: the caller's deadline or Settings.Budget, whichever ends first
//	    retry           only what may be repeated, with full jitter, Retry-After and a share of all calls
//	      hedge         a second request for a safe read that is slow
//	        breaker     an open one refuses at once, without waiting for a place
//	          bulkhead  a place, or after a short wait a refusal
//	            breaker half-open: takes one of the probes' permits
//	              try   the time of one attempt, told to the callee in a header
//
// The breaker is asked twice: an open one must not cost a wait for a place, and
// a probe's permit must not be lost to a bulkhead that is full. So neither a
// full bulkhead nor an open breaker counts as the callee's failure. Each attempt
// of a retry or a hedge passes breaker and bulkhead anew.
//
// What counts against the callee: no answer, an answer of 5xx but 501, an
// attempt that ran out of its time or of the caller's. Throttling (429) does
// not open the breaker: the callee is there and says when to come back. A call
// that the caller took back is not counted, but for a probe, which then failed:
// half-open asks for proof. An answer is judged when its head has come; a body that
// breaks off later is the reader's to notice.
//
// One layer retries. Where a mesh, an SDK or a gateway retries too, attempts
// multiply: switch one of them off.
package call
