/*
 * Keys of a role: that a profile names with where the keys come from which may assume it, or that a token of another
 * identity provider's opens.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Assume role credential provider"; AWS Security Token Service API
 * Reference, "AssumeRole", for the bounds of a duration. What the guide leaves open is as AWS's own SDKs have it:
 * static keys of a source_profile go before its own role_arn, which is how a profile may name itself.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>

#define ROLES_IN_A_ROW 32 /* our choice; a bound on the stack */
#define SESSION_NAME_SIZE 40
#define LEAST_DURATION 900
#define MOST_DURATION 43200

static const char *key_of(const dynamo_source *source, const char *key)
{
    return dynamo_settings_key(source->settings, source->profile, key);
}

/* What a source that doesn't apply gives as its reason. */
static void say_missing(dynamo_buffer *reason, const char *name, const char *profile)
{
    dynamo_buffer_text(reason, profile != NULL ? "no " : "");
    dynamo_buffer_text(reason, name);
    dynamo_buffer_text(reason, profile != NULL ? " in profile " : " is unset");
    dynamo_buffer_text(reason, profile != NULL ? profile : "");
}

/* The given name, or one made from the time, as AWS's own tools do. */
static const char *session_name(const char *given, int64_t now, char buffer[SESSION_NAME_SIZE])
{
    (void)snprintf(buffer, SESSION_NAME_SIZE, "dynamo-%lld", (long long)now);
    return given != NULL ? given : buffer;
}

/* ---- The keys that assume a role --------------------------------------------------------------------------------- */

static bool has_static_keys(const dynamo_settings *settings, const char *profile)
{
    return dynamo_settings_key(settings, profile, "aws_access_key_id") != NULL ||
           dynamo_settings_key(settings, profile, "aws_secret_access_key") != NULL;
}

/* Names the profiles of a cycle in their order, "a -> b -> a". */
static void name_cycle(dynamo_buffer *names, const dynamo_source *source)
{
    if (source == NULL)
        return;
    name_cycle(names, source->role);
    dynamo_buffer_text(names, source->profile);
    dynamo_buffer_text(names, " -> ");
}

static dynamo_status check_cycle(const dynamo_source *source, const char *profile, dynamo_error *error)
{
    dynamo_buffer names = { 0 };
    bool          seen  = false;
    int           roles = 0;

    for (const dynamo_source *role = source; role != NULL; role = role->role, roles++)
        seen = seen || strcmp(role->profile, profile) == 0;
    if (!seen && roles < ROLES_IN_A_ROW)
        return DYNAMO_OK;
    if (!seen)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "more than %d profiles name one another by source_profile, up to %s", ROLES_IN_A_ROW,
                           profile);
    name_cycle(&names, source);
    (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "source_profile leads in a circle: %s%s",
                      names.data != NULL ? names.data : "", profile);
    dynamo_buffer_free(&names);
    return DYNAMO_ERR_CREDENTIALS;
}

static dynamo_status keys_of_source_profile(const dynamo_source *source, const char *profile, dynamo_credentials *keys,
                                            dynamo_error *error)
{
    dynamo_source asked  = *source;
    dynamo_buffer reason = { 0 };
    dynamo_status status = DYNAMO_OK;

    if (!dynamo_profiles_has(source->settings->profiles, profile))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "source_profile in profile %s names %s, which isn't in %s",
                           source->profile, profile, dynamo_profiles_files(source->settings->profiles));
    asked.profile = profile;
    asked.role    = source;
    if (has_static_keys(source->settings, profile)) {
        status = dynamo_static_keys(&asked, keys, &reason, error);
    } else {
        status = check_cycle(source, profile, error);
        if (status == DYNAMO_OK)
            status = source->profile_keys(&asked, keys, &reason, error);
    }
    if (status == DYNAMO_OK && keys->access_key == NULL)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "source_profile %s, of profile %s, has no keys: %s",
                             profile, source->profile, reason.data != NULL ? reason.data : "");
    dynamo_buffer_free(&reason);
    return status;
}

static dynamo_status keys_of_named_source(const dynamo_source *source, const char *name, dynamo_credentials *keys,
                                          dynamo_error *error)
{
    static const struct {
        char                    name[20];
        dynamo_source_function *ask;
    } named[] = {
        { "Environment", dynamo_environment_keys },
        { "Ec2InstanceMetadata", dynamo_metadata_keys },
        { "EcsContainer", dynamo_container_keys },
    };
    dynamo_buffer reason = { 0 };
    dynamo_status status;
    size_t        i = 0;

    while (i < DYNAMO_COUNT(named) && strcmp(named[i].name, name) != 0)
        i++;
    if (i == DYNAMO_COUNT(named))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "credential_source %s in profile %s is none of Environment, Ec2InstanceMetadata and "
                           "EcsContainer",
                           name, source->profile);
    status = named[i].ask(source, keys, &reason, error);
    if (status == DYNAMO_OK && keys->access_key == NULL)
        status = dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "credential_source %s, of profile %s, has no keys: %s",
                             name, source->profile, reason.data != NULL ? reason.data : "");
    dynamo_buffer_free(&reason);
    return status;
}

