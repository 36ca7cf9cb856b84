/*
 * Values without a server: numbers, base64, UUIDs, JSON text, AttributeValue both ways, item sizes.
 *
 * Every allocation is made to fail in turn: Jansson's always, the library's own where the program is built with
 * -DDYNAMO_TEST_WRAP_MALLOC -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
 */
#include "dynamo_internal.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "complaints.h"

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

/* JSON as Jansson itself reads it; it has no U+0000 in names. */
static json_t *json_of(const char *text)
{
    json_error_t error;
    json_t      *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (value == NULL && strstr(text, "\\u0000") != NULL)
        value = dynamo_load(text, strlen(text), NULL);
    if (value == NULL)
        fail_msg("the test's own JSON is malformed: %s: %s", error.text, text);
    return value;
}

/* As json_equal(), but that order counts and names may have U+0000 in them. */
static bool same_json(json_t *one, json_t *other)
{
    void *at       = json_object_iter(one);
    void *other_at = json_object_iter(other);

    if (json_typeof(one) != json_typeof(other) || json_object_size(one) != json_object_size(other) ||
        json_array_size(one) != json_array_size(other))
        return false;
    for (; at != NULL; at = json_object_iter_next(one, at), other_at = json_object_iter_next(other, other_at))
        if (dynamo_name_length(at) != dynamo_name_length(other_at) ||
            memcmp(json_object_iter_key(at), json_object_iter_key(other_at), dynamo_name_length(at)) != 0 ||
            !same_json(json_object_iter_value(at), json_object_iter_value(other_at)))
            return false;
    for (size_t i = 0; i < json_array_size(one); i++)
        if (!same_json(json_array_get(one, i), json_array_get(other, i)))
            return false;
    return json_is_object(one) || json_is_array(one) || json_equal(one, other);
}

static char *text_of(json_t *value)
{
    char *text = value != NULL ? dynamo_dump(value) : NULL;

    return text != NULL ? text : strdup("nothing");
}

/* Fails with both in the message. Takes `got`. */
static void expect_json(const char *row, json_t *got, json_t *expected, const dynamo_error *error)
{
    if (got == NULL || !same_json(got, expected)) {
        char *got_text      = text_of(got);
        char *expected_text = text_of(expected);

        print_error("%s: got %s, expected %s (%s)\n", row, got_text, expected_text,
                    error != NULL ? error->message : "");
        fail_msg("%s", row);
    }
    json_decref(got);
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t cut    = strlen(ending);

    return length >= cut && strcmp(text + length - cut, ending) == 0;
}

/* The refusal's status, words somewhere in its message, and the message's end. */
static void expect_error(const char *row, const dynamo_error *error, dynamo_status status, const char *words,
                         const char *ending)
{
    if (error->status != status || strstr(error->message, words) == NULL || !ends_with(error->message, ending))
        fail_msg("%s: got \"%s\" (%s), expected \"%s\" ... \"%s\" (%s)", row, error->message, error->code, words,
                 ending, dynamo_status_name(status));
}

static uint64_t random_state;

static uint64_t random_bits(void)
{
    uint64_t bits;

    random_state += 0x9E3779B97F4A7C15U; /* splitmix64 */
    bits = random_state;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return bits ^ bits >> 31;
}

static size_t random_below(size_t limit)
{
    return (size_t)(random_bits() % limit);
}

static void random_start(const char *name)
{
    const char *given = getenv("DYNAMO_TEST_SEED");
    uint64_t    seed  = given != NULL ? strtoull(given, NULL, 10)
                                      : (uint64_t)time(NULL) * 1000003U + (uint64_t)getpid();

    print_message("%s: DYNAMO_TEST_SEED=%llu\n", name, (unsigned long long)seed);
    random_state = seed;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static const struct {
    double      real;
    const char *text;
} real_rows[] = {
    { 0.0, "0" },
    { -0.0, "0" },
    { 1.0, "1" },
    { 100.0, "100" },
    { -100.0, "-100" },
    { 0.1, "0.1" },
    { -0.1, "-0.1" },
    { 1.5, "1.5" },
    { 0.3, "0.3" },
    { 0.30000000000000004, "0.30000000000000004" },
    { 1.0 / 3.0, "0.3333333333333333" },
    { 2.0 / 3.0, "0.6666666666666666" },
    { 1e-7, "0.0000001" },
    { 123456.789, "123456.789" },
    { 4503599627370495.5, "4503599627370495.5" },
    { 4503599627370497.0, "4503599627370497" },
    { 9007199254740991.0, "9007199254740991" },
    { 9007199254740992.0, "9007199254740992" },
    { 9007199254740993.0, "9007199254740992" },
    { 9007199254740994.0, "9007199254740994" },
    { 123456789012345680.0, "123456789012345680" },
    { 18446744073709551616.0, "18446744073709552000" },
    { 1e21, "1000000000000000000000" },
    { 1e22, "10000000000000000000000" },
    { 1e23, "100000000000000000000000" },
    { 9.5367431640625e-07, "0.00000095367431640625" },
    { 5.6843418860808015e-14, "0.00000000000005684341886080802" }, /* 2^-44 */
    { 6.103515625e-05, "0.00006103515625" },
    { 1.1754943508222875e-38, "0.000000000000000000000000000000000000011754943508222875" },
    { 2.98023223876953125e-8, "0.000000029802322387695312" },
};

static void test_real_text(void **state)
{
    char buffer[DYNAMO_NUMBER_SIZE];

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(real_rows); i++) {
        size_t length = dynamo_real_text(real_rows[i].real, buffer);

        assert_string_equal(buffer, real_rows[i].text);
        assert_int_equal(length, strlen(buffer));
    }
}

/* Doubles whose shortest digits other programs have got wrong, in exponent notation. */
static const struct {
    double      real;
    const char *digits;
    int         exponent; /* of the last digit */
} hard_rows[] = {
    { 5e-324, "5", -324 },
    { 1e-323, "1", -323 },
    { 1.5e-323, "15", -324 },
    { 2.2250738585072009e-308, "2225073858507201", -323 },
    { 2.2250738585072014e-308, "22250738585072014", -324 },
    { 1.7976931348623157e308, "17976931348623157", 292 },
    { 8.98846567431158e307, "898846567431158", 293 }, /* 2^1023 */
    { 9.5e-322, "95", -323 },
    { 2.9802322387695312e-8, "29802322387695312", -24 },
    { 9007199254740993e5, "9007199254740993", 5 },
    { 5e-100, "5", -100 },
    { 9.109e-31, "9109", -34 },
    { 4.35, "435", -2 },
    { 2.0e-3, "2", -3 },
    { 1.2345678901234567e-200, "12345678901234567", -216 },
    { 6.631236846766476e-316, "663123685", -324 },
    { 3.237883913302901e-319, "323786", -324 },
    { 2.109808898695963e16, "2109808898695963", 1 },
    { 4.940656e-318, "4940656", -324 },
    { 1.18575755e-316, "118575755", -324 },
    { 2.989102097996e-312, "2989102097996", -324 },
    { 9.0608011534336e15, "90608011534336", 2 },
    { 4.708356024711512e18, "4708356024711512", 3 },
    { 9.409340012568248e18, "9409340012568248", 3 },
};

/* The significant digits of a text without exponent, and the power of ten of the last. */
static void take_apart(const char *text, char *digits, int *exponent)
{
    const char *point = strchr(text, '.');
    size_t      count = 0;

    for (const char *at = text; *at != '\0'; at++)
        if (*at != '.' && *at != '-' && (count != 0 || *at != '0'))
            digits[count++] = *at;
    *exponent = point != NULL ? -(int)strlen(point + 1) : 0;
    while (count > 1 && digits[count - 1] == '0') {
        count--;
        (*exponent)++;
    }
    digits[count] = '\0';
}

static void test_real_hard_cases(void **state)
{
    char buffer[DYNAMO_NUMBER_SIZE];
    char digits[DYNAMO_NUMBER_SIZE];
    int  exponent;

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(hard_rows); i++) {
        (void)dynamo_real_text(hard_rows[i].real, buffer);
        take_apart(buffer, digits, &exponent);
        if (strcmp(digits, hard_rows[i].digits) != 0 || exponent != hard_rows[i].exponent)
            fail_msg("%.17g: got %se%d, expected %se%d", hard_rows[i].real, digits, exponent, hard_rows[i].digits,
                     hard_rows[i].exponent);
    }
}

/* digits + step, with the exponent: whether it reads back. */
static bool reads_back(unsigned long long digits, int exponent, double real)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "%llue%d", digits, exponent);
    return strtod(text, NULL) == real;
}

/* Reads back, and nothing shorter does: of one digit less, only the two neighbours come into question. */
static void expect_shortest(double real)
{
    char               buffer[DYNAMO_NUMBER_SIZE];
    char               digits[DYNAMO_NUMBER_SIZE];
    unsigned long long shorter;
    int                exponent;

    assert_true(dynamo_real_text(real, buffer) < DYNAMO_NUMBER_SIZE);
    if (dynamo_real_value(buffer, strlen(buffer)) != real)
        fail_msg("%.17g does not read back: %s", real, buffer);
    take_apart(buffer, digits, &exponent);
    if (strlen(digits) < 2)
        return;
    shorter = strtoull(digits, NULL, 10) / 10;
    if (strlen(digits) > 17 || reads_back(shorter, exponent + 1, fabs(real)) ||
        reads_back(shorter + 1, exponent + 1, fabs(real)))
        fail_msg("%.17g has shorter digits than %s", real, buffer);
    /* and none of as many digits is nearer: */
    assert_true(strtoull(digits, NULL, 10) % 10 != 0);
}

static void test_real_shortest(void **state)
{
    (void)state;
    random_start("shortest digits");
    for (int power = -1074; power <= 1023; power++) {
        double real = ldexp(1.0, power);

        expect_shortest(real);
        expect_shortest(nextafter(real, 0.0) != 0 ? nextafter(real, 0.0) : real);
        expect_shortest(nextafter(real, INFINITY));
    }
    for (int i = 0; i < 10000; i++) {
        uint64_t bits = random_bits();
        double   real;

        memcpy(&real, &bits, sizeof(real));
        if (isfinite(real) && real != 0)
            expect_shortest(real);
        expect_shortest((double)(random_bits() % 1000000 + 1) / 1000.0);
    }
}

static const struct {
    const char *text;
    double      value;
} value_rows[] = {
    { "0", 0.0 },
    { "5", 5.0 },
    { "-5.25", -5.25 },
    { "+5", 5.0 },
    { ".5", 0.5 },
    { "5.", 5.0 },
    { "007", 7.0 },
    { "0e999", 0.0 },
    { "1E5", 1e5 },
    { "1e23", 1e23 },
    { "1e-400", 0.0 },
    { "1e400", INFINITY },
    { "-1e400", -INFINITY },
    { "1e99999999999999999999", INFINITY },
    { "1e-99999999999999999999", 0.0 },
    { "9007199254740993", 9007199254740992.0 },
    { "9007199254740993.00000000000000000000000000000000000000000000001", 9007199254740994.0 },
    { "2.2250738585072011e-308", 2.2250738585072011e-308 },
    { "0.000000000000000000000000000000000000000000000000000000000001e60", 1.0 },
};

