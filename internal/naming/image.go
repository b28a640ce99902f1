package naming

import (
	"fmt"
	"strings"
)

// RepositoryMax is ECR's limit:
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const RepositoryMax = 256

// Registry is the host of the home's own registry:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
func (s Scope) Registry() string {
	return fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com", s.Account, s.Region)
}

// RepositoryPrefix starts the name of each repository of the system. A filter
// of a replication takes it.
func (s Scope) RepositoryPrefix() string { return s.System + "/" }

// Repository names the repository that holds the image in both homes: the
// system, and the image's own path without the registry it comes from. Two
// registries with the same path meet in one repository; components/registry refuses that.
func (s Scope) Repository(ref string) string {
	_, path, _ := splitImage(ref)
	room := RepositoryMax - len(s.RepositoryPrefix())
	if len(path) > room {
		sum := hash(path)
		path = strings.TrimRight(path[:room-len(sum)-1], "/._-") + "-" + sum
	}
	return s.RepositoryPrefix() + path
}

// Image is the image as this home pulls it: from its own region, with the tag
// and the digest that the system's file names.
func (s Scope) Image(ref string) string {
	_, _, version := splitImage(ref)
	return s.Registry() + "/" + s.Repository(ref) + version
}

// ImageSource is where an image comes from: its registry and path, without a version.
func ImageSource(ref string) string {
	host, path, _ := splitImage(ref)
	return strings.TrimPrefix(host+"/"+path, "/")
}

// ImageTag is the tag of an image, empty when it is named by digest alone.
func ImageTag(ref string) string {
	_, _, version := splitImage(ref)
	tag, _, _ := strings.Cut(version, "@")
	return strings.TrimPrefix(tag, ":")
}

// splitImage cuts a reference into registry, path and version. The first part
// is a registry when it has a dot or a port, or is localhost, as the reference
// grammar of the containers' distribution project says:
// https://pkg.go.dev/github.com/distribution/reference. The version is all
// that follows the path: the tag with its colon, the digest with its sign.
func splitImage(ref string) (host, path, version string) {
	path = ref
	if first, rest, more := strings.Cut(ref, "/"); more && (strings.ContainsAny(first, ".:") || first == "localhost") {
		host, path = first, rest
	}
	if i := strings.IndexAny(path, ":@"); i >= 0 {
		path, version = path[:i], path[i:]
	}
	return host, path, version
}
