/*
 * Sources of credentials on the network: roles and web identity by STS, IAM Identity Center, aws login. One scripted
 * server on loopback plays them all, reached through AWS_ENDPOINT_URL_*. Time is the test's own.
 */
#include "../dynamo_internal.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

#define NOW 1795435200 /* 2026-11-23T12:00:00Z */
#define ROLE "arn:aws:iam::123456789012:role/reader"
#define ROLE_ENCODED "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader"
#define STATIC_KEYS "aws_access_key_id = AKIASTATIC\naws_secret_access_key = static-secret\n"

/* ---- Folder and environment -------------------------------------------------------------------------------------- */

static char          home[] = "/tmp/dynamo-sources-XXXXXX";
static fault_server *server;

static const char *in_home(const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s", home, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_home(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* To free(). */
static char *read_file(const char *name)
{
    FILE  *file = fopen(in_home(name), "rb");
    char  *text = calloc(1, 8192);
    size_t length;

    assert_non_null(text);
    length       = file != NULL ? fread(text, 1, 8191, file) : 0;
    text[length] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

static size_t files_in(const char *name)
{
    DIR   *folder = opendir(in_home(name));
    size_t count  = 0;

    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] != '.' ? 1 : 0;
    closedir(folder);
    return count;
}

/* The folder and all below it. */
static void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    char below[1024];

    for (const struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
        remove_tree(below);
    }
    if (folder != NULL)
        closedir(folder);
    (void)remove(path);
}

/* Nothing set but where the files and the server are. */
static void plain_environment(void)
{
    static const char *const services[] = { "STS", "SSO", "SSO_OIDC", "SIGNIN" };
    char                     name[64];

    assert_true(fault_plain_environment());
    setenv("HOME", home, 1);
    setenv("AWS_REGION", "eu-central-1", 1);
    for (size_t i = 0; i < DYNAMO_COUNT(services); i++) {
        snprintf(name, sizeof(name), "AWS_ENDPOINT_URL_%s", services[i]);
        setenv(name, fault_server_endpoint(server), 1);
    }
}

static int set_up(void **state)
{
    static const char *const folders[] = { ".aws", ".aws/sso", ".aws/sso/cache", ".aws/login", ".aws/login/cache",
                                           "logins" };

    (void)state;
    server = fault_server_start();
    if (server == NULL || mkdtemp(home) == NULL)
        return -1;
    for (size_t i = 0; i < DYNAMO_COUNT(folders); i++)
        if (mkdir(in_home(folders[i]), 0700) != 0)
            return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_tree(home);
    fault_server_stop(server);
    return 0;
}

/* ---- One question to one source ---------------------------------------------------------------------------------- */

/* What the chain asks of a profile. */
static dynamo_status ask_profile(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                 dynamo_error *error)
{
    static dynamo_source_function *const functions[] = { dynamo_role_keys, dynamo_web_identity_keys, dynamo_sso_keys,
                                                         dynamo_static_keys, dynamo_login_keys, dynamo_process_keys };
    dynamo_status                        status      = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && keys->access_key == NULL && i < DYNAMO_COUNT(functions); i++) {
        dynamo_buffer_clear(reason);
        status = functions[i](source, keys, reason, error);
    }
    return status;
}

typedef struct asked {
    dynamo_status      status;
    dynamo_credentials keys;
    dynamo_error       error;
    dynamo_buffer      reason;
} asked;

/* profile NULL: what the environment alone says. */
static void ask(asked *result, dynamo_source_function *function, const char *profile, int64_t now)
{
    const dynamo_deadline deadline = { NULL, dynamo_deadline_from_now(20000) };
    dynamo_config         config   = { .profile = profile };
    dynamo_settings       settings;
    dynamo_source         source   = { .settings = &settings, .profile = profile, .deadline = &deadline, .now = now,
                                       .profile_keys = ask_profile };

    *result        = (asked){ 0 };
    result->status = dynamo_settings_load(&settings, &config, &result->error);
    if (result->status != DYNAMO_OK)
        return;
    result->status = function(&source, &result->keys, &result->reason, &result->error);
    dynamo_settings_free(&settings);
}

static void forget(asked *result)
{
    dynamo_credentials_free(&result->keys);
    dynamo_buffer_free(&result->reason);
    dynamo_error_clear(&result->error);
}

static bool is_same(const char *one, const char *two)
{
    return one == NULL || two == NULL ? one == two : strcmp(one, two) == 0;
}

/* A failure's words, a reason's, or the keys. */
static void expect_outcome(const char *row, const asked *result, const char *access_key, const char *words)
{
    const char *said = result->status != DYNAMO_OK ? result->error.message
                       : result->reason.data != NULL ? result->reason.data : "";

    if (access_key != NULL && result->status != DYNAMO_OK)
        complain(row, "failed: %s", said);
    else if (!is_same(access_key, result->keys.access_key))
        complain(row, "access key %s in place of %s", result->keys.access_key, access_key);
    if (words != NULL && strstr(said, words) == NULL)
        complain(row, "\"%s\" isn't in \"%s\"", words, said);
    if (result->status != DYNAMO_OK && result->status != DYNAMO_ERR_CREDENTIALS)
        complain(row, "status %s", dynamo_status_name(result->status));
    if (strstr(said, "-secret") != NULL || strstr(said, "/secret") != NULL)
        complain(row, "a secret in \"%s\"", said);
}

