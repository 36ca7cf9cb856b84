/*
 * Calls for as long as one likes: threads on eight handles put, get, add, delete, query, write batches and
 * transactions, at a DynamoDB of this program's own that does what it is asked and fails one request in a hundred.
 * Everything that was said to be written has to be there, everything that was said to have failed must not, and what
 * was ambiguous has to be one or the other. Memory and descriptors have to stay as they are.
 *
 *     SOAK_CALLS        how many; 1,000,000 unless set
 *     SOAK_THREADS      16 unless set
 *     SOAK_FAULTS       of 10,000 requests; 100 unless set
 *     SOAK_LIVE         set: at $DYNAMO_TEST_ENDPOINT, where nothing fails, in place of a server of its own
 *     DYNAMO_TEST_SEED  of what is called and what fails
 *
 * The server is a process of its own, so that what is measured is the library's. A thread writes to rows of its own, so
 * that it knows what each has to be. After an ambiguous call it goes on with new ones: what the old ones are is looked
 * at when all is over, because a request whose answer isn't waited for any more may still be carried out.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <dirent.h>
#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../dynamo.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MOST_THREADS 256
#define HANDLES 8
#define ATTEMPT_TIMEOUT_MS 1000
#define TABLE "Soak"

/* Under a sanitizer memory is its own affair. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || __has_feature(thread_sanitizer) || \
    __has_feature(address_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* ---- Chance ------------------------------------------------------------------------------------------------------ */

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15U);

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

static unsigned below(uint64_t *state, unsigned end)
{
    return (unsigned)(next_random(state) % end);
}

