package endtoend

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"redoubt/sim/provider"
	"redoubt/tools/judge/iam"
	"redoubt/tools/judge/needs"
	"redoubt/tools/judge/upstream"
)

// Options say where a session finds what it needs.
type Options struct {
	// Folder is where everything is written that the run leaves.
	Folder string
	// Tools is the folder of tools, with the bridge and the Pulumi CLI.
	Tools string
	// Log gets what the processes say.
	Log io.Writer
	// Planned is what moto cannot hold.
	Planned []*Planned
	// Place is where policies may apply.
	Place iam.Place
}

// Session is moto, the upstream provider behind the bridge, and the adaptor
// before it: everything that the engine needs to run the program.
type Session struct {
	folder  string
	moto    *moto
	front   *httptest.Server
	adaptor *adaptor
}

// patience is how long moto may take for one resource, haste for one of which
// planned.yaml says that it would take for ever.
const (
	patience = 5 * time.Minute
	haste    = 30 * time.Second
)

// Start starts a session. needs.Absent tells of its error whether something is not on this machine.
func Start(ctx context.Context, o Options) (s *Session, err error) {
	binary, err1 := upstream.Find()
	bridge, err2 := needs.Bridge(o.Tools)
	judges, err3 := findBeside(o.Tools, o.Place)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	known, err := schema(ctx, binary)
	if err != nil {
		return nil, err
	}
	link := filepath.Join(o.Folder, "terraform-provider-aws") // the bridge takes the name of the package from it
	if err := os.Symlink(binary, link); err != nil {
		return nil, err
	}
	s = &Session{folder: o.Folder}
	if s.moto, err = startMoto(ctx, o.Log); err != nil {
		return nil, err
	}
	address, err := url.Parse(s.moto.url)
	if err != nil {
		return nil, errors.Join(err, s.moto.close())
	}
	s.front = front(address)
	host, err := startHost(o.Log)
	if err != nil {
		return nil, errors.Join(err, s.moto.close())
	}
	s.adaptor = &adaptor{
		kinds: known, mirror: newMirror(), ledger: newLedger(o.Planned), patience: patience, haste: haste,
		beside: judges,
		bridges: &bridges{
			binary: bridge, provider: link, log: o.Log, host: host, running: map[string]*bridgeProcess{},
			env: append(os.Environ(), "AWS_ENDPOINT_URL="+s.moto.url, "AWS_ENDPOINT_URL_SFN="+s.front.URL,
				"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
				"AWS_EC2_METADATA_DISABLED=true", "PULUMI_HOME="+o.Folder, "TF_LOG=off"),
		},
	}
	if s.adaptor.simulator, err = provider.Serve(ctx, s.adaptor.mirror, provider.Options{
		Objects: s.adaptor.object,
	}); err != nil {
		return nil, errors.Join(err, s.moto.close())
	}
	if err := s.adaptor.serve(); err != nil {
		return nil, errors.Join(err, s.adaptor.simulator.Close(), s.moto.close())
	}
	return s, nil
}

// schema starts the provider only to ask what its types look like.
func schema(ctx context.Context, binary string) (kinds, error) {
	p, err := upstream.Start(ctx, binary, "eu-west-1")
	if err != nil {
		return nil, err
	}
	known, err := kindsOf(p)
	return known, errors.Join(err, p.Close())
}

// Rest lets the time pass in the simulator for which AWS keeps the source of a
// new table replica.
func (s *Session) Rest() { s.adaptor.mirror.Advance(s.adaptor.mirror.Now().Add(48 * time.Hour)) }

// Faults says where the list of what moto cannot hold is wrong.
func (s *Session) Faults() []string { return s.adaptor.ledger.faults() }

// Close ends every process of the session.
func (s *Session) Close() error {
	s.front.Close()
	return errors.Join(s.adaptor.close(), s.moto.close())
}