/* The bodies that were sent, in order. */
static void expect_bodies(const char *row, const char *const bodies[3])
{
    size_t count = 0;

    while (count < 3 && bodies[count] != NULL)
        count++;
    if (fault_server_requests(server) != count) {
        complain(row, "%zu requests in place of %zu", fault_server_requests(server), count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const fault_request *request = fault_server_request(server, i);

        if (strcmp(request->body, bodies[i]) != 0)
            complain(row, "request %zu: \"%s\" in place of \"%s\"", i, request->body, bodies[i]);
    }
}

#define ANSWER(text) { .crc = FAULT_CRC_NONE, .body = (text) }
#define REFUSAL(code, text) { .crc = FAULT_CRC_NONE, .status = (code), .body = (text) }

static void script(const fault_step *steps)
{
    size_t count = 0;

    while (count < 3 && steps[count].body != NULL)
        count++;
    fault_server_script(server, steps, count);
}

/* ---- Roles ------------------------------------------------------------------------------------------------------- */

#define STS_KEYS(action, key, expiration)                                                                              \
    "<" action "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" action "Result>"                       \
    "<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId>"                                                           \
    "<Arn>arn:aws:sts::123456789012:assumed-role/reader/s</Arn></AssumedRoleUser><Credentials>"                        \
    "<AccessKeyId>" key "</AccessKeyId><SecretAccessKey>a/secret+of&amp;its=own</SecretAccessKey>"                     \
    "<SessionToken>a&#x2F;token==</SessionToken><Expiration>" expiration "</Expiration></Credentials>"                 \
    "</" action "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" action "Response>"
#define ROLE_KEYS(key) STS_KEYS("AssumeRole", key, "2026-11-23T13:00:00Z")
#define WEB_KEYS(key) STS_KEYS("AssumeRoleWithWebIdentity", key, "2026-11-23T13:00:00Z")
#define STS_ERROR(code, message)                                                                                       \
    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"                    \
    "<Code>" code "</Code><Message>" message "</Message></Error><RequestId>1</RequestId></ErrorResponse>"

#define BODY(role) "Action=AssumeRole&Version=2011-06-15&RoleArn=" role "&RoleSessionName=dynamo-1795435200"
#define ENVIRONMENT(key) { "AWS_ACCESS_KEY_ID", key }, { "AWS_SECRET_ACCESS_KEY", "environment-secret" }

typedef struct role_row {
    const char *name;
    const char *config;
    const char *variables[3][2];
    fault_step  answers[3];
    const char *bodies[3];
    const char *signers[3]; /* access keys */
    const char *access_key;
    const char *words;
} role_row;

static const role_row role_rows[] = {
    { .name       = "source_profile",
      .config     = "[profile a]\nrole_arn = " ROLE "\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers    = { ANSWER(ROLE_KEYS("ASIAROLE")) },
      .bodies     = { BODY(ROLE_ENCODED) },
      .signers    = { "AKIASTATIC" },
      .access_key = "ASIAROLE" },
    { .name       = "all that a profile may say",
      .config     = "[profile a]\nrole_arn = " ROLE "\nsource_profile = b\nrole_session_name = me@here\n"
                    "external_id = 1+2/3 4:\xC3\xA9\nduration_seconds = 900\n[profile b]\n" STATIC_KEYS,
      .answers    = { ANSWER(ROLE_KEYS("ASIAROLE")) },
      .bodies     = { "Action=AssumeRole&Version=2011-06-15&RoleArn=" ROLE_ENCODED "&RoleSessionName=me%40here"
                      "&ExternalId=1%2B2%2F3%204%3A%C3%A9&DurationSeconds=900" },
      .signers    = { "AKIASTATIC" },
      .access_key = "ASIAROLE" },
    { .name       = "a profile that names itself",
      .config     = "[profile a]\nrole_arn = " ROLE "\nsource_profile = a\n" STATIC_KEYS,
      .answers    = { ANSWER(ROLE_KEYS("ASIAROLE")) },
      .bodies     = { BODY(ROLE_ENCODED) },
      .signers    = { "AKIASTATIC" },
      .access_key = "ASIAROLE" },
    { .name       = "a chain of three",
      .config     = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\nrole_arn = B\nsource_profile = c\n"
                    "[profile c]\nrole_arn = C\nsource_profile = d\n[profile d]\n" STATIC_KEYS,
      .answers    = { ANSWER(ROLE_KEYS("ASIAC")), ANSWER(ROLE_KEYS("ASIAB")), ANSWER(ROLE_KEYS("ASIAA")) },
      .bodies     = { BODY("C"), BODY("B"), BODY("A") },
      .signers    = { "AKIASTATIC", "ASIAC", "ASIAB" },
      .access_key = "ASIAA" },
    { .name       = "static keys of a source_profile go before its role",
      .config     = "[profile a]\nrole_arn = A\nsource_profile = b\n"
                    "[profile b]\nrole_arn = B\nsource_profile = a\n" STATIC_KEYS,
      .answers    = { ANSWER(ROLE_KEYS("ASIAA")) },
      .bodies     = { BODY("A") },
      .signers    = { "AKIASTATIC" },
      .access_key = "ASIAA" },
    { .name       = "a source_profile with a process",
      .config     = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\ncredential_process = /bin/echo "
                    "'{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"process-secret\"}'\n",
      .answers    = { ANSWER(ROLE_KEYS("ASIAA")) },
      .bodies     = { BODY("A") },
      .signers    = { "AKIAPROCESS" },
      .access_key = "ASIAA" },
    { .name       = "credential_source Environment",
      .config     = "[profile a]\nrole_arn = A\ncredential_source = Environment\n",
      .variables  = { ENVIRONMENT("AKIAENVIRONMENT"), { "AWS_SESSION_TOKEN", "environment-token" } },
      .answers    = { ANSWER(ROLE_KEYS("ASIAA")) },
      .bodies     = { BODY("A") },
      .signers    = { "AKIAENVIRONMENT" },
      .access_key = "ASIAA" },
    { .name       = "throttled, then not",
      .config     = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers    = { REFUSAL(400, STS_ERROR("Throttling", "Rate exceeded")), REFUSAL(503, ""),
                      ANSWER(ROLE_KEYS("ASIAA")) },
      .bodies     = { BODY("A"), BODY("A"), BODY("A") },
      .signers    = { "AKIASTATIC", "AKIASTATIC", "AKIASTATIC" },
      .access_key = "ASIAA" },
    { .name    = "refused",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { REFUSAL(403, STS_ERROR("AccessDenied", "User &lt;b&gt; is not authorized")) },
      .bodies  = { BODY("A") },
      .words   = "AssumeRole A: AccessDenied: User <b> is not authorized" },
    { .name    = "refused by what stands in for STS",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { REFUSAL(403, "<ErrorResponse><Errors><Error><Code>SignatureDoesNotMatch</Code><Message>It doesn't"
                                "</Message></Error></Errors></ErrorResponse>") },
      .bodies  = { BODY("A") },
      .words   = "AssumeRole A: SignatureDoesNotMatch: It doesn't" },
    { .name    = "refused without a reason",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { REFUSAL(403, "<html>") },
      .bodies  = { BODY("A") },
      .words   = "AssumeRole A: HTTP status 403 without a reason" },
    { .name    = "an answer that is no XML",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { ANSWER("{}") },
      .bodies  = { BODY("A") },
      .words   = "the answer to AssumeRole isn't the XML that was expected" },
    { .name    = "an answer to something else",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { ANSWER(WEB_KEYS("ASIAA")) },
      .bodies  = { BODY("A") },
      .words   = "there is no AccessKeyId in the answer to AssumeRole" },
    { .name    = "an answer whose expiration is no time",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { ANSWER(STS_KEYS("AssumeRole", "ASIAA", "soon")) },
      .bodies  = { BODY("A") },
      .words   = "Expiration in the answer to AssumeRole isn't a time" },
    { .name    = "a key with a line break",
      .config  = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\n" STATIC_KEYS,
      .answers = { ANSWER(ROLE_KEYS("ASIA&#10;X: y")) },
      .bodies  = { BODY("A") },
      .words   = "has a control character" },
    { .name = "no role", .config = "[profile a]\n" STATIC_KEYS, .words = "in profile a" },
    { .name   = "a cycle of two",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\nrole_arn = B\nsource_profile = a\n",
      .words  = "source_profile leads in a circle: a -> b -> a" },
    { .name   = "a cycle that the client isn't in",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\nrole_arn = B\nsource_profile = c\n"
                "[profile c]\nrole_arn = C\nsource_profile = b\n",
      .words  = "source_profile leads in a circle: a -> b -> c -> b" },
    { .name   = "itself without keys",
      .config = "[profile a]\nrole_arn = A\nsource_profile = a\n",
      .words  = "source_profile leads in a circle: a -> a" },
    { .name   = "a source_profile that isn't there",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n",
      .words  = "source_profile in profile a names b, which isn't in " },
    { .name   = "a source_profile without keys",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\nregion = x\n",
      .words  = "source_profile b, of profile a, has no keys: " },
    { .name   = "a source_profile with half of a key",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\naws_access_key_id = AKIA\n",
      .words  = "aws_access_key_id is set without aws_" },
    { .name   = "both sources",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\ncredential_source = Environment\n"
                "[profile b]\n" STATIC_KEYS,
      .words  = "profile a has both source_profile and credential_source" },
    { .name   = "no source beside static keys",
      .config = "[profile a]\nrole_arn = A\n" STATIC_KEYS,
      .words  = "profile a has role_arn, but neither source_profile nor credential_source" },
    { .name   = "an unknown credential_source",
      .config = "[profile a]\nrole_arn = A\ncredential_source = environment\n",
      .words  = "credential_source environment in profile a is none of Environment, Ec2InstanceMetadata and EcsCont" },
    { .name   = "an environment without keys",
      .config = "[profile a]\nrole_arn = A\ncredential_source = Environment\n",
      .words  = "credential_source Environment, of profile a, has no keys: AWS_ACCESS_KEY_ID is unset" },
    { .name   = "a container without its variables",
      .config = "[profile a]\nrole_arn = A\ncredential_source = EcsContainer\n",
      .words  = "credential_source EcsContainer, of profile a, has no keys: AWS_CONTAINER" },
    { .name      = "an instance whose metadata is off",
      .config    = "[profile a]\nrole_arn = A\ncredential_source = Ec2InstanceMetadata\n",
      .variables = { { "AWS_EC2_METADATA_DISABLED", "true" } },
      .words     = "credential_source Ec2InstanceMetadata, of profile a, has no keys: " },
    { .name   = "a device",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\nmfa_serial = arn:aws:iam::1:mfa/me\n"
                "[profile b]\n" STATIC_KEYS,
      .words  = "MFA device arn:aws:iam::1:mfa/me, which only a person can give: assume the role in the credentials "
                "callback" },
    { .name   = "a duration too short",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\nduration_seconds = 899\n[profile b]\n" STATIC_KEYS,
      .words  = "duration_seconds in profile a isn't a number from 900 to 43200" },
    { .name   = "a duration too long",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\nduration_seconds = 43201\n[profile b]\n" STATIC_KEYS,
      .words  = "duration_seconds in profile a isn't a number from 900 to 43200" },
    { .name   = "a duration in words",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\nduration_seconds = 1h\n[profile b]\n" STATIC_KEYS,
      .words  = "duration_seconds in profile a isn't a number from 900 to 43200" },
    { .name   = "a source_profile whose role wants a device",
      .config = "[profile a]\nrole_arn = A\nsource_profile = b\n[profile b]\nrole_arn = B\nsource_profile = c\n"
                "mfa_serial = M\n[profile c]\n" STATIC_KEYS,
      .words  = "profile b wants a code of the MFA device M" },
};

/* The secret that goes with an access key of these rows. */
static const char *secret_of(const char *access_key)
{
    return strcmp(access_key, "AKIASTATIC") == 0        ? "static-secret"
           : strcmp(access_key, "AKIAENVIRONMENT") == 0 ? "environment-secret"
           : strcmp(access_key, "AKIAPROCESS") == 0     ? "process-secret"
                                                        : "a/secret+of&its=own";
}

static bool is_temporary(const char *access_key)
{
    return strncmp(access_key, "ASIA", 4) == 0 || strcmp(access_key, "AKIAENVIRONMENT") == 0;
}

/* Signs what came once more, and compares. */
static void expect_signature(const char *row, const fault_request *request, const char *access_key)
{
    char                 host[128], date[64], token[64], sent[1024];
    uint8_t              key[DYNAMO_HASH_SIZE];
    dynamo_buffer        expected = { 0 }, scratch = { 0 };
    dynamo_sigv4_scope   scope    = { "20261123T120000Z", "eu-central-1", "sts" };
    dynamo_header        headers[] = {
        { "content-type", "application/x-www-form-urlencoded; charset=utf-8" },
        { "host", host }, { "x-amz-date", date }, { "x-amz-security-token", token },
    };
    dynamo_sigv4_request signing = { "POST", "/", "", headers, is_temporary(access_key) ? 4 : 3 };
    dynamo_signer        signer;
    char                 signature[DYNAMO_SIGNATURE_LENGTH];

    if (!fault_request_header(request, "Host", host, sizeof(host)) ||
        !fault_request_header(request, "X-Amz-Date", date, sizeof(date)) ||
        !fault_request_header(request, "Authorization", sent, sizeof(sent)) ||
        fault_request_header(request, "X-Amz-Security-Token", token, sizeof(token)) != is_temporary(access_key)) {
        complain(row, "a header is missing, or one too many");
        return;
    }
    assert_true(dynamo_sigv4_signing_key(secret_of(access_key), &scope, key));
    assert_true(dynamo_signer_init(&signer));
    assert_true(dynamo_signer_prepare(&signer, &signing, &scope, key, &scratch));
    assert_true(dynamo_signer_sign(&signer, request->body, request->body_length, signature));
    dynamo_sigv4_authorization(&expected, &signing, &scope, access_key);
    dynamo_buffer_append(&expected, signature, sizeof(signature));
    dynamo_signer_free(&signer);
    if (strcmp(date, scope.timestamp) != 0 || strcmp(sent, expected.data) != 0)
        complain(row, "signed %s in place of %s", sent, expected.data);
    dynamo_buffer_free(&expected);
    dynamo_buffer_free(&scratch);
}

static void prepare(const char *config, const char *const variables[3][2])
{
    plain_environment();
    write_file(".aws/config", config);
    for (size_t i = 0; i < 3 && variables[i][0] != NULL; i++)
        setenv(variables[i][0], variables[i][1], 1);
}

static void test_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(role_rows); i++) {
        const role_row *row = &role_rows[i];
        asked           result;

        prepare(row->config, row->variables);
        script(row->answers);
        ask(&result, dynamo_role_keys, "a", NOW);
        expect_outcome(row->name, &result, row->access_key, row->words);
        expect_bodies(row->name, row->bodies);
        for (size_t j = 0; j < 3 && row->signers[j] != NULL && j < fault_server_requests(server); j++)
            expect_signature(row->name, fault_server_request(server, j), row->signers[j]);
        if (row->access_key != NULL && result.status == DYNAMO_OK &&
            (!is_same(result.keys.secret_key, "a/secret+of&its=own") ||
             !is_same(result.keys.session_token, "a/token==") || !is_same(result.keys.account_id, "123456789012") ||
             result.keys.expiration != NOW + 3600))
            complain(row->name, "another secret, token, account or expiration");
        forget(&result);
    }
    expect_no_complaints();
}

