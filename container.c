/*
 * Keys from the agent of a container: Amazon ECS, EKS Pod Identity, and whatever speaks their protocol.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Container credential provider". The hosts that plain HTTP may go to are
 * those of the guide; a name is never looked up to find out whether it is a loopback address.
 */
#include "dynamo_internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define ECS_HOST "http://169.254.170.2"
#define ATTEMPTS 3
#define TIMEOUT_MS 2000

static const char relative_uri[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
static const char full_uri[]     = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
static const char token_file[]   = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
static const char token_value[]  = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/* ---- Where to -------------------------------------------------------------------------------------------------- */

static bool is_loopback(const char *host)
{
    struct in_addr  four;
    struct in6_addr six;

    if (curl_strequal(host, "localhost"))
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool is_agent(const char *host)
{
    struct in6_addr address, eks;

    if (strcmp(host, "169.254.170.2") == 0 || strcmp(host, "169.254.170.23") == 0)
        return true;
    return inet_pton(AF_INET6, "fd00:ec2::23", &eks) == 1 && inet_pton(AF_INET6, host, &address) == 1 &&
           memcmp(&address, &eks, sizeof(eks)) == 0;
}

/* "[::1]" to "::1" */
static void strip_brackets(char *host)
{
    size_t length = strlen(host);

    if (length < 2 || host[0] != '[' || host[length - 1] != ']')
        return;
    memmove(host, host + 1, length - 2);
    host[length - 2] = '\0';
}

/* NULL, or why the URL isn't asked; *code tells memory's fault from the URL's. */
static const char *url_fault(CURLU *parts, const char *url, CURLUcode *code)
{
    char       *scheme = NULL, *host = NULL, *user = NULL;
    const char *fault = NULL;

    *code = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME); /* those of a small libcurl too */
    if (*code == CURLUE_OK)
        *code = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
    if (*code == CURLUE_OK)
        *code = curl_url_get(parts, CURLUPART_HOST, &host, 0);
    if (*code != CURLUE_OK)
        fault = "isn't a URL";
    else if (curl_url_get(parts, CURLUPART_USER, &user, 0) != CURLUE_NO_USER)
        fault = "has a user name, which isn't sent";
    else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
        fault = "is neither http nor https";
    if (fault == NULL && strcmp(scheme, "http") == 0) {
        strip_brackets(host);
        if (!is_loopback(host) && !is_agent(host))
            fault = "is plain http to a host that is none of localhost, 127.0.0.0/8, [::1], 169.254.170.2, "
                    "169.254.170.23 and [fd00:ec2::23]: use https";
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    return fault;
}

static dynamo_status check_url(const char *url, dynamo_error *error)
{
    CURLU      *parts = curl_url();
    CURLUcode   code;
    const char *fault;

    if (parts == NULL)
        return dynamo_fail_memory(error);
    fault = url_fault(parts, url, &code);
    curl_url_cleanup(parts);
    if (code == CURLUE_OUT_OF_MEMORY)
        return dynamo_fail_memory(error);
    return fault == NULL ? DYNAMO_OK : dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s %s", full_uri, fault);
}

/* Leaves the URL empty where the container's variables are unset. */
static dynamo_status find_url(dynamo_buffer *url, const dynamo_settings *settings, dynamo_error *error)
{
    const char *relative = dynamo_settings_variable(settings, relative_uri);
    const char *full     = dynamo_settings_variable(settings, full_uri);

    if (relative != NULL && *relative != '/')
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s doesn't begin with /", relative_uri);
    if (relative != NULL) {
        dynamo_buffer_text(url, ECS_HOST);
        dynamo_buffer_text(url, relative);
    } else if (full != NULL) {
        dynamo_buffer_text(url, full);
    }
    if (url->failed)
        return dynamo_fail_memory(error);
    return relative == NULL && full != NULL ? check_url(full, error) : DYNAMO_OK;
}

/* The Authorization line; empty where there is no token. */
static dynamo_status find_line(dynamo_buffer *line, const dynamo_settings *settings, dynamo_error *error)
{
    const char   *file   = dynamo_settings_variable(settings, token_file);
    const char   *value  = dynamo_settings_variable(settings, token_value);
    dynamo_buffer token  = { .secret = true };
    dynamo_status status = DYNAMO_OK;

    if (file == NULL && value == NULL)
        return DYNAMO_OK;
    if (file != NULL)
        status = dynamo_token_read(&token, file, token_file, error);
    else if (strpbrk(value, "\r\n") != NULL)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s has a line break, which can't be sent", token_value);
    line->secret = true;
    dynamo_buffer_text(line, "Authorization: ");
    dynamo_buffer_text(line, file == NULL ? value : token.data != NULL ? token.data : "");
    dynamo_buffer_free(&token);
    return status == DYNAMO_OK && line->failed ? dynamo_fail_memory(error) : status;
}

/* ---- What comes back --------------------------------------------------------------------------------------------- */

static dynamo_status read_keys(const dynamo_buffer *answer, dynamo_credentials *keys, dynamo_error *error)
{
    static const char             what[] = "the answer of the container's credentials endpoint";
    static const dynamo_key_names names  = { "AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration" };
    dynamo_wanted                 wanted[] = {
                        { NULL, names.access_key, NULL }, { NULL, names.secret_key, NULL },
                        { NULL, names.session_token, NULL }, { NULL, names.account_id, NULL },
                        { NULL, names.expiration, NULL },
    };
    dynamo_status status = dynamo_wanted_read(answer->data, answer->length, wanted, DYNAMO_COUNT(wanted), what, error);

    if (status == DYNAMO_OK) {
        const dynamo_key_texts values = { wanted[0].text, wanted[1].text, wanted[2].text, wanted[3].text,
                                          wanted[4].text };

        status = dynamo_keys_of_answer(keys, &names, &values, what, error);
    }
    dynamo_wanted_free(wanted, DYNAMO_COUNT(wanted));
    return status;
}

static dynamo_status ask(const dynamo_source *source, const char *url, const char *line, dynamo_credentials *keys,
                         dynamo_error *error)
{
    const char *const lines[] = { "Accept: application/json", line, NULL };
    dynamo_fetch      fetch   = {
                .operation          = "GetContainerCredentials",
                .attempts           = ATTEMPTS,
                .stubborn           = true,
                .method             = "GET",
                .url                = url,
                .lines              = lines,
                .direct             = true,
                .connect_timeout_ms = TIMEOUT_MS,
                .timeout_ms         = TIMEOUT_MS,
                .deadline           = source->deadline,
    };
    dynamo_status status = dynamo_fetch_run(&fetch, source->settings, error);

    if (status == DYNAMO_OK && fetch.http_status != 200)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "the container's credentials endpoint answered HTTP %ld",
                             fetch.http_status);
    if (status == DYNAMO_OK)
        status = read_keys(&fetch.answer, keys, error);
    dynamo_buffer_free(&fetch.answer);
    return status;
}

dynamo_status dynamo_container_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                    dynamo_error *error)
{
    dynamo_buffer url    = { 0 };
    dynamo_buffer line   = { .secret = true };
    dynamo_status status = find_url(&url, source->settings, error);

    if (status == DYNAMO_OK && url.length == 0) {
        dynamo_buffer_text(reason, "AWS_CONTAINER_CREDENTIALS_*_URI is unset");
        goto done;
    }
    if (status == DYNAMO_OK)
        status = find_line(&line, source->settings, error);
    if (status == DYNAMO_OK)
        status = ask(source, url.data, line.data, keys, error);
done:
    dynamo_buffer_free(&url);
    dynamo_buffer_free(&line);
    return status;
}
