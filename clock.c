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
