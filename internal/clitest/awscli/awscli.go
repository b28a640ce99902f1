// Package awscli lets the AWS command line judge commands by its own models, without calling anything.
package awscli

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

//go:embed driver.py
var driver string

// Command is one command, without the word aws.
type Command struct {
	Args []string `json:"args"`
	// Mention says that a text names the command, and may leave out what it requires.
	Mention bool `json:"mention"`
}

// There reports whether python3 has the AWS command line.
func There(ctx context.Context) bool {
	return exec.CommandContext(ctx, "python3", "-c", "import awscli.clidriver").Run() == nil
}

// Refused are the commands that the AWS command line refuses, with its reasons. Files that commands name are looked for in dir.
func Refused(ctx context.Context, dir string, commands []Command) ([]string, error) {
	in, err := json.Marshal(commands)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "python3", "-c", driver)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL=http://127.0.0.1:9", "AWS_DEFAULT_REGION=eu-west-1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("the AWS command line: %w: %s", err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")[:strings.Count(string(out), "\n")], nil
}
