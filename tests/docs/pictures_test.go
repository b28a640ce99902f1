package docs

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
)

// heaviest is how many bytes a picture may have: it is in every clone.
const heaviest = 200_000

// TestPictures_areThereAndShown holds that every picture that make pictures makes is a picture, small, and shown by a page.
func TestPictures_areThereAndShown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(clitest.Root(t), "docs", "images", "*.png"))
	require.NoError(t, err)
	require.Len(t, files, 2, "make pictures makes them")
	shown := ""
	for _, page := range pages(t) {
		if strings.HasPrefix(page, "docs/") {
			shown += read(t, page)
		}
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		is, err := png.DecodeConfig(bytes.NewReader(raw))
		require.NoError(t, err, file)
		assert.Equal(t, 1120, is.Width, file)
		assert.Less(t, len(raw), heaviest, file)
		assert.Contains(t, shown, "](images/"+filepath.Base(file)+")", "no page shows it")
	}
}
