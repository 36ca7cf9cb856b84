/*
 * dynamo: DynamoDB from the command line, in plain JSON. Its page is man/dynamo.1.
 *
 *     dynamo get Music '{"Artist": "Nobody", "Song": "Roads"}'
 *     dynamo query Music --where 'Artist = "Nobody" and begins_with(Song, "R")' --only Song,Year
 *     dynamo sql 'SELECT * FROM Music WHERE Year > ?' 1990
 *
 * From top to bottom: what was asked for, how it ends, values written, JSON read, expressions, the commands, the
 * command line. What the commands are and what options they take are the two tables in the middle.
 *
 * The program does one thing and ends, wherever it finds out that it can't: what it holds by then hangs on the few
 * variables below, which release() frees at the end.
 */
#define _POSIX_C_SOURCE 200809L

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "dynamo.h"

#define ANY INT_MAX
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Scripts rely on these: they stay as they are. */
enum exit_code {
    EXIT_FINE        = 0,
    EXIT_NOTHING     = 1, /* no item has the key */
    EXIT_USAGE       = 2, /* the command line, or JSON that can't be read */
    EXIT_REFUSED     = 3, /* the request isn't valid */
    EXIT_CONFLICT    = 4, /* a condition failed, or something else was quicker */
    EXIT_NOT_FOUND   = 5, /* no such table, index, backup, ... */
    EXIT_ACCESS      = 6, /* credentials, permissions, settings */
    EXIT_LIMIT       = 7, /* throttled, or beyond a quota */
    EXIT_NETWORK     = 8, /* no answer, or none in time */
    EXIT_OTHER       = 9,
    EXIT_INTERRUPTED = 130,
};

/* The options as they were given; NULL or false: they weren't. */
static struct {
    const char *endpoint, *region, *profile, *color;
    const char *where, *filter, *condition, *set, *remove, *add, *take, *only, *index, *limit, *print;
    const char *read_units, *write_units;
    bool        consistent, count, descending, raw, help, version;
} given;

/* JSON documents, one after the other: of words of the command line and of the files that these name. */
static struct documents {
    char       **words;
    int          left;
    FILE        *file; /* the one that is read; NULL: none */
    const char  *name; /* of the file, for people */
    unsigned     number;
    json_t      *document;
} input;

static dynamo_client *client;
static dynamo_error   error;    /* one serves all calls: each clears it first */
static json_t        *response; /* to the last call */
static json_t        *position; /* where the page after it begins */
static json_t        *names;    /* of the attributes in expressions, by placeholder */
static json_t        *values;   /* likewise */
static json_t        *kept;     /* what lives until the end */
static bool           indented; /* as for people, not a value a line */
static bool           colored;

static volatile sig_atomic_t interrupted;

/* ---- How it ends ------------------------------------------------------------------------------------------------- */

static void release(void)
{
    signal(SIGINT, SIG_DFL);
    if (input.file != NULL && input.file != stdin)
        fclose(input.file);
    json_decref(input.document);
    json_decref(kept);
    json_decref(values);
    json_decref(names);
    json_decref(position);
    json_decref(response);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* Text that came from elsewhere: what a terminal may take for a command (U+0000 to U+001F, U+007F to U+009F) is escaped
 * as in JSON. */
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

static void write_line(const char *text)
{
    fputs("dynamo: ", stderr);
    write_safely(stderr, text);
    putc('\n', stderr);
}

static void complain(const char *format, ...)
{
    char    line[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    write_line(line);
}

#define FAIL(code, ...) (complain(__VA_ARGS__), exit(code))

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
      DYNAMO_ERR_IDEMPOTENT_PARAMETER_MISMATCH, DYNAMO_ERR_UNKNOWN_OPERATION, DYNAMO_ERR_INVALID_EXPORT_TIME,
      DYNAMO_ERR_INVALID_RESTORE_TIME, DYNAMO_ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED,
      DYNAMO_ERR_INVALID_ENDPOINT}},
    {EXIT_CONFLICT, NULL,
     {DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, DYNAMO_ERR_DUPLICATE_ITEM, DYNAMO_ERR_TRANSACTION_CANCELED,
      DYNAMO_ERR_TRANSACTION_CONFLICT, DYNAMO_ERR_TRANSACTION_IN_PROGRESS, DYNAMO_ERR_REPLICATED_WRITE_CONFLICT,
      DYNAMO_ERR_RESOURCE_IN_USE, DYNAMO_ERR_TABLE_ALREADY_EXISTS, DYNAMO_ERR_TABLE_IN_USE, DYNAMO_ERR_BACKUP_IN_USE,
      DYNAMO_ERR_EXPORT_CONFLICT, DYNAMO_ERR_IMPORT_CONFLICT, DYNAMO_ERR_GLOBAL_TABLE_ALREADY_EXISTS,
      DYNAMO_ERR_REPLICA_ALREADY_EXISTS, DYNAMO_ERR_PRIOR_REQUEST_NOT_COMPLETE}},
    {EXIT_NOT_FOUND, "'dynamo tables' lists what is there; --region, --profile and --endpoint say where to look",
     {DYNAMO_ERR_RESOURCE_NOT_FOUND, DYNAMO_ERR_TABLE_NOT_FOUND, DYNAMO_ERR_INDEX_NOT_FOUND}},
    {EXIT_NOT_FOUND, NULL,
     {DYNAMO_ERR_BACKUP_NOT_FOUND, DYNAMO_ERR_CONTINUOUS_BACKUPS_UNAVAILABLE, DYNAMO_ERR_EXPORT_NOT_FOUND,
      DYNAMO_ERR_GLOBAL_TABLE_NOT_FOUND, DYNAMO_ERR_IMPORT_NOT_FOUND, DYNAMO_ERR_POINT_IN_TIME_RECOVERY_UNAVAILABLE,
      DYNAMO_ERR_POLICY_NOT_FOUND, DYNAMO_ERR_REPLICA_NOT_FOUND, DYNAMO_ERR_EXPIRED_ITERATOR,
      DYNAMO_ERR_TRIMMED_DATA_ACCESS}},
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
    {EXIT_INTERRUPTED, NULL, {DYNAMO_ERR_CANCELED}},
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

