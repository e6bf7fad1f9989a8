
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_remote.h>


static ngx_uint_t ngx_http_actor_token_remote_outdated(
    ngx_http_actor_token_remote_t *remote,
    const ngx_actor_token_set_info_t *info, ngx_msec_t now);
static void ngx_http_actor_token_remote_load(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now);


void
ngx_http_actor_token_remote_sync(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now)
{
    ngx_int_t                    rc;
    ngx_uint_t                   over;
    ngx_atomic_uint_t            changes;
    ngx_actor_token_set_info_t   info;

    changes = *remote->remotes->store->changes;

    over = remote->keyset
           && ngx_http_actor_token_passed(remote->info.stale, now);

    if (remote->synced && remote->changes == changes && !over) {
        return;
    }

    rc = ngx_actor_token_store_look(remote->remotes->store, &remote->id, now,
                                    &info, NULL, NULL);

    remote->synced = 1;
    remote->changes = changes;

    if (rc != NGX_OK || !info.kept
        || ngx_http_actor_token_passed(info.stale, now))
    {
        if (over || !remote->homeless
            || (rc == NGX_OK
                && ngx_http_actor_token_remote_outdated(remote, &info, now)))
        {
            remote->homeless = 0;
            ngx_http_actor_token_remote_swap(remote, NULL);
        }

        return;
    }

    remote->homeless = 0;

    if ((remote->keyset || remote->useless)
        && ngx_memcmp(remote->info.content, info.content,
                      NGX_ACTOR_TOKEN_DIGEST_LEN)
           == 0)
    {
        /* it may have been fetched again since */

        remote->info = info;
        return;
    }

    ngx_http_actor_token_remote_load(remote, now);
}


/*
 * Whether another worker has fetched another set since, for which there was no
 * room either.  What was fetched here just before is used until "key_refetch"
 * has passed: workers that a server answers differently would else take it
 * from each other with every request.
 */

static ngx_uint_t
ngx_http_actor_token_remote_outdated(ngx_http_actor_token_remote_t *remote,
    const ngx_actor_token_set_info_t *info, ngx_msec_t now)
{
    ngx_msec_t  refetch;

    refetch = remote->ring->block->request->refetch;

    if (!info->known
        || !ngx_http_actor_token_passed(remote->info.fetched, info->fetched)
        || ngx_memcmp(remote->info.content, info->content,
                      NGX_ACTOR_TOKEN_DIGEST_LEN)
           == 0)
    {
        return 0;
    }

    if (!ngx_http_actor_token_passed(remote->info.fetched + refetch, now)) {
        remote->synced = 0;
        return 0;
    }

    return 1;
}


static void
ngx_http_actor_token_remote_load(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now)
{
    ngx_str_t                    text;
    ngx_pool_t                  *pool;
    const char                  *err;
    ngx_actor_token_keyset_t    *keyset;
    ngx_actor_token_set_info_t   info;

    keyset = NULL;

    pool = ngx_create_pool(4096, remote->remotes->log);

    if (pool) {

        if (ngx_actor_token_store_look(remote->remotes->store, &remote->id,
                                       now, &info, pool, &text)
            == NGX_OK
            && info.kept)
        {
            keyset = ngx_http_actor_token_remote_parse(remote, &text, 1, &err);

            remote->info = info;
            remote->useless = (keyset == NULL);
        }

        ngx_destroy_pool(pool);
    }

    ngx_http_actor_token_remote_swap(remote, keyset);
}


ngx_actor_token_keyset_t *
ngx_http_actor_token_remote_parse(ngx_http_actor_token_remote_t *remote,
    const ngx_str_t *text, ngx_uint_t quiet, const char **err)
{
    ngx_int_t                             rc;
    ngx_uint_t                            symmetric;
    ngx_actor_token_keyset_t             *keyset;
    ngx_actor_token_jwks_error_t          fault;
    const ngx_http_actor_token_issuer_t  *block;

    block = remote->ring->block;
    *err = "out of memory";

    keyset = ngx_actor_token_keyset_create(remote->remotes->crypto,
                                           block->issuer.algs,
                                           remote->remotes->log);
    if (keyset == NULL) {
        return NULL;
    }

    ngx_http_actor_token_tolerate(keyset, remote->ring, quiet);

    keyset->jwks.maker.published = 1;

    rc = ngx_actor_token_jwks_add_set(&keyset->jwks, text, &symmetric,
                                      &fault);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_finish(&keyset->jwks);

    } else if (rc == NGX_DECLINED) {
        *err = fault.what;
    }

    if (rc == NGX_OK && !remote->id.tenant
        && ngx_http_actor_token_ring_full(remote->ring, remote->keyset,
                                          keyset))
    {
        *err = "holds more than 256 keys with those of files";
        rc = NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        ngx_actor_token_keyset_release(keyset);
        return NULL;
    }

    return keyset;
}


void
ngx_http_actor_token_remote_swap(ngx_http_actor_token_remote_t *remote,
    ngx_actor_token_keyset_t *keyset)
{
    if (remote->keyset) {
        ngx_actor_token_keyset_release(remote->keyset);
    }

    remote->keyset = keyset;
    remote->set = keyset ? &keyset->jwks : NULL;
    remote->keys.nsets = keyset ? 1 : 0;
    remote->proven = 0;

    if (!remote->id.tenant) {
        ngx_http_actor_token_ring_update(remote->ring);
    }
}
