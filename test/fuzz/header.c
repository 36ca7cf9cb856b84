/*
 * The lines of an answer's header as libcurl hands them over, each in memory of its own size.
 */
#include "handle.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_clean(const char *text, size_t size)
{
    if (memchr(text, '\0', size) == NULL)
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static void receive_line(dynamo_handle *handle, const char *line, size_t length)
{
    char *copy = malloc(length);

    if (copy == NULL)
        return;
    memcpy(copy, line, length);
    if (receive_header(copy, 1, length, handle) != length)
        abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static dynamo_handle handle;
    const char          *next = (const char *)data;
    const char          *end  = next + size;

    handle.head      = (dynamo_answer_head){ 0 };
    handle.head_size = 0;
    while (next < end) {
        const char *newline = memchr(next, '\n', (size_t)(end - next));
        size_t      length  = (size_t)((newline != NULL ? newline + 1 : end) - next);

        receive_line(&handle, next, length);
        next += length;
    }
    if (!is_clean(handle.head.request_id, sizeof(handle.head.request_id)) ||
        !is_clean(handle.head.error_type, sizeof(handle.head.error_type)) ||
        (!handle.head.has_crc32 && handle.head.crc32 != 0))
        abort();
    return 0;
}
