package endtoend

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
)

// front stands before moto and answers the one question of a plan that moto
// does not know: whether a Step Functions definition is valid. It always is, so
// a definition's text is judged by nobody here.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
func front(moto *url.URL) *httptest.Server {
	proxy := httputil.NewSingleHostReverseProxy(moto)
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".ValidateStateMachineDefinition") {
			proxy.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"result":"OK","diagnostics":[]}`)
	}))
}
