/*
 * dynamo-import: JSON lines into a table of DynamoDB. Its page is man/dynamo-import.1.
 *
 *     dynamo-import Music music.jsonl --create --rate 500
 *     zcat music.jsonl.gz | dynamo-import Music
 *
 * A file may be killed at any moment and gone on with. Each writer is a thread, which takes the next lines of the file,
 * writes their items, and takes more. All lines before those that some writer still has are written: ten times a second
 * the main thread keeps the offset up to which that holds in a small file, which replaces the one before. Who goes on
 * begins there. Lines behind it may be written twice then, which is harmless: a put is the same however often.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
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
#define WRITERS_MAX 1000
#define WRITERS_DEFAULT 4
#define RATE_MAX 1000000000
#define ATTEMPTS 10 /* a table that is throttled now has capacity again in a moment */
#define BATCH 25 /* items a request */
#define UNIT 1024 /* bytes that one write capacity unit writes */
#define SAMPLE 4096 /* bytes before the offset by which a file is known again */

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
    const char *schema, *rejects, *writers, *rate, *endpoint, *region, *profile;
    bool        create, quiet, help, version;
} given;

/* A place in the input, between two lines. */
struct place {
    int64_t offset;
    int64_t line; /* how many are before it */
};

struct line {
    int64_t number;
    char   *text;
    size_t  length;
    json_t *item;
};

/* One of those who write side by side. */
struct writer {
    pthread_t    thread;
    struct place begin;   /* of the lines that it has, guarded by the lock */
    bool         busy;    /* it has some that aren't done, likewise */
    bool         writing; /* likewise */
    struct line  lines[BATCH];
    size_t       count;
};

static dynamo_client *client, *patient; /* the second for what is worth to be tried longer */
static const char    *table, *input_name;
static json_t        *identity; /* of the table */
static FILE          *input;
static bool           resumable; /* a file, which can be begun in the middle */
static int64_t        input_size; /* of a file */
static FILE          *rejects;
static char          *checkpoint_path, *schema_path, *lock_path;
static struct writer *writers;
static int64_t        writer_count;
static double         rate; /* write capacity units a second; 0: no limit */

static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER; /* is taken before the lock */
static struct place    read_to; /* guarded by both: either is enough to look */
static bool            ended; /* guarded by `reading` */

static pthread_mutex_t lock    = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  changed = PTHREAD_COND_INITIALIZER; /* a thread has ended */
static int64_t         running;
static bool            stopping;
static int             failure; /* the exit status of what went wrong first */
static int             rejected_as; /* the exit status of the first line rejected */
static int64_t         items_written, lines_rejected;
static double          units; /* written in this run */
static struct place    saved, began; /* the main thread's */
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
    fputs("dynamo-import: ", stderr);
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

