/*
 * What a call comes to that takes more than one attempt: when it is made again, how often, what is told of it, whether
 * a write may have been applied, and by which clock it is signed. Against a server that misbehaves on purpose.
 *
 * Chance is taken out of the pauses, so that throttling doesn't cost seconds and each figure is exact.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int set_up(void **state)
{
    complaints = 0;
    *state     = fault_server_start();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    fault_server_stop(*state);
    return 0;
}

static double no_jitter(void)
{
    return 0;
}

static double half(void)
{
    return 0.5;
}

static dynamo_client *client_of(const dynamo_config *config, double (*chance)(void))
{
    dynamo_error   error  = {0};
    dynamo_client *client = dynamo_client_new(config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s: %s", error.code, error.message);
    client->core->retry.chance = chance;
    return client;
}

static dynamo_client *client_at(const char *endpoint)
{
    dynamo_config config = {.endpoint = endpoint, .attempt_timeout_ms = 10000};

    return client_of(&config, no_jitter);
}

typedef dynamo_status (*call_function)(dynamo_client *client, dynamo_error *error);

static dynamo_status get(dynamo_client *client, dynamo_error *error)
{
    json_t       *key    = json_pack("{s:i}", "id", 1);
    dynamo_status status = dynamo_get_item(client, "Music", key, NULL, NULL, error);

    json_decref(key);
    return status;
}

static dynamo_status put(dynamo_client *client, dynamo_error *error)
{
    json_t                 *item    = json_pack("{s:i}", "id", 1);
    dynamo_put_item_options options = {.condition_expression = "attribute_not_exists(id)"};
    dynamo_status           status  = dynamo_put_item(client, "Music", item, &options, NULL, error);

    json_decref(item);
    return status;
}

static dynamo_status transact(dynamo_client *client, dynamo_error *error)
{
    json_t       *items  = json_pack("[{s:{s:s, s:{s:i}}}]", "Put", "TableName", "Music", "Item", "id", 1);
    dynamo_status status = dynamo_transact_write_items(client, items, NULL, NULL, error);

    json_decref(items);
    return status;
}

static dynamo_status raw(dynamo_client *client, const char *operation, json_t *request, dynamo_error *error)
{
    dynamo_status status = dynamo_call(client, operation, request, NULL, error);

    json_decref(request);
    return status;
}

static dynamo_status raw_get(dynamo_client *client, dynamo_error *error)
{
    return raw(client, "GetItem", json_object(), error);
}

static dynamo_status raw_put(dynamo_client *client, dynamo_error *error)
{
    return raw(client, "PutItem", json_object(), error);
}

static dynamo_status raw_transact(dynamo_client *client, dynamo_error *error)
{
    return raw(client, "TransactWriteItems", json_object(), error);
}

static dynamo_status raw_transact_with_token(dynamo_client *client, dynamo_error *error)
{
    return raw(client, "TransactWriteItems", json_pack("{s:s}", "ClientRequestToken", "t"), error);
}

/* ---- Rows: what each attempt meets, what the call comes to ------------------------------------------------------- */

#define CODE(http_status, code) {.status = http_status, .body = "{\"__type\":\"com.amazon#" code "\"}"}
#define FINE {0}
#define THROTTLED CODE(400, "ProvisionedThroughputExceededException")
#define FAILED CODE(500, "InternalServerError")
#define UNAVAILABLE CODE(503, "ServiceUnavailable")
#define REFUSED CODE(400, "ValidationException")
#define CONDITION CODE(400, "ConditionalCheckFailedException")
#define LOST {.action = FAULT_CLOSE_AFTER_REQUEST}
#define RESET {.action = FAULT_RESET}
#define HALF {.action = FAULT_CLOSE_IN_BODY, .body = "{\"Item\":{}}"}
#define HEADLESS {.action = FAULT_CLOSE_IN_HEADERS}
#define DAMAGED {.crc = FAULT_CRC_WRONG}
#define NONSENSE {.body = "<html></html>"}
#define BARE(http_status) {.status = http_status, .body = ""}

typedef struct retry_row {
    const char   *name;
    call_function call;
    fault_step    script[5];
    dynamo_status status;
    unsigned      attempts;
    bool          ambiguous;
    long          http_status; /* of the last answer; 0: none came */
} retry_row;

