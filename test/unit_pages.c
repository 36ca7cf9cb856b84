/*
 * Answers read element by element: what is given, what is left, and that it is what reading them whole gives.
 */
#include "dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"

/* ---- Pages that are as they should be ---------------------------------------------------------------------------- */

typedef struct page_row {
    const char             *name;
    const dynamo_operation *operation;
    const char             *list;
    const char             *text;
    size_t                  count;
    const char             *elements; /* all of them, plain */
    const char             *members;  /* the rest of the answer, plain */
} page_row;

static const page_row page_rows[] = {
    { "list in the middle", &dynamo_operation_scan, "Items",
      "{\"Count\":2,\"Items\":[{\"a\":{\"N\":\"1\"}},{\"a\":{\"L\":[{\"S\":\"x\"},{\"NULL\":true}]}}],"
      "\"ScannedCount\":3}",
      2, "[{\"a\": 1}, {\"a\": [\"x\", null]}]", "{\"Count\": 2, \"ScannedCount\": 3}" },
    { "list first", &dynamo_operation_query, "Items",
      "{\"Items\":[{\"a\":{\"N\":\"1\"}}],\"LastEvaluatedKey\":{\"a\":{\"B\":\"QQ==\"}}}", 1, "[{\"a\": 1}]",
      "{\"LastEvaluatedKey\": {\"a\": {\"$B\": \"QQ==\"}}}" },
    { "list last", &dynamo_operation_scan, "Items",
      "{\"LastEvaluatedKey\":{\"a\":{\"S\":\"k\"}},\"Items\":[{\"a\":{\"S\":\"k\"}}]}", 1, "[{\"a\": \"k\"}]",
      "{\"LastEvaluatedKey\": {\"a\": \"k\"}}" },
    { "white space", &dynamo_operation_scan, "Items",
      " {\n \"Items\" : [ { \"a\" : { \"N\" : \"1\" } } ,\t{ } ] , \"Count\" : 2 }\r\n ", 2, "[{\"a\": 1}, {}]",
      "{\"Count\": 2}" },
    { "empty list", &dynamo_operation_scan, "Items", "{\"Items\":[],\"Count\":0}", 0, "[]", "{\"Count\": 0}" },
    { "empty list with white space", &dynamo_operation_scan, "Items", "{\"Items\":[ \n ]}", 0, "[]", "{}" },
    { "no list", &dynamo_operation_scan, "Items", "{\"Count\":7}", 0, "[]", "{\"Count\": 7}" },
    { "nothing", &dynamo_operation_scan, "Items", "{}", 0, "[]", "{}" },
    { "brackets, quotes, commas in strings", &dynamo_operation_scan, "Items",
      "{\"Items\":[{\"],[\":{\"S\":\"}{\\\",[\\\\\"}},{\"\\\\\\\\\":{\"S\":\"\\\\\\\"]\"}}]}", 2,
      "[{\"],[\": \"}{\\\",[\\\\\"}, {\"\\\\\\\\\": \"\\\\\\\"]\"}]", "{}" },
    { "a name with escapes", &dynamo_operation_scan, "Items", "{\"\\u0049tems\":[{}],\"Co\\u0075nt\":1}", 1, "[{}]",
      "{\"Count\": 1}" },
    { "names like the list's", &dynamo_operation_scan, "Items", "{\"Item\":1,\"ItemsX\":[2],\"Items\":[{}]}", 1, "[{}]",
      "{\"Item\": 1, \"ItemsX\": [2]}" },
    { "the list's name elsewhere", &dynamo_operation_scan, "Items",
      "{\"Items\":[{\"Items\":{\"N\":\"1\"}}],\"LastEvaluatedKey\":{\"Items\":{\"N\":\"2\"}}}", 1, "[{\"Items\": 1}]",
      "{\"LastEvaluatedKey\": {\"Items\": 2}}" },
    { "no attribute values", &dynamo_operation_list_tables, "TableNames",
      "{\"TableNames\":[\"One\",\"Two\",\"Three\"],\"LastEvaluatedTableName\":\"Three\"}", 3,
      "[\"One\", \"Two\", \"Three\"]", "{\"LastEvaluatedTableName\": \"Three\"}" },
    { "one level down", &dynamo_operation_describe_stream, "StreamDescription.Shards",
      "{\"StreamDescription\":{\"StreamArn\":\"arn\",\"Shards\":[{\"ShardId\":\"1\"},{\"ShardId\":\"2\"}],"
      "\"LastEvaluatedShardId\":\"2\"}}",
      2, "[{\"ShardId\": \"1\"}, {\"ShardId\": \"2\"}]",
      "{\"StreamDescription\": {\"StreamArn\": \"arn\", \"LastEvaluatedShardId\": \"2\"}}" },
    { "no list one level down", &dynamo_operation_describe_stream, "StreamDescription.Shards",
      "{\"Shards\":[1],\"StreamDescription\":{}}", 0, "[]", "{\"Shards\": [1], \"StreamDescription\": {}}" },
    { "values inside of structures", &dynamo_operation_get_records, "Records",
      "{\"NextShardIterator\":\"n\",\"Records\":["
      "{\"eventID\":\"1\",\"dynamodb\":{\"Keys\":{\"a\":{\"N\":\"1\"}}}}]}", 1,
      "[{\"eventID\": \"1\", \"dynamodb\": {\"Keys\": {\"a\": 1}}}]", "{\"NextShardIterator\": \"n\"}" },
};

