/*
 * JSON text: loaded, read as an attribute value and as an item, and what was loaded dumped and marshalled.
 */
#include "agreement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!agree_on_text((const char *)data, size))
        abort();
    return 0;
}
