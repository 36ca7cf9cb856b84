/*
 * The eleven operations, and dynamo_call, as a user has them, against a real DynamoDB: $DYNAMO_TEST_ENDPOINT.
 *
 * Every run has table names of its own, and deletes its tables.
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
#include <time.h>

#include <cmocka.h>

#include "../dynamo.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATIENCE_SECONDS 60

static dynamo_client *client;
static dynamo_error   error;
static char           run[16];   /* begins the names of this run's tables */
static char           music[64]; /* Artist (S), Song (S), with an index by Genre and Year */

/* dynalite, the server where there is no Java, knows less than DynamoDB Local. */
static bool is_dynalite(void)
{
    const char *server = getenv("DYNAMO_TEST_SERVER");

    return server != NULL && strcmp(server, "dynalite") == 0;
}

static void expect_ok(dynamo_status status)
{
    if (status != DYNAMO_OK)
        fail_msg("%s: %s", error.code, error.message);
    assert_int_equal(error.status, DYNAMO_OK);
    assert_int_equal(error.http_status, 200);
    assert_int_equal(error.attempts, 1);
    assert_string_not_equal(error.request_id, "");
}

static void expect_error(dynamo_status status, dynamo_status expected, const char *code)
{
    if (status != expected)
        fail_msg("%s: %s: %s", dynamo_status_name(status), error.code, error.message);
    assert_string_equal(error.code, code);
    assert_true(error.message[0] != '\0');
    assert_int_equal(error.http_status, 400);
    assert_false(error.ambiguous);
}

/* JSON with ' for ". */
static json_t *json(const char *text)
{
    json_error_t reason;
    char        *copy = strdup(text);
    json_t      *value;

    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    value = json_loads(copy, JSON_DECODE_ANY, &reason);
    if (value == NULL)
        fail_msg("the test's own JSON is malformed: %s: %s", reason.text, text);
    free(copy);
    return value;
}

/* Steals `value`. */
static void expect_json(json_t *value, const char *expected)
{
    json_t *wanted = json(expected);
    char   *text   = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

    if (!json_equal(value, wanted))
        fail_msg("%s\nin place of\n%s", text != NULL ? text : "nothing", expected);
    free(text);
    json_decref(wanted);
    json_decref(value);
}

/* A member of a response, which is given back. */
static json_t *take(json_t *response, const char *name)
{
    json_t *member = json_incref(json_object_get(response, name));

    json_decref(response);
    return member;
}

static void pause_a_little(void)
{
    const struct timespec pause = {0, 20000000};

    nanosleep(&pause, NULL);
}

static void wait_until_active(const char *table)
{
    time_t end = time(NULL) + PATIENCE_SECONDS;

    for (;;) {
        json_t *described = NULL;
        bool    active;

        expect_ok(dynamo_describe_table(client, table, NULL, &described, &error));
        active = strcmp(json_string_value(json_object_get(described, "TableStatus")), "ACTIVE") == 0;
        json_decref(described);
        if (active)
            return;
        if (time(NULL) > end)
            fail_msg("%s does not become active", table);
        pause_a_little();
    }
}

static void wait_until_gone(const char *table)
{
    time_t end = time(NULL) + PATIENCE_SECONDS;

    while (dynamo_describe_table(client, table, NULL, NULL, &error) == DYNAMO_OK) {
        if (time(NULL) > end)
            fail_msg("%s does not go away", table);
        pause_a_little();
    }
    assert_int_equal(error.status, DYNAMO_ERR_RESOURCE_NOT_FOUND);
}

static void put(const char *text)
{
    json_t *item = json(text);

    expect_ok(dynamo_put_item(client, music, item, NULL, NULL, &error));
    json_decref(item);
}

