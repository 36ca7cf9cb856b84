/*
 * One exchange over one handle: sign, send, receive. What the answer means is not its business.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <sys/socket.h>

/* ---- The request ------------------------------------------------------------------------------------------------- */

static void set_line(dynamo_handle *handle, dynamo_header_line line, const char *name, const char *value)
{
    dynamo_buffer *text = &handle->texts[line];

    dynamo_buffer_clear(text);
    dynamo_buffer_text(text, name);
    dynamo_buffer_text(text, value);
    handle->lines[line].data = text->data;
}

/* The token's line is rewritten only when the token changes, and its memory wiped first. */
static void set_token_line(dynamo_handle *handle, const char *token)
{
    static const char name[] = "X-Amz-Security-Token: ";
    dynamo_buffer    *text   = &handle->texts[DYNAMO_LINE_TOKEN];

    handle->lines[DYNAMO_LINE_AUTHORIZATION].next = token != NULL ? &handle->lines[DYNAMO_LINE_TOKEN] : NULL;
    if (token != NULL && text->data != NULL && !text->failed && text->length > sizeof(name) - 1 &&
        strcmp(text->data + sizeof(name) - 1, token) == 0)
        return;
    dynamo_wipe(text->data, text->capacity);
    if (token != NULL)
        set_line(handle, DYNAMO_LINE_TOKEN, name, token);
}

static bool any_line_failed(const dynamo_handle *handle)
{
    for (size_t i = DYNAMO_LINE_TARGET; i < DYNAMO_LINE_COUNT; i++)
        if (handle->texts[i].failed)
            return true;
    return false;
}

/* All lines that the signature covers, and the beginning of the one that it ends. */
static bool set_signed_lines(const dynamo_exchange *exchange, dynamo_handle *handle,
                             const dynamo_sigv4_request *request, const dynamo_sigv4_scope *scope)
{
    static const char placeholder[DYNAMO_SIGNATURE_LENGTH];
    dynamo_buffer    *authorization = &handle->texts[DYNAMO_LINE_AUTHORIZATION];

    set_line(handle, DYNAMO_LINE_TARGET, "X-Amz-Target: ", exchange->target);
    set_line(handle, DYNAMO_LINE_DATE, "X-Amz-Date: ", scope->timestamp);
    set_token_line(handle, exchange->keys->values.session_token);
    set_line(handle, DYNAMO_LINE_AUTHORIZATION, "Authorization: ", "");
    dynamo_sigv4_authorization(authorization, request, scope, exchange->keys->values.access_key);
    dynamo_buffer_append(authorization, placeholder, sizeof(placeholder));
    handle->lines[DYNAMO_LINE_AUTHORIZATION].data = authorization->data;
    return !any_line_failed(handle);
}

/* Everything but the signature itself, which the body decides on. */
static bool prepare(const dynamo_exchange *exchange, dynamo_handle *handle)
{
    const char          *token = exchange->keys->values.session_token;
    char                 timestamp[DYNAMO_TIMESTAMP_SIZE];
    uint8_t              key[DYNAMO_HASH_SIZE];
    dynamo_header        headers[5];
    dynamo_sigv4_scope   scope   = { timestamp, exchange->region, "dynamodb" };
    dynamo_sigv4_request request = { "POST", exchange->endpoint->path, "", headers, 0 };
    bool                 done;

    dynamo_sigv4_timestamp(exchange->now, timestamp);
    headers[request.header_count++] = (dynamo_header){ "content-type", "application/x-amz-json-1.0" };
    headers[request.header_count++] = (dynamo_header){ "host", exchange->endpoint->host };
    headers[request.header_count++] = (dynamo_header){ "x-amz-date", timestamp };
    if (token != NULL)
        headers[request.header_count++] = (dynamo_header){ "x-amz-security-token", token };
    headers[request.header_count++] = (dynamo_header){ "x-amz-target", exchange->target };

    done = set_signed_lines(exchange, handle, &request, &scope) &&
           dynamo_keyring_signing_key(exchange->keyring, exchange->keys, &scope, key) &&
           dynamo_signer_prepare(&handle->signer, &request, &scope, key, &handle->scratch);
    dynamo_wipe(key, sizeof(key));
    return done;
}

/* Within a second a busy handle mostly sends requests that differ in their body alone. */
static bool is_prepared(const dynamo_exchange *exchange, const dynamo_handle *handle)
{
    const char *target = handle->lines[DYNAMO_LINE_TARGET].data;

    return handle->signed_by == exchange->keys->number && handle->signed_at == exchange->now &&
           strcmp(target + strlen("X-Amz-Target: "), exchange->target) == 0;
}

static bool sign(const dynamo_exchange *exchange, dynamo_handle *handle)
{
    dynamo_buffer *authorization = &handle->texts[DYNAMO_LINE_AUTHORIZATION];

    if (!is_prepared(exchange, handle)) {
        handle->signed_by = 0;
        if (!prepare(exchange, handle))
            return false;
        handle->signed_by = exchange->keys->number;
        handle->signed_at = exchange->now;
    }
    set_line(handle, DYNAMO_LINE_INVOCATION_ID, "amz-sdk-invocation-id: ", exchange->invocation_id);
    set_line(handle, DYNAMO_LINE_SDK_REQUEST, "amz-sdk-request: ", exchange->sdk_request);
    return !any_line_failed(handle) &&
           dynamo_signer_sign(&handle->signer, exchange->body, exchange->body_length,
                              authorization->data + authorization->length - DYNAMO_SIGNATURE_LENGTH);
}

