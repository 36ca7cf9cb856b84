/*
 * Lists over all their pages, against a server that plays them: what is requested, what is handed out, what holds after
 * a failure.
 */
#include "dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

static fault_server  *server;
static dynamo_client *client;

static dynamo_client *client_of(unsigned max_attempts, void (*on_attempt)(void *, const dynamo_attempt *))
{
    dynamo_error   error  = { .message = "" };
    dynamo_config  config = { .endpoint     = fault_server_endpoint(server),
                              .access_key   = "AKIDEXAMPLE",
                              .secret_key   = "SECRETEXAMPLE",
                              .max_attempts = max_attempts,
                              .timeout_ms   = 20000,
                              .on_attempt   = on_attempt };
    dynamo_client *made   = dynamo_client_new(&config, &error);

    if (made == NULL)
        fail_msg("dynamo_client_new: %s: %s", error.code, error.message);
    return made;
}

static int set_up(void **state)
{
    (void)state;
    complaints = 0;
    server     = fault_plain_environment() ? fault_server_start() : NULL;
    client     = server != NULL ? client_of(1, NULL) : NULL;
    return client != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dynamo_client_free(client);
    fault_server_stop(server);
    return 0;
}

#define SCRIPT(steps) fault_server_script(server, (steps), DYNAMO_COUNT(steps))

static const char *request_body(size_t index)
{
    return fault_server_request(server, index)->body;
}

/* JSON text, its quotes single ones. */
static json_t *json_of(const char *text)
{
    char  *copy = strdup(text);
    json_t *value;

    assert_non_null(copy);
    for (char *quote = copy; (quote = strchr(quote, '\'')) != NULL;)
        *quote = '"';
    value = json_loads(copy, JSON_DECODE_ANY, NULL);
    if (value == NULL)
        fail_msg("the test's own JSON is malformed: %s", text);
    free(copy);
    return value;
}

static void expect_json(const char *row, const char *what, json_t *got, const char *expected_text)
{
    json_t *expected = json_of(expected_text);
    char   *text     = got != NULL ? json_dumps(got, JSON_ENCODE_ANY) : NULL;

    if (got == NULL || !json_equal(got, expected))
        complain(row, "%s: %s in place of %s", what, text != NULL ? text : "nothing", expected_text);
    free(text);
    json_decref(expected);
}

static void expect_next(dynamo_items *items, const char *expected, size_t left)
{
    dynamo_error  error  = { .message = "" };
    json_t       *item   = NULL;
    dynamo_status status = dynamo_items_next(items, &item, &error);

    if (status != DYNAMO_OK || error.status != DYNAMO_OK)
        fail_msg("%s in place of %s", error.message, expected);
    if (expected == NULL && item != NULL)
        fail_msg("an item in place of the end");
    if (expected != NULL)
        expect_json("next", "item", item, expected);
    assert_int_equal(dynamo_items_left(items), left);
    dynamo_error_clear(&error);
    expect_no_complaints();
}

static void expect_failure(dynamo_items *items, dynamo_status expected, const char *words)
{
    dynamo_error error = { .message = "" };
    json_t      *item  = (json_t *)&error;

    assert_int_equal(dynamo_items_next(items, &item, &error), expected);
    assert_int_equal(error.status, expected);
    assert_null(item);
    if (strstr(error.message, words) == NULL)
        fail_msg("'%s' isn't in '%s'", words, error.message);
    dynamo_error_clear(&error);
}

static dynamo_items *scan_of(const dynamo_scan_options *options)
{
    dynamo_items *items = dynamo_scan_items(client, "T", options, NULL);

    assert_non_null(items);
    return items;
}

/* ---- Each list --------------------------------------------------------------------------------------------------- */

static dynamo_items *describe_stream(dynamo_error *error)
{
    return dynamo_describe_stream_items(client, "arn", &(dynamo_describe_stream_options){ .limit = 2 }, error);
}

static dynamo_items *execute_statement(dynamo_error *error)
{
    return dynamo_execute_statement_items(client, "SELECT * FROM T", NULL, error);
}

static dynamo_items *get_records(dynamo_error *error)
{
    return dynamo_get_records_items(client, "i", &(dynamo_get_records_options){ .limit = 2 }, error);
}

static dynamo_items *list_backups(dynamo_error *error)
{
    return dynamo_list_backups_items(client, &(dynamo_list_backups_options){ .table_name = "T" }, error);
}

static dynamo_items *list_bulk_operations(dynamo_error *error)
{
    return dynamo_list_bulk_operations_items(client, NULL, error);
}

static dynamo_items *list_contributor_insights(dynamo_error *error)
{
    return dynamo_list_contributor_insights_items(
        client, &(dynamo_list_contributor_insights_options){ .max_results = 2 }, error);
}

static dynamo_items *list_exports(dynamo_error *error)
{
    return dynamo_list_exports_items(client, &(dynamo_list_exports_options){ .max_results = 2 }, error);
}

static dynamo_items *list_global_tables(dynamo_error *error)
{
    return dynamo_list_global_tables_items(client, &(dynamo_list_global_tables_options){ .region_name = "eu" }, error);
}

static dynamo_items *list_imports(dynamo_error *error)
{
    return dynamo_list_imports_items(client, &(dynamo_list_imports_options){ .page_size = 2 }, error);
}

static dynamo_items *list_streams(dynamo_error *error)
{
    return dynamo_list_streams_items(client, NULL, error);
}

