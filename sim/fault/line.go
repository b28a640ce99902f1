package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"redoubt/timings"
)

// forms are the lines that Parse reads, words to fill in as capitals. Each kind
// has one, but a failing call has two.
var forms = []string{
	"region-down REGION", "region-fading REGION over DURATION", "region-up REGION",
	"control-plane-down SERVICE REGION", "control-plane-up SERVICE REGION",
	"throttle SERVICE REGION every N", "unthrottle SERVICE REGION",
	"service-down SERVICE REGION", "service-up SERVICE REGION",
	"zone-down ZONE", "zone-fading ZONE over DURATION", "zone-up ZONE",
	"targets-flap REGION", "targets-steady REGION",
	"capacity-short ZONE", "capacity-back ZONE",
	"writer-down CLUSTER REGION", "writer-up CLUSTER REGION",
	"writer-lost CLUSTER REGION", "writer-back CLUSTER REGION",
	"pod-down NAME REGION", "pod-up NAME REGION",
	"pod-failing NAME REGION", "pod-well NAME REGION",
	"call-failing CALLER CALLEE REGION", "call-late CALLER CALLEE REGION by DURATION", "call-well CALLER CALLEE REGION",
	"nodes-down ZONE", "nodes-up ZONE",
	"corrupt STORE REGION", "clean STORE REGION",
	"partition REGION REGION", "heal REGION REGION",
	"lag SERVICE REGION REGION DURATION", "caught-up SERVICE REGION REGION",
	"dependency-down NAME", "dependency-up NAME",
	"fail call N of SERVICE.OPERATION in REGION with CODE",
	"fail every call of SERVICE.OPERATION in REGION with CODE",
	"stop-failing SERVICE.OPERATION in REGION",
}

// words are the forms in words.
var words = sync.OnceValue(func() [][]string {
	var out [][]string
	for _, form := range forms {
		out = append(out, strings.Fields(form))
	}
	return out
})

// Forms lists the lines that Parse reads, words to fill in as capitals.
func Forms() []string { return slices.Clone(forms) }

// String prints the line that Parse reads.
func (f Fault) String() string {
	for _, form := range words() {
		if form[0] == string(f.Kind) && (f.Kind != FailCall || (f.N > 0) == slices.Contains(form, "N")) {
			return f.fill(slices.Clone(form))
		}
	}
	return string(f.Kind)
}

// fill puts what the fault says into a form.
func (f Fault) fill(words []string) string {
	regions := []string{f.Region, f.Peer}
	values := map[string]string{"ZONE": f.Zone, "CLUSTER": f.Name, "STORE": f.Name, "NAME": f.Name, "CALLER": f.Name, "CALLEE": f.Callee, "SERVICE": f.Service,
		"SERVICE.OPERATION": f.Service + "." + f.Operation, "CODE": f.Code, "N": strconv.Itoa(f.N), "DURATION": timings.Short(f.For)}
	for i, w := range words {
		if w == "REGION" {
			words[i], regions = regions[0], regions[1:]
		} else if v, named := values[w]; named {
			words[i] = v
		}
	}
	return strings.Join(words, " ")
}

// Parse reads the line that String prints.
func Parse(line string) (Fault, error) {
	said := strings.Fields(line)
	for _, form := range words() {
		if f, ok := read(said, form); ok {
			return f, nil
		}
	}
	return Fault{}, fmt.Errorf("fault %q is not understood, want one of: %s", line, strings.Join(forms, "; "))
}

// read takes what the words say in the places of a form.
func read(words, form []string) (Fault, bool) {
	if len(words) != len(form) {
		return Fault{}, false
	}
	f, ok := Fault{Kind: Kind(words[0])}, true
	for i, w := range words {
		ok = ok && f.take(form[i], w)
	}
	return f, ok && (f.Peer == "" || f.Peer != f.Region)
}

// take reads one word in the place of a form's.
func (f *Fault) take(place, word string) bool {
	var err error
	switch place {
	case "REGION":
		if f.Region == "" {
			f.Region = word
		} else {
			f.Peer = word
		}
	case "ZONE":
		f.Zone = word
	case "CLUSTER", "STORE", "NAME", "CALLER":
		f.Name = word
	case "CALLEE":
		f.Callee = word
	case "SERVICE":
		f.Service = word
	case "SERVICE.OPERATION":
		f.Service, f.Operation, _ = strings.Cut(word, ".")
		return f.Service != "" && f.Operation != ""
	case "CODE":
		f.Code = word
	case "N":
		f.N, err = strconv.Atoi(word)
		return err == nil && (f.N > 1 || f.N == 1 && f.Kind == FailCall)
	case "DURATION":
		f.For, err = time.ParseDuration(word)
		return err == nil && f.For > 0
	default:
		return place == word
	}
	return true
}
