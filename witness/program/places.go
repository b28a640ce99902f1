package program

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"redoubt/internal/clock"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/system"
	"redoubt/witness/marks"
)

// Secrets reads one secret; a client of Secrets Manager does.
type Secrets interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

// maker makes the places of one program.
type maker struct {
	*Program
	cfg     aws.Config
	secrets Secrets
}

// places are where a store's marks go in each home that the inventory knows.
func (m maker) places(s system.Store) map[system.Home]marks.Place {
	out := map[system.Home]marks.Place{}
	for home, of := range m.inventory.Homes {
		if store, has := of.Stores[s.Name]; has {
			out[home] = m.place(home, s, store)
		}
	}
	return out
}

func (m maker) place(home system.Home, s system.Store, of inventory.Store) marks.Place {
	cfg := m.cfg.Copy()
	cfg.Region = m.inventory.Homes[home].Region
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} } // one attempt is one attempt
	w := marks.Witness{Name: m.Name, Keep: m.Keep}
	switch s.Kind {
	case system.Postgres:
		return &marks.Postgres{Witness: w, Connect: func(ctx context.Context) (*pgx.Conn, error) {
			return m.connect(ctx, s, m.host(s), of.Endpoint)
		}}
	case system.Cache:
		return &marks.Cache{Witness: w, Client: redis.NewClient(m.cacheOptions(cfg, home, s, m.host(s), of.Endpoint, of.Name))}
	case system.Table:
		return &marks.Table{Witness: w, Client: dynamodb.NewFromConfig(cfg), Table: of.Name}
	case system.Bucket:
		return &marks.Bucket{Witness: w, Client: s3.NewFromConfig(cfg), Bucket: of.Name}
	default:
		if m.Standing {
			return &marks.Book{Witness: w, Client: dynamodb.NewFromConfig(cfg), Table: of.LedgerTable}
		}
		return &marks.Queue{Witness: w, Ledger: dynamodb.NewFromConfig(cfg), Messages: sqs.NewFromConfig(cfg),
			URL: of.URL, Table: of.LedgerTable}
	}
}

// host is the name that follows the switch; while one home alone has the store, AWS's own.
func (m maker) host(s system.Store) string {
	own := inventory.Inventory{System: m.inventory.System, Home: m.Home, Homes: m.inventory.Homes}
	return directory.Of(own).Stores[s.Name].Host
}

// connect opens a connection to a database at a host such as the name that follows the switch. The
// proxy's certificate is of AWS's name in the home that answers:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.howitworks.html
func (m maker) connect(ctx context.Context, s system.Store, host, certified string) (*pgx.Conn, error) {
	user, password, err := m.credentials(ctx, m.inventory.Homes[m.Home].Stores[s.Name].SecretArn)
	if err != nil {
		return nil, err
	}
	conf, err := pgx.ParseConfig("sslmode=disable port=5432") // no environment variable of a client says more
	if err != nil {
		return nil, err
	}
	conf.Host, conf.Port, conf.User, conf.Password = host, 5432, user, password
	conf.Database = strings.ReplaceAll(s.Name, "-", "_") // as components/postgres creates it
	conf.Fallbacks, conf.TLSConfig = nil, &tls.Config{ServerName: certified, MinVersion: tls.VersionTLS12}
	return pgx.ConnectConfig(ctx, conf)
}

// credentials reads a secret of this home in the form that Secrets Manager keeps for databases:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
func (m maker) credentials(ctx context.Context, arn string) (user, password string, err error) {
	if arn == "" {
		return "", "", fmt.Errorf("the inventory knows no secret of the %s home", m.Home)
	}
	answer, err := m.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(arn)})
	if err != nil {
		return "", "", fmt.Errorf("read secret %s: %w", arn, err)
	}
	var in struct{ Username, Password string }
	if err := json.Unmarshal([]byte(aws.ToString(answer.SecretString)), &in); err != nil || in.Username == "" {
		return "", "", fmt.Errorf("secret %s has no user name and password", arn) // its text stays out of the error
	}
	return in.Username, in.Password, nil
}

// cacheOptions connect to a cache at a host whose certificate is of another name, as the user of a home. Group is that
// whose token is signed.
func (m maker) cacheOptions(cfg aws.Config, home system.Home, s system.Store, host, certified, group string) *redis.Options {
	user := naming.Scope{System: m.inventory.System, Home: home}.CacheUser(s.Name)
	return &redis.Options{
		Addr: net.JoinHostPort(host, "6379"), MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true, PoolSize: 2,
		TLSConfig: &tls.Config{ServerName: certified, MinVersion: tls.VersionTLS12},
		CredentialsProviderContext: func(ctx context.Context) (string, string, error) {
			token, err := cacheToken(ctx, cfg, group, user, clock.Wall{}.Now())
			return user, token, err
		},
	}
}

// emptyHash is the SHA-256 of nothing, which the token's request carries.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// cacheToken is the password of a user who authenticates by IAM: a signed request of fifteen minutes, without its scheme:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
func cacheToken(ctx context.Context, cfg aws.Config, group, user string, now time.Time) (string, error) {
	who, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return "", fmt.Errorf("credentials for %s: %w", group, err)
	}
	query := url.Values{"Action": {"connect"}, "User": {user}, "X-Amz-Expires": {"900"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+group+"/?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, who, req, emptyHash, "elasticache", cfg.Region, now)
	return strings.TrimPrefix(signed, "http://"), err
}
