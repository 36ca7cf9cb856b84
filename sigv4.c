/*
 * AWS Signature Version 4 as pure steps: no I/O, no clock.
 *
 * The rules are those of "Create a signed AWS API request" in the AWS IAM User Guide, for services other than S3: the
 * path is encoded once more than it is sent. Dot segments and doubled slashes in the path are left as they are.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define TERMINATOR "aws4_request"
#define KEY_PREFIX "AWS4"
#define DATE_LENGTH 8 /* of a timestamp's first part */

#define SECONDS_PER_DAY 86400
#define DAYS_PER_ERA 146097          /* 400 years, after which the calendar repeats */
#define DAYS_BEFORE_EPOCH 719468     /* from 0000-03-01 to 1970-01-01 */
#define FIRST_SECOND (-62135596800)  /* 0001-01-01T00:00:00Z */
#define LAST_SECOND 253402300799     /* 9999-12-31T23:59:59Z */

/* ---- The time ---------------------------------------------------------------------------------------------------- */

static void write_digits(char *text, size_t count, int64_t value)
{
    for (; count > 0; count--, value /= 10)
        text[count - 1] = (char)('0' + value % 10);
}

/*
 * The date in the proleptic Gregorian calendar, as "20150830". Years are counted from March, so that a leap day is a
 * year's last, and in eras of 400 years, which all have the same number of days.
 */
static void write_date(int64_t days_since_epoch, char *text)
{
    int64_t days        = days_since_epoch + DAYS_BEFORE_EPOCH;
    int64_t era         = days / DAYS_PER_ERA; /* never negative: the years are 1 to 9999 */
    int64_t day_of_era  = days % DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month       = (5 * day_of_year + 2) / 153; /* 0 is March; five months have 153 days */
    bool    next_year   = month >= 10;

    write_digits(text, 4, era * 400 + year_of_era + (next_year ? 1 : 0));
    write_digits(text + 4, 2, next_year ? month - 9 : month + 3);
    write_digits(text + 6, 2, day_of_year - (153 * month + 2) / 5 + 1);
}

/* A time outside the years 1 to 9999 becomes the nearest inside. */
void dynamo_sigv4_timestamp(int64_t seconds, char timestamp[DYNAMO_TIMESTAMP_SIZE])
{
    int64_t within = seconds < FIRST_SECOND ? FIRST_SECOND : seconds > LAST_SECOND ? LAST_SECOND : seconds;
    int64_t second = (within - FIRST_SECOND) % SECONDS_PER_DAY;

    write_date((within - second) / SECONDS_PER_DAY, timestamp);
    timestamp[DATE_LENGTH] = 'T';
    write_digits(timestamp + 9, 2, second / 3600);
    write_digits(timestamp + 11, 2, second / 60 % 60);
    write_digits(timestamp + 13, 2, second % 60);
    timestamp[15] = 'Z';
    timestamp[16] = '\0';
}

/* ---- The canonical request --------------------------------------------------------------------------------------- */

/* RFC 3986's unreserved characters, and the slash between segments. */
static bool stands_for_itself(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') ||
           (character != '\0' && strchr("/-._~", character) != NULL);
}

static void append_path(dynamo_buffer *out, const char *path)
{
    static const char digits[] = "0123456789ABCDEF";

    for (const char *next = path[0] != '\0' ? path : "/"; *next != '\0'; next++) {
        unsigned char byte       = (unsigned char)*next;
        char          encoded[3] = { '%', digits[byte >> 4], digits[byte & 15] };

        if (stands_for_itself(*next))
            dynamo_buffer_char(out, *next);
        else
            dynamo_buffer_append(out, encoded, sizeof(encoded));
    }
}

/* The value's words, one space between them. */
static void append_header_value(dynamo_buffer *out, const char *value)
{
    static const char space[] = " \t";
    const char       *word    = value + strspn(value, space);

    while (*word != '\0') {
        size_t      length = strcspn(word, space);
        const char *next   = word + length + strspn(word + length, space);

        dynamo_buffer_append(out, word, length);
        if (*next != '\0')
            dynamo_buffer_char(out, ' ');
        word = next;
    }
}

static void append_signed_headers(dynamo_buffer *out, const dynamo_sigv4_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (i > 0)
            dynamo_buffer_char(out, ';');
        dynamo_buffer_text(out, request->headers[i].name);
    }
}

void dynamo_sigv4_canonical_request(dynamo_buffer *out, const dynamo_sigv4_request *request)
{
    dynamo_buffer_text(out, request->method);
    dynamo_buffer_char(out, '\n');
    append_path(out, request->path);
    dynamo_buffer_char(out, '\n');
    dynamo_buffer_text(out, request->query);
    dynamo_buffer_char(out, '\n');
    for (size_t i = 0; i < request->header_count; i++) {
        dynamo_buffer_text(out, request->headers[i].name);
        dynamo_buffer_char(out, ':');
        append_header_value(out, request->headers[i].value);
        dynamo_buffer_char(out, '\n');
    }
    dynamo_buffer_char(out, '\n');
    append_signed_headers(out, request);
    dynamo_buffer_char(out, '\n');
}

/* ---- The string to sign ------------------------------------------------------------------------------------------ */

/* "20150830/us-east-1/dynamodb/aws4_request" */
static void append_scope(dynamo_buffer *out, const dynamo_sigv4_scope *scope)
{
    dynamo_buffer_append(out, scope->timestamp, DATE_LENGTH);
    dynamo_buffer_char(out, '/');
    dynamo_buffer_text(out, scope->region);
    dynamo_buffer_char(out, '/');
    dynamo_buffer_text(out, scope->service);
    dynamo_buffer_text(out, "/" TERMINATOR);
}

