/* The scripted server of fault_server.h: a thread that accepts, and one for each connection. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif

#include "fault_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it there */
#endif

#define PIECE_SIZE ((size_t)64 * 1024)
#define PATIENCE_SECONDS 20

typedef struct connection {
    struct connection   *next;
    struct fault_server *server;
    pthread_t            thread;
    int                  fd;
    unsigned             number;
    bool                 done; /* the thread has nothing left to do */
} connection;

struct fault_server {
    int       listener;
    int       wake[2]; /* ends the accepting thread's wait */
    int       port;
    char      endpoint[64];
    pthread_t acceptor;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t  changed;
    bool            stopping;
    connection     *list;

    fault_handler     handler;
    void             *handler_context;
    const fault_step *steps;
    size_t            step_count, next_step;
    fault_responder   respond; /* to what comes after them; NULL: nobody */
    void             *context;
    unsigned          generation; /* of the script */
    size_t            stalled, released;
    fault_request   **requests;
    size_t            request_count, request_room;
    size_t            accepted, open, most_open, closed, in_flight, most_in_flight, bytes_sent;
};

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

/* CRC-32 (IEEE 802.3), continued from `crc`, which starts at 0. */
static uint32_t crc32_of(uint32_t crc, const char *data, size_t length)
{
    static const uint32_t nibbles[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};

    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)data[i];
        crc = (crc >> 4) ^ nibbles[crc & 15];
        crc = (crc >> 4) ^ nibbles[crc & 15];
    }
    return ~crc;
}

