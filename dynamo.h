/*
 * dynamo: a synchronous, blocking client for Amazon DynamoDB and whatever speaks its protocol.
 *
 * Each DynamoDB operation is one function. Callers write and read plain JSON (Jansson's json_t); the library marshals
 * it to and from DynamoDB's AttributeValue notation, signs the request (SigV4), sends it over a pool of kept
 * connections and tells what happened in a dynamo_error. To link: libcurl, Jansson, mbedTLS's crypto library and
 * POSIX threads.
 *
 *     dynamo_error   error  = {0};
 *     dynamo_client *client = dynamo_client_new(NULL, &error);
 *     json_t        *key    = json_pack("{s:s}", "Artist", "Nobody");
 *     json_t        *found  = NULL;
 *
 *     if (dynamo_get_item(client, "Music", key, NULL, &found, &error) != DYNAMO_OK)
 *         fprintf(stderr, "%s: %s\n", error.code, error.message);
 *     json_decref(found);
 *     json_decref(key);
 *     dynamo_error_clear(&error);
 *     dynamo_client_free(client);
 *
 * The words used below. "Borrowed": the library reads the argument during the call, changes nothing in it, reference
 * counts included, and keeps nothing of it. "New reference": the caller's to json_decref(). Structs start from {0},
 * with designated initialisers; a struct may grow in a later version.
 *
 * The manual begins at dynamo(3).
 */
#ifndef DYNAMO_H
#define DYNAMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Stands before every public declaration. A vendored copy may define it, to hide the library's symbols for instance. */
#ifndef DYNAMO_API
#define DYNAMO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ----------------------------------------------------------------------------------------------------- */

#define DYNAMO_VERSION_MAJOR 0
#define DYNAMO_VERSION_MINOR 1
#define DYNAMO_VERSION_PATCH 0
#define DYNAMO_VERSION "0.1.0"
/* 0xMMmmpp: compares as the version does. */
#define DYNAMO_VERSION_HEX ((DYNAMO_VERSION_MAJOR << 16) | (DYNAMO_VERSION_MINOR << 8) | DYNAMO_VERSION_PATCH)

/* The DYNAMO_VERSION of the library that is linked, which may differ from the header's. Static storage. */
DYNAMO_API const char *dynamo_version(void);

/* ---- Booleans ---------------------------------------------------------------------------------------------------- */

/*
 * A boolean that may be left out. CAUTION: C's false is 0 and so means "unset": write DYNAMO_FALSE, or
 * DYNAMO_BOOL(condition) for a computed one.
 */
typedef enum dynamo_bool {
    DYNAMO_UNSET = 0,  /* the member isn't sent; the service's default holds */
    DYNAMO_TRUE  = 1,  /* true is sent */
    DYNAMO_FALSE = -1, /* false is sent */
} dynamo_bool;

/* DYNAMO_TRUE where the condition holds, else DYNAMO_FALSE; never unset. */
#define DYNAMO_BOOL(condition) ((condition) ? DYNAMO_TRUE : DYNAMO_FALSE)

/* ---- Status codes and errors ------------------------------------------------------------------------------------- */

/*
 * What a call came to. 0 is success, 1 to 29 are found on this side, 30 and above are the service's own error codes.
 * Numbered once and never renumbered; all below 126, so that a tool may exit with one. dynamo_error(3) lists the
 * causes of each.
 */
typedef enum dynamo_status {
    DYNAMO_OK = 0,

    DYNAMO_ERR_INVALID_ARGUMENT  = 1,  /* an argument is refused here; nothing was sent */
    DYNAMO_ERR_OUT_OF_MEMORY     = 2,  /* an allocation failed, or a thread primitive could not be made */
    DYNAMO_ERR_CONFIG_NOT_FOUND  = 3,  /* a profile was named and no file is there, or one can't be read */
    DYNAMO_ERR_CONFIG_PARSER     = 4,  /* a configuration file is malformed: the message has file and line */
    DYNAMO_ERR_NO_PROFILE        = 5,  /* the profile named is in none of the files */
    DYNAMO_ERR_NO_REGION         = 6,  /* no region was found, and the endpoint needs one */
    DYNAMO_ERR_NO_CREDENTIALS    = 7,  /* no source of credentials had any */
    DYNAMO_ERR_CREDENTIALS       = 8,  /* a source of credentials failed, or is incomplete */
    DYNAMO_ERR_REQUEST_FAILED    = 9,  /* the exchange broke: no connection, a reset, half an answer, no HTTP */
    DYNAMO_ERR_TIMEOUT           = 10, /* a time limit of this side ran out */
    DYNAMO_ERR_TLS               = 11, /* no TLS connection: the certificate, the host name, the protocol */
    DYNAMO_ERR_BAD_RESPONSE      = 12, /* an HTTP answer came that isn't DynamoDB's protocol, or is too large */
    DYNAMO_ERR_CHECKSUM_MISMATCH = 13, /* the answer's CRC-32 isn't the one its header gives */
    DYNAMO_ERR_CANCELED          = 14, /* dynamo_client_cancel() ended the call */
    DYNAMO_ERR_UNPROCESSED       = 15, /* a batch ended with something left to do */
    DYNAMO_ERR_WAITER_FAILED     = 16, /* the state waited for can't come any more */
    DYNAMO_ERR_UNKNOWN_SERVICE   = 17, /* the service's error code is unknown here, or there was none */

    DYNAMO_ERR_BACKUP_IN_USE                      = 30,
    DYNAMO_ERR_BACKUP_NOT_FOUND                   = 31,
    DYNAMO_ERR_CONDITIONAL_CHECK_FAILED           = 32, /* details: Item, where the call asked for it */
    DYNAMO_ERR_CONTINUOUS_BACKUPS_UNAVAILABLE     = 33,
    DYNAMO_ERR_DUPLICATE_ITEM                     = 34,
    DYNAMO_ERR_EXPORT_CONFLICT                    = 35,
    DYNAMO_ERR_EXPORT_NOT_FOUND                   = 36,
    DYNAMO_ERR_GLOBAL_TABLE_ALREADY_EXISTS        = 37,
    DYNAMO_ERR_GLOBAL_TABLE_NOT_FOUND             = 38,
    DYNAMO_ERR_IDEMPOTENT_PARAMETER_MISMATCH      = 39,
    DYNAMO_ERR_IMPORT_CONFLICT                    = 40,
    DYNAMO_ERR_IMPORT_NOT_FOUND                   = 41,
    DYNAMO_ERR_INDEX_NOT_FOUND                    = 42,
    DYNAMO_ERR_INTERNAL_SERVER_ERROR              = 43,
    DYNAMO_ERR_INVALID_EXPORT_TIME                = 44,
    DYNAMO_ERR_INVALID_RESTORE_TIME               = 45,
    DYNAMO_ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED = 46,
    DYNAMO_ERR_LIMIT_EXCEEDED                     = 47,
    DYNAMO_ERR_POINT_IN_TIME_RECOVERY_UNAVAILABLE = 48,
    DYNAMO_ERR_POLICY_NOT_FOUND                   = 49,
    DYNAMO_ERR_PROVISIONED_THROUGHPUT_EXCEEDED    = 50, /* details: ThrottlingReasons */
    DYNAMO_ERR_REPLICA_ALREADY_EXISTS             = 51,
    DYNAMO_ERR_REPLICA_NOT_FOUND                  = 52,
    DYNAMO_ERR_REPLICATED_WRITE_CONFLICT          = 53,
    DYNAMO_ERR_REQUEST_LIMIT_EXCEEDED             = 54, /* details: ThrottlingReasons */
    DYNAMO_ERR_RESOURCE_IN_USE                    = 55,
    DYNAMO_ERR_RESOURCE_NOT_FOUND                 = 56,
    DYNAMO_ERR_TABLE_ALREADY_EXISTS               = 57,
    DYNAMO_ERR_TABLE_IN_USE                       = 58,
    DYNAMO_ERR_TABLE_NOT_FOUND                    = 59,
    DYNAMO_ERR_THROTTLING                         = 60, /* details: ThrottlingReasons */
    DYNAMO_ERR_TRANSACTION_CANCELED               = 61, /* details: CancellationReasons */
    DYNAMO_ERR_TRANSACTION_CONFLICT               = 62,
    DYNAMO_ERR_TRANSACTION_IN_PROGRESS            = 63,
    DYNAMO_ERR_EXPIRED_ITERATOR                   = 64,
    DYNAMO_ERR_TRIMMED_DATA_ACCESS                = 65,

    DYNAMO_ERR_ACCESS_DENIED                      = 66,
    DYNAMO_ERR_AUTH_FAILURE                       = 67,
    DYNAMO_ERR_BANDWIDTH_LIMIT_EXCEEDED           = 68,
    DYNAMO_ERR_EC2_THROTTLED                      = 69,
    DYNAMO_ERR_EXPIRED_TOKEN                      = 70,
    DYNAMO_ERR_INCOMPLETE_SIGNATURE               = 71,
    DYNAMO_ERR_INTERNAL_FAILURE                   = 72,
    DYNAMO_ERR_INVALID_CLIENT_TOKEN_ID            = 73,
    DYNAMO_ERR_INVALID_ENDPOINT                   = 74,
    DYNAMO_ERR_INVALID_SIGNATURE                  = 75,
    DYNAMO_ERR_MISSING_AUTHENTICATION_TOKEN       = 76,
    DYNAMO_ERR_MISSING_PARAMETER                  = 77,
    DYNAMO_ERR_OPT_IN_REQUIRED                    = 78,
    DYNAMO_ERR_PRIOR_REQUEST_NOT_COMPLETE         = 79,
    DYNAMO_ERR_REQUEST_EXPIRED                    = 80,
    DYNAMO_ERR_REQUEST_THROTTLED                  = 81,
    DYNAMO_ERR_REQUEST_TIME_TOO_SKEWED            = 82,
    DYNAMO_ERR_REQUEST_TIMEOUT                    = 83, /* the service's; this side's own is DYNAMO_ERR_TIMEOUT */
    DYNAMO_ERR_SERIALIZATION                      = 84,
    DYNAMO_ERR_SERVICE_UNAVAILABLE                = 85,
    DYNAMO_ERR_SIGNATURE_DOES_NOT_MATCH           = 86,
    DYNAMO_ERR_SLOW_DOWN                          = 87,
    DYNAMO_ERR_THROTTLED                          = 88,
    DYNAMO_ERR_TOO_MANY_REQUESTS                  = 89,
    DYNAMO_ERR_UNKNOWN_OPERATION                  = 90,
    DYNAMO_ERR_UNRECOGNIZED_CLIENT                = 91,
    DYNAMO_ERR_VALIDATION                         = 92,
} dynamo_status;

