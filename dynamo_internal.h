/*
 * What the library's own files share. Nothing here is for callers.
 *
 * The files, from the ground up; each knows only those above it in this list:
 *
 *     buffer.c  errors.c  clock.c                                 bytes, words, time
 *     checksum.c  sha1.c  hash.c  uuid.c                          arithmetic
 *     sigpipe.c  file.c                                           a signal kept from the host; a file in memory
 *     number.c  binary.c  text.c  xml.c                           numbers, base64, JSON text, XML text
 *     decode.c                                                    wire text to plain JSON
 *     marshal.c                                                   plain JSON to AttributeValue
 *     shape.c                                                     requests by their shapes
 *     page.c                                                      an answer's list, element by element
 *     sigv4.c  ecdsa.c                                            signatures
 *     profile.c  endpoint.c  keys.c  config.c                     files, hosts, keys at hand, settings
 *     deadline.c  retry.c  skew.c                                 time limits; when to try again; the service's clock
 *     handle.c  fetch.c                                           curl handles, one exchange of any kind
 *     process.c  container.c  metadata.c                          sources of keys on the machine
 *     token_file.c  sts.c  role.c                                 files with tokens; roles
 *     sign_in.c  sso.c  dpop.c  login.c                           people who signed in
 *     credentials.c                                               the keys in use
 *     share.c  pool.c  transport.c                                the handles' pool, one exchange with DynamoDB
 *     request.c  rules.c  shorthand.c  operations.c               arguments to wire text; the table of operations
 *     account.c                                                   whose tables a request is about
 *     answer.c                                                    what an answer means
 *     client.c  describe.c  call.c                                the client, in words; a request's way
 *     items.c                                                     lists over all their pages
 *     series.c                                                    several calls as one
 *     batch.c  wait.c                                             batches that finish; waiters
 *     dynamo.c                                                    the thin wrapper of each operation
 */
#ifndef DYNAMO_INTERNAL_H
#define DYNAMO_INTERNAL_H

/* Before any system header: POSIX with its threads, and getentropy(), under a strict -std=c11 as well. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
/* Of glibc where a long has 32 bits: files and moments beyond 2^31. */
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#if _FILE_OFFSET_BITS == 64 && !defined(_TIME_BITS)
#define _TIME_BITS 64
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif
#if defined(__FreeBSD__) && !defined(__BSD_VISIBLE)
#define __BSD_VISIBLE 1
#endif
#if defined(__NetBSD__) && !defined(_NETBSD_SOURCE)
#define _NETBSD_SOURCE
#endif
#if defined(__OpenBSD__) && !defined(_BSD_SOURCE)
#define _BSD_SOURCE
#endif

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "dynamo.h"

/* Which of mbedTLS's two interfaces there is: the classic one, or PSA, the only one of mbedTLS 4. */
#if defined(__has_include)
#if !__has_include(<mbedtls/version.h>) && !defined(DYNAMO_USE_PSA)
#define DYNAMO_USE_PSA /* TF-PSA-Crypto, the crypto part of mbedTLS 4, without the rest */
#endif
#endif

#ifndef DYNAMO_USE_PSA
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#define DYNAMO_USE_PSA
#endif
#endif

#if defined(__GNUC__) || defined(__clang__)
#define DYNAMO_PRINTF(words, values) __attribute__((format(printf, words, values)))
#else
#define DYNAMO_PRINTF(words, values)
#endif

/* What stands below is nobody else's, in a shared object of an application's own too. */
#if defined(__GNUC__) || defined(__clang__)
#pragma GCC visibility push(hidden)
#endif

/* For the few functions whose call costs more than they do, at -Os too. */
#if defined(__GNUC__) || defined(__clang__)
#define DYNAMO_INLINE static inline __attribute__((always_inline))
#else
#define DYNAMO_INLINE static inline
#endif

#define DYNAMO_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- buffer.c: growing bytes ------------------------------------------------------------------------------------- */

/*
 * A failure (no memory, or past the limit) sticks: what is held is freed, later appends do nothing, and one look at
 * `failed` at the end suffices. `data` is NUL-terminated once anything was appended; the NUL isn't in `length`.
 */
typedef struct dynamo_buffer {
    char  *data;
    size_t length;
    size_t capacity;
    size_t limit;  /* bytes at most; 0: as memory allows */
    bool   secret; /* wipe memory before it is given back */
    bool   failed; /* an append didn't happen */
    bool   full;   /* ... because of the limit */
} dynamo_buffer;

void dynamo_buffer_append(dynamo_buffer *buffer, const void *data, size_t length);
void dynamo_buffer_text(dynamo_buffer *buffer, const char *text);
void dynamo_buffer_char(dynamo_buffer *buffer, char character);
void dynamo_buffer_encoded(dynamo_buffer *buffer, const char *text); /* for a form or a query (RFC 3986, section 2.1) */
void dynamo_buffer_clear(dynamo_buffer *buffer); /* empty again, failures forgotten; memory kept */
void dynamo_buffer_free(dynamo_buffer *buffer);  /* {0} again, but for the limit and the secrecy */

/* Appends bytes that the caller fills in, at once; NULL on failure. */
char *dynamo_buffer_extend(dynamo_buffer *buffer, size_t length);

/* ---- errors.c: what went wrong, in words ------------------------------------------------------------------------- */

typedef enum dynamo_retry_class {
    DYNAMO_RETRY_NEVER,
    DYNAMO_RETRY_TRANSIENT,
    DYNAMO_RETRY_THROTTLING,
} dynamo_retry_class;

/* Where a value stands: a chain of steps that lives on the stack of the walk, spelt out only when there is an error. */
typedef struct dynamo_path {
    const struct dynamo_path *parent; /* NULL: the root */
    const char               *name;   /* of a member; NULL: an element */
    size_t                    length; /* of the name */
    size_t                    index;  /* of the element */
} dynamo_path;

/* A path's first step, from a NUL-terminated name. */
#define DYNAMO_PATH_ROOT(text) { NULL, (text), strlen(text), 0 }

/* Each returns `status`, so that a failure is one line. `error` may be NULL. The first clears nothing but status, code,
 * message, retryable: who owns the call clears. */
dynamo_status dynamo_fail(dynamo_error *error, dynamo_status status, const char *format, ...) DYNAMO_PRINTF(3, 4);

/* The same, with the path after the words: "...: Item.tags[2]". */
dynamo_status dynamo_fail_at(dynamo_error *error, dynamo_status status, const dynamo_path *path, const char *format,
                             ...) DYNAMO_PRINTF(4, 5);

dynamo_status dynamo_fail_memory(dynamo_error *error); /* DYNAMO_ERR_OUT_OF_MEMORY in its own words */

/* Clears all but what is known of the answers so far. */
void dynamo_forget_failure(dynamo_error *error);

/* Copies text into a field of `size` bytes: cut between characters, bytes that aren't UTF-8 and control characters
 * replaced by '?'. */
void dynamo_copy_text(char *field, size_t size, const char *text, size_t length);

/* "com.amazon#ThrottlingException:http://..." to what stands between # and : */
void dynamo_bare_code(char *code, size_t size, const char *text, size_t length);

dynamo_status      dynamo_status_of_code(const char *bare_code);

/* Of a status, and where that is UNKNOWN_SERVICE of the HTTP status; 0: there is none. */
dynamo_retry_class dynamo_retry_class_of(dynamo_status status, long http_status);

/* ---- clock.c ----------------------------------------------------------------------------------------------------- */

int64_t dynamo_clock_monotonic_us(void); /* microseconds from some start; never goes back */
int64_t dynamo_clock_wall(void);         /* seconds since the epoch */

/* The moment that an ISO 8601 text stands for ("2030-01-31T23:59:59Z", "...T23:59:59.5+01:00", UTC in place of Z), in
 * whole seconds since the epoch. false: it is none, or has no zone. */
bool dynamo_clock_read(const char *text, int64_t *seconds);

/* ---- uuid.c: dynamo_uuid(), and chance in another form ----------------------------------------------------------- */

double dynamo_random_fraction(void); /* 0 to below 1 */

/* ---- sigpipe.c --------------------------------------------------------------------------------------------------- */

typedef struct dynamo_sigpipe {
    sigset_t former;  /* the thread's mask */
    bool     pending; /* already: not ours to take */
} dynamo_sigpipe;

/* Around whatever may make libcurl write, in the same thread. */
void dynamo_sigpipe_hold(dynamo_sigpipe *guard);
void dynamo_sigpipe_release(const dynamo_sigpipe *guard);

/* ---- file.c: a file whole in memory ------------------------------------------------------------------------------ */

/* Into an empty buffer, which wipes what it holds. 0, or an errno: ENOMEM, EFBIG beyond the limit. */
int         dynamo_file_read(dynamo_buffer *content, const char *path, size_t limit);
const char *dynamo_file_words(int code); /* strerror() isn't thread-safe everywhere */

/* ---- checksum.c -------------------------------------------------------------------------------------------------- */

