//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"redoubt/internal/motofront"
	"redoubt/inventory"
	"redoubt/system"
)

const account = "123456789012"

// Regions are where the homes are, as moto keeps them apart.
var Regions = map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}

// cloud is a home's clients of the AWS stores, at an address on loopback.
type cloud struct {
	aws.Config
	tables  *dynamodb.Client
	buckets *s3.Client
	queues  *sqs.Client
}

// cloudAt are the clients of a home, with credentials that no account has. One call is one attempt.
func cloudAt(home system.Home, port int) cloud {
	endpoint := "http://" + loopback(port)
	cfg := aws.Config{Region: Regions[home], BaseEndpoint: &endpoint,
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	return cloud{cfg, dynamodb.NewFromConfig(cfg), s3.NewFromConfig(cfg), sqs.NewFromConfig(cfg)}
}

func motoServer() (string, error) {
	at, err := exec.LookPath("moto_server")
	if err != nil {
		return "", errors.New("no moto_server is on PATH (pip install 'moto[server]==5.2.1')")
	}
	return at, nil
}

// startMoto starts moto, which all rounds share, behind a front that all processes go through.
func (m *Machine) startMoto(ctx context.Context) error {
	server, err := motoServer()
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	m.moto, err = start(command{name: server, log: filepath.Join(m.dir, "moto.log"),
		args: []string{"-H", "127.0.0.1", "-p", strconv.Itoa(port)}, env: []string{"MOTO_ACCOUNT_ID=" + account}})
	if err != nil {
		return err
	}
	if m.front, err = motofront.Listen(loopback(port)); err != nil {
		return err
	}
	m.motoPort = m.front.Address.Port
	return m.moto.answers(ctx, func(ctx context.Context) error { return m.motoSays(ctx, http.MethodGet, "") })
}

// motoSays asks moto's own interface: https://docs.getmoto.org/en/latest/docs/server_mode.html#reset-api
func (m *Machine) motoSays(ctx context.Context, method, path string) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+loopback(m.motoPort)+"/moto-api/"+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // nothing is read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("moto answers %s", res.Status)
	}
	return nil
}

// makeStores makes the AWS stores of both homes anew.
func (p *Pair) makeStores(ctx context.Context) error {
	if err := p.m.motoSays(ctx, http.MethodPost, "reset"); err != nil {
		return err
	}
	for home, c := range p.direct {
		if err := c.table(ctx, p.store(home, Sessions).Name, inventory.RecordsKey, inventory.RecordsSort); err != nil {
			return err
		}
		if _, err := c.buckets.CreateBucket(ctx, &s3.CreateBucketInput{
			Bucket: aws.String(p.store(home, Artifacts).Name),
			CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
				LocationConstraint: s3types.BucketLocationConstraint(Regions[home])},
		}); err != nil {
			return err
		}
		url, err := c.queue(ctx, p.store(home, Work).Name, p.store(home, Work).LedgerTable)
		if err != nil {
			return err
		}
		of := p.store(home, Work)
		of.URL = url
		p.Inventory.Homes[home].Stores[Work] = of
	}
	return nil
}

// table makes a table with one key, or two.
func (c cloud) table(ctx context.Context, name string, keys ...string) error {
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: ddb.BillingModePayPerRequest}
	for n, key := range keys {
		in.AttributeDefinitions = append(in.AttributeDefinitions, text(key))
		in.KeySchema = append(in.KeySchema, keyed(key, []ddb.KeyType{ddb.KeyTypeHash, ddb.KeyTypeRange}[n]))
	}
	_, err := c.tables.CreateTable(ctx, in)
	return err
}

// queue makes a queue with the table of its work ledger, and returns its address.
func (c cloud) queue(ctx context.Context, name, ledger string) (url string, err error) {
	if _, err := c.tables.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &ledger, BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{
			text(inventory.LedgerKey), text(inventory.LedgerOpen), text(inventory.LedgerAccepted)},
		KeySchema: []ddb.KeySchemaElement{keyed(inventory.LedgerKey, ddb.KeyTypeHash)},
		GlobalSecondaryIndexes: []ddb.GlobalSecondaryIndex{{
			IndexName: aws.String(inventory.LedgerIndex),
			KeySchema: []ddb.KeySchemaElement{
				keyed(inventory.LedgerOpen, ddb.KeyTypeHash), keyed(inventory.LedgerAccepted, ddb.KeyTypeRange)},
			Projection: &ddb.Projection{ProjectionType: ddb.ProjectionTypeAll},
		}},
	}); err != nil {
		return "", err
	}
	made, err := c.queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		return "", err
	}
	return aws.ToString(made.QueueUrl), nil
}

func text(name string) ddb.AttributeDefinition {
	return ddb.AttributeDefinition{AttributeName: &name, AttributeType: ddb.ScalarAttributeTypeS}
}

func keyed(name string, as ddb.KeyType) ddb.KeySchemaElement {
	return ddb.KeySchemaElement{AttributeName: &name, KeyType: as}
}
