package root

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
)

// Main runs the command line as a process does. The first Ctrl-C (or SIGTERM)
// lets what is under way finish; the second calls leave at once.
func Main(s *streams.Streams, args []string, leave func(code int)) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go heed(signals, s, cancel, leave)
	return int(Run(ctx, s, args))
}

// heed acts on the first two signals.
func heed(signals <-chan os.Signal, s *streams.Streams, stop func(), leave func(code int)) {
	<-signals
	s.Above("redoubt: stopping when what is under way is done; once more stops at once\n")
	stop()
	<-signals
	s.Above("%s", exit.Format(exit.Errorf(exit.Interrupted, "", "stopped at once")))
	leave(int(exit.Interrupted))
}