/*
 * What is known of a call. It starts from {0}, is cleared by every call it is given to, so that one serves a loop, and
 * is at last cleared by dynamo_error_clear(). It owns `details`: not to be copied.
 */
typedef struct dynamo_error {
    char          code[64];       /* the service's ("ConditionalCheckFailedException"), else the status's name */
    char          message[512];   /* never empty on failure; UTF-8; no secret is ever in it */
    char          request_id[72]; /* of the last answer, on success too: what AWS support asks for */
    dynamo_status status;
    long          http_status;    /* of the last answer, on success too; 0: none came */
    unsigned      attempts;       /* sent, on success too */
    bool          retryable;      /* the same call may succeed when it is made again later */
    bool          ambiguous;      /* a write: an attempt without an answer may have been applied; also on success */
    json_t       *details;        /* the error's other members, plain: Item, CancellationReasons, ...; or NULL */
} dynamo_error;

/* Frees what the error holds and makes it {0} again. NULL is allowed. */
DYNAMO_API void dynamo_error_clear(dynamo_error *error);

/* "DYNAMO_ERR_THROTTLING" and so on; for a number that is no status "DYNAMO_ERR_UNKNOWN_SERVICE". Never NULL. */
DYNAMO_API const char *dynamo_status_name(dynamo_status status);

/* One sentence in English about the status. Never NULL; static storage. */
DYNAMO_API const char *dynamo_status_message(dynamo_status status);

/* ---- The client -------------------------------------------------------------------------------------------------- */

/* A connection pool with its settings. One serves any number of threads. */
typedef struct dynamo_client dynamo_client;

/* What a credentials callback fills in, with dynamo_credentials_set(). dynamo_credentials(3) has all other sources. */
typedef struct dynamo_credentials dynamo_credentials;

/* One attempt at one request, as the on_attempt callback sees it. Strings live until the callback returns. */
typedef struct dynamo_attempt {
    const char   *operation;      /* "GetItem" */
    const char   *table_name;     /* NULL where the request has none, or more than one */
    const char   *request_id;     /* the service's; NULL: none came */
    const char   *code;           /* the error's code; NULL on success */
    dynamo_status status;         /* of this attempt */
    long          http_status;    /* 0: no answer */
    unsigned      attempt;        /* from 1 */
    int64_t       duration_us;    /* from before the attempt was signed until it was decoded, in microseconds */
    int64_t       retry_delay_ms; /* the pause before the next attempt; -1: this was the last */
    int64_t       request_bytes;  /* of the request's body */
    int64_t       response_bytes; /* of the answer's body */
} dynamo_attempt;

/*
 * How a client is set up. {0} is a full configuration: what is unset comes from the environment, then the profile,
 * then the default. Strings are copied. dynamo_config(5) has each with its variable and its profile key.
 */
typedef struct dynamo_config {
    const char *profile;       /* name in the configuration files; one given here skips the environment's keys */
    const char *region;        /* "eu-central-1"; "local" is http://localhost:8000 */
    const char *access_key;    /* given with secret_key, or not at all */
    const char *secret_key;
    const char *session_token; /* of temporary credentials */
    const char *endpoint;      /* "http://localhost:8000"; on a loopback host nothing else needs to be set */
    unsigned    max_clients;   /* calls in flight at most; 0: 100 */

    const char *streams_endpoint;         /* as endpoint, for the Streams calls; NULL: endpoint serves them too */
    const char *ca_file;                  /* PEM file of the certificate authorities to trust; NULL: libcurl's own */
    const char *app_id;                   /* joins the User-Agent as app/<id> */
    const char *retry_mode;               /* "standard", "adaptive" or "legacy", which is read as the first */
    const char *account_id_endpoint_mode; /* "preferred" (NULL), "disabled", "required": accounts' hosts */
    dynamo_bool use_fips_endpoint;        /* AWS's FIPS hosts; refused beside an endpoint */
    dynamo_bool use_dualstack_endpoint;   /* AWS's hosts for IPv6 and IPv4; refused beside an endpoint */

    unsigned max_attempts;       /* of a call; 0: 4; 1: never makes another */
    int64_t  connect_timeout_ms; /* to connect, TLS included; 0: 5,000 */
    int64_t  attempt_timeout_ms; /* one attempt from its start to its whole answer; 0: 30,000 */
    int64_t  timeout_ms;         /* a whole call: a handle, credentials, attempts, delays; 0: 120,000 */

    void *context; /* first argument of each callback */

    /* Fills in *credentials and returns true, or says why not in *error (a message is enough) and returns false. Called
     * when there are none yet, again from 15 minutes before the expiration it gave, while other calls go on, and from
     * ten minutes before it, while they wait. */
    bool (*credentials)(void *context, dynamo_credentials *credentials, dynamo_error *error);

    /* Sees each attempt once it has ended: logging and metrics in one. */
    void (*on_attempt)(void *context, const dynamo_attempt *attempt);

    /* Sees each new CURL * handle once it is set up and before its first use: the place for a proxy, a client
     * certificate, a Unix socket. Its headers and callbacks are the library's. */
    void (*on_handle)(void *context, void *curl);
} dynamo_config;

/* Limits of a client made by dynamo_client_with(). */
typedef struct dynamo_limits {
    int64_t  timeout_ms;   /* each call; 0: as its origin */
    int64_t  deadline_ms;  /* all done through the new client, from now; 0: none */
    unsigned max_attempts; /* 0: as its origin */
} dynamo_limits;

/*
 * A new client, or NULL with *error filled. Reads the environment and, where something they could set is unset, the
 * configuration files; touches no network. A NULL config is {0}.
 */
DYNAMO_API dynamo_client *dynamo_client_new(const dynamo_config *config, dynamo_error *error);

/*
 * A client over the same pool, credentials and clock, with other limits; cheap enough for every call. To be freed like
 * any; the two in any order. NULL limits are {0}.
 */
DYNAMO_API dynamo_client *dynamo_client_with(dynamo_client *client, const dynamo_limits *limits, dynamo_error *error);

/*
 * Ends the calls in flight through the client and through those made from it with DYNAMO_ERR_CANCELED within 100 ms,
 * and later ones at once. May be called from any thread and from a signal handler. A shutdown is: cancel, join, free.
 */
DYNAMO_API void dynamo_client_cancel(dynamo_client *client);

/*
 * What the client has come to by its settings, for people: an object with Region, Endpoint, StreamsEndpoint, Profile
 * (where one was looked into), CredentialsSource, AccessKeyId (its last four characters), AccountId and Expiration
 * (seconds since the epoch) where they are known. Finds the credentials where no call has done so; when that fails,
 * *description is set too, without what they would tell. NULL description: the status alone.
 */
DYNAMO_API dynamo_status dynamo_client_describe(dynamo_client *client, json_t **description, dynamo_error *error);

/* Frees the client; its connections with the last client or list of items that shares them. No thread may be inside a
 * call through it. NULL is allowed. */
DYNAMO_API void dynamo_client_free(dynamo_client *client);

/*
 * For the credentials callback: copies the strings. session_token and account_id may be NULL; expiration is in seconds
 * since the epoch, 0 for keys that don't expire. INVALID_ARGUMENT where a key is NULL or empty.
 */
DYNAMO_API dynamo_status dynamo_credentials_set(dynamo_credentials *credentials, const char *access_key,
                                                const char *secret_key, const char *session_token,
                                                const char *account_id, double expiration);

/* ---- Operations -------------------------------------------------------------------------------------------------- */

/*
 * Each function below is one DynamoDB operation. Its positional arguments are the members that the operation always
 * has; its options struct has the others, by the API's names in snake case. A NULL options is {0}: every default.
 *
 *     const char *    a string; NULL: unset, "" is sent
 *     json_t *        a list, map or structure in the API's own spelling, attribute values plain; borrowed; NULL: unset
 *     int64_t         an integer; 0: unset
 *     double          a time in seconds since the epoch; 0: unset
 *     dynamo_bool     a boolean; see there
 *
 * `response` receives a new reference to the API's answer with every attribute value in plain form, never NULL on
 * success, always NULL on failure; a NULL `response` discards it. A NULL `error` is allowed. A member that the API
 * doesn't know is refused at any depth, with its path: a misspelt ConditionExpresion must not drop a condition.
 */

/* dynamo_batch_execute_statement(): the members beside statements. */
typedef struct dynamo_batch_execute_statement_options {
    const char *return_consumed_capacity; /* "INDEXES", "TOTAL", "NONE" */
} dynamo_batch_execute_statement_options;

/* BatchExecuteStatement: up to 25 PartiQL statements, each with an outcome of its own in Responses. */
DYNAMO_API dynamo_status dynamo_batch_execute_statement(dynamo_client *client, json_t *statements,
                                                        const dynamo_batch_execute_statement_options *options,
                                                        json_t **response, dynamo_error *error);

