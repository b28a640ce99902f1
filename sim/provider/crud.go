package provider

import (
	"context"
	"errors"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"redoubt/sim/world"
)

// act is one operation on one resource.
type act struct {
	verb, token, name, id, region string
	spec                          spec
}

func (p *awsProvider) act(verb, urn, id string) (act, error) {
	u := resource.URN(urn)
	a := act{verb: verb, token: string(u.Type()), name: u.Name(), id: id, spec: specs[string(u.Type())]}
	if _, err := shapesOf(a.token); err != nil {
		return a, status.Error(codes.Unimplemented, err.Error())
	}
	var err error
	a.region, err = p.home()
	return a, err
}

// answer tells the trace, and says in an error what was tried, where.
func (p *awsProvider) answer(a act, err error) error {
	if p.opts.Trace != nil {
		p.opts.Trace(Operation{a.verb, a.token, a.name, a.id, a.region, err})
	}
	if err == nil {
		return nil
	}
	return status.Errorf(codes.Unknown, "%s %s %q in %s: %v", a.verb, a.spec.kind, a.name, a.region, err)
}

// Create makes a resource; the URN is the token that makes a repeat harmless.
func (p *awsProvider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	a, err := p.act("create", r.GetUrn(), "")
	if err != nil {
		return nil, err
	}
	in, err := receive(r.GetProperties())
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		return p.previewCreate(a, in)
	}
	e, err := p.cloud.Create(a.region, a.spec.kind, r.GetUrn(), p.document(a.token, in))
	if err != nil {
		return nil, p.answer(a, err)
	}
	a.id = e.ID
	state, err := p.state(a.token, e, in)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: a.id, Properties: state}, p.answer(a, nil)
}

func (p *awsProvider) previewCreate(a act, in resource.PropertyMap) (*pulumirpc.CreateResponse, error) {
	out, err := p.previewed(a.token, in)
	if err != nil {
		return nil, err
	}
	state, err := send(out)
	return &pulumirpc.CreateResponse{Properties: state}, err
}

// Read reads a resource back; one that is gone has an empty id.
func (p *awsProvider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	a, err := p.act("read", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	old, in, err := receiveBoth(r.GetProperties(), r.GetInputs())
	if err != nil {
		return nil, err
	}
	e, err := p.cloud.Read(a.region, a.spec.kind, a.id)
	if world.IsNotFound(err) {
		return &pulumirpc.ReadResponse{}, p.answer(a, nil)
	}
	if err != nil {
		return nil, p.answer(a, err)
	}
	out, err := p.outputs(a.token, e, in)
	if err != nil {
		return nil, err
	}
	a.spec.keepUnread(old, out)
	out = guard(a.token, old, out)
	inputs, err := readInputs(a.token, in, out)
	if err != nil {
		return nil, err
	}
	state, err1 := send(out)
	sent, err2 := send(inputs)
	return &pulumirpc.ReadResponse{Id: e.ID, Properties: state, Inputs: sent},
		errors.Join(err1, err2, p.answer(a, nil))
}

// Update changes a resource; what the program ignores stays as AWS has it.
func (p *awsProvider) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	a, err := p.act("update", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	old, in, err := receiveBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		out, err := p.previewUpdate(a.token, old, in)
		if err != nil {
			return nil, err
		}
		state, err := send(out)
		return &pulumirpc.UpdateResponse{Properties: state}, err
	}
	e, err := p.cloud.Read(a.region, a.spec.kind, a.id)
	if err != nil {
		return nil, p.answer(a, err)
	}
	doc := p.document(a.token, in)
	keepIgnored(doc, p.document(a.token, old), e.In, r.GetIgnoreChanges())
	a.spec.tellRemoved(doc, old, in, r.GetIgnoreChanges())
	e, err = p.cloud.Update(a.region, a.spec.kind, a.id, doc)
	if err != nil {
		return nil, p.answer(a, err)
	}
	state, err := p.state(a.token, e, in)
	return &pulumirpc.UpdateResponse{Properties: state}, errors.Join(err, p.answer(a, nil))
}

// keepIgnored writes into the document what the entity holds at each property
// with something ignored. A block of which another part changes is sent whole, and with it what the state
// last knew of the ignored part: so the upstream provider does it.
func keepIgnored(doc, known, have world.Document, ignored []string) {
	for _, path := range ignored {
		key := pascal(topLevel(path))
		if path != topLevel(path) && !reflect.DeepEqual(doc[key], known[key]) {
			continue
		}
		if v, ok := have[key]; ok {
			doc[key] = v
		} else if path == topLevel(path) {
			delete(doc, key)
		}
	}
}

// keepUnread puts into a state that was read back what only the state knows.
func (s spec) keepUnread(old, out resource.PropertyMap) {
	for _, name := range s.unread {
		key := resource.PropertyKey(name)
		if v, had := old[key]; had {
			out[key] = v
		} else {
			delete(out, key)
		}
	}
}

// tellRemoved writes the empty value of what AWS set and the inputs leave out,
// where the upstream provider makes an act of that.
func (s spec) tellRemoved(doc world.Document, old, in resource.PropertyMap, ignored []string) {
	for _, name := range s.acts {
		if !zero(old[resource.PropertyKey(name)]) && !given(in, name) && !ignores(ignored, name) {
			doc[pascal(name)] = ""
		}
	}
}

// Delete removes a resource; one that is gone already is no fault.
func (p *awsProvider) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	a, err := p.act("delete", r.GetUrn(), r.GetId())
	if err != nil {
		return nil, err
	}
	err = p.cloud.Delete(a.region, a.spec.kind, a.id)
	if world.IsNotFound(err) {
		err = nil
	}
	return &emptypb.Empty{}, p.answer(a, err)
}

func (p *awsProvider) document(token string, in resource.PropertyMap) world.Document {
	s, err := shapesOf(token)
	if err != nil {
		return nil // act has refused the type already
	}
	doc := encode(s.args, in)
	p.tagDocument(token, in, doc)
	return doc
}
