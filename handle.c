/*
 * One curl easy handle with its own multi handle and buffers. What doesn't change from call to call is set here, once.
 *
 * The multi handle keeps the connection, the DNS cache and the CA store between calls, and its poll can be interrupted,
 * which curl_easy_perform()'s can't.
 */
#include "dynamo_internal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- The sockets, known for the sake of fork() ------------------------------------------------------------------- */

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    dynamo_handle *handle = context;
    curl_socket_t  opened = socket(address->family, address->socktype, address->protocol);

    (void)purpose;
    if (opened == CURL_SOCKET_BAD)
        return CURL_SOCKET_BAD;
    (void)fcntl(opened, F_SETFD, FD_CLOEXEC); /* a program that the host starts has no business with it */
    if (handle->socket_count < DYNAMO_HANDLE_SOCKETS)
        handle->sockets[handle->socket_count++] = opened;
    else
        handle->sockets_unknown = true;
    return opened;
}

static int close_socket(void *context, curl_socket_t closed)
{
    dynamo_handle *handle = context;

    for (size_t i = 0; i < handle->socket_count; i++)
        if (handle->sockets[i] == closed)
            handle->sockets[i--] = handle->sockets[--handle->socket_count];
    return close(closed);
}

/* ---- What comes in ----------------------------------------------------------------------------------------------- */

static size_t receive_body(char *data, size_t size, size_t count, void *context)
{
    dynamo_handle *handle = context;

    dynamo_buffer_append(&handle->body, data, size * count);
    if (handle->body.secret)
        dynamo_wipe(data, size * count); /* libcurl frees its buffers as they are */
    return handle->body.failed ? 0 : size * count;
}

static void read_request_id(dynamo_answer_head *head, const char *text, size_t length)
{
    dynamo_copy_text(head->request_id, sizeof(head->request_id), text, length);
}

static void read_error_type(dynamo_answer_head *head, const char *text, size_t length)
{
    dynamo_copy_text(head->error_type, sizeof(head->error_type), text, length);
}

/* Digits and nothing else. What is too large for the type becomes its largest value. */
static bool read_decimal(const char *text, size_t length, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value > (INT64_MAX - 9) / 10 ? INT64_MAX : *value * 10 + (text[i] - '0');
    }
    return length != 0;
}

/* Anything but a CRC-32 in decimal counts as no header at all. */
static void read_crc32(dynamo_answer_head *head, const char *text, size_t length)
{
    int64_t value;

    if (!read_decimal(text, length, &value) || value > UINT32_MAX)
        return;
    head->crc32     = (uint32_t)value;
    head->has_crc32 = true;
}

static void read_date(dynamo_answer_head *head, const char *text, size_t length)
{
    if (!dynamo_http_date(text, length, &head->date))
        head->date = 0;
}

static void read_age(dynamo_answer_head *head, const char *text, size_t length)
{
    (void)text;
    (void)length;
    head->aged = true;
}

static void read_retry_after(dynamo_answer_head *head, const char *text, size_t length)
{
    if (!read_decimal(text, length, &head->retry_after_ms))
        head->retry_after_ms = 0;
}

static const struct {
    char name[20];
    void (*read)(dynamo_answer_head *head, const char *text, size_t length);
} known_headers[] = {
    { "x-amzn-requestid", read_request_id },
    { "x-amzn-errortype", read_error_type },
    { "x-amz-crc32", read_crc32 },
    { "Date", read_date },
    { "Age", read_age },
    { "x-amz-retry-after", read_retry_after },
};

static void read_header(dynamo_answer_head *head, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    const char *value;
    size_t      name_length;

    if (colon == NULL)
        return;
    name_length = (size_t)(colon - line);
    value       = colon + 1;
    length -= name_length + 1;
    for (; length > 0 && (*value == ' ' || *value == '\t'); value++)
        length--;
    while (length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL)
        length--;
    for (size_t i = 0; i < DYNAMO_COUNT(known_headers); i++)
        if (strlen(known_headers[i].name) == name_length && curl_strnequal(line, known_headers[i].name, name_length))
            known_headers[i].read(head, value, length);
}

