/*
 * A file whole in memory, which is wiped when it is given back: files of the AWS CLI hold secrets. No stdio, whose
 * buffer would keep a copy.
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PIPE_PATIENCE_MS 5000

static const struct {
    int  code;
    char words[32];
} reasons[] = {
    { ENOENT, "there is no such file" },
    { ENOTDIR, "there is no such file" },
    { EACCES, "permission denied" },
    { EPERM, "permission denied" },
    { EISDIR, "it is a directory" },
    { EFBIG, "it is too large" },
    { ELOOP, "too many symbolic links" },
    { ENAMETOOLONG, "its name is too long" },
    { EMFILE, "too many open files" },
    { ENFILE, "too many open files" },
    { ETIMEDOUT, "nothing came out of the pipe" },
};

const char *dynamo_file_words(int code)
{
    for (size_t i = 0; i < DYNAMO_COUNT(reasons); i++)
        if (reasons[i].code == code)
            return reasons[i].words;
    return "an input error";
}

/* A shell's <(command) is a pipe: what is in it may take a moment. */
static ssize_t read_piece(int descriptor, char *piece, size_t size)
{
    struct pollfd wanted = { .fd = descriptor, .events = POLLIN };
    ssize_t       count;

    do {
        count = read(descriptor, piece, size);
        if (count < 0 && errno == EAGAIN && poll(&wanted, 1, PIPE_PATIENCE_MS) == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
    } while (count < 0 && (errno == EINTR || errno == EAGAIN));
    return count;
}

/* 0, or an errno. */
static int read_all(int descriptor, dynamo_buffer *content)
{
    char    piece[4096];
    ssize_t count;
    int     code;

    do {
        count = read_piece(descriptor, piece, sizeof(piece));
        if (count > 0)
            dynamo_buffer_append(content, piece, (size_t)count);
    } while (count > 0 && !content->failed);
    code = count < 0 ? errno : 0;
    dynamo_wipe(piece, sizeof(piece));
    if (content->failed)
        return content->full ? EFBIG : ENOMEM;
    return code;
}

/* Opened without waiting: a pipe that nobody writes to is as good as empty. */
int dynamo_file_read(dynamo_buffer *content, const char *path, size_t limit)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int code;

    if (descriptor < 0)
        return errno;
    content->secret = true;
    content->limit  = limit;
    code            = read_all(descriptor, content);
    (void)close(descriptor);
    return code;
}
