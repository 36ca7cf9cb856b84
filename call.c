/*
 * A request's way: arguments, check, marshal, text; for each attempt sign, send, receive, check, classify; decode.
 */
#include "dynamo_internal.h"

#include <stdio.h>

static const char target_prefixes[][28] = {
    [DYNAMO_SERVICE_DYNAMODB] = "DynamoDB_20120810.",
    [DYNAMO_SERVICE_SEARCH]   = "DynamoDB_20120810.",
    [DYNAMO_SERVICE_STREAMS]  = "DynamoDBStreams_20120810.",
};

static const dynamo_endpoint *endpoint_of(const dynamo_client *client, dynamo_service service)
{
    const dynamo_settings *settings = &client->core->settings;

    return service == DYNAMO_SERVICE_STREAMS  ? &settings->streams
           : service == DYNAMO_SERVICE_SEARCH ? &settings->search
                                              : &settings->dynamodb;
}

/* The account that the request names beats that of the keys. NULL: *error tells why it can't be sent. */
static const dynamo_endpoint *endpoint_for(const dynamo_message *message, const dynamo_keys *keys,
                                           dynamo_account_endpoint *own, dynamo_error *error)
{
    const char *account = message->account != NULL ? message->account : keys->values.account_id;

    return dynamo_endpoint_of_account(own, message->endpoint, account, error);
}

/* ---- One attempt ------------------------------------------------------------------------------------------------- */

/* What the last attempt came to, beyond what the error tells. */
typedef struct attempt_outcome {
    bool    sent;
    bool    clock_was_wrong; /* it was signed with a time far from the service's */
    long    http_status;     /* 0: no answer */
    char    request_id[sizeof(((dynamo_error *)NULL)->request_id)];
    int64_t start_us;
    int64_t response_bytes;
    int64_t retry_after_ms;
} attempt_outcome;

/* The state of one call, from its first attempt to its last. */
typedef struct message_call {
    const dynamo_message *message;
    dynamo_core          *core;
    dynamo_deadline       deadline;
    unsigned              max_attempts;
    char                  invocation_id[37]; /* the same on all attempts */
    dynamo_error         *error;             /* of the last attempt; its attempts and its last answer are of all */
    bool                  ambiguous;         /* one of the attempts may have been applied */
    bool                  clock_corrected;   /* one of the retries was for that */
    bool                  keys_renewed;      /* ... or for keys that had expired */
    unsigned              paid;              /* for the last retry */
    dynamo_keys          *keys;              /* of the last attempt */
    attempt_outcome       last;
} message_call;

/* The attempt's own time limit, within the call's. */
static dynamo_deadline attempt_deadline(const message_call *call)
{
    dynamo_deadline own    = call->deadline;
    int64_t         end_us = dynamo_deadline_from_now(call->core->settings.attempt_timeout_ms);

    if (end_us < own.end_us)
        own.end_us = end_us;
    return own;
}

/* Until when an answer is waited for can be told by the service's clock, once that is known. */
static void write_sdk_request(const message_call *call, const dynamo_exchange *exchange, bool clock_known,
                              char text[DYNAMO_RETRY_HEADER_SIZE])
{
    int64_t left_s = (exchange->deadline->end_us - dynamo_clock_monotonic_us()) / 1000000;
    char    ttl[DYNAMO_TIMESTAMP_SIZE];

    dynamo_sigv4_timestamp(exchange->now + left_s, ttl);
    dynamo_retry_header(text, call->error->attempts + 1, call->max_attempts, clock_known ? ttl : NULL);
}

