/*
 * The table of operations: of each its name, its members with their shapes, and what its answer holds. One row drives
 * everything: the wire name, where attribute values lie both ways, which members exist, what is unwrapped.
 *
 * Source: the Amazon DynamoDB API Reference. To add an operation: its options struct and prototype in dynamo.h, here
 * the shapes it needs and its row, its wrapper in dynamo.c, its page in man/.
 */
#include "dynamo_internal.h"

#include <stddef.h>
#include <string.h>

/* An array of its own: the literals of a file stand in one section, so that a program with one of the operations would
 * carry the names of all. */
#define TEXT(text) ((const char[]){ text })

/* ---- Shapes, by AWS's names in snake case ------------------------------------------------------------------------ */

#define LIST(name, element) static const dynamo_shape name = { DYNAMO_KIND_LIST, &element, NULL, false }
#define FILLED_LIST(name, element) static const dynamo_shape name = { DYNAMO_KIND_LIST, &element, NULL, true }
#define MAP(name, value) static const dynamo_shape name = { DYNAMO_KIND_MAP, &value, NULL, false }
#define FILLED_MAP(name, value) static const dynamo_shape name = { DYNAMO_KIND_MAP, &value, NULL, true }
#define MEMBER(name, shape) { TEXT(name), &shape, false }
#define REQUIRED(name, shape) { TEXT(name), &shape, true }
#define STRUCTURE(name, ...)                                                             \
    static const dynamo_member name##_members[] = { __VA_ARGS__, { NULL, NULL, false } };  \
    static const dynamo_shape  name             = { DYNAMO_KIND_STRUCTURE, NULL, name##_members, false }

const dynamo_shape dynamo_shape_nothing = { DYNAMO_KIND_ANY, NULL, NULL, false };

static const dynamo_shape string           = { DYNAMO_KIND_STRING, NULL, NULL, false };
static const dynamo_shape integer          = { DYNAMO_KIND_INTEGER, NULL, NULL, false };
static const dynamo_shape real             = { DYNAMO_KIND_REAL, NULL, NULL, false };
static const dynamo_shape boolean          = { DYNAMO_KIND_BOOLEAN, NULL, NULL, false };
static const dynamo_shape attribute_value  = { DYNAMO_KIND_ATTRIBUTE_VALUE, NULL, NULL, false };

LIST(attribute_value_list, attribute_value);
STRUCTURE(batch_statement_request,
          REQUIRED("Statement", string), MEMBER("Parameters", attribute_value_list), MEMBER("ConsistentRead", boolean),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
LIST(batch_statement_request_list, batch_statement_request);
MAP(attribute_value_map, attribute_value);
FILLED_MAP(item, attribute_value); /* or a key: each table has a key, so neither is ever empty */
FILLED_LIST(item_list, item);
LIST(string_list, string);
MAP(string_map, string);
STRUCTURE(keys_and_attributes,
          REQUIRED("Keys", item_list), MEMBER("AttributesToGet", string_list),
          MEMBER("ConsistentRead", boolean), MEMBER("ProjectionExpression", string),
          MEMBER("ExpressionAttributeNames", string_map));
MAP(keys_and_attributes_map, keys_and_attributes);
STRUCTURE(put_request, REQUIRED("Item", item));
STRUCTURE(delete_request, REQUIRED("Key", item));
STRUCTURE(write_request, MEMBER("PutRequest", put_request), MEMBER("DeleteRequest", delete_request));
FILLED_LIST(write_request_list, write_request);
MAP(write_request_list_map, write_request_list);
STRUCTURE(replica, MEMBER("RegionName", string));
LIST(replica_list, replica);
STRUCTURE(attribute_definition, REQUIRED("AttributeName", string), REQUIRED("AttributeType", string));
LIST(attribute_definition_list, attribute_definition);
STRUCTURE(key_schema_element, REQUIRED("AttributeName", string), REQUIRED("KeyType", string));
FILLED_LIST(key_schema_element_list, key_schema_element);
STRUCTURE(projection, MEMBER("ProjectionType", string), MEMBER("NonKeyAttributes", string_list));
STRUCTURE(local_secondary_index,
          REQUIRED("IndexName", string), REQUIRED("KeySchema", key_schema_element_list),
          REQUIRED("Projection", projection));
LIST(local_secondary_index_list, local_secondary_index);
STRUCTURE(provisioned_throughput, REQUIRED("ReadCapacityUnits", integer), REQUIRED("WriteCapacityUnits", integer));
STRUCTURE(on_demand_throughput, MEMBER("MaxReadRequestUnits", integer), MEMBER("MaxWriteRequestUnits", integer));
STRUCTURE(warm_throughput, MEMBER("ReadUnitsPerSecond", integer), MEMBER("WriteUnitsPerSecond", integer));
STRUCTURE(global_secondary_index,
          REQUIRED("IndexName", string), REQUIRED("KeySchema", key_schema_element_list),
          REQUIRED("Projection", projection), MEMBER("ProvisionedThroughput", provisioned_throughput),
          MEMBER("OnDemandThroughput", on_demand_throughput), MEMBER("WarmThroughput", warm_throughput));
LIST(global_secondary_index_list, global_secondary_index);
STRUCTURE(stream_specification, REQUIRED("StreamEnabled", boolean), MEMBER("StreamViewType", string));
STRUCTURE(sse_specification, MEMBER("Enabled", boolean), MEMBER("SSEType", string), MEMBER("KMSMasterKeyId", string));
STRUCTURE(tag, REQUIRED("Key", string), REQUIRED("Value", string));
LIST(tag_list, tag);
STRUCTURE(vector_attribute_definition, REQUIRED("AttributeName", string));
STRUCTURE(search_schema_element, REQUIRED("AttributeName", string), REQUIRED("SearchSchemaElementType", string));
LIST(search_schema_element_list, search_schema_element);
STRUCTURE(vector_index,
          REQUIRED("IndexName", string), REQUIRED("VectorAttribute", vector_attribute_definition),
          MEMBER("SearchSchema", search_schema_element_list), REQUIRED("Projection", projection),
          REQUIRED("Dimensions", integer), REQUIRED("DistanceFunction", string));
LIST(vector_index_list, vector_index);
STRUCTURE(expected_attribute_value,
          MEMBER("Value", attribute_value), MEMBER("Exists", boolean), MEMBER("ComparisonOperator", string),
          MEMBER("AttributeValueList", attribute_value_list));
MAP(expected_attribute_value_map, expected_attribute_value);
STRUCTURE(enable_kinesis_streaming_configuration, MEMBER("ApproximateCreationDateTimePrecision", string));
STRUCTURE(parameterized_statement,
          REQUIRED("Statement", string), MEMBER("Parameters", attribute_value_list),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
LIST(parameterized_statement_list, parameterized_statement);
STRUCTURE(incremental_export_specification,
          MEMBER("ExportFromTime", real), MEMBER("ExportToTime", real), MEMBER("ExportViewType", string));
STRUCTURE(filter_specification,
          MEMBER("FilterExpression", string), MEMBER("ProjectionExpression", string),
          MEMBER("KeyConditionExpression", string), MEMBER("ExpressionAttributeNames", string_map),
          MEMBER("ExpressionAttributeValues", attribute_value_map));
STRUCTURE(s3_bucket_source,
          MEMBER("S3BucketOwner", string), REQUIRED("S3Bucket", string), MEMBER("S3KeyPrefix", string));
STRUCTURE(table_creation_parameters,
          REQUIRED("TableName", string), REQUIRED("AttributeDefinitions", attribute_definition_list),
          REQUIRED("KeySchema", key_schema_element_list), MEMBER("BillingMode", string),
          MEMBER("ProvisionedThroughput", provisioned_throughput), MEMBER("OnDemandThroughput", on_demand_throughput),
          MEMBER("SSESpecification", sse_specification), MEMBER("GlobalSecondaryIndexes", global_secondary_index_list),
          MEMBER("VectorIndexes", vector_index_list));
STRUCTURE(csv_options, MEMBER("Delimiter", string), MEMBER("HeaderList", string_list));
STRUCTURE(input_format_options, MEMBER("Csv", csv_options));
STRUCTURE(condition, MEMBER("AttributeValueList", attribute_value_list), REQUIRED("ComparisonOperator", string));
MAP(condition_map, condition);
STRUCTURE(input_s3_configuration,
          MEMBER("S3BucketOwner", string), REQUIRED("S3Bucket", string), MEMBER("S3KeyPrefix", string),
          REQUIRED("InputFormat", string), MEMBER("InputCompressionType", string));
STRUCTURE(output_s3_configuration,
          MEMBER("S3BucketOwner", string), MEMBER("S3Bucket", string), MEMBER("S3KeyPrefix", string),
          MEMBER("S3SseAlgorithm", string), MEMBER("S3SseKmsKeyId", string), REQUIRED("OutputType", string_list));
STRUCTURE(get,
          REQUIRED("Key", item), REQUIRED("TableName", string), MEMBER("ProjectionExpression", string),
          MEMBER("ExpressionAttributeNames", string_map));
STRUCTURE(transact_get_item, REQUIRED("Get", get));
LIST(transact_get_item_list, transact_get_item);
STRUCTURE(condition_check,
          REQUIRED("Key", item), REQUIRED("TableName", string), REQUIRED("ConditionExpression", string),
          MEMBER("ExpressionAttributeNames", string_map), MEMBER("ExpressionAttributeValues", attribute_value_map),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
STRUCTURE(put,
          REQUIRED("Item", item), REQUIRED("TableName", string), MEMBER("ConditionExpression", string),
          MEMBER("ExpressionAttributeNames", string_map), MEMBER("ExpressionAttributeValues", attribute_value_map),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
STRUCTURE(delete,
          REQUIRED("Key", item), REQUIRED("TableName", string), MEMBER("ConditionExpression", string),
          MEMBER("ExpressionAttributeNames", string_map), MEMBER("ExpressionAttributeValues", attribute_value_map),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
STRUCTURE(update,
          REQUIRED("Key", item), REQUIRED("UpdateExpression", string), REQUIRED("TableName", string),
          MEMBER("ConditionExpression", string), MEMBER("ExpressionAttributeNames", string_map),
          MEMBER("ExpressionAttributeValues", attribute_value_map),
          MEMBER("ReturnValuesOnConditionCheckFailure", string));
STRUCTURE(transact_write_item,
          MEMBER("ConditionCheck", condition_check), MEMBER("Put", put), MEMBER("Delete", delete),
          MEMBER("Update", update));
LIST(transact_write_item_list, transact_write_item);
STRUCTURE(point_in_time_recovery_specification,
          REQUIRED("PointInTimeRecoveryEnabled", boolean), MEMBER("RecoveryPeriodInDays", integer));
STRUCTURE(create_replica_action, REQUIRED("RegionName", string));
STRUCTURE(delete_replica_action, REQUIRED("RegionName", string));
STRUCTURE(replica_update, MEMBER("Create", create_replica_action), MEMBER("Delete", delete_replica_action));
LIST(replica_update_list, replica_update);
STRUCTURE(auto_scaling_target_tracking_scaling_policy_configuration_update,
          MEMBER("DisableScaleIn", boolean), MEMBER("ScaleInCooldown", integer), MEMBER("ScaleOutCooldown", integer),
          REQUIRED("TargetValue", real));
STRUCTURE(auto_scaling_policy_update,
          MEMBER("PolicyName", string),
          REQUIRED("TargetTrackingScalingPolicyConfiguration",
                   auto_scaling_target_tracking_scaling_policy_configuration_update));
STRUCTURE(auto_scaling_settings_update,
          MEMBER("MinimumUnits", integer), MEMBER("MaximumUnits", integer), MEMBER("AutoScalingDisabled", boolean),
          MEMBER("AutoScalingRoleArn", string), MEMBER("ScalingPolicyUpdate", auto_scaling_policy_update));
STRUCTURE(global_table_global_secondary_index_settings_update,
          REQUIRED("IndexName", string), MEMBER("ProvisionedWriteCapacityUnits", integer),
          MEMBER("ProvisionedWriteCapacityAutoScalingSettingsUpdate", auto_scaling_settings_update));
LIST(global_table_global_secondary_index_settings_update_list, global_table_global_secondary_index_settings_update);
STRUCTURE(replica_global_secondary_index_settings_update,
          REQUIRED("IndexName", string), MEMBER("ProvisionedReadCapacityUnits", integer),
          MEMBER("ProvisionedReadCapacityAutoScalingSettingsUpdate", auto_scaling_settings_update));
LIST(replica_global_secondary_index_settings_update_list, replica_global_secondary_index_settings_update);
STRUCTURE(replica_settings_update,
          REQUIRED("RegionName", string), MEMBER("ReplicaProvisionedReadCapacityUnits", integer),
          MEMBER("ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", auto_scaling_settings_update),
          MEMBER("ReplicaGlobalSecondaryIndexSettingsUpdate", replica_global_secondary_index_settings_update_list),
          MEMBER("ReplicaTableClass", string));
LIST(replica_settings_update_list, replica_settings_update);
STRUCTURE(attribute_value_update, MEMBER("Value", attribute_value), MEMBER("Action", string));
MAP(attribute_value_update_map, attribute_value_update);
STRUCTURE(update_kinesis_streaming_configuration, MEMBER("ApproximateCreationDateTimePrecision", string));
STRUCTURE(update_global_secondary_index_action,
          REQUIRED("IndexName", string), MEMBER("ProvisionedThroughput", provisioned_throughput),
          MEMBER("OnDemandThroughput", on_demand_throughput), MEMBER("WarmThroughput", warm_throughput));
STRUCTURE(create_global_secondary_index_action,
          REQUIRED("IndexName", string), REQUIRED("KeySchema", key_schema_element_list),
          REQUIRED("Projection", projection), MEMBER("ProvisionedThroughput", provisioned_throughput),
          MEMBER("OnDemandThroughput", on_demand_throughput), MEMBER("WarmThroughput", warm_throughput));
STRUCTURE(delete_global_secondary_index_action, REQUIRED("IndexName", string));
STRUCTURE(global_secondary_index_update,
          MEMBER("Update", update_global_secondary_index_action),
          MEMBER("Create", create_global_secondary_index_action),
          MEMBER("Delete", delete_global_secondary_index_action));
LIST(global_secondary_index_update_list, global_secondary_index_update);
STRUCTURE(provisioned_throughput_override, MEMBER("ReadCapacityUnits", integer));
STRUCTURE(on_demand_throughput_override, MEMBER("MaxReadRequestUnits", integer));
STRUCTURE(replica_global_secondary_index,
          REQUIRED("IndexName", string), MEMBER("ProvisionedThroughputOverride", provisioned_throughput_override),
          MEMBER("OnDemandThroughputOverride", on_demand_throughput_override));
LIST(replica_global_secondary_index_list, replica_global_secondary_index);
STRUCTURE(create_replication_group_member_action,
          REQUIRED("RegionName", string), MEMBER("KMSMasterKeyId", string),
          MEMBER("ProvisionedThroughputOverride", provisioned_throughput_override),
          MEMBER("OnDemandThroughputOverride", on_demand_throughput_override),
          MEMBER("GlobalSecondaryIndexes", replica_global_secondary_index_list), MEMBER("TableClassOverride", string));
STRUCTURE(update_replication_group_member_action,
          REQUIRED("RegionName", string), MEMBER("KMSMasterKeyId", string),
          MEMBER("ProvisionedThroughputOverride", provisioned_throughput_override),
          MEMBER("OnDemandThroughputOverride", on_demand_throughput_override),
          MEMBER("GlobalSecondaryIndexes", replica_global_secondary_index_list), MEMBER("TableClassOverride", string));
STRUCTURE(delete_replication_group_member_action, REQUIRED("RegionName", string));
STRUCTURE(disassociate_replication_group_member_action,
          REQUIRED("RegionName", string), REQUIRED("DisassociationMode", string));
STRUCTURE(replication_group_update,
          MEMBER("Create", create_replication_group_member_action),
          MEMBER("Update", update_replication_group_member_action),
          MEMBER("Delete", delete_replication_group_member_action),
          MEMBER("Disassociate", disassociate_replication_group_member_action));
LIST(replication_group_update_list, replication_group_update);
STRUCTURE(create_global_table_witness_group_member_action, REQUIRED("RegionName", string));
STRUCTURE(delete_global_table_witness_group_member_action, REQUIRED("RegionName", string));
STRUCTURE(global_table_witness_group_update,
          MEMBER("Create", create_global_table_witness_group_member_action),
          MEMBER("Delete", delete_global_table_witness_group_member_action));
LIST(global_table_witness_group_update_list, global_table_witness_group_update);
STRUCTURE(create_vector_index_action,
          REQUIRED("IndexName", string), REQUIRED("VectorAttribute", vector_attribute_definition),
          MEMBER("SearchSchema", search_schema_element_list), REQUIRED("Projection", projection),
          REQUIRED("Dimensions", integer), REQUIRED("DistanceFunction", string));
STRUCTURE(delete_vector_index_action, REQUIRED("IndexName", string));
STRUCTURE(vector_index_update,
          MEMBER("Create", create_vector_index_action), MEMBER("Delete", delete_vector_index_action));
LIST(vector_index_update_list, vector_index_update);
STRUCTURE(global_secondary_index_auto_scaling_update,
          MEMBER("IndexName", string),
          MEMBER("ProvisionedWriteCapacityAutoScalingUpdate", auto_scaling_settings_update));
LIST(global_secondary_index_auto_scaling_update_list, global_secondary_index_auto_scaling_update);
STRUCTURE(replica_global_secondary_index_auto_scaling_update,
          MEMBER("IndexName", string),
          MEMBER("ProvisionedReadCapacityAutoScalingUpdate", auto_scaling_settings_update));
LIST(replica_global_secondary_index_auto_scaling_update_list, replica_global_secondary_index_auto_scaling_update);
STRUCTURE(replica_auto_scaling_update,
          REQUIRED("RegionName", string),
          MEMBER("ReplicaGlobalSecondaryIndexUpdates", replica_global_secondary_index_auto_scaling_update_list),
          MEMBER("ReplicaProvisionedReadCapacityAutoScalingUpdate", auto_scaling_settings_update));
LIST(replica_auto_scaling_update_list, replica_auto_scaling_update);
STRUCTURE(time_to_live_specification, REQUIRED("Enabled", boolean), REQUIRED("AttributeName", string));
STRUCTURE(shard_filter, MEMBER("Type", string), MEMBER("ShardId", string));

/* ---- Answers: only the members that hold attribute values; all others are kept as they are ----------------------- */

STRUCTURE(item_response, MEMBER("Item", attribute_value_map));
LIST(item_response_list, item_response);
STRUCTURE(item_collection_metrics, MEMBER("ItemCollectionKey", attribute_value_map));
LIST(item_collection_metrics_list, item_collection_metrics);
MAP(item_collection_metrics_list_map, item_collection_metrics_list);

STRUCTURE(batch_statement_response, MEMBER("Error", item_response), MEMBER("Item", attribute_value_map));
LIST(batch_statement_response_list, batch_statement_response);
STRUCTURE(batch_items_output, MEMBER("Responses", batch_statement_response_list));
MAP(item_list_map, item_list);
STRUCTURE(batch_get_item_output, MEMBER("Responses", item_list_map),
          MEMBER("UnprocessedKeys", keys_and_attributes_map));
STRUCTURE(batch_write_item_output, MEMBER("UnprocessedItems", write_request_list_map),
          MEMBER("ItemCollectionMetrics", item_collection_metrics_list_map));
STRUCTURE(export_description, MEMBER("FilterSpecification", filter_specification));
STRUCTURE(export_output, MEMBER("ExportDescription", export_description));
STRUCTURE(items_output, MEMBER("Items", item_list), MEMBER("LastEvaluatedKey", attribute_value_map));
STRUCTURE(item_responses_output, MEMBER("Responses", item_response_list));
STRUCTURE(search_vectors_output, MEMBER("SearchResults", item_response_list));
STRUCTURE(stream_record, MEMBER("Keys", attribute_value_map), MEMBER("NewImage", attribute_value_map),
          MEMBER("OldImage", attribute_value_map));
STRUCTURE(record, MEMBER("dynamodb", stream_record));
LIST(record_list, record);
STRUCTURE(get_records_output, MEMBER("Records", record_list));
STRUCTURE(transact_write_items_output, MEMBER("ItemCollectionMetrics", item_collection_metrics_list_map));
STRUCTURE(write_item_output, MEMBER("Attributes", attribute_value_map),
          MEMBER("ItemCollectionMetrics", item_collection_metrics));

static const dynamo_member error_members[] = {
    MEMBER("Item", attribute_value_map),
    MEMBER("CancellationReasons", item_response_list),
    { NULL, NULL, false },
};
const dynamo_shape dynamo_shape_error = { DYNAMO_KIND_STRUCTURE, NULL, error_members, false };

/* ---- Members: positional arguments first ------------------------------------------------------------------------- */

#define ARGUMENT(index, name, shape) { TEXT(name), &shape, true, false, false, index }
#define OPTIONAL_ARGUMENT(index, name, shape) { TEXT(name), &shape, true, true, false, index }
#define OPTION(operation, name, field, shape) \
    { TEXT(name), &shape, false, false, false, offsetof(dynamo_##operation##_options, field) }
/* An idempotency token, filled in where the caller gives none. */
#define TOKEN(operation, name, field, shape) \
    { TEXT(name), &shape, false, false, true, offsetof(dynamo_##operation##_options, field) }
#define END { NULL, NULL, false, false, false, 0 }

static const dynamo_parameter batch_execute_statement_parameters[] = {
    ARGUMENT(0, "Statements", batch_statement_request_list),
    OPTION(batch_execute_statement, "ReturnConsumedCapacity", return_consumed_capacity, string),
    END,
};

static const dynamo_parameter batch_get_item_parameters[] = {
    ARGUMENT(0, "RequestItems", keys_and_attributes_map),
    OPTION(batch_get_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    END,
};

static const dynamo_parameter batch_write_item_parameters[] = {
    ARGUMENT(0, "RequestItems", write_request_list_map),
    OPTION(batch_write_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(batch_write_item, "ReturnItemCollectionMetrics", return_item_collection_metrics, string),
    END,
};

static const dynamo_parameter cancel_bulk_operation_parameters[] = {
    ARGUMENT(0, "BulkOperationArn", string),
    END,
};

static const dynamo_parameter create_backup_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "BackupName", string),
    END,
};

static const dynamo_parameter create_global_table_parameters[] = {
    ARGUMENT(0, "GlobalTableName", string),
    ARGUMENT(1, "ReplicationGroup", replica_list),
    END,
};

static const dynamo_parameter create_table_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTIONAL_ARGUMENT(1, "AttributeDefinitions", attribute_definition_list),
    OPTIONAL_ARGUMENT(2, "KeySchema", key_schema_element_list),
    OPTION(create_table, "LocalSecondaryIndexes", local_secondary_indexes, local_secondary_index_list),
    OPTION(create_table, "GlobalSecondaryIndexes", global_secondary_indexes, global_secondary_index_list),
    OPTION(create_table, "BillingMode", billing_mode, string),
    OPTION(create_table, "ProvisionedThroughput", provisioned_throughput, provisioned_throughput),
    OPTION(create_table, "StreamSpecification", stream_specification, stream_specification),
    OPTION(create_table, "SSESpecification", sse_specification, sse_specification),
    OPTION(create_table, "Tags", tags, tag_list),
    OPTION(create_table, "TableClass", table_class, string),
    OPTION(create_table, "DeletionProtectionEnabled", deletion_protection_enabled, boolean),
    OPTION(create_table, "WarmThroughput", warm_throughput, warm_throughput),
    OPTION(create_table, "ResourcePolicy", resource_policy, string),
    OPTION(create_table, "OnDemandThroughput", on_demand_throughput, on_demand_throughput),
    OPTION(create_table, "GlobalTableSourceArn", global_table_source_arn, string),
    OPTION(create_table, "GlobalTableSettingsReplicationMode", global_table_settings_replication_mode, string),
    OPTION(create_table, "VectorIndexes", vector_indexes, vector_index_list),
    END,
};

static const dynamo_parameter delete_backup_parameters[] = {
    ARGUMENT(0, "BackupArn", string),
    END,
};

static const dynamo_parameter delete_item_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "Key", item),
    OPTION(delete_item, "Expected", expected, expected_attribute_value_map),
    OPTION(delete_item, "ConditionalOperator", conditional_operator, string),
    OPTION(delete_item, "ReturnValues", return_values, string),
    OPTION(delete_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(delete_item, "ReturnItemCollectionMetrics", return_item_collection_metrics, string),
    OPTION(delete_item, "ConditionExpression", condition_expression, string),
    OPTION(delete_item, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(delete_item, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    OPTION(delete_item, "ReturnValuesOnConditionCheckFailure", return_values_on_condition_check_failure, string),
    END,
};

static const dynamo_parameter delete_resource_policy_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    OPTION(delete_resource_policy, "ExpectedRevisionId", expected_revision_id, string),
    END,
};

static const dynamo_parameter delete_table_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter describe_backup_parameters[] = {
    ARGUMENT(0, "BackupArn", string),
    END,
};

static const dynamo_parameter describe_bulk_operation_parameters[] = {
    ARGUMENT(0, "BulkOperationArn", string),
    END,
};

static const dynamo_parameter describe_continuous_backups_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter describe_contributor_insights_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTION(describe_contributor_insights, "IndexName", index_name, string),
    END,
};

static const dynamo_parameter describe_endpoints_parameters[] = { END };

static const dynamo_parameter describe_export_parameters[] = {
    ARGUMENT(0, "ExportArn", string),
    END,
};

static const dynamo_parameter describe_global_table_parameters[] = {
    ARGUMENT(0, "GlobalTableName", string),
    END,
};

static const dynamo_parameter describe_global_table_settings_parameters[] = {
    ARGUMENT(0, "GlobalTableName", string),
    END,
};

static const dynamo_parameter describe_import_parameters[] = {
    ARGUMENT(0, "ImportArn", string),
    END,
};

static const dynamo_parameter describe_kinesis_streaming_destination_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter describe_limits_parameters[] = { END };

static const dynamo_parameter describe_table_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter describe_table_replica_auto_scaling_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter describe_time_to_live_parameters[] = {
    ARGUMENT(0, "TableName", string),
    END,
};

static const dynamo_parameter disable_kinesis_streaming_destination_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "StreamArn", string),
    OPTION(disable_kinesis_streaming_destination, "EnableKinesisStreamingConfiguration",
           enable_kinesis_streaming_configuration, enable_kinesis_streaming_configuration),
    END,
};

static const dynamo_parameter enable_kinesis_streaming_destination_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "StreamArn", string),
    OPTION(enable_kinesis_streaming_destination, "EnableKinesisStreamingConfiguration",
           enable_kinesis_streaming_configuration, enable_kinesis_streaming_configuration),
    END,
};

static const dynamo_parameter execute_statement_parameters[] = {
    ARGUMENT(0, "Statement", string),
    OPTION(execute_statement, "Parameters", parameters, attribute_value_list),
    OPTION(execute_statement, "ConsistentRead", consistent_read, boolean),
    OPTION(execute_statement, "NextToken", next_token, string),
    OPTION(execute_statement, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(execute_statement, "Limit", limit, integer),
    OPTION(execute_statement, "ReturnValuesOnConditionCheckFailure", return_values_on_condition_check_failure, string),
    END,
};

static const dynamo_parameter execute_transaction_parameters[] = {
    ARGUMENT(0, "TransactStatements", parameterized_statement_list),
    TOKEN(execute_transaction, "ClientRequestToken", client_request_token, string),
    OPTION(execute_transaction, "ReturnConsumedCapacity", return_consumed_capacity, string),
    END,
};

static const dynamo_parameter export_table_to_point_in_time_parameters[] = {
    ARGUMENT(0, "TableArn", string),
    ARGUMENT(1, "S3Bucket", string),
    OPTION(export_table_to_point_in_time, "ExportTime", export_time, real),
    TOKEN(export_table_to_point_in_time, "ClientToken", client_token, string),
    OPTION(export_table_to_point_in_time, "S3BucketOwner", s3_bucket_owner, string),
    OPTION(export_table_to_point_in_time, "S3Prefix", s3_prefix, string),
    OPTION(export_table_to_point_in_time, "S3SseAlgorithm", s3_sse_algorithm, string),
    OPTION(export_table_to_point_in_time, "S3SseKmsKeyId", s3_sse_kms_key_id, string),
    OPTION(export_table_to_point_in_time, "ExportFormat", export_format, string),
    OPTION(export_table_to_point_in_time, "ExportType", export_type, string),
    OPTION(export_table_to_point_in_time, "IncrementalExportSpecification", incremental_export_specification,
           incremental_export_specification),
    OPTION(export_table_to_point_in_time, "FilterSpecification", filter_specification, filter_specification),
    END,
};

static const dynamo_parameter get_item_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "Key", item),
    OPTION(get_item, "AttributesToGet", attributes_to_get, string_list),
    OPTION(get_item, "ConsistentRead", consistent_read, boolean),
    OPTION(get_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(get_item, "ProjectionExpression", projection_expression, string),
    OPTION(get_item, "ExpressionAttributeNames", expression_attribute_names, string_map),
    END,
};

static const dynamo_parameter get_resource_policy_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    END,
};

static const dynamo_parameter import_table_parameters[] = {
    ARGUMENT(0, "S3BucketSource", s3_bucket_source),
    ARGUMENT(1, "InputFormat", string),
    ARGUMENT(2, "TableCreationParameters", table_creation_parameters),
    TOKEN(import_table, "ClientToken", client_token, string),
    OPTION(import_table, "InputFormatOptions", input_format_options, input_format_options),
    OPTION(import_table, "InputCompressionType", input_compression_type, string),
    END,
};

static const dynamo_parameter list_backups_parameters[] = {
    OPTION(list_backups, "TableName", table_name, string),
    OPTION(list_backups, "Limit", limit, integer),
    OPTION(list_backups, "TimeRangeLowerBound", time_range_lower_bound, real),
    OPTION(list_backups, "TimeRangeUpperBound", time_range_upper_bound, real),
    OPTION(list_backups, "ExclusiveStartBackupArn", exclusive_start_backup_arn, string),
    OPTION(list_backups, "BackupType", backup_type, string),
    END,
};

static const dynamo_parameter list_bulk_operations_parameters[] = {
    OPTION(list_bulk_operations, "MaxResults", max_results, integer),
    OPTION(list_bulk_operations, "NextToken", next_token, string),
    END,
};

static const dynamo_parameter list_contributor_insights_parameters[] = {
    OPTION(list_contributor_insights, "TableName", table_name, string),
    OPTION(list_contributor_insights, "NextToken", next_token, string),
    OPTION(list_contributor_insights, "MaxResults", max_results, integer),
    END,
};

static const dynamo_parameter list_exports_parameters[] = {
    OPTION(list_exports, "TableArn", table_arn, string),
    OPTION(list_exports, "MaxResults", max_results, integer),
    OPTION(list_exports, "NextToken", next_token, string),
    END,
};

static const dynamo_parameter list_global_tables_parameters[] = {
    OPTION(list_global_tables, "ExclusiveStartGlobalTableName", exclusive_start_global_table_name, string),
    OPTION(list_global_tables, "Limit", limit, integer),
    OPTION(list_global_tables, "RegionName", region_name, string),
    END,
};

static const dynamo_parameter list_imports_parameters[] = {
    OPTION(list_imports, "TableArn", table_arn, string),
    OPTION(list_imports, "PageSize", page_size, integer),
    OPTION(list_imports, "NextToken", next_token, string),
    END,
};

static const dynamo_parameter list_tables_parameters[] = {
    OPTION(list_tables, "ExclusiveStartTableName", exclusive_start_table_name, string),
    OPTION(list_tables, "Limit", limit, integer),
    END,
};

static const dynamo_parameter list_tags_of_resource_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    OPTION(list_tags_of_resource, "NextToken", next_token, string),
    END,
};

static const dynamo_parameter put_item_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "Item", item),
    OPTION(put_item, "Expected", expected, expected_attribute_value_map),
    OPTION(put_item, "ReturnValues", return_values, string),
    OPTION(put_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(put_item, "ReturnItemCollectionMetrics", return_item_collection_metrics, string),
    OPTION(put_item, "ConditionalOperator", conditional_operator, string),
    OPTION(put_item, "ConditionExpression", condition_expression, string),
    OPTION(put_item, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(put_item, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    OPTION(put_item, "ReturnValuesOnConditionCheckFailure", return_values_on_condition_check_failure, string),
    END,
};

static const dynamo_parameter put_resource_policy_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    ARGUMENT(1, "Policy", string),
    OPTION(put_resource_policy, "ExpectedRevisionId", expected_revision_id, string),
    OPTION(put_resource_policy, "ConfirmRemoveSelfResourceAccess", confirm_remove_self_resource_access, boolean),
    END,
};

static const dynamo_parameter query_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTION(query, "IndexName", index_name, string),
    OPTION(query, "Select", select, string),
    OPTION(query, "AttributesToGet", attributes_to_get, string_list),
    OPTION(query, "Limit", limit, integer),
    OPTION(query, "ConsistentRead", consistent_read, boolean),
    OPTION(query, "KeyConditions", key_conditions, condition_map),
    OPTION(query, "QueryFilter", query_filter, condition_map),
    OPTION(query, "ConditionalOperator", conditional_operator, string),
    OPTION(query, "ScanIndexForward", scan_index_forward, boolean),
    OPTION(query, "ExclusiveStartKey", exclusive_start_key, attribute_value_map),
    OPTION(query, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(query, "ProjectionExpression", projection_expression, string),
    OPTION(query, "FilterExpression", filter_expression, string),
    OPTION(query, "KeyConditionExpression", key_condition_expression, string),
    OPTION(query, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(query, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    END,
};

static const dynamo_parameter restore_table_from_backup_parameters[] = {
    ARGUMENT(0, "TargetTableName", string),
    ARGUMENT(1, "BackupArn", string),
    OPTION(restore_table_from_backup, "BillingModeOverride", billing_mode_override, string),
    OPTION(restore_table_from_backup, "GlobalSecondaryIndexOverride", global_secondary_index_override,
           global_secondary_index_list),
    OPTION(restore_table_from_backup, "LocalSecondaryIndexOverride", local_secondary_index_override,
           local_secondary_index_list),
    OPTION(restore_table_from_backup, "ProvisionedThroughputOverride", provisioned_throughput_override,
           provisioned_throughput),
    OPTION(restore_table_from_backup, "OnDemandThroughputOverride", on_demand_throughput_override,
           on_demand_throughput),
    OPTION(restore_table_from_backup, "SSESpecificationOverride", sse_specification_override, sse_specification),
    OPTION(restore_table_from_backup, "VectorIndexOverride", vector_index_override, vector_index_list),
    END,
};

static const dynamo_parameter restore_table_to_point_in_time_parameters[] = {
    ARGUMENT(0, "TargetTableName", string),
    OPTION(restore_table_to_point_in_time, "SourceTableArn", source_table_arn, string),
    OPTION(restore_table_to_point_in_time, "SourceTableName", source_table_name, string),
    OPTION(restore_table_to_point_in_time, "UseLatestRestorableTime", use_latest_restorable_time, boolean),
    OPTION(restore_table_to_point_in_time, "RestoreDateTime", restore_date_time, real),
    OPTION(restore_table_to_point_in_time, "BillingModeOverride", billing_mode_override, string),
    OPTION(restore_table_to_point_in_time, "GlobalSecondaryIndexOverride", global_secondary_index_override,
           global_secondary_index_list),
    OPTION(restore_table_to_point_in_time, "LocalSecondaryIndexOverride", local_secondary_index_override,
           local_secondary_index_list),
    OPTION(restore_table_to_point_in_time, "ProvisionedThroughputOverride", provisioned_throughput_override,
           provisioned_throughput),
    OPTION(restore_table_to_point_in_time, "OnDemandThroughputOverride", on_demand_throughput_override,
           on_demand_throughput),
    OPTION(restore_table_to_point_in_time, "SSESpecificationOverride", sse_specification_override, sse_specification),
    OPTION(restore_table_to_point_in_time, "VectorIndexOverride", vector_index_override, vector_index_list),
    END,
};

static const dynamo_parameter scan_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTION(scan, "IndexName", index_name, string),
    OPTION(scan, "AttributesToGet", attributes_to_get, string_list),
    OPTION(scan, "Limit", limit, integer),
    OPTION(scan, "Select", select, string),
    OPTION(scan, "ScanFilter", scan_filter, condition_map),
    OPTION(scan, "ConditionalOperator", conditional_operator, string),
    OPTION(scan, "ExclusiveStartKey", exclusive_start_key, attribute_value_map),
    OPTION(scan, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(scan, "TotalSegments", total_segments, integer),
    OPTION(scan, "Segment", segment, integer),
    OPTION(scan, "ProjectionExpression", projection_expression, string),
    OPTION(scan, "FilterExpression", filter_expression, string),
    OPTION(scan, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(scan, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    OPTION(scan, "ConsistentRead", consistent_read, boolean),
    END,
};

static const dynamo_parameter search_vectors_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "IndexName", string),
    ARGUMENT(2, "SearchVector", attribute_value_list),
    ARGUMENT(3, "TopK", integer),
    OPTION(search_vectors, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(search_vectors, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(search_vectors, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    OPTION(search_vectors, "ProjectionExpression", projection_expression, string),
    OPTION(search_vectors, "SearchConditionExpression", search_condition_expression, string),
    END,
};

static const dynamo_parameter start_bulk_put_items_parameters[] = {
    ARGUMENT(0, "InputS3Configuration", input_s3_configuration),
    ARGUMENT(1, "OutputS3Configuration", output_s3_configuration),
    ARGUMENT(2, "TableName", string),
    TOKEN(start_bulk_put_items, "ClientToken", client_token, string),
    OPTION(start_bulk_put_items, "MaxWriteRequestUnits", max_write_request_units, integer),
    OPTION(start_bulk_put_items, "PerformanceTier", performance_tier, string),
    END,
};

static const dynamo_parameter tag_resource_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    ARGUMENT(1, "Tags", tag_list),
    END,
};

static const dynamo_parameter transact_get_items_parameters[] = {
    ARGUMENT(0, "TransactItems", transact_get_item_list),
    OPTION(transact_get_items, "ReturnConsumedCapacity", return_consumed_capacity, string),
    END,
};

static const dynamo_parameter transact_write_items_parameters[] = {
    ARGUMENT(0, "TransactItems", transact_write_item_list),
    OPTION(transact_write_items, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(transact_write_items, "ReturnItemCollectionMetrics", return_item_collection_metrics, string),
    TOKEN(transact_write_items, "ClientRequestToken", client_request_token, string),
    END,
};

static const dynamo_parameter untag_resource_parameters[] = {
    ARGUMENT(0, "ResourceArn", string),
    ARGUMENT(1, "TagKeys", string_list),
    END,
};

static const dynamo_parameter update_continuous_backups_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "PointInTimeRecoverySpecification", point_in_time_recovery_specification),
    END,
};

static const dynamo_parameter update_contributor_insights_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "ContributorInsightsAction", string),
    OPTION(update_contributor_insights, "IndexName", index_name, string),
    OPTION(update_contributor_insights, "ContributorInsightsMode", contributor_insights_mode, string),
    END,
};

static const dynamo_parameter update_global_table_parameters[] = {
    ARGUMENT(0, "GlobalTableName", string),
    ARGUMENT(1, "ReplicaUpdates", replica_update_list),
    END,
};

static const dynamo_parameter update_global_table_settings_parameters[] = {
    ARGUMENT(0, "GlobalTableName", string),
    OPTION(update_global_table_settings, "GlobalTableBillingMode", global_table_billing_mode, string),
    OPTION(update_global_table_settings, "GlobalTableProvisionedWriteCapacityUnits",
           global_table_provisioned_write_capacity_units, integer),
    OPTION(update_global_table_settings, "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate",
           global_table_provisioned_write_capacity_auto_scaling_settings_update, auto_scaling_settings_update),
    OPTION(update_global_table_settings, "GlobalTableGlobalSecondaryIndexSettingsUpdate",
           global_table_global_secondary_index_settings_update,
           global_table_global_secondary_index_settings_update_list),
    OPTION(update_global_table_settings, "ReplicaSettingsUpdate", replica_settings_update,
           replica_settings_update_list),
    END,
};

static const dynamo_parameter update_item_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "Key", item),
    OPTION(update_item, "AttributeUpdates", attribute_updates, attribute_value_update_map),
    OPTION(update_item, "Expected", expected, expected_attribute_value_map),
    OPTION(update_item, "ConditionalOperator", conditional_operator, string),
    OPTION(update_item, "ReturnValues", return_values, string),
    OPTION(update_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(update_item, "ReturnItemCollectionMetrics", return_item_collection_metrics, string),
    OPTION(update_item, "UpdateExpression", update_expression, string),
    OPTION(update_item, "ConditionExpression", condition_expression, string),
    OPTION(update_item, "ExpressionAttributeNames", expression_attribute_names, string_map),
    OPTION(update_item, "ExpressionAttributeValues", expression_attribute_values, attribute_value_map),
    OPTION(update_item, "ReturnValuesOnConditionCheckFailure", return_values_on_condition_check_failure, string),
    END,
};

static const dynamo_parameter update_kinesis_streaming_destination_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "StreamArn", string),
    OPTION(update_kinesis_streaming_destination, "UpdateKinesisStreamingConfiguration",
           update_kinesis_streaming_configuration, update_kinesis_streaming_configuration),
    END,
};

