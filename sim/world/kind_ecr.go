package world

import (
	"encoding/json"
	"regexp"
	"strings"
)

const (
	kindRepository       = "AWS::ECR::Repository"
	kindImageLifecycle   = "AWS::ECR::LifecyclePolicy"
	kindRepositoryPolicy = "AWS::ECR::RepositoryPolicy"
	kindImageReplication = "AWS::ECR::ReplicationConfiguration"
	kindArrivals         = "AWS::ECR::RepositoryCreationTemplate"
	kindImage            = "AWS::ECR::Image"

	ecrAPI = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/"
)

var ecrKinds = []Kind{
	{
		Name: kindRepository, Service: "ecr", Source: ecrAPI + "API_CreateRepository.html",
		NotFound: "RepositoryNotFoundException", Exists: "RepositoryAlreadyExistsException",
		Required: []string{"Name"}, Fixed: []string{"Name", "EncryptionConfigurations"},
		id: named("Name"), arn: arnOf("ecr", "repository/{id}"),
		checks: []check{repositoryShape}, computed: repositoryComputed, guard: repositoryEmpty, remove: removeRepository,
	},
	{
		Name: kindImageLifecycle, Service: "ecr", Source: ecrAPI + "API_PutLifecyclePolicy.html", Setting: true,
		NotFound: "LifecyclePolicyNotFoundException", Required: []string{"Repository", "Policy"},
		Fixed: []string{"Repository"}, id: named("Repository"),
		Refs:     []Link{link("Repository", kindRepository, "RepositoryNotFoundException", "")},
		checks:   []check{lifecycleRules},
		computed: func(t *tx, e *Entity) { e.Out["RegistryId"] = t.cfg.Account },
	},
	{
		Name: kindRepositoryPolicy, Service: "ecr", Source: ecrAPI + "API_SetRepositoryPolicy.html", Setting: true,
		NotFound: "RepositoryPolicyNotFoundException", Required: []string{"Repository", "Policy"},
		Fixed: []string{"Repository"}, id: named("Repository"),
		Refs:     []Link{link("Repository", kindRepository, "RepositoryNotFoundException", "")},
		computed: func(t *tx, e *Entity) { e.Out["RegistryId"] = t.cfg.Account },
	},
	{
		// One in an account's region: whoever puts it overwrites the last one.
		Name: kindImageReplication, Service: "ecr", Source: ecrAPI + "API_PutReplicationConfiguration.html", Setting: true,
		id:     func(t *tx, _ *Entity) string { return t.cfg.Account },
		checks: []check{imageReplicationRules}, computed: func(t *tx, e *Entity) { e.Out["RegistryId"] = t.cfg.Account },
	},
	{
		Name: kindArrivals, Service: "ecr", Source: ecrAPI + "API_CreateRepositoryCreationTemplate.html",
		NotFound: "TemplateNotFoundException", Exists: "TemplateAlreadyExistsException",
		Required: []string{"Prefix", "AppliedFors"}, Fixed: []string{"Prefix"}, id: named("Prefix"),
		computed: func(t *tx, e *Entity) {
			e.Out["RegistryId"] = t.cfg.Account
			def(e, "ImageTagMutability", "MUTABLE")
		},
	},
	{
		Name: kindImage, Service: "ecr", Source: ecrAPI + "API_PutImage.html", NotFound: "ImageNotFoundException",
		id: func(_ *tx, e *Entity) string { return str(e.In, "RepositoryName") + ":" + str(e.In, "ImageTag") },
	},
}

// repositoryName is what the API takes; a length of 2 to 256 comes beside.
var repositoryName = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

func repositoryShape(t *tx, e, _ *Entity) error {
	name := str(e.In, "Name")
	if len(name) < 2 || len(name) > 256 || !repositoryName.MatchString(name) {
		return refuse("InvalidParameterException", "repository name %q is not valid", name)
	}
	for _, c := range docs(e.In, "EncryptionConfigurations") {
		key := str(c, "KmsKey")
		if key == "" {
			continue
		}
		if str(c, "EncryptionType") == "AES256" {
			return refuse("InvalidParameterException", "repository %s: AES256 takes no key", name)
		}
		if err := t.keyUsable(e.Region, key, "KmsException"); err != nil {
			return err
		}
	}
	return nil
}

