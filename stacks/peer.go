package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/inventory"
)

// InventoryOutput is the stack output that carries the inventory.
const InventoryOutput = "inventory"

// PinnedOnly is the value of peerStack that uses the last known copy alone,
// for a peer whose stack is gone from the state backend.
const PinnedOnly = "pinned"

// lookPeer finds the peer's inventory, nil before the peer is ready. What the
// peer's stack says now wins, and whatever it no longer says is kept as last
// seen: this stack's own inventory of its last update is the pin. So a peer that
// went missing, or whose inventory is blank, removes nothing.
func lookPeer(ctx *pulumi.Context, c Config) (*inventory.Home, error) {
	last, err := readHome(ctx, "own-last", ctx.Stack(), c)
	if err != nil {
		return nil, err
	}
	if !c.PeerReady {
		if last != nil {
			return nil, errors.New("redoubt:peerReady was true and is now false: that would remove replication, " +
				"copies and the switch; set it again with: pulumi config set redoubt:peerReady true")
		}
		return nil, nil
	}
	var live *inventory.Home
	if c.PeerStack != PinnedOnly {
		if live, err = readHome(ctx, "peer", c.PeerStack, c); err != nil {
			return nil, err
		}
	}
	switch {
	case live == nil && last == nil:
		return nil, fmt.Errorf("redoubt:peerReady is true, but stack %q has no inventory; "+
			"bring it up first with: pulumi up --stack %s", c.PeerStack, c.PeerStack)
	case live == nil:
		return last, nil
	case last != nil:
		pinned := inventory.Pin(*last, *live)
		live = &pinned
	}
	return live, nil
}

// readHome reads the peer's part of the inventory that a stack exported last;
// nil means that it exported none.
func readHome(ctx *pulumi.Context, name, stack string, c Config) (*inventory.Home, error) {
	ref, err := pulumi.NewStackReference(ctx, name, &pulumi.StackReferenceArgs{
		Name: pulumi.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), stack),
	})
	if err != nil {
		return nil, fmt.Errorf("read stack %q: %w", stack, err)
	}
	out, err := ref.GetOutputDetails(InventoryOutput)
	if err != nil {
		return nil, fmt.Errorf("read the inventory of stack %q: %w", stack, err)
	}
	text, _ := out.Value.(string)
	if text == "" {
		return nil, nil
	}
	doc, err := inventory.Decode([]byte(text))
	if err != nil { // as good as none; without a last known copy the caller refuses
		return nil, ctx.Log.Warn(fmt.Sprintf("the inventory of stack %q is left aside: %v", stack, err), nil)
	}
	home, ok := doc.Homes[c.Home.Peer()]
	if !ok || inventory.Blank(home) {
		return nil, nil
	}
	return &home, nil
}
