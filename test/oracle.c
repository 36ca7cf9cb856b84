#include "oracle.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

#define DECIMAL "^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$" /* java.math.BigDecimal's */
#define JSON_NUMBER "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$" /* RFC 8259, section 6 */
#define PLAIN_INTEGER "^(0|-?[1-9][0-9]*)$"
#define PLAIN_REAL "^-?(0|[1-9][0-9]*)[.][0-9]*[1-9]$"

/* Each pattern is compiled once; one thread at a time. */
static bool matches(const char *text, const char *pattern)
{
    static struct {
        const char *pattern;
        regex_t     compiled;
    } known[4];
    size_t i = 0;

    while (i < DYNAMO_COUNT(known) && known[i].pattern != NULL && strcmp(known[i].pattern, pattern) != 0)
        i++;
    if (i == DYNAMO_COUNT(known))
        abort();
    if (known[i].pattern == NULL && regcomp(&known[i].compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        abort();
    known[i].pattern = pattern;
    return regexec(&known[i].compiled, text, 0, NULL, 0) == 0;
}

bool oracle_is_number(const char *text, size_t length)
{
    return strlen(text) == length && matches(text, DECIMAL);
}

/* The digits from the first to the last that isn't 0, and the power of ten of the first. "": zero. To free(). */
static char *significant_digits(const char *text, long long *magnitude)
{
    char       *digits = calloc(strlen(text) + 1, 1);
    size_t      count = 0, whole = 0, zeros;
    bool        point    = false;
    const char *exponent = strpbrk(text, "eE");
    long long   power    = exponent != NULL ? strtoll(exponent + 1, NULL, 10) : 0; /* as far as long long goes */

    if (digits == NULL)
        abort();
    for (; *text != '\0' && text != exponent; text++) {
        point = point || *text == '.';
        if (*text >= '0' && *text <= '9') {
            digits[count++] = *text;
            whole += !point;
        }
    }
    while (count > 0 && digits[count - 1] == '0')
        digits[--count] = '\0';
    zeros = strspn(digits, "0");
    memmove(digits, digits + zeros, count - zeros + 1);
    power      = power > 1000000 ? 1000000 : power < -1000000 ? -1000000 : power; /* the texts are far shorter */
    *magnitude = (long long)whole - 1 - (long long)zeros + power;
    return digits;
}

bool oracle_is_stored_number(const char *text, size_t length)
{
    long long magnitude;
    char     *digits;
    bool      fits;

    if (!oracle_is_number(text, length))
        return false;
    digits = significant_digits(text, &magnitude);
    fits   = digits[0] == '\0' || (strlen(digits) <= 38 && magnitude >= -130 && magnitude <= 125);
    free(digits);
    return fits;
}

bool oracle_numbers_equal(const char *one, const char *other)
{
    long long one_magnitude, other_magnitude;
    char     *one_digits   = significant_digits(one, &one_magnitude);
    char     *other_digits = significant_digits(other, &other_magnitude);
    bool      equal        = strcmp(one_digits, other_digits) == 0;

    if (one_digits[0] != '\0')
        equal = equal && one_magnitude == other_magnitude && (one[0] == '-') == (other[0] == '-');
    free(one_digits);
    free(other_digits);
    return equal;
}

/* The double rounded to that many digits, or a neighbour `step` units away in the last of them, if it reads back. */
static bool reads_back(double real, int digits, int step, long long *number, int *exponent)
{
    char scientific[40], whole[24];
    int  written = snprintf(scientific, sizeof(scientific), "%.*e", digits - 1, real);

    *exponent = atoi(strchr(scientific, 'e') + 1) - (digits - 1);
    whole[0]  = scientific[0];
    memcpy(whole + 1, scientific + 2, (size_t)digits - 1);
    whole[digits] = '\0';
    *number       = atoll(whole) + step;
    written       = snprintf(scientific, sizeof(scientific), "%llde%d", *number, *exponent);
    return written > 0 && strtod(scientific, NULL) == real;
}

/* The fewest digits that read back to the same double, and of those the nearest, without exponent. */
void oracle_real_text(double real, char text[DYNAMO_NUMBER_SIZE])
{
    long long   number = 0;
    int         exponent = 0;
    char        digits[400];
    const char *sign = real < 0 ? "-" : "";

    for (int count = 1; real != 0 && count <= 17; count++)
        if (reads_back(fabs(real), count, 0, &number, &exponent) ||
            reads_back(fabs(real), count, 1, &number, &exponent) ||
            reads_back(fabs(real), count, -1, &number, &exponent))
            break;
    while (number != 0 && number % 10 == 0) {
        number /= 10;
        exponent++;
    }
    if (exponent >= 0) {
        (void)snprintf(text, DYNAMO_NUMBER_SIZE, "%s%lld", sign, number);
        for (; exponent > 0; exponent--)
            strcat(text, "0");
    } else { /* at least one digit before the point */
        (void)snprintf(digits, sizeof(digits), "%0*lld", 1 - exponent, number);
        (void)snprintf(text, DYNAMO_NUMBER_SIZE, "%s%.*s.%s", sign, (int)strlen(digits) + exponent, digits,
                       digits + strlen(digits) + exponent);
    }
}

static bool as_integer(const char *text, json_t **integer)
{
    long long value;

    if (!matches(text, PLAIN_INTEGER))
        return false;
    errno = 0;
    value = strtoll(text, NULL, 10);
    if (errno != 0)
        return false;
    *integer = json_integer(value);
    return true;
}

json_t *oracle_number(const char *text, size_t length)
{
    char    shortest[DYNAMO_NUMBER_SIZE];
    json_t *plain;

    if (strlen(text) == length && as_integer(text, &plain))
        return plain;
    if (strlen(text) == length && matches(text, PLAIN_REAL) && isfinite(strtod(text, NULL))) {
        oracle_real_text(strtod(text, NULL), shortest);
        if (strcmp(text, shortest) == 0)
            return json_real(strtod(text, NULL));
    }
    return json_pack("{s:o}", "$N", json_stringn_nocheck(text, length));
}

/* ---- Text: what Jansson can't read, in a disguise ---------------------------------------------------------------- */

/*
 * Jansson's loader knows all of RFC 8259, but it refuses a number beyond int64 or double and keeps of others what these
 * hold, refuses a surrogate on its own, and U+0000 in names. So these alone are put in another form before it sees the
 * text, and put back in the tree it made: a mark, U+E000, and then
 *
 *     #12.50    the bare number 12.50, now a string
 *     0         U+0000
 *     d800      the surrogate, four hexadecimal digits
 *     m         U+E000 itself
 *
 * Whether a disguise stands where a value or a character may stand is still for Jansson to say; a number in place of a
 * name is refused afterwards. Its limit of 2048 levels is beyond ours. And it overlooks the byte NUL after true, false
 * and null, so that text with one, which is never JSON, doesn't get there.
 */
#define MARK "\xEE\x80\x80"

typedef struct disguise {
    const char *next, *end;
    char       *out;
    size_t      length;
} disguise;

static void put(disguise *text, const char *bytes, size_t count)
{
    memcpy(text->out + text->length, bytes, count);
    text->length += count;
}

static void take(disguise *text, size_t count)
{
    put(text, text->next, count);
    text->next += count;
}

/* The unit of the escape \uXXXX that stands there, or -1. */
static int unit_at(const char *text, const char *end)
{
    char digits[5] = "";

    if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    memcpy(digits, text + 2, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (int)strtol(digits, NULL, 16) : -1;
}

static bool is_high(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static void disguise_escape(disguise *text)
{
    int  unit = unit_at(text->next, text->end);
    char marked[16];

    if (is_high(unit) && is_low(unit_at(text->next + 6, text->end))) {
        take(text, 12);
        return;
    }
    if (unit == 0)
        (void)snprintf(marked, sizeof(marked), MARK "0");
    else if (unit == 0xE000)
        (void)snprintf(marked, sizeof(marked), MARK "m");
    else if (is_high(unit) || is_low(unit))
        (void)snprintf(marked, sizeof(marked), MARK "%04x", (unsigned)unit);
    else {
        take(text, text->end - text->next > 1 ? 2 : 1);
        return;
    }
    put(text, marked, strlen(marked));
    text->next += 6;
}

static void disguise_string(disguise *text)
{
    take(text, 1);
    while (text->next < text->end && *text->next != '"') {
        if (*text->next == '\\') {
            disguise_escape(text);
        } else if (text->end - text->next >= 3 && memcmp(text->next, MARK, 3) == 0) {
            take(text, 3);
            put(text, "m", 1);
        } else {
            take(text, 1);
        }
    }
    if (text->next < text->end)
        take(text, 1);
}

static void disguise_number(disguise *text)
{
    size_t length = 0;
    char  *number;

    while (text->next + length < text->end && strchr("0123456789+-.eE", text->next[length]) != NULL)
        length++;
    number = strndup(text->next, length);
    if (number == NULL)
        abort();
    if (matches(number, JSON_NUMBER)) {
        put(text, "\"" MARK "#", 5);
        take(text, length);
        put(text, "\"", 1);
    } else {
        take(text, length);
    }
    free(number);
}

static json_t *load_disguised(const char *bytes, size_t length)
{
    disguise text = { bytes, bytes + length, NULL, 0 };
    json_t  *tree;

    if (length != 0 && memchr(bytes, '\0', length) != NULL)
        return NULL;
    text.out = malloc(length * 7 + 1); /* a digit becomes seven bytes */
    if (text.out == NULL)
        abort();
    while (text.next < text.end) {
        if (*text.next == '"')
            disguise_string(&text);
        else if (*text.next == '-' || (*text.next >= '0' && *text.next <= '9'))
            disguise_number(&text);
        else
            take(&text, 1);
    }
    tree = json_loadb(text.out, text.length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    free(text.out);
    return tree;
}

/* The characters as they were. To free(). */
static char *undisguised(const char *next, size_t length, size_t *out)
{
    const char *end  = next + length;
    char       *text = malloc(length + 1);
    unsigned    unit;

    if (text == NULL)
        abort();
    for (*out = 0; next < end;) {
        if (strncmp(next, MARK, 3) != 0) {
            text[(*out)++] = *next++;
        } else if (next[3] == '0') {
            text[(*out)++] = '\0';
            next += 4;
        } else if (next[3] == 'm') {
            memcpy(text + *out, MARK, 3);
            *out += 3;
            next += 4;
        } else {
            unit           = (unsigned)strtoul((char[]){ next[3], next[4], next[5], next[6], '\0' }, NULL, 16);
            text[(*out)++] = (char)(0xE0 | unit >> 12);
            text[(*out)++] = (char)(0x80 | (unit >> 6 & 0x3F));
            text[(*out)++] = (char)(0x80 | (unit & 0x3F));
            next += 7;
        }
    }
    text[*out] = '\0';
    return text;
}

static bool is_disguised_number(const char *text)
{
    return strncmp(text, MARK "#", 4) == 0;
}

static json_t *bare_number(const char *text, oracle_numbers numbers)
{
    json_t *integer;

    if (numbers == ORACLE_EVERY_DIGIT)
        return oracle_number(text, strlen(text));
    return as_integer(text, &integer) ? integer : json_real(strtod(text, NULL)); /* which refuses infinity */
}

static json_t *undisguise(json_t *tree, oracle_numbers numbers, unsigned depth);

static json_t *undisguise_string(json_t *tree, oracle_numbers numbers)
{
    size_t  length;
    char   *text;
    json_t *string;

    if (is_disguised_number(json_string_value(tree)))
        return bare_number(json_string_value(tree) + 4, numbers);
    text   = undisguised(json_string_value(tree), json_string_length(tree), &length);
    string = json_stringn_nocheck(text, length);
    free(text);
    return string;
}

/* Whether the list took the value, which it steals. */
static bool add(json_t *list, json_t *value)
{
    return json_array_append_new(list, value) == 0;
}

static json_t *undisguise_list(json_t *tree, oracle_numbers numbers, unsigned depth)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(tree); i++) {
        if (!add(list, undisguise(json_array_get(tree, i), numbers, depth))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *undisguise_object(json_t *tree, oracle_numbers numbers, unsigned depth)
{
    json_t     *object = json_object();
    const char *disguised;
    json_t     *value;
    bool        fine = true;

    json_object_foreach(tree, disguised, value) {
        size_t length;
        char  *name = undisguised(disguised, is_disguised_number(disguised) ? 0 : strlen(disguised), &length);

        /* A Jansson that can't hold U+0000 in a name refuses it, as the library then does. */
        fine = fine && !is_disguised_number(disguised) &&
               dynamo_object_set(object, name, length, undisguise(value, numbers, depth)) == 0;
        free(name);
    }
    if (fine)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *undisguise(json_t *tree, oracle_numbers numbers, unsigned depth)
{
    if (json_is_string(tree))
        return undisguise_string(tree, numbers);
    if (!json_is_array(tree) && !json_is_object(tree))
        return json_incref(tree);
    if (depth >= DYNAMO_TEXT_DEPTH)
        return NULL;
    return json_is_array(tree) ? undisguise_list(tree, numbers, depth + 1)
                               : undisguise_object(tree, numbers, depth + 1);
}

json_t *oracle_load(const char *text, size_t length, oracle_numbers numbers)
{
    json_t *disguised = load_disguised(text, length);
    json_t *tree      = disguised != NULL ? undisguise(disguised, numbers, 0) : NULL;

    json_decref(disguised);
    return tree;
}

/* ---- Text that can be written ------------------------------------------------------------------------------------ */

/* Takes one character in its shortest UTF-8 form, surrogates too; -1: there is none. */
static long next_character(const unsigned char **next, const unsigned char *end)
{
    static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char     first   = *(*next)++;
    int               length  = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3
                                : first < 0xF8                                                       ? 4
                                                                                                     : 0;
    long              value   = length < 2 ? first : first & (0xFF >> (length + 1));

    for (int i = 1; i < length; i++) {
        if (*next == end || (**next & 0xC0) != 0x80)
            return -1;
        value = value << 6 | (*(*next)++ & 0x3F);
    }
    return length == 0 || value < least[length] || value > 0x10FFFF ? -1 : value;
}

/* UTF-8, in which a surrogate may stand alone; the halves of a pair side by side are one character that isn't. */
static bool is_text(const char *text, size_t length)
{
    const unsigned char *next     = (const unsigned char *)text;
    const unsigned char *end      = next + length;
    long                 previous = 0, character;

    for (; next < end; previous = character) {
        character = next_character(&next, end);
        if (character < 0 || (is_high((int)previous) && is_low((int)character)))
            return false;
    }
    return true;
}

static bool string_is_text(json_t *string)
{
    return is_text(json_string_value(string), json_string_length(string));
}

static bool name_is_text(void *member)
{
    return is_text(json_object_iter_key(member), dynamo_name_length(member));
}

/* An object's only member, or NULL. */
static void *only_member(json_t *object)
{
    return json_object_size(object) == 1 ? json_object_iter(object) : NULL;
}

static bool has_only_name(json_t *object, const char *name)
{
    void *member = only_member(object);

    return member != NULL && dynamo_name_length(member) == strlen(name) &&
           strcmp(json_object_iter_key(member), name) == 0;
}

/* Whether {"$N": text} is written as the bare number: where that is read as the same again. */
static bool is_written_bare(json_t *value)
{
    json_t     *text   = has_only_name(value, "$N") ? json_object_get(value, "$N") : NULL;
    const char *digits = json_string_value(text);
    json_t     *plain;
    bool        bare;

    if (digits == NULL || strlen(digits) != json_string_length(text) || !matches(digits, JSON_NUMBER))
        return false;
    plain = oracle_number(digits, strlen(digits));
    bare  = json_is_object(plain);
    json_decref(plain);
    return bare;
}

static json_t *reload(json_t *value, unsigned depth);

static json_t *reload_list(json_t *value, unsigned depth)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!add(list, reload(json_array_get(value, i), depth))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *reload_object(json_t *value, unsigned depth)
{
    json_t *object = json_object();

    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        if (!name_is_text(at) || dynamo_object_set(object, json_object_iter_key(at), dynamo_name_length(at),
                                                   reload(json_object_iter_value(at), depth)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *reload(json_t *value, unsigned depth)
{
    char text[DYNAMO_NUMBER_SIZE];

    if (json_is_string(value))
        return string_is_text(value) ? json_incref(value) : NULL;
    if (json_is_real(value)) {
        oracle_real_text(json_real_value(value), text);
        return oracle_number(text, strlen(text));
    }
    if ((!json_is_array(value) && !json_is_object(value)) || is_written_bare(value))
        return json_incref(value);
    if (depth >= DYNAMO_TEXT_DEPTH)
        return NULL;
    return json_is_array(value) ? reload_list(value, depth + 1) : reload_object(value, depth + 1);
}

json_t *oracle_reload(json_t *value)
{
    return reload(value, 0);
}

/* ---- AttributeValue: what both ways share ------------------------------------------------------------------------ */

static int sextet(char character)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char       *at         = character != '\0' ? strchr(alphabet, character) : NULL;

    return at != NULL ? (int)(at - alphabet) : -1;
}

/* The bytes that the base64 stands for, to free(); NULL: it is malformed. */
static unsigned char *base64_bytes(json_t *string, size_t *size)
{
    const char    *text   = json_string_value(string);
    size_t         length = json_string_length(string), digits = length;
    unsigned char *bytes;

    while (digits > 0 && length - digits < 2 && text[digits - 1] == '=')
        digits--;
    if (length % 4 != 0 || (bytes = calloc(length + 1, 1)) == NULL)
        return NULL;
    for (size_t i = 0; i < digits; i++) {
        for (int bit = 0; bit < 6 && sextet(text[i]) >= 0; bit++)
            bytes[(i * 6 + (size_t)bit) / 8] |=
                (unsigned char)((sextet(text[i]) >> (5 - bit) & 1) << (7 - (i * 6 + (size_t)bit) % 8));
        if (sextet(text[i]) < 0) {
            free(bytes);
            return NULL;
        }
    }
    *size = digits * 6 / 8;
    return bytes;
}

static bool is_base64(json_t *string)
{
    size_t         size;
    unsigned char *bytes = json_is_string(string) ? base64_bytes(string, &size) : NULL;

    free(bytes);
    return bytes != NULL;
}

/* The number of $ before one of the five names, when an object has one member alone and that is its name; else 0. */
static size_t dollars_of(json_t *object)
{
    static const char *const types[] = { "N", "B", "SS", "NS", "BS" };
    void                    *member  = only_member(object);
    const char              *name    = member != NULL ? json_object_iter_key(member) : "";
    size_t                   dollars = strspn(name, "$");

    for (size_t i = 0; i < DYNAMO_COUNT(types); i++)
        if (dollars > 0 && strcmp(name + dollars, types[i]) == 0 && strlen(name) == dynamo_name_length(member))
            return dollars;
    return 0;
}

static json_t *wrap(const char *name, json_t *value)
{
    return json_pack("{s:o}", name, value); /* NULL for NULL */
}

/* What a list or a map is made of, each element through the function; NULL: it refused one. */
static json_t *each_element(json_t *list, json_t *(*convert)(json_t *element))
{
    json_t *converted = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!add(converted, convert(json_array_get(list, i)))) {
            json_decref(converted);
            return NULL;
        }
    }
    return converted;
}

/* ---- AttributeValue to plain ------------------------------------------------------------------------------------- */

static json_t *plain_string(json_t *text)
{
    return json_is_string(text) ? json_incref(text) : NULL;
}

static json_t *plain_number(json_t *text)
{
    if (!json_is_string(text) || !oracle_is_number(json_string_value(text), json_string_length(text)))
        return NULL;
    return oracle_number(json_string_value(text), json_string_length(text));
}

static json_t *plain_number_element(json_t *text)
{
    json_t *number = plain_number(text);

    if (!json_is_object(number))
        return number;
    json_decref(number);
    return json_incref(text);
}

static json_t *plain_base64(json_t *text)
{
    return is_base64(text) ? json_incref(text) : NULL;
}

static json_t *plain_boolean(json_t *value)
{
    return json_is_boolean(value) ? json_incref(value) : NULL;
}

static json_t *plain_null(json_t *value)
{
    return json_is_boolean(value) ? json_null() : NULL;
}

static json_t *plain_list(json_t *list)
{
    return json_is_array(list) ? each_element(list, oracle_unmarshal) : NULL;
}

static json_t *plain_map(json_t *map)
{
    json_t     *plain   = oracle_unmarshal_item(map);
    size_t      dollars = plain != NULL ? dollars_of(plain) : 0;
    const char *name    = dollars > 0 ? json_object_iter_key(json_object_iter(plain)) : NULL;
    json_t     *longer, *wrapped;

    if (name == NULL)
        return plain;
    longer  = json_sprintf("$%s", name);
    wrapped = wrap(json_string_value(longer), json_incref(json_object_get(plain, name)));
    json_decref(longer);
    json_decref(plain);
    return wrapped;
}

static json_t *plain_binary(json_t *text)
{
    return wrap("$B", plain_base64(text));
}

static json_t *plain_string_set(json_t *set)
{
    return json_is_array(set) ? wrap("$SS", each_element(set, plain_string)) : NULL;
}

static json_t *plain_number_set(json_t *set)
{
    return json_is_array(set) ? wrap("$NS", each_element(set, plain_number_element)) : NULL;
}

static json_t *plain_binary_set(json_t *set)
{
    return json_is_array(set) ? wrap("$BS", each_element(set, plain_base64)) : NULL;
}

json_t *oracle_unmarshal(json_t *attribute_value)
{
    static const struct {
        const char *type;
        json_t   *(*plain)(json_t *content);
    } rows[] = {
        { "S", plain_string },      { "N", plain_number },      { "BOOL", plain_boolean },
        { "NULL", plain_null },     { "L", plain_list },        { "M", plain_map },
        { "B", plain_binary },      { "SS", plain_string_set }, { "NS", plain_number_set },
        { "BS", plain_binary_set },
    };

    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++)
        if (has_only_name(attribute_value, rows[i].type))
            return rows[i].plain(json_object_get(attribute_value, rows[i].type));
    return NULL;
}

/* An object with each member's value as its function has it. */
json_t *oracle_unmarshal_item(json_t *item)
{
    json_t *plain = json_is_object(item) ? json_object() : NULL;

    for (void *at = json_object_iter(item); plain != NULL && at != NULL; at = json_object_iter_next(item, at)) {
        if (dynamo_object_set(plain, json_object_iter_key(at), dynamo_name_length(at),
                              oracle_unmarshal(json_object_iter_value(at))) != 0) {
            json_decref(plain);
            plain = NULL;
        }
    }
    return plain;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* The shape of what stands at a list's elements or an object's member; whatever JSON where the shape doesn't say. */
static const dynamo_shape *inner_shape(const dynamo_shape *shape, const char *name, size_t length)
{
    if (shape->kind != DYNAMO_KIND_STRUCTURE)
        return shape->of;
    for (const dynamo_member *member = shape->members; member->name != NULL; member++)
        if (strlen(member->name) == length && strcmp(member->name, name) == 0)
            return member->shape;
    return &dynamo_shape_any;
}

static json_t *unmarshal_list(json_t *list, const dynamo_shape *shape)
{
    json_t *plain = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!add(plain, oracle_unmarshal_shape(json_array_get(list, i), inner_shape(shape, "", 0)))) {
            json_decref(plain);
            return NULL;
        }
    }
    return plain;
}

static json_t *unmarshal_object(json_t *object, const dynamo_shape *shape)
{
    json_t *plain = json_object();

    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *name   = json_object_iter_key(at);
        size_t      length = dynamo_name_length(at);

        if (dynamo_object_set(plain, name, length,
                              oracle_unmarshal_shape(json_object_iter_value(at),
                                                     inner_shape(shape, name, length))) != 0) {
            json_decref(plain);
            return NULL;
        }
    }
    return plain;
}

json_t *oracle_unmarshal_shape(json_t *answer, const dynamo_shape *shape)
{
    if (shape->kind == DYNAMO_KIND_ATTRIBUTE_VALUE)
        return oracle_unmarshal(answer);
    if (shape->kind == DYNAMO_KIND_LIST && json_is_array(answer))
        return unmarshal_list(answer, shape);
    if ((shape->kind == DYNAMO_KIND_MAP || shape->kind == DYNAMO_KIND_STRUCTURE) && json_is_object(answer))
        return unmarshal_object(answer, shape);
    return json_incref(answer);
}

/* ---- Plain to AttributeValue ------------------------------------------------------------------------------------- */

static json_t *marshal(json_t *value, int level);

static json_t *wire_number(json_t *text)
{
    if (!json_is_string(text) || !oracle_is_stored_number(json_string_value(text), json_string_length(text)))
        return NULL;
    return json_incref(text);
}

static json_t *wire_real(json_t *number)
{
    char    text[DYNAMO_NUMBER_SIZE];
    json_t *string;

    if (json_is_integer(number))
        return json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(number));
    oracle_real_text(json_real_value(number), text);
    string = json_string(text);
    if (oracle_is_stored_number(text, strlen(text)))
        return string;
    json_decref(string);
    return NULL;
}

static json_t *wire_string_element(json_t *text)
{
    return json_is_string(text) && string_is_text(text) ? json_incref(text) : NULL;
}

static json_t *wire_number_element(json_t *number)
{
    if (json_is_number(number))
        return wire_real(number);
    return wire_number(has_only_name(number, "$N") ? json_object_get(number, "$N") : number);
}

static bool same_strings(json_t *one, json_t *other)
{
    return json_string_length(one) == json_string_length(other) &&
           memcmp(json_string_value(one), json_string_value(other), json_string_length(one)) == 0;
}

static bool same_numbers(json_t *one, json_t *other)
{
    return oracle_numbers_equal(json_string_value(one), json_string_value(other));
}

static bool same_bytes(json_t *one, json_t *other)
{
    size_t         one_size, other_size;
    unsigned char *one_bytes   = base64_bytes(one, &one_size);
    unsigned char *other_bytes = base64_bytes(other, &other_size);
    bool           same        = one_size == other_size && memcmp(one_bytes, other_bytes, one_size) == 0;

    free(one_bytes);
    free(other_bytes);
    return same;
}

/* Each element is compared with each. */
static json_t *wire_set(json_t *set, json_t *(*element)(json_t *), bool (*same)(json_t *, json_t *))
{
    json_t *wire      = json_is_array(set) && json_array_size(set) > 0 ? each_element(set, element) : NULL;
    bool    duplicate = false;

    for (size_t i = 0; i < json_array_size(wire); i++)
        for (size_t j = 0; j < i; j++)
            duplicate = duplicate || same(json_array_get(wire, i), json_array_get(wire, j));
    if (!duplicate)
        return wire;
    json_decref(wire);
    return NULL;
}

/* The object's members but for the first `skip` characters of their names. */
static json_t *wire_map(json_t *object, int level, size_t skip)
{
    json_t *map = json_object();

    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        if (dynamo_name_length(at) == 0 || !name_is_text(at) ||
            dynamo_object_set(map, json_object_iter_key(at) + skip, dynamo_name_length(at) - skip,
                              marshal(json_object_iter_value(at), level)) != 0) {
            json_decref(map);
            return NULL;
        }
    }
    return map;
}

static json_t *wire_list(json_t *array, int level)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!add(list, marshal(json_array_get(array, i), level))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *wire_typed(json_t *object)
{
    const char *type    = json_object_iter_key(json_object_iter(object)) + 1;
    json_t     *content = json_object_iter_value(json_object_iter(object));

    if (strcmp(type, "N") == 0)
        return wrap(type, wire_number(content));
    if (strcmp(type, "B") == 0)
        return wrap(type, plain_base64(content));
    if (strcmp(type, "SS") == 0)
        return wrap(type, wire_set(content, wire_string_element, same_strings));
    if (strcmp(type, "NS") == 0)
        return wrap(type, wire_set(content, wire_number_element, same_numbers));
    return wrap(type, wire_set(content, plain_base64, same_bytes));
}

static json_t *marshal(json_t *value, int level)
{
    if (level > 32)
        return NULL;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return wrap("S", wire_string_element(value));
    case JSON_INTEGER:
    case JSON_REAL:
        return wrap("N", wire_real(value));
    case JSON_TRUE:
    case JSON_FALSE:
        return wrap("BOOL", json_incref(value));
    case JSON_NULL:
        return wrap("NULL", json_true());
    case JSON_ARRAY:
        return wrap("L", wire_list(value, level + 1));
    case JSON_OBJECT:
        break;
    }
    if (dollars_of(value) == 1)
        return wire_typed(value);
    return wrap("M", wire_map(value, level + 1, dollars_of(value) > 1 ? 1 : 0));
}

json_t *oracle_marshal(json_t *value)
{
    return marshal(value, 1);
}

json_t *oracle_marshal_item(json_t *item)
{
    return json_is_object(item) ? wire_map(item, 1, 0) : NULL;
}

/* ---- Where a fault is -------------------------------------------------------------------------------------------- */

static void find_fault(json_t *value, int level, const dynamo_path *path, dynamo_error *error);

static bool is_refused(json_t *value, int level)
{
    json_t *wire = marshal(value, level);

    json_decref(wire);
    return wire == NULL;
}

static void tell_fault(const dynamo_path *path, dynamo_error *error)
{
    (void)dynamo_fail_at(error, DYNAMO_ERR_INVALID_ARGUMENT, path, "Refused");
}

static void find_fault_in_members(json_t *object, int level, const dynamo_path *path, dynamo_error *error)
{
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        dynamo_path step = { path, json_object_iter_key(at), dynamo_name_length(at), 0 };

        if (step.length == 0)
            tell_fault(path, error);
        else if (!name_is_text(at))
            tell_fault(&step, error);
        else if (is_refused(json_object_iter_value(at), level))
            find_fault(json_object_iter_value(at), level, &step, error);
        else
            continue;
        return;
    }
}

