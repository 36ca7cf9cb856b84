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

bool dynamo_deadline_allows(const dynamo_deadline *deadline, int64_t microseconds)
{
    return deadline->end_us == INT64_MAX || deadline->end_us - dynamo_clock_monotonic_us() > microseconds;
}

/* A signal may end a slice early: the handler may be the one that cancels. */
dynamo_status dynamo_deadline_pause(const dynamo_deadline *deadline, int64_t microseconds)
{
    int64_t       end_us = dynamo_clock_monotonic_us() + microseconds;
    dynamo_status status = dynamo_deadline_check(deadline);

    if (status == DYNAMO_OK && !dynamo_deadline_allows(deadline, microseconds))
        return DYNAMO_ERR_TIMEOUT;
    while (status == DYNAMO_OK) {
        int64_t         left_us  = end_us - dynamo_clock_monotonic_us();
        int64_t         slice_us = left_us < DYNAMO_SLICE_MS * 1000 ? left_us : DYNAMO_SLICE_MS * 1000;
        struct timespec slice    = { 0, (long)slice_us * 1000 };

        if (left_us <= 0)
            break;
        (void)nanosleep(&slice, NULL);
        status = dynamo_deadline_check(deadline);
    }
    return status;
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
