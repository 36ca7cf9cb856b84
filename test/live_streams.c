/*
 * Streams, time to live and the account's limits on a real DynamoDB.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "live.h"

/* The stream's ARN, a new reference to its string. */
static json_t *stream_of(const char *table)
{
    json_t *response, *streams, *arn;

    LIVE_MUST(dynamo_list_streams(live_client, &(dynamo_list_streams_options){.table_name = table, .limit = 10},
                                  &response, &live_error));
    streams = json_object_get(response, "Streams");
    assert_int_equal(json_array_size(streams), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(streams, 0), "TableName")), table);
    arn = json_incref(json_object_get(json_array_get(streams, 0), "StreamArn"));
    json_decref(response);
    return arn;
}

/* The first shard's ID. */
static json_t *shard_of(json_t *arn)
{
    json_t *response, *description, *shard;

    LIVE_MUST(dynamo_describe_stream(live_client, json_string_value(arn),
                                     &(dynamo_describe_stream_options){.limit = 10}, &response, &live_error));
    description = json_object_get(response, "StreamDescription");
    assert_string_equal(json_string_value(json_object_get(description, "StreamViewType")), "NEW_AND_OLD_IMAGES");
    assert_true(json_array_size(json_object_get(description, "Shards")) >= 1);
    shard = json_incref(json_object_get(json_array_get(json_object_get(description, "Shards"), 0), "ShardId"));
    json_decref(response);
    return shard;
}

static json_t *iterator_of(json_t *arn, json_t *shard, const char *type, const char *sequence_number)
{
    dynamo_get_shard_iterator_options options = {.sequence_number = sequence_number};
    json_t                           *response, *iterator;

    LIVE_MUST(dynamo_get_shard_iterator(live_client, json_string_value(arn), json_string_value(shard), type, &options,
                                        &response, &live_error));
    iterator = json_incref(json_object_get(response, "ShardIterator"));
    json_decref(response);
    return iterator;
}

/* Pages until `count` records have come, at most for a minute. Releases the iterator. */
static json_t *read_records(json_t *iterator, size_t count, int64_t limit)
{
    const struct timespec pause   = {.tv_nsec = 50000000};
    json_t               *records = json_array();
    time_t                give_up = time(NULL) + 60;

    while (iterator != NULL && json_array_size(records) < count && time(NULL) < give_up) {
        dynamo_get_records_options options = {.limit = limit};
        json_t                    *response, *page;

        LIVE_MUST(dynamo_get_records(live_client, json_string_value(iterator), &options, &response, &live_error));
        page = json_object_get(response, "Records");
        assert_true(json_array_size(page) <= (size_t)limit);
        json_array_extend(records, page);
        json_decref(iterator);
        iterator = json_incref(json_object_get(response, "NextShardIterator"));
        if (json_array_size(page) == 0)
            nanosleep(&pause, NULL);
        json_decref(response);
    }
    json_decref(iterator);
    return records;
}

#define FIRST "{'id': 1, 'text': '', 'b': {'$B': 'AAH+/w=='}, 'ss': {'$SS': ['a', 'b']}, 'l': [null, {'m': 0.5}]}"
#define SECOND "{'id': 1, 'text': 'changed', 'digits': {'$N': '12345678901234567890123456789012345678'}}"

static void change_items(const char *table)
{
    json_t *key = live_load("{'id': 1}");

    live_put(table, live_load(FIRST));
    live_put(table, live_load(SECOND));
    LIVE_MUST(dynamo_delete_item(live_client, table, key, NULL, NULL, &live_error));
    json_decref(key);
}

static void check_record(json_t *record, const char *event, json_t *new_image, json_t *old_image)
{
    json_t *change = json_object_get(record, "dynamodb");

    assert_string_equal(json_string_value(json_object_get(record, "eventName")), event);
    LIVE_EQUAL(json_object_get(change, "Keys"), live_load("{'id': 1}"));
    if (new_image != NULL)
        LIVE_EQUAL(json_object_get(change, "NewImage"), new_image);
    else
        assert_null(json_object_get(change, "NewImage"));
    if (old_image != NULL)
        LIVE_EQUAL(json_object_get(change, "OldImage"), old_image);
    else
        assert_null(json_object_get(change, "OldImage"));
}

