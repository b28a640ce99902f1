// Package kube tries on a real Kubernetes control plane what else only the
// simulated regions answer for: every object that the homes declare, the export of
// them, every request of recovery plans about such objects, and the loss of a zone with
// simulated nodes. Its tests carry the build tag apps; make kube builds what they start.
package kube
