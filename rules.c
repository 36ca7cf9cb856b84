/*
 * Requests that the service refuses for certain, told before anything is sent: one row a rule. In doubt there is no
 * row, and the service decides.
 *
 * Source: Amazon DynamoDB API Reference, the constraints on each operation's members.
 */
#include "dynamo_internal.h"

#include <inttypes.h>
#include <string.h>

/* ---- How many ---------------------------------------------------------------------------------------------------- */

static size_t count_elements(json_t *list)
{
    return json_array_size(list);
}

/* The keys of all tables: {"Music": {"Keys": [...]}, ...} */
static size_t count_keys(json_t *tables)
{
    size_t count = 0;

    for (void *at = json_object_iter(tables); at != NULL; at = json_object_iter_next(tables, at))
        count += json_array_size(json_object_get(json_object_iter_value(at), "Keys"));
    return count;
}

/* The writes of all tables: {"Music": [...], ...} */
static size_t count_writes(json_t *tables)
{
    size_t count = 0;

    for (void *at = json_object_iter(tables); at != NULL; at = json_object_iter_next(tables, at))
        count += json_array_size(json_object_iter_value(at));
    return count;
}

typedef struct count_rule {
    char     operation[24];
    char     member[20];
    size_t (*count)(json_t *value);
    size_t   most; /* and at least one */
    char     what[12];
} count_rule;

/* By name, so that no operation's row is linked for another's sake. */
static const count_rule count_rules[] = {
    { "BatchExecuteStatement", "Statements", count_elements, 25, "statements" },
    { "BatchGetItem", "RequestItems", count_keys, 100, "keys" },
    { "BatchWriteItem", "RequestItems", count_writes, 25, "writes" },
    { "ExecuteTransaction", "TransactStatements", count_elements, 100, "statements" },
    { "SearchVectors", "SearchVector", count_elements, 4096, "dimensions" },
    { "TransactGetItems", "TransactItems", count_elements, 100, "items" },
    { "TransactWriteItems", "TransactItems", count_elements, 100, "items" },
};

static dynamo_status check_one_count(const dynamo_request *request, const count_rule *rule, dynamo_error *error)
{
    size_t count = rule->count(request->values[dynamo_request_find(request, rule->member)].json);

    if (count != 0 && count <= rule->most)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s has %zu %s: %s takes 1 to %zu", rule->member, count,
                       rule->what, rule->operation, rule->most);
}

static dynamo_status check_counts(const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(count_rules); i++)
        if (strcmp(count_rules[i].operation, request->operation->name) == 0)
            status = check_one_count(request, &count_rules[i], error);
    return status;
}

/* ---- Segments of a scan ------------------------------------------------------------------------------------------ */

#define SEGMENTS_MOST 1000000

static dynamo_status check_segments(const dynamo_request *request, dynamo_error *error)
{
    int64_t segment, total;

    if (strcmp(request->operation->name, "Scan") != 0)
        return DYNAMO_OK;
    segment = request->values[dynamo_request_find(request, "Segment")].integer;
    total   = request->values[dynamo_request_find(request, "TotalSegments")].integer;
    if (total < 0 || total > SEGMENTS_MOST)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "total_segments is %" PRId64 ": give 1 to %d", total,
                           SEGMENTS_MOST);
    if (total != 0 && (segment < 0 || segment >= total))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "segment is %" PRId64 ", total_segments %" PRId64
                           ": segments are numbered from 0 to %" PRId64,
                           segment, total, total - 1);
    return DYNAMO_OK;
}

/* ---- Members from before expressions beside expressions ---------------------------------------------------------- */

/* The service's own words. */
#define BOTH_KINDS "Can not use both expression and non-expression parameters in the same request: "

typedef struct legacy_rule {
    char member[20];
    char expression[24]; /* that it can't stand beside; "": none at all */
} legacy_rule;

static const legacy_rule legacy_rules[] = {
    { "AttributeUpdates", "" },
    { "AttributesToGet", "" },
    { "ConditionalOperator", "" },
    { "Expected", "" },
    { "KeyConditions", "KeyConditionExpression" },
    { "QueryFilter", "" },
    { "ScanFilter", "" },
};

static const legacy_rule *find_legacy_rule(const char *member)
{
    for (size_t i = 0; i < DYNAMO_COUNT(legacy_rules); i++)
        if (strcmp(legacy_rules[i].member, member) == 0)
            return &legacy_rules[i];
    return NULL;
}

static bool is_expression(const char *member)
{
    static const char ending[] = "Expression";
    size_t            length   = strlen(member);

    return length >= sizeof(ending) && strcmp(member + length - (sizeof(ending) - 1), ending) == 0;
}

/* An empty map counts as none, for the service too. */
static bool is_given(const dynamo_request *request, size_t index)
{
    const json_t *value = request->values[index].json;
    dynamo_kind   kind  = request->operation->parameters[index].shape->kind;

    return request->present[index] && (kind != DYNAMO_KIND_MAP || json_object_size(value) != 0);
}

static dynamo_status check_one_legacy(const dynamo_request *request, const legacy_rule *rule, dynamo_error *error)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++)
        if (request->present[i] &&
            (rule->expression[0] != '\0' ? strcmp(parameters[i].name, rule->expression) == 0
                                         : is_expression(parameters[i].name)))
            return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, BOTH_KINDS "%s and %s", rule->member,
                               parameters[i].name);
    return DYNAMO_OK;
}

static dynamo_status check_legacy(const dynamo_request *request, dynamo_error *error)
{
    const dynamo_parameter *parameters = request->operation->parameters;
    dynamo_status           status     = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && parameters[i].name != NULL; i++) {
        const legacy_rule *rule = NULL;

        if (!parameters[i].positional && is_given(request, i))
            rule = find_legacy_rule(parameters[i].name);
        if (rule != NULL)
            status = check_one_legacy(request, rule, error);
    }
    return status;
}

/* BatchGetItem has both members one level below its tables. */
static dynamo_status check_legacy_of_tables(const dynamo_request *request, dynamo_error *error)
{
    json_t *tables;

    if (strcmp(request->operation->name, "BatchGetItem") != 0)
        return DYNAMO_OK;
    tables = request->values[dynamo_request_find(request, "RequestItems")].json;
    for (void *at = json_object_iter(tables); at != NULL; at = json_object_iter_next(tables, at)) {
        json_t     *table = json_object_iter_value(at);
        dynamo_path root  = DYNAMO_PATH_ROOT("RequestItems");
        dynamo_path step  = { &root, json_object_iter_key(at), dynamo_name_length(at), 0 };

        if (json_object_get(table, "AttributesToGet") != NULL &&
            json_object_get(table, "ProjectionExpression") != NULL)
            return dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, &step,
                                  BOTH_KINDS "AttributesToGet and ProjectionExpression");
    }
    return DYNAMO_OK;
}

/* ---- All rules --------------------------------------------------------------------------------------------------- */

static dynamo_status (*const checks[])(const dynamo_request *request, dynamo_error *error) = {
    check_counts,
    check_segments,
    check_legacy,
    check_legacy_of_tables,
};

dynamo_status dynamo_rules_check(const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(checks); i++)
        status = checks[i](request, error);
    return status;
}