/* Of the answer, or of what came of it, for this call and for the ones after it. */
static void note_answer(message_call *call, const dynamo_exchange *exchange, const dynamo_handle *handle,
                        int64_t start_us, int64_t skew_s)
{
    attempt_outcome          *last   = &call->last;
    dynamo_error             *error  = call->error;
    const dynamo_dated_answer answer = {
        .date     = handle->head.date,
        .aged     = handle->head.aged,
        .received = dynamo_clock_wall(),
        .took_us  = dynamo_clock_monotonic_us() - start_us,
    };

    error->attempts++;
    last->sent           = true;
    last->http_status    = exchange->http_status;
    last->response_bytes = (int64_t)handle->body.length;
    if (exchange->http_status == 0)
        return;
    last->retry_after_ms  = handle->head.retry_after_ms;
    last->clock_was_wrong = dynamo_skew_learn(&call->core->skew, &answer, skew_s);
    memcpy(last->request_id, handle->head.request_id, sizeof(last->request_id));
    memcpy(error->request_id, handle->head.request_id, sizeof(error->request_id));
    error->http_status = exchange->http_status;
}

/* What is wanted as a page is received where it will stay: called before the answer comes, and when it was read. */
static void swap_bodies(const dynamo_message *message, dynamo_handle *handle)
{
    dynamo_buffer body = handle->body;

    if (message->paged == NULL)
        return;
    handle->body         = message->paged->text;
    message->paged->text = body;
}

/*
 * A transaction with a token is done once: that it was done, canceled or malformed holds for the attempts that had no
 * answer too. That it still runs, or that the service has no time or refuses the keys, says nothing of them.
 */
static bool settles(const dynamo_message *message, const dynamo_error *error)
{
    return message->transaction && (error->status == DYNAMO_OK || error->status == DYNAMO_ERR_TRANSACTION_CANCELED ||
                                    error->status == DYNAMO_ERR_VALIDATION);
}

static void exchange(message_call *call, dynamo_handle *handle, json_t **response)
{
    const dynamo_message   *message  = call->message;
    dynamo_core            *core     = call->core;
    dynamo_deadline         own      = attempt_deadline(call);
    int64_t                 start_us = dynamo_clock_monotonic_us();
    int64_t                 skew_s   = dynamo_skew_seconds(&core->skew);
    char                    sdk_request[DYNAMO_RETRY_HEADER_SIZE];
    dynamo_account_endpoint of_account;
    dynamo_exchange         exchange = {
                .endpoint      = endpoint_for(message, call->keys, &of_account, call->error),
                .target        = message->target,
                .body          = message->body->data,
                .body_length   = message->body->length,
                .region        = core->settings.region,
                .keyring       = &core->keyring,
                .keys          = call->keys,
                .deadline      = &own,
                .now           = dynamo_clock_wall() + skew_s,
                .invocation_id = call->invocation_id,
                .sdk_request   = sdk_request,
    };
    bool answered;

    if (exchange.endpoint == NULL)
        return;
    write_sdk_request(call, &exchange, dynamo_skew_known(&core->skew), sdk_request);
    swap_bodies(message, handle);
    answered = dynamo_exchange_run(&exchange, handle, call->error) == DYNAMO_OK;
    note_answer(call, &exchange, handle, start_us, skew_s);
    if (answered)
        (void)dynamo_answer_read(message, &exchange, handle, response, call->error);
    else
        call->error->ambiguous = message->write && exchange.may_have_been_executed;
    swap_bodies(message, handle);
    call->ambiguous = (call->ambiguous && !settles(message, call->error)) || call->error->ambiguous;
}

static void try_once(message_call *call, json_t **response)
{
    dynamo_core   *core   = call->core;
    int64_t        now    = dynamo_clock_wall() + dynamo_skew_seconds(&core->skew);
    dynamo_handle *handle = NULL;

    call->last = (attempt_outcome){ .start_us = dynamo_clock_monotonic_us() };
    dynamo_keys_release(call->keys);
    call->keys = NULL;
    if (dynamo_keyring_get(&core->keyring, &call->deadline, now, &call->keys, call->error) == DYNAMO_OK &&
        dynamo_pool_take(&core->pool, &call->deadline, &handle, call->error) == DYNAMO_OK) {
        exchange(call, handle, response);
        dynamo_pool_give(&core->pool, handle);
    }
}

