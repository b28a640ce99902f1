package needs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tools/judge/upstream"
)

func TestMissing_namesEachJudgeThatIsNotHere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(BridgeVariable, "")
	folder := t.TempDir()
	said := fmt.Sprint(Missing(folder))
	for _, want := range []string{"make bridge", "moto_server (moto 5.2.1) is not on PATH", "make iam-data", "cfn-lint"} {
		assert.Contains(t, said, want)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "bridge"), nil, 0o700))
	assert.NotContains(t, fmt.Sprint(Missing(folder)), "make bridge")
}

func TestAbsent_isNotBroken(t *testing.T) {
	t.Parallel()
	assert.True(t, Absent(errors.Join(ErrNoMoto, fmt.Errorf("and %w", upstream.ErrAbsent))))
	assert.False(t, Absent(errors.New("moto does not answer")))
	assert.False(t, Absent(nil))
}
