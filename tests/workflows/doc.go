// Package workflows holds what a linter of GitHub's workflows does not know: pinned actions, few rights, no secrets,
// and steps that everybody can run as make targets.
package workflows
