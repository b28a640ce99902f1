//go:build apps

package kubetest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is what make kube builds.
func built() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", ".tools", "kube", "kube")
}

// Missing says why no control plane can be started, nil when one can.
func Missing() error {
	if _, err := os.Stat(built()); err != nil {
		return fmt.Errorf("the control plane is not built: run make kube (%w)", err)
	}
	return nil
}

// run starts a part of the control plane, in a process group of its own, until
// the test ends.
func (c *Cluster) run(t testing.TB, part string, flags ...string) {
	t.Helper()
	cmd := exec.Command(built(), append([]string{part}, flags...)...)
	log, err := os.CreateTemp(c.dir, part+"-*.log")
	require.NoError(t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// A parent thread that ends counts as the parent's death, so the thread stays.
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		_ = cmd.Wait()
	}()
	require.NoError(t, <-started, part)
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
}

// lastWords are the last lines of every part's log.
func (c *Cluster) lastWords() string {
	logs, _ := filepath.Glob(c.at("*.log"))
	var out strings.Builder
	for _, file := range logs {
		raw, _ := os.ReadFile(file)
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		fmt.Fprintf(&out, "\n%s:\n%s\n", filepath.Base(file), strings.Join(lines[max(0, len(lines)-5):], "\n"))
	}
	return out.String()
}

// taken are the ports that were handed out in this process and may not listen yet.
var taken sync.Map

// ports finds free ports of this machine.
func ports(n int) ([]string, error) {
	var out []string
	for len(out) < n {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer free.Close()
		if at := free.Addr().String(); claim(at) {
			out = append(out, at)
		}
	}
	return out, nil
}

func claim(address string) bool {
	_, had := taken.LoadOrStore(address, true)
	return !had
}

// serving are the flags of a part that listens at an address.
func serving(address string) []string {
	host, port, _ := net.SplitHostPort(address)
	return []string{"--bind-address=" + host, "--secure-port=" + port}
}

// files writes what the parts read when they start.
func (c *Cluster) files() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	raw := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, content := range map[string]string{
		"key.pem": string(raw), "tokens.csv": c.token + `,administrator,administrator,"system:masters"`,
	} {
		if err := os.WriteFile(c.at(name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
