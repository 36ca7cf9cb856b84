/*
 * What a request may be and what an answer becomes, for all operations, against a scripted server: requests that are
 * refused before anything is sent, idempotency tokens, targets, attribute values wherever an answer has them, and that
 * what an answer gives can be given back as it is.
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
#define TOKEN_LENGTH 36

typedef struct context {
    fault_server  *server;
    dynamo_client *client;
} context;

static json_t *load(const char *text)
{
    json_error_t error;
    json_t      *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (value == NULL)
        fail_msg("the test's own JSON: %s in %s", error.text, text);
    return value;
}

static void expect_json(const char *row, const char *what, json_t *found, const char *expected)
{
    json_t *value = load(expected);

    if (!json_equal(found, value)) {
        char *text = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);

        complain(row, "%s is %s, not %s", what, text != NULL ? text : "NULL", expected);
        free(text);
    }
    json_decref(value);
}

static int set_up(void **state)
{
    static context shared;
    dynamo_error   error = {0};

    complaints = 0;
    if (!fault_plain_environment())
        return -1;
    shared.server = fault_server_start();
    if (shared.server == NULL)
        return -1;
    shared.client = dynamo_client_new(
        &(dynamo_config){.endpoint = fault_server_endpoint(shared.server), .max_attempts = 1}, &error);
    dynamo_error_clear(&error);
    *state = &shared;
    return shared.client != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    context *shared = *state;

    dynamo_client_free(shared->client);
    fault_server_stop(shared->server);
    return 0;
}

/* ---- Calls with one document ------------------------------------------------------------------------------------- */

typedef dynamo_status document_call(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error);

/* A function whose one document is positional, and stands last. */
#define CALL(name, ...)                                                                                        \
    static dynamo_status name(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error) \
    {                                                                                                          \
        return dynamo_##name(client, __VA_ARGS__, NULL, response, error);                                      \
    }

CALL(batch_execute_statement, document)
CALL(batch_get_item, document)
CALL(batch_write_item, document)
CALL(create_global_table, "Music", document)
CALL(execute_transaction, document)
CALL(get_item, "Music", document)
CALL(put_item, "Music", document)
CALL(delete_item, "Music", document)
CALL(update_item, "Music", document)
CALL(search_vectors, "Music", "by-sound", document, 10)
CALL(tag_resource, "arn", document)
CALL(transact_get_items, document)
CALL(transact_write_items, document)
CALL(untag_resource, "arn", document)
CALL(update_continuous_backups, "Music", document)
CALL(update_global_table, "Music", document)
CALL(update_time_to_live, "Music", document)

/* One whose document is an option. */
#define OPTION_CALL(function, option, ...)                                                                         \
    static dynamo_status function##_##option(dynamo_client *client, json_t *document, json_t **response,           \
                                             dynamo_error *error)                                                  \
    {                                                                                                              \
        return dynamo_##function(__VA_ARGS__, &(dynamo_##function##_options){.option = document}, response, error); \
    }

OPTION_CALL(execute_statement, parameters, client, "SELECT * FROM Music WHERE id = ?")
OPTION_CALL(export_table_to_point_in_time, filter_specification, client, "arn", "bucket")
OPTION_CALL(query, exclusive_start_key, client, "Music")
OPTION_CALL(query, key_conditions, client, "Music")
OPTION_CALL(scan, exclusive_start_key, client, "Music")
OPTION_CALL(update_table, global_secondary_index_updates, client, "Music")
OPTION_CALL(update_table, replica_updates, client, "Music")
OPTION_CALL(update_global_table_settings, replica_settings_update, client, "Music")
OPTION_CALL(update_table_replica_auto_scaling, replica_updates, client, "Music")
OPTION_CALL(describe_stream, shard_filter, client, "arn")

/* Those with two documents have a fixed one beside. */
static dynamo_status create_table_schema(dynamo_client *client, json_t *document, json_t **response,
                                         dynamo_error *error)
{
    json_t       *definitions = load("{\"id\": \"S\"}");
    dynamo_status status      = dynamo_create_table(client, "Music", definitions, document, NULL, response, error);

    json_decref(definitions);
    return status;
}

static dynamo_status import_table_parameters(dynamo_client *client, json_t *document, json_t **response,
                                             dynamo_error *error)
{
    json_t       *source = load("{\"S3Bucket\": \"music\"}");
    dynamo_status status = dynamo_import_table(client, source, "CSV", document, NULL, response, error);

    json_decref(source);
    return status;
}

static dynamo_status start_bulk_put_items_output(dynamo_client *client, json_t *document, json_t **response,
                                                 dynamo_error *error)
{
    json_t       *input  = load("{\"S3Bucket\": \"music\", \"InputFormat\": \"CSV\"}");
    dynamo_status status = dynamo_start_bulk_put_items(client, input, document, "Music", NULL, response, error);

    json_decref(input);
    return status;
}

/* Refused, with these words in the message, and nothing sent. */
static void expect_refusal(context *shared, const char *row, dynamo_status status, json_t *response,
                           const dynamo_error *error, const char *words, const char *more_words)
{
    size_t requests = fault_server_requests(shared->server);

    if (status != DYNAMO_ERR_INVALID_ARGUMENT)
        complain(row, "%s (%s), and it should be refused", dynamo_status_name(status), error->message);
    else if (strstr(error->message, words) == NULL)
        complain(row, "the message \"%s\" lacks \"%s\"", error->message, words);
    else if (more_words != NULL && strstr(error->message, more_words) == NULL)
        complain(row, "the message \"%s\" lacks \"%s\"", error->message, more_words);
    if (requests != 0)
        complain(row, "%zu requests were sent", requests);
    if (status != DYNAMO_OK && (error->attempts != 0 || error->ambiguous || error->retryable || response != NULL))
        complain(row, "attempts %u, ambiguous %d, retryable %d, a response %d", error->attempts, error->ambiguous,
                 error->retryable, response != NULL);
}

static void refuse(context *shared, const char *row, document_call *call, json_t *document, const char *words,
                   const char *more_words)
{
    dynamo_error  error    = {0};
    json_t       *response = NULL;
    dynamo_status status;

    fault_server_script(shared->server, NULL, 0);
    status = call(shared->client, document, &response, &error);
    expect_refusal(shared, row, status, response, &error, words, more_words);
    json_decref(response);
    dynamo_error_clear(&error);
}

/* Sent; the request's body, a new reference, or NULL. */
static json_t *accept(context *shared, const char *row, document_call *call, json_t *document)
{
    static const fault_step script[] = {{.body = "{\"TableDescription\": {}}"}};
    dynamo_error            error    = {0};
    json_t                 *body     = NULL;

    fault_server_script(shared->server, script, COUNT(script));
    if (call(shared->client, document, NULL, &error) != DYNAMO_OK)
        complain(row, "%s: %s", error.code, error.message);
    else if (fault_server_requests(shared->server) != 1)
        complain(row, "%zu requests were sent", fault_server_requests(shared->server));
    else
        body = json_loads(fault_server_request(shared->server, 0)->body, 0, NULL);
    dynamo_error_clear(&error);
    return body;
}

