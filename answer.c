/*
 * What an answer means: its checksum, then either the operation's output or an error with its code, words and details.
 *
 * The order in which a code is looked for is that of botocore's JSON error parser.
 */
#include "dynamo_internal.h"

#include <stdio.h>

/* The body as the shape reads it, if it is an object and nothing else. `error` may be NULL. */
static json_t *read_body(const dynamo_shape *shape, const dynamo_buffer *body, dynamo_error *error)
{
    const dynamo_path root   = DYNAMO_PATH_ROOT("response");
    dynamo_reader     reader = { .start   = body->data,
                                 .next    = body->data,
                                 .end     = body->data + body->length,
                                 .failure = DYNAMO_ERR_BAD_RESPONSE,
                                 .error   = error };
    json_t           *value  = dynamo_read_shape(&reader, shape, &root);

    if (value == NULL)
        return NULL;
    if (!json_is_object(value))
        (void)dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer is JSON, but not an object");
    else if (dynamo_read_end(&reader))
        return value;
    json_decref(value);
    return NULL;
}

/* ---- Errors of the service --------------------------------------------------------------------------------------- */

/* An item in it that can't be read must not hide what the error is: then all of it stays as it came. NULL with
 * *no_memory: what it says isn't known. */
static json_t *read_error_body(const dynamo_message *message, const dynamo_buffer *body, bool *no_memory)
{
    dynamo_error failure = { 0 };
    json_t      *value   = NULL;

    if (body->length != 0)
        value = read_body(message->error_output, body, &failure);
    if (body->length != 0 && value == NULL && failure.status != DYNAMO_ERR_OUT_OF_MEMORY)
        value = read_body(&dynamo_shape_any, body, &failure);
    *no_memory = value == NULL && failure.status == DYNAMO_ERR_OUT_OF_MEMORY;
    return value;
}

static const char *string_member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* The code in its bare form; "" where the answer has none. */
static void find_code(char *code, size_t size, const json_t *body, const dynamo_answer_head *head)
{
    const char *text = string_member(body, "__type");

    if (text == NULL && head->error_type[0] != '\0')
        text = head->error_type;
    if (text == NULL)
        text = string_member(body, "code");
    if (text == NULL)
        text = "";
    dynamo_bare_code(code, size, text, strlen(text));
}

/* The service's words; a body that is no JSON is taken for them; else ours. */
static void find_words(dynamo_error *error, const json_t *body, const dynamo_buffer *text)
{
    const char *words = string_member(body, "message");

    if (words == NULL || words[0] == '\0')
        words = string_member(body, "Message");
    if (words != NULL && words[0] != '\0')
        dynamo_copy_text(error->message, sizeof(error->message), words, strlen(words));
    else if (body == NULL && text->length != 0)
        dynamo_copy_text(error->message, sizeof(error->message), text->data, text->length);
    else if (error->status == DYNAMO_ERR_UNKNOWN_SERVICE)
        (void)snprintf(error->message, sizeof(error->message),
                       "the service answered with HTTP status %ld and no reason", error->http_status);
}

/* What is left of the body once code and words are out. */
static void keep_details(const dynamo_message *message, dynamo_error *error, json_t *body)
{
    static const char told[][8] = { "__type", "message", "Message", "code" };
    json_t           *reasons;

    if (body == NULL)
        return;
    for (size_t i = 0; i < DYNAMO_COUNT(told); i++)
        if (json_is_string(json_object_get(body, told[i])))
            (void)json_object_del(body, told[i]);
    reasons = json_object_get(body, "throttlingReasons"); /* ThrottlingException alone spells it so */
    if (reasons != NULL && message->error_output != &dynamo_shape_any &&
        json_object_set_new_nocheck(body, "ThrottlingReasons", json_incref(reasons)) == 0)
        (void)json_object_del(body, "throttlingReasons");
    if (json_object_size(body) != 0)
        error->details = json_incref(body);
}