static void complain_of_details(void)
{
    char *text = error.details != NULL ? dynamo_dump(error.details) : NULL;

    if (text != NULL)
        write_line(text);
    free(text);
}

/* A call that has to succeed: says why it didn't, and what to do, and ends. */
static void must(dynamo_status status)
{
    const struct class *class = class_of(status);

    if (status == DYNAMO_OK)
        return;
    if (interrupted || class->code == EXIT_INTERRUPTED)
        exit(EXIT_INTERRUPTED);
    complain("%s: %s", error.code, error.message);
    complain_of_details();
    if (class->advice != NULL)
        complain("%s", class->advice);
    if (error.ambiguous)
        complain("the write may have been applied all the same: the answer to it is missing");
    else if (error.retryable)
        complain("the same command may succeed later (attempts: %u)", error.attempts);
    if (error.request_id[0] != '\0')
        complain("request id %s", error.request_id);
    if (input.number > 1)
        complain("that was document %u%s%s; those before it are done", input.number, input.name != NULL ? " of " : "",
                 input.name != NULL ? input.name : "");
    exit((int)class->code);
}

/* Ends the call that is under way; the next Ctrl-C ends the program as any. */
static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
    dynamo_client_cancel(client);
}

/* Without SA_RESTART: waiting for input ends too. In the background of a script Ctrl-C is ignored, and stays so. */
static void heed_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}, before;

    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
}

/* Where an answer goes; the one before is released. */
static json_t **answer(void)
{
    json_decref(response);
    response = NULL;
    return &response;
}

/* What lives until the end: takes the reference, and gives it back as a borrowed one. */
static json_t *keep(json_t *value)
{
    if (kept == NULL)
        kept = json_array();
    if (value == NULL || json_array_append_new(kept, value) != 0)
        FAIL(EXIT_OTHER, "out of memory");
    return value;
}

/* ---- Values written ---------------------------------------------------------------------------------------------- */

#define TERMINAL_WIDTH 80

static const char *const name_color = "\033[36m";

static const char *color_of(const json_t *scalar)
{
    switch (json_typeof(scalar)) {
    case JSON_STRING: return "\033[32m";
    case JSON_TRUE:
    case JSON_FALSE: return "\033[35m";
    case JSON_NULL: return "\033[90m";
    default: return "\033[33m";
    }
}

/* Broken pipes end the program by a signal: what is seen here is a full disk. */
static void flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    if (interrupted)
        exit(EXIT_INTERRUPTED);
    FAIL(EXIT_OTHER, "the output can't be written: %s", strerror(errno));
}

static void write_scalar(json_t *value, const char *color)
{
    char *text = or_out_of_memory(dynamo_dump(value));

    if (colored)
        fputs(color, stdout);
    write_safely(stdout, text);
    if (colored)
        fputs("\033[0m", stdout);
    free(text);
}

/* A name may have U+0000 in it, where Jansson can tell. */
static size_t name_length(void *member)
{
#if JANSSON_VERSION_HEX >= 0x020e00
    return json_object_iter_key_len(member);
#else
    return strlen(json_object_iter_key(member));
#endif
}

static void write_name(const char *name, size_t length)
{
    json_t *text = or_out_of_memory(json_stringn_nocheck(name, length));

    write_scalar(text, name_color);
    json_decref(text);
    fputs(": ", stdout);
}

/* Whether what is left of the line has room for the value, with a blank after each colon and comma. */
static bool fits(json_t *value, size_t used)
{
    char  *text  = or_out_of_memory(dynamo_dump(value));
    size_t width = used;

    for (const char *at = text; *at != '\0'; at++)
        width += *at == ',' || *at == ':' ? 2 : 1;
    free(text);
    return width <= TERMINAL_WIDTH;
}

/* What parts a member from the one before it, and from the bracket. */
static void begin_member(bool first, bool broken, size_t indent)
{
    if (!first)
        fputs(broken ? "," : ", ", stdout);
    if (broken)
        printf("\n%*s", (int)indent, "");
}

static void write_indented(json_t *value, size_t indent, size_t used);

static void write_object(json_t *object, size_t indent, size_t used, bool broken)
{
    void *first = json_object_iter(object);

    for (void *at = first; at != NULL; at = json_object_iter_next(object, at)) {
        size_t length = name_length(at);

        begin_member(at == first, broken, indent);
        write_name(json_object_iter_key(at), length);
        write_indented(json_object_iter_value(at), indent, broken ? used + length + strlen("\"\": ") : used);
    }
}

static void write_list(json_t *list, size_t indent, size_t used, bool broken)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        begin_member(i == 0, broken, indent);
        write_indented(json_array_get(list, i), indent, used);
    }
}

/* An object or a list on one line where it fits behind the `used` columns, else each of its members on its own. */
static void write_container(json_t *value, size_t indent, size_t used)
{
    bool   broken = json_object_size(value) + json_array_size(value) > 0 && !fits(value, used);
    size_t inner  = broken ? indent + 2 : indent;

    if (broken)
        used = inner + 1; /* a comma may follow */
    putchar(json_is_object(value) ? '{' : '[');
    if (json_is_object(value))
        write_object(value, inner, used, broken);
    else
        write_list(value, inner, used, broken);
    if (broken)
        begin_member(true, true, indent);
    putchar(json_is_object(value) ? '}' : ']');
}

static void write_indented(json_t *value, size_t indent, size_t used)
{
    char buffer[DYNAMO_NUMBER_SIZE];

    if ((json_is_object(value) || json_is_array(value)) && dynamo_number_text(value, buffer) == NULL)
        write_container(value, indent, used);
    else
        write_scalar(value, color_of(value));
}

