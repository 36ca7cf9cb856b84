/*
 * Keys of the role of an EC2 instance, from the instance metadata service, IMDSv2 and where it has to be version 1.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "IMDS credential provider"; Amazon EC2 User Guide, "Use the Instance
 * Metadata Service". As botocore does it: a token that is refused with 403, 404 or 405, or that no answer comes for on
 * a connection that stands, as where the answer has to go one hop too far, means version 1. Our choice: where nothing
 * answers at all, there is one attempt, so that a machine that isn't EC2's isn't held up for long.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TOKEN_PATH "/latest/api/token"
#define KEYS_PATH "/latest/meta-data/iam/security-credentials/"
#define TOKEN_LINE "x-aws-ec2-metadata-token: "

#define TIMEOUT_S 1.0
#define TIMEOUT_MAX_S 3600.0
#define ATTEMPTS 3 /* while it answers that it can't */
#define ATTEMPTS_MAX 100

/* What one look at the service works with. */
typedef struct metadata_service {
    const dynamo_source *source;
    dynamo_buffer        base;     /* "http://169.254.169.254" */
    dynamo_buffer        line;     /* TOKEN_LINE and the token; empty: version 1 */
    bool                 answered; /* something did */
    bool                 only_v2;
    int64_t              timeout_ms;
    unsigned             attempts;
    bool                 stubborn;
} metadata_service;

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

/* The variable, else the client's profile's key. */
static const char *setting(const dynamo_source *source, const char *variable, const char *key)
{
    const char *value = dynamo_settings_variable(source->settings, variable);

    return value != NULL ? value : dynamo_settings_key(source->settings, source->settings->profile, key);
}

static bool is_true(const char *text)
{
    return text != NULL && strcasecmp(text, "true") == 0;
}

static dynamo_status choose_base(metadata_service *metadata, dynamo_error *error)
{
    const char *given = setting(metadata->source, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    const char *mode  = setting(metadata->source, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                "ec2_metadata_service_endpoint_mode");
    size_t      length;

    if (given != NULL && ((strncasecmp(given, "http://", 7) != 0 && strncasecmp(given, "https://", 8) != 0) ||
                          strpbrk(given, "@?#") != NULL))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "AWS_EC2_METADATA_SERVICE_ENDPOINT isn't a plain URL such as http://169.254.169.254");
    if (given == NULL && mode != NULL && strcasecmp(mode, "ipv4") != 0 && strcasecmp(mode, "ipv6") != 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is neither IPv4 nor IPv6");
    if (given == NULL)
        given = mode != NULL && strcasecmp(mode, "ipv6") == 0 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    length = strlen(given);
    while (given[length - 1] == '/')
        length--;
    dynamo_buffer_append(&metadata->base, given, length);
    return metadata->base.failed ? dynamo_fail_memory(error) : DYNAMO_OK;
}

/* A number above 0, decimals allowed. */
static bool read_number(const char *text, double most, double *number)
{
    if (text[strspn(text, "0123456789.")] != '\0' || dynamo_number_refusal(text, strlen(text)) != NULL)
        return false;
    *number = dynamo_real_value(text, strlen(text));
    return *number > 0 && *number <= most;
}

static dynamo_status choose_limits(metadata_service *metadata, dynamo_error *error)
{
    const char *timeout  = setting(metadata->source, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
    const char *attempts = setting(metadata->source, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                   "metadata_service_num_attempts");
    double      seconds  = TIMEOUT_S;
    double      count    = ATTEMPTS;

    if (timeout != NULL && !read_number(timeout, TIMEOUT_MAX_S, &seconds))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "AWS_METADATA_SERVICE_TIMEOUT isn't a number of seconds");
    if (attempts != NULL && (!read_number(attempts, ATTEMPTS_MAX, &count) || count < 1))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "AWS_METADATA_SERVICE_NUM_ATTEMPTS isn't 1 to %d",
                           ATTEMPTS_MAX);
    metadata->timeout_ms = (int64_t)(seconds * 1000) + 1;
    metadata->attempts   = (unsigned)count;
    metadata->stubborn   = attempts != NULL;
    metadata->only_v2    = is_true(setting(metadata->source, "AWS_EC2_METADATA_V1_DISABLED",
                                           "ec2_metadata_v1_disabled"));
    return DYNAMO_OK;
}

/* ---- Exchanges --------------------------------------------------------------------------------------------------- */

