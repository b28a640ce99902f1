package chaos

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system/experiments"
	"redoubt/system/experiments/actions"
)

// declareTemplates declares a template for each experiment. The service looks at the role and the stop alarms when a
// template is made, so that these stand before.
func (b *builder) declareTemplates() error {
	role, before, err := b.role()
	if err != nil {
		return err
	}
	inside, err := b.enter(role)
	if err != nil {
		return err
	}
	alarms, err := b.alarms()
	if err != nil {
		return err
	}
	before = append(append(before, inside...), alarms...)
	for _, e := range b.all {
		filled, err := e.Fill(b.words(e))
		if err != nil {
			return err
		}
		if b.templates[e.Name], err = fis.NewExperimentTemplate(b.ctx, b.name+"-"+e.Name, &fis.ExperimentTemplateArgs{
			Description: pulumi.String(e.Title), RoleArn: role.Arn, Tags: b.tags(e.Name),
			StopConditions: b.stops(), Actions: b.actions(filled), Targets: b.targets(filled),
			ExperimentOptions: &fis.ExperimentTemplateExperimentOptionsArgs{
				AccountTargeting: pulumi.String("single-account"), EmptyTargetResolutionMode: pulumi.String("fail"),
			},
			LogConfiguration: &fis.ExperimentTemplateLogConfigurationArgs{
				LogSchemaVersion: pulumi.Int(2),
				CloudwatchLogsConfiguration: &fis.ExperimentTemplateLogConfigurationCloudwatchLogsConfigurationArgs{
					LogGroupArn: pulumi.Sprintf("%s:*", b.log.Arn),
				},
			},
		}, b.child(pulumi.DependsOn(before))...); err != nil {
			return err
		}
	}
	return nil
}

// words are what braces in the declarations stand for in this home. Those that only AWS knows stay as they are, and are
// put in by known.
func (b *builder) words(e experiments.Experiment) experiments.Words {
	s := b.args.Scope
	_, agent, _, _ := e.Subject(b.args.System)
	out := experiments.Words{
		"system": s.System, "home": string(s.Home), "region": s.Region, "account": s.Account, "peer-region": b.args.PeerRegion,
		"cluster": s.Kubernetes(), "namespace": b.args.Namespace, "agent": agent.Name, "service-account": account,
		"zone-1": b.args.Zones[0], "zones": strings.Join(b.args.Zones, ","),
		"nodes-1": strings.Join([]string{s.System, string(s.Home), "cluster", "nodes-" + b.args.Zones[0][len(s.Region):]}, "-"),
	}
	for word := range b.known(e) {
		out[word] = "{" + word + "}"
	}
	return out
}

// known are the words that AWS makes up.
func (b *builder) known(e experiments.Experiment) map[string]pulumi.StringInput {
	store, _, _, _ := e.Subject(b.args.System)
	at := b.args.Stores[store.Name]
	out := map[string]pulumi.StringInput{"caller-role-arn": b.args.CallerRoleArn}
	for word, in := range map[string]pulumi.StringInput{"store-arn": at.Arn, "ledger-arn": at.LedgerArn} {
		if in != nil {
			out[word] = in
		}
	}
	return out
}

func (b *builder) actions(e experiments.Experiment) fis.ExperimentTemplateActionArray {
	var out fis.ExperimentTemplateActionArray
	for _, u := range e.Fault.Actions {
		one := fis.ExperimentTemplateActionArgs{Name: pulumi.String(u.Name), ActionId: pulumi.String(u.Action),
			StartAfters: texts(u.After)}
		var parameters fis.ExperimentTemplateActionParameterArray
		for _, key := range slices.Sorted(maps.Keys(u.Parameters)) {
			parameters = append(parameters, fis.ExperimentTemplateActionParameterArgs{
				Key: pulumi.String(key), Value: pulumi.String(u.Parameters[key])})
		}
		if one.Parameters = parameters; u.Target != "" {
			known, _ := actions.Lookup(u.Action) // checked when it was read
			one.Target = &fis.ExperimentTemplateActionTargetArgs{Key: pulumi.String(known.Key), Value: pulumi.String(u.Target)}
		}
		out = append(out, one)
	}
	return out
}

func (b *builder) targets(e experiments.Experiment) fis.ExperimentTemplateTargetArray {
	var out fis.ExperimentTemplateTargetArray
	for _, t := range e.Fault.Targets {
		one := fis.ExperimentTemplateTargetArgs{Name: pulumi.String(t.Name), ResourceType: pulumi.String(t.Type),
			SelectionMode: pulumi.String(t.Mode)}
		var arns pulumi.StringArray
		for _, arn := range t.Arns {
			if in, is := b.known(e)[strings.Trim(arn, "{}")]; is {
				arns = append(arns, in)
				continue
			}
			arns = append(arns, pulumi.String(arn))
		}
		if len(arns) > 0 {
			one.ResourceArns = arns
		}
		var tags fis.ExperimentTemplateTargetResourceTagArray
		for _, key := range slices.Sorted(maps.Keys(t.Tags)) {
			tags = append(tags, fis.ExperimentTemplateTargetResourceTagArgs{Key: pulumi.String(key), Value: pulumi.String(t.Tags[key])})
		}
		var filters fis.ExperimentTemplateTargetFilterArray
		for _, path := range slices.Sorted(maps.Keys(t.Filters)) {
			filters = append(filters, fis.ExperimentTemplateTargetFilterArgs{Path: pulumi.String(path), Values: texts(t.Filters[path])})
		}
		if one.ResourceTags, one.Filters = tags, filters; len(t.Parameters) > 0 {
			one.Parameters = pulumi.ToStringMap(t.Parameters)
		}
		out = append(out, one)
	}
	return out
}

func texts(in []string) pulumi.StringArray {
	if len(in) == 0 {
		return nil
	}
	return pulumi.ToStringArray(in)
}
