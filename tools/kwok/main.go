// Command kwok keeps simulated nodes alive and says that their pods run (kwok's
// own command), or with the argument stages writes what it does so by. It is a module of its own because it stands on
// another version of Kubernetes' libraries than the control plane.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"
	node "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	lease "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	pod "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "stages" {
		os.Exit(stages(os.Stdout))
	}
	os.Exit(nodes())
}

// nodes runs until it is stopped. It reads what it does from the file of --config: see stages.
func nodes() int {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsWhitelist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), flags)
	ctx, err := config.InitFlags(ctx, flags)
	if err != nil {
		return complain(err)
	}
	command := cmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		return complain(err)
	}
	return 0
}

// stages writes what kwok does to a node and to a pod, as kwok itself ships it:
// a node is ready and renews its lease, a pod that is placed runs, one that is
// deleted goes.
func stages(to io.Writer) int {
	for _, stage := range []string{
		node.DefaultNodeInit, lease.DefaultNodeHeartbeatWithLease,
		pod.DefaultPodReady, pod.DefaultPodComplete, pod.DefaultPodDelete,
	} {
		if _, err := fmt.Fprintf(to, "---\n%s\n", stage); err != nil {
			return complain(err)
		}
	}
	return 0
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
