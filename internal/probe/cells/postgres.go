package cells

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"redoubt/system"
	"redoubt/watch/prober"
)

// Postgres keeps the mark as the row of the prober in a table of its own, redoubt_prober, which it makes when it is not there.
type Postgres struct {
	Home system.Home
	// Writer connects to the name that follows the switch, whose certificate is of the home that serves; Reader to the
	// home's own readers.
	Writer func(ctx context.Context, serves system.Home) (*pgx.Conn, error)
	Reader func(ctx context.Context) (*pgx.Conn, error)

	led     system.Home
	writing *pgx.Conn
}

var _ Cell = (*Postgres)(nil)

const (
	makeTable = `CREATE TABLE IF NOT EXISTS redoubt_prober (prober text PRIMARY KEY, written timestamptz NOT NULL)`
	writeMark = `INSERT INTO redoubt_prober (prober, written) VALUES ($1, $2)
		ON CONFLICT (prober) DO UPDATE SET written = excluded.written`
	readMark = `SELECT written FROM redoubt_prober WHERE prober = $1`
	// noTable is PostgreSQL's code of a table that is not there:
	// https://www.postgresql.org/docs/current/errcodes-appendix.html
	noTable = "42P01"
)

// Write writes the row. After an error, and after a move of the switch, the name is asked again.
func (p *Postgres) Write(ctx context.Context, serves system.Home, at time.Time) error {
	if p.writing == nil || p.writing.IsClosed() || p.led != serves {
		p.drop()
		conn, err := p.Writer(ctx, serves)
		if err != nil {
			return err
		}
		p.writing, p.led = conn, serves
	}
	_, err := p.writing.Exec(ctx, writeMark, prober.Name(p.Home), at)
	if missing(err) {
		if _, err = p.writing.Exec(ctx, makeTable); err == nil {
			_, err = p.writing.Exec(ctx, writeMark, prober.Name(p.Home), at)
		}
	}
	if err != nil {
		p.drop()
	}
	return err
}

// Read reads the row on a connection of its own: it is read once a minute.
func (p *Postgres) Read(ctx context.Context) (at time.Time, err error) {
	conn, err := p.Reader(ctx)
	if err != nil {
		return at, err
	}
	defer bye(conn)
	err = conn.QueryRow(ctx, readMark, prober.Name(p.Home)).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) || missing(err) {
		err = ErrNone
	}
	return at, err
}

func missing(err error) bool {
	refused := (*pgconn.PgError)(nil)
	return errors.As(err, &refused) && refused.Code == noTable
}

// Close ends the connection.
func (p *Postgres) Close() { p.drop() }

func (p *Postgres) drop() {
	if p.writing != nil {
		bye(p.writing)
		p.writing = nil
	}
}

// farewell is how long a connection may take to say that it ends.
const farewell = 100 * time.Millisecond

func bye(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = conn.Close(ctx)
}
