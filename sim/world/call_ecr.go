package world

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// registryOperations are the operations on images, in the names of ECR's API model.
func registryOperations() map[string]operation {
	return map[string]operation{
		"ecr.PutImage":       {data: true, run: putImage},
		"ecr.BatchGetImage":  {data: true, run: batchGetImage},
		"ecr.DescribeImages": {run: describeImages},
	}
}

func (t *tx) repository(r Request) (*Entity, error) {
	name := str(r.Input, "repositoryName")
	if e := t.get(kindRepository, r.Region, name); e != nil {
		return e, nil
	}
	return nil, kinds[kindRepository].notFound(name)
}

// putImage is ecr PutImage: the last call of a push. A tag that exists is
// refused where tags are immutable, also for the same image.
func putImage(t *tx, r Request) (Document, error) {
	repo, err := t.repository(r)
	if err != nil {
		return nil, err
	}
	tag, manifest := str(r.Input, "imageTag"), str(r.Input, "imageManifest")
	if tag == "" || manifest == "" {
		return nil, refuse("InvalidParameterException", "want imageTag and imageManifest (a push without a tag is not simulated)")
	}
	sum := sha256.Sum256([]byte(manifest))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	if old := t.get(kindImage, r.Region, repo.ID+":"+tag); old != nil {
		if str(old.Out, "ImageDigest") == digest {
			return nil, refuse("ImageAlreadyExistsException", "%s:%s exists", repo.ID, tag)
		}
		if mutability(repo) == "IMMUTABLE" {
			return nil, refuse("ImageTagAlreadyExistsException", "%s: tag %s cannot be overwritten", repo.ID, tag)
		}
	}
	image := t.putImageIn(repo, tag, digest, manifest)
	t.replicateImageLater(image)
	return Document{"image": imageDocument(t, image)}, nil
}

func mutability(repo *Entity) string {
	return firstOf(str(repo.In, "ImageTagMutability"), str(repo.Out, "ImageTagMutability"))
}

func (t *tx) putImageIn(repo *Entity, tag, digest, manifest string) *Entity {
	e := &Entity{
		Kind: kindImage, Region: repo.Region, ID: repo.ID + ":" + tag, Created: t.birth(),
		In:  Document{"RepositoryName": repo.ID, "ImageTag": tag, "ImageManifest": manifest},
		Out: Document{"ImageDigest": digest},
	}
	t.save(e)
	return e
}

func imageDocument(t *tx, e *Entity) Document {
	return Document{
		"registryId": t.cfg.Account, "repositoryName": str(e.In, "RepositoryName"), "imageManifest": str(e.In, "ImageManifest"),
		"imageId": Document{"imageTag": str(e.In, "ImageTag"), "imageDigest": str(e.Out, "ImageDigest")},
	}
}

// replicateImageLater plans the copies of an image that was pushed here. What
// arrives by replication is not sent on:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
func (t *tx) replicateImageLater(image *Entity) {
	conf := t.get(kindImageReplication, image.Region, t.cfg.Account)
	if conf == nil {
		return
	}
	for _, r := range docs(conf.In, "ReplicationConfiguration.Rules") {
		if !filtered(strs(r, "RepositoryFilters.Filter"), str(image.In, "RepositoryName")) {
			continue
		}
		for _, to := range strs(r, "Destinations.Region") {
			t.arrives(imageLag, image.Region, image.Region, to, "ReplicateImage",
				Document{"Region": image.Region, "Id": image.ID, "To": to})
		}
	}
}

// filtered reports whether a rule without filters, or with one of these, takes the repository.
func filtered(prefixes []string, repository string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(repository, p) {
			return true
		}
	}
	return len(prefixes) == 0
}

// replicateImage brings one image to a region, or tries again later. ECR makes
// a repository that is not there, as the template for its prefix says.
func (t *tx) replicateImage(in Document) error {
	image := t.get(kindImage, str(in, "Region"), str(in, "Id"))
	to := str(in, "To")
	if image == nil {
		return nil
	}
	if t.severed("ecr", image.Region, to) {
		t.laterIn(retry, "ReplicateImage", in)
		return nil
	}
	name := str(image.In, "RepositoryName")
	repo := t.get(kindRepository, to, name)
	if repo == nil {
		if _, err := kinds[kindRepository].create(t, to, "ecr/replication/"+name, Document{
			"Name": name, "ImageTagMutability": t.arrivals(to, name),
		}); err != nil {
			return err
		}
		repo = t.get(kindRepository, to, name)
	}
	if old := t.get(kindImage, to, image.ID); old != nil && mutability(repo) == "IMMUTABLE" {
		return nil // another image under the tag stays (assumed)
	}
	t.putImageIn(repo, str(image.In, "ImageTag"), str(image.Out, "ImageDigest"), str(image.In, "ImageManifest"))
	return nil
}

// arrivals is the tag mutability of a repository that replication makes.
func (t *tx) arrivals(region, name string) string {
	for _, c := range t.list(kindArrivals, region) {
		if strings.HasPrefix(name, c.ID+"/") {
			return str(c.In, "ImageTagMutability")
		}
	}
	return "MUTABLE"
}

// asked finds the images that the request names, by tag or digest.
func (t *tx) asked(repo *Entity, id Document) *Entity {
	for _, i := range t.imagesOf(repo) {
		tag, digest := str(id, "imageTag"), str(id, "imageDigest")
		if (tag == "" || tag == str(i.In, "ImageTag")) && (digest == "" || digest == str(i.Out, "ImageDigest")) {
			return i
		}
	}
	return nil
}

// batchGetImage is ecr BatchGetImage, the first call of a pull. An image that
// is not there is a failure in the answer, not an error.
func batchGetImage(t *tx, r Request) (Document, error) {
	repo, err := t.repository(r)
	if err != nil {
		return nil, err
	}
	images, failures := []any{}, []any{}
	for _, id := range docs(r.Input, "imageIds") {
		if i := t.asked(repo, id); i != nil {
			images = append(images, imageDocument(t, i))
			continue
		}
		failures = append(failures, Document{"imageId": id, "failureCode": "ImageNotFound",
			"failureReason": "Requested image not found"})
	}
	return Document{"images": images, "failures": failures}, nil
}

// describeImages is ecr DescribeImages, always in one page (assumed).
func describeImages(t *tx, r Request) (Document, error) {
	repo, err := t.repository(r)
	if err != nil {
		return nil, err
	}
	found := t.imagesOf(repo)
	if ids := docs(r.Input, "imageIds"); len(ids) > 0 {
		found = nil
		for _, id := range ids {
			i := t.asked(repo, id)
			if i == nil {
				return nil, missing("ImageNotFoundException", "%s has no image %v", repo.ID, id)
			}
			found = append(found, i)
		}
	}
	list := []any{}
	for _, i := range found {
		list = append(list, Document{
			"registryId": t.cfg.Account, "repositoryName": repo.ID, "imageDigest": str(i.Out, "ImageDigest"),
			"imageTags": anyList(str(i.In, "ImageTag")), "imagePushedAt": t.created(i).Format(timeFormat),
		})
	}
	return Document{"imageDetails": list}, nil
}
