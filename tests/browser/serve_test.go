//go:build apps

package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
)

var (
	program  = flag.String("redoubt", "", "the redoubt command; without it the test builds one")
	pictures = flag.String("pictures", "", "the folder of the documents' pictures, which are made again")
)

// served is a project whose simulated regions are up, with redoubt serve beside them.
type served struct {
	dir, command, address string
	process               *exec.Cmd
}

// run runs the command in the project and returns its exit code.
func (s *served) run(t *testing.T, args ...string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.command, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(clitest.Root(t), ".tools")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		require.NoError(t, err, "%v: %s", args, out)
	}
	t.Logf("redoubt %s: %d", strings.Join(args, " "), cmd.ProcessState.ExitCode())
	return cmd.ProcessState.ExitCode()
}

// serve brings the small system up and serves its readiness on a free port.
func serve(t *testing.T) *served {
	t.Helper()
	root := clitest.Root(t)
	s := &served{dir: t.TempDir(), command: *program}
	if s.command == "" {
		s.command = filepath.Join(t.TempDir(), "redoubt")
		build := exec.CommandContext(t.Context(), "go", "build", "-o", s.command, "./cmd/redoubt")
		build.Dir = root
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	for to, from := range map[string]string{"Pulumi.yaml": "Pulumi.yaml", "Pulumi.primary.yaml": "Pulumi.primary.yaml",
		"Pulumi.secondary.yaml": "Pulumi.secondary.yaml", "system.yaml": "internal/clitest/testdata/small.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, to), text, 0o600))
	}
	require.Zero(t, s.run(t, "sim", "up"), "bring the homes up; make tools gets the Pulumi CLI")
	require.Zero(t, s.run(t, "drill", "region-loss"))
	s.process = exec.CommandContext(context.WithoutCancel(t.Context()), s.command, "serve", "--port", "0")
	s.process.Dir = s.dir
	out, err := s.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.process.Start())
	t.Cleanup(func() { _ = s.process.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	s.address = strings.TrimSpace(line)
	require.Regexp(t, `^http://127\.0\.0\.1:[0-9]+/$`, s.address)
	return s
}

// tab opens the page that is served.
func (s *served) tab(t *testing.T, in context.Context) *opened {
	t.Helper()
	ctx, leave := chromedp.NewContext(in)
	t.Cleanup(leave)
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	o := &opened{ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, o.listen))
	call(t, o, cdplog.Enable, cdp.Empty{})
	call(t, o, network.Enable, network.EnableParams{})
	o.width(t, 1120)
	o.scheme(t, "", "light")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(s.address)))
	return o
}

// comes waits until a script gives true, and returns how long that took.
func comes(t *testing.T, o *opened, what, script string) time.Duration {
	t.Helper()
	began := time.Now()
	require.Eventually(t, func() bool { return ask[bool](t, o, script) }, 30*time.Second, 50*time.Millisecond, what)
	return time.Since(began)
}

