/* What the programs of the benchmark share: bench.h. */
#include "bench.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void bench_fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void make_room(bench_text *text, size_t length)
{
    if (length < text->room - text->length)
        return;
    text->room = 2 * text->room + length + 1;
    text->data = realloc(text->data, text->room);
    if (text->data == NULL)
        bench_fail("text", "out of memory");
}

void bench_print(bench_text *text, const char *format, ...)
{
    va_list values;
    int     length;

    va_start(values, format);
    length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    make_room(text, (size_t)length);
    va_start(values, format);
    (void)vsnprintf(text->data + text->length, text->room - text->length, format, values);
    va_end(values);
    text->length += (size_t)length;
}

static void print_filler(bench_text *text, size_t length)
{
    static const char words[] = "The long and winding road that leads to your door will never disappear. ";

    make_room(text, length);
    for (size_t i = 0; i < length; i++)
        text->data[text->length++] = words[i % (sizeof(words) - 1)];
    text->data[text->length] = '\0';
}

/* ---- The documents ----------------------------------------------------------------------------------------------- */

/* All but its last text and what closes it. */
static void print_rich_item(bench_text *text, bench_notation notation, size_t number)
{
    if (notation == BENCH_WIRE)
        bench_print(text,
                    "{\"Artist\":{\"S\":\"Artist %05zu\"},\"SongTitle\":{\"S\":\"Song %05zu\"},"
                    "\"Year\":{\"N\":\"1969\"},\"Price\":{\"N\":\"9.99\"},\"Plays\":{\"N\":\"123456\"},\"Live\":{\"BOOL\":false},"
                    "\"Genres\":{\"L\":[{\"S\":\"rock\"},{\"S\":\"folk\"}]},"
                    "\"Label\":{\"M\":{\"Name\":{\"S\":\"Parlophone\"},\"Country\":{\"S\":\"GB\"}}},\"Note\":{\"S\":\"",
                    number, number);
    else
        bench_print(text,
                    "{\"Artist\":\"Artist %05zu\",\"SongTitle\":\"Song %05zu\",\"Year\":1969,"
                    "\"Price\":9.99,\"Plays\":123456,\"Live\":false,\"Genres\":[\"rock\",\"folk\"],"
                    "\"Label\":{\"Name\":\"Parlophone\",\"Country\":\"GB\"},\"Note\":\"",
                    number, number);
}

static void print_poor_item(bench_text *text, bench_notation notation, size_t number)
{
    if (notation == BENCH_WIRE)
        bench_print(text, "{\"Artist\":{\"S\":\"Artist %05zu\"},\"Note\":{\"S\":\"", number);
    else
        bench_print(text, "{\"Artist\":\"Artist %05zu\",\"Note\":\"", number);
}

void bench_item(bench_text *text, bench_notation notation, size_t number, size_t size)
{
    static const char wire_end[] = "\"}}";
    bench_text        wire       = {0}; /* whose length decides on the filler's, in either notation */
    void (*print)(bench_text *, bench_notation, size_t) = print_rich_item;
    size_t length;

    print(&wire, BENCH_WIRE, number);
    if (wire.length + sizeof(wire_end) - 1 > size) {
        print       = print_poor_item;
        wire.length = 0;
        print(&wire, BENCH_WIRE, number);
    }
    length = wire.length + sizeof(wire_end) - 1;
    free(wire.data);
    print(text, notation, number);
    print_filler(text, size > length ? size - length : 0);
    bench_print(text, "%s", notation == BENCH_WIRE ? wire_end : "\"}");
}

void bench_item_of_many(bench_text *text, bench_notation notation)
{
    bool wire = notation == BENCH_WIRE;

    bench_print(text, wire ? "{\"Artist\":{\"S\":\"Nobody\"},\"Lines\":{\"L\":["
                           : "{\"Artist\":\"Nobody\",\"Lines\":[");
    for (size_t i = 0; i < 6000; i++) {
        bench_print(text, wire ? "%s{\"S\":\"" : "%s\"", i > 0 ? "," : "");
        print_filler(text, 57);
        bench_print(text, wire ? "\"}" : "\"");
    }
    bench_print(text, wire ? "]}}" : "]}");
}

void bench_page(bench_text *text, size_t items, size_t item_size)
{
    bench_print(text, "{\"Count\":%zu,\"Items\":[", items);
    for (size_t i = 0; i < items; i++) {
        bench_print(text, "%s", i > 0 ? "," : "");
        bench_item(text, BENCH_WIRE, i, item_size);
    }
    bench_print(text, "],\"ScannedCount\":%zu}", items);
}

void bench_scan_page(bench_text *text)
{
    bench_page(text, BENCH_SCAN_ITEMS, (size_t)1024 * 1024 / BENCH_SCAN_ITEMS - 1); /* 1 for the comma */
}

