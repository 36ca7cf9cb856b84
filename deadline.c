/*
 * How long a call may take, and whether it was canceled.
 *
 * A client may be canceled from a signal handler, where no lock can be taken and no condition signalled. So every wait
 * of the library is made of slices of at most DYNAMO_SLICE_MS, with a look at the cancellation between them: a flag is
 * all that a handler has to set. An answer mostly comes within the first slice.
 */
#include "dynamo_internal.h"

int64_t dynamo_deadline_from_now(int64_t milliseconds)
{
    int64_t now = dynamo_clock_monotonic_us();

    return milliseconds > (INT64_MAX - now) / 1000 ? INT64_MAX : now + milliseconds * 1000;
}

static bool is_canceled(const dynamo_cancellation *cancellation)
{
    for (; cancellation != NULL; cancellation = cancellation->origin)
        if (atomic_load_explicit(&cancellation->canceled, memory_order_relaxed) != 0)
            return true;
    return false;
}

dynamo_status dynamo_deadline_check(const dynamo_deadline *deadline)
{
    if (is_canceled(deadline->cancellation))
        return DYNAMO_ERR_CANCELED;
    if (deadline->end_us != INT64_MAX && dynamo_clock_monotonic_us() >= deadline->end_us)
        return DYNAMO_ERR_TIMEOUT;
    return DYNAMO_OK;
}

const char *dynamo_deadline_words(dynamo_status status)
{
    return status == DYNAMO_ERR_CANCELED ? "canceled" : "the time limit ran out";
}

int dynamo_deadline_slice_ms(const dynamo_deadline *deadline)
{
    int64_t left_ms;

    if (deadline->end_us == INT64_MAX)
        return DYNAMO_SLICE_MS;
    left_ms = (deadline->end_us - dynamo_clock_monotonic_us() + 999) / 1000;
    return left_ms < 1 ? 1 : left_ms < DYNAMO_SLICE_MS ? (int)left_ms : DYNAMO_SLICE_MS;
}

#if defined(__APPLE__)

/* macOS can't put a condition on the monotonic clock, but waits for a span of time. */
bool dynamo_condition_init(pthread_cond_t *condition)
{
    return pthread_cond_init(condition, NULL) == 0;
}

void dynamo_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const dynamo_deadline *deadline)
{
    struct timespec span = { 0, dynamo_deadline_slice_ms(deadline) * 1000000L };

    (void)pthread_cond_timedwait_relative_np(condition, lock, &span);
}

#else

bool dynamo_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    bool               done;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    done = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(condition, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return done;
}

void dynamo_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const dynamo_deadline *deadline)
{
    int64_t         end_us = dynamo_clock_monotonic_us() + dynamo_deadline_slice_ms(deadline) * INT64_C(1000);
    struct timespec end    = { (time_t)(end_us / 1000000), (long)(end_us % 1000000) * 1000 };

    (void)pthread_cond_timedwait(condition, lock, &end);
}

#endif
