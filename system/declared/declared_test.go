package declared_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system/declared"
)

type thing struct {
	Title string `yaml:"title"`
	name  string
}

func parse(name string, text []byte) (thing, error) {
	out := thing{name: name}
	return out, declared.Decode("thing "+name, text, &out)
}

func TestAll_readsEachFileUnderItsName(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"things/b.yaml": {Data: []byte("title: two")}, "things/a.yaml": {Data: []byte("title: one")},
		"other/c.yaml": {Data: []byte("title: three")}}
	all, err := declared.All(files, "things", parse)
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, []string{"a", "b"}, []string{all[0].name, all[1].name})
}

func TestAll_tellsWhatIsWrongWithEveryFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"things/a.yaml": {Data: []byte("tilte: one")}, "things/b.yaml": {Data: []byte("nmae: two")}}
	_, err := declared.All(files, "things", parse)
	require.ErrorContains(t, err, "thing a")
	assert.ErrorContains(t, err, "thing b")
}