/* So many roles in a row that a bound has to stop it. */
static void test_roles_without_end(void **state)
{
    dynamo_buffer config = { 0 };
    char          line[96];
    asked         result;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(line, sizeof(line), "[profile a%d]\nrole_arn = A\nsource_profile = a%d\n", i, i + 1);
        dynamo_buffer_text(&config, line);
    }
    dynamo_buffer_text(&config, "[profile a1000]\n" STATIC_KEYS);
    plain_environment();
    write_file(".aws/config", config.data);
    ask(&result, dynamo_role_keys, "a0", NOW);
    expect_outcome("1000 roles", &result, NULL, "more than 32 profiles name one another by source_profile");
    expect_no_complaints();
    forget(&result);
    dynamo_buffer_free(&config);
}

/* ---- Web identity ------------------------------------------------------------------------------------------------ */

#define WEB_BODY(session)                                                                    \
    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=A&RoleSessionName=" session \
    "&WebIdentityToken=to.ken%3D"

typedef struct web_row {
    const char *name;
    const char *config;
    const char *variables[3][2];
    bool        of_profile;
    const char *token; /* in the file "token"; NULL: no such file */
    fault_step  answers[3];
    const char *bodies[3];
    const char *access_key;
    const char *words;
} web_row;

static const web_row web_rows[] = {
    { .name       = "by the environment",
      .config     = "",
      .variables  = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "token" }, { "AWS_ROLE_ARN", "A" } },
      .token      = "to.ken=",
      .answers    = { ANSWER(WEB_KEYS("ASIAWEB")) },
      .bodies     = { WEB_BODY("dynamo-1795435200") },
      .access_key = "ASIAWEB" },
    { .name       = "by the environment, with a name",
      .config     = "",
      .variables  = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "token" }, { "AWS_ROLE_ARN", "A" },
                      { "AWS_ROLE_SESSION_NAME", "me" } },
      .token      = "to.ken=\n",
      .answers    = { ANSWER(WEB_KEYS("ASIAWEB")) },
      .bodies     = { WEB_BODY("me") },
      .access_key = "ASIAWEB" },
    { .name       = "by the profile",
      .config     = "[profile a]\nweb_identity_token_file = token\nrole_arn = A\nrole_session_name = me\n",
      .of_profile = true,
      .token      = "to.ken=\r\n",
      .answers    = { ANSWER(WEB_KEYS("ASIAWEB")) },
      .bodies     = { WEB_BODY("me") },
      .access_key = "ASIAWEB" },
    { .name       = "the provider can't be reached at first",
      .config     = "[profile a]\nweb_identity_token_file = token\nrole_arn = A\nrole_session_name = me\n",
      .of_profile = true,
      .token      = "to.ken=",
      .answers    = { REFUSAL(400, STS_ERROR("IDPCommunicationError", "later")), ANSWER(WEB_KEYS("ASIAWEB")) },
      .bodies     = { WEB_BODY("me"), WEB_BODY("me") },
      .access_key = "ASIAWEB" },
    { .name       = "a token that has expired",
      .config     = "[profile a]\nweb_identity_token_file = token\nrole_arn = A\nrole_session_name = me\n",
      .of_profile = true,
      .token      = "to.ken=",
      .answers    = { REFUSAL(400, STS_ERROR("ExpiredTokenException", "Token must be redeemed")) },
      .bodies     = { WEB_BODY("me") },
      .words      = "AssumeRoleWithWebIdentity A: ExpiredTokenException: Token must be redeemed" },
    { .name = "unset", .config = "", .words = "AWS_WEB_IDENTITY_TOKEN_FILE is unset" },
    { .name       = "not in the profile",
      .config     = "[profile a]\nrole_arn = A\n",
      .variables  = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "token" }, { "AWS_ROLE_ARN", "A" } },
      .of_profile = true,
      .words      = "no web_identity_token_file in profile a" },
    { .name      = "no role",
      .config    = "",
      .variables = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "token" } },
      .words     = "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN" },
    { .name       = "no role in the profile",
      .config     = "[profile a]\nweb_identity_token_file = token\n",
      .of_profile = true,
      .words      = "web_identity_token_file is set without role_arn in profile a" },
    { .name       = "no file",
      .config     = "[profile a]\nweb_identity_token_file = token\nrole_arn = A\n",
      .of_profile = true,
      .words      = "token, can't be read: there is no such file" },
    { .name       = "an empty file",
      .config     = "[profile a]\nweb_identity_token_file = token\nrole_arn = A\n",
      .of_profile = true,
      .token      = "\n",
      .words      = "token, is empty" },
};

