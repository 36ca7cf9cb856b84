/*
 * Plain JSON to AttributeValue, as wire text; the sizes of items. decode.c is the way back.
 *
 * The notation: Amazon DynamoDB API Reference, "AttributeValue". What is refused, and in which words: what the service
 * does. Sizes: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats". The plain form is our choice:
 *
 *     string, true and false, null, array, object    S, BOOL, NULL, L, M
 *     integer, real, {"$N": text}                    N
 *     {"$B": base64}, {"$SS": [...]} and so on       B, SS, NS, BS
 *     {"$$B": x} and so on                           an M whose only name is "$B": it has one more $ in the plain form
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

/* DynamoDB's own limit. Writing recurses as deep: 9 KB of stack. */
#define MAX_LEVELS 32

/* ---- Writing: numbers, binaries, strings ------------------------------------------------------------------------- */

typedef struct value_writer {
    dynamo_buffer *out;
    dynamo_error  *error;
} value_writer;

static dynamo_status refuse(const value_writer *writer, const dynamo_path *path, const char *words)
{
    return dynamo_fail_at(writer->error, DYNAMO_ERR_INVALID_ARGUMENT, path, "%s", words);
}

static dynamo_status write_text(const value_writer *writer, const char *text, size_t length, const dynamo_path *path)
{
    return dynamo_write_string(writer->out, text, length) ? DYNAMO_OK : refuse(writer, path, "A text is not UTF-8");
}

static dynamo_status write_number_text(const value_writer *writer, const char *text, size_t length,
                                       const dynamo_path *path)
{
    const char *refusal = dynamo_number_refusal(text, length);

    if (refusal != NULL)
        return refuse(writer, path, refusal);
    dynamo_write_quoted(writer->out, text, length);
    return DYNAMO_OK;
}

/* An integer or a real. */
static dynamo_status write_number(const value_writer *writer, json_t *number, const dynamo_path *path)
{
    char buffer[DYNAMO_NUMBER_SIZE];

    (void)dynamo_number_text(number, buffer);
    if (json_is_real(number)) /* which may be out of range */
        return write_number_text(writer, buffer, strlen(buffer), path);
    dynamo_write_quoted(writer->out, buffer, strlen(buffer));
    return DYNAMO_OK;
}

/* What stands under $N. */
static dynamo_status write_literal(const value_writer *writer, json_t *text, const dynamo_path *path)
{
    if (!json_is_string(text))
        return refuse(writer, path, "The number must be given as a string");
    return write_number_text(writer, json_string_value(text), json_string_length(text), path);
}

/* What stands under $B, or an element of $BS. */
static dynamo_status write_binary(const value_writer *writer, json_t *text, const dynamo_path *path)
{
    size_t size;

    if (!json_is_string(text))
        return refuse(writer, path, "The binary must be given as a string of base64");
    if (!dynamo_base64_check(json_string_value(text), json_string_length(text), &size))
        return refuse(writer, path, "The binary is not base64 with padding");
    dynamo_write_quoted(writer->out, json_string_value(text), json_string_length(text));
    return DYNAMO_OK;
}

/* An element of $SS. */
static dynamo_status write_string_element(const value_writer *writer, json_t *text, const dynamo_path *path)
{
    if (!json_is_string(text))
        return refuse(writer, path, "An element of a string set must be a string");
    return write_text(writer, json_string_value(text), json_string_length(text), path);
}

/* An element of $NS: integer, real, the text of a number, {"$N": text}. */
static dynamo_status write_number_element(const value_writer *writer, json_t *number, const dynamo_path *path)
{
    size_t      length;
    const char *text = dynamo_number_literal(number, &length);

    if (json_is_number(number))
        return write_number(writer, number, path);
    if (text != NULL)
        return write_number_text(writer, text, length, path);
    if (json_is_string(number))
        return write_literal(writer, number, path);
    return refuse(writer, path, "An element of a number set must be a number");
}

/* ---- Writing: sets ----------------------------------------------------------------------------------------------- */

/* Each appends bytes that two elements share exactly when they are equal, from an element's wire text. */
typedef bool (*append_key)(dynamo_buffer *keys, const char *text, size_t length);

