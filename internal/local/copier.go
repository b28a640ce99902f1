//go:build linux

package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/system"
)

// copier copies what is new in the primary's AWS stores to the secondary's, once it has
// seen it for as long as the lag. It stands for what DynamoDB and S3 do by themselves, in the order of
// arrival and with one lag (assumed): moto copies nothing.
type copier struct {
	pair *Pair
	lag  time.Duration

	mu   sync.Mutex
	seen map[string]map[string]time.Time
	done map[string]map[string]bool
	err  error
	// slowest is the longest time between two looks.
	slowest time.Duration

	cancel context.CancelFunc
	ended  chan struct{}
}

// beat is how often the copier looks.
const beat = 50 * time.Millisecond

func copyFrom(p *Pair, lag time.Duration) *copier {
	ctx, cancel := context.WithCancel(context.Background())
	c := &copier{pair: p, lag: lag, cancel: cancel, ended: make(chan struct{}),
		seen: map[string]map[string]time.Time{}, done: map[string]map[string]bool{}}
	for _, store := range []string{Sessions, Artifacts, Work} {
		c.seen[store], c.done[store] = map[string]time.Time{}, map[string]bool{}
	}
	go c.run(ctx)
	return c
}

// stop ends the copying, also of what is under way.
func (c *copier) stop() error {
	c.cancel()
	<-c.ended
	return c.err
}

func (c *copier) run(ctx context.Context) {
	defer close(c.ended)
	wall := clock.Wall{}
	for last := wall.Now(); wall.Sleep(ctx, beat) == nil; last = wall.Now() {
		for store, copyNew := range map[string]func(context.Context) error{
			Sessions:  func(ctx context.Context) error { return c.table(ctx, Sessions, c.pair.store("primary", Sessions).Name) },
			Work:      func(ctx context.Context) error { return c.table(ctx, Work, c.pair.store("primary", Work).LedgerTable) },
			Artifacts: c.bucket,
		} {
			if err := copyNew(ctx); err != nil && ctx.Err() == nil {
				c.err = fmt.Errorf("copy %s: %w", store, err)
				return
			}
		}
		c.slowest = max(c.slowest, wall.Now().Sub(last))
	}
}

// ripe reports whether a thing has been seen for as long as the lag and is not copied yet.
func (c *copier) ripe(store, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := clock.Wall{}.Now()
	first, known := c.seen[store][id]
	if !known {
		c.seen[store][id], first = now, now
	}
	return !c.done[store][id] && now.Sub(first) >= c.lag
}

func (c *copier) copied(store, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[store][id] = true
}

// firstSeen is when a thing was seen first in the primary home, zero when it never was.
func (c *copier) firstSeen(store, id string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[store][id]
}

// table copies items as they are.
func (c *copier) table(ctx context.Context, store, table string) error {
	items, err := scan(ctx, c.pair.direct[system.Primary], table)
	if err != nil {
		return err
	}
	for _, item := range items {
		id := idOf(item)
		if !c.ripe(store, id) {
			continue
		}
		if _, err := c.pair.direct[system.Secondary].tables.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: aws.String(table), Item: item}); err != nil {
			return err
		}
		c.copied(store, id)
	}
	return nil
}

func (c *copier) bucket(ctx context.Context) error {
	from, to := c.pair.direct[system.Primary], c.pair.direct[system.Secondary]
	keys, err := list(ctx, from, c.pair.store(system.Primary, Artifacts).Name)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if !c.ripe(Artifacts, key) {
			continue
		}
		got, err := from.buckets.GetObject(ctx, &s3.GetObjectInput{
			Bucket: aws.String(c.pair.store(system.Primary, Artifacts).Name), Key: aws.String(key)})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if err != nil {
			return err
		}
		_, err = to.buckets.PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String(c.pair.store(system.Secondary, Artifacts).Name), Key: aws.String(key),
			Body: bytes.NewReader(body)})
		if err != nil {
			return err
		}
		c.copied(Artifacts, key)
	}
	return nil
}

// scan reads all items of a small table.
func scan(ctx context.Context, c cloud, table string) (out []map[string]ddb.AttributeValue, err error) {
	pages := dynamodb.NewScanPaginator(c.tables, &dynamodb.ScanInput{
		TableName: aws.String(table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
	}
	return out, nil
}

// list lists all keys of a small bucket.
func list(ctx context.Context, c cloud, bucket string) (out []string, err error) {
	pages := s3.NewListObjectsV2Paginator(c.buckets, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			out = append(out, aws.ToString(o.Key))
		}
	}
	return out, nil
}

// idOf is what tells an item from the others of its table: the sort key of a record, the token of work.
func idOf(item map[string]ddb.AttributeValue) string {
	for _, key := range []string{inventory.RecordsSort, inventory.LedgerKey} {
		if v, has := item[key].(*ddb.AttributeValueMemberS); has {
			return v.Value
		}
	}
	return ""
}
