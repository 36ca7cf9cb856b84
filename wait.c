/*
 * Waiters: asking for the state of a table, an export and so on until it is what the caller waits for, can't become
 * that any more, or time is up. One row each, one loop for all.
 *
 * Sources: the waiters of AWS's SDKs for DynamoDB: what they ask, which states end them, how long they wait; the pauses
 * between are those of the Smithy specification's waiters, from 1 to 20 seconds.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <string.h>

#define FIRST_DELAY_MS INT64_C(1000)
#define LONGEST_DELAY_US INT64_C(20000000)

int64_t dynamo_wait_delay_us(int64_t first_us, unsigned attempt, double fraction, int64_t left_us)
{
    int64_t most_us = first_us;
    int64_t delay_us;

    for (unsigned asked = 1; asked < attempt && most_us < LONGEST_DELAY_US; asked++)
        most_us = most_us < LONGEST_DELAY_US / 2 ? most_us * 2 : LONGEST_DELAY_US;
    delay_us = first_us + (int64_t)(fraction * (double)(most_us - first_us));
    if (left_us - delay_us <= first_us)
        delay_us = left_us - first_us;
    return delay_us > 0 ? delay_us : -1;
}

/* ---- The table of waiters ---------------------------------------------------------------------------------------- */

#define STATES_MOST 3

typedef struct wait_row {
    const dynamo_operation *operation;
    const char             *object; /* the answer's member that has the state; NULL: the answer itself */
    const char             *list;   /* ... or this one, a list whose elements have one each */
    const char             *state;
    const char             *success[STATES_MOST]; /* any one of the states being one of these */
    const char             *failure[STATES_MOST]; /* all of them */
    dynamo_status           not_there; /* of an error that is an answer too; DYNAMO_OK: none is */
    bool                    absence;   /* ... and is the success waited for */
    int64_t                 timeout_ms;
} wait_row;

static const wait_row table_exists = {
    .operation  = &dynamo_operation_describe_table, /* whose answer is the description itself */
    .state      = "TableStatus",
    .success    = { "ACTIVE" },
    .not_there  = DYNAMO_ERR_RESOURCE_NOT_FOUND,
    .timeout_ms = 500000,
};

static const wait_row table_not_exists = {
    .operation  = &dynamo_operation_describe_table,
    .state      = "TableStatus",
    .not_there  = DYNAMO_ERR_RESOURCE_NOT_FOUND,
    .absence    = true,
    .timeout_ms = 500000,
};

static const wait_row contributor_insights_enabled = {
    .operation  = &dynamo_operation_describe_contributor_insights,
    .state      = "ContributorInsightsStatus",
    .success    = { "ENABLED" },
    .failure    = { "FAILED" },
    .timeout_ms = 600000,
};

static const wait_row export_completed = {
    .operation  = &dynamo_operation_describe_export,
    .object     = "ExportDescription",
    .state      = "ExportStatus",
    .success    = { "COMPLETED" },
    .failure    = { "FAILED" },
    .timeout_ms = 1200000,
};

static const wait_row import_completed = {
    .operation  = &dynamo_operation_describe_import,
    .object     = "ImportTableDescription",
    .state      = "ImportStatus",
    .success    = { "COMPLETED" },
    .failure    = { "FAILED", "CANCELLED" },
    .timeout_ms = 1200000,
};

static const wait_row bulk_operation_completed = {
    .operation  = &dynamo_operation_describe_bulk_operation,
    .object     = "BulkOperationDescription",
    .state      = "BulkOperationStatus",
    .success    = { "COMPLETED", "COMPLETED_WITH_ERRORS" },
    .failure    = { "CANCELLED", "FAILED" },
    .timeout_ms = 3600000,
};

static const wait_row kinesis_streaming_destination_active = {
    .operation  = &dynamo_operation_describe_kinesis_streaming_destination,
    .list       = "KinesisDataStreamDestinations",
    .state      = "DestinationStatus",
    .success    = { "ACTIVE" },
    .failure    = { "DISABLED", "ENABLE_FAILED" },
    .timeout_ms = 600000,
};

/* ---- What an answer says ----------------------------------------------------------------------------------------- */

typedef enum wait_verdict {
    GO_ON,
    REACHED,
    OUT_OF_REACH,
} wait_verdict;

typedef struct wait_run {
    const wait_row *row;
    dynamo_series   series;
    json_t         *answer;    /* the last one; NULL: it was an error, or none has come */
    char            state[64]; /* in words; of several the last */
} wait_run;

