/*
 * Hashes, checksums and signatures against published vectors.
 *
 * Sources: the AWS Signature Version 4 test suite; "Create a signed AWS API request" in the AWS IAM User Guide; NIST's
 * SHA-256 examples (FIPS 180); RFC 4231 for HMAC-SHA256. Each expected value agrees with botocore's signer or Python's
 * hashlib, hmac, zlib and datetime; rows that aren't published come from those alone.
 */
#include "../dynamo_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ACCESS_KEY "AKIDEXAMPLE"
#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TIMESTAMP "20150830T123600Z"

static void expect_text(const char *row, const char *what, const char *actual, const char *expected)
{
    if (actual == NULL || strcmp(actual, expected) != 0)
        fail_msg("%s: %s is\n%s\nand should be\n%s", row, what, actual != NULL ? actual : "(nothing)", expected);
}

static void expect_hash(const char *row, const char *what, const uint8_t hash[DYNAMO_HASH_SIZE], const char *expected)
{
    static const char digits[] = "0123456789abcdef";
    char              text[2 * DYNAMO_HASH_SIZE + 1];

    for (size_t i = 0; i < DYNAMO_HASH_SIZE; i++) {
        text[2 * i]     = digits[hash[i] / 16];
        text[2 * i + 1] = digits[hash[i] % 16];
    }
    text[sizeof(text) - 1] = '\0';
    expect_text(row, what, text, expected);
}

/* Text as often as it takes to have `length` bytes. To free(). */
static char *repeated(const char *text, size_t length)
{
    char *all = malloc(length + 1);

    assert_non_null(all);
    for (size_t i = 0; i < length; i++)
        all[i] = text[i % strlen(text)];
    all[length] = '\0';
    return all;
}

/* ---- hash.c, checksum.c ------------------------------------------------------------------------------------------ */

