/*
 * One HTTP exchange with a source of credentials, over a handle of its own: such exchanges are hours apart.
 *
 * Sources: "Use IMDSv2" (Amazon EC2 User Guide) and "Container credential provider" (AWS SDKs and Tools Reference
 * Guide) for the sources that no proxy may stand before. Our choice: 64 KB for an answer; no redirects.
 */
#include "dynamo_internal.h"

#include <limits.h>

#define LINES_MAX 16
#define FIRST_PAUSE_MS 100

/* The header, chained over the caller's own texts: libcurl's list would be a copy of secrets. Of `lines` there are
 * LINES_MAX: the macros of libcurl 8.23 want a pointer, not an array's name. */
static bool set_lines(const dynamo_fetch *fetch, CURL *easy, struct curl_slist *lines)
{
    static const char ours[][16] = { "Accept:", "Expect:", "Content-Type:" }; /* off */
    size_t            count      = 0;
    const size_t      off        = fetch->body != NULL ? 2 : 3;

    for (size_t i = 0; i < off; i++)
        lines[count++].data = (char *)ours[i];
    for (size_t i = 0; fetch->lines != NULL && fetch->lines[i] != NULL; i++) {
        if (count == LINES_MAX)
            return false;
        lines[count++].data = (char *)fetch->lines[i];
    }
    for (size_t i = 0; i < count; i++)
        lines[i].next = i + 1 < count ? &lines[i + 1] : NULL;
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK;
}

static bool set_method(const dynamo_fetch *fetch, CURL *easy)
{
    if (strcmp(fetch->method, "GET") == 0)
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, fetch->body != NULL ? fetch->body : "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body_length) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, fetch->method) == CURLE_OK;
}

/* After on_handle, which may have set a proxy. */
static bool set_direct(const dynamo_fetch *fetch, CURL *easy)
{
    return !fetch->direct || (curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
                              curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK);
}

static bool set_connect_time(const dynamo_fetch *fetch, CURL *easy)
{
    const int64_t limit = fetch->connect_timeout_ms;

    return limit == 0 ||
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, limit < LONG_MAX ? (long)limit : LONG_MAX) == CURLE_OK;
}

static dynamo_deadline own_deadline(const dynamo_fetch *fetch, const dynamo_settings *settings)
{
    dynamo_deadline own    = *fetch->deadline;
    const int64_t   limit  = fetch->timeout_ms != 0 ? fetch->timeout_ms : settings->attempt_timeout_ms;
    const int64_t   end_us = dynamo_deadline_from_now(limit);

    if (end_us < own.end_us)
        own.end_us = end_us;
    return own;
}

static dynamo_status judge(dynamo_fetch *fetch, dynamo_handle *handle, CURLcode code, dynamo_status ended,
                           dynamo_error *error)
{
    const char *operation = fetch->operation;
    curl_off_t  connected = 0;

    fetch->connected = curl_easy_getinfo(handle->easy, CURLINFO_PRETRANSFER_TIME_T, &connected) == CURLE_OK &&
                       connected > 0;
    if (ended == DYNAMO_ERR_CANCELED)
        return dynamo_fail(error, ended, "%s", dynamo_status_message(ended));
    if (ended != DYNAMO_OK)
        return dynamo_fail(error, ended, "%s: no whole answer within the time limit", operation);
    if (handle->body.full)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s: the answer is larger than %zu bytes", operation,
                           DYNAMO_FETCH_LIMIT);
    if (handle->body.failed)
        return dynamo_fail_memory(error);
    if (code != CURLE_OK)
        return dynamo_fail(error, dynamo_handle_status(code), "%s: %s", operation,
                           handle->reason[0] != '\0' ? handle->reason : curl_easy_strerror(code));
    if (!handle->head.complete)
        return dynamo_fail(error, DYNAMO_ERR_REQUEST_FAILED, "%s: the connection was closed within the headers",
                           operation);
    (void)curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &fetch->http_status);
    return DYNAMO_OK;
}

