package registry

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"redoubt/internal/naming"
)

// Args configures a Registry.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Images are the images that the home runs, as the system's file and the
	// controllers name them: registry.example.com/atlas/gateway:2.8.1. Required.
	Images []string
	// Optional are further images, which a setting runs or not. Their repositories go with the setting, with what is in them, and
	// are not protected: each image is built and pushed again.
	Optional []string
	// Peer is the other home, nil until there is one.
	Peer *Peer
	// AdoptReplication leaves the account's replication configuration in this
	// region to its owner, who adds the system's prefix to it.
	AdoptReplication bool
	// Protect keeps the repositories from being deleted.
	Protect bool
}

// Peer is the other home.
type Peer struct {
	// Region is where the images are replicated to.
	Region string
}

// repositoryName is what ECR takes, after its first two letters:
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
var repositoryName = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	a.Images = slices.Compact(slices.Sorted(slices.Values(a.Images)))
	a.Optional = slices.Compact(slices.Sorted(slices.Values(a.Optional)))
	var errs []error
	if s := a.Scope; s.System == "" || s.Region == "" || s.Account == "" {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system, a region and an account", s))
	}
	if len(a.Images) == 0 {
		errs = append(errs, errors.New("images are required"))
	}
	if a.Peer != nil && (a.Peer.Region == "" || a.Peer.Region == a.Scope.Region) {
		errs = append(errs, fmt.Errorf("peer.region is %q, want another region than %s", a.Peer.Region, a.Scope.Region))
	}
	return a, errors.Join(append(errs, a.checkImages()...)...)
}

// checkImages refuses a name that ECR does not take, and two registries that
// would meet in one repository: there the same tag could mean two images.
func (a Args) checkImages() []error {
	var errs []error
	sources := map[string]string{}
	kept := map[string]bool{}
	for _, image := range a.Images {
		kept[a.Scope.Repository(image)] = true
	}
	for _, image := range a.Optional {
		if name := a.Scope.Repository(image); kept[name] {
			errs = append(errs, fmt.Errorf("image %q is optional, and its repository %s holds one that is not", image, name))
		}
	}
	for _, image := range slices.Concat(a.Images, a.Optional) {
		name, source := a.Scope.Repository(image), naming.ImageSource(image)
		if !repositoryName.MatchString(name) {
			errs = append(errs, fmt.Errorf("image %q: ECR takes no repository %q; want lower-case letters, digits "+
				"and single separators", image, name))
		}
		if other := sources[name]; other != "" && other != source {
			errs = append(errs, fmt.Errorf("images of %s and of %s both become %s; give one of them another path",
				other, source, name))
		}
		sources[name] = source
	}
	return errs
}

// repository is one repository and the tags that the system names.
type repository struct {
	// part is its logical name below the component: its path without the system.
	part, name string
	tags       []string
	// byDigest is true when an image is named by its digest alone.
	byDigest bool
	// optional is true when a setting alone makes it.
	optional bool
}

// repositories lists them by name.
func (a Args) repositories() []repository {
	var out []repository
	for n, image := range slices.Concat(a.Images, a.Optional) { // each sorted, so a repository's images follow each other
		name := a.Scope.Repository(image)
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, repository{part: strings.TrimPrefix(name, a.Scope.RepositoryPrefix()), name: name,
				optional: n >= len(a.Images)})
		}
		repo := &out[len(out)-1]
		if tag := naming.ImageTag(image); tag != "" {
			repo.tags = append(repo.tags, tag)
		} else {
			repo.byDigest = true
		}
	}
	return out
}
