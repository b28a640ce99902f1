//go:build linux

package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"redoubt/internal/clock"
)

// process is one running program, in a process group of its own, that dies with
// the program which started it.
type process struct {
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
}

// command is what is started.
type command struct {
	name string
	args []string
	env  []string
	// log takes what it prints.
	log string
	// as is who runs it; nil is who runs us.
	as *syscall.Credential
}

func start(c command) (*process, error) {
	out, err := os.OpenFile(c.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() //nolint:errcheck // the child has its own
	cmd := exec.Command(c.name, c.args...)
	cmd.Env = append(append(os.Environ(), "TZ=UTC", "LC_ALL=C"), c.env...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = out, out, filepath.Dir(c.log)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: c.as}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.name), err)
	}
	p := &process{cmd: cmd, log: c.log, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// death is when a process was killed: not before From, and over, with all its children, at To. Where others keep the
// machine busy a process goes on for some milliseconds after it was told to die.
type death struct{ From, To time.Time }

// kill ends the process and all its children at once, with SIGKILL. A parent is stopped first, so that it starts
// no child that would be missed.
func (p *process) kill() (death, error) {
	now := clock.Wall{}.Now
	d := death{now(), now()}
	if p == nil {
		return d, nil
	}
	select {
	case <-p.ended:
		return d, nil
	default:
	}
	pid := p.cmd.Process.Pid
	all := children(pid)
	if len(all) > 0 {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return d, fmt.Errorf("stop process %d: %w", pid, err)
		}
		all = children(pid)
	}
	d.From = now()
	var errs []error
	for _, one := range append(all, pid) {
		if err := syscall.Kill(one, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, fmt.Errorf("kill process %d: %w", one, err))
		}
	}
	<-p.ended
	errs = append(errs, await(context.Background(), "wait for the children's end", func(context.Context) error {
		for _, one := range all {
			if state, _, err := stat(one); err == nil && state != "Z" {
				return fmt.Errorf("process %d is in state %s", one, state)
			}
		}
		return nil
	}))
	d.To = now()
	return d, errors.Join(errs...)
}

// quit lets the process end at once and tidy up, as PostgreSQL does with its shared memory; what does not is killed.
func (p *process) quit() error {
	if p == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	quick, stop := clock.Wall{}.Timer(5 * time.Second)
	defer stop()
	select {
	case <-p.ended:
		return nil
	case <-quick:
		_, err := p.kill()
		return err
	}
}

// children are the processes whose parent is pid, and theirs.
func children(pid int) []int {
	all, _ := filepath.Glob("/proc/[0-9]*")
	parents := map[int][]int{}
	for _, dir := range all {
		one, _ := strconv.Atoi(filepath.Base(dir))
		if _, parent, err := stat(one); err == nil { // else it has ended
			parents[parent] = append(parents[parent], one)
		}
	}
	var out []int
	for next := parents[pid]; len(next) > 0; next = next[1:] {
		out = append(out, next[0])
		next = append(next, parents[next[0]]...)
	}
	return out
}

// stat is a process's state and parent: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func stat(pid int) (state string, parent int, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, err
	}
	// The name in parentheses may hold anything; what follows is the state and the parent.
	rest := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	parent, err = strconv.Atoi(rest[1])
	return rest[0], parent, err
}

// said is the time of the last line of the process's log that holds a text, with a stamp of the given layout.
func (p *process) said(text, layout string, stamp func(line string) string) (time.Time, error) {
	file, err := os.Open(p.log)
	if err != nil {
		return time.Time{}, err
	}
	defer file.Close() //nolint:errcheck // read only
	var at time.Time
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if !strings.Contains(lines.Text(), text) {
			continue
		}
		if at, err = time.ParseInLocation(layout, stamp(lines.Text()), time.UTC); err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", filepath.Base(p.log), err)
		}
	}
	if at.IsZero() {
		return at, fmt.Errorf("%s does not say %q", filepath.Base(p.log), text)
	}
	return at, nil
}

// answers waits until the process answers; one that has ended never will.
func (p *process) answers(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-p.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := await(ctx, "wait for "+strings.TrimSuffix(filepath.Base(p.log), ".log"), ask)
	if err != nil {
		said, _ := os.ReadFile(p.log)
		err = fmt.Errorf("%w: %s", err, said[max(0, len(said)-500):])
	}
	return err
}

// patience is how long anything here may take, on a machine that is busy.
const patience = time.Minute

// await asks until the answer is yes. Its error holds the last reason.
func await(ctx context.Context, what string, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	for {
		if err = ask(ctx); err == nil {
			return nil
		}
		if (clock.Wall{}).Sleep(ctx, 10*time.Millisecond) != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// freePort is a port on loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

const loopbackHost = "127.0.0.1"

func loopback(port int) string { return net.JoinHostPort(loopbackHost, strconv.Itoa(port)) }
