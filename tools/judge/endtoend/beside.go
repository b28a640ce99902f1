package endtoend

import (
	"context"
	"errors"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/provider"
	"redoubt/tools/judge/iam"
	"redoubt/tools/judge/offered"
)

// beside are the judges that look at every resource beside upstream, which takes
// any JSON for a policy and any text for a version.
type beside struct {
	place   iam.Place
	offered *offered.Judge

	mu   sync.Mutex
	data *iam.Data
	// seen are the policy documents.
	seen map[string]bool
}

func findBeside(tools string, place iam.Place) (*beside, error) {
	data, err1 := iam.Find(tools)
	offers, err2 := offered.Find()
	return &beside{place: place, offered: offers, data: data, seen: map[string]bool{}}, errors.Join(err1, err2)
}

// judge tells what is wrong with the inputs, as far as these are known yet.
func (b *beside) judge(ctx context.Context, region, token string, in *structpb.Struct,
) ([]*pulumirpc.CheckFailure, error) {
	inputs, err := plugin.UnmarshalProperties(in, plugin.MarshalOptions{})
	if err != nil {
		return nil, err
	}
	found, err := b.offered.Check(ctx, region, offered.Resource{Token: token, Inputs: inputs.Mappable()})
	if err != nil {
		return nil, err
	}
	out, err := b.policies(token, inputs.Mappable())
	for _, fault := range found[0] {
		out = append(out, &pulumirpc.CheckFailure{Reason: "the judge of what AWS offers: " + fault})
	}
	return out, err
}

func (b *beside) policies(token string, inputs map[string]any) (out []*pulumirpc.CheckFailure, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, doc := range iam.Documents(token, inputs) {
		b.seen[doc.Text] = true
		faults, err := b.data.Check(doc.Kind, doc.Text, b.place)
		if err != nil {
			return nil, err
		}
		for _, fault := range faults {
			out = append(out, &pulumirpc.CheckFailure{Property: doc.At, Reason: "the judge of policies: " + fault.Error()})
		}
	}
	return out, nil
}

// Objects says what is wrong with a Kubernetes object, nil when nothing is.
type Objects func(ctx context.Context, object map[string]any) error

// JudgeObjects has somebody judge every Kubernetes object from now on.
func (s *Session) JudgeObjects(by Objects) { s.adaptor.objects.Store(&by) }

// object asks about an object of which everything is known.
func (a *adaptor) object(ctx context.Context, in resource.PropertyMap) []provider.Failure {
	by := a.objects.Load()
	if by == nil || in.ContainsUnknowns() {
		return nil
	}
	plain := resource.PropertyMap{}
	for key, v := range in {
		if key[0] != '_' {
			plain[key] = v
		}
	}
	if err := (*by)(ctx, plain.Mappable()); err != nil {
		return []provider.Failure{{Property: "", Reason: "the API server: " + err.Error()}}
	}
	return nil
}
