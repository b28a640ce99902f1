// Command prober runs in each home: it looks at both homes and publishes what it sees as metrics of its own region.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"redoubt/internal/probe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := probe.Main(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "prober: error: %v\n", err)
		os.Exit(1)
	}
}