static const retry_row rows[] = {
    /* Reads: when another attempt is made. */
    {"no need", get, {FINE}, DYNAMO_OK, 1, false, 200},
    {"throttled once", get, {THROTTLED}, DYNAMO_OK, 2, false, 200},
    {"throttled twice", get, {THROTTLED, THROTTLED}, DYNAMO_OK, 3, false, 200},
    {"throttled three times", get, {THROTTLED, THROTTLED, THROTTLED}, DYNAMO_OK, 4, false, 200},
    {"throttled four times", get, {THROTTLED, THROTTLED, THROTTLED, THROTTLED},
     DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, 4, false, 400},
    {"the service failed", get, {FAILED}, DYNAMO_OK, 2, false, 200},
    {"four kinds of failure", get, {FAILED, UNAVAILABLE, RESET, THROTTLED},
     DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, 4, false, 400},
    {"RequestLimitExceeded", get, {CODE(400, "RequestLimitExceeded")}, DYNAMO_OK, 2, false, 200},
    {"ThrottlingException", get, {CODE(400, "ThrottlingException")}, DYNAMO_OK, 2, false, 200},
    {"LimitExceededException", get, {CODE(400, "LimitExceededException")}, DYNAMO_OK, 2, false, 200},
    {"InternalFailure", get, {CODE(500, "InternalFailure")}, DYNAMO_OK, 2, false, 200},
    {"RequestTimeout", get, {CODE(408, "RequestTimeout")}, DYNAMO_OK, 2, false, 200},
    {"no code, 429", get, {BARE(429)}, DYNAMO_OK, 2, false, 200},
    {"no code, 500", get, {BARE(500)}, DYNAMO_OK, 2, false, 200},
    {"no code, 501", get, {BARE(501)}, DYNAMO_ERR_UNKNOWN_SERVICE, 1, false, 501},
    {"no code, 502", get, {BARE(502)}, DYNAMO_OK, 2, false, 200},
    {"no code, 503", get, {BARE(503)}, DYNAMO_OK, 2, false, 200},
    {"no code, 504", get, {BARE(504)}, DYNAMO_OK, 2, false, 200},
    {"no code, 400", get, {BARE(400)}, DYNAMO_ERR_UNKNOWN_SERVICE, 1, false, 400},
    {"an unknown code, 503", get, {CODE(503, "OddException")}, DYNAMO_OK, 2, false, 200},
    {"an unknown code, 400", get, {CODE(400, "OddException")}, DYNAMO_ERR_UNKNOWN_SERVICE, 1, false, 400},
    {"a close", get, {LOST}, DYNAMO_OK, 2, false, 200},
    {"a reset", get, {RESET}, DYNAMO_OK, 2, false, 200},
    {"a close within the headers", get, {HEADLESS}, DYNAMO_OK, 2, false, 200},
    {"a close within the body", get, {HALF}, DYNAMO_OK, 2, false, 200},
    {"a close before it was read", get, {{.action = FAULT_CLOSE_BEFORE_READING}}, DYNAMO_OK, 2, false, 200},
    {"not HTTP", get, {{.action = FAULT_RAW, .body = "SSH-2.0-OpenSSH_9.2\r\n"}}, DYNAMO_OK, 2, false, 200},
    {"a wrong CRC", get, {DAMAGED}, DYNAMO_OK, 2, false, 200},
    {"four wrong CRCs", get, {DAMAGED, DAMAGED, DAMAGED, DAMAGED}, DYNAMO_ERR_CHECKSUM_MISMATCH, 4, false, 200},
    {"four closes", get, {LOST, LOST, LOST, LOST}, DYNAMO_ERR_REQUEST_FAILED, 4, false, 0},
    {"an answer, then three closes", get, {FAILED, LOST, LOST, LOST}, DYNAMO_ERR_REQUEST_FAILED, 4, false, 500},

    /* What another attempt can't mend. */
    {"no JSON", get, {NONSENSE}, DYNAMO_ERR_BAD_RESPONSE, 1, false, 200},
    {"no JSON the second time", get, {FAILED, NONSENSE}, DYNAMO_ERR_BAD_RESPONSE, 2, false, 200},
    {"an attribute value of two types", get, {{.body = "{\"Item\":{\"a\":{\"S\":\"x\",\"N\":\"1\"}}}"}},
     DYNAMO_ERR_BAD_RESPONSE, 1, false, 200},
    {"a request that is refused", get, {REFUSED}, DYNAMO_ERR_VALIDATION, 1, false, 400},
    {"no access", get, {CODE(400, "AccessDeniedException")}, DYNAMO_ERR_ACCESS_DENIED, 1, false, 400},
    {"no table", get, {CODE(400, "ResourceNotFoundException")}, DYNAMO_ERR_RESOURCE_NOT_FOUND, 1, false, 400},
    {"a code beats its status", get, {CODE(500, "ValidationException")}, DYNAMO_ERR_VALIDATION, 1, false, 500},
    {"a pause that is asked for", get, {{.status = 400, .headers = "x-amz-retry-after: 1\r\n",
     .body = "{\"__type\":\"ValidationException\"}"}}, DYNAMO_ERR_VALIDATION, 1, false, 400},

    /* Writes: whether one may have been applied. */
    {"put", put, {FINE}, DYNAMO_OK, 1, false, 200},
    {"put, throttled", put, {THROTTLED}, DYNAMO_OK, 2, false, 200},
    {"put, throttled throughout", put, {THROTTLED, THROTTLED, THROTTLED, THROTTLED},
     DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, 4, false, 400},
    {"put, unavailable", put, {UNAVAILABLE}, DYNAMO_OK, 2, false, 200},
    {"put, unavailable throughout", put, {UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE},
     DYNAMO_ERR_SERVICE_UNAVAILABLE, 4, false, 503},
    {"put, failed", put, {FAILED}, DYNAMO_OK, 2, true, 200},
    {"put, 502", put, {BARE(502)}, DYNAMO_OK, 2, true, 200},
    {"put, 503 without a code", put, {BARE(503)}, DYNAMO_OK, 2, true, 200},
    {"put, 504", put, {BARE(504)}, DYNAMO_OK, 2, true, 200},
    {"put, 429 without a code", put, {BARE(429)}, DYNAMO_OK, 2, false, 200},
    {"put, lost", put, {LOST}, DYNAMO_OK, 2, true, 200},
    {"put, reset", put, {RESET}, DYNAMO_OK, 2, true, 200},
    {"put, half an answer", put, {HALF}, DYNAMO_OK, 2, true, 200},
    {"put, damaged", put, {DAMAGED}, DYNAMO_OK, 2, true, 200},
    {"put, lost throughout", put, {LOST, LOST, LOST, LOST}, DYNAMO_ERR_REQUEST_FAILED, 4, true, 0},
    {"put, its condition fails", put, {CONDITION}, DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, 1, false, 400},
    {"put, throttled, its condition fails", put, {THROTTLED, CONDITION}, DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, 2,
     false, 400},
    {"put, lost, its condition fails", put, {LOST, CONDITION}, DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, 2, true, 400},
    {"put, failed, its condition fails", put, {FAILED, CONDITION}, DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, 2, true, 400},
    {"put, lost, then throttled", put, {LOST, THROTTLED, THROTTLED, THROTTLED},
     DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, 4, true, 400},
    {"put, lost, then refused", put, {LOST, REFUSED}, DYNAMO_ERR_VALIDATION, 2, true, 400},
    {"put, lost, then no JSON", put, {LOST, NONSENSE}, DYNAMO_ERR_BAD_RESPONSE, 2, true, 200},
    {"put, no JSON", put, {NONSENSE}, DYNAMO_ERR_BAD_RESPONSE, 1, true, 200},
    {"put, throttled, then lost", put, {THROTTLED, LOST}, DYNAMO_OK, 3, true, 200},

    /* Transactions: the token makes one of several. */
    {"transaction", transact, {FINE}, DYNAMO_OK, 1, false, 200},
    {"transaction, lost", transact, {LOST}, DYNAMO_OK, 2, false, 200},
    {"transaction, failed", transact, {FAILED}, DYNAMO_OK, 2, false, 200},
    {"transaction, lost and running still", transact, {LOST, CODE(400, "TransactionInProgressException")},
     DYNAMO_OK, 3, false, 200},
    {"transaction, lost, then canceled", transact, {LOST, CODE(400, "TransactionCanceledException")},
     DYNAMO_ERR_TRANSACTION_CANCELED, 2, false, 400},
    {"transaction, lost, then refused", transact, {LOST, REFUSED}, DYNAMO_ERR_VALIDATION, 2, false, 400},
    {"transaction, lost, then throttled", transact, {LOST, THROTTLED, THROTTLED, THROTTLED},
     DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, 4, true, 400},
    {"transaction, lost, then unavailable", transact, {LOST, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE},
     DYNAMO_ERR_SERVICE_UNAVAILABLE, 4, true, 503},
    {"transaction, lost, then running to the end", transact,
     {LOST, CODE(400, "TransactionInProgressException"), CODE(400, "TransactionInProgressException"),
      CODE(400, "TransactionInProgressException")}, DYNAMO_ERR_TRANSACTION_IN_PROGRESS, 4, true, 400},
    {"transaction, lost, then no access", transact, {LOST, CODE(400, "AccessDeniedException")},
     DYNAMO_ERR_ACCESS_DENIED, 2, true, 400},
    {"transaction, lost, throttled, then done", transact, {LOST, THROTTLED}, DYNAMO_OK, 3, false, 200},
    {"transaction, throttled, then lost to the end", transact, {THROTTLED, LOST, LOST, LOST},
     DYNAMO_ERR_REQUEST_FAILED, 4, true, 400},
    {"transaction, lost, then failed to the end", transact, {LOST, FAILED, FAILED, FAILED},
     DYNAMO_ERR_INTERNAL_SERVER_ERROR, 4, true, 500},

    /* dynamo_call() knows them too. */
    {"raw read, lost", raw_get, {LOST}, DYNAMO_OK, 2, false, 200},
    {"raw write, lost", raw_put, {LOST}, DYNAMO_OK, 2, true, 200},
    {"raw write, lost, its condition fails", raw_put, {LOST, CONDITION}, DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, 2,
     true, 400},
    {"raw transaction without a token, lost", raw_transact, {LOST}, DYNAMO_OK, 2, true, 200},
    {"raw transaction with a token, lost", raw_transact_with_token, {LOST}, DYNAMO_OK, 2, false, 200},
    {"raw transaction with a token, lost throughout", raw_transact_with_token, {LOST, LOST, LOST, LOST},
     DYNAMO_ERR_REQUEST_FAILED, 4, true, 0},
};

