/*
 * When to try again: pauses, the budget for retries, and the send rate of the adaptive mode. No clock and no random
 * source of its own: each function is given the moment and the fraction it works with.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Retry behavior": the standard and the adaptive mode as they are from
 * November 2026 on, with DynamoDB's own base of 25 ms. The send rate follows CUBIC (RFC 9438) with the SDKs' constants.
 */
#include "dynamo_internal.h"

#include <stdio.h>

/* ---- Pauses ------------------------------------------------------------------------------------------------------ */

#define LONGEST_DELAY_US INT64_C(20000000)
#define RETRY_AFTER_EXTRA_US INT64_C(5000000) /* x-amz-retry-after can ask for so much more than the pause is */

static const struct {
    int64_t  base_us;
    unsigned cost; /* of one retry, in tokens */
} classes[] = {
    [DYNAMO_RETRY_TRANSIENT]  = { 25000, 14 },
    [DYNAMO_RETRY_THROTTLING] = { 1000000, 5 },
};

int64_t dynamo_retry_delay_us(dynamo_retry_class class, unsigned attempt, double fraction, int64_t retry_after_ms)
{
    int64_t delay_us = classes[class].base_us;
    int64_t asked_us = retry_after_ms < LONGEST_DELAY_US ? retry_after_ms * 1000 : INT64_MAX;

    for (unsigned failed = 1; failed < attempt && delay_us < LONGEST_DELAY_US; failed++)
        delay_us *= 2;
    if (delay_us > LONGEST_DELAY_US)
        delay_us = LONGEST_DELAY_US;
    delay_us = (int64_t)(fraction * (double)delay_us);
    if (asked_us <= delay_us)
        return delay_us;
    return asked_us < delay_us + RETRY_AFTER_EXTRA_US ? asked_us : delay_us + RETRY_AFTER_EXTRA_US;
}

/* ---- Send rate --------------------------------------------------------------------------------------------------- */

#define BUCKET_US INT64_C(500000) /* answers are counted by half seconds */
#define BUCKETS_A_SECOND 2
#define SMOOTHING 0.8
#define DECREASE 0.7       /* of the rate, at a throttling error */
#define CUBIC_SCALE 0.4    /* how fast it grows again */
#define LEAST_RATE 0.5     /* requests a second */
#define MOST_TIMES_MEASURED 2.0

/* By Newton's method, from above: the library asks for no libm. */
static double cube_root(double number)
{
    double root = number > 1 ? number : 1;
    double next = root;

    if (number <= 0)
        return 0;
    do {
        root = next;
        next = (2 * root + number / (root * root)) / 3;
    } while (next < root);
    return root;
}

static double seconds_between(int64_t from_us, int64_t to_us)
{
    return (double)(to_us - from_us) / 1e6;
}

double dynamo_retry_cubic(double rate_at_throttle, double seconds_since)
{
    double flat = cube_root(rate_at_throttle * (1 - DECREASE) / CUBIC_SCALE); /* when it is back at that rate */
    double x    = seconds_since - flat;

    return CUBIC_SCALE * x * x * x + rate_at_throttle;
}

void dynamo_send_rate_init(dynamo_send_rate *rate, int64_t now_us)
{
    *rate = (dynamo_send_rate){
        .bucket       = now_us / BUCKET_US,
        .throttled_us = now_us,
        .limit        = 1,
        .capacity     = 1,
        .filled_us    = now_us,
    };
}

static void measure(dynamo_send_rate *rate, int64_t now_us)
{
    int64_t bucket = now_us / BUCKET_US;

    rate->count++;
    if (bucket <= rate->bucket)
        return;
    rate->measured = SMOOTHING * rate->count * BUCKETS_A_SECOND / (double)(bucket - rate->bucket) +
                     (1 - SMOOTHING) * rate->measured;
    rate->count  = 0;
    rate->bucket = bucket;
}

static void fill(dynamo_send_rate *rate, int64_t now_us)
{
    double tokens = rate->tokens + seconds_between(rate->filled_us, now_us) * rate->limit;

    rate->tokens    = tokens < rate->capacity ? tokens : rate->capacity;
    rate->filled_us = now_us;
}

