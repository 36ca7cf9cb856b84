/*
 * CRC-32 as IEEE 802.3 has it (polynomial 0x04c11db7, bits reflected), which DynamoDB sends in x-amz-crc32.
 *
 * Eight bytes are taken at a time, as M. Kounavis and F. Berry describe in "A Systematic Approach to Building High
 * Performance, Software-based, CRC Generators": what each of them does to the remainder doesn't depend on the others.
 * That takes a third of the time.
 */
#include "dynamo_internal.h"

#define POLYNOMIAL 0xedb88320u
#define STEP 8 /* bytes taken at a time */

/* What a byte does to the remainder when 0 to 7 other bytes follow it. */
static uint32_t       remainders[STEP][256];
static pthread_once_t remainders_once = PTHREAD_ONCE_INIT;

static uint32_t remainder_of(uint32_t byte)
{
    for (int bit = 0; bit < 8; bit++)
        byte = (byte >> 1) ^ ((byte & 1) != 0 ? POLYNOMIAL : 0);
    return byte;
}

static uint32_t take_byte(uint32_t crc, uint32_t byte)
{
    return (crc >> 8) ^ remainders[0][(crc ^ byte) & 0xff];
}

static void compute_remainders(void)
{
    for (uint32_t byte = 0; byte < 256; byte++)
        remainders[0][byte] = remainder_of(byte);
    for (size_t followers = 1; followers < STEP; followers++)
        for (size_t byte = 0; byte < 256; byte++)
            remainders[followers][byte] = take_byte(remainders[followers - 1][byte], 0);
}

static uint32_t take_step(uint32_t crc, const uint8_t *bytes)
{
    uint32_t result = 0;

    for (size_t i = 0; i < 4; i++) /* the remainder so far goes into the first four */
        result ^= remainders[STEP - 1 - i][(crc >> (8 * i) ^ bytes[i]) & 0xff];
    for (size_t i = 4; i < STEP; i++)
        result ^= remainders[STEP - 1 - i][bytes[i]];
    return result;
}

uint32_t dynamo_crc32(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t       crc   = 0xffffffff;

    (void)pthread_once(&remainders_once, compute_remainders);
    for (; length >= STEP; length -= STEP, bytes += STEP)
        crc = take_step(crc, bytes);
    for (; length > 0; length--, bytes++)
        crc = take_byte(crc, *bytes);
    return ~crc;
}
