/*
 * Profile files, endpoints and a client's settings. The environment is the test's own; the files are written into a
 * folder of its own, which it removes.
 *
 * The random changes to a profile file come from a seed that is printed; DYNAMO_TEST_SEED sets it.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Files and environment --------------------------------------------------------------------------------------- */

static char folder[256];
static char config_path[300];
static char credentials_path[300];

static void write_bytes(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* NULL: no such file. */
static void write_files(const char *config, const char *credentials)
{
    (void)unlink(config_path);
    (void)unlink(credentials_path);
    if (config != NULL)
        write_bytes(config_path, config, strlen(config));
    if (credentials != NULL)
        write_bytes(credentials_path, credentials, strlen(credentials));
}

/* Everything that the library reads is unset; HOME is an empty folder, the two files are in the test's own. */
static void clear_environment(void)
{
    static const char *const names[] = {
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ACCOUNT_ID",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SIGNIN",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE",
        "AWS_CA_BUNDLE",
        "AWS_SDK_UA_APP_ID",
        "AWS_RETRY_MODE",
        "AWS_MAX_ATTEMPTS",
        "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
    };

    for (size_t i = 0; i < DYNAMO_COUNT(names); i++)
        unsetenv(names[i]);
    setenv("HOME", folder, 1);
    setenv("AWS_CONFIG_FILE", config_path, 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", credentials_path, 1);
}

/* "NAME=VALUE", more of them after line breaks. */
static void set_environment(const char *lines)
{
    while (lines != NULL && *lines != '\0') {
        char   line[512];
        size_t length = strcspn(lines, "\n");
        char  *equals;

        assert_true(length < sizeof(line));
        memcpy(line, lines, length);
        line[length] = '\0';
        equals       = strchr(line, '=');
        assert_non_null(equals);
        *equals = '\0';
        setenv(line, equals + 1, 1);
        lines += length + (lines[length] == '\n');
    }
}

static int make_folder(void **state)
{
    const char *where = getenv("TMPDIR");

    (void)state;
    snprintf(folder, sizeof(folder), "%.200s/dynamo-config-XXXXXX", where != NULL ? where : "/tmp");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(config_path, sizeof(config_path), "%s/config", folder);
    snprintf(credentials_path, sizeof(credentials_path), "%s/credentials", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const files[] = { "config", "credentials", "other.pem", ".aws/config", ".aws" };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(files); i++) {
        char path[300];

        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        (void)remove(path);
    }
    return rmdir(folder);
}

static int start_clean(void **state)
{
    (void)state;
    clear_environment();
    write_files(NULL, NULL);
    return 0;
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static void expect_text(const char *row, const char *what, const char *expected, const char *found)
{
    if ((expected == NULL) != (found == NULL) || (expected != NULL && strcmp(expected, found) != 0))
        fail_msg("%s: %s is \"%s\", expected \"%s\"", row, what, found != NULL ? found : "(none)",
                 expected != NULL ? expected : "(none)");
}

static void expect_fragment(const char *row, const char *fragment, const dynamo_error *error)
{
    if (fragment != NULL && strstr(error->message, fragment) == NULL)
        fail_msg("%s: the message \"%s\" has no \"%s\"", row, error->message, fragment);
}

static void expect_status(const char *row, dynamo_status expected, dynamo_status status, const dynamo_error *error)
{
    if (status != expected || error->status != expected)
        fail_msg("%s: %s, expected %s: %s", row, dynamo_status_name(status), dynamo_status_name(expected),
                 error->message);
    if (status != DYNAMO_OK && error->message[0] == '\0')
        fail_msg("%s: no message", row);
}

/* ---- Profile files ----------------------------------------------------------------------------------------------- */

#define P "[profile p]\n"
#define LONG_50 "01234567890123456789012345678901234567890123456789"
#define LONG_500 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50

typedef struct profile_row {
    const char *name;
    const char *config;
    const char *credentials;
    const char *profile;
    const char *key;
    const char *value; /* NULL: there is none */
} profile_row;

static const profile_row profile_rows[] = {
    { "a key", P "region = eu-west-1\n", NULL, "p", "region", "eu-west-1" },
    { "no final newline", P "region = eu-west-1", NULL, "p", "region", "eu-west-1" },
    { "no white space", P "region=eu-west-1\n", NULL, "p", "region", "eu-west-1" },
    { "tabs and spaces", P "region \t=  \teu-west-1 \t\n", NULL, "p", "region", "eu-west-1" },
    { "an equals sign in the value", P "k = a=b==\n", NULL, "p", "k", "a=b==" },
    { "an empty value", P "k =\n", NULL, "p", "k", "" },
    { "an empty value with a comment", P "k = # none\n", NULL, "p", "k", "" },
    { "UTF-8 in the value", P "k = caf\xC3\xA9\n", NULL, "p", "k", "caf\xC3\xA9" },
    { "key in capitals", P "REGION = eu-west-1\n", NULL, "p", "region", "eu-west-1" },
    { "every character of a key", P "aZ09-_/.%@:+ = v\n", NULL, "p", "az09-_/.%@:+", "v" },
    { "every character of a profile", "[profile aZ09-_/.%@:+]\nk = v\n", NULL, "aZ09-_/.%@:+", "k", "v" },
    { "profiles keep their case", "[profile Ab]\nk = v\n", NULL, "ab", "k", NULL },
    { "CRLF", "[profile p]\r\nk = v\r\nl = w\r\n", NULL, "p", "k", "v" },
    { "CRLF, the last line", "[profile p]\r\nk = v\r\nl = w\r\n", NULL, "p", "l", "w" },
    { "byte order mark", "\xEF\xBB\xBF[profile p]\nk = v\n", NULL, "p", "k", "v" },
    { "byte order mark and credentials", NULL, "\xEF\xBB\xBF[p]\nk = v\n", "p", "k", "v" },
    { "blank lines", "\n \t\n[profile p]\n\n\t\nk = v\n \n", NULL, "p", "k", "v" },
    { "white space in the header", "[ profile \t p\t ]\nk = v\n", NULL, "p", "k", "v" },
    { "tab in the header", "[profile\tp]\nk = v\n", NULL, "p", "k", "v" },
    { "quoted name", "[profile \"p\"]\nk = v\n", NULL, "p", "k", "v" },
    { "name in single quotes", "[profile 'p']\nk = v\n", NULL, "p", "k", "v" },
    { "quoted name in credentials", NULL, "[\"p\"]\nk = v\n", "p", "k", "v" },
    { "quoted default", "[\"default\"]\nk = v\n", NULL, "default", "k", "v" },

    { "comment lines", "# one\n; two\n[profile p]\n#k = x\nk = v\n;k = y\n", NULL, "p", "k", "v" },
    { "comment after the header", "[profile p] # it\nk = v\n", NULL, "p", "k", "v" },
    { "comment right after the header", "[profile p];it\nk = v\n", NULL, "p", "k", "v" },
    { "comment after a value", P "k = v # it\n", NULL, "p", "k", "v" },
    { "comment with a semicolon", P "k = v\t;it\n", NULL, "p", "k", "v" },
    { "no white space, no comment", P "k = v#it;self\n", NULL, "p", "k", "v#it;self" },
    { "value that begins with #", P "k =#v\n", NULL, "p", "k", "#v" },

    { "continuation", P "k = v\n  more\n", NULL, "p", "k", "v\nmore" },
    { "two continuations", P "k = v\n more\n\teven more \t\nl = w\n", NULL, "p", "k", "v\nmore\neven more" },
    { "key after continuations", P "k = v\n more\n\teven more\nl = w\n", NULL, "p", "l", "w" },
    { "comment in a continuation", P "k = v\n more # than\n; this\n", NULL, "p", "k", "v\nmore # than" },
    { "continuation that is a comment", P "k = v\n # more\n", NULL, "p", "k", "v\n# more" },
    { "continuation like a key", P "k = v\n l = w\n", NULL, "p", "l", NULL },
    { "continuation across a blank line", P "k = v\n\n more\n", NULL, "p", "k", "v\nmore" },
    { "continuation after a comment", P "k = v # it\n more\n", NULL, "p", "k", "v\nmore" },
    { "an indented section", "  [profile p]\n  k = v\n  l = w\n", NULL, "p", "l", "w" },
    { "continuation in an indented section", P "  k = v\n    more\n  l = w\n", NULL, "p", "k", "v\nmore" },

    { "nested", P "s3 =\n  addressing_style = path\n", NULL, "p", "s3 addressing_style", "path" },
    { "nested below an empty key", P "s3 =\n  addressing_style = path\n", NULL, "p", "s3", "" },
    { "nested isn't the profile's own", P "s3 =\n  region = x\n", NULL, "p", "region", NULL },
    { "nested, the second", P "s3 =\n a = 1\n\n b = 2\nc = 3\n", NULL, "p", "s3 b", "2" },
    { "key after nested ones", P "s3 =\n a = 1\n b = 2\nc = 3\n", NULL, "p", "c", "3" },
    { "nested and empty", P "s3 =\n a =\n", NULL, "p", "s3 a", "" },
    { "nested with capitals", P "S3 =\n A = b\n", NULL, "p", "s3 a", "b" },
    { "nested with a comment line", P "s3 =\n # which\n a = 1\n", NULL, "p", "s3 a", "1" },
    { "nested below an ignored name", P "s3 =\n in valid = 1\n a = 2\n", NULL, "p", "s3 a", "2" },

    { "last value", P "k = v\nk = w\n", NULL, "p", "k", "w" },
    { "last value in another case", P "k = v\nK = w\n", NULL, "p", "k", "w" },
    { "sections merge", P "k = v\n[profile q]\nk = x\n" P "l = w\n", NULL, "p", "k", "v" },
    { "sections merge, last value", P "k = v\n" P "k = w\n", NULL, "p", "k", "w" },
    { "files merge", P "k = v\n", "[p]\nl = w\n", "p", "k", "v" },
    { "files merge, the other way", P "k = v\n", "[p]\nl = w\n", "p", "l", "w" },
    { "credentials beat config", P "k = v\n", "[p]\nk = w\n", "p", "k", "w" },

    { "default", "[default]\nk = v\n", NULL, "default", "k", "v" },
    { "profile default", "[profile default]\nk = v\n", NULL, "default", "k", "v" },
    { "profile default wins", "[profile default]\nk = v\n[default]\nk = w\n", NULL, "default", "k", "v" },
    { "profile default wins when last", "[default]\nk = w\n[profile default]\nk = v\n", NULL, "default", "k", "v" },
    { "default is dropped whole", "[default]\nl = w\n[profile default]\nk = v\n", NULL, "default", "l", NULL },
    { "default and credentials", "[default]\nk = v\n", "[default]\nl = w\n", "default", "k", "v" },
    { "profile default, credentials", "[profile default]\nk = v\n", "[default]\nk = w\n", "default", "k", "w" },

    { "bare section of config", "[p]\nk = v\n", NULL, "p", "k", NULL },
    { "prefix in credentials", NULL, "[profile p]\nk = v\n", "p", "k", NULL },
    { "no space after the prefix", "[profilep]\nk = v\n", NULL, "p", "k", NULL },
    { "name with a space", "[profile a b]\nk = v\n" P "k = w\n", NULL, "a b", "k", NULL },
    { "after a name with a space", P "k = v\n[profile a b]\nk = w\n", NULL, "p", "k", "v" },
    { "key with a space", P "a b = c\nk = v\n", NULL, "p", "a b", NULL },
    { "unknown section", "[plugins p]\nk = w\n" P "k = v\n", NULL, "p", "k", "v" },
    { "section without a name", "[sso-session]\nk = w\n[]\nk = w\n" P "k = v\n", NULL, "p", "k", "v" },
    { "missing profile", P "k = v\n", NULL, "q", "k", NULL },

    { "services", P "services = s\n[services s]\ndynamodb =\n  endpoint_url = http://a\n", NULL, "p",
      "services dynamodb endpoint_url", "http://a" },
    { "services before the profile", "[services s]\ndynamodb =\n  endpoint_url = http://a\n" P "services = s\n", NULL,
      "p", "services dynamodb endpoint_url", "http://a" },
    { "services of another name", P "services = t\n[services s]\ndynamodb =\n  endpoint_url = http://a\n", NULL, "p",
      "services dynamodb endpoint_url", NULL },
    { "services that nobody names", P "k = v\n[services s]\ndynamodb =\n  endpoint_url = http://a\n", NULL, "p",
      "services dynamodb endpoint_url", NULL },
    { "services aren't a profile", P "services = s\n[services s]\nk = v\n", NULL, "s", "k", NULL },
    { "sso-session", P "sso_session = s\n[sso-session s]\nsso_region = us-west-2\n", NULL, "p",
      "sso-session sso_region", "us-west-2" },
    { "sso-session of the profile's name", P "sso_session = p\n[sso-session p]\nk = w\n", NULL, "p", "k", NULL },
};

static void test_profiles(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(profile_rows); i++) {
        const profile_row *row      = &profile_rows[i];
        dynamo_profiles   *profiles = NULL;
        dynamo_error       error    = { 0 };

        write_files(row->config, row->credentials);
        expect_status(row->name, DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
        assert_true(dynamo_profiles_found(profiles));
        expect_text(row->name, row->key, row->value, dynamo_profiles_get(profiles, row->profile, row->key));
        dynamo_profiles_free(profiles);
    }
}

static void test_profiles_has(void **state)
{
    static const struct {
        const char *profile;
        bool        has;
    } rows[] = {
        { "a", true }, { "b", true },        { "default", true }, { "empty", true }, { "s", false },
        { "", false }, { "profile a", false }, { "A", false },
    };
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };
    char             files[700];

    (void)state;
    write_files("[default]\n[profile a]\n[profile empty]\n[services s]\n", "[b]\nk = v\n");
    expect_status("load", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        if (dynamo_profiles_has(profiles, rows[i].profile) != rows[i].has)
            fail_msg("profile \"%s\": expected %d", rows[i].profile, rows[i].has);
    }
    snprintf(files, sizeof(files), "%s and %s", config_path, credentials_path);
    assert_string_equal(dynamo_profiles_files(profiles), files);
    dynamo_profiles_free(profiles);
    dynamo_profiles_free(NULL);
}

static void test_no_files(void **state)
{
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };

    (void)state;
    expect_status("load", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    assert_false(dynamo_profiles_found(profiles));
    assert_false(dynamo_profiles_has(profiles, "default"));
    assert_null(dynamo_profiles_get(profiles, "default", "region"));
    dynamo_profiles_free(profiles);
}

static const struct {
    const char *name;
    const char *config;
    const char *credentials;
    const char *fragment;
} malformed_rows[] = {
    { "no ]", P "k = v\n[profile q\n", NULL, "/config:3: expected ]" },
    { "no ] before a comment", "[profile q # it\n", NULL, "/config:1: expected ]" },
    { "text after ]", "[profile q] it\n", NULL, "/config:1: expected nothing but a comment after ]" },
    { "no =", P "k = v\n\nregion eu-west-1\n", NULL, "/config:4: expected =" },
    { "colon in place of =", P "k : v\n", NULL, "/config:2: expected =" },
    { "= in a comment alone", P "k # = v\n", NULL, "/config:2: expected =" },
    { "empty key", P "= v\n", NULL, "/config:2: expected a key before =" },
    { "white space as key", P "k = v\n" P " = v\n", NULL, "/config:4: expected a key before =" },
    { "outside any section", "\nregion = x\n[default]\n", NULL, "/config:2: expected a section" },
    { "outside any section, indented", " region = x\n", NULL, "/config:1: expected a section" },
    { "continuation of nothing", P " more\n", NULL, "/config:2: expected =" },
    { "continuation of another section", P "k = v\n" P " more\n", NULL, "/config:4: expected =" },
    { "nested without =", P "s3 =\n path\n", NULL, "/config:3: expected =" },
    { "nested with an empty key", P "s3 =\n a = 1\n = path\n", NULL, "/config:4: expected a key before =" },
    { "in an ignored section", "[other]\nregion\n", NULL, "/config:2: expected =" },
    { "credentials without ]", P "k = v\n", "[p\n", "/credentials:1: expected ]" },
    { "credentials without =", NULL, "[p]\nk\n", "/credentials:2: expected =" },
    { "credentials outside", NULL, "k = v\n", "/credentials:1: expected a section" },
    { "CRLF counts as one line", "[default]\r\n\r\nx\r\n", NULL, "/config:3: expected =" },
};

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(malformed_rows); i++) {
        const char      *name     = malformed_rows[i].name;
        dynamo_profiles *profiles = NULL;
        dynamo_error     error    = { 0 };

        write_files(malformed_rows[i].config, malformed_rows[i].credentials);
        expect_status(name, DYNAMO_ERR_CONFIG_PARSER, dynamo_profiles_load(&profiles, &error), &error);
        expect_fragment(name, malformed_rows[i].fragment, &error);
        assert_null(profiles);
    }
}

