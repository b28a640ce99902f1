package flags

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"redoubt/system"
	"redoubt/system/flags"
)

// Source is where flags come from.
type Source interface {
	// Name says what it is, in a word, for figures and events.
	Name() string
	// Load gets all flags as they are now.
	Load(context.Context) (flags.Values, error)
}

// AppConfig reads a profile of feature flags from the local agent of AWS
// AppConfig, which runs beside the program, keeps what it got, and does all calls of AWS
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-containers-agent.html).
type AppConfig struct {
	// Base is the agent's address; empty means http://localhost:2772.
	Base string
	// Application, Environment and Profile are names or ids.
	Application, Environment, Profile string
	// Client asks; nil means one that gives up after 2 s.
	Client *http.Client
}

// asked is how long the local agent may take.
const asked = 2 * time.Second

// largest bounds what is read: AppConfig takes 2 MB of a hosted configuration by default
// (https://docs.aws.amazon.com/general/latest/gr/appconfig.html).
const largest = 2 << 20

var errMissing = errors.New("want Application, Environment and Profile")

// Name is appconfig.
func (a AppConfig) Name() string { return "appconfig" }

// Load asks the local agent.
func (a AppConfig) Load(ctx context.Context) (flags.Values, error) {
	place, err := a.address()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, err
	}
	client := a.Client
	if client == nil {
		client = &http.Client{Timeout: asked}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() // read only
	text, err := io.ReadAll(io.LimitReader(resp.Body, largest))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", place, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: %.200s", place, resp.Status, text)
	}
	return flags.Decode(text)
}

func (a AppConfig) address() (string, error) {
	if a.Application == "" || a.Environment == "" || a.Profile == "" {
		return "", fmt.Errorf("appconfig %q/%q/%q: %w", a.Application, a.Environment, a.Profile, errMissing)
	}
	base := a.Base
	if base == "" {
		base = "http://localhost:2772"
	}
	return base + "/applications/" + url.PathEscape(a.Application) + "/environments/" + url.PathEscape(a.Environment) +
		"/configurations/" + url.PathEscape(a.Profile), nil
}

// File reads flags from a file of one machine: a whole document or its values.
type File struct{ Path string }

// Name is file.
func (f File) Name() string { return "file" }

// Load reads the file.
func (f File) Load(context.Context) (flags.Values, error) {
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, err
	}
	return flags.Decode(text)
}

// Fixed are flags that never change, for tests and examples.
type Fixed flags.Values

// Name is fixed.
func (Fixed) Name() string { return "fixed" }

// Load gives the flags.
func (f Fixed) Load(context.Context) (flags.Values, error) { return flags.Values(f), nil }

var _, _, _ Source = AppConfig{}, File{}, Fixed{}

// full is what an agent gives when nobody said otherwise.
var full = system.Degradation{Level: system.Full}
