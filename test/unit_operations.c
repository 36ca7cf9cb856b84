/*
 * The table of operations against test/api.json, the API as AWS's service model has it: each operation, each member
 * with its name, field, type and place, the members of nested structures, and every path of an attribute value; the
 * table of paginations against its paginators; then dynamo.h against the table: each function's parameters, each field
 * of the options structs with its type and offset.
 *
 * test/api.json and dynamo.h are read at run time, from the folder that the tests run in: the top of the source tree.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dynamo_internal.h"
#include "complaints.h"

#define API_FILE "test/api.json"
#define HEADER_FILE "dynamo.h"

/* All that the library has. */
static const dynamo_operation *const operations[] = {
    &dynamo_operation_batch_execute_statement,
    &dynamo_operation_batch_get_item,
    &dynamo_operation_batch_write_item,
    &dynamo_operation_cancel_bulk_operation,
    &dynamo_operation_create_backup,
    &dynamo_operation_create_global_table,
    &dynamo_operation_create_table,
    &dynamo_operation_delete_backup,
    &dynamo_operation_delete_item,
    &dynamo_operation_delete_resource_policy,
    &dynamo_operation_delete_table,
    &dynamo_operation_describe_backup,
    &dynamo_operation_describe_bulk_operation,
    &dynamo_operation_describe_continuous_backups,
    &dynamo_operation_describe_contributor_insights,
    &dynamo_operation_describe_endpoints,
    &dynamo_operation_describe_export,
    &dynamo_operation_describe_global_table,
    &dynamo_operation_describe_global_table_settings,
    &dynamo_operation_describe_import,
    &dynamo_operation_describe_kinesis_streaming_destination,
    &dynamo_operation_describe_limits,
    &dynamo_operation_describe_stream,
    &dynamo_operation_describe_table,
    &dynamo_operation_describe_table_replica_auto_scaling,
    &dynamo_operation_describe_time_to_live,
    &dynamo_operation_disable_kinesis_streaming_destination,
    &dynamo_operation_enable_kinesis_streaming_destination,
    &dynamo_operation_execute_statement,
    &dynamo_operation_execute_transaction,
    &dynamo_operation_export_table_to_point_in_time,
    &dynamo_operation_get_item,
    &dynamo_operation_get_records,
    &dynamo_operation_get_resource_policy,
    &dynamo_operation_get_shard_iterator,
    &dynamo_operation_import_table,
    &dynamo_operation_list_backups,
    &dynamo_operation_list_bulk_operations,
    &dynamo_operation_list_contributor_insights,
    &dynamo_operation_list_exports,
    &dynamo_operation_list_global_tables,
    &dynamo_operation_list_imports,
    &dynamo_operation_list_streams,
    &dynamo_operation_list_tables,
    &dynamo_operation_list_tags_of_resource,
    &dynamo_operation_put_item,
    &dynamo_operation_put_resource_policy,
    &dynamo_operation_query,
    &dynamo_operation_restore_table_from_backup,
    &dynamo_operation_restore_table_to_point_in_time,
    &dynamo_operation_scan,
    &dynamo_operation_search_vectors,
    &dynamo_operation_start_bulk_put_items,
    &dynamo_operation_tag_resource,
    &dynamo_operation_transact_get_items,
    &dynamo_operation_transact_write_items,
    &dynamo_operation_untag_resource,
    &dynamo_operation_update_continuous_backups,
    &dynamo_operation_update_contributor_insights,
    &dynamo_operation_update_global_table,
    &dynamo_operation_update_global_table_settings,
    &dynamo_operation_update_item,
    &dynamo_operation_update_kinesis_streaming_destination,
    &dynamo_operation_update_table,
    &dynamo_operation_update_table_replica_auto_scaling,
    &dynamo_operation_update_time_to_live,
};

#define OPERATION_COUNT DYNAMO_COUNT(operations)

