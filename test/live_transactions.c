/*
 * Transactions on a real DynamoDB: all or nothing, why nothing, the item that was in the way, and that a token makes a
 * write happen once.
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

static char table[LIVE_NAME_SIZE]; /* of accounts; id: a string */

static int set_up(void **state)
{
    if (live_start(state) != 0)
        return -1;
    live_table(table, "{'id': 'S'}", "{'id': 'HASH'}", NULL);
    return 0;
}

static json_t *account(const char *id, json_int_t balance)
{
    return json_pack("{s:s,s:I,s:{s:[s,s]},s:{s:s}}", "id", id, "balance", balance, "owners", "$SS", "a", "b", "seal",
                     "$B", "AAH+/w==");
}

/* The account as it is now, or NULL. */
static json_t *find_account(const char *id)
{
    json_t *key = json_pack("{s:s}", "id", id), *response, *item;

    LIVE_MUST(dynamo_get_item(live_client, table, key, &(dynamo_get_item_options){.consistent_read = DYNAMO_TRUE},
                              &response, &live_error));
    item = json_incref(json_object_get(response, "Item"));
    json_decref(response);
    json_decref(key);
    return item;
}

static json_int_t balance_of(const char *id)
{
    json_t    *item    = find_account(id);
    json_int_t balance = json_integer_value(json_object_get(item, "balance"));

    assert_non_null(item);
    json_decref(item);
    return balance;
}

/* The table's name into each Put, Update, Delete, ConditionCheck or Get. */
static json_t *items_of(const char *text)
{
    json_t     *items = live_load(text), *item, *action;
    size_t      index;
    const char *name;

    json_array_foreach(items, index, item)
        json_object_foreach(item, name, action)
            json_object_set_new(action, "TableName", json_string(table));
    return items;
}

/* Releases the items. */
static dynamo_status write_items(json_t *items, const dynamo_transact_write_items_options *options)
{
    dynamo_status status = dynamo_transact_write_items(live_client, items, options, NULL, &live_error);

    json_decref(items);
    return status;
}

/* One of each kind, then all of it read at once. */
static void all_at_once(void **state)
{
    json_t *items, *response, *responses;

    (void)state;
    live_needs("transactions");
    live_put(table, account("once-a", 100));
    live_put(table, account("once-b", 1));
    live_put(table, account("once-c", 7));
    LIVE_MUST(write_items(
        items_of("[{'Update': {'Key': {'id': 'once-a'}, 'UpdateExpression': 'SET #b = #b - :sum',"
                 "'ConditionExpression': '#b >= :sum', 'ExpressionAttributeNames': {'#b': 'balance'},"
                 "'ExpressionAttributeValues': {':sum': 30}}},"
                 "{'Put': {'Item': {'id': 'once-d', 'nested': {'list': [1, {'$SS': ['x']}, {'$B': 'AA=='}]},"
                 "'digits': {'$N': '12345678901234567890123456789012345678'}}}},"
                 "{'Delete': {'Key': {'id': 'once-b'}, 'ConditionExpression': 'balance = :one',"
                 "'ExpressionAttributeValues': {':one': 1}}},"
                 "{'ConditionCheck': {'Key': {'id': 'once-c'}, 'ConditionExpression': 'contains(owners, :who)',"
                 "'ExpressionAttributeValues': {':who': 'b'}}}]"),
        &(dynamo_transact_write_items_options){.return_consumed_capacity = "TOTAL"}));
    items = items_of("[{'Get': {'Key': {'id': 'once-a'}, 'ProjectionExpression': '#b', 'ExpressionAttributeNames':"
                     "{'#b': 'balance'}}}, {'Get': {'Key': {'id': 'once-b'}}}, {'Get': {'Key': {'id': 'once-c'}}},"
                     "{'Get': {'Key': {'id': 'once-d'}}}]");
    LIVE_MUST(dynamo_transact_get_items(live_client, items, NULL, &response, &live_error));
    responses = json_object_get(response, "Responses");
    assert_int_equal(json_array_size(responses), 4);
    LIVE_EQUAL(json_array_get(responses, 0), live_load("{'Item': {'balance': 70}}"));
    LIVE_EQUAL(json_array_get(responses, 1), json_object());
    LIVE_EQUAL(json_array_get(responses, 2), json_pack("{s:o}", "Item", account("once-c", 7)));
    LIVE_EQUAL(json_array_get(responses, 3),
               live_load("{'Item': {'id': 'once-d', 'nested': {'list': [1, {'$SS': ['x']}, {'$B': 'AA=='}]},"
                         "'digits': {'$N': '12345678901234567890123456789012345678'}}}"));
    json_decref(response);
    json_decref(items);
}

