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

// Process is one running part.
type Process struct {
	cmd  *exec.Cmd
	once sync.Once
}

// run starts a part of the control plane until the test ends.
func (c *Cluster) run(t testing.TB, part string, flags ...string) *Process {
	t.Helper()
	plane, _ := built()
	return c.start(t, part, exec.Command(plane, append([]string{part}, flags...)...))
}

// start starts a process in a group of its own, until the test ends.
func (c *Cluster) start(t testing.TB, part string, cmd *exec.Cmd) *Process {
	t.Helper()
	log, err := os.CreateTemp(c.dir, part+"-*.log")
	require.NoError(t, err)
	defer log.Close()
	p := &Process{cmd: cmd}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = log, log, c.dir
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// A parent thread that ends counts as the parent's death, so the thread stays.
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- p.cmd.Start()
		_ = p.cmd.Wait()
	}()
	require.NoError(t, <-started, part)
	t.Cleanup(p.Stop)
	return p
}

// Stop ends the process at once, as a machine that loses its power does.
func (p *Process) Stop() {
	p.once.Do(func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
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
func (c *Cluster) files(t testing.TB, o Options) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	raw := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	_, nodes := built()
	stages, err := exec.Command(nodes, "stages").Output()
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"key.pem": string(raw), "stages.yaml": string(stages), "tokens.csv": c.token + `,administrator,administrator,"system:masters"`,
		"kubeconfig": kubeconfig(c.Server, c.token), "authenticator.yaml": kubeconfig(authenticator(t, o.Cluster), ""),
	} {
		if err := os.WriteFile(c.at(name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// kubeconfig leads to a server of this machine. Its certificate is believed
// without a look: the parts start before the API server has made it.
func kubeconfig(server, token string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: %q, insecure-skip-tls-verify: %t}}]
users: [{name: me, user: {token: %q}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
`, server, strings.HasPrefix(server, "https"), token)
}
