/*
 * dynamo-export: a table of DynamoDB to a file of JSON lines. Its page is man/dynamo-export.1.
 *
 *     dynamo-export Music -o music.jsonl --segments 8 --rate 500
 *     dynamo-export Music | gzip >music.jsonl.gz
 *
 * A file may be killed at any moment and gone on with. Each segment of the scan is a thread, which appends to a part of
 * its own and publishes, at the end of each page, how long the part is then and where the next page begins. Ten times
 * a second the main thread has the parts written to the disk and then what was published, as one small file that
 * replaces the one before. Who goes on cuts the parts to these lengths and asks from these positions. At the end the
 * parts are joined behind the first, which takes the file's name: from then on all is there, and the rest is swept up.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dynamo.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SEGMENTS_MAX 1000
#define SEGMENTS_DEFAULT 4
#define RATE_MAX 1000000000
#define ATTEMPTS 10 /* a table that is throttled now has capacity again in a moment */
#define PAGE_UNITS 128.0 /* 1 MB, eventually consistent */
#define PAGE_ITEMS_MAX 100000

/* As those of the tool dynamo. A signal that ended it: 128 more than its number. */
enum exit_code {
    EXIT_FINE      = 0,
    EXIT_USAGE     = 2,
    EXIT_REFUSED   = 3,
    EXIT_CONFLICT  = 4,
    EXIT_NOT_FOUND = 5,
    EXIT_ACCESS    = 6,
    EXIT_LIMIT     = 7,
    EXIT_NETWORK   = 8,
    EXIT_OTHER     = 9,
    EXIT_SIGNAL    = 128,
};

static struct {
    const char *output, *schema, *segments, *rate, *endpoint, *region, *profile;
    bool        consistent, quiet, help, version;
} given;

/* One of the parts of the table that are read side by side. What is published is guarded by the lock. */
struct segment {
    pthread_t thread;
    int64_t   index;
    char     *path; /* of its part */
    FILE     *part;
    int64_t   bytes; /* published: of the part, up to the end of a page */
    int64_t   items; /* likewise */
    json_t   *position; /* likewise; NULL: the beginning, or all is read */
    bool      done;
};

static dynamo_client  *client, *patient; /* the second for what is worth to be tried longer */
static const char     *table;
static json_t         *description, *identity; /* of the table */
static struct segment *segments;
static int64_t         segment_count;
static FILE           *stream; /* in place of parts: the standard output, or a device */
static char           *checkpoint_path, *schema_path;
static double          rate; /* read capacity units a second; 0: no limit */
static int64_t         page_items; /* at most; 0: what fits in 1 MB */

static pthread_mutex_t lock    = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  changed = PTHREAD_COND_INITIALIZER; /* a thread has ended */
static int64_t         running;
static bool            published; /* something that isn't in the checkpoint */
static bool            stopping;
static int             failure; /* the exit status of what went wrong first */
static double          units; /* read in this run */
static int64_t         items_before; /* this run */
static bool            shows_progress, progress_shown;

/* The bucket that the threads take units from; guarded by the lock. */
static double bucket, bucket_time;

static volatile sig_atomic_t signaled;

/* ---- How it ends ------------------------------------------------------------------------------------------------- */

