/*
 * Keys by IAM Identity Center: a role of an account, opened by the token that `aws sso login` left in a file.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; IAM Identity Center Portal
 * API Reference, "GetRoleCredentials"; IAM Identity Center OIDC API Reference, "CreateToken". What these leave open is
 * as botocore has it: which profiles this is for, and a token that is refreshed from 15 minutes before its end, where
 * the profile names an sso-session.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>

#define CACHE "~/.aws/sso/cache"
#define REFRESH_BEFORE_EXPIRATION_S (15 * 60)

/* What a profile says. Borrowed. */
typedef struct sso_profile {
    const char *account, *role;
    const char *session; /* NULL: all stands in the profile itself, as it used to */
    const char *region, *start_url;
} sso_profile;

/* ---- The profile ------------------------------------------------------------------------------------------------- */

/* A setting of the session's, or of the profile's where it names none. What stands in both has to be the same. */
static dynamo_status find_shared(const char **value, const dynamo_source *source, const sso_profile *profile,
                                 const char *key, const char *session_key, dynamo_error *error)
{
    const char *own    = dynamo_settings_key(source->settings, source->profile, key);
    const char *shared = dynamo_settings_key(source->settings, source->profile, session_key);

    *value = profile->session != NULL ? shared : own;
    if (*value == NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "no %s in %s %s", key,
                           profile->session != NULL ? "sso-session" : "profile",
                           profile->session != NULL ? profile->session : source->profile);
    if (own != NULL && strcmp(own, *value) != 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s in profile %s is another than in sso-session %s", key,
                           source->profile, profile->session);
    return DYNAMO_OK;
}

static dynamo_status read_profile(sso_profile *profile, const dynamo_source *source, dynamo_error *error)
{
    dynamo_status status;

    if (profile->account == NULL || profile->role == NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s is set without %s in profile %s: set both, or neither",
                           profile->role != NULL ? "sso_role_name" : "sso_account_id",
                           profile->role != NULL ? "sso_account_id" : "sso_role_name", source->profile);
    profile->session = dynamo_settings_key(source->settings, source->profile, "sso_session");
    status = find_shared(&profile->region, source, profile, "sso_region", "sso-session sso_region", error);
    if (status == DYNAMO_OK)
        status = find_shared(&profile->start_url, source, profile, "sso_start_url", "sso-session sso_start_url", error);
    return status;
}

/* ---- The token --------------------------------------------------------------------------------------------------- */

#define HELP_SIZE 160 /* cut beyond */

/* What helps against a token that is none any more. */
static const char *help_of(const dynamo_source *source, char help[HELP_SIZE])
{
    (void)snprintf(help, HELP_SIZE, "; run aws sso login --profile %s", source->profile);
    return help;
}

static dynamo_status fail_signed_out(const dynamo_source *source, const char *why, dynamo_error *error)
{
    char help[HELP_SIZE];

    return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s%s", why, help_of(source, help));
}

static dynamo_status open_token(dynamo_token_file *file, const dynamo_source *source, const sso_profile *profile,
                                dynamo_error *error)
{
    const char   *name  = profile->session != NULL ? profile->session : profile->start_url;
    dynamo_error  fault = { 0 };
    uint8_t       hash[DYNAMO_SHA1_SIZE];
    dynamo_status status;

    dynamo_sha1(name, strlen(name), hash);
    status = dynamo_token_file_open(file, source->settings, CACHE, hash, sizeof(hash), &fault);
    if (status == DYNAMO_ERR_CREDENTIALS)
        status = fail_signed_out(source, fault.message, error);
    else if (status != DYNAMO_OK)
        status = dynamo_fail(error, status, "%s", fault.message);
    dynamo_error_clear(&fault);
    return status;
}

static bool can_be_refreshed(const dynamo_token_file *file, const sso_profile *profile, int64_t now)
{
    int64_t registered;

    return profile->session != NULL && dynamo_token_file_text(file, NULL, "refreshToken") != NULL &&
           dynamo_token_file_text(file, NULL, "clientId") != NULL &&
           dynamo_token_file_text(file, NULL, "clientSecret") != NULL &&
           dynamo_token_file_time(file, NULL, "registrationExpiresAt", &registered) && registered > now;
}

