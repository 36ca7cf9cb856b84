/*
 * The library and the oracle (oracle.h) give the same answers and the same refusals, whatever the input. Random inputs
 * by the grammar of what is read and written, most of them then damaged.
 *
 * DYNAMO_TEST_COUNT is the number of inputs. Each has a seed of its own, one more than that of the input before it; the
 * first one's is printed and DYNAMO_TEST_SEED sets it. So the one that failed is DYNAMO_TEST_SEED=... with
 * DYNAMO_TEST_COUNT=1.
 */
#include "dynamo_internal.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agreement.h"

#define USUAL_COUNT 20000

/* ---- Chance ------------------------------------------------------------------------------------------------------ */

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

static bool one_in(size_t count)
{
    return random_below(count) == 0;
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *given = getenv(name);

    return given != NULL ? strtoull(given, NULL, 10) : otherwise;
}

#define PICK(array) ((array)[random_below(DYNAMO_COUNT(array))])

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static const char *const known_numbers[] = {
    "0", "-0", "0.0", "-0.0", "1", "-1", "+5", ".5", "5.", "007", "1e", "e5", "", "-", ".", "1_0", "0x10", "NaN",
    "Infinity", "1 ", " 1", "1.0", "100.0", "1e2", "1E+2", "0.1", "-2.5", "123.456", "0.30000000000000004",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "99999999999999999999999999999999999999", "999999999999999999999999999999999999999", "1e125", "1e126",
    "9.9999999999999999999999999999999999999E+125", "1E-130", "1E-131", "-1e-130", "0e999", "0e-99999999999999999999",
    "1e99999999999999999999", "1e-99999999999999999999", "1.7976931348623157e308", "1.8e308", "4.9e-324", "1e-400",
    "0.000000000000056843418860808015", "2.2250738585072014e-308", "123456789012345678901234567890.5",
};

static void add_digits(dynamo_buffer *out, size_t count)
{
    while (count-- > 0)
        dynamo_buffer_char(out, one_in(3) ? '0' : (char)('0' + random_below(10)));
}

/* A double of any size, or one of few digits. */
static double random_real(void)
{
    uint64_t bits = random_bits();
    double   real;

    if (one_in(2))
        return (double)(int64_t)random_below(2000000) / (double)(one_in(2) ? 1000 : 1 << random_below(20));
    if (one_in(4))
        return ldexp(one_in(2) ? 1 : -1, (int)random_below(2098) - 1074);
    if (one_in(2)) /* within what the service takes */
        bits = (bits & ~(0x7FFULL << 52)) | (uint64_t)(1023 - 430 + random_below(850)) << 52;
    memcpy(&real, &bits, sizeof(real));
    return isfinite(real) ? real : 0.5;
}

static void add_number(dynamo_buffer *out)
{
    char text[64];

    if (one_in(4)) {
        dynamo_buffer_text(out, PICK(known_numbers));
        return;
    }
    if (one_in(4)) {
        (void)snprintf(text, sizeof(text), one_in(2) ? "%.17g" : "%.15g", random_real());
        dynamo_buffer_text(out, text);
        return;
    }
    if (one_in(3))
        dynamo_buffer_char(out, one_in(8) ? '+' : '-');
    if (!one_in(8))
        dynamo_buffer_char(out, (char)('1' + random_below(9)));
    add_digits(out, one_in(4) ? random_below(45) : random_below(8));
    if (one_in(2)) {
        dynamo_buffer_char(out, '.');
        add_digits(out, one_in(4) ? random_below(45) : random_below(8));
    }
    if (one_in(5)) {
        (void)snprintf(text, sizeof(text), "%c%s%zu", one_in(2) ? 'e' : 'E', one_in(3) ? "" : one_in(2) ? "-" : "+",
                       random_below(one_in(2) ? 10 : 200));
        dynamo_buffer_text(out, text);
    }
}

/* ---- JSON text --------------------------------------------------------------------------------------------------- */

static void add_space(dynamo_buffer *out)
{
    static const char *const spaces[] = { " ", "\n", "\t", "\r\n", "  " };

    if (one_in(20))
        dynamo_buffer_text(out, PICK(spaces));
}

