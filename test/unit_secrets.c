/*
 * Where secrets aren't: in memory once the client is freed, and in anything that is told. Where one is left by libcurl,
 * the test says what.
 *
 * A secret is made at run time and stands nowhere in this program: two halves, put together by the test's own server's
 * answer, a file or a callback. Memory is searched for pieces of it, since a piece tells too.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../dynamo_internal.h"
#include "complaints.h"
#include "fault_server.h"

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

#define PIECE 8 /* bytes: a key's pieces of this size are looked for */

/* What is looked for, kept with all its bits turned, so that it isn't found here. */
typedef struct hidden {
    const char *name;
    uint8_t     turned[64];
    size_t      length;
} hidden;

static void hide(hidden *secret, const char *name, const void *bytes, size_t length)
{
    assert_true(length <= sizeof(secret->turned));
    secret->name   = name;
    secret->length = length;
    for (size_t i = 0; i < length; i++)
        secret->turned[i] = (uint8_t)~((const uint8_t *)bytes)[i];
}

#if defined(__linux__)

static bool is_piece(const hidden *secret, size_t at, const uint8_t *bytes)
{
    for (size_t i = 0; i < PIECE; i++)
        if ((bytes[i] ^ secret->turned[at + i]) != 0xFF)
            return false;
    return true;
}

/* Most memory is empty, and most of the rest has no two bytes that a piece begins with. */
static size_t count_pieces(const hidden *secret, const uint8_t *bytes, size_t length)
{
    static bool begins[1 << 16];
    size_t      found = 0;

    if (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0)
        return 0;
    memset(begins, 0, sizeof(begins));
    for (size_t at = 0; at + PIECE <= secret->length; at++)
        begins[(uint8_t)~secret->turned[at] << 8 | (uint8_t)~secret->turned[at + 1]] = true;
    for (size_t i = 0; i + PIECE <= length; i++)
        if (begins[bytes[i] << 8 | bytes[i + 1]])
            for (size_t at = 0; at + PIECE <= secret->length; at++)
                found += is_piece(secret, at, bytes + i) ? 1 : 0;
    return found;
}

/* How many pieces stand in the memory of this process that can be written, freed or not. */
static size_t pieces_in_memory(const hidden *secret)
{
    static uint8_t bytes[1 << 16];
    FILE          *maps   = fopen("/proc/self/maps", "r");
    FILE          *memory = fopen("/proc/self/mem", "rb");
    size_t         found  = 0;
    unsigned long  start, end;
    char           line[512], access[8];

    assert_non_null(maps);
    assert_non_null(memory);
    (void)setvbuf(memory, NULL, _IONBF, 0);
    while (fgets(line, sizeof(line), maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &start, &end, access) != 3 || access[1] != 'w')
            continue;
        if (end - start >= 1ul << 30)
            continue; /* a sanitizer's own */
        for (unsigned long at = start; at < end; at += sizeof(bytes) - PIECE) {
            const size_t        length = end - at < sizeof(bytes) ? end - at : sizeof(bytes);
            const unsigned long own    = (unsigned long)(uintptr_t)bytes;

            if (at < own + sizeof(bytes) && own < at + length)
                continue;
            if (fseek(memory, (long)at, SEEK_SET) == 0 && fread(bytes, 1, length, memory) == length)
                found += count_pieces(secret, bytes, length);
        }
    }
    memset(bytes, 0, sizeof(bytes));
    (void)fclose(maps);
    (void)fclose(memory);
    return found;
}

#endif

/* ---- Sources ----------------------------------------------------------------------------------------------------- */

/* Random letters: a secret that no other run has. */
static void make_secret(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('a' + (int)(dynamo_random_fraction() * 26));
    text[length] = '\0';
}

#define SECRET_LENGTH 40

typedef struct world {
    fault_server *server;
    char          secret[SECRET_LENGTH + 1];
    char          token[SECRET_LENGTH + 1];
    char          body[1024]; /* of the source's answer */
} world;

static bool callback(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    const world *made = context;

    (void)error;
    return dynamo_credentials_set(credentials, "AK", made->secret, made->token, NULL, 0) == DYNAMO_OK;
}

static void from_config(world *made, dynamo_config *config)
{
    config->access_key    = "AK";
    config->secret_key    = made->secret;
    config->session_token = made->token;
}

static void from_callback(world *made, dynamo_config *config)
{
    config->credentials = callback;
    config->context     = made;
}