static dynamo_items *list_tables(dynamo_error *error)
{
    return dynamo_list_tables_items(client, &(dynamo_list_tables_options){ .exclusive_start_table_name = "p\"0" },
                                    error);
}

static dynamo_items *list_tags_of_resource(dynamo_error *error)
{
    return dynamo_list_tags_of_resource_items(client, "arn", NULL, error);
}

static dynamo_items *query(dynamo_error *error)
{
    json_t              *names   = json_of("{'#a':'a'}");
    dynamo_query_options options = { .key_condition_expression = "x", .expression_attribute_names = names };
    dynamo_items        *items   = dynamo_query_items(client, "T", &options, error);

    json_decref(names);
    return items;
}

static dynamo_items *scan(dynamo_error *error)
{
    json_t             *start   = json_of("{'a':{'$B':'QQ=='}}");
    dynamo_scan_options options = { .exclusive_start_key = start, .total_segments = 2 };
    dynamo_items       *items   = dynamo_scan_items(client, "T", &options, error);

    json_decref(start);
    return items;
}

#define STRING_POSITIONS "\"p1\"", "\"p2\""

/* The answers are made of it: {LIST: [one, two], POSITION: first}, {LIST: [], POSITION: second}, {LIST: [three]}. */
static const struct {
    const char *name;
    dynamo_items *(*make)(dynamo_error *error);
    const char *first_request;
    const char *constant; /* what the other requests begin with */
    const char *start;    /* of the request */
    const char *inside;
    const char *list;
    const char *position;
    const char *positions[2]; /* on the wire */
    const char *elements[3];  /* on the wire */
    const char *plain;        /* all of them */
} list_rows[] = {
    { "DescribeStream", describe_stream, "{\"StreamArn\":\"arn\",\"Limit\":2}", "{\"StreamArn\":\"arn\",\"Limit\":2,",
      "ExclusiveStartShardId", "StreamDescription", "Shards", "LastEvaluatedShardId", { STRING_POSITIONS },
      { "{\"ShardId\":\"1\"}", "{\"ShardId\":\"2\"}", "{\"ShardId\":\"3\"}" },
      "[{'ShardId':'1'},{'ShardId':'2'},{'ShardId':'3'}]" },
    { "ExecuteStatement", execute_statement, "{\"Statement\":\"SELECT * FROM T\"}",
      "{\"Statement\":\"SELECT * FROM T\",", "NextToken", NULL, "Items", "NextToken", { STRING_POSITIONS },
      { "{\"a\":{\"N\":\"1\"}}", "{\"a\":{\"N\":\"2\"}}", "{\"a\":{\"N\":\"3\"}}" }, "[{'a':1},{'a':2},{'a':3}]" },
    { "GetRecords", get_records, "{\"ShardIterator\":\"i\",\"Limit\":2}", "{\"Limit\":2,", "ShardIterator", NULL,
      "Records", "NextShardIterator", { STRING_POSITIONS },
      { "{\"dynamodb\":{\"Keys\":{\"a\":{\"N\":\"1\"}}}}", "{\"eventID\":\"2\"}", "{\"eventID\":\"3\"}" },
      "[{'dynamodb':{'Keys':{'a':1}}},{'eventID':'2'},{'eventID':'3'}]" },
    { "ListBackups", list_backups, "{\"TableName\":\"T\"}", "{\"TableName\":\"T\",", "ExclusiveStartBackupArn", NULL,
      "BackupSummaries", "LastEvaluatedBackupArn", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" },
      "[{},{'B':1},{'C':2.5}]" },
    { "ListBulkOperations", list_bulk_operations, "{}", "{", "NextToken", NULL, "BulkOperationsSummaryList",
      "NextToken", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" }, "[{},{'B':1},{'C':2.5}]" },
    { "ListContributorInsights", list_contributor_insights, "{\"MaxResults\":2}", "{\"MaxResults\":2,", "NextToken",
      NULL, "ContributorInsightsSummaries", "NextToken", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" },
      "[{},{'B':1},{'C':2.5}]" },
    { "ListExports", list_exports, "{\"MaxResults\":2}", "{\"MaxResults\":2,", "NextToken", NULL, "ExportSummaries",
      "NextToken", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" }, "[{},{'B':1},{'C':2.5}]" },
    { "ListGlobalTables", list_global_tables, "{\"RegionName\":\"eu\"}", "{\"RegionName\":\"eu\",",
      "ExclusiveStartGlobalTableName", NULL, "GlobalTables", "LastEvaluatedGlobalTableName", { STRING_POSITIONS },
      { "{}", "{\"B\":1}", "{\"C\":2.5}" }, "[{},{'B':1},{'C':2.5}]" },
    { "ListImports", list_imports, "{\"PageSize\":2}", "{\"PageSize\":2,", "NextToken", NULL, "ImportSummaryList",
      "NextToken", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" }, "[{},{'B':1},{'C':2.5}]" },
    { "ListStreams", list_streams, "{}", "{", "ExclusiveStartStreamArn", NULL, "Streams", "LastEvaluatedStreamArn",
      { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" }, "[{},{'B':1},{'C':2.5}]" },
    { "ListTables", list_tables, "{\"ExclusiveStartTableName\":\"p\\\"0\"}", "{", "ExclusiveStartTableName", NULL,
      "TableNames", "LastEvaluatedTableName", { "\"\\\\\\\"\"", "\"p2\"" }, { "\"One\"", "\"Two\"", "\"Three\"" },
      "['One','Two','Three']" },
    { "ListTagsOfResource", list_tags_of_resource, "{\"ResourceArn\":\"arn\"}", "{\"ResourceArn\":\"arn\",",
      "NextToken", NULL, "Tags", "NextToken", { STRING_POSITIONS }, { "{}", "{\"B\":1}", "{\"C\":2.5}" },
      "[{},{'B':1},{'C':2.5}]" },
    { "Query", query,
      "{\"TableName\":\"T\",\"KeyConditionExpression\":\"x\",\"ExpressionAttributeNames\":{\"#a\":\"a\"}}",
      "{\"TableName\":\"T\",\"KeyConditionExpression\":\"x\",\"ExpressionAttributeNames\":{\"#a\":\"a\"},",
      "ExclusiveStartKey", NULL, "Items", "LastEvaluatedKey",
      { "{\"a\":{\"N\":\"12345678901234567890.5\"},\"b\":{\"S\":\"\xc3\xa4\"}}", "{\"a\":{\"B\":\"QQ==\"}}" },
      { "{\"a\":{\"SS\":[\"x\"]}}", "{\"a\":{\"BOOL\":true}}", "{\"a\":{\"L\":[]}}" },
      "[{'a':{'$SS':['x']}},{'a':true},{'a':[]}]" },
    { "Scan", scan,
      "{\"TableName\":\"T\",\"ExclusiveStartKey\":{\"a\":{\"B\":\"QQ==\"}},\"TotalSegments\":2,\"Segment\":0}",
      "{\"TableName\":\"T\",\"TotalSegments\":2,\"Segment\":0,", "ExclusiveStartKey", NULL, "Items",
      "LastEvaluatedKey", { "{\"a\":{\"N\":\"1\"}}", "{\"a\":{\"N\":\"2\"}}" },
      { "{\"a\":{\"SS\":[\"x\"]}}", "{\"a\":{\"BOOL\":true}}", "{\"a\":{\"L\":[]}}" },
      "[{'a':{'$SS':['x']}},{'a':true},{'a':[]}]" },
};

#define TEXT_SIZE 512

static void play(size_t row, char pages[3][TEXT_SIZE], fault_step script[3])
{
    const char *inside   = list_rows[row].inside;
    const char *list     = list_rows[row].list;
    const char *position = list_rows[row].position;
    char        elements[TEXT_SIZE / 4];

    snprintf(elements, sizeof(elements), "%s, %s", list_rows[row].elements[0], list_rows[row].elements[1]);
    for (int i = 0; i < 3; i++) {
        char ahead[TEXT_SIZE / 4] = "";

        if (i < 2)
            snprintf(ahead, sizeof(ahead), "\"%s\":%s,", position, list_rows[row].positions[i]);
        snprintf(pages[i], TEXT_SIZE, "{%s%s%s%s\"%s\":[%s]}%s", inside != NULL ? "\"" : "",
                 inside != NULL ? inside : "", inside != NULL ? "\":{" : "", ahead, list,
                 i == 0   ? elements
                 : i == 1 ? ""
                          : list_rows[row].elements[2],
                 inside != NULL ? "}" : "");
        script[i] = (fault_step){ .body = pages[i] };
    }
    fault_server_script(server, script, 3);
}

static void expect_requests(size_t row)
{
    char expected[TEXT_SIZE];

    if (fault_server_requests(server) != 3) {
        complain(list_rows[row].name, "%zu requests in place of 3", fault_server_requests(server));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(expected, sizeof(expected), "%s\"%s\":%s}", list_rows[row].constant, list_rows[row].start,
                 i > 0 ? list_rows[row].positions[i - 1] : "");
        if (strcmp(request_body(i), i > 0 ? expected : list_rows[row].first_request) != 0)
            complain(list_rows[row].name, "request %zu is %s, not %s", i, request_body(i),
                     i > 0 ? expected : list_rows[row].first_request);
    }
}

static void check_list(size_t row)
{
    bool          grows    = strcmp(list_rows[row].name, "GetRecords") == 0;
    json_t       *elements = json_array();
    json_t       *item     = NULL;
    dynamo_error  error    = { .message = "" };
    dynamo_items *items;
    char          pages[3][TEXT_SIZE];
    fault_step    script[3];
    int           ends = 0;

    play(row, pages, script);
    items = list_rows[row].make(&error);
    if (items == NULL || fault_server_requests(server) != 0 || dynamo_items_page(items) != NULL)
        complain(list_rows[row].name, "not made, or not silently: %s", error.message);
    while (ends < (grows ? 2 : 1)) {
        if (dynamo_items_next(items, &item, &error) != DYNAMO_OK) {
            complain(list_rows[row].name, "%s", error.message);
            break;
        }
        ends += item == NULL;
        if (item != NULL)
            json_array_append(elements, item);
    }
    if (dynamo_items_next(items, &item, &error) != DYNAMO_OK || item != NULL || error.attempts != 0)
        complain(list_rows[row].name, "the end isn't the end");
    expect_json(list_rows[row].name, "elements", elements, list_rows[row].plain);
    expect_json(list_rows[row].name, "the last page", dynamo_items_page(items),
                list_rows[row].inside != NULL ? "{'StreamDescription':{}}" : "{}");
    expect_requests(row);
    dynamo_items_free(items);
    json_decref(elements);
}

static void each_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(list_rows); i++)
        check_list(i);
    expect_no_complaints();
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

#define ONE "{\"a\":{\"N\":\"1\"}}"
#define TWO "{\"a\":{\"N\":\"2\"}}"
#define THREE "{\"a\":{\"N\":\"3\"}}"
#define FIRST_PAGE "{\"Items\":[" ONE "," TWO "],\"Count\":2,\"LastEvaluatedKey\":" TWO "}"
#define LAST_PAGE "{\"Items\":[" THREE "],\"Count\":1}"

/* What is borrowed holds until it is told to: memory checkers see it here. */
static void items_and_pages(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE }, { .body = LAST_PAGE } };
    dynamo_items           *items;
    json_t                 *item, *page;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    assert_int_equal(dynamo_items_left(items), 0);
    assert_null(dynamo_items_page(items));
    expect_next(items, "{'a':1}", 1);
    assert_int_equal(dynamo_items_next(items, &item, NULL), DYNAMO_OK);
    page = dynamo_items_page(items);
    expect_json("first page", "members", page, "{'Count':2,'LastEvaluatedKey':{'a':2}}");
    assert_int_equal(dynamo_items_left(items), 0);
    expect_json("first page", "item", item, "{'a':2}");
    assert_int_equal(fault_server_requests(server), 1);
    expect_next(items, "{'a':3}", 0);
    expect_json("last page", "members", dynamo_items_page(items), "{'Count':1}");
    expect_next(items, NULL, 0);
    expect_next(items, NULL, 0);
    expect_json("at the end", "members", dynamo_items_page(items), "{'Count':1}");
    assert_int_equal(fault_server_requests(server), 2);
    expect_no_complaints();
    dynamo_items_free(items);
}

/* An item kept by a reference of the caller's own outlives all. */
static void item_kept(void **state)
{
    static const fault_step script[] = { { .body = LAST_PAGE } };
    dynamo_items           *items;
    json_t                 *item;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    assert_int_equal(dynamo_items_next(items, &item, NULL), DYNAMO_OK);
    json_incref(item);
    dynamo_items_free(items);
    expect_json("kept", "item", item, "{'a':3}");
    assert_int_equal(item->refcount, 1);
    json_decref(item);
    expect_no_complaints();
}

static void positions_that_are_none(void **state)
{
    static const char *const ends[] = { "{\"Items\":[],\"LastEvaluatedKey\":{}}",
                                        "{\"Items\":[],\"NextToken\":\"x\"}", "{}" };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(ends); i++) {
        const fault_step script[] = { { .body = ends[i] } };
        dynamo_items    *items    = scan_of(NULL);

        SCRIPT(script);
        expect_next(items, NULL, 0);
        expect_next(items, NULL, 0);
        assert_int_equal(fault_server_requests(server), 1);
        dynamo_items_free(items);
    }
}

/* The buffer of a page serves a larger one, and then a smaller one, as well. */
static void pages_of_all_sizes(void **state)
{
    enum { LARGE = 20000 };
    static char large[LARGE * (sizeof(ONE) + 1) + 200];
    size_t      length = (size_t)snprintf(large, sizeof(large), "{\"LastEvaluatedKey\":" THREE ",\"Items\":[" ONE);
    const fault_step script[] = { { .body = FIRST_PAGE }, { .body = large }, { .body = LAST_PAGE } };
    dynamo_items *items;

    (void)state;
    for (int i = 1; i < LARGE; i++)
        length += (size_t)snprintf(large + length, sizeof(large) - length, "," ONE);
    snprintf(large + length, sizeof(large) - length, "]}");
    SCRIPT(script);
    items = scan_of(NULL);
    expect_next(items, "{'a':1}", 1);
    expect_next(items, "{'a':2}", 0);
    for (size_t left = LARGE; left-- > 0;)
        expect_next(items, "{'a':1}", left);
    expect_next(items, "{'a':3}", 0);
    expect_next(items, NULL, 0);
    dynamo_items_free(items);
}

/* One connection, one client, two lists of which each knows its own place. */
static void two_at_once(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE }, { .body = FIRST_PAGE }, { .body = LAST_PAGE },
                                         { .body = LAST_PAGE } };
    dynamo_items           *one, *other;

    (void)state;
    SCRIPT(script);
    one   = scan_of(NULL);
    other = scan_of(NULL);
    expect_next(one, "{'a':1}", 1);
    expect_next(other, "{'a':1}", 1);
    expect_next(one, "{'a':2}", 0);
    expect_next(one, "{'a':3}", 0);
    expect_next(other, "{'a':2}", 0);
    expect_next(other, "{'a':3}", 0);
    dynamo_items_free(one);
    dynamo_items_free(other);
}

