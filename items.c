/*
 * Lists over all their pages, element by element: one page's text and one element in memory.
 *
 * How each operation is paged: Amazon DynamoDB API Reference, and the paginators of the SDKs' service models, which
 * know six of these. That a page may be empty before the last one, that an empty position is none, and that one which
 * stays where it was is refused, are the rules of botocore's paginator.
 */
#include "dynamo_internal.h"

#include <stdlib.h>

#define PAGED(operation, ...) \
    const dynamo_pagination dynamo_pagination_##operation = { &dynamo_operation_##operation, __VA_ARGS__ }

PAGED(describe_stream, "StreamDescription.Shards", "StreamDescription", "LastEvaluatedShardId",
      "ExclusiveStartShardId", false);
PAGED(execute_statement, "Items", NULL, "NextToken", "NextToken", false);
PAGED(get_records, "Records", NULL, "NextShardIterator", "ShardIterator", true);
PAGED(list_backups, "BackupSummaries", NULL, "LastEvaluatedBackupArn", "ExclusiveStartBackupArn", false);
PAGED(list_bulk_operations, "BulkOperationsSummaryList", NULL, "NextToken", "NextToken", false);
PAGED(list_contributor_insights, "ContributorInsightsSummaries", NULL, "NextToken", "NextToken", false);
PAGED(list_exports, "ExportSummaries", NULL, "NextToken", "NextToken", false);
PAGED(list_global_tables, "GlobalTables", NULL, "LastEvaluatedGlobalTableName", "ExclusiveStartGlobalTableName",
      false);
PAGED(list_imports, "ImportSummaryList", NULL, "NextToken", "NextToken", false);
PAGED(list_streams, "Streams", NULL, "LastEvaluatedStreamArn", "ExclusiveStartStreamArn", false);
PAGED(list_tables, "TableNames", NULL, "LastEvaluatedTableName", "ExclusiveStartTableName", false);
PAGED(list_tags_of_resource, "Tags", NULL, "NextToken", "NextToken", false);
PAGED(query, "Items", NULL, "LastEvaluatedKey", "ExclusiveStartKey", false);
PAGED(scan, "Items", NULL, "LastEvaluatedKey", "ExclusiveStartKey", false);

struct dynamo_items {
    dynamo_client           *client;
    const dynamo_pagination *pagination;
    const dynamo_parameter  *start;
    char                    *table_name; /* for who watches the attempts; NULL: the request has none */
    dynamo_buffer            constant;   /* the request's text without its start, and without the closing bracket */
    dynamo_prepared          request;    /* for the next page */
    bool                     ended;      /* there is no next page */
    dynamo_paged             answer;     /* the page in hand */
    json_t                  *members;    /* of the last page that came: they outlive it until there is another */
    json_t                  *item;       /* handed out last */
};

/* ---- From page to page ------------------------------------------------------------------------------------------- */

/* NULL: the list ends with this page. */
static json_t *position_of(const dynamo_items *items)
{
    const dynamo_pagination *pagination = items->pagination;
    json_t                  *members    = items->answer.page.members;
    json_t                  *position;

    if (pagination->inside != NULL)
        members = json_object_get(members, pagination->inside);
    position = json_object_get(members, pagination->position);
    if (json_is_null(position) || (json_is_string(position) && json_string_length(position) == 0) ||
        (json_is_object(position) && json_object_size(position) == 0))
        return NULL;
    return position;
}

static dynamo_status write_request(dynamo_buffer *out, const dynamo_items *items, json_t *position,
                                   dynamo_error *error)
{
    const dynamo_path path = DYNAMO_PATH_ROOT(items->start->name);
    dynamo_status     status;

    dynamo_buffer_append(out, items->constant.data, items->constant.length);
    dynamo_buffer_text(out, items->constant.length > 1 ? ",\"" : "\"");
    dynamo_buffer_text(out, items->start->name);
    dynamo_buffer_text(out, "\":");
    status = dynamo_write_shape(out, position, items->start->shape, &path, error);
    dynamo_buffer_char(out, '}');
    if (status == DYNAMO_ERR_INVALID_ARGUMENT)
        return dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer's %s is not what %s takes",
                           items->pagination->position, items->start->name);
    return status == DYNAMO_OK && out->failed ? dynamo_fail_memory(error) : status;
}

/* Makes the request for what is behind the page. On failure that for the page itself stays. */
static dynamo_status go_on_from(dynamo_items *items, json_t *position, dynamo_error *error)
{
    dynamo_buffer *sent   = &items->request.body;
    dynamo_buffer  next   = { 0 };
    dynamo_status  status = write_request(&next, items, position, error);

    if (status == DYNAMO_OK && !items->pagination->grows && next.length == sent->length &&
        memcmp(next.data, sent->data, next.length) == 0)
        status = dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE,
                             "the answer's %s is where the page began: the list would never end",
                             items->pagination->position);
    if (status == DYNAMO_OK) {
        dynamo_buffer_free(sent);
        *sent = next;
    } else {
        dynamo_buffer_free(&next);
    }
    return status;
}