/* Fields of options structs that aren't members of the API. They stand behind those that are. */
static const struct {
    const char *operation, *field, *type;
} short_forms[] = {
    { "CreateTable", "read_capacity_units", "int64_t " },
    { "CreateTable", "write_capacity_units", "int64_t " },
    { "CreateTable", "stream_enabled", "dynamo_bool " },
    { "CreateTable", "stream_view_type", "const char *" },
    { "UpdateTable", "read_capacity_units", "int64_t " },
    { "UpdateTable", "write_capacity_units", "int64_t " },
    { "UpdateTable", "stream_enabled", "dynamo_bool " },
    { "UpdateTable", "stream_view_type", "const char *" },
    { "Query", "descending", "bool " },
};

typedef struct context {
    json_t *api;
    char   *header; /* without comments, white space as one blank */
} context;

/* ---- The two files ----------------------------------------------------------------------------------------------- */

static char *read_file(const char *name)
{
    FILE  *file   = fopen(name, "rb");
    char  *text   = NULL;
    size_t length = 0, room = 0, count = 1;

    if (file == NULL)
        return NULL;
    while (count > 0) {
        char *grown = realloc(text, room += 65536);

        if (grown == NULL)
            break;
        text  = grown;
        count = fread(text + length, 1, room - length - 1, file);
        length += count;
        text[length] = '\0';
    }
    fclose(file);
    return text;
}

/* C text without comments, and with one blank for any white space. In place. */
static void squeeze(char *text)
{
    char *out = text;

    for (const char *in = text; *in != '\0';) {
        if (strncmp(in, "/*", 2) == 0 && strstr(in, "*/") != NULL) {
            in = strstr(in, "*/") + 2;
        } else if (!isspace((unsigned char)*in)) {
            *out++ = *in++;
        } else {
            if (out > text && out[-1] != ' ')
                *out++ = ' ';
            in++;
        }
    }
    *out = '\0';
}

static int open_files(void **state)
{
    static context files;
    json_error_t   error;

    files.api    = json_load_file(API_FILE, JSON_REJECT_DUPLICATES, &error);
    files.header = read_file(HEADER_FILE);
    if (files.api == NULL)
        print_error("%s: %s (the tests run in the top folder of the source tree)\n", API_FILE, error.text);
    if (files.header == NULL)
        print_error("%s can't be read\n", HEADER_FILE);
    else
        squeeze(files.header);
    *state = &files;
    return files.api != NULL && files.header != NULL ? 0 : -1;
}

static int close_files(void **state)
{
    context *files = *state;

    json_decref(files->api);
    free(files->header);
    return 0;
}

static json_t *api_operation(const context *files, const char *name)
{
    return json_object_get(json_object_get(files->api, "operations"), name);
}

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static const dynamo_operation *find_operation(const char *name)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (strcmp(operations[i]->name, name) == 0)
            return operations[i];
    return NULL;
}

static const dynamo_parameter *find_parameter(const dynamo_operation *operation, const char *name)
{
    for (const dynamo_parameter *each = operation->parameters; each->name != NULL; each++)
        if (strcmp(each->name, name) == 0)
            return each;
    return NULL;
}

static json_t *find_named(json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "name"), name) == 0)
            return json_array_get(list, i);
    return NULL;
}

/* ---- Shapes ------------------------------------------------------------------------------------------------------ */

static void compare_shape(const context *files, const dynamo_shape *shape, const char *type, const char *where);

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static dynamo_kind kind_of(const char *type)
{
    static const struct {
        const char *type;
        dynamo_kind kind;
    } scalars[] = {
        { "string", DYNAMO_KIND_STRING },   { "integer", DYNAMO_KIND_INTEGER },
        { "long", DYNAMO_KIND_INTEGER },    { "boolean", DYNAMO_KIND_BOOLEAN },
        { "double", DYNAMO_KIND_REAL },     { "timestamp", DYNAMO_KIND_REAL },
        { "AttributeValue", DYNAMO_KIND_ATTRIBUTE_VALUE },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(scalars); i++)
        if (strcmp(scalars[i].type, type) == 0)
            return scalars[i].kind;
    return starts_with(type, "list of ")  ? DYNAMO_KIND_LIST
           : starts_with(type, "map of ") ? DYNAMO_KIND_MAP
                                          : DYNAMO_KIND_STRUCTURE;
}

