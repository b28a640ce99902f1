package entry

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
)

const zoneType = "aws:route53/zone:Zone"

func TestZone_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[ZoneArgs, *Zone]{
		Args: func(n int) *ZoneArgs {
			return &ZoneArgs{Domain: []string{"atlas.example.com", "copy.example.com"}[n], Protect: true}
		},
		New:    NewZone,
		Golden: "zone.golden",
		Bad: []pulumitest.Bad[ZoneArgs]{
			{Name: "no domain", Mutate: func(a *ZoneArgs) { a.Domain = "" }, Want: `domain is ""`},
			{Name: "a final dot", Mutate: func(a *ZoneArgs) { a.Domain = "a.example.com." }, Want: "without final dot"},
			{
				Name:   "an odd id",
				Mutate: func(a *ZoneArgs) { a.AdoptID = "/hostedzone/Z1" },
				Want:   "want the id of a hosted zone",
			},
		},
		Changes: []pulumitest.Change[ZoneArgs]{
			{Name: "the protection", Mutate: func(a *ZoneArgs) { a.Protect = false }, Want: []string{"main-zone protect"}},
			{Name: "adoption", Mutate: func(a *ZoneArgs) { a.AdoptID = "Z0123ABC" }, Want: []string{"-main-zone"}},
		},
	}.Run(t)
}

func TestZone_isPublicAndKeepsForeignRecords(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := NewZone(ctx, "main", &ZoneArgs{Domain: "atlas.example.com", Protect: true})
		return err
	})
	zone := r.Get(t, zoneType, "main-zone")
	assert.Equal(t, "atlas.example.com", zone.Values()["name"])
	assert.NotContains(t, zone.Values(), "vpcs")
	assert.Equal(t, false, zone.Values()["forceDestroy"])
	assert.True(t, zone.Protected())
}

func TestZone_givesTheIdThatRecordsNeed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ adopt, want string }{
		"created": {"", "ZNEW"}, "adopted": {"Z0123ABC", "Z0123ABC"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			pulumitest.Run(t, func(ctx *pulumi.Context) error {
				z, err := NewZone(ctx, "main", &ZoneArgs{Domain: "atlas.example.com", AdoptID: c.adopt})
				if err != nil {
					return err
				}
				pulumitest.CheckOutputs(t, z)
				z.ZoneID.ApplyT(func(id string) string { got <- id; return id })
				return nil
			}, pulumitest.WithOutputs(zoneType, resource.NewPropertyMapFromMap(map[string]any{
				"zoneId": "ZNEW", "nameServers": []any{"ns-1.example.net"},
			})))
			assert.Equal(t, c.want, <-got)
		})
	}
}