static bool is_one_of(const char *state, const char *const words[STATES_MOST])
{
    for (size_t i = 0; i < STATES_MOST && words[i] != NULL; i++)
        if (strcmp(state, words[i]) == 0)
            return true;
    return false;
}

static wait_verdict judge_object(wait_run *waiter, json_t *object)
{
    const char *state = json_string_value(json_object_get(object, waiter->row->state));

    if (state == NULL)
        state = "unknown";
    (void)snprintf(waiter->state, sizeof(waiter->state), "%s is %s", waiter->row->state, state);
    return is_one_of(state, waiter->row->success)   ? REACHED
           : is_one_of(state, waiter->row->failure) ? OUT_OF_REACH
                                                  : GO_ON;
}

static wait_verdict judge_list(wait_run *waiter, json_t *list)
{
    size_t lost = 0;

    (void)snprintf(waiter->state, sizeof(waiter->state), "there is none");
    for (size_t i = 0; i < json_array_size(list); i++) {
        wait_verdict verdict = judge_object(waiter, json_array_get(list, i));

        if (verdict == REACHED)
            return REACHED;
        lost += verdict == OUT_OF_REACH;
    }
    return lost > 0 && lost == json_array_size(list) ? OUT_OF_REACH : GO_ON;
}

static wait_verdict judge(wait_run *waiter)
{
    const wait_row *row = waiter->row;

    if (waiter->answer == NULL) {
        (void)snprintf(waiter->state, sizeof(waiter->state), "it isn't there");
        return row->absence ? REACHED : GO_ON;
    }
    if (row->list != NULL)
        return judge_list(waiter, json_object_get(waiter->answer, row->list));
    return judge_object(waiter, row->object != NULL ? json_object_get(waiter->answer, row->object) : waiter->answer);
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

/* What was seen last is the details of a failure. */
static dynamo_status tell_last_answer(wait_run *waiter, dynamo_status status)
{
    if (waiter->answer != NULL && waiter->series.error->details == NULL)
        waiter->series.error->details = json_incref(waiter->answer);
    return status;
}

static dynamo_status fail_out_of_reach(wait_run *waiter)
{
    json_t     *object = waiter->row->object != NULL ? json_object_get(waiter->answer, waiter->row->object) : waiter->answer;
    const char *reason = json_string_value(json_object_get(object, "FailureMessage"));

    return tell_last_answer(waiter, dynamo_fail(waiter->series.error, DYNAMO_ERR_WAITER_FAILED, "%s%s%s", waiter->state,
                                              reason != NULL ? ": " : "", reason != NULL ? reason : ""));
}

static dynamo_status fail_in_time(wait_run *waiter, dynamo_status status)
{
    return tell_last_answer(waiter, dynamo_fail(waiter->series.error, status, "%s%s%s", dynamo_deadline_words(status),
                                              waiter->state[0] != '\0' ? " while " : " before the first answer",
                                              waiter->state));
}

/* Asks once. Where it fails, the answer before stays the last. An error that is what was asked for is none. */
static dynamo_status ask(wait_run *waiter, const dynamo_argument *argument)
{
    dynamo_error *error  = waiter->series.error;
    json_t       *answer = NULL;
    dynamo_status status = dynamo_perform(&waiter->series.client, waiter->row->operation, argument, NULL, &answer, error);

    if (status != DYNAMO_OK && status == waiter->row->not_there) {
        dynamo_forget_failure(error);
        status = DYNAMO_OK;
    }
    if (status == DYNAMO_OK) {
        json_decref(waiter->answer);
        waiter->answer = answer;
        return DYNAMO_OK;
    }
    if (status == DYNAMO_ERR_CANCELED ||
        (status == DYNAMO_ERR_TIMEOUT && dynamo_series_check(&waiter->series) == DYNAMO_ERR_TIMEOUT))
        return fail_in_time(waiter, status);
    return status;
}

static dynamo_status pause_before(wait_run *waiter, int64_t delay_ms, unsigned attempt)
{
    double        chance   = waiter->series.client.core->retry.chance();
    int64_t       end_us   = waiter->series.client.end_us;
    int64_t       left_us  = end_us == INT64_MAX ? INT64_MAX : end_us - dynamo_clock_monotonic_us();
    int64_t       first_us = delay_ms < INT64_MAX / 1000 ? delay_ms * 1000 : INT64_MAX;
    int64_t       delay_us = dynamo_wait_delay_us(first_us, attempt, chance, left_us);
    dynamo_status status   = delay_us < 0 ? DYNAMO_ERR_TIMEOUT : dynamo_series_pause(&waiter->series, delay_us);

    return status == DYNAMO_OK ? status : fail_in_time(waiter, status);
}

static dynamo_status run(wait_run *waiter, const dynamo_argument *argument, int64_t delay_ms)
{
    wait_verdict verdict = GO_ON;

    for (unsigned attempt = 1; verdict == GO_ON; attempt++) {
        dynamo_status status = ask(waiter, argument);

        verdict = status == DYNAMO_OK ? judge(waiter) : GO_ON;
        if (status == DYNAMO_OK && verdict == GO_ON)
            status = pause_before(waiter, delay_ms, attempt);
        if (status != DYNAMO_OK)
            return status;
    }
    return verdict == REACHED ? DYNAMO_OK : fail_out_of_reach(waiter);
}

/* ---- From the caller and back ------------------------------------------------------------------------------------ */

static dynamo_status check_options(const dynamo_wait_options *options, dynamo_error *error)
{
    if (options->delay_ms < 0 || options->timeout_ms < 0)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is negative: give milliseconds, 0 for the default",
                           options->delay_ms < 0 ? "delay_ms" : "timeout_ms");
    return DYNAMO_OK;
}