/* Pieces of a string as they stand between its quotes; the last ones may not. */
static const char *const string_pieces[] = {
    "a", "b", "zz", " ", "0", "$", "N", "text", "\\n", "\\\"", "\\\\", "\\/", "\\b\\f\\r\\t", "\\u0041", "\\u00e9",
    "\\u001F", "\\u0000", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\ud800", "\\udfff", "\\udbff\\ud800", "\\ud800\\n",
    "\\ud800\\u0041", "\\uffff", "\\ue000", "\x7F", "\xC3\xA9", "\xE2\x82\xAC", "\xEE\x80\x80", "\xEF\xBF\xBF",
    "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80#1", "\xEE\x80\x80m",
    "\\x", "\\u12", "\\ud83d\\u", "\\", "\n", "\x01", "\xED\xA0\x80", "\xC0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80",
    "\x80", "\xFF", "\xC3", "\xF0\x9F\x98",
};

#define MALFORMED_PIECES 14 /* the last of them */

static void add_string(dynamo_buffer *out)
{
    dynamo_buffer_char(out, '"');
    for (size_t count = random_below(4); count > 0; count--)
        dynamo_buffer_text(out, one_in(200) ? PICK(string_pieces)
                                            : string_pieces[random_below(DYNAMO_COUNT(string_pieces) -
                                                                         MALFORMED_PIECES)]);
    dynamo_buffer_char(out, '"');
}

static const char *const names[] = {
    "$N", "$B", "$SS", "$NS", "$BS", "$$N", "$$B", "$$$SS", "$", "$$", "$X", "N", "S", "M", "id", "a.b",
    "Item", "message", "__type", "code",
};

/* Most differ from one another, so that most objects are well formed. */
static void add_name(dynamo_buffer *out, size_t index)
{
    char name[32];

    if (one_in(6)) {
        add_string(out);
        return;
    }
    (void)snprintf(name, sizeof(name), "\"%s\"", PICK(names));
    if (!one_in(3))
        (void)snprintf(name, sizeof(name), "\"k%zu\"", index);
    dynamo_buffer_text(out, name);
}

typedef void (*add_function)(dynamo_buffer *out, size_t depth);

static void add_list(dynamo_buffer *out, size_t depth, add_function add)
{
    size_t count = random_below(4);

    dynamo_buffer_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            dynamo_buffer_char(out, ',');
        add_space(out);
        add(out, depth);
    }
    add_space(out);
    dynamo_buffer_char(out, ']');
}

static void add_object(dynamo_buffer *out, size_t depth, add_function add)
{
    size_t count = one_in(2) ? 1 : random_below(4);

    dynamo_buffer_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            dynamo_buffer_char(out, ',');
        add_space(out);
        add_name(out, i);
        add_space(out);
        dynamo_buffer_char(out, ':');
        add_space(out);
        add(out, depth);
    }
    add_space(out);
    dynamo_buffer_char(out, '}');
}

static void add_json(dynamo_buffer *out, size_t depth)
{
    static const char *const constants[] = { "true", "false", "null" };

    switch (random_below(depth > 0 ? 6 : 3)) {
    case 0:
        dynamo_buffer_text(out, PICK(constants));
        break;
    case 1:
        add_string(out);
        break;
    case 2:
        add_number(out);
        break;
    case 3:
        add_list(out, depth - 1, add_json);
        break;
    default:
        add_object(out, depth - 1, add_json);
    }
}

/* ---- The notation of the wire ------------------------------------------------------------------------------------ */

static void add_number_string(dynamo_buffer *out, size_t depth)
{
    (void)depth;
    dynamo_buffer_char(out, '"');
    add_number(out);
    dynamo_buffer_char(out, '"');
}

static void add_any_string(dynamo_buffer *out, size_t depth)
{
    (void)depth;
    add_string(out);
}

static const char *const base64_texts[] = { "", "QQ==", "QR==", "QUI=", "QUJD", "+/+/", "AAAA", "AAAAAAAA", "/w==",
                                            "Q", "QQ=", "QQ", "QQQQQ===", "====", "Q===", "QQ==QQ==", "Q Q=", "Q-_=" };

static void add_base64(dynamo_buffer *out, size_t depth)
{
    (void)depth;
    dynamo_buffer_char(out, '"');
    dynamo_buffer_text(out, base64_texts[random_below(one_in(20) ? DYNAMO_COUNT(base64_texts) : 9)]);
    dynamo_buffer_char(out, '"');
}

static void add_boolean(dynamo_buffer *out, size_t depth)
{
    (void)depth;
    dynamo_buffer_text(out, one_in(2) ? "true" : "false");
}

static void add_attribute_value(dynamo_buffer *out, size_t depth);

static void add_value_list(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth > 0 ? depth - 1 : 0, depth > 0 ? add_attribute_value : add_json);
}

static void add_value_map(dynamo_buffer *out, size_t depth)
{
    add_object(out, depth > 0 ? depth - 1 : 0, depth > 0 ? add_attribute_value : add_json);
}

static void add_string_set(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth, add_any_string);
}

