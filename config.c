/*
 * A client's settings: what the caller gave, what the environment has, what the profile has, and the defaults, in that
 * order, checked and resolved once.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Settings reference" (variables, keys of the files, their order),
 * "Service-specific endpoints", "Application ID". Our choice where the guide is silent: a custom endpoint on a loopback
 * host needs neither region nor keys, and files are read only where something that they could set is unset.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DEFAULT_CLIENTS 100
#define DEFAULT_ATTEMPTS 4
#define MOST_ATTEMPTS 1000000
#define DEFAULT_CONNECT_TIMEOUT_MS 5000
#define DEFAULT_ATTEMPT_TIMEOUT_MS 30000
#define DEFAULT_TIMEOUT_MS 120000

#define APP_ID_LENGTH 50
#define SOURCE_NAME_SIZE 256 /* of a setting's source in messages; cut beyond */

/* What a User-Agent's component may be made of, as AWS's SDKs have it; '#' stands between name and version. */
#define TOKEN_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$%&'*+-.^_`|~,"

/* Where one setting may come from: dynamo_config's field, variables, and keys as dynamo_profiles_get() takes them, in
 * the order of their strength. An empty text stands after the variables and after the keys. */
#define SETTING(option, variables, keys) option "\0" variables "\0\0" keys "\0"

static const char profile_setting[]      = SETTING("profile", "AWS_PROFILE\0AWS_DEFAULT_PROFILE", "");
static const char region_setting[]       = SETTING("region", "AWS_REGION\0AWS_DEFAULT_REGION", "region");
static const char ca_file_setting[]      = SETTING("ca_file", "AWS_CA_BUNDLE", "ca_bundle");
static const char app_id_setting[]       = SETTING("app_id", "AWS_SDK_UA_APP_ID", "sdk_ua_app_id");
static const char retry_mode_setting[]   = SETTING("retry_mode", "AWS_RETRY_MODE", "retry_mode");
static const char max_attempts_setting[] = SETTING("max_attempts", "AWS_MAX_ATTEMPTS", "max_attempts");
static const char skew_setting[]         = SETTING("", "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
                                                   "disable_clock_skew_correction");

#define ENDPOINT_SETTING(option, variable, service)                          \
    SETTING(option, "AWS_ENDPOINT_URL_" variable "\0" "AWS_ENDPOINT_URL",    \
            "services " service " endpoint_url\0" "endpoint_url")

/* SearchVectors goes where the option and the variables for DynamoDB lead. */
static const char endpoint_settings[DYNAMO_SERVICE_COUNT][124] = {
    [DYNAMO_SERVICE_DYNAMODB] = ENDPOINT_SETTING("endpoint", "DYNAMODB", "dynamodb"),
    [DYNAMO_SERVICE_SEARCH]   = ENDPOINT_SETTING("endpoint", "DYNAMODB", "dynamodb"),
    [DYNAMO_SERVICE_STREAMS]  = ENDPOINT_SETTING("streams_endpoint", "DYNAMODB_STREAMS", "dynamodb_streams"),
    [DYNAMO_SERVICE_STS]      = ENDPOINT_SETTING("", "STS", "sts"),
    [DYNAMO_SERVICE_SSO]      = ENDPOINT_SETTING("", "SSO", "sso"),
    [DYNAMO_SERVICE_SSO_OIDC] = ENDPOINT_SETTING("", "SSO_OIDC", "sso_oidc"),
    [DYNAMO_SERVICE_SIGNIN]   = ENDPOINT_SETTING("", "SIGNIN", "signin"),
};

