/*
 * What went wrong, in words: one table whose rows serve the status's name, AWS's code, the retry class and the text.
 *
 * Codes: the error shapes of the DynamoDB and DynamoDB Streams API references, and "Common Errors" there. Retry
 * classes: AWS SDKs and Tools Reference Guide, "Retry behavior".
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <string.h>

typedef struct error_row {
    dynamo_status      status;
    const char        *name;
    const char        *code; /* the service's, without a trailing "Exception"; NULL: this side's own */
    dynamo_retry_class retry;
    const char        *message;
} error_row;

#define LOCAL(name, retry, message) { DYNAMO_ERR_##name, "DYNAMO_ERR_" #name, NULL, DYNAMO_RETRY_##retry, message }
#define SERVICE(name, code, retry, message) \
    { DYNAMO_ERR_##name, "DYNAMO_ERR_" #name, code, DYNAMO_RETRY_##retry, message }

static const error_row error_rows[] = {
    /* First: what a number or a code that isn't here is taken for. */
    LOCAL(UNKNOWN_SERVICE, NEVER, "The service answered an error that is unknown here."),

    { DYNAMO_OK, "DYNAMO_OK", NULL, DYNAMO_RETRY_NEVER, "The call succeeded." },

    LOCAL(INVALID_ARGUMENT, NEVER, "An argument is not valid; nothing was sent."),
    LOCAL(OUT_OF_MEMORY, NEVER, "Memory ran out."),
    LOCAL(CONFIG_NOT_FOUND, NEVER, "There is no configuration file to read."),
    LOCAL(CONFIG_PARSER, NEVER, "A configuration file is malformed."),
    LOCAL(NO_PROFILE, NEVER, "The profile is in none of the configuration files."),
    LOCAL(NO_REGION, NEVER, "No region was found: set region, AWS_REGION, or region in the profile."),
    LOCAL(NO_CREDENTIALS, NEVER, "No credentials were found: set access_key and secret_key, AWS_ACCESS_KEY_ID and "
                                 "AWS_SECRET_ACCESS_KEY, or the profile's."),
    LOCAL(CREDENTIALS, NEVER, "A source of credentials failed."),
    LOCAL(REQUEST_FAILED, TRANSIENT, "The exchange with the service broke."),
    LOCAL(TIMEOUT, TRANSIENT, "A time limit ran out."),
    LOCAL(TLS, NEVER, "No TLS connection could be made."),
    LOCAL(BAD_RESPONSE, NEVER, "The answer is not DynamoDB's protocol."),
    LOCAL(CHECKSUM_MISMATCH, TRANSIENT, "The answer's checksum does not match its body."),
    LOCAL(CANCELED, NEVER, "The call was canceled."),
    LOCAL(UNPROCESSED, NEVER, "A batch ended with something left to do."),
    LOCAL(WAITER_FAILED, NEVER, "The state waited for can't come any more."),

    SERVICE(BACKUP_IN_USE, "BackupInUse", NEVER, "Another operation on the backup is in progress."),
    SERVICE(BACKUP_NOT_FOUND, "BackupNotFound", NEVER, "There is no such backup."),
    SERVICE(CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailed", NEVER, "The condition does not hold."),
    SERVICE(CONTINUOUS_BACKUPS_UNAVAILABLE, "ContinuousBackupsUnavailable", NEVER,
            "Continuous backups are not enabled for the table yet."),
    SERVICE(DUPLICATE_ITEM, "DuplicateItem", NEVER, "An item with this key exists already."),
    SERVICE(EXPORT_CONFLICT, "ExportConflict", NEVER, "An export with other parameters has the same token."),
    SERVICE(EXPORT_NOT_FOUND, "ExportNotFound", NEVER, "There is no such export."),
    SERVICE(GLOBAL_TABLE_ALREADY_EXISTS, "GlobalTableAlreadyExists", NEVER, "The global table exists already."),
    SERVICE(GLOBAL_TABLE_NOT_FOUND, "GlobalTableNotFound", NEVER, "There is no such global table."),
    SERVICE(IDEMPOTENT_PARAMETER_MISMATCH, "IdempotentParameterMismatch", NEVER,
            "The token was used for a request with other parameters."),
    SERVICE(IMPORT_CONFLICT, "ImportConflict", NEVER, "An import with other parameters has the same token."),
    SERVICE(IMPORT_NOT_FOUND, "ImportNotFound", NEVER, "There is no such import."),
    SERVICE(INDEX_NOT_FOUND, "IndexNotFound", NEVER, "There is no such index."),
    SERVICE(INTERNAL_SERVER_ERROR, "InternalServerError", TRANSIENT,
            "The service failed; the same request may succeed later."),
    SERVICE(INVALID_EXPORT_TIME, "InvalidExportTime", NEVER, "The export's time lies outside what can be exported."),
    SERVICE(INVALID_RESTORE_TIME, "InvalidRestoreTime", NEVER, "The time lies outside what can be restored."),
    SERVICE(ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, "ItemCollectionSizeLimitExceeded", NEVER,
            "The items of one partition key exceed 10 GB, the limit of a table with local secondary indexes."),
    SERVICE(LIMIT_EXCEEDED, "LimitExceeded", THROTTLING, "Too many control operations at once, or a quota is reached."),
    SERVICE(POINT_IN_TIME_RECOVERY_UNAVAILABLE, "PointInTimeRecoveryUnavailable", NEVER,
            "Point-in-time recovery is not enabled for the table."),
    SERVICE(POLICY_NOT_FOUND, "PolicyNotFound", NEVER, "The resource has no policy."),
    SERVICE(PROVISIONED_THROUGHPUT_EXCEEDED, "ProvisionedThroughputExceeded", THROTTLING,
            "The table's throughput is used up; try again later, or raise its capacity."),
    SERVICE(REPLICA_ALREADY_EXISTS, "ReplicaAlreadyExists", NEVER, "The replica exists already."),
    SERVICE(REPLICA_NOT_FOUND, "ReplicaNotFound", NEVER, "There is no such replica."),
    SERVICE(REPLICATED_WRITE_CONFLICT, "ReplicatedWriteConflict", TRANSIENT,
            "The item is being written in another region; the same request may succeed later."),
    SERVICE(REQUEST_LIMIT_EXCEEDED, "RequestLimitExceeded", THROTTLING, "The account's request rate is used up."),
    SERVICE(RESOURCE_IN_USE, "ResourceInUse", NEVER, "The resource exists already, or is being changed."),
    SERVICE(RESOURCE_NOT_FOUND, "ResourceNotFound", NEVER,
            "There is no such table or index, or it isn't active yet; is the region right?"),
    SERVICE(TABLE_ALREADY_EXISTS, "TableAlreadyExists", NEVER, "The table exists already."),
    SERVICE(TABLE_IN_USE, "TableInUse", NEVER, "The table is being created or deleted."),
    SERVICE(TABLE_NOT_FOUND, "TableNotFound", NEVER, "There is no such table."),
    SERVICE(THROTTLING, "Throttling", THROTTLING, "Too many requests; try again later."),
    SERVICE(TRANSACTION_CANCELED, "TransactionCanceled", NEVER,
            "The transaction was canceled; CancellationReasons in the details has a reason for each item."),
    SERVICE(TRANSACTION_CONFLICT, "TransactionConflict", NEVER, "Another transaction is working on the item."),
    SERVICE(TRANSACTION_IN_PROGRESS, "TransactionInProgress", THROTTLING,
            "The transaction with this token is still running."),
    SERVICE(EXPIRED_ITERATOR, "ExpiredIterator", NEVER, "The shard iterator is older than 15 minutes; get a new one."),
    SERVICE(TRIMMED_DATA_ACCESS, "TrimmedDataAccess", NEVER, "The stream records asked for are older than 24 hours."),

    SERVICE(ACCESS_DENIED, "AccessDenied", NEVER, "The credentials do not allow this operation."),
    SERVICE(AUTH_FAILURE, "AuthFailure", NEVER, "The credentials could not be validated."),
    SERVICE(BANDWIDTH_LIMIT_EXCEEDED, "BandwidthLimitExceeded", THROTTLING, "Too much traffic; try again later."),
    SERVICE(EC2_THROTTLED, "EC2Throttled", THROTTLING, "Too many requests; try again later."),
    SERVICE(EXPIRED_TOKEN, "ExpiredToken", NEVER, "The session token has expired; get new credentials."),
    SERVICE(INCOMPLETE_SIGNATURE, "IncompleteSignature", NEVER, "The service can't read the request's signature."),
    SERVICE(INTERNAL_FAILURE, "InternalFailure", TRANSIENT, "The service failed; the same request may succeed later."),
    SERVICE(INVALID_CLIENT_TOKEN_ID, "InvalidClientTokenId", NEVER, "The access key is unknown to the service."),
    SERVICE(INVALID_ENDPOINT, "InvalidEndpoint", NEVER, "The request went to the wrong endpoint."),
    SERVICE(INVALID_SIGNATURE, "InvalidSignature", NEVER,
            "The signature is wrong: is the secret key right, and this machine's clock?"),
    SERVICE(MISSING_AUTHENTICATION_TOKEN, "MissingAuthenticationToken", NEVER, "The request carried no signature."),
    SERVICE(MISSING_PARAMETER, "MissingParameter", NEVER, "A required parameter is missing."),
    SERVICE(OPT_IN_REQUIRED, "OptInRequired", NEVER, "The account is not signed up for the service or the region."),
    SERVICE(PRIOR_REQUEST_NOT_COMPLETE, "PriorRequestNotComplete", THROTTLING, "An earlier request is still running."),
    SERVICE(REQUEST_EXPIRED, "RequestExpired", NEVER, "The request's time is too old: is this machine's clock right?"),
    SERVICE(REQUEST_THROTTLED, "RequestThrottled", THROTTLING, "Too many requests; try again later."),
    SERVICE(REQUEST_TIME_TOO_SKEWED, "RequestTimeTooSkewed", NEVER,
            "The request's time is too far from the service's: is this machine's clock right?"),
    SERVICE(REQUEST_TIMEOUT, "RequestTimeout", TRANSIENT, "The service waited too long for the request."),
    SERVICE(SERIALIZATION, "Serialization", NEVER, "The service can't read the request: a member has the wrong type."),
    SERVICE(SERVICE_UNAVAILABLE, "ServiceUnavailable", TRANSIENT, "The service is unavailable; try again later."),
    SERVICE(SIGNATURE_DOES_NOT_MATCH, "SignatureDoesNotMatch", NEVER,
            "The signature is wrong: is the secret key right, and this machine's clock?"),
    SERVICE(SLOW_DOWN, "SlowDown", THROTTLING, "Too many requests; try again later."),
    SERVICE(THROTTLED, "Throttled", THROTTLING, "Too many requests; try again later."),
    SERVICE(TOO_MANY_REQUESTS, "TooManyRequests", THROTTLING, "Too many requests; try again later."),
    SERVICE(UNKNOWN_OPERATION, "UnknownOperation", NEVER, "The service does not know the operation."),
    SERVICE(UNRECOGNIZED_CLIENT, "UnrecognizedClient", NEVER,
            "The access key or the session token is unknown to the service."),
    SERVICE(VALIDATION, "Validation", NEVER, "The service refuses the request's parameters."),
};

static const error_row *row_of_status(dynamo_status status)
{
    for (size_t i = 0; i < DYNAMO_COUNT(error_rows); i++)
        if (error_rows[i].status == status)
            return &error_rows[i];
    return &error_rows[0];
}

const char *dynamo_status_name(dynamo_status status)
{
    return row_of_status(status)->name;
}

const char *dynamo_status_message(dynamo_status status)
{
    return row_of_status(status)->message;
}

/* A code that is known speaks for itself; else the HTTP status does. */
dynamo_retry_class dynamo_retry_class_of(dynamo_status status, long http_status)
{
    if (status != DYNAMO_ERR_UNKNOWN_SERVICE)
        return row_of_status(status)->retry;
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

dynamo_status dynamo_status_of_code(const char *bare_code)
{
    size_t length = length_without_exception(bare_code);

    for (size_t i = 0; i < DYNAMO_COUNT(error_rows); i++) {
        const char *code = error_rows[i].code;

        if (code != NULL && strlen(code) == length && memcmp(code, bare_code, length) == 0)
            return error_rows[i].status;
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
