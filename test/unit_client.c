/*
 * What a client promises beyond one answer: what goes over the wire, how connections are kept and shared, time limits,
 * cancellation, threads, fork, signals, callbacks, and that arguments are only borrowed.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* For one thing that no caller can see: that a call has joined the queue for a handle. */
#include "../dynamo_internal.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STALLS_MAX 8

static const fault_step stalls[STALLS_MAX] = {
    {.action = FAULT_STALL}, {.action = FAULT_STALL}, {.action = FAULT_STALL}, {.action = FAULT_STALL},
    {.action = FAULT_STALL}, {.action = FAULT_STALL}, {.action = FAULT_STALL}, {.action = FAULT_STALL},
};

static int set_up(void **state)
{
    *state = fault_server_start();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    fault_server_stop(*state);
    return 0;
}

static dynamo_client *client_of(const dynamo_config *config)
{
    dynamo_error   error  = {0};
    dynamo_client *client = dynamo_client_new(config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s: %s", error.code, error.message);
    assert_int_equal(error.status, DYNAMO_OK);
    dynamo_error_clear(&error);
    return client;
}

static dynamo_client *plain_client(fault_server *server, unsigned max_clients)
{
    dynamo_config config = {.endpoint = fault_server_endpoint(server), .max_clients = max_clients};

    return client_of(&config);
}

/* For tests that are about single exchanges. */
static dynamo_client *client_that_tries_once(fault_server *server)
{
    dynamo_config config = {.endpoint = fault_server_endpoint(server), .max_attempts = 1};

    return client_of(&config);
}

static dynamo_client *client_with(dynamo_client *origin, dynamo_limits limits)
{
    dynamo_error   error  = {0};
    dynamo_client *client = dynamo_client_with(origin, &limits, &error);

    if (client == NULL)
        fail_msg("dynamo_client_with: %s: %s", error.code, error.message);
    return client;
}

/* GetItem or PutItem of {"id": 1}. */
static dynamo_status make_call(dynamo_client *client, bool write, dynamo_error *error)
{
    json_t       *item = json_pack("{s:i}", "id", 1);
    dynamo_status status;

    status = write ? dynamo_put_item(client, "Music", item, NULL, NULL, error)
                   : dynamo_get_item(client, "Music", item, NULL, NULL, error);
    json_decref(item);
    return status;
}

/* A call in a thread of its own. Its outcome is looked at after the join alone. */
typedef struct call {
    dynamo_client *client;
    bool           write;
    int            times; /* 0: once */
    pthread_t      thread;
    dynamo_status  status; /* the first that isn't OK */
    dynamo_error   error;
    double         ended_ms;
} call;

static void *run_call(void *argument)
{
    call *made = argument;

    made->status = make_call(made->client, made->write, &made->error);
    for (int i = 1; i < made->times && made->status == DYNAMO_OK; i++)
        made->status = make_call(made->client, made->write, &made->error);
    made->ended_ms = fault_clock_ms();
    return NULL;
}

static void begin_call(call *made, dynamo_client *client)
{
    made->client = client;
    assert_int_equal(pthread_create(&made->thread, NULL, run_call, made), 0);
}

static dynamo_status end_call(call *made)
{
    assert_int_equal(pthread_join(made->thread, NULL), 0);
    dynamo_error_clear(&made->error);
    return made->status;
}

/* ---- What goes over the wire ------------------------------------------------------------------------------------- */

static void expect_header(const fault_request *request, const char *name, const char *expected)
{
    char value[2048];

    if (!fault_request_header(request, name, value, sizeof(value)))
        fail_msg("the header %s is not there exactly once:\n%s", name, request->headers);
    if (strcmp(value, expected) != 0)
        fail_msg("%s is \"%s\" and should be \"%s\"", name, value, expected);
}

static void expect_no_header(const fault_request *request, const char *name)
{
    char value[64];

    if (fault_request_header(request, name, value, sizeof(value)))
        fail_msg("the header %s is there: %s", name, value);
}

static void expect_start(const fault_request *request, const char *name, const char *expected, char *value, size_t size)
{
    assert_true(fault_request_header(request, name, value, size));
    if (strncmp(value, expected, strlen(expected)) != 0)
        fail_msg("%s is \"%s\" and should begin with \"%s\"", name, value, expected);
}

static void check_authorization(const fault_request *request, const char *date, const char *signed_headers)
{
    char   value[2048], begin[256];
    size_t length;

    snprintf(begin, sizeof(begin),
             "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/%.8s/eu-central-1/dynamodb/aws4_request, SignedHeaders=%s, "
             "Signature=",
             date, signed_headers);
    expect_start(request, "Authorization", begin, value, sizeof(value));
    length = strlen(value) - strlen(begin);
    assert_int_equal(length, 64);
    assert_int_equal(strspn(value + strlen(begin), "0123456789abcdef"), 64);
}

static void headers(void **state)
{
    static const struct {
        const char *token, *signed_headers;
    } rows[] = {
        {NULL, "content-type;host;x-amz-date;x-amz-target"},
        {"TOKEN/of+temporary==", "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_config        config = {.endpoint      = fault_server_endpoint(*state),
                                       .region        = "eu-central-1",
                                       .access_key    = "AKIDEXAMPLE",
                                       .secret_key    = "wJalrXUtnFEMI",
                                       .session_token = rows[i].token,
                                       .app_id        = "jukebox"};
        dynamo_client       *client = client_of(&config);
        char                 value[2048], length[32];
        const fault_request *request;

        fault_server_script(*state, NULL, 0);
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        request = fault_server_request(*state, 0);
        assert_string_equal(request->line, "POST / HTTP/1.1");
        expect_header(request, "Host", strstr(fault_server_endpoint(*state), "//") + 2);
        expect_header(request, "Content-Type", "application/x-amz-json-1.0");
        expect_header(request, "Accept-Encoding", "identity");
        expect_header(request, "X-Amz-Target", "DynamoDB_20120810.GetItem");
        snprintf(length, sizeof(length), "%zu", request->body_length);
        expect_header(request, "Content-Length", length);
        if (rows[i].token != NULL)
            expect_header(request, "X-Amz-Security-Token", rows[i].token);
        else
            expect_no_header(request, "X-Amz-Security-Token");
        expect_no_header(request, "Expect");
        expect_no_header(request, "Transfer-Encoding");
        assert_true(fault_request_header(request, "X-Amz-Date", value, sizeof(value)));
        assert_int_equal(strlen(value), 16);
        assert_int_equal(strspn(value, "0123456789"), 8);
        assert_int_equal(strspn(value + 9, "0123456789"), 6);
        assert_true(value[8] == 'T' && value[15] == 'Z');
        check_authorization(request, value, rows[i].signed_headers);
        expect_start(request, "User-Agent", "dynamo/" DYNAMO_VERSION " ", value, sizeof(value));
        assert_non_null(strstr(value, "ua/2.1"));
        assert_non_null(strstr(value, "lang/c"));
        assert_non_null(strstr(value, "app/jukebox"));
        dynamo_client_free(client);
    }
}

static void streams_operations_have_their_own_target_and_endpoint(void **state)
{
    fault_server  *streams = fault_server_start();
    dynamo_config  config  = {.endpoint         = fault_server_endpoint(*state),
                              .streams_endpoint = fault_server_endpoint(streams)};
    dynamo_client *client  = client_of(&config);
    json_t        *request = json_pack("{s:s}", "ShardIterator", "x");

    assert_int_equal(dynamo_call(client, "GetRecords", request, NULL, NULL), DYNAMO_OK);
    assert_int_equal(dynamo_call(client, "DescribeTimeToLive", request, NULL, NULL), DYNAMO_OK);
    assert_int_equal(fault_server_requests(streams), 1);
    assert_int_equal(fault_server_requests(*state), 1);
    expect_header(fault_server_request(streams, 0), "X-Amz-Target", "DynamoDBStreams_20120810.GetRecords");
    expect_header(fault_server_request(*state, 0), "X-Amz-Target", "DynamoDB_20120810.DescribeTimeToLive");
    json_decref(request);
    dynamo_client_free(client);
    fault_server_stop(streams);
}

static void large_body_goes_at_once(void **state)
{
    dynamo_client *client = plain_client(*state, 0);
    size_t         length = 1024 * 1024;
    char          *text   = malloc(length);
    json_t        *item   = json_object();
    double         begun;

    assert_non_null(text);
    memset(text, 'x', length);
    json_object_set_new(item, "id", json_stringn_nocheck(text, length));
    free(text);
    begun = fault_clock_ms();
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, NULL, NULL), DYNAMO_OK);
    expect_no_header(fault_server_request(*state, 0), "Expect");
    assert_true(fault_server_request(*state, 0)->body_length > length);
    if (!fault_runs_slowly())
        assert_true(fault_clock_ms() - begun < 900); /* an unanswered Expect costs a second */
    json_decref(item);
    dynamo_client_free(client);
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

