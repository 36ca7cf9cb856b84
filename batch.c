/*
 * Batches of any size: cut into requests that the service takes, with what it leaves over sent again, until all is
 * done or time is up.
 *
 * What isn't done yet stands in one document of our own, `left`, made before the first request is sent. From there an
 * answer only takes away, which needs no memory, so that whatever comes in between nothing is lost: the document is
 * what the caller gets back.
 *
 * Each request has the first of what is left, in the caller's order, with what was left over before the rest: of two
 * writes to one key the later is never sent before the earlier is done. The service refuses both in one request, and
 * which members are the key only it knows: a request that it refuses is made again in halves, so the two come apart.
 *
 * Sources: Amazon DynamoDB API Reference, BatchGetItem and BatchWriteItem: the limits, and that what is left over is to
 * be sent again with exponential backoff. Halves and pauses are our choice.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

/* Of a request's text, with room for what stands around its elements: names of tables, options, expressions. */
#define MOST_TEXT ((size_t)16 * 1024 * 1024 - (size_t)64 * 1024)

typedef struct batch_kind {
    const dynamo_operation *operation;
    size_t                  most;      /* elements of one request */
    const char             *list;      /* the member of a table that has them; NULL: the table's value is the list */
    const char             *left_over; /* the answer's member that has what wasn't done */
    const char             *elements;  /* for messages */
    dynamo_retry_class      pause;     /* after a request that was done in part */
} batch_kind;

/* Writes are left over for want of capacity, which comes by the second; keys also because an answer is full, when
 * nothing stands against going on. */
static const batch_kind writes = { &dynamo_operation_batch_write_item, 25, NULL, "UnprocessedItems", "writes",
                                   DYNAMO_RETRY_THROTTLING };
static const batch_kind reads  = { &dynamo_operation_batch_get_item, 100, "Keys", "UnprocessedKeys", "keys",
                                   DYNAMO_RETRY_TRANSIENT };

/* A table in `left`. Elements that were done are null there, from the first on. */
typedef struct batch_table {
    const char *name;
    size_t      length; /* of the name */
    json_t     *value;
    json_t     *list;
    size_t      first; /* that isn't done */
    size_t      sent;  /* from there, in the request in hand */
} batch_table;

typedef struct batch_run {
    const batch_kind *kind;
    const void       *options;
    dynamo_series     series;
    json_t           *left; /* what isn't done, in the form of request_items */
    batch_table      *tables;
    size_t            table_count;
    json_t           *response;  /* what was read; NULL: a write */
    size_t            most;      /* elements of the next request */
    unsigned          fruitless; /* requests in a row of which nothing was done */
    dynamo_buffer     text;      /* of an element, to check and to measure it */
} batch_run;

/* ---- What is left ------------------------------------------------------------------------------------------------ */

static json_t *list_of(const batch_kind *kind, json_t *table)
{
    return kind->list != NULL ? json_object_get(table, kind->list) : table;
}

static const dynamo_shape *shape_of_tables(const batch_kind *kind)
{
    return kind->operation->parameters[0].shape->of;
}

static const dynamo_shape *shape_of_elements(const batch_kind *kind)
{
    const dynamo_shape *shape = shape_of_tables(kind);

    return kind->list != NULL ? dynamo_shape_member(shape, kind->list, strlen(kind->list))->of : shape->of;
}

static size_t count_left(const batch_run *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->table_count; i++)
        count += json_array_size(batch->tables[i].list) - batch->tables[i].first;
    return count;
}

static dynamo_status list_tables(batch_run *batch)
{
    batch_table *table;

    batch->tables = calloc(json_object_size(batch->left) + 1, sizeof(*batch->tables));
    if (batch->tables == NULL)
        return dynamo_fail_memory(batch->series.error);
    for (void *at = json_object_iter(batch->left); at != NULL; at = json_object_iter_next(batch->left, at)) {
        table         = &batch->tables[batch->table_count++];
        table->name   = json_object_iter_key(at);
        table->length = dynamo_name_length(at);
        table->value  = json_object_iter_value(at);
        table->list   = list_of(batch->kind, table->value);
    }
    return DYNAMO_OK;
}

