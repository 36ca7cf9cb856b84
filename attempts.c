/*
 * An exchange with a service that gives credentials, tried again where it failed in passing.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Retry behavior" (three attempts, what is tried again); AWS Security Token
 * Service API Reference (IDPCommunicationError). Our choice: the pauses, which are short since callers wait.
 */
#include "dynamo_internal.h"

#include <time.h>

#define ATTEMPTS 3
#define FIRST_PAUSE_MS 100

/* What an answer of 400 says when the same request may fare better. */
static const char *const passing_codes[] = { "Throttling", "RequestLimitExceeded", "IDPCommunicationError",
                                             "SlowDownException", "TooManyRequests" };

static bool is_passing(const dynamo_fetch *fetch, dynamo_status status)
{
    if (status != DYNAMO_OK)
        return status == DYNAMO_ERR_REQUEST_FAILED || status == DYNAMO_ERR_TIMEOUT;
    if (fetch->http_status == 429 || fetch->http_status >= 500)
        return true;
    for (size_t i = 0; fetch->http_status == 400 && fetch->answer.data != NULL && i < DYNAMO_COUNT(passing_codes); i++)
        if (strstr(fetch->answer.data, passing_codes[i]) != NULL)
            return true;
    return false;
}

/* Between half and the whole of a pause that grows fourfold. The clock's last digits are random enough to keep apart
 * who began together. */
static int64_t pause_us(unsigned attempt)
{
    int64_t half = INT64_C(500) * FIRST_PAUSE_MS;

    for (; attempt > 1; attempt--)
        half *= 4;
    return half + dynamo_clock_monotonic_us() % half;
}

/* false: there is less time than that, or the call was canceled. */
static bool pause_before_next(const dynamo_deadline *deadline, unsigned attempt)
{
    const int64_t         end_us = dynamo_clock_monotonic_us() + pause_us(attempt);
    const struct timespec slice  = { 0, DYNAMO_SLICE_MS * 1000000L };

    if (end_us >= deadline->end_us)
        return false;
    while (dynamo_clock_monotonic_us() < end_us) {
        if (dynamo_deadline_check(deadline) != DYNAMO_OK)
            return false;
        (void)nanosleep(&slice, NULL);
    }
    return true;
}

dynamo_status dynamo_fetch_persist(dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_error *error)
{
    dynamo_status status;

    for (fetch->attempt = 1;; fetch->attempt++) {
        status = dynamo_fetch_run(fetch, settings, error);
        if (!is_passing(fetch, status) || fetch->attempt == ATTEMPTS ||
            !pause_before_next(fetch->deadline, fetch->attempt))
            return status;
    }
}