/* Both ways: what is missing here, what is more here. */
static void compare_structure(const context *files, const dynamo_shape *shape, const char *type, const char *where)
{
    json_t     *members = json_object_get(json_object_get(files->api, "shapes"), type);
    char        path[512];
    const char *name;
    json_t     *described;

    if (members == NULL)
        complain(where, "%s is no shape of " API_FILE, type);
    for (const dynamo_member *member = shape->members; member->name != NULL; member++)
        if (json_object_get(members, member->name) == NULL)
            complain(where, "%s has no member %s in the API", type, member->name);
    json_object_foreach(members, name, described) {
        const dynamo_member *member = shape->members;

        while (member->name != NULL && strcmp(member->name, name) != 0)
            member++;
        snprintf(path, sizeof(path), "%s.%s", where, name);
        if (member->name == NULL) {
            complain(path, "missing");
            continue;
        }
        if (member->required != json_is_true(json_object_get(described, "required")))
            complain(path, member->required ? "is not required" : "is required");
        compare_shape(files, member->shape, text_of(described, "type"), path);
    }
}

static void compare_shape(const context *files, const dynamo_shape *shape, const char *type, const char *where)
{
    dynamo_kind kind = kind_of(type);
    char        path[512];

    if (shape->kind != kind) {
        complain(where, "kind %d, and %s in the API, which is kind %d", (int)shape->kind, type, (int)kind);
    } else if (kind == DYNAMO_KIND_LIST) {
        snprintf(path, sizeof(path), "%s[]", where);
        compare_shape(files, shape->of, type + strlen("list of "), path);
    } else if (kind == DYNAMO_KIND_MAP) {
        snprintf(path, sizeof(path), "%s{}", where);
        compare_shape(files, shape->of, type + strlen("map of "), path);
    } else if (kind == DYNAMO_KIND_STRUCTURE) {
        compare_structure(files, shape, type, where);
    }
}

/* Adds the paths of the attribute values below a shape to a set. */
static void collect_paths(const dynamo_shape *shape, const char *path, json_t *paths)
{
    char step[512];

    switch (shape->kind) {
    case DYNAMO_KIND_ATTRIBUTE_VALUE:
        assert_int_equal(json_object_set_new(paths, path, json_true()), 0);
        break;
    case DYNAMO_KIND_LIST:
    case DYNAMO_KIND_MAP:
        snprintf(step, sizeof(step), "%s%s", path, shape->kind == DYNAMO_KIND_LIST ? "[]" : "{}");
        collect_paths(shape->of, step, paths);
        break;
    case DYNAMO_KIND_STRUCTURE:
        for (const dynamo_member *member = shape->members; member->name != NULL; member++) {
            snprintf(step, sizeof(step), "%s%s%s", path, path[0] != '\0' ? "." : "", member->name);
            collect_paths(member->shape, step, paths);
        }
        break;
    case DYNAMO_KIND_ANY:
    case DYNAMO_KIND_STRING:
    case DYNAMO_KIND_INTEGER:
    case DYNAMO_KIND_REAL:
    case DYNAMO_KIND_BOOLEAN:
        break;
    }
}

static void compare_paths(const dynamo_shape *shape, const char *root, json_t *expected, const char *where)
{
    json_t     *found = json_object();
    const char *path;
    json_t     *value;

    collect_paths(shape, root, found);
    for (size_t i = 0; i < json_array_size(expected); i++) {
        path = json_string_value(json_array_get(expected, i));
        if (json_object_del(found, path) != 0)
            complain(where, "no attribute value at %s", path);
    }
    json_object_foreach(found, path, value)
        complain(where, "an attribute value at %s, where the API has none", path);
    json_decref(found);
}