/* Nothing is done; each item has its reason, in order, and the item that was in the way where it was asked for. */
static void cancelled(void **state)
{
    json_t *reasons;

    (void)state;
    live_needs("transactions");
    live_put(table, account("poor", 10));
    live_put(table, account("rich", 1000));
    LIVE_FAILS(
        DYNAMO_ERR_TRANSACTION_CANCELED,
        write_items(items_of("[{'Put': {'Item': {'id': 'never'}}},"
                             "{'Update': {'Key': {'id': 'poor'}, 'UpdateExpression': 'SET balance = balance - :sum',"
                             "'ConditionExpression': 'balance >= :sum', 'ExpressionAttributeValues': {':sum': 30},"
                             "'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'}},"
                             "{'ConditionCheck': {'Key': {'id': 'rich'}, 'ConditionExpression':"
                             "'attribute_not_exists(id)'}}]"),
                    NULL));
    reasons = json_object_get(live_error.details, "CancellationReasons");
    assert_int_equal(json_array_size(reasons), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 0), "Code")), "None");
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 1), "Code")),
                        "ConditionalCheckFailed");
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 2), "Code")),
                        "ConditionalCheckFailed");
    LIVE_EQUAL(json_object_get(json_array_get(reasons, 1), "Item"), account("poor", 10));
    assert_null(json_object_get(json_array_get(reasons, 2), "Item"));
    assert_null(json_object_get(live_error.details, "ClientRequestToken"));
    assert_false(live_error.ambiguous);
    assert_null(find_account("never"));
    assert_int_equal(balance_of("poor"), 10);
}

/* The same token twice is one write; with other content it is refused. */
static void one_token_one_write(void **state)
{
    static const char *const add = "[{'Update': {'Key': {'id': 'counted'}, 'UpdateExpression': 'ADD balance :n',"
                                   "'ExpressionAttributeValues': {':n': 5}}}]";
    char                                unique[37];
    dynamo_transact_write_items_options options = {.client_request_token = unique};

    (void)state;
    live_needs("transactions");
    assert_true(dynamo_uuid(unique));
    live_put(table, account("counted", 0));
    LIVE_MUST(write_items(items_of(add), &options));
    LIVE_MUST(write_items(items_of(add), &options));
    assert_int_equal(balance_of("counted"), 5);
    LIVE_FAILS(DYNAMO_ERR_IDEMPOTENT_PARAMETER_MISMATCH,
               write_items(items_of("[{'Delete': {'Key': {'id': 'counted'}}}]"), &options));
    LIVE_MUST(write_items(items_of(add), NULL));
    LIVE_MUST(write_items(items_of(add), NULL));
    assert_int_equal(balance_of("counted"), 15);
}

/* Why an unknown member is refused: the service drops it without a word, and with it the condition. */
static void misspelt_condition(void **state)
{
    static const char *const misspelt =
        "[{'Update': {'Key': {'id': 'empty'}, 'UpdateExpression': 'SET balance = balance - :sum',"
        "'ConditionExpresion': 'balance >= :sum', 'ExpressionAttributeValues': {':sum': %s}}}]";
    char    text[512];
    json_t *request;

    (void)state;
    live_needs("transactions");
    live_put(table, account("empty", 0));
    snprintf(text, sizeof(text), misspelt, "30");
    LIVE_FAILS(DYNAMO_ERR_INVALID_ARGUMENT, write_items(items_of(text), NULL));
    assert_non_null(strstr(live_error.message, "TransactItems[0].Update.ConditionExpresion"));
    assert_int_equal(balance_of("empty"), 0);
    request = json_pack("{s:[{s:{s:s,s:{s:{s:s}},s:s,s:s,s:{s:{s:s}}}}]}", "TransactItems", "Update", "TableName",
                        table, "Key", "id", "S", "empty", "UpdateExpression", "SET balance = balance - :sum",
                        "ConditionExpresion", "balance >= :sum", "ExpressionAttributeValues", ":sum", "N", "30");
    LIVE_MUST(dynamo_call(live_client, "TransactWriteItems", request, NULL, &live_error));
    json_decref(request);
    assert_int_equal(balance_of("empty"), -30);
}

/* 100 items in one transaction, the most there can be. */
static void hundred_items(void **state)
{
    json_t *writes = json_array(), *reads = json_array(), *response;

    (void)state;
    live_needs("transactions");
    for (int i = 0; i < 100; i++) {
        char id[16];

        snprintf(id, sizeof(id), "many-%d", i);
        json_array_append_new(writes, json_pack("{s:{s:s,s:{s:s,s:i}}}", "Put", "TableName", table, "Item", "id", id,
                                                "n", i));
        json_array_append_new(reads, json_pack("{s:{s:s,s:{s:s}}}", "Get", "TableName", table, "Key", "id", id));
    }
    LIVE_MUST(write_items(writes, NULL));
    LIVE_MUST(dynamo_transact_get_items(live_client, reads, NULL, &response, &live_error));
    for (size_t i = 0; i < 100; i++) {
        json_t *item = json_object_get(json_array_get(json_object_get(response, "Responses"), i), "Item");

        assert_int_equal(json_integer_value(json_object_get(item, "n")), i);
    }
    json_decref(reads);
    json_decref(response);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_at_once),        cmocka_unit_test(cancelled),     cmocka_unit_test(one_token_one_write),
        cmocka_unit_test(misspelt_condition), cmocka_unit_test(hundred_items),
    };

    return cmocka_run_group_tests_name("transactions", tests, set_up, live_stop);
}