/* An open shard's empty page is the end of what there is so far, a closed shard's last page that of all. */
static void shard_grows(void **state)
{
    static const fault_step script[] = {
        { .body = "{\"Records\":[],\"NextShardIterator\":\"i\"}" }, /* stays where it is */
        { .body = "{\"Records\":[],\"NextShardIterator\":\"i\"}" },
        { .body = "{\"Records\":[{\"eventID\":\"1\"}],\"NextShardIterator\":\"j\"}" },
        { .body = "{\"Records\":[]}" },
    };
    dynamo_items *items = dynamo_get_records_items(client, "i", NULL, NULL);

    (void)state;
    SCRIPT(script);
    for (size_t i = 1; i <= 2; i++) {
        expect_next(items, NULL, 0);
        assert_int_equal(fault_server_requests(server), i);
        expect_json("open", "page", dynamo_items_page(items), "{'NextShardIterator':'i'}");
    }
    expect_next(items, "{'eventID':'1'}", 0);
    expect_next(items, NULL, 0);
    expect_json("closed", "page", dynamo_items_page(items), "{}");
    expect_next(items, NULL, 0);
    assert_int_equal(fault_server_requests(server), 4);
    expect_no_complaints();
    dynamo_items_free(items);
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void failed_page_again(void **state)
{
    static const fault_step script[] = {
        { .action = FAULT_CLOSE_AFTER_REQUEST },
        { .body = FIRST_PAGE },
        { .status = 500, .body = "{\"__type\":\"InternalServerError\",\"message\":\"sorry\"}" },
        { .body = LAST_PAGE, .crc = FAULT_CRC_WRONG },
        { .action = FAULT_CLOSE_IN_BODY, .body = LAST_PAGE },
        { .body = "{\"Items\":[" ONE "]" },
        { .body = "{\"__type\":\"ThrottlingException\",\"message\":\"slower\"}" },
        { .body = "{\"Items\":[" ONE "],\"LastEvaluatedKey\":{\"a\":1}}" },
        { .body = "", .crc = FAULT_CRC_NONE, .headers = "Content-Length: 0\r\n", .length = FAULT_LENGTH_ABSENT },
        { .body = LAST_PAGE },
    };
    dynamo_items *items;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    expect_failure(items, DYNAMO_ERR_REQUEST_FAILED, "");
    assert_null(dynamo_items_page(items));
    expect_next(items, "{'a':1}", 1);
    expect_next(items, "{'a':2}", 0);
    expect_failure(items, DYNAMO_ERR_INTERNAL_SERVER_ERROR, "sorry");
    expect_failure(items, DYNAMO_ERR_CHECKSUM_MISMATCH, "CRC");
    expect_failure(items, DYNAMO_ERR_REQUEST_FAILED, "");
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "");
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "ThrottlingException");
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "LastEvaluatedKey");
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "empty");
    assert_int_equal(dynamo_items_left(items), 0);
    expect_json("after failures", "the page before", dynamo_items_page(items),
                "{'Count':2,'LastEvaluatedKey':{'a':2}}");
    expect_next(items, "{'a':3}", 0);
    expect_next(items, NULL, 0);
    assert_int_equal(fault_server_requests(server), DYNAMO_COUNT(script));
    for (size_t i = 2; i < DYNAMO_COUNT(script); i++)
        assert_string_equal(request_body(i), "{\"TableName\":\"T\",\"ExclusiveStartKey\":" TWO "}");
    expect_no_complaints();
    dynamo_items_free(items);
}

