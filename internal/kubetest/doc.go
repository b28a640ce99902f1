// Package kubetest starts a real Kubernetes API server with its store on this
// machine, from tools/kube, for tests with the build tag apps. Everything listens on 127.0.0.1
// alone, lives in a temporary folder and ends with its test.
package kubetest
