/*
 * Keys of the session that `aws login` left in a file, refreshed with the session's own key.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Login credential provider"; AWS Sign-In API Reference,
 * "CreateOAuth2Token". What these leave open is as botocore has it: the file's members, five minutes before the
 * expiration, the region.
 */
#include "dynamo_internal.h"

#define CACHE "~/.aws/login/cache"
#define REFRESH_BEFORE_EXPIRATION_S (5 * 60)

/* Of the file, inside accessToken and of the answer. */
static const char token_member[] = "accessToken";

/* ---- The file ---------------------------------------------------------------------------------------------------- */

static dynamo_status fail_signed_out(const dynamo_source *source, const char *why, dynamo_error *error)
{
    return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s; run aws login --profile %s", why, source->profile);
}

static dynamo_status open_session(dynamo_token_file *file, const dynamo_source *source, const char *session,
                                  dynamo_error *error)
{
    const char   *folder = dynamo_settings_variable(source->settings, "AWS_LOGIN_CACHE_DIRECTORY");
    dynamo_error  fault  = { 0 };
    uint8_t       hash[DYNAMO_HASH_SIZE];
    dynamo_status status;

    if (!dynamo_sha256(session, strlen(session), hash))
        return dynamo_fail_memory(error);
    status = dynamo_token_file_open(file, source->settings, folder != NULL ? folder : CACHE, hash, sizeof(hash),
                                    &fault);
    if (status == DYNAMO_ERR_CREDENTIALS)
        status = fail_signed_out(source, fault.message, error);
    else if (status != DYNAMO_OK)
        status = dynamo_fail(error, status, "%s", fault.message);
    dynamo_error_clear(&fault);
    return status;
}

static dynamo_status check_session(const dynamo_token_file *file, const dynamo_source *source, int64_t *expiration,
                                   dynamo_error *error)
{
    static const struct {
        const char *inside;
        char        name[16];
    } members[] = {
        { token_member, "accessKeyId" }, { token_member, "secretAccessKey" }, { token_member, "sessionToken" },
        { token_member, "accountId" },   { NULL, "refreshToken" },            { NULL, "dpopKey" },
        { NULL, "clientId" },
    };
    const char   *missing = NULL;
    dynamo_error  fault   = { 0 };
    dynamo_status status;

    for (size_t i = 0; missing == NULL && i < DYNAMO_COUNT(members); i++)
        if (dynamo_token_file_text(file, members[i].inside, members[i].name) == NULL)
            missing = members[i].name;
    if (missing == NULL && !dynamo_token_file_time(file, token_member, "expiresAt", expiration))
        missing = "expiresAt that is a time";
    if (missing == NULL)
        return DYNAMO_OK;
    (void)dynamo_fail(&fault, DYNAMO_ERR_CREDENTIALS, "%s has no %s", file->path, missing);
    status = fail_signed_out(source, fault.message, error);
    dynamo_error_clear(&fault);
    return status;
}

static dynamo_status keys_of_file(dynamo_credentials *keys, const dynamo_token_file *file, dynamo_error *error)
{
    static const dynamo_key_names names  = { "accessKeyId", "secretAccessKey", "sessionToken", "accountId",
                                             "expiresAt" };
    const dynamo_key_texts        values = {
               dynamo_token_file_text(file, token_member, names.access_key),
               dynamo_token_file_text(file, token_member, names.secret_key),
               dynamo_token_file_text(file, token_member, names.session_token),
               dynamo_token_file_text(file, token_member, names.account_id),
               dynamo_token_file_text(file, token_member, names.expiration),
    };

    return dynamo_keys_take(keys, &names, &values, DYNAMO_ERR_CREDENTIALS, " in the login session's file", error);
}

/* ---- The refresh ------------------------------------------------------------------------------------------------- */

enum { FRESH_ACCESS_KEY, FRESH_SECRET_KEY, FRESH_SESSION_TOKEN, FRESH_REFRESH_TOKEN, FRESH_SECONDS, FRESH_COUNT };

static dynamo_status take_fresh(dynamo_token_file *file, const dynamo_wanted fresh[FRESH_COUNT], int64_t now,
                                dynamo_error *error)
{
    int64_t expiration;

    for (size_t i = 0; i < FRESH_COUNT; i++)
        if (fresh[i].text == NULL || *fresh[i].text == '\0')
            return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "CreateOAuth2Token: the answer has no %s", fresh[i].name);
    if (!dynamo_sign_in_moment(fresh[FRESH_SECONDS].text, now, &expiration))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "CreateOAuth2Token: the answer's expiresIn is no number of "
                                                          "seconds");
    for (size_t i = 0; i < FRESH_SECONDS; i++)
        if (!dynamo_token_file_set(file, fresh[i].inside, fresh[i].name, fresh[i].text))
            return dynamo_fail_memory(error);
    if (!dynamo_token_file_set_time(file, token_member, "expiresAt", expiration))
        return dynamo_fail_memory(error);
    (void)dynamo_token_file_save(file); /* the keys serve in any case */
    return DYNAMO_OK;
}

