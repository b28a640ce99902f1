// Package analyzer is the policy pack as Pulumi's engine speaks with it
// (pulumirpc.Analyzer). It judges each resource on its inputs when the program
// registers it, remembers them, and judges the whole stack on those inputs, related
// by what the engine tells of parents and dependencies.
package analyzer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"redoubt/assess"
	"redoubt/policies/pack"
	"redoubt/policies/rule"
	"redoubt/policies/systemfile"
	"redoubt/system"
)

// Options are what an analyzer is made of.
type Options struct {
	// Rules are those of the pack; pending ones are left out.
	Rules []rule.Rule
	// Folder is where the process runs.
	Folder string
	// Load reads the file of the system; nil takes system.Load.
	Load func(path string) (*system.System, error)
	// Forecast predicts what comes of each disruption, for a project's folder and its file of the system; nil
	// forecasts nothing.
	Forecast func(ctx context.Context, folder, file string, o assess.Options) (assess.Report, error)
	// Log tells the person who runs the engine something; nil asks the engine of the handshake to.
	Log func(ctx context.Context, text string) error
}

// Server is an analyzer. It serves one engine, for one run.
type Server struct {
	pulumirpc.UnimplementedAnalyzerServer

	options Options
	rules   []judged

	mu     sync.Mutex
	engine string
	// folder is that of the pack.
	folder string
	stack  *pulumirpc.AnalyzerStackConfigureRequest
	seen   map[string]*rule.Resource
	// unjudged are the findings about resources that are not judged yet, by rule.
	unjudged []told
	secrets  map[string]bool
	// file loads the system once.
	file func() (*system.System, error)
	// forecasts are those that were begun; stop ends them.
	forecasts map[string]func() (assess.Report, error)
	running   context.Context
	stop      context.CancelFunc
}

// judged is a rule as it is configured.
type judged struct {
	rule.Rule
	level  pack.Level
	config rule.Config
}

// told is a finding and whose it is.
type told struct {
	rule.Finding
	rule judged
}

// New returns an analyzer of the rules, each with its defaults.
func New(o Options) (*Server, error) {
	s := &Server{options: o, folder: o.Folder, seen: map[string]*rule.Resource{}, secrets: map[string]bool{},
		forecasts: map[string]func() (assess.Report, error){}}
	s.running, s.stop = context.WithCancel(context.Background())
	if s.options.Load == nil {
		s.options.Load = system.Load
	}
	if s.options.Log == nil {
		s.options.Log = s.log
	}
	s.file = sync.OnceValues(s.load)
	for _, r := range o.Rules {
		if r.Pending != "" {
			continue
		}
		c, err := r.Configure(nil)
		if err != nil {
			return nil, errors.Join(r.Validate(), err)
		}
		s.rules = append(s.rules, judged{Rule: r, level: pack.LevelOf(r), config: c})
	}
	return s, nil
}

// Handshake learns where the engine listens and where the pack is.
func (s *Server) Handshake(_ context.Context, in *pulumirpc.AnalyzerHandshakeRequest,
) (*pulumirpc.AnalyzerHandshakeResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine = in.GetEngineAddress()
	s.folder = packFolder(s.options.Folder, in.GetRootDirectory())
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

// ConfigureStack learns which stack is judged, and its settings.
func (s *Server) ConfigureStack(_ context.Context, in *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stack = in
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

// Configure sets levels and options of rules.
func (s *Server) Configure(_ context.Context, in *pulumirpc.ConfigureAnalyzerRequest) (*emptypb.Empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for n, r := range s.rules {
		given, ok := in.GetPolicyConfig()[r.ID]
		if !ok {
			continue
		}
		c, err := r.Configure(given.GetProperties().AsMap())
		errs = append(errs, err)
		s.rules[n].config, s.rules[n].level = c, levels[given.GetEnforcementLevel()]
	}
	for _, id := range slices.Sorted(maps.Keys(in.GetPolicyConfig())) {
		known := slices.ContainsFunc(s.options.Rules, func(r rule.Rule) bool { return r.ID == id })
		if !known && id != everyRule {
			errs = append(errs, fmt.Errorf("the configuration names %q, which is no rule of the pack", id))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	s.begin()
	return &emptypb.Empty{}, nil
}

// everyRule stands for every rule in a configuration; the engine has spread it already.
const everyRule = "all"

// Cancel has nothing to stop: no call waits for anything.
func (s *Server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// setting is one of the stack's settings, such as redoubt:home.
func (s *Server) setting(key string) string { return s.stack.GetConfig()[key] }

// load reads the file of the system.
func (s *Server) load() (*system.System, error) { return s.options.Load(s.path()) }

// path is the file of the system.
func (s *Server) path() string {
	given := ""
	for _, r := range s.rules {
		if r.ID == systemfile.ID {
			given = r.config.Text(systemfile.Path)
		}
	}
	return systemFile(s.folder, s.options.Folder, given, s.setting("redoubt:system"))
}
