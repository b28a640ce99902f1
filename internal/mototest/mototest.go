// Package mototest starts moto, which plays AWS on this machine, for tests: https://docs.getmoto.org
package mototest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"redoubt/internal/motofront"
)

// ErrNone means that there is no moto_server on PATH.
var ErrNone = errors.New("there is no moto_server on PATH")

// Main runs the tests of a package that need moto for all that they try. Without moto nothing is tried, which the
// target of the Makefile says and CI does not allow.
func Main(tries string, env []string, run func(endpoint string) int) int {
	endpoint, stop, err := Start(env...)
	if errors.Is(err, ErrNone) {
		fmt.Printf("NOT TRIED: %s, because %v\n", tries, err)
		if os.Getenv("CI") == "true" {
			return 1
		}
		return 0
	}
	if err != nil {
		fmt.Println("start moto:", err)
		return 1
	}
	defer stop()
	return run(endpoint)
}

// Start starts moto on a free port, in a process group of its own and behind a front, and waits until it answers. Env are
// settings such as MOTO_ACCOUNT_ID=123456789012.
func Start(env ...string) (endpoint string, stop func(), err error) {
	if _, err := exec.LookPath("moto_server"); err != nil {
		return "", nil, ErrNone
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := free.Addr().(*net.TCPAddr)
	_ = free.Close()
	cmd := exec.Command("moto_server", "-H", "127.0.0.1", "-p", fmt.Sprint(address.Port))
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	front, err := motofront.Listen(address.String())
	stop = func() {
		_ = front.Close()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}
	if err != nil {
		stop()
		return "", nil, err
	}
	endpoint = "http://" + front.Address.String()
	if err := answers(endpoint); err != nil {
		stop()
		return "", nil, err
	}
	return endpoint, stop, nil
}

// answers waits until moto does.
func answers(endpoint string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		if res, err := http.Get(endpoint + "/moto-api/"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