uint32_t dynamo_crc32(const void *data, size_t length); /* IEEE 802.3, as x-amz-crc32 carries it */

/* ---- sha1.c: names of files, nothing that has to be safe --------------------------------------------------------- */

#define DYNAMO_SHA1_SIZE 20

void dynamo_sha1(const void *data, size_t length, uint8_t hash[DYNAMO_SHA1_SIZE]);

/* ---- hash.c: the seam to mbedTLS, with one body for its classic interface and one for PSA ------------------------ */

#define DYNAMO_HASH_SIZE 32

/* A SHA-256 under way, which can be copied there: what many texts begin with is hashed once. Freeing wipes. Each call
 * that returns a bool: false when mbedTLS fails. */
typedef struct dynamo_hash dynamo_hash;

dynamo_hash *dynamo_hash_new(void); /* NULL: memory ran out */
void         dynamo_hash_free(dynamo_hash *hash);
bool         dynamo_hash_start(dynamo_hash *hash);
bool         dynamo_hash_update(dynamo_hash *hash, const void *data, size_t length);
bool         dynamo_hash_copy(dynamo_hash *to, const dynamo_hash *from);
bool         dynamo_hash_finish(dynamo_hash *hash, uint8_t result[DYNAMO_HASH_SIZE]);

/* HMAC with such: the text goes into the inner one between the two calls. */
bool dynamo_hmac_start(dynamo_hash *inner, dynamo_hash *outer, const void *key, size_t key_length);
bool dynamo_hmac_finish(dynamo_hash *inner, dynamo_hash *outer, uint8_t mac[DYNAMO_HASH_SIZE]);

bool dynamo_sha256(const void *data, size_t length, uint8_t result[DYNAMO_HASH_SIZE]);
bool dynamo_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                        uint8_t mac[DYNAMO_HASH_SIZE]);
void dynamo_wipe(void *secret, size_t length); /* not optimised away; NULL allowed */
void dynamo_wipe_text(char *secret);           /* wipes and frees a string; NULL allowed */

/* ---- number.c: DynamoDB's numbers as text ------------------------------------------------------------------------ */

/* Why a text is no number that the service takes. The words are the service's own. NULL: it is one. */
const char *dynamo_number_refusal(const char *text, size_t length);

/* A text that two numbers share exactly when they are equal in value, and the number of significant digits. false: the
 * text is no number. */
#define DYNAMO_NUMBER_KEY_SIZE 64
bool dynamo_number_key(const char *text, size_t length, char key[DYNAMO_NUMBER_KEY_SIZE], size_t *digits);

/* How many bytes a number takes in an item: one for each two digits, one more, and one for a minus. */
size_t dynamo_number_bytes(const char *text, size_t length);

/* The plain form of a number's text: integer, real, or {"$N": text}. NULL: memory ran out. */
json_t *dynamo_number_plain(const char *text, size_t length);

/* A double as its shortest digits without exponent; returns their number. Independent of the locale, both ways. */
size_t dynamo_real_text(double real, char buffer[DYNAMO_NUMBER_SIZE]);
double dynamo_real_value(const char *text, size_t length); /* of a number's text; overflow gives an infinity */

/* The text inside {"$N": text}, borrowed, or NULL where the value hasn't that form. */
const char *dynamo_number_literal(json_t *value, size_t *length);

/* ---- binary.c: base64 (RFC 4648, section 4) ---------------------------------------------------------------------- */

/* The bytes that the text stands for, to free(), never NULL on success even when empty; NULL with *malformed telling
 * the text's fault from memory's. */
uint8_t *dynamo_base64_decode(const char *text, size_t length, size_t *size, bool *malformed);
char    *dynamo_base64_encode(const void *data, size_t size, size_t *length); /* to free() */

/* Whether the text is well formed, and how many bytes it stands for. */
bool dynamo_base64_check(const char *text, size_t length, size_t *size);

/* ---- text.c: JSON text ------------------------------------------------------------------------------------------- */

/* Levels of nesting beyond which JSON text is refused, far above what DynamoDB has (32 levels of values, two levels of
 * text each). It bounds the stack: reading has an array of as many places (18 KB), writing recurses (35 KB). */
#define DYNAMO_TEXT_DEPTH 256

/* A JSON string. false: the bytes aren't UTF-8. A surrogate on its own, as three bytes, is written as \uXXXX. */
bool dynamo_write_string(dynamo_buffer *out, const char *text, size_t length);

/* One that has nothing to escape in it. */
void dynamo_write_quoted(dynamo_buffer *out, const char *text, size_t length);

/* Any JSON value as it stands. */
dynamo_status dynamo_write_json(dynamo_buffer *out, json_t *value, const dynamo_path *path, dynamo_error *error);

/* An object's iterator gives its name with its length, which only Jansson 2.14 and newer know. */
size_t dynamo_name_length(void *iterator);

/* Adds a member, stealing the value, NULL included. 0: done. -1: memory. -2: the name has a NUL that this Jansson can't
 * hold. */
int dynamo_object_set(json_t *object, const char *name, size_t length, json_t *value);

/* A strict RFC 8259 reader over text that is whole in memory. */
typedef struct dynamo_reader {
    const char   *start, *next, *end;
    dynamo_status failure;     /* the status of malformed text: INVALID_ARGUMENT for a caller's, BAD_RESPONSE */
    dynamo_error *error;
    unsigned      depth;       /* containers open */
    bool          every_digit; /* numbers in their plain form, {"$N": ...} included; else as integer or real alone */
} dynamo_reader;

/* A string's value: a piece of the text itself where it has no escapes, else its own memory. */
typedef struct dynamo_string {
    const char *text;
    size_t      length;
    char       *owned; /* to free(); NULL mostly */
} dynamo_string;

/* Past white space: the next character, or '\0' at the end. */
char dynamo_read_past_space(dynamo_reader *reader);

/* The same, short where there is none: the service sends none. */
DYNAMO_INLINE char dynamo_read_peek(dynamo_reader *reader)
{
    if (reader->next < reader->end && (unsigned char)*reader->next > ' ')
        return *reader->next;
    return dynamo_read_past_space(reader);
}

/* Each fills reader->error and returns false, -1 or NULL on failure, then the whole reading is over. */
bool dynamo_read_string(dynamo_reader *reader, const dynamo_path *path, dynamo_string *string);
bool dynamo_read_open(dynamo_reader *reader, const dynamo_path *path, char bracket); /* '{' or '[' */

/* 1: the member's name was read (its owned memory the caller's), the value is next; 0: the object is closed. *count,
 * from 0, counts the members. */
int dynamo_read_member(dynamo_reader *reader, const dynamo_path *path, size_t *count, dynamo_string *name);
int dynamo_read_element(dynamo_reader *reader, const dynamo_path *path, size_t *count);

bool dynamo_read_end(dynamo_reader *reader); /* nothing but white space is left */

/* Past the number of JSON's syntax that begins the text; NULL: none does. */
const char *dynamo_json_number_end(const char *next, const char *end);

/* Fails with reader->failure, the words, the path, and line and column where they help. Returns false. */
bool dynamo_read_fail(dynamo_reader *reader, const dynamo_path *path, const char *words);

/* Fails at a place of malformed text, with line and column. Returns false. */
bool dynamo_read_fail_syntax(dynamo_reader *reader, const dynamo_path *path, const char *at, const char *words);

/* ---- xml.c: a few texts of an XML document ----------------------------------------------------------------------- */

typedef struct dynamo_xml_field {
    const char    *path; /* from the root, names without prefixes: "ErrorResponse/Error/Code" */
    dynamo_buffer *text; /* what stands in the element is appended, decoded */
    bool           found;
} dynamo_xml_field;

/* Fills in the fields that the document has. false: it is no document that AWS would send, or has a field twice, or one
 * with an element in it; the texts may be filled in part. */
bool dynamo_xml_read(const char *text, size_t length, dynamo_xml_field *fields, size_t count);

/* ---- decode.c: JSON text to plain values ------------------------------------------------------------------------- */

typedef enum dynamo_kind {
    DYNAMO_KIND_ANY, /* whatever JSON */
    DYNAMO_KIND_STRING,
    DYNAMO_KIND_INTEGER,
    DYNAMO_KIND_REAL, /* a double or a timestamp */
    DYNAMO_KIND_BOOLEAN,
    DYNAMO_KIND_LIST,
    DYNAMO_KIND_MAP,
    DYNAMO_KIND_STRUCTURE,
    DYNAMO_KIND_ATTRIBUTE_VALUE,
} dynamo_kind;

typedef struct dynamo_shape {
    dynamo_kind                 kind;
    const struct dynamo_shape  *of;      /* of each element of a list, each value of a map */
    const struct dynamo_member *members; /* of a structure; ends with a NULL name */
    bool                        filled;  /* a list or map that the service refuses when it is empty */
} dynamo_shape;

typedef struct dynamo_member {
    const char         *name; /* AWS's spelling */
    const dynamo_shape *shape;
    bool                required; /* in a request */
} dynamo_member;

