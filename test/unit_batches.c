/*
 * dynamo_batch_write_all() and dynamo_batch_get_all() against a server that does what it is asked in part, not at all,
 * or fails: what was acknowledged and what is handed back make up what was given, and the last write of a key is the
 * one that stands.
 *
 * Random batches come from a seed that is printed; DYNAMO_TEST_SEED sets it. Built with
 * -DDYNAMO_TEST_WRAP_MALLOC -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc all allocations of the library fail in turn,
 * else Jansson's.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"
#include "fault_server.h"

#define MOST_BODY ((size_t)16 * 1024 * 1024)
#define TEXT_SIZE 64

static fault_server *server;

/* ---- Chance ------------------------------------------------------------------------------------------------------ */

static uint64_t random_state;

static uint64_t random_bits(void)
{
    uint64_t bits;

    random_state += 0x9E3779B97F4A7C15U; /* splitmix64 */
    bits = random_state;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return bits ^ bits >> 31;
}

static size_t random_below(size_t limit)
{
    return (size_t)(random_bits() % limit);
}

/* The jitter of pauses, in place of chance. */
static double no_pause(void)
{
    return 0;
}

static double short_pause(void) /* 50 ms of the first second */
{
    return 0.05;
}

static double longer_pause(void) /* 300 ms of it, 600 of the two after that */
{
    return 0.3;
}

/* ---- A DynamoDB of two operations -------------------------------------------------------------------------------- */

/* In percent: how often it does a request or an element of one. */
typedef struct fake_table {
    unsigned throttle, refuse, leave_over;
    size_t   at_most;   /* elements of a request that it does; 0: all */
    json_t  *store;     /* {"T/1": 7}: the last value put under a key */
    json_t  *done;      /* texts of what was done, in order */
    size_t   requests;
    size_t   most_elements, most_bytes;
    bool     wrong;     /* a request that the library should never make */
    char    *body;      /* of the answer in hand */
} fake_table;

/* "T put 5 17", "T delete 5" or "T get 5", of an element in plain form or on the wire. */
static void describe(char text[TEXT_SIZE], const char *table, json_t *element)
{
    json_t     *put    = json_object_get(json_object_get(element, "PutRequest"), "Item");
    json_t     *delete = json_object_get(json_object_get(element, "DeleteRequest"), "Key");
    json_t     *key    = put != NULL ? put : delete != NULL ? delete : element;
    json_t     *id     = json_object_get(key, "id");
    json_t     *value  = json_object_get(key, "value");
    const char *digits = json_string_value(json_object_get(id, "N"));
    long long   number = digits != NULL ? atoll(digits) : (long long)json_integer_value(id);

    digits = json_string_value(json_object_get(value, "N"));
    if (put != NULL)
        (void)snprintf(text, TEXT_SIZE, "%s put %lld %lld", table, number,
                       digits != NULL ? atoll(digits) : (long long)json_integer_value(value));
    else
        (void)snprintf(text, TEXT_SIZE, "%s %s %lld", table, delete != NULL ? "delete" : "get", number);
}

static void apply(json_t *store, const char *text)
{
    char      table[TEXT_SIZE], key[2 * TEXT_SIZE];
    long long id, value;

    if (sscanf(text, "%63s put %lld %lld", table, &id, &value) == 3) {
        (void)snprintf(key, sizeof(key), "%s/%lld", table, id);
        json_object_set_new(store, key, json_integer(value));
    } else if (sscanf(text, "%63s delete %lld", table, &id) == 2) {
        (void)snprintf(key, sizeof(key), "%s/%lld", table, id);
        json_object_del(store, key);
    }
}

static json_t *elements_of(json_t *table)
{
    return json_is_array(table) ? table : json_object_get(table, "Keys");
}

/* The texts of all elements of a request, in order. */
static json_t *list_elements(json_t *request_items)
{
    json_t     *texts = json_array();
    const char *name;
    json_t     *table, *element;
    size_t      i;

    json_object_foreach(request_items, name, table)
    {
        json_array_foreach(elements_of(table), i, element)
        {
            char text[TEXT_SIZE];

            describe(text, name, element);
            json_array_append_new(texts, json_string(text));
        }
    }
    return texts;
}

/* Two elements of one key, as the service refuses them. */
static bool has_duplicates(json_t *texts)
{
    json_t *seen = json_object();
    json_t *text;
    size_t  i;
    bool    found = false;

    json_array_foreach(texts, i, text)
    {
        char table[TEXT_SIZE], what[TEXT_SIZE], key[3 * TEXT_SIZE];
        int  id = 0;

        (void)sscanf(json_string_value(text), "%63s %63s %d", table, what, &id);
        (void)snprintf(key, sizeof(key), "%s/%d", table, id);
        found = found || json_object_get(seen, key) != NULL;
        json_object_set_new(seen, key, json_true());
    }
    json_decref(seen);
    return found;
}