static bool append_string_key(dynamo_buffer *keys, const char *text, size_t length)
{
    dynamo_buffer_append(keys, text, length);
    return !keys->failed;
}

static bool append_number_key(dynamo_buffer *keys, const char *text, size_t length)
{
    char   key[DYNAMO_NUMBER_KEY_SIZE];
    size_t digits;

    if (dynamo_number_key(text + 1, length - 2, key, &digits))
        dynamo_buffer_text(keys, key);
    return !keys->failed;
}

static bool append_binary_key(dynamo_buffer *keys, const char *text, size_t length)
{
    size_t   size;
    bool     malformed;
    uint8_t *bytes = dynamo_base64_decode(text + 1, length - 2, &size, &malformed);

    if (bytes == NULL)
        return false;
    dynamo_buffer_append(keys, bytes, size);
    free(bytes);
    return !keys->failed;
}

typedef struct set_kind {
    const char   *empty; /* the service's words */
    dynamo_status (*write)(const value_writer *writer, json_t *element, const dynamo_path *path);
    append_key    append_key;
} set_kind;

static const set_kind string_set = { "One or more parameter values were invalid: An string set  may not be empty",
                                     write_string_element, append_string_key };
static const set_kind number_set = { "One or more parameter values were invalid: An number set  may not be empty",
                                     write_number_element, append_number_key };
static const set_kind binary_set = { "One or more parameter values were invalid: Binary sets should not be empty",
                                     write_binary, append_binary_key };

static const char duplicate_words[] = "One or more parameter values were invalid: Input collection contains duplicates";

/* One element while duplicates are looked for. */
typedef struct set_element {
    size_t      start;  /* of its key, among all keys */
    size_t      length;
    const char *key;
    size_t      index;
} set_element;

/* Shorter keys first: any order will do that brings equal ones together. */
static int key_order(const set_element *one, const set_element *other)
{
    if (one->length != other->length)
        return one->length < other->length ? -1 : 1;
    return one->length != 0 ? memcmp(one->key, other->key, one->length) : 0;
}

/* Equal keys by their place in the set, so that the same duplicate is told everywhere. */
static int element_order(const void *one_element, const void *other_element)
{
    const set_element *one   = one_element;
    const set_element *other = other_element;
    int                order = key_order(one, other);

    return order != 0 ? order : one->index < other->index ? -1 : one->index > other->index;
}

/* Sorts the elements. Returns one that equals another, NULL: there is none. */
static const set_element *find_duplicate(set_element *elements, size_t count, const dynamo_buffer *keys)
{
    for (size_t i = 0; i < count; i++) {
        elements[i].key   = keys->data + elements[i].start;
        elements[i].index = i;
    }
    qsort(elements, count, sizeof(*elements), element_order);
    for (size_t i = 1; i < count; i++)
        if (key_order(&elements[i - 1], &elements[i]) == 0)
            return &elements[i];
    return NULL;
}

/* The elements' wire text; their keys for the look at duplicates. */
static dynamo_status write_elements(const value_writer *writer, json_t *set, const dynamo_path *path,
                                    const set_kind *kind, set_element *elements, dynamo_buffer *keys)
{
    dynamo_buffer *out = writer->out;

    for (size_t i = 0; i < json_array_size(set); i++) {
        dynamo_path   step = { path, NULL, 0, i };
        dynamo_status status;
        size_t        start;

        dynamo_buffer_char(out, i == 0 ? '[' : ',');
        start  = out->length;
        status = kind->write(writer, json_array_get(set, i), &step);
        if (status != DYNAMO_OK || out->failed)
            return status;
        elements[i].start = keys->length;
        if (!kind->append_key(keys, out->data + start, out->length - start))
            return dynamo_fail_memory(writer->error);
        elements[i].length = keys->length - elements[i].start;
    }
    dynamo_buffer_char(out, ']');
    return DYNAMO_OK;
}