static char home[] = "/tmp/dynamo-test-secrets-XXXXXX";

static const char *in_home(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", home, name);
    return path;
}

/* Without stdio, whose buffer would be one more place. */
static void write_profile(const world *made, const char *format)
{
    char text[512];
    int  length = snprintf(text, sizeof(text), format, made->secret, made->token);
    int  file   = open(in_home("config"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, (size_t)length), length);
    close(file);
    dynamo_wipe(text, sizeof(text));
    setenv("AWS_CONFIG_FILE", in_home("config"), 1);
}

static void from_profile(world *made, dynamo_config *config)
{
    (void)config;
    write_profile(made, "[default]\naws_access_key_id = AK\naws_secret_access_key = %s\naws_session_token = %s\n");
}

static void from_process(world *made, dynamo_config *config)
{
    (void)config;
    write_profile(made, "[default]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AK\","
                        "\"SecretAccessKey\":\"%s\",\"SessionToken\":\"%s\"}'\n");
}

static void from_container(world *made, dynamo_config *config)
{
    (void)made;
    (void)config;
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "~/keys", 1);
}

static void from_metadata(world *made, dynamo_config *config)
{
    (void)made;
    (void)config;
    setenv("AWS_EC2_METADATA_DISABLED", "", 1);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "~/", 1);
}

static void from_role(world *made, dynamo_config *config)
{
    (void)made;
    (void)config;
    setenv("AWS_ENDPOINT_URL_STS", "~", 1);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader", 1);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", in_home("identity"), 1);
}

/* Each puts the secret where it comes from; `answer` is the format of the server's that has it, the last of those that
 * come before DynamoDB's. */
typedef struct secret_row {
    const char *name;
    void (*prepare)(world *made, dynamo_config *config);
    const char *before[2];
    const char *answer;
} secret_row;

#define MACHINE_KEYS                                                                                               \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"%s\",\"Token\":\"%s\",\"Expiration\":" \
    "\"2999-01-01T00:00:00Z\"}"

static const secret_row secret_rows[] = {
    {.name = "config", .prepare = from_config},
    {.name = "callback", .prepare = from_callback},
    {.name = "profile", .prepare = from_profile},
    {.name = "process", .prepare = from_process},
    {.name = "container", .prepare = from_container, .answer = MACHINE_KEYS},
    {.name = "metadata", .prepare = from_metadata, .before = {"T", "role"}, .answer = MACHINE_KEYS},
    {.name = "role", .prepare = from_role,
     .answer = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AK"
               "</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>"
               "2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
               "</AssumeRoleWithWebIdentityResponse>"},
};

/* ---- A server in a process of its own, whose memory isn't searched ----------------------------------------------- */

typedef struct far_server {
    pid_t process;
    int   end; /* closed: it ends */
    char  endpoint[64];
} far_server;

static void serve(const secret_row *row, world *made, int started, int end)
{
    fault_server *server   = fault_server_start();
    fault_step    steps[4] = {{0}};
    size_t        count    = 0;
    char          byte;

    for (size_t i = 0; i < 2 && row->before[i] != NULL; i++)
        steps[count++].body = row->before[i];
    if (row->answer != NULL) {
        snprintf(made->body, sizeof(made->body), row->answer, made->secret, made->token);
        steps[count++].body = made->body;
    }
    if (server == NULL)
        _exit(1);
    fault_server_script(server, steps, count);
    if (write(started, fault_server_endpoint(server), strlen(fault_server_endpoint(server)) + 1) > 0)
        while (read(end, &byte, 1) > 0)
            continue;
    _exit(0);
}

static void far_server_start(far_server *server, const secret_row *row, world *made)
{
    int started[2], end[2];

    assert_int_equal(pipe(started), 0);
    assert_int_equal(pipe(end), 0);
    server->process = fork();
    assert_true(server->process >= 0);
    if (server->process == 0) {
        close(end[1]);
        serve(row, made, started[1], end[0]);
    }
    close(started[1]);
    close(end[0]);
    server->end = end[1];
    assert_true(read(started[0], server->endpoint, sizeof(server->endpoint)) > 0);
    close(started[0]);
}

static void far_server_stop(const far_server *server)
{
    close(server->end);
    (void)waitpid(server->process, NULL, 0);
}

/* ---- The tests --------------------------------------------------------------------------------------------------- */

#if defined(__linux__)