/* A line of JSON for programs; for people, what is larger than a line's worth is spread over several. */
static void print(json_t *value)
{
    if (given.raw && json_is_string(value))
        fwrite(json_string_value(value), 1, json_string_length(value), stdout);
    else if (indented)
        write_indented(value, 0, json_is_object(value) ? TERMINAL_WIDTH : 0);
    else {
        char *text = or_out_of_memory(dynamo_dump(value));

        fputs(text, stdout);
        free(text);
    }
    putchar('\n');
}

static void choose_form(void)
{
    const char *when     = given.color != NULL ? given.color : "auto";
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

    indented = isatty(STDOUT_FILENO);
    if (strcmp(when, "always") == 0)
        indented = colored = true;
    else if (strcmp(when, "auto") == 0)
        colored = indented && (no_color == NULL || *no_color == '\0') &&
                  (terminal == NULL || strcmp(terminal, "dumb") != 0);
    else if (strcmp(when, "never") != 0)
        FAIL(EXIT_USAGE, "--color is always, never or auto, not '%s'", when);
}

/* ---- JSON read --------------------------------------------------------------------------------------------------- */

/* One document's text: to the bracket that closes its first one; without brackets, to the end of the line. */
static char *read_text(FILE *file, size_t *length)
{
    char *text  = NULL;
    FILE *out   = or_out_of_memory(open_memstream(&text, length));
    bool  quoted = false, escaped = false, begun = false, ended = false;
    int   depth = 0, c;

    while (!ended && (c = getc(file)) != EOF) {
        if (!begun && isspace(c))
            continue;
        begun = true;
        putc(c, out);
        if (quoted) {
            quoted  = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"')
            quoted = true;
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            ended = --depth <= 0;
        else
            ended = depth == 0 && c == '\n';
    }
    if (fclose(out) != 0)
        or_out_of_memory(NULL);
    return text;
}

static void open_input(const char *word)
{
    bool standard = strcmp(word, "-") == 0;

    input.name = standard ? "the standard input" : word + 1;
    input.file = standard ? stdin : fopen(word + 1, "r");
    if (input.file == NULL)
        FAIL(EXIT_USAGE, "%s: %s", input.name, strerror(errno));
}

static void close_input(void)
{
    if (interrupted)
        exit(EXIT_INTERRUPTED);
    if (ferror(input.file))
        FAIL(EXIT_USAGE, "%s can't be read: %s", input.name, strerror(errno));
    if (input.file != stdin)
        fclose(input.file);
    input.file = NULL;
}

/* The plain form of values, or DynamoDB's own notation, whose numbers are none of the library's business. */
static json_t *load(const char *text, size_t length, bool plain)
{
    json_error_t problem;
    json_t      *value = plain ? dynamo_load(text, length, &error)
                               : json_loadb(text, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &problem);

    if (value == NULL && input.name != NULL)
        complain("document %u of %s:", input.number, input.name);
    if (value == NULL)
        FAIL(EXIT_USAGE, "%.200s: this isn't JSON: %s", text, plain ? error.message : problem.text);
    return value;
}

/* The next document of the file; false at its end. */
static bool read_document(bool plain)
{
    size_t length;
    char  *text = read_text(input.file, &length);

    if (length > 0 && !interrupted) {
        input.number++;
        input.document = load(text, length, plain);
    }
    free(text);
    return input.document != NULL;
}

/* The next document, borrowed until the one after; NULL at the end. */
static json_t *next_document(bool plain)
{
    json_decref(input.document);
    input.document = NULL;
    for (;;) {
        if (input.file != NULL) {
            if (read_document(plain))
                return input.document;
            close_input();
        }
        if (input.left == 0)
            return NULL;
        input.left--;
        if (strcmp(*input.words, "-") == 0 || **input.words == '@')
            open_input(*input.words++);
        else {
            input.number++;
            input.name     = NULL;
            input.document = load(*input.words, strlen(*input.words), plain);
            input.words++;
            return input.document;
        }
    }
}

/* What is left of the command line is JSON; without it, the standard input is. */
static void begin_documents(char **words, int count)
{
    static char  standard[] = "-";
    static char *only[]     = {standard};

    if (count == 0 && isatty(STDIN_FILENO))
        FAIL(EXIT_USAGE, "some JSON is missing: as an argument, - for the standard input, or @FILE");
    input.words = count > 0 ? words : only;
    input.left  = count > 0 ? count : 1;
}

static int64_t number_of(const char *option, const char *text)
{
    char *end;
    long  number;

    if (text == NULL)
        return 0;
    errno  = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || number < 1 || number > INT32_MAX)
        FAIL(EXIT_USAGE, "--%s is a number from 1 to %d, not '%s'", option, INT32_MAX, text);
    return number;
}

/* ---- Expressions ------------------------------------------------------------------------------------------------- */

/*
 * DynamoDB wants names and values apart from an expression: Year > 1990 is sent as #n0 > :v0, {"#n0": "Year"} and
 * {":v0": 1990}. So no name can be a reserved word, and no value be taken for a part of the expression. Nothing else
 * is changed: what an expression may say is the service's business.
 */
struct rewriter {
    const char *option; /* that it was given by */
    const char *text;
    const char *at;
    FILE       *out;
    bool        operand; /* a name or value came last: a minus subtracts now, a bracket has an index */
    bool        dotted;  /* a name has to come next */
    enum kind {
        CONDITION, /* Year > 1990 and not contains(Tags, "live") */
        CHANGES,   /* Year = 1994, Plays = Plays - 1 */
        AMOUNTS,   /* Plays -1: nothing is subtracted */
        NAMES,     /* Song, Tags[0]: no value */
    } kind;
};

static const char *const keywords[]  = {"and", "or", "not", "between", "in"};
static const char *const constants[] = {"true", "false", "null"};
static const char *const functions[] = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with",
                                        "contains", "size", "if_not_exists", "list_append"};

