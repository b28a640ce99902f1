// Package engine holds the tests that need many runs of the real engine. They
// have the build tag "engine": make test-engine.
package engine
