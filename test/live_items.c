/*
 * Lists over all their pages on a real DynamoDB: nothing is left out and nothing comes twice, from one thread and from
 * several; and the size of items beside the capacity that the server counts for them.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "complaints.h"
#include "live.h"

/* Five partitions of fifty items: {"p": 0 to 4, "n": 0 to 49, "third": whether n is divisible by three}. */
enum { PARTITIONS = 5, EACH = 50, ALL = PARTITIONS * EACH };

static char table[LIVE_NAME_SIZE];

static void write_batch(int partition, int from)
{
    json_t *puts = json_array(), *items = json_object();

    for (int n = from; n < from + 25; n++)
        json_array_append_new(puts, json_pack("{s:{s:{s:i, s:i, s:b}}}", "PutRequest", "Item", "p", partition, "n", n,
                                              "third", n % 3 == 0));
    json_object_set_new(items, table, puts);
    LIVE_MUST(dynamo_batch_write_item(live_client, items, NULL, NULL, &live_error));
    json_decref(items);
}

static int start(void **state)
{
    if (live_start(state) != 0)
        return -1;
    live_table(table, "{'p': 'N', 'n': 'N'}", "{'p': 'HASH', 'n': 'RANGE'}", NULL);
    for (int partition = 0; partition < PARTITIONS; partition++)
        for (int from = 0; from < EACH; from += 25)
            write_batch(partition, from);
    return 0;
}

static json_t *next(dynamo_items *items)
{
    json_t *item;

    LIVE_MUST(dynamo_items_next(items, &item, &live_error));
    return item;
}

static int member(json_t *item, const char *name)
{
    return (int)json_integer_value(json_object_get(item, name));
}

/* ---- Query and Scan ---------------------------------------------------------------------------------------------- */

static void query_in_order(void **state)
{
    json_t              *values  = live_load("{':p': 3}");
    dynamo_query_options options = { .key_condition_expression    = "p = :p",
                                     .expression_attribute_values = values,
                                     .limit                       = 7 };

    (void)state;
    for (int descending = 0; descending < 2; descending++) {
        dynamo_items *items;
        json_t       *item;
        int           n = 0;

        options.descending = descending != 0;
        items              = dynamo_query_items(live_client, table, &options, &live_error);
        for (; (item = next(items)) != NULL; n++) {
            assert_int_equal(member(item, "p"), 3);
            assert_int_equal(member(item, "n"), descending != 0 ? EACH - 1 - n : n);
            assert_int_equal(dynamo_items_left(items), n < 49 ? 6 - n % 7 : 0);
        }
        assert_int_equal(n, EACH);
        dynamo_items_free(items);
    }
    json_decref(values);
}

/* Three pages, the position saved, and the rest from there. */
static void query_from_a_position(void **state)
{
    json_t              *values   = live_load("{':p': 1}"), *position;
    dynamo_query_options options  = { .key_condition_expression    = "p = :p",
                                      .expression_attribute_values = values,
                                      .limit                       = 5 };
    dynamo_items        *items    = dynamo_query_items(live_client, table, &options, &live_error);
    int                  n        = 0;

    (void)state;
    do
        assert_int_equal(member(next(items), "n"), n++);
    while (n < 11 || dynamo_items_left(items) != 0);
    assert_int_equal(n, 15);
    position = json_deep_copy(json_object_get(dynamo_items_page(items), "LastEvaluatedKey"));
    dynamo_items_free(items);
    options.exclusive_start_key = position;
    items                       = dynamo_query_items(live_client, table, &options, &live_error);
    while (n < EACH)
        assert_int_equal(member(next(items), "n"), n++);
    assert_null(next(items));
    dynamo_items_free(items);
    json_decref(position);
    json_decref(values);
}