static void test_real_value(void **state)
{
    char text[2000];

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(value_rows); i++)
        if (dynamo_real_value(value_rows[i].text, strlen(value_rows[i].text)) != value_rows[i].value)
            fail_msg("%s", value_rows[i].text);
    assert_true(isnan(dynamo_real_value("abc", 3)));

    /* Halfway between 1 and its neighbour it goes to 1, the even one; a digit 1,500 places on turns it. */
    (void)snprintf(text, sizeof(text), "%s%01500d", "1.00000000000000011102230246251565404236316680908203125", 0);
    assert_true(dynamo_real_value(text, strlen(text)) == 1.0);
    text[strlen(text) - 1] = '1';
    assert_true(dynamo_real_value(text, strlen(text)) == 1.0 + DBL_EPSILON);
}

/* Of $N a row's plain form is NULL. */
static const struct {
    const char *text;
    const char *plain;
} plain_number_rows[] = {
    { "0", "0" },
    { "5", "5" },
    { "-5", "-5" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9223372036854775808", NULL },
    { "-9223372036854775809", NULL },
    { "18446744073709551616", NULL },
    { "99999999999999999999999999999999999999", NULL },
    { "-0", NULL },
    { "+5", NULL },
    { "007", NULL },
    { "-07", NULL },
    { "00", NULL },
    { "1e2", NULL },
    { "1E5", NULL },
    { "5.", NULL },
    { ".5", NULL },
    { "-.5", NULL },
    { "0.0", NULL },
    { "1.0", NULL },
    { "1.50", NULL },
    { "00.5", NULL },
    { "+0.5", NULL },
    { "1.5e1", NULL },
    { "0.5", "0.5" },
    { "-0.5", "-0.5" },
    { "1.5", "1.5" },
    { "100.25", "100.25" },
    { "0.1", "0.1" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "0.30000000000000005", NULL },
    { "0.3000000000000000", NULL },
    { "0.00000000000005684341886080802", "5.684341886080802e-14" },
    { "0.00000000000005684341886080801", "5.684341886080801e-14" }, /* the double below */
    { "0.000000000000056843418860808015", NULL },
    { "0.000000000000056843418860808016", NULL },
    { "2251799813685249.5", "2251799813685249.5" },
    { "4503599627370497.5", NULL },
    { "9007199254740993.5", NULL },
    { "123456789012345678.5", NULL },
    { "3.14159265358979", "3.14159265358979" },
    { "3.141592653589793", "3.141592653589793" },
    { "3.1415926535897932", NULL },
    { "3.1415926535897932384626433832795028841", NULL },
};

static void test_number_plain(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(plain_number_rows); i++) {
        const char *text     = plain_number_rows[i].text;
        json_t     *expected = plain_number_rows[i].plain != NULL ? json_of(plain_number_rows[i].plain)
                                                                  : json_pack("{s:s}", "$N", text);

        expect_json(text, dynamo_number(text), expected, NULL);
        json_decref(expected);
    }
}

/* What the service takes and what not. */
static const char *const taken_numbers[] = {
    "0",       "-0",      "+5",    ".5",     "5.",      "007",     "0e999",    "0E-999",   "1E5",       "1e+5",
    "1e-5",    "-.5e1",   "+.5",   "1e125",  "9.9e125", "1e-130",  "1.5e-130", "-1e125",   "-1e-130",   "00000",
    "0.1e126", "10e-131", "0.000", "0e99999999999999999999",
    "99999999999999999999999999999999999999",
    "0.00000000012345678901234567890123456789012345678",
    "12345678901234567890123456789012345678000000000000",
    "000000000000000000000000000000000000000000000000001",
    "1.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
};

static const struct {
    const char *text;
    const char *words;
} refused_numbers[] = {
    { "", "cannot be converted to a numeric value" },
    { ".", "cannot be converted to a numeric value" },
    { "+", "cannot be converted to a numeric value" },
    { "-", "cannot be converted to a numeric value" },
    { "-.", "cannot be converted to a numeric value" },
    { "5e", "cannot be converted to a numeric value" },
    { "5e+", "cannot be converted to a numeric value" },
    { "e5", "cannot be converted to a numeric value" },
    { ".e5", "cannot be converted to a numeric value" },
    { "abc", "cannot be converted to a numeric value" },
    { " 5", "cannot be converted to a numeric value" },
    { "5 ", "cannot be converted to a numeric value" },
    { "5\n", "cannot be converted to a numeric value" },
    { "0x10", "cannot be converted to a numeric value" },
    { "NaN", "cannot be converted to a numeric value" },
    { "Infinity", "cannot be converted to a numeric value" },
    { "-inf", "cannot be converted to a numeric value" },
    { "1_000", "cannot be converted to a numeric value" },
    { "1,5", "cannot be converted to a numeric value" },
    { "1.5.5", "cannot be converted to a numeric value" },
    { "--5", "cannot be converted to a numeric value" },
    { "1e5.5", "cannot be converted to a numeric value" },
    { "1e126", "Number overflow" },
    { "-1e126", "Number overflow" },
    { "10e125", "Number overflow" },
    { "1e99999999999999999999", "Number overflow" },
    { "1e-131", "Number underflow" },
    { "0.1e-130", "Number underflow" },
    { "-9.9e-131", "Number underflow" },
    { "1e-99999999999999999999", "Number underflow" },
    { "123456789012345678901234567890123456789", "more than 38 significant digits" },
    { "1.00000000000000000000000000000000000001", "more than 38 significant digits" },
};

static void test_number_refusal(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(taken_numbers); i++) {
        json_t *number = dynamo_number(taken_numbers[i]);

        if (number == NULL || dynamo_number_refusal(taken_numbers[i], strlen(taken_numbers[i])) != NULL)
            fail_msg("%s", taken_numbers[i]);
        json_decref(number);
    }
    for (size_t i = 0; i < DYNAMO_COUNT(refused_numbers); i++) {
        const char *text  = refused_numbers[i].text;
        const char *words = dynamo_number_refusal(text, strlen(text));

        if (words == NULL || strstr(words, refused_numbers[i].words) == NULL || dynamo_number(text) != NULL)
            fail_msg("%s: %s", text, words != NULL ? words : "taken");
    }
    assert_non_null(dynamo_number_refusal("5\0", 2));
    assert_null(dynamo_number(NULL));
}

static const struct {
    const char *one, *other;
    bool        equal;
} equal_rows[] = {
    { "1e2", "100.0", true },      { "0", "-0.000e5", true },   { "1", "+01.", true },        { "1", "-1", false },
    { "12", "120", false },        { "12", "1.2", false },      { "0.001", "1e-3", true },    { "0", "1", false },
    { "1234567890123456789012345678901234567.8", "12345678901234567890123456789012345678e-1", true },
    { "1234567890123456789012345678901234567.8", "1234567890123456789012345678901234567.9", false },
};

/* As marshalling compares the elements of a set. */
static bool numbers_are_equal(const char *one, size_t one_length, const char *other, size_t other_length)
{
    char   one_key[DYNAMO_NUMBER_KEY_SIZE];
    char   other_key[DYNAMO_NUMBER_KEY_SIZE];
    size_t digits;

    return dynamo_number_key(one, one_length, one_key, &digits) &&
           dynamo_number_key(other, other_length, other_key, &digits) && strcmp(one_key, other_key) == 0;
}

static void test_number_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(equal_rows); i++)
        if (numbers_are_equal(equal_rows[i].one, strlen(equal_rows[i].one), equal_rows[i].other,
                              strlen(equal_rows[i].other)) != equal_rows[i].equal)
            fail_msg("%s and %s", equal_rows[i].one, equal_rows[i].other);
}

/* Text NULL: the value is no number. */
static const struct {
    const char *plain;
    const char *text;
    double      value;
} helper_rows[] = {
    { "42", "42", 42 },
    { "-9223372036854775808", "-9223372036854775808", -9223372036854775808.0 },
    { "1.5", "1.5", 1.5 },
    { "1e300", NULL, 1e300 }, /* checked below: 301 digits */
    { "{\"$N\": \"1e2\"}", "1e2", 100 },
    { "{\"$N\": \"1e400\"}", "1e400", INFINITY },
    { "{\"$N\": \"12345678901234567890123456789012345678\"}",
      "12345678901234567890123456789012345678", 1.2345678901234568e37 },
    { "{\"$N\": \"abc\"}", NULL, NAN },
    { "{\"$N\": 5}", NULL, NAN },
    { "{\"$N\": \"5\", \"x\": 1}", NULL, NAN },
    { "{\"$$N\": \"5\"}", NULL, NAN },
    { "\"5\"", NULL, NAN },
    { "true", NULL, NAN },
    { "[5]", NULL, NAN },
    { "{}", NULL, NAN },
};

static void test_number_helpers(void **state)
{
    char buffer[DYNAMO_NUMBER_SIZE];

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(helper_rows); i++) {
        json_t     *plain = json_of(helper_rows[i].plain);
        const char *text  = dynamo_number_text(plain, buffer);
        double      value = dynamo_number_value(plain);

        if (helper_rows[i].value == (double)1e300) /* a constant may have more digits than a double */
            assert_int_equal(strlen(text), 301);
        else if (helper_rows[i].text == NULL ? text != NULL : text == NULL || strcmp(text, helper_rows[i].text) != 0)
            fail_msg("%s: text %s", helper_rows[i].plain, text != NULL ? text : "NULL");
        if (isnan(helper_rows[i].value) ? !isnan(value) : value != helper_rows[i].value)
            fail_msg("%s: value %.17g", helper_rows[i].plain, value);
        json_decref(plain);
    }
    assert_null(dynamo_number_text(NULL, buffer));
    assert_true(isnan(dynamo_number_value(NULL)));
}