extern const dynamo_shape dynamo_shape_any; /* whatever JSON */

/* The shape of an object's member, NULL where the object's shape doesn't have it. */
const dynamo_shape *dynamo_shape_member(const dynamo_shape *shape, const char *name, size_t length);

/* The next value of an answer, the attribute values that its shape has in it in plain form; members that the shape
 * doesn't have are kept as they are. NULL on failure, as for the others. */
json_t *dynamo_read_shape(dynamo_reader *reader, const dynamo_shape *shape, const dynamo_path *path);
json_t *dynamo_read_json(dynamo_reader *reader, const dynamo_path *path); /* any value */
json_t *dynamo_read_attribute_value(dynamo_reader *reader, const dynamo_path *path);
json_t *dynamo_read_item(dynamo_reader *reader, const dynamo_path *path);

/* Puts a value just read into its object, as its count-th member: refuses a name that stands twice, and NUL in a name
 * where Jansson can't hold it. Steals the value, NULL included, on failure too. */
bool dynamo_read_keep(dynamo_reader *reader, const dynamo_path *path, json_t *object, const dynamo_string *name,
                      json_t *value, size_t count);

/* The dollars that a name begins with when one of N, B, SS, NS, BS follows and ends it, else 0. */
size_t dynamo_dollars(const char *name, size_t length);

/* ---- marshal.c: AttributeValue, as wire text --------------------------------------------------------------------- */

/* A plain value written as an AttributeValue. */
dynamo_status dynamo_write_attribute_value(dynamo_buffer *out, json_t *value, const dynamo_path *path,
                                           dynamo_error *error);

/* A plain object written as a map of AttributeValues: an item, a key. Its values are level 1. */
dynamo_status dynamo_write_item(dynamo_buffer *out, json_t *item, const dynamo_path *path, dynamo_error *error);

/* ---- shape.c: requests by their shapes --------------------------------------------------------------------------- */

/* A caller's document checked against its shape and written as wire text in one walk. */
dynamo_status dynamo_write_shape(dynamo_buffer *out, json_t *value, const dynamo_shape *shape, const dynamo_path *path,
                                 dynamo_error *error);

/* ---- page.c: an answer whose list is read element by element ----------------------------------------------------- */

/* Holds pointers into itself, and into the text, which has to stay where it is: not to be copied. */
typedef struct dynamo_page {
    json_t             *members; /* the answer without the list */
    size_t              left;    /* elements that weren't asked for yet */
    size_t              count;   /* those that were */
    dynamo_reader       reader;  /* before the next */
    const dynamo_shape *element; /* how each is read; NULL: the answer has no list */
    dynamo_path         path[3]; /* from the answer to the list */
    const dynamo_path  *list;    /* the last of them */
} dynamo_page;

/* Takes an answer's whole text apart. `list` is the name of the member that is the list ("Items"), or its path
 * ("StreamDescription.Shards"). On failure there is nothing to close. `error` can't be NULL in these two. */
dynamo_status dynamo_page_open(dynamo_page *page, const char *text, size_t length, const dynamo_shape *output,
                               const char *list, dynamo_error *error);

/* A new reference, or NULL after the last. After a failure the same element is next again. */
dynamo_status dynamo_page_next(dynamo_page *page, json_t **element, dynamo_error *error);
void          dynamo_page_close(dynamo_page *page); /* {0} allowed */

/* ---- sigv4.c: AWS Signature Version 4, no I/O, no clock of its own ----------------------------------------------- */

#define DYNAMO_TIMESTAMP_SIZE 17   /* "20150830T123600Z" with its NUL; the first eight are the date */
#define DYNAMO_SIGNATURE_LENGTH 64 /* in lower-case hexadecimal */

typedef struct dynamo_header {
    const char *name; /* lower case */
    const char *value;
} dynamo_header;

typedef struct dynamo_sigv4_request {
    const char          *method;
    const char          *path;  /* as sent; "" is "/" */
    const char          *query; /* canonical already; "" mostly */
    const dynamo_header *headers; /* those to sign, sorted by name */
    size_t               header_count;
} dynamo_sigv4_request;

typedef struct dynamo_sigv4_scope {
    const char *timestamp; /* DYNAMO_TIMESTAMP_SIZE */
    const char *region;
    const char *service;
} dynamo_sigv4_scope;

void dynamo_sigv4_timestamp(int64_t seconds, char timestamp[DYNAMO_TIMESTAMP_SIZE]);
bool dynamo_sigv4_signing_key(const char *secret_key, const dynamo_sigv4_scope *scope, uint8_t key[DYNAMO_HASH_SIZE]);

/* The canonical request but for its last line, the payload's hash. */
void dynamo_sigv4_canonical_request(dynamo_buffer *out, const dynamo_sigv4_request *request);

/* The string to sign but for its last line, the canonical request's hash. */
void dynamo_sigv4_string_to_sign(dynamo_buffer *out, const dynamo_sigv4_scope *scope);

/* The Authorization header's value but for its end, the signature. */
void dynamo_sigv4_authorization(dynamo_buffer *out, const dynamo_sigv4_request *request,
                                const dynamo_sigv4_scope *scope, const char *access_key);

/* Makes signatures for requests that differ in their payload alone. */
typedef struct dynamo_signer {
    dynamo_hash *canonical;     /* the canonical request's beginning, hashed */
    dynamo_hash *inner, *outer; /* HMAC with the signing key, the string to sign's beginning in it */
    dynamo_hash *work[2];
} dynamo_signer;

bool dynamo_signer_init(dynamo_signer *signer); /* false: memory ran out; to be freed all the same */
void dynamo_signer_free(dynamo_signer *signer); /* wipes */

/* For a request as it is but for its payload. `scratch` is working memory that a caller keeps from one request to the
 * next. false: memory ran out, or mbedTLS failed. */
bool dynamo_signer_prepare(dynamo_signer *signer, const dynamo_sigv4_request *request, const dynamo_sigv4_scope *scope,
                           const uint8_t key[DYNAMO_HASH_SIZE], dynamo_buffer *scratch);

/* The signature: DYNAMO_SIGNATURE_LENGTH characters, no NUL. false: mbedTLS failed. */
bool dynamo_signer_sign(dynamo_signer *signer, const void *payload, size_t length, char *signature);

/* ---- ecdsa.c: signatures with a key of the curve P-256 (ES256) --------------------------------------------------- */

#define DYNAMO_P256_SIZE 32

/* The private key in a PEM text, to dynamo_wipe(). false: it has none of this curve. */
bool dynamo_p256_key(const char *pem, uint8_t key[DYNAMO_P256_SIZE]);

/* Its public point, x and y; a signature of a SHA-256, r and s. false: no key of the curve, or mbedTLS can't. */
bool dynamo_p256_point(const uint8_t key[DYNAMO_P256_SIZE], uint8_t point[2 * DYNAMO_P256_SIZE]);
bool dynamo_p256_sign(const uint8_t key[DYNAMO_P256_SIZE], const uint8_t hash[DYNAMO_HASH_SIZE],
                      uint8_t signature[2 * DYNAMO_P256_SIZE]);

/* ---- profile.c: the files ~/.aws/config and ~/.aws/credentials --------------------------------------------------- */

typedef struct dynamo_profiles dynamo_profiles;

/*
 * Reads the files that exist: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or ~/.aws/config and ~/.aws/credentials.
 * CONFIG_PARSER: a malformed line, with file, line and what was expected. CONFIG_NOT_FOUND: one exists and can't be
 * read. *profiles is NULL on failure.
 */
dynamo_status dynamo_profiles_load(dynamo_profiles **profiles, dynamo_error *error);
void          dynamo_profiles_free(dynamo_profiles *profiles); /* wipes; NULL allowed */
bool          dynamo_profiles_found(const dynamo_profiles *profiles); /* at least one of the files exists */
const char   *dynamo_profiles_files(const dynamo_profiles *profiles); /* "/home/a/.aws/config and ..." for messages */
bool          dynamo_profiles_has(const dynamo_profiles *profiles, const char *profile);

/* A profile's key (lower case), or NULL. Nested keys are "services dynamodb" style: see profile.c. */
const char *dynamo_profiles_get(const dynamo_profiles *profiles, const char *profile, const char *key);

/* ---- endpoint.c: where a request goes ---------------------------------------------------------------------------- */

typedef struct dynamo_endpoint {
    char *url;      /* "https://dynamodb.eu-central-1.amazonaws.com/" */
    char *host;     /* the Host header: with the port unless it is the scheme's own */
    char *path;     /* "/" or what follows the host */
    bool  secure;   /* https */
    bool  loopback; /* localhost, *.localhost, 127.0.0.0/8, [::1] */
    char *account_suffix; /* ".ddb.eu-central-1.amazonaws.com": an account's number before it is that account's own
                           * host; NULL: none has one */
    bool  needs_account;  /* only an account's own host will do */
} dynamo_endpoint;

