/*
 * dynamo-tail: follows a table's stream and prints each change as a line of JSON. Its page is man/dynamo-tail.1.
 *
 *     dynamo-tail Music
 *     dynamo-tail Music --from now --images new
 *     dynamo-tail Music --checkpoint music.position --output changes.jsonl
 *
 * It is an example: where positions are kept, who may read which shard, and what becomes of a line that was printed
 * but not yet recorded is the policy of an application, not of a library. Here it is the simplest that holds: one
 * thread reads all shards in turn, one file has the positions, and a position is written after its lines.
 *
 * From top to bottom: what was asked for, how it ends, lines, shards, the checkpoint, reading, the loop, the command
 * line. The program ends wherever it finds out that it can't go on; release() frees what it holds by then.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

/* Milliseconds. AWS serves five GetRecords a second for a shard, and ten DescribeStream. */
#define PAUSE_WITHIN 200   /* between the pages of a shard while there is more */
#define PAUSE_IDLE 1000    /* when the last page was empty */
#define PAUSE_LIST 10000   /* between looks for new shards, while there are some to read */
#define PAUSE_NOTHING 1000 /* while there are none */

/* An outage of about a minute is waited out by the library's own attempts. */
#define PATIENT_ATTEMPTS 15

/* Those of the tool dynamo. */
enum exit_code {
    EXIT_FINE      = 0,
    EXIT_USAGE     = 2, /* the command line, or the checkpoint's file */
    EXIT_REFUSED   = 3, /* the request isn't valid */
    EXIT_NOT_FOUND = 5, /* no such table or stream, or the table has none */
    EXIT_ACCESS    = 6, /* credentials, permissions, settings */
    EXIT_LIMIT     = 7, /* throttled */
    EXIT_NETWORK   = 8, /* no answer, or none in time */
    EXIT_OTHER     = 9,
    EXIT_SIGNAL    = 128, /* and the number of the signal */
};

/* The options as they were given; NULL or false: they weren't. */
static struct {
    const char *from, *images, *checkpoint, *output, *until_idle, *endpoint, *region, *profile;
    bool        help, version;
} given;

struct shard {
    char   *id;
    char   *parent;      /* NULL: none */
    char   *sequence;    /* the number of the last record that was passed; NULL: none yet */
    char   *iterator;    /* where the next page begins; NULL: to be had anew */
    json_t *since;       /* the first that is wanted isn't from before this second; NULL: it was seen, or all are */
    bool    latest;      /* it begins at its end */
    bool    skips;       /* records from before `since` may come */
    bool    listed;      /* the stream has it still */
    bool    closed;      /* it has an end */
    bool    finished;    /* which was reached */
    bool    ready;       /* its parent needn't be waited for */
    int64_t due;         /* when it may be read again, by clock_ms() */
    int64_t empty_since; /* when the first of its last empty pages came; 0: the last one had records */
};

static struct shard *shards;
static size_t        shard_count, shard_room;

static dynamo_client *client;  /* as it was asked for */
static dynamo_client *patient; /* the same, which attempts more often */
static dynamo_error   error;
static json_t        *response; /* to the last call */
static json_t        *position; /* where the page after it begins */
static json_t        *saved;    /* the checkpoint as it was found */
static char          *stream;   /* its ARN */
static char          *new_file; /* what becomes the checkpoint's file */
static bool           stream_ended;
static bool           listed_once;
static bool           unsaved; /* positions differ from those of the checkpoint's file */
static int64_t        list_due;
static int64_t        shards_changed; /* when a shard came or was finished */
static int64_t        idle_limit = -1;

static volatile sig_atomic_t interrupted; /* by this signal */

/* ---- How it ends ------------------------------------------------------------------------------------------------- */

static void release_shard(struct shard *shard)
{
    free(shard->id);
    free(shard->parent);
    free(shard->sequence);
    free(shard->iterator);
    json_decref(shard->since);
}