/* All of it, before any of it is sent. A table without elements is passed over: nothing to do is nothing wrong. */
static dynamo_status check_tables(batch_run *batch)
{
    const dynamo_path root   = DYNAMO_PATH_ROOT("RequestItems");
    dynamo_status     status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && i < batch->table_count; i++) {
        const batch_table *table = &batch->tables[i];
        const dynamo_path  step  = { &root, table->name, table->length, 0 };

        if (json_is_array(table->list) && json_array_size(table->list) == 0)
            continue;
        status = dynamo_write_shape(&batch->text, table->value, shape_of_tables(batch->kind), &step,
                                    batch->series.error);
        if (status == DYNAMO_OK && batch->text.failed)
            status = dynamo_fail_memory(batch->series.error);
        dynamo_buffer_free(&batch->text);
    }
    return status;
}

/* Makes the document what can be given to a call again: without what is done, and without tables that are. */
static void tidy(batch_run *batch)
{
    for (size_t i = 0; i < batch->table_count; i++) {
        batch_table *table = &batch->tables[i];
        size_t       kept  = 0;

        for (size_t at = table->first; table->first > 0 && at < json_array_size(table->list); at++)
            (void)json_array_set(table->list, kept++, json_array_get(table->list, at));
        while (table->first > 0 && json_array_size(table->list) > kept)
            (void)json_array_remove(table->list, json_array_size(table->list) - 1);
        table->first = 0;
        if (json_array_size(table->list) == 0)
            (void)json_object_del(batch->left, table->name);
    }
}

/* ---- One request ------------------------------------------------------------------------------------------------- */

/* What it can still take. */
typedef struct batch_room {
    size_t elements;
    size_t bytes;
    bool   full;
} batch_room;

/* How long an element is as text. */
static dynamo_status measure(batch_run *batch, json_t *element, size_t *bytes)
{
    const dynamo_path path = DYNAMO_PATH_ROOT(batch->kind->left_over);
    dynamo_status     status;

    dynamo_buffer_clear(&batch->text);
    status = dynamo_write_shape(&batch->text, element, shape_of_elements(batch->kind), &path, batch->series.error);
    if (status == DYNAMO_OK && batch->text.failed)
        status = dynamo_fail_memory(batch->series.error);
    *bytes = batch->text.length + 1; /* and a comma */
    return status;
}

/* The table's next elements that there is room for. One that is alone goes whatever its length: the service decides. */
static dynamo_status take_elements(batch_run *batch, batch_table *table, batch_room *room, json_t *list)
{
    size_t        end    = json_array_size(table->list);
    dynamo_status status = DYNAMO_OK;

    for (size_t at = table->first; status == DYNAMO_OK && at < end && !room->full; at++) {
        json_t *element = json_array_get(table->list, at);
        size_t  bytes;

        status = measure(batch, element, &bytes);
        if (status != DYNAMO_OK)
            break;
        room->full = bytes > room->bytes && room->elements < batch->most;
        if (room->full)
            break;
        if (json_array_append(list, element) != 0)
            return dynamo_fail_memory(batch->series.error);
        table->sent++;
        room->elements--;
        room->bytes = bytes < room->bytes ? room->bytes - bytes : 0;
        room->full  = room->elements == 0;
    }
    return status;
}

/* The table's value in a request: the list itself, or with the table's other members beside it. Steals the list. */
static json_t *table_with(const batch_run *batch, const batch_table *table, json_t *list)
{
    json_t *value;

    if (batch->kind->list == NULL)
        return list;
    value = json_copy(table->value);
    if (json_object_set_new(value, batch->kind->list, list) == 0)
        return value;
    json_decref(value);
    return NULL;
}

