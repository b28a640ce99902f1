package endtoend

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/world"
)

// mirror is the simulated AWS as the simulator's provider sees it here: what
// moto holds is in it too, under moto's ids and with moto's outputs, so that
// what only the simulator can hold finds what it refers to.
type mirror struct {
	*world.World

	mu sync.Mutex
	// told is what moto holds, by URN.
	told map[string]held
}

// held is a resource as moto holds it.
type held struct {
	id    string
	state resource.PropertyMap
}

func newMirror() *mirror {
	return &mirror{World: world.New(world.Config{Seed: 1, Account: Account}), told: map[string]held{}}
}

// tell says how moto holds the resource of the URN.
func (m *mirror) tell(urn, id string, state *structpb.Struct) error {
	props, err := plugin.UnmarshalProperties(state, plugin.MarshalOptions{})
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told[urn] = held{id, props}
	return nil
}

// Create takes over what moto holds; anything else is the simulator's to make.
func (m *mirror) Create(region, kind, token string, in world.Document) (*world.Entity, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h, ok := m.told[token]; ok {
		return m.put(region, kind, token, h, in)
	}
	return m.World.Create(region, kind, token, in)
}

// Update does the same with a change.
func (m *mirror) Update(region, kind, id string, in world.Document) (*world.Entity, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, err := m.Read(region, kind, id); err == nil {
		if h, ok := m.told[e.Token]; ok {
			return m.put(region, kind, e.Token, h, in)
		}
	}
	return m.World.Update(region, kind, id, in)
}

// Delete drops what moto no longer holds, and asks the simulator otherwise.
func (m *mirror) Delete(region, kind, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.Read(region, kind, id)
	if err != nil {
		return err
	}
	if _, ok := m.told[e.Token]; !ok {
		return m.World.Delete(region, kind, id)
	}
	delete(m.told, e.Token)
	ref := world.Ref{Kind: kind, Region: e.Region, ID: id}
	return m.Apply(world.Record{Seq: m.Seq() + 1, Now: m.Now(), Del: []world.Ref{ref}})
}

func (m *mirror) put(region, kind, token string, h held, in world.Document) (*world.Entity, error) {
	place := region
	if k, ok := world.KindNamed(kind); ok && k.Global {
		place = world.Global
	}
	e := &world.Entity{
		Kind: kind, Region: place, ID: h.id, Token: token, Created: m.Now(), In: in, Out: world.Document{}, Generation: 1,
	}
	list := []*world.Entity{e}
	// What only AWS knows of it, such as the state of a key, is what the simulator would compute; so is what is seen of
	// it in another region.
	fork := m.Fork()
	if alike, err := fork.Create(region, kind, token, in); err == nil {
		e.Out = alike.Out
		list = append(list, fork.Find("", kind, func(other *world.Entity) bool {
			return other.ID == alike.ID && other.Region != place
		})...)
	}
	for _, shadow := range list {
		shadow.ID = h.id
	}
	for key, v := range h.state {
		if name := string(key); !v.IsNull() && name[0] != '_' {
			e.Out[string(name[0]-'a'+'A')+name[1:]] = v.Mappable()
		}
	}
	if arn := h.state["arn"]; arn.IsString() {
		e.ARN = arn.StringValue()
	}
	return e, m.Apply(world.Record{Seq: m.Seq() + 1, Now: m.Now(), Put: list})
}
