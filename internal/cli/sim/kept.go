package sim

import (
	"encoding/json"
	"fmt"
	"strings"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/sim/world"
	"redoubt/stacks"
)

// Kept is one thing that outlives a destroy, and why.
type Kept struct {
	Region string `json:"region"`
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	// Why is empty when nothing explains it: then it should have gone.
	Why string `json:"why"`
	// data is true when what it holds keeps it.
	data bool
}

// kept lists what the stacks made and is still there. Settings of what is kept
// are part of it and not listed.
func (w *workspace) kept() []Kept {
	left := w.all(func(e *world.Entity) bool { return strings.HasPrefix(e.Token, "urn:pulumi:") })
	why := w.reasons(left)
	out := []Kept{}
	for _, e := range left {
		if owner := ownerOf(e, left); owner != nil && why[owner] != "" {
			continue
		}
		out = append(out, Kept{Region: e.Region, Kind: e.Kind, ID: e.ID, Why: why[e], data: w.holds(e) != ""})
	}
	return out
}

// reasons says for each entity what keeps it: its own window, what it holds, or
// something kept that needs it.
func (w *workspace) reasons(left []*world.Entity) map[*world.Entity]string {
	why := map[*world.Entity]string{}
	for _, e := range left {
		if date, ok := e.Out["DeletionDate"]; ok {
			why[e] = fmt.Sprintf("deleted when its window ends, %v", date)
		} else if held := w.holds(e); held != "" {
			why[e] = held
		}
	}
	for again := true; again; {
		again = false
		for _, e := range left {
			for _, user := range left {
				if why[e] == "" && why[user] != "" && mentions(user, e) {
					why[e], again = "needed by "+user.ID, true
				}
			}
		}
	}
	return why
}

// holds says what data an entity holds: objects in a bucket, recovery points in a vault.
func (w *workspace) holds(e *world.Entity) string {
	in := func(kind, field string) []*world.Entity {
		return w.world.Find(e.Region, kind, func(x *world.Entity) bool { return x.In[field] == e.ID })
	}
	switch e.Kind {
	case "AWS::S3::Bucket":
		keys := in("AWS::S3::ObjectVersions", "Bucket")
		last := ""
		for _, k := range keys {
			versions, _ := k.Out["Versions"].([]any)
			for _, v := range versions {
				last = max(last, textOf(v, "RetainUntil"))
			}
		}
		return held(len(keys), "object", last)
	case "AWS::Backup::BackupVault":
		points := in("AWS::Backup::RecoveryPoint", "BackupVaultName")
		last := ""
		for _, p := range points {
			last = max(last, textOf(p.Out, "CalculatedDeleteAt"))
		}
		return held(len(points), "recovery point", last)
	}
	return ""
}

// waiting refuses an up while a replica waits out its deletion window beside a
// living original: AWS allows one replica of a key in a region, so the secondary
// could not have its keys back.
func (w *workspace) waiting() error {
	for _, r := range w.all(func(e *world.Entity) bool { return e.Kind == "AWS::KMS::ReplicaKey" && e.Out["DeletionDate"] != nil }) {
		living := w.world.Find("", "AWS::KMS::Key", func(e *world.Entity) bool {
			return e.ARN == r.In["PrimaryKeyArn"] && e.Out["DeletionDate"] == nil
		})
		if len(living) > 0 {
			return exit.Errorf(exit.Refused, "make clean up (begins with new simulated regions)",
				"key %s is kept by what it protects, and its replica in %s is being deleted until %v; it cannot be made again before",
				r.ID, r.Region, r.Out["DeletionDate"])
		}
	}
	return nil
}

func held(n int, what, until string) string {
	switch {
	case n == 0:
		return ""
	case n > 1:
		what += "s"
	}
	if until == "" {
		return fmt.Sprintf("holds %d %s", n, what)
	}
	return fmt.Sprintf("holds %d %s, retained until %s", n, what, until)
}

func textOf(doc any, key string) string {
	fields, _ := doc.(map[string]any)
	text, _ := fields[key].(string)
	return text
}

// ownerOf finds the bucket or vault that e is a setting of.
func ownerOf(e *world.Entity, all []*world.Entity) *world.Entity {
	for field, kind := range map[string]string{"Bucket": "AWS::S3::Bucket", "BackupVaultName": "AWS::Backup::BackupVault"} {
		if e.Kind == kind || e.In[field] == nil {
			continue
		}
		for _, owner := range all {
			if owner.Kind == kind && owner.Region == e.Region && owner.ID == e.In[field] {
				return owner
			}
		}
	}
	return nil
}

// mentions reports whether user was made with e's ARN.
func mentions(user, e *world.Entity) bool {
	if e.ARN == "" || user == e {
		return false
	}
	text, err := json.Marshal(user.In)
	return err == nil && strings.Contains(string(text), e.ARN)
}

// unexplained counts what should have gone.
func unexplained(kept []Kept) int {
	n := 0
	for _, k := range kept {
		if k.Why == "" {
			n++
		}
	}
	return n
}

// holdsData reports whether anything is kept for what it holds.
func holdsData(kept []Kept) bool {
	for _, k := range kept {
		if k.data {
			return true
		}
	}
	return false
}

func printKept(s *streams.Streams, kept []Kept) {
	if len(kept) == 0 {
		s.Printf("both homes are destroyed; nothing is kept\n")
		return
	}
	s.Printf("both homes are destroyed; kept:\n")
	for _, k := range kept {
		s.Printf("  %-13s %-24s %s (%s)\n", k.Region, k.Kind, k.ID, k.Why)
	}
}

// stackPrefix begins the token of everything that a home's stack made.
func stackPrefix(home string) string {
	return fmt.Sprintf("urn:pulumi:%s::%s::", home, stacks.Namespace)
}