/* Counts each item that is seen. */
static void count_items(dynamo_items *items, int seen[PARTITIONS][EACH])
{
    json_t *item;

    while ((item = next(items)) != NULL)
        seen[member(item, "p")][member(item, "n")]++;
    dynamo_items_free(items);
}

static void expect_each_once(int seen[PARTITIONS][EACH], int divisor)
{
    for (int p = 0; p < PARTITIONS; p++)
        for (int n = 0; n < EACH; n++)
            if (seen[p][n] != (n % divisor == 0))
                fail_msg("item %d, %d came %d times", p, n, seen[p][n]);
}

static void scan_with_all_limits(void **state)
{
    static const int64_t limits[] = { 0, 1, 9, 250, 1000 };

    (void)state;
    for (size_t i = 0; i < LIVE_COUNT(limits); i++) {
        int seen[PARTITIONS][EACH] = { { 0 } };

        count_items(dynamo_scan_items(live_client, table, &(dynamo_scan_options){ .limit = limits[i] }, &live_error),
                    seen);
        expect_each_once(seen, 1);
    }
}

/* The filter leaves most pages of one item empty. */
static void scan_over_empty_pages(void **state)
{
    json_t             *values  = live_load("{':yes': true}");
    dynamo_scan_options options = { .filter_expression           = "third = :yes",
                                    .expression_attribute_values = values,
                                    .limit                       = 1 };
    int                 seen[PARTITIONS][EACH] = { { 0 } };

    (void)state;
    count_items(dynamo_scan_items(live_client, table, &options, &live_error), seen);
    expect_each_once(seen, 3);
    json_decref(values);
}

typedef struct segment {
    pthread_t     thread;
    int64_t       number;
    dynamo_status status;
    int           seen[PARTITIONS][EACH];
} segment;

enum { SEGMENTS = 4 };

/* No cmocka here: it isn't made for threads. */
static void *scan_segment(void *context)
{
    segment            *own     = context;
    dynamo_scan_options options = { .total_segments = SEGMENTS, .segment = own->number, .limit = 6 };
    dynamo_items       *items   = dynamo_scan_items(live_client, table, &options, NULL);
    json_t             *item    = NULL;

    while ((own->status = dynamo_items_next(items, &item, NULL)) == DYNAMO_OK && item != NULL)
        own->seen[member(item, "p")][member(item, "n")]++;
    dynamo_items_free(items);
    return NULL;
}

static void parallel_scan(void **state)
{
    static segment segments[SEGMENTS];
    int            seen[PARTITIONS][EACH] = { { 0 } };

    (void)state;
    for (int i = 0; i < SEGMENTS; i++) {
        segments[i].number = i;
        assert_int_equal(pthread_create(&segments[i].thread, NULL, scan_segment, &segments[i]), 0);
    }
    for (int i = 0; i < SEGMENTS; i++) {
        pthread_join(segments[i].thread, NULL);
        assert_int_equal(segments[i].status, DYNAMO_OK);
        for (int n = 0; n < ALL; n++)
            seen[n / EACH][n % EACH] += segments[i].seen[n / EACH][n % EACH];
    }
    expect_each_once(seen, 1);
}

/* ---- Other lists ------------------------------------------------------------------------------------------------- */

static void statement_over_pages(void **state)
{
    dynamo_execute_statement_options options               = { .limit = 11 };
    int                              seen[PARTITIONS][EACH] = { { 0 } };
    char                             statement[LIVE_NAME_SIZE + 32];
    dynamo_items                    *items;

    (void)state;
    live_needs("PartiQL");
    snprintf(statement, sizeof(statement), "SELECT * FROM \"%s\"", table);
    items = dynamo_execute_statement_items(live_client, statement, &options, &live_error);
    count_items(items, seen);
    expect_each_once(seen, 1);
}

