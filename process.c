/*
 * Keys from a program: credential_process of a profile.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Process credential provider"; the command is split as botocore does, by
 * the rules of a shell's quotes and without a shell. Our choice: a minute and 64 KB at most; the program runs with the
 * environment that the client was made in, and is killed when nobody waits for it any more.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIME_LIMIT_MS 60000
#define OUTPUT_LIMIT ((size_t)64 * 1024)
#define STDERR_SHOWN 300
#define PIECES_AT_ONCE 32 /* of 4 KB: more than a pipe holds */
#define WHAT_SIZE 160

/* ---- The command ------------------------------------------------------------------------------------------------- */

/* Words, one after the other in one piece of memory, each ended by a NUL. */
typedef struct command_words {
    char  *memory;
    size_t size;
    char **list; /* ends with NULL */
    size_t count;
} command_words;

static void free_words(command_words *words)
{
    dynamo_wipe(words->memory, words->size);
    free(words->memory);
    free(words->list);
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Copies what stands up to the closing quote, and returns what follows; NULL: there is none. */
static const char *copy_quoted(const char *text, char quote, char **out)
{
    for (; *text != '\0' && *text != quote; text++) {
        if (quote == '"' && *text == '\\' && (text[1] == '"' || text[1] == '\\'))
            text++;
        *(*out)++ = *text;
    }
    return *text == quote ? text + 1 : NULL;
}

/* Copies one word and its NUL, and returns what follows; NULL: a quote isn't closed, or nothing follows a backslash. */
static const char *copy_word(const char *text, char **out)
{
    while (text != NULL && *text != '\0' && !is_blank(*text)) {
        if (*text == '\'' || *text == '"') {
            text = copy_quoted(text + 1, *text, out);
        } else {
            if (*text == '\\')
                text++;
            if (*text == '\0')
                return NULL;
            *(*out)++ = *text++;
        }
    }
    *(*out)++ = '\0';
    return text;
}

static dynamo_status split(command_words *words, const char *command, const char *what, dynamo_error *error)
{
    const size_t length = strlen(command);
    char        *out;

    words->memory = calloc(length + 2, 1);
    words->size   = words->memory != NULL ? length + 2 : 0;
    words->list   = calloc(length / 2 + 2, sizeof(*words->list));
    if (words->memory == NULL || words->list == NULL)
        return dynamo_fail_memory(error);
    out = words->memory;
    for (const char *next = command;;) {
        while (is_blank(*next))
            next++;
        if (*next == '\0')
            break;
        words->list[words->count++] = out;
        next                        = copy_word(next, &out);
        if (next == NULL)
            return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s has a quote that isn't closed", what);
    }
    return words->count != 0 ? DYNAMO_OK
                             : dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s names no program", what);
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

/* The path itself where the name is one, else the first file of PATH that can be executed. 0, or an errno: not every
 * posix_spawn() tells that there was nothing to execute. */
static int find_program(dynamo_buffer *path, const char *name, const char *folders)
{
    const char *next = folders != NULL ? folders : "/usr/bin:/bin";
    int         code = ENOENT;

    if (strchr(name, '/') != NULL) {
        dynamo_buffer_text(path, name);
        return path->failed ? ENOMEM : access(path->data, X_OK) == 0 ? 0 : errno;
    }
    while (code != 0 && *next != '\0') {
        const size_t length = strcspn(next, ":");

        dynamo_buffer_clear(path);
        dynamo_buffer_append(path, length != 0 ? next : ".", length != 0 ? length : 1);
        dynamo_buffer_char(path, '/');
        dynamo_buffer_text(path, name);
        if (path->failed)
            return ENOMEM;
        if (access(path->data, X_OK) == 0)
            code = 0;
        next += length + (next[length] == ':' ? 1 : 0);
    }
    return code;
}

/* A program that runs, and what came of it. */
typedef struct child_process {
    pid_t         id;
    bool          running;
    int           status;  /* of waitpid(); -1: someone else took it */
    int           ends[2]; /* to read its stdout and stderr from; -1: closed */
    dynamo_buffer output;
    dynamo_buffer complaint;
} child_process;

/* Away from 0, 1 and 2, which the child's own take the place of, and not for programs that the host starts. */
static int move_up(int descriptor)
{
    int moved = descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);

    if (descriptor >= 0)
        (void)close(descriptor);
    return moved;
}

static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[0] = ends[1] = -1;
        return false;
    }
    ends[0] = move_up(ends[0]);
    ends[1] = move_up(ends[1]);
    return ends[0] >= 0 && ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static void close_end(int *end)
{
    if (*end >= 0)
        (void)close(*end);
    *end = -1;
}

/* A program expects no signal to be ignored or held back because its host does so. */
static bool set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, usual;

    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGCHLD);
    return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &usual) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
}

