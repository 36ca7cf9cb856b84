/*
 * A page: an answer whose list is read element by element, each when it is asked for.
 *
 * The list is first passed over, going by brackets, quotes and commas alone, to count its elements and to read what
 * stands behind it; that takes a fiftieth of the time that Jansson needs for the text. What is wrong with an element
 * shows when it is read. The two agree: text that the strict reader takes has the brackets and commas that were
 * counted, and at text that it doesn't take it fails.
 */
#include "dynamo_internal.h"

#include <stdlib.h>
#include <string.h>

/* The closing quote of a string from behind its opening one, NULL: there is none. */
static const char *closing_quote(const char *start, const char *end)
{
    for (const char *from = start; from < end;) {
        const char *quote = memchr(from, '"', (size_t)(end - from));
        const char *at    = quote;

        while (quote != NULL && at > start && at[-1] == '\\')
            at--;
        if (quote == NULL || (quote - at) % 2 == 0)
            return quote;
        from = quote + 1;
    }
    return NULL;
}

/* Past the list whose bracket was read, to behind its closing one, counting the commas between its elements. NULL: it
 * has no end. */
static const char *skip_elements(const char *next, const char *end, size_t *commas)
{
    size_t depth = 1;

    for (*commas = 0; next < end; next++) {
        switch (*next) {
        case '"':
            next = closing_quote(next + 1, end);
            if (next == NULL)
                return NULL;
            break;
        case '[':
        case '{':
            depth++;
            break;
        case ']':
        case '}':
            if (--depth == 0)
                return *next == ']' ? next + 1 : NULL;
            break;
        case ',':
            *commas += depth == 1;
            break;
        default:
            break;
        }
    }
    return NULL;
}

/* Keeps the place of the list, at which the reader stands, and moves the reader behind it. */
static bool pass_list(dynamo_page *page, dynamo_reader *reader, const dynamo_shape *shape)
{
    const char *end;
    size_t      commas;

    if (page->element != NULL)
        return dynamo_read_fail(reader, page->list, "The name stands twice");
    page->reader = *reader;
    if (!dynamo_read_open(&page->reader, page->list, '['))
        return false;
    page->element = shape->kind == DYNAMO_KIND_LIST ? shape->of : &dynamo_shape_any;
    page->left    = dynamo_read_peek(&page->reader) != ']';
    end           = skip_elements(page->reader.next, reader->end, &commas);
    if (end == NULL) { /* the strict reader tells why */
        json_decref(dynamo_read_shape(reader, shape, page->list));
        return false;
    }
    page->left += commas;
    reader->next = end;
    return true;
}

static json_t *read_members(dynamo_page *page, dynamo_reader *reader, const dynamo_shape *shape,
                            const dynamo_path *path);

/* Reads a member into its object, or passes over the list. */
static bool read_member(dynamo_page *page, dynamo_reader *reader, const dynamo_shape *shape, const dynamo_path *path,
                        const dynamo_string *name, json_t *members)
{
    const dynamo_path  *way  = path + 1; /* the list, or the object that it is in */
    const dynamo_path   step = { path, name->text, name->length, 0 };
    const dynamo_shape *of   = dynamo_shape_member(shape, name->text, name->length);
    json_t             *value;

    if (of == NULL)
        of = &dynamo_shape_any;
    if (name->length != way->length || memcmp(name->text, way->name, name->length) != 0)
        value = dynamo_read_shape(reader, of, &step);
    else if (way == page->list)
        return pass_list(page, reader, of);
    else
        value = read_members(page, reader, of, way);
    return dynamo_read_keep(reader, &step, members, name, value, json_object_size(members) + 1);
}

/* The members of an object on the way to the list, without the list. As deep as the list's path, which no text sets. */
static json_t *read_members(dynamo_page *page, dynamo_reader *reader, const dynamo_shape *shape,
                            const dynamo_path *path)
{
    json_t       *members = json_object();
    size_t        count   = 0;
    int           more    = -1;
    dynamo_string name;

    if (members == NULL)
        (void)dynamo_fail_memory(reader->error);
    else if (dynamo_read_open(reader, path, '{'))
        more = 1;
    while (more > 0 && (more = dynamo_read_member(reader, path, &count, &name)) > 0) {
        if (!read_member(page, reader, shape, path, &name, members))
            more = -1;
        free(name.owned);
    }
    if (more == 0)
        return members;
    json_decref(members);
    return NULL;
}

/* "StreamDescription.Shards" as a path below the answer. */
static void set_path(dynamo_page *page, const char *list)
{
    dynamo_path *step = page->path;

    *step = (dynamo_path)DYNAMO_PATH_ROOT("response");
    for (const char *name = list; step < page->path + DYNAMO_COUNT(page->path) - 1; name += step->length + 1) {
        step[1] = (dynamo_path){ step, name, strcspn(name, "."), 0 };
        step++;
        if (name[step->length] == '\0')
            break;
    }
    page->list = step;
}

dynamo_status dynamo_page_open(dynamo_page *page, const char *text, size_t length, const dynamo_shape *output,
                               const char *list, dynamo_error *error)
{
    dynamo_reader reader = {
        .start = text, .next = text, .end = text + length, .failure = DYNAMO_ERR_BAD_RESPONSE, .error = error
    };

    *page = (dynamo_page){ .element = NULL };
    set_path(page, list);
    page->members = read_members(page, &reader, output, page->path);
    if (page->members != NULL && dynamo_read_end(&reader))
        return DYNAMO_OK;
    dynamo_page_close(page);
    return error->status;
}

/* The next element; the last with the end of the list behind it. */
static json_t *read_next(dynamo_page *page, dynamo_reader *reader, size_t *count)
{
    json_t     *element = NULL;
    dynamo_path step    = { page->list, NULL, 0, *count };

    if (dynamo_read_element(reader, page->list, count) > 0)
        element = dynamo_read_shape(reader, page->element, &step);
    if (element == NULL || page->left > 1 || dynamo_read_peek(reader) == ']')
        return element;
    json_decref(element);
    dynamo_read_fail_syntax(reader, page->list, reader->next, "A comma or ] was expected");
    return NULL;
}

dynamo_status dynamo_page_next(dynamo_page *page, json_t **element, dynamo_error *error)
{
    dynamo_reader reader = page->reader;
    size_t        count  = page->count;

    *element = NULL;
    if (page->left == 0)
        return DYNAMO_OK;
    reader.error = error;
    *element     = read_next(page, &reader, &count);
    if (*element == NULL)
        return error->status;
    page->reader = reader;
    page->count  = count;
    page->left--;
    return DYNAMO_OK;
}

void dynamo_page_close(dynamo_page *page)
{
    json_decref(page->members);
    *page = (dynamo_page){ .element = NULL };
}
