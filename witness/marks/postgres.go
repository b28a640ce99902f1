package marks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres writes marks into a table of its own, redoubt_witness, which it makes
// when it is not there.
//
// A mark is acknowledged when its commit is. Aurora answers a commit once four of
// the six copies of its storage in the writer's region hold it; the other region
// follows later:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.StorageReliability.html
type Postgres struct {
	Witness
	// Connect opens a connection to the name that follows the switch.
	Connect func(context.Context) (*pgx.Conn, error)

	mu   sync.Mutex
	conn *pgx.Conn
}

var _ Place = (*Postgres)(nil)

// The table has no unique number: a mark that arrives twice must be seen twice.
const (
	makeTable = `CREATE TABLE IF NOT EXISTS redoubt_witness (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		witness text NOT NULL, seq bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())`
	insertMark = `INSERT INTO redoubt_witness (witness, seq) VALUES ($1, $2)`
	readMarks  = `SELECT seq FROM redoubt_witness WHERE witness = $1 ORDER BY id`
	sweepMarks = `DELETE FROM redoubt_witness WHERE witness = $1 AND at < $2`
)

// noTable is PostgreSQL's code of a table that is not there:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const noTable = "42P01"

// sweepEvery is how many marks lie between two sweeps of what is too old.
const sweepEvery = 3600

// Write inserts one row. After any error the connection is dropped: it may lead to
// a node that writes no more, and the next attempt asks the name again.
func (p *Postgres) Write(ctx context.Context, seq int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.do(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, insertMark, p.Name, seq)
		if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) && refused.Code == noTable {
			if _, err = c.Exec(ctx, makeTable); err == nil {
				_, err = c.Exec(ctx, insertMark, p.Name, seq)
			}
		}
		return err
	})
	if err == nil && seq%sweepEvery == 0 { // the mark is in; a sweep that fails is made up for by the next
		_ = p.do(ctx, func(c *pgx.Conn) error {
			_, err := c.Exec(ctx, sweepMarks, p.Name, p.now().Add(-p.keep()))
			return err
		})
	}
	return err
}

// Read returns the marks in the order of their insertion.
func (p *Postgres) Read(ctx context.Context) ([]int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []int64
	err := p.do(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, readMarks, p.Name)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	return out, nil
}

// Close ends the connection.
func (p *Postgres) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
	return nil
}

func (p *Postgres) do(ctx context.Context, f func(*pgx.Conn) error) error {
	if p.conn == nil || p.conn.IsClosed() {
		c, err := p.Connect(ctx)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		p.conn = c
	}
	err := f(p.conn)
	if err != nil {
		p.drop()
	}
	return err
}

// farewell is how long a connection may take to say that it ends.
const farewell = 100 * time.Millisecond

func (p *Postgres) drop() {
	if p.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = p.conn.Close(ctx)
	p.conn = nil
}
