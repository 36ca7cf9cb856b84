/*
 * Holds the library's own code and the oracle to the same answers and the same refusals, for whatever input. What
 * differs is printed with the input; false: something does.
 */
#ifndef AGREEMENT_H
#define AGREEMENT_H

#include "dynamo_internal.h"

/* Any bytes, read as JSON text, as an attribute value, as an item, and what was read written again. */
bool agree_on_text(const char *text, size_t length);

/* Any bytes, read as the body of answers: those of every shape of output, and an error's. */
bool agree_on_answer(const char *text, size_t length);

/* The same, read as a page: the list's elements one by one, and what is beside the list. */
bool agree_on_page(const char *text, size_t length);

/* Any value, written as attribute value, as item and as JSON text. */
bool agree_on_value(json_t *value);

/* Any bytes, read as a number. */
bool agree_on_number(const char *text, size_t length);

/* Whether they are equal: of two texts without NUL. */
bool agree_on_numbers(const char *one, const char *other);

bool agree_on_real(double real);

#endif
