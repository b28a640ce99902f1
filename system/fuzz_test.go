package system_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"redoubt/system"
)

// lineBreak is what YAML 1.1, which the parser reads, takes as the end of a line.
var lineBreak = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// Whatever the bytes, Parse gives either a system or faults that can be
// printed, each on one line and at a place that is in the file.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"../system.yaml", "testdata/small.yaml", "testdata/seven-faults.yaml"} {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	for _, text := range []string{
		"", "\n", "# nothing\n", "---\n---\n", "a: b: c", "name: &a [*a]", "&a name: demo\n<<: &m {<<: [*m, *m]}\n",
		"name: demo\n<<: {tiers: [], name: x}\n", "tiers: [{}, null, 7, [], !x y]", "stores: [{name: a, kind: cache}]",
		"agents: [{replicas: -9223372036854775808, load: 9223372036854775807, perReplica: 1}]",
		"tiers: [{name: t, objectives: {zone: {rto: 1d1d, rpo: -1s, availability: .inf}}}]",
		"? [a]\n: b", "name: |\n  demo\n", "name: \u2028\nname: x", "\ufeffname: demo", "name: x\r\ndomain: [\r\n",
		"*x : y", "%YAML 1.2\n---\na: b",
		"dependencies: [{name: a, kind: model, host: ..., fallbacks: [a, a]}]", "\"\\x00\": 1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sys, err := system.Parse("system.yaml", data)
		if err == nil {
			require.NotNil(t, sys)
			return
		}
		require.Nil(t, sys)
		var faults *system.Faults
		require.ErrorAs(t, err, &faults)
		require.NotEmpty(t, *faults)
		lines := lineBreak.Split(string(data), -1)
		for _, fault := range *faults {
			require.Positive(t, fault.Line, "%v", fault)
			require.Positive(t, fault.Col, "%v", fault)
			require.LessOrEqual(t, fault.Line, len(lines), "%v", fault)
			require.LessOrEqual(t, fault.Col, utf8.RuneCountInString(lines[fault.Line-1])+1, "%v", fault)
			require.NotEmpty(t, fault.Cause)
			require.Falsef(t, strings.ContainsAny(fault.String(), "\n\r"), "%q is more than one line", fault.String())
		}
	})
}
