//go:build !engine

package recovery

// moreSeeds is how many seeds of each scene are walked twice at least.
const moreSeeds = 0
