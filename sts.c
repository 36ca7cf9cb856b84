/*
 * What AWS Security Token Service is asked for: the keys of a role.
 *
 * Sources: AWS Security Token Service API Reference, "AssumeRole", "AssumeRoleWithWebIdentity", "Common error types".
 * Requests are forms of the query protocol, answers XML.
 */
#include "dynamo_internal.h"

#include <stdio.h>

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define PATH_SIZE 128
#define LINES_MAX 6
#define ATTEMPTS 3

/* Codes of refusals that pass. */
static const char *const passing[] = { ">Throttling", ">RequestLimitExceeded", ">IDPCommunicationError", NULL };

/* ---- The request ------------------------------------------------------------------------------------------------- */

static void write_form(dynamo_buffer *out, const dynamo_sts_request *request)
{
    dynamo_buffer_text(out, "Action=");
    dynamo_buffer_text(out, request->action);
    dynamo_buffer_text(out, "&Version=2011-06-15");
    for (size_t i = 0; i < DYNAMO_STS_PARAMETERS && request->parameters[i].name != NULL; i++) {
        if (request->parameters[i].value == NULL)
            continue;
        dynamo_buffer_char(out, '&');
        dynamo_buffer_text(out, request->parameters[i].name);
        dynamo_buffer_char(out, '=');
        dynamo_buffer_encoded(out, request->parameters[i].value);
    }
}

/* The lines of a header, each with its own memory; the token's and the signature's are secret. */
typedef struct sts_lines {
    dynamo_buffer texts[LINES_MAX];
    const char   *lines[LINES_MAX + 1];
    size_t        count;
    bool          failed;
} sts_lines;

static dynamo_buffer *add_line(sts_lines *lines, const char *name, const char *value)
{
    dynamo_buffer *text = &lines->texts[lines->count++];

    text->secret = true;
    dynamo_buffer_text(text, name);
    dynamo_buffer_text(text, value);
    return text;
}

static void finish_lines(sts_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        lines->lines[i] = lines->texts[i].data;
        lines->failed   = lines->failed || lines->texts[i].failed;
    }
}

static void free_lines(sts_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        dynamo_buffer_free(&lines->texts[i]);
}

/* Adds the lines of a signature by SigV4. false: memory, or mbedTLS, failed. */
static bool sign(sts_lines *lines, const dynamo_source *source, const dynamo_endpoint *endpoint,
                 const dynamo_buffer *form, const dynamo_credentials *keys)
{
    char                 timestamp[DYNAMO_TIMESTAMP_SIZE];
    uint8_t              key[DYNAMO_HASH_SIZE];
    dynamo_buffer        scratch = { .secret = true };
    dynamo_header        headers[4];
    dynamo_sigv4_scope   scope   = { timestamp, source->settings->region, "sts" };
    dynamo_sigv4_request request = { "POST", endpoint->path, "", headers, 0 };
    dynamo_signer        signer;
    dynamo_buffer       *line;
    char                 signature[DYNAMO_SIGNATURE_LENGTH];
    bool                 done;

    dynamo_sigv4_timestamp(source->now, timestamp);
    headers[request.header_count++] = (dynamo_header){ "content-type", CONTENT_TYPE };
    headers[request.header_count++] = (dynamo_header){ "host", endpoint->host };
    headers[request.header_count++] = (dynamo_header){ "x-amz-date", timestamp };
    (void)add_line(lines, "X-Amz-Date: ", timestamp);
    if (keys->session_token != NULL) {
        headers[request.header_count++] = (dynamo_header){ "x-amz-security-token", keys->session_token };
        (void)add_line(lines, "X-Amz-Security-Token: ", keys->session_token);
    }
    line = add_line(lines, "Authorization: ", "");
    dynamo_sigv4_authorization(line, &request, &scope, keys->access_key);
    done = dynamo_signer_init(&signer) && dynamo_sigv4_signing_key(keys->secret_key, &scope, key) &&
           dynamo_signer_prepare(&signer, &request, &scope, key, &scratch) &&
           dynamo_signer_sign(&signer, form->data, form->length, signature);
    if (done)
        dynamo_buffer_append(line, signature, sizeof(signature));
    dynamo_signer_free(&signer);
    dynamo_wipe(key, sizeof(key));
    dynamo_buffer_free(&scratch);
    return done;
}

/* ---- The answer -------------------------------------------------------------------------------------------------- */

enum { FIELD_ACCESS_KEY, FIELD_SECRET_KEY, FIELD_TOKEN, FIELD_EXPIRATION, FIELD_ARN, FIELD_COUNT };

/* Without what stands around them, "AssumeRoleResponse/AssumeRoleResult". */
static const char *const field_paths[FIELD_COUNT] = {
    [FIELD_ACCESS_KEY] = "Credentials/AccessKeyId",     [FIELD_SECRET_KEY] = "Credentials/SecretAccessKey",
    [FIELD_TOKEN]      = "Credentials/SessionToken",    [FIELD_EXPIRATION] = "Credentials/Expiration",
    [FIELD_ARN]        = "AssumedRoleUser/Arn",
};

/* The account in "arn:aws:sts::123456789012:assumed-role/reader/session". NULL: it has none. */
static const char *account_of_arn(char *arn)
{
    for (int colons = 0; arn != NULL && colons < 4; colons++) {
        arn = strchr(arn, ':');
        arn = arn != NULL ? arn + 1 : NULL;
    }
    if (arn == NULL || strspn(arn, "0123456789") != 12 || arn[12] != ':')
        return NULL;
    arn[12] = '\0';
    return arn;
}

