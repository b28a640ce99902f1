//go:build linux

package local

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
)

func TestProcess_killTakesAllItsChildren(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := start(command{name: "/bin/sh", log: filepath.Join(dir, "sh.log"),
		args: []string{"-c", "setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000 & wait"}})
	require.NoError(t, err)
	var all []int
	require.Eventually(t, func() bool { // two children and two of theirs
		all = children(p.cmd.Process.Pid)
		return len(all) >= 4
	}, time.Minute, time.Millisecond)
	_, err = p.kill()
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		for _, one := range all {
			if raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(one), "cmdline")); err == nil && len(raw) > 0 {
				return false
			}
		}
		return true
	}, time.Minute, time.Millisecond, "processes of sessions of their own are killed too")
	_, err = p.kill()
	require.NoError(t, err, "what has ended is killed")
}

func TestProcess_saidFindsTheLastTime(t *testing.T) {
	t.Parallel()
	p := &process{log: filepath.Join(t.TempDir(), "x.log")}
	require.NoError(t, os.WriteFile(p.log, []byte("10:00:01 ready\n10:00:02 busy\n10:00:03 ready\n"), 0o600))
	stamp := func(line string) string { return line[:8] }
	at, err := p.said("ready", time.TimeOnly, stamp)
	require.NoError(t, err)
	assert.Equal(t, 3, at.Second())
	_, err = p.said("gone", time.TimeOnly, stamp)
	require.ErrorContains(t, err, `x.log does not say "gone"`)
}

func TestSweep_removesTheFoldersOfTheDead(t *testing.T) {
	t.Parallel()
	room := t.TempDir()
	mine := filepath.Join(room, folder+strconv.Itoa(os.Getpid())+"-1")
	dead := filepath.Join(room, folder+"999999999-1") // more than any number that Linux gives
	other := filepath.Join(room, "other")
	for _, dir := range []string{mine, dead, other} {
		require.NoError(t, os.Mkdir(dir, 0o700))
	}
	require.ErrorIs(t, syscall.Kill(999999999, 0), syscall.ESRCH)
	sweep(room)
	assert.DirExists(t, mine)
	assert.DirExists(t, other)
	assert.NoDirExists(t, dead)
}

// echo answers each line on a free port.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				for lines := bufio.NewScanner(c); lines.Scan(); {
					_, _ = c.Write(append(lines.Bytes(), '\n'))
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestLine_leadsWhereItIsLed(t *testing.T) {
	t.Parallel()
	l, err := NewLine(echo(t))
	require.NoError(t, err)
	t.Cleanup(l.Close)
	call := func() (net.Conn, error) {
		c, err := net.Dial("tcp", loopback(l.Port()))
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		require.NoError(t, c.SetDeadline(clock.Wall{}.Now().Add(time.Minute)))
		_, _ = c.Write([]byte("hello\n"))
		_, err = c.Read(make([]byte, 10))
		return c, err
	}
	open, err := call()
	require.NoError(t, err)
	l.Lead("")
	_, err = open.Read(make([]byte, 1))
	require.Error(t, err, "what was under way has ended")
	_, err = call()
	require.Error(t, err, "it leads nowhere")
	was := l.Changed()
	l.Lead(echo(t))
	_, err = call()
	require.NoError(t, err)
	assert.True(t, l.Changed().After(was))
}
