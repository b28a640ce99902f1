package contract

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
)

var update = flag.Bool("update", false, "write the golden file again; read the difference before you keep it")

// TestClasses_ofEveryErrorThatAWSNames lists what the engine makes of each error
// that the models name for an operation of the port. A change of the table of
// classes, or a new operation, shows as a difference that somebody has read.
func TestClasses_ofEveryErrorThatAWSNames(t *testing.T) {
	t.Parallel()
	models, err := Find()
	require.NoError(t, err)
	var lines []string
	for _, name := range awsport.Operations() {
		service, operation, _ := strings.Cut(name, ".")
		model, err := models.Service(service)
		require.NoError(t, err)
		for _, e := range model.Operations[operation].Errors {
			shape := model.shape(e.Shape)
			code, status := shape.Error.Code, shape.Error.HTTPStatusCode
			if code == "" {
				code = e.Shape
			}
			if status == 0 {
				status = 400
			}
			lines = append(lines, fmt.Sprintf("%-12s %s (%d)", execute.ClassOfCode(code, status), code, status))
		}
	}
	slices.Sort(lines)
	got := strings.Join(slices.Compact(lines), "\n") + "\n"
	golden := filepath.Join("testdata", "classes.txt")
	if *update {
		require.NotEqual(t, "true", os.Getenv("CI"))
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}
