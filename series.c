/*
 * Several calls that a caller makes as one: one time limit and one cancellation govern all of them and the pauses
 * between them, and no thread is ended in the middle.
 */
#include "dynamo_internal.h"

/* A client of its own over the caller's, as dynamo_client_with() makes them, which needs no memory. */
static void borrow_client(dynamo_client *own, dynamo_client *client)
{
    atomic_init(&own->references, 1);
    atomic_init(&own->cancellation.canceled, 0);
    own->core                = client->core;
    own->origin              = client;
    own->cancellation.origin = &client->cancellation;
    own->timeout_ms          = client->timeout_ms;
    own->end_us              = client->end_us;
    own->max_attempts        = client->max_attempts;
}

dynamo_status dynamo_series_begin(dynamo_series *series, dynamo_client *client, dynamo_error *error)
{
    series->spare = (dynamo_error){ 0 };
    series->error = error != NULL ? error : &series->spare;
    if (client == NULL && series->error->status != DYNAMO_OK)
        return DYNAMO_ERR_INVALID_ARGUMENT; /* what made it NULL is told already */
    dynamo_error_clear(series->error);
    if (client == NULL)
        return dynamo_fail(series->error, DYNAMO_ERR_INVALID_ARGUMENT, "client is NULL: did dynamo_client_new fail?");
    borrow_client(&series->client, client);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &series->cancelability);
    return DYNAMO_OK;
}

void dynamo_series_allow(dynamo_series *series, int64_t milliseconds)
{
    int64_t end_us = dynamo_deadline_from_now(milliseconds);
    int64_t most   = series->client.origin->end_us;

    series->client.end_us = end_us < most ? end_us : most;
}

static dynamo_deadline deadline_of(const dynamo_series *series)
{
    return (dynamo_deadline){ &series->client.cancellation, series->client.end_us };
}

dynamo_status dynamo_series_check(const dynamo_series *series)
{
    dynamo_deadline deadline = deadline_of(series);

    return dynamo_deadline_check(&deadline);
}

dynamo_status dynamo_series_pause(const dynamo_series *series, int64_t microseconds)
{
    dynamo_deadline deadline = deadline_of(series);

    return dynamo_deadline_pause(&deadline, microseconds);
}

dynamo_status dynamo_series_end(dynamo_series *series, dynamo_status status)
{
    dynamo_error_clear(&series->spare);
    (void)pthread_setcancelstate(series->cancelability, &series->cancelability);
    return status;
}
