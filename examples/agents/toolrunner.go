package agents

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/agentkit/consume"
	"redoubt/agentkit/idempotent"
)

// toolRunner runs tools: it searches, and has an effect, which takes place once for each token however often the job
// comes.
func toolRunner(_ context.Context, a *agent) {
	search, files := a.service("web-search"), s3.NewFromConfig(a.aws())
	once := &idempotent.Once{Table: a.tables, Name: a.Idempotency, Owner: a.self(), Term: 8 * time.Second,
		Meter: a.metrics}
	a.work = a.consumer(func(ctx context.Context, w consume.Work) error {
		found, err := once.Do(ctx, w.Token, func(ctx context.Context, c idempotent.Claim) (idempotent.Outcome, error) {
			result := "nothing was searched"
			if a.levels.Enabled("web-search") {
				var said Said
				if err := search.ask(ctx, http.MethodGet, "/search?q="+url.QueryEscape(w.Payload), "", nil, &said); err != nil {
					return idempotent.Outcome{}, err
				}
				result = said.Text
			}
			return idempotent.Outcome{Result: []byte(result), Writes: a.effect(c.Token)}, nil
		})
		if err != nil {
			return err
		}
		_, err = files.PutObject(ctx, &s3.PutObjectInput{Bucket: &a.Artifacts, Key: &w.Token, Body: bytes.NewReader(found)})
		return err
	}).Run
}

// effect is what a tool does to the world: a row with a key that nothing else has. Two effects for one token would
// be two rows.
func (a *agent) effect(token string) []types.TransactWriteItem {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	return []types.TransactWriteItem{{Put: &types.Put{TableName: &a.Effects,
		Item: map[string]types.AttributeValue{"effect": text(rand.Text()), "token": text(token)}}}}
}
