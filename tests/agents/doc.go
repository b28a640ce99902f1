// Package agents runs the example agents (examples/agents) as processes on real PostgreSQL and Redis (or Valkey),
// with moto for the AWS stores, breaks what they depend on while people ask questions, and counts what became of
// these. Its tests carry the build tag apps.
package agents
