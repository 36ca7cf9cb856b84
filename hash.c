/*
 * SHA-256, HMAC-SHA256 and wiping: the seam to mbedTLS, and the only file that knows its headers.
 *
 * mbedTLS has had three ways to reach SHA-256: mbedtls_sha256_*_ret() in 2.x, the same without _ret in 3.x, and PSA
 * alone from 4.0 on. They differ below in one function, sha256_of_two(); HMAC (RFC 2104) is built over that, once, and
 * allocates nothing. So no key enters PSA's key store either: its slots are few, and safe to use from several threads
 * only in an mbedTLS that was built for that.
 *
 * DYNAMO_USE_PSA chooses PSA with 2.28 and 3.x as well.
 */
#include "dynamo_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if !__has_include(<mbedtls/version.h>) && !defined(DYNAMO_USE_PSA)
#define DYNAMO_USE_PSA /* TF-PSA-Crypto, the crypto part of mbedTLS 4, without the rest */
#endif
#endif

#ifndef DYNAMO_USE_PSA
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#define DYNAMO_USE_PSA
#endif
#endif

#include <mbedtls/platform_util.h>
#ifdef DYNAMO_USE_PSA
#include <psa/crypto.h>
#else
#include <mbedtls/sha256.h>
#endif

#define BLOCK_SIZE 64 /* of SHA-256: what it takes in one step, and the size of an HMAC key */

/* A piece of what is hashed; NULL where it is empty. */
typedef struct bytes {
    const void *data;
    size_t      length;
} bytes;

#ifdef DYNAMO_USE_PSA

static pthread_once_t psa_once = PTHREAD_ONCE_INIT;
static psa_status_t   psa_result;

static void psa_start(void)
{
    psa_result = psa_crypto_init();
}

static bool sha256_of_two(bytes first, bytes second, uint8_t hash[DYNAMO_HASH_SIZE])
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    size_t               size      = 0;
    bool                 done      = false;

    if (pthread_once(&psa_once, psa_start) != 0 || psa_result != PSA_SUCCESS)
        return false;
    done = psa_hash_setup(&operation, PSA_ALG_SHA_256) == PSA_SUCCESS &&
           psa_hash_update(&operation, first.data, first.length) == PSA_SUCCESS &&
           psa_hash_update(&operation, second.data, second.length) == PSA_SUCCESS &&
           psa_hash_finish(&operation, hash, DYNAMO_HASH_SIZE, &size) == PSA_SUCCESS;
    psa_hash_abort(&operation);
    return done;
}

#else

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_SHA256(step) mbedtls_sha256_##step##_ret /* the names without are older ones that can't fail */
#else
#define MBEDTLS_SHA256(step) mbedtls_sha256_##step
#endif

static bool sha256_of_two(bytes first, bytes second, uint8_t hash[DYNAMO_HASH_SIZE])
{
    mbedtls_sha256_context context;
    bool                   done = false;

    mbedtls_sha256_init(&context);
    done = MBEDTLS_SHA256(starts)(&context, 0) == 0 &&
           MBEDTLS_SHA256(update)(&context, first.data, first.length) == 0 &&
           MBEDTLS_SHA256(update)(&context, second.data, second.length) == 0 &&
           MBEDTLS_SHA256(finish)(&context, hash) == 0;
    mbedtls_sha256_free(&context); /* wipes it */
    return done;
}

#endif

bool dynamo_sha256(const void *data, size_t length, uint8_t hash[DYNAMO_HASH_SIZE])
{
    return sha256_of_two((bytes){ data, length }, (bytes){ NULL, 0 }, hash);
}

static void mask_key(uint8_t masked[BLOCK_SIZE], const uint8_t key[BLOCK_SIZE], uint8_t mask)
{
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        masked[i] = (uint8_t)(key[i] ^ mask);
}

/* A key of up to a block is filled up with zeros; a longer one stands for its hash. */
static bool block_of_key(uint8_t block[BLOCK_SIZE], const void *key, size_t length)
{
    memset(block, 0, BLOCK_SIZE);
    if (length > BLOCK_SIZE)
        return dynamo_sha256(key, length, block);
    if (length > 0)
        memcpy(block, key, length);
    return true;
}

/* `mac` may be where the key or the data is: both were read by then. */
bool dynamo_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                        uint8_t mac[DYNAMO_HASH_SIZE])
{
    uint8_t block[BLOCK_SIZE], inner_key[BLOCK_SIZE], outer_key[BLOCK_SIZE], inner[DYNAMO_HASH_SIZE];
    bool    done = block_of_key(block, key, key_length);

    mask_key(inner_key, block, 0x36);
    mask_key(outer_key, block, 0x5c);
    done = done && sha256_of_two((bytes){ inner_key, BLOCK_SIZE }, (bytes){ data, length }, inner) &&
           sha256_of_two((bytes){ outer_key, BLOCK_SIZE }, (bytes){ inner, sizeof(inner) }, mac);
    dynamo_wipe(block, sizeof(block));
    dynamo_wipe(inner_key, sizeof(inner_key));
    dynamo_wipe(outer_key, sizeof(outer_key));
    dynamo_wipe(inner, sizeof(inner));
    return done;
}

void dynamo_wipe(void *secret, size_t length)
{
    if (secret != NULL && length > 0)
        mbedtls_platform_zeroize(secret, length);
}

void dynamo_wipe_text(char *secret)
{
    if (secret == NULL)
        return;
    dynamo_wipe(secret, strlen(secret));
    free(secret);
}