/* ---- Base64 and UUIDs -------------------------------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    const char *text;
} base64_rows[] = {
    { "", "" },         { "f", "Zg==" },         { "fo", "Zm8=" },        { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xFB\xEF\xFF", "++//" },
};

static const char *const malformed_base64[] = {
    "Z", "Zg", "Zg=", "Z===", "====", "=", "Zg==Zg==", "Zg=v", "Zm9v\n", "Zm9 ", "-_==", "Zm9v=", "Zm\xC3\xA9",
    "Zm9v====",
};

static void test_base64(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(base64_rows); i++) {
        size_t  size   = strlen(base64_rows[i].bytes), length = 99;
        json_t *binary = dynamo_binary(base64_rows[i].bytes, size);
        char   *bytes  = dynamo_binary_value(binary, &length);

        assert_string_equal(json_string_value(json_object_get(binary, "$B")), base64_rows[i].text);
        assert_non_null(bytes);
        assert_int_equal(length, size);
        assert_memory_equal(bytes, base64_rows[i].bytes, size);
        free(bytes);
        json_decref(binary);
    }
    for (size_t i = 0; i < DYNAMO_COUNT(malformed_base64); i++) {
        json_t *binary = json_object();
        size_t  length;

        json_object_set_new_nocheck(binary, "$B", json_string_nocheck(malformed_base64[i]));
        if (dynamo_binary_value(binary, &length) != NULL)
            fail_msg("%s", malformed_base64[i]);
        json_decref(binary);
    }
}

static void test_binary_of_every_byte(void **state)
{
    uint8_t bytes[256], *back;
    size_t  length;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        json_t *binary = dynamo_binary(bytes, size);

        back = dynamo_binary_value(binary, &length);
        assert_non_null(back);
        assert_int_equal(length, size);
        assert_memory_equal(back, bytes, size);
        free(back);
        json_decref(binary);
    }
}

static void test_binary_refusals(void **state)
{
    static const char *const none[] = { "{}", "[]",           "{\"$B\": \"Zg==\", \"x\": 1}",
                                        "5",  "{\"$B\": 5}", "{\"$$B\": \"Zg==\"}", "\"Zg==\"" };
    json_t *empty = dynamo_binary(NULL, 0);
    size_t  length;
    void   *bytes = dynamo_binary_value(empty, NULL);

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(none); i++) {
        json_t *value = json_of(none[i]);

        if (dynamo_binary_value(value, &length) != NULL)
            fail_msg("%s", none[i]);
        json_decref(value);
    }
    assert_null(dynamo_binary_value(NULL, &length));
    assert_null(dynamo_binary(NULL, 5));
    assert_non_null(bytes);
    free(bytes);
    json_decref(empty);
}

static void test_uuid(void **state)
{
    char one[37], other[37];

    (void)state;
    assert_true(dynamo_uuid(one));
    assert_true(dynamo_uuid(other));
    assert_string_not_equal(one, other);
    for (int i = 0; i < 100; i++) {
        assert_true(dynamo_uuid(one));
        assert_int_equal(strlen(one), 36);
        assert_int_equal(strspn(one, "0123456789abcdef-"), 36);
        assert_true(one[8] == '-' && one[13] == '-' && one[18] == '-' && one[23] == '-');
        assert_true(one[14] == '4' && strchr("89ab", one[19]) != NULL);
    }
}

/* ---- Plain and AttributeValue ------------------------------------------------------------------------------------ */

/* Both ways. */
static const struct {
    const char *plain;
    const char *wire;
} value_table[] = {
    { "\"text\"", "{\"S\": \"text\"}" },
    { "\"\"", "{\"S\": \"\"}" },
    { "\"a\\u0000b\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\"",
      "{\"S\": \"a\\u0000b\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\"}" },
    { "\"\\u00e9\\u20ac\\ud83d\\ude00\"", "{\"S\": \"\\u00e9\\u20ac\\ud83d\\ude00\"}" },
    { "true", "{\"BOOL\": true}" },
    { "false", "{\"BOOL\": false}" },
    { "null", "{\"NULL\": true}" },
    { "[]", "{\"L\": []}" },
    { "[1, \"a\", [null]]", "{\"L\": [{\"N\": \"1\"}, {\"S\": \"a\"}, {\"L\": [{\"NULL\": true}]}]}" },
    { "{}", "{\"M\": {}}" },
    { "{\"a\": {\"b\": 1}}", "{\"M\": {\"a\": {\"M\": {\"b\": {\"N\": \"1\"}}}}}" },
    { "0", "{\"N\": \"0\"}" },
    { "-42", "{\"N\": \"-42\"}" },
    { "9223372036854775807", "{\"N\": \"9223372036854775807\"}" },
    { "-9223372036854775808", "{\"N\": \"-9223372036854775808\"}" },
    { "1.5", "{\"N\": \"1.5\"}" },
    { "0.1", "{\"N\": \"0.1\"}" },
    { "5.684341886080802e-14", "{\"N\": \"0.00000000000005684341886080802\"}" },
    { "{\"$N\": \"9223372036854775808\"}", "{\"N\": \"9223372036854775808\"}" },
    { "{\"$N\": \"99999999999999999999999999999999999999\"}", "{\"N\": \"99999999999999999999999999999999999999\"}" },
    { "{\"$N\": \"1e2\"}", "{\"N\": \"1e2\"}" },
    { "{\"$N\": \"100.0\"}", "{\"N\": \"100.0\"}" },
    { "{\"$N\": \"-0\"}", "{\"N\": \"-0\"}" },
    { "{\"$N\": \"+5\"}", "{\"N\": \"+5\"}" },
    { "{\"$N\": \".5\"}", "{\"N\": \".5\"}" },
    { "{\"$N\": \"5.\"}", "{\"N\": \"5.\"}" },
    { "{\"$N\": \"007\"}", "{\"N\": \"007\"}" },
    { "{\"$N\": \"0e999\"}", "{\"N\": \"0e999\"}" },
    { "{\"$B\": \"\"}", "{\"B\": \"\"}" },
    { "{\"$B\": \"aGVsbG8=\"}", "{\"B\": \"aGVsbG8=\"}" },
    { "{\"$B\": \"QR==\"}", "{\"B\": \"QR==\"}" },
    { "{\"$SS\": [\"a\", \"\", \"A\"]}", "{\"SS\": [\"a\", \"\", \"A\"]}" },
    { "{\"$NS\": [1, 2.5, \"1e9\", \"12345678901234567890\", \"-0\"]}",
      "{\"NS\": [\"1\", \"2.5\", \"1e9\", \"12345678901234567890\", \"-0\"]}" },
    { "{\"$BS\": [\"\", \"QQ==\", \"Qg==\"]}", "{\"BS\": [\"\", \"QQ==\", \"Qg==\"]}" },
    /* Maps that look like typed forms. */
    { "{\"$$N\": \"5\"}", "{\"M\": {\"$N\": {\"S\": \"5\"}}}" },
    { "{\"$$B\": 1}", "{\"M\": {\"$B\": {\"N\": \"1\"}}}" },
    { "{\"$$SS\": []}", "{\"M\": {\"$SS\": {\"L\": []}}}" },
    { "{\"$$NS\": null}", "{\"M\": {\"$NS\": {\"NULL\": true}}}" },
    { "{\"$$BS\": true}", "{\"M\": {\"$BS\": {\"BOOL\": true}}}" },
    { "{\"$$$$B\": 1}", "{\"M\": {\"$$$B\": {\"N\": \"1\"}}}" },
    { "{\"$$B\": {\"$$B\": {\"$B\": \"QQ==\"}}}", "{\"M\": {\"$B\": {\"M\": {\"$B\": {\"B\": \"QQ==\"}}}}}" },
    { "[{\"$$N\": {\"$N\": \"1e2\"}}]", "{\"L\": [{\"M\": {\"$N\": {\"N\": \"1e2\"}}}]}" },
    /* Maps that don't. */
    { "{\"$N\": \"5\", \"x\": 1}", "{\"M\": {\"$N\": {\"S\": \"5\"}, \"x\": {\"N\": \"1\"}}}" },
    { "{\"$N\": 1, \"$B\": 2}", "{\"M\": {\"$N\": {\"N\": \"1\"}, \"$B\": {\"N\": \"2\"}}}" },
    { "{\"$$B\": 1, \"x\": 1}", "{\"M\": {\"$$B\": {\"N\": \"1\"}, \"x\": {\"N\": \"1\"}}}" },
    { "{\"N\": \"5\"}", "{\"M\": {\"N\": {\"S\": \"5\"}}}" },
    { "{\"$S\": \"5\"}", "{\"M\": {\"$S\": {\"S\": \"5\"}}}" },
    { "{\"$\": 1}", "{\"M\": {\"$\": {\"N\": \"1\"}}}" },
    { "{\"$$\": 1}", "{\"M\": {\"$$\": {\"N\": \"1\"}}}" },
    { "{\"$n\": 1}", "{\"M\": {\"$n\": {\"N\": \"1\"}}}" },
    { "{\"$NSS\": 1}", "{\"M\": {\"$NSS\": {\"N\": \"1\"}}}" },
    { "{\"$BOOL\": 1}", "{\"M\": {\"$BOOL\": {\"N\": \"1\"}}}" },
    { "{\"$N$\": 1}", "{\"M\": {\"$N$\": {\"N\": \"1\"}}}" },
    { "{\"x$N\": 1}", "{\"M\": {\"x$N\": {\"N\": \"1\"}}}" },
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(value_table); i++) {
        dynamo_error error = { 0 };
        json_t      *plain = json_of(value_table[i].plain);
        json_t      *wire  = json_of(value_table[i].wire);

        expect_json(value_table[i].plain, dynamo_marshal(plain, &error), wire, &error);
        assert_int_equal(error.status, DYNAMO_OK);
        expect_json(value_table[i].wire, dynamo_unmarshal(wire, &error), plain, &error);
        assert_int_equal(error.status, DYNAMO_OK);
        json_decref(plain);
        json_decref(wire);
    }
}

/* On the way in only; what comes back is in the last column. */
static const struct {
    const char *plain;
    const char *wire;
    const char *back;
} written_table[] = {
    { "100.0", "{\"N\": \"100\"}", "100" },
    { "-0.0", "{\"N\": \"0\"}", "0" },
    { "1e22", "{\"N\": \"10000000000000000000000\"}", "{\"$N\": \"10000000000000000000000\"}" },
    { "1e-7", "{\"N\": \"0.0000001\"}", "1e-7" },
    { "{\"$N\": \"5\"}", "{\"N\": \"5\"}", "5" },
    { "{\"$N\": \"1.5\"}", "{\"N\": \"1.5\"}", "1.5" },
    { "{\"$NS\": [{\"$N\": \"1e9\"}, \"5\", 100.0, \"+7\"]}", "{\"NS\": [\"1e9\", \"5\", \"100\", \"+7\"]}",
      "{\"$NS\": [\"1e9\", 5, 100, \"+7\"]}" },
};

static void test_written_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(written_table); i++) {
        dynamo_error error = { 0 };
        json_t      *plain = json_of(written_table[i].plain);
        json_t      *wire  = json_of(written_table[i].wire);
        json_t      *back  = json_of(written_table[i].back);

        expect_json(written_table[i].plain, dynamo_marshal(plain, &error), wire, &error);
        expect_json(written_table[i].back, dynamo_unmarshal(wire, &error), back, &error);
        json_decref(plain);
        json_decref(wire);
        json_decref(back);
    }
}

/* Items are maps whatever their names; both ways. */
static const struct {
    const char *plain;
    const char *wire;
} item_table[] = {
    { "{}", "{}" },
    { "{\"id\": 1, \"at\": {\"$N\": \"1e2\"}}", "{\"id\": {\"N\": \"1\"}, \"at\": {\"N\": \"1e2\"}}" },
    { "{\"$N\": \"5\"}", "{\"$N\": {\"S\": \"5\"}}" },
    { "{\"$$B\": 1}", "{\"$$B\": {\"N\": \"1\"}}" },
    { "{\"$B\": {\"$B\": \"QQ==\"}}", "{\"$B\": {\"B\": \"QQ==\"}}" },
    { "{\"$SS\": {\"$$SS\": 1}}", "{\"$SS\": {\"M\": {\"$SS\": {\"N\": \"1\"}}}}" },
    { "{\"a\\u0000b\": 1}", "{\"a\\u0000b\": {\"N\": \"1\"}}" },
    { "{\"$N\\u0000\": \"5\"}", "{\"$N\\u0000\": {\"S\": \"5\"}}" },
    { "{\"a\": {\"$N\\u0000\": 5}}", "{\"a\": {\"M\": {\"$N\\u0000\": {\"N\": \"5\"}}}}" },
};

