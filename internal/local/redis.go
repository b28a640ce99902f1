//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"redoubt/witness"
)

// redisServer is the program that speaks the Redis protocol: Valkey's, or Redis'.
func redisServer() (string, error) {
	for _, name := range []string{"valkey-server", "redis-server"} {
		if at, err := exec.LookPath(name); err == nil {
			return at, nil
		}
	}
	return "", errors.New("no Valkey or Redis is installed; Debian has redis-server")
}

// silent keeps the client's own remarks out of the output: that a dead server refuses is what is wanted here.
type silent struct{}

// Printf says nothing.
func (silent) Printf(context.Context, string, ...any) {}

// redis is one server. Every write that was answered is in its files.
type redis struct {
	*process
	dir    string
	port   int
	socket string
}

// newRedis starts a server; a replica follows the address of a line.
func (m *Machine) newRedis(ctx context.Context, name string, follows int) (*redis, error) {
	r := &redis{dir: filepath.Join(m.round, name)}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if r.port, err = freePort(); err != nil {
		return nil, err
	}
	args := []string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1"}
	if follows > 0 {
		args = append(args, "--replicaof", "127.0.0.1", strconv.Itoa(follows))
	}
	return r, m.startRedis(ctx, r, args...)
}

func (m *Machine) startRedis(ctx context.Context, r *redis, args ...string) error {
	args = append(args, "--dir", r.dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
		"--auto-aof-rewrite-percentage", "0", "--repl-diskless-sync", "no", "--repl-timeout", "60")
	var err error
	if r.process, err = start(command{name: m.redis, args: args, log: r.dir + ".log"}); err != nil {
		return err
	}
	return r.answers(ctx, func(ctx context.Context) error {
		return r.ask(func(c *goredis.Client) error { return c.Ping(ctx).Err() })
	})
}

// options are those of a client that makes one attempt and no more.
func options(network, address string) *goredis.Options {
	return &goredis.Options{
		Network: network, Addr: address, MaxRetries: -1, DialerRetries: 1, DialTimeout: time.Second,
		ContextTimeoutEnabled: true, DisableIdentity: true, PoolSize: 2,
	}
}

func (r *redis) ask(f func(*goredis.Client) error) error {
	o := options("tcp", loopback(r.port))
	if r.socket != "" {
		o = options("unix", r.socket)
	}
	c := goredis.NewClient(o)
	defer c.Close() //nolint:errcheck // asked and answered
	return f(c)
}

// info is one field of what the server says of its replication.
func (r *redis) info(ctx context.Context, field string) (string, error) {
	var text string
	err := r.ask(func(c *goredis.Client) (err error) {
		text, err = c.Info(ctx, "replication").Result()
		return err
	})
	for line := range strings.Lines(text) {
		if v, has := strings.CutPrefix(strings.TrimSpace(line), field+":"); has {
			return v, nil
		}
	}
	return "", err
}

// follows waits until the replica receives what the primary writes.
func (r *redis) follows(ctx context.Context) error {
	return await(ctx, "wait for the replica to follow", func(ctx context.Context) error {
		state, err := r.info(ctx, "master_link_status") // Redis' own word for it
		if err == nil && state != "up" {
			err = fmt.Errorf("its link is %q, want up", state)
		}
		return err
	})
}

// marks are the entries of a witness's stream. Their ids begin with the server's own time in milliseconds.
func (r *redis) marks(ctx context.Context, by string) (out []kept, err error) {
	err = r.ask(func(c *goredis.Client) error {
		entries, err := c.XRange(ctx, witness.CacheKey(by), "-", "+").Result()
		for _, e := range entries {
			millis, _, _ := strings.Cut(e.ID, "-")
			at, err1 := strconv.ParseInt(millis, 10, 64)
			seq, err2 := strconv.ParseInt(fmt.Sprint(e.Values["seq"]), 10, 64)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			out = append(out, kept{seq, time.UnixMilli(at).UTC()})
		}
		return err
	})
	return out, err
}

// took is when the server said that it takes writes: its log's stamp is behind the process and its role.
func (r *redis) took() (time.Time, error) {
	return r.said("MASTER MODE enabled", "2 Jan 2006 15:04:05.000", func(line string) string { // Redis' own word for it
		return strings.Join(strings.Fields(line)[1:5], " ")
	})
}