static const dynamo_parameter update_table_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTION(update_table, "AttributeDefinitions", attribute_definitions, attribute_definition_list),
    OPTION(update_table, "BillingMode", billing_mode, string),
    OPTION(update_table, "ProvisionedThroughput", provisioned_throughput, provisioned_throughput),
    OPTION(update_table, "GlobalSecondaryIndexUpdates", global_secondary_index_updates,
           global_secondary_index_update_list),
    OPTION(update_table, "StreamSpecification", stream_specification, stream_specification),
    OPTION(update_table, "SSESpecification", sse_specification, sse_specification),
    OPTION(update_table, "ReplicaUpdates", replica_updates, replication_group_update_list),
    OPTION(update_table, "TableClass", table_class, string),
    OPTION(update_table, "DeletionProtectionEnabled", deletion_protection_enabled, boolean),
    OPTION(update_table, "MultiRegionConsistency", multi_region_consistency, string),
    OPTION(update_table, "GlobalTableWitnessUpdates", global_table_witness_updates,
           global_table_witness_group_update_list),
    OPTION(update_table, "OnDemandThroughput", on_demand_throughput, on_demand_throughput),
    OPTION(update_table, "WarmThroughput", warm_throughput, warm_throughput),
    OPTION(update_table, "GlobalTableSettingsReplicationMode", global_table_settings_replication_mode, string),
    OPTION(update_table, "DisassociationProtectionEnabled", disassociation_protection_enabled, boolean),
    OPTION(update_table, "VectorIndexUpdates", vector_index_updates, vector_index_update_list),
    END,
};

