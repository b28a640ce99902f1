// Package local is two homes on one machine: a PostgreSQL and a Redis (or Valkey)
// primary with a replica each, and moto for the stores that AWS runs. All of it listens on
// loopback, has ports and data of its own, and ends with the program that started it.
//
// It stands in for AWS where a drill should meet real processes: their deaths, their
// promotions, and the marks that they really lost. What AWS does by itself is done
// here by a few lines, each of which says so. It needs Linux: what is killed must be found and must not outlive us.
package local
