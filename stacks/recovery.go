package stacks

import (
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/agents"
	"redoubt/components/control/machine"
	"redoubt/components/keys"
	"redoubt/components/watch"
	"redoubt/inventory"
	catalogue "redoubt/watch"
)

// The forms of an image's version: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
var (
	tagForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// recoveryImage is the image of the function that recovers the home, and whether the setting names one.
func (c Config) recoveryImage() (string, bool) {
	switch {
	case digestForm.MatchString(c.RecoveryImage):
		return machine.Image + "@" + c.RecoveryImage, true
	case tagForm.MatchString(c.RecoveryImage):
		return machine.Image + ":" + c.RecoveryImage, true
	}
	return "", false
}

// recoveryImages are those that the registry needs a place for.
func (c Config) recoveryImages() []string {
	if image, is := c.recoveryImage(); is {
		return []string{image}
	}
	return nil
}

// recovers reports whether the home has a function: a tag makes its place in the registry alone, so that the image can be
// pushed, and what runs on the day is named by its digest.
func (c Config) recovers() bool { return digestForm.MatchString(c.RecoveryImage) }

// declareMachine makes what runs plans inside AWS (docs/recovering.md).
func (h *home) declareMachine() (err error) {
	if !h.config.recovers() {
		return nil
	}
	image, _ := h.config.recoveryImage()
	own := func(purpose string) pulumi.StringInput { return h.keys.Arn(purpose) }
	args := &machine.Args{
		Scope: h.scope(), PeerRegion: h.config.PeerRegion, ArbiterRegion: h.config.ArbiterRegion, Image: image, Bucket: h.control.Bucket,
		Automatic: h.config.Automatic && h.leaseRegions() != nil,
		KeyArns:   pulumi.StringArray{own(keys.Data), own(keys.Logs)}, ZoneIDs: pulumi.StringArray{h.names.ZoneID},
		SwitchNamespace: h.entry.SwitchNamespace, VpcID: h.network.VpcID, SubnetIDs: h.network.PrivateSubnetIDs,
		Cluster: h.cluster.Name, ClusterGroupID: h.cluster.SecurityGroupID, Namespace: agents.Namespace(h.system),
		LogKeyArn: h.keys.Arn(keys.Logs), Tell: h.config.told(),
	}
	if h.peer != nil {
		args.KeyArns = pulumi.StringArray{own(keys.Data), own(keys.Logs),
			pulumi.String(h.peer.Keys[keys.Data]), pulumi.String(h.peer.Keys[keys.Logs])}
		if h.peer.Control.Machine != "" {
			args.PeerRoleArn = machine.RoleArn(h.scope().Peer(h.config.PeerRegion))
		}
	}
	h.machine, err = machine.New(h.ctx, "recovery", args, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.registry, h.agents}))
	if err == nil {
		h.ctx.Export("recoveryMachine", h.machine.MachineArn)
	}
	return err
}

// machineSlots tell who recovers the home how to start it.
func (h *home) machineSlots() []slot {
	if h.machine == nil {
		return nil
	}
	return []slot{text(h.machine.MachineArn, func(o *inventory.Home, v string) { o.Control.Machine = v })}
}

// told are those who are told of pages.
func (c Config) told() []watch.Subscription {
	var out []watch.Subscription
	for _, one := range c.Subscriptions {
		if one.Severity == string(catalogue.Page) {
			out = append(out, one)
		}
	}
	return out
}
