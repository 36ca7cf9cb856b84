/*
 * A wrapper's arguments and options to the request's wire text, as the operation's row says.
 */
#include "dynamo_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The value of an option in its struct, by the C type that its shape has there. */
static dynamo_argument read_option(const void *options, const dynamo_parameter *parameter)
{
    const char     *field = (const char *)options + parameter->place;
    dynamo_argument value = { NULL };

    switch (parameter->shape->kind) {
    case DYNAMO_KIND_STRING:
        memcpy(&value.text, field, sizeof(value.text));
        break;
    case DYNAMO_KIND_INTEGER:
        memcpy(&value.integer, field, sizeof(value.integer));
        break;
    case DYNAMO_KIND_REAL:
        memcpy(&value.real, field, sizeof(value.real));
        break;
    case DYNAMO_KIND_BOOLEAN:
        memcpy(&value.boolean, field, sizeof(value.boolean));
        break;
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_LIST:
    case DYNAMO_KIND_MAP:
    case DYNAMO_KIND_STRUCTURE:
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        memcpy(&value.json, field, sizeof(value.json));
        break;
    }
    return value;
}

static bool is_set(const dynamo_argument *value, dynamo_kind kind)
{
    switch (kind) {
    case DYNAMO_KIND_STRING:
        return value->text != NULL;
    case DYNAMO_KIND_INTEGER:
        return value->integer != 0;
    case DYNAMO_KIND_REAL:
        return !(value->real >= 0 && value->real <= 0); /* a NaN is set, and refused */
    case DYNAMO_KIND_BOOLEAN:
        return value->boolean != DYNAMO_UNSET;
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_LIST:
    case DYNAMO_KIND_MAP:
    case DYNAMO_KIND_STRUCTURE:
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        break;
    }
    return value->json != NULL;
}

static bool is_positional_scalar(const dynamo_parameter *parameter)
{
    return parameter->positional &&
           (parameter->shape->kind == DYNAMO_KIND_INTEGER || parameter->shape->kind == DYNAMO_KIND_REAL ||
            parameter->shape->kind == DYNAMO_KIND_BOOLEAN);
}

static void collect(dynamo_request *request, const dynamo_argument *arguments, const void *options)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++) {
        if (parameters[i].positional)
            request->values[i] = arguments[parameters[i].place];
        else if (options != NULL)
            request->values[i] = read_option(options, &parameters[i]);
        request->present[i] =
            is_positional_scalar(&parameters[i]) || is_set(&request->values[i], parameters[i].shape->kind);
    }
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

/* A word begins with a capital that another doesn't stand before, or that a small letter stands after:
 * "SSESpecification" is "sse_specification". */
const char *dynamo_parameter_field(const dynamo_parameter *parameter, char field[DYNAMO_FIELD_SIZE])
{
    const char *name = parameter->name;
    char       *out  = field;

    for (size_t i = 0; name[i] != '\0'; i++) {
        if (i > 0 && is_upper(name[i]) && (!is_upper(name[i - 1]) || (name[i + 1] >= 'a' && name[i + 1] <= 'z')))
            *out++ = '_';
        *out++ = (char)(is_upper(name[i]) ? name[i] | 0x20 : name[i]);
    }
    *out = '\0';
    return field;
}

static dynamo_status refuse(const dynamo_parameter *parameter, const char *fault, dynamo_error *error)
{
    char field[DYNAMO_FIELD_SIZE];

    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is %s", dynamo_parameter_field(parameter, field), fault);
}

/* Positional members that aren't there: a mistake of the caller's that the service would only describe as its own. */
static dynamo_status check_positional(const dynamo_request *request, dynamo_error *error)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++) {
        if (!parameters[i].positional)
            continue;
        if (!request->present[i] && parameters[i].shape->kind == DYNAMO_KIND_STRING)
            return refuse(&parameters[i], "NULL", error);
        if (!request->present[i] && !parameters[i].optional)
            return refuse(&parameters[i], "NULL: did json_pack fail (format, UTF-8, memory)?", error);
        if (parameters[i].shape->kind == DYNAMO_KIND_STRING && request->values[i].text[0] == '\0')
            return refuse(&parameters[i], "empty", error);
    }
    return DYNAMO_OK;
}

