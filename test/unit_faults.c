/*
 * What a call comes to when the answer is wrong, partial, late or missing, against a server that misbehaves on purpose.
 *
 * Every row runs as a read and as a write: a read is never ambiguous. After each the client must still work.
 */
#include "../dynamo_internal.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define REQUEST_ID "REQUEST-OF-THE-FAULT-SERVER"
#define ANY_HTTP_STATUS (-1L)

/* libcurl before 7.80 sends a body apart from its headers. Of a server that hangs up between the two it learns before
 * anything can have been executed, and it may send the request anew. */
#define BODY_GOES_APART (LIBCURL_VERSION_NUM < 0x075000)
#define SAFE_TIMEOUT_MS 10000


static int set_up(void **state)
{
    complaints = 0;
    *state     = fault_server_start();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    fault_server_stop(*state);
    return 0;
}

/* One exchange is what most tests are about: the client makes one attempt. */
static dynamo_client *client_of(const char *endpoint, const char *ca_file, int64_t attempt_timeout_ms)
{
    dynamo_error   error  = {0};
    dynamo_config  config = {.endpoint           = endpoint,
                             .region             = "us-east-1",
                             .access_key         = "AKIDEXAMPLE",
                             .secret_key         = "SECRETEXAMPLE",
                             .ca_file            = ca_file,
                             .max_attempts       = 1,
                             .attempt_timeout_ms = attempt_timeout_ms > 0 ? attempt_timeout_ms : SAFE_TIMEOUT_MS};
    dynamo_client *client = dynamo_client_new(&config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s: %s", error.code, error.message);
    dynamo_error_clear(&error);
    return client;
}

/* GetItem or PutItem of {"id": 1}. */
static dynamo_status make_call(dynamo_client *client, bool write, json_t **response, dynamo_error *error)
{
    json_t       *item = json_pack("{s:i}", "id", 1);
    dynamo_status status;

    status = write ? dynamo_put_item(client, "Music", item, NULL, response, error)
                   : dynamo_get_item(client, "Music", item, NULL, response, error);
    json_decref(item);
    return status;
}

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);

    json_decref(string);
    return string != NULL;
}

/* ---- Rows: one answer, what becomes of it ------------------------------------------------------------------------ */

typedef struct fault_row {
    const char   *name;
    fault_step    step;
    dynamo_status status;
    long          http_status;
    bool          ambiguous; /* as a write */
    bool          or_not;    /* ... which depends on whether the body had gone out by then */
    bool          retryable;
    const char   *code;    /* NULL: the status's own name */
    const char   *message; /* a part of it; NULL: anything but empty */
    bool          own_words; /* the message is the library's own for the status */
    int64_t       attempt_timeout_ms;
} fault_row;

static void check_error(const char *name, const fault_row *row, bool write, dynamo_status status,
                        const dynamo_error *error)
{
    const char *code    = row->code != NULL ? row->code : dynamo_status_name(row->status);
    const char *message = row->own_words ? dynamo_status_message(row->status) : row->message;

    if (status != row->status)
        complain(name, "status %s (%s)", dynamo_status_name(status), error->message);
    if (error->status != status)
        complain(name, "returned %d but error.status is %d", (int)status, (int)error->status);
    if (error->attempts != 1)
        complain(name, "attempts %u", error->attempts);
    if (row->http_status != ANY_HTTP_STATUS && error->http_status != row->http_status)
        complain(name, "http_status %ld", error->http_status);
    if (error->ambiguous != (write && row->ambiguous) && (!write || !row->or_not))
        complain(name, "ambiguous is %s", error->ambiguous ? "true" : "false");
    if (status == DYNAMO_OK)
        return;
    if (error->retryable != row->retryable)
        complain(name, "retryable is %s", error->retryable ? "true" : "false");
    if (strcmp(error->code, code) != 0)
        complain(name, "code \"%s\"", error->code);
    if (error->message[0] == '\0' || !is_utf8(error->message))
        complain(name, "message empty or not UTF-8");
    if (message != NULL && strstr(error->message, message) == NULL)
        complain(name, "message \"%s\" lacks \"%s\"", error->message, message);
}

/* The next call must not race with the server's own close. */
static bool ends_connection(const fault_step *step)
{
    return (step->action != FAULT_ANSWER && step->action != FAULT_STALL && step->action != FAULT_DRIP) ||
           step->length == FAULT_LENGTH_ABSENT;
}

/* A row's short limit may run out on a busy machine, though nothing is wrong. */
static dynamo_status make_next_call(dynamo_client *client, bool write, bool short_limit, dynamo_error *error)
{
    dynamo_status status = make_call(client, write, NULL, error);

    for (int again = 0; short_limit && status == DYNAMO_ERR_TIMEOUT && again < 20; again++)
        status = make_call(client, write, NULL, error);
    return status;
}

static void check_row(fault_server *server, const fault_row *row, bool write)
{
    char           name[128];
    dynamo_error   error    = {0};
    json_t        *response = NULL;
    dynamo_client *client   = client_of(fault_server_endpoint(server), NULL, row->attempt_timeout_ms);
    dynamo_status  status;

    snprintf(name, sizeof(name), "%s, %s", row->name, write ? "write" : "read");
    fault_server_script(server, &row->step, 1);
    status = make_call(client, write, &response, &error);
    check_error(name, row, write, status, &error);
    if ((response != NULL) != (status == DYNAMO_OK))
        complain(name, "response is %s", response != NULL ? "set" : "NULL");
    if (fault_server_requests(server) > 1)
        complain(name, "%zu requests arrived", fault_server_requests(server));
    json_decref(response);
    fault_server_release(server, 1);
    if (ends_connection(&row->step) && !fault_server_wait_closed(server, 1))
        complain(name, "the server does not get rid of the connection");
    if (make_next_call(client, write, row->attempt_timeout_ms != 0, &error) != DYNAMO_OK)
        complain(name, "the next call fails: %s: %s", error.code, error.message);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    (void)fault_server_wait_closed(server, fault_server_connections(server));
}

static void check_rows(fault_server *server, const fault_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_row(server, &rows[i], false);
        check_row(server, &rows[i], true);
    }
    expect_no_complaints();
}

#define OK_ROW(called, ...) {.name = called, .step = {__VA_ARGS__}, .status = DYNAMO_OK, .http_status = 200}
#define BAD_ROW(called, ...) \
    {.name = called, .step = {__VA_ARGS__}, .status = DYNAMO_ERR_BAD_RESPONSE, .http_status = 200, .ambiguous = true}
#define BROKEN_ROW(called, ...)                  \
    {.name        = called,                      \
     .step        = {__VA_ARGS__},               \
     .status      = DYNAMO_ERR_REQUEST_FAILED,   \
     .http_status = ANY_HTTP_STATUS,             \
     .ambiguous   = true,                        \
     .retryable   = true}

#define ITEM "{\"Item\":{\"id\":{\"N\":\"1\"},\"text\":{\"S\":\"abc\"}}}"

static void bodies(void **state)
{
    static const fault_row rows[] = {
        OK_ROW("a plain answer", .body = ITEM),
        OK_ROW("an empty object", .body = "{}"),
        OK_ROW("white space around", .body = " \r\n\t" ITEM "\n"),
        OK_ROW("members nobody knows", .body = "{\"Later\":[{\"N\":1},null,true,1.5,{}]}"),
        BAD_ROW("200 with HTML", .body = "<html><body>Welcome to the hotel's network</body></html>"),
        BAD_ROW("200 with HTML, no CRC", .body = "<html></html>", .crc = FAULT_CRC_NONE),
        BAD_ROW("200 with white space alone", .body = "  "),
        BAD_ROW("truncated JSON", .body = "{\"Item\":{\"id\":{\"N\":\"1"),
        BAD_ROW("JSON followed by more", .body = "{} {}"),
        BAD_ROW("an array", .body = "[]"),
        BAD_ROW("a string", .body = "\"Item\""),
        BAD_ROW("null", .body = "null"),
        BAD_ROW("invalid UTF-8", .body = "{\"Item\":{\"id\":{\"S\":\"\xff\xfe\"}}}"),
        BAD_ROW("UTF-8 cut short", .body = "{\"Item\":{\"id\":{\"S\":\"\xe2\x82\"}}}"),
        BAD_ROW("a name that stands twice", .body = "{\"Item\":{\"a\":{\"N\":\"1\"},\"a\":{\"N\":\"2\"}}}"),
        BAD_ROW("200 with an error inside", .body = "{\"__type\":\"ValidationException\",\"Item\":5}"),
        BAD_ROW("10,000 levels of values", .body = "{\"Item\":{\"a\":{\"L\":[", .repeat = 10000),
        BAD_ROW("a NUL", .body = "{\0}", .body_length = 3),
        BAD_ROW("a control character in a string", .body = "{\"a\":\"\x01\"}"),
        BAD_ROW("a number without an end", .body = "{\"a\":1e}"),
        OK_ROW("numbers outside int64", .body = "{\"Count\":99999999999999999999,\"Low\":-9223372036854775809}"),
        BAD_ROW("a number beyond all reals", .body = "{\"Real\":1e999}"),
        BAD_ROW("a byte order mark", .body = "\xef\xbb\xbf{}"),
        BAD_ROW("5 MB of nesting", .body = "[", .repeat = 5 * 1024 * 1024),
        BAD_ROW("5 MB of nested objects", .body = "{\"a\":", .repeat = 1024 * 1024),
    };

    check_rows(*state, rows, COUNT(rows));
}

