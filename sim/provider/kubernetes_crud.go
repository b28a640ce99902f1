package provider

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/world"
)

// Create makes an object.
func (k *kubernetesProvider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if r.GetPreview() { // also of a cluster that is not there yet
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	a, err := k.act("create", r.GetUrn(), "")
	if err != nil {
		return nil, err
	}
	in, err := receive(r.GetProperties())
	if err != nil {
		return nil, err
	}
	a.id = k.objectID(a.token, in)
	e, err := k.cloud.Create(a.region, objectKind, r.GetUrn(), k.document(a, in))
	if err != nil {
		return nil, k.answer(a, err)
	}
	state, err := objectState(e, in)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: a.id, Properties: state}, k.answer(a, nil)
}

// Read reads an object back; one that is gone has an empty id.
func (k *kubernetesProvider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	a, err := k.act("read", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	in, err := receive(r.GetInputs())
	if err != nil {
		return nil, err
	}
	e, err := k.cloud.Read(a.region, objectKind, k.worldID(a.token, a.id))
	if world.IsNotFound(err) {
		return &pulumirpc.ReadResponse{}, k.answer(a, nil)
	}
	if err != nil {
		return nil, k.answer(a, err)
	}
	state, err := objectState(e, in)
	if err != nil {
		return nil, err
	}
	inputs, err := send(objectInputs(e, in))
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{Id: a.id, Properties: state, Inputs: inputs}, k.answer(a, nil)
}

// Update replaces an object by the whole new one.
func (k *kubernetesProvider) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	a, err := k.act("update", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	in, err := receive(r.GetNews())
	if err != nil {
		return nil, err
	}
	if in, err = k.unowned(a, in, r.GetIgnoreChanges()); err != nil {
		return nil, k.answer(a, err)
	}
	e, err := k.cloud.Update(a.region, objectKind, k.worldID(a.token, a.id), k.document(a, in))
	if err != nil {
		return nil, k.answer(a, err)
	}
	state, err := objectState(e, in)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: state}, k.answer(a, nil)
}

// unowned puts what the program ignores to what the object has now: the real
// provider leaves such fields to whoever manages them, such as a scaler or a plan
// (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/).
func (k *kubernetesProvider) unowned(a act, in resource.PropertyMap, ignored []string) (resource.PropertyMap, error) {
	if len(ignored) == 0 {
		return in, nil
	}
	e, err := k.cloud.Read(a.region, objectKind, k.worldID(a.token, a.id))
	if err != nil {
		return nil, err
	}
	out := resource.NewObjectProperty(in)
	live := decodeValue(nil, e.In["Object"])
	for _, text := range ignored {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return nil, err
		}
		if now, has := path.Get(live); has {
			path.Set(out, now)
		} else {
			path.Delete(out)
		}
	}
	return out.ObjectValue(), nil
}

// Delete removes an object; one that is gone already is no fault.
func (k *kubernetesProvider) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	a, err := k.act("delete", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	err = k.cloud.Delete(a.region, objectKind, k.worldID(a.token, a.id))
	if world.IsNotFound(err) {
		err = nil
	}
	return &emptypb.Empty{}, k.answer(a, err)
}

// document is an object as the world keeps it: its keys are Kubernetes' own.
func (k *kubernetesProvider) document(a act, in resource.PropertyMap) world.Document {
	return world.Document{
		"Id":     k.worldID(a.token, k.objectID(a.token, in)),
		"Object": encodeValue(nil, resource.NewObjectProperty(withoutInternal(in))),
	}
}

func withoutInternal(in resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for k, v := range in {
		if !internalKey(string(k)) {
			out[k] = v
		}
	}
	return out
}

// objectInputs are the inputs that would make the object as it is now.
func objectInputs(e *world.Entity, in resource.PropertyMap) resource.PropertyMap {
	out := decodeValue(nil, e.In["Object"]).ObjectValue()
	for key, v := range in {
		if now, has := out[key]; internalKey(string(key)) || has && plainly(v).DeepEquals(now) {
			out[key] = v
		}
	}
	return out
}

// objectState is the object with what the API server adds to its metadata.
func objectState(e *world.Entity, in resource.PropertyMap) (*structpb.Struct, error) {
	out := objectInputs(e, in)
	meta := resource.PropertyMap{}
	if v, _ := bare(out["metadata"]); v.IsObject() {
		meta = v.ObjectValue().Copy()
	}
	if uid, ok := e.Out["Uid"].(string); ok {
		meta["uid"] = resource.NewStringProperty(uid)
	}
	out["metadata"] = resource.NewObjectProperty(meta)
	return send(withoutInternal(out))
}
