// Package experiment leads a declared experiment where AWS Fault Injection Service (FIS) breaks things, and stops all that
// run. The drill and its judge are those of the simulated regions (recovery/drill); only what breaks and who sees differ:
// a template of the service is started in the home that serves, and the metrics of the other home's prober are the witness.
//
// It was never tried on AWS: docs/limits.md says how to.
package experiment
