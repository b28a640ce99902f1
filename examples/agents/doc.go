// Package agents is Atlas, the system of the example system.yaml, small but real: seven of its agents on agentkit. Each
// runs as a process of its own (cmd/agents) and serves HTTP.
//
//	a person -> gateway -> sessions-api                conversations
//	                    -> planner -> memory, a model  a question becomes a task
//	                                  ledger and queue "work"
//	            worker  <- "work"   -> memory, a model a task becomes an answer
//	                                  ledger and queue "tool-jobs"
//	       tool-runner  <- "tool-jobs" -> web-search   an effect, once for each token
//	         scheduler  -> ledger and queue "work"     what the queue lost is sent again
//
// Who may call whom, how long a service outside may take and what is given up at which level is read from
// system.yaml: an agent that calls what it does not declare does not start.
package agents
