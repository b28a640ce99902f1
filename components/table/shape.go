package table

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/inventory"
)

// Shape is what a table is made for: its keys, and whether it leaves its home.
// All keys are texts. Changing the keys of a live table replaces it.
type Shape struct {
	// Hash and Range are the primary key; Range may be empty.
	Hash, Range string
	// TTL is the attribute that says when an item may go; empty keeps them all.
	TTL string
	// Index is a second way to find items; the zero Index is none.
	Index Index
	// Local keeps the table in its home: no stream, and a name of its own.
	Local bool
}

// Index is a global secondary index over all attributes. Items without its
// keys are not in it.
type Index struct{ Name, Hash, Range string }

// The shapes. Their attributes are told in package inventory, for those who
// read and write them.
var (
	// Records is a store of kind table: whatever agents keep under two keys.
	Records = Shape{Hash: inventory.RecordsKey, Range: inventory.RecordsSort, TTL: inventory.Expires}
	// Ledger is the accepted work of a queue.
	Ledger = Shape{
		Hash: inventory.LedgerKey, TTL: inventory.Expires,
		Index: Index{Name: inventory.LedgerIndex, Hash: inventory.LedgerOpen, Range: inventory.LedgerAccepted},
	}
	// Idempotency is the answers to calls that must not be made twice. It is
	// authoritative in the active home only.
	Idempotency = Shape{Hash: inventory.IdempotencyKey, TTL: inventory.Expires}
	// Locks is a home's locks and leases. A global table would let both homes
	// hold one lock, so it is never replicated.
	Locks = Shape{Hash: inventory.LocksKey, Local: true}
)

// keys lists the attributes that are keys of the table or its index. DynamoDB
// takes no others in a declaration.
func (s Shape) keys() []string {
	var out []string
	for _, key := range []string{s.Hash, s.Range, s.Index.Hash, s.Index.Range} {
		if key != "" && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

func (s Shape) attributes() dynamodb.TableAttributeArray {
	var out dynamodb.TableAttributeArray
	for _, key := range s.keys() {
		out = append(out, dynamodb.TableAttributeArgs{Name: pulumi.String(key), Type: pulumi.String("S")})
	}
	return out
}

func (s Shape) indexes() dynamodb.TableGlobalSecondaryIndexArray {
	if s.Index == (Index{}) {
		return nil
	}
	return dynamodb.TableGlobalSecondaryIndexArray{dynamodb.TableGlobalSecondaryIndexArgs{
		Name: pulumi.String(s.Index.Name), HashKey: pulumi.String(s.Index.Hash),
		RangeKey: pulumi.String(s.Index.Range), ProjectionType: pulumi.String("ALL"),
	}}
}
