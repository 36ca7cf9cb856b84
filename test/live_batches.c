/*
 * Tables, items, indexes, pages and batches on a real DynamoDB: that values of every kind come back as they were given,
 * that limits are where they are said to be, and that the service refuses what the library refuses before sending.
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

#include "live.h"

#define KILOBYTE ((size_t)1024)
#define MOST_ITEM_BYTES (400 * KILOBYTE)

static char table[LIVE_NAME_SIZE]; /* id: a number, at: a number */

static int set_up(void **state)
{
    if (live_start(state) != 0)
        return -1;
    live_table(table, "{'id': 'N', 'at': 'N'}", "{'id': 'HASH', 'at': 'RANGE'}",
               &(dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"});
    return 0;
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

/* An item with everything in it that DynamoDB can hold. */
static json_t *full_item(int64_t id, int64_t at)
{
    unsigned char bytes[256];
    json_t       *item =
        live_load("{'text': 'plain', 'empty': '', 'zero': 0, 'negative': -9223372036854775808,"
                  "'most': 9223372036854775807, 'real': 0.1, 'true': true, 'false': false, 'null': null,"
                  "'digits': {'$N': '12345678901234567890123456789012345678'},"
                  "'small': {'$N': '-0.00000000012345678901234567890123456789012345678'},"
                  "'none': {'$B': ''}, 'strings': {'$SS': ['b', 'a', 'c']},"
                  "'numbers': {'$NS': [1, 2.5, '98765432109876543210']},"
                  "'binaries': {'$BS': ['AA==', 'AQI=']}, 'list': [], 'map': {},"
                  "'nested': {'list': [1, [2, [3, {'deep': {'$SS': ['x']}}]]], 'map': {'a': {'b': {'c': ''}}}},"
                  "'$B': 'a map by its looks alone', 'escaped': {'$$SS': ['x']},"
                  "'unicode \\u00e9 \\u20ac \\ud83d\\ude00': 'caf\\u00e9 \\ud83d\\ude00 \\u0001 \\\\ /'}");

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    json_object_set_new(item, "bytes", dynamo_binary(bytes, sizeof(bytes)));
    json_object_set_new(item, "id", json_integer(id));
    json_object_set_new(item, "at", json_integer(at));
    return item;
}

static json_t *key_of(int64_t id, int64_t at)
{
    return json_pack("{s:I,s:I}", "id", (json_int_t)id, "at", (json_int_t)at);
}

/* BatchWriteItem until nothing is left over: what is, is given back as it is. Releases the requests. */
static void write_all(json_t *request_items)
{
    while (json_object_size(request_items) > 0) {
        json_t *response;

        LIVE_MUST(dynamo_batch_write_item(live_client, request_items, NULL, &response, &live_error));
        json_decref(request_items);
        request_items = json_incref(json_object_get(response, "UnprocessedItems"));
        json_decref(response);
    }
    json_decref(request_items);
}

/* BatchGetItem until nothing is left over. Releases the requests; *rounds counts the calls. */
static json_t *get_all(json_t *request_items, size_t *rounds)
{
    json_t *items = json_array();

    for (*rounds = 0; json_object_size(request_items) > 0; ++*rounds) {
        json_t *response;

        LIVE_MUST(dynamo_batch_get_item(live_client, request_items, NULL, &response, &live_error));
        json_array_extend(items, json_object_get(json_object_get(response, "Responses"), table));
        json_decref(request_items);
        request_items = json_incref(json_object_get(response, "UnprocessedKeys"));
        json_decref(response);
    }
    json_decref(request_items);
    return items;
}

static json_t *keys_from(int64_t id, int64_t count)
{
    json_t *keys = json_array();

    for (int64_t at = 0; at < count; at++)
        json_array_append_new(keys, key_of(id, at));
    return json_pack("{s:{s:o,s:b}}", table, "Keys", keys, "ConsistentRead", 1);
}

/* 25 puts in one batch, read back by one of 25 keys, deleted by one of 25 deletes. */
static void batches_of_25(void **state)
{
    json_t *puts = json_array(), *deletes = json_array(), *items;
    bool    seen[25] = {false};
    size_t  rounds;

    (void)state;
    for (int64_t at = 0; at < 25; at++) {
        json_array_append_new(puts, json_pack("{s:{s:o}}", "PutRequest", "Item", full_item(1, at)));
        json_array_append_new(deletes, json_pack("{s:{s:o}}", "DeleteRequest", "Key", key_of(1, at)));
    }
    write_all(json_pack("{s:o}", table, puts));
    items = get_all(keys_from(1, 25), &rounds);
    assert_int_equal(json_array_size(items), 25);
    for (size_t i = 0; i < 25; i++) {
        json_t *item = json_array_get(items, i);
        int64_t at   = json_integer_value(json_object_get(item, "at"));

        assert_true(at >= 0 && at < 25);
        assert_false(seen[at]);
        seen[at] = true;
        LIVE_EQUAL(item, full_item(1, at));
    }
    json_decref(items);
    write_all(json_pack("{s:o}", table, deletes));
    items = get_all(keys_from(1, 25), &rounds);
    assert_int_equal(json_array_size(items), 0);
    json_decref(items);
}

/* More than the 16 MB that one answer holds: the rest comes as UnprocessedKeys. */
static void keys_left_over(void **state)
{
    enum { ITEMS = 45 };
    char   *filling = live_filled(390 * KILOBYTE);
    json_t *items;
    size_t  rounds;

    (void)state;
    for (int at = 0; at < ITEMS; at++)
        live_put(table, json_pack("{s:i,s:i,s:s}", "id", 2, "at", at, "filling", filling));
    items = get_all(keys_from(2, ITEMS), &rounds);
    assert_int_equal(json_array_size(items), ITEMS);
    assert_true(rounds >= 2);
    for (size_t i = 0; i < ITEMS; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(items, i), "filling")), filling);
    json_decref(items);
    free(filling);
}

/* Two tables in one batch. */
static void two_tables(void **state)
{
    char    other[LIVE_NAME_SIZE];
    json_t *response, *requests;

    (void)state;
    live_table(other, "{'name': 'S'}", "{'name': 'HASH'}", NULL);
    write_all(json_pack("{s:[{s:{s:o}}],s:[{s:{s:{s:s,s:s}}}]}", table, "PutRequest", "Item", full_item(3, 0), other,
                        "PutRequest", "Item", "name", "Nobody", "title", ""));
    requests = json_pack("{s:{s:[o]},s:{s:[{s:s}],s:s,s:{s:s}}}", table, "Keys", key_of(3, 0), other, "Keys", "name",
                         "Nobody", "ProjectionExpression", "#t", "ExpressionAttributeNames", "#t", "title");
    LIVE_MUST(dynamo_batch_get_item(live_client, requests,
                                    &(dynamo_batch_get_item_options){.return_consumed_capacity = "TOTAL"}, &response,
                                    &live_error));
    LIVE_EQUAL(json_array_get(json_object_get(json_object_get(response, "Responses"), table), 0), full_item(3, 0));
    LIVE_EQUAL(json_object_get(json_object_get(response, "Responses"), other), live_load("[{'title': ''}]"));
    LIVE_EQUAL(json_object_get(response, "UnprocessedKeys"), json_object());
    assert_int_equal(json_array_size(json_object_get(response, "ConsumedCapacity")), 2);
    json_decref(requests);
    json_decref(response);
}

/* ---- Items ------------------------------------------------------------------------------------------------------- */

static void every_value(void **state)
{
    json_t *item = full_item(4, 0), *key = key_of(4, 0), *response;

    (void)state;
    LIVE_MUST(dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
    LIVE_MUST(dynamo_get_item(live_client, table, key, &(dynamo_get_item_options){.consistent_read = DYNAMO_TRUE},
                              &response, &live_error));
    LIVE_EQUAL(json_object_get(response, "Item"), json_incref(item));
    json_decref(response);
    LIVE_MUST(dynamo_delete_item(live_client, table, key, &(dynamo_delete_item_options){.return_values = "ALL_OLD"},
                                 &response, &live_error));
    LIVE_EQUAL(json_object_get(response, "Attributes"), item);
    json_decref(response);
    LIVE_MUST(dynamo_get_item(live_client, table, key, NULL, &response, &live_error));
    LIVE_EQUAL(response, json_object());
    json_decref(response);
    json_decref(key);
}

/* The largest item there can be, by our reckoning and by the service's; one byte more is too large. */
static void largest_item(void **state)
{
    char   *filling = live_filled(MOST_ITEM_BYTES);
    json_t *item    = json_pack("{s:i,s:i,s:s}", "id", 5, "at", 0, "filling", ""), *key = key_of(5, 0), *response;
    size_t  rest    = MOST_ITEM_BYTES - dynamo_item_size(item, NULL);

    (void)state;
    json_object_set_new(item, "filling", json_stringn(filling, rest));
    assert_int_equal(dynamo_item_size(item, NULL), MOST_ITEM_BYTES);
    LIVE_MUST(dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
    LIVE_MUST(dynamo_get_item(live_client, table, key, NULL, &response, &live_error));
    assert_true(json_equal(json_object_get(response, "Item"), item));
    json_decref(response);
    json_object_set_new(item, "filling", json_stringn(filling, rest + 1));
    LIVE_FAILS(DYNAMO_ERR_VALIDATION, dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
    json_decref(item);
    json_decref(key);
    free(filling);
}

/* A condition that doesn't hold gives the item that was in the way, for each of the three writes. */
static void condition_failures(void **state)
{
    json_t *item = full_item(6, 0), *key = key_of(6, 0), *response;

    (void)state;
    LIVE_MUST(dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
#define CONDITION                                                                                                      \
    .condition_expression = "attribute_not_exists(id)", .return_values_on_condition_check_failure = "ALL_OLD"
    LIVE_FAILS(DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
               dynamo_put_item(live_client, table, item, &(dynamo_put_item_options){CONDITION}, NULL, &live_error));
    live_needs("ReturnValuesOnConditionCheckFailure");
    LIVE_EQUAL(json_object_get(live_error.details, "Item"), json_incref(item));
    LIVE_FAILS(
        DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
        dynamo_delete_item(live_client, table, key, &(dynamo_delete_item_options){CONDITION}, NULL, &live_error));
    LIVE_EQUAL(json_object_get(live_error.details, "Item"), json_incref(item));
    LIVE_FAILS(DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
               dynamo_update_item(live_client, table, key,
                                  &(dynamo_update_item_options){.update_expression = "REMOVE nested", CONDITION}, NULL,
                                  &live_error));
    LIVE_EQUAL(json_object_get(live_error.details, "Item"), json_incref(item));
    assert_false(live_error.ambiguous);
    LIVE_MUST(dynamo_get_item(live_client, table, key, NULL, &response, &live_error));
    LIVE_EQUAL(json_object_get(response, "Item"), item);
    json_decref(response);
    json_decref(key);
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

/* Items of 300 KB: a page of 1 MB can't hold them all. The pages of a query and of a scan have each item once. */
static void pages_of_a_megabyte(void **state)
{
    enum { ITEMS = 8 };
    char                  pages[LIVE_NAME_SIZE];
    char                 *filling = live_filled(300 * KILOBYTE);
    json_t               *values  = live_load("{':id': 7}"), *response = NULL, *start_key = NULL;
    dynamo_query_options  query   = {.key_condition_expression = "id = :id", .expression_attribute_values = values};
    dynamo_scan_options   scan    = {.consistent_read = DYNAMO_TRUE};

    (void)state;
    live_table(pages, "{'id': 'N', 'at': 'N'}", "{'id': 'HASH', 'at': 'RANGE'}", NULL);
    for (int at = 0; at < ITEMS; at++)
        live_put(pages, json_pack("{s:i,s:i,s:s}", "id", 7, "at", at, "filling", filling));
    for (int way = 0; way < 2; way++) {
        int next = 0, page_count = 0;

        do {
            json_t *items;

            query.exclusive_start_key = start_key;
            scan.exclusive_start_key  = start_key;
            LIVE_MUST(way == 0 ? dynamo_query(live_client, pages, &query, &response, &live_error)
                               : dynamo_scan(live_client, pages, &scan, &response, &live_error));
            items = json_object_get(response, "Items");
            assert_true(json_array_size(items) <= 4);
            for (size_t i = 0; i < json_array_size(items); i++, next++) {
                assert_int_equal(json_integer_value(json_object_get(json_array_get(items, i), "at")), next);
                assert_string_equal(json_string_value(json_object_get(json_array_get(items, i), "filling")), filling);
            }
            json_decref(start_key);
            start_key = json_incref(json_object_get(response, "LastEvaluatedKey"));
            json_decref(response);
            page_count++;
        } while (start_key != NULL);
        assert_int_equal(next, ITEMS);
        assert_true(page_count >= 2);
    }
    json_decref(values);
    free(filling);
}

/* All segments of a parallel scan together have each item once. */
static void segments(void **state)
{
    char   other[LIVE_NAME_SIZE];
    bool   seen[60] = {false};
    size_t count    = 0;

    (void)state;
    live_table(other, "{'id': 'N'}", "{'id': 'HASH'}", NULL);
    for (int id = 0; id < 60; id++)
        live_put(other, json_pack("{s:i}", "id", id));
    for (int64_t segment = 0; segment < 3; segment++) {
        dynamo_scan_options options = {.segment = segment, .total_segments = 3};
        json_t             *response, *items;

        LIVE_MUST(dynamo_scan(live_client, other, &options, &response, &live_error));
        items = json_object_get(response, "Items");
        for (size_t i = 0; i < json_array_size(items); i++, count++) {
            json_int_t id = json_integer_value(json_object_get(json_array_get(items, i), "id"));

            assert_true(id >= 0 && id < 60);
            assert_false(seen[id]);
            seen[id] = true;
        }
        assert_null(json_object_get(response, "LastEvaluatedKey"));
        json_decref(response);
    }
    assert_int_equal(count, 60);
}

/* ---- Indexes ----------------------------------------------------------------------------------------------------- */

static json_t *query_items(const char *name, const dynamo_query_options *options)
{
    json_t *response, *items;

    LIVE_MUST(dynamo_query(live_client, name, options, &response, &live_error));
    items = json_incref(json_object_get(response, "Items"));
    json_decref(response);
    return items;
}

static void put_songs(const char *name)
{
    static const char *const songs[] = {
        "{'Artist': 'Nobody', 'Song': 'First', 'Year': 1999, 'Plays': 3, 'Status': 'new', 'Text': {'de': 'eins'}}",
        "{'Artist': 'Nobody', 'Song': 'Second', 'Year': 1990, 'Plays': 1, 'Status': 'old', 'Text': {'de': 'zwei'}}",
        "{'Artist': 'Somebody', 'Song': 'Third', 'Year': 1990, 'Plays': 2, 'Status': 'old'}",
    };

    for (size_t i = 0; i < LIVE_COUNT(songs); i++)
        live_put(name, live_load(songs[i]));
}

/* A local index, a global one of CreateTable and a global one that UpdateTable adds, with names that are reserved. */
static void indexes(void **state)
{
    char    songs[LIVE_NAME_SIZE];
    json_t *local =
        live_load("[{'IndexName': 'by-year', 'KeySchema': [{'AttributeName': 'Artist', 'KeyType': 'HASH'},"
                  "{'AttributeName': 'Year', 'KeyType': 'RANGE'}], 'Projection': {'ProjectionType': 'ALL'}}]");
    json_t *global  = live_load("[{'IndexName': 'of-year', 'KeySchema': [{'AttributeName': 'Year', 'KeyType': 'HASH'},"
                                "{'AttributeName': 'Plays', 'KeyType': 'RANGE'}],"
                                "'Projection': {'ProjectionType': 'INCLUDE', 'NonKeyAttributes': ['Status']}}]");
    json_t *added   = live_load("[{'Create': {'IndexName': 'of-status', 'KeySchema': [{'AttributeName': 'Status',"
                                "'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'KEYS_ONLY'},"
                                "'ProvisionedThroughput': {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 1}}}]");
    json_t *status  = live_load("{'Status': 'S'}");
    json_t *values  = live_load("{':a': 'Nobody'}"), *year = live_load("{':y': 1990, ':least': 2}");
    json_t *names   = live_load("{'#y': 'Year', '#s': 'Status', '#t': 'Text', '#de': 'de'}");
    json_t *old     = live_load("{':s': 'old'}"), *only = live_load("{'#s': 'Status'}"), *items, *response;
    json_t *year_name = live_load("{'#y': 'Year'}");

    (void)state;
    live_table(songs, "{'Artist': 'S', 'Song': 'S', 'Year': 'N', 'Plays': 'N'}", "{'Artist': 'HASH', 'Song': 'RANGE'}",
               &(dynamo_create_table_options){.local_secondary_indexes = local, .global_secondary_indexes = global});
    put_songs(songs);

    items = query_items(songs, &(dynamo_query_options){.index_name                  = "by-year",
                                                       .consistent_read             = DYNAMO_TRUE,
                                                       .key_condition_expression    = "Artist = :a",
                                                       .projection_expression       = "Song, #y, #s, #t.#de",
                                                       .expression_attribute_names  = names,
                                                       .expression_attribute_values = values});
    LIVE_EQUAL(items, live_load("[{'Song': 'Second', 'Year': 1990, 'Status': 'old', 'Text': {'de': 'zwei'}},"
                                "{'Song': 'First', 'Year': 1999, 'Status': 'new', 'Text': {'de': 'eins'}}]"));
    json_decref(items);
    items = query_items(songs, &(dynamo_query_options){.index_name                  = "by-year",
                                                       .descending                  = true,
                                                       .limit                       = 1,
                                                       .key_condition_expression    = "Artist = :a",
                                                       .projection_expression       = "#y",
                                                       .expression_attribute_names  = year_name,
                                                       .expression_attribute_values = values});
    LIVE_EQUAL(items, live_load("[{'Year': 1999}]"));
    json_decref(items);
    items = query_items(songs, &(dynamo_query_options){.index_name                  = "of-year",
                                                       .key_condition_expression    = "#y = :y AND Plays >= :least",
                                                       .expression_attribute_names  = year_name,
                                                       .expression_attribute_values = year});
    LIVE_EQUAL(items,
               live_load("[{'Artist': 'Somebody', 'Song': 'Third', 'Year': 1990, 'Plays': 2, 'Status': 'old'}]"));
    json_decref(items);

    LIVE_MUST(dynamo_update_table(live_client, songs,
                                  &(dynamo_update_table_options){.attribute_definitions          = status,
                                                                 .global_secondary_index_updates = added},
                                  NULL, &live_error));
    live_wait_active(songs);
    LIVE_MUST(dynamo_query(live_client, songs,
                           &(dynamo_query_options){.index_name                  = "of-status",
                                                   .select                      = "COUNT",
                                                   .key_condition_expression    = "#s = :s",
                                                   .expression_attribute_names  = only,
                                                   .expression_attribute_values = old},
                           &response, &live_error));
    assert_int_equal(json_integer_value(json_object_get(response, "Count")), 2);
    json_decref(response);
    LIVE_MUST(dynamo_scan(live_client, songs,
                          &(dynamo_scan_options){.index_name = "of-status", .limit = 10}, &response, &live_error));
    assert_int_equal(json_array_size(json_object_get(response, "Items")), 3);
    assert_int_equal(json_object_size(json_array_get(json_object_get(response, "Items"), 0)), 3);
    json_decref(response);
    json_decref(local);
    json_decref(global);
    json_decref(added);
    json_decref(status);
    json_decref(values);
    json_decref(year);
    json_decref(names);
    json_decref(old);
    json_decref(only);
    json_decref(year_name);
}

/* Each name of two tables comes on one page of the list, and only until the table is deleted. */
static void list_of_tables(void **state)
{
    char    short_lived[LIVE_NAME_SIZE + 8];
    json_t *start_name = NULL, *definitions = live_load("{'id': 'N'}"), *schema = live_load("{'id': 'HASH'}");
    bool    found = false;

    (void)state;
    snprintf(short_lived, sizeof(short_lived), "%s.gone", table);
    LIVE_MUST(dynamo_create_table(live_client, short_lived, definitions, schema, NULL, NULL, &live_error));
    live_wait_active(short_lived);
    do {
        json_t                    *response, *names;
        dynamo_list_tables_options options = {.limit = 2, .exclusive_start_table_name = json_string_value(start_name)};

        LIVE_MUST(dynamo_list_tables(live_client, &options, &response, &live_error));
        names = json_object_get(response, "TableNames");
        for (size_t i = 0; i < json_array_size(names); i++)
            found = found || strcmp(json_string_value(json_array_get(names, i)), short_lived) == 0;
        json_decref(start_name);
        start_name = json_incref(json_object_get(response, "LastEvaluatedTableName"));
        json_decref(response);
    } while (start_name != NULL);
    assert_true(found);
    LIVE_MUST(dynamo_delete_table(live_client, short_lived, NULL, NULL, &live_error));
    LIVE_FAILS(DYNAMO_ERR_RESOURCE_NOT_FOUND,
               dynamo_delete_table(live_client, "dynamo-test-there-is-none", NULL, NULL, &live_error));
    json_decref(definitions);
    json_decref(schema);
}

/* ---- What is refused before sending, the service refuses too ----------------------------------------------------- */

/* Sent as it is by dynamo_call(): %T is the table. */
static void service_agrees(const char *operation, const char *request)
{
    size_t        room = strlen(request) + 1;
    char         *text, *out;
    json_t       *document;
    dynamo_status status;

    for (const char *at = request; (at = strstr(at, "%T")) != NULL; at++)
        room += strlen(table);
    text = out = malloc(room);
    assert_non_null(text);
    for (const char *in = request; *in != '\0'; in++) {
        if (strncmp(in, "%T", 2) == 0) {
            out += sprintf(out, "%s", table);
            in++;
        } else {
            *out++ = *in;
        }
    }
    *out     = '\0';
    document = live_load(text);
    status   = dynamo_call(live_client, operation, document, NULL, &live_error);
    if (status != DYNAMO_ERR_VALIDATION)
        fail_msg("%s %.200s: %s: %s", operation, text, dynamo_status_name(status), live_error.message);
    json_decref(document);
    free(text);
}

/* `count` times `element`, %d in it the number, between `before` and `after`. */
static void service_agrees_on_count(const char *operation, const char *before, const char *element, const char *after,
                                    int count)
{
    size_t room = strlen(before) + strlen(after) + (size_t)count * (strlen(element) + 16) + 1;
    char  *text = malloc(room), *out = text;

    assert_non_null(text);
    out += sprintf(out, "%s", before);
    for (int i = 0; i < count; i++) {
        const char *number = strstr(element, "%d");

        out += sprintf(out, "%s%.*s%d%s", i > 0 ? "," : "", (int)(number - element), element, i, number + 2);
    }
    sprintf(out, "%s", after);
    service_agrees(operation, text);
    free(text);
}

static void counts_are_the_services(void **state)
{
    (void)state;
    service_agrees_on_count("BatchWriteItem", "{'RequestItems': {'%T': [",
                            "{'PutRequest': {'Item': {'id': {'N': '9'}, 'at': {'N': '%d'}}}}", "]}}", 26);
    service_agrees_on_count("BatchGetItem", "{'RequestItems': {'%T': {'Keys': [",
                            "{'id': {'N': '9'}, 'at': {'N': '%d'}}", "]}}}", 101);
    service_agrees("BatchWriteItem", "{'RequestItems': {}}");
    service_agrees("BatchWriteItem", "{'RequestItems': {'%T': []}}");
    service_agrees("BatchGetItem", "{'RequestItems': {}}");
    service_agrees("BatchGetItem", "{'RequestItems': {'%T': {'Keys': []}}}");
    service_agrees("Scan", "{'TableName': '%T', 'TotalSegments': 4, 'Segment': 4}");
    service_agrees("Scan", "{'TableName': '%T', 'TotalSegments': 4, 'Segment': -1}");
    service_agrees("Scan", "{'TableName': '%T', 'TotalSegments': 1000001, 'Segment': 1}");
    service_agrees("Scan", "{'TableName': '%T', 'Segment': 1}");
    service_agrees("BatchWriteItem",
                   "{'RequestItems': {'%T': [{'DeleteRequest': {'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}}}],"
                   "'another-table': []}}");
    service_agrees("BatchGetItem", "{'RequestItems': {'%T': {'Keys': [{'id': {'N': '9'}, 'at': {'N': '0'}}]},"
                                   "'another-table': {'Keys': []}}}");
    service_agrees("GetItem", "{'TableName': '%T', 'Key': {}}");
    service_agrees("DeleteItem", "{'TableName': '%T', 'Key': {}}");
    service_agrees("UpdateItem", "{'TableName': '%T', 'Key': {}}");
    service_agrees("PutItem", "{'TableName': '%T', 'Item': {}}");
    service_agrees("CreateTable", "{'TableName': '%T.none', 'KeySchema': [], 'BillingMode': 'PAY_PER_REQUEST',"
                                  "'AttributeDefinitions': [{'AttributeName': 'a', 'AttributeType': 'S'}]}");
    live_needs("transactions and PartiQL");
    service_agrees_on_count("TransactWriteItems", "{'TransactItems': [",
                            "{'Put': {'TableName': '%T', 'Item': {'id': {'N': '9'}, 'at': {'N': '%d'}}}}", "]}", 101);
    service_agrees_on_count("TransactGetItems", "{'TransactItems': [",
                            "{'Get': {'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '%d'}}}}", "]}", 101);
    service_agrees("TransactWriteItems", "{'TransactItems': []}");
    service_agrees("TransactGetItems", "{'TransactItems': []}");
    service_agrees("BatchExecuteStatement", "{'Statements': []}");
    service_agrees("ExecuteTransaction", "{'TransactStatements': []}");
}

static void legacy_rules_are_the_services(void **state)
{
    static const struct {
        const char *operation, *request;
    } rows[] = {
        {"GetItem", "{'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'AttributesToGet': ['a'],"
                    "'ProjectionExpression': 'a'}"},
        {"PutItem",
         "{'TableName': '%T', 'Item': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'Expected': {'a': {'Exists': false}},"
         "'ConditionExpression': 'attribute_not_exists(a)'}"},
        {"PutItem", "{'TableName': '%T', 'Item': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'ConditionalOperator': 'AND',"
                    "'ConditionExpression': 'attribute_not_exists(a)'}"},
        {"DeleteItem",
         "{'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'Expected': {'a': {'Exists': false}},"
         "'ConditionExpression': 'attribute_not_exists(a)'}"},
        {"UpdateItem",
         "{'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'AttributeUpdates': {'a': {'Value':"
         "{'N': '1'}}}, 'UpdateExpression': 'REMOVE a'}"},
        {"UpdateItem",
         "{'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'AttributeUpdates': {'a': {'Value':"
         "{'N': '1'}}}, 'ConditionExpression': 'attribute_not_exists(a)'}"},
        {"BatchGetItem",
         "{'RequestItems': {'%T': {'Keys': [{'id': {'N': '9'}, 'at': {'N': '0'}}], 'AttributesToGet': ['a'],"
         "'ProjectionExpression': 'a'}}}"},
        {"UpdateItem",
         "{'TableName': '%T', 'Key': {'id': {'N': '9'}, 'at': {'N': '0'}}, 'Expected': {'a': {'Exists': false}},"
         "'UpdateExpression': 'REMOVE a'}"},
        {"Query",
         "{'TableName': '%T', 'KeyConditions': {'id': {'ComparisonOperator': 'EQ', 'AttributeValueList':"
         "[{'N': '9'}]}}, 'KeyConditionExpression': 'id = :id', 'ExpressionAttributeValues': {':id': {'N': '9'}}}"},
        {"Query",
         "{'TableName': '%T', 'KeyConditionExpression': 'id = :id', 'ExpressionAttributeValues': {':id': {'N': '9'}},"
         "'AttributesToGet': ['a']}"},
        {"Query",
         "{'TableName': '%T', 'KeyConditionExpression': 'id = :id', 'ExpressionAttributeValues': {':id': {'N': '9'}},"
         "'QueryFilter': {'a': {'ComparisonOperator': 'NULL'}}}"},
        {"Query",
         "{'TableName': '%T', 'KeyConditionExpression': 'id = :id', 'ExpressionAttributeValues': {':id': {'N': '9'}},"
         "'ConditionalOperator': 'OR'}"},
        {"Scan", "{'TableName': '%T', 'ScanFilter': {'a': {'ComparisonOperator': 'NULL'}}, 'FilterExpression':"
                 "'attribute_exists(a)'}"},
        {"Scan", "{'TableName': '%T', 'AttributesToGet': ['a'], 'ProjectionExpression': 'a'}"},
        {"Scan", "{'TableName': '%T', 'ConditionalOperator': 'OR', 'FilterExpression': 'attribute_exists(a)'}"},
    };

    (void)state;
    for (size_t i = 0; i < LIVE_COUNT(rows); i++)
        service_agrees(rows[i].operation, rows[i].request);
}

/* The exception: KeyConditions and the two expressions that are older than KeyConditionExpression. */
static void key_conditions_with_a_filter(void **state)
{
    json_t *conditions = live_load("{'id': {'ComparisonOperator': 'EQ', 'AttributeValueList': [8]}}"), *items;

    (void)state;
    live_put(table, live_load("{'id': 8, 'at': 1, 'a': 'x', 'b': 2}"));
    live_put(table, live_load("{'id': 8, 'at': 2, 'b': 3}"));
    items = query_items(table, &(dynamo_query_options){.key_conditions        = conditions,
                                                       .filter_expression     = "attribute_exists(a)",
                                                       .projection_expression = "b"});
    LIVE_EQUAL(items, live_load("[{'b': 2}]"));
    json_decref(items);
    json_decref(conditions);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_of_25),       cmocka_unit_test(keys_left_over),
        cmocka_unit_test(two_tables),          cmocka_unit_test(every_value),
        cmocka_unit_test(largest_item),        cmocka_unit_test(condition_failures),
        cmocka_unit_test(pages_of_a_megabyte), cmocka_unit_test(segments),
        cmocka_unit_test(indexes),             cmocka_unit_test(list_of_tables),
        cmocka_unit_test(counts_are_the_services), cmocka_unit_test(legacy_rules_are_the_services),
        cmocka_unit_test(key_conditions_with_a_filter),
    };

    return cmocka_run_group_tests_name("batches", tests, set_up, live_stop);
}