static void test_web_identity(void **state)
{
    char former[512];

    (void)state;
    assert_non_null(getcwd(former, sizeof(former)));
    assert_int_equal(chdir(home), 0);
    for (size_t i = 0; i < DYNAMO_COUNT(web_rows); i++) {
        const web_row *row = &web_rows[i];
        char           value[64];
        asked          result;

        prepare(row->config, row->variables);
        (void)unlink(in_home("token"));
        if (row->token != NULL)
            write_file("token", row->token);
        script(row->answers);
        ask(&result, dynamo_web_identity_keys, row->of_profile ? "a" : NULL, NOW);
        expect_outcome(row->name, &result, row->access_key, row->words);
        expect_bodies(row->name, row->bodies);
        for (size_t j = 0; j < fault_server_requests(server); j++)
            if (fault_request_header(fault_server_request(server, j), "Authorization", value, sizeof(value)))
                complain(row->name, "it is signed");
        forget(&result);
    }
    assert_int_equal(chdir(former), 0);
    expect_no_complaints();
}

/* ---- IAM Identity Center ----------------------------------------------------------------------------------------- */


#define SSO_SESSION                                                                                   \
    "[profile a]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader +1\n"     \
    "[sso-session corp]\nsso_region = us-west-2\nsso_start_url = https://corp.example/start\n"
