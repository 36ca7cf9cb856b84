/*
 * What the eleven operations make of their arguments: the request on the wire, and what is refused before anything is
 * sent, each with the path of the value.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dynamo.h"
#include "complaints.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What every test has; filled by the setup. */
static fault_server  *server;
static dynamo_client *client;
static dynamo_error   error;
static json_t        *response;

/* Before the next call: an answer that suits every operation, and no record of what was sent. */
static void begin_row(void)
{
    static const fault_step answer = {.body = "{\"Table\":{},\"TableDescription\":{}}"};

    fault_server_script(server, &answer, 1);
    json_decref(response);
    response = NULL;
}

static int set_up(void **state)
{
    dynamo_config config = {0};

    (void)state;
    server = fault_server_start();
    if (server == NULL)
        return -1;
    config.endpoint = fault_server_endpoint(server);
    client          = dynamo_client_new(&config, &error);
    complaints      = 0;
    begin_row();
    return client != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(response);
    response = NULL;
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    fault_server_stop(server);
    return 0;
}

/* JSON with ' for ", as documents are easier to read that way in C. */
static json_t *json(const char *text)
{
    json_error_t reason;
    char        *copy = strdup(text);
    json_t      *value;

    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    value = json_loads(copy, JSON_DECODE_ANY | JSON_ALLOW_NUL, &reason);
    if (value == NULL)
        fail_msg("the test's own JSON is malformed: %s: %s", reason.text, text);
    free(copy);
    return value;
}

/* The call is to have been refused here, with these words in the message. The documents have done their work. */
static void refused(const char *row, dynamo_status status, const char *words, json_t *document, json_t *other)
{
    if (status != DYNAMO_ERR_INVALID_ARGUMENT)
        complain(row, "gives %s (%s)", dynamo_status_name(status), error.message);
    if (error.status != status || (status != DYNAMO_OK && strcmp(error.code, dynamo_status_name(status)) != 0))
        complain(row, "error.status is %d, error.code \"%s\"", (int)error.status, error.code);
    if (status != DYNAMO_OK && strstr(error.message, words) == NULL)
        complain(row, "message \"%s\" lacks \"%s\"", error.message, words);
    if (error.attempts != 0 || error.http_status != 0 || error.ambiguous || error.retryable)
        complain(row, "attempts %u, http_status %ld, ambiguous %d, retryable %d", error.attempts, error.http_status,
                 error.ambiguous, error.retryable);
    if (response != NULL && status != DYNAMO_OK)
        complain(row, "response is set");
    if (fault_server_requests(server) != 0)
        complain(row, "a request was sent");
    json_decref(document);
    json_decref(other);
    begin_row();
}

/* The call is to have sent exactly this. */
static void sent(const char *row, dynamo_status status, const char *expected, json_t *document, json_t *other)
{
    json_t              *body    = json(expected);
    const fault_request *request = fault_server_request(server, 0);
    json_t              *seen    = NULL;

    if (request != NULL)
        seen = json_loadb(request->body, request->body_length, JSON_ALLOW_NUL, NULL);
    if (status != DYNAMO_OK)
        complain(row, "gives %s: %s", dynamo_status_name(status), error.message);
    else if (!json_equal(body, seen))
        complain(row, "sent\n  %s\nin place of\n  %s", request->body, expected);
    json_decref(seen);
    json_decref(body);
    json_decref(document);
    json_decref(other);
    begin_row();
}

/* ---- NULL -------------------------------------------------------------------------------------------------------- */

#define REST NULL, &response, &error

static void null_arguments(void **state)
{
    static const char item_hint[] = "item is NULL: did json_pack fail (format, UTF-8, memory)?";
    static const char key_hint[]  = "key is NULL: did json_pack fail (format, UTF-8, memory)?";
    json_t           *key         = json("{'id': 1}");
    json_t           *types       = json("{'id': 'N'}");
    json_t           *schema      = json("{'id': 'HASH'}");
    json_t           *empty       = json_object();

    (void)state;
    refused("get_item", dynamo_get_item(client, NULL, key, REST), "table_name", NULL, NULL);
    refused("get_item", dynamo_get_item(client, "Music", NULL, REST), key_hint, NULL, NULL);
    refused("put_item", dynamo_put_item(client, NULL, key, REST), "table_name", NULL, NULL);
    refused("put_item", dynamo_put_item(client, "Music", NULL, REST), item_hint, NULL, NULL);
    refused("delete_item", dynamo_delete_item(client, NULL, key, REST), "table_name", NULL, NULL);
    refused("delete_item", dynamo_delete_item(client, "Music", NULL, REST), key_hint, NULL, NULL);
    refused("update_item", dynamo_update_item(client, NULL, key, REST), "table_name", NULL, NULL);
    refused("update_item", dynamo_update_item(client, "Music", NULL, REST), key_hint, NULL, NULL);
    refused("query", dynamo_query(client, NULL, REST), "table_name", NULL, NULL);
    refused("scan", dynamo_scan(client, NULL, REST), "table_name", NULL, NULL);
    refused("describe_table", dynamo_describe_table(client, NULL, REST), "table_name", NULL, NULL);
    refused("delete_table", dynamo_delete_table(client, NULL, REST), "table_name", NULL, NULL);
    refused("update_table", dynamo_update_table(client, NULL, REST), "table_name", NULL, NULL);
    refused("create_table", dynamo_create_table(client, NULL, types, schema, REST), "table_name", NULL, NULL);
    refused("create_table", dynamo_create_table(client, "Music", NULL, schema, REST), "attribute_definitions is NULL",
            NULL, NULL);
    refused("create_table", dynamo_create_table(client, "Music", types, NULL, REST), "key_schema is NULL", NULL, NULL);
    refused("call", dynamo_call(client, NULL, empty, &response, &error), "operation", NULL, NULL);
    refused("call", dynamo_call(client, "GetItem", NULL, &response, &error), "request is NULL", NULL, NULL);
    json_decref(key);
    json_decref(types);
    json_decref(schema);
    json_decref(empty);
    expect_no_complaints();
}

static void operation_names_that_are_none(void **state)
{
    static const char *const names[] = {"", "Get Item", "GetItem\r\nX-Evil: 1", "Get/Item", "G\xc3\xa4t"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        json_t *request = json_object();

        refused(names[i], dynamo_call(client, names[i], request, &response, &error), "operation", request, NULL);
    }
    expect_no_complaints();
}

/* ---- Wrong types ------------------------------------------------------------------------------------------------- */

static void positional_documents_of_the_wrong_type(void **state)
{
    static const char *const wrong[] = {"[]", "'id'", "5", "1.5", "true", "null"};

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        json_t *value = json(wrong[i]);
        json_t *good  = json("{'id': 'N'}");

        refused(wrong[i], dynamo_put_item(client, "Music", value, REST), "Item", NULL, NULL);
        refused(wrong[i], dynamo_get_item(client, "Music", value, REST), "Key", NULL, NULL);
        refused(wrong[i], dynamo_delete_item(client, "Music", value, REST), "Key", NULL, NULL);
        refused(wrong[i], dynamo_update_item(client, "Music", value, REST), "Key", NULL, NULL);
        if (!json_is_array(value)) {
            refused(wrong[i], dynamo_create_table(client, "Music", value, good, REST), "AttributeDefinitions", NULL,
                    NULL);
            refused(wrong[i], dynamo_create_table(client, "Music", good, value, REST), "KeySchema", NULL, NULL);
        }
        refused(wrong[i], dynamo_call(client, "GetItem", json_is_object(value) ? NULL : value, &response, &error),
                "request", value, good);
    }
    expect_no_complaints();
}