static const dynamo_parameter update_table_replica_auto_scaling_parameters[] = {
    ARGUMENT(0, "TableName", string),
    OPTION(update_table_replica_auto_scaling, "GlobalSecondaryIndexUpdates", global_secondary_index_updates,
           global_secondary_index_auto_scaling_update_list),
    OPTION(update_table_replica_auto_scaling, "ProvisionedWriteCapacityAutoScalingUpdate",
           provisioned_write_capacity_auto_scaling_update, auto_scaling_settings_update),
    OPTION(update_table_replica_auto_scaling, "ReplicaUpdates", replica_updates, replica_auto_scaling_update_list),
    END,
};

static const dynamo_parameter update_time_to_live_parameters[] = {
    ARGUMENT(0, "TableName", string),
    ARGUMENT(1, "TimeToLiveSpecification", time_to_live_specification),
    END,
};

static const dynamo_parameter describe_stream_parameters[] = {
    ARGUMENT(0, "StreamArn", string),
    OPTION(describe_stream, "Limit", limit, integer),
    OPTION(describe_stream, "ExclusiveStartShardId", exclusive_start_shard_id, string),
    OPTION(describe_stream, "ShardFilter", shard_filter, shard_filter),
    END,
};

static const dynamo_parameter get_records_parameters[] = {
    ARGUMENT(0, "ShardIterator", string),
    OPTION(get_records, "Limit", limit, integer),
    END,
};