/* What serves a request, which decides on its host. SearchVectors has its own; the last four give credentials. */
typedef enum dynamo_service {
    DYNAMO_SERVICE_DYNAMODB,
    DYNAMO_SERVICE_SEARCH,
    DYNAMO_SERVICE_STREAMS,
    DYNAMO_SERVICE_STS,
    DYNAMO_SERVICE_SSO,
    DYNAMO_SERVICE_SSO_OIDC,
    DYNAMO_SERVICE_SIGNIN,
    DYNAMO_SERVICE_COUNT
} dynamo_service;

typedef enum dynamo_account_mode {
    DYNAMO_ACCOUNT_PREFERRED,
    DYNAMO_ACCOUNT_DISABLED,
    DYNAMO_ACCOUNT_REQUIRED,
} dynamo_account_mode;

/* A URL in place of AWS's own, as it was found: what is wrong with it is told when the service is to be used. */
typedef struct dynamo_given_url {
    char *text; /* NULL: none */
    char *name; /* of what gave it, for messages */
} dynamo_given_url;

/* What decides on hosts besides service and region. */
typedef struct dynamo_hosts {
    dynamo_given_url    given[DYNAMO_SERVICE_COUNT];
    bool                fips;
    bool                dual_stack;
    dynamo_account_mode account_mode;
} dynamo_hosts;

/* A URL that the user gave. `name` says which in messages ("endpoint", "AWS_ENDPOINT_URL"). INVALID_ARGUMENT. */
dynamo_status dynamo_endpoint_parse(dynamo_endpoint *endpoint, const char *url, const char *name, dynamo_error *error);

/* The one that is given for a service, or AWS's own for a region; to dynamo_endpoint_free(). INVALID_ARGUMENT: the
 * region is no host label, the URL is none, or what is asked for excludes each other. */
dynamo_status dynamo_endpoint_of_service(dynamo_endpoint *endpoint, const dynamo_hosts *hosts, dynamo_service service,
                                         const char *region, dynamo_error *error);
void          dynamo_endpoint_free(dynamo_endpoint *endpoint);
void          dynamo_hosts_free(dynamo_hosts *hosts);

#define DYNAMO_LABEL_SIZE 64 /* a label of a host name, as an account's number is */

/* The account that an ARN of DynamoDB's in the region names. false: none, or the text is no such ARN; NULL allowed. */
bool dynamo_account_of_arn(char account[DYNAMO_LABEL_SIZE], const char *text, const char *region);

/* An account's own endpoint, for one exchange. Nothing in it is allocated. */
typedef struct dynamo_account_endpoint {
    dynamo_endpoint endpoint;
    char            url[256]; /* a label, a service's name, a region and the longest suffix are less */
} dynamo_account_endpoint;

/* The endpoint for an account (NULL: unknown): its own, made in *own, where it has one, else the shared one. NULL:
 * INVALID_ARGUMENT, since the shared one won't do or the account is no host label. */
const dynamo_endpoint *dynamo_endpoint_of_account(dynamo_account_endpoint *own, const dynamo_endpoint *shared,
                                                  const char *account, dynamo_error *error);

/* ---- config.c: a client's settings, resolved --------------------------------------------------------------------- */

/* One set of keys. The type that the credentials callback fills in. */
struct dynamo_credentials {
    char  *access_key;
    char  *secret_key;
    char  *session_token; /* NULL: none */
    char  *account_id;    /* NULL: unknown */
    double expiration;    /* seconds since the epoch; 0: never */
};

void dynamo_credentials_free(dynamo_credentials *credentials); /* what it holds; wipes */

typedef struct dynamo_settings dynamo_settings;

struct dynamo_settings {
    char                 *region; /* to sign for */
    dynamo_hosts          hosts;
    dynamo_endpoint       dynamodb;
    dynamo_endpoint       search;
    dynamo_endpoint       streams;
    dynamo_credentials    keys; /* at hand; access_key NULL: `credentials` gives them, or the sources are to be asked */
    const char           *keys_source;  /* where those are from */
    dynamo_profiles      *profiles;     /* for the sources; NULL: keys are at hand, or no file is needed */
    char                 *profile;      /* the name of the one in use; NULL without the sources */
    bool                  profile_named; /* by the caller, who so passes over the environment's keys */
    char                **environment;  /* "NAME=value" as it was when the client was made; ends with NULL */
    char                 *ca_file;
    char                 *user_agent;
    unsigned              max_clients;
    unsigned              max_attempts;
    bool                  adaptive;           /* the retry mode; else it is the standard one */
    bool                  correct_clock_skew;
    int64_t               connect_timeout_ms;
    int64_t               attempt_timeout_ms;
    int64_t               timeout_ms;
    void                 *context;
    bool                (*credentials)(void *context, dynamo_credentials *credentials, dynamo_error *error);
    void                (*on_attempt)(void *context, const dynamo_attempt *attempt);
    void                (*on_handle)(void *context, void *curl);
};

/* Explicit beats environment beats profile beats default. On failure the settings are empty. */
dynamo_status dynamo_settings_load(dynamo_settings *settings, const dynamo_config *config, dynamo_error *error);
void          dynamo_settings_free(dynamo_settings *settings); /* wipes */

/* The environment as it is now. NULL: memory ran out. */
char **dynamo_environment_copy(void);
void   dynamo_environment_free(char **environment); /* wipes; NULL allowed */

/* For the sources of credentials: an environment variable as it was when the client was made, since another thread may
 * change it, and a key of the profile. NULL: unset or empty. */
const char *dynamo_settings_variable(const dynamo_settings *settings, const char *name);
const char *dynamo_settings_key(const dynamo_settings *settings, const char *profile, const char *key);

/* ---- deadline.c: how long a call may take ------------------------------------------------------------------------ */

/* One for each client. A signal handler may set it, so waiting threads can't be woken through a lock: nobody sleeps
 * longer than DYNAMO_SLICE_MS without looking. */
typedef struct dynamo_cancellation {
    atomic_int                        canceled;
    const struct dynamo_cancellation *origin; /* of the client this one was made from; NULL: none */
} dynamo_cancellation;

#define DYNAMO_SLICE_MS 25

typedef struct dynamo_deadline {
    const dynamo_cancellation *cancellation; /* NULL: can't be canceled */
    int64_t                    end_us;       /* by dynamo_clock_monotonic_us(); INT64_MAX: none */
} dynamo_deadline;

/* The moment `milliseconds` from now. */
int64_t dynamo_deadline_from_now(int64_t milliseconds);

/* DYNAMO_OK, DYNAMO_ERR_CANCELED or DYNAMO_ERR_TIMEOUT. */
dynamo_status dynamo_deadline_check(const dynamo_deadline *deadline);

/* "canceled" or "the time limit ran out", for a check that failed. */
const char *dynamo_deadline_words(dynamo_status status);

/* Whether so much time is left. */
bool dynamo_deadline_allows(const dynamo_deadline *deadline, int64_t microseconds);

/* Lets that time pass. TIMEOUT: it isn't left, which is said at once. CANCELED: at the next slice. */
dynamo_status dynamo_deadline_pause(const dynamo_deadline *deadline, int64_t microseconds);

/* How long a wait may last before the next check, 1 to DYNAMO_SLICE_MS. */
int dynamo_deadline_slice_ms(const dynamo_deadline *deadline);

/* A condition variable on the monotonic clock, and one slice of a wait on it. */
bool dynamo_condition_init(pthread_cond_t *condition);
void dynamo_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const dynamo_deadline *deadline);

/* ---- fetch.c: one HTTP exchange with a source of credentials ----------------------------------------------------- */

/* An answer's body is refused beyond this. */
#define DYNAMO_FETCH_LIMIT ((size_t)64 * 1024)

typedef struct dynamo_fetch {
    const char            *operation; /* for who watches the attempts: "AssumeRole" */
    unsigned               attempts;  /* while the answer is a 5xx; 0: 1 */
    bool                   stubborn;  /* ... and while none comes */
    const char *const     *passing;   /* ... and while it has one of these codes in it, or is a 429. NULL: neither */
    const char            *method;    /* "GET", "PUT", "POST" */
    const char            *url;
    const char *const     *lines; /* of the header, "Name: value"; ends with NULL */
    const char            *body;  /* NULL: none */
    size_t                 body_length;
    bool                   direct;             /* never through a proxy */
    int64_t                connect_timeout_ms; /* 0: the settings' */
    int64_t                timeout_ms;         /* within the deadline; 0: the settings' for an attempt */
    const dynamo_deadline *deadline;

    long          http_status;
    bool          connected; /* a request went out, or could have */
    dynamo_buffer answer;    /* to dynamo_buffer_free(), which wipes it */
} dynamo_fetch;

/* DYNAMO_OK: an answer came, whatever it says. */
dynamo_status dynamo_fetch_run(dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_error *error);

/* ---- Sources of credentials: keys.c process.c container.c metadata.c role.c sso.c login.c ------------------------ */

typedef struct dynamo_source dynamo_source;

