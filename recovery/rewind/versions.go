package rewind

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/plan"
)

// object is a key with all its versions and delete markers, the newest first.
type object struct {
	key     string
	entries []entry
}

// entry is one version or delete marker.
type entry struct {
	id     string
	at     time.Time
	marker bool
	latest bool
	size   float64
}

// wanted is what the object was at a time; an entry without id says that it was not there.
func (o object) wanted(at time.Time) entry {
	for _, e := range o.entries {
		if !e.at.After(at) {
			return e
		}
	}
	return entry{}
}

// objects goes through the objects of the bucket, but for those that plans have written. The versions of one key may
// stand on two pages.
func (a act) objects(ctx context.Context, do func(object) error) error {
	var open object
	end := func() error {
		if open.key == "" || strings.HasPrefix(open.key, Own) {
			return nil
		}
		slices.SortStableFunc(open.entries, newestFirst)
		return do(open)
	}
	in := plan.Document{"Bucket": a.bucket}
	for {
		page, err := a.ask(ctx, "ListObjectVersions", in)
		if err != nil {
			return err
		}
		keys, err := entries(page)
		if err != nil {
			return err
		}
		for _, o := range keys {
			if o.key != open.key {
				if err := end(); err != nil {
					return err
				}
				open = object{key: o.key}
			}
			open.entries = append(open.entries, o.entries...)
		}
		if page["IsTruncated"] != true {
			return end()
		}
		in = plan.Document{"Bucket": a.bucket, "KeyMarker": page["NextKeyMarker"]}
		if id, _ := page["NextVersionIdMarker"].(string); id != "" {
			in["VersionIdMarker"] = id
		}
	}
}

// newestFirst is the order of S3, the current one first. Of a version and a marker of one second nobody tells which is
// newer: the version counts, so that nothing is lost by it.
func newestFirst(a, b entry) int {
	if a.latest != b.latest {
		if a.latest {
			return -1
		}
		return 1
	}
	return cmp.Or(b.at.Compare(a.at), order(a.marker)-order(b.marker))
}

func order(marker bool) int {
	if marker {
		return 1
	}
	return 0
}

// entries are the keys of a page, in their order, with what it tells of each.
func entries(page plan.Document) ([]object, error) {
	byKey := map[string][]entry{}
	for _, list := range []string{"Versions", "DeleteMarkers"} {
		all, _ := page[list].([]any)
		for _, one := range all {
			d, _ := one.(map[string]any)
			key, _ := d["Key"].(string)
			id, _ := d["VersionId"].(string)
			at, err := time.Parse(time.RFC3339, fmt.Sprint(d["LastModified"]))
			if err != nil || key == "" || id == "" {
				return nil, fmt.Errorf("the list of versions has an entry %v, want Key, VersionId and LastModified", d)
			}
			size, _ := d["Size"].(float64)
			byKey[key] = append(byKey[key], entry{id, at, list == "DeleteMarkers", d["IsLatest"] == true, size})
		}
	}
	var out []object
	for key, all := range byKey {
		out = append(out, object{key, all})
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a.key, b.key) })
	return out, nil
}

// escaped is a text as it stands in the source of a copy; slashes stay.
func escaped(text string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(text))
}
