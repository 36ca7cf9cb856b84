/*
 * Files with tokens that the AWS CLI made, below ~/.aws: read whole, and replaced at once or not at all. What is in
 * them that nobody here knows is kept.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider", "Login credential provider";
 * what neither says is as botocore has it. Our choice: 1 MiB for a file; mode 0600, whatever it was.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)1024 * 1024)

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static dynamo_status read_file(const char *path, dynamo_buffer *content, dynamo_error *error)
{
    int code = dynamo_file_read(content, path, FILE_LIMIT);

    if (code == ENOMEM)
        return dynamo_fail_memory(error);
    if (code != 0)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s can't be read: %s", path, dynamo_file_words(code));
    return DYNAMO_OK;
}

static bool write_all(int descriptor, const dynamo_buffer *content)
{
    size_t written = 0;

    while (written < content->length) {
        ssize_t count = write(descriptor, content->data + written, content->length - written);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        written += (size_t)count;
    }
    return fsync(descriptor) == 0;
}

/* Beside the file first, so that a reader sees the whole of the one or of the other. mkstemp() gives mode 0600. */
static bool replace_file(const char *path, const dynamo_buffer *content)
{
    dynamo_buffer temporary = { 0 };
    int           descriptor;
    bool          done = false;

    dynamo_buffer_text(&temporary, path);
    dynamo_buffer_text(&temporary, ".XXXXXX");
    descriptor = temporary.failed ? -1 : mkstemp(temporary.data);
    if (descriptor >= 0) {
        (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        done = write_all(descriptor, content);
        done = close(descriptor) == 0 && done;
        done = done && rename(temporary.data, path) == 0;
        if (!done)
            (void)unlink(temporary.data);
    }
    dynamo_buffer_free(&temporary);
    return done;
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* false: no home directory is known. */
static bool append_home(dynamo_buffer *path, const dynamo_settings *settings)
{
    const char    *home = dynamo_settings_variable(settings, "HOME");
    struct passwd  user, *found = NULL;
    char           room[4096];

    if (home == NULL && getpwuid_r(getuid(), &user, room, sizeof(room), &found) == 0 && found != NULL)
        home = found->pw_dir;
    dynamo_buffer_text(path, home != NULL ? home : "");
    return home != NULL;
}

static char *file_path(const dynamo_settings *settings, const char *folder, const uint8_t *hash, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    dynamo_buffer     path  = { 0 };

    if (strncmp(folder, "~/", 2) == 0 && append_home(&path, settings))
        folder++;
    dynamo_buffer_text(&path, folder);
    dynamo_buffer_char(&path, '/');
    for (size_t i = 0; i < length; i++) {
        dynamo_buffer_char(&path, hex[hash[i] >> 4]);
        dynamo_buffer_char(&path, hex[hash[i] & 0x0F]);
    }
    dynamo_buffer_text(&path, ".json");
    return path.data;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

/* Jansson frees strings as they are. */
static void wipe_json(json_t *value)
{
    json_t *member;
    size_t  index;
    void   *next;

    json_array_foreach(value, index, member)
        wipe_json(member);
    for (next = json_object_iter(value); next != NULL; next = json_object_iter_next(value, next))
        wipe_json(json_object_iter_value(next));
    if (json_is_string(value))
        dynamo_wipe((char *)json_string_value(value), json_string_length(value));
}

/* A string with escapes, as a key in PEM has them, goes through memory of its own. */
static json_t *read_secret_text(dynamo_reader *reader, const dynamo_path *path)
{
    dynamo_string string = { 0 };
    json_t       *text;

    if (!dynamo_read_string(reader, path, &string))
        return NULL;
    text = json_stringn_nocheck(string.text, string.length);
    dynamo_wipe(string.owned, string.length);
    free(string.owned);
    if (text == NULL)
        (void)dynamo_fail_memory(reader->error);
    return text;
}

/* An object, the strings in it and in the objects right in it without a trace; nothing secret lies deeper. */
static json_t *read_secret_object(dynamo_reader *reader, const dynamo_path *path, int levels)
{
    json_t       *object = json_object();
    dynamo_string name   = { 0 };
    size_t        count  = 0;
    int           more   = -1;

    if (object == NULL)
        (void)dynamo_fail_memory(reader->error);
    else if (dynamo_read_open(reader, path, '{'))
        more = dynamo_read_member(reader, path, &count, &name);
    while (more == 1) {
        dynamo_path step = { path, name.text, name.length, 0 };
        const char  next = dynamo_read_peek(reader);
        json_t     *value;

        value = next == '"'               ? read_secret_text(reader, &step)
                : next == '{' && levels > 1 ? read_secret_object(reader, &step, levels - 1)
                                          : dynamo_read_json(reader, &step);
        more = dynamo_read_keep(reader, &step, object, &name, value, count) ? 1 : -1;
        free(name.owned);
        if (more == 1)
            more = dynamo_read_member(reader, path, &count, &name);
    }
    if (more == 0)
        return object;
    json_decref(object);
    return NULL;
}

dynamo_status dynamo_token_file_open(dynamo_token_file *file, const dynamo_settings *settings, const char *folder,
                                     const uint8_t *hash, size_t length, dynamo_error *error)
{
    const dynamo_path root    = DYNAMO_PATH_ROOT("JSON");
    dynamo_buffer     content = { .secret = true };
    dynamo_error      fault   = { 0 };
    dynamo_reader     reader  = { .failure = DYNAMO_ERR_CREDENTIALS, .error = &fault };
    dynamo_status     status;

    *file = (dynamo_token_file){ .path = file_path(settings, folder, hash, length) };
    if (file->path == NULL)
        return dynamo_fail_memory(error);
    status = read_file(file->path, &content, error);
    if (status == DYNAMO_OK) {
        reader.start = reader.next = content.data != NULL ? content.data : "";
        reader.end                 = reader.start + content.length;
        file->content              = read_secret_object(&reader, &root, 2);
        if (!json_is_object(file->content) || !dynamo_read_end(&reader))
            status = fault.status == DYNAMO_ERR_OUT_OF_MEMORY
                         ? dynamo_fail_memory(error)
                         : dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s isn't a JSON object: %s", file->path,
                                       fault.message);
    }
    dynamo_error_clear(&fault);
    dynamo_buffer_free(&content);
    return status;
}

static json_t *object_inside(const dynamo_token_file *file, const char *inside)
{
    return inside != NULL ? json_object_get(file->content, inside) : file->content;
}

const char *dynamo_token_file_text(const dynamo_token_file *file, const char *inside, const char *name)
{
    const char *text = json_string_value(json_object_get(object_inside(file, inside), name));

    return text != NULL && *text != '\0' ? text : NULL;
}

bool dynamo_token_file_time(const dynamo_token_file *file, const char *inside, const char *name, int64_t *seconds)
{
    const char *text = dynamo_token_file_text(file, inside, name);

    return text != NULL && dynamo_clock_read(text, seconds);
}

bool dynamo_token_file_set(dynamo_token_file *file, const char *inside, const char *name, const char *text)
{
    json_t *object = object_inside(file, inside);

    wipe_json(json_object_get(object, name));
    return json_object_set_new(object, name, json_string(text)) == 0;
}

bool dynamo_token_file_set_time(dynamo_token_file *file, const char *inside, const char *name, int64_t seconds)
{
    char basic[DYNAMO_TIMESTAMP_SIZE], text[32];

    dynamo_sigv4_timestamp(seconds, basic); /* gmtime_r() would need a time_t, which may end in 2038 */
    (void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", basic, basic + 4, basic + 6, basic + 9,
                   basic + 11, basic + 13);
    return dynamo_token_file_set(file, inside, name, text);
}

bool dynamo_token_file_save(const dynamo_token_file *file)
{
    const dynamo_path root    = DYNAMO_PATH_ROOT("JSON");
    dynamo_buffer     content = { .secret = true };
    bool              done;

    done = dynamo_write_json(&content, file->content, &root, NULL) == DYNAMO_OK && !content.failed &&
           replace_file(file->path, &content);
    dynamo_buffer_free(&content);
    return done;
}

void dynamo_token_file_close(dynamo_token_file *file)
{
    wipe_json(file->content);
    json_decref(file->content);
    free(file->path);
    *file = (dynamo_token_file){ 0 };
}