static bool set_files(posix_spawn_file_actions_t *actions, int output, int complaint)
{
    return posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO) == 0 &&
           posix_spawn_file_actions_adddup2(actions, complaint, STDERR_FILENO) == 0;
}

/* 0, or an errno. */
static int spawn(child_process *child, const char *path, char *const *words, char *const *environment, int output,
                 int complaint)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t          attributes;
    int                        code = ENOMEM;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return code;
    if (posix_spawnattr_init(&attributes) == 0) {
        if (set_files(&actions, output, complaint) && set_signals(&attributes))
            code = posix_spawn(&child->id, path, &actions, &attributes, words, environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    child->running = code == 0;
    return code;
}

static dynamo_status start(child_process *child, const command_words *words, const dynamo_settings *settings, const char *what,
                           dynamo_error *error)
{
    dynamo_buffer path         = { 0 };
    int           output[2]    = { -1, -1 };
    int           complaint[2] = { -1, -1 };
    int           code         = find_program(&path, words->list[0], dynamo_settings_variable(settings, "PATH"));

    if (code == 0 && (!make_pipe(output) || !make_pipe(complaint)))
        code = EMFILE;
    if (code == 0)
        code = spawn(child, path.data, words->list, settings->environment, output[1], complaint[1]);
    dynamo_buffer_free(&path);
    close_end(&output[1]);
    close_end(&complaint[1]);
    child->ends[0] = output[0];
    child->ends[1] = complaint[0];
    if (code == 0)
        return DYNAMO_OK;
    return dynamo_fail(error, code == ENOMEM ? DYNAMO_ERR_OUT_OF_MEMORY : DYNAMO_ERR_CREDENTIALS,
                       "%s can't be run: %s", what,
                       code == ENOENT || code == ENOTDIR ? "there is no such program"
                       : code == EACCES ? "permission denied"
                       : code == EMFILE ? "too many open files"
                       : code == ENOMEM ? "memory ran out"
                                        : "it can't be started");
}

static void reap(child_process *child, int options)
{
    pid_t ended;

    do
        ended = waitpid(child->id, &child->status, options);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        child->status = -1; /* the host ignores its children or waits for all: what was written decides */
    child->running = ended == 0;
}

/* What is there to be read now. Beyond its limit the complaint is thrown away. */
static void drain(child_process *child, int which)
{
    dynamo_buffer *buffer = which == 0 ? &child->output : &child->complaint;
    char           piece[4096];
    ssize_t        count = 1;

    for (int i = 0; i < PIECES_AT_ONCE && child->ends[which] >= 0 && count > 0; i++) {
        do
            count = read(child->ends[which], piece, sizeof(piece));
        while (count < 0 && errno == EINTR);
        if (count > 0 && (which == 0 || buffer->length + (size_t)count < OUTPUT_LIMIT))
            dynamo_buffer_append(buffer, piece, (size_t)count);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
            close_end(&child->ends[which]);
    }
    dynamo_wipe(piece, sizeof(piece));
}

/* Until the program is done: what it may have left in the background can keep the ends open. */
static dynamo_status collect(child_process *child, const dynamo_deadline *deadline)
{
    dynamo_status status = DYNAMO_OK;

    while (child->running && status == DYNAMO_OK && !child->output.failed) {
        struct pollfd ends[2] = { { child->ends[0], POLLIN, 0 }, { child->ends[1], POLLIN, 0 } };
        const bool    closed  = child->ends[0] < 0 && child->ends[1] < 0; /* it ends any moment */

        (void)poll(ends, 2, closed ? 1 : dynamo_deadline_slice_ms(deadline));
        reap(child, WNOHANG);
        drain(child, 0);
        drain(child, 1);
        status = dynamo_deadline_check(deadline);
    }
    return child->running ? status : DYNAMO_OK;
}

/* ---- What it said ------------------------------------------------------------------------------------------------ */

/* One line of what it wrote to stderr, after a colon. */
static void describe_complaint(const child_process *child, char text[STDERR_SHOWN + 3])
{
    const char *complaint = child->complaint.data != NULL ? child->complaint.data : "";
    size_t      length    = strlen(complaint);

    text[0] = '\0';
    while (length > 0 && is_blank(complaint[length - 1]))
        length--;
    if (length == 0)
        return;
    memcpy(text, ": ", 2);
    dynamo_copy_text(text + 2, STDERR_SHOWN + 1, complaint, length);
}

static dynamo_status judge(const child_process *child, dynamo_status ended, const dynamo_deadline *callers, const char *what,
                           dynamo_error *error)
{
    char complaint[STDERR_SHOWN + 3];

    describe_complaint(child, complaint);
    if (child->output.full)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s wrote more than 64 KiB", what);
    if (child->output.failed)
        return dynamo_fail_memory(error);
    if (ended == DYNAMO_ERR_CANCELED)
        return dynamo_fail(error, ended, "%s", dynamo_status_message(ended));
    if (ended != DYNAMO_OK)
        return dynamo_fail(error, dynamo_deadline_check(callers) != DYNAMO_OK ? ended : DYNAMO_ERR_CREDENTIALS,
                           "%s didn't end within the time limit%s", what, complaint);
    if (child->status == -1)
        return DYNAMO_OK;
    if (WIFSIGNALED(child->status))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s was ended by signal %d%s", what,
                           WTERMSIG(child->status), complaint);
    if (WEXITSTATUS(child->status) != 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s ended with exit status %d%s", what,
                           WEXITSTATUS(child->status), complaint);
    return DYNAMO_OK;
}

