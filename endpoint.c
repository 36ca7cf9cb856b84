/*
 * Where a request goes: a URL that the user gave, taken apart and checked, or AWS's own host for a region.
 *
 * Sources: RFC 3986 (URLs), RFC 9110 section 7.2 (the Host header), AWS's partitions and endpoint rules for DynamoDB
 * and DynamoDB Streams. Our choice: what could make the URL that is signed differ from the one that libcurl sends to
 * (dot segments, numbers in place of an IPv4 address, characters that would be encoded) is refused.
 */
#include "dynamo_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_SIZE 256 /* a name of 253 characters, or an address in brackets */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define HEXADECIMAL DIGITS "ABCDEFabcdef"

/* A URL's parts. Each function that fills some of them returns what is wrong in words, NULL: nothing. */
typedef struct url_parts {
    bool        secure;
    char        host[HOST_SIZE]; /* lower case, an IPv6 address in brackets */
    unsigned    port;
    const char *path;
    bool        loopback;
} url_parts;

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

/* Skips a prefix in lower case that the text has in any case; NULL: it hasn't. */
static const char *after_prefix(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++) {
        if (lower(*text) != *prefix)
            return NULL;
    }
    return text;
}

static unsigned default_port(bool secure)
{
    return secure ? 443 : 80;
}

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

/* Four numbers from 0 to 255 without leading zeros. */
static bool is_ipv4(const char *text)
{
    for (int part = 0; part < 4; part++) {
        size_t   digits = strspn(text, DIGITS);
        unsigned value  = 0;

        if (digits == 0 || digits > 3 || (digits > 1 && *text == '0'))
            return false;
        for (; digits > 0; digits--)
            value = value * 10 + (unsigned)(*text++ - '0');
        if (value > 255 || *text != (part < 3 ? '.' : '\0'))
            return false;
        text++;
    }
    return true;
}

/* Whether the last label is a number, which libcurl would take for an address in one of its odd forms. */
static bool ends_in_number(const char *host)
{
    size_t      length = strlen(host);
    const char *label  = host;

    for (size_t i = 0; i + 1 < length; i++) {
        if (host[i] == '.')
            label = host + i + 1;
    }
    length = strcspn(label, ".");
    return strspn(label, DIGITS) == length
           || (strncmp(label, "0x", 2) == 0 && 2 + strspn(label + 2, HEXADECIMAL) == length);
}

/* Underscores aren't allowed in host names but stand in those of many container networks. */
static const char *check_name(const char *host)
{
    const char *label = host;

    for (;;) {
        size_t length = strspn(label, LETTERS DIGITS "-_");

        if (length == 0 || length > 63)
            return "its host isn't a host name: labels of 1 to 63 letters, digits and hyphens with dots between";
        label += length;
        if (*label == '.' && label[1] != '\0')
            label++;
        else if (*label == '\0' || *label == '.')
            break;
        else
            return "its host has a character that host names haven't";
    }
    if (ends_in_number(host) && !is_ipv4(host))
        return "its host isn't an IPv4 address: four numbers from 0 to 255 with dots between";
    return NULL;
}

/* localhost, *.localhost (RFC 6761) and 127.0.0.0/8. */
static bool is_loopback(const char *host)
{
    static const char name[] = "localhost";
    size_t            length = strlen(host);

    if (is_ipv4(host))
        return strncmp(host, "127.", 4) == 0;
    if (length > 0 && host[length - 1] == '.')
        length--;
    if (length < sizeof(name) - 1 || strncmp(host + length - (sizeof(name) - 1), name, sizeof(name) - 1) != 0)
        return false;
    return length == sizeof(name) - 1 || host[length - sizeof(name)] == '.';
}

static const char *parse_name(url_parts *parts, const char *text, size_t length)
{
    const char *fault;

    if (length == 0)
        return "it has no host";
    if (length > 253)
        return "its host is longer than 253 characters";
    for (size_t i = 0; i < length; i++)
        parts->host[i] = lower(text[i]);
    parts->host[length] = '\0';
    fault               = check_name(parts->host);
    parts->loopback     = fault == NULL && is_loopback(parts->host);
    return fault;
}