static bool request_value(fault_server *server, size_t index, const char *name, char value[256])
{
    return fault_request_header(fault_server_request(server, index), name, value, 256);
}

/* The request is the same each time, under the same invocation id; the header counts. */
static void check_requests(fault_server *server, const retry_row *row)
{
    char id[256] = "", other[256], count[256], expected[64];

    for (size_t i = 0; i < fault_server_requests(server); i++) {
        if (!request_value(server, i, "amz-sdk-invocation-id", other) || strlen(other) != 36)
            complain(row->name, "request %zu has no invocation id", i);
        if (i > 0 && strcmp(id, other) != 0)
            complain(row->name, "request %zu has another invocation id", i);
        if (i > 0 && strcmp(fault_server_request(server, i)->body, fault_server_request(server, 0)->body) != 0)
            complain(row->name, "request %zu has another body", i);
        memcpy(id, other, sizeof(id));
        if (row->script[i].action == FAULT_CLOSE_BEFORE_READING || fault_server_requests(server) != row->attempts)
            continue;
        snprintf(expected, sizeof(expected), "attempt=%zu; max=4", i + 1);
        if (!request_value(server, i, "amz-sdk-request", count) || strcmp(count, expected) != 0)
            complain(row->name, "request %zu has amz-sdk-request: %s", i, count);
    }
}