static const char ignore_setting[]     = SETTING("", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                                 "ignore_configured_endpoint_urls");
static const char fips_setting[]       = SETTING("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
static const char dual_stack_setting[] = SETTING("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT",
                                                 "use_dualstack_endpoint");
static const char account_setting[]    = SETTING("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
                                                 "account_id_endpoint_mode");

/* What the settings are made from, and what one step leaves for the next. */
typedef struct setting_sources {
    const dynamo_config *config;
    const char          *profile;
    dynamo_profiles     *profiles;     /* NULL: the files weren't needed */
    const char          *region;       /* as found: "local" is still in it */
    bool                 guessed;      /* ... or rather wasn't found, and didn't need to be */
    bool                 placeholders; /* the keys are none */
} setting_sources;

/* A setting's value and where it was found. Borrowed. */
typedef struct found_setting {
    const char *text; /* NULL: it is unset; never empty */
    const char *name; /* of the option, the variable or the key */
    bool        is_option;
    bool        in_profile;
} found_setting;

/* Empty is unset. */
static const char *given(const char *text)
{
    return text != NULL && *text != '\0' ? text : NULL;
}

static bool keep(char **field, const char *text)
{
    *field = strdup(text);
    return *field != NULL;
}

static const char *text_after(const char *text)
{
    return text + strlen(text) + 1;
}

static found_setting find(const setting_sources *sources, const char *setting, const char *option)
{
    found_setting found = { .text = given(option), .name = setting, .is_option = true };
    const char   *next  = text_after(setting);

    for (; found.text == NULL && *next != '\0'; next = text_after(next))
        found = (found_setting){ .text = given(getenv(next)), .name = next };
    if (found.text != NULL || sources->profiles == NULL)
        return found;
    for (next++; found.text == NULL && *next != '\0'; next = text_after(next)) {
        const char *text = dynamo_profiles_get(sources->profiles, sources->profile, next);

        found = (found_setting){ .text = given(text), .name = next, .in_profile = true };
    }
    return found;
}

/* "AWS_REGION", or "region in profile default". Returns the buffer. */
static const char *name_source(const setting_sources *sources, const found_setting *found,
                               char buffer[SOURCE_NAME_SIZE])
{
    if (found->in_profile)
        (void)snprintf(buffer, SOURCE_NAME_SIZE, "%s in profile %s", found->name, sources->profile);
    else
        (void)snprintf(buffer, SOURCE_NAME_SIZE, "%s", found->name);
    return buffer;
}

/* ---- What the caller gave ---------------------------------------------------------------------------------------- */

static dynamo_status check_times(const dynamo_config *config, dynamo_error *error)
{
    const struct {
        const char *name;
        int64_t     value;
    } times[] = {
        { "connect_timeout_ms", config->connect_timeout_ms },
        { "attempt_timeout_ms", config->attempt_timeout_ms },
        { "timeout_ms", config->timeout_ms },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(times); i++) {
        if (times[i].value < 0)
            return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is negative", times[i].name);
    }
    return DYNAMO_OK;
}

/* ---- Profile ----------------------------------------------------------------------------------------------------- */

static bool has_keys(const dynamo_config *config)
{
    return given(config->access_key) != NULL || config->credentials != NULL;
}

static const char *streams_option(const dynamo_config *config)
{
    return given(config->streams_endpoint) != NULL ? config->streams_endpoint : config->endpoint;
}

/* Whether something is unset that the files could set. */
static bool needs_files(const setting_sources *sources)
{
    const dynamo_config *config = sources->config;
    const found_setting  all[]  = {
        find(sources, region_setting, config->region),
        find(sources, endpoint_settings[DYNAMO_SERVICE_DYNAMODB], config->endpoint),
        find(sources, endpoint_settings[DYNAMO_SERVICE_STREAMS], streams_option(config)),
        find(sources, ca_file_setting, config->ca_file),
        find(sources, app_id_setting, config->app_id),
        find(sources, retry_mode_setting, config->retry_mode),
        find(sources, max_attempts_setting, config->max_attempts != 0 ? "set" : NULL),
    };

    for (size_t i = 0; i < DYNAMO_COUNT(all); i++) {
        if (all[i].text == NULL)
            return true;
    }
    return !has_keys(config) && (given(config->profile) != NULL || given(getenv("AWS_ACCESS_KEY_ID")) == NULL);
}

/* Chooses the profile and reads the files. A profile that was named has to be there, unless it is the environment that
 * names it and the caller gave all that matters. */
static dynamo_status load_profile(setting_sources *sources, dynamo_error *error)
{
    const dynamo_config *config   = sources->config;
    const found_setting  profile  = find(sources, profile_setting, config->profile);
    const bool           complete = has_keys(config) && given(config->region) && given(config->endpoint);
    const bool           required = profile.text != NULL && (profile.is_option || !complete);
    const char          *by       = profile.is_option ? "dynamo_config" : profile.name;
    const char          *files;

    sources->profile = profile.text != NULL ? profile.text : "default";
    if (required || needs_files(sources)) {
        dynamo_status status = dynamo_profiles_load(&sources->profiles, error);

        if (status != DYNAMO_OK)
            return status;
    }
    if (!required || dynamo_profiles_has(sources->profiles, profile.text))
        return DYNAMO_OK;
    files = dynamo_profiles_files(sources->profiles);
    if (!dynamo_profiles_found(sources->profiles))
        return dynamo_fail(error, DYNAMO_ERR_CONFIG_NOT_FOUND,
                           "%s names profile %s, but there is no file to hold it: make one of %s, or set "
                           "AWS_CONFIG_FILE to where it is",
                           by, profile.text, files);
    return dynamo_fail(error, DYNAMO_ERR_NO_PROFILE,
                       "%s names profile %s, which isn't in %s: correct the name, or add [profile %s] to the first of "
                       "them",
                       by, profile.text, files, profile.text);
}

/* ---- Endpoints and region ---------------------------------------------------------------------------------------- */

/* A setting that is true or false, in letters of any case. *on stays as it is where none is given. */
static dynamo_status find_switch(bool *on, const setting_sources *sources, const char *setting,
                                 dynamo_bool option, dynamo_error *error)
{
    const found_setting found = find(sources, setting, NULL);
    char                name[SOURCE_NAME_SIZE];

    if (option != DYNAMO_UNSET || found.text == NULL) {
        *on = option != DYNAMO_UNSET ? option == DYNAMO_TRUE : *on;
        return DYNAMO_OK;
    }
    *on = strcasecmp(found.text, "true") == 0;
    if (!*on && strcasecmp(found.text, "false") != 0)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is neither true nor false",
                           name_source(sources, &found, name));
    return DYNAMO_OK;
}

