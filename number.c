/*
 * Numbers as text: which texts DynamoDB takes, when two are equal, and their plain form: integer, real or {"$N": text}.
 *
 * Limits: Amazon DynamoDB Developer Guide, "Supported data types and naming rules" (38 significant digits, 1E-130 to
 * 9.99...E+125). The syntax is that of Java's BigDecimal, which the service reads them with. The plain form is our
 * choice: a number is an integer or a real exactly where writing that one out again gives the same text.
 *
 * The C library's conversions follow the locale of the process or thread. So a double is read from digits without a
 * decimal point, and written by taking the digits out from around whatever stands for one.
 */
#include "dynamo_internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 38
#define MAX_MAGNITUDE 125
#define MIN_MAGNITUDE (-130)

/* Exponents are cut off here: far beyond every limit, and far from overflowing when a text's length is added. */
#define MAX_EXPONENT 1000000000000

/* ---- Decimal text ------------------------------------------------------------------------------------------------ */

/* A number's text taken apart. The significant digits are those from the first to the last that isn't 0. */
typedef struct decimal {
    const char *first;     /* the first of them; a point may stand among them */
    size_t      count;     /* 0: the number is zero */
    int64_t     magnitude; /* the power of ten of the first */
    bool        negative;
} decimal;

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static const char *skip_digits(const char *next, const char *end)
{
    while (next < end && is_digit(*next))
        next++;
    return next;
}

static size_t append(char *buffer, size_t used, const char *text, size_t length)
{
    memcpy(buffer + used, text, length);
    return used + length;
}

/* `buffer` has room for 20 characters and a NUL. */
static size_t integer_text(int64_t integer, char *buffer)
{
    char     digits[20];
    size_t   at   = sizeof(digits);
    size_t   used = 0;
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    for (; rest > UINT32_MAX; rest /= 10)
        digits[--at] = (char)('0' + rest % 10);
    do { /* -Os leaves divisions in: those of 32 bits write an integer in an eighth less time */
        digits[--at] = (char)('0' + (uint32_t)rest % 10);
        rest         = (uint32_t)rest / 10;
    } while (rest != 0);
    if (integer < 0)
        buffer[used++] = '-';
    used         = append(buffer, used, digits + at, sizeof(digits) - at);
    buffer[used] = '\0';
    return used;
}

/* Digits with at most one point among, before or after them. Returns where they end, NULL: there is no digit. */
static const char *parse_significand(decimal *number, const char *next, const char *end)
{
    size_t  digits = 0;
    size_t  before = 0; /* zeros before the first significant digit, those after the point included */
    int64_t whole  = -1;

    for (; next < end && (is_digit(*next) || (*next == '.' && whole < 0)); next++) {
        if (*next == '.') {
            whole = (int64_t)digits;
            continue;
        }
        if (*next != '0') {
            if (number->count == 0) {
                number->first = next;
                before        = digits;
            }
            number->count = digits + 1 - before;
        }
        digits++;
    }
    number->magnitude = (whole < 0 ? (int64_t)digits : whole) - 1 - (int64_t)before;
    return digits != 0 ? next : NULL;
}

/* Sign and digits after the E. Returns where they end, NULL: there is no digit. */
static const char *parse_exponent(int64_t *exponent, const char *next, const char *end)
{
    bool        negative = next < end && *next == '-';
    const char *digits;

    *exponent = 0;
    if (next < end && (*next == '-' || *next == '+'))
        next++;
    for (digits = next; next < end && is_digit(*next); next++)
        if (*exponent < MAX_EXPONENT)
            *exponent = *exponent * 10 + (*next - '0');
    if (negative)
        *exponent = -*exponent;
    return next != digits ? next : NULL;
}

/* [+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? */
static bool parse_decimal(decimal *number, const char *text, size_t length)
{
    const char *next = text;
    const char *end  = text + length;
    int64_t     exponent;

    *number = (decimal){ .negative = length != 0 && *text == '-' };
    if (length != 0 && (*text == '-' || *text == '+'))
        next++;
    next = parse_significand(number, next, end);
    if (next != NULL && next < end && (*next == 'e' || *next == 'E')) {
        next = parse_exponent(&exponent, next + 1, end);
        number->magnitude += exponent;
    }
    return next != NULL && next == end;
}