/* What a status comes to, of those that writing a table may have. */
static int exit_code_of(dynamo_status status)
{
    switch (status) {
    case DYNAMO_ERR_INVALID_ARGUMENT:
    case DYNAMO_ERR_INVALID_ENDPOINT:
    case DYNAMO_ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED:
    case DYNAMO_ERR_SERIALIZATION:
    case DYNAMO_ERR_UNKNOWN_OPERATION:
    case DYNAMO_ERR_VALIDATION: return EXIT_REFUSED;
    case DYNAMO_ERR_REPLICATED_WRITE_CONFLICT:
    case DYNAMO_ERR_RESOURCE_IN_USE:
    case DYNAMO_ERR_TABLE_ALREADY_EXISTS:
    case DYNAMO_ERR_TRANSACTION_CONFLICT: return EXIT_CONFLICT;
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
    case DYNAMO_ERR_TOO_MANY_REQUESTS:
    case DYNAMO_ERR_UNPROCESSED: return EXIT_LIMIT;
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
        complain("'dynamo tables' lists what is there; --region, --profile and --endpoint say where to look;"
                 " --create makes it");
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

/* ---- The checkpoint ---------------------------------------------------------------------------------------------- */

/* All lines before it are written, or rejected. */
static struct place place_done(void)
{
    struct place place;

    pthread_mutex_lock(&lock);
    place = read_to;
    for (int64_t i = 0; i < writer_count; i++)
        if (writers[i].busy && writers[i].begin.offset < place.offset)
            place = writers[i].begin;
    pthread_mutex_unlock(&lock);
    return place;
}

/* FNV-1a of what stands before the offset: by it a file that isn't the same any more is noticed. */
static json_t *sample_before(int64_t offset)
{
    unsigned char bytes[SAMPLE];
    char          text[20];
    int64_t       from   = offset > SAMPLE ? offset - SAMPLE : 0;
    ssize_t       length = pread(fileno(input), bytes, (size_t)(offset - from), (off_t)from);
    uint64_t      hash   = 14695981039346656037U;

    for (ssize_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 1099511628211U;
    snprintf(text, sizeof(text), "%016llx", (unsigned long long)hash);
    return or_out_of_memory(json_string(text));
}

static void save_checkpoint(struct place place)
{
    json_t *checkpoint;

    /* What was rejected is on the disk before it counts as done. */
    if (rejects != NULL && (fflush(rejects) != 0 || (fsync(fileno(rejects)) != 0 && errno != EINVAL)))
        fail_file(given.rejects);
    checkpoint = or_out_of_memory(json_pack("{s:i, s:s, s:I, s:I, s:o}", "Version", 1, "Table", table, "Bytes",
                                            (json_int_t)place.offset, "Lines", (json_int_t)place.line, "Sample",
                                            sample_before(place.offset)));
    if (identity != NULL && json_object_set(checkpoint, "TableIdentity", identity) != 0)
        or_out_of_memory(NULL);
    replace_file(checkpoint_path, checkpoint);
    json_decref(checkpoint);
    saved = place;
}

/* Begins where the checkpoint says. */
static void take_checkpoint(json_t *checkpoint)
{
    const char  *name   = json_string_value(json_object_get(checkpoint, "Table"));
    json_t      *before = json_object_get(checkpoint, "TableIdentity"), *sample;
    struct place place  = {.offset = json_integer_value(json_object_get(checkpoint, "Bytes")),
                           .line   = json_integer_value(json_object_get(checkpoint, "Lines"))};
    const char  *advice = "remove it to begin anew, from the first line";

    if (json_integer_value(json_object_get(checkpoint, "Version")) != 1 || name == NULL || place.offset < 0)
        FAIL(EXIT_USAGE, "%s isn't a checkpoint of this version: %s", checkpoint_path, advice);
    if (strcmp(name, table) != 0 || (before != NULL && !json_equal(before, identity)))
        FAIL(EXIT_CONFLICT, "%s is of an import into another table: %s", checkpoint_path, advice);
    sample = sample_before(place.offset);
    if (place.offset > input_size || !json_equal(sample, json_object_get(checkpoint, "Sample")))
        FAIL(EXIT_CONFLICT, "%s is of another file than %s is now: %s", checkpoint_path, input_name, advice);
    json_decref(sample);
    if (fseeko(input, (off_t)place.offset, SEEK_SET) != 0)
        fail_file(input_name);
    read_to = saved = began = place;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static void release_lines(struct writer *writer)
{
    for (size_t i = 0; i < writer->count; i++) {
        free(writer->lines[i].text);
        json_decref(writer->lines[i].item);
        writer->lines[i] = (struct line){0};
    }
    writer->count = 0;
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
            return false;
    return true;
}

/* One more line of the input; false at its end. Blank ones are passed over. */
static bool read_line(struct writer *writer, struct place *place)
{
    struct line *line = &writer->lines[writer->count];
    size_t       size = 0;
    ssize_t      length;

    *line  = (struct line){0};
    errno  = 0;
    length = getline(&line->text, &size, input);
    if (length < 0) {
        if (!feof(input) && !is_stopping()) {
            complain("%s: %s", input_name, strerror(errno != 0 ? errno : EIO));
            stop(EXIT_OTHER);
        }
        free(line->text);
        *line = (struct line){0};
        return false;
    }
    place->offset += length;
    place->line++;
    line->number = place->line;
    line->length = (size_t)length;
    if (is_blank(line->text, line->length))
        free(line->text);
    else
        writer->count++;
    return true;
}

/* The next lines become the writer's. False: there are none. */
static bool take_lines(struct writer *writer)
{
    struct place place;

    pthread_mutex_lock(&reading);
    pthread_mutex_lock(&lock);
    place = writer->begin = read_to;
    writer->busy          = true;
    pthread_mutex_unlock(&lock);
    while (!ended && writer->count < BATCH)
        ended = is_stopping() || !read_line(writer, &place);
    pthread_mutex_lock(&lock);
    read_to      = place;
    writer->busy = writer->writing = writer->count > 0;
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&reading);
    return writer->count > 0;
}

/* A line that can't be written, ever: it is kept where it was asked for, else it ends the import. */
static bool reject(const struct line *line, int code, const char *why)
{
    complain("%s:%lld: %s", input_name, (long long)line->number, why);
    if (rejects == NULL) {
        stop(code);
        return false;
    }
    pthread_mutex_lock(&lock);
    lines_rejected++;
    if (rejected_as == EXIT_FINE)
        rejected_as = code;
    pthread_mutex_unlock(&lock);
    flockfile(rejects);
    fwrite(line->text, 1, line->length, rejects);
    if (line->text[line->length - 1] != '\n')
        putc('\n', rejects);
    funlockfile(rejects);
    return true; /* what can't be written there is noticed with the checkpoint, and at the end */
}

/* Takes lines that are no items out. False: one ends the import. */
static bool parse_lines(struct writer *writer, dynamo_error *error)
{
    size_t kept = 0;

    for (size_t i = 0; i < writer->count; i++) {
        struct line line = writer->lines[i];

        writer->lines[i] = (struct line){0};
        line.item        = dynamo_load(line.text, line.length, error);
        if (line.item != NULL && json_is_object(line.item)) {
            writer->lines[kept++] = line;
            continue;
        }
        if (!reject(&line, EXIT_USAGE, line.item == NULL ? error->message : "an item is an object, {...}")) {
            writer->lines[kept++] = line;
            return false;
        }
        json_decref(line.item);
        free(line.text);
    }
    writer->count = kept;
    return true;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void pause_for(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&time, NULL);
}

/* Takes units out of the bucket, which fills with the rate and has room for a second's worth. More than that are owed:
 * what comes next waits for them. */
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
        missing = (wanted < rate ? wanted : rate) - bucket;
        if (missing <= 0)
            bucket -= wanted;
        pthread_mutex_unlock(&lock);
    } while (missing > 0 && !is_stopping());
}

/* By AWS's rules, of what the table itself takes: what its indexes take isn't known here. */
static double units_of(const struct line *lines, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        size_t size = dynamo_item_size(lines[i].item, NULL);

        sum += size == 0 ? 1 : (size + UNIT - 1) / UNIT;
    }
    return (double)sum;
}