static void fail_with(fault_step *step, const char *body)
{
    step->status = 400;
    step->body   = body;
}

/* Does an element: true, or leaves it over. */
static bool do_element(fake_table *model, const char *table, json_t *element, json_t *responses, size_t done)
{
    char text[TEXT_SIZE];

    if (random_below(100) < model->leave_over || (model->at_most != 0 && done == model->at_most))
        return false;
    describe(text, table, element);
    json_array_append_new(model->done, json_string(text));
    apply(model->store, text);
    if (json_object_get(element, "id") != NULL) { /* a key: what is found is the key itself */
        if (json_object_get(responses, table) == NULL)
            json_object_set_new(responses, table, json_array());
        json_array_append(json_object_get(responses, table), element);
    }
    return true;
}

static json_t *do_request(fake_table *model, json_t *request_items, json_t *responses)
{
    json_t     *left_over = json_object();
    size_t      done      = 0;
    const char *name;
    json_t     *table, *element;
    size_t      i;

    json_object_foreach(request_items, name, table)
    {
        json_t *list = json_array();

        json_array_foreach(elements_of(table), i, element)
        {
            if (do_element(model, name, element, responses, done))
                done++;
            else
                json_array_append(list, element);
        }
        if (json_array_size(list) != 0)
            json_object_set_new(left_over, name, json_is_array(table) ? json_incref(list)
                                                                      : json_pack("{s:O}", "Keys", list));
        json_decref(list);
    }
    return left_over;
}

static void respond(void *context, const fault_request *request, fault_step *step)
{
    fake_table *model     = context;
    json_t     *body      = json_loads(request->body, 0, NULL);
    json_t     *items     = json_object_get(body, "RequestItems");
    json_t     *texts     = list_elements(items);
    bool        reads     = strstr(request->headers, "BatchGetItem") != NULL;
    json_t     *responses = json_object();
    size_t      count     = json_array_size(texts);
    json_t     *answer;

    model->requests++;
    model->most_elements = count > model->most_elements ? count : model->most_elements;
    model->most_bytes    = request->body_length > model->most_bytes ? request->body_length : model->most_bytes;
    if (count == 0 || count > (reads ? 100U : 25U) || request->body_length > MOST_BODY)
        model->wrong = true;
    if (random_below(100) < model->throttle) {
        fail_with(step, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\","
                        "\"message\":\"slow down\"}");
    } else if (random_below(100) < model->refuse) {
        fail_with(step, "{\"__type\":\"x#AccessDeniedException\",\"Message\":\"not you\"}");
    } else if (has_duplicates(texts)) {
        fail_with(step, "{\"__type\":\"com.amazon.coral.validate#ValidationException\","
                        "\"message\":\"Provided list of item keys contains duplicates\"}");
    } else {
        answer = json_pack("{s:o, s:O}", reads ? "UnprocessedKeys" : "UnprocessedItems",
                           do_request(model, items, responses), "Responses", responses);
        if (json_object_get(body, "ReturnConsumedCapacity") != NULL)
            json_object_set_new(answer, "ConsumedCapacity",
                                json_pack("[{s:s, s:f}]", "TableName", "T", "CapacityUnits", 1.5));
        free(model->body);
        model->body = json_dumps(answer, 0);
        step->body  = model->body;
        json_decref(answer);
    }
    json_decref(responses);
    json_decref(texts);
    json_decref(body);
}

static void model_start(fake_table *model)
{
    model->store = json_object();
    model->done  = json_array();
    fault_server_script(server, NULL, 0);
    fault_server_respond(server, respond, model);
}