static void test_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(item_table); i++) {
        dynamo_error error = { 0 };
        json_t      *plain, *wire;

#if JANSSON_VERSION_HEX < 0x020E00
        if (strstr(item_table[i].plain, "\\u0000") != NULL)
            continue; /* see test_nul_in_name() */
#endif
        plain = json_of(item_table[i].plain);
        wire  = json_of(item_table[i].wire);
        expect_json(item_table[i].plain, dynamo_marshal_item(plain, &error), wire, &error);
        expect_json(item_table[i].wire, dynamo_unmarshal_item(wire, &error), plain, &error);
        json_decref(plain);
        json_decref(wire);
    }
}

/* Jansson before 2.14 can't hold such a name. */
static void test_nul_in_name(void **state)
{
    static const char text[] = "{\"a\": {\"M\": {\"x\\u0000y\": {\"N\": \"1\"}}}}";
    dynamo_path       path   = DYNAMO_PATH_ROOT("Item");
    dynamo_error      error  = { 0 };
    dynamo_reader     reader = { .start = text, .next = text, .end = text + sizeof(text) - 1,
                                 .failure = DYNAMO_ERR_BAD_RESPONSE, .error = &error };
    json_t           *item   = dynamo_read_item(&reader, &path);

    (void)state;
#if JANSSON_VERSION_HEX < 0x020E00
    assert_null(item);
    expect_error("NUL", &error, DYNAMO_ERR_BAD_RESPONSE, "U+0000", ": Item.a[\"x?y\"]");
#else
    assert_int_equal(json_integer_value(json_object_getn(json_object_get(item, "a"), "x\0y", 3)), 1);
#endif
    json_decref(item);
}

#define INVALID "One or more parameter values were invalid: "

static const struct {
    const char *item;
    const char *words;
    const char *path;
} refusal_table[] = {
    { "{\"a\": {\"$SS\": []}}", INVALID "An string set  may not be empty", ": item.a.$SS" },
    { "{\"a\": {\"$NS\": []}}", INVALID "An number set  may not be empty", ": item.a.$NS" },
    { "{\"a\": {\"$BS\": []}}", INVALID "Binary sets should not be empty", ": item.a.$BS" },
    { "{\"a\": {\"$SS\": [\"x\", \"y\", \"x\"]}}", INVALID "Input collection contains duplicates", ": item.a.$SS[2]" },
    { "{\"a\": {\"$SS\": [\"\", \"\"]}}", "contains duplicates", ": item.a.$SS[1]" },
    { "{\"a\": {\"$NS\": [1, 2, \"1.0\"]}}", "contains duplicates", ": item.a.$NS[2]" },
    { "{\"a\": {\"$NS\": [100, {\"$N\": \"1e2\"}]}}", "contains duplicates", ": item.a.$NS[1]" },
    { "{\"a\": {\"$NS\": [\"-0\", 0]}}", "contains duplicates", ": item.a.$NS[1]" },
    { "{\"a\": {\"$BS\": [\"QQ==\", \"QR==\"]}}", "contains duplicates", ": item.a.$BS[1]" },
    { "{\"a\": {\"$BS\": [\"\", \"\"]}}", "contains duplicates", ": item.a.$BS[1]" },
    { "{\"tags\": [1, 2, {\"$SS\": [5]}]}", "must be a string", ": item.tags[2].$SS[0]" },
    { "{\"a\": {\"$SS\": [null]}}", "must be a string", ": item.a.$SS[0]" },
    { "{\"a\": {\"$SS\": [{\"$N\": \"1\"}]}}", "must be a string", ": item.a.$SS[0]" },
    { "{\"a\": {\"$NS\": [true]}}", "must be a number", ": item.a.$NS[0]" },
    { "{\"a\": {\"$NS\": [1, \"x\"]}}", "cannot be converted to a numeric value", ": item.a.$NS[1]" },
    { "{\"a\": {\"$NS\": [{\"$N\": 5}]}}", "must be a number", ": item.a.$NS[0]" },
    { "{\"a\": {\"$BS\": [\"QQ\"]}}", "base64", ": item.a.$BS[0]" },
    { "{\"a\": {\"$BS\": [1]}}", "base64", ": item.a.$BS[0]" },
    { "{\"a\": {\"$SS\": \"x\"}}", "A set must be a list", ": item.a.$SS" },
    { "{\"a\": {\"$NS\": 1}}", "A set must be a list", ": item.a.$NS" },
    { "{\"a\": {\"$BS\": {}}}", "A set must be a list", ": item.a.$BS" },
    { "{\"a\": {\"$N\": 5}}", "must be given as a string", ": item.a.$N" },
    { "{\"a\": {\"$N\": null}}", "must be given as a string", ": item.a.$N" },
    { "{\"a\": {\"$N\": \"\"}}", "The parameter cannot be converted to a numeric value", ": item.a.$N" },
    { "{\"a\": {\"$N\": \"5\\u0000\"}}", "The parameter cannot be converted to a numeric value", ": item.a.$N" },
    { "{\"a\": {\"$N\": \"123456789012345678901234567890123456789\"}}",
      "Attempting to store more than 38 significant digits in a Number", ": item.a.$N" },
    { "{\"a\": {\"$N\": \"1e126\"}}",
      "Number overflow. Attempting to store a number with magnitude larger than supported range", ": item.a.$N" },
    { "{\"a\": {\"$N\": \"1e-131\"}}",
      "Number underflow. Attempting to store a number with magnitude smaller than supported range", ": item.a.$N" },
    { "{\"a\": 1e126}", "Number overflow", ": item.a" },
    { "{\"a\": [1e-131]}", "Number underflow", ": item.a[0]" },
    { "{\"a\": {\"$NS\": [1e300]}}", "Number overflow", ": item.a.$NS[0]" },
    { "{\"a\": {\"$B\": 5}}", "base64", ": item.a.$B" },
    { "{\"a\": {\"$B\": \"Q\"}}", "base64", ": item.a.$B" },
    { "{\"a\": {\"$B\": \"Q Q=\"}}", "base64", ": item.a.$B" },
    { "{\"\": 1}", "Empty attribute name", ": item" },
    { "{\"a\": [{\"\": 1}]}", "Empty attribute name", ": item.a[0]" },
    { "{\"a\": {\"x\": 1, \"\": 1}}", "Empty attribute name", ": item.a" },
    { "[]", "object", ": item" },
    { "\"x\"", "object", ": item" },
    { "5", "object", ": item" },
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(refusal_table); i++) {
        dynamo_error error = { 0 };
        json_t      *item  = json_of(refusal_table[i].item);

        assert_null(dynamo_marshal_item(item, &error));
        expect_error(refusal_table[i].item, &error, DYNAMO_ERR_INVALID_ARGUMENT, refusal_table[i].words,
                     refusal_table[i].path);
        dynamo_error_clear(&error);
        assert_int_equal(dynamo_item_size(item, &error), 0);
        expect_error(refusal_table[i].item, &error, DYNAMO_ERR_INVALID_ARGUMENT, refusal_table[i].words,
                     refusal_table[i].path);
        assert_null(dynamo_marshal_item(item, NULL));
        json_decref(item);
    }
}

/* AttributeValues that aren't. */
static const struct {
    const char *wire;
    const char *words;
    const char *path;
} malformed_table[] = {
    { "{}", "without a type", ": value" },
    { "{\"S\": \"a\", \"N\": \"1\"}", "of two types", ": value" },
    { "{\"S\": \"a\", \"x\": 1}", "of two types", ": value" },
    { "{\"X\": \"a\"}", "of an unknown type", ": value" },
    { "{\"\": \"a\"}", "of an unknown type", ": value" },
    { "{\"s\": \"a\"}", "of an unknown type", ": value" },
    { "{\"L\": [{\"S\": \"a\"}, {\"Q\": 1}]}", "of an unknown type", ": value[1]" },
    { "{\"M\": {\"a\": {}}}", "without a type", ": value.a" },
    { "{\"M\": {\"a\": 5}}", "An object was expected", ": value.a" },
    { "5", "An object was expected", ": value" },
    { "[]", "An object was expected", ": value" },
    { "{\"S\": 5}", "A string was expected", ": value" },
    { "{\"S\": null}", "A string was expected", ": value" },
    { "{\"N\": 5}", "A string was expected", ": value" },
    { "{\"N\": \"abc\"}", "N is no number", ": value" },
    { "{\"N\": \"\"}", "N is no number", ": value" },
    { "{\"N\": \" 5\"}", "N is no number", ": value" },
    { "{\"NS\": [\"1\", \"x\"]}", "N is no number", ": value[1]" },
    { "{\"NS\": [1]}", "A string was expected", ": value[0]" },
    { "{\"B\": \"QQ\"}", "not base64", ": value" },
    { "{\"B\": 5}", "A string was expected", ": value" },
    { "{\"BS\": [\"Q\"]}", "not base64", ": value[0]" },
    { "{\"SS\": [1]}", "A string was expected", ": value[0]" },
    { "{\"SS\": \"a\"}", "A list was expected", ": value" },
    { "{\"L\": {}}", "A list was expected", ": value" },
    { "{\"M\": []}", "An object was expected", ": value" },
    { "{\"BOOL\": \"true\"}", "BOOL is neither", ": value" },
    { "{\"BOOL\": null}", "BOOL is neither", ": value" },
    { "{\"NULL\": null}", "NULL is not true", ": value" },
    { "{\"NULL\": 1}", "NULL is not true", ": value" },
};

static void test_malformed_attribute_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(malformed_table); i++) {
        dynamo_error error = { 0 };
        json_t      *wire  = json_of(malformed_table[i].wire);

        assert_null(dynamo_unmarshal(wire, &error));
        expect_error(malformed_table[i].wire, &error, DYNAMO_ERR_BAD_RESPONSE, malformed_table[i].words,
                     malformed_table[i].path);
        json_decref(wire);
    }
}

static void test_null_of_false(void **state)
{
    json_t *wire = json_of("{\"NULL\": false}");
    json_t *null = json_null();

    (void)state;
    expect_json("NULL false", dynamo_unmarshal(wire, NULL), null, NULL);
    json_decref(wire);
}

static void test_null_arguments(void **state)
{
    static json_t *(*const functions[])(json_t *value, dynamo_error *error) = { dynamo_marshal, dynamo_unmarshal,
                                                                               dynamo_marshal_item,
                                                                               dynamo_unmarshal_item };
    dynamo_error error = { 0 };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(functions); i++) {
        assert_null(functions[i](NULL, &error));
        expect_error("NULL", &error, DYNAMO_ERR_INVALID_ARGUMENT, i < 2 ? "value is NULL" : "item is NULL",
                     ": did json_pack fail (format, UTF-8, memory)?");
        assert_null(functions[i](NULL, NULL));
    }
    assert_int_equal(dynamo_item_size(NULL, &error), 0);
    assert_string_equal(error.message, "item is NULL: did json_pack fail (format, UTF-8, memory)?");
    assert_int_equal(dynamo_item_size(NULL, NULL), 0);
    assert_null(dynamo_load(NULL, 0, &error));
    assert_string_equal(error.message, "text is NULL");
    assert_null(dynamo_load(NULL, 5, NULL));
    assert_null(dynamo_dump(NULL));
    assert_false(dynamo_uuid(NULL));
}

