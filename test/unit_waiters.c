/*
 * The waiters: what each asks, which answers end it and how, the pauses between, and how time and cancellation end it.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

static fault_server *server;

static double no_chance(void)
{
    return 0;
}

static dynamo_client *client_of(void)
{
    dynamo_config  config = { .endpoint     = fault_server_endpoint(server),
                              .access_key   = "AKIDEXAMPLE",
                              .secret_key   = "SECRETEXAMPLE",
                              .max_attempts = 1 };
    dynamo_error   error  = { .message = "" };
    dynamo_client *client = dynamo_client_new(&config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s", error.message);
    client->core->retry.chance = no_chance;
    return client;
}

/* ---- Pauses ------------------------------------------------------------------------------------------------------ */

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static const struct {
    const char *name;
    int64_t     first_us;
    unsigned    attempt;
    double      fraction;
    int64_t     left_us;
    int64_t     delay_us;
} delay_rows[] = {
    { "the first", SECOND, 1, 0.9, MINUTE, SECOND },
    { "the second, least", SECOND, 2, 0, MINUTE, SECOND },
    { "the second, half", SECOND, 2, 0.5, MINUTE, SECOND + SECOND / 2 },
    { "the third", SECOND, 3, 0.5, MINUTE, 5 * SECOND / 2 },
    { "the fifth", SECOND, 5, 0.5, MINUTE, 17 * SECOND / 2 },
    { "20 seconds at most", SECOND, 6, 0.5, MINUTE, 21 * SECOND / 2 },
    { "for ever", SECOND, 4000000000U, 0.5, MINUTE, 21 * SECOND / 2 },
    { "given short", 10, 3, 0.5, MINUTE, 25 },
    { "given long", 30 * SECOND, 9, 0.5, 10 * MINUTE, 30 * SECOND },
    { "no end", SECOND, 1, 0, INT64_MAX, SECOND },
    { "just enough left", SECOND, 1, 0, 2 * SECOND + 1, SECOND },
    { "shortened", SECOND, 1, 0, 3 * SECOND / 2, SECOND / 2 },
    { "not enough left", SECOND, 1, 0, SECOND, -1 },
    { "none left", SECOND, 1, 0, -5, -1 },
    { "longer than there is time", INT64_MAX, 1, 0, INT64_MAX, -1 },
};

static void test_delays(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(delay_rows); i++) {
        int64_t delay_us = dynamo_wait_delay_us(delay_rows[i].first_us, delay_rows[i].attempt, delay_rows[i].fraction,
                                                delay_rows[i].left_us);

        if (delay_us != delay_rows[i].delay_us)
            complain(delay_rows[i].name, "%lld", (long long)delay_us);
    }
    expect_no_complaints();
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

typedef dynamo_status (*wait_function)(dynamo_client *client, const char *name, const dynamo_wait_options *options,
                                       json_t **response, dynamo_error *error);

#define NOT_FOUND { .status = 400, .body = "{\"__type\":\"x#ResourceNotFoundException\",\"message\":\"no\"}" }
#define NO_EXPORT { .status = 400, .body = "{\"__type\":\"x#ExportNotFoundException\",\"message\":\"no\"}" }
#define DENIED { .status = 400, .body = "{\"__type\":\"x#AccessDeniedException\",\"Message\":\"not you\"}" }
#define TABLE(state) { .body = "{\"Table\":{\"TableName\":\"T\",\"TableStatus\":\"" state "\"}}" }
#define INSIGHTS(state) { .body = "{\"ContributorInsightsStatus\":\"" state "\"}" }
#define EXPORT(state) { .body = "{\"ExportDescription\":{\"ExportStatus\":\"" state "\"}}" }
#define IMPORT(state) { .body = "{\"ImportTableDescription\":{\"ImportStatus\":\"" state "\"}}" }
#define BULK(state) { .body = "{\"BulkOperationDescription\":{\"BulkOperationStatus\":\"" state "\"}}" }
#define KINESIS(states) { .body = "{\"KinesisDataStreamDestinations\":[" states "]}" }
#define ONE(state) "{\"DestinationStatus\":\"" state "\"}"

#define WAITER(name) #name, dynamo_wait_##name