/* Text that came from elsewhere is no command to the terminal. */
static void write_safely(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            fprintf(stderr, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            putc(*text, stderr);
}

static void complain(const char *format, ...)
{
    char    line[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    flockfile(stderr);
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = false;
    fputs("dynamo-export: ", stderr);
    write_safely(line);
    putc('\n', stderr);
    funlockfile(stderr);
}

#define FAIL(code, ...) (complain(__VA_ARGS__), exit(code))

static void *or_out_of_memory(void *pointer)
{
    if (pointer == NULL)
        FAIL(EXIT_OTHER, "out of memory");
    return pointer;
}

/* What a status comes to, of those that reading a table may have. */
static int exit_code_of(dynamo_status status)
{
    switch (status) {
    case DYNAMO_ERR_INVALID_ARGUMENT:
    case DYNAMO_ERR_INVALID_ENDPOINT:
    case DYNAMO_ERR_SERIALIZATION:
    case DYNAMO_ERR_UNKNOWN_OPERATION:
    case DYNAMO_ERR_VALIDATION: return EXIT_REFUSED;
    case DYNAMO_ERR_RESOURCE_IN_USE: return EXIT_CONFLICT;
    case DYNAMO_ERR_RESOURCE_NOT_FOUND:
    case DYNAMO_ERR_TABLE_NOT_FOUND: return EXIT_NOT_FOUND;
    case DYNAMO_ERR_CONFIG_NOT_FOUND:
    case DYNAMO_ERR_CONFIG_PARSER:
    case DYNAMO_ERR_NO_PROFILE:
    case DYNAMO_ERR_NO_REGION:
    case DYNAMO_ERR_NO_CREDENTIALS:
    case DYNAMO_ERR_CREDENTIALS:
    case DYNAMO_ERR_ACCESS_DENIED:
    case DYNAMO_ERR_AUTH_FAILURE:
    case DYNAMO_ERR_EXPIRED_TOKEN:
    case DYNAMO_ERR_INCOMPLETE_SIGNATURE:
    case DYNAMO_ERR_INVALID_CLIENT_TOKEN_ID:
    case DYNAMO_ERR_INVALID_SIGNATURE:
    case DYNAMO_ERR_MISSING_AUTHENTICATION_TOKEN:
    case DYNAMO_ERR_OPT_IN_REQUIRED:
    case DYNAMO_ERR_REQUEST_EXPIRED:
    case DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED:
    case DYNAMO_ERR_SIGNATURE_DOES_NOT_MATCH:
    case DYNAMO_ERR_UNRECOGNIZED_CLIENT: return EXIT_ACCESS;
    case DYNAMO_ERR_LIMIT_EXCEEDED:
    case DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED:
    case DYNAMO_ERR_REQUEST_LIMIT_EXCEEDED:
    case DYNAMO_ERR_BANDWIDTH_LIMIT_EXCEEDED:
    case DYNAMO_ERR_EC2_THROTTLED:
    case DYNAMO_ERR_REQUEST_THROTTLED:
    case DYNAMO_ERR_SLOW_DOWN:
    case DYNAMO_ERR_THROTTLED:
    case DYNAMO_ERR_THROTTLING:
    case DYNAMO_ERR_TOO_MANY_REQUESTS: return EXIT_LIMIT;
    case DYNAMO_ERR_REQUEST_FAILED:
    case DYNAMO_ERR_TIMEOUT:
    case DYNAMO_ERR_TLS:
    case DYNAMO_ERR_REQUEST_TIMEOUT:
    case DYNAMO_ERR_SERVICE_UNAVAILABLE: return EXIT_NETWORK;
    default: return EXIT_OTHER;
    }
}

static void complain_of(const dynamo_error *error)
{
    complain("%s: %s", error->code, error->message);
    if (exit_code_of(error->status) == EXIT_NOT_FOUND)
        complain("'dynamo tables' lists what is there; --region, --profile and --endpoint say where to look");
    if (error->request_id[0] != '\0')
        complain("request id %s", error->request_id);
}

/* Ends all threads at their next step: the first that fails says why. */
static void stop(int code)
{
    pthread_mutex_lock(&lock);
    if (failure == EXIT_FINE)
        failure = code;
    stopping = true;
    pthread_mutex_unlock(&lock);
    dynamo_client_cancel(client);
}

static bool is_stopping(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = stopping;
    pthread_mutex_unlock(&lock);
    return is || signaled != 0;
}

static void on_signal(int number)
{
    signaled = number;
    dynamo_client_cancel(client);
}

/* The second one ends the program at once. Where one is ignored, as in the background of a script, it stays so. */
static void heed_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action    = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static char *path_with(const char *path, const char *ending)
{
    size_t size   = strlen(path) + strlen(ending) + 1;
    char  *joined = or_out_of_memory(malloc(size));

    snprintf(joined, size, "%s%s", path, ending);
    return joined;
}

static void fail_file(const char *path)
{
    FAIL(EXIT_OTHER, "%s: %s", path, strerror(errno));
}

/* Renamed and new files are there after a power failure too. */
static void sync_folder_of(const char *path)
{
    const char *slash  = strrchr(path, '/');
    char       *folder = or_out_of_memory(slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1));
    int         handle = open(folder, O_RDONLY);

    if (handle >= 0) {
        fsync(handle);
        close(handle);
    }
    free(folder);
}

/* All of it or what was there before, whatever happens meanwhile. */
static void replace_file(const char *path, json_t *value)
{
    char *text = or_out_of_memory(dynamo_dump(value));
    char *new  = path_with(path, ".new");
    FILE *file = fopen(new, "w");

    if (file == NULL || fprintf(file, "%s\n", text) < 0 || fflush(file) != 0 || fsync(fileno(file)) != 0)
        fail_file(new);
    fclose(file);
    if (rename(new, path) != 0)
        fail_file(path);
    sync_folder_of(path);
    free(new);
    free(text);
}

/* A small file of JSON; NULL: there is none. */
static json_t *load_file(const char *path)
{
    FILE        *file  = fopen(path, "r");
    dynamo_error error = {0};
    char        *text  = NULL;
    size_t       size  = 0;
    ssize_t      length;
    json_t      *value;

    if (file == NULL && errno == ENOENT)
        return NULL;
    if (file == NULL)
        fail_file(path);
    length = getdelim(&text, &size, '\0', file);
    value  = dynamo_load(length > 0 ? text : "", length > 0 ? (size_t)length : 0, &error);
    if (value == NULL)
        FAIL(EXIT_USAGE, "%s: %s", path, error.message);
    free(text);
    fclose(file);
    return value;
}

/* ---- The schema -------------------------------------------------------------------------------------------------- */

/* Copies the members that are there. */
static void copy_members(json_t *to, json_t *from, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        json_t *member = json_object_get(from, names[i]);

        if (member != NULL && json_object_set(to, names[i], member) != 0)
            or_out_of_memory(NULL);
    }
}