static dynamo_status take_table(batch_run *batch, batch_table *table, batch_room *room, json_t *request_items)
{
    json_t       *list = json_array();
    dynamo_status status;

    if (list == NULL)
        return dynamo_fail_memory(batch->series.error);
    status = take_elements(batch, table, room, list);
    if (status != DYNAMO_OK || table->sent == 0) {
        json_decref(list);
        return status;
    }
    if (dynamo_object_set(request_items, table->name, table->length, table_with(batch, table, list)) != 0)
        return dynamo_fail_memory(batch->series.error);
    return DYNAMO_OK;
}

/* The first of what is left. */
static dynamo_status take(batch_run *batch, json_t **request_items)
{
    batch_room    room   = { batch->most, MOST_TEXT, false };
    dynamo_status status = DYNAMO_OK;

    *request_items = json_object();
    if (*request_items == NULL)
        return dynamo_fail_memory(batch->series.error);
    for (size_t i = 0; i < batch->table_count; i++)
        batch->tables[i].sent = 0;
    for (size_t i = 0; status == DYNAMO_OK && i < batch->table_count && !room.full; i++)
        if (batch->tables[i].first < json_array_size(batch->tables[i].list))
            status = take_table(batch, &batch->tables[i], &room, *request_items);
    return status;
}

static size_t count_sent(const batch_run *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->table_count; i++)
        count += batch->tables[i].sent;
    return count;
}

/* ---- Its answer -------------------------------------------------------------------------------------------------- */

/* An answer that leaves over what wasn't sent tells nothing about what was. */
static dynamo_status refuse_left_over(const batch_run *batch)
{
    return dynamo_fail(batch->series.error, DYNAMO_ERR_BAD_RESPONSE, "%s of the answer has what wasn't in the request",
                       batch->kind->left_over);
}

/* Whether what a table leaves over can stand in place of what was sent. */
static dynamo_status check_table(batch_run *batch, const batch_table *table, json_t *left_over)
{
    json_t       *list   = list_of(batch->kind, left_over);
    dynamo_status status = DYNAMO_OK;
    size_t        bytes;

    if (!json_is_array(list) || json_array_size(list) > table->sent)
        return refuse_left_over(batch);
    for (size_t i = 0; status == DYNAMO_OK && i < json_array_size(list); i++)
        status = measure(batch, json_array_get(list, i), &bytes);
    return status == DYNAMO_ERR_INVALID_ARGUMENT ? refuse_left_over(batch) : status;
}

static dynamo_status check_left_over(batch_run *batch, json_t *left_over)
{
    dynamo_status status = DYNAMO_OK;
    size_t        known  = 0;

    if (left_over != NULL && !json_is_object(left_over))
        return refuse_left_over(batch);
    for (size_t i = 0; status == DYNAMO_OK && i < batch->table_count; i++) {
        json_t *table = json_object_get(left_over, batch->tables[i].name);

        if (table != NULL)
            status = check_table(batch, &batch->tables[i], table);
        known += table != NULL;
    }
    return status == DYNAMO_OK && known != json_object_size(left_over) ? refuse_left_over(batch) : status;
}

/* Adds a list of the answer's to the one that is gathered under the same name. */
static bool gather_list(json_t *gathered, const char *name, json_t *list)
{
    json_t *all = json_object_get(gathered, name);

    if (all == NULL && json_object_set_new(gathered, name, all = json_array()) != 0)
        return false;
    return json_array_extend(all, list) == 0;
}

static dynamo_status gather(const batch_run *batch, json_t *answer)
{
    json_t     *found    = json_object_get(answer, "Responses");
    json_t     *capacity = json_object_get(answer, "ConsumedCapacity");
    bool        done     = capacity == NULL || gather_list(batch->response, "ConsumedCapacity", capacity);

    for (void *at = json_object_iter(found); done && at != NULL; at = json_object_iter_next(found, at))
        done = gather_list(json_object_get(batch->response, "Responses"), json_object_iter_key(at),
                           json_object_iter_value(at));
    return done ? DYNAMO_OK : dynamo_fail_memory(batch->series.error);
}

