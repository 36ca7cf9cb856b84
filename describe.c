/*
 * What a client has come to by its settings: for programs that tell their users.
 */
#include "dynamo_internal.h"

#define SHOWN_OF_KEY 4

/* Steals the value, NULL included; false: memory ran out. */
static bool set(json_t *description, const char *name, json_t *value)
{
    return json_object_set_new_nocheck(description, name, value) == 0;
}

/* A text that is known. One that isn't UTF-8, which a variable may hold, is told as such. */
static bool set_text(json_t *description, const char *name, const char *text)
{
    json_t *value = text != NULL ? json_string(text) : NULL;

    return text == NULL || set(description, name, value != NULL ? value : json_string("(not UTF-8)"));
}

static json_t *describe_settings(const dynamo_settings *settings)
{
    json_t *description = json_object();

    if (set_text(description, "Region", settings->region) &&
        set_text(description, "Endpoint", settings->dynamodb.url) &&
        set_text(description, "StreamsEndpoint", settings->streams.url) &&
        set_text(description, "Profile", settings->profile))
        return description;
    json_decref(description);
    return NULL;
}

/* An access key is no secret, and yet nobody's business in whole. */
static bool describe_keys(json_t *description, const dynamo_keys *keys)
{
    const char  *key    = keys->values.access_key;
    const size_t length = strlen(key);
    const double end    = keys->values.expiration;

    return set_text(description, "CredentialsSource", keys->source) &&
           set_text(description, "AccessKeyId", length > SHOWN_OF_KEY ? key + length - SHOWN_OF_KEY : "") &&
           set_text(description, "AccountId", keys->values.account_id) &&
           (end == 0 || set(description, "Expiration", json_integer((json_int_t)end)));
}

static dynamo_status describe(dynamo_client *client, json_t *description, dynamo_error *error)
{
    const int64_t         end_us   = dynamo_deadline_from_now(client->timeout_ms);
    const dynamo_deadline deadline = { &client->cancellation, end_us < client->end_us ? end_us : client->end_us };
    dynamo_keys          *keys     = NULL;
    dynamo_status         status;

    dynamo_core_enter(client->core);
    status = dynamo_keyring_get(&client->core->keyring, &deadline,
                                dynamo_clock_wall() + dynamo_skew_seconds(&client->core->skew), &keys, error);
    if (status == DYNAMO_OK && !describe_keys(description, keys))
        status = dynamo_fail_memory(error);
    dynamo_keys_release(keys);
    return status;
}

dynamo_status dynamo_client_describe(dynamo_client *client, json_t **description, dynamo_error *error)
{
    dynamo_error  spare = { 0 };
    dynamo_error *told  = error != NULL ? error : &spare;
    int           cancelability;
    json_t       *described;
    dynamo_status status;

    if (description != NULL)
        *description = NULL;
    if (client == NULL && told->status != DYNAMO_OK)
        return DYNAMO_ERR_INVALID_ARGUMENT; /* what made it NULL is told already */
    dynamo_error_clear(told);
    if (client == NULL)
        return dynamo_fail(told, DYNAMO_ERR_INVALID_ARGUMENT, "client is NULL: did dynamo_client_new fail?");
    described = describe_settings(&client->core->settings);
    if (described == NULL)
        return dynamo_fail_memory(told);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelability);
    status = describe(client, described, told);
    (void)pthread_setcancelstate(cancelability, &cancelability);
    if (description != NULL)
        *description = described;
    else
        json_decref(described);
    dynamo_error_clear(&spare);
    return status;
}
