package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRender_idsGoIsFresh(t *testing.T) {
	t.Parallel()
	want, err := render("../..")
	require.NoError(t, err)
	got, err := os.ReadFile("../../ids.go")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "ids.go is stale; run: go generate ./timings")
}

func TestRender_refusesAnIDTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "timings.yaml", "- id: a.b\n- id: a-b\n")
	write(t, dir, "priors.yaml", "[]\n")
	_, err := render(dir)
	require.ErrorContains(t, err, `ids "a.b" and "a-b" both become AB`)
}

func TestRender_refusesAnEntryWithoutID(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "timings.yaml", "- id: a.b\n- mechanism: nothing\n")
	_, err := render(dir)
	require.ErrorContains(t, err, "entry 2 has no id")
}

func TestConstant_readsAsGo(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"aurora.inregion.failover": "AuroraInregionFailover",
		"s3.rtc.sla":               "S3RTCSLA",
		"rtt.us-east-1.eu-west-1":  "RTTUsEast1EuWest1",
		"aws.statuspage.20251020":  "AWSStatuspage20251020",
		"k8s.nodemonitor.132":      "K8SNodemonitor132",
	} {
		assert.Equal(t, want, constant(id), "constant(%q)", id)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
}