static const dynamo_parameter get_shard_iterator_parameters[] = {
    ARGUMENT(0, "StreamArn", string),
    ARGUMENT(1, "ShardId", string),
    ARGUMENT(2, "ShardIteratorType", string),
    OPTION(get_shard_iterator, "SequenceNumber", sequence_number, string),
    OPTION(get_shard_iterator, "Timestamp", timestamp, real),
    END,
};

static const dynamo_parameter list_streams_parameters[] = {
    OPTION(list_streams, "TableName", table_name, string),
    OPTION(list_streams, "Limit", limit, integer),
    OPTION(list_streams, "ExclusiveStartStreamArn", exclusive_start_stream_arn, string),
    END,
};

/* ---- The table --------------------------------------------------------------------------------------------------- */

#define READ false
#define WRITE true

/*        field, name, service, READ or WRITE, output, unwrapped member, its own rules */
#define OPERATION(field, name, service, write, output, unwrap, shorten)                   \
    const dynamo_operation dynamo_operation_##field = { TEXT(name), field##_parameters,   \
                                                        DYNAMO_SERVICE_##service,  write, \
                                                        &output, unwrap, shorten }

OPERATION(batch_execute_statement, "BatchExecuteStatement", DYNAMODB, WRITE, batch_items_output, NULL,
          NULL);
