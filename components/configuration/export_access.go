package configuration

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/podaccess"
	"redoubt/inventory/objects"
)

// access declares who the export is: it reads what is kept, and nothing else (no secret, no other namespace, nothing
// that changes anything), and writes below one prefix of one bucket.
func (b *exporter) access() error {
	account, err := b.who.Declare()
	if err != nil {
		return err
	}
	bound, err := b.who.Reads(objects.Rules(b.args.Namespace))
	if err != nil {
		return err
	}
	text := pulumi.All(b.args.Bucket, b.args.KeyArn).ApplyT(func(v []any) (string, error) {
		return b.args.allowed(v[0].(string), v[1].(string)).Checked()
	}).(pulumi.StringOutput)
	arn, identity, err := b.who.Has(podaccess.Role{
		Name: b.args.Scope.Role("export"),
		Description: pulumi.Sprintf("Writes the Kubernetes objects of the %s home into its configuration bucket",
			b.args.Scope.Home),
		Policy: text, Cluster: b.args.Cluster,
	})
	b.component.RoleArn = arn
	b.before = append(append(b.before, account, identity), bound...)
	return err
}

// allowed is all that the export may do to AWS. S3 makes a data key for what it
// writes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html); with a bucket key the
// encryption context is the bucket.
func (a ExportArgs) allowed(bucket, key string) iampolicy.Document {
	arn := "arn:aws:s3:::" + bucket
	seal := iampolicy.Statement{Sid: "Seal", Actions: []string{"kms:GenerateDataKey"}, Resources: []string{key}}.With(
		iampolicy.Through(a.Scope.Region, "s3")).With(
		iampolicy.Condition{Operator: "StringLike", Key: "kms:EncryptionContext:aws:s3:arn",
			Values: []string{arn, arn + "/" + ObjectsPrefix(a.Scope.Home) + "*"}})
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Write", Actions: []string{"s3:PutObject"}, Resources: []string{arn + "/" + ObjectsPrefix(a.Scope.Home) + "*"}},
		seal,
	}}
}
