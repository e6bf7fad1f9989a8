
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_JWKS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_JWKS_H_INCLUDED_


#include <ngx_actor_token_json.h>
#include <ngx_actor_token_key.h>
#include <ngx_actor_token_table.h>


/* why a key or a whole file was refused */

typedef struct {
    const char                  *what;       /* static, or of "crypto" */
    ngx_str_t                    kid;        /* of the key, if it has one */
    ngx_uint_t                   n;          /* its place in the set, from 1 */
} ngx_actor_token_jwks_error_t;


typedef void (*ngx_actor_token_jwks_refused_pt)(void *data,
    const ngx_actor_token_jwks_error_t *err);


/*
 * The keys of one issuer, from JWK Sets (RFC 7517), PEM and raw secrets.
 * A set is made, filled and finished; from then on nothing changes it.
 */

typedef struct {
    ngx_array_t                  keys;       /* ngx_actor_token_key_t */

    /*
     * Keys that fit none of the algorithms are skipped, and HMAC secrets are
     * refused unless one of theirs is named.
     */
    ngx_actor_token_maker_t      maker;

    /*
     * Where this is set, a key of a JWK Set that is refused is told and left
     * out; otherwise it makes the whole set one that is refused.
     */
    ngx_actor_token_jwks_refused_pt   refused;
    void                        *data;

    /* of keys that were skipped because OpenSSL lacks them */
    ngx_actor_token_algs_t       lacking;

    /* of a set that is finished */
    ngx_actor_token_table_t      kids;
    ngx_actor_token_table_t      contents;
    ngx_array_t                  nameless;   /* ngx_actor_token_key_t * */
} ngx_actor_token_jwks_t;


ngx_int_t ngx_actor_token_jwks_init(ngx_actor_token_jwks_t *set,
    ngx_pool_t *pool, ngx_actor_token_crypto_t *crypto,
    ngx_actor_token_algs_t algs);

/*
 * These add to the set what "text" holds, a JWK Set or the one key of "alg",
 * or return NGX_DECLINED and say in "err" what is wrong with it.  Keys of a
 * JWK Set that are unknown, not for verifying, or more than OpenSSL can do,
 * are skipped silently.
 * "symmetric" is set if it holds a secret.  A set that has failed here is not
 * to be used.
 */
ngx_int_t ngx_actor_token_jwks_add_set(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, ngx_uint_t *symmetric,
    ngx_actor_token_jwks_error_t *err);
ngx_int_t ngx_actor_token_jwks_add_file(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *kid, ngx_actor_token_jwks_error_t *err);

/* makes the keys findable; nothing may be added after that */
ngx_int_t ngx_actor_token_jwks_finish(ngx_actor_token_jwks_t *set);

/* the key with this "content", or NULL: whether the set holds it (still) */
const ngx_actor_token_key_t *ngx_actor_token_jwks_find(
    const ngx_actor_token_jwks_t *set,
    const u_char content[NGX_ACTOR_TOKEN_DIGEST_LEN]);


/* the keys of an issuer: a set from each of its sources */

typedef struct {
    const ngx_actor_token_jwks_t **sets;
    ngx_uint_t                     nsets;
} ngx_actor_token_keys_t;


/*
 * The keys to try for a token: those of its kid; if there are none, or the
 * token has no kid (data is NULL), those without one (without a kid in the
 * token: all), as far as they fit the algorithm.  A key whose "issuer" does
 * not stand for "iss" counts as absent; "label" is what the block's template
 * captured, with data NULL where its issuer is literal.  Returns how many of
 * at most NGX_ACTOR_TOKEN_KEYS_TRIED were found; "named" is whether there are
 * keys of the kid, fit or not.
 */
ngx_uint_t ngx_actor_token_keys_select(const ngx_actor_token_keys_t *keys,
    const ngx_str_t *kid, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *iss, const ngx_str_t *label,
    const ngx_actor_token_key_t *found[NGX_ACTOR_TOKEN_KEYS_TRIED],
    ngx_uint_t *named);

/* the key with this "content" in any of the sets, or NULL */
const ngx_actor_token_key_t *ngx_actor_token_keys_find(
    const ngx_actor_token_keys_t *keys,
    const u_char content[NGX_ACTOR_TOKEN_DIGEST_LEN]);

/* whether the key's own "issuer", if it has one, stands for "iss" */
ngx_uint_t ngx_actor_token_key_is_of(const ngx_actor_token_key_t *key,
    const ngx_str_t *iss, const ngx_str_t *label);


#endif /* _NGX_ACTOR_TOKEN_JWKS_H_INCLUDED_ */
