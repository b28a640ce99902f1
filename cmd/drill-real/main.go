// Command drill-real leads the drills on a real account, or says what they would do, cost and take.
package main

import (
	"context"
	"os"
	"os/signal"

	"redoubt/internal/real/lead"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(lead.Main(ctx, os.Stdout, os.Stderr, os.Getenv))
}
