/*
 * The floor that the library is measured against: the same bytes both ways by libcurl alone, one easy handle a thread,
 * nothing signed and nothing read in them.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

/* What all threads send. */
typedef struct request {
    char               url[128];
    struct curl_slist *headers;
    bench_text         body;
} request;

typedef struct connection {
    CURL      *easy;
    bench_text answer; /* kept, as a caller would who wants to look at it */
} connection;

static void print_body(bench_text *body, const bench_load *load)
{
    if (strcmp(load->operation, "BatchWriteItem") == 0) {
        bench_print(body, "{\"RequestItems\":");
        bench_batch(body, BENCH_WIRE);
        bench_print(body, "}");
        return;
    }
    bench_print(body, "{\"TableName\":\"%s\"", load->table);
    if (strcmp(load->operation, "GetItem") == 0)
        bench_print(body, ",\"Key\":{\"Artist\":{\"S\":\"Artist 00000\"}}");
    if (strcmp(load->operation, "Query") == 0)
        bench_print(body, ",\"KeyConditionExpression\":\"Artist = :artist\","
                          "\"ExpressionAttributeValues\":{\":artist\":{\"S\":\"Artist 00000\"}}");
    if (strcmp(load->operation, "PutItem") == 0) {
        bench_print(body, ",\"Item\":");
        bench_item(body, BENCH_WIRE, 0, load->item_size);
    }
    bench_print(body, "}");
}

/* Those of a signed request, with a signature that is none. */
static struct curl_slist *make_headers(const bench_load *load)
{
    static const char *const fixed[] = {
        "Content-Type: application/x-amz-json-1.0",
        "Accept-Encoding: identity",
        "Accept:",
        "Expect:",
        "X-Amz-Date: 20260105T100000Z",
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
        "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    };
    char               target[96];
    struct curl_slist *list;

    (void)snprintf(target, sizeof(target), "X-Amz-Target: DynamoDB_20120810.%s", load->operation);
    list = curl_slist_append(NULL, target);
    for (size_t i = 0; list != NULL && i < sizeof(fixed) / sizeof(fixed[0]); i++)
        list = curl_slist_append(list, fixed[i]);
    return list;
}

static void *open_client(const bench_load *load)
{
    request *made = calloc(1, sizeof(*made));

    if (made == NULL)
        bench_fail("floor", "out of memory");
    (void)snprintf(made->url, sizeof(made->url), "%s/", load->endpoint);
    made->headers = make_headers(load);
    print_body(&made->body, load);
    return made;
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    bench_text *answer = context;
    size_t      length = size * count;

    if (answer->room - answer->length < length) {
        answer->room = 2 * answer->room + length;
        answer->data = realloc(answer->data, answer->room);
        if (answer->data == NULL)
            bench_fail("floor", "out of memory");
    }
    memcpy(answer->data + answer->length, data, length);
    answer->length += length;
    return length;
}

static void *join_client(void *client)
{
    const request *sent = client;
    connection    *made = calloc(1, sizeof(*made));

    if (made == NULL || (made->easy = curl_easy_init()) == NULL)
        bench_fail("floor", "out of memory");
    curl_easy_setopt(made->easy, CURLOPT_URL, sent->url);
    curl_easy_setopt(made->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(made->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(made->easy, CURLOPT_HTTPHEADER, sent->headers);
    curl_easy_setopt(made->easy, CURLOPT_POSTFIELDS, sent->body.data);
    curl_easy_setopt(made->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sent->body.length);
    curl_easy_setopt(made->easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(made->easy, CURLOPT_WRITEDATA, &made->answer);
    return made;
}

static void call(void *joined)
{
    connection *used   = joined;
    long        status = 0;
    CURLcode    code;

    used->answer.length = 0;
    code                = curl_easy_perform(used->easy);
    if (code != CURLE_OK)
        bench_fail("floor", curl_easy_strerror(code));
    curl_easy_getinfo(used->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        bench_fail("floor", "an HTTP status other than 200");
}

static void leave_client(void *joined)
{
    connection *left = joined;

    curl_easy_cleanup(left->easy);
    free(left->answer.data);
    free(left);
}

static void close_client(void *client)
{
    request *closed = client;

    curl_slist_free_all(closed->headers);
    free(closed->body.data);
    free(closed);
}

static bench_bytes count_bytes(const bench_load *load)
{
    request    *sent = open_client(load);
    connection *used = join_client(sent);
    bench_bytes bytes;

    call(used);
    bytes = (bench_bytes){sent->body.length, used->answer.length};
    leave_client(used);
    close_client(sent);
    return bytes;
}

int main(int count, char **arguments)
{
    static const bench_client client = {open_client, join_client, call, leave_client, close_client, count_bytes};

    return bench_main(count, arguments, &client);
}