/* ---- Operations and members -------------------------------------------------------------------------------------- */

/* The index among the positional arguments; -1: it is none of them. */
static long position_of(json_t *described, const char *name)
{
    json_t *arguments = json_object_get(described, "arguments");

    for (size_t i = 0; i < json_array_size(arguments); i++)
        if (strcmp(json_string_value(json_array_get(arguments, i)), name) == 0)
            return (long)i;
    return -1;
}

static void compare_member(const context *files, const dynamo_operation *operation, json_t *described, json_t *member)
{
    const char             *name      = text_of(member, "name");
    const dynamo_parameter *parameter = find_parameter(operation, name);
    long                    position  = position_of(described, name);
    bool                    required  = json_is_true(json_object_get(member, "required"));
    char                    where[128], field[DYNAMO_FIELD_SIZE];

    snprintf(where, sizeof(where), "%s.%s", operation->name, name);
    if (parameter == NULL) {
        complain(where, "missing");
        return;
    }
    if (strcmp(dynamo_parameter_field(parameter, field), text_of(member, "field")) != 0)
        complain(where, "its field is %s, not %s", field, text_of(member, "field"));
    if (parameter->positional != (position >= 0))
        complain(where, parameter->positional ? "is no positional argument" : "is a positional argument");
    if (parameter->positional && (long)parameter->place != position)
        complain(where, "is argument %d, not %ld", (int)parameter->place, position);
    if (parameter->optional != (parameter->positional && !required))
        complain(where, required ? "is marked as optional, and is required" : "isn't marked as optional");
    if (required && !parameter->positional)
        complain(where, "is required, and no positional argument");
    if (parameter->token != json_is_true(json_object_get(member, "token")))
        complain(where, parameter->token ? "is no idempotency token" : "is an idempotency token");
    compare_shape(files, parameter->shape, text_of(member, "type"), where);
    compare_paths(parameter->shape, parameter->name, json_object_get(member, "attribute_values"), where);
}

/* "DynamoDBStreams_20120810." is the one prefix that differs. */
static void compare_service(const dynamo_operation *operation, json_t *described)
{
    bool           streams = starts_with(text_of(described, "target"), "DynamoDBStreams_20120810.");
    dynamo_service expected = streams                                          ? DYNAMO_SERVICE_STREAMS
                              : strcmp(operation->name, "SearchVectors") == 0 ? DYNAMO_SERVICE_SEARCH
                                                                              : DYNAMO_SERVICE_DYNAMODB;

    if (operation->service != expected)
        complain(operation->name, "its service is %d, not %d", (int)operation->service, (int)expected);
    if (dynamo_service_of(operation->name) != operation->service)
        complain(operation->name, "dynamo_service_of() has another service than its row");
}

static void compare_operation(const context *files, const dynamo_operation *operation, size_t *members)
{
    json_t *described = api_operation(files, operation->name);
    json_t *listed    = json_object_get(described, "members");
    size_t  count     = 0;

    if (described == NULL) {
        complain(operation->name, "the API has no such operation");
        return;
    }
    for (size_t i = 0; i < json_array_size(listed); i++) {
        int before = complaints;

        compare_member(files, operation, described, json_array_get(listed, i));
        *members += complaints == before ? 1 : 0;
    }
    for (const dynamo_parameter *each = operation->parameters; each->name != NULL; each++, count++) {
        if (find_named(listed, each->name) == NULL)
            complain(operation->name, "%s is no member of the API", each->name);
        if (find_parameter(operation, each->name) != each)
            complain(operation->name, "%s stands twice", each->name);
    }
    if (count > DYNAMO_PARAMETERS_MAX)
        complain(operation->name, "more than DYNAMO_PARAMETERS_MAX members");
    compare_service(operation, described);
    compare_paths(operation->output, "", json_object_get(described, "output_attribute_values"), operation->name);
}

