/*
 * The two clocks: one to measure by, one to sign by.
 */
#include "dynamo_internal.h"

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

/* Two digits' value, or -1. */
static int two_digits(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Days since 1970-01-01 in the Gregorian calendar: the years begin in March, so that leap days end them. */
static int64_t days_since_epoch(int year, int month, int day)
{
    const int from_march = month > 2 ? month - 3 : month + 9;
    const int of_march   = month > 2 ? year : year - 1;

    return (int64_t)of_march * 365 + of_march / 4 - of_march / 100 + of_march / 400 + (from_march * 153 + 2) / 5 + day
           - 719469;
}

/* What follows the seconds: a fraction, which doesn't count, and the zone, whose seconds east of Greenwich it gives. */
static bool read_zone(const char *text, int64_t *offset)
{
    int hours, minutes;

    *offset = 0;
    if (*text == '.' || *text == ',')
        text += 1 + strspn(text + 1, "0123456789");
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0 || strcmp(text, "UTC") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    hours = two_digits(text + 1);
    if (hours < 0)
        return false;
    minutes = two_digits(text + (text[3] == ':' ? 4 : 3));
    if (hours > 23 || minutes < 0 || minutes > 59 || text[text[3] == ':' ? 6 : 5] != '\0')
        return false;
    *offset = (*text == '-' ? -1 : 1) * (hours * INT64_C(3600) + minutes * INT64_C(60));
    return true;
}

bool dynamo_clock_read(const char *text, int64_t *seconds)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    int64_t           offset;
    int               year, month, day, hour, minute, second;

    for (size_t i = 0; shape[i] != '\0'; i++) {
        const bool fits = shape[i] == 'd'   ? text[i] >= '0' && text[i] <= '9'
                          : shape[i] == 'T' ? text[i] == 'T' || text[i] == 't' || text[i] == ' '
                                            : text[i] == shape[i];

        if (!fits)
            return false;
    }
    year   = two_digits(text) * 100 + two_digits(text + 2);
    month  = two_digits(text + 5);
    day    = two_digits(text + 8);
    hour   = two_digits(text + 11);
    minute = two_digits(text + 14);
    second = two_digits(text + 17);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 ||
        !read_zone(text + sizeof(shape) - 1, &offset))
        return false;
    *seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    return true;
}
