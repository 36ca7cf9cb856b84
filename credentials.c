/*
 * The keys in use: found once, shared by the calls that sign with them, asked for anew before they expire.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Standardized credential providers" (the order). The fifteen and ten
 * minutes before an expiration are botocore's, and so is the use of EC2's keys beyond theirs while the metadata service
 * has no newer ones. Our choice: while keys last, a refresh that failed is tried again after a minute and no sooner,
 * and it may hold up the one call that makes it for a few seconds alone.
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADVISABLE_BEFORE_EXPIRATION_S 900
#define NECESSARY_BEFORE_EXPIRATION_S 600
#define ADVISABLE_LIMIT_MS 5000 /* of a refresh that could as well come later */
#define PAUSE_AFTER_FAILURE_S 60
#define STABLE_PAUSE_S 600 /* ... and up to half of it more */

#define REASON_SIZE 160
#define MESSAGE_ROOM 490 /* of dynamo_error's message, for the reasons */

/* ---- The sources, in order --------------------------------------------------------------------------------------- */

typedef struct chain_link {
    char                    name[16];
    dynamo_source_function *keys;
    bool                    of_profile;
    bool                    stable; /* what it gave is used beyond its expiration when it has nothing newer */
} chain_link;

static const chain_link chain[] = {
    { "environment", dynamo_environment_keys, false, false },
    { "role", dynamo_role_keys, true, false },
    { "web identity", dynamo_web_identity_keys, true, false },
    { "sso", dynamo_sso_keys, true, false },
    { "profile", dynamo_static_keys, true, false },
    { "login", dynamo_login_keys, true, false },
    { "process", dynamo_process_keys, true, false },
    { "web identity", dynamo_web_identity_keys, false, false },
    { "container", dynamo_container_keys, false, false },
    { "metadata", dynamo_metadata_keys, false, true },
};

#define CHAIN_LENGTH (sizeof(chain) / sizeof(chain[0]))

/* Why the sources asked so far gave nothing. */
typedef struct chain_reasons {
    char   texts[CHAIN_LENGTH + 1][REASON_SIZE];
    size_t count;
} chain_reasons;

static void add_reason(chain_reasons *reasons, const char *text, size_t length)
{
    dynamo_copy_text(reasons->texts[reasons->count++], REASON_SIZE, text, length);
}

static dynamo_status ask_source(const chain_link *link, const dynamo_source *source, dynamo_credentials *keys,
                                chain_reasons *reasons, dynamo_error *error)
{
    dynamo_buffer reason = { 0 };
    dynamo_status status = link->keys(source, keys, &reason, error);

    if (status == DYNAMO_OK && keys->access_key == NULL)
        add_reason(reasons, reason.data != NULL ? reason.data : link->name,
                   reason.data != NULL ? reason.length : strlen(link->name));
    dynamo_buffer_free(&reason);
    return status;
}

/* All that the source's profile has: what a role's source_profile is asked. */
static dynamo_status ask_profile(const dynamo_source *source, dynamo_credentials *keys, dynamo_buffer *reason,
                                 dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    for (size_t i = 0; status == DYNAMO_OK && keys->access_key == NULL && i < CHAIN_LENGTH; i++) {
        dynamo_buffer ignored = { 0 };

        if (chain[i].of_profile)
            status = chain[i].keys(source, keys, &ignored, error);
        dynamo_buffer_free(&ignored);
    }
    dynamo_buffer_text(reason, "no keys in profile ");
    dynamo_buffer_text(reason, source->profile);
    return status;
}

/* Whether the link can be asked at all; one reason stands for all links of a profile that isn't there. */
static bool applies(const dynamo_settings *settings, size_t index, chain_reasons *reasons)
{
    const bool there = settings->profiles != NULL && dynamo_profiles_has(settings->profiles, settings->profile);
    char       text[REASON_SIZE];

    if (chain[index].keys == dynamo_environment_keys && settings->profile_named)
        return false;
    if (!chain[index].of_profile || there)
        return true;
    if (index > 0 && chain[index - 1].of_profile)
        return false;
    (void)snprintf(text, sizeof(text), "no profile %s in %s", settings->profile,
                   settings->profiles != NULL ? dynamo_profiles_files(settings->profiles) : "the files");
    add_reason(reasons, text, strlen(text));
    return false;
}