OPERATION(batch_get_item, "BatchGetItem", DYNAMODB, READ, batch_get_item_output, NULL, NULL);
OPERATION(batch_write_item, "BatchWriteItem", DYNAMODB, WRITE, batch_write_item_output, NULL, NULL);
OPERATION(cancel_bulk_operation, "CancelBulkOperation", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(create_backup, "CreateBackup", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(create_global_table, "CreateGlobalTable", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(create_table, "CreateTable", DYNAMODB, WRITE, dynamo_shape_any, TEXT("TableDescription"),
          dynamo_shorten_create_table);
OPERATION(delete_backup, "DeleteBackup", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(delete_item, "DeleteItem", DYNAMODB, WRITE, write_item_output, NULL, NULL);
OPERATION(delete_resource_policy, "DeleteResourcePolicy", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(delete_table, "DeleteTable", DYNAMODB, WRITE, dynamo_shape_any, TEXT("TableDescription"), NULL);
OPERATION(describe_backup, "DescribeBackup", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_bulk_operation, "DescribeBulkOperation", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_continuous_backups, "DescribeContinuousBackups", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_contributor_insights, "DescribeContributorInsights", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_endpoints, "DescribeEndpoints", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_export, "DescribeExport", DYNAMODB, READ, export_output, NULL, NULL);
OPERATION(describe_global_table, "DescribeGlobalTable", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_global_table_settings, "DescribeGlobalTableSettings", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_import, "DescribeImport", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_kinesis_streaming_destination, "DescribeKinesisStreamingDestination", DYNAMODB, READ,
          dynamo_shape_any, NULL, NULL);
OPERATION(describe_limits, "DescribeLimits", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(describe_table, "DescribeTable", DYNAMODB, READ, dynamo_shape_any, TEXT("Table"), NULL);
OPERATION(describe_table_replica_auto_scaling, "DescribeTableReplicaAutoScaling", DYNAMODB, READ, dynamo_shape_any,
          NULL, NULL);
OPERATION(describe_time_to_live, "DescribeTimeToLive", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(disable_kinesis_streaming_destination, "DisableKinesisStreamingDestination", DYNAMODB, WRITE,
          dynamo_shape_any, NULL, NULL);
OPERATION(enable_kinesis_streaming_destination, "EnableKinesisStreamingDestination", DYNAMODB, WRITE, dynamo_shape_any,
          NULL, NULL);
OPERATION(execute_statement, "ExecuteStatement", DYNAMODB, WRITE, items_output, NULL, NULL);
OPERATION(execute_transaction, "ExecuteTransaction", DYNAMODB, WRITE, item_responses_output, NULL, NULL);
OPERATION(export_table_to_point_in_time, "ExportTableToPointInTime", DYNAMODB, WRITE, export_output, NULL,
          NULL);
OPERATION(get_item, "GetItem", DYNAMODB, READ, item_response, NULL, NULL);
OPERATION(get_resource_policy, "GetResourcePolicy", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(import_table, "ImportTable", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(list_backups, "ListBackups", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_bulk_operations, "ListBulkOperations", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_contributor_insights, "ListContributorInsights", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_exports, "ListExports", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_global_tables, "ListGlobalTables", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_imports, "ListImports", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_tables, "ListTables", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_tags_of_resource, "ListTagsOfResource", DYNAMODB, READ, dynamo_shape_any, NULL, NULL);
OPERATION(put_item, "PutItem", DYNAMODB, WRITE, write_item_output, NULL, NULL);
OPERATION(put_resource_policy, "PutResourcePolicy", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(query, "Query", DYNAMODB, READ, items_output, NULL, dynamo_shorten_query);
OPERATION(restore_table_from_backup, "RestoreTableFromBackup", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(restore_table_to_point_in_time, "RestoreTableToPointInTime", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(scan, "Scan", DYNAMODB, READ, items_output, NULL, dynamo_shorten_scan);
OPERATION(search_vectors, "SearchVectors", SEARCH, READ, search_vectors_output, NULL, NULL);
OPERATION(start_bulk_put_items, "StartBulkPutItems", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(tag_resource, "TagResource", DYNAMODB, WRITE, dynamo_shape_nothing, NULL, NULL);
OPERATION(transact_get_items, "TransactGetItems", DYNAMODB, READ, item_responses_output, NULL, NULL);
OPERATION(transact_write_items, "TransactWriteItems", DYNAMODB, WRITE, transact_write_items_output, NULL, NULL);
OPERATION(untag_resource, "UntagResource", DYNAMODB, WRITE, dynamo_shape_nothing, NULL, NULL);
OPERATION(update_continuous_backups, "UpdateContinuousBackups", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(update_contributor_insights, "UpdateContributorInsights", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(update_global_table, "UpdateGlobalTable", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(update_global_table_settings, "UpdateGlobalTableSettings", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(update_item, "UpdateItem", DYNAMODB, WRITE, write_item_output, NULL, NULL);
OPERATION(update_kinesis_streaming_destination, "UpdateKinesisStreamingDestination", DYNAMODB, WRITE, dynamo_shape_any,
          NULL, NULL);
OPERATION(update_table, "UpdateTable", DYNAMODB, WRITE, dynamo_shape_any, TEXT("TableDescription"),
          dynamo_shorten_update_table);
OPERATION(update_table_replica_auto_scaling, "UpdateTableReplicaAutoScaling", DYNAMODB, WRITE, dynamo_shape_any, NULL,
          NULL);
OPERATION(update_time_to_live, "UpdateTimeToLive", DYNAMODB, WRITE, dynamo_shape_any, NULL, NULL);
OPERATION(describe_stream, "DescribeStream", STREAMS, READ, dynamo_shape_any, NULL, NULL);
OPERATION(get_records, "GetRecords", STREAMS, READ, get_records_output, NULL, NULL);
OPERATION(get_shard_iterator, "GetShardIterator", STREAMS, READ, dynamo_shape_any, NULL, NULL);
OPERATION(list_streams, "ListStreams", STREAMS, READ, dynamo_shape_any, NULL, NULL);

/* ---- Operations by name, for dynamo_call() ----------------------------------------------------------------------- */

dynamo_service dynamo_service_of(const char *name)
{
    static const struct {
        const char    *operation;
        dynamo_service service;
    } elsewhere[] = {
        { "DescribeStream", DYNAMO_SERVICE_STREAMS },   { "GetRecords", DYNAMO_SERVICE_STREAMS },
        { "GetShardIterator", DYNAMO_SERVICE_STREAMS }, { "ListStreams", DYNAMO_SERVICE_STREAMS },
        { "SearchVectors", DYNAMO_SERVICE_SEARCH },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(elsewhere); i++)
        if (strcmp(name, elsewhere[i].operation) == 0)
            return elsewhere[i].service;
    return DYNAMO_SERVICE_DYNAMODB;
}

/* By AWS's habit of naming what only reads; whatever else may change something. */
bool dynamo_operation_may_write(const char *name)
{
    static const char *const readers[] = { "Get",  "BatchGet", "TransactGet", "Describe",
                                           "List", "Query",    "Scan",        "Search" };

    for (size_t i = 0; i < DYNAMO_COUNT(readers); i++)
        if (strncmp(name, readers[i], strlen(readers[i])) == 0)
            return false;
    return true;
}