static void find_fault_in_object(json_t *object, int level, const dynamo_path *path, dynamo_error *error)
{
    const char *name = json_object_iter_key(json_object_iter(object));

    if (dollars_of(object) == 1)
        tell_fault(&(dynamo_path){ path, name, strlen(name), 0 }, error);
    else
        find_fault_in_members(object, level + 1, path, error);
}

static void find_fault(json_t *value, int level, const dynamo_path *path, dynamo_error *error)
{
    size_t i = 0;

    while (i < json_array_size(value) && !is_refused(json_array_get(value, i), level + 1))
        i++;
    if (level <= 32 && json_is_array(value))
        find_fault(json_array_get(value, i), level + 1, &(dynamo_path){ path, NULL, 0, i }, error);
    else if (level <= 32 && json_is_object(value))
        find_fault_in_object(value, level, path, error);
    else
        tell_fault(path, error);
}

void oracle_marshal_fault(json_t *value, dynamo_error *error)
{
    dynamo_path path = DYNAMO_PATH_ROOT("value");

    find_fault(value, 1, &path, error);
}

void oracle_marshal_item_fault(json_t *item, dynamo_error *error)
{
    dynamo_path path = DYNAMO_PATH_ROOT("item");

    if (json_is_object(item))
        find_fault_in_members(item, 1, &path, error);
    else
        tell_fault(&path, error);
}

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