static void one_connection_for_all_answers(void **state)
{
    static const fault_step script[] = {
        {0},
        {.status = 400, .body = "{\"__type\":\"ValidationException\"}"},
        {.status = 500, .body = "{\"__type\":\"InternalServerError\"}"},
        {.length = FAULT_LENGTH_CHUNKED},
        {.status = 503, .body = "<html></html>"},
        {.status = 400, .body = "{\"__type\":\"ConditionalCheckFailedException\"}"},
        {.status = 403, .body = "{\"__type\":\"AccessDeniedException\"}"},
        {.status = 429, .body = "{\"__type\":\"ThrottlingException\"}"},
        {.interim = "HTTP/1.1 100 Continue\r\n\r\n"},
        {.status = 400, .length = FAULT_LENGTH_CHUNKED, .body = "{\"__type\":\"ValidationException\"}"},
    };
    dynamo_client *client = client_that_tries_once(*state);

    for (int round = 0; round < 2; round++) {
        fault_server_script(*state, script, COUNT(script));
        for (size_t i = 0; i < COUNT(script); i++)
            make_call(client, i % 2 == 0, NULL);
        assert_int_equal(fault_server_requests(*state), COUNT(script));
        assert_int_equal(fault_server_connections(*state), round == 0 ? 1 : 0);
    }
    dynamo_client_free(client);
}

static void calls_in_flight_are_bounded(void **state)
{
    dynamo_client *client   = plain_client(*state, 2);
    call           calls[6] = {{0}};

    fault_server_script(*state, stalls, COUNT(calls));
    for (size_t i = 0; i < COUNT(calls); i++)
        begin_call(&calls[i], client);
    for (size_t i = 0; i < COUNT(calls); i++) {
        assert_true(fault_server_wait_requests(*state, i + 2 < COUNT(calls) ? i + 2 : COUNT(calls)));
        fault_server_release(*state, 1);
    }
    for (size_t i = 0; i < COUNT(calls); i++)
        assert_int_equal(end_call(&calls[i]), DYNAMO_OK);
    assert_int_equal(fault_server_most_in_flight(*state), 2);
    assert_int_equal(fault_server_connections(*state), 2);
    assert_int_equal(fault_server_requests(*state), COUNT(calls));
    dynamo_client_free(client);
}

/* Waits until another call than *last stands at the end of the queue for a handle, and makes it *last. */
static void wait_until_queued(dynamo_client *client, dynamo_waiter **last)
{
    dynamo_pool          *pool     = &client->core->pool;
    const struct timespec moment   = {0, 1000000};
    double                patience = fault_clock_ms() + 20000;

    for (;;) {
        dynamo_waiter *now;

        pthread_mutex_lock(&pool->lock);
        now = pool->last_waiter;
        pthread_mutex_unlock(&pool->lock);
        if (now != NULL && now != *last) {
            *last = now;
            return;
        }
        if (fault_clock_ms() > patience)
            fail_msg("no call joined the queue");
        nanosleep(&moment, NULL);
    }
}

/* Each waiting call writes its own number; the server's record has the order in which they were served. */
typedef struct numbered_call {
    dynamo_client *client;
    int            number;
    pthread_t      thread;
    dynamo_status  status;
} numbered_call;

static void *run_numbered_call(void *argument)
{
    numbered_call *made = argument;
    json_t        *item = json_pack("{s:i}", "id", made->number);

    made->status = dynamo_put_item(made->client, "Music", item, NULL, NULL, NULL);
    json_decref(item);
    return NULL;
}

static void order_of_arrival_is_the_order_on_the_wire(void **state)
{
    dynamo_client *client   = plain_client(*state, 1);
    numbered_call  calls[6] = {{0}};
    dynamo_waiter *last     = NULL;

    fault_server_script(*state, stalls, COUNT(calls));
    for (size_t i = 0; i < COUNT(calls); i++) {
        calls[i].client = client;
        calls[i].number = (int)i;
        assert_int_equal(pthread_create(&calls[i].thread, NULL, run_numbered_call, &calls[i]), 0);
        if (i == 0)
            assert_true(fault_server_wait_requests(*state, 1));
        else
            wait_until_queued(client, &last);
    }
    fault_server_release(*state, COUNT(calls));
    for (size_t i = 0; i < COUNT(calls); i++) {
        char expected[64];

        pthread_join(calls[i].thread, NULL);
        assert_int_equal(calls[i].status, DYNAMO_OK);
        snprintf(expected, sizeof(expected), "{\"N\":\"%zu\"}", i);
        if (strstr(fault_server_request(*state, i)->body, expected) == NULL)
            fail_msg("request %zu was %s", i, fault_server_request(*state, i)->body);
    }
    dynamo_client_free(client);
}

static void most_recently_used_connection_first(void **state)
{
    dynamo_client *client   = plain_client(*state, 0);
    call           calls[2] = {{0}};
    unsigned       last;

    fault_server_script(*state, stalls, COUNT(calls));
    begin_call(&calls[0], client);
    assert_true(fault_server_wait_requests(*state, 1));
    begin_call(&calls[1], client);
    assert_true(fault_server_wait_requests(*state, 2));
    fault_server_release(*state, 1);
    assert_int_equal(end_call(&calls[0]), DYNAMO_OK);
    fault_server_release(*state, 1);
    assert_int_equal(end_call(&calls[1]), DYNAMO_OK);
    last = fault_server_request(*state, 1)->connection;
    for (size_t i = 2; i < 5; i++) {
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        assert_int_equal(fault_server_request(*state, i)->connection, last);
    }
    dynamo_client_free(client);
}

