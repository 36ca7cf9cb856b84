/*
 * JSON text (RFC 8259): a writer, and what a strict reader consists of; decode.c puts values together with it.
 *
 * Strings are byte for byte what Jansson holds. U+0000 is a character like any other. A surrogate on its own, which
 * only a \u escape can make in well-formed text, is held as three bytes (so-called generalised UTF-8) and written as an
 * escape again. The halves of a pair never stand side by side: as escapes they are one character, as bytes an error.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- Characters -------------------------------------------------------------------------------------------------- */

#define EIGHT(byte) (0x0101010101010101U * (byte))

/* Of eight bytes: the high bits of those that don't stand for themselves in a JSON string, or aren't ASCII. A byte is
 * below n if taking n from it borrows, and equals n if it is 0 after an exclusive or. A borrow may set the bits of more
 * significant bytes too, so that only the least significant bit set is sure to be right. */
static uint64_t special_bits(uint64_t word)
{
    uint64_t quote     = word ^ EIGHT((unsigned char)'"');
    uint64_t backslash = word ^ EIGHT((unsigned char)'\\');

    return (word | (word - EIGHT(0x20U)) | (quote - EIGHT(1U)) | (backslash - EIGHT(1U))) & EIGHT(0x80U);
}

/* How many bytes, in memory's order, stand before the first of those, as far as it is told without looking at each. */
static size_t plain_length(uint64_t bits)
{
#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(bits) / 8;
#else
    (void)bits;
    return 0;
#endif
}

/* Past the bytes that stand for themselves in a JSON string, and are characters on their own. Eight at a time, long
 * strings take a fifth of the time, and short ones half. */