static dynamo_status wait_for(dynamo_client *client, const wait_row *row, const char *name,
                              const dynamo_wait_options *options, json_t **response, dynamo_error *error)
{
    static const dynamo_wait_options all_defaults;
    const dynamo_wait_options       *given    = options != NULL ? options : &all_defaults;
    const dynamo_argument            argument = { .text = name };
    wait_run                         waiter   = { .row = row };
    dynamo_status                    status;

    if (response != NULL)
        *response = NULL;
    status = dynamo_series_begin(&waiter.series, client, error);
    if (status != DYNAMO_OK)
        return status;
    dynamo_series_allow(&waiter.series, given->timeout_ms != 0 ? given->timeout_ms : row->timeout_ms);
    status = check_options(given, waiter.series.error);
    if (status == DYNAMO_OK)
        status = run(&waiter, &argument, given->delay_ms != 0 ? given->delay_ms : FIRST_DELAY_MS);
    if (status == DYNAMO_OK && waiter.answer == NULL && (waiter.answer = json_object()) == NULL)
        status = dynamo_fail_memory(waiter.series.error);
    if (status == DYNAMO_OK && response != NULL)
        *response = json_incref(waiter.answer);
    json_decref(waiter.answer);
    return dynamo_series_end(&waiter.series, status);
}

dynamo_status dynamo_wait_table_exists(dynamo_client *client, const char *table_name,
                                       const dynamo_wait_options *options, json_t **response, dynamo_error *error)
{
    return wait_for(client, &table_exists, table_name, options, response, error);
}

dynamo_status dynamo_wait_table_not_exists(dynamo_client *client, const char *table_name,
                                           const dynamo_wait_options *options, json_t **response, dynamo_error *error)
{
    return wait_for(client, &table_not_exists, table_name, options, response, error);
}

dynamo_status dynamo_wait_contributor_insights_enabled(dynamo_client *client, const char *table_name,
                                                       const dynamo_wait_options *options, json_t **response,
                                                       dynamo_error *error)
{
    return wait_for(client, &contributor_insights_enabled, table_name, options, response, error);
}

dynamo_status dynamo_wait_export_completed(dynamo_client *client, const char *export_arn,
                                           const dynamo_wait_options *options, json_t **response, dynamo_error *error)
{
    return wait_for(client, &export_completed, export_arn, options, response, error);
}

dynamo_status dynamo_wait_import_completed(dynamo_client *client, const char *import_arn,
                                           const dynamo_wait_options *options, json_t **response, dynamo_error *error)
{
    return wait_for(client, &import_completed, import_arn, options, response, error);
}

dynamo_status dynamo_wait_bulk_operation_completed(dynamo_client *client, const char *bulk_operation_arn,
                                                   const dynamo_wait_options *options, json_t **response,
                                                   dynamo_error *error)
{
    return wait_for(client, &bulk_operation_completed, bulk_operation_arn, options, response, error);
}

dynamo_status dynamo_wait_kinesis_streaming_destination_active(dynamo_client *client, const char *table_name,
                                                               const dynamo_wait_options *options, json_t **response,
                                                               dynamo_error *error)
{
    return wait_for(client, &kinesis_streaming_destination_active, table_name, options, response, error);
}