static dynamo_status find_account_mode(dynamo_account_mode *mode, const setting_sources *sources, dynamo_error *error)
{
    static const char words[][12] = {
        [DYNAMO_ACCOUNT_PREFERRED] = "preferred",
        [DYNAMO_ACCOUNT_DISABLED]  = "disabled",
        [DYNAMO_ACCOUNT_REQUIRED]  = "required",
    };
    const found_setting found = find(sources, account_setting, sources->config->account_id_endpoint_mode);
    char                name[SOURCE_NAME_SIZE];

    for (size_t i = 0; i < DYNAMO_COUNT(words); i++) {
        if (found.text == NULL || strcasecmp(found.text, words[i]) == 0) {
            *mode = (dynamo_account_mode)i;
            return DYNAMO_OK;
        }
    }
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is none of preferred, disabled and required",
                       name_source(sources, &found, name));
}

static const char *endpoint_option(const dynamo_config *config, dynamo_service service)
{
    switch (service) {
    case DYNAMO_SERVICE_DYNAMODB:
    case DYNAMO_SERVICE_SEARCH:
        return config->endpoint;
    case DYNAMO_SERVICE_STREAMS:
        return streams_option(config);
    default:
        return NULL;
    }
}

static dynamo_status keep_url(dynamo_given_url *url, const char *text, const char *name, dynamo_error *error)
{
    return keep(&url->text, text) && keep(&url->name, name) ? DYNAMO_OK : dynamo_fail_memory(error);
}

/* The URL that was given for a service, if any was. */
static dynamo_status take_url(dynamo_given_url *url, const setting_sources *sources, dynamo_service service,
                              bool ignored, dynamo_error *error)
{
    const char         *option = endpoint_option(sources->config, service);
    const found_setting found  = find(sources, endpoint_settings[service], option);
    char                name[SOURCE_NAME_SIZE];

    if (found.text == NULL || (ignored && !found.is_option))
        return DYNAMO_OK;
    return keep_url(url, found.text, name_source(sources, &found, name), error);
}

static dynamo_status parse_given(dynamo_endpoint *endpoint, const dynamo_given_url *url, dynamo_error *error)
{
    return url->text != NULL ? dynamo_endpoint_parse(endpoint, url->text, url->name, error) : DYNAMO_OK;
}