static void model_stop(fake_table *model)
{
    fault_server_respond(server, NULL, NULL);
    json_decref(model->store);
    json_decref(model->done);
    free(model->body);
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

static json_t *put(int id, int value)
{
    return json_pack("{s:{s:{s:i, s:i}}}", "PutRequest", "Item", "id", id, "value", value);
}

static json_t *puts_from(int first, int count)
{
    json_t *list = json_array();

    for (int i = first; i < first + count; i++)
        json_array_append_new(list, put(i, i));
    return list;
}

static json_t *keys_from(int first, int count)
{
    json_t *list = json_array();

    for (int i = first; i < first + count; i++)
        json_array_append_new(list, json_pack("{s:i}", "id", i));
    return list;
}

static dynamo_client *client_of(unsigned max_attempts, int64_t timeout_ms, double (*chance)(void))
{
    dynamo_config  config = { .endpoint     = fault_server_endpoint(server),
                              .access_key   = "AKIDEXAMPLE",
                              .secret_key   = "SECRETEXAMPLE",
                              .max_attempts = max_attempts,
                              .timeout_ms   = timeout_ms };
    dynamo_error   error  = { .message = "" };
    dynamo_client *client = dynamo_client_new(&config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s", error.message);
    client->core->retry.chance = chance;
    return client;
}

static int compare_texts(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The same texts, in whatever order. */
static bool same_texts(json_t *one, json_t *other)
{
    size_t       count = json_array_size(one);
    const char **texts = calloc(2 * count + 1, sizeof(*texts));
    bool         same  = texts != NULL && json_array_size(other) == count;

    for (size_t i = 0; same && i < count; i++) {
        texts[i]         = json_string_value(json_array_get(one, i));
        texts[count + i] = json_string_value(json_array_get(other, i));
    }
    if (same) {
        qsort(texts, count, sizeof(*texts), compare_texts);
        qsort(texts + count, count, sizeof(*texts), compare_texts);
    }
    for (size_t i = 0; same && i < count; i++)
        same = strcmp(texts[i], texts[count + i]) == 0;
    free(texts);
    return same;
}

/* What was done and what is handed back are what was given, each once. */
static bool adds_up(json_t *given, const fake_table *model, json_t *handed_back)
{
    json_t *all  = list_elements(given);
    json_t *both = list_elements(handed_back);
    bool    same;

    json_array_extend(both, model->done);
    same = same_texts(all, both);
    json_decref(both);
    json_decref(all);
    return same;
}

/* ---- Cutting ----------------------------------------------------------------------------------------------------- */

static void test_requests(void **state)
{
    static const size_t expected[] = { 25, 25, 25, 5 };
    dynamo_client      *client     = client_of(1, 0, no_pause);
    json_t             *given      = json_pack("{s:o, s:o}", "T", puts_from(0, 60), "U", puts_from(0, 20));
    json_t             *kept       = json_deep_copy(given);
    json_t             *order      = list_elements(given);
    json_t             *left       = NULL;
    fake_table     model  = { 0 };
    dynamo_error        error      = { .message = "" };

    (void)state;
    model_start(&model);
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, &error), DYNAMO_OK);
    assert_int_equal(json_object_size(left), 0);
    assert_true(json_is_object(left));
    assert_int_equal(model.requests, DYNAMO_COUNT(expected));
    for (size_t i = 0; i < DYNAMO_COUNT(expected); i++) {
        json_t *body  = json_loads(fault_server_request(server, i)->body, 0, NULL);
        json_t *texts = list_elements(json_object_get(body, "RequestItems"));

        assert_int_equal(json_array_size(texts), expected[i]);
        json_decref(texts);
        json_decref(body);
    }
    assert_true(json_equal(model.done, order)); /* in the caller's order */
    assert_string_equal(error.request_id, "REQUEST-OF-THE-FAULT-SERVER");
    assert_int_equal(error.http_status, 200);
    assert_true(json_equal(given, kept)); /* borrowed */
    assert_int_equal(json_object_get(given, "T")->refcount, 1);
    assert_int_equal(json_array_get(json_object_get(given, "T"), 7)->refcount, 1);
    json_decref(left);
    json_decref(order);
    json_decref(kept);
    json_decref(given);
    model_stop(&model);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* 25 writes whose text is longer than a request may be, since each byte takes six. */
static void test_16_mb(void **state)
{
    enum { LENGTH = 116000 };
    dynamo_client *client = client_of(1, 0, no_pause);
    json_t        *list   = puts_from(0, 25);
    json_t        *given  = json_pack("{s:o}", "T", list);
    char          *text   = malloc(LENGTH + 1);
    json_t        *left   = NULL;
    fake_table     model  = { 0 };

    (void)state;
    memset(text, 1, LENGTH);
    text[LENGTH] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++)
        json_object_set_new(json_object_get(json_object_get(json_array_get(list, i), "PutRequest"), "Item"), "text",
                            json_string(text));
    model_start(&model);
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, NULL), DYNAMO_OK);
    assert_false(model.wrong);
    assert_int_equal(model.requests, 2);
    assert_true(model.most_bytes > MOST_BODY - 1024 * 1024);
    assert_true(adds_up(given, &model, left));
    free(text);
    json_decref(left);
    json_decref(given);
    model_stop(&model);
    dynamo_client_free(client);
}

/* ---- Left over, throttled, refused ------------------------------------------------------------------------------- */

/* One write a request, and a pause before each: all in all longer than timeout_ms, which is for standing still. */
static void test_progress(void **state)
{
    dynamo_client *client = client_of(1, fault_runs_slowly() ? 5000 : 1000, longer_pause);
    json_t        *given  = json_pack("{s:o}", "T", puts_from(0, 5));
    json_t        *left   = NULL;
    fake_table     model  = { .at_most = 1 };

    (void)state;
    model_start(&model);
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, NULL), DYNAMO_OK);
    assert_int_equal(model.requests, 5);
    assert_true(adds_up(given, &model, left));
    assert_int_equal(json_object_size(left), 0);
    json_decref(left);
    json_decref(given);
    model_stop(&model);
    dynamo_client_free(client);
}

