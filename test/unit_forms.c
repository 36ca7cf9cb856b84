/*
 * The forms that sources of credentials are read and written in: XML, moments, SHA-1 names, keys in PEM, ES256, DPoP.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <psa/crypto.h>

#include "complaints.h"

/* ---- XML --------------------------------------------------------------------------------------------------------- */

#define MALFORMED ((const char *)-1)
#define ABSENT NULL

static const struct {
    const char *name;
    const char *xml;
    const char *text; /* of the element a/b/c */
} xml_rows[] = {
    { "plain", "<a><b><c>text</c></b></a>", "text" },
    { "empty element", "<a><b><c></c></b></a>", "" },
    { "empty tag", "<a><b><c/></b></a>", "" },
    { "empty tag after white space", "<a><b><c /></b></a>", "" },
    { "declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a><b><c>text</c></b></a>\n", "text" },
    { "byte order mark", "\xEF\xBB\xBF<a><b><c>text</c></b></a>", "text" },
    { "default namespace", "<a xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><b><c>text</c></b></a>", "text" },
    { "prefixes", "<x:a xmlns:x='u'><x:b><y:c xmlns:y=\"v\">text</y:c></x:b></x:a>", "text" },
    { "attribute with >", "<a><b><c x=\"a > b\">text</c></b></a>", "text" },
    { "attribute with a slash", "<a><b><c x='/>'>text</c></b></a>", "text" },
    { "attributes over lines", "<a\n x = '1'\r\n\ty=\"2\"\n><b><c>text</c></b></a >", "text" },
    { "white space around", "<a>\n  <b>\n    <c>text</c>\n  </b>\n</a>", "text" },
    { "white space within", "<a><b><c> te xt\n</c></b></a>", " te xt\n" },
    { "entities", "<a><b><c>&lt;&gt;&amp;&quot;&apos;</c></b></a>", "<>&\"'" },
    { "an entity's text isn't read again", "<a><b><c>&amp;lt;</c></b></a>", "&lt;" },
    { "character references", "<a><b><c>&#65;&#x42;&#x6a;&#x6A;</c></b></a>", "ABjj" },
    { "references of two to four bytes", "<a><b><c>&#xE9;&#x20AC;&#x1F600;</c></b></a>",
      "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80" },
    { "the last character", "<a><b><c>&#x10FFFF;</c></b></a>", "\xF4\x8F\xBF\xBF" },
    { "CDATA", "<a><b><c><![CDATA[<x>&amp;]]></c></b></a>", "<x>&amp;" },
    { "CDATA between texts", "<a><b><c>1<![CDATA[2]]>3</c></b></a>", "123" },
    { "CDATA with brackets", "<a><b><c><![CDATA[]]]]></c></b></a>", "]]" },
    { "comment within a text", "<a><b><c>te<!-- > -- <x> -->xt</c></b></a>", "text" },
    { "instruction within", "<a><b><?php echo '>' ?><c>text</c></b></a>", "text" },
    { "comments around", "<!-- 1 --><a><b><c>text</c></b></a><!-- 2 --> <?pi?>", "text" },
    { "siblings", "<a><x>1</x><b><d>2</d><c>text</c><e/></b><y/></a>", "text" },
    { "UTF-8", "<a><b><c>\xE2\x82\xAC</c></b></a>", "\xE2\x82\xAC" },
    { "absent", "<a><b><d>text</d></b></a>", ABSENT },
    { "another root", "<z><b><c>text</c></b></z>", ABSENT },
    { "too deep", "<a><b><x><c>text</c></x></b></a>", ABSENT },
    { "too high", "<a><c>text</c></a>", ABSENT },
    { "a longer name", "<a><b><cc>text</cc></b></a>", ABSENT },
    { "a shorter path", "<a><b>text</b></a>", ABSENT },
    { "names in another case", "<A><B><C>text</C></B></A>", ABSENT },
    { "empty root", "<a/>", ABSENT },
    { "nothing", "", MALFORMED },
    { "white space alone", " \n", MALFORMED },
    { "text alone", "text", MALFORMED },
    { "JSON", "{\"a\":1}", MALFORMED },
    { "a document type", "<!DOCTYPE a><a><b><c>text</c></b></a>", MALFORMED },
    { "an entity of one's own", "<!DOCTYPE a [<!ENTITY e \"x\">]><a><b><c>&e;</c></b></a>", MALFORMED },
    { "an unknown entity", "<a><b><c>&nbsp;</c></b></a>", MALFORMED },
    { "an unfinished entity", "<a><b><c>&amp</c></b></a>", MALFORMED },
    { "an ampersand alone", "<a><b><c>a & b</c></b></a>", MALFORMED },
    { "an entity elsewhere is looked at too", "<a><x>&nope;</x><b><c>text</c></b></a>", MALFORMED },
    { "a surrogate", "<a><b><c>&#xD800;</c></b></a>", MALFORMED },
    { "beyond the last character", "<a><b><c>&#x110000;</c></b></a>", MALFORMED },
    { "far beyond", "<a><b><c>&#99999999999999999999;</c></b></a>", MALFORMED },
    { "reference to NUL", "<a><b><c>&#0;</c></b></a>", MALFORMED },
    { "reference to a control character", "<a><b><c>&#8;</c></b></a>", MALFORMED },
    { "reference without digits", "<a><b><c>&#;</c></b></a>", MALFORMED },
    { "hexadecimal without digits", "<a><b><c>&#x;</c></b></a>", MALFORMED },
    { "reference with a letter", "<a><b><c>&#6A;</c></b></a>", MALFORMED },
    { "a control character", "<a><b><c>\x01</c></b></a>", MALFORMED },
    { "a control character in CDATA", "<a><b><c><![CDATA[\x01]]></c></b></a>", MALFORMED },
    { "twice", "<a><b><c>1</c><c>2</c></b></a>", MALFORMED },
    { "an element within", "<a><b><c>1<d/>2</c></b></a>", MALFORMED },
    { "tags that cross", "<a><b><c>text</b></c></a>", MALFORMED },
    { "not closed", "<a><b><c>text</c></b>", MALFORMED },
    { "closed too often", "<a><b><c>text</c></b></a></a>", MALFORMED },
    { "two roots", "<a><b><c>text</c></b></a><a/>", MALFORMED },
    { "text after the root", "<a><b><c>text</c></b></a>x", MALFORMED },
    { "text before the root", "x<a><b><c>text</c></b></a>", MALFORMED },
    { "cut in a tag", "<a><b><c", MALFORMED },
    { "cut in an attribute", "<a><b><c x=\"", MALFORMED },
    { "cut in a text", "<a><b><c>te", MALFORMED },
    { "cut in a comment", "<a><b><!-- c", MALFORMED },
    { "cut in an instruction", "<?xml", MALFORMED },
    { "cut in CDATA", "<a><b><c><![CDATA[te]]", MALFORMED },
    { "an attribute without a value", "<a x><b><c>text</c></b></a>", MALFORMED },
    { "an attribute without quotes", "<a x=1><b><c>text</c></b></a>", MALFORMED },
    { "an attribute with <", "<a x=\"<\"><b><c>text</c></b></a>", MALFORMED },
    { "a tag without a name", "<><b><c>text</c></b></>", MALFORMED },
    { "a prefix without a name", "<a:><b><c>text</c></b></a:>", MALFORMED },
};

