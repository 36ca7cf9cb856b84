/*
 * What moto serves and DynamoDB Local doesn't, each operation called at least once, and its answer looked at.
 *
 *     by_moto ENDPOINT BUCKET
 *
 * Prints a line for each call: the operation's name, then "OK" or what is wrong. The bucket has songs/1.json to import.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dynamo.h>

#define TABLE "Songs"

static dynamo_client *client;
static dynamo_error   error;
static json_t        *response;

/* A member of the last response by its path, "BackupDetails.BackupArn". */
static json_t *found(const char *path)
{
    json_t *value = response;

    while (value != NULL && path[0] != '\0') {
        size_t length = strcspn(path, ".");
        char   name[64];

        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        value = json_object_get(value, name);
        path += length + (path[length] == '.' ? 1 : 0);
    }
    return value;
}

/* A text that outlives the response. */
static char *kept_text(const char *path)
{
    const char *text = json_string_value(found(path));
    char       *copy = malloc(strlen(text != NULL ? text : "") + 1);

    if (copy == NULL)
        exit(1);
    return strcpy(copy, text != NULL ? text : "");
}

static bool is_text(const char *path, const char *expected)
{
    const char *text = json_string_value(found(path));

    return text != NULL && strcmp(text, expected) == 0;
}

static bool is_some_text(const char *path)
{
    return json_string_length(found(path)) > 0;
}

static bool is_empty(void)
{
    return json_is_object(response) && json_object_size(response) == 0;
}

/* Begins a call: the response of the one before goes. */
static json_t **into(void)
{
    json_decref(response);
    response = NULL;
    return &response;
}

static void prove(const char *operation, dynamo_status status, bool sensible)
{
    char *text = json_dumps(response, JSON_COMPACT);

    if (status != DYNAMO_OK)
        printf("%s %s: %s\n", operation, error.code, error.message);
    else if (!sensible)
        printf("%s another answer than was expected: %s\n", operation, text != NULL ? text : "");
    else
        printf("%s OK\n", operation);
    free(text);
}

/* The call is evaluated before what is expected of its response. */
#define PROVE(operation, call, sensible)   \
    do {                                   \
        dynamo_status status_ = (call);    \
                                           \
        prove(operation, status_, sensible); \
    } while (0)

static json_t *load(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);

    if (value == NULL)
        exit(1);
    return value;
}

/* The new table's ARN. */
static char *make_table(void)
{
    json_t *definitions = load("{\"id\": \"S\"}"), *schema = load("{\"id\": \"HASH\"}");
    json_t *item        = load("{\"id\": \"first\", \"plays\": 3, \"seal\": {\"$B\": \"AAH+/w==\"}}");

    PROVE("CreateTable", dynamo_create_table(client, TABLE, definitions, schema, NULL, into(), &error),
          is_text("TableName", TABLE));
    PROVE("PutItem", dynamo_put_item(client, TABLE, item, NULL, into(), &error), true);
    PROVE("DescribeTable", dynamo_describe_table(client, TABLE, NULL, into(), &error), is_some_text("TableArn"));
    json_decref(definitions);
    json_decref(schema);
    json_decref(item);
    return kept_text("TableArn");
}

/* Whether the table called so has the item. */
static bool has_item(const char *table)
{
    json_t       *key    = load("{\"id\": \"first\"}"), *answer;
    dynamo_status status = dynamo_get_item(client, table, key, NULL, &answer, &error);
    bool          there  = status == DYNAMO_OK &&
                 json_integer_value(json_object_get(json_object_get(answer, "Item"), "plays")) == 3;

    json_decref(answer);
    json_decref(key);
    return there;
}

