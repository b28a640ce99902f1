package upstream

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// states answers, on loopback, the one question that a plan asks AWS: whether
// a Step Functions definition is valid. It always is, so a definition's text is
// judged by nobody here; without an answer no state machine could be planned.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
type states struct {
	server *http.Server
	url    string
}

func startStates() (*states, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &states{server: &http.Server{Handler: http.HandlerFunc(answerStates)}, url: "http://" + listener.Addr().String()}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic("serve Step Functions: " + err.Error()) // a listener on loopback that breaks: this is a bug
		}
	}()
	return s, nil
}

func answerStates(w http.ResponseWriter, r *http.Request) {
	if target := r.Header.Get("X-Amz-Target"); !strings.HasSuffix(target, ".ValidateStateMachineDefinition") {
		http.Error(w, "unexpected call "+target, http.StatusNotImplemented)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_, _ = io.WriteString(w, `{"result":"OK","diagnostics":[]}`)
}

func (s *states) close() error { return s.server.Close() }
