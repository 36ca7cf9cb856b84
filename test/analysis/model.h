/*
 * What the analyzers, which look at one file at a time, are told of errors.c: that dynamo_fail() returns the status it is
 * given. Without it they follow paths on which a call has failed and was successful.
 */
#ifndef MODEL_H
#define MODEL_H

#include "../../dynamo_internal.h"

#define dynamo_fail(error, status, ...) ((void)dynamo_fail((error), (status), __VA_ARGS__), (status))
#define dynamo_fail_at(error, status, ...) ((void)dynamo_fail_at((error), (status), __VA_ARGS__), (status))
#define dynamo_fail_memory(error) ((void)dynamo_fail_memory(error), DYNAMO_ERR_OUT_OF_MEMORY)

#endif