static void empty_bodies(void **state)
{
    static const fault_row rows[] = {
        {.name = "200 and nothing",
         .step = {.action = FAULT_RAW, .body = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
         .status = DYNAMO_ERR_BAD_RESPONSE, .http_status = 200, .ambiguous = true},
        {.name = "204 and nothing",
         .step = {.action = FAULT_RAW, .body = "HTTP/1.1 204 No Content\r\n\r\n"},
         .status = DYNAMO_ERR_BAD_RESPONSE, .http_status = 204, .ambiguous = true},
    };

    check_rows(*state, rows, COUNT(rows));
}

static void lengths(void **state)
{
    static const fault_row rows[] = {
        OK_ROW("chunked", .body = ITEM, .length = FAULT_LENGTH_CHUNKED),
        BAD_ROW("chunked, 300 KB of nothing", .body = "          ", .repeat = 30000, .length = FAULT_LENGTH_CHUNKED),
        OK_ROW("no Content-Length, the close ends the body", .body = ITEM, .length = FAULT_LENGTH_ABSENT),
        OK_ROW("byte by byte", .action = FAULT_DRIP, .body = ITEM),
        BROKEN_ROW("half a body, then a close", .action = FAULT_CLOSE_IN_BODY, .body = ITEM),
        BROKEN_ROW("half a chunked body, then a close", .action = FAULT_CLOSE_IN_BODY, .body = ITEM,
                   .length = FAULT_LENGTH_CHUNKED),
        BROKEN_ROW("Content-Length too long, then a close", .action = FAULT_ANSWER_AND_CLOSE, .body = ITEM,
                   .length = FAULT_LENGTH_LONG),
        {.name = "Content-Length too long, the connection open", .step = {.body = ITEM, .length = FAULT_LENGTH_LONG},
         .status = DYNAMO_ERR_TIMEOUT, .http_status = ANY_HTTP_STATUS, .ambiguous = true, .retryable = true,
         .attempt_timeout_ms = 300},
        BAD_ROW("Content-Length too short", .body = ITEM, .length = FAULT_LENGTH_SHORT, .crc = FAULT_CRC_NONE),
        {.name = "Content-Length too short, with a CRC", .step = {.body = ITEM, .length = FAULT_LENGTH_SHORT},
         .status = DYNAMO_ERR_CHECKSUM_MISMATCH, .http_status = 200, .ambiguous = true, .retryable = true},
    };

    check_rows(*state, rows, COUNT(rows));
}

static void broken_heads(void **state)
{
    static const fault_row rows[] = {
        BROKEN_ROW("not HTTP", .action = FAULT_RAW, .body = "SSH-2.0-OpenSSH_9.2\r\n"),
        BROKEN_ROW("bytes", .action = FAULT_RAW, .body = "\0\1\2\3\xff\0\0\0garbage", .body_length = 15),
        BROKEN_ROW("headers cut short", .action = FAULT_CLOSE_IN_HEADERS),
        BROKEN_ROW("headers cut before the empty line", .action = FAULT_RAW,
                   .body = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"),
        BROKEN_ROW("a hang-up after the request", .action = FAULT_CLOSE_AFTER_REQUEST),
        {.name = "a hang-up before it was read", .step = {.action = FAULT_CLOSE_BEFORE_READING},
         .status = DYNAMO_ERR_REQUEST_FAILED, .http_status = ANY_HTTP_STATUS, .ambiguous = true,
         .or_not = BODY_GOES_APART, .retryable = true},
        BROKEN_ROW("a reset", .action = FAULT_RESET),
        BROKEN_ROW("a 100 and then nothing", .action = FAULT_RAW, .body = "HTTP/1.1 100 Continue\r\n\r\n"),
        OK_ROW("a 100 before the answer", .body = ITEM, .interim = "HTTP/1.1 100 Continue\r\n\r\n"),
        OK_ROW("several 1xx, with headers that don't count", .body = ITEM,
               .interim = "HTTP/1.1 100 Continue\r\n\r\n"
                          "HTTP/1.1 102 Processing\r\nx-amz-crc32: 1\r\nx-amzn-requestid: WRONG\r\n\r\n"
                          "HTTP/1.1 103 Early Hints\r\nx-amzn-errortype: WrongException\r\n\r\n"),
        OK_ROW("the same before an answer without a CRC", .body = ITEM, .crc = FAULT_CRC_NONE,
               .interim = "HTTP/1.1 103 Early Hints\r\nx-amz-crc32: 1\r\n\r\n"),
    };

    check_rows(*state, rows, COUNT(rows));
}

static void redirects_are_not_followed(void **state)
{
    static const fault_step script[] = {{.status = 307, .headers = "Location: /elsewhere\r\n", .body = "{}"}};
    dynamo_client          *client   = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error            error    = {0};

    fault_server_script(*state, script, 1);
    assert_int_not_equal(make_call(client, true, NULL, &error), DYNAMO_OK);
    assert_int_equal(error.http_status, 307);
    assert_int_equal(fault_server_requests(*state), 1);
    assert_true(error.message[0] != '\0');
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void checksums(void **state)
{
    static const fault_row rows[] = {
        OK_ROW("right", .body = ITEM),
        OK_ROW("missing", .body = ITEM, .crc = FAULT_CRC_NONE),
        OK_ROW("malformed: letters", .body = ITEM, .crc = FAULT_CRC_NONE, .headers = "x-amz-crc32: abc\r\n"),
        OK_ROW("malformed: empty", .body = ITEM, .crc = FAULT_CRC_NONE, .headers = "x-amz-crc32:\r\n"),
        OK_ROW("malformed: negative", .body = ITEM, .crc = FAULT_CRC_NONE, .headers = "x-amz-crc32: -1\r\n"),
        OK_ROW("malformed: trailing", .body = ITEM, .crc = FAULT_CRC_NONE, .headers = "x-amz-crc32: 12x\r\n"),
        OK_ROW("malformed: beyond 32 bits", .body = ITEM, .crc = FAULT_CRC_NONE,
               .headers = "x-amz-crc32: 4294967296\r\n"),
        OK_ROW("malformed: endless", .body = ITEM, .crc = FAULT_CRC_NONE,
               .headers = "x-amz-crc32: 99999999999999999999999999999999\r\n"),
        {.name = "wrong", .step = {.body = ITEM, .crc = FAULT_CRC_WRONG}, .status = DYNAMO_ERR_CHECKSUM_MISMATCH,
         .http_status = 200, .ambiguous = true, .retryable = true},
        {.name = "wrong, of an error", .step = {.status = 400, .body = "{\"__type\":\"ValidationException\"}",
                                                .crc = FAULT_CRC_WRONG},
         .status = DYNAMO_ERR_CHECKSUM_MISMATCH, .http_status = 400, .ambiguous = true, .retryable = true},
        {.name = "zero", .step = {.body = ITEM, .crc = FAULT_CRC_NONE, .headers = "x-amz-crc32: 0\r\n"},
         .status = DYNAMO_ERR_CHECKSUM_MISMATCH, .http_status = 200, .ambiguous = true, .retryable = true},
    };

    check_rows(*state, rows, COUNT(rows));
}

static void late_answers(void **state)
{
    static const fault_row rows[] = {
        {.name = "a stalled answer", .step = {.action = FAULT_STALL}, .status = DYNAMO_ERR_TIMEOUT, .http_status = 0,
         .ambiguous = true, .retryable = true, .attempt_timeout_ms = 300},
        {.name = "an answer that drips", .step = {.action = FAULT_DRIP, .pause_ms = 20, .body = ITEM},
         .status = DYNAMO_ERR_TIMEOUT, .http_status = ANY_HTTP_STATUS, .ambiguous = true, .retryable = true,
         .attempt_timeout_ms = 300},
    };

    check_rows(*state, rows, COUNT(rows));
}

static void timeout_of_the_whole_call(void **state)
{
    static const fault_step script[] = {{.action = FAULT_STALL}};
    dynamo_config           config   = {.endpoint = fault_server_endpoint(*state), .timeout_ms = 150};
    dynamo_error            error    = {0};
    dynamo_client          *client   = dynamo_client_new(&config, &error);
    double                  begun    = fault_clock_ms();

    assert_non_null(client);
    fault_server_script(*state, script, 1);
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_ERR_TIMEOUT);
    assert_true(fault_clock_ms() - begun >= 145);
    assert_true(fault_clock_ms() - begun < 5000);
    assert_int_equal(error.attempts, 1);
    assert_true(error.ambiguous);
    assert_true(error.retryable);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- Error answers ----------------------------------------------------------------------------------------------- */

#define TYPE "com.amazonaws.dynamodb.v20120810#"

static void error_answers(void **state)
{
    static const fault_row rows[] = {
        {.name = "__type with its name space", .http_status = 400, .status = DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
         .step = {.status = 400, .body = "{\"__type\":\"" TYPE "ConditionalCheckFailedException\","
                                         "\"message\":\"The conditional request failed\"}"},
         .code = "ConditionalCheckFailedException", .message = "The conditional request failed"},
        {.name = "__type with a suffix", .http_status = 400, .status = DYNAMO_ERR_CONDITIONAL_CHECK_FAILED,
         .step = {.status = 400, .body = "{\"__type\":\"" TYPE "ConditionalCheckFailedException"
                                         ":http://internal.amazon.com/coral/com.amazon.coral.service/\"}"},
         .code = "ConditionalCheckFailedException"},
        {.name = "a suffix with a # in it", .http_status = 400, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 400, .body = "{\"__type\":\"ValidationException:http://amazon.com/x#y\"}"},
         .code = "ValidationException"},
        {.name = "x-amzn-errortype", .http_status = 400, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 400, .headers = "x-amzn-errortype: ValidationException:http://amazon.com/\r\n",
                  .body = "{\"message\":\"no\"}"},
         .code = "ValidationException", .message = "no"},
        {.name = "x-amzn-errortype beside HTML", .http_status = 403, .status = DYNAMO_ERR_ACCESS_DENIED,
         .step = {.status = 403, .headers = "X-Amzn-ErrorType: AccessDeniedException\r\n", .body = "<html>no</html>"},
         .code = "AccessDeniedException", .message = "<html>no</html>"},
        {.name = "__type beats the header", .http_status = 400, .status = DYNAMO_ERR_RESOURCE_IN_USE,
         .step = {.status = 400, .headers = "x-amzn-errortype: ValidationException\r\n",
                  .body = "{\"__type\":\"ResourceInUseException\"}"},
         .code = "ResourceInUseException"},
        {.name = "body code", .http_status = 400, .status = DYNAMO_ERR_RESOURCE_NOT_FOUND,
         .step = {.status = 400, .body = "{\"code\":\"" TYPE "ResourceNotFoundException\",\"message\":\"gone\"}"},
         .code = "ResourceNotFoundException", .message = "gone"},
        {.name = "Message", .http_status = 400, .status = DYNAMO_ERR_IDEMPOTENT_PARAMETER_MISMATCH,
         .step = {.status = 400, .body = "{\"__type\":\"IdempotentParameterMismatchException\",\"Message\":\"Big\"}"},
         .code = "IdempotentParameterMismatchException", .message = "Big"},
        {.name = "message beats Message", .http_status = 400, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 400,
                  .body = "{\"Message\":\"Big\",\"__type\":\"ValidationException\",\"message\":\"small\"}"},
         .code = "ValidationException", .message = "small"},
        {.name = "an empty message", .http_status = 400, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 400, .body = "{\"__type\":\"ValidationException\",\"message\":\"\"}"},
         .code = "ValidationException", .own_words = true},
        {.name = "a null message", .http_status = 400, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 400, .body = "{\"__type\":\"ValidationException\",\"message\":null}"},
         .code = "ValidationException", .own_words = true},
        {.name = "an unknown code", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "{\"__type\":\"x#BrandNewException\",\"message\":\"new\"}"},
         .code = "BrandNewException", .message = "new"},
        {.name = "a 429 with an unknown code", .http_status = 429, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 429, .body = "{\"__type\":\"BrandNewException\"}"}, .retryable = true,
         .code = "BrandNewException"},
        {.name = "a 500 with an unknown code", .http_status = 500, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 500, .body = "{\"__type\":\"BrandNewException\"}"}, .retryable = true,
         .code = "BrandNewException", .ambiguous = true},
        {.name = "a code before its status", .http_status = 500, .status = DYNAMO_ERR_VALIDATION,
         .step = {.status = 500, .body = "{\"__type\":\"ValidationException\"}"}, .code = "ValidationException",
         .ambiguous = true},
        {.name = "HTML 503", .http_status = 503, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 503, .body = "<html>Service Unavailable</html>"}, .retryable = true, .ambiguous = true,
         .message = "<html>Service Unavailable</html>"},
        {.name = "500 InternalServerError", .http_status = 500, .status = DYNAMO_ERR_INTERNAL_SERVER_ERROR,
         .step = {.status = 500, .body = "{\"__type\":\"" TYPE "InternalServerError\"}"}, .retryable = true,
         .ambiguous = true, .code = "InternalServerError"},
        {.name = "503 ServiceUnavailable", .http_status = 503, .status = DYNAMO_ERR_SERVICE_UNAVAILABLE,
         .step = {.status = 503, .body = "{\"__type\":\"ServiceUnavailable\"}"}, .retryable = true,
         .code = "ServiceUnavailable"},
        {.name = "502 with HTML", .http_status = 502, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 502, .body = "<html>Bad Gateway</html>"}, .retryable = true, .ambiguous = true},
        {.name = "504 with HTML", .http_status = 504, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 504, .body = "<html>Gateway Timeout</html>"}, .retryable = true, .ambiguous = true},
        {.name = "an empty 500", .http_status = 500, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.action = FAULT_RAW, .body = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"}, .retryable = true,
         .ambiguous = true},
        {.name = "an empty 400", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.action = FAULT_RAW, .body = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"}},
        {.name = "a 400 with {}", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "{}"}},
        {.name = "a 400 with an array", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "[1]"}},
        {.name = "a 400 with half JSON", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "{\"__type\":\"Valid"}},
        {.name = "a 400 with bytes", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "\xff\xfe\1\2", .body_length = 4}},
        {.name = "__type that isn't text", .http_status = 400, .status = DYNAMO_ERR_UNKNOWN_SERVICE,
         .step = {.status = 400, .body = "{\"__type\":5,\"message\":[]}"}},
        {.name = "half an error's body", .status = DYNAMO_ERR_REQUEST_FAILED, .http_status = ANY_HTTP_STATUS,
         .step = {.action = FAULT_CLOSE_IN_BODY, .status = 400, .body = "{\"__type\":\"ValidationException\"}"},
         .ambiguous = true, .retryable = true},
    };

    check_rows(*state, rows, COUNT(rows));
}

