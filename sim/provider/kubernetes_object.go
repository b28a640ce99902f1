package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// clusterScoped are the kinds that live in no namespace.
var clusterScoped = []string{"APIService", "CSIDriver", "ClusterRole", "ClusterRoleBinding",
	"CustomResourceDefinition", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node",
	"PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
	"ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"}

// fixedFields are what the API server refuses to change, by kind.
var fixedFields = map[string][]string{
	"DaemonSet": {"spec.selector"}, "Deployment": {"spec.selector"}, "Job": {"spec.selector", "spec.template"},
	"StatefulSet": {"spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"},
	"RoleBinding": {"roleRef"}, "ClusterRoleBinding": {"roleRef"}, "StorageClass": {"provisioner", "parameters"},
	"PersistentVolumeClaim": {"spec.storageClassName", "spec.accessModes"}, "Secret": {"type"},
}

var objectName = regexp.MustCompile(`^[0-9a-z]([0-9a-z.:-]*[0-9a-z])?$`)

func kindName(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }

// metadata returns a text of the object's metadata; known is false when the
// engine does not know it yet.
func metadata(in resource.PropertyMap, name string) (text string, known bool) {
	meta, known := bare(in["metadata"])
	if !known || !meta.IsObject() {
		return "", known
	}
	v, known := bare(meta.ObjectValue()[resource.PropertyKey(name)])
	if !known || !v.IsString() {
		return "", known
	}
	return v.StringValue(), true
}

// named returns the object with a name: its own, the one that was made up
// before, or the resource's name with eight hex digits.
func (k *kubernetesProvider) named(urn resource.URN, olds, news resource.PropertyMap) resource.PropertyMap {
	name, known := metadata(news, "name")
	generate, _ := metadata(news, "generateName")
	if name != "" || generate != "" || !known {
		return news
	}
	if old, _ := metadata(olds, "name"); old != "" && madeUp(olds, "metadata") {
		name = old
	} else {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s", k.cloud.Config().Seed, urn))
		name = strings.ToLower(urn.Name()) + "-" + hex.EncodeToString(sum[:4])
	}
	meta := resource.PropertyMap{}
	if v, _ := bare(news["metadata"]); v.IsObject() {
		meta = v.ObjectValue().Copy()
	}
	meta["name"] = resource.NewStringProperty(name)
	out := news.Copy()
	out["metadata"] = resource.NewObjectProperty(meta)
	out[defaultsKey] = resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty("metadata")})
	return out
}

// objectID is the Pulumi id of an object: namespace/name, or the name alone
// where the kind has no namespace.
func (k *kubernetesProvider) objectID(token string, in resource.PropertyMap) string {
	name, _ := metadata(in, "name")
	if slices.Contains(clusterScoped, kindName(token)) {
		return name
	}
	namespace, _ := metadata(in, "namespace")
	if namespace == "" {
		k.mu.Lock()
		defer k.mu.Unlock()
		namespace = k.namespace
	}
	return namespace + "/" + name
}

// checkObject refuses an object that does not say what it is or has a name
// that Kubernetes would refuse.
func checkObject(token string, in resource.PropertyMap) []Failure {
	var faults []Failure
	for _, name := range []string{"apiVersion", "kind", "metadata"} {
		if !given(in, name) {
			faults = append(faults, Failure{name, "is required"})
		}
	}
	if v, known := bare(in["kind"]); known && v.IsString() && v.StringValue() != kindName(token) {
		faults = append(faults, Failure{"kind", fmt.Sprintf("is %q, want %q", v.StringValue(), kindName(token))})
	}
	if name, known := metadata(in, "name"); known && name != "" && (len(name) > 253 || !objectName.MatchString(name)) {
		faults = append(faults, Failure{"metadata.name",
			fmt.Sprintf("is %q, want up to 253 lowercase letters, digits, hyphens and dots", name)})
	}
	if meta, known := bare(in["metadata"]); known && !meta.IsNull() && !meta.IsObject() {
		faults = append(faults, Failure{"metadata", "is a " + meta.TypeString() + ", want an object"})
	}
	return faults
}

// diffObjects compares two objects; a change of identity or of a fixed field replaces.
func diffObjects(token string, old, new resource.PropertyMap) []change {
	d := differ{}
	d.entries(&shape{form: formMap}, withoutInternal(old), withoutInternal(new), nil, place{})
	fixed := append([]string{"apiVersion", "kind", "metadata.name", "metadata.namespace"}, fixedFields[kindName(token)]...)
	for i, c := range d.changes {
		for _, f := range fixed {
			if c.path == f || strings.HasPrefix(c.path, f+".") || strings.HasPrefix(c.path, f+"[") {
				d.changes[i].replace = true
			}
		}
	}
	return d.changes
}

// plainly strips secrets off a value at every depth.
func plainly(v resource.PropertyValue) resource.PropertyValue {
	return decodeValue(nil, encodeValue(nil, v))
}