/* What stands in place of AWS's own hosts, and which of those. Of DynamoDB's the rest depends on where they are. */
static dynamo_status resolve_endpoints(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const dynamo_config *config = sources->config;
    dynamo_hosts        *hosts  = &settings->hosts;
    bool                 ignored = false;
    dynamo_status        status;

    status = find_switch(&hosts->fips, sources, fips_setting, config->use_fips_endpoint, error);
    if (status == DYNAMO_OK)
        status = find_switch(&hosts->dual_stack, sources, dual_stack_setting, config->use_dualstack_endpoint, error);
    if (status == DYNAMO_OK)
        status = find_account_mode(&hosts->account_mode, sources, error);
    if (status == DYNAMO_OK)
        status = find_switch(&ignored, sources, ignore_setting, DYNAMO_UNSET, error);
    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_SERVICE_COUNT; i++)
        status = take_url(&hosts->given[i], sources, (dynamo_service)i, ignored, error);
    if (status == DYNAMO_OK)
        status = parse_given(&settings->dynamodb, &hosts->given[DYNAMO_SERVICE_DYNAMODB], error);
    if (status == DYNAMO_OK)
        status = parse_given(&settings->streams, &hosts->given[DYNAMO_SERVICE_STREAMS], error);
    return status;
}

/* Whether the word was in the text, which it is cut out of. */
static bool cut_out(char *text, const char *word)
{
    const size_t length = strlen(word);
    bool         found  = false;

    for (char *place = strstr(text, word); place != NULL; place = strstr(place, word)) {
        memmove(place, place + length, strlen(place + length) + 1);
        found = true;
    }
    return found;
}

static dynamo_status resolve_region(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    sources->region = find(sources, region_setting, sources->config->region).text;
    if (sources->region == NULL && settings->dynamodb.loopback) {
        sources->region  = "us-east-1";
        sources->guessed = true;
    }
    if (sources->region == NULL)
        return dynamo_fail(error, DYNAMO_ERR_NO_REGION,
                           "no region: set region in dynamo_config, AWS_REGION, or region in profile %s of %s",
                           sources->profile, dynamo_profiles_files(sources->profiles));
    if (strcmp(sources->region, "local") == 0)
        return keep(&settings->region, "us-east-1") ? DYNAMO_OK : dynamo_fail_memory(error);
    if (!keep(&settings->region, sources->region))
        return dynamo_fail_memory(error);
    /* "fips-us-east-1" and "us-east-1-fips" are how one once asked for a region's FIPS hosts. */
    if (cut_out(settings->region, "fips-") || cut_out(settings->region, "-fips"))
        settings->hosts.fips = true;
    sources->region = settings->region;
    return DYNAMO_OK;
}

/* Streams of a local server are on its own port. Where region or keys are missing, AWS's host could serve none. */
static dynamo_status share_local_endpoint(dynamo_settings *settings, const setting_sources *sources,
                                          dynamo_error *error)
{
    const dynamo_given_url *dynamodb = &settings->hosts.given[DYNAMO_SERVICE_DYNAMODB];
    dynamo_given_url       *streams  = &settings->hosts.given[DYNAMO_SERVICE_STREAMS];

    if (streams->text != NULL || !settings->dynamodb.loopback || (!sources->guessed && !sources->placeholders))
        return DYNAMO_OK;
    return keep_url(streams, dynamodb->text, dynamodb->name, error);
}

/* Of Streams, which has account hosts with FIPS too but not in all regions, only a call tells. */
static dynamo_status check_account_hosts(const dynamo_settings *settings, const char *region, dynamo_error *error)
{
    if (!settings->dynamodb.needs_account || settings->dynamodb.account_suffix != NULL)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                       "account_id_endpoint_mode is required, but accounts have no hosts of their own %s %s",
                       settings->hosts.fips ? "that are FIPS ones:" : "in the region",
                       settings->hosts.fips ? "unset use_fips_endpoint, or set the mode to preferred" : region);
}

/* Where DynamoDB's own requests go. */
static dynamo_status resolve_hosts(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    dynamo_endpoint *const endpoints[] = {
        [DYNAMO_SERVICE_DYNAMODB] = &settings->dynamodb,
        [DYNAMO_SERVICE_SEARCH]   = &settings->search,
        [DYNAMO_SERVICE_STREAMS]  = &settings->streams,
    };
    dynamo_status status = share_local_endpoint(settings, sources, error);

    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(endpoints); i++) {
        dynamo_endpoint_free(endpoints[i]);
        status = dynamo_endpoint_of_service(endpoints[i], &settings->hosts, (dynamo_service)i, sources->region, error);
    }
    return status == DYNAMO_OK ? check_account_hosts(settings, sources->region, error) : status;
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

