/*
 * The text of an endpoint, of a region, of an account and of an ARN. What is taken is spelt in one way, and libcurl reads
 * scheme, host, port and path in it as they are signed.
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

static void check_spelling(const dynamo_endpoint *endpoint)
{
    dynamo_endpoint again;

    expect(curl_reads_it_so(endpoint));
    expect(dynamo_endpoint_parse(&again, endpoint->url, "endpoint", NULL) == DYNAMO_OK);
    expect(strcmp(again.url, endpoint->url) == 0 && strcmp(again.host, endpoint->host) == 0);
    expect(strcmp(again.path, endpoint->path) == 0);
    expect(again.secure == endpoint->secure && again.loopback == endpoint->loopback);
    dynamo_endpoint_free(&again);
}

/* Takes the endpoint. */
static void check(dynamo_endpoint *endpoint, dynamo_status status, const dynamo_error *error)
{
    if (status == DYNAMO_OK)
        check_spelling(endpoint);
    else
        expect(status == DYNAMO_ERR_INVALID_ARGUMENT && error->message[0] != '\0' && endpoint->url == NULL &&
               endpoint->host == NULL && endpoint->path == NULL);
    dynamo_endpoint_free(endpoint);
}

static void check_url(const char *text)
{
    dynamo_endpoint endpoint;
    dynamo_error    error  = { 0 };
    dynamo_status   status = dynamo_endpoint_parse(&endpoint, text, "endpoint", &error);

    check(&endpoint, status, &error);
}

static void check_region(const char *text, bool fips, bool dual_stack)
{
    const dynamo_hosts hosts = { .fips = fips, .dual_stack = dual_stack };

    for (int service = 0; service < DYNAMO_SERVICE_COUNT; service++) {
        dynamo_endpoint endpoint;
        dynamo_error    error  = { 0 };
        dynamo_status   status = dynamo_endpoint_of_service(&endpoint, &hosts, (dynamo_service)service, text, &error);

        check(&endpoint, status, &error);
    }
}

static void check_account(const char *text)
{
    const dynamo_hosts      hosts = { .fips = false };
    char                    account[DYNAMO_LABEL_SIZE];
    dynamo_account_endpoint own;
    dynamo_endpoint         shared;
    dynamo_error            error = { 0 };
    const dynamo_endpoint  *endpoint;

    expect(dynamo_endpoint_of_service(&shared, &hosts, DYNAMO_SERVICE_DYNAMODB, "us-east-1", NULL) == DYNAMO_OK);
    endpoint = dynamo_endpoint_of_account(&own, &shared, text, &error);
    if (endpoint != NULL) /* its spelling isn't settled: an account is twelve digits in truth */
        expect(curl_reads_it_so(endpoint));
    else
        expect(error.status == DYNAMO_ERR_INVALID_ARGUMENT && error.message[0] != '\0');
    if (dynamo_account_of_arn(account, text, "us-east-1"))
        expect(dynamo_endpoint_of_account(&own, &shared, account, NULL) != NULL);
    dynamo_endpoint_free(&shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);

    expect(text != NULL);
    check_url(text);
    for (int i = 0; i < 4; i++)
        check_region(text, (i & 1) != 0, (i & 2) != 0);
    check_account(text);
    free(text);
    return 0;
}
