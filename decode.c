/*
 * Wire text to plain values in one pass: any JSON, AttributeValues, answers by their shapes.
 *
 * The notation of AttributeValues: Amazon DynamoDB API Reference, "AttributeValue"; their plain form: see marshal.c.
 *
 * No text makes this recurse: what is open stands in an array of fixed length, 18 KB of stack whatever is read.
 */
#include "dynamo_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const dynamo_shape dynamo_shape_any = { DYNAMO_KIND_ANY, NULL, NULL, false };

/* What stands under L and M. */
static const dynamo_shape attribute_value = { DYNAMO_KIND_ATTRIBUTE_VALUE, NULL, NULL, false };
static const dynamo_shape value_list      = { DYNAMO_KIND_LIST, &attribute_value, NULL, false };
static const dynamo_shape value_map       = { DYNAMO_KIND_MAP, &attribute_value, NULL, false };

const dynamo_shape *dynamo_shape_member(const dynamo_shape *shape, const char *name, size_t length)
{
    if (shape->members == NULL)
        return shape->of;
    for (const dynamo_member *member = shape->members; member->name != NULL; member++)
        if (strlen(member->name) == length && memcmp(member->name, name, length) == 0)
            return member->shape;
    return NULL;
}

/* ---- Scalars ----------------------------------------------------------------------------------------------------- */

/* NULL, an allocation's failure told. */
static json_t *allocated(dynamo_reader *reader, json_t *value)
{
    if (value == NULL)
        dynamo_fail_memory(reader->error);
    return value;
}

static json_t *refuse(dynamo_reader *reader, const dynamo_path *path, json_t *value, const char *words)
{
    json_decref(value);
    dynamo_read_fail(reader, path, words);
    return NULL;
}

static json_t *read_text(dynamo_reader *reader, const dynamo_path *path)
{
    dynamo_string string;
    json_t       *text;

    if (!dynamo_read_string(reader, path, &string))
        return NULL;
    text = allocated(reader, json_stringn_nocheck(string.text, string.length));
    free(string.owned);
    return text;
}

/* Without `every_digit` an integer where int64 holds it, else the nearest double. */
static json_t *read_bare_number(dynamo_reader *reader, const dynamo_path *path)
{
    const char *start = reader->next;
    const char *end   = dynamo_json_number_end(start, reader->end);
    json_t     *number;
    double      real;

    if (end == NULL) {
        dynamo_read_fail_syntax(reader, path, start, "A number (as in -12.5e3) was expected");
        return NULL;
    }
    number = dynamo_number_plain(start, (size_t)(end - start));
    if (json_is_object(number) && !reader->every_digit) {
        json_decref(number);
        real = dynamo_real_value(start, (size_t)(end - start));
        if (!isfinite(real)) {
            dynamo_read_fail_syntax(reader, path, start, "A number within the range of a double was expected");
            return NULL;
        }
        number = json_real(real);
    }
    reader->next = end;
    return allocated(reader, number);
}

static json_t *read_constant(dynamo_reader *reader, const dynamo_path *path)
{
    size_t left = (size_t)(reader->end - reader->next);

    if (left >= 4 && memcmp(reader->next, "true", 4) == 0) {
        reader->next += 4;
        return json_true();
    }
    if (left >= 5 && memcmp(reader->next, "false", 5) == 0) {
        reader->next += 5;
        return json_false();
    }
    if (left >= 4 && memcmp(reader->next, "null", 4) == 0) {
        reader->next += 4;
        return json_null();
    }
    dynamo_read_fail_syntax(reader, path, reader->next, "A value was expected");
    return NULL;
}

static json_t *read_scalar(dynamo_reader *reader, const dynamo_path *path)
{
    char next = dynamo_read_peek(reader);

    if (next == '"')
        return read_text(reader, path);
    return next == '-' || (next >= '0' && next <= '9') ? read_bare_number(reader, path) : read_constant(reader, path);
}

/* ---- What stands under the types of AttributeValues -------------------------------------------------------------- */

