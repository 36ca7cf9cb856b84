/*
 * What a few operations add to the API's own members: short forms of table definitions, capacity, streams and order.
 * All of it is our choice.
 */
#include "dynamo_internal.h"

#include <string.h>

/* A short form and the member it stands for can't both be meant. */
static dynamo_status refuse_both(dynamo_error *error, const char *shorthand, const char *member)
{
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                       "%s stands beside %s, which it abbreviates: give one of them", shorthand, member);
}

static bool is_present(const dynamo_request *request, const char *name)
{
    return request->present[dynamo_request_find(request, name)];
}

/* ---- Attribute definitions and key schema ------------------------------------------------------------------------ */

/* {"AttributeName": "id", "AttributeType": "S"}, misspelt or not, which the shape's check is to judge. */
static bool is_full_form(json_t *element, const char *type_name)
{
    return !json_is_object(element) || json_object_get(element, type_name) != NULL ||
           (json_object_get(element, "AttributeName") != NULL && json_object_size(element) > 1);
}

/* Steals name and type, NULL (memory ran out) included. */
static bool append_pair(json_t *list, json_t *name, json_t *type, const char *type_name)
{
    json_t *pair = json_object();
    bool    done = json_object_set_new_nocheck(pair, "AttributeName", name) == 0;

    done = json_object_set_new_nocheck(pair, type_name, type) == 0 && done;
    return json_array_append_new(list, pair) == 0 && done;
}

static bool append_short_object(json_t *list, json_t *object, const char *type_name)
{
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        json_t *name = json_stringn_nocheck(json_object_iter_key(at), dynamo_name_length(at));

        if (!append_pair(list, name, json_deep_copy(json_object_iter_value(at)), type_name))
            return false;
    }
    return true;
}

/* One element of a list: {"id": "S"}, ["id", "S"], or AWS's form. */
static bool append_element(json_t *list, json_t *element, const char *type_name)
{
    if (json_is_array(element) && json_array_size(element) == 2)
        return append_pair(list, json_deep_copy(json_array_get(element, 0)), json_deep_copy(json_array_get(element, 1)),
                           type_name);
    if (is_full_form(element, type_name))
        return json_array_append_new(list, json_deep_copy(element)) == 0;
    return append_short_object(list, element, type_name);
}

static json_t *expand_pairs(json_t *given, const char *type_name)
{
    json_t *list = json_array();
    bool    done = list != NULL;

    if (json_is_object(given))
        done = done && append_short_object(list, given, type_name);
    for (size_t i = 0; done && i < json_array_size(given); i++)
        done = append_element(list, json_array_get(given, i), type_name);
    if (!done) {
        json_decref(list);
        return NULL;
    }
    return list;
}

/* {"id": "S", "at": "N"}, or a list of such pairs, to AWS's list; order kept. */
static dynamo_status shorten_pairs(dynamo_request *request, const char *member, const char *type_name,
                                   dynamo_error *error)
{
    size_t  index = dynamo_request_find(request, member);
    json_t *given = request->present[index] ? request->values[index].json : NULL;

    if (!json_is_object(given) && !json_is_array(given))
        return DYNAMO_OK;
    return dynamo_request_set(request, index, expand_pairs(given, type_name), error);
}

/* ---- Capacity ---------------------------------------------------------------------------------------------------- */

static json_t *throughput(int64_t read_units, int64_t write_units)
{
    return json_pack("{s:I,s:I}", "ReadCapacityUnits", (json_int_t)read_units, "WriteCapacityUnits",
                     (json_int_t)write_units);
}

/* What is missing of the pair is 1. */
static dynamo_status shorten_throughput(dynamo_request *request, int64_t read_units, int64_t write_units,
                                        dynamo_error *error)
{
    size_t index = dynamo_request_find(request, "ProvisionedThroughput");

    if (request->present[index])
        return refuse_both(error, read_units != 0 ? "read_capacity_units" : "write_capacity_units",
                           "provisioned_throughput");
    return dynamo_request_set(request, index,
                              throughput(read_units != 0 ? read_units : 1, write_units != 0 ? write_units : 1), error);
}

static bool gives_throughput(json_t *index)
{
    return !json_is_object(index) || json_object_get(index, "ProvisionedThroughput") != NULL ||
           json_object_get(index, "OnDemandThroughput") != NULL;
}

/* One unit each for the global indexes that give none, as for their table. */
static dynamo_status default_index_throughput(dynamo_request *request, dynamo_error *error)
{
    size_t  index = dynamo_request_find(request, "GlobalSecondaryIndexes");
    json_t *copy;

    if (!request->present[index] || !json_is_array(request->values[index].json))
        return DYNAMO_OK;
    copy = json_deep_copy(request->values[index].json);
    for (size_t i = 0; copy != NULL && i < json_array_size(copy); i++) {
        json_t *element = json_array_get(copy, i);

        if (!gives_throughput(element) &&
            json_object_set_new_nocheck(element, "ProvisionedThroughput", throughput(1, 1)) != 0) {
            json_decref(copy);
            copy = NULL;
        }
    }
    return dynamo_request_set(request, index, copy, error);
}