#define SSO_INLINE                                                                             \
    "[profile a]\nsso_account_id = 123456789012\nsso_role_name = Reader +1\n"                  \
    "sso_region = us-west-2\nsso_start_url = https://corp.example/start\n"
#define TOKEN_UNTIL(moment) "\"accessToken\":\"old-token\",\"expiresAt\":\"" moment "\""
#define REGISTRATION(moment)                                                       \
    "\"clientId\":\"id\",\"clientSecret\":\"client-word\",\"refreshToken\":\"old-refresh\"," \
    "\"registrationExpiresAt\":\"" moment "\",\"kept\":{\"n\":[1,true,null]}"
#define SSO_KEYS                                                                                            \
    "{\"roleCredentials\":{\"accessKeyId\":\"ASIASSO\",\"secretAccessKey\":\"sso-secret\",\"sessionToken\":" \
    "\"sso-token\",\"expiration\":1795438800000}}"
#define FRESH_TOKEN                                                                                \
    "{\"accessToken\":\"new-token\",\"expiresIn\":28800,\"refreshToken\":\"new-refresh\",\"tokenType\":" \
    "\"Bearer\"}"
#define PORTAL_LINE "GET /federation/credentials?role_name=Reader%20%2B1&account_id=123456789012 HTTP/1.1"
#define TOKEN_LINE "POST /token HTTP/1.1"
#define REFRESH_BODY \
    "{\"clientId\":\"id\",\"clientSecret\":\"client-word\",\"grantType\":\"refresh_token\",\"refreshToken\":" \
    "\"old-refresh\"}"

typedef struct sso_row {
    const char *name;
    const char *config;
    const char *session_file; /* NULL: it isn't there */
    const char *url_file;
    fault_step  answers[3];
    const char *lines[3];
    const char *bodies[3];
    const char *token; /* that the portal saw */
    const char *saved; /* in the session's file afterwards */
    const char *access_key;
    const char *words;
} sso_row;

