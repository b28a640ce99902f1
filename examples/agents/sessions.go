package agents

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
)

// Session is a conversation: what was said in it.
type Session struct {
	Lines []string `json:"lines"`
}

// sessionsAPI keeps conversations in the table sessions, and needs nothing else.
func sessionsAPI(_ context.Context, a *agent) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	key := func(id string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{inventory.RecordsKey: text(id), inventory.RecordsSort: text("lines")}
	}
	a.mux.HandleFunc("GET /sessions/{id}", func(w http.ResponseWriter, req *http.Request) {
		in := &dynamodb.GetItemInput{TableName: &a.Sessions, Key: key(req.PathValue("id"))}
		got, err := a.tables.GetItem(req.Context(), in)
		var s Session
		lines, there := (*types.AttributeValueMemberS)(nil), false
		if err == nil {
			if lines, there = got.Item["value"].(*types.AttributeValueMemberS); !there {
				http.Error(w, "no such conversation", http.StatusNotFound)
				return
			}
			err = json.Unmarshal([]byte(lines.Value), &s)
		}
		relay(w, http.StatusOK, s, err)
	})
	a.mux.HandleFunc("PUT /sessions/{id}", func(w http.ResponseWriter, req *http.Request) {
		var s Session
		if err := json.NewDecoder(req.Body).Decode(&s); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		raw, err := json.Marshal(s)
		item := key(req.PathValue("id"))
		item["value"] = text(string(raw))
		if err == nil {
			_, err = a.tables.PutItem(req.Context(), &dynamodb.PutItemInput{TableName: &a.Sessions, Item: item})
		}
		relay(w, http.StatusOK, s, err)
	})
}