/* Each answer, a 1xx too, begins with a status line and ends with an empty one; trailers after it don't count. */
static size_t receive_header(char *line, size_t size, size_t count, void *context)
{
    dynamo_handle *handle = context;
    size_t         length = size * count;

    handle->head_size += length;
    if (handle->head_size > DYNAMO_HEAD_LIMIT)
        return 0;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        handle->head = (dynamo_answer_head){ 0 };
    else if (handle->head.complete)
        return length;
    else if (length <= 2 && (line[0] == '\r' || line[0] == '\n'))
        handle->head.complete = true;
    else
        read_header(&handle->head, line, length);
    return length;
}

/* ---- Once only --------------------------------------------------------------------------------------------------- */

/*
 * When a kept connection dies before an answer came, libcurl sends the request again by itself, though the service may
 * have executed it: an ADD would count twice. Only the library may decide that.
 */
#if DYNAMO_CURL_LACKS_PREREQ

static size_t send_body(char *buffer, size_t size, size_t count, void *context)
{
    dynamo_handle *handle = context;
    size_t         length = size * count < handle->upload_length ? size * count : handle->upload_length;

    memcpy(buffer, handle->upload, length);
    handle->upload += length;
    handle->upload_length -= length;
    return length;
}

static int refuse_to_rewind(void *context, curl_off_t offset, int origin)
{
    (void)context;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

static bool set_send_once(dynamo_handle *handle)
{
    return curl_easy_setopt(handle->easy, CURLOPT_READFUNCTION, send_body) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_READDATA, handle) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_SEEKFUNCTION, refuse_to_rewind) == CURLE_OK;
}

#else

static int allow_one_send(void *context, char *remote_address, char *local_address, int remote_port, int local_port)
{
    dynamo_handle *handle = context;

    (void)remote_address;
    (void)local_address;
    (void)remote_port;
    (void)local_port;
    return handle->sends++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static bool set_send_once(dynamo_handle *handle)
{
    return curl_easy_setopt(handle->easy, CURLOPT_PREREQFUNCTION, allow_one_send) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_PREREQDATA, handle) == CURLE_OK;
}

#endif

/* ---- Set up ------------------------------------------------------------------------------------------------------ */

static bool set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
}

static bool set_numbers(const dynamo_handle *handle, const dynamo_settings *settings)
{
    const int64_t connect_ms = settings->connect_timeout_ms;
    const struct {
        CURLoption option;
        long       value;
    } numbers[] = {
        { CURLOPT_POST, 1 },
        { CURLOPT_NOSIGNAL, 1 }, /* the host's signals are the host's; sigpipe.c sees to SIGPIPE */
        { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
        { CURLOPT_FOLLOWLOCATION, 0 }, /* a signed request goes where it was signed for */
        { CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
        { CURLOPT_SSL_VERIFYPEER, 1 },
        { CURLOPT_SSL_VERIFYHOST, 2 },
        { CURLOPT_TCP_KEEPALIVE, 1 },
        { CURLOPT_CONNECTTIMEOUT_MS, connect_ms < LONG_MAX ? (long)connect_ms : LONG_MAX },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(numbers); i++)
        if (curl_easy_setopt(handle->easy, numbers[i].option, numbers[i].value) != CURLE_OK)
            return false;
    return true;
}

static bool set_callbacks(dynamo_handle *handle)
{
    return curl_easy_setopt(handle->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_OPENSOCKETDATA, handle) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_CLOSESOCKETDATA, handle) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_WRITEFUNCTION, receive_body) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_WRITEDATA, handle) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_HEADERFUNCTION, receive_header) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_HEADERDATA, handle) == CURLE_OK &&
           curl_easy_setopt(handle->easy, CURLOPT_ERRORBUFFER, handle->reason) == CURLE_OK && set_send_once(handle);
}