static const struct {
    const char   *name;
    wait_function wait;
    fault_step    steps[3];
    size_t        requests; /* that end it */
    dynamo_status status;
    const char   *ends_with; /* the response, or the message; NULL: whatever */
} answer_rows[] = {
    { WAITER(table_exists), { NOT_FOUND, TABLE("CREATING"), TABLE("ACTIVE") }, 3, DYNAMO_OK,
      "{\"TableName\": \"T\", \"TableStatus\": \"ACTIVE\"}" },
    { WAITER(table_exists), { TABLE("ACTIVE") }, 1, DYNAMO_OK, NULL },
    { WAITER(table_exists), { TABLE("CREATING"), DENIED }, 2, DYNAMO_ERR_ACCESS_DENIED, "not you" },
    { WAITER(table_not_exists), { TABLE("ACTIVE"), TABLE("DELETING"), NOT_FOUND }, 3, DYNAMO_OK, "{}" },
    { WAITER(table_not_exists), { NOT_FOUND }, 1, DYNAMO_OK, "{}" },
    { WAITER(table_not_exists), { DENIED }, 1, DYNAMO_ERR_ACCESS_DENIED, NULL },
    { WAITER(contributor_insights_enabled), { INSIGHTS("ENABLING"), INSIGHTS("ENABLED") }, 2, DYNAMO_OK,
      "{\"ContributorInsightsStatus\": \"ENABLED\"}" },
    { WAITER(contributor_insights_enabled), { INSIGHTS("ENABLING"), INSIGHTS("FAILED") }, 2, DYNAMO_ERR_WAITER_FAILED,
      "ContributorInsightsStatus is FAILED" },
    { WAITER(contributor_insights_enabled), { NOT_FOUND }, 1, DYNAMO_ERR_RESOURCE_NOT_FOUND, "no" },
    { WAITER(export_completed), { EXPORT("IN_PROGRESS"), EXPORT("COMPLETED") }, 2, DYNAMO_OK,
      "{\"ExportDescription\": {\"ExportStatus\": \"COMPLETED\"}}" },
    { WAITER(export_completed),
      { { .body = "{\"ExportDescription\":{\"ExportStatus\":\"FAILED\",\"FailureMessage\":\"no bucket\"}}" } }, 1,
      DYNAMO_ERR_WAITER_FAILED, "ExportStatus is FAILED: no bucket" },
    { WAITER(export_completed), { NO_EXPORT }, 1, DYNAMO_ERR_EXPORT_NOT_FOUND, NULL },
    { WAITER(import_completed), { IMPORT("IN_PROGRESS"), IMPORT("COMPLETED") }, 2, DYNAMO_OK, NULL },
    { WAITER(import_completed), { IMPORT("CANCELLING"), IMPORT("CANCELLED") }, 2, DYNAMO_ERR_WAITER_FAILED,
      "ImportStatus is CANCELLED" },
    { WAITER(import_completed), { IMPORT("FAILED") }, 1, DYNAMO_ERR_WAITER_FAILED, "ImportStatus is FAILED" },
    { WAITER(bulk_operation_completed), { BULK("IN_PROGRESS"), BULK("COMPLETED") }, 2, DYNAMO_OK, NULL },
    { WAITER(bulk_operation_completed), { BULK("COMPLETED_WITH_ERRORS") }, 1, DYNAMO_OK, NULL },
    { WAITER(bulk_operation_completed), { BULK("CANCELLING"), BULK("CANCELLED") }, 2, DYNAMO_ERR_WAITER_FAILED,
      "BulkOperationStatus is CANCELLED" },
    { WAITER(bulk_operation_completed), { BULK("FAILED") }, 1, DYNAMO_ERR_WAITER_FAILED, NULL },
    { WAITER(kinesis_streaming_destination_active),
      { KINESIS(""), KINESIS(ONE("ENABLING")), KINESIS(ONE("DISABLED") "," ONE("ACTIVE")) }, 3, DYNAMO_OK, NULL },
    { WAITER(kinesis_streaming_destination_active),
      { KINESIS(ONE("DISABLED") "," ONE("ENABLING")), KINESIS(ONE("DISABLED") "," ONE("ENABLE_FAILED")) }, 2,
      DYNAMO_ERR_WAITER_FAILED, "DestinationStatus is ENABLE_FAILED" },
};

