// One shape of hiredis's reply reader for Swift, over hiredis 0.14 (Debian 12) and 1.x.
//
// The two lines differ in what matters here: the types of the object functions, the object functions there
// are, and where the reader keeps its stack of tasks. Swift sees a `chiredis_visitor` instead: four callbacks
// that say yes or no to each element. No object pointer of ours ever lives inside the reader: the object
// functions answer with the visitor itself as a token, so that there is nothing for hiredis to free and nothing
// that it can leak.

#ifndef CHIREDIS_SHIM_H
#define CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum chiredis_string_kind {
    CHIREDIS_BULK_STRING = 0,
    CHIREDIS_SIMPLE_STRING = 1,
    CHIREDIS_ERROR = 2,
} chiredis_string_kind;

/// What the reader tells about each element, depth first. A callback that answers false fails the reader.
typedef struct chiredis_visitor {
    void *context;
    bool (*on_string)(void *context, chiredis_string_kind kind, const char *bytes, size_t count);
    bool (*on_array)(void *context, size_t depth, size_t count);
    bool (*on_integer)(void *context, int64_t value);
    bool (*on_null)(void *context);
    /// A RESP3 type, which nobody asked for: the connection speaks RESP2.
    bool (*on_unexpected_type)(void *context);
} chiredis_visitor;

static inline void *chiredis_token(chiredis_visitor *visitor, bool accepted) {
    return accepted ? visitor : NULL;
}

static inline chiredis_visitor *chiredis_visitor_of(const redisReadTask *task) {
    return (chiredis_visitor *)task->privdata;
}

static inline void *chiredis_create_string(const redisReadTask *task, char *bytes, size_t count) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    switch (task->type) {
    case REDIS_REPLY_STRING:
        return chiredis_token(
            visitor, visitor->on_string(visitor->context, CHIREDIS_BULK_STRING, bytes, count));
    case REDIS_REPLY_STATUS:
        return chiredis_token(
            visitor, visitor->on_string(visitor->context, CHIREDIS_SIMPLE_STRING, bytes, count));
    case REDIS_REPLY_ERROR:
        return chiredis_token(visitor, visitor->on_string(visitor->context, CHIREDIS_ERROR, bytes, count));
    default:
        return chiredis_token(visitor, visitor->on_unexpected_type(visitor->context));
    }
}

/// Depth 1 is an array that is the reply itself.
static inline void *chiredis_visit_array(const redisReadTask *task, size_t count) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    size_t depth = 1;
    if (task->type != REDIS_REPLY_ARRAY) {
        return chiredis_token(visitor, visitor->on_unexpected_type(visitor->context));
    }
    for (const redisReadTask *parent = task->parent; parent != NULL; parent = parent->parent) {
        depth += 1;
    }
    return chiredis_token(visitor, visitor->on_array(visitor->context, depth, count));
}

static inline void *chiredis_create_integer(const redisReadTask *task, long long value) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    return chiredis_token(visitor, visitor->on_integer(visitor->context, (int64_t)value));
}

static inline void *chiredis_create_nil(const redisReadTask *task) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    return chiredis_token(visitor, visitor->on_null(visitor->context));
}

static inline void chiredis_free_object(void *object) {
    (void)object;
}

#if HIREDIS_MAJOR >= 1

static inline void *chiredis_create_array(const redisReadTask *task, size_t count) {
    return chiredis_visit_array(task, count);
}

static inline void *chiredis_create_double(
    const redisReadTask *task, double value, char *bytes, size_t count) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    (void)value;
    (void)bytes;
    (void)count;
    return chiredis_token(visitor, visitor->on_unexpected_type(visitor->context));
}

static inline void *chiredis_create_bool(const redisReadTask *task, int value) {
    chiredis_visitor *visitor = chiredis_visitor_of(task);
    (void)value;
    return chiredis_token(visitor, visitor->on_unexpected_type(visitor->context));
}

static inline const redisReadTask *chiredis_current_task(const redisReader *reader) {
    return reader->task[reader->ridx];
}

#else

static inline void *chiredis_create_array(const redisReadTask *task, int count) {
    return chiredis_visit_array(task, (size_t)count);
}

static inline const redisReadTask *chiredis_current_task(const redisReader *reader) {
    return &reader->rstack[reader->ridx];
}

#endif

/// A reader that reports to `visitor`, which must outlive it. NULL when memory is short.
static inline redisReader *chiredis_reader_create(chiredis_visitor *visitor) {
    static redisReplyObjectFunctions functions = {
        .createString = chiredis_create_string,
        .createArray = chiredis_create_array,
        .createInteger = chiredis_create_integer,
#if HIREDIS_MAJOR >= 1
        .createDouble = chiredis_create_double,
        .createBool = chiredis_create_bool,
#endif
        .createNil = chiredis_create_nil,
        .freeObject = chiredis_free_object,
    };
    redisReader *reader = redisReaderCreateWithFunctions(&functions);
    if (reader != NULL) {
        reader->privdata = visitor;
    }
    return reader;
}

/// Bytes fed but not yet consumed by a complete element.
static inline size_t chiredis_unconsumed_bytes(const redisReader *reader) {
    return reader->len - reader->pos;
}

typedef enum chiredis_waiting_for {
    /// A new reply or element, or the rest of a line of which `bytes` are here.
    CHIREDIS_WAITING_FOR_LINE = 0,
    /// The rest of a bulk string whose header announced `bytes`.
    CHIREDIS_WAITING_FOR_BULK = 1,
} chiredis_waiting_for;

/// Says what an incomplete reply waits for, so that a length is refused when it is announced, not when it has
/// arrived.
static inline chiredis_waiting_for chiredis_waiting(const redisReader *reader, size_t *bytes) {
    size_t unconsumed = chiredis_unconsumed_bytes(reader);
    *bytes = unconsumed;
    if (reader->ridx < 0 || chiredis_current_task(reader)->type != REDIS_REPLY_STRING) {
        return CHIREDIS_WAITING_FOR_LINE;
    }
    const char *header = reader->buf + reader->pos;
    size_t announced = 0;
    for (size_t index = 0; index < unconsumed; index += 1) {
        char byte = header[index];
        if (byte == '\r') {
            *bytes = announced;
            return CHIREDIS_WAITING_FOR_BULK;
        }
        if (byte < '0' || byte > '9' || index > 18) {
            return CHIREDIS_WAITING_FOR_LINE;
        }
        announced = announced * 10 + (size_t)(byte - '0');
    }
    return CHIREDIS_WAITING_FOR_LINE;
}

#endif