typedef struct end_row {
    const char *name;
    unsigned    leave_over, throttle;
    int64_t     deadline_ms, timeout_ms;
    const char *message; /* a part of it */
} end_row;

static const end_row end_rows[] = {
    { "left over until the deadline", 100, 0, 1500, 60000, "30 writes left: the service left them over" },
    { "left over for timeout_ms", 100, 0, 0, 1500, "30 writes left: the service left them over" },
    { "throttled until the deadline", 0, 100, 1500, 60000, "30 writes left: slow down" },
    { "throttled for timeout_ms", 0, 100, 0, 1500, "30 writes left: slow down" },
};

static void check_end(const end_row *row)
{
    dynamo_client *origin = client_of(1, row->timeout_ms, longer_pause);
    dynamo_client *client = dynamo_client_with(origin, &(dynamo_limits){ .deadline_ms = row->deadline_ms }, NULL);
    json_t        *given  = json_pack("{s:o}", "T", puts_from(0, 30));
    json_t        *left   = NULL;
    fake_table     model  = { .leave_over = row->leave_over, .throttle = row->throttle };
    dynamo_error   error  = { .message = "" };
    double         start  = fault_clock_ms();
    dynamo_status  status;

    model_start(&model);
    status = dynamo_batch_write_all(client, given, NULL, &left, &error);
    if (status != DYNAMO_ERR_UNPROCESSED || error.status != status)
        complain(row->name, "%s", dynamo_status_name(status));
    if (strstr(error.message, row->message) == NULL)
        complain(row->name, "message: %s", error.message);
    if (!json_equal(left, given))
        complain(row->name, "what is handed back isn't what was given");
    /* After 300 and 900 ms; the next would be after 2,100. */
    if (model.requests < (fault_runs_slowly() ? 1U : 2U) || model.requests > 3)
        complain(row->name, "%zu requests", model.requests);
    if (fault_clock_ms() - start > 10000)
        complain(row->name, "took %.0f ms", fault_clock_ms() - start);
    json_decref(left);
    json_decref(given);
    model_stop(&model);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    dynamo_client_free(origin);
}

static void test_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(end_rows); i++)
        check_end(&end_rows[i]);
    expect_no_complaints();
}

/* A deadline that is over before the start is no other end. */
static void test_deadline_over(void **state)
{
    dynamo_client *origin = client_of(1, 0, no_pause);
    dynamo_client *client = dynamo_client_with(origin, &(dynamo_limits){ .deadline_ms = 1 }, NULL);
    json_t        *given  = json_pack("{s:o}", "T", puts_from(0, 3));
    json_t        *left   = NULL;
    dynamo_error   error  = { .message = "" };

    (void)state;
    fault_server_script(server, NULL, 0);
    while (dynamo_clock_monotonic_us() < client->end_us)
        continue;
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, &error), DYNAMO_ERR_UNPROCESSED);
    assert_true(json_equal(left, given));
    assert_int_equal(error.attempts, 0);
    assert_int_equal(fault_server_requests(server), 0);
    json_decref(left);
    json_decref(given);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    dynamo_client_free(origin);
}

#define ACCESS_DENIED "{\"__type\":\"x#AccessDeniedException\",\"Message\":\"not you\"}"
#define THROTTLED "{\"__type\":\"x#ThrottlingException\",\"message\":\"slow down\"}"
#define PUT_3 "{\"PutRequest\":{\"Item\":{\"id\":{\"N\":\"3\"},\"value\":{\"N\":\"3\"}}}}"

typedef struct script_row {
    const char   *name;
    fault_step    steps[3]; /* after which all is done */
    size_t        count;
    dynamo_status status;
    size_t        first; /* that is handed back, with all after it; 60: none is */
    size_t        requests;
    bool          ambiguous;
} script_row;

