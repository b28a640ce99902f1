package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// write writes a configuration on the example's own files and returns its path.
func write(t *testing.T, more string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "witness.yaml")
	text := "home: secondary\nsystem: " + filepath.Join(root, "system.yaml") + "\ninventory: " +
		filepath.Join(root, "internal/plantest/testdata/inventory.json") + "\nlog: " + t.TempDir() + "\n" + more
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestLoad_givesEachStoreTheIntervalOfItsObjective(t *testing.T) {
	t.Parallel()
	p, err := Load(write(t, "stores: {recall: {every: 20s}, scores: {skip: true}}\n"))
	require.NoError(t, err)
	assert.Equal(t, "from-secondary", p.Name)
	assert.Equal(t, time.Second, p.every["sessions"], "an objective of 10 s holds ten marks")
	assert.Equal(t, 20*time.Second, p.every["recall"], "an objective of a minute holds three")
	assert.NotContains(t, p.every, "scores")
	assert.Len(t, p.written(), 8)
}

// TestLoad_takesTheFileOfThePage loads the file that the page of the drills shows, with the paths of this machine.
func TestLoad_takesTheFileOfThePage(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join(root, "docs", "drills.md"))
	require.NoError(t, err)
	_, shown, _ := strings.Cut(string(page), "```yaml\n")
	shown, _, _ = strings.Cut(shown, "```")
	shown = strings.NewReplacer("/etc/redoubt/inventory.json", filepath.Join(root, "internal/plantest/testdata/inventory.json"),
		"/etc/redoubt/system.yaml", filepath.Join(root, "system.yaml")).Replace(shown)
	path := filepath.Join(t.TempDir(), "witness.yaml")
	require.NoError(t, os.WriteFile(path, []byte(shown), 0o600))
	p, err := Load(path)
	require.NoError(t, err)
	assert.Equal(t, system.Secondary, p.Home)
	assert.Equal(t, 20*time.Second, p.every["transcripts"])
}

func TestLoad_refuses(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"stores: {sessions: {every: 5s}}": "store sessions: interval is 5s, want at most 3.333333333s",
		"stores: {nobody: {}}":            "stores.nobody: the system has no such store",
		"every: 1ms":                      "interval is 1ms, want at least 10ms",
		"password: secret":                "field password not found",
	} {
		_, err := Load(write(t, more+"\n"))
		require.ErrorContains(t, err, want)
	}
	path := filepath.Join(t.TempDir(), "empty.yaml")
	require.NoError(t, os.WriteFile(path, []byte("home: moon\n"), 0o600))
	_, err := Load(path)
	for _, want := range []string{`home is "moon"`, "inventory is empty", "system is empty", "log is empty"} {
		require.ErrorContains(t, err, want)
	}
}

// secrets are a home's, by ARN.
type secrets map[string]string

func (s secrets) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput,
	_ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	text, has := s[aws.ToString(in.SecretId)]
	if !has {
		return nil, errors.New("no such secret")
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(text)}, nil
}

func theMaker(t *testing.T) maker {
	t.Helper()
	p, err := Load(write(t, ""))
	require.NoError(t, err)
	return maker{p, aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "key"}, nil
	})}, secrets{}}
}

func TestPlaces_areThoseOfTheInventory(t *testing.T) {
	t.Parallel()
	m := theMaker(t)
	for _, s := range m.written() {
		for home, place := range m.places(s) {
			defer place.Close() //nolint:errcheck // nothing is open
			of := m.inventory.Homes[home].Stores[s.Name]
			switch p := place.(type) {
			case *marks.Table:
				assert.Equal(t, of.Name, p.Table)
			case *marks.Bucket:
				assert.Equal(t, of.Name, p.Bucket)
				assert.Contains(t, p.Bucket, map[system.Home]string{"primary": "eu-west-1", "secondary": "eu-central-1"}[home])
			case *marks.Queue:
				assert.Equal(t, []string{of.URL, of.LedgerTable}, []string{p.URL, p.Table})
			case *marks.Cache:
				o := p.Client.Options()
				assert.Equal(t, s.Name+".cache.atlas.internal:6379", o.Addr, "the name follows the switch")
				assert.Equal(t, of.Endpoint, o.TLSConfig.ServerName, "the certificate is of the home that serves")
				user, token, err := o.CredentialsProviderContext(t.Context())
				require.NoError(t, err)
				assert.Equal(t, "atlas-"+s.Name, user)
				assert.True(t, strings.HasPrefix(token, of.Name+"/?Action=connect&User="+user), token)
				assert.Contains(t, token, "X-Amz-Signature=")
				assert.Contains(t, token, "X-Amz-Expires=900")
			case *marks.Postgres:
				assert.Equal(t, "tasks.postgres.atlas.internal", m.host(s))
			}
		}
		assert.Len(t, m.places(s), 2)
	}
}