static json_t *request_of(const struct line *lines, size_t count)
{
    json_t *puts = json_array();

    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(puts, json_pack("{s:{s:O}}", "PutRequest", "Item", lines[i].item)) != 0) {
            json_decref(puts);
            return NULL;
        }
    return json_pack("{s:o}", table, puts);
}

static bool fail_call(const dynamo_error *error)
{
    if (!is_stopping())
        complain_of(error);
    stop(exit_code_of(error->status));
    return false;
}

static dynamo_status put_items(const struct line *lines, size_t count, dynamo_error *error)
{
    json_t       *request = request_of(lines, count), *unprocessed = NULL;
    dynamo_status status;

    if (request == NULL) {
        complain("out of memory");
        stop(EXIT_OTHER);
        return DYNAMO_ERR_OUT_OF_MEMORY;
    }
    status = dynamo_batch_write_all(patient, request, NULL, &unprocessed, error);
    json_decref(unprocessed);
    json_decref(request);
    return status;
}

/* An item that is refused is found by writing them in halves: what was written before is written again, the same. */
static bool write_lines(const struct line *lines, size_t count, dynamo_error *error)
{
    dynamo_status status = count > 0 ? put_items(lines, count, error) : DYNAMO_OK;

    if (status == DYNAMO_OK) {
        pthread_mutex_lock(&lock);
        items_written += (int64_t)count;
        pthread_mutex_unlock(&lock);
        return true;
    }
    if (exit_code_of(status) != EXIT_REFUSED)
        return fail_call(error);
    if (count > 1)
        return write_lines(lines, count / 2, error) && write_lines(lines + count / 2, count - count / 2, error);
    return reject(lines, EXIT_REFUSED, error->message);
}

static bool write_batch(struct writer *writer, dynamo_error *error)
{
    double cost;

    if (!parse_lines(writer, error))
        return false;
    cost = units_of(writer->lines, writer->count);
    if (rate > 0)
        take_units(cost);
    if (is_stopping() || !write_lines(writer->lines, writer->count, error))
        return false;
    pthread_mutex_lock(&lock);
    units += cost;
    pthread_mutex_unlock(&lock);
    return true;
}