static dynamo_status keys_of_config(dynamo_settings *settings, const setting_sources *sources, dynamo_error *error)
{
    static const dynamo_key_names names  = { "access_key", "secret_key", "session_token", "", "" };
    const dynamo_config          *config = sources->config;
    const dynamo_key_texts        values = { given(config->access_key), given(config->secret_key),
                                             given(config->session_token), NULL, NULL };

    if (config->credentials != NULL && values.access_key != NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "access_key and the credentials callback are both set: set one of them");
    if (values.session_token != NULL && values.access_key == NULL && values.secret_key == NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "session_token is set without access_key and secret_key: set all three, or none");
    settings->keys_source = "dynamo_config";
    return dynamo_keys_take(&settings->keys, &names, &values, DYNAMO_ERR_INVALID_ARGUMENT, "", error);
}

/* Whether all requests that the keys are for stay on this machine. */
static bool is_local(const dynamo_settings *settings, const setting_sources *sources)
{
    const bool local = settings->dynamodb.url != NULL ? settings->dynamodb.loopback
                                                      : strcmp(sources->region, "local") == 0;

    return local && (settings->streams.url == NULL || settings->streams.loopback);
}

typedef char source_name[40];

/* Whether one of the names is set that lead to keys by a process, a file or an exchange. */
static bool has_any(const dynamo_settings *settings, const char *profile, const source_name *names)
{
    bool has = false;

    for (; !has && **names != '\0'; names++)
        has = profile != NULL ? dynamo_settings_key(settings, profile, *names) != NULL
                              : dynamo_settings_variable(settings, *names) != NULL;
    return has;
}

/* Of a profile's keys, those before its static ones in order, then those after. */
static const source_name keys_before_static[] = { "role_arn",      "web_identity_token_file", "sso_session",
                                                  "sso_start_url", "sso_account_id",          "" };
static const source_name keys_after_static[]  = { "login_session", "credential_process",
                                                  "ec2_metadata_service_endpoint", "" };
static const source_name source_variables[]   = { "AWS_WEB_IDENTITY_TOKEN_FILE",
                                                  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                                  "AWS_EC2_METADATA_SERVICE_ENDPOINT", "" };

/* Keys that stand in the environment or the profile need no source to be asked, unless one of the profile's comes
 * before its own. */
static dynamo_status take_keys_at_hand(dynamo_settings *settings, dynamo_error *error)
{
    const dynamo_source source = { .settings = settings, .profile = settings->profile };
    dynamo_buffer       reason = { 0 };
    dynamo_status       status = DYNAMO_OK;

    settings->keys_source = "environment";
    if (!settings->profile_named)
        status = dynamo_environment_keys(&source, &settings->keys, &reason, error);
    if (status == DYNAMO_OK && settings->keys.access_key == NULL &&
        !has_any(settings, settings->profile, keys_before_static)) {
        settings->keys_source = "profile";
        status                = dynamo_static_keys(&source, &settings->keys, &reason, error);
    }
    dynamo_buffer_free(&reason);
    return status;
}

/* Whether a source of keys that is asked is set up: the profile's, the environment's. The metadata service is there
 * without a word on EC2; to be set up it has to be named. */
static bool has_sources(const dynamo_settings *settings)
{
    return has_any(settings, settings->profile, keys_before_static) ||
           has_any(settings, settings->profile, keys_after_static) || has_any(settings, NULL, source_variables);
}

/* What the sources work with stays for the client's life when there are no keys at hand. */
static dynamo_status resolve_keys(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    dynamo_status status;

    if (settings->keys.access_key != NULL || sources->config->credentials != NULL)
        return DYNAMO_OK;
    settings->profiles      = sources->profiles;
    settings->profile_named = given(sources->config->profile) != NULL;
    settings->environment   = dynamo_environment_copy();
    if (settings->environment == NULL || !keep(&settings->profile, sources->profile))
        return dynamo_fail_memory(error);
    status = take_keys_at_hand(settings, error);
    if (status != DYNAMO_OK || settings->keys.access_key != NULL)
        return status;
    settings->keys_source = NULL;
    if (!is_local(settings, sources) || has_sources(settings))
        return DYNAMO_OK;
    /* DynamoDB Local and its like want an access key, of letters and digits, but have no secret to check it with. An
     * endpoint of theirs alone is thus enough. */
    sources->placeholders = true;
    settings->keys_source = "placeholder";
    status                = dynamo_credentials_set(&settings->keys, "local", "local", NULL, NULL, 0);
    return status == DYNAMO_OK ? DYNAMO_OK : dynamo_fail_memory(error);
}

