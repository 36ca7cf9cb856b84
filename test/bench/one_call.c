/*
 * For its size alone: a program of one call. With WITHOUT_DYNAMO one that has the three libraries under it and not the
 * library, to tell how much the latter adds.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <mbedtls/platform_util.h>
#include <stdio.h>

#ifdef WITHOUT_DYNAMO

int main(void)
{
    char    secret[] = "secret";
    json_t *key      = json_pack("{s:s}", "Artist", "Nobody");

    mbedtls_platform_zeroize(secret, sizeof(secret));
    puts(curl_easy_strerror(CURLE_OK));
    json_decref(key);
    return 0;
}

#else

#include "dynamo.h"

int main(void)
{
    dynamo_error   error    = {0};
    dynamo_client *client   = dynamo_client_new(NULL, &error);
    json_t        *key      = json_pack("{s:s}", "Artist", "Nobody");
    json_t        *response = NULL;
    dynamo_status  status   = dynamo_get_item(client, "Music", key, NULL, &response, &error);

    puts(status == DYNAMO_OK ? "found" : error.message);
    json_decref(response);
    json_decref(key);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return status == DYNAMO_OK ? 0 : 1;
}

#endif