static void long_message_is_cut_between_characters(void **state)
{
    dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error  = {0};

    for (size_t shift = 0; shift < 4; shift++) {
        char       body[11000];
        fault_step step   = {.status = 400, .body = body};
        size_t     length = (size_t)snprintf(body, sizeof(body),
                                             "{\"__type\":\"ValidationException\",\"message\":\"%.*s", (int)shift,
                                             "aaa");

        for (int i = 0; i < 2500; i++, length += 4)
            memcpy(body + length, "\xf0\x9f\x8e\xb5", 5);
        memcpy(body + length, "\"}", 3);
        fault_server_script(*state, &step, 1);
        assert_int_equal(make_call(client, false, NULL, &error), DYNAMO_ERR_VALIDATION);
        assert_true(is_utf8(error.message));
        assert_true(strlen(error.message) >= sizeof(error.message) - 5);
        assert_int_equal((strlen(error.message) - shift) % 4, 0);
    }
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void long_code_and_request_id_are_cut(void **state)
{
    char           headers[512] = "x-amzn-requestid: ";
    char           body[512]    = "{\"__type\":\"";
    fault_step     step         = {.status = 400, .headers = headers, .body = body};
    dynamo_client *client       = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error        = {0};

    memset(headers + strlen(headers), 'I', 200);
    strcat(headers, "\r\n");
    memset(body + strlen(body), 'C', 200);
    strcat(body, "\"}");
    fault_server_script(*state, &step, 1);
    assert_int_equal(make_call(client, false, NULL, &error), DYNAMO_ERR_UNKNOWN_SERVICE);
    assert_int_equal(strlen(error.code), sizeof(error.code) - 1);
    assert_int_equal(strlen(error.request_id), sizeof(error.request_id) - 1);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void request_id_on_success_and_failure(void **state)
{
    static const fault_step script[] = {
        {0}, {.status = 400}, {.interim = "HTTP/1.1 103 X\r\nx-amzn-requestid: NO\r\n\r\n"}};
    dynamo_client          *client   = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error            error    = {0};

    fault_server_script(*state, script, COUNT(script));
    for (size_t i = 0; i < COUNT(script); i++) {
        make_call(client, false, NULL, &error);
        assert_string_equal(error.request_id, REQUEST_ID);
    }
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- The codes --------------------------------------------------------------------------------------------------- */

/* The API reference's error shapes of DynamoDB and its Streams, the common errors, and what else the service is known
 * to send. */
static const struct {
    const char   *code;
    dynamo_status status;
    bool          retryable;
} codes[] = {
    {"BackupInUseException", DYNAMO_ERR_BACKUP_IN_USE, false},
    {"BackupNotFoundException", DYNAMO_ERR_BACKUP_NOT_FOUND, false},
    {"ConditionalCheckFailedException", DYNAMO_ERR_CONDITIONAL_CHECK_FAILED, false},
    {"ContinuousBackupsUnavailableException", DYNAMO_ERR_CONTINUOUS_BACKUPS_UNAVAILABLE, false},
    {"DuplicateItemException", DYNAMO_ERR_DUPLICATE_ITEM, false},
    {"ExportConflictException", DYNAMO_ERR_EXPORT_CONFLICT, false},
    {"ExportNotFoundException", DYNAMO_ERR_EXPORT_NOT_FOUND, false},
    {"GlobalTableAlreadyExistsException", DYNAMO_ERR_GLOBAL_TABLE_ALREADY_EXISTS, false},
    {"GlobalTableNotFoundException", DYNAMO_ERR_GLOBAL_TABLE_NOT_FOUND, false},
    {"IdempotentParameterMismatchException", DYNAMO_ERR_IDEMPOTENT_PARAMETER_MISMATCH, false},
    {"ImportConflictException", DYNAMO_ERR_IMPORT_CONFLICT, false},
    {"ImportNotFoundException", DYNAMO_ERR_IMPORT_NOT_FOUND, false},
    {"IndexNotFoundException", DYNAMO_ERR_INDEX_NOT_FOUND, false},
    {"InternalServerError", DYNAMO_ERR_INTERNAL_SERVER_ERROR, true},
    {"InvalidExportTimeException", DYNAMO_ERR_INVALID_EXPORT_TIME, false},
    {"InvalidRestoreTimeException", DYNAMO_ERR_INVALID_RESTORE_TIME, false},
    {"ItemCollectionSizeLimitExceededException", DYNAMO_ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, false},
    {"LimitExceededException", DYNAMO_ERR_LIMIT_EXCEEDED, true},
    {"PointInTimeRecoveryUnavailableException", DYNAMO_ERR_POINT_IN_TIME_RECOVERY_UNAVAILABLE, false},
    {"PolicyNotFoundException", DYNAMO_ERR_POLICY_NOT_FOUND, false},
    {"ProvisionedThroughputExceededException", DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED, true},
    {"ReplicaAlreadyExistsException", DYNAMO_ERR_REPLICA_ALREADY_EXISTS, false},
    {"ReplicaNotFoundException", DYNAMO_ERR_REPLICA_NOT_FOUND, false},
    {"ReplicatedWriteConflictException", DYNAMO_ERR_REPLICATED_WRITE_CONFLICT, true},
    {"RequestLimitExceeded", DYNAMO_ERR_REQUEST_LIMIT_EXCEEDED, true},
    {"ResourceInUseException", DYNAMO_ERR_RESOURCE_IN_USE, false},
    {"ResourceNotFoundException", DYNAMO_ERR_RESOURCE_NOT_FOUND, false},
    {"TableAlreadyExistsException", DYNAMO_ERR_TABLE_ALREADY_EXISTS, false},
    {"TableInUseException", DYNAMO_ERR_TABLE_IN_USE, false},
    {"TableNotFoundException", DYNAMO_ERR_TABLE_NOT_FOUND, false},
    {"ThrottlingException", DYNAMO_ERR_THROTTLING, true},
    {"Throttling", DYNAMO_ERR_THROTTLING, true},
    {"TransactionCanceledException", DYNAMO_ERR_TRANSACTION_CANCELED, false},
    {"TransactionConflictException", DYNAMO_ERR_TRANSACTION_CONFLICT, false},
    {"TransactionInProgressException", DYNAMO_ERR_TRANSACTION_IN_PROGRESS, true},
    {"ExpiredIteratorException", DYNAMO_ERR_EXPIRED_ITERATOR, false},
    {"TrimmedDataAccessException", DYNAMO_ERR_TRIMMED_DATA_ACCESS, false},
    {"AccessDeniedException", DYNAMO_ERR_ACCESS_DENIED, false},
    {"AccessDenied", DYNAMO_ERR_ACCESS_DENIED, false},
    {"AuthFailure", DYNAMO_ERR_AUTH_FAILURE, false},
    {"BandwidthLimitExceeded", DYNAMO_ERR_BANDWIDTH_LIMIT_EXCEEDED, true},
    {"EC2ThrottledException", DYNAMO_ERR_EC2_THROTTLED, true},
    {"ExpiredTokenException", DYNAMO_ERR_EXPIRED_TOKEN, false},
    {"ExpiredToken", DYNAMO_ERR_EXPIRED_TOKEN, false},
    {"IncompleteSignatureException", DYNAMO_ERR_INCOMPLETE_SIGNATURE, false},
    {"IncompleteSignature", DYNAMO_ERR_INCOMPLETE_SIGNATURE, false},
    {"InternalFailure", DYNAMO_ERR_INTERNAL_FAILURE, true},
    {"InvalidClientTokenId", DYNAMO_ERR_INVALID_CLIENT_TOKEN_ID, false},
    {"InvalidEndpointException", DYNAMO_ERR_INVALID_ENDPOINT, false},
    {"InvalidSignatureException", DYNAMO_ERR_INVALID_SIGNATURE, false},
    {"MissingAuthenticationTokenException", DYNAMO_ERR_MISSING_AUTHENTICATION_TOKEN, false},
    {"MissingAuthenticationToken", DYNAMO_ERR_MISSING_AUTHENTICATION_TOKEN, false},
    {"MissingParameter", DYNAMO_ERR_MISSING_PARAMETER, false},
    {"OptInRequired", DYNAMO_ERR_OPT_IN_REQUIRED, false},
    {"PriorRequestNotComplete", DYNAMO_ERR_PRIOR_REQUEST_NOT_COMPLETE, true},
    {"RequestExpired", DYNAMO_ERR_REQUEST_EXPIRED, false},
    {"RequestThrottledException", DYNAMO_ERR_REQUEST_THROTTLED, true},
    {"RequestThrottled", DYNAMO_ERR_REQUEST_THROTTLED, true},
    {"RequestTimeTooSkewed", DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED, false},
    {"RequestTimeout", DYNAMO_ERR_REQUEST_TIMEOUT, true},
    {"RequestTimeoutException", DYNAMO_ERR_REQUEST_TIMEOUT, true},
    {"SerializationException", DYNAMO_ERR_SERIALIZATION, false},
    {"ServiceUnavailable", DYNAMO_ERR_SERVICE_UNAVAILABLE, true},
    {"ServiceUnavailableException", DYNAMO_ERR_SERVICE_UNAVAILABLE, true},
    {"SignatureDoesNotMatch", DYNAMO_ERR_SIGNATURE_DOES_NOT_MATCH, false},
    {"SlowDown", DYNAMO_ERR_SLOW_DOWN, true},
    {"ThrottledException", DYNAMO_ERR_THROTTLED, true},
    {"TooManyRequestsException", DYNAMO_ERR_TOO_MANY_REQUESTS, true},
    {"UnknownOperationException", DYNAMO_ERR_UNKNOWN_OPERATION, false},
    {"UnrecognizedClientException", DYNAMO_ERR_UNRECOGNIZED_CLIENT, false},
    {"ValidationException", DYNAMO_ERR_VALIDATION, false},
    {"ValidationError", DYNAMO_ERR_UNKNOWN_SERVICE, false}, /* no code of its own, only a transaction's reason */
};

static void every_code(void **state)
{
    dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error  = {0};

    for (size_t i = 0; i < COUNT(codes); i++) {
        char       body[256];
        fault_step step = {.status = 400, .body = body};

        snprintf(body, sizeof(body), "{\"__type\":\"" TYPE "%s\"}", codes[i].code);
        fault_server_script(*state, &step, 1);
        if (make_call(client, true, NULL, &error) != codes[i].status)
            complain(codes[i].code, "gives %s", dynamo_status_name(error.status));
        if (strcmp(error.code, codes[i].code) != 0)
            complain(codes[i].code, "code is \"%s\"", error.code);
        if (codes[i].status != DYNAMO_ERR_UNKNOWN_SERVICE &&
            strcmp(error.message, dynamo_status_message(codes[i].status)) != 0)
            complain(codes[i].code, "message is \"%s\"", error.message);
        if (error.retryable != codes[i].retryable)
            complain(codes[i].code, "retryable is %s", error.retryable ? "true" : "false");
        if (error.ambiguous)
            complain(codes[i].code, "ambiguous at a 4xx");
    }
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    expect_no_complaints();
}

/* "ConditionalCheckFailedException" to "DYNAMO_ERR_CONDITIONAL_CHECK_FAILED". */
static void name_of_code(const char *code, char *name, size_t size)
{
    size_t length = strlen(code);
    size_t used   = (size_t)snprintf(name, size, "DYNAMO_ERR_");

    if (length > 9 && strcmp(code + length - 9, "Exception") == 0)
        length -= 9;
    for (size_t i = 0; i < length && used + 2 < size; i++) {
        if (i > 0 && isupper((unsigned char)code[i]) && islower((unsigned char)code[i - 1]))
            name[used++] = '_';
        else if (i > 1 && isupper((unsigned char)code[i]) && isdigit((unsigned char)code[i - 1]))
            name[used++] = '_';
        name[used++] = (char)toupper((unsigned char)code[i]);
    }
    name[used] = '\0';
}

static void statuses_have_names_and_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        char name[128];

        name_of_code(codes[i].code, name, sizeof(name));
        if (codes[i].status != DYNAMO_ERR_UNKNOWN_SERVICE && strcmp(name, dynamo_status_name(codes[i].status)) != 0)
            complain(codes[i].code, "is named %s", dynamo_status_name(codes[i].status));
    }
    for (int status = -1; status < 200; status++) {
        const char *name  = dynamo_status_name((dynamo_status)status);
        const char *text  = dynamo_status_message((dynamo_status)status);
        bool        known = strcmp(name, "DYNAMO_ERR_UNKNOWN_SERVICE") != 0;
        bool        found = status < 30;

        assert_true(name[0] != '\0' && text != NULL && text[0] != '\0');
        for (size_t i = 0; i < COUNT(codes); i++)
            found = found || (int)codes[i].status == status;
        if (known != (status >= 0 && found && status != DYNAMO_ERR_UNKNOWN_SERVICE && (status < 18 || status >= 30)))
            complain(name, "status %d is %s the table of codes", status, found ? "in" : "not in");
    }
    assert_string_equal(dynamo_status_name(DYNAMO_OK), "DYNAMO_OK");
    assert_int_equal(DYNAMO_OK, 0);
    expect_no_complaints();
}

/* ---- Details ----------------------------------------------------------------------------------------------------- */

#define REASONS \
    "[{\"Code\":\"None\"},{\"Code\":\"ConditionalCheckFailed\",\"Message\":\"no\",\"Item\":{\"id\":{\"N\":\"7\"}}}]"

static void details_are_plain(void **state)
{
    static const struct {
        const char *name, *body, *details;
    } rows[] = {
        {"none", "{\"__type\":\"ValidationException\",\"message\":\"no\"}", NULL},
        {"Item",
         "{\"__type\":\"ConditionalCheckFailedException\",\"message\":\"no\",\"Item\":{\"id\":{\"N\":\"1\"},"
         "\"tags\":{\"SS\":[\"a\",\"b\"]},\"map\":{\"M\":{\"x\":{\"NULL\":true}}}}}",
         "{\"Item\":{\"id\":1,\"tags\":{\"$SS\":[\"a\",\"b\"]},\"map\":{\"x\":null}}}"},
        {"CancellationReasons", "{\"__type\":\"TransactionCanceledException\",\"CancellationReasons\":" REASONS "}",
         "{\"CancellationReasons\":[{\"Code\":\"None\"},{\"Code\":\"ConditionalCheckFailed\",\"Message\":\"no\","
         "\"Item\":{\"id\":7}}]}"},
        {"ThrottlingReasons",
         "{\"__type\":\"ProvisionedThroughputExceededException\",\"ThrottlingReasons\":[{\"reason\":\"r\","
         "\"resource\":\"arn\"}]}",
         "{\"ThrottlingReasons\":[{\"reason\":\"r\",\"resource\":\"arn\"}]}"},
        {"throttlingReasons",
         "{\"__type\":\"ThrottlingException\",\"throttlingReasons\":[{\"reason\":\"r\",\"resource\":\"arn\"}]}",
         "{\"ThrottlingReasons\":[{\"reason\":\"r\",\"resource\":\"arn\"}]}"},
        {"a member nobody knows", "{\"__type\":\"ValidationException\",\"Hint\":{\"N\":\"1\"}}",
         "{\"Hint\":{\"N\":\"1\"}}"},
    };
    dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error  = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        fault_step step     = {.status = 400, .body = rows[i].body};
        json_t    *expected = rows[i].details != NULL ? json_loads(rows[i].details, 0, NULL) : NULL;
        char      *text;

        fault_server_script(*state, &step, 1);
        make_call(client, true, NULL, &error);
        text = error.details != NULL ? json_dumps(error.details, JSON_SORT_KEYS) : NULL;
        if (expected == NULL ? error.details != NULL : !json_equal(expected, error.details))
            complain(rows[i].name, "details are %s", text != NULL ? text : "NULL");
        free(text);
        json_decref(expected);
    }
    dynamo_error_clear(&error);
    assert_null(error.details);
    dynamo_client_free(client);
    expect_no_complaints();
}