/* The first significant digits, at most `room`, without the point. Returns their number. */
static size_t copy_digits(const decimal *number, char *digits, size_t room)
{
    size_t count = number->count < room ? number->count : room;
    size_t out   = 0;

    for (const char *next = number->first; out < count; next++)
        if (*next != '.')
            digits[out++] = *next;
    return count;
}

const char *dynamo_number_refusal(const char *text, size_t length)
{
    decimal number;

    if (!parse_decimal(&number, text, length))
        return "The parameter cannot be converted to a numeric value";
    if (number.count == 0)
        return NULL;
    if (number.magnitude > MAX_MAGNITUDE)
        return "Number overflow. Attempting to store a number with magnitude larger than supported range";
    if (number.magnitude < MIN_MAGNITUDE)
        return "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    return number.count > MAX_DIGITS ? "Attempting to store more than 38 significant digits in a Number" : NULL;
}

bool dynamo_number_key(const char *text, size_t length, char key[DYNAMO_NUMBER_KEY_SIZE], size_t *digits)
{
    decimal number;
    size_t  count;

    if (!parse_decimal(&number, text, length))
        return false;
    count      = copy_digits(&number, key, MAX_DIGITS);
    *digits    = count;
    key[count] = '\0';
    if (count != 0) {
        key[count] = number.negative ? '-' : '+';
        (void)integer_text(number.magnitude, key + count + 1);
    }
    return true;
}

/* Pairs of digits are counted from the point: "1.5" is 01 and 50. What DynamoDB Local counts. */
size_t dynamo_number_bytes(const char *text, size_t length)
{
    decimal number;
    size_t  alone; /* a first digit whose pair begins with a zero */

    if (!parse_decimal(&number, text, length) || number.count == 0)
        return 1;
    alone = number.magnitude % 2 == 0 ? 1 : 0;
    return 1 + (number.count + alone + 1) / 2 + (number.negative ? 1 : 0);
}

/* ---- Text to double ---------------------------------------------------------------------------------------------- */

/* No double, and no point halfway between two, has more significant digits than 767: of those after 800 it matters
 * only that there are some. */
#define EXACT_DIGITS 800

static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* Up to 15 digits are a double exactly, and so is 10^22: one exact operand each, so one correctly rounded operation
 * gives the nearest double, where the machine rounds to double. */
static bool simple_value(const char *digits, size_t count, int64_t exponent, double *value)
{
    int64_t integer = 0;

    if (FLT_EVAL_METHOD != 0 || count > DBL_DIG || exponent < -22 || exponent > 22)
        return false;
    for (size_t i = 0; i < count; i++)
        integer = integer * 10 + (digits[i] - '0');
    *value = exponent < 0 ? (double)integer / powers[-exponent] : (double)integer * powers[exponent];
    return true;
}

/* The double nearest to digits * 10^exponent. `digits` has room for an exponent after them. */
static double scaled_value(char *digits, size_t count, int64_t exponent)
{
    double value;
    int    within = exponent > 9999 ? 9999 : exponent < -9999 ? -9999 : (int)exponent;

    if (simple_value(digits, count, exponent, &value))
        return value;
    (void)snprintf(digits + count, 8, "e%d", within);
    return strtod(digits, NULL);
}

static double decimal_value(const decimal *number)
{
    char   digits[EXACT_DIGITS + 10];
    size_t count;
    double value = 0;

    if (number->count != 0) {
        count = copy_digits(number, digits, EXACT_DIGITS);
        if (number->count > EXACT_DIGITS)
            digits[count++] = '1';
        value = scaled_value(digits, count, number->magnitude - (int64_t)count + 1);
    }
    return number->negative ? -value : value;
}

double dynamo_real_value(const char *text, size_t length)
{
    decimal number;

    return parse_decimal(&number, text, length) ? decimal_value(&number) : (double)NAN;
}

/* ---- Double to text ---------------------------------------------------------------------------------------------- */

/* 17 significant digits tell every double from its neighbours; DBL_DIG, 15, survive the way through one. */
#define MAX_REAL_DIGITS 17

