/*
 * ECDSA with the curve P-256 (ES256): a private key from PEM, its public point, signatures. Beside hash.c the only file
 * that knows mbedTLS's headers, and with one body for its classic interface and one for PSA likewise.
 *
 * Sources: RFC 7468 (PEM), RFC 5915 (ECPrivateKey), RFC 5208 (PKCS #8), RFC 7518, section 3.4 (the signature's form).
 * The few bytes of DER are read here, so that of mbedTLS no more than the curve's arithmetic is needed, and both bodies
 * begin with the same 32 bytes.
 *
 * PSA wants a key in its store, which several threads may use only in an mbedTLS that was built for that: a lock keeps
 * ours from one another.
 */
#include "dynamo_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#ifdef DYNAMO_USE_PSA
#include <psa/crypto.h>
#elif defined(MBEDTLS_ECDSA_C) && defined(MBEDTLS_ECP_DP_SECP256R1_ENABLED)
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#else
#define LACKS_ECDSA
#endif

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

typedef struct der_bytes {
    const uint8_t *next;
    size_t         length;
} der_bytes;

#define DER_INTEGER 0x02
#define DER_OCTET_STRING 0x04
#define DER_OBJECT 0x06
#define DER_SEQUENCE 0x30
#define DER_PARAMETERS 0xA0

static const uint8_t object_p256[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };

static bool is_tag(const der_bytes *from, uint8_t tag)
{
    return from->length > 0 && from->next[0] == tag;
}

static void advance(der_bytes *from, size_t count)
{
    from->next += count;
    from->length -= count;
}

/* The content of the next value, which has to have the tag. Lengths of up to two bytes: a key has some hundred. */
static bool take(der_bytes *from, uint8_t tag, der_bytes *content)
{
    size_t length, size = 0;

    if (!is_tag(from, tag) || from->length < 2)
        return false;
    length = from->next[1];
    advance(from, 2);
    if (length >= 0x80) {
        size = length - 0x80;
        if (size < 1 || size > 2 || from->length < size)
            return false;
        length = size == 1 ? from->next[0] : (size_t)from->next[0] << 8 | from->next[1];
        advance(from, size);
    }
    if (from->length < length)
        return false;
    *content = (der_bytes){ from->next, length };
    advance(from, length);
    return true;
}

static bool take_curve(der_bytes *from)
{
    der_bytes object;

    return take(from, DER_OBJECT, &object) && object.length == sizeof(object_p256) &&
           memcmp(object.next, object_p256, object.length) == 0;
}

/* ECPrivateKey, wrapped in PKCS #8 or not. */
static bool key_of_der(der_bytes der, uint8_t key[DYNAMO_P256_SIZE])
{
    der_bytes sequence, piece, scalar;

    if (!take(&der, DER_SEQUENCE, &sequence) || !take(&sequence, DER_INTEGER, &piece))
        return false;
    if (is_tag(&sequence, DER_SEQUENCE)) { /* of PKCS #8: the kind of the key and its curve */
        der_bytes kind, object;

        if (!take(&sequence, DER_SEQUENCE, &kind) || !take(&kind, DER_OBJECT, &object) || !take_curve(&kind) ||
            !take(&sequence, DER_OCTET_STRING, &der))
            return false;
        if (!take(&der, DER_SEQUENCE, &sequence) || !take(&sequence, DER_INTEGER, &piece))
            return false;
    }
    if (!take(&sequence, DER_OCTET_STRING, &scalar) || scalar.length > DYNAMO_P256_SIZE)
        return false;
    if (is_tag(&sequence, DER_PARAMETERS) && (!take(&sequence, DER_PARAMETERS, &piece) || !take_curve(&piece)))
        return false;
    memset(key, 0, DYNAMO_P256_SIZE);
    memcpy(key + DYNAMO_P256_SIZE - scalar.length, scalar.next, scalar.length);
    return true;
}

/* The base64 between BEGIN and END, without line breaks. */
static bool text_of_pem(const char *pem, dynamo_buffer *base64)
{
    static const char dashes[] = "-----";
    const char       *begin    = strstr(pem, "-----BEGIN ");
    const char       *next     = begin != NULL ? strstr(begin + strlen("-----BEGIN "), dashes) : NULL;
    const char       *end      = next != NULL ? strstr(next, "-----END ") : NULL;

    if (end == NULL)
        return false;
    for (next += strlen(dashes); next < end; next++) {
        if (strchr(" \t\r\n", *next) == NULL)
            dynamo_buffer_char(base64, *next);
    }
    return !base64->failed && base64->length > 0;
}

bool dynamo_p256_key(const char *pem, uint8_t key[DYNAMO_P256_SIZE])
{
    dynamo_buffer base64    = { .secret = true };
    size_t        size      = 0;
    bool          malformed = false, done = false;
    uint8_t      *der;

    if (text_of_pem(pem, &base64)) {
        der  = dynamo_base64_decode(base64.data, base64.length, &size, &malformed);
        done = der != NULL && key_of_der((der_bytes){ der, size }, key);
        dynamo_wipe(der, size);
        free(der);
    }
    dynamo_buffer_free(&base64);
    return done;
}

/* ---- Arithmetic -------------------------------------------------------------------------------------------------- */

#if defined(DYNAMO_USE_PSA)

static pthread_mutex_t psa_lock = PTHREAD_MUTEX_INITIALIZER;

