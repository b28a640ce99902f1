// Command redoubt gives a multi-agent system on AWS a recovery posture that is
// proved, not claimed.
package main

import (
	"os"

	"redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
)

func main() {
	os.Exit(root.Main(streams.System(), os.Args[1:], os.Exit))
}