/* The text, MALFORMED or ABSENT. The document lies in memory of its own size, so that a sanitizer sees an overrun. */
static const char *read_xml(dynamo_buffer *text, const char *xml, size_t length)
{
    dynamo_xml_field field = { .path = "a/b/c", .text = text };
    char            *copy  = malloc(length != 0 ? length : 1);
    bool             read;

    assert_non_null(copy);
    memcpy(copy, xml, length);
    read = dynamo_xml_read(copy, length, &field, 1);
    free(copy);
    if (!read)
        return MALFORMED;
    return field.found ? text->data != NULL ? text->data : "" : ABSENT;
}

static const char *words_of(const char *text)
{
    return text == MALFORMED ? "malformed" : text == ABSENT ? "absent" : text;
}

static void test_xml(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(xml_rows); i++) {
        dynamo_buffer text = { 0 };
        const char   *read = read_xml(&text, xml_rows[i].xml, strlen(xml_rows[i].xml));

        if (strcmp(words_of(read), words_of(xml_rows[i].text)) != 0)
            complain(xml_rows[i].name, "%s in place of %s", words_of(read), words_of(xml_rows[i].text));
        dynamo_buffer_free(&text);
    }
    expect_no_complaints();
}

/* Every beginning of a document is malformed. */
static void test_xml_cut(void **state)
{
    static const char xml[] = "<?xml v='1'?><a><b><c>1&#65;<!-- -->&amp;<![CDATA[2]]></c></b></a>";

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(xml); i++) {
        dynamo_buffer text = { 0 };

        if (read_xml(&text, xml, i) != MALFORMED)
            complain("cut", "%zu bytes were taken for a document", i);
        dynamo_buffer_free(&text);
    }
    expect_no_complaints();
}

