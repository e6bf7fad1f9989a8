
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_


#include <ngx_actor_token_alg.h>
#include <ngx_actor_token_template.h>


/*
 * The verification of one signature with one key.
 */


/* contexts of OpenSSL's that wait for a signature by a key */

typedef struct ngx_actor_token_ready_s  ngx_actor_token_ready_t;

struct ngx_actor_token_ready_s {
    ngx_actor_token_scheme_e      scheme;
    ngx_actor_token_hash_e        hash;

    EVP_PKEY_CTX                 *pkey;        /* RSA and ECDSA */
    EVP_MD_CTX                   *whole;       /* EdDSA and ML-DSA */

    /* lent by ngx_actor_token_crypto_t */
    EVP_MD_CTX                   *digest;
    EVP_MAC_CTX                  *hmac;

    ngx_actor_token_ready_t      *next;
};


typedef struct {
    ngx_actor_token_key_type_e    type;
    EVP_PKEY                     *pkey;        /* NULL for HMAC */
    ngx_str_t                     secret;      /* HMAC alone */

    ngx_actor_token_algs_t        algs;        /* what it may verify */

    ngx_str_t                     kid;         /* data is NULL without one */
    ngx_actor_token_template_t    issuer;      /* prefix.len 0: anybody's */

    /* SHA-256 of the public key's numbers, or of the secret */
    u_char                        digest[NGX_ACTOR_TOKEN_DIGEST_LEN];

    /* of all that decides which tokens it verifies: what is above */
    u_char                        content[NGX_ACTOR_TOKEN_DIGEST_LEN];

    ngx_actor_token_crypto_t     *crypto;
    ngx_actor_token_ready_t      *ready;       /* for all of "algs" */
    size_t                        size;        /* of a signature; HMAC: 0 */
} ngx_actor_token_key_t;


/*
 * Gets a key with a type, "algs" and an object of OpenSSL's or a secret
 * ready for ngx_actor_token_sig_verify().  What it takes for that belongs to
 * the pool, which must not outlive that of "crypto".
 */
ngx_int_t ngx_actor_token_sig_prepare(ngx_actor_token_key_t *key,
    ngx_actor_token_crypto_t *crypto, ngx_pool_t *pool);

/*
 * NGX_OK only if the signature is this key's over the input.  The key's
 * "algs" are checked here too, where the operation happens.  Leaves
 * OpenSSL's error queue empty.
 *
 * The first uses the contexts that are ready, so that it must be called by
 * one thread only; the second makes some for the occasion, and may be called
 * by any thread at any time.  It does not log.
 */
ngx_int_t ngx_actor_token_sig_verify(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, ngx_log_t *log);
ngx_int_t ngx_actor_token_sig_verify_in_thread(
    const ngx_actor_token_key_t *key, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *input, const ngx_str_t *signature);


#endif /* _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_ */
