/*
 * SHA-256, HMAC-SHA256 and wiping: the seam to mbedTLS. Only this file and ecdsa.c know its headers.
 *
 * mbedTLS has had three ways to reach SHA-256: mbedtls_sha256_*_ret() in 2.x, the same without _ret in 3.x, and PSA
 * alone from 4.0 on. They differ below in a few lines; HMAC (RFC 2104) is built over those, once, so that what it has
 * made of a key can be kept. No key enters PSA's key store either: its slots are few, and safe to use from several
 * threads only in an mbedTLS that was built for that.
 *
 * DYNAMO_USE_PSA chooses PSA with 2.28 and 3.x as well.
 */
#include "dynamo_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>
#ifdef DYNAMO_USE_PSA
#include <psa/crypto.h>
#else
#include <mbedtls/sha256.h>
#endif

#define BLOCK_SIZE 64 /* of SHA-256: what it takes in one step, and the size of an HMAC key */

#ifdef DYNAMO_USE_PSA

struct dynamo_hash {
    psa_hash_operation_t operation;
};

static pthread_once_t psa_once = PTHREAD_ONCE_INIT;
static psa_status_t   psa_result;

static void psa_start(void)
{
    psa_result = psa_crypto_init();
}

static void hash_init(dynamo_hash *hash)
{
    const psa_hash_operation_t none = PSA_HASH_OPERATION_INIT;

    hash->operation = none;
}

/* Wipes it. */
static void hash_end(dynamo_hash *hash)
{
    (void)psa_hash_abort(&hash->operation);
}

bool dynamo_hash_start(dynamo_hash *hash)
{
    hash_end(hash);
    return pthread_once(&psa_once, psa_start) == 0 && psa_result == PSA_SUCCESS &&
           psa_hash_setup(&hash->operation, PSA_ALG_SHA_256) == PSA_SUCCESS;
}

bool dynamo_hash_update(dynamo_hash *hash, const void *data, size_t length)
{
    return psa_hash_update(&hash->operation, data, length) == PSA_SUCCESS;
}

bool dynamo_hash_finish(dynamo_hash *hash, uint8_t result[DYNAMO_HASH_SIZE])
{
    size_t size = 0;

    return psa_hash_finish(&hash->operation, result, DYNAMO_HASH_SIZE, &size) == PSA_SUCCESS;
}

bool dynamo_hash_copy(dynamo_hash *to, const dynamo_hash *from)
{
    hash_end(to);
    return psa_hash_clone(&from->operation, &to->operation) == PSA_SUCCESS;
}

#else

struct dynamo_hash {
    mbedtls_sha256_context context;
};

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_SHA256(step) mbedtls_sha256_##step##_ret /* the names without are older ones that can't fail */
#else
#define MBEDTLS_SHA256(step) mbedtls_sha256_##step
#endif

static void hash_init(dynamo_hash *hash)
{
    mbedtls_sha256_init(&hash->context);
}

/* Wipes it. */
static void hash_end(dynamo_hash *hash)
{
    mbedtls_sha256_free(&hash->context);
}

bool dynamo_hash_start(dynamo_hash *hash)
{
    return MBEDTLS_SHA256(starts)(&hash->context, 0) == 0;
}

bool dynamo_hash_update(dynamo_hash *hash, const void *data, size_t length)
{
    return MBEDTLS_SHA256(update)(&hash->context, data, length) == 0;
}

bool dynamo_hash_finish(dynamo_hash *hash, uint8_t result[DYNAMO_HASH_SIZE])
{
    return MBEDTLS_SHA256(finish)(&hash->context, result) == 0;
}

bool dynamo_hash_copy(dynamo_hash *to, const dynamo_hash *from)
{
    mbedtls_sha256_clone(&to->context, &from->context);
    return true;
}

#endif

dynamo_hash *dynamo_hash_new(void)
{
    dynamo_hash *hash = malloc(sizeof(*hash));

    if (hash != NULL)
        hash_init(hash);
    return hash;
}

void dynamo_hash_free(dynamo_hash *hash)
{
    if (hash == NULL)
        return;
    hash_end(hash);
    free(hash);
}

bool dynamo_sha256(const void *data, size_t length, uint8_t result[DYNAMO_HASH_SIZE])
{
    dynamo_hash hash;
    bool        done;

    hash_init(&hash);
    done = dynamo_hash_start(&hash) && dynamo_hash_update(&hash, data, length) && dynamo_hash_finish(&hash, result);
    hash_end(&hash);
    return done;
}

/* ---- HMAC -------------------------------------------------------------------------------------------------------- */

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

bool dynamo_hmac_start(dynamo_hash *inner, dynamo_hash *outer, const void *key, size_t key_length)
{
    uint8_t block[BLOCK_SIZE], masked[BLOCK_SIZE];
    bool    done = block_of_key(block, key, key_length);

    mask_key(masked, block, 0x36);
    done = done && dynamo_hash_start(inner) && dynamo_hash_update(inner, masked, BLOCK_SIZE);
    mask_key(masked, block, 0x5c);
    done = done && dynamo_hash_start(outer) && dynamo_hash_update(outer, masked, BLOCK_SIZE);
    dynamo_wipe(block, sizeof(block));
    dynamo_wipe(masked, sizeof(masked));
    return done;
}

bool dynamo_hmac_finish(dynamo_hash *inner, dynamo_hash *outer, uint8_t mac[DYNAMO_HASH_SIZE])
{
    uint8_t hash[DYNAMO_HASH_SIZE];
    bool    done = dynamo_hash_finish(inner, hash) && dynamo_hash_update(outer, hash, sizeof(hash)) &&
                dynamo_hash_finish(outer, mac);

    dynamo_wipe(hash, sizeof(hash));
    return done;
}

/* `mac` may be where the key or the data is: both were read by then. */
bool dynamo_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                        uint8_t mac[DYNAMO_HASH_SIZE])
{
    dynamo_hash inner, outer;
    bool        done;

    hash_init(&inner);
    hash_init(&outer);
    done = dynamo_hmac_start(&inner, &outer, key, key_length) && dynamo_hash_update(&inner, data, length) &&
           dynamo_hmac_finish(&inner, &outer, mac);
    hash_end(&inner);
    hash_end(&outer);
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