static dynamo_status fetch_path(metadata_service *metadata, dynamo_fetch *fetch, const char *path, const char *name,
                                dynamo_error *error)
{
    dynamo_buffer url = { 0 };
    dynamo_status status;

    dynamo_buffer_text(&url, metadata->base.data);
    dynamo_buffer_text(&url, path);
    dynamo_buffer_text(&url, name);
    if (url.failed)
        return dynamo_fail_memory(error);
    fetch->url                = url.data;
    fetch->attempts           = metadata->attempts;
    fetch->stubborn           = metadata->stubborn;
    fetch->direct             = true;
    fetch->connect_timeout_ms = metadata->timeout_ms;
    fetch->timeout_ms         = metadata->timeout_ms;
    fetch->deadline           = metadata->source->deadline;
    status                    = dynamo_fetch_run(fetch, metadata->source->settings, error);
    metadata->answered        = metadata->answered || status == DYNAMO_OK;
    dynamo_buffer_free(&url);
    return status;
}

static bool is_token(const dynamo_buffer *answer)
{
    for (size_t i = 0; i < answer->length; i++)
        if ((unsigned char)answer->data[i] <= ' ' || answer->data[i] == 0x7F)
            return false;
    return answer->length != 0;
}

static dynamo_status judge_token(metadata_service *metadata, const dynamo_fetch *fetch, dynamo_error *error)
{
    const long answer = fetch->http_status;

    if (answer == 200 && is_token(&fetch->answer)) {
        dynamo_buffer_clear(&metadata->line);
        dynamo_buffer_text(&metadata->line, TOKEN_LINE);
        dynamo_buffer_text(&metadata->line, fetch->answer.data);
        return metadata->line.failed ? dynamo_fail_memory(error) : DYNAMO_OK;
    }
    if (answer == 200)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: the answer to the request for a token is none");
    if (answer != 403 && answer != 404 && answer != 405)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: HTTP %ld for the request for a token", answer);
    if (metadata->only_v2)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "EC2 metadata: HTTP %ld for the request for a token, and AWS_EC2_METADATA_V1_DISABLED "
                           "forbids to go on without", answer);
    return DYNAMO_OK;
}

/* Leaves the token's line empty for version 1. */
static dynamo_status take_token(metadata_service *metadata, dynamo_error *error)
{
    static const char *const lines[] = { "x-aws-ec2-metadata-token-ttl-seconds: 21600", NULL };
    dynamo_fetch             fetch   = { .operation = "GetMetadataToken", .method = "PUT", .lines = lines };
    dynamo_status            status  = fetch_path(metadata, &fetch, TOKEN_PATH, "", error);

    if (status == DYNAMO_OK)
        status = judge_token(metadata, &fetch, error);
    else if (status == DYNAMO_ERR_TIMEOUT && fetch.connected && !metadata->only_v2 &&
             dynamo_deadline_check(metadata->source->deadline) == DYNAMO_OK)
        status = DYNAMO_OK;
    dynamo_buffer_free(&fetch.answer);
    return status;
}

/* A token that is no longer taken is replaced. */
static dynamo_status get(metadata_service *metadata, dynamo_fetch *fetch, const char *name, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (unsigned attempt = 1; status == DYNAMO_OK; attempt++) {
        const char *const lines[] = { metadata->line.length != 0 ? metadata->line.data : NULL, NULL };

        *fetch       = (dynamo_fetch){ .operation = "GetMetadataCredentials", .method = "GET", .lines = lines };
        status       = fetch_path(metadata, fetch, KEYS_PATH, name, error);
        fetch->lines = NULL;
        if (status != DYNAMO_OK || fetch->http_status != 401 || metadata->line.length == 0 ||
            attempt >= metadata->attempts)
            break;
        dynamo_buffer_free(&fetch->answer);
        status = take_token(metadata, error);
    }
    return status;
}

/* ---- The role and its keys --------------------------------------------------------------------------------------- */

/* The first line; false: it can't be the name of a role. */
static bool cut_role(dynamo_buffer *answer)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";

    if (answer->data == NULL)
        return false;
    answer->data[strcspn(answer->data, "\r\n")] = '\0';
    answer->length                              = strlen(answer->data);
    return answer->length != 0 && strspn(answer->data, allowed) == answer->length;
}

