package agents

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"redoubt/agentkit/call"
)

// Question is what a person asks.
type Question struct {
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
}

// Task is what became of it. Answer is empty until there is one; Plan says who planned it, and how.
type Task struct {
	Token  string `json:"token"`
	Plan   string `json:"plan"`
	Answer string `json:"answer"`
}

// gateway takes every question and hands it to the planner. 202 means that it is accepted and will be answered;
// after any other answer the same question with the same token may be asked again.
func gateway(_ context.Context, a *agent) {
	planner, sessions := a.agent("planner"), a.agent("sessions-api")
	a.mux.HandleFunc("POST /questions", func(w http.ResponseWriter, req *http.Request) {
		token := req.Header.Get(call.TokenHeader)
		var q Question
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 64<<10)).Decode(&q); err != nil || token == "" {
			http.Error(w, "want a question as JSON and a token in the header "+call.TokenHeader, http.StatusBadRequest)
			return
		}
		if !a.levels.Enabled("new-questions") {
			http.Error(w, "no new questions now", http.StatusServiceUnavailable)
			return
		}
		var task Task
		relay(w, http.StatusAccepted, &task, planner.ask(req.Context(), http.MethodPost, "/plans", token, q, &task))
	})
	a.mux.HandleFunc("GET /answers/{token}", func(w http.ResponseWriter, req *http.Request) {
		var task Task
		err := planner.ask(req.Context(), http.MethodGet, "/tasks/"+url.PathEscape(req.PathValue("token")), "", nil, &task)
		relay(w, http.StatusOK, &task, err)
	})
	a.mux.HandleFunc("GET /sessions/{id}", func(w http.ResponseWriter, req *http.Request) {
		var s Session
		err := sessions.ask(req.Context(), http.MethodGet, "/sessions/"+url.PathEscape(req.PathValue("id")), "", nil, &s)
		relay(w, http.StatusOK, &s, err)
	})
	a.mux.HandleFunc("PUT /sessions/{id}", func(w http.ResponseWriter, req *http.Request) {
		var s Session
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 64<<10)).Decode(&s); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		err := sessions.ask(req.Context(), http.MethodPut, "/sessions/"+url.PathEscape(req.PathValue("id")), "", s, &s)
		relay(w, http.StatusOK, &s, err)
	})
}

// relay answers with what a callee answered, or says why there is nothing.
func relay(w http.ResponseWriter, status int, answer any, err error) {
	var refused *refusal
	switch {
	case err == nil:
		reply(w, status, answer)
	case errors.As(err, &refused):
		http.Error(w, refused.text, refused.status)
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

func reply(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) // who asked may have gone
}
