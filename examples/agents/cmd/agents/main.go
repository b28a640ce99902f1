// Command agents is one agent of the example, by its name in system.yaml, or a service outside that only pretends.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"redoubt/examples/agents"
	"redoubt/examples/agents/outside"
)

func main() {
	config := flag.String("config", "agents.json", "the file that says where everything is")
	listen := flag.String("listen", "127.0.0.1:0", "the address to serve at")
	flag.Usage = func() {
		fmt.Fprintf(os.Stderr, "usage: agents [-config FILE] [-listen ADDRESS] NAME | outside SERVICE\nNAME is one of %s\n",
			strings.Join(agents.Names(), ", "))
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *config, *listen, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "agents:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, config, listen string, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "outside":
		return outside.Serve(ctx, args[1], listen)
	case len(args) != 1:
		return fmt.Errorf("want the name of an agent, got %q: one of %s", args, strings.Join(agents.Names(), ", "))
	}
	c, err := agents.LoadConfig(config)
	if err != nil {
		return err
	}
	return agents.Run(ctx, args[0], listen, c)
}
