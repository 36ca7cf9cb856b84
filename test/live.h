/*
 * What the live tests share: a client of the DynamoDB at $DYNAMO_TEST_ENDPOINT, tables that go when the program ends,
 * and calls that have to succeed. A test that fails here fails by cmocka.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "../dynamo.h"

#define LIVE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

extern dynamo_client *live_client;
extern dynamo_error   live_error; /* of the last call */

int live_start(void **state); /* of the group */
int live_stop(void **state);

/* Ends the test as skipped where the server that stands in for DynamoDB doesn't have what it needs. */
void live_needs(const char *what);

/* JSON text, its quotes single ones where that reads better: "{'id': 1}". */
json_t *live_load(const char *text);

/* A new table with a name of its own, once it is active; definitions and schema as live_load() takes them. */
#define LIVE_NAME_SIZE 64
void live_table(char name[LIVE_NAME_SIZE], const char *definitions, const char *schema,
                const dynamo_create_table_options *options);
void live_wait_active(const char *name); /* and its indexes */

#define LIVE_MUST(call) live_must((call), #call, __FILE__, __LINE__)
void live_must(dynamo_status status, const char *call, const char *file, int line);

/* The call failed with this status, and has an answer's request ID where it was sent. */
#define LIVE_FAILS(expected, call) live_fails((expected), (call), #call, __FILE__, __LINE__)
void live_fails(dynamo_status expected, dynamo_status status, const char *call, const char *file, int line);

/* Equal, the order in sets aside. `found` is borrowed, `expected` released. */
#define LIVE_EQUAL(found, expected) live_equal((found), (expected), #found, __FILE__, __LINE__)
void live_equal(json_t *found, json_t *expected, const char *what, const char *file, int line);

void live_put(const char *table, json_t *item); /* releases the item */
char *live_filled(size_t length);               /* a text of that many letters, to free() */

#endif