/* Every source has its say, if need be in fewer words. */
static dynamo_status fail_without_keys(const chain_reasons *reasons, dynamo_error *error)
{
    char          message[sizeof(error->message)];
    size_t        total = 0;
    size_t        used;
    size_t        share = REASON_SIZE;

    for (size_t i = 0; i < reasons->count; i++)
        total += strlen(reasons->texts[i]) + 2;
    if (total > MESSAGE_ROOM - 20)
        share = (MESSAGE_ROOM - 20) / reasons->count - 2;
    used = (size_t)snprintf(message, sizeof(message), "no credentials");
    for (size_t i = 0; i < reasons->count && used < MESSAGE_ROOM; i++) {
        char text[REASON_SIZE];

        dynamo_copy_text(text, share + 1 < sizeof(text) ? share + 1 : sizeof(text), reasons->texts[i],
                         strlen(reasons->texts[i]));
        used += (size_t)snprintf(message + used, sizeof(message) - used, "%s %s", i == 0 ? ":" : ";", text);
    }
    return dynamo_fail(error, DYNAMO_ERR_NO_CREDENTIALS, "%s", message);
}

/* A source's own trouble, whatever it is, is one of credentials to the caller, unless it is the caller's. */
static dynamo_status settle_failure(dynamo_status status, const dynamo_deadline *deadline, dynamo_error *error)
{
    char message[sizeof(error->message)];

    if (status == DYNAMO_OK || status == DYNAMO_ERR_CREDENTIALS || status == DYNAMO_ERR_NO_CREDENTIALS ||
        status == DYNAMO_ERR_OUT_OF_MEMORY || dynamo_deadline_check(deadline) == status)
        return status;
    memcpy(message, error->message, sizeof(message));
    return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s", message);
}

/* ---- One set of keys --------------------------------------------------------------------------------------------- */

static dynamo_keys *keys_new(void)
{
    dynamo_keys *keys = calloc(1, sizeof(*keys));

    if (keys != NULL)
        atomic_init(&keys->references, 1);
    return keys;
}

void dynamo_keys_release(dynamo_keys *keys)
{
    if (keys == NULL || atomic_fetch_sub(&keys->references, 1) != 1)
        return;
    dynamo_credentials_free(&keys->values);
    dynamo_wipe(keys, sizeof(*keys));
    free(keys);
}

/* Takes the place of the set that was. */
static void install(dynamo_keyring *keyring, dynamo_keys *keys)
{
    dynamo_keys_release(keyring->current);
    keys->number     = ++keyring->count;
    keyring->current = keys;
}

/* The keys at hand, as a first set. */
static dynamo_status take_configured_keys(dynamo_keyring *keyring, dynamo_error *error)
{
    const dynamo_credentials *given = &keyring->settings->keys;
    dynamo_keys              *keys;
    dynamo_status             status;

    if (given->access_key == NULL)
        return DYNAMO_OK;
    keys = keys_new();
    if (keys == NULL)
        return dynamo_fail_memory(error);
    keys->source = keyring->settings->keys_source;
    status       = dynamo_credentials_set(&keys->values, given->access_key, given->secret_key, given->session_token,
                                          given->account_id, given->expiration);
    if (status != DYNAMO_OK) {
        dynamo_keys_release(keys);
        return dynamo_fail(error, status, "%s", dynamo_status_message(status));
    }
    install(keyring, keys);
    return DYNAMO_OK;
}

/* ---- The keyring ------------------------------------------------------------------------------------------------- */

