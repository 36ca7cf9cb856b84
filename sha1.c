/*
 * SHA-1 (FIPS 180-4), which gives the token files of IAM Identity Center their names and nothing here its safety.
 * mbedTLS isn't asked for it, since it may be built without.
 */
#include "dynamo_internal.h"

#define BLOCK_SIZE 64

static uint32_t rotated(uint32_t word, unsigned bits)
{
    return (word << bits) | (word >> (32 - bits));
}

/* The function and the constant of one of the four twenties of rounds. */
static uint32_t mix(size_t twenty, uint32_t b, uint32_t c, uint32_t d)
{
    switch (twenty) {
    case 0:
        return ((b & c) | (~b & d)) + 0x5a827999;
    case 1:
        return (b ^ c ^ d) + 0x6ed9eba1;
    case 2:
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    default:
        return (b ^ c ^ d) + 0xca62c1d6;
    }
}

static void take_block(uint32_t state[5], const uint8_t block[BLOCK_SIZE])
{
    uint32_t words[80];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   block[4 * i + 3];
    for (size_t i = 16; i < 80; i++)
        words[i] = rotated(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (size_t i = 0; i < 80; i++) {
        uint32_t next = rotated(a, 5) + mix(i / 20, b, c, d) + e + words[i];

        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void dynamo_sha1(const void *data, size_t length, uint8_t hash[DYNAMO_SHA1_SIZE])
{
    uint32_t       state[5]             = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    uint8_t        last[2 * BLOCK_SIZE] = { 0 }; /* what is left, a bit, zeros, the length in bits */
    const uint8_t *bytes                = data;
    size_t         rest = length % BLOCK_SIZE, end = rest < BLOCK_SIZE - 8 ? BLOCK_SIZE : 2 * BLOCK_SIZE;

    for (size_t i = 0; i + BLOCK_SIZE <= length; i += BLOCK_SIZE)
        take_block(state, bytes + i);
    if (rest > 0)
        memcpy(last, bytes + length - rest, rest);
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++)
        last[end - 1 - i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
    for (size_t i = 0; i < end; i += BLOCK_SIZE)
        take_block(state, last + i);
    for (size_t i = 0; i < DYNAMO_SHA1_SIZE; i++)
        hash[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