static void copy_throughput(json_t *to, json_t *from)
{
    static const char *const members[]  = {"ReadCapacityUnits", "WriteCapacityUnits", NULL};
    json_t                  *throughput = or_out_of_memory(json_object());

    copy_members(throughput, json_object_get(from, "ProvisionedThroughput"), members);
    if (json_object_set_new(to, "ProvisionedThroughput", throughput) != 0)
        or_out_of_memory(NULL);
}

static void copy_indexes(json_t *to, const char *name, bool with_throughput)
{
    static const char *const members[] = {"IndexName", "KeySchema", "Projection", "OnDemandThroughput", NULL};
    json_t                  *list      = json_object_get(description, name);
    json_t                  *indexes   = or_out_of_memory(json_array());

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *index = or_out_of_memory(json_object());

        copy_members(index, json_array_get(list, i), members);
        if (with_throughput)
            copy_throughput(index, json_array_get(list, i));
        if (json_array_append_new(indexes, index) != 0)
            or_out_of_memory(NULL);
    }
    if (json_array_size(indexes) > 0 && json_object_set(to, name, indexes) != 0)
        or_out_of_memory(NULL);
    json_decref(indexes);
}

static void copy_encryption(json_t *to)
{
    json_t *encryption = json_object_get(description, "SSEDescription");
    json_t *key        = json_object_get(encryption, "KMSMasterKeyArn");

    if (key != NULL && json_object_set_new(to, "SSESpecification", or_out_of_memory(json_pack("{s:b, s:s, s:O}",
                       "Enabled", 1, "SSEType", "KMS", "KMSMasterKeyId", key))) != 0)
        or_out_of_memory(NULL);
}

/* What CreateTable needs to make such a table, of what DescribeTable says about this one. */
static json_t *schema_of_table(void)
{
    static const char *const members[] = {"TableName", "AttributeDefinitions", "KeySchema", "StreamSpecification",
                                          "DeletionProtectionEnabled", "OnDemandThroughput", NULL};
    static const char *const class[]   = {"TableClass", NULL};
    static const char *const billing[] = {"BillingMode", NULL};
    json_t                  *schema    = or_out_of_memory(json_object());
    const char              *mode;
    bool                     provisioned;

    copy_members(schema, description, members);
    copy_members(schema, json_object_get(description, "TableClassSummary"), class);
    copy_members(schema, json_object_get(description, "BillingModeSummary"), billing);
    mode        = json_string_value(json_object_get(schema, "BillingMode"));
    provisioned = mode == NULL || strcmp(mode, "PROVISIONED") == 0;
    if (provisioned)
        copy_throughput(schema, description);
    copy_indexes(schema, "LocalSecondaryIndexes", false);
    copy_indexes(schema, "GlobalSecondaryIndexes", provisioned);
    copy_encryption(schema);
    return schema;
}

static void write_schema(void)
{
    json_t *schema;

    if (schema_path == NULL)
        return;
    schema = schema_of_table();
    replace_file(schema_path, schema);
    json_decref(schema);
}

/* ---- The checkpoint ---------------------------------------------------------------------------------------------- */

static json_t *segment_to_json(const struct segment *segment)
{
    json_t *state = or_out_of_memory(json_pack("{s:I, s:I, s:b}", "Bytes", (json_int_t)segment->bytes, "Items",
                                               (json_int_t)segment->items, "Done", (int)segment->done));

    if (segment->position != NULL && json_object_set(state, "Position", segment->position) != 0)
        or_out_of_memory(NULL);
    return state;
}

/* A table of the same name that was made later is another one. A local server may have no TableId. As text: a time of
 * many digits has several plain forms. */
static json_t *identity_of_table(void)
{
    json_t *found = json_object_get(description, "TableId");
    char   *text  = or_out_of_memory(
        dynamo_dump(found != NULL ? found : json_object_get(description, "CreationDateTime")));
    json_t *value = or_out_of_memory(json_string(text));

    free(text);
    return value;
}

