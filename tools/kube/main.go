// Command kube is a Kubernetes API server and its store in one
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
)

// parts are what the executable can be.
var parts = map[string]func() int{
	"store":     store,
	"apiserver": func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
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