/* {name: content}. Steals the content, NULL included. */
static json_t *wrap(dynamo_reader *reader, const char *name, size_t length, json_t *content)
{
    json_t *object;

    if (content == NULL)
        return NULL;
    object = json_object();
    if (dynamo_object_set(object, name, length, content) == 0)
        return object;
    json_decref(object);
    return allocated(reader, NULL);
}

/* Whether the text that stands for a number is one. What the service has stored isn't held to the limits of writing. */
static bool is_number(const char *text, size_t length)
{
    char   key[DYNAMO_NUMBER_KEY_SIZE];
    size_t digits;

    return dynamo_number_key(text, length, key, &digits);
}

static json_t *read_number(dynamo_reader *reader, const dynamo_path *path)
{
    dynamo_string string;
    json_t       *number;

    if (!dynamo_read_string(reader, path, &string))
        return NULL;
    number = allocated(reader, dynamo_number_plain(string.text, string.length));
    /* Integers and reals have been read as such: only $N takes any text. */
    if (json_is_object(number) && !is_number(string.text, string.length))
        number = refuse(reader, path, number, "An AttributeValue whose N is no number");
    free(string.owned);
    return number;
}

/* In a set, other numbers are their bare text. */
static json_t *read_number_element(dynamo_reader *reader, const dynamo_path *path)
{
    json_t *number = read_number(reader, path);
    json_t *text   = json_object_get(number, "$N");

    if (text == NULL)
        return number;
    json_incref(text);
    json_decref(number);
    return text;
}

static json_t *read_base64(dynamo_reader *reader, const dynamo_path *path)
{
    json_t *text = read_text(reader, path);
    size_t  size;

    if (text == NULL || dynamo_base64_check(json_string_value(text), json_string_length(text), &size))
        return text;
    return refuse(reader, path, text, "An AttributeValue whose B is not base64");
}

static json_t *read_binary(dynamo_reader *reader, const dynamo_path *path)
{
    return wrap(reader, "$B", 2, read_base64(reader, path));
}

static json_t *read_boolean(dynamo_reader *reader, const dynamo_path *path)
{
    char next = dynamo_read_peek(reader);

    if (next == 't' || next == 'f')
        return read_constant(reader, path);
    return refuse(reader, path, NULL, "An AttributeValue whose BOOL is neither true nor false");
}

/* DynamoDB only ever says true here. */
static json_t *read_null(dynamo_reader *reader, const dynamo_path *path)
{
    char next = dynamo_read_peek(reader);

    if (next == 't' || next == 'f')
        return read_constant(reader, path) != NULL ? json_null() : NULL;
    return refuse(reader, path, NULL, "An AttributeValue whose NULL is not true");
}

typedef json_t *(*read_function)(dynamo_reader *reader, const dynamo_path *path);

static json_t *read_set(dynamo_reader *reader, const dynamo_path *path, read_function read_element)
{
    json_t *set   = NULL;
    size_t  count = 0;
    int     more  = -1;

    if (dynamo_read_open(reader, path, '[') && (set = allocated(reader, json_array())) != NULL)
        more = 1;
    while (more > 0 && (more = dynamo_read_element(reader, path, &count)) > 0) {
        dynamo_path step    = { path, NULL, 0, count - 1 };
        json_t     *element = read_element(reader, &step);

        if (element == NULL) {
            more = -1;
        } else if (json_array_append_new(set, element) != 0) {
            dynamo_fail_memory(reader->error);
            more = -1;
        }
    }
    if (more == 0)
        return set;
    json_decref(set);
    return NULL;
}

static json_t *read_string_set(dynamo_reader *reader, const dynamo_path *path)
{
    return wrap(reader, "$SS", 3, read_set(reader, path, read_text));
}

static json_t *read_number_set(dynamo_reader *reader, const dynamo_path *path)
{
    return wrap(reader, "$NS", 3, read_set(reader, path, read_number_element));
}

static json_t *read_binary_set(dynamo_reader *reader, const dynamo_path *path)
{
    return wrap(reader, "$BS", 3, read_set(reader, path, read_base64));
}

/* ---- The types of AttributeValues -------------------------------------------------------------------------------- */

typedef struct value_type {
    char                name[8];
    size_t              length;
    read_function       read;   /* of what stands under it; NULL where that holds AttributeValues itself, ... */
    const dynamo_shape *holder; /* ... in this list or map */
} value_type;

