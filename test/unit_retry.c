/*
 * The arithmetic of retries and of the service's clock, against tables: pauses, the budget, the send rate of the
 * adaptive mode, dates, skew. Time and chance are arguments; nothing here waits.
 */
#include "../dynamo_internal.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#include "complaints.h"

static int forget_complaints(void **state)
{
    (void)state;
    complaints = 0;
    return 0;
}

/* ---- Pauses ------------------------------------------------------------------------------------------------------ */

static void delays(void **state)
{
    static const struct {
        const char        *name;
        dynamo_retry_class class;
        unsigned           attempt;
        double             fraction;
        int64_t            retry_after_ms;
        int64_t            delay_us;
    } rows[] = {
        { "transient, the least", DYNAMO_RETRY_TRANSIENT, 1, 0, 0, 0 },
        { "transient, the first", DYNAMO_RETRY_TRANSIENT, 1, 0.5, 0, 12500 },
        { "transient, the second", DYNAMO_RETRY_TRANSIENT, 2, 0.5, 0, 25000 },
        { "transient, the third", DYNAMO_RETRY_TRANSIENT, 3, 0.5, 0, 50000 },
        { "transient, below the cap", DYNAMO_RETRY_TRANSIENT, 10, 0.5, 0, 6400000 },
        { "transient, at the cap", DYNAMO_RETRY_TRANSIENT, 11, 0.5, 0, 10000000 },
        { "transient, far beyond", DYNAMO_RETRY_TRANSIENT, UINT_MAX, 0.5, 0, 10000000 },
        { "throttling, the first", DYNAMO_RETRY_THROTTLING, 1, 0.25, 0, 250000 },
        { "throttling, the second", DYNAMO_RETRY_THROTTLING, 2, 0.25, 0, 500000 },
        { "throttling, below the cap", DYNAMO_RETRY_THROTTLING, 5, 0.25, 0, 4000000 },
        { "throttling, at the cap", DYNAMO_RETRY_THROTTLING, 6, 0.25, 0, 5000000 },
        { "throttling, far beyond", DYNAMO_RETRY_THROTTLING, 64, 0.25, 0, 5000000 },
        { "asked for less", DYNAMO_RETRY_THROTTLING, 1, 0.5, 499, 500000 },
        { "asked for the same", DYNAMO_RETRY_THROTTLING, 1, 0.5, 500, 500000 },
        { "asked for more", DYNAMO_RETRY_THROTTLING, 1, 0.5, 501, 501000 },
        { "asked for 5 s more", DYNAMO_RETRY_TRANSIENT, 1, 0.5, 5012, 5012000 },
        { "asked for too much", DYNAMO_RETRY_TRANSIENT, 1, 0.5, 5013, 5012500 },
        { "asked for an hour", DYNAMO_RETRY_TRANSIENT, 1, 0, 3600000, 5000000 },
        { "asked for all time", DYNAMO_RETRY_THROTTLING, 6, 0.5, INT64_MAX, 15000000 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        int64_t delay_us = dynamo_retry_delay_us(rows[i].class, rows[i].attempt, rows[i].fraction,
                                                 rows[i].retry_after_ms);

        if (delay_us != rows[i].delay_us)
            complain(rows[i].name, "%lld microseconds", (long long)delay_us);
    }
    expect_no_complaints();
}

static void fractions_are_below_one(void **state)
{
    bool low = false, high = false;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        double fraction = dynamo_random_fraction();

        assert_true(fraction >= 0 && fraction < 1);
        low  = low || fraction < 0.25;
        high = high || fraction >= 0.75;
    }
    assert_true(low && high); /* 1000 of them all miss a quarter once in 10^124 runs */
}

/* ---- Budget ------------------------------------------------------------------------------------------------------ */