dynamo_status dynamo_keyring_init(dynamo_keyring *keyring, const dynamo_settings *settings, dynamo_error *error)
{
    dynamo_status status;

    *keyring          = (dynamo_keyring){ 0 };
    keyring->settings = settings;
    status            = take_configured_keys(keyring, error);
    if (status != DYNAMO_OK)
        return status;
    if (pthread_mutex_init(&keyring->lock, NULL) != 0)
        goto no_lock;
    if (!dynamo_condition_init(&keyring->refreshed))
        goto no_condition;
    return DYNAMO_OK;

no_condition:
    (void)pthread_mutex_destroy(&keyring->lock);
no_lock:
    dynamo_keys_release(keyring->current);
    return dynamo_fail_memory(error);
}

void dynamo_keyring_free(dynamo_keyring *keyring)
{
    dynamo_keys_release(keyring->current);
    (void)pthread_cond_destroy(&keyring->refreshed);
    (void)pthread_mutex_destroy(&keyring->lock);
}

/* A thread of the parent's may have held the lock or been refreshing; in the child it is no more. */
void dynamo_keyring_after_fork(dynamo_keyring *keyring)
{
    (void)pthread_mutex_init(&keyring->lock, NULL);
    (void)dynamo_condition_init(&keyring->refreshed);
    keyring->refreshing = false;
}

/* ---- Asking ------------------------------------------------------------------------------------------------------ */

/* One refresh: what it is given, and what it comes to. */
typedef struct refresh_round {
    const dynamo_settings *settings;
    const dynamo_deadline *deadline;
    int64_t                now;
    size_t                 settled; /* the link that gave keys before, from 1; 0: none did */
    dynamo_keys           *keys;    /* NULL: none were given */
} refresh_round;

static dynamo_status ask_callback(refresh_round *refresh, dynamo_error *error)
{
    const dynamo_settings *settings = refresh->settings;
    dynamo_error           told     = { 0 };
    bool                   done     = settings->credentials(settings->context, &refresh->keys->values, &told);

    refresh->keys->source = "callback";
    if (!done || refresh->keys->values.access_key == NULL)
        (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s",
                          done                      ? "the credentials callback succeeded without dynamo_credentials_set"
                          : told.message[0] != '\0' ? told.message
                                                    : "the credentials callback failed and gave no reason");
    dynamo_error_clear(&told);
    return done && refresh->keys->values.access_key != NULL ? DYNAMO_OK : DYNAMO_ERR_CREDENTIALS;
}

/* The sources in order, or the one alone that gave keys before. */
static dynamo_status ask_chain(refresh_round *refresh, dynamo_error *error)
{
    chain_reasons reasons = { .count = 0 };
    dynamo_source source  = { .settings = refresh->settings, .deadline = refresh->deadline, .now = refresh->now,
                              .profile_keys = ask_profile };
    dynamo_keys  *keys    = refresh->keys;
    dynamo_status status  = DYNAMO_OK;
    const size_t  first   = refresh->settled != 0 ? refresh->settled - 1 : 0;
    const size_t  end     = refresh->settled != 0 ? refresh->settled : CHAIN_LENGTH;

    for (size_t i = first; status == DYNAMO_OK && keys->values.access_key == NULL && i < end; i++) {
        if (!applies(refresh->settings, i, &reasons))
            continue;
        source.profile   = chain[i].of_profile ? refresh->settings->profile : NULL;
        keys->source     = chain[i].name;
        keys->stable     = chain[i].stable;
        refresh->settled = i + 1;
        status           = ask_source(&chain[i], &source, &keys->values, &reasons, error);
    }
    if (status != DYNAMO_OK || keys->values.access_key != NULL)
        return status;
    if (end - first == 1)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s gave credentials before, and has none now: %s",
                           chain[first].name, reasons.texts[0]);
    return fail_without_keys(&reasons, error);
}