func TestCredentials_areReadByReferenceAndNeverShown(t *testing.T) {
	t.Parallel()
	m := theMaker(t)
	m.secrets = secrets{"good": `{"username":"redoubt","password":"p"}`, "bad": "hunter2"}
	user, password, err := m.credentials(t.Context(), "good")
	require.NoError(t, err)
	assert.Equal(t, "redoubt p", user+" "+password)
	_, _, err = m.credentials(t.Context(), "bad")
	require.ErrorContains(t, err, "secret bad has no user name and password")
	assert.NotContains(t, err.Error(), "hunter2")
	_, _, err = m.credentials(t.Context(), "")
	require.ErrorContains(t, err, "knows no secret of the secondary home")
	tasks := system.Store{Name: "tasks", Kind: system.Postgres}
	_, err = m.connect(t.Context(), tasks, m.host(tasks), m.inventory.Homes["primary"].Stores["tasks"].Endpoint)
	require.ErrorContains(t, err, "no such secret", "the secret that the inventory names is asked for")
}

func TestSwitch_followsTheDomainAsClientsDo(t *testing.T) {
	t.Parallel()
	m := theMaker(t)
	e := map[system.Home]string{
		"primary": m.inventory.Homes["primary"].Entry.Address, "secondary": m.inventory.Homes["secondary"].Entry.Address}
	names := map[string][]string{"agents.example.com": {"192.0.2.2", "192.0.2.1"}, e["primary"]: {"192.0.2.1"},
		e["secondary"]: {"198.51.100.1"}}
	s := m.theSwitch(func(_ context.Context, host string) ([]string, error) {
		if names[host] == nil {
			return nil, errors.New("no such host")
		}
		return names[host], nil
	})
	virtual := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	s.Clock = virtual
	pass := func(d time.Duration) { require.NoError(t, virtual.Advance(virtual.Now().Add(d))) }
	asks := func(want system.Home) {
		t.Helper()
		home, err := s.Active(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, home)
	}
	asks("primary")
	names["agents.example.com"] = []string{"198.51.100.1"}
	delete(names, e["primary"]) // the lost region's name is gone
	pass(900 * time.Millisecond)
	asks("primary") // cached
	pass(200 * time.Millisecond)
	asks("secondary")
	delete(names, "agents.example.com")
	pass(2 * time.Second)
	asks("secondary") // nobody answers: the last answer holds
	fresh := m.theSwitch(s.Lookup)
	_, err := fresh.Active(t.Context())
	require.ErrorContains(t, err, "look up agents.example.com")
}

// shelf is a store that is read.
type shelf []int64

func (s shelf) Read(context.Context) ([]int64, error) {
	if s == nil {
		return nil, errors.New("no answer")
	}
	return s, nil
}

func TestJudge_tellsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tries := run.Records{{Store: "tasks", Seq: 1, Began: at, Ended: at}, {Store: "tasks", Seq: 2, Began: at.Add(time.Second),
		Ended: at.Add(time.Second), Refused: "gone"}}
	v, err := judgeOne(t.Context(), system.Store{Name: "tasks"}, time.Second, tries, shelf{})
	require.NoError(t, err)
	assert.Equal(t, 1, v.Loss.Lost)
	v, err = judgeOne(t.Context(), system.Store{Name: "tasks"}, time.Second, tries, shelf(nil))
	require.NoError(t, err)
	assert.Equal(t, "no answer", v.Unread)
	assert.False(t, v.Loss.Known, "what was not read is unknown, not lost")
}

func TestMain_saysHowItIsUsed(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"run"}, {"write", "-nothing"}} {
		require.ErrorContains(t, Main(t.Context(), args, func(string) string { return "" }, nil), "witness write -config FILE")
	}
	require.ErrorContains(t, Main(t.Context(), []string{"judge", "-config", "nowhere"}, func(string) string { return "" }, nil), "read configuration")
	require.ErrorContains(t, Main(t.Context(), []string{"judge", "-since", "noon"}, func(string) string { return "" }, nil), "noon")
}
