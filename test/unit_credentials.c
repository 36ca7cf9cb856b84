/*
 * Where keys come from, and when they are asked for anew. Environment, files, programs and servers are the test's own;
 * the clock is injected.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

#define NOW INT64_C(1800000000) /* 2027-01-15T08:00:00Z */
#define IN_AN_HOUR "2027-01-15T09:00:00Z"
#define IN_12_MINUTES "2027-01-15T08:12:00Z"
#define IN_5_MINUTES "2027-01-15T08:05:00Z"
#define AN_HOUR_AGO "2027-01-15T07:00:00Z"

static fault_server *server;
static char          folder[256];
static char          nobody[64]; /* an endpoint where nobody listens */

/* ---- A world for each row ---------------------------------------------------------------------------------------- */

/* Replaces | by the server's URL, ~ by one where nobody listens, and ^ by the test's folder. */
static void expand(char *out, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text != '\0'; text++) {
        const char  one[]  = { *text, '\0' };
        const char *piece  = *text == '|' ? fault_server_endpoint(server)
                             : *text == '~' ? nobody
                             : *text == '^' ? folder
                                            : one;
        const size_t length = strlen(piece);

        assert_true(used + length < size);
        memcpy(out + used, piece, length);
        used += length;
    }
    out[used] = '\0';
}