static void check_answers(dynamo_client *client, size_t row)
{
    const dynamo_wait_options options  = { .delay_ms = 1, .timeout_ms = 60000 };
    dynamo_error              error    = { .message = "" };
    json_t                   *response = NULL;
    char                     *text;
    char                      name[80];
    dynamo_status             status;

    (void)snprintf(name, sizeof(name), "%zu: %s", row, answer_rows[row].name);
    fault_server_script(server, answer_rows[row].steps, answer_rows[row].requests);
    status = answer_rows[row].wait(client, "T", &options, &response, &error);
    text   = response != NULL ? json_dumps(response, 0) : NULL;
    if (status != answer_rows[row].status || error.status != status)
        complain(name, "%s: %s", dynamo_status_name(status), error.message);
    if (fault_server_requests(server) != answer_rows[row].requests)
        complain(name, "%zu requests", fault_server_requests(server));
    if ((status == DYNAMO_OK) != (response != NULL) || (status == DYNAMO_OK) != (error.code[0] == '\0'))
        complain(name, "response %s, code %s", text, error.code);
    if (status == DYNAMO_ERR_WAITER_FAILED && !json_is_object(error.details))
        complain(name, "the last answer isn't in the details");
    if (answer_rows[row].ends_with != NULL &&
        strcmp(text != NULL ? text : error.message, answer_rows[row].ends_with) != 0)
        complain(name, "%s", text != NULL ? text : error.message);
    if (strcmp(error.request_id, "REQUEST-OF-THE-FAULT-SERVER") != 0)
        complain(name, "request_id %s", error.request_id);
    free(text);
    json_decref(response);
    dynamo_error_clear(&error);
}

static void test_answers(void **state)
{
    dynamo_client *client = client_of();

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(answer_rows); i++)
        check_answers(client, i);
    dynamo_client_free(client);
    expect_no_complaints();
}

/* What each sends. */
static const struct {
    const char   *operation;
    wait_function wait;
    const char   *body;
} request_rows[] = {
    { "DescribeTable", dynamo_wait_table_exists, "{\"TableName\":\"N\"}" },
    { "DescribeTable", dynamo_wait_table_not_exists, "{\"TableName\":\"N\"}" },
    { "DescribeContributorInsights", dynamo_wait_contributor_insights_enabled, "{\"TableName\":\"N\"}" },
    { "DescribeExport", dynamo_wait_export_completed, "{\"ExportArn\":\"N\"}" },
    { "DescribeImport", dynamo_wait_import_completed, "{\"ImportArn\":\"N\"}" },
    { "DescribeBulkOperation", dynamo_wait_bulk_operation_completed, "{\"BulkOperationArn\":\"N\"}" },
    { "DescribeKinesisStreamingDestination", dynamo_wait_kinesis_streaming_destination_active,
      "{\"TableName\":\"N\"}" },
};

static void test_requests(void **state)
{
    static const fault_step script[] = { DENIED };
    dynamo_client          *client   = client_of();

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(request_rows); i++) {
        char target[100], expected[100];

        fault_server_script(server, script, 1);
        assert_int_equal(request_rows[i].wait(client, "N", NULL, NULL, NULL), DYNAMO_ERR_ACCESS_DENIED);
        (void)snprintf(expected, sizeof(expected), "DynamoDB_20120810.%s", request_rows[i].operation);
        assert_true(fault_request_header(fault_server_request(server, 0), "x-amz-target", target, sizeof(target)));
        assert_string_equal(target, expected);
        assert_string_equal(fault_server_request(server, 0)->body, request_rows[i].body);
    }
    dynamo_client_free(client);
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static void creating(void *context, const fault_request *request, fault_step *step)
{
    (void)context;
    (void)request;
    step->body = "{\"Table\":{\"TableStatus\":\"CREATING\"}}";
}

static void expect_timeout(dynamo_client *client, const dynamo_wait_options *options)
{
    dynamo_error error    = { .message = "" };
    json_t      *response = NULL;
    double       start    = fault_clock_ms();

    fault_server_script(server, NULL, 0);
    fault_server_respond(server, creating, NULL);
    assert_int_equal(dynamo_wait_table_exists(client, "T", options, &response, &error), DYNAMO_ERR_TIMEOUT);
    assert_string_equal(error.message, "the time limit ran out while TableStatus is CREATING");
    assert_string_equal(json_string_value(json_object_get(error.details, "TableStatus")), "CREATING");
    assert_null(response);
    assert_true(fault_server_requests(server) > (fault_runs_slowly() ? 0U : 1U));
    assert_true(fault_clock_ms() - start < 10000);
    fault_server_respond(server, NULL, NULL);
    dynamo_error_clear(&error);
}

static void test_time(void **state)
{
    dynamo_client *client = client_of();
    dynamo_client *other  = dynamo_client_with(client, &(dynamo_limits){ .deadline_ms = 800 }, NULL);

    (void)state;
    expect_timeout(client, &(dynamo_wait_options){ .delay_ms = 20, .timeout_ms = 800 });
    dynamo_client_free(other);
    other = dynamo_client_with(client, &(dynamo_limits){ .deadline_ms = 800 }, NULL);
    expect_timeout(other, &(dynamo_wait_options){ .delay_ms = 20 });
    dynamo_client_free(other);
    dynamo_client_free(client);
}

