package endtoend

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadStays_namesTypesOfTheCatalog(t *testing.T) {
	t.Parallel()
	list, err := readStays()
	require.NoError(t, err)
	var types []string
	for _, s := range list {
		if s.Type != "" {
			types = append(types, s.Type)
		}
	}
	inCatalog(t, types)
}

func TestLeft_countsWhatMayStayAndNamesTheRest(t *testing.T) {
	t.Parallel()
	list, err := readStays()
	require.NoError(t, err)
	fits := func(arn string) func(*stays) bool {
		return func(s *stays) bool { return s.ARN != "" && s.arns.MatchString(arn) }
	}
	l := Left{Reasons: map[string]int{}}
	for _, arn := range []string{"arn:aws:kms:eu-west-1:123456789012:key/a", "arn:aws:kms:eu-west-1:123456789012:key/b",
		"arn:aws:s3:::atlas-artifacts"} {
		l.add(arn, list, fits(arn))
	}
	assert.Equal(t, []string{"arn:aws:s3:::atlas-artifacts"}, l.Wrong)
	assert.Equal(t, map[string]int{list[0].Reason: 2}, l.Reasons)
	assert.Contains(t, l.String(), "2: a key waits out its window")
}
