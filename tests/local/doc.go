// Package local drills on real processes of one machine: a PostgreSQL and a Redis
// primary are killed, their replicas promoted by the plan, and the witness's figures
// compared with what the processes themselves tell. The packages of agentkit that stand on stores run against the same
// processes. Its tests carry the build tag apps.
package local