static dynamo_status write_set(const value_writer *writer, json_t *set, const dynamo_path *path, const set_kind *kind)
{
    size_t             count = json_array_size(set);
    dynamo_buffer      keys  = { 0 };
    set_element       *elements;
    const set_element *duplicate;
    dynamo_status      status;

    if (!json_is_array(set))
        return refuse(writer, path, "A set must be a list");
    if (count == 0)
        return refuse(writer, path, kind->empty);
    elements = calloc(count, sizeof(*elements));
    if (elements == NULL)
        return dynamo_fail_memory(writer->error);
    status = write_elements(writer, set, path, kind, elements, &keys);
    duplicate = status == DYNAMO_OK && !writer->out->failed ? find_duplicate(elements, count, &keys) : NULL;
    if (duplicate != NULL) {
        dynamo_path step = { path, NULL, 0, duplicate->index };

        status = refuse(writer, &step, duplicate_words);
    }
    dynamo_buffer_free(&keys);
    free(elements);
    return status;
}

static dynamo_status write_string_set(const value_writer *writer, json_t *set, const dynamo_path *path)
{
    return write_set(writer, set, path, &string_set);
}

static dynamo_status write_number_set(const value_writer *writer, json_t *set, const dynamo_path *path)
{
    return write_set(writer, set, path, &number_set);
}

static dynamo_status write_binary_set(const value_writer *writer, json_t *set, const dynamo_path *path)
{
    return write_set(writer, set, path, &binary_set);
}

/* ---- Sizes of numbers, binaries, strings, sets ------------------------------------------------------------------- */

/* A number in any of its forms; valid. */
static size_t number_size(json_t *number)
{
    char        buffer[DYNAMO_NUMBER_SIZE];
    const char *text = json_is_string(number) ? json_string_value(number) : dynamo_number_text(number, buffer);

    return dynamo_number_bytes(text, strlen(text));
}

static size_t binary_size(json_t *text)
{
    size_t size = 0;

    (void)dynamo_base64_check(json_string_value(text), json_string_length(text), &size);
    return size;
}

static size_t string_size(json_t *text)
{
    return json_string_length(text);
}

static size_t elements_size(json_t *list, size_t (*element_size)(json_t *element))
{
    size_t size = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        size += element_size(json_array_get(list, i));
    return size;
}

static size_t number_set_size(json_t *set)
{
    return elements_size(set, number_size);
}

static size_t binary_set_size(json_t *set)
{
    return elements_size(set, binary_size);
}

static size_t string_set_size(json_t *set)
{
    return elements_size(set, string_size);
}

/* ---- Typed forms and maps that look like them -------------------------------------------------------------------- */

typedef struct typed_form {
    char          type[4]; /* AWS's; the form's name is this after one $ */
    dynamo_status (*write)(const value_writer *writer, json_t *content, const dynamo_path *path);
    size_t        (*size)(json_t *content);
} typed_form;

static const typed_form typed_forms[] = {
    { "N", write_literal, number_size },
    { "B", write_binary, binary_size },
    { "SS", write_string_set, string_set_size },
    { "NS", write_number_set, number_set_size },
    { "BS", write_binary_set, binary_set_size },
};

/* An object's only member, when its name is one or more $ and a type. */
typedef struct dollar_member {
    const typed_form *form;
    size_t            dollars;
    const char       *name;
    size_t            length;
    json_t           *value;
} dollar_member;

static bool find_dollar_member(dollar_member *member, json_t *object)
{
    void       *at = json_object_size(object) == 1 ? json_object_iter(object) : NULL;
    const char *name;
    size_t      length, dollars;

    if (at == NULL || (name = json_object_iter_key(at))[0] != '$')
        return false;
    length  = dynamo_name_length(at);
    dollars = dynamo_dollars(name, length);
    for (size_t i = 0; dollars != 0 && i < DYNAMO_COUNT(typed_forms); i++) {
        if (strcmp(name + dollars, typed_forms[i].type) == 0) {
            *member = (dollar_member){ &typed_forms[i], dollars, name, length, json_object_iter_value(at) };
            return true;
        }
    }
    return false;
}

/* ---- Writing: any value ------------------------------------------------------------------------------------------ */

static dynamo_status write_value(const value_writer *writer, json_t *value, const dynamo_path *path, unsigned level);