/* A page each, in order and none twice: the two that are made here among them. */
static void tables_by_name(void **state)
{
    dynamo_list_tables_options options = { .limit = 1 };
    dynamo_items              *items   = dynamo_list_tables_items(live_client, &options, &live_error);
    char                       before[256] = "", other[LIVE_NAME_SIZE];
    int                        found = 0;
    json_t                    *name;

    (void)state;
    live_table(other, "{'id': 'N'}", "{'id': 'HASH'}", NULL);
    while ((name = next(items)) != NULL) {
        assert_true(strcmp(json_string_value(name), before) > 0);
        snprintf(before, sizeof(before), "%s", json_string_value(name));
        found += strcmp(before, table) == 0 || strcmp(before, other) == 0;
    }
    assert_int_equal(found, 2);
    dynamo_items_free(items);
}

/* ARN of the only stream of a table, found among pages of one. To free(). */
static char *stream_of(const char *name)
{
    dynamo_list_streams_options options = { .table_name = name, .limit = 1 };
    dynamo_items               *items   = dynamo_list_streams_items(live_client, &options, &live_error);
    char                       *arn     = strdup(json_string_value(json_object_get(next(items), "StreamArn")));

    assert_non_null(arn);
    assert_null(next(items));
    dynamo_items_free(items);
    return arn;
}

/* A position at the beginning of the stream's first shard. To free(). */
static char *beginning_of(const char *arn)
{
    dynamo_describe_stream_options options = { .limit = 1 };
    dynamo_items                  *shards  = dynamo_describe_stream_items(live_client, arn, &options, &live_error);
    json_t                        *shard   = json_incref(next(shards)), *response;
    char                          *position;

    assert_string_equal(json_string_value(json_object_get(
                            json_object_get(dynamo_items_page(shards), "StreamDescription"), "StreamArn")), arn);
    while (next(shards) != NULL)
        continue;
    LIVE_MUST(dynamo_get_shard_iterator(live_client, arn, json_string_value(json_object_get(shard, "ShardId")),
                                        "TRIM_HORIZON", NULL, &response, &live_error));
    position = strdup(json_string_value(json_object_get(response, "ShardIterator")));
    json_decref(response);
    json_decref(shard);
    dynamo_items_free(shards);
    return position;
}

/* The next record, past the ends for now. */
static json_t *next_record(dynamo_items *records)
{
    json_t *record = NULL;

    for (int tries = 0; record == NULL && tries < 1000; tries++) {
        record = next(records);
        assert_non_null(json_object_get(dynamo_items_page(records), "NextShardIterator"));
    }
    assert_non_null(record);
    return json_object_get(json_object_get(json_object_get(record, "dynamodb"), "Keys"), "id");
}

static void records_of_an_open_shard(void **state)
{
    dynamo_get_records_options options = { .limit = 2 };
    char                       streamed[LIVE_NAME_SIZE], *arn, *position;
    dynamo_items              *records;

    (void)state;
    live_needs("streams");
    live_table(streamed, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){ .stream_enabled = DYNAMO_TRUE, .stream_view_type = "KEYS_ONLY" });
    for (int id = 0; id < 5; id++)
        live_put(streamed, json_pack("{s:i}", "id", id));
    arn      = stream_of(streamed);
    position = beginning_of(arn);
    records  = dynamo_get_records_items(live_client, position, &options, &live_error);
    for (int id = 0; id < 5; id++)
        assert_int_equal(json_integer_value(next_record(records)), id);
    assert_null(next(records)); /* for now */
    live_put(streamed, json_pack("{s:i}", "id", 5));
    assert_int_equal(json_integer_value(next_record(records)), 5);
    dynamo_items_free(records);
    free(position);
    free(arn);
}

static void table_that_is_not_there(void **state)
{
    dynamo_items *items = dynamo_scan_items(live_client, "there-is-no-such-table", NULL, &live_error);
    json_t       *item;

    (void)state;
    LIVE_FAILS(DYNAMO_ERR_RESOURCE_NOT_FOUND, dynamo_items_next(items, &item, &live_error));
    assert_null(item);
    assert_null(dynamo_items_page(items));
    dynamo_items_free(items);
}