/* The parts first: what the checkpoint speaks of is on the disk by then. More may be; that is cut off later. */
static void save_checkpoint(void)
{
    json_t *states     = or_out_of_memory(json_array());
    json_t *checkpoint = or_out_of_memory(
        json_pack("{s:i, s:s, s:O, s:b, s:o}", "Version", 1, "Table", table, "TableIdentity", identity, "Consistent",
                  (int)given.consistent, "Segments", states));

    pthread_mutex_lock(&lock);
    for (int64_t i = 0; i < segment_count; i++)
        if (json_array_append_new(states, segment_to_json(&segments[i])) != 0)
            or_out_of_memory(NULL);
    published = false;
    pthread_mutex_unlock(&lock);
    for (int64_t i = 0; i < segment_count; i++)
        if (segments[i].part != NULL && fsync(fileno(segments[i].part)) != 0)
            fail_file(segments[i].path);
    replace_file(checkpoint_path, checkpoint);
    json_decref(checkpoint);
}

static void make_segments(int64_t count)
{
    segment_count = count;
    segments      = or_out_of_memory(calloc((size_t)count, sizeof(*segments)));
    for (int64_t i = 0; i < count; i++) {
        char ending[32];

        segments[i].index = i;
        snprintf(ending, sizeof(ending), ".part-%lld", (long long)i);
        if (stream == NULL)
            segments[i].path = path_with(given.output, ending);
    }
}

/* A checkpoint of another table, or of other options, is nothing to go on with. */
static void check_checkpoint(json_t *checkpoint)
{
    json_t     *states   = json_object_get(checkpoint, "Segments");
    const char *name     = json_string_value(json_object_get(checkpoint, "Table"));
    const char *advice   = "take another file, or remove it and the .part- files beside it to begin anew";

    if (json_integer_value(json_object_get(checkpoint, "Version")) != 1 || name == NULL || json_array_size(states) == 0)
        FAIL(EXIT_USAGE, "%s isn't a checkpoint of this version: %s", checkpoint_path, advice);
    if (strcmp(name, table) != 0 || !json_equal(json_object_get(checkpoint, "TableIdentity"), identity))
        FAIL(EXIT_CONFLICT, "%s is of an export of another table: %s", checkpoint_path, advice);
    if (json_is_true(json_object_get(checkpoint, "Consistent")) != given.consistent)
        FAIL(EXIT_CONFLICT, "%s is of an export with%s --consistent: %s", checkpoint_path,
             given.consistent ? "out" : "", advice);
    if (given.segments != NULL && segment_count != (int64_t)json_array_size(states))
        FAIL(EXIT_CONFLICT, "%s is of an export with --segments %zu: leave the option out", checkpoint_path,
             json_array_size(states));
}

static void take_checkpoint(json_t *checkpoint)
{
    json_t *states = json_object_get(checkpoint, "Segments");

    check_checkpoint(checkpoint);
    make_segments((int64_t)json_array_size(states));
    for (int64_t i = 0; i < segment_count; i++) {
        json_t *state = json_array_get(states, (size_t)i);

        segments[i].bytes    = json_integer_value(json_object_get(state, "Bytes"));
        segments[i].items    = json_integer_value(json_object_get(state, "Items"));
        segments[i].done     = json_is_true(json_object_get(state, "Done"));
        segments[i].position = json_incref(json_object_get(state, "Position"));
        items_before += segments[i].items;
    }
}

/* Opened to append, cut to what is known of it. */
static void open_part(struct segment *segment)
{
    struct stat now_there;
    int         handle = open(segment->path, O_RDWR | O_CREAT | O_APPEND, 0666);

    if (handle < 0 || fstat(handle, &now_there) != 0)
        fail_file(segment->path);
    if (now_there.st_size < segment->bytes)
        FAIL(EXIT_OTHER, "%s is shorter than %s says: remove both to begin anew", segment->path, checkpoint_path);
    if (ftruncate(handle, (off_t)segment->bytes) != 0)
        fail_file(segment->path);
    segment->part = fdopen(handle, "a");
    if (segment->part == NULL)
        fail_file(segment->path);
}

/* Two exports to one file would write over each other. The lock is on the first part, and ends with the process. */
static void claim(const char *first_part)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat  opened, named;
    int          handle = open(first_part, O_RDWR | O_CREAT, 0666); /* stays open */

    if (handle < 0)
        fail_file(first_part);
    if (fcntl(handle, F_SETLK, &whole) != 0 || fstat(handle, &opened) != 0 || stat(first_part, &named) != 0 ||
        opened.st_ino != named.st_ino)
        FAIL(EXIT_CONFLICT, "%s: another export writes to this file", given.output);
}

/* ---- Joining ----------------------------------------------------------------------------------------------------- */

static void append_part(FILE *to, const struct segment *segment, const char *to_path)
{
    static char text[1 << 16];
    size_t      length;

    rewind(segment->part);
    while ((length = fread(text, 1, sizeof(text), segment->part)) > 0)
        if (fwrite(text, 1, length, to) != length)
            fail_file(to_path);
    if (ferror(segment->part))
        fail_file(segment->path);
}

