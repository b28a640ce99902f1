// Command keeper runs in each home: it gives, renews and ends the lease of the active home as the word says.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"redoubt/agentkit/keep"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := keep.Main(ctx, os.Getenv); err != nil {
		fmt.Fprintf(os.Stderr, "keeper: error: %v\n", err)
		os.Exit(1)
	}
}