static void test_nul_in_file(void **state)
{
    static const char text[]   = "[default]\nregion = eu\0-west-1\n";
    dynamo_profiles  *profiles = NULL;
    dynamo_error      error    = { 0 };

    (void)state;
    write_bytes(config_path, text, sizeof(text) - 1);
    expect_status("NUL", DYNAMO_ERR_CONFIG_PARSER, dynamo_profiles_load(&profiles, &error), &error);
    expect_fragment("NUL", "/config:2: expected text", &error);
}

/* A folder can't be read as a file, not even by root, whom permissions don't stop. */
static void test_unreadable(void **state)
{
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };

    (void)state;
    setenv("AWS_CONFIG_FILE", folder, 1);
    expect_status("folder", DYNAMO_ERR_CONFIG_NOT_FOUND, dynamo_profiles_load(&profiles, &error), &error);
    expect_fragment("folder", folder, &error);
    expect_fragment("folder", "it is a directory", &error);
    assert_null(profiles);

    setenv("AWS_CONFIG_FILE", config_path, 1);
    if (geteuid() == 0)
        return;
    write_files("[default]\n", NULL);
    assert_int_equal(chmod(config_path, 0), 0);
    expect_status("mode 0", DYNAMO_ERR_CONFIG_NOT_FOUND, dynamo_profiles_load(&profiles, &error), &error);
    expect_fragment("mode 0", "permission denied", &error);
}

static void test_large_files(void **state)
{
    enum { LIMIT = 16 * 1024 * 1024 };
    char            *text     = malloc(LIMIT + 1);
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };

    (void)state;
    assert_non_null(text);
    memset(text, '\n', LIMIT + 1);
    memcpy(text, "[default]\nk = v\n", 16);
    write_bytes(config_path, text, LIMIT);
    expect_status("16 MiB", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    expect_text("16 MiB", "k", "v", dynamo_profiles_get(profiles, "default", "k"));
    dynamo_profiles_free(profiles);

    write_bytes(config_path, text, LIMIT + 1);
    expect_status("one more", DYNAMO_ERR_CONFIG_NOT_FOUND, dynamo_profiles_load(&profiles, &error), &error);
    expect_fragment("one more", "it is too large", &error);
    free(text);
}

static void test_long_lines(void **state)
{
    enum { LENGTH = 300000 };
    static char      text[2 * LENGTH + 100], value[2 * LENGTH + 2];
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };

    (void)state;
    memset(value, 'x', sizeof(value) - 1);
    value[LENGTH] = '\n';
    snprintf(text, sizeof(text), "[default]\nk = %.*s # it\n  %.*s \nl = w", LENGTH, value, LENGTH, value + LENGTH + 1);
    write_files(text, NULL);
    expect_status("long lines", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    assert_true(strcmp(dynamo_profiles_get(profiles, "default", "k"), value) == 0);
    expect_text("long lines", "l", "w", dynamo_profiles_get(profiles, "default", "l"));
    dynamo_profiles_free(profiles);
}

