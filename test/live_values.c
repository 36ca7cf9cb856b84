/*
 * What is written to a real DynamoDB comes back: every type of value, at its limits. $DYNAMO_TEST_ENDPOINT.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dynamo.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static dynamo_client *client;
static dynamo_error   error;
static char           table[64];

static void expect_ok(const char *row, dynamo_status status)
{
    if (status != DYNAMO_OK)
        fail_msg("%s: %s: %s", row, error.code, error.message);
}

static int set_up(void **state)
{
    dynamo_config config = {.endpoint = getenv("DYNAMO_TEST_ENDPOINT")};
    json_t       *types, *schema;
    char          uuid[37];
    dynamo_status status;

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
    snprintf(table, sizeof(table), "values-%s", uuid);
    types  = json_pack("{s:s}", "id", "S");
    schema = json_pack("{s:s}", "id", "HASH");
    status = dynamo_create_table(client, table, types, schema, NULL, NULL, &error);
    json_decref(types);
    json_decref(schema);
    if (status != DYNAMO_OK) {
        print_error("create_table: %s: %s\n", error.code, error.message);
        return -1;
    }
    for (int i = 0; i < 1000; i++) { /* each turn is a call to the server, which does the waiting */
        json_t *described = NULL;
        bool    active;

        status = dynamo_describe_table(client, table, NULL, &described, &error);
        active = status == DYNAMO_OK &&
                 strcmp(json_string_value(json_object_get(described, "TableStatus")), "ACTIVE") == 0;
        json_decref(described);
        if (active)
            return 0;
    }
    print_error("%s does not become active\n", table);
    return -1;
}

static int tear_down(void **state)
{
    dynamo_status status = DYNAMO_OK;

    (void)state;
    if (client != NULL)
        status = dynamo_delete_table(client, table, NULL, NULL, &error);
    if (status != DYNAMO_OK)
        print_error("%s was not deleted: %s\n", table, error.message);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return status == DYNAMO_OK ? 0 : -1;
}

/* The item {"id": "x", "v": value} after it was written and read again. Steals the value; a new reference. */
static json_t *through_the_table(const char *row, json_t *value)
{
    json_t                 *item     = json_pack("{s:s, s:o}", "id", "x", "v", value);
    json_t                 *key      = json_pack("{s:s}", "id", "x");
    json_t                 *response = NULL;
    json_t                 *back;
    dynamo_get_item_options options  = {.consistent_read = DYNAMO_TRUE};

    if (item == NULL)
        fail_msg("%s: the test's own value can't be made", row);
    expect_ok(row, dynamo_put_item(client, table, item, NULL, NULL, &error));
    expect_ok(row, dynamo_get_item(client, table, key, &options, &response, &error));
    back = json_incref(json_object_get(json_object_get(response, "Item"), "v"));
    json_decref(response);
    json_decref(key);
    json_decref(item);
    if (back == NULL)
        fail_msg("%s: did not come back", row);
    return back;
}

/* Sets have no order: their elements, sorted by their text. */
static int by_text(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static json_t *sorted_set(json_t *set)
{
    const char *name     = json_object_iter_key(json_object_iter(set));
    json_t     *elements = json_object_iter_value(json_object_iter(set));
    size_t      count    = json_array_size(elements);
    char       *texts[64];
    json_t     *sorted = json_array();

    assert_true(count > 0 && count <= COUNT(texts));
    for (size_t i = 0; i < count; i++)
        texts[i] = json_dumps(json_array_get(elements, i), JSON_ENCODE_ANY);
    qsort(texts, count, sizeof(texts[0]), by_text);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(sorted, json_loads(texts[i], JSON_DECODE_ANY, NULL));
        free(texts[i]);
    }
    return json_pack("{s:o}", name, sorted);
}

