/*
 * A tour of the library: a table of songs, from its creation to its end, in plain JSON.
 *
 *     demo ENDPOINT            such as http://localhost:8000; without one, $DYNAMO_TEST_ENDPOINT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dynamo.h"

static dynamo_client *client;
static dynamo_error   error; /* one serves all calls: each clears it first */
static char           table[64];

/* A call that has to succeed: says why it didn't, and ends. */
static void must(dynamo_status status)
{
    if (status == DYNAMO_OK)
        return;
    fprintf(stderr, "demo: %s: %s\n", error.code, error.message);
    exit((int)status); /* a status is below 126, so that a tool may exit with it */
}

static void print(json_t *value)
{
    char *text = dynamo_dump(value);

    printf("    %s\n", text != NULL ? text : "(out of memory)");
    free(text);
}

static bool table_is_active(void)
{
    json_t *described;
    bool    active;

    must(dynamo_describe_table(client, table, NULL, &described, &error));
    active = strcmp(json_string_value(json_object_get(described, "TableStatus")), "ACTIVE") == 0;
    json_decref(described);
    return active;
}

static void create_table(void)
{
    json_t                     *types   = json_pack("{s:s, s:s}", "Artist", "S", "Song", "S");
    json_t                     *schema  = json_pack("{s:s, s:s}", "Artist", "HASH", "Song", "RANGE");
    dynamo_create_table_options options = {.billing_mode = "PAY_PER_REQUEST"};

    puts("Create a table, and wait until it is there.");
    must(dynamo_create_table(client, table, types, schema, &options, NULL, &error));
    while (!table_is_active())
        sleep(1);
    json_decref(schema);
    json_decref(types);
}

static void put_songs(void)
{
    json_t *songs[] = {
        json_pack("{s:s, s:s, s:i, s:f}", "Artist", "Nina Simone", "Song", "Feeling Good", "Year", 1965, "Rating", 4.5),
        json_pack("{s:s, s:s, s:i, s:[ss]}", "Artist", "Nina Simone", "Song", "Sinnerman", "Year", 1965, "Tags", "live",
                  "long"),
        json_pack("{s:s, s:s, s:{s:[ss]}}", "Artist", "Portishead", "Song", "Roads", "Formats", "$SS", "CD", "LP"),
    };

    puts("Put three items.");
    for (size_t i = 0; i < sizeof(songs) / sizeof(songs[0]); i++) {
        print(songs[i]);
        must(dynamo_put_item(client, table, songs[i], NULL, NULL, &error));
        json_decref(songs[i]);
    }
}

static void get_song(json_t *key)
{
    json_t *response;

    puts("Get one by its key.");
    must(dynamo_get_item(client, table, key, NULL, &response, &error));
    print(json_object_get(response, "Item"));
    json_decref(response);
}

static void query_artist(void)
{
    json_t              *values  = json_pack("{s:s}", ":artist", "Nina Simone");
    dynamo_query_options options = {.key_condition_expression    = "Artist = :artist",
                                    .expression_attribute_values = values,
                                    .descending                  = true};
    json_t              *response, *item;
    size_t               i;

    puts("Query the songs of one artist, in descending order.");
    must(dynamo_query(client, table, &options, &response, &error));
    json_array_foreach(json_object_get(response, "Items"), i, item)
        print(item);
    json_decref(response);
    json_decref(values);
}

static void scan_for_live_songs(void)
{
    json_t             *values  = json_pack("{s:s}", ":tag", "live");
    dynamo_scan_options options = {.filter_expression           = "contains(Tags, :tag)",
                                   .expression_attribute_values = values,
                                   .projection_expression       = "Song"};
    json_t             *response;

    puts("Scan the table for the tag \"live\".");
    must(dynamo_scan(client, table, &options, &response, &error));
    print(json_object_get(response, "Items"));
    json_decref(response);
    json_decref(values);
}

static void count_play(json_t *key)
{
    json_t                    *values  = json_pack("{s:i}", ":one", 1);
    dynamo_update_item_options options = {.update_expression           = "ADD Plays :one",
                                          .expression_attribute_values = values,
                                          .return_values               = "UPDATED_NEW"};
    json_t                    *response;

    puts("Update it: ADD one to a counter.");
    must(dynamo_update_item(client, table, key, &options, &response, &error));
    print(json_object_get(response, "Attributes"));
    json_decref(response);
    json_decref(values);
}

/* A condition that fails is no accident: the status says so, and the details have the item that was in the way. */
static void put_unless_there(json_t *song)
{
    dynamo_put_item_options options = {.condition_expression                    = "attribute_not_exists(Song)",
                                       .return_values_on_condition_check_failure = "ALL_OLD"};
    dynamo_status           status;

    puts("Put it once more, on the condition that it isn't there.");
    status = dynamo_put_item(client, table, song, &options, NULL, &error);
    if (status != DYNAMO_ERR_CONDITIONAL_CHECK_FAILED)
        must(status);
    printf("    %s: %s\n", error.code, error.message);
    print(json_object_get(error.details, "Item"));
}

int main(int argc, char **argv)
{
    dynamo_config config = {.endpoint = argc > 1 ? argv[1] : getenv("DYNAMO_TEST_ENDPOINT")};
    json_t       *roads  = json_pack("{s:s, s:s}", "Artist", "Portishead", "Song", "Roads");
    char          unique[37];

    if (config.endpoint == NULL || !dynamo_uuid(unique)) {
        fputs("usage: demo ENDPOINT, such as http://localhost:8000\n", stderr);
        return EXIT_FAILURE;
    }
    snprintf(table, sizeof(table), "Songs-%s", unique);
    client = dynamo_client_new(&config, &error);
    must(error.status);

    create_table();
    put_songs();
    get_song(roads);
    query_artist();
    scan_for_live_songs();
    count_play(roads);
    put_unless_there(roads);
    puts("Delete the table.");
    must(dynamo_delete_table(client, table, NULL, NULL, &error));

    dynamo_client_free(client);
    dynamo_error_clear(&error);
    json_decref(roads);
    return EXIT_SUCCESS;
}