/* With no handle and no lock held: what is told may call the library. */
static void report(const message_call *call, int64_t delay_us)
{
    const dynamo_settings *settings = &call->core->settings;
    const attempt_outcome *last     = &call->last;
    const dynamo_error    *error    = call->error;
    const dynamo_attempt   told     = {
              .operation      = call->message->operation,
              .table_name     = call->message->table_name,
              .request_id     = last->request_id[0] != '\0' ? last->request_id : NULL,
              .code           = error->status != DYNAMO_OK ? error->code : NULL,
              .status         = error->status,
              .http_status    = last->http_status,
              .attempt        = error->attempts,
              .duration_us    = dynamo_clock_monotonic_us() - last->start_us,
              .retry_delay_ms = delay_us >= 0 ? delay_us / 1000 : -1,
              .request_bytes  = (int64_t)call->message->body->length,
              .response_bytes = last->response_bytes,
    };

    if (settings->on_attempt != NULL && last->sent)
        settings->on_attempt(settings->context, &told);
}

/* ---- All attempts ------------------------------------------------------------------------------------------------ */

#define THE_LAST (-1)

/*
 * Pauses, and in the adaptive mode waits for its turn, with nothing held meanwhile. Where the time doesn't suffice for
 * another attempt, the failure of the last one stands.
 */
static bool is_ready_to_send(message_call *call, int64_t delay_us)
{
    dynamo_error *error  = call->error;
    dynamo_status status = dynamo_deadline_pause(&call->deadline, delay_us);

    while (status == DYNAMO_OK &&
           (delay_us = dynamo_retry_take_turn(&call->core->retry, dynamo_clock_monotonic_us())) > 0)
        status = dynamo_deadline_pause(&call->deadline, delay_us);
    if (status == DYNAMO_ERR_TIMEOUT && error->attempts != 0)
        return false;
    dynamo_forget_failure(error);
    if (status != DYNAMO_OK)
        (void)dynamo_fail(error, status, "%s before %s", dynamo_deadline_words(status),
                          error->attempts == 0 ? "anything was sent" : "the next attempt");
    return status == DYNAMO_OK;
}

/* The answers to a request whose time is too far from the service's. */
static bool blames_the_clock(dynamo_status status)
{
    static const dynamo_status answers[] = { DYNAMO_ERR_INVALID_SIGNATURE, DYNAMO_ERR_SIGNATURE_DOES_NOT_MATCH,
                                             DYNAMO_ERR_AUTH_FAILURE, DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED,
                                             DYNAMO_ERR_ACCESS_DENIED };

    for (size_t i = 0; i < DYNAMO_COUNT(answers); i++)
        if (answers[i] == status)
            return true;
    return false;
}

/* As what the last attempt may be repeated, if at all. What else than a pause can help (the right time, other keys)
 * belongs here; it is a retry like any other, in attempts and in tokens. */
static dynamo_retry_class may_repeat(message_call *call)
{
    const dynamo_error *error = call->error;

    if (error->status == DYNAMO_OK || !call->last.sent || error->attempts >= call->max_attempts)
        return DYNAMO_RETRY_NEVER;
    if (call->last.clock_was_wrong && !call->clock_corrected && blames_the_clock(error->status)) {
        call->clock_corrected = true;
        return DYNAMO_RETRY_TRANSIENT;
    }
    if (error->status == DYNAMO_ERR_EXPIRED_TOKEN && !call->keys_renewed) {
        call->keys_renewed = true;
        return dynamo_keyring_distrust(&call->core->keyring, call->keys) ? DYNAMO_RETRY_TRANSIENT : DYNAMO_RETRY_NEVER;
    }
    if (!error->retryable)
        return DYNAMO_RETRY_NEVER;
    return dynamo_retry_class_of(error->status, call->last.http_status) == DYNAMO_RETRY_THROTTLING
               ? DYNAMO_RETRY_THROTTLING
               : DYNAMO_RETRY_TRANSIENT;
}