/* Each row sets one member of the options; the message has its path. */
typedef struct member_row {
    const char *value, *path;
} member_row;

static void members_of_put_item(void **state)
{
    static const member_row expected[] = {
        {"[]", "Expected"},
        {"{'a': 5}", "Expected.a"},
        {"{'a': {'Exists': 'yes'}}", "Expected.a.Exists"},
        {"{'a': {'Exist': true}}", "Expected.a.Exist"},
        {"{'a': {'ComparisonOperator': 5}}", "Expected.a.ComparisonOperator"},
        {"{'a': {'AttributeValueList': {}}}", "Expected.a.AttributeValueList"},
        {"{'a': {'AttributeValueList': [1, {'$SS': []}]}}", "Expected.a.AttributeValueList[1]"},
        {"{'a': {'Value': {'$N': 'five'}}}", "Expected.a.Value"},
    };
    static const member_row names[] = {
        {"[]", "ExpressionAttributeNames"},
        {"{'#a': 5}", "ExpressionAttributeNames.#a"},
        {"'a'", "ExpressionAttributeNames"},
    };
    static const member_row values[] = {
        {"[]", "ExpressionAttributeValues"},
        {"{':v': {'$NS': [1, 1.0]}}", "ExpressionAttributeValues.:v"},
        {"{':v': [1, [2, {'x': {'$B': '*'}}]]}", "ExpressionAttributeValues.:v[1][1].x"},
    };

    (void)state;
    for (int which = 0; which < 3; which++) {
        const member_row *rows  = which == 0 ? expected : which == 1 ? names : values;
        size_t            count = which == 0 ? COUNT(expected) : which == 1 ? COUNT(names) : COUNT(values);

        for (size_t i = 0; i < count; i++) {
            json_t                 *item    = json("{'id': 1}");
            json_t                 *value   = json(rows[i].value);
            dynamo_put_item_options options = {0};

            *(which == 0   ? &options.expected
              : which == 1 ? &options.expression_attribute_names
                           : &options.expression_attribute_values) = value;
            refused(rows[i].value, dynamo_put_item(client, "Music", item, &options, &response, &error), rows[i].path,
                    item, value);
        }
    }
    expect_no_complaints();
}