/* A positive double rounded to `count` significant digits, and the power of ten of the first. */
static int round_digits(double real, int count, char digits[MAX_REAL_DIGITS])
{
    char        text[64];
    const char *next = text + 1;

    (void)snprintf(text, sizeof(text), "%.*e", count - 1, real);
    digits[0] = text[0];
    if (count > 1) {
        while (!is_digit(*next)) /* the locale's decimal point, one byte or more */
            next++;
        memcpy(digits + 1, next, (size_t)(count - 1));
        next += count - 1;
    }
    return (int)strtol(next + 1, NULL, 10); /* after the e */
}

static bool digits_read_back(const char *digits, int count, int magnitude, double real)
{
    char text[MAX_REAL_DIGITS + 10];

    memcpy(text, digits, (size_t)count);
    return scaled_value(text, (size_t)count, magnitude - count + 1) == real;
}

/* The next larger number of as many digits. Returns its magnitude. */
static int next_digits(char *digits, int count, int magnitude)
{
    int at = count - 1;

    while (at >= 0 && digits[at] == '9')
        digits[at--] = '0';
    if (at >= 0) {
        digits[at]++;
        return magnitude;
    }
    digits[0] = '1';
    return magnitude + 1;
}

/*
 * The shortest digits that read back to a positive double, and of those the nearest to it. If any `count` digits read
 * back, the nearest do, except at a power of two: its neighbour below is at half the distance of the one above, so that
 * digits a little too small may not read back where those on the other side do, farther away (2^-44, to 16 digits).
 */
static int shortest_digits(double real, char digits[MAX_REAL_DIGITS], int *count)
{
    int  exponent;
    bool power_of_two = frexp(real, &exponent) == 0.5;
    int  magnitude;

    /* Where a double has its full precision, what 15 digits can't say fewer can't either, and what fewer can say is
     * found as 15 digits with zeros at the end. */
    for (*count = real < DBL_MIN ? 1 : DBL_DIG;; (*count)++) {
        magnitude = round_digits(real, *count, digits);
        if (*count == MAX_REAL_DIGITS || digits_read_back(digits, *count, magnitude, real))
            break;
        if (power_of_two) {
            magnitude = next_digits(digits, *count, magnitude);
            if (digits_read_back(digits, *count, magnitude, real))
                break;
        }
    }
    while (*count > 1 && digits[*count - 1] == '0')
        (*count)--;
    return magnitude;
}

static size_t append_zeros(char *buffer, size_t used, int count)
{
    memset(buffer + used, '0', (size_t)count);
    return used + (size_t)count;
}

#define SIMPLE_DECIMALS 6
#define SIMPLE_LIMIT 1e15 /* 10^DBL_DIG */

/*
 * The shortest digits of a positive double as people write them: 15 at most, with up to six decimals. What is taken for
 * them reads back, as simple_value() would read it, and no other number of 15 digits does. A tenth of the time of
 * shortest_digits(). Returns the number of decimals; 0: it has another form.
 */
static int simple_digits(double real, char digits[MAX_REAL_DIGITS + 4], int *count)
{
    if (FLT_EVAL_METHOD != 0)
        return 0;
    for (int decimals = 1; decimals <= SIMPLE_DECIMALS && real * powers[decimals] < SIMPLE_LIMIT; decimals++) {
        int64_t integer = (int64_t)(real * powers[decimals] + 0.5);

        if ((double)integer / powers[decimals] == real) {
            *count = (int)integer_text(integer, digits);
            return decimals;
        }
    }
    return 0;
}

/* The digits at their place, without exponent. */
static size_t append_placed(char *buffer, size_t used, const char *digits, int count, int magnitude)
{
    if (magnitude < 0) {
        used = append(buffer, used, "0.", 2);
        used = append_zeros(buffer, used, -magnitude - 1);
        return append(buffer, used, digits, (size_t)count);
    }
    if (magnitude >= count - 1) {
        used = append(buffer, used, digits, (size_t)count);
        return append_zeros(buffer, used, magnitude - count + 1);
    }
    used = append(buffer, used, digits, (size_t)magnitude + 1);
    used = append(buffer, used, ".", 1);
    return append(buffer, used, digits + magnitude + 1, (size_t)(count - magnitude - 1));
}

