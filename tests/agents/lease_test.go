//go:build apps && linux

package agents

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/agentkit/keep/settings"
	"redoubt/agentkit/lock"
	"redoubt/internal/local"
	"redoubt/inventory"
	"redoubt/system"
)

// places are the three tables of leases: each home's own, and the arbiter's in a third region.
var places = map[system.Home]settings.Place{
	system.Primary:   {Table: "locks", Region: local.Regions[system.Primary]},
	system.Secondary: {Table: "locks-of-the-peer", Region: local.Regions[system.Secondary]},
}

var third = settings.Place{Table: "locks-of-the-arbiter", Region: "eu-north-1"}

// told is the environment of what stands in a home and asks for leases, or keeps them.
func told(of system.Home) map[string]string {
	out := settings.Settings{Home: of, Own: places[of], Arbiter: third, Peer: places[of.Peer()]}.Environment()
	out["AWS_REGION"] = places[of].Region
	return out
}

// TestLease_writersStopWhenTheWordNamesTheOtherHome runs the agents of one home with three tables of leases and the keepers of
// both homes, all of them processes, and moves the word away and back under load. Nobody writes while the other home has the
// lease, who reads conversations notices nothing, and what was accepted is answered after the way back, once.
func TestLease_writersStopWhenTheWordNamesTheOtherHome(t *testing.T) {
	setenv(t, told(system.Primary)) // before the agents start
	a := open(t, false, instances...)
	w := &moving{run: &run{T: t, seen: map[string][]string{}, load: newLoad(a, 400*time.Millisecond, 200*time.Millisecond)}}
	w.makeTables()
	w.keepers()
	w.until("questions were accepted in the home with the lease", func() bool { return w.planned() == "deep by large-model" })
	end := w.begin(t, "the primary home serves")
	w.calm()

	w.enter("the word names the other home")
	w.move()
	w.moved("the other home", system.Secondary)
	w.enter("the other home has the lease")
	before, accepted := w.written(), w.asked()
	w.wait(6 * time.Second)
	assert.Equal(t, before, w.written(), "nobody writes")
	assert.Equal(t, accepted, w.asked(), "no question is accepted")

	w.enter("the word names this home again")
	w.move()
	w.moved("this home", system.Primary)
	w.plans("deep by large-model")
	w.calm()
	w.enter("the end")
	end()
	w.settle()
	w.judge()
}

// moving is a run in which the word moves.
type moving struct{ *run }

// client asks the tables of a region.
func (w *moving) client(region string) *dynamodb.Client {
	return dynamodb.NewFromConfig(w.Pair.Config(system.Primary), func(o *dynamodb.Options) { o.Region = region })
}

// makeTables makes the two tables that the home does not have.
func (w *moving) makeTables() {
	for _, p := range []settings.Place{places[system.Secondary], third} {
		key := aws.String(inventory.LocksKey)
		_, err := w.client(p.Region).CreateTable(w.Context(), &dynamodb.CreateTableInput{TableName: &p.Table,
			BillingMode:          types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: key, AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: key, KeyType: types.KeyTypeHash}}})
		require.NoError(w, err)
	}
}

// keepers starts the keeper of each home.
func (w *moving) keepers() {
	aws := map[string]string{"AWS_ENDPOINT_URL": w.config.Endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
	for _, of := range system.Homes {
		env := told(of)
		maps.Copy(env, aws)
		setenv(w.T, env)
		p, err := w.Start("keeper-"+string(of), keeper)
		require.NoError(w, err)
		w.Cleanup(func() { assert.NoError(w, p.Stop(10*time.Second), "keeper of %s", of) })
	}
	setenv(w.T, told(system.Primary))
}

// move lets the arbiter's word name the other of the homes.
func (w *moving) move() {
	words := lock.Words(w.client(third.Region), third.Table)
	word, err := words.Word(w.Context())
	require.NoError(w, err)
	require.NoError(w, words.Replace(w.Context(), word, word.Move(now(), "a demonstration")))
}

// longest is how long a move takes at most: the keeper's round that does not see the word yet, the lease that it renewed in it,
// what clocks may lie apart, and the round of the other keeper.
const longest = home.DefaultTerm + home.DefaultSkew + 2*home.DefaultTerm/4

// moved waits until a home has two of the three leases.
func (w *moving) moved(who string, of system.Home) {
	w.Helper()
	began, last, accepted := now(), time.Duration(0), w.asked()
	require.Eventually(w, func() bool {
		if n := w.asked(); n > accepted {
			last, accepted = now().Sub(began), n
		}
		return w.has(of)
	}, longest+10*time.Second, 100*time.Millisecond, who)
	w.say("%s had two of three leases %.1f s after the word; the last question before that was accepted after %.1f s",
		who, now().Sub(began).Seconds(), last.Seconds())
}

// has reports whether a home has two of the three leases.
func (w *moving) has(of system.Home) bool {
	held := 0
	for _, p := range []settings.Place{places[system.Primary], places[system.Secondary], third} {
		l, err := lock.Table(w.client(p.Region), p.Table).Get(w.Context(), home.LeaseName)
		if err == nil && system.Home(l.Owner) == of && now().Before(l.Until) {
			held++
		}
	}
	return held >= 2
}

// asked is how many questions were accepted so far.
func (w *moving) asked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.accepted)
}

// written is how much stands in the stores that one home writes at a time: tasks, answers and steps in PostgreSQL, effects of tools.
func (w *moving) written() string {
	db, err := w.Database(w.Context())
	require.NoError(w, err)
	defer db.Close(context.WithoutCancel(w.Context())) //nolint:errcheck // asked and answered
	var tasks, answers, steps int
	require.NoError(w, db.QueryRow(w.Context(), `SELECT (SELECT count(*) FROM atlas_tasks),
		(SELECT count(*) FROM atlas_tasks WHERE answer <> ''), (SELECT count(*) FROM agentkit_checkpoint)`).Scan(&tasks, &answers, &steps))
	return fmt.Sprintf("%d tasks, %d answers, %d steps, effects of %d tokens", tasks, answers, steps, len(w.effects()))
}

// judge holds what people saw, and that what was accepted had its effect once.
func (w *moving) judge() {
	for phase, s := range w.samples {
		if phase != "the end" && phase != "" {
			assert.LessOrEqual(w, s.failedShare(), mostFailed, "%s: reads of conversations that failed", phase)
			w.Logf("measured locally: %s: %.0f s, %d questions that were accepted then or later, %d tries refused, %d reads, %d failed",
				phase, s.ended.Sub(s.began).Seconds(), len(s.asked), s.refusals, len(s.read)+s.readFailed, s.readFailed)
		}
	}
	effects := w.effects()
	for _, token := range w.accepted {
		assert.Equal(w, 1, effects["task/"+token+"/tool"], "effects of %s", token)
	}
	for phase, all := range w.seen {
		for _, one := range all {
			w.Logf("%s: %s", phase, one)
		}
	}
}

func setenv(t *testing.T, all map[string]string) {
	t.Helper()
	for name, value := range all {
		t.Setenv(name, value)
	}
}
