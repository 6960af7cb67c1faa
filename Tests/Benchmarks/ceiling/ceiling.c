// The ceiling: how fast this Redis on this machine can serve a captured stream of commands, with as little
// client in front of it as there can be. The server's own rates are judged against it.
//
//   ceiling [options] STREAM
//     -s PATH      Unix socket of the Redis (or -h HOST -p PORT)
//     -a PASSWORD  log in
//     -c COUNT     connections (default 1); operations are dealt to them in turn
//     -n COUNT     closed loop: operations in flight on each connection (default 16)
//     -r RATE      open loop: operations per second over all connections, latency counted from the time an
//                  operation was due, so that a stalled Redis shows in full
//     -l COUNT     replay the measured part so many times (only for streams that bear it, such as loads)
//
// Every reply is checked; the first bad one ends the program with status 1. Prints one JSON object.

#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { connections_max = 64, in_flight_max = 1 << 16 };

typedef struct options {
    const char *socket_path;
    const char *host;
    int port;
    const char *password;
    size_t connections;
    size_t in_flight;
    double rate;
    size_t loops;
    const char *stream_path;
} options;

/// What was sent on one connection and not yet answered, oldest first: a ring over operations.
typedef struct lane {
    redisContext *context;
    struct {
        size_t next_command;
        uint64_t start;
    } pending[in_flight_max];
    size_t head;
    size_t count;
    bool wants_write;
} lane;

typedef struct run {
    const stream *commands;
    size_t operations_total;
    size_t operations_sent;
    size_t operations_done;
    size_t next_command;
    size_t replies;
    uint64_t *latencies;
} run;

static uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "ceiling: %s: %s\n", what, detail);
    exit(1);
}

static void usage(void) {
    fprintf(
        stderr, "usage: ceiling [-s SOCKET | -h HOST -p PORT] [-a PASSWORD] [-c CONNECTIONS] "
                "[-n IN_FLIGHT | -r RATE] [-l LOOPS] STREAM\n");
    exit(2);
}

static size_t parse_count(const char *text, size_t max) {
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || value < 1 || value > max) {
        fprintf(stderr, "ceiling: %s is not a number between 1 and %zu\n", text, max);
        exit(2);
    }
    return value;
}

static options parse(int argc, char **argv) {
    options result = {.host = "127.0.0.1", .port = 6379, .connections = 1, .in_flight = 16, .loops = 1};
    int option;
    while ((option = getopt(argc, argv, "s:h:p:a:c:n:r:l:")) != -1) {
        switch (option) {
        case 's': result.socket_path = optarg; break;
        case 'h': result.host = optarg; break;
        case 'p': result.port = (int)parse_count(optarg, 65535); break;
        case 'a': result.password = optarg; break;
        case 'c': result.connections = parse_count(optarg, connections_max); break;
        case 'n': result.in_flight = parse_count(optarg, in_flight_max); break;
        case 'r': result.rate = (double)parse_count(optarg, 100000000); break;
        case 'l': result.loops = parse_count(optarg, 1000000); break;
        default: usage();
        }
    }
    if (optind != argc - 1) {
        usage();
    }
    result.stream_path = argv[optind];
    return result;
}

static redisContext *connect_blocking(const options *chosen) {
    redisContext *context = chosen->socket_path != NULL ? redisConnectUnix(chosen->socket_path)
                                                        : redisConnect(chosen->host, chosen->port);
    if (context == NULL || context->err != 0) {
        fail("no connection to Redis", context == NULL ? "out of memory" : context->errstr);
    }
    if (chosen->password != NULL) {
        redisReply *reply = redisCommand(context, "AUTH %s", chosen->password);
        if (reply == NULL || reply->type == REDIS_REPLY_ERROR) {
            fail("login", reply == NULL ? context->errstr : reply->str);
        }
        freeReplyObject(reply);
    }
    return context;
}

/// From here on the context only moves bytes that are ready; waiting is `poll`'s.
static void make_nonblocking(redisContext *context) {
    context->flags &= ~REDIS_BLOCK;
    if (fcntl(context->fd, F_SETFL, fcntl(context->fd, F_GETFL) | O_NONBLOCK) != 0) {
        fail("socket", strerror(errno));
    }
}