/* A writer that fails stays busy: its lines aren't done. */
static void *run_writer(void *argument)
{
    struct writer *writer = argument;
    dynamo_error   error  = {0};
    bool           going  = true;

    while (going && take_lines(writer)) {
        going = write_batch(writer, &error);
        release_lines(writer);
        pthread_mutex_lock(&lock);
        writer->busy    = !going;
        writer->writing = false;
        pthread_mutex_unlock(&lock);
    }
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

static void show_share(struct place done, double elapsed)
{
    if (!resumable || input_size == 0)
        return;
    fprintf(stderr, "  %.0f%%", 100 * (double)done.offset / (double)input_size);
    if (done.offset > began.offset && elapsed > 0.5) {
        double left = (double)(input_size - done.offset) * elapsed / (double)(done.offset - began.offset);

        fprintf(stderr, "  %d:%02d:%02d left", (int)(left / 3600), (int)(left / 60) % 60, (int)left % 60);
    }
}

static void show_progress(double started, bool last)
{
    double       elapsed = now() - started, items, cost;
    struct place done    = place_done();
    char         text[40];

    if (!shows_progress)
        return;
    pthread_mutex_lock(&lock);
    items = (double)items_written;
    cost  = units;
    pthread_mutex_unlock(&lock);
    flockfile(stderr);
    fprintf(stderr, "\r%s items", grouped(items, text));
    if (elapsed > 0) {
        fprintf(stderr, "  %s/s", grouped(items / elapsed, text));
        fprintf(stderr, "  %s units/s", grouped(cost / elapsed, text));
    }
    if (!last)
        show_share(done, elapsed);
    fputs(last ? "\033[K\n" : "\033[K", stderr);
    progress_shown = !last;
    funlockfile(stderr);
}

/* ---- The import -------------------------------------------------------------------------------------------------- */

/* Signals are the main thread's. */
static void start_threads(void)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bucket_time = now();
    for (int64_t i = 0; i < writer_count; i++) {
        pthread_mutex_lock(&lock);
        running++;
        pthread_mutex_unlock(&lock);
        if (pthread_create(&writers[i].thread, NULL, run_writer, &writers[i]) != 0)
            FAIL(EXIT_OTHER, "no thread can be made: try fewer --writers");
        pthread_detach(writers[i].thread);
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

/* Whether it is stopping and nothing is under way but a wait for input, which may never come. */
static bool only_waits(void)
{
    bool only = !resumable && is_stopping();

    pthread_mutex_lock(&lock);
    for (int64_t i = 0; i < writer_count; i++)
        only = only && !writers[i].writing;
    pthread_mutex_unlock(&lock);
    return only;
}

/* With how far it came, where it didn't come to the end. Returns the exit status. */
static int sum_up(struct place done)
{
    if (rejects != NULL && (fflush(rejects) != 0 || ferror(rejects)))
        FAIL(EXIT_OTHER, "%s: %s", given.rejects, strerror(errno));
    if (signaled != 0)
        complain("stopped");
    if (lines_rejected > 0)
        complain("%lld lines are rejected: they are in %s", (long long)lines_rejected, given.rejects);
    if (signaled == 0 && failure == EXIT_FINE)
        return rejected_as;
    if (resumable)
        complain("the first %lld lines are written: the same command goes on from there", (long long)done.line);
    else
        complain("the first %lld lines are written, of those after them perhaps some: 'tail -n +%lld' has the rest",
                 (long long)done.line, (long long)done.line + 1);
    return signaled != 0 ? EXIT_SIGNAL + (int)signaled : failure;
}

static int write_all(void)
{
    double       started = now();
    struct place done;

    start_threads();
    while (wait_a_moment() && !only_waits()) {
        done = place_done();
        if (resumable && done.offset != saved.offset)
            save_checkpoint(done);
        show_progress(started, false);
    }
    done = place_done();
    if (signaled == 0 && failure == EXIT_FINE) {
        show_progress(started, true);
        if (resumable) {
            if (rejects != NULL)
                save_checkpoint(done);
            unlink(checkpoint_path);
        }
    } else if (resumable)
        save_checkpoint(done);
    return sum_up(done);
}

/* Before there are writers. */
static void must(const dynamo_error *error)
{
    if (error->status == DYNAMO_OK)
        return;
    if (signaled == 0)
        complain_of(error);
    exit(signaled != 0 ? EXIT_SIGNAL + (int)signaled : exit_code_of(error->status));
}

/* A table of the same name that was made later is another one. A local server may have no TableId. As text: a time of
 * many digits has several plain forms. */
static json_t *identity_in(json_t *description)
{
    json_t *found = json_object_get(description, "TableId");
    char   *text  = or_out_of_memory(
        dynamo_dump(found != NULL ? found : json_object_get(description, "CreationDateTime")));
    json_t *value = or_out_of_memory(json_string(text));

    free(text);
    return value;
}

/* Reads a table's description; false: there is no such table. */
static bool describe_table(void)
{
    dynamo_error error       = {0};
    json_t      *description = NULL;
    bool         is_there;

    json_decref(identity);
    identity = NULL;
    if (dynamo_describe_table(client, table, NULL, &description, &error) == DYNAMO_OK)
        identity = identity_in(description);
    else if (!(given.create && exit_code_of(error.status) == EXIT_NOT_FOUND))
        must(&error);
    is_there = description != NULL;
    json_decref(description);
    dynamo_error_clear(&error);
    return is_there;
}

static json_t *load_schema(void)
{
    json_t *schema;

    if (schema_path == NULL)
        FAIL(EXIT_USAGE, "--create needs --schema where the standard input is read");
    schema = load_file(schema_path);
    if (schema == NULL)
        FAIL(EXIT_USAGE, "%s: %s", schema_path, strerror(ENOENT));
    if (json_object_set_new(schema, "TableName", json_string(table)) != 0)
        FAIL(EXIT_USAGE, "%s isn't a schema, as dynamo-export writes it", schema_path);
    return schema;
}

/* A refusal leaves no checkpoint, by which another's table would seem to be this import's. */
static void create_table(json_t *schema)
{
    dynamo_error error = {0};

    if (dynamo_call(client, "CreateTable", schema, NULL, &error) != DYNAMO_OK && !error.ambiguous && resumable)
        unlink(checkpoint_path);
    must(&error);
    dynamo_error_clear(&error);
}

static void wait_for_table(void)
{
    dynamo_error error = {0};

    dynamo_wait_table_exists(client, table, NULL, NULL, &error);
    must(&error);
    dynamo_error_clear(&error);
}

/* A checkpoint is there before the table is made: who goes on knows by it that the table is this import's. */
static void prepare(void)
{
    json_t *checkpoint = resumable ? load_file(checkpoint_path) : NULL;
    bool    is_there   = describe_table();
    json_t *schema     = is_there ? NULL : load_schema();

    if (is_there && given.create && checkpoint == NULL)
        FAIL(EXIT_CONFLICT, "the table %s is there already: without --create it is written into", table);
    if (checkpoint != NULL && (is_there || json_object_get(checkpoint, "TableIdentity") != NULL))
        take_checkpoint(checkpoint);
    else if (resumable)
        save_checkpoint(saved);
    if (!is_there)
        create_table(schema);
    if (given.create) {
        wait_for_table();
        describe_table();
    }
    if (resumable)
        save_checkpoint(saved);
    json_decref(schema);
    json_decref(checkpoint);
}

/* Two imports of one file would both write the checkpoint. The lock ends with the process. */
static void claim(void)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat  opened, named;
    char        *path   = path_with(checkpoint_path, ".lock");
    int          handle = open(path, O_RDWR | O_CREAT, 0666); /* stays open */

    if (handle < 0)
        fail_file(path);
    if (fcntl(handle, F_SETLK, &whole) != 0 || fstat(handle, &opened) != 0 || stat(path, &named) != 0 ||
        opened.st_ino != named.st_ino)
        FAIL(EXIT_CONFLICT, "%s: another import reads this file", input_name);
    lock_path = path;
}

static void open_input(void)
{
    struct stat there;

    if (input_name == NULL || strcmp(input_name, "-") == 0) {
        input_name = "the standard input";
        input      = stdin;
    } else {
        input = fopen(input_name, "r");
        if (input == NULL)
            FAIL(EXIT_USAGE, "%s: %s", input_name, strerror(errno));
        schema_path = path_with(input_name, ".schema.json");
        resumable   = fstat(fileno(input), &there) == 0 && S_ISREG(there.st_mode);
    }
    if (resumable) {
        input_size      = there.st_size;
        checkpoint_path = path_with(input_name, ".import");
    }
    if (given.schema != NULL) {
        free(schema_path);
        schema_path = path_with(given.schema, "");
    }
    if (given.rejects != NULL && (rejects = fopen(given.rejects, "a")) == NULL)
        fail_file(given.rejects);
}

static void connect_client(void)
{
    dynamo_config config = {
        .endpoint     = given.endpoint,
        .region       = given.region,
        .profile      = given.profile,
        .max_clients  = (unsigned)writer_count,
    };
    dynamo_limits limits = {.max_attempts = ATTEMPTS};
    dynamo_error  error  = {0};

    client  = dynamo_client_new(&config, &error);
    patient = client != NULL ? dynamo_client_with(client, &limits, &error) : NULL;
    if (patient == NULL) {
        complain_of(&error);
        exit(exit_code_of(error.status));
    }
    heed_signals();
}

static bool is_running(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = running > 0;
    pthread_mutex_unlock(&lock);
    return is;
}

/* At exit. Where that is amid the work, threads use all this still. */
static void release(void)
{
    if (lock_path != NULL)
        unlink(lock_path);
    if (is_running())
        return;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    free(writers);
    free(lock_path);
    free(schema_path);
    free(checkpoint_path);
    json_decref(identity);
    if (rejects != NULL)
        fclose(rejects);
    if (input != NULL && input != stdin)
        fclose(input);
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
    {"create", 0, NULL, &given.create, "make the table first, by FILE.schema.json"},
    {"schema", 0, "FILE", &given.schema, "the schema, in place of FILE.schema.json"},
    {"rejects", 0, "FILE", &given.rejects, "lines that can't be written go there, and it goes on"},
    {"writers", 0, "COUNT", &given.writers, "how many write side by side: 4"},
    {"rate", 0, "UNITS", &given.rate, "write capacity units a second, at most"},
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
    puts("usage: dynamo-import TABLE [FILE] [OPTION...]\n\n"
         "JSON lines, such as dynamo-export writes, into a table of Amazon DynamoDB. The\n"
         "standard input is read where there is no FILE. The same command goes on where an\n"
         "import of a FILE was stopped or killed.\n");
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        char text[64];

        snprintf(text, sizeof(text), "%c%c%s--%s %s", options[i].letter != 0 ? '-' : ' ',
                 options[i].letter != 0 ? options[i].letter : ' ', options[i].letter != 0 ? ", " : "  ",
                 options[i].name, options[i].value != NULL ? options[i].value : "");
        printf("  %-22s %s\n", text, options[i].summary);
    }
    puts("\n'man 1 dynamo-import' has all of it.");
}