static void test_home(void **state)
{
    dynamo_profiles *profiles = NULL;
    dynamo_error     error    = { 0 };
    char             path[400], files[900];

    (void)state;
    snprintf(path, sizeof(path), "%s/.aws", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/.aws/config", folder);
    write_bytes(path, "[default]\nk = v\n", 16);
    snprintf(files, sizeof(files), "%s/.aws/config and %s/.aws/credentials", folder, folder);

    unsetenv("AWS_CONFIG_FILE");
    setenv("AWS_SHARED_CREDENTIALS_FILE", "", 1);
    expect_status("HOME", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    expect_text("HOME", "k", "v", dynamo_profiles_get(profiles, "default", "k"));
    expect_text("HOME", "files", files, dynamo_profiles_files(profiles));
    dynamo_profiles_free(profiles);

    setenv("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/config", 1);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    expect_status("~", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    expect_text("~", "k", "v", dynamo_profiles_get(profiles, "default", "k"));
    dynamo_profiles_free(profiles);

    unsetenv("HOME");
    unsetenv("AWS_CONFIG_FILE");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    expect_status("no HOME", DYNAMO_OK, dynamo_profiles_load(&profiles, &error), &error);
    assert_null(strstr(dynamo_profiles_files(profiles), folder));
    dynamo_profiles_free(profiles);
}

static const char sample[] = "\xEF\xBB\xBF# comment\r\n[default] ; it\nregion = eu-west-1 # here\n"
                             "aws_access_key_id=AKID\naws_secret_access_key = SECRET\n more\n\n"
                             "[profile \"p\"]\ns3 =\n  a = 1\n  b = 2 # no comment\nservices = s\n"
                             "[services s]\ndynamodb =\n endpoint_url = http://localhost:8000\n[other x]\nk=v\n"
                             "[profile default]\nregion=x\n[sso-session q]\nsso_region = y";

static void load_damaged(const char *what, const char *text, size_t length)
{
    static const char *const keys[]   = { "region", "s3 a", "services dynamodb endpoint_url", "sso-session k", "" };
    dynamo_profiles         *profiles = NULL;
    dynamo_error             error    = { 0 };
    dynamo_status            status;

    write_bytes(config_path, text, length);
    write_bytes(credentials_path, text, length);
    status = dynamo_profiles_load(&profiles, &error);
    if (status != DYNAMO_OK && status != DYNAMO_ERR_CONFIG_PARSER)
        fail_msg("%s: %s: %s", what, dynamo_status_name(status), error.message);
    if (status != DYNAMO_OK) {
        expect_fragment(what, ": expected ", &error);
        assert_null(profiles);
        return;
    }
    for (size_t i = 0; i < DYNAMO_COUNT(keys); i++) {
        const char *value = dynamo_profiles_get(profiles, "default", keys[i]);

        if (value != NULL && strlen(value) > length)
            fail_msg("%s: %s is longer than the file", what, keys[i]);
    }
    dynamo_profiles_free(profiles);
}

static void test_truncations(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof(sample); length++) {
        char what[40];

        snprintf(what, sizeof(what), "the first %zu bytes", length);
        load_damaged(what, sample, length);
    }
}

static void test_mutations(void **state)
{
    static const char interesting[] = "[]=#; \t\n\r\"'\0\xFFpk";
    const char       *given         = getenv("DYNAMO_TEST_SEED");
    uint64_t          seed          = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    uint64_t          random        = seed * 2 + 1;

    (void)state;
    print_message("DYNAMO_TEST_SEED=%llu\n", (unsigned long long)seed);
    for (int i = 0; i < 1000; i++) {
        char text[sizeof(sample)];
        char what[60];

        memcpy(text, sample, sizeof(sample));
        for (int change = 0; change <= i % 8; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            text[random % (sizeof(sample) - 1)] = interesting[(random >> 32) % (sizeof(interesting) - 1)];
        }
        snprintf(what, sizeof(what), "seed %llu, round %d", (unsigned long long)seed, i);
        load_damaged(what, text, sizeof(sample) - 1);
    }
}

/* ---- Endpoints --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *url; /* given */
    const char *normal;
    const char *host;
    const char *path;
    bool        loopback;
} endpoint_rows[] = {
    { "http://localhost:8000", "http://localhost:8000/", "localhost:8000", "/", true },
    { "http://localhost:8000/", "http://localhost:8000/", "localhost:8000", "/", true },
    { "http://localhost", "http://localhost/", "localhost", "/", true },
    { "http://localhost:80", "http://localhost/", "localhost", "/", true },
    { "https://localhost:443", "https://localhost/", "localhost", "/", true },
    { "https://localhost:80", "https://localhost:80/", "localhost:80", "/", true },
    { "http://localhost:443", "http://localhost:443/", "localhost:443", "/", true },
    { "http://localhost:08000", "http://localhost:8000/", "localhost:8000", "/", true },
    { "HTTP://LocalHost:1", "http://localhost:1/", "localhost:1", "/", true },
    { "http://localhost.:8000", "http://localhost.:8000/", "localhost.:8000", "/", true },
    { "http://db.localhost:8000", "http://db.localhost:8000/", "db.localhost:8000", "/", true },
    { "http://notlocalhost:8000", "http://notlocalhost:8000/", "notlocalhost:8000", "/", false },
    { "http://localhost.example.com", "http://localhost.example.com/", "localhost.example.com", "/", false },
    { "http://127.0.0.1:65535", "http://127.0.0.1:65535/", "127.0.0.1:65535", "/", true },
    { "http://127.255.3.4:1", "http://127.255.3.4:1/", "127.255.3.4:1", "/", true },
    { "http://128.0.0.1", "http://128.0.0.1/", "128.0.0.1", "/", false },
    { "http://[::1]:8000", "http://[::1]:8000/", "[::1]:8000", "/", true },
    { "http://[0:0:0:0:0:0:0:1]", "http://[::1]/", "[::1]", "/", true },
    { "http://[FD00:EC2::23]:80", "http://[fd00:ec2::23]/", "[fd00:ec2::23]", "/", false },
    { "http://127.example.com", "http://127.example.com/", "127.example.com", "/", false },
    { "https://dynamodb.eu-west-1.amazonaws.com", "https://dynamodb.eu-west-1.amazonaws.com/",
      "dynamodb.eu-west-1.amazonaws.com", "/", false },
    { "https://EXAMPLE.com/a/b", "https://example.com/a/b", "example.com", "/a/b", false },
    { "https://example.com/a/b/", "https://example.com/a/b/", "example.com", "/a/b/", false },
    { "https://example.com/A%2Fb~-._!$&'()*+,;=:@", "https://example.com/A%2Fb~-._!$&'()*+,;=:@", "example.com",
      "/A%2Fb~-._!$&'()*+,;=:@", false },
    { "https://example.com/..a/.b/...", "https://example.com/..a/.b/...", "example.com", "/..a/.b/...", false },
    { "http://dynamodb_local:8000", "http://dynamodb_local:8000/", "dynamodb_local:8000", "/", false },
    { "http://db-1:8000", "http://db-1:8000/", "db-1:8000", "/", false },
};

static void test_endpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(endpoint_rows); i++) {
        const char     *url      = endpoint_rows[i].url;
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };

        expect_status(url, DYNAMO_OK, dynamo_endpoint_parse(&endpoint, url, "endpoint", &error), &error);
        expect_text(url, "url", endpoint_rows[i].normal, endpoint.url);
        expect_text(url, "host", endpoint_rows[i].host, endpoint.host);
        expect_text(url, "path", endpoint_rows[i].path, endpoint.path);
        if (endpoint.loopback != endpoint_rows[i].loopback)
            fail_msg("%s: loopback is %d", url, endpoint.loopback);
        if (endpoint.secure != (strncmp(endpoint.url, "https:", 6) == 0))
            fail_msg("%s: secure is %d", url, endpoint.secure);
        dynamo_endpoint_free(&endpoint);
        assert_null(endpoint.url);
    }
}

static const struct {
    const char *url;
    const char *fragment;
} refused_rows[] = {
    { "", "begins with http:// or https://" },
    { "localhost:8000", "begins with http:// or https://" },
    { "ftp://localhost", "begins with http:// or https://" },
    { "http:/localhost", "begins with http:// or https://" },
    { "http://", "no host" },
    { "http:///path", "no host" },
    { "http://:8000", "no host" },
    { " http://localhost", "a space" },
    { "http://local host", "a space" },
    { "http://localhost\n", "a control character" },
    { "http://localhost/\x7F", "a control character" },
    { "http://h\xC3\xBCtte", "isn't ASCII" },
    { "http://user@localhost", "a user name or password" },
    { "http://user:hunter2@localhost", "a user name or password" },
    { "http://localhost?x=1", "a query" },
    { "http://localhost/?", "a query" },
    { "http://localhost/a#b", "a fragment" },
    { "http://localhost#", "a fragment" },
    { "http://localhost:", "port" },
    { "http://localhost:0", "port" },
    { "http://localhost:65536", "port" },
    { "http://localhost:99999999999999999999", "port" },
    { "http://localhost:80a", "port" },
    { "http://localhost:-1", "port" },
    { "http://localhost:1:2", "port" },
    { "http://[::1", "expected ]" },
    { "http://[::1]8000", "port" },
    { "http://[::g]", "IPv6" },
    { "http://[]", "IPv6" },
    { "http://[127.0.0.1]", "IPv6" },
    { "http://[fe80::1%25eth0]", "IPv6" },
    { "http://[::ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "IPv6" },
    { "http://::1:8000", "no host" },
    { "http://127.0.0.256", "IPv4" },
    { "http://127.0.0.01", "IPv4" },
    { "http://127.1", "IPv4" },
    { "http://2130706433", "IPv4" },
    { "http://0x7f000001", "IPv4" },
    { "http://1.2.3.4.5", "IPv4" },
    { "http://127.0.0.1.", "IPv4" },
    { "http://a..b", "host name" },
    { "http://.a", "host name" },
    { "http://.", "host name" },
    { "http://a.b..", "host name" },
    { "http://a*b", "host names" },
    { "http://a\\b", "host names" },
    { "http://" LONG_50 LONG_50, "host name" },
    { "http://a." LONG_500, "longer than 253" },
    { "http://localhost/./a", "segment . or .." },
    { "http://localhost/a/..", "segment . or .." },
    { "http://localhost/%2e%2E/a", "segment . or .." },
    { "http://localhost/a/.%2e", "segment . or .." },
    { "http://localhost//", "empty segment" },
    { "http://localhost/a//b", "empty segment" },
    { "http://localhost/a%", "without two hexadecimal digits" },
    { "http://localhost/a%2", "without two hexadecimal digits" },
    { "http://localhost/a%g0", "without two hexadecimal digits" },
    { "http://localhost/a\\b", "a character that must be written" },
    { "http://localhost/{a}", "a character that must be written" },
};

static void test_refused_endpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(refused_rows); i++) {
        const char     *url      = refused_rows[i].url;
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };
        dynamo_status   status   = dynamo_endpoint_parse(&endpoint, url, "AWS_ENDPOINT_URL", &error);

        expect_status(url, DYNAMO_ERR_INVALID_ARGUMENT, status, &error);
        expect_fragment(url, refused_rows[i].fragment, &error);
        expect_fragment(url, "AWS_ENDPOINT_URL", &error);
        if (strstr(error.message, "hunter2") != NULL)
            fail_msg("%s: the password is in the message", url);
        assert_null(endpoint.url);
    }
}

static void test_longest_host(void **state)
{
    static const struct {
        size_t        length;
        dynamo_status status;
    } rows[] = { { 253, DYNAMO_OK }, { 254, DYNAMO_ERR_INVALID_ARGUMENT }, { 255, DYNAMO_ERR_INVALID_ARGUMENT } };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        char            url[300] = "http://";
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };

        for (size_t j = 0; j < rows[i].length; j++)
            url[7 + j] = j % 50 == 49 ? '.' : 'a';
        expect_status(url, rows[i].status, dynamo_endpoint_parse(&endpoint, url, "endpoint", &error), &error);
        dynamo_endpoint_free(&endpoint);
    }
}