/* Longer ones first. Those with advice are none. */
static const struct symbol {
    const char *text;
    const char *advice;
} symbols[] = {
    {"<>", NULL}, {"<=", NULL}, {">=", NULL}, {"==", "equal is ="}, {"!=", "unequal is <>"},
    {"=", NULL},  {"<", NULL},  {">", NULL},  {"(", NULL},          {")", NULL},
    {",", NULL},  {".", NULL},  {"+", NULL},  {"-", NULL},          {"&&", "write: and"},
    {"||", "write: or"},        {"'", "text stands in double quotes, as in JSON"},
    {"#", "names stand as they are, or in backquotes: `#1`"},       {":", "values stand as they are, as JSON"},
};

static void refuse_expression(const struct rewriter *rewriter, const char *why)
{
    FAIL(EXIT_USAGE, "--%s, column %zu: %s: %s", rewriter->option, (size_t)(rewriter->at - rewriter->text) + 1, why,
         rewriter->text);
}

static bool is_one_of(const char *const *words, size_t count, const char *text, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(words, text, length) is_one_of(words, COUNT_OF(words), text, length)

/* Adds to the names or values, and writes the placeholder. Takes the reference. */
static void write_placeholder(struct rewriter *rewriter, json_t **map, const char *prefix, json_t *value)
{
    char placeholder[32];

    if (*map == NULL)
        *map = json_object();
    snprintf(placeholder, sizeof(placeholder), "%s%zu", prefix, json_object_size(*map));
    if (json_object_set_new(*map, placeholder, value) != 0)
        or_out_of_memory(NULL);
    fputs(placeholder, rewriter->out);
    rewriter->operand = true;
}

/* A name gets one placeholder, however often it stands there. */
static void rewrite_name(struct rewriter *rewriter, const char *text, size_t length)
{
    json_t     *name = json_stringn(text, length), *other;
    const char *placeholder;

    if (name == NULL)
        refuse_expression(rewriter, "a name isn't UTF-8");
    json_object_foreach(names, placeholder, other)
        if (json_equal(name, other)) {
            fputs(placeholder, rewriter->out);
            rewriter->operand = true;
            json_decref(name);
            return;
        }
    write_placeholder(rewriter, &names, "#n", name);
}

static void rewrite_value(struct rewriter *rewriter, size_t length)
{
    json_t *value;

    if (rewriter->kind == NAMES)
        refuse_expression(rewriter, "only names of attributes stand here");
    value = dynamo_load(rewriter->at, length, &error);
    if (value == NULL)
        refuse_expression(rewriter, error.message);
    write_placeholder(rewriter, &values, ":v", value);
    rewriter->at += length;
}

/* `my-name`: any name at all, but for backquotes. */
static void rewrite_quoted_name(struct rewriter *rewriter)
{
    const char *begin = rewriter->at + 1, *end = strchr(begin, '`');

    if (end == NULL || end == begin)
        refuse_expression(rewriter, "a name in backquotes is empty or doesn't end");
    rewrite_name(rewriter, begin, (size_t)(end - begin));
    rewriter->at = end + 1;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static void copy(struct rewriter *rewriter, size_t length, bool operand)
{
    fwrite(rewriter->at, 1, length, rewriter->out);
    rewriter->at += length;
    rewriter->operand = operand;
}

/* A keyword, a constant, a function, or a name. */
static void rewrite_word(struct rewriter *rewriter)
{
    const char *text   = rewriter->at;
    size_t      length = 0;

    while (is_name_byte(text[length]))
        length++;
    if (!rewriter->dotted && rewriter->kind == CONDITION && IS_ONE_OF(keywords, text, length))
        copy(rewriter, length, false);
    else if (!rewriter->dotted && IS_ONE_OF(constants, text, length))
        rewrite_value(rewriter, length);
    else if (text[length + strspn(text + length, " \t\n")] != '(') {
        rewrite_name(rewriter, text, length);
        rewriter->at += length;
    } else if (IS_ONE_OF(functions, text, length))
        copy(rewriter, length, false);
    else
        refuse_expression(rewriter, "there is no such function");
}

/* The length of a JSON string, from one quote to the other. */
static size_t string_length(const char *text)
{
    size_t length = 1;

    while (text[length] != '\0' && text[length] != '"')
        length += text[length] == '\\' && text[length + 1] != '\0' ? 2 : 1;
    return text[length] == '"' ? length + 1 : length;
}

/* The length of a JSON object or list, to the bracket that closes it. */
static size_t container_length(const char *text)
{
    size_t length = 0, depth = 0;

    while (text[length] != '\0') {
        char c = text[length];

        length += c == '"' ? string_length(text + length) : 1;
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            break;
    }
    return length;
}

static size_t number_length(const char *text)
{
    size_t length = text[0] == '-' ? 1 : 0;

    length += strspn(text + length, "0123456789.");
    if (text[length] == 'e' || text[length] == 'E') {
        length += text[length + 1] == '+' || text[length + 1] == '-' ? 2 : 1;
        length += strspn(text + length, "0123456789");
    }
    return length;
}

/* The length of the value that begins here; 0: none does. */
static size_t value_length(const struct rewriter *rewriter)
{
    const char *text     = rewriter->at;
    bool        negative = *text == '-' && (!rewriter->operand || rewriter->kind == AMOUNTS);

    if (*text == '"')
        return string_length(text);
    if (*text == '{' || (*text == '[' && !rewriter->operand))
        return container_length(text);
    if (isdigit((unsigned char)*text) || (negative && isdigit((unsigned char)text[1])))
        return number_length(text);
    return 0;
}

/* [0], of the list that came last. */
static void rewrite_index(struct rewriter *rewriter)
{
    size_t digits = strspn(rewriter->at + 1, "0123456789");

    if (digits == 0 || rewriter->at[digits + 1] != ']')
        refuse_expression(rewriter, "an index is a number: [0]");
    copy(rewriter, digits + 2, true);
}

static void rewrite_symbol(struct rewriter *rewriter)
{
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        size_t length = strlen(symbols[i].text);

        if (strncmp(rewriter->at, symbols[i].text, length) != 0)
            continue;
        if (symbols[i].advice != NULL)
            refuse_expression(rewriter, symbols[i].advice);
        copy(rewriter, length, symbols[i].text[0] == ')');
        return;
    }
    refuse_expression(rewriter, "what is this? A name with such a sign stands in backquotes");
}

static void rewrite_token(struct rewriter *rewriter)
{
    size_t length = value_length(rewriter);
    bool   dot    = *rewriter->at == '.';

    if (length > 0)
        rewrite_value(rewriter, length);
    else if (*rewriter->at == '`')
        rewrite_quoted_name(rewriter);
    else if (is_name_byte(*rewriter->at))
        rewrite_word(rewriter);
    else if (*rewriter->at == '[')
        rewrite_index(rewriter);
    else
        rewrite_symbol(rewriter);
    rewriter->dotted = dot;
}

/* What DynamoDB is sent for what an option says. */
static void write_expression(FILE *out, enum kind kind, const char *option, const char *text)
{
    struct rewriter rewriter = {.option = option, .text = text, .at = text, .out = out, .kind = kind};

    while (*rewriter.at != '\0') {
        if (isspace((unsigned char)*rewriter.at)) {
            putc(' ', out);
            rewriter.at++;
        } else
            rewrite_token(&rewriter);
    }
}

/* Text that was written to memory, kept until the end. */
static const char *kept_text(FILE *out, char **text)
{
    json_t *string;

    if (fclose(out) != 0)
        or_out_of_memory(NULL);
    string = json_string(*text);
    free(*text);
    return json_string_value(keep(string));
}

/* NULL where the option wasn't given. */
static const char *expression(enum kind kind, const char *option, const char *text)
{
    char  *written = NULL;
    size_t length;
    FILE  *out;

    if (text == NULL)
        return NULL;
    out = or_out_of_memory(open_memstream(&written, &length));
    write_expression(out, kind, option, text);
    return kept_text(out, &written);
}

static const char *update_expression(void)
{
    const struct {
        const char *clause;
        enum kind   kind;
        const char *option, *text;
    } clauses[] = {
        {"SET ", CHANGES, "set", given.set},
        {"REMOVE ", NAMES, "remove", given.remove},
        {"ADD ", AMOUNTS, "add", given.add},
        {"DELETE ", AMOUNTS, "take", given.take},
    };
    char  *written = NULL;
    size_t length;
    FILE  *out = or_out_of_memory(open_memstream(&written, &length));

    for (size_t i = 0; i < COUNT_OF(clauses); i++)
        if (clauses[i].text != NULL) {
            fputs(clauses[i].clause, out);
            write_expression(out, clauses[i].kind, clauses[i].option, clauses[i].text);
            putc(' ', out);
        }
    return kept_text(out, &written);
}

/* ---- Commands: items --------------------------------------------------------------------------------------------- */

static dynamo_bool consistent(void)
{
    return given.consistent ? DYNAMO_TRUE : DYNAMO_UNSET;
}

/* The item that --print asks for, before the write or after it. */
static const char *return_values(void)
{
    if (given.print == NULL)
        return NULL;
    if (strcmp(given.print, "old") != 0 && strcmp(given.print, "new") != 0)
        FAIL(EXIT_USAGE, "--print is old or new, not '%s'", given.print);
    return strcmp(given.print, "old") == 0 ? "ALL_OLD" : "ALL_NEW";
}

static void print_returned(void)
{
    json_t *item = json_object_get(response, "Attributes");

    if (item == NULL)
        return;
    print(item);
    flush_output();
}

static int run_get(char **words, int count)
{
    dynamo_get_item_options options = {.consistent_read = consistent()};
    int                     code    = EXIT_FINE;
    json_t                 *key, *item;

    options.projection_expression      = expression(NAMES, "only", given.only);
    options.expression_attribute_names = names;
    begin_documents(words + 1, count - 1);
    while ((key = next_document(true)) != NULL) {
        must(dynamo_get_item(client, words[0], key, &options, answer(), &error));
        item = json_object_get(response, "Item");
        if (item == NULL)
            code = EXIT_NOTHING;
        else
            print(item);
        flush_output();
    }
    return code;
}

static int run_put(char **words, int count)
{
    dynamo_put_item_options options = {.return_values = return_values()};
    json_t                 *item;

    options.condition_expression        = expression(CONDITION, "if", given.condition);
    options.expression_attribute_names  = names;
    options.expression_attribute_values = values;
    begin_documents(words + 1, count - 1);
    while ((item = next_document(true)) != NULL) {
        must(dynamo_put_item(client, words[0], item, &options, answer(), &error));
        print_returned();
    }
    return EXIT_FINE;
}

static int run_update(char **words, int count)
{
    dynamo_update_item_options options = {.return_values = return_values()};
    json_t                    *key;

    if (given.set == NULL && given.remove == NULL && given.add == NULL && given.take == NULL)
        FAIL(EXIT_USAGE, "update needs --set, --remove, --add or --take, to say what to change");
    options.update_expression           = update_expression();
    options.condition_expression        = expression(CONDITION, "if", given.condition);
    options.expression_attribute_names  = names;
    options.expression_attribute_values = values;
    begin_documents(words + 1, count - 1);
    while ((key = next_document(true)) != NULL) {
        must(dynamo_update_item(client, words[0], key, &options, answer(), &error));
        print_returned();
    }
    return EXIT_FINE;
}

static int run_delete(char **words, int count)
{
    dynamo_delete_item_options options = {.return_values = return_values()};
    json_t                    *key;

    options.condition_expression        = expression(CONDITION, "if", given.condition);
    options.expression_attribute_names  = names;
    options.expression_attribute_values = values;
    begin_documents(words + 1, count - 1);
    while ((key = next_document(true)) != NULL) {
        must(dynamo_delete_item(client, words[0], key, &options, answer(), &error));
        print_returned();
    }
    return EXIT_FINE;
}

/* ---- Commands: pages --------------------------------------------------------------------------------------------- */

/* An operation that answers in pages. */
struct listing {
    const char *list;     /* the member that has what is listed */
    const char *position; /* the member that says where the next page begins */
    /* Asks for a page, to `response`; most: how many entries are wanted, 0: all. */
    dynamo_status (*page)(const char *subject, void *options, int64_t most);
};

static int64_t print_entries(json_t *list, int64_t most)
{
    int64_t count = (int64_t)json_array_size(list);

    if (most > 0 && count > most)
        count = most;
    for (int64_t i = 0; i < count; i++)
        print(json_array_get(list, (size_t)i));
    return count;
}

/* Page by page, each printed as it arrives: no more than one is in memory. */
static int print_pages(const struct listing *listing, const char *subject, void *options)
{
    int64_t limit = number_of("limit", given.limit), seen = 0;

    do {
        must(listing->page(subject, options, limit > 0 ? limit - seen : 0));
        json_decref(position);
        position = json_incref(json_object_get(response, listing->position));
        if (given.count)
            seen += json_integer_value(json_object_get(response, "Count"));
        else
            seen += print_entries(json_object_get(response, listing->list), limit > 0 ? limit - seen : 0);
        flush_output();
    } while (position != NULL && (limit == 0 || seen < limit));
    if (given.count)
        print(keep(json_integer(limit > 0 && seen > limit ? limit : seen)));
    return EXIT_FINE;
}

/* A page's limit holds before the filter: with one, it would make many pages of few items. */
static dynamo_status query_page(const char *table, void *request, int64_t most)
{
    dynamo_query_options *options = request;

    options->limit               = options->filter_expression == NULL ? most : 0;
    options->exclusive_start_key = position;
    return dynamo_query(client, table, options, answer(), &error);
}

static dynamo_status scan_page(const char *table, void *request, int64_t most)
{
    dynamo_scan_options *options = request;

    options->limit               = options->filter_expression == NULL ? most : 0;
    options->exclusive_start_key = position;
    return dynamo_scan(client, table, options, answer(), &error);
}

static dynamo_status sql_page(const char *statement, void *request, int64_t most)
{
    dynamo_execute_statement_options *options = request;

    (void)most; /* its limit holds before the WHERE */
    options->next_token = json_string_value(position);
    return dynamo_execute_statement(client, statement, options, answer(), &error);
}

static dynamo_status tables_page(const char *nothing, void *request, int64_t most)
{
    dynamo_list_tables_options *options = request;

    (void)nothing;
    options->limit                      = most < 100 ? most : 100;
    options->exclusive_start_table_name = json_string_value(position);
    return dynamo_list_tables(client, options, answer(), &error);
}

static int run_query(char **words, int count)
{
    static const struct listing listing = {"Items", "LastEvaluatedKey", query_page};
    dynamo_query_options options = {
        .index_name      = given.index,
        .select          = given.count ? "COUNT" : NULL,
        .consistent_read = consistent(),
        .descending      = given.descending,
    };

    (void)count;
    if (given.where == NULL)
        FAIL(EXIT_USAGE, "query needs --where, to say which keys: --where 'Artist = \"Nobody\"'");
    options.key_condition_expression    = expression(CONDITION, "where", given.where);
    options.filter_expression           = expression(CONDITION, "filter", given.filter);
    options.projection_expression       = expression(NAMES, "only", given.only);
    options.expression_attribute_names  = names;
    options.expression_attribute_values = values;
    return print_pages(&listing, words[0], &options);
}

static int run_scan(char **words, int count)
{
    static const struct listing listing = {"Items", "LastEvaluatedKey", scan_page};
    dynamo_scan_options  options = {
        .index_name      = given.index,
        .select          = given.count ? "COUNT" : NULL,
        .consistent_read = consistent(),
    };

    (void)count;
    options.filter_expression           = expression(CONDITION, "filter", given.filter);
    options.projection_expression       = expression(NAMES, "only", given.only);
    options.expression_attribute_names  = names;
    options.expression_attribute_values = values;
    return print_pages(&listing, words[0], &options);
}

static int run_sql(char **words, int count)
{
    static const struct listing             listing = {"Items", "NextToken", sql_page};
    dynamo_execute_statement_options options = {.consistent_read = consistent()};
    json_t                          *parameter;

    input.words = words + 1;
    input.left  = count - 1;
    if (count > 1)
        options.parameters = keep(json_array());
    while ((parameter = next_document(true)) != NULL)
        if (json_array_append(options.parameters, parameter) != 0)
            or_out_of_memory(NULL);
    input.number = 0;
    return print_pages(&listing, words[0], &options);
}

/* ---- Commands: tables, and the rest ------------------------------------------------------------------------------ */

static int run_tables(char **words, int count)
{
    static const struct listing       listing = {"TableNames", "LastEvaluatedTableName", tables_page};
    dynamo_list_tables_options options = {0};

    (void)words;
    (void)count;
    return print_pages(&listing, NULL, &options);
}

static int run_describe(char **words, int count)
{
    for (int i = 0; i < count; i++) {
        must(dynamo_describe_table(client, words[i], NULL, answer(), &error));
        print(response);
        flush_output();
    }
    return EXIT_FINE;
}

/* Takes the role off the end of NAME:TYPE:ROLE; without one, the first attribute is the HASH. */
static const char *take_role(const char *word, size_t *length, bool first)
{
    static const char *const roles[] = {"HASH", "RANGE"};
    const char              *last    = strrchr(word, ':');

    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (last != NULL && strcmp(last + 1, roles[i]) == 0) {
            *length = (size_t)(last - word);
            return roles[i];
        }
    return roles[first ? 0 : 1];
}

/* Adds an attribute of the key, NAME:TYPE[:ROLE], to the definitions and the schema. A name may have colons in it. */
static void add_key(const char *word, json_t *definitions, json_t *schema)
{
    size_t      length  = strlen(word);
    const char *role    = take_role(word, &length, json_object_size(schema) == 0);
    char        type[2] = "";
    char       *name;

    if (length < 3 || word[length - 2] != ':' || strchr("SNB", word[length - 1]) == NULL)
        FAIL(EXIT_USAGE, "a key is NAME:TYPE or NAME:TYPE:ROLE, such as Artist:S:HASH (S, N, B; HASH, RANGE), not '%s'",
             word);
    type[0] = word[length - 1];
    name    = or_out_of_memory(strndup(word, length - 2));
    if (json_object_set_new(definitions, name, json_string(type)) != 0 ||
        json_object_set_new(schema, name, json_string(role)) != 0)
        FAIL(EXIT_USAGE, "the name of a key isn't UTF-8: '%s'", name);
    free(name);
}

/* Looks again after 0.1 s, and ever later up to 2 s. */
static void wait_until_active(const char *table)
{
    struct timespec pause = {.tv_nsec = 100000000};

    for (;;) {
        must(dynamo_describe_table(client, table, NULL, answer(), &error));
        if (strcmp(json_string_value(json_object_get(response, "TableStatus")), "CREATING") != 0)
            return;
        nanosleep(&pause, NULL);
        if (pause.tv_sec == 0 && pause.tv_nsec < 500000000)
            pause.tv_nsec += 100000000;
        else
            pause.tv_sec = 2;
    }
}

static int run_create(char **words, int count)
{
    json_t                     *definitions = keep(json_object()), *schema = keep(json_object());
    dynamo_create_table_options options = {
        .read_capacity_units  = number_of("read", given.read_units),
        .write_capacity_units = number_of("write", given.write_units),
    };

    if (given.read_units == NULL && given.write_units == NULL)
        options.billing_mode = "PAY_PER_REQUEST";
    for (int i = 1; i < count; i++)
        add_key(words[i], definitions, schema);
    must(dynamo_create_table(client, words[0], definitions, schema, &options, answer(), &error));
    wait_until_active(words[0]);
    return EXIT_FINE;
}

static int run_call(char **words, int count)
{
    json_t *request;

    begin_documents(words + 1, count - 1);
    while ((request = next_document(false)) != NULL) {
        must(dynamo_call(client, words[0], request, answer(), &error));
        print(response);
        flush_output();
    }
    return EXIT_FINE;
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

enum {
    GET      = 1 << 0,
    PUT      = 1 << 1,
    UPDATE   = 1 << 2,
    DELETE   = 1 << 3,
    QUERY    = 1 << 4,
    SCAN     = 1 << 5,
    SQL      = 1 << 6,
    TABLES   = 1 << 7,
    DESCRIBE = 1 << 8,
    CREATE   = 1 << 9,
    CALL     = 1 << 10,
    ALL      = ~0,
};

static const struct command {
    int         bit;
    const char *name;
    const char *arguments;
    const char *summary;
    int (*run)(char **words, int count);
    int         least, most; /* how many arguments */
    const char *example;
} commands[] = {
    {GET, "get", "TABLE [KEY...]", "prints the items with these keys", run_get, 1, ANY,
     "dynamo get Music '{\"Artist\": \"Nobody\", \"Song\": \"Roads\"}'"},
    {PUT, "put", "TABLE [ITEM...]", "writes items", run_put, 1, ANY,
     "dynamo put Music '{\"Artist\": \"Nobody\", \"Song\": \"Roads\"}' \\\n"
     "        --if 'attribute_not_exists(Song)'\n"
     "    dynamo put Music < items.jsonl"},
    {UPDATE, "update", "TABLE [KEY...]", "changes some attributes of items", run_update, 1, ANY,
     "dynamo update Music '{\"Artist\": \"Nobody\", \"Song\": \"Roads\"}' \\\n"
     "        --set 'Year = 1994, Tags[0] = \"live\"' --add 'Plays 1'"},
    {DELETE, "delete", "TABLE [KEY...]", "deletes the items with these keys", run_delete, 1, ANY,
     "dynamo delete Music '{\"Artist\": \"Nobody\", \"Song\": \"Roads\"}' \\\n"
     "        --if 'Plays < 10'"},
    {QUERY, "query", "TABLE --where KEYS", "prints the items of one partition", run_query, 1, 1,
     "dynamo query Music --where 'Artist = \"Nobody\" and Song > \"M\"' \\\n"
     "        --filter 'contains(Tags, \"live\")' --only Song,Year"},
    {SCAN, "scan", "TABLE", "prints all items of a table", run_scan, 1, 1,
     "dynamo scan Music --filter 'Year between 1990 and 1999' --limit 10"},
    {SQL, "sql", "STATEMENT [VALUE...]", "runs a PartiQL statement", run_sql, 1, ANY,
     "dynamo sql 'SELECT * FROM Music WHERE Artist = ?' '\"Nobody\"'"},
    {TABLES, "tables", "", "prints the names of the tables", run_tables, 0, 0, "dynamo tables --raw"},
    {DESCRIBE, "describe", "TABLE...", "prints what is known of tables", run_describe, 1, ANY, "dynamo describe Music"},
    {CREATE, "create", "TABLE KEY...", "makes a table, and waits until it is there", run_create, 2, 3,
     "dynamo create Music Artist:S:HASH Song:S:RANGE"},
    {CALL, "call", "OPERATION [REQUEST]", "any operation, in DynamoDB's own notation", run_call, 1, 2,
     "dynamo call DeleteTable '{\"TableName\": \"Music\"}'"},
};

static const struct option {
    const char *name;
    char        letter;
    const char *value; /* what its value is called; NULL: it takes none */
    void       *given; /* const char ** where it takes a value, else bool * */
    int         commands;
    const char *summary;
} options[] = {
    {"where", 0, "KEYS", &given.where, QUERY, "which keys: the partition's, and a range"},
    {"filter", 0, "CONDITION", &given.filter, QUERY | SCAN, "only items for which it holds"},
    {"if", 0, "CONDITION", &given.condition, PUT | UPDATE | DELETE, "only where it holds; else the exit status is 4"},
    {"set", 0, "LIST", &given.set, UPDATE, "'Year = 1994, Plays = Plays + 1'"},
    {"remove", 0, "LIST", &given.remove, UPDATE, "attributes to remove: 'Rating, Tags[0]'"},
    {"add", 0, "LIST", &given.add, UPDATE, "to numbers or sets: 'Plays 1'"},
    {"take", 0, "LIST", &given.take, UPDATE, "from sets: 'Formats {\"$SS\": [\"CD\"]}'"},
    {"print", 0, "WHICH", &given.print, PUT | UPDATE | DELETE, "the item before the write (old) or after it (new)"},
    {"only", 0, "LIST", &given.only, GET | QUERY | SCAN, "these attributes: 'Song, Tags[0]'"},
    {"index", 0, "NAME", &given.index, QUERY | SCAN, "of an index in place of the table"},
    {"limit", 0, "COUNT", &given.limit, QUERY | SCAN | SQL | TABLES, "no more than so many, in all"},
    {"count", 0, NULL, &given.count, QUERY | SCAN, "print how many there are, not the items"},
    {"descending", 0, NULL, &given.descending, QUERY, "the last key first"},
    {"consistent", 0, NULL, &given.consistent, GET | QUERY | SCAN | SQL, "see every write that is acknowledged"},
    {"read", 0, "UNITS", &given.read_units, CREATE, "provisioned capacity, in place of pay per request"},
    {"write", 0, "UNITS", &given.write_units, CREATE, "likewise"},
    {"endpoint", 0, "URL", &given.endpoint, ALL, "such as http://localhost:8000"},
    {"region", 0, "NAME", &given.region, ALL, "such as eu-central-1; local: http://localhost:8000"},
    {"profile", 0, "NAME", &given.profile, ALL, "of the AWS configuration files"},
    {"color", 0, "WHEN", &given.color, ALL, "always, never, or auto: on a terminal"},
    {"raw", 'r', NULL, &given.raw, ALL, "print text without its quotes: names of tables"},
    {"help", 'h', NULL, &given.help, ALL, "print this; of a command, its options"},
    {"version", 'V', NULL, &given.version, ALL, "print the version"},
};

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    FAIL(EXIT_USAGE, "there is no command '%s': see dynamo --help", name);
    return NULL;
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

static void print_option(const struct option *option)
{
    char text[64];

    snprintf(text, sizeof(text), "%s--%s%s%s", option->letter != 0 ? "-x, " : "", option->name,
             option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
    if (option->letter != 0)
        text[1] = option->letter;
    printf("  %-20s %s\n", text, option->summary);
}

static void print_options(int command, bool common)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if ((options[i].commands == ALL) == common && (options[i].commands & command) != 0)
            print_option(&options[i]);
}

static void print_help(void)
{
    puts("usage: dynamo COMMAND [ARGUMENT...] [OPTION...]\n\n"
         "Amazon DynamoDB from the command line, in plain JSON.\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        printf("  %-8s %-21s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    puts("\nKEY, ITEM, VALUE and REQUEST are JSON, @FILE, or - for the standard input, which\n"
         "is read too where there is none. Conditions hold values as JSON:\n"
         "'Year > 1990 and Artist <> \"Nobody\"'.\n");
    print_options(ALL, true);
    puts("\n'dynamo COMMAND --help' has the options of a command, 'man 1 dynamo' all of it.");
}

static void print_command_help(const struct command *command)
{
    printf("usage: dynamo %s %s [OPTION...]\n\n%c%s.\n\n    %s\n\n", command->name, command->arguments,
           toupper((unsigned char)command->summary[0]), command->summary + 1, command->example);
    print_options(command->bit, false);
    print_options(command->bit, true);
}

/* An option and its value, which is of the same word or the next one. Returns the number of words. */
static int take_option(char **words, int left)
{
    const char          *equals = strchr(words[0], '=');
    size_t               length = equals != NULL ? (size_t)(equals - words[0]) : strlen(words[0]);
    const struct option *option = option_named(words[0], length - (words[0][1] == '-' ? 2 : 1));

    if (option == NULL)
        FAIL(EXIT_USAGE, "there is no option '%s': see dynamo --help", words[0]);
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
    int kept_words = 0;

    for (int i = 0; i < count;) {
        if (strcmp(words[i], "--") == 0) {
            for (i++; i < count; i++)
                words[kept_words++] = words[i];
        } else if (words[i][0] == '-' && words[i][1] != '\0')
            i += take_option(words + i, count - i);
        else
            words[kept_words++] = words[i++];
    }
    return kept_words;
}

static bool is_given(const struct option *option)
{
    return option->value != NULL ? *(const char **)option->given != NULL : *(bool *)option->given;
}

static void check_usage(const struct command *command, int count)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (is_given(&options[i]) && (options[i].commands & command->bit) == 0)
            FAIL(EXIT_USAGE, "%s has no option --%s: see dynamo %s --help", command->name, options[i].name,
                 command->name);
    if (count < command->least || count > command->most)
        FAIL(EXIT_USAGE, "usage: dynamo %s %s [OPTION...]", command->name, command->arguments);
}

static void connect_client(void)
{
    dynamo_config config = {.endpoint = given.endpoint, .region = given.region, .profile = given.profile};

    client = dynamo_client_new(&config, &error);
    must(error.status);
    heed_interrupts();
}

static int run(int count, char **words)
{
    const struct command *command;

    if (given.version)
        return printf("dynamo %s\n", dynamo_version()) > 0 ? EXIT_FINE : EXIT_OTHER;
    if (count > 0 && strcmp(words[0], "help") == 0) {
        given.help = true;
        count--;
        words++;
    }
    if (given.help && count == 0) {
        print_help();
        return EXIT_FINE;
    }
    if (count == 0)
        FAIL(EXIT_USAGE, "a command is missing: see dynamo --help");
    command = command_named(words[0]);
    if (given.help) {
        print_command_help(command);
        return EXIT_FINE;
    }
    check_usage(command, count - 1);
    choose_form();
    connect_client();
    return command->run(words + 1, count - 1);
}

int main(int count, char **words)
{
    int code;

    signal(SIGPIPE, SIG_DFL); /* dynamo scan | head */
    atexit(release);
    code = run(take_options(count - 1, words + 1), words + 1);
    flush_output();
    return code;
}
