/*
 * The body of an answer: read as the output of operations, as an error, and as a page.
 */
#include "agreement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!agree_on_answer((const char *)data, size) || !agree_on_page((const char *)data, size))
        abort();
    return 0;
}