/* dynamo_batch_get_item(): the members beside request_items. */
typedef struct dynamo_batch_get_item_options {
    const char *return_consumed_capacity; /* "INDEXES", "TOTAL", "NONE" */
} dynamo_batch_get_item_options;

/* BatchGetItem: up to 100 items by key, of one or more tables. What is left over is in UnprocessedKeys, to be given
 * again. */
DYNAMO_API dynamo_status dynamo_batch_get_item(dynamo_client *client, json_t *request_items,
                                               const dynamo_batch_get_item_options *options, json_t **response,
                                               dynamo_error *error);

/* dynamo_batch_write_item(): the members beside request_items. */
typedef struct dynamo_batch_write_item_options {
    const char *return_consumed_capacity;       /* "INDEXES", "TOTAL", "NONE" */
    const char *return_item_collection_metrics; /* "SIZE", "NONE" */
} dynamo_batch_write_item_options;

/* BatchWriteItem: up to 25 puts and deletes. What is left over is in UnprocessedItems, to be given again. */
DYNAMO_API dynamo_status dynamo_batch_write_item(dynamo_client *client, json_t *request_items,
                                                 const dynamo_batch_write_item_options *options, json_t **response,
                                                 dynamo_error *error);

/* dynamo_cancel_bulk_operation() has no optional members: pass NULL. */
typedef struct dynamo_cancel_bulk_operation_options dynamo_cancel_bulk_operation_options;

/* CancelBulkOperation: stops a bulk operation; what it has written stays. */
DYNAMO_API dynamo_status dynamo_cancel_bulk_operation(dynamo_client *client, const char *bulk_operation_arn,
                                                      const dynamo_cancel_bulk_operation_options *options,
                                                      json_t **response, dynamo_error *error);

/* dynamo_create_backup() has no optional members: pass NULL. */
typedef struct dynamo_create_backup_options dynamo_create_backup_options;

/* CreateBackup: an on-demand backup of a table. */
DYNAMO_API dynamo_status dynamo_create_backup(dynamo_client *client, const char *table_name, const char *backup_name,
                                              const dynamo_create_backup_options *options, json_t **response,
                                              dynamo_error *error);

/* dynamo_create_global_table() has no optional members: pass NULL. */
typedef struct dynamo_create_global_table_options dynamo_create_global_table_options;

/* CreateGlobalTable: a global table of version 2017.11.29 from tables of one name in several regions. */
DYNAMO_API dynamo_status dynamo_create_global_table(dynamo_client *client, const char *global_table_name,
                                                    json_t *replication_group,
                                                    const dynamo_create_global_table_options *options,
                                                    json_t **response, dynamo_error *error);

/* dynamo_create_table(): the members beside the table's name, attribute definitions and key schema. */
typedef struct dynamo_create_table_options {
    json_t     *local_secondary_indexes;     /* list of LocalSecondaryIndex */
    json_t     *global_secondary_indexes;    /* list of GlobalSecondaryIndex */
    const char *billing_mode;                /* "PROVISIONED", "PAY_PER_REQUEST" */
    json_t     *provisioned_throughput;      /* ProvisionedThroughput; see read_capacity_units */
    json_t     *stream_specification;        /* StreamSpecification; see stream_enabled */
    json_t     *sse_specification;           /* SSESpecification */
    json_t     *tags;                        /* list of Tag */
    const char *table_class;                 /* "STANDARD", "STANDARD_INFREQUENT_ACCESS" */
    dynamo_bool deletion_protection_enabled; /* DeleteTable is refused while it is on */
    json_t     *warm_throughput;             /* WarmThroughput */
    const char *resource_policy;             /* a policy document, as text */
    json_t     *on_demand_throughput;        /* OnDemandThroughput */
    const char *global_table_source_arn;     /* makes a replica of that table; definitions and schema may be NULL */
    const char *global_table_settings_replication_mode; /* "ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES" */
    json_t     *vector_indexes;              /* list of VectorIndex */
    int64_t     read_capacity_units;  /* short for ProvisionedThroughput; 1 where no billing is given */
    int64_t     write_capacity_units; /* likewise */
    dynamo_bool stream_enabled;       /* short for StreamSpecification.StreamEnabled */
    const char *stream_view_type;     /* "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY" */
} dynamo_create_table_options;

/*
 * CreateTable. The definitions and the schema are taken in AWS's form or short, in order: {"id": "S", "at": "N"} and
 * {"id": "HASH", "at": "RANGE"}, or a list of such pairs. The response is the TableDescription itself.
 */
DYNAMO_API dynamo_status dynamo_create_table(dynamo_client *client, const char *table_name,
                                             json_t *attribute_definitions, json_t *key_schema,
                                             const dynamo_create_table_options *options, json_t **response,
                                             dynamo_error *error);

/* dynamo_delete_backup() has no optional members: pass NULL. */
typedef struct dynamo_delete_backup_options dynamo_delete_backup_options;

/* DeleteBackup: deletes an on-demand backup. */
DYNAMO_API dynamo_status dynamo_delete_backup(dynamo_client *client, const char *backup_arn,
                                              const dynamo_delete_backup_options *options, json_t **response,
                                              dynamo_error *error);

/* dynamo_delete_item(): the members beside the table's name and the key. */
typedef struct dynamo_delete_item_options {
    json_t     *expected;                       /* legacy: map of ExpectedAttributeValue */
    const char *conditional_operator;           /* legacy: "AND", "OR" */
    const char *return_values;                  /* "NONE", "ALL_OLD" */
    const char *return_consumed_capacity;       /* "INDEXES", "TOTAL", "NONE" */
    const char *return_item_collection_metrics; /* "SIZE", "NONE" */
    const char *condition_expression;           /* delete only when it holds */
    json_t     *expression_attribute_names;     /* {"#n": "name"} */
    json_t     *expression_attribute_values;    /* {":v": plain value} */
    const char *return_values_on_condition_check_failure; /* "ALL_OLD": the item in the error's details; "NONE" */
} dynamo_delete_item_options;

/* DeleteItem: deletes the item with this key, if there is one. */
DYNAMO_API dynamo_status dynamo_delete_item(dynamo_client *client, const char *table_name, json_t *key,
                                            const dynamo_delete_item_options *options, json_t **response,
                                            dynamo_error *error);

/* dynamo_delete_resource_policy(): the members beside resource_arn. */
typedef struct dynamo_delete_resource_policy_options {
    const char *expected_revision_id; /* only when the policy has this revision; "NO_POLICY": none */
} dynamo_delete_resource_policy_options;

/* DeleteResourcePolicy: takes the policy off a table or stream. */
DYNAMO_API dynamo_status dynamo_delete_resource_policy(dynamo_client *client, const char *resource_arn,
                                                       const dynamo_delete_resource_policy_options *options,
                                                       json_t **response, dynamo_error *error);

/* dynamo_delete_table() has no optional members: pass NULL. */
typedef struct dynamo_delete_table_options dynamo_delete_table_options;

/* DeleteTable. The response is the TableDescription itself. */
DYNAMO_API dynamo_status dynamo_delete_table(dynamo_client *client, const char *table_name,
                                             const dynamo_delete_table_options *options, json_t **response,
                                             dynamo_error *error);

/* dynamo_describe_backup() has no optional members: pass NULL. */
typedef struct dynamo_describe_backup_options dynamo_describe_backup_options;

/* DescribeBackup: what is known of a backup. */
DYNAMO_API dynamo_status dynamo_describe_backup(dynamo_client *client, const char *backup_arn,
                                                const dynamo_describe_backup_options *options, json_t **response,
                                                dynamo_error *error);

/* dynamo_describe_bulk_operation() has no optional members: pass NULL. */
typedef struct dynamo_describe_bulk_operation_options dynamo_describe_bulk_operation_options;

/* DescribeBulkOperation: how far a bulk operation is. */
DYNAMO_API dynamo_status dynamo_describe_bulk_operation(dynamo_client *client, const char *bulk_operation_arn,
                                                        const dynamo_describe_bulk_operation_options *options,
                                                        json_t **response, dynamo_error *error);

/* dynamo_describe_continuous_backups() has no optional members: pass NULL. */
typedef struct dynamo_describe_continuous_backups_options dynamo_describe_continuous_backups_options;

/* DescribeContinuousBackups: whether a table can be restored to a point in time, and to which. */
DYNAMO_API dynamo_status dynamo_describe_continuous_backups(dynamo_client *client, const char *table_name,
                                                            const dynamo_describe_continuous_backups_options *options,
                                                            json_t **response, dynamo_error *error);

/* dynamo_describe_contributor_insights(): the members beside table_name. */
typedef struct dynamo_describe_contributor_insights_options {
    const char *index_name; /* an index in place of the table */
} dynamo_describe_contributor_insights_options;