/* The client's own attempts are a list's too; the error tells of them. */
static void attempts_within(void **state)
{
    static const fault_step script[] = { { .status = 500 }, { .action = FAULT_CLOSE_IN_BODY, .body = FIRST_PAGE },
                                         { .body = FIRST_PAGE } };
    dynamo_error            error    = { .message = "" };
    dynamo_client          *patient  = client_of(4, NULL);
    dynamo_items           *items;
    json_t                 *item;

    (void)state;
    SCRIPT(script);
    items = dynamo_scan_items(patient, "T", NULL, &error);
    assert_int_equal(dynamo_items_next(items, &item, &error), DYNAMO_OK);
    assert_int_equal(error.attempts, 3);
    assert_int_equal(error.http_status, 200);
    assert_int_equal(dynamo_items_next(items, &item, &error), DYNAMO_OK);
    assert_int_equal(error.attempts, 0);
    dynamo_items_free(items);
    dynamo_client_free(patient);
}

static void failed_item_again(void **state)
{
    static const fault_step script[] = { { .body = "{\"Items\":[" ONE ",{\"a\":{\"N\":5}}," TWO "]}" } };
    dynamo_items           *items;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    expect_next(items, "{'a':1}", 2);
    for (int i = 0; i < 3; i++) {
        expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "Items[1].a");
        assert_int_equal(dynamo_items_left(items), 2);
    }
    assert_int_equal(fault_server_requests(server), 1);
    dynamo_items_free(items);
}