static void details_of_a_raw_call_are_raw(void **state)
{
    static const fault_step script[] = {
        {.status = 400, .body = "{\"__type\":\"TransactionCanceledException\",\"CancellationReasons\":" REASONS "}"}};
    dynamo_client *client   = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error    = {0};
    json_t        *request  = json_object();
    json_t        *expected = json_loads(REASONS, 0, NULL);

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(dynamo_call(client, "TransactWriteItems", request, NULL, &error),
                     DYNAMO_ERR_TRANSACTION_CANCELED);
    assert_true(json_equal(expected, json_object_get(error.details, "CancellationReasons")));
    json_decref(expected);
    json_decref(request);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* Details that can't be read must not hide the error itself. */
static void details_that_are_malformed(void **state)
{
    static const fault_step script[] = {
        {.status = 400, .body = "{\"__type\":\"ConditionalCheckFailedException\",\"message\":\"no\","
                                "\"Item\":{\"id\":{\"X\":\"1\"}}}"}};
    dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error  = {0};

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_ERR_CONDITIONAL_CHECK_FAILED);
    assert_false(error.ambiguous);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static void malformed_values(void **state)
{
    static const struct {
        const char *name, *value, *path;
    } rows[] = {
        {"two types", "{\"N\":\"1\",\"S\":\"1\"}", "Item.a"},
        {"no type", "{}", "Item.a"},
        {"an unknown type", "{\"X\":\"1\"}", "Item.a"},
        {"no object", "5", "Item.a"},
        {"N that is a number", "{\"N\":5}", "Item.a"},
        {"N that is no number", "{\"N\":\"five\"}", "Item.a"},
        {"S that is no string", "{\"S\":5}", "Item.a"},
        {"B that is no base64", "{\"B\":\"*\"}", "Item.a"},
        {"BOOL that is a string", "{\"BOOL\":\"true\"}", "Item.a"},
        {"L that is an object", "{\"L\":{}}", "Item.a"},
        {"M that is an array", "{\"M\":[]}", "Item.a"},
        {"SS with a number", "{\"SS\":[\"a\",5]}", "Item.a"},
        {"a nested one", "{\"L\":[{\"S\":\"x\"},{\"M\":{\"b\":{\"Q\":\"\"}}}]}", "Item.a[1].b"},
    };
    dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error  = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        char       body[256];
        fault_step step     = {.body = body};
        json_t    *response = NULL;

        snprintf(body, sizeof(body), "{\"Item\":{\"a\":%s}}", rows[i].value);
        fault_server_script(*state, &step, 1);
        if (make_call(client, false, &response, &error) != DYNAMO_ERR_BAD_RESPONSE)
            complain(rows[i].name, "gives %s", dynamo_status_name(error.status));
        if (strstr(error.message, rows[i].path) == NULL)
            complain(rows[i].name, "message \"%s\" lacks the path %s", error.message, rows[i].path);
        if (response != NULL)
            complain(rows[i].name, "response is set");
        json_decref(response);
    }
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    expect_no_complaints();
}