static dynamo_status take_role(metadata_service *metadata, dynamo_buffer *role, dynamo_buffer *reason, dynamo_error *error)
{
    dynamo_fetch  fetch  = { 0 };
    dynamo_status status = get(metadata, &fetch, "", error);

    if (status == DYNAMO_OK && (fetch.http_status == 404 || (fetch.http_status == 200 && fetch.answer.length == 0)))
        dynamo_buffer_text(reason, "EC2 metadata: the instance has no role");
    else if (status == DYNAMO_OK && fetch.http_status == 403)
        dynamo_buffer_text(reason, "EC2 metadata: turned off (HTTP 403)");
    else if (status == DYNAMO_OK && fetch.http_status != 200)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: HTTP %ld for the name of the role",
                             fetch.http_status);
    else if (status == DYNAMO_OK && !cut_role(&fetch.answer))
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: what came isn't the name of a role");
    else if (status == DYNAMO_OK)
        dynamo_buffer_text(role, fetch.answer.data);
    dynamo_buffer_free(&fetch.answer);
    return status == DYNAMO_OK && role->failed ? dynamo_fail_memory(error) : status;
}

static dynamo_status read_keys(const dynamo_buffer *answer, dynamo_credentials *keys, dynamo_error *error)
{
    static const char             what[] = "EC2 metadata: the answer";
    static const dynamo_key_names names  = { "AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration" };
    dynamo_wanted                 wanted[] = {
                        { NULL, names.access_key, NULL },    { NULL, names.secret_key, NULL },
                        { NULL, names.session_token, NULL }, { NULL, names.account_id, NULL },
                        { NULL, names.expiration, NULL },    { NULL, "Code", NULL },
    };
    dynamo_status status = dynamo_wanted_read(answer->data, answer->length, wanted, DYNAMO_COUNT(wanted), what, error);

    if (status == DYNAMO_OK && wanted[5].text != NULL && strcmp(wanted[5].text, "Success") != 0)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: no keys for the role: %s", wanted[5].text);
    if (status == DYNAMO_OK) {
        const dynamo_key_texts values = { wanted[0].text, wanted[1].text, wanted[2].text, wanted[3].text,
                                          wanted[4].text };

        status = dynamo_keys_of_answer(keys, &names, &values, what, error);
    }
    dynamo_wanted_free(wanted, DYNAMO_COUNT(wanted));
    return status;
}

static dynamo_status take_keys(metadata_service *metadata, const char *role, dynamo_credentials *keys, dynamo_error *error)
{
    dynamo_fetch  fetch  = { 0 };
    dynamo_status status = get(metadata, &fetch, role, error);

    if (status == DYNAMO_OK && fetch.http_status != 200)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "EC2 metadata: HTTP %ld for the keys of the role",
                             fetch.http_status);
    if (status == DYNAMO_OK)
        status = read_keys(&fetch.answer, keys, error);
    dynamo_buffer_free(&fetch.answer);
    return status;
}

static dynamo_status ask(metadata_service *metadata, dynamo_credentials *keys, dynamo_buffer *reason, dynamo_error *error)
{
    dynamo_buffer role   = { 0 };
    dynamo_status status = choose_base(metadata, error);

    if (status == DYNAMO_OK)
        status = choose_limits(metadata, error);
    if (status == DYNAMO_OK)
        status = take_token(metadata, error);
    if (status == DYNAMO_OK)
        status = take_role(metadata, &role, reason, error);
    if (status == DYNAMO_OK && role.length != 0)
        status = take_keys(metadata, role.data, keys, error);
    dynamo_buffer_free(&role);
    return status;
}

/* Where nothing answers, this isn't EC2: no failure, but for who canceled the call or let its time run out. */
static bool is_elsewhere(const metadata_service *metadata, dynamo_status status)
{
    return (status == DYNAMO_ERR_TIMEOUT || status == DYNAMO_ERR_REQUEST_FAILED || status == DYNAMO_ERR_TLS) &&
           !metadata->answered && dynamo_deadline_check(metadata->source->deadline) == DYNAMO_OK;
}

dynamo_status dynamo_metadata_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                   dynamo_error *error)
{
    metadata_service metadata = { .source = source, .line = { .secret = true } };
    dynamo_error  told     = { 0 };
    dynamo_status status;

    if (is_true(dynamo_settings_variable(source->settings, "AWS_EC2_METADATA_DISABLED"))) {
        dynamo_buffer_text(reason, "EC2 metadata: AWS_EC2_METADATA_DISABLED is true");
        return DYNAMO_OK;
    }
    status = ask(&metadata, keys, reason, &told);
    if (is_elsewhere(&metadata, status)) {
        dynamo_buffer_text(reason, "EC2 metadata: no answer from ");
        dynamo_buffer_text(reason, metadata.base.data);
        status = DYNAMO_OK;
    } else if (status != DYNAMO_OK) {
        (void)dynamo_fail(error, status, "%s", told.message);
    }
    dynamo_error_clear(&told);
    dynamo_buffer_free(&metadata.base);
    dynamo_buffer_free(&metadata.line);
    return status;
}