static dynamo_status next_page(dynamo_items *items, dynamo_error *error)
{
    dynamo_page  *page = &items->answer.page;
    dynamo_status status;
    json_t       *position;

    dynamo_page_close(page);
    status = dynamo_send(items->client, &items->request.message, NULL, error);
    if (status != DYNAMO_OK)
        return status;
    position = position_of(items);
    if (position != NULL)
        status = go_on_from(items, position, error);
    if (status != DYNAMO_OK) {
        dynamo_page_close(page);
        return status;
    }
    items->ended = position == NULL;
    json_decref(items->members);
    items->members = json_incref(page->members);
    return DYNAMO_OK;
}

static dynamo_status next_item(dynamo_items *items, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    while (status == DYNAMO_OK && items->answer.page.left == 0 && !items->ended) {
        status = next_page(items, error);
        if (items->pagination->grows)
            break;
    }
    return status == DYNAMO_OK ? dynamo_page_next(&items->answer.page, &items->item, error) : status;
}

dynamo_status dynamo_items_next(dynamo_items *items, json_t **item, dynamo_error *error)
{
    dynamo_error  spare = { .message = "" };
    dynamo_error *own   = error != NULL ? error : &spare;
    dynamo_status status;

    if (item != NULL)
        *item = NULL;
    if (items == NULL && own->status != DYNAMO_OK)
        return DYNAMO_ERR_INVALID_ARGUMENT; /* what made it NULL is told already */
    dynamo_error_clear(own);
    if (items == NULL || item == NULL)
        return dynamo_fail(own, DYNAMO_ERR_INVALID_ARGUMENT, "%s is NULL%s", items == NULL ? "items" : "item",
                           items == NULL ? ": did the call that makes it fail?" : "");
    json_decref(items->item);
    items->item = NULL;
    status      = next_item(items, own);
    *item       = items->item;
    dynamo_error_clear(&spare);
    return status;
}

size_t dynamo_items_left(const dynamo_items *items)
{
    return items != NULL ? items->answer.page.left : 0;
}

json_t *dynamo_items_page(const dynamo_items *items)
{
    return items != NULL ? items->members : NULL;
}

/* ---- Made and freed ---------------------------------------------------------------------------------------------- */

/* All that isn't the same from page to page is left out of the request. */
static dynamo_status write_constant(dynamo_items *items, dynamo_request *request, dynamo_error *error)
{
    size_t        start = dynamo_request_find(request, items->pagination->start);
    dynamo_status status;

    items->start            = &request->operation->parameters[start];
    request->present[start] = false;
    status                  = dynamo_request_write(&items->constant, request, error);
    if (status == DYNAMO_OK)
        items->constant.length--;
    return status;
}

/* What the request's message has of the caller's. */
static dynamo_status keep_own(dynamo_items *items, dynamo_error *error)
{
    dynamo_message *message = &items->request.message;

    message->paged = &items->answer;
    message->token = NULL;
    if (message->table_name == NULL)
        return DYNAMO_OK;
    items->table_name   = strdup(message->table_name);
    message->table_name = items->table_name;
    return items->table_name != NULL ? DYNAMO_OK : dynamo_fail_memory(error);
}

static dynamo_status set_up(dynamo_items *items, const dynamo_argument *arguments, const void *options,
                            dynamo_error *error)
{
    dynamo_request request;
    dynamo_status  status = dynamo_request_fill(&request, items->pagination->operation, arguments, options, error);

    if (status == DYNAMO_OK)
        status = dynamo_prepare(&items->request, items->client, &request, error);
    if (status == DYNAMO_OK)
        status = write_constant(items, &request, error);
    if (status == DYNAMO_OK)
        status = keep_own(items, error);
    dynamo_request_free(&request);
    return status;
}

static dynamo_items *items_new(dynamo_client *client, const dynamo_pagination *pagination,
                               const dynamo_argument *arguments, const void *options, dynamo_error *error)
{
    dynamo_items *items = calloc(1, sizeof(*items));

    if (items == NULL) {
        (void)dynamo_fail_memory(error);
        return NULL;
    }
    dynamo_client_hold(client);
    items->client            = client;
    items->pagination        = pagination;
    items->answer.list       = items->pagination->list;
    items->answer.text.limit = DYNAMO_BODY_LIMIT;
    if (set_up(items, arguments, options, error) == DYNAMO_OK)
        return items;
    dynamo_items_free(items);
    return NULL;
}

dynamo_items *dynamo_items_new(dynamo_client *client, const dynamo_pagination *pagination,
                               const dynamo_argument *arguments, const void *options, dynamo_error *error)
{
    dynamo_error  spare = { .message = "" };
    dynamo_error *own   = error != NULL ? error : &spare;

    if (client == NULL && own->status != DYNAMO_OK)
        return NULL; /* what made it NULL is told already */
    dynamo_error_clear(own);
    if (client != NULL)
        return items_new(client, pagination, arguments, options, own);
    (void)dynamo_fail(own, DYNAMO_ERR_INVALID_ARGUMENT, "client is NULL: did dynamo_client_new fail?");
    return NULL;
}

void dynamo_items_free(dynamo_items *items)
{
    if (items == NULL)
        return;
    json_decref(items->item);
    json_decref(items->members);
    dynamo_page_close(&items->answer.page);
    dynamo_buffer_free(&items->answer.text);
    dynamo_buffer_free(&items->request.body);
    dynamo_buffer_free(&items->constant);
    free(items->table_name);
    dynamo_client_free(items->client);
    free(items);
}