/* ---- Depth ------------------------------------------------------------------------------------------------------- */

/* `leaf` inside lists and maps by turns, so that it is the value at the level. */
static json_t *nested(unsigned level, json_t *leaf)
{
    for (unsigned i = 1; i < level; i++)
        leaf = i % 2 != 0 ? json_pack("[o]", leaf) : json_pack("{s:o}", "a", leaf);
    return leaf;
}

static void test_levels(void **state)
{
    static const char *const leaves[] = { "1", "\"a\"", "{\"$SS\": [\"a\"]}", "[]", "{}", "{\"$N\": \"1e2\"}" };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(leaves); i++) {
        dynamo_error error = { 0 };
        json_t      *plain = nested(32, json_of(leaves[i]));
        json_t      *wire  = dynamo_marshal(plain, &error);

        assert_non_null(wire);
        expect_json("32 levels", dynamo_unmarshal(wire, &error), plain, &error);
        json_decref(wire);
        json_decref(plain);

        plain = nested(33, json_of(leaves[i]));
        assert_null(dynamo_marshal(plain, &error));
        expect_error("33 levels", &error, DYNAMO_ERR_INVALID_ARGUMENT, "Nesting Levels have exceeded supported limits",
                     "a[0].a[0]");
        wire = json_pack("{s:O}", "attribute", plain);
        assert_null(dynamo_marshal_item(wire, &error));
        json_decref(wire);
        json_decref(plain);
        plain = json_pack("{s:o}", "attribute", nested(32, json_of(leaves[i])));
        wire  = dynamo_marshal_item(plain, &error);
        assert_non_null(wire);
        json_decref(wire);
        json_decref(plain);
    }
}

static void test_deep_answers(void **state)
{
    dynamo_error error = { 0 };
    json_t      *wire  = json_pack("{s:s}", "S", "a");
    json_t      *plain;

    (void)state;
    for (int i = 0; i < 100; i++)
        wire = json_pack("{s:[o]}", "L", wire);
    plain = dynamo_unmarshal(wire, &error);
    assert_non_null(plain);
    assert_null(dynamo_marshal(plain, &error));
    json_decref(plain);
    for (int i = 0; i < 100; i++)
        wire = json_pack("{s:[o]}", "L", wire);
    assert_null(dynamo_unmarshal(wire, &error));
    expect_error("text too deep", &error, DYNAMO_ERR_INVALID_ARGUMENT, "Nested more than 256 levels deep", "");
    json_decref(wire);
}

static void test_value_within_itself(void **state)
{
    dynamo_error error = { 0 };
    json_t      *outer = json_object();
    json_t      *inner = json_array();

    (void)state;
    json_object_set(outer, "inner", inner);
    json_array_append(inner, outer);
    json_array_append(inner, outer);
    assert_null(dynamo_marshal(outer, &error));
    expect_error("cycle", &error, DYNAMO_ERR_INVALID_ARGUMENT, "Nesting Levels", "");
    assert_null(dynamo_unmarshal(outer, &error));
    expect_error("cycle", &error, DYNAMO_ERR_INVALID_ARGUMENT, "does the value hold itself?", "");
    assert_null(dynamo_dump(outer));
    assert_int_equal(dynamo_item_size(outer, &error), 0);
    json_array_clear(inner);
    json_decref(inner);
    json_decref(outer);
}

/* ---- Characters -------------------------------------------------------------------------------------------------- */

/* A string's bytes and its JSON text, both ways. */
static const struct {
    const char *bytes;
    size_t      length;
    const char *text;
} string_rows[] = {
    { "\xED\xA0\x80", 3, "\"\\ud800\"" },
    { "\xED\xBF\xBF", 3, "\"\\udfff\"" },
    { "\xED\xBF\xBF\xED\xA0\x80", 6, "\"\\udfff\\ud800\"" },
    { "a\xED\xA0\xBD" "b", 5, "\"a\\ud83db\"" },
    { "\xED\xA0\xBD\xF0\x9F\x98\x80", 7, "\"\\ud83d\xF0\x9F\x98\x80\"" },
    { "\xED\x9F\xBF\xEE\x80\x80", 6, "\"\xED\x9F\xBF\xEE\x80\x80\"" },
    { "\0", 1, "\"\\u0000\"" },
    { "a\0\x1F\x7F", 4, "\"a\\u0000\\u001f\x7F\"" },
    { "\"\\/\b\f\n\r\t", 8, "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
    { "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 18,
      "\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"" },
};

static void test_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(string_rows); i++) {
        dynamo_error error = { 0 };
        json_t      *plain = json_stringn_nocheck(string_rows[i].bytes, string_rows[i].length);
        json_t      *wire  = json_pack("{s:O}", "S", plain);
        char        *text  = dynamo_dump(plain);

        assert_non_null(text);
        assert_string_equal(text, string_rows[i].text);
        expect_json(text, dynamo_load(text, strlen(text), &error), plain, &error);
        expect_json(text, dynamo_marshal(plain, &error), wire, &error);
        expect_json(text, dynamo_unmarshal(wire, &error), plain, &error);
        free(text);
        json_decref(wire);
        json_decref(plain);
    }
}

static void test_name_with_surrogate(void **state)
{
    dynamo_error error = { 0 };
    json_t      *item  = json_object();
    json_t      *wire;

    (void)state;
    json_object_set_new_nocheck(item, "a\xED\xA0\x80", json_integer(1));
    wire = dynamo_marshal_item(item, &error);
    assert_non_null(json_object_get(wire, "a\xED\xA0\x80"));
    expect_json("name with surrogate", dynamo_unmarshal_item(wire, &error), item, &error);
    json_decref(wire);
    json_decref(item);
}

static const char *const not_utf8[] = {
    "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",     "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80", "\xFF",         "\xE2\x82",         "\xF0\x9F\x98",     "\xC3",             "a\xC3(",
    "\xED\xA0\xBD\xED\xB8\x80", /* the halves of a pair */
};

static void test_not_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(not_utf8); i++) {
        dynamo_error error = { 0 };
        json_t      *item  = json_object();
        char         text[64];

        json_object_set_new_nocheck(item, "a", json_string_nocheck(not_utf8[i]));
        assert_null(dynamo_marshal_item(item, &error));
        expect_error("value", &error, DYNAMO_ERR_INVALID_ARGUMENT, "is not UTF-8", ": item.a");
        assert_null(dynamo_unmarshal_item(item, &error));
        expect_error("value", &error, DYNAMO_ERR_INVALID_ARGUMENT, "is not UTF-8", ": item.a");
        assert_null(dynamo_dump(item));
        json_object_clear(item);
        json_object_set_new_nocheck(item, not_utf8[i], json_integer(1));
        assert_null(dynamo_marshal_item(item, &error));
        expect_error("name", &error, DYNAMO_ERR_INVALID_ARGUMENT, "is not UTF-8", "");
        assert_null(dynamo_dump(item));
        json_decref(item);

        (void)snprintf(text, sizeof(text), "[\"%s\"]", not_utf8[i]);
        assert_null(dynamo_load(text, strlen(text), &error));
        expect_error("text", &error, DYNAMO_ERR_INVALID_ARGUMENT, "UTF-8 was expected at line 1, column", ": value[0]");
    }
    assert_null(dynamo_load("\"\xED\xA0\x80\"", 5, NULL)); /* text itself has no surrogates, only escapes */
}

/* Each byte at each place of a string, so that it stands at each place of eight that are looked at together. */
static void test_every_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < 17; at++) {
        for (int byte = 0; byte <= 0xFF; byte++) {
            char    text[] = "\"xxxxxxxxxxxxxxxxx\"";
            bool    plain  = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
            json_t *read, *string;
            char   *written;

            text[1 + at] = (char)byte;
            read         = dynamo_load(text, sizeof(text) - 1, NULL);
            string       = json_stringn_nocheck(text + 1, sizeof(text) - 3);
            written      = dynamo_dump(string);
            if (plain != (read != NULL) || (plain && !json_equal(read, string)))
                complain("read", "byte %02x at %zu", (unsigned)byte, at);
            if ((byte < 0x80) != (written != NULL) || (written != NULL && plain != (strcmp(written, text) == 0)))
                complain("written", "byte %02x at %zu: %s", (unsigned)byte, at, written != NULL ? written : "nothing");
            json_decref(read);
            read = written != NULL ? dynamo_load(written, strlen(written), NULL) : NULL;
            if (byte < 0x80 && !json_equal(read, string))
                complain("read again", "byte %02x at %zu", (unsigned)byte, at);
            json_decref(read);
            json_decref(string);
            free(written);
        }
    }
    expect_no_complaints();
}

/* ---- JSON text --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *message;
} syntax_rows[] = {
    { "", "A value was expected at line 1, column 1: value" },
    { "  ", "A value was expected at line 1, column 3: value" },
    { "\xEF\xBB\xBF{}", "A value was expected at line 1, column 1: value" },
    { "nul", "A value was expected at line 1, column 1: value" },
    { "NaN", "A value was expected at line 1, column 1: value" },
    { "'a'", "A value was expected at line 1, column 1: value" },
    { "{", "A name in quotes or } was expected at line 1, column 2: value" },
    { "{a: 1}", "A name in quotes or } was expected at line 1, column 2: value" },
    { "{\"a\"", "A colon was expected at line 1, column 5: value" },
    { "{\"a\": 1", "A comma or } was expected at line 1, column 8: value" },
    { "{\"a\": 1,}", "A name in quotes was expected at line 1, column 9: value" },
    { "{\"a\": 1 \"b\": 2}", "A comma or } was expected at line 1, column 9: value" },
    { "{\"a\": }", "A value was expected at line 1, column 7: value.a" },
    { "{\"a\": {\"b\": [1, x]}}", "A value was expected at line 1, column 17: value.a.b[1]" },
    { "[1, 2", "A comma or ] was expected at line 1, column 6: value" },
    { "[1, 2}", "A comma or ] was expected at line 1, column 6: value" },
    { "[1,]", "A value was expected at line 1, column 4: value[1]" },
    { "[,1]", "A value was expected at line 1, column 2: value[0]" },
    { "[1]]", "The end of the text was expected at line 1, column 4: text" },
    { "1 2", "The end of the text was expected at line 1, column 3: text" },
    { "\n\n  tru", "A value was expected at line 3, column 3: value" },
    { "{\n  \"a\": 1,\n  \"b\": 01\n}", "A number (as in -12.5e3) was expected at line 3, column 8: value.b" },
    { "-", "A number (as in -12.5e3) was expected at line 1, column 1: value" },
    { "1.", "A number (as in -12.5e3) was expected at line 1, column 1: value" },
    { "1e", "A number (as in -12.5e3) was expected at line 1, column 1: value" },
    { "1e+", "A number (as in -12.5e3) was expected at line 1, column 1: value" },
    { "+1", "A value was expected at line 1, column 1: value" },
    { ".5", "A value was expected at line 1, column 1: value" },
    { "0x10", "The end of the text was expected at line 1, column 2: text" },
    { "\"abc", "A closing quote was expected at line 1, column 5: value" },
    { "\"a\nb\"", "A closing quote was expected before the control character at line 1, column 3: value" },
    { "\"a\\x\"", "An escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX) was expected at line 1, column 3: value" },
    { "\"\\u12G4\"", "An escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX) was expected at line 1, column 2: value" },
    { "\"\\u12", "An escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX) was expected at line 1, column 2: value" },
    { "\"\\", "An escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX) was expected at line 1, column 2: value" },
    { "{\"a\": 1, \"a\": 2}", "The name stands twice at line 1, column 10: value.a" },
};

static void test_syntax_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(syntax_rows); i++) {
        dynamo_error error = { 0 };

        assert_null(dynamo_load(syntax_rows[i].text, strlen(syntax_rows[i].text), &error));
        assert_int_equal(error.status, DYNAMO_ERR_INVALID_ARGUMENT);
        assert_string_equal(error.message, syntax_rows[i].message);
        assert_null(dynamo_load(syntax_rows[i].text, strlen(syntax_rows[i].text), NULL));
    }
    assert_null(dynamo_load("1\0", 2, NULL)); /* a NUL is no white space */
    assert_null(dynamo_load("\0", 1, NULL));
    assert_null(dynamo_load("[\0]", 3, NULL));
}