static void many_threads_on_few_handles(void **state)
{
    dynamo_client *client   = plain_client(*state, 3);
    call           calls[8] = {{0}};
    int            times    = fault_runs_slowly() ? 10 : 50;

    for (size_t i = 0; i < COUNT(calls); i++) {
        calls[i].times = times;
        calls[i].write = i % 2 == 0;
        begin_call(&calls[i], client);
    }
    for (size_t i = 0; i < COUNT(calls); i++)
        assert_int_equal(end_call(&calls[i]), DYNAMO_OK);
    assert_int_equal(fault_server_requests(*state), COUNT(calls) * (size_t)times);
    assert_true(fault_server_most_in_flight(*state) <= 3);
    assert_true(fault_server_connections(*state) <= 3);
    dynamo_client_free(client);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

static void derived_client_has_its_own_timeout(void **state)
{
    dynamo_client *origin  = plain_client(*state, 0);
    dynamo_client *derived = client_with(origin, (dynamo_limits){.timeout_ms = 120});
    dynamo_error   error   = {0};
    double         begun   = fault_clock_ms();

    fault_server_script(*state, stalls, 1);
    assert_int_equal(make_call(derived, true, &error), DYNAMO_ERR_TIMEOUT);
    assert_true(fault_clock_ms() - begun >= 115);
    assert_true(fault_clock_ms() - begun < 5000);
    assert_int_equal(error.attempts, 1);
    assert_true(error.ambiguous);
    assert_int_equal(make_call(derived, true, &error), DYNAMO_OK);
    assert_int_equal(make_call(origin, true, &error), DYNAMO_OK);
    dynamo_client_free(derived);
    dynamo_client_free(origin);
}

static void deadline_covers_several_calls(void **state)
{
    static const fault_step script[] = {{0}, {0}, {.action = FAULT_STALL}};
    dynamo_client          *origin   = plain_client(*state, 0);
    dynamo_error            error    = {0};
    double                  begun    = fault_clock_ms();
    dynamo_client          *derived  = client_with(origin, (dynamo_limits){.deadline_ms = 600});

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(make_call(derived, false, &error), DYNAMO_OK);
    assert_int_equal(make_call(derived, false, &error), DYNAMO_OK);
    assert_int_equal(make_call(derived, false, &error), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(error.attempts, 1);
    assert_true(fault_clock_ms() - begun >= 595);
    assert_true(fault_clock_ms() - begun < 5000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(make_call(derived, true, &error), DYNAMO_ERR_TIMEOUT);
        assert_int_equal(error.attempts, 0);
        assert_int_equal(error.http_status, 0);
        assert_false(error.ambiguous);
    }
    assert_int_equal(fault_server_requests(*state), 3);
    assert_int_equal(make_call(origin, false, &error), DYNAMO_OK);
    dynamo_error_clear(&error);
    dynamo_client_free(origin);
    dynamo_client_free(derived);
}

/* A client made from one with a deadline can't outlive it. */
static void deadline_of_the_origin_holds(void **state)
{
    dynamo_client *origin = plain_client(*state, 0);
    dynamo_client *first  = client_with(origin, (dynamo_limits){.deadline_ms = 100});
    dynamo_client *second = client_with(first, (dynamo_limits){.deadline_ms = 60000});
    dynamo_error   error  = {0};

    fault_server_script(*state, stalls, 1);
    assert_int_equal(make_call(second, false, &error), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(make_call(second, false, &error), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(error.attempts, 0);
    dynamo_client_free(first);
    dynamo_client_free(second);
    dynamo_client_free(origin);
}

static void timeout_while_waiting_for_a_handle(void **state)
{
    dynamo_client *client  = plain_client(*state, 1);
    dynamo_client *derived = client_with(client, (dynamo_limits){.timeout_ms = 100});
    call           holder  = {0};
    dynamo_error   error   = {0};

    fault_server_script(*state, stalls, 1);
    begin_call(&holder, client);
    assert_true(fault_server_wait_requests(*state, 1));
    assert_int_equal(make_call(derived, true, &error), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(error.attempts, 0);
    assert_false(error.ambiguous);
    fault_server_release(*state, 1);
    assert_int_equal(end_call(&holder), DYNAMO_OK);
    assert_int_equal(fault_server_requests(*state), 1);
    assert_int_equal(make_call(derived, true, &error), DYNAMO_OK);
    dynamo_client_free(client);
    dynamo_client_free(derived);
}

static void freed_in_any_order(void **state)
{
    for (int order = 0; order < 6; order++) {
        static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        dynamo_client   *clients[3];

        clients[0] = plain_client(*state, 0);
        clients[1] = client_with(clients[0], (dynamo_limits){0});
        clients[2] = client_with(clients[1], (dynamo_limits){.timeout_ms = 5000});
        for (int i = 0; i < 3; i++) {
            assert_int_equal(make_call(clients[orders[order][2]], false, NULL), DYNAMO_OK);
            dynamo_client_free(clients[orders[order][i]]);
        }
    }
    dynamo_client_free(NULL);
}

/* All derived clients work over the pool of their origin. */
static void derived_clients_share_connections(void **state)
{
    dynamo_client *origin = plain_client(*state, 1);
    dynamo_client *second = client_with(origin, (dynamo_limits){0});
    dynamo_client *third  = client_with(second, (dynamo_limits){0});

    assert_int_equal(make_call(origin, false, NULL), DYNAMO_OK);
    assert_int_equal(make_call(second, false, NULL), DYNAMO_OK);
    dynamo_client_free(origin);
    assert_int_equal(make_call(third, false, NULL), DYNAMO_OK);
    assert_int_equal(fault_server_connections(*state), 1);
    dynamo_client_free(second);
    dynamo_client_free(third);
}

/* ---- Cancellation ------------------------------------------------------------------------------------------------ */

#define TRIALS 3

/* The promise is 100 ms; a busy machine may be late now and then, but not always. */
static void expect_prompt(const double took_ms[TRIALS])
{
    double best = took_ms[0];

    for (int i = 1; i < TRIALS; i++)
        best = took_ms[i] < best ? took_ms[i] : best;
    if (best > (fault_runs_slowly() ? 2000 : 100))
        fail_msg("the quickest of %d cancellations took %.0f ms", TRIALS, best);
}

static void cancel_ends_a_stalled_call(void **state)
{
    double took_ms[TRIALS];

    for (int i = 0; i < TRIALS; i++) {
        dynamo_client *client = plain_client(*state, 0);
        call           made   = {.write = true};
        dynamo_error   error  = {0};
        double         begun;

        fault_server_script(*state, stalls, 1);
        begin_call(&made, client);
        assert_true(fault_server_wait_requests(*state, 1));
        begun = fault_clock_ms();
        dynamo_client_cancel(client);
        pthread_join(made.thread, NULL);
        took_ms[i] = made.ended_ms - begun;
        assert_int_equal(made.status, DYNAMO_ERR_CANCELED);
        assert_true(made.error.ambiguous);
        assert_int_equal(made.error.attempts, 1);
        dynamo_error_clear(&made.error);
        assert_int_equal(make_call(client, true, &error), DYNAMO_ERR_CANCELED);
        assert_int_equal(error.attempts, 0);
        assert_false(error.ambiguous);
        assert_int_equal(fault_server_requests(*state), 1);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
    }
    expect_prompt(took_ms);
}

static void cancel_ends_calls_that_wait_for_a_handle(void **state)
{
    double took_ms[TRIALS];

    for (int i = 0; i < TRIALS; i++) {
        dynamo_client *client   = plain_client(*state, 1);
        dynamo_client *derived  = client_with(client, (dynamo_limits){0});
        call           holder   = {0};
        call           calls[2] = {{0}};
        dynamo_waiter *last     = NULL;
        double         begun;

        fault_server_script(*state, stalls, 1);
        begin_call(&holder, client);
        assert_true(fault_server_wait_requests(*state, 1));
        for (size_t j = 0; j < COUNT(calls); j++) {
            begin_call(&calls[j], derived);
            wait_until_queued(client, &last);
        }
        begun = fault_clock_ms();
        dynamo_client_cancel(derived);
        took_ms[i] = 0;
        for (size_t j = 0; j < COUNT(calls); j++) {
            pthread_join(calls[j].thread, NULL);
            took_ms[i] = calls[j].ended_ms - begun > took_ms[i] ? calls[j].ended_ms - begun : took_ms[i];
            assert_int_equal(calls[j].status, DYNAMO_ERR_CANCELED);
            assert_int_equal(calls[j].error.attempts, 0);
            dynamo_error_clear(&calls[j].error);
        }
        /* The origin goes on. */
        fault_server_release(*state, 1);
        assert_int_equal(end_call(&holder), DYNAMO_OK);
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        assert_int_equal(fault_server_requests(*state), 2);
        dynamo_client_free(derived);
        dynamo_client_free(client);
    }
    expect_prompt(took_ms);
}

static void cancel_of_the_origin_ends_derived_clients(void **state)
{
    dynamo_client *origin  = plain_client(*state, 0);
    dynamo_client *derived = client_with(origin, (dynamo_limits){0});
    dynamo_client *further = client_with(derived, (dynamo_limits){0});
    call           made    = {0};
    dynamo_error   error   = {0};
    dynamo_client *late;

    fault_server_script(*state, stalls, 1);
    begin_call(&made, further);
    assert_true(fault_server_wait_requests(*state, 1));
    dynamo_client_cancel(origin);
    assert_int_equal(end_call(&made), DYNAMO_ERR_CANCELED);
    assert_int_equal(make_call(derived, false, NULL), DYNAMO_ERR_CANCELED);
    late = dynamo_client_with(origin, NULL, &error);
    if (late != NULL)
        assert_int_equal(make_call(late, false, NULL), DYNAMO_ERR_CANCELED);
    dynamo_error_clear(&error);
    dynamo_client_free(late);
    dynamo_client_free(origin);
    assert_int_equal(make_call(further, false, NULL), DYNAMO_ERR_CANCELED);
    dynamo_client_free(derived);
    dynamo_client_free(further);
    dynamo_client_cancel(NULL);
}

static dynamo_client *to_cancel;

static void cancel_in_handler(int signal_number)
{
    (void)signal_number;
    dynamo_client_cancel(to_cancel);
}

/* The signal reaches the very thread that is inside the call. */
static void cancel_from_a_signal_handler(void **state)
{
    struct sigaction action = {.sa_handler = cancel_in_handler};
    struct sigaction former;
    double           took_ms[TRIALS];

    sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGUSR1, &action, &former), 0);
    for (int i = 0; i < TRIALS; i++) {
        dynamo_client *client = plain_client(*state, 0);
        call           made   = {0};
        double         begun;

        to_cancel = client;
        fault_server_script(*state, stalls, 1);
        begin_call(&made, client);
        assert_true(fault_server_wait_requests(*state, 1));
        begun = fault_clock_ms();
        pthread_kill(made.thread, SIGUSR1);
        pthread_join(made.thread, NULL);
        took_ms[i] = made.ended_ms - begun;
        assert_int_equal(made.status, DYNAMO_ERR_CANCELED);
        dynamo_error_clear(&made.error);
        dynamo_client_free(client);
    }
    sigaction(SIGUSR1, &former, NULL);
    expect_prompt(took_ms);
}

static void ignore_signal(int signal_number)
{
    (void)signal_number;
}

/* A signal that has nothing to do with the client interrupts its waits and must not end its calls. */
static void other_signals_do_not_disturb(void **state)
{
    struct sigaction action = {.sa_handler = ignore_signal};
    struct sigaction former;
    dynamo_client   *client = plain_client(*state, 0);
    call             made   = {0};

    sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGUSR1, &action, &former), 0);
    fault_server_script(*state, stalls, 1);
    begin_call(&made, client);
    assert_true(fault_server_wait_requests(*state, 1));
    for (int i = 0; i < 20; i++)
        pthread_kill(made.thread, SIGUSR1);
    fault_server_release(*state, 1);
    assert_int_equal(end_call(&made), DYNAMO_OK);
    sigaction(SIGUSR1, &former, NULL);
    dynamo_client_free(client);
}

/* ---- Signals and fork -------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int signal_number)
{
    (void)signal_number;
    broken_pipes = broken_pipes + 1;
}

static dynamo_status put_megabytes(dynamo_client *client)
{
    size_t        length = 4 * 1024 * 1024;
    char         *text   = malloc(length);
    json_t       *item   = json_object();
    dynamo_status status;

    memset(text, 'x', length);
    json_object_set_new(item, "id", json_stringn_nocheck(text, length));
    free(text);
    status = dynamo_put_item(client, "Music", item, NULL, NULL, NULL);
    json_decref(item);
    return status;
}

static void sigpipe_never_reaches_the_program(void **state)
{
    static const fault_step script[] = {{0}, {.action = FAULT_CLOSE_BEFORE_READING}, {0},
                                        {.action = FAULT_CLOSE_BEFORE_READING}};
    struct sigaction        action   = {.sa_handler = count_broken_pipe};
    struct sigaction        former, now;
    sigset_t                mask, pending;
    dynamo_client          *client = plain_client(*state, 0);

    sigemptyset(&action.sa_mask);
    broken_pipes = 0;
    assert_int_equal(sigaction(SIGPIPE, &action, &former), 0);
    fault_server_script(*state, script, COUNT(script));
    for (size_t i = 0; i < COUNT(script); i++)
        put_megabytes(client);
    assert_int_equal(broken_pipes, 0);
    /* The program's own handler and mask are as they were. */
    assert_int_equal(sigaction(SIGPIPE, &former, &now), 0);
    assert_true(now.sa_handler == count_broken_pipe);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGPIPE), 0);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
    /* With the default action the same would end the process. */
    assert_true(former.sa_handler == SIG_DFL);
    fault_server_script(*state, script, COUNT(script));
    for (size_t i = 0; i < COUNT(script); i++)
        put_megabytes(client);
    dynamo_client_free(client);
}

