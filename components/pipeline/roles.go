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
	deploySeconds = 3 * 60 * 60
	// lookSeconds is how long a preview may take, and a comparison.
	lookSeconds = 60 * 60
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

// look is a role that changes nothing.
type look struct {
	// part names it; subject is whom it trusts.
	part, why, subject string
	// opens says what it may open beside how things are made, and what it must never see.
	opens iampolicy.Document
}

// preview is the role of pull requests: their own code runs under it.
func (a Args) preview() look {
	return look{"preview", "Lets previews look at the homes", "pull_request", a.sights()}
}

// drift is the role that compares what stands with what is declared. It reads secrets, so no code runs under it but
// the main branch's.
func (a Args) drift() look {
	return look{"drift", "Lets the main branch compare the homes with what is declared", "ref:refs/heads/main", a.opens()}
}

// record is the role that leaves the records of drills and comparisons in the homes (watch.Record), and does nothing else.
func (b *builder) record() (pulumi.StringOutput, error) {
	puts, err := b.policy("record", "Which records of drills and comparisons it may leave in the homes", b.args.records())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return b.role("record", "Lets the main branch record drills that held and comparisons that found nothing", &iam.RoleArgs{
		Name:               pulumi.String(b.args.role("record", "")),
		AssumeRolePolicy:   pulumi.String(b.args.trust("ref:refs/heads/main").JSON()),
		MaxSessionDuration: pulumi.Int(lookSeconds),
	}, map[string]*iam.Policy{"record": puts})
}

// look makes a role that changes nothing.
func (b *builder) look(l look, read *iam.Policy) (pulumi.StringOutput, error) {
	opens, err := b.policy(l.part, "What the role "+l.part+" may open, and what it must never see", l.opens)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return b.role(l.part, l.why, &iam.RoleArgs{
		Name:               pulumi.String(b.args.role(l.part, "")),
		AssumeRolePolicy:   pulumi.String(b.args.trust(l.subject).JSON()),
		MaxSessionDuration: pulumi.Int(lookSeconds),
	}, map[string]*iam.Policy{"read": read, l.part: opens})
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

// bound makes the boundaries of the roles that a home makes. No role of the pipeline has one.
func (b *builder) bound(home naming.Scope) error {
	for _, one := range []struct {
		suffix, arn, whose string
		doc                iampolicy.Document
	}{
		{"", home.Boundary(), "made by", b.args.boundary(home)},
		{"-recovery", home.RecoveryBoundary(), "that recovers", b.args.recoveryBoundary(home)},
	} {
		text, err := one.doc.Checked()
		if err != nil {
			return fmt.Errorf("boundary%s: %w", one.suffix, err)
		}
		if _, err = iam.NewPolicy(b.ctx, b.name+"-boundary-"+string(home.Home)+one.suffix, &iam.PolicyArgs{
			Name:        pulumi.String(naming.Last(one.arn)),
			Description: pulumi.Sprintf("The most that a role %s the %s home may do", one.whose, home.Home),
			Policy:      pulumi.String(text),
		}, pulumi.Parent(b.parent)); err != nil {
			return err
		}
	}
	return nil
}