/* Each operation of the API has a row and each row is the API's. */
static void table_is_the_api(void **state)
{
    context    *files = *state;
    size_t      whole = 0, members = 0, listed = 0;
    const char *name;
    json_t     *described;

    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        int before = complaints;

        compare_operation(files, operations[i], &members);
        whole += complaints == before ? 1 : 0;
    }
    json_object_foreach(json_object_get(files->api, "operations"), name, described) {
        listed += json_array_size(json_object_get(described, "members"));
        if (find_operation(name) == NULL)
            complain(name, "missing");
    }
    print_message("operations %zu/%zu, members %zu/%zu\n", whole,
                  json_object_size(json_object_get(files->api, "operations")), members, listed);
    assert_int_equal(OPERATION_COUNT, 66);
    assert_int_equal(json_object_size(json_object_get(files->api, "operations")), 66);
    assert_int_equal(listed, 285);
    expect_no_complaints();
}

/* An operation that stands twice in the list above would hide one that is missing. */
static void list_has_no_doubles(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (find_operation(operations[i]->name) != operations[i])
            complain(operations[i]->name, "stands twice");
    expect_no_complaints();
}

static void errors_have_their_paths(void **state)
{
    context *files = *state;

    compare_paths(&dynamo_shape_error, "", json_object_get(files->api, "error_attribute_values"), "errors");
    expect_no_complaints();
}

/* What only reads is never ambiguous. The PartiQL operations depend on their statements. */
static void writers_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (operations[i]->write != dynamo_operation_may_write(operations[i]->name))
            complain(operations[i]->name, "dynamo_operation_may_write() and its row differ");
    expect_no_complaints();
}

/* The four whose response is the table's description itself. No other unwraps. */
static void unwrapped_outputs(void **state)
{
    static const struct {
        const char *operation, *member;
    } rows[] = {
        { "CreateTable", "TableDescription" },
        { "DeleteTable", "TableDescription" },
        { "DescribeTable", "Table" },
        { "UpdateTable", "TableDescription" },
    };
    size_t unwrapped = 0;

    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        unwrapped += operations[i]->unwrap != NULL ? 1 : 0;
    assert_int_equal(unwrapped, DYNAMO_COUNT(rows));
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++)
        assert_string_equal(find_operation(rows[i].operation)->unwrap, rows[i].member);
}

/* ---- Lists over all their pages ---------------------------------------------------------------------------------- */

static const dynamo_pagination *const paginations[] = {
    &dynamo_pagination_describe_stream,
    &dynamo_pagination_execute_statement,
    &dynamo_pagination_get_records,
    &dynamo_pagination_list_backups,
    &dynamo_pagination_list_bulk_operations,
    &dynamo_pagination_list_contributor_insights,
    &dynamo_pagination_list_exports,
    &dynamo_pagination_list_global_tables,
    &dynamo_pagination_list_imports,
    &dynamo_pagination_list_streams,
    &dynamo_pagination_list_tables,
    &dynamo_pagination_list_tags_of_resource,
    &dynamo_pagination_query,
    &dynamo_pagination_scan,
};

static const dynamo_pagination *pagination_of(const dynamo_operation *operation)
{
    for (size_t i = 0; i < DYNAMO_COUNT(paginations); i++)
        if (paginations[i]->operation == operation)
            return paginations[i];
    return NULL;
}

/* A member that says where a page begins: by its name, since the API's own list of paginators lacks half of them. */
static bool has_a_start(const dynamo_operation *operation)
{
    for (const dynamo_parameter *each = operation->parameters; each->name != NULL; each++)
        if (starts_with(each->name, "ExclusiveStart") || strcmp(each->name, "NextToken") == 0 ||
            strcmp(each->name, "ShardIterator") == 0)
            return true;
    return false;
}

