// Package kube tries on a real Kubernetes API server what else only the
// simulated regions answer for: every object that the homes declare, and the export of them.
// Its tests carry the build tag apps; make kube builds what they start.
package kube