static json_t *attribute_of(fault_server *server, const char *body, const char *name)
{
    fault_step     step     = {.body = body};
    dynamo_client *client   = client_of(fault_server_endpoint(server), NULL, 0);
    dynamo_error   error    = {0};
    json_t        *response = NULL;
    json_t        *value;

    fault_server_script(server, &step, 1);
    if (make_call(client, false, &response, &error) != DYNAMO_OK)
        fail_msg("%s: %s", body, error.message);
    value = json_incref(json_object_get(json_object_get(response, "Item"), name));
    json_decref(response);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return value;
}

static void strings_keep_every_byte(void **state)
{
    static const struct {
        const char *name, *json, *bytes;
        size_t      length;
    } rows[] = {
        {"NUL", "a\\u0000b", "a\0b", 3},
        {"an astral character, escaped", "\\ud83c\\udfb5", "\xf0\x9f\x8e\xb5", 4},
        {"an astral character", "\xf0\x9f\x8e\xb5", "\xf0\x9f\x8e\xb5", 4},
        {"a lone high surrogate", "\\ud800", "\xed\xa0\x80", 3},
        {"a lone low surrogate", "x\\udfffy", "x\xed\xbf\xbfy", 5},
        {"two high surrogates", "\\ud800\\ud800", "\xed\xa0\x80\xed\xa0\x80", 6},
        {"escapes", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8},
        {"empty", "", "", 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char    body[256];
        json_t *value;

        snprintf(body, sizeof(body), "{\"Item\":{\"a\":{\"S\":\"%s\"}}}", rows[i].json);
        value = attribute_of(*state, body, "a");
        if (!json_is_string(value) || json_string_length(value) != rows[i].length ||
            memcmp(json_string_value(value), rows[i].bytes, rows[i].length) != 0)
            complain(rows[i].name, "differs");
        json_decref(value);
    }
    expect_no_complaints();
}

#if JANSSON_VERSION_HEX >= 0x020E00
static void names_keep_nul(void **state)
{
    json_t *value = attribute_of(*state, "{\"Item\":{\"a\":{\"M\":{\"x\\u0000y\":{\"N\":\"5\"}}}}}", "a");

    assert_int_equal(json_object_size(value), 1);
    assert_int_equal(json_integer_value(json_object_getn(value, "x\0y", 3)), 5);
    json_decref(value);
}
#endif

/* ---- Size -------------------------------------------------------------------------------------------------------- */

/* Refused while it arrives: the server can't have sent much more than the limit and what sockets hold. */
static void huge_body_is_refused_while_it_arrives(void **state)
{
    static const struct {
        const char  *name;
        fault_length length;
    } rows[] = {
        {"announced", FAULT_LENGTH_RIGHT},
        {"chunked", FAULT_LENGTH_CHUNKED},
        {"until the close", FAULT_LENGTH_ABSENT},
    };
    size_t megabyte = 1024 * 1024;

    for (size_t i = 0; i < COUNT(rows); i++) {
        fault_step     step   = {.length = rows[i].length, .crc = FAULT_CRC_NONE, .body = "          ",
                                 .repeat = 256 * megabyte / 10};
        dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 120000);
        dynamo_error   error  = {0};

        fault_server_script(*state, &step, 1);
        if (make_call(client, false, NULL, &error) != DYNAMO_ERR_BAD_RESPONSE)
            complain(rows[i].name, "gives %s: %s", dynamo_status_name(error.status), error.message);
        if (make_call(client, false, NULL, &error) != DYNAMO_OK)
            complain(rows[i].name, "the next call fails: %s", error.message);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
        if (fault_server_bytes_sent(*state) > 64 * megabyte)
            complain(rows[i].name, "%zu bytes were taken", fault_server_bytes_sent(*state));
    }
    expect_no_complaints();
}