static dynamo_status keys_of_texts(dynamo_credentials *keys, dynamo_buffer texts[FIELD_COUNT], const char *action,
                                   dynamo_error *error)
{
    static const dynamo_key_names names  = { "AccessKeyId", "SecretAccessKey", "SessionToken", "Arn", "Expiration" };
    const dynamo_key_texts        values = {
               texts[FIELD_ACCESS_KEY].data,           texts[FIELD_SECRET_KEY].data, texts[FIELD_TOKEN].data,
               account_of_arn(texts[FIELD_ARN].data),  texts[FIELD_EXPIRATION].data,
    };
    char where[64];

    (void)snprintf(where, sizeof(where), " in the answer to %s", action);
    for (size_t i = 0; i <= FIELD_EXPIRATION; i++) {
        if (texts[i].failed)
            return dynamo_fail_memory(error);
        if (texts[i].length == 0 || strlen(texts[i].data) != texts[i].length)
            return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "there is no %s%s", strchr(field_paths[i], '/') + 1,
                               where);
    }
    return dynamo_keys_take(keys, &names, &values, DYNAMO_ERR_CREDENTIALS, where, error);
}

static dynamo_status read_keys(const dynamo_fetch *fetch, dynamo_credentials *keys, dynamo_error *error)
{
    char             paths[FIELD_COUNT][PATH_SIZE];
    dynamo_buffer    texts[FIELD_COUNT]  = { { 0 } };
    dynamo_xml_field fields[FIELD_COUNT] = { { 0 } };
    dynamo_status    status;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        texts[i].secret = true;
        (void)snprintf(paths[i], PATH_SIZE, "%sResponse/%sResult/%s", fetch->operation, fetch->operation,
                       field_paths[i]);
        fields[i] = (dynamo_xml_field){ .path = paths[i], .text = &texts[i] };
    }
    if (fetch->answer.length > 0 && dynamo_xml_read(fetch->answer.data, fetch->answer.length, fields, FIELD_COUNT))
        status = keys_of_texts(keys, texts, fetch->operation, error);
    else
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "the answer to %s isn't the XML that was expected",
                             fetch->operation);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        dynamo_buffer_free(&texts[i]);
    return status;
}

/* The service's own words where it sent some. */
static dynamo_status fail_refused(const dynamo_fetch *fetch, const char *for_what, dynamo_error *error)
{
    dynamo_buffer    code = { 0 }, message = { 0 };
    dynamo_xml_field fields[] = {
        { .path = "ErrorResponse/Error/Code", .text = &code },
        { .path = "ErrorResponse/Error/Message", .text = &message },
        { .path = "ErrorResponse/Errors/Error/Code", .text = &code }, /* of servers that stand in for STS */
        { .path = "ErrorResponse/Errors/Error/Message", .text = &message },
    };

    if (fetch->answer.length > 0 &&
        dynamo_xml_read(fetch->answer.data, fetch->answer.length, fields, DYNAMO_COUNT(fields)) && code.length > 0)
        (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s %s: %s: %s", fetch->operation, for_what, code.data,
                          message.length > 0 ? message.data : "no reason was given");
    else
        (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s %s: HTTP status %ld without a reason", fetch->operation,
                          for_what, fetch->http_status);
    dynamo_buffer_free(&code);
    dynamo_buffer_free(&message);
    return DYNAMO_ERR_CREDENTIALS;
}

/* ---- Both -------------------------------------------------------------------------------------------------------- */

static dynamo_status ask(const dynamo_source *source, const dynamo_sts_request *request,
                         const dynamo_endpoint *endpoint, dynamo_credentials *keys, dynamo_error *error)
{
    dynamo_buffer form  = { .secret = true };
    sts_lines     lines = { 0 };
    dynamo_fetch  fetch = {
         .operation = request->action,
         .attempts  = ATTEMPTS,
         .stubborn  = true,
         .passing   = passing,
         .method    = "POST",
         .url       = endpoint->url,
         .lines     = lines.lines,
         .deadline  = source->deadline,
    };
    dynamo_status status;

    write_form(&form, request);
    (void)add_line(&lines, "Host: ", endpoint->host);
    (void)add_line(&lines, "Content-Type: ", CONTENT_TYPE);
    if (form.failed || (request->signer != NULL && !sign(&lines, source, endpoint, &form, request->signer)))
        lines.failed = true;
    finish_lines(&lines);
    fetch.body        = form.data;
    fetch.body_length = form.length;
    status            = lines.failed ? dynamo_fail_memory(error) : dynamo_fetch_run(&fetch, source->settings, error);
    if (status == DYNAMO_OK && fetch.http_status == 200)
        status = read_keys(&fetch, keys, error);
    else if (status == DYNAMO_OK)
        status = fail_refused(&fetch, request->role, error);
    dynamo_buffer_free(&fetch.answer);
    dynamo_buffer_free(&form);
    free_lines(&lines);
    return status;
}

dynamo_status dynamo_sts_ask(const dynamo_source *source, const dynamo_sts_request *request, dynamo_credentials *keys,
                             dynamo_error *error)
{
    dynamo_endpoint endpoint = { 0 };
    dynamo_status   status   = dynamo_endpoint_of_service(&endpoint, &source->settings->hosts, DYNAMO_SERVICE_STS,
                                                          source->settings->region, error);

    if (status == DYNAMO_OK)
        status = ask(source, request, &endpoint, keys, error);
    dynamo_endpoint_free(&endpoint);
    return status;
}