/* DescribeContributorInsights: the state of contributor insights for a table or index. */
DYNAMO_API dynamo_status dynamo_describe_contributor_insights(
    dynamo_client *client, const char *table_name, const dynamo_describe_contributor_insights_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_describe_endpoints() has no optional members: pass NULL. */
typedef struct dynamo_describe_endpoints_options dynamo_describe_endpoints_options;

/* DescribeEndpoints: the endpoints of this region. */
DYNAMO_API dynamo_status dynamo_describe_endpoints(dynamo_client *client,
                                                   const dynamo_describe_endpoints_options *options, json_t **response,
                                                   dynamo_error *error);

/* dynamo_describe_export() has no optional members: pass NULL. */
typedef struct dynamo_describe_export_options dynamo_describe_export_options;

/* DescribeExport: how far an export is. */
DYNAMO_API dynamo_status dynamo_describe_export(dynamo_client *client, const char *export_arn,
                                                const dynamo_describe_export_options *options, json_t **response,
                                                dynamo_error *error);

/* dynamo_describe_global_table() has no optional members: pass NULL. */
typedef struct dynamo_describe_global_table_options dynamo_describe_global_table_options;

/* DescribeGlobalTable: what is known of a global table of version 2017.11.29. */
DYNAMO_API dynamo_status dynamo_describe_global_table(dynamo_client *client, const char *global_table_name,
                                                      const dynamo_describe_global_table_options *options,
                                                      json_t **response, dynamo_error *error);

/* dynamo_describe_global_table_settings() has no optional members: pass NULL. */
typedef struct dynamo_describe_global_table_settings_options dynamo_describe_global_table_settings_options;

/* DescribeGlobalTableSettings: the settings of a global table of version 2017.11.29, by region. */
DYNAMO_API dynamo_status dynamo_describe_global_table_settings(
    dynamo_client *client, const char *global_table_name, const dynamo_describe_global_table_settings_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_describe_import() has no optional members: pass NULL. */
typedef struct dynamo_describe_import_options dynamo_describe_import_options;

/* DescribeImport: how far an import is. */
DYNAMO_API dynamo_status dynamo_describe_import(dynamo_client *client, const char *import_arn,
                                                const dynamo_describe_import_options *options, json_t **response,
                                                dynamo_error *error);

/* dynamo_describe_kinesis_streaming_destination() has no optional members: pass NULL. */
typedef struct dynamo_describe_kinesis_streaming_destination_options
    dynamo_describe_kinesis_streaming_destination_options;

/* DescribeKinesisStreamingDestination: the Kinesis streams that a table's changes go to. */
DYNAMO_API dynamo_status dynamo_describe_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const dynamo_describe_kinesis_streaming_destination_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_describe_limits() has no optional members: pass NULL. */
typedef struct dynamo_describe_limits_options dynamo_describe_limits_options;

/* DescribeLimits: the account's capacity quotas in this region. */
DYNAMO_API dynamo_status dynamo_describe_limits(dynamo_client *client, const dynamo_describe_limits_options *options,
                                                json_t **response, dynamo_error *error);

/* dynamo_describe_table() has no optional members: pass NULL. */
typedef struct dynamo_describe_table_options dynamo_describe_table_options;

/* DescribeTable. The response is the TableDescription itself (the API's member Table). */
DYNAMO_API dynamo_status dynamo_describe_table(dynamo_client *client, const char *table_name,
                                               const dynamo_describe_table_options *options, json_t **response,
                                               dynamo_error *error);

/* dynamo_describe_table_replica_auto_scaling() has no optional members: pass NULL. */
typedef struct dynamo_describe_table_replica_auto_scaling_options dynamo_describe_table_replica_auto_scaling_options;

/* DescribeTableReplicaAutoScaling: the auto scaling of a global table's replicas. */
DYNAMO_API dynamo_status dynamo_describe_table_replica_auto_scaling(
    dynamo_client *client, const char *table_name, const dynamo_describe_table_replica_auto_scaling_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_describe_time_to_live() has no optional members: pass NULL. */
typedef struct dynamo_describe_time_to_live_options dynamo_describe_time_to_live_options;

/* DescribeTimeToLive: the attribute that a table's items expire by, if any. */
DYNAMO_API dynamo_status dynamo_describe_time_to_live(dynamo_client *client, const char *table_name,
                                                      const dynamo_describe_time_to_live_options *options,
                                                      json_t **response, dynamo_error *error);

/* dynamo_disable_kinesis_streaming_destination(): the members beside table_name and stream_arn. */
typedef struct dynamo_disable_kinesis_streaming_destination_options {
    json_t *enable_kinesis_streaming_configuration; /* EnableKinesisStreamingConfiguration */
} dynamo_disable_kinesis_streaming_destination_options;

/* DisableKinesisStreamingDestination: ends the flow of a table's changes to a Kinesis stream. */
DYNAMO_API dynamo_status dynamo_disable_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_disable_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error);

/* dynamo_enable_kinesis_streaming_destination(): the members beside table_name and stream_arn. */
typedef struct dynamo_enable_kinesis_streaming_destination_options {
    json_t *enable_kinesis_streaming_configuration; /* EnableKinesisStreamingConfiguration */
} dynamo_enable_kinesis_streaming_destination_options;

/* EnableKinesisStreamingDestination: sends a table's changes to a Kinesis stream. */
DYNAMO_API dynamo_status dynamo_enable_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_enable_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error);

/* dynamo_execute_statement(): the members beside statement. */
typedef struct dynamo_execute_statement_options {
    json_t      *parameters;                               /* list of plain values, one for each ? of the statement */
    dynamo_bool  consistent_read; /* DYNAMO_TRUE: see every write acknowledged before the call */
    const char  *next_token;                               /* NextToken of the page before */
    const char  *return_consumed_capacity;                 /* "INDEXES", "TOTAL", "NONE" */
    int64_t      limit;                                    /* items evaluated a page */
    const char  *return_values_on_condition_check_failure; /* "ALL_OLD", "NONE" */
} dynamo_execute_statement_options;

/* ExecuteStatement: one PartiQL statement: a page of Items for a SELECT. */
DYNAMO_API dynamo_status dynamo_execute_statement(dynamo_client *client, const char *statement,
                                                  const dynamo_execute_statement_options *options, json_t **response,
                                                  dynamo_error *error);

/* dynamo_execute_transaction(): the members beside transact_statements. */
typedef struct dynamo_execute_transaction_options {
    const char *client_request_token; /* idempotency token, 1 to 36 characters, valid 10 minutes; NULL: a random UUID */
    const char *return_consumed_capacity; /* "INDEXES", "TOTAL", "NONE" */
} dynamo_execute_transaction_options;

/* ExecuteTransaction: up to 100 PartiQL statements, all or none. */
DYNAMO_API dynamo_status dynamo_execute_transaction(dynamo_client *client, json_t *transact_statements,
                                                    const dynamo_execute_transaction_options *options,
                                                    json_t **response, dynamo_error *error);

/* dynamo_export_table_to_point_in_time(): the members beside table_arn and s3_bucket. */
typedef struct dynamo_export_table_to_point_in_time_options {
    double      export_time;                      /* the moment to export; 0: now */
    const char *client_token;                     /* idempotency token; NULL: a random UUID */
    const char *s3_bucket_owner;                  /* the account that owns the bucket */
    const char *s3_prefix;                        /* of the object keys */
    const char *s3_sse_algorithm;                 /* "AES256", "KMS" */
    const char *s3_sse_kms_key_id;                /* the key, where the algorithm is KMS */
    const char *export_format;                    /* "DYNAMODB_JSON", "ION" */
    const char *export_type;                      /* "FULL_EXPORT", "INCREMENTAL_EXPORT" */
    json_t     *incremental_export_specification; /* IncrementalExportSpecification */
    json_t     *filter_specification;             /* FilterSpecification */
} dynamo_export_table_to_point_in_time_options;

/* ExportTableToPointInTime: exports a table as it was to an S3 bucket. */
DYNAMO_API dynamo_status dynamo_export_table_to_point_in_time(
    dynamo_client *client, const char *table_arn, const char *s3_bucket,
    const dynamo_export_table_to_point_in_time_options *options, json_t **response, dynamo_error *error);

/* dynamo_get_item(): the members beside the table's name and the key. */
typedef struct dynamo_get_item_options {
    json_t     *attributes_to_get;          /* legacy: list of names */
    dynamo_bool consistent_read;            /* DYNAMO_TRUE: see every write acknowledged before the call */
    const char *return_consumed_capacity;   /* "INDEXES", "TOTAL", "NONE" */
    const char *projection_expression;      /* the attributes to return */
    json_t     *expression_attribute_names; /* {"#n": "name"} */
} dynamo_get_item_options;

/* GetItem. An item that isn't there is DYNAMO_OK and a response without Item. */
DYNAMO_API dynamo_status dynamo_get_item(dynamo_client *client, const char *table_name, json_t *key,
                                         const dynamo_get_item_options *options, json_t **response,
                                         dynamo_error *error);

/* dynamo_get_resource_policy() has no optional members: pass NULL. */
typedef struct dynamo_get_resource_policy_options dynamo_get_resource_policy_options;

/* GetResourcePolicy: the policy of a table or stream. */
DYNAMO_API dynamo_status dynamo_get_resource_policy(dynamo_client *client, const char *resource_arn,
                                                    const dynamo_get_resource_policy_options *options,
                                                    json_t **response, dynamo_error *error);

/* dynamo_import_table(): the members beside s3_bucket_source, input_format and table_creation_parameters. */
typedef struct dynamo_import_table_options {
    const char *client_token;           /* idempotency token; NULL: a random UUID */
    json_t     *input_format_options;   /* InputFormatOptions */
    const char *input_compression_type; /* "GZIP", "ZSTD", "NONE" */
} dynamo_import_table_options;

/* ImportTable: makes a table from data in an S3 bucket. */
DYNAMO_API dynamo_status dynamo_import_table(dynamo_client *client, json_t *s3_bucket_source, const char *input_format,
                                             json_t *table_creation_parameters,
                                             const dynamo_import_table_options *options, json_t **response,
                                             dynamo_error *error);

/* dynamo_list_backups(): all its members. */
typedef struct dynamo_list_backups_options {
    const char *table_name;                 /* only those of this table */
    int64_t     limit;                      /* entries a page, 1 to 100 */
    double      time_range_lower_bound;     /* only those made at this time or later */
    double      time_range_upper_bound;     /* only those made before this time */
    const char *exclusive_start_backup_arn; /* LastEvaluatedBackupArn of the page before */
    const char *backup_type;                /* "USER", "SYSTEM", "AWS_BACKUP", "ALL" */
} dynamo_list_backups_options;

/* ListBackups: one page of backups. */
DYNAMO_API dynamo_status dynamo_list_backups(dynamo_client *client, const dynamo_list_backups_options *options,
                                             json_t **response, dynamo_error *error);

/* dynamo_list_bulk_operations(): all its members. */
typedef struct dynamo_list_bulk_operations_options {
    int64_t     max_results; /* entries a page */
    const char *next_token;  /* NextToken of the page before */
} dynamo_list_bulk_operations_options;

/* ListBulkOperations: one page of bulk operations. */
DYNAMO_API dynamo_status dynamo_list_bulk_operations(dynamo_client *client,
                                                     const dynamo_list_bulk_operations_options *options,
                                                     json_t **response, dynamo_error *error);

/* dynamo_list_contributor_insights(): all its members. */
typedef struct dynamo_list_contributor_insights_options {
    const char *table_name;  /* only those of this table */
    const char *next_token;  /* NextToken of the page before */
    int64_t     max_results; /* entries a page */
} dynamo_list_contributor_insights_options;

/* ListContributorInsights: one page of tables and indexes with their state of contributor insights. */
DYNAMO_API dynamo_status dynamo_list_contributor_insights(dynamo_client *client,
                                                          const dynamo_list_contributor_insights_options *options,
                                                          json_t **response, dynamo_error *error);

/* dynamo_list_exports(): all its members. */
typedef struct dynamo_list_exports_options {
    const char *table_arn;   /* only those of this table */
    int64_t     max_results; /* entries a page */
    const char *next_token;  /* NextToken of the page before */
} dynamo_list_exports_options;

/* ListExports: one page of exports. */
DYNAMO_API dynamo_status dynamo_list_exports(dynamo_client *client, const dynamo_list_exports_options *options,
                                             json_t **response, dynamo_error *error);

/* dynamo_list_global_tables(): all its members. */
typedef struct dynamo_list_global_tables_options {
    const char *exclusive_start_global_table_name; /* LastEvaluatedGlobalTableName of the page before */
    int64_t     limit;                             /* entries a page, 1 to 100 */
    const char *region_name;                       /* only those with a replica in this region */
} dynamo_list_global_tables_options;

/* ListGlobalTables: one page of global tables of version 2017.11.29. */
DYNAMO_API dynamo_status dynamo_list_global_tables(dynamo_client *client,
                                                   const dynamo_list_global_tables_options *options, json_t **response,
                                                   dynamo_error *error);

/* dynamo_list_imports(): all its members. */
typedef struct dynamo_list_imports_options {
    const char *table_arn;  /* only those of this table */
    int64_t     page_size;  /* entries a page */
    const char *next_token; /* NextToken of the page before */
} dynamo_list_imports_options;

/* ListImports: one page of imports. */
DYNAMO_API dynamo_status dynamo_list_imports(dynamo_client *client, const dynamo_list_imports_options *options,
                                             json_t **response, dynamo_error *error);

/* dynamo_list_tables(): all its members. */
typedef struct dynamo_list_tables_options {
    const char *exclusive_start_table_name; /* LastEvaluatedTableName of the page before */
    int64_t     limit;                      /* names a page, 1 to 100 */
} dynamo_list_tables_options;

/* ListTables: one page of table names. */
DYNAMO_API dynamo_status dynamo_list_tables(dynamo_client *client, const dynamo_list_tables_options *options,
                                            json_t **response, dynamo_error *error);

/* dynamo_list_tags_of_resource(): the members beside resource_arn. */
typedef struct dynamo_list_tags_of_resource_options {
    const char *next_token; /* NextToken of the page before */
} dynamo_list_tags_of_resource_options;

/* ListTagsOfResource: one page of a table's tags. */
DYNAMO_API dynamo_status dynamo_list_tags_of_resource(dynamo_client *client, const char *resource_arn,
                                                      const dynamo_list_tags_of_resource_options *options,
                                                      json_t **response, dynamo_error *error);

/* dynamo_put_item(): the members beside the table's name and the item. */
typedef struct dynamo_put_item_options {
    json_t     *expected;                       /* legacy: map of ExpectedAttributeValue */
    const char *return_values;                  /* "NONE", "ALL_OLD" */
    const char *return_consumed_capacity;       /* "INDEXES", "TOTAL", "NONE" */
    const char *return_item_collection_metrics; /* "SIZE", "NONE" */
    const char *conditional_operator;           /* legacy: "AND", "OR" */
    const char *condition_expression;           /* put only when it holds */
    json_t     *expression_attribute_names;     /* {"#n": "name"} */
    json_t     *expression_attribute_values;    /* {":v": plain value} */
    const char *return_values_on_condition_check_failure; /* "ALL_OLD": the item in the error's details; "NONE" */
} dynamo_put_item_options;

/* PutItem: writes the whole item, in place of one with the same key. */
DYNAMO_API dynamo_status dynamo_put_item(dynamo_client *client, const char *table_name, json_t *item,
                                         const dynamo_put_item_options *options, json_t **response,
                                         dynamo_error *error);

/* dynamo_put_resource_policy(): the members beside resource_arn and policy. */
typedef struct dynamo_put_resource_policy_options {
    const char  *expected_revision_id;                /* only when the policy has this revision; "NO_POLICY": none */
    dynamo_bool  confirm_remove_self_resource_access; /* DYNAMO_TRUE: the policy may lock out its own author */
} dynamo_put_resource_policy_options;

/* PutResourcePolicy: sets the policy of a table or stream. */
DYNAMO_API dynamo_status dynamo_put_resource_policy(dynamo_client *client, const char *resource_arn, const char *policy,
                                                    const dynamo_put_resource_policy_options *options,
                                                    json_t **response, dynamo_error *error);

/* dynamo_query(): the members beside the table's name. */
typedef struct dynamo_query_options {
    const char *index_name;                  /* query an index in place of the table */
    const char *select; /* "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT" */
    json_t     *attributes_to_get;           /* legacy: list of names */
    int64_t     limit;                       /* items evaluated a page, before the filter */
    dynamo_bool consistent_read;             /* DYNAMO_TRUE: see every write acknowledged before the call */
    json_t     *key_conditions;              /* legacy: map of Condition */
    json_t     *query_filter;                /* legacy: map of Condition */
    const char *conditional_operator;        /* legacy: "AND", "OR" */
    dynamo_bool scan_index_forward;          /* DYNAMO_FALSE: descending; see descending */
    json_t     *exclusive_start_key;         /* LastEvaluatedKey of the page before, as it is */
    const char *return_consumed_capacity;    /* "INDEXES", "TOTAL", "NONE" */
    const char *projection_expression;       /* the attributes to return */
    const char *filter_expression;           /* drops items after they were read */
    const char *key_condition_expression;    /* which keys: "Artist = :a AND begins_with(Song, :s)" */
    json_t     *expression_attribute_names;  /* {"#n": "name"} */
    json_t     *expression_attribute_values; /* {":v": plain value} */
    bool        descending;                  /* true: short for scan_index_forward = DYNAMO_FALSE */
} dynamo_query_options;

/* Query: one page of the items of one partition, at most 1 MB. */
DYNAMO_API dynamo_status dynamo_query(dynamo_client *client, const char *table_name,
                                      const dynamo_query_options *options, json_t **response, dynamo_error *error);

/* dynamo_restore_table_from_backup(): the members beside target_table_name and backup_arn. */
typedef struct dynamo_restore_table_from_backup_options {
    const char *billing_mode_override;           /* "PROVISIONED", "PAY_PER_REQUEST" */
    json_t     *global_secondary_index_override; /* list of GlobalSecondaryIndex */
    json_t     *local_secondary_index_override;  /* list of LocalSecondaryIndex */
    json_t     *provisioned_throughput_override; /* ProvisionedThroughput */
    json_t     *on_demand_throughput_override;   /* OnDemandThroughput */
    json_t     *sse_specification_override;      /* SSESpecification */
    json_t     *vector_index_override;           /* list of VectorIndex */
} dynamo_restore_table_from_backup_options;

/* RestoreTableFromBackup: makes a table from a backup. */
DYNAMO_API dynamo_status dynamo_restore_table_from_backup(dynamo_client *client, const char *target_table_name,
                                                          const char *backup_arn,
                                                          const dynamo_restore_table_from_backup_options *options,
                                                          json_t **response, dynamo_error *error);

/* dynamo_restore_table_to_point_in_time(): the members beside target_table_name. */
typedef struct dynamo_restore_table_to_point_in_time_options {
    const char  *source_table_arn;                /* the table to restore; or source_table_name */
    const char  *source_table_name;               /* the table to restore; or source_table_arn */
    /* DYNAMO_TRUE: the latest moment there is, in place of restore_date_time */
    dynamo_bool  use_latest_restorable_time;
    double       restore_date_time;               /* the moment to restore */
    const char  *billing_mode_override;           /* "PROVISIONED", "PAY_PER_REQUEST" */
    json_t      *global_secondary_index_override; /* list of GlobalSecondaryIndex */
    json_t      *local_secondary_index_override;  /* list of LocalSecondaryIndex */
    json_t      *provisioned_throughput_override; /* ProvisionedThroughput */
    json_t      *on_demand_throughput_override;   /* OnDemandThroughput */
    json_t      *sse_specification_override;      /* SSESpecification */
    json_t      *vector_index_override;           /* list of VectorIndex */
} dynamo_restore_table_to_point_in_time_options;

/* RestoreTableToPointInTime: makes a table from another one as it was. */
DYNAMO_API dynamo_status dynamo_restore_table_to_point_in_time(
    dynamo_client *client, const char *target_table_name, const dynamo_restore_table_to_point_in_time_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_scan(): the members beside the table's name. */
typedef struct dynamo_scan_options {
    const char *index_name;                  /* scan an index in place of the table */
    json_t     *attributes_to_get;           /* legacy: list of names */
    int64_t     limit;                       /* items evaluated a page, before the filter */
    const char *select; /* "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT" */
    json_t     *scan_filter;                 /* legacy: map of Condition */
    const char *conditional_operator;        /* legacy: "AND", "OR" */
    json_t     *exclusive_start_key;         /* LastEvaluatedKey of the page before, as it is */
    const char *return_consumed_capacity;    /* "INDEXES", "TOTAL", "NONE" */
    int64_t     total_segments;              /* of a parallel scan, 1 to 1,000,000 */
    int64_t     segment;                     /* from 0; sent exactly when total_segments is set, refused without */
    const char *projection_expression;       /* the attributes to return */
    const char *filter_expression;           /* drops items after they were read */
    json_t     *expression_attribute_names;  /* {"#n": "name"} */
    json_t     *expression_attribute_values; /* {":v": plain value} */
    dynamo_bool consistent_read;             /* DYNAMO_TRUE: see every write acknowledged before the call */
} dynamo_scan_options;

/* Scan: one page of a table's items, at most 1 MB. */
DYNAMO_API dynamo_status dynamo_scan(dynamo_client *client, const char *table_name,
                                     const dynamo_scan_options *options, json_t **response, dynamo_error *error);

/* dynamo_search_vectors(): the members beside table_name, index_name, search_vector and top_k. */
typedef struct dynamo_search_vectors_options {
    const char *return_consumed_capacity;    /* "INDEXES", "TOTAL", "NONE" */
    json_t     *expression_attribute_names;  /* {"#n": "name"} */
    json_t     *expression_attribute_values; /* {":v": plain value} */
    const char *projection_expression;       /* the attributes to return */
    const char *search_condition_expression; /* which items may be found */
} dynamo_search_vectors_options;

/* SearchVectors: the items of a vector index nearest to a vector. It goes to a host of its own. */
DYNAMO_API dynamo_status dynamo_search_vectors(dynamo_client *client, const char *table_name, const char *index_name,
                                               json_t *search_vector, int64_t top_k,
                                               const dynamo_search_vectors_options *options, json_t **response,
                                               dynamo_error *error);

/* dynamo_start_bulk_put_items(): the members beside input_s3_configuration, output_s3_configuration and table_name. */
typedef struct dynamo_start_bulk_put_items_options {
    const char *client_token;            /* idempotency token; NULL: a random UUID */
    int64_t     max_write_request_units; /* what the writing may use a second */
    const char *performance_tier;        /* "STANDARD", "ACCELERATED" */
} dynamo_start_bulk_put_items_options;

/* StartBulkPutItems: writes items from data in an S3 bucket into a table. */
DYNAMO_API dynamo_status dynamo_start_bulk_put_items(dynamo_client *client, json_t *input_s3_configuration,
                                                     json_t *output_s3_configuration, const char *table_name,
                                                     const dynamo_start_bulk_put_items_options *options,
                                                     json_t **response, dynamo_error *error);

/* dynamo_tag_resource() has no optional members: pass NULL. */
typedef struct dynamo_tag_resource_options dynamo_tag_resource_options;

/* TagResource: sets tags of a table. The response is {}. */
DYNAMO_API dynamo_status dynamo_tag_resource(dynamo_client *client, const char *resource_arn, json_t *tags,
                                             const dynamo_tag_resource_options *options, json_t **response,
                                             dynamo_error *error);

/* dynamo_transact_get_items(): the members beside transact_items. */
typedef struct dynamo_transact_get_items_options {
    const char *return_consumed_capacity; /* "INDEXES", "TOTAL", "NONE" */
} dynamo_transact_get_items_options;

/* TransactGetItems: up to 100 items, read as of one moment. */
DYNAMO_API dynamo_status dynamo_transact_get_items(dynamo_client *client, json_t *transact_items,
                                                   const dynamo_transact_get_items_options *options, json_t **response,
                                                   dynamo_error *error);

/* dynamo_transact_write_items(): the members beside transact_items. */
typedef struct dynamo_transact_write_items_options {
    const char *return_consumed_capacity;       /* "INDEXES", "TOTAL", "NONE" */
    const char *return_item_collection_metrics; /* "SIZE", "NONE" */
    const char *client_request_token; /* idempotency token, 1 to 36 characters, valid 10 minutes; NULL: a random UUID */
} dynamo_transact_write_items_options;

/* TransactWriteItems: up to 100 writes and checks, all or none. */
DYNAMO_API dynamo_status dynamo_transact_write_items(dynamo_client *client, json_t *transact_items,
                                                     const dynamo_transact_write_items_options *options,
                                                     json_t **response, dynamo_error *error);

/* dynamo_untag_resource() has no optional members: pass NULL. */
typedef struct dynamo_untag_resource_options dynamo_untag_resource_options;

/* UntagResource: takes tags off a table. The response is {}. */
DYNAMO_API dynamo_status dynamo_untag_resource(dynamo_client *client, const char *resource_arn, json_t *tag_keys,
                                               const dynamo_untag_resource_options *options, json_t **response,
                                               dynamo_error *error);

/* dynamo_update_continuous_backups() has no optional members: pass NULL. */
typedef struct dynamo_update_continuous_backups_options dynamo_update_continuous_backups_options;

/* UpdateContinuousBackups: turns point-in-time recovery on or off. */
DYNAMO_API dynamo_status dynamo_update_continuous_backups(dynamo_client *client, const char *table_name,
                                                          json_t *point_in_time_recovery_specification,
                                                          const dynamo_update_continuous_backups_options *options,
                                                          json_t **response, dynamo_error *error);

/* dynamo_update_contributor_insights(): the members beside table_name and contributor_insights_action. */
typedef struct dynamo_update_contributor_insights_options {
    const char *index_name;                /* an index in place of the table */
    const char *contributor_insights_mode; /* "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS" */
} dynamo_update_contributor_insights_options;

/* UpdateContributorInsights: turns contributor insights on or off. */
DYNAMO_API dynamo_status dynamo_update_contributor_insights(dynamo_client *client, const char *table_name,
                                                            const char *contributor_insights_action,
                                                            const dynamo_update_contributor_insights_options *options,
                                                            json_t **response, dynamo_error *error);

/* dynamo_update_global_table() has no optional members: pass NULL. */
typedef struct dynamo_update_global_table_options dynamo_update_global_table_options;

/* UpdateGlobalTable: adds replicas to, or takes them from, a global table of version 2017.11.29. */
DYNAMO_API dynamo_status dynamo_update_global_table(dynamo_client *client, const char *global_table_name,
                                                    json_t *replica_updates,
                                                    const dynamo_update_global_table_options *options,
                                                    json_t **response, dynamo_error *error);

/* dynamo_update_global_table_settings(): the members beside global_table_name. */
typedef struct dynamo_update_global_table_settings_options {
    const char *global_table_billing_mode; /* "PROVISIONED", "PAY_PER_REQUEST" */
    int64_t     global_table_provisioned_write_capacity_units;                        /* of the table in every region */
    json_t     *global_table_provisioned_write_capacity_auto_scaling_settings_update; /* AutoScalingSettingsUpdate */
    /* list of GlobalTableGlobalSecondaryIndexSettingsUpdate */
    json_t     *global_table_global_secondary_index_settings_update;
    json_t     *replica_settings_update; /* list of ReplicaSettingsUpdate */
} dynamo_update_global_table_settings_options;

/* UpdateGlobalTableSettings: changes the settings of a global table of version 2017.11.29. */
DYNAMO_API dynamo_status dynamo_update_global_table_settings(dynamo_client *client, const char *global_table_name,
                                                             const dynamo_update_global_table_settings_options *options,
                                                             json_t **response, dynamo_error *error);

/* dynamo_update_item(): the members beside the table's name and the key. */
typedef struct dynamo_update_item_options {
    json_t     *attribute_updates;              /* legacy: map of AttributeValueUpdate */
    json_t     *expected;                       /* legacy: map of ExpectedAttributeValue */
    const char *conditional_operator;           /* legacy: "AND", "OR" */
    const char *return_values;                  /* "NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW" */
    const char *return_consumed_capacity;       /* "INDEXES", "TOTAL", "NONE" */
    const char *return_item_collection_metrics; /* "SIZE", "NONE" */
    const char *update_expression;              /* "SET Plays = Plays + :n" */
    const char *condition_expression;           /* update only when it holds */
    json_t     *expression_attribute_names;     /* {"#n": "name"} */
    json_t     *expression_attribute_values;    /* {":v": plain value} */
    const char *return_values_on_condition_check_failure; /* "ALL_OLD": the item in the error's details; "NONE" */
} dynamo_update_item_options;

/* UpdateItem: changes some attributes of the item with this key, or makes it. */
DYNAMO_API dynamo_status dynamo_update_item(dynamo_client *client, const char *table_name, json_t *key,
                                            const dynamo_update_item_options *options, json_t **response,
                                            dynamo_error *error);

/* dynamo_update_kinesis_streaming_destination(): the members beside table_name and stream_arn. */
typedef struct dynamo_update_kinesis_streaming_destination_options {
    json_t *update_kinesis_streaming_configuration; /* UpdateKinesisStreamingConfiguration */
} dynamo_update_kinesis_streaming_destination_options;

/* UpdateKinesisStreamingDestination: changes how a table's changes go to a Kinesis stream. */
DYNAMO_API dynamo_status dynamo_update_kinesis_streaming_destination(
    dynamo_client *client, const char *table_name, const char *stream_arn,
    const dynamo_update_kinesis_streaming_destination_options *options, json_t **response, dynamo_error *error);

/* dynamo_update_table(): the members beside the table's name. */
typedef struct dynamo_update_table_options {
    json_t     *attribute_definitions;          /* of a new index's keys; AWS's form or short, as in create_table */
    const char *billing_mode;                   /* "PROVISIONED", "PAY_PER_REQUEST" */
    json_t     *provisioned_throughput;         /* ProvisionedThroughput; see read_capacity_units */
    json_t     *global_secondary_index_updates; /* list of GlobalSecondaryIndexUpdate */
    json_t     *stream_specification;           /* StreamSpecification; see stream_enabled */
    json_t     *sse_specification;              /* SSESpecification */
    json_t     *replica_updates;                /* list of ReplicationGroupUpdate */
    const char *table_class;                    /* "STANDARD", "STANDARD_INFREQUENT_ACCESS" */
    dynamo_bool deletion_protection_enabled;    /* DeleteTable is refused while it is on */
    const char *multi_region_consistency;       /* "EVENTUAL", "STRONG" */
    json_t     *global_table_witness_updates;   /* list of GlobalTableWitnessGroupUpdate */
    json_t     *on_demand_throughput;           /* OnDemandThroughput */
    json_t     *warm_throughput;                /* WarmThroughput */
    const char *global_table_settings_replication_mode; /* "ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES" */
    dynamo_bool disassociation_protection_enabled;      /* the API's member of that name */
    json_t     *vector_index_updates;           /* list of VectorIndexUpdate */
    int64_t     read_capacity_units;            /* short for ProvisionedThroughput; both or neither */
    int64_t     write_capacity_units;           /* likewise */
    dynamo_bool stream_enabled;                 /* short for StreamSpecification.StreamEnabled */
    const char *stream_view_type;               /* with stream_enabled */
} dynamo_update_table_options;

/* UpdateTable. The response is the TableDescription itself. */
DYNAMO_API dynamo_status dynamo_update_table(dynamo_client *client, const char *table_name,
                                             const dynamo_update_table_options *options, json_t **response,
                                             dynamo_error *error);

/* dynamo_update_table_replica_auto_scaling(): the members beside table_name. */
typedef struct dynamo_update_table_replica_auto_scaling_options {
    json_t *global_secondary_index_updates;                 /* list of GlobalSecondaryIndexAutoScalingUpdate */
    json_t *provisioned_write_capacity_auto_scaling_update; /* AutoScalingSettingsUpdate */
    json_t *replica_updates;                                /* list of ReplicaAutoScalingUpdate */
} dynamo_update_table_replica_auto_scaling_options;

/* UpdateTableReplicaAutoScaling: changes the auto scaling of a global table's replicas. */
DYNAMO_API dynamo_status dynamo_update_table_replica_auto_scaling(
    dynamo_client *client, const char *table_name, const dynamo_update_table_replica_auto_scaling_options *options,
    json_t **response, dynamo_error *error);

/* dynamo_update_time_to_live() has no optional members: pass NULL. */
typedef struct dynamo_update_time_to_live_options dynamo_update_time_to_live_options;

/* UpdateTimeToLive: sets the attribute that a table's items expire by. */
DYNAMO_API dynamo_status dynamo_update_time_to_live(dynamo_client *client, const char *table_name,
                                                    json_t *time_to_live_specification,
                                                    const dynamo_update_time_to_live_options *options,
                                                    json_t **response, dynamo_error *error);

/* The four of DynamoDB Streams, which go to the streams endpoint. */

/* dynamo_describe_stream(): the members beside stream_arn. */
typedef struct dynamo_describe_stream_options {
    int64_t     limit;                    /* shards a page, 1 to 100 */
    const char *exclusive_start_shard_id; /* LastEvaluatedShardId of the page before */
    json_t     *shard_filter;             /* ShardFilter */
} dynamo_describe_stream_options;

/* DescribeStream: a stream's state and one page of its shards. */
DYNAMO_API dynamo_status dynamo_describe_stream(dynamo_client *client, const char *stream_arn,
                                                const dynamo_describe_stream_options *options, json_t **response,
                                                dynamo_error *error);

/* dynamo_get_records(): the members beside shard_iterator. */
typedef struct dynamo_get_records_options {
    int64_t limit; /* records a page, 1 to 1,000 */
} dynamo_get_records_options;

/* GetRecords: one page of a shard's records, their Keys, NewImage and OldImage plain. */
DYNAMO_API dynamo_status dynamo_get_records(dynamo_client *client, const char *shard_iterator,
                                            const dynamo_get_records_options *options, json_t **response,
                                            dynamo_error *error);

/* dynamo_get_shard_iterator(): the members beside stream_arn, shard_id and shard_iterator_type. */
typedef struct dynamo_get_shard_iterator_options {
    const char *sequence_number; /* with the types AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER */
    double      timestamp;       /* with the type AT_TIMESTAMP */
} dynamo_get_shard_iterator_options;

/* GetShardIterator: a position in a shard, for dynamo_get_records(). It holds for 15 minutes. */
DYNAMO_API dynamo_status dynamo_get_shard_iterator(dynamo_client *client, const char *stream_arn, const char *shard_id,
                                                   const char *shard_iterator_type,
                                                   const dynamo_get_shard_iterator_options *options, json_t **response,
                                                   dynamo_error *error);

/* dynamo_list_streams(): all its members. */
typedef struct dynamo_list_streams_options {
    const char *table_name;                 /* only those of this table */
    int64_t     limit;                      /* streams a page, 1 to 100 */
    const char *exclusive_start_stream_arn; /* LastEvaluatedStreamArn of the page before */
} dynamo_list_streams_options;

/* ListStreams: one page of streams. */
DYNAMO_API dynamo_status dynamo_list_streams(dynamo_client *client, const dynamo_list_streams_options *options,
                                             json_t **response, dynamo_error *error);

/*
 * Any operation by its API name, known to this version or not, in DynamoDB's own notation both ways: attribute values
 * as {"S": "text"}, error details included. Nothing is filled in, checked or unwrapped. The Streams operations go to
 * the streams endpoint.
 */
DYNAMO_API dynamo_status dynamo_call(dynamo_client *client, const char *operation, json_t *request,
                                     json_t **response, dynamo_error *error);

/* ---- Items, one at a time ---------------------------------------------------------------------------------------- */

/*
 * A list of any length, over all its pages, in the memory of one page and one element. Each page is requested when the
 * one before is used up, and an element is decoded when it is asked for.
 *
 *     dynamo_items *items = dynamo_scan_items(client, "Music", NULL, &error);
 *     json_t       *item  = NULL;
 *
 *     while (dynamo_items_next(items, &item, &error) == DYNAMO_OK && item != NULL)
 *         use(item);
 *     dynamo_items_free(items);
 *
 * A list is of one thread at a time; many may share a client, whose limits each of their requests has. It keeps the
 * client: the two are freed in any order.
 */
typedef struct dynamo_items dynamo_items;

/*
 * The next element: *item is borrowed until the next call with the same list, NULL with DYNAMO_OK at the end. After a
 * failure, calling again goes on: a page that failed is requested again, an element that can't be decoded is tried
 * again. NULL items is INVALID_ARGUMENT, and leaves an error that holds a failure as it is.
 */
DYNAMO_API dynamo_status dynamo_items_next(dynamo_items *items, json_t **item, dynamo_error *error);

/* The elements of the page in hand that are still to come. At 0, the time to save a position, which is in
 * dynamo_items_page(): all before it were handed out, and none behind it. */
DYNAMO_API size_t dynamo_items_left(const dynamo_items *items);

/* The answer that is the page in hand, without its list: Count, LastEvaluatedKey, ConsumedCapacity, ... Borrowed until
 * there is another page; NULL before the first. */
DYNAMO_API json_t *dynamo_items_page(const dynamo_items *items);

/* NULL is allowed. */
DYNAMO_API void dynamo_items_free(dynamo_items *items);

/*
 * Each function below makes the list of an operation: it takes what the operation takes, checks it, sends nothing, and
 * keeps nothing of the caller's. `limit` and its like are the elements of a page, not of the list; a start that is
 * given is where the list begins. NULL with *error filled on failure.
 */

/* Query's Items. */
DYNAMO_API dynamo_items *dynamo_query_items(dynamo_client *client, const char *table_name,
                                            const dynamo_query_options *options, dynamo_error *error);

/* Scan's Items. A parallel scan is a list for each segment, each in a thread of its own. */
DYNAMO_API dynamo_items *dynamo_scan_items(dynamo_client *client, const char *table_name,
                                           const dynamo_scan_options *options, dynamo_error *error);

/* ExecuteStatement's Items. A statement that writes is executed by the first dynamo_items_next(), and again by the next
 * one after a failure. */
DYNAMO_API dynamo_items *dynamo_execute_statement_items(dynamo_client *client, const char *statement,
                                                        const dynamo_execute_statement_options *options,
                                                        dynamo_error *error);

/* ListBackups' BackupSummaries. */
DYNAMO_API dynamo_items *dynamo_list_backups_items(dynamo_client *client, const dynamo_list_backups_options *options,
                                                   dynamo_error *error);

/* ListBulkOperations' BulkOperationsSummaryList. */
DYNAMO_API dynamo_items *dynamo_list_bulk_operations_items(dynamo_client *client,
                                                           const dynamo_list_bulk_operations_options *options,
                                                           dynamo_error *error);

/* ListContributorInsights' ContributorInsightsSummaries. */
DYNAMO_API dynamo_items *dynamo_list_contributor_insights_items(dynamo_client *client,
                                                                const dynamo_list_contributor_insights_options *options,
                                                                dynamo_error *error);

/* ListExports' ExportSummaries. */
DYNAMO_API dynamo_items *dynamo_list_exports_items(dynamo_client *client, const dynamo_list_exports_options *options,
                                                   dynamo_error *error);

/* ListGlobalTables' GlobalTables. */
DYNAMO_API dynamo_items *dynamo_list_global_tables_items(dynamo_client *client,
                                                         const dynamo_list_global_tables_options *options,
                                                         dynamo_error *error);

/* ListImports' ImportSummaryList. */
DYNAMO_API dynamo_items *dynamo_list_imports_items(dynamo_client *client, const dynamo_list_imports_options *options,
                                                   dynamo_error *error);

/* ListTables' TableNames. */
DYNAMO_API dynamo_items *dynamo_list_tables_items(dynamo_client *client, const dynamo_list_tables_options *options,
                                                  dynamo_error *error);

/* ListTagsOfResource's Tags. */
DYNAMO_API dynamo_items *dynamo_list_tags_of_resource_items(dynamo_client *client, const char *resource_arn,
                                                            const dynamo_list_tags_of_resource_options *options,
                                                            dynamo_error *error);

/* DescribeStream's Shards. */
DYNAMO_API dynamo_items *dynamo_describe_stream_items(dynamo_client *client, const char *stream_arn,
                                                      const dynamo_describe_stream_options *options,
                                                      dynamo_error *error);

/* GetRecords' Records. An open shard may have more later: with an empty page comes NULL with DYNAMO_OK, and calling
 * again, after a pause of the caller's, goes on. The shard has ended where dynamo_items_page() has no
 * NextShardIterator. */
DYNAMO_API dynamo_items *dynamo_get_records_items(dynamo_client *client, const char *shard_iterator,
                                                  const dynamo_get_records_options *options, dynamo_error *error);

/* ListStreams' Streams. */
DYNAMO_API dynamo_items *dynamo_list_streams_items(dynamo_client *client, const dynamo_list_streams_options *options,
                                                   dynamo_error *error);

/* ---- Batches and waiters ----------------------------------------------------------------------------------------- */

/* dynamo_batch_write_all() has no options yet: pass NULL. */
typedef struct dynamo_batch_write_all_options dynamo_batch_write_all_options;

/*
 * BatchWriteItem for any number of writes: in the caller's order, as many to a request as the service takes, and again
 * what it leaves over or throttles, after a pause that grows while nothing is done. Of two writes to one key the later
 * is done last. DYNAMO_OK: all are written. A limit to the time ends it with UNPROCESSED: the client's deadline_ms for
 * all of it, its timeout_ms for as long as nothing is done. Any other failure of a request ends it at once.
 *
 * `*unprocessed` receives a new reference to what isn't known to be written, on failure too, {} when all is: nothing
 * of request_items is in neither. It can be given as request_items as it is. NULL: nothing was sent, and request_items
 * is no object or there was no memory for a copy.
 */
DYNAMO_API dynamo_status dynamo_batch_write_all(dynamo_client *client, json_t *request_items,
                                                const dynamo_batch_write_all_options *options, json_t **unprocessed,
                                                dynamo_error *error);

/* dynamo_batch_get_all(): what is asked of every request. */
typedef struct dynamo_batch_get_all_options {
    const char *return_consumed_capacity; /* "INDEXES", "TOTAL", "NONE" */
} dynamo_batch_get_all_options;

/*
 * BatchGetItem for any number of keys, likewise. The response is one of BatchGetItem: Responses, UnprocessedKeys and,
 * where asked for, ConsumedCapacity of all requests. On failure too, once a request could be sent, `*response`
 * receives what was read until then, and UnprocessedKeys has the rest.
 */
DYNAMO_API dynamo_status dynamo_batch_get_all(dynamo_client *client, json_t *request_items,
                                              const dynamo_batch_get_all_options *options, json_t **response,
                                              dynamo_error *error);

/* How to wait. NULL is {0}. */
typedef struct dynamo_wait_options {
    int64_t delay_ms;   /* before asking for the second time, and the least later; 0: 1,000 */
    int64_t timeout_ms; /* for all of it; 0: as long as AWS's SDKs wait, 500,000 to 3,600,000 by what is waited for */
} dynamo_wait_options;

/*
 * Each asks for the state of something until it is what the name says, after pauses that grow from delay_ms to 20
 * seconds. DYNAMO_OK: it is, and `response` receives the last answer, as the operation's own function gives it.
 * WAITER_FAILED: it can't become that any more. TIMEOUT: time ran out, the client's deadline included; the message
 * has the state. The last answer is then in error->details. An error of the operation that isn't waited for ends it
 * with its own status.
 */

/* By DescribeTable: until the table is ACTIVE; that it isn't there yet is no failure. */
DYNAMO_API dynamo_status dynamo_wait_table_exists(dynamo_client *client, const char *table_name,
                                                  const dynamo_wait_options *options, json_t **response,
                                                  dynamo_error *error);

/* By DescribeTable: until the table isn't there. The response is {}. */
DYNAMO_API dynamo_status dynamo_wait_table_not_exists(dynamo_client *client, const char *table_name,
                                                      const dynamo_wait_options *options, json_t **response,
                                                      dynamo_error *error);

/* By DescribeContributorInsights: until that is ENABLED for the table. FAILED is the failure. */
DYNAMO_API dynamo_status dynamo_wait_contributor_insights_enabled(dynamo_client *client, const char *table_name,
                                                                  const dynamo_wait_options *options,
                                                                  json_t **response, dynamo_error *error);

/* By DescribeExport: until the export is COMPLETED. FAILED is the failure. */
DYNAMO_API dynamo_status dynamo_wait_export_completed(dynamo_client *client, const char *export_arn,
                                                      const dynamo_wait_options *options, json_t **response,
                                                      dynamo_error *error);

/* By DescribeImport: until the import is COMPLETED. FAILED and CANCELLED are the failure. */
DYNAMO_API dynamo_status dynamo_wait_import_completed(dynamo_client *client, const char *import_arn,
                                                      const dynamo_wait_options *options, json_t **response,
                                                      dynamo_error *error);

/* By DescribeBulkOperation: until it is COMPLETED or COMPLETED_WITH_ERRORS. FAILED and CANCELLED are the failure. */
DYNAMO_API dynamo_status dynamo_wait_bulk_operation_completed(dynamo_client *client, const char *bulk_operation_arn,
                                                              const dynamo_wait_options *options, json_t **response,
                                                              dynamo_error *error);

/* By DescribeKinesisStreamingDestination: until one of the table's destinations is ACTIVE. That all are DISABLED or
 * ENABLE_FAILED is the failure. */
DYNAMO_API dynamo_status dynamo_wait_kinesis_streaming_destination_active(dynamo_client *client,
                                                                          const char *table_name,
                                                                          const dynamo_wait_options *options,
                                                                          json_t **response, dynamo_error *error);

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/*
 * Plain JSON and DynamoDB's AttributeValue. dynamo_values(3) has the table in full.
 *
 *     "text", true, null, [...], {...}    S, BOOL, NULL, L, M
 *     42, 1.5                             N
 *     {"$N": "12345678901234567890.5"}    N, any number of up to 38 significant digits
 *     {"$B": "aGVsbG8="}                  B, in base64
 *     {"$SS": ["a", "b"]}                 SS; {"$NS": [1, 2.5]} NS; {"$BS": ["aGVsbG8="]} BS
 *     {"$$B": ...}                        a map whose only key is "$B": one more $ going in, one fewer coming out
 *
 * The four below return a new reference, or NULL with *error filled: INVALID_ARGUMENT with the path of the value,
 * OUT_OF_MEMORY, or for the unmarshalling pair BAD_RESPONSE where the value isn't DynamoDB's notation.
 */

/* A plain value to an AttributeValue: 5 to {"N": "5"}. */
DYNAMO_API json_t *dynamo_marshal(json_t *value, dynamo_error *error);

/* An AttributeValue to its one plain form: {"N": "5"} to 5. */
DYNAMO_API json_t *dynamo_unmarshal(json_t *attribute_value, dynamo_error *error);

/* A plain item, key or set of expression values, always a map whatever its keys are, to a map of AttributeValues. */
DYNAMO_API json_t *dynamo_marshal_item(json_t *item, dynamo_error *error);

/* A map of AttributeValues to a plain item. */
DYNAMO_API json_t *dynamo_unmarshal_item(json_t *item, dynamo_error *error);

/* The size of a plain item in bytes by AWS's rules, which the limit of 400 KB (409,600) holds against. 0: *error tells
 * why, status DYNAMO_OK for the empty item. */
DYNAMO_API size_t dynamo_item_size(json_t *item, dynamo_error *error);

/* JSON text to a plain value, every digit kept: a number that int64 and double can't hold exactly becomes $N. `text`
 * is UTF-8 and needs no final NUL. A new reference, or NULL: INVALID_ARGUMENT with the line and column. */
DYNAMO_API json_t *dynamo_load(const char *text, size_t length, dynamo_error *error);

/* A plain value to JSON text on one line, $N as the bare number. To free(); NULL where memory ran out or the value
 * can't be written (text that isn't UTF-8, a value within itself). */
DYNAMO_API char *dynamo_dump(json_t *value);

/* Room for the text of any integer or real. */
#define DYNAMO_NUMBER_SIZE 352

/* The digits of a plain number: an integer, a real or {"$N": text}. In buffer, or for $N the value's own text; NULL:
 * the value is no number. */
DYNAMO_API const char *dynamo_number_text(json_t *value, char buffer[DYNAMO_NUMBER_SIZE]);

/* The double nearest to a plain number; NaN: the value is no number. */
DYNAMO_API double dynamo_number_value(json_t *value);

/* The plain form of the number with this text: an integer or a real where they hold it exactly, else {"$N": text}. A
 * new reference; NULL: the text is no DynamoDB number, or memory ran out. */
DYNAMO_API json_t *dynamo_number(const char *text);

/* The plain form of some bytes, {"$B": base64}. A new reference; NULL: memory ran out. */
DYNAMO_API json_t *dynamo_binary(const void *data, size_t length);

/* The bytes of {"$B": base64}, to free(), and their number; empty isn't NULL. NULL: the value is no binary, its
 * base64 is malformed, or memory ran out. */
DYNAMO_API void *dynamo_binary_value(json_t *value, size_t *length);

/* A random UUID (version 4) from the system's generator, lower case. false: the system has no randomness to give. */
DYNAMO_API bool dynamo_uuid(char text[37]);

#ifdef __cplusplus
}
#endif

#endif