/* The address as inet_ntop() writes it, which is how libcurl does. */
static const char *parse_ipv6(url_parts *parts, const char *text, size_t length)
{
    static const char fault[] = "its host isn't an IPv6 address in brackets";
    char              written[INET6_ADDRSTRLEN];
    struct in6_addr   address;

    if (length >= sizeof(written))
        return fault;
    memcpy(written, text, length);
    written[length] = '\0';
    if (inet_pton(AF_INET6, written, &address) != 1 || inet_ntop(AF_INET6, &address, written, sizeof(written)) == NULL)
        return fault;
    (void)snprintf(parts->host, sizeof(parts->host), "[%s]", written);
    parts->loopback = IN6_IS_ADDR_LOOPBACK(&address);
    return NULL;
}

/* ":8000", or nothing. */
static const char *parse_port(url_parts *parts, const char *text, const char *end)
{
    static const char fault[] = "its port isn't a number from 1 to 65535";
    unsigned          port    = 0;

    if (text == end) {
        parts->port = default_port(parts->secure);
        return NULL;
    }
    if (*text != ':' || text + 1 == end)
        return fault;
    for (text++; text < end; text++) {
        if (*text < '0' || *text > '9')
            return fault;
        port = port * 10 + (unsigned)(*text - '0');
        if (port > 65535)
            return fault;
    }
    parts->port = port;
    return port == 0 ? fault : NULL;
}

static const char *parse_authority(url_parts *parts, const char *text, size_t length)
{
    const char *end = text + length, *host_end, *fault;

    if (memchr(text, '@', length) != NULL)
        return "it has a user name or password, which aren't supported";
    if (length > 0 && *text == '[') {
        host_end = memchr(text, ']', length);
        if (host_end == NULL)
            return "expected ] after the IPv6 address";
        fault = parse_ipv6(parts, text + 1, (size_t)(host_end - text) - 1);
        host_end++;
    } else {
        host_end = memchr(text, ':', length);
        if (host_end == NULL)
            host_end = end;
        fault = parse_name(parts, text, (size_t)(host_end - text));
    }
    return fault != NULL ? fault : parse_port(parts, host_end, end);
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

/* "." or "..", in which a dot may stand as %2e too. */
static bool is_dot_segment(const char *text, size_t length)
{
    const char *end  = text + length;
    int         dots = 0;

    while (text < end) {
        if (*text == '.')
            text++;
        else if (after_prefix(text, "%2e") != NULL)
            text += 3;
        else
            return false;
        dots++;
    }
    return dots == 1 || dots == 2;
}

static const char *check_segment(const char *text, size_t length)
{
    static const char allowed[] = LETTERS DIGITS "-._~!$&'()*+,;=:@%";

    if (is_dot_segment(text, length))
        return "its path has a segment . or ..";
    for (size_t i = 0; i < length; i++) {
        if (strchr(allowed, text[i]) == NULL)
            return "its path has a character that must be written as % and two digits";
        if (text[i] == '%' && strspn(text + i + 1, HEXADECIMAL) < 2)
            return "its path has a % without two hexadecimal digits";
    }
    return NULL;
}

static const char *check_path(const char *path)
{
    const char *fault = NULL;

    while (fault == NULL && *path == '/') {
        size_t length = strcspn(++path, "/");

        fault = length == 0 && *path == '/' ? "its path has an empty segment" : check_segment(path, length);
        path += length;
    }
    return fault;
}

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

static const char *check_characters(const char *url)
{
    for (; *url != '\0'; url++) {
        if ((unsigned char)*url <= ' ' || (unsigned char)*url >= 0x7F)
            return "it has a space, a control character or one that isn't ASCII";
    }
    return NULL;
}

static const char *parse_url(url_parts *parts, const char *url)
{
    const char *fault = check_characters(url);
    const char *rest  = after_prefix(url, "https://");
    size_t      length;

    if (fault != NULL)
        return fault;
    parts->secure = rest != NULL;
    if (rest == NULL)
        rest = after_prefix(url, "http://");
    if (rest == NULL)
        return "expected a URL that begins with http:// or https://";
    length = strcspn(rest, "/?#");
    fault  = parse_authority(parts, rest, length);
    if (fault != NULL)
        return fault;
    rest += length;
    if (strchr(rest, '?') != NULL)
        return "it has a query (?)";
    if (strchr(rest, '#') != NULL)
        return "it has a fragment (#)";
    parts->path = *rest == '\0' ? "/" : rest;
    return check_path(parts->path);
}

/* The host as the Host header has it. */
static char *host_header(const url_parts *parts)
{
    dynamo_buffer host = { 0 };

    dynamo_buffer_text(&host, parts->host);
    if (parts->port != default_port(parts->secure)) {
        char port[16];

        (void)snprintf(port, sizeof(port), ":%u", parts->port);
        dynamo_buffer_text(&host, port);
    }
    return host.data;
}

/* Put together anew, so that what is signed and what libcurl reads are spelt alike. */
static char *whole_url(const dynamo_endpoint *endpoint)
{
    dynamo_buffer url = { 0 };

    dynamo_buffer_text(&url, endpoint->secure ? "https://" : "http://");
    dynamo_buffer_text(&url, endpoint->host);
    dynamo_buffer_text(&url, endpoint->path);
    return url.data;
}

dynamo_status dynamo_endpoint_parse(dynamo_endpoint *endpoint, const char *url, const char *name, dynamo_error *error)
{
    url_parts   parts = { 0 };
    const char *fault = parse_url(&parts, url);

    *endpoint = (dynamo_endpoint){ 0 };
    if (fault != NULL) /* without the URL, which may have a password in it */
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT, "%s is refused: %s", name, fault);
    endpoint->secure   = parts.secure;
    endpoint->loopback = parts.loopback;
    endpoint->host     = host_header(&parts);
    endpoint->path     = strdup(parts.path);
    if (endpoint->host != NULL && endpoint->path != NULL)
        endpoint->url = whole_url(endpoint);
    if (endpoint->url == NULL) {
        dynamo_endpoint_free(endpoint);
        return dynamo_fail_memory(error);
    }
    return DYNAMO_OK;
}