/* The usual first. */
static const value_type value_types[] = {
    { "S", 1, read_text, NULL },         { "N", 1, read_number, NULL },      { "BOOL", 4, read_boolean, NULL },
    { "M", 1, NULL, &value_map },        { "L", 1, NULL, &value_list },      { "NULL", 4, read_null, NULL },
    { "B", 1, read_binary, NULL },       { "SS", 2, read_string_set, NULL }, { "NS", 2, read_number_set, NULL },
    { "BS", 2, read_binary_set, NULL },
};

static const value_type *find_type(const char *name, size_t length)
{
    for (const value_type *type = value_types; type < value_types + DYNAMO_COUNT(value_types); type++)
        if (type->length == length && type->name[0] == name[0] && memcmp(type->name, name, length) == 0)
            return type;
    return NULL;
}

/* {"S": as the service writes it, with any type of one letter. NULL: nothing is read, which is no failure, since an
 * AttributeValue may be written in other ways. Saves a tenth of the instructions of reading an item. */
static const value_type *open_usual_value(dynamo_reader *reader)
{
    const char       *next = reader->next;
    const value_type *type;

    if (reader->end - next < 5 || next[0] != '{' || next[1] != '"' || next[3] != '"' || next[4] != ':' ||
        reader->depth >= DYNAMO_TEXT_DEPTH)
        return NULL;
    type = find_type(next + 2, 1);
    if (type != NULL) {
        reader->next += 5;
        reader->depth++;
    }
    return type;
}

/* An AttributeValue up to what stands under its type. */
static const value_type *open_value(dynamo_reader *reader, const dynamo_path *path)
{
    size_t            count = 0;
    const value_type *type  = open_usual_value(reader);
    dynamo_string     name;
    int               more;

    if (type != NULL)
        return type;
    if (!dynamo_read_open(reader, path, '{'))
        return NULL;
    more = dynamo_read_member(reader, path, &count, &name);
    if (more < 0)
        return NULL;
    type = more > 0 ? find_type(name.text, name.length) : NULL;
    if (more == 0)
        dynamo_read_fail(reader, path, "An AttributeValue without a type");
    else if (type == NULL)
        dynamo_read_fail(reader, path, "An AttributeValue of an unknown type");
    if (more > 0)
        free(name.owned);
    return type;
}

/* The rest of one, whose value is handed through: no other member, the brace. */
static json_t *close_value(dynamo_reader *reader, const dynamo_path *path, json_t *value)
{
    size_t        count = 1;
    dynamo_string name;
    int           more;

    if (value == NULL)
        return NULL;
    if (dynamo_read_peek(reader) == '}') {
        reader->next++;
        reader->depth--;
        return value;
    }
    more = dynamo_read_member(reader, path, &count, &name);
    if (more > 0) {
        free(name.owned);
        return refuse(reader, path, value, "An AttributeValue of two types");
    }
    json_decref(value);
    return NULL;
}

size_t dynamo_dollars(const char *name, size_t length)
{
    static const char types[][4] = { "N", "B", "SS", "NS", "BS" };
    size_t            dollars    = 0;

    while (dollars < length && name[dollars] == '$')
        dollars++;
    for (size_t i = 0; dollars != 0 && i < DYNAMO_COUNT(types); i++)
        if (strlen(types[i]) == length - dollars && memcmp(types[i], name + dollars, length - dollars) == 0)
            return dollars;
    return 0;
}

/* The map of one member with one more $ before its name. Steals the map. */
static json_t *add_dollar(dynamo_reader *reader, json_t *map, const char *name, size_t length)
{
    char   *longer_name = malloc(length + 1);
    json_t *longer      = NULL;

    if (longer_name == NULL) {
        dynamo_fail_memory(reader->error);
    } else {
        longer_name[0] = '$';
        memcpy(longer_name + 1, name, length);
        longer = wrap(reader, longer_name, length + 1, json_incref(json_object_iter_value(json_object_iter(map))));
    }
    free(longer_name);
    json_decref(map);
    return longer;
}