static dynamo_status read_error(const dynamo_message *message, const dynamo_exchange *exchange,
                                const dynamo_handle *handle, dynamo_error *error)
{
    bool          no_memory;
    json_t       *body = read_error_body(message, &handle->body, &no_memory);
    char          code[sizeof(error->code)];
    dynamo_status status;

    if (no_memory) {
        error->ambiguous = message->write && exchange->http_status >= 500;
        return dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "out of memory while reading why HTTP status %ld came",
                           exchange->http_status);
    }
    find_code(code, sizeof(code), body, &handle->head);
    status = dynamo_status_of_code(code);
    (void)dynamo_fail(error, status, "%s", dynamo_status_message(status));
    find_words(error, body, &handle->body);
    if (code[0] != '\0')
        memcpy(error->code, code, sizeof(code));
    error->retryable = dynamo_retry_class_of(status, exchange->http_status) != DYNAMO_RETRY_NEVER;
    /* 503 is said before execution; of the other server errors nobody knows. */
    error->ambiguous = message->write && (exchange->http_status == 500 || exchange->http_status == 502 ||
                                          exchange->http_status == 504 ||
                                          (exchange->http_status >= 500 && code[0] == '\0'));
    keep_details(message, error, body);
    json_decref(body);
    return status;
}

/* ---- Outputs ----------------------------------------------------------------------------------------------------- */

/* An answer that is empty altogether stays {}. Steals the output. */
static json_t *unwrap(json_t *output, const char *member, dynamo_error *error)
{
    json_t *inner = json_object_get(output, member);

    if (inner == NULL && json_object_size(output) == 0)
        return output;
    if (inner == NULL)
        (void)dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer has no %s", member);
    json_incref(inner);
    json_decref(output);
    return inner;
}

/* An error that came with the status of a success is none the less one. */
static bool is_error(const json_t *output, dynamo_error *error)
{
    const char *type = string_member(output, "__type");
    char        code[sizeof(error->code)];

    if (type == NULL)
        return false;
    dynamo_bare_code(code, sizeof(code), type, strlen(type));
    if (dynamo_status_of_code(code) == DYNAMO_ERR_UNKNOWN_SERVICE)
        return false;
    (void)dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer is an error with the HTTP status of a success: %s",
                      code);
    return true;
}

static json_t *read_output(const dynamo_message *message, const dynamo_buffer *body, dynamo_error *error)
{
    json_t *output;

    if (body->length == 0 && message->may_be_empty) {
        output = json_object();
        if (output == NULL)
            (void)dynamo_fail_memory(error);
        return output;
    }
    if (body->length == 0) {
        (void)dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer is empty");
        return NULL;
    }
    output = read_body(message->output, body, error);
    if (output != NULL && is_error(output, error)) {
        json_decref(output);
        return NULL;
    }
    return output != NULL && message->unwrap != NULL ? unwrap(output, message->unwrap, error) : output;
}

static dynamo_status read_page(const dynamo_message *message, const dynamo_buffer *body, dynamo_error *error)
{
    dynamo_paged *paged = message->paged;
    dynamo_status status;

    if (body->length == 0)
        return dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer is empty");
    status = dynamo_page_open(&paged->page, body->data, body->length, message->output, paged->list, error);
    if (status == DYNAMO_OK && is_error(paged->page.members, error)) {
        dynamo_page_close(&paged->page);
        status = error->status;
    }
    return status;
}

static dynamo_status check_crc32(const dynamo_handle *handle, dynamo_error *error)
{
    uint32_t computed;

    if (!handle->head.has_crc32)
        return DYNAMO_OK;
    computed = dynamo_crc32(handle->body.data, handle->body.length);
    if (computed == handle->head.crc32)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_CHECKSUM_MISMATCH,
                       "the answer's CRC-32 is %lu, its x-amz-crc32 header says %lu", (unsigned long)computed,
                       (unsigned long)handle->head.crc32);
}

dynamo_status dynamo_answer_read(const dynamo_message *message, const dynamo_exchange *exchange, dynamo_handle *handle,
                                 json_t **response, dynamo_error *error)
{
    dynamo_status status = check_crc32(handle, error);

    if (status == DYNAMO_OK && (exchange->http_status < 200 || exchange->http_status > 299))
        return read_error(message, exchange, handle, error);
    if (status == DYNAMO_OK && message->paged != NULL) {
        status = read_page(message, &handle->body, error);
    } else if (status == DYNAMO_OK) {
        *response = read_output(message, &handle->body, error);
        status    = *response != NULL ? DYNAMO_OK : error->status;
    }
    /* An answer came, and it can't be told what it was: a write may be done. */
    error->ambiguous = status != DYNAMO_OK && message->write;
    return status;
}
