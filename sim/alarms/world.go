package alarms

import (
	"context"
	"strings"

	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	simulated "redoubt/sim/world"
	"redoubt/system"
)

// world is the world as one prober meets it.
type world struct{ drive.World }

// leads is the home that the domain leads to; while nobody answers, the last that it led to.
func (w world) leads(r *Regions, last system.Home) system.Home {
	at, err := w.World.World.ResolveFrom(w.From, r.System.Domain, "A")
	if err != nil {
		return last
	}
	for home, region := range w.Regions {
		if region == at.Region {
			return home
		}
	}
	return last
}

// replicas are how many of an agent are wanted and how many are ready.
func (w world) replicas(home system.Home, of inventory.Home, agent string) (wanted, ready float64) {
	d, err := w.get(home, of.Cluster.Endpoint, "Deployment", of.Cluster.Namespace, of.Agents[agent].Deployment)
	if err != nil {
		return 1, 0
	}
	number := func(path plan.Path) float64 {
		v, _ := path.Find(d)
		n, _ := v.(float64)
		return n
	}
	return number("spec.replicas"), number("status.readyReplicas")
}

// keyUsable reports whether a key is enabled.
func (w world) keyUsable(region, arn string) bool {
	found := func(kind string) bool {
		return len(w.World.World.Find(region, kind, func(e *simulated.Entity) bool {
			return e.ARN == arn && e.Out["KeyState"] == "Enabled" && e.In["Enabled"] != false && e.In["IsEnabled"] != false
		})) > 0
	}
	return found("AWS::KMS::Key") || found("AWS::KMS::ReplicaKey")
}

// inventoryDiffers compares a home's copy of its peer's inventory with the peer's own; known is false where one of them
// cannot be read.
func (w world) inventoryDiffers(home system.Home, last *compared) (differs, known bool) {
	read := func(at system.Home) (string, error) {
		out, err := w.World.World.Call(simulated.Request{Region: w.Regions[at], From: w.From, Service: "s3", Operation: "GetObject",
			Input: simulated.Document{"Bucket": w.Inventory.Homes[at].Control.Bucket, "Key": inventory.ObjectKey(home.Peer())}})
		if err != nil {
			return "", err
		}
		body, _ := out["Body"].(string)
		return body, nil
	}
	own, err := read(home)
	there, err2 := read(home.Peer())
	if err != nil || err2 != nil {
		return false, false
	}
	if own != last.own || there != last.there || last.own == "" {
		*last = compared{own, there, peerOf(own, home.Peer()) != peerOf(there, home.Peer())}
	}
	return last.differs, true
}

// takenOver reads the home's copy of the arbiter's word; nil is that it cannot be read.
func (w world) takenOver(home system.Home, table string) *bool {
	word, err := arbiter.Table{Port: w.World, Home: home, Name: table}.Word(context.Background())
	if err != nil {
		return nil
	}
	taken := word.TakenOver(home)
	return &taken
}

// compared are two documents and whether they differ in what they say of the peer.
type compared struct {
	own, there string
	differs    bool
}

// peerOf is what a document says of one home.
func peerOf(text string, home system.Home) string {
	doc, err := inventory.Decode([]byte(text))
	if err != nil {
		return text
	}
	out, err := inventory.Encode(inventory.New(doc.System, home, doc.Homes[home]))
	if err != nil {
		return text
	}
	return string(out)
}

// oldest is when the oldest message of a queue was sent, and how many there are.
func (w world) messages(region, queueARN string) (oldest string, count int) {
	for _, m := range w.World.World.Find(region, "AWS::SQS::Message", nil) {
		if m.In["Queue"] != queueARN {
			continue
		}
		count++
		if sent, _ := m.In["Sent"].(string); oldest == "" || strings.Compare(sent, oldest) < 0 {
			oldest = sent
		}
	}
	return oldest, count
}
