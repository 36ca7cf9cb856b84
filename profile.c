/*
 * The files ~/.aws/config and ~/.aws/credentials, read by one strict parser.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Using shared config and credentials files", "Location of the shared
 * files" and "Service-specific endpoints". Where the guide is silent, what AWS's own SDKs agree on.
 *
 * Each file is read once and kept whole; every name and value is a piece of its text, ended there by a NUL. A section's
 * header and each key is an entry of one list in the order of the files, config before credentials. Nothing is merged:
 * a look-up goes through the list from its end, and so the last value wins, over sections that stand twice and over
 * both files.
 *
 * A key is asked for as
 *
 *     "region"                            the profile's own
 *     "s3 addressing_style"               nested: addressing_style below an empty s3
 *     "services dynamodb endpoint_url"    in the [services X] that the profile names with its key services
 *     "sso-session sso_region"            in the [sso-session X] that it names with its key sso_session
 *
 * No key of the files has a space in it, thus these can't be mistaken for one another.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)16 * 1024 * 1024) /* bytes; our choice, far above any file of use */

typedef enum section_kind {
    SECTION_IGNORED, /* never looked up */
    SECTION_PROFILE,
    SECTION_BARE_DEFAULT, /* [default] in the config file, until it is known whether [profile default] is there too */
    SECTION_SSO_SESSION,
    SECTION_SERVICES,
} section_kind;

typedef struct profile_entry {
    section_kind kind;
    const char  *section;
    const char  *parent; /* the key that this one is nested below; NULL: none */
    const char  *key;    /* NULL: the section's header */
    const char  *value;
} profile_entry;

typedef struct profile_file {
    char         *path;
    bool          found;
    dynamo_buffer text;
} profile_file;