static void tags(const char *arn)
{
    json_t *set = load("[{\"Key\": \"genre\", \"Value\": \"jazz\"}, {\"Key\": \"year\", \"Value\": \"\"}]");
    json_t *names = load("[\"year\"]"), *rest = load("[{\"Key\": \"genre\", \"Value\": \"jazz\"}]");

    PROVE("TagResource", dynamo_tag_resource(client, arn, set, NULL, into(), &error), is_empty());
    PROVE("ListTagsOfResource", dynamo_list_tags_of_resource(client, arn, NULL, into(), &error),
          json_array_size(found("Tags")) == 2);
    PROVE("UntagResource", dynamo_untag_resource(client, arn, names, NULL, into(), &error), is_empty());
    PROVE("ListTagsOfResource", dynamo_list_tags_of_resource(client, arn, NULL, into(), &error),
          json_equal(found("Tags"), rest));
    json_decref(set);
    json_decref(names);
    json_decref(rest);
}

static void continuous_backups(void)
{
    static const char status[] =
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus";
    json_t *on = load("{\"PointInTimeRecoveryEnabled\": true}");

    PROVE("DescribeContinuousBackups", dynamo_describe_continuous_backups(client, TABLE, NULL, into(), &error),
          is_text(status, "DISABLED"));
    PROVE("UpdateContinuousBackups", dynamo_update_continuous_backups(client, TABLE, on, NULL, into(), &error),
          is_text(status, "ENABLED"));
    PROVE("DescribeContinuousBackups", dynamo_describe_continuous_backups(client, TABLE, NULL, into(), &error),
          is_text(status, "ENABLED"));
    json_decref(on);
}

static void backups(void)
{
    dynamo_list_backups_options of_table = { .table_name = TABLE };
    char                       *arn;

    PROVE("CreateBackup", dynamo_create_backup(client, TABLE, "nightly", NULL, into(), &error),
          is_text("BackupDetails.BackupName", "nightly") && is_some_text("BackupDetails.BackupArn"));
    arn = kept_text("BackupDetails.BackupArn");
    PROVE("DescribeBackup", dynamo_describe_backup(client, arn, NULL, into(), &error),
          is_text("BackupDescription.BackupDetails.BackupArn", arn));
    PROVE("ListBackups", dynamo_list_backups(client, &of_table, into(), &error),
          json_array_size(found("BackupSummaries")) == 1);
    PROVE("RestoreTableFromBackup", dynamo_restore_table_from_backup(client, "Restored", arn, NULL, into(), &error),
          is_text("TableDescription.TableName", "Restored") && has_item("Restored"));
    PROVE("DeleteBackup", dynamo_delete_backup(client, arn, NULL, into(), &error),
          is_text("BackupDescription.BackupDetails.BackupArn", arn));
    PROVE("ListBackups", dynamo_list_backups(client, &of_table, into(), &error),
          json_array_size(found("BackupSummaries")) == 0);
    if (dynamo_describe_backup(client, arn, NULL, into(), &error) == DYNAMO_ERR_BACKUP_NOT_FOUND)
        printf("DescribeBackup OK\n");
    else
        printf("DescribeBackup finds a backup that was deleted\n");
    free(arn);
}

static void point_in_time(void)
{
    dynamo_restore_table_to_point_in_time_options options = { .source_table_name          = TABLE,
                                                              .use_latest_restorable_time = DYNAMO_TRUE };

    PROVE("RestoreTableToPointInTime",
          dynamo_restore_table_to_point_in_time(client, "Earlier", &options, into(), &error),
          is_text("TableDescription.TableName", "Earlier") && has_item("Earlier"));
}

/* Asks until the state isn't `running` any more, ten seconds at most. */
static void wait_while(const char *running, const char *path, const char *arn,
                       dynamo_status (*describe)(const char *arn))
{
    const struct timespec pause = { .tv_nsec = 100000000 };

    for (int i = 0; i < 100 && describe(arn) == DYNAMO_OK && is_text(path, running); i++)
        nanosleep(&pause, NULL);
}

static dynamo_status describe_export(const char *arn)
{
    return dynamo_describe_export(client, arn, NULL, into(), &error);
}

static dynamo_status describe_import(const char *arn)
{
    return dynamo_describe_import(client, arn, NULL, into(), &error);
}

