/*
 * Requests that the service refuses for certain, told before anything is sent: one row a rule. In doubt there is no
 * row, and the service decides.
 *
 * Source: Amazon DynamoDB API Reference, the constraints on each operation's members.
 */
#include "dynamo_internal.h"

#include <string.h>

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
    const char *operation;
    const char *member;
    size_t    (*count)(json_t *value);
    size_t      most; /* and at least one */
    const char *what;
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

dynamo_status dynamo_rules_check(const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(count_rules); i++)
        if (strcmp(count_rules[i].operation, request->operation->name) == 0)
            status = check_one_count(request, &count_rules[i], error);
    return status;
}
