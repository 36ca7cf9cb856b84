#include "agreement.h"
#include "oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What differs ------------------------------------------------------------------------------------------------ */

static void print_bytes(const char *name, const char *bytes, size_t length)
{
    (void)fprintf(stderr, "    %-8s ", name);
    for (size_t i = 0; i < length; i++)
        (void)fprintf(stderr, bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\' ? "%c" : "\\x%02x",
                      (unsigned char)bytes[i]);
    (void)fprintf(stderr, "\n");
}

/* As far as it can be written, which a text that isn't UTF-8 can't. */
static void print_json(const char *name, json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

    if (value != NULL && text == NULL)
        text = dynamo_dump(value);
    (void)fprintf(stderr, "    %-8s %s\n", name, text != NULL ? text : value != NULL ? "(no UTF-8)" : "refused");
    free(text);
}

/* Takes what both made of it. */
static bool agree(const char *what, json_t *library, json_t *oracle)
{
    bool same = oracle_same(library, oracle);

    if (!same) {
        (void)fprintf(stderr, "The library and the oracle differ: %s\n", what);
        print_json("library", library);
        print_json("oracle", oracle);
    }
    json_decref(library);
    json_decref(oracle);
    return same;
}

/* A success says nothing, a failure has its status and its words. */
static bool agree_on_error(const char *what, bool succeeded, const dynamo_error *error, dynamo_status expected)
{
    if (succeeded ? error->status == DYNAMO_OK : error->status == expected && error->message[0] != '\0')
        return true;
    (void)fprintf(stderr, "%s %s, but the error says %s: %s\n", what, succeeded ? "succeeded" : "failed",
                  dynamo_status_name(error->status), error->message);
    return false;
}

/* The message ends with the same path; the library also says which element of a set it is. */
static bool agree_on_path(json_t *value, const dynamo_error *error, void (*find)(json_t *value, dynamo_error *error))
{
    dynamo_error expected = { 0 };
    const char  *path, *found, *rest;

    if (error->status == DYNAMO_OK)
        return true;
    find(value, &expected);
    path  = strchr(expected.message, ':');
    found = path != NULL ? strstr(error->message, path) : NULL;
    rest  = found != NULL ? found + strlen(path) : "?";
    if (*rest == '\0' || (rest[0] == '[' && (rest[1] == '\0' || (rest[1] >= '0' && rest[1] <= '9')))) /* or cut */
        return true;
    (void)fprintf(stderr, "The fault is at%s, and not as in: %s\n", path != NULL ? path + 1 : " no place",
                  error->message);
    return false;
}

