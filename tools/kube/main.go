// Command kube is a Kubernetes control plane and its store in one
// executable: the first argument names the part, the rest are its flags. One
// executable is linked once, and its parts share what they compile.
package main

import (
	"errors"
	"fmt"
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// parts are what the executable can be. Only the part that runs is made,
// because each registers its feature gates in one place.
var parts = map[string]func() int{
	"store":              store,
	"apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"controller-manager": func() int { return cli.Run(manager.NewControllerManagerCommand()) },
	"scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
}

func main() {
	if len(os.Args) < 2 {
		os.Exit(complain(errors.New("usage: kube PART FLAGS")))
	}
	part, known := parts[os.Args[1]]
	if !known {
		os.Exit(complain(fmt.Errorf("no part is called %q", os.Args[1])))
	}
	os.Args = append([]string{"kube-" + os.Args[1]}, os.Args[2:]...)
	os.Exit(part())
}