static unsigned long long setting(const char *name, unsigned long long otherwise)
{
    const char *text = getenv(name);

    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

/* ---- The server -------------------------------------------------------------------------------------------------- */

typedef struct fault {
    const char *name;
    bool        done; /* what the request asks for */
    fault_step  step;
} fault;

#define FAILURE(code) "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" code "\",\"message\":\"as if\"}"
#define STALL .action = FAULT_STALL, .pause_ms = 2 * ATTEMPT_TIMEOUT_MS

static const fault faults[] = {
    {"closed before the request is read", false, {.action = FAULT_CLOSE_BEFORE_READING}},
    {"reset after the request, not done", false, {.action = FAULT_RESET}},
    {"reset after the request, done", true, {.action = FAULT_RESET}},
    {"closed in the headers, done", true, {.action = FAULT_CLOSE_IN_HEADERS}},
    {"closed in the body, done", true, {.action = FAULT_CLOSE_IN_BODY}},
    {"a body that doesn't end, done", true, {.length = FAULT_LENGTH_LONG}},
    {"closed after the answer, done", true, {.action = FAULT_ANSWER_AND_CLOSE}},
    {"stalled, not done", false, {STALL}},
    {"stalled, done", true, {STALL}},
    {"a wrong CRC, done", true, {.crc = FAULT_CRC_WRONG}},
    {"throttled", false, {.status = 400, .body = FAILURE("ThrottlingException")}},
    {"throughput exceeded", false, {.status = 400, .body = FAILURE("ProvisionedThroughputExceededException")}},
    {"500, not done", false, {.status = 500, .body = FAILURE("InternalServerError")}},
    {"500, done", true, {.status = 500, .body = FAILURE("InternalServerError")}},
    {"503", false, {.status = 503, .body = FAILURE("ServiceUnavailable")}},
};

typedef struct shop {
    pthread_mutex_t lock; /* guards all below */
    uint64_t        random;
    unsigned        faults_of_10000;
    unsigned        seen[COUNT(faults)];
    json_t         *owners; /* {group_id: {row_id: item}} */
    json_t         *tokens; /* of transactions, for ever */
} shop;

static const char *text_of(json_t *item, const char *name)
{
    return json_string_value(json_object_get(json_object_get(item, name), "S"));
}

static json_t *rows_of(shop *all, json_t *item)
{
    const char *owner = text_of(item, "group_id");
    json_t     *rows  = json_object_get(all->owners, owner);

    if (rows == NULL && json_object_set_new(all->owners, owner, rows = json_object()) != 0)
        abort();
    return rows;
}

static void put(shop *all, json_t *put)
{
    json_t *item = json_object_get(put, "Item");

    json_object_set(rows_of(all, item), text_of(item, "row_id"), item);
}

static void drop(shop *all, json_t *drop)
{
    json_t *key = json_object_get(drop, "Key");

    json_object_del(rows_of(all, key), text_of(key, "row_id"));
}

/* The only update there is: ADD n :one. */
static void add(shop *all, json_t *update)
{
    json_t *key    = json_object_get(update, "Key");
    json_t *rows   = rows_of(all, key);
    json_t *before = json_object_get(rows, text_of(key, "row_id"));
    json_t *after  = json_deep_copy(key);
    char    digits[32];
    int64_t number = 0;

    if (before != NULL)
        number = strtoll(json_string_value(json_object_get(json_object_get(before, "n"), "N")), NULL, 10);
    snprintf(digits, sizeof(digits), "%" PRId64, number + 1);
    json_object_set_new(after, "n", json_pack("{s:s}", "N", digits));
    json_object_set_new(rows, text_of(key, "row_id"), after);
}

static void do_any(shop *all, json_t *write)
{
    json_t *part;

    if ((part = json_object_get(write, "Put")) != NULL || (part = json_object_get(write, "PutRequest")) != NULL)
        put(all, part);
    else if ((part = json_object_get(write, "DeleteRequest")) != NULL)
        drop(all, part);
    else if ((part = json_object_get(write, "Update")) != NULL)
        add(all, part);
}

static json_t *put_item(shop *all, json_t *request)
{
    put(all, request);
    return json_object();
}

static json_t *delete_item(shop *all, json_t *request)
{
    drop(all, request);
    return json_object();
}

static json_t *update_item(shop *all, json_t *request)
{
    add(all, request);
    return json_object();
}

static json_t *get_item(shop *all, json_t *request)
{
    json_t *key  = json_object_get(request, "Key");
    json_t *item = json_object_get(rows_of(all, key), text_of(key, "row_id"));

    return item != NULL ? json_pack("{s:O}", "Item", item) : json_object();
}

static json_t *query(shop *all, json_t *request)
{
    json_t     *key   = json_pack("{s:O}", "group_id",
                                  json_object_get(json_object_get(request, "ExpressionAttributeValues"), ":group"));
    json_t     *items = json_array();
    json_t     *item;
    const char *row;

    json_object_foreach(rows_of(all, key), row, item)
        json_array_append(items, item);
    json_decref(key);
    return json_pack("{s:i, s:o}", "Count", (int)json_array_size(items), "Items", items);
}

/* Now and then the last of a batch is left over. */
static json_t *batch_write_item(shop *all, json_t *request)
{
    json_t *writes = json_object_get(json_object_get(request, "RequestItems"), TABLE);
    size_t  end    = json_array_size(writes) - (below(&all->random, 50) == 0 ? 1 : 0);

    for (size_t i = 0; i < end; i++)
        do_any(all, json_array_get(writes, i));
    if (end == json_array_size(writes))
        return json_pack("{s:{}}", "UnprocessedItems");
    return json_pack("{s:{s:[O]}}", "UnprocessedItems", TABLE, json_array_get(writes, end));
}

static json_t *transact_write_items(shop *all, json_t *request)
{
    const char *token = json_string_value(json_object_get(request, "ClientRequestToken"));
    json_t     *write;
    size_t      i;

    if (json_object_get(all->tokens, token) != NULL)
        return json_object();
    json_object_set_new(all->tokens, token, json_true());
    json_array_foreach(json_object_get(request, "TransactItems"), i, write)
        do_any(all, write);
    return json_object();
}

/* Not DynamoDB's: from now on nothing fails. Tells what did. */
static json_t *end_faults(shop *all, json_t *request)
{
    json_t *seen = json_object();

    (void)request;
    all->faults_of_10000 = 0;
    for (size_t i = 0; i < COUNT(faults); i++)
        json_object_set_new(seen, faults[i].name, json_integer(all->seen[i]));
    return seen;
}

static json_t *perform(shop *all, const fault_request *request)
{
    static const struct {
        const char *name;
        json_t *(*function)(shop *all, json_t *request);
    } operations[] = {
        {"PutItem", put_item},
        {"DeleteItem", delete_item},
        {"UpdateItem", update_item},
        {"GetItem", get_item},
        {"Query", query},
        {"BatchWriteItem", batch_write_item},
        {"TransactWriteItems", transact_write_items},
        {"EndFaults", end_faults},
    };
    json_t *body   = json_loadb(request->body, request->body_length, 0, NULL);
    json_t *answer = NULL;
    char    target[64] = ""; /* DynamoDB_20120810.PutItem */
    size_t  prefix;

    (void)fault_request_header(request, "X-Amz-Target", target, sizeof(target));
    prefix = strcspn(target, ".");
    for (size_t i = 0; i < COUNT(operations); i++)
        if (target[prefix] == '.' && strcmp(target + prefix + 1, operations[i].name) == 0)
            answer = operations[i].function(all, body);
    json_decref(body);
    return answer;
}

static fault_step serve(void *context, const fault_request *request)
{
    static _Thread_local const fault *chosen; /* for the request that is to be read */
    shop                             *all    = context;
    fault_step                        step   = {0};
    json_t                           *answer = NULL;

    pthread_mutex_lock(&all->lock);
    if (request == NULL) {
        chosen = below(&all->random, 10000) < all->faults_of_10000 ? &faults[below(&all->random, COUNT(faults))] : NULL;
        if (chosen != NULL)
            all->seen[chosen - faults]++;
    } else if (chosen == NULL || chosen->done) {
        answer = perform(all, request);
    }
    pthread_mutex_unlock(&all->lock);
    if (chosen != NULL)
        step = chosen->step;
    if (request == NULL)
        return step;
    if (answer == NULL && step.body == NULL)
        step.body = "{}"; /* nobody sees it */
    step.body = step.body != NULL ? strdup(step.body) : json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    return step;
}

/* The child process: tells its endpoint, and serves until the parent has gone. */
static int run_server(int to_parent, int from_parent, uint64_t seed)
{
    shop          all    = {.random          = seed,
                            .faults_of_10000 = (unsigned)setting("SOAK_FAULTS", 100),
                            .owners          = json_object(),
                            .tokens          = json_object()};
    fault_server *server = fault_server_start();
    char          last;

    if (server == NULL || pthread_mutex_init(&all.lock, NULL) != 0)
        return 1;
    fault_server_handle(server, serve, &all);
    if (write(to_parent, fault_server_endpoint(server), 64) != 64)
        return 1;
    while (read(from_parent, &last, 1) > 0)
        continue;
    fault_server_stop(server);
    json_decref(all.owners);
    json_decref(all.tokens);
    return 0;
}

static pid_t start_server(char endpoint[64], int *leash, uint64_t seed)
{
    int   there[2], back[2];
    pid_t child;

    if (pipe(there) != 0 || pipe(back) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        _exit(run_server(back[1], there[0], seed));
    }
    close(there[0]);
    close(back[1]);
    if (child < 0 || read(back[0], endpoint, 64) != 64)
        return -1;
    close(back[0]);
    *leash = there[1];
    return child;
}

/* ---- What has to be there ---------------------------------------------------------------------------------------- */

#define ITEMS 8 /* rows that are put and deleted; their number is a version, 0: not there */
#define ADDED ITEMS
#define TRANSACTED (ITEMS + 1)
#define ROWS (ITEMS + 2)

/* What a row may be: of an item the one or the other, of a counter all between too. */
typedef struct span {
    int64_t low, high;
} span;

typedef struct group {
    unsigned thread, number;
    span     rows[ROWS];
} group;

typedef struct sample {
    unsigned long calls;
    long          resident, allocated, descriptors; /* the first two in KB; -1: can't be measured here */
} sample;

#define SAMPLES 20

typedef struct soak {
    dynamo_client *patient; /* four attempts */
    dynamo_client *single;  /* one */
    uint64_t       seed;
    unsigned long  end; /* calls */
    unsigned       threads;
    atomic_ulong   calls, attempts, failed, ambiguous, repeated, mistakes;
    atomic_ulong   undone, done; /* rows of ambiguous calls, looked at afterwards */

    pthread_mutex_t lock; /* guards all below */
    group          *retired;
    size_t          retired_count, retired_room;
    sample          samples[SAMPLES];
    size_t          sample_count;
} soak;

typedef struct worker {
    soak         *all;
    pthread_t     thread;
    uint64_t      random;
    int64_t       version; /* the last that was put */
    group         group;
    bool          retire; /* the group: a call was ambiguous */
    dynamo_error  error;
    dynamo_status status;
} worker;

__attribute__((format(printf, 2, 3))) static void mistake(soak *all, const char *format, ...)
{
    va_list arguments;

    if (atomic_fetch_add(&all->mistakes, 1) >= 20)
        return;
    va_start(arguments, format);
    printf("WRONG: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

static json_t *owner_of(const group *owned)
{
    return json_sprintf("thread %u, group %u", owned->thread, owned->number);
}

static json_t *key_of(const group *owned, unsigned row)
{
    return json_pack("{s:o, s:o}", "group_id", owner_of(owned), "row_id", json_sprintf("%u", row));
}

static json_t *item_of(const group *owned, unsigned row, int64_t version)
{
    json_t *item = key_of(owned, row);

    json_object_set_new(item, "n", json_integer(version));
    json_object_set_new(item, "text", json_string("some text, \xC3\xBC, that makes the item a bit longer"));
    return item;
}

static void check_row(soak *all, const group *owned, unsigned row, int64_t found, const char *by)
{
    const span *expected = &owned->rows[row];
    bool        right    = found == expected->low || found == expected->high ||
                 (row >= ITEMS && found > expected->low && found < expected->high);

    if (!right)
        mistake(all, "%s finds %" PRId64 " in row %u of thread %u, group %u, in place of %" PRId64 " or %" PRId64, by,
                found, row, owned->thread, owned->number, expected->low, expected->high);
    if (expected->low != expected->high)
        atomic_fetch_add(found == expected->low ? &all->undone : &all->done, 1);
}

/* Checks the answer of a Query of all rows; they may come in any order. */
static void check_rows(soak *all, const group *owned, json_t *response, const char *by)
{
    int64_t found[ROWS] = {0};
    json_t *item;
    size_t  i;

    json_array_foreach(json_object_get(response, "Items"), i, item) {
        unsigned long row = strtoul(json_string_value(json_object_get(item, "row_id")), NULL, 10);

        if (row < ROWS)
            found[row] = json_integer_value(json_object_get(item, "n"));
    }
    for (unsigned row = 0; row < ROWS; row++)
        check_row(all, owned, row, found[row], by);
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

static long read_resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long  size, resident = -1;

    if (file == NULL)
        return -1;
    if (fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = -1;
    fclose(file);
    return resident < 0 ? -1 : resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* What malloc() gave and hasn't got back: more exact than what is resident, where freed pieces stay. */
static long read_allocated(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    return (long)(mallinfo2().uordblks / 1024);
#else
    return -1;
#endif
}

/* Those of the look itself not counted. */
static long count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    long found  = -3; /* ".", ".." and the folder */

    if (folder == NULL)
        return -1;
    while (readdir(folder) != NULL)
        found++;
    closedir(folder);
    return found;
}

static void take_sample(soak *all, unsigned long calls)
{
    sample now = {calls, read_resident(), read_allocated(), count_descriptors()};

    pthread_mutex_lock(&all->lock);
    if (all->sample_count < SAMPLES)
        all->samples[all->sample_count++] = now;
    pthread_mutex_unlock(&all->lock);
    printf("%9lu calls, resident %6ld KB, allocated %6ld KB, %3ld descriptors\n", now.calls, now.resident,
           now.allocated, now.descriptors);
    fflush(stdout);
}

static bool may_fail_so(dynamo_status status)
{
    static const dynamo_status expected[] = {
        DYNAMO_OK,         DYNAMO_ERR_REQUEST_FAILED,         DYNAMO_ERR_TIMEOUT,
        DYNAMO_ERR_CHECKSUM_MISMATCH, DYNAMO_ERR_THROTTLING, DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED,
        DYNAMO_ERR_INTERNAL_SERVER_ERROR, DYNAMO_ERR_SERVICE_UNAVAILABLE,
    };

    for (size_t i = 0; i < COUNT(expected); i++)
        if (expected[i] == status)
            return true;
    return false;
}

/* Every call goes through here: how it ended. Whether it was successful. */
static bool ended(worker *one, dynamo_status status, bool write)
{
    soak               *all   = one->all;
    const dynamo_error *error = &one->error;
    unsigned long       calls = atomic_fetch_add(&all->calls, 1) + 1;

    if (!may_fail_so(status) || error->status != status)
        mistake(all, "%s: %s", dynamo_status_name(status), error->message);
    if (error->ambiguous && !write)
        mistake(all, "a read is ambiguous: %s", error->message);
    if (status != DYNAMO_OK)
        atomic_fetch_add(&all->failed, 1);
    if (error->ambiguous) {
        atomic_fetch_add(&all->ambiguous, 1);
        one->retire = true;
    }
    if (calls % (all->end / SAMPLES) == 0)
        take_sample(all, calls);
    one->status = status;
    return status == DYNAMO_OK;
}

static dynamo_client *client_of(worker *one)
{
    return below(&one->random, 2) == 0 ? one->all->patient : one->all->single;
}

/* What a row is once a call has been made that sets it. */
static void set_row(worker *one, unsigned row, int64_t after)
{
    span *expected = &one->group.rows[row];

    if (one->status == DYNAMO_OK)
        expected->low = after;
    if (one->status == DYNAMO_OK || one->error.ambiguous)
        expected->high = after;
}

static void call_put(worker *one)
{
    unsigned row  = below(&one->random, ITEMS);
    json_t  *item = item_of(&one->group, row, ++one->version);

    ended(one, dynamo_put_item(client_of(one), TABLE, item, NULL, NULL, &one->error), true);
    set_row(one, row, one->version);
    json_decref(item);
}

static void call_delete(worker *one)
{
    unsigned row = below(&one->random, ITEMS);
    json_t  *key = key_of(&one->group, row);

    ended(one, dynamo_delete_item(client_of(one), TABLE, key, NULL, NULL, &one->error), true);
    set_row(one, row, 0);
    json_decref(key);
}

static void call_get(worker *one)
{
    const dynamo_get_item_options options  = {.consistent_read = DYNAMO_TRUE};
    unsigned                      row      = below(&one->random, ROWS);
    json_t                       *key      = key_of(&one->group, row);
    json_t                       *response = NULL;

    if (ended(one, dynamo_get_item(client_of(one), TABLE, key, &options, &response, &one->error), false))
        check_row(one->all, &one->group, row,
                  json_integer_value(json_object_get(json_object_get(response, "Item"), "n")), "GetItem");
    json_decref(response);
    json_decref(key);
}

static void call_query(worker *one)
{
    json_t                    *values   = json_pack("{s:o}", ":group", owner_of(&one->group));
    const dynamo_query_options options  = {.key_condition_expression    = "group_id = :group",
                                           .expression_attribute_values = values,
                                           .consistent_read             = DYNAMO_TRUE};
    json_t                    *response = NULL;

    if (ended(one, dynamo_query(client_of(one), TABLE, &options, &response, &one->error), false))
        check_rows(one->all, &one->group, response, "Query");
    json_decref(response);
    json_decref(values);
}

/* Once for each success; where it is ambiguous at most once for each attempt; else never. */
static void call_add(worker *one)
{
    json_t                          *key     = key_of(&one->group, ADDED);
    json_t                          *values  = json_pack("{s:i}", ":one", 1);
    const dynamo_update_item_options options = {.update_expression           = "ADD n :one",
                                                .expression_attribute_values = values};
    span                            *row     = &one->group.rows[ADDED];
    int                              done;

    done = ended(one, dynamo_update_item(client_of(one), TABLE, key, &options, NULL, &one->error), true) ? 1 : 0;
    row->low += done;
    row->high += one->error.ambiguous ? (int64_t)one->error.attempts : done;
    json_decref(values);
    json_decref(key);
}

/* Four neighbours are put, or deleted; what is left over is given again, until nothing is. */
static void call_batch(worker *one)
{
    unsigned first     = below(&one->random, ITEMS - 3);
    int64_t  after     = below(&one->random, 3) == 0 ? 0 : ++one->version;
    json_t  *writes    = json_array();
    json_t  *remaining = json_pack("{s:o}", TABLE, writes);
    json_t  *response  = NULL;

    for (unsigned row = first; row < first + 4; row++)
        json_array_append_new(writes,
                              after == 0 ? json_pack("{s:{s:o}}", "DeleteRequest", "Key", key_of(&one->group, row))
                                         : json_pack("{s:{s:o}}", "PutRequest", "Item",
                                                     item_of(&one->group, row, after)));
    while (json_object_size(remaining) > 0) {
        /* What is given again is the last row; where that fails, the others are done. */
        unsigned begin = json_array_size(json_object_get(remaining, TABLE)) == 1 ? first + 3 : first;

        ended(one, dynamo_batch_write_item(client_of(one), remaining, NULL, &response, &one->error), true);
        json_decref(remaining);
        remaining = json_incref(json_object_get(response, "UnprocessedItems"));
        for (unsigned row = begin; row < first + 4 - json_object_size(remaining); row++)
            set_row(one, row, after);
        json_decref(response);
        response = NULL;
    }
    json_decref(remaining);
}

/* With the same token until it is known whether it is done: then it is done once. */
static void call_transaction(worker *one)
{
    unsigned row   = below(&one->random, ITEMS);
    json_t  *items = json_pack("[{s:{s:s, s:o}}, {s:{s:s, s:o, s:s, s:{s:i}}}]", "Put", "TableName", TABLE, "Item",
                               item_of(&one->group, row, ++one->version), "Update", "TableName", TABLE, "Key",
                               key_of(&one->group, TRANSACTED), "UpdateExpression", "ADD n :one",
                               "ExpressionAttributeValues", ":one", 1);
    char     token[37];
    const dynamo_transact_write_items_options options = {.client_request_token = token};
    bool                                      unknown = false;
    bool                                      done;

    if (!dynamo_uuid(token))
        mistake(one->all, "no random bytes");
    do {
        if (unknown)
            atomic_fetch_add(&one->all->repeated, 1);
        done = ended(one, dynamo_transact_write_items(client_of(one), items, &options, NULL, &one->error), true);
        if (done && one->error.ambiguous)
            mistake(one->all, "a transaction with a token that succeeded is ambiguous");
        unknown = unknown || one->error.ambiguous;
    } while (unknown && !done);
    if (done) {
        one->group.rows[row] = (span){one->version, one->version};
        one->group.rows[TRANSACTED].low++;
        one->group.rows[TRANSACTED].high++;
    }
    json_decref(items);
}

/* The group's rows are looked at when all is over; the thread goes on with new ones. */
static void retire(worker *one)
{
    soak *all = one->all;

    pthread_mutex_lock(&all->lock);
    if (all->retired_count < all->retired_room)
        all->retired[all->retired_count++] = one->group;
    else
        mistake(all, "more than %zu groups", all->retired_room);
    pthread_mutex_unlock(&all->lock);
    one->group  = (group){.thread = one->group.thread, .number = one->group.number + 1};
    one->retire = false;
}

static void *work(void *argument)
{
    static void (*const calls[])(worker *) = {call_put, call_put,   call_get,   call_get,   call_add,
                                              call_add, call_batch, call_query, call_delete, call_transaction};
    worker *one = argument;

    while (atomic_load(&one->all->calls) < one->all->end) {
        calls[below(&one->random, COUNT(calls))](one);
        if (one->retire)
            retire(one);
    }
    retire(one);
    dynamo_error_clear(&one->error);
    return NULL;
}

static void count_attempt(void *context, const dynamo_attempt *attempt)
{
    soak *all = context;

    atomic_fetch_add(&all->attempts, attempt->operation != NULL ? 1 : 0);
}

/* ---- Afterwards -------------------------------------------------------------------------------------------------- */

/* Nothing fails any more from here on. */
static void end_the_faults(soak *all)
{
    json_t      *request  = json_object();
    json_t      *response = NULL;
    json_t      *times;
    const char  *name;
    dynamo_error error = {0};

    while (dynamo_call(all->patient, "EndFaults", request, &response, &error) != DYNAMO_OK)
        if (!may_fail_so(error.status)) {
            mistake(all, "%s", error.message);
            break;
        }
    json_object_foreach(response, name, times)
        printf("%9d requests %s\n", (int)json_integer_value(times), name);
    json_decref(response);
    json_decref(request);
    dynamo_error_clear(&error);
}

static void check_group(soak *all, const group *owned)
{
    json_t                    *values   = json_pack("{s:o}", ":group", owner_of(owned));
    const dynamo_query_options options  = {.key_condition_expression    = "group_id = :group",
                                           .expression_attribute_values = values,
                                           .consistent_read             = DYNAMO_TRUE};
    json_t                    *response = NULL;
    dynamo_error               error    = {0};

    if (dynamo_query(all->patient, TABLE, &options, &response, &error) != DYNAMO_OK)
        mistake(all, "%s", error.message);
    else
        check_rows(all, owned, response, "afterwards Query");
    json_decref(response);
    json_decref(values);
    dynamo_error_clear(&error);
}

/* The most of each third of the samples: the last may not be above the one before it by more than the margin. */
static void check_growth(soak *all, const char *what, size_t offset, long margin)
{
    const size_t third   = all->sample_count / 3;
    const size_t begin   = all->sample_count - 3 * third;
    long         most[3] = {-1, -1, -1};

    for (size_t i = 0; i < 3 * third; i++) {
        long value;

        memcpy(&value, (const char *)&all->samples[begin + i] + offset, sizeof(value));
        if (value > most[i / third])
            most[i / third] = value;
    }
    if (most[2] < 0) {
        printf("%s: can't be measured here\n", what);
        return;
    }
    printf("%s by thirds: at most %ld, %ld, %ld\n", what, most[0], most[1], most[2]);
    if (most[2] > most[1] + margin && !SANITIZED)
        mistake(all, "%s: more by %ld in the last third", what, most[2] - most[1]);
}

static void run(soak *all, bool live)
{
    static worker workers[MOST_THREADS];
    double        begin_ms = fault_clock_ms();

    for (unsigned i = 0; i < all->threads; i++) {
        workers[i] = (worker){.all = all, .random = all->seed * MOST_THREADS + i, .group = {.thread = i}};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            abort();
    }
    for (size_t i = 0; i < all->threads; i++)
        pthread_join(workers[i].thread, NULL);
    printf("%lu calls in %.0f s, %lu attempts; %lu calls failed, %lu were ambiguous, %lu transactions were repeated\n",
           atomic_load(&all->calls), (fault_clock_ms() - begin_ms) / 1000, atomic_load(&all->attempts),
           atomic_load(&all->failed), atomic_load(&all->ambiguous), atomic_load(&all->repeated));
    if (!live)
        end_the_faults(all);
    for (size_t i = 0; i < all->retired_count; i++)
        check_group(all, &all->retired[i]);
    printf("%zu groups of %d rows looked at afterwards; of the ambiguous ones %lu were done, %lu not\n",
           all->retired_count, ROWS, atomic_load(&all->done), atomic_load(&all->undone));
    check_growth(all, "resident KB", offsetof(sample, resident), 512);
    check_growth(all, "allocated KB", offsetof(sample, allocated), 64);
    check_growth(all, "descriptors", offsetof(sample, descriptors), HANDLES);
}

/* A real server wants a table. */
static bool make_table(dynamo_client *client)
{
    json_t       *definitions = json_pack("{s:s, s:s}", "group_id", "S", "row_id", "S");
    json_t       *schema      = json_pack("{s:s, s:s}", "group_id", "HASH", "row_id", "RANGE");
    dynamo_error  error       = {0};
    dynamo_status status = dynamo_create_table(client, TABLE, definitions, schema, NULL, NULL, &error);

    if (status != DYNAMO_OK)
        printf("CreateTable: %s\n", error.message);
    json_decref(schema);
    json_decref(definitions);
    dynamo_error_clear(&error);
    return status == DYNAMO_OK;
}

/* The clients, and room for what is to be looked at, in memory before that is measured. */
static bool prepare(soak *all, const char *endpoint, int64_t attempt_timeout_ms)
{
    const dynamo_limits once   = {.max_attempts = 1};
    const dynamo_config config = {.endpoint           = endpoint,
                                  .max_clients        = HANDLES,
                                  .attempt_timeout_ms = attempt_timeout_ms,
                                  .context            = all,
                                  .on_attempt         = count_attempt};

    all->patient      = dynamo_client_new(&config, NULL);
    all->single       = dynamo_client_with(all->patient, &once, NULL);
    all->retired_room = all->end / 20 + (size_t)4 * all->threads;
    all->retired      = malloc(all->retired_room * sizeof(group));
    if (all->patient == NULL || all->single == NULL || all->retired == NULL)
        return false;
    memset(all->retired, 1, all->retired_room * sizeof(group));
    return true;
}

/* dynalite, which stands in for DynamoDB Local where there is no Java, has no transactions. */
static bool has_all_operations(void)
{
    const char *server = getenv("DYNAMO_TEST_SERVER");

    return server == NULL || strcmp(server, "dynalite") != 0;
}

int main(void)
{
    static soak all    = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const char *live   = getenv("SOAK_LIVE") != NULL ? getenv("DYNAMO_TEST_ENDPOINT") : NULL;
    pid_t       server = 0;
    int         leash  = -1, status;
    char        endpoint[64];

    all.seed    = setting("DYNAMO_TEST_SEED", (unsigned long long)time(NULL));
    all.threads = (unsigned)setting("SOAK_THREADS", 16);
    all.end     = (unsigned long)setting("SOAK_CALLS", 1000000);
    if (all.end < SAMPLES)
        all.end = SAMPLES;
    if (all.threads > MOST_THREADS)
        all.threads = MOST_THREADS;
    if (live != NULL && !has_all_operations()) {
        printf("skipped: the server has no transactions\n");
        return 0;
    }
    printf("DYNAMO_TEST_SEED=%" PRIu64 " SOAK_CALLS=%lu SOAK_THREADS=%u\n", all.seed, all.end, all.threads);
    fflush(stdout);
    if (!fault_plain_environment() || (live == NULL && (server = start_server(endpoint, &leash, all.seed)) < 0)) {
        printf("The server can't be started.\n");
        return 1;
    }
    if (live != NULL ? !prepare(&all, live, 0) || !make_table(all.patient)
                     : !prepare(&all, endpoint, ATTEMPT_TIMEOUT_MS))
        return 1;
    run(&all, live != NULL);
    if (live != NULL)
        (void)dynamo_delete_table(all.patient, TABLE, NULL, NULL, NULL);
    dynamo_client_free(all.single);
    dynamo_client_free(all.patient);
    free(all.retired);
    if (server > 0) {
        close(leash);
        if (waitpid(server, &status, 0) != server || status != 0) /* a sanitizer's complaint */
            mistake(&all, "the server ended with the status %d", status);
    }
    printf("%lu mistakes\n", atomic_load(&all.mistakes));
    return atomic_load(&all.mistakes) == 0 ? 0 : 1;
}