/* 60 writes. */
static const script_row script_rows[] = {
    { "refused in the middle", { { 0 }, { .status = 400, .body = ACCESS_DENIED } }, 2, DYNAMO_ERR_ACCESS_DENIED, 25, 2,
      false },
    { "failed in the middle", { { 0 }, { .status = 500 } }, 2, DYNAMO_ERR_UNKNOWN_SERVICE, 25, 2, true },
    { "no answer to the last", { { 0 }, { 0 }, { .action = FAULT_CLOSE_AFTER_REQUEST } }, 3, DYNAMO_ERR_REQUEST_FAILED,
      50, 3, true },
    { "throttled at first", { { .status = 400, .body = THROTTLED }, { .status = 400, .body = THROTTLED } }, 2,
      DYNAMO_OK, 60, 5, false },
    { "not JSON", { { 0 }, { .body = "<html>" } }, 2, DYNAMO_ERR_BAD_RESPONSE, 25, 2, true },
    { "left over of another table", { { .body = "{\"UnprocessedItems\":{\"U\":[" PUT_3 "]}}" } }, 1,
      DYNAMO_ERR_BAD_RESPONSE, 0, 1, false },
    { "left over that is no write", { { .body = "{\"UnprocessedItems\":{\"T\":[{\"Put\":1}]}}" } }, 1,
      DYNAMO_ERR_BAD_RESPONSE, 0, 1, false },
    { "left over that is no list", { { .body = "{\"UnprocessedItems\":{\"T\":{}}}" } }, 1, DYNAMO_ERR_BAD_RESPONSE, 0,
      1, false },
    { "left over that is no map", { { .body = "{\"UnprocessedItems\":7}" } }, 1, DYNAMO_ERR_BAD_RESPONSE, 0, 1, false },
    { "left over more than sent",
      { { 0 }, { 0 }, { .body = "{\"UnprocessedItems\":{\"T\":[" PUT_3 "," PUT_3 "," PUT_3 "," PUT_3 "," PUT_3 ","
                                PUT_3 "," PUT_3 "," PUT_3 "," PUT_3 "," PUT_3 "," PUT_3 "]}}" } },
      3, DYNAMO_ERR_BAD_RESPONSE, 50, 3, false },
    { "nothing left over, in other words", { { .body = "{\"UnprocessedItems\":{\"T\":[]}}" } }, 1, DYNAMO_OK, 60, 3,
      false },
};

static void check_script(const script_row *row)
{
    dynamo_client *client = client_of(1, 0, no_pause);
    json_t        *given  = json_pack("{s:o}", "T", puts_from(0, 60));
    json_t        *rest   = row->first < 60 ? json_pack("{s:o}", "T", puts_from((int)row->first, 60 - (int)row->first))
                                            : json_object();
    json_t        *left   = NULL;
    dynamo_error   error  = { .message = "" };
    dynamo_status  status;

    fault_server_script(server, row->steps, row->count);
    status = dynamo_batch_write_all(client, given, NULL, &left, &error);
    if (status != row->status || error.status != status)
        complain(row->name, "%s: %s", dynamo_status_name(status), error.message);
    if (!json_equal(left, rest))
        complain(row->name, "%zu handed back", json_array_size(json_object_get(left, "T")));
    if (fault_server_requests(server) != row->requests)
        complain(row->name, "%zu requests", fault_server_requests(server));
    if (error.ambiguous != row->ambiguous)
        complain(row->name, "ambiguous is %d", error.ambiguous);
    json_decref(left);
    json_decref(rest);
    json_decref(given);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(script_rows); i++)
        check_script(&script_rows[i]);
    expect_no_complaints();
}

/* Many writes to one key, and to others between them: the last one stands. */
static void test_duplicates(void **state)
{
    dynamo_client *client = client_of(1, 0, no_pause);
    json_t        *list   = json_array();
    json_t        *given  = json_pack("{s:o}", "T", list);
    json_t        *left   = NULL;
    fake_table     model  = { .leave_over = 30 };

    (void)state;
    for (int i = 0; i < 100; i++)
        json_array_append_new(list, i % 3 == 0 ? put(7, i) : put(1000 + i % 40, i));
    model_start(&model);
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, NULL), DYNAMO_OK);
    assert_true(adds_up(given, &model, left));
    assert_int_equal(json_integer_value(json_object_get(model.store, "T/7")), 99);
    assert_int_equal(json_integer_value(json_object_get(model.store, "T/1018")), 98);
    json_decref(left);
    json_decref(given);
    model_stop(&model);
    dynamo_client_free(client);
}

/* Canceled in a pause: what is left is handed back. */
static void *cancel_after_first(void *argument)
{
    (void)fault_server_wait_requests(server, 1);
    dynamo_client_cancel(argument);
    return NULL;
}

static void test_cancel(void **state)
{
    dynamo_client *client = client_of(1, 0, short_pause);
    json_t        *given  = json_pack("{s:o}", "T", puts_from(0, 30));
    json_t        *left   = NULL;
    fake_table     model  = { .leave_over = 100 };
    dynamo_error   error  = { .message = "" };
    pthread_t      thread;

    (void)state;
    model_start(&model);
    assert_int_equal(pthread_create(&thread, NULL, cancel_after_first, client), 0);
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, &error), DYNAMO_ERR_CANCELED);
    assert_int_equal(error.status, DYNAMO_ERR_CANCELED);
    (void)pthread_join(thread, NULL);
    assert_true(json_equal(left, given));
    json_decref(left);
    json_decref(given);
    model_stop(&model);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- Arguments --------------------------------------------------------------------------------------------------- */