/*
 * DYNAMO_OK with keys->access_key set: found. DYNAMO_OK without: the source doesn't apply, and `reason` tells why in a
 * few words ("no credential_process in profile default"). Else it applies and failed, as `error` tells.
 */
typedef dynamo_status dynamo_source_function(const dynamo_source *source, dynamo_credentials *keys,
                                             dynamo_buffer *reason, dynamo_error *error);

/* What a source calls the members of a set of keys. "": it has no such member. */
typedef struct dynamo_key_names {
    char access_key[24], secret_key[24], session_token[20], account_id[16], expiration[28];
} dynamo_key_names;

/* What it has for them. NULL: nothing. Borrowed. */
typedef struct dynamo_key_texts {
    const char *access_key, *secret_key, *session_token, *account_id, *expiration;
} dynamo_key_texts;

/* Takes a set of keys that a source has in whole or not at all; of half of one the message says what is missing, and
 * `where` (" in profile default"). `refusal` is the status of a failure. */
dynamo_status dynamo_keys_take(dynamo_credentials *keys, const dynamo_key_names *names, const dynamo_key_texts *values,
                               dynamo_status refusal, const char *where, dynamo_error *error);

/* Likewise of an answer, which has to have keys. Fails with CREDENTIALS and `what`. */
dynamo_status dynamo_keys_of_answer(dynamo_credentials *keys, const dynamo_key_names *names,
                                    const dynamo_key_texts *values, const char *what, dynamo_error *error);

/* A file that holds one token, up to its final newline, for a header line or a form. `name` is what named the file. */
dynamo_status dynamo_token_read(dynamo_buffer *token, const char *path, const char *name, dynamo_error *error);

/* A member of a JSON object that is wanted as text: a string's, or a whole number's digits. */
typedef struct dynamo_wanted {
    const char *inside; /* the member that is an object with it; NULL: the outer object */
    const char *name;
    char       *text; /* NULL: not there, or null. To dynamo_wipe_text(). */
} dynamo_wanted;

/* Reads a source's JSON without leaving a copy of a secret in memory. CREDENTIALS: it is none, as the message tells
 * after `what` ("the answer of ..."). The texts are to be wiped in any case. */
dynamo_status dynamo_wanted_read(const char *json, size_t length, dynamo_wanted *wanted, size_t count, const char *what,
                                 dynamo_error *error);
void          dynamo_wanted_free(dynamo_wanted *wanted, size_t count);

/* What a source works with. */
struct dynamo_source {
    const dynamo_settings *settings;
    const char            *profile; /* that is asked: the client's own, or a role's source_profile; NULL: none is, the
                                       environment's variables alone count */
    const dynamo_deadline *deadline;
    int64_t                now; /* seconds since the epoch */
    const dynamo_source   *role; /* whose source_profile this is; NULL: the client asks. A chain, to find cycles in. */
    dynamo_source_function *profile_keys; /* asks all that source->profile has, in order: for a role's source_profile */
};

dynamo_source_function dynamo_environment_keys;  /* AWS_ACCESS_KEY_ID and what goes with it */
dynamo_source_function dynamo_static_keys;       /* aws_access_key_id in a profile */

dynamo_source_function dynamo_process_keys;      /* credential_process */
dynamo_source_function dynamo_container_keys;    /* ECS, EKS */
dynamo_source_function dynamo_metadata_keys;     /* EC2 */
dynamo_source_function dynamo_role_keys;         /* role_arn with source_profile or credential_source: AssumeRole */
dynamo_source_function dynamo_web_identity_keys; /* AssumeRoleWithWebIdentity, by profile or environment */
dynamo_source_function dynamo_sso_keys;          /* IAM Identity Center */
dynamo_source_function dynamo_login_keys;        /* login_session */

/* ---- token_file.c: files that the AWS CLI signs in to ------------------------------------------------------------ */

/* A JSON object in a file of the AWS CLI's. */
typedef struct dynamo_token_file {
    char   *path;
    json_t *content;
} dynamo_token_file;

/* The file is called by a hash, in a folder that may begin with "~/". To be closed in any case. CREDENTIALS: it isn't
 * there, or no such file. */
dynamo_status dynamo_token_file_open(dynamo_token_file *file, const dynamo_settings *settings, const char *folder,
                                     const uint8_t *hash, size_t length, dynamo_error *error);
void          dynamo_token_file_close(dynamo_token_file *file); /* wipes */

/* A member's text or moment; `inside` is the member that is the object with it, or NULL. NULL, false: not there. */
const char *dynamo_token_file_text(const dynamo_token_file *file, const char *inside, const char *name);
bool        dynamo_token_file_time(const dynamo_token_file *file, const char *inside, const char *name,
                                   int64_t *seconds);

/* false: memory ran out, or there is no such object. */
bool dynamo_token_file_set(dynamo_token_file *file, const char *inside, const char *name, const char *text);
bool dynamo_token_file_set_time(dynamo_token_file *file, const char *inside, const char *name, int64_t seconds);

/* Replaces the file at once, mode 0600. false: it is as it was. */
bool dynamo_token_file_save(const dynamo_token_file *file);

/* ---- sts.c: AWS Security Token Service --------------------------------------------------------------------------- */

#define DYNAMO_STS_PARAMETERS 4

typedef struct dynamo_sts_parameter {
    const char *name;
    const char *value; /* NULL: left out */
} dynamo_sts_parameter;

typedef struct dynamo_sts_request {
    const char               *action; /* "AssumeRole" */
    const char               *role;   /* for messages */
    dynamo_sts_parameter      parameters[DYNAMO_STS_PARAMETERS];
    const dynamo_credentials *signer; /* NULL: not signed */
} dynamo_sts_request;

/* The keys that it answers with. CREDENTIALS: it refuses, in its own words. */
dynamo_status dynamo_sts_ask(const dynamo_source *source, const dynamo_sts_request *request, dynamo_credentials *keys,
                             dynamo_error *error);

/* ---- sign_in.c: exchanges with the services behind aws sso login and aws login ----------------------------------- */

typedef struct dynamo_sign_in_request {
    const char          *operation;
    const char          *url;
    const dynamo_buffer *line; /* of the header, with the token; NULL: none */
    const dynamo_buffer *body; /* JSON, to POST; NULL: GET */
    const char          *help; /* put behind a refusal of the token, by 401; NULL: nothing */
} dynamo_sign_in_request;

/* The URL of a path at a service of a region's. */
dynamo_status dynamo_sign_in_url(dynamo_buffer *url, const dynamo_source *source, dynamo_service service,
                                 const char *region, const char *path, dynamo_error *error);

/* Fills in what is wanted of the answer, to be freed in any case. CREDENTIALS: it refuses, in its own words. */
dynamo_status dynamo_sign_in_ask(const dynamo_source *source, const dynamo_sign_in_request *request,
                                 dynamo_wanted *wanted, size_t count, dynamo_error *error);

/* Adds a member to an object of JSON, from "" on; the caller closes it. */
void dynamo_sign_in_member(dynamo_buffer *body, const char *name, const char *value);

/* The moment a number of seconds from now, as expiresIn has it. false: it is no such number. */
bool dynamo_sign_in_moment(const char *seconds, int64_t now, int64_t *moment);

/* ---- dpop.c: a proof that a request comes from whoever holds a key ----------------------------------------------- */

/* Appends it. false: memory, or mbedTLS, failed. */
bool dynamo_dpop_proof(dynamo_buffer *out, const uint8_t key[DYNAMO_P256_SIZE], const char *method, const char *url,
                       int64_t now);

/* ---- credentials.c: the keys in use ------------------------------------------------------------------------------ */

/* One set of keys, shared by the calls that sign with it, and freed with the last of them. */
typedef struct dynamo_keys {
    atomic_uint        references;
    uint64_t           number; /* no other set of the keyring has the same */
    dynamo_credentials values;
    const char        *source; /* its name; static storage */
    bool               stable; /* used beyond their expiration while there are no newer ones */
    char               signing_date[9];               /* of signing_key; "": none yet */
    uint8_t            signing_key[DYNAMO_HASH_SIZE]; /* one a day */
} dynamo_keys;

typedef struct dynamo_keyring {
    const dynamo_settings *settings;
    pthread_mutex_t        lock; /* never held while a callback runs */
    pthread_cond_t         refreshed;
    bool                   refreshing;
    uint64_t               count; /* of the sets there were */
    bool                   distrusted; /* the service refused the current keys */
    unsigned               rounds;     /* refreshes that ended */
    bool                   succeeded;  /* the last */
    dynamo_status          failure;    /* ... or how it failed, for those who waited for it */
    char                   failure_message[512];
    int64_t                next_try; /* no refresh that isn't necessary before */
    size_t                 settled;  /* the source that gives the keys, from 1; 0: not yet known */
    dynamo_keys           *current;
} dynamo_keyring;

dynamo_status dynamo_keyring_init(dynamo_keyring *keyring, const dynamo_settings *settings, dynamo_error *error);
void          dynamo_keyring_free(dynamo_keyring *keyring);
void          dynamo_keyring_after_fork(dynamo_keyring *keyring);

