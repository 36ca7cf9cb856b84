/*
 * Chance, from the system's own generator: UUIDs, version 4 (RFC 9562, section 5.4), and fractions.
 */
#include "dynamo_internal.h"

#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

bool dynamo_uuid(char text[37])
{
    static const char hex[] = "0123456789abcdef";
    uint8_t           bytes[16];
    size_t            out = 0;

    if (text == NULL || getentropy(bytes, sizeof(bytes)) != 0)
        return false;
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40); /* the version */
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* the variant */
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[out++] = '-';
        text[out++] = hex[bytes[i] >> 4];
        text[out++] = hex[bytes[i] & 0x0F];
    }
    text[out] = '\0';
    return true;
}

/* Without the generator it is the middle: a pause then has no jitter. */
double dynamo_random_fraction(void)
{
    uint32_t bits;

    return getentropy(&bits, sizeof(bits)) == 0 ? bits / 4294967296.0 : 0.5;
}
