// Package protocol holds the messages that the judge exchanges with a provider
// process: the published protocol version 5, cut down to what is used here.
package protocol

//go:generate go run ./generate
