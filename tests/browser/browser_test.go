//go:build apps

package browser

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
)

var shots = flag.String("shots", "", "a folder that gets a picture of each page, to look at")

// samples are the reports that the tests of the report's package keep, by name.
func samples(t *testing.T) map[string]drill.Report {
	t.Helper()
	files, err := filepath.Glob("../../recovery/drill/report/testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string]drill.Report{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r drill.Report
		require.NoError(t, json.Unmarshal(text, &r), file)
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = r
	}
	return out
}

// browser is one Chromium. It has no network: every page is a file.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("enable-automation", false), chromedp.CombinedOutput(io.Discard))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(ctx)
	t.Cleanup(leave)
	require.NoError(t, chromedp.Do(ctx), "start chromium; on Debian: apt-get install -y chromium")
	return ctx
}

// opened is a tab that shows a page, and what the browser said and asked for meanwhile.
type opened struct {
	ctx  context.Context
	file string

	mu       sync.Mutex
	said     []string
	requests []string
}

// open writes a page into a file and shows it in a tab of its own.
func open(t *testing.T, in context.Context, html []byte) *opened {
	t.Helper()
	o := &opened{file: filepath.Join(t.TempDir(), "report.html")}
	require.NoError(t, os.WriteFile(o.file, html, 0o600))
	ctx, leave := chromedp.NewContext(in)
	t.Cleanup(leave)
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	o.ctx = ctx
	require.NoError(t, chromedp.Listen(ctx, o.listen))
	call(t, o, cdplog.Enable, cdp.Empty{})
	call(t, o, network.Enable, network.EnableParams{})
	call(t, o, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}})
	call(t, o, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: true})
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(o.url())))
	return o
}

func (o *opened) url() string { return (&url.URL{Scheme: "file", Path: o.file}).String() }

func (o *opened) listen(event any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		o.said = append(o.said, fmt.Sprintf("console %s", e.Type))
	case *runtime.EventExceptionThrown:
		o.said = append(o.said, "exception: "+e.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		o.said = append(o.said, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") {
			o.requests = append(o.requests, e.Request.URL)
		}
	}
}

// call makes a call of the browser's protocol.
func call[P, R any](t *testing.T, o *opened, command cdp.Command[P, R], params P) {
	t.Helper()
	_, err := chromedp.Call(o.ctx, command, params)
	require.NoError(t, err)
}

// run does something with the page and returns what it gives.
func run[T any](t *testing.T, o *opened, action chromedp.Action[T]) T {
	t.Helper()
	out, err := chromedp.Run(o.ctx, action)
	require.NoError(t, err)
	return out
}

// ask evaluates a script and returns what it gives.
func ask[T any](t *testing.T, o *opened, script string) T {
	t.Helper()
	return run(t, o, chromedp.Evaluate[T](script))
}

// width lays the page out for a screen of so many pixels.
func (o *opened) width(t *testing.T, pixels int64) {
	t.Helper()
	call(t, o, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: pixels, Height: 900, DeviceScaleFactor: 1, Mobile: pixels < 600})
}

// scheme is the medium and the colours that the reader prefers.
func (o *opened) scheme(t *testing.T, medium, colours string) {
	t.Helper()
	call(t, o, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}}})
}

// paper prints the page as its own style says.
func (o *opened) paper(t *testing.T) []byte {
	t.Helper()
	return run(t, o, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
}

// shoot keeps a picture of the whole page, where somebody asked for pictures.
func (o *opened) shoot(t *testing.T, name string, width int64) {
	t.Helper()
	if *shots == "" {
		return
	}
	png := run(t, o, chromedp.FullScreenshot(100))
	file := fmt.Sprintf("%s-%s-%d.png", filepath.Base(t.Name()), name, width)
	require.NoError(t, os.WriteFile(filepath.Join(*shots, file), png, 0o600))
}

// pages are the pages of all tests: every sample by itself, and three of them together.
func pages(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	all := samples(t)
	for _, name := range names(all) {
		r := all[name]
		html, err := report.HTML(r)
		require.NoError(t, err)
		out[name] = html
	}
	three := []drill.Report{all["region-loss"], all["lost-queue"], all["writer-killed"]}
	html, err := report.HTMLOfAll(three)
	require.NoError(t, err)
	out["all"] = html
	return out
}