/* The keys to sign with, to dynamo_keys_release(). `now` in seconds since the epoch, as well as it is known. */
dynamo_status dynamo_keyring_get(dynamo_keyring *keyring, const dynamo_deadline *deadline, int64_t now,
                                 dynamo_keys **keys, dynamo_error *error);
void          dynamo_keys_release(dynamo_keys *keys); /* NULL allowed */

/* The service says that these keys have expired: the next dynamo_keyring_get() brings others, unless they were replaced
 * meanwhile. false: there can't be others, and another attempt is in vain. */
bool dynamo_keyring_distrust(dynamo_keyring *keyring, const dynamo_keys *keys);

/* The signing key of the scope's day, derived once. false: mbedTLS failed. */
bool dynamo_keyring_signing_key(dynamo_keyring *keyring, dynamo_keys *keys, const dynamo_sigv4_scope *scope,
                                uint8_t key[DYNAMO_HASH_SIZE]);

/* ---- retry.c: when to try again; no clock, no random source of its own ------------------------------------------- */

/*
 * The pause after the failed attempt of that number, from 1. `fraction`, 0 to below 1, is the jitter; retry_after_ms
 * the answer's x-amz-retry-after, 0 without one. The class isn't NEVER.
 */
int64_t dynamo_retry_delay_us(dynamo_retry_class class, unsigned attempt, double fraction, int64_t retry_after_ms);

/* How fast requests may go, in the adaptive mode: a bucket of tokens, one for each request. */
typedef struct dynamo_send_rate {
    bool     enabled;  /* from the first throttling error on */
    double   measured; /* answers a second, smoothed */
    int64_t  bucket;   /* the half second that is being counted */
    unsigned count;
    double   rate_at_throttle;
    int64_t  throttled_us; /* the last time */
    double   limit;        /* tokens a second */
    double   capacity;
    double   tokens;
    int64_t  filled_us; /* tokens are counted up to then */
} dynamo_send_rate;

void    dynamo_send_rate_init(dynamo_send_rate *rate, int64_t now_us);
void    dynamo_send_rate_answered(dynamo_send_rate *rate, bool throttled, int64_t now_us);
int64_t dynamo_send_rate_take(dynamo_send_rate *rate, int64_t now_us); /* 0: done; else when to ask again */

/* The rate so long after a throttling error came at another rate. */
double dynamo_retry_cubic(double rate_at_throttle, double seconds_since);

/* What all calls of one core share, under a lock of its own. */
#define DYNAMO_RETRY_TOKENS 500u
typedef struct dynamo_retry {
    pthread_mutex_t  lock; /* held for a few instructions */
    bool             adaptive;
    double (*chance)(void); /* 0 to below 1: the jitter of pauses */
    unsigned         tokens; /* what retries are paid with, so that a service in trouble isn't buried in them */
    dynamo_send_rate rate;
} dynamo_retry;

dynamo_status dynamo_retry_init(dynamo_retry *retry, bool adaptive, int64_t now_us, dynamo_error *error);
void          dynamo_retry_free(dynamo_retry *retry);
void          dynamo_retry_after_fork(dynamo_retry *retry);

/* Pays for a retry. Returns what it cost; 0: there isn't enough left. */
unsigned dynamo_retry_pay(dynamo_retry *retry, dynamo_retry_class class);

/* After a success: gives back what the call's last retry cost, or 1 where it had none (`paid` is 0). */
void dynamo_retry_refund(dynamo_retry *retry, unsigned paid);

/* Leave to send, in the adaptive mode. 0: it is given; else how long to wait before asking again. */
int64_t dynamo_retry_take_turn(dynamo_retry *retry, int64_t now_us);
void    dynamo_retry_answered(dynamo_retry *retry, bool throttled, int64_t now_us);

/* The value of amz-sdk-request: "ttl=20261123T130000Z; attempt=2; max=4". `ttl` may be NULL. */
#define DYNAMO_RETRY_HEADER_SIZE 80
void dynamo_retry_header(char text[DYNAMO_RETRY_HEADER_SIZE], unsigned attempt, unsigned max_attempts,
                         const char *ttl);

/* ---- skew.c: the service's clock --------------------------------------------------------------------------------- */

#define DYNAMO_FIRST_DATE 31536000 /* 1971: an earlier date is that of a clock nobody has set */

/* The service's clock minus ours, shared by all calls of one core; one value, so that it takes no lock. */
typedef struct dynamo_skew {
    atomic_int seconds;
    bool       correct; /* else it is only watched */
} dynamo_skew;

typedef struct dynamo_dated_answer {
    int64_t date;     /* its Date header, in seconds since the epoch; 0: it has none that is one */
    bool    aged;     /* it has an Age header: the date is that of a cache's copy */
    int64_t received; /* by our clock, in seconds */
    int64_t took_us;  /* from the request to the answer */
} dynamo_dated_answer;

void    dynamo_skew_init(dynamo_skew *skew, bool correct);
bool    dynamo_skew_known(dynamo_skew *skew);   /* a date was seen */
int64_t dynamo_skew_seconds(dynamo_skew *skew); /* to add to our clock; 0 until a date was seen */

/* From any answer. true: what the request was signed with, `used`, was so far off that this may be why it failed. */
bool dynamo_skew_learn(dynamo_skew *skew, const dynamo_dated_answer *answer, int64_t used);

/* An IMF-fixdate as RFC 9110 has it, in seconds since the epoch. false: it is none, or before 1970. */
bool dynamo_http_date(const char *text, size_t length, int64_t *seconds);

/* ---- handle.c: one curl easy handle and what stays with it ------------------------------------------------------- */

/* An answer's body is refused beyond this. DynamoDB's own limit is 16 MB (BatchGetItem). */
#define DYNAMO_BODY_LIMIT ((size_t)32 * 1024 * 1024)

/* Of the lines before an answer's body, those of interim answers included. */
#define DYNAMO_HEAD_LIMIT ((size_t)256 * 1024)

/* CURLOPT_PREREQFUNCTION, which keeps libcurl from sending a request twice, came with 7.80. Before, a read callback
 * that can't be rewound does, at the price of a connection when an error is answered before the whole body was read. */
#ifndef DYNAMO_CURL_LACKS_PREREQ
#define DYNAMO_CURL_LACKS_PREREQ (LIBCURL_VERSION_NUM < 0x075000)
#endif

/* The lines of a request's header, in the order sent. The token's is last since not every request has one. */
typedef enum dynamo_header_line {
    DYNAMO_LINE_HOST,
    DYNAMO_LINE_USER_AGENT,
    DYNAMO_LINE_CONTENT_TYPE,
    DYNAMO_LINE_ACCEPT_ENCODING,
    DYNAMO_LINE_ACCEPT, /* off: curl would send one */
    DYNAMO_LINE_EXPECT, /* off: it would cost a round trip */
    DYNAMO_LINE_TARGET,
    DYNAMO_LINE_DATE,
    DYNAMO_LINE_INVOCATION_ID,
    DYNAMO_LINE_SDK_REQUEST,
    DYNAMO_LINE_AUTHORIZATION,
    DYNAMO_LINE_TOKEN,
    DYNAMO_LINE_COUNT
} dynamo_header_line;

/* What the headers of an answer said, as far as it matters here. */
typedef struct dynamo_answer_head {
    char     request_id[72];
    char     error_type[128];
    bool     has_crc32;
    uint32_t crc32;
    int64_t  date;           /* in seconds since the epoch; 0: none */
    bool     aged;           /* an Age header came */
    int64_t  retry_after_ms; /* 0: none */
    bool     complete;       /* the empty line after the headers came */
} dynamo_answer_head;

#define DYNAMO_HANDLE_SOCKETS 8

typedef struct dynamo_handle {
    struct dynamo_handle *next; /* in the pool's list */
    CURL                 *easy;
    CURLM                *multi; /* its own: keeps its connection, DNS and CA caches from call to call */
    curl_socket_t         sockets[DYNAMO_HANDLE_SOCKETS]; /* open ones, for a child after fork() */
    size_t                socket_count;
    bool                  sockets_unknown; /* more than fit, or an application's own by on_handle */

    struct curl_slist lines[DYNAMO_LINE_COUNT];
    dynamo_buffer     texts[DYNAMO_LINE_COUNT]; /* of the lines that change */

    dynamo_buffer url; /* that the handle is set to, and that the Host line belongs to; empty: none */
    CURLU        *parsed_url;
    int64_t       signed_at; /* what the lines and the signer are set to, beside URL and target */
    uint64_t      signed_by; /* the keys' number */
    dynamo_signer signer;
    dynamo_buffer scratch;

    unsigned               sends; /* of the attempt in hand: libcurl may not send it twice */
    curl_off_t             sent;  /* bytes of the body that went out, which libcurl forgets when it begins anew */
#if DYNAMO_CURL_LACKS_PREREQ
    const char *upload; /* what is left of the body */
    size_t      upload_length;
#endif

    char               reason[CURL_ERROR_SIZE];
    dynamo_answer_head head;
    size_t             head_size; /* of all its lines, known or not */
    dynamo_buffer      body;
} dynamo_handle;

