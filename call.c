/*
 * A request's way: arguments, check, marshal, text; for each attempt sign, send, receive, check, classify; decode.
 */
#include "dynamo_internal.h"

#include <stdio.h>

#define OPERATION_NAME_MAX 64
#define TARGET_SIZE (OPERATION_NAME_MAX + 32)

static const char *const target_prefixes[] = {
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

typedef struct one_attempt {
    const dynamo_message *message;
    dynamo_core          *core;
    dynamo_deadline       deadline;
    unsigned              number; /* from 1 */
    int64_t               start_us;
    int64_t               response_bytes;
} one_attempt;

/* The attempt's own time limit, within the call's. */
static dynamo_deadline attempt_deadline(const one_attempt *attempt)
{
    dynamo_deadline own    = attempt->deadline;
    int64_t         end_us = dynamo_deadline_from_now(attempt->core->settings.attempt_timeout_ms);

    if (end_us < own.end_us)
        own.end_us = end_us;
    return own;
}

static dynamo_status exchange(one_attempt *attempt, dynamo_keys *keys, dynamo_handle *handle, json_t **response,
                              dynamo_error *error)
{
    const dynamo_message   *message = attempt->message;
    dynamo_account_endpoint of_account;
    dynamo_deadline         own      = attempt_deadline(attempt);
    dynamo_exchange         exchange = {
              .endpoint    = endpoint_for(message, keys, &of_account, error),
              .target      = message->target,
              .body        = message->body->data,
              .body_length = message->body->length,
              .region      = attempt->core->settings.region,
              .keyring     = &attempt->core->keyring,
              .keys        = keys,
              .deadline    = &own,
              .now         = dynamo_clock_wall(),
    };
    dynamo_status status;

    if (exchange.endpoint == NULL)
        return DYNAMO_ERR_INVALID_ARGUMENT;
    status                  = dynamo_exchange_run(&exchange, handle, error);
    error->attempts         = attempt->number;
    error->http_status      = exchange.http_status;
    attempt->response_bytes = (int64_t)handle->body.length;
    memcpy(error->request_id, handle->head.request_id, sizeof(error->request_id));
    if (status == DYNAMO_OK)
        return dynamo_answer_read(message, &exchange, handle, response, error);
    error->ambiguous = message->write && exchange.may_have_been_executed;
    return status;
}

static dynamo_status try_once(one_attempt *attempt, json_t **response, dynamo_error *error)
{
    dynamo_keys   *keys   = NULL;
    dynamo_handle *handle = NULL;
    dynamo_status  status = dynamo_deadline_check(&attempt->deadline);

    if (status != DYNAMO_OK)
        return dynamo_fail(error, status, "%s before anything was sent", dynamo_deadline_words(status));
    status = dynamo_keyring_get(&attempt->core->keyring, &attempt->deadline, dynamo_clock_wall(), &keys, error);
    if (status == DYNAMO_OK)
        status = dynamo_pool_take(&attempt->core->pool, &attempt->deadline, &handle, error);
    if (status == DYNAMO_OK) {
        status = exchange(attempt, keys, handle, response, error);
        dynamo_pool_give(&attempt->core->pool, handle);
    }
    dynamo_keys_release(keys);
    return status;
}

static void report(const one_attempt *attempt, dynamo_status status, const dynamo_error *error)
{
    const dynamo_settings *settings = &attempt->core->settings;
    const dynamo_attempt   told     = {
              .operation      = attempt->message->operation,
              .table_name     = attempt->message->table_name,
              .request_id     = error->request_id[0] != '\0' ? error->request_id : NULL,
              .code           = status != DYNAMO_OK ? error->code : NULL,
              .status         = status,
              .http_status    = error->http_status,
              .attempt        = attempt->number,
              .duration_us    = dynamo_clock_monotonic_us() - attempt->start_us,
              .retry_delay_ms = -1,
              .request_bytes  = (int64_t)attempt->message->body->length,
              .response_bytes = attempt->response_bytes,
    };

    if (settings->on_attempt != NULL && error->attempts == attempt->number)
        settings->on_attempt(settings->context, &told);
}

/* ---- All attempts ------------------------------------------------------------------------------------------------ */

/* With the token the same request settles what became of this one. Without memory for it the failure is told alone. */
static void keep_token(const dynamo_token *token, dynamo_error *error)
{
    if (token == NULL || token->name == NULL)
        return;
    if (error->details == NULL)
        error->details = json_object();
    (void)json_object_set_new_nocheck(error->details, token->name, json_string_nocheck(token->text));
}

/* One attempt in this version; what repeats it belongs here, around try_once() and report(). */
static dynamo_status send_message(dynamo_client *client, const dynamo_message *message, json_t **response,
                                  dynamo_error *error)
{
    one_attempt   only   = { .message = message, .core = client->core, .number = 1 };
    int64_t       end_us = dynamo_deadline_from_now(client->timeout_ms);
    dynamo_status status;

    dynamo_core_enter(client->core);
    only.deadline.cancellation = &client->cancellation;
    only.deadline.end_us       = end_us < client->end_us ? end_us : client->end_us;
    only.start_us              = dynamo_clock_monotonic_us();
    status                     = try_once(&only, response, error);
    if (status != DYNAMO_OK && error->ambiguous)
        keep_token(message->token, error);
    report(&only, status, error);
    return status;
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

static bool may_write(const dynamo_operation *operation, const dynamo_argument *arguments)
{
    const char *first = operation->parameters[0].name;

    if (!operation->write || first == NULL || strstr(first, "Statement") == NULL)
        return operation->write;
    return strcmp(first, "Statement") == 0 ? !statements_read(arguments[0].text, NULL)
                                           : !statements_read(NULL, arguments[0].json);
}

static bool raw_may_write(const char *operation, json_t *request)
{
    json_t *statements = json_object_get(request, "Statements");

    if (statements == NULL)
        statements = json_object_get(request, "TransactStatements");
    return dynamo_operation_may_write(operation) &&
           !statements_read(json_string_value(json_object_get(request, "Statement")), statements);
}

static dynamo_status write_body(dynamo_buffer *body, const dynamo_request *request, dynamo_error *error)
{
    dynamo_status status = dynamo_request_write(body, request, error);

    return status == DYNAMO_OK ? dynamo_rules_check(request, error) : status;
}

static dynamo_status perform(dynamo_client *client, const dynamo_operation *operation,
                             const dynamo_argument *arguments, const void *options, json_t **answer,
                             dynamo_error *error)
{
    dynamo_request request;
    dynamo_buffer  body = { 0 };
    char           target[TARGET_SIZE];
    char           account[DYNAMO_LABEL_SIZE];
    dynamo_status  status = dynamo_request_fill(&request, operation, arguments, options, error);
    dynamo_message message = {
        .operation    = operation->name,
        .table_name   = table_name_of(&request),
        .endpoint     = endpoint_of(client, operation->service),
        .target       = target,
        .body         = &body,
        .token        = &request.token,
        .output       = operation->output,
        .error_output = &dynamo_shape_error,
        .unwrap       = operation->unwrap,
        .write        = may_write(operation, arguments),
        .may_be_empty = operation->output == &dynamo_shape_nothing,
    };

    (void)snprintf(target, sizeof(target), "%s%s", target_prefixes[operation->service], operation->name);
    if (status == DYNAMO_OK)
        status = write_body(&body, &request, error);
    if (status == DYNAMO_OK && message.endpoint->account_suffix != NULL &&
        dynamo_account_of_request(account, &request, client->core->settings.region))
        message.account = account;
    if (status == DYNAMO_OK)
        status = send_message(client, &message, answer, error);
    dynamo_request_free(&request);
    dynamo_buffer_free(&body);
    return status;
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

    return length != 0 && length <= OPERATION_NAME_MAX &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == length;
}

static dynamo_status perform_raw(dynamo_client *client, const char *operation, json_t *request, json_t **answer,
                                 dynamo_error *error)
{
    const dynamo_path root    = DYNAMO_PATH_ROOT("request");
    dynamo_service    service = dynamo_service_of(operation);
    dynamo_buffer     body    = { 0 };
    char              target[TARGET_SIZE];
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