static const char *skip_plain(const char *next, const char *end)
{
    uint64_t word, bits;

    if (next < end && (unsigned char)*next >= 0x80) /* text in most languages has one such after another */
        return next;
    for (; (size_t)(end - next) >= sizeof(word); next += sizeof(word)) {
        memcpy(&word, next, sizeof(word));
        bits = special_bits(word);
        if (bits != 0) {
            next += plain_length(bits);
            break;
        }
    }
    while (next < end && (unsigned char)*next >= 0x20 && (unsigned char)*next < 0x80 && *next != '"' && *next != '\\')
        next++;
    return next;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The length of the well-formed UTF-8 sequence (RFC 3629) at `next`, surrogates allowed; 0: there is none. */
static size_t sequence_length(const char *next, const char *end)
{
    const ptrdiff_t     left   = end - next;
    const unsigned char first  = (unsigned char)next[0];
    const unsigned char second = left > 1 ? (unsigned char)next[1] : 0;

    if (first < 0x80)
        return 1;
    if (first < 0xC2 || left < 2 || !is_continuation(next[1]))
        return 0;
    if (first < 0xE0)
        return 2;
    if (left < 3 || !is_continuation(next[2]))
        return 0;
    if (first < 0xF0)
        return first == 0xE0 && second < 0xA0 ? 0 : 3;
    if (first > 0xF4 || left < 4 || !is_continuation(next[3]))
        return 0;
    return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
}

/* Whether a well-formed sequence is one half of a surrogate pair. */
static bool is_surrogate(const char *sequence)
{
    return (unsigned char)sequence[0] == 0xED && (unsigned char)sequence[1] >= 0xA0;
}

static bool is_low_surrogate(const char *sequence)
{
    return (unsigned char)sequence[0] == 0xED && (unsigned char)sequence[1] >= 0xB0;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static const char *skip_digits(const char *next, const char *end)
{
    while (next < end && *next >= '0' && *next <= '9')
        next++;
    return next;
}

/* RFC 8259, section 6 */
const char *dynamo_json_number_end(const char *next, const char *end)
{
    const char *digits;

    if (next < end && *next == '-')
        next++;
    digits = next;
    next   = skip_digits(digits, end);
    if (next == digits || (*digits == '0' && next - digits > 1))
        return NULL;
    if (next < end && *next == '.') {
        digits = next + 1;
        next   = skip_digits(digits, end);
        if (next == digits)
            return NULL;
    }
    if (next < end && (*next == 'e' || *next == 'E')) {
        digits = next + 1;
        if (digits < end && (*digits == '+' || *digits == '-'))
            digits++;
        next = skip_digits(digits, end);
        if (next == digits)
            return NULL;
    }
    return next;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void write_code_unit(dynamo_buffer *out, unsigned unit)
{
    static const char hex[] = "0123456789abcdef";
    char escape[6] = { '\\', 'u', hex[unit >> 12], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15] };

    dynamo_buffer_append(out, escape, sizeof(escape));
}

static unsigned surrogate_unit(const char *sequence)
{
    return 0xD000U | ((unsigned char)sequence[1] & 0x3FU) << 6 | ((unsigned char)sequence[2] & 0x3FU);
}

/* What can't stand in a JSON string as it is: quote, backslash, control character, surrogate. */
static void write_escape(dynamo_buffer *out, const char *sequence)
{
    static const char named[] = "\"\\\b\f\n\r\t";
    static const char names[] = "\"\\bfnrt";
    const char       *at      = *sequence != '\0' ? strchr(named, *sequence) : NULL;

    if (is_surrogate(sequence))
        write_code_unit(out, surrogate_unit(sequence));
    else if (at != NULL)
        dynamo_buffer_append(out, (char[]){ '\\', names[at - named] }, 2);
    else
        write_code_unit(out, (unsigned char)*sequence);
}

void dynamo_write_quoted(dynamo_buffer *out, const char *text, size_t length)
{
    char *quoted = dynamo_buffer_extend(out, length + 2);

    if (quoted == NULL)
        return;
    quoted[0] = '"';
    memmove(quoted + 1, text, length); /* see dynamo_buffer_append() */
    quoted[length + 1] = '"';
}

bool dynamo_write_string(dynamo_buffer *out, const char *text, size_t length)
{
    const char *end  = text + length;
    const char *run  = text; /* what isn't written yet and needs no escape */
    const char *next = skip_plain(text, end);

    if (next == end) {
        dynamo_write_quoted(out, text, length);
        return true;
    }
    dynamo_buffer_char(out, '"');
    for (; next < end; next = skip_plain(next, end)) {
        size_t width = sequence_length(next, end);

        if (width == 0)
            return false;
        if (width > 1 && !is_surrogate(next)) {
            next += width;
            continue;
        }
        if (width > 1 && !is_low_surrogate(next) && end - next >= 6 && is_low_surrogate(next + width))
            return false;
        dynamo_buffer_append(out, run, (size_t)(next - run));
        write_escape(out, next);
        next += width;
        run = next;
    }
    dynamo_buffer_append(out, run, (size_t)(end - run));
    dynamo_buffer_char(out, '"');
    return true;
}

size_t dynamo_name_length(void *iterator)
{
#if JANSSON_VERSION_HEX >= 0x020E00
    return json_object_iter_key_len(iterator);
#else
    return strlen(json_object_iter_key(iterator));
#endif
}

typedef struct json_writer {
    dynamo_buffer *out;
    dynamo_error  *error;
    bool           bare_numbers; /* {"$N": text} as the number itself where it reads back as that */
    char          *number;       /* room for one, which each level of the recursion would have to have otherwise */
} json_writer;

static dynamo_status write_value(const json_writer *writer, json_t *value, const dynamo_path *path, unsigned depth);

static dynamo_status write_text(const json_writer *writer, const char *text, size_t length, const dynamo_path *path)
{
    if (dynamo_write_string(writer->out, text, length))
        return DYNAMO_OK;
    return dynamo_fail_at(writer->error, DYNAMO_ERR_INVALID_ARGUMENT, path, "A text is not UTF-8");
}

static dynamo_status write_array(const json_writer *writer, json_t *array, const dynamo_path *path, unsigned depth)
{
    dynamo_status status = DYNAMO_OK;

    dynamo_buffer_char(writer->out, '[');
    for (size_t i = 0; status == DYNAMO_OK && !writer->out->failed && i < json_array_size(array); i++) {
        dynamo_path step = { path, NULL, 0, i };

        if (i != 0)
            dynamo_buffer_char(writer->out, ',');
        status = write_value(writer, json_array_get(array, i), &step, depth);
    }
    dynamo_buffer_char(writer->out, ']');
    return status;
}

static dynamo_status write_object(const json_writer *writer, json_t *object, const dynamo_path *path, unsigned depth)
{
    dynamo_status status = DYNAMO_OK;
    size_t        count  = 0;

    dynamo_buffer_char(writer->out, '{');
    for (void *at = json_object_iter(object); status == DYNAMO_OK && !writer->out->failed && at != NULL;
         at = json_object_iter_next(object, at)) {
        dynamo_path step = { path, json_object_iter_key(at), dynamo_name_length(at), 0 };

        if (count++ != 0)
            dynamo_buffer_char(writer->out, ',');
        status = write_text(writer, step.name, step.length, &step);
        dynamo_buffer_char(writer->out, ':');
        if (status == DYNAMO_OK)
            status = write_value(writer, json_object_iter_value(at), &step, depth);
    }
    dynamo_buffer_char(writer->out, '}');
    return status;
}

/* Whether the bare number reads back as {"$N": text}: one that reads back as an integer or a real isn't written bare,
 * since an object like that may as well be an item with an attribute named $N. */
static bool is_bare_number(const char *text, size_t length)
{
    json_t *plain = NULL;
    bool    bare;

    if (dynamo_json_number_end(text, text + length) == text + length)
        plain = dynamo_number_plain(text, length);
    bare = json_is_object(plain);
    json_decref(plain);
    return bare;
}

static dynamo_status write_container(const json_writer *writer, json_t *value, const dynamo_path *path, unsigned depth)
{
    size_t      length;
    const char *number = writer->bare_numbers ? dynamo_number_literal(value, &length) : NULL;

    if (number != NULL && is_bare_number(number, length)) {
        dynamo_buffer_append(writer->out, number, length);
        return DYNAMO_OK;
    }
    if (depth >= DYNAMO_TEXT_DEPTH)
        return dynamo_fail_at(writer->error, DYNAMO_ERR_INVALID_ARGUMENT, path,
                              "Nested more than %d levels deep: does the value hold itself?", DYNAMO_TEXT_DEPTH);
    return json_is_array(value) ? write_array(writer, value, path, depth + 1)
                                : write_object(writer, value, path, depth + 1);
}

static dynamo_status write_value(const json_writer *writer, json_t *value, const dynamo_path *path, unsigned depth)
{
    if (value == NULL)
        return dynamo_fail_at(writer->error, DYNAMO_ERR_INVALID_ARGUMENT, path, "The value is NULL");
    switch (json_typeof(value)) {
    case JSON_STRING:
        return write_text(writer, json_string_value(value), json_string_length(value), path);
    case JSON_INTEGER:
    case JSON_REAL:
        dynamo_buffer_text(writer->out, dynamo_number_text(value, writer->number));
        return DYNAMO_OK;
    case JSON_TRUE:
        dynamo_buffer_text(writer->out, "true");
        return DYNAMO_OK;
    case JSON_FALSE:
        dynamo_buffer_text(writer->out, "false");
        return DYNAMO_OK;
    case JSON_NULL:
        dynamo_buffer_text(writer->out, "null");
        return DYNAMO_OK;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return write_container(writer, value, path, depth);
}

dynamo_status dynamo_write_json(dynamo_buffer *out, json_t *value, const dynamo_path *path, dynamo_error *error)
{
    char        number[DYNAMO_NUMBER_SIZE];
    json_writer writer = { out, error, false, number };

    return write_value(&writer, value, path, 0);
}

char *dynamo_dump(json_t *value)
{
    char          number[DYNAMO_NUMBER_SIZE];
    dynamo_path   path   = DYNAMO_PATH_ROOT("value");
    dynamo_buffer out    = { 0 };
    json_writer   writer = { &out, NULL, true, number };

    if (write_value(&writer, value, &path, 0) == DYNAMO_OK && !out.failed)
        return out.data;
    dynamo_buffer_free(&out);
    return NULL;
}

/* ---- Reading: where it failed ------------------------------------------------------------------------------------ */

/* With line and column, which count from 1; columns are bytes. */
static bool fail_with_position(dynamo_reader *reader, const dynamo_path *path, const char *words)
{
    const char *line_start = reader->start;
    size_t      line       = 1;

    for (const char *at = reader->start; at < reader->next; at++) {
        if (*at == '\n') {
            line_start = at + 1;
            line++;
        }
    }
    dynamo_fail_at(reader->error, reader->failure, path, "%s at line %zu, column %zu", words, line,
                   (size_t)(reader->next - line_start) + 1);
    return false;
}

/* Malformed text has a position that helps whoever wrote it, or logged it. */
bool dynamo_read_fail_syntax(dynamo_reader *reader, const dynamo_path *path, const char *at, const char *words)
{
    reader->next = at;
    return fail_with_position(reader, path, words);
}

/* The position in an answer of the service's doesn't help, where the path does. */
bool dynamo_read_fail(dynamo_reader *reader, const dynamo_path *path, const char *words)
{
    if (reader->failure == DYNAMO_ERR_INVALID_ARGUMENT)
        return fail_with_position(reader, path, words);
    dynamo_fail_at(reader->error, reader->failure, path, "%s", words);
    return false;
}

/* ---- Reading: strings -------------------------------------------------------------------------------------------- */

/* The four hexadecimal digits of a \u escape, or -1. */
static int code_unit(const char *digits, const char *end)
{
    int unit = 0;

    if (end - digits < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char digit = digits[i];
        int  bits  = digit >= '0' && digit <= '9'   ? digit - '0'
                     : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                     : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                    : -1;

        if (bits < 0)
            return -1;
        unit = unit << 4 | bits;
    }
    return unit;
}

/* The length of the escape whose backslash is at `next`; 0: it is none of RFC 8259's. */
static size_t escape_length(const char *next, const char *end)
{
    if (end - next < 2 || next[1] == '\0')
        return 0;
    if (next[1] == 'u')
        return code_unit(next + 2, end) >= 0 ? 6 : 0;
    return strchr("\"\\/bfnrt", next[1]) != NULL ? 2 : 0;
}

/* NULL, a failure told. */
static const char *bad_string(dynamo_reader *reader, const dynamo_path *path, const char *at, const char *words)
{
    dynamo_read_fail_syntax(reader, path, at, words);
    return NULL;
}

/* Checks a string from after its opening quote to its closing one, which it returns; NULL: the reader has failed. */
static const char *string_end(dynamo_reader *reader, const dynamo_path *path, const char *next, bool *escaped)
{
    size_t width;

    *escaped = false;
    for (;; next += width) {
        next = skip_plain(next, reader->end);
        if (next == reader->end)
            return bad_string(reader, path, next, "A closing quote was expected");
        if (*next == '"')
            return next;
        if (*next == '\\') {
            *escaped = true;
            width    = escape_length(next, reader->end);
            if (width == 0)
                return bad_string(reader, path, next,
                                  "An escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX) was expected");
            continue;
        }
        if ((unsigned char)*next < 0x20)
            return bad_string(reader, path, next, "A closing quote was expected before the control character");
        width = sequence_length(next, reader->end);
        if (width == 0 || is_surrogate(next))
            return bad_string(reader, path, next, "UTF-8 was expected");
    }
}

static size_t put_character(char *out, unsigned long character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3F));
    out[2] = (char)(0x80 | (character >> 6 & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

/* The character of a checked escape, `*next` moved behind it: a high surrogate takes a low one's escape with it. */
static unsigned long take_escape(const char **next, const char *end)
{
    static const char names[]      = "bfnrt";
    static const char characters[] = "\b\f\n\r\t";
    char              name         = (*next)[1];
    const char       *at           = strchr(names, name);
    unsigned long     high, low;

    *next += 2;
    if (name != 'u')
        return (unsigned char)(at != NULL ? characters[at - names] : name);
    high = (unsigned long)code_unit(*next, end);
    *next += 4;
    if (high < 0xD800 || high > 0xDBFF || end - *next < 6 || (*next)[0] != '\\' || (*next)[1] != 'u')
        return high;
    low = (unsigned long)code_unit(*next + 2, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return high;
    *next += 6;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* Resolves the escapes of a checked string: never longer than its text. */
static bool unescape(dynamo_string *string, const char *next, const char *end)
{
    char  *text = malloc((size_t)(end - next) + 1);
    size_t out  = 0;

    if (text == NULL)
        return false;
    while (next < end) {
        const char *run  = next;
        const char *stop = memchr(next, '\\', (size_t)(end - next));

        next = stop != NULL ? stop : end;
        memcpy(text + out, run, (size_t)(next - run));
        out += (size_t)(next - run);
        if (next < end)
            out += put_character(text + out, take_escape(&next, end));
    }
    text[out] = '\0';
    *string   = (dynamo_string){ text, out, text };
    return true;
}

char dynamo_read_past_space(dynamo_reader *reader)
{
    while (reader->next < reader->end &&
           (*reader->next == ' ' || *reader->next == '\n' || *reader->next == '\r' || *reader->next == '\t'))
        reader->next++;
    return reader->next < reader->end ? *reader->next : '\0';
}

bool dynamo_read_string(dynamo_reader *reader, const dynamo_path *path, dynamo_string *string)
{
    const char *start, *end;
    bool        escaped;

    if (dynamo_read_peek(reader) != '"')
        return dynamo_read_fail(reader, path, "A string was expected");
    start = reader->next + 1;
    end   = skip_plain(start, reader->end);
    if (end < reader->end && *end == '"') { /* most have nothing in them to check or resolve */
        reader->next = end + 1;
        *string      = (dynamo_string){ start, (size_t)(end - start), NULL };
        return true;
    }
    end = string_end(reader, path, end, &escaped);
    if (end == NULL)
        return false;
    reader->next = end + 1;
    *string      = (dynamo_string){ start, (size_t)(end - start), NULL };
    if (escaped && !unescape(string, start, end)) {
        dynamo_fail_memory(reader->error);
        return false;
    }
    return true;
}

/* ---- Reading: objects and arrays --------------------------------------------------------------------------------- */

bool dynamo_read_open(dynamo_reader *reader, const dynamo_path *path, char bracket)
{
    if (dynamo_read_peek(reader) != bracket || bracket == '\0')
        return dynamo_read_fail(reader, path, bracket == '{' ? "An object was expected" : "A list was expected");
    if (reader->depth >= DYNAMO_TEXT_DEPTH)
        return dynamo_read_fail_syntax(reader, path, reader->next, "Nested too deeply: less was expected");
    reader->depth++;
    reader->next++;
    return true;
}

/* What stands before a member or an element: 1: one follows, 0: the closing bracket was read, -1: neither. */
static int read_separator(dynamo_reader *reader, const dynamo_path *path, size_t count, char bracket)
{
    char next = dynamo_read_peek(reader);

    if (next == bracket && bracket != '\0') {
        reader->depth--;
        reader->next++;
        return 0;
    }
    if (count == 0)
        return 1;
    if (next != ',') {
        dynamo_read_fail_syntax(reader, path, reader->next,
                                bracket == '}' ? "A comma or } was expected" : "A comma or ] was expected");
        return -1;
    }
    reader->next++;
    return 1;
}

int dynamo_read_member(dynamo_reader *reader, const dynamo_path *path, size_t *count, dynamo_string *name)
{
    int more = read_separator(reader, path, *count, '}');

    if (more <= 0)
        return more;
    if (dynamo_read_peek(reader) != '"') {
        dynamo_read_fail_syntax(reader, path, reader->next,
                                *count == 0 ? "A name in quotes or } was expected" : "A name in quotes was expected");
        return -1;
    }
    if (!dynamo_read_string(reader, path, name))
        return -1;
    if (dynamo_read_peek(reader) != ':') {
        free(name->owned);
        dynamo_read_fail_syntax(reader, path, reader->next, "A colon was expected");
        return -1;
    }
    reader->next++;
    (*count)++;
    return 1;
}

int dynamo_read_element(dynamo_reader *reader, const dynamo_path *path, size_t *count)
{
    int more = read_separator(reader, path, *count, ']');

    if (more > 0)
        (*count)++;
    return more;
}

int dynamo_object_set(json_t *object, const char *name, size_t length, json_t *value)
{
#if JANSSON_VERSION_HEX >= 0x020E00
    return json_object_setn_new_nocheck(object, name, length, value);
#else
    char *copy = memchr(name, '\0', length) == NULL ? malloc(length + 1) : NULL;
    int   result;

    if (copy == NULL) {
        json_decref(value);
        return memchr(name, '\0', length) == NULL ? -1 : -2;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    result       = json_object_set_new_nocheck(object, copy, value);
    free(copy);
    return result;
#endif
}

bool dynamo_read_end(dynamo_reader *reader)
{
    dynamo_path path = DYNAMO_PATH_ROOT("text");

    (void)dynamo_read_peek(reader);
    if (reader->next == reader->end)
        return true;
    return dynamo_read_fail_syntax(reader, &path, reader->next, "The end of the text was expected");
}