/* Once the file has its name, only the checkpoint and the other parts are left. */
static void sweep(void)
{
    for (int64_t i = 1; i < segment_count; i++)
        unlink(segments[i].path);
    sync_folder_of(checkpoint_path);
    unlink(checkpoint_path);
}

static void join_parts(void)
{
    struct segment *first = &segments[0];

    for (int64_t i = 1; i < segment_count; i++) {
        fclose(segments[i].part);
        segments[i].part = fopen(segments[i].path, "r");
        if (segments[i].part == NULL)
            fail_file(segments[i].path);
        append_part(first->part, &segments[i], first->path);
    }
    if (fflush(first->part) != 0 || fsync(fileno(first->part)) != 0)
        fail_file(first->path);
    if (rename(first->path, given.output) != 0)
        fail_file(given.output);
    sync_folder_of(given.output);
    sweep();
}

/* Whether it was ended between the file's renaming and the sweeping: there is no first part then. */
static bool was_joined(void)
{
    struct stat there;
    int64_t     bytes = 0;

    if (access(segments[0].path, F_OK) == 0)
        return false;
    for (int64_t i = 0; i < segment_count; i++)
        bytes += segments[i].bytes;
    if (stat(given.output, &there) != 0 || there.st_size != bytes)
        FAIL(EXIT_OTHER, "%s is missing: remove %s to begin anew", segments[0].path, checkpoint_path);
    return true;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static void pause_for(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&time, NULL);
}

/* Takes units for a page out of the bucket, which fills with the rate and has room for a second's worth. */
static void take_units(double wanted)
{
    double missing = 0;

    do {
        if (missing > 0)
            pause_for(missing / rate < 0.1 ? missing / rate : 0.1);
        pthread_mutex_lock(&lock);
        bucket += (now() - bucket_time) * rate;
        bucket_time = now();
        if (bucket > rate)
            bucket = rate;
        missing = wanted - bucket;
        if (missing <= 0)
            bucket -= wanted;
        pthread_mutex_unlock(&lock);
    } while (missing > 0 && !is_stopping());
}

/* What a page cost in place of what was taken for it. */
static void count_units(dynamo_items *items, double taken)
{
    json_t *capacity = json_object_get(json_object_get(dynamo_items_page(items), "ConsumedCapacity"), "CapacityUnits");
    double  cost     = capacity != NULL ? dynamo_number_value(capacity) : taken;

    pthread_mutex_lock(&lock);
    units += cost;
    bucket += taken - cost;
    pthread_mutex_unlock(&lock);
}

/* One line at once, whoever else writes there. */
static bool write_item(FILE *file, json_t *item, int64_t *bytes)
{
    char *text = dynamo_dump(item);
    bool  written;

    if (text == NULL) {
        errno = ENOMEM;
        return false;
    }
    *bytes += (int64_t)strlen(text) + 1;
    flockfile(file);
    written = fputs(text, file) != EOF && putc('\n', file) != EOF;
    funlockfile(file);
    free(text);
    return written;
}

/* The end of a page, or of all, where there is no position. */
static bool publish(struct segment *segment, FILE *file, int64_t bytes, int64_t count, json_t *position)
{
    json_t *copy = json_deep_copy(position);

    if (position != NULL && copy == NULL)
        errno = ENOMEM;
    if ((position != NULL && copy == NULL) || fflush(file) != 0) {
        json_decref(copy);
        return false;
    }
    pthread_mutex_lock(&lock);
    segment->bytes += bytes;
    segment->items += count;
    json_decref(segment->position);
    segment->position = copy;
    segment->done     = position == NULL;
    published         = true;
    pthread_mutex_unlock(&lock);
    return true;
}

static bool read_items(struct segment *segment, dynamo_items *items, dynamo_error *error)
{
    FILE   *file  = stream != NULL ? stream : segment->part;
    double  taken = rate / (double)segment_count < PAGE_UNITS ? rate / (double)segment_count : PAGE_UNITS;
    int64_t bytes = 0, count = 0;
    json_t *item;

    while (!is_stopping()) {
        bool begins = dynamo_items_left(items) == 0;

        if (begins && rate > 0)
            take_units(taken);
        if (dynamo_items_next(items, &item, error) != DYNAMO_OK)
            return false;
        if (begins)
            count_units(items, taken);
        if (item == NULL)
            return publish(segment, file, bytes, count, NULL);
        if (!write_item(file, item, &bytes))
            return false;
        count++;
        if (dynamo_items_left(items) == 0) {
            json_t *position = json_object_get(dynamo_items_page(items), "LastEvaluatedKey");

            if (!publish(segment, file, bytes, count, position))
                return false;
            if (position == NULL)
                return true;
            bytes = count = 0;
        }
    }
    return true;
}