/* What the plain form of a map is, its only name being one that stands for a type. Steals the map. */
static json_t *escape_map(dynamo_reader *reader, json_t *map)
{
    void       *at   = json_object_iter(map);
    const char *name = json_object_iter_key(at);

    if (name[0] != '$' || dynamo_dollars(name, dynamo_name_length(at)) == 0)
        return map;
    return add_dollar(reader, map, name, dynamo_name_length(at));
}

/* ---- What is open ------------------------------------------------------------------------------------------------ */

/* An object or array that isn't closed yet. */
typedef struct holder {
    json_t             *value;
    const dynamo_shape *shape;
    bool                typed; /* it stands under the type of an AttributeValue, which is to be closed as well */
    size_t              count; /* members or elements so far, with the one in hand */
    dynamo_path         step;  /* to that one; parent: to this object or array itself */
    char               *owned; /* its name's memory, if it has its own */
} holder;

typedef struct open_holders {
    dynamo_reader *reader;
    size_t         count;
    holder         holders[DYNAMO_TEXT_DEPTH]; /* the outermost first */
} open_holders;

/* Opens an object or array. A shape that it doesn't fit says nothing of what it holds. */
static bool open_holder(open_holders *open, const dynamo_shape *shape, const dynamo_path *path, char bracket,
                        bool typed)
{
    holder *inner = &open->holders[open->count];
    bool    fits  = bracket == '[' ? shape->kind == DYNAMO_KIND_LIST
                                   : shape->kind == DYNAMO_KIND_MAP || shape->kind == DYNAMO_KIND_STRUCTURE;

    if (!dynamo_read_open(open->reader, path, bracket))
        return false;
    inner->value       = allocated(open->reader, bracket == '[' ? json_array() : json_object());
    inner->shape       = fits ? shape : &dynamo_shape_any;
    inner->typed       = typed;
    inner->count       = 0;
    inner->step.parent = path;
    inner->owned       = NULL;
    open->count += inner->value != NULL;
    return inner->value != NULL;
}

/* Closes the innermost one, and returns it in its plain form, NULL on failure. */
static json_t *close_holder(open_holders *open)
{
    holder *inner = &open->holders[--open->count];

    if (!inner->typed)
        return inner->value;
    if (inner->count == 1 && inner->shape == &value_map)
        inner->value = escape_map(open->reader, inner->value);
    return close_value(open->reader, inner->step.parent, inner->value);
}

/* To the next member or element: 1: its value follows, 0: there is none, -1: the reading has failed. */
static int next_place(open_holders *open, holder *inner)
{
    dynamo_string name;
    int           more;

    if (json_is_array(inner->value)) {
        more             = dynamo_read_element(open->reader, inner->step.parent, &inner->count);
        inner->step.name = NULL;
        inner->step.index = inner->count - 1;
        return more;
    }
    more = dynamo_read_member(open->reader, inner->step.parent, &inner->count, &name);
    if (more > 0) {
        inner->step.name   = name.text;
        inner->step.length = name.length;
        inner->owned       = name.owned;
    }
    return more;
}

/* The shape of what stands in the place in hand. */
static const dynamo_shape *shape_in_hand(const holder *inner)
{
    const dynamo_shape *shape = inner->shape->of;

    if (inner->shape->members != NULL)
        shape = dynamo_shape_member(inner->shape, inner->step.name, inner->step.length);
    return shape != NULL ? shape : &dynamo_shape_any;
}

bool dynamo_read_keep(dynamo_reader *reader, const dynamo_path *path, json_t *object, const dynamo_string *name,
                      json_t *value, size_t count)
{
    int result;

    if (value == NULL)
        return false;
    result = dynamo_object_set(object, name->text, name->length, value);
    if (result == -2)
        return dynamo_read_fail(reader, path, "A name with U+0000 can't be held by Jansson before 2.14");
    if (result != 0) {
        dynamo_fail_memory(reader->error);
        return false;
    }
    if (json_object_size(object) == count)
        return true;
    if (name->owned == NULL)
        reader->next = name->text - 1; /* the place to tell: its opening quote */
    return dynamo_read_fail(reader, path, "The name stands twice");
}

