/*
 * Growing bytes. A failure sticks, so that a row of appends needs one look at its end.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

static void give_back(const dynamo_buffer *buffer)
{
    if (buffer->secret)
        dynamo_wipe(buffer->data, buffer->capacity);
    free(buffer->data);
}

static void buffer_fail(dynamo_buffer *buffer, bool full)
{
    give_back(buffer);
    buffer->data     = NULL;
    buffer->length   = 0;
    buffer->capacity = 0;
    buffer->failed   = true;
    buffer->full     = full;
}

/* realloc() would leave what it moves where it was. */
static char *enlarge_secret(const dynamo_buffer *buffer, size_t capacity)
{
    char *data = malloc(capacity);

    if (data == NULL)
        return NULL;
    if (buffer->data != NULL)
        memcpy(data, buffer->data, buffer->length + 1);
    give_back(buffer);
    return data;
}

/* Makes room for `length` more bytes and a NUL, where there is none: doubled, so that appending stays linear. */
static bool buffer_reserve(dynamo_buffer *buffer, size_t length)
{
    size_t capacity = buffer->capacity != 0 ? buffer->capacity : FIRST_CAPACITY;
    size_t needed;
    char  *data;

    if (buffer->limit != 0 && length > buffer->limit - buffer->length) {
        buffer_fail(buffer, true);
        return false;
    }
    if (length > SIZE_MAX / 2 - buffer->length - 1) {
        buffer_fail(buffer, false);
        return false;
    }
    needed = buffer->length + length + 1;
    while (capacity < needed)
        capacity *= 2;
    data = buffer->secret ? enlarge_secret(buffer, capacity) : realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer_fail(buffer, false);
        return false;
    }
    buffer->data     = data;
    buffer->capacity = capacity;
    return true;
}

char *dynamo_buffer_extend(dynamo_buffer *buffer, size_t length)
{
    bool  room = length < buffer->capacity - buffer->length &&
                 (buffer->limit == 0 || length <= buffer->limit - buffer->length);
    char *added;

    if (buffer->failed || (!room && !buffer_reserve(buffer, length)))
        return NULL;
    added = buffer->data + buffer->length;
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return added;
}

void dynamo_buffer_append(dynamo_buffer *buffer, const void *data, size_t length)
{
    char *added = dynamo_buffer_extend(buffer, length);

    /* At -Os gcc makes of memcpy() an instruction that is slow with few bytes, of memmove() a call: an item of small
     * values is written in a fifth less time. */
    if (added != NULL && length != 0)
        memmove(added, data, length);
}

void dynamo_buffer_text(dynamo_buffer *buffer, const char *text)
{
    dynamo_buffer_append(buffer, text, strlen(text));
}

void dynamo_buffer_char(dynamo_buffer *buffer, char character)
{
    bool room = buffer->capacity - buffer->length > 1 && buffer->limit == 0;

    if (!room || buffer->failed) {
        dynamo_buffer_append(buffer, &character, 1);
        return;
    }
    buffer->data[buffer->length++] = character;
    buffer->data[buffer->length]   = '\0';
}

void dynamo_buffer_encoded(dynamo_buffer *buffer, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    static const char hex[]   = "0123456789ABCDEF";

    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;

        if (strchr(plain, *text) != NULL) {
            dynamo_buffer_char(buffer, *text);
        } else {
            dynamo_buffer_char(buffer, '%');
            dynamo_buffer_char(buffer, hex[byte >> 4]);
            dynamo_buffer_char(buffer, hex[byte & 0x0F]);
        }
    }
}

void dynamo_buffer_clear(dynamo_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    buffer->full   = false;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

void dynamo_buffer_free(dynamo_buffer *buffer)
{
    give_back(buffer);
    *buffer = (dynamo_buffer){ .limit = buffer->limit, .secret = buffer->secret };
}
