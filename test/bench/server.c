/*
 * The benchmark's server: HTTP/1.1 on a free port of 127.0.0.1, with an answer for each operation that is made once and
 * never changes. A thread a connection.
 *
 *     server COMMAND...    runs the command with its address in DYNAMO_BENCH_ENDPOINT, and ends with its exit status
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dynamo_internal.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored besides */
#endif

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

typedef struct answer {
    const char *operation;
    const char *table; /* in the request's text; NULL: any */
    bench_text  http;  /* head and body */
} answer;

/* GetItem of other sizes than the usual is asked for by the table's name, a Scan without an end too: its pages take
 * turns, so that each is followed by another. */
#define SCAN_FROM_ODD "{\"Artist\":{\"S\":\"odd\"}}"
#define SCAN_FROM_EVEN "{\"Artist\":{\"S\":\"even\"}}"

static answer answers[] = {
    { "GetItem", "\"Music100\"", { 0 } },
    { "GetItem", "\"Music1000\"", { 0 } },
    { "GetItem", "\"Music10000\"", { 0 } },
    { "GetItem", "\"Music100000\"", { 0 } },
    { "GetItem", "\"Music400000\"", { 0 } },
    { "GetItem", NULL, { 0 } },
    { "PutItem", NULL, { 0 } },
    { "Query", NULL, { 0 } },
    { "Scan", SCAN_FROM_ODD, { 0 } },
    { "Scan", "\"MusicWhole\"", { 0 } },
    { "Scan", NULL, { 0 } },
    { "BatchWriteItem", NULL, { 0 } },
};

static void print_get_item(bench_text *body, const char *table)
{
    size_t size = table != NULL ? strtoul(table + strlen("\"Music"), NULL, 10) : BENCH_ITEM_SIZE;

    bench_print(body, "{\"Item\":");
    bench_item(body, BENCH_WIRE, 0, size);
    bench_print(body, "}");
    if (table == NULL && body->length != BENCH_ANSWER_SIZE)
        bench_fail("GetItem", "the answer hasn't the size it is known by");
}

static void print_scan(bench_text *body, const char *table)
{
    bench_scan_page(body);
    if (table == NULL)
        return;
    body->length--; /* the closing bracket */
    bench_print(body, ",\"LastEvaluatedKey\":%s}", strcmp(table, SCAN_FROM_ODD) == 0 ? SCAN_FROM_EVEN : SCAN_FROM_ODD);
}

static void print_body(bench_text *body, const answer *made)
{
    if (strcmp(made->operation, "GetItem") == 0)
        print_get_item(body, made->table);
    else if (strcmp(made->operation, "Query") == 0)
        bench_page(body, BENCH_QUERY_ITEMS, BENCH_ITEM_SIZE);
    else if (strcmp(made->operation, "Scan") == 0)
        print_scan(body, made->table);
    else if (strcmp(made->operation, "BatchWriteItem") == 0)
        bench_print(body, "{\"UnprocessedItems\":{}}");
    else
        bench_print(body, "{}");
}

/* The headers are those that DynamoDB sends. */
static void make_answer(answer *made)
{
    bench_text body = {0};

    print_body(&body, made);
    bench_print(&made->http,
                "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Mon, 05 Jan 2026 10:00:00 GMT\r\n"
                "Content-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\nConnection: keep-alive\r\n"
                "x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\nx-amz-crc32: %lu\r\n\r\n%s",
                body.length, (unsigned long)dynamo_crc32(body.data, body.length), body.data);
    free(body.data);
}

/* ---- A connection ------------------------------------------------------------------------------------------------ */

/* The value of a header line, up to its end; NULL: there is none. */
static const char *header_value(const char *head, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " ");
    }
    return NULL;
}