/* What is left over takes the last places of what was sent, so that it is first the next time. Needs no memory. */
static void settle(batch_table *table, json_t *left_over)
{
    size_t count = json_array_size(left_over);
    size_t end   = table->first + table->sent;

    for (; table->first < end - count; table->first++)
        (void)json_array_set_new(table->list, table->first, json_null());
    for (size_t i = 0; i < count; i++)
        (void)json_array_set(table->list, table->first + i, json_array_get(left_over, i));
}

/* How long to wait before the next request, by what this one came to. */
static int64_t pause_after(batch_run *batch, size_t done, size_t over)
{
    double chance = batch->series.client.core->retry.chance();

    if (done == 0)
        return dynamo_retry_delay_us(DYNAMO_RETRY_THROTTLING, ++batch->fruitless, chance, 0);
    batch->fruitless = 0;
    return over == 0 ? 0 : dynamo_retry_delay_us(batch->kind->pause, 1, chance, 0);
}

static dynamo_status keep(batch_run *batch, json_t *answer, int64_t *pause_us)
{
    json_t       *left_over = json_object_get(answer, batch->kind->left_over);
    size_t        before    = count_left(batch);
    size_t        sent      = count_sent(batch);
    size_t        done;
    dynamo_status status = check_left_over(batch, left_over);

    if (status == DYNAMO_OK && batch->response != NULL)
        status = gather(batch, answer);
    if (status != DYNAMO_OK)
        return status;
    for (size_t i = 0; i < batch->table_count; i++)
        settle(&batch->tables[i], list_of(batch->kind, json_object_get(left_over, batch->tables[i].name)));
    done        = before - count_left(batch);
    *pause_us   = pause_after(batch, done, sent - done);
    batch->most = 2 * batch->most < batch->kind->most ? 2 * batch->most : batch->kind->most;
    if (done > 0)
        dynamo_series_allow(&batch->series, batch->series.client.timeout_ms);
    return DYNAMO_OK;
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

static dynamo_status fail_unprocessed(const batch_run *batch)
{
    dynamo_error *error = batch->series.error;
    char          last[sizeof(error->message)] = "the service left them over";

    if (error->status != DYNAMO_OK)
        memcpy(last, error->message, sizeof(last));
    return dynamo_fail(error, DYNAMO_ERR_UNPROCESSED, "the time limit ran out with %zu %s left: %s", count_left(batch),
                       batch->kind->elements, last);
}

/* A request failed as a whole. What can still become of it: nothing was lost yet, and that is no end in itself. */
static dynamo_status go_on_after(batch_run *batch, dynamo_status status, int64_t *pause_us)
{
    const dynamo_error *error = batch->series.error;
    size_t              sent  = count_sent(batch);

    if (status == DYNAMO_ERR_VALIDATION && sent > 1) {
        batch->most = sent / 2;
        return DYNAMO_OK;
    }
    if (dynamo_retry_class_of(status, error->http_status) == DYNAMO_RETRY_THROTTLING) {
        *pause_us = pause_after(batch, 0, sent);
        return DYNAMO_OK;
    }
    if (status == DYNAMO_ERR_TIMEOUT && dynamo_series_check(&batch->series) == DYNAMO_ERR_TIMEOUT)
        return fail_unprocessed(batch);
    return status;
}

static dynamo_status wait_for_next(const batch_run *batch, int64_t pause_us)
{
    dynamo_status status = count_left(batch) > 0 ? dynamo_series_pause(&batch->series, pause_us) : DYNAMO_OK;

    if (status == DYNAMO_ERR_TIMEOUT)
        return fail_unprocessed(batch);
    if (status != DYNAMO_OK)
        return dynamo_fail(batch->series.error, status, "canceled with %zu %s left", count_left(batch),
                           batch->kind->elements);
    return DYNAMO_OK;
}

static dynamo_status make_request(batch_run *batch)
{
    json_t       *request_items = NULL, *answer = NULL;
    int64_t       pause_us = 0;
    dynamo_status status   = take(batch, &request_items);

    if (status == DYNAMO_OK) {
        const dynamo_argument argument = { .json = request_items };

        status = dynamo_perform(&batch->series.client, batch->kind->operation, &argument, batch->options, &answer,
                                batch->series.error);
        status = status == DYNAMO_OK ? keep(batch, answer, &pause_us) : go_on_after(batch, status, &pause_us);
    }
    json_decref(answer);
    json_decref(request_items);
    return status == DYNAMO_OK ? wait_for_next(batch, pause_us) : status;
}

static dynamo_status run(batch_run *batch)
{
    dynamo_status status = DYNAMO_OK;

    dynamo_series_allow(&batch->series, batch->series.client.timeout_ms);
    while (status == DYNAMO_OK && count_left(batch) > 0)
        status = make_request(batch);
    tidy(batch);
    return status;
}

static dynamo_status copy_request(batch_run *batch, json_t *request_items, dynamo_error *error)
{
    if (request_items == NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "request_items is NULL: did json_pack fail (format, UTF-8, memory)?");
    if (!json_is_object(request_items))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "request_items must be an object");
    batch->left = json_deep_copy(request_items);
    return batch->left != NULL ? DYNAMO_OK : dynamo_fail_memory(error);
}

