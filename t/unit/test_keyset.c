
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"

#include <ngx_actor_token_keyset.h>


static void note(void *data);
static ngx_int_t failing_create(ngx_pool_t *p, void *data);


static ngx_uint_t  gone;


void
unit_tests(void)
{
    ngx_pool_cleanup_t        *cln;
    ngx_actor_token_keyset_t  *keyset;

    keyset = ngx_actor_token_keyset_create(server_crypto, ~0, &server_log);

    ok(keyset != NULL, "a set");
    is(keyset->jwks.keys.nelts, 0, "is empty");
    is(keyset->refs, 1, "is its maker's");

    cln = ngx_pool_cleanup_add(keyset->pool, 0);
    cln->handler = note;

    ngx_actor_token_keyset_hold(keyset);
    ngx_actor_token_keyset_hold(keyset);

    ngx_actor_token_keyset_release(keyset);
    is(gone, 0, "two hold it");
    ngx_actor_token_keyset_release(keyset);
    is(gone, 0, "one holds it");
    ngx_actor_token_keyset_release(keyset);
    is(gone, 1, "nobody does");

    unit_failing("create", failing_create, NULL, NGX_OK, NULL);
}


static void
note(void *data)
{
    gone++;
}


static ngx_int_t
failing_create(ngx_pool_t *p, void *data)
{
    ngx_actor_token_keyset_t  *keyset;

    keyset = ngx_actor_token_keyset_create(server_crypto, ~0, p->log);

    if (keyset == NULL) {
        return NGX_ERROR;
    }

    ngx_actor_token_keyset_release(keyset);

    return NGX_OK;
}
