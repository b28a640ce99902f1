package agents

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"redoubt/agentkit/session"
)

// Memory is what is remembered of a conversation.
type Memory struct {
	Text string `json:"text"`
	// At is when it was true, Stale whether it could not be read anew.
	At    time.Time `json:"at"`
	Stale bool      `json:"stale"`
}

// memory tells what was said in a conversation: from the cache recall, or from tasks when that is gone.
func memory(_ context.Context, a *agent) {
	model := a.service("small-model")
	store := &session.Store{
		Cache: redis.NewClient(&redis.Options{Addr: a.Cache, MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true,
			DisableIdentity: true}),
		Prefix: "atlas:memory:", Fresh: 2 * time.Second, Meter: a.metrics,
		Source: func(ctx context.Context, id string) ([]byte, error) {
			said, err := a.lastSaid(ctx, id)
			if err != nil || said == "" || !a.levels.Enabled("similar-questions") {
				return []byte(said), err
			}
			short, err := model.think(ctx, "", said)
			if err != nil { // memory without a summary is memory
				return []byte(said), nil
			}
			return []byte(said + "\n" + short.Text), nil
		},
	}
	a.mux.HandleFunc("GET /conversations/{id}", func(w http.ResponseWriter, req *http.Request) {
		got, err := store.Get(req.Context(), req.PathValue("id"))
		relay(w, http.StatusOK, Memory{string(got.Value), got.At, got.Stale}, err)
	})
}

// lastSaid reads the last ten questions of a conversation with their answers.
func (a *agent) lastSaid(ctx context.Context, conversation string) (string, error) {
	rows, err := a.tasks.Query(ctx, `SELECT question || ' ' || answer FROM atlas_tasks WHERE conversation = $1
		ORDER BY asked DESC LIMIT 10`, conversation)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