/* Up to where the first request can be sent. */
static dynamo_status prepare(batch_run *batch, json_t *request_items)
{
    dynamo_status status = copy_request(batch, request_items, batch->series.error);

    if (status == DYNAMO_OK)
        status = list_tables(batch);
    if (status == DYNAMO_OK)
        status = check_tables(batch);
    return status;
}

static void batch_free(batch_run *batch)
{
    dynamo_buffer_free(&batch->text);
    free(batch->tables);
    json_decref(batch->response);
    json_decref(batch->left);
}

dynamo_status dynamo_batch_write_all(dynamo_client *client, json_t *request_items,
                                     const dynamo_batch_write_all_options *options, json_t **unprocessed,
                                     dynamo_error *error)
{
    batch_run     batch = { .kind = &writes, .most = writes.most };
    dynamo_status status;

    (void)options;
    if (unprocessed != NULL)
        *unprocessed = NULL;
    status = dynamo_series_begin(&batch.series, client, error);
    if (status != DYNAMO_OK)
        return status;
    status = prepare(&batch, request_items);
    if (status == DYNAMO_OK)
        status = run(&batch);
    if (unprocessed != NULL)
        *unprocessed = json_incref(batch.left);
    batch_free(&batch);
    return dynamo_series_end(&batch.series, status);
}

/* Where the items go, and what isn't read beside them from the start: at the end there may be no memory for it. */
static dynamo_status make_response(batch_run *batch)
{
    batch->response = json_object();
    if (json_object_set_new(batch->response, "Responses", json_object()) != 0 ||
        json_object_set(batch->response, "UnprocessedKeys", batch->left) != 0)
        return dynamo_fail_memory(batch->series.error);
    return DYNAMO_OK;
}

dynamo_status dynamo_batch_get_all(dynamo_client *client, json_t *request_items,
                                   const dynamo_batch_get_all_options *options, json_t **response, dynamo_error *error)
{
    const dynamo_batch_get_item_options each = {
        .return_consumed_capacity = options != NULL ? options->return_consumed_capacity : NULL,
    };
    batch_run     batch = { .kind = &reads, .options = &each, .most = reads.most };
    dynamo_status status;

    if (response != NULL)
        *response = NULL;
    status = dynamo_series_begin(&batch.series, client, error);
    if (status != DYNAMO_OK)
        return status;
    status = prepare(&batch, request_items);
    if (status == DYNAMO_OK)
        status = make_response(&batch);
    if (status == DYNAMO_OK) {
        status = run(&batch);
        if (response != NULL)
            *response = json_incref(batch.response);
    }
    batch_free(&batch);
    return dynamo_series_end(&batch.series, status);
}
