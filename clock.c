/*
 * Time: a clock to measure by, a clock to sign by, and moments written as text.
 *
 * Sources of the form of moments: ISO 8601, in its extended and its basic form, and RFC 3339, section 5.6. Our choice:
 * "UTC" or "GMT" may stand for "Z", as tools of AWS have written it; a moment without a zone is none.
 */
#include "dynamo_internal.h"

#include <strings.h>
#include <time.h>

int64_t dynamo_clock_monotonic_us(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t dynamo_clock_wall(void)
{
    return (int64_t)time(NULL);
}

/* ---- Moments as text --------------------------------------------------------------------------------------------- */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Steps over the character where it is there. */
static bool skip(const char **text, char character)
{
    if (**text != character)
        return false;
    (*text)++;
    return true;
}

/* Exactly so many digits, within bounds. */
static bool take_number(const char **text, int digits, int least, int most, int *number)
{
    *number = 0;
    for (; digits > 0; digits--, (*text)++) {
        if (!is_digit(**text))
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return *number >= least && *number <= most;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap   = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Days since the epoch, in the Gregorian calendar. A year is counted from March on, so that a leap day is its last. */
static int64_t days_of_date(int year, int month, int day)
{
    int64_t years  = month > 2 ? year : year - 1;
    int64_t months = month > 2 ? month - 3 : month + 9;
    int64_t leaps  = (years + 400) / 4 - (years + 400) / 100 + (years + 400) / 400 - 97; /* of the years, from 0 on */

    return years * 365 + leaps + (months * 153 + 2) / 5 + day - 1 - 719468;
}

static bool take_date(const char **text, int64_t *days)
{
    int  year, month, day;
    bool extended;

    if (!take_number(text, 4, 0, 9999, &year))
        return false;
    extended = skip(text, '-');
    if (!take_number(text, 2, 1, 12, &month) || skip(text, '-') != extended ||
        !take_number(text, 2, 1, days_in_month(year, month), &day))
        return false;
    *days = days_of_date(year, month, day);
    return true;
}

/* A leap second counts as the first one after it; a fraction doesn't count. */
static bool take_time(const char **text, int *seconds)
{
    int  hour, minute, second;
    bool extended;

    if (!take_number(text, 2, 0, 23, &hour))
        return false;
    extended = skip(text, ':');
    if (!take_number(text, 2, 0, 59, &minute) || skip(text, ':') != extended || !take_number(text, 2, 0, 60, &second))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    if (!skip(text, '.') && !skip(text, ','))
        return true;
    if (!is_digit(**text))
        return false;
    while (is_digit(**text))
        (*text)++;
    return true;
}

/* Seconds east of UTC: "Z", "+01:00", "-0530", "+01". */
static bool take_zone(const char **text, int *offset)
{
    static const char names[][4] = { "UTC", "GMT", "Z" };
    int               sign       = **text == '-' ? -1 : 1;
    int               hours, minutes = 0;

    *offset = 0;
    for (size_t i = 0; i < DYNAMO_COUNT(names); i++) {
        if (strcasecmp(*text, names[i]) == 0) {
            *text += strlen(names[i]);
            return true;
        }
    }
    if (!skip(text, '+') && !skip(text, '-'))
        return false;
    if (!take_number(text, 2, 0, 23, &hours))
        return false;
    if ((skip(text, ':') || **text != '\0') && !take_number(text, 2, 0, 59, &minutes))
        return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool dynamo_clock_read(const char *text, int64_t *seconds)
{
    int64_t days;
    int     second, offset;

    if (!take_date(&text, &days) || (!skip(&text, 'T') && !skip(&text, 't') && !skip(&text, ' ')) ||
        !take_time(&text, &second))
        return false;
    (void)skip(&text, ' ');
    if (!take_zone(&text, &offset) || *text != '\0')
        return false;
    *seconds = days * 86400 + second - offset;
    return true;
}