static const sso_row sso_rows[] = {
    { .name         = "a session",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}",
      .answers      = { ANSWER(SSO_KEYS) },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .token        = "old-token",
      .access_key   = "ASIASSO" },
    { .name       = "all in the profile",
      .config     = SSO_INLINE,
      .url_file   = "{" TOKEN_UNTIL("2026-11-23T20:00:00UTC") "}",
      .answers    = { ANSWER(SSO_KEYS) },
      .lines      = { PORTAL_LINE },
      .bodies     = { "" },
      .token      = "old-token",
      .access_key = "ASIASSO" },
    { .name         = "a token near its end is refreshed",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:14:59Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { ANSWER(FRESH_TOKEN), ANSWER(SSO_KEYS) },
      .lines        = { TOKEN_LINE, PORTAL_LINE },
      .bodies       = { REFRESH_BODY, "" },
      .token        = "new-token",
      .saved        = "{\"accessToken\":\"new-token\",\"clientId\":\"id\",\"clientSecret\":\"client-word\","
                      "\"expiresAt\":\"2026-11-23T20:00:00Z\",\"kept\":{\"n\":[1,true,null]},"
                      "\"refreshToken\":\"new-refresh\",\"registrationExpiresAt\":\"2027-01-01T00:00:00Z\"}",
      .access_key   = "ASIASSO" },
    { .name         = "one that has 15 minutes is not",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:15:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { ANSWER(SSO_KEYS) },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .token        = "old-token",
      .access_key   = "ASIASSO" },
    { .name         = "an expired token is refreshed; the old refresh token stays where no new one comes",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-22T12:00:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { ANSWER("{\"accessToken\":\"new-token\",\"expiresIn\":60}"), ANSWER(SSO_KEYS) },
      .lines        = { TOKEN_LINE, PORTAL_LINE },
      .bodies       = { REFRESH_BODY, "" },
      .token        = "new-token",
      .saved        = "{\"accessToken\":\"new-token\",\"clientId\":\"id\",\"clientSecret\":\"client-word\","
                      "\"expiresAt\":\"2026-11-23T12:01:00Z\",\"kept\":{\"n\":[1,true,null]},"
                      "\"refreshToken\":\"old-refresh\",\"registrationExpiresAt\":\"2027-01-01T00:00:00Z\"}",
      .access_key   = "ASIASSO" },
    { .name         = "a refresh that fails leaves a token that is still good",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:01:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { REFUSAL(400, "{\"error\":\"invalid_grant\"}"), ANSWER(SSO_KEYS) },
      .lines        = { TOKEN_LINE, PORTAL_LINE },
      .bodies       = { REFRESH_BODY, "" },
      .token        = "old-token",
      .access_key   = "ASIASSO" },
    { .name         = "a refresh of an expired token that is refused",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { REFUSAL(400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid refresh token\"}") },
      .lines        = { TOKEN_LINE },
      .bodies       = { REFRESH_BODY },
      .words        = "CreateToken: HTTP status 400: invalid_grant: Invalid refresh token; run aws sso login" },
    { .name         = "a refresh without a token",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { ANSWER("{\"expiresIn\":60}") },
      .lines        = { TOKEN_LINE },
      .bodies       = { REFRESH_BODY },
      .words        = "CreateToken: the answer has no accessToken; run aws sso login" },
    { .name         = "a refresh for no time",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .answers      = { ANSWER("{\"accessToken\":\"t\",\"expiresIn\":-1}") },
      .lines        = { TOKEN_LINE },
      .bodies       = { REFRESH_BODY },
      .words        = "CreateToken: the answer has no expiresIn" },
    { .name         = "an expired token whose registration has expired too",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") "," REGISTRATION("2026-11-23T12:00:00Z") "}",
      .words        = " has expired; run aws sso login --profile a" },
    { .name     = "an expired token of the old form",
      .config   = SSO_INLINE,
      .url_file = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") "," REGISTRATION("2027-01-01T00:00:00Z") "}",
      .words    = " has expired; run aws sso login --profile a" },
    { .name         = "the portal refuses the token",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}",
      .answers      = { REFUSAL(401, "{\"message\":\"Session token not found or invalid\"}") },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .token        = "old-token",
      .words        = "GetRoleCredentials: HTTP status 401: Session token not found or invalid; run aws sso login" },
    { .name         = "the portal refuses the role",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}",
      .answers      = { REFUSAL(403, "{\"message\":\"No access\"}") },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .token        = "old-token",
      .words        = "GetRoleCredentials: HTTP status 403: No access" },
    { .name         = "an answer that is no JSON",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}",
      .answers      = { ANSWER("<html>") },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .words        = "GetRoleCredentials isn't the JSON that was expected" },
    { .name         = "an answer without keys",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}",
      .answers      = { ANSWER("{\"roleCredentials\":null}") },
      .lines        = { PORTAL_LINE },
      .bodies       = { "" },
      .words        = "GetRoleCredentials: the answer has no accessKeyId" },
    { .name = "no file", .config = SSO_SESSION, .words = "there is no such file; run aws sso login --profile a" },
    { .name = "a file of nothing", .config = SSO_SESSION, .session_file = "", .words = "isn't a JSON object" },
    { .name         = "a file that is cut",
      .config       = SSO_SESSION,
      .session_file = "{\"accessToken\"",
      .words        = "isn't a JSON object" },
    { .name = "a file that is a list", .config = SSO_SESSION, .session_file = "[]", .words = "isn't a JSON object" },
    { .name         = "a file with more behind",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("2026-11-23T20:00:00Z") "}}",
      .words        = "isn't a JSON object" },
    { .name         = "a file without a token",
      .config       = SSO_SESSION,
      .session_file = "{\"expiresAt\":\"2026-11-23T20:00:00Z\"}",
      .words        = "has no accessToken with its expiresAt; run aws sso login" },
    { .name         = "a token with a line break",
      .config       = SSO_SESSION,
      .session_file = "{\"accessToken\":\"a\\r\\nX: b\",\"expiresAt\":\"2026-11-23T20:00:00Z\"}",
      .words        = "the token has a control character" },
    { .name         = "a file whose expiration is no time",
      .config       = SSO_SESSION,
      .session_file = "{" TOKEN_UNTIL("later") "}",
      .words        = "has no accessToken with its expiresAt" },
    { .name = "no SSO", .config = "[profile a]\nsso_session = corp\n", .words = "no sso_account_id in profile a" },
    { .name   = "an account without a role",
      .config = "[profile a]\nsso_account_id = 1\n",
      .words  = "sso_account_id is set without sso_role_name in profile a" },
    { .name   = "a role without an account",
      .config = "[profile a]\nsso_role_name = r\n",
      .words  = "sso_role_name is set without sso_account_id in profile a" },
    { .name   = "a session that isn't there",
      .config = "[profile a]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n",
      .words  = "no sso_region in sso-session corp" },
    { .name   = "no start URL in the profile",
      .config = "[profile a]\nsso_region = us-west-2\nsso_account_id = 1\nsso_role_name = r\n",
      .words  = "no sso_start_url in profile a" },
    { .name   = "a profile that contradicts its session",
      .config = SSO_SESSION "[profile a]\nsso_region = us-east-1\n",
      .words  = "sso_region in profile a is another than in sso-session corp" },
};

static const char *named_by_sha1(const char *text)
{
    static char name[128];
    uint8_t     hash[DYNAMO_SHA1_SIZE];
    int         used = snprintf(name, sizeof(name), ".aws/sso/cache/");

    dynamo_sha1(text, strlen(text), hash);
    for (size_t i = 0; i < sizeof(hash); i++)
        used += snprintf(name + used, sizeof(name) - (size_t)used, "%02x", hash[i]);
    snprintf(name + used, sizeof(name) - (size_t)used, ".json");
    return name;
}

static void put_or_remove(const char *name, const char *text)
{
    (void)unlink(in_home(name));
    if (text != NULL)
        write_file(name, text);
}

static void expect_lines(const char *row, const char *const lines[3])
{
    for (size_t i = 0; i < 3 && lines[i] != NULL && i < fault_server_requests(server); i++)
        if (strcmp(fault_server_request(server, i)->line, lines[i]) != 0)
            complain(row, "%s in place of %s", fault_server_request(server, i)->line, lines[i]);
}

/* The last request's bearer token. */
static void expect_token(const char *row, const char *token)
{
    const size_t count      = fault_server_requests(server);
    char         value[128] = "none";

    if (token == NULL || count == 0)
        return;
    (void)fault_request_header(fault_server_request(server, count - 1), "x-amz-sso_bearer_token", value, sizeof(value));
    if (strcmp(value, token) != 0)
        complain(row, "bearer token %s in place of %s", value, token);
    if (fault_request_header(fault_server_request(server, count - 1), "Authorization", value, sizeof(value)))
        complain(row, "it is signed");
}

/* Compared as JSON, mode 0600, nothing beside it. */
static void expect_saved(const char *row, const char *name, const char *expected)
{
    char       *text = read_file(name);
    json_t     *is = json_loads(text, 0, NULL), *wanted = json_loads(expected, 0, NULL);
    struct stat status = { 0 };

    assert_non_null(wanted);
    if (!json_equal(is, wanted))
        complain(row, "saved %s", text);
    (void)stat(in_home(name), &status);
    if ((status.st_mode & 0777) != 0600)
        complain(row, "mode %o", (unsigned)status.st_mode & 0777);
    json_decref(is);
    json_decref(wanted);
    free(text);
}