/* A page that ends where it began would be asked for for ever. */
static void position_that_stays(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE },
                                         { .body = "{\"Items\":[],\"LastEvaluatedKey\":" TWO "}" },
                                         { .body = LAST_PAGE } };
    dynamo_items           *items;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    expect_next(items, "{'a':1}", 1);
    expect_next(items, "{'a':2}", 0);
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "would never end");
    expect_next(items, "{'a':3}", 0);
    expect_next(items, NULL, 0);
    dynamo_items_free(items);
}

static void position_of_another_type(void **state)
{
    static const fault_step script[] = { { .body = "{\"TableNames\":[\"A\"],\"LastEvaluatedTableName\":5}" },
                                         { .body = "{\"TableNames\":[\"A\"],\"LastEvaluatedTableName\":\"\"}" } };
    dynamo_items           *items    = dynamo_list_tables_items(client, NULL, NULL);

    (void)state;
    SCRIPT(script);
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "LastEvaluatedTableName");
    assert_int_equal(dynamo_items_left(items), 0);
    expect_next(items, "'A'", 0);
    expect_next(items, NULL, 0);
    assert_string_equal(request_body(0), request_body(1));
    dynamo_items_free(items);
}

/* What is too large to be taken is a failure like another, and leaves the buffer fit for the next page. */
static void page_too_large(void **state)
{
    static const fault_step script[] = {
        { .body = FIRST_PAGE },
        { .body = "                ", .repeat = DYNAMO_BODY_LIMIT / 16 + 1, .crc = FAULT_CRC_NONE },
        { .body = LAST_PAGE },
    };
    dynamo_items *items;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    expect_next(items, "{'a':1}", 1);
    expect_next(items, "{'a':2}", 0);
    expect_failure(items, DYNAMO_ERR_BAD_RESPONSE, "larger than");
    expect_next(items, "{'a':3}", 0);
    dynamo_items_free(items);
}

