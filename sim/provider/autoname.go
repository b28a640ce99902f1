package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// defaultsKey lists the inputs that the provider made up, as the bridge does.
const defaultsKey = "__defaults"

// autoname returns the inputs with a made-up name when the type takes one and
// the program gives none: the resource's name, a hyphen and seven hex digits.
// A name that was made up before is kept.
func autoname(n *naming, seed []byte, name string, olds, news resource.PropertyMap) resource.PropertyMap {
	if n == nil || given(news, n.property) || (n.prefix != "" && given(news, n.prefix)) {
		return news
	}
	out := news.Copy()
	key := resource.PropertyKey(n.property)
	if madeUp(olds, n.property) {
		out[key] = olds[key]
	} else {
		out[key] = resource.NewStringProperty(n.make(seed, name))
	}
	out[defaultsKey] = resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty(n.property)})
	return out
}

func (n *naming) make(seed []byte, name string) string {
	if n.bare {
		return name
	}
	const digits = 7
	sum := sha256.Sum256(seed)
	if n.lower {
		name = strings.ToLower(name)
	}
	if room := n.max - digits - 1 - len(n.start); len(name) > room {
		name = name[:room]
	}
	return n.start + name + "-" + hex.EncodeToString(sum[:])[:digits]
}

func madeUp(olds resource.PropertyMap, property string) bool {
	list := olds[defaultsKey]
	if !list.IsArray() || !given(olds, property) {
		return false
	}
	for _, v := range list.ArrayValue() {
		if v.IsString() && v.StringValue() == property {
			return true
		}
	}
	return false
}

// seedOf is what a resource's made-up name is hashed from: the world's seed,
// the URN and, for a successor, what it succeeds. It does not use the engine's
// random seed, because a creation that is repeated after a crash must ask for
// the same thing under the same name.
func (p *awsProvider) seedOf(urn string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Appendf(nil, "%d|%s|%s", p.cloud.Config().Seed, urn, p.successor[urn])
}

// remember marks a resource that exists: what replaces it must not have its name.
func (p *awsProvider) remember(urn string, olds resource.PropertyMap) {
	text, err := json.Marshal(encodeValue(nil, resource.NewObjectProperty(olds)))
	if err != nil {
		return // only a number that JSON cannot write: the name is then made without the mark
	}
	sum := sha256.Sum256(text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.successor[urn] = hex.EncodeToString(sum[:8])
}
