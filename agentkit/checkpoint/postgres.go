package checkpoint

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Database is what is needed of pgx: a *pgx.Conn, a pool, or a transaction.
type Database interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

var _ Database = (*pgx.Conn)(nil)

// Postgres is a Store in PostgreSQL. Like any *pgx.Conn, one on a connection is not safe for concurrent use; one on a pool is.
type Postgres struct{ Database Database }

var _ Store = Postgres{}

// Create makes the table where there is none. A migration of the agent's own may do it as well.
func (p Postgres) Create(ctx context.Context) error {
	_, err := p.Database.Exec(ctx, `CREATE TABLE IF NOT EXISTS agentkit_checkpoint (
		job text NOT NULL, step text NOT NULL, result bytea NOT NULL, at timestamptz NOT NULL DEFAULT now(),
		PRIMARY KEY (job, step))`)
	return err
}

// began is the step under which the definition stands: no step has an empty name.
const began = ""

// Begin records the definition.
func (p Postgres) Begin(ctx context.Context, job, definition string) (string, error) {
	stands, err := p.Record(ctx, job, began, []byte(definition))
	return string(stands), err
}

// Results reads all rows of the job.
func (p Postgres) Results(ctx context.Context, job string) (map[string][]byte, error) {
	rows, err := p.Database.Query(ctx, `SELECT step, result FROM agentkit_checkpoint WHERE job = $1 AND step <> ''`, job)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]byte{}
	for rows.Next() {
		var step string
		var result []byte
		if err := rows.Scan(&step, &result); err != nil {
			return nil, err
		}
		out[step] = result
	}
	return out, rows.Err()
}

// Record inserts the row unless there is one. The row that is there may be younger than the statement's own sight of the
// table, so it is read by a statement of its own.
func (p Postgres) Record(ctx context.Context, job, step string, result []byte) ([]byte, error) {
	if _, err := p.Database.Exec(ctx, `INSERT INTO agentkit_checkpoint (job, step, result) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, job, step, result); err != nil {
		return nil, err
	}
	var stands []byte
	err := p.Database.QueryRow(ctx, `SELECT result FROM agentkit_checkpoint WHERE job = $1 AND step = $2`, job, step).Scan(&stands)
	return stands, err
}
