/*
 * A proof that a request comes from whoever holds a token's key: a JSON Web Token for the header DPoP.
 *
 * Sources: RFC 9449, section 4.2 (its members), RFC 7515, section 7.1 (its form), RFC 7518, sections 3.4 and 6.2 (ES256
 * and its key).
 */
#include "dynamo_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Base64 in the alphabet for URLs, without padding (RFC 4648, section 5). */
static bool append_base64url(dynamo_buffer *out, const void *data, size_t size)
{
    size_t length = 0;
    char  *text   = dynamo_base64_encode(data, size, &length);

    if (text == NULL)
        return false;
    for (size_t i = 0; i < length && text[i] != '='; i++)
        dynamo_buffer_char(out, text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    free(text);
    return !out->failed;
}

/* Tells the public key, by its point. */
static bool append_header(dynamo_buffer *out, const uint8_t point[2 * DYNAMO_P256_SIZE])
{
    dynamo_buffer header = { 0 };
    bool          done;

    dynamo_buffer_text(&header, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"x\":\"");
    done = append_base64url(&header, point, DYNAMO_P256_SIZE);
    dynamo_buffer_text(&header, "\",\"y\":\"");
    done = append_base64url(&header, point + DYNAMO_P256_SIZE, DYNAMO_P256_SIZE) && done;
    dynamo_buffer_text(&header, "\",\"crv\":\"P-256\"}}");
    done = done && !header.failed && append_base64url(out, header.data, header.length);
    dynamo_buffer_free(&header);
    return done;
}

/* Tells what the proof is for. */
static bool append_payload(dynamo_buffer *out, const char *method, const char *url, int64_t now)
{
    dynamo_buffer payload = { 0 };
    char          id[37], moment[32];
    bool          done;

    if (!dynamo_uuid(id))
        return false;
    (void)snprintf(moment, sizeof(moment), "%lld", (long long)now);
    dynamo_buffer_text(&payload, "{\"htm\":\"");
    dynamo_buffer_text(&payload, method);
    dynamo_buffer_text(&payload, "\",\"htu\":");
    done = dynamo_write_string(&payload, url, strlen(url));
    dynamo_buffer_text(&payload, ",\"iat\":");
    dynamo_buffer_text(&payload, moment);
    dynamo_buffer_text(&payload, ",\"jti\":\"");
    dynamo_buffer_text(&payload, id);
    dynamo_buffer_text(&payload, "\"}");
    done = done && !payload.failed && append_base64url(out, payload.data, payload.length);
    dynamo_buffer_free(&payload);
    return done;
}

bool dynamo_dpop_proof(dynamo_buffer *out, const uint8_t key[DYNAMO_P256_SIZE], const char *method, const char *url,
                       int64_t now)
{
    dynamo_buffer proof = { 0 };
    uint8_t       point[2 * DYNAMO_P256_SIZE], signature[2 * DYNAMO_P256_SIZE], hash[DYNAMO_HASH_SIZE];
    bool          done = dynamo_p256_point(key, point) && append_header(&proof, point);

    dynamo_buffer_char(&proof, '.');
    done = done && append_payload(&proof, method, url, now);
    done = done && dynamo_sha256(proof.data, proof.length, hash) && dynamo_p256_sign(key, hash, signature);
    dynamo_buffer_char(&proof, '.');
    done = done && append_base64url(&proof, signature, sizeof(signature));
    if (done)
        dynamo_buffer_append(out, proof.data, proof.length);
    dynamo_buffer_free(&proof);
    return done;
}