static json_t *json(const char *text)
{
    char   *copy = strdup(text);
    json_t *value;

    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    value = json_loads(copy, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (value == NULL)
        fail_msg("the test's own JSON is malformed: %s", text);
    free(copy);
    return value;
}

static void expect_same(const char *row, json_t *back, json_t *expected)
{
    char *text = json_dumps(back, JSON_ENCODE_ANY);

    if (!json_equal(back, expected))
        fail_msg("%s: came back as %.200s", row, text != NULL ? text : "something that can't be written");
    free(text);
}

static void plain_values(void **state)
{
    static const char *const rows[] = {
        "'text'", "''", "true", "false", "null", "[]", "{}", "0", "-1", "9007199254740993", "1.5", "-0.001",
        "[1, 'a', null, [true, {}], {'x': []}]", "{'a': {'b': {'c': [{'d': 1}]}}}",
        "'caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5'", "'a\\u0000b'", "'\\u0000'",
        "'\\b\\f\\n\\r\\t\\\\/\\u001f\\u007f'",
        "{'$B': ''}", "{'$$B': 'x'}", "{'$$$N': [1]}", "{'$X': 1}", "{'$N': '5', 'other': 1}", "{'N': '5'}", "{'$': 1}",
        "{'a b.c[0]#:': 1}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *expected = json(rows[i]);
        json_t *back     = through_the_table(rows[i], json(rows[i]));

        expect_same(rows[i], back, expected);
        json_decref(back);
        json_decref(expected);
    }
}

static void numbers(void **state)
{
    static const struct {
        const char *written, *read;
    } rows[] = {
        {"{'$N': '12345678901234567890123456789012345678'}", "{'$N': '12345678901234567890123456789012345678'}"},
        {"{'$N': '-12345678901234567890123456789012345678'}", "{'$N': '-12345678901234567890123456789012345678'}"},
        {"{'$N': '0.12345678901234567890123456789012345678'}", "{'$N': '0.12345678901234567890123456789012345678'}"},
        {"{'$N': '1e2'}", "100"},
        {"{'$N': '007'}", "7"},
        {"{'$N': '+5'}", "5"},
        {"{'$N': '.5'}", "0.5"},
        {"{'$N': '1.50'}", "1.5"},
        {"{'$N': '-0'}", "0"},
        {"{'$N': '0e999'}", "0"},
        {"100.0", "100"},
        {"0.1", "0.1"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"{'$N': '9223372036854775808'}", "{'$N': '9223372036854775808'}"},
        {"{'$N': '0.30000000000000000001'}", "{'$N': '0.30000000000000000001'}"},
        {"123456789.125", "123456789.125"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *expected = json(rows[i].read);
        json_t *back     = through_the_table(rows[i].written, json(rows[i].written));

        expect_same(rows[i].written, back, expected);
        json_decref(back);
        json_decref(expected);
    }
}

/* Servers write the extremes each in their own way (DynamoDB Local without an exponent): the value counts. */
static void numbers_at_the_ends_of_their_range(void **state)
{
    static const char *const rows[] = {"9.9999999999999999999999999999999999999E+125", "1E-130", "-1E-130",
                                       "-9.9999999999999999999999999999999999999E+125", "1e125", "1e-100"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *written = json_pack("{s:s}", "$N", rows[i]);
        double  value   = dynamo_number_value(written);
        json_t *back    = through_the_table(rows[i], written);

        if (!(fabs(dynamo_number_value(back) - value) <= fabs(value) * 1e-15))
            fail_msg("%s: came back as %g", rows[i], dynamo_number_value(back));
        json_decref(back);
    }
}

/* Doubles of every size that DynamoDB's range and digits hold come back as the same double. */
static void doubles(void **state)
{
    static const double rows[] = {0.1, 1.0 / 3.0, 2.5e-7, 123456.789, 4.9e-120, 1.7976931348623157e125, 5e-130, -1e22,
                                  9007199254740993.0, 1e15 + 0.5, 3.141592653589793};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *back = through_the_table("a double", json_real(rows[i]));

        if (dynamo_number_value(back) < rows[i] || dynamo_number_value(back) > rows[i])
            fail_msg("%.17g came back as %.17g", rows[i], dynamo_number_value(back));
        json_decref(back);
    }
}

static void sets(void **state)
{
    static const char *const rows[] = {
        "{'$SS': ['a', 'b', '', 'caf\xc3\xa9', 'a\\u0000b']}",
        "{'$NS': [1, -2, 0.5, {'$N': '12345678901234567890123456789'}]}",
        "{'$BS': ['', 'AA==', '/////w==']}",
        "{'$SS': ['one']}",
    };
    json_t *written[COUNT(rows)];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *back, *sorted, *expected;

        written[i] = json(rows[i]);
        back       = through_the_table(rows[i], json_incref(written[i]));
        assert_int_equal(json_object_size(back), 1);
        sorted   = sorted_set(back);
        expected = sorted_set(written[i]);
        if (i == 1) { /* in a set, a number that no double holds is its text */
            json_decref(expected);
            expected = json("{'$NS': ['12345678901234567890123456789', -2, 0.5, 1]}");
        }
        expect_same(rows[i], sorted, expected);
        json_decref(back);
        json_decref(sorted);
        json_decref(expected);
        json_decref(written[i]);
    }
}

static void every_byte(void **state)
{
    unsigned char bytes[3 * 256];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i < 256 ? i : 767 - i);
    for (size_t length = 0; length <= sizeof(bytes); length += length < 4 ? 1 : 191) {
        json_t        *back = through_the_table("bytes", dynamo_binary(bytes, length));
        size_t         size = 999;
        unsigned char *read = dynamo_binary_value(back, &size);

        assert_non_null(read);
        assert_int_equal(size, length);
        assert_memory_equal(read, bytes, length);
        free(read);
        json_decref(back);
    }
}

static void deep_documents(void **state)
{
    (void)state;
    for (int lists = 0; lists < 2; lists++) {
        json_t *value = json_string("bottom");
        json_t *expected;
        json_t *back;

        for (int i = 1; i < 32; i++)
            value = lists ? json_pack("[o]", value) : json_pack("{s:o, s:i}", "deeper", value, "level", i);
        expected = json_deep_copy(value);
        back     = through_the_table("32 levels", value);
        expect_same("32 levels", back, expected);
        json_decref(back);
        json_decref(expected);
    }
}

