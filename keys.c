/*
 * Keys that are at hand, in the environment or a profile, and how a source's answer is made into keys.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "AWS access keys", "Process credential provider". Our choice: the
 * environment is copied when the client is made, since another thread may change it later.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

#define WHERE_SIZE 160 /* of a profile's name in messages; cut beyond */

/* ---- The environment --------------------------------------------------------------------------------------------- */

char **dynamo_environment_copy(void)
{
    char **variables = environ;
    char **copy;
    size_t count = 0;

    while (variables != NULL && variables[count] != NULL)
        count++;
    copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy != NULL && i < count && variables[i] != NULL; i++) {
        copy[i] = strdup(variables[i]);
        if (copy[i] == NULL) {
            dynamo_environment_free(copy);
            return NULL;
        }
    }
    return copy;
}

void dynamo_environment_free(char **environment)
{
    for (char **next = environment; next != NULL && *next != NULL; next++)
        dynamo_wipe_text(*next);
    free(environment);
}

const char *dynamo_settings_variable(const dynamo_settings *settings, const char *name)
{
    const size_t length = strlen(name);

    for (char **next = settings->environment; next != NULL && *next != NULL; next++) {
        if (strncmp(*next, name, length) == 0 && (*next)[length] == '=')
            return (*next)[length + 1] != '\0' ? *next + length + 1 : NULL;
    }
    return NULL;
}

const char *dynamo_settings_key(const dynamo_settings *settings, const char *profile, const char *key)
{
    const char *value = NULL;

    if (settings->profiles != NULL && profile != NULL)
        value = dynamo_profiles_get(settings->profiles, profile, key);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* ---- One set of keys --------------------------------------------------------------------------------------------- */

static bool is_empty(const char *text)
{
    return text == NULL || *text == '\0';
}

static bool keep(char **field, const char *text)
{
    *field = is_empty(text) ? NULL : strdup(text);
    return is_empty(text) || *field != NULL;
}

/* They become header lines: a line break in one would start another header. */
static bool has_control_characters(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    }
    return false;
}

dynamo_status dynamo_credentials_set(dynamo_credentials *credentials, const char *access_key, const char *secret_key,
                                     const char *session_token, const char *account_id, double expiration)
{
    dynamo_credentials keys = { .expiration = expiration };

    if (credentials == NULL || is_empty(access_key) || is_empty(secret_key) || !(expiration >= 0)
        || has_control_characters(access_key) || has_control_characters(secret_key)
        || has_control_characters(session_token) || has_control_characters(account_id))
        return DYNAMO_ERR_INVALID_ARGUMENT;
    if (!keep(&keys.access_key, access_key) || !keep(&keys.secret_key, secret_key) ||
        !keep(&keys.session_token, session_token) || !keep(&keys.account_id, account_id)) {
        dynamo_credentials_free(&keys);
        return DYNAMO_ERR_OUT_OF_MEMORY;
    }
    dynamo_credentials_free(credentials);
    *credentials = keys;
    return DYNAMO_OK;
}

void dynamo_credentials_free(dynamo_credentials *credentials)
{
    if (credentials == NULL)
        return;
    dynamo_wipe_text(credentials->access_key);
    dynamo_wipe_text(credentials->secret_key);
    dynamo_wipe_text(credentials->session_token);
    dynamo_wipe_text(credentials->account_id);
    *credentials = (dynamo_credentials){ 0 };
}

dynamo_status dynamo_keys_take(dynamo_credentials *keys, const dynamo_key_names *names, const dynamo_key_texts *values,
                               dynamo_status refusal, const char *where, dynamo_error *error)
{
    int64_t       expiration = 0;
    dynamo_status status;

    if (is_empty(values->access_key) && is_empty(values->secret_key))
        return DYNAMO_OK;
    if (is_empty(values->secret_key))
        return dynamo_fail(error, refusal, "%s is set without %s%s: set both, or neither", names->access_key,
                           names->secret_key, where);
    if (is_empty(values->access_key))
        return dynamo_fail(error, refusal, "%s is set without %s%s: set both, or neither", names->secret_key,
                           names->access_key, where);
    if (!is_empty(values->expiration) && (!dynamo_clock_read(values->expiration, &expiration) || expiration <= 0))
        return dynamo_fail(error, refusal, "%s%s isn't a time such as 2030-01-31T23:59:59Z", names->expiration, where);
    status = dynamo_credentials_set(keys, values->access_key, values->secret_key, values->session_token,
                                    values->account_id, (double)expiration);
    if (status == DYNAMO_ERR_INVALID_ARGUMENT)
        return dynamo_fail(error, refusal, "%s, or what goes with it, has a control character such as a line break%s",
                           names->access_key, where);
    return status == DYNAMO_OK ? DYNAMO_OK : dynamo_fail_memory(error);
}

