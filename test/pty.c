/*
 * For test/tool_*.sh and test/check-man.sh: runs a command on a terminal of its own, 80 columns by 24 lines.
 *
 *     pty COMMAND [ARGUMENT...]    the standard input is typed there, what it shows goes to the standard output; the
 *                                  exit status is the command's, 128 more than the signal that ended it
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE /* TIOCSCTTY, TIOCSWINSZ */
#define _DARWIN_C_SOURCE
#define __BSD_VISIBLE 1

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

/* With the terminal's other end as the command's controlling terminal. */
static void run_on(int handle, char **command)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};

    if (setsid() < 0 || ioctl(handle, TIOCSCTTY, 0) != 0 || ioctl(handle, TIOCSWINSZ, &size) != 0)
        fail("no terminal");
    for (int i = 0; i <= 2; i++)
        dup2(handle, i);
    close(handle);
    signal(SIGINT, SIG_DFL); /* ignored where this runs in the background of a script */
    execvp(command[0], command);
    fail(command[0]);
}

/* Copies what is there; false at the end, or where the terminal is closed. */
static int copy(int from, int to)
{
    char    text[4096];
    ssize_t length = read(from, text, sizeof(text));

    for (ssize_t done = 0, part; done < length; done += part) {
        part = write(to, text + done, (size_t)(length - done));
        if (part < 0)
            return 0;
    }
    return length > 0;
}

static void copy_both_ways(int terminal)
{
    struct pollfd handles[] = {{.fd = terminal, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};

    while (poll(handles, 2, -1) > 0) {
        if (handles[0].revents != 0 && !copy(terminal, STDOUT_FILENO))
            return;
        if (handles[1].revents != 0 && !copy(STDIN_FILENO, terminal))
            handles[1].fd = -1;
    }
}

int main(int count, char **arguments)
{
    int   terminal = posix_openpt(O_RDWR | O_NOCTTY), other_end, status;
    pid_t child;

    if (count < 2) {
        fputs("usage: pty COMMAND [ARGUMENT...]\n", stderr);
        return 125;
    }
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        fail("no terminal");
    other_end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    if (other_end < 0)
        fail("no terminal");
    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        run_on(other_end, arguments + 1);
    close(other_end);
    copy_both_ways(terminal);
    if (waitpid(child, &status, 0) < 0)
        fail("waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