/* The pause before the next attempt, paid for; THE_LAST: there is none, or no time for it, or too many have failed. */
static int64_t delay_to_next(message_call *call)
{
    dynamo_retry_class class = may_repeat(call);
    int64_t            delay_us;
    unsigned           cost;

    if (class == DYNAMO_RETRY_NEVER)
        return THE_LAST;
    delay_us = dynamo_retry_delay_us(class, call->error->attempts, call->core->retry.chance(),
                                     call->last.retry_after_ms);
    if (!dynamo_deadline_allows(&call->deadline, delay_us))
        return THE_LAST;
    cost = dynamo_retry_pay(&call->core->retry, class);
    if (cost == 0)
        return THE_LAST;
    call->paid = cost;
    return delay_us;
}

/* For the calls after this one: how fast they may go, and what they may spend. */
static void teach(const message_call *call)
{
    const dynamo_error *error     = call->error;
    dynamo_retry       *retry     = &call->core->retry;
    bool                throttled = dynamo_retry_class_of(error->status, call->last.http_status) ==
                     DYNAMO_RETRY_THROTTLING;

    if (call->last.sent)
        dynamo_retry_answered(retry, throttled, dynamo_clock_monotonic_us());
    if (error->status == DYNAMO_OK)
        dynamo_retry_refund(retry, call->paid);
}

/* With the token the same request settles what became of this one. Without memory for it the failure is told alone. */
static void keep_token(const dynamo_token *token, dynamo_error *error)
{
    if (token == NULL || token->name == NULL)
        return;
    if (error->details == NULL)
        error->details = json_object();
    (void)json_object_set_new_nocheck(error->details, token->name, json_string_nocheck(token->text));
}

static void begin_message(message_call *call, dynamo_client *client)
{
    static const char nobody[] = "00000000-0000-0000-0000-000000000000";
    int64_t           end_us   = dynamo_deadline_from_now(client->timeout_ms);

    dynamo_core_enter(client->core);
    call->core                  = client->core;
    call->max_attempts          = client->max_attempts;
    call->deadline.cancellation = &client->cancellation;
    call->deadline.end_us       = end_us < client->end_us ? end_us : client->end_us;
    if (!dynamo_uuid(call->invocation_id))
        memcpy(call->invocation_id, nobody, sizeof(nobody));
}

static dynamo_status send_message(dynamo_client *client, const dynamo_message *message, json_t **response,
                                  dynamo_error *error)
{
    message_call call     = { .message = message, .error = error };
    int64_t      delay_us = 0;

    begin_message(&call, client);
    while (delay_us != THE_LAST && is_ready_to_send(&call, delay_us)) {
        try_once(&call, response);
        teach(&call);
        delay_us = delay_to_next(&call);
        report(&call, delay_us);
    }
    dynamo_keys_release(call.keys);
    error->ambiguous = call.ambiguous;
    if (error->status != DYNAMO_OK && error->ambiguous)
        keep_token(message->token, error);
    return error->status;
}

/* ---- From the caller and back ------------------------------------------------------------------------------------ */

/* What every call begins and ends with. The way itself knows of no NULL: it has an error and a place for the answer. */
typedef struct call_frame {
    json_t      **response; /* the caller's, or NULL */
    json_t       *answer;
    dynamo_error *error; /* the caller's, or the spare */
    dynamo_error  spare;
    int           cancelability; /* of the thread, off during the call */
} call_frame;

static dynamo_status begin(call_frame *frame, const dynamo_client *client, json_t **response, dynamo_error *error)
{
    frame->response = response;
    frame->answer   = NULL;
    frame->spare    = (dynamo_error){ 0 };
    frame->error    = error != NULL ? error : &frame->spare;
    if (response != NULL)
        *response = NULL;
    if (client == NULL && frame->error->status != DYNAMO_OK)
        return DYNAMO_ERR_INVALID_ARGUMENT; /* what made it NULL is told already */
    dynamo_error_clear(frame->error);
    if (client == NULL)
        return dynamo_fail(frame->error, DYNAMO_ERR_INVALID_ARGUMENT, "client is NULL: did dynamo_client_new fail?");
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &frame->cancelability);
    return DYNAMO_OK;
}

