package cells_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/probe/cells"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch/prober"
)

var (
	at      = time.Date(2026, 11, 27, 9, 0, 0, 123456000, time.UTC)
	errGone = errors.New("gone")
)

// replica is one home's half of a table, by table and key.
type replica struct {
	held map[string]map[string]types.AttributeValue
	err  error
}

func keyOf(table string, item map[string]types.AttributeValue) string {
	out := table
	for _, name := range []string{inventory.RecordsKey, inventory.RecordsSort, inventory.LedgerKey} {
		if v, is := item[name].(*types.AttributeValueMemberS); is {
			out += "|" + name + "=" + v.Value
		}
	}
	return out
}

func (r *replica) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if r.err == nil {
		r.held[keyOf(*in.TableName, in.Item)] = in.Item
	}
	return &dynamodb.PutItemOutput{}, r.err
}

func (r *replica) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: r.held[keyOf(*in.TableName, in.Key)]}, r.err
}

// home is S3 of one home, by bucket and key.
type home struct {
	held map[string][]byte
	err  error
}

func (h *home) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	raw, err := io.ReadAll(in.Body)
	if h.err == nil && err == nil {
		h.held[*in.Bucket+"/"+*in.Key] = raw
	}
	return &s3.PutObjectOutput{}, errors.Join(h.err, err)
}

func (h *home) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	raw, there := h.held[*in.Bucket+"/"+*in.Key]
	if h.err == nil && !there {
		return nil, &s3types.NoSuchKey{}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(raw))}, h.err
}

// TestTable_isWrittenWhereTheSystemServesAndReadHere: what has not come over is not seen, and a ledger's item is no work.
func TestTable_isWrittenWhereTheSystemServesAndReadHere(t *testing.T) {
	t.Parallel()
	for _, ledger := range []bool{false, true} {
		own, peers := &replica{held: map[string]map[string]types.AttributeValue{}}, &replica{held: map[string]map[string]types.AttributeValue{}}
		c := &cells.Table{Home: system.Secondary, Ledger: ledger,
			Clients: map[system.Home]cells.Items{system.Primary: peers, system.Secondary: own},
			Names:   map[system.Home]string{system.Primary: "theirs", system.Secondary: "ours"}}
		_, err := c.Read(t.Context())
		require.ErrorIs(t, err, cells.ErrNone)
		require.NoError(t, c.Write(t.Context(), system.Primary, at))
		_, err = c.Read(t.Context())
		require.ErrorIs(t, err, cells.ErrNone, "it has not come over")
		require.Len(t, peers.held, 1)
		for key, item := range peers.held {
			own.held[strings.Replace(key, "theirs", "ours", 1)] = item
			assert.NotContains(t, item, inventory.LedgerOpen, "nobody takes it for work")
			expires, is := item[inventory.Expires].(*types.AttributeValueMemberN)
			require.True(t, is)
			assert.Equal(t, strconv.FormatInt(at.Add(48*time.Hour).Unix(), 10), expires.Value, "it goes when no prober runs any more")
			assert.Contains(t, key, prober.TableKey(system.Secondary))
		}
		got, err := c.Read(t.Context())
		require.NoError(t, err)
		assert.Equal(t, at, got)
		require.NoError(t, c.Write(t.Context(), system.Primary, at.Add(time.Second)))
		assert.Len(t, peers.held, 1, "the mark is overwritten")
		peers.err, own.err = errGone, errGone
		require.ErrorIs(t, c.Write(t.Context(), system.Primary, at), errGone)
		_, err = c.Read(t.Context())
		require.ErrorIs(t, err, errGone)
		delete(c.Clients, system.Primary)
		require.ErrorContains(t, c.Write(t.Context(), system.Primary, at), "no such table in the primary home")
	}
}

func TestBucket_isWrittenWhereTheSystemServesAndReadHere(t *testing.T) {
	t.Parallel()
	own, peers := &home{held: map[string][]byte{}}, &home{held: map[string][]byte{}}
	c := &cells.Bucket{Home: system.Secondary, Clients: map[system.Home]cells.Objects{system.Primary: peers, system.Secondary: own},
		Names: map[system.Home]string{system.Primary: "theirs", system.Secondary: "ours"}}
	require.NoError(t, c.Write(t.Context(), system.Primary, at))
	_, err := c.Read(t.Context())
	require.ErrorIs(t, err, cells.ErrNone, "it has not come over")
	own.held["ours/"+prober.BucketKey(system.Secondary)] = peers.held["theirs/redoubt/prober/from-secondary"]
	got, err := c.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, at, got)
	own.held["ours/"+prober.BucketKey(system.Secondary)] = bytes.Repeat([]byte("x"), 9<<20)
	_, err = c.Read(t.Context())
	require.ErrorContains(t, err, "has more than")
	own.err, peers.err = errGone, errGone
	require.ErrorIs(t, c.Write(t.Context(), system.Primary, at), errGone)
	_, err = c.Read(t.Context())
	require.ErrorIs(t, err, errGone)
	delete(c.Clients, system.Primary)
	require.ErrorContains(t, c.Write(t.Context(), system.Primary, at), "no such bucket in the primary home")
}