static void test_sso(void **state)
{
    static const char *const nothing[3][2] = { { NULL } };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(sso_rows); i++) {
        const sso_row *row = &sso_rows[i];
        asked          result;

        prepare(row->config, nothing);
        put_or_remove(named_by_sha1("https://corp.example/start"), row->url_file);
        put_or_remove(named_by_sha1("corp"), row->session_file);
        script(row->answers);
        ask(&result, dynamo_sso_keys, "a", NOW);
        expect_outcome(row->name, &result, row->access_key, row->words);
        expect_bodies(row->name, row->bodies);
        expect_lines(row->name, row->lines);
        expect_token(row->name, row->token);
        if (row->saved != NULL)
            expect_saved(row->name, named_by_sha1("corp"), row->saved);
        if (files_in(".aws/sso/cache") != (row->session_file != NULL ? 1 : 0) + (row->url_file != NULL ? 1u : 0u))
            complain(row->name, "files were left behind");
        if (row->access_key != NULL && result.status == DYNAMO_OK &&
            (!is_same(result.keys.secret_key, "sso-secret") || !is_same(result.keys.session_token, "sso-token") ||
             !is_same(result.keys.account_id, "123456789012") || result.keys.expiration != NOW + 3600))
            complain(row->name, "another secret, token, account or expiration");
        forget(&result);
    }
    expect_no_complaints();
}

/* ---- aws login --------------------------------------------------------------------------------------------------- */

#define LOGIN_PROFILE "[profile a]\nlogin_session = arn:aws:iam::123456789012:user/me\n"
#define LOGIN_CLIENT "\"clientId\":\"arn:aws:signin:::devtools/same-device\""
#define LOGIN_KEY                                                           \
    "\"dpopKey\":\"-----BEGIN EC PRIVATE KEY-----\\n"                       \
    "MDECAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49\\n"  \
    "AwEH\\n-----END EC PRIVATE KEY-----\\n\""
#define LOGIN_KEYS(key) \
    "\"accessKeyId\":\"" key "\",\"secretAccessKey\":\"login-secret\",\"sessionToken\":\"login-token\""
#define LOGIN_TOKEN(key, moment) \
    "\"accessToken\":{" LOGIN_KEYS(key) ",\"accountId\":\"123456789012\",\"expiresAt\":\"" moment "\"}"
#define LOGIN_REST "\"refreshToken\":\"old-refresh\"," LOGIN_CLIENT ",\"idToken\":\"kept\""
#define LOGIN(moment) "{" LOGIN_TOKEN("ASIAOLD", moment) "," LOGIN_REST "," LOGIN_KEY "}"
#define LOGIN_FRESH                                                                                 \
    "{\"accessToken\":{" LOGIN_KEYS("ASIANEW") "},\"tokenType\":\"aws_sigv4\",\"expiresIn\":900,"     \
    "\"refreshToken\":\"new-refresh\"}"
#define LOGIN_BODY "{" LOGIN_CLIENT ",\"grantType\":\"refresh_token\",\"refreshToken\":\"old-refresh\"}"

typedef struct login_row {
    const char *name;
    const char *config;
    const char *file;
    fault_step  answers[3];
    const char *bodies[3];
    const char *saved;
    const char *access_key;
    const char *words;
} login_row;

static const login_row login_rows[] = {
    { .name       = "keys that last",
      .config     = LOGIN_PROFILE,
      .file       = LOGIN("2026-11-23T12:05:01Z"),
      .access_key = "ASIAOLD" },
    { .name       = "keys near their end",
      .config     = LOGIN_PROFILE,
      .file       = LOGIN("2026-11-23T12:05:00Z"),
      .answers    = { ANSWER(LOGIN_FRESH) },
      .bodies     = { LOGIN_BODY },
      .saved      = "{" LOGIN_TOKEN("ASIANEW", "2026-11-23T12:15:00Z") ",\"refreshToken\":\"new-refresh\",\"clientId\":"
                    "\"arn:aws:signin:::devtools/same-device\",\"idToken\":\"kept\"," LOGIN_KEY "}",
      .access_key = "ASIANEW" },
    { .name       = "keys that have expired, after a 503",
      .config     = LOGIN_PROFILE,
      .file       = LOGIN("2026-11-22T12:00:00Z"),
      .answers    = { REFUSAL(503, ""), ANSWER(LOGIN_FRESH) },
      .bodies     = { LOGIN_BODY, LOGIN_BODY },
      .access_key = "ASIANEW" },
    { .name    = "the session has ended",
      .config  = LOGIN_PROFILE,
      .file    = LOGIN("2026-11-22T12:00:00Z"),
      .answers = { REFUSAL(401, "{\"error\":\"TOKEN_EXPIRED\",\"message\":\"Refresh token has expired\"}") },
      .bodies  = { LOGIN_BODY },
      .saved   = LOGIN("2026-11-22T12:00:00Z"),
      .words   = "CreateOAuth2Token: HTTP status 401: TOKEN_EXPIRED: Refresh token has expired; run aws login" },
    { .name    = "an answer without a refresh token",
      .config  = LOGIN_PROFILE,
      .file    = LOGIN("2026-11-22T12:00:00Z"),
      .answers = { ANSWER("{\"accessToken\":{\"accessKeyId\":\"A\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\"},"
                          "\"expiresIn\":900}") },
      .bodies  = { LOGIN_BODY },
      .saved   = LOGIN("2026-11-22T12:00:00Z"),
      .words   = "CreateOAuth2Token: the answer has no refreshToken" },
    { .name = "no login", .config = "[profile a]\nregion = x\n", .words = "no login_session in profile a" },
    { .name = "no file", .config = LOGIN_PROFILE, .words = "there is no such file; run aws login --profile a" },
    { .name = "a file of nothing", .config = LOGIN_PROFILE, .file = "", .words = "isn't a JSON object" },
    { .name   = "no keys in it",
      .config = LOGIN_PROFILE,
      .file   = "{" LOGIN_REST "," LOGIN_KEY "}",
      .words  = "has no accessKeyId; run aws login" },
    { .name   = "no key of its own",
      .config = LOGIN_PROFILE,
      .file   = "{" LOGIN_TOKEN("ASIAOLD", "2026-11-23T20:00:00Z") "," LOGIN_REST "}",
      .words  = "has no dpopKey; run aws login" },
    { .name   = "an expiration that is no time",
      .config = LOGIN_PROFILE,
      .file   = LOGIN("x"),
      .words  = "has no expiresAt that is a time; run aws login" },
    { .name   = "a key that is none",
      .config = LOGIN_PROFILE,
      .file   = "{" LOGIN_TOKEN("ASIAOLD", "2026-11-22T12:00:00Z") "," LOGIN_REST ",\"dpopKey\":\"key\"}",
      .words  = "is no private key of the curve P-256 in PEM" },
};