static dynamo_status take_token(dynamo_token_file *file, const dynamo_wanted fresh[3], int64_t now, dynamo_error *error)
{
    int64_t expiration;

    if (fresh[0].text == NULL || !dynamo_sign_in_moment(fresh[1].text, now, &expiration))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "CreateToken: the answer has no %s",
                           fresh[0].text == NULL ? "accessToken" : "expiresIn that is a number of seconds");
    if (!dynamo_token_file_set(file, NULL, "accessToken", fresh[0].text) ||
        !dynamo_token_file_set_time(file, NULL, "expiresAt", expiration) ||
        (fresh[2].text != NULL && !dynamo_token_file_set(file, NULL, "refreshToken", fresh[2].text)))
        return dynamo_fail_memory(error);
    (void)dynamo_token_file_save(file); /* the token serves in any case */
    return DYNAMO_OK;
}

static dynamo_status refresh_token(dynamo_token_file *file, const dynamo_source *source, const sso_profile *profile,
                                   dynamo_error *error)
{
    dynamo_wanted          fresh[] = { { .name = "accessToken" }, { .name = "expiresIn" }, { .name = "refreshToken" } };
    dynamo_buffer          url = { 0 }, body = { .secret = true };
    dynamo_sign_in_request request = { .operation = "CreateToken", .body = &body };
    dynamo_status          status;

    status = dynamo_sign_in_url(&url, source, DYNAMO_SERVICE_SSO_OIDC, profile->region, "/token", error);
    if (status == DYNAMO_OK) {
        dynamo_sign_in_member(&body, "clientId", dynamo_token_file_text(file, NULL, "clientId"));
        dynamo_sign_in_member(&body, "clientSecret", dynamo_token_file_text(file, NULL, "clientSecret"));
        dynamo_sign_in_member(&body, "grantType", "refresh_token");
        dynamo_sign_in_member(&body, "refreshToken", dynamo_token_file_text(file, NULL, "refreshToken"));
        dynamo_buffer_char(&body, '}');
        request.url = url.data;
        status      = dynamo_sign_in_ask(source, &request, fresh, DYNAMO_COUNT(fresh), error);
    }
    if (status == DYNAMO_OK)
        status = take_token(file, fresh, source->now, error);
    dynamo_wanted_free(fresh, DYNAMO_COUNT(fresh));
    dynamo_buffer_free(&body);
    dynamo_buffer_free(&url);
    return status;
}

/* Sees to it that the file's token is good: one near its end is refreshed where it can be, and serves until its end. */
static dynamo_status renew_token(dynamo_token_file *file, const dynamo_source *source, const sso_profile *profile,
                                 dynamo_error *error)
{
    dynamo_error  fault  = { 0 };
    dynamo_status status = DYNAMO_OK;
    int64_t       expiration;

    if (dynamo_token_file_text(file, NULL, "accessToken") == NULL ||
        !dynamo_token_file_time(file, NULL, "expiresAt", &expiration)) {
        (void)dynamo_fail(&fault, DYNAMO_ERR_CREDENTIALS, "%s has no accessToken with its expiresAt", file->path);
        status = fail_signed_out(source, fault.message, error);
    } else if (expiration - source->now < REFRESH_BEFORE_EXPIRATION_S) {
        if (can_be_refreshed(file, profile, source->now))
            status = refresh_token(file, source, profile, &fault);
        else
            status = dynamo_fail(&fault, DYNAMO_ERR_CREDENTIALS, "the token in %s has expired", file->path);
        if (status == DYNAMO_ERR_CREDENTIALS && expiration <= source->now)
            status = fail_signed_out(source, fault.message, error);
        else if (status != DYNAMO_OK && expiration <= source->now)
            status = dynamo_fail(error, status, "%s", fault.message);
        else
            status = DYNAMO_OK;
    }
    dynamo_error_clear(&fault);
    return status;
}

/* ---- The keys ---------------------------------------------------------------------------------------------------- */

enum { WANTED_ACCESS_KEY, WANTED_SECRET_KEY, WANTED_TOKEN, WANTED_EXPIRATION, WANTED_COUNT };