static void compare_pagination(const dynamo_pagination *row, json_t *paginator, const char *name)
{
    if (strcmp(row->list, text_of(paginator, "result_key")) != 0 ||
        strcmp(row->position, text_of(paginator, "output_token")) != 0 ||
        strcmp(row->start, text_of(paginator, "input_token")) != 0)
        complain(name, "its paginator is another");
}

/* Each operation that is paged has a list over its pages, and the API's paginators are those of the table. */
static void lists_are_the_paginators(void **state)
{
    context *files = *state;
    size_t   paginators = 0;

    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const dynamo_pagination *row       = pagination_of(operations[i]);
        json_t                  *paginator = json_object_get(api_operation(files, operations[i]->name), "paginator");

        if ((row != NULL) != has_a_start(operations[i]))
            complain(operations[i]->name, "it is paged and has no row, or the other way round");
        if (row == NULL)
            continue;
        if (find_parameter(operations[i], row->start) == NULL)
            complain(operations[i]->name, "%s is no member of it", row->start);
        if (paginator != NULL)
            compare_pagination(row, paginator, operations[i]->name);
        paginators += paginator != NULL;
    }
    assert_int_equal(paginators, 6);
    expect_no_complaints();
}

/* ---- dynamo.h ---------------------------------------------------------------------------------------------------- */

typedef struct c_type {
    const char *name;
    size_t      size, alignment;
} c_type;

#define C_TYPE(name, type) { name, sizeof(type), _Alignof(type) }

static const c_type *c_type_of(dynamo_kind kind)
{
    static const c_type text = C_TYPE("const char *", const char *), integer = C_TYPE("int64_t ", int64_t),
                        real = C_TYPE("double ", double), boolean = C_TYPE("dynamo_bool ", dynamo_bool),
                        json = C_TYPE("json_t *", json_t *);

    return kind == DYNAMO_KIND_STRING    ? &text
           : kind == DYNAMO_KIND_INTEGER ? &integer
           : kind == DYNAMO_KIND_REAL    ? &real
           : kind == DYNAMO_KIND_BOOLEAN ? &boolean
                                         : &json;
}

/* "dynamo_get_item" of "GetItem", as test/api.json has it. */
static const char *function_of(const context *files, const dynamo_operation *operation)
{
    return text_of(api_operation(files, operation->name), "function");
}

/* Of the operation itself, or of the list over its pages. */
static void expect_prototype(const context *files, const dynamo_operation *operation, bool list)
{
    const char *function = function_of(files, operation);
    char        expected[1024], field[DYNAMO_FIELD_SIZE];
    size_t      length = (size_t)snprintf(expected, sizeof(expected), "DYNAMO_API %s%s%s(dynamo_client *client",
                                          list ? "dynamo_items *" : "dynamo_status ", function, list ? "_items" : "");
    const char *found;
    size_t      arguments = json_array_size(json_object_get(api_operation(files, operation->name), "arguments"));

    for (size_t i = 0; i < arguments; i++)
        for (const dynamo_parameter *each = operation->parameters; each->name != NULL; each++)
            if (each->positional && each->place == i)
                length += (size_t)snprintf(expected + length, sizeof(expected) - length, ", %s%s",
                                           c_type_of(each->shape->kind)->name, dynamo_parameter_field(each, field));
    snprintf(expected + length, sizeof(expected) - length,
             ", const %s_options *options, %sdynamo_error *error);", function, list ? "" : "json_t **response, ");
    found = strstr(files->header, expected);
    if (found == NULL) {
        /* Where the line is broken after the parenthesis there is a blank. */
        char *open = strchr(expected, '(');

        memmove(open + 2, open + 1, strlen(open));
        open[1] = ' ';
        found   = strstr(files->header, expected);
    }
    if (found == NULL)
        complain(operation->name, "dynamo.h doesn't have: %s", expected);
}

static const char *short_form_type(const dynamo_operation *operation, const char *field)
{
    for (size_t i = 0; i < DYNAMO_COUNT(short_forms); i++)
        if (strcmp(short_forms[i].operation, operation->name) == 0 && strcmp(short_forms[i].field, field) == 0)
            return short_forms[i].type;
    return NULL;
}