static dynamo_status finish(call_frame *frame, dynamo_status status)
{
    if (frame->response != NULL)
        *frame->response = frame->answer;
    else
        json_decref(frame->answer);
    dynamo_error_clear(&frame->spare);
    (void)pthread_setcancelstate(frame->cancelability, &frame->cancelability);
    return status;
}

/* For who watches the attempts. */
static const char *table_name_of(const dynamo_request *request)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++)
        if (request->present[i] && strcmp(parameters[i].name, "TableName") == 0)
            return request->values[i].text;
    return NULL;
}

static bool statement_reads(const char *statement)
{
    return statement != NULL && curl_strnequal(statement + strspn(statement, " \t\r\n"), "SELECT", 6);
}

/* Of the PartiQL operations only the statements tell. `statement` or `statements`; the other is NULL. */
static bool statements_read(const char *statement, json_t *statements)
{
    bool reads = statement != NULL ? statement_reads(statement) : json_array_size(statements) != 0;

    for (size_t i = 0; reads && i < json_array_size(statements); i++)
        reads = statement_reads(json_string_value(json_object_get(json_array_get(statements, i), "Statement")));
    return reads;
}

static bool may_write(const dynamo_request *request)
{
    const char *first = request->operation->parameters[0].name;

    if (!request->operation->write || first == NULL || strstr(first, "Statement") == NULL)
        return request->operation->write;
    return strcmp(first, "Statement") == 0 ? !statements_read(request->values[0].text, NULL)
                                           : !statements_read(NULL, request->values[0].json);
}

static bool raw_may_write(const char *operation, json_t *request)
{
    json_t *statements = json_object_get(request, "Statements");

    if (statements == NULL)
        statements = json_object_get(request, "TransactStatements");
    return dynamo_operation_may_write(operation) &&
           !statements_read(json_string_value(json_object_get(request, "Statement")), statements);
}

/* Of the operations with a ClientRequestToken, which the library makes where the caller gives none. */
static bool is_transaction(const dynamo_operation *operation)
{
    for (size_t i = 0; operation->parameters[i].name != NULL; i++)
        if (strcmp(operation->parameters[i].name, "ClientRequestToken") == 0)
            return true;
    return false;
}

static dynamo_status write_body(dynamo_buffer *body, const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = dynamo_request_write(body, request, error);

    return status == DYNAMO_OK ? dynamo_rules_check(request, error) : status;
}

dynamo_status dynamo_prepare(dynamo_prepared *prepared, const dynamo_client *client, const dynamo_request *request,
                             dynamo_error *error)
{
    const dynamo_operation *operation = request->operation;
    dynamo_message         *message   = &prepared->message;
    dynamo_status           status;

    prepared->body = (dynamo_buffer){ 0 };
    *message       = (dynamo_message){
        .operation    = operation->name,
        .table_name   = table_name_of(request),
        .endpoint     = endpoint_of(client, operation->service),
        .target       = prepared->target,
        .body         = &prepared->body,
        .token        = &request->token,
        .output       = operation->output,
        .error_output = &dynamo_shape_error,
        .unwrap       = operation->unwrap,
        .write        = may_write(request),
        .transaction  = is_transaction(operation),
        .may_be_empty = operation->output == &dynamo_shape_nothing,
    };
    (void)snprintf(prepared->target, sizeof(prepared->target), "%s%s", target_prefixes[operation->service],
                   operation->name);
    status = write_body(&prepared->body, request, error);
    if (status == DYNAMO_OK && message->endpoint->account_suffix != NULL &&
        dynamo_account_of_request(prepared->account, request, client->core->settings.region))
        message->account = prepared->account;
    return status;
}

