/*
 * The files ~/.aws/config and ~/.aws/credentials: what stands before the first NUL, and what stands after it.
 */
#include "dynamo_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char in_memory[] = "/dev/shm/dynamo-fuzz-profile-XXXXXX"; /* where there is that: seven times as fast */
static char on_disk[]   = "/tmp/dynamo-fuzz-profile-XXXXXX";
static const char *folder;
static char        config_path[64], credentials_path[64];

static void expect(bool fine)
{
    if (!fine)
        abort();
}

static void remove_files(void)
{
    (void)unlink(config_path);
    (void)unlink(credentials_path);
    (void)rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    folder = mkdtemp(in_memory);
    if (folder == NULL)
        folder = mkdtemp(on_disk);
    expect(folder != NULL);
    (void)snprintf(config_path, sizeof(config_path), "%s/config", folder);
    (void)snprintf(credentials_path, sizeof(credentials_path), "%s/credentials", folder);
    expect(setenv("AWS_CONFIG_FILE", config_path, 1) == 0);
    expect(setenv("AWS_SHARED_CREDENTIALS_FILE", credentials_path, 1) == 0);
    expect(atexit(remove_files) == 0);
    return 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    expect(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size && close(descriptor) == 0);
}

static bool names_a_line(const char *message)
{
    const char *path = strncmp(message, config_path, strlen(config_path)) == 0 ? config_path : credentials_path;

    return strncmp(message, path, strlen(path)) == 0 && message[strlen(path)] == ':' &&
           strstr(message, ": expected ") != NULL;
}

static void look_up(const dynamo_profiles *profiles, const char *profile)
{
    static const char *const keys[] = { "region", "aws_access_key_id", "services", "s3 addressing_style",
                                        "services dynamodb endpoint_url", "sso-session sso_region" };

    for (size_t i = 0; i < DYNAMO_COUNT(keys); i++) {
        const char *value = dynamo_profiles_get(profiles, profile, keys[i]);

        expect(value == NULL || (dynamo_profiles_has(profiles, profile) && strlen(value) < 1 << 20));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t   *nul    = size != 0 ? memchr(data, '\0', size) : NULL;
    size_t           length = nul != NULL ? (size_t)(nul - data) : size;
    dynamo_error     error  = { 0 };
    dynamo_profiles *profiles;
    dynamo_status    status;

    write_file(config_path, data, length);
    write_file(credentials_path, nul != NULL ? nul + 1 : data, nul != NULL ? size - length - 1 : 0);
    status = dynamo_profiles_load(&profiles, &error);
    if (status == DYNAMO_OK) {
        expect(dynamo_profiles_found(profiles));
        look_up(profiles, "default");
        look_up(profiles, "a");
    } else {
        expect(status == DYNAMO_ERR_CONFIG_PARSER && profiles == NULL && names_a_line(error.message));
    }
    dynamo_profiles_free(profiles);
    return 0;
}
