package survey

import "fmt"

// special holds values where the provider parses or compares what it plans.
var special = map[string]pair{
	"aws_acm_certificate.domain_name": {"a.example.com", "b.example.com"},
	"aws_backup_restore_testing_plan.recovery_point_selection.algorithm": {
		"LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW",
	},
	"aws_backup_restore_testing_plan.recovery_point_selection.recovery_point_types": {
		[]any{"SNAPSHOT"}, []any{"CONTINUOUS"},
	},
	"aws_config_configuration_recorder.recording_group.recording_strategy.use_only": {
		"ALL_SUPPORTED_RESOURCE_TYPES", "INCLUSION_BY_RESOURCE_TYPES",
	},
	"aws_dynamodb_table.attribute":                            {keyed("id"), keyed("id")},
	"aws_dynamodb_table.attribute.name":                       {"id", "id"},
	"aws_dynamodb_table.attribute.type":                       {"S", "N"},
	"aws_dynamodb_table.billing_mode":                         {"PAY_PER_REQUEST", "PROVISIONED"},
	"aws_dynamodb_table.hash_key":                             {"id", "other"},
	"aws_dynamodb_table.range_key":                            {"sort", "other"},
	"aws_dynamodb_table.stream_view_type":                     {"NEW_AND_OLD_IMAGES", "KEYS_ONLY"},
	"aws_ecr_lifecycle_policy.policy":                         {untagged(7), untagged(14)},
	"aws_elasticache_global_replication_group.engine_version": {"7.0", "7.1"},
	"aws_elasticache_replication_group.engine_version":        {"7.0", "7.1"},
	"aws_lambda_function.package_type":                        {"Image", "Zip"},
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
	"aws_dynamodb_table.attribute":           true,
	"aws_dynamodb_table.billing_mode":        true,
	"aws_dynamodb_table.hash_key":            true,
	"aws_dynamodb_table.ttl.attribute_name":  true,
	"aws_eks_cluster.compute_config.enabled": true,
	"aws_acm_certificate.domain_name":        true,
	"aws_cloudwatch_metric_alarm.statistic":  true,
	"aws_lambda_function.image_uri":          true,
	"aws_lambda_function.package_type":       true,
	"aws_lb_target_group.port":               true,
	"aws_lb_target_group.protocol":           true,
	"aws_lb_target_group.vpc_id":             true,
}

// with holds what else must be set for a property, and all below it, to be
// planned and validated at all.
var with = map[string]map[string]any{
	"aws_dynamodb_table.global_secondary_index":                        {"attribute": keyed("id", "value-a")},
	"aws_dynamodb_table.local_secondary_index":                         {"attribute": keyed("id", "value-a")},
	"aws_dynamodb_table.range_key":                                     {"attribute": keyed("id", "sort")},
	"aws_dynamodb_table.read_capacity":                                 provisioned,
	"aws_dynamodb_table.write_capacity":                                provisioned,
	"aws_dynamodb_table.stream_enabled":                                {"stream_view_type": "NEW_AND_OLD_IMAGES"},
	"aws_dynamodb_table.stream_view_type":                              {"stream_enabled": true},
	"aws_eks_cluster.compute_config":                                   autoMode(true),
	"aws_eks_cluster.kubernetes_network_config.elastic_load_balancing": autoMode(true),
	"aws_eks_cluster.storage_config":                                   autoMode(true),
	"aws_elasticache_replication_group.multi_az_enabled":               {"automatic_failover_enabled": true},
	"aws_sqs_queue.content_based_deduplication":                        {"fifo_queue": true},
	"aws_route53_record.failover_routing_policy":                       {"set_identifier": "a"},
	"aws_route53_record.latency_routing_policy":                        {"set_identifier": "a"},
	"aws_nat_gateway.secondary_private_ip_address_count":               {"connectivity_type": "private"},
	"aws_sns_topic.archive_policy":                                     {"fifo_topic": true},
	"aws_sns_topic.content_based_deduplication":                        {"fifo_topic": true},
	"aws_sns_topic.fifo_throughput_scope":                              {"fifo_topic": true},
	"aws_sns_topic_subscription.filter_policy_scope":                   {"filter_policy": `{"kind":["a"]}`},
}

