// A captured stream of Redis commands, to be replayed at the speed of the machine.
//
// File: the 8 bytes "RSTREAM1", then records until the end of the file. Numbers are big-endian.
//
//   u8   class           what a good reply is, see below
//   u8   flags           1: last command of its operation; 2: set-up, replayed first and not measured
//   u16  expected bytes
//   u32  command bytes
//   …    expected        text that the reply is compared with, for the classes that compare
//   …    command         one whole RESP command
//
// Classes:
//
//   A  anything but an error
//   S  a status equal to `expected`
//   V  a string or integer equal to `expected`
//   H  an array whose first element is not null (a load that finds its hash)
//   N  null or an empty array (a load that finds nothing)
//   C  a counter and an array whose first element, a string, status or integer, equals `expected` (the reply of a commit)
//
// No class is satisfied by a reply that holds an error. Operations are independent of each other: with several
// connections their order is not kept.
//
// The commands of an operation are contiguous; its latency runs from its first command to its last reply. A
// stream of set-up alone brings a Redis to its starting state.

#ifndef CEILING_STREAM_H
#define CEILING_STREAM_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct command {
    const char *bytes;
    size_t count;
    const char *expected;
    size_t expected_count;
    char class;
    bool ends_operation;
} command;

typedef struct stream {
    command *setup;
    size_t setup_count;
    command *commands;
    size_t command_count;
    size_t operation_count;
} stream;

/// Reads a whole file; exits with a message when it is not a stream.
stream stream_read(const char *path);

/// Whether a reply is the good one for its command.
bool reply_is_good(const command *sent, const redisReply *reply);

#endif
