// Package bench measures the speed of the whole program, each figure with its
// baseline in the same run. The benchmarks have the build tag "engine": make bench.
package bench
