
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_KEY_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_KEY_H_INCLUDED_


#include <ngx_actor_token_sig.h>

#include <openssl/bn.h>


/*
 * One key: made of PEM or of raw bytes, and what all kinds of keys share.
 * OpenSSL's object, and a secret, belong to the pool, which frees and
 * cleanses them.
 */


typedef struct {
    ngx_str_t                     crv;         /* RFC 7518, section 6.2.1.1 */
    const char                   *group;       /* OpenSSL's name */
    ngx_actor_token_key_type_e    type;
    size_t                        size;        /* of a coordinate, in bytes */
} ngx_actor_token_curve_t;


/* these end with a curve of size 0 */
extern const ngx_actor_token_curve_t  ngx_actor_token_ec_curves[];

/* ML-DSA's sets of parameters, by "alg"; the size is that of "pub" */
extern const ngx_actor_token_curve_t  ngx_actor_token_akp_algs[];


/* what keys are made with, and for whom */

typedef struct {
    ngx_pool_t                   *pool;        /* frees OpenSSL's objects */
    ngx_actor_token_crypto_t     *crypto;      /* outlives the pool */
    ngx_actor_token_algs_t        algs;        /* of the issuer's tokens */
    ngx_uint_t                    published;   /* the keys: no secret is one */
} ngx_actor_token_maker_t;


/*
 * Fill a zeroed key.  NGX_DECLINED says in "err", a static text, what is
 * wrong.  "alg" is the one algorithm of the key.
 */
ngx_int_t ngx_actor_token_key_pem(const ngx_actor_token_maker_t *maker,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    ngx_actor_token_key_t *key, const char **err);
ngx_int_t ngx_actor_token_key_secret(const ngx_actor_token_maker_t *maker,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    ngx_actor_token_key_t *key, const char **err);

/*
 * Give the object, or a copy of the secret, to a key that has its type and
 * "algs", and get it ready to verify.
 */
ngx_int_t ngx_actor_token_key_own(const ngx_actor_token_maker_t *maker,
    ngx_actor_token_key_t *key, EVP_PKEY *pkey);
ngx_int_t ngx_actor_token_secret_own(const ngx_actor_token_maker_t *maker,
    ngx_actor_token_key_t *key, const ngx_str_t *secret);

/* NULL, or what is wrong with these numbers (RFC 7518, section 3.3) */
const char *ngx_actor_token_rsa_check(const BIGNUM *n, const BIGNUM *e);

/* a copy with a NUL behind it */
ngx_int_t ngx_actor_token_key_copy(ngx_pool_t *pool, const ngx_str_t *src,
    ngx_str_t *dst);


#endif /* _NGX_ACTOR_TOKEN_KEY_H_INCLUDED_ */