static void release(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    for (size_t i = 0; i < shard_count; i++)
        release_shard(&shards[i]);
    free(shards);
    free(new_file);
    free(stream);
    json_decref(saved);
    json_decref(position);
    json_decref(response);
    dynamo_error_clear(&error);
    dynamo_client_free(patient);
    dynamo_client_free(client);
}

/* What a terminal may take for a command (U+0000 to U+001F, U+007F to U+009F) is escaped as in JSON, where it can only
 * stand within a string. */
static void write_safely(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)text[0], next = (unsigned char)text[1];

        if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04x", (unsigned)c);
        else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {
            fprintf(out, "\\u%04x", (unsigned)next);
            text++;
        } else
            putc(c, out);
    }
}

static void say(const char *format, ...)
{
    char    line[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    fputs("dynamo-tail: ", stderr);
    write_safely(stderr, line);
    putc('\n', stderr);
}

#define FAIL(code, ...) (say(__VA_ARGS__), exit(code))

static void *or_out_of_memory(void *pointer)
{
    if (pointer == NULL)
        FAIL(EXIT_OTHER, "out of memory");
    return pointer;
}

/* What a status comes to. The others are EXIT_OTHER. */
static const struct class {
    enum exit_code code;
    const char    *advice;
    dynamo_status  statuses[20];
} classes[] = {
    {EXIT_REFUSED, NULL,
     {DYNAMO_ERR_INVALID_ARGUMENT, DYNAMO_ERR_VALIDATION, DYNAMO_ERR_SERIALIZATION, DYNAMO_ERR_MISSING_PARAMETER,
      DYNAMO_ERR_UNKNOWN_OPERATION, DYNAMO_ERR_INVALID_ENDPOINT}},
    {EXIT_NOT_FOUND, "'dynamo tables' lists what is there; --region, --profile and --endpoint say where to look",
     {DYNAMO_ERR_RESOURCE_NOT_FOUND, DYNAMO_ERR_TABLE_NOT_FOUND}},
    {EXIT_ACCESS, NULL,
     {DYNAMO_ERR_CONFIG_NOT_FOUND, DYNAMO_ERR_CONFIG_PARSER, DYNAMO_ERR_NO_PROFILE, DYNAMO_ERR_NO_REGION,
      DYNAMO_ERR_NO_CREDENTIALS, DYNAMO_ERR_CREDENTIALS, DYNAMO_ERR_ACCESS_DENIED, DYNAMO_ERR_AUTH_FAILURE,
      DYNAMO_ERR_EXPIRED_TOKEN, DYNAMO_ERR_INCOMPLETE_SIGNATURE, DYNAMO_ERR_INVALID_CLIENT_TOKEN_ID,
      DYNAMO_ERR_INVALID_SIGNATURE, DYNAMO_ERR_MISSING_AUTHENTICATION_TOKEN, DYNAMO_ERR_OPT_IN_REQUIRED,
      DYNAMO_ERR_REQUEST_EXPIRED, DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED, DYNAMO_ERR_SIGNATURE_DOES_NOT_MATCH,
      DYNAMO_ERR_UNRECOGNIZED_CLIENT}},
    {EXIT_LIMIT, NULL,
     {DYNAMO_ERR_LIMIT_EXCEEDED, DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, DYNAMO_ERR_REQUEST_LIMIT_EXCEEDED,
      DYNAMO_ERR_THROTTLING, DYNAMO_ERR_THROTTLED, DYNAMO_ERR_REQUEST_THROTTLED, DYNAMO_ERR_TOO_MANY_REQUESTS,
      DYNAMO_ERR_BANDWIDTH_LIMIT_EXCEEDED, DYNAMO_ERR_EC2_THROTTLED, DYNAMO_ERR_SLOW_DOWN}},
    {EXIT_NETWORK, NULL,
     {DYNAMO_ERR_REQUEST_FAILED, DYNAMO_ERR_TIMEOUT, DYNAMO_ERR_TLS, DYNAMO_ERR_REQUEST_TIMEOUT,
      DYNAMO_ERR_SERVICE_UNAVAILABLE}},
};

static const struct class *class_of(dynamo_status status)
{
    static const struct class other = {.code = EXIT_OTHER};

    for (size_t i = 0; i < COUNT_OF(classes); i++)
        for (size_t j = 0; j < COUNT_OF(classes[i].statuses) && classes[i].statuses[j] != DYNAMO_OK; j++)
            if (classes[i].statuses[j] == status)
                return &classes[i];
    return &other;
}

/* A call that has to succeed: says why it didn't, and what to do, and ends. */
static void must(dynamo_status status)
{
    const struct class *class = class_of(status);

    if (status == DYNAMO_OK)
        return;
    if (interrupted != 0)
        exit(EXIT_SIGNAL + interrupted);
    say("%s: %s", error.code, error.message);
    if (class->advice != NULL)
        say("%s", class->advice);
    if (error.retryable)
        say("the same command may succeed later (attempts: %u)", error.attempts);
    if (error.request_id[0] != '\0')
        say("request id %s", error.request_id);
    exit((int)class->code);
}

/* Ends the call or the wait that is under way; the next Ctrl-C ends the program as any. */
static void on_signal(int number)
{
    interrupted = number;
    dynamo_client_cancel(client);
}

/* With SA_RESTART, so that no line is cut. In the background of a script Ctrl-C is ignored, and stays so. */
static void heed(int number)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND | SA_RESTART}, before;

    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

