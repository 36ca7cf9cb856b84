/*
 * Makes the calls that calls.inc describes, one for each line of its input, and prints how each one ended.
 *
 * A line is "CASE TOKEN\n": the case's index, and 1 for the client with a session token or 0 for the one without.
 * calls.inc is written by compare.py: a function for each case, and the table `cases` of them all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static dynamo_client *client_with(const char *endpoint, const char *token)
{
    dynamo_config config = {
        .region        = REGION,
        .access_key    = ACCESS_KEY,
        .secret_key    = SECRET_KEY,
        .session_token = token,
        .endpoint      = endpoint,
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

/* "OK", then the service's request ID; or the status's name and the message. */
static void run(call *one, dynamo_client *client)
{
    dynamo_error  error    = { 0 };
    json_t       *response = NULL;
    dynamo_status status   = one(client, &response, &error);

    if (status == DYNAMO_OK)
        printf("OK %s\n", error.request_id);
    else
        printf("%s %s\n", dynamo_status_name(status), error.message);
    fflush(stdout);
    json_decref(response);
    dynamo_error_clear(&error);
    free_documents();
}

int main(int argc, char **argv)
{
    dynamo_client *clients[2];
    char           line[64];

    if (argc != 2) {
        fprintf(stderr, "usage: driver ENDPOINT\n");
        return 1;
    }
    clients[0] = client_with(argv[1], NULL);
    clients[1] = client_with(argv[1], SESSION_TOKEN);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char  *end   = line;
        size_t index = strtoul(line, &end, 10);

        if (index >= sizeof(cases) / sizeof(cases[0]))
            return 1;
        run(cases[index], clients[strtoul(end, NULL, 10) != 0]);
    }
    dynamo_client_free(clients[0]);
    dynamo_client_free(clients[1]);
    return 0;
}
