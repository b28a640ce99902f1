// Command charts renders the controllers' charts ahead of time, so that an
// update needs no chart repository: it writes components/controllers/rendered/.
// Rendering is deterministic: exact versions of Go modules, our values, sorted objects.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"

	"sigs.k8s.io/yaml"
)

// chart is one controller and where its manifests come from.
type chart struct {
	name    string
	module  string
	version string
	license string
	// sum is the module's hash, as the checksum database knows it.
	sum string
	// render gives the manifests, from the module's folder.
	render func(dir string) ([]byte, error)
	// images gives every image its version.
	images map[string]string
	// drop are objects that Redoubt does without, as kind/name.
	drop map[string]bool
}

func main() {
	out := "../../components/controllers/rendered"
	if len(os.Args) > 1 {
		out = os.Args[1]
	}
	for _, c := range charts {
		text, err := c.text()
		if err == nil {
			err = os.WriteFile(filepath.Join(out, c.name+".yaml"), text, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "charts: %s: %v\n", c.name, err)
			os.Exit(1)
		}
	}
}

// text is the chart's file: where it comes from, and its objects.
func (c chart) text() ([]byte, error) {
	dir, err := c.fetch()
	if err != nil {
		return nil, err
	}
	raw, err := c.render(dir)
	if err != nil {
		return nil, err
	}
	objects, err := parse(raw)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Rendered by tools/charts, not by hand: make charts\n# origin: %s\n# version: %s\n# sum: %s\n# license: %s\n",
		c.module, c.version, c.sum, c.license)
	for _, o := range c.settle(objects) {
		text, err := yaml.Marshal(o)
		if err != nil {
			return nil, err
		}
		b.WriteString("---\n")
		b.Write(text)
	}
	return b.Bytes(), nil
}

// fetch gets the module through the module proxy and checks that it is the one meant.
func (c chart) fetch() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", c.module+"@"+c.version)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w", c.module, err)
	}
	var m struct{ Dir, Sum string }
	if err := json.Unmarshal(text, &m); err != nil {
		return "", err
	}
	if m.Sum != c.sum {
		return "", fmt.Errorf("%s@%s has the sum %s, want %s", c.module, c.version, m.Sum, c.sum)
	}
	return m.Dir, nil
}

type object = map[string]any

// parse cuts a stream of documents into objects.
func parse(raw []byte) ([]object, error) {
	var out []object
	for _, doc := range bytes.Split(append([]byte("\n"), raw...), []byte("\n---")) {
		var o object
		if err := yaml.Unmarshal(doc, &o); err != nil {
			return nil, fmt.Errorf("%w in:\n%.300s", err, doc)
		}
		if o["kind"] != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

// settle drops what is not wanted, adapts the rest and puts it in order.
func (c chart) settle(all []object) []object {
	var out []object
	for _, o := range all {
		if c.drop[id(o)] {
			continue
		}
		c.adapt(o)
		out = append(out, o)
	}
	sort.Slice(out, func(i, j int) bool { return id(out[i]) < id(out[j]) })
	return out
}

func id(o object) string {
	meta, _ := o["metadata"].(object)
	return fmt.Sprintf("%v/%v", o["kind"], meta["name"])
}