static void test_escaped_pairs(void **state)
{
    dynamo_error error = { 0 };
    const char  *text  = "\"\\ud83d\\ude00\\uD83D\\uDE00\\ud83d\\ud83d\\ude00\\u0041\\/\"";
    json_t      *value = dynamo_load(text, strlen(text), &error);

    (void)state;
    assert_string_equal(json_string_value(value),
                        "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xED\xA0\xBD\xF0\x9F\x98\x80" "A/");
    json_decref(value);
}

static void test_text_depth(void **state)
{
    char         text[2 * DYNAMO_TEXT_DEPTH + 3];
    dynamo_error error = { 0 };
    json_t      *value;

    (void)state;
    memset(text, '[', DYNAMO_TEXT_DEPTH + 1);
    memset(text + DYNAMO_TEXT_DEPTH + 1, ']', DYNAMO_TEXT_DEPTH + 1);
    value = dynamo_load(text + 1, 2 * DYNAMO_TEXT_DEPTH, &error);
    assert_non_null(value);
    free(dynamo_dump(value));
    json_decref(value);
    assert_null(dynamo_load(text, 2 * DYNAMO_TEXT_DEPTH + 2, &error));
    expect_error("depth", &error, DYNAMO_ERR_INVALID_ARGUMENT, "Nested too deeply", "[0]");
}

/* What dynamo_load() makes of text, as Jansson reads the second column; what dynamo_dump() makes of that. */
static const struct {
    const char *text;
    const char *plain;
    const char *dump;
} load_rows[] = {
    { "5", "5", "5" },
    { " { \"a\" : [ 1 , true , false , null ] } ", "{\"a\": [1, true, false, null]}", "{\"a\":[1,true,false,null]}" },
    { "9223372036854775808", "{\"$N\": \"9223372036854775808\"}", "9223372036854775808" },
    { "12345678901234567890123456789012345678",
      "{\"$N\": \"12345678901234567890123456789012345678\"}", "12345678901234567890123456789012345678" },
    { "1e400", "{\"$N\": \"1e400\"}", "1e400" },
    { "1.0", "{\"$N\": \"1.0\"}", "1.0" },
    { "-0", "{\"$N\": \"-0\"}", "-0" },
    { "-1.5E+2", "{\"$N\": \"-1.5E+2\"}", "-1.5E+2" },
    { "0.1", "0.1", "0.1" },
    { "0.1000000000000000055511151231257827",
      "{\"$N\": \"0.1000000000000000055511151231257827\"}", "0.1000000000000000055511151231257827" },
    { "123456789012345678901234567890123456789012345",
      "{\"$N\": \"123456789012345678901234567890123456789012345\"}", "123456789012345678901234567890123456789012345" },
    { "{\"$N\": \"+5\"}", "{\"$N\": \"+5\"}", "{\"$N\":\"+5\"}" },
    { "{\"$N\": \"007\"}", "{\"$N\": \"007\"}", "{\"$N\":\"007\"}" },
    { "{\"$N\": \"1e2\"}", "{\"$N\": \"1e2\"}", "1e2" },
    { "{\"$N\": \"5\"}", "{\"$N\": \"5\"}", "{\"$N\":\"5\"}" }, /* bare it would be read as 5; it may be an item */
    { "{\"$N\": 5}", "{\"$N\": 5}", "{\"$N\":5}" },
    { "{\"$N\": \"1e2\", \"x\": 1}", "{\"$N\": \"1e2\", \"x\": 1}", "{\"$N\":\"1e2\",\"x\":1}" },
    { "{\"$$N\": \"1e2\"}", "{\"$$N\": \"1e2\"}", "{\"$$N\":\"1e2\"}" },
    { "{\"$NS\": [1, 2.5, \"1e9\"]}", "{\"$NS\": [1, 2.5, \"1e9\"]}", "{\"$NS\":[1,2.5,\"1e9\"]}" },
    { "{\"$B\": \"QQ==\"}", "{\"$B\": \"QQ==\"}", "{\"$B\":\"QQ==\"}" },
    { "{}", "{}", "{}" },
    { "[]", "[]", "[]" },
    { "\"\\u00e9\\n\"", "\"\\u00e9\\n\"", "\"\xC3\xA9\\n\"" },
};

static void test_load_and_dump(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(load_rows); i++) {
        dynamo_error error    = { 0 };
        json_t      *expected = json_of(load_rows[i].plain);
        json_t      *loaded   = dynamo_load(load_rows[i].text, strlen(load_rows[i].text), &error);
        char        *text     = dynamo_dump(loaded);

        assert_non_null(text);
        assert_string_equal(text, load_rows[i].dump);
        expect_json(load_rows[i].text, loaded, expected, &error);
        expect_json(text, dynamo_load(text, strlen(text), &error), expected, &error);
        free(text);
        json_decref(expected);
    }
}

static void test_dump_of_reals(void **state)
{
    json_t *value = json_pack("[f, f, f, f]", 100.0, -0.0, 1e-7, 1e22);
    char   *text  = dynamo_dump(value);

    (void)state;
    assert_string_equal(text, "[100,0,0.0000001,10000000000000000000000]");
    free(text);
    json_decref(value);
}

/* Without every digit: what an answer's other numbers become. */
static const struct {
    const char *text;
    const char *plain; /* NULL: refused */
} machine_rows[] = {
    { "5", "5" },
    { "1.0", "1.0" },
    { "1.5e3", "1500.0" },
    { "1.7E9", "1700000000.0" },
    { "9223372036854775807", "9223372036854775807" },
    { "9223372036854775808", "9223372036854775808.0" },
    { "1e-999", "0.0" },
    { "1e999", NULL },
};

static void test_machine_numbers(void **state)
{
    dynamo_path path = DYNAMO_PATH_ROOT("answer");

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(machine_rows); i++) {
        dynamo_error  error  = { 0 };
        const char   *text   = machine_rows[i].text;
        dynamo_reader reader = { .start = text, .next = text, .end = text + strlen(text),
                                 .failure = DYNAMO_ERR_BAD_RESPONSE, .error = &error };
        json_t       *number = dynamo_read_json(&reader, &path);
        json_t       *expected;

        if (machine_rows[i].plain == NULL) {
            assert_null(number);
            expect_error(text, &error, DYNAMO_ERR_BAD_RESPONSE, "range of a double", ": answer");
            continue;
        }
        expected = json_is_integer(number) ? json_of(machine_rows[i].plain)
                                           : json_real(strtod(machine_rows[i].plain, NULL));
        assert_true(dynamo_read_end(&reader));
        expect_json(text, number, expected, &error);
        json_decref(expected);
    }
}

static void test_twice_in_answer(void **state)
{
    static const char text[] = "{\"b\": {\"M\": {\"c\": {\"N\": \"1\"}, \"c\": {\"N\": \"2\"}}}}";
    dynamo_path   path   = DYNAMO_PATH_ROOT("Item");
    dynamo_error  error  = { 0 };
    dynamo_reader reader = { .start = text, .next = text, .end = text + sizeof(text) - 1,
                             .failure = DYNAMO_ERR_BAD_RESPONSE, .error = &error };

    (void)state;
    assert_null(dynamo_read_item(&reader, &path));
    assert_string_equal(error.message, "The name stands twice: Item.b.c");
}

/* ---- Sets of many elements --------------------------------------------------------------------------------------- */

/* 400 KB or so: what is quadratic shows. Numbers and strings of 33 digits that share the first 25. */
#define LARGE_COUNT 12000

static json_t *large_set(const char *form)
{
    json_t *elements = json_array();

    for (uint32_t i = 0; i < LARGE_COUNT; i++) {
        char     text[64];
        uint32_t mixed  = i * 2654435761U;
        json_t  *binary = dynamo_binary(&mixed, sizeof(mixed));

        (void)snprintf(text, sizeof(text), "1234567890123456789012345%08u", (unsigned)(i * 7919 % LARGE_COUNT + 1));
        if (strcmp(form, "$BS") == 0)
            json_array_append(elements, json_object_get(binary, "$B"));
        else
            json_array_append_new(elements, json_string(text));
        json_decref(binary);
    }
    return json_pack("{s:o}", form, elements);
}

static void test_large_sets(void **state)
{
    static const char *const forms[] = { "$SS", "$NS", "$BS" };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(forms); i++) {
        dynamo_error error    = { 0 };
        json_t      *set      = large_set(forms[i]);
        json_t      *elements = json_object_get(set, forms[i]);
        json_t      *wire     = dynamo_marshal(set, &error);

        assert_string_equal(error.message, "");
        assert_int_equal(json_array_size(json_object_get(wire, forms[i] + 1)), LARGE_COUNT);
        json_decref(wire);
        json_array_append(elements, json_array_get(elements, 77));
        assert_null(dynamo_marshal(set, &error));
        expect_error(forms[i], &error, DYNAMO_ERR_INVALID_ARGUMENT, "contains duplicates", "[12000]");
        json_decref(set);
    }
}

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *item;
    size_t      size;
} size_rows[] = {
    { "{}", 0 },
    { "{\"a\": \"\"}", 1 },
    { "{\"abc\": \"xyz\"}", 6 },
    { "{\"\\u00e9\": \"\\u20ac\"}", 5 },
    { "{\"a\": true, \"b\": null}", 4 },
    { "{\"a\": 0}", 2 },
    { "{\"a\": 5}", 3 },
    { "{\"a\": 12}", 3 },
    { "{\"a\": 123}", 4 },
    { "{\"a\": 1000}", 3 },
    { "{\"a\": 120}", 4 },
    { "{\"a\": 1.5}", 4 },
    { "{\"a\": 15}", 3 },
    { "{\"a\": -15}", 4 },
    { "{\"a\": -1.5}", 5 },
    { "{\"a\": -0.0}", 2 },
    { "{\"a\": {\"$N\": \"0.0000123\"}}", 4 },
    { "{\"a\": {\"$N\": \"12345678901234567890123456789012345678\"}}", 21 },
    { "{\"a\": {\"$B\": \"aGVsbG8=\"}}", 6 },
    { "{\"a\": {\"$SS\": [\"a\", \"bc\"]}}", 4 },
    { "{\"a\": {\"$NS\": [1, \"123\", {\"$N\": \"1e9\"}]}}", 8 },
    { "{\"a\": {\"$BS\": [\"QQ==\", \"\"]}}", 2 },
    { "{\"a\": []}", 4 },
    { "{\"a\": [\"x\", true]}", 8 },
    { "{\"a\": {}}", 4 },
    { "{\"a\": {\"b\": \"x\"}}", 7 },
    { "{\"a\": {\"$$B\": \"x\"}}", 8 },
    { "{\"$$B\": \"x\"}", 4 },
    { "{\"a\": {\"$$B\": \"x\", \"c\": [1]}}", 17 },
};

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(size_rows); i++) {
        dynamo_error error = { 0 };
        json_t      *item  = json_of(size_rows[i].item);
        size_t       size  = dynamo_item_size(item, &error);

        if (size != size_rows[i].size || error.status != DYNAMO_OK)
            fail_msg("%s: %zu, expected %zu (%s)", size_rows[i].item, size, size_rows[i].size, error.message);
        json_decref(item);
    }
}

