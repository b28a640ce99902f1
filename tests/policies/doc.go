// Package policies tests the rules of the policy pack: on the recorded graph of
// the example with small changes, and with the real engine on the simulated regions.
package policies