static json_t *get(const char *key_text)
{
    json_t                 *key      = json(key_text);
    dynamo_get_item_options options  = {.consistent_read = DYNAMO_TRUE};
    json_t                 *response = NULL;

    expect_ok(dynamo_get_item(client, music, key, &options, &response, &error));
    assert_non_null(response);
    json_decref(key);
    return take(response, "Item");
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void create_music(void)
{
    json_t *types   = json("{'Artist': 'S', 'Song': 'S', 'Genre': 'S', 'Year': 'N'}");
    json_t *schema  = json("{'Artist': 'HASH', 'Song': 'RANGE'}");
    json_t *indexes = json("[{'IndexName': 'ByGenre', 'KeySchema': [{'AttributeName': 'Genre', 'KeyType': 'HASH'}, "
                           "{'AttributeName': 'Year', 'KeyType': 'RANGE'}], 'Projection': {'ProjectionType': 'ALL'}}]");
    json_t *described = NULL;
    dynamo_create_table_options options = {.global_secondary_indexes = indexes, .read_capacity_units = 5};

    expect_ok(dynamo_create_table(client, music, types, schema, &options, &described, &error));
    assert_string_equal(json_string_value(json_object_get(described, "TableName")), music);
    expect_json(json_incref(json_object_get(described, "KeySchema")),
                "[{'AttributeName': 'Artist', 'KeyType': 'HASH'}, {'AttributeName': 'Song', 'KeyType': 'RANGE'}]");
    json_decref(described);
    json_decref(types);
    json_decref(schema);
    json_decref(indexes);
    wait_until_active(music);
}

static int set_up(void **state)
{
    dynamo_config config = {.endpoint = getenv("DYNAMO_TEST_ENDPOINT")};
    char          uuid[37];

    (void)state;
    if (config.endpoint == NULL) {
        print_error("DYNAMO_TEST_ENDPOINT is not set: run this by \"make check\", or with a server of "
                    "\"test/local-server start dynamodb-local\"\n");
        return -1;
    }
    client = dynamo_client_new(&config, &error);
    if (client == NULL || !dynamo_uuid(uuid)) {
        print_error("no client: %s: %s\n", error.code, error.message);
        return -1;
    }
    snprintf(run, sizeof(run), "t%.8s-", uuid);
    snprintf(music, sizeof(music), "%sMusic", run);
    create_music();
    return 0;
}

static int tear_down(void **state)
{
    bool gone;

    (void)state;
    gone = client == NULL || dynamo_delete_table(client, music, NULL, NULL, &error) == DYNAMO_OK;
    if (!gone)
        print_error("%s was not deleted: %s\n", music, error.message);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return gone ? 0 : -1;
}

static json_int_t capacity_of(json_t *described, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(described, "ProvisionedThroughput"), name));
}

static void life_of_a_table(void **state)
{
    json_t *types  = json("[{'AttributeName': 'id', 'AttributeType': 'B'}]");
    json_t *schema = json("[{'id': 'HASH'}]");
    json_t *described = NULL;
    char    table[64];

    (void)state;
    snprintf(table, sizeof(table), "%slife", run);
    expect_error(dynamo_describe_table(client, table, NULL, &described, &error), DYNAMO_ERR_RESOURCE_NOT_FOUND,
                 "ResourceNotFoundException");
    assert_null(described);
    expect_ok(dynamo_create_table(client, table, types, schema, NULL, NULL, &error));
    expect_error(dynamo_create_table(client, table, types, schema, NULL, NULL, &error), DYNAMO_ERR_RESOURCE_IN_USE,
                 "ResourceInUseException");
    wait_until_active(table);

    expect_ok(dynamo_describe_table(client, table, NULL, &described, &error));
    assert_string_equal(json_string_value(json_object_get(described, "TableName")), table);
    assert_int_equal(capacity_of(described, "ReadCapacityUnits"), 1);
    assert_true(json_is_number(json_object_get(described, "CreationDateTime")));
    json_decref(described);

    expect_ok(dynamo_update_table(client, table,
                                  &(dynamo_update_table_options){.read_capacity_units = 2, .write_capacity_units = 3},
                                  &described, &error));
    assert_string_equal(json_string_value(json_object_get(described, "TableName")), table);
    json_decref(described);
    wait_until_active(table);
    expect_ok(dynamo_describe_table(client, table, NULL, &described, &error));
    assert_int_equal(capacity_of(described, "WriteCapacityUnits"), 3);
    json_decref(described);

    expect_ok(dynamo_delete_table(client, table, NULL, &described, &error));
    assert_string_equal(json_string_value(json_object_get(described, "TableName")), table);
    json_decref(described);
    wait_until_gone(table);
    expect_error(dynamo_delete_table(client, table, NULL, NULL, &error), DYNAMO_ERR_RESOURCE_NOT_FOUND,
                 "ResourceNotFoundException");
    json_decref(types);
    json_decref(schema);
}

