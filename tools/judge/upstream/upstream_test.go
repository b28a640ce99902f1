//go:build judge

package upstream

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProvider_saysWhatReplaces(t *testing.T) {
	p := start(t)
	ctx := context.Background()
	in := map[string]any{"cidr_block": "10.0.0.0/16", "enable_dns_support": true}
	created, err := p.PlanCreate(ctx, "aws_vpc", in)
	require.NoError(t, err)
	assert.Equal(t, Create, created.Kind)

	for _, c := range []struct {
		name string
		in   map[string]any
		want string
	}{
		{"nothing changed", in, None},
		{"changed in place", map[string]any{"cidr_block": "10.0.0.0/16", "enable_dns_support": false}, Update},
		{"another range", map[string]any{"cidr_block": "10.1.0.0/16", "enable_dns_support": true}, Replace},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := p.PlanUpdate(ctx, "aws_vpc", Applied(created), c.in)
			require.NoError(t, err)
			assert.Equal(t, c.want, got.Kind, "replaces %v", got.Replaces)
		})
	}
}

func TestProvider_refuses(t *testing.T) {
	p := start(t)
	for _, c := range []struct {
		name     string
		resource string
		in       map[string]any
	}{
		{"a prefix out of range", "aws_vpc", map[string]any{"cidr_block": "10.0.0.0/8"}},
		{"a missing argument", "aws_subnet", map[string]any{"cidr_block": "10.0.0.0/24"}},
		{"an unknown argument", "aws_vpc", map[string]any{"cidrblock": "10.0.0.0/16"}},
		{"a missing block", "aws_rds_cluster", map[string]any{"engine": []any{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var refusal *Refusal
			assert.ErrorAs(t, p.Validate(context.Background(), c.resource, c.in), &refusal)
		})
	}
}

// start runs the provider. Without one it says loudly that nothing is judged;
// in CI that is a failure.
func start(t *testing.T) *Provider {
	t.Helper()
	binary, err := Find()
	if errors.Is(err, ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	require.NoError(t, err)
	began := time.Now()
	p, err := Start(context.Background(), binary, "eu-west-1")
	require.NoError(t, err)
	t.Logf("provider up in %s", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	return p
}