/* Where an answer goes; the one before is released. */
static json_t **answer(void)
{
    json_decref(response);
    response = NULL;
    return &response;
}

/* By a clock that never goes back; never 0. */
static int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* A broken pipe ends the program by a signal: what is seen here is a full disk. What is in a file has to be there for
 * certain before a position says so. */
static void flush_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        FAIL(EXIT_OTHER, "the output can't be written: %s", strerror(errno));
    if (given.checkpoint != NULL)
        fsync(STDOUT_FILENO);
}

static bool images_wanted(const char *which)
{
    return given.images == NULL || strcmp(given.images, "both") == 0 || strcmp(given.images, which) == 0;
}

static void add_member(json_t *line, json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (value != NULL && json_object_set(line, name, value) != 0)
        or_out_of_memory(NULL);
}

static void print_record(json_t *record)
{
    json_t *line = or_out_of_memory(json_object()), *change = json_object_get(record, "dynamodb");
    char   *text;

    add_member(line, record, "eventName");
    add_member(line, change, "Keys");
    if (images_wanted("old"))
        add_member(line, change, "OldImage");
    if (images_wanted("new"))
        add_member(line, change, "NewImage");
    add_member(line, record, "userIdentity");
    add_member(line, change, "SequenceNumber");
    add_member(line, change, "ApproximateCreationDateTime");
    text = or_out_of_memory(dynamo_dump(line));
    write_safely(stdout, text);
    putchar('\n');
    free(text);
    json_decref(line);
}

/* ---- Shards ------------------------------------------------------------------------------------------------------ */

/* A copy in place of what was there before. NULL: none. */
static void keep_text(char **place, const char *text)
{
    free(*place);
    *place = text != NULL ? or_out_of_memory(strdup(text)) : NULL;
}

