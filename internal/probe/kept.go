package probe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// Backups is what is needed of a client of AWS Backup.
type Backups interface {
	backup.ListRecoveryPointsByBackupVaultAPIClient
	backup.ListRestoreJobsAPIClient
}

const (
	// again is how long an answer about backups is good: their ages are told in hours.
	again = 5 * time.Minute
	// lookBack is how far back is looked. What is older is later than every alarm on it allows: a weekly backup's copy
	// may be eleven and a half days old.
	lookBack = 14 * 24 * time.Hour
)

// remembered is what was seen of the backups, and when.
type remembered struct {
	mu   sync.Mutex
	at   time.Time
	kept map[string]prober.Kept
}

// backups sees what the home's vault holds of each store. A store that could not be looked at hides no other.
func (e *Eyes) backups(ctx context.Context) (found, error) {
	e.kept.mu.Lock()
	defer e.kept.mu.Unlock()
	now := e.Clock.Now()
	if now.Sub(e.kept.at) < again {
		kept := e.kept.kept
		return func(s *prober.Sight) { s.Kept = kept }, nil
	}
	tested, errs := e.restored(ctx, now), []error(nil)
	kept := map[string]prober.Kept{}
	for _, st := range e.System.Stores {
		of, there := e.own().Stores[st.Name]
		if !there || !watch.BackedUp(st) {
			continue
		}
		k, err := e.keptOf(ctx, st, of, tested, now)
		kept[st.Name] = k
		if err != nil {
			errs = append(errs, fmt.Errorf("store %s: %w", st.Name, err))
		}
	}
	errs = append(errs, tested.err)
	if err := errors.Join(errs...); err != nil {
		return func(s *prober.Sight) { s.Kept = kept }, err // looked at again in the next round
	}
	e.kept.at, e.kept.kept = now, kept
	return func(s *prober.Sight) { s.Kept = kept }, nil
}

func (e *Eyes) keptOf(ctx context.Context, st system.Store, of inventory.Store, tested restores, now time.Time) (prober.Kept, error) {
	if st.Kind == system.Cache {
		return e.exported(ctx, st, of, now)
	}
	own, peers := backedUp(e.own(), st), backedUp(e.Inventory.Homes[e.Home.Peer()], st)
	k := prober.Kept{Restored: latest(tested.of[own], tested.of[peers])}
	var err, err2 error
	k.Backup, err = e.newest(ctx, own, now)
	k.Copied, err2 = e.newest(ctx, peers, now)
	return k, errors.Join(err, err2)
}

// backedUp is what AWS Backup backs up of a store in a home; of a queue, its ledger.
func backedUp(h inventory.Home, st system.Store) string {
	of := h.Stores[st.Name]
	if st.Kind == system.Queue && of.LedgerTable != "" {
		return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", h.Region, h.Account, of.LedgerTable)
	}
	return of.Arn
}

// newest is when the newest whole recovery point of a resource in the home's vault was made; zero is none lately. A copy
// is of the resource of the other home.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
func (e *Eyes) newest(ctx context.Context, arn string, now time.Time) (at time.Time, err error) {
	if arn == "" {
		return at, nil
	}
	pages := backup.NewListRecoveryPointsByBackupVaultPaginator(e.Clients.Backups, &backup.ListRecoveryPointsByBackupVaultInput{
		BackupVaultName: aws.String(e.own().Vault.Name), ByResourceArn: aws.String(arn), ByCreatedAfter: aws.Time(now.Add(-lookBack)),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return time.Time{}, err
		}
		for _, p := range page.RecoveryPoints {
			if p.Status == types.RecoveryPointStatusCompleted {
				at = latest(at, aws.ToTime(p.CreationDate))
			}
		}
	}
	return at, nil
}

// restores are when restore tests last ended well, by the resource whose backup was restored.
type restores struct {
	of  map[string]time.Time
	err error
}

// restored lists the restore tests that were found good (components/vault).
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreJobs.html
func (e *Eyes) restored(ctx context.Context, now time.Time) restores {
	out := restores{of: map[string]time.Time{}}
	pages := backup.NewListRestoreJobsPaginator(e.Clients.Backups, &backup.ListRestoreJobsInput{
		ByStatus: types.RestoreJobStatusCompleted, ByCreatedAfter: aws.Time(now.Add(-lookBack)),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			out.err = fmt.Errorf("restore tests: %w", err)
			return out
		}
		for _, j := range page.RestoreJobs {
			if j.ValidationStatus == types.RestoreValidationStatusSuccessful {
				arn := aws.ToString(j.SourceResourceArn)
				out.of[arn] = latest(out.of[arn], aws.ToTime(j.CompletionDate))
			}
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
