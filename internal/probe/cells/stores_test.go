//go:build apps

package cells_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/local"
	"redoubt/internal/probe/cells"
	"redoubt/system"
)

// server runs a program until the test ends.
func server(t *testing.T, who *syscall.Credential, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: who}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// port is one that nobody uses.
func port(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().(*net.TCPAddr).Port
}

// begins writes and reads a mark of a real server, which answers after a while.
func begins(t *testing.T, c cells.Cell) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := c.Read(t.Context())
		return err != nil && err.Error() == cells.ErrNone.Error()
	}, 30*time.Second, 50*time.Millisecond, "the server answers, and has no mark")
	for n := range 2 {
		later := at.Add(time.Duration(n) * time.Second)
		require.NoError(t, c.Write(t.Context(), system.Primary, later))
		got, err := c.Read(t.Context())
		require.NoError(t, err)
		assert.True(t, later.Equal(got), "%s, want %s", got, later)
	}
	require.NoError(t, c.Write(t.Context(), system.Secondary, at), "the name is asked again after a move")
}

func TestCache_onARealServer(t *testing.T) {
	t.Parallel()
	p := port(t)
	server(t, nil, "redis-server", "--port", fmt.Sprint(p), "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
	asked := []system.Home{}
	client := func() *redis.Client {
		return redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", p), MaxRetries: -1})
	}
	c := &cells.Cache{Home: system.Secondary, Reader: client(),
		Writer: func(serves system.Home) *redis.Client { asked = append(asked, serves); return client() }}
	begins(t, c)
	assert.Equal(t, []system.Home{system.Primary, system.Secondary}, asked)
	c.Close()
	_, err := c.Read(t.Context())
	require.Error(t, err)
}

func TestPostgres_onARealServer(t *testing.T) {
	t.Parallel()
	bin, err := local.PostgresBin()
	require.NoError(t, err)
	who, err := local.Unprivileged()
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "prober")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if who != nil {
		require.NoError(t, os.Chown(dir, int(who.Uid), int(who.Gid)))
	}
	at := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", at, "-U", "redoubt", "-A", "trust", "--no-sync")
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	initdb.Dir = dir
	out, err := initdb.CombinedOutput()
	require.NoError(t, err, string(out))
	p := port(t)
	server(t, who, filepath.Join(bin, "postgres"), "-D", at, "-p", fmt.Sprint(p), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories="+dir, "-c", "dynamic_shared_memory_type=mmap", "-c", "fsync=off")
	open := func(ctx context.Context) (*pgx.Conn, error) {
		return pgx.Connect(ctx, fmt.Sprintf("host=127.0.0.1 port=%d user=redoubt dbname=postgres sslmode=disable", p))
	}
	asked := []system.Home{}
	c := &cells.Postgres{Home: system.Secondary, Reader: open, Writer: func(ctx context.Context, serves system.Home) (*pgx.Conn, error) {
		asked = append(asked, serves)
		return open(ctx)
	}}
	begins(t, c)
	assert.Equal(t, []system.Home{system.Primary, system.Secondary}, asked)
	c.Close()
	other := &cells.Postgres{Home: system.Primary, Reader: open, Writer: c.Writer}
	_, err = other.Read(t.Context())
	require.ErrorIs(t, err, cells.ErrNone, "each prober has a row of its own")
}