/* One declaration, "const char *index_name": its type and offset are the table's. */
static void compare_field(const dynamo_operation *operation, const char *declaration, size_t *offset, size_t *found)
{
    const char *field = declaration + strlen(declaration);
    char        where[160], name[DYNAMO_FIELD_SIZE];

    while (field > declaration && field[-1] != ' ' && field[-1] != '*')
        field--;
    snprintf(where, sizeof(where), "dynamo.h, %s, %s", operation->name, field);
    for (const dynamo_parameter *each = operation->parameters; each->name != NULL; each++) {
        const c_type *type = c_type_of(each->shape->kind);

        if (each->positional || strcmp(dynamo_parameter_field(each, name), field) != 0)
            continue;
        if (strlen(type->name) != (size_t)(field - declaration) || !starts_with(declaration, type->name))
            complain(where, "is %.*s, not %s", (int)(field - declaration), declaration, type->name);
        *offset = (*offset + type->alignment - 1) / type->alignment * type->alignment;
        if (each->place != *offset)
            complain(where, "lies at %zu, and the table reads it at %d", *offset, (int)each->place);
        *offset += type->size;
        *found += 1;
        return;
    }
    if (short_form_type(operation, field) == NULL || !starts_with(declaration, short_form_type(operation, field)))
        complain(where, "is no member of the API and no short form of one");
}

/* The fields of the options struct in their order; a struct that isn't completed has none. */
static size_t compare_fields(const context *files, const dynamo_operation *operation)
{
    char        start[128], declaration[128];
    size_t      offset = 0, found = 0;
    const char *at;

    snprintf(start, sizeof(start), "typedef struct %s_options { ", function_of(files, operation));
    at = strstr(files->header, start);
    if (at == NULL)
        return 0;
    for (at += strlen(start); *at != '}' && *at != '\0'; at += strspn(at, "; ")) {
        size_t length = strcspn(at, ";}");

        snprintf(declaration, sizeof(declaration), "%.*s", (int)length, at);
        compare_field(operation, declaration, &offset, &found);
        at += length;
    }
    return found;
}

static void header_is_the_table(void **state)
{
    context *files = *state;

    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        size_t options = 0, found = compare_fields(files, operations[i]);

        expect_prototype(files, operations[i], false);
        if (pagination_of(operations[i]) != NULL)
            expect_prototype(files, operations[i], true);
        for (const dynamo_parameter *each = operations[i]->parameters; each->name != NULL; each++)
            options += each->positional ? 0 : 1;
        if (found != options)
            complain(operations[i]->name, "dynamo.h has %zu of its %zu optional members", found, options);
    }
    expect_no_complaints();
}

/* The options of what is made of several calls, where an operation's would stand. */
static bool is_of_an_operation(const char *header, const char *options)
{
    static const char *const others[] = {"dynamo_batch_get_all", "dynamo_wait"};

    for (size_t i = 0; i < DYNAMO_COUNT(others); i++) {
        size_t length = strlen(others[i]);

        if ((size_t)(options - header) > length && strncmp(options - length, others[i], length) == 0)
            return false;
    }
    return true;
}

/* A function of dynamo.h that takes a client and a response, and that the table doesn't have. */
static void header_has_no_more(void **state)
{
    context    *files = *state;
    size_t      count = 0;
    const char *at    = files->header;

    while ((at = strstr(at, "_options *options, json_t **response, dynamo_error *error)")) != NULL) {
        count += is_of_an_operation(files->header, at);
        at++;
    }
    assert_int_equal(count, OPERATION_COUNT);
}

/* ---- The comparison itself --------------------------------------------------------------------------------------- */

