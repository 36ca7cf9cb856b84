/*
 * A program of somebody else's that uses the library, C and C++ alike: for what is installed, and for copies in another
 * tree.
 */
#include <dynamo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    dynamo_config  config = {0};
    dynamo_error   error  = {0};
    dynamo_client *client;
    json_t        *value = json_pack("{s:i}", "Plays", 7);
    json_t        *item  = dynamo_marshal_item(value, &error);
    char          *text  = dynamo_dump(item);
    int            right = text != NULL && strcmp(text, "{\"Plays\":{\"N\":\"7\"}}") == 0;

    config.endpoint = "http://127.0.0.1:1";
    client = dynamo_client_new(&config, &error);
    printf("%s: %s\n", dynamo_version(), text != NULL ? text : error.message);
    right = right && client != NULL && strcmp(dynamo_version(), DYNAMO_VERSION) == 0;
    dynamo_client_free(client);
    dynamo_error_clear(&error);
    json_decref(item);
    json_decref(value);
    free(text);
    return right ? 0 : 1;
}