static void test_xml_nul(void **state)
{
    static const struct {
        const char *xml;
        size_t      length;
    } rows[] = {
#define BYTES(text) { text, sizeof(text) - 1 }
        BYTES("<a><b><c>te\0xt</c></b></a>"),
        BYTES("<a><b><c><![CDATA[\0]]></c></b></a>"),
        BYTES("<a\0><b><c>text</c></b></a\0>"),
        BYTES("<a><b><c>text</c></b></a>\0"),
        BYTES("\0<a><b><c>text</c></b></a>"),
#undef BYTES
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_buffer text = { 0 };

        if (read_xml(&text, rows[i].xml, rows[i].length) != MALFORMED)
            complain("NUL", "row %zu was taken", i);
        dynamo_buffer_free(&text);
    }
    expect_no_complaints();
}

static void test_xml_depth_and_size(void **state)
{
    dynamo_buffer xml = { 0 }, text = { 0 };

    (void)state;
    for (int i = 0; i < 100000; i++)
        dynamo_buffer_text(&xml, "<a>");
    assert_ptr_equal(read_xml(&text, xml.data, xml.length), MALFORMED);
    dynamo_buffer_clear(&xml);
    dynamo_buffer_clear(&text);
    dynamo_buffer_text(&xml, "<a><b><c>");
    for (int i = 0; i < 100000; i++)
        dynamo_buffer_text(&xml, "&amp;");
    dynamo_buffer_text(&xml, "</c></b></a>");
    assert_ptr_not_equal(read_xml(&text, xml.data, xml.length), MALFORMED);
    assert_int_equal(text.length, 100000);
    dynamo_buffer_free(&xml);
    dynamo_buffer_free(&text);
}

/* ---- Moments ----------------------------------------------------------------------------------------------------- */

#define NO_MOMENT INT64_MIN

static const struct {
    const char *text;
    int64_t     seconds;
} moments[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2026-11-23T12:00:00Z", 1795435200 },
    { "2026-11-23t12:00:00z", 1795435200 },
    { "2026-11-23 12:00:00Z", 1795435200 },
    { "2026-11-23T12:00:00UTC", 1795435200 },
    { "2026-11-23T12:00:00 GMT", 1795435200 },
    { "20261123T120000Z", 1795435200 },
    { "2026-11-23T12:00:00.000Z", 1795435200 },
    { "2026-11-23T12:00:00,999999999Z", 1795435200 },
    { "2026-11-23T13:00:00+01:00", 1795435200 },
    { "2026-11-23T06:30:00-0530", 1795435200 },
    { "2026-11-23T13:00:00+01", 1795435200 },
    { "2026-11-23T12:00:00+00:00", 1795435200 },
    { "2026-11-23T12:00:00-00:00", 1795435200 },
    { "2026-11-23T11:59:60Z", 1795435200 },
    { "1969-12-31T23:59:59Z", -1 },
    { "2024-02-29T00:00:00Z", 1709164800 },
    { "2000-02-29T00:00:00Z", 951782400 },
    { "9999-12-31T23:59:59Z", 253402300799 },
    { "0000-01-01T00:00:00Z", -62167219200 },
    { "", NO_MOMENT },
    { "never", NO_MOMENT },
    { "2026-11-23", NO_MOMENT },
    { "2026-11-23T12:00:00", NO_MOMENT },
    { "2026-11-23T12:00Z", NO_MOMENT },
    { "2026-1123T12:00:00Z", NO_MOMENT },
    { "2026-11-23T12:0000Z", NO_MOMENT },
    { "2026-11-23T12:00:00.Z", NO_MOMENT },
    { "2026-11-23T12:00:00Zx", NO_MOMENT },
    { "2026-11-23T12:00:00+1", NO_MOMENT },
    { "2026-11-23T12:00:00+01:", NO_MOMENT },
    { "2026-11-23T12:00:00+24:00", NO_MOMENT },
    { "2026-11-23T12:00:00+00:60", NO_MOMENT },
    { "2026-00-23T12:00:00Z", NO_MOMENT },
    { "2026-13-23T12:00:00Z", NO_MOMENT },
    { "2026-11-31T12:00:00Z", NO_MOMENT },
    { "2026-02-29T12:00:00Z", NO_MOMENT },
    { "1900-02-29T12:00:00Z", NO_MOMENT },
    { "2026-11-00T12:00:00Z", NO_MOMENT },
    { "2026-11-23T24:00:00Z", NO_MOMENT },
    { "2026-11-23T12:60:00Z", NO_MOMENT },
    { "2026-11-23T12:00:61Z", NO_MOMENT },
    { " 2026-11-23T12:00:00Z", NO_MOMENT },
    { "2026-11-23X12:00:00Z", NO_MOMENT },
    { "-026-11-23T12:00:00Z", NO_MOMENT },
};