/* ---- Random values ----------------------------------------------------------------------------------------------- */

static json_t *random_string(size_t pieces)
{
    static const struct {
        const char *bytes;
        size_t      length;
    } choice[] = {
        { "a", 1 },        { "bcd", 3 },      { "\0", 1 },           { "\"", 1 },           { "\\", 1 },    { "\n", 1 },
        { "\x1F", 1 },     { "\x7F", 1 },     { "\xC3\xA9", 2 },     { "\xE2\x82\xAC", 3 }, { "/", 1 },     { "$", 1 },
        { "\xF0\x9F\x98\x80", 4 }, { "\xED\xB8\x80", 3 }, { "\xED\xA0\xBD" "-", 4 },
    };
    char   text[256];
    size_t length = 0;

    for (size_t i = 0; i < pieces; i++) {
        size_t at = random_below(DYNAMO_COUNT(choice));

        memcpy(text + length, choice[at].bytes, choice[at].length);
        length += choice[at].length;
    }
    return json_stringn_nocheck(text, length);
}

static size_t random_digits(char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text[i] = (char)('0' + random_below(10));
    text[count] = '\0';
    return count;
}

/* Any syntax the service takes, within its limits. */
static json_t *random_number_text(void)
{
    static const char *const forms[] = { "%s", "-%s", "+%s", "0.%s", "-.%s", "00%s", "%s.",
                                         "%s.5", "-%se5", "0.%sE-60", "%se+80" };
    char digits[40];
    char text[80];

    (void)random_digits(digits, 1 + random_below(random_below(3) != 0 ? 19 : 37));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(text, sizeof(text), forms[random_below(DYNAMO_COUNT(forms))], digits);
#pragma GCC diagnostic pop
    return json_string(dynamo_number_refusal(text, strlen(text)) == NULL ? text : "7");
}

static json_t *random_set(const char *type)
{
    size_t  count = 1 + random_below(4);
    json_t *set   = json_array();

    for (size_t i = 0; i < count; i++) {
        char    text[64];
        json_t *binary;

        if (type[0] == 'N') {
            size_t length = (size_t)snprintf(text, sizeof(text), random_below(2) != 0 ? "%zu" : "0%zu.", i + 1);

            if (random_below(2) != 0) {
                if (text[length - 1] != '.')
                    text[length++] = '.';
                (void)random_digits(text + length, 1 + random_below(20));
            }
            json_array_append_new(set, json_string(text));
        } else if (type[0] == 'B') {
            text[0] = (char)i;
            binary  = dynamo_binary(text, 1 + random_digits(text + 1, random_below(6)));
            json_array_append(set, json_object_get(binary, "$B"));
            json_decref(binary);
        } else {
            json_t *tail = random_string(random_below(4));

            text[0] = (char)('a' + i);
            memcpy(text + 1, json_string_value(tail), json_string_length(tail));
            json_array_append_new(set, json_stringn_nocheck(text, 1 + json_string_length(tail)));
            json_decref(tail);
        }
    }
    return set;
}

static void add_random_name(json_t *object, json_t *value)
{
    static const char *const names[] = { "$N", "$B", "$SS", "$NS", "$BS", "$$N", "$$$SS",
                                         "$",  "$$", "$S",  "N",   "S",   "a",   "b" };
    json_t *odd;

    if (random_below(3) != 0) {
        json_object_set_new_nocheck(object, names[random_below(DYNAMO_COUNT(names))], value);
        return;
    }
    odd = random_string(1 + random_below(4));
    if (dynamo_object_set(object, json_string_value(odd), json_string_length(odd), value) == -1)
        fail_msg("memory");
    json_decref(odd);
}

static json_t *wrapped(const char *type, json_t *content)
{
    return json_pack("{s:o}", type, content);
}

/* A random AttributeValue with at most `levels` levels. */
static json_t *random_attribute_value(unsigned levels)
{
    static const char bytes[] = "random bytes";
    size_t            type    = random_below(levels > 1 ? 12 : 8);
    size_t            count   = random_below(4);
    json_t           *content, *binary;

    switch (type) {
    case 0:
        return wrapped("S", random_string(random_below(10)));
    case 1:
        return wrapped("N", random_number_text());
    case 2:
        binary  = dynamo_binary(bytes, random_below(sizeof(bytes)));
        content = wrapped("B", json_incref(json_object_get(binary, "$B")));
        json_decref(binary);
        return content;
    case 3:
        return wrapped("BOOL", json_boolean(random_below(2)));
    case 4:
        return wrapped("NULL", json_true());
    case 5:
        return wrapped("SS", random_set("SS"));
    case 6:
        return wrapped("NS", random_set("NS"));
    case 7:
        return wrapped("BS", random_set("BS"));
    case 8:
    case 9:
        content = json_array();
        for (size_t i = 0; i < count; i++)
            json_array_append_new(content, random_attribute_value(levels - 1));
        return wrapped("L", content);
    default:
        content = json_object();
        for (size_t i = 0; i < count; i++)
            add_random_name(content, random_attribute_value(levels - 1));
        return wrapped("M", content);
    }
}

static void test_random_attribute_values(void **state)
{
    (void)state;
    random_start("random AttributeValues");
    for (int i = 0; i < 25000; i++) {
        dynamo_error error = { 0 };
        json_t      *wire  = random_attribute_value(1 + (unsigned)random_below(i % 50 == 0 ? 32 : 5));
        json_t      *plain = dynamo_unmarshal(wire, &error);
        char        *text  = dynamo_dump(plain);

        if (plain == NULL || text == NULL) {
            text = text_of(wire);
            fail_msg("%s: %s", error.message, text);
        }
        expect_json("marshal(unmarshal(v))", dynamo_marshal(plain, &error), wire, &error);
        expect_json("load(dump(v))", dynamo_load(text, strlen(text), &error), plain, &error);
        free(text);
        json_decref(plain);
        json_decref(wire);
    }
}

/* A random plain number and what it must come back as. */
static json_t *random_plain_number(json_t **back)
{
    char     text[DYNAMO_NUMBER_SIZE];
    uint64_t bits = random_bits();
    double   real;
    int      exponent = (int)random_below(600) - 300;

    if (random_below(2) != 0) {
        *back = json_integer((json_int_t)(bits >> random_below(64)) * (random_below(2) != 0 ? 1 : -1));
        return json_incref(*back);
    }
    real = random_below(2) != 0 ? (double)(bits % 100000) / 100.0 : ldexp((double)(bits >> 11), exponent);
    if (fabs(real) > 1e125 || (real != 0 && fabs(real) < 1e-130))
        real = 0.25;
    if (real != trunc(real)) {
        *back = json_real(real);
        return json_real(real);
    }
    (void)dynamo_real_text(real, text);
    errno = 0;
    (void)strtoll(text, NULL, 10);
    *back = errno == 0 ? json_integer(strtoll(text, NULL, 10)) : json_pack("{s:s}", "$N", text);
    return json_real(real);
}

static json_t *random_plain(unsigned levels, json_t **back)
{
    size_t  count = random_below(4);
    json_t *plain, *element, *element_back;

    switch (random_below(levels > 1 ? 6 : 4)) {
    case 0:
    case 1:
        return random_plain_number(back);
    case 2:
        *back = random_string(random_below(10));
        return json_incref(*back);
    case 3:
        *back = random_below(3) == 0 ? json_null() : json_boolean(random_below(2));
        return json_incref(*back);
    case 4:
        plain = json_array();
        *back = json_array();
        for (size_t i = 0; i < count; i++) {
            element = random_plain(levels - 1, &element_back);
            json_array_append_new(plain, element);
            json_array_append_new(*back, element_back);
        }
        return plain;
    default:
        plain = json_object();
        *back = json_object();
        for (size_t i = 0; i < count; i++) {
            char name[24];

            (void)snprintf(name, sizeof(name), "name%zu", random_below(100));
            element = random_plain(levels - 1, &element_back);
            json_object_set_new(plain, name, element);
            json_object_set_new(*back, name, element_back);
        }
        return plain;
    }
}

static void test_random_plain_values(void **state)
{
    (void)state;
    random_start("random plain values");
    for (int i = 0; i < 20000; i++) {
        dynamo_error error = { 0 };
        json_t      *back;
        json_t      *plain = random_plain(1 + (unsigned)random_below(5), &back);
        json_t      *wire  = dynamo_marshal(plain, &error);
        char        *text;

        if (wire == NULL)
            fail_msg("%s", error.message);
        expect_json("unmarshal(marshal(v))", dynamo_unmarshal(wire, &error), back, &error);
        text = dynamo_dump(back);
        expect_json("load(dump(v))", dynamo_load(text, strlen(text), &error), back, &error);
        free(text);
        json_decref(wire);
        json_decref(back);
        json_decref(plain);
    }
}

/* ---- Texts that aren't ------------------------------------------------------------------------------------------- */

static const char *const seed_texts[] = {
    "{\"S\":\"a\\u0000\\ud83d\\ude00\\ud800\xF0\x9F\x98\x80\xC3\xA9\\n\"}",
    "{\"M\":{\"$N\":{\"N\":\"-12.5e3\"},\"b\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]}}}",
    "{\"NS\":[\"1\",\"2.5\",\"12345678901234567890123456789012345678\"]}",
    "{\"BS\":[\"QQ==\",\"Qg==\"]}",
    "{\"M\":{\"$B\":{\"SS\":[\"a\",\"b\"]}}}",
    "[1,-2.5e-3,0.1,9223372036854775808,true,false,null,\"x\\\\\",{}]",
};

