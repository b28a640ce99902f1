package stacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/keys"
	"redoubt/components/secrets"
	"redoubt/inventory"
	"redoubt/system"
)

// dependencyKeys reads the keys of the dependencies. Which of them are given
// shapes what is declared; their values are secrets wherever they go.
func dependencyKeys(raw *config.Config) (map[string]string, error) {
	given := map[string]string{}
	if _, err := raw.TrySecretObject("dependencyKeys", &given); err != nil && !errors.Is(err, config.ErrMissingVar) {
		// The SDK's error may quote the value.
		return nil, fmt.Errorf("%s:dependencyKeys is not an object of texts", Namespace)
	}
	return given, nil
}

// checkKeys reports keys for what the system does not depend on.
func (c Config) checkKeys(s *system.System) (errs []error) {
	for _, name := range sortedKeys(c.DependencyKeys) {
		if !slices.ContainsFunc(s.Dependencies, func(d system.Dependency) bool { return d.Name == name }) {
			errs = append(errs, fmt.Errorf("%s:dependencyKeys names %q, which is no dependency of %s",
				Namespace, name, c.System))
		}
	}
	return errs
}

func (h *home) declareSecrets() error {
	if len(h.system.Dependencies) == 0 {
		return nil
	}
	args := &secrets.Args{
		Scope: h.scope(), Dependencies: h.system.Dependencies, Values: map[string]pulumi.StringInput{},
		KeyArn: h.keys.Arn(keys.Secrets), Protect: h.config.Protect,
	}
	for name, key := range h.config.DependencyKeys {
		if key != "" {
			args.Values[name] = pulumi.ToSecret(pulumi.String(key)).(pulumi.StringOutput)
		}
	}
	if err := h.warnOfKeys(); err != nil {
		return err
	}
	var err error
	h.secrets, err = secrets.New(h.ctx, "secrets", args, h.here())
	return err
}

// warnOfKeys says which secrets stay without a value. An empty key says that
// somebody else puts it, and is not warned of.
func (h *home) warnOfKeys() error {
	var missing []string
	for _, d := range h.system.Dependencies {
		if _, given := h.config.DependencyKeys[d.Name]; !given {
			missing = append(missing, d.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return h.ctx.Log.Warn(fmt.Sprintf("no key for %s: their secrets have no value in the %s home, and who needs them cannot "+
		"call; set redoubt:dependencyKeys in both stacks (with an empty text where somebody else puts the value)",
		strings.Join(missing, ", "), h.config.Home), nil)
}

func (h *home) secretSlots() []slot {
	if h.secrets == nil {
		return nil
	}
	return []slot{{h.secrets.Arns, func(o *inventory.Home, v any) { o.Secrets = v.(map[string]string) }}}
}
