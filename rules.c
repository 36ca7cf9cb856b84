/*
 * Requests that the service refuses for certain, told before anything is sent: one row a rule. In doubt there is no
 * row, and the service decides.
 *
 * Sources: Amazon DynamoDB API Reference, the constraints on each operation's members; Amazon DynamoDB Developer Guide,
 * "Legacy conditional parameters", for expressions beside what they replaced.
 */
#include "dynamo_internal.h"

#include <string.h>

/* ---- How many ---------------------------------------------------------------------------------------------------- */

static size_t count_elements(json_t *list)
{
    return json_array_size(list);
}

static size_t count_members(json_t *object)
{
    return json_object_size(object);
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
    const char *operation;
    const char *member;
    size_t    (*count)(json_t *value);
    size_t      most; /* and at least one; 0: no limit that would be certain */
    const char *what;
} count_rule;

/* By name, so that no operation's row is linked for another's sake. */
static const count_rule count_rules[] = {
    { "BatchExecuteStatement", "Statements", count_elements, 25, "statements" },
    { "BatchGetItem", "RequestItems", count_keys, 100, "keys" },
    { "BatchWriteItem", "RequestItems", count_writes, 25, "writes" },
    { "CreateTable", "KeySchema", count_elements, 0, NULL },
    { "DeleteItem", "Key", count_members, 0, NULL },
    { "ExecuteTransaction", "TransactStatements", count_elements, 100, "statements" },
    { "GetItem", "Key", count_members, 0, NULL },
    { "PutItem", "Item", count_members, 0, NULL },
    { "SearchVectors", "SearchVector", count_elements, 4096, "dimensions" },
    { "TransactGetItems", "TransactItems", count_elements, 100, "items" },
    { "TransactWriteItems", "TransactItems", count_elements, 100, "items" },
    { "UpdateItem", "Key", count_members, 0, NULL },
};

static dynamo_status check_one_count(const dynamo_request *request, const count_rule *rule, dynamo_error *error)
{
    size_t index = dynamo_request_find(request, rule->member);
    size_t count;

    if (!request->present[index])
        return DYNAMO_OK;
    count = rule->count(request->values[index].json);
    if (count == 0 && rule->most == 0)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is empty", rule->member);
    if (rule->most != 0 && (count == 0 || count > rule->most))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s has %zu %s: %s takes 1 to %zu", rule->member, count,
                           rule->what, rule->operation, rule->most);
    return DYNAMO_OK;
}

static dynamo_status check_count(const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(count_rules); i++)
        if (strcmp(count_rules[i].operation, request->operation->name) == 0)
            status = check_one_count(request, &count_rules[i], error);
    return status;
}

/* ---- Segments ---------------------------------------------------------------------------------------------------- */

#define MOST_SEGMENTS 1000000

static dynamo_status check_segments(const dynamo_request *request, dynamo_error *error)
{
    int64_t segment, total;

    if (strcmp(request->operation->name, "Scan") != 0)
        return DYNAMO_OK;
    if (!request->present[dynamo_request_find(request, "TotalSegments")])
        return DYNAMO_OK;
    segment = request->values[dynamo_request_find(request, "Segment")].integer;
    total   = request->values[dynamo_request_find(request, "TotalSegments")].integer;
    if (total < 1 || total > MOST_SEGMENTS)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "total_segments is %lld: 1 to %d are possible",
                           (long long)total, MOST_SEGMENTS);
    if (segment < 0 || segment >= total)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "segment is %lld: with total_segments %lld it is 0 to %lld", (long long)segment, (long long)total, (long long)total - 1);
    return DYNAMO_OK;
}

/* ---- Legacy members beside expressions --------------------------------------------------------------------------- */

static const char *const legacy_members[] = { "AttributesToGet", "AttributeUpdates", "ConditionalOperator", "Expected",
                                              "KeyConditions",   "QueryFilter",      "ScanFilter" };

static const char *const expression_members[] = { "ConditionExpression", "FilterExpression", "KeyConditionExpression",
                                                  "ProjectionExpression", "UpdateExpression" };

/* The first of the request's members that is in the list, or NULL. */
static const char *find_present(const dynamo_request *request, const char *const *names, size_t count)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++)
        for (size_t j = 0; request->present[i] && j < count; j++)
            if (strcmp(parameters[i].name, names[j]) == 0)
                return parameters[i].field;
    return NULL;
}

static dynamo_status check_legacy(const dynamo_request *request, dynamo_error *error)
{
    const char *legacy = find_present(request, legacy_members, DYNAMO_COUNT(legacy_members));
    const char *expression;

    if (legacy == NULL)
        return DYNAMO_OK;
    expression = find_present(request, expression_members, DYNAMO_COUNT(expression_members));
    if (expression == NULL)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                       "Can not use both expression and non-expression parameters in the same request: %s beside %s",
                       legacy, expression);
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

dynamo_status dynamo_rules_check(const dynamo_request *request, dynamo_error *error)
{
    static dynamo_status (*const checks[])(const dynamo_request *request, dynamo_error *error) = {
        check_count,
        check_segments,
        check_legacy,
    };
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(checks); i++)
        status = checks[i](request, error);
    return status;
}