static const bench_text *find_answer(const char *request)
{
    const char *target    = header_value(request, "X-Amz-Target");
    const char *operation = target != NULL ? strchr(target, '.') : NULL;

    for (size_t i = 0; operation != NULL && i < DYNAMO_COUNT(answers); i++) {
        size_t length = strlen(answers[i].operation);

        if (strncmp(operation + 1, answers[i].operation, length) == 0 && operation[1 + length] == '\r' &&
            (answers[i].table == NULL || strstr(request, answers[i].table) != NULL))
            return &answers[i].http;
    }
    return NULL;
}

static bool send_all(int peer, const bench_text *text)
{
    for (size_t done = 0; done < text->length;) {
        ssize_t sent = send(peer, text->data + done, text->length - done, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        done += (size_t)sent;
    }
    return true;
}

#define REQUEST_ROOM ((size_t)1024 * 1024)

/* The whole length of the request, once its head is there; 0 before that. */
static size_t request_length(const char *request)
{
    const char *end    = strstr(request, "\r\n\r\n");
    const char *length = end != NULL ? header_value(request, "Content-Length") : NULL;

    return end != NULL ? (size_t)(end + 4 - request) + (length != NULL ? strtoul(length, NULL, 10) : 0) : 0;
}

/* Reads one request: no client here sends a second one before it has its answer. */
static bool receive_request(int peer, char *request)
{
    size_t length = 0, whole = 0;

    while (whole == 0 || length < whole) {
        ssize_t received = recv(peer, request + length, REQUEST_ROOM - length - 1, 0);

        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return false;
        length += (size_t)received;
        request[length] = '\0';
        if (whole == 0)
            whole = request_length(request);
    }
    return true;
}

static void *serve(void *context)
{
    int   peer    = *(int *)context;
    char *request = malloc(REQUEST_ROOM);

    free(context);
    while (request != NULL && receive_request(peer, request)) {
        const bench_text *found = find_answer(request);

        if (found == NULL || !send_all(peer, found))
            break;
    }
    free(request);
    close(peer);
    return NULL;
}

/* ---- The server -------------------------------------------------------------------------------------------------- */

static int listen_on_free_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t          size    = sizeof(address);
    int                handle  = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (handle < 0 || fcntl(handle, F_SETFD, FD_CLOEXEC) != 0 ||
        bind(handle, (struct sockaddr *)&address, size) != 0 || listen(handle, 128) != 0 ||
        getsockname(handle, (struct sockaddr *)&address, &size) != 0)
        bench_fail("server", strerror(errno));
    *port = ntohs(address.sin_port);
    return handle;
}

static void *accept_all(void *context)
{
    int listener = *(int *)context;

    for (;;) {
        int      *peer = malloc(sizeof(*peer));
        int       on   = 1;
        pthread_t thread;

        if (peer == NULL)
            bench_fail("server", "out of memory");
        *peer = accept(listener, NULL, NULL);
        if (*peer < 0)
            bench_fail("accept", strerror(errno));
        setsockopt(*peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (pthread_create(&thread, NULL, serve, peer) != 0)
            bench_fail("server", "no more threads");
        pthread_detach(thread);
    }
    return NULL;
}

/* The command is started before there are threads: nothing of them is left behind in it. */
static pid_t start_command(char **command, int port)
{
    char  endpoint[64];
    pid_t child;

    (void)snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%d", port);
    setenv("DYNAMO_BENCH_ENDPOINT", endpoint, 1);
    child = fork();
    if (child == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    return child;
}

int main(int count, char **arguments)
{
    pthread_t acceptor;
    int       port, listener, status = 0;
    pid_t     child;

    if (count < 2)
        bench_fail("usage", "server COMMAND...");
    for (size_t i = 0; i < DYNAMO_COUNT(answers); i++)
        make_answer(&answers[i]);
    listener = listen_on_free_port(&port);
    child    = start_command(arguments + 1, port);
    signal(SIGPIPE, SIG_IGN);
    if (child < 0 || pthread_create(&acceptor, NULL, accept_all, &listener) != 0)
        bench_fail("server", strerror(errno));
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