/* ---- Random lists ------------------------------------------------------------------------------------------------ */

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    uint64_t bits;

    random_state += 0x9E3779B97F4A7C15U; /* splitmix64 */
    bits = random_state;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return (bits ^ bits >> 31) % limit;
}

enum { PAGES_MOST = 12, STEPS_MOST = 3 * PAGES_MOST, PAGE_SIZE = 256 };

typedef struct random_list {
    char       pages[PAGES_MOST][PAGE_SIZE];
    fault_step steps[STEPS_MOST];
    size_t     step_count;
    int        elements;
} random_list;

/* A failure mostly spoils the page that it stands for. */
static fault_step random_failure(const char *page)
{
    const fault_step failures[] = {
        { .status = 500 },
        { .status = 400, .body = "{\"__type\":\"ProvisionedThroughputExceededException\"}" },
        { .action = FAULT_CLOSE_AFTER_REQUEST },
        { .action = FAULT_CLOSE_IN_BODY, .body = page },
        { .action = FAULT_RESET },
        { .body = page, .crc = FAULT_CRC_WRONG },
        { .body = page, .body_length = 1 + random_below(strlen(page) - 1) },
    };

    return failures[random_below(DYNAMO_COUNT(failures))];
}

/* Pages of up to four elements that are numbered through, failures before some. */
static void make_random_list(random_list *list)
{
    size_t pages = 1 + random_below(PAGES_MOST);

    list->step_count = 0;
    list->elements   = 0;
    for (size_t i = 0; i < pages; i++) {
        char  *page   = list->pages[i];
        size_t count  = random_below(5);
        size_t length = (size_t)snprintf(page, PAGE_SIZE, "{\"Items\":[");

        for (size_t j = 0; j < count; j++)
            length += (size_t)snprintf(page + length, PAGE_SIZE - length, "%s{\"a\":{\"N\":\"%d\"}}",
                                       j > 0 ? "," : "", list->elements++);
        length += (size_t)snprintf(page + length, PAGE_SIZE - length, "]");
        if (i + 1 < pages)
            length += (size_t)snprintf(page + length, PAGE_SIZE - length,
                                       ",\"LastEvaluatedKey\":{\"page\":{\"N\":\"%zu\"}}", i + 1);
        snprintf(page + length, PAGE_SIZE - length, "}");
        for (uint64_t failures = random_below(3); failures > 0; failures--)
            list->steps[list->step_count++] = random_failure(page);
        list->steps[list->step_count++] = (fault_step){ .body = page };
    }
}

/* Each request begins where the page before ended, those that repeat a failed one too. */
static void expect_random_requests(const random_list *list)
{
    size_t page = 0;

    assert_int_equal(fault_server_requests(server), list->step_count);
    for (size_t i = 0; i < list->step_count; i++) {
        char expected[PAGE_SIZE] = "{\"TableName\":\"T\"}";

        if (page > 0)
            snprintf(expected, sizeof(expected),
                     "{\"TableName\":\"T\",\"ExclusiveStartKey\":{\"page\":{\"N\":\"%zu\"}}}", page);
        assert_string_equal(request_body(i), expected);
        page += list->steps[i].body == list->pages[page] && list->steps[i].action == FAULT_ANSWER &&
                list->steps[i].crc == FAULT_CRC_RIGHT && list->steps[i].body_length == 0;
    }
}

static void random_lists(void **state)
{
    const char        *given = getenv("DYNAMO_TEST_SEED");
    static random_list list;

    (void)state;
    random_state = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003 + (uint64_t)getpid();
    print_message("DYNAMO_TEST_SEED=%llu\n", (unsigned long long)random_state);
    for (int again = 0; again < 100; again++) {
        dynamo_items *items;
        json_t       *item = NULL;
        size_t        failures = 0;
        int           next = 0;

        make_random_list(&list);
        fault_server_script(server, list.steps, list.step_count);
        items = scan_of(NULL);
        while (dynamo_items_next(items, &item, NULL) != DYNAMO_OK ? ++failures < 100 : item != NULL)
            if (item != NULL)
                assert_int_equal(json_integer_value(json_object_get(item, "a")), next++);
        assert_int_equal(next, list.elements);
        expect_random_requests(&list);
        dynamo_items_free(items);
    }
}

/* ---- Statements that write --------------------------------------------------------------------------------------- */

static void ambiguous_statements(void **state)
{
    static const fault_step script[] = { { .action = FAULT_CLOSE_AFTER_REQUEST } };
    static const struct {
        const char *statement;
        bool        ambiguous;
    } rows[] = { { "SELECT * FROM T", false }, { "DELETE FROM T WHERE id = 1", true } };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_error  error = { .message = "" };
        dynamo_items *items = dynamo_execute_statement_items(client, rows[i].statement, NULL, &error);
        json_t       *item;

        SCRIPT(script);
        assert_int_equal(dynamo_items_next(items, &item, &error), DYNAMO_ERR_REQUEST_FAILED);
        assert_int_equal(error.ambiguous, rows[i].ambiguous);
        assert_null(error.details);
        dynamo_items_free(items);
    }
}

/* ---- Arguments --------------------------------------------------------------------------------------------------- */

