/*
 * Prints where requests would go and whose they would be: region, endpoint, the source of the credentials and the last
 * four characters of the access key. Where there are no credentials it prints what was asked, and why that gave none.
 *
 *     dynamo-whoami [PROFILE]
 *
 * The exit status is 0, or the number of the dynamo_status.
 */
#define _POSIX_C_SOURCE 200809L /* gmtime_r() */

#include <stdio.h>
#include <time.h>

#include <dynamo.h>

static void print_text(const char *label, json_t *value)
{
    if (json_is_string(value))
        printf("%-17s %s\n", label, json_string_value(value));
}

static void print_time(const char *label, json_t *value)
{
    time_t    seconds = (time_t)json_integer_value(value);
    struct tm utc;
    char      text[32];

    if (json_is_integer(value) && gmtime_r(&seconds, &utc) != NULL &&
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) != 0)
        printf("%-17s %s\n", label, text);
}

int main(int count, char **arguments)
{
    dynamo_config  config      = { .profile = count > 1 ? arguments[1] : NULL, .timeout_ms = 20000 };
    dynamo_error   error       = { 0 };
    dynamo_client *client      = dynamo_client_new(&config, &error);
    json_t        *description = NULL;
    dynamo_status  status      = dynamo_client_describe(client, &description, &error);

    print_text("region", json_object_get(description, "Region"));
    print_text("endpoint", json_object_get(description, "Endpoint"));
    print_text("streams endpoint", json_object_get(description, "StreamsEndpoint"));
    print_text("profile", json_object_get(description, "Profile"));
    print_text("credentials from", json_object_get(description, "CredentialsSource"));
    print_text("access key ...", json_object_get(description, "AccessKeyId"));
    print_text("account", json_object_get(description, "AccountId"));
    print_time("expires", json_object_get(description, "Expiration"));
    if (status != DYNAMO_OK)
        fprintf(stderr, "%s: %s\n", error.code, error.message);
    status = error.status;
    json_decref(description);
    dynamo_client_free(client);
    dynamo_error_clear(&error);
    return (int)status;
}
