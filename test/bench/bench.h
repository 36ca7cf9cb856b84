/* What the programs of the benchmark share: the calls' documents, the measured loop, the command line. */
#ifndef BENCH_H
#define BENCH_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE
#endif

#include <stdbool.h>
#include <stddef.h>

/* ---- Text that grows; a benchmark without memory ends ------------------------------------------------------------ */

typedef struct bench_text {
    char  *data; /* ends with a NUL */
    size_t length, room;
} bench_text;

#if defined(__GNUC__) || defined(__clang__)
__attribute__((format(printf, 2, 3)))
#endif
void bench_print(bench_text *text, const char *format, ...);

/* ---- The documents ----------------------------------------------------------------------------------------------- */

/* As it is on the wire, or as a caller of the library has it. */
typedef enum bench_notation { BENCH_WIRE, BENCH_PLAIN } bench_notation;

#define BENCH_ITEM_SIZE ((size_t)334) /* of wire text, of the items of all calls but those of other sizes */
#define BENCH_ANSWER_SIZE ((size_t)343)
#define BENCH_QUERY_ITEMS ((size_t)20)
#define BENCH_SCAN_ITEMS ((size_t)3000)
#define BENCH_BATCH_ITEMS ((size_t)25)

/* An item whose wire text has that size (or the least there is): of nine attributes of the common types, or below
 * that text's own size, of two. */
void bench_item(bench_text *text, bench_notation notation, size_t number, size_t size);

/* The same in 6,000 texts of one list. */
void bench_item_of_many(bench_text *text, bench_notation notation);

/* A page of Scan or Query, on the wire. */
void bench_page(bench_text *text, size_t items, size_t item_size);
void bench_scan_page(bench_text *text); /* of 1 MB */

/* BatchWriteItem's RequestItems. */
void bench_batch(bench_text *text, bench_notation notation);

/* ---- The measured loop ------------------------------------------------------------------------------------------- */

/* What a program is asked to do. */
typedef struct bench_load {
    const char *endpoint;  /* $DYNAMO_BENCH_ENDPOINT */
    const char *operation; /* "GetItem" */
    char        table[32]; /* "Music"; of another size than usual "Music10000", from which the server knows */
    size_t      item_size; /* of wire text */
} bench_load;

/* The bytes of the bodies of the last request and the last answer, to see that both programs do the same. */
typedef struct bench_bytes {
    size_t request, answer;
} bench_bytes;

/* A program's way to make calls. What fails ends the program with its reason. */
typedef struct bench_client {
    void *(*open)(const bench_load *load);              /* once */
    void *(*join)(void *client);                        /* by each thread, before its first call */
    void (*call)(void *joined);
    void (*leave)(void *joined);
    void (*close)(void *client);
    bench_bytes (*bytes)(const bench_load *load);       /* of one more call */
} bench_client;

/*
 * main() of the programs:
 *
 *     PROGRAM OPERATION CALLS THREADS [ITEM_SIZE]
 *         prints the microseconds of wall time and of CPU that each call took, and the bytes of request and answer
 *     PROGRAM once
 *         makes one GetItem; prints the clock's microseconds when its answer was there, and the peak of the memory in
 *         KiB
 *     PROGRAM count OPERATION CALLS
 *         makes so many calls and measures nothing, for callgrind to count
 */
int bench_main(int count, char **arguments, const bench_client *client);

double bench_clock_us(void);
double bench_cpu_us(void); /* of the process, since its start */
long   bench_peak_kib(void);

/* Prints the words to standard error and ends the program. */
_Noreturn void bench_fail(const char *what, const char *why);

#endif