void dynamo_endpoint_free(dynamo_endpoint *endpoint)
{
    free(endpoint->url);
    free(endpoint->host);
    free(endpoint->path);
    free(endpoint->account_suffix);
    *endpoint = (dynamo_endpoint){ 0 };
}

/* ---- AWS's own hosts --------------------------------------------------------------------------------------------- */

/* The texts lie in the rows: pointers to them would take more room, in position independent code. */
typedef struct aws_partition {
    char global[20];       /* its name in place of a region; "": none */
    char prefix[12];       /* of its regions; a word, a hyphen and a number follow */
    char suffix[20];       /* of its hosts */
    char dual_suffix[32];  /* of those that have IPv6 addresses too */
    char login_suffix[24]; /* of those of AWS Sign-In */
    bool plain_fips;       /* its usual hosts are FIPS ones; dual-stack and Sign-In have others */
    bool accounts;         /* some of its regions have hosts for single accounts */
} aws_partition;

/* The partition aws is the last: it has what no other one has. */
#define COMMERCIAL (&partitions[DYNAMO_COUNT(partitions) - 1])

static const aws_partition partitions[] = {
    { "aws-cn-global", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "amazonaws.cn", false, true },
    { "aws-us-gov-global", "us-gov-", "amazonaws.com", "api.aws", "amazonaws-us-gov.com", true, true },
    { "aws-iso-global", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "c2shome.ic.gov", false, false },
    { "aws-iso-b-global", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "sc2shome.sgov.gov", false, false },
    { "aws-iso-e-global", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csphome.adc-e.uk", false, false },
    { "aws-iso-f-global", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "csphome.hci.ic.gov", false, false },
    { "", "eusc-de-", "amazonaws.eu", "api.amazonwebservices.eu", "amazonaws-eusc.eu", false, false },
    { "aws-global", "", "amazonaws.com", "api.aws", "aws.amazon.com", false, true },
};

/* Regions outside of the partition aws that have hosts for single accounts, and those within that lack them. */
typedef char region_name[16];

static const region_name dynamodb_account_regions[] = { "us-gov-east-1", "us-gov-west-1", "cn-north-1",
                                                        "cn-northwest-1", "" };
static const region_name streams_no_account_regions[] = { "me-central-1", "me-south-1", "" };

typedef struct host_rule {
    char               title[20]; /* in messages */
    char               name[20];
    char               dual_name[20];      /* "": the same */
    char               account_name[12];   /* behind an account's number; "": none has hosts of its own */
    const region_name *account_regions;    /* outside of the partition aws; NULL: all of the partition's */
    const region_name *no_account_regions; /* NULL: none */
    bool               account_fips;       /* the accounts' hosts have FIPS ones beside them */
    bool               local;              /* a server on this machine has it too */
} host_rule;

static const host_rule host_rules[DYNAMO_SERVICE_COUNT] = {
    [DYNAMO_SERVICE_DYNAMODB] = { .title           = "DynamoDB",
                                  .name            = "dynamodb",
                                  .account_name    = "ddb",
                                  .account_regions = dynamodb_account_regions,
                                  .local           = true },
    [DYNAMO_SERVICE_SEARCH]   = { .title           = "SearchVectors",
                                  .name            = "search-dynamodb",
                                  .account_name    = "search-ddb",
                                  .account_regions = dynamodb_account_regions,
                                  .local           = true },
    [DYNAMO_SERVICE_STREAMS]  = { .title              = "DynamoDB Streams",
                                  .name               = "streams.dynamodb",
                                  .dual_name          = "streams-dynamodb",
                                  .account_name       = "streams-ddb",
                                  .no_account_regions = streams_no_account_regions,
                                  .account_fips       = true,
                                  .local              = true },
    [DYNAMO_SERVICE_STS]      = { .title = "STS", .name = "sts" },
    [DYNAMO_SERVICE_SSO]      = { .title = "SSO", .name = "portal.sso" },
    [DYNAMO_SERVICE_SSO_OIDC] = { .title = "SSO-OIDC", .name = "oidc" },
    [DYNAMO_SERVICE_SIGNIN]   = { .title = "AWS Sign-In", .name = "signin" },
};

static bool is_in_partition(const aws_partition *partition, const char *region)
{
    size_t length = strlen(partition->prefix);

    if (strcmp(region, partition->global) == 0)
        return true;
    if (strncmp(region, partition->prefix, length) != 0)
        return false;
    region += length;
    length = strspn(region, LETTERS DIGITS);
    if (length == 0 || region[length] != '-')
        return false;
    region += length + 1;
    return *region != '\0' && region[strspn(region, DIGITS)] == '\0';
}

static const aws_partition *partition_of(const char *region)
{
    const aws_partition *partition = partitions;

    while (partition != COMMERCIAL && !is_in_partition(partition, region))
        partition++;
    return partition;
}

static bool is_host_label(const char *text)
{
    size_t length = strspn(text, LETTERS DIGITS "-");

    return length > 0 && length <= 63 && text[length] == '\0' && text[0] != '-' && text[length - 1] != '-';
}

static bool is_one_of(const region_name *names, const char *name)
{
    while (names != NULL && **names != '\0' && strcmp(*names, name) != 0)
        names++;
    return names != NULL && **names != '\0';
}

static bool has_account_hosts(const host_rule *rule, const aws_partition *partition, const char *region)
{
    if (rule->account_name[0] == '\0' || !partition->accounts || is_one_of(rule->no_account_regions, region))
        return false;
    return partition == COMMERCIAL || rule->account_regions == NULL || is_one_of(rule->account_regions, region);
}

static const char *suffix_of(const aws_partition *partition, const dynamo_hosts *hosts)
{
    return hosts->dual_stack ? partition->dual_suffix : partition->suffix;
}

/* "NAME[-fips].REGION.SUFFIX" */
static void append_host(dynamo_buffer *url, const dynamo_hosts *hosts, const host_rule *rule, const char *region)
{
    const aws_partition *partition = partition_of(region);
    const bool           fips      = hosts->fips && (hosts->dual_stack || !partition->plain_fips);

    dynamo_buffer_text(url, hosts->dual_stack && rule->dual_name[0] != '\0' ? rule->dual_name : rule->name);
    dynamo_buffer_text(url, fips ? "-fips." : ".");
    dynamo_buffer_text(url, region);
    dynamo_buffer_char(url, '.');
    dynamo_buffer_text(url, suffix_of(partition, hosts));
}

/* AWS Sign-In has domains of its own, without dual-stack, and a FIPS host in one partition. */
static void append_login_host(dynamo_buffer *url, const dynamo_hosts *hosts, const char *region)
{
    const aws_partition *partition = partition_of(region);

    if (hosts->dual_stack || (hosts->fips && !partition->plain_fips)) {
        append_host(url, hosts, &host_rules[DYNAMO_SERVICE_SIGNIN], region);
        return;
    }
    if (!hosts->fips || strcmp(region, "us-gov-west-1") != 0) {
        dynamo_buffer_text(url, region);
        dynamo_buffer_char(url, '.');
    }
    dynamo_buffer_text(url, hosts->fips ? "signin-fips." : "signin.");
    dynamo_buffer_text(url, partition->login_suffix);
}

/* ".NAME[-fips].REGION.SUFFIX", to be put behind an account's number. */
static void append_account_suffix(dynamo_buffer *host, const dynamo_hosts *hosts, const host_rule *rule,
                                  const char *region)
{
    dynamo_buffer_char(host, '.');
    dynamo_buffer_text(host, rule->account_name);
    dynamo_buffer_text(host, hosts->fips ? "-fips." : ".");
    dynamo_buffer_text(host, region);
    dynamo_buffer_char(host, '.');
    dynamo_buffer_text(host, suffix_of(partition_of(region), hosts));
}

/* FIPS or dual-stack hosts where it is settled already what host it is. */
static dynamo_status refuse_variants(const dynamo_hosts *hosts, const char *beside, const char *title,
                                     dynamo_error *error)
{
    if (!hosts->fips && !hosts->dual_stack)
        return DYNAMO_OK;
    return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                       "%s is set beside %s for %s, which is used as it is: unset one of the two",
                       hosts->fips ? "use_fips_endpoint" : "use_dualstack_endpoint", beside, title);
}

