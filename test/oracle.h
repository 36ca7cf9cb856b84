/*
 * The simple way: JSON text and attribute values once more, for the library's own code to be held to. Jansson reads the
 * text whole; its tree is then walked, one plain rule after the other, without a thought of time or memory.
 *
 * Nothing of number.c, binary.c, text.c, marshal.c or shape.c is called, but for dynamo_object_set() and
 * dynamo_name_length(), which stand for what only Jansson 2.14 and newer have. NULL is a refusal; memory is taken to
 * suffice.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "dynamo_internal.h"

/* How a bare number in JSON text is read. */
typedef enum oracle_numbers {
    ORACLE_EVERY_DIGIT, /* in its plain form: integer, real or {"$N": text} */
    ORACLE_NEAREST,     /* as an integer where int64 holds it, else as the nearest double */
} oracle_numbers;

json_t *oracle_load(const char *text, size_t length, oracle_numbers numbers);

/* What is read back after a plain value was written as text. NULL: it can't be written. */
json_t *oracle_reload(json_t *value);

/* AttributeValue to plain, and the other way; an item is always a map. */
json_t *oracle_unmarshal(json_t *attribute_value);
json_t *oracle_unmarshal_item(json_t *item);
json_t *oracle_marshal(json_t *value);
json_t *oracle_marshal_item(json_t *item);

/* Where in a value or an item that is refused the first fault is, as the path of an error. Of a typed form that is its
 * only member, whichever of its elements is at fault. */
void oracle_marshal_fault(json_t *value, dynamo_error *error);
void oracle_marshal_item_fault(json_t *item, dynamo_error *error);

/* The bytes that an item in DynamoDB's notation counts for (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and
 * formats"). */
size_t oracle_item_size(json_t *wire);

/* An answer, its attribute values in plain form where the shape has them. */
json_t *oracle_unmarshal_shape(json_t *answer, const dynamo_shape *shape);

/* Numbers as text. */
bool    oracle_is_number(const char *text, size_t length);
bool    oracle_is_stored_number(const char *text, size_t length); /* within the limits of the service */
bool    oracle_numbers_equal(const char *one, const char *other); /* of two that are within them */
json_t *oracle_number(const char *text, size_t length);           /* its plain form */
void    oracle_real_text(double real, char text[DYNAMO_NUMBER_SIZE]);

/* As json_equal(), but that order and the sign of zero count, and that names may have U+0000 in them. NULL is only
 * equal to NULL. */
bool oracle_same(json_t *one, json_t *other);

#endif