static dynamo_status shorten_capacity_of_new_table(dynamo_request *request, int64_t read_units, int64_t write_units,
                                                   dynamo_error *error)
{
    bool billing_unset = !is_present(request, "BillingMode") && !is_present(request, "ProvisionedThroughput") &&
                         !is_present(request, "OnDemandThroughput") && !is_present(request, "GlobalTableSourceArn");
    dynamo_status status = DYNAMO_OK;

    if (billing_unset || read_units != 0 || write_units != 0)
        status = shorten_throughput(request, read_units, write_units, error);
    if (status == DYNAMO_OK && billing_unset)
        status = default_index_throughput(request, error);
    return status;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/* Not by json_pack(), which takes a string it has no memory for as one that isn't there. */
static json_t *stream_specification(dynamo_bool enabled, const char *view_type)
{
    json_t *specification = json_object();
    bool    done          = json_object_set_new_nocheck(specification, "StreamEnabled",
                                                        json_boolean(enabled == DYNAMO_TRUE)) == 0;

    if (view_type != NULL)
        done = json_object_set_new_nocheck(specification, "StreamViewType", json_string_nocheck(view_type)) == 0 &&
               done;
    if (!done) {
        json_decref(specification);
        return NULL;
    }
    return specification;
}

static dynamo_status shorten_stream(dynamo_request *request, dynamo_bool enabled, const char *view_type,
                                    dynamo_error *error)
{
    size_t index = dynamo_request_find(request, "StreamSpecification");

    if (enabled == DYNAMO_UNSET && view_type == NULL)
        return DYNAMO_OK;
    if (enabled == DYNAMO_UNSET)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "stream_view_type needs stream_enabled beside it");
    if (request->present[index])
        return refuse_both(error, "stream_enabled", "stream_specification");
    return dynamo_request_set(request, index, stream_specification(enabled, view_type), error);
}

/* ---- The operations' rules --------------------------------------------------------------------------------------- */

dynamo_status dynamo_shorten_create_table(dynamo_request *request, const void *options, dynamo_error *error)
{
    const dynamo_create_table_options  none  = { 0 };
    const dynamo_create_table_options *given = options != NULL ? options : &none;
    bool          replica = is_present(request, "GlobalTableSourceArn"); /* its source has definitions and schema */
    dynamo_status status  = DYNAMO_OK;

    if (!replica && !is_present(request, "AttributeDefinitions"))
        status = dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                             "attribute_definitions is NULL: did json_pack fail (format, UTF-8, memory)?");
    else if (!replica && !is_present(request, "KeySchema"))
        status = dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                             "key_schema is NULL: did json_pack fail (format, UTF-8, memory)?");
    if (status == DYNAMO_OK)
        status = shorten_pairs(request, "AttributeDefinitions", "AttributeType", error);
    if (status == DYNAMO_OK)
        status = shorten_pairs(request, "KeySchema", "KeyType", error);
    if (status == DYNAMO_OK)
        status = shorten_capacity_of_new_table(request, given->read_capacity_units, given->write_capacity_units, error);
    if (status == DYNAMO_OK)
        status = shorten_stream(request, given->stream_enabled, given->stream_view_type, error);
    return status;
}

dynamo_status dynamo_shorten_update_table(dynamo_request *request, const void *options, dynamo_error *error)
{
    const dynamo_update_table_options *given = options;
    dynamo_status                      status;

    if (given == NULL)
        return DYNAMO_OK;
    if ((given->read_capacity_units != 0) != (given->write_capacity_units != 0))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is unset: UpdateTable takes both or neither",
                           given->read_capacity_units == 0 ? "read_capacity_units" : "write_capacity_units");
    status = shorten_pairs(request, "AttributeDefinitions", "AttributeType", error);
    if (status == DYNAMO_OK && given->read_capacity_units != 0)
        status = shorten_throughput(request, given->read_capacity_units, given->write_capacity_units, error);
    if (status == DYNAMO_OK)
        status = shorten_stream(request, given->stream_enabled, given->stream_view_type, error);
    return status;
}

dynamo_status dynamo_shorten_query(dynamo_request *request, const void *options, dynamo_error *error)
{
    const dynamo_query_options *given = options;
    size_t                      index = dynamo_request_find(request, "ScanIndexForward");

    if (given == NULL || !given->descending)
        return DYNAMO_OK;
    if (request->present[index])
        return refuse_both(error, "descending", "scan_index_forward");
    request->values[index].boolean = DYNAMO_FALSE;
    request->present[index]        = true;
    return DYNAMO_OK;
}

/* Segment 0 is a segment like any other: it is sent exactly when there are segments. Without them another would be left
 * out in silence, and the whole table scanned. */
dynamo_status dynamo_shorten_scan(dynamo_request *request, const void *options, dynamo_error *error)
{
    size_t segment = dynamo_request_find(request, "Segment");
    bool   total   = is_present(request, "TotalSegments");

    (void)options;
    if (request->present[segment] && !total)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "segment is set without total_segments: the whole table would be scanned");
    request->present[segment] = total;
    return DYNAMO_OK;
}