static CURLcode set_body(const dynamo_exchange *exchange, dynamo_handle *handle)
{
#if DYNAMO_CURL_LACKS_PREREQ
    handle->upload        = exchange->body;
    handle->upload_length = exchange->body_length;
#else
    CURLcode code = curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDS, exchange->body);

    if (code != CURLE_OK)
        return code;
#endif
    return curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body_length);
}

/*
 * The URL hardly ever changes on a handle, and parsing it for each request would cost libcurl 10,000 instructions. Its
 * text is compared, since an account's endpoint lives for one call.
 */
static bool set_endpoint(const dynamo_exchange *exchange, dynamo_handle *handle)
{
    const char *url = exchange->endpoint->url;

    if (handle->url.length > 0 && strcmp(handle->url.data, url) == 0)
        return true;
    dynamo_buffer_clear(&handle->url);
    handle->signed_by = 0; /* the host is signed too */
    if (handle->parsed_url == NULL)
        handle->parsed_url = curl_url();
    if (handle->parsed_url == NULL ||
        curl_url_set(handle->parsed_url, CURLUPART_URL, url, CURLU_PATH_AS_IS) != CURLUE_OK ||
        curl_easy_setopt(handle->easy, CURLOPT_URL, NULL) != CURLE_OK || /* forgets the one before */
        curl_easy_setopt(handle->easy, CURLOPT_CURLU, handle->parsed_url) != CURLE_OK)
        return false;
    set_line(handle, DYNAMO_LINE_HOST, "Host: ", exchange->endpoint->host);
    if (handle->texts[DYNAMO_LINE_HOST].failed)
        return false;
    dynamo_buffer_text(&handle->url, url);
    return true;
}

/*
 * Whether there is something to read on a connection before anything was asked: its end, or what a server said beyond
 * the length it announced, which would be taken for the next answer. libcurl from 8.0 on sees to the latter, and the
 * newest look for the end only when a connection has been idle for a while. Over TLS nothing can be left that an answer
 * doesn't come behind.
 */
static bool is_stale(const dynamo_handle *handle)
{
    char byte;

    for (size_t i = 0; i < handle->socket_count; i++)
        if (recv(handle->sockets[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
            (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
            return true;
    return false;
}

/* ---- The transfer ------------------------------------------------------------------------------------------------ */

/* Where libcurl wanted to begin anew before it could be asked, nobody knows: a server can be that quick. */
static bool went_out_whole(const dynamo_exchange *exchange, const dynamo_handle *handle)
{
    return handle->sent >= (curl_off_t)exchange->body_length || (handle->sends > 1 && handle->sent == 0);
}

static dynamo_status fail_transfer(const dynamo_handle *handle, CURLcode code, const char *host, dynamo_error *error)
{
    if (handle->body.full)
        return dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the answer of %s is larger than %zu bytes", host,
                           DYNAMO_BODY_LIMIT);
    if (handle->body.failed)
        return dynamo_fail_memory(error);
    if (handle->head_size > DYNAMO_HEAD_LIMIT)
        return dynamo_fail(error, DYNAMO_ERR_BAD_RESPONSE, "the headers of %s are larger than %zu bytes", host,
                           DYNAMO_HEAD_LIMIT);
    if (code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_SEND_FAIL_REWIND)
        return dynamo_fail(error, DYNAMO_ERR_REQUEST_FAILED, "%s closed the connection before it answered", host);
    (void)dynamo_fail(error, dynamo_handle_status(code), "%s: %s", host,
                      handle->reason[0] != '\0' ? handle->reason : curl_easy_strerror(code));
    /* A certificate that isn't trusted won't be the next time; a handshake that broke may go well. */
    error->retryable = error->retryable || code == CURLE_SSL_CONNECT_ERROR;
    return error->status;
}

static dynamo_status fail_ended(dynamo_status ended, const char *host, dynamo_error *error)
{
    if (ended == DYNAMO_ERR_CANCELED)
        return dynamo_fail(error, ended, "%s", dynamo_status_message(ended));
    return dynamo_fail(error, ended, "no whole answer from %s within the time limit", host);
}

static dynamo_status judge(dynamo_exchange *exchange, dynamo_handle *handle, CURLcode code, dynamo_status ended,
                           dynamo_error *error)
{
    const char *host = exchange->endpoint->host;
    dynamo_status status;

    if (handle->head.complete)
        (void)curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &exchange->http_status);
    if (ended != DYNAMO_OK)
        status = fail_ended(ended, host, error);
    else if (code != CURLE_OK)
        status = fail_transfer(handle, code, host, error);
    else if (!handle->head.complete)
        status = dynamo_fail(error, DYNAMO_ERR_REQUEST_FAILED, "%s closed the connection within its headers", host);
    else
        return DYNAMO_OK;
    exchange->may_have_been_executed = went_out_whole(exchange, handle);
    return status;
}

dynamo_status dynamo_exchange_run(dynamo_exchange *exchange, dynamo_handle *handle, dynamo_error *error)
{
    dynamo_sigpipe guard;
    dynamo_status  ended = DYNAMO_OK;
    CURLcode       code;

    handle->head      = (dynamo_answer_head){ 0 };
    handle->reason[0] = '\0';
    handle->sends     = 0;
    handle->sent      = 0;
    dynamo_buffer_clear(&handle->body);
    if (!set_endpoint(exchange, handle) || !sign(exchange, handle))
        return dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "the request can't be signed: memory, or mbedTLS, failed");
    if (set_body(exchange, handle) != CURLE_OK || (is_stale(handle) && !dynamo_handle_disconnect(handle)))
        return dynamo_fail_memory(error);
    dynamo_sigpipe_hold(&guard);
    code = dynamo_handle_transfer(handle, exchange->deadline, &ended);
    dynamo_sigpipe_release(&guard);
    return judge(exchange, handle, code, ended, error);
}