/* Nothing is asked of the sources where there are keys. */
static void forget_sources(dynamo_settings *settings, setting_sources *sources)
{
    const bool needed = settings->keys.access_key == NULL && settings->credentials == NULL;

    if (settings->profiles == NULL || !needed)
        dynamo_profiles_free(sources->profiles);
    if (needed)
        return;
    settings->profiles = NULL;
    dynamo_environment_free(settings->environment);
    settings->environment = NULL;
}

/* ---- CA file, User-Agent, limits --------------------------------------------------------------------------------- */

/* NULL, or why the file can't be read. */
static const char *file_fault(const char *path)
{
    struct stat status;
    int         descriptor = open(path, O_RDONLY | O_CLOEXEC);
    const char *fault      = NULL;

    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR ? "there is no such file"
               : errno == EACCES                   ? "permission denied"
                                                   : "it can't be opened";
    if (fstat(descriptor, &status) != 0 || S_ISDIR(status.st_mode))
        fault = "it is a directory";
    close(descriptor);
    return fault;
}

static dynamo_status resolve_ca_file(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const found_setting file = find(sources, ca_file_setting, sources->config->ca_file);
    const char         *fault;
    char                name[SOURCE_NAME_SIZE];

    if (file.text == NULL)
        return DYNAMO_OK;
    fault = file_fault(file.text);
    if (fault != NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s, %s, can't be read: %s",
                           name_source(sources, &file, name), file.text, fault);
    return keep(&settings->ca_file, file.text) ? DYNAMO_OK : dynamo_fail_memory(error);
}

/* With '-' for each character that a User-Agent's component can't have. */
static void append_token(dynamo_buffer *buffer, const char *text)
{
    for (; *text != '\0'; text++)
        dynamo_buffer_char(buffer, strchr(TOKEN_CHARACTERS, *text) != NULL ? *text : '-');
}

/* The names that AWS's SDKs give to operating systems; there is no other. */
static const char *system_name(const char *name)
{
    if (strcmp(name, "Linux") == 0)
        return "linux";
    return strcmp(name, "Darwin") == 0 ? "macos" : "other";
}

static dynamo_status check_app_id(const setting_sources *sources, const found_setting *app_id, dynamo_error *error)
{
    char name[SOURCE_NAME_SIZE];

    if (strlen(app_id->text) > APP_ID_LENGTH)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is longer than %d characters",
                           name_source(sources, app_id, name), APP_ID_LENGTH);
    if (app_id->is_option && app_id->text[strspn(app_id->text, TOKEN_CHARACTERS)] != '\0')
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "app_id has a character that is none of letters, digits and !$%%&'*+-.^_`|~,");
    return DYNAMO_OK;
}

/* "dynamo/0.1.0 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/c#c11 app/ID" */
static dynamo_status resolve_user_agent(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const found_setting app_id = find(sources, app_id_setting, sources->config->app_id);
    dynamo_buffer       agent  = { 0 };
    struct utsname      system;
    dynamo_status       status = app_id.text == NULL ? DYNAMO_OK : check_app_id(sources, &app_id, error);

    if (status != DYNAMO_OK)
        return status;
    if (uname(&system) < 0)
        memset(&system, 0, sizeof(system));
    dynamo_buffer_text(&agent, "dynamo/" DYNAMO_VERSION " ua/2.1 os/");
    dynamo_buffer_text(&agent, system_name(system.sysname));
    dynamo_buffer_char(&agent, '#');
    append_token(&agent, system.release);
    dynamo_buffer_text(&agent, " md/arch#");
    append_token(&agent, system.machine);
    dynamo_buffer_text(&agent, " lang/c#c11");
    if (app_id.text != NULL) {
        dynamo_buffer_text(&agent, " app/");
        append_token(&agent, app_id.text);
    }
    if (agent.failed)
        return dynamo_fail_memory(error);
    settings->user_agent = agent.data;
    return DYNAMO_OK;
}

/* "legacy" is read as the standard mode. */
static dynamo_status resolve_retry_mode(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const found_setting mode = find(sources, retry_mode_setting, sources->config->retry_mode);
    char                name[SOURCE_NAME_SIZE];

    settings->adaptive = mode.text != NULL && strcmp(mode.text, "adaptive") == 0;
    if (mode.text == NULL || settings->adaptive || strcmp(mode.text, "standard") == 0 ||
        strcmp(mode.text, "legacy") == 0)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is none of standard, adaptive and legacy",
                       name_source(sources, &mode, name));
}