static double redis_cpu_seconds(redisContext *context) {
    redisReply *reply = redisCommand(context, "INFO cpu");
    if (reply == NULL || reply->type != REDIS_REPLY_STRING) {
        fail("INFO cpu", reply == NULL ? context->errstr : "not a string");
    }
    double total = 0;
    const char *names[] = {"used_cpu_sys:", "used_cpu_user:"};
    for (size_t index = 0; index < 2; index += 1) {
        const char *found = strstr(reply->str, names[index]);
        if (found == NULL) {
            fail("INFO cpu", "has no used_cpu fields");
        }
        total += strtod(found + strlen(names[index]), NULL);
    }
    freeReplyObject(reply);
    return total;
}

static double own_cpu_seconds(void) {
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    return (double)(usage_now.ru_utime.tv_sec + usage_now.ru_stime.tv_sec)
        + (double)(usage_now.ru_utime.tv_usec + usage_now.ru_stime.tv_usec) / 1e6;
}

static void check(const command *sent, const redisReply *reply, size_t index) {
    if (reply_is_good(sent, reply)) {
        return;
    }
    char text[160];
    const char *detail = reply->type == REDIS_REPLY_ERROR ? reply->str : "another value or type";
    snprintf(
        text, sizeof(text), "command %zu of class %c: reply of type %d: %s", index, sent->class, reply->type,
        detail);
    fail("bad reply", text);
}

static void replay_setup(redisContext *context, const stream *commands) {
    enum { batch = 256 };
    for (size_t start = 0; start < commands->setup_count; start += batch) {
        size_t end = start + batch < commands->setup_count ? start + batch : commands->setup_count;
        for (size_t index = start; index < end; index += 1) {
            redisAppendFormattedCommand(context, commands->setup[index].bytes, commands->setup[index].count);
        }
        for (size_t index = start; index < end; index += 1) {
            void *reply = NULL;
            if (redisGetReply(context, &reply) != REDIS_OK) {
                fail("set-up", context->errstr);
            }
            check(&commands->setup[index], reply, index);
            freeReplyObject(reply);
        }
    }
}

static void send_operation(run *state, lane *target, uint64_t start) {
    const stream *commands = state->commands;
    size_t slot = (target->head + target->count) % in_flight_max;
    target->pending[slot].next_command = state->next_command;
    target->pending[slot].start = start;
    target->count += 1;
    target->wants_write = true;
    bool ended = false;
    while (!ended) {
        const command *sent = &commands->commands[state->next_command];
        redisAppendFormattedCommand(target->context, sent->bytes, sent->count);
        ended = sent->ends_operation;
        state->next_command = (state->next_command + 1) % commands->command_count;
    }
    state->operations_sent += 1;
}

static void write_ready(lane *target) {
    int done = 0;
    if (redisBufferWrite(target->context, &done) != REDIS_OK) {
        fail("write", target->context->errstr);
    }
    target->wants_write = done == 0;
}

static void read_ready(run *state, lane *source) {
    if (redisBufferRead(source->context) != REDIS_OK) {
        fail("read", source->context->errstr);
    }
    uint64_t now = now_nanoseconds();
    while (true) {
        void *reply = NULL;
        if (redisGetReplyFromReader(source->context, &reply) != REDIS_OK) {
            fail("reply", source->context->errstr);
        }
        if (reply == NULL) {
            return;
        }
        if (source->count == 0) {
            fail("reply", "nobody asked for it");
        }
        size_t index = source->pending[source->head].next_command;
        const command *sent = &state->commands->commands[index];
        check(sent, reply, index);
        freeReplyObject(reply);
        state->replies += 1;
        if (sent->ends_operation) {
            state->latencies[state->operations_done] = now - source->pending[source->head].start;
            state->operations_done += 1;
            source->head = (source->head + 1) % in_flight_max;
            source->count -= 1;
        } else {
            source->pending[source->head].next_command = index + 1;
        }
    }
}