size_t dynamo_real_text(double real, char buffer[DYNAMO_NUMBER_SIZE])
{
    char   digits[MAX_REAL_DIGITS + 4];
    double whole;
    size_t used = 0;
    int    count, decimals, magnitude;

    buffer[0] = '\0';
    if (!isfinite(real))
        return 0;
    /* Below 2^53 a whole number's own digits are the shortest: no two of them are one double, nor are there halves. */
    if (fabs(real) < 9007199254740992.0 && modf(real, &whole) == 0) /* in libc, where trunc() is in libm */
        return integer_text((int64_t)real, buffer);
    decimals  = simple_digits(fabs(real), digits, &count);
    magnitude = decimals != 0 ? count - 1 - decimals : shortest_digits(fabs(real), digits, &count);
    if (real < 0)
        buffer[used++] = '-';
    used         = append_placed(buffer, used, digits, count, magnitude);
    buffer[used] = '\0';
    return used;
}

/* ---- Plain numbers ----------------------------------------------------------------------------------------------- */

/* 0|-?[1-9][0-9]*, within int64 */
static bool parse_integer(const char *text, size_t length, int64_t *integer)
{
    bool     negative = length > 1 && *text == '-';
    size_t   count    = length - negative;
    uint64_t value    = 0;
    uint64_t limit    = (uint64_t)INT64_MAX + negative;

    text += negative;
    if (count == 0 || count > 19 || (*text == '0' && length > 1))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > limit)
        return false;
    *integer = negative ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return true;
}

/* -?(0|[1-9][0-9]*)\.[0-9]*[1-9] */
static bool has_real_syntax(const char *text, size_t length)
{
    const char *end   = text + length;
    const char *whole = length != 0 && *text == '-' ? text + 1 : text;
    const char *point = skip_digits(whole, end);

    if (point == whole || (*whole == '0' && point - whole > 1))
        return false;
    return end - point > 1 && *point == '.' && skip_digits(point + 1, end) == end && end[-1] != '0';
}

/* Whether the text is what dynamo_real_text() makes of its double. */
static bool parse_real(const char *text, size_t length, double *real)
{
    char    shortest[DYNAMO_NUMBER_SIZE];
    decimal number;

    if (length >= DYNAMO_NUMBER_SIZE || !has_real_syntax(text, length) || !parse_decimal(&number, text, length) ||
        number.count > MAX_REAL_DIGITS)
        return false;
    *real = decimal_value(&number);
    /* Up to 15 digits, where doubles have their full precision, survive the way through a double. So no two such
     * numbers share one, nothing shorter reads back to it, and these are its shortest digits. */
    if (number.count <= DBL_DIG && number.magnitude > DBL_MIN_10_EXP)
        return true;
    return dynamo_real_text(*real, shortest) == length && memcmp(shortest, text, length) == 0;
}

static json_t *literal(const char *text, size_t length)
{
    json_t *object = json_object();

    /* Steals the text, and fails without it or without the object. */
    if (json_object_set_new_nocheck(object, "$N", json_stringn_nocheck(text, length)) == 0)
        return object;
    json_decref(object);
    return NULL;
}

json_t *dynamo_number_plain(const char *text, size_t length)
{
    int64_t integer;
    double  real;

    if (parse_integer(text, length, &integer))
        return json_integer(integer);
    return parse_real(text, length, &real) ? json_real(real) : literal(text, length);
}

const char *dynamo_number_literal(json_t *value, size_t *length)
{
    json_t *text = json_object_size(value) == 1 ? json_object_get(value, "$N") : NULL;

    if (!json_is_string(text))
        return NULL;
    *length = json_string_length(text);
    return json_string_value(text);
}

const char *dynamo_number_text(json_t *value, char buffer[DYNAMO_NUMBER_SIZE])
{
    const char *text;
    size_t      length;
    decimal     number;

    if (json_is_integer(value)) {
        (void)integer_text(json_integer_value(value), buffer);
        return buffer;
    }
    if (json_is_real(value))
        return dynamo_real_text(json_real_value(value), buffer) != 0 ? buffer : NULL;
    text = dynamo_number_literal(value, &length);
    return text != NULL && parse_decimal(&number, text, length) ? text : NULL;
}

double dynamo_number_value(json_t *value)
{
    const char *text;
    size_t      length;

    if (json_is_number(value))
        return json_number_value(value);
    text = dynamo_number_literal(value, &length);
    return text != NULL ? dynamo_real_value(text, length) : (double)NAN;
}

json_t *dynamo_number(const char *text)
{
    if (text == NULL || dynamo_number_refusal(text, strlen(text)) != NULL)
        return NULL;
    return dynamo_number_plain(text, strlen(text));
}
