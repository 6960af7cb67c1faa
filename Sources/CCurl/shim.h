// libcurl as the system has it. Its setters and getters are variadic, which Swift cannot call: here each has the one type of
// argument that its options take. The callbacks are C's too, since they run for every piece of every answer.

#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

// The macros that check types look at constants, which these functions do not pass.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdint.h>

// Protocols by name, and no waiting for name servers.
#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87 or newer is needed"
#endif

static inline CURLcode ccurl_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// Copies the body.
static inline CURLcode ccurl_set_body(CURL *handle, const void *body, long bytes) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, bytes);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, (const char *)body);
}

// Drops what is answered, up to *room bytes; more ends the transfer with CURLE_WRITE_ERROR.
static inline size_t ccurl_drop(char *data, size_t size, size_t count, void *room) {
    size_t bytes = size * count;
    long *left = (long *)room;
    (void)data;
    if ((long)bytes > *left) return 0;
    *left -= (long)bytes;
    return bytes;
}

static inline CURLcode ccurl_set_drop(CURL *handle, long *room) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ccurl_drop);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_WRITEDATA, room);
}

static inline long ccurl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

// Seconds of Retry-After, whether it was written as a number or a date; 0 without it.
static inline int64_t ccurl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return (int64_t)seconds;
}

// The next transfer that has ended: its handle and result; NULL when there is none.
static inline CURL *ccurl_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

#endif