static void body_of_40_megabytes_is_refused(void **state)
{
    static const fault_row rows[] = {
        BAD_ROW("40 MB", .crc = FAULT_CRC_NONE, .body = "          ", .repeat = 4 * 1024 * 1024),
    };

    check_rows(*state, rows, COUNT(rows));
}

static void body_of_17_megabytes_is_read(void **state)
{
    size_t         length   = 17 * 1024 * 1024;
    char          *body     = malloc(length + 1);
    fault_step     step     = {.body = body};
    dynamo_client *client   = client_of(fault_server_endpoint(*state), NULL, 120000);
    dynamo_error   error    = {0};
    json_t        *response = NULL;
    json_t        *text;

    assert_non_null(body);
    memset(body, 'x', length);
    memcpy(body, "{\"Item\":{\"a\":{\"S\":\"", 19);
    memcpy(body + length - 4, "\"}}}", 5);
    fault_server_script(*state, &step, 1);
    assert_int_equal(make_call(client, false, &response, &error), DYNAMO_OK);
    text = json_object_get(json_object_get(response, "Item"), "a");
    assert_int_equal(json_string_length(text), length - 19 - 4);
    json_decref(response);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    free(body);
}

/* ---- Headers ----------------------------------------------------------------------------------------------------- */

static void append(char *text, size_t *used, const char *more)
{
    memcpy(text + *used, more, strlen(more) + 1);
    *used += strlen(more);
}

/* An answer with so many interim ones and so many more header lines before its end, or one line as long as those. */
static char *answer_with(size_t interims, size_t lines, bool is_one_line)
{
    static const char interim[] = "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
    static const char filler[]  = "Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n";
    char             *text      = malloc(interims * sizeof(interim) + lines * sizeof(filler) + 256);
    size_t            used      = 0;

    assert_non_null(text);
    for (size_t i = 0; i < interims; i++)
        append(text, &used, interim);
    append(text, &used, "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < lines; i++) {
        append(text, &used, filler);
        if (is_one_line && i + 1 < lines)
            memset(text + used - 2, 'x', 2);
    }
    append(text, &used, "Content-Length: 2\r\n\r\n{}");
    return text;
}

