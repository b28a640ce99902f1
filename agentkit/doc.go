// Package agentkit is the root of the small libraries that an agent needs to
// behave when something it depends on does not: its README says what each is for, and the example
// below puts them together.
package agentkit
