/*
 * The thin wrapper of each operation, and of each list: its positional arguments in order, then the common way.
 */
#include "dynamo_internal.h"

const char *dynamo_version(void)
{
    return DYNAMO_VERSION;
}

#define ARGUMENTS(...) ((const dynamo_argument[]){ __VA_ARGS__ })
#define TEXT(value) { .text = (value) }
#define JSON(value) { .json = (value) }
#define INTEGER(value) { .integer = (value) }

dynamo_status dynamo_batch_execute_statement(dynamo_client *client, json_t *statements,
                                             const dynamo_batch_execute_statement_options *options, json_t **response,
                                             dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_batch_execute_statement, ARGUMENTS(JSON(statements)), options,
                          response, error);
}

dynamo_status dynamo_batch_get_item(dynamo_client *client, json_t *request_items,
                                    const dynamo_batch_get_item_options *options, json_t **response,
                                    dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_batch_get_item, ARGUMENTS(JSON(request_items)), options, response,
                          error);
}

dynamo_status dynamo_batch_write_item(dynamo_client *client, json_t *request_items,
                                      const dynamo_batch_write_item_options *options, json_t **response,
                                      dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_batch_write_item, ARGUMENTS(JSON(request_items)), options, response,
                          error);
}

dynamo_status dynamo_cancel_bulk_operation(dynamo_client *client, const char *bulk_operation_arn,
                                           const dynamo_cancel_bulk_operation_options *options, json_t **response,
                                           dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_cancel_bulk_operation, ARGUMENTS(TEXT(bulk_operation_arn)), options,
                          response, error);
}

dynamo_status dynamo_create_backup(dynamo_client *client, const char *table_name, const char *backup_name,
                                   const dynamo_create_backup_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_create_backup, ARGUMENTS(TEXT(table_name), TEXT(backup_name)),
                          options, response, error);
}

dynamo_status dynamo_create_global_table(dynamo_client *client, const char *global_table_name,
                                         json_t *replication_group, const dynamo_create_global_table_options *options,
                                         json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_create_global_table,
                          ARGUMENTS(TEXT(global_table_name), JSON(replication_group)), options, response, error);
}

dynamo_status dynamo_create_table(dynamo_client *client, const char *table_name, json_t *attribute_definitions,
                                  json_t *key_schema, const dynamo_create_table_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_create_table,
                          ARGUMENTS(TEXT(table_name), JSON(attribute_definitions), JSON(key_schema)), options, response,
                          error);
}

dynamo_status dynamo_delete_backup(dynamo_client *client, const char *backup_arn,
                                   const dynamo_delete_backup_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_backup, ARGUMENTS(TEXT(backup_arn)), options, response,
                          error);
}

dynamo_status dynamo_delete_item(dynamo_client *client, const char *table_name, json_t *key,
                                 const dynamo_delete_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_item, ARGUMENTS(TEXT(table_name), JSON(key)), options,
                          response, error);
}

dynamo_status dynamo_delete_resource_policy(dynamo_client *client, const char *resource_arn,
                                            const dynamo_delete_resource_policy_options *options, json_t **response,
                                            dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_resource_policy, ARGUMENTS(TEXT(resource_arn)), options,
                          response, error);
}

dynamo_status dynamo_delete_table(dynamo_client *client, const char *table_name,
                                  const dynamo_delete_table_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_describe_backup(dynamo_client *client, const char *backup_arn,
                                     const dynamo_describe_backup_options *options, json_t **response,
                                     dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_backup, ARGUMENTS(TEXT(backup_arn)), options, response,
                          error);
}

dynamo_status dynamo_describe_bulk_operation(dynamo_client *client, const char *bulk_operation_arn,
                                             const dynamo_describe_bulk_operation_options *options, json_t **response,
                                             dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_bulk_operation, ARGUMENTS(TEXT(bulk_operation_arn)),
                          options, response, error);
}

dynamo_status dynamo_describe_continuous_backups(dynamo_client *client, const char *table_name,
                                                 const dynamo_describe_continuous_backups_options *options,
                                                 json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_continuous_backups, ARGUMENTS(TEXT(table_name)), options,
                          response, error);
}

dynamo_status dynamo_describe_contributor_insights(dynamo_client *client, const char *table_name,
                                                   const dynamo_describe_contributor_insights_options *options,
                                                   json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_contributor_insights, ARGUMENTS(TEXT(table_name)), options,
                          response, error);
}

dynamo_status dynamo_describe_endpoints(dynamo_client *client, const dynamo_describe_endpoints_options *options,
                                        json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_endpoints, NULL, options, response, error);
}

dynamo_status dynamo_describe_export(dynamo_client *client, const char *export_arn,
                                     const dynamo_describe_export_options *options, json_t **response,
                                     dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_export, ARGUMENTS(TEXT(export_arn)), options, response,
                          error);
}

dynamo_status dynamo_describe_global_table(dynamo_client *client, const char *global_table_name,
                                           const dynamo_describe_global_table_options *options, json_t **response,
                                           dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_global_table, ARGUMENTS(TEXT(global_table_name)), options,
                          response, error);
}

dynamo_status dynamo_describe_global_table_settings(dynamo_client *client, const char *global_table_name,
                                                    const dynamo_describe_global_table_settings_options *options,
                                                    json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_global_table_settings, ARGUMENTS(TEXT(global_table_name)),
                          options, response, error);
}

dynamo_status dynamo_describe_import(dynamo_client *client, const char *import_arn,
                                     const dynamo_describe_import_options *options, json_t **response,
                                     dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_import, ARGUMENTS(TEXT(import_arn)), options, response,
                          error);
}

dynamo_status dynamo_describe_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const dynamo_describe_kinesis_streaming_destination_options *options,
    json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_kinesis_streaming_destination, ARGUMENTS(TEXT(table_name)),
                          options, response, error);
}

dynamo_status dynamo_describe_limits(dynamo_client *client, const dynamo_describe_limits_options *options,
                                     json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_limits, NULL, options, response, error);
}

dynamo_status dynamo_describe_table(dynamo_client *client, const char *table_name,
                                    const dynamo_describe_table_options *options, json_t **response,
                                    dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_describe_table_replica_auto_scaling(
    dynamo_client *client, const char *table_name, const dynamo_describe_table_replica_auto_scaling_options *options,
    json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_table_replica_auto_scaling, ARGUMENTS(TEXT(table_name)),
                          options, response, error);
}

dynamo_status dynamo_describe_time_to_live(dynamo_client *client, const char *table_name,
                                           const dynamo_describe_time_to_live_options *options, json_t **response,
                                           dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_time_to_live, ARGUMENTS(TEXT(table_name)), options,
                          response, error);
}

dynamo_status dynamo_disable_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_disable_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_disable_kinesis_streaming_destination,
                          ARGUMENTS(TEXT(table_name), TEXT(stream_arn)), options, response, error);
}

dynamo_status dynamo_enable_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_enable_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_enable_kinesis_streaming_destination,
                          ARGUMENTS(TEXT(table_name), TEXT(stream_arn)), options, response, error);
}

dynamo_status dynamo_execute_statement(dynamo_client *client, const char *statement,
                                       const dynamo_execute_statement_options *options, json_t **response,
                                       dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_execute_statement, ARGUMENTS(TEXT(statement)), options, response,
                          error);
}

dynamo_status dynamo_execute_transaction(dynamo_client *client, json_t *transact_statements,
                                         const dynamo_execute_transaction_options *options, json_t **response,
                                         dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_execute_transaction, ARGUMENTS(JSON(transact_statements)), options,
                          response, error);
}

dynamo_status dynamo_export_table_to_point_in_time(dynamo_client *client, const char *table_arn, const char *s3_bucket,
                                                   const dynamo_export_table_to_point_in_time_options *options,
                                                   json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_export_table_to_point_in_time,
                          ARGUMENTS(TEXT(table_arn), TEXT(s3_bucket)), options, response, error);
}

dynamo_status dynamo_get_item(dynamo_client *client, const char *table_name, json_t *key,
                              const dynamo_get_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_get_item, ARGUMENTS(TEXT(table_name), JSON(key)), options, response,
                          error);
}

dynamo_status dynamo_get_resource_policy(dynamo_client *client, const char *resource_arn,
                                         const dynamo_get_resource_policy_options *options, json_t **response,
                                         dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_get_resource_policy, ARGUMENTS(TEXT(resource_arn)), options,
                          response, error);
}

dynamo_status dynamo_import_table(dynamo_client *client, json_t *s3_bucket_source, const char *input_format,
                                  json_t *table_creation_parameters, const dynamo_import_table_options *options,
                                  json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_import_table,
                          ARGUMENTS(JSON(s3_bucket_source), TEXT(input_format), JSON(table_creation_parameters)),
                          options, response, error);
}

dynamo_status dynamo_list_backups(dynamo_client *client, const dynamo_list_backups_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_backups, NULL, options, response, error);
}

dynamo_status dynamo_list_bulk_operations(dynamo_client *client, const dynamo_list_bulk_operations_options *options,
                                          json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_bulk_operations, NULL, options, response, error);
}

dynamo_status dynamo_list_contributor_insights(dynamo_client *client,
                                               const dynamo_list_contributor_insights_options *options,
                                               json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_contributor_insights, NULL, options, response, error);
}

dynamo_status dynamo_list_exports(dynamo_client *client, const dynamo_list_exports_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_exports, NULL, options, response, error);
}

dynamo_status dynamo_list_global_tables(dynamo_client *client, const dynamo_list_global_tables_options *options,
                                        json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_global_tables, NULL, options, response, error);
}

dynamo_status dynamo_list_imports(dynamo_client *client, const dynamo_list_imports_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_imports, NULL, options, response, error);
}

dynamo_status dynamo_list_tables(dynamo_client *client, const dynamo_list_tables_options *options, json_t **response,
                                 dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_tables, NULL, options, response, error);
}

dynamo_status dynamo_list_tags_of_resource(dynamo_client *client, const char *resource_arn,
                                           const dynamo_list_tags_of_resource_options *options, json_t **response,
                                           dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_tags_of_resource, ARGUMENTS(TEXT(resource_arn)), options,
                          response, error);
}

dynamo_status dynamo_put_item(dynamo_client *client, const char *table_name, json_t *item,
                              const dynamo_put_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_put_item, ARGUMENTS(TEXT(table_name), JSON(item)), options,
                          response, error);
}

dynamo_status dynamo_put_resource_policy(dynamo_client *client, const char *resource_arn, const char *policy,
                                         const dynamo_put_resource_policy_options *options, json_t **response,
                                         dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_put_resource_policy, ARGUMENTS(TEXT(resource_arn), TEXT(policy)),
                          options, response, error);
}

dynamo_status dynamo_query(dynamo_client *client, const char *table_name, const dynamo_query_options *options,
                           json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_query, ARGUMENTS(TEXT(table_name)), options, response, error);
}

dynamo_status dynamo_restore_table_from_backup(dynamo_client *client, const char *target_table_name,
                                               const char *backup_arn,
                                               const dynamo_restore_table_from_backup_options *options,
                                               json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_restore_table_from_backup,
                          ARGUMENTS(TEXT(target_table_name), TEXT(backup_arn)), options, response, error);
}

dynamo_status dynamo_restore_table_to_point_in_time(dynamo_client *client, const char *target_table_name,
                                                    const dynamo_restore_table_to_point_in_time_options *options,
                                                    json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_restore_table_to_point_in_time, ARGUMENTS(TEXT(target_table_name)),
                          options, response, error);
}

dynamo_status dynamo_scan(dynamo_client *client, const char *table_name, const dynamo_scan_options *options,
                          json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_scan, ARGUMENTS(TEXT(table_name)), options, response, error);
}

dynamo_status dynamo_search_vectors(dynamo_client *client, const char *table_name, const char *index_name,
                                    json_t *search_vector, int64_t top_k, const dynamo_search_vectors_options *options,
                                    json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_search_vectors,
                          ARGUMENTS(TEXT(table_name), TEXT(index_name), JSON(search_vector), INTEGER(top_k)), options,
                          response, error);
}

dynamo_status dynamo_start_bulk_put_items(dynamo_client *client, json_t *input_s3_configuration,
                                          json_t *output_s3_configuration, const char *table_name,
                                          const dynamo_start_bulk_put_items_options *options, json_t **response,
                                          dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_start_bulk_put_items,
                          ARGUMENTS(JSON(input_s3_configuration), JSON(output_s3_configuration), TEXT(table_name)),
                          options, response, error);
}

dynamo_status dynamo_tag_resource(dynamo_client *client, const char *resource_arn, json_t *tags,
                                  const dynamo_tag_resource_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_tag_resource, ARGUMENTS(TEXT(resource_arn), JSON(tags)), options,
                          response, error);
}

dynamo_status dynamo_transact_get_items(dynamo_client *client, json_t *transact_items,
                                        const dynamo_transact_get_items_options *options, json_t **response,
                                        dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_transact_get_items, ARGUMENTS(JSON(transact_items)), options,
                          response, error);
}

dynamo_status dynamo_transact_write_items(dynamo_client *client, json_t *transact_items,
                                          const dynamo_transact_write_items_options *options, json_t **response,
                                          dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_transact_write_items, ARGUMENTS(JSON(transact_items)), options,
                          response, error);
}

dynamo_status dynamo_untag_resource(dynamo_client *client, const char *resource_arn, json_t *tag_keys,
                                    const dynamo_untag_resource_options *options, json_t **response,
                                    dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_untag_resource, ARGUMENTS(TEXT(resource_arn), JSON(tag_keys)),
                          options, response, error);
}

dynamo_status dynamo_update_continuous_backups(dynamo_client *client, const char *table_name,
                                               json_t *point_in_time_recovery_specification,
                                               const dynamo_update_continuous_backups_options *options,
                                               json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_continuous_backups,
                          ARGUMENTS(TEXT(table_name), JSON(point_in_time_recovery_specification)), options, response,
                          error);
}

dynamo_status dynamo_update_contributor_insights(dynamo_client *client, const char *table_name,
                                                 const char *contributor_insights_action,
                                                 const dynamo_update_contributor_insights_options *options,
                                                 json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_contributor_insights,
                          ARGUMENTS(TEXT(table_name), TEXT(contributor_insights_action)), options, response, error);
}

dynamo_status dynamo_update_global_table(dynamo_client *client, const char *global_table_name, json_t *replica_updates,
                                         const dynamo_update_global_table_options *options, json_t **response,
                                         dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_global_table,
                          ARGUMENTS(TEXT(global_table_name), JSON(replica_updates)), options, response, error);
}

dynamo_status dynamo_update_global_table_settings(dynamo_client *client, const char *global_table_name,
                                                  const dynamo_update_global_table_settings_options *options,
                                                  json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_global_table_settings, ARGUMENTS(TEXT(global_table_name)),
                          options, response, error);
}

dynamo_status dynamo_update_item(dynamo_client *client, const char *table_name, json_t *key,
                                 const dynamo_update_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_item, ARGUMENTS(TEXT(table_name), JSON(key)), options,
                          response, error);
}

dynamo_status dynamo_update_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_update_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_kinesis_streaming_destination,
                          ARGUMENTS(TEXT(table_name), TEXT(stream_arn)), options, response, error);
}

dynamo_status dynamo_update_table(dynamo_client *client, const char *table_name,
                                  const dynamo_update_table_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_update_table_replica_auto_scaling(dynamo_client *client, const char *table_name,
                                                       const dynamo_update_table_replica_auto_scaling_options *options,
                                                       json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_table_replica_auto_scaling, ARGUMENTS(TEXT(table_name)),
                          options, response, error);
}

dynamo_status dynamo_update_time_to_live(dynamo_client *client, const char *table_name,
                                         json_t *time_to_live_specification,
                                         const dynamo_update_time_to_live_options *options, json_t **response,
                                         dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_time_to_live,
                          ARGUMENTS(TEXT(table_name), JSON(time_to_live_specification)), options, response, error);
}

dynamo_status dynamo_describe_stream(dynamo_client *client, const char *stream_arn,
                                     const dynamo_describe_stream_options *options, json_t **response,
                                     dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_stream, ARGUMENTS(TEXT(stream_arn)), options, response,
                          error);
}

dynamo_status dynamo_get_records(dynamo_client *client, const char *shard_iterator,
                                 const dynamo_get_records_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_get_records, ARGUMENTS(TEXT(shard_iterator)), options, response,
                          error);
}

dynamo_status dynamo_get_shard_iterator(dynamo_client *client, const char *stream_arn, const char *shard_id,
                                        const char *shard_iterator_type,
                                        const dynamo_get_shard_iterator_options *options, json_t **response,
                                        dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_get_shard_iterator,
                          ARGUMENTS(TEXT(stream_arn), TEXT(shard_id), TEXT(shard_iterator_type)), options, response,
                          error);
}

dynamo_status dynamo_list_streams(dynamo_client *client, const dynamo_list_streams_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_streams, NULL, options, response, error);
}

dynamo_status dynamo_call(dynamo_client *client, const char *operation, json_t *request, json_t **response,
                          dynamo_error *error)
{
    return dynamo_perform_raw(client, operation, request, response, error);
}

/* ---- Lists, item by item ----------------------------------------------------------------------------------------- */

dynamo_items *dynamo_query_items(dynamo_client *client, const char *table_name, const dynamo_query_options *options,
                                 dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_query, ARGUMENTS(TEXT(table_name)), options, error);
}

dynamo_items *dynamo_scan_items(dynamo_client *client, const char *table_name, const dynamo_scan_options *options,
                                dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_scan, ARGUMENTS(TEXT(table_name)), options, error);
}

dynamo_items *dynamo_execute_statement_items(dynamo_client *client, const char *statement,
                                             const dynamo_execute_statement_options *options, dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_execute_statement, ARGUMENTS(TEXT(statement)), options, error);
}

dynamo_items *dynamo_list_backups_items(dynamo_client *client, const dynamo_list_backups_options *options,
                                        dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_backups, NULL, options, error);
}

dynamo_items *dynamo_list_bulk_operations_items(dynamo_client *client,
                                                const dynamo_list_bulk_operations_options *options, dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_bulk_operations, NULL, options, error);
}

dynamo_items *dynamo_list_contributor_insights_items(dynamo_client *client,
                                                     const dynamo_list_contributor_insights_options *options,
                                                     dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_contributor_insights, NULL, options, error);
}

dynamo_items *dynamo_list_exports_items(dynamo_client *client, const dynamo_list_exports_options *options,
                                        dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_exports, NULL, options, error);
}

dynamo_items *dynamo_list_global_tables_items(dynamo_client *client, const dynamo_list_global_tables_options *options,
                                              dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_global_tables, NULL, options, error);
}

dynamo_items *dynamo_list_imports_items(dynamo_client *client, const dynamo_list_imports_options *options,
                                        dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_imports, NULL, options, error);
}

dynamo_items *dynamo_list_tables_items(dynamo_client *client, const dynamo_list_tables_options *options,
                                       dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_tables, NULL, options, error);
}

dynamo_items *dynamo_list_tags_of_resource_items(dynamo_client *client, const char *resource_arn,
                                                 const dynamo_list_tags_of_resource_options *options,
                                                 dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_tags_of_resource, ARGUMENTS(TEXT(resource_arn)), options,
                            error);
}

dynamo_items *dynamo_describe_stream_items(dynamo_client *client, const char *stream_arn,
                                           const dynamo_describe_stream_options *options, dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_describe_stream, ARGUMENTS(TEXT(stream_arn)), options, error);
}

dynamo_items *dynamo_get_records_items(dynamo_client *client, const char *shard_iterator,
                                       const dynamo_get_records_options *options, dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_get_records, ARGUMENTS(TEXT(shard_iterator)), options, error);
}

dynamo_items *dynamo_list_streams_items(dynamo_client *client, const dynamo_list_streams_options *options,
                                        dynamo_error *error)
{
    return dynamo_items_new(client, &dynamo_pagination_list_streams, NULL, options, error);
}