/// Sends what may be sent now; answers how long `poll` may sleep, in nanoseconds (-1: until something happens).
static int64_t send_due(run *state, lane **lanes, const options *chosen, uint64_t begin) {
    if (chosen->rate == 0) {
        for (size_t index = 0; index < chosen->connections; index += 1) {
            while (lanes[index]->count < chosen->in_flight
                   && state->operations_sent < state->operations_total) {
                send_operation(state, lanes[index], now_nanoseconds());
            }
        }
        return -1;
    }
    while (state->operations_sent < state->operations_total) {
        uint64_t due = begin + (uint64_t)((double)state->operations_sent / chosen->rate * 1e9);
        uint64_t now = now_nanoseconds();
        if (due > now) {
            return (int64_t)(due - now);
        }
        lane *target = lanes[state->operations_sent % chosen->connections];
        if (target->count == in_flight_max) {
            return -1; // Waits for a reply; the operation's latency counts from when it was due.
        }
        send_operation(state, target, due);
    }
    return -1;
}

static void replay(run *state, lane **lanes, const options *chosen) {
    uint64_t begin = now_nanoseconds();
    while (state->operations_done < state->operations_total) {
        int64_t sleep = send_due(state, lanes, chosen, begin);
        struct pollfd polled[connections_max];
        for (size_t index = 0; index < chosen->connections; index += 1) {
            if (lanes[index]->wants_write) {
                write_ready(lanes[index]);
            }
            polled[index].fd = lanes[index]->context->fd;
            polled[index].events = (short)(POLLIN | (lanes[index]->wants_write ? POLLOUT : 0));
        }
        struct timespec timeout = {.tv_sec = sleep / 1000000000, .tv_nsec = sleep % 1000000000};
        if (ppoll(polled, chosen->connections, sleep < 0 ? NULL : &timeout, NULL) < 0 && errno != EINTR) {
            fail("poll", strerror(errno));
        }
        for (size_t index = 0; index < chosen->connections; index += 1) {
            if (polled[index].revents & (POLLIN | POLLERR | POLLHUP)) {
                read_ready(state, lanes[index]);
            }
        }
    }
}

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static double percentile_microseconds(const run *state, double share) {
    size_t index = (size_t)(share * (double)(state->operations_total - 1));
    return (double)state->latencies[index] / 1e3;
}

int main(int argc, char **argv) {
    options chosen = parse(argc, argv);
    prctl(PR_SET_TIMERSLACK, 1);
    stream commands = stream_read(chosen.stream_path);
    redisContext *control = connect_blocking(&chosen);
    replay_setup(control, &commands);
    if (commands.command_count == 0) {
        printf("{\"setup\":%zu}\n", commands.setup_count);
        return 0;
    }

    run state = {.commands = &commands, .operations_total = commands.operation_count * chosen.loops};
    state.latencies = calloc(state.operations_total, sizeof(uint64_t));
    lane *lanes[connections_max];
    for (size_t index = 0; index < chosen.connections; index += 1) {
        lanes[index] = calloc(1, sizeof(lane));
        if (lanes[index] == NULL || state.latencies == NULL) {
            fail("memory", "there is too little");
        }
        lanes[index]->context = connect_blocking(&chosen);
        make_nonblocking(lanes[index]->context);
    }

    double redis_cpu = redis_cpu_seconds(control);
    double own_cpu = own_cpu_seconds();
    uint64_t begin = now_nanoseconds();
    replay(&state, lanes, &chosen);
    double seconds = (double)(now_nanoseconds() - begin) / 1e9;
    own_cpu = own_cpu_seconds() - own_cpu;
    redis_cpu = redis_cpu_seconds(control) - redis_cpu;

    qsort(state.latencies, state.operations_total, sizeof(uint64_t), compare);
    double operations = (double)state.operations_total;
    printf(
        "{\"loop\":\"%s\",\"connections\":%zu,\"ops\":%zu,\"commands\":%zu,\"seconds\":%.6f,\"rate\":%.1f,"
        "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,"
        "\"own_cpu_s\":%.3f,\"redis_cpu_s\":%.3f,\"own_cpu_us_per_op\":%.3f,\"redis_cpu_us_per_op\":%.3f}\n",
        chosen.rate > 0 ? "open" : "closed", chosen.connections, state.operations_total, state.replies, seconds,
        operations / seconds, percentile_microseconds(&state, 0.5), percentile_microseconds(&state, 0.99),
        percentile_microseconds(&state, 0.999), percentile_microseconds(&state, 1.0), own_cpu, redis_cpu,
        own_cpu / operations * 1e6,
        redis_cpu / operations * 1e6);
    return 0;
}
