package prober

import "redoubt/system"

// How the mark of a home's prober is called in each store (internal/probe/cells). Its role may touch nothing else there.

// Name is the prober of a home, as its marks are called.
func Name(home system.Home) string { return "from-" + string(home) }

// TableKey is the key of its mark in a table or a work ledger.
func TableKey(home system.Home) string { return "redoubt#prober#" + Name(home) }

// BucketKey is the key of its mark in a bucket.
func BucketKey(home system.Home) string { return "redoubt/prober/" + Name(home) }

// CacheKey is the key of its mark in a cache.
func CacheKey(home system.Home) string { return "redoubt:prober:" + Name(home) }
