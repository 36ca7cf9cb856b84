/*
 * Exchanges with the services behind `aws sso login` and `aws login`: JSON both ways, unsigned, since they know a
 * caller by a token.
 *
 * Sources: IAM Identity Center Portal API Reference, IAM Identity Center OIDC API Reference, AWS Sign-In API Reference.
 */
#include "dynamo_internal.h"

#define LINES_MAX 4
#define ATTEMPTS 3

/* Codes of refusals that pass. */
static const char *const passing[] = { "slow_down", "SlowDownException", "TooManyRequests", NULL };

dynamo_status dynamo_sign_in_url(dynamo_buffer *url, const dynamo_source *source, dynamo_service service,
                                 const char *region, const char *path, dynamo_error *error)
{
    dynamo_endpoint endpoint = { 0 };
    dynamo_status   status   = dynamo_endpoint_of_service(&endpoint, &source->settings->hosts, service, region, error);

    if (status != DYNAMO_OK)
        return status;
    dynamo_buffer_text(url, endpoint.url);
    if (!url->failed && url->length > 0 && url->data[url->length - 1] == '/')
        url->data[--url->length] = '\0'; /* the path begins with one */
    dynamo_buffer_text(url, path);
    dynamo_endpoint_free(&endpoint);
    return url->failed ? dynamo_fail_memory(error) : DYNAMO_OK;
}

/* In the service's own words where it sent some: OAuth has an error and its description, AWS a message. */
static dynamo_status fail_refused(const dynamo_fetch *fetch, const char *help, dynamo_error *error)
{
    dynamo_wanted words[] = { { .name = "error" }, { .name = "error_description" }, { .name = "message" } };
    const char   *code, *message;

    (void)dynamo_wanted_read(fetch->answer.data, fetch->answer.length, words, DYNAMO_COUNT(words), "", NULL);
    code    = words[0].text;
    message = words[1].text != NULL ? words[1].text : words[2].text;
    (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s: HTTP status %ld%s%s%s%s%s", fetch->operation,
                      fetch->http_status, code != NULL ? ": " : "", code != NULL ? code : "",
                      message != NULL ? ": " : "", message != NULL ? message : "",
                      fetch->http_status == 401 && help != NULL ? help : "");
    dynamo_wanted_free(words, DYNAMO_COUNT(words));
    return DYNAMO_ERR_CREDENTIALS;
}

/* A line break in a token would begin another line of the header. */
static bool is_one_line(const dynamo_buffer *line)
{
    for (size_t i = 0; i < line->length; i++)
        if ((unsigned char)line->data[i] < ' ' || line->data[i] == 0x7F)
            return false;
    return true;
}

dynamo_status dynamo_sign_in_ask(const dynamo_source *source, const dynamo_sign_in_request *request,
                                 dynamo_wanted *wanted, size_t count, dynamo_error *error)
{
    const char   *lines[LINES_MAX] = { NULL };
    size_t        used             = 0;
    dynamo_fetch  fetch            = {
                    .operation = request->operation,
                    .attempts  = ATTEMPTS,
                    .stubborn  = true,
                    .passing   = passing,
                    .method    = "GET",
                    .url       = request->url,
                    .lines     = lines,
                    .deadline  = source->deadline,
    };
    dynamo_status status;

    if (request->line != NULL)
        lines[used++] = request->line->data;
    if (request->body != NULL) {
        lines[used++]     = "Content-Type: application/json";
        fetch.method      = "POST";
        fetch.body        = request->body->data;
        fetch.body_length = request->body->length;
    }
    if ((request->line != NULL && request->line->failed) || (request->body != NULL && request->body->failed))
        return dynamo_fail_memory(error);
    if (request->line != NULL && !is_one_line(request->line))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s: the token has a control character such as a line break",
                           request->operation);
    status = dynamo_fetch_run(&fetch, source->settings, error);
    if (status == DYNAMO_OK && fetch.http_status == 200)
        status = dynamo_wanted_read(fetch.answer.data, fetch.answer.length, wanted, count, fetch.operation, error);
    else if (status == DYNAMO_OK)
        status = fail_refused(&fetch, request->help, error);
    dynamo_buffer_free(&fetch.answer);
    return status;
}

void dynamo_sign_in_member(dynamo_buffer *body, const char *name, const char *value)
{
    dynamo_buffer_char(body, body->length == 0 ? '{' : ',');
    (void)dynamo_write_string(body, name, strlen(name));
    dynamo_buffer_char(body, ':');
    (void)dynamo_write_string(body, value, strlen(value)); /* UTF-8: it comes from JSON, or is ASCII */
}

bool dynamo_sign_in_moment(const char *seconds, int64_t now, int64_t *moment)
{
    int64_t value = 0;

    if (seconds == NULL || *seconds == '\0' || strlen(seconds) > 9)
        return false;
    for (; *seconds >= '0' && *seconds <= '9'; seconds++)
        value = value * 10 + (*seconds - '0');
    *moment = now + value;
    return *seconds == '\0' && value > 0;
}