/* What isn't known of a head isn't kept, and one without an end isn't read to its end. */
static void huge_headers(void **state)
{
    static const struct {
        const char   *name;
        size_t        interims, lines;
        bool          is_one_line;
        dynamo_status status;
    } rows[] = {
        {"64 KB", 0, 1024, false, DYNAMO_OK},
        {"1 MB", 0, 16 * 1024, false, DYNAMO_ERR_BAD_RESPONSE},
        {"1 MB in one line", 0, 16 * 1024, true, DYNAMO_ERR_OUT_OF_MEMORY}, /* libcurl's own limit, in its words */
        {"64 MB", 0, 1024 * 1024, false, DYNAMO_ERR_BAD_RESPONSE},
        {"interim answers", 1000000, 0, false, DYNAMO_ERR_BAD_RESPONSE},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char          *body   = answer_with(rows[i].interims, rows[i].lines, rows[i].is_one_line);
        fault_step     step   = {.action = FAULT_RAW, .body = body};
        dynamo_client *client = client_of(fault_server_endpoint(*state), NULL, 60000);
        dynamo_error   error  = {0};
        dynamo_status  status;

        fault_server_script(*state, &step, 1);
        status = make_call(client, true, NULL, &error);
        if (rows[i].is_one_line ? status == DYNAMO_OK : status != rows[i].status)
            complain(rows[i].name, "%s: %s", dynamo_status_name(status), error.message);
        if (error.ambiguous != (rows[i].status != DYNAMO_OK))
            complain(rows[i].name, "ambiguous is %s", error.ambiguous ? "true" : "false");
        if (!fault_server_wait_closed(*state, 1) || make_call(client, false, NULL, &error) != DYNAMO_OK)
            complain(rows[i].name, "the next call fails: %s", error.message);
        if (fault_server_bytes_sent(*state) > 16 * 1024 * 1024)
            complain(rows[i].name, "%zu bytes were taken", fault_server_bytes_sent(*state));
        dynamo_error_clear(&error);
        dynamo_client_free(client);
        free(body);
    }
    expect_no_complaints();
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

static void connection_refused(void **state)
{
    char           endpoint[64];
    dynamo_error   error = {0};
    dynamo_client *client;

    (void)state;
    snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", fault_closed_port());
    client = client_of(endpoint, NULL, 0);
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_ERR_REQUEST_FAILED);
    assert_false(error.ambiguous);
    assert_true(error.retryable);
    assert_int_equal(error.http_status, 0);
    assert_string_equal(error.request_id, "");
    assert_non_null(strstr(error.message, "127.0.0.1"));
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void host_that_does_not_exist(void **state)
{
    dynamo_client *client = client_of("http://nobody.invalid:8000", NULL, 0);
    dynamo_error   error  = {0};

    (void)state;
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_ERR_REQUEST_FAILED);
    assert_false(error.ambiguous);
    assert_true(error.message[0] != '\0');
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* libcurl by itself sends a POST again when a kept connection dies: an ADD would count twice, unseen. */
static void request_on_a_kept_connection_is_sent_once(void **state)
{
    static const fault_action ways[] = {FAULT_CLOSE_AFTER_REQUEST, FAULT_RESET, FAULT_CLOSE_BEFORE_READING};

    for (size_t i = 0; i < COUNT(ways); i++) {
        fault_step     script[] = {{0}, {.action = ways[i]}};
        bool           early    = ways[i] == FAULT_CLOSE_BEFORE_READING;
        dynamo_client *client   = client_of(fault_server_endpoint(*state), NULL, 0);
        dynamo_error   error    = {0};

        fault_server_script(*state, script, COUNT(script));
        assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_OK);
        if (make_call(client, true, NULL, &error) == DYNAMO_OK) { /* sent anew, without a byte of the body gone before */
            if (!early || !BODY_GOES_APART || error.ambiguous || fault_server_requests(*state) != 2)
                complain("kept connection", "way %zu: %zu requests arrived", i, fault_server_requests(*state));
        } else {
            if (error.status != DYNAMO_ERR_REQUEST_FAILED || (!error.ambiguous && !(early && BODY_GOES_APART)))
                complain("kept connection", "way %zu: %s, ambiguous %d: %s", i, error.code, error.ambiguous,
                         error.message);
            if (fault_server_requests(*state) != (early ? 1 : 2))
                complain("kept connection", "way %zu: %zu requests arrived", i, fault_server_requests(*state));
        }
        if (error.attempts != 1)
            complain("kept connection", "way %zu: attempts %u", i, error.attempts);
        if (make_call(client, true, NULL, &error) != DYNAMO_OK)
            complain("kept connection", "way %zu: the next call fails: %s", i, error.message);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
    }
    expect_no_complaints();
}

/* A connection that the server closed while nobody used it costs the caller nothing. */
static void connection_closed_while_idle(void **state)
{
    static const fault_step script[] = {{.action = FAULT_ANSWER_AND_CLOSE}};
    dynamo_client          *client   = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error            error    = {0};

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_OK);
    assert_true(fault_server_wait_closed(*state, 1));
    if (make_call(client, true, NULL, &error) != DYNAMO_OK)
        fail_msg("the call after an idle close fails: %s", error.message);
    assert_false(error.ambiguous);
    assert_int_equal(fault_server_requests(*state), 2);
    assert_int_equal(fault_server_connections(*state), 2);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* A body too large for the sockets' buffers can't have gone out whole: the write wasn't applied. */