/* A byte for each power of a hundred from the first digit's to the last's, one more, and one for a minus. */
static size_t number_size(json_t *text)
{
    long long magnitude;
    char     *digits = significant_digits(json_string_value(text), &magnitude);
    double    first  = floor((double)magnitude / 2);
    double    last   = floor((double)(magnitude + 1 - (long long)strlen(digits)) / 2);
    size_t    size   = 1;

    if (digits[0] != '\0')
        size += (size_t)(first - last) + 1 + (json_string_value(text)[0] == '-');
    free(digits);
    return size;
}

static size_t base64_size(json_t *text)
{
    size_t size = 0;

    free(base64_bytes(text, &size));
    return size;
}

/* Of a string, number, binary, or a set of these. */
static size_t flat_size(json_t *content, char type)
{
    size_t size = 0;

    for (size_t i = 0; i < json_array_size(content); i++)
        size += flat_size(json_array_get(content, i), type);
    if (json_is_string(content))
        size = type == 'N' ? number_size(content) : type == 'B' ? base64_size(content) : json_string_length(content);
    return size;
}

/* Lists and maps are three bytes, and one for each element or member. */
static size_t wire_size(json_t *wire)
{
    const char *type    = json_object_iter_key(json_object_iter(wire));
    json_t     *content = json_object_iter_value(json_object_iter(wire));
    size_t      size    = 3 + json_array_size(content) + json_object_size(content);

    if (strcmp(type, "BOOL") == 0 || strcmp(type, "NULL") == 0)
        return 1;
    if (strcmp(type, "M") == 0)
        return size + oracle_item_size(content);
    if (strcmp(type, "L") != 0)
        return flat_size(content, type[0]);
    for (size_t i = 0; i < json_array_size(content); i++)
        size += wire_size(json_array_get(content, i));
    return size;
}

