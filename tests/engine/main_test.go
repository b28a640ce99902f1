//go:build engine

// Package engine holds the tests that need many runs of the real engine.
package engine

import (
	"testing"

	"redoubt/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }
