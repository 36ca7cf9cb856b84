/*
 * The thin wrapper of each operation: its positional arguments in order, then the common way.
 */
#include "dynamo_internal.h"

const char *dynamo_version(void)
{
    return DYNAMO_VERSION;
}

#define ARGUMENTS(...) ((const dynamo_argument[]){ __VA_ARGS__ })
#define TEXT(value) { .text = (value) }
#define JSON(value) { .json = (value) }

dynamo_status dynamo_create_table(dynamo_client *client, const char *table_name, json_t *attribute_definitions,
                                  json_t *key_schema, const dynamo_create_table_options *options, json_t **response,
                                  dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_create_table,
                          ARGUMENTS(TEXT(table_name), JSON(attribute_definitions), JSON(key_schema)), options, response,
                          error);
}

dynamo_status dynamo_delete_item(dynamo_client *client, const char *table_name, json_t *key,
                                 const dynamo_delete_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_item, ARGUMENTS(TEXT(table_name), JSON(key)), options,
                          response, error);
}

dynamo_status dynamo_delete_table(dynamo_client *client, const char *table_name,
                                  const dynamo_delete_table_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_delete_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_describe_table(dynamo_client *client, const char *table_name,
                                    const dynamo_describe_table_options *options, json_t **response,
                                    dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_describe_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_get_item(dynamo_client *client, const char *table_name, json_t *key,
                              const dynamo_get_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_get_item, ARGUMENTS(TEXT(table_name), JSON(key)), options, response,
                          error);
}

dynamo_status dynamo_list_tables(dynamo_client *client, const dynamo_list_tables_options *options, json_t **response,
                                 dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_list_tables, NULL, options, response, error);
}

dynamo_status dynamo_put_item(dynamo_client *client, const char *table_name, json_t *item,
                              const dynamo_put_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_put_item, ARGUMENTS(TEXT(table_name), JSON(item)), options,
                          response, error);
}

dynamo_status dynamo_query(dynamo_client *client, const char *table_name, const dynamo_query_options *options,
                           json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_query, ARGUMENTS(TEXT(table_name)), options, response, error);
}

dynamo_status dynamo_scan(dynamo_client *client, const char *table_name, const dynamo_scan_options *options,
                          json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_scan, ARGUMENTS(TEXT(table_name)), options, response, error);
}

dynamo_status dynamo_update_item(dynamo_client *client, const char *table_name, json_t *key,
                                 const dynamo_update_item_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_item, ARGUMENTS(TEXT(table_name), JSON(key)), options,
                          response, error);
}

dynamo_status dynamo_update_table(dynamo_client *client, const char *table_name,
                                  const dynamo_update_table_options *options, json_t **response, dynamo_error *error)
{
    return dynamo_perform(client, &dynamo_operation_update_table, ARGUMENTS(TEXT(table_name)), options, response,
                          error);
}

dynamo_status dynamo_call(dynamo_client *client, const char *operation, json_t *request, json_t **response,
                          dynamo_error *error)
{
    return dynamo_perform_raw(client, operation, request, response, error);
}
