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
    snprintf(parts->host, sizeof(parts->host), "[%s]", written);
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

        snprintf(port, sizeof(port), ":%u", parts->port);
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
    *endpoint = (dynamo_endpoint){ 0 };
}

/* ---- AWS's own hosts --------------------------------------------------------------------------------------------- */

typedef struct aws_partition {
    const char *global; /* its name in place of a region; "": none */
    const char *prefix; /* of its regions; a word, a hyphen and a number follow */
    const char *suffix; /* of its hosts */
} aws_partition;

/* The partition aws is the last: it has what no other one has. */
static const aws_partition partitions[] = {
    { "aws-cn-global", "cn-", "amazonaws.com.cn" },
    { "aws-us-gov-global", "us-gov-", "amazonaws.com" },
    { "aws-iso-global", "us-iso-", "c2s.ic.gov" },
    { "aws-iso-b-global", "us-isob-", "sc2s.sgov.gov" },
    { "aws-iso-e-global", "eu-isoe-", "cloud.adc-e.uk" },
    { "aws-iso-f-global", "us-isof-", "csp.hci.ic.gov" },
    { "", "eusc-de-", "amazonaws.eu" },
    { "aws-global", "", "amazonaws.com" },
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

static const char *host_suffix(const char *region)
{
    size_t i = 0;

    while (i + 1 < DYNAMO_COUNT(partitions) && !is_in_partition(&partitions[i], region))
        i++;
    return partitions[i].suffix;
}

static bool is_host_label(const char *text)
{
    size_t length = strspn(text, LETTERS DIGITS "-");

    return length > 0 && length <= 63 && text[length] == '\0' && text[0] != '-' && text[length - 1] != '-';
}

dynamo_status dynamo_endpoint_of_region(dynamo_endpoint *endpoint, const char *prefix, const char *region,
                                        dynamo_error *error)
{
    dynamo_buffer url = { 0 };
    dynamo_status status;

    *endpoint = (dynamo_endpoint){ 0 };
    if (!is_host_label(region))
        return dynamo_fail(error, DYNAMO_ERR_INVALID_ARGUMENT,
                           "\"%.80s\" is no region: expected 1 to 63 letters, digits and hyphens, as in us-east-1",
                           region);
    /* DynamoDB Local, which serves the Streams operations on the same port. */
    if (strcmp(region, "local") == 0)
        return dynamo_endpoint_parse(endpoint, "http://localhost:8000", "the region local", error);
    dynamo_buffer_text(&url, "https://");
    dynamo_buffer_text(&url, prefix);
    dynamo_buffer_char(&url, '.');
    dynamo_buffer_text(&url, region);
    dynamo_buffer_char(&url, '.');
    dynamo_buffer_text(&url, host_suffix(region));
    status = url.failed ? dynamo_fail_memory(error) : dynamo_endpoint_parse(endpoint, url.data, "the region", error);
    dynamo_buffer_free(&url);
    return status;
}