/* The accounts' hosts besides the one that all share. */
static dynamo_status add_accounts(dynamo_endpoint *endpoint, const dynamo_hosts *hosts, const host_rule *rule,
                                  const char *region, dynamo_error *error)
{
    dynamo_buffer suffix = { 0 };

    endpoint->needs_account = rule->account_name[0] != '\0' && hosts->account_mode == DYNAMO_ACCOUNT_REQUIRED;
    if (hosts->account_mode == DYNAMO_ACCOUNT_DISABLED || (hosts->fips && !rule->account_fips)
        || !has_account_hosts(rule, partition_of(region), region))
        return DYNAMO_OK;
    append_account_suffix(&suffix, hosts, rule, region);
    if (suffix.failed) {
        dynamo_endpoint_free(endpoint);
        return dynamo_fail_memory(error);
    }
    endpoint->account_suffix = suffix.data;
    return DYNAMO_OK;
}

/* A dual-stack host that is given by its name would be without what belongs to it. */
static dynamo_status refuse_dual_host(const dynamo_endpoint *endpoint, const char *region, dynamo_error *error)
{
    static const char names[][20] = { "dynamodb.", "search-dynamodb." };
    const char       *suffix    = partition_of(region)->dual_suffix;
    const size_t      length    = strlen(region);

    for (size_t i = 0; i < DYNAMO_COUNT(names); i++) {
        const char *rest = after_prefix(endpoint->host, names[i]);

        if (rest != NULL && strncmp(rest, region, length) == 0 && rest[length] == '.'
            && strcmp(rest + length + 1, suffix) == 0)
            return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                               "the endpoint is %s, the region's dual-stack host: give none, and set "
                               "use_dualstack_endpoint",
                               endpoint->host);
    }
    return DYNAMO_OK;
}