static void add_number_set(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth, add_number_string);
}

static void add_binary_set(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth, add_base64);
}

static const struct {
    const char  *type;
    add_function add;
} types[] = {
    { "S", add_any_string }, { "N", add_number_string }, { "BOOL", add_boolean },  { "NULL", add_boolean },
    { "B", add_base64 },     { "SS", add_string_set },   { "NS", add_number_set }, { "BS", add_binary_set },
    { "L", add_value_list }, { "M", add_value_map },     { "M", add_value_map },   { "X", add_any_string },
};

static void add_attribute_value(dynamo_buffer *out, size_t depth)
{
    size_t type = random_below(depth == 0 ? 8 : one_in(50) ? DYNAMO_COUNT(types) : DYNAMO_COUNT(types) - 1);

    dynamo_buffer_text(out, "{\"");
    dynamo_buffer_text(out, types[type].type);
    dynamo_buffer_text(out, "\"");
    add_space(out);
    dynamo_buffer_char(out, ':');
    add_space(out);
    if (one_in(100))
        add_json(out, 1);
    else
        types[type].add(out, depth);
    if (one_in(200))
        dynamo_buffer_text(out, ",\"S\":\"another\"");
    dynamo_buffer_char(out, '}');
}

static void add_item(dynamo_buffer *out, size_t depth)
{
    add_object(out, depth, add_attribute_value);
}

static void add_items(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth, add_item);
}

static void add_item_response(dynamo_buffer *out, size_t depth)
{
    dynamo_buffer_text(out, one_in(4) ? "{\"Other\":1,\"Item\":" : "{\"Item\":");
    add_item(out, depth);
    dynamo_buffer_char(out, '}');
}

static void add_item_responses(dynamo_buffer *out, size_t depth)
{
    add_list(out, depth, add_item_response);
}

static void add_items_by_table(dynamo_buffer *out, size_t depth)
{
    add_object(out, depth, add_items);
}

static const struct {
    const char  *name;
    add_function add;
} members[] = {
    { "Item", add_item },
    { "Items", add_items },
    { "Attributes", add_item },
    { "LastEvaluatedKey", add_item },
    { "Responses", add_items_by_table },
    { "Responses", add_item_responses },
    { "CancellationReasons", add_item_responses },
    { "Items2", add_items }, /* of no shape */
    { "Respons", add_item_responses },
    { "Count", add_json },
    { "ConsumedCapacity", add_json },
    { "__type", add_any_string },
    { "message", add_json },
    { "code", add_json },
    { "throttlingReasons", add_json },
};

/* The body of an answer, as some operation has it. */
static void add_answer(dynamo_buffer *out, size_t depth)
{
    size_t at = random_below(DYNAMO_COUNT(members));

    dynamo_buffer_char(out, '{');
    for (size_t count = random_below(4); count > 0; count--) {
        add_space(out);
        dynamo_buffer_char(out, '"');
        dynamo_buffer_text(out, members[at].name);
        dynamo_buffer_text(out, "\":");
        members[at].add(out, depth);
        dynamo_buffer_text(out, count > 1 || one_in(200) ? "," : "");
        at = (at + !one_in(50)) % DYNAMO_COUNT(members);
    }
    dynamo_buffer_char(out, '}');
}

/* Just within or beyond the limit of depth, or far beyond it. */
static void add_deep(dynamo_buffer *out, size_t depth)
{
    static const struct {
        const char *open, *inner, *close;
    } shells[] = { { "[", "1", "]" }, { "{\"a\":", "{}", "}" }, { "{\"L\":[", "{\"NULL\":true}", "]}" },
                   { "{\"M\":{\"a\":", "{\"S\":\"\"}", "}}" } };
    size_t shell = random_below(DYNAMO_COUNT(shells));
    size_t count = one_in(10) ? 3000 : (shell < 2 ? 252 : 124) + random_below(8);

    (void)depth;
    for (size_t i = 0; i < count; i++)
        dynamo_buffer_text(out, shells[shell].open);
    dynamo_buffer_text(out, shells[shell].inner);
    for (size_t i = 0; i < count; i++)
        dynamo_buffer_text(out, shells[shell].close);
}

/* ---- Damage ------------------------------------------------------------------------------------------------------ */

static void insert(dynamo_buffer *text, size_t at, const char *bytes, size_t length)
{
    dynamo_buffer tail = { 0 };

    dynamo_buffer_append(&tail, text->data + at, text->length - at);
    text->length = at;
    dynamo_buffer_append(text, bytes, length);
    dynamo_buffer_append(text, tail.data, tail.length);
    dynamo_buffer_free(&tail);
}