static void expect_plain(const char *row, const char *what, json_t *got, const char *expected_text)
{
    json_t *expected = json_loads(expected_text, 0, NULL);

    assert_non_null(expected);
    if (got == NULL || !json_equal(got, expected)) {
        char *text = got != NULL ? json_dumps(got, 0) : NULL;

        complain(row, "%s: %s in place of %s", what, text != NULL ? text : "nothing", expected_text);
        free(text);
    }
    json_decref(expected);
}

static void check_page(const page_row *row)
{
    dynamo_error error    = { .message = "" };
    json_t      *elements = json_array();
    json_t      *element  = NULL;
    dynamo_page  page;

    if (dynamo_page_open(&page, row->text, strlen(row->text), row->operation->output, row->list, &error) != DYNAMO_OK) {
        complain(row->name, "not opened: %s", error.message);
        json_decref(elements);
        return;
    }
    expect_plain(row->name, "members", page.members, row->members);
    for (size_t left = row->count; left != 0; left--) {
        if (page.left != left)
            complain(row->name, "left: %zu in place of %zu", page.left, left);
        if (dynamo_page_next(&page, &element, &error) != DYNAMO_OK || element == NULL) {
            complain(row->name, "with %zu left: %s", left, error.message);
            break;
        }
        assert_int_equal(json_array_append_new(elements, element), 0);
    }
    expect_plain(row->name, "elements", elements, row->elements);
    for (int i = 0; i < 2; i++)
        if (page.left != 0 || dynamo_page_next(&page, &element, &error) != DYNAMO_OK || element != NULL)
            complain(row->name, "the end isn't the end");
    json_decref(elements);
    dynamo_page_close(&page);
}

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(page_rows); i++)
        check_page(&page_rows[i]);
    expect_no_complaints();
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *text;
    int         given;  /* elements before the failure; -1: the page isn't opened */
    const char *reason; /* in the message */
} failure_rows[] = {
    { "no object", "[1]", -1, "An object was expected: response" },
    { "no text", "", -1, "An object was expected: response" },
    { "null", "{\"Items\":null}", -1, "A list was expected: response.Items" },
    { "a string", "{\"Items\":\"[]\"}", -1, "A list was expected: response.Items" },
    { "an object", "{\"Items\":{}}", -1, "A list was expected: response.Items" },
    { "the list twice", "{\"Items\":[],\"Count\":1,\"Items\":[]}", -1, "The name stands twice: response.Items" },
    { "a member twice", "{\"Count\":1,\"Items\":[],\"Count\":1}", -1, "The name stands twice: response.Count" },
    { "text behind it", "{\"Items\":[]}x", -1, "The end of the text was expected" },
    { "malformed before", "{\"Count\":01,\"Items\":[]}", -1, "response.Count" },
    { "malformed behind", "{\"Items\":[{}],\"Count\":1x}", -1, "A comma or } was expected" },
    { "malformed value behind", "{\"Items\":[{}],\"LastEvaluatedKey\":{\"a\":{\"X\":1}}}", -1, "LastEvaluatedKey.a" },
    { "no end", "{\"Items\":[{}", -1, "A comma or ] was expected" },
    { "no end in an element", "{\"Items\":[{},{\"a\":{\"N\":\"1\"}]}", -1, "response.Items[1]" },
    { "no end of a string", "{\"Items\":[{\"a\":{\"S\":\"x}}]}", -1, "A closing quote was expected" },
    { "a backslash at the end", "{\"Items\":[\"\\", -1, "An escape" },
    { "unknown type", "{\"Items\":[{},{\"a\":{\"X\":\"1\"}},{}]}", 1, "response.Items[1].a" },
    { "no number", "{\"Items\":[{},{},{\"a\":{\"N\":\"x\"}}]}", 2, "response.Items[2].a" },
    { "bad UTF-8", "{\"Items\":[{\"a\":{\"S\":\"\xFF\"}}]}", 0, "UTF-8 was expected" },
    { "control character", "{\"Items\":[{\"a\":{\"S\":\"\n\"}}]}", 0, "response.Items[0].a" },
    { "unknown escape", "{\"Items\":[{\"a\":{\"S\":\"\\x\"}}]}", 0, "response.Items[0].a" },
    { "name twice", "{\"Items\":[{},{\"a\":{\"N\":\"1\"},\"a\":{\"N\":\"1\"}}]}", 1,
      "The name stands twice: response.Items[1].a" },
    { "no comma", "{\"Items\":[{} {}]}", 0, "A comma or ] was expected" },
    { "no comma between others", "{\"Items\":[{},{} {},{}]}", 2, "A comma or ] was expected" },
    { "a comma at the end", "{\"Items\":[{},]}", 1, "response.Items[1]" },
    { "only a comma", "{\"Items\":[,]}", 0, "response.Items[0]" },
    { "a comma too many", "{\"Items\":[{},,{}]}", 1, "response.Items[1]" },
    { "brackets of the other kind", "{\"Items\":[{},{]]}", 1, "response.Items[1]" },
    { "closed by a brace", "{\"Items\":[}}", -1, "response.Items[0]" },
    { "closed by a brace behind an element", "{\"Items\":[{}}}", -1, "A comma or ] was expected" },
};

