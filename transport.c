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

static dynamo_status sign(const dynamo_exchange *exchange, dynamo_handle *handle, dynamo_error *error)
{
    const dynamo_credentials *keys = &exchange->keys->values;
    dynamo_buffer            *line = &handle->texts[DYNAMO_LINE_AUTHORIZATION];
    char                      timestamp[DYNAMO_TIMESTAMP_SIZE];
    uint8_t                   key[DYNAMO_HASH_SIZE];
    dynamo_header             headers[5];
    dynamo_sigv4_scope        scope   = { timestamp, exchange->region, "dynamodb" };
    dynamo_sigv4_request      request = { "POST", exchange->endpoint->path, "", headers, 0, exchange->body,
                                          exchange->body_length };
    bool                      done;

    dynamo_sigv4_timestamp(exchange->now, timestamp);
    headers[request.header_count++] = (dynamo_header){ "content-type", "application/x-amz-json-1.0" };
    headers[request.header_count++] = (dynamo_header){ "host", exchange->endpoint->host };
    headers[request.header_count++] = (dynamo_header){ "x-amz-date", timestamp };
    if (keys->session_token != NULL)
        headers[request.header_count++] = (dynamo_header){ "x-amz-security-token", keys->session_token };
    headers[request.header_count++] = (dynamo_header){ "x-amz-target", exchange->target };

    set_line(handle, DYNAMO_LINE_TARGET, "X-Amz-Target: ", exchange->target);
    set_line(handle, DYNAMO_LINE_DATE, "X-Amz-Date: ", timestamp);
    set_token_line(handle, keys->session_token);
    set_line(handle, DYNAMO_LINE_AUTHORIZATION, "Authorization: ", "");
    done = dynamo_keyring_signing_key(exchange->keyring, exchange->keys, &scope, key) &&
           dynamo_sigv4_authorization(line, &request, &scope, keys->access_key, key, &handle->scratch);
    dynamo_wipe(key, sizeof(key));
    handle->lines[DYNAMO_LINE_AUTHORIZATION].data = line->data;
    if (!done || handle->texts[DYNAMO_LINE_TARGET].failed || handle->texts[DYNAMO_LINE_DATE].failed ||
        handle->texts[DYNAMO_LINE_TOKEN].failed || line->failed)
        return dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "the request can't be signed: memory, or mbedTLS, failed");
    return DYNAMO_OK;
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

/* The URL hardly ever changes on a handle. Its text is compared, since an account's endpoint lives for one call. */
static CURLcode set_endpoint(const dynamo_exchange *exchange, dynamo_handle *handle)
{
    CURLcode code;

    if (handle->url.length > 0 && strcmp(handle->url.data, exchange->endpoint->url) == 0)
        return CURLE_OK;
    dynamo_buffer_clear(&handle->url);
    code = curl_easy_setopt(handle->easy, CURLOPT_URL, exchange->endpoint->url);
    set_line(handle, DYNAMO_LINE_HOST, "Host: ", exchange->endpoint->host);
    if (code != CURLE_OK || handle->texts[DYNAMO_LINE_HOST].failed)
        return CURLE_OUT_OF_MEMORY;
    dynamo_buffer_text(&handle->url, exchange->endpoint->url);
    return CURLE_OK;
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
    if (code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_SEND_FAIL_REWIND)
        return dynamo_fail(error, DYNAMO_ERR_REQUEST_FAILED, "%s closed the connection before it answered", host);
    return dynamo_fail(error, dynamo_handle_status(code), "%s: %s", host,
                       handle->reason[0] != '\0' ? handle->reason : curl_easy_strerror(code));
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
    dynamo_status  status;
    dynamo_status  ended = DYNAMO_OK;
    CURLcode       code;

    handle->head      = (dynamo_answer_head){ 0 };
    handle->reason[0] = '\0';
    handle->sends     = 0;
    handle->sent      = 0;
    dynamo_buffer_clear(&handle->body);
    status = sign(exchange, handle, error);
    if (status != DYNAMO_OK)
        return status;
    if (set_endpoint(exchange, handle) != CURLE_OK || set_body(exchange, handle) != CURLE_OK ||
        (is_stale(handle) && !dynamo_handle_disconnect(handle)))
        return dynamo_fail_memory(error);
    dynamo_sigpipe_hold(&guard);
    code = dynamo_handle_transfer(handle, exchange->deadline, &ended);
    dynamo_sigpipe_release(&guard);
    return judge(exchange, handle, code, ended, error);
}