dynamo_status dynamo_keys_of_answer(dynamo_credentials *keys, const dynamo_key_names *names,
                                    const dynamo_key_texts *values, const char *what, dynamo_error *error)
{
    char where[WHERE_SIZE];

    if (is_empty(values->access_key) || is_empty(values->secret_key))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s lacks %s", what,
                           is_empty(values->access_key) ? names->access_key : names->secret_key);
    (void)snprintf(where, sizeof(where), " in %s", what);
    return dynamo_keys_take(keys, names, values, DYNAMO_ERR_CREDENTIALS, where, error);
}

/* ---- A token's file ---------------------------------------------------------------------------------------------- */

#define TOKEN_LIMIT ((size_t)64 * 1024)

static void cut_newline(dynamo_buffer *token)
{
    while (token->length > 0 && strchr("\r\n", token->data[token->length - 1]) != NULL)
        token->data[--token->length] = '\0';
}

dynamo_status dynamo_token_read(dynamo_buffer *token, const char *path, const char *name, dynamo_error *error)
{
    int code = dynamo_file_read(token, path, TOKEN_LIMIT);

    if (code == ENOMEM)
        return dynamo_fail_memory(error);
    if (code != 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s, %s, can't be read: %s", name, path,
                           dynamo_file_words(code));
    cut_newline(token);
    if (token->length == 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s, %s, is empty", name, path);
    if (strlen(token->data) != token->length || strpbrk(token->data, "\r\n") != NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s, %s, holds more than one line", name, path);
    return DYNAMO_OK;
}

/* ---- Two sources ------------------------------------------------------------------------------------------------- */

dynamo_status dynamo_environment_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                      dynamo_error *error)
{
    static const dynamo_key_names names    = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                                               "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_EXPIRATION" };
    const dynamo_settings        *settings = source->settings;
    const dynamo_key_texts        values   = {
                     dynamo_settings_variable(settings, names.access_key),
                     dynamo_settings_variable(settings, names.secret_key),
                     dynamo_settings_variable(settings, names.session_token),
                     dynamo_settings_variable(settings, names.account_id),
                     dynamo_settings_variable(settings, names.expiration),
    };

    dynamo_buffer_text(reason, "AWS_ACCESS_KEY_ID is unset");
    return dynamo_keys_take(keys, &names, &values, DYNAMO_ERR_CREDENTIALS, "", error);
}

dynamo_status dynamo_static_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                 dynamo_error *error)
{
    static const dynamo_key_names names    = { "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
                                               "aws_account_id", "" };
    const dynamo_settings        *settings = source->settings;
    const dynamo_key_texts        values   = {
                     dynamo_settings_key(settings, source->profile, names.access_key),
                     dynamo_settings_key(settings, source->profile, names.secret_key),
                     dynamo_settings_key(settings, source->profile, names.session_token),
                     dynamo_settings_key(settings, source->profile, names.account_id),
                     NULL,
    };
    char where[WHERE_SIZE];

    (void)snprintf(where, sizeof(where), " in profile %s", source->profile);
    dynamo_buffer_text(reason, "no aws_access_key_id");
    dynamo_buffer_text(reason, where);
    return dynamo_keys_take(keys, &names, &values, DYNAMO_ERR_CREDENTIALS, where, error);
}

/* ---- A source's JSON --------------------------------------------------------------------------------------------- */

typedef struct wanted_list {
    dynamo_wanted *items;
    size_t         count;
} wanted_list;

static bool is_named(const char *name, const dynamo_string *string)
{
    return strlen(name) == string->length && memcmp(name, string->text, string->length) == 0;
}