static void test_moments(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(moments); i++) {
        int64_t seconds = 0;

        if (!dynamo_clock_read(moments[i].text, &seconds))
            seconds = NO_MOMENT;
        if (seconds != moments[i].seconds)
            complain(moments[i].text, "%lld in place of %lld", (long long)seconds, (long long)moments[i].seconds);
    }
    expect_no_complaints();
}

/* ---- SHA-1 ------------------------------------------------------------------------------------------------------- */

/* NIST's examples, and one name as it is used here. */
static const struct {
    const char *text;
    size_t      repeat;
    const char *hash;
} sha1_rows[] = {
    { "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    { "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
    { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
      "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1, "a49b2446a02c645bf419f995b67091253a04a259" },
    { "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
    { "0123456701234567012345670123456701234567012345670123456701234567", 10,
      "dea356a2cddd90c7a7ecedc5ebb563934f460452" },
    { "https://my-sso-portal.awsapps.com/start", 1, "c7aaaf71fcc8777ae2475525ed049d39fe16c484" },
};

static void test_sha1(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(sha1_rows); i++) {
        dynamo_buffer text = { 0 };
        uint8_t       hash[DYNAMO_SHA1_SIZE];
        char          hex[2 * DYNAMO_SHA1_SIZE + 1];

        for (size_t j = 0; j < sha1_rows[i].repeat; j++)
            dynamo_buffer_text(&text, sha1_rows[i].text);
        dynamo_sha1(text.data, text.length, hash);
        for (size_t j = 0; j < sizeof(hash); j++)
            snprintf(hex + 2 * j, 3, "%02x", hash[j]);
        if (strcmp(hex, sha1_rows[i].hash) != 0)
            complain(sha1_rows[i].text, "%s", hex);
        dynamo_buffer_free(&text);
    }
    expect_no_complaints();
}

/* ---- P-256 ------------------------------------------------------------------------------------------------------- */

#define SCALAR "2cf5c75dd9b92b3d36d24c07c5c2621cd63138e01403909a9df935d038cf88a2"
#define POINT                                                          \
    "3be8eb21cc0bc840c9a51fc7d803eb29fcba4ffdc5d5dab70bec420e87161138" \
    "0b43893009723fc324fe0ef56eaec018665f29b37bebe4bb4177a86afeb21c0e"

#define SEC1                                                              \
    "-----BEGIN EC PRIVATE KEY-----\n"                                    \
    "MHcCAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49\n" \
    "AwEHoUQDQgAEO+jrIcwLyEDJpR/H2APrKfy6T/3F1dq3C+xCDocWETgLQ4kwCXI/\n" \
    "wyT+DvVursAYZl8ps3vr5LtBd6hq/rIcDg==\n"                              \
    "-----END EC PRIVATE KEY-----\n"

static const struct {
    const char *name;
    const char *pem;
    bool        taken;
} pem_rows[] = {
    { "SEC1", SEC1, true },
    { "SEC1 without its public key",
      "-----BEGIN EC PRIVATE KEY-----\nMDECAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49\nAwEH\n"
      "-----END EC PRIVATE KEY-----\n",
      true },
    { "SEC1 without its curve",
      "-----BEGIN EC PRIVATE KEY-----\nMCUCAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4ii\n"
      "-----END EC PRIVATE KEY-----",
      true },
    { "PKCS #8",
      "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLPXHXdm5Kz020kwH\n"
      "xcJiHNYxOOAUA5Canfk10DjPiKKhRANCAAQ76OshzAvIQMmlH8fYA+sp/LpP/cXV\n"
      "2rcL7EIOhxYROAtDiTAJcj/DJP4O9W6uwBhmXymze+vku0F3qGr+shwO\n-----END PRIVATE KEY-----\n",
      true },
    { "CRLF and a line before",
      "key:\r\n-----BEGIN EC PRIVATE KEY-----\r\nMDECAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49\r\n"
      "AwEH\r\n-----END EC PRIVATE KEY-----\r\n",
      true },
    { "secp256k1",
      "-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIJenHY8Cu1Md6aR9e7rqLjVjut6ei5LoSVRJ117QkjB/oAcGBSuBBAAK\n"
      "oUQDQgAEZeBppZVgVqMX3F8LjCnyOdyRSlvJK5B2MvPql3D+jpiSKT/Gh96Iwx2N\nbAYONQ6NY/jE3MoODY1thu194Yk3AQ==\n"
      "-----END EC PRIVATE KEY-----\n",
      false },
    { "secp384r1",
      "-----BEGIN EC PRIVATE KEY-----\nMIGkAgEBBDBu5ovTAU7HLQY7poPGWJnFCQFVtJhTjgGZS7W/FF3m7tMupplWoMRI\n"
      "SdW4dqNcPxegBwYFK4EEACKhZANiAATanLEjSfMoKYceZ/q5No0/B5t5PO0p8bi+\n"
      "KJPN34+W0m22thMW5e1NDY/SflhfRkO48W+egkZEBgOOfWecDD0eTzNpQq3v1HO5\n"
      "1XHquGdUgUzi2ON66AZgua5xYvIyIXg=\n-----END EC PRIVATE KEY-----\n",
      false },
    { "nothing", "", false },
    { "no PEM", "key", false },
    { "no end", "-----BEGIN EC PRIVATE KEY-----\nMDECAQEEICz1\n", false },
    { "no base64", "-----BEGIN EC PRIVATE KEY-----\n****\n-----END EC PRIVATE KEY-----\n", false },
    { "no DER", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", false },
    { "empty", "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n", false },
};

static void hex_of(char *hex, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void test_p256_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(pem_rows); i++) {
        uint8_t key[DYNAMO_P256_SIZE], point[2 * DYNAMO_P256_SIZE];
        char    hex[4 * DYNAMO_P256_SIZE + 1] = "";

        if (dynamo_p256_key(pem_rows[i].pem, key) != pem_rows[i].taken) {
            complain(pem_rows[i].name, "is%s taken", pem_rows[i].taken ? "n't" : "");
            continue;
        }
        if (!pem_rows[i].taken)
            continue;
        hex_of(hex, key, sizeof(key));
        if (strcmp(hex, SCALAR) != 0)
            complain(pem_rows[i].name, "another key, %s", hex);
        if (dynamo_p256_point(key, point))
            hex_of(hex, point, sizeof(point));
        if (strcmp(hex, POINT) != 0)
            complain(pem_rows[i].name, "another point, %s", hex);
    }
    expect_no_complaints();
}

/* Each byte of the DER cut off or changed: taken or not, it has to end well. */
static void test_p256_damage(void **state)
{
    static const char text[] = "MHcCAQEEICz1x13ZuSs9NtJMB8XCYhzWMTjgFAOQmp35NdA4z4iioAoGCCqGSM49AwEHoUQDQgAE";

    (void)state;
    for (size_t cut = 0; cut + 4 < sizeof(text); cut += 4) {
        char    pem[256];
        uint8_t key[DYNAMO_P256_SIZE], point[2 * DYNAMO_P256_SIZE];

        snprintf(pem, sizeof(pem), "-----BEGIN X-----%.*s-----END X-----", (int)cut, text);
        assert_false(dynamo_p256_key(pem, key));
        snprintf(pem, sizeof(pem), "-----BEGIN X-----%s-----END X-----", text);
        pem[17 + cut] = '/';
        if (dynamo_p256_key(pem, key))
            (void)dynamo_p256_point(key, point);
    }
}

/* Zero, and a number beyond the curve's order, are no keys. */
static void test_p256_bounds(void **state)
{
    uint8_t key[DYNAMO_P256_SIZE] = { 0 }, hash[DYNAMO_HASH_SIZE] = { 1 };
    uint8_t out[2 * DYNAMO_P256_SIZE];

    (void)state;
    assert_false(dynamo_p256_point(key, out));
    assert_false(dynamo_p256_sign(key, hash, out));
    memset(key, 0xFF, sizeof(key));
    assert_false(dynamo_p256_point(key, out));
    assert_false(dynamo_p256_sign(key, hash, out));
}

/* ---- DPoP -------------------------------------------------------------------------------------------------------- */

/* A part of a token. To free(). */
static char *decode_base64url(const char *text, size_t length, size_t *size)
{
    dynamo_buffer base64 = { 0 };
    bool          malformed;
    uint8_t      *bytes;

    for (size_t i = 0; i < length; i++)
        dynamo_buffer_char(&base64, text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    while (base64.length % 4 != 0)
        dynamo_buffer_char(&base64, '=');
    bytes = dynamo_base64_decode(base64.data, base64.length, size, &malformed);
    dynamo_buffer_free(&base64);
    assert_non_null(bytes);
    return (char *)bytes;
}

/* By PSA, which every mbedTLS has, whatever the library was built for. */
static bool is_signed(const char *text, size_t length, const uint8_t *signature, const uint8_t *point)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t              key[1 + 2 * DYNAMO_P256_SIZE], hash[DYNAMO_HASH_SIZE];
    psa_key_id_t         id = 0;
    bool                 right;

    key[0] = 4;
    memcpy(key + 1, point, sizeof(key) - 1);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_import_key(&attributes, key, sizeof(key), &id), PSA_SUCCESS);
    assert_true(dynamo_sha256(text, length, hash));
    right = psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof(hash), signature, 64) == PSA_SUCCESS;
    (void)psa_destroy_key(id);
    return right;
}