/* ---- How many ---------------------------------------------------------------------------------------------------- */

/* `text` so many times over between brackets. */
static json_t *repeated(const char *text, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, load(text));
    return list;
}

/* `count` elements as the operation's document: the list itself, or below tables, halves of it in two of them. */
static json_t *counted_document(const char *element, size_t count, const char *below, bool two_tables)
{
    size_t  half     = two_tables ? count / 2 : 0;
    json_t *document = NULL;

    if (below == NULL)
        return repeated(element, count);
    if (strcmp(below, "Keys") == 0)
        document = json_pack("{s:{s:o}}", "Music", "Keys", repeated(element, count - half));
    else
        document = json_pack("{s:o}", "Music", repeated(element, count - half));
    if (half > 0 && strcmp(below, "Keys") == 0)
        json_object_set_new(document, "Artists", json_pack("{s:o}", "Keys", repeated(element, half)));
    else if (half > 0)
        json_object_set_new(document, "Artists", repeated(element, half));
    return document;
}

static void counts(void **state)
{
    static const struct {
        const char    *name;
        document_call *call;
        const char    *element, *below;
        bool           two_tables;
        size_t         most;
        const char    *member, *what;
    } rows[] = {
        {"BatchExecuteStatement", batch_execute_statement, "{\"Statement\": \"SELECT\"}", NULL, false, 25, "Statements",
         "25"},
        {"BatchGetItem", batch_get_item, "{\"id\": 1}", "Keys", false, 100, "RequestItems", "100"},
        {"BatchGetItem, two tables", batch_get_item, "{\"id\": 1}", "Keys", true, 100, "RequestItems", "100"},
        {"BatchWriteItem", batch_write_item, "{\"PutRequest\": {\"Item\": {\"id\": 1}}}", "", false, 25,
         "RequestItems", "25"},
        {"BatchWriteItem, two tables", batch_write_item, "{\"DeleteRequest\": {\"Key\": {\"id\": 1}}}", "", true, 25,
         "RequestItems", "25"},
        {"ExecuteTransaction", execute_transaction, "{\"Statement\": \"SELECT\"}", NULL, false, 100,
         "TransactStatements", "100"},
        {"SearchVectors", search_vectors, "0.5", NULL, false, 4096, "SearchVector", "4096"},
        {"TransactGetItems", transact_get_items, "{\"Get\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}", NULL,
         false, 100, "TransactItems", "100"},
        {"TransactWriteItems", transact_write_items, "{\"Put\": {\"TableName\": \"Music\", \"Item\": {\"id\": 1}}}",
         NULL, false, 100, "TransactItems", "100"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *one  = counted_document(rows[i].element, 1, rows[i].below, false);
        json_t *most = counted_document(rows[i].element, rows[i].most, rows[i].below, rows[i].two_tables);
        json_t *more = counted_document(rows[i].element, rows[i].most + 1, rows[i].below, rows[i].two_tables);

        json_decref(accept(*state, rows[i].name, rows[i].call, one));
        json_decref(accept(*state, rows[i].name, rows[i].call, most));
        refuse(*state, rows[i].name, rows[i].call, more, rows[i].member, rows[i].what);
        json_decref(one);
        json_decref(most);
        json_decref(more);
    }
    expect_no_complaints();
}

/* Lists that have to have an element, by the API's model: a least length of 1 on a required member. An item and a key
 * have at least the table's key in them. */
static void empty_documents(void **state)
{
    static const struct {
        const char    *name;
        document_call *call;
        const char    *document, *member;
    } rows[] = {
        {"BatchExecuteStatement", batch_execute_statement, "[]", "Statements"},
        {"BatchGetItem", batch_get_item, "{}", "RequestItems"},
        {"BatchGetItem, no keys", batch_get_item, "{\"Music\": {\"Keys\": []}}", "RequestItems"},
        {"BatchGetItem, one table without keys", batch_get_item,
         "{\"Music\": {\"Keys\": [{\"id\": 1}]}, \"Artists\": {\"Keys\": []}}", "RequestItems"},
        {"BatchWriteItem", batch_write_item, "{}", "RequestItems"},
        {"BatchWriteItem, no writes", batch_write_item, "{\"Music\": []}", "RequestItems"},
        {"BatchWriteItem, one table without writes", batch_write_item,
         "{\"Music\": [{\"DeleteRequest\": {\"Key\": {\"id\": 1}}}], \"Artists\": []}", "RequestItems"},
        {"CreateTable", create_table_schema, "[]", "KeySchema"},
        {"CreateTable, short", create_table_schema, "{}", "KeySchema"},
        {"ExecuteTransaction", execute_transaction, "[]", "TransactStatements"},
        {"ImportTable", import_table_parameters,
         "{\"TableName\": \"Music\", \"AttributeDefinitions\": [], \"KeySchema\": []}", "KeySchema"},
        {"SearchVectors", search_vectors, "[]", "SearchVector"},
        {"TransactGetItems", transact_get_items, "[]", "TransactItems"},
        {"TransactWriteItems", transact_write_items, "[]", "TransactItems"},
        {"UpdateTable, a new index", update_table_global_secondary_index_updates,
         "[{\"Create\": {\"IndexName\": \"i\", \"KeySchema\": [], \"Projection\": {\"ProjectionType\": \"ALL\"}}}]",
         "KeySchema"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *document = load(rows[i].document);

        refuse(*state, rows[i].name, rows[i].call, document, rows[i].member, NULL);
        json_decref(document);
    }
    expect_no_complaints();
}

/* ---- Members: required, unknown, of the wrong type --------------------------------------------------------------- */

static void nested_members(void **state)
{
    static const struct {
        document_call *call;
        const char    *document, *path, *words;
    } rows[] = {
        /* required and missing */
        {batch_execute_statement, "[{\"Parameters\": [1]}]", "Statements[0].Statement", "required"},
        {batch_get_item, "{\"Music\": {\"ConsistentRead\": true}}", "RequestItems.Music.Keys", "required"},
        {batch_write_item, "{\"Music\": [{\"PutRequest\": {}}]}", "RequestItems.Music[0].PutRequest.Item", "required"},
        {batch_write_item, "{\"Music\": [{\"DeleteRequest\": {}}]}", "RequestItems.Music[0].DeleteRequest.Key",
         "required"},
        {execute_transaction, "[{\"Statement\": \"SELECT\"}, {}]", "TransactStatements[1].Statement", "required"},
        {import_table_parameters,
         "{\"AttributeDefinitions\": [], \"KeySchema\": [{\"AttributeName\": \"id\", \"KeyType\": \"HASH\"}]}",
         "TableCreationParameters.TableName", "required"},
        {query_key_conditions, "{\"id\": {\"AttributeValueList\": [1]}}", "KeyConditions.id.ComparisonOperator",
         "required"},
        {start_bulk_put_items_output, "{\"S3Bucket\": \"b\"}", "OutputS3Configuration.OutputType", "required"},
        {tag_resource, "[{\"Key\": \"a\", \"Value\": \"b\"}, {\"Key\": \"c\"}]", "Tags[1].Value", "required"},
        {transact_get_items, "[{}]", "TransactItems[0].Get", "required"},
        {batch_get_item, "{\"Music\": {\"Keys\": [{\"id\": 1}, {}]}}", "RequestItems.Music.Keys[1]", "empty"},
        {batch_write_item, "{\"Music\": [{\"PutRequest\": {\"Item\": {}}}]}", "RequestItems.Music[0].PutRequest.Item",
         "empty"},
        {transact_write_items, "[{\"Delete\": {\"TableName\": \"Music\", \"Key\": {}}}]", "TransactItems[0].Delete.Key",
         "empty"},
        {transact_get_items, "[{\"Get\": {\"TableName\": \"Music\"}}]", "TransactItems[0].Get.Key", "required"},
        {transact_write_items, "[{\"Update\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}]",
         "TransactItems[0].Update.UpdateExpression", "required"},
        {transact_write_items, "[{\"ConditionCheck\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}]",
         "TransactItems[0].ConditionCheck.ConditionExpression", "required"},
        {transact_write_items, "[{\"Put\": {\"Item\": {\"id\": 1}}}]", "TransactItems[0].Put.TableName", "required"},
        {update_continuous_backups, "{}", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "required"},
        {update_global_table, "[{\"Create\": {}}]", "ReplicaUpdates[0].Create.RegionName", "required"},
        {update_global_table_settings_replica_settings_update,
         "[{\"RegionName\": \"r\", \"ReplicaGlobalSecondaryIndexSettingsUpdate\": [{}]}]",
         "ReplicaSettingsUpdate[0].ReplicaGlobalSecondaryIndexSettingsUpdate[0].IndexName", "required"},
        {update_table_replica_auto_scaling_replica_updates,
         "[{\"RegionName\": \"r\", \"ReplicaProvisionedReadCapacityAutoScalingUpdate\": {\"ScalingPolicyUpdate\":"
         "{\"TargetTrackingScalingPolicyConfiguration\": {}}}}]",
         "ReplicaUpdates[0].ReplicaProvisionedReadCapacityAutoScalingUpdate.ScalingPolicyUpdate."
         "TargetTrackingScalingPolicyConfiguration.TargetValue",
         "required"},
        {update_table_global_secondary_index_updates,
         "[{\"Create\": {\"IndexName\": \"i\", \"KeySchema\": [{\"AttributeName\": \"a\"}], \"Projection\": {}}}]",
         "GlobalSecondaryIndexUpdates[0].Create.KeySchema[0].KeyType", "required"},
        {update_table_replica_updates, "[{\"Create\": {\"KMSMasterKeyId\": \"k\"}}]",
         "ReplicaUpdates[0].Create.RegionName", "required"},
        {update_time_to_live, "{\"Enabled\": true}", "TimeToLiveSpecification.AttributeName", "required"},

        /* unknown, most of them misspelt */
        {batch_execute_statement, "[{\"Statement\": \"SELECT\", \"Parameter\": [1]}]", "Statements[0].Parameter", NULL},
        {batch_get_item, "{\"Music\": {\"Keys\": [{\"id\": 1}], \"ConsistentReads\": true}}",
         "RequestItems.Music.ConsistentReads", NULL},
        {batch_write_item, "{\"Music\": [{\"PutItem\": {\"Item\": {\"id\": 1}}}]}", "RequestItems.Music[0].PutItem",
         NULL},
        {batch_write_item, "{\"Music\": [{\"PutRequest\": {\"Item\": {\"id\": 1}, \"Condition\": \"x\"}}]}",
         "RequestItems.Music[0].PutRequest.Condition", NULL},
        {describe_stream_shard_filter, "{\"type\": \"CHILD_SHARDS\"}", "ShardFilter.type", NULL},
        {export_table_to_point_in_time_filter_specification, "{\"Filter\": \"a\"}", "FilterSpecification.Filter", NULL},
        {transact_get_items, "[{\"Get\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}, \"Projection\": \"a\"}}]",
         "TransactItems[0].Get.Projection", NULL},
        {transact_write_items,
         "[{\"Put\": {\"TableName\": \"Music\", \"Item\": {\"id\": 1}, \"ConditionExpresion\": \"x > y\"}}]",
         "TransactItems[0].Put.ConditionExpresion", NULL},
        {transact_write_items,
         "[{\"Put\": {\"TableName\": \"Music\", \"Item\": {\"id\": 1}}}, {\"Update\": {\"TableName\": \"Music\","
         "\"Key\": {\"id\": 1}, \"UpdateExpression\": \"SET a = :a\", \"conditionExpression\": \"x > y\"}}]",
         "TransactItems[1].Update.conditionExpression", NULL},
        {transact_write_items, "[{\"put\": {}}]", "TransactItems[0].put", NULL},
        {update_table_global_secondary_index_updates,
         "[{\"Create\": {\"IndexName\": \"i\", \"KeySchema\": [{\"AttributeName\": \"a\", \"KeyType\": \"HASH\"}],"
         "\"Projection\": {\"Type\": \"ALL\"}}}]",
         "GlobalSecondaryIndexUpdates[0].Create.Projection.Type", NULL},
        {update_time_to_live, "{\"Enabled\": true, \"AttributeName\": \"a\", \"More\": 1}",
         "TimeToLiveSpecification.More", NULL},

        /* of the wrong type */
        {batch_get_item, "[]", "RequestItems", "an object"},
        {batch_get_item, "{\"Music\": {\"Keys\": {\"id\": 1}}}", "RequestItems.Music.Keys", "an array"},
        {batch_write_item, "{\"Music\": {\"PutRequest\": {\"Item\": {\"id\": 1}}}}", "RequestItems.Music", "an array"},
        {batch_write_item, "{\"Music\": [{\"PutRequest\": {\"Item\": [1]}}]}", "RequestItems.Music[0].PutRequest.Item",
         "an object"},
        {create_global_table, "{\"RegionName\": \"r\"}", "ReplicationGroup", "an array"},
        {get_item, "[1]", "Key", "an object"},
        {put_item, "\"text\"", "Item", "an object"},
        {search_vectors, "{\"a\": 1}", "SearchVector", "an array"},
        {transact_write_items, "[[]]", "TransactItems[0]", "an object"},
        {transact_write_items, "[{\"Put\": {\"TableName\": 5, \"Item\": {\"id\": 1}}}]",
         "TransactItems[0].Put.TableName", "a string"},
        {untag_resource, "[1]", "TagKeys[0]", "a string"},
        {untag_resource, "\"a\"", "TagKeys", "an array"},
        {update_time_to_live, "{\"Enabled\": \"true\", \"AttributeName\": \"a\"}", "TimeToLiveSpecification.Enabled",
         "true or false"},
        {update_continuous_backups, "{\"PointInTimeRecoveryEnabled\": true, \"RecoveryPeriodInDays\": 1.5}",
         "PointInTimeRecoverySpecification.RecoveryPeriodInDays", "an integer"},

        /* attribute values that the service can't take */
        {batch_write_item, "{\"Music\": [{\"PutRequest\": {\"Item\": {\"a\": {\"$SS\": []}}}}]}",
         "RequestItems.Music[0].PutRequest.Item.a", NULL},
        {transact_write_items,
         "[{\"Update\": {\"TableName\": \"M\", \"Key\": {\"id\": 1}, \"UpdateExpression\": \"SET a = :a\","
         "\"ExpressionAttributeValues\": {\":a\": {\"$N\": \"1x\"}}}}]",
         "TransactItems[0].Update.ExpressionAttributeValues.:a", NULL},
        {execute_transaction, "[{\"Statement\": \"S\", \"Parameters\": [1, {\"$B\": \"?\"}]}]",
         "TransactStatements[0].Parameters[1]", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *document = load(rows[i].document);

        refuse(*state, rows[i].path, rows[i].call, document, rows[i].path, rows[i].words);
        json_decref(document);
    }
    expect_no_complaints();
}

/* NULL and "" where something is required. */
static void missing_arguments(void **state)
{
    context      *shared   = *state;
    json_t       *document = load("{\"id\": 1}");
    json_t       *list     = load("[]");
    dynamo_error  error;
    dynamo_status status;

#define ROW(words, ...)                                                                             \
    do {                                                                                            \
        error = (dynamo_error){0};                                                                  \
        fault_server_script(shared->server, NULL, 0);                                               \
        status = __VA_ARGS__;                                                                       \
        expect_refusal(shared, #__VA_ARGS__, status, NULL, &error, words, NULL);                    \
        dynamo_error_clear(&error);                                                                 \
    } while (0)

    ROW("backup_name", dynamo_create_backup(shared->client, "Music", NULL, NULL, NULL, &error));
    ROW("table_name", dynamo_create_backup(shared->client, "", "b", NULL, NULL, &error));
    ROW("backup_arn", dynamo_delete_backup(shared->client, NULL, NULL, NULL, &error));
    ROW("statement", dynamo_execute_statement(shared->client, "", NULL, NULL, &error));
    ROW("transact_items", dynamo_transact_write_items(shared->client, NULL, NULL, NULL, &error));
    ROW("json_pack", dynamo_transact_get_items(shared->client, NULL, NULL, NULL, &error));
    ROW("tags", dynamo_tag_resource(shared->client, "arn", NULL, NULL, NULL, &error));
    ROW("resource_arn", dynamo_tag_resource(shared->client, NULL, list, NULL, NULL, &error));
    ROW("policy", dynamo_put_resource_policy(shared->client, "arn", "", NULL, NULL, &error));
    ROW("input_format", dynamo_import_table(shared->client, document, NULL, document, NULL, NULL, &error));
    ROW("table_creation_parameters", dynamo_import_table(shared->client, document, "CSV", NULL, NULL, NULL, &error));
    ROW("output_s3_configuration",
        dynamo_start_bulk_put_items(shared->client, document, NULL, "Music", NULL, NULL, &error));
    ROW("stream_arn", dynamo_enable_kinesis_streaming_destination(shared->client, "Music", NULL, NULL, NULL, &error));
    ROW("shard_iterator_type", dynamo_get_shard_iterator(shared->client, "arn", "shard", "", NULL, NULL, &error));
    ROW("shard_iterator", dynamo_get_records(shared->client, NULL, NULL, NULL, &error));
    ROW("search_vector", dynamo_search_vectors(shared->client, "Music", "i", NULL, 1, NULL, NULL, &error));
    ROW("client is NULL", dynamo_list_streams(NULL, NULL, NULL, &error));
#undef ROW
    json_decref(document);
    json_decref(list);
    expect_no_complaints();
}

/* ---- Segments ---------------------------------------------------------------------------------------------------- */

static void segments(void **state)
{
    static const struct {
        const char *name;
        int64_t     segment, total;
        const char *body, *refusal;
    } rows[] = {
        {"no segments", 0, 0, "{\"TableName\":\"Music\"}", NULL},
        {"the only one", 0, 1, "{\"TableName\":\"Music\",\"TotalSegments\":1,\"Segment\":0}", NULL},
        {"the first", 0, 4, "{\"TableName\":\"Music\",\"TotalSegments\":4,\"Segment\":0}", NULL},
        {"the last", 3, 4, "{\"TableName\":\"Music\",\"TotalSegments\":4,\"Segment\":3}", NULL},
        {"the most", 999999, 1000000, "{\"TableName\":\"Music\",\"TotalSegments\":1000000,\"Segment\":999999}", NULL},
        {"of none", 1, 0, NULL, "total_segments"},
    };
    context *shared = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_scan_options options = {.segment = rows[i].segment, .total_segments = rows[i].total};
        dynamo_error        error   = {0};
        dynamo_status       status;

        fault_server_script(shared->server, NULL, 0);
        status = dynamo_scan(shared->client, "Music", &options, NULL, &error);
        if (rows[i].refusal != NULL) {
            expect_refusal(shared, rows[i].name, status, NULL, &error, rows[i].refusal, NULL);
        } else if (status != DYNAMO_OK) {
            complain(rows[i].name, "%s", error.message);
        } else {
            json_t *body = load(fault_server_request(shared->server, 0)->body);

            expect_json(rows[i].name, "the body", body, rows[i].body);
            json_decref(body);
        }
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------ */

typedef struct token_row {
    const char   *name, *member;
    dynamo_status (*call)(dynamo_client *client, const char *token, dynamo_error *error);
} token_row;

static dynamo_status token_transact_write_items(dynamo_client *client, const char *token, dynamo_error *error)
{
    dynamo_transact_write_items_options options = {.client_request_token = token};
    json_t       *items  = load("[{\"Put\": {\"TableName\": \"Music\", \"Item\": {\"id\": 1}}}]");
    dynamo_status status = dynamo_transact_write_items(client, items, &options, NULL, error);

    json_decref(items);
    return status;
}

static dynamo_status token_execute_transaction(dynamo_client *client, const char *token, dynamo_error *error)
{
    dynamo_execute_transaction_options options = {.client_request_token = token};
    json_t       *statements = load("[{\"Statement\": \"INSERT INTO Music VALUE {'id': 1}\"}]");
    dynamo_status status     = dynamo_execute_transaction(client, statements, &options, NULL, error);

    json_decref(statements);
    return status;
}

static dynamo_status token_export(dynamo_client *client, const char *token, dynamo_error *error)
{
    dynamo_export_table_to_point_in_time_options options = {.client_token = token};

    return dynamo_export_table_to_point_in_time(client, "arn", "bucket", &options, NULL, error);
}

static dynamo_status token_import(dynamo_client *client, const char *token, dynamo_error *error)
{
    dynamo_import_table_options options = {.client_token = token};
    json_t *source     = load("{\"S3Bucket\": \"music\"}");
    json_t *parameters = load("{\"TableName\": \"Music\", \"AttributeDefinitions\": [{\"AttributeName\": \"id\","
                              "\"AttributeType\": \"S\"}], \"KeySchema\": [{\"AttributeName\": \"id\","
                              "\"KeyType\": \"HASH\"}]}");
    dynamo_status status = dynamo_import_table(client, source, "CSV", parameters, &options, NULL, error);

    json_decref(source);
    json_decref(parameters);
    return status;
}

static dynamo_status token_bulk_put(dynamo_client *client, const char *token, dynamo_error *error)
{
    dynamo_start_bulk_put_items_options options = {.client_token = token};
    json_t       *input  = load("{\"S3Bucket\": \"music\", \"InputFormat\": \"CSV\"}");
    json_t       *output = load("{\"OutputType\": [\"FAILED\"]}");
    dynamo_status status = dynamo_start_bulk_put_items(client, input, output, "Music", &options, NULL, error);

    json_decref(input);
    json_decref(output);
    return status;
}

static const token_row token_rows[] = {
    {"TransactWriteItems", "ClientRequestToken", token_transact_write_items},
    {"ExecuteTransaction", "ClientRequestToken", token_execute_transaction},
    {"ExportTableToPointInTime", "ClientToken", token_export},
    {"ImportTable", "ClientToken", token_import},
    {"StartBulkPutItems", "ClientToken", token_bulk_put},
};

/* One call; copies the token that was sent. */
static dynamo_status send_token(context *shared, const token_row *row, const char *given, const fault_step *step,
                                char sent[64], dynamo_error *error)
{
    json_t       *body;
    dynamo_status status;

    fault_server_script(shared->server, step, step != NULL ? 1 : 0);
    status  = row->call(shared->client, given, error);
    sent[0] = '\0';
    if (fault_server_requests(shared->server) != 1) {
        complain(row->name, "%zu requests were sent", fault_server_requests(shared->server));
        return status;
    }
    body = json_loads(fault_server_request(shared->server, 0)->body, 0, NULL);
    if (json_is_string(json_object_get(body, row->member)))
        snprintf(sent, 64, "%s", json_string_value(json_object_get(body, row->member)));
    json_decref(body);
    return status;
}

/* RFC 9562: version 4, variant 10. */
static bool is_uuid(const char *text)
{
    static const char pattern[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";

    if (strlen(text) != TOKEN_LENGTH)
        return false;
    for (size_t i = 0; i < TOKEN_LENGTH; i++) {
        const char *allowed = pattern[i] == 'x' ? "0123456789abcdef" : pattern[i] == 'y' ? "89ab" : NULL;

        if (allowed != NULL ? strchr(allowed, text[i]) == NULL : text[i] != pattern[i])
            return false;
    }
    return true;
}

static const char *token_in_details(const token_row *row, const dynamo_error *error)
{
    return json_string_value(json_object_get(error->details, row->member));
}

static void tokens_are_made(void **state)
{
    for (size_t i = 0; i < COUNT(token_rows); i++) {
        const token_row *row   = &token_rows[i];
        dynamo_error     error = {0};
        char             first[64], second[64];

        if (send_token(*state, row, NULL, NULL, first, &error) != DYNAMO_OK)
            complain(row->name, "%s", error.message);
        if (error.details != NULL)
            complain(row->name, "details on success");
        send_token(*state, row, NULL, NULL, second, &error);
        if (!is_uuid(first) || !is_uuid(second))
            complain(row->name, "\"%s\" or \"%s\" is no random UUID", first, second);
        if (strcmp(first, second) == 0)
            complain(row->name, "two calls have the same token %s", first);
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

static void tokens_are_kept(void **state)
{
    static const char *const given[] = {"t", "0123456789-0123456789-0123456789-012", ""};

    for (size_t i = 0; i < COUNT(token_rows); i++)
        for (size_t j = 0; j < COUNT(given); j++) {
            dynamo_error error = {0};
            char         sent[64];

            if (send_token(*state, &token_rows[i], given[j], NULL, sent, &error) != DYNAMO_OK)
                complain(token_rows[i].name, "%s", error.message);
            if (strcmp(sent, given[j]) != 0)
                complain(token_rows[i].name, "\"%s\" was sent, not \"%s\"", sent, given[j]);
            dynamo_error_clear(&error);
        }
    expect_no_complaints();
}

/* Outcomes that are unknown, and one that isn't. The token in details settles it: it is the one that was sent. */
static void tokens_of_unknown_outcomes(void **state)
{
    static const struct {
        const char *name;
        fault_step  step;
        bool        unknown;
    } rows[] = {
        {"a close after the request", {.action = FAULT_CLOSE_AFTER_REQUEST}, true},
        {"a reset after the request", {.action = FAULT_RESET}, true},
        {"half an answer", {.action = FAULT_CLOSE_IN_BODY, .body = "{\"some\": \"text\"}"}, true},
        {"500", {.status = 500, .body = "{\"__type\": \"InternalServerError\", \"message\": \"m\"}"}, true},
        {"an answer that is no JSON", {.body = "<html>"}, true},
        {"400", {.status = 400, .body = "{\"__type\": \"ValidationException\", \"message\": \"m\"}"}, false},
        {"a cancelled transaction",
         {.status = 400, .body = "{\"__type\": \"TransactionCanceledException\", \"CancellationReasons\": []}"},
         false},
    };

    for (size_t i = 0; i < COUNT(token_rows); i++)
        for (size_t j = 0; j < COUNT(rows); j++) {
            dynamo_error error = {0};
            char         name[128], sent[64];
            const char  *kept;

            snprintf(name, sizeof(name), "%s, %s", token_rows[i].name, rows[j].name);
            if (send_token(*state, &token_rows[i], NULL, &rows[j].step, sent, &error) == DYNAMO_OK)
                complain(name, "succeeded");
            kept = token_in_details(&token_rows[i], &error);
            if (error.ambiguous != rows[j].unknown)
                complain(name, "ambiguous is %d (%s)", error.ambiguous, error.message);
            if (rows[j].unknown && (kept == NULL || strcmp(kept, sent) != 0))
                complain(name, "details have the token %s, and %s was sent", kept != NULL ? kept : "NULL", sent);
            if (!rows[j].unknown && kept != NULL)
                complain(name, "details have a token, and the outcome is known");
            dynamo_error_clear(&error);
        }
    expect_no_complaints();
}

/* ---- Targets, and requests without members ----------------------------------------------------------------------- */

#define WITHOUT_ARGUMENTS(name)                                                                                \
    static dynamo_status name(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error) \
    {                                                                                                          \
        (void)document;                                                                                        \
        return dynamo_##name(client, NULL, response, error);                                                   \
    }

WITHOUT_ARGUMENTS(describe_endpoints)
WITHOUT_ARGUMENTS(describe_limits)
WITHOUT_ARGUMENTS(list_backups)
WITHOUT_ARGUMENTS(list_bulk_operations)
WITHOUT_ARGUMENTS(list_contributor_insights)
WITHOUT_ARGUMENTS(list_exports)
WITHOUT_ARGUMENTS(list_global_tables)
WITHOUT_ARGUMENTS(list_imports)
WITHOUT_ARGUMENTS(list_streams)
WITHOUT_ARGUMENTS(list_tables)

#define TEXT_CALL(name, ...)                                                                                   \
    static dynamo_status name(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error) \
    {                                                                                                          \
        (void)document;                                                                                        \
        return dynamo_##name(client, __VA_ARGS__, NULL, response, error);                                      \
    }

TEXT_CALL(describe_export, "arn")
TEXT_CALL(describe_stream, "arn")
TEXT_CALL(get_records, "iterator")
TEXT_CALL(get_shard_iterator, "arn", "shard", "LATEST")
TEXT_CALL(describe_table, "Music")

static dynamo_status raw_search(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error)
{
    return dynamo_call(client, "SearchVectors", document, response, error);
}

static dynamo_status raw_records(dynamo_client *client, json_t *document, json_t **response, dynamo_error *error)
{
    return dynamo_call(client, "GetRecords", document, response, error);
}

static void targets(void **state)
{
    static const struct {
        document_call *call;
        const char    *document, *target, *body;
    } rows[] = {
        {describe_endpoints, "null", "DynamoDB_20120810.DescribeEndpoints", "{}"},
        {describe_limits, "null", "DynamoDB_20120810.DescribeLimits", "{}"},
        {list_backups, "null", "DynamoDB_20120810.ListBackups", "{}"},
        {list_bulk_operations, "null", "DynamoDB_20120810.ListBulkOperations", "{}"},
        {list_contributor_insights, "null", "DynamoDB_20120810.ListContributorInsights", "{}"},
        {list_exports, "null", "DynamoDB_20120810.ListExports", "{}"},
        {list_global_tables, "null", "DynamoDB_20120810.ListGlobalTables", "{}"},
        {list_imports, "null", "DynamoDB_20120810.ListImports", "{}"},
        {list_tables, "null", "DynamoDB_20120810.ListTables", "{}"},
        {list_streams, "null", "DynamoDBStreams_20120810.ListStreams", "{}"},
        {describe_stream, "null", "DynamoDBStreams_20120810.DescribeStream", "{\"StreamArn\":\"arn\"}"},
        {get_records, "null", "DynamoDBStreams_20120810.GetRecords", "{\"ShardIterator\":\"iterator\"}"},
        {get_shard_iterator, "null", "DynamoDBStreams_20120810.GetShardIterator",
         "{\"StreamArn\":\"arn\",\"ShardId\":\"shard\",\"ShardIteratorType\":\"LATEST\"}"},
        {search_vectors, "[1, 0.5]", "DynamoDB_20120810.SearchVectors",
         "{\"TableName\":\"Music\",\"IndexName\":\"by-sound\",\"SearchVector\":[{\"N\":\"1\"},{\"N\":\"0.5\"}],"
         "\"TopK\":10}"},
        {raw_search, "{}", "DynamoDB_20120810.SearchVectors", "{}"},
        {raw_records, "{}", "DynamoDBStreams_20120810.GetRecords", "{}"},
    };
    context *shared = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *document = load(rows[i].document);
        json_t *body     = accept(shared, rows[i].target, rows[i].call, document);
        char    target[128];

        if (!fault_request_header(fault_server_request(shared->server, 0), "X-Amz-Target", target, sizeof(target)) ||
            strcmp(target, rows[i].target) != 0)
            complain(rows[i].target, "another X-Amz-Target was sent");
        expect_json(rows[i].target, "the body", body, rows[i].body);
        json_decref(document);
        json_decref(body);
    }
    expect_no_complaints();
}

/* With an endpoint of their own, the Streams calls go there and no other does. */
static void streams_endpoint(void **state)
{
    context       *shared  = *state;
    fault_server  *streams = fault_server_start();
    dynamo_config  config;
    dynamo_client *client;
    json_t        *vector = load("[1]");

    assert_non_null(streams);
    config = (dynamo_config){.endpoint         = fault_server_endpoint(shared->server),
                             .streams_endpoint = fault_server_endpoint(streams)};
    client = dynamo_client_new(&config, NULL);
    assert_non_null(client);
    fault_server_script(shared->server, NULL, 0);
    fault_server_script(streams, NULL, 0);
    assert_int_equal(list_streams(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(describe_stream(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(get_shard_iterator(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(get_records(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(fault_server_requests(streams), 4);
    assert_int_equal(fault_server_requests(shared->server), 0);
    assert_int_equal(search_vectors(client, vector, NULL, NULL), DYNAMO_OK);
    assert_int_equal(list_tables(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(fault_server_requests(streams), 4);
    assert_int_equal(fault_server_requests(shared->server), 2);
    json_decref(vector);
    dynamo_client_free(client);
    fault_server_stop(streams);
}

/* TagResource and UntagResource answer nothing at all; whoever else does is broken. */
static void empty_answers(void **state)
{
    static const struct {
        const char    *name;
        document_call *call;
        const char    *document;
        dynamo_status  status;
    } rows[] = {
        {"TagResource", tag_resource, "[{\"Key\": \"a\", \"Value\": \"b\"}]", DYNAMO_OK},
        {"UntagResource", untag_resource, "[\"a\"]", DYNAMO_OK},
        {"ListTables", list_tables, "null", DYNAMO_ERR_BAD_RESPONSE},
        {"DescribeTable", describe_table, "null", DYNAMO_ERR_BAD_RESPONSE},
    };
    static const fault_step step   = {.body = "", .crc = FAULT_CRC_NONE};
    context                *shared = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t       *document = load(rows[i].document), *response = NULL;
        dynamo_error  error    = {0};
        dynamo_status status;

        fault_server_script(shared->server, &step, 1);
        status = rows[i].call(shared->client, document, &response, &error);
        if (status != rows[i].status)
            complain(rows[i].name, "%s: %s", dynamo_status_name(status), error.message);
        if (rows[i].status == DYNAMO_OK)
            expect_json(rows[i].name, "the response", response, "{}");
        else if (response != NULL)
            complain(rows[i].name, "a response beside a failure");
        json_decref(response);
        json_decref(document);
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* One of each type, on the wire and plain. */
#define WIRE                                                                                                           \
    "{\"s\":{\"S\":\"\"},\"n\":{\"N\":\"12345678901234567890.123456789012345678\"},\"i\":{\"N\":\"-7\"},"              \
    "\"b\":{\"B\":\"AAH+/w==\"},\"t\":{\"BOOL\":true},\"u\":{\"NULL\":true},\"ss\":{\"SS\":[\"a\",\"\"]},"             \
    "\"ns\":{\"NS\":[\"1\",\"2.5\"]},\"bs\":{\"BS\":[\"AA==\"]},\"l\":{\"L\":[{\"M\":{\"S\":{\"S\":\"x\"}}}]},"        \
    "\"m\":{\"M\":{\"$B\":{\"S\":\"AA==\"}}}}"
#define PLAIN                                                                                                        \
    "{\"s\":\"\",\"n\":{\"$N\":\"12345678901234567890.123456789012345678\"},\"i\":-7,\"b\":{\"$B\":\"AAH+/w==\"},"     \
    "\"t\":true,\"u\":null,\"ss\":{\"$SS\":[\"a\",\"\"]},\"ns\":{\"$NS\":[1,2.5]},\"bs\":{\"$BS\":[\"AA==\"]},"        \
    "\"l\":[{\"S\":\"x\"}],\"m\":{\"$$B\":\"AA==\"}}"

typedef struct answer_row {
    const char    *name;
    document_call *call;
    const char    *document;
    const char    *answer, *response;
} answer_row;

/* Each path of an attribute value in an output, with members around it that this version doesn't know. */
static const answer_row answer_rows[] = {
    {"BatchExecuteStatement", batch_execute_statement, "[{\"Statement\": \"SELECT\"}]",
     "{\"Responses\":[{\"Error\":{\"Code\":\"ConditionalCheckFailed\",\"Item\":" WIRE "},\"TableName\":\"Music\"},"
     "{\"Item\":" WIRE ",\"Item2\":{\"S\":\"kept\"}}]}",
     "{\"Responses\":[{\"Error\":{\"Code\":\"ConditionalCheckFailed\",\"Item\":" PLAIN "},\"TableName\":\"Music\"},"
     "{\"Item\":" PLAIN ",\"Item2\":{\"S\":\"kept\"}}]}"},
    {"BatchGetItem", batch_get_item, "{\"Music\": {\"Keys\": [{\"id\": 1}]}}",
     "{\"Responses\":{\"Music\":[" WIRE "," WIRE "],\"Artists\":[]},\"UnprocessedKeys\":{\"Music\":{\"Keys\":[" WIRE
     "],\"ConsistentRead\":true,\"New\":{\"S\":\"kept\"}}},\"ConsumedCapacity\":[{\"CapacityUnits\":0.5}]}",
     "{\"Responses\":{\"Music\":[" PLAIN "," PLAIN "],\"Artists\":[]},\"UnprocessedKeys\":{\"Music\":{\"Keys\":[" PLAIN
     "],\"ConsistentRead\":true,\"New\":{\"S\":\"kept\"}}},\"ConsumedCapacity\":[{\"CapacityUnits\":0.5}]}"},
    {"BatchWriteItem", batch_write_item, "{\"Music\": [{\"DeleteRequest\": {\"Key\": {\"id\": 1}}}]}",
     "{\"UnprocessedItems\":{\"Music\":[{\"PutRequest\":{\"Item\":" WIRE "}},{\"DeleteRequest\":{\"Key\":" WIRE
     "}}]},\"ItemCollectionMetrics\":{\"Music\":[{\"ItemCollectionKey\":" WIRE ",\"SizeEstimateRangeGB\":[0.0,1.0]}]}}",
     "{\"UnprocessedItems\":{\"Music\":[{\"PutRequest\":{\"Item\":" PLAIN "}},{\"DeleteRequest\":{\"Key\":" PLAIN
     "}}]},\"ItemCollectionMetrics\":{\"Music\":[{\"ItemCollectionKey\":" PLAIN
     ",\"SizeEstimateRangeGB\":[0.0,1.0]}]}}"},
    {"PutItem", put_item, "{\"id\": 1}",
     "{\"Attributes\":" WIRE ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" WIRE "}}",
     "{\"Attributes\":" PLAIN ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" PLAIN "}}"},
    {"DeleteItem", delete_item, "{\"id\": 1}",
     "{\"Attributes\":" WIRE ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" WIRE "}}",
     "{\"Attributes\":" PLAIN ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" PLAIN "}}"},
    {"UpdateItem", update_item, "{\"id\": 1}",
     "{\"Attributes\":" WIRE ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" WIRE "}}",
     "{\"Attributes\":" PLAIN ",\"ItemCollectionMetrics\":{\"ItemCollectionKey\":" PLAIN "}}"},
    {"GetItem", get_item, "{\"id\": 1}", "{\"Item\":" WIRE ",\"New\":{\"N\":\"1\"}}",
     "{\"Item\":" PLAIN ",\"New\":{\"N\":\"1\"}}"},
    {"Query", query_exclusive_start_key, "{\"id\": 1}",
     "{\"Items\":[" WIRE "],\"Count\":1,\"LastEvaluatedKey\":" WIRE "}",
     "{\"Items\":[" PLAIN "],\"Count\":1,\"LastEvaluatedKey\":" PLAIN "}"},
    {"Scan", scan_exclusive_start_key, "{\"id\": 1}",
     "{\"Items\":[" WIRE "],\"Count\":1,\"LastEvaluatedKey\":" WIRE "}",
     "{\"Items\":[" PLAIN "],\"Count\":1,\"LastEvaluatedKey\":" PLAIN "}"},
    {"ExecuteStatement", execute_statement_parameters, "[1]", "{\"Items\":[" WIRE "],\"LastEvaluatedKey\":" WIRE "}",
     "{\"Items\":[" PLAIN "],\"LastEvaluatedKey\":" PLAIN "}"},
    {"ExecuteTransaction", execute_transaction, "[{\"Statement\": \"SELECT\"}]",
     "{\"Responses\":[{\"Item\":" WIRE "},{}]}", "{\"Responses\":[{\"Item\":" PLAIN "},{}]}"},
    {"TransactGetItems", transact_get_items, "[{\"Get\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}]",
     "{\"Responses\":[{},{\"Item\":" WIRE "}]}", "{\"Responses\":[{},{\"Item\":" PLAIN "}]}"},
    {"TransactWriteItems", transact_write_items, "[{\"Delete\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}]",
     "{\"ItemCollectionMetrics\":{\"Music\":[{\"ItemCollectionKey\":" WIRE "}]}}",
     "{\"ItemCollectionMetrics\":{\"Music\":[{\"ItemCollectionKey\":" PLAIN "}]}}"},
    {"SearchVectors", search_vectors, "[1]", "{\"SearchResults\":[{\"Item\":" WIRE ",\"Distance\":0.25}]}",
     "{\"SearchResults\":[{\"Item\":" PLAIN ",\"Distance\":0.25}]}"},
    {"ExportTableToPointInTime", export_table_to_point_in_time_filter_specification,
     "{\"ExpressionAttributeValues\": {\":a\": 1}}",
     "{\"ExportDescription\":{\"ExportArn\":\"a\",\"FilterSpecification\":{\"ExpressionAttributeValues\":" WIRE
     ",\"ExpressionAttributeNames\":{\"#S\":\"S\"}}}}",
     "{\"ExportDescription\":{\"ExportArn\":\"a\",\"FilterSpecification\":{\"ExpressionAttributeValues\":" PLAIN
     ",\"ExpressionAttributeNames\":{\"#S\":\"S\"}}}}"},
    {"DescribeExport", describe_export, "null",
     "{\"ExportDescription\":{\"FilterSpecification\":{\"ExpressionAttributeValues\":" WIRE "}}}",
     "{\"ExportDescription\":{\"FilterSpecification\":{\"ExpressionAttributeValues\":" PLAIN "}}}"},
    {"GetRecords", get_records, "null",
     "{\"Records\":[{\"eventName\":\"MODIFY\",\"dynamodb\":{\"Keys\":" WIRE ",\"NewImage\":" WIRE ",\"OldImage\":" WIRE
     ",\"SequenceNumber\":\"1\",\"Newer\":" WIRE "}}],\"NextShardIterator\":\"n\"}",
     "{\"Records\":[{\"eventName\":\"MODIFY\",\"dynamodb\":{\"Keys\":" PLAIN ",\"NewImage\":" PLAIN
     ",\"OldImage\":" PLAIN ",\"SequenceNumber\":\"1\",\"Newer\":" WIRE "}}],\"NextShardIterator\":\"n\"}"},
    {"an output without attribute values", list_tables, "null",
     "{\"TableNames\":[\"a\"],\"New\":{\"S\":\"kept\",\"deep\":[{\"B\":\"AA==\"}]}}",
     "{\"TableNames\":[\"a\"],\"New\":{\"S\":\"kept\",\"deep\":[{\"B\":\"AA==\"}]}}"},
};

static void answers(void **state)
{
    context *shared = *state;

    for (size_t i = 0; i < COUNT(answer_rows); i++) {
        const answer_row *row      = &answer_rows[i];
        fault_step        step     = {.body = row->answer};
        json_t           *document = load(row->document), *response = NULL;
        dynamo_error      error    = {0};

        fault_server_script(shared->server, &step, 1);
        if (row->call(shared->client, document, &response, &error) != DYNAMO_OK)
            complain(row->name, "%s: %s", error.code, error.message);
        else
            expect_json(row->name, "the response", response, row->response);
        json_decref(response);
        json_decref(document);
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

static void errors(void **state)
{
    static const struct {
        const char    *name;
        document_call *call;
        const char    *document, *answer;
        dynamo_status  status;
        const char    *details;
    } rows[] = {
        {"the item in the way", put_item, "{\"id\": 1}",
         "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\",\"message\":\"m\","
         "\"Item\":" WIRE "}",
         DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, "{\"Item\":" PLAIN "}"},
        {"a cancelled transaction", transact_write_items,
         "[{\"Delete\": {\"TableName\": \"Music\", \"Key\": {\"id\": 1}}}]",
         "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\",\"Message\":\"m\","
         "\"CancellationReasons\":[{\"Code\":\"None\"},{\"Code\":\"ConditionalCheckFailed\",\"Item\":" WIRE
         ",\"Message\":\"m\"}],\"New\":{\"S\":\"kept\"}}",
         DYNAMO_ERR_TRANSACTION_CANCELED,
         "{\"CancellationReasons\":[{\"Code\":\"None\"},{\"Code\":\"ConditionalCheckFailed\",\"Item\":" PLAIN
         ",\"Message\":\"m\"}],\"New\":{\"S\":\"kept\"}}"},
        {"a cancelled PartiQL transaction", execute_transaction, "[{\"Statement\": \"INSERT\"}]",
         "{\"__type\":\"TransactionCanceledException\",\"Message\":\"m\",\"CancellationReasons\":[{\"Item\":" WIRE
         "}]}",
         DYNAMO_ERR_TRANSACTION_CANCELED, "{\"CancellationReasons\":[{\"Item\":" PLAIN "}]}"},
    };
    context *shared = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        fault_step    step     = {.status = 400, .body = rows[i].answer};
        json_t       *document = load(rows[i].document);
        dynamo_error  error    = {0};
        dynamo_status status;

        fault_server_script(shared->server, &step, 1);
        status = rows[i].call(shared->client, document, NULL, &error);
        if (status != rows[i].status)
            complain(rows[i].name, "%s: %s", dynamo_status_name(status), error.message);
        expect_json(rows[i].name, "details", error.details, rows[i].details);
        json_decref(document);
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

/* What a response gives is the next request as it is; on the wire it is what the service had said. */
static void given_back(void **state)
{
    static const struct {
        const char    *name;
        document_call *call;
        const char    *document, *member, *answer, *next;
    } rows[] = {
        {"UnprocessedItems", batch_write_item, "{\"Music\": [{\"DeleteRequest\": {\"Key\": {\"id\": 1}}}]}",
         "RequestItems",
         "{\"Music\":[{\"PutRequest\":{\"Item\":" WIRE "}},{\"DeleteRequest\":{\"Key\":" WIRE "}}],\"Artists\":["
         "{\"DeleteRequest\":{\"Key\":" WIRE "}}]}",
         NULL},
        {"UnprocessedKeys", batch_get_item, "{\"Music\": {\"Keys\": [{\"id\": 1}]}}", "RequestItems",
         "{\"Music\":{\"Keys\":[" WIRE "," WIRE "],\"ConsistentRead\":false,"
         "\"ProjectionExpression\":\"#a\",\"ExpressionAttributeNames\":{\"#a\":\"a\"}}}",
         NULL},
        {"LastEvaluatedKey", query_exclusive_start_key, "{\"id\": 1}", "ExclusiveStartKey", WIRE, NULL},
        {"LastEvaluatedKey", scan_exclusive_start_key, "{\"id\": 1}", "ExclusiveStartKey", WIRE, NULL},
    };
    context *shared = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        char          text[8192];
        fault_step    step     = {.body = text};
        json_t       *document = load(rows[i].document), *response = NULL, *body;
        dynamo_error  error    = {0};
        dynamo_status status;

        snprintf(text, sizeof(text), "{\"%s\":%s}", rows[i].name, rows[i].answer);
        fault_server_script(shared->server, &step, 1);
        status = rows[i].call(shared->client, document, &response, &error);
        assert_int_equal(status, DYNAMO_OK);
        body = accept(shared, rows[i].name, rows[i].call, json_object_get(response, rows[i].name));
        expect_json(rows[i].name, rows[i].member, json_object_get(body, rows[i].member), rows[i].answer);
        json_decref(body);
        json_decref(response);
        json_decref(document);
        dynamo_error_clear(&error);
    }
    expect_no_complaints();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(empty_documents),
        cmocka_unit_test(nested_members),
        cmocka_unit_test(missing_arguments),
        cmocka_unit_test(segments),
        cmocka_unit_test(tokens_are_made),
        cmocka_unit_test(tokens_are_kept),
        cmocka_unit_test(tokens_of_unknown_outcomes),
        cmocka_unit_test(targets),
        cmocka_unit_test(streams_endpoint),
        cmocka_unit_test(empty_answers),
        cmocka_unit_test(answers),
        cmocka_unit_test(errors),
        cmocka_unit_test(given_back),
    };

    return cmocka_run_group_tests_name("rules", tests, set_up, tear_down);
}