// TestServe_followsTheHomes opens the page of homes that are up, breaks them, and heals them.
func TestServe_followsTheHomes(t *testing.T) {
	s, b := serve(t), browser(t)
	o := s.tab(t, b)
	comes(t, o, "the first look", `document.title.startsWith("Ready")`)
	comes(t, o, "the line of events", `document.getElementById("line").textContent.startsWith("Live")`)
	call(t, o, page.Reload, page.ReloadParams{})
	comes(t, o, "the page again", `document.readyState === "complete" && document.title.startsWith("Ready")`)
	loaded := ask[float64](t, o, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	t.Logf("loaded in %.0f ms (measured locally)", loaded)
	assert.Positive(t, loaded)
	assert.Less(t, loaded, 1000.0, "milliseconds until the page is loaded")
	assert.Contains(t, ask[string](t, o, `document.querySelector(".answers").innerText`), "The secondary home would take over")
	s.readable(t, o)
	s.picture(t, o, "status-ready")

	o.width(t, 1120)
	require.NoError(t, chromedp.Do(o.ctx, chromedp.Focus(`#stores .scroll`)))
	require.Zero(t, s.run(t, "sim", "inject", "region-down", "eu-west-1"))
	took := comes(t, o, "the page says so", `document.title.startsWith("Not ready")`)
	t.Logf("the page followed after %s (measured locally)", took)
	assert.Contains(t, ask[string](t, o, `document.getElementById("reasons").innerText`), "confirmed-fence")
	assert.Contains(t, ask[string](t, o, `document.getElementById("say").textContent`), "Not ready. Yes, by redoubt plan region-loss, when a person answers for gate confirmed-fence",
		"a screen reader is told")
	assert.True(t, ask[bool](t, o, `document.activeElement.closest("#stores") !== null`), "the focus stays where it was")
	s.readable(t, o)
	s.picture(t, o, "status-region-lost")
	assert.Equal(t, 5, s.run(t, "status"), "the terminal says the same")

	require.Zero(t, s.run(t, "sim", "inject", "region-up", "eu-west-1"))
	comes(t, o, "the page says so", `document.title.startsWith("Ready")`)
	for _, asked := range o.requests {
		assert.True(t, strings.HasPrefix(asked, s.address), "the page asks for %s", asked)
	}
	assert.Empty(t, o.said, "the browser says something")

	require.NoError(t, s.process.Process.Signal(syscall.SIGINT))
	require.NoError(t, s.process.Wait(), "it ends by Ctrl-C, with the code of what is done")
	comes(t, o, "the page says that it is old", `document.getElementById("line").textContent.includes("lost")`)
}

// readable holds the page on a desk and a telephone, by day and by night, for eyes, keys and screen readers.
func (s *served) readable(t *testing.T, o *opened) {
	t.Helper()
	for _, width := range []int64{1120, 390} {
		o.width(t, width)
		assert.LessOrEqual(t, ask[int64](t, o, `document.documentElement.scrollWidth`), width, "it is wider than the screen")
	}
	readable(t, o, "light", "255,255,255")
	readable(t, o, "dark", "20,24,29")
	o.scheme(t, "", "light")
	told(t, o)
	keys(t, o)
}

// told holds what a reader without eyes is told: landmarks, headings, tables with headers, and what is live.
func told(t *testing.T, o *opened) {
	t.Helper()
	roles := rolesOf(t, o)
	for _, one := range []string{"banner", "main", "contentinfo"} {
		assert.Equal(t, 1, roles[one], one)
	}
	assert.GreaterOrEqual(t, roles["table"], 4)
	assert.GreaterOrEqual(t, roles["columnheader"], 15)
	assert.GreaterOrEqual(t, roles["rowheader"], 10)
	tree, err := chromedp.Call(o.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(t, err)
	status := 0
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		role, name := strings.Trim(string(node.Role.Value), `"`), ""
		if node.Name != nil {
			name = strings.Trim(string(node.Name.Value), `"`)
		}
		if role == "status" {
			status++
		}
		if slices.Contains([]string{"heading", "table", "region", "link"}, role) {
			assert.NotEmpty(t, name, "a %s without a name", role)
		}
	}
	assert.Equal(t, 1, status, "one place is live")
}

// keys goes through the page by the tabulator: the first stop skips to the answers, and each stop is seen.
func keys(t *testing.T, o *opened) {
	t.Helper()
	require.True(t, ask[bool](t, o, `(document.activeElement.blur(), window.scrollTo(0, 0), true)`))
	var stops []string
	for range 12 {
		require.NoError(t, chromedp.Do(o.ctx, chromedp.KeyEvent("\t")))
		stops = append(stops, ask[string](t, o, `(() => { const e = document.activeElement, s = getComputedStyle(e);
			return e === document.body ? "body" : (e.closest("section")?.id ?? e.textContent.slice(0, 8)) + (s.outlineStyle === "none" ? " unseen" : ""); })()`))
	}
	for _, want := range []string{"Skip to ", "moves", "homes", "stores", "backups", "drill"} {
		assert.Contains(t, stops, want, "the tabulator stops there, in sight")
	}
}

// picture makes a picture for the documents again, where somebody asked for them.
func (s *served) picture(t *testing.T, o *opened, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	call(t, o, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1120, Height: 820, DeviceScaleFactor: 1})
	require.True(t, ask[bool](t, o, `(document.activeElement.blur(), window.scrollTo(0, 0), true)`))
	png := run(t, o, chromedp.CaptureScreenshot())
	require.NoError(t, os.WriteFile(filepath.Join(*pictures, name+".png"), png, 0o644))
}

// TestServe_isForThisMachineAlone asks as a page from elsewhere would make a browser ask.
func TestServe_isForThisMachineAlone(t *testing.T) {
	s := serve(t)
	get := func(method, host, path string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, s.address+path, nil)
		require.NoError(t, err)
		if host != "" {
			r.Host = host
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	assert.Equal(t, http.StatusMisdirectedRequest, get("GET", "evil.example.com", "").StatusCode, "a name that leads here")
	assert.Equal(t, http.StatusMethodNotAllowed, get("POST", "", "").StatusCode)
	assert.Equal(t, http.StatusNotFound, get("GET", "", "other").StatusCode)
	home := get("GET", "", "")
	assert.Equal(t, http.StatusOK, home.StatusCode)
	assert.Contains(t, home.Header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.NotContains(t, home.Header.Get("Content-Security-Policy"), "unsafe")
	require.Eventually(t, func() bool { return get("GET", "", "readiness.json").StatusCode == http.StatusOK }, 30*time.Second, 100*time.Millisecond)
	var doc map[string]any
	require.NoError(t, json.NewDecoder(get("GET", "", "readiness.json").Body).Decode(&doc))
	assert.Contains(t, doc, "verdict")
	assert.Equal(t, "atlas", doc["system"], fmt.Sprint(doc["verdict"]))
}