/* A SIGPIPE that was pending before the call is the program's, and stays. */
static void pending_sigpipe_is_left(void **state)
{
    dynamo_client *client = plain_client(*state, 0);
    sigset_t       pipe, former, pending;
    int            taken;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &former);
    pthread_kill(pthread_self(), SIGPIPE);
    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 1);
    sigwait(&pipe, &taken);
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    dynamo_client_free(client);
}

/* Runs `work` in a child; what it returns. The child ends as another program, so that no leak checker takes what only
 * the parent's other threads know for lost memory of the child. */
static int in_child(int (*work)(dynamo_client *client), dynamo_client *client)
{
    int   tube[2];
    char  result = 0;
    pid_t child;

    assert_int_equal(pipe(tube), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        result = (char)work(client);
        if (write(tube[1], &result, 1) == 1)
            execlp("true", "true", (char *)NULL);
        _exit(1);
    }
    close(tube[1]);
    if (read(tube[0], &result, 1) != 1)
        result = -1;
    close(tube[0]);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return result;
}

static int child_calls(dynamo_client *client)
{
    return make_call(client, false, NULL) == DYNAMO_OK && make_call(client, true, NULL) == DYNAMO_OK ? 1 : 0;
}

static int child_frees(dynamo_client *client)
{
    dynamo_client_free(client);
    return 1;
}