static const struct {
    const char *region;
    const char *host; /* of dynamodb */
} region_rows[] = {
    { "us-east-1", "dynamodb.us-east-1.amazonaws.com" },
    { "eu-central-1", "dynamodb.eu-central-1.amazonaws.com" },
    { "mx-central-1", "dynamodb.mx-central-1.amazonaws.com" },
    { "ap-southeast-77", "dynamodb.ap-southeast-77.amazonaws.com" },
    { "aws-global", "dynamodb.aws-global.amazonaws.com" },
    { "cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn" },
    { "cn-somewhere-9", "dynamodb.cn-somewhere-9.amazonaws.com.cn" },
    { "aws-cn-global", "dynamodb.aws-cn-global.amazonaws.com.cn" },
    { "us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com" },
    { "aws-us-gov-global", "dynamodb.aws-us-gov-global.amazonaws.com" },
    { "us-iso-east-1", "dynamodb.us-iso-east-1.c2s.ic.gov" },
    { "aws-iso-global", "dynamodb.aws-iso-global.c2s.ic.gov" },
    { "us-isob-east-1", "dynamodb.us-isob-east-1.sc2s.sgov.gov" },
    { "aws-iso-b-global", "dynamodb.aws-iso-b-global.sc2s.sgov.gov" },
    { "eu-isoe-west-1", "dynamodb.eu-isoe-west-1.cloud.adc-e.uk" },
    { "aws-iso-e-global", "dynamodb.aws-iso-e-global.cloud.adc-e.uk" },
    { "us-isof-south-1", "dynamodb.us-isof-south-1.csp.hci.ic.gov" },
    { "aws-iso-f-global", "dynamodb.aws-iso-f-global.csp.hci.ic.gov" },
    { "eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu" },
    { "eusc-fr-east-1", "dynamodb.eusc-fr-east-1.amazonaws.com" },
    { "cn-north", "dynamodb.cn-north.amazonaws.com" },
    { "cn-north-1-1", "dynamodb.cn-north-1-1.amazonaws.com" },
    { "cn-north-x", "dynamodb.cn-north-x.amazonaws.com" },
    { "cn--1", "dynamodb.cn--1.amazonaws.com" },
    { "xcn-north-1", "dynamodb.xcn-north-1.amazonaws.com" },
    { "mars", "dynamodb.mars.amazonaws.com" },
    { "local", "localhost:8000" },
};

static dynamo_status of_region(dynamo_endpoint *endpoint, const char *region, dynamo_error *error)
{
    const dynamo_hosts plain = { .fips = false };

    return dynamo_endpoint_of_service(endpoint, &plain, DYNAMO_SERVICE_DYNAMODB, region, error);
}

static void test_regions(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(region_rows); i++) {
        const char     *region   = region_rows[i].region;
        bool            local    = strcmp(region, "local") == 0;
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };
        char            url[200];

        snprintf(url, sizeof(url), "%s://%s/", local ? "http" : "https", region_rows[i].host);
        expect_status(region, DYNAMO_OK, of_region(&endpoint, region, &error), &error);
        expect_text(region, "url", url, endpoint.url);
        expect_text(region, "host", region_rows[i].host, endpoint.host);
        expect_text(region, "path", "/", endpoint.path);
        assert_int_equal(endpoint.secure, !local);
        assert_int_equal(endpoint.loopback, local);
        dynamo_endpoint_free(&endpoint);
    }
}

static void test_refused_regions(void **state)
{
    static const char *const regions[] = { "", "-us-east-1", "us-east-1-", "us east 1", "us-east-1.evil.com",
                                           "us/", "us_east_1",  "us-east-1\r\nx: y", "us-\xC3\xA9st", LONG_50 LONG_50 };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(regions); i++) {
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };
        dynamo_status   status   = of_region(&endpoint, regions[i], &error);

        expect_status(regions[i], DYNAMO_ERR_INVALID_ARGUMENT, status, &error);
        expect_fragment(regions[i], "is no region", &error);
        assert_null(endpoint.url);
    }
}

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

static bool give_credentials(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    (void)context;
    (void)credentials;
    (void)error;
    return false;
}

#define US "https://dynamodb.us-east-1.amazonaws.com/"
#define US_STREAMS "https://streams.dynamodb.us-east-1.amazonaws.com/"
#define EU "https://dynamodb.eu-west-1.amazonaws.com/"
#define EU_STREAMS "https://streams.dynamodb.eu-west-1.amazonaws.com/"
#define ENV_KEYS "AWS_ACCESS_KEY_ID=ENVKEY\nAWS_SECRET_ACCESS_KEY=envsecret\n"
#define FILE_KEYS "aws_access_key_id = FILEKEY\naws_secret_access_key = filesecret\n"
#define REGION "AWS_REGION=us-east-1\n"

typedef struct settings_row {
    const char   *name;
    dynamo_config config;
    const char   *environment;
    const char   *file; /* ~/.aws/config */
    const char   *credentials_file;
    const char   *region; /* what comes out */
    const char   *dynamodb;
    const char   *streams;
    const char   *keys; /* "key secret token account"; NULL: none */
} settings_row;