/* What is wrong in a copy of the API must be noticed: a comparison that can't fail proves nothing. */
static void comparison_notices(void **state)
{
    static const struct {
        const char *name, *operation, *json;
    } rows[] = {
        {"a member that the table lacks", "ListTables",
         "{\"target\": \"DynamoDB_20120810.ListTables\", \"arguments\": [], \"members\": ["
         "{\"name\": \"ExclusiveStartTableName\", \"field\": \"exclusive_start_table_name\", \"type\": \"string\"},"
         "{\"name\": \"Limit\", \"field\": \"limit\", \"type\": \"integer\"},"
         "{\"name\": \"More\", \"field\": \"more\", \"type\": \"string\"}], \"output_attribute_values\": []}"},
        {"a member that the table has more", "ListTables",
         "{\"target\": \"DynamoDB_20120810.ListTables\", \"arguments\": [], \"members\": ["
         "{\"name\": \"Limit\", \"field\": \"limit\", \"type\": \"integer\"}], \"output_attribute_values\": []}"},
        {"another type", "DeleteTable",
         "{\"target\": \"DynamoDB_20120810.DeleteTable\", \"arguments\": [\"TableName\"], \"members\": ["
         "{\"name\": \"TableName\", \"field\": \"table_name\", \"type\": \"list of string\", \"required\": true}],"
         "\"output_attribute_values\": []}"},
        {"another order", "CreateBackup",
         "{\"target\": \"DynamoDB_20120810.CreateBackup\", \"arguments\": [\"BackupName\", \"TableName\"], "
         "\"members\": ["
         "{\"name\": \"TableName\", \"field\": \"table_name\", \"type\": \"string\", \"required\": true},"
         "{\"name\": \"BackupName\", \"field\": \"backup_name\", \"type\": \"string\", \"required\": true}],"
         "\"output_attribute_values\": []}"},
        {"a nested member that the table has more", "UpdateTimeToLive",
         "{\"target\": \"DynamoDB_20120810.UpdateTimeToLive\", \"arguments\": [\"TableName\", "
         "\"TimeToLiveSpecification\"],"
         "\"members\": [{\"name\": \"TableName\", \"field\": \"table_name\", \"type\": \"string\", \"required\": true},"
         "{\"name\": \"TimeToLiveSpecification\", \"field\": \"time_to_live_specification\", \"type\": \"Replica\","
         "\"required\": true}], \"output_attribute_values\": []}"},
        {"an attribute value in the output", "DescribeLimits",
         "{\"target\": \"DynamoDB_20120810.DescribeLimits\", \"arguments\": [], \"members\": [],"
         "\"output_attribute_values\": [\"Item{}\"]}"},
        {"another host", "DescribeLimits",
         "{\"target\": \"DynamoDBStreams_20120810.DescribeLimits\", \"arguments\": [], \"members\": [],"
         "\"output_attribute_values\": []}"},
    };
    context *files = *state;

    print_message("the complaints that follow are expected\n");
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        json_t *shapes  = json_object_get(files->api, "shapes");
        context changed = { json_pack("{s:{s:o},s:O}", "operations", rows[i].operation,
                                      json_loads(rows[i].json, 0, NULL), "shapes", shapes),
                            files->header };
        size_t  members = 0;
        int     noticed;

        assert_non_null(changed.api);
        compare_operation(&changed, find_operation(rows[i].operation), &members);
        json_decref(changed.api);
        noticed    = complaints;
        complaints = 0;
        if (noticed == 0)
            fail_msg("%s isn't noticed", rows[i].name);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_the_api),  cmocka_unit_test(list_has_no_doubles),
        cmocka_unit_test(errors_have_their_paths), cmocka_unit_test(writers_by_name),
        cmocka_unit_test(unwrapped_outputs), cmocka_unit_test(lists_are_the_paginators),
        cmocka_unit_test(header_is_the_table),
        cmocka_unit_test(header_has_no_more), cmocka_unit_test(comparison_notices),
    };

    return cmocka_run_group_tests_name("operations", tests, open_files, close_files);
}
