/*
 * What the two ends of a call cost without the network, in microseconds of CPU.
 *
 *     micro PART TIMES          does one part of the table below so many times, and prints "micro PART MICROSECONDS"
 *                               for each
 *     micro count PART TIMES    the same without a clock, for callgrind to count
 *
 * A part a process: what another one leaves of the heap, in one piece or in many, makes a factor of two.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dynamo_internal.h"

static bench_text page; /* of Scan, on the wire */
static json_t    *item_of_one, *item_of_many; /* of 400 KB, plain */
static dynamo_buffer written_one, written_many;

static void check(bool done, const char *what)
{
    if (!done)
        bench_fail("micro", what);
}

static dynamo_reader read_page(void)
{
    return (dynamo_reader){.start   = page.data,
                           .next    = page.data,
                           .end     = page.data + page.length,
                           .failure = DYNAMO_ERR_BAD_RESPONSE};
}

/* ---- The parts --------------------------------------------------------------------------------------------------- */

static void load_by_jansson(void)
{
    json_t *tree = json_loadb(page.data, page.length, 0, NULL);

    check(tree != NULL, "json_loadb");
    json_decref(tree);
}

static void read_to_plain(void)
{
    const dynamo_path root   = DYNAMO_PATH_ROOT("response");
    dynamo_reader     reader = read_page();
    json_t           *plain  = dynamo_read_shape(&reader, dynamo_operation_scan.output, &root);

    check(json_array_size(json_object_get(plain, "Items")) == BENCH_SCAN_ITEMS && dynamo_read_end(&reader), "the page");
    json_decref(plain);
}

/* As an iterator does it: each freed before the next is read. */
static void read_item_by_item(void)
{
    dynamo_error error = {0};
    dynamo_page  items;
    json_t      *item;
    size_t       count = 0;

    check(dynamo_page_open(&items, page.data, page.length, dynamo_operation_scan.output, "Items", &error) == DYNAMO_OK,
          "the page");
    while (dynamo_page_next(&items, &item, &error) == DYNAMO_OK && item != NULL) {
        json_decref(item);
        count++;
    }
    dynamo_page_close(&items);
    check(count == BENCH_SCAN_ITEMS, "the page's items");
}

static void write_item(dynamo_buffer *out, json_t *item)
{
    const dynamo_path root = DYNAMO_PATH_ROOT("Item");

    dynamo_buffer_free(out); /* as for each call, it starts with no memory */
    check(dynamo_write_item(out, item, &root, NULL) == DYNAMO_OK && !out->failed, "the item");
}

static void write_one_text(void)
{
    write_item(&written_one, item_of_one);
}

static void write_many_texts(void)
{
    write_item(&written_many, item_of_many);
}

static void hash(const dynamo_buffer *text)
{
    uint8_t digest[DYNAMO_HASH_SIZE];

    check(dynamo_sha256(text->data, text->length, digest), "SHA-256");
}

static void hash_one_text(void)
{
    hash(&written_one);
}

static void hash_many_texts(void)
{
    hash(&written_many);
}

static const struct {
    const char *name;
    void (*run)(void);
} parts[] = {
    {"page_loadb", load_by_jansson},
    {"page_plain", read_to_plain},
    {"page_items", read_item_by_item},
    {"write_one_text", write_one_text},
    {"hash_one_text", hash_one_text},
    {"write_many_texts", write_many_texts},
    {"hash_many_texts", hash_many_texts},
};

/* ---- main -------------------------------------------------------------------------------------------------------- */

static json_t *load(bench_text *text)
{
    json_t *value = json_loadb(text->data, text->length, 0, NULL);

    check(value != NULL, "an item");
    free(text->data);
    return value;
}

static void prepare(void)
{
    bench_text one = {0}, many = {0};

    bench_scan_page(&page);
    bench_item(&one, BENCH_PLAIN, 0, 400000);
    bench_item_of_many(&many, BENCH_PLAIN);
    item_of_one  = load(&one);
    item_of_many = load(&many);
    write_one_text();
    write_many_texts();
}

static void clean_up(void)
{
    json_decref(item_of_one);
    json_decref(item_of_many);
    dynamo_buffer_free(&written_one);
    dynamo_buffer_free(&written_many);
    free(page.data);
}

static void measure(const char *name, void (*run)(void))
{
    double begin = bench_cpu_us();

    run();
    printf("micro %s %.3f\n", name, bench_cpu_us() - begin);
}

int main(int count, char **arguments)
{
    bool        counting = count == 4 && strcmp(arguments[1], "count") == 0;
    const char *name     = count >= 3 ? arguments[count - 2] : "";
    size_t      part     = 0;
    long        times    = count >= 3 ? strtol(arguments[count - 1], NULL, 10) : 0;

    while (part < DYNAMO_COUNT(parts) && strcmp(parts[part].name, name) != 0)
        part++;
    if (part == DYNAMO_COUNT(parts) || times <= 0 || (count != 3 && !counting))
        bench_fail("usage", "micro PART TIMES | micro count PART TIMES");
    prepare();
    for (; times > 0; times--) {
        if (counting)
            parts[part].run();
        else
            measure(name, parts[part].run);
    }
    clean_up();
    return EXIT_SUCCESS;
}
