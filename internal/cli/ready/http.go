package ready

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"redoubt/recovery/readiness/page"
)

// policy lets the page load its own files and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// icon is the page's sign in a tab.
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#00579a" d="M1 2h3v2h2V2h4v2h2V2h3v12H1z"/>` +
	`<path fill="#fff" d="M6 14v-3a2 2 0 0 1 4 0v3z"/></svg>`

// handler serves the page, what it is made from, and what changes.
func handler(h *hub) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		v, _, _ := h.now()
		answer(w, "text/html; charset=utf-8", func() ([]byte, error) { return page.HTML(v) })
	})
	mux.HandleFunc("GET /readiness.json", func(w http.ResponseWriter, _ *http.Request) {
		v, _, _ := h.now()
		if v.Readiness == nil {
			http.Error(w, v.Notice, http.StatusServiceUnavailable)
			return
		}
		answer(w, "application/json", func() ([]byte, error) { return json.MarshalIndent(v.Readiness, "", "  ") })
	})
	for name, kind := range map[string]string{"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, kind, func() ([]byte, error) { return page.Files.ReadFile(name) })
		})
	}
	mux.HandleFunc("GET /icon.svg", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "image/svg+xml", func() ([]byte, error) { return []byte(icon), nil })
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) { events(w, r, h) })
	return guarded(mux)
}

// guarded refuses who asks by another name than this machine's own, which a page from elsewhere could make a browser do,
// and tells the browser what the page may do.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !slices.Contains([]string{"localhost", "127.0.0.1", "::1", "[::1]"}, host) {
			http.Error(w, "ask for 127.0.0.1 or localhost", http.StatusMisdirectedRequest)
			return
		}
		for key, value := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			w.Header().Set(key, value)
		}
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, kind string, write func() ([]byte, error)) {
	body, err := write()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body)
}

// alive is how often a line without meaning is sent, so that a connection that is lost is noticed.
const alive = 15 * time.Second

// events sends what was seen last, and everything that is seen after it
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
func events(w http.ResponseWriter, r *http.Request, h *hub) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	tick := time.NewTicker(alive)
	defer tick.Stop()
	for {
		v, changed, open := h.now()
		if !open || send(w, v) != nil || out.Flush() != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-r.Context().Done():
				return
			case <-changed:
				waiting = false
			case <-tick.C:
				if _, err := fmt.Fprint(w, ": alive\n\n"); err != nil || out.Flush() != nil {
					return
				}
			}
		}
	}
}

// send writes one event.
func send(w http.ResponseWriter, v page.View) error {
	main, err := page.Main(v)
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]string{"title": v.Title(), "say": v.Say(), "main": string(main)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: readiness\ndata: %s\n\n", data)
	return err
}
