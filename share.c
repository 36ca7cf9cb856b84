/*
 * TLS sessions that all handles of a pool share, so that a new connection needn't shake hands in full.
 */
#include "dynamo_internal.h"

/* ---- libcurl's locks: one for all, which its own locks may nest in ------------------------------------------------ */

static void lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *context)
{
    dynamo_share *share = context;

    (void)easy;
    (void)data;
    (void)access;
    (void)pthread_mutex_lock(&share->lock);
}

static void unlock_share(CURL *easy, curl_lock_data data, void *context)
{
    dynamo_share *share = context;

    (void)easy;
    (void)data;
    (void)pthread_mutex_unlock(&share->lock);
}

static bool init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    bool                done;

    if (pthread_mutexattr_init(&attributes) != 0)
        return false;
    done = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE) == 0 &&
           pthread_mutex_init(lock, &attributes) == 0;
    (void)pthread_mutexattr_destroy(&attributes);
    return done;
}

/* ---- The share --------------------------------------------------------------------------------------------------- */

static CURLSH *handle_new(dynamo_share *share)
{
    CURLSH *handle = curl_share_init();

    if (handle != NULL && curl_share_setopt(handle, CURLSHOPT_USERDATA, share) == CURLSHE_OK &&
        curl_share_setopt(handle, CURLSHOPT_LOCKFUNC, lock_share) == CURLSHE_OK &&
        curl_share_setopt(handle, CURLSHOPT_UNLOCKFUNC, unlock_share) == CURLSHE_OK)
        /* A libcurl without TLS has no sessions to share. */
        (void)curl_share_setopt(handle, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return handle;
}

bool dynamo_share_init(dynamo_share *share)
{
    if (!init_lock(&share->lock))
        return false;
    share->handle = handle_new(share);
    if (share->handle != NULL)
        return true;
    (void)pthread_mutex_destroy(&share->lock);
    return false;
}

void dynamo_share_free(dynamo_share *share)
{
    (void)curl_share_cleanup(share->handle);
    (void)pthread_mutex_destroy(&share->lock);
}

/* A thread that is no more in this process may have been at it. */
bool dynamo_share_sound_after_fork(dynamo_share *share)
{
    bool sound = pthread_mutex_trylock(&share->lock) == 0;

    if (sound)
        (void)pthread_mutex_unlock(&share->lock);
    return sound;
}

/* Without memory for another, handles share nothing from now on. */
void dynamo_share_renew(dynamo_share *share, bool sound)
{
    if (sound)
        (void)curl_share_cleanup(share->handle); /* refuses while a handle that was lent is with it: then it is left */
    (void)init_lock(&share->lock);
    share->handle = handle_new(share);
}
