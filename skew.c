/*
 * How far this machine's clock is from the service's, learnt from the Date header of each answer, so that a request is
 * signed with the service's time.
 *
 * Sources: RFC 9110, section 5.6.7 (IMF-fixdate); AWS SDKs and Tools Reference Guide, "Clock skew correction". Our
 * choice: the two obsolete formats of a date count as none, and so does a date in 1970, which is that of a clock nobody
 * has set.
 */
#include "dynamo_internal.h"

#include <limits.h>

#define LONGEST_EXCHANGE_US (INT64_C(15) * 60 * 1000000)
#define TOLERANCE_S (4 * 60)
#define UNKNOWN INT_MIN

/* From 1970-01-01 on, which was a Thursday. */
static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const char months[12][4]  = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* ---- Dates ------------------------------------------------------------------------------------------------------- */

/* '0' stands for a digit, '?' for anything. */
static bool fits(const char *text, size_t length, const char *form)
{
    for (size_t i = 0; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (form[i] == '\0' || (form[i] == '0' ? !digit : form[i] != '?' && form[i] != text[i]))
            return false;
    }
    return form[length] == '\0';
}

static int read_digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* From 0; 12: it is none. */
static int read_month(const char *text)
{
    int month = 0;

    while (month < 12 && memcmp(text, months[month], 3) != 0)
        month++;
    return month;
}

/* Days from 1970-01-01 in the Gregorian calendar, years counted from March so that a leap day is a year's last. */
static int64_t days_to(int year, int month, int day)
{
    int64_t march_year = month < 2 ? year - 1 : year;
    int64_t in_year    = (153 * (month < 2 ? month + 10 : month - 2) + 2) / 5 + day - 1;

    return march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + in_year - 719468;
}

static int64_t days_in(int year, int month)
{
    return (month < 11 ? days_to(year, month + 1, 1) : days_to(year + 1, 0, 1)) - days_to(year, month, 1);
}

bool dynamo_http_date(const char *text, size_t length, int64_t *seconds)
{
    int     year, month, day, hour, minute, second;
    int64_t days;

    if (!fits(text, length, "???, 00 ??? 0000 00:00:00 GMT"))
        return false;
    day    = read_digits(text + 5, 2);
    month  = read_month(text + 8);
    year   = read_digits(text + 12, 4);
    hour   = read_digits(text + 17, 2);
    minute = read_digits(text + 20, 2);
    second = read_digits(text + 23, 2);
    if (month == 12 || year < 1970 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    days     = days_to(year, month, day);
    *seconds = days * 86400 + hour * 3600 + minute * 60 + second;
    return memcmp(text, weekdays[days % 7], 3) == 0;
}

/* ---- Skew -------------------------------------------------------------------------------------------------------- */

void dynamo_skew_init(dynamo_skew *skew, bool correct)
{
    atomic_init(&skew->seconds, UNKNOWN);
    skew->correct = correct;
}

bool dynamo_skew_known(dynamo_skew *skew)
{
    return atomic_load(&skew->seconds) != UNKNOWN;
}

int64_t dynamo_skew_seconds(dynamo_skew *skew)
{
    int seconds = atomic_load(&skew->seconds);

    return skew->correct && seconds != UNKNOWN ? seconds : 0;
}

bool dynamo_skew_learn(dynamo_skew *skew, const dynamo_dated_answer *answer, int64_t used)
{
    int64_t midpoint  = answer->received - answer->took_us / 2 / 1000000;
    int64_t candidate = answer->date - midpoint;

    if (answer->date < DYNAMO_FIRST_DATE || answer->aged || answer->took_us > LONGEST_EXCHANGE_US ||
        candidate <= UNKNOWN || candidate > INT_MAX)
        return false;
    atomic_store(&skew->seconds, (int)candidate);
    return skew->correct && (candidate - used > TOLERANCE_S || used - candidate > TOLERANCE_S);
}