/* The proof that the session is ours, as a line of the header. */
static dynamo_status prove(dynamo_buffer *line, const dynamo_token_file *file, const char *url, int64_t now,
                           dynamo_error *error)
{
    uint8_t       key[DYNAMO_P256_SIZE];
    dynamo_status status = DYNAMO_OK;

    dynamo_buffer_text(line, "DPoP: ");
    if (!dynamo_p256_key(dynamo_token_file_text(file, NULL, "dpopKey"), key))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "dpopKey in %s is no private key of the curve P-256 in PEM",
                           file->path);
    if (!dynamo_dpop_proof(line, key, "POST", url, now))
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                             "no proof can be signed with dpopKey in %s: memory, or an mbedTLS without ECDSA",
                             file->path);
    dynamo_wipe(key, sizeof(key));
    return status;
}

static dynamo_status ask_for_fresh(dynamo_token_file *file, const dynamo_source *source, const char *url,
                                   dynamo_error *error)
{
    dynamo_wanted          fresh[FRESH_COUNT] = {
                 { token_member, "accessKeyId", NULL }, { token_member, "secretAccessKey", NULL },
                 { token_member, "sessionToken", NULL }, { NULL, "refreshToken", NULL },
                 { NULL, "expiresIn", NULL },
    };
    dynamo_buffer          line = { 0 }, body = { .secret = true };
    dynamo_sign_in_request request = { .operation = "CreateOAuth2Token", .url = url, .line = &line, .body = &body };
    dynamo_status          status  = prove(&line, file, url, source->now, error);

    if (status == DYNAMO_OK) {
        dynamo_sign_in_member(&body, "clientId", dynamo_token_file_text(file, NULL, "clientId"));
        dynamo_sign_in_member(&body, "grantType", "refresh_token");
        dynamo_sign_in_member(&body, "refreshToken", dynamo_token_file_text(file, NULL, "refreshToken"));
        dynamo_buffer_char(&body, '}');
        status = dynamo_sign_in_ask(source, &request, fresh, FRESH_COUNT, error);
    }
    if (status == DYNAMO_OK)
        status = take_fresh(file, fresh, source->now, error);
    dynamo_wanted_free(fresh, FRESH_COUNT);
    dynamo_buffer_free(&body);
    dynamo_buffer_free(&line);
    return status;
}

static dynamo_status refresh(dynamo_token_file *file, const dynamo_source *source, dynamo_error *error)
{
    const char   *region = dynamo_token_file_text(file, NULL, "signInRegion"); /* older files have none */
    dynamo_buffer url    = { 0 };
    dynamo_error  fault  = { 0 };
    dynamo_status status = dynamo_sign_in_url(&url, source, DYNAMO_SERVICE_SIGNIN,
                                              region != NULL ? region : source->settings->region, "/v1/token", error);

    if (status == DYNAMO_OK) {
        status = ask_for_fresh(file, source, url.data, &fault);
        if (status == DYNAMO_ERR_CREDENTIALS)
            status = fail_signed_out(source, fault.message, error);
        else if (status != DYNAMO_OK)
            status = dynamo_fail(error, status, "%s", fault.message);
    }
    dynamo_error_clear(&fault);
    dynamo_buffer_free(&url);
    return status;
}

dynamo_status dynamo_login_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                dynamo_error *error)
{
    const char       *session = dynamo_settings_key(source->settings, source->profile, "login_session");
    dynamo_token_file file    = { 0 };
    int64_t           expiration;
    dynamo_status     status;

    if (session == NULL) {
        dynamo_buffer_text(reason, "no login_session in profile ");
        dynamo_buffer_text(reason, source->profile != NULL ? source->profile : "");
        return DYNAMO_OK;
    }
    status = open_session(&file, source, session, error);
    if (status == DYNAMO_OK)
        status = check_session(&file, source, &expiration, error);
    if (status == DYNAMO_OK && expiration - source->now <= REFRESH_BEFORE_EXPIRATION_S)
        status = refresh(&file, source, error);
    if (status == DYNAMO_OK)
        status = keys_of_file(keys, &file, error);
    dynamo_token_file_close(&file);
    return status;
}
