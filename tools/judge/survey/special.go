package survey

// special holds values where the provider parses or compares what it plans.
var special = map[string]pair{
	"aws_acm_certificate.domain_name": {"a.example.com", "b.example.com"},
	"aws_acm_certificate.subject_alternative_names": {
		[]any{"a.example.com", "c.example.com"}, []any{"a.example.com", "d.example.com"},
	},
	"aws_lb_target_group.protocol": {"HTTP", "HTTPS"},
	"aws_rds_cluster.engine":       {"aurora-postgresql", "aurora-mysql"},
	"aws_rds_cluster.storage_type": {"aurora", "aurora-iopt1"},
	"aws_s3_bucket_lifecycle_configuration.rule.expiration.date": {
		"2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z",
	},
	"aws_s3_bucket_lifecycle_configuration.rule.transition.date": {
		"2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z",
	},
	"aws_s3_bucket_lifecycle_configuration.rule.transition.storage_class":                    {"GLACIER", "DEEP_ARCHIVE"},
	"aws_s3_bucket_lifecycle_configuration.rule.noncurrent_version_transition.storage_class": {"GLACIER", "DEEP_ARCHIVE"},
	"aws_s3_bucket_lifecycle_configuration.transition_default_minimum_object_size": {
		"varies_by_storage_class", "all_storage_classes_128K",
	},
	"aws_sns_topic.fifo_throughput_scope":              {"Topic", "MessageGroup"},
	"aws_lb_target_group.health_check.port":            {"traffic-port", "8080"},
	"aws_route53_record.failover_routing_policy.type":  {"PRIMARY", "SECONDARY"},
	"aws_route53_record.latency_routing_policy.region": {"eu-west-1", "eu-central-1"},
	"aws_route53_health_check.regions": {
		[]any{"eu-west-1", "us-east-1", "us-west-1"}, []any{"eu-west-1", "us-east-1", "us-west-2"},
	},
}

// always lists optional properties without which the provider does not plan.
var always = map[string]bool{
	"aws_acm_certificate.domain_name":       true,
	"aws_cloudwatch_metric_alarm.statistic": true,
	"aws_lb_target_group.port":              true,
	"aws_lb_target_group.protocol":          true,
	"aws_lb_target_group.vpc_id":            true,
}

// with holds what else must be set for a property, and all below it, to be
// planned and validated at all.
var with = map[string]map[string]any{
	"aws_route53_record.failover_routing_policy":         {"set_identifier": "a"},
	"aws_route53_record.latency_routing_policy":          {"set_identifier": "a"},
	"aws_nat_gateway.secondary_private_ip_address_count": {"connectivity_type": "private"},
	"aws_sns_topic.archive_policy":                       {"fifo_topic": true},
	"aws_sns_topic.content_based_deduplication":          {"fifo_topic": true},
	"aws_sns_topic.fifo_throughput_scope":                {"fifo_topic": true},
	"aws_sns_topic_subscription.filter_policy_scope":     {"filter_policy": `{"kind":["a"]}`},
}
