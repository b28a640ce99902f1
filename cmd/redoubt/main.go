// Command redoubt gives a multi-agent system on AWS a recovery posture that is
// proved, not claimed.
package main

import (
	"context"
	"os"

	"redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
)

func main() {
	os.Exit(int(root.Run(context.Background(), streams.System(), os.Args[1:])))
}