static void refused(void **state)
{
    static const struct {
        const char *name, *table_name, *names;
        int64_t     segment;
        const char *words;
    } rows[] = {
        { "no table", NULL, NULL, 0, "table_name is NULL" },
        { "empty table", "", NULL, 0, "table_name is empty" },
        { "no UTF-8", "\xff", NULL, 0, "table_name is not UTF-8" },
        { "a wrong type", "T", "{'#a':5}", 0, "ExpressionAttributeNames" },
        { "a shorthand's rule", "T", NULL, 1, "segment" },
    };

    (void)state;
    fault_server_script(server, NULL, 0);
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_error        error   = { .message = "" };
        json_t             *names   = rows[i].names != NULL ? json_of(rows[i].names) : NULL;
        dynamo_scan_options options = { .segment = rows[i].segment, .expression_attribute_names = names };
        dynamo_items       *items   = dynamo_scan_items(client, rows[i].table_name, &options, &error);

        if (items != NULL || error.status != DYNAMO_ERR_INVALID_ARGUMENT ||
            strstr(error.message, rows[i].words) == NULL)
            complain(rows[i].name, "%s", error.message);
        if (dynamo_scan_items(client, rows[i].table_name, &options, NULL) != NULL)
            complain(rows[i].name, "made without an error's place");
        dynamo_error_clear(&error);
        json_decref(names);
    }
    assert_int_equal(fault_server_requests(server), 0);
    expect_no_complaints();
}

static void nulls(void **state)
{
    dynamo_error  error = { .message = "" };
    json_t       *item  = (json_t *)&error;
    dynamo_items *items;

    (void)state;
    assert_null(dynamo_scan_items(NULL, "T", NULL, NULL));
    assert_null(dynamo_scan_items(NULL, "T", NULL, &error));
    assert_int_equal(error.status, DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "client is NULL"));

    (void)dynamo_fail(&error, DYNAMO_ERR_NO_REGION, "the first");
    assert_null(dynamo_scan_items(NULL, "T", NULL, &error));
    assert_int_equal(dynamo_items_next(NULL, &item, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(item);
    assert_string_equal(error.message, "the first");
    assert_int_equal(error.status, DYNAMO_ERR_NO_REGION);

    dynamo_error_clear(&error);
    assert_int_equal(dynamo_items_next(NULL, &item, NULL), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_int_equal(dynamo_items_next(NULL, &item, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "items is NULL"));
    assert_int_equal(dynamo_items_left(NULL), 0);
    assert_null(dynamo_items_page(NULL));
    dynamo_items_free(NULL);

    fault_server_script(server, NULL, 0);
    items = scan_of(NULL);
    assert_int_equal(dynamo_items_next(items, NULL, NULL), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_int_equal(dynamo_items_next(items, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "item is NULL"));
    assert_int_equal(fault_server_requests(server), 0);
    expect_next(items, NULL, 0);
    dynamo_items_free(items);
}

static char seen_table[32];

static void see_table(void *context, const dynamo_attempt *attempt)
{
    (void)context;
    snprintf(seen_table, sizeof(seen_table), "%s %s", attempt->operation, attempt->table_name);
}

/* Nothing of the caller's is kept: all of it may be changed or gone before the first page. */
static void nothing_kept(void **state)
{
    static const fault_step script[]  = { { .body = FIRST_PAGE }, { .body = LAST_PAGE } };
    char                    table[]   = "Mine";
    char                    filter[]  = "#a > :a";
    json_t                 *names     = json_of("{'#a':'a'}");
    json_t                 *values    = json_of("{':a':0}");
    json_t                 *start     = json_of("{'a':0}");
    dynamo_scan_options     options   = { .filter_expression = filter, .expression_attribute_names = names,
                                          .expression_attribute_values = values, .exclusive_start_key = start };
    dynamo_client          *watched   = client_of(1, see_table);
    dynamo_items           *items     = dynamo_scan_items(watched, table, &options, NULL);
    static const char       constant[] =
        "\"TableName\":\"Mine\",\"ExclusiveStartKey\":{\"a\":{\"N\":\"0\"}},\"FilterExpression\":\"#a > :a\","
        "\"ExpressionAttributeNames\":{\"#a\":\"a\"},\"ExpressionAttributeValues\":{\":a\":{\"N\":\"0\"}}}";

    (void)state;
    SCRIPT(script);
    assert_int_equal(names->refcount, 1);
    assert_int_equal(values->refcount, 1);
    assert_int_equal(start->refcount, 1);
    json_decref(names);
    json_decref(values);
    json_decref(start);
    memset(table, 'x', sizeof(table));
    memset(filter, 'x', sizeof(filter));
    memset(&options, 'x', sizeof(options));
    dynamo_client_free(watched); /* the list keeps it */
    expect_next(items, "{'a':1}", 1);
    assert_string_equal(request_body(0) + 1, constant);
    assert_string_equal(seen_table, "Scan Mine");
    expect_next(items, "{'a':2}", 0);
    expect_next(items, "{'a':3}", 0);
    expect_next(items, NULL, 0);
    dynamo_items_free(items);
}

/* ---- The client's part ------------------------------------------------------------------------------------------- */

static void canceled(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE } };
    dynamo_client          *own      = dynamo_client_with(client, NULL, NULL);
    dynamo_items           *items    = dynamo_scan_items(own, "T", NULL, NULL);

    (void)state;
    SCRIPT(script);
    expect_next(items, "{'a':1}", 1);
    dynamo_client_cancel(own);
    dynamo_client_free(own);
    expect_next(items, "{'a':2}", 0); /* it is here already */
    expect_failure(items, DYNAMO_ERR_CANCELED, "");
    expect_failure(items, DYNAMO_ERR_CANCELED, "");
    assert_int_equal(fault_server_requests(server), 1);
    dynamo_items_free(items);
}

static void out_of_time(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE }, { .action = FAULT_STALL, .body = LAST_PAGE },
                                         { .body = LAST_PAGE } };
    dynamo_client          *own      = dynamo_client_with(client, NULL, NULL);
    dynamo_items           *items    = dynamo_scan_items(own, "T", NULL, NULL);

    (void)state;
    SCRIPT(script);
    expect_next(items, "{'a':1}", 1);
    expect_next(items, "{'a':2}", 0);
    own->timeout_ms = 300; /* for the page that stalls alone: the others may be slow on a busy machine */
    expect_failure(items, DYNAMO_ERR_TIMEOUT, "");
    own->timeout_ms = client->timeout_ms;
    fault_server_release(server, 1);
    expect_next(items, "{'a':3}", 0);
    dynamo_items_free(items);
    dynamo_client_free(own);
}

