/*
 * The keys in use: found once, shared by the calls that sign with them, asked for anew before they expire.
 *
 * Now there are two sources: keys that the configuration holds, and the application's callback. The ten minutes before
 * an expiration are those of botocore's mandatory refresh.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

#define REFRESH_BEFORE_EXPIRATION_S 600

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

/* The configuration's own keys, as a first set that never expires. */
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
    status = dynamo_credentials_set(&keys->values, given->access_key, given->secret_key, given->session_token,
                                    given->account_id, 0);
    if (status != DYNAMO_OK) {
        dynamo_keys_release(keys);
        return dynamo_fail(error, status, "%s", dynamo_status_message(status));
    }
    install(keyring, keys);
    return DYNAMO_OK;
}

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

static bool expires_within(const dynamo_keys *keys, double seconds)
{
    return keys->values.expiration > 0 && (double)dynamo_clock_wall() + seconds >= keys->values.expiration;
}

static bool is_usable(const dynamo_keys *keys)
{
    return keys != NULL && !expires_within(keys, REFRESH_BEFORE_EXPIRATION_S);
}

/* Asks the callback, with no lock held. */
static dynamo_status ask_callback(const dynamo_settings *settings, dynamo_keys **fresh, dynamo_error *error)
{
    dynamo_error told = { 0 };
    dynamo_keys *keys = keys_new();
    bool         done;

    if (keys == NULL)
        return dynamo_fail_memory(error);
    done = settings->credentials(settings->context, &keys->values, &told);
    if (done && keys->values.access_key != NULL) {
        dynamo_error_clear(&told);
        *fresh = keys;
        return DYNAMO_OK;
    }
    (void)dynamo_fail(error, DYNAMO_ERR_CREDENTIALS, "%s",
                      done                     ? "the credentials callback succeeded without dynamo_credentials_set"
                      : told.message[0] != '\0' ? told.message
                                                : "the credentials callback failed and gave no reason");
    dynamo_error_clear(&told);
    dynamo_keys_release(keys);
    return DYNAMO_ERR_CREDENTIALS;
}

/* Called and returns with the lock held. A failure leaves the keys as they were: the next call tries again. */
static dynamo_status refresh(dynamo_keyring *keyring, dynamo_error *error)
{
    dynamo_keys  *fresh = NULL;
    dynamo_status status;

    if (keyring->settings->credentials == NULL)
        return dynamo_fail(error, DYNAMO_ERR_NO_CREDENTIALS, "%s", dynamo_status_message(DYNAMO_ERR_NO_CREDENTIALS));
    keyring->refreshing = true;
    (void)pthread_mutex_unlock(&keyring->lock);
    status = ask_callback(keyring->settings, &fresh, error);
    (void)pthread_mutex_lock(&keyring->lock);
    keyring->refreshing = false;
    (void)pthread_cond_broadcast(&keyring->refreshed);
    if (fresh != NULL)
        install(keyring, fresh);
    return status;
}

dynamo_status dynamo_keyring_get(dynamo_keyring *keyring, const dynamo_deadline *deadline, dynamo_keys **keys,
                                 dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    (void)pthread_mutex_lock(&keyring->lock);
    while (status == DYNAMO_OK && !is_usable(keyring->current) && keyring->refreshing) {
        dynamo_condition_wait(&keyring->refreshed, &keyring->lock, deadline);
        status = dynamo_deadline_check(deadline);
        if (status != DYNAMO_OK)
            (void)dynamo_fail(error, status, "%s while waiting for credentials", dynamo_deadline_words(status));
    }
    if (status == DYNAMO_OK && !is_usable(keyring->current))
        status = refresh(keyring, error);
    if (status == DYNAMO_OK) {
        *keys = keyring->current;
        atomic_fetch_add(&(*keys)->references, 1);
    }
    (void)pthread_mutex_unlock(&keyring->lock);
    return status;
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
