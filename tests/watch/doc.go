// Package watch lets the alarms of the example's homes meet failures in the simulated regions.
package watch
