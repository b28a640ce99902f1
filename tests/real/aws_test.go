//go:build real

package real

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	terraws "github.com/gruntwork-io/terratest/modules/aws"
	httphelper "github.com/gruntwork-io/terratest/modules/http-helper"
	"github.com/gruntwork-io/terratest/modules/k8s"
	"github.com/gruntwork-io/terratest/modules/retry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"redoubt/internal/awsplace"
	"redoubt/internal/awsport"
	"redoubt/internal/clock"
	"redoubt/internal/real"
	"redoubt/inventory"
	"redoubt/recovery/drill"
	"redoubt/recovery/lease"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/program"
)

// account is the suite's target on AWS. It was never tried: docs/limits.md.
type account struct {
	id, folder string
	settings   real.Settings
	system     *system.System
	config     aws.Config
	// places counts the drills, each of which has a folder of its own.
	places int
}

// open opens a real account where every guard is open, and the simulated regions where nothing asks for one.
func open(t *testing.T, s real.Settings) (target, *system.System, context.Context) {
	t.Helper()
	if !s.AWS {
		where, sys := openSimulator(t)
		return where, sys, t.Context()
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	t.Cleanup(stop)
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	t.Cleanup(cancel)
	e, err := real.Expect()
	require.NoError(t, err)
	prices, err := real.Table()
	require.NoError(t, err)
	cost, err := e.Estimate(prices)
	require.NoError(t, err)
	id, err := terraws.GetAccountIDContextE(t, ctx)
	require.NoError(t, err)
	require.NoError(t, s.Allow(id, cost), "the guards are looked at again here, because the suite can be started without make")
	cfg, err := awsport.Load(ctx)
	require.NoError(t, err)
	a := &account{id: id, folder: filepath.Join(root(), "bin", "real", "aws-"+id), settings: s, config: cfg}
	a.system = unfold(t, a.folder, id, s.Domain)
	return a, a.system, ctx
}

func (a *account) Kind() witness.Kind { return witness.Measured }
func (a *account) Account() string    { return a.id }
func (a *account) Folder() string     { return a.folder }
func (a *account) Record() string     { return filepath.Join(root(), "docs", "drills.jsonl") }
func (a *account) Now() time.Time     { return clock.Wall{}.Now() }

// in are the settings for one region.
func (a *account) in(region string) aws.Config {
	cfg := a.config.Copy()
	cfg.Region = region
	return cfg
}

func (a *account) port(inv inventory.Inventory) *awsport.Port {
	o := awsport.OptionsOf(inv)
	o.Probe = awsport.Gateway{}
	return awsport.New(a.config, o)
}

// Steady requires that users are answered, that nodes and agents of both homes are ready, and that the stores stand.
func (a *account) Steady(t *testing.T, ctx context.Context) {
	inv, active := a.Known(t, ctx)
	assert.Equal(t, system.Primary, active)
	httphelper.HTTPGetWithRetryWithCustomValidationContext(t, ctx, "https://"+a.system.Domain+awsport.GatewayPath, nil, 60,
		10*time.Second, func(status int, _ string) bool { return status == http.StatusOK })
	for _, home := range system.Homes {
		of := inv.Homes[home]
		options := a.kubernetes(t, ctx, inv, home)
		require.NoError(t, k8s.WaitUntilAllNodesReadyContextE(t, ctx, options, 60, 10*time.Second), "%s home", home)
		_, err := retry.DoWithRetryContextE(t, ctx, fmt.Sprintf("agents of the %s home", home), 60, 10*time.Second,
			func() (string, error) { return "", a.agents(t, ctx, options) })
		require.NoError(t, err)
		for name, store := range of.Stores {
			if store.Kind == system.Table {
				_, err := terraws.GetDynamoDBTableContextE(t, ctx, of.Region, store.Name)
				require.NoError(t, err, "store %s of the %s home", name, home)
			}
		}
	}
}

// agents says which Deployment is not available.
func (a *account) agents(t *testing.T, ctx context.Context, options *k8s.KubectlOptions) error {
	all, err := k8s.ListDeploymentsContextE(t, ctx, options, metav1.ListOptions{})
	if err == nil && len(all) == 0 {
		err = errors.New("there is no Deployment")
	}
	for _, d := range all {
		if !k8s.IsDeploymentAvailable(&d) {
			err = errors.Join(err, fmt.Errorf("deployment %s is not available", d.Name))
		}
	}
	return err
}

// kubernetes are the options for the API server of a home's cluster.
func (a *account) kubernetes(t *testing.T, ctx context.Context, inv inventory.Inventory, home system.Home) *k8s.KubectlOptions {
	of := inv.Homes[home].Cluster
	token, err := a.port(inv).ClusterToken(ctx, home)
	require.NoError(t, err)
	authority, err := base64.StdEncoding.DecodeString(of.CertificateAuthority)
	require.NoError(t, err)
	return k8s.NewKubectlOptionsWithRestConfig(&rest.Config{Host: of.Endpoint, BearerToken: token,
		TLSClientConfig: rest.TLSClientConfig{CAData: authority}}, of.Namespace)
}

// Place takes the lease of the home that stands by, so that nobody else runs a plan meanwhile, and starts the witness.
func (a *account) Place(t *testing.T, ctx context.Context) (drill.Place, func()) {
	inv, active := a.Known(t, ctx)
	stands, port := active.Peer(), a.port(inv)
	a.places++
	dir := filepath.Join(a.folder, fmt.Sprintf("drill-%s-%d", a.Now().Format("20060102-150405"), a.places))
	held, err := lease.Acquire(ctx, lease.Table{Port: a.port(inv).Patient(), Home: stands, Name: inv.Homes[stands].Control.LockTable},
		clock.Wall{}, "recovery", "the suite of tests/real", lease.Options{TTL: 2 * time.Minute, Skew: 10 * time.Second})
	require.NoError(t, err)
	p, err := program.Of(program.Config{Name: "suite", Home: stands}, a.system, inv)
	require.NoError(t, err)
	o := awsplace.Options{Clock: clock.Wall{}, Port: port, System: a.system, Stands: stands, Stores: p.Writers(a.config),
		Active: p.Leads().Active, Answers: a.answers(inv), Keep: a.keep(t, ctx, inv, stands), Cutter: a.networks(inv), Dir: dir, Lease: held,
		Regions: map[system.Home]string{}, Switch: map[system.Home]string{}}
	for home, of := range inv.Homes {
		o.Regions[home], o.Switch[home] = of.Region, of.Entry.SwitchAlarm
	}
	renewing, end := context.WithCancel(ctx)
	go renew(renewing, held)
	at, err := awsplace.New(ctx, o)
	require.NoError(t, err)
	since := a.Now()
	return at, func() {
		a.standing(t, ctx, inv, stands, since)
		assert.NoError(t, at.Close())
		end()
		if err := held.Release(context.WithoutCancel(ctx)); !errors.Is(err, lease.ErrLost) {
			assert.NoError(t, err)
		}
	}
}

// standing tells what the witness that stands in a home saw of the drill, where one does (redoubt:witness). The verdict is that of
// the drill's own.
func (a *account) standing(t *testing.T, ctx context.Context, inv inventory.Inventory, home system.Home, since time.Time) {
	inv.Home = home
	told, err := program.AskStanding(context.WithoutCancel(ctx), a.config, a.system, inv, home, since, clock.Wall{}.Now())
	if err != nil || told.Unknown != "" {
		t.Logf("the witness that stands in the %s home tells nothing: %v %s", home, err, told.Unknown)
		return
	}
	for _, s := range told.Stores {
		t.Logf("the witness that stands in the %s home: store %s lost %d of %d, rpo %s, rto %s %s", home, s.Loss.Store, s.Loss.Lost,
			s.Loss.Acknowledged, s.Loss.RPO, s.RTO, s.Unread)
	}
}

// renew keeps the lease also while no plan runs.
func renew(ctx context.Context, held *lease.Held) {
	for (clock.Wall{}).Sleep(ctx, held.TTL()/4) == nil {
		_ = held.Renew(ctx) // a lease that is lost stops the next plan, which says so
	}
}

// Restores reads what became of AWS Backup's own restore tests.
func (a *account) Restores(t *testing.T, ctx context.Context) []string {
	inv, _ := a.Known(t, ctx)
	var out []string
	for _, home := range system.Homes {
		region := inv.Homes[home].Region
		pages := backup.NewListRestoreJobsPaginator(backup.NewFromConfig(a.in(region)), &backup.ListRestoreJobsInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			require.NoError(t, err)
			for _, job := range page.RestoreJobs {
				if job.CreatedBy == nil || job.CreatedBy.RestoreTestingPlanArn == nil {
					continue
				}
				line := fmt.Sprintf("%s in %s: %s, validation %s %s", aws.ToString(job.ResourceType), region, job.Status,
					job.ValidationStatus, aws.ToString(job.ValidationStatusMessage))
				assert.NotContains(t, []string{"FAILED", "ABORTED"}, string(job.Status), line)
				assert.NotEqual(t, "FAILED", string(job.ValidationStatus), line)
				out = append(out, line)
			}
		}
	}
	if len(out) == 0 {
		return []string{"NOT TRIED: no restore test has run yet; repeat this stage alone on the day after"}
	}
	return out
}

// networks are the networks of both homes.
func (a *account) networks(inv inventory.Inventory) awsplace.Networks {
	n := awsplace.Networks{In: map[string]awsplace.Network{}, VPC: map[string]string{}}
	for _, of := range inv.Homes {
		n.In[of.Region], n.VPC[of.Region] = ec2.NewFromConfig(a.in(of.Region)), of.Network.VpcID
	}
	return n
}