static dynamo_status take_keys(dynamo_credentials *keys, const dynamo_wanted wanted[WANTED_COUNT],
                               const sso_profile *profile, dynamo_error *error)
{
    const char   *expiration = wanted[WANTED_EXPIRATION].text; /* in milliseconds */
    dynamo_status status;

    for (size_t i = 0; i < WANTED_COUNT; i++)
        if (wanted[i].text == NULL || *wanted[i].text == '\0')
            return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "GetRoleCredentials: the answer has no %s",
                               wanted[i].name);
    if (expiration[strspn(expiration, "0123456789")] != '\0' || strlen(expiration) > 18)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "GetRoleCredentials: the answer's expiration is no time");
    status = dynamo_credentials_set(keys, wanted[WANTED_ACCESS_KEY].text, wanted[WANTED_SECRET_KEY].text,
                                    wanted[WANTED_TOKEN].text, profile->account,
                                    (double)(strtoll(expiration, NULL, 10) / 1000));
    if (status == DYNAMO_ERR_INVALID_ARGUMENT)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "GetRoleCredentials: the answer's keys have a control character");
    return status == DYNAMO_OK ? DYNAMO_OK : dynamo_fail_memory(error);
}

static dynamo_status ask_for_keys(const dynamo_source *source, const sso_profile *profile, const char *url,
                                  const char *token, dynamo_credentials *keys, dynamo_error *error)
{
    static const char      roles[] = "roleCredentials";
    dynamo_wanted          wanted[WANTED_COUNT] = {
                 { roles, "accessKeyId", NULL },
                 { roles, "secretAccessKey", NULL },
                 { roles, "sessionToken", NULL },
                 { roles, "expiration", NULL },
    };
    dynamo_buffer          line    = { .secret = true };
    char                   help[HELP_SIZE];
    dynamo_sign_in_request request = { .operation = "GetRoleCredentials", .url = url, .line = &line,
                                       .help = help_of(source, help) };
    dynamo_status          status;

    dynamo_buffer_text(&line, "x-amz-sso_bearer_token: ");
    dynamo_buffer_text(&line, token);
    status = dynamo_sign_in_ask(source, &request, wanted, WANTED_COUNT, error);
    if (status == DYNAMO_OK)
        status = take_keys(keys, wanted, profile, error);
    dynamo_wanted_free(wanted, WANTED_COUNT);
    dynamo_buffer_free(&line);
    return status;
}

static dynamo_status ask_portal(const dynamo_source *source, const sso_profile *profile, const char *token,
                                dynamo_credentials *keys, dynamo_error *error)
{
    dynamo_buffer url = { 0 };
    dynamo_status status;

    status = dynamo_sign_in_url(&url, source, DYNAMO_SERVICE_SSO, profile->region, "/federation/credentials?role_name=",
                                error);
    if (status == DYNAMO_OK) {
        dynamo_buffer_encoded(&url, profile->role);
        dynamo_buffer_text(&url, "&account_id=");
        dynamo_buffer_encoded(&url, profile->account);
        status = url.failed ? dynamo_fail_memory(error) : ask_for_keys(source, profile, url.data, token, keys, error);
    }
    dynamo_buffer_free(&url);
    return status;
}

dynamo_status dynamo_sso_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                              dynamo_error *error)
{
    sso_profile       profile = { .account = dynamo_settings_key(source->settings, source->profile, "sso_account_id"),
                                  .role    = dynamo_settings_key(source->settings, source->profile, "sso_role_name") };
    dynamo_token_file file    = { 0 };
    dynamo_status     status;

    if (profile.account == NULL && profile.role == NULL) {
        dynamo_buffer_text(reason, "no sso_account_id in profile ");
        dynamo_buffer_text(reason, source->profile != NULL ? source->profile : "");
        return DYNAMO_OK;
    }
    status = read_profile(&profile, source, error);
    if (status == DYNAMO_OK)
        status = open_token(&file, source, &profile, error);
    if (status == DYNAMO_OK)
        status = renew_token(&file, source, &profile, error);
    if (status == DYNAMO_OK)
        status = ask_portal(source, &profile, dynamo_token_file_text(&file, NULL, "accessToken"), keys, error);
    dynamo_token_file_close(&file);
    return status;
}
