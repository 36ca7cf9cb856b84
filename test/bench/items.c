/*
 * A Scan over its pages of 1 MB, item by item:
 *
 *     items page TIMES      goes over one page so many times, and prints "micro scan_items MICROSECONDS" for each: of
 *                           CPU, from the request to the end of the list
 *     items memory PAGES    goes over a table of so many pages, and prints "memory PAGES IDLE_KIB PEAK_KIB": the peak
 *                           of memory after a GetItem, and after the table
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dynamo.h"

static dynamo_client *client;
static dynamo_error   error;

static void must(bool done, const char *what)
{
    if (!done)
        bench_fail(what, error.message);
}

static void go_over(const char *table, size_t pages)
{
    dynamo_items *items = dynamo_scan_items(client, table, NULL, &error);
    json_t       *item  = NULL;
    size_t        count = 0;

    for (; count < pages * BENCH_SCAN_ITEMS; count++)
        must(dynamo_items_next(items, &item, &error) == DYNAMO_OK && item != NULL, "dynamo_items_next");
    dynamo_items_free(items);
}

static void get_item(void)
{
    json_t *key = json_pack("{s:s}", "Artist", "Nobody");

    must(dynamo_get_item(client, "Music", key, NULL, NULL, &error) == DYNAMO_OK, "GetItem");
    json_decref(key);
}

static void measure_page(void)
{
    double begin = bench_cpu_us();

    go_over("Music", 1);
    printf("micro scan_items %.3f\n", bench_cpu_us() - begin);
}

static void measure_memory(size_t pages)
{
    long idle = bench_peak_kib();

    go_over("MusicWhole", pages);
    printf("memory %zu %ld %ld\n", pages, idle, bench_peak_kib());
}

int main(int count, char **arguments)
{
    dynamo_config config = {.endpoint   = getenv("DYNAMO_BENCH_ENDPOINT"),
                            .access_key = "AKIDEXAMPLE",
                            .secret_key = "SECRETEXAMPLE"};
    long          times  = count == 3 ? strtol(arguments[2], NULL, 10) : 0;

    if (times <= 0 || (strcmp(arguments[1], "page") != 0 && strcmp(arguments[1], "memory") != 0))
        bench_fail("usage", "items page TIMES | items memory PAGES");
    client = dynamo_client_new(&config, &error);
    must(client != NULL, "dynamo_client_new");
    get_item();
    if (strcmp(arguments[1], "memory") == 0)
        measure_memory((size_t)times);
    else
        while (times-- > 0)
            measure_page();
    dynamo_client_free(client);
    return EXIT_SUCCESS;
}
