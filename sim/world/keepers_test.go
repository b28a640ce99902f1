package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const third = "eu-north-1"

// lockTables are those of both homes and of the arbiter.
func lockTables(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, 12)
	for _, region := range []string{ireland, frankfurt, third} {
		l.make(region, "locks", dynamoTable, doc{"Name": "locks", "BillingMode": "PAY_PER_REQUEST", "HashKey": "lock",
			"Attributes": []any{doc{"Name": "lock", "Type": "S"}}})
	}
	return l
}

func (l *lab) say(home string) {
	l.t.Helper()
	l.call(third, "dynamodb", "PutItem", doc{"TableName": "locks", "Item": doc{"lock": attr("active-word"), "active": attr(home)}})
}

// holders are who has the lease in each region; "" is nobody.
func (l *lab) holders() map[string]string {
	l.t.Helper()
	out := map[string]string{}
	for _, region := range []string{ireland, frankfurt, third} {
		got := l.call(region, "dynamodb", "GetItem", doc{"TableName": "locks", "Key": doc{"lock": attr("active-home")}})
		item, _ := got["Item"].(map[string]any)
		owner, _ := item["owner"].(map[string]any)
		out[region], _ = owner["S"].(string)
	}
	return out
}

func all(home string) map[string]string {
	return map[string]string{ireland: home, frankfurt: home, third: home}
}

// TestKeepers_takeTheLeaseSomeTimeAfterTheWord: and a word that was taken back meanwhile gives nobody a lease.
func TestKeepers_takeTheLeaseSomeTimeAfterTheWord(t *testing.T) {
	t.Parallel()
	l := lockTables(t)
	l.say("primary")
	assert.Equal(t, all(""), l.holders(), "not at once")
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, all("primary"), l.holders())

	l.say("secondary")
	l.Advance(l.Now().Add(10 * time.Second))
	l.say("primary")
	for range 12 {
		l.Advance(l.Now().Add(10 * time.Second))
		assert.Equal(t, all("primary"), l.holders(), "the word was taken back before any keeper acted")
	}
	l.call(third, "dynamodb", "PutItem", doc{"TableName": "locks", "Item": doc{"lock": attr("another"), "active": attr("secondary")}})
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, all("primary"), l.holders(), "another lock is no word")
}

// TestKeepers_copyTheNewestWord: each home has it in its own table, with the leave that is given back later.
func TestKeepers_copyTheNewestWord(t *testing.T) {
	t.Parallel()
	l := lockTables(t)
	say := func(version, ready string) {
		l.call(third, "dynamodb", "PutItem", doc{"TableName": "locks", "Item": doc{"lock": attr("active-word"),
			"active": attr("secondary"), "generation": doc{"N": "1"}, "version": doc{"N": version}, "ready": attr(ready)}})
	}
	ready := func(region string) any {
		got := l.call(region, "dynamodb", "GetItem", doc{"TableName": "locks", "Key": doc{"lock": attr("active-word")}})
		item, _ := got["Item"].(map[string]any)
		said, _ := item["ready"].(map[string]any)
		return said["S"]
	}
	say("1", "false")
	assert.Nil(t, ready(ireland), "not at once")
	l.Advance(l.Now().Add(2 * time.Minute))
	l.inject("region-down " + ireland)
	say("2", "true")
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, "true", ready(frankfurt))
	l.inject("region-up " + ireland)
	assert.Equal(t, "false", ready(ireland), "what nobody reached stands as it stood")
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, "true", ready(ireland))
}

// TestKeepers_reachNoTableOfALostRegion: they take its lease when it is back.
func TestKeepers_reachNoTableOfALostRegion(t *testing.T) {
	t.Parallel()
	l := lockTables(t)
	l.say("primary")
	l.Advance(l.Now().Add(2 * time.Minute))
	l.inject("region-down " + ireland)
	l.say("secondary")
	l.Advance(l.Now().Add(2 * time.Minute))
	l.inject("region-up " + ireland)
	want := all("secondary")
	want[ireland] = "primary"
	assert.Equal(t, want, l.holders(), "what nobody reached stands as it stood")
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, all("secondary"), l.holders())
}
