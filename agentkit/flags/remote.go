package flags

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	"github.com/open-feature/go-sdk/openfeature"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/system/flags"
)

// Shortest is how often AppConfig may be asked at most:
// https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_StartConfigurationSession.html
const Shortest = 15 * time.Second

// Client is what is needed of a client of AppConfig's data plane.
type Client interface {
	StartConfigurationSession(context.Context, *appconfigdata.StartConfigurationSessionInput,
		...func(*appconfigdata.Options)) (*appconfigdata.StartConfigurationSessionOutput, error)
	GetLatestConfiguration(context.Context, *appconfigdata.GetLatestConfigurationInput,
		...func(*appconfigdata.Options)) (*appconfigdata.GetLatestConfigurationOutput, error)
}

var _ Client = (*appconfigdata.Client)(nil)

// Remote reads an agent's levels from AWS AppConfig with the agent's own client, as components/degradation deploys
// them. It asks no more often than AppConfig lets it: in between it gives what it got.
type Remote struct {
	client      Client
	clock       clock.Clock
	application string
	environment string

	mu     sync.Mutex
	token  *string
	values flags.Values
	// next is when AppConfig lets it ask again.
	next time.Time
}

// NewRemote returns a source that has asked nothing yet. The application is REDOUBT_FLAGS, the environment one of
// flags.Environments. A nil clock is the machine's.
func NewRemote(client Client, application, environment string, c clock.Clock) *Remote {
	if c == nil {
		c = clock.Wall{}
	}
	return &Remote{client: client, clock: c, application: application, environment: environment}
}

// Name is the environment's.
func (r *Remote) Name() string { return "appconfig." + r.environment }

// Load asks AppConfig, or gives what it got last when that is too fresh to ask again. After a fault it begins a new
// session, because a token counts once and no longer than a day.
func (r *Remote) Load(ctx context.Context) (flags.Values, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.values != nil && r.clock.Now().Before(r.next) {
		return r.values, nil
	}
	values, err := r.ask(ctx)
	if err != nil {
		r.token, r.next = nil, time.Time{}
		return nil, err
	}
	r.values = values
	return values, nil
}

func (r *Remote) ask(ctx context.Context) (flags.Values, error) {
	begun := r.token == nil
	if begun {
		out, err := r.client.StartConfigurationSession(ctx, &appconfigdata.StartConfigurationSessionInput{
			ApplicationIdentifier: aws.String(r.application), EnvironmentIdentifier: aws.String(r.environment),
			ConfigurationProfileIdentifier:       aws.String(flags.Profile),
			RequiredMinimumPollIntervalInSeconds: aws.Int32(int32(Shortest / time.Second)),
		})
		if err != nil {
			return nil, err
		}
		r.token = out.InitialConfigurationToken
	}
	out, err := r.client.GetLatestConfiguration(ctx,
		&appconfigdata.GetLatestConfigurationInput{ConfigurationToken: r.token})
	if err != nil {
		return nil, err
	}
	r.token = out.NextPollConfigurationToken
	r.next = r.clock.Now().Add(time.Duration(out.NextPollIntervalInSeconds) * time.Second)
	if len(out.Configuration) == 0 { // nothing is new since the session's last answer
		if begun {
			return nil, fmt.Errorf("nothing is deployed to %s/%s", r.application, r.environment)
		}
		return r.values, nil
	}
	return flags.Decode(out.Configuration)
}

var _ Source = (*Remote)(nil)

// Follow follows an agent's levels in all environments of its application, which is REDOUBT_FLAGS, through OpenFeature
// with a provider for each. Metrics may be nil.
func Follow(agent, application string, client Client, metrics *measure.Recorder) *Levels {
	var clients []openfeature.IClient
	for _, environment := range flags.Environments {
		domain := application + "/" + environment
		source := NewRemote(client, application, environment, nil)
		// An error says that there are no flags yet: Levels gives everything until there are.
		openfeature.SetNamedProvider(domain, NewProvider(source, Options{Every: Shortest, Metrics: metrics}))
		clients = append(clients, openfeature.NewClient(domain))
	}
	return NewLevels(agent, metrics, clients...)
}