/* In memory of its own size exactly, where a step too far is seen. */
static char *exact_copy(const char *text, size_t length)
{
    char *copy = malloc(length != 0 ? length : 1);

    if (copy == NULL)
        abort();
    if (length != 0)
        memcpy(copy, text, length);
    return copy;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static bool agree_on_dump(json_t *value)
{
    json_t *expected = oracle_reload(value);
    char   *text     = dynamo_dump(value);
    bool    fine     = (text != NULL) == (expected != NULL);

    if (!fine) {
        (void)fprintf(stderr, "dynamo_dump() gives %s\n", text != NULL ? text : "nothing");
    } else if (text != NULL) {
        fine = agree("load(dump(value))", oracle_load(text, strlen(text), ORACLE_EVERY_DIGIT), json_incref(expected)) &&
               agree("dynamo_load(dump(value))", dynamo_load(text, strlen(text), NULL), json_incref(expected));
    }
    json_decref(expected);
    free(text);
    return fine;
}

/* What the writer wrote, read by the oracle. */
static json_t *written(dynamo_status (*write)(dynamo_buffer *, json_t *, const dynamo_path *, dynamo_error *),
                       json_t *value)
{
    dynamo_path   path = DYNAMO_PATH_ROOT("value");
    dynamo_buffer text = { 0 };
    json_t       *wire = NULL;

    if (write(&text, value, &path, NULL) == DYNAMO_OK && !text.failed)
        wire = oracle_load(text.data, text.length, ORACLE_NEAREST);
    dynamo_buffer_free(&text);
    return wire;
}

/* An attribute value that the library wrote is what it writes again of the plain form that it reads. */
static bool agree_there_and_back(json_t *wire)
{
    json_t *plain, *again;

    if (wire == NULL)
        return true;
    plain = dynamo_unmarshal(wire, NULL);
    again = plain != NULL ? dynamo_marshal(plain, NULL) : NULL;
    json_decref(plain);
    return agree("marshal(unmarshal(v))", again, json_incref(wire));
}

static bool agree_on_marshal(json_t *value)
{
    dynamo_error error = { 0 };
    json_t      *wire  = dynamo_marshal(value, &error);
    bool         fine  = agree_on_error("dynamo_marshal()", wire != NULL, &error, DYNAMO_ERR_INVALID_ARGUMENT) &&
                agree("dynamo_marshal()", json_incref(wire), oracle_marshal(value)) &&
                agree_on_path(value, &error, oracle_marshal_fault) &&
                agree("dynamo_write_attribute_value()", written(dynamo_write_attribute_value, value),
                      json_incref(wire)) &&
                agree_there_and_back(wire);

    json_decref(wire);
    return fine;
}

static bool agree_on_size(json_t *value, json_t *wire)
{
    dynamo_error error    = { 0 };
    size_t       size     = dynamo_item_size(value, &error);
    size_t       expected = oracle_item_size(wire);

    if (size != expected)
        (void)fprintf(stderr, "The item's size is %zu, not %zu\n", size, expected);
    return size == expected && agree_on_error("dynamo_item_size()", wire != NULL, &error, DYNAMO_ERR_INVALID_ARGUMENT);
}

static bool agree_on_marshal_item(json_t *value)
{
    dynamo_error error = { 0 };
    json_t      *wire  = dynamo_marshal_item(value, &error);
    bool         fine  = agree_on_error("dynamo_marshal_item()", wire != NULL, &error, DYNAMO_ERR_INVALID_ARGUMENT) &&
                agree("dynamo_marshal_item()", json_incref(wire), oracle_marshal_item(value)) &&
                agree_on_path(value, &error, oracle_marshal_item_fault) &&
                agree("dynamo_write_item()", written(dynamo_write_item, value), json_incref(wire)) &&
                agree_on_size(value, wire);

    json_decref(wire);
    return fine;
}

bool agree_on_value(json_t *value)
{
    bool fine = agree_on_dump(value) && agree_on_marshal(value) && agree_on_marshal_item(value);

    if (!fine)
        print_json("value", value);
    return fine;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static bool agree_on_load(const char *text, size_t length)
{
    dynamo_error error = { 0 };
    json_t      *value = dynamo_load(text, length, &error);
    bool         fine  = agree_on_error("dynamo_load()", value != NULL, &error, DYNAMO_ERR_INVALID_ARGUMENT) &&
                agree("dynamo_load()", json_incref(value), oracle_load(text, length, ORACLE_EVERY_DIGIT));

    fine = fine && (value == NULL || agree_on_value(value));
    json_decref(value);
    return fine;
}

static json_t *read_whole(const char *text, size_t length, json_t *(*read)(dynamo_reader *, const dynamo_path *),
                          dynamo_error *error)
{
    dynamo_path   path   = DYNAMO_PATH_ROOT("value");
    dynamo_reader reader = { .start   = text,
                             .next    = text,
                             .end     = text + length,
                             .failure = DYNAMO_ERR_BAD_RESPONSE,
                             .error   = error };
    json_t       *value  = read(&reader, &path);

    if (value == NULL || dynamo_read_end(&reader))
        return value;
    json_decref(value);
    return NULL;
}

typedef struct way_to_read {
    const char *name;
    json_t   *(*read)(dynamo_reader *reader, const dynamo_path *path);
    json_t   *(*unmarshal)(json_t *tree, dynamo_error *error);
    json_t   *(*oracle)(json_t *tree);
} way_to_read;

static bool agree_on_reading(const way_to_read *way, const char *text, size_t length, json_t *tree)
{
    dynamo_error error    = { 0 };
    json_t      *expected = tree != NULL ? way->oracle(tree) : NULL;
    json_t      *value    = read_whole(text, length, way->read, &error);
    bool         fine     = agree_on_error(way->name, value != NULL, &error, DYNAMO_ERR_BAD_RESPONSE) &&
                agree(way->name, json_incref(value), json_incref(expected)) &&
                (tree == NULL || agree("its tree", way->unmarshal(tree, NULL), json_incref(expected))) &&
                (value == NULL || agree_on_value(value));

    json_decref(value);
    json_decref(expected);
    return fine;
}

bool agree_on_text(const char *text, size_t length)
{
    static const way_to_read ways[] = {
        { "an attribute value", dynamo_read_attribute_value, dynamo_unmarshal, oracle_unmarshal },
        { "an item", dynamo_read_item, dynamo_unmarshal_item, oracle_unmarshal_item },
    };
    char   *copy = exact_copy(text, length);
    json_t *tree = oracle_load(copy, length, ORACLE_NEAREST);
    bool    fine = agree_on_load(copy, length);

    for (size_t i = 0; fine && i < DYNAMO_COUNT(ways); i++)
        fine = agree_on_reading(&ways[i], copy, length, tree);
    if (!fine)
        print_bytes("text", text, length);
    json_decref(tree);
    free(copy);
    return fine;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* Reads the body as the library does once it came over the wire. */
static dynamo_status read_answer(const dynamo_message *message, long http_status, char *body, size_t length,
                                 json_t **response, dynamo_error *error)
{
    dynamo_exchange exchange = { .http_status = http_status };
    dynamo_handle   handle   = { 0 };

    handle.body.data   = body;
    handle.body.length = length;
    return dynamo_answer_read(message, &exchange, &handle, response, error);
}

/* An error that came with the status of a success is refused: its __type is a code that is known. */
static bool names_an_error(json_t *tree)
{
    const char *type = json_string_value(json_object_get(tree, "__type"));
    char        bare[sizeof(((dynamo_error *)NULL)->code)];

    if (type == NULL)
        return false;
    dynamo_bare_code(bare, sizeof(bare), type, strlen(type));
    return dynamo_status_of_code(bare) != DYNAMO_ERR_UNKNOWN_SERVICE;
}

static bool agree_on_output(const dynamo_shape *output, char *body, size_t length, json_t *tree)
{
    dynamo_message message  = { .operation = "Any", .output = output, .error_output = &dynamo_shape_error };
    dynamo_error   error    = { 0 };
    json_t        *response = NULL;
    bool           fine;

    (void)read_answer(&message, 200, body, length, &response, &error);
    fine = agree_on_error("an answer", response != NULL, &error, DYNAMO_ERR_BAD_RESPONSE) &&
           agree("an answer", response,
                 json_is_object(tree) && !names_an_error(tree) ? oracle_unmarshal_shape(tree, output) : NULL);
    dynamo_error_clear(&error);
    return fine;
}

/* The code is the text of __type, else that of code, between a # and a colon. */
static bool agree_on_code(json_t *body, const dynamo_error *error)
{
    const char *text = json_string_value(json_object_get(body, "__type"));
    const char *hash;
    char        bare[sizeof(error->code)];

    if (text == NULL)
        text = json_string_value(json_object_get(body, "code"));
    for (const char *next = text != NULL ? text : ""; *next != '\0'; next++)
        if (*next < ' ' || *next > '~' || strlen(text) >= sizeof(bare))
            return true; /* it is cut and cleaned in a way that is tested elsewhere */
    (void)snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(text != NULL ? text : "", ":"), text != NULL ? text : "");
    hash = strrchr(bare, '#');
    if (bare[0] == '\0' || (hash != NULL && hash[1] == '\0'))
        return true;
    if (strcmp(error->code, hash != NULL ? hash + 1 : bare) == 0 &&
        error->status == dynamo_status_of_code(hash != NULL ? hash + 1 : bare))
        return true;
    (void)fprintf(stderr, "The code is %s, not %s\n", error->code, hash != NULL ? hash + 1 : bare);
    return false;
}

/* An error's members but for its code and words, in plain form where all of it can be. */
static json_t *details_of(json_t *tree)
{
    static const dynamo_member none   = { NULL, NULL, false };
    static const dynamo_shape  as_is  = { DYNAMO_KIND_STRUCTURE, NULL, &none, false };
    static const char *const   told[] = { "__type", "message", "Message", "code" };
    json_t *details = json_is_object(tree) ? oracle_unmarshal_shape(tree, &dynamo_shape_error) : NULL;
    json_t *reasons;

    if (details == NULL) /* json_copy() loses U+0000 in names */
        details = json_is_object(tree) ? oracle_unmarshal_shape(tree, &as_is) : json_object();
    for (size_t i = 0; i < DYNAMO_COUNT(told); i++)
        if (json_is_string(json_object_get(details, told[i])))
            (void)json_object_del(details, told[i]);
    reasons = json_object_get(details, "throttlingReasons");
    if (reasons != NULL) {
        (void)json_object_set(details, "ThrottlingReasons", reasons);
        (void)json_object_del(details, "throttlingReasons");
    }
    if (json_object_size(details) != 0)
        return details;
    json_decref(details);
    return NULL;
}

static bool agree_on_failure(char *body, size_t length, json_t *tree)
{
    dynamo_message message  = { .operation    = "Any",
                                .output       = &dynamo_shape_any,
                                .error_output = &dynamo_shape_error };
    dynamo_error   error    = { 0 };
    json_t        *response = NULL;
    dynamo_status  status   = read_answer(&message, 400, body, length, &response, &error);
    bool           fine     = agree_on_error("an error", status == DYNAMO_OK, &error, status) && response == NULL &&
                agree_on_code(tree, &error) &&
                agree("an error's details", json_incref(error.details), details_of(tree));

    json_decref(response);
    dynamo_error_clear(&error);
    return fine;
}

bool agree_on_answer(const char *text, size_t length)
{
    static const dynamo_operation *const operations[] = {
        &dynamo_operation_get_item,      &dynamo_operation_query,           &dynamo_operation_batch_get_item,
        &dynamo_operation_put_item,      &dynamo_operation_batch_write_item, &dynamo_operation_batch_execute_statement,
        &dynamo_operation_get_records,   &dynamo_operation_transact_get_items,
        &dynamo_operation_describe_export, &dynamo_operation_describe_table,
    };
    char   *copy = exact_copy(text, length);
    json_t *tree = oracle_load(copy, length, ORACLE_NEAREST);
    bool    fine = agree_on_failure(copy, length, tree);

    for (size_t i = 0; fine && i < DYNAMO_COUNT(operations); i++)
        fine = agree_on_output(operations[i]->output, copy, length, tree);
    if (!fine)
        print_bytes("text", text, length);
    json_decref(tree);
    free(copy);
    return fine;
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

typedef struct paged_list {
    const dynamo_operation *operation;
    const char             *object; /* that the list is in, NULL: the answer itself */
    const char             *name;
    const char             *path; /* both */
} paged_list;

/* Takes the list out of a whole answer. NULL: it has none, or what has its name is no list, which *odd tells. */
static json_t *take_list(json_t *whole, const paged_list *list, bool *odd)
{
    json_t *object = list->object != NULL ? json_object_get(whole, list->object) : whole;
    json_t *taken  = json_incref(json_object_get(object, list->name));

    *odd = (taken != NULL && !json_is_array(taken)) || (object != NULL && !json_is_object(object));
    (void)json_object_del(object, list->name);
    return taken;
}

/* All elements, NULL: one can't be read, and then never can. */
static json_t *read_elements(dynamo_page *page)
{
    json_t      *elements = json_array(), *element;
    dynamo_error error    = { 0 };
    size_t       left     = page->left;

    while (dynamo_page_next(page, &element, &error) == DYNAMO_OK && element != NULL && page->left == --left)
        (void)json_array_append_new(elements, element);
    if (error.status == DYNAMO_OK && left == 0 && page->left == 0)
        return elements;
    json_decref(elements);
    if (error.status != DYNAMO_ERR_BAD_RESPONSE || dynamo_page_next(page, &element, &error) != error.status)
        abort();
    return NULL;
}

static bool agree_on_paged_list(const paged_list *list, const char *text, size_t length)
{
    const dynamo_shape *output   = list->operation->output;
    json_t             *tree     = oracle_load(text, length, ORACLE_NEAREST);
    json_t             *whole    = json_is_object(tree) ? oracle_unmarshal_shape(tree, output) : NULL;
    bool                odd      = false;
    json_t             *taken    = take_list(whole, list, &odd);
    dynamo_error        error    = { 0 };
    dynamo_page         page     = { 0 };
    dynamo_status       status   = dynamo_page_open(&page, text, length, output, list->path, &error);
    json_t             *elements = status == DYNAMO_OK ? read_elements(&page) : NULL;
    bool                fine = agree_on_error("a page", status == DYNAMO_OK, &error, DYNAMO_ERR_BAD_RESPONSE);

    if (whole == NULL || odd)
        fine = fine && agree("a page's elements", json_incref(elements), NULL);
    else
        fine = fine && agree("beside the list", json_incref(page.members), json_incref(whole)) &&
               agree("a page's elements", json_incref(elements), taken != NULL ? json_incref(taken) : json_array());
    dynamo_page_close(&page);
    json_decref(elements);
    json_decref(taken);
    json_decref(whole);
    json_decref(tree);
    return fine;
}

bool agree_on_page(const char *text, size_t length)
{
    static const paged_list lists[] = {
        { &dynamo_operation_query, NULL, "Items", "Items" },
        { &dynamo_operation_transact_get_items, NULL, "Responses", "Responses" },
        { &dynamo_operation_describe_stream, "ConsumedCapacity", "k0", "ConsumedCapacity.k0" },
    };
    char *copy = exact_copy(text, length);
    bool  fine = true;

    for (size_t i = 0; fine && i < DYNAMO_COUNT(lists); i++) {
        fine = agree_on_paged_list(&lists[i], copy, length);
        if (!fine)
            (void)fprintf(stderr, "    list     %s\n", lists[i].path);
    }
    if (!fine)
        print_bytes("text", text, length);
    free(copy);
    return fine;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static bool agree_on_plain_number(const char *text, size_t length)
{
    json_t     *number = dynamo_number_plain(text, length);
    char        buffer[DYNAMO_NUMBER_SIZE];
    const char *digits = dynamo_number_text(number, buffer);
    double      value  = dynamo_number_value(number);
    bool        fine   = agree("dynamo_number_plain()", json_incref(number), oracle_number(text, length));

    if (fine && oracle_is_number(text, length)) /* what was read is what is written; and the double is the nearest */
        fine = digits != NULL && strlen(digits) == length && memcmp(digits, text, length) == 0 &&
               value == strtod(digits, NULL);
    else if (fine)
        fine = digits == NULL && isnan(value);
    json_decref(number);
    return fine;
}

bool agree_on_number(const char *text, size_t length)
{
    char  *copy = exact_copy(text, length);
    char  *line = strndup(text, length);
    char   key[DYNAMO_NUMBER_KEY_SIZE];
    size_t digits;
    bool   whole = line != NULL && strlen(line) == length; /* without a NUL in it */
    bool   fine  = (dynamo_number_refusal(copy, length) == NULL) == (whole && oracle_is_stored_number(line, length)) &&
                dynamo_number_key(copy, length, key, &digits) == (whole && oracle_is_number(line, length));

    if (whole)
        fine = fine && agree_on_plain_number(line, length);
    if (!fine)
        print_bytes("number", text, length);
    free(line);
    free(copy);
    return fine;
}

bool agree_on_numbers(const char *one, const char *other)
{
    char   key[DYNAMO_NUMBER_KEY_SIZE], other_key[DYNAMO_NUMBER_KEY_SIZE];
    size_t digits;
    bool   equal;

    if (!oracle_is_stored_number(one, strlen(one)) || !oracle_is_stored_number(other, strlen(other)))
        return true;
    equal = dynamo_number_key(one, strlen(one), key, &digits) &&
            dynamo_number_key(other, strlen(other), other_key, &digits) && strcmp(key, other_key) == 0;
    if (equal == oracle_numbers_equal(one, other))
        return true;
    (void)fprintf(stderr, "%s and %s are %sequal for the library\n", one, other, equal ? "" : "un");
    return false;
}

bool agree_on_real(double real)
{
    char text[DYNAMO_NUMBER_SIZE], expected[DYNAMO_NUMBER_SIZE] = "";

    if (isfinite(real))
        oracle_real_text(real, expected);
    if (dynamo_real_text(real, text) == strlen(expected) && strcmp(text, expected) == 0)
        return true;
    (void)fprintf(stderr, "%a is %s for the library, %s for the oracle\n", real, text, expected);
    return false;
}
