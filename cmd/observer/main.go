// Command observer runs in each home and in the arbiter's region: it looks at the homes and, in the arbiter's region,
// decides which of them is to serve.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"redoubt/internal/observe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := observe.Main(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "observer: error: %v\n", err)
		os.Exit(1)
	}
}
