/*
 * The text of an endpoint, and of a region. What is taken is spelt in one way, and libcurl reads scheme, host, port and
 * path in it as they are signed.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fine)
{
    if (!fine)
        abort();
}

static bool part_is(CURLU *url, CURLUPart part, unsigned flags, const char *expected)
{
    char *text = NULL;
    bool  same = curl_url_get(url, part, &text, flags) == CURLUE_OK && strcmp(text, expected) == 0;

    curl_free(text);
    return same;
}

static bool curl_reads_it_so(const dynamo_endpoint *endpoint)
{
    CURLU      *url   = curl_url();
    const char *colon = strrchr(endpoint->host, ':');
    char       *host  = strdup(endpoint->host);
    const char *port  = endpoint->secure ? "443" : "80";
    bool        same;

    expect(url != NULL && host != NULL);
    if (colon != NULL && strchr(colon, ']') == NULL) {
        host[colon - endpoint->host] = '\0';
        port                         = colon + 1;
    }
    same = curl_url_set(url, CURLUPART_URL, endpoint->url, 0) == CURLUE_OK &&
           part_is(url, CURLUPART_SCHEME, 0, endpoint->secure ? "https" : "http") &&
           part_is(url, CURLUPART_HOST, 0, host) && part_is(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, port) &&
           part_is(url, CURLUPART_PATH, 0, endpoint->path);
    free(host);
    curl_url_cleanup(url);
    return same;
}

/* Takes the endpoint. */
static void check(dynamo_endpoint *endpoint, dynamo_status status, dynamo_error *error)
{
    dynamo_endpoint again;

    expect(status == DYNAMO_OK ? error->status == DYNAMO_OK
                               : status == DYNAMO_ERR_INVALID_ARGUMENT && error->message[0] != '\0' &&
                                     endpoint->url == NULL && endpoint->host == NULL && endpoint->path == NULL);
    if (status == DYNAMO_OK) {
        expect(curl_reads_it_so(endpoint));
        expect(dynamo_endpoint_parse(&again, endpoint->url, "endpoint", NULL) == DYNAMO_OK);
        expect(strcmp(again.url, endpoint->url) == 0 && strcmp(again.host, endpoint->host) == 0);
        expect(strcmp(again.path, endpoint->path) == 0);
        expect(again.secure == endpoint->secure && again.loopback == endpoint->loopback);
        dynamo_endpoint_free(&again);
    }
    dynamo_endpoint_free(endpoint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char              *text = strndup((const char *)data, size);
    const dynamo_hosts hosts = { .fips = size % 2 == 1 };
    dynamo_endpoint    endpoint;
    dynamo_error       error = { 0 };
    dynamo_status      status;

    expect(text != NULL);
    status = dynamo_endpoint_parse(&endpoint, text, "endpoint", &error);
    check(&endpoint, status, &error);
    dynamo_error_clear(&error);
    for (int service = 0; service < DYNAMO_SERVICE_COUNT; service++) {
        status = dynamo_endpoint_of_service(&endpoint, &hosts, (dynamo_service)service, text, &error);
        check(&endpoint, status, &error);
        dynamo_error_clear(&error);
    }
    free(text);
    return 0;
}
