/*
 * Counts the allocations of a warm GetItem: the library's own, Jansson's and libcurl's.
 *
 * The linker's --wrap sends what the library's objects call, and only that, to the functions here; Jansson and libcurl
 * take theirs by the hooks that they have for it. Prints "allocations OWNER COUNT" for each, a call.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "dynamo.h"

enum { LIBRARY, JANSSON, CURL_OWN, OWNERS };

static size_t counts[OWNERS];

/* ---- The library's ----------------------------------------------------------------------------------------------- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);

void *__wrap_malloc(size_t size)
{
    counts[LIBRARY]++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    counts[LIBRARY]++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    counts[LIBRARY]++;
    return __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    counts[LIBRARY]++;
    return __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t length)
{
    counts[LIBRARY]++;
    return __real_strndup(text, length);
}

/* ---- The others' ------------------------------------------------------------------------------------------------- */

static void *jansson_malloc(size_t size)
{
    counts[JANSSON]++;
    return __real_malloc(size);
}

static void *curl_malloc(size_t size)
{
    counts[CURL_OWN]++;
    return __real_malloc(size);
}

static void *curl_calloc(size_t count, size_t size)
{
    counts[CURL_OWN]++;
    return __real_calloc(count, size);
}

static void *curl_realloc(void *memory, size_t size)
{
    counts[CURL_OWN]++;
    return __real_realloc(memory, size);
}

static char *curl_strdup(const char *text)
{
    counts[CURL_OWN]++;
    return __real_strdup(text);
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

static void get_item(dynamo_client *client, json_t *key)
{
    dynamo_error error    = {0};
    json_t      *response = NULL;

    if (dynamo_get_item(client, "Music", key, NULL, &response, &error) != DYNAMO_OK)
        bench_fail("allocations", error.message);
    json_decref(response);
    dynamo_error_clear(&error);
}

#define CALLS 100

int main(void)
{
    static const char *const owners[OWNERS] = {"library", "jansson", "curl"};
    const dynamo_config      config         = {.endpoint = getenv("DYNAMO_BENCH_ENDPOINT")};
    dynamo_client           *client;
    json_t                  *key;

    json_set_alloc_funcs(jansson_malloc, free);
    if (curl_global_init_mem(CURL_GLOBAL_ALL, curl_malloc, free, curl_realloc, curl_strdup, curl_calloc) != CURLE_OK)
        bench_fail("allocations", "curl_global_init_mem");
    client = dynamo_client_new(&config, NULL);
    key    = json_pack("{s:s}", "Artist", "Artist 00000");
    for (int i = 0; i < CALLS; i++) /* until all is warm */
        get_item(client, key);
    memset(counts, 0, sizeof(counts));
    for (int i = 0; i < CALLS; i++)
        get_item(client, key);
    for (int i = 0; i < OWNERS; i++)
        printf("allocations %s %.2f\n", owners[i], (double)counts[i] / CALLS);
    json_decref(key);
    dynamo_client_free(client);
    curl_global_cleanup();
    return EXIT_SUCCESS;
}