static const char dpop_header[] = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\","
                                  "\"x\":\"O-jrIcwLyEDJpR_H2APrKfy6T_3F1dq3C-xCDocWETg\","
                                  "\"y\":\"C0OJMAlyP8Mk_g71bq7AGGZfKbN76-S7QXeoav6yHA4\",\"crv\":\"P-256\"}}";

static void test_dpop(void **state)
{
    dynamo_buffer proof = { 0 };
    uint8_t       key[DYNAMO_P256_SIZE], point[2 * DYNAMO_P256_SIZE];
    char         *first, *second, *header, *payload, *signature;
    size_t        size;
    json_t       *claims;

    (void)state;
    assert_true(dynamo_p256_key(SEC1, key));
    assert_true(dynamo_p256_point(key, point));
    assert_true(dynamo_dpop_proof(&proof, key, "POST", "https://us-east-1.signin.aws.amazon.com/v1/token",
                                  1795435200));
    first  = strchr(proof.data, '.');
    second = strrchr(proof.data, '.');
    assert_true(first != NULL && first < second);
    assert_null(strpbrk(proof.data, "+/= \r\n"));

    header = decode_base64url(proof.data, (size_t)(first - proof.data), &size);
    assert_int_equal(size, strlen(dpop_header));
    assert_memory_equal(header, dpop_header, size);

    payload = decode_base64url(first + 1, (size_t)(second - first - 1), &size);
    claims  = json_loadb(payload, size, 0, NULL);
    assert_int_equal(json_object_size(claims), 4);
    assert_string_equal(json_string_value(json_object_get(claims, "htm")), "POST");
    assert_string_equal(json_string_value(json_object_get(claims, "htu")),
                        "https://us-east-1.signin.aws.amazon.com/v1/token");
    assert_int_equal(json_integer_value(json_object_get(claims, "iat")), 1795435200);
    assert_int_equal(json_string_length(json_object_get(claims, "jti")), 36);

    signature = decode_base64url(second + 1, strlen(second + 1), &size);
    assert_int_equal(size, 64);
    assert_true(is_signed(proof.data, (size_t)(second - proof.data), (const uint8_t *)signature, point));
    assert_false(is_signed(proof.data, (size_t)(second - proof.data) - 1, (const uint8_t *)signature, point));
    json_decref(claims);
    free(header);
    free(payload);
    free(signature);
    dynamo_buffer_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml),         cmocka_unit_test(test_xml_cut),
        cmocka_unit_test(test_xml_nul),     cmocka_unit_test(test_xml_depth_and_size),
        cmocka_unit_test(test_moments),     cmocka_unit_test(test_sha1),
        cmocka_unit_test(test_p256_keys),   cmocka_unit_test(test_p256_damage),
        cmocka_unit_test(test_p256_bounds), cmocka_unit_test(test_dpop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