static const char *named_by_sha256(const char *folder, const char *text)
{
    static char name[160];
    uint8_t     hash[DYNAMO_HASH_SIZE];
    int         used = snprintf(name, sizeof(name), "%s/", folder);

    assert_true(dynamo_sha256(text, strlen(text), hash));
    for (size_t i = 0; i < sizeof(hash); i++)
        used += snprintf(name + used, sizeof(name) - (size_t)used, "%02x", hash[i]);
    snprintf(name + used, sizeof(name) - (size_t)used, ".json");
    return name;
}

/* That there is a proof, for the right URL; unit_forms looks at its signature. */
static void expect_proof(const char *row, const fault_request *request)
{
    char          value[2048], url[128];
    char         *payload, *end;
    dynamo_buffer base64 = { 0 };
    uint8_t      *bytes;
    size_t        size;
    bool          malformed;

    snprintf(url, sizeof(url), "\"htu\":\"%s/v1/token\",\"iat\":1795435200,", fault_server_endpoint(server));
    if (!fault_request_header(request, "DPoP", value, sizeof(value)) ||
        strcmp(request->line, "POST /v1/token HTTP/1.1") != 0) {
        complain(row, "no proof, or %s", request->line);
        return;
    }
    payload = strchr(value, '.') + 1;
    end     = strchr(payload, '.');
    for (; payload < end; payload++)
        dynamo_buffer_char(&base64, *payload == '-' ? '+' : *payload == '_' ? '/' : *payload);
    while (base64.length % 4 != 0)
        dynamo_buffer_char(&base64, '=');
    bytes = dynamo_base64_decode(base64.data, base64.length, &size, &malformed);
    dynamo_buffer_clear(&base64);
    dynamo_buffer_append(&base64, bytes, size);
    if (strstr(base64.data, url) == NULL)
        complain(row, "a proof of %s", base64.data);
    dynamo_buffer_free(&base64);
    free(bytes);
}

static void run_login_row(const login_row *row, const char *folder)
{
    static const char *const nothing[3][2] = { { NULL } };
    const char              *name          = named_by_sha256(folder, "arn:aws:iam::123456789012:user/me");
    asked                    result;

    prepare(row->config, nothing);
    if (strcmp(folder, "logins") == 0)
        setenv("AWS_LOGIN_CACHE_DIRECTORY", "~/logins", 1);
    put_or_remove(name, row->file);
    (void)chmod(in_home(name), 0600);
    script(row->answers);
    ask(&result, dynamo_login_keys, "a", NOW);
    expect_outcome(row->name, &result, row->access_key, row->words);
    expect_bodies(row->name, row->bodies);
    for (size_t j = 0; j < fault_server_requests(server); j++)
        expect_proof(row->name, fault_server_request(server, j));
    if (row->saved != NULL)
        expect_saved(row->name, name, row->saved);
    if (files_in(folder) != (row->file != NULL ? 1 : 0))
        complain(row->name, "files were left behind");
    if (row->access_key != NULL && result.status == DYNAMO_OK &&
        (!is_same(result.keys.secret_key, "login-secret") || !is_same(result.keys.session_token, "login-token") ||
         !is_same(result.keys.account_id, "123456789012") || result.keys.expiration < NOW))
        complain(row->name, "another secret, token, account or expiration");
    forget(&result);
}

static void test_login(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(login_rows); i++) {
        run_login_row(&login_rows[i], ".aws/login/cache");
        run_login_row(&login_rows[i], "logins");
    }
    expect_no_complaints();
}

/* ---- A file that can't be written -------------------------------------------------------------------------------- */

/* No file may grow, as on a disk that is full: the token serves, the file is as it was, nothing lies beside it. */
static void test_full_disk(void **state)
{
    static const char *const nothing[3][2] = { { NULL } };
    static const fault_step  answers[]     = { ANSWER(FRESH_TOKEN), ANSWER(SSO_KEYS), { 0 } };
    static const char        file[]        = "{" TOKEN_UNTIL("2026-11-23T12:00:00Z") ","
                                             REGISTRATION("2027-01-01T00:00:00Z") "}";
    struct rlimit            former, none;
    asked                    result;
    char                    *text;

    (void)state;
    prepare(SSO_SESSION, nothing);
    put_or_remove(named_by_sha1("https://corp.example/start"), NULL);
    put_or_remove(named_by_sha1("corp"), file);
    script(answers);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    none          = former;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    ask(&result, dynamo_sso_keys, "a", NOW);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    expect_outcome("full disk", &result, "ASIASSO", NULL);
    text = read_file(named_by_sha1("corp"));
    assert_string_equal(text, file);
    assert_int_equal(files_in(".aws/sso/cache"), 1);
    expect_no_complaints();
    free(text);
    forget(&result);
}

/* ---- A whole client ---------------------------------------------------------------------------------------------- */

/* The first call assumes the role, and both are signed with the keys of it. */
static void test_client(void **state)
{
    static const char *const nothing[3][2] = { { NULL } };
    static const fault_step  answers[]     = { ANSWER(STS_KEYS("AssumeRole", "ASIAROLE", "2999-01-01T00:00:00Z")),
                                               ANSWER("{\"TableNames\":[]}"), ANSWER("{\"TableNames\":[]}") };
    dynamo_config            config        = { .profile = "a", .endpoint = fault_server_endpoint(server) };
    dynamo_error             error         = { 0 };
    dynamo_client           *client;
    char                     value[512];

    (void)state;
    prepare("[profile a]\nrole_arn = " ROLE "\nsource_profile = b\n[profile b]\n" STATIC_KEYS, nothing);
    fault_server_script(server, answers, DYNAMO_COUNT(answers));
    client = dynamo_client_new(&config, &error);
    assert_non_null(client);
    assert_int_equal(fault_server_requests(server), 0);
    for (int i = 0; i < 2; i++)
        if (dynamo_list_tables(client, NULL, NULL, &error) != DYNAMO_OK)
            fail_msg("%s", error.message);
    assert_int_equal(fault_server_requests(server), 3);
    for (size_t i = 1; i < 3; i++) {
        assert_true(fault_request_header(fault_server_request(server, i), "Authorization", value, sizeof(value)));
        assert_non_null(strstr(value, "Credential=ASIAROLE/"));
        assert_true(fault_request_header(fault_server_request(server, i), "X-Amz-Security-Token", value,
                                         sizeof(value)));
        assert_string_equal(value, "a/token==");
    }
    dynamo_client_free(client);
    dynamo_error_clear(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles), cmocka_unit_test(test_roles_without_end), cmocka_unit_test(test_web_identity),
        cmocka_unit_test(test_sso),   cmocka_unit_test(test_login),             cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_client),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