static const char *text_of(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static struct shard *shard_named(const char *id)
{
    for (size_t i = 0; i < shard_count; i++)
        if (strcmp(shards[i].id, id) == 0)
            return &shards[i];
    return NULL;
}

static struct shard *add_shard(const char *id)
{
    if (shard_count == shard_room) {
        shard_room = shard_room == 0 ? 16 : 2 * shard_room;
        shards     = or_out_of_memory(realloc(shards, shard_room * sizeof(*shards)));
    }
    shards[shard_count] = (struct shard){.id = or_out_of_memory(strdup(id))};
    unsaved             = true;
    shards_changed      = clock_ms();
    return &shards[shard_count++];
}

/* Its children may be read now: they are looked for at once. */
static void finish(struct shard *shard)
{
    keep_text(&shard->iterator, NULL);
    shard->finished = true;
    unsaved         = true;
    shards_changed  = clock_ms();
    list_due        = 0;
}

/* Where a shard begins that the stream had when it was listed first, and no checkpoint knows. Records tell their time
 * by the second, those of DynamoDB Local by the minute: rather one too many than one too few. */
static void begin_now(struct shard *shard)
{
    json_int_t now = (json_int_t)time(NULL);

    shard->latest   = !shard->closed;
    shard->finished = shard->closed;
    shard->since    = or_out_of_memory(json_integer(now - now % 60));
}

static void take_listed(json_t *listed)
{
    const char   *id = text_of(listed, "ShardId");
    struct shard *shard;
    bool          is_new;

    if (id == NULL)
        FAIL(EXIT_OTHER, "the stream has a shard without a ShardId");
    shard  = shard_named(id);
    is_new = shard == NULL;
    if (is_new)
        shard = add_shard(id);
    keep_text(&shard->parent, text_of(listed, "ParentShardId"));
    shard->listed = true;
    shard->closed = text_of(json_object_get(listed, "SequenceNumberRange"), "EndingSequenceNumber") != NULL;
    if (is_new && !listed_once && saved == NULL && given.from != NULL && strcmp(given.from, "now") == 0)
        begin_now(shard);
}

/* What was read to its end, and isn't kept any longer, needn't be remembered. */
static void forget_shards(void)
{
    size_t kept = 0;

    for (size_t i = 0; i < shard_count; i++)
        if (shards[i].finished && !shards[i].listed) {
            release_shard(&shards[i]);
            unsaved = true;
        } else
            shards[kept++] = shards[i];
    shard_count = kept;
}

static bool is_ready(const struct shard *shard)
{
    const struct shard *parent = shard->parent != NULL ? shard_named(shard->parent) : NULL;

    return !shard->finished && (parent == NULL || parent->finished);
}

/* Looks for shards, those of the checkpoint among them. One that isn't listed any more may still be read. */
static void list_shards(void)
{
    dynamo_describe_stream_options options = {0};
    json_t                        *description, *listed;
    const char                    *state;
    size_t                         i, ready = 0;

    for (i = 0; i < shard_count; i++)
        shards[i].listed = false;
    do {
        options.exclusive_start_shard_id = json_string_value(position);
        must(dynamo_describe_stream(patient, stream, &options, answer(), &error));
        json_decref(position);
        description = json_object_get(response, "StreamDescription");
        position    = json_incref(json_object_get(description, "LastEvaluatedShardId"));
        json_array_foreach(json_object_get(description, "Shards"), i, listed)
            take_listed(listed);
    } while (position != NULL);
    listed_once = true;
    forget_shards();
    for (i = 0; i < shard_count; i++)
        ready += shards[i].ready = is_ready(&shards[i]);
    state        = text_of(description, "StreamStatus");
    stream_ended = ready == 0 && state != NULL && strcmp(state, "DISABLED") == 0;
    list_due     = clock_ms() + (ready > 0 ? PAUSE_LIST : PAUSE_NOTHING);
}

/* ---- The checkpoint ---------------------------------------------------------------------------------------------- */

static void add_position(json_t *positions, const struct shard *shard)
{
    json_t *value = or_out_of_memory(json_object());
    int     failed = 0;

    if (shard->finished)
        failed = json_object_set_new(value, "Finished", json_true());
    else if (shard->sequence != NULL)
        failed = json_object_set_new(value, "SequenceNumber", json_string(shard->sequence));
    if (!shard->finished && shard->since != NULL)
        failed |= json_object_set(value, "Since", shard->since);
    if (json_object_set_new(positions, shard->id, value) != 0 || failed != 0)
        or_out_of_memory(NULL);
}

/* How long the output is that has all lines up to the positions, and none after them. */
static void add_output(json_t *checkpoint)
{
    struct stat state;
    json_t     *output;

    if (given.output == NULL || fstat(STDOUT_FILENO, &state) != 0)
        return;
    output = json_pack("{s:s, s:I}", "File", given.output, "Size", (json_int_t)state.st_size);
    if (json_object_set_new(checkpoint, "Output", output) != 0)
        FAIL(EXIT_USAGE, "the names of files have to be UTF-8");
}

/* Before the name leads to it, all of it is on the disk. */
static bool write_new_file(json_t *checkpoint)
{
    FILE *file = fopen(new_file, "w");
    bool  whole;

    if (file == NULL)
        return false;
    whole = json_dumpf(checkpoint, file, JSON_INDENT(2)) == 0 && putc('\n', file) != EOF && fflush(file) == 0 &&
            fsync(fileno(file)) == 0;
    return fclose(file) == 0 && whole;
}

/* In one step: whoever reads the file finds the positions before or those after. */
static void save_checkpoint(void)
{
    json_t *positions, *checkpoint;

    if (given.checkpoint == NULL || !unsaved)
        return;
    positions = or_out_of_memory(json_object());
    for (size_t i = 0; i < shard_count; i++)
        add_position(positions, &shards[i]);
    checkpoint = or_out_of_memory(json_pack("{s:s, s:o}", "StreamArn", stream, "Shards", positions));
    add_output(checkpoint);
    if (!write_new_file(checkpoint) || rename(new_file, given.checkpoint) != 0)
        FAIL(EXIT_OTHER, "%s can't be written: %s", given.checkpoint, strerror(errno));
    json_decref(checkpoint);
    unsaved = false;
}

static void take_position(const char *id, json_t *value)
{
    struct shard *shard = add_shard(id);

    shard->finished = json_is_true(json_object_get(value, "Finished"));
    keep_text(&shard->sequence, text_of(value, "SequenceNumber"));
    if (json_is_integer(json_object_get(value, "Since")))
        shard->since = json_incref(json_object_get(value, "Since"));
}

static void load_checkpoint(void)
{
    json_error_t wrong;
    const char  *arn, *id;
    json_t      *value;
    size_t       size = strlen(given.checkpoint) + sizeof(".new");

    new_file = or_out_of_memory(malloc(size));
    snprintf(new_file, size, "%s.new", given.checkpoint);
    if (access(given.checkpoint, F_OK) != 0 && errno == ENOENT)
        return;
    saved = json_load_file(given.checkpoint, JSON_REJECT_DUPLICATES, &wrong);
    arn   = text_of(saved, "StreamArn");
    if (saved == NULL)
        FAIL(EXIT_USAGE, "%s is no checkpoint: %s", given.checkpoint, wrong.text);
    if (arn == NULL || !json_is_object(json_object_get(saved, "Shards")))
        FAIL(EXIT_USAGE, "%s is no checkpoint: it needs StreamArn and Shards", given.checkpoint);
    if (strcmp(arn, stream) != 0)
        FAIL(EXIT_USAGE, "%s is of another stream, %s: name that one to read it to its end, or remove the file",
             given.checkpoint, arn);
    json_object_foreach(json_object_get(saved, "Shards"), id, value)
        take_position(id, value);
}

/* What a killed run wrote after its last position comes again: it is cut off. */
static void cut_output(void)
{
    json_t     *before = json_object_get(saved, "Output");
    const char *name   = text_of(before, "File");
    json_int_t  size   = json_integer_value(json_object_get(before, "Size"));
    struct stat state;

    if (name == NULL || strcmp(name, given.output) != 0)
        return;
    if (fstat(STDOUT_FILENO, &state) != 0 || state.st_size < size)
        FAIL(EXIT_USAGE, "%s is shorter than %s says: with another --output, or without, it goes on", given.output,
             given.checkpoint);
    if (S_ISREG(state.st_mode) && ftruncate(STDOUT_FILENO, (off_t)size) != 0)
        FAIL(EXIT_USAGE, "%s can't be cut: %s", given.output, strerror(errno));
}

/* In place of the standard output. */
static void open_output(void)
{
    int file = open(given.output, O_WRONLY | O_CREAT | O_APPEND, 0666);

    if (file < 0 || dup2(file, STDOUT_FILENO) < 0)
        FAIL(EXIT_USAGE, "%s: %s", given.output, strerror(errno));
    if (file != STDOUT_FILENO)
        close(file);
    cut_output();
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static dynamo_status get_iterator(struct shard *shard)
{
    dynamo_get_shard_iterator_options options = {.sequence_number = shard->sequence};
    const char                       *type    = shard->latest ? "LATEST" : "TRIM_HORIZON";
    dynamo_status                     status;

    if (shard->sequence != NULL)
        type = "AFTER_SEQUENCE_NUMBER";
    status = dynamo_get_shard_iterator(patient, stream, shard->id, type, &options, answer(), &error);
    if (status != DYNAMO_OK)
        return status;
    /* Should this one expire, what came in the meantime lies between the shard's first record and its end. */
    shard->skips  = shard->since != NULL && !shard->latest;
    shard->latest = false;
    keep_text(&shard->iterator, text_of(response, "ShardIterator"));
    if (shard->iterator == NULL)
        FAIL(EXIT_OTHER, "the answer to GetShardIterator has no ShardIterator");
    return DYNAMO_OK;
}

static void take_record(struct shard *shard, json_t *record)
{
    json_t     *change   = json_object_get(record, "dynamodb");
    json_t     *created  = json_object_get(change, "ApproximateCreationDateTime");
    const char *sequence = text_of(change, "SequenceNumber");

    if (!shard->skips || created == NULL || json_number_value(created) >= json_number_value(shard->since)) {
        print_record(record);
        json_decref(shard->since);
        shard->since = NULL;
        shard->skips = false;
    }
    if (sequence != NULL)
        keep_text(&shard->sequence, sequence);
}

/* A page's lines, then its position. */
static void take_page(struct shard *shard)
{
    json_t     *records = json_object_get(response, "Records"), *record;
    const char *next    = text_of(response, "NextShardIterator");
    int64_t     now     = clock_ms();
    size_t      i;

    json_array_foreach(records, i, record)
        take_record(shard, record);
    if (json_array_size(records) > 0) {
        flush_output();
        unsaved            = true;
        shard->empty_since = 0;
    } else if (shard->empty_since == 0)
        shard->empty_since = now;
    shard->due = now + (json_array_size(records) > 0 || shard->closed ? PAUSE_WITHIN : PAUSE_IDLE);
    keep_text(&shard->iterator, next);
    if (next == NULL)
        finish(shard);
}

/* The stream keeps records for 24 hours. */
static void skip_trimmed(struct shard *shard)
{
    say("records of %s were lost: they are older than what the stream keeps%s%s", shard->id,
        shard->sequence != NULL ? "; the last one read is " : "", shard->sequence != NULL ? shard->sequence : "");
    keep_text(&shard->sequence, NULL);
    keep_text(&shard->iterator, NULL);
    unsaved = true;
    if (!shard->listed)
        finish(shard);
}

static void skip_missing(struct shard *shard)
{
    say("records of %s may be lost: the stream doesn't have this shard any more", shard->id);
    finish(shard);
}

static void read_shard(struct shard *shard)
{
    dynamo_status status = shard->iterator == NULL ? get_iterator(shard) : DYNAMO_OK;

    shard->due = clock_ms() + PAUSE_WITHIN;
    if (status == DYNAMO_OK)
        status = dynamo_get_records(patient, shard->iterator, NULL, answer(), &error);
    switch (status) {
    case DYNAMO_OK: take_page(shard); break;
    case DYNAMO_ERR_EXPIRED_ITERATOR: keep_text(&shard->iterator, NULL); break;
    case DYNAMO_ERR_TRIMMED_DATA_ACCESS: skip_trimmed(shard); break;
    case DYNAMO_ERR_RESOURCE_NOT_FOUND: skip_missing(shard); break;
    default: must(status);
    }
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

/* The one that waits for the longest time; NULL: none is to be read. */
static struct shard *next_shard(void)
{
    struct shard *next = NULL;

    for (size_t i = 0; i < shard_count; i++)
        if (shards[i].ready && !shards[i].finished && (next == NULL || shards[i].due < next->due))
            next = &shards[i];
    return next;
}

/* Whether nothing has come for as long as was asked for. A stream doesn't tell whether there is more. */
static bool is_idle(int64_t now)
{
    if (idle_limit < 0 || now - shards_changed < idle_limit)
        return false;
    for (size_t i = 0; i < shard_count; i++) {
        const struct shard *shard = &shards[i];

        if (!shard->finished && (shard->closed || shard->empty_since == 0 || now - shard->empty_since < idle_limit))
            return false;
    }
    return true;
}

/* Until then, a signal, or the end of whoever reads the output, which else would show with the next change only. */
static void wait_until(int64_t then)
{
    struct pollfd output = {.fd = STDOUT_FILENO};
    struct stat   state;
    bool          is_pipe = fstat(STDOUT_FILENO, &state) == 0 && (S_ISFIFO(state.st_mode) || S_ISSOCK(state.st_mode));
    int64_t       pause   = then - clock_ms();

    if (pause > 0 && interrupted == 0 && poll(&output, is_pipe ? 1 : 0, (int)pause) > 0 &&
        (output.revents & (POLLERR | POLLHUP)) != 0)
        raise(SIGPIPE);
}

static int follow(void)
{
    while (interrupted == 0) {
        struct shard *shard = next_shard();
        int64_t       now   = clock_ms();

        if (now >= list_due)
            list_shards();
        else if (stream_ended || is_idle(now))
            return EXIT_FINE;
        else if (shard != NULL && now >= shard->due)
            read_shard(shard);
        else
            wait_until(shard != NULL && shard->due < list_due ? shard->due : list_due);
        save_checkpoint();
    }
    return EXIT_SIGNAL + interrupted;
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

static const struct option {
    const char *name;
    char        letter;
    const char *value; /* what its value is called; NULL: it takes none */
    void       *given; /* const char ** where it takes a value, else bool * */
    const char *summary;
} options[] = {
    {"from", 0, "WHERE", &given.from, "start: all that is kept (the default); now: what comes"},
    {"images", 0, "WHICH", &given.images, "of the items: both (the default), new, old, none"},
    {"checkpoint", 0, "FILE", &given.checkpoint, "keep the position there, and go on from it"},
    {"output", 0, "FILE", &given.output, "append there, not to the standard output"},
    {"until-idle", 0, "SECONDS", &given.until_idle, "end when nothing has come for so long"},
    {"endpoint", 0, "URL", &given.endpoint, "such as http://localhost:8000"},
    {"region", 0, "NAME", &given.region, "such as eu-central-1; local: http://localhost:8000"},
    {"profile", 0, "NAME", &given.profile, "of the AWS configuration files"},
    {"help", 'h', NULL, &given.help, "print this"},
    {"version", 'V', NULL, &given.version, "print the version"},
};

static void print_help(void)
{
    puts("usage: dynamo-tail TABLE [OPTION...]\n\n"
         "Follows the stream of a DynamoDB table, which may also be given by its ARN, and\n"
         "prints each change as a line of JSON, until Ctrl-C.\n\n"
         "    dynamo-tail Music --from now\n"
         "    dynamo-tail Music --checkpoint music.position --output changes.jsonl\n");
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        char text[64];

        snprintf(text, sizeof(text), "%s--%s%s%s", options[i].letter != 0 ? "-x, " : "", options[i].name,
                 options[i].value != NULL ? " " : "", options[i].value != NULL ? options[i].value : "");
        if (options[i].letter != 0)
            text[1] = options[i].letter;
        printf("  %-21s %s\n", text, options[i].summary);
    }
    puts("\n'man 1 dynamo-tail' has all of it.");
}

/* By --name or -letter; length is that of what stands behind the dashes. */
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

/* An option and its value, which is of the same word or the next one. Returns the number of words. */
static int take_option(char **words, int left)
{
    const char          *equals = strchr(words[0], '=');
    size_t               length = equals != NULL ? (size_t)(equals - words[0]) : strlen(words[0]);
    const struct option *option = option_named(words[0], length - (words[0][1] == '-' ? 2 : 1));

    if (option == NULL)
        FAIL(EXIT_USAGE, "there is no option '%s': see dynamo-tail --help", words[0]);
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

/* Takes the options out of the words, wherever they stand. Returns how many words are left. */
static int take_options(int count, char **words)
{
    int kept = 0;

    for (int i = 0; i < count;) {
        if (strcmp(words[i], "--") == 0) {
            for (i++; i < count; i++)
                words[kept++] = words[i];
        } else if (words[i][0] == '-' && words[i][1] != '\0')
            i += take_option(words + i, count - i);
        else
            words[kept++] = words[i++];
    }
    return kept;
}

static void check_choice(const char *option, const char *word, const char *const *choices, const char *all)
{
    for (; word != NULL && strcmp(word, *choices) != 0; choices++)
        if (choices[1] == NULL)
            FAIL(EXIT_USAGE, "--%s is %s, not '%s'", option, all, word);
}

static void check_usage(int count)
{
    static const char *const origins[] = {"start", "now", NULL};
    static const char *const images[]  = {"both", "new", "old", "none", NULL};
    char                    *end;

    if (count != 1)
        FAIL(EXIT_USAGE, "usage: dynamo-tail TABLE [OPTION...]: see dynamo-tail --help");
    check_choice("from", given.from, origins, "start or now");
    check_choice("images", given.images, images, "both, new, old or none");
    if (given.checkpoint != NULL && given.checkpoint[0] == '\0')
        FAIL(EXIT_USAGE, "--checkpoint is the name of a file");
    if (given.until_idle == NULL)
        return;
    errno      = 0;
    idle_limit = strtol(given.until_idle, &end, 10);
    if (end == given.until_idle || *end != '\0' || errno != 0 || idle_limit < 0 || idle_limit > 86400)
        FAIL(EXIT_USAGE, "--until-idle is a number of seconds from 0 to 86400, not '%s'", given.until_idle);
    idle_limit *= 1000;
}

static void connect_client(void)
{
    dynamo_config config = {.endpoint = given.endpoint, .region = given.region, .profile = given.profile};

    client = dynamo_client_new(&config, &error);
    must(error.status);
    patient = dynamo_client_with(client, &(dynamo_limits){.max_attempts = PATIENT_ATTEMPTS}, &error);
    must(error.status);
    heed(SIGINT);
    heed(SIGTERM);
}

/* The word is a stream's ARN, or a table's name or ARN. */
static void find_stream(const char *word)
{
    const char *arn = word;

    if (strncmp(word, "arn:", 4) != 0 || strstr(word, "/stream/") == NULL) {
        must(dynamo_describe_table(client, word, NULL, answer(), &error));
        arn = text_of(response, "LatestStreamArn");
    }
    if (arn == NULL)
        FAIL(EXIT_NOT_FOUND,
             "%s has no stream; this enables one: dynamo call UpdateTable '{\"TableName\": \"%s\", "
             "\"StreamSpecification\": {\"StreamEnabled\": true, \"StreamViewType\": \"NEW_AND_OLD_IMAGES\"}}'",
             word, word);
    keep_text(&stream, arn);
}

static int run(int count, char **words)
{
    if (given.version)
        return printf("dynamo-tail %s\n", dynamo_version()) > 0 ? EXIT_FINE : EXIT_OTHER;
    if (given.help) {
        print_help();
        return EXIT_FINE;
    }
    check_usage(count);
    connect_client();
    find_stream(words[0]);
    if (given.checkpoint != NULL)
        load_checkpoint();
    if (given.output != NULL)
        open_output();
    return follow();
}

int main(int count, char **words)
{
    int code;

    signal(SIGPIPE, SIG_DFL); /* dynamo-tail Music | head */
    atexit(release);
    code = run(take_options(count - 1, words + 1), words + 1);
    flush_output();
    return code;
}
