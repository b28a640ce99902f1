package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/internal/plantest"
	"redoubt/internal/probe/cells"
	"redoubt/inventory"
	"redoubt/inventory/objects"
	"redoubt/recovery/arbiter"
	"redoubt/system"
	"redoubt/watch"
)

var (
	now     = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	errGone = errors.New("gone")
)

// fakeAWS answers as AWS does: with what stands in it, or with an error for what is broken.
type fakeAWS struct {
	mu     sync.Mutex
	broken map[string]bool
	// points are when each resource's newest point was made, tests when its backup was restored.
	points, tests map[string]time.Time
	objects       map[string]string
	states        map[string]kmstypes.KeyState
	asked         map[string]int
	ended         time.Time
}

// call notes an operation, and fails where it is broken.
func (f *fakeAWS) call(operation string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[operation]++
	if f.broken[operation] {
		return errGone
	}
	return nil
}

func (f *fakeAWS) DescribeKey(_ context.Context, in *kms.DescribeKeyInput, _ ...func(*kms.Options)) (*kms.DescribeKeyOutput, error) {
	state, changed := f.states[*in.KeyId]
	if !changed {
		state = kmstypes.KeyStateEnabled
	}
	return &kms.DescribeKeyOutput{KeyMetadata: &kmstypes.KeyMetadata{KeyState: state}}, f.call("DescribeKey")
}

// ListRecoveryPointsByBackupVault answers one point a page, the oldest first, with one that is not whole.
func (f *fakeAWS) ListRecoveryPointsByBackupVault(_ context.Context, in *backup.ListRecoveryPointsByBackupVaultInput,
	_ ...func(*backup.Options)) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
	out := &backup.ListRecoveryPointsByBackupVaultOutput{}
	at, there := f.points[*in.ByResourceArn]
	switch {
	case !there:
	case in.NextToken == nil:
		out.NextToken = aws.String("more")
		out.RecoveryPoints = []backuptypes.RecoveryPointByBackupVault{
			{Status: backuptypes.RecoveryPointStatusCompleted, CreationDate: aws.Time(at.Add(-time.Hour))}}
	default:
		out.RecoveryPoints = []backuptypes.RecoveryPointByBackupVault{
			{Status: backuptypes.RecoveryPointStatusCompleted, CreationDate: &at},
			{Status: backuptypes.RecoveryPointStatusPartial, CreationDate: aws.Time(at.Add(time.Minute))}}
	}
	return out, f.call("ListRecoveryPointsByBackupVault")
}

func (f *fakeAWS) ListRestoreJobs(context.Context, *backup.ListRestoreJobsInput, ...func(*backup.Options)) (*backup.ListRestoreJobsOutput, error) {
	out := &backup.ListRestoreJobsOutput{}
	for arn, at := range f.tests {
		out.RestoreJobs = append(out.RestoreJobs,
			backuptypes.RestoreJobsListMember{SourceResourceArn: aws.String(arn), CompletionDate: aws.Time(at),
				ValidationStatus: backuptypes.RestoreValidationStatusSuccessful},
			backuptypes.RestoreJobsListMember{SourceResourceArn: aws.String(arn), CompletionDate: aws.Time(at.Add(time.Hour)),
				ValidationStatus: backuptypes.RestoreValidationStatusFailed})
	}
	return out, f.call("ListRestoreJobs")
}

func (f *fakeAWS) GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	return &cloudwatch.GetMetricDataOutput{MetricDataResults: []cwtypes.MetricDataResult{{
		Timestamps: []time.Time{f.ended.Add(time.Hour), f.ended}, Values: []float64{0, 1}}}}, f.call("GetMetricData")
}

func (f *fakeAWS) ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return &s3.ListObjectsV2Output{Contents: []s3types.Object{
		{Key: aws.String("old"), LastModified: aws.Time(now.Add(-30 * time.Hour))},
		{Key: aws.String("own"), LastModified: aws.Time(now.Add(-6 * time.Hour))},
		{Key: aws.String("peer"), LastModified: aws.Time(now.Add(-7 * time.Hour))}}}, f.call("ListObjectsV2")
}

func (f *fakeAWS) HeadObject(_ context.Context, in *s3.HeadObjectInput, _ ...func(*s3.Options)) (*s3.HeadObjectOutput, error) {
	out := &s3.HeadObjectOutput{ReplicationStatus: s3types.ReplicationStatusCompleted}
	if *in.Key == "peer" {
		out.ReplicationStatus = s3types.ReplicationStatusReplica
	}
	return out, f.call("HeadObject")
}

func (f *fakeAWS) PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	return nil, errGone // the eyes change nothing
}

func (f *fakeAWS) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if err := f.call("GetObject"); err != nil {
		return nil, err
	}
	text, there := f.objects[*in.Bucket+"/"+*in.Key]
	if !there {
		return nil, &s3types.NoSuchKey{}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(text))}, nil
}

// cell is a mark in memory.
type cell struct {
	mu     sync.Mutex
	at     time.Time
	serves system.Home
	err    error
	closed bool
}

