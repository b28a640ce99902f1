package exit

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the page again")

const page = "../../../docs/exit-codes.md"

func TestMarkdown_isThePageInTheDocs(t *testing.T) {
	t.Parallel()
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(Markdown()), 0o644))
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, Markdown(), string(text), "stale: run make generate")
}

func TestTable_hasEveryCodeOnceAndInOrder(t *testing.T) {
	t.Parallel()
	var codes []Code
	for _, m := range Table {
		codes = append(codes, m.Code)
		assert.Contains(t, Help(), fmt.Sprintf("%3d  %s", m.Code, m.Text))
		if m.Code != OK {
			assert.NotEmpty(t, m.Next, "code %d says what to do", m.Code)
		}
	}
	assert.Equal(t, []Code{OK, Unexpected, Usage, Refused, Stopped, NotProven, Held, Interrupted}, codes)
}

func TestFormat_saysCauseAndNextCommand(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk is full")
	for name, c := range map[string]struct {
		err  error
		code Code
		want string
	}{
		"uncoded": {cause, Unexpected, "redoubt: error: disk is full\nredoubt: hint: " + next(Unexpected) + "\n"},
		"with a hint": {
			fmt.Errorf("show: %w", With(Usage, cause, "redoubt sim up")), Usage,
			"redoubt: error: show: disk is full\nredoubt: hint: redoubt sim up\n",
		},
		"without a hint": {With(Held, cause, ""), Held, "redoubt: error: disk is full\nredoubt: hint: " + next(Held) + "\n"},
		"two causes": {
			errors.Join(With(Stopped, cause, "go on"), errors.New("two")), Stopped,
			"redoubt: error: disk is full\nredoubt: error: two\nredoubt: hint: go on\n",
		},
		"told already":     {fmt.Errorf("run: %w", Told(NotProven, cause)), NotProven, ""},
		"faults of a file": {Faults(errors.New("f:1:2: bad\nf:3:4: bad")), Usage, "f:1:2: bad\nf:3:4: bad\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, Format(c.err))
			assert.Equal(t, c.code, Of(c.err))
		})
	}
	assert.Equal(t, OK, Of(nil))
	assert.NoError(t, With(Usage, nil, "x"))
	assert.NoError(t, Faults(nil))
	assert.NoError(t, Told(Stopped, nil))
}