static void check_row(fault_server *server, const retry_row *row)
{
    dynamo_client *client = client_at(fault_server_endpoint(server));
    dynamo_error   error  = {0};
    dynamo_status  status;

    fault_server_script(server, row->script, COUNT(row->script));
    status = row->call(client, &error);
    if (status != row->status || error.status != status)
        complain(row->name, "status %s (%s)", dynamo_status_name(status), error.message);
    if (error.attempts != row->attempts)
        complain(row->name, "%u attempts", error.attempts);
    if (error.ambiguous != row->ambiguous)
        complain(row->name, "ambiguous is %d", error.ambiguous);
    if (error.http_status != row->http_status)
        complain(row->name, "http_status %ld", error.http_status);
    if ((error.request_id[0] != '\0') != (row->http_status != 0))
        complain(row->name, "request_id \"%s\"", error.request_id);
    if (status == DYNAMO_OK && (error.code[0] != '\0' || error.message[0] != '\0' || error.details != NULL))
        complain(row->name, "a success, and an error: %s: %s", error.code, error.message);
    if (row->call == transact && (json_object_get(error.details, "ClientRequestToken") != NULL) != row->ambiguous)
        complain(row->name, "the token is %s the details", row->ambiguous ? "not in" : "in");
    check_requests(server, row);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void calls(void **state)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(*state, &rows[i]);
    expect_no_complaints();
}

/* ---- What is told ------------------------------------------------------------------------------------------------ */

typedef struct told {
    size_t         count;
    dynamo_attempt attempts[8];
    dynamo_client *client; /* to call, or to cancel, from within */
    bool           cancels;
    dynamo_status  inner;
} told;

static void watch(void *context, const dynamo_attempt *attempt)
{
    told *seen = context;

    if (seen->count < COUNT(seen->attempts))
        seen->attempts[seen->count] = *attempt;
    seen->count++;
    if (seen->cancels)
        dynamo_client_cancel(seen->client);
}

static void each_attempt_is_told(void **state)
{
    static const fault_step script[] = {FAILED, LOST, HALF, REFUSED};
    static const struct {
        dynamo_status status;
        long          http_status;
        int64_t       delay_ms;
    } expected[] = {
        {DYNAMO_ERR_INTERNAL_SERVER_ERROR, 500, 12},
        {DYNAMO_ERR_REQUEST_FAILED, 0, 25},
        {DYNAMO_ERR_REQUEST_FAILED, 200, 50},
        {DYNAMO_ERR_VALIDATION, 400, -1},
    };
    told           seen   = {0};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .on_attempt = watch};
    dynamo_client *client = client_of(&config, half);
    double         begun  = fault_clock_ms();

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(put(client, NULL), DYNAMO_ERR_VALIDATION);
    assert_true(fault_clock_ms() - begun >= 87);
    assert_int_equal(seen.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(seen.attempts[i].attempt, i + 1);
        assert_int_equal(seen.attempts[i].status, expected[i].status);
        assert_int_equal(seen.attempts[i].http_status, expected[i].http_status);
        assert_int_equal(seen.attempts[i].retry_delay_ms, expected[i].delay_ms);
        assert_true(seen.attempts[i].duration_us > 0);
    }
    dynamo_client_free(client);
}