/* The answer doesn't come before the end, and there was none before it. */
static void test_no_answer(void **state)
{
    static const fault_step   script[] = { { .action = FAULT_STALL } };
    const dynamo_wait_options options  = { .timeout_ms = 100 };
    dynamo_client            *client   = client_of();
    dynamo_error              error    = { .message = "" };

    (void)state;
    fault_server_script(server, script, 1);
    assert_int_equal(dynamo_wait_table_exists(client, "T", &options, NULL, &error), DYNAMO_ERR_TIMEOUT);
    assert_string_equal(error.message, "the time limit ran out before the first answer");
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void *cancel_after_first(void *argument)
{
    (void)fault_server_wait_requests(server, 1);
    dynamo_client_cancel(argument);
    return NULL;
}

/* In the long pause after the first answer. */
static void test_cancel(void **state)
{
    const dynamo_wait_options options = { .delay_ms = 15000 };
    dynamo_client            *client  = client_of();
    dynamo_error              error   = { .message = "" };
    double                    start   = fault_clock_ms();
    pthread_t                 thread;

    (void)state;
    fault_server_script(server, NULL, 0);
    fault_server_respond(server, creating, NULL);
    assert_int_equal(pthread_create(&thread, NULL, cancel_after_first, client), 0);
    assert_int_equal(dynamo_wait_table_exists(client, "T", &options, NULL, &error), DYNAMO_ERR_CANCELED);
    (void)pthread_join(thread, NULL);
    assert_int_equal(fault_server_requests(server), 1);
    assert_true(fault_clock_ms() - start < 10000);
    assert_non_null(strstr(error.message, "canceled"));
    fault_server_respond(server, NULL, NULL);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void test_arguments(void **state)
{
    dynamo_client *client   = client_of();
    dynamo_error   error    = { .message = "" };
    json_t        *response = json_null();

    (void)state;
    fault_server_script(server, NULL, 0);
    assert_int_equal(dynamo_wait_table_exists(client, NULL, NULL, &response, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_string_equal(error.message, "table_name is NULL");
    assert_null(response);
    assert_int_equal(dynamo_wait_export_completed(client, "", NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_string_equal(error.message, "export_arn is empty");
    assert_int_equal(dynamo_wait_table_exists(client, "T", &(dynamo_wait_options){ .delay_ms = -1 }, NULL, &error),
                     DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "delay_ms"));
    assert_int_equal(dynamo_wait_table_exists(client, "T", &(dynamo_wait_options){ .timeout_ms = -1 }, NULL, &error),
                     DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "timeout_ms"));
    assert_int_equal(dynamo_wait_table_exists(NULL, "T", NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "timeout_ms")); /* the failure before is the one that counts */
    assert_int_equal(fault_server_requests(server), 0);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* Each of Jansson's allocations fails in turn. */
static _Thread_local long allocations_left = -1;

static void *failing_malloc(size_t size)
{
    if (allocations_left > 0)
        allocations_left--;
    return allocations_left != 0 ? malloc(size) : NULL;
}

static void test_memory(void **state)
{
    static const fault_step   script[] = { TABLE("CREATING"), TABLE("ACTIVE") };
    const dynamo_wait_options options  = { .delay_ms = 1 };
    dynamo_client            *client   = client_of();
    json_malloc_t             old_malloc;
    json_free_t               old_free;
    dynamo_status             status = DYNAMO_ERR_OUT_OF_MEMORY;
    long                      at;

    (void)state;
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(failing_malloc, free);
    for (at = 1; status != DYNAMO_OK; at++) {
        json_t *response = NULL;

        fault_server_script(server, script, DYNAMO_COUNT(script));
        allocations_left = at;
        status           = dynamo_wait_table_exists(client, "T", &options, &response, NULL);
        allocations_left = -1;
        assert_true(status == DYNAMO_OK || status == DYNAMO_ERR_OUT_OF_MEMORY);
        assert_int_equal(status == DYNAMO_OK, response != NULL);
        json_decref(response);
    }
    json_set_alloc_funcs(old_malloc, old_free);
    dynamo_client_free(client);
    assert_true(at > 5);
}

static int set_up(void **state)
{
    (void)state;
    complaints = 0;
    server     = fault_plain_environment() ? fault_server_start() : NULL;
    return server != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fault_server_stop(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays),    cmocka_unit_test(test_answers), cmocka_unit_test(test_requests),
        cmocka_unit_test(test_time),      cmocka_unit_test(test_no_answer), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_arguments), cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests_name("waiters", tests, set_up, tear_down);
}