// instead holds what else the two configurations contain between which a
// property is changed, where the provider refuses the change alone. Nil takes
// a property away.
var instead = map[string][2]map[string]any{
	"aws_dynamodb_table.attribute":                       {{}, {"attribute": keyed("id")}},
	"aws_dynamodb_table.billing_mode":                    {{}, provisioned},
	"aws_dynamodb_table.hash_key":                        {{}, {"attribute": keyed("other")}},
	"aws_dynamodb_table.range_key":                       {{}, {"attribute": keyed("id", "other")}},
	"aws_dynamodb_table.global_secondary_index":          {{}, {"attribute": keyed("id")}},
	"aws_dynamodb_table.local_secondary_index":           {{}, {"attribute": keyed("id")}},
	"aws_dynamodb_table.global_secondary_index.hash_key": {{}, {"attribute": keyed("id", "value-b")}},
	"aws_dynamodb_table.local_secondary_index.range_key": {{}, {"attribute": keyed("id", "value-b")}},
	"aws_dynamodb_table.global_secondary_index.range_key": {
		{"attribute": keyed("id", "value-a")}, {"attribute": keyed("id", "value-a", "value-b")},
	},
	"aws_elasticache_global_replication_group.parameter_group_name": {
		{"engine_version": "6.2"}, {"engine_version": "7.0"},
	},
	"aws_lambda_function.package_type":                                         {{}, zipped},
	"aws_eks_cluster.compute_config":                                           {{}, noAutoMode},
	"aws_eks_cluster.storage_config":                                           {{}, noAutoMode},
	"aws_eks_cluster.storage_config.block_storage":                             {{}, noAutoMode},
	"aws_eks_cluster.compute_config.enabled":                                   {{}, autoMode(false)},
	"aws_eks_cluster.kubernetes_network_config.elastic_load_balancing.enabled": {{}, autoMode(false)},
	"aws_eks_cluster.storage_config.block_storage.enabled":                     {{}, autoMode(false)},
}

// zipped is what a function without an image needs.
var zipped = map[string]any{"handler": "main", "runtime": "provided.al2023", "s3_bucket": "code", "s3_key": "code.zip", "image_uri": nil}

// provisioned is what a table of fixed capacity needs.
var provisioned = map[string]any{"billing_mode": "PROVISIONED", "read_capacity": 1.0, "write_capacity": 1.0}

// keyed returns the attributes of a table with these keys.
func keyed(keys ...string) []any {
	var out []any
	for _, key := range keys {
		out = append(out, map[string]any{"name": key, "type": "S"})
	}
	return out
}

// untagged returns a lifecycle policy; upstream compares them by their rules.
func untagged(days int) string {
	return fmt.Sprintf(`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed",`+
		`"countUnit":"days","countNumber":%d},"action":{"type":"expire"}}]}`, days)
}

// noAutoMode takes the switches of autoMode away. The one inside a computed
// block can only be set to false.
var noAutoMode = map[string]any{
	"compute_config": nil, "storage_config": nil, "kubernetes_network_config": autoMode(false)["kubernetes_network_config"],
}

// autoMode returns the three switches of an EKS cluster that are set alike.
func autoMode(on bool) map[string]any {
	enabled := map[string]any{"enabled": on}
	return map[string]any{
		"bootstrap_self_managed_addons": false,
		"compute_config":                []any{enabled},
		"kubernetes_network_config":     []any{map[string]any{"elastic_load_balancing": []any{enabled}}},
		"storage_config":                []any{map[string]any{"block_storage": []any{enabled}}},
	}
}