static dynamo_status exchange(dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_handle *handle,
                              dynamo_error *error)
{
    const dynamo_deadline deadline = own_deadline(fetch, settings);
    struct curl_slist     lines[LINES_MAX];
    dynamo_sigpipe        guard;
    dynamo_status         ended = DYNAMO_OK;
    CURLcode              code;

    handle->body.limit  = DYNAMO_FETCH_LIMIT;
    handle->body.secret = true;
    if (curl_easy_setopt(handle->easy, CURLOPT_URL, fetch->url) != CURLE_OK || !set_method(fetch, handle->easy) ||
        !set_lines(fetch, handle->easy, lines) || !set_direct(fetch, handle->easy) ||
        !set_connect_time(fetch, handle->easy))
        return dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "libcurl can't be set up: memory, or an option it lacks");
    dynamo_sigpipe_hold(&guard);
    code = dynamo_handle_transfer(handle, &deadline, &ended);
    dynamo_sigpipe_release(&guard);
    return judge(fetch, handle, code, ended, error);
}

static void report(const dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_status status, unsigned attempt,
                   int64_t start_us, int64_t delay_ms)
{
    const bool           refused = status == DYNAMO_OK && fetch->http_status >= 400;
    const dynamo_status  told_as = refused ? DYNAMO_ERR_CREDENTIALS : status;
    const dynamo_attempt told    = {
           .operation      = fetch->operation,
           .code           = told_as != DYNAMO_OK ? dynamo_status_name(told_as) : NULL,
           .status         = told_as,
           .http_status    = fetch->http_status,
           .attempt        = attempt,
           .duration_us    = dynamo_clock_monotonic_us() - start_us,
           .retry_delay_ms = delay_ms,
           .request_bytes  = (int64_t)fetch->body_length,
           .response_bytes = (int64_t)fetch->answer.length,
    };

    if (settings->on_attempt != NULL)
        settings->on_attempt(settings->context, &told);
}

static dynamo_status run_once(dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_error *error)
{
    dynamo_handle *handle = dynamo_handle_new(settings, NULL, error);
    dynamo_status  status;

    fetch->http_status = 0;
    fetch->connected   = false;
    dynamo_buffer_free(&fetch->answer);
    if (handle == NULL)
        return DYNAMO_ERR_OUT_OF_MEMORY;
    status        = exchange(fetch, settings, handle, error);
    fetch->answer = handle->body;
    handle->body  = (dynamo_buffer){ 0 };
    dynamo_handle_free(handle);
    return status;
}

/* Whether the answer says that the same request may fare better. */
static bool is_passing(const dynamo_fetch *fetch)
{
    if (fetch->passing == NULL || fetch->http_status >= 500)
        return fetch->http_status >= 500;
    for (const char *const *code = fetch->passing; fetch->answer.length > 0 && *code != NULL; code++)
        if (fetch->http_status >= 400 && strstr(fetch->answer.data, *code) != NULL)
            return true;
    return fetch->http_status == 429;
}

static bool is_worth_another(const dynamo_fetch *fetch, dynamo_status status, unsigned attempt)
{
    return attempt < fetch->attempts && dynamo_deadline_check(fetch->deadline) == DYNAMO_OK &&
           (status == DYNAMO_OK ? is_passing(fetch) : fetch->stubborn && status != DYNAMO_ERR_OUT_OF_MEMORY);
}

dynamo_status dynamo_fetch_run(dynamo_fetch *fetch, const dynamo_settings *settings, dynamo_error *error)
{
    for (unsigned attempt = 1;; attempt++) {
        const int64_t start_us = dynamo_clock_monotonic_us();
        dynamo_status status   = run_once(fetch, settings, error);
        const bool    again    = is_worth_another(fetch, status, attempt);
        const int64_t delay_ms = again ? (int64_t)FIRST_PAUSE_MS * attempt : -1;

        report(fetch, settings, status, attempt, start_us, delay_ms);
        if (!again || dynamo_deadline_pause(fetch->deadline, delay_ms * 1000) != DYNAMO_OK)
            return status;
    }
}
