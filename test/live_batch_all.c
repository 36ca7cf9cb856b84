/*
 * What is made of several calls, on a real DynamoDB: batches larger than a request, and waiting for tables.
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

#define MANY 1000

static json_t *key_of(int id)
{
    return json_pack("{s:i}", "id", id);
}

static json_t *put(int id, const char *text)
{
    return json_pack("{s:{s:{s:i, s:s, s:[i, n]}}}", "PutRequest", "Item", "id", id, "text", text, "list", id);
}

static json_t *delete(int id)
{
    return json_pack("{s:{s:o}}", "DeleteRequest", "Key", key_of(id));
}

static void write_all(const char *table, json_t *writes)
{
    json_t *request_items = json_pack("{s:o}", table, writes);
    json_t *unprocessed   = NULL;

    LIVE_MUST(dynamo_batch_write_all(live_client, request_items, NULL, &unprocessed, &live_error));
    assert_true(json_is_object(unprocessed));
    assert_int_equal(json_object_size(unprocessed), 0);
    json_decref(unprocessed);
    json_decref(request_items);
}

/* 1,000 writes, of which some put, some delete what others put before; then all of it by one call. */
static void many_mixed_writes(void **state)
{
    const dynamo_batch_get_all_options options = {.return_consumed_capacity = "TOTAL"};
    char    table[LIVE_NAME_SIZE];
    json_t *writes = json_array(), *keys = json_array(), *request_items, *response, *item;
    bool    seen[MANY] = {false};
    size_t  i, count = 0;

    (void)state;
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"});
    for (int id = 0; id < MANY; id++) {
        json_array_append_new(writes, put(id, "first"));
        json_array_append_new(keys, key_of(id));
    }
    write_all(table, writes);
    writes = json_array();
    for (int id = 0; id < MANY; id++)
        json_array_append_new(writes, id % 4 == 0 ? delete(id) : put(id, "second"));
    write_all(table, writes);
    request_items = json_pack("{s:{s:o, s:b}}", table, "Keys", keys, "ConsistentRead", 1);
    LIVE_MUST(dynamo_batch_get_all(live_client, request_items, &options, &response, &live_error));
    json_array_foreach(json_object_get(json_object_get(response, "Responses"), table), i, item)
    {
        json_int_t id = json_integer_value(json_object_get(item, "id"));

        assert_true(id >= 0 && id < MANY && id % 4 != 0 && !seen[id]);
        seen[id] = true;
        assert_string_equal(json_string_value(json_object_get(item, "text")), "second");
        count++;
    }
    assert_int_equal(count, MANY * 3 / 4);
    assert_int_equal(json_object_size(json_object_get(response, "UnprocessedKeys")), 0);
    assert_true(json_array_size(json_object_get(response, "ConsumedCapacity")) >= MANY / 100);
    json_decref(response);
    json_decref(request_items);
}

/* The service refuses two writes to one key in a request; here the last one stands. */
static void one_key_many_times(void **state)
{
    char    table[LIVE_NAME_SIZE];
    json_t *writes = json_array(), *key = key_of(7), *response;

    (void)state;
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"});
    for (int i = 0; i < 20; i++) {
        json_array_append_new(writes, put(i, "other"));
        json_array_append_new(writes, i % 2 == 0 ? delete(7) : put(7, i == 19 ? "last" : "not the last"));
    }
    write_all(table, writes);
    LIVE_MUST(dynamo_get_item(live_client, table, key, NULL, &response, &live_error));
    assert_string_equal(json_string_value(json_object_get(json_object_get(response, "Item"), "text")), "last");
    json_decref(response);
    json_decref(key);
}

/* More than an answer's 16 MB. */
static void more_than_an_answer(void **state)
{
    enum { ITEMS = 60 };
    char    table[LIVE_NAME_SIZE];
    json_t *writes = json_array(), *keys = json_array(), *request_items, *response;
    char   *text = live_filled((size_t)390 * 1024);

    (void)state;
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"});
    for (int id = 0; id < ITEMS; id++) {
        json_array_append_new(writes, put(id, text));
        json_array_append_new(keys, key_of(id));
    }
    write_all(table, writes);
    request_items = json_pack("{s:{s:o}}", table, "Keys", keys);
    LIVE_MUST(dynamo_batch_get_all(live_client, request_items, NULL, &response, &live_error));
    assert_int_equal(json_array_size(json_object_get(json_object_get(response, "Responses"), table)), ITEMS);
    json_decref(response);
    json_decref(request_items);
    free(text);
}

/* The one that the service refuses is the first that is handed back, and those before it are written. */
static void one_that_is_refused(void **state)
{
    char    table[LIVE_NAME_SIZE];
    json_t *writes = json_array(), *rest, *request_items, *unprocessed = NULL;

    (void)state;
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){.billing_mode = "PAY_PER_REQUEST"});
    for (int id = 0; id < 40; id++)
        json_array_append_new(writes, id == 30 ? json_pack("{s:{s:{s:s}}}", "PutRequest", "Item", "id", "no number")
                                               : put(id, "text"));
    request_items = json_pack("{s:o}", table, writes);
    LIVE_FAILS(DYNAMO_ERR_VALIDATION,
               dynamo_batch_write_all(live_client, request_items, NULL, &unprocessed, &live_error));
    rest = json_object_get(unprocessed, table);
    assert_int_equal(json_array_size(rest), 10);
    LIVE_EQUAL(json_array_get(rest, 0), json_incref(json_array_get(writes, 30)));
    json_decref(unprocessed);
    json_decref(request_items);
}

static void tables_come_and_go(void **state)
{
    static const char         name[]  = "dynamo-live-waiters";
    const dynamo_wait_options options = {.delay_ms = 20, .timeout_ms = 20000};
    json_t *definitions = live_load("{'id': 'N'}"), *schema = live_load("{'id': 'HASH'}"), *response = NULL;

    (void)state;
    (void)dynamo_delete_table(live_client, name, NULL, NULL, NULL);
    LIVE_MUST(dynamo_wait_table_not_exists(live_client, name, &options, &response, &live_error));
    LIVE_EQUAL(response, json_object());
    json_decref(response);
    assert_int_equal(dynamo_wait_table_exists(live_client, name,
                                              &(dynamo_wait_options){.delay_ms = 10, .timeout_ms = 100}, NULL,
                                              &live_error),
                     DYNAMO_ERR_TIMEOUT);
    LIVE_MUST(dynamo_create_table(live_client, name, definitions, schema, NULL, NULL, &live_error));
    LIVE_MUST(dynamo_wait_table_exists(live_client, name, &options, &response, &live_error));
    assert_string_equal(json_string_value(json_object_get(response, "TableStatus")), "ACTIVE");
    json_decref(response);
    LIVE_MUST(dynamo_delete_table(live_client, name, NULL, NULL, &live_error));
    LIVE_MUST(dynamo_wait_table_not_exists(live_client, name, &options, NULL, &live_error));
    json_decref(schema);
    json_decref(definitions);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_mixed_writes),   cmocka_unit_test(one_key_many_times),
        cmocka_unit_test(more_than_an_answer), cmocka_unit_test(one_that_is_refused),
        cmocka_unit_test(tables_come_and_go),
    };

    return cmocka_run_group_tests_name("batch_all", tests, live_start, live_stop);
}