#define LENGTH_112                                                                                                     \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static void sha256_vectors(void **state)
{
    static const struct {
        const char *name;
        const char *text; /* repeated up to the length */
        size_t      length;
        const char *hash;
    } rows[] = {
        { "nothing", "-", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "24 bits", "abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "448 bits", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "896 bits", LENGTH_112, 112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
        { "a block less a byte", "a", 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
        { "a block", "a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
        { "a million a", "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        char   *data = repeated(rows[i].text, rows[i].length);
        uint8_t hash[DYNAMO_HASH_SIZE];

        assert_true(dynamo_sha256(data, rows[i].length, hash));
        free(data);
        expect_hash(rows[i].name, "the hash", hash, rows[i].hash);
    }
}

static void sha256_of_no_data_needs_no_pointer(void **state)
{
    uint8_t hash[DYNAMO_HASH_SIZE];

    (void)state;
    assert_true(dynamo_sha256(NULL, 0, hash));
    expect_hash("NULL", "the hash", hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#define LONGER_DATA                                                                                                    \
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed " \
    "before being used by the HMAC algorithm."

/* Key and data repeated up to their lengths. */
static const struct hmac_row {
    const char *name;
    const char *key;
    size_t      key_length;
    const char *data;
    size_t      length;
    const char *mac;
} hmac_rows[] = {
    { "RFC 4231, case 1", "\x0b", 20, "Hi There", 8,
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "RFC 4231, case 2", "Jefe", 4, "what do ya want for nothing?", 28,
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "RFC 4231, case 3", "\xaa", 20, "\xdd", 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "RFC 4231, case 4",
      "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19", 25,
      "\xcd", 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { "RFC 4231, case 6", "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { "RFC 4231, case 7", "\xaa", 131, LONGER_DATA, 152,
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    { "a key of a block", "a", 64, "x", 1, "b65ca3a3235f948bc0e6bd747532c54a983b54ddad1a4d1bd8b958e065b1cab4" },
    { "a key of a block and a byte", "a", 65, "x", 1,
      "5c8ad20f6d25c86ccfc9774f1c0ca49d3675f3a112d9905cce286e2636681b75" },
    { "nothing at all", "-", 0, "-", 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void hmac_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(hmac_rows); i++) {
        const struct hmac_row *row  = &hmac_rows[i];
        char                  *key  = repeated(row->key, row->key_length);
        char                  *data = repeated(row->data, row->length);
        uint8_t                mac[DYNAMO_HASH_SIZE];

        assert_true(dynamo_hmac_sha256(key, row->key_length, data, row->length, mac));
        free(key);
        free(data);
        expect_hash(row->name, "the MAC", mac, row->mac);
    }
}

static void hmac_may_replace_its_key(void **state)
{
    uint8_t key[DYNAMO_HASH_SIZE] = { 1, 2, 3 }, mac[DYNAMO_HASH_SIZE];

    (void)state;
    assert_true(dynamo_hmac_sha256(key, sizeof(key), "text", 4, mac));
    assert_true(dynamo_hmac_sha256(key, sizeof(key), "text", 4, key));
    assert_memory_equal(key, mac, sizeof(mac));
}

static void wiping_clears_every_byte(void **state)
{
    static const char zeros[32] = { 0 };
    char              secret[32];

    (void)state;
    memset(secret, 'x', sizeof(secret));
    dynamo_wipe(secret, sizeof(secret) - 1);
    assert_memory_equal(secret, zeros, sizeof(secret) - 1);
    assert_int_equal(secret[sizeof(secret) - 1], 'x');
    dynamo_wipe(NULL, 0);
    dynamo_wipe(NULL, 8);
    dynamo_wipe_text(NULL);
}

static uint32_t crc32_by_definition(const uint8_t *data, size_t length)
{
    uint32_t crc = 0xffffffff;

    for (size_t bit = 0; bit < 8 * length; bit++) {
        bool one = ((crc ^ (uint32_t)(data[bit / 8] >> bit % 8)) & 1) != 0;

        crc = crc >> 1 ^ (one ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void crc32_vectors(void **state)
{
    static const struct {
        const char *text;
        uint32_t    crc;
    } rows[] = {
        { "", 0x00000000 },
        { "a", 0xe8b7be43 },
        { "{}", 0xa3a6bf43 },
        { "123456789", 0xcbf43926 },
        { "The quick brown fox jumps over the lazy dog", 0x414fa339 },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        uint32_t crc = dynamo_crc32(rows[i].text, strlen(rows[i].text));

        if (crc != rows[i].crc)
            fail_msg("\"%s\": %08x instead of %08x", rows[i].text, (unsigned)crc, (unsigned)rows[i].crc);
    }
    assert_int_equal(dynamo_crc32(NULL, 0), 0);
}

/* One byte of each value alone reaches every entry of the table; the row of all 256 is 29058c73. */
static void crc32_of_every_byte(void **state)
{
    uint8_t all[256];

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++) {
        uint8_t byte = all[i] = (uint8_t)i;

        if (dynamo_crc32(&byte, 1) != crc32_by_definition(&byte, 1))
            fail_msg("byte %zu: %08x", i, (unsigned)dynamo_crc32(&byte, 1));
    }
    assert_int_equal(dynamo_crc32(all, sizeof(all)), 0x29058c73);
    assert_int_equal(crc32_by_definition(all, sizeof(all)), 0x29058c73);
}

/* ---- Timestamps -------------------------------------------------------------------------------------------------- */

static void timestamps(void **state)
{
    static const struct {
        int64_t     seconds;
        const char *timestamp;
    } rows[] = {
        { -62135596800, "00010101T000000Z" },
        { -62035891200, "00040229T000000Z" },
        { -11670955200, "16000229T120000Z" },
        { -2203891201, "19000228T235959Z" },
        { -2203891200, "19000301T000000Z" },
        { -1, "19691231T235959Z" },
        { 0, "19700101T000000Z" },
        { 951868799, "20000229T235959Z" },
        { 951868800, "20000301T000000Z" },
        { 1440938160, "20150830T123600Z" },
        { 1483228799, "20161231T235959Z" },
        { 1709164800, "20240229T000000Z" },
        { 2147483647, "20380119T031407Z" },
        { 2147483648, "20380119T031408Z" },
        { 4107542399, "21000228T235959Z" },
        { 4107542400, "21000301T000000Z" },
        { 4294967296, "21060207T062816Z" },
        { 253402300799, "99991231T235959Z" },
        /* Outside the years 1 to 9999: the nearest inside. */
        { -62135596801, "00010101T000000Z" },
        { INT64_MIN, "00010101T000000Z" },
        { 253402300800, "99991231T235959Z" },
        { INT64_MAX, "99991231T235959Z" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        char timestamp[DYNAMO_TIMESTAMP_SIZE];

        dynamo_sigv4_timestamp(rows[i].seconds, timestamp);
        expect_text(rows[i].timestamp, "the timestamp", timestamp, rows[i].timestamp);
    }
}

static int days_of_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap   = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* From 1600 to 2400, two of the calendar's periods, against a calendar that counts. */
static void timestamps_of_every_day(void **state)
{
    int64_t seconds = -11676096000; /* 1600-01-01T00:00:00Z */

    (void)state;
    for (int year = 1600, month = 1, day = 1; year <= 2400; seconds += 86400) {
        char expected[64], timestamp[DYNAMO_TIMESTAMP_SIZE];

        snprintf(expected, sizeof(expected), "%04d%02d%02dT000000Z", year, month, day);
        dynamo_sigv4_timestamp(seconds, timestamp);
        expect_text(expected, "the timestamp", timestamp, expected);
        if (++day > days_of_month(year, month)) {
            day   = 1;
            month = month % 12 + 1;
            year += month == 1 ? 1 : 0;
        }
    }
    assert_true(seconds == 13601088000); /* 2401-01-01T00:00:00Z */
}

/* ---- Signatures -------------------------------------------------------------------------------------------------- */

#define HOST { "host", "example.amazonaws.com" }
#define DATE { "x-amz-date", TIMESTAMP }
#define FORM "application/x-www-form-urlencoded"
#define SUITE_TOKEN                                                                                                    \
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwt" \
    "hAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVX" \
    "AkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

/* The names are those of the test suite's directories. */
static const struct signature_row {
    const char   *name;
    const char   *method;
    const char   *path;
    const char   *query;
    dynamo_header headers[6]; /* up to the first without a name */
    const char   *payload;
    const char   *service; /* NULL: "service" */
    const char   *canonical_hash;
    const char   *signature;
} signature_rows[] = {
    { "get-vanilla", "GET", "/", "", { HOST, DATE }, "", NULL,
      "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    { "get-vanilla, its path empty", "GET", "", "", { HOST, DATE }, "", NULL,
      "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    { "get-vanilla-query-order-key-case", "GET", "/", "Param1=value1&Param2=value2", { HOST, DATE }, "", NULL,
      "816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
    { "get-vanilla-utf8-query", "GET", "/", "%E1%88%B4=bar", { HOST, DATE }, "", NULL,
      "eb30c5bed55734080471a834cc727ae56beb50e5f39d1bff6d0d38cb192a7073",
      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" },
    { "get-header-value-trim", "GET", "/", "",
      { HOST, { "my-header1", " value1" }, { "my-header2", " \"a   b   c\"" }, DATE }, "", NULL,
      "a726db9b0df21c14f559d0a978e563112acb1b9e05476f0a6a1c7d68f28605c7",
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
    { "get-header-value-trim, tabs and ends", "GET", "/", "",
      { HOST, { "my-header1", "\tvalue1 \t" }, { "my-header2", "  \"a \t b   c\"  " }, DATE }, "", NULL,
      "a726db9b0df21c14f559d0a978e563112acb1b9e05476f0a6a1c7d68f28605c7",
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
    { "get-header-key-duplicate, joined", "GET", "/", "",
      { HOST, { "my-header1", "value2,value2,value1" }, DATE }, "", NULL,
      "dc7f04a3abfde8d472b0ab1a418b741b7c67174dad1551b4117b15527fbe966c",
      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea" },
    { "get-header-value-order, joined", "GET", "/", "",
      { HOST, { "my-header1", "value4,value1,value3,value2" }, DATE }, "", NULL,
      "31ce73cd3f3d9f66977ad3dd957dc47af14df92fcd8509f59b349e9137c58b86",
      "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01" },
    { "get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "",
      { HOST, DATE }, "", NULL,
      "6a968768eefaa713e2a6b16b589a8ea192661f098f37349f4e2c0082757446f9",
      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
    { "get-utf8", "GET", "/\xe1\x88\xb4", "", { HOST, DATE }, "", NULL,
      "2a0a97d02205e45ce2e994789806b19270cfbbb0921b278ccf58f5249ac42102",
      "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
    { "get-space", "GET", "/example space/", "", { HOST, DATE }, "", NULL,
      "63ee75631ed7234ae61b5f736dfc7754cdccfedbff4b5128a915706ee9390d86",
      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
    { "a path that was encoded before", "GET", "/my%20path/a+b=c", "", { HOST, DATE }, "", NULL,
      "26249e1c163be57a4a06dbf5a95fc2da45c6efb267c454500af1dffc4655fa73",
      "3cae17b5a0f79db4bb12761f3ff6285b468856ea5b2d4cb5f46d1a284c2c1e05" },
    { "post-vanilla", "POST", "/", "", { HOST, DATE }, "", NULL,
      "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "post-vanilla-query", "POST", "/", "Param1=value1", { HOST, DATE }, "", NULL,
      "9d659678c1756bb3113e2ce898845a0a79dbbc57b740555917687f1b3340fbbd",
      "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11" },
    { "post-header-key-sort", "POST", "/", "", { HOST, { "my-header1", "value1" }, DATE }, "", NULL,
      "9368318c2967cf6de74404b30c65a91e8f6253e0a8659d6d5319f1a812f87d65",
      "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c" },
    { "post-header-value-case", "POST", "/", "", { HOST, { "my-header1", "VALUE1" }, DATE }, "", NULL,
      "d51ced243e649e3de6ef63afbbdcbca03131a21a7103a1583706a64618606a93",
      "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d" },
    { "post-sts-token/post-sts-header-before", "POST", "/", "",
      { HOST, DATE, { "x-amz-security-token", SUITE_TOKEN } }, "", NULL,
      "c237e1b440d4c63c32ca95b5b99481081cb7b13c7e40434868e71567c1a882f6",
      "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" },
    /* There the token is added to the request after it was signed. */
    { "post-sts-token/post-sts-header-after", "POST", "/", "", { HOST, DATE }, "", NULL,
      "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "post-x-www-form-urlencoded", "POST", "/", "",
      { { "content-type", FORM }, HOST, DATE }, "Param1=value1", NULL,
      "42a5e5bb34198acb3e84da4f085bb7927f2bc277ca766e6d19c73c2154021281",
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
    { "post-x-www-form-urlencoded-parameters", "POST", "/", "",
      { { "content-type", FORM "; charset=utf8" }, HOST, DATE }, "Param1=value1", NULL,
      "2e1cf7ed91881a30569e46552437e4156c823447bf1781b921b5d486c568dd1c",
      "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe" },
    { "IAM ListUsers, the guide's example", "GET", "/", "Action=ListUsers&Version=2010-05-08",
      { { "content-type", FORM "; charset=utf-8" }, { "host", "iam.amazonaws.com" }, DATE }, "", "iam",
      "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59",
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7" },
    { "GetItem with a session token", "POST", "/", "",
      { { "content-type", "application/x-amz-json-1.0" }, { "host", "dynamodb.us-east-1.amazonaws.com" }, DATE,
        { "x-amz-security-token", "token" }, { "x-amz-target", "DynamoDB_20120810.GetItem" } },
      "{\"TableName\":\"Music\",\"Key\":{\"Artist\":{\"S\":\"Nobody\"}}}", "dynamodb",
      "fb3e2b19aa16670b3c2764b59cf69e0aab80ad42b2957fb8cdeda907580fe031",
      "3951d6cfd14bb2832ec37a0d701c5ad4af598db0d64a4145fa20706ee94281eb" },
};

static dynamo_sigv4_scope scope_of(const struct signature_row *row)
{
    return (dynamo_sigv4_scope){ TIMESTAMP, "us-east-1", row->service != NULL ? row->service : "service" };
}

static dynamo_sigv4_request request_of(const struct signature_row *row)
{
    size_t count = 0;

    while (count < DYNAMO_COUNT(row->headers) && row->headers[count].name != NULL)
        count++;
    return (dynamo_sigv4_request){
        .method       = row->method,
        .path         = row->path,
        .query        = row->query,
        .headers      = row->headers,
        .header_count = count,
    };
}

static const struct signature_row *row_named(const char *name)
{
    for (size_t i = 0; i < DYNAMO_COUNT(signature_rows); i++)
        if (strcmp(signature_rows[i].name, name) == 0)
            return &signature_rows[i];
    fail_msg("no row is called %s", name);
    return NULL;
}

/* A text's last line is a hash. */
static void end_with_hash(dynamo_buffer *text, const void *data, size_t length)
{
    uint8_t hash[DYNAMO_HASH_SIZE];
    char    hex[2 * DYNAMO_HASH_SIZE + 1];

    assert_true(dynamo_sha256(data, length, hash));
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    dynamo_buffer_text(text, hex);
}

static void signatures_step_by_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(signature_rows); i++) {
        const struct signature_row *row       = &signature_rows[i];
        dynamo_sigv4_request        request   = request_of(row);
        dynamo_sigv4_scope          scope     = scope_of(row);
        dynamo_buffer               canonical = { 0 }, to_sign = { 0 };
        uint8_t                     key[DYNAMO_HASH_SIZE], hash[DYNAMO_HASH_SIZE];

        dynamo_sigv4_canonical_request(&canonical, &request);
        end_with_hash(&canonical, row->payload, strlen(row->payload));
        assert_true(dynamo_sha256(canonical.data, canonical.length, hash));
        expect_hash(row->name, "the canonical request's hash", hash, row->canonical_hash);
        dynamo_sigv4_string_to_sign(&to_sign, &scope);
        end_with_hash(&to_sign, canonical.data, canonical.length);
        assert_true(dynamo_sigv4_signing_key(SECRET_KEY, &scope, key));
        assert_true(dynamo_hmac_sha256(key, sizeof(key), to_sign.data, to_sign.length, hash));
        expect_hash(row->name, "the signature", hash, row->signature);
        dynamo_buffer_free(&canonical);
        dynamo_buffer_free(&to_sign);
    }
}

/* All rows with one signer and one scratch buffer, as a client uses them, each signature twice; what `out` holds
 * already stays. */
static void signatures_of_a_signer(void **state)
{
    dynamo_buffer scratch = { 0 }, out = { 0 };
    dynamo_signer signer;

    (void)state;
    assert_true(dynamo_signer_init(&signer));
    for (size_t i = 0; i < DYNAMO_COUNT(signature_rows); i++) {
        const struct signature_row *row     = &signature_rows[i];
        dynamo_sigv4_request        request = request_of(row);
        dynamo_sigv4_scope          scope   = scope_of(row);
        uint8_t                     key[DYNAMO_HASH_SIZE];
        char                        expected[512], names[128] = "", signature[DYNAMO_SIGNATURE_LENGTH + 1] = "";

        for (size_t j = 0; j < request.header_count; j++) {
            strcat(names, j > 0 ? ";" : "");
            strcat(names, request.headers[j].name);
        }
        snprintf(expected, sizeof(expected),
                 "Authorization: AWS4-HMAC-SHA256 Credential=" ACCESS_KEY "/20150830/us-east-1/%s/aws4_request, "
                 "SignedHeaders=%s, Signature=",
                 scope.service, names);
        dynamo_buffer_clear(&out);
        dynamo_buffer_text(&out, "Authorization: ");
        dynamo_sigv4_authorization(&out, &request, &scope, ACCESS_KEY);
        expect_text(row->name, "the header", out.data, expected);
        assert_true(dynamo_sigv4_signing_key(SECRET_KEY, &scope, key));
        assert_true(dynamo_signer_prepare(&signer, &request, &scope, key, &scratch));
        for (int round = 0; round < 2; round++) {
            assert_true(dynamo_signer_sign(&signer, "another payload", 15, signature));
            assert_true(strcmp(signature, row->signature) != 0);
            assert_true(dynamo_signer_sign(&signer, row->payload, strlen(row->payload), signature));
            expect_text(row->name, "the signature", signature, row->signature);
        }
    }
    dynamo_signer_free(&signer);
    dynamo_buffer_free(&scratch);
    dynamo_buffer_free(&out);
}

/* The intermediate values that the IAM User Guide prints. */
static void steps_of_the_documented_example(void **state)
{
    const struct signature_row *row       = row_named("IAM ListUsers, the guide's example");
    dynamo_sigv4_request        request   = request_of(row);
    dynamo_sigv4_scope          scope     = scope_of(row);
    dynamo_buffer               canonical = { 0 }, to_sign = { 0 };
    uint8_t                     key[DYNAMO_HASH_SIZE];

    (void)state;
    dynamo_sigv4_canonical_request(&canonical, &request);
    end_with_hash(&canonical, NULL, 0);
    assert_string_equal(canonical.data, "GET\n"
                                        "/\n"
                                        "Action=ListUsers&Version=2010-05-08\n"
                                        "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
                                        "host:iam.amazonaws.com\n"
                                        "x-amz-date:20150830T123600Z\n"
                                        "\n"
                                        "content-type;host;x-amz-date\n"
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    dynamo_sigv4_string_to_sign(&to_sign, &scope);
    end_with_hash(&to_sign, canonical.data, canonical.length);
    assert_string_equal(to_sign.data, "AWS4-HMAC-SHA256\n"
                                      "20150830T123600Z\n"
                                      "20150830/us-east-1/iam/aws4_request\n"
                                      "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
    assert_true(dynamo_sigv4_signing_key(SECRET_KEY, &scope, key));
    expect_hash(row->name, "the signing key", key,
                "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    dynamo_buffer_free(&canonical);
    dynamo_buffer_free(&to_sign);
}

static void canonical_paths_and_values(void **state)
{
    static const struct {
        const char *path;
        const char *value;
        const char *canonical;
    } rows[] = {
        { "", "", "POST\n/\n\nname:\n\nname\n" },
        { "/", " \t ", "POST\n/\n\nname:\n\nname\n" },
        { "/alternator/", "a", "POST\n/alternator/\n\nname:a\n\nname\n" },
        { "/a%2Fb", "  a  ", "POST\n/a%252Fb\n\nname:a\n\nname\n" },
        { "/!$&'()*+,;=:@", "a  b", "POST\n/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40\n\nname:a b\n\nname\n" },
        { "/\x01\x7f\xff", "\"a  b\"", "POST\n/%01%7F%FF\n\nname:\"a b\"\n\nname\n" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        dynamo_header        header  = { "name", rows[i].value };
        dynamo_sigv4_request request = { "POST", rows[i].path, "", &header, 1 };
        dynamo_buffer        out     = { 0 };

        dynamo_sigv4_canonical_request(&out, &request);
        expect_text(rows[i].path, "the canonical request", out.data, rows[i].canonical);
        dynamo_buffer_free(&out);
    }
}

/* A secret far longer than a block of SHA-256. */
static void signing_key_of_a_long_secret(void **state)
{
    dynamo_sigv4_scope scope  = { TIMESTAMP, "us-east-1", "dynamodb" };
    char              *secret = repeated("long secret ", 1200);
    uint8_t            key[DYNAMO_HASH_SIZE];

    (void)state;
    assert_true(dynamo_sigv4_signing_key(secret, &scope, key));
    free(secret);
    expect_hash("1200 bytes", "the signing key", key,
                "00e22652824fd38b306e14372649e71aef031544c5d321a4adca9e6125eec5cb");
}

/* A buffer without room stands for memory that ran out. */
static void failed_buffers_are_noticed(void **state)
{
    const struct signature_row *row     = row_named("get-vanilla");
    dynamo_sigv4_request        request = request_of(row);
    dynamo_sigv4_scope          scope   = scope_of(row);
    uint8_t                     key[DYNAMO_HASH_SIZE];
    dynamo_signer               signer;
    size_t                      refusals = 0;

    (void)state;
    assert_true(dynamo_signer_init(&signer));
    assert_true(dynamo_sigv4_signing_key(SECRET_KEY, &scope, key));
    for (size_t limit = 1; limit < 200; limit++) {
        dynamo_buffer tight = { .limit = limit };
        bool          done  = dynamo_signer_prepare(&signer, &request, &scope, key, &tight);

        assert_int_equal(done, !tight.failed);
        refusals += done ? 0 : 1;
        dynamo_buffer_free(&tight);
    }
    assert_true(refusals >= 50 && refusals <= 198);
    dynamo_signer_free(&signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(sha256_of_no_data_needs_no_pointer),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(hmac_may_replace_its_key),
        cmocka_unit_test(wiping_clears_every_byte),
        cmocka_unit_test(crc32_vectors),
        cmocka_unit_test(crc32_of_every_byte),
        cmocka_unit_test(timestamps),
        cmocka_unit_test(timestamps_of_every_day),
        cmocka_unit_test(signatures_step_by_step),
        cmocka_unit_test(signatures_of_a_signer),
        cmocka_unit_test(steps_of_the_documented_example),
        cmocka_unit_test(canonical_paths_and_values),
        cmocka_unit_test(signing_key_of_a_long_secret),
        cmocka_unit_test(failed_buffers_are_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
