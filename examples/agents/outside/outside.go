// Package outside pretends to be a service outside: a model that answers /answer, a search that answers /search.
// Whoever tests sets how it behaves.
package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"redoubt/internal/clock"
)

// Behaviour is how the service behaves.
type Behaviour string

// The behaviours. Slow is slower than any caller's patience; Throttling is 429 with Retry-After.
const (
	Well       Behaviour = "well"
	Slow       Behaviour = "slow"
	Failing    Behaviour = "failing"
	Throttling Behaviour = "throttling"
)

// State is the behaviour, and how many requests came since it was set.
type State struct {
	Behaviour Behaviour `json:"behaviour"`
	Asked     int       `json:"asked"`
}

type service struct {
	name string
	mu   sync.Mutex
	now  State
}

// Serve is the service of that name until ctx ends. GET and PUT /behaviour read and set its State.
func Serve(ctx context.Context, name, address string) error {
	s := &service{name: name, now: State{Behaviour: Well}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /behaviour", s.tell)
	mux.HandleFunc("PUT /behaviour", s.set)
	mux.HandleFunc("POST /answer", s.answer)
	mux.HandleFunc("GET /search", s.answer)
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() }) // nobody waits for what it pretends
	if err := server.ListenAndServe(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func (s *service) tell(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	json.NewEncoder(w).Encode(s.now) // who asked may have gone
}

func (s *service) set(w http.ResponseWriter, req *http.Request) {
	var next State
	if err := json.NewDecoder(req.Body).Decode(&next); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.now = State{Behaviour: next.Behaviour}
	s.mu.Unlock()
	s.tell(w, req)
}

// answer answers as the service behaves now.
func (s *service) answer(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	s.now.Asked++
	behaves := s.now.Behaviour
	s.mu.Unlock()
	switch behaves {
	case Failing:
		http.Error(w, "the model is down", http.StatusInternalServerError)
		return
	case Throttling:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many requests", http.StatusTooManyRequests)
		return
	case Slow:
		_ = clock.Wall{}.Sleep(req.Context(), time.Minute)
	default:
		_ = clock.Wall{}.Sleep(req.Context(), 20*time.Millisecond)
	}
	answer := map[string]string{"by": s.name, "text": fmt.Sprintf("an answer of %s", s.name)}
	json.NewEncoder(w).Encode(answer) // who asked may have gone
}