static dynamo_wanted *find_wanted(const wanted_list *wanted, const char *inside, const dynamo_string *name)
{
    for (size_t i = 0; i < wanted->count; i++) {
        dynamo_wanted *item = &wanted->items[i];
        const bool     here = inside == NULL ? item->inside == NULL
                                             : item->inside != NULL && strcmp(item->inside, inside) == 0;

        if (here && is_named(item->name, name))
            return item;
    }
    return NULL;
}

/* The name of the object that the member is, when something is wanted from inside it. */
static const char *find_inside(const wanted_list *wanted, const char *inside, const dynamo_string *name)
{
    for (size_t i = 0; inside == NULL && i < wanted->count; i++)
        if (wanted->items[i].inside != NULL && is_named(wanted->items[i].inside, name))
            return wanted->items[i].inside;
    return NULL;
}

static void free_string(dynamo_string *string)
{
    if (string->owned != NULL)
        dynamo_wipe(string->owned, string->length);
    free(string->owned);
}

static bool take_string(dynamo_reader *reader, const dynamo_path *path, dynamo_wanted *wanted)
{
    dynamo_string string = { 0 };
    bool          done   = dynamo_read_string(reader, path, &string);

    if (done && memchr(string.text, '\0', string.length) != NULL)
        done = dynamo_read_fail(reader, path, "a NUL character");
    if (done) {
        dynamo_wipe_text(wanted->text);
        wanted->text = strndup(string.text, string.length);
        done         = wanted->text != NULL;
        if (!done)
            (void)dynamo_fail_memory(reader->error);
    }
    free_string(&string);
    return done;
}

static bool take_other(dynamo_reader *reader, const dynamo_path *path, dynamo_wanted *wanted)
{
    json_t *value = dynamo_read_json(reader, path);
    char    digits[32];

    if (value == NULL)
        return false;
    if (wanted != NULL && json_is_integer(value)) {
        (void)snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        dynamo_wipe_text(wanted->text);
        wanted->text = strdup(digits);
    }
    json_decref(value);
    return true;
}

/* Of one level alone: what is wanted lies no deeper than in an object of the outer one. */
static bool take_members(dynamo_reader *reader, const dynamo_path *path, const wanted_list *wanted, const char *inside)
{
    dynamo_string name  = { 0 };
    size_t        count = 0;
    bool          done  = dynamo_read_open(reader, path, '{');
    int           more  = done ? dynamo_read_member(reader, path, &count, &name) : -1;

    while (more == 1) {
        dynamo_path    step   = { path, name.text, name.length, 0 };
        dynamo_wanted *item   = find_wanted(wanted, inside, &name);
        const char    *object = find_inside(wanted, inside, &name);
        const char     next   = dynamo_read_peek(reader);

        done = object != NULL && next == '{'  ? take_members(reader, &step, wanted, object)
               : item != NULL && next == '"' ? take_string(reader, &step, item)
                                             : take_other(reader, &step, item);
        free_string(&name);
        name = (dynamo_string){ 0 };
        more = done ? dynamo_read_member(reader, path, &count, &name) : -1;
    }
    return more == 0;
}

dynamo_status dynamo_wanted_read(const char *json, size_t length, dynamo_wanted *wanted, size_t count, const char *what,
                                 dynamo_error *error)
{
    static const char  nothing[] = "";
    const char        *text      = json != NULL ? json : nothing;
    const dynamo_path  root      = DYNAMO_PATH_ROOT("JSON");
    const wanted_list  list      = { wanted, count };
    dynamo_error       fault     = { 0 };
    dynamo_reader      reader    = { .start = text, .next = text, .end = text + length,
                                     .failure = DYNAMO_ERR_CREDENTIALS, .error = &fault };
    dynamo_status      status    = DYNAMO_OK;

    if (!take_members(&reader, &root, &list, NULL) || !dynamo_read_end(&reader))
        status = fault.status == DYNAMO_ERR_OUT_OF_MEMORY
                     ? dynamo_fail_memory(error)
                     : dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s isn't the JSON that was expected: %s", what,
                                   fault.message);
    dynamo_error_clear(&fault);
    return status;
}

void dynamo_wanted_free(dynamo_wanted *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        dynamo_wipe_text(wanted[i].text);
        wanted[i].text = NULL;
    }
}
