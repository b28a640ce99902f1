// Package iam judges IAM policy documents offline by AWS's own service
// authorization reference: which actions there are, and on what they work.
package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrAbsent means that the service authorization data is not installed.
var ErrAbsent = errors.New("service authorization data is not here; run `make iam-data`")

// Action is one action of a service.
type Action struct {
	Name        string `json:"name"`
	AccessLevel string `json:"accessLevel"`
	Resources   []struct {
		Name string `json:"name"`
	} `json:"resourceTypes"`
	ConditionKeys []string `json:"conditionKeys"`
}

// Reads reports whether the action only tells what there is.
func (a Action) Reads() bool { return a.AccessLevel == "List" || a.AccessLevel == "Read" }

// Service is what AWS says of one service's permissions.
type Service struct {
	// Actions are found by their name in lower case.
	Actions map[string]Action
	// Arns are the forms of its resources' ARNs, by resource type.
	Arns map[string]string
	// Keys are its condition keys, in lower case.
	Keys map[string]bool
}

// Data reads services on demand from the folder of the data.
type Data struct {
	dir      string
	services map[string]*Service
}

// Find returns the data in the folder, or ErrAbsent. The data is the npm
// package that package.json names, made from AWS's service authorization reference:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
func Find(tools string) (*Data, error) {
	dir := filepath.Join(tools, "iam-data", "node_modules", "@cloud-copilot", "iam-data", "data")
	if _, err := os.Stat(filepath.Join(dir, "actions")); err != nil {
		return nil, ErrAbsent
	}
	return &Data{dir: dir, services: map[string]*Service{}}, nil
}

// Service returns the service with the prefix of its actions, such as s3; nil
// when there is none.
func (d *Data) Service(prefix string) (*Service, error) {
	if s, ok := d.services[prefix]; ok {
		return s, nil
	}
	s, err := d.read(prefix)
	if errors.Is(err, os.ErrNotExist) {
		s, err = nil, nil
	}
	if err == nil {
		d.services[prefix] = s
	}
	return s, err
}

func (d *Data) read(prefix string) (*Service, error) {
	s := &Service{Arns: map[string]string{}, Keys: map[string]bool{}}
	if err := d.file("actions", prefix, &s.Actions); err != nil {
		return nil, err
	}
	var types map[string]struct{ Key, Arn string }
	var keys map[string]struct{ Key string }
	err := errors.Join(d.optional("resourceTypes", prefix, &types), d.optional("conditionKeys", prefix, &keys))
	for _, t := range types {
		s.Arns[strings.ToLower(t.Key)] = t.Arn
	}
	for key := range keys {
		s.Keys[strings.ToLower(key)] = true
	}
	return s, err
}

func (d *Data) optional(folder, prefix string, into any) error {
	if err := d.file(folder, prefix, into); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (d *Data) file(folder, prefix string, into any) error {
	raw, err := os.ReadFile(filepath.Join(d.dir, folder, prefix+".json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s of %s: %w", folder, prefix, err)
	}
	return nil
}
