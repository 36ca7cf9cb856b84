/*
 * For test/local-server and test/tool_*.sh, in place of tools that not every machine has:
 *
 *     port free           prints a TCP port of 127.0.0.1 that nobody listens on
 *     port answers PORT   waits up to a second for an HTTP answer there; exit status 0: it came
 *     port silent         prints a port, and "connected" once somebody has; answers nothing, until it is ended
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in loopback(unsigned long port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int print_free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t          length = sizeof(address);
    int                handle = socket(AF_INET, SOCK_STREAM, 0);
    int                failed = handle < 0 || bind(handle, (struct sockaddr *)&address, length) != 0 ||
                 getsockname(handle, (struct sockaddr *)&address, &length) != 0;

    if (failed)
        perror("port");
    else
        printf("%u\n", (unsigned)ntohs(address.sin_port));
    if (handle >= 0)
        close(handle);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int answers_once(unsigned long port)
{
    static const char  request[] = "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
    struct sockaddr_in address = loopback(port);
    struct timeval     patience = {.tv_sec = 5};
    char               answer[5] = "";
    int                handle = socket(AF_INET, SOCK_STREAM, 0);
    int                answered;

    if (handle < 0)
        return 0;
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    answered = connect(handle, (struct sockaddr *)&address, sizeof(address)) == 0 &&
               write(handle, request, sizeof(request) - 1) == (ssize_t)(sizeof(request) - 1) &&
               read(handle, answer, sizeof(answer)) == (ssize_t)sizeof(answer) && memcmp(answer, "HTTP/", 5) == 0;
    close(handle);
    return answered;
}

static int wait_for_answer(unsigned long port)
{
    struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};

    for (int attempt = 0; attempt < 20; attempt++) {
        if (answers_once(port))
            return EXIT_SUCCESS;
        nanosleep(&pause, NULL);
    }
    return EXIT_FAILURE;
}

static int stay_silent(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t          length  = sizeof(address);
    int                handle  = socket(AF_INET, SOCK_STREAM, 0);

    if (handle < 0 || bind(handle, (struct sockaddr *)&address, length) != 0 || listen(handle, 5) != 0 ||
        getsockname(handle, (struct sockaddr *)&address, &length) != 0) {
        perror("port");
        return EXIT_FAILURE;
    }
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    if (accept(handle, NULL, NULL) < 0)
        return EXIT_FAILURE;
    puts("connected");
    fflush(stdout);
    for (;;)
        pause();
}

int main(int count, char **arguments)
{
    signal(SIGPIPE, SIG_IGN);
    if (count == 2 && strcmp(arguments[1], "free") == 0)
        return print_free_port();
    if (count == 3 && strcmp(arguments[1], "answers") == 0)
        return wait_for_answer(strtoul(arguments[2], NULL, 10));
    if (count == 2 && strcmp(arguments[1], "silent") == 0)
        return stay_silent();
    fprintf(stderr, "usage: port free | port answers PORT | port silent\n");
    return 2;
}