/* What the page fails with, after how many elements; again and again the same. */
static void check_failure(size_t row)
{
    const char  *name   = failure_rows[row].name;
    const char  *text   = failure_rows[row].text;
    dynamo_error error  = { .message = "" };
    json_t      *element;
    int          given  = -1;
    dynamo_page  page;
    dynamo_status status;

    status = dynamo_page_open(&page, text, strlen(text), dynamo_operation_scan.output, "Items", &error);
    if (status == DYNAMO_OK) {
        for (given = 0; (status = dynamo_page_next(&page, &element, &error)) == DYNAMO_OK && element != NULL; given++)
            json_decref(element);
        for (int i = 0; i < 2; i++) {
            size_t left = page.left;

            (void)dynamo_fail(&error, DYNAMO_OK, "none");
            if (dynamo_page_next(&page, &element, &error) != status || element != NULL || page.left != left)
                complain(name, "doesn't fail again as it did");
        }
        dynamo_page_close(&page);
    }
    if (given != failure_rows[row].given)
        complain(name, "failed after %d elements in place of %d", given, failure_rows[row].given);
    if (status != DYNAMO_ERR_BAD_RESPONSE || error.status != status)
        complain(name, "the status is %s", dynamo_status_name(status));
    if (strstr(error.message, failure_rows[row].reason) == NULL)
        complain(name, "\"%s\" in place of \"%s\"", error.message, failure_rows[row].reason);
}