static void exports(const char *table_arn, const char *bucket)
{
    dynamo_export_table_to_point_in_time_options options  = { .s3_prefix = "out", .export_format = "DYNAMODB_JSON" };
    dynamo_list_exports_options                  of_table = { .table_arn = table_arn };
    char                                        *arn;

    PROVE("ExportTableToPointInTime",
          dynamo_export_table_to_point_in_time(client, table_arn, bucket, &options, into(), &error),
          is_some_text("ExportDescription.ExportArn"));
    arn = kept_text("ExportDescription.ExportArn");
    wait_while("IN_PROGRESS", "ExportDescription.ExportStatus", arn, describe_export);
    PROVE("DescribeExport", describe_export(arn), is_text("ExportDescription.ExportStatus", "COMPLETED"));
    PROVE("ListExports", dynamo_list_exports(client, &of_table, into(), &error),
          json_array_size(found("ExportSummaries")) == 1);
    free(arn);
}

static void imports(const char *bucket)
{
    json_t *source     = json_pack("{s:s,s:s}", "S3Bucket", bucket, "S3KeyPrefix", "songs/");
    json_t *parameters =
        load("{\"TableName\": \"Imported\", \"AttributeDefinitions\": [{\"AttributeName\": \"id\","
             "\"AttributeType\": \"S\"}], \"KeySchema\": [{\"AttributeName\": \"id\", \"KeyType\": \"HASH\"}],"
             "\"BillingMode\": \"PAY_PER_REQUEST\"}");
    char   *arn;

    PROVE("ImportTable",
          dynamo_import_table(client, source, "DYNAMODB_JSON", parameters, NULL, into(), &error),
          is_some_text("ImportTableDescription.ImportArn"));
    arn = kept_text("ImportTableDescription.ImportArn");
    wait_while("IN_PROGRESS", "ImportTableDescription.ImportStatus", arn, describe_import);
    PROVE("DescribeImport", describe_import(arn),
          is_text("ImportTableDescription.ImportStatus", "COMPLETED") && has_item("Imported"));
    free(arn);
    json_decref(source);
    json_decref(parameters);
}

static void policies(const char *arn)
{
    static const char policy[] = "{\"Version\": \"2012-10-17\", \"Statement\": []}";

    PROVE("PutResourcePolicy", dynamo_put_resource_policy(client, arn, policy, NULL, into(), &error),
          is_some_text("RevisionId"));
    PROVE("GetResourcePolicy", dynamo_get_resource_policy(client, arn, NULL, into(), &error),
          is_text("Policy", policy));
    PROVE("DeleteResourcePolicy", dynamo_delete_resource_policy(client, arn, NULL, into(), &error),
          json_is_object(response));
    if (dynamo_get_resource_policy(client, arn, NULL, into(), &error) == DYNAMO_ERR_POLICY_NOT_FOUND)
        printf("GetResourcePolicy OK\n");
    else
        printf("GetResourcePolicy finds a policy that was deleted\n");
}

int main(int argc, char **argv)
{
    dynamo_config config = { .endpoint = argc == 3 ? argv[1] : NULL, .region = "us-east-1", .access_key = "a",
                             .secret_key = "b" };
    char         *arn;

    if (argc != 3) {
        fprintf(stderr, "usage: by_moto ENDPOINT BUCKET\n");
        return 1;
    }
    client = dynamo_client_new(&config, &error);
    if (client == NULL) {
        fprintf(stderr, "by_moto: %s\n", error.message);
        return 1;
    }
    PROVE("DescribeEndpoints", dynamo_describe_endpoints(client, NULL, into(), &error),
          json_array_size(found("Endpoints")) > 0);
    arn = make_table();
    tags(arn);
    continuous_backups();
    backups();
    point_in_time();
    exports(arn, argv[2]);
    imports(argv[2]);
    policies(arn);
    free(arn);
    json_decref(response);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return 0;
}