static bool set_texts(const dynamo_handle *handle, const dynamo_settings *settings)
{
    return set_protocols(handle->easy) &&
           (settings->ca_file == NULL ||
            curl_easy_setopt(handle->easy, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK);
}

/*
 * The list of header lines is chained once; libcurl reads it anew for each request. The User-Agent is a line like the
 * others since libcurl would format one that it is told by CURLOPT_USERAGENT twice for each request, at 90 instructions
 * a character.
 */
static bool set_lines(dynamo_handle *handle, const dynamo_settings *settings)
{
    dynamo_buffer *agent = &handle->texts[DYNAMO_LINE_USER_AGENT];

    dynamo_buffer_text(agent, "User-Agent: ");
    dynamo_buffer_text(agent, settings->user_agent);
    handle->lines[DYNAMO_LINE_USER_AGENT].data      = agent->data;
    handle->lines[DYNAMO_LINE_CONTENT_TYPE].data    = "Content-Type: application/x-amz-json-1.0";
    handle->lines[DYNAMO_LINE_ACCEPT_ENCODING].data = "Accept-Encoding: identity";
    handle->lines[DYNAMO_LINE_ACCEPT].data          = "Accept:";
    handle->lines[DYNAMO_LINE_EXPECT].data          = "Expect:";
    for (int i = 0; i < DYNAMO_LINE_TOKEN - 1; i++)
        handle->lines[i].next = &handle->lines[i + 1];
    return !agent->failed && curl_easy_setopt(handle->easy, CURLOPT_HTTPHEADER, handle->lines) == CURLE_OK;
}

dynamo_handle *dynamo_handle_new(const dynamo_settings *settings, CURLSH *share, dynamo_error *error)
{
    dynamo_handle *handle = calloc(1, sizeof(*handle));

    if (handle == NULL)
        goto failed;
    handle->body.limit      = DYNAMO_BODY_LIMIT;
    handle->scratch.secret  = true; /* the token is signed too */
    handle->texts[DYNAMO_LINE_TOKEN].secret = true;
    handle->sockets_unknown = settings->on_handle != NULL;
    handle->easy            = curl_easy_init();
    handle->multi           = curl_multi_init();
    if (handle->easy == NULL || handle->multi == NULL || !set_numbers(handle, settings) || !set_callbacks(handle) ||
        !set_texts(handle, settings) || !set_lines(handle, settings) || !dynamo_signer_init(&handle->signer) ||
        (share != NULL && curl_easy_setopt(handle->easy, CURLOPT_SHARE, share) != CURLE_OK))
        goto failed;
    if (settings->on_handle != NULL)
        settings->on_handle(settings->context, handle->easy);
    return handle;

failed:
    dynamo_handle_free(handle);
    (void)dynamo_fail(error, DYNAMO_ERR_OUT_OF_MEMORY, "libcurl has no handle to give: memory, or an option it lacks");
    return NULL;
}

void dynamo_handle_free(dynamo_handle *handle)
{
    dynamo_sigpipe guard;

    if (handle == NULL)
        return;
    dynamo_sigpipe_hold(&guard);
    curl_easy_cleanup(handle->easy);
    (void)curl_multi_cleanup(handle->multi);
    dynamo_sigpipe_release(&guard);
    curl_url_cleanup(handle->parsed_url);
    dynamo_signer_free(&handle->signer);
    for (size_t i = 0; i < DYNAMO_LINE_COUNT; i++)
        dynamo_buffer_free(&handle->texts[i]);
    dynamo_buffer_free(&handle->url);
    dynamo_buffer_free(&handle->scratch);
    dynamo_buffer_free(&handle->body);
    free(handle);
}

#define KEPT_BODY_CAPACITY ((size_t)64 * 1024)

void dynamo_handle_trim(dynamo_handle *handle)
{
    if (handle->body.capacity > KEPT_BODY_CAPACITY)
        dynamo_buffer_free(&handle->body);
}

/* The multi handle holds the connections; a new one begins without. */
bool dynamo_handle_disconnect(dynamo_handle *handle)
{
    CURLM         *fresh = curl_multi_init();
    dynamo_sigpipe guard;

    if (fresh == NULL)
        return false;
    dynamo_sigpipe_hold(&guard);
    (void)curl_multi_cleanup(handle->multi);
    dynamo_sigpipe_release(&guard);
    handle->multi = fresh;
    return true;
}

/*
 * Freed the usual way the handle would say goodbye on a TLS connection that the parent goes on using. So each socket's
 * descriptor is first made to stand for a socket that leads nowhere. Where the sockets aren't all known, memory is
 * left.
 */
void dynamo_handle_abandon(dynamo_handle *handle)
{
    int nowhere;

    if (handle->sockets_unknown)
        return;
    nowhere = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (nowhere < 0)
        return;
    for (size_t i = 0; i < handle->socket_count; i++)
        (void)dup2(nowhere, handle->sockets[i]);
    (void)close(nowhere);
    dynamo_handle_free(handle);
}

/* ---- A transfer -------------------------------------------------------------------------------------------------- */

static CURLcode result_of(CURLM *multi)
{
    int      left;
    CURLMsg *message = curl_multi_info_read(multi, &left);

    return message != NULL && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

static void count_sent(dynamo_handle *handle)
{
    curl_off_t sent = 0;

    if (curl_easy_getinfo(handle->easy, CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK && sent > handle->sent)
        handle->sent = sent;
}

CURLcode dynamo_handle_transfer(dynamo_handle *handle, const dynamo_deadline *deadline, dynamo_status *ended)
{
    CURLcode code    = CURLE_FAILED_INIT;
    int      running = 1;

    handle->head_size = 0;
    if (curl_multi_add_handle(handle->multi, handle->easy) != CURLM_OK)
        return CURLE_OUT_OF_MEMORY;
    while (curl_multi_perform(handle->multi, &running) == CURLM_OK && running != 0) {
        count_sent(handle);
        *ended = dynamo_deadline_check(deadline);
        if (*ended != DYNAMO_OK)
            break;
        if (curl_multi_poll(handle->multi, NULL, 0, dynamo_deadline_slice_ms(deadline), NULL) != CURLM_OK)
            break;
    }
    count_sent(handle);
    if (running == 0)
        code = result_of(handle->multi);
    (void)curl_multi_remove_handle(handle->multi, handle->easy);
    return code;
}

static const struct {
    CURLcode      code;
    dynamo_status status;
} curl_codes[] = {
    { CURLE_OK, DYNAMO_OK },
    { CURLE_OUT_OF_MEMORY, DYNAMO_ERR_OUT_OF_MEMORY },
    { CURLE_OPERATION_TIMEDOUT, DYNAMO_ERR_TIMEOUT },
    { CURLE_SSL_CONNECT_ERROR, DYNAMO_ERR_TLS },
    { CURLE_SSL_ENGINE_NOTFOUND, DYNAMO_ERR_TLS },
    { CURLE_SSL_ENGINE_SETFAILED, DYNAMO_ERR_TLS },
    { CURLE_SSL_ENGINE_INITFAILED, DYNAMO_ERR_TLS },
    { CURLE_SSL_CERTPROBLEM, DYNAMO_ERR_TLS },
    { CURLE_SSL_CIPHER, DYNAMO_ERR_TLS },
    { CURLE_PEER_FAILED_VERIFICATION, DYNAMO_ERR_TLS },
    { CURLE_USE_SSL_FAILED, DYNAMO_ERR_TLS },
    { CURLE_SSL_CACERT_BADFILE, DYNAMO_ERR_TLS },
    { CURLE_SSL_CRL_BADFILE, DYNAMO_ERR_TLS },
    { CURLE_SSL_ISSUER_ERROR, DYNAMO_ERR_TLS },
    { CURLE_SSL_PINNEDPUBKEYNOTMATCH, DYNAMO_ERR_TLS },
    { CURLE_SSL_INVALIDCERTSTATUS, DYNAMO_ERR_TLS },
};

dynamo_status dynamo_handle_status(CURLcode code)
{
    for (size_t i = 0; i < DYNAMO_COUNT(curl_codes); i++)
        if (curl_codes[i].code == code)
            return curl_codes[i].status;
    return DYNAMO_ERR_REQUEST_FAILED;
}
