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

/* ---- Shapes, by AWS's names in snake case ------------------------------------------------------------------------ */

#define LIST(name, element) static const dynamo_shape name = { DYNAMO_KIND_LIST, &element, NULL }
#define MAP(name, value) static const dynamo_shape name = { DYNAMO_KIND_MAP, &value, NULL }
#define STRUCTURE(name, ...)                                                        \
    static const dynamo_member name##_members[] = { __VA_ARGS__, { NULL, NULL } };  \
    static const dynamo_shape  name             = { DYNAMO_KIND_STRUCTURE, NULL, name##_members }

const dynamo_shape        dynamo_shape_any = { DYNAMO_KIND_ANY, NULL, NULL };
static const dynamo_shape string           = { DYNAMO_KIND_STRING, NULL, NULL };
static const dynamo_shape integer          = { DYNAMO_KIND_INTEGER, NULL, NULL };
static const dynamo_shape boolean          = { DYNAMO_KIND_BOOLEAN, NULL, NULL };
static const dynamo_shape attribute_value  = { DYNAMO_KIND_ATTRIBUTE_VALUE, NULL, NULL };

STRUCTURE(attribute_definition,
          { "AttributeName", &string }, { "AttributeType", &string });
LIST(attribute_definition_list, attribute_definition);
STRUCTURE(key_schema_element,
          { "AttributeName", &string }, { "KeyType", &string });
LIST(key_schema_element_list, key_schema_element);
LIST(string_list, string);
STRUCTURE(projection,
          { "ProjectionType", &string }, { "NonKeyAttributes", &string_list });
STRUCTURE(local_secondary_index,
          { "IndexName", &string }, { "KeySchema", &key_schema_element_list }, { "Projection", &projection });
LIST(local_secondary_index_list, local_secondary_index);
STRUCTURE(provisioned_throughput,
          { "ReadCapacityUnits", &integer }, { "WriteCapacityUnits", &integer });
STRUCTURE(on_demand_throughput,
          { "MaxReadRequestUnits", &integer }, { "MaxWriteRequestUnits", &integer });
STRUCTURE(warm_throughput,
          { "ReadUnitsPerSecond", &integer }, { "WriteUnitsPerSecond", &integer });
STRUCTURE(global_secondary_index,
          { "IndexName", &string }, { "KeySchema", &key_schema_element_list }, { "Projection", &projection },
          { "ProvisionedThroughput", &provisioned_throughput }, { "OnDemandThroughput", &on_demand_throughput },
          { "WarmThroughput", &warm_throughput });
LIST(global_secondary_index_list, global_secondary_index);
STRUCTURE(stream_specification,
          { "StreamEnabled", &boolean }, { "StreamViewType", &string });
STRUCTURE(sse_specification,
          { "Enabled", &boolean }, { "SSEType", &string }, { "KMSMasterKeyId", &string });
STRUCTURE(tag,
          { "Key", &string }, { "Value", &string });
LIST(tag_list, tag);
STRUCTURE(vector_attribute_definition,
          { "AttributeName", &string });
STRUCTURE(search_schema_element,
          { "AttributeName", &string }, { "SearchSchemaElementType", &string });
LIST(search_schema_element_list, search_schema_element);
STRUCTURE(vector_index,
          { "IndexName", &string }, { "VectorAttribute", &vector_attribute_definition },
          { "SearchSchema", &search_schema_element_list }, { "Projection", &projection }, { "Dimensions", &integer },
          { "DistanceFunction", &string });
LIST(vector_index_list, vector_index);
MAP(attribute_value_map, attribute_value);
LIST(attribute_value_list, attribute_value);
STRUCTURE(expected_attribute_value,
          { "Value", &attribute_value }, { "Exists", &boolean }, { "ComparisonOperator", &string },
          { "AttributeValueList", &attribute_value_list });
MAP(expected_attribute_value_map, expected_attribute_value);
MAP(string_map, string);
STRUCTURE(condition,
          { "AttributeValueList", &attribute_value_list }, { "ComparisonOperator", &string });
MAP(condition_map, condition);
STRUCTURE(attribute_value_update,
          { "Value", &attribute_value }, { "Action", &string });
MAP(attribute_value_update_map, attribute_value_update);
STRUCTURE(update_global_secondary_index_action,
          { "IndexName", &string }, { "ProvisionedThroughput", &provisioned_throughput },
          { "OnDemandThroughput", &on_demand_throughput }, { "WarmThroughput", &warm_throughput });
STRUCTURE(create_global_secondary_index_action,
          { "IndexName", &string }, { "KeySchema", &key_schema_element_list }, { "Projection", &projection },
          { "ProvisionedThroughput", &provisioned_throughput }, { "OnDemandThroughput", &on_demand_throughput },
          { "WarmThroughput", &warm_throughput });
STRUCTURE(delete_global_secondary_index_action,
          { "IndexName", &string });
STRUCTURE(global_secondary_index_update,
          { "Update", &update_global_secondary_index_action }, { "Create", &create_global_secondary_index_action },
          { "Delete", &delete_global_secondary_index_action });
LIST(global_secondary_index_update_list, global_secondary_index_update);
STRUCTURE(provisioned_throughput_override,
          { "ReadCapacityUnits", &integer });
STRUCTURE(on_demand_throughput_override,
          { "MaxReadRequestUnits", &integer });
STRUCTURE(replica_global_secondary_index,
          { "IndexName", &string }, { "ProvisionedThroughputOverride", &provisioned_throughput_override },
          { "OnDemandThroughputOverride", &on_demand_throughput_override });
LIST(replica_global_secondary_index_list, replica_global_secondary_index);
STRUCTURE(create_replication_group_member_action,
          { "RegionName", &string }, { "KMSMasterKeyId", &string },
          { "ProvisionedThroughputOverride", &provisioned_throughput_override },
          { "OnDemandThroughputOverride", &on_demand_throughput_override },
          { "GlobalSecondaryIndexes", &replica_global_secondary_index_list }, { "TableClassOverride", &string });
STRUCTURE(update_replication_group_member_action,
          { "RegionName", &string }, { "KMSMasterKeyId", &string },
          { "ProvisionedThroughputOverride", &provisioned_throughput_override },
          { "OnDemandThroughputOverride", &on_demand_throughput_override },
          { "GlobalSecondaryIndexes", &replica_global_secondary_index_list }, { "TableClassOverride", &string });
STRUCTURE(delete_replication_group_member_action,
          { "RegionName", &string });
STRUCTURE(disassociate_replication_group_member_action,
          { "RegionName", &string }, { "DisassociationMode", &string });
STRUCTURE(replication_group_update,
          { "Create", &create_replication_group_member_action },
          { "Update", &update_replication_group_member_action },
          { "Delete", &delete_replication_group_member_action },
          { "Disassociate", &disassociate_replication_group_member_action });
LIST(replication_group_update_list, replication_group_update);
STRUCTURE(create_global_table_witness_group_member_action,
          { "RegionName", &string });
STRUCTURE(delete_global_table_witness_group_member_action,
          { "RegionName", &string });
STRUCTURE(global_table_witness_group_update,
          { "Create", &create_global_table_witness_group_member_action },
          { "Delete", &delete_global_table_witness_group_member_action });
LIST(global_table_witness_group_update_list, global_table_witness_group_update);
STRUCTURE(create_vector_index_action,
          { "IndexName", &string }, { "VectorAttribute", &vector_attribute_definition },
          { "SearchSchema", &search_schema_element_list }, { "Projection", &projection }, { "Dimensions", &integer },
          { "DistanceFunction", &string });
STRUCTURE(delete_vector_index_action,
          { "IndexName", &string });
STRUCTURE(vector_index_update,
          { "Create", &create_vector_index_action }, { "Delete", &delete_vector_index_action });
LIST(vector_index_update_list, vector_index_update);

/* ---- Answers: only the members that hold attribute values; all others are kept as they are ----------------------- */

LIST(attribute_value_map_list, attribute_value_map);
STRUCTURE(item_collection_metrics, { "ItemCollectionKey", &attribute_value_map });
STRUCTURE(get_item_output, { "Item", &attribute_value_map });
STRUCTURE(write_item_output, { "Attributes", &attribute_value_map },
          { "ItemCollectionMetrics", &item_collection_metrics });
STRUCTURE(items_output, { "Items", &attribute_value_map_list }, { "LastEvaluatedKey", &attribute_value_map });

STRUCTURE(cancellation_reason, { "Item", &attribute_value_map });
LIST(cancellation_reason_list, cancellation_reason);
static const dynamo_member error_members[] = {
    { "Item", &attribute_value_map },
    { "CancellationReasons", &cancellation_reason_list },
    { NULL, NULL },
};
const dynamo_shape dynamo_shape_error = { DYNAMO_KIND_STRUCTURE, NULL, error_members };

/* ---- Members ----------------------------------------------------------------------------------------------------- */

#define ARGUMENT(index, name, field, shape) { name, #field, &shape, true, false, index }
#define OPTIONAL_ARGUMENT(index, name, field, shape) { name, #field, &shape, true, true, index }
#define OPTION(operation, name, field, shape) \
    { name, #field, &shape, false, false, offsetof(dynamo_##operation##_options, field) }
#define END { NULL, NULL, NULL, false, false, 0 }

static const dynamo_parameter create_table_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    OPTIONAL_ARGUMENT(1, "AttributeDefinitions", attribute_definitions, attribute_definition_list),
    OPTIONAL_ARGUMENT(2, "KeySchema", key_schema, key_schema_element_list),
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

static const dynamo_parameter delete_item_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    ARGUMENT(1, "Key", key, attribute_value_map),
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

static const dynamo_parameter delete_table_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    END,
};

static const dynamo_parameter describe_table_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    END,
};

