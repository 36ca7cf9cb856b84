/*
 * The process around a client: fork() under load, a host with a libcurl of its own, the library loaded and unloaded,
 * two versions of it in one process, limits on descriptors and memory, threads that are canceled.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "../dynamo.h"
#include "complaints.h"
#include "fault_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif
#ifdef SANITIZED
#define MEMORY_IS_CHECKED true
#else
#define MEMORY_IS_CHECKED fault_runs_slowly()
#endif

static int set_up(void **state)
{
    complaints = 0;
    *state     = fault_server_start();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    fault_server_stop(*state);
    return 0;
}

static dynamo_client *client_of(const char *endpoint)
{
    dynamo_error        error  = {0};
    const dynamo_config config = {.endpoint = endpoint, .max_attempts = 1, .max_clients = 4};
    dynamo_client      *client = dynamo_client_new(&config, &error);

    if (client == NULL)
        fail_msg("dynamo_client_new: %s: %s", error.code, error.message);
    return client;
}

static dynamo_status get(dynamo_client *client, int id, dynamo_error *error)
{
    json_t       *key    = json_pack("{s:i}", "id", id);
    dynamo_status status = dynamo_get_item(client, "Music", key, NULL, NULL, error);

    json_decref(key);
    return status;
}

/* Runs `work` in a child; what it returns. The child ends as another program: no leak checker looks at it. */
static int in_child(int (*work)(dynamo_client *client, const char *endpoint), dynamo_client *client,
                    const char *endpoint)
{
    int   tube[2];
    char  result = 0;
    pid_t child;

    assert_int_equal(pipe(tube), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        result = (char)work(client, endpoint);
        if (write(tube[1], &result, 1) == 1)
            execlp("true", "true", (char *)NULL);
        _exit(1);
    }
    close(tube[1]);
    if (read(tube[0], &result, 1) != 1)
        result = -1;
    close(tube[0]);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return result;
}

/* ---- fork() under load ------------------------------------------------------------------------------------------- */

#define LOADERS 4
#define FORKS 20

typedef struct load {
    dynamo_client *client;
    atomic_bool    ending;
    atomic_uint    calls, failures;
} load;

static void *keep_calling(void *argument)
{
    load *shared = argument;

    while (!atomic_load(&shared->ending)) {
        if (get(shared->client, (int)getpid(), NULL) != DYNAMO_OK)
            atomic_fetch_add(&shared->failures, 1);
        atomic_fetch_add(&shared->calls, 1);
    }
    return NULL;
}

static int call_thrice_and_free(dynamo_client *client, const char *endpoint)
{
    int done = 0;

    (void)endpoint;
    for (int i = 0; i < 3; i++)
        done += get(client, (int)getpid(), NULL) == DYNAMO_OK ? 1 : 0;
    dynamo_client_free(client);
    return done;
}

/* Every request names its process: no connection may have carried those of two. */
static void expect_connections_of_one_process(fault_server *server)
{
    enum { CONNECTIONS = 1024 };
    static char owners[CONNECTIONS][128];

    memset(owners, 0, sizeof(owners));
    for (size_t i = 0; i < fault_server_requests(server); i++) {
        const fault_request *request = fault_server_request(server, i);

        assert_true(request->connection < CONNECTIONS);
        if (owners[request->connection][0] == '\0')
            snprintf(owners[request->connection], sizeof(owners[0]), "%s", request->body);
        else if (strcmp(owners[request->connection], request->body) != 0)
            complain("fork", "connection %u carried %s and %s", request->connection, owners[request->connection],
                     request->body);
    }
}

static void fork_under_load(void **state)
{
#ifdef SANITIZED
    (void)state;
    (void)keep_calling;
    (void)call_thrice_and_free;
    (void)expect_connections_of_one_process;
    print_message("not tried here: a sanitizer's allocator may be locked for good in a child of many threads\n");
    skip();
#else
    load      shared = {.client = client_of(fault_server_endpoint(*state))};
    pthread_t threads[LOADERS];

    for (size_t i = 0; i < LOADERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_calling, &shared), 0);
    assert_true(fault_server_wait_requests(*state, LOADERS));
    for (int i = 0; i < FORKS; i++) {
        int done = in_child(call_thrice_and_free, shared.client, NULL);

        if (done != 3)
            complain("fork", "child %d: %d of 3 calls succeeded", i, done);
    }
    atomic_store(&shared.ending, true);
    for (size_t i = 0; i < LOADERS; i++)
        pthread_join(threads[i], NULL);
    if (atomic_load(&shared.failures) != 0)
        complain("fork", "%u of the parent's %u calls failed", atomic_load(&shared.failures),
                 atomic_load(&shared.calls));
    expect_connections_of_one_process(*state);
    dynamo_client_free(shared.client);
    expect_no_complaints();
#endif
}

/* ---- A host with curl of its own --------------------------------------------------------------------------------- */

