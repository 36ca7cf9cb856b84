/*
 * Makes the calls that calls.inc describes, one for each line of its input, and prints how each one ended.
 *
 * A line is "CASE CLIENT\n": the case's index, and 0 for the client without a session token, 1 for the one with, or 2
 * for one that goes to AWS's own host by way of a proxy.
 * calls.inc is written by compare.py: a function for each case, and the table `cases` of them all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include <dynamo.h>

typedef dynamo_status call(dynamo_client *client, json_t **response, dynamo_error *error);

#define MOST_DOCUMENTS 64

static json_t *documents[MOST_DOCUMENTS];
static size_t  document_count;

/* JSON text as a document that lives until the call is over. */
static json_t *load(const char *text)
{
    json_error_t error;
    json_t      *document = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (document == NULL || document_count == MOST_DOCUMENTS) {
        fprintf(stderr, "driver: %s in %s\n", document == NULL ? error.text : "too many documents", text);
        exit(1);
    }
    documents[document_count++] = document;
    return document;
}

static void free_documents(void)
{
    while (document_count > 0)
        json_decref(documents[--document_count]);
}

#include "calls.inc"

/* The place for a proxy. */
static void set_proxy(void *context, void *curl)
{
    curl_easy_setopt(curl, CURLOPT_PROXY, context);
}

/* A NULL endpoint is the region's own. */
static dynamo_client *client_with(const char *endpoint, const char *token, char *proxy)
{
    dynamo_config config = {
        .region        = REGION,
        .access_key    = ACCESS_KEY,
        .secret_key    = SECRET_KEY,
        .session_token = token,
        .endpoint      = endpoint,
        .max_attempts  = 1,
        .context       = proxy,
        .on_handle     = proxy != NULL ? set_proxy : NULL,
    };
    dynamo_error   error  = { 0 };
    dynamo_client *client = dynamo_client_new(&config, &error);

    if (client == NULL) {
        fprintf(stderr, "driver: %s: %s\n", error.code, error.message);
        exit(1);
    }
    dynamo_error_clear(&error);
    return client;
}

/* "OK", the service's request ID and the response; or the status's name and the message. */
static void run(call *one, dynamo_client *client)
{
    dynamo_error  error    = { 0 };
    json_t       *response = NULL;
    dynamo_status status   = one(client, &response, &error);
    char         *text     = json_dumps(response, JSON_COMPACT | JSON_ENSURE_ASCII);

    if (status == DYNAMO_OK)
        printf("OK %s %s\n", error.request_id, text != NULL ? text : "");
    else
        printf("%s %s\n", dynamo_status_name(status), error.message);
    fflush(stdout);
    free(text);
    json_decref(response);
    dynamo_error_clear(&error);
    free_documents();
}

#define CLIENTS 3

int main(int argc, char **argv)
{
    dynamo_client *clients[CLIENTS];
    char           line[64];

    if (argc != 3) {
        fprintf(stderr, "usage: driver ENDPOINT PROXY\n");
        return 1;
    }
    clients[0] = client_with(argv[1], NULL, NULL);
    clients[1] = client_with(argv[1], SESSION_TOKEN, NULL);
    clients[2] = client_with(NULL, NULL, argv[2]);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char  *end   = line;
        size_t index = strtoul(line, &end, 10), client = strtoul(end, NULL, 10);

        if (index >= sizeof(cases) / sizeof(cases[0]) || client >= CLIENTS)
            return 1;
        run(cases[index], clients[client]);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        dynamo_client_free(clients[i]);
    return 0;
}