void bench_batch(bench_text *text, bench_notation notation)
{
    bench_print(text, "{\"Music\":[");
    for (size_t i = 0; i < BENCH_BATCH_ITEMS; i++) {
        bench_print(text, "%s{\"PutRequest\":{\"Item\":", i > 0 ? "," : "");
        bench_item(text, notation, i, BENCH_ITEM_SIZE);
        bench_print(text, "}}");
    }
    bench_print(text, "]}");
}

/* ---- Clocks and counts ------------------------------------------------------------------------------------------- */

double bench_clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double bench_cpu_us(void)
{
    struct timespec used; /* the sum of what getrusage() tells, in finer steps */

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

long bench_peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return usage.ru_maxrss / 1024;
#else
    return usage.ru_maxrss;
#endif
}

/* ---- The measured loop ------------------------------------------------------------------------------------------- */

/* Threads begin together, each with its connection made, so that what is measured is warm. */
typedef struct run {
    const bench_client *client;
    void               *opened;
    size_t              calls; /* of each thread */
    pthread_mutex_t     lock;  /* guards all below */
    pthread_cond_t      changed;
    size_t              ready;
    bool                begun;
} run;

static void *run_thread(void *context)
{
    run  *all    = context;
    void *joined = all->client->join(all->opened);

    all->client->call(joined);
    pthread_mutex_lock(&all->lock);
    all->ready++;
    pthread_cond_broadcast(&all->changed);
    while (!all->begun)
        pthread_cond_wait(&all->changed, &all->lock);
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < all->calls; i++)
        all->client->call(joined);
    all->client->leave(joined);
    return NULL;
}

static void begin_together(run *all, size_t threads)
{
    pthread_mutex_lock(&all->lock);
    while (all->ready < threads)
        pthread_cond_wait(&all->changed, &all->lock);
    all->begun = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
}

#define THREADS_MAX 64

static int measure(const bench_client *client, const bench_load *load, size_t calls, size_t threads)
{
    pthread_t   handles[THREADS_MAX];
    run         all = {.client = client, .opened = client->open(load), .calls = calls / threads};
    double      wall, cpu, made = (double)(calls / threads * threads);
    bench_bytes bytes;

    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.changed, NULL);
    for (size_t i = 0; i < threads; i++)
        if (pthread_create(&handles[i], NULL, run_thread, &all) != 0)
            bench_fail("threads", "the system gives no more");
    begin_together(&all, threads);
    cpu  = bench_cpu_us();
    wall = bench_clock_us();
    for (size_t i = 0; i < threads; i++)
        pthread_join(handles[i], NULL);
    wall = bench_clock_us() - wall;
    cpu  = bench_cpu_us() - cpu;
    client->close(all.opened);
    bytes = client->bytes(load);
    printf("%.3f %.3f %zu %zu\n", wall / made, cpu / made, bytes.request, bytes.answer);
    return EXIT_SUCCESS;
}

/* One thread, nothing around it. */
static void make_calls(const bench_client *client, const bench_load *load, size_t calls, bool tell)
{
    void *opened = client->open(load);
    void *joined = client->join(opened);

    for (size_t i = 0; i < calls; i++)
        client->call(joined);
    if (tell)
        printf("%.0f %ld\n", bench_clock_us(), bench_peak_kib());
    client->leave(joined);
    client->close(opened);
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

static size_t number_of(const char *text)
{
    char         *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*end != '\0' || number == 0)
        bench_fail(text, "not a number above 0");
    return number;
}

static bench_load load_of(const char *operation, const char *item_size)
{
    bench_load load = {.endpoint  = getenv("DYNAMO_BENCH_ENDPOINT"),
                       .operation = operation,
                       .item_size = BENCH_ITEM_SIZE};

    if (load.endpoint == NULL)
        bench_fail("DYNAMO_BENCH_ENDPOINT", "not set: run this by the benchmark's server");
    if (item_size != NULL)
        load.item_size = number_of(item_size);
    (void)snprintf(load.table, sizeof(load.table), "Music%s", item_size != NULL ? item_size : "");
    return load;
}

int bench_main(int count, char **arguments, const bench_client *client)
{
    bool       once = count == 2 && strcmp(arguments[1], "once") == 0;
    bool       tell = count == 4 && strcmp(arguments[1], "count") == 0;
    bench_load load;

    if (once || tell) {
        load = load_of(once ? "GetItem" : arguments[2], NULL);
        make_calls(client, &load, once ? 1 : number_of(arguments[3]), once);
        return EXIT_SUCCESS;
    }
    if (count != 4 && count != 5)
        bench_fail(arguments[0], "OPERATION CALLS THREADS [ITEM_SIZE] | once | count OPERATION CALLS");
    load = load_of(arguments[1], arguments[4]); /* NULL where there is none */
    if (number_of(arguments[3]) > THREADS_MAX || number_of(arguments[3]) > number_of(arguments[2]))
        bench_fail(arguments[3], "too many threads");
    return measure(client, &load, number_of(arguments[2]), number_of(arguments[3]));
}