/* An option and its value, which is of the same word or the next one. Returns the number of words. */
static int take_option(char **words, int left)
{
    const char          *equals = strchr(words[0], '=');
    size_t               length = equals != NULL ? (size_t)(equals - words[0]) : strlen(words[0]);
    const struct option *option = option_named(words[0], length - (words[0][1] == '-' ? 2 : 1));

    if (option == NULL)
        FAIL(EXIT_USAGE, "there is no option '%s': see dynamo-import --help", words[0]);
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
        else if (input_name == NULL)
            input_name = words[i++];
        else
            FAIL(EXIT_USAGE, "one file at a time: '%s' is one too many", words[i]);
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
    int         code;

    signal(SIGXFSZ, SIG_IGN); /* a file's limit is an error as a full disk is */
    take_words(count - 1, words + 1);
    if (given.version)
        return printf("dynamo-import %s\n", dynamo_version()) > 0 ? EXIT_FINE : EXIT_OTHER;
    if (given.help) {
        print_help();
        return EXIT_FINE;
    }
    if (table == NULL)
        FAIL(EXIT_USAGE, "a table is missing: see dynamo-import --help");
    rate           = (double)number_of("rate", given.rate, 0, RATE_MAX);
    writer_count   = number_of("writers", given.writers, WRITERS_DEFAULT, WRITERS_MAX);
    shows_progress = isatty(STDERR_FILENO) && !given.quiet && !(terminal != NULL && strcmp(terminal, "dumb") == 0);
    atexit(release);
    writers = or_out_of_memory(calloc((size_t)writer_count, sizeof(*writers)));
    open_input();
    if (resumable)
        claim();
    connect_client();
    prepare();
    code = write_all();
    if (is_running())
        _exit(code); /* a thread has the input in hand, which exit() would wait for */
    return code;
}
