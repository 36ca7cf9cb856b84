/*
 * The body of an answer: read as the output of operations, and as an error.
 */
#include "agreement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!agree_on_answer((const char *)data, size))
        abort();
    return 0;
}
