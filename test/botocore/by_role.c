/*
 * Calls to DynamoDB with the keys of a profile's role, which the first of them gets from STS.
 *
 *     by_role PROFILE TABLE
 *
 * All else is in the environment. Prints a line for each call: the operation's name, then "OK" or what is wrong.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <stdbool.h>
#include <stdio.h>

#include <dynamo.h>

static unsigned exchanges; /* with STS */

static void count(void *context, const dynamo_attempt *attempt)
{
    (void)context;
    if (attempt->table_name == NULL && attempt->status == DYNAMO_OK)
        exchanges++;
}

static bool prove(const char *operation, dynamo_status status, bool sensible, const dynamo_error *error)
{
    if (status != DYNAMO_OK)
        printf("%s %s: %s\n", operation, error->code, error->message);
    else
        printf("%s %s\n", operation, sensible ? "OK" : "another answer than was expected");
    return status == DYNAMO_OK && sensible;
}

static void call(dynamo_client *client, const char *table)
{
    json_t       *definitions = json_pack("{s:s}", "id", "S"), *schema = json_pack("{s:s}", "id", "HASH");
    json_t       *item = json_pack("{s:s, s:i}", "id", "first", "plays", 3), *key = json_pack("{s:s}", "id", "first");
    json_t       *answer = NULL;
    dynamo_error  error  = { 0 };
    dynamo_status status = dynamo_create_table(client, table, definitions, schema, NULL, NULL, &error);

    (void)prove("CreateTable", status, exchanges == 1, &error);
    status = dynamo_put_item(client, table, item, NULL, NULL, &error);
    (void)prove("PutItem", status, true, &error);
    status = dynamo_get_item(client, table, key, NULL, &answer, &error);
    (void)prove("GetItem", status, json_equal(json_object_get(answer, "Item"), item) == 1, &error);
    status = dynamo_delete_table(client, table, NULL, NULL, &error);
    (void)prove("DeleteTable", status, exchanges == 1, &error);
    dynamo_error_clear(&error);
    json_decref(definitions);
    json_decref(schema);
    json_decref(item);
    json_decref(key);
    json_decref(answer);
}

int main(int count_of_arguments, char **arguments)
{
    dynamo_config  config = { .on_attempt = count };
    dynamo_error   error  = { 0 };
    dynamo_client *client;

    if (count_of_arguments != 3)
        return 2;
    config.profile = arguments[1];
    client         = dynamo_client_new(&config, &error);
    if (client == NULL)
        printf("CreateTable %s: %s\n", error.code, error.message);
    else
        call(client, arguments[2]);
    dynamo_client_free(client);
    dynamo_error_clear(&error);
    return 0;
}
