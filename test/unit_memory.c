/*
 * Every allocation fails once: the library's own, Jansson's and libcurl's, and after them the system calls that the
 * library makes. Whatever fails, the result is "out of memory" or the right answer, every block is given back, and the
 * client works on.
 *
 * The linker's --wrap sends what the library's objects call, and only that, to the functions here; Jansson and libcurl
 * have hooks of their own. mbedTLS allocates nothing for SHA-256. Each case runs again and again, with the first
 * allocation failing, then the second, until a run comes to its end without a failure. Failures, and the count of what
 * is held, are those of this thread alone: the server's threads are left in peace.
 *
 * DYNAMO_TEST_MEMORY=full   fails each, of the sources of credentials too, where it is one in three otherwise; and each
 *                           allocation also together with all that follow it
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../dynamo_internal.h"
#include "complaints.h"
#include "fault_server.h"

/* ---- What fails -------------------------------------------------------------------------------------------------- */

typedef enum fault_kind { NOTHING, ALLOCATIONS, SYSTEM_CALLS } fault_kind;

static _Thread_local fault_kind failing;     /* what is counted and fails */
static _Thread_local size_t     countdown;   /* to the one that fails; 0: it has */
static _Thread_local bool       to_the_end;  /* and all that follow it */
static _Thread_local size_t     failures;    /* so far */
static _Thread_local bool       watching;    /* blocks are counted */
static _Thread_local const char *last_failure;

static bool fails(fault_kind kind, const char *name)
{
    if (failing != kind)
        return false;
    if (countdown > 0 && --countdown > 0)
        return false;
    if (failures > 0 && !to_the_end)
        return false;
    failures++;
    last_failure = name;
    return true;
}

/* ---- What is held: a set of addresses ---------------------------------------------------------------------------- */

#define BLOCKS_MAX ((size_t)1 << 16)