static bool send_bytes(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool send_text(int fd, const char *text)
{
    return send_bytes(fd, text, strlen(text));
}

/* A step's body, `text` over and over up to `length`: never whole in memory. */
typedef struct body_stream {
    char  *pattern; /* long enough for a piece from any place of the first `period` bytes */
    size_t period, length;
} body_stream;

static bool body_open(body_stream *body, const fault_step *step)
{
    const char *text = step->body != NULL ? step->body : "{}";
    size_t      room;

    body->period = step->body_length > 0 ? step->body_length : strlen(text);
    body->length = body->period * (step->repeat > 0 ? step->repeat : 1);
    room         = body->length < PIECE_SIZE + body->period ? body->length : PIECE_SIZE + body->period;
    body->pattern = malloc(room + 1);
    for (size_t i = 0; body->pattern != NULL && i < room; i++)
        body->pattern[i] = text[i % body->period];
    return body->pattern != NULL;
}

static const char *body_piece(const body_stream *body, size_t position, size_t end, size_t *length)
{
    *length = end - position < PIECE_SIZE ? end - position : PIECE_SIZE;
    return body->pattern + position % body->period;
}

static uint32_t body_crc(const body_stream *body)
{
    uint32_t crc = 0;
    size_t   length;

    for (size_t at = 0; at < body->length; at += length) {
        const char *piece = body_piece(body, at, body->length, &length);

        crc = crc32_of(crc, piece, length);
    }
    return crc;
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static void request_free(fault_request *request)
{
    if (request == NULL)
        return;
    free(request->line);
    free(request->headers);
    free(request->body);
    free(request);
}

static char *copy_bytes(const char *data, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy != NULL) {
        memcpy(copy, data, length);
        copy[length] = '\0';
    }
    return copy;
}

/* Reads up to the empty line. The bytes read, NUL-terminated, with *head_length up to and with that line; or NULL. */
static char *read_head(int fd, size_t *length, size_t *head_length)
{
    size_t room = 16 * 1024, used = 0;
    char  *data = malloc(room + 1);
    char  *end  = NULL;

    while (data != NULL && end == NULL && used < room) {
        ssize_t got = recv(fd, data + used, room - used, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
        data[used] = '\0';
        end        = strstr(data, "\r\n\r\n");
    }
    if (end == NULL) {
        free(data);
        return NULL;
    }
    *length      = used;
    *head_length = (size_t)(end - data) + 4;
    return data;
}

static bool read_body(int fd, fault_request *request, const char *begun, size_t length)
{
    char   text[32] = "0";
    size_t size;

    fault_request_header(request, "Content-Length", text, sizeof(text));
    size          = (size_t)strtoull(text, NULL, 10);
    request->body = malloc(size + 1);
    if (request->body == NULL || length > size)
        return false;
    memcpy(request->body, begun, length);
    while (length < size) {
        ssize_t got = recv(fd, request->body + length, size - length, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        length += (size_t)got;
    }
    request->body[size]  = '\0';
    request->body_length = size;
    return true;
}

static fault_request *read_request(int fd)
{
    size_t         length, head_length;
    char          *data    = read_head(fd, &length, &head_length);
    char          *line    = data != NULL ? strstr(data, "\r\n") : NULL;
    fault_request *request = data != NULL ? calloc(1, sizeof(*request)) : NULL;
    bool           whole   = false;

    if (request != NULL) {
        request->line    = copy_bytes(data, (size_t)(line - data));
        request->headers = copy_bytes(line + 2, head_length - (size_t)(line - data) - 4);
        whole            = request->line != NULL && request->headers != NULL &&
                read_body(fd, request, data + head_length, length - head_length);
    }
    free(data);
    if (!whole) {
        request_free(request);
        return NULL;
    }
    return request;
}

bool fault_request_header(const fault_request *request, const char *name, char *value, size_t size)
{
    size_t name_length = strlen(name);
    size_t found       = 0;

    for (const char *line = request->headers; *line != '\0';) {
        const char *end = strstr(line, "\r\n");

        if (strncasecmp(line, name, name_length) == 0 && line[name_length] == ':' && found++ == 0) {
            const char *start = line + name_length + 1;

            start += strspn(start, " \t");
            snprintf(value, size, "%.*s", end > start ? (int)(end - start) : 0, start);
        }
        line = end + 2;
    }
    return found == 1;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static const char *reason_of(int status)
{
    return status < 300 ? "OK" : status < 500 ? "Client Error" : "Server Error";
}

static void write_head(const fault_step *step, const body_stream *body, char *head, size_t size)
{
    int    status = step->status > 0 ? step->status : 200;
    size_t length = body->length;
    int    used   = snprintf(head, size, "HTTP/1.1 %d %s\r\nContent-Type: application/x-amz-json-1.0\r\n%s", status,
                             reason_of(status), step->headers != NULL ? step->headers : "");

    if (step->headers == NULL || strstr(step->headers, "x-amzn-requestid") == NULL)
        used += snprintf(head + used, size - (size_t)used, "x-amzn-requestid: REQUEST-OF-THE-FAULT-SERVER\r\n");
    if (step->crc != FAULT_CRC_NONE)
        used += snprintf(head + used, size - (size_t)used, "x-amz-crc32: %lu\r\n",
                         (unsigned long)(body_crc(body) ^ (step->crc == FAULT_CRC_WRONG ? 1 : 0)));
    if (step->length == FAULT_LENGTH_LONG)
        length += 10;
    else if (step->length == FAULT_LENGTH_SHORT)
        length /= 2;
    if (step->length == FAULT_LENGTH_CHUNKED)
        snprintf(head + used, size - (size_t)used, "Transfer-Encoding: chunked\r\n\r\n");
    else if (step->length == FAULT_LENGTH_ABSENT)
        snprintf(head + used, size - (size_t)used, "\r\n");
    else
        snprintf(head + used, size - (size_t)used, "Content-Length: %zu\r\n\r\n", length);
}

static bool send_body(fault_server *server, int fd, const fault_step *step, const body_stream *body, size_t end)
{
    size_t length;
    bool   sent = true;

    for (size_t at = 0; sent && at < end; at += length) {
        const char *piece = body_piece(body, at, end, &length);
        char        size[32];

        snprintf(size, sizeof(size), "%zx\r\n", length);
        if (step->length == FAULT_LENGTH_CHUNKED)
            sent = send_text(fd, size) && send_bytes(fd, piece, length) && send_text(fd, "\r\n");
        else
            sent = send_bytes(fd, piece, length);
        pthread_mutex_lock(&server->lock);
        server->bytes_sent += sent ? length : 0;
        pthread_mutex_unlock(&server->lock);
    }
    return sent && (step->length != FAULT_LENGTH_CHUNKED || end < body->length || send_text(fd, "0\r\n\r\n"));
}

/* Byte by byte; the pace is the server's fault to play, not a wait for something. */
static bool drip(int fd, const char *data, size_t length, int pause_ms)
{
    for (size_t i = 0; i < length; i++) {
        struct pollfd gone = {.fd = fd, .events = POLLIN};

        if (poll(&gone, 1, pause_ms) > 0 || !send_bytes(fd, data + i, 1))
            return false;
    }
    return true;
}

/* A place among the requests that wait to be released. */
typedef struct stall_turn {
    size_t   number;
    unsigned generation; /* of the script */
} stall_turn;

/* Waits its turn; false: the script was changed or the server is being stopped. */
static bool stall(fault_server *server, const stall_turn *turn)
{
    bool go_on;

    pthread_mutex_lock(&server->lock);
    while (server->released <= turn->number && turn->generation == server->generation && !server->stopping)
        pthread_cond_wait(&server->changed, &server->lock);
    go_on = turn->generation == server->generation && !server->stopping;
    pthread_mutex_unlock(&server->lock);
    return go_on;
}

/* Sends the answer, whole or in part. Whether the connection goes on. */
static bool answer(fault_server *server, int fd, const fault_step *step)
{
    body_stream body;
    char        head[4096];
    bool        go_on = false;

    if (!body_open(&body, step))
        return false;
    write_head(step, &body, head, sizeof(head));
    if (step->interim != NULL && !send_text(fd, step->interim))
        goto done;
    switch (step->action) {
    case FAULT_CLOSE_IN_HEADERS:
        send_bytes(fd, head, (size_t)(strchr(head, '\n') - head) + 8);
        break;
    case FAULT_CLOSE_IN_BODY:
        if (send_text(fd, head))
            send_body(server, fd, step, &body, body.length / 2);
        break;
    case FAULT_DRIP:
        go_on = drip(fd, head, strlen(head), step->pause_ms) &&
                drip(fd, body.pattern, body.length < PIECE_SIZE ? body.length : PIECE_SIZE, step->pause_ms);
        break;
    default:
        go_on = send_text(fd, head) && send_body(server, fd, step, &body, body.length) &&
                step->action != FAULT_ANSWER_AND_CLOSE && step->length != FAULT_LENGTH_ABSENT;
    }
done:
    free(body.pattern);
    return go_on;
}

static void reset(int fd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static bool perform(fault_server *server, int fd, const fault_step *step)
{
    switch (step->action) {
    case FAULT_RAW:
    case FAULT_RAW_AT_ONCE:
        send_bytes(fd, step->body, step->body_length > 0 ? step->body_length : strlen(step->body));
        return false;
    case FAULT_CLOSE_BEFORE_READING:
    case FAULT_CLOSE_AFTER_REQUEST:
        return false;
    case FAULT_RESET:
        reset(fd);
        return false;
    default:
        return answer(server, fd, step);
    }
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

/* *respond: what fills it in, when the script is over. */
static fault_step take_step(fault_server *server, bool *responds)
{
    static const fault_step plain = {0};
    fault_step              step;

    pthread_mutex_lock(&server->lock);
    *responds = server->next_step >= server->step_count;
    step      = server->next_step < server->step_count ? server->steps[server->next_step++] : plain;
    pthread_mutex_unlock(&server->lock);
    return step;
}

/* With the lock held: once fault_server_respond() has returned, the responder before it isn't asked any more. So the
 * body is copied as well, to be freed. */
static char *ask_responder(fault_server *server, const fault_request *request, fault_step *step)
{
    char *body = NULL;

    pthread_mutex_lock(&server->lock);
    if (server->respond != NULL)
        server->respond(server->context, request, step);
    if (step->body != NULL && step->body_length == 0) {
        body       = strdup(step->body);
        step->body = body;
    }
    pthread_mutex_unlock(&server->lock);
    return body;
}

/* Keeps the request; the server owns it. false: no memory. `turn`, or NULL, is taken with the request, so that requests
 * are released in the order that they are counted in. */
static bool record(fault_server *server, fault_request *request, stall_turn *turn)
{
    bool kept = true;

    pthread_mutex_lock(&server->lock);
    if (server->request_count == server->request_room) {
        size_t          room = 2 * server->request_room + 16;
        fault_request **more = realloc(server->requests, room * sizeof(fault_request *));

        kept = more != NULL;
        if (kept) {
            server->requests     = more;
            server->request_room = room;
        }
    }
    if (kept) {
        server->requests[server->request_count++] = request;
        if (++server->in_flight > server->most_in_flight)
            server->most_in_flight = server->in_flight;
        if (turn != NULL)
            *turn = (stall_turn){server->stalled++, server->generation};
    }
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    return kept;
}

/* Until the time is over or the client has gone; then nobody reads an answer. */
static bool pause_for(int fd, int pause_ms)
{
    struct pollfd gone = {.fd = fd, .events = POLLIN};

    return poll(&gone, 1, pause_ms) == 0;
}

static bool serve_by_handler(connection *peer, fault_handler handler, void *context)
{
    fault_server  *server = peer->server;
    fault_step     step   = handler(context, NULL);
    fault_request *request;
    bool           go_on;

    if (step.action == FAULT_CLOSE_BEFORE_READING)
        return false;
    request = read_request(peer->fd);
    if (request == NULL)
        return false;
    step  = handler(context, request);
    go_on = (step.action != FAULT_STALL || pause_for(peer->fd, step.pause_ms)) && perform(server, peer->fd, &step);
    request_free(request);
    free((char *)step.body);
    return go_on;
}

static bool serve_one(connection *peer)
{
    fault_server   *server = peer->server;
    fault_handler   handler;
    void           *context;
    char            first;
    fault_step      step;
    fault_request  *request;
    stall_turn      turn;
    char           *own_body = NULL;
    bool            responds;
    bool            go_on;

    if (recv(peer->fd, &first, 1, MSG_PEEK) != 1)
        return false;
    pthread_mutex_lock(&server->lock);
    handler = server->handler;
    context = server->handler_context;
    pthread_mutex_unlock(&server->lock);
    if (handler != NULL)
        return serve_by_handler(peer, handler, context);
    step = take_step(server, &responds);
    if (step.action == FAULT_CLOSE_BEFORE_READING || step.action == FAULT_RAW_AT_ONCE)
        return perform(server, peer->fd, &step);
    request = read_request(peer->fd);
    if (request == NULL)
        return false;
    request->connection = peer->number;
    if (!record(server, request, step.action == FAULT_STALL ? &turn : NULL)) {
        request_free(request);
        return false;
    }
    if (responds)
        own_body = ask_responder(server, request, &step);
    go_on = step.action != FAULT_STALL || stall(server, &turn);
    /* Before the answer: once that is out, the client's next request may overtake this thread. */
    pthread_mutex_lock(&server->lock);
    if (server->in_flight > 0)
        server->in_flight--;
    pthread_mutex_unlock(&server->lock);
    go_on = go_on && perform(server, peer->fd, &step);
    free(own_body);
    return go_on;
}

static void *serve(void *argument)
{
    connection   *peer   = argument;
    fault_server *server = peer->server;

    while (serve_one(peer))
        continue;
    pthread_mutex_lock(&server->lock);
    close(peer->fd);
    peer->fd   = -1;
    peer->done = true;
    server->open--;
    server->closed++;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void prepare_socket(int fd)
{
    int yes = 1;

    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
#ifdef SO_NOSIGPIPE
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof(yes));
#endif
}

static void serve_connection(fault_server *server, int fd)
{
    connection *peer = calloc(1, sizeof(*peer));

    prepare_socket(fd);
    pthread_mutex_lock(&server->lock);
    if (peer != NULL) {
        peer->server = server;
        peer->fd     = fd;
        peer->number = (unsigned)++server->accepted;
        if (++server->open > server->most_open)
            server->most_open = server->open;
        if (pthread_create(&peer->thread, NULL, serve, peer) == 0) {
            peer->next   = server->list;
            server->list = peer;
        } else {
            server->open--;
            free(peer);
            close(fd);
        }
    } else {
        close(fd);
    }
    pthread_mutex_unlock(&server->lock);
}

/* Joins the connections' threads that are done; with `all`, every one. */
static void reap(fault_server *server, bool all)
{
    connection *ended = NULL;

    pthread_mutex_lock(&server->lock);
    for (connection **link = &server->list; *link != NULL;) {
        connection *peer = *link;

        if (all || peer->done) {
            *link      = peer->next;
            peer->next = ended;
            ended      = peer;
        } else {
            link = &peer->next;
        }
    }
    pthread_mutex_unlock(&server->lock);
    while (ended != NULL) {
        connection *peer = ended;

        ended = peer->next;
        pthread_join(peer->thread, NULL);
        free(peer);
    }
}

static void *accept_all(void *argument)
{
    fault_server *server = argument;

    for (;;) {
        struct pollfd waits[2] = {{.fd = server->listener, .events = POLLIN},
                                  {.fd = server->wake[0], .events = POLLIN}};
        int           fd;

        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (waits[1].revents != 0)
            return NULL;
        if ((waits[0].revents & POLLIN) == 0)
            continue;
        fd = accept(server->listener, NULL, NULL);
        if (fd >= 0)
            serve_connection(server, fd);
        reap(server, false);
    }
}

/* ---- The server -------------------------------------------------------------------------------------------------- */

/* A socket bound to a free port of 127.0.0.1, or -1. */
static int bind_free_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t          size    = sizeof(address);
    int                fd      = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

fault_server *fault_server_start(void)
{
    fault_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        return NULL;
    server->wake[0] = server->wake[1] = -1;
    server->listener                  = bind_free_port(&server->port);
    if (server->listener < 0 || listen(server->listener, 128) != 0 || pipe(server->wake) != 0)
        goto fail;
    prepare_socket(server->listener);
    fcntl(server->wake[0], F_SETFD, FD_CLOEXEC);
    fcntl(server->wake[1], F_SETFD, FD_CLOEXEC);
    snprintf(server->endpoint, sizeof(server->endpoint), "http://127.0.0.1:%d", server->port);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    if (pthread_create(&server->acceptor, NULL, accept_all, server) == 0)
        return server;
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
fail:
    if (server->listener >= 0)
        close(server->listener);
    if (server->wake[0] >= 0) {
        close(server->wake[0]);
        close(server->wake[1]);
    }
    free(server);
    return NULL;
}

static void forget_requests(fault_server *server)
{
    for (size_t i = 0; i < server->request_count; i++)
        request_free(server->requests[i]);
    server->request_count = 0;
}

void fault_server_stop(fault_server *server)
{
    if (server == NULL)
        return;
    while (write(server->wake[1], "", 1) < 0 && errno == EINTR)
        continue;
    pthread_join(server->acceptor, NULL);
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    for (connection *peer = server->list; peer != NULL; peer = peer->next)
        if (peer->fd >= 0)
            shutdown(peer->fd, SHUT_RDWR);
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    reap(server, true);
    forget_requests(server);
    free(server->requests);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

const char *fault_server_endpoint(const fault_server *server)
{
    return server->endpoint;
}

int fault_server_port(const fault_server *server)
{
    return server->port;
}

void fault_server_script(fault_server *server, const fault_step *steps, size_t count)
{
    pthread_mutex_lock(&server->lock);
    forget_requests(server);
    server->steps      = steps;
    server->step_count = count;
    server->next_step  = 0;
    server->generation++;
    server->stalled = server->released = 0;
    server->accepted = server->closed = server->in_flight = server->most_in_flight = server->bytes_sent = 0;
    server->most_open = server->open;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

void fault_server_respond(fault_server *server, fault_responder respond, void *context)
{
    pthread_mutex_lock(&server->lock);
    server->respond = respond;
    server->context = context;
    pthread_mutex_unlock(&server->lock);
}

void fault_server_handle(fault_server *server, fault_handler handler, void *context)
{
    pthread_mutex_lock(&server->lock);
    server->handler         = handler;
    server->handler_context = context;
    pthread_mutex_unlock(&server->lock);
}

void fault_server_release(fault_server *server, size_t count)
{
    pthread_mutex_lock(&server->lock);
    server->released += count;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

static bool wait_until(fault_server *server, const size_t *count, size_t enough)
{
    struct timespec end;
    bool            reached;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&server->lock);
    while (*count < enough && pthread_cond_timedwait(&server->changed, &server->lock, &end) == 0)
        continue;
    reached = *count >= enough;
    pthread_mutex_unlock(&server->lock);
    return reached;
}

bool fault_server_wait_requests(fault_server *server, size_t requests)
{
    return wait_until(server, &server->request_count, requests);
}

bool fault_server_wait_closed(fault_server *server, size_t connections)
{
    return wait_until(server, &server->closed, connections);
}

static size_t count_of(fault_server *server, const size_t *count)
{
    size_t now;

    pthread_mutex_lock(&server->lock);
    now = *count;
    pthread_mutex_unlock(&server->lock);
    return now;
}

size_t fault_server_requests(fault_server *server)
{
    return count_of(server, &server->request_count);
}

size_t fault_server_connections(fault_server *server)
{
    return count_of(server, &server->accepted);
}

size_t fault_server_most_open(fault_server *server)
{
    return count_of(server, &server->most_open);
}

size_t fault_server_most_in_flight(fault_server *server)
{
    return count_of(server, &server->most_in_flight);
}

size_t fault_server_bytes_sent(fault_server *server)
{
    return count_of(server, &server->bytes_sent);
}

const fault_request *fault_server_request(fault_server *server, size_t index)
{
    const fault_request *request;

    pthread_mutex_lock(&server->lock);
    request = index < server->request_count ? server->requests[index] : NULL;
    pthread_mutex_unlock(&server->lock);
    return request;
}

/* ---- The test's surroundings ------------------------------------------------------------------------------------- */

int fault_closed_port(void)
{
    int port = 0;
    int fd   = bind_free_port(&port);

    if (fd >= 0)
        close(fd);
    return port;
}

extern char **environ;

/* The name of the next variable that must go, or NULL. */
static bool next_variable(char *name, size_t size)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        size_t length = strcspn(*variable, "=");
        bool   proxy  = length > 6 && strncasecmp(*variable + length - 6, "_proxy", 6) == 0;

        if (length < size && (proxy || strncmp(*variable, "AWS_", 4) == 0)) {
            memcpy(name, *variable, length);
            name[length] = '\0';
            return true;
        }
    }
    return false;
}

bool fault_plain_environment(void)
{
    static char home[] = "/tmp/dynamo-test-home-XXXXXX";
    static bool made;
    char        name[256];

    while (next_variable(name, sizeof(name)))
        unsetenv(name);
    if (!made) {
        made = mkdtemp(home) != NULL;
        /* Nothing is written there, so that it can go at once: a folder that isn't there has no files either. */
        if (made)
            rmdir(home);
    }
    return made && setenv("HOME", home, 1) == 0 && setenv("AWS_EC2_METADATA_DISABLED", "true", 1) == 0;
}

double fault_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

bool fault_runs_slowly(void)
{
    const char *preload = getenv("LD_PRELOAD"); /* valgrind shows itself there */

    return preload != NULL && strstr(preload, "vgpreload") != NULL;
}