static void table_with_a_stream(void **state)
{
    json_t *types  = json("{'id': 'N'}");
    json_t *schema = json("{'id': 'HASH'}");
    json_t *described = NULL;
    json_t *request;
    char    table[64];
    dynamo_create_table_options options = {.stream_enabled   = DYNAMO_TRUE,
                                           .stream_view_type = "NEW_IMAGE",
                                           .billing_mode     = "PAY_PER_REQUEST"};

    (void)state;
    snprintf(table, sizeof(table), "%sstream", run);
    expect_ok(dynamo_create_table(client, table, types, schema, &options, NULL, &error));
    wait_until_active(table);
    expect_ok(dynamo_describe_table(client, table, NULL, &described, &error));
    if (!is_dynalite()) {
        expect_json(json_incref(json_object_get(described, "StreamSpecification")),
                    "{'StreamEnabled': true, 'StreamViewType': 'NEW_IMAGE'}");
        assert_string_equal(
            json_string_value(json_object_get(json_object_get(described, "BillingModeSummary"), "BillingMode")),
            "PAY_PER_REQUEST");
        request = json_pack("{s:O}", "StreamArn", json_object_get(described, "LatestStreamArn"));
        json_decref(described);
        expect_ok(dynamo_call(client, "DescribeStream", request, &described, &error));
        assert_true(json_is_object(json_object_get(described, "StreamDescription")));
        json_decref(request);
    }
    json_decref(described);
    expect_ok(dynamo_delete_table(client, table, NULL, NULL, &error));
    json_decref(types);
    json_decref(schema);
}

/* Several pages, of which the tables of this run make up a part. */
static void list_of_tables(void **state)
{
    char        last[256] = "";
    bool        found     = false;
    size_t      pages     = 0;
    const char *next;

    (void)state;
    do {
        dynamo_list_tables_options options  = {.limit = 1, .exclusive_start_table_name = pages > 0 ? last : NULL};
        json_t                    *response = NULL;
        json_t                    *names;

        expect_ok(dynamo_list_tables(client, &options, &response, &error));
        names = json_object_get(response, "TableNames");
        assert_true(json_is_array(names));
        assert_true(json_array_size(names) <= 1);
        if (json_array_size(names) == 1)
            found = found || strcmp(json_string_value(json_array_get(names, 0)), music) == 0;
        next = json_string_value(json_object_get(response, "LastEvaluatedTableName"));
        if (next != NULL)
            snprintf(last, sizeof(last), "%s", next);
        json_decref(response);
        pages++;
    } while (next != NULL && pages < 10000);
    assert_true(found);
}

/* ---- Items ------------------------------------------------------------------------------------------------------- */

#define SONG "'Artist': 'Nina Simone', 'Song': 'Sinnerman'"

