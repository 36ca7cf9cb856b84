/*
 * Handles lent to calls: at most max_clients, made when first needed, the most recently used first, so that a quiet
 * client settles on few connections. Past the bound, calls wait in order of arrival and are handed what comes back.
 */
#include "dynamo_internal.h"

#include <stdlib.h>

/* On the stack of a waiting call. */
struct dynamo_waiter {
    dynamo_waiter *next;
    dynamo_handle *handle;  /* handed over; NULL with `granted`: leave to make one */
    bool           granted;
    pthread_cond_t condition; /* its own, so that nobody else wakes */
};

dynamo_status dynamo_pool_init(dynamo_pool *pool, const dynamo_settings *settings, dynamo_error *error)
{
    *pool          = (dynamo_pool){ 0 };
    pool->settings = settings;
    if (!dynamo_share_init(&pool->share))
        return dynamo_fail_memory(error);
    if (pthread_mutex_init(&pool->lock, NULL) == 0)
        return DYNAMO_OK;
    dynamo_share_free(&pool->share);
    return dynamo_fail_memory(error);
}

void dynamo_pool_free(dynamo_pool *pool)
{
    while (pool->idle != NULL) {
        dynamo_handle *handle = pool->idle;

        pool->idle = handle->next;
        dynamo_handle_free(handle);
    }
    dynamo_share_free(&pool->share);
    (void)pthread_mutex_destroy(&pool->lock);
}

/*
 * In the child only the calling thread lives. Handles lent to other threads stay as they are, out of reach. The list is
 * sound if nobody held the locks at the fork; else it is left alone as well.
 */
void dynamo_pool_after_fork(dynamo_pool *pool)
{
    bool listed = pthread_mutex_trylock(&pool->lock) == 0;
    bool sound  = dynamo_share_sound_after_fork(&pool->share);

    while (listed && sound && pool->idle != NULL) {
        dynamo_handle *handle = pool->idle;

        pool->idle = handle->next;
        dynamo_handle_abandon(handle);
    }
    if (listed)
        (void)pthread_mutex_unlock(&pool->lock);
    (void)pthread_mutex_init(&pool->lock, NULL);
    dynamo_share_renew(&pool->share, listed && sound);
    pool->idle         = NULL;
    pool->lent         = 0;
    pool->first_waiter = NULL;
    pool->last_waiter  = NULL;
}

static void enqueue(dynamo_pool *pool, dynamo_waiter *waiter)
{
    if (pool->last_waiter != NULL)
        pool->last_waiter->next = waiter;
    else
        pool->first_waiter = waiter;
    pool->last_waiter = waiter;
}

static void dequeue(dynamo_pool *pool, const dynamo_waiter *waiter)
{
    dynamo_waiter **link   = &pool->first_waiter;
    dynamo_waiter  *before = NULL;

    while (*link != waiter) {
        before = *link;
        link   = &before->next;
    }
    *link = waiter->next;
    if (pool->last_waiter == waiter)
        pool->last_waiter = before;
}

/* Called with the lock held: a handle that is free now, NULL for leave to make one, goes to the first in the queue. */
static void pass_on(dynamo_pool *pool, dynamo_handle *handle)
{
    dynamo_waiter *waiter = pool->first_waiter;

    if (waiter != NULL) {
        dequeue(pool, waiter);
        waiter->handle  = handle;
        waiter->granted = true;
        (void)pthread_cond_signal(&waiter->condition);
        return;
    }
    pool->lent--;
    if (handle != NULL) {
        handle->next = pool->idle;
        pool->idle   = handle;
    }
}

/* Called and returns with the lock held. A waiter that gives up leaves the queue, so that nothing is handed to it. */
static dynamo_status wait_in_queue(dynamo_pool *pool, const dynamo_deadline *deadline, dynamo_handle **handle,
                                   dynamo_error *error)
{
    dynamo_waiter waiter;
    dynamo_status status = DYNAMO_OK;

    waiter.next    = NULL;
    waiter.handle  = NULL;
    waiter.granted = false;
    if (!dynamo_condition_init(&waiter.condition))
        return dynamo_fail_memory(error);
    enqueue(pool, &waiter);
    while (!waiter.granted && status == DYNAMO_OK) {
        dynamo_condition_wait(&waiter.condition, &pool->lock, deadline);
        status = dynamo_deadline_check(deadline);
    }
    if (waiter.granted) {
        *handle = waiter.handle;
        status  = DYNAMO_OK;
    } else {
        dequeue(pool, &waiter);
    }
    (void)pthread_cond_destroy(&waiter.condition);
    if (status != DYNAMO_OK)
        return dynamo_fail(error, status, "%s while waiting for one of %u handles (max_clients)",
                           dynamo_deadline_words(status), pool->settings->max_clients);
    return DYNAMO_OK;
}

dynamo_status dynamo_pool_take(dynamo_pool *pool, const dynamo_deadline *deadline, dynamo_handle **handle,
                               dynamo_error *error)
{
    dynamo_status status = DYNAMO_OK;

    *handle = NULL;
    (void)pthread_mutex_lock(&pool->lock);
    if (pool->lent == pool->settings->max_clients) {
        status = wait_in_queue(pool, deadline, handle, error);
    } else {
        pool->lent++;
        *handle = pool->idle;
        if (*handle != NULL)
            pool->idle = (*handle)->next;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (status != DYNAMO_OK || *handle != NULL)
        return status;
    *handle = dynamo_handle_new(pool->settings, pool->share.handle, error);
    if (*handle != NULL)
        return DYNAMO_OK;
    dynamo_pool_give(pool, NULL);
    return DYNAMO_ERR_OUT_OF_MEMORY;
}

void dynamo_pool_give(dynamo_pool *pool, dynamo_handle *handle)
{
    if (handle != NULL)
        dynamo_handle_trim(handle);
    (void)pthread_mutex_lock(&pool->lock);
    pass_on(pool, handle);
    (void)pthread_mutex_unlock(&pool->lock);
}
