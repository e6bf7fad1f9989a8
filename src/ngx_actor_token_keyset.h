
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_KEYSET_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_KEYSET_H_INCLUDED_


#include <ngx_actor_token_jwks.h>


/*
 * A set of keys with a life of its own: it is replaced as a whole, and goes
 * when nobody holds it any more.
 */

typedef struct {
    ngx_actor_token_jwks_t         jwks;
    ngx_pool_t                    *pool;
    ngx_uint_t                     refs;
} ngx_actor_token_keyset_t;


/* an empty one, held by the caller; NULL for lack of memory */
ngx_actor_token_keyset_t *ngx_actor_token_keyset_create(
    ngx_actor_token_crypto_t *crypto, ngx_actor_token_algs_t algs,
    ngx_log_t *log);

void ngx_actor_token_keyset_hold(ngx_actor_token_keyset_t *keyset);
void ngx_actor_token_keyset_release(ngx_actor_token_keyset_t *keyset);


#endif /* _NGX_ACTOR_TOKEN_KEYSET_H_INCLUDED_ */