func repositoryComputed(t *tx, e *Entity) {
	e.Out["RegistryId"] = t.cfg.Account
	e.Out["RepositoryUrl"] = t.cfg.Account + ".dkr.ecr." + e.Region + ".amazonaws.com/" + e.ID
	def(e, "ImageTagMutability", "MUTABLE")
	def(e, "EncryptionConfigurations", []any{Document{"EncryptionType": "AES256"}})
}

func repositoryEmpty(t *tx, e *Entity) error {
	if n := len(t.imagesOf(e)); n > 0 && !yes(e.In, "ForceDelete") {
		return refuse("RepositoryNotEmptyException", "repository %s still has %d images", e.ID, n)
	}
	return nil
}

func removeRepository(t *tx, e *Entity) error {
	for _, image := range t.imagesOf(e) {
		t.drop(image)
	}
	for _, kind := range []string{kindImageLifecycle, kindRepositoryPolicy} {
		if policy := t.get(kind, e.Region, e.ID); policy != nil {
			t.drop(policy)
		}
	}
	t.drop(e)
	return nil
}

func (t *tx) imagesOf(repository *Entity) []*Entity {
	var out []*Entity
	for _, i := range t.list(kindImage, repository.Region) {
		if str(i.In, "RepositoryName") == repository.ID {
			out = append(out, i)
		}
	}
	return out
}

// lifecycleRules holds a policy's rules:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
func lifecycleRules(_ *tx, e, _ *Entity) error {
	var policy struct {
		Rules []struct {
			RulePriority int
			Selection    struct {
				TagStatus                     string
				TagPrefixList, TagPatternList []string
				CountNumber                   int
			}
		}
	}
	if err := json.Unmarshal([]byte(str(e.In, "Policy")), &policy); err != nil {
		return refuse("InvalidParameterException", "lifecycle policy of %s: %v", e.ID, err)
	}
	last, seen := 0, map[int]bool{}
	for _, r := range policy.Rules {
		s, named := r.Selection, len(r.Selection.TagPrefixList)+len(r.Selection.TagPatternList) > 0
		switch {
		case r.RulePriority < 1 || seen[r.RulePriority]:
			return refuse("InvalidParameterException", "lifecycle policy of %s: priority %d is not its own", e.ID, r.RulePriority)
		case s.CountNumber < 1:
			return refuse("InvalidParameterException", "lifecycle policy of %s: countNumber is %d", e.ID, s.CountNumber)
		case (s.TagStatus == "tagged") != named:
			return refuse("InvalidParameterException", "lifecycle policy of %s: tagStatus %q and tags go together", e.ID,
				s.TagStatus)
		case s.TagStatus != "any" && last > 0 && r.RulePriority > last:
			return refuse("InvalidParameterException", "lifecycle policy of %s: the rule for any comes last", e.ID)
		}
		if s.TagStatus == "any" {
			last = r.RulePriority
		}
		seen[r.RulePriority] = true
	}
	return nil
}

// imageReplicationRules holds that a registry does not replicate to itself.
func imageReplicationRules(t *tx, e, _ *Entity) error {
	for _, r := range docs(e.In, "ReplicationConfiguration.Rules") {
		for _, d := range docs(r, "Destinations") {
			region := str(d, "Region")
			if _, known := zones[region]; !known {
				return refuse("ValidationException", "replication to %q: no such region", region)
			}
			if region == e.Region && str(d, "RegistryId") == t.cfg.Account {
				return refuse("ValidationException", "replication from %s to itself", region)
			}
		}
		for _, f := range strs(r, "RepositoryFilters.Filter") {
			if len(f) < 2 || strings.ToLower(f) != f {
				return refuse("InvalidParameterException", "repository filter %q is not valid", f)
			}
		}
	}
	return nil
}
