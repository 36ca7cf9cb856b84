/*
 * Binary values: base64 with padding (RFC 4648, section 4) and its plain form, {"$B": text}.
 *
 * The bits of the last character that belong to no byte may be set ("QR==" is read as "QQ=="): the service takes such
 * text, and so two texts may stand for the same bytes.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

/* The six bits that a character stands for, or -1. */
static int bits_of(char character)
{
    static const signed char bits[] = { /* from + to z: a third of the time that comparisons take */
        62, -1, -1, -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1,
        -1, -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1, -1, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    };
    unsigned index = (unsigned char)character - (unsigned)'+';

    return index < sizeof(bits) ? bits[index] : -1;
}

bool dynamo_base64_check(const char *text, size_t length, size_t *size)
{
    size_t padding = 0;

    if (length % 4 != 0)
        return false;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length - padding; i++)
        if (bits_of(text[i]) < 0)
            return false;
    *size = length / 4 * 3 - padding;
    return true;
}

uint8_t *dynamo_base64_decode(const char *text, size_t length, size_t *size, bool *malformed)
{
    uint32_t bits = 0;
    size_t   out  = 0;
    uint8_t *bytes;

    *malformed = !dynamo_base64_check(text, length, size);
    if (*malformed)
        return NULL;
    bytes = malloc(*size != 0 ? *size : 1);
    if (bytes == NULL)
        return NULL;
    for (size_t i = 0; i < length && text[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)bits_of(text[i]);
        if (i % 4 != 0)
            bytes[out++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    return bytes;
}

char *dynamo_base64_encode(const void *data, size_t size, size_t *length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t    *bytes      = data;
    char             *text;
    size_t            out = 0;

    if (size > SIZE_MAX / 4 * 3 - 3)
        return NULL;
    *length = (size + 2) / 3 * 4;
    text    = malloc(*length + 1);
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < size; i += 3) {
        size_t   left = size - i;
        uint32_t bits = (uint32_t)bytes[i] << 16;

        if (left > 1)
            bits |= (uint32_t)bytes[i + 1] << 8;
        if (left > 2)
            bits |= bytes[i + 2];
        text[out++] = alphabet[bits >> 18];
        text[out++] = alphabet[bits >> 12 & 63];
        text[out++] = left > 1 ? alphabet[bits >> 6 & 63] : '=';
        text[out++] = left > 2 ? alphabet[bits & 63] : '=';
    }
    text[out] = '\0';
    return text;
}

json_t *dynamo_binary(const void *data, size_t length)
{
    size_t  text_length;
    char   *text   = data != NULL || length == 0 ? dynamo_base64_encode(data, length, &text_length) : NULL;
    json_t *binary = json_object();

    /* The setting steals the text, and fails without it or without the object. */
    if (text == NULL ||
        json_object_set_new_nocheck(binary, "$B", json_stringn_nocheck(text, text_length)) != 0) {
        json_decref(binary);
        binary = NULL;
    }
    free(text);
    return binary;
}

void *dynamo_binary_value(json_t *value, size_t *length)
{
    json_t *text = json_object_size(value) == 1 ? json_object_get(value, "$B") : NULL;
    bool    malformed;
    size_t  size;
    void   *bytes;

    if (!json_is_string(text))
        return NULL;
    bytes = dynamo_base64_decode(json_string_value(text), json_string_length(text), &size, &malformed);
    if (bytes != NULL && length != NULL)
        *length = size;
    return bytes;
}