/* ---- The role ---------------------------------------------------------------------------------------------------- */

/* Seconds in digits, within the bounds that STS has. */
static bool is_duration(const char *text)
{
    const size_t length = strspn(text, "0123456789");
    long         seconds;

    if (length == 0 || length > 9 || text[length] != '\0')
        return false;
    seconds = strtol(text, NULL, 10);
    return seconds >= LEAST_DURATION && seconds <= MOST_DURATION;
}

static dynamo_status check_role(const dynamo_source *source, dynamo_error *error)
{
    const char *profile  = source->profile;
    const char *device   = key_of(source, "mfa_serial");
    const char *duration = key_of(source, "duration_seconds");
    const bool  by_name  = key_of(source, "credential_source") != NULL;
    const bool  by_other = key_of(source, "source_profile") != NULL;

    if (by_name && by_other)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "profile %s has both source_profile and credential_source: keep one of them", profile);
    if (!by_name && !by_other)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "profile %s has role_arn, but neither source_profile nor credential_source, which tell "
                           "whose keys assume the role",
                           profile);
    if (device != NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "profile %s wants a code of the MFA device %s, which only a person can give: assume the "
                           "role in the credentials callback of dynamo_config",
                           profile, device);
    if (duration != NULL && !is_duration(duration))
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "duration_seconds in profile %s isn't a number from %d to %d",
                           profile, LEAST_DURATION, MOST_DURATION);
    return DYNAMO_OK;
}

static dynamo_status assume_role(const dynamo_source *source, const dynamo_credentials *signer,
                                 dynamo_credentials *keys, dynamo_error *error)
{
    char               name[SESSION_NAME_SIZE];
    const char        *role    = key_of(source, "role_arn");
    dynamo_sts_request request = {
        .action = "AssumeRole",
        .role   = role,
        .parameters = {
            { "RoleArn", role },
            { "RoleSessionName", session_name(key_of(source, "role_session_name"), source->now, name) },
            { "ExternalId", key_of(source, "external_id") },
            { "DurationSeconds", key_of(source, "duration_seconds") },
        },
        .signer = signer,
    };

    return dynamo_sts_ask(source, &request, keys, error);
}

dynamo_status dynamo_role_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                               dynamo_error *error)
{
    dynamo_credentials signer = { 0 };
    const char        *other  = key_of(source, "source_profile");
    dynamo_status      status;

    if (key_of(source, "role_arn") == NULL || key_of(source, "web_identity_token_file") != NULL) {
        say_missing(reason, "role_arn with source_profile or credential_source", source->profile);
        return DYNAMO_OK;
    }
    status = check_role(source, error);
    if (status == DYNAMO_OK)
        status = other != NULL ? keys_of_source_profile(source, other, &signer, error)
                               : keys_of_named_source(source, key_of(source, "credential_source"), &signer, error);
    if (status == DYNAMO_OK)
        status = assume_role(source, &signer, keys, error);
    dynamo_credentials_free(&signer);
    return status;
}

/* ---- Web identity ------------------------------------------------------------------------------------------------ */

/* The names of its settings, in a profile or in the environment. */
typedef struct web_identity_names {
    const char *file, *role, *session;
} web_identity_names;

static const web_identity_names profile_names     = { "web_identity_token_file", "role_arn", "role_session_name" };
static const web_identity_names environment_names = { "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
                                                      "AWS_ROLE_SESSION_NAME" };

static const char *setting_of(const dynamo_source *source, const char *name)
{
    return source->profile != NULL ? key_of(source, name) : dynamo_settings_variable(source->settings, name);
}

dynamo_status dynamo_web_identity_keys(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                       dynamo_error *error)
{
    const web_identity_names *names   = source->profile != NULL ? &profile_names : &environment_names;
    const char               *path    = setting_of(source, names->file);
    const char               *role    = setting_of(source, names->role);
    dynamo_buffer             token   = { .secret = true };
    dynamo_sts_request        request = { .action = "AssumeRoleWithWebIdentity", .role = role };
    char                      name[SESSION_NAME_SIZE];
    dynamo_status             status;

    if (path == NULL) {
        say_missing(reason, names->file, source->profile);
        return DYNAMO_OK;
    }
    if (role == NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s is set without %s%s%s", names->file, names->role,
                           source->profile != NULL ? " in profile " : "",
                           source->profile != NULL ? source->profile : "");
    status = dynamo_token_read(&token, path, names->file, error);
    if (status == DYNAMO_OK) {
        request.parameters[0] = (dynamo_sts_parameter){ "RoleArn", role };
        request.parameters[1] = (dynamo_sts_parameter){
            "RoleSessionName", session_name(setting_of(source, names->session), source->now, name)
        };
        request.parameters[2] = (dynamo_sts_parameter){ "WebIdentityToken", token.data };
        status                = dynamo_sts_ask(source, &request, keys, error);
    }
    dynamo_buffer_free(&token);
    return status;
}
