/*
 * The client: made, limited, canceled, freed.
 */
#include "dynamo_internal.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* libcurl's global set-up, which curl_easy_init() would else do by itself, unlocked before 7.84. It is counted, and
 * never undone here: the host may go on using curl. */
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void set_up_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- The core that clients share --------------------------------------------------------------------------------- */

static void core_free(dynamo_core *core)
{
    dynamo_retry_free(&core->retry);
    dynamo_pool_free(&core->pool);
    dynamo_keyring_free(&core->keyring);
    dynamo_settings_free(&core->settings);
    free(core);
}

static dynamo_core *core_new(const dynamo_config *config, dynamo_error *error)
{
    dynamo_core *core = calloc(1, sizeof(*core));

    if (core == NULL) {
        (void)dynamo_fail_memory(error);
        return NULL;
    }
    atomic_init(&core->references, 1);
    atomic_init(&core->process, (int)getpid());
    if (dynamo_settings_load(&core->settings, config, error) != DYNAMO_OK)
        goto no_settings;
    if (dynamo_keyring_init(&core->keyring, &core->settings, error) != DYNAMO_OK)
        goto no_keyring;
    if (dynamo_pool_init(&core->pool, &core->settings, error) != DYNAMO_OK)
        goto no_pool;
    if (dynamo_retry_init(&core->retry, core->settings.adaptive, dynamo_clock_monotonic_us(), error) != DYNAMO_OK)
        goto no_retry;
    dynamo_skew_init(&core->skew, core->settings.correct_clock_skew);
    return core;

no_retry:
    dynamo_pool_free(&core->pool);
no_pool:
    dynamo_keyring_free(&core->keyring);
no_keyring:
    dynamo_settings_free(&core->settings);
no_settings:
    free(core);
    return NULL;
}

void dynamo_core_enter(dynamo_core *core)
{
    int self  = (int)getpid();
    int owner = atomic_load(&core->process);

    if (owner == self)
        return;
    if (owner != 0 && atomic_compare_exchange_strong(&core->process, &owner, 0)) {
        dynamo_pool_after_fork(&core->pool);
        dynamo_keyring_after_fork(&core->keyring);
        dynamo_retry_after_fork(&core->retry);
        atomic_store(&core->process, self);
    }
    while (atomic_load(&core->process) != self)
        (void)sched_yield(); /* another thread of this child is at it */
}

/* ---- Clients ----------------------------------------------------------------------------------------------------- */

static dynamo_client *client_new(dynamo_error *error)
{
    dynamo_client *client = calloc(1, sizeof(*client));

    if (client == NULL) {
        (void)dynamo_fail_memory(error);
        return NULL;
    }
    atomic_init(&client->references, 1);
    atomic_init(&client->cancellation.canceled, 0);
    client->end_us = INT64_MAX;
    return client;
}

dynamo_client *dynamo_client_new(const dynamo_config *config, dynamo_error *error)
{
    static const dynamo_config all_defaults;
    dynamo_client             *client;
    int                        cancelability;

    dynamo_error_clear(error);
    (void)pthread_once(&curl_once, set_up_curl);
    client = client_new(error);
    if (client == NULL)
        return NULL;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelability); /* files are read */
    client->core = core_new(config != NULL ? config : &all_defaults, error);
    (void)pthread_setcancelstate(cancelability, &cancelability);
    if (client->core == NULL) {
        free(client);
        return NULL;
    }
    client->timeout_ms   = client->core->settings.timeout_ms;
    client->max_attempts = client->core->settings.max_attempts;
    return client;
}

void dynamo_client_hold(dynamo_client *client)
{
    atomic_fetch_add(&client->references, 1);
    atomic_fetch_add(&client->core->references, 1);
}

dynamo_client *dynamo_client_with(dynamo_client *origin, const dynamo_limits *limits, dynamo_error *error)
{
    static const dynamo_limits none;
    const dynamo_limits       *given = limits != NULL ? limits : &none;
    dynamo_client             *client;

    if (origin == NULL) {
        if (error != NULL && error->status == DYNAMO_OK)
            (void)dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "client is NULL");
        return NULL;
    }
    dynamo_error_clear(error);
    if (given->timeout_ms < 0 || given->deadline_ms < 0) {
        (void)dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                          "%s is negative: give milliseconds, 0 for none of its own",
                          given->timeout_ms < 0 ? "timeout_ms" : "deadline_ms");
        return NULL;
    }
    client = client_new(error);
    if (client == NULL)
        return NULL;
    dynamo_client_hold(origin);
    client->core                = origin->core;
    client->origin              = origin;
    client->cancellation.origin = &origin->cancellation;
    client->timeout_ms          = given->timeout_ms != 0 ? given->timeout_ms : origin->timeout_ms;
    client->max_attempts        = given->max_attempts != 0 ? given->max_attempts : origin->max_attempts;
    client->end_us              = origin->end_us;
    if (given->deadline_ms != 0) {
        int64_t end_us = dynamo_deadline_from_now(given->deadline_ms);

        client->end_us = end_us < origin->end_us ? end_us : origin->end_us;
    }
    return client;
}

/* No more than one store: this may run in a signal handler. */
void dynamo_client_cancel(dynamo_client *client)
{
    if (client != NULL)
        atomic_store(&client->cancellation.canceled, 1);
}

void dynamo_client_free(dynamo_client *client)
{
    dynamo_core *core;

    if (client == NULL)
        return;
    core = client->core;
    dynamo_core_enter(core);
    /* A client outlives its owner while others were made from it: its cancellation is theirs too. */
    while (client != NULL && atomic_fetch_sub(&client->references, 1) == 1) {
        dynamo_client *origin = client->origin;

        free(client);
        client = origin;
    }
    if (atomic_fetch_sub(&core->references, 1) == 1)
        core_free(core);
}
