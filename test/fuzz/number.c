/*
 * Numbers as text: each line, whether the first two are equal, and the first eight bytes as a double.
 */
#include "agreement.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool agree_on_double(const uint8_t *data, size_t size)
{
    double real;

    if (size < sizeof(real))
        return true;
    memcpy(&real, data, sizeof(real));
    return agree_on_real(real);
}

static bool agree_on_two(const char *one, const char *newline, const char *end)
{
    char *first  = strndup(one, (size_t)(newline - one));
    char *second = strndup(newline + 1, (size_t)(end - newline - 1));
    bool  fine   = first == NULL || second == NULL || agree_on_numbers(first, second);

    free(first);
    free(second);
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text    = (const char *)data;
    const char *newline = size != 0 ? memchr(text, '\n', size) : NULL;
    const char *end     = text + size;
    bool        fine    = agree_on_double(data, size);

    if (newline == NULL)
        fine = fine && agree_on_number(text, size);
    else
        fine = fine && agree_on_number(text, (size_t)(newline - text)) &&
               agree_on_number(newline + 1, (size_t)(end - newline - 1)) && agree_on_two(text, newline, end);
    if (!fine)
        abort();
    return 0;
}
