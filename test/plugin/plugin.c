/* A shared object with a copy of the library of its own, of another version than the program's. */
#include "../../dynamo.h"

const char *plugin_version(void);
int         plugin_call(const char *endpoint);

const char *plugin_version(void)
{
    return dynamo_version();
}

/* The status of a call by a client of its own. */
int plugin_call(const char *endpoint)
{
    const dynamo_config config = {.endpoint = endpoint, .max_attempts = 1};
    dynamo_client      *client = dynamo_client_new(&config, NULL);
    json_t             *key    = json_pack("{s:i}", "id", 1);
    dynamo_status       status = dynamo_get_item(client, "Music", key, NULL, NULL, NULL);

    json_decref(key);
    dynamo_client_free(client);
    return (int)status;
}