/* NULL: no such file. */
static void write_file(const char *name, const char *text, mode_t mode)
{
    char  path[300], content[8192];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    (void)unlink(path);
    if (text == NULL)
        return;
    expand(content, sizeof(content), text);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* "NAME=VALUE", more of them after line breaks; \r is kept. */
static void set_environment(const char *text)
{
    char  lines[2048];
    char *next = lines;

    expand(lines, sizeof(lines), text);
    while (*next != '\0') {
        char *line = next;
        char *equals;

        next += strcspn(next, "\n");
        if (*next == '\n')
            *next++ = '\0';
        equals = strchr(line, '=');
        assert_non_null(equals);
        *equals = '\0';
        assert_int_equal(setenv(line, equals + 1, 1), 0);
    }
}

static void make_world(const char *environment, const char *config, const char *credentials)
{
    assert_true(fault_plain_environment());
    set_environment("AWS_REGION=us-east-1\nAWS_CONFIG_FILE=^/config\nAWS_SHARED_CREDENTIALS_FILE=^/credentials");
    if (environment != NULL)
        set_environment(environment);
    write_file("config", config, 0600);
    write_file("credentials", credentials, 0600);
}

static dynamo_deadline deadline_of(int64_t milliseconds)
{
    return (dynamo_deadline){ .end_us = dynamo_deadline_from_now(milliseconds) };
}

static void describe(const dynamo_keys *keys, char *text, size_t size)
{
    const dynamo_credentials *values = &keys->values;

    (void)snprintf(text, size, "%s %s %s %s %.0f", values->access_key, values->secret_key,
                   values->session_token != NULL ? values->session_token : "-",
                   values->account_id != NULL ? values->account_id : "-",
                   values->expiration == 0 ? 0 : values->expiration - (double)NOW);
}

/* ---- Chains ------------------------------------------------------------------------------------------------------ */

#define IMDS "AWS_EC2_METADATA_DISABLED=\nAWS_EC2_METADATA_SERVICE_ENDPOINT=|\n"
#define DEAD_IMDS "AWS_EC2_METADATA_DISABLED=\nAWS_EC2_METADATA_SERVICE_ENDPOINT=~\n"
#define ECS "AWS_CONTAINER_CREDENTIALS_FULL_URI=|/keys\n"
#define ENV_KEYS "AWS_ACCESS_KEY_ID=ENVKEY\nAWS_SECRET_ACCESS_KEY=envsecret\n"
#define FILE_KEYS "aws_access_key_id = FILEKEY\naws_secret_access_key = hunter2\n"
#define ANSWER_KEYS(rest) "{\"Code\":\"Success\",\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"hunter2\"" rest "}"
#define KEYS_FOR(when) ANSWER_KEYS(",\"Token\":\"TK\",\"Expiration\":\"" when "\"")
#define GOOD_KEYS KEYS_FOR(IN_AN_HOUR)
#define PROGRAM "#!/bin/sh\n"
#define SAY(json) PROGRAM "echo '" json "'\n"
#define PROCESS "[default]\ncredential_process = ^/program\n"
#define SAYS_KEYS(rest) SAY("{\"Version\":1,\"AccessKeyId\":\"PK\",\"SecretAccessKey\":\"hunter2\"" rest "}")
#define SCRIPT_MAX 6

typedef struct chain_row {
    const char   *name;
    dynamo_config config;
    const char   *environment;
    const char   *file;
    const char   *credentials_file;
    const char   *program;
    const char   *token; /* a file of that name */
    fault_step    script[SCRIPT_MAX];
    size_t        requests;
    dynamo_status status;
    const char   *keys; /* access key, secret, token, account, seconds to live */
    const char   *source;
    const char   *fragments[6]; /* of the message */
    const char   *request;      /* a fragment of the last request's line and header */
} chain_row;

#define FAILS .status = DYNAMO_ERR_CREDENTIALS
#define NONE .status = DYNAMO_ERR_NO_CREDENTIALS

static const chain_row chain_rows[] = {
    /* keys at hand */
    { "options", .config = { .access_key = "OPT", .secret_key = "s", .session_token = "t" }, .environment = ENV_KEYS IMDS,
      .keys = "OPT s t - 0", .source = "dynamo_config" },
    { "environment", .environment = ENV_KEYS "AWS_SESSION_TOKEN=t\nAWS_ACCOUNT_ID=123\n" IMDS,
      .keys = "ENVKEY envsecret t 123 0", .source = "environment" },
    { "environment with an expiration", .environment = ENV_KEYS "AWS_CREDENTIAL_EXPIRATION=" IN_AN_HOUR,
      .keys = "ENVKEY envsecret - - 3600", .source = "environment" },
    { "environment's last minutes", .environment = ENV_KEYS "AWS_CREDENTIAL_EXPIRATION=" IN_5_MINUTES,
      .keys = "ENVKEY envsecret - - 300", .source = "environment" },
    { "environment that has expired", .environment = ENV_KEYS "AWS_CREDENTIAL_EXPIRATION=" AN_HOUR_AGO, FAILS,
      .fragments = { "environment have expired", "make a new client" } },
    { "environment with a malformed expiration", .environment = ENV_KEYS "AWS_CREDENTIAL_EXPIRATION=soon", FAILS,
      .fragments = { "AWS_CREDENTIAL_EXPIRATION", "isn't a time" } },
    { "environment beats process", .environment = ENV_KEYS, .file = PROCESS, .keys = "ENVKEY envsecret - - 0",
      .source = "environment" },
    { "a named profile skips the environment", .config = { .profile = "default" }, .environment = ENV_KEYS,
      .file = PROCESS, .program = SAYS_KEYS(""), .keys = "PK hunter2 - - 0", .source = "process" },
    { "AWS_PROFILE doesn't", .environment = ENV_KEYS "AWS_PROFILE=default", .file = PROCESS,
      .keys = "ENVKEY envsecret - - 0", .source = "environment" },
    { "static keys beat process", .file = PROCESS FILE_KEYS, .keys = "FILEKEY hunter2 - - 0", .source = "profile" },
    { "static keys beat container", .environment = ECS, .credentials_file = "[default]\n" FILE_KEYS,
      .keys = "FILEKEY hunter2 - - 0", .source = "profile" },
    { "half a profile", .file = "[default]\naws_access_key_id = x\n", .environment = IMDS, FAILS,
      .fragments = { "aws_access_key_id is set without aws_secret_access_key in profile default" } },
    { "placeholders at a local endpoint", .config = { .endpoint = "http://localhost:8000" },
      .environment = "AWS_EC2_METADATA_DISABLED=", .keys = "local local - - 0", .source = "placeholder" },
    { "a process at a local endpoint", .config = { .endpoint = "http://localhost:8000" }, .file = PROCESS,
      .program = SAYS_KEYS(""), .keys = "PK hunter2 - - 0", .source = "process" },
    { "a metadata service by name at a local endpoint", .config = { .endpoint = "http://localhost:8000" },
      .environment = IMDS, .script = { { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600", .source = "metadata" },

    /* a program */
    { "process", .file = PROCESS, .program = SAYS_KEYS(",\"SessionToken\":\"TK\",\"Expiration\":\"" IN_AN_HOUR
                                                       "\",\"AccountId\":\"42\""),
      .keys = "PK hunter2 TK 42 3600", .source = "process" },
    { "process: the profile's account", .file = PROCESS "aws_account_id = 7\n", .program = SAYS_KEYS(""),
      .keys = "PK hunter2 - 7 0" },
    { "process: quotes", .file = "[default]\ncredential_process = '^/program' \"a \\\"b\" 'c d' e\\ f\n",
      .program = PROGRAM "printf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}' \"$#$2\" \"$3\"\n",
      .keys = "3c d e f - - 0" },
    { "process: a program of PATH", .environment = "PATH=/nonexistent:^:/usr/bin:/bin",
      .file = "[default]\ncredential_process = program\n", .program = SAYS_KEYS(""), .keys = "PK hunter2 - - 0" },
    { "process: its environment and stdin", .file = PROCESS, .environment = "DYNAMO_TEST_VALUE=seen",
      .program = PROGRAM "read line\nprintf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"x\"}' "
                         "\"$DYNAMO_TEST_VALUE$line\"\n",
      .keys = "seen x - - 0" },
    { "process: something is left in the background", .file = PROCESS,
      .program = PROGRAM "sleep 30 &\necho '{\"Version\":1,\"AccessKeyId\":\"PK\",\"SecretAccessKey\":\"x\"}'\n",
      .keys = "PK x - - 0" },
    { "process: exit status", .file = PROCESS, .program = PROGRAM "echo no >&2\necho luck >&2\nexit 3\n", FAILS,
      .fragments = { "credential_process in profile default ended with exit status 3: no", "luck" } },
    { "process: a signal", .file = PROCESS, .program = PROGRAM "kill -9 $$\n", FAILS, .fragments = { "signal 9" } },
    { "process: no such program", .file = "[default]\ncredential_process = nonexistent-program x\n", FAILS,
      .fragments = { "credential_process in profile default can't be run: there is no such program" } },
    { "process: no such path", .file = "[default]\ncredential_process = /nonexistent/program\n", FAILS,
      .fragments = { "there is no such program" } },
    { "process: an open quote", .file = "[default]\ncredential_process = 'x\n", FAILS, .fragments = { "isn't closed" } },
    { "process: no JSON", .file = PROCESS, .program = SAY("hunter2"), FAILS,
      .fragments = { "the output of credential_process in profile default isn't the JSON" } },
    { "process: nothing", .file = PROCESS, .program = PROGRAM "\n", FAILS, .fragments = { "isn't the JSON" } },
    { "process: a list", .file = PROCESS, .program = SAY("[]"), FAILS, .fragments = { "isn't the JSON" } },
    { "process: no version", .file = PROCESS, .program = SAY("{\"AccessKeyId\":\"x\",\"SecretAccessKey\":\"hunter2\"}"),
      FAILS, .fragments = { "has no \"Version\": 1" } },
    { "process: another version", .file = PROCESS,
      .program = SAY("{\"Version\":2,\"AccessKeyId\":\"x\",\"SecretAccessKey\":\"hunter2\"}"), FAILS,
      .fragments = { "has no \"Version\": 1" } },
    { "process: no secret", .file = PROCESS, .program = SAY("{\"Version\":1,\"AccessKeyId\":\"x\"}"), FAILS,
      .fragments = { "lacks SecretAccessKey" } },
    { "process: no key", .file = PROCESS, .program = SAY("{\"Version\":1}"), FAILS,
      .fragments = { "lacks AccessKeyId" } },
    { "process: expired", .file = PROCESS, .program = SAYS_KEYS(",\"Expiration\":\"" AN_HOUR_AGO "\""), FAILS,
      .fragments = { "have expired already" } },
    { "process: no time", .file = PROCESS, .program = SAYS_KEYS(",\"Expiration\":\"soon\""), FAILS,
      .fragments = { "Expiration", "isn't a time" } },
    { "process: too much", .file = PROCESS, .program = PROGRAM "yes hunter2\n", FAILS,
      .fragments = { "wrote more than 64 KiB" } },
    { "process: a line break in a key", .file = PROCESS,
      .program = PROGRAM "printf '%s' '{\"Version\":1,\"AccessKeyId\":\"x\\ny\",\"SecretAccessKey\":\"hunter2\"}'\n",
      FAILS, .fragments = { "control character" } },
    { "process beats container", .file = PROCESS, .environment = ECS, .program = SAYS_KEYS(""),
      .keys = "PK hunter2 - - 0", .source = "process" },
    { "a process that fails ends the search", .file = PROCESS, .environment = ECS, .program = PROGRAM "exit 1\n", FAILS },

    /* a container */
    { "container", .environment = ECS, .script = { { .body = GOOD_KEYS } }, .requests = 1,
      .keys = "AK hunter2 TK - 3600", .source = "container", .request = "GET /keys HTTP/1.1" },
    { "container: an account, no expiration", .environment = ECS,
      .script = { { .body = ANSWER_KEYS(",\"AccountId\":\"42\"") } }, .requests = 1, .keys = "AK hunter2 - 42 0" },
    { "container: token", .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN=Basic abc",
      .script = { { .body = GOOD_KEYS } }, .requests = 1, .keys = "AK hunter2 TK - 3600",
      .request = "Authorization: Basic abc\r\n" },
    { "container: the token's file beats it", .token = "from the file\n",
      .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN=x\nAWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=^/token",
      .script = { { .body = GOOD_KEYS } }, .requests = 1, .keys = "AK hunter2 TK - 3600",
      .request = "Authorization: from the file\r\n" },
    { "container: a token of two lines", .token = "hunter2\nX-Other: y\n", FAILS,
      .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=^/token", .fragments = { "more than one line" } },
    { "container: a line break in the token", FAILS,
      .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN=hunter2\rX", .fragments = { "line break" } },
    { "container: no token's file", FAILS, .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=^/nonexistent",
      .fragments = { "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "no such file" } },
    { "container: a token's file that is empty", .token = "\n", FAILS,
      .environment = ECS "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=^/token", .fragments = { "is empty" } },
    { "container: 500, then an answer", .environment = ECS, .script = { { .status = 500 }, { .body = GOOD_KEYS } },
      .requests = 2, .keys = "AK hunter2 TK - 3600" },
    { "container: a reset, then an answer", .environment = ECS,
      .script = { { .action = FAULT_RESET }, { .body = GOOD_KEYS } }, .requests = 2, .keys = "AK hunter2 TK - 3600" },
    { "container: 500 for good", .environment = ECS,
      .script = { { .status = 500 }, { .status = 500 }, { .status = 503 } }, .requests = 3, FAILS,
      .fragments = { "answered HTTP 503" } },
    { "container: 403", .environment = ECS IMDS, .script = { { .status = 403, .body = "hunter2" } }, .requests = 1, FAILS,
      .fragments = { "answered HTTP 403" } },
    { "container: a redirect", .environment = ECS, .script = { { .status = 302, .headers = "Location: /x\r\n" } },
      .requests = 1, FAILS, .fragments = { "answered HTTP 302" } },
    { "container: no JSON", .environment = ECS, .script = { { .body = "<hunter2>" } }, .requests = 1, FAILS,
      .fragments = { "isn't the JSON" } },
    { "container: no keys", .environment = ECS, .script = { { .body = "{}" } }, .requests = 1, FAILS,
      .fragments = { "lacks AccessKeyId" } },
    { "container: nobody", .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI=~/", FAILS,
      .fragments = { "GetContainerCredentials" } },
    { "container: another host", .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://192.0.2.1/", FAILS,
      .fragments = { "AWS_CONTAINER_CREDENTIALS_FULL_URI is plain http to a host" } },
    { "container: a name for loopback", .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1.example.com/",
      FAILS, .fragments = { "plain http" } },
    { "container: a user", .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:hunter2@192.0.2.1/", FAILS,
      .fragments = { "user name" } },
    { "container: no URL", .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI=ftp://127.0.0.1/", FAILS,
      .fragments = { "neither http nor https" } },
    { "container: a relative URI that isn't", FAILS,
      .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=.example.com/", .fragments = { "doesn't begin with /" } },
    { "container: no proxy", .environment = ECS "http_proxy=~\nall_proxy=~", .script = { { .body = GOOD_KEYS } },
      .requests = 1, .keys = "AK hunter2 TK - 3600" },

    /* EC2 */
    { "metadata", .environment = IMDS, .script = { { .body = "T" }, { .body = "role\n" }, { .body = GOOD_KEYS } },
      .requests = 3, .keys = "AK hunter2 TK - 3600", .source = "metadata",
      .request = "GET /latest/meta-data/iam/security-credentials/role HTTP/1.1" },
    { "metadata: the token is sent", .environment = IMDS,
      .script = { { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600", .request = "x-aws-ec2-metadata-token: T\r\n" },
    { "metadata: by the profile", .environment = "AWS_EC2_METADATA_DISABLED=",
      .file = "[default]\nec2_metadata_service_endpoint = |/\n",
      .script = { { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: no proxy", .environment = IMDS "http_proxy=~\nall_proxy=~",
      .script = { { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: version 1 after 403", .environment = IMDS,
      .script = { { .status = 403 }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: version 1 after 404", .environment = IMDS,
      .script = { { .status = 404 }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: version 1 after 405", .environment = IMDS,
      .script = { { .status = 405 }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: version 1 after a token that never comes", .environment = IMDS "AWS_METADATA_SERVICE_TIMEOUT=0.5",
      .script = { { .action = FAULT_STALL }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 3,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: version 1 is off", .environment = IMDS "AWS_EC2_METADATA_V1_DISABLED=true",
      .script = { { .status = 403 } }, .requests = 1, FAILS, .fragments = { "HTTP 403", "AWS_EC2_METADATA_V1_DISABLED" } },
    { "metadata: version 1 is off in the profile", .environment = IMDS,
      .file = "[default]\nec2_metadata_v1_disabled = True\n", .script = { { .status = 404 } }, .requests = 1, FAILS,
      .fragments = { "HTTP 404" } },
    { "metadata: 400 for the token", .environment = IMDS, .script = { { .status = 400 } }, .requests = 1, FAILS,
      .fragments = { "HTTP 400 for the request for a token" } },
    { "metadata: 500, then a token", .environment = IMDS,
      .script = { { .status = 500 }, { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } }, .requests = 4,
      .keys = "AK hunter2 TK - 3600" },
    { "metadata: 500 for good", .environment = IMDS,
      .script = { { .status = 500 }, { .status = 500 }, { .status = 500 } }, .requests = 3, FAILS,
      .fragments = { "HTTP 500" } },
    { "metadata: 500 once by AWS_METADATA_SERVICE_NUM_ATTEMPTS", .environment = IMDS "AWS_METADATA_SERVICE_NUM_ATTEMPTS=1",
      .script = { { .status = 500 } }, .requests = 1, FAILS },
    { "metadata: 401, then a new token", .environment = IMDS,
      .script = { { .body = "T" }, { .status = 401 }, { .body = "U" }, { .body = "role" }, { .body = GOOD_KEYS } },
      .requests = 5, .keys = "AK hunter2 TK - 3600", .request = "x-aws-ec2-metadata-token: U\r\n" },
    { "metadata: no role", .environment = IMDS, .script = { { .body = "T" }, { .status = 404 } }, .requests = 2, NONE,
      .fragments = { "the instance has no role" } },
    { "metadata: turned off", .environment = IMDS, .script = { { .status = 403 }, { .status = 403 } }, .requests = 2, NONE,
      .fragments = { "turned off (HTTP 403)" } },
    { "metadata: a role of two parts", .environment = IMDS, .script = { { .body = "T" }, { .body = "a/b" } },
      .requests = 2, FAILS, .fragments = { "isn't the name of a role" } },
    { "metadata: a token of two lines", .environment = IMDS, .script = { { .body = "a\r\nX: y" } }, .requests = 1, FAILS },
    { "metadata: another code", .environment = IMDS,
      .script = { { .body = "T" }, { .body = "role" }, { .body = "{\"Code\":\"AssumeRoleUnauthorizedAccess\"}" } },
      .requests = 3, FAILS, .fragments = { "AssumeRoleUnauthorizedAccess" } },
    { "metadata: no JSON", .environment = IMDS, .script = { { .body = "T" }, { .body = "role" }, { .body = "hunter2" } },
      .requests = 3, FAILS, .fragments = { "isn't the JSON" } },
    { "metadata: expired keys are used", .environment = IMDS,
      .script = { { .body = "T" }, { .body = "role" }, { .body = KEYS_FOR(AN_HOUR_AGO) } }, .requests = 3,
      .keys = "AK hunter2 TK - -3600" },
    { "metadata: an endpoint that is none", .environment = "AWS_EC2_METADATA_DISABLED=\n"
                                                           "AWS_EC2_METADATA_SERVICE_ENDPOINT=127.0.0.1", FAILS,
      .fragments = { "AWS_EC2_METADATA_SERVICE_ENDPOINT" } },
    { "metadata: a mode that is none", FAILS,
      .environment = "AWS_EC2_METADATA_DISABLED=\nAWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv5",
      .fragments = { "neither IPv4 nor IPv6" } },
    { "metadata: a time that is none", .environment = IMDS "AWS_METADATA_SERVICE_TIMEOUT=soon", FAILS,
      .fragments = { "AWS_METADATA_SERVICE_TIMEOUT" } },
    { "metadata: attempts that are none", .environment = IMDS "AWS_METADATA_SERVICE_NUM_ATTEMPTS=0", FAILS,
      .fragments = { "AWS_METADATA_SERVICE_NUM_ATTEMPTS" } },

    /* none */
    { "none", NONE, .fragments = { "AWS_ACCESS_KEY_ID is unset", "no profile default in", "AWS_CONTAINER_CREDENTIALS_",
                                   "AWS_EC2_METADATA_DISABLED is true" } },
    { "none, nobody answers", .environment = DEAD_IMDS, NONE, .fragments = { "EC2 metadata: no answer from http://127" } },
    { "none, of an empty profile", .file = "[default]\n", NONE,
      .fragments = { "no aws_access_key_id in profile default", "no credential_process in profile default" } },
    { "none, of a profile by name", .config = { .profile = "some" }, .file = "[profile some]\n", .environment = ENV_KEYS,
      NONE, .fragments = { "no aws_access_key_id in profile some", "AWS_EC2_METADATA_DISABLED" } },
    { "none, of a profile with a long name", .environment = DEAD_IMDS
      "AWS_PROFILE=a234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
      .file = "[profile a234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890]",
      NONE, .fragments = { "AWS_ACCESS_KEY_ID is unset", "no aws_access_key_id in", "no credential_process in",
                           "AWS_CONTAINER_CREDENTIALS_", "EC2 metadata: no answer" } },
};

static dynamo_status find_keys(const chain_row *row, char *keys, size_t size, const char **source, dynamo_error *error)
{
    const dynamo_deadline deadline = deadline_of(20000);
    dynamo_settings       settings;
    dynamo_keyring        keyring;
    dynamo_keys          *found  = NULL;
    dynamo_status         status = dynamo_settings_load(&settings, &row->config, error);

    if (status != DYNAMO_OK)
        return status;
    (void)setenv("PATH", "/nonexistent-later", 1); /* the client's is that of its beginning */
    status = dynamo_keyring_init(&keyring, &settings, error);
    if (status == DYNAMO_OK) {
        status = dynamo_keyring_get(&keyring, &deadline, NOW, &found, error);
        if (status == DYNAMO_OK) {
            describe(found, keys, size);
            *source = found->source;
        }
        dynamo_keys_release(found);
        dynamo_keyring_free(&keyring);
    }
    dynamo_settings_free(&settings);
    return status;
}

static void check_message(const chain_row *row, const dynamo_error *error)
{
    if (error->message[0] == '\0')
        complain(row->name, "no message");
    if (strstr(error->message, "hunter2") != NULL || strstr(error->message, "envsecret") != NULL)
        complain(row->name, "a secret in the message: %s", error->message);
    for (size_t i = 0; i < DYNAMO_COUNT(row->fragments) && row->fragments[i] != NULL; i++)
        if (strstr(error->message, row->fragments[i]) == NULL)
            complain(row->name, "\"%s\" isn't in the message \"%s\"", row->fragments[i], error->message);
}

static void check_requests(const chain_row *row)
{
    const size_t requests = fault_server_requests(server);

    if (requests != row->requests)
        complain(row->name, "%zu requests in place of %zu", requests, row->requests);
    if (row->request != NULL && requests > 0) {
        const fault_request *last = fault_server_request(server, requests - 1);

        if (strstr(last->line, row->request) == NULL && strstr(last->headers, row->request) == NULL)
            complain(row->name, "the last request was %s\n%s", last->line, last->headers);
    }
}

static void test_chains(void **state)
{
    const char *path = getenv("PATH");
    char       *usual = strdup(path != NULL ? path : "/usr/bin:/bin");

    (void)state;
    assert_non_null(usual);
    for (size_t i = 0; i < DYNAMO_COUNT(chain_rows); i++) {
        const chain_row *row    = &chain_rows[i];
        dynamo_error     error  = { 0 };
        char             keys[512];
        const char      *source = NULL;
        dynamo_status    status;
        size_t           steps = 0;

        (void)setenv("PATH", usual, 1);
        make_world(row->environment, row->file, row->credentials_file);
        write_file("program", row->program, 0700);
        write_file("token", row->token, 0600);
        while (steps < SCRIPT_MAX && (row->script[steps].body != NULL || row->script[steps].status != 0 ||
                                      row->script[steps].action != FAULT_ANSWER))
            steps++;
        fault_server_script(server, row->script, steps);
        status = find_keys(row, keys, sizeof(keys), &source, &error);
        if (status != row->status)
            complain(row->name, "status %s in place of %s: %s", dynamo_status_name(status),
                     dynamo_status_name(row->status), error.message);
        else if (status != DYNAMO_OK)
            check_message(row, &error);
        else if (row->keys == NULL || strcmp(keys, row->keys) != 0)
            complain(row->name, "keys \"%s\" in place of \"%s\"", keys, row->keys);
        else if (row->source != NULL && strcmp(source, row->source) != 0)
            complain(row->name, "from %s in place of %s", source, row->source);
        check_requests(row);
        dynamo_error_clear(&error);
    }
    (void)setenv("PATH", usual, 1);
    free(usual);
    expect_no_complaints();
}

/* ---- Refresh ----------------------------------------------------------------------------------------------------- */

/* A callback that counts, fails and blocks as it is told. */
typedef struct key_giver {
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    unsigned        asked;
    double          expiration; /* of what it gives next */
    bool            fails;
    bool            blocks;
} key_giver;

#define GIVER { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .expiration = (double)NOW + 3600 }

static bool give(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    key_giver *giver = context;
    char   key[16];
    bool   fails;

    (void)pthread_mutex_lock(&giver->lock);
    (void)snprintf(key, sizeof(key), "KEY%u", ++giver->asked);
    (void)pthread_cond_broadcast(&giver->changed);
    while (giver->blocks)
        (void)pthread_cond_wait(&giver->changed, &giver->lock);
    fails = giver->fails;
    (void)pthread_mutex_unlock(&giver->lock);
    if (fails) {
        (void)snprintf(error->message, sizeof(error->message), "not now");
        return false;
    }
    return dynamo_credentials_set(credentials, key, "hunter2", "token", NULL, giver->expiration) == DYNAMO_OK;
}

static void wait_until_asked(key_giver *giver, unsigned times)
{
    (void)pthread_mutex_lock(&giver->lock);
    while (giver->asked < times)
        (void)pthread_cond_wait(&giver->changed, &giver->lock);
    (void)pthread_mutex_unlock(&giver->lock);
}

static void unblock(key_giver *giver)
{
    (void)pthread_mutex_lock(&giver->lock);
    giver->blocks = false;
    (void)pthread_cond_broadcast(&giver->changed);
    (void)pthread_mutex_unlock(&giver->lock);
}

typedef struct key_fixture {
    dynamo_settings settings;
    dynamo_keyring  keyring;
} key_fixture;

static void open_fixture(key_fixture *fixture, const dynamo_config *config)
{
    dynamo_error error = { 0 };

    if (dynamo_settings_load(&fixture->settings, config, &error) != DYNAMO_OK ||
        dynamo_keyring_init(&fixture->keyring, &fixture->settings, &error) != DYNAMO_OK)
        fail_msg("%s", error.message);
}

static void close_fixture(key_fixture *fixture)
{
    dynamo_keyring_free(&fixture->keyring);
    dynamo_settings_free(&fixture->settings);
}

static void open_giver(key_fixture *fixture, key_giver *giver)
{
    const dynamo_config config = { .context = giver, .credentials = give };

    make_world(NULL, NULL, NULL);
    open_fixture(fixture, &config);
}

/* The access key that a call would sign with, or the status's name. */
static const char *get_key(key_fixture *fixture, int64_t now, int64_t milliseconds, char key[64])
{
    const dynamo_deadline deadline = deadline_of(milliseconds);
    dynamo_error          error    = { 0 };
    dynamo_keys          *keys     = NULL;
    dynamo_status         status   = dynamo_keyring_get(&fixture->keyring, &deadline, now, &keys, &error);

    (void)snprintf(key, 64, "%s", status == DYNAMO_OK ? keys->values.access_key : dynamo_status_name(status));
    if (status != DYNAMO_OK && (error.message[0] == '\0' || strstr(error.message, "hunter2") != NULL))
        complain("message", "\"%s\"", error.message);
    dynamo_keys_release(keys);
    dynamo_error_clear(&error);
    return key;
}

static void expect_key(const char *row, key_fixture *fixture, int64_t now, const char *expected)
{
    char key[64];

    if (strcmp(get_key(fixture, now, 20000, key), expected) != 0)
        complain(row, "%s in place of %s", key, expected);
}

static void test_refresh_times(void **state)
{
    static const struct {
        const char *name;
        int64_t     left; /* seconds, of the first keys */
        bool        fails;
        const char *key;
        unsigned    asked;
    } rows[] = {
        { "an hour", 3600, true, "KEY1", 1 },
        { "more than 15 minutes", 901, true, "KEY1", 1 },
        { "15 minutes", 900, false, "KEY2", 2 },
        { "15 minutes, in vain", 900, true, "KEY1", 2 },
        { "more than 10 minutes, in vain", 601, true, "KEY1", 2 },
        { "10 minutes", 600, false, "KEY2", 2 },
        { "10 minutes, in vain", 600, true, "DYNAMO_ERR_CREDENTIALS", 2 },
        { "over", -1, false, "KEY2", 2 },
        { "over, in vain", -1, true, "DYNAMO_ERR_CREDENTIALS", 2 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        key_giver   giver = GIVER;
        key_fixture fixture;

        open_giver(&fixture, &giver);
        expect_key(rows[i].name, &fixture, NOW, "KEY1");
        giver.fails      = rows[i].fails;
        giver.expiration = (double)NOW + 7200;
        expect_key(rows[i].name, &fixture, NOW + 3600 - rows[i].left, rows[i].key);
        if (giver.asked != rows[i].asked)
            complain(rows[i].name, "asked %u times", giver.asked);
        close_fixture(&fixture);
    }
    expect_no_complaints();
}

static void test_no_burst(void **state)
{
    key_giver   giver = GIVER;
    key_fixture fixture;

    (void)state;
    open_giver(&fixture, &giver);
    expect_key("first", &fixture, NOW, "KEY1");
    giver.fails = true;
    for (int i = 0; i < 5; i++)
        expect_key("a failure that doesn't matter yet", &fixture, NOW + 2800 + i, "KEY1");
    assert_int_equal(giver.asked, 2);
    expect_key("a minute later", &fixture, NOW + 2860, "KEY1");
    assert_int_equal(giver.asked, 3);
    giver.fails = false;
    expect_key("one more minute later", &fixture, NOW + 2920, "KEY4");
    close_fixture(&fixture);
    expect_no_complaints();
}

typedef struct key_caller {
    key_fixture  *fixture;
    int64_t   now;
    int64_t   milliseconds;
    char      key[64];
    pthread_t thread;
} key_caller;

static void *call(void *context)
{
    key_caller *caller = context;

    (void)get_key(caller->fixture, caller->now, caller->milliseconds, caller->key);
    return NULL;
}

static void start_call(key_caller *caller)
{
    assert_int_equal(pthread_create(&caller->thread, NULL, call, caller), 0);
}

/* One asks, the others go on with what they have. */
static void test_others_go_on(void **state)
{
    key_giver   giver = GIVER;
    key_fixture fixture;
    key_caller  one = { &fixture, NOW + 2800, 20000, "", 0 };

    (void)state;
    open_giver(&fixture, &giver);
    expect_key("first", &fixture, NOW, "KEY1");
    giver.blocks = true;
    start_call(&one);
    wait_until_asked(&giver, 2);
    for (int i = 0; i < 3; i++)
        expect_key("meanwhile", &fixture, NOW + 2800, "KEY1");
    assert_int_equal(giver.asked, 2);
    unblock(&giver);
    assert_int_equal(pthread_join(one.thread, NULL), 0);
    assert_string_equal(one.key, "KEY2");
    close_fixture(&fixture);
    expect_no_complaints();
}

#define CROWD 8

/* Nobody goes on: all wait, each within its time, and what the refresh comes to holds for those who waited. */
static void test_others_wait(void **state)
{
    key_giver   giver = GIVER;
    key_fixture fixture;
    key_caller  hasty = { &fixture, NOW + 3100, 50, "", 0 };
    key_caller  crowd[CROWD];

    (void)state;
    open_giver(&fixture, &giver);
    expect_key("first", &fixture, NOW, "KEY1");
    giver.blocks     = true;
    giver.expiration = (double)NOW + 7200;
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = (key_caller){ &fixture, NOW + 3100, 20000, "", 0 };
        start_call(&crowd[i]);
    }
    wait_until_asked(&giver, 2);
    start_call(&hasty);
    assert_int_equal(pthread_join(hasty.thread, NULL), 0);
    assert_string_equal(hasty.key, "DYNAMO_ERR_TIMEOUT");
    unblock(&giver);
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(pthread_join(crowd[i].thread, NULL), 0);
        assert_string_equal(crowd[i].key, "KEY2");
    }
    assert_int_equal(giver.asked, 2);
    close_fixture(&fixture);
    expect_no_complaints();
}

static void test_distrust(void **state)
{
    key_giver                 giver    = GIVER;
    const dynamo_config   fixed    = { .access_key = "K", .secret_key = "S" };
    const dynamo_deadline deadline = deadline_of(20000);
    dynamo_keys          *first, *at_hand;
    key_fixture               fixture;

    (void)state;
    open_giver(&fixture, &giver);
    assert_int_equal(dynamo_keyring_get(&fixture.keyring, &deadline, NOW, &first, NULL), DYNAMO_OK);
    assert_true(dynamo_keyring_distrust(&fixture.keyring, first));
    expect_key("others", &fixture, NOW, "KEY2");
    assert_true(dynamo_keyring_distrust(&fixture.keyring, first)); /* replaced already */
    expect_key("the same", &fixture, NOW, "KEY2");
    assert_string_equal(first->values.access_key, "KEY1"); /* a call in flight may still sign with them */
    dynamo_keys_release(first);
    close_fixture(&fixture);

    open_fixture(&fixture, &fixed);
    assert_int_equal(dynamo_keyring_get(&fixture.keyring, &deadline, NOW, &at_hand, NULL), DYNAMO_OK);
    assert_false(dynamo_keyring_distrust(&fixture.keyring, at_hand)); /* there are no others */
    expect_key("at hand", &fixture, NOW, "K");
    dynamo_keys_release(at_hand);
    close_fixture(&fixture);
    expect_no_complaints();
}

/* What EC2 gave is used on, while it has nothing newer. */
static void test_static_stability(void **state)
{
    static const fault_step first[]  = { { .body = "T" }, { .body = "role" }, { .body = KEYS_FOR(IN_5_MINUTES) } };
    static const fault_step down[]   = { { .status = 500 }, { .status = 500 }, { .status = 500 } };
    static const fault_step newer[]  = { { .body = "T" }, { .body = "role" },
                                         { .body = "{\"AccessKeyId\":\"NEW\",\"SecretAccessKey\":\"hunter2\","
                                                   "\"Expiration\":\"" IN_AN_HOUR "\"}" } };
    const dynamo_config     config   = { .region = "us-east-1" };
    key_fixture                 fixture;

    (void)state;
    make_world(IMDS, NULL, NULL);
    open_fixture(&fixture, &config);
    fault_server_script(server, first, DYNAMO_COUNT(first));
    expect_key("first", &fixture, NOW, "AK");
    expect_key("soon after", &fixture, NOW + 59, "AK");
    assert_int_equal(fault_server_requests(server), 3);
    fault_server_script(server, down, DYNAMO_COUNT(down));
    expect_key("down", &fixture, NOW + 200, "AK");
    assert_int_equal(fault_server_requests(server), 3);
    expect_key("down, and expired", &fixture, NOW + 799, "AK");
    assert_int_equal(fault_server_requests(server), 3);
    fault_server_script(server, newer, DYNAMO_COUNT(newer));
    expect_key("up again", &fixture, NOW + 200 + 901, "NEW");
    assert_int_equal(fault_server_requests(server), 3);
    close_fixture(&fixture);
    expect_no_complaints();
}

/* After a failure the same source is asked, not the next one. */
static void test_settled_source(void **state)
{
    static const fault_step first[] = { { .body = KEYS_FOR(IN_12_MINUTES) } };
    static const fault_step down[]  = { { .status = 404 }, { .status = 404 } };
    const dynamo_config     config  = { .region = "us-east-1" };
    key_fixture                 fixture;

    (void)state;
    make_world(ECS IMDS, NULL, NULL);
    open_fixture(&fixture, &config);
    fault_server_script(server, first, DYNAMO_COUNT(first));
    expect_key("first", &fixture, NOW, "AK");
    fault_server_script(server, down, DYNAMO_COUNT(down));
    expect_key("advisable", &fixture, NOW + 61, "AK");
    expect_key("necessary", &fixture, NOW + 300, "DYNAMO_ERR_CREDENTIALS");
    assert_int_equal(fault_server_requests(server), 2);
    close_fixture(&fixture);
    expect_no_complaints();
}

/* In a child the thread that was refreshing is no more, and nobody waits for it. */
static void test_fork(void **state)
{
    key_giver   giver = GIVER;
    key_fixture fixture;
    key_caller  one = { &fixture, NOW, 20000, "", 0 };
    pid_t       child;
    int         status = 0;

    (void)state;
    open_giver(&fixture, &giver);
    giver.blocks = true;
    start_call(&one);
    wait_until_asked(&giver, 1);
    child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        char key[64];

        giver.blocks = false;
        dynamo_keyring_after_fork(&fixture.keyring);
        if (strcmp(get_key(&fixture, NOW, 20000, key), "KEY2") == 0)
            execlp("true", "true", (char *)NULL); /* what the lost thread had is no leak */
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    unblock(&giver);
    assert_int_equal(pthread_join(one.thread, NULL), 0);
    assert_string_equal(one.key, "KEY1");
    close_fixture(&fixture);
    expect_no_complaints();
}

/* ---- A program that doesn't end ---------------------------------------------------------------------------------- */

static void test_process_that_hangs(void **state)
{
    const dynamo_config config = { .region = "us-east-1" };
    key_fixture             fixture;
    char                key[64];
    double              start;

    (void)state;
    make_world(NULL, PROCESS, NULL);
    write_file("program", PROGRAM "exec sleep 60\n", 0700);
    open_fixture(&fixture, &config);
    start = fault_clock_ms();
    assert_string_equal(get_key(&fixture, NOW, 100, key), "DYNAMO_ERR_TIMEOUT");
    assert_true(fault_clock_ms() - start < 20000);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    close_fixture(&fixture);
    expect_no_complaints();
}

static void test_process_canceled(void **state)
{
    const dynamo_config config       = { .region = "us-east-1" };
    dynamo_cancellation cancellation = { 1, NULL };
    dynamo_deadline     deadline     = { &cancellation, INT64_MAX };
    dynamo_error        error        = { 0 };
    dynamo_keys        *keys         = NULL;
    key_fixture             fixture;

    (void)state;
    make_world(NULL, PROCESS, NULL);
    write_file("program", PROGRAM "exec sleep 60\n", 0700);
    open_fixture(&fixture, &config);
    assert_int_equal(dynamo_keyring_get(&fixture.keyring, &deadline, NOW, &keys, &error), DYNAMO_ERR_CANCELED);
    assert_null(keys);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    dynamo_error_clear(&error);
    close_fixture(&fixture);
}

/* ---- What is left in memory -------------------------------------------------------------------------------------- */

#if defined(__linux__)

#define SECRET_FIRST "wiped-when-"
#define SECRET_SECOND "done-with"

/* The secret in whole stands nowhere in this program. */
static size_t count_secrets(const char *bytes, size_t length)
{
    const size_t first = strlen(SECRET_FIRST), whole = first + strlen(SECRET_SECOND);
    size_t       found = 0;

    for (size_t i = 0; i + whole <= length; i++)
        if (bytes[i] == SECRET_FIRST[0] && memcmp(bytes + i, SECRET_FIRST, first) == 0 &&
            memcmp(bytes + i + first, SECRET_SECOND, whole - first) == 0)
            found++;
    return found;
}

/* In all memory of this process that can be written, freed or not, but for what is read into here. */
static size_t secrets_in_memory(void)
{
    static char   bytes[1 << 16];
    FILE         *maps   = fopen("/proc/self/maps", "r");
    FILE         *memory = fopen("/proc/self/mem", "rb");
    size_t        found  = 0;
    unsigned long start, end;
    char          line[512], access[8];

    assert_non_null(maps);
    assert_non_null(memory);
    (void)setvbuf(memory, NULL, _IONBF, 0);
    while (fgets(line, sizeof(line), maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &start, &end, access) != 3 || access[1] != 'w')
            continue;
        /* Far larger ones are a sanitizer's own. */
        for (unsigned long at = start; at < end && end - start < (1ul << 30); at += sizeof(bytes) / 2) {
            const size_t        length = end - at < sizeof(bytes) ? end - at : sizeof(bytes);
            const unsigned long own    = (unsigned long)(uintptr_t)bytes;

            if (at < own + sizeof(bytes) && own < at + length)
                continue;
            if (fseek(memory, (long)at, SEEK_SET) == 0 && fread(bytes, 1, length, memory) == length)
                found += count_secrets(bytes, length);
        }
    }
    (void)fclose(maps);
    (void)fclose(memory);
    memset(bytes, 0, sizeof(bytes));
    return found;
}

/* A secret that only this process's library has ever seen in whole: read, parsed, signed with, replaced, freed. */
static void test_secrets_are_wiped(void **state)
{
    static const char program[] = PROGRAM "printf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s%s\","
                                          "\"SessionToken\":\"%s%s\"}' AK '" SECRET_FIRST "' '" SECRET_SECOND "' '"
                                          SECRET_FIRST "' '" SECRET_SECOND "'\n";
    const dynamo_config      config   = { .region = "us-east-1" };
    const dynamo_deadline    deadline = deadline_of(20000);
    const dynamo_sigv4_scope scope    = { "20270115T080000Z", "us-east-1", "dynamodb" };
    uint8_t                  key[DYNAMO_HASH_SIZE];
    dynamo_keys             *keys = NULL;
    key_fixture              fixture;

    (void)state;
    make_world(NULL, PROCESS, NULL);
    write_file("program", program, 0700);
    open_fixture(&fixture, &config);
    assert_int_equal(dynamo_keyring_get(&fixture.keyring, &deadline, NOW, &keys, NULL), DYNAMO_OK);
    assert_true(dynamo_keyring_signing_key(&fixture.keyring, keys, &scope, key));
    assert_true(secrets_in_memory() >= 2); /* or the search would find nothing ever */
    assert_true(dynamo_keyring_distrust(&fixture.keyring, keys));
    dynamo_keys_release(keys);
    expect_key("replaced", &fixture, NOW, "AK");
    close_fixture(&fixture);
    assert_int_equal(secrets_in_memory(), 0);
    expect_no_complaints();
}

#endif

/* ---- The whole way ----------------------------------------------------------------------------------------------- */

static void count_attempt(void *context, const dynamo_attempt *attempt)
{
    char *seen = context;

    (void)snprintf(seen + strlen(seen), 200 - strlen(seen), "%s %u %ld %s;", attempt->operation, attempt->attempt,
                   attempt->http_status, attempt->code != NULL ? attempt->code : "-");
}

static void test_client(void **state)
{
    static const fault_step script[] = { { .status = 500 }, { .body = ANSWER_KEYS(",\"Token\":\"TK\"") },
                                         { .body = "{\"TableNames\":[]}" }, { .body = "{\"TableNames\":[]}" } };
    char                    seen[200] = "";
    dynamo_config           config    = { .endpoint = fault_server_endpoint(server), .context = seen,
                                          .on_attempt = count_attempt };
    dynamo_error            error     = { 0 };
    dynamo_client          *client;
    char                    value[300];

    (void)state;
    make_world(ECS, NULL, NULL);
    fault_server_script(server, script, DYNAMO_COUNT(script));
    client = dynamo_client_new(&config, &error);
    assert_non_null(client);
    assert_int_equal(fault_server_requests(server), 0); /* nothing touches the network before the first call */
    assert_int_equal(dynamo_list_tables(client, NULL, NULL, &error), DYNAMO_OK);
    assert_int_equal(dynamo_list_tables(client, NULL, NULL, &error), DYNAMO_OK);
    assert_int_equal(fault_server_requests(server), 4);
    assert_true(fault_request_header(fault_server_request(server, 2), "x-amz-security-token", value, sizeof(value)));
    assert_string_equal(value, "TK");
    assert_true(fault_request_header(fault_server_request(server, 2), "authorization", value, sizeof(value)));
    assert_non_null(strstr(value, "Credential=AK/"));
    assert_string_equal(seen, "GetContainerCredentials 1 500 DYNAMO_ERR_CREDENTIALS;GetContainerCredentials 2 200 -;"
                              "ListTables 1 200 -;ListTables 1 200 -;");
    dynamo_client_free(client);
    dynamo_error_clear(&error);
}

static void set_dead_proxy(void *context, void *curl)
{
    unsigned *handles = context;

    (*handles)++;
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, nobody);
}

/* The application sees the handles for credentials too, but what is on this machine or its link is never asked through
 * a proxy. */
static void test_proxy(void **state)
{
    static const fault_step container[] = { { .body = GOOD_KEYS } };
    static const fault_step metadata[]  = { { .body = "T" }, { .body = "role" }, { .body = GOOD_KEYS } };
    unsigned                handles     = 0;
    const dynamo_config     config      = { .context = &handles, .on_handle = set_dead_proxy };
    key_fixture             fixture;

    (void)state;
    make_world(ECS, NULL, NULL);
    fault_server_script(server, container, DYNAMO_COUNT(container));
    open_fixture(&fixture, &config);
    expect_key("container", &fixture, NOW, "AK");
    close_fixture(&fixture);
    assert_int_equal(handles, 1);

    make_world(IMDS, NULL, NULL);
    fault_server_script(server, metadata, DYNAMO_COUNT(metadata));
    open_fixture(&fixture, &config);
    expect_key("metadata", &fixture, NOW, "AK");
    close_fixture(&fixture);
    assert_int_equal(handles, 4);
    expect_no_complaints();
}

static void test_describe(void **state)
{
    static const fault_step script[] = { { .body = KEYS_FOR("2099-01-01T00:00:00Z") } };
    const dynamo_config     config   = { .endpoint = fault_server_endpoint(server), .region = "eu-west-1" };
    dynamo_error            error    = { 0 };
    json_t                 *told     = NULL;
    dynamo_client          *client;

    (void)state;
    make_world(ECS, NULL, NULL);
    fault_server_script(server, script, DYNAMO_COUNT(script));
    client = dynamo_client_new(&config, &error);
    assert_int_equal(dynamo_client_describe(client, &told, &error), DYNAMO_OK);
    assert_string_equal(json_string_value(json_object_get(told, "Region")), "eu-west-1");
    assert_string_equal(json_string_value(json_object_get(told, "Profile")), "default");
    assert_string_equal(json_string_value(json_object_get(told, "CredentialsSource")), "container");
    assert_string_equal(json_string_value(json_object_get(told, "AccessKeyId")), ""); /* AK is shorter than four */
    assert_int_equal(json_integer_value(json_object_get(told, "Expiration")), 4070908800);
    json_decref(told);
    dynamo_client_free(client);

    make_world(ENV_KEYS, NULL, NULL);
    client = dynamo_client_new(&config, &error);
    assert_int_equal(dynamo_client_describe(client, &told, &error), DYNAMO_OK);
    assert_string_equal(json_string_value(json_object_get(told, "AccessKeyId")), "VKEY");
    assert_null(json_object_get(told, "Expiration"));
    json_decref(told);
    assert_int_equal(dynamo_client_describe(client, NULL, NULL), DYNAMO_OK);
    dynamo_client_free(client);
    dynamo_error_clear(&error);
}

/* Where there are no keys, the settings are told all the same. */
static void test_describe_without_keys(void **state)
{
    const dynamo_config config = { .region = "eu-west-1" };
    dynamo_error        error  = { 0 };
    json_t             *told   = NULL;
    dynamo_client      *client;

    (void)state;
    make_world(NULL, NULL, NULL);
    client = dynamo_client_new(&config, &error);
    assert_int_equal(dynamo_client_describe(client, &told, &error), DYNAMO_ERR_NO_CREDENTIALS);
    assert_non_null(strstr(error.message, "AWS_EC2_METADATA_DISABLED"));
    assert_string_equal(json_string_value(json_object_get(told, "Region")), "eu-west-1");
    assert_null(json_object_get(told, "CredentialsSource"));
    json_decref(told);
    assert_int_equal(dynamo_client_describe(NULL, &told, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(told);
    assert_int_equal(error.status, DYNAMO_ERR_NO_CREDENTIALS); /* told before, and left as it is */
    dynamo_client_free(client);
    dynamo_error_clear(&error);
}

/* ---- Set-up ------------------------------------------------------------------------------------------------------ */

static int make_folder(void **state)
{
    const char *where = getenv("TMPDIR");
    const int   port  = fault_closed_port();

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%.200s/dynamo-keys-XXXXXX", where != NULL ? where : "/tmp");
    (void)snprintf(nobody, sizeof(nobody), "http://127.0.0.1:%d", port);
    server = fault_server_start();
    return mkdtemp(folder) == NULL || server == NULL || port == 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = { "config", "credentials", "program", "token" };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(names); i++)
        write_file(names[i], NULL, 0);
    fault_server_stop(server);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_refresh_times),
        cmocka_unit_test(test_no_burst),
        cmocka_unit_test(test_others_go_on),
        cmocka_unit_test(test_others_wait),
        cmocka_unit_test(test_distrust),
        cmocka_unit_test(test_static_stability),
        cmocka_unit_test(test_settled_source),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_process_that_hangs),
        cmocka_unit_test(test_process_canceled),
#if defined(__linux__)
        cmocka_unit_test(test_secrets_are_wiped),
#endif
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_describe_without_keys),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