static const settings_row settings_rows[] = {
    { .name        = "everything from the environment",
      .environment = REGION ENV_KEYS "AWS_SESSION_TOKEN=token\nAWS_ACCOUNT_ID=123456789012",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret token 123456789012" },
    { .name   = "everything from the profile",
      .file   = "[default]\nregion = eu-west-1\n" FILE_KEYS "aws_session_token = t\naws_account_id = 1",
      .region = "eu-west-1", .dynamodb = EU, .streams = EU_STREAMS, .keys = "FILEKEY filesecret t 1" },
    { .name   = "everything from the options",
      .config = { .region = "eu-west-1", .access_key = "K", .secret_key = "S", .session_token = "T" },
      .region = "eu-west-1", .dynamodb = EU, .streams = EU_STREAMS, .keys = "K S T -" },
    { .name   = "keys of both files",
      .file   = "[default]\nregion = us-east-1\naws_access_key_id = A\n",
      .credentials_file = "[default]\naws_secret_access_key = B\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "A B - -" },
    { .name = "no keys anywhere", .environment = REGION,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },

    { .name = "region: option beats environment", .config = { .region = "eu-west-1" }, .environment = REGION ENV_KEYS,
      .region = "eu-west-1", .dynamodb = EU, .streams = EU_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "region: environment beats profile", .environment = REGION ENV_KEYS, .file = "[default]\nregion = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "region: AWS_REGION beats AWS_DEFAULT_REGION", .environment = REGION "AWS_DEFAULT_REGION=x",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "region: AWS_DEFAULT_REGION", .environment = "AWS_REGION=\nAWS_DEFAULT_REGION=us-east-1",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "region: empty option is unset", .config = { .region = "" }, .environment = REGION,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "region: local", .config = { .region = "local" },
      .region = "us-east-1", .dynamodb = "http://localhost:8000/", .streams = "http://localhost:8000/",
      .keys = "local local - -" },
    { .name = "region: local with keys", .config = { .region = "local" }, .environment = ENV_KEYS,
      .region = "us-east-1", .dynamodb = "http://localhost:8000/", .streams = "http://localhost:8000/",
      .keys = "ENVKEY envsecret - -" },

    { .name = "profile: option beats AWS_PROFILE", .config = { .profile = "a" }, .environment = "AWS_PROFILE=b",
      .file = "[profile a]\nregion = us-east-1\n[profile b]\nregion = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "profile: AWS_PROFILE beats AWS_DEFAULT_PROFILE", .environment = "AWS_PROFILE=a\nAWS_DEFAULT_PROFILE=b",
      .file = "[profile a]\nregion = us-east-1\n[profile b]\nregion = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "profile: AWS_DEFAULT_PROFILE", .environment = "AWS_PROFILE=\nAWS_DEFAULT_PROFILE=a",
      .file = "[profile a]\nregion = us-east-1\n[default]\nregion = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "profile: empty option is unset", .config = { .profile = "" }, .environment = REGION ENV_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "profile: in the credentials file alone", .config = { .profile = "a" }, .environment = REGION,
      .credentials_file = "[a]\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "FILEKEY filesecret - -" },

    { .name = "keys: option beats environment", .config = { .access_key = "K", .secret_key = "S" },
      .environment = REGION ENV_KEYS "AWS_SESSION_TOKEN=token",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "K S - -" },
    { .name = "keys: environment beats profile", .environment = REGION ENV_KEYS,
      .file = "[default]\n" FILE_KEYS "aws_session_token = t\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "keys: a profile that is an option beats the environment", .config = { .profile = "a" },
      .environment = REGION ENV_KEYS, .file = "[profile a]\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "FILEKEY filesecret - -" },
    { .name = "keys: not so AWS_PROFILE", .environment = REGION ENV_KEYS "AWS_PROFILE=a",
      .file = "[profile a]\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "keys: empty variables are unset", .file = "[default]\n" FILE_KEYS,
      .environment = REGION "AWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY=\nAWS_SESSION_TOKEN=x",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "FILEKEY filesecret - -" },
    { .name = "keys: empty options are unset", .config = { .access_key = "", .secret_key = "", .session_token = "" },
      .environment = REGION ENV_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "ENVKEY envsecret - -" },
    { .name = "keys: empty in the profile", .environment = REGION,
      .file = "[default]\naws_access_key_id =\naws_secret_access_key =\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: the callback beats environment and profile", .config = { .credentials = give_credentials },
      .environment = REGION ENV_KEYS, .file = "[default]\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: the callback beats half of them in the environment", .config = { .credentials = give_credentials },
      .environment = REGION "AWS_ACCESS_KEY_ID=x",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: static ones of a profile with a role", .environment = REGION,
      .file = "[default]\nrole_arn = x\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: static ones before a process", .environment = REGION,
      .file = "[default]\ncredential_process = x\n" FILE_KEYS,
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS, .keys = "FILEKEY filesecret - -" },
    { .name = "keys: a role's come later", .environment = REGION,
      .file = "[default]\nrole_arn = x\nsource_profile = y\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: an SSO session's come later", .environment = REGION, .file = "[default]\nsso_session = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "keys: a process's come later", .environment = REGION, .file = "[default]\ncredential_process = x\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },

    { .name = "endpoint: a local one alone is enough", .config = { .endpoint = "http://localhost:8000" },
      .region = "us-east-1", .dynamodb = "http://localhost:8000/", .streams = "http://localhost:8000/",
      .keys = "local local - -" },
    { .name = "endpoint: a local one with all else", .config = { .endpoint = "http://127.0.0.1:1" },
      .environment = "AWS_REGION=eu-west-1\n" ENV_KEYS,
      .region = "eu-west-1", .dynamodb = "http://127.0.0.1:1/", .streams = "http://127.0.0.1:1/",
      .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: a local one in an SSO profile, whose keys come later",
      .config = { .endpoint = "http://localhost:8000" }, .file = "[default]\nsso_session = x\n",
      .region = "us-east-1", .dynamodb = "http://localhost:8000/", .streams = "http://localhost:8000/" },
    { .name = "endpoint: a local one, streams elsewhere",
      .config = { .endpoint = "http://localhost:8000", .streams_endpoint = "https://example.com" },
      .region = "us-east-1", .dynamodb = "http://localhost:8000/", .streams = "https://example.com/" },
    { .name = "endpoint: a remote one has no placeholders", .config = { .endpoint = "http://db:8000" },
      .environment = REGION,
      .region = "us-east-1", .dynamodb = "http://db:8000/", .streams = "http://db:8000/" },
    { .name = "endpoint: option beats environment", .config = { .endpoint = "http://a" },
      .environment = REGION ENV_KEYS "AWS_ENDPOINT_URL_DYNAMODB=http://b\nAWS_ENDPOINT_URL_DYNAMODB_STREAMS=http://c",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/", .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: streams_endpoint", .config = { .endpoint = "http://a", .streams_endpoint = "http://s" },
      .environment = REGION,
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://s/" },
    { .name = "endpoint: streams_endpoint alone", .config = { .streams_endpoint = "http://s" }, .environment = REGION,
      .region = "us-east-1", .dynamodb = US, .streams = "http://s/" },
    { .name = "endpoint: the service's variable", .environment = REGION ENV_KEYS
      "AWS_ENDPOINT_URL_DYNAMODB=http://a\nAWS_ENDPOINT_URL=http://b",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://b/", .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: the variable of Streams", .environment = REGION ENV_KEYS
      "AWS_ENDPOINT_URL_DYNAMODB_STREAMS=http://a",
      .region = "us-east-1", .dynamodb = US, .streams = "http://a/", .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: the service's variable leaves Streams", .environment = REGION ENV_KEYS
      "AWS_ENDPOINT_URL_DYNAMODB=http://localhost:1",
      .region = "us-east-1", .dynamodb = "http://localhost:1/", .streams = US_STREAMS,
      .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: a local variable alone", .environment = "AWS_ENDPOINT_URL_DYNAMODB=http://localhost:1",
      .region = "us-east-1", .dynamodb = "http://localhost:1/", .streams = "http://localhost:1/",
      .keys = "local local - -" },
    { .name = "endpoint: a local variable and a region",
      .environment = REGION "AWS_ENDPOINT_URL_DYNAMODB=http://localhost:1",
      .region = "us-east-1", .dynamodb = "http://localhost:1/", .streams = "http://localhost:1/",
      .keys = "local local - -" },
    { .name = "endpoint: a local variable and keys",
      .environment = ENV_KEYS "AWS_ENDPOINT_URL_DYNAMODB=http://localhost:1",
      .region = "us-east-1", .dynamodb = "http://localhost:1/", .streams = "http://localhost:1/",
      .keys = "ENVKEY envsecret - -" },
    { .name = "endpoint: environment beats profile", .environment = REGION "AWS_ENDPOINT_URL=http://a",
      .file = "[default]\nendpoint_url = http://b\n",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/" },
    { .name = "endpoint: profile", .environment = REGION, .file = "[default]\nendpoint_url = http://b\n",
      .region = "us-east-1", .dynamodb = "http://b/", .streams = "http://b/" },
    { .name = "endpoint: services beat the profile's", .environment = REGION,
      .file = "[default]\nendpoint_url = http://b\nservices = s\n[services s]\ndynamodb =\n endpoint_url = http://c\n",
      .region = "us-east-1", .dynamodb = "http://c/", .streams = "http://b/" },
    { .name = "endpoint: services of Streams", .environment = REGION,
      .file = "[default]\nservices = s\n[services s]\ndynamodb_streams =\n endpoint_url = http://c\n",
      .region = "us-east-1", .dynamodb = US, .streams = "http://c/" },
    { .name = "endpoint: AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
      .environment = REGION "AWS_ENDPOINT_URL=http://a\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True",
      .file = "[default]\nendpoint_url = http://b\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "endpoint: ignored ones may be malformed",
      .environment = REGION "AWS_ENDPOINT_URL=nonsense\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "endpoint: ignoring leaves the option", .config = { .endpoint = "http://o" },
      .environment = REGION "AWS_ENDPOINT_URL=http://a\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true",
      .region = "us-east-1", .dynamodb = "http://o/", .streams = "http://o/" },
    { .name = "endpoint: ignore_configured_endpoint_urls", .environment = REGION "AWS_ENDPOINT_URL=http://a",
      .file = "[default]\nignore_configured_endpoint_urls = true\n",
      .region = "us-east-1", .dynamodb = US, .streams = US_STREAMS },
    { .name = "endpoint: the variable beats the key",
      .environment = REGION "AWS_ENDPOINT_URL=http://a\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
      .file = "[default]\nignore_configured_endpoint_urls = true\n",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/" },

    { .name = "missing AWS_PROFILE, all given as options", .environment = "AWS_PROFILE=missing",
      .config = { .access_key = "K", .secret_key = "S", .region = "us-east-1", .endpoint = "http://a" },
      .file = "[default]\n",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/", .keys = "K S - -" },
    { .name = "AWS_PROFILE without files, all given as options", .environment = "AWS_PROFILE=missing",
      .config = { .access_key = "K", .secret_key = "S", .region = "us-east-1", .endpoint = "http://a" },
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/", .keys = "K S - -" },
    { .name = "no file is read where nothing is unset",
      .config = { .access_key = "K", .secret_key = "S", .region = "us-east-1", .endpoint = "http://a",
                  .ca_file = "/dev/null", .app_id = "x", .retry_mode = "standard", .max_attempts = 2 },
      .file = "malformed",
      .region = "us-east-1", .dynamodb = "http://a/", .streams = "http://a/", .keys = "K S - -" },
};

static void describe_keys(const dynamo_credentials *keys, char *text, size_t size)
{
    const char *token   = keys->session_token != NULL ? keys->session_token : "-";
    const char *account = keys->account_id != NULL ? keys->account_id : "-";

    snprintf(text, size, "%s %s %s %s", keys->access_key, keys->secret_key, token, account);
}

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(settings_rows); i++) {
        const settings_row *row      = &settings_rows[i];
        dynamo_settings     settings = { 0 };
        dynamo_error        error    = { 0 };
        char                keys[300];

        clear_environment();
        set_environment(row->environment);
        write_files(row->file, row->credentials_file);
        expect_status(row->name, DYNAMO_OK, dynamo_settings_load(&settings, &row->config, &error), &error);
        expect_text(row->name, "region", row->region, settings.region);
        expect_text(row->name, "dynamodb", row->dynamodb, settings.dynamodb.url);
        expect_text(row->name, "streams", row->streams, settings.streams.url);
        if (settings.keys.access_key != NULL)
            describe_keys(&settings.keys, keys, sizeof(keys));
        expect_text(row->name, "keys", row->keys, settings.keys.access_key != NULL ? keys : NULL);
        dynamo_settings_free(&settings);
    }
}

typedef struct failure_row {
    const char   *name;
    dynamo_config config;
    const char   *environment;
    const char   *file;
    const char   *credentials_file;
    dynamo_status status;
    const char   *fragments[3];
} failure_row;

#define LOCAL .endpoint = "http://localhost:8000"
#define REFUSED DYNAMO_ERR_INVALID_ARGUMENT

static const failure_row failure_rows[] = {
    { .name = "access_key alone", .config = { .access_key = "K" }, .status = REFUSED,
      .fragments = { "access_key is set without secret_key" } },
    { .name = "secret_key alone", .config = { .secret_key = "hunter2" }, .status = REFUSED,
      .fragments = { "secret_key is set without access_key" } },
    { .name = "an empty secret_key", .config = { LOCAL, .access_key = "K", .secret_key = "" }, .status = REFUSED,
      .fragments = { "access_key is set without secret_key" } },
    { .name = "session_token alone", .config = { .session_token = "hunter2" }, .status = REFUSED,
      .fragments = { "session_token is set without access_key" } },
    { .name = "keys and the callback", .status = REFUSED,
      .config = { LOCAL, .access_key = "K", .secret_key = "hunter2", .credentials = give_credentials },
      .fragments = { "access_key and the credentials callback" } },
    { .name = "line break in access_key", .config = { LOCAL, .access_key = "hunter2\r\n", .secret_key = "S" },
      .status = REFUSED, .fragments = { "control character" } },
    { .name = "line break in secret_key", .config = { LOCAL, .access_key = "K", .secret_key = "hunter2\n" },
      .status = REFUSED, .fragments = { "control character" } },
    { .name = "control character in session_token", .status = REFUSED,
      .config = { LOCAL, .access_key = "K", .secret_key = "S", .session_token = "hunter2\x7F" },
      .fragments = { "control character" } },

    { .name = "negative connect_timeout_ms", .config = { .connect_timeout_ms = -1 }, .status = REFUSED,
      .fragments = { "connect_timeout_ms is negative" } },
    { .name = "negative attempt_timeout_ms", .config = { .attempt_timeout_ms = -1 }, .status = REFUSED,
      .fragments = { "attempt_timeout_ms is negative" } },
    { .name = "negative timeout_ms", .config = { .timeout_ms = INT64_MIN }, .status = REFUSED,
      .fragments = { "timeout_ms is negative" } },
    { .name = "retry_mode", .config = { .retry_mode = "often" }, .status = REFUSED,
      .fragments = { "retry_mode", "standard, adaptive" } },
    { .name = "AWS_RETRY_MODE", .environment = REGION "AWS_RETRY_MODE=Standard", .status = REFUSED,
      .fragments = { "AWS_RETRY_MODE is none of" } },
    { .name = "retry_mode of the profile", .environment = REGION, .file = "[default]\nretry_mode = off\n",
      .status = REFUSED, .fragments = { "retry_mode in profile default is none of" } },
    { .name = "AWS_MAX_ATTEMPTS: a word", .environment = REGION "AWS_MAX_ATTEMPTS=many", .status = REFUSED,
      .fragments = { "AWS_MAX_ATTEMPTS is no whole number from 1" } },
    { .name = "AWS_MAX_ATTEMPTS: 0", .environment = REGION "AWS_MAX_ATTEMPTS=0", .status = REFUSED,
      .fragments = { "AWS_MAX_ATTEMPTS is no whole number from 1" } },
    { .name = "AWS_MAX_ATTEMPTS: negative", .environment = REGION "AWS_MAX_ATTEMPTS=-1", .status = REFUSED,
      .fragments = { "AWS_MAX_ATTEMPTS is no whole number from 1" } },
    { .name = "AWS_MAX_ATTEMPTS: more than fits", .environment = REGION "AWS_MAX_ATTEMPTS=4294967300",
      .status = REFUSED, .fragments = { "AWS_MAX_ATTEMPTS is no whole number from 1" } },
    { .name = "max_attempts of the profile", .environment = REGION, .file = "[default]\nmax_attempts = 3x\n",
      .status = REFUSED, .fragments = { "max_attempts in profile default is no whole number" } },
    { .name = "AWS_DISABLE_CLOCK_SKEW_CORRECTION", .status = REFUSED,
      .environment = REGION "AWS_DISABLE_CLOCK_SKEW_CORRECTION=perhaps",
      .fragments = { "AWS_DISABLE_CLOCK_SKEW_CORRECTION is neither true nor false" } },
    { .name = "disable_clock_skew_correction", .environment = REGION, .status = REFUSED,
      .file = "[default]\ndisable_clock_skew_correction = 2\n",
      .fragments = { "disable_clock_skew_correction in profile default is neither true nor false" } },
    { .name = "account_id_endpoint_mode", .config = { .account_id_endpoint_mode = "sometimes" }, .status = REFUSED,
      .fragments = { "account_id_endpoint_mode", "preferred, disabled" } },
    { .name = "AWS_ACCOUNT_ID_ENDPOINT_MODE", .environment = REGION ENV_KEYS "AWS_ACCOUNT_ID_ENDPOINT_MODE=always",
      .status = REFUSED, .fragments = { "AWS_ACCOUNT_ID_ENDPOINT_MODE is none of preferred, disabled and required" } },
    { .name = "account_id_endpoint_mode of a profile", .environment = REGION ENV_KEYS,
      .file = "[default]\naccount_id_endpoint_mode = x\n",
      .status = REFUSED, .fragments = { "account_id_endpoint_mode in profile default is none of preferred" } },
    { .name = "account required with FIPS", .environment = REGION ENV_KEYS, .status = REFUSED,
      .config = { .account_id_endpoint_mode = "required", .use_fips_endpoint = DYNAMO_TRUE },
      .fragments = { "account_id_endpoint_mode is required", "FIPS" } },
    { .name = "account required where there are none", .environment = "AWS_REGION=us-iso-east-1\n" ENV_KEYS,
      .config = { .account_id_endpoint_mode = "required" }, .status = REFUSED,
      .fragments = { "account_id_endpoint_mode is required", "in the region us-iso-east-1" } },
    { .name = "FIPS beside an endpoint", .config = { LOCAL, .use_fips_endpoint = DYNAMO_TRUE }, .status = REFUSED,
      .fragments = { "use_fips_endpoint is set beside an endpoint" } },
    { .name = "dual-stack beside an endpoint", .config = { LOCAL }, .status = REFUSED,
      .environment = "AWS_USE_DUALSTACK_ENDPOINT=true", .fragments = { "use_dualstack_endpoint is set beside" } },
    { .name = "FIPS beside local", .config = { .region = "local", .use_fips_endpoint = DYNAMO_TRUE },
      .status = REFUSED, .fragments = { "use_fips_endpoint is set beside the region local" } },
    { .name = "dual-stack beside local", .environment = "AWS_REGION=local", .status = REFUSED,
      .config = { .use_dualstack_endpoint = DYNAMO_TRUE }, .fragments = { "use_dualstack_endpoint is set beside" } },
    { .name = "AWS_USE_FIPS_ENDPOINT", .environment = REGION ENV_KEYS "AWS_USE_FIPS_ENDPOINT=1", .status = REFUSED,
      .fragments = { "AWS_USE_FIPS_ENDPOINT is neither true nor false" } },
    { .name = "use_dualstack_endpoint of a profile", .environment = REGION ENV_KEYS "AWS_PROFILE=a",
      .file = "[profile a]\nuse_dualstack_endpoint = yes\n", .status = REFUSED,
      .fragments = { "use_dualstack_endpoint in profile a is neither true nor false" } },
    { .name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", .status = REFUSED,
      .environment = REGION ENV_KEYS "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=yes",
      .fragments = { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither true nor false" } },
    { .name = "the dual-stack host as endpoint", .environment = REGION ENV_KEYS, .status = REFUSED,
      .config = { .endpoint = "https://DynamoDB.us-east-1.api.aws/" },
      .fragments = { "dynamodb.us-east-1.api.aws", "use_dualstack_endpoint" } },

    { .name = "endpoint", .config = { .endpoint = "localhost:8000" }, .status = REFUSED,
      .fragments = { "endpoint is refused: expected a URL" } },
    { .name = "streams_endpoint", .config = { LOCAL, .streams_endpoint = "http://" }, .status = REFUSED,
      .fragments = { "streams_endpoint is refused", "no host" } },
    { .name = "AWS_ENDPOINT_URL", .environment = REGION "AWS_ENDPOINT_URL=x", .status = REFUSED,
      .fragments = { "AWS_ENDPOINT_URL is refused" } },
    { .name = "AWS_ENDPOINT_URL_DYNAMODB", .environment = REGION "AWS_ENDPOINT_URL_DYNAMODB=x", .status = REFUSED,
      .fragments = { "AWS_ENDPOINT_URL_DYNAMODB is refused" } },
    { .name = "endpoint_url", .environment = REGION, .file = "[default]\nendpoint_url = x\n", .status = REFUSED,
      .fragments = { "endpoint_url in profile default is refused" } },
    { .name = "region", .config = { .region = "us east" }, .status = REFUSED,
      .fragments = { "\"us east\" is no region" } },
    { .name = "region beside an endpoint", .config = { LOCAL, .region = "a/b" }, .status = REFUSED,
      .fragments = { "\"a/b\" is no region" } },
    { .name = "ca_file", .config = { LOCAL, .ca_file = "/nonexistent/ca.pem" }, .status = REFUSED,
      .fragments = { "ca_file, /nonexistent/ca.pem, can't be read", "no such file" } },
    { .name = "ca_file is a folder", .config = { LOCAL, .ca_file = "/" }, .status = REFUSED,
      .fragments = { "ca_file, /, can't be read", "directory" } },
    { .name = "AWS_CA_BUNDLE", .config = { LOCAL }, .environment = "AWS_CA_BUNDLE=/nonexistent/ca", .status = REFUSED,
      .fragments = { "AWS_CA_BUNDLE, /nonexistent/ca" } },
    { .name = "ca_bundle", .config = { LOCAL }, .file = "[default]\nca_bundle = /nonexistent/ca", .status = REFUSED,
      .fragments = { "ca_bundle in profile default, /nonexistent/ca" } },
    { .name = "app_id", .config = { LOCAL, .app_id = "a b" }, .status = REFUSED, .fragments = { "app_id" } },
    { .name = "app_id of 51 characters", .config = { LOCAL, .app_id = LONG_50 "0" }, .status = REFUSED,
      .fragments = { "app_id is longer than 50" } },
    { .name = "AWS_SDK_UA_APP_ID", .config = { LOCAL }, .environment = "AWS_SDK_UA_APP_ID=" LONG_50 "0",
      .status = REFUSED, .fragments = { "AWS_SDK_UA_APP_ID is longer than 50" } },

    { .name = "no region", .environment = ENV_KEYS, .status = DYNAMO_ERR_NO_REGION,
      .fragments = { "set region in dynamo_config, AWS_REGION, or region in profile default of", "/config" } },
    { .name = "no region for a remote endpoint", .config = { .endpoint = "http://db:8000" },
      .status = DYNAMO_ERR_NO_REGION, .fragments = { "no region" } },
    { .name = "no region in the profile", .config = { .profile = "a" }, .file = "[profile a]\n[default]\nregion = x\n",
      .status = DYNAMO_ERR_NO_REGION, .fragments = { "profile a" } },

    { .name = "profile without files", .config = { .profile = "a" }, .status = DYNAMO_ERR_CONFIG_NOT_FOUND,
      .fragments = { "dynamo_config names profile a", "/config and", "/credentials" } },
    { .name = "AWS_PROFILE without files", .environment = REGION ENV_KEYS "AWS_PROFILE=a",
      .status = DYNAMO_ERR_CONFIG_NOT_FOUND, .fragments = { "AWS_PROFILE names profile a", "AWS_CONFIG_FILE" } },
    { .name = "AWS_DEFAULT_PROFILE without files", .environment = REGION ENV_KEYS "AWS_DEFAULT_PROFILE=a",
      .status = DYNAMO_ERR_CONFIG_NOT_FOUND, .fragments = { "AWS_DEFAULT_PROFILE names profile a" } },
    { .name = "no such profile", .config = { .profile = "a" }, .file = "[default]\n[a]\n",
      .status = DYNAMO_ERR_NO_PROFILE, .fragments = { "dynamo_config names profile a", "add [profile a]" } },
    { .name = "no such AWS_PROFILE", .environment = REGION ENV_KEYS "AWS_PROFILE=a", .file = "[default]\n",
      .status = DYNAMO_ERR_NO_PROFILE, .fragments = { "AWS_PROFILE names profile a" } },
    { .name = "no such profile beside all other options", .file = "[default]\n", .status = DYNAMO_ERR_NO_PROFILE,
      .config = { LOCAL, .profile = "a", .region = "x", .access_key = "K", .secret_key = "S", .app_id = "x",
                  .ca_file = "/dev/null" } },
    { .name = "default, by name", .config = { .profile = "default" }, .file = "[profile a]\n",
      .status = DYNAMO_ERR_NO_PROFILE },
    { .name = "malformed file", .environment = REGION ENV_KEYS, .file = "[default]\nhunter2\n",
      .status = DYNAMO_ERR_CONFIG_PARSER, .fragments = { "/config:2: expected =" } },

    { .name = "AWS_ACCESS_KEY_ID alone", .environment = REGION "AWS_ACCESS_KEY_ID=x",
      .status = DYNAMO_ERR_CREDENTIALS, .fragments = { "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY" } },
    { .name = "AWS_SECRET_ACCESS_KEY alone", .config = { LOCAL }, .environment = "AWS_SECRET_ACCESS_KEY=hunter2",
      .status = DYNAMO_ERR_CREDENTIALS, .fragments = { "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID" } },
    { .name = "line break in the environment", .config = { LOCAL }, .status = DYNAMO_ERR_CREDENTIALS,
      .environment = "AWS_ACCESS_KEY_ID=x\nAWS_SECRET_ACCESS_KEY=hunter2\r", .fragments = { "control character" } },
    { .name = "half of a profile", .environment = REGION, .file = "[default]\naws_access_key_id = x\n",
      .status = DYNAMO_ERR_CREDENTIALS,
      .fragments = { "aws_access_key_id is set without aws_secret_access_key in profile default" } },
    { .name = "the other half", .environment = REGION "AWS_PROFILE=a",
      .credentials_file = "[a]\naws_secret_access_key = hunter2\n", .status = DYNAMO_ERR_CREDENTIALS,
      .fragments = { "aws_secret_access_key is set without aws_access_key_id in profile a" } },
    { .name = "a key that goes on", .environment = REGION, .status = DYNAMO_ERR_CREDENTIALS,
      .file = "[default]\naws_access_key_id = x\naws_secret_access_key = hunter2\n hunter2\n",
      .fragments = { "control character", "in profile default" } },
};

/* Field by field, since padding may hold anything. */
static void expect_empty(const char *row, const dynamo_settings *settings)
{
    const void *const held[] = {
        settings->region,          settings->dynamodb.url,        settings->dynamodb.host, settings->dynamodb.path,
        settings->streams.url,     settings->streams.host,        settings->streams.path,  settings->keys.access_key,
        settings->keys.secret_key, settings->keys.session_token,  settings->keys.account_id,
        settings->ca_file,         settings->user_agent,          settings->context,            settings->profiles,
        settings->profile,         settings->environment,
    };

    for (size_t i = 0; i < DYNAMO_COUNT(held); i++) {
        if (held[i] != NULL)
            fail_msg("%s: the settings aren't empty: pointer %zu", row, i);
    }
    if (settings->max_clients != 0 || settings->timeout_ms != 0 || settings->credentials != NULL)
        fail_msg("%s: the settings aren't empty", row);
}

static void test_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(failure_rows); i++) {
        const failure_row *row = &failure_rows[i];
        dynamo_settings    settings;
        dynamo_error       error = { 0 };

        memset(&settings, 0xFF, sizeof(settings));
        clear_environment();
        set_environment(row->environment);
        write_files(row->file, row->credentials_file);
        expect_status(row->name, row->status, dynamo_settings_load(&settings, &row->config, &error), &error);
        for (size_t j = 0; j < DYNAMO_COUNT(row->fragments); j++)
            expect_fragment(row->name, row->fragments[j], &error);
        if (strstr(error.message, "hunter2") != NULL)
            fail_msg("%s: a secret is in the message: %s", row->name, error.message);
        expect_empty(row->name, &settings);
        assert_int_equal(dynamo_settings_load(&settings, &row->config, NULL), row->status);
    }
}

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

#define SERVICES "services = s\n[services s]\n"

/* Where the settings of hosts come from. What hosts they lead to is unit_endpoints.c's. */
static const struct {
    const char    *name;
    dynamo_config  config;
    const char    *environment;
    const char    *file;
    dynamo_service service;
    const char    *url;
} host_rows[] = {
    { "FIPS: option", { .use_fips_endpoint = DYNAMO_TRUE }, REGION, NULL, DYNAMO_SERVICE_DYNAMODB,
      "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { "FIPS: variable", { 0 }, REGION "AWS_USE_FIPS_ENDPOINT=TRUE", "[default]\nuse_fips_endpoint = false\n",
      DYNAMO_SERVICE_DYNAMODB, "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { "FIPS: key", { 0 }, REGION, "[default]\nuse_fips_endpoint = true\n", DYNAMO_SERVICE_STS,
      "https://sts-fips.us-east-1.amazonaws.com/" },
    { "FIPS: option beats variable", { .use_fips_endpoint = DYNAMO_FALSE }, REGION "AWS_USE_FIPS_ENDPOINT=true", NULL,
      DYNAMO_SERVICE_DYNAMODB, US },
    { "FIPS: variable beats key", { 0 }, REGION "AWS_USE_FIPS_ENDPOINT=false", "[default]\nuse_fips_endpoint = true\n",
      DYNAMO_SERVICE_DYNAMODB, US },
    { "FIPS: an empty variable is unset", { 0 }, REGION "AWS_USE_FIPS_ENDPOINT=", NULL, DYNAMO_SERVICE_DYNAMODB, US },
    { "dual-stack: option", { .use_dualstack_endpoint = DYNAMO_TRUE }, REGION, NULL, DYNAMO_SERVICE_DYNAMODB,
      "https://dynamodb.us-east-1.api.aws/" },
    { "dual-stack: variable", { 0 }, REGION "AWS_USE_DUALSTACK_ENDPOINT=true", NULL, DYNAMO_SERVICE_STREAMS,
      "https://streams-dynamodb.us-east-1.api.aws/" },
    { "dual-stack: key", { 0 }, REGION, "[default]\nuse_dualstack_endpoint = True\n", DYNAMO_SERVICE_SSO,
      "https://portal.sso.us-east-1.api.aws/" },
    { "dual-stack: option beats variable", { .use_dualstack_endpoint = DYNAMO_FALSE },
      REGION "AWS_USE_DUALSTACK_ENDPOINT=true", NULL, DYNAMO_SERVICE_DYNAMODB, US },

    { "sts: none is given", { 0 }, REGION, NULL, DYNAMO_SERVICE_STS, "https://sts.us-east-1.amazonaws.com/" },
    { "sts: the endpoint of DynamoDB is none", { .endpoint = "http://a" }, REGION, NULL, DYNAMO_SERVICE_STS,
      "https://sts.us-east-1.amazonaws.com/" },
    { "sts: its variable", { 0 }, REGION "AWS_ENDPOINT_URL_STS=http://a\nAWS_ENDPOINT_URL=http://b", NULL,
      DYNAMO_SERVICE_STS, "http://a/" },
    { "sts: the variable of all", { .endpoint = "http://a" }, REGION "AWS_ENDPOINT_URL=http://b",
      "[default]\n" SERVICES "sts =\n endpoint_url = http://c\n", DYNAMO_SERVICE_STS, "http://b/" },
    { "sts: services", { 0 }, REGION,
      "[default]\nendpoint_url = http://d\n" SERVICES "sts =\n endpoint_url = http://c\n",
      DYNAMO_SERVICE_STS, "http://c/" },
    { "sts: the key of all", { 0 }, REGION,
      "[default]\nendpoint_url = http://d\n" SERVICES "sso =\n endpoint_url = http://c\n",
      DYNAMO_SERVICE_STS, "http://d/" },
    { "sts: ignored", { 0 }, REGION "AWS_ENDPOINT_URL_STS=x\nAWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", NULL,
      DYNAMO_SERVICE_STS, "https://sts.us-east-1.amazonaws.com/" },
    { "sso: its variable", { 0 }, REGION "AWS_ENDPOINT_URL_SSO=http://a\nAWS_ENDPOINT_URL_SSO_OIDC=http://b", NULL,
      DYNAMO_SERVICE_SSO, "http://a/" },
    { "sso: services", { 0 }, REGION, "[default]\n" SERVICES "sso =\n endpoint_url = http://c\n", DYNAMO_SERVICE_SSO,
      "http://c/" },
    { "sso-oidc: its variable", { 0 }, REGION "AWS_ENDPOINT_URL_SSO=http://a\nAWS_ENDPOINT_URL_SSO_OIDC=http://b", NULL,
      DYNAMO_SERVICE_SSO_OIDC, "http://b/" },
    { "sso-oidc: services", { 0 }, REGION, "[default]\n" SERVICES "sso_oidc =\n endpoint_url = http://c/d\n",
      DYNAMO_SERVICE_SSO_OIDC, "http://c/d" },
    { "signin: its variable", { 0 }, REGION "AWS_ENDPOINT_URL_SIGNIN=http://[::1]:1", NULL, DYNAMO_SERVICE_SIGNIN,
      "http://[::1]:1/" },
    { "signin: services", { 0 }, REGION, "[default]\n" SERVICES "signin =\n endpoint_url = http://c\n",
      DYNAMO_SERVICE_SIGNIN, "http://c/" },
    { "SearchVectors: the endpoint of DynamoDB", { .endpoint = "http://a" }, REGION, NULL, DYNAMO_SERVICE_SEARCH,
      "http://a/" },
    { "SearchVectors: the variable of DynamoDB", { 0 }, REGION "AWS_ENDPOINT_URL_DYNAMODB=http://a", NULL,
      DYNAMO_SERVICE_SEARCH, "http://a/" },
};

static void test_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(host_rows); i++) {
        const char     *name     = host_rows[i].name;
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };
        dynamo_settings settings;

        clear_environment();
        set_environment(host_rows[i].environment);
        write_files(host_rows[i].file, NULL);
        expect_status(name, DYNAMO_OK, dynamo_settings_load(&settings, &host_rows[i].config, &error), &error);
        clear_environment(); /* what counts is what was there before */
        expect_status(name, DYNAMO_OK, dynamo_endpoint_of_service(&endpoint, &settings.hosts, host_rows[i].service,
                                                                  settings.region, &error), &error);
        expect_text(name, "url", host_rows[i].url, endpoint.url);
        dynamo_endpoint_free(&endpoint);
        dynamo_settings_free(&settings);
    }
}

/* Only who uses a service hears what is wrong with its endpoint, and where that stands. */
static void test_refused_hosts(void **state)
{
    static const struct {
        const char    *environment;
        const char    *file;
        dynamo_service service;
        const char    *fragment;
    } rows[] = {
        { "AWS_ENDPOINT_URL_STS=sts.example.com", NULL, DYNAMO_SERVICE_STS,
          "AWS_ENDPOINT_URL_STS is refused: expected a URL" },
        { NULL, "[default]\n" SERVICES "sso =\n endpoint_url = http://u@a\n", DYNAMO_SERVICE_SSO,
          "services sso endpoint_url in profile default is refused: it has a user name" },
        { "AWS_ENDPOINT_URL=x", NULL, DYNAMO_SERVICE_SIGNIN, "AWS_ENDPOINT_URL is refused" },
        { "AWS_ENDPOINT_URL_DYNAMODB=x", NULL, DYNAMO_SERVICE_STS, NULL },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_config   config   = { .region = "us-east-1", .endpoint = "http://localhost:8000" };
        dynamo_status   expected = rows[i].fragment != NULL ? DYNAMO_ERR_INVALID_ARGUMENT : DYNAMO_OK;
        dynamo_endpoint endpoint = { 0 };
        dynamo_error    error    = { 0 };
        dynamo_settings settings;

        clear_environment();
        set_environment(rows[i].environment);
        write_files(rows[i].file, NULL);
        expect_status("load", DYNAMO_OK, dynamo_settings_load(&settings, &config, &error), &error);
        expect_status("use", expected, dynamo_endpoint_of_service(&endpoint, &settings.hosts, rows[i].service,
                                                                  settings.region, &error), &error);
        expect_fragment("use", rows[i].fragment, &error);
        dynamo_endpoint_free(&endpoint);
        dynamo_settings_free(&settings);
    }
}

static void test_account_modes(void **state)
{
    static const struct {
        const char         *option;
        const char         *environment;
        const char         *file;
        dynamo_account_mode mode;
    } rows[] = {
        { NULL, REGION, NULL, DYNAMO_ACCOUNT_PREFERRED },
        { NULL, REGION "AWS_ACCOUNT_ID_ENDPOINT_MODE=Disabled", NULL, DYNAMO_ACCOUNT_DISABLED },
        { NULL, REGION, "[default]\naccount_id_endpoint_mode = required\n", DYNAMO_ACCOUNT_REQUIRED },
        { NULL, REGION "AWS_ACCOUNT_ID_ENDPOINT_MODE=preferred", "[default]\naccount_id_endpoint_mode = required\n",
          DYNAMO_ACCOUNT_PREFERRED },
        { "disabled", REGION "AWS_ACCOUNT_ID_ENDPOINT_MODE=required", NULL, DYNAMO_ACCOUNT_DISABLED },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_config   config = { .account_id_endpoint_mode = rows[i].option };
        dynamo_error    error  = { 0 };
        dynamo_settings settings;

        clear_environment();
        set_environment(rows[i].environment);
        write_files(rows[i].file, NULL);
        expect_status("mode", DYNAMO_OK, dynamo_settings_load(&settings, &config, &error), &error);
        if (settings.hosts.account_mode != rows[i].mode)
            fail_msg("row %zu: mode %d", i, (int)settings.hosts.account_mode);
        assert_int_equal(settings.dynamodb.account_suffix != NULL, rows[i].mode != DYNAMO_ACCOUNT_DISABLED);
        assert_int_equal(settings.dynamodb.needs_account, rows[i].mode == DYNAMO_ACCOUNT_REQUIRED);
        dynamo_settings_free(&settings);
    }
}

/* ---- The other settings ------------------------------------------------------------------------------------------ */

static void load(dynamo_settings *settings, const dynamo_config *config)
{
    dynamo_error error = { 0 };

    expect_status("load", DYNAMO_OK, dynamo_settings_load(settings, config, &error), &error);
}

static void on_attempt(void *context, const dynamo_attempt *attempt)
{
    (void)context;
    (void)attempt;
}

static void on_handle(void *context, void *curl)
{
    (void)context;
    (void)curl;
}

static void test_limits(void **state)
{
    int           context = 0;
    dynamo_config config  = {
         .max_clients        = 7,
         .max_attempts       = 1,
         .connect_timeout_ms = 1,
         .attempt_timeout_ms = 2,
         .timeout_ms         = INT64_MAX,
         .context            = &context,
         .credentials        = give_credentials,
         .on_attempt         = on_attempt,
         .on_handle          = on_handle,
         .retry_mode         = "standard",
         .use_fips_endpoint  = DYNAMO_FALSE,
    };
    dynamo_settings settings;

    (void)state;
    setenv("AWS_REGION", "us-east-1", 1);
    load(&settings, NULL);
    assert_int_equal(settings.max_clients, 100);
    assert_int_equal(settings.max_attempts, 4);
    assert_int_equal(settings.connect_timeout_ms, 5000);
    assert_int_equal(settings.attempt_timeout_ms, 30000);
    assert_int_equal(settings.timeout_ms, 120000);
    assert_null(settings.context);
    assert_true(settings.credentials == NULL && settings.on_attempt == NULL && settings.on_handle == NULL);
    dynamo_settings_free(&settings);
    expect_empty("after free", &settings);
    dynamo_settings_free(&settings);

    load(&settings, &config);
    assert_int_equal(settings.max_clients, 7);
    assert_int_equal(settings.max_attempts, 1);
    assert_int_equal(settings.connect_timeout_ms, 1);
    assert_int_equal(settings.attempt_timeout_ms, 2);
    assert_true(settings.timeout_ms == INT64_MAX);
    assert_ptr_equal(settings.context, &context);
    assert_true(settings.credentials == give_credentials && settings.on_attempt == on_attempt
                && settings.on_handle == on_handle);
    assert_null(settings.keys.access_key);
    dynamo_settings_free(&settings);
}

static void test_retries(void **state)
{
    static const struct {
        const char   *name;
        dynamo_config config;
        const char   *environment, *file;
        unsigned      max_attempts;
        bool          adaptive, uncorrected;
    } rows[] = {
        { .name = "defaults", .max_attempts = 4 },
        { .name = "options", .config = { .retry_mode = "adaptive", .max_attempts = 2 },
          .environment = "AWS_RETRY_MODE=nonsense\nAWS_MAX_ATTEMPTS=nonsense\n", .max_attempts = 2, .adaptive = true },
        { .name = "legacy is standard", .config = { .retry_mode = "legacy" }, .max_attempts = 4 },
        { .name = "environment", .max_attempts = 9, .adaptive = true, .uncorrected = true,
          .environment = "AWS_RETRY_MODE=adaptive\nAWS_MAX_ATTEMPTS=9\nAWS_DISABLE_CLOCK_SKEW_CORRECTION=True\n",
          .file = "[default]\nretry_mode = standard\nmax_attempts = 5\ndisable_clock_skew_correction = false\n" },
        { .name = "profile", .max_attempts = 1000000, .adaptive = true, .uncorrected = true,
          .file = "[default]\nretry_mode = adaptive\nmax_attempts = 1000000\n"
                  "disable_clock_skew_correction = true\n" },
        { .name = "empty is unset", .max_attempts = 4,
          .environment = "AWS_RETRY_MODE=\nAWS_MAX_ATTEMPTS=\nAWS_DISABLE_CLOCK_SKEW_CORRECTION=\n" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_settings settings = { 0 };
        dynamo_error    error    = { 0 };

        clear_environment();
        setenv("AWS_REGION", "us-east-1", 1);
        set_environment(rows[i].environment);
        write_files(rows[i].file, NULL);
        expect_status(rows[i].name, DYNAMO_OK, dynamo_settings_load(&settings, &rows[i].config, &error), &error);
        if (settings.max_attempts != rows[i].max_attempts || settings.adaptive != rows[i].adaptive ||
            settings.correct_clock_skew == rows[i].uncorrected)
            fail_msg("%s: %u attempts, adaptive %d, clock corrected %d", rows[i].name, settings.max_attempts,
                     settings.adaptive, settings.correct_clock_skew);
        dynamo_settings_free(&settings);
    }
}

static void test_ca_file(void **state)
{
    dynamo_settings settings;
    char            other[400], file[500];

    (void)state;
    setenv("AWS_REGION", "us-east-1", 1);
    snprintf(other, sizeof(other), "%s/other.pem", folder);
    write_bytes(other, "", 0);
    snprintf(file, sizeof(file), "[default]\nca_bundle = %s\n", other);
    write_files(file, NULL);

    load(&settings, &(dynamo_config){ .ca_file = "" });
    expect_text("profile", "ca_file", other, settings.ca_file);
    dynamo_settings_free(&settings);

    setenv("AWS_CA_BUNDLE", "/dev/null", 1);
    load(&settings, NULL);
    expect_text("environment", "ca_file", "/dev/null", settings.ca_file);
    dynamo_settings_free(&settings);

    load(&settings, &(dynamo_config){ .ca_file = config_path });
    expect_text("option", "ca_file", config_path, settings.ca_file);
    dynamo_settings_free(&settings);

    unsetenv("AWS_CA_BUNDLE");
    write_files(NULL, NULL);
    load(&settings, NULL);
    assert_null(settings.ca_file);
    dynamo_settings_free(&settings);
}

static void test_user_agent(void **state)
{
    static const struct {
        const char *name;
        const char *app_id;
        const char *environment;
        const char *file;
        const char *end;
    } rows[] = {
        { "none", NULL, NULL, NULL, " lang/c#c11" },
        { "option", "my-App.1!$%&'*+^_`|~,", "AWS_SDK_UA_APP_ID=env", "[default]\nsdk_ua_app_id = file\n",
          " lang/c#c11 app/my-App.1!$%&'*+^_`|~," },
        { "environment", "", "AWS_SDK_UA_APP_ID=env", "[default]\nsdk_ua_app_id = file\n", " lang/c#c11 app/env" },
        { "profile", NULL, "AWS_SDK_UA_APP_ID=", "[default]\nsdk_ua_app_id = file\n", " lang/c#c11 app/file" },
        { "50 characters", LONG_50, NULL, NULL, " app/" LONG_50 },
        { "other characters of the environment", NULL, "AWS_SDK_UA_APP_ID=a b/c\r#d\xC3\xA9", NULL,
          " lang/c#c11 app/a-b-c--d--" },
        { "line break in the profile", NULL, NULL, "[default]\nsdk_ua_app_id = a\n b\n", " app/a-b" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        static const char start[] = "dynamo/" DYNAMO_VERSION " ua/2.1 os/";
        dynamo_settings   settings;
        dynamo_config     config = { .app_id = rows[i].app_id };
        size_t            length;

        clear_environment();
        setenv("AWS_REGION", "us-east-1", 1);
        set_environment(rows[i].environment);
        write_files(rows[i].file, NULL);
        load(&settings, &config);
        length = strlen(settings.user_agent);
        if (strncmp(settings.user_agent, start, sizeof(start) - 1) != 0 || length < strlen(rows[i].end)
            || strcmp(settings.user_agent + length - strlen(rows[i].end), rows[i].end) != 0
            || strstr(settings.user_agent, " md/arch#") == NULL)
            fail_msg("%s: %s", rows[i].name, settings.user_agent);
        dynamo_settings_free(&settings);
    }
}

static void test_credentials_set(void **state)
{
    static const struct {
        const char *name;
        const char *access_key, *secret_key, *session_token, *account_id;
        double      expiration;
    } refused[] = {
        { "no key", NULL, "S", NULL, NULL, 0 },
        { "empty key", "", "S", NULL, NULL, 0 },
        { "no secret", "K", NULL, NULL, NULL, 0 },
        { "empty secret", "K", "", NULL, NULL, 0 },
        { "line break in the key", "K\n", "S", NULL, NULL, 0 },
        { "line break in the secret", "K", "S\r", NULL, NULL, 0 },
        { "line break in the token", "K", "S", "T\nx: y", NULL, 0 },
        { "line break in the account", "K", "S", NULL, "1\n", 0 },
        { "negative expiration", "K", "S", NULL, NULL, -1 },
    };
    dynamo_credentials keys = { 0 };
    char               text[100];

    (void)state;
    assert_int_equal(dynamo_credentials_set(&keys, "K1", "S1", "T1", "A1", 5.5), DYNAMO_OK);
    assert_int_equal(dynamo_credentials_set(&keys, "K", "S", "", NULL, 7.25), DYNAMO_OK);
    assert_null(keys.session_token);
    assert_null(keys.account_id);
    assert_true(keys.expiration > 7.24 && keys.expiration < 7.26);
    for (size_t i = 0; i < DYNAMO_COUNT(refused); i++) {
        dynamo_status status = dynamo_credentials_set(&keys, refused[i].access_key, refused[i].secret_key,
                                                      refused[i].session_token, refused[i].account_id,
                                                      refused[i].expiration);

        if (status != DYNAMO_ERR_INVALID_ARGUMENT)
            fail_msg("%s: %s", refused[i].name, dynamo_status_name(status));
        describe_keys(&keys, text, sizeof(text));
        expect_text(refused[i].name, "keys", "K S - -", text);
    }
    assert_int_equal(dynamo_credentials_set(NULL, "K", "S", NULL, NULL, 0), DYNAMO_ERR_INVALID_ARGUMENT);
    dynamo_credentials_free(&keys);
    assert_null(keys.access_key);
    dynamo_credentials_free(&keys);
    dynamo_credentials_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_profiles, start_clean),
        cmocka_unit_test_setup(test_profiles_has, start_clean),
        cmocka_unit_test_setup(test_no_files, start_clean),
        cmocka_unit_test_setup(test_malformed, start_clean),
        cmocka_unit_test_setup(test_nul_in_file, start_clean),
        cmocka_unit_test_setup(test_unreadable, start_clean),
        cmocka_unit_test_setup(test_large_files, start_clean),
        cmocka_unit_test_setup(test_long_lines, start_clean),
        cmocka_unit_test_setup(test_home, start_clean),
        cmocka_unit_test_setup(test_truncations, start_clean),
        cmocka_unit_test_setup(test_mutations, start_clean),
        cmocka_unit_test_setup(test_endpoints, start_clean),
        cmocka_unit_test_setup(test_refused_endpoints, start_clean),
        cmocka_unit_test_setup(test_longest_host, start_clean),
        cmocka_unit_test_setup(test_regions, start_clean),
        cmocka_unit_test_setup(test_refused_regions, start_clean),
        cmocka_unit_test_setup(test_settings, start_clean),
        cmocka_unit_test_setup(test_failures, start_clean),
        cmocka_unit_test_setup(test_hosts, start_clean),
        cmocka_unit_test_setup(test_refused_hosts, start_clean),
        cmocka_unit_test_setup(test_account_modes, start_clean),
        cmocka_unit_test_setup(test_limits, start_clean),
        cmocka_unit_test_setup(test_retries, start_clean),
        cmocka_unit_test_setup(test_ca_file, start_clean),
        cmocka_unit_test_setup(test_user_agent, start_clean),
        cmocka_unit_test_setup(test_credentials_set, start_clean),
    };

    return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