static void test_nothing_to_do(void **state)
{
    static const char *const texts[] = { "{}", "{\"T\":[]}" };
    dynamo_client           *client  = client_of(1, 0, no_pause);

    (void)state;
    fault_server_script(server, NULL, 0);
    for (size_t i = 0; i < DYNAMO_COUNT(texts); i++) {
        json_t *given = json_loads(texts[i], 0, NULL);
        json_t *left  = NULL;

        assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, NULL), DYNAMO_OK);
        assert_true(json_is_object(left));
        assert_int_equal(json_object_size(left), 0);
        json_decref(left);
        json_decref(given);
    }
    assert_int_equal(fault_server_requests(server), 0);
    dynamo_client_free(client);
}

/* What is refused is refused before anything is sent, and handed back. */
static void test_arguments(void **state)
{
    dynamo_client *client = client_of(1, 0, no_pause);
    json_t        *list   = puts_from(0, 30);
    json_t        *given  = json_pack("{s:o}", "T", list);
    json_t        *left   = given;
    dynamo_error   error  = { .message = "" };

    (void)state;
    fault_server_script(server, NULL, 0);
    json_array_append_new(list, json_pack("{s:{s:{s:i}}}", "PutRequest", "Itm", "id", 1));
    assert_int_equal(dynamo_batch_write_all(client, given, NULL, &left, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "RequestItems.T[30].PutRequest.Itm"));
    assert_true(json_equal(left, given));
    json_decref(left);
    left = given;
    assert_int_equal(dynamo_batch_get_all(client, given, NULL, &left, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(left);
    left = given;
    assert_int_equal(dynamo_batch_write_all(client, list, NULL, &left, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_null(left);
    left = given;
    assert_int_equal(dynamo_batch_write_all(client, NULL, NULL, &left, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "json_pack"));
    assert_null(left);
    assert_int_equal(dynamo_batch_write_all(NULL, given, NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "json_pack")); /* the failure before is the one that counts */
    dynamo_error_clear(&error);
    assert_int_equal(dynamo_batch_get_all(NULL, given, NULL, NULL, &error), DYNAMO_ERR_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "client"));
    assert_int_equal(fault_server_requests(server), 0);
    json_decref(given);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* What was read and what is left are what was asked for, each once. */
static bool reads_add_up(json_t *given, json_t *response)
{
    json_t *all  = list_elements(given);
    json_t *both = list_elements(json_object_get(response, "UnprocessedKeys"));
    json_t *read = list_elements(json_object_get(response, "Responses"));
    bool    same;

    json_array_extend(both, read);
    same = same_texts(all, both);
    json_decref(read);
    json_decref(both);
    json_decref(all);
    return same;
}

static void test_get_all(void **state)
{
    const dynamo_batch_get_all_options options = { .return_consumed_capacity = "TOTAL" };
    dynamo_client *client   = client_of(1, 0, no_pause);
    json_t        *given    = json_pack("{s:{s:o, s:s, s:b}, s:{s:o}}", "T", "Keys", keys_from(0, 250),
                                        "ProjectionExpression", "id", "ConsistentRead", 1, "U", "Keys", keys_from(0, 30));
    json_t        *response = NULL;
    fake_table     model  = { .leave_over = 20 };
    size_t         count;

    (void)state;
    model_start(&model);
    assert_int_equal(dynamo_batch_get_all(client, given, &options, &response, NULL), DYNAMO_OK);
    assert_true(reads_add_up(given, response));
    assert_int_equal(json_object_size(json_object_get(response, "UnprocessedKeys")), 0);
    assert_int_equal(json_array_size(json_object_get(response, "ConsumedCapacity")), model.requests);
    assert_int_equal(model.most_elements, 100);
    assert_false(model.wrong);
    count = fault_server_requests(server);
    for (size_t i = 0; i < count; i++) {
        json_t *body  = json_loads(fault_server_request(server, i)->body, 0, NULL);
        json_t *table = json_object_get(json_object_get(body, "RequestItems"), "T");

        if (table != NULL) {
            assert_string_equal(json_string_value(json_object_get(table, "ProjectionExpression")), "id");
            assert_true(json_is_true(json_object_get(table, "ConsistentRead")));
        }
        json_decref(body);
    }
    json_decref(response);
    json_decref(given);
    model_stop(&model);
    dynamo_client_free(client);
}

/* What was read before a failure isn't lost, and what wasn't can be asked for as it is. */
static void test_get_all_fails(void **state)
{
    static const fault_step script[] = {
        { .body = "{\"Responses\":{\"T\":[{\"id\":{\"N\":\"5\"}}]},\"UnprocessedKeys\":{}}" },
        { .status = 400, .body = ACCESS_DENIED },
    };
    dynamo_client *client   = client_of(1, 0, no_pause);
    json_t        *given    = json_pack("{s:{s:o, s:b}}", "T", "Keys", keys_from(0, 150), "ConsistentRead", 1);
    json_t        *rest     = json_pack("{s:{s:o, s:b}}", "T", "Keys", keys_from(100, 50), "ConsistentRead", 1);
    json_t        *response = NULL;

    (void)state;
    fault_server_script(server, script, DYNAMO_COUNT(script));
    assert_int_equal(dynamo_batch_get_all(client, given, NULL, &response, NULL), DYNAMO_ERR_ACCESS_DENIED);
    assert_int_equal(json_array_size(json_object_get(json_object_get(response, "Responses"), "T")), 1);
    assert_true(json_equal(json_object_get(response, "UnprocessedKeys"), rest));
    json_decref(response);
    json_decref(rest);
    json_decref(given);
    dynamo_client_free(client);
}

/* ---- By chance --------------------------------------------------------------------------------------------------- */

static json_t *random_writes(void)
{
    static const char *const tables[] = { "T", "Tables", "U" };
    json_t                  *given    = json_object();
    size_t                   keys     = 1 + random_below(300);
    int                      value    = 0;

    for (size_t i = 0; i < DYNAMO_COUNT(tables); i++) {
        json_t *list  = json_array();
        size_t  count = random_below(3) == 0 ? 0 : random_below(120);

        while (count-- > 0) {
            int id = (int)random_below(keys);

            json_array_append_new(list, random_below(4) == 0
                                            ? json_pack("{s:{s:{s:i}}}", "DeleteRequest", "Key", "id", id)
                                            : put(id, value++));
        }
        if (json_array_size(list) != 0)
            json_object_set(given, tables[i], list);
        json_decref(list);
    }
    return given;
}

/* Calls again with what is handed back until nothing is; the sum holds after each. */
static void check_random_writes(dynamo_client *client, uint64_t seed)
{
    json_t    *given    = random_writes();
    json_t    *all      = list_elements(given);
    json_t    *expected = json_object();
    json_t    *left     = json_incref(given);
    fake_table model    = { .throttle   = (unsigned)random_below(30),
                            .refuse     = (unsigned)random_below(20),
                            .leave_over = (unsigned)random_below(90) };
    char       name[TEXT_SIZE];
    bool       done = false;

    (void)snprintf(name, sizeof(name), "DYNAMO_TEST_SEED=%llu", (unsigned long long)seed);
    for (size_t i = 0; i < json_array_size(all); i++)
        apply(expected, json_string_value(json_array_get(all, i)));
    model_start(&model);
    while (!done) {
        json_t       *next   = NULL;
        dynamo_status status = dynamo_batch_write_all(client, left, NULL, &next, NULL);

        done = status != DYNAMO_ERR_ACCESS_DENIED;
        if (done && status != DYNAMO_OK)
            complain(name, "%s", dynamo_status_name(status));
        if ((status == DYNAMO_OK) != (json_object_size(next) == 0) || !adds_up(given, &model, next))
            complain(name, "%s with %zu done", dynamo_status_name(status), json_array_size(model.done));
        json_decref(left);
        left = next;
    }
    if (model.wrong)
        complain(name, "a request that is none");
    if (!json_equal(model.store, expected))
        complain(name, "the last write of a key isn't the one that stands");
    json_decref(left);
    json_decref(expected);
    json_decref(all);
    json_decref(given);
    model_stop(&model);
}

static void test_random_writes(void **state)
{
    const char    *given  = getenv("DYNAMO_TEST_SEED");
    uint64_t       seed   = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003U;
    int            rounds = given != NULL ? 1 : fault_runs_slowly() ? 3 : 40;
    dynamo_client *client = client_of(1, 0, no_pause);

    (void)state;
    print_message("DYNAMO_TEST_SEED=%llu\n", (unsigned long long)seed);
    for (; rounds > 0 && complaints == 0; rounds--, seed++) {
        random_state = seed;
        check_random_writes(client, seed);
    }
    dynamo_client_free(client);
    expect_no_complaints();
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static _Thread_local long allocations_left = -1; /* of this thread before they fail; -1: they don't */

static bool may_allocate(void)
{
    if (allocations_left > 0)
        allocations_left--;
    return allocations_left != 0;
}

#ifdef DYNAMO_TEST_WRAP_MALLOC
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return may_allocate() ? __real_realloc(memory, size) : NULL;
}

static void *json_malloc(size_t size)
{
    return malloc(size);
}
#else
static void *json_malloc(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}
#endif

/* Whether each text of one list is in the other, as often at least. */
static bool covers(json_t *all, json_t *parts)
{
    for (size_t i = 0; i < json_array_size(all); i++) {
        size_t at = 0;

        while (at < json_array_size(parts) && !json_equal(json_array_get(parts, at), json_array_get(all, i)))
            at++;
        if (at == json_array_size(parts))
            return false;
        json_array_remove(parts, at);
    }
    return true;
}

/* Each write is done or handed back; after a failure with the answer in hand, both. */
static dynamo_status write_without_memory(dynamo_client *client, long at, char name[TEXT_SIZE])
{
    json_t       *given = json_pack("{s:o, s:o}", "T", puts_from(0, 30), "U", puts_from(0, 8));
    json_t       *all   = list_elements(given);
    json_t       *left  = NULL, *parts;
    fake_table    model = { .leave_over = 20 };
    dynamo_error  error = { .message = "" };
    dynamo_status status;

    model_start(&model);
    allocations_left = at;
    status           = dynamo_batch_write_all(client, given, NULL, &left, &error);
    allocations_left = -1;
    if (error.status != status)
        complain(name, "%s, but the error says %s", dynamo_status_name(status), dynamo_status_name(error.status));
    dynamo_error_clear(&error);
    parts            = list_elements(left);
    if (left == NULL && fault_server_requests(server) != 0)
        complain(name, "nothing is handed back");
    json_array_extend(parts, model.done);
    if (left != NULL && !covers(all, parts))
        complain(name, "something was lost");
    json_decref(parts);
    json_decref(left);
    json_decref(all);
    json_decref(given);
    model_stop(&model);
    return status;
}

static dynamo_status read_without_memory(dynamo_client *client, long at, char name[TEXT_SIZE])
{
    json_t       *given = json_pack("{s:{s:o}, s:{s:o}}", "T", "Keys", keys_from(0, 30), "U", "Keys", keys_from(0, 8));
    json_t       *all   = list_elements(given);
    json_t       *response = NULL, *parts, *read;
    fake_table    model = { .leave_over = 20 };
    dynamo_error  error = { .message = "" };
    dynamo_status status;

    model_start(&model);
    allocations_left = at;
    status           = dynamo_batch_get_all(client, given, NULL, &response, &error);
    allocations_left = -1;
    if (error.status != status)
        complain(name, "%s, but the error says %s", dynamo_status_name(status), dynamo_status_name(error.status));
    dynamo_error_clear(&error);
    parts            = list_elements(json_object_get(response, "UnprocessedKeys"));
    read             = list_elements(json_object_get(response, "Responses"));
    json_array_extend(parts, read);
    if (response == NULL && fault_server_requests(server) != 0)
        complain(name, "there is no response");
    if (response != NULL && !covers(all, parts))
        complain(name, "something was lost");
    json_decref(read);
    json_decref(parts);
    json_decref(response);
    json_decref(all);
    json_decref(given);
    model_stop(&model);
    return status;
}

static void fail_in_turn(dynamo_status (*call)(dynamo_client *client, long at, char name[TEXT_SIZE]))
{
    dynamo_client *client = client_of(1, 0, no_pause);
    json_malloc_t  old_malloc;
    json_free_t    old_free;
    dynamo_status  status = DYNAMO_ERR_OUT_OF_MEMORY;
    long           step   = fault_runs_slowly() ? 37 : 1;
    long           at;

    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(json_malloc, free);
    for (at = 1; status != DYNAMO_OK && complaints == 0; at += step) {
        char name[TEXT_SIZE];

        random_state = 1;
        (void)snprintf(name, sizeof(name), "allocation %ld", at);
        status = call(client, at, name);
        if (status != DYNAMO_OK && status != DYNAMO_ERR_OUT_OF_MEMORY)
            complain(name, "%s", dynamo_status_name(status));
    }
    json_set_alloc_funcs(old_malloc, old_free);
    print_message("%ld allocations\n", at - 1);
    dynamo_client_free(client);
    expect_no_complaints();
    assert_true(at > 100);
}

static void test_write_memory(void **state)
{
    (void)state;
    fail_in_turn(write_without_memory);
}

static void test_read_memory(void **state)
{
    (void)state;
    fail_in_turn(read_without_memory);
}

static int set_up(void **state)
{
    (void)state;
    complaints = 0;
    server     = fault_plain_environment() ? fault_server_start() : NULL;
    return server != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fault_server_stop(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),      cmocka_unit_test(test_16_mb),
        cmocka_unit_test(test_progress),      cmocka_unit_test(test_ends),
        cmocka_unit_test(test_deadline_over), cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_duplicates),    cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_nothing_to_do), cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_get_all),       cmocka_unit_test(test_get_all_fails),
        cmocka_unit_test(test_random_writes), cmocka_unit_test(test_write_memory),
        cmocka_unit_test(test_read_memory),
    };

    return cmocka_run_group_tests_name("batches", tests, set_up, tear_down);
}
