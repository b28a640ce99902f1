//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"redoubt/internal/clock"
	"redoubt/system"
)

// Program is a process of the caller's, beside the stores. It dies with the caller at the latest.
type Program struct{ process *process }

// Start starts a program. What it prints goes to a file in the pair's folder, named as as.
func (p *Pair) Start(as, program string, args ...string) (*Program, error) {
	started, err := start(command{name: program, args: args, log: filepath.Join(p.m.round, as+".log")})
	return &Program{started}, err
}

// Kill ends it with SIGKILL, and returns when it is over.
func (p *Program) Kill() error {
	_, err := p.process.kill()
	return err
}

// Stop asks it to end with SIGTERM. What has not ended in time is killed, and an error.
func (p *Program) Stop(within time.Duration) error {
	_ = p.process.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	late, stop := clock.Wall{}.Timer(within)
	defer stop()
	select {
	case <-p.process.ended:
		return nil
	case <-late:
		return errors.Join(fmt.Errorf("it did not end within %s", within), p.Kill())
	}
}

// Answers waits until the program answers; one that has ended never will.
func (p *Program) Answers(ctx context.Context, ask func(context.Context) error) error {
	return p.process.answers(ctx, ask)
}

// FreePort is a port on loopback that nobody listens on.
func FreePort() (int, error) { return freePort() }

// Table makes a table in the primary home, with one key or two.
func (p *Pair) Table(ctx context.Context, name string, keys ...string) error {
	return p.direct[system.Primary].table(ctx, name, keys...)
}

// Queue makes a queue in the primary home with the table of its work ledger, and returns its address.
func (p *Pair) Queue(ctx context.Context, name, ledger string) (url string, err error) {
	return p.direct[system.Primary].queue(ctx, name, ledger)
}

// Together lets the primary's database answer a commit only when its replica has it too, as the instances of one Aurora
// cluster share what is written. Two homes do not.
func (p *Pair) Together(ctx context.Context) error {
	return p.databases[system.Primary].ask(ctx, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, `ALTER SYSTEM SET synchronous_standby_names = '*'`); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `SELECT pg_reload_conf()`)
		return err
	})
}

// EndCopies ends the copying of the AWS stores to the other home, for those who need one home alone.
func (p *Pair) EndCopies() error {
	err := p.copies.stop()
	p.copies = nil
	return err
}

// LoseDatabase kills the primary's database with SIGKILL.
func (p *Pair) LoseDatabase() error {
	_, err := p.databases[system.Primary].kill()
	return err
}

// PromoteDatabase makes the replica the writer, waits until it is, and leads the name to it.
func (p *Pair) PromoteDatabase(ctx context.Context) error {
	replica := p.databases[system.Secondary]
	return p.promote(Tasks, replica.port, func() error {
		return replica.ask(ctx, func(c *pgx.Conn) error {
			_, err := c.Exec(ctx, `SELECT pg_promote(true)`)
			return err
		})
	})
}

// LoseCache kills the primary's cache with SIGKILL.
func (p *Pair) LoseCache() error {
	_, err := p.caches[system.Primary].kill()
	return err
}

// PromoteCache makes the replica the writer, and leads the name to it.
func (p *Pair) PromoteCache(ctx context.Context) error {
	replica := p.caches[system.Secondary]
	return p.promote(Recall, replica.port, func() error {
		return replica.ask(func(r *goredis.Client) error { return r.ReplicaOf(ctx, "NO", "ONE").Err() })
	})
}

// promote fences the old writer before there is a new one, and leads the name to that when it is.
func (p *Pair) promote(store string, port int, promote func() error) error {
	p.fence(store)
	if err := promote(); err != nil {
		return err
	}
	p.names[store].Lead(loopback(port))
	return nil
}