/* In memory of its own size exactly, where a step too far is seen. */
static void read_every_way(const char *bytes, size_t length)
{
    dynamo_path   path   = DYNAMO_PATH_ROOT("value");
    dynamo_error  error  = { 0 };
    char         *text   = malloc(length != 0 ? length : 1);
    dynamo_reader reader = { .start = text, .next = text, .end = text + length,
                             .failure = DYNAMO_ERR_BAD_RESPONSE, .error = &error };
    json_t       *value;

    assert_non_null(text);
    memcpy(text, bytes, length);
    value = dynamo_read_attribute_value(&reader, &path);
    assert_true(value != NULL || (error.status == DYNAMO_ERR_BAD_RESPONSE && error.message[0] != '\0'));
    json_decref(value);
    value = dynamo_load(text, length, &error);
    assert_true(value != NULL || (error.status == DYNAMO_ERR_INVALID_ARGUMENT && error.message[0] != '\0'));
    if (value != NULL) {
        char *dump = dynamo_dump(value);

        assert_non_null(dump);
        expect_json(dump, dynamo_load(dump, strlen(dump), &error), value, &error);
        free(dump);
    }
    json_decref(value);
    free(text);
}

static void test_truncations_and_mutations(void **state)
{
    static const char odd[] = "\0\x01\"\\{}[]:,0-.eEtfnu \x7F\x80\xC3\xED\xF4\xFF";
    char              text[256];

    (void)state;
    random_start("mutations");
    for (size_t i = 0; i < DYNAMO_COUNT(seed_texts); i++) {
        size_t length = strlen(seed_texts[i]);

        memcpy(text, seed_texts[i], length);
        for (size_t at = 0; at <= length; at++)
            read_every_way(text, at);
        for (size_t at = 0; at < length; at++) {
            char was = text[at];

            for (size_t j = 0; j < sizeof(odd) - 1; j++) {
                text[at] = odd[j];
                read_every_way(text, length);
            }
            for (int j = 0; j < 8; j++) {
                text[at] = (char)random_bits();
                read_every_way(text, length);
            }
            text[at] = was;
        }
    }
}

/* ---- The locale -------------------------------------------------------------------------------------------------- */

static bool has_comma(void)
{
    return strcmp(localeconv()->decimal_point, ".") != 0;
}

/* A locale whose decimal point is none: one that is installed, or one made for the purpose. */
static bool set_comma_locale(char *folder)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR", "pt_BR.UTF-8",
                                         "ru_RU.UTF-8", "nl_NL.UTF-8" };
    char                     command[256];

    for (size_t i = 0; i < DYNAMO_COUNT(names); i++) {
        if (setlocale(LC_ALL, names[i]) != NULL && has_comma()) {
            print_message("locale: %s\n", names[i]);
            return true;
        }
    }
    if (mkdtemp(folder) == NULL)
        return false;
    (void)snprintf(command, sizeof(command), "localedef -f UTF-8 -i de_DE %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (system(command) != 0 || setenv("LOCPATH", folder, 1) != 0 || setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
        return false;
    print_message("locale: de_DE.UTF-8, made in %s\n", folder);
    return has_comma();
}

static char locale_folder[] = "/tmp/dynamo-locale-XXXXXX";

static void test_comma_locale(void **state)
{
    if (!set_comma_locale(locale_folder)) {
        print_error("NOT TESTED: no locale with a decimal comma is installed, and localedef can't make one\n");
        skip();
    }
    test_real_text(state);
    test_real_hard_cases(state);
    test_real_shortest(state);
    test_real_value(state);
    test_number_plain(state);
    test_values(state);
    test_written_values(state);
    test_load_and_dump(state);
    test_dump_of_reals(state);
}

static int restore_locale(void **state)
{
    char command[64];

    (void)state;
    (void)setlocale(LC_ALL, "C");
    (void)unsetenv("LOCPATH");
    if (strstr(locale_folder, "XXXXXX") != NULL)
        return 0;
    (void)snprintf(command, sizeof(command), "rm -rf %s", locale_folder);
    return system(command);
}

/* ---- Without memory ---------------------------------------------------------------------------------------------- */

static size_t allocations_left = SIZE_MAX; /* SIZE_MAX: without end */

static bool may_allocate(void)
{
    if (allocations_left == SIZE_MAX)
        return true;
    if (allocations_left == 0)
        return false;
    allocations_left--;
    return true;
}

#ifdef DYNAMO_TEST_WRAP_MALLOC
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return may_allocate() ? __real_realloc(memory, size) : NULL;
}

static void *json_malloc(size_t size)
{
    return malloc(size);
}
#else
static void *json_malloc(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}
#endif

static const char rich_wire[] =
    "{\"s\":{\"S\":\"a\\nb\\u0000\"},\"n\":{\"N\":\"1e2\"},\"i\":{\"N\":\"5\"},\"r\":{\"N\":\"1.5\"},"
    "\"b\":{\"B\":\"QQ==\"},\"ss\":{\"SS\":[\"a\",\"\\t\"]},\"ns\":{\"NS\":[\"1\",\"2.5\",\"1e9\"]},"
    "\"bs\":{\"BS\":[\"QQ==\",\"Qg==\"]},\"l\":{\"L\":[{\"NULL\":true},{\"BOOL\":false}]},"
    "\"e\":{\"M\":{\"$N\":{\"S\":\"x\"}}},\"m\\\"\":{\"M\":{\"x\":{\"N\":\"7\"}}}}";

typedef json_t *(*operation)(json_t *plain, json_t *wire, dynamo_error *error);

static json_t *do_marshal(json_t *plain, json_t *wire, dynamo_error *error)
{
    (void)wire;
    return dynamo_marshal_item(plain, error);
}

static json_t *do_unmarshal(json_t *plain, json_t *wire, dynamo_error *error)
{
    (void)plain;
    return dynamo_unmarshal_item(wire, error);
}

static json_t *do_load(json_t *plain, json_t *wire, dynamo_error *error)
{
    (void)plain;
    (void)wire;
    return dynamo_load(rich_wire, sizeof(rich_wire) - 1, error);
}

/* dynamo_dump() has no error to fill. */
static json_t *do_dump(json_t *plain, json_t *wire, dynamo_error *error)
{
    char *text = dynamo_dump(plain);

    (void)wire;
    error->status = text != NULL ? DYNAMO_OK : DYNAMO_ERR_OUT_OF_MEMORY;
    free(text);
    return text != NULL ? json_true() : NULL;
}

static json_t *do_size(json_t *plain, json_t *wire, dynamo_error *error)
{
    (void)wire;
    return dynamo_item_size(plain, error) != 0 ? json_true() : NULL;
}

static json_t *do_helpers(json_t *plain, json_t *wire, dynamo_error *error)
{
    json_t *number = dynamo_number("1e2");
    json_t *binary = dynamo_binary("abc", 3);
    size_t  length;
    void   *bytes = dynamo_binary_value(json_object_get(plain, "b"), &length);
    bool    done  = number != NULL && binary != NULL && bytes != NULL;

    (void)wire;
    error->status = done ? DYNAMO_OK : DYNAMO_ERR_OUT_OF_MEMORY;
    json_decref(number);
    json_decref(binary);
    free(bytes);
    return done ? json_true() : NULL;
}

/* Fails allocation 0, then 1, ... until the operation needs no more. Returns how many it needs. */
static size_t fail_in_turn(operation run, json_t *plain, json_t *wire)
{
    for (size_t count = 0;; count++) {
        dynamo_error error = { 0 };
        json_t      *result;
        bool         enough;

        allocations_left = count;
        result           = run(plain, wire, &error);
        enough           = allocations_left != 0;
        allocations_left = SIZE_MAX;
        if (result == NULL)
            assert_int_equal(error.status, DYNAMO_ERR_OUT_OF_MEMORY);
        json_decref(result);
        if (enough)
            return count;
        assert_true(count < 10000);
    }
}

static void test_no_memory(void **state)
{
    static const struct {
        const char *name;
        operation   run;
    } operations[] = {
        { "marshal", do_marshal }, { "unmarshal", do_unmarshal }, { "load", do_load },
        { "dump", do_dump },       { "item_size", do_size },      { "helpers", do_helpers },
    };
    json_malloc_t old_malloc;
    json_free_t   old_free;
    json_t       *wire, *plain;

    (void)state;
#ifndef DYNAMO_TEST_WRAP_MALLOC
    print_message("NOT TESTED: the library's own allocations are not made to fail in this build, only Jansson's\n");
#endif
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(json_malloc, free);
    wire  = json_loads(rich_wire, JSON_ALLOW_NUL, NULL);
    plain = dynamo_unmarshal_item(wire, NULL);
    assert_non_null(plain);
    for (size_t i = 0; i < DYNAMO_COUNT(operations); i++)
        print_message("%s: each of %zu allocations failed in turn\n", operations[i].name,
                      fail_in_turn(operations[i].run, plain, wire));
    json_decref(plain);
    json_decref(wire);
    json_set_alloc_funcs(old_malloc, old_free);
}

/* ---- Borrowed values --------------------------------------------------------------------------------------------- */

static void sum_references(json_t *value, size_t *sum)
{
    const char *name;
    json_t     *member;
    size_t      index;

    if (value->refcount != (size_t)-1)
        *sum = *sum * 31 + value->refcount;
    json_object_foreach(value, name, member)
        sum_references(member, sum);
    json_array_foreach(value, index, member)
        sum_references(member, sum);
}

static void test_borrowed(void **state)
{
    json_t *wire  = json_loads(rich_wire, JSON_ALLOW_NUL, NULL);
    json_t *plain = dynamo_unmarshal_item(wire, NULL);
    json_t *copy  = json_deep_copy(plain);
    size_t  before = 0, after = 0;

    (void)state;
    sum_references(wire, &before);
    sum_references(plain, &before);
    json_decref(dynamo_marshal_item(plain, NULL));
    json_decref(dynamo_unmarshal_item(wire, NULL));
    free(dynamo_dump(plain));
    (void)dynamo_item_size(plain, NULL);
    sum_references(wire, &after);
    sum_references(plain, &after);
    assert_int_equal(before, after);
    assert_true(same_json(plain, copy));
    json_decref(copy);
    json_decref(plain);
    json_decref(wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_text),
        cmocka_unit_test(test_real_hard_cases),
        cmocka_unit_test(test_real_shortest),
        cmocka_unit_test(test_real_value),
        cmocka_unit_test(test_number_plain),
        cmocka_unit_test(test_number_refusal),
        cmocka_unit_test(test_number_equal),
        cmocka_unit_test(test_number_helpers),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_binary_of_every_byte),
        cmocka_unit_test(test_binary_refusals),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_written_values),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_nul_in_name),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_malformed_attribute_values),
        cmocka_unit_test(test_null_of_false),
        cmocka_unit_test(test_null_arguments),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_deep_answers),
        cmocka_unit_test(test_value_within_itself),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_name_with_surrogate),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_escaped_pairs),
        cmocka_unit_test(test_text_depth),
        cmocka_unit_test(test_load_and_dump),
        cmocka_unit_test(test_dump_of_reals),
        cmocka_unit_test(test_machine_numbers),
        cmocka_unit_test(test_twice_in_answer),
        cmocka_unit_test(test_large_sets),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_random_attribute_values),
        cmocka_unit_test(test_random_plain_values),
        cmocka_unit_test(test_truncations_and_mutations),
        cmocka_unit_test_teardown(test_comma_locale, restore_locale),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_borrowed),
    };

    return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