static int child_calls_and_frees(dynamo_client *client)
{
    int called = child_calls(client);

    dynamo_client_free(client);
    return called;
}

static void fork_leaves_the_parents_connection_alone(void **state)
{
    static const struct {
        const char *name;
        int (*work)(dynamo_client *client);
        size_t requests, connections;
    } rows[] = {
        {"the child calls", child_calls, 2, 1},
        {"the child frees", child_frees, 0, 0},
        {"the child calls and frees", child_calls_and_frees, 2, 1},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_client *client = plain_client(*state, 0);
        size_t         seen;

        fault_server_script(*state, NULL, 0);
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        if (in_child(rows[i].work, client) != 1)
            fail_msg("%s: fails", rows[i].name);
        assert_int_equal(fault_server_requests(*state), 1 + rows[i].requests);
        assert_int_equal(fault_server_connections(*state), 1 + rows[i].connections);
        for (seen = 1; seen <= rows[i].requests; seen++)
            assert_int_equal(fault_server_request(*state, seen)->connection, 2);
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        if (fault_server_request(*state, seen)->connection != 1)
            fail_msg("%s: the parent's connection was lost", rows[i].name);
        dynamo_client_free(client);
    }
}

/* The child forks while another thread of the parent is inside a call. */
static void fork_in_the_middle_of_a_call(void **state)
{
    dynamo_client *client = plain_client(*state, 1);
    call           made   = {0};

    fault_server_script(*state, stalls, 1);
    begin_call(&made, client);
    assert_true(fault_server_wait_requests(*state, 1));
    assert_int_equal(in_child(child_calls_and_frees, client), 1);
    fault_server_release(*state, 1);
    assert_int_equal(end_call(&made), DYNAMO_OK);
    dynamo_client_free(client);
}

/* ---- Borrowed arguments ------------------------------------------------------------------------------------------ */

/* The sum of the reference counts of a value and all it holds. */
static size_t references(json_t *value)
{
    size_t      count = value->refcount == (size_t)-1 ? 0 : value->refcount;
    size_t      i;
    const char *name;
    json_t     *child;

    if (json_is_object(value)) {
        json_object_foreach(value, name, child)
            count += references(child);
    } else {
        json_array_foreach(value, i, child)
            count += references(child);
    }
    return count;
}

static void documents_are_only_borrowed(void **state)
{
    static const fault_step script[] = {
        {0},
        {.status = 400, .body = "{\"__type\":\"ConditionalCheckFailedException\"}"},
        {.action = FAULT_CLOSE_AFTER_REQUEST},
    };
    json_t *item = json_pack("{s:i, s:{s:[s, s]}, s:[i, {s:n}, b], s:{s:{s:s}}, s:{s:s}}", "id", 1, "set", "$SS", "a",
                             "b", "list", 5, "x", 1, "escaped", "$$M", "$N", "5", "number", "$N", "12.50");
    json_t *values  = json_pack("{s:i, s:{s:s}}", ":one", 1, ":big", "$N", "12345678901234567890123");
    json_t *names   = json_pack("{s:s}", "#a", "a");
    json_t *types   = json_pack("{s:s}", "id", "N");
    json_t *schema  = json_pack("[{s:s, s:s}]", "AttributeName", "id", "KeyType", "HASH");
    json_t *indexes = json_pack("[{s:s, s:[{s:s, s:s}], s:{s:s}}]", "IndexName", "i", "KeySchema", "AttributeName",
                                "id", "KeyType", "HASH", "Projection", "ProjectionType", "ALL");
    json_t *documents[] = {item, values, names, types, schema, indexes};
    json_t *copies[COUNT(documents)];
    size_t  counts[COUNT(documents)];
    dynamo_client *client = plain_client(*state, 0);

    for (size_t i = 0; i < COUNT(documents); i++) {
        assert_non_null(documents[i]);
        copies[i] = json_deep_copy(documents[i]);
        counts[i] = references(documents[i]);
    }
    for (int round = 0; round < 5; round++) {
        dynamo_put_item_options     put    = {.expression_attribute_values = values,
                                              .expression_attribute_names  = names};
        dynamo_query_options        query  = {.expression_attribute_values = values, .exclusive_start_key = item};
        dynamo_create_table_options create = {.global_secondary_indexes = indexes};
        json_t                     *wrong  = round == 3 ? names : NULL; /* refused before anything is sent */

        fault_server_script(*state, &script[round < 3 ? round : 0], 1);
        put.expected = wrong;
        dynamo_put_item(client, "Music", item, &put, NULL, NULL);
        query.key_conditions = wrong;
        dynamo_query(client, "Music", &query, NULL, NULL);
        create.provisioned_throughput = wrong;
        dynamo_create_table(client, "Music", types, schema, &create, NULL, NULL);
        dynamo_create_table(client, round == 4 ? NULL : "Music", schema, types, &create, NULL, NULL);
        dynamo_call(client, "PutItem", item, NULL, NULL);
        for (size_t i = 0; i < COUNT(documents); i++) {
            if (references(documents[i]) != counts[i])
                fail_msg("document %zu: reference counts changed in round %d", i, round);
            assert_true(json_equal(documents[i], copies[i]));
        }
    }
    for (size_t i = 0; i < COUNT(documents); i++) {
        json_decref(documents[i]);
        json_decref(copies[i]);
    }
    dynamo_client_free(client);
}

static void config_is_copied(void **state)
{
    char           key[] = "AKIDEXAMPLE", secret[] = "SECRET", token[] = "TOKEN";
    char           endpoint[64], region[] = "eu-central-1";
    dynamo_config  config = {.endpoint = endpoint, .access_key = key, .secret_key = secret, .region = region,
                             .session_token = token};
    dynamo_client *client;

    snprintf(endpoint, sizeof(endpoint), "%s", fault_server_endpoint(*state));
    client = client_of(&config);
    memset(endpoint, 'x', strlen(endpoint));
    memset(key, 'x', strlen(key));
    memset(secret, 'x', strlen(secret));
    memset(region, 'x', strlen(region));
    memset(token, 'x', strlen(token));
    memset(&config, 0xff, sizeof(config));
    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    expect_header(fault_server_request(*state, 0), "X-Amz-Security-Token", "TOKEN");
    assert_non_null(strstr(fault_server_request(*state, 0)->headers, "AKIDEXAMPLE/"));
    dynamo_client_free(client);
}

