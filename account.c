/*
 * Whose tables a request is about: the account that the ARN given for a table, a backup or a stream names.
 *
 * Source: the endpoint rules of DynamoDB and DynamoDB Streams, which say of each operation what member decides.
 */
#include "dynamo_internal.h"

/* A request as the caller gave it: an operation's arguments, or a document. */
typedef struct given_request {
    const dynamo_request *request; /* NULL: it is a document */
    json_t               *document;
} given_request;

static const dynamo_argument *argument_of(const dynamo_request *request, const char *name)
{
    const dynamo_parameter *parameters = request->operation->parameters;

    for (size_t i = 0; parameters[i].name != NULL; i++)
        if (request->present[i] && strcmp(parameters[i].name, name) == 0)
            return &request->values[i];
    return NULL;
}

static const char *text_in(const given_request *given, const char *name)
{
    const dynamo_argument *argument;

    if (given->request == NULL)
        return json_string_value(json_object_get(given->document, name));
    argument = argument_of(given->request, name);
    return argument != NULL ? argument->text : NULL;
}

static json_t *json_in(const given_request *given, const char *name)
{
    const dynamo_argument *argument;

    if (given->request == NULL)
        return json_object_get(given->document, name);
    argument = argument_of(given->request, name);
    return argument != NULL ? argument->json : NULL;
}

/* An element of TransactItems has one of these. */
static const char *table_of_element(json_t *element)
{
    static const char names[][16] = { "Get", "ConditionCheck", "Put", "Delete", "Update" };
    const char       *table       = NULL;

    for (size_t i = 0; table == NULL && i < DYNAMO_COUNT(names); i++)
        table = json_string_value(json_object_get(json_object_get(element, names[i]), "TableName"));
    return table;
}

static const char *first_table(const given_request *given)
{
    json_t     *tables   = json_in(given, "RequestItems");
    json_t     *elements = json_in(given, "TransactItems");
    const char *table    = tables != NULL ? json_object_iter_key(json_object_iter(tables)) : NULL;

    for (size_t i = 0; table == NULL && i < json_array_size(elements); i++)
        table = table_of_element(json_array_get(elements, i));
    return table;
}

typedef char member_name[20];

/* Of the members that name what an operation is about, the first that it has decides, be it an ARN or not. */
static const char *resource_of(const given_request *given, dynamo_service service)
{
    static const member_name dynamodb[] = { "TableName",   "GlobalTableName", "TargetTableName",
                                            "ResourceArn", "BackupArn",       "ExportArn",
                                            "ImportArn",   "TableArn",        "BulkOperationArn", "" };
    static const member_name streams[]  = { "StreamArn", "ShardIterator", "" };
    const char              *resource   = NULL;

    for (const member_name *name = service == DYNAMO_SERVICE_STREAMS ? streams : dynamodb; **name != '\0'; name++) {
        resource = text_in(given, *name);
        if (resource != NULL)
            return resource;
    }
    if (service == DYNAMO_SERVICE_STREAMS)
        return NULL;
    resource = json_string_value(json_object_get(json_in(given, "TableCreationParameters"), "TableName"));
    return resource != NULL ? resource : first_table(given);
}

bool dynamo_account_of_request(char account[DYNAMO_LABEL_SIZE], const dynamo_request *request, const char *region)
{
    const given_request given = { .request = request };

    return dynamo_account_of_arn(account, resource_of(&given, request->operation->service), region);
}

bool dynamo_account_of_document(char account[DYNAMO_LABEL_SIZE], dynamo_service service, json_t *document,
                                const char *region)
{
    const given_request given = { .document = document };

    return dynamo_account_of_arn(account, resource_of(&given, service), region);
}
