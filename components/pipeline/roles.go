package pipeline

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

const (
	// issuer is who signs the tokens, audience whom the official action asks them for:
	// https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
	issuer   = "token.actions.githubusercontent.com"
	audience = "sts.amazonaws.com"
	// deploySeconds is how long an update may take: .github/workflows/update-home.yml asks for it.
	deploySeconds  = 3 * 60 * 60
	previewSeconds = 60 * 60
)

func (a Args) providerArn() string {
	return fmt.Sprintf("arn:aws:iam::%s:oidc-provider/%s", a.Scope.Account, issuer)
}

// trust lets workflows of the repository have the role, and of those only the
// ones whose subject is named word for word. A workflow with an environment has that as its subject, whatever
// its branch: https://docs.github.com/en/actions/reference/security/oidc
func (a Args) trust(subjects ...string) iampolicy.Document {
	for n, s := range subjects {
		subjects[n] = "repo:" + a.Repository + ":" + s
	}
	return iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid:        "GitHub",
		Principals: map[string][]string{"Federated": {a.providerArn()}},
		Actions:    []string{"sts:AssumeRoleWithWebIdentity"},
		Conditions: map[string]map[string][]string{"StringEquals": {issuer + ":aud": {audience}, issuer + ":sub": subjects}},
	}}}
}

// preview makes the role that looks: for pull requests, and for the main
// branch, whose nightly run compares what stands with what is declared.
func (b *builder) preview(read *iam.Policy) (pulumi.StringOutput, error) {
	blind, err := b.policy("preview", "What a preview may open, and what it must never see", b.args.sights())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return b.role("preview", "Lets previews look at the homes", &iam.RoleArgs{
		Name:               pulumi.String(b.args.role("preview", "")),
		AssumeRolePolicy:   pulumi.String(b.args.trust("pull_request", "ref:refs/heads/main").JSON()),
		MaxSessionDuration: pulumi.Int(previewSeconds),
	}, map[string]*iam.Policy{"read": read, "preview": blind})
}

// deploy makes the role that updates one home: for the environment of its
// name, whose rules say who must approve and from which branch.
func (b *builder) deploy(home naming.Scope, read *iam.Policy) (pulumi.StringOutput, error) {
	part := "deploy-" + string(home.Home)
	attached := map[string]*iam.Policy{"read": read}
	for _, one := range []struct {
		part, why string
		doc       iampolicy.Document
	}{
		{"platform", "What an update changes around the stores", b.args.platform(home)},
		{"stores", "What an update changes of the stores", b.args.stores(home)},
		{"global", "What an update changes outside its region", b.args.global(home)},
		{"bounds", "What no update may do", b.args.bounds(home)},
	} {
		p, err := b.policy(part+"-"+one.part, one.why, one.doc)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		attached[one.part] = p
	}
	return b.role(part, fmt.Sprintf("Lets the pipeline update the %s home", home.Home), &iam.RoleArgs{
		Name:               pulumi.String(b.args.role("deploy", home.Home)),
		AssumeRolePolicy:   pulumi.String(b.args.trust("environment:" + string(home.Home)).JSON()),
		MaxSessionDuration: pulumi.Int(deploySeconds),
	}, attached)
}

// role makes a role with its policies.
func (b *builder) role(part, why string, args *iam.RoleArgs, attached map[string]*iam.Policy,
) (pulumi.StringOutput, error) {
	args.Description = pulumi.String(why)
	role, err := iam.NewRole(b.ctx, b.name+"-"+part, args, pulumi.Parent(b.parent), pulumi.DependsOn(b.before))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	for _, of := range slices.Sorted(maps.Keys(attached)) {
		if _, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-"+part+"-"+of, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: attached[of].Arn,
		}, pulumi.Parent(b.parent)); err != nil {
			return pulumi.StringOutput{}, err
		}
	}
	return role.Arn, nil
}