/* ---- NULL, errors, responses ------------------------------------------------------------------------------------- */

static void null_client(void **state)
{
    json_t      *item     = json_pack("{s:i}", "id", 1);
    json_t      *response = item;
    dynamo_error error    = {0};

    (void)state;
    assert_int_equal(dynamo_get_item(NULL, "Music", item, NULL, &response, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_int_equal(error.status, DYNAMO_ERR_INVALID_ARGUMENT);
    assert_true(error.message[0] != '\0');
    assert_null(response);

    /* An error that tells already why there is no client keeps telling it. */
    error = (dynamo_error){.status = DYNAMO_ERR_NO_REGION, .code = "DYNAMO_ERR_NO_REGION", .message = "no region"};
    assert_int_equal(dynamo_get_item(NULL, "Music", item, NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_int_equal(dynamo_list_tables(NULL, NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_int_equal(dynamo_call(NULL, "GetItem", item, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(dynamo_client_with(NULL, NULL, &error));
    assert_int_equal(error.status, DYNAMO_ERR_NO_REGION);
    assert_string_equal(error.message, "no region");
    dynamo_error_clear(&error);
    assert_int_equal(error.status, DYNAMO_OK);
    dynamo_error_clear(NULL);
    json_decref(item);
}

static void response_and_error_may_be_null(void **state)
{
    static const fault_step script[] = {{0}, {.status = 400}, {.body = "nonsense"}, {.action = FAULT_RESET}};
    dynamo_client          *client   = client_that_tries_once(*state);
    json_t                 *item     = json_pack("{s:i}", "id", 1);
    json_t                 *response = item;

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, NULL, NULL), DYNAMO_OK);
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, NULL, NULL), DYNAMO_ERR_UNKNOWN_SERVICE);
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, &response, NULL), DYNAMO_ERR_BAD_RESPONSE);
    assert_null(response);
    response = item;
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, &response, NULL), DYNAMO_ERR_REQUEST_FAILED);
    assert_null(response);
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, &response, NULL), DYNAMO_OK);
    assert_true(json_is_object(response));
    assert_int_equal(json_object_size(response), 0);
    json_decref(response);
    response = item;
    assert_int_equal(dynamo_put_item(client, NULL, item, NULL, &response, NULL), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(response);
    json_decref(item);
    dynamo_client_free(client);
}

static void one_error_serves_a_loop(void **state)
{
    static const fault_step script[] = {
        {.status = 400, .body = "{\"__type\":\"ConditionalCheckFailedException\",\"Item\":{\"id\":{\"N\":\"1\"}}}"},
        {0},
        {.action = FAULT_CLOSE_AFTER_REQUEST},
        {0},
    };
    dynamo_client *client = client_that_tries_once(*state);
    dynamo_error   error  = {0};

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(make_call(client, true, &error), DYNAMO_ERR_CONDITIONAL_CHECK_FAILED);
    assert_non_null(error.details);
    assert_int_equal(make_call(client, true, &error), DYNAMO_OK);
    assert_null(error.details);
    assert_string_equal(error.code, "");
    assert_string_equal(error.message, "");
    assert_int_equal(error.http_status, 200);
    assert_int_equal(error.attempts, 1);
    assert_string_not_equal(error.request_id, "");
    assert_int_equal(make_call(client, true, &error), DYNAMO_ERR_REQUEST_FAILED);
    assert_true(error.ambiguous);
    assert_int_equal(error.http_status, 0);
    assert_string_equal(error.request_id, "");
    assert_int_equal(make_call(client, true, &error), DYNAMO_OK);
    assert_false(error.ambiguous || error.retryable);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- Callbacks --------------------------------------------------------------------------------------------------- */

typedef struct seen_attempts {
    size_t         count;
    dynamo_attempt last;
    char           operation[32], table_name[32], request_id[80], code[64];
    bool           has_table_name, has_request_id, has_code;
    dynamo_client *client; /* to call from within */
    dynamo_status  inner;
    size_t         handles;
    bool           had_handle;
} seen_attempts;

static bool keep_text(char *text, size_t size, const char *from)
{
    snprintf(text, size, "%s", from != NULL ? from : "");
    return from != NULL;
}

static void see_attempt(void *context, const dynamo_attempt *attempt)
{
    seen_attempts *seen = context;

    seen->count++;
    seen->last           = *attempt;
    seen->has_table_name = keep_text(seen->table_name, sizeof(seen->table_name), attempt->table_name);
    seen->has_request_id = keep_text(seen->request_id, sizeof(seen->request_id), attempt->request_id);
    seen->has_code       = keep_text(seen->code, sizeof(seen->code), attempt->code);
    keep_text(seen->operation, sizeof(seen->operation), attempt->operation);
}

static void see_handle(void *context, void *curl)
{
    seen_attempts *seen = context;

    seen->handles++;
    seen->had_handle = curl != NULL;
}

static void on_attempt_sees_each(void **state)
{
    static const fault_step script[] = {
        {.body = "{\"Item\":{}}"},
        {.status = 400, .body = "{\"__type\":\"x#ValidationException\",\"message\":\"no\"}"},
        {.action = FAULT_CLOSE_AFTER_REQUEST},
        {.body = "{\"TableNames\":[]}"},
        {.body = "nonsense"},
    };
    seen_attempts  seen   = {0};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .max_attempts = 1,
                             .on_attempt = see_attempt};
    dynamo_client *client = client_of(&config);

    fault_server_script(*state, script, COUNT(script));
    make_call(client, false, NULL);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.operation, "GetItem");
    assert_string_equal(seen.table_name, "Music");
    assert_true(seen.has_request_id && strlen(seen.request_id) > 0);
    assert_false(seen.has_code);
    assert_int_equal(seen.last.status, DYNAMO_OK);
    assert_int_equal(seen.last.http_status, 200);
    assert_int_equal(seen.last.attempt, 1);
    assert_int_equal(seen.last.retry_delay_ms, -1);
    assert_true(seen.last.duration_us > 0 && seen.last.duration_us < 60000000);
    assert_int_equal(seen.last.request_bytes, fault_server_request(*state, 0)->body_length);
    assert_int_equal(seen.last.response_bytes, strlen("{\"Item\":{}}"));

    make_call(client, true, NULL);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.operation, "PutItem");
    assert_string_equal(seen.code, "ValidationException");
    assert_int_equal(seen.last.status, DYNAMO_ERR_VALIDATION);
    assert_int_equal(seen.last.http_status, 400);

    make_call(client, true, NULL);
    assert_int_equal(seen.last.status, DYNAMO_ERR_REQUEST_FAILED);
    assert_string_equal(seen.code, "DYNAMO_ERR_REQUEST_FAILED");
    assert_int_equal(seen.last.http_status, 0);
    assert_false(seen.has_request_id);
    assert_int_equal(seen.last.response_bytes, 0);

    assert_int_equal(dynamo_list_tables(client, NULL, NULL, NULL), DYNAMO_OK);
    assert_string_equal(seen.operation, "ListTables");
    assert_false(seen.has_table_name);

    make_call(client, true, NULL);
    assert_int_equal(seen.last.status, DYNAMO_ERR_BAD_RESPONSE);
    assert_int_equal(seen.count, 5);

    /* What was never sent is no attempt. */
    dynamo_get_item(client, NULL, NULL, NULL, NULL, NULL);
    assert_int_equal(seen.count, 5);
    dynamo_client_free(client);
}