static void test_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(failure_rows); i++)
        check_failure(i);
    expect_no_complaints();
}

/* As deep as text may be, and one level deeper: the page, its list, `levels` more. */
static void test_depth(void **state)
{
    (void)state;
    for (size_t levels = DYNAMO_TEXT_DEPTH - 2; levels <= DYNAMO_TEXT_DEPTH - 1; levels++) {
        dynamo_buffer text    = { 0 };
        dynamo_error  error   = { .message = "" };
        json_t       *element = NULL;
        dynamo_page   page;

        dynamo_buffer_text(&text, "{\"TableNames\":[0,");
        for (size_t i = 0; i < levels; i++)
            dynamo_buffer_char(&text, '[');
        for (size_t i = 0; i < levels; i++)
            dynamo_buffer_char(&text, ']');
        dynamo_buffer_text(&text, "]}");
        assert_int_equal(dynamo_page_open(&page, text.data, text.length, &dynamo_shape_any, "TableNames", &error), 0);
        assert_int_equal(page.left, 2);
        assert_int_equal(dynamo_page_next(&page, &element, &error), DYNAMO_OK);
        json_decref(element);
        if (levels == DYNAMO_TEXT_DEPTH - 2) {
            assert_int_equal(dynamo_page_next(&page, &element, &error), DYNAMO_OK);
            json_decref(element);
        } else {
            assert_int_equal(dynamo_page_next(&page, &element, &error), DYNAMO_ERR_BAD_RESPONSE);
            assert_non_null(strstr(error.message, "Nested too deeply"));
        }
        dynamo_page_close(&page);
        dynamo_buffer_free(&text);
    }
}

/* ---- The same as read whole -------------------------------------------------------------------------------------- */

static uint64_t random_state;

static size_t random_below(size_t limit)
{
    uint64_t bits;

    random_state += 0x9E3779B97F4A7C15U; /* splitmix64 */
    bits = random_state;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return (size_t)((bits ^ bits >> 31) % limit);
}

static json_t *read_whole(const char *text, size_t length, const dynamo_shape *output)
{
    const dynamo_path root   = DYNAMO_PATH_ROOT("response");
    dynamo_reader     reader = {
            .start = text, .next = text, .end = text + length, .failure = DYNAMO_ERR_BAD_RESPONSE
    };
    json_t *whole = dynamo_read_shape(&reader, output, &root);

    if (whole != NULL && json_is_object(whole) && dynamo_read_end(&reader))
        return whole;
    json_decref(whole);
    return NULL;
}

/* Put together again from a page; NULL: it failed somewhere. `list` has no dot in it. */
static json_t *read_paged(const char *text, size_t length, const dynamo_shape *output, const char *list)
{
    dynamo_error error = { .message = "" };
    json_t      *elements, *element, *whole;
    dynamo_page  page;

    if (dynamo_page_open(&page, text, length, output, list, &error) != DYNAMO_OK)
        return NULL;
    elements = json_array();
    while (dynamo_page_next(&page, &element, &error) == DYNAMO_OK && element != NULL)
        assert_int_equal(json_array_append_new(elements, element), 0);
    whole = error.status == DYNAMO_OK ? json_incref(page.members) : NULL;
    if (page.element != NULL && whole != NULL)
        assert_int_equal(json_object_set(whole, list, elements), 0);
    json_decref(elements);
    dynamo_page_close(&page);
    return whole;
}

static const char mutated[] =
    "{\"Count\":3,\"Items\":[{\"a\":{\"N\":\"1\"},\"b\":{\"L\":[{\"S\":\"x\\\"]\"},{\"BOOL\":true}]}},{},"
    "{\"c\":{\"M\":{\"d\":{\"SS\":[\"p\",\"q\\\\\"]}}},\"e\":{\"B\":\"QQ==\"}}],"
    "\"LastEvaluatedKey\":{\"a\":{\"S\":\"\"}}}";

