package awsplace

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// acls is a network with access lists, which gives each association a new id when it moves, as EC2 does.
type acls struct {
	of    map[string]string // subnet -> list
	tags  map[string]string // list -> what it stands for
	ids   map[string]string // association -> subnet
	moves int
	// failAt is the move that fails.
	failAt int
}

func newACLs() *acls {
	return &acls{of: map[string]string{"a": "own", "b": "own", "c": "other"}, tags: map[string]string{"own": "", "other": "", "empty": ""},
		ids: map[string]string{"1": "a", "2": "b", "3": "c"}}
}

func (n *acls) DescribeNetworkAcls(_ context.Context, in *ec2.DescribeNetworkAclsInput, _ ...func(*ec2.Options),
) (*ec2.DescribeNetworkAclsOutput, error) {
	if in.Filters[0].Values[0] != "vpc-1" {
		return nil, errors.New("another network")
	}
	out := &ec2.DescribeNetworkAclsOutput{}
	for list, was := range n.tags {
		one := types.NetworkAcl{NetworkAclId: aws.String(list)}
		if was != "" {
			one.Tags = []types.Tag{{Key: aws.String(insteadOf), Value: aws.String(was)}}
		}
		for id, subnet := range n.ids {
			if n.of[subnet] == list {
				one.Associations = append(one.Associations, types.NetworkAclAssociation{
					NetworkAclAssociationId: aws.String(id), SubnetId: aws.String(subnet)})
			}
		}
		out.NetworkAcls = append(out.NetworkAcls, one)
	}
	return out, nil
}

func (n *acls) CreateNetworkAcl(_ context.Context, in *ec2.CreateNetworkAclInput, _ ...func(*ec2.Options),
) (*ec2.CreateNetworkAclOutput, error) {
	id := fmt.Sprintf("deny-%d", len(n.tags))
	n.tags[id] = aws.ToString(in.TagSpecifications[0].Tags[0].Value)
	return &ec2.CreateNetworkAclOutput{NetworkAcl: &types.NetworkAcl{NetworkAclId: aws.String(id)}}, nil
}

func (n *acls) ReplaceNetworkAclAssociation(_ context.Context, in *ec2.ReplaceNetworkAclAssociationInput, _ ...func(*ec2.Options),
) (*ec2.ReplaceNetworkAclAssociationOutput, error) {
	n.moves++
	if n.moves == n.failAt {
		return nil, errors.New("throttled")
	}
	subnet := n.ids[aws.ToString(in.AssociationId)]
	if subnet == "" {
		return nil, errors.New("no such association")
	}
	delete(n.ids, aws.ToString(in.AssociationId))
	n.ids[fmt.Sprintf("moved-%d", n.moves)] = subnet
	n.of[subnet] = aws.ToString(in.NetworkAclId)
	return &ec2.ReplaceNetworkAclAssociationOutput{}, nil
}

func (n *acls) DeleteNetworkAcl(_ context.Context, in *ec2.DeleteNetworkAclInput, _ ...func(*ec2.Options),
) (*ec2.DeleteNetworkAclOutput, error) {
	for _, list := range n.of {
		if list == aws.ToString(in.NetworkAclId) {
			return nil, errors.New("in use")
		}
	}
	delete(n.tags, aws.ToString(in.NetworkAclId))
	return &ec2.DeleteNetworkAclOutput{}, nil
}

func networks(n *acls) Networks {
	return Networks{In: map[string]Network{"r": n}, VPC: map[string]string{"r": "vpc-1"}}
}

// cut are the subnets behind a list that denies all.
func (n *acls) cut() (out int) {
	for _, list := range n.of {
		if n.tags[list] != "" {
			out++
		}
	}
	return out
}

func TestNetworks_cutsEverySubnetAndMendsThemAll(t *testing.T) {
	t.Parallel()
	n, was := newACLs(), newACLs()
	require.NoError(t, networks(n).Cut(t.Context(), "r"))
	assert.Equal(t, 3, n.cut())
	require.NoError(t, networks(n).Cut(t.Context(), "r"), "cut twice is cut once")
	assert.Len(t, n.tags, 5)
	require.NoError(t, networks(n).Mend(t.Context(), "r"))
	assert.Equal(t, was.of, n.of)
	assert.Equal(t, was.tags, n.tags)
	require.NoError(t, networks(n).Mend(t.Context(), "r"), "what is whole stays whole")
}

// TestNetworks_mendsWhatACrashLeft stops the cut at each move: what stands then is mended by another process.
func TestNetworks_mendsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 3; at++ {
		n := newACLs()
		n.failAt = at
		require.ErrorContains(t, networks(n).Cut(t.Context(), "r"), "throttled")
		require.NoError(t, networks(n).Mend(t.Context(), "r"), "stopped at move %d", at)
		assert.Equal(t, newACLs().of, n.of)
		assert.Equal(t, newACLs().tags, n.tags)
	}
}

func TestNetworks_touchesNoOtherNetwork(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, networks(newACLs()).Cut(t.Context(), "elsewhere"), "no network of the sandbox is known")
}
