
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_ALG_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_ALG_H_INCLUDED_


#include <ngx_actor_token.h>

#include <openssl/evp.h>


/*
 * Algorithms (RFC 7518, section 3; RFC 8037; RFC 8812; RFC 9864; RFC 9964),
 * and what they need of OpenSSL whatever the key.
 */


/* what an algorithm wants of a key */

typedef enum {
    NGX_ACTOR_TOKEN_KEY_NONE = 0,
    NGX_ACTOR_TOKEN_KEY_RSA,
    NGX_ACTOR_TOKEN_KEY_P256,
    NGX_ACTOR_TOKEN_KEY_P384,
    NGX_ACTOR_TOKEN_KEY_P521,
    NGX_ACTOR_TOKEN_KEY_SECP256K1,
    NGX_ACTOR_TOKEN_KEY_ED25519,
    NGX_ACTOR_TOKEN_KEY_ED448,
    NGX_ACTOR_TOKEN_KEY_ML_DSA_44,
    NGX_ACTOR_TOKEN_KEY_ML_DSA_65,
    NGX_ACTOR_TOKEN_KEY_ML_DSA_87,
    NGX_ACTOR_TOKEN_KEY_HMAC
} ngx_actor_token_key_type_e;


typedef enum {
    NGX_ACTOR_TOKEN_SCHEME_NONE = 0,
    NGX_ACTOR_TOKEN_SCHEME_PKCS1,
    NGX_ACTOR_TOKEN_SCHEME_PSS,
    NGX_ACTOR_TOKEN_SCHEME_ECDSA,
    NGX_ACTOR_TOKEN_SCHEME_EDDSA,
    NGX_ACTOR_TOKEN_SCHEME_ML_DSA,
    NGX_ACTOR_TOKEN_SCHEME_HMAC
} ngx_actor_token_scheme_e;


typedef enum {
    NGX_ACTOR_TOKEN_SHA256 = 0,
    NGX_ACTOR_TOKEN_SHA384,
    NGX_ACTOR_TOKEN_SHA512,
    NGX_ACTOR_TOKEN_HASHES,
    NGX_ACTOR_TOKEN_HASH_NONE = NGX_ACTOR_TOKEN_HASHES
} ngx_actor_token_hash_e;


typedef struct {
    ngx_str_t                     name;
    ngx_actor_token_scheme_e      scheme;
    ngx_actor_token_key_type_e    key;
    ngx_actor_token_hash_e        hash;
} ngx_actor_token_alg_t;


/* a set of algorithms is a bit mask of these */

typedef uint32_t                  ngx_actor_token_algs_t;


/*
 * What is fetched from OpenSSL once for a configuration, and contexts that
 * are used again and again: by one operation at a time, in one thread.  What
 * was fetched may be used in any.
 */

typedef struct {
    EVP_MD                       *md[NGX_ACTOR_TOKEN_HASHES];
    EVP_MAC                      *mac;

    EVP_MD_CTX                   *digest[NGX_ACTOR_TOKEN_HASHES];
    EVP_MAC_CTX                  *hmac[NGX_ACTOR_TOKEN_HASHES];

    ngx_actor_token_algs_t        algs;        /* that OpenSSL has */

    /* for when it lacks some: texts that end with NUL */
    char                          lack[160];
    char                          useless[160]; /* of a set of keys */
} ngx_actor_token_crypto_t;


/* by the exact, case-sensitive name; NULL for "none" and all unknown */
const ngx_actor_token_alg_t *ngx_actor_token_alg_find(const ngx_str_t *name);

ngx_actor_token_algs_t ngx_actor_token_alg_bit(
    const ngx_actor_token_alg_t *alg);

/* the algorithm of the lowest bit, which is taken out; NULL without any */
const ngx_actor_token_alg_t *ngx_actor_token_alg_next(
    ngx_actor_token_algs_t *algs);

/* all that the type of key can do; a key's own "alg" narrows it */
ngx_actor_token_algs_t ngx_actor_token_alg_fits(
    ngx_actor_token_key_type_e type);

/*
 * The algorithms accepted where none are named: all but HMAC.  Some of them
 * may be more than OpenSSL has.
 */
ngx_actor_token_algs_t ngx_actor_token_alg_default(void);

/* HMAC algorithms whose hash is no longer than the secret (RFC 7518, 3.2) */
ngx_actor_token_algs_t ngx_actor_token_alg_hmac(size_t secret_len);

/* in bytes; 0 of no hash */
size_t ngx_actor_token_hash_size(ngx_actor_token_hash_e hash);


/* belongs to the pool; NULL for lack of memory, or of an algorithm */
ngx_actor_token_crypto_t *ngx_actor_token_crypto_create(ngx_pool_t *pool);

/*
 * A digest that has begun, and a context for HMAC with any key; they are the
 * caller's.  NULL leaves the cause in OpenSSL's error queue.
 */
EVP_MD_CTX *ngx_actor_token_digest_new(
    const ngx_actor_token_crypto_t *crypto, ngx_actor_token_hash_e hash);
EVP_MAC_CTX *ngx_actor_token_hmac_new(const ngx_actor_token_crypto_t *crypto,
    ngx_actor_token_hash_e hash);

/*
 * SHA-256 of one text; it must not run while another digest of "crypto" has
 * begun.  NGX_ERROR leaves the cause in OpenSSL's error queue.
 */
ngx_int_t ngx_actor_token_sha256(const ngx_actor_token_crypto_t *crypto,
    const u_char *data, size_t len,
    u_char digest[NGX_ACTOR_TOKEN_DIGEST_LEN]);


#endif /* _NGX_ACTOR_TOKEN_ALG_H_INCLUDED_ */