/* "~" at the beginning of a variable is where the server is. */
static void set_endpoints(const char *endpoint)
{
    static const char *const names[] = {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                        "AWS_ENDPOINT_URL_STS"};
    char                     value[128];

    for (size_t i = 0; i < DYNAMO_COUNT(names); i++) {
        const char *given = getenv(names[i]);

        if (given == NULL)
            continue;
        snprintf(value, sizeof(value), "%s%s", endpoint, given + 1);
        setenv(names[i], value, 1);
    }
}

static void hide_signing_key(hidden *key, const char *secret)
{
    char               timestamp[DYNAMO_TIMESTAMP_SIZE];
    uint8_t            bytes[DYNAMO_HASH_SIZE];
    dynamo_sigv4_scope scope = {timestamp, "us-east-1", "dynamodb"};

    dynamo_sigv4_timestamp(dynamo_clock_wall(), timestamp);
    assert_true(dynamo_sigv4_signing_key(secret, &scope, bytes));
    hide(key, "the signing key", bytes, sizeof(bytes));
    dynamo_wipe(bytes, sizeof(bytes));
}

static void expect_found(const char *row, const hidden *secret, bool expected)
{
    size_t found = pieces_in_memory(secret);

    if ((found > 0) != expected)
        complain(row, "%zu pieces of %s are in memory %s", found, secret->name,
                 expected ? "while the client lives" : "after it was freed");
}

static void live(const secret_row *row, world *made, hidden secrets[3])
{
    dynamo_config  config = {.region = "us-east-1", .max_attempts = 1};
    dynamo_error   error  = {0};
    far_server     server;
    dynamo_client *client;

    make_secret(made->secret, SECRET_LENGTH);
    make_secret(made->token, SECRET_LENGTH);
    hide(&secrets[0], "the secret key", made->secret, SECRET_LENGTH);
    hide(&secrets[1], "the session token", made->token, SECRET_LENGTH);
    hide_signing_key(&secrets[2], made->secret);
    far_server_start(&server, row, made);
    assert_true(fault_plain_environment());
    row->prepare(made, &config);
    set_endpoints(server.endpoint);
    config.endpoint = server.endpoint;
    client          = dynamo_client_new(&config, &error);
    if (client == NULL || dynamo_list_tables(client, NULL, NULL, &error) != DYNAMO_OK ||
        dynamo_list_tables(client, NULL, NULL, &error) != DYNAMO_OK)
        complain(row->name, "%s", error.message);
    dynamo_wipe(made, sizeof(*made));
    expect_found(row->name, &secrets[0], true); /* or the search would never find anything */
    expect_found(row->name, &secrets[2], true);
    dynamo_client_free(client);
    dynamo_error_clear(&error);
    far_server_stop(&server);
}

/* libcurl's own copy of what it sent isn't wiped: how much of the token is left is told, not judged. */
static void nothing_is_left_in_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(secret_rows); i++) {
        world  made = {0};
        hidden secrets[3];

        live(&secret_rows[i], &made, secrets);
        expect_found(secret_rows[i].name, &secrets[0], false);
        expect_found(secret_rows[i].name, &secrets[2], false);
        print_message("# %s: libcurl left %zu pieces of the session token\n", secret_rows[i].name,
                      pieces_in_memory(&secrets[1]));
    }
    expect_no_complaints();
}

#else

static void nothing_is_left_in_memory(void **state)
{
    (void)state;
    print_message("not tried here: there is no /proc/self/mem\n");
    skip();
}

#endif

static int make_home(void **state)
{
    FILE *file;

    (void)state;
    if (mkdtemp(home) == NULL)
        return -1;
    file = fopen(in_home("identity"), "w");
    return file != NULL && fputs("a.b.c", file) >= 0 && fclose(file) == 0 ? 0 : -1;
}

static int remove_home(void **state)
{
    (void)state;
    (void)unlink(in_home("identity"));
    (void)unlink(in_home("config"));
    return rmdir(home);
}

/* When a function of a shared library is bound at its first call, the dynamic linker saves the vector registers on the
 * stack, with what memcpy() left in them. So all are bound at the start. */
static void bind_now(char *const arguments[])
{
    if (getenv("LD_BIND_NOW") == NULL && setenv("LD_BIND_NOW", "1", 1) == 0)
        (void)execv(arguments[0], arguments);
}

int main(int count, char *arguments[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_in_memory),
    };

    (void)count;
    bind_now(arguments);
    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