static void records_of_changes(void **state)
{
    char        table[LIVE_NAME_SIZE];
    json_t     *arn, *shard, *records, *again;
    const char *sequence_number;

    (void)state;
    live_needs("streams");
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}",
               &(dynamo_create_table_options){.stream_enabled = DYNAMO_TRUE, .stream_view_type = "NEW_AND_OLD_IMAGES"});
    change_items(table);
    arn     = stream_of(table);
    shard   = shard_of(arn);
    records = read_records(iterator_of(arn, shard, "TRIM_HORIZON", NULL), 3, 2);
    assert_int_equal(json_array_size(records), 3);
    check_record(json_array_get(records, 0), "INSERT", live_load(FIRST), NULL);
    check_record(json_array_get(records, 1), "MODIFY", live_load(SECOND), live_load(FIRST));
    check_record(json_array_get(records, 2), "REMOVE", NULL, live_load(SECOND));

    sequence_number = json_string_value(
        json_object_get(json_object_get(json_array_get(records, 0), "dynamodb"), "SequenceNumber"));
    assert_non_null(sequence_number);
    again = read_records(iterator_of(arn, shard, "AFTER_SEQUENCE_NUMBER", sequence_number), 2, 1000);
    assert_int_equal(json_array_size(again), 2);
    check_record(json_array_get(again, 0), "MODIFY", live_load(SECOND), live_load(FIRST));
    json_decref(again);
    json_decref(records);
    json_decref(shard);
    json_decref(arn);
}

static void stream_that_is_not_there(void **state)
{
    (void)state;
    live_needs("streams");
    LIVE_FAILS(DYNAMO_ERR_RESOURCE_NOT_FOUND,
               dynamo_describe_stream(
                   live_client, "arn:aws:dynamodb:ddblocal:000000000000:table/none/stream/2020-01-01T00:00:00.000",
                   NULL, NULL, &live_error));
}

static json_t *time_to_live(const char *table)
{
    json_t *response, *description;

    LIVE_MUST(dynamo_describe_time_to_live(live_client, table, NULL, &response, &live_error));
    description = json_incref(json_object_get(response, "TimeToLiveDescription"));
    json_decref(response);
    return description;
}

static void items_expire(void **state)
{
    char    table[LIVE_NAME_SIZE];
    json_t *specification = live_load("{'Enabled': true, 'AttributeName': 'expires'}"), *response, *description;

    (void)state;
    live_needs("time to live");
    live_table(table, "{'id': 'N'}", "{'id': 'HASH'}", NULL);
    description = time_to_live(table);
    LIVE_EQUAL(description, live_load("{'TimeToLiveStatus': 'DISABLED'}"));
    json_decref(description);
    LIVE_MUST(dynamo_update_time_to_live(live_client, table, specification, NULL, &response, &live_error));
    LIVE_EQUAL(json_object_get(response, "TimeToLiveSpecification"), json_incref(specification));
    json_decref(response);
    description = time_to_live(table);
    assert_string_equal(json_string_value(json_object_get(description, "AttributeName")), "expires");
    assert_int_equal(strncmp(json_string_value(json_object_get(description, "TimeToLiveStatus")), "ENABL", 5), 0);
    json_decref(description);
    json_decref(specification);
}

static void limits(void **state)
{
    static const char *const members[] = {"AccountMaxReadCapacityUnits", "AccountMaxWriteCapacityUnits",
                                          "TableMaxReadCapacityUnits", "TableMaxWriteCapacityUnits"};
    json_t                  *response;

    (void)state;
    live_needs("DescribeLimits");
    LIVE_MUST(dynamo_describe_limits(live_client, NULL, &response, &live_error));
    for (size_t i = 0; i < LIVE_COUNT(members); i++)
        assert_true(json_integer_value(json_object_get(response, members[i])) > 0);
    json_decref(response);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_changes), cmocka_unit_test(stream_that_is_not_there),
        cmocka_unit_test(items_expire),       cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests_name("streams", tests, live_start, live_stop);
}