/* With no lock held. */
static dynamo_status ask(refresh_round *refresh, dynamo_error *error)
{
    dynamo_status status;

    if (refresh->settings->keys.access_key != NULL)
        return dynamo_fail(error, DYNAMO_ERR_CREDENTIALS,
                           "the credentials of %s have expired, and nothing there can bring new ones: make a new client",
                           refresh->settings->keys_source);
    refresh->keys = keys_new();
    if (refresh->keys == NULL)
        return dynamo_fail_memory(error);
    status = refresh->settings->credentials != NULL ? ask_callback(refresh, error) : ask_chain(refresh, error);
    if (status == DYNAMO_OK)
        return status;
    dynamo_keys_release(refresh->keys);
    refresh->keys = NULL;
    return settle_failure(status, refresh->deadline, error);
}

/* ---- When -------------------------------------------------------------------------------------------------------- */

typedef enum refresh_need {
    REFRESH_NOT_NEEDED,
    REFRESH_ADVISABLE, /* by one thread, while the others go on */
    REFRESH_NECESSARY, /* nobody goes on without */
} refresh_need;

static refresh_need need_of(const dynamo_keyring *keyring, int64_t now)
{
    const dynamo_keys *keys = keyring->current;
    double             left;

    if (keys == NULL || keyring->distrusted)
        return REFRESH_NECESSARY;
    left = keys->values.expiration - (double)now;
    if (keys->values.expiration == 0 || left > ADVISABLE_BEFORE_EXPIRATION_S)
        return REFRESH_NOT_NEEDED;
    if (keyring->settings->keys.access_key != NULL)
        return left > 0 ? REFRESH_NOT_NEEDED : REFRESH_NECESSARY; /* nothing can bring others: used to their end */
    if (now < keyring->next_try && (keys->stable || left > NECESSARY_BEFORE_EXPIRATION_S))
        return REFRESH_NOT_NEEDED;
    return left > NECESSARY_BEFORE_EXPIRATION_S ? REFRESH_ADVISABLE : REFRESH_NECESSARY;
}

/* Ten to fifteen minutes, so that many machines don't ask at once. */
static int64_t stable_pause(void)
{
    return STABLE_PAUSE_S + dynamo_clock_monotonic_us() % (STABLE_PAUSE_S / 2 + 1);
}

static void settle_new_keys(dynamo_keyring *keyring, const refresh_round *refresh)
{
    const double left = refresh->keys->values.expiration - (double)refresh->now;

    install(keyring, refresh->keys);
    keyring->settled    = refresh->settled;
    keyring->distrusted = false;
    keyring->next_try   = refresh->now + (left > 0 ? PAUSE_AFTER_FAILURE_S : stable_pause());
}

/* Whether the keys in hand serve on although the refresh failed. */
static bool settle_failed_refresh(dynamo_keyring *keyring, const refresh_round *refresh, refresh_need need)
{
    const bool serves = keyring->current != NULL && !keyring->distrusted &&
                        (need == REFRESH_ADVISABLE || keyring->current->stable);

    if (serves)
        keyring->next_try =
            refresh->now + (need == REFRESH_ADVISABLE ? PAUSE_AFTER_FAILURE_S : stable_pause());
    return serves;
}

/* The words for those who waited for it. A time limit or a cancellation of the one call is no matter of theirs. */
static void keep_failure(dynamo_keyring *keyring, dynamo_status status, const dynamo_deadline *deadline,
                         const dynamo_error *error)
{
    keyring->failure = status != DYNAMO_OK && dynamo_deadline_check(deadline) != DYNAMO_OK ? DYNAMO_OK : status;
    if (keyring->failure != DYNAMO_OK)
        memcpy(keyring->failure_message, error->message, sizeof(keyring->failure_message));
}