static void members_of_others(void **state)
{
    json_t *key    = json("{'id': 1}");
    json_t *types  = json("{'id': 'N'}");
    json_t *schema = json("{'id': 'HASH'}");
    json_t *bad;

    (void)state;
#define GET(value, member, path)                                                         \
    bad = json(value);                                                                   \
    refused("get_item " value,                                                           \
            dynamo_get_item(client, "T", key, &(dynamo_get_item_options){.member = bad}, \
                            &response, &error),                                          \
            path, bad, NULL)
#define UPDATE(value, member, path)                                                            \
    bad = json(value);                                                                         \
    refused("update_item " value,                                                              \
            dynamo_update_item(client, "T", key, &(dynamo_update_item_options){.member = bad}, \
                               &response, &error),                                             \
            path, bad, NULL)
#define QUERY(value, member, path)                                                                    \
    bad = json(value);                                                                                \
    refused("query " value,                                                                           \
            dynamo_query(client, "T", &(dynamo_query_options){.member = bad}, &response, &error), path, \
            bad, NULL)
#define SCAN(value, member, path)                                                                     \
    bad = json(value);                                                                                \
    refused("scan " value,                                                                            \
            dynamo_scan(client, "T", &(dynamo_scan_options){.member = bad}, &response, &error), path, \
            bad, NULL)
#define CREATE(value, member, path)                                                                           \
    bad = json(value);                                                                                        \
    refused("create_table " value,                                                                            \
            dynamo_create_table(client, "T", types, schema, &(dynamo_create_table_options){.member = bad},    \
                                &response, &error),                                                           \
            path, bad, NULL)
#define UPDATE_TABLE(value, member, path)                                                   \
    bad = json(value);                                                                      \
    refused("update_table " value,                                                          \
            dynamo_update_table(client, "T", &(dynamo_update_table_options){.member = bad}, \
                                &response, &error),                                         \
            path, bad, NULL)

    GET("{}", attributes_to_get, "AttributesToGet");
    GET("['a', 5]", attributes_to_get, "AttributesToGet[1]");
    UPDATE("[]", attribute_updates, "AttributeUpdates");
    UPDATE("{'a': {'Acton': 'PUT'}}", attribute_updates, "AttributeUpdates.a.Acton");
    UPDATE("{'a': {'Value': {'$BS': ['=']}}}", attribute_updates, "AttributeUpdates.a.Value");
    QUERY("{'a': {'ComparisonOperator': 'EQ', 'AttributeValues': []}}", key_conditions,
          "KeyConditions.a.AttributeValues");
    QUERY("{'a': []}", query_filter, "QueryFilter.a");
    QUERY("[]", exclusive_start_key, "ExclusiveStartKey");
    QUERY("{'id': {'$SS': 'x'}}", exclusive_start_key, "ExclusiveStartKey.id");
    SCAN("{'a': {'AttributeValueList': [{'$N': 5}]}}", scan_filter, "ScanFilter.a.AttributeValueList[0]");
    CREATE("{}", global_secondary_indexes, "GlobalSecondaryIndexes");
    CREATE("[{'IndexName': 'i', 'Projection': {'ProjectonType': 'ALL'}}]", global_secondary_indexes,
           "GlobalSecondaryIndexes[0].Projection.ProjectonType");
    CREATE("[{'Key': 'a', 'Valeu': 'b'}]", tags, "Tags[0].Valeu");
    CREATE("{'ReadCapacityUnits': 'one', 'WriteCapacityUnits': 1}", provisioned_throughput,
           "ProvisionedThroughput.ReadCapacityUnits");
    CREATE("{'ReadCapacityUnits': 1.5, 'WriteCapacityUnits': 1}", provisioned_throughput,
           "ProvisionedThroughput.ReadCapacityUnits");
    CREATE("{'StreamEnabled': 1}", stream_specification, "StreamSpecification.StreamEnabled");
    UPDATE_TABLE("[{'Craete': {}}]", global_secondary_index_updates, "GlobalSecondaryIndexUpdates[0].Craete");
    UPDATE_TABLE("[{'Update': {'IndexName': 5}}]", global_secondary_index_updates,
                 "GlobalSecondaryIndexUpdates[0].Update.IndexName");
    json_decref(key);
    json_decref(types);
    json_decref(schema);
    expect_no_complaints();
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static void values_past_the_limits(void **state)
{
    static const struct {
        const char *item, *path, *words;
    } rows[] = {
        {"{'a': {'$N': '123456789012345678901234567890123456789'}}", "Item.a", "38 significant digits"},
        {"{'a': {'$N': '1e126'}}", "Item.a", "magnitude larger"},
        {"{'a': {'$N': '-1E126'}}", "Item.a", "magnitude larger"},
        {"{'a': {'$N': '1e-131'}}", "Item.a", "magnitude smaller"},
        {"{'a': 1e200}", "Item.a", "magnitude larger"},
        {"{'a': 1e-200}", "Item.a", "magnitude smaller"},
        {"{'a': {'$N': ''}}", "Item.a", ""},
        {"{'a': {'$N': 'NaN'}}", "Item.a", "numeric value"},
        {"{'a': {'$N': ' 1'}}", "Item.a", "numeric value"},
        {"{'a': {'$N': 5}}", "Item.a", ""},
        {"{'a': {'$N': null}}", "Item.a", ""},
        {"{'a': {'$SS': 'x'}}", "Item.a", ""},
        {"{'a': {'$SS': []}}", "Item.a", "empty"},
        {"{'a': {'$NS': []}}", "Item.a", "empty"},
        {"{'a': {'$BS': []}}", "Item.a", "empty"},
        {"{'a': {'$SS': ['x', 5]}}", "Item.a", ""},
        {"{'a': {'$SS': ['x', 'y', 'x']}}", "Item.a", "duplicates"},
        {"{'a': {'$NS': [1, {'$N': '1.0'}]}}", "Item.a", "duplicates"},
        {"{'a': {'$NS': [100, '1e2']}}", "Item.a", "duplicates"},
        {"{'a': {'$BS': ['YQ==', 'YQ==']}}", "Item.a", "duplicates"},
        {"{'a': {'$NS': ['x']}}", "Item.a", ""},
        {"{'a': {'$B': 'a'}}", "Item.a", ""},
        {"{'a': {'$B': '!!!!'}}", "Item.a", ""},
        {"{'a': {'$B': 'YQ'}}", "Item.a", ""},
        {"{'a': {'$B': 5}}", "Item.a", ""},
        {"{'': 1}", "Item", ""},
        {"{'a': {'': 1}}", "Item.a", ""},
        {"{'a': [0, {'b': {'$SS': []}}]}", "Item.a[1].b", "empty"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t       *item   = json(rows[i].item);
        dynamo_status status = dynamo_put_item(client, "Music", item, REST);

        if (strstr(error.message, rows[i].words) == NULL)
            complain(rows[i].item, "message \"%s\" lacks \"%s\"", error.message, rows[i].words);
        refused(rows[i].item, status, rows[i].path, item, NULL);
    }
    expect_no_complaints();
}

/* An object or a list that stands `levels` deep: the attribute's own value is level 1. */
static json_t *nested(int levels, bool lists)
{
    json_t *value = json_integer(5);

    for (int i = 1; i < levels; i++)
        value = lists ? json_pack("[o]", value) : json_pack("{s:o}", "x", value);
    return json_pack("{s:o}", "a", value);
}

static void nesting(void **state)
{
    (void)state;
    for (int lists = 0; lists < 2; lists++) {
        json_t *item = nested(32, lists != 0);

        assert_int_equal(dynamo_put_item(client, "Music", item, REST), DYNAMO_OK);
        json_decref(item);
        begin_row();
        item = nested(33, lists != 0);
        refused("33 levels", dynamo_put_item(client, "Music", item, REST), lists ? "Item.a[0][0]" : "Item.a.x.x", item,
                NULL);
        item = nested(50000, lists != 0);
        refused("50,000 levels", dynamo_put_item(client, "Music", item, REST), "Item.a", NULL, NULL);
        refused("the same, raw", dynamo_call(client, "PutItem", item, &response, &error), "", item, NULL);
    }
    expect_no_complaints();
}

static void text_that_is_not_utf8(void **state)
{
    json_t *item  = json_object();
    json_t *good  = json("{'id': 1}");
    json_t *names = json_object();

    (void)state;
    json_object_set_new(item, "a", json_stringn_nocheck("\xff\xfe", 2));
    json_object_set_new(names, "#a", json_string_nocheck("\xc3("));
    refused("an attribute", dynamo_put_item(client, "Music", item, REST), "Item.a", NULL, NULL);
    refused("a table's name", dynamo_put_item(client, "M\xffsic", good, REST), "table_name", NULL, NULL);
    refused("an expression",
            dynamo_put_item(client, "Music", good, &(dynamo_put_item_options){.condition_expression = "\xff"},
                            &response, &error),
            "condition_expression", NULL, NULL);
    refused("a name in an expression",
            dynamo_put_item(client, "Music", good, &(dynamo_put_item_options){.expression_attribute_names = names},
                            &response, &error),
            "ExpressionAttributeNames.#a", NULL, NULL);
    json_object_set_new_nocheck(good, "\xff", json_integer(1));
    refused("an attribute's name", dynamo_put_item(client, "Music", good, REST), "Item", NULL, NULL);
    json_decref(item);
    json_decref(good);
    json_decref(names);
    expect_no_complaints();
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static void plain_values_on_the_wire(void **state)
{
    static const struct {
        const char *plain, *wire;
    } rows[] = {
        {"'text'", "{'S': 'text'}"},
        {"''", "{'S': ''}"},
        {"true", "{'BOOL': true}"},
        {"false", "{'BOOL': false}"},
        {"null", "{'NULL': true}"},
        {"[]", "{'L': []}"},
        {"{}", "{'M': {}}"},
        {"0", "{'N': '0'}"},
        {"-9223372036854775808", "{'N': '-9223372036854775808'}"},
        {"100.0", "{'N': '100'}"},
        {"-0.0", "{'N': '0'}"},
        {"0.1", "{'N': '0.1'}"},
        {"1e-7", "{'N': '0.0000001'}"},
        {"1.5e21", "{'N': '1500000000000000000000'}"},
        {"{'$N': '12345678901234567890123456789012345678'}", "{'N': '12345678901234567890123456789012345678'}"},
        {"{'$B': 'AAEC'}", "{'B': 'AAEC'}"},
        {"{'$B': ''}", "{'B': ''}"},
        {"{'$SS': ['b', '', 'a']}", "{'SS': ['b', '', 'a']}"},
        {"{'$NS': [1, 2.5, '3', {'$N': '4'}]}", "{'NS': ['1', '2.5', '3', '4']}"},
        {"{'$BS': ['AA==', 'AQ==']}", "{'BS': ['AA==', 'AQ==']}"},
        {"{'$$N': '5'}", "{'M': {'$N': {'S': '5'}}}"},
        {"{'$$$SS': [1]}", "{'M': {'$$SS': {'L': [{'N': '1'}]}}}"},
        {"{'$X': 1}", "{'M': {'$X': {'N': '1'}}}"},
        {"{'$$X': 1}", "{'M': {'$$X': {'N': '1'}}}"},
        {"{'$N': '5', 'x': 1}", "{'M': {'$N': {'S': '5'}, 'x': {'N': '1'}}}"},
        {"{'N': '5'}", "{'M': {'N': {'S': '5'}}}"},
        {"[1, ['a', null], {'b': [true]}]",
         "{'L': [{'N': '1'}, {'L': [{'S': 'a'}, {'NULL': true}]}, {'M': {'b': {'L': [{'BOOL': true}]}}}]}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char    expected[512];
        json_t *item = json_object();

        json_object_set_new(item, "v", json(rows[i].plain));
        snprintf(expected, sizeof(expected), "{'TableName': 'T', 'Item': {'v': %s}}", rows[i].wire);
        sent(rows[i].plain, dynamo_put_item(client, "T", item, REST), expected, item, NULL);
    }
    expect_no_complaints();
}

/* At the top there are no typed forms: an item is a map whatever its keys are. */
static void items_are_maps(void **state)
{
    json_t *item = json("{'$N': '5'}");

    (void)state;
    sent("{'$N': ...}", dynamo_put_item(client, "T", item, REST), "{'TableName': 'T', 'Item': {'$N': {'S': '5'}}}",
         item, NULL);
    item = json("{'$$N': '5'}");
    sent("{'$$N': ...}", dynamo_put_item(client, "T", item, REST), "{'TableName': 'T', 'Item': {'$$N': {'S': '5'}}}",
         item, NULL);
    expect_no_complaints();
}

/* Each call twice: with the members that came before expressions, and with expressions. Both at once are refused. */
static void items_with_every_member(void **state)
{
    json_t *item     = json("{'id': 1}");
    json_t *expected = json("{'a': {'Value': 5, 'Exists': true}, 'b': {'ComparisonOperator': 'BETWEEN', "
                            "'AttributeValueList': [1, {'$N': '2.50'}]}, 'c': {'Exists': false}}");
    json_t *names    = json("{'#a': 'a'}");
    json_t *values   = json("{':v': {'$SS': ['x']}, '$N': 'five'}");
    json_t *updates  = json("{'n': {'Action': 'ADD', 'Value': 1}, 'gone': {'Action': 'DELETE'}}");
    json_t *list     = json("['a', 'b']");

#define EXPECTED \
    "'Expected': {'a': {'Value': {'N': '5'}, 'Exists': true}, 'b': {'ComparisonOperator': 'BETWEEN', " \
    "'AttributeValueList': [{'N': '1'}, {'N': '2.50'}]}, 'c': {'Exists': false}}, 'ConditionalOperator': 'OR'"
#define EXPRESSIONS                                                                                  \
    "'ConditionExpression': '#a = :v', 'ExpressionAttributeNames': {'#a': 'a'}, "                    \
    "'ExpressionAttributeValues': {':v': {'SS': ['x']}, '$N': {'S': 'five'}}, "                      \
    "'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'"
#define RETURNS "'ReturnValues': 'ALL_OLD', 'ReturnConsumedCapacity': 'TOTAL', 'ReturnItemCollectionMetrics': 'SIZE'"

    (void)state;
    sent("put_item, legacy",
         dynamo_put_item(client, "T", item,
                         &(dynamo_put_item_options){.expected                       = expected,
                                                    .conditional_operator           = "OR",
                                                    .return_values                  = "ALL_OLD",
                                                    .return_consumed_capacity       = "TOTAL",
                                                    .return_item_collection_metrics = "SIZE"},
                         &response, &error),
         "{'TableName': 'T', 'Item': {'id': {'N': '1'}}, " EXPECTED ", " RETURNS "}", NULL, NULL);
    sent("put_item",
         dynamo_put_item(client, "T", item,
                         &(dynamo_put_item_options){.condition_expression                     = "#a = :v",
                                                    .expression_attribute_names               = names,
                                                    .expression_attribute_values              = values,
                                                    .return_values_on_condition_check_failure = "ALL_OLD",
                                                    .return_values                            = "ALL_OLD",
                                                    .return_consumed_capacity                 = "TOTAL",
                                                    .return_item_collection_metrics           = "SIZE"},
                         &response, &error),
         "{'TableName': 'T', 'Item': {'id': {'N': '1'}}, " EXPRESSIONS ", " RETURNS "}", NULL, NULL);
    sent("delete_item, legacy",
         dynamo_delete_item(client, "T", item,
                            &(dynamo_delete_item_options){.expected                       = expected,
                                                          .conditional_operator           = "OR",
                                                          .return_values                  = "ALL_OLD",
                                                          .return_consumed_capacity       = "TOTAL",
                                                          .return_item_collection_metrics = "SIZE"},
                            &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, " EXPECTED ", " RETURNS "}", NULL, NULL);
    sent("delete_item",
         dynamo_delete_item(client, "T", item,
                            &(dynamo_delete_item_options){.condition_expression                     = "#a = :v",
                                                          .expression_attribute_names               = names,
                                                          .expression_attribute_values              = values,
                                                          .return_values_on_condition_check_failure = "ALL_OLD",
                                                          .return_values                            = "ALL_OLD",
                                                          .return_consumed_capacity                 = "TOTAL",
                                                          .return_item_collection_metrics           = "SIZE"},
                            &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, " EXPRESSIONS ", " RETURNS "}", NULL, NULL);
    sent("update_item, legacy",
         dynamo_update_item(client, "T", item,
                            &(dynamo_update_item_options){.attribute_updates              = updates,
                                                          .expected                       = expected,
                                                          .conditional_operator           = "OR",
                                                          .return_values                  = "ALL_OLD",
                                                          .return_consumed_capacity       = "TOTAL",
                                                          .return_item_collection_metrics = "SIZE"},
                            &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'AttributeUpdates': {'n': {'Action': 'ADD', "
         "'Value': {'N': '1'}}, 'gone': {'Action': 'DELETE'}}, " EXPECTED ", " RETURNS "}", NULL, NULL);
    sent("update_item",
         dynamo_update_item(client, "T", item,
                            &(dynamo_update_item_options){.update_expression                        = "SET a = :v",
                                                          .condition_expression                     = "#a = :v",
                                                          .expression_attribute_names               = names,
                                                          .expression_attribute_values              = values,
                                                          .return_values_on_condition_check_failure = "ALL_OLD",
                                                          .return_values                            = "ALL_OLD",
                                                          .return_consumed_capacity                 = "TOTAL",
                                                          .return_item_collection_metrics           = "SIZE"},
                            &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'UpdateExpression': 'SET a = :v', " EXPRESSIONS
         ", " RETURNS "}",
         NULL, NULL);
    sent("get_item, legacy",
         dynamo_get_item(client, "T", item,
                         &(dynamo_get_item_options){.attributes_to_get        = list,
                                                    .consistent_read          = DYNAMO_TRUE,
                                                    .return_consumed_capacity = "INDEXES"},
                         &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'AttributesToGet': ['a', 'b'], 'ConsistentRead': true, "
         "'ReturnConsumedCapacity': 'INDEXES'}", NULL, NULL);
    sent("get_item",
         dynamo_get_item(client, "T", item,
                         &(dynamo_get_item_options){.consistent_read            = DYNAMO_TRUE,
                                                    .return_consumed_capacity   = "INDEXES",
                                                    .projection_expression      = "#a",
                                                    .expression_attribute_names = names},
                         &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'ConsistentRead': true, 'ReturnConsumedCapacity': 'INDEXES', "
         "'ProjectionExpression': '#a', 'ExpressionAttributeNames': {'#a': 'a'}}", NULL, NULL);
    json_decref(item);
    json_decref(expected);
    json_decref(names);
    json_decref(values);
    json_decref(updates);
    json_decref(list);
    expect_no_complaints();
}

static void queries_and_scans_with_every_member(void **state)
{
    json_t *conditions = json("{'id': {'ComparisonOperator': 'EQ', 'AttributeValueList': ['x']}}");
    json_t *filter     = json("{'a': {'ComparisonOperator': 'NULL'}}");
    json_t *key        = json("{'id': 'x', 'at': 5}");
    json_t *names      = json("{'#a': 'a'}");
    json_t *values     = json("{':v': 1}");
    json_t *list       = json("['a']");

    (void)state;
    sent("query, legacy",
         dynamo_query(client, "T",
                      &(dynamo_query_options){.index_name               = "i",
                                              .limit                    = 10,
                                              .exclusive_start_key      = key,
                                              .return_consumed_capacity = "NONE",
                                              .attributes_to_get        = list,
                                              .consistent_read          = DYNAMO_FALSE,
                                              .key_conditions           = conditions,
                                              .query_filter             = filter,
                                              .conditional_operator     = "AND"},
                      &response, &error),
         "{'TableName': 'T', 'IndexName': 'i', 'Limit': 10, 'ExclusiveStartKey': {'id': {'S': 'x'}, 'at': {'N': '5'}}, "
         "'ReturnConsumedCapacity': 'NONE', 'AttributesToGet': ['a'], 'ConsistentRead': false, 'KeyConditions': {'id': "
         "{'ComparisonOperator': 'EQ', 'AttributeValueList': [{'S': 'x'}]}}, 'QueryFilter': {'a': "
         "{'ComparisonOperator': 'NULL'}}, 'ConditionalOperator': 'AND'}", NULL, NULL);
    sent("query",
         dynamo_query(client, "T",
                      &(dynamo_query_options){.index_name                  = "i",
                                              .limit                       = 10,
                                              .exclusive_start_key         = key,
                                              .return_consumed_capacity    = "NONE",
                                              .select                      = "COUNT",
                                              .scan_index_forward          = DYNAMO_TRUE,
                                              .projection_expression       = "#a",
                                              .filter_expression           = "#a > :v",
                                              .key_condition_expression    = "id = :v",
                                              .expression_attribute_names  = names,
                                              .expression_attribute_values = values},
                      &response, &error),
         "{'TableName': 'T', 'IndexName': 'i', 'Limit': 10, 'ExclusiveStartKey': {'id': {'S': 'x'}, 'at': {'N': '5'}}, "
         "'ReturnConsumedCapacity': 'NONE', 'Select': 'COUNT', 'ScanIndexForward': true, 'ProjectionExpression': '#a', "
         "'FilterExpression': '#a > :v', 'KeyConditionExpression': 'id = :v', 'ExpressionAttributeNames': {'#a': 'a'}, "
         "'ExpressionAttributeValues': {':v': {'N': '1'}}}", NULL, NULL);
    sent("scan, legacy",
         dynamo_scan(client, "T",
                     &(dynamo_scan_options){.index_name               = "i",
                                            .limit                    = INT64_MAX,
                                            .exclusive_start_key      = key,
                                            .return_consumed_capacity = "TOTAL",
                                            .total_segments           = 4,
                                            .segment                  = 3,
                                            .attributes_to_get        = list,
                                            .scan_filter              = filter,
                                            .conditional_operator     = "OR"},
                     &response, &error),
         "{'TableName': 'T', 'IndexName': 'i', 'Limit': 9223372036854775807, 'ExclusiveStartKey': {'id': {'S': 'x'}, "
         "'at': {'N': '5'}}, 'ReturnConsumedCapacity': 'TOTAL', 'TotalSegments': 4, 'Segment': 3, 'AttributesToGet': "
         "['a'], 'ScanFilter': {'a': {'ComparisonOperator': 'NULL'}}, 'ConditionalOperator': 'OR'}", NULL, NULL);
    sent("scan",
         dynamo_scan(client, "T",
                     &(dynamo_scan_options){.index_name                  = "i",
                                            .limit                       = INT64_MAX,
                                            .exclusive_start_key         = key,
                                            .return_consumed_capacity    = "TOTAL",
                                            .total_segments              = 4,
                                            .segment                     = 3,
                                            .select                      = "SPECIFIC_ATTRIBUTES",
                                            .projection_expression       = "#a",
                                            .filter_expression           = "#a > :v",
                                            .expression_attribute_names  = names,
                                            .expression_attribute_values = values,
                                            .consistent_read             = DYNAMO_TRUE},
                     &response, &error),
         "{'TableName': 'T', 'IndexName': 'i', 'Limit': 9223372036854775807, 'ExclusiveStartKey': {'id': {'S': 'x'}, "
         "'at': {'N': '5'}}, 'ReturnConsumedCapacity': 'TOTAL', 'TotalSegments': 4, 'Segment': 3, 'Select': "
         "'SPECIFIC_ATTRIBUTES', 'ProjectionExpression': '#a', 'FilterExpression': '#a > :v', "
         "'ExpressionAttributeNames': {'#a': 'a'}, 'ExpressionAttributeValues': {':v': {'N': '1'}}, 'ConsistentRead': "
         "true}", NULL, NULL);
    json_decref(conditions);
    json_decref(filter);
    json_decref(key);
    json_decref(names);
    json_decref(values);
    json_decref(list);
    expect_no_complaints();
}

static void query_descending(void **state)
{
    static const dynamo_bool given[] = {DYNAMO_TRUE, DYNAMO_FALSE};

    (void)state;
    sent("descending", dynamo_query(client, "T", &(dynamo_query_options){.descending = true}, &response, &error),
         "{'TableName': 'T', 'ScanIndexForward': false}", NULL, NULL);
    sent("unset", dynamo_query(client, "T", &(dynamo_query_options){0}, &response, &error), "{'TableName': 'T'}", NULL,
         NULL);
    for (size_t i = 0; i < COUNT(given); i++)
        refused("both",
                dynamo_query(client, "T", &(dynamo_query_options){.descending = true, .scan_index_forward = given[i]},
                             &response, &error),
                "descending", NULL, NULL);
    expect_no_complaints();
}

static void scan_segments(void **state)
{
    static const struct {
        const char *name;
        int64_t     segment, total;
        const char *words; /* NULL: it is sent */
    } rows[] = {
        {"the last of two", 1, 2, NULL},
        {"the most there are", 999999, 1000000, NULL},
        {"the third of two", 2, 2, "segment is 2, total_segments 2: segments are numbered from 0 to 1"},
        {"a negative segment", -1, 2, "segment is -1"},
        {"more than there can be", 0, 1000001, "total_segments is 1000001: give 1 to 1000000"},
        {"a negative total", 0, -1, "total_segments is -1"},
        {"a segment of nothing", 1, 0, "segment is set without total_segments"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_scan_options options = {.segment = rows[i].segment, .total_segments = rows[i].total};
        dynamo_status       status  = dynamo_scan(client, "T", &options, &response, &error);

        if (rows[i].words != NULL) {
            refused(rows[i].name, status, rows[i].words, NULL, NULL);
            continue;
        }
        if (status != DYNAMO_OK || fault_server_requests(server) != 1)
            complain(rows[i].name, "gives %s: %s", dynamo_status_name(status), error.message);
        begin_row();
    }
    sent("the first segment", dynamo_scan(client, "T", &(dynamo_scan_options){.total_segments = 2}, &response, &error),
         "{'TableName': 'T', 'TotalSegments': 2, 'Segment': 0}", NULL, NULL);
    sent("no segments", dynamo_scan(client, "T", NULL, &response, &error), "{'TableName': 'T'}", NULL, NULL);
    expect_no_complaints();
}

#define GET_WITH(...) dynamo_get_item(client, "T", key, &(dynamo_get_item_options){__VA_ARGS__}, &response, &error)
#define PUT_WITH(...) dynamo_put_item(client, "T", key, &(dynamo_put_item_options){__VA_ARGS__}, &response, &error)
#define DELETE_WITH(...) \
    dynamo_delete_item(client, "T", key, &(dynamo_delete_item_options){__VA_ARGS__}, &response, &error)
#define UPDATE_WITH(...) \
    dynamo_update_item(client, "T", key, &(dynamo_update_item_options){__VA_ARGS__}, &response, &error)
#define QUERY_WITH(...) dynamo_query(client, "T", &(dynamo_query_options){__VA_ARGS__}, &response, &error)
#define SCAN_WITH(...) dynamo_scan(client, "T", &(dynamo_scan_options){__VA_ARGS__}, &response, &error)

/* The service takes each of them alone. */
static void legacy_members_beside_expressions(void **state)
{
    json_t *map   = json("{'a': {'Value': 1}}");
    json_t *where = json("{'a': {'ComparisonOperator': 'NULL'}}");
    json_t *list  = json("['a']");
    json_t *key   = json("{'id': 1}");
    json_t *empty = json("{}");

#define BOTH(members, call) refused(members, call, "parameters in the same request: " members, NULL, NULL)

    (void)state;
    BOTH("AttributesToGet and ProjectionExpression",
         GET_WITH(.attributes_to_get = list, .projection_expression = "a"));
    BOTH("Expected and ConditionExpression", PUT_WITH(.expected = map, .condition_expression = "a = b"));
    BOTH("ConditionalOperator and ConditionExpression",
         PUT_WITH(.conditional_operator = "OR", .condition_expression = "a = b"));
    BOTH("Expected and ConditionExpression", DELETE_WITH(.expected = map, .condition_expression = "a = b"));
    BOTH("AttributeUpdates and UpdateExpression",
         UPDATE_WITH(.attribute_updates = map, .update_expression = "REMOVE a"));
    BOTH("AttributeUpdates and ConditionExpression",
         UPDATE_WITH(.attribute_updates = map, .condition_expression = "a = b"));
    BOTH("KeyConditions and KeyConditionExpression",
         QUERY_WITH(.key_conditions = where, .key_condition_expression = "a = b"));
    BOTH("QueryFilter and FilterExpression", QUERY_WITH(.query_filter = where, .filter_expression = "a = b"));
    BOTH("QueryFilter and KeyConditionExpression",
         QUERY_WITH(.query_filter = where, .key_condition_expression = "a = b"));
    BOTH("ScanFilter and ProjectionExpression", SCAN_WITH(.scan_filter = where, .projection_expression = "a"));
    BOTH("AttributesToGet and FilterExpression", SCAN_WITH(.attributes_to_get = list, .filter_expression = "a = b"));

    sent("KeyConditions beside another expression",
         QUERY_WITH(.key_conditions = where, .filter_expression = "a = b"),
         "{'TableName': 'T', 'KeyConditions': {'a': {'ComparisonOperator': 'NULL'}}, 'FilterExpression': 'a = b'}",
         NULL, NULL);
    sent("an empty map", PUT_WITH(.expected = empty, .condition_expression = "a = b"),
         "{'TableName': 'T', 'Item': {'id': {'N': '1'}}, 'Expected': {}, 'ConditionExpression': 'a = b'}", NULL, NULL);
    json_decref(map);
    json_decref(where);
    json_decref(list);
    json_decref(key);
    json_decref(empty);
    expect_no_complaints();
}

static void legacy_members_of_a_batch(void **state)
{
    json_t *both = json("{'A': {'Keys': [{'id': 1}], 'AttributesToGet': ['a']}, 'B': {'Keys': [{'id': 1}], "
                        "'AttributesToGet': ['a'], 'ProjectionExpression': 'a'}}");
    json_t *each = json("{'A': {'Keys': [{'id': 1}], 'AttributesToGet': ['a']}, 'B': {'Keys': [{'id': 1}], "
                        "'ProjectionExpression': 'a'}}");

    (void)state;
    refused("both", dynamo_batch_get_item(client, both, REST),
            "AttributesToGet and ProjectionExpression: RequestItems.B", both, NULL);
    sent("each in a table of its own", dynamo_batch_get_item(client, each, REST),
         "{'RequestItems': {'A': {'Keys': [{'id': {'N': '1'}}], 'AttributesToGet': ['a']}, 'B': {'Keys': [{'id': {'N': "
         "'1'}}], 'ProjectionExpression': 'a'}}}",
         each, NULL);
    expect_no_complaints();
}

/* Every table has a key. */
static void empty_items_and_keys(void **state)
{
    json_t *empty = json("{}");

    (void)state;
    refused("get_item", dynamo_get_item(client, "T", empty, REST), "must not be empty: Key", NULL, NULL);
    refused("put_item", dynamo_put_item(client, "T", empty, REST), "must not be empty: Item", NULL, NULL);
    refused("delete_item", dynamo_delete_item(client, "T", empty, REST), "must not be empty: Key", NULL, NULL);
    refused("update_item", dynamo_update_item(client, "T", empty, REST), "must not be empty: Key", NULL, NULL);
    json_decref(empty);
    expect_no_complaints();
}

/* An option of "" is sent, for the service to judge; NULL isn't. A table without a name can't be meant. Booleans have
 * three states. */
static void empty_strings_and_booleans(void **state)
{
    json_t *key = json("{'id': 1}");

    (void)state;
    refused("an empty table name", dynamo_get_item(client, "", key, REST), "table_name is empty", NULL, NULL);
    sent("an empty option", dynamo_get_item(client, "T", key, &(dynamo_get_item_options){.projection_expression = ""},
                                            &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'ProjectionExpression': ''}", NULL, NULL);
    sent("false", dynamo_get_item(client, "T", key, &(dynamo_get_item_options){.consistent_read = DYNAMO_FALSE},
                                  &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'ConsistentRead': false}", NULL, NULL);
    sent("true", dynamo_get_item(client, "T", key, &(dynamo_get_item_options){.consistent_read = DYNAMO_BOOL(2 > 1)},
                                 &response, &error),
         "{'TableName': 'T', 'Key': {'id': {'N': '1'}}, 'ConsistentRead': true}", NULL, NULL);
    json_decref(key);
    expect_no_complaints();
}

static void tables(void **state)
{
    json_t *updates = json("[{'Create': {'IndexName': 'i', 'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'}], "
                           "'Projection': {'ProjectionType': 'ALL'}}}]");
    json_t *types   = json("{'a': 'S'}");

    (void)state;
    sent("describe_table", dynamo_describe_table(client, "T", REST), "{'TableName': 'T'}", NULL, NULL);
    sent("delete_table", dynamo_delete_table(client, "T", REST), "{'TableName': 'T'}", NULL, NULL);
    sent("list_tables", dynamo_list_tables(client, REST), "{}", NULL, NULL);
    sent("list_tables, a page",
         dynamo_list_tables(client, &(dynamo_list_tables_options){.exclusive_start_table_name = "A", .limit = 5},
                            &response, &error),
         "{'ExclusiveStartTableName': 'A', 'Limit': 5}", NULL, NULL);
    sent("update_table",
         dynamo_update_table(client, "T",
                             &(dynamo_update_table_options){.attribute_definitions          = types,
                                                            .global_secondary_index_updates = updates,
                                                            .read_capacity_units            = 2,
                                                            .write_capacity_units           = 3,
                                                            .stream_enabled                 = DYNAMO_TRUE,
                                                            .stream_view_type               = "KEYS_ONLY",
                                                            .deletion_protection_enabled    = DYNAMO_FALSE,
                                                            .table_class                    = "STANDARD"},
                             &response, &error),
         "{'TableName': 'T', 'AttributeDefinitions': [{'AttributeName': 'a', 'AttributeType': 'S'}], "
         "'GlobalSecondaryIndexUpdates': [{'Create': {'IndexName': 'i', 'KeySchema': [{'AttributeName': 'a', "
         "'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'ALL'}}}], "
         "'ProvisionedThroughput': {'ReadCapacityUnits': 2, "
         "'WriteCapacityUnits': 3}, 'StreamSpecification': {'StreamEnabled': true, 'StreamViewType': 'KEYS_ONLY'}, "
         "'DeletionProtectionEnabled': false, 'TableClass': 'STANDARD'}",
         NULL, NULL);
    sent("update_table, no stream any more",
         dynamo_update_table(client, "T", &(dynamo_update_table_options){.stream_enabled = DYNAMO_FALSE}, &response,
                             &error),
         "{'TableName': 'T', 'StreamSpecification': {'StreamEnabled': false}}", NULL, NULL);
    sent("update_table, nothing filled in",
         dynamo_update_table(client, "T", &(dynamo_update_table_options){.billing_mode = "PROVISIONED"}, &response,
                             &error),
         "{'TableName': 'T', 'BillingMode': 'PROVISIONED'}", NULL, NULL);
    json_decref(updates);
    json_decref(types);
    expect_no_complaints();
}

/* Four answer the description itself, the others never. */
static void unwrapped_answers(void **state)
{
    static const fault_step wrapped[] = {{.body = "{\"TableDescription\":{\"TableName\":\"T\"}}"}};
    static const fault_step table[]   = {{.body = "{\"Table\":{\"TableName\":\"T\"}}"}};
    static const fault_step other[]   = {{.body = "{\"Chair\":{\"TableName\":\"T\"}}"}};
    json_t                 *types     = json("{'a': 'S'}");
    json_t                 *schema    = json("{'a': 'HASH'}");

    (void)state;
    for (int i = 0; i < 5; i++) {
        dynamo_status status;

        fault_server_script(server, i == 3 ? table : wrapped, 1);
        if (i == 0)
            status = dynamo_create_table(client, "T", types, schema, REST);
        else if (i == 1)
            status = dynamo_update_table(client, "T", REST);
        else if (i == 2)
            status = dynamo_delete_table(client, "T", REST);
        else if (i == 3)
            status = dynamo_describe_table(client, "T", REST);
        else
            status = dynamo_call(client, "DeleteTable", schema, &response, &error);
        assert_int_equal(status, DYNAMO_OK);
        assert_string_equal(json_string_value(json_object_get(
                                i == 4 ? json_object_get(response, "TableDescription") : response, "TableName")),
                            "T");
        json_decref(response);
        response = NULL;
    }
    fault_server_script(server, other, 1);
    assert_int_equal(dynamo_describe_table(client, "T", REST), DYNAMO_ERR_BAD_RESPONSE);
    assert_non_null(strstr(error.message, "Table"));
    fault_server_script(server, NULL, 0); /* {} */
    assert_int_equal(dynamo_describe_table(client, "T", REST), DYNAMO_OK);
    assert_int_equal(json_object_size(response), 0);
    json_decref(response);
    response = NULL;
    json_decref(types);
    json_decref(schema);
}

/* dynamo_call sends what it is given, and nothing else. */
static void raw_requests(void **state)
{
    json_t                 *request = json("{'TableName': 'T', 'Misspelt': {'N': '5'}, 'Key': {'id': {'X': 1}}}");
    static const fault_step script[] = {{.body = "{\"Item\":{\"id\":{\"N\":\"1.0\"}}}"}};

    (void)state;
    fault_server_script(server, script, 1);
    assert_int_equal(dynamo_call(client, "GetItem", request, &response, &error), DYNAMO_OK);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json_object_get(response, "Item"), "id"), "N")), "1.0");
    sent("raw", DYNAMO_OK, "{'TableName': 'T', 'Misspelt': {'N': '5'}, 'Key': {'id': {'X': 1}}}", request, NULL);
    expect_no_complaints();
}

/* ---- create_table ------------------------------------------------------------------------------------------------ */

#define TYPES "'AttributeDefinitions': [{'AttributeName': 'id', 'AttributeType': 'N'}]"
#define SCHEMA "'KeySchema': [{'AttributeName': 'id', 'KeyType': 'HASH'}]"
#define ONE_ONE "{'ReadCapacityUnits': 1, 'WriteCapacityUnits': 1}"

/* What the options make of a table with a short definition and schema. */
static void created(const char *row, dynamo_create_table_options options, const char *rest)
{
    json_t *types  = json("{'id': 'N'}");
    json_t *schema = json("{'id': 'HASH'}");
    char    expected[2048];

    snprintf(expected, sizeof(expected), "{'TableName': 'T', " TYPES ", " SCHEMA "%s}", rest);
    sent(row, dynamo_create_table(client, "T", types, schema, &options, &response, &error), expected, types, schema);
}

static void not_created(const char *row, dynamo_create_table_options options, const char *words)
{
    json_t *types  = json("{'id': 'N'}");
    json_t *schema = json("{'id': 'HASH'}");

    refused(row, dynamo_create_table(client, "T", types, schema, &options, &response, &error), words, types, schema);
}

static void capacities(void **state)
{
    json_t *pair    = json("{'ReadCapacityUnits': 5, 'WriteCapacityUnits': 6}");
    json_t *on_demand = json("{'MaxReadRequestUnits': 5}");

    (void)state;
    created("nothing given", (dynamo_create_table_options){0}, ", 'ProvisionedThroughput': " ONE_ONE);
    created("both", (dynamo_create_table_options){.read_capacity_units = 7, .write_capacity_units = 8},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 7, 'WriteCapacityUnits': 8}");
    created("one of the pair", (dynamo_create_table_options){.read_capacity_units = 7},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 7, 'WriteCapacityUnits': 1}");
    created("the other", (dynamo_create_table_options){.write_capacity_units = 7},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 7}");
    created("the member", (dynamo_create_table_options){.provisioned_throughput = pair},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 5, 'WriteCapacityUnits': 6}");
    created("on demand", (dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"},
            ", 'BillingMode': 'PAY_PER_REQUEST'");
    created("provisioned, and no numbers", (dynamo_create_table_options){.billing_mode = "PROVISIONED"},
            ", 'BillingMode': 'PROVISIONED'");
    created("provisioned, and numbers",
            (dynamo_create_table_options){.billing_mode = "PROVISIONED", .read_capacity_units = 2,
                                          .write_capacity_units = 3},
            ", 'BillingMode': 'PROVISIONED', "
            "'ProvisionedThroughput': {'ReadCapacityUnits': 2, 'WriteCapacityUnits': 3}");
    created("on-demand throughput", (dynamo_create_table_options){.on_demand_throughput = on_demand},
            ", 'OnDemandThroughput': {'MaxReadRequestUnits': 5}");
    not_created("the shorthand beside the member",
                (dynamo_create_table_options){.provisioned_throughput = pair, .read_capacity_units = 1},
                "read_capacity_units");
    not_created("the other shorthand beside it",
                (dynamo_create_table_options){.provisioned_throughput = pair, .write_capacity_units = 1},
                "write_capacity_units");
    json_decref(pair);
    json_decref(on_demand);
    expect_no_complaints();
}

#define INDEX(name, rest) \
    "{'IndexName': '" name "', " SCHEMA ", 'Projection': {'ProjectionType': 'ALL'}" rest "}"

static void capacities_of_indexes(void **state)
{
    json_t *indexes = json("[" INDEX("a", "") ", " INDEX("b", ", 'ProvisionedThroughput': {'ReadCapacityUnits': 9, "
                                                             "'WriteCapacityUnits': 9}") "]");
    json_t *pair    = json("{'ReadCapacityUnits': 5, 'WriteCapacityUnits': 6}");
    json_t *local   = json("[" INDEX("l", "") "]");

    (void)state;
#define SECOND INDEX("b", ", 'ProvisionedThroughput': {'ReadCapacityUnits': 9, 'WriteCapacityUnits': 9}")
    created("nothing given", (dynamo_create_table_options){.global_secondary_indexes = indexes},
            ", 'ProvisionedThroughput': " ONE_ONE ", 'GlobalSecondaryIndexes': [" INDEX(
                "a", ", 'ProvisionedThroughput': " ONE_ONE) ", " SECOND "]");
    created("numbers for the table alone",
            (dynamo_create_table_options){.global_secondary_indexes = indexes, .read_capacity_units = 4},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 4, 'WriteCapacityUnits': 1}, "
            "'GlobalSecondaryIndexes': [" INDEX("a", ", 'ProvisionedThroughput': " ONE_ONE) ", " SECOND "]");
    created("on demand",
            (dynamo_create_table_options){.global_secondary_indexes = indexes, .billing_mode = "PAY_PER_REQUEST"},
            ", 'BillingMode': 'PAY_PER_REQUEST', 'GlobalSecondaryIndexes': [" INDEX("a", "") ", " SECOND "]");
    created("the member",
            (dynamo_create_table_options){.global_secondary_indexes = indexes, .provisioned_throughput = pair},
            ", 'ProvisionedThroughput': {'ReadCapacityUnits': 5, 'WriteCapacityUnits': 6}, "
            "'GlobalSecondaryIndexes': [" INDEX("a", "") ", " SECOND "]");
    created("a local index has no throughput", (dynamo_create_table_options){.local_secondary_indexes = local},
            ", 'ProvisionedThroughput': " ONE_ONE ", 'LocalSecondaryIndexes': [" INDEX("l", "") "]");
    json_decref(indexes);
    json_decref(pair);
    json_decref(local);
    expect_no_complaints();
}

static void streams(void **state)
{
    json_t *specification = json("{'StreamEnabled': true, 'StreamViewType': 'NEW_IMAGE'}");

    (void)state;
    created("on", (dynamo_create_table_options){.stream_enabled = DYNAMO_TRUE, .stream_view_type = "NEW_IMAGE",
                                                .billing_mode = "PAY_PER_REQUEST"},
            ", 'BillingMode': 'PAY_PER_REQUEST', 'StreamSpecification': {'StreamEnabled': true, 'StreamViewType': "
            "'NEW_IMAGE'}");
    created("off", (dynamo_create_table_options){.stream_enabled = DYNAMO_FALSE, .billing_mode = "PAY_PER_REQUEST"},
            ", 'BillingMode': 'PAY_PER_REQUEST', 'StreamSpecification': {'StreamEnabled': false}");
    created("the member",
            (dynamo_create_table_options){.stream_specification = specification, .billing_mode = "PAY_PER_REQUEST"},
            ", 'BillingMode': 'PAY_PER_REQUEST', 'StreamSpecification': {'StreamEnabled': true, 'StreamViewType': "
            "'NEW_IMAGE'}");
    not_created("a view without a stream", (dynamo_create_table_options){.stream_view_type = "NEW_IMAGE"},
                "stream_view_type");
    not_created("the shorthand beside the member",
                (dynamo_create_table_options){.stream_specification = specification, .stream_enabled = DYNAMO_TRUE},
                "stream_enabled");
    refused("update_table: a view without a stream",
            dynamo_update_table(client, "T", &(dynamo_update_table_options){.stream_view_type = "NEW_IMAGE"}, &response,
                                &error),
            "stream_view_type", NULL, NULL);
    refused("update_table: beside the member",
            dynamo_update_table(client, "T",
                                &(dynamo_update_table_options){.stream_specification = specification,
                                                               .stream_enabled       = DYNAMO_FALSE},
                                &response, &error),
            "stream_enabled", NULL, NULL);
    json_decref(specification);
    expect_no_complaints();
}

static void short_definitions(void **state)
{
    static const struct {
        const char *types, *schema;
    } rows[] = {
        {"{'id': 'S', 'at': 'N'}", "{'id': 'HASH', 'at': 'RANGE'}"},
        {"[{'id': 'S'}, {'at': 'N'}]", "[{'id': 'HASH'}, {'at': 'RANGE'}]"},
        {"[{'id': 'S', 'at': 'N'}]", "{'id': 'HASH', 'at': 'RANGE'}"},
        {"[{'AttributeName': 'id', 'AttributeType': 'S'}, {'AttributeName': 'at', 'AttributeType': 'N'}]",
         "[{'AttributeName': 'id', 'KeyType': 'HASH'}, {'AttributeName': 'at', 'KeyType': 'RANGE'}]"},
        {"[{'AttributeType': 'S', 'AttributeName': 'id'}, {'at': 'N'}]",
         "[{'id': 'HASH'}, {'KeyType': 'RANGE', 'AttributeName': 'at'}]"},
    };
    dynamo_create_table_options options = {.billing_mode = "PAY_PER_REQUEST"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *types  = json(rows[i].types);
        json_t *schema = json(rows[i].schema);

        sent(rows[i].types, dynamo_create_table(client, "T", types, schema, &options, &response, &error),
             "{'TableName': 'T', 'BillingMode': 'PAY_PER_REQUEST', 'AttributeDefinitions': [{'AttributeName': 'id', "
             "'AttributeType': 'S'}, {'AttributeName': 'at', 'AttributeType': 'N'}], 'KeySchema': [{'AttributeName': "
             "'id', 'KeyType': 'HASH'}, {'AttributeName': 'at', 'KeyType': 'RANGE'}]}",
             types, schema);
    }
    expect_no_complaints();
}

static void malformed_definitions(void **state)
{
    static const struct {
        const char *types, *schema, *path;
    } rows[] = {
        {"{'id': 5}", "{'id': 'HASH'}", "AttributeDefinitions"},
        {"['id']", "{'id': 'HASH'}", "AttributeDefinitions[0]"},
        {"[{'id': ['S']}]", "{'id': 'HASH'}", "AttributeDefinitions"},
        {"{'id': 'S'}", "{'id': null}", "KeySchema"},
        {"{'id': 'S'}", "[{'AttributeName': 'id', 'KeyTyp': 'HASH'}]", "KeySchema[0]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *types  = json(rows[i].types);
        json_t *schema = json(rows[i].schema);

        refused(rows[i].types, dynamo_create_table(client, "T", types, schema, REST), rows[i].path, types, schema);
    }
    expect_no_complaints();
}

static void replica_of_a_global_table(void **state)
{
    dynamo_create_table_options options = {.global_table_source_arn = "arn:aws:dynamodb:us-east-1:1:table/T"};

    (void)state;
    sent("no definitions", dynamo_create_table(client, "T", NULL, NULL, &options, &response, &error),
         "{'TableName': 'T', 'GlobalTableSourceArn': 'arn:aws:dynamodb:us-east-1:1:table/T'}", NULL, NULL);
    created("with definitions", options, ", 'GlobalTableSourceArn': 'arn:aws:dynamodb:us-east-1:1:table/T'");
    expect_no_complaints();
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(null_arguments),
        SERVED(operation_names_that_are_none),
        SERVED(positional_documents_of_the_wrong_type),
        SERVED(members_of_put_item),
        SERVED(members_of_others),
        SERVED(values_past_the_limits),
        SERVED(nesting),
        SERVED(text_that_is_not_utf8),
        SERVED(plain_values_on_the_wire),
        SERVED(items_are_maps),
        SERVED(items_with_every_member),
        SERVED(queries_and_scans_with_every_member),
        SERVED(query_descending),
        SERVED(scan_segments),
        SERVED(legacy_members_beside_expressions),
        SERVED(legacy_members_of_a_batch),
        SERVED(empty_items_and_keys),
        SERVED(empty_strings_and_booleans),
        SERVED(tables),
        SERVED(unwrapped_answers),
        SERVED(raw_requests),
        SERVED(capacities),
        SERVED(capacities_of_indexes),
        SERVED(streams),
        SERVED(short_definitions),
        SERVED(malformed_definitions),
        SERVED(replica_of_a_global_table),
    };

    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