/* `share` may be NULL. */
dynamo_handle *dynamo_handle_new(const dynamo_settings *settings, CURLSH *share, dynamo_error *error);
void           dynamo_handle_free(dynamo_handle *handle);

/* Does what the easy handle is set up for, until it is done, or the time is over or the call canceled, which *ended
 * then tells. SIGPIPE is the caller's to hold. */
CURLcode dynamo_handle_transfer(dynamo_handle *handle, const dynamo_deadline *deadline, dynamo_status *ended);

dynamo_status dynamo_handle_status(CURLcode code); /* what a transfer's result means here */

/* Before it lies idle: gives back the memory of an answer larger than most. */
void dynamo_handle_trim(dynamo_handle *handle);

/* Closes its connections: the next exchange makes a new one. false: memory ran out. */
bool dynamo_handle_disconnect(dynamo_handle *handle);

/* In a child after fork(): frees it so that nothing is sent on connections that are the parent's. */
void dynamo_handle_abandon(dynamo_handle *handle);

/* ---- share.c: what the handles of a pool have in common ---------------------------------------------------------- */

typedef struct dynamo_share {
    CURLSH         *handle; /* NULL: nothing */
    pthread_mutex_t lock;
} dynamo_share;

bool dynamo_share_init(dynamo_share *share); /* false: memory ran out */
void dynamo_share_free(dynamo_share *share); /* after the handles */

/* In a child after fork(): whether handles that are with it can be freed; then, once they are, a share of its own. */
bool dynamo_share_sound_after_fork(dynamo_share *share);
void dynamo_share_renew(dynamo_share *share, bool sound);

/* ---- pool.c: handles lent to calls ------------------------------------------------------------------------------- */

typedef struct dynamo_waiter dynamo_waiter;

typedef struct dynamo_pool {
    const dynamo_settings *settings;
    dynamo_share           share;
    pthread_mutex_t        lock; /* held for a few instructions, never during I/O */
    dynamo_handle         *idle; /* the most recently used first */
    unsigned               lent; /* handles in use or being made: max_clients at most */
    dynamo_waiter         *first_waiter, *last_waiter;
} dynamo_pool;

dynamo_status dynamo_pool_init(dynamo_pool *pool, const dynamo_settings *settings, dynamo_error *error);
void          dynamo_pool_free(dynamo_pool *pool);
void          dynamo_pool_after_fork(dynamo_pool *pool);
dynamo_status dynamo_pool_take(dynamo_pool *pool, const dynamo_deadline *deadline, dynamo_handle **handle,
                               dynamo_error *error);
void          dynamo_pool_give(dynamo_pool *pool, dynamo_handle *handle);

/* ---- transport.c: one exchange over one handle ------------------------------------------------------------------- */

typedef struct dynamo_exchange {
    const dynamo_endpoint    *endpoint;
    const char               *target; /* "DynamoDB_20120810.GetItem" */
    const char               *body;
    size_t                    body_length;
    const char               *region;
    dynamo_keyring           *keyring;
    dynamo_keys              *keys;
    const dynamo_deadline    *deadline; /* of this attempt */
    int64_t                   now;      /* to sign by, in seconds since the epoch */
    const char               *invocation_id;
    const char               *sdk_request; /* dynamo_retry_header() */

    long http_status;   /* 0: no answer */
    bool may_have_been_executed; /* it went out whole and no answer tells what became of it */
} dynamo_exchange;

/* Signs, sends, receives. DYNAMO_OK: an answer came, whatever it says: handle->head and handle->body have it. */
dynamo_status dynamo_exchange_run(dynamo_exchange *exchange, dynamo_handle *handle, dynamo_error *error);

/* ---- request.c: arguments to wire text --------------------------------------------------------------------------- */

typedef union dynamo_argument {
    const char *text;
    json_t     *json;
    int64_t     integer;
    double      real;
    dynamo_bool boolean;
} dynamo_argument;

/* Where a member of an operation comes from. */
typedef struct dynamo_parameter {
    const char         *name; /* "TableName", which the C name follows from */
    const dynamo_shape *shape;
    bool                positional;
    bool                optional; /* positional, and yet may be NULL where shorten() says so */
    bool                token;    /* an idempotency token */
    uint8_t             place; /* the index of a positional argument, or the offset in the options struct */
} dynamo_parameter;

/* An idempotency token that the library made up, for the caller to use again when the outcome is unknown. */
typedef struct dynamo_token {
    const char *name; /* of the member; NULL: the operation has none, or the caller gave it */
    char        text[37];
} dynamo_token;

#define DYNAMO_PARAMETERS_MAX 24
#define DYNAMO_OWNED_MAX 6

typedef struct dynamo_request {
    const struct dynamo_operation *operation;
    dynamo_argument                values[DYNAMO_PARAMETERS_MAX];
    bool                           present[DYNAMO_PARAMETERS_MAX];
    json_t                        *owned[DYNAMO_OWNED_MAX]; /* made here in place of what the caller gave */
    size_t                         owned_count;
    dynamo_token                   token;
} dynamo_request;

typedef struct dynamo_operation {
    const char             *name;
    const dynamo_parameter *parameters; /* ends with a NULL name */
    dynamo_service          service;
    bool                    write; /* may change something, and so end without its outcome known */
    const dynamo_shape     *output;
    const char             *unwrap; /* the output's member that is the response; NULL: the whole output */
    /* Applies what is particular to the operation, once the arguments are in place. NULL: nothing is. */
    dynamo_status (*shorten)(dynamo_request *request, const void *options, dynamo_error *error);
} dynamo_operation;

#define DYNAMO_FIELD_SIZE 80 /* holds the longest C name of a parameter, 66 characters */

/* The C name of a parameter: "table_name". Returns the buffer. */
const char *dynamo_parameter_field(const dynamo_parameter *parameter, char field[DYNAMO_FIELD_SIZE]);

/* The index of a parameter that the operation has. */
size_t dynamo_request_find(const dynamo_request *request, const char *name);

/* Puts a document of the library's own in a parameter's place; steals it, NULL (memory ran out) included. */
dynamo_status dynamo_request_set(dynamo_request *request, size_t index, json_t *owned, dynamo_error *error);

/* Puts arguments and options, which may be NULL, in their places. On failure too it is to be freed, which leaves the
 * token. */
dynamo_status dynamo_request_fill(dynamo_request *request, const dynamo_operation *operation,
                                  const dynamo_argument *arguments, const void *options, dynamo_error *error);
void          dynamo_request_free(dynamo_request *request);

/* All of it checked against its shapes and written as wire text. */
dynamo_status dynamo_request_write(dynamo_buffer *out, const dynamo_request *request, dynamo_error *error);

/* ---- rules.c: what the service refuses for certain --------------------------------------------------------------- */

/* Of a request whose members have been found to fit their shapes. */
dynamo_status dynamo_rules_check(const dynamo_request *request, dynamo_error *error);

/* ---- shorthand.c: what a few operations add to the API's members ------------------------------------------------- */

dynamo_status dynamo_shorten_create_table(dynamo_request *request, const void *options, dynamo_error *error);
dynamo_status dynamo_shorten_update_table(dynamo_request *request, const void *options, dynamo_error *error);
dynamo_status dynamo_shorten_query(dynamo_request *request, const void *options, dynamo_error *error);
dynamo_status dynamo_shorten_scan(dynamo_request *request, const void *options, dynamo_error *error);

/* ---- operations.c: the table ------------------------------------------------------------------------------------- */