/* The members as a map's, of each name all but the first `skip` characters. */
static dynamo_status write_members(const value_writer *writer, json_t *object, const dynamo_path *path, unsigned level,
                                   size_t skip)
{
    dynamo_status status = DYNAMO_OK;
    size_t        count  = 0;

    dynamo_buffer_char(writer->out, '{');
    for (void *at = json_object_iter(object); at != NULL && !writer->out->failed;
         at = json_object_iter_next(object, at)) {
        dynamo_path step = { path, json_object_iter_key(at), dynamo_name_length(at), 0 };

        if (step.length == 0)
            return refuse(writer, path, "Empty attribute name");
        if (count++ != 0)
            dynamo_buffer_char(writer->out, ',');
        status = write_text(writer, step.name + skip, step.length - skip, &step);
        dynamo_buffer_char(writer->out, ':');
        if (status == DYNAMO_OK)
            status = write_value(writer, json_object_iter_value(at), &step, level);
        if (status != DYNAMO_OK)
            return status;
    }
    dynamo_buffer_char(writer->out, '}');
    return status;
}

static dynamo_status write_typed(const value_writer *writer, const dollar_member *member, const dynamo_path *path)
{
    dynamo_path step = { path, member->name, member->length, 0 };

    dynamo_buffer_text(writer->out, "{\"");
    dynamo_buffer_text(writer->out, member->form->type);
    dynamo_buffer_text(writer->out, "\":");
    return member->form->write(writer, member->value, &step);
}

static dynamo_status write_object(const value_writer *writer, json_t *object, const dynamo_path *path, unsigned level)
{
    dollar_member member;
    bool          dollar = find_dollar_member(&member, object);

    if (dollar && member.dollars == 1)
        return write_typed(writer, &member, path);
    dynamo_buffer_text(writer->out, "{\"M\":");
    return write_members(writer, object, path, level + 1, dollar ? 1 : 0);
}

static dynamo_status write_list(const value_writer *writer, json_t *list, const dynamo_path *path, unsigned level)
{
    dynamo_status status = DYNAMO_OK;

    dynamo_buffer_text(writer->out, "{\"L\":[");
    for (size_t i = 0; status == DYNAMO_OK && !writer->out->failed && i < json_array_size(list); i++) {
        dynamo_path step = { path, NULL, 0, i };

        if (i != 0)
            dynamo_buffer_char(writer->out, ',');
        status = write_value(writer, json_array_get(list, i), &step, level + 1);
    }
    dynamo_buffer_char(writer->out, ']');
    return status;
}

/* An AttributeValue but for its closing brace. */
static dynamo_status write_open_value(const value_writer *writer, json_t *value, const dynamo_path *path,
                                      unsigned level)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        dynamo_buffer_text(writer->out, "{\"S\":");
        return write_text(writer, json_string_value(value), json_string_length(value), path);
    case JSON_INTEGER:
    case JSON_REAL:
        dynamo_buffer_text(writer->out, "{\"N\":");
        return write_number(writer, value, path);
    case JSON_TRUE:
        dynamo_buffer_text(writer->out, "{\"BOOL\":true");
        return DYNAMO_OK;
    case JSON_FALSE:
        dynamo_buffer_text(writer->out, "{\"BOOL\":false");
        return DYNAMO_OK;
    case JSON_NULL:
        dynamo_buffer_text(writer->out, "{\"NULL\":true");
        return DYNAMO_OK;
    case JSON_ARRAY:
        return write_list(writer, value, path, level);
    case JSON_OBJECT:
        break;
    }
    return write_object(writer, value, path, level);
}

static dynamo_status write_value(const value_writer *writer, json_t *value, const dynamo_path *path, unsigned level)
{
    dynamo_status status;

    if (value == NULL)
        return refuse(writer, path, "The value is NULL");
    if (level > MAX_LEVELS)
        return refuse(writer, path, "Nesting Levels have exceeded supported limits");
    status = write_open_value(writer, value, path, level);
    dynamo_buffer_char(writer->out, '}');
    return status;
}

dynamo_status dynamo_write_attribute_value(dynamo_buffer *out, json_t *value, const dynamo_path *path,
                                           dynamo_error *error)
{
    value_writer writer = { out, error };

    return write_value(&writer, value, path, 1);
}