static dynamo_items *begin_items(const struct segment *segment, dynamo_error *error)
{
    dynamo_scan_options options = {
        .total_segments           = segment_count,
        .segment                  = segment->index,
        .limit                    = page_items,
        .exclusive_start_key      = segment->position,
        .consistent_read          = given.consistent ? DYNAMO_TRUE : DYNAMO_UNSET,
        .return_consumed_capacity = "TOTAL",
    };

    return dynamo_scan_items(patient, table, &options, error);
}

static void *run_segment(void *argument)
{
    struct segment *segment = argument;
    dynamo_error    error   = {0};
    dynamo_items   *items   = begin_items(segment, &error);

    errno = 0;
    if (items == NULL || !read_items(segment, items, &error)) {
        int reason = errno;

        if (error.status == DYNAMO_OK) {
            if (!is_stopping())
                complain("%s: %s", stream == NULL ? segment->path : given.output != NULL ? given.output
                                                                    : "the standard output", strerror(reason));
            stop(EXIT_OTHER);
        } else {
            if (!is_stopping())
                complain_of(&error);
            stop(exit_code_of(error.status));
        }
    }
    dynamo_items_free(items);
    dynamo_error_clear(&error);
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* ---- Progress ---------------------------------------------------------------------------------------------------- */

/* 1234567 as 1,234,567. */
static const char *grouped(double number, char text[40])
{
    char   digits[32];
    size_t length, at = 0;

    snprintf(digits, sizeof(digits), "%.0f", number);
    length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        text[at++] = digits[i];
        if ((length - i) % 3 == 1 && i + 1 < length)
            text[at++] = ',';
    }
    text[at] = '\0';
    return text;
}

static int64_t items_in_all(void)
{
    int64_t items = 0;

    for (int64_t i = 0; i < segment_count; i++)
        items += segments[i].items;
    return items;
}

/* The service counts a table's items every six hours or so: past its count there is nothing to tell. */
static void show_share(double items, double in_this_run, double elapsed)
{
    double all = dynamo_number_value(json_object_get(description, "ItemCount"));

    if (!(all > 0) || items > all)
        return;
    fprintf(stderr, "  %.0f%%", 100 * items / all);
    if (in_this_run > 0 && elapsed > 0.5) {
        double left = (all - items) * elapsed / in_this_run;

        fprintf(stderr, "  %d:%02d:%02d left", (int)(left / 3600), (int)(left / 60) % 60, (int)left % 60);
    }
}

static void show_progress(double started, bool last)
{
    double elapsed = now() - started, items, cost, in_this_run;
    char   text[40];

    if (!shows_progress)
        return;
    pthread_mutex_lock(&lock);
    items = (double)items_in_all();
    cost  = units;
    pthread_mutex_unlock(&lock);
    in_this_run = items - (double)items_before;
    flockfile(stderr);
    fprintf(stderr, "\r%s items", grouped(items, text));
    if (elapsed > 0) {
        fprintf(stderr, "  %s/s", grouped(in_this_run / elapsed, text));
        fprintf(stderr, "  %s units/s", grouped(cost / elapsed, text));
    }
    if (!last)
        show_share(items, in_this_run, elapsed);
    fputs(last ? "\033[K\n" : "\033[K", stderr);
    progress_shown = !last;
    funlockfile(stderr);
}

/* ---- The export -------------------------------------------------------------------------------------------------- */

