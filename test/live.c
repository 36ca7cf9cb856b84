/* What live.h declares. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MOST_TABLES 32

dynamo_client *live_client;
dynamo_error   live_error;

static char   tables[MOST_TABLES][LIVE_NAME_SIZE];
static size_t table_count;

int live_start(void **state)
{
    const char *endpoint = getenv("DYNAMO_TEST_ENDPOINT");

    (void)state;
    if (endpoint == NULL || endpoint[0] == '\0') {
        print_error("DYNAMO_TEST_ENDPOINT has to name a DynamoDB: http://localhost:8000\n");
        return -1;
    }
    live_client = dynamo_client_new(&(dynamo_config){.endpoint = endpoint}, &live_error);
    if (live_client == NULL)
        print_error("%s: %s\n", live_error.code, live_error.message);
    return live_client != NULL ? 0 : -1;
}

int live_stop(void **state)
{
    int failed = 0;

    (void)state;
    while (table_count > 0)
        if (dynamo_delete_table(live_client, tables[--table_count], NULL, NULL, &live_error) != DYNAMO_OK) {
            print_error("DeleteTable: %s\n", live_error.message);
            failed = -1;
        }
    dynamo_error_clear(&live_error);
    dynamo_client_free(live_client);
    return failed;
}

void live_needs(const char *what)
{
    const char *server = getenv("DYNAMO_TEST_SERVER");

    if (server != NULL && strcmp(server, "dynalite") == 0) {
        print_message("dynalite has no %s\n", what);
        skip();
    }
}

json_t *live_load(const char *text)
{
    char        *copy = strdup(text);
    json_error_t error;
    json_t      *value;

    assert_non_null(copy);
    for (char *at = copy; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    value = json_loads(copy, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    free(copy);
    if (value == NULL)
        fail_msg("the test's own JSON: %s in %s", error.text, text);
    return value;
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static bool all_active(json_t *description)
{
    json_t *indexes = json_object_get(description, "GlobalSecondaryIndexes");
    bool    active  = strcmp(json_string_value(json_object_get(description, "TableStatus")), "ACTIVE") == 0;

    for (size_t i = 0; active && i < json_array_size(indexes); i++)
        active = strcmp(json_string_value(json_object_get(json_array_get(indexes, i), "IndexStatus")), "ACTIVE") == 0;
    return active;
}

void live_wait_active(const char *name)
{
    const struct timespec pause   = {.tv_nsec = 50000000};
    time_t                give_up = time(NULL) + 120;

    for (;;) {
        json_t *description;
        bool    active;

        LIVE_MUST(dynamo_describe_table(live_client, name, NULL, &description, &live_error));
        active = all_active(description);
        json_decref(description);
        if (active)
            return;
        if (time(NULL) > give_up)
            fail_msg("%s isn't active after two minutes", name);
        nanosleep(&pause, NULL);
    }
}

void live_table(char name[LIVE_NAME_SIZE], const char *definitions, const char *schema,
                const dynamo_create_table_options *options)
{
    json_t *defined = live_load(definitions), *keys = live_load(schema);
    char    unique[37];

    assert_true(table_count < MOST_TABLES);
    assert_true(dynamo_uuid(unique));
    snprintf(name, LIVE_NAME_SIZE, "dynamo-test-%s", unique);
    LIVE_MUST(dynamo_create_table(live_client, name, defined, keys, options, NULL, &live_error));
    memcpy(tables[table_count++], name, LIVE_NAME_SIZE);
    json_decref(defined);
    json_decref(keys);
    live_wait_active(name);
}

void live_put(const char *table, json_t *item)
{
    LIVE_MUST(dynamo_put_item(live_client, table, item, NULL, NULL, &live_error));
    json_decref(item);
}

/* ---- Expectations ------------------------------------------------------------------------------------------------ */

void live_must(dynamo_status status, const char *call, const char *file, int line)
{
    if (status == DYNAMO_OK)
        return;
    print_error("%s\n    %s: %s\n", call, live_error.code, live_error.message);
    _fail(file, line);
}

void live_fails(dynamo_status expected, dynamo_status status, const char *call, const char *file, int line)
{
    if (status == expected && live_error.status == expected &&
        (live_error.attempts == 0) == (expected == DYNAMO_ERR_INVALID_ARGUMENT))
        return;
    print_error("%s\n    %s, not %s: %s\n", call, dynamo_status_name(status), dynamo_status_name(expected),
                live_error.message);
    _fail(file, line);
}

static int compare_texts(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* A set in the order of its elements' texts. */
static json_t *sorted(json_t *list)
{
    size_t  count  = json_array_size(list);
    char  **texts  = calloc(count + 1, sizeof(*texts));
    json_t *result = json_array();

    assert_non_null(texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_dumps(json_array_get(list, i), JSON_ENCODE_ANY | JSON_COMPACT);
    qsort(texts, count, sizeof(*texts), compare_texts);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(result, json_loads(texts[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
        free(texts[i]);
    }
    free(texts);
    return result;
}

/* A copy with every set sorted. */
static json_t *with_sorted_sets(json_t *value)
{
    json_t     *copy, *member;
    const char *name;
    size_t      index;

    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach(value, name, member) {
            bool set = strcmp(name, "$SS") == 0 || strcmp(name, "$NS") == 0 || strcmp(name, "$BS") == 0;

            json_object_set_new(copy, name, set ? sorted(member) : with_sorted_sets(member));
        }
        return copy;
    }
    if (!json_is_array(value))
        return json_deep_copy(value);
    copy = json_array();
    json_array_foreach(value, index, member)
        json_array_append_new(copy, with_sorted_sets(member));
    return copy;
}

/* The members that differ; of other values the whole. */
static void print_difference(const char *what, json_t *found, json_t *expected)
{
    char       *one, *other;
    const char *name;
    json_t     *member;

    if (json_is_object(found) && json_is_object(expected)) {
        json_object_foreach(expected, name, member)
            if (!json_equal(json_object_get(found, name), member))
                print_difference(name, json_object_get(found, name), member);
        json_object_foreach(found, name, member)
            if (json_object_get(expected, name) == NULL)
                print_difference(name, member, NULL);
        return;
    }
    one   = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);
    other = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);
    print_error("%s is %.400s, not %.400s\n", what, one != NULL ? one : "NULL", other != NULL ? other : "NULL");
    free(one);
    free(other);
}

void live_equal(json_t *found, json_t *expected, const char *what, const char *file, int line)
{
    json_t *one = with_sorted_sets(found), *other = with_sorted_sets(expected);
    bool    equal = json_equal(one, other) != 0;

    if (!equal)
        print_difference(what, one, other);
    json_decref(one);
    json_decref(other);
    json_decref(expected);
    if (!equal)
        _fail(file, line);
}

char *live_filled(size_t length)
{
    char *text = malloc(length + 1);

    assert_non_null(text);
    memset(text, 'x', length);
    text[length] = '\0';
    return text;
}