extern const dynamo_operation dynamo_operation_batch_execute_statement, dynamo_operation_batch_get_item,
    dynamo_operation_batch_write_item, dynamo_operation_cancel_bulk_operation, dynamo_operation_create_backup,
    dynamo_operation_create_global_table, dynamo_operation_create_table, dynamo_operation_delete_backup,
    dynamo_operation_delete_item, dynamo_operation_delete_resource_policy, dynamo_operation_delete_table,
    dynamo_operation_describe_backup, dynamo_operation_describe_bulk_operation,
    dynamo_operation_describe_continuous_backups, dynamo_operation_describe_contributor_insights,
    dynamo_operation_describe_endpoints, dynamo_operation_describe_export, dynamo_operation_describe_global_table,
    dynamo_operation_describe_global_table_settings, dynamo_operation_describe_import,
    dynamo_operation_describe_kinesis_streaming_destination, dynamo_operation_describe_limits,
    dynamo_operation_describe_table, dynamo_operation_describe_table_replica_auto_scaling,
    dynamo_operation_describe_time_to_live, dynamo_operation_disable_kinesis_streaming_destination,
    dynamo_operation_enable_kinesis_streaming_destination, dynamo_operation_execute_statement,
    dynamo_operation_execute_transaction, dynamo_operation_export_table_to_point_in_time, dynamo_operation_get_item,
    dynamo_operation_get_resource_policy, dynamo_operation_import_table, dynamo_operation_list_backups,
    dynamo_operation_list_bulk_operations, dynamo_operation_list_contributor_insights, dynamo_operation_list_exports,
    dynamo_operation_list_global_tables, dynamo_operation_list_imports, dynamo_operation_list_tables,
    dynamo_operation_list_tags_of_resource, dynamo_operation_put_item, dynamo_operation_put_resource_policy,
    dynamo_operation_query, dynamo_operation_restore_table_from_backup, dynamo_operation_restore_table_to_point_in_time,
    dynamo_operation_scan, dynamo_operation_search_vectors, dynamo_operation_start_bulk_put_items,
    dynamo_operation_tag_resource, dynamo_operation_transact_get_items, dynamo_operation_transact_write_items,
    dynamo_operation_untag_resource, dynamo_operation_update_continuous_backups,
    dynamo_operation_update_contributor_insights, dynamo_operation_update_global_table,
    dynamo_operation_update_global_table_settings, dynamo_operation_update_item,
    dynamo_operation_update_kinesis_streaming_destination, dynamo_operation_update_table,
    dynamo_operation_update_table_replica_auto_scaling, dynamo_operation_update_time_to_live,
    dynamo_operation_describe_stream, dynamo_operation_get_records, dynamo_operation_get_shard_iterator,
    dynamo_operation_list_streams;

extern const dynamo_shape dynamo_shape_nothing; /* an answer without members, which may come without a body */
extern const dynamo_shape dynamo_shape_error;   /* an error's members that have attribute values */

/* For dynamo_call(), by name alone. */
dynamo_service dynamo_service_of(const char *name);
bool           dynamo_operation_may_write(const char *name);

/* ---- account.c: whose tables a request is about ------------------------------------------------------------------ */

/* The account that the ARN of a table or another resource names, where the request has one of the region. */
bool dynamo_account_of_request(char account[DYNAMO_LABEL_SIZE], const dynamo_request *request, const char *region);
bool dynamo_account_of_document(char account[DYNAMO_LABEL_SIZE], dynamo_service service, json_t *document,
                                const char *region);

/* ---- answer.c: what an answer means ------------------------------------------------------------------------------ */

/* An answer that is wanted as a page. It is received in the buffer of who asks for it, and the page is of that text. */
typedef struct dynamo_paged {
    const char   *list; /* as dynamo_page_open() takes it */
    dynamo_buffer text; /* limited to DYNAMO_BODY_LIMIT */
    dynamo_page   page; /* opened on success */
} dynamo_paged;

/* What the way needs to know of an operation, in the table or not. */
typedef struct dynamo_message {
    const char            *operation;
    const char            *table_name; /* NULL: none */
    const dynamo_endpoint *endpoint;   /* that all accounts share */
    const char            *account;    /* that the request names; NULL: none, that of the keys counts */
    const char            *target;
    const dynamo_buffer   *body;
    const dynamo_token    *token; /* NULL: none */
    const dynamo_shape    *output;
    const dynamo_shape    *error_output;
    const char            *unwrap;
    bool                   write;
    bool                   transaction; /* with a token: later answers are about earlier attempts too */
    bool                   may_be_empty; /* an answer without a body is {} */
    dynamo_paged          *paged; /* takes the answer in place of a response; NULL: it is wanted whole */
} dynamo_message;

/* Reads the answer that the exchange left in the handle: *response or the page on DYNAMO_OK, else *error. */
dynamo_status dynamo_answer_read(const dynamo_message *message, const dynamo_exchange *exchange, dynamo_handle *handle,
                                 json_t **response, dynamo_error *error);

/* ---- client.c ---------------------------------------------------------------------------------------------------- */

/* What all clients made from one share. */
typedef struct dynamo_core {
    atomic_uint     references; /* clients */
    atomic_int      process;    /* whose connections these are: 0 while a child takes over after fork() */
    dynamo_settings settings;
    dynamo_keyring  keyring;
    dynamo_pool     pool;
    dynamo_retry    retry;
    dynamo_skew     skew;
} dynamo_core;

struct dynamo_client {
    atomic_uint           references; /* its owner, and the clients made from it */
    dynamo_core          *core;
    struct dynamo_client *origin;
    dynamo_cancellation   cancellation;
    int64_t               timeout_ms;
    int64_t               end_us; /* of all done through it; INT64_MAX: none */
    unsigned              max_attempts;
};

/* One reference more, which dynamo_client_free() gives back. */
void dynamo_client_hold(dynamo_client *client);

/* Before a call uses the core: in a child after fork() its locks and connections are made anew. */
void dynamo_core_enter(dynamo_core *core);

/* ---- call.c: a request's way ------------------------------------------------------------------------------------- */

/* An operation of the table. `arguments` are its positional ones. */
dynamo_status dynamo_perform(dynamo_client *client, const dynamo_operation *operation,
                             const dynamo_argument *arguments, const void *options, json_t **response,
                             dynamo_error *error);

/* A request written and checked, to be sent as often as need be. Holds pointers into itself: not to be copied. */
#define DYNAMO_OPERATION_NAME_MAX 64
#define DYNAMO_TARGET_SIZE (DYNAMO_OPERATION_NAME_MAX + 32)
typedef struct dynamo_prepared {
    dynamo_message message; /* its table name and token are the request's still */
    dynamo_buffer  body;    /* to be freed, on failure too */
    char           target[DYNAMO_TARGET_SIZE];
    char           account[DYNAMO_LABEL_SIZE];
} dynamo_prepared;

dynamo_status dynamo_prepare(dynamo_prepared *prepared, const dynamo_client *client, const dynamo_request *request,
                             dynamo_error *error);
dynamo_status dynamo_send(dynamo_client *client, const dynamo_message *message, json_t **response, dynamo_error *error);

/* Any operation by name, in DynamoDB's own notation. */
dynamo_status dynamo_perform_raw(dynamo_client *client, const char *operation, json_t *request, json_t **response,
                                 dynamo_error *error);

/* ---- items.c: lists over all their pages ------------------------------------------------------------------------- */

/* How an operation is paged. */
typedef struct dynamo_pagination {
    const dynamo_operation *operation;
    const char             *list;     /* of the answer; a path where it stands in another member */
    const char             *inside;   /* that member, in which the position stands as well; NULL: the answer itself */
    const char             *position; /* of the answer: where its page ends; without it the list does */
    const char             *start;    /* of the request: takes the position */
    bool                    grows;    /* at an empty page all there is so far has come; its position may stay */
} dynamo_pagination;

/* One each, so that none is linked for another's sake. */
extern const dynamo_pagination dynamo_pagination_describe_stream, dynamo_pagination_execute_statement,
    dynamo_pagination_get_records, dynamo_pagination_list_backups, dynamo_pagination_list_bulk_operations,
    dynamo_pagination_list_contributor_insights, dynamo_pagination_list_exports, dynamo_pagination_list_global_tables,
    dynamo_pagination_list_imports, dynamo_pagination_list_streams, dynamo_pagination_list_tables,
    dynamo_pagination_list_tags_of_resource, dynamo_pagination_query, dynamo_pagination_scan;

dynamo_items *dynamo_items_new(dynamo_client *client, const dynamo_pagination *pagination,
                               const dynamo_argument *arguments, const void *options, dynamo_error *error);

/* ---- series.c: several calls that a caller makes as one ---------------------------------------------------------- */

typedef struct dynamo_series {
    dynamo_client client; /* to make them through: the caller's but for the time limit. Not to be freed */
    dynamo_error *error;  /* the caller's, or the spare */
    dynamo_error  spare;
    int           cancelability; /* of the thread, off meanwhile */
} dynamo_series;

/* As every call begins: clears the error, refuses a client that is NULL, and then there is nothing to end. */
dynamo_status dynamo_series_begin(dynamo_series *series, dynamo_client *client, dynamo_error *error);
dynamo_status dynamo_series_end(dynamo_series *series, dynamo_status status); /* returns the status */

/* All of it ends that much from now, or with the caller's client. */
void dynamo_series_allow(dynamo_series *series, int64_t milliseconds);

/* DYNAMO_OK, DYNAMO_ERR_CANCELED or DYNAMO_ERR_TIMEOUT, as dynamo_deadline_check() and dynamo_deadline_pause(). */
dynamo_status dynamo_series_check(const dynamo_series *series);
dynamo_status dynamo_series_pause(const dynamo_series *series, int64_t microseconds);

/* ---- wait.c ------------------------------------------------------------------------------------------------------ */

/* The pause after asking for the attempt-th time, from 1: between `first_us` and that doubled each time, up to 20
 * seconds, by `fraction`, 0 to below 1. Shortened so that `left_us` suffices for asking again; -1: it doesn't. */
int64_t dynamo_wait_delay_us(int64_t first_us, unsigned attempt, double fraction, int64_t left_us);

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC visibility pop
#endif

#endif