/* A child goes on with a list where its parent was, and so does the parent. */
static void after_fork(void **state)
{
    static const fault_step script[] = { { .body = FIRST_PAGE }, { .body = LAST_PAGE }, { .body = LAST_PAGE } };
    dynamo_items           *items;
    json_t                 *item;
    pid_t                   child;
    int                     status = -1;

    (void)state;
    SCRIPT(script);
    items = scan_of(NULL);
    expect_next(items, "{'a':1}", 1);
    child = fork();
    if (child == 0) {
        int count = 0;

        while (dynamo_items_next(items, &item, NULL) == DYNAMO_OK && item != NULL)
            count++;
        dynamo_items_free(items);
        _exit(count);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    expect_next(items, "{'a':2}", 0);
    expect_next(items, "{'a':3}", 0);
    expect_next(items, NULL, 0);
    assert_int_equal(fault_server_requests(server), 3);
    dynamo_items_free(items);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static _Thread_local long allocations_left = -1; /* of this thread, before one fails; -1: never */

static bool may_allocate(void)
{
    if (allocations_left == 0) {
        allocations_left = -1; /* the next has memory again */
        return false;
    }
    if (allocations_left > 0)
        allocations_left--;
    return true;
}

#ifdef DYNAMO_TEST_WRAP_MALLOC
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return may_allocate() ? __real_realloc(memory, size) : NULL;
}

char *__wrap_strdup(const char *text)
{
    return may_allocate() ? __real_strdup(text) : NULL;
}

static void *json_allocate(size_t size)
{
    return malloc(size);
}
#else
static void *json_allocate(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}
#endif

/* Goes on after the failure, and finds all there is. true: an allocation failed. */
static bool iterate_with_failure(long at)
{
    static const fault_step script[] = { { .body = FIRST_PAGE }, { .body = LAST_PAGE }, { .body = LAST_PAGE } };
    dynamo_error            error    = { .message = "" };
    bool                    failed   = false;
    json_t                 *item     = NULL;
    int                     sum      = 0;
    dynamo_items           *items;

    SCRIPT(script);
    allocations_left = at;
    items            = dynamo_scan_items(client, "T", NULL, &error);
    if (items == NULL) {
        assert_int_equal(error.status, DYNAMO_ERR_OUT_OF_MEMORY);
        failed = true;
        items  = scan_of(NULL);
    }
    do {
        if (dynamo_items_next(items, &item, &error) == DYNAMO_OK) {
            sum += item != NULL ? (int)json_integer_value(json_object_get(item, "a")) : 0;
            continue;
        }
        assert_int_equal(error.status, DYNAMO_ERR_OUT_OF_MEMORY);
        assert_false(failed);
        failed = true;
        /* Where the page had come, it is requested again. */
        if (fault_server_requests(server) == 1 && dynamo_items_page(items) == NULL)
            SCRIPT(script);
    } while (item != NULL || error.status != DYNAMO_OK);
    if (sum != 6)
        complain("memory", "the items' sum is %d, with allocation %ld failing", sum, at);
    /* Some failures do no harm: a smaller size hint, an answer's details. */
    failed           = failed || allocations_left < 0;
    allocations_left = -1;
    dynamo_items_free(items);
    return failed;
}

static void no_memory(void **state)
{
    json_malloc_t old_malloc;
    json_free_t   old_free;
    long          at = 0;

    (void)state;
#ifndef DYNAMO_TEST_WRAP_MALLOC
    print_message("NOT TESTED: the library's own allocations are not made to fail in this build, only Jansson's\n");
#endif
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(json_allocate, free);
    while (iterate_with_failure(at))
        at++;
    json_set_alloc_funcs(old_malloc, old_free);
    print_message("each of %ld allocations failed in turn\n", at);
    assert_true(at > 20);
    expect_no_complaints();
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(each_list),
        SERVED(items_and_pages),
        SERVED(item_kept),
        SERVED(positions_that_are_none),
        SERVED(pages_of_all_sizes),
        SERVED(two_at_once),
        SERVED(shard_grows),
        SERVED(failed_page_again),
        SERVED(attempts_within),
        SERVED(failed_item_again),
        SERVED(position_that_stays),
        SERVED(position_of_another_type),
        SERVED(page_too_large),
        SERVED(random_lists),
        SERVED(ambiguous_statements),
        SERVED(refused),
        SERVED(nulls),
        SERVED(nothing_kept),
        SERVED(canceled),
        SERVED(out_of_time),
        SERVED(after_fork),
        SERVED(no_memory),
    };

    return cmocka_run_group_tests_name("items", tests, NULL, NULL);
}
