
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_


#include <ngx_actor_token_template.h>

#include <openssl/evp.h>


/*
 * Algorithms (RFC 7518, section 3; RFC 8037; RFC 8812; RFC 9864) and the
 * verification of one signature with one key.
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
    NGX_ACTOR_TOKEN_KEY_HMAC
} ngx_actor_token_key_type_e;


typedef enum {
    NGX_ACTOR_TOKEN_SCHEME_NONE = 0,
    NGX_ACTOR_TOKEN_SCHEME_PKCS1,
    NGX_ACTOR_TOKEN_SCHEME_PSS,
    NGX_ACTOR_TOKEN_SCHEME_ECDSA,
    NGX_ACTOR_TOKEN_SCHEME_EDDSA,
    NGX_ACTOR_TOKEN_SCHEME_HMAC
} ngx_actor_token_scheme_e;


typedef struct {
    ngx_str_t                     name;
    ngx_actor_token_scheme_e      scheme;
    ngx_actor_token_key_type_e    key;
    const EVP_MD               *(*digest)(void);  /* NULL: none of its own */
} ngx_actor_token_alg_t;


/* a set of algorithms is a bit mask of these */

typedef uint32_t                  ngx_actor_token_algs_t;


typedef struct {
    ngx_actor_token_key_type_e    type;
    EVP_PKEY                     *pkey;        /* NULL for HMAC */
    ngx_str_t                     secret;      /* HMAC alone */

    ngx_actor_token_algs_t        algs;        /* what it may verify */

    ngx_str_t                     kid;         /* data is NULL without one */
    ngx_actor_token_template_t    issuer;      /* prefix.len 0: anybody's */

    /* SHA-256 of the public key's DER, or of the secret */
    u_char                        digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
} ngx_actor_token_key_t;


/* by the exact, case-sensitive name; NULL for "none" and all unknown */
const ngx_actor_token_alg_t *ngx_actor_token_alg_find(const ngx_str_t *name);

ngx_actor_token_algs_t ngx_actor_token_alg_bit(
    const ngx_actor_token_alg_t *alg);

/* all that the type of key can do; a key's own "alg" narrows it */
ngx_actor_token_algs_t ngx_actor_token_alg_fits(
    ngx_actor_token_key_type_e type);

/* the algorithms accepted where none are named: all but HMAC */
ngx_actor_token_algs_t ngx_actor_token_alg_default(void);

/* HMAC algorithms whose hash is no longer than the secret (RFC 7518, 3.2) */
ngx_actor_token_algs_t ngx_actor_token_alg_hmac(size_t secret_len);

/*
 * NGX_OK only if the signature is this key's over the input.  The key's
 * "algs" are checked here too, where the operation happens.  Leaves
 * OpenSSL's error queue empty.
 */
ngx_int_t ngx_actor_token_sig_verify(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, ngx_log_t *log);


#endif /* _NGX_ACTOR_TOKEN_SIG_H_INCLUDED_ */