static bool host_transfers(const char *endpoint)
{
    CURL    *easy = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;

    if (easy != NULL && curl_easy_setopt(easy, CURLOPT_URL, endpoint) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}") == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_NOBODY, 0L) == CURLE_OK) {
        FILE *nowhere = fopen("/dev/null", "w");

        if (nowhere != NULL && curl_easy_setopt(easy, CURLOPT_WRITEDATA, nowhere) == CURLE_OK)
            code = curl_easy_perform(easy);
        if (nowhere != NULL)
            fclose(nowhere);
    }
    curl_easy_cleanup(easy);
    return code == CURLE_OK;
}

static int host_initialises_first(dynamo_client *none, const char *endpoint)
{
    dynamo_client *client;
    int            done = 0;

    (void)none;
    (void)curl_global_init(CURL_GLOBAL_ALL);
    done += host_transfers(endpoint) ? 1 : 0;
    client = client_of(endpoint);
    done += get(client, 1, NULL) == DYNAMO_OK ? 1 : 0;
    curl_global_cleanup(); /* counted: not the last */
    done += get(client, 1, NULL) == DYNAMO_OK ? 1 : 0;
    dynamo_client_free(client);
    client = client_of(endpoint);
    done += get(client, 1, NULL) == DYNAMO_OK ? 1 : 0;
    dynamo_client_free(client);
    return done;
}

static int library_initialises_first(dynamo_client *none, const char *endpoint)
{
    dynamo_client *client = client_of(endpoint);
    int            done   = get(client, 1, NULL) == DYNAMO_OK ? 1 : 0;

    (void)none;
    (void)curl_global_init(CURL_GLOBAL_ALL);
    done += host_transfers(endpoint) ? 1 : 0;
    dynamo_client_free(client);
    done += host_transfers(endpoint) ? 1 : 0;
    curl_global_cleanup();
    client = client_of(endpoint);
    done += get(client, 1, NULL) == DYNAMO_OK ? 1 : 0;
    dynamo_client_free(client);
    return done;
}

static void host_has_its_own_curl(void **state)
{
    assert_int_equal(in_child(host_initialises_first, NULL, fault_server_endpoint(*state)), 4);
    assert_int_equal(in_child(library_initialises_first, NULL, fault_server_endpoint(*state)), 4);
}

/* ---- Loaded and unloaded ----------------------------------------------------------------------------------------- */

/* A path beside this program's own. */
static const char *beside(const char *program, const char *name)
{
    static char path[4096];
    const char *slash = strrchr(program, '/');

    snprintf(path, sizeof(path), "%.*s/%s", slash != NULL ? (int)(slash - program) : 1, slash != NULL ? program : ".",
             name);
    return path;
}

static const char *program;

static void *load_or_fail(const char *name)
{
    void *object = dlopen(beside(program, name), RTLD_NOW | RTLD_LOCAL);

    if (object == NULL)
        fail_msg("%s", dlerror());
    return object;
}

/* What ISO C has no cast for. */
static void find(void *object, const char *name, void *function)
{
    void *found = dlsym(object, name);

    if (found == NULL)
        fail_msg("%s", dlerror());
    memcpy(function, &found, sizeof(found));
}