func (c *cell) Write(_ context.Context, serves system.Home, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.at, c.serves = at, serves
	}
	return c.err
}

func (c *cell) Read(context.Context) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at, c.err
}

func (c *cell) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// api is an API server's lists by their paths.
type api map[string]string

func (a api) List(_ context.Context, path string) ([]objects.Object, error) {
	text, there := a[path]
	if !there {
		return nil, errGone
	}
	var out []objects.Object
	return out, json.Unmarshal([]byte(text), &out)
}

// theCluster has a ready node in each zone and all replicas of each agent, one in each zone.
func theCluster(s *system.System, of inventory.Home) api {
	var nodes, deployments, pods []string
	for _, zone := range of.Zones {
		nodes = append(nodes, fmt.Sprintf(`{"metadata":{"name":"node-%s","labels":{"%s":"%s"}},"status":{"conditions":[
			{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True"}]}}`, zone, zoneLabel, zone))
	}
	for _, a := range s.Agents {
		deployments = append(deployments, fmt.Sprintf(`{"metadata":{"name":"%s"},"spec":{"replicas":3},"status":{"readyReplicas":3}}`, a.Name))
		for _, zone := range of.Zones {
			pods = append(pods, fmt.Sprintf(`{"metadata":{"labels":{"%s":"%s"}},"spec":{"nodeName":"node-%s"},
				"status":{"conditions":[{"type":"Ready","status":"True"}]}}`, agentLabel, a.Name, zone))
		}
	}
	list := func(of []string) string { return "[" + strings.Join(of, ",") + "]" }
	in := of.Cluster.Namespace
	return api{"/api/v1/nodes": list(nodes), "/apis/apps/v1/namespaces/" + in + "/deployments": list(deployments),
		"/api/v1/namespaces/" + in + "/pods": list(pods)}
}

// balancer is the load balancer of both homes.
func balancer(t *testing.T, status *int) (Entry, *httptest.Server) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != entryPath || !strings.HasSuffix(r.Host, ".example.com") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(*status)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // who only connects is no fault
	s.StartTLS()
	t.Cleanup(s.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	return Entry{Domain: "example.com", Addresses: map[system.Home]string{system.Primary: "one.example.net", system.Secondary: "two.example.net"},
		Clock: clock.Wall{}, TLS: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}}, s
}

// theEyes see everything in a home of the example, and find it well.
func theEyes(t *testing.T, home system.Home) (*Eyes, *fakeAWS) {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	inv = plantest.WithArbiter(inv)
	inv.Home = home
	f := &fakeAWS{broken: map[string]bool{}, points: map[string]time.Time{}, tests: map[string]time.Time{}, asked: map[string]int{},
		objects: map[string]string{}, states: map[string]kmstypes.KeyState{}, ended: now.Add(-5 * time.Hour)}
	status := http.StatusOK
	entry, _ := balancer(t, &status)
	v := clock.NewVirtual(now)
	e := &Eyes{System: s, Home: home, Inventory: inv, Clock: v, Stores: map[string]*Mark{}, Entry: entry,
		Active:  func(context.Context) (system.Home, error) { return system.Primary, nil },
		Word:    func(context.Context) (arbiter.Word, error) { return arbiter.First(), nil },
		Clients: Clients{f, f, f, f, map[system.Home]cells.Objects{system.Primary: f, system.Secondary: f}},
		Cluster: theCluster(s, inv.Homes[home])}
	for _, st := range s.Stores {
		e.Stores[st.Name] = &Mark{Store: st, Cell: &cell{at: now.Add(-time.Second)}, Every: watch.Beat(s, st), tried: now}
		own, peers := backedUp(inv.Homes[home], st), backedUp(inv.Homes[home.Peer()], st)
		f.points[own], f.points[peers], f.tests[peers] = now.Add(-2*time.Hour), now.Add(-3*time.Hour), now.Add(-24*time.Hour)
	}
	documents(t, f, inv, home)
	return e, f
}

// documents are the inventories and the records of both homes' control buckets.
func documents(t *testing.T, f *fakeAWS, inv inventory.Inventory, home system.Home) {
	t.Helper()
	peers := inv
	peers.Home = home.Peer()
	raw, err := inventory.Encode(peers)
	require.NoError(t, err)
	record, err := watch.Record{System: inv.System, At: now.Add(-48 * time.Hour)}.Encode()
	require.NoError(t, err)
	measured, err := watch.Record{System: inv.System, At: now.Add(-100 * 24 * time.Hour), Drills: []watch.RecordedDrill{{
		Scenario: "region-loss", Kind: "measured", System: "sandbox", Tiers: []watch.RecordedTier{{Name: "core", Took: 720, Predicted: 600}}}}}.Encode()
	require.NoError(t, err)
	for _, at := range system.Homes {
		bucket := inv.Homes[at].Control.Bucket + "/"
		f.objects[bucket+inventory.ObjectKey(home.Peer())] = string(raw)
		f.objects[bucket+watch.DriftKey], f.objects[bucket+watch.DrillKey] = string(record), string(record)
		f.objects[bucket+watch.MeasuredKey] = string(measured)
	}
}
