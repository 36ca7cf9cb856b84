#include "complaints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

int complaints;

void complain(const char *row, const char *format, ...)
{
    char    text[4096];
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    print_error("%s: %s\n", row, text);
    complaints++;
}

void expect_no_complaints(void)
{
    int count = complaints;

    complaints = 0;
    if (count > 0)
        fail_msg("%d expectations were not met; they are listed above", count);
}