static size_t pages_in_use(void)
{
    FILE         *file = fopen("/proc/self/statm", "r");
    unsigned long size = 0, resident = 0;

    if (file != NULL && fscanf(file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    if (file != NULL)
        fclose(file);
    return resident;
}

static void load_call_unload(const char *name, const char *endpoint)
{
    void *object = load_or_fail(name);
    int (*call)(const char *endpoint);

    find(object, "plugin_call", &call);
    assert_int_equal(call(endpoint), DYNAMO_OK);
    assert_int_equal(dlclose(object), 0);
}

static void loaded_and_unloaded(void **state)
{
    const int rounds = fault_runs_slowly() ? 5 : 100;
    size_t    before;

    for (int i = 0; i < rounds; i++)
        load_call_unload("plugin/plugin.so", fault_server_endpoint(*state));
    fault_server_script(*state, NULL, 0);
    before = pages_in_use();
    for (int i = 0; i < rounds; i++)
        load_call_unload("plugin/plugin.so", fault_server_endpoint(*state));
    if (!MEMORY_IS_CHECKED && pages_in_use() > before + 256) /* a checker keeps what was freed */
        fail_msg("%zu pages after %d rounds, %zu after twice as many", before, rounds, pages_in_use());
}

static void two_versions(void **state)
{
    void          *object = load_or_fail("plugin/plugin.so");
    dynamo_client *client = client_of(fault_server_endpoint(*state));
    const char *(*version)(void);
    int (*call)(const char *endpoint);

    find(object, "plugin_version", &version);
    find(object, "plugin_call", &call);
    assert_string_equal(version(), "99.9.9");
    assert_string_equal(dynamo_version(), DYNAMO_VERSION);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(client, 1, NULL), DYNAMO_OK);
        assert_int_equal(call(fault_server_endpoint(*state)), DYNAMO_OK);
    }
    assert_int_equal(dlclose(object), 0);
    assert_int_equal(get(client, 1, NULL), DYNAMO_OK);
    dynamo_client_free(client);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

static int without_descriptors(dynamo_client *none, const char *endpoint)
{
    dynamo_client *client = client_of(endpoint);
    dynamo_error   error  = {0};
    struct rlimit  given, tight;
    int            next = dup(0), done = 0;

    (void)none;
    close(next);
    if (next < 0 || getrlimit(RLIMIT_NOFILE, &given) != 0)
        return -1;
    tight          = given;
    tight.rlim_cur = (rlim_t)next;
    if (setrlimit(RLIMIT_NOFILE, &tight) != 0)
        return -1;
    done += get(client, 1, &error) != DYNAMO_OK && error.message[0] != '\0' && !error.ambiguous ? 1 : 0;
    if (setrlimit(RLIMIT_NOFILE, &given) != 0)
        return -1;
    done += get(client, 1, &error) == DYNAMO_OK ? 1 : 0;
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return done;
}

static void descriptors_run_out(void **state)
{
    assert_int_equal(in_child(without_descriptors, NULL, fault_server_endpoint(*state)), 2);
}

/* The limit is on data and not on addresses: of those glibc's arenas for threads have plenty in reserve. */
#define LARGE ((size_t)30 * 1024 * 1024)

static int without_memory(dynamo_client *none, const char *endpoint)
{
    dynamo_client *client = client_of(endpoint);
    dynamo_error   error  = {0};
    FILE          *file   = fopen("/proc/self/statm", "r");
    unsigned long  pages  = 0;
    struct rlimit  given, tight;
    int            done = 0;

    (void)none;
    if (file == NULL || fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages) != 1 || getrlimit(RLIMIT_DATA, &given) != 0)
        return -1;
    fclose(file);
    done += get(client, 1, &error) == DYNAMO_OK ? 1 : 0; /* what threads and arenas take is taken */
    tight          = given;
    tight.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + LARGE / 8;
    if (setrlimit(RLIMIT_DATA, &tight) != 0)
        return -1;
    done += get(client, 1, &error) == DYNAMO_ERR_OUT_OF_MEMORY && error.message[0] != '\0' ? 1 : 0;
    done += get(client, 1, &error) == DYNAMO_OK ? 1 : 0;
    if (setrlimit(RLIMIT_DATA, &given) != 0)
        return -1;
    done += get(client, 1, &error) == DYNAMO_OK ? 1 : 0;
    dynamo_error_clear(&error);
    dynamo_client_free(client);
    return done;
}

static void memory_runs_out(void **state)
{
    static const fault_step script[] = {{0}, {.body = " ", .repeat = LARGE, .crc = FAULT_CRC_NONE}};

#if !defined(SANITIZED) && defined(__linux__)
    if (!fault_runs_slowly()) {
        fault_server_script(*state, script, COUNT(script));
        assert_int_equal(in_child(without_memory, NULL, fault_server_endpoint(*state)), 4);
        return;
    }
#endif
    (void)script;
    (void)without_memory;
    (void)state;
    print_message("not tried here: a memory checker has more address space than a limit leaves\n");
    skip();
}

/* ---- pthread_cancel() -------------------------------------------------------------------------------------------- */

typedef struct canceled_call {
    dynamo_client *client;
    dynamo_status  status;
    atomic_bool    returned;
} canceled_call;

static void *call_and_look(void *argument)
{
    canceled_call *call = argument;

    call->status = get(call->client, 1, NULL);
    atomic_store(&call->returned, true);
    for (;;)
        pthread_testcancel();
    return NULL;
}

static void no_call_is_a_cancellation_point(void **state)
{
    static const fault_step script[] = {{.action = FAULT_STALL}};
    canceled_call           call     = {.client = client_of(fault_server_endpoint(*state)), .status = DYNAMO_ERR_TLS};
    pthread_t               thread;
    void                   *result = NULL;

    fault_server_script(*state, script, COUNT(script));
    assert_int_equal(pthread_create(&thread, NULL, call_and_look, &call), 0);
    assert_true(fault_server_wait_requests(*state, 1));
    assert_int_equal(pthread_cancel(thread), 0);
    fault_server_release(*state, 1);
    pthread_join(thread, &result);
    assert_true(result == PTHREAD_CANCELED);
    assert_true(atomic_load(&call.returned));
    assert_int_equal(call.status, DYNAMO_OK);
    assert_int_equal(get(call.client, 1, NULL), DYNAMO_OK);
    assert_int_equal(fault_server_connections(*state), 1); /* the handle came back with its connection */
    dynamo_client_free(call.client);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int count, char *arguments[])
{
    const struct CMUnitTest tests[] = {
        SERVED(fork_under_load),
        SERVED(host_has_its_own_curl),
        SERVED(two_versions),
        SERVED(loaded_and_unloaded),
        SERVED(descriptors_run_out),
        SERVED(memory_runs_out),
        SERVED(no_call_is_a_cancellation_point),
    };

    program = count > 0 ? arguments[0] : "./unit_process";
    if (!fault_plain_environment())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
