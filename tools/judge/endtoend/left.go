package endtoend

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	"gopkg.in/yaml.v3"
)

// holding is a resource that moto held at some time, and the provider that made it.
type holding struct {
	by      *instance
	kind    *kind
	urn, id string
	state   *structpb.Struct
}

// reads is how many resources are read back at once.
const reads = 8

//go:embed left.yaml
var leftText []byte

// stays is what may be found after the destruction, and why.
type stays struct {
	// ARN is a regular expression, Type the token of what cannot be read back.
	ARN    string `yaml:"arn,omitempty"`
	Type   string `yaml:"type,omitempty"`
	Reason string `yaml:"reason"`

	arns *regexp.Regexp
}

func readStays() ([]*stays, error) {
	var list []*stays
	if err := yaml.Unmarshal(leftText, &list); err != nil {
		return nil, fmt.Errorf("left.yaml: %w", err)
	}
	for _, one := range list {
		var err error
		if one.arns, err = regexp.Compile("^(?:" + one.ARN + ")$"); err != nil {
			return nil, fmt.Errorf("left.yaml: %w", err)
		}
		if (one.ARN == "") == (one.Type == "") || one.Reason == "" {
			return nil, fmt.Errorf("left.yaml: %q wants an arn or a type, and a reason", one.ARN+one.Type)
		}
	}
	return list, nil
}

// Left is what moto still shows after everything was destroyed.
type Left struct {
	// Wrong should not be there.
	Wrong []string
	// Reasons are why the rest may be, with how many there are.
	Reasons map[string]int
	// Read counts the resources that were read back, by upstream itself.
	Read int
}

// Left asks moto what it still holds: upstream reads every resource back that
// moto ever held, and moto lists whatever bears a tag, which also finds what
// failed attempts left.
func (s *Session) Left(ctx context.Context, regions []string) (Left, error) {
	list, err := readStays()
	if err != nil {
		return Left{}, err
	}
	out := Left{Reasons: map[string]int{}}
	for _, one := range list {
		out.Reasons[one.Reason] = 0
	}
	standing := s.adaptor.standing(ctx)
	out.Read = len(standing)
	for _, one := range standing {
		if one.found != "" {
			out.add(one.found, list, func(s *stays) bool { return s.Type == one.token })
		}
	}
	for _, region := range regions {
		tagged, err := s.moto.tagged(ctx, region)
		if err != nil {
			return Left{}, err
		}
		for _, arn := range tagged {
			out.add(arn, list, func(s *stays) bool { return s.ARN != "" && s.arns.MatchString(arn) })
		}
	}
	slices.Sort(out.Wrong)
	return out, nil
}

func (l *Left) add(what string, list []*stays, fits func(*stays) bool) {
	if at := slices.IndexFunc(list, fits); at >= 0 {
		l.Reasons[list[at].Reason]++
		return
	}
	l.Wrong = append(l.Wrong, what)
}

// String is the list for the one who runs the judge.
func (l Left) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d resources are read back; still shown, and why:\n", l.Read)
	for _, reason := range slices.Sorted(maps.Keys(l.Reasons)) {
		fmt.Fprintf(&b, "  %d: %s\n", l.Reasons[reason], reason)
	}
	return b.String()
}

// readBack is a resource that moto once held, and what upstream found of it now.
type readBack struct{ token, found string }

// slow is how long it takes to read a resource back before it is written down.
const slow = 20 * time.Second

// standing has upstream look for every resource that moto ever held.
func (a *adaptor) standing(ctx context.Context) []readBack {
	a.ledger.mu.Lock()
	all := slices.Clone(a.ledger.ever)
	a.ledger.mu.Unlock()
	out := make([]readBack, len(all))
	var wait sync.WaitGroup
	room := make(chan struct{}, reads)
	for n, one := range all {
		wait.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			begun := time.Now()
			out[n] = one.read(ctx)
			if took := time.Since(begun); took > slow {
				_, _ = fmt.Fprintf(a.bridges.log, "SLOW to read back, %s: %s\n", took, short(one.urn)) // to look at
			}
		})
	}
	wait.Wait()
	return out
}

func (h *holding) read(ctx context.Context) readBack {
	out := readBack{token: h.kind.token}
	answer, err := h.by.bridge.Read(ctx, &pulumirpc.ReadRequest{
		Id: h.id, Urn: h.kind.urn(h.urn), Type: h.kind.bridge, Properties: h.state})
	switch {
	case err != nil:
		out.found = "read " + short(h.urn) + " back: " + oneLine(err.Error())
	case answer.GetId() != "":
		out.found = short(h.urn) + " " + h.id
	}
	return out
}

// tagged lists the ARNs of everything with a tag that moto holds in a region.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
func (m *moto) tagged(ctx context.Context, region string) (arns []string, err error) {
	for token := ""; ; {
		body, err := json.Marshal(map[string]any{"PaginationToken": token})
		if err != nil {
			return nil, err
		}
		var page struct {
			PaginationToken        string
			ResourceTagMappingList []struct{ ResourceARN string }
		}
		if err := m.ask(ctx, region, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", body, &page); err != nil {
			return nil, err
		}
		for _, one := range page.ResourceTagMappingList {
			arns = append(arns, one.ResourceARN)
		}
		if token = page.PaginationToken; token == "" {
			return arns, nil
		}
	}
}

// ask calls an operation of AWS's JSON protocol.
func (m *moto) ask(ctx context.Context, region, service, operation string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", operation)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+region+"/"+service+
		"/aws4_request, SignedHeaders=host, Signature=none") // moto reads the region here and verifies nothing
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s in %s: moto answers %s", operation, region, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("%s in %s: %w", operation, region, err)
	}
	return nil
}
