/*
 * PartiQL on a real DynamoDB: statements with parameters of every type, pages, batches in which each statement has an
 * outcome of its own, and transactions.
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

static char table[LIVE_NAME_SIZE]; /* id: a string, place: a number */

static int set_up(void **state)
{
    const char *server = getenv("DYNAMO_TEST_SERVER");

    if (live_start(state) != 0)
        return -1;
    if (server == NULL || strcmp(server, "dynalite") != 0)
        live_table(table, "{'id': 'S', 'place': 'N'}", "{'id': 'HASH', 'place': 'RANGE'}", NULL);
    return 0;
}

/* A statement in which %T stands for the table. */
static const char *statement(const char *text)
{
    static char with_table[1024];
    const char *mark = strstr(text, "%T");

    assert_non_null(mark);
    snprintf(with_table, sizeof(with_table), "%.*s\"%s\"%s", (int)(mark - text), text, table, mark + 2);
    return with_table;
}

/* Its items; releases the parameters, which may be NULL. */
static json_t *execute(const char *text, json_t *parameters)
{
    dynamo_execute_statement_options options = {.parameters = parameters, .consistent_read = DYNAMO_UNSET};
    json_t                          *response, *items;

    LIVE_MUST(dynamo_execute_statement(live_client, statement(text), &options, &response, &live_error));
    items = json_incref(json_object_get(response, "Items"));
    json_decref(response);
    json_decref(parameters);
    return items;
}

static const char every_type[] = "['every', 1, '', {'$B': 'AAH+/w=='}, true, null, {'$N': "
                                 "'12345678901234567890123456789012345678'}, {'$SS': ['a', 'b']},"
                                 "{'$NS': [1, 2]}, {'$BS': ['AA==']}, [1, ['two']], {'a': {'b': ''}}]";

static void statements(void **state)
{
    json_t *items, *values = live_load(every_type), *item;

    (void)state;
    live_needs("PartiQL");
    json_decref(
        execute("INSERT INTO %T VALUE {'id': ?, 'place': ?, 'e': ?, 'b': ?, 't': ?, 'u': ?, 'n': ?, 'ss': ?, 'ns': ?,"
                "'bs': ?, 'l': ?, 'm': ?}",
                json_incref(values)));
    items = execute("SELECT * FROM %T WHERE id = ? AND place = ?", live_load("['every', 1]"));
    item  = live_load("{}");
    for (size_t i = 0; i < json_array_size(values); i++) {
        static const char *const names[] = {"id", "place", "e", "b", "t", "u", "n", "ss", "ns", "bs", "l", "m"};

        json_object_set(item, names[i], json_array_get(values, i));
    }
    LIVE_EQUAL(items, json_pack("[o]", item));
    json_decref(items);
    json_decref(values);

    json_decref(
        execute("UPDATE %T SET m.a.b = ? WHERE id = 'every' AND place = 1", live_load("[{'deep': [{'$B': ''}]}]")));
    items = execute("SELECT m FROM %T WHERE id = 'every' AND place = 1", NULL);
    LIVE_EQUAL(items, live_load("[{'m': {'a': {'b': {'deep': [{'$B': ''}]}}}}]"));
    json_decref(items);
    json_decref(execute("DELETE FROM %T WHERE id = ? AND place = ?", live_load("['every', 1]")));
    items = execute("SELECT * FROM %T WHERE id = 'every' AND place = 1", NULL);
    LIVE_EQUAL(items, json_array());
    json_decref(items);
}

/* A page's NextToken brings the next one. */
static void pages(void **state)
{
    json_t *parameters = live_load("['paged']"), *token = NULL;
    int     next = 0, page_count = 0;

    (void)state;
    live_needs("PartiQL");
    for (int place = 0; place < 5; place++)
        live_put(table, json_pack("{s:s,s:i}", "id", "paged", "place", place));
    do {
        dynamo_execute_statement_options options = {
            .parameters = parameters, .limit = 2, .next_token = json_string_value(token)};
        json_t *response, *items;

        LIVE_MUST(dynamo_execute_statement(live_client, statement("SELECT * FROM %T WHERE id = ?"), &options, &response,
                                           &live_error));
        items = json_object_get(response, "Items");
        for (size_t i = 0; i < json_array_size(items); i++, next++)
            assert_int_equal(json_integer_value(json_object_get(json_array_get(items, i), "place")), next);
        json_decref(token);
        token = json_incref(json_object_get(response, "NextToken"));
        json_decref(response);
        page_count++;
    } while (token != NULL);
    assert_int_equal(next, 5);
    assert_true(page_count >= 3);
    json_decref(parameters);
}

/* What is there already is in the way. */
static void condition_failure(void **state)
{
    dynamo_execute_statement_options options = {.return_values_on_condition_check_failure = "ALL_OLD"};

    (void)state;
    live_needs("PartiQL");
    live_put(table, live_load("{'id': 'there', 'place': 1, 'n': 5, 'ss': {'$SS': ['x']}}"));
    LIVE_FAILS(DYNAMO_ERR_DUPLICATE_ITEM,
               dynamo_execute_statement(live_client, statement("INSERT INTO %T VALUE {'id': 'there', 'place': 1}"),
                                        NULL, NULL, &live_error));
    LIVE_FAILS(DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
               dynamo_execute_statement(live_client,
                                        statement("UPDATE %T SET n = 6 WHERE id = 'there' AND place = 1 AND n > 5"),
                                        &options, NULL, &live_error));
    LIVE_EQUAL(json_object_get(live_error.details, "Item"),
               live_load("{'id': 'there', 'place': 1, 'n': 5, 'ss': {'$SS': ['x']}}"));
}

