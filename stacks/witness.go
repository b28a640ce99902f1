package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/programs"
	"redoubt/internal/iampolicy"
	"redoubt/inventory"
	"redoubt/witness"
)

// The witness of the home (docs/witness.md).
const (
	witnessPart  = "witness"
	witnessImage = "redoubt/witness:1"
)

// witnessImages are those of the witness.
func (c Config) witnessImages() []string {
	if !c.Witness {
		return nil
	}
	return []string{witnessImage}
}

// marksEnd is how long marks stay in a bucket, segmentsEnd how long the log stays in the control bucket.
func (h *home) marksEnd() map[string]int {
	return h.witnessed(map[string]int{witness.BucketRoot: witness.BucketDays})
}

func (h *home) segmentsEnd() map[string]int {
	return h.witnessed(map[string]int{witness.SegmentRoot: witness.SegmentDays})
}

func (h *home) witnessed(ends map[string]int) map[string]int {
	if !h.config.Witness {
		return nil
	}
	return ends
}

// declareWitness runs what writes marks into the stores where clients write. One pod does: during an update, or beside a
// node that does not answer, there may be two, which have numbers of their own.
func (h *home) declareWitness() error {
	if !h.config.Witness {
		return nil
	}
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	s := witness.Settings{Home: h.config.Home, Region: h.config.Region, Bucket: h.scope().Bucket("control", 1),
		System: programs.FilesPath + "/" + systemFile}
	env := map[string]pulumi.StringInput{}
	for name, value := range s.Environment() {
		env[name] = pulumi.String(value)
	}
	return h.declareProgram(programs.Args{
		Part: witnessPart, Image: witnessImage, Arguments: []string{"stand"}, Environment: env, Allowed: h.mayWitness(),
		Files: map[string]pulumi.StringInput{systemFile: pulumi.String(h.config.SystemText)},
		Ways: []programs.Way{
			{Ranges: addresses.Services, Ports: []int{httpsPort}},
			{Ranges: addresses.Homes, Ports: storePorts},
		},
	})
}

// mayWitness lets the witness write its marks into the stores of both homes, read them back in its own, and keep its log. In
// a database it is who agents are.
func (h *home) mayWitness() pulumi.StringInput {
	return h.opened(func(_, secrets []string) []iampolicy.Statement {
		return slices.Concat(h.keepsLog(), h.writesMarks(secrets))
	})
}

// keepsLog names the witness's own keys: nobody's records, and of the inventories that of the home.
func (h *home) keepsLog() []iampolicy.Statement {
	name, control := witness.NameOf(h.config.Home), bucketArn(h.scope().Bucket("control", 1))
	log := []string{control + "/" + witness.Segments(name) + "*", control + "/" + witness.Epochs(name) + "*"}
	listed := []string{control}
	for _, st := range sortedKeys(h.buckets) {
		if at := h.bucketIn(h.scope(), st); at != "" {
			listed = append(listed, bucketArn(at))
		}
	}
	return []iampolicy.Statement{
		{Sid: "Log", Actions: []string{"s3:GetObject", "s3:PutObject"}, Resources: log},
		{Sid: "Inventory", Actions: []string{"s3:GetObject"}, Resources: []string{control + "/" + inventory.ObjectKey(h.config.Home)}},
		iampolicy.Statement{Sid: "List", Actions: []string{"s3:ListBucket"}, Resources: listed}.With(
			iampolicy.Condition{Operator: "StringEquals", Key: "s3:prefix",
				Values: []string{witness.Segments(name), witness.Epochs(name), witness.BucketPrefix(name)}}),
	}
}

// writesMarks names the items, the objects and the sessions of the witness.
func (h *home) writesMarks(secrets []string) []iampolicy.Statement {
	name := witness.NameOf(h.config.Home)
	own, theirs := h.bothMarked(witness.BucketPrefix(name) + "*")
	var out []iampolicy.Statement
	allow := func(s iampolicy.Statement) {
		if len(s.Resources) > 0 {
			out = append(out, s)
		}
	}
	marks := iampolicy.Condition{Operator: "ForAllValues:StringLike", Key: "dynamodb:LeadingKeys",
		Values: []string{witness.TableKey(name), witness.QueueToken(name) + "*"}}
	allow(iampolicy.Statement{Sid: "Items", Actions: []string{"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query"},
		Resources: own.tables}.With(marks))
	allow(iampolicy.Statement{Sid: "PeersItems", Actions: []string{"dynamodb:PutItem"}, Resources: theirs.tables}.With(marks))
	allow(iampolicy.Statement{Sid: "Objects", Actions: []string{"s3:PutObject"}, Resources: slices.Concat(own.objects, theirs.objects)})
	allow(iampolicy.Statement{Sid: "Sessions", Actions: []string{"elasticache:Connect"},
		Resources: slices.Concat(own.sessions, theirs.sessions)})
	allow(iampolicy.Statement{Sid: "Databases", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets})
	return out
}