static void insert_piece(dynamo_buffer *text, size_t at)
{
    static const char odd[] = "\0\x01\"\\{}[]:,0-.eEtfnu \x7F\x80\xC3\xED\xF4\xFF";

    const char *piece = PICK(string_pieces);

    if (one_in(3))
        insert(text, at, piece, strlen(piece));
    else
        insert(text, at, &odd[random_below(sizeof(odd) - 1)], 1);
}

/* Part of the text once more: names that stand twice, two values, brackets that don't match. */
static void repeat_part(dynamo_buffer *text, size_t at)
{
    char   part[40];
    size_t length = text->length - at < sizeof(part) ? text->length - at : sizeof(part);

    length = random_below(length + 1);
    memcpy(part, text->data + at, length);
    insert(text, at, part, length);
}

static void damage(dynamo_buffer *text)
{
    static const char odd[] = "\0\"\\{}[]:,0-.eN$ \x80\xED";
    size_t            at    = random_below(text->length);

    switch (random_below(6)) {
    case 0:
        text->data[at] = (char)(text->data[at] ^ 1 << random_below(8));
        break;
    case 1:
        text->data[at] = odd[random_below(sizeof(odd) - 1)];
        break;
    case 2:
        text->length = at;
        break;
    case 3:
        memmove(text->data + at, text->data + at + 1, text->length - at - 1);
        text->length--;
        break;
    case 4:
        insert_piece(text, at);
        break;
    default:
        repeat_part(text, at);
    }
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* Bytes of a string as Jansson holds it; the last ones are no text. */
static const struct {
    const char *bytes;
    size_t      length;
} value_pieces[] = {
    { "a", 1 }, { "", 0 }, { "$N", 2 }, { "\"\\/\n\x01\x7F", 6 }, { "\xC3\xA9", 2 }, { "\xF0\x9F\x98\x80", 4 },
    { "\0", 1 }, { "\xED\xA0\x80", 3 }, { "\xED\xBF\xBF", 3 }, { "\xEE\x80\x80", 3 },
    { "\xED\xA0\x80\xED\xB0\x80", 6 }, { "\xFF", 1 }, { "\xC3", 1 }, { "\xC0\x80", 2 }, { "\xF5\x80\x80\x80", 4 },
};

#define VALUE_PIECES_OF_TEXT 10

static void random_string(dynamo_buffer *out)
{
    size_t limit = one_in(100) ? DYNAMO_COUNT(value_pieces) : VALUE_PIECES_OF_TEXT;

    dynamo_buffer_text(out, "");
    for (size_t count = random_below(4); count > 0; count--) {
        size_t piece = random_below(limit);

        dynamo_buffer_append(out, value_pieces[piece].bytes, value_pieces[piece].length);
    }
}

/* Takes the text. */
static json_t *string_of(dynamo_buffer *text)
{
    json_t *string = json_stringn_nocheck(text->data != NULL ? text->data : "", text->length);

    dynamo_buffer_free(text);
    return string;
}

static json_t *random_text(void)
{
    dynamo_buffer text = { 0 };

    random_string(&text);
    return string_of(&text);
}

static json_t *random_number_text(void)
{
    dynamo_buffer text = { 0 };

    add_number(&text);
    return string_of(&text);
}

static json_t *random_base64(void)
{
    return json_string(base64_texts[random_below(one_in(10) ? DYNAMO_COUNT(base64_texts) : 9)]);
}

static json_t *random_integer(void)
{
    return json_integer((json_int_t)(random_bits() >> random_below(64)) * (one_in(2) ? -1 : 1));
}

static json_t *random_number_element(void)
{
    switch (random_below(5)) {
    case 0:
        return json_integer((json_int_t)random_below(20));
    case 1:
        return json_real((double)random_below(40) / 4);
    case 2:
        return json_pack("{s:o}", "$N", random_number_text());
    case 3:
        return random_text();
    default:
        return random_number_text();
    }
}

static json_t *list_of(json_t *(*element)(void))
{
    json_t *list = json_array();

    for (size_t count = random_below(5); count > 0; count--)
        (void)json_array_append_new(list, element());
    return list;
}

static json_t *random_typed(void)
{
    switch (random_below(5)) {
    case 0:
        return json_pack("{s:o}", "$N", random_number_text());
    case 1:
        return json_pack("{s:o}", "$B", random_base64());
    case 2:
        return json_pack("{s:o}", "$SS", list_of(random_text));
    case 3:
        return json_pack("{s:o}", "$NS", list_of(random_number_element));
    default:
        return json_pack("{s:o}", "$BS", list_of(random_base64));
    }
}

static json_t *random_value(size_t depth);

static json_t *random_list(size_t depth)
{
    json_t *list = json_array();

    for (size_t count = random_below(4); count > 0; count--)
        (void)json_array_append_new(list, random_value(depth));
    return list;
}

static json_t *random_object(size_t depth)
{
    json_t *object = json_object();

    for (size_t count = one_in(2) ? 1 : random_below(4); count > 0; count--) {
        dynamo_buffer name = { 0 };

        if (one_in(2))
            dynamo_buffer_text(&name, PICK(names));
        else
            random_string(&name);
        if (name.length > 0 || one_in(20))
            (void)dynamo_object_set(object, name.data, name.length, random_value(depth));
        dynamo_buffer_free(&name);
    }
    return object;
}

static json_t *random_scalar(void)
{
    switch (random_below(6)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(one_in(2));
    case 2:
        return random_integer();
    case 3:
        return json_real(random_real());
    case 4:
        return random_text();
    default:
        return random_typed();
    }
}

static json_t *random_value(size_t depth)
{
    if (depth == 0 || one_in(3))
        return random_scalar();
    return one_in(2) ? random_list(depth - 1) : random_object(depth - 1);
}

/* Around the 32nd level, or the depth of text. */
static json_t *random_deep_value(void)
{
    json_t *value = random_value(1);

    for (size_t count = one_in(4) ? 250 + random_below(10) : 28 + random_below(6); count > 0; count--)
        value = one_in(2) ? json_pack("[o]", value) : json_pack("{s:o}", one_in(2) ? "a" : "$$B", value);
    return value;
}

/* ---- The test ---------------------------------------------------------------------------------------------------- */

typedef enum input_kind { INPUT_VALUE, INPUT_NUMBER, INPUT_TEXT, INPUT_ANSWER, INPUT_PAGE, INPUT_KINDS } input_kind;

static bool check_value(void)
{
    json_t *value = one_in(50) ? random_deep_value() : random_value(random_below(5));
    bool    fine  = agree_on_value(value);

    json_decref(value);
    return fine;
}

static bool check_number(void)
{
    dynamo_buffer one = { 0 }, other = { 0 };
    bool          fine;

    dynamo_buffer_text(&one, "");
    dynamo_buffer_text(&other, "");
    add_number(&one);
    add_number(&other);
    if (one.length > 0 && one_in(3))
        damage(&one);
    fine = agree_on_number(one.data, one.length) && agree_on_real(random_real());
    if (fine && strlen(one.data) == one.length)
        fine = agree_on_numbers(one.data, other.data);
    dynamo_buffer_free(&one);
    dynamo_buffer_free(&other);
    return fine;
}

static bool check_text(bool (*agree_on)(const char *text, size_t length), add_function add)
{
    dynamo_buffer text = { 0 };
    bool          fine;

    add(&text, 1 + random_below(4));
    for (size_t count = one_in(2) ? random_below(4) : 0; count > 0 && text.length > 0; count--)
        damage(&text);
    fine = agree_on(text.data, text.length);
    dynamo_buffer_free(&text);
    return fine;
}

static bool check_input(void)
{
    static const add_function texts[] = { add_json, add_attribute_value, add_attribute_value, add_item };

    switch (random_below(INPUT_KINDS)) {
    case INPUT_VALUE:
        return check_value();
    case INPUT_NUMBER:
        return check_number();
    case INPUT_TEXT:
        return check_text(agree_on_text, one_in(100) ? add_deep : PICK(texts));
    case INPUT_ANSWER:
        return check_text(agree_on_answer, add_answer);
    default:
        return check_text(agree_on_page, add_answer);
    }
}

static void test_random_inputs(void **state)
{
    uint64_t count = number_from_environment("DYNAMO_TEST_COUNT", USUAL_COUNT);
    uint64_t own   = (uint64_t)getpid() << 40 ^ (uint64_t)time(NULL); /* processes side by side have other inputs */
    uint64_t seed  = number_from_environment("DYNAMO_TEST_SEED", own);

    (void)state;
    print_message("DYNAMO_TEST_SEED=%llu DYNAMO_TEST_COUNT=%llu\n", (unsigned long long)seed,
                  (unsigned long long)count);
    for (uint64_t i = 0; i < count; i++) {
        random_state = (seed + i) * 0xD1342543DE82EF95U; /* neighbours have nothing in common */
        if (!check_input())
            fail_msg("again with DYNAMO_TEST_SEED=%llu DYNAMO_TEST_COUNT=1", (unsigned long long)(seed + i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_inputs) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