static void body_that_did_not_go_out_whole(void **state)
{
    static const fault_step script[] = {{.action = FAULT_CLOSE_BEFORE_READING}};
    dynamo_client          *client   = client_of(fault_server_endpoint(*state), NULL, 120000);
    dynamo_error            error    = {0};
    size_t                  length   = 24 * 1024 * 1024;
    char                   *text     = malloc(length);
    json_t                 *item     = json_object();

    assert_non_null(text);
    memset(text, 'x', length);
    json_object_set_new(item, "id", json_integer(1));
    json_object_set_new(item, "text", json_stringn_nocheck(text, length));
    free(text);
    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(dynamo_put_item(client, "Music", item, NULL, NULL, &error), DYNAMO_ERR_REQUEST_FAILED);
    assert_false(error.ambiguous);
    json_decref(item);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void raw_call_knows_writes_from_reads(void **state)
{
    static const struct {
        const char *operation;
        bool        write;
    } rows[] = {
        {"GetItem", false},       {"BatchGetItem", false},      {"DescribeLimits", false}, {"ListBackups", false},
        {"PutItem", true},        {"TransactWriteItems", true}, {"UpdateTimeToLive", true}, {"InventedOperation", true},
        {"TransactGetItems", false}, {"GetRecords", false},     {"ExecuteStatement", true},
    };
    dynamo_client *client  = client_of(fault_server_endpoint(*state), NULL, 0);
    dynamo_error   error   = {0};
    json_t        *request = json_object();

    for (size_t i = 0; i < COUNT(rows); i++) {
        static const fault_step script[] = {{.action = FAULT_CLOSE_AFTER_REQUEST}};

        fault_server_script(*state, script, 1);
        if (dynamo_call(client, rows[i].operation, request, NULL, &error) != DYNAMO_ERR_REQUEST_FAILED)
            complain(rows[i].operation, "gives %s", dynamo_status_name(error.status));
        if (error.ambiguous != rows[i].write)
            complain(rows[i].operation, "ambiguous is %s", error.ambiguous ? "true" : "false");
    }
    json_decref(request);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    expect_no_complaints();
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static void plain_server_at_an_https_endpoint(void **state)
{
    static const fault_step script[] = {{.action = FAULT_RAW_AT_ONCE, .body = "HTTP/1.1 400 Bad Request\r\n\r\n"}};
    char                    endpoint[64];
    dynamo_error            error = {0};
    dynamo_client          *client;

    snprintf(endpoint, sizeof(endpoint), "https://127.0.0.1:%d", fault_server_port(*state));
    client = client_of(endpoint, NULL, 0);
    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_ERR_TLS);
    assert_false(error.ambiguous);
    assert_true(error.retryable); /* a handshake that broke, which says nothing of certificates */
    assert_int_equal(error.http_status, 0);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* `openssl s_server` with a certificate of its own for localhost. What a client sends comes out of it, and what is
 * written into it goes to the client. */
typedef struct tls_server {
    char      folder[64], key[96], certificate[96];
    bool      expired; /* the certificate, since yesterday */
    pid_t     process;
    int       input, output;
    int       port;
    pthread_t pump;
    bool      pumping;

    atomic_int resumed; /* a connection took up a session again */
} tls_server;

/* Runs a command to its end with nothing of it shown. Its exit status, or -1. */
static int run_quietly(const char *const *arguments)
{
    int   status;
    pid_t child = fork();

    if (child == 0) {
        FILE *nowhere = fopen("/dev/null", "r+");

        if (nowhere != NULL)
            for (int fd = 0; fd < 3; fd++)
                dup2(fileno(nowhere), fd);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    if (child < 0)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Answers every request that comes to its end: the last byte of a body is a brace. */
static void *pump(void *argument)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    tls_server       *server   = argument;
    char              text[16384];
    size_t            used = 0;
    ssize_t           got;

    while (used + 1 < sizeof(text) && (got = read(server->output, text + used, sizeof(text) - 1 - used)) > 0) {
        char *head;

        used += (size_t)got;
        text[used] = '\0';
        if (strstr(text, "Reused session-id") != NULL)
            atomic_store(&server->resumed, 1);
        head = strstr(text, "\r\n\r\n{");
        if (head != NULL && strstr(head, "}}") != NULL) {
            if (write(server->input, answer, sizeof(answer) - 1) < 0)
                break;
            used = 0;
        }
    }
    return NULL;
}

/* Reads "ACCEPT 127.0.0.1:40000". */
static int read_port(int fd)
{
    char   text[512];
    size_t used = 0;
    char  *accept_line;
    char  *colon;

    while (used + 1 < sizeof(text) && read(fd, text + used, 1) == 1) {
        text[++used] = '\0';
        accept_line  = strstr(text, "ACCEPT ");
        if (accept_line != NULL && text[used - 1] == '\n') {
            colon = strrchr(accept_line, ':');
            return colon != NULL ? atoi(colon + 1) : 0;
        }
    }
    return 0;
}

static void spawn_s_server(tls_server *server)
{
    int to_child[2], from_child[2];

    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(from_child), 0);
    server->process = fork();
    assert_true(server->process >= 0);
    if (server->process == 0) {
        FILE *nowhere = fopen("/dev/null", "w");

        dup2(to_child[0], 0);
        dup2(from_child[1], 1);
        if (nowhere != NULL)
            dup2(fileno(nowhere), 2);
        close(to_child[1]);
        close(from_child[0]);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", server->key, "-cert",
               server->certificate, (char *)NULL);
        _exit(127);
    }
    close(to_child[0]);
    close(from_child[1]);
    server->input  = to_child[1];
    server->output = from_child[0];
}

static void tls_server_start(tls_server *server)
{
    const char *has_tool[]    = {"openssl", "version", NULL};
    const char *certificate[] = {"openssl", "req",     "-x509",   "-newkey", "rsa:2048",
                                 "-nodes",  "-subj",   "/CN=localhost",      "-addext",
                                 "subjectAltName=DNS:localhost",   "-days",  "2",        "-keyout",
                                 server->key, "-out",  server->certificate,  NULL};
    const char *renewal[]     = {"openssl", "x509", "-in", server->certificate, "-signkey", server->key,
                                 "-days",   "-1",   "-out", server->certificate, NULL};

    strcpy(server->folder, "/tmp/dynamo-test-tls-XXXXXX");
    if (run_quietly(has_tool) != 0)
        fail_msg("the openssl command is missing: TLS can't be tested; install the package openssl");
    assert_non_null(mkdtemp(server->folder));
    snprintf(server->key, sizeof(server->key), "%s/key.pem", server->folder);
    snprintf(server->certificate, sizeof(server->certificate), "%s/certificate.pem", server->folder);
    if (run_quietly(certificate) != 0)
        fail_msg("openssl req can't make a certificate (it needs -addext: OpenSSL 1.1.1 or newer)");
    if (server->expired && run_quietly(renewal) != 0)
        fail_msg("openssl x509 can't make a certificate that has expired");
    spawn_s_server(server);
    server->port = read_port(server->output);
    if (server->port == 0)
        fail_msg("openssl s_server did not start");
    server->pumping = pthread_create(&server->pump, NULL, pump, server) == 0;
    assert_true(server->pumping);
}

static int tls_stop(void **state)
{
    tls_server *server = *state;

    if (server->process > 0) {
        kill(server->process, SIGTERM);
        waitpid(server->process, NULL, 0);
        if (server->pumping)
            pthread_join(server->pump, NULL);
        close(server->input);
        close(server->output);
    }
    unlink(server->key);
    unlink(server->certificate);
    rmdir(server->folder);
    free(server);
    return 0;
}

static int tls_prepare(void **state)
{
    *state = calloc(1, sizeof(tls_server));
    return *state != NULL ? 0 : -1;
}

static void check_tls(const tls_server *server, const char *name, const char *host, bool trusted,
                      dynamo_status expected)
{
    char           endpoint[64];
    dynamo_error   error = {0};
    dynamo_client *client;

    snprintf(endpoint, sizeof(endpoint), "https://%s:%d", host, server->port);
    client = client_of(endpoint, trusted ? server->certificate : NULL, 0);
    if (make_call(client, true, NULL, &error) != expected)
        complain(name, "%s: %s", error.code, error.message);
    if (error.ambiguous)
        complain(name, "ambiguous though nothing was sent");
    if (error.retryable)
        complain(name, "retryable, and the certificate will be the same");
    if (expected == DYNAMO_OK && make_call(client, true, NULL, &error) != DYNAMO_OK)
        complain(name, "the second call: %s", error.message);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void certificates_are_verified(void **state)
{
    tls_server *server = *state;

    tls_server_start(server);
    check_tls(server, "a certificate nobody trusts", "localhost", false, DYNAMO_ERR_TLS);
    check_tls(server, "a trusted certificate for another host", "127.0.0.1", true, DYNAMO_ERR_TLS);
    check_tls(server, "a trusted certificate", "localhost", true, DYNAMO_OK);
    expect_no_complaints();
}

static void certificates_that_have_expired_are_refused(void **state)
{
    tls_server *server = *state;

    server->expired = true;
    tls_server_start(server);
    check_tls(server, "a trusted certificate that has expired", "localhost", true, DYNAMO_ERR_TLS);
    expect_no_complaints();
}

/* What other programs take for leave not to verify, or for a file of whom to trust. */
static void environment_does_not_switch_verification_off(void **state)
{
    static const char *const variables[][2] = {
        {"CURL_INSECURE", "1"},         {"CURLOPT_SSL_VERIFYPEER", "0"},   {"SSL_VERIFY", "0"},
        {"SSL_NO_VERIFY", "1"},         {"GIT_SSL_NO_VERIFY", "1"},        {"NODE_TLS_REJECT_UNAUTHORIZED", "0"},
        {"PYTHONHTTPSVERIFY", "0"},     {"AWS_NO_VERIFY_SSL", "1"},        {"AWS_VERIFY_SSL", "false"},
        {"AWS_CA_BUNDLE", ""},          {"REQUESTS_CA_BUNDLE", ""},
    };
    tls_server *server = *state;

    for (size_t i = 0; i < COUNT(variables); i++)
        setenv(variables[i][0], variables[i][1], 1);
    tls_server_start(server);
    setenv("CURL_CA_BUNDLE", server->certificate, 1); /* the curl command alone reads it */
    check_tls(server, "a certificate nobody trusts", "localhost", false, DYNAMO_ERR_TLS);
    check_tls(server, "a trusted certificate for another host", "127.0.0.1", true, DYNAMO_ERR_TLS);
    unsetenv("CURL_CA_BUNDLE");
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i][0]);
    expect_no_complaints();
}

/* Another handle's connection takes up the session of the first. s_server serves one connection at a time: "q" ends it,
 * and the first handle is kept in hand so that it isn't it that goes on. */
static void handles_share_tls_sessions(void **state)
{
    const dynamo_deadline none   = {NULL, INT64_MAX};
    tls_server           *server = *state;
    dynamo_error          error  = {0};
    dynamo_handle        *first  = NULL;
    dynamo_client        *client;
    char                  endpoint[64];

    tls_server_start(server);
    snprintf(endpoint, sizeof(endpoint), "https://localhost:%d", server->port);
    client = client_of(endpoint, server->certificate, 0);
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_OK);
    assert_int_equal(atomic_load(&server->resumed), 0);
    assert_int_equal(write(server->input, "q\n", 2), 2);
    assert_int_equal(dynamo_pool_take(&client->core->pool, &none, &first, &error), DYNAMO_OK);
    assert_int_equal(make_call(client, true, NULL, &error), DYNAMO_OK);
    assert_int_equal(atomic_load(&server->resumed), 1);
    dynamo_pool_give(&client->core->pool, first);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bodies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_bodies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_heads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(redirects_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(checksums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(late_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timeout_of_the_whole_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(error_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_message_is_cut_between_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_code_and_request_id_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(request_id_on_success_and_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_code, set_up, tear_down),
        cmocka_unit_test(statuses_have_names_and_texts),
        cmocka_unit_test_setup_teardown(details_are_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(details_of_a_raw_call_are_raw, set_up, tear_down),
        cmocka_unit_test_setup_teardown(details_that_are_malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_keep_every_byte, set_up, tear_down),
#if JANSSON_VERSION_HEX >= 0x020E00
        cmocka_unit_test_setup_teardown(names_keep_nul, set_up, tear_down),
#endif
        cmocka_unit_test_setup_teardown(huge_body_is_refused_while_it_arrives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(body_of_40_megabytes_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(body_of_17_megabytes_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(huge_headers, set_up, tear_down),
        cmocka_unit_test(connection_refused),
        cmocka_unit_test(host_that_does_not_exist),
        cmocka_unit_test_setup_teardown(request_on_a_kept_connection_is_sent_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(connection_closed_while_idle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(body_that_did_not_go_out_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(raw_call_knows_writes_from_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_server_at_an_https_endpoint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(handles_share_tls_sessions, tls_prepare, tls_stop),
        cmocka_unit_test_setup_teardown(certificates_are_verified, tls_prepare, tls_stop),
        cmocka_unit_test_setup_teardown(certificates_that_have_expired_are_refused, tls_prepare, tls_stop),
        cmocka_unit_test_setup_teardown(environment_does_not_switch_verification_off, tls_prepare, tls_stop),
    };

    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