static void names_of_attributes(void **state)
{
    char    long_name[1001];
    json_t *written = json_object();
    json_t *back;

    (void)state;
    memset(long_name, 'n', 1000);
    long_name[1000] = '\0';
    json_object_set_new(written, "caf\xc3\xa9", json_integer(1));
    json_object_set_new(written, "\xf0\x9f\x8e\xb5", json_integer(2));
    json_object_set_new(written, "with \"quotes\" and \\", json_integer(3));
    json_object_set_new(written, long_name, json_integer(4));
    back = through_the_table("names", json_incref(written));
    expect_same("names", back, written);
    json_decref(back);
    json_decref(written);
}

#if JANSSON_VERSION_HEX >= 0x020E00
/* Jansson's own json_equal() takes such a name up to its NUL. */
static void name_with_nul(void **state)
{
    json_t *written = json_object();
    json_t *back;

    (void)state;
    json_object_setn_new(written, "a\0b", 3, json_integer(5));
    json_object_setn_new(written, "a", 1, json_integer(6));
    back = through_the_table("names", written);
    assert_int_equal(json_object_size(back), 2);
    assert_int_equal(json_integer_value(json_object_getn(back, "a\0b", 3)), 5);
    assert_int_equal(json_integer_value(json_object_getn(back, "a", 1)), 6);
    json_decref(back);
}
#endif

/* The largest item there is, and one byte more. dynamo_item_size() counts as the server does. */
static void item_of_400_kilobytes(void **state)
{
    static const size_t limit = 400 * 1024;

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        size_t        length = limit - strlen("id") - strlen("x") - strlen("v") + over;
        char         *text   = malloc(length);
        json_t       *item;
        dynamo_status status;

        assert_non_null(text);
        memset(text, 'a', length);
        item = json_pack("{s:s, s:o}", "id", "x", "v", json_stringn(text, length));
        assert_int_equal(dynamo_item_size(item, &error), limit + over);
        status = dynamo_put_item(client, table, item, NULL, NULL, &error);
        if (status != (over == 0 ? DYNAMO_OK : DYNAMO_ERR_VALIDATION))
            fail_msg("%zu bytes: %s: %s", limit + over, dynamo_status_name(status), error.message);
        json_decref(item);
        if (over == 0) {
            json_t *back = through_the_table("400 KB", json_stringn(text, length));

            assert_int_equal(json_string_length(back), length);
            assert_memory_equal(json_string_value(back), text, length);
            json_decref(back);
        }
        free(text);
    }
}

/* Expression values are attribute values, too. */
static void values_in_expressions(void **state)
{
    static const char *const rows[] = {"{'$N': '12345678901234567890123456789'}", "{'$B': 'AAEC'}", "'a\\u0000b'",
                                       "[1, {'x': null}]", "{'$$B': 'x'}", "''"};
    json_t *key = json_pack("{s:s}", "id", "expressions");

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t                    *expected = json(rows[i]);
        json_t                    *values   = json_pack("{s:O}", ":v", expected);
        json_t                    *response = NULL;
        dynamo_update_item_options options  = {.update_expression           = "SET v = :v",
                                               .expression_attribute_values = values,
                                               .return_values               = "UPDATED_NEW"};

        expect_ok(rows[i], dynamo_update_item(client, table, key, &options, &response, &error));
        expect_same(rows[i], json_object_get(json_object_get(response, "Attributes"), "v"), expected);
        json_decref(response);
        json_decref(values);
        json_decref(expected);
    }
    json_decref(key);
}

/* An item as it was read can be written as it is, and comes back the same. */
static void items_read_can_be_written(void **state)
{
    static const char text[] = "{'n': {'$N': '1.00000000000000000000000000001'}, 'list': [{'$$N': '5'}, {'$B': "
                               "'AA=='}], 'set': {'$NS': [5]}, 'null': null, 'deep': {'$$$SS': {'$SS': ['a']}}}";
    json_t *first  = through_the_table("the first time", json(text));
    json_t *second = through_the_table("the second time", json_incref(first));
    json_t *wanted = json(text);

    (void)state;
    expect_same("the first time", first, wanted);
    expect_same("the second time", second, wanted);
    json_decref(wanted);
    json_decref(second);
    json_decref(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values),
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_at_the_ends_of_their_range),
        cmocka_unit_test(doubles),
        cmocka_unit_test(sets),
        cmocka_unit_test(every_byte),
        cmocka_unit_test(deep_documents),
        cmocka_unit_test(names_of_attributes),
#if JANSSON_VERSION_HEX >= 0x020E00
        cmocka_unit_test(name_with_nul),
#endif
        cmocka_unit_test(item_of_400_kilobytes),
        cmocka_unit_test(values_in_expressions),
        cmocka_unit_test(items_read_can_be_written),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