static dynamo_status perform(dynamo_client *client, const dynamo_operation *operation,
                             const dynamo_argument *arguments, const void *options, json_t **answer,
                             dynamo_error *error)
{
    dynamo_request  request;
    dynamo_prepared prepared;
    dynamo_status   status = dynamo_request_fill(&request, operation, arguments, options, error);

    prepared.body = (dynamo_buffer){ 0 };
    if (status == DYNAMO_OK)
        status = dynamo_prepare(&prepared, client, &request, error);
    if (status == DYNAMO_OK)
        status = send_message(client, &prepared.message, answer, error);
    dynamo_request_free(&request);
    dynamo_buffer_free(&prepared.body);
    return status;
}

dynamo_status dynamo_send(dynamo_client *client, const dynamo_message *message, json_t **response, dynamo_error *error)
{
    call_frame    frame;
    dynamo_status status = begin(&frame, client, response, error);

    if (status != DYNAMO_OK)
        return status;
    return finish(&frame, send_message(client, message, &frame.answer, frame.error));
}

dynamo_status dynamo_perform(dynamo_client *client, const dynamo_operation *operation,
                             const dynamo_argument *arguments, const void *options, json_t **response,
                             dynamo_error *error)
{
    call_frame    frame;
    dynamo_status status = begin(&frame, client, response, error);

    if (status != DYNAMO_OK)
        return status;
    return finish(&frame, perform(client, operation, arguments, options, &frame.answer, frame.error));
}

/* A name goes into a header and must be no more than a name. */
static bool is_operation_name(const char *name)
{
    size_t length = strlen(name);

    return length != 0 && length <= DYNAMO_OPERATION_NAME_MAX &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == length;
}

static dynamo_status perform_raw(dynamo_client *client, const char *operation, json_t *request, json_t **answer,
                                 dynamo_error *error)
{
    const dynamo_path root    = DYNAMO_PATH_ROOT("request");
    dynamo_service    service = dynamo_service_of(operation);
    dynamo_buffer     body    = { 0 };
    char              target[DYNAMO_TARGET_SIZE];
    char              account[DYNAMO_LABEL_SIZE];
    dynamo_message    message = {
           .operation    = operation,
           .table_name   = json_string_value(json_object_get(request, "TableName")),
           .endpoint     = endpoint_of(client, service),
           .target       = target,
           .body         = &body,
           .output       = &dynamo_shape_any,
           .error_output = &dynamo_shape_any,
           .write        = raw_may_write(operation, request),
           .transaction  = json_is_string(json_object_get(request, "ClientRequestToken")),
           .may_be_empty = true,
    };
    dynamo_status status;

    (void)snprintf(target, sizeof(target), "%s%s", target_prefixes[service], operation);
    status = dynamo_write_json(&body, request, &root, error);
    if (status == DYNAMO_OK && body.failed)
        status = dynamo_fail_memory(error);
    if (status == DYNAMO_OK && message.endpoint->account_suffix != NULL &&
        dynamo_account_of_document(account, service, request, client->core->settings.region))
        message.account = account;
    if (status == DYNAMO_OK)
        status = send_message(client, &message, answer, error);
    dynamo_buffer_free(&body);
    return status;
}

static dynamo_status check_raw(const char *operation, json_t *request, dynamo_error *error)
{
    if (operation == NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "operation is NULL");
    if (!is_operation_name(operation))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "operation is not the name of one: give it as the API spells it, \"GetItem\"");
    if (request == NULL)
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "request is NULL: did json_pack fail (format, UTF-8, memory)?");
    if (!json_is_object(request))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "request must be an object");
    return DYNAMO_OK;
}

dynamo_status dynamo_perform_raw(dynamo_client *client, const char *operation, json_t *request, json_t **response,
                                 dynamo_error *error)
{
    call_frame    frame;
    dynamo_status status = begin(&frame, client, response, error);

    if (status != DYNAMO_OK)
        return status;
    status = check_raw(operation, request, frame.error);
    if (status == DYNAMO_OK)
        status = perform_raw(client, operation, request, &frame.answer, frame.error);
    return finish(&frame, status);
}
