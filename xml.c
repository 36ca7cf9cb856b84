/*
 * The texts of a few elements of an XML document, as STS answers with one.
 *
 * Sources: Extensible Markup Language (XML) 1.0, Namespaces in XML 1.0. What is read is less than these allow and
 * enough for any AWS service: UTF-8, no document type (so no entities but the five of XML itself), attributes passed
 * over, prefixes of names left out. Nesting is bounded; so is the length, by who gives the text.
 */
#include "dynamo_internal.h"

#include <string.h>

#define DEPTH_LIMIT 16
#define NAME_END " \t\r\n/>=<&\"'!?" /* what ends a name, or is no part of one */

typedef struct xml_name {
    const char *text; /* NUL-terminated by nothing: a piece of the document */
    size_t      length;
} xml_name;

typedef struct xml_reader {
    const char       *next, *end;
    dynamo_xml_field *fields;
    size_t            count;
    size_t            depth; /* elements open */
    xml_name          open[DEPTH_LIMIT];
    dynamo_xml_field *field; /* that the innermost open element is; NULL: none */
} xml_reader;

static bool is_white(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static size_t left(const xml_reader *reader)
{
    return (size_t)(reader->end - reader->next);
}

/* Steps over the text where it stands next. */
static bool skip_text(xml_reader *reader, const char *text)
{
    size_t length = strlen(text);

    if (left(reader) < length || memcmp(reader->next, text, length) != 0)
        return false;
    reader->next += length;
    return true;
}

static void skip_white(xml_reader *reader)
{
    while (reader->next < reader->end && is_white(*reader->next))
        reader->next++;
}

/* Steps over everything up to the mark and over it; *piece is what was passed. false: it isn't there. */
static bool skip_to(xml_reader *reader, const char *mark, xml_name *piece)
{
    piece->text = reader->next;
    for (; reader->next < reader->end; reader->next++) {
        piece->length = (size_t)(reader->next - piece->text);
        if (*reader->next == *mark && skip_text(reader, mark))
            return true;
    }
    return false;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

/* false: a control character that XML doesn't have. */
static bool put_text(xml_reader *reader, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && !is_white(text[i]))
            return false;
    if (reader->field != NULL)
        dynamo_buffer_append(reader->field->text, text, length);
    return true;
}

/* A character by its number, as UTF-8. */
static bool put_character(xml_reader *reader, unsigned long code)
{
    char   bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    if ((code >= 0xD800 && code < 0xE000) || code > 0x10FFFF)
        return false;
    for (size_t i = length; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)((length == 1 ? 0 : 0xF0UL << (4 - length)) | code);
    return put_text(reader, bytes, length);
}

/* The number of "65" or "x41". */
static bool character_code(xml_name digits, unsigned long *code)
{
    static const char numerals[] = "0123456789abcdefABCDEF";
    unsigned          base       = digits.length > 0 && *digits.text == 'x' ? 16 : 10;

    if (base == 16) {
        digits.text++;
        digits.length--;
    }
    *code = 0;
    for (size_t i = 0; i < digits.length; i++) {
        const char *numeral = digits.text[i] != '\0' ? strchr(numerals, digits.text[i]) : NULL;
        unsigned    value   = numeral == NULL ? base : (unsigned)(numeral - numerals);

        value -= value > 15 ? 6 : 0;
        if (value >= base || *code > 0x10FFFF)
            return false;
        *code = *code * base + value;
    }
    return digits.length > 0;
}

/* What follows an ampersand. */
static bool read_reference(xml_reader *reader)
{
    static const struct {
        char name[8];
        char character;
    } entities[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' } };
    xml_name      digits;
    unsigned long code;

    if (skip_text(reader, "#"))
        return skip_to(reader, ";", &digits) && character_code(digits, &code) && put_character(reader, code);
    for (size_t i = 0; i < DYNAMO_COUNT(entities); i++) {
        if (skip_text(reader, entities[i].name))
            return put_text(reader, &entities[i].character, 1);
    }
    return false;
}

static bool read_text(xml_reader *reader)
{
    const char *start = reader->next;

    if (skip_text(reader, "&"))
        return read_reference(reader);
    while (reader->next < reader->end && *reader->next != '<' && *reader->next != '&')
        reader->next++;
    return put_text(reader, start, (size_t)(reader->next - start));
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

/* An element's name without its prefix. false: there is none. */
static bool read_name(xml_reader *reader, xml_name *name)
{
    const char *colon;

    name->text = reader->next;
    while (reader->next < reader->end && strchr(NAME_END, *reader->next) == NULL) /* NUL ends it too */
        reader->next++;
    name->length = (size_t)(reader->next - name->text);
    colon        = memchr(name->text, ':', name->length);
    if (colon != NULL) {
        name->length -= (size_t)(colon + 1 - name->text);
        name->text = colon + 1;
    }
    return name->length > 0;
}

/* Attributes, up to the end of the tag. */
static bool skip_attributes(xml_reader *reader)
{
    for (;;) {
        xml_name name, value;
        char     quote[2] = "";

        skip_white(reader);
        if (reader->next == reader->end || *reader->next == '>' || *reader->next == '/')
            return true;
        if (!read_name(reader, &name))
            return false;
        skip_white(reader);
        if (!skip_text(reader, "="))
            return false;
        skip_white(reader);
        if (reader->next == reader->end || (*reader->next != '"' && *reader->next != '\''))
            return false;
        quote[0] = *reader->next++;
        if (!skip_to(reader, quote, &value) || memchr(value.text, '<', value.length) != NULL)
            return false;
    }
}

/* Whether the open elements are the path "Response/Result/Credentials". */
static bool is_at(const xml_reader *reader, const char *path)
{
    for (size_t i = 0; i < reader->depth; i++) {
        const xml_name *name = &reader->open[i];

        if (strncmp(path, name->text, name->length) != 0 || path[name->length] != (i + 1 < reader->depth ? '/' : '\0'))
            return false;
        path += name->length + 1;
    }
    return true;
}

/* false: a field that was found already. */
static bool enter(xml_reader *reader)
{
    reader->field = NULL;
    for (size_t i = 0; i < reader->count; i++) {
        if (is_at(reader, reader->fields[i].path))
            reader->field = &reader->fields[i];
    }
    if (reader->field == NULL)
        return true;
    if (reader->field->found)
        return false;
    reader->field->found = true;
    return true;
}

static void leave(xml_reader *reader)
{
    reader->depth--;
    reader->field = NULL; /* what follows a child is no text of a field: those have no children */
}

static bool read_start_tag(xml_reader *reader)
{
    xml_name name;

    if (reader->depth == DEPTH_LIMIT || reader->field != NULL || !read_name(reader, &name) || !skip_attributes(reader))
        return false;
    reader->open[reader->depth++] = name;
    if (!enter(reader))
        return false;
    if (skip_text(reader, "/>")) {
        leave(reader);
        return true;
    }
    return skip_text(reader, ">");
}

/* Of the innermost open element, which there is. */
static bool read_end_tag(xml_reader *reader)
{
    const xml_name *open = &reader->open[reader->depth - 1];
    xml_name        name;

    if (!read_name(reader, &name) || name.length != open->length ||
        memcmp(name.text, open->text, name.length) != 0)
        return false;
    leave(reader);
    skip_white(reader);
    return skip_text(reader, ">");
}

/* ---- Documents --------------------------------------------------------------------------------------------------- */

/* A comment or an instruction, the declaration included. -1: neither. */
static int skip_aside(xml_reader *reader)
{
    xml_name piece;

    if (skip_text(reader, "<!--"))
        return skip_to(reader, "-->", &piece);
    if (skip_text(reader, "<?"))
        return skip_to(reader, "?>", &piece);
    return -1;
}

/* The next piece inside of the root. */
static bool read_piece(xml_reader *reader)
{
    int      aside = skip_aside(reader);
    xml_name data;

    if (aside >= 0)
        return aside == 1;
    if (skip_text(reader, "<![CDATA["))
        return skip_to(reader, "]]>", &data) && put_text(reader, data.text, data.length);
    if (skip_text(reader, "</"))
        return read_end_tag(reader);
    return skip_text(reader, "<") ? read_start_tag(reader) : read_text(reader);
}

/* White space, comments and instructions before the root and after it. */
static bool skip_asides(xml_reader *reader)
{
    int aside;

    do {
        skip_white(reader);
        aside = skip_aside(reader);
    } while (aside == 1);
    return aside != 0;
}

static bool read_document(xml_reader *reader)
{
    (void)skip_text(reader, "\xEF\xBB\xBF"); /* a byte order mark */
    if (!skip_asides(reader) || !skip_text(reader, "<") || !read_start_tag(reader))
        return false;
    while (reader->depth > 0) {
        if (reader->next == reader->end || !read_piece(reader))
            return false;
    }
    return skip_asides(reader) && reader->next == reader->end;
}

bool dynamo_xml_read(const char *text, size_t length, dynamo_xml_field *fields, size_t count)
{
    xml_reader reader = { .next = text, .end = text + length, .fields = fields, .count = count };

    for (size_t i = 0; i < count; i++)
        fields[i].found = false;
    return length > 0 && read_document(&reader);
}