void dynamo_sigv4_string_to_sign(dynamo_buffer *out, const dynamo_sigv4_scope *scope)
{
    dynamo_buffer_text(out, ALGORITHM "\n");
    dynamo_buffer_text(out, scope->timestamp);
    dynamo_buffer_char(out, '\n');
    append_scope(out, scope);
    dynamo_buffer_char(out, '\n');
}

void dynamo_sigv4_authorization(dynamo_buffer *out, const dynamo_sigv4_request *request,
                                const dynamo_sigv4_scope *scope, const char *access_key)
{
    dynamo_buffer_text(out, ALGORITHM " Credential=");
    dynamo_buffer_text(out, access_key);
    dynamo_buffer_char(out, '/');
    append_scope(out, scope);
    dynamo_buffer_text(out, ", SignedHeaders=");
    append_signed_headers(out, request);
    dynamo_buffer_text(out, ", Signature=");
}

/* ---- The signing key --------------------------------------------------------------------------------------------- */

/* The next key of the chain, in the place of the one before. */
static bool derive_key(uint8_t key[DYNAMO_HASH_SIZE], const char *text)
{
    return dynamo_hmac_sha256(key, DYNAMO_HASH_SIZE, text, strlen(text), key);
}

bool dynamo_sigv4_signing_key(const char *secret_key, const dynamo_sigv4_scope *scope, uint8_t key[DYNAMO_HASH_SIZE])
{
    size_t length = strlen(KEY_PREFIX) + strlen(secret_key);
    char  *first  = malloc(length + 1);
    bool   done   = false;

    if (first == NULL)
        return false;
    memcpy(first, KEY_PREFIX, strlen(KEY_PREFIX));
    memcpy(first + strlen(KEY_PREFIX), secret_key, strlen(secret_key) + 1);
    done = dynamo_hmac_sha256(first, length, scope->timestamp, DATE_LENGTH, key) && derive_key(key, scope->region) &&
           derive_key(key, scope->service) && derive_key(key, TERMINATOR);
    if (!done)
        dynamo_wipe(key, DYNAMO_HASH_SIZE);
    dynamo_wipe_text(first);
    return done;
}

/* ---- The signature ----------------------------------------------------------------------------------------------- */

/*
 * Of a small request's fifteen blocks of SHA-256 eight are the same for each request that is sent within a second, to
 * the same operation and host: hashed once, they are copied for each. With mbedTLS 2.28 a block takes 3,200
 * instructions, so that is a good half of what signing costs.
 */
bool dynamo_signer_init(dynamo_signer *signer)
{
    dynamo_hash **const hashes[] = { &signer->canonical, &signer->inner, &signer->outer, &signer->work[0],
                                     &signer->work[1] };
    bool                done     = true;

    for (size_t i = 0; i < DYNAMO_COUNT(hashes); i++) {
        *hashes[i] = dynamo_hash_new();
        done       = done && *hashes[i] != NULL;
    }
    return done;
}

void dynamo_signer_free(dynamo_signer *signer)
{
    dynamo_hash_free(signer->canonical);
    dynamo_hash_free(signer->inner);
    dynamo_hash_free(signer->outer);
    dynamo_hash_free(signer->work[0]);
    dynamo_hash_free(signer->work[1]);
    *signer = (dynamo_signer){ NULL, NULL, NULL, { NULL, NULL } };
}

bool dynamo_signer_prepare(dynamo_signer *signer, const dynamo_sigv4_request *request, const dynamo_sigv4_scope *scope,
                           const uint8_t key[DYNAMO_HASH_SIZE], dynamo_buffer *scratch)
{
    dynamo_buffer_clear(scratch);
    dynamo_sigv4_canonical_request(scratch, request);
    if (scratch->failed || !dynamo_hash_start(signer->canonical) ||
        !dynamo_hash_update(signer->canonical, scratch->data, scratch->length))
        return false;
    dynamo_buffer_clear(scratch);
    dynamo_sigv4_string_to_sign(scratch, scope);
    return !scratch->failed && dynamo_hmac_start(signer->inner, signer->outer, key, DYNAMO_HASH_SIZE) &&
           dynamo_hash_update(signer->inner, scratch->data, scratch->length);
}

static void write_hex(const uint8_t hash[DYNAMO_HASH_SIZE], char hex[DYNAMO_SIGNATURE_LENGTH])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DYNAMO_HASH_SIZE; i++) {
        hex[2 * i]     = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
}

/* Ends a text that was begun with a hash as its last line. */
static bool hash_last_line(dynamo_hash *hash, const uint8_t last[DYNAMO_HASH_SIZE])
{
    char hex[2 * DYNAMO_HASH_SIZE];

    write_hex(last, hex);
    return dynamo_hash_update(hash, hex, sizeof(hex));
}

bool dynamo_signer_sign(dynamo_signer *signer, const void *payload, size_t length, char *signature)
{
    dynamo_hash *first = signer->work[0], *second = signer->work[1];
    uint8_t      hash[DYNAMO_HASH_SIZE];

    if (!dynamo_hash_start(first) || !dynamo_hash_update(first, payload, length) || !dynamo_hash_finish(first, hash))
        return false;
    if (!dynamo_hash_copy(first, signer->canonical) || !hash_last_line(first, hash) || !dynamo_hash_finish(first, hash))
        return false;
    if (!dynamo_hash_copy(first, signer->inner) || !dynamo_hash_copy(second, signer->outer) ||
        !hash_last_line(first, hash) || !dynamo_hmac_finish(first, second, hash))
        return false;
    write_hex(hash, signature);
    return true;
}
