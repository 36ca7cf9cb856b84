/* The benchmark's calls through the library: one client for all threads, plain documents made once. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#if defined(__has_include)
#if __has_include(<mbedtls/version.h>)
#include <mbedtls/version.h>
#endif
#endif
#ifndef MBEDTLS_VERSION_STRING
#define MBEDTLS_VERSION_STRING "4"
#endif

#include "dynamo.h"

typedef struct caller {
    const bench_load *load;
    dynamo_client    *client;
    json_t           *document; /* what the operation takes: key, item, request items, expression values */
    dynamo_status (*call)(const struct caller *caller, json_t **response, dynamo_error *error);
} caller;

static dynamo_status get_item(const caller *from, json_t **response, dynamo_error *error)
{
    return dynamo_get_item(from->client, from->load->table, from->document, NULL, response, error);
}

static dynamo_status put_item(const caller *from, json_t **response, dynamo_error *error)
{
    return dynamo_put_item(from->client, from->load->table, from->document, NULL, response, error);
}

static dynamo_status query(const caller *from, json_t **response, dynamo_error *error)
{
    const dynamo_query_options options = {.key_condition_expression    = "Artist = :artist",
                                          .expression_attribute_values = from->document};

    return dynamo_query(from->client, from->load->table, &options, response, error);
}

static dynamo_status scan(const caller *from, json_t **response, dynamo_error *error)
{
    return dynamo_scan(from->client, from->load->table, NULL, response, error);
}

static dynamo_status batch_write_item(const caller *from, json_t **response, dynamo_error *error)
{
    return dynamo_batch_write_item(from->client, from->document, NULL, response, error);
}

static void print_key(bench_text *text, const bench_load *load)
{
    (void)load;
    bench_print(text, "{\"Artist\":\"Artist 00000\"}");
}

static void print_values(bench_text *text, const bench_load *load)
{
    (void)load;
    bench_print(text, "{\":artist\":\"Artist 00000\"}");
}

static void print_item(bench_text *text, const bench_load *load)
{
    bench_item(text, BENCH_PLAIN, 0, load->item_size);
}

static void print_batch(bench_text *text, const bench_load *load)
{
    (void)load;
    bench_batch(text, BENCH_PLAIN);
}

static const struct {
    const char *name;
    dynamo_status (*call)(const caller *from, json_t **response, dynamo_error *error);
    void (*print)(bench_text *text, const bench_load *load);
} operations[] = {
    {"GetItem", get_item, print_key},
    {"PutItem", put_item, print_item},
    {"Query", query, print_values},
    {"Scan", scan, print_key},
    {"BatchWriteItem", batch_write_item, print_batch},
};

static json_t *make_document(void (*print)(bench_text *text, const bench_load *load), const bench_load *load)
{
    bench_text text = {0};
    json_t    *document;

    print(&text, load);
    document = json_loadb(text.data, text.length, 0, NULL);
    free(text.data);
    if (document == NULL)
        bench_fail(load->operation, "no document");
    return document;
}

static caller *new_caller(const bench_load *load, const dynamo_config *config)
{
    dynamo_error error = {0};
    caller      *made  = calloc(1, sizeof(*made));

    for (size_t i = 0; made != NULL && i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(load->operation, operations[i].name) == 0) {
            made->load     = load;
            made->call     = operations[i].call;
            made->document = make_document(operations[i].print, load);
        }
    }
    if (made == NULL || made->call == NULL)
        bench_fail(load->operation, "no such operation here");
    made->client = dynamo_client_new(config, &error);
    if (made->client == NULL)
        bench_fail("dynamo_client_new", error.message);
    return made;
}

static void *open_client(const bench_load *load)
{
    const dynamo_config config = {.endpoint   = load->endpoint,
                                  .region     = "us-east-1",
                                  .access_key = "AKIDEXAMPLE",
                                  .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

    return new_caller(load, &config);
}

/* Threads share all there is. */
static void *join_client(void *client)
{
    return client;
}

static void leave_client(void *joined)
{
    (void)joined;
}

static void call(void *joined)
{
    const caller *from     = joined;
    dynamo_error  error    = {0};
    json_t       *response = NULL;

    if (from->call(from, &response, &error) != DYNAMO_OK)
        bench_fail(error.code, error.message);
    json_decref(response);
    dynamo_error_clear(&error);
}

static void close_client(void *client)
{
    caller *closed = client;

    dynamo_client_free(closed->client);
    json_decref(closed->document);
    free(closed);
}

static void keep_bytes(void *context, const dynamo_attempt *attempt)
{
    *(bench_bytes *)context = (bench_bytes){(size_t)attempt->request_bytes, (size_t)attempt->response_bytes};
}

static bench_bytes count_bytes(const bench_load *load)
{
    bench_bytes         bytes  = {0, 0};
    const dynamo_config config = {.endpoint = load->endpoint, .context = &bytes, .on_attempt = keep_bytes};
    caller             *asked  = new_caller(load, &config);

    call(asked);
    close_client(asked);
    return bytes;
}

/* What the number of instructions depends on beside this project's code. */
static int print_versions(void)
{
#if defined(__x86_64__)
    static const char processor[] = "x86_64";
#elif defined(__aarch64__)
    static const char processor[] = "aarch64";
#else
    static const char processor[] = "other";
#endif

    printf("%s\ncurl-%s\njansson-%s\nmbedtls-%s\n", processor, curl_version_info(CURLVERSION_NOW)->version,
           jansson_version_str(), MBEDTLS_VERSION_STRING);
#if defined(__clang__)
    printf("clang-%d\n", __clang_major__);
#elif defined(__GNUC__)
    printf("gcc-%d\n", __GNUC__);
#endif
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    static const bench_client client = {open_client, join_client, call, leave_client, close_client, count_bytes};

    if (count == 2 && strcmp(arguments[1], "versions") == 0)
        return print_versions();
    return bench_main(count, arguments, &client);
}