static void put_get_delete(void **state)
{
    json_t                    *key     = json("{" SONG "}");
    json_t                    *response = NULL;
    dynamo_delete_item_options options = {.return_values = "ALL_OLD", .return_consumed_capacity = "TOTAL"};

    (void)state;
    put("{" SONG ", 'Year': 1965, 'Tags': {'$SS': ['long']}, 'Live': false, 'Cover': null}");
    expect_json(get("{" SONG "}"), "{" SONG ", 'Year': 1965, 'Tags': {'$SS': ['long']}, 'Live': false, 'Cover': null}");

    expect_ok(dynamo_delete_item(client, music, key, &options, &response, &error));
    expect_json(json_incref(json_object_get(response, "Attributes")),
                "{" SONG ", 'Year': 1965, 'Tags': {'$SS': ['long']}, 'Live': false, 'Cover': null}");
    assert_string_equal(json_string_value(json_object_get(json_object_get(response, "ConsumedCapacity"), "TableName")),
                        music);
    json_decref(response);
    assert_null(get("{" SONG "}"));
    expect_ok(dynamo_delete_item(client, music, key, NULL, &response, &error));
    assert_true(json_is_object(response)); /* DynamoDB Local tells the capacity here though nobody asked */
    assert_null(json_object_get(response, "Attributes"));
    json_decref(response);
    json_decref(key);
}

static void projection(void **state)
{
    json_t                 *key      = json("{" SONG "}");
    json_t                 *names    = json("{'#y': 'Year'}");
    json_t                 *legacy   = json("['Song', 'Year']");
    json_t                 *response = NULL;

    (void)state;
    put("{" SONG ", 'Year': 1965, 'Discs': [{'Title': 'Pastel Blues'}]}");
    expect_ok(dynamo_get_item(client, music, key,
                              &(dynamo_get_item_options){.projection_expression      = "#y, Discs[0].Title",
                                                         .expression_attribute_names = names},
                              &response, &error));
    expect_json(take(response, "Item"), "{'Year': 1965, 'Discs': [{'Title': 'Pastel Blues'}]}");
    expect_ok(dynamo_get_item(client, music, key, &(dynamo_get_item_options){.attributes_to_get = legacy}, &response,
                              &error));
    expect_json(take(response, "Item"), "{'Song': 'Sinnerman', 'Year': 1965}");
    json_decref(key);
    json_decref(names);
    json_decref(legacy);
}

static void conditions(void **state)
{
    json_t                 *item    = json("{" SONG ", 'Year': 2000}");
    json_t                 *values  = json("{':y': 1999}");
    json_t                 *names   = json("{'#y': 'Year'}");
    dynamo_put_item_options options = {.condition_expression                    = "attribute_not_exists(Song)",
                                       .return_values_on_condition_check_failure = "ALL_OLD"};
    json_t                 *response = NULL;

    (void)state;
    put("{" SONG ", 'Year': 1965, 'Ratio': {'$N': '0.10000000000000000000000000000000000001'}}");
    expect_error(dynamo_put_item(client, music, item, &options, &response, &error), DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
                 "ConditionalCheckFailedException");
    assert_null(response);
    if (!is_dynalite())
        expect_json(json_incref(json_object_get(error.details, "Item")),
                    "{" SONG ", 'Year': 1965, 'Ratio': {'$N': '0.10000000000000000000000000000000000001'}}");

    options = (dynamo_put_item_options){.condition_expression        = "#y < :y",
                                        .expression_attribute_names  = names,
                                        .expression_attribute_values = values,
                                        .return_values               = "ALL_OLD"};
    expect_ok(dynamo_put_item(client, music, item, &options, &response, &error));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(response, "Attributes"), "Year")), 1965);
    json_decref(response);
    expect_error(dynamo_delete_item(client, music, item, NULL, NULL, &error), DYNAMO_ERR_VALIDATION,
                 "ValidationException");
    json_object_del(item, "Year");
    expect_error(dynamo_delete_item(client, music, item,
                                    &(dynamo_delete_item_options){.condition_expression        = "#y < :y",
                                                                  .expression_attribute_names  = names,
                                                                  .expression_attribute_values = values},
                                    NULL, &error),
                 DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailedException");
    json_decref(item);
    json_decref(values);
    json_decref(names);
}

