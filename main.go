// Redoubt gives a multi-agent system on AWS a recovery posture that is proved:
// one stack for each home, declared by system.yaml.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/stacks"
)

func main() {
	pulumi.Run(stacks.Program)
}
