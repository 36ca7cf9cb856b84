/*
 * Requests by their shapes. A shape says where attribute values lie and which members a structure has, so that one walk
 * checks a caller's document, marshals its values and writes the wire text. decode.c reads answers by theirs.
 *
 * That a member unknown to the API is refused is our choice: DynamoDB ignores it, and with it a misspelt condition.
 */
#include "dynamo_internal.h"

#include <string.h>

static const char kind_names[][16] = {
    [DYNAMO_KIND_ANY]             = "a value",
    [DYNAMO_KIND_STRING]          = "a string",
    [DYNAMO_KIND_INTEGER]         = "an integer",
    [DYNAMO_KIND_REAL]            = "a number",
    [DYNAMO_KIND_BOOLEAN]         = "true or false",
    [DYNAMO_KIND_LIST]            = "an array",
    [DYNAMO_KIND_MAP]             = "an object",
    [DYNAMO_KIND_STRUCTURE]       = "an object",
    [DYNAMO_KIND_ATTRIBUTE_VALUE] = "a value",
};

static const char json_type_names[][12] = {
    [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string", [JSON_INTEGER] = "an integer",
    [JSON_REAL] = "a real",      [JSON_TRUE] = "true",      [JSON_FALSE] = "false",     [JSON_NULL] = "null",
};

static bool kind_fits(dynamo_kind kind, const json_t *value)
{
    switch (kind) {
    case DYNAMO_KIND_STRING:
        return json_is_string(value);
    case DYNAMO_KIND_INTEGER:
        return json_is_integer(value);
    case DYNAMO_KIND_REAL:
        return json_is_number(value);
    case DYNAMO_KIND_BOOLEAN:
        return json_is_boolean(value);
    case DYNAMO_KIND_LIST:
        return json_is_array(value);
    case DYNAMO_KIND_MAP:
    case DYNAMO_KIND_STRUCTURE:
        return json_is_object(value);
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        break;
    }
    return value != NULL;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static dynamo_status write_list(dynamo_buffer *out, json_t *list, const dynamo_shape *shape, const dynamo_path *path,
                                dynamo_error *error)
{
    dynamo_path step = { path, NULL, 0, 0 };

    dynamo_buffer_char(out, '[');
    for (step.index = 0; step.index < json_array_size(list); step.index++) {
        json_t       *element = json_array_get(list, step.index);
        dynamo_status status;

        if (step.index != 0)
            dynamo_buffer_char(out, ',');
        status = dynamo_write_shape(out, element, shape->of, &step, error);
        if (status != DYNAMO_OK)
            return status;
    }
    dynamo_buffer_char(out, ']');
    return DYNAMO_OK;
}

static dynamo_status check_required(json_t *object, const dynamo_shape *shape, const dynamo_path *path,
                                    dynamo_error *error)
{
    for (const dynamo_member *member = shape->members; member->name != NULL; member++) {
        const dynamo_path step = { path, member->name, strlen(member->name), 0 };

        if (member->required && json_object_get(object, member->name) == NULL)
            return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, &step, "a required member is missing");
    }
    return DYNAMO_OK;
}

/* A map, or a structure, whose members differ from one another. */
static dynamo_status write_object(dynamo_buffer *out, json_t *object, const dynamo_shape *shape,
                                  const dynamo_path *path, dynamo_error *error)
{
    dynamo_path step      = { path, NULL, 0, 0 };
    const char *separator = "";

    dynamo_buffer_char(out, '{');
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const dynamo_shape *of;
        dynamo_status       status;

        step.name   = json_object_iter_key(at);
        step.length = dynamo_name_length(at);
        of          = dynamo_shape_member(shape, step.name, step.length);
        if (of == NULL)
            return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, &step,
                                  "the API has no such member (dynamo_call sends what this version doesn't know)");
        dynamo_buffer_text(out, separator);
        separator = ",";
        if (!dynamo_write_string(out, step.name, step.length))
            return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, &step, "the name is not UTF-8");
        dynamo_buffer_char(out, ':');
        status = dynamo_write_shape(out, json_object_iter_value(at), of, &step, error);
        if (status != DYNAMO_OK)
            return status;
    }
    dynamo_buffer_char(out, '}');
    return shape->kind == DYNAMO_KIND_STRUCTURE ? check_required(object, shape, path, error) : DYNAMO_OK;
}

dynamo_status dynamo_write_shape(dynamo_buffer *out, json_t *value, const dynamo_shape *shape, const dynamo_path *path,
                                 dynamo_error *error)
{
    if (!kind_fits(shape->kind, value))
        return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, path, "must be %s, not %s", kind_names[shape->kind],
                              json_type_names[json_typeof(value)]);
    if (shape->filled && json_array_size(value) == 0 && json_object_size(value) == 0)
        return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, path, "must not be empty");
    switch (shape->kind) {
    case DYNAMO_KIND_LIST:
        return write_list(out, value, shape, path, error);
    case DYNAMO_KIND_MAP:
        if (shape->of->kind == DYNAMO_KIND_ATTRIBUTE_VALUE)
            return dynamo_write_item(out, value, path, error);
        return write_object(out, value, shape, path, error);
    case DYNAMO_KIND_STRUCTURE:
        return write_object(out, value, shape, path, error);
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        return dynamo_write_attribute_value(out, value, path, error);
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_STRING:
    case DYNAMO_KIND_INTEGER:
    case DYNAMO_KIND_REAL:
    case DYNAMO_KIND_BOOLEAN:
        break;
    }
    return dynamo_write_json(out, value, path, error);
}