static dynamo_status read_keys(const dynamo_source *source, const dynamo_buffer *output, const char *program,
                               dynamo_credentials *keys, dynamo_error *error)
{
    static const dynamo_key_names names    = { "AccessKeyId", "SecretAccessKey", "SessionToken", "AccountId",
                                               "Expiration" };
    dynamo_wanted                 wanted[] = {
                        { NULL, names.access_key, NULL },    { NULL, names.secret_key, NULL },
                        { NULL, names.session_token, NULL }, { NULL, names.account_id, NULL },
                        { NULL, names.expiration, NULL },    { NULL, "Version", NULL },
    };
    char          what[WHAT_SIZE + 20];
    dynamo_status status;

    (void)snprintf(what, sizeof(what), "the output of %s", program);
    status = dynamo_wanted_read(output->data, output->length, wanted, DYNAMO_COUNT(wanted), what, error);
    if (status == DYNAMO_OK && (wanted[5].text == NULL || strcmp(wanted[5].text, "1") != 0))
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s has no \"Version\": 1", what);
    if (status == DYNAMO_OK) {
        const char *account = wanted[3].text != NULL ? wanted[3].text
                                                     : dynamo_settings_key(source->settings, source->profile,
                                                                           "aws_account_id");
        const dynamo_key_texts values = { wanted[0].text, wanted[1].text, wanted[2].text, account, wanted[4].text };

        status = dynamo_keys_of_answer(keys, &names, &values, what, error);
    }
    if (status == DYNAMO_OK && keys->expiration != 0 && keys->expiration <= (double)source->now) {
        dynamo_credentials_free(keys);
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s: the credentials have expired already", what);
    }
    dynamo_wanted_free(wanted, DYNAMO_COUNT(wanted));
    return status;
}

/* ---- The source -------------------------------------------------------------------------------------------------- */

static dynamo_deadline own_deadline(const dynamo_deadline *callers)
{
    dynamo_deadline own    = *callers;
    const int64_t   end_us = dynamo_deadline_from_now(TIME_LIMIT_MS);

    if (end_us < own.end_us)
        own.end_us = end_us;
    return own;
}

static dynamo_status run(const dynamo_source *source, const command_words *words, const char *what,
                         dynamo_credentials *keys, dynamo_error *error)
{
    const dynamo_deadline deadline = own_deadline(source->deadline);
    child_process         child    = { .ends = { -1, -1 }, .output = { .secret = true, .limit = OUTPUT_LIMIT },
                                       .complaint = { .secret = true, .limit = OUTPUT_LIMIT } };
    dynamo_status         status   = start(&child, words, source->settings, what, error);

    if (status == DYNAMO_OK) {
        dynamo_status ended = collect(&child, &deadline);

        if (child.running) {
            (void)kill(child.id, SIGKILL);
            reap(&child, 0);
        }
        status = judge(&child, ended, source->deadline, what, error);
    }
    close_end(&child.ends[0]);
    close_end(&child.ends[1]);
    if (status == DYNAMO_OK)
        status = read_keys(source, &child.output, what, keys, error);
    dynamo_buffer_free(&child.output);
    dynamo_buffer_free(&child.complaint);
    return status;
}

dynamo_status dynamo_process_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                  dynamo_error *error)
{
    const char   *command = dynamo_settings_key(source->settings, source->profile, "credential_process");
    command_words words   = { .count = 0 };
    char          what[WHAT_SIZE];
    dynamo_status status;

    (void)snprintf(what, sizeof(what), "credential_process in profile %s", source->profile);
    if (command == NULL) {
        dynamo_buffer_text(reason, "no ");
        dynamo_buffer_text(reason, what);
        return DYNAMO_OK;
    }
    status = split(&words, command, what, error);
    if (status == DYNAMO_OK)
        status = run(source, &words, what, keys, error);
    free_words(&words);
    return status;
}