static void set_limit(dynamo_send_rate *rate, double limit, int64_t now_us)
{
    fill(rate, now_us); /* the time up to now counts at the rate there was */
    rate->limit    = limit > LEAST_RATE ? limit : LEAST_RATE;
    rate->capacity = limit > 1 ? limit : 1;
    if (rate->tokens > rate->capacity)
        rate->tokens = rate->capacity;
}

void dynamo_send_rate_answered(dynamo_send_rate *rate, bool throttled, int64_t now_us)
{
    double most;
    double limit;

    measure(rate, now_us);
    most = MOST_TIMES_MEASURED * rate->measured;
    if (throttled) {
        rate->rate_at_throttle = rate->enabled && rate->limit < rate->measured ? rate->limit : rate->measured;
        rate->throttled_us     = now_us;
        rate->enabled          = true;
        limit                  = DECREASE * rate->rate_at_throttle;
    } else {
        limit = dynamo_retry_cubic(rate->rate_at_throttle, seconds_between(rate->throttled_us, now_us));
    }
    set_limit(rate, limit < most ? limit : most, now_us);
}

int64_t dynamo_send_rate_take(dynamo_send_rate *rate, int64_t now_us)
{
    if (!rate->enabled)
        return 0;
    fill(rate, now_us);
    if (rate->tokens < 1)
        return (int64_t)((1 - rate->tokens) / rate->limit * 1e6) + 1;
    rate->tokens -= 1;
    return 0;
}

/* ---- What all calls of a client share ---------------------------------------------------------------------------- */

dynamo_status dynamo_retry_init(dynamo_retry *retry, bool adaptive, int64_t now_us, dynamo_error *error)
{
    *retry = (dynamo_retry){
        .adaptive = adaptive,
        .chance   = dynamo_random_fraction,
        .tokens   = DYNAMO_RETRY_TOKENS,
    };
    dynamo_send_rate_init(&retry->rate, now_us);
    return pthread_mutex_init(&retry->lock, NULL) == 0 ? DYNAMO_OK : dynamo_fail_memory(error);
}

void dynamo_retry_free(dynamo_retry *retry)
{
    (void)pthread_mutex_destroy(&retry->lock);
}

void dynamo_retry_after_fork(dynamo_retry *retry)
{
    (void)pthread_mutex_init(&retry->lock, NULL);
}

unsigned dynamo_retry_pay(dynamo_retry *retry, dynamo_retry_class class)
{
    unsigned cost = classes[class].cost;

    (void)pthread_mutex_lock(&retry->lock);
    if (cost <= retry->tokens)
        retry->tokens -= cost;
    else
        cost = 0;
    (void)pthread_mutex_unlock(&retry->lock);
    return cost;
}

void dynamo_retry_refund(dynamo_retry *retry, unsigned paid)
{
    unsigned amount = paid != 0 ? paid : 1;

    (void)pthread_mutex_lock(&retry->lock);
    retry->tokens = amount < DYNAMO_RETRY_TOKENS - retry->tokens ? retry->tokens + amount : DYNAMO_RETRY_TOKENS;
    (void)pthread_mutex_unlock(&retry->lock);
}

int64_t dynamo_retry_take_turn(dynamo_retry *retry, int64_t now_us)
{
    int64_t wait_us;

    if (!retry->adaptive)
        return 0;
    (void)pthread_mutex_lock(&retry->lock);
    wait_us = dynamo_send_rate_take(&retry->rate, now_us);
    (void)pthread_mutex_unlock(&retry->lock);
    return wait_us;
}

void dynamo_retry_answered(dynamo_retry *retry, bool throttled, int64_t now_us)
{
    if (!retry->adaptive)
        return;
    (void)pthread_mutex_lock(&retry->lock);
    dynamo_send_rate_answered(&retry->rate, throttled, now_us);
    (void)pthread_mutex_unlock(&retry->lock);
}

/* ---- The header -------------------------------------------------------------------------------------------------- */

void dynamo_retry_header(char text[DYNAMO_RETRY_HEADER_SIZE], unsigned attempt, unsigned max_attempts, const char *ttl)
{
    if (ttl != NULL)
        (void)snprintf(text, DYNAMO_RETRY_HEADER_SIZE, "ttl=%s; attempt=%u; max=%u", ttl, attempt, max_attempts);
    else
        (void)snprintf(text, DYNAMO_RETRY_HEADER_SIZE, "attempt=%u; max=%u", attempt, max_attempts);
}
