package ready

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/internal/clock"
	"redoubt/recovery/readiness/page"
)

// serveOptions is what serve takes.
type serveOptions struct {
	Options
	Port int
	// Every is how often the homes are looked at on AWS; the simulated regions are looked at when something changed.
	Every time.Duration
	clock clock.Clock
}

// The shortest pause between two looks: on AWS each one makes some sixty calls.
const shortest = 5 * time.Second

// NewServe is the command serve.
func NewServe(s *streams.Streams) *cobra.Command {
	o := &serveOptions{Options: Options{Streams: s}, clock: clock.Wall{}}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show redoubt status as a local page that follows what changes",
		Long: "Show what redoubt status tells as a web page of this machine, which follows what changes by itself. It listens on the\n" +
			"loopback address only, loads nothing from elsewhere and changes nothing. Ctrl-C ends it.",
		Example: "  redoubt serve\n" +
			"  redoubt serve --on aws --every 1m --port 9000",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.serve(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.On, "on", target.Sim, "where: sim, the simulated regions, or aws")
	f.IntVar(&o.Port, "port", 8421, "the port on 127.0.0.1; 0 takes a free one")
	f.DurationVar(&o.Every, "every", 30*time.Second, "how often to look on AWS")
	o.Flags(cmd)
	return cmd
}

// serve listens until ctx ends.
func (o *serveOptions) serve(ctx context.Context) error {
	p, err := o.check()
	if err != nil {
		return err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt serve --port 0 takes a free port")
	}
	h := newHub()
	server := &http.Server{Handler: handler(h), ReadHeaderTimeout: 10 * time.Second}
	o.Streams.Printf("http://%s/\n", l.Addr())
	o.Streams.Notef("serving the readiness of %s; Ctrl-C ends it\n", p.System.Name)
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.follow(ctx, p, h)
	}()
	stop := context.AfterFunc(ctx, func() {
		h.close()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-done
	return nil
}

// check names all that is wrong with the flags and the files before anything listens.
func (o *serveOptions) check() (*project.Project, error) {
	var errs []error
	if o.Port < 0 || o.Port > 65535 {
		errs = append(errs, fmt.Errorf("--port is %d, want 0 to 65535", o.Port))
	}
	if o.Every < shortest {
		errs = append(errs, fmt.Errorf("--every is %s, want at least %s", o.Every, shortest))
	}
	if o.On != target.Sim && o.On != target.AWS {
		errs = append(errs, fmt.Errorf("--on is %q, want %s or %s", o.On, target.Sim, target.AWS))
	}
	if err := o.home(); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, exit.With(exit.Usage, err, "redoubt serve --help")
	}
	return project.Open()
}

// How often files are looked at for changes, and how soon a look is tried again that did not come through.
const (
	watchEvery = 250 * time.Millisecond
	againAfter = 2 * time.Second
)

// follow looks whenever something changed, and hands what it sees to the hub.
func (o *serveOptions) follow(ctx context.Context, p *project.Project, h *hub) {
	for ctx.Err() == nil {
		before := fingerprint(p)
		r, err := o.look(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			h.put(page.View{Readiness: &r})
			o.pause(ctx, p, before)
			continue
		}
		h.trouble(err)
		if o.clock.Sleep(ctx, againAfter) != nil {
			return
		}
	}
}

// pause returns when it is time to look again.
func (o *serveOptions) pause(ctx context.Context, p *project.Project, before string) {
	if o.On == target.AWS {
		_ = o.clock.Sleep(ctx, o.Every)
		return
	}
	for fingerprint(p) == before {
		if o.clock.Sleep(ctx, watchEvery) != nil {
			return
		}
	}
}
