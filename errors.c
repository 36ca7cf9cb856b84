/*
 * What went wrong, in words: one table whose rows serve the status's name, the retry class and the text. AWS's code is
 * the status's name in camel case.
 *
 * Codes: the error shapes of the DynamoDB and DynamoDB Streams API references, and "Common Errors" there. Retry
 * classes: AWS SDKs and Tools Reference Guide, "Retry behavior".
 */
#include "dynamo_internal.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef struct error_row {
    uint8_t  status;
    uint8_t  retry;
    uint16_t place; /* in the texts: of the name, which the message follows */
} error_row;

/* First: what a number or a code that isn't here is taken for. */
#define ERROR_ROWS(ROW)                                                                                                \
    ROW(ERR_UNKNOWN_SERVICE, NEVER, "The service answered an error that is unknown here.")                             \
    ROW(OK, NEVER, "The call succeeded.")                                                                              \
    /* This side's own. */                                                                                             \
    ROW(ERR_INVALID_ARGUMENT, NEVER, "An argument is not valid; nothing was sent.")                                    \
    ROW(ERR_OUT_OF_MEMORY, NEVER, "Memory ran out.")                                                                   \
    ROW(ERR_CONFIG_NOT_FOUND, NEVER, "There is no configuration file to read.")                                        \
    ROW(ERR_CONFIG_PARSER, NEVER, "A configuration file is malformed.")                                                \
    ROW(ERR_NO_PROFILE, NEVER, "The profile is in none of the configuration files.")                                   \
    ROW(ERR_NO_REGION, NEVER, "No region was found: set region, AWS_REGION, or region in the profile.")                \
    ROW(ERR_NO_CREDENTIALS, NEVER,                                                                                     \
        "No credentials were found: set access_key and secret_key, AWS_ACCESS_KEY_ID and "                             \
        "AWS_SECRET_ACCESS_KEY, or the profile's.")                                                                    \
    ROW(ERR_CREDENTIALS, NEVER, "A source of credentials failed.")                                                     \
    ROW(ERR_REQUEST_FAILED, TRANSIENT, "The exchange with the service broke.")                                         \
    ROW(ERR_TIMEOUT, TRANSIENT, "A time limit ran out.")                                                               \
    ROW(ERR_TLS, NEVER, "No TLS connection could be made.")                                                            \
    ROW(ERR_BAD_RESPONSE, NEVER, "The answer is not DynamoDB's protocol.")                                             \
    ROW(ERR_CHECKSUM_MISMATCH, TRANSIENT, "The answer's checksum does not match its body.")                            \
    ROW(ERR_CANCELED, NEVER, "The call was canceled.")                                                                 \
    ROW(ERR_UNPROCESSED, NEVER, "A batch ended with something left to do.")                                            \
    ROW(ERR_WAITER_FAILED, NEVER, "The state waited for can't come any more.")                                         \
    /* DynamoDB's and DynamoDB Streams'. */                                                                            \
    ROW(ERR_BACKUP_IN_USE, NEVER, "Another operation on the backup is in progress.")                                   \
    ROW(ERR_BACKUP_NOT_FOUND, NEVER, "There is no such backup.")                                                       \
    ROW(ERR_CONDITIONAL_CHECK_FAILED, NEVER, "The condition does not hold.")                                           \
    ROW(ERR_CONTINUOUS_BACKUPS_UNAVAILABLE, NEVER, "Continuous backups are not enabled for the table yet.")            \
    ROW(ERR_DUPLICATE_ITEM, NEVER, "An item with this key exists already.")                                            \
    ROW(ERR_EXPORT_CONFLICT, NEVER, "An export with other parameters has the same token.")                             \
    ROW(ERR_EXPORT_NOT_FOUND, NEVER, "There is no such export.")                                                       \
    ROW(ERR_GLOBAL_TABLE_ALREADY_EXISTS, NEVER, "The global table exists already.")                                    \
    ROW(ERR_GLOBAL_TABLE_NOT_FOUND, NEVER, "There is no such global table.")                                           \
    ROW(ERR_IDEMPOTENT_PARAMETER_MISMATCH, NEVER, "The token was used for a request with other parameters.")           \
    ROW(ERR_IMPORT_CONFLICT, NEVER, "An import with other parameters has the same token.")                             \
    ROW(ERR_IMPORT_NOT_FOUND, NEVER, "There is no such import.")                                                       \
    ROW(ERR_INDEX_NOT_FOUND, NEVER, "There is no such index.")                                                         \
    ROW(ERR_INTERNAL_SERVER_ERROR, TRANSIENT, "The service failed; the same request may succeed later.")               \
    ROW(ERR_INVALID_EXPORT_TIME, NEVER, "The export's time lies outside what can be exported.")                        \
    ROW(ERR_INVALID_RESTORE_TIME, NEVER, "The time lies outside what can be restored.")                                \
    ROW(ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, NEVER,                                                                \
        "The items of one partition key exceed 10 GB, the limit of a table with local secondary indexes.")             \
    ROW(ERR_LIMIT_EXCEEDED, THROTTLING, "Too many control operations at once, or a quota is reached.")                 \
    ROW(ERR_POINT_IN_TIME_RECOVERY_UNAVAILABLE, NEVER, "Point-in-time recovery is not enabled for the table.")         \
    ROW(ERR_POLICY_NOT_FOUND, NEVER, "The resource has no policy.")                                                    \
    ROW(ERR_PROVISIONED_THROUGHPUT_EXCEEDED, THROTTLING,                                                               \
        "The table's throughput is used up; try again later, or raise its capacity.")                                  \
    ROW(ERR_REPLICA_ALREADY_EXISTS, NEVER, "The replica exists already.")                                              \
    ROW(ERR_REPLICA_NOT_FOUND, NEVER, "There is no such replica.")                                                     \
    ROW(ERR_REPLICATED_WRITE_CONFLICT, TRANSIENT,                                                                      \
        "The item is being written in another region; the same request may succeed later.")                            \
    ROW(ERR_REQUEST_LIMIT_EXCEEDED, THROTTLING, "The account's request rate is used up.")                              \
    ROW(ERR_RESOURCE_IN_USE, NEVER, "The resource exists already, or is being changed.")                               \
    ROW(ERR_RESOURCE_NOT_FOUND, NEVER,                                                                                 \
        "There is no such table or index, or it isn't active yet; is the region right?")                               \
    ROW(ERR_TABLE_ALREADY_EXISTS, NEVER, "The table exists already.")                                                  \
    ROW(ERR_TABLE_IN_USE, NEVER, "The table is being created or deleted.")                                             \
    ROW(ERR_TABLE_NOT_FOUND, NEVER, "There is no such table.")                                                         \
    ROW(ERR_THROTTLING, THROTTLING, "Too many requests; try again later.")                                             \
    ROW(ERR_TRANSACTION_CANCELED, NEVER,                                                                               \
        "The transaction was canceled; CancellationReasons in the details has a reason for each item.")                \
    ROW(ERR_TRANSACTION_CONFLICT, NEVER, "Another transaction is working on the item.")                                \
    ROW(ERR_TRANSACTION_IN_PROGRESS, THROTTLING, "The transaction with this token is still running.")                  \
    ROW(ERR_EXPIRED_ITERATOR, NEVER, "The shard iterator is older than 15 minutes; get a new one.")                    \
    ROW(ERR_TRIMMED_DATA_ACCESS, NEVER, "The stream records asked for are older than 24 hours.")                       \
    /* Common to AWS's services. */                                                                                    \
    ROW(ERR_ACCESS_DENIED, NEVER, "The credentials do not allow this operation.")                                      \
    ROW(ERR_AUTH_FAILURE, NEVER, "The credentials could not be validated.")                                            \
    ROW(ERR_BANDWIDTH_LIMIT_EXCEEDED, THROTTLING, "Too much traffic; try again later.")                                \
    ROW(ERR_EC2_THROTTLED, THROTTLING, "Too many requests; try again later.")                                          \
    ROW(ERR_EXPIRED_TOKEN, NEVER, "The session token has expired; get new credentials.")                               \
    ROW(ERR_INCOMPLETE_SIGNATURE, NEVER, "The service can't read the request's signature.")                            \
    ROW(ERR_INTERNAL_FAILURE, TRANSIENT, "The service failed; the same request may succeed later.")                    \
    ROW(ERR_INVALID_CLIENT_TOKEN_ID, NEVER, "The access key is unknown to the service.")                               \
    ROW(ERR_INVALID_ENDPOINT, NEVER, "The request went to the wrong endpoint.")                                        \
    ROW(ERR_INVALID_SIGNATURE, NEVER, "The signature is wrong: is the secret key right, and this machine's clock?")    \
    ROW(ERR_MISSING_AUTHENTICATION_TOKEN, NEVER, "The request carried no signature.")                                  \
    ROW(ERR_MISSING_PARAMETER, NEVER, "A required parameter is missing.")                                              \
    ROW(ERR_OPT_IN_REQUIRED, NEVER, "The account is not signed up for the service or the region.")                     \
    ROW(ERR_PRIOR_REQUEST_NOT_COMPLETE, THROTTLING, "An earlier request is still running.")                            \
    ROW(ERR_REQUEST_EXPIRED, NEVER, "The request's time is too old: is this machine's clock right?")                   \
    ROW(ERR_REQUEST_THROTTLED, THROTTLING, "Too many requests; try again later.")                                      \
    ROW(ERR_REQUEST_TIME_TOO_SKEWED, NEVER,                                                                            \
        "The request's time is too far from the service's: is this machine's clock right?")                            \
    ROW(ERR_REQUEST_TIMEOUT, TRANSIENT, "The service waited too long for the request.")                                \
    ROW(ERR_SERIALIZATION, NEVER, "The service can't read the request: a member has the wrong type.")                  \
    ROW(ERR_SERVICE_UNAVAILABLE, TRANSIENT, "The service is unavailable; try again later.")                            \
    ROW(ERR_SIGNATURE_DOES_NOT_MATCH, NEVER,                                                                           \
        "The signature is wrong: is the secret key right, and this machine's clock?")                                  \
    ROW(ERR_SLOW_DOWN, THROTTLING, "Too many requests; try again later.")                                              \
    ROW(ERR_THROTTLED, THROTTLING, "Too many requests; try again later.")                                              \
    ROW(ERR_TOO_MANY_REQUESTS, THROTTLING, "Too many requests; try again later.")                                      \
    ROW(ERR_UNKNOWN_OPERATION, NEVER, "The service does not know the operation.")                                      \
    ROW(ERR_UNRECOGNIZED_CLIENT, NEVER, "The access key or the session token is unknown to the service.")              \
    ROW(ERR_VALIDATION, NEVER, "The service refuses the request's parameters.")