static dynamo_status given_host(dynamo_endpoint *endpoint, const dynamo_hosts *hosts, dynamo_service service,
                                const char *region, dynamo_error *error)
{
    dynamo_status status = refuse_variants(hosts, "an endpoint", host_rules[service].title, error);

    if (status == DYNAMO_OK)
        status = dynamo_endpoint_parse(endpoint, hosts->given[service].text, hosts->given[service].name, error);
    if (status == DYNAMO_OK && service == DYNAMO_SERVICE_DYNAMODB)
        status = refuse_dual_host(endpoint, region, error);
    if (status != DYNAMO_OK)
        dynamo_endpoint_free(endpoint);
    return status;
}

static dynamo_status own_host(dynamo_endpoint *endpoint, const dynamo_hosts *hosts, dynamo_service service,
                              const char *region, dynamo_error *error)
{
    const host_rule *rule = &host_rules[service];
    dynamo_buffer    url  = { 0 };
    dynamo_status    status;

    dynamo_buffer_text(&url, "https://");
    if (service == DYNAMO_SERVICE_SIGNIN)
        append_login_host(&url, hosts, region);
    else
        append_host(&url, hosts, rule, region);
    status = url.failed ? dynamo_fail_memory(error) : dynamo_endpoint_parse(endpoint, url.data, "the region", error);
    dynamo_buffer_free(&url);
    return status == DYNAMO_OK ? add_accounts(endpoint, hosts, rule, region, error) : status;
}