dynamo_status dynamo_write_item(dynamo_buffer *out, json_t *item, const dynamo_path *path, dynamo_error *error)
{
    value_writer writer = { out, error };

    if (!json_is_object(item))
        return refuse(&writer, path, "An object of attributes was expected");
    return write_members(&writer, item, path, 1, 0);
}

/* ---- For callers: trees ------------------------------------------------------------------------------------------ */

typedef json_t *(*read_function)(dynamo_reader *reader, const dynamo_path *path);
typedef dynamo_status (*write_function)(dynamo_buffer *out, json_t *value, const dynamo_path *path,
                                        dynamo_error *error);

static dynamo_status refuse_null(dynamo_error *error, const char *name)
{
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is NULL: did json_pack fail (format, UTF-8, memory)?",
                       name);
}

/* The tree written one way and read the other, so that each way has one implementation. */
static json_t *convert(json_t *value, const char *name, write_function write, read_function read, dynamo_error *error)
{
    dynamo_path   path   = DYNAMO_PATH_ROOT(name);
    dynamo_buffer text   = { 0 };
    json_t       *result = NULL;

    dynamo_error_clear(error);
    if (value == NULL) {
        refuse_null(error, name);
    } else if (write(&text, value, &path, error) != DYNAMO_OK) {
        ; /* told */
    } else if (text.failed) {
        dynamo_fail_memory(error);
    } else {
        dynamo_reader reader = { .start   = text.data,
                                 .next    = text.data,
                                 .end     = text.data + text.length,
                                 .failure = DYNAMO_ERR_BAD_RESPONSE,
                                 .error   = error };

        result = read(&reader, &path);
    }
    dynamo_buffer_free(&text);
    return result;
}

json_t *dynamo_marshal(json_t *value, dynamo_error *error)
{
    return convert(value, "value", dynamo_write_attribute_value, dynamo_read_json, error);
}

json_t *dynamo_unmarshal(json_t *attribute_value, dynamo_error *error)
{
    return convert(attribute_value, "value", dynamo_write_json, dynamo_read_attribute_value, error);
}

json_t *dynamo_marshal_item(json_t *item, dynamo_error *error)
{
    return convert(item, "item", dynamo_write_item, dynamo_read_json, error);
}

json_t *dynamo_unmarshal_item(json_t *item, dynamo_error *error)
{
    return convert(item, "item", dynamo_write_json, dynamo_read_item, error);
}

/* ---- Sizes of containers ----------------------------------------------------------------------------------------- */

/* What a list or map takes beside its contents, and each of its elements or members. */
#define CONTAINER_SIZE 3
#define ELEMENT_SIZE 1

static size_t value_size(json_t *value);

static size_t list_size(json_t *list)
{
    return CONTAINER_SIZE + ELEMENT_SIZE * json_array_size(list) + elements_size(list, value_size);
}

static size_t members_size(json_t *object)
{
    size_t size = 0;

    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at))
        size += dynamo_name_length(at) + value_size(json_object_iter_value(at));
    return size;
}

static size_t object_size(json_t *object)
{
    dollar_member member;
    bool          dollar = find_dollar_member(&member, object);

    if (dollar && member.dollars == 1)
        return member.form->size(member.value);
    return CONTAINER_SIZE + ELEMENT_SIZE * json_object_size(object) + members_size(object) - (dollar ? 1 : 0);
}

/* Of a value that has been found valid. */
static size_t value_size(json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return string_size(value);
    case JSON_INTEGER:
    case JSON_REAL:
        return number_size(value);
    case JSON_ARRAY:
        return list_size(value);
    case JSON_OBJECT:
        return object_size(value);
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return 1;
}

size_t dynamo_item_size(json_t *item, dynamo_error *error)
{
    dynamo_path   path = DYNAMO_PATH_ROOT("item");
    dynamo_buffer text = { 0 };
    dynamo_status status;

    dynamo_error_clear(error);
    status = item == NULL ? refuse_null(error, "item") : dynamo_write_item(&text, item, &path, error);
    if (status == DYNAMO_OK && text.failed)
        status = dynamo_fail_memory(error);
    dynamo_buffer_free(&text);
    return status == DYNAMO_OK ? members_size(item) : 0;
}