/* Called and returns with the lock held, but for the asking. */
static dynamo_status refresh_now(dynamo_keyring *keyring, refresh_need need, const dynamo_deadline *deadline,
                                 int64_t now, dynamo_error *error)
{
    dynamo_deadline own     = *deadline;
    dynamo_error    told    = { 0 };
    int64_t         end_us  = dynamo_deadline_from_now(ADVISABLE_LIMIT_MS);
    refresh_round   refresh = { .settings = keyring->settings, .deadline = &own, .now = now,
                                .settled = keyring->settled };
    dynamo_status   status;

    if (need == REFRESH_ADVISABLE && end_us < own.end_us)
        own.end_us = end_us;
    keyring->refreshing = true;
    (void)pthread_mutex_unlock(&keyring->lock);
    status = ask(&refresh, &told);
    (void)pthread_mutex_lock(&keyring->lock);
    keyring->refreshing = false;
    keyring->succeeded  = status == DYNAMO_OK;
    keyring->rounds++;
    if (status == DYNAMO_OK)
        settle_new_keys(keyring, &refresh);
    else if (settle_failed_refresh(keyring, &refresh, need))
        status = DYNAMO_OK;
    keep_failure(keyring, status, deadline, &told);
    (void)pthread_cond_broadcast(&keyring->refreshed);
    if (status != DYNAMO_OK)
        (void)dynamo_fail(error, status, "%s", told.message);
    dynamo_error_clear(&told);
    return status;
}

/* Called and returns with the lock held: until the refresh in hand is over. What it came to holds for who waited, so
 * that a crowd doesn't ask one by one. */
static dynamo_status wait_for_refresh(dynamo_keyring *keyring, const dynamo_deadline *deadline, refresh_need *need,
                                      dynamo_error *error)
{
    const unsigned round  = keyring->rounds;
    dynamo_status  status = DYNAMO_OK;

    while (status == DYNAMO_OK && keyring->refreshing && keyring->rounds == round) {
        dynamo_condition_wait(&keyring->refreshed, &keyring->lock, deadline);
        status = dynamo_deadline_check(deadline);
    }
    if (status != DYNAMO_OK)
        return dynamo_fail(error, status, "%s while waiting for credentials", dynamo_deadline_words(status));
    if (keyring->rounds != round && keyring->failure != DYNAMO_OK)
        return dynamo_fail(error, keyring->failure, "%s", keyring->failure_message);
    if (keyring->rounds != round && keyring->succeeded)
        *need = REFRESH_NOT_NEEDED;
    return DYNAMO_OK;
}

dynamo_status dynamo_keyring_get(dynamo_keyring *keyring, const dynamo_deadline *deadline, int64_t now,
                                 dynamo_keys **keys, dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;
    refresh_need  need;

    (void)pthread_mutex_lock(&keyring->lock);
    need = need_of(keyring, now);
    while (status == DYNAMO_OK && need == REFRESH_NECESSARY && keyring->refreshing)
        status = wait_for_refresh(keyring, deadline, &need, error);
    if (status == DYNAMO_OK && need != REFRESH_NOT_NEEDED && !keyring->refreshing)
        status = refresh_now(keyring, need, deadline, now, error);
    if (status == DYNAMO_OK) {
        *keys = keyring->current;
        atomic_fetch_add(&(*keys)->references, 1);
    }
    (void)pthread_mutex_unlock(&keyring->lock);
    return status;
}

bool dynamo_keyring_distrust(dynamo_keyring *keyring, const dynamo_keys *keys)
{
    bool others = true;

    (void)pthread_mutex_lock(&keyring->lock);
    if (keyring->current == keys) {
        others              = keyring->settings->keys.access_key == NULL;
        keyring->distrusted = others;
    }
    (void)pthread_mutex_unlock(&keyring->lock);
    return others;
}

bool dynamo_keyring_signing_key(dynamo_keyring *keyring, dynamo_keys *keys, const dynamo_sigv4_scope *scope,
                                uint8_t key[DYNAMO_HASH_SIZE])
{
    bool done = true;

    (void)pthread_mutex_lock(&keyring->lock);
    if (strncmp(keys->signing_date, scope->timestamp, sizeof(keys->signing_date) - 1) != 0) {
        done = dynamo_sigv4_signing_key(keys->values.secret_key, scope, keys->signing_key);
        if (done)
            memcpy(keys->signing_date, scope->timestamp, sizeof(keys->signing_date) - 1);
        else
            keys->signing_date[0] = '\0';
    }
    if (done)
        memcpy(key, keys->signing_key, DYNAMO_HASH_SIZE);
    (void)pthread_mutex_unlock(&keyring->lock);
    return done;
}