struct dynamo_profiles {
    profile_file   config;
    profile_file   credentials;
    char          *names; /* of both, for messages */
    profile_entry *entries;
    size_t         count;
    size_t         capacity;
};

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static bool is_space(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static bool is_comment(char character)
{
    return character == '#' || character == ';';
}

static char *skip_space(char *text)
{
    while (is_space(*text))
        text++;
    return text;
}

/* Ends the text before its final white space. Returns the new end. */
static char *cut_space(char *text)
{
    char *end = text + strlen(text);

    while (end > text && is_space(end[-1]))
        end--;
    *end = '\0';
    return end;
}

/* Ends the text before a comment, which begins after white space. */
static void cut_comment(char *text)
{
    for (char *next = text; *next != '\0'; next++) {
        if (next > text && is_space(next[-1]) && is_comment(*next)) {
            *next = '\0';
            return;
        }
    }
}

static void lower_case(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

/* The characters that names of sections and keys have; others are ignored with all that is in them. */
static bool is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/.%@:+";

    return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

/* "name" or 'name' without its quotation marks. */
static char *unquoted(char *text)
{
    size_t length = strlen(text);

    if (length < 2 || (*text != '"' && *text != '\'') || text[length - 1] != *text)
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

/* ---- Parsing ----------------------------------------------------------------------------------------------------- */

typedef struct profile_parser {
    dynamo_profiles    *profiles;
    const profile_file *file;
    size_t              line;
    bool                in_section;
    section_kind        kind; /* of the section at hand */
    const char         *section;
    const char         *parent;    /* the last key, when its value is empty: indented lines are nested keys */
    char               *value_end; /* of the last key's value, which an indented line continues; NULL: no key yet */
    size_t              indent;    /* of the last key */
    dynamo_error       *error;
} profile_parser;

static dynamo_status expected(profile_parser *parser, const char *what)
{
    return dynamo_fail(parser->error, DYNAMO_ERR_CONFIG_PARSER, "%s:%zu: expected %s", parser->file->path, parser->line,
                       what);
}

static dynamo_status add_entry(profile_parser *parser, const char *parent, const char *key, const char *value)
{
    dynamo_profiles *profiles = parser->profiles;

    if (key != NULL && !is_name(key))
        return DYNAMO_OK;
    if (profiles->count == profiles->capacity) {
        size_t         capacity = profiles->capacity == 0 ? 32 : profiles->capacity * 2;
        profile_entry *entries  = realloc(profiles->entries, capacity * sizeof(*entries));

        if (entries == NULL)
            return dynamo_fail_memory(parser->error);
        profiles->entries  = entries;
        profiles->capacity = capacity;
    }
    profiles->entries[profiles->count++] = (profile_entry){ parser->kind, parser->section, parent, key, value };
    return DYNAMO_OK;
}

/* What a header in the config file says: [default], [profile NAME], [sso-session NAME], [services NAME]. */
static section_kind config_section(char *text, const char **name)
{
    static const struct {
        char         word[12];
        section_kind kind;
    } kinds[] = {
        { "profile", SECTION_PROFILE },
        { "sso-session", SECTION_SSO_SESSION },
        { "services", SECTION_SERVICES },
    };
    size_t length = strcspn(text, " \t");

    if (text[length] == '\0') {
        *name = unquoted(text);
        return strcmp(*name, "default") == 0 ? SECTION_BARE_DEFAULT : SECTION_IGNORED;
    }
    text[length] = '\0';
    *name        = unquoted(skip_space(text + length + 1));
    for (size_t i = 0; i < DYNAMO_COUNT(kinds); i++) {
        if (strcmp(text, kinds[i].word) == 0)
            return kinds[i].kind;
    }
    return SECTION_IGNORED;
}

static section_kind credentials_section(char *text, const char **name)
{
    *name = unquoted(text);
    return SECTION_PROFILE;
}

static dynamo_status parse_section(profile_parser *parser, char *text)
{
    char *close = strchr(text, ']');
    char *rest;

    if (close == NULL)
        return expected(parser, "] after the name of the section");
    rest = skip_space(close + 1);
    if (*rest != '\0' && !is_comment(*rest))
        return expected(parser, "nothing but a comment after ]");
    *close = '\0';
    text   = skip_space(text + 1);
    cut_space(text);
    if (parser->file == &parser->profiles->config)
        parser->kind = config_section(text, &parser->section);
    else
        parser->kind = credentials_section(text, &parser->section);
    if (!is_name(parser->section))
        parser->kind = SECTION_IGNORED;
    parser->in_section = true;
    parser->value_end  = NULL;
    return add_entry(parser, NULL, NULL, NULL);
}

/* KEY = VALUE, on its own or nested. *key is lower-cased, *value begins after white space. */
static dynamo_status split_property(profile_parser *parser, char *text, char **key, char **value)
{
    char *equals = strchr(text, '=');

    if (equals == NULL)
        return expected(parser, "= after the key");
    *equals = '\0';
    if (cut_space(text) == text)
        return expected(parser, "a key before =");
    lower_case(text);
    *key   = text;
    *value = skip_space(equals + 1);
    return DYNAMO_OK;
}

static dynamo_status parse_property(profile_parser *parser, char *text, size_t indent)
{
    char         *key, *value;
    dynamo_status status;

    if (!parser->in_section)
        return expected(parser, "a section such as [default] before the first key");
    cut_comment(text);
    status = split_property(parser, text, &key, &value);
    if (status != DYNAMO_OK)
        return status;
    parser->value_end = cut_space(value);
    parser->parent    = *value == '\0' ? key : NULL;
    parser->indent    = indent;
    return add_entry(parser, NULL, key, value);
}

static dynamo_status parse_nested(profile_parser *parser, char *text)
{
    char         *key, *value;
    dynamo_status status;

    if (is_comment(*text))
        return DYNAMO_OK;
    status = split_property(parser, text, &key, &value);
    return status != DYNAMO_OK ? status : add_entry(parser, parser->parent, key, value);
}

/* Moves the line to the end of the value that it continues; there is room, since the line's own start lies behind. */
static dynamo_status parse_continuation(profile_parser *parser, const char *text)
{
    size_t length = strlen(text);

    *parser->value_end++ = '\n';
    memmove(parser->value_end, text, length + 1);
    parser->value_end += length;
    return DYNAMO_OK;
}

/* A line belongs to the key before it when it is indented further than that key. Most often keys aren't indented; where
 * a whole section is, its keys are still keys, as the AWS CLI has it. */
static dynamo_status parse_line(profile_parser *parser, char *line)
{
    char  *text   = skip_space(line);
    size_t indent = (size_t)(text - line);

    cut_space(text);
    if (*text == '\0')
        return DYNAMO_OK;
    if (parser->value_end != NULL && indent > parser->indent)
        return parser->parent != NULL ? parse_nested(parser, text) : parse_continuation(parser, text);
    if (is_comment(*text))
        return DYNAMO_OK;
    return *text == '[' ? parse_section(parser, text) : parse_property(parser, text, indent);
}

static dynamo_status parse_file(dynamo_profiles *profiles, const profile_file *file, dynamo_error *error)
{
    profile_parser parser = { .profiles = profiles, .file = file, .error = error };
    char          *next   = file->text.data;
    const char    *end    = file->text.length != 0 ? next + file->text.length : next;
    dynamo_status  status = DYNAMO_OK;

    if (file->text.length >= 3 && memcmp(next, "\xEF\xBB\xBF", 3) == 0)
        next += 3; /* a byte order mark */
    while (status == DYNAMO_OK && next < end) {
        char  *line        = next;
        char  *newline     = memchr(line, '\n', (size_t)(end - line));
        size_t line_length = (size_t)((newline != NULL ? newline : end) - line);

        parser.line++;
        line[line_length] = '\0';
        next              = line + line_length + 1;
        status            = strlen(line) == line_length ? parse_line(&parser, line)
                                                        : expected(&parser, "text, not a NUL character");
    }
    return status;
}

/* [profile default] wins over [default], wherever they stand in the config file. */
static void settle_default(dynamo_profiles *profiles)
{
    section_kind kind = dynamo_profiles_has(profiles, "default") ? SECTION_IGNORED : SECTION_PROFILE;

    for (size_t i = 0; i < profiles->count; i++) {
        if (profiles->entries[i].kind == SECTION_BARE_DEFAULT)
            profiles->entries[i].kind = kind;
    }
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* false: no home directory is known. */
static bool append_home(dynamo_buffer *path)
{
    const char    *home = getenv("HOME");
    struct passwd  user, *found = NULL;
    char           room[4096];

    if (home != NULL && *home != '\0') {
        dynamo_buffer_text(path, home);
        return true;
    }
    if (getpwuid_r(getuid(), &user, room, sizeof(room), &found) != 0 || found == NULL || found->pw_dir == NULL)
        return false;
    dynamo_buffer_text(path, found->pw_dir);
    return true;
}

/* The variable's path or the usual one, "~/" spelt out where a home directory is known. */
static char *file_path(const char *variable, const char *usual)
{
    const char   *path   = getenv(variable);
    dynamo_buffer buffer = { 0 };

    if (path == NULL || *path == '\0')
        path = usual;
    if (strncmp(path, "~/", 2) == 0 && append_home(&buffer))
        path++;
    dynamo_buffer_text(&buffer, path);
    return buffer.data;
}

/* A path that can't be searched isn't there for us: a service that runs with another user's HOME is no error. */
static bool is_there(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR && errno != EACCES);
}

static dynamo_status load_file(dynamo_profiles *profiles, profile_file *file, dynamo_error *error)
{
    int code;

    if (!is_there(file->path))
        return DYNAMO_OK;
    file->found = true;
    code        = dynamo_file_read(&file->text, file->path, FILE_LIMIT);
    if (code == ENOMEM)
        return dynamo_fail_memory(error);
    if (code != 0)
        return dynamo_fail(error, DYNAMO_ERR_CONFIG_NOT_FOUND, "%s can't be read: %s", file->path,
                           dynamo_file_words(code));
    return parse_file(profiles, file, error);
}

static bool name_files(dynamo_profiles *profiles)
{
    dynamo_buffer names = { 0 };

    profiles->config.path      = file_path("AWS_CONFIG_FILE", "~/.aws/config");
    profiles->credentials.path = file_path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    if (profiles->config.path == NULL || profiles->credentials.path == NULL)
        return false;
    dynamo_buffer_text(&names, profiles->config.path);
    dynamo_buffer_text(&names, " and ");
    dynamo_buffer_text(&names, profiles->credentials.path);
    profiles->names = names.data;
    return !names.failed;
}

dynamo_status dynamo_profiles_load(dynamo_profiles **profiles, dynamo_error *error)
{
    dynamo_profiles *loaded = calloc(1, sizeof(*loaded));
    dynamo_status    status;

    *profiles = NULL;
    if (loaded == NULL)
        return dynamo_fail_memory(error);
    status = name_files(loaded) ? load_file(loaded, &loaded->config, error) : dynamo_fail_memory(error);
    settle_default(loaded);
    if (status == DYNAMO_OK)
        status = load_file(loaded, &loaded->credentials, error);
    if (status == DYNAMO_OK)
        *profiles = loaded;
    else
        dynamo_profiles_free(loaded);
    return status;
}

static void free_file(profile_file *file)
{
    dynamo_buffer_free(&file->text);
    free(file->path);
}

void dynamo_profiles_free(dynamo_profiles *profiles)
{
    if (profiles == NULL)
        return;
    free_file(&profiles->config);
    free_file(&profiles->credentials);
    free(profiles->names);
    free(profiles->entries);
    free(profiles);
}

/* ---- Looking up -------------------------------------------------------------------------------------------------- */

bool dynamo_profiles_found(const dynamo_profiles *profiles)
{
    return profiles->config.found || profiles->credentials.found;
}

const char *dynamo_profiles_files(const dynamo_profiles *profiles)
{
    return profiles->names;
}

bool dynamo_profiles_has(const dynamo_profiles *profiles, const char *profile)
{
    for (size_t i = 0; i < profiles->count; i++) {
        if (profiles->entries[i].kind == SECTION_PROFILE && strcmp(profiles->entries[i].section, profile) == 0)
            return true;
    }
    return false;
}

/* Whether the entry's key is `key`, which is "PARENT KEY" for a nested one. */
static bool is_key(const profile_entry *entry, const char *key)
{
    if (entry->key == NULL)
        return false;
    if (entry->parent != NULL) {
        size_t length = strlen(entry->parent);

        if (strncmp(key, entry->parent, length) != 0 || key[length] != ' ')
            return false;
        key += length + 1;
    }
    return strcmp(entry->key, key) == 0;
}

static const char *find(const dynamo_profiles *profiles, section_kind kind, const char *section, const char *key)
{
    for (size_t i = profiles->count; i-- > 0;) {
        const profile_entry *entry = &profiles->entries[i];

        if (entry->kind == kind && strcmp(entry->section, section) == 0 && is_key(entry, key))
            return entry->value;
    }
    return NULL;
}

const char *dynamo_profiles_get(const dynamo_profiles *profiles, const char *profile, const char *key)
{
    static const struct {
        char         prefix[16];
        section_kind kind;
        char         key[12]; /* the profile's, that names the section */
    } sections[] = {
        { "services ", SECTION_SERVICES, "services" },
        { "sso-session ", SECTION_SSO_SESSION, "sso_session" },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(sections); i++) {
        size_t length = strlen(sections[i].prefix);

        if (strncmp(key, sections[i].prefix, length) == 0) {
            const char *name = find(profiles, SECTION_PROFILE, profile, sections[i].key);

            return name == NULL ? NULL : find(profiles, sections[i].kind, name, key + length);
        }
    }
    return find(profiles, SECTION_PROFILE, profile, key);
}
