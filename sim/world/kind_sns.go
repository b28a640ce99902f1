package world

import "strings"

const (
	kindTopic        = "AWS::SNS::Topic"
	kindTopicPolicy  = "AWS::SNS::TopicPolicy"
	kindSubscription = "AWS::SNS::Subscription"

	snsAPI = "https://docs.aws.amazon.com/sns/latest/api/"
)

var snsKinds = []Kind{
	{
		Name: kindTopic, Service: "sns", Source: snsAPI + "API_CreateTopic.html", NotFound: "NotFound",
		Exists: "InvalidParameter",
		Fixed:  []string{"Name", "FifoTopic"}, id: byARN(topicARN), arn: topicARN, checks: []check{topicName,
			topicKey}, computed: func(t *tx, e *Entity) {
			e.Out["Owner"] = t.cfg.Account
			def(e, "Policy", "")
			if !has(e.In, "Policy") {
				e.Out["Policy"] = `{"Id":"__default_policy_ID","Statement":[{"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes",` +
					`"SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],` +
					`"Condition":{"StringEquals":{"AWS:SourceOwner":"` + t.cfg.Account + `"}},"Effect":"Allow","Principal":{"AWS":"*"},"Resource":"` +
					e.ARN + `","Sid":"__default_statement_ID"}],"Version":"2008-10-17"}`
			}
		},
		remove: removeTopic,
	},
	{
		Name: kindTopicPolicy, Service: "sns", Source: snsAPI + "API_SetTopicAttributes.html", NotFound: "NotFound",
		Setting:  true,
		Required: []string{"Arn", "Policy"}, Refs: []Link{link("Arn", kindTopic, "NotFound", "")}, id: named("Arn"),
		checks:   []check{jsonIn("Policy", "InvalidParameter")},
		computed: func(t *tx, e *Entity) { e.Out["Owner"] = t.cfg.Account },
	},
	{
		Name: kindSubscription, Service: "sns", Source: snsAPI + "API_Subscribe.html", NotFound: "NotFound",
		Required: []string{"Topic", "Protocol", "Endpoint"}, Fixed: []string{"Topic", "Protocol", "Endpoint"},
		Refs: []Link{link("Topic", kindTopic, "NotFound", "")},
		id:   func(t *tx, e *Entity) string { return str(e.In, "Topic") + ":" + t.uuid(e, "id") },
		arn:  func(t *tx, e *Entity) string { return str(e.In, "Topic") + ":" + t.uuid(e, "id") },
		computed: func(t *tx, e *Entity) {
			e.Out["OwnerId"] = t.cfg.Account
			// Mail and web addresses must be confirmed by whoever reads them.
			protocol := str(e.In, "Protocol")
			e.Out["PendingConfirmation"] = strings.HasPrefix(protocol, "email") || strings.HasPrefix(protocol, "http")
			e.Out["ConfirmationWasAuthenticated"] = e.Out["PendingConfirmation"] == false
		},
	},
}

func topicARN(t *tx, e *Entity) string { return arnOf("sns", str(e.In, "Name"))(t, e) }

func topicName(_ *tx, e, _ *Entity) error {
	name := str(e.In, "Name")
	fifo := yes(e.In, "FifoTopic")
	if name == "" || len(name) > 256 || strings.HasSuffix(name, ".fifo") != fifo {
		return refuse("InvalidParameter", "topic name %q is not valid", name)
	}
	return nil
}

func topicKey(t *tx, e, _ *Entity) error {
	return t.keyUsable(e.Region, str(e.In, "KmsMasterKeyId"), "KMSNotFound")
}

// removeTopic takes subscriptions and the policy along.
func removeTopic(t *tx, e *Entity) error {
	for _, s := range t.list(kindSubscription, e.Region) {
		if str(s.In, "Topic") == e.ARN {
			t.drop(s)
		}
	}
	if p := t.get(kindTopicPolicy, e.Region, e.ARN); p != nil {
		t.drop(p)
	}
	t.drop(e)
	return nil
}
