package keys

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// InRegion returns the ARN of a multi-region key's copy in another region: the
// copies share one key id, only the region of the ARN differs
// (https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html).
func InRegion(arn pulumi.StringInput, region string) pulumi.StringOutput {
	return arn.ToStringOutput().ApplyT(func(arn string) (string, error) {
		return ArnIn(arn, region)
	}).(pulumi.StringOutput)
}

// ArnIn is InRegion for an ARN that is known. A key that lives in one region
// has no copy elsewhere and is refused.
func ArnIn(arn, region string) (string, error) {
	f := strings.Split(arn, ":")
	if len(f) != 6 || !strings.HasPrefix(f[5], "key/mrk-") {
		return "", fmt.Errorf("%q is no multi-region key", arn)
	}
	f[3] = region
	return strings.Join(f, ":"), nil
}