/* Puts a value in the place in hand. Steals it. */
static bool keep(open_holders *open, holder *inner, json_t *value)
{
    const dynamo_string name = { inner->step.name, inner->step.length, inner->owned };
    bool                kept;

    if (json_is_array(inner->value)) {
        kept = json_array_append_new(inner->value, value) == 0;
        if (!kept)
            dynamo_fail_memory(open->reader->error);
        return kept;
    }
    kept = dynamo_read_keep(open->reader, &inner->step, inner->value, &name, value, inner->count);
    free(inner->owned);
    inner->owned = NULL;
    return kept;
}

/* ---- Any value --------------------------------------------------------------------------------------------------- */

/* What stands next: a value that holds no others is read whole; an object or array is opened, and *value is NULL. */
static bool begin_value(open_holders *open, const dynamo_shape *shape, const dynamo_path *path, json_t **value)
{
    dynamo_reader    *reader = open->reader;
    const value_type *type;
    char              next;

    *value = NULL;
    if (shape->kind == DYNAMO_KIND_ATTRIBUTE_VALUE) {
        type = open_value(reader, path);
        if (type == NULL)
            return false;
        if (type->read == NULL)
            return open_holder(open, type->holder, path, type->holder == &value_list ? '[' : '{', true);
        *value = close_value(reader, path, type->read(reader, path));
        return *value != NULL;
    }
    next = dynamo_read_peek(reader);
    if (next == '{' || next == '[')
        return open_holder(open, shape, path, next, false);
    *value = read_scalar(reader, path);
    return *value != NULL;
}

/* Puts a value where it belongs, NULL: nothing yet, and so with each object or array that ends there. 1: another value
 * follows, 0: *value is the outermost, whole, -1: the reading has failed. */
static int settle_value(open_holders *open, json_t **value)
{
    while (open->count != 0) {
        holder *inner = &open->holders[open->count - 1];
        int     more;

        if (*value != NULL && !keep(open, inner, *value))
            return -1;
        more = next_place(open, inner);
        if (more != 0)
            return more;
        *value = close_holder(open);
        if (*value == NULL)
            return -1;
    }
    return 0;
}

static void give_up(open_holders *open)
{
    while (open->count != 0) {
        holder *inner = &open->holders[--open->count];

        json_decref(inner->value);
        free(inner->owned);
    }
}

json_t *dynamo_read_shape(dynamo_reader *reader, const dynamo_shape *shape, const dynamo_path *path)
{
    open_holders open;
    json_t      *value;

    open.reader = reader;
    open.count  = 0;
    while (begin_value(&open, shape, path, &value)) {
        int more = settle_value(&open, &value);

        if (more == 0)
            return value;
        if (more < 0)
            break;
        shape = shape_in_hand(&open.holders[open.count - 1]);
        path  = &open.holders[open.count - 1].step;
    }
    give_up(&open);
    return NULL;
}

json_t *dynamo_read_json(dynamo_reader *reader, const dynamo_path *path)
{
    return dynamo_read_shape(reader, &dynamo_shape_any, path);
}

json_t *dynamo_read_attribute_value(dynamo_reader *reader, const dynamo_path *path)
{
    return dynamo_read_shape(reader, &attribute_value, path);
}

json_t *dynamo_read_item(dynamo_reader *reader, const dynamo_path *path)
{
    if (dynamo_read_peek(reader) != '{')
        return refuse(reader, path, NULL, "An object was expected");
    return dynamo_read_shape(reader, &value_map, path);
}

json_t *dynamo_load(const char *text, size_t length, dynamo_error *error)
{
    dynamo_path   path   = DYNAMO_PATH_ROOT("value");
    dynamo_reader reader = { .failure = DYNAMO_ERR_INVALID_ARGUMENT, .error = error, .every_digit = true };
    json_t       *value;

    dynamo_error_clear(error);
    if (text == NULL) {
        dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "text is NULL");
        return NULL;
    }
    reader.start = reader.next = text;
    reader.end                 = text + length;
    value                      = dynamo_read_json(&reader, &path);
    if (value != NULL && !dynamo_read_end(&reader)) {
        json_decref(value);
        value = NULL;
    }
    return value;
}