static dynamo_status write_value(dynamo_buffer *out, const dynamo_argument *value, const dynamo_parameter *parameter,
                                 dynamo_error *error)
{
    const dynamo_path path = DYNAMO_PATH_ROOT(parameter->name);
    char              number[DYNAMO_NUMBER_SIZE];
    char              field[DYNAMO_FIELD_SIZE];

    switch (parameter->shape->kind) {
    case DYNAMO_KIND_STRING:
        if (!dynamo_write_string(out, value->text, strlen(value->text)))
            return refuse(parameter, "not UTF-8", error);
        return DYNAMO_OK;
    case DYNAMO_KIND_INTEGER:
        (void)snprintf(number, sizeof(number), "%" PRId64, value->integer);
        dynamo_buffer_text(out, number);
        return DYNAMO_OK;
    case DYNAMO_KIND_REAL:
        if (!isfinite(value->real))
            return refuse(parameter, "not a finite number", error);
        dynamo_buffer_append(out, number, dynamo_real_text(value->real, number));
        return DYNAMO_OK;
    case DYNAMO_KIND_BOOLEAN:
        if (value->boolean != DYNAMO_TRUE && value->boolean != DYNAMO_FALSE)
            return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is %d: give DYNAMO_TRUE or DYNAMO_FALSE",
                               dynamo_parameter_field(parameter, field), (int)value->boolean);
        dynamo_buffer_text(out, value->boolean == DYNAMO_TRUE ? "true" : "false");
        return DYNAMO_OK;
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_LIST:
    case DYNAMO_KIND_MAP:
    case DYNAMO_KIND_STRUCTURE:
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        break;
    }
    return dynamo_write_shape(out, value->json, parameter->shape, &path, error);
}

/* The same on each attempt of the call, so that the service does the work once. */
static dynamo_status fill_in_token(dynamo_request *request, dynamo_error *error)
{
    const dynamo_parameter *parameters = request->operation->parameters;
    dynamo_token           *token      = &request->token;
    char                    field[DYNAMO_FIELD_SIZE];

    for (size_t i = 0; parameters[i].name != NULL; i++) {
        if (!parameters[i].token || request->present[i])
            continue;
        if (!dynamo_uuid(token->text))
            return dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "the system has no random bytes to give for %s",
                               dynamo_parameter_field(&parameters[i], field));
        token->name             = parameters[i].name;
        request->values[i].text = token->text;
        request->present[i]     = true;
    }
    return DYNAMO_OK;
}

size_t dynamo_request_find(const dynamo_request *request, const char *name)
{
    size_t index = 0;

    while (strcmp(request->operation->parameters[index].name, name) != 0)
        index++;
    return index;
}

dynamo_status dynamo_request_set(dynamo_request *request, size_t index, json_t *owned, dynamo_error *error)
{
    if (owned == NULL)
        return dynamo_fail_memory(error);
    request->owned[request->owned_count++] = owned;
    request->values[index].json            = owned;
    request->present[index]                = true;
    return DYNAMO_OK;
}

dynamo_status dynamo_request_fill(dynamo_request *request, const dynamo_operation *operation,
                                  const dynamo_argument *arguments, const void *options, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    *request = (dynamo_request){ .operation = operation };
    collect(request, arguments, options);
    if (operation->shorten != NULL)
        status = operation->shorten(request, options, error);
    if (status == DYNAMO_OK)
        status = check_positional(request, error);
    if (status == DYNAMO_OK)
        status = fill_in_token(request, error);
    return status;
}

void dynamo_request_free(dynamo_request *request)
{
    while (request->owned_count > 0)
        json_decref(request->owned[--request->owned_count]);
}

dynamo_status dynamo_request_write(dynamo_buffer *out, const dynamo_request *request, dynamo_error *error)
{
    const dynamo_parameter *parameters = request->operation->parameters;
    const char             *separator  = "";

    dynamo_buffer_char(out, '{');
    for (size_t i = 0; parameters[i].name != NULL; i++) {
        dynamo_status status;

        if (!request->present[i])
            continue;
        dynamo_buffer_text(out, separator);
        separator = ",";
        dynamo_buffer_char(out, '"');
        dynamo_buffer_text(out, parameters[i].name);
        dynamo_buffer_text(out, "\":");
        status = write_value(out, &request->values[i], &parameters[i], error);
        if (status != DYNAMO_OK)
            return status;
    }
    dynamo_buffer_char(out, '}');
    return out->failed ? dynamo_fail_memory(error) : DYNAMO_OK;
}
