package awsplace

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Network is what Networks asks of one region; a client of EC2 does.
type Network interface {
	DescribeNetworkAcls(context.Context, *ec2.DescribeNetworkAclsInput, ...func(*ec2.Options)) (*ec2.DescribeNetworkAclsOutput, error)
	CreateNetworkAcl(context.Context, *ec2.CreateNetworkAclInput, ...func(*ec2.Options)) (*ec2.CreateNetworkAclOutput, error)
	ReplaceNetworkAclAssociation(context.Context, *ec2.ReplaceNetworkAclAssociationInput, ...func(*ec2.Options),
	) (*ec2.ReplaceNetworkAclAssociationOutput, error)
	DeleteNetworkAcl(context.Context, *ec2.DeleteNetworkAclInput, ...func(*ec2.Options)) (*ec2.DeleteNetworkAclOutput, error)
}

// Networks cuts the network of a home by access lists. A new list has no rule of its own and denies all:
// https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
//
// Every list that cuts carries the list that it stands for in a tag, so that whoever comes after a crash can mend.
type Networks struct {
	// In is what each region is asked by, VPC the home's network there.
	In  map[string]Network
	VPC map[string]string
}

var _ Cutter = Networks{}

// insteadOf is the tag with the list that a cutting list stands for.
const insteadOf = "redoubt:drill-instead-of"

// Cut puts every subnet of the home behind a list that denies all. A subnet that is cut already stays so.
func (n Networks) Cut(ctx context.Context, region string) error {
	api, lists, err := n.lists(ctx, region)
	if err != nil {
		return fmt.Errorf("cut the network in %s: %w", region, err)
	}
	for _, list := range lists {
		if was := standsFor(list); was != "" || len(list.Associations) == 0 {
			continue
		}
		made, err := api.CreateNetworkAcl(ctx, &ec2.CreateNetworkAclInput{VpcId: aws.String(n.VPC[region]),
			TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeNetworkAcl,
				Tags: []types.Tag{{Key: aws.String(insteadOf), Value: list.NetworkAclId}}}}})
		if err != nil {
			return fmt.Errorf("cut the network in %s: %w", region, err)
		}
		if err := move(ctx, api, list, aws.ToString(made.NetworkAcl.NetworkAclId)); err != nil {
			return fmt.Errorf("cut the network in %s: %w", region, err)
		}
	}
	return nil
}

// Mend gives every subnet its own list back and removes the lists that cut. What is whole already stays as it is.
func (n Networks) Mend(ctx context.Context, region string) error {
	api, lists, err := n.lists(ctx, region)
	if err != nil {
		return fmt.Errorf("mend the network in %s: %w", region, err)
	}
	var errs []error
	for _, list := range lists {
		was := standsFor(list)
		if was == "" {
			continue
		}
		err := move(ctx, api, list, was)
		if err == nil {
			_, err = api.DeleteNetworkAcl(ctx, &ec2.DeleteNetworkAclInput{NetworkAclId: list.NetworkAclId})
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("mend the network in %s: list %s: %w", region, aws.ToString(list.NetworkAclId), err))
		}
	}
	return errors.Join(errs...)
}

// lists are all access lists of the home's network.
func (n Networks) lists(ctx context.Context, region string) (Network, []types.NetworkAcl, error) {
	api, vpc := n.In[region], n.VPC[region]
	if api == nil || vpc == "" {
		return nil, nil, errors.New("no network of the sandbox is known there")
	}
	var out []types.NetworkAcl
	in := &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{vpc}}}}
	for {
		page, err := api.DescribeNetworkAcls(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, page.NetworkAcls...)
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return api, out, nil
		}
	}
}

// move gives every subnet of a list to another.
func move(ctx context.Context, api Network, list types.NetworkAcl, to string) error {
	for _, a := range list.Associations {
		if _, err := api.ReplaceNetworkAclAssociation(ctx, &ec2.ReplaceNetworkAclAssociationInput{
			AssociationId: a.NetworkAclAssociationId, NetworkAclId: aws.String(to)}); err != nil {
			return fmt.Errorf("subnet %s: %w", aws.ToString(a.SubnetId), err)
		}
	}
	return nil
}

func standsFor(list types.NetworkAcl) string {
	for _, t := range list.Tags {
		if aws.ToString(t.Key) == insteadOf {
			return aws.ToString(t.Value)
		}
	}
	return ""
}
