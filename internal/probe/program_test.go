package probe

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/internal/plantest"
	"redoubt/internal/probe/settings"
	"redoubt/inventory"
	"redoubt/system"
)

// TestProgram_followsItsInventory: it publishes every minute, looks anew where the inventory says something else, and goes
// on with the last one that it could read.
func TestProgram_followsItsInventory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inv, err := plantest.Inventory()
		require.NoError(t, err)
		raw, err := inventory.Encode(inv)
		require.NoError(t, err)
		var said bytes.Buffer
		var unread error
		var made []*cell
		own := &region{}
		regions := inventory.Inventory{Homes: map[system.Home]inventory.Home{
			system.Primary: {Region: "eu-west-1"}, system.Secondary: {Region: "eu-central-1"}}}
		p := Program{System: &system.System{Name: inv.System, Stores: []system.Store{{Name: "tasks"}}}, Home: inv.Home, Clock: clock.Wall{}, Out: &said,
			Inventory: func(context.Context) ([]byte, error) { return raw, unread },
			Open: func(inventory.Inventory) (*Eyes, map[system.Home]Putter, error) {
				c := &cell{}
				made = append(made, c)
				f := &fakeAWS{asked: map[string]int{}}
				return &Eyes{System: &system.System{}, Home: inv.Home, Inventory: regions, Clock: clock.Wall{}, Cluster: api{}, Clients: Clients{Backups: f},
					Stores: map[string]*Mark{"tasks": {Cell: c, Every: 10 * time.Second}},
					Active: func(context.Context) (system.Home, error) { return system.Primary, nil },
				}, map[system.Home]Putter{system.Primary: own, system.Secondary: own}, nil
			}}
		ctx, stop := context.WithCancel(t.Context())
		rounds, ended := 0, make(chan error, 1)
		go func() { ended <- p.Run(ctx, func() { rounds++ }) }()
		time.Sleep(2*time.Minute + time.Second)
		assert.Equal(t, 3, rounds)
		assert.Len(t, own.calls, 6, "it lives in both regions")
		assert.Len(t, made, 1, "what stays is not opened again")
		unread = errGone
		time.Sleep(time.Minute)
		assert.Contains(t, said.String(), "read the home's inventory: gone")
		assert.Len(t, own.calls, 8, "the last that was read is looked at")
		unread = nil
		of := inv.Homes[system.Secondary]
		of.Account = "210987654321"
		inv.Homes[system.Secondary] = of
		raw, err = inventory.Encode(inv)
		require.NoError(t, err)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, made, 2)
		assert.True(t, made[0].closed, "the marks of before have ended")
		assert.False(t, made[1].closed)
		inv.System = "other"
		raw, err = inventory.Encode(inv)
		require.NoError(t, err)
		time.Sleep(time.Minute)
		assert.Contains(t, said.String(), `of "other"`)
		assert.Len(t, made, 2)
		stop()
		require.NoError(t, <-ended)
		synctest.Wait()
		assert.True(t, made[1].closed)
	})
}

func TestOpen_looksAtEveryStoreOfTheHome(t *testing.T) {
	t.Parallel()
	e, _ := theEyes(t, system.Secondary)
	opened, put, err := Open(e.System, system.Secondary, e.Inventory, config(""), e.Cluster)
	require.NoError(t, err)
	assert.Len(t, put, 2)
	assert.Equal(t, e.Inventory.Homes[system.Primary].Entry.Address, opened.Entry.Addresses[system.Primary])
	for _, st := range e.System.Stores {
		m := opened.Stores[st.Name]
		require.NotNil(t, m, st.Name)
		assert.Equal(t, st, m.Store)
	}
	assert.NotNil(t, opened.Word)
	of := e.Inventory.Homes[system.Secondary]
	of.Control.Arbiter = nil
	e.Inventory.Homes[system.Secondary] = of
	opened, _, err = Open(e.System, system.Secondary, e.Inventory, config(""), e.Cluster)
	require.NoError(t, err)
	assert.Nil(t, opened.Word, "without an arbiter there is no word")
}

func TestMain_saysHowItIsUsed(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	err := Main(t.Context(), []string{"-home=moon", "more"}, none, nil)
	for _, want := range []string{`"more" is no argument`, `-home is "moon"`, "-region is missing", "-bucket is missing", "-system is missing", settings.Usage} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, Main(t.Context(), []string{"-nothing"}, none, nil), settings.Usage)
	s := settings.Settings{Home: system.Primary, Region: "eu-west-1", Bucket: "control", System: "../../system.yaml"}
	got, err := settings.Read(s.Arguments())
	require.NoError(t, err)
	assert.Equal(t, s, got)
	require.ErrorContains(t, Main(t.Context(), s.Arguments(), none, nil), "no API server in the environment")
}
