/*
 * SIGPIPE kept from the host while libcurl may write to a connection.
 *
 * A write to a connection that the peer has closed raises SIGPIPE in the writing thread, where the TLS library doesn't
 * prevent it; with CURLOPT_NOSIGNAL libcurl doesn't either. The host's handler and mask are the host's: the signal is
 * blocked in this thread for a while, and one that arrived meanwhile is taken back.
 */
#include "dynamo_internal.h"

static bool is_pending(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void dynamo_sigpipe_hold(dynamo_sigpipe *guard)
{
    sigset_t pipe;

    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, &guard->former);
    guard->pending = sigismember(&guard->former, SIGPIPE) == 1 && is_pending();
}

static void take_back(void)
{
    sigset_t pipe;

    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
#if defined(__APPLE__) || defined(__OpenBSD__)
    {
        int taken;

        (void)sigwait(&pipe, &taken); /* at once: it is pending */
    }
#else
    {
        const struct timespec at_once = { 0, 0 };

        (void)sigtimedwait(&pipe, NULL, &at_once);
    }
#endif
}

void dynamo_sigpipe_release(const dynamo_sigpipe *guard)
{
    if (!guard->pending && is_pending())
        take_back();
    (void)pthread_sigmask(SIG_SETMASK, &guard->former, NULL);
}