/* One block of texts with offsets into it, as no pointers of position independent code take as little room: a program
 * holds 32 bytes for each of those. */
#define TEXT(status, message) "DYNAMO_" #status "\0" message

#define ROOM_ROW(status, retry, message) char of_##status[sizeof(TEXT(status, message))];
#define TEXT_ROW(status, retry, message) TEXT(status, message),
#define ERROR_ROW(status, retry, message) \
    { DYNAMO_##status, DYNAMO_RETRY_##retry, offsetof(struct error_texts, of_##status) },

static const struct error_texts {
    ERROR_ROWS(ROOM_ROW)
} error_texts = { ERROR_ROWS(TEXT_ROW) };

static const error_row error_rows[] = { ERROR_ROWS(ERROR_ROW) };

static const error_row *row_of_status(dynamo_status status)
{
    for (size_t i = 0; i < DYNAMO_COUNT(error_rows); i++)
        if (error_rows[i].status == status)
            return &error_rows[i];
    return &error_rows[0];
}

const char *dynamo_status_name(dynamo_status status)
{
    return (const char *)&error_texts + row_of_status(status)->place;
}

const char *dynamo_status_message(dynamo_status status)
{
    const char *name = dynamo_status_name(status);

    return name + strlen(name) + 1;
}

/* A code that is known speaks for itself; else the HTTP status does. */
dynamo_retry_class dynamo_retry_class_of(dynamo_status status, long http_status)
{
    if (status != DYNAMO_ERR_UNKNOWN_SERVICE)
        return (dynamo_retry_class)row_of_status(status)->retry;
    if (http_status == 429)
        return DYNAMO_RETRY_THROTTLING;
    return http_status == 500 || (http_status >= 502 && http_status <= 504) ? DYNAMO_RETRY_TRANSIENT
                                                                            : DYNAMO_RETRY_NEVER;
}

/* "ThrottlingException" and "Throttling" are one. */
static size_t length_without_exception(const char *code)
{
    static const char ending[] = "Exception";
    size_t            length   = strlen(code);
    size_t            cut      = sizeof(ending) - 1;

    return length > cut && strcmp(code + length - cut, ending) == 0 ? length - cut : length;
}

/* Whether a code is the name in camel case: "RESOURCE_IN_USE" is "ResourceInUse", "EC2_THROTTLED" "EC2Throttled". */
static bool is_code_of(const char *name, const char *code, size_t length)
{
    size_t at = 0;

    for (bool begins = true; *name != '\0'; begins = *name++ == '_') {
        if (*name == '_')
            continue;
        if (at == length || (code[at] != *name && (begins || code[at] != (*name | 0x20))))
            return false;
        at++;
    }
    return at == length;
}

dynamo_status dynamo_status_of_code(const char *bare_code)
{
    static const char prefix[] = "DYNAMO_ERR_";
    size_t            length   = length_without_exception(bare_code);

    for (size_t i = 0; i < DYNAMO_COUNT(error_rows); i++) {
        dynamo_status status = (dynamo_status)error_rows[i].status;

        if (status > DYNAMO_ERR_UNKNOWN_SERVICE &&
            is_code_of(dynamo_status_name(status) + sizeof(prefix) - 1, bare_code, length))
            return status;
    }
    return DYNAMO_ERR_UNKNOWN_SERVICE;
}

void dynamo_bare_code(char *code, size_t size, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    const char *start = text;
    const char *end   = colon != NULL ? colon : text + length;

    for (const char *at = text; at < end; at++)
        if (*at == '#')
            start = at + 1;
    dynamo_copy_text(code, size, start, (size_t)(end - start));
}

/* The length of the well-formed UTF-8 character at `text` (RFC 3629), or 0. */
static size_t character_length(const unsigned char *text, size_t length)
{
    size_t need = text[0] < 0x80                     ? 1
                  : text[0] < 0xC2 || text[0] > 0xF4 ? 0
                  : text[0] < 0xE0                   ? 2
                  : text[0] < 0xF0                   ? 3
                                                     : 4;

    if (need == 0 || need > length)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if ((text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xED && text[1] > 0x9F) ||
        (text[0] == 0xF0 && text[1] < 0x90) || (text[0] == 0xF4 && text[1] > 0x8F))
        return 0;
    return need;
}

void dynamo_copy_text(char *field, size_t size, const char *text, size_t length)
{
    size_t out = 0;
    size_t in  = 0;

    while (in < length) {
        if (text[in] >= ' ' && text[in] <= '~' && out + 1 < size) { /* most text is no more than this */
            field[out++] = text[in++];
            continue;
        }
        size_t character = character_length((const unsigned char *)text + in, length - in);
        bool   plain     = character > 1 || (character == 1 && (unsigned char)text[in] >= 0x20 && text[in] != 0x7F);
        size_t written   = plain ? character : 1;

        if (written >= size - out)
            break;
        if (plain)
            memcpy(field + out, text + in, character);
        else
            field[out] = text[in] == '\n' || text[in] == '\t' ? ' ' : '?';
        in += character != 0 ? character : 1;
        out += written;
    }
    field[out] = '\0';
}

void dynamo_error_clear(dynamo_error *error)
{
    if (error == NULL)
        return;
    json_decref(error->details);
    memset(error, 0, sizeof(*error));
}

void dynamo_forget_failure(dynamo_error *error)
{
    dynamo_error kept = { .http_status = error->http_status, .attempts = error->attempts };

    memcpy(kept.request_id, error->request_id, sizeof(kept.request_id));
    dynamo_error_clear(error);
    *error = kept;
}

static void fail_with(dynamo_error *error, dynamo_status status, const char *words)
{
    error->status    = status;
    error->retryable = dynamo_retry_class_of(status, 0) != DYNAMO_RETRY_NEVER;
    dynamo_copy_text(error->code, sizeof(error->code), dynamo_status_name(status), strlen(dynamo_status_name(status)));
    dynamo_copy_text(error->message, sizeof(error->message), words, strlen(words));
}

dynamo_status dynamo_fail(dynamo_error *error, dynamo_status status, const char *format, ...)
{
    char    words[sizeof(error->message)];
    va_list arguments;

    if (error == NULL)
        return status;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    fail_with(error, status, words);
    return status;
}

dynamo_status dynamo_fail_memory(dynamo_error *error)
{
    if (error != NULL)
        fail_with(error, DYNAMO_ERR_OUT_OF_MEMORY, dynamo_status_message(DYNAMO_ERR_OUT_OF_MEMORY));
    return DYNAMO_ERR_OUT_OF_MEMORY;
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

/* Room for a path in a message, and the steps told at either end of one that is longer: both ends tell most. */
#define PATH_TEXT_SIZE 256
#define PATH_END_STEPS 20

static bool name_is_simple(const dynamo_path *step)
{
    for (size_t i = 0; i < step->length; i++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-#:$", step->name[i]) == NULL ||
            step->name[i] == '\0')
            return false;
    return step->length != 0;
}

/* One step at the end of the text: ".name", "[\"odd name\"]", "[3]". */
static void path_append_step(char *text, size_t size, const dynamo_path *step)
{
    size_t used = strlen(text);
    char   name[64];

    if (step->name == NULL) {
        (void)snprintf(text + used, size - used, "[%zu]", step->index);
        return;
    }
    dynamo_copy_text(name, sizeof(name), step->name, step->length);
    if (name_is_simple(step))
        (void)snprintf(text + used, size - used, "%s%s", used != 0 ? "." : "", name);
    else
        (void)snprintf(text + used, size - used, "[\"%s\"]", name);
}

static const dynamo_path *step_from_leaf(const dynamo_path *path, size_t distance)
{
    while (distance-- > 0)
        path = path->parent;
    return path;
}

static void path_text(char *text, size_t size, const dynamo_path *path)
{
    size_t count = 0;

    text[0] = '\0';
    for (const dynamo_path *step = path; step != NULL; step = step->parent)
        count++;
    for (size_t i = 0; i < count; i++) {
        if (count > 2 * PATH_END_STEPS && i == PATH_END_STEPS) {
            size_t used = strlen(text);

            (void)snprintf(text + used, size - used, "...");
            i = count - PATH_END_STEPS;
        }
        path_append_step(text, size, step_from_leaf(path, count - 1 - i));
    }
}

dynamo_status dynamo_fail_at(dynamo_error *error, dynamo_status status, const dynamo_path *path, const char *format,
                             ...)
{
    char    words[sizeof(error->message)];
    char    place[PATH_TEXT_SIZE];
    va_list arguments;

    if (error == NULL)
        return status;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    path_text(place, sizeof(place), path);
    return dynamo_fail(error, status, "%.*s: %s", (int)(sizeof(words) - sizeof(place) - 2), words, place);
}
