package endtoend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"redoubt/tools/judge/needs"
)

// Account is the account that moto plays.
const Account = "123456789012"

// moto is a running moto_server, which keeps what AWS would keep.
type moto struct {
	cmd *exec.Cmd
	url string
}

// startMoto starts one on a free port of this machine and waits until it answers.
func startMoto(ctx context.Context, log io.Writer) (*moto, error) {
	binary, err := needs.Moto()
	if err != nil {
		return nil, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().(*net.TCPAddr)
	_ = free.Close() // only its port was wanted
	cmd := exec.Command(binary, "-H", "127.0.0.1", "-p", fmt.Sprint(address.Port))
	cmd.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+Account, "MOTO_IAM_LOAD_MANAGED_POLICIES=true",
		"MOTO_ACM_VALIDATION_WAIT=1")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start moto: %w", err)
	}
	m := &moto{cmd: cmd, url: "http://" + address.String()}
	return m, m.wait(ctx)
}

func (m *moto) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		if res, err := http.Get(m.url + "/moto-api/"); err == nil {
			return res.Body.Close()
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("moto does not answer: %w", ctx.Err()), m.close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (m *moto) close() error {
	if err := syscall.Kill(-m.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	_ = m.cmd.Wait() // killed: its exit code says nothing
	return nil
}