dynamo_status dynamo_endpoint_of_service(dynamo_endpoint *endpoint, const dynamo_hosts *hosts, dynamo_service service,
                                         const char *region, dynamo_error *error)
{
    dynamo_status status;

    *endpoint = (dynamo_endpoint){ 0 };
    if (!is_host_label(region))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "\"%.80s\" is no region: expected 1 to 63 letters, digits and hyphens, as in us-east-1",
                           region);
    if (hosts->given[service].text != NULL)
        return given_host(endpoint, hosts, service, region, error);
    /* DynamoDB Local, which serves the Streams operations on the same port. */
    if (host_rules[service].local && strcmp(region, "local") == 0) {
        status = refuse_variants(hosts, "the region local", host_rules[service].title, error);
        return status == DYNAMO_OK ? dynamo_endpoint_parse(endpoint, "http://localhost:8000", "local", error) : status;
    }
    return own_host(endpoint, hosts, service, region, error);
}

/* ---- Single accounts --------------------------------------------------------------------------------------------- */

/* The next part of an ARN, which a colon ends; the last one ends with the text. */
static const char *next_part(const char **rest, size_t *length, bool last)
{
    const char *part = *rest;

    *length = last ? strlen(part) : strcspn(part, ":");
    *rest   = part + *length + (part[*length] == ':' ? 1 : 0);
    return part;
}

/* "arn:PARTITION:dynamodb:REGION:ACCOUNT:RESOURCE" */
bool dynamo_account_of_arn(char account[DYNAMO_LABEL_SIZE], const char *text, const char *region)
{
    enum { ARN, PARTITION, SERVICE, REGION, ACCOUNT, RESOURCE, PARTS };
    const char *parts[PARTS];
    size_t      lengths[PARTS];

    if (text == NULL || strncmp(text, "arn:", 4) != 0)
        return false;
    for (int i = 0; i < PARTS; i++)
        parts[i] = next_part(&text, &lengths[i], i == RESOURCE);
    if (lengths[PARTITION] == 0 || lengths[RESOURCE] == 0 || lengths[ACCOUNT] >= DYNAMO_LABEL_SIZE
        || lengths[SERVICE] != strlen("dynamodb") || memcmp(parts[SERVICE], "dynamodb", lengths[SERVICE]) != 0
        || lengths[REGION] != strlen(region) || memcmp(parts[REGION], region, lengths[REGION]) != 0)
        return false;
    memcpy(account, parts[ACCOUNT], lengths[ACCOUNT]);
    account[lengths[ACCOUNT]] = '\0';
    return is_host_label(account);
}

const dynamo_endpoint *dynamo_endpoint_of_account(dynamo_account_endpoint *own, const dynamo_endpoint *shared,
                                                  const char *account, dynamo_error *error)
{
    static const char scheme[] = "https://";

    if (!shared->needs_account && (account == NULL || shared->account_suffix == NULL))
        return shared;
    if (shared->account_suffix == NULL) {
        (void)dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                          "account_id_endpoint_mode is required, but accounts have no hosts of their own beside %s",
                          shared->host);
        return NULL;
    }
    if (account == NULL) {
        (void)dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                          "account_id_endpoint_mode is required, but the account isn't known: give tables by their "
                          "ARN, or credentials with their account ID (AWS_ACCOUNT_ID, aws_account_id of the profile)");
        return NULL;
    }
    if (!is_host_label(account)) {
        (void)dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                          "the account ID of the credentials, \"%.80s\", is none: expected twelve digits", account);
        return NULL;
    }
    (void)snprintf(own->url, sizeof(own->url), "%s%s%s", scheme, account, shared->account_suffix);
    own->endpoint      = *shared;
    own->endpoint.url  = own->url;
    own->endpoint.host = own->url + sizeof(scheme) - 1;
    return &own->endpoint;
}

void dynamo_hosts_free(dynamo_hosts *hosts)
{
    for (size_t i = 0; i < DYNAMO_SERVICE_COUNT; i++) {
        free(hosts->given[i].text);
        free(hosts->given[i].name);
    }
    *hosts = (dynamo_hosts){ 0 };
}