static const dynamo_parameter get_item_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    ARGUMENT(1, "Key", key, attribute_value_map),
    OPTION(get_item, "AttributesToGet", attributes_to_get, string_list),
    OPTION(get_item, "ConsistentRead", consistent_read, boolean),
    OPTION(get_item, "ReturnConsumedCapacity", return_consumed_capacity, string),
    OPTION(get_item, "ProjectionExpression", projection_expression, string),
    OPTION(get_item, "ExpressionAttributeNames", expression_attribute_names, string_map),
    END,
};

static const dynamo_parameter list_tables_parameters[] = {
    OPTION(list_tables, "ExclusiveStartTableName", exclusive_start_table_name, string),
    OPTION(list_tables, "Limit", limit, integer),
    END,
};

static const dynamo_parameter put_item_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    ARGUMENT(1, "Item", item, attribute_value_map),
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

static const dynamo_parameter query_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
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

static const dynamo_parameter scan_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
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

static const dynamo_parameter update_item_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
    ARGUMENT(1, "Key", key, attribute_value_map),
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

static const dynamo_parameter update_table_parameters[] = {
    ARGUMENT(0, "TableName", table_name, string),
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

/* ---- The table --------------------------------------------------------------------------------------------------- */

/*        field, name, output, unwrapped member, write, its own rules */
#define OPERATION(field, name, output, unwrap, write, shorten) \
    const dynamo_operation dynamo_operation_##field = { name, field##_parameters, &output, unwrap, write, shorten }

OPERATION(create_table, "CreateTable", dynamo_shape_any, "TableDescription", true, dynamo_shorten_create_table);
OPERATION(delete_item, "DeleteItem", write_item_output, NULL, true, NULL);
OPERATION(delete_table, "DeleteTable", dynamo_shape_any, "TableDescription", true, NULL);
OPERATION(describe_table, "DescribeTable", dynamo_shape_any, "Table", false, NULL);
OPERATION(get_item, "GetItem", get_item_output, NULL, false, NULL);
OPERATION(list_tables, "ListTables", dynamo_shape_any, NULL, false, NULL);
OPERATION(put_item, "PutItem", write_item_output, NULL, true, NULL);
OPERATION(query, "Query", items_output, NULL, false, dynamo_shorten_query);
OPERATION(scan, "Scan", items_output, NULL, false, dynamo_shorten_scan);
OPERATION(update_item, "UpdateItem", write_item_output, NULL, true, NULL);
OPERATION(update_table, "UpdateTable", dynamo_shape_any, "TableDescription", true, dynamo_shorten_update_table);

/* ---- Operations by name, for dynamo_call() ----------------------------------------------------------------------- */

bool dynamo_operation_is_streams(const char *name)
{
    static const char *const streams[] = { "DescribeStream", "GetRecords", "GetShardIterator", "ListStreams" };

    for (size_t i = 0; i < DYNAMO_COUNT(streams); i++)
        if (strcmp(name, streams[i]) == 0)
            return true;
    return false;
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