/* A whole number from 1 to MOST_ATTEMPTS; 0: the text is none. */
static unsigned read_attempts(const char *text)
{
    unsigned number = 0;

    for (; *text >= '0' && *text <= '9' && number <= MOST_ATTEMPTS; text++)
        number = number * 10 + (unsigned)(*text - '0');
    return *text == '\0' && number <= MOST_ATTEMPTS ? number : 0;
}

static dynamo_status resolve_max_attempts(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const found_setting attempts = find(sources, max_attempts_setting, NULL);
    char                name[SOURCE_NAME_SIZE];

    settings->max_attempts = sources->config->max_attempts;
    if (settings->max_attempts == 0)
        settings->max_attempts = attempts.text != NULL ? read_attempts(attempts.text) : DEFAULT_ATTEMPTS;
    if (settings->max_attempts == 0)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is no whole number from 1 to %d",
                           name_source(sources, &attempts, name), MOST_ATTEMPTS);
    return DYNAMO_OK;
}

static dynamo_status resolve_clock_skew(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const found_setting off = find(sources, skew_setting, NULL);
    char                name[SOURCE_NAME_SIZE];

    settings->correct_clock_skew = off.text == NULL || strcasecmp(off.text, "false") == 0;
    if (settings->correct_clock_skew || strcasecmp(off.text, "true") == 0)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is neither true nor false",
                       name_source(sources, &off, name));
}

static int64_t or_default(int64_t value, int64_t usual)
{
    return value != 0 ? value : usual;
}

static dynamo_status copy_limits(dynamo_settings *settings, setting_sources *sources, dynamo_error *error)
{
    const dynamo_config *config = sources->config;

    (void)error;
    settings->max_clients        = config->max_clients != 0 ? config->max_clients : DEFAULT_CLIENTS;
    settings->connect_timeout_ms = or_default(config->connect_timeout_ms, DEFAULT_CONNECT_TIMEOUT_MS);
    settings->attempt_timeout_ms = or_default(config->attempt_timeout_ms, DEFAULT_ATTEMPT_TIMEOUT_MS);
    settings->timeout_ms         = or_default(config->timeout_ms, DEFAULT_TIMEOUT_MS);
    settings->context            = config->context;
    settings->credentials        = config->credentials;
    settings->on_attempt         = config->on_attempt;
    settings->on_handle          = config->on_handle;
    return DYNAMO_OK;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* Region and keys depend on whether an endpoint was given, the hosts that are still missing on region and keys. */
static dynamo_status (*const steps[])(dynamo_settings *settings, setting_sources *sources, dynamo_error *error) = {
    resolve_retry_mode, resolve_max_attempts, resolve_clock_skew, resolve_endpoints,  resolve_region,
    resolve_keys,       resolve_hosts,        resolve_ca_file,    resolve_user_agent, copy_limits,
};

dynamo_status dynamo_settings_load(dynamo_settings *settings, const dynamo_config *config, dynamo_error *error)
{
    static const dynamo_config unset   = { 0 };
    setting_sources            sources = { .config = config != NULL ? config : &unset };
    dynamo_status              status;

    *settings = (dynamo_settings){ 0 };
    status    = check_times(sources.config, error);
    if (status == DYNAMO_OK)
        status = keys_of_config(settings, &sources, error);
    if (status == DYNAMO_OK)
        status = load_profile(&sources, error);
    for (size_t i = 0; status == DYNAMO_OK && i < DYNAMO_COUNT(steps); i++)
        status = steps[i](settings, &sources, error);
    forget_sources(settings, &sources);
    if (status != DYNAMO_OK)
        dynamo_settings_free(settings);
    return status;
}

void dynamo_settings_free(dynamo_settings *settings)
{
    free(settings->region);
    dynamo_hosts_free(&settings->hosts);
    dynamo_endpoint_free(&settings->dynamodb);
    dynamo_endpoint_free(&settings->search);
    dynamo_endpoint_free(&settings->streams);
    dynamo_credentials_free(&settings->keys);
    dynamo_profiles_free(settings->profiles);
    dynamo_environment_free(settings->environment);
    free(settings->profile);
    free(settings->ca_file);
    free(settings->user_agent);
    *settings = (dynamo_settings){ 0 };
}
