//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// owner is the role and the database of every PostgreSQL here.
const owner = "redoubt"

// settings make a cluster small, and safe: a commit that was answered is in its files.
const settings = `
listen_addresses = '127.0.0.1'
shared_buffers = '16MB'
dynamic_shared_memory_type = mmap
fsync = on
synchronous_commit = on
track_commit_timestamp = on
wal_keep_size = '64MB'
wal_retrieve_retry_interval = '100ms'
autovacuum = off
log_line_prefix = '%m '
log_timezone = 'UTC'
`

// PostgresBin is where PostgreSQL's programs are: Debian keeps them off PATH.
func PostgresBin() (string, error) {
	if at, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(at), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("no PostgreSQL is installed; Debian has it in the package postgresql")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// Unprivileged is whom PostgreSQL runs as: it refuses root.
func Unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// postgres is one server.
type postgres struct {
	*process
	dir string
	// host is where it listens: loopback, or the folder of its socket.
	host string
	port int
}

// alone starts a server where nobody reaches it by the network, to be read.
const alone = "alone"

// template makes an empty cluster, from which primaries and replicas are copied.
func (m *Machine) template() error {
	m.clean = filepath.Join(m.dir, "template")
	init := command{name: filepath.Join(m.bin, "initdb"), as: m.as, log: filepath.Join(m.dir, "initdb.log"),
		args: []string{"-D", m.clean, "-U", owner, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"}}
	if err := m.give(m.dir); err != nil {
		return err
	}
	p, err := start(init)
	if err != nil {
		return err
	}
	<-p.ended
	if !p.cmd.ProcessState.Success() {
		said, _ := os.ReadFile(init.log)
		return fmt.Errorf("initdb: %s: %s", p.cmd.ProcessState, said)
	}
	file, err := os.OpenFile(filepath.Join(m.clean, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(settings)
	return errors.Join(err, file.Close())
}

// newPostgres copies the template and starts it; a replica follows the address of a line.
func (m *Machine) newPostgres(ctx context.Context, name string, follows int) (*postgres, error) {
	p := &postgres{dir: filepath.Join(m.round, name)}
	if said, err := exec.Command("cp", "-a", m.clean, p.dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copy the template: %w: %s", err, said)
	}
	if follows > 0 {
		conf := fmt.Sprintf("primary_conninfo = 'host=127.0.0.1 port=%d user=%s'\n", follows, owner)
		for file, text := range map[string]string{"postgresql.auto.conf": conf, "standby.signal": ""} {
			file = filepath.Join(p.dir, file)
			if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), m.give(file)); err != nil {
				return nil, err
			}
		}
	}
	return p, m.startPostgres(ctx, p, "")
}

// startPostgres starts a server on a free port, or alone.
func (m *Machine) startPostgres(ctx context.Context, p *postgres, how string) error {
	var err error
	if p.port, err = freePort(); err != nil {
		return err
	}
	p.host = loopbackHost
	args := []string{"-D", p.dir, "-p", strconv.Itoa(p.port), "-k", m.round}
	if how == alone { // what the killed server wrote is in the files; that they outlive the machine as well is not asked
		p.host = m.round
		args = append(args, "-c", "listen_addresses=", "-c", "default_transaction_read_only=on", "-c", "fsync=off")
	}
	p.process, err = start(command{name: filepath.Join(m.bin, "postgres"), args: args, as: m.as, log: p.dir + ".log"})
	if err != nil {
		return err
	}
	return p.answers(ctx, func(ctx context.Context) error {
		return p.ask(ctx, func(c *pgx.Conn) error { return c.Ping(ctx) })
	})
}

// connect opens a connection.
func connect(ctx context.Context, host string, port int) (*pgx.Conn, error) {
	conf, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=disable", host, port, owner))
	if err != nil {
		return nil, err
	}
	conf.ConnectTimeout = 2 * time.Second
	return pgx.ConnectConfig(ctx, conf)
}

func (p *postgres) ask(ctx context.Context, f func(*pgx.Conn) error) error {
	c, err := connect(ctx, p.host, p.port)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // asked and answered
	return f(c)
}

// value asks for one value.
func value[T any](ctx context.Context, p *postgres, query string) (out T, err error) {
	err = p.ask(ctx, func(c *pgx.Conn) error { return c.QueryRow(ctx, query).Scan(&out) })
	return out, err
}

// follows waits until the replica receives what the primary writes.
func (p *postgres) follows(ctx context.Context) error {
	return await(ctx, "wait for the replica to follow", func(ctx context.Context) error {
		status, err := value[string](ctx, p, `SELECT coalesce((SELECT status FROM pg_stat_wal_receiver), 'nothing')`)
		if err == nil && status != "streaming" {
			err = fmt.Errorf("it is %s, want streaming", status)
		}
		return err
	})
}

// kept is a mark as a server holds it, with the server's own time of it.
type kept struct {
	seq int64
	at  time.Time
}

// marks are the rows of the witness, in the order of their arrival.
func (p *postgres) marks(ctx context.Context) (out []kept, err error) {
	err = p.ask(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT seq, pg_xact_commit_timestamp(xmin) FROM redoubt_witness ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one kept
			if err := rows.Scan(&one.seq, &one.at); err != nil {
				return err
			}
			out = append(out, one)
		}
		return rows.Err()
	})
	return out, err
}

// took is when the server said that it follows no more: it takes writes from the next moment on. What it says when it
// has told all its processes so comes later, and by how much depends on how busy the machine is.
func (p *postgres) took() (time.Time, error) {
	return p.said("archive recovery complete", "2006-01-02 15:04:05.000 MST", func(line string) string {
		return strings.Join(strings.Fields(line)[:3], " ")
	})
}