static void on_attempt_sees_a_canceled_one(void **state)
{
    seen_attempts  seen   = {0};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .on_attempt = see_attempt};
    dynamo_client *client = client_of(&config);
    call           made   = {0};

    fault_server_script(*state, stalls, 1);
    begin_call(&made, client);
    assert_true(fault_server_wait_requests(*state, 1));
    dynamo_client_cancel(client);
    assert_int_equal(end_call(&made), DYNAMO_ERR_CANCELED);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.last.status, DYNAMO_ERR_CANCELED);
    dynamo_client_free(client);
}

static void call_from_within(void *context, const dynamo_attempt *attempt)
{
    seen_attempts *seen = context;

    see_attempt(context, attempt);
    if (seen->count == 1)
        seen->inner = dynamo_list_tables(seen->client, NULL, NULL, NULL);
}

/* With one handle, so that a callback that ran while it was held would wait for ever. */
static void callbacks_may_call_the_library(void **state)
{
    seen_attempts  seen   = {.inner = DYNAMO_ERR_TIMEOUT};
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &seen, .max_clients = 1,
                             .timeout_ms = 5000, .on_attempt = call_from_within};
    dynamo_client *client = client_of(&config);

    seen.client = client;
    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    assert_int_equal(seen.inner, DYNAMO_OK);
    assert_int_equal(seen.count, 2);
    dynamo_client_free(client);
}

static void on_handle_sees_each_new_one(void **state)
{
    seen_attempts  seen     = {0};
    dynamo_config  config   = {.endpoint = fault_server_endpoint(*state), .context = &seen, .on_handle = see_handle};
    dynamo_client *client   = client_of(&config);
    call           calls[2] = {{0}};

    assert_int_equal(seen.handles, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    assert_int_equal(seen.handles, 1);
    assert_true(seen.had_handle);
    fault_server_script(*state, stalls, COUNT(calls));
    begin_call(&calls[0], client);
    assert_true(fault_server_wait_requests(*state, 1));
    begin_call(&calls[1], client);
    assert_true(fault_server_wait_requests(*state, 2));
    fault_server_release(*state, 2);
    assert_int_equal(end_call(&calls[0]), DYNAMO_OK);
    assert_int_equal(end_call(&calls[1]), DYNAMO_OK);
    assert_int_equal(seen.handles, 2);
    dynamo_client_free(client);
}

typedef struct key_source {
    int         count;
    const char *failure; /* NULL: gives keys */
    double      expires_in; /* seconds; 0: never */
    bool        gives_nothing;
} key_source;

static bool give_keys(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    key_source *source = context;
    char        key[32];

    source->count++;
    if (source->failure != NULL) {
        snprintf(error->message, sizeof(error->message), "%s", source->failure);
        return false;
    }
    if (source->gives_nothing)
        return true;
    snprintf(key, sizeof(key), "AKID%d", source->count);
    return dynamo_credentials_set(credentials, key, "secret", "token", NULL,
                                  source->expires_in > 0 ? (double)time(NULL) + source->expires_in : 0) == DYNAMO_OK;
}

static void credentials_callback(void **state)
{
    static const struct {
        const char *name;
        double      expires_in;
        int         count; /* for three calls */
    } rows[] = {
        {"never expire", 0, 1},
        {"expire in an hour", 3600, 1},
        {"expire in a minute", 60, 3},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        key_source     source = {.expires_in = rows[i].expires_in};
        dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &source,
                                 .credentials = give_keys};
        dynamo_client *client = client_of(&config);
        char           expected[32];

        assert_int_equal(source.count, 0); /* no network, and no callback, in the constructor */
        fault_server_script(*state, NULL, 0);
        for (int j = 0; j < 3; j++)
            assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
        if (source.count != rows[i].count)
            fail_msg("%s: called %d times", rows[i].name, source.count);
        snprintf(expected, sizeof(expected), "Credential=AKID%d/", source.count);
        assert_non_null(strstr(fault_server_request(*state, 2)->headers, expected));
        expect_header(fault_server_request(*state, 2), "X-Amz-Security-Token", "token");
        dynamo_client_free(client);
    }
}

static void credentials_callback_that_fails(void **state)
{
    static const key_source rows[] = {{.failure = "the vault is closed"}, {.failure = ""}, {.gives_nothing = true}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        key_source     source = rows[i];
        dynamo_config  config = {.endpoint = fault_server_endpoint(*state), .context = &source,
                                 .credentials = give_keys};
        dynamo_client *client = client_of(&config);
        dynamo_error   error  = {0};

        fault_server_script(*state, NULL, 0);
        assert_int_equal(make_call(client, true, &error), DYNAMO_ERR_CREDENTIALS);
        assert_string_equal(error.code, "DYNAMO_ERR_CREDENTIALS");
        assert_true(error.message[0] != '\0');
        if (source.failure != NULL)
            assert_non_null(strstr(error.message, source.failure));
        assert_int_equal(error.attempts, 0);
        assert_false(error.ambiguous);
        assert_int_equal(fault_server_requests(*state), 0);
        /* The next call asks again. */
        source.failure       = NULL;
        source.gives_nothing = false;
        assert_int_equal(make_call(client, true, &error), DYNAMO_OK);
        assert_int_equal(source.count, 2);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
    }
}

/* ---- Configuration ----------------------------------------------------------------------------------------------- */

static void endpoint_alone_is_enough(void **state)
{
    dynamo_config  config = {.endpoint = fault_server_endpoint(*state)};
    dynamo_client *client = client_of(&config);
    json_t        *tables;

    assert_int_equal(dynamo_list_tables(client, NULL, &tables, NULL), DYNAMO_OK);
    json_decref(tables);
    assert_non_null(strstr(fault_server_request(*state, 0)->headers, "/us-east-1/dynamodb/"));
    dynamo_client_free(client);
}

