
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_keys.h>


#define NGX_HTTP_ACTOR_TOKEN_KEEP_TIME  1000    /* msec, for a copy */


static ngx_int_t ngx_http_actor_token_file_id(
    ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_set_id_t *id);


void
ngx_http_actor_token_file_keep(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_store_t *store, const ngx_str_t *text, ngx_uint_t fresh)
{
    ngx_int_t                   rc;
    ngx_msec_t                  now;
    ngx_actor_token_set_id_t    id;
    ngx_actor_token_set_info_t  info;

    if (ngx_http_actor_token_file_id(ring, file, pool, &id) != NGX_OK) {
        return;
    }

    now = ngx_current_msec;

    rc = ngx_actor_token_store_look(store, &id, now, &info, NULL, NULL);

    if (rc == NGX_OK
        ? ngx_memcmp(info.content, file->content, NGX_ACTOR_TOKEN_DIGEST_LEN)
          == 0
        : !fresh)
    {
        return;
    }

    rc = ngx_actor_token_store_begin(store, &id, now,
                                     NGX_HTTP_ACTOR_TOKEN_KEEP_TIME, 0);

    if (rc == NGX_OK || rc == NGX_DONE) {
        (void) ngx_actor_token_store_end(store, &id, now, text, file->content,
                                         -1);
    }
}


ngx_int_t
ngx_http_actor_token_file_kept(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_store_t *store, ngx_str_t *text, u_char *content)
{
    ngx_int_t                   rc;
    ngx_actor_token_set_id_t    id;
    ngx_actor_token_set_info_t  info;

    if (ngx_http_actor_token_file_id(ring, file, pool, &id) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_actor_token_store_look(store, &id, ngx_current_msec, &info, pool,
                                    text);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_memcmp(info.content, file->content, NGX_ACTOR_TOKEN_DIGEST_LEN)
        == 0)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(content, info.content, NGX_ACTOR_TOKEN_DIGEST_LEN);

    return info.kept ? NGX_OK : NGX_ABORT;
}


/* blocks may think differently of what is good in one file */

static ngx_int_t
ngx_http_actor_token_file_id(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_set_id_t *id)
{
    u_char           *p;
    ngx_str_t         s;
    const ngx_str_t  *name;

    ngx_memzero(id, sizeof(ngx_actor_token_set_id_t));

    id->file = 1;

    name = &ring->block->issuer.name;

    s.len = sizeof("key file") + name->len + 1 + file->source->file.len;

    s.data = ngx_pnalloc(pool, s.len);
    if (s.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(s.data, "key file", sizeof("key file"));
    p = ngx_cpymem(p, name->data, name->len);
    *p++ = '\0';
    ngx_memcpy(p, file->source->file.data, file->source->file.len);

    if (ngx_actor_token_sha256(ring->crypto, s.data, s.len, id->id) != NGX_OK)
    {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, ngx_cycle->log,
                                      "SHA-256 failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}