/* Signals are the main thread's. */
static void start_threads(void)
{
    sigset_t all, before;

    sigfillset(&all);
    sigdelset(&all, SIGPIPE);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bucket_time = now();
    for (int64_t i = 0; i < segment_count; i++) {
        if (segments[i].done)
            continue;
        pthread_mutex_lock(&lock);
        running++;
        pthread_mutex_unlock(&lock);
        if (pthread_create(&segments[i].thread, NULL, run_segment, &segments[i]) != 0)
            FAIL(EXIT_OTHER, "no thread can be made: try fewer --segments");
        pthread_detach(segments[i].thread);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A tenth of a second, or until a thread ends. False: none is left. */
static bool wait_a_moment(void)
{
    struct timespec until;
    bool            left;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&lock);
    if (running > 0)
        pthread_cond_timedwait(&changed, &lock, &until);
    left = running > 0;
    pthread_mutex_unlock(&lock);
    return left;
}

static bool is_published(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = published;
    pthread_mutex_unlock(&lock);
    return is;
}

/* Returns the exit status. */
static int read_all(void)
{
    double started = now();

    start_threads();
    while (wait_a_moment()) {
        if (stream == NULL && is_published())
            save_checkpoint();
        show_progress(started, false);
    }
    if (stream == NULL)
        save_checkpoint();
    if (signaled == 0 && failure == EXIT_FINE) {
        show_progress(started, true);
        return EXIT_FINE;
    }
    if (signaled != 0)
        complain("stopped");
    if (stream == NULL)
        complain("%lld items are kept in the parts of %s: the same command goes on from there",
                 (long long)items_in_all(), given.output);
    return signaled != 0 ? EXIT_SIGNAL + (int)signaled : failure;
}

static int export_to_stream(void)
{
    int code;

    make_segments(segment_count);
    write_schema();
    code = read_all();
    if (fclose(stream) != 0 && code == EXIT_FINE)
        FAIL(EXIT_OTHER, "%s: %s", given.output != NULL ? given.output : "the standard output", strerror(errno));
    return code;
}

static int export_to_file(void)
{
    char   *first_part = path_with(given.output, ".part-0");
    json_t *checkpoint = access(first_part, F_OK) == 0 ? NULL : load_file(checkpoint_path);
    int     code       = EXIT_FINE;

    if (checkpoint == NULL) {
        claim(first_part);
        checkpoint = load_file(checkpoint_path);
    }
    if (checkpoint != NULL)
        take_checkpoint(checkpoint);
    else
        make_segments(segment_count);
    if (checkpoint != NULL && was_joined())
        sweep();
    else {
        if (checkpoint == NULL)
            save_checkpoint();
        for (int64_t i = 0; i < segment_count; i++)
            open_part(&segments[i]);
        write_schema();
        code = read_all();
        if (code == EXIT_FINE)
            join_parts();
    }
    json_decref(checkpoint);
    free(first_part);
    return code;
}

/* What a page may have so that it takes about a second of the rate: no burst is longer. */
static int64_t items_for_rate(void)
{
    double count = dynamo_number_value(json_object_get(description, "ItemCount"));
    double bytes = dynamo_number_value(json_object_get(description, "TableSizeBytes"));
    double size  = count > 0 && bytes > 0 ? bytes / count : 1024;
    double limit = rate / (double)segment_count * (given.consistent ? 4096 : 8192) / size;

    return limit < 1 ? 1 : limit > PAGE_ITEMS_MAX ? PAGE_ITEMS_MAX : (int64_t)limit;
}

/* A name that is there and no file, such as a device or a pipe, is written to as it is. */
static void open_output(void)
{
    struct stat there;

    if (given.output == NULL || strcmp(given.output, "-") == 0) {
        given.output = NULL;
        stream       = stdout;
        if (isatty(STDOUT_FILENO))
            shows_progress = false;
    } else if (stat(given.output, &there) == 0 && !S_ISREG(there.st_mode)) {
        stream = fopen(given.output, "w");
        if (stream == NULL)
            fail_file(given.output);
    } else {
        checkpoint_path = path_with(given.output, ".checkpoint");
        schema_path     = path_with(given.output, ".schema.json");
    }
    if (given.schema != NULL) {
        free(schema_path);
        schema_path = path_with(given.schema, "");
    }
}

static void connect_client(void)
{
    dynamo_config config = {
        .endpoint     = given.endpoint,
        .region       = given.region,
        .profile      = given.profile,
        .max_clients  = (unsigned)segment_count,
    };
    dynamo_limits limits = {.max_attempts = ATTEMPTS};
    dynamo_error  error  = {0};

    client = dynamo_client_new(&config, &error);
    if (client != NULL) {
        heed_signals();
        dynamo_describe_table(client, table, NULL, &description, &error);
    }
    if (error.status == DYNAMO_OK)
        patient = dynamo_client_with(client, &limits, &error);
    if (error.status != DYNAMO_OK) {
        if (signaled == 0)
            complain_of(&error);
        exit(signaled != 0 ? EXIT_SIGNAL + (int)signaled : exit_code_of(error.status));
    }
    dynamo_error_clear(&error);
}

/* At exit. Where that is amid the work, threads use all this still. */
static void release(void)
{
    bool in_use;

    pthread_mutex_lock(&lock);
    in_use = running > 0;
    pthread_mutex_unlock(&lock);
    if (in_use)
        return;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    for (int64_t i = 0; segments != NULL && i < segment_count; i++) {
        if (segments[i].part != NULL)
            fclose(segments[i].part);
        json_decref(segments[i].position);
        free(segments[i].path);
    }
    free(segments);
    free(schema_path);
    free(checkpoint_path);
    json_decref(identity);
    json_decref(description);
    dynamo_client_free(patient);
    dynamo_client_free(client);
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

static const struct option {
    const char *name;
    char        letter;
    const char *value; /* what its value is called; NULL: it takes none */
    void       *given; /* const char ** where it takes a value, else bool * */
    const char *summary;
} options[] = {
    {"output", 'o', "FILE", &given.output, "where to, in place of the standard output"},
    {"schema", 0, "FILE", &given.schema, "where the schema goes, in place of FILE.schema.json"},
    {"segments", 0, "COUNT", &given.segments, "how many parts to read side by side: 4"},
    {"rate", 0, "UNITS", &given.rate, "read capacity units a second, at most"},
    {"consistent", 0, NULL, &given.consistent, "see every write acknowledged; twice the units"},
    {"endpoint", 0, "URL", &given.endpoint, "such as http://localhost:8000"},
    {"region", 0, "NAME", &given.region, "such as eu-central-1; local: localhost:8000"},
    {"profile", 0, "NAME", &given.profile, "of the AWS configuration files"},
    {"quiet", 'q', NULL, &given.quiet, "no progress on a terminal either"},
    {"help", 'h', NULL, &given.help, "print this"},
    {"version", 'V', NULL, &given.version, "print the version"},
};

static const struct option *option_named(const char *word, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const char *name = options[i].name;

        if (word[1] == '-' ? strlen(name) == length && strncmp(name, word + 2, length) == 0
                           : length == 1 && options[i].letter == word[1])
            return &options[i];
    }
    return NULL;
}

static void print_help(void)
{
    puts("usage: dynamo-export TABLE [-o FILE] [OPTION...]\n\n"
         "A table of Amazon DynamoDB to JSON lines. With -o, the same command goes on\n"
         "where an export was stopped or killed, and FILE is there once it is whole.\n");
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        char text[64];

        snprintf(text, sizeof(text), "%c%c%s--%s %s", options[i].letter != 0 ? '-' : ' ',
                 options[i].letter != 0 ? options[i].letter : ' ', options[i].letter != 0 ? ", " : "  ",
                 options[i].name, options[i].value != NULL ? options[i].value : "");
        printf("  %-22s %s\n", text, options[i].summary);
    }
    puts("\nFILE.schema.json is what dynamo-import --create makes such a table from.\n"
         "'man 1 dynamo-export' has all of it.");
}