static bool import_key(const uint8_t key[DYNAMO_P256_SIZE], psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    return psa_crypto_init() == PSA_SUCCESS && psa_import_key(&attributes, key, DYNAMO_P256_SIZE, id) == PSA_SUCCESS;
}

bool dynamo_p256_point(const uint8_t key[DYNAMO_P256_SIZE], uint8_t point[2 * DYNAMO_P256_SIZE])
{
    uint8_t      written[1 + 2 * DYNAMO_P256_SIZE]; /* 4 for uncompressed, x, y */
    psa_key_id_t id   = 0;
    size_t       size = 0;
    bool         done;

    (void)pthread_mutex_lock(&psa_lock);
    done = import_key(key, &id) && psa_export_public_key(id, written, sizeof(written), &size) == PSA_SUCCESS &&
           size == sizeof(written);
    (void)psa_destroy_key(id);
    (void)pthread_mutex_unlock(&psa_lock);
    if (done)
        memcpy(point, written + 1, sizeof(written) - 1);
    return done;
}

bool dynamo_p256_sign(const uint8_t key[DYNAMO_P256_SIZE], const uint8_t hash[DYNAMO_HASH_SIZE],
                      uint8_t signature[2 * DYNAMO_P256_SIZE])
{
    psa_key_id_t id   = 0;
    size_t       size = 0;
    bool         done;

    (void)pthread_mutex_lock(&psa_lock);
    done = import_key(key, &id) && psa_sign_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, DYNAMO_HASH_SIZE, signature,
                                                 2 * DYNAMO_P256_SIZE, &size) == PSA_SUCCESS;
    (void)psa_destroy_key(id);
    (void)pthread_mutex_unlock(&psa_lock);
    return done && size == 2 * DYNAMO_P256_SIZE;
}

#elif defined(LACKS_ECDSA)

bool dynamo_p256_point(const uint8_t key[DYNAMO_P256_SIZE], uint8_t point[2 * DYNAMO_P256_SIZE])
{
    (void)key;
    (void)point;
    return false;
}

bool dynamo_p256_sign(const uint8_t key[DYNAMO_P256_SIZE], const uint8_t hash[DYNAMO_HASH_SIZE],
                      uint8_t signature[2 * DYNAMO_P256_SIZE])
{
    (void)key;
    (void)hash;
    (void)signature;
    return false;
}

#else

/* Random bytes, as mbedTLS asks for them; getentropy() gives at most 256 at once. */
static int random_bytes(void *context, unsigned char *bytes, size_t length)
{
    (void)context;
    while (length > 0) {
        size_t count = length < 256 ? length : 256;

        if (getentropy(bytes, count) != 0)
            return -1;
        bytes += count;
        length -= count;
    }
    return 0;
}

/* What a computation works with. */
typedef struct p256 {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi       key, r, s;
} p256;

static bool p256_begin(p256 *with, const uint8_t key[DYNAMO_P256_SIZE])
{
    mbedtls_ecp_group_init(&with->group);
    mbedtls_ecp_point_init(&with->point);
    mbedtls_mpi_init(&with->key);
    mbedtls_mpi_init(&with->r);
    mbedtls_mpi_init(&with->s);
    return mbedtls_ecp_group_load(&with->group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
           mbedtls_mpi_read_binary(&with->key, key, DYNAMO_P256_SIZE) == 0 &&
           mbedtls_ecp_check_privkey(&with->group, &with->key) == 0;
}

/* Wipes, as mbedTLS does whenever it frees a number. */
static void p256_end(p256 *with)
{
    mbedtls_ecp_group_free(&with->group);
    mbedtls_ecp_point_free(&with->point);
    mbedtls_mpi_free(&with->key);
    mbedtls_mpi_free(&with->r);
    mbedtls_mpi_free(&with->s);
}

bool dynamo_p256_point(const uint8_t key[DYNAMO_P256_SIZE], uint8_t point[2 * DYNAMO_P256_SIZE])
{
    uint8_t written[1 + 2 * DYNAMO_P256_SIZE]; /* 4 for uncompressed, x, y */
    size_t  size = 0;
    p256    with;
    bool    done;

    done = p256_begin(&with, key) &&
           mbedtls_ecp_mul(&with.group, &with.point, &with.key, &with.group.G, random_bytes, NULL) == 0 &&
           mbedtls_ecp_point_write_binary(&with.group, &with.point, MBEDTLS_ECP_PF_UNCOMPRESSED, &size, written,
                                          sizeof(written)) == 0;
    if (done)
        memcpy(point, written + 1, sizeof(written) - 1);
    p256_end(&with);
    return done;
}

bool dynamo_p256_sign(const uint8_t key[DYNAMO_P256_SIZE], const uint8_t hash[DYNAMO_HASH_SIZE],
                      uint8_t signature[2 * DYNAMO_P256_SIZE])
{
    p256 with;
    bool done;

    done = p256_begin(&with, key) &&
           mbedtls_ecdsa_sign(&with.group, &with.r, &with.s, &with.key, hash, DYNAMO_HASH_SIZE, random_bytes,
                              NULL) == 0 &&
           mbedtls_mpi_write_binary(&with.r, signature, DYNAMO_P256_SIZE) == 0 &&
           mbedtls_mpi_write_binary(&with.s, signature + DYNAMO_P256_SIZE, DYNAMO_P256_SIZE) == 0;
    p256_end(&with);
    return done;
}

#endif
