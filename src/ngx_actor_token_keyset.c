
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_keyset.h>


ngx_actor_token_keyset_t *
ngx_actor_token_keyset_create(ngx_actor_token_crypto_t *crypto,
    ngx_actor_token_algs_t algs, ngx_log_t *log)
{
    ngx_pool_t                *pool;
    ngx_actor_token_keyset_t  *keyset;

    pool = ngx_create_pool(1024, log);
    if (pool == NULL) {
        return NULL;
    }

    keyset = ngx_pcalloc(pool, sizeof(ngx_actor_token_keyset_t));

    if (keyset == NULL
        || ngx_actor_token_jwks_init(&keyset->jwks, pool, crypto, algs)
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    keyset->pool = pool;
    keyset->refs = 1;

    return keyset;
}


void
ngx_actor_token_keyset_hold(ngx_actor_token_keyset_t *keyset)
{
    keyset->refs++;
}


void
ngx_actor_token_keyset_release(ngx_actor_token_keyset_t *keyset)
{
    if (--keyset->refs == 0) {
        ngx_destroy_pool(keyset->pool);
    }
}
