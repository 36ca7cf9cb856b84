/*
 * Many threads on few handles, with all that goes on beside calls: keys that expire, callbacks, cancellation, clients
 * made and freed, faults. For a second here, and for DYNAMO_TEST_SECONDS under ThreadSanitizer (make check-tsan).
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../dynamo.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define THREADS 64
#define HANDLES 8
#define FAULT_EVERY 97 /* answers */
#define STEPS 5000

typedef struct crowd {
    dynamo_client *client;
    atomic_bool    ending;
    atomic_uint    calls, unexpected, keys_given, attempts, handles;
} crowd;

/* Keys that are due within a second: each call may be the one that asks for new ones. */
static bool give_keys(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    crowd        *all    = context;
    const unsigned number = atomic_fetch_add(&all->keys_given, 1);
    char           name[32];

    (void)error;
    snprintf(name, sizeof(name), "AK%u", number);
    return dynamo_credentials_set(credentials, name, "SECRETEXAMPLE", "TOKEN", NULL, (double)time(NULL) + 601) ==
           DYNAMO_OK;
}

static void count_attempt(void *context, const dynamo_attempt *attempt)
{
    crowd *all = context;

    atomic_fetch_add(&all->attempts, attempt->operation != NULL ? 1 : 0);
}

static void count_handle(void *context, void *curl)
{
    crowd *all = context;

    atomic_fetch_add(&all->handles, curl != NULL ? 1 : 0);
}

/* With a client of its own, which ends early for one call in so many. */
static dynamo_status call_once(crowd *all, unsigned number)
{
    const dynamo_limits limits = {.timeout_ms = number % 31 == 0 ? 1 : 60000};
    dynamo_client      *own    = dynamo_client_with(all->client, &limits, NULL);
    json_t             *item   = json_pack("{s:i, s:s}", "id", (int)number, "text", "some text");
    dynamo_error        error  = {0};
    dynamo_status       status;

    if (number % 37 == 0)
        dynamo_client_cancel(own);
    status = number % 2 == 0 ? dynamo_put_item(own, "Music", item, NULL, NULL, &error)
                             : dynamo_get_item(own, "Music", item, NULL, NULL, &error);
    json_decref(item);
    dynamo_error_clear(&error);
    dynamo_client_free(own);
    return status;
}

static bool is_expected(const crowd *all, dynamo_status status, unsigned number)
{
    switch (status) {
    case DYNAMO_OK:
        return true;
    case DYNAMO_ERR_CANCELED:
        return number % 37 == 0 || atomic_load(&all->ending);
    case DYNAMO_ERR_TIMEOUT:
        return number % 31 == 0;
    default:
        return status == DYNAMO_ERR_REQUEST_FAILED || status == DYNAMO_ERR_THROTTLING ||
               status == DYNAMO_ERR_CHECKSUM_MISMATCH; /* the script's, where no retry is left */
    }
}

/* Once at least, however late the thread comes to it. */
static void *call_on(void *argument)
{
    crowd *all = argument;

    do {
        unsigned      number = atomic_fetch_add(&all->calls, 1) + 1;
        dynamo_status status = call_once(all, number);

        if (!is_expected(all, status, number)) {
            print_error("call %u: %s\n", number, dynamo_status_name(status));
            atomic_fetch_add(&all->unexpected, 1);
        }
    } while (!atomic_load(&all->ending));
    return NULL;
}

static void make_script(fault_step steps[STEPS])
{
    static const fault_step faults[] = {
        {.action = FAULT_CLOSE_AFTER_REQUEST},
        {.status = 400, .body = "{\"__type\":\"ThrottlingException\"}"},
        {.crc = FAULT_CRC_WRONG},
        {.action = FAULT_ANSWER_AND_CLOSE},
    };

    for (size_t i = 0; i < STEPS; i++)
        if (i % FAULT_EVERY == FAULT_EVERY - 1)
            steps[i] = faults[i / FAULT_EVERY % COUNT(faults)];
}

static double seconds_to_run(void)
{
    const char *given = getenv("DYNAMO_TEST_SECONDS");

    return given != NULL ? atof(given) : 1;
}

static void sixty_four_threads_on_eight_handles(void **state)
{
    static fault_step    steps[STEPS];
    const struct timespec moment  = {0, 100000000};
    fault_server         *server  = *state;
    crowd                 all     = {0};
    const dynamo_config   config  = {.endpoint    = fault_server_endpoint(server),
                                     .region      = "us-east-1",
                                     .max_clients = HANDLES,
                                     .context     = &all,
                                     .credentials = give_keys,
                                     .on_attempt  = count_attempt,
                                     .on_handle   = count_handle};
    const double          end_ms  = fault_clock_ms() + seconds_to_run() * 1000;
    pthread_t             threads[THREADS];
    dynamo_error          error = {0};

    make_script(steps);
    fault_server_script(server, steps, STEPS);
    all.client = dynamo_client_new(&config, &error);
    if (all.client == NULL)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_on, &all), 0);
    while (fault_clock_ms() < end_ms)
        (void)nanosleep(&moment, NULL);
    atomic_store(&all.ending, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    print_message("# %u calls, %u attempts, %u sets of keys, %u handles\n", atomic_load(&all.calls),
                  atomic_load(&all.attempts), atomic_load(&all.keys_given), atomic_load(&all.handles));
    assert_int_equal(atomic_load(&all.unexpected), 0);
    assert_true(atomic_load(&all.calls) >= THREADS);
    assert_true(atomic_load(&all.attempts) > 0);
    assert_true(atomic_load(&all.keys_given) > 0);
    assert_true(fault_server_most_in_flight(server) <= HANDLES);
    assert_true(fault_server_most_open(server) <= HANDLES * 2);
    dynamo_client_free(all.client);
}

/* Shutdown as the manual has it: cancel, join, free. */
static void shutdown_of_a_crowd(void **state)
{
    fault_server       *server = *state;
    crowd               all    = {0};
    const dynamo_config config = {.endpoint = fault_server_endpoint(server), .max_clients = HANDLES};
    pthread_t           threads[THREADS];
    double              begin_ms;

    all.client = dynamo_client_new(&config, NULL);
    assert_non_null(all.client);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_on, &all), 0);
    assert_true(fault_server_wait_requests(server, THREADS));
    begin_ms = fault_clock_ms();
    atomic_store(&all.ending, true);
    dynamo_client_cancel(all.client);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(fault_clock_ms() - begin_ms < (fault_runs_slowly() ? 20000 : 2000));
    dynamo_client_free(all.client);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sixty_four_threads_on_eight_handles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shutdown_of_a_crowd, set_up, tear_down),
    };

    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
