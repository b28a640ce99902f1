package stacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/agents"
	"redoubt/components/bucket"
	"redoubt/components/configuration"
	"redoubt/components/keys"
	"redoubt/regions"
	"redoubt/system"
)

// declareConfigurationBucket makes the bucket of what this home is made from.
func (h *home) declareConfigurationBucket() (err error) {
	args := &bucket.Args{
		Scope: h.scope(), Name: configuration.Store, Generation: 1, KeyArn: h.keys.Arn(keys.Data),
		Retention: configuration.Retention(), Protect: h.config.Protect,
	}
	if copied := h.configurationCopy(); copied != "" {
		args.Peer = &bucket.Peer{
			Region: h.config.PeerRegion, KeyArn: keys.InRegion(h.keys.Arn(keys.Data), h.config.PeerRegion),
			Bucket: copied,
		}
	}
	h.configurations, err = bucket.New(h.ctx, "bucket-"+configuration.Store, args, h.here())
	return err
}

// configurationCopy is the peer's bucket, empty as long as there is none.
func (h *home) configurationCopy() string {
	if h.peer == nil {
		return ""
	}
	return h.peer.Configuration
}

// declareConfiguration writes this home's configuration there.
func (h *home) declareConfiguration() error {
	_, err := configuration.New(h.ctx, "configuration", &configuration.Args{
		Scope: h.scope(), Bucket: h.configurations.Bucket, KeyArn: h.keys.Arn(keys.Data),
		CopiedTo: h.configurationCopy(), Settings: encodeSettings(h.config.Plain), System: h.config.SystemText,
	}, h.here(), pulumi.DependsOn([]pulumi.Resource{h.configurations}))
	return err
}

// declareExport keeps the objects of the agents' namespace there too, hour by
// hour. The API server answers at an address of the services' range, behind which are network
// interfaces in the cluster's subnets.
func (h *home) declareExport() error {
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	_, err = configuration.NewExport(h.ctx, "export", &configuration.ExportArgs{
		Scope: h.scope(), Cluster: h.cluster.Name, Namespace: agents.Namespace(h.system),
		Bucket: h.configurations.Bucket, KeyArn: h.keys.Arn(keys.Data),
		Services: slices.Concat(addresses.Services, []string{regions.ServiceCIDR(h.config.Home).String()}),
		Homes:    addresses.Homes,
	}, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.agents}))
	return err
}

// configurationStore is the bucket as a store, so that it is backed up and
// restored in tests like one.
func configurationStore() system.Store {
	return system.Store{Name: configuration.Store, Kind: system.Bucket, Retention: configuration.Retention()}
}

// plainSettings are the settings of the stack that are no secret, with their
// namespace. The path of system.yaml is left out: its text is kept instead.
func plainSettings(ctx *pulumi.Context, raw *config.Config) map[string]string {
	out := map[string]string{}
	for _, key := range Keys {
		full := Namespace + ":" + key
		if v := raw.Get(key); v != "" && key != "system" && key != "databasePassword" && !ctx.IsConfigSecret(full) {
			out[full] = v
		}
	}
	return out
}

// encodeSettings writes settings, sorted by key.
func encodeSettings(plain map[string]string) string {
	if plain == nil {
		plain = map[string]string{}
	}
	text, err := json.MarshalIndent(plain, "", "  ")
	if err != nil {
		panic("encode a map of strings: " + err.Error() + "; this is a bug")
	}
	return string(text) + "\n"
}

// Rebuilt reads the settings that an update wrote into the configuration bucket. With
// the text of system.yaml from beside them and the secrets they make the stack again.
func Rebuilt(text []byte) (map[string]string, error) {
	var out map[string]string
	dec := json.NewDecoder(strings.NewReader(string(text)))
	if err := dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	for key := range out {
		if !strings.HasPrefix(key, Namespace+":") {
			return nil, fmt.Errorf("settings: key %q, want one that starts with %q", key, Namespace+":")
		}
	}
	return out, nil
}
