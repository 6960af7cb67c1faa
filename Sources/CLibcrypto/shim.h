// libcrypto of OpenSSL 3 as the system has it, without what OpenSSL 3 calls deprecated. Parameters of algorithms are lists of
// pointers to C values: where an algorithm takes some, its call is here.

#ifndef CLIBCRYPTO_SHIM_H
#define CLIBCRYPTO_SHIM_H

#define OPENSSL_NO_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#if OPENSSL_VERSION_MAJOR < 3
#error "OpenSSL 3 is needed (libssl-dev)"
#endif

#define CLIBCRYPTO_SHA256 "SHA2-256"

// A context of `hmac` over SHA-256, with a key of its own, to be copied and given another one. NULL where it fails.
static inline EVP_MAC_CTX *clibcrypto_hmac_sha256(EVP_MAC *hmac) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)CLIBCRYPTO_SHA256, 0),
        OSSL_PARAM_construct_end(),
    };
    static const unsigned char key[1] = {0};
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
    if (context != NULL && EVP_MAC_init(context, key, sizeof(key), parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

// HKDF over SHA-256 without salt. 1 where it succeeds.
static inline int clibcrypto_hkdf_sha256(
    EVP_KDF *hkdf, const unsigned char *key, size_t key_bytes, const unsigned char *info, size_t info_bytes,
    unsigned char *derived, size_t derived_bytes) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)CLIBCRYPTO_SHA256, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_bytes),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
    int result = context != NULL ? EVP_KDF_derive(context, derived, derived_bytes, parameters) : 0;
    EVP_KDF_CTX_free(context);
    return result;
}

#endif
