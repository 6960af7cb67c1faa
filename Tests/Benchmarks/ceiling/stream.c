#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = "RSTREAM1";
enum { header_bytes = 8, flag_ends_operation = 1, flag_setup = 2 };

static void refuse(const char *path, size_t offset, const char *reason) {
    fprintf(stderr, "ceiling: %s: at byte %zu: %s\n", path, offset, reason);
    exit(2);
}

static unsigned char *read_file(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "ceiling: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    size_t capacity = 1 << 20;
    unsigned char *bytes = malloc(capacity);
    *count = 0;
    while (bytes != NULL) {
        size_t got = fread(bytes + *count, 1, capacity - *count, file);
        if (got == 0) {
            break;
        }
        *count += got;
        if (*count == capacity) {
            capacity *= 2;
            bytes = realloc(bytes, capacity);
        }
    }
    if (bytes == NULL || ferror(file)) {
        refuse(path, *count, "cannot be read");
    }
    fclose(file);
    return bytes;
}

static void append(command **commands, size_t *count, const command *added) {
    // Grows whenever the count is one less than a power of two, so the capacity need not be kept.
    if ((*count & (*count + 1)) == 0) {
        size_t capacity = (*count + 1) * 2;
        *commands = realloc(*commands, capacity * sizeof(command));
        if (*commands == NULL) {
            fprintf(stderr, "ceiling: out of memory\n");
            exit(2);
        }
    }
    (*commands)[*count] = *added;
    *count += 1;
}

stream stream_read(const char *path) {
    size_t count = 0;
    const unsigned char *bytes = read_file(path, &count);
    stream result = {0};
    if (count < sizeof(magic) || memcmp(bytes, magic, sizeof(magic)) != 0) {
        refuse(path, 0, "not a stream of commands: it must begin with RSTREAM1");
    }
    size_t offset = sizeof(magic);
    while (offset < count) {
        if (count - offset < header_bytes) {
            refuse(path, offset, "the record's header is cut off");
        }
        const unsigned char *header = bytes + offset;
        size_t expected_count = (size_t)header[2] << 8 | header[3];
        size_t command_count =
            (size_t)header[4] << 24 | (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];
        if (strchr("ASVHNC", header[0]) == NULL || header[0] == 0) {
            refuse(path, offset, "unknown class of reply");
        }
        if (count - offset - header_bytes < expected_count + command_count || command_count == 0) {
            refuse(path, offset, "the record is cut off or has no command");
        }
        command added = {
            .expected = (const char *)header + header_bytes,
            .expected_count = expected_count,
            .bytes = (const char *)header + header_bytes + expected_count,
            .count = command_count,
            .class = (char)header[0],
            .ends_operation = (header[1] & flag_ends_operation) != 0,
        };
        if (header[1] & flag_setup) {
            append(&result.setup, &result.setup_count, &added);
        } else {
            append(&result.commands, &result.command_count, &added);
            result.operation_count += added.ends_operation;
        }
        offset += header_bytes + expected_count + command_count;
    }
    if (result.command_count > 0 && !result.commands[result.command_count - 1].ends_operation) {
        refuse(path, offset, "the last command must end its operation");
    }
    if (result.command_count == 0 && result.setup_count == 0) {
        refuse(path, offset, "the stream is empty");
    }
    return result;
}

static bool equals_expected(const command *sent, const redisReply *reply) {
    char number[24];
    switch (reply->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return reply->len == sent->expected_count && memcmp(reply->str, sent->expected, reply->len) == 0;
    case REDIS_REPLY_INTEGER: {
        size_t length = (size_t)snprintf(number, sizeof(number), "%lld", reply->integer);
        return length == sent->expected_count && memcmp(number, sent->expected, length) == 0;
    }
    default:
        return false;
    }
}

static bool holds_error(const redisReply *reply) {
    if (reply->type == REDIS_REPLY_ERROR) {
        return true;
    }
    for (size_t index = 0; reply->type == REDIS_REPLY_ARRAY && index < reply->elements; index += 1) {
        if (holds_error(reply->element[index])) {
            return true;
        }
    }
    return false;
}

bool reply_is_good(const command *sent, const redisReply *reply) {
    if (holds_error(reply)) {
        return false;
    }
    bool is_array = reply->type == REDIS_REPLY_ARRAY;
    switch (sent->class) {
    case 'A':
        return true;
    case 'S':
        return reply->type == REDIS_REPLY_STATUS && equals_expected(sent, reply);
    case 'V':
        return reply->type != REDIS_REPLY_STATUS && equals_expected(sent, reply);
    case 'H':
        return is_array && reply->elements > 0 && reply->element[0]->type != REDIS_REPLY_NIL;
    case 'N':
        return reply->type == REDIS_REPLY_NIL || (is_array && reply->elements == 0);
    case 'C':
        return is_array && reply->elements == 2 && reply->element[1]->type == REDIS_REPLY_ARRAY
            && reply->element[1]->elements > 0 && equals_expected(sent, reply->element[1]->element[0]);
    default:
        return false;
    }
}