/* ---- The size of items ------------------------------------------------------------------------------------------- */

static double capacity_of(json_t *response)
{
    return json_number_value(json_object_get(json_object_get(response, "ConsumedCapacity"), "CapacityUnits"));
}

/* A unit to write is 1 KB begun, one to read 4 KB. */
static void check_capacity(const char *name, json_t *item, size_t size)
{
    dynamo_put_item_options writing = { .return_consumed_capacity = "TOTAL" };
    dynamo_get_item_options reading = { .return_consumed_capacity = "TOTAL", .consistent_read = DYNAMO_TRUE };
    json_t                 *key     = live_load("{'p': 9, 'n': 9}"), *written, *read;

    LIVE_MUST(dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
    LIVE_MUST(dynamo_put_item(live_client, table, item, &writing, &written, &live_error));
    LIVE_MUST(dynamo_get_item(live_client, table, key, &reading, &read, &live_error));
    if ((size_t)capacity_of(written) != (size + 1023) / 1024)
        complain(name, "%zu bytes take %g units to write", size, capacity_of(written));
    if ((size_t)capacity_of(read) != (size + 4095) / 4096)
        complain(name, "%zu bytes take %g units to read", size, capacity_of(read));
    json_decref(written);
    json_decref(read);
    json_decref(key);
}

static void sizes_as_the_server_counts(void **state)
{
    static const char *const values[] = {
        "'text'", "''", "'\\u00e4\\u20ac'", "true", "null",
        "5", "-5", "0", "-0.0", "10", "12", "120", "123", "-123", "12345", "1000000", "10000000",
        "1.5", "12.5", "0.001", "0.012", "-0.12",
        "{'$N': '1e-130'}", "{'$N': '1e125'}", "{'$N': '-1.2345e-100'}",
        "{'$N': '12345678901234567890123456789012345678'}",
        "{'$N': '1234567890123456789012345678901234567.8'}",
        "{'$N': '-123456789012345678901234567890123456.78'}",
        "{'$B': 'AAECAwQ='}", "{'$SS': ['a', 'bcd']}", "{'$NS': [1, 22, 333, -4]}", "{'$BS': ['AAEC', 'AA==']}",
        "[]", "{}", "[1, 'two', [3, {'four': null}]]", "{'a': {'b': {'c': true, 'dd': [false]}}}",
    };
    static const size_t sizes[] = { 1023, 1024, 1025, 2048, 2049, 4096, 4097 };

    (void)state;
    live_needs("capacity by the item's size");
    for (size_t i = 0; i < LIVE_COUNT(values); i++) {
        json_t *item = live_load("{'p': 9, 'n': 9, 'pad': ''}");
        size_t  bare;

        json_object_set_new(item, "value", live_load(values[i]));
        bare = dynamo_item_size(item, &live_error);
        for (size_t j = 0; j < LIVE_COUNT(sizes); j++) {
            char *pad = live_filled(sizes[j] - bare);

            json_object_set_new(item, "pad", json_string(pad));
            assert_int_equal(dynamo_item_size(item, &live_error), sizes[j]);
            check_capacity(values[i], item, sizes[j]);
            free(pad);
        }
        json_decref(item);
    }
    expect_no_complaints();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_in_order),           cmocka_unit_test(query_from_a_position),
        cmocka_unit_test(scan_with_all_limits),     cmocka_unit_test(scan_over_empty_pages),
        cmocka_unit_test(parallel_scan),            cmocka_unit_test(statement_over_pages),
        cmocka_unit_test(tables_by_name),           cmocka_unit_test(records_of_an_open_shard),
        cmocka_unit_test(table_that_is_not_there),  cmocka_unit_test(sizes_as_the_server_counts),
    };

    return cmocka_run_group_tests_name("items", tests, start, live_stop);
}