/* Each with all bits turned, so that a leak checker doesn't take this for a use of the block. 0: the place is empty. */
static uintptr_t       blocks[BLOCKS_MAX];
static size_t          blocks_held;
/* A thread of libcurl's that looks up a name may free too. */
static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t place_of(uintptr_t block)
{
    return (size_t)((block >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 48) % BLOCKS_MAX;
}

static void enter(uintptr_t block)
{
    size_t place;

    for (place = place_of(block); blocks[place] != 0; place = (place + 1) % BLOCKS_MAX)
        continue;
    blocks[place] = block;
}

static void *hold(void *block)
{
    if (block == NULL || !watching)
        return block;
    (void)pthread_mutex_lock(&blocks_lock);
    if (++blocks_held > BLOCKS_MAX / 2)
        abort();
    enter(~(uintptr_t)block);
    (void)pthread_mutex_unlock(&blocks_lock);
    return block;
}

/* What stands behind one that goes is entered anew: the empty place would hide it. */
static void leave(size_t place)
{
    blocks[place] = 0;
    for (place = (place + 1) % BLOCKS_MAX; blocks[place] != 0; place = (place + 1) % BLOCKS_MAX) {
        uintptr_t moved = blocks[place];

        blocks[place] = 0;
        enter(moved);
    }
}

static void let_go(const void *block)
{
    uintptr_t sought = ~(uintptr_t)block;
    size_t    place  = place_of(sought);

    if (block == NULL)
        return;
    (void)pthread_mutex_lock(&blocks_lock);
    while (blocks[place] != sought && blocks[place] != 0)
        place = (place + 1) % BLOCKS_MAX;
    if (blocks[place] == sought) {
        leave(place);
        blocks_held--;
    }
    (void)pthread_mutex_unlock(&blocks_lock);
}

/* How many are more than that, once a thread of libcurl's has had the time to free its own. */
static size_t held_beyond(size_t former)
{
    const struct timespec moment = {0, 1000000};
    size_t                held   = 0;

    for (int i = 0; i < 2000; i++) {
        (void)pthread_mutex_lock(&blocks_lock);
        held = blocks_held > former ? blocks_held - former : 0;
        (void)pthread_mutex_unlock(&blocks_lock);
        if (held == 0)
            break;
        (void)nanosleep(&moment, NULL);
    }
    return held;
}

/* ---- Allocations ------------------------------------------------------------------------------------------------- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
void  __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);
void  __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    return fails(ALLOCATIONS, "malloc") ? NULL : hold(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails(ALLOCATIONS, "calloc") ? NULL : hold(__real_calloc(count, size));
}

static void *move(void *memory, size_t size)
{
    void *moved = __real_realloc(memory, size);

    if (moved != NULL) {
        let_go(memory);
        (void)hold(moved);
    }
    return moved;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails(ALLOCATIONS, "realloc") ? NULL : move(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return fails(ALLOCATIONS, "strdup") ? NULL : hold(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t length)
{
    return fails(ALLOCATIONS, "strndup") ? NULL : hold(__real_strndup(text, length));
}

void __wrap_free(void *memory)
{
    let_go(memory);
    __real_free(memory);
}

static void *jansson_malloc(size_t size)
{
    return fails(ALLOCATIONS, "Jansson's malloc") ? NULL : hold(__real_malloc(size));
}

static void *curl_malloc(size_t size)
{
    return fails(ALLOCATIONS, "libcurl's malloc") ? NULL : hold(__real_malloc(size));
}

static void *curl_calloc(size_t count, size_t size)
{
    return fails(ALLOCATIONS, "libcurl's calloc") ? NULL : hold(__real_calloc(count, size));
}

static void *curl_realloc(void *memory, size_t size)
{
    return fails(ALLOCATIONS, "libcurl's realloc") ? NULL : move(memory, size);
}

static char *curl_strdup(const char *text)
{
    return fails(ALLOCATIONS, "libcurl's strdup") ? NULL : hold(__real_strdup(text));
}

/* ---- System calls ------------------------------------------------------------------------------------------------ */

/* One that fails with -1 and errno, or with the error's number. */
#define FAILING_CALL(type, name, parameters, arguments, number, result) \
    type __real_##name parameters;                                      \
    type __wrap_##name parameters;                                      \
    type __wrap_##name parameters                                       \
    {                                                                   \
        if (!fails(SYSTEM_CALLS, #name))                                \
            return __real_##name arguments;                             \
        errno = number;                                                 \
        return result;                                                  \
    }

FAILING_CALL(ssize_t, read, (int descriptor, void *bytes, size_t size), (descriptor, bytes, size), EIO, -1)
FAILING_CALL(ssize_t, write, (int descriptor, const void *bytes, size_t size), (descriptor, bytes, size), ENOSPC, -1)
FAILING_CALL(int, fsync, (int descriptor), (descriptor), EIO, -1)
FAILING_CALL(int, mkstemp, (char *path), (path), EMFILE, -1)
FAILING_CALL(int, rename, (const char *former, const char *later), (former, later), EACCES, -1)
FAILING_CALL(int, pipe, (int descriptors[2]), (descriptors), EMFILE, -1)
FAILING_CALL(int, poll, (struct pollfd *waited, nfds_t count, int milliseconds), (waited, count, milliseconds), ENOMEM,
             -1)
FAILING_CALL(int, fstat, (int descriptor, struct stat *told), (descriptor, told), EIO, -1)
FAILING_CALL(int, socket, (int family, int type, int protocol), (family, type, protocol), EMFILE, -1)
FAILING_CALL(int, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now), EINVAL, -1)
FAILING_CALL(int, getentropy, (void *bytes, size_t size), (bytes, size), ENOSYS, -1)
FAILING_CALL(int, pthread_mutex_init, (pthread_mutex_t *lock, const pthread_mutexattr_t *as), (lock, as), ENOMEM,
             ENOMEM)
FAILING_CALL(int, pthread_cond_init, (pthread_cond_t *condition, const pthread_condattr_t *as), (condition, as), ENOMEM,
             ENOMEM)
FAILING_CALL(int, pthread_condattr_init, (pthread_condattr_t *as), (as), ENOMEM, ENOMEM)
FAILING_CALL(int, pthread_condattr_setclock, (pthread_condattr_t *as, clockid_t clock), (as, clock), EINVAL, EINVAL)

FAILING_CALL(int, posix_spawn_file_actions_init, (posix_spawn_file_actions_t *as), (as), ENOMEM, ENOMEM)
FAILING_CALL(int, posix_spawnattr_init, (posix_spawnattr_t *as), (as), ENOMEM, ENOMEM)
FAILING_CALL(int, posix_spawn,
             (pid_t *child, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *as,
              char *const arguments[], char *const variables[]),
             (child, path, actions, as, arguments, variables), EAGAIN, EAGAIN)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
    if (!fails(SYSTEM_CALLS, "open"))
        return __real_open(path, flags, 0600);
    errno = EMFILE;
    return -1;
}

/* ---- A case, with its Nth failing -------------------------------------------------------------------------------- */

typedef struct context {
    fault_server  *server;
    dynamo_client *client; /* of the cases that have one already */
    const void    *row;
    json_t        *document;
    dynamo_status  expected; /* with nothing failing */
    bool           has_pauses;
} context;

/* Does what the case is about, frees what came of it, returns the status. */
typedef dynamo_status work(context *given, dynamo_error *error);

static bool is_thorough(void)
{
    const char *wish = getenv("DYNAMO_TEST_MEMORY");

    return wish != NULL && strcmp(wish, "full") == 0;
}

static dynamo_status run_once(work *doing, context *given, fault_kind kind, size_t nth, bool all, dynamo_error *error)
{
    dynamo_status status;

    failures   = 0;
    countdown  = nth;
    to_the_end = all;
    failing    = kind;
    status     = doing(given, error);
    failing    = NOTHING;
    return status;
}

/* libcurl tells that it has no memory in other words at a few places, "Could not resolve host: 127.0.0.1". Whatever
 * a system call that fails leads to, it is a failure that is told, or none at all. */
static bool is_allowed(fault_kind kind, dynamo_status status, dynamo_status right)
{
    if (status == right || status == DYNAMO_ERR_OUT_OF_MEMORY)
        return true;
    if (kind == ALLOCATIONS)
        return status == DYNAMO_ERR_REQUEST_FAILED && strstr(last_failure, "libcurl's") != NULL;
    return status != DYNAMO_OK;
}

/* The Nth; false: there are fewer. */
static bool fail_one(const char *name, work *doing, context *given, fault_kind kind, size_t nth, bool all)
{
    dynamo_error  error  = {0};
    const size_t  held   = blocks_held;
    dynamo_status status = run_once(doing, given, kind, nth, all, &error);
    const bool    failed = failures > 0;

    if (!is_allowed(kind, status, given->expected))
        complain(name, "failure %zu, of %s: %s: %s", nth, last_failure, dynamo_status_name(status), error.message);
    if (error.status != DYNAMO_OK && error.message[0] == '\0')
        complain(name, "failure %zu, of %s: no message", nth, last_failure);
    dynamo_error_clear(&error);
    if (given->client == NULL && held_beyond(held) != 0)
        complain(name, "failure %zu, of %s: %zu blocks more are held", nth, last_failure, held_beyond(held));
    return failed;
}

static void expect_works(const char *name, work *doing, context *given, size_t nth)
{
    dynamo_error  error  = {0};
    dynamo_status status = run_once(doing, given, NOTHING, 0, false, &error);

    if (status != given->expected)
        complain(name, "after failure %zu: %s: %s", nth, dynamo_status_name(status), error.message);
    dynamo_error_clear(&error);
}

/* One in so many fails, where a memory checker runs the program, and where a failure is tried again after a pause. */
#define SLOW_STEP 7
#define PAUSES_STEP 3

static size_t fail_each(const char *name, work *doing, context *given, fault_kind kind, bool all)
{
    const size_t step = fault_runs_slowly() ? SLOW_STEP : given->has_pauses && !is_thorough() ? PAUSES_STEP : 1;
    size_t       nth  = 1;

    expect_works(name, doing, given, 0);
    for (; fail_one(name, doing, given, kind, nth, all); nth += step)
        expect_works(name, doing, given, nth);
    return nth - 1;
}

/* Each alone; where there is time, also together with what follows. Returns how many there are. */
static size_t fail_all(const char *name, work *doing, context *given, fault_kind kind)
{
    size_t count = fail_each(name, doing, given, kind, false);

    if (is_thorough() && kind == ALLOCATIONS) /* a clock that fails for good ends nothing */
        (void)fail_each(name, doing, given, kind, true);
    return count;
}

/* ---- The operations ---------------------------------------------------------------------------------------------- */

#define ARN "arn:aws:dynamodb:us-east-1:123456789012:table/Music"
#define STREAM "\"" ARN "/stream/2026-01-01T00:00:00.000\""
#define KEY "{\"id\": 1}"
#define ITEM \
    "{\"id\": 1, \"tags\": {\"$SS\": [\"a\", \"b\"]}, \"bytes\": {\"$B\": \"AAEC\"}, \"deep\": [{\"x\": 2.5}, null]}"
#define WIRE_ITEM                                                                                               \
    "{\"id\":{\"N\":\"1\"},\"tags\":{\"SS\":[\"a\",\"b\"]},\"bytes\":{\"B\":\"AAEC\"},\"big\":{\"N\":\"1e30\"},"    \
    "\"deep\":{\"L\":[{\"M\":{\"x\":{\"N\":\"2.5\"},\"y\":{\"NS\":[\"1\",\"2\"]},\"e\\u00e9\":{\"NULL\":true}}}]}}"

/* An operation with the arguments it can't do without, in the notation of a caller. */
typedef struct operation_row {
    const dynamo_operation *operation;
    const char             *arguments; /* a list; NULL: the name of a table */
    const char             *answer;    /* NULL: {} */
} operation_row;

static const operation_row operation_rows[] = {
    {&dynamo_operation_batch_execute_statement,
     "[[{\"Statement\": \"SELECT * FROM Music WHERE id = ?\", \"Parameters\": [1]}]]",
     "{\"Responses\":[{\"TableName\":\"Music\",\"Item\":" WIRE_ITEM "}]}"},
    {&dynamo_operation_batch_get_item, "[{\"Music\": {\"Keys\": [" KEY "]}}]",
     "{\"Responses\":{\"Music\":[" WIRE_ITEM "]},\"UnprocessedKeys\":{}}"},
    {&dynamo_operation_batch_write_item, "[{\"Music\": [{\"PutRequest\": {\"Item\": " ITEM "}}]}]", NULL},
    {&dynamo_operation_cancel_bulk_operation, "[\"" ARN "/bulk/1\"]", NULL},
    {&dynamo_operation_create_backup, "[\"Music\", \"Evening\"]", NULL},
    {&dynamo_operation_create_global_table, "[\"Music\", [{\"RegionName\": \"eu-west-1\"}]]", NULL},
    {&dynamo_operation_create_table, "[\"Music\", {\"id\": \"N\", \"at\": \"S\"}, "
     "{\"id\": \"HASH\", \"at\": \"RANGE\"}]",
     "{\"TableDescription\":{\"TableName\":\"Music\"}}"},
    {&dynamo_operation_delete_backup, "[\"" ARN "/backup/01234567890123-abcdefgh\"]", NULL},
    {&dynamo_operation_delete_item, "[\"Music\", " KEY "]", NULL},
    {&dynamo_operation_delete_resource_policy, "[\"" ARN "\"]", NULL},
    {&dynamo_operation_delete_table, NULL, "{\"TableDescription\":{\"TableName\":\"Music\"}}"},
    {&dynamo_operation_describe_backup, "[\"" ARN "/backup/01234567890123-abcdefgh\"]", NULL},
    {&dynamo_operation_describe_bulk_operation, "[\"" ARN "/bulk/1\"]", NULL},
    {&dynamo_operation_describe_continuous_backups, NULL, NULL},
    {&dynamo_operation_describe_contributor_insights, NULL, NULL},
    {&dynamo_operation_describe_endpoints, "[]", NULL},
    {&dynamo_operation_describe_export, "[\"" ARN "/export/01234567890123-abcdefgh\"]", NULL},
    {&dynamo_operation_describe_global_table, NULL, NULL},
    {&dynamo_operation_describe_global_table_settings, NULL, NULL},
    {&dynamo_operation_describe_import, "[\"" ARN "/import/01234567890123-abcdefgh\"]", NULL},
    {&dynamo_operation_describe_kinesis_streaming_destination, NULL, NULL},
    {&dynamo_operation_describe_limits, "[]", NULL},
    {&dynamo_operation_describe_stream, "[" STREAM "]", NULL},
    {&dynamo_operation_describe_table, NULL, "{\"Table\":{\"TableName\":\"Music\",\"ItemCount\":5}}"},
    {&dynamo_operation_describe_table_replica_auto_scaling, NULL, NULL},
    {&dynamo_operation_describe_time_to_live, NULL, NULL},
    {&dynamo_operation_disable_kinesis_streaming_destination, "[\"Music\", " STREAM "]", NULL},
    {&dynamo_operation_enable_kinesis_streaming_destination, "[\"Music\", " STREAM "]", NULL},
    {&dynamo_operation_execute_statement, "[\"SELECT * FROM Music\"]", "{\"Items\":[" WIRE_ITEM "]}"},
    {&dynamo_operation_execute_transaction,
     "[[{\"Statement\": \"DELETE FROM Music WHERE id = ?\", \"Parameters\": [1]}]]", NULL},
    {&dynamo_operation_export_table_to_point_in_time, "[\"" ARN "\", \"bucket\"]", NULL},
    {&dynamo_operation_get_item, "[\"Music\", " KEY "]", "{\"Item\":" WIRE_ITEM "}"},
    {&dynamo_operation_get_records, "[\"iterator\"]",
     "{\"Records\":[{\"dynamodb\":{\"Keys\":{\"id\":{\"N\":\"1\"}},\"NewImage\":" WIRE_ITEM "}}]}"},
    {&dynamo_operation_get_resource_policy, "[\"" ARN "\"]", NULL},
    {&dynamo_operation_get_shard_iterator, "[" STREAM ", \"shardId-00000001414576573621-f55eea83\", \"LATEST\"]", NULL},
    {&dynamo_operation_import_table,
     "[{\"S3Bucket\": \"bucket\"}, \"DYNAMODB_JSON\", {\"TableName\": \"Music\", \"AttributeDefinitions\": "
     "[{\"AttributeName\": \"id\", \"AttributeType\": \"N\"}], \"KeySchema\": [{\"AttributeName\": \"id\", "
     "\"KeyType\": \"HASH\"}]}]", NULL},
    {&dynamo_operation_list_backups, "[]", NULL},
    {&dynamo_operation_list_bulk_operations, "[]", NULL},
    {&dynamo_operation_list_contributor_insights, "[]", NULL},
    {&dynamo_operation_list_exports, "[]", NULL},
    {&dynamo_operation_list_global_tables, "[]", NULL},
    {&dynamo_operation_list_imports, "[]", NULL},
    {&dynamo_operation_list_streams, "[]", NULL},
    {&dynamo_operation_list_tables, "[]", "{\"TableNames\":[\"Music\",\"Films\"]}"},
    {&dynamo_operation_list_tags_of_resource, "[\"" ARN "\"]", NULL},
    {&dynamo_operation_put_item, "[\"Music\", " ITEM "]", "{\"Attributes\":" WIRE_ITEM "}"},
    {&dynamo_operation_put_resource_policy, "[\"" ARN "\", \"{}\"]", NULL},
    {&dynamo_operation_query, NULL, "{\"Items\":[" WIRE_ITEM "," WIRE_ITEM "],\"Count\":2}"},
    {&dynamo_operation_restore_table_from_backup, "[\"Music\", \"" ARN "/backup/01234567890123-abcdefgh\"]", NULL},
    {&dynamo_operation_restore_table_to_point_in_time, "[\"Music\"]", NULL},
    {&dynamo_operation_scan, NULL, "{\"Items\":[" WIRE_ITEM "],\"LastEvaluatedKey\":{\"id\":{\"N\":\"1\"}}}"},
    {&dynamo_operation_search_vectors, "[\"Music\", \"index\", [0.5, 1], 3]", NULL},
    {&dynamo_operation_start_bulk_put_items,
     "[{\"S3Bucket\": \"in\", \"InputFormat\": \"DYNAMODB_JSON\"}, {\"OutputType\": [\"FAILED\"]}, \"Music\"]", NULL},
    {&dynamo_operation_tag_resource, "[\"" ARN "\", [{\"Key\": \"k\", \"Value\": \"v\"}]]", NULL},
    {&dynamo_operation_transact_get_items, "[[{\"Get\": {\"TableName\": \"Music\", \"Key\": " KEY "}}]]",
     "{\"Responses\":[{\"Item\":" WIRE_ITEM "}]}"},
    {&dynamo_operation_transact_write_items, "[[{\"Put\": {\"TableName\": \"Music\", \"Item\": " ITEM "}}]]", NULL},
    {&dynamo_operation_untag_resource, "[\"" ARN "\", [\"k\"]]", NULL},
    {&dynamo_operation_update_continuous_backups, "[\"Music\", {\"PointInTimeRecoveryEnabled\": true}]", NULL},
    {&dynamo_operation_update_contributor_insights, "[\"Music\", \"ENABLE\"]", NULL},
    {&dynamo_operation_update_global_table, "[\"Music\", [{\"Create\": {\"RegionName\": \"eu-west-1\"}}]]", NULL},
    {&dynamo_operation_update_global_table_settings, NULL, NULL},
    {&dynamo_operation_update_item, "[\"Music\", " KEY "]", "{\"Attributes\":" WIRE_ITEM "}"},
    {&dynamo_operation_update_kinesis_streaming_destination, "[\"Music\", " STREAM "]", NULL},
    {&dynamo_operation_update_table, NULL, "{\"TableDescription\":{\"TableName\":\"Music\"}}"},
    {&dynamo_operation_update_table_replica_auto_scaling, NULL, NULL},
    {&dynamo_operation_update_time_to_live, "[\"Music\", {\"AttributeName\": \"gone\", \"Enabled\": true}]", NULL},
};

/* What the rows share between their rounds. */
typedef struct operation_case {
    const operation_row *row;
    json_t              *given; /* the list of arguments */
    fault_step           answer;
} operation_case;

static dynamo_status call_operation(context *given, dynamo_error *error)
{
    const operation_case *made = given->row;
    dynamo_argument       arguments[DYNAMO_PARAMETERS_MAX];
    json_t               *response = NULL;
    json_t               *value;
    size_t                i;
    dynamo_status         status;

    json_array_foreach(made->given, i, value) {
        if (json_is_string(value))
            arguments[i].text = json_string_value(value);
        else if (json_is_integer(value))
            arguments[i].integer = json_integer_value(value);
        else
            arguments[i].json = value;
    }
    status = dynamo_perform(given->client, made->row->operation, arguments, NULL, &response, error);
    if ((response != NULL) != (status == DYNAMO_OK))
        complain(made->row->operation->name, "the response is %s", response != NULL ? "set" : "NULL");
    json_decref(response);
    return status;
}

#define ENDLESS 1000 /* answers, in one script */

static dynamo_config config_of(fault_server *server)
{
    dynamo_config config = {.endpoint         = fault_server_endpoint(server),
                            .streams_endpoint = fault_server_endpoint(server),
                            .region           = "us-east-1",
                            .access_key       = "AKIDEXAMPLE",
                            .secret_key       = "SECRETEXAMPLE",
                            .session_token    = "TOKENEXAMPLE",
                            .max_attempts     = 1};

    return config;
}

static void script(fault_server *server, const fault_step *answer, fault_step steps[ENDLESS])
{
    for (size_t i = 0; i < ENDLESS; i++)
        steps[i] = *answer;
    fault_server_script(server, steps, ENDLESS);
}

static void fail_operation(context *given, const operation_row *row, fault_kind kind)
{
    static fault_step steps[ENDLESS];
    const size_t      before = blocks_held;
    operation_case    made   = {.row = row, .answer = {.body = row->answer}};
    dynamo_config     config = config_of(given->server);

    made.given = json_loads(row->arguments != NULL ? row->arguments : "[\"Music\"]", 0, NULL);
    assert_non_null(made.given);
    given->row    = &made;
    given->client = dynamo_client_new(&config, NULL);
    assert_non_null(given->client);
    script(given->server, &made.answer, steps);
    if (fail_all(row->operation->name, call_operation, given, kind) < 3)
        complain(row->operation->name, "hardly anything failed");
    dynamo_client_free(given->client);
    given->client = NULL;
    json_decref(made.given);
    if (held_beyond(before) != 0)
        complain(row->operation->name, "%zu blocks are held after all was freed", held_beyond(before));
}

static void each_operation(void **state)
{
    context *given = *state;

    assert_int_equal(DYNAMO_COUNT(operation_rows), 66);
    watching = true;
    for (size_t i = 0; i < DYNAMO_COUNT(operation_rows); i++)
        fail_operation(given, &operation_rows[i], ALLOCATIONS);
    watching = false;
    expect_no_complaints();
}

/* ---- Clients and other calls ------------------------------------------------------------------------------------- */

#define CREDENTIALS_FILE \
    "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = SECRETEXAMPLE\naws_session_token = TOKEN\n"
#define CONFIG_FILE                                                                                                 \
    "[default]\nregion = us-east-1\nmax_attempts = 1\nservices = local\n[profile other]\nregion = eu-west-1\n"       \
    "[services local]\ndynamodb =\n  endpoint_url = http://127.0.0.1:1\n"

/* Makes a client, makes another from it, calls, frees both. */
static dynamo_status live_and_die(context *given, const dynamo_config *config, dynamo_error *error)
{
    const dynamo_limits limits   = {.timeout_ms = 60000};
    json_t             *key      = given->document;
    json_t             *response = NULL;
    dynamo_client      *client   = dynamo_client_new(config, error);
    dynamo_client      *limited  = client != NULL ? dynamo_client_with(client, &limits, error) : NULL;
    dynamo_status       status   = limited != NULL
                                       ? dynamo_get_item(limited, "Music", key, NULL, &response, error)
                                       : error->status;

    json_decref(response);
    dynamo_client_free(limited);
    dynamo_client_free(client);
    return status;
}

/* Not by those of another source, the placeholders of a local server's among them. */
static void expect_signed_by(const char *access_key, fault_server *server, const char *name)
{
    const size_t count = fault_server_requests(server);
    char         value[512], sought[64];

    snprintf(sought, sizeof(sought), "Credential=%s/", access_key);
    if (count == 0 || !fault_request_header(fault_server_request(server, count - 1), "Authorization", value,
                                            sizeof(value)) || strstr(value, sought) == NULL)
        complain(name, "after failure of %s: signed by other keys", failures > 0 ? last_failure : "nothing");
}

static dynamo_status client_with_keys(context *given, dynamo_error *error)
{
    const dynamo_config config = config_of(given->server);

    return live_and_die(given, &config, error);
}

static dynamo_status client_with_defaults(context *given, dynamo_error *error)
{
    const dynamo_config config = {.endpoint = fault_server_endpoint(given->server)};
    const fault_kind    kind   = failing;
    dynamo_status       status = live_and_die(given, &config, error);

    failing = NOTHING;
    if (status == DYNAMO_OK)
        expect_signed_by("AKIDEXAMPLE", given->server, "a client with files");
    failing = kind;
    return status;
}

static bool give_keys(void *nothing, dynamo_credentials *credentials, dynamo_error *error)
{
    (void)nothing;
    (void)error;
    return dynamo_credentials_set(credentials, "AKIDEXAMPLE", "SECRETEXAMPLE", "TOKENEXAMPLE", "123456789012", 0) ==
           DYNAMO_OK;
}

/* The callback can say no more than that it failed. */
static dynamo_status client_with_callback(context *given, dynamo_error *error)
{
    dynamo_config config = config_of(given->server);
    dynamo_status status;

    config.access_key = config.secret_key = config.session_token = NULL;
    config.credentials                                           = give_keys;
    status = live_and_die(given, &config, error);
    return status == DYNAMO_ERR_CREDENTIALS ? DYNAMO_ERR_OUT_OF_MEMORY : status;
}

static dynamo_status raw_call(context *given, dynamo_error *error)
{
    json_t       *response = NULL;
    dynamo_status status   = dynamo_call(given->client, "GetItem", given->document, &response, error);

    json_decref(response);
    return status;
}

static dynamo_status put(context *given, dynamo_error *error)
{
    return dynamo_put_item(given->client, "Music", given->document, NULL, NULL, error);
}

static dynamo_status transact(context *given, dynamo_error *error)
{
    return dynamo_transact_write_items(given->client, given->document, NULL, NULL, error);
}

static dynamo_status status_of_value(json_t *value, const dynamo_error *error)
{
    if (value == NULL)
        return error->status;
    json_decref(value);
    return DYNAMO_OK;
}

static dynamo_status marshal(context *given, dynamo_error *error)
{
    return status_of_value(dynamo_marshal(given->document, error), error);
}

static dynamo_status marshal_item(context *given, dynamo_error *error)
{
    return status_of_value(dynamo_marshal_item(given->document, error), error);
}

static dynamo_status unmarshal(context *given, dynamo_error *error)
{
    return status_of_value(dynamo_unmarshal(given->document, error), error);
}

static dynamo_status unmarshal_item(context *given, dynamo_error *error)
{
    return status_of_value(dynamo_unmarshal_item(given->document, error), error);
}

static dynamo_status item_size(context *given, dynamo_error *error)
{
    return dynamo_item_size(given->document, error) != 0 ? DYNAMO_OK : error->status;
}

static dynamo_status load(context *given, dynamo_error *error)
{
    static const char text[] = ITEM;

    (void)given;
    return status_of_value(dynamo_load(text, sizeof(text) - 1, error), error);
}

/* These tell by NULL alone that memory ran out. */
static dynamo_status dump(context *given, dynamo_error *error)
{
    char *text = dynamo_dump(given->document);

    (void)error;
    if (text == NULL)
        return DYNAMO_ERR_OUT_OF_MEMORY;
    free(text);
    return DYNAMO_OK;
}

static dynamo_status make_values(context *given, dynamo_error *error)
{
    json_t *number = dynamo_number("1.50");
    json_t *binary = dynamo_binary("\0\1\2", 3);
    size_t  length = 0;
    void   *bytes  = binary != NULL ? dynamo_binary_value(binary, &length) : NULL;
    bool    whole  = number != NULL && bytes != NULL && length == 3;

    (void)given;
    (void)error;
    json_decref(number);
    json_decref(binary);
    free(bytes);
    return whole ? DYNAMO_OK : DYNAMO_ERR_OUT_OF_MEMORY;
}

/* ---- The rows of them -------------------------------------------------------------------------------------------- */

typedef struct memory_row {
    const char   *name;
    work         *doing;
    bool          has_client; /* one that is there already */
    const char   *document;
    fault_step    answer;
    dynamo_status expected;
    bool          system_calls; /* there are some */
} memory_row;

#define DETAILED                                                                                                 \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\",\"message\":\"no\",\"Item\":" \
    WIRE_ITEM ",\"Hint\":[1,2]}"
#define CANCELED                                                                             \
    "{\"__type\":\"TransactionCanceledException\",\"CancellationReasons\":[{\"Code\":\"None\"}," \
    "{\"Code\":\"ConditionalCheckFailed\",\"Item\":" WIRE_ITEM "}]}"

static const memory_row memory_rows[] = {
    {.name = "a client with keys", .doing = client_with_keys, .document = KEY, .system_calls = true},
    {.name = "a client with files", .doing = client_with_defaults, .document = KEY, .system_calls = true},
    {.name = "a client with a callback", .doing = client_with_callback, .document = KEY, .system_calls = true},
    {.name = "dynamo_call", .doing = raw_call, .has_client = true, .document = "{\"TableName\": \"Music\"}",
     .answer = {.body = "{\"Item\":" WIRE_ITEM "}"}, .system_calls = true},
    {.name = "an error with details", .doing = put, .has_client = true, .document = ITEM,
     .answer = {.status = 400, .body = DETAILED}, .expected = DYNAMO_ERR_CONDITIONAL_CHECK_FAILED},
    {.name = "a canceled transaction", .doing = transact, .has_client = true,
     .document = "[{\"Put\": {\"TableName\": \"Music\", \"Item\": " ITEM "}}]",
     .answer = {.status = 400, .body = CANCELED}, .expected = DYNAMO_ERR_TRANSACTION_CANCELED},
    {.name = "a transaction without an answer", .doing = transact, .has_client = true,
     .document = "[{\"Put\": {\"TableName\": \"Music\", \"Item\": " ITEM "}}]",
     .answer = {.action = FAULT_CLOSE_AFTER_REQUEST}, .expected = DYNAMO_ERR_REQUEST_FAILED},
    {.name = "an answer that is malformed", .doing = put, .has_client = true, .document = ITEM,
     .answer = {.body = "{\"Attributes\":{\"a\":{\"N\":\"1\"},\"b\":{}}}"}, .expected = DYNAMO_ERR_BAD_RESPONSE},
    {.name = "an argument that is refused", .doing = put, .has_client = true,
     .document = "{\"id\": 1, \"set\": {\"$SS\": [\"b\", \"a\", \"b\"]}}", .expected = DYNAMO_ERR_INVALID_ARGUMENT},
    {.name = "dynamo_marshal", .doing = marshal, .document = ITEM},
    {.name = "dynamo_marshal_item", .doing = marshal_item, .document = ITEM},
    {.name = "dynamo_unmarshal", .doing = unmarshal, .document = "{\"M\":" WIRE_ITEM "}"},
    {.name = "dynamo_unmarshal_item", .doing = unmarshal_item, .document = WIRE_ITEM},
    {.name = "dynamo_item_size", .doing = item_size, .document = ITEM},
    {.name = "dynamo_load", .doing = load},
    {.name = "dynamo_dump", .doing = dump, .document = ITEM},
    {.name = "numbers and binaries", .doing = make_values},
};

static void fail_row(context *given, const memory_row *row, fault_kind kind)
{
    static fault_step steps[ENDLESS];
    const size_t      before = blocks_held;
    dynamo_config     config = config_of(given->server);

    given->expected = row->expected;
    given->document = row->document != NULL ? json_loads(row->document, 0, NULL) : NULL;
    given->client   = row->has_client ? dynamo_client_new(&config, NULL) : NULL;
    script(given->server, &row->answer, steps);
    if (fail_all(row->name, row->doing, given, kind) == 0 && (kind == ALLOCATIONS || row->system_calls))
        complain(row->name, "nothing failed");
    dynamo_client_free(given->client);
    json_decref(given->document);
    if (held_beyond(before) != 0)
        complain(row->name, "%zu blocks are held after all was freed", held_beyond(before));
    given->client   = NULL;
    given->document = NULL;
    given->expected = DYNAMO_OK;
}

static void fail_rows(context *given, fault_kind kind)
{
    watching = true;
    for (size_t i = 0; i < DYNAMO_COUNT(memory_rows); i++)
        fail_row(given, &memory_rows[i], kind);
    watching = false;
    expect_no_complaints();
}

static void all_else(void **state)
{
    fail_rows(*state, ALLOCATIONS);
}

static void system_calls(void **state)
{
    fail_rows(*state, SYSTEM_CALLS);
}

/* Everything that is counted is what fails: a test that fails nothing would pass. */
static void failures_are_seen(void **state)
{
    context given = {0};
    size_t  before;

    (void)state;
    given.document = json_pack("{s:i}", "id", 1);
    watching       = true;
    before         = blocks_held;
    assert_int_equal(run_once(dump, &given, ALLOCATIONS, 1, false, NULL), DYNAMO_ERR_OUT_OF_MEMORY);
    assert_int_equal(failures, 1);
    assert_int_equal(run_once(dump, &given, ALLOCATIONS, 1000, false, NULL), DYNAMO_OK);
    assert_int_equal(failures, 0);
    assert_int_equal(blocks_held, before);
    __wrap_free(__wrap_malloc(1));
    assert_int_equal(blocks_held, before);
    given.row = __wrap_malloc(1);
    assert_int_equal(blocks_held, before + 1);
    __wrap_free((void *)(uintptr_t)given.row);
    watching = false;
    json_decref(given.document);
}

/* ---- Files and the environment ----------------------------------------------------------------------------------- */

static char home[] = "/tmp/dynamo-test-memory-XXXXXX";

static const char *in_home(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", home, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_home(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const folders[] = {".aws", ".aws/sso", ".aws/sso/cache", ".aws/login", ".aws/login/cache"};

#define SSO_FILE ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
#define LOGIN_FILE ".aws/login/cache/286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json"

static int make_home(void **state)
{
    (void)state;
    if (mkdtemp(home) == NULL || setenv("HOME", home, 1) != 0)
        return -1;
    for (size_t i = 0; i < DYNAMO_COUNT(folders); i++)
        if (mkdir(in_home(folders[i]), 0700) != 0)
            return -1;
    write_file(".aws/config", CONFIG_FILE);
    write_file(".aws/credentials", CREDENTIALS_FILE);
    return 0;
}

static int remove_home(void **state)
{
    static const char *const files[] = {".aws/config", ".aws/credentials", "token", SSO_FILE, LOGIN_FILE};

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(files); i++)
        (void)unlink(in_home(files[i]));
    for (size_t i = DYNAMO_COUNT(folders); i-- > 0;)
        (void)rmdir(in_home(folders[i]));
    return rmdir(home); /* fails where a file was left behind */
}

/* ---- Sources of credentials -------------------------------------------------------------------------------------- */

#define ROLE "arn:aws:iam::123456789012:role/reader"
#define LONG_GONE "2020-01-01T00:00:00Z"
#define LONG_TO_COME "2999-01-01T00:00:00Z"
#define MACHINE_KEYS                                                                                       \
    "{\"Code\":\"Success\",\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"secret\",\"Token\":\"token\"," \
    "\"Expiration\":\"" LONG_TO_COME "\"}"
#define STS_KEYS(action)                                                                                            \
    "<" action "Response><" action "Result><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>secret&amp;" \
    "</SecretAccessKey><SessionToken>token</SessionToken><Expiration>" LONG_TO_COME "</Expiration></Credentials>"  \
    "</" action "Result></" action "Response>"
#define SSO_TOKEN                                                                                                \
    "{\"accessToken\":\"old\",\"expiresAt\":\"" LONG_GONE "\",\"clientId\":\"id\",\"clientSecret\":\"word\","       \
    "\"refreshToken\":\"refresh\",\"registrationExpiresAt\":\"" LONG_TO_COME "\"}"
#define SSO_FRESH "{\"accessToken\":\"new\",\"expiresIn\":28800,\"refreshToken\":\"newer\",\"tokenType\":\"Bearer\"}"
#define SSO_KEYS                                                                                         \
    "{\"roleCredentials\":{\"accessKeyId\":\"AK\",\"secretAccessKey\":\"secret\",\"sessionToken\":\"token\"," \
    "\"expiration\":32472144000000}}"
#define LOGIN_KEYS "\"accessKeyId\":\"AK\",\"secretAccessKey\":\"secret\",\"sessionToken\":\"token\""
#define LOGIN_TOKEN                                                                                                   \
    "{\"accessToken\":{" LOGIN_KEYS ",\"accountId\":\"123456789012\",\"expiresAt\":\"" LONG_GONE "\"},"               \
    "\"refreshToken\":\"old\",\"clientId\":\"arn:aws:signin:::devtools/same-device\",\"idToken\":\"kept\","    \
    "\"dpopKey\":\"-----BEGIN EC PRIVATE KEY-----\\n"                                                       \
    "MDECAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49\\n"                              \
    "AwEH\\n-----END EC PRIVATE KEY-----\\n\"}"
#define LOGIN_FRESH \
    "{\"accessToken\":{" LOGIN_KEYS "},\"tokenType\":\"aws_sigv4\",\"expiresIn\":900,\"refreshToken\":\"new\"}"

typedef struct source_row {
    const char *name;
    const char *variables[3][2]; /* a value that begins with ~ goes on from the server's URL, with ^ from the folder */
    const char *config;
    const char *file, *text; /* written anew each time; NULL: none */
    fault_step  answers[4];
} source_row;

static const source_row source_rows[] = {
    {.name = "environment", .variables = {{"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}},
    {.name = "process",
     .config = "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":"
               "\"secret\"}'\n"},
    {.name = "container", .variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "~/keys"}},
     .answers = {{.body = MACHINE_KEYS}}},
    {.name = "metadata", .variables = {{"AWS_EC2_METADATA_DISABLED", ""}, {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "~/"}},
     .answers = {{.body = "T"}, {.body = "role"}, {.body = MACHINE_KEYS}}},
    {.name = "role", .variables = {{"AWS_ENDPOINT_URL_STS", "~"}},
     .config = "[default]\nrole_arn = " ROLE "\nsource_profile = b\nregion = us-east-1\n[profile b]\n"
               "aws_access_key_id = AK\naws_secret_access_key = secret\n",
     .answers = {{.body = STS_KEYS("AssumeRole")}}},
    {.name = "web identity", .variables = {{"AWS_ENDPOINT_URL_STS", "~"}, {"AWS_ROLE_ARN", ROLE},
                                           {"AWS_WEB_IDENTITY_TOKEN_FILE", "^/token"}},
     .file = "token", .text = "a.b.c\n", .answers = {{.body = STS_KEYS("AssumeRoleWithWebIdentity")}}},
    {.name = "IAM Identity Center", .variables = {{"AWS_ENDPOINT_URL_SSO", "~"}, {"AWS_ENDPOINT_URL_SSO_OIDC", "~"}},
     .config = "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n"
               "[sso-session corp]\nsso_region = us-west-2\nsso_start_url = https://corp.example/start\n",
     .file = SSO_FILE, .text = SSO_TOKEN, .answers = {{.body = SSO_FRESH}, {.body = SSO_KEYS}}},
    {.name = "aws login", .variables = {{"AWS_ENDPOINT_URL_SIGNIN", "~"}},
     .config = "[default]\nlogin_session = arn:aws:iam::123456789012:user/me\n",
     .file = LOGIN_FILE, .text = LOGIN_TOKEN, .answers = {{.body = LOGIN_FRESH}}},
};

static void set_variable(const fault_server *server, const char *name, const char *value)
{
    char        expanded[256];
    const char *begin = value[0] == '~' ? fault_server_endpoint(server) : value[0] == '^' ? home : "";

    snprintf(expanded, sizeof(expanded), "%s%s", begin, begin[0] != '\0' ? value + 1 : value);
    assert_int_equal(setenv(name, expanded, 1), 0);
}

static void set_world(const fault_server *server, const source_row *row)
{
    assert_true(fault_plain_environment());
    setenv("HOME", home, 1);
    for (size_t i = 0; i < DYNAMO_COUNT(row->variables) && row->variables[i][0] != NULL; i++)
        set_variable(server, row->variables[i][0], row->variables[i][1]);
    write_file(".aws/config", row->config != NULL ? row->config : "");
    write_file(".aws/credentials", "");
}

/* Which source failed for what reason is told, so that memory isn't told apart from another failure: that it is one is
 * what counts. */
static dynamo_status client_with_source(context *given, dynamo_error *error)
{
    const source_row   *row    = given->row;
    const fault_kind    kind   = failing;
    const dynamo_config config = {.endpoint     = fault_server_endpoint(given->server),
                                  .region       = "us-east-1",
                                  .max_attempts = 1};
    size_t              count  = 0;
    dynamo_status       status;

    failing = NOTHING;
    while (count < DYNAMO_COUNT(row->answers) && row->answers[count].body != NULL)
        count++;
    fault_server_script(given->server, row->answers, count);
    if (row->file != NULL)
        write_file(row->file, row->text);
    failing = kind;
    status  = live_and_die(given, &config, error);
    failing = NOTHING;
    if (status == DYNAMO_OK)
        expect_signed_by("AK", given->server, row->name);
    return status == DYNAMO_ERR_CREDENTIALS || status == DYNAMO_ERR_NO_CREDENTIALS ? DYNAMO_ERR_OUT_OF_MEMORY : status;
}

static void fail_sources(context *given, fault_kind kind)
{
    given->document   = json_pack("{s:i}", "id", 1);
    given->has_pauses = true;
    watching          = true;
    for (size_t i = 0; i < DYNAMO_COUNT(source_rows); i++) {
        const size_t before = blocks_held;

        given->row = &source_rows[i];
        set_world(given->server, given->row);
        if (fail_all(source_rows[i].name, client_with_source, given, kind) < 10)
            complain(source_rows[i].name, "hardly anything failed");
        if (held_beyond(before) != 0)
            complain(source_rows[i].name, "%zu blocks are held after all was freed", held_beyond(before));
    }
    watching = false;
    json_decref(given->document);
    expect_no_complaints();
}

static void sources(void **state)
{
    fail_sources(*state, ALLOCATIONS);
}

static void system_calls_of_sources(void **state)
{
    fail_sources(*state, SYSTEM_CALLS);
}

/* ---- Setting ----------------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    static context given;

    complaints   = 0;
    given        = (context){0};
    given.server = fault_server_start();
    *state       = &given;
    return given.server != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    context *given = *state;

    fault_server_stop(given->server);
    return 0;
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_seen),
        SERVED(each_operation),
        SERVED(all_else),
        SERVED(system_calls),
        SERVED(sources),
        SERVED(system_calls_of_sources),
    };
    int result;

    if (!fault_plain_environment())
        return 1;
    json_set_alloc_funcs(jansson_malloc, __wrap_free);
    if (curl_global_init_mem(CURL_GLOBAL_ALL, curl_malloc, __wrap_free, curl_realloc, curl_strdup, curl_calloc) !=
        CURLE_OK)
        return 1;
    result = cmocka_run_group_tests(tests, make_home, remove_home);
    curl_global_cleanup();
    return result;
}