static void updates(void **state)
{
    json_t *key    = json("{'Artist': 'Portishead', 'Song': 'Roads'}");
    json_t *values = json("{':one': 1, ':set': {'$SS': ['trip hop']}, ':list': ['a', {'b': null}]}");
    json_t *one    = json("{':one': 1}");
    json_t *response = NULL;

    (void)state;
    expect_ok(dynamo_update_item(client, music, key,
                                 &(dynamo_update_item_options){
                                     .update_expression           = "ADD Plays :one, Tags :set SET Notes = :list",
                                     .expression_attribute_values = values,
                                     .return_values               = "ALL_NEW"},
                                 &response, &error));
    expect_json(take(response, "Attributes"), "{'Artist': 'Portishead', 'Song': 'Roads', 'Plays': 1, 'Tags': {'$SS': "
                                              "['trip hop']}, 'Notes': ['a', {'b': null}]}");
    expect_ok(dynamo_update_item(client, music, key,
                                 &(dynamo_update_item_options){
                                     .update_expression           = "ADD Plays :one REMOVE Notes",
                                     .expression_attribute_values = one,
                                     .return_values               = "UPDATED_NEW"},
                                 &response, &error));
    expect_json(take(response, "Attributes"), "{'Plays': 2}");
    expect_error(dynamo_update_item(client, music, key,
                                    &(dynamo_update_item_options){
                                        .update_expression                       = "SET Plays = :one",
                                        .condition_expression                    = "Plays = :one",
                                        .expression_attribute_values             = one,
                                        .return_values_on_condition_check_failure = "ALL_OLD"},
                                    NULL, &error),
                 DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailedException");
    if (!is_dynalite())
        assert_int_equal(json_integer_value(json_object_get(json_object_get(error.details, "Item"), "Plays")), 2);
    expect_error(dynamo_update_item(client, music, key,
                                    &(dynamo_update_item_options){.update_expression = "SET nonsense"}, NULL, &error),
                 DYNAMO_ERR_VALIDATION, "ValidationException");
    json_decref(key);
    json_decref(values);
    json_decref(one);
}

static void legacy_members_of_writes(void **state)
{
    json_t *key     = json("{'Artist': 'Legacy', 'Song': 'Old'}");
    json_t *updates = json("{'Plays': {'Action': 'ADD', 'Value': 5}, 'Tags': {'Value': {'$SS': ['a']}, 'Action': "
                           "'PUT'}}");
    json_t *gone    = json("{'Plays': {'Exists': false}}");
    json_t *five    = json("{'Plays': {'ComparisonOperator': 'IN', 'AttributeValueList': [4, 5]}, 'Tags': {'Value': "
                           "{'$SS': ['b']}}}");
    json_t *response = NULL;

    (void)state;
    expect_ok(dynamo_update_item(client, music, key,
                                 &(dynamo_update_item_options){.attribute_updates = updates,
                                                               .expected          = gone,
                                                               .return_values     = "ALL_NEW"},
                                 &response, &error));
    expect_json(take(response, "Attributes"),
                "{'Artist': 'Legacy', 'Song': 'Old', 'Plays': 5, 'Tags': {'$SS': ['a']}}");
    expect_error(dynamo_put_item(client, music, key, &(dynamo_put_item_options){.expected = gone}, NULL, &error),
                 DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailedException");
    expect_error(dynamo_delete_item(client, music, key, &(dynamo_delete_item_options){.expected = five}, NULL, &error),
                 DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailedException");
    expect_ok(dynamo_delete_item(client, music, key,
                                 &(dynamo_delete_item_options){.expected = five, .conditional_operator = "OR"}, NULL,
                                 &error));
    json_decref(key);
    json_decref(updates);
    json_decref(gone);
    json_decref(five);
}

/* ---- Queries and scans ------------------------------------------------------------------------------------------- */

#define BAND "Numbers"
#define SONGS 10

/* Ten songs "00" to "09" of one artist, of the years 2000 to 2009. */
static void put_band(void)
{
    for (int i = 0; i < SONGS; i++) {
        char text[256];

        snprintf(text, sizeof(text), "{'Artist': '" BAND "', 'Song': '%02d', 'Year': %d, 'Genre': '%s'}", i, 2000 + i,
                 i % 2 == 0 ? "even" : "odd");
        put(text);
    }
}

/* The songs of a response, as "00 01 02", appended to `text`; releases the response. */
static void add_songs(char *text, size_t size, json_t *response)
{
    size_t  index;
    json_t *item;

    json_array_foreach(json_object_get(response, "Items"), index, item) {
        const char *song = json_string_value(json_object_get(item, "Song"));
        size_t      used = strlen(text);

        snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", song != NULL ? song : "?");
    }
    json_decref(response);
}

static void expect_query(const dynamo_query_options *options, const char *expected)
{
    char    songs[256] = "";
    json_t *response   = NULL;

    expect_ok(dynamo_query(client, music, options, &response, &error));
    assert_int_equal(json_integer_value(json_object_get(response, "Count")),
                     json_array_size(json_object_get(response, "Items")));
    add_songs(songs, sizeof(songs), response);
    assert_string_equal(songs, expected);
}

static void queries(void **state)
{
    json_t *band   = json("{':a': '" BAND "'}");
    json_t *range  = json("{':a': '" BAND "', ':from': '03', ':to': '05'}");
    json_t *filter = json("{':a': '" BAND "', ':y': 2004}");
    json_t *genre  = json("{':g': 'odd', ':y': 2005}");
    json_t *names  = json("{'#y': 'Year'}");
    json_t *response = NULL;

    (void)state;
    put_band();
    expect_query(&(dynamo_query_options){.key_condition_expression    = "Artist = :a",
                                         .expression_attribute_values = band},
                 "00 01 02 03 04 05 06 07 08 09");
    expect_query(&(dynamo_query_options){.key_condition_expression    = "Artist = :a",
                                         .expression_attribute_values = band,
                                         .descending                  = true,
                                         .limit                       = 3},
                 "09 08 07");
    expect_query(&(dynamo_query_options){.key_condition_expression    = "Artist = :a AND Song BETWEEN :from AND :to",
                                         .expression_attribute_values = range,
                                         .scan_index_forward          = DYNAMO_FALSE},
                 "05 04 03");
    expect_query(&(dynamo_query_options){.key_condition_expression    = "Artist = :a",
                                         .filter_expression           = "#y > :y",
                                         .expression_attribute_names  = names,
                                         .expression_attribute_values = filter},
                 "05 06 07 08 09");
    expect_query(&(dynamo_query_options){.index_name                  = "ByGenre",
                                         .key_condition_expression    = "Genre = :g AND #y >= :y",
                                         .expression_attribute_names  = names,
                                         .expression_attribute_values = genre},
                 "05 07 09");
    expect_ok(dynamo_query(client, music,
                           &(dynamo_query_options){.key_condition_expression    = "Artist = :a",
                                                   .expression_attribute_values = band,
                                                   .select                      = "COUNT"},
                           &response, &error));
    assert_int_equal(json_integer_value(json_object_get(response, "Count")), SONGS);
    assert_null(json_object_get(response, "Items"));
    json_decref(response);
    expect_error(dynamo_query(client, music, NULL, NULL, &error), DYNAMO_ERR_VALIDATION, "ValidationException");
    json_decref(band);
    json_decref(range);
    json_decref(filter);
    json_decref(genre);
    json_decref(names);
}

static void pages_of_a_query(void **state)
{
    json_t *band       = json("{':a': '" BAND "'}");
    json_t *last       = NULL;
    char    songs[256] = "";
    int     pages      = 0;

    (void)state;
    put_band();
    do {
        dynamo_query_options options  = {.key_condition_expression    = "Artist = :a",
                                         .expression_attribute_values = band,
                                         .limit                       = 3,
                                         .exclusive_start_key         = last};
        json_t              *response = NULL;

        expect_ok(dynamo_query(client, music, &options, &response, &error));
        json_decref(last);
        last = json_incref(json_object_get(response, "LastEvaluatedKey"));
        add_songs(songs, sizeof(songs), response);
    } while (last != NULL && ++pages < 20);
    assert_string_equal(songs, "00 01 02 03 04 05 06 07 08 09");
    assert_int_equal(pages, 3);
    json_decref(band);
}

static void legacy_members_of_reads(void **state)
{
    json_t *keys   = json("{'Artist': {'ComparisonOperator': 'EQ', 'AttributeValueList': ['" BAND "']}, 'Song': "
                          "{'ComparisonOperator': 'GE', 'AttributeValueList': ['04']}}");
    json_t *filter = json("{'Year': {'ComparisonOperator': 'BETWEEN', 'AttributeValueList': [2005, 2007]}, 'Genre': "
                          "{'ComparisonOperator': 'EQ', 'AttributeValueList': ['even']}}");
    json_t *list   = json("['Song']");
    json_t *response = NULL;
    char    songs[256] = "";

    (void)state;
    put_band();
    expect_query(&(dynamo_query_options){.key_conditions = keys, .query_filter = filter}, "06");
    expect_query(&(dynamo_query_options){.key_conditions       = keys,
                                         .query_filter         = filter,
                                         .conditional_operator = "OR",
                                         .attributes_to_get    = list},
                 "04 05 06 07 08");
    expect_ok(dynamo_scan(client, music, &(dynamo_scan_options){.scan_filter = filter}, &response, &error));
    add_songs(songs, sizeof(songs), response);
    assert_string_equal(songs, "06");
    json_decref(keys);
    json_decref(filter);
    json_decref(list);
}

/* The years of an artist's songs as a bit set: every item once, in whatever order. */
static unsigned years_of(json_t *response, size_t *count)
{
    unsigned years = 0;
    size_t   index;
    json_t  *item;

    json_array_foreach(json_object_get(response, "Items"), index, item) {
        years |= 1U << (json_integer_value(json_object_get(item, "Year")) - 2000);
        (*count)++;
    }
    return years;
}

static void scans(void **state)
{
    json_t  *values = json("{':a': '" BAND "'}");
    unsigned years  = 0;
    size_t   count  = 0;
    int      pages  = 0;

    (void)state;
    put_band();
    for (int64_t segment = 0; segment < 3; segment++) {
        json_t *last = NULL;

        do {
            dynamo_scan_options options  = {.filter_expression           = "Artist = :a",
                                            .expression_attribute_values = values,
                                            .total_segments              = 3,
                                            .segment                     = segment,
                                            .limit                       = 4,
                                            .consistent_read             = DYNAMO_TRUE,
                                            .exclusive_start_key         = last};
            json_t             *response = NULL;

            expect_ok(dynamo_scan(client, music, &options, &response, &error));
            json_decref(last);
            last = json_incref(json_object_get(response, "LastEvaluatedKey"));
            years |= years_of(response, &count);
            json_decref(response);
        } while (last != NULL && ++pages < 100);
    }
    assert_int_equal(years, (1 << SONGS) - 1);
    assert_int_equal(count, SONGS);
    json_decref(values);
}

/* ---- Any operation ----------------------------------------------------------------------------------------------- */

static void raw_calls(void **state)
{
    json_t *request = json_pack("{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}}}", "TableName", music, "Item", "Artist", "S",
                                "Raw", "Song", "S", "One", "Plays", "N", "1.50");
    json_t *key     = json_pack("{s:s, s:{s:{s:s}, s:{s:s}}}", "TableName", music, "Key", "Artist", "S", "Raw", "Song",
                                "S", "One");
    json_t *batch   = json_pack("{s:{s:[{s:{s:O}}]}}", "RequestItems", music, "DeleteRequest", "Key",
                                json_object_get(key, "Key"));
    json_t *response = NULL;

    (void)state;
    expect_ok(dynamo_call(client, "PutItem", request, NULL, &error));
    expect_ok(dynamo_call(client, "GetItem", key, &response, &error));
    expect_json(take(response, "Item"), "{'Artist': {'S': 'Raw'}, 'Song': {'S': 'One'}, 'Plays': {'N': '1.5'}}");
    expect_json(get("{'Artist': 'Raw', 'Song': 'One'}"), "{'Artist': 'Raw', 'Song': 'One', 'Plays': 1.5}");
    expect_ok(dynamo_call(client, "BatchWriteItem", batch, &response, &error));
    expect_json(take(response, "UnprocessedItems"), "{}");
    assert_null(get("{'Artist': 'Raw', 'Song': 'One'}"));
    json_decref(request);
    json_decref(key);
    json_decref(batch);
}

static void canceled_transaction(void **state)
{
    json_t *request = json_pack("{s:[{s:{s:s, s:{s:{s:s}, s:{s:s}}, s:s, s:s}}]}", "TransactItems", "Put", "TableName",
                                music, "Item", "Artist", "S", "Nina Simone", "Song", "S", "Sinnerman",
                                "ConditionExpression", "attribute_not_exists(Song)",
                                "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    json_t *reason;

    (void)state;
    if (is_dynalite()) {
        json_decref(request);
        print_message("dynalite has no transactions\n");
        skip();
    }
    put("{" SONG ", 'Year': 1965}");
    expect_error(dynamo_call(client, "TransactWriteItems", request, NULL, &error), DYNAMO_ERR_TRANSACTION_CANCELED,
                 "TransactionCanceledException");
    reason = json_array_get(json_object_get(error.details, "CancellationReasons"), 0);
    assert_string_equal(json_string_value(json_object_get(reason, "Code")), "ConditionalCheckFailed");
    expect_json(json_incref(json_object_get(json_object_get(reason, "Item"), "Year")), "{'N': '1965'}");
    json_decref(request);
}

static void errors(void **state)
{
    json_t *key   = json("{'id': 1}");
    json_t *empty = json("{'Artist': '', 'Song': 'x'}");
    json_t *none  = json_object();

    (void)state;
    expect_error(dynamo_get_item(client, "no-such-table", key, NULL, NULL, &error), DYNAMO_ERR_RESOURCE_NOT_FOUND,
                 "ResourceNotFoundException");
    expect_error(dynamo_get_item(client, music, key, NULL, NULL, &error), DYNAMO_ERR_VALIDATION, "ValidationException");
    expect_error(dynamo_put_item(client, music, empty, NULL, NULL, &error), DYNAMO_ERR_VALIDATION,
                 "ValidationException");
    expect_error(dynamo_call(client, "InventOperation", none, NULL, &error), DYNAMO_ERR_UNKNOWN_OPERATION,
                 "UnknownOperationException");
    json_decref(key);
    json_decref(empty);
    json_decref(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_of_a_table),
        cmocka_unit_test(table_with_a_stream),
        cmocka_unit_test(list_of_tables),
        cmocka_unit_test(put_get_delete),
        cmocka_unit_test(projection),
        cmocka_unit_test(conditions),
        cmocka_unit_test(updates),
        cmocka_unit_test(legacy_members_of_writes),
        cmocka_unit_test(queries),
        cmocka_unit_test(pages_of_a_query),
        cmocka_unit_test(legacy_members_of_reads),
        cmocka_unit_test(scans),
        cmocka_unit_test(raw_calls),
        cmocka_unit_test(canceled_transaction),
        cmocka_unit_test(errors),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