/* A page fails exactly where reading the answer whole does, if the list is a list, and else gives the same. */
static void check_mutation(const char *text, size_t length)
{
    json_t *whole = read_whole(text, length, dynamo_operation_scan.output);
    json_t *paged = read_paged(text, length, dynamo_operation_scan.output, "Items");
    json_t *items = json_object_get(whole, "Items");

    if (items != NULL && !json_is_array(items)) {
        if (paged != NULL)
            complain("mutation", "what is no list is read: %.*s", (int)length, text);
    } else if ((whole == NULL) != (paged == NULL)) {
        complain("mutation", "%s only: %.*s", whole != NULL ? "whole" : "paged", (int)length, text);
    } else if (whole != NULL && !json_equal(whole, paged)) {
        complain("mutation", "read otherwise: %.*s", (int)length, text);
    }
    json_decref(whole);
    json_decref(paged);
}

/* Bytes changed, taken out, put in twice. */
static size_t mutate(char *text, size_t length)
{
    static const char odd[] = "\"\\{}[]:,0-1etn \n\x01\x7F\x80\xC3\xFF";
    size_t            at    = random_below(length);

    switch (random_below(3)) {
    case 0:
        text[at] = odd[random_below(sizeof(odd) - 1)];
        return length;
    case 1:
        memmove(text + at, text + at + 1, length - at - 1);
        return length - 1;
    default:
        memmove(text + at + 1, text + at, length - at);
        text[at] = odd[random_below(sizeof(odd) - 1)];
        return length + 1;
    }
}

static void test_mutations(void **state)
{
    const char *given = getenv("DYNAMO_TEST_SEED");
    char        text[sizeof(mutated) + 8];

    (void)state;
    random_state = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003U + (uint64_t)getpid();
    print_message("mutations: DYNAMO_TEST_SEED=%llu\n", (unsigned long long)random_state);
    for (size_t length = 0; length < sizeof(mutated); length++)
        check_mutation(mutated, length);
    for (int i = 0; i < 20000; i++) {
        size_t length = sizeof(mutated) - 1;

        memcpy(text, mutated, length);
        for (uint64_t times = 1 + random_below(3); times != 0; times--)
            length = mutate(text, length);
        check_mutation(text, length);
    }
    expect_no_complaints();
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static long allocations_left = -1; /* before Jansson's fail; -1: never */

static void *failing_malloc(size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return malloc(size);
}

/* Each of Jansson's allocations fails in turn; with memory again, the same page goes on where it was. */
static void test_no_memory(void **state)
{
    json_malloc_t old_malloc;
    json_free_t   old_free;
    bool          failed = true;
    long          at;

    (void)state;
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(failing_malloc, free);
    for (at = 0; failed; at++) {
        dynamo_error error = { .message = "" };
        json_t      *element;
        size_t       count = 0;
        dynamo_page  page;

        failed           = false;
        allocations_left = at;
        if (dynamo_page_open(&page, mutated, sizeof(mutated) - 1, dynamo_operation_scan.output, "Items", &error) !=
            DYNAMO_OK) {
            assert_int_equal(error.status, DYNAMO_ERR_OUT_OF_MEMORY);
            failed = true;
            continue;
        }
        do {
            if (dynamo_page_next(&page, &element, &error) != DYNAMO_OK) {
                assert_int_equal(error.status, DYNAMO_ERR_OUT_OF_MEMORY);
                failed           = true;
                allocations_left = -1;
                continue;
            }
            count += element != NULL;
            json_decref(element);
        } while (page.left != 0);
        assert_int_equal(count, 3);
        dynamo_page_close(&page);
    }
    allocations_left = -1;
    json_set_alloc_funcs(old_malloc, old_free);
    print_message("each of %ld allocations failed in turn\n", at - 1);
    assert_true(at > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),     cmocka_unit_test(test_failures),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_mutations), cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