static void budget(void **state)
{
    static const struct {
        const char        *name;
        unsigned           before;
        dynamo_retry_class class; /* NEVER: a success */
        unsigned           paid;  /* ... after a retry that cost this */
        unsigned           after, cost;
    } rows[] = {
        { "a transient retry", 500, DYNAMO_RETRY_TRANSIENT, 0, 486, 14 },
        { "a throttling retry", 500, DYNAMO_RETRY_THROTTLING, 0, 495, 5 },
        { "just enough", 14, DYNAMO_RETRY_TRANSIENT, 0, 0, 14 },
        { "one too few", 13, DYNAMO_RETRY_TRANSIENT, 0, 13, 0 },
        { "enough for throttling", 13, DYNAMO_RETRY_THROTTLING, 0, 8, 5 },
        { "too few for throttling", 4, DYNAMO_RETRY_THROTTLING, 0, 4, 0 },
        { "a first success", 10, DYNAMO_RETRY_NEVER, 0, 11, 0 },
        { "a success after a transient retry", 10, DYNAMO_RETRY_NEVER, 14, 24, 0 },
        { "a success after a throttling retry", 10, DYNAMO_RETRY_NEVER, 5, 15, 0 },
        { "a success when it is full", 500, DYNAMO_RETRY_NEVER, 0, 500, 0 },
        { "a success when it is nearly full", 495, DYNAMO_RETRY_NEVER, 14, 500, 0 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_retry retry;
        unsigned     cost = 0;

        assert_int_equal(dynamo_retry_init(&retry, false, 0, NULL), DYNAMO_OK);
        assert_int_equal(retry.tokens, 500);
        retry.tokens = rows[i].before;
        if (rows[i].class == DYNAMO_RETRY_NEVER)
            dynamo_retry_refund(&retry, rows[i].paid);
        else
            cost = dynamo_retry_pay(&retry, rows[i].class);
        if (cost != rows[i].cost || retry.tokens != rows[i].after)
            complain(rows[i].name, "cost %u, %u left", cost, retry.tokens);
        dynamo_retry_free(&retry);
    }
    expect_no_complaints();
}

/* ---- Send rate --------------------------------------------------------------------------------------------------- */

static void expect_near(const char *name, double value, double expected)
{
    if (!(fabs(value - expected) < 1e-6))
        complain(name, "%.9f, and should be %.9f", value, expected);
}

/* 0.4 (t - cbrt(0.75 w))^3 + w: computed apart, in Python's arithmetic. */
static void cubic(void **state)
{
    static const struct {
        const char *name;
        double      rate, seconds, expected;
    } rows[] = {
        { "at once it is 0.7 of the rate", 10, 0, 7.0 },
        { "after 1 s", 10, 1, 9.64893600966 },
        { "after 2 s", 10, 2, 10.000030849917364 },
        { "after 3 s", 10, 3, 10.453284520772092 },
        { "after 4 s", 10, 4, 13.408697022224185 },
        { "after 5 s", 10, 5, 21.26626835427364 },
        { "after 6 s", 10, 6, 36.425998516920465 },
        { "a small one at once", 0.001, 0, 0.0007 },
        { "a large one at once", 1e6, 0, 7e5 },
        { "none at all", 0, 2, 3.2 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++)
        expect_near(rows[i].name, dynamo_retry_cubic(rows[i].rate, rows[i].seconds), rows[i].expected);
    expect_no_complaints();
}

/* The same answers to botocore's limiter gave the same figures, and so does the table of the SDKs' own tests. */
static void send_rate(void **state)
{
    static const struct {
        bool    throttled;
        int64_t now_ms;
        double  measured, limit;
    } rows[] = {
        { false, 200, 0.000000, 0.500000 },  { false, 400, 0.000000, 0.500000 },
        { false, 600, 4.800000, 0.500000 },  { false, 800, 4.800000, 0.500000 },
        { false, 1000, 4.160000, 0.500000 }, { false, 1200, 4.160000, 0.691200 },
        { false, 1400, 4.160000, 1.097600 }, { false, 1600, 5.632000, 1.638400 },
        { false, 1800, 5.632000, 2.332800 }, { true, 2000, 4.326400, 3.028480 },
        { false, 2200, 4.326400, 3.486639 }, { false, 2400, 4.326400, 3.821874 },
        { false, 2600, 5.665280, 4.053386 }, { false, 2800, 5.665280, 4.200373 },
        { false, 3000, 4.333056, 4.282037 }, { true, 3200, 4.333056, 2.997426 },
        { false, 3400, 4.333056, 3.452226 },
    };
    dynamo_send_rate rate;

    (void)state;
    dynamo_send_rate_init(&rate, 0);
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        char name[32];

        snprintf(name, sizeof(name), "at %lld ms", (long long)rows[i].now_ms);
        dynamo_send_rate_answered(&rate, rows[i].throttled, rows[i].now_ms * 1000);
        expect_near(name, rate.measured, rows[i].measured);
        expect_near(name, rate.limit, rows[i].limit);
        if (rate.enabled != (rows[i].now_ms >= 2000))
            complain(name, "enabled is %d", rate.enabled);
    }
    expect_no_complaints();
}

static void turns(void **state)
{
    dynamo_send_rate rate;
    int64_t          wait_us;

    (void)state;
    dynamo_send_rate_init(&rate, 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(dynamo_send_rate_take(&rate, 0), 0); /* nobody was throttled: as fast as one likes */

    dynamo_send_rate_answered(&rate, true, 0);
    assert_true(rate.limit == 0.5 && rate.capacity == 1);
    wait_us = dynamo_send_rate_take(&rate, 0);
    assert_true(wait_us >= 2000000 && wait_us <= 2000002); /* one in two seconds */
    assert_true(dynamo_send_rate_take(&rate, wait_us / 2) >= wait_us / 2 - 2);
    assert_int_equal(dynamo_send_rate_take(&rate, wait_us), 0);
    assert_true(dynamo_send_rate_take(&rate, wait_us) > 1900000);

    /* An idle hour saves up no more than the bucket holds. */
    assert_int_equal(dynamo_send_rate_take(&rate, INT64_C(3600000000)), 0);
    assert_true(dynamo_send_rate_take(&rate, INT64_C(3600000000)) > 0);
}

static void standard_mode_never_waits(void **state)
{
    dynamo_retry retry;

    (void)state;
    assert_int_equal(dynamo_retry_init(&retry, false, 0, NULL), DYNAMO_OK);
    dynamo_retry_answered(&retry, true, 0);
    assert_int_equal(dynamo_retry_take_turn(&retry, 0), 0);
    dynamo_retry_free(&retry);
    assert_int_equal(dynamo_retry_init(&retry, true, 0, NULL), DYNAMO_OK);
    assert_int_equal(dynamo_retry_take_turn(&retry, 0), 0);
    dynamo_retry_answered(&retry, true, 0);
    assert_true(dynamo_retry_take_turn(&retry, 0) > 0);
    dynamo_retry_free(&retry);
}

/* ---- Classes ----------------------------------------------------------------------------------------------------- */

static void classes(void **state)
{
    static const struct {
        const char        *code;
        long               http_status;
        dynamo_retry_class class;
    } rows[] = {
        /* the throttling codes of the SDKs, all but TransactionInProgressException with any status */
        { "Throttling", 400, DYNAMO_RETRY_THROTTLING },
        { "ThrottlingException", 400, DYNAMO_RETRY_THROTTLING },
        { "ThrottledException", 400, DYNAMO_RETRY_THROTTLING },
        { "RequestThrottledException", 400, DYNAMO_RETRY_THROTTLING },
        { "RequestThrottled", 400, DYNAMO_RETRY_THROTTLING },
        { "TooManyRequestsException", 429, DYNAMO_RETRY_THROTTLING },
        { "ProvisionedThroughputExceededException", 400, DYNAMO_RETRY_THROTTLING },
        { "TransactionInProgressException", 400, DYNAMO_RETRY_THROTTLING },
        { "RequestLimitExceeded", 503, DYNAMO_RETRY_THROTTLING },
        { "BandwidthLimitExceeded", 503, DYNAMO_RETRY_THROTTLING },
        { "LimitExceededException", 400, DYNAMO_RETRY_THROTTLING },
        { "SlowDown", 503, DYNAMO_RETRY_THROTTLING },
        { "PriorRequestNotComplete", 400, DYNAMO_RETRY_THROTTLING },
        { "EC2ThrottledException", 503, DYNAMO_RETRY_THROTTLING },
        { "RequestTimeout", 400, DYNAMO_RETRY_TRANSIENT },
        { "RequestTimeoutException", 408, DYNAMO_RETRY_TRANSIENT },
        { "InternalServerError", 500, DYNAMO_RETRY_TRANSIENT },
        { "InternalFailure", 500, DYNAMO_RETRY_TRANSIENT },
        { "ServiceUnavailable", 503, DYNAMO_RETRY_TRANSIENT },
        { "ReplicatedWriteConflictException", 400, DYNAMO_RETRY_TRANSIENT },
        { "ConditionalCheckFailedException", 400, DYNAMO_RETRY_NEVER },
        { "TransactionCanceledException", 400, DYNAMO_RETRY_NEVER },
        { "TransactionConflictException", 400, DYNAMO_RETRY_NEVER },
        { "ValidationException", 400, DYNAMO_RETRY_NEVER },
        { "ResourceNotFoundException", 400, DYNAMO_RETRY_NEVER },
        { "AccessDeniedException", 400, DYNAMO_RETRY_NEVER },
        { "AccessDeniedException", 503, DYNAMO_RETRY_NEVER }, /* the code comes first */
        { "", 400, DYNAMO_RETRY_NEVER },
        { "", 403, DYNAMO_RETRY_NEVER },
        { "", 429, DYNAMO_RETRY_THROTTLING },
        { "", 500, DYNAMO_RETRY_TRANSIENT },
        { "", 501, DYNAMO_RETRY_NEVER },
        { "", 502, DYNAMO_RETRY_TRANSIENT },
        { "", 503, DYNAMO_RETRY_TRANSIENT },
        { "", 504, DYNAMO_RETRY_TRANSIENT },
        { "", 505, DYNAMO_RETRY_NEVER },
        { "NobodyKnowsThisException", 429, DYNAMO_RETRY_THROTTLING },
        { "NobodyKnowsThisException", 503, DYNAMO_RETRY_TRANSIENT },
        { "NobodyKnowsThisException", 400, DYNAMO_RETRY_NEVER },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++)
        if (dynamo_retry_class_of(dynamo_status_of_code(rows[i].code), rows[i].http_status) != rows[i].class)
            complain(rows[i].code, "with %ld has another class", rows[i].http_status);
    assert_int_equal(dynamo_retry_class_of(DYNAMO_ERR_BAD_RESPONSE, 500), DYNAMO_RETRY_NEVER);
    assert_int_equal(dynamo_retry_class_of(DYNAMO_ERR_REQUEST_FAILED, 0), DYNAMO_RETRY_TRANSIENT);
    assert_int_equal(dynamo_retry_class_of(DYNAMO_ERR_TIMEOUT, 0), DYNAMO_RETRY_TRANSIENT);
    assert_int_equal(dynamo_retry_class_of(DYNAMO_ERR_CHECKSUM_MISMATCH, 200), DYNAMO_RETRY_TRANSIENT);
    assert_int_equal(dynamo_retry_class_of(DYNAMO_ERR_CANCELED, 0), DYNAMO_RETRY_NEVER);
    expect_no_complaints();
}

static void header(void **state)
{
    char text[DYNAMO_RETRY_HEADER_SIZE];

    (void)state;
    dynamo_retry_header(text, 1, 4, NULL);
    assert_string_equal(text, "attempt=1; max=4");
    dynamo_retry_header(text, 2, 4, "20261123T130000Z");
    assert_string_equal(text, "ttl=20261123T130000Z; attempt=2; max=4");
    dynamo_retry_header(text, UINT_MAX, UINT_MAX, "99991231T235959Z");
    assert_string_equal(text, "ttl=99991231T235959Z; attempt=4294967295; max=4294967295");
}

/* ---- Dates and skew ---------------------------------------------------------------------------------------------- */

static void dates(void **state)
{
    static const struct {
        const char *text;
        int64_t     seconds; /* -1: it is no date */
    } rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 }, /* the example of RFC 9110 */
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Thu, 01 Jan 1970 00:00:01 GMT", 1 },
        { "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
        { "Tue, 29 Feb 2000 12:00:00 GMT", 951825600 },
        { "Wed, 01 Mar 2000 00:00:00 GMT", 951868800 },
        { "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
        { "Sun, 31 Dec 2023 23:59:59 GMT", 1704067199 },
        { "Mon, 01 Jan 2024 00:00:00 GMT", 1704067200 },
        { "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
        { "Wed, 29 Feb 2023 00:00:00 GMT", -1 },
        { "Thu, 29 Feb 2100 00:00:00 GMT", -1 },
        { "Mon, 29 Feb 2100 00:00:00 GMT", -1 },
        { "Wed, 31 Jun 2026 00:00:00 GMT", -1 },
        { "Mon, 06 Nov 1994 08:49:37 GMT", -1 }, /* it was a Sunday */
        { "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
        { "Sun, 06 Nov 1994 08:60:00 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:60 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 UTC", -1 },
        { "Sun, 06 Nov 1994 08:49:37 gmt", -1 },
        { "sun, 06 nov 1994 08:49:37 GMT", -1 },
        { "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
        { "Sun,  6 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
        { "Sun, 06 Nov 1994 08:49:37GMT", -1 },
        { "Sun, 06 Nov 1994 -8:49:37 GMT", -1 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", -1 }, /* obsolete */
        { "Sun Nov  6 08:49:37 1994", -1 },       /* obsolete */
        { "", -1 },
        { "now", -1 },
        { "garbage, and 29 bytes of that", -1 },
        { "784111777", -1 },
        { "2026-11-23T13:00:00Z", -1 },
        { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
          "\xff\xff\xff", -1 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        int64_t seconds = -2;
        bool    is_date = dynamo_http_date(rows[i].text, strlen(rows[i].text), &seconds);

        if (is_date != (rows[i].seconds >= 0) || (is_date && seconds != rows[i].seconds))
            complain(rows[i].text, "%s, %lld", is_date ? "is a date" : "is no date", (long long)seconds);
    }
    expect_no_complaints();
}

#define NOW INT64_C(1795000000)
#define YEARS (INT64_C(50) * 365 * 86400 + INT64_C(13) * 86400)
#define MINUTES_US (INT64_C(60) * 1000000)

static void skews(void **state)
{
    static const struct {
        const char         *name;
        dynamo_dated_answer answer;
        int64_t             used;
        bool                known, wrong;
        int64_t             skew;
    } rows[] = {
        { "the same time", { NOW, false, NOW, 0 }, 0, true, false, 0 },
        { "the middle of an exchange counts", { NOW, false, NOW + 10, 20000000 }, 0, true, false, 0 },
        { "a clock 4 minutes late", { NOW + 240, false, NOW, 0 }, 0, true, false, 240 },
        { "... and a second", { NOW + 241, false, NOW, 0 }, 0, true, true, 241 },
        { "a clock 4 minutes early", { NOW, false, NOW + 240, 0 }, 0, true, false, -240 },
        { "... and a second", { NOW, false, NOW + 241, 0 }, 0, true, true, -241 },
        { "5 minutes late", { NOW + 300, false, NOW, 0 }, 0, true, true, 300 },
        { "a day late", { NOW + 86400, false, NOW, 0 }, 0, true, true, 86400 },
        { "a day early", { NOW - 86400, false, NOW, 0 }, 0, true, true, -86400 },
        { "50 years late", { NOW + YEARS, false, NOW, 0 }, 0, true, true, YEARS },
        { "50 years early", { NOW - YEARS, false, NOW, 0 }, 0, true, true, -YEARS },
        { "corrected already", { NOW + 86400, false, NOW, 0 }, 86390, true, false, 86400 },
        { "corrected wrongly", { NOW, false, NOW, 0 }, 86400, true, true, 0 },
        { "no date", { 0, false, NOW, 0 }, 0, false, false, 0 },
        { "a date in 1970", { 31535999, false, NOW, 0 }, 0, false, false, 0 },
        { "a date beyond reckoning", { INT64_C(253402300799), false, NOW, 0 }, 0, false, false, 0 },
        { "from a cache", { NOW + 86400, true, NOW, 0 }, 0, false, false, 0 },
        { "after 15 minutes", { NOW + 86400, false, NOW, 15 * MINUTES_US }, 0, true, true, 86400 + 450 },
        { "after longer", { NOW + 86400, false, NOW, 15 * MINUTES_US + 1 }, 0, false, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_skew skew, watched;
        bool        wrong;

        dynamo_skew_init(&skew, true);
        dynamo_skew_init(&watched, false);
        wrong = dynamo_skew_learn(&skew, &rows[i].answer, rows[i].used);
        if (wrong != rows[i].wrong || dynamo_skew_known(&skew) != rows[i].known ||
            dynamo_skew_seconds(&skew) != rows[i].skew)
            complain(rows[i].name, "wrong %d, known %d, %lld", wrong, dynamo_skew_known(&skew),
                     (long long)dynamo_skew_seconds(&skew));
        if (dynamo_skew_learn(&watched, &rows[i].answer, rows[i].used) || dynamo_skew_seconds(&watched) != 0 ||
            dynamo_skew_known(&watched) != rows[i].known)
            complain(rows[i].name, "is corrected though that is off");
    }
    expect_no_complaints();
}

/* ---- The pause --------------------------------------------------------------------------------------------------- */

static void pauses(void **state)
{
    dynamo_cancellation cancellation = { .origin = NULL };
    dynamo_deadline     none         = { NULL, INT64_MAX };
    dynamo_deadline     canceled     = { &cancellation, INT64_MAX };
    dynamo_deadline     soon         = { NULL, dynamo_deadline_from_now(5000) };
    dynamo_deadline     over         = { NULL, 0 };
    int64_t             begun        = dynamo_clock_monotonic_us();

    (void)state;
    atomic_init(&cancellation.canceled, 1);
    assert_int_equal(dynamo_deadline_pause(&none, 30000), DYNAMO_OK);
    assert_true(dynamo_clock_monotonic_us() - begun >= 30000);
    begun = dynamo_clock_monotonic_us();
    assert_int_equal(dynamo_deadline_pause(&none, 0), DYNAMO_OK);
    assert_int_equal(dynamo_deadline_pause(&canceled, 60000000), DYNAMO_ERR_CANCELED);
    assert_int_equal(dynamo_deadline_pause(&soon, 60000000), DYNAMO_ERR_TIMEOUT);
    assert_int_equal(dynamo_deadline_pause(&over, 0), DYNAMO_ERR_TIMEOUT);
    assert_true(dynamo_deadline_allows(&soon, 1000) && !dynamo_deadline_allows(&soon, 5000000));
    assert_true(dynamo_clock_monotonic_us() - begun < 4000000); /* nobody waited for what won't come */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(delays, forget_complaints),
        cmocka_unit_test(fractions_are_below_one),
        cmocka_unit_test_setup(budget, forget_complaints),
        cmocka_unit_test_setup(cubic, forget_complaints),
        cmocka_unit_test_setup(send_rate, forget_complaints),
        cmocka_unit_test(turns),
        cmocka_unit_test(standard_mode_never_waits),
        cmocka_unit_test_setup(classes, forget_complaints),
        cmocka_unit_test(header),
        cmocka_unit_test_setup(dates, forget_complaints),
        cmocka_unit_test_setup(skews, forget_complaints),
        cmocka_unit_test(pauses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