static void nothing_of_an_earlier_failure_is_left(void **state)
{
    static const fault_step script[] = {
        {.status = 400, .body = "{\"__type\":\"ThrottlingException\",\"throttlingReasons\":[{}],\"message\":\"slow\"}"},
        REFUSED,
    };
    dynamo_client *client = client_at(fault_server_endpoint(*state));
    dynamo_error   error  = {0};

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(get(client, &error), DYNAMO_ERR_VALIDATION);
    assert_null(error.details);
    assert_false(error.retryable);
    assert_string_equal(error.message, dynamo_status_message(DYNAMO_ERR_VALIDATION));
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void nobody_listens(void **state)
{
    char           endpoint[64];
    dynamo_error   error = {0};
    dynamo_client *client;

    (void)state;
    snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", fault_closed_port());
    client = client_at(endpoint);
    assert_int_equal(put(client, &error), DYNAMO_ERR_REQUEST_FAILED);
    assert_int_equal(error.attempts, 4);
    assert_false(error.ambiguous);
    assert_true(error.retryable);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- How often --------------------------------------------------------------------------------------------------- */

static const fault_step failures[] = {FAILED, FAILED, FAILED, FAILED, FAILED, FAILED};

static void attempts_are_bounded(void **state)
{
    static const struct {
        const char *name;
        unsigned    of_config, of_limits, attempts;
    } bounds[] = {
        {"the default", 0, 0, 4},           {"never again", 1, 0, 1},
        {"six", 6, 0, 6},                   {"a derived client's own", 0, 2, 2},
        {"a derived client's as its origin's", 3, 0, 3}, {"a derived client's is larger", 1, 5, 5},
    };

    for (size_t i = 0; i < COUNT(bounds); i++) {
        dynamo_config  config  = {.endpoint = fault_server_endpoint(*state), .max_attempts = bounds[i].of_config};
        dynamo_client *client  = client_of(&config, no_jitter);
        dynamo_limits  limits  = {.max_attempts = bounds[i].of_limits};
        dynamo_client *derived = dynamo_client_with(client, &limits, NULL);
        dynamo_error   error   = {0};

        fault_server_script(*state, failures, COUNT(failures));
        assert_int_equal(get(derived, &error), DYNAMO_ERR_INTERNAL_SERVER_ERROR);
        if (error.attempts != bounds[i].attempts || fault_server_requests(*state) != bounds[i].attempts)
            complain(bounds[i].name, "%u attempts", error.attempts);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
        dynamo_client_free(derived);
    }
    expect_no_complaints();
}

static void budget_is_shared(void **state)
{
    static const fault_step twice[] = {FAILED, FAILED, FINE};
    dynamo_client *client  = client_at(fault_server_endpoint(*state));
    dynamo_client *derived = dynamo_client_with(client, NULL, NULL);
    dynamo_retry  *retry   = &client->core->retry;
    dynamo_error   error   = {0};

    retry->tokens = 33; /* two retries */
    fault_server_script(*state, failures, COUNT(failures));
    assert_int_equal(get(derived, &error), DYNAMO_ERR_INTERNAL_SERVER_ERROR);
    assert_int_equal(error.attempts, 3);
    assert_int_equal(retry->tokens, 5);
    assert_int_equal(get(client, &error), DYNAMO_ERR_INTERNAL_SERVER_ERROR);
    assert_int_equal(error.attempts, 1);
    fault_server_script(*state, NULL, 0);
    assert_int_equal(get(client, &error), DYNAMO_OK);
    assert_int_equal(retry->tokens, 6);

    retry->tokens = 100;
    fault_server_script(*state, twice, COUNT(twice));
    assert_int_equal(get(client, &error), DYNAMO_OK);
    assert_int_equal(retry->tokens, 100 - 14 - 14 + 14);
    dynamo_client_free(client);
    dynamo_client_free(derived);
}

/* ---- How long ---------------------------------------------------------------------------------------------------- */

/* The pause would be half a second, and there is a quarter: the call ends at once, with what failed. */
static void no_time_for_the_pause(void **state)
{
    static const fault_step script[] = {THROTTLED};
    told           seen   = {0};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .timeout_ms = 450, .context = &seen,
                             .on_attempt = watch};
    dynamo_client *client = client_of(&config, half);
    dynamo_error   error  = {0};
    double         begun  = fault_clock_ms();

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(put(client, &error), DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED);
    assert_true(fault_runs_slowly() || fault_clock_ms() - begun < 300);
    assert_int_equal(error.attempts, 1);
    assert_int_equal(seen.attempts[0].retry_delay_ms, -1);
    assert_int_equal(client->core->retry.tokens, DYNAMO_RETRY_TOKENS); /* nothing was spent on it */
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* An attempt's own time limit leaves time for another. */
static void attempt_that_stalls(void **state)
{
    static const fault_step script[] = {{.action = FAULT_STALL}};
    dynamo_config           config   = {.endpoint = fault_server_endpoint(*state), .attempt_timeout_ms = 200};
    dynamo_client          *client   = client_of(&config, no_jitter);
    dynamo_error            error    = {0};

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(put(client, &error), DYNAMO_OK);
    assert_int_equal(error.attempts, 2);
    assert_true(error.ambiguous);
    fault_server_release(*state, 1);
    dynamo_client_free(client);
}

/* The server asks for a pause, which is told and waited for. */
static void pause_that_is_asked_for(void **state)
{
    static const fault_step script[] = {
        {.status = 503, .headers = "x-amz-retry-after: 60\r\n", .body = "{\"__type\":\"ServiceUnavailable\"}"},
        {.status = 503, .headers = "x-amz-retry-after: -60\r\n", .body = "{\"__type\":\"ServiceUnavailable\"}"},
        {.status = 503, .headers = "x-amz-retry-after: soon\r\nRetry-After: 60\r\n",
         .body = "{\"__type\":\"ServiceUnavailable\"}"},
    };
    told           seen   = {0};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .on_attempt = watch};
    dynamo_client *client = client_of(&config, no_jitter);
    double         begun  = fault_clock_ms();

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(get(client, NULL), DYNAMO_OK);
    assert_true(fault_clock_ms() - begun >= 60);
    assert_int_equal(seen.attempts[0].retry_delay_ms, 60);
    assert_int_equal(seen.attempts[1].retry_delay_ms, 0);
    assert_int_equal(seen.attempts[2].retry_delay_ms, 0);
    assert_int_equal(seen.attempts[3].retry_delay_ms, -1);
    dynamo_client_free(client);
}

typedef struct paused_call {
    dynamo_client *client;
    dynamo_error   error;
    double         ended_ms;
} paused_call;

static void *run_put(void *argument)
{
    paused_call *made = argument;

    (void)put(made->client, &made->error);
    made->ended_ms = fault_clock_ms();
    return NULL;
}

/* With one handle: a call goes through while another is in its pause, which a cancel ends. */
static void pause_holds_nothing_and_is_canceled(void **state)
{
    static const fault_step script[] = {{.action = FAULT_ANSWER, .status = 500,
                                         .headers = "x-amz-retry-after: 60000\r\n",
                                         .body = "{\"__type\":\"InternalServerError\"}"}};
    dynamo_config  config  = {.endpoint = fault_server_endpoint(*state), .max_clients = 1};
    dynamo_client *client  = client_of(&config, no_jitter);
    paused_call    paused  = {.client = dynamo_client_with(client, NULL, NULL)};
    double         canceled_ms;
    pthread_t      thread;

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(pthread_create(&thread, NULL, run_put, &paused), 0);
    assert_true(fault_server_wait_requests(*state, 1));
    assert_int_equal(get(client, NULL), DYNAMO_OK);
    canceled_ms = fault_clock_ms();
    dynamo_client_cancel(paused.client);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(paused.error.status, DYNAMO_ERR_CANCELED);
    assert_int_equal(paused.error.attempts, 1);
    assert_int_equal(paused.error.http_status, 500);
    assert_true(paused.error.ambiguous);
    assert_false(paused.error.retryable);
    assert_true(fault_runs_slowly() || paused.ended_ms - canceled_ms < 100);
    dynamo_error_clear(&paused.error);
    dynamo_client_free(paused.client);
    dynamo_client_free(client);
}

static void callback_may_cancel(void **state)
{
    told           seen   = {.cancels = true};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .on_attempt = watch};
    dynamo_client *client = client_of(&config, no_jitter);
    dynamo_error   error  = {0};

    seen.client = client;
    fault_server_script(*state, failures, COUNT(failures));
    assert_int_equal(get(client, &error), DYNAMO_ERR_CANCELED);
    assert_int_equal(error.attempts, 1);
    assert_int_equal(seen.count, 1);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* Throttled with nothing measured yet, the limiter gives leave once in two seconds. */
static void adaptive_mode_waits_its_turn(void **state)
{
    static const fault_step script[] = {THROTTLED};
    dynamo_config  config  = {.endpoint = fault_server_endpoint(*state), .retry_mode = "adaptive"};
    dynamo_client *client  = client_of(&config, no_jitter);
    dynamo_client *hurried = dynamo_client_with(client, &(dynamo_limits){.timeout_ms = 500}, NULL);
    dynamo_error   error   = {0};
    double         begun   = fault_clock_ms();

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(get(hurried, &error), DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED);
    assert_int_equal(error.attempts, 1);
    assert_int_equal(get(hurried, &error), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(error.attempts, 0);
    assert_true(fault_runs_slowly() || fault_clock_ms() - begun < 400);
    assert_int_equal(fault_server_requests(*state), 1);
    client->core->retry.rate.tokens = 1;
    assert_int_equal(get(hurried, &error), DYNAMO_OK);
    dynamo_error_clear(&error);
    dynamo_client_free(hurried);
    dynamo_client_free(client);
}

/* ---- By which clock ---------------------------------------------------------------------------------------------- */

#define DAY INT64_C(86400)
#define FIFTY_YEARS (50 * 365 * DAY + 13 * DAY)

static void write_date(char *text, size_t size, int64_t seconds)
{
    time_t    time = (time_t)seconds;
    struct tm parts;

    assert_non_null(gmtime_r(&time, &parts));
    assert_true(strftime(text, size, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts) > 0);
}

/* How far the time that a request was signed with is from this machine's. */
static int64_t signed_offset(fault_server *server, size_t index)
{
    char   text[256];
    struct tm parts = {0};
    int    year, month;

    assert_true(request_value(server, index, "X-Amz-Date", text));
    assert_int_equal(sscanf(text, "%4d%2d%2dT%2d%2d%2dZ", &year, &month, &parts.tm_mday, &parts.tm_hour,
                            &parts.tm_min, &parts.tm_sec), 6);
    parts.tm_year = year - 1900;
    parts.tm_mon  = month - 1;
    return (int64_t)timegm(&parts) - (int64_t)time(NULL);
}

static bool is_near(int64_t seconds, int64_t expected)
{
    return seconds - expected <= 30 && expected - seconds <= 30;
}

typedef struct skew_row {
    const char   *name;
    int64_t       offset; /* of the server's clock; its refusal is the first answer */
    const char   *code;
    const char   *headers; /* in place of a Date */
    dynamo_status status;
    unsigned      attempts;
    int64_t       signed_offset; /* of the last request */
} skew_row;

static const skew_row skew_rows[] = {
    {"5 minutes late", 300, "InvalidSignatureException", NULL, DYNAMO_OK, 2, 300},
    {"5 minutes early", -300, "InvalidSignatureException", NULL, DYNAMO_OK, 2, -300},
    {"a day late", DAY, "SignatureDoesNotMatch", NULL, DYNAMO_OK, 2, DAY},
    {"a day early", -DAY, "RequestTimeTooSkewed", NULL, DYNAMO_OK, 2, -DAY},
    {"50 years late", FIFTY_YEARS, "AuthFailure", NULL, DYNAMO_OK, 2, FIFTY_YEARS},
    {"50 years early", -FIFTY_YEARS, "AccessDeniedException", NULL, DYNAMO_OK, 2, -FIFTY_YEARS},
    {"a minute: something else is wrong", 60, "InvalidSignatureException", NULL, DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
    {"a code that has nothing to do with it", DAY, "ValidationException", NULL, DYNAMO_ERR_VALIDATION, 1, 0},
    {"no Date", 0, "InvalidSignatureException", "", DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
    {"garbage", 0, "InvalidSignatureException", "Date: garbage\r\n", DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
    {"an empty Date", 0, "InvalidSignatureException", "Date:\r\n", DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
    {"1970", 0, "InvalidSignatureException", "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", DYNAMO_ERR_INVALID_SIGNATURE,
     1, 0},
    {"the year 9999", 0, "InvalidSignatureException", "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
     DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
    {"from a cache", 0, "InvalidSignatureException", "Age: 7\r\nDate: Fri, 20 Nov 2020 13:00:00 GMT\r\n",
     DYNAMO_ERR_INVALID_SIGNATURE, 1, 0},
};

static void check_skew(fault_server *server, const skew_row *row)
{
    char           date[128] = "", body[128], sdk_request[256];
    fault_step     refusal = {.status = 403, .body = body, .headers = row->headers != NULL ? row->headers : date};
    dynamo_client *client  = client_at(fault_server_endpoint(server));
    dynamo_error   error   = {0};
    size_t         last;

    write_date(date, sizeof(date), (int64_t)time(NULL) + row->offset);
    snprintf(body, sizeof(body), "{\"__type\":\"%s\"}", row->code);
    fault_server_script(server, &refusal, 1);
    if (put(client, &error) != row->status || error.attempts != row->attempts)
        complain(row->name, "%s after %u attempts", dynamo_status_name(error.status), error.attempts);
    if (error.ambiguous)
        complain(row->name, "ambiguous");
    last = fault_server_requests(server) - 1;
    if (!is_near(signed_offset(server, last), row->signed_offset))
        complain(row->name, "signed %lld seconds off", (long long)signed_offset(server, last));
    if (row->attempts == 2 &&
        (!request_value(server, last, "amz-sdk-request", sdk_request) || strncmp(sdk_request, "ttl=", 4) != 0 ||
         strstr(sdk_request, "; attempt=2; max=4") == NULL))
        complain(row->name, "amz-sdk-request: %s", sdk_request);
    if (get(client, &error) != DYNAMO_OK || error.attempts != 1)
        complain(row->name, "the next call: %s", error.message);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void clocks(void **state)
{
    for (size_t i = 0; i < COUNT(skew_rows); i++)
        check_skew(*state, &skew_rows[i]);
    expect_no_complaints();
}

/* A clock that runs away from the requests is followed once. A success teaches too. */
static void clock_is_corrected_once(void **state)
{
    char           dates[2][128];
    fault_step     script[] = {
        {.status = 403, .headers = dates[0], .body = "{\"__type\":\"RequestTimeTooSkewed\"}"},
        {.status = 403, .headers = dates[1], .body = "{\"__type\":\"RequestTimeTooSkewed\"}"},
        {.headers = dates[0]},
    };
    dynamo_client *client = client_at(fault_server_endpoint(*state));
    dynamo_error   error  = {0};

    write_date(dates[0], sizeof(dates[0]), (int64_t)time(NULL) + DAY);
    write_date(dates[1], sizeof(dates[1]), (int64_t)time(NULL) + 2 * DAY);
    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(get(client, &error), DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED);
    assert_int_equal(error.attempts, 2);
    assert_int_equal(get(client, &error), DYNAMO_OK);
    assert_int_equal(get(client, &error), DYNAMO_OK);
    assert_true(is_near(signed_offset(*state, 1), DAY));
    assert_true(is_near(signed_offset(*state, 2), 2 * DAY));
    assert_true(is_near(signed_offset(*state, 3), DAY));
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void clock_is_left_alone(void **state)
{
    char           date[128];
    fault_step     script[] = {{.status = 403, .headers = date, .body = "{\"__type\":\"RequestTimeTooSkewed\"}"}};
    dynamo_client *client;

    assert_int_equal(setenv("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true", 1), 0);
    client = client_at(fault_server_endpoint(*state));
    assert_int_equal(unsetenv("AWS_DISABLE_CLOCK_SKEW_CORRECTION"), 0);
    write_date(date, sizeof(date), (int64_t)time(NULL) + DAY);
    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(get(client, NULL), DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED);
    assert_int_equal(get(client, NULL), DYNAMO_OK);
    assert_true(is_near(signed_offset(*state, 1), 0));
    dynamo_client_free(client);
}

/* ---- Keys that have expired -------------------------------------------------------------------------------------- */

/* Keys that differ each time: AKIA1, AKIA2, ... */
static bool give_keys(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    int *count = context;
    char access_key[16];

    (void)error;
    snprintf(access_key, sizeof(access_key), "AKIA%d", ++*count);
    return dynamo_credentials_set(credentials, access_key, "secret", NULL, NULL, 0) == DYNAMO_OK;
}

static bool signed_by(fault_server *server, size_t index, const char *access_key)
{
    char credential[64];

    snprintf(credential, sizeof(credential), "Credential=%s/", access_key);
    return strstr(fault_server_request(server, index)->headers, credential) != NULL;
}

/* The service refuses keys before they say they expire: they are asked for again, once a call. */
static void expired_keys_are_renewed_once(void **state)
{
    static const fault_step expired[] = {{.status = 400, .body = "{\"__type\":\"ExpiredTokenException\"}"},
                                         {.status = 403, .body = "{\"__type\":\"ExpiredToken\"}"}};
    int                     count     = 0;
    dynamo_config           config    = {.endpoint    = fault_server_endpoint(*state),
                                         .region      = "us-east-1",
                                         .credentials = give_keys,
                                         .context     = &count};
    dynamo_client          *client    = client_of(&config, no_jitter);
    dynamo_error            error     = {0};

    fault_server_script(*state, expired, 1);
    assert_int_equal(get(client, &error), DYNAMO_OK);
    assert_int_equal(error.attempts, 2);
    assert_true(signed_by(*state, 0, "AKIA1") && signed_by(*state, 1, "AKIA2"));

    fault_server_script(*state, expired, 2);
    assert_int_equal(get(client, &error), DYNAMO_ERR_EXPIRED_TOKEN);
    assert_int_equal(error.attempts, 2);
    assert_int_equal(count, 3);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* Where nothing can bring others, another attempt would be in vain. */
static void expired_keys_of_the_caller_end_the_call(void **state)
{
    static const fault_step expired[] = {{.status = 400, .body = "{\"__type\":\"ExpiredTokenException\"}"}};
    dynamo_client          *client    = client_of(&(dynamo_config){.endpoint   = fault_server_endpoint(*state),
                                                                   .access_key = "AKIA",
                                                                   .secret_key = "secret"},
                                                  no_jitter);
    dynamo_error            error     = {0};

    fault_server_script(*state, expired, 1);
    assert_int_equal(get(client, &error), DYNAMO_ERR_EXPIRED_TOKEN);
    assert_int_equal(error.attempts, 1);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(calls),
        SERVED(each_attempt_is_told),
        SERVED(nothing_of_an_earlier_failure_is_left),
        cmocka_unit_test(nobody_listens),
        SERVED(attempts_are_bounded),
        SERVED(budget_is_shared),
        SERVED(no_time_for_the_pause),
        SERVED(attempt_that_stalls),
        SERVED(pause_that_is_asked_for),
        SERVED(pause_holds_nothing_and_is_canceled),
        SERVED(callback_may_cancel),
        SERVED(adaptive_mode_waits_its_turn),
        SERVED(clocks),
        SERVED(clock_is_corrected_once),
        SERVED(expired_keys_are_renewed_once),
        SERVED(expired_keys_of_the_caller_end_the_call),
        SERVED(clock_is_left_alone),
    };

    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