static void configurations_that_are_refused(void **state)
{
#define KEYS .access_key = "AKID", .secret_key = "secret"
#define HERE .endpoint = "http://127.0.0.1:8000"
    static const struct {
        const char   *name;
        dynamo_config config;
        dynamo_status status;
    } rows[] = {
        {"negative timeout_ms", {HERE, .timeout_ms = -1}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"negative attempt_timeout_ms", {HERE, .attempt_timeout_ms = -1}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"negative connect_timeout_ms", {HERE, .connect_timeout_ms = -1}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a ca_file that isn't there", {HERE, .ca_file = "/nonexistent/ca.pem"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"an unknown retry_mode", {HERE, .retry_mode = "sometimes"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a key without its secret", {HERE, .access_key = "AKID"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a secret without its key", {HERE, .secret_key = "secret"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"FIPS beside an endpoint", {HERE, .use_fips_endpoint = DYNAMO_TRUE}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"dual stack beside an endpoint", {HERE, .use_dualstack_endpoint = DYNAMO_TRUE}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"no scheme", {KEYS, .region = "us-east-1", .endpoint = "localhost:8000"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"another scheme", {KEYS, .region = "us-east-1", .endpoint = "ftp://localhost"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"no host", {KEYS, .region = "us-east-1", .endpoint = "http://"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a port too large", {KEYS, .region = "a", .endpoint = "http://localhost:70000"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a line break", {KEYS, .region = "a", .endpoint = "http://localhost\r\nX: y"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"a region that is no host label", {KEYS, .region = "evil.example/"}, DYNAMO_ERR_INVALID_ARGUMENT},
        {"no region", {KEYS}, DYNAMO_ERR_NO_REGION},
        {"no region for an endpoint elsewhere", {KEYS, .endpoint = "http://192.0.2.1"}, DYNAMO_ERR_NO_REGION},
        {"a profile and no files", {HERE, .profile = "work"}, DYNAMO_ERR_CONFIG_NOT_FOUND},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_error   error  = {0};
        dynamo_client *client = dynamo_client_new(&rows[i].config, &error);

        if (client != NULL || error.status != rows[i].status)
            fail_msg("%s: %s: %s", rows[i].name, dynamo_status_name(error.status), error.message);
        assert_true(error.message[0] != '\0');
        assert_null(dynamo_client_new(&rows[i].config, NULL));
        dynamo_error_clear(&error);
    }
}

/* Where there are no keys at all, the constructor or the first call says so, and nothing is sent. */
static void no_credentials(void **state)
{
    dynamo_config  config = {.region = "us-east-1"};
    dynamo_error   error  = {0};
    dynamo_client *client = dynamo_client_new(&config, &error);

    (void)state;
    if (client != NULL)
        assert_int_equal(make_call(client, false, &error), DYNAMO_ERR_NO_CREDENTIALS);
    assert_int_equal(error.status, DYNAMO_ERR_NO_CREDENTIALS);
    assert_int_equal(error.attempts, 0);
    assert_non_null(strstr(error.message, "AWS_ACCESS_KEY_ID"));
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void limits_that_are_refused(void **state)
{
    static const dynamo_limits rows[] = {{.timeout_ms = -1}, {.deadline_ms = -1}};
    dynamo_client             *client = plain_client(*state, 0);

    for (size_t i = 0; i < COUNT(rows); i++) {
        dynamo_error error = {0};

        assert_null(dynamo_client_with(client, &rows[i], &error));
        assert_int_equal(error.status, DYNAMO_ERR_INVALID_ARGUMENT);
        dynamo_error_clear(&error);
    }
    dynamo_client_free(client);
}

/* Time limits as large as the type takes must not wrap around. */
static void limits_that_are_huge(void **state)
{
    dynamo_config  config  = {.endpoint           = fault_server_endpoint(*state),
                              .timeout_ms         = INT64_MAX,
                              .attempt_timeout_ms = INT64_MAX,
                              .connect_timeout_ms = INT64_MAX,
                              .max_clients        = UINT32_MAX};
    dynamo_client *client  = client_of(&config);
    dynamo_client *derived = client_with(client, (dynamo_limits){.timeout_ms = INT64_MAX, .deadline_ms = INT64_MAX});

    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    assert_int_equal(make_call(derived, false, NULL), DYNAMO_OK);
    dynamo_client_free(derived);
    dynamo_client_free(client);
}

static void version(void **state)
{
    char text[32];

    (void)state;
    snprintf(text, sizeof(text), "%d.%d.%d", DYNAMO_VERSION_MAJOR, DYNAMO_VERSION_MINOR, DYNAMO_VERSION_PATCH);
    assert_string_equal(text, DYNAMO_VERSION);
    assert_string_equal(dynamo_version(), DYNAMO_VERSION);
}

/* ---- Proxies ----------------------------------------------------------------------------------------------------- */

/* The usual variables lead through a proxy, which is asked for the whole URL, in the name of the endpoint's host. */
static void environment_names_a_proxy(void **state)
{
    dynamo_config        config = {.endpoint = "http://dynamo.test:8000", .region = "eu-west-1", .access_key = "AKIA",
                                   .secret_key = "secret"};
    dynamo_client       *client = client_of(&config);
    const fault_request *request;
    char                 host[64];

    assert_int_equal(setenv("http_proxy", fault_server_endpoint(*state), 1), 0);
    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    request = fault_server_request(*state, 0);
    assert_non_null(request);
    assert_string_equal(request->line, "POST http://dynamo.test:8000/ HTTP/1.1");
    assert_true(fault_request_header(request, "Host", host, sizeof(host)));
    assert_string_equal(host, "dynamo.test:8000");
    assert_int_equal(unsetenv("http_proxy"), 0);
    dynamo_client_free(client);
}

static void environment_excepts_hosts_from_the_proxy(void **state)
{
    dynamo_client *client = plain_client(*state, 0);
    char           dead[64];

    snprintf(dead, sizeof(dead), "http://127.0.0.1:%d", fault_closed_port());
    assert_int_equal(setenv("http_proxy", dead, 1), 0);
    assert_int_equal(setenv("no_proxy", "example.com,127.0.0.1", 1), 0);
    assert_int_equal(make_call(client, false, NULL), DYNAMO_OK);
    assert_string_equal(fault_server_request(*state, 0)->line, "POST / HTTP/1.1");
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("no_proxy"), 0);
    dynamo_client_free(client);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(headers),
        SERVED(streams_operations_have_their_own_target_and_endpoint),
        SERVED(large_body_goes_at_once),
        SERVED(one_connection_for_all_answers),
        SERVED(calls_in_flight_are_bounded),
        SERVED(order_of_arrival_is_the_order_on_the_wire),
        SERVED(most_recently_used_connection_first),
        SERVED(many_threads_on_few_handles),
        SERVED(derived_client_has_its_own_timeout),
        SERVED(deadline_covers_several_calls),
        SERVED(deadline_of_the_origin_holds),
        SERVED(timeout_while_waiting_for_a_handle),
        SERVED(freed_in_any_order),
        SERVED(derived_clients_share_connections),
        SERVED(cancel_ends_a_stalled_call),
        SERVED(cancel_ends_calls_that_wait_for_a_handle),
        SERVED(cancel_of_the_origin_ends_derived_clients),
        SERVED(cancel_from_a_signal_handler),
        SERVED(other_signals_do_not_disturb),
        SERVED(sigpipe_never_reaches_the_program),
        SERVED(pending_sigpipe_is_left),
        SERVED(fork_leaves_the_parents_connection_alone),
        SERVED(fork_in_the_middle_of_a_call),
        SERVED(documents_are_only_borrowed),
        SERVED(config_is_copied),
        SERVED(environment_names_a_proxy),
        SERVED(environment_excepts_hosts_from_the_proxy),
        cmocka_unit_test(null_client),
        SERVED(response_and_error_may_be_null),
        SERVED(one_error_serves_a_loop),
        SERVED(on_attempt_sees_each),
        SERVED(on_attempt_sees_a_canceled_one),
        SERVED(callbacks_may_call_the_library),
        SERVED(on_handle_sees_each_new_one),
        SERVED(credentials_callback),
        SERVED(credentials_callback_that_fails),
        SERVED(endpoint_alone_is_enough),
        cmocka_unit_test(configurations_that_are_refused),
        cmocka_unit_test(no_credentials),
        SERVED(limits_that_are_refused),
        SERVED(limits_that_are_huge),
        cmocka_unit_test(version),
    };

    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
