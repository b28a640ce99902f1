// Command witness runs in each home all the time: it writes numbered marks into
// the stores of the home that serves, and says after a loss what it took away.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"redoubt/witness/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := program.Main(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "witness: error: %v\n", err)
		os.Exit(1)
	}
}
