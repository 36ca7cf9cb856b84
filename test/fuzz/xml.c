/*
 * XML as STS sends it: two fields of whatever document, in memory of its own size. What is found has no control
 * character that XML doesn't have, and reading it again finds the same.
 */
#include "../dynamo_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct found_texts {
    dynamo_buffer    key, code;
    dynamo_xml_field fields[2];
    bool             read;
} found_texts;

static void read_texts(found_texts *found, const char *text, size_t size)
{
    *found           = (found_texts){ .key = { .secret = true } };
    found->fields[0] = (dynamo_xml_field){ .path = "AssumeRoleResponse/AssumeRoleResult/Credentials/AccessKeyId",
                                           .text = &found->key };
    found->fields[1] = (dynamo_xml_field){ .path = "ErrorResponse/Error/Code", .text = &found->code };
    found->read      = dynamo_xml_read(text, size, found->fields, DYNAMO_COUNT(found->fields));
}

static void free_texts(found_texts *found)
{
    dynamo_buffer_free(&found->key);
    dynamo_buffer_free(&found->code);
}

static bool is_clean(const dynamo_buffer *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((unsigned char)text->data[i] < ' ' && strchr("\t\r\n", text->data[i]) == NULL)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char       *text = malloc(size != 0 ? size : 1);
    found_texts first, second;

    if (text == NULL)
        return 0;
    if (size != 0)
        memcpy(text, data, size);
    read_texts(&first, text, size);
    read_texts(&second, text, size);
    if (first.read != second.read || first.key.length != second.key.length ||
        (first.read && (!is_clean(&first.key) || !is_clean(&first.code))) ||
        (first.read && first.key.length != 0 && !first.fields[0].found) || first.key.length > size ||
        (first.read && first.fields[0].found && first.fields[1].found))
        abort();
    free_texts(&first);
    free_texts(&second);
    free(text);
    return 0;
}