/* Each statement of a batch has an outcome of its own. */
static void batch(void **state)
{
    json_t *statements = json_array(), *response, *responses;

    (void)state;
    live_needs("PartiQL");
    live_put(table, live_load("{'id': 'in-batch', 'place': 1, 'n': 5, 'b': {'$B': 'AA=='}}"));
    json_array_append_new(statements, json_pack("{s:s,s:[s,i,{s:s}]}", "Statement",
                                                statement("INSERT INTO %T VALUE {'id': ?, 'place': ?, 'b': ?}"),
                                                "Parameters", "in-batch", 2, "$B", "AQI="));
    json_array_append_new(
        statements, json_pack("{s:s,s:s}", "Statement",
                              statement("UPDATE %T SET n = 6 WHERE id = 'in-batch' AND place = 1 AND n > 5"),
                              "ReturnValuesOnConditionCheckFailure", "ALL_OLD"));
    LIVE_MUST(dynamo_batch_execute_statement(live_client, statements, NULL, &response, &live_error));
    responses = json_object_get(response, "Responses");
    assert_int_equal(json_array_size(responses), 2);
    assert_null(json_object_get(json_array_get(responses, 0), "Error"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json_array_get(responses, 1), "Error"), "Code")),
        "ConditionalCheckFailed");
    LIVE_EQUAL(json_object_get(json_object_get(json_array_get(responses, 1), "Error"), "Item"),
               live_load("{'id': 'in-batch', 'place': 1, 'n': 5, 'b': {'$B': 'AA=='}}"));
    json_decref(response);
    json_decref(statements);

    statements = json_array();
    for (int place = 1; place <= 2; place++)
        json_array_append_new(statements, json_pack("{s:s,s:[s,i],s:b}", "Statement",
                                                    statement("SELECT * FROM %T WHERE id = ? AND place = ?"),
                                                    "Parameters", "in-batch", place, "ConsistentRead", 1));
    LIVE_MUST(dynamo_batch_execute_statement(live_client, statements, NULL, &response, &live_error));
    responses = json_object_get(response, "Responses");
    LIVE_EQUAL(json_object_get(json_array_get(responses, 0), "Item"),
               live_load("{'id': 'in-batch', 'place': 1, 'n': 5, 'b': {'$B': 'AA=='}}"));
    LIVE_EQUAL(json_object_get(json_array_get(responses, 1), "Item"),
               live_load("{'id': 'in-batch', 'place': 2, 'b': {'$B': 'AQI='}}"));
    json_decref(response);
    json_decref(statements);
}

static void transactions(void **state)
{
    dynamo_execute_transaction_options options = {.client_request_token = NULL, .return_consumed_capacity = "TOTAL"};
    json_t                            *statements = json_array(), *response, *reasons;

    (void)state;
    live_needs("PartiQL");
    live_put(table, live_load("{'id': 'moved', 'place': 1, 'n': 5}"));
    json_array_append_new(statements, json_pack("{s:s,s:[s,{s:[s]}]}", "Statement",
                                                statement("INSERT INTO %T VALUE {'id': ?, 'place': 2, 'ss': ?}"),
                                                "Parameters", "moved", "$SS", "x"));
    json_array_append_new(statements, json_pack("{s:s,s:[i]}", "Statement",
                                                statement("UPDATE %T SET n = ? WHERE id = 'moved' AND place = 1"),
                                                "Parameters", 6));
    LIVE_MUST(dynamo_execute_transaction(live_client, statements, &options, NULL, &live_error));
    json_decref(statements);

    statements = json_array();
    json_array_append_new(statements,
                          json_pack("{s:s}", "Statement",
                                    statement("UPDATE %T SET n = 7 WHERE id = 'moved' AND place = 1")));
    json_array_append_new(
        statements,
        json_pack("{s:s,s:s}", "Statement",
                  statement("UPDATE %T SET n = 1 WHERE id = 'moved' AND place = 2 AND attribute_type(ss, 'S')"),
                  "ReturnValuesOnConditionCheckFailure", "ALL_OLD"));
    LIVE_FAILS(DYNAMO_ERR_TRANSACTION_CANCELED,
               dynamo_execute_transaction(live_client, statements, NULL, NULL, &live_error));
    reasons = json_object_get(live_error.details, "CancellationReasons");
    assert_int_equal(json_array_size(reasons), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 0), "Code")), "None");
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 1), "Code")),
                        "ConditionalCheckFailed");
    LIVE_EQUAL(json_object_get(json_array_get(reasons, 1), "Item"),
               live_load("{'id': 'moved', 'place': 2, 'ss': {'$SS': ['x']}}"));
    json_decref(statements);

    statements = json_array();
    for (int place = 1; place <= 2; place++)
        json_array_append_new(statements, json_pack("{s:s,s:[i]}", "Statement",
                                                    statement("SELECT * FROM %T WHERE id = 'moved' AND place = ?"),
                                                    "Parameters", place));
    LIVE_MUST(dynamo_execute_transaction(live_client, statements, NULL, &response, &live_error));
    LIVE_EQUAL(
        json_object_get(response, "Responses"),
        live_load("[{'Item': {'id': 'moved', 'place': 1, 'n': 6}}, {'Item': {'id': 'moved', 'place': 2, 'ss': {'$SS':"
                  "['x']}}}]"));
    json_decref(response);
    json_decref(statements);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements), cmocka_unit_test(pages),        cmocka_unit_test(condition_failure),
        cmocka_unit_test(batch),      cmocka_unit_test(transactions),
    };

    return cmocka_run_group_tests_name("partiql", tests, set_up, live_stop);
}
