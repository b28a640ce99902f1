// Package kubetest starts a real Kubernetes control plane on this machine, with
// simulated nodes, for tests with the build tag apps: etcd, the API server, and as wanted
// the controller manager, the scheduler and kwok, all from tools/kube. Everything listens
// on 127.0.0.1 alone, lives in a temporary folder and ends with its test.
package kubetest