size_t oracle_item_size(json_t *wire)
{
    size_t size = 0;

    for (void *at = json_object_iter(wire); at != NULL; at = json_object_iter_next(wire, at))
        size += dynamo_name_length(at) + wire_size(json_object_iter_value(at));
    return size;
}

/* ---- Comparison -------------------------------------------------------------------------------------------------- */

static bool same_objects(json_t *one, json_t *other)
{
    void *at       = json_object_iter(one);
    void *other_at = json_object_iter(other);

    for (; at != NULL && other_at != NULL;
         at = json_object_iter_next(one, at), other_at = json_object_iter_next(other, other_at))
        if (dynamo_name_length(at) != dynamo_name_length(other_at) ||
            memcmp(json_object_iter_key(at), json_object_iter_key(other_at), dynamo_name_length(at)) != 0 ||
            !oracle_same(json_object_iter_value(at), json_object_iter_value(other_at)))
            return false;
    return at == other_at;
}

bool oracle_same(json_t *one, json_t *other)
{
    if (one == NULL || other == NULL)
        return one == other;
    if (json_typeof(one) != json_typeof(other) || json_array_size(one) != json_array_size(other))
        return false;
    for (size_t i = 0; i < json_array_size(one); i++)
        if (!oracle_same(json_array_get(one, i), json_array_get(other, i)))
            return false;
    if (json_is_object(one))
        return same_objects(one, other);
    if (json_is_real(one) && signbit(json_real_value(one)) != signbit(json_real_value(other)))
        return false;
    return json_is_array(one) || json_equal(one, other);
}
