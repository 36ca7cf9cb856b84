/*
 * A scripted HTTP server in threads of the test's own process: it answers what a real DynamoDB won't, remembers every
 * request, and says what it saw of connections. Each request consumes the script's next step; after the last one the
 * server answers 200 and {}.
 *
 *     static const fault_step script[] = {{.status = 500}, {.action = FAULT_CLOSE_AFTER_REQUEST}};
 *     fault_server *server = fault_server_start();
 *
 *     fault_server_script(server, script, 2);
 *     ... calls to fault_server_endpoint(server) ...
 *     fault_server_stop(server);
 *
 * Nothing here calls cmocka: a function that can fail says so, by NULL or false.
 */
#ifndef FAULT_SERVER_H
#define FAULT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fault_action {
    FAULT_ANSWER,               /* an answer; the connection is kept */
    FAULT_ANSWER_AND_CLOSE,     /* an answer, then a close that it didn't announce */
    FAULT_STALL,                /* an answer, once fault_server_release() lets it go */
    FAULT_DRIP,                 /* an answer, byte by byte, pause_ms before each */
    FAULT_RAW,                  /* the bytes of `body` and nothing else, then a close */
    FAULT_RAW_AT_ONCE,          /* the same, without reading the request */
    FAULT_CLOSE_BEFORE_READING, /* the request has come, and is not read */
    FAULT_CLOSE_AFTER_REQUEST,
    FAULT_CLOSE_IN_HEADERS, /* after the status line and half of a header */
    FAULT_CLOSE_IN_BODY,    /* after half of it */
    FAULT_RESET,            /* after the request: RST in place of FIN */
} fault_action;

typedef enum fault_length {
    FAULT_LENGTH_RIGHT,
    FAULT_LENGTH_LONG,    /* Content-Length is ten more than comes */
    FAULT_LENGTH_SHORT,   /* ... is half of what comes */
    FAULT_LENGTH_ABSENT,  /* no Content-Length: the close ends the body */
    FAULT_LENGTH_CHUNKED, /* Transfer-Encoding: chunked */
} fault_length;

typedef enum fault_crc {
    FAULT_CRC_RIGHT,
    FAULT_CRC_WRONG,
    FAULT_CRC_NONE, /* no x-amz-crc32; `headers` may bring one of its own */
} fault_crc;

/* {0} is an answer of 200 with {}. */
typedef struct fault_step {
    fault_action action;
    int          status;      /* 0: 200 */
    const char  *headers;     /* further lines, each with its "\r\n" */
    const char  *body;        /* NULL: "{}" */
    size_t       body_length; /* 0: up to the NUL */
    size_t       repeat;      /* the body so many times over; 0: once */
    fault_length length;
    fault_crc    crc;
    const char  *interim;  /* bytes before the status line: 1xx answers */
    int          pause_ms; /* of FAULT_DRIP */
} fault_step;

/* A request as it came. Lives until the next fault_server_script() or the stop. */
typedef struct fault_request {
    char    *line;    /* "POST / HTTP/1.1" */
    char    *headers; /* lines, each with its "\r\n" */
    char    *body;    /* NUL-terminated */
    size_t   body_length;
    unsigned connection; /* from 1, in the order they were accepted */
} fault_request;

/*
 * What answers in place of a script: called by the connection's thread, once before a request is read (request is NULL,
 * and only FAULT_CLOSE_BEFORE_READING counts), and once it has come. The body of the step it returns is freed, so that
 * it is malloc()'s or NULL. Requests aren't kept, and FAULT_STALL waits pause_ms.
 */
typedef fault_step (*fault_handler)(void *context, const fault_request *request);

typedef struct fault_server fault_server;

/* Listens on a free port of 127.0.0.1. NULL: it can't, and errno says why. */
fault_server *fault_server_start(void);
void          fault_server_stop(fault_server *server); /* open connections are closed; NULL is allowed */
const char   *fault_server_endpoint(const fault_server *server); /* "http://127.0.0.1:40000" */
int           fault_server_port(const fault_server *server);

/* A new script, borrowed; forgets requests, counts and stalls of the one before. */
void fault_server_script(fault_server *server, const fault_step *steps, size_t count);

/* Answers requests after the script's last step as the function fills in the step, which starts from {0}. It is called on
 * the connection's thread; what it points the step to has to live until the next request. NULL: {} again. */
typedef void (*fault_responder)(void *context, const fault_request *request, fault_step *step);
void fault_server_respond(fault_server *server, fault_responder respond, void *context);

/* A handler in place of a script; before the first request. */
void fault_server_handle(fault_server *server, fault_handler handler, void *context);

/* Lets the next `count` stalled requests go on, in order of arrival; they needn't have come yet. */
void fault_server_release(fault_server *server, size_t count);

/* Wait until that much has happened since the script was set; false: not within 20 seconds. */
bool fault_server_wait_requests(fault_server *server, size_t requests);
bool fault_server_wait_closed(fault_server *server, size_t connections);

size_t               fault_server_requests(fault_server *server);
const fault_request *fault_server_request(fault_server *server, size_t index);
size_t               fault_server_connections(fault_server *server);    /* accepted */
size_t               fault_server_most_open(fault_server *server);      /* connections at a time */
size_t               fault_server_most_in_flight(fault_server *server); /* requests read and not yet answered */
size_t               fault_server_bytes_sent(fault_server *server);     /* of bodies */

/* The value of a header, its name in any case, into `value`; false: there is none, or more than one. */
bool fault_request_header(const fault_request *request, const char *name, char *value, size_t size);

/* A port of 127.0.0.1 that nobody listens on; 0: none could be had. */
int fault_closed_port(void);

/* Makes the process's environment one that configures nothing: no AWS_* variable, no proxy, HOME at an empty folder; and
 * nothing that isn't on this machine is asked for credentials. */
bool fault_plain_environment(void);

/* Milliseconds by a clock that never goes back. */
double fault_clock_ms(void);

/* Whether timing is distorted: valgrind runs the program. */
bool fault_runs_slowly(void);

#endif