/* An option and its value, which is of the same word or the next one. Returns the number of words. */
static int take_option(char **words, int left)
{
    const char          *equals = strchr(words[0], '=');
    size_t               length = equals != NULL ? (size_t)(equals - words[0]) : strlen(words[0]);
    const struct option *option = option_named(words[0], length - (words[0][1] == '-' ? 2 : 1));

    if (option == NULL)
        FAIL(EXIT_USAGE, "there is no option '%s': see dynamo-export --help", words[0]);
    if (option->value == NULL) {
        if (equals != NULL)
            FAIL(EXIT_USAGE, "--%s takes no value", option->name);
        *(bool *)option->given = true;
        return 1;
    }
    if (equals == NULL && left < 2)
        FAIL(EXIT_USAGE, "--%s takes a value: %s", option->name, option->value);
    *(const char **)option->given = equals != NULL ? equals + 1 : words[1];
    return equals != NULL ? 1 : 2;
}

static void take_words(int count, char **words)
{
    bool plain = false;

    for (int i = 0; i < count;) {
        if (!plain && strcmp(words[i], "--") == 0) {
            plain = true;
            i++;
        } else if (!plain && words[i][0] == '-' && words[i][1] != '\0')
            i += take_option(words + i, count - i);
        else if (table == NULL)
            table = words[i++];
        else
            FAIL(EXIT_USAGE, "one table at a time: '%s' is one too many", words[i]);
    }
}

/* A whole number from 1, or what it is where the option isn't given. */
static int64_t number_of(const char *name, const char *text, int64_t unless, int64_t most)
{
    char     *end;
    long long number;

    if (text == NULL)
        return unless;
    errno  = 0;
    number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < 1 || number > most)
        FAIL(EXIT_USAGE, "--%s is a number from 1 to %lld, not '%s'", name, (long long)most, text);
    return number;
}

int main(int count, char **words)
{
    const char *terminal = getenv("TERM");

    signal(SIGPIPE, SIG_DFL); /* dynamo-export Music | head */
    signal(SIGXFSZ, SIG_IGN); /* a file's limit is an error as a full disk is */
    take_words(count - 1, words + 1);
    if (given.version)
        return printf("dynamo-export %s\n", dynamo_version()) > 0 ? EXIT_FINE : EXIT_OTHER;
    if (given.help) {
        print_help();
        return EXIT_FINE;
    }
    if (table == NULL)
        FAIL(EXIT_USAGE, "a table is missing: see dynamo-export --help");
    rate           = (double)number_of("rate", given.rate, 0, RATE_MAX);
    segment_count  = number_of("segments", given.segments, SEGMENTS_DEFAULT, SEGMENTS_MAX);
    shows_progress = isatty(STDERR_FILENO) && !given.quiet && !(terminal != NULL && strcmp(terminal, "dumb") == 0);
    atexit(release);
    open_output();
    connect_client();
    identity = identity_of_table();
    if (rate > 0)
        page_items = items_for_rate();
    return stream != NULL ? export_to_stream() : export_to_file();
}
