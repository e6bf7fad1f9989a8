
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_keys.h>


/* a key and whose it is, for comparing issuers with each other */

typedef struct {
    const ngx_actor_token_key_t           *key;
    const ngx_http_actor_token_issuer_t   *block;
} ngx_http_actor_token_owned_t;


static ngx_http_actor_token_key_source_t *ngx_http_actor_token_add_source(
    ngx_conf_t *cf, ngx_http_actor_token_issuer_t *block);
static char *ngx_http_actor_token_request_complete(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block);
static char *ngx_http_actor_token_key_check(ngx_conf_t *cf,
    const ngx_http_actor_token_issuer_t *block,
    const ngx_http_actor_token_key_source_t *source);
static ngx_int_t ngx_http_actor_token_ring_create(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block, ngx_actor_token_crypto_t *crypto);
static ngx_int_t ngx_http_actor_token_keyset_keep(
    ngx_actor_token_keyset_t *keyset, ngx_pool_t *pool);
static void ngx_http_actor_token_keyset_let_go(void *data);
static void ngx_http_actor_token_refused(void *data,
    const ngx_actor_token_jwks_error_t *err);
static int ngx_libc_cdecl ngx_http_actor_token_cmp_owned(const void *one,
    const void *two);


char *
ngx_http_actor_token_set_jwks(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_actor_token_add_source(cf, conf) ? NGX_CONF_OK
                                                     : NGX_CONF_ERROR;
}


char *
ngx_http_actor_token_set_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                          *value, name;
    ngx_uint_t                          i;
    ngx_http_actor_token_key_source_t  *source;

    source = ngx_http_actor_token_add_source(cf, conf);
    if (source == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        if (value[i].len > 4 && ngx_strncmp(value[i].data, "alg=", 4) == 0
            && source->alg == NULL)
        {
            name.data = value[i].data + 4;
            name.len = value[i].len - 4;

            source->alg = ngx_http_actor_token_alg(cf, "key", &name);

            if (source->alg == NULL) {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        if (value[i].len > 4 && ngx_strncmp(value[i].data, "kid=", 4) == 0
            && source->kid.data == NULL)
        {
            source->kid.data = value[i].data + 4;
            source->kid.len = value[i].len - 4;
            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"key\": write "
                           "\"key file alg=ALG [kid=KID]\"", &value[i]);
        return NGX_CONF_ERROR;
    }

    if (source->alg == NULL) {
        return "needs \"alg=\", the one algorithm of this key";
    }

    return NGX_CONF_OK;
}


static ngx_http_actor_token_key_source_t *
ngx_http_actor_token_add_source(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    ngx_str_t                           *value;
    ngx_http_actor_token_key_source_t  **p, *source;

    value = cf->args->elts;

    p = ngx_array_push(&block->sources);
    source = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_key_source_t));

    if (p == NULL || source == NULL) {
        return NULL;
    }

    *p = source;

    source->file = value[1];
    ngx_http_actor_token_here(cf, &source->pos);

    if (ngx_conf_full_name(cf->cycle, &source->file, 1) != NGX_OK) {
        return NULL;
    }

    return source;
}


char *
ngx_http_actor_token_set_key_request(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_issuer_t *block = conf;

    u_char                              *open, *last;
    ngx_str_t                           *value;
    ngx_http_actor_token_key_request_t  *request;
    static ngx_str_t                     placeholder = ngx_string("{tenant}");

    request = &block->key_request;

    if (request->uri.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    last = value[1].data + value[1].len;

    if (value[1].len == 0 || value[1].data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"key_request\" takes the URI of an internal "
                           "location, not \"%V\": write \"location = /keys "
                           "{ internal; proxy_pass https://...; }\" and "
                           "\"key_request /keys\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_strlchr(value[1].data, last, '$')) {
        return "takes no variables: it is no request that has any";
    }

    request->uri = value[1];
    ngx_http_actor_token_here(cf, &request->pos);

    if (cf->args->nelts == 3) {

        if (value[2].len <= 7
            || ngx_strncmp(value[2].data, "server=", 7) != 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of "
                               "\"key_request\": write \"server=name\"",
                               &value[2]);
            return NGX_CONF_ERROR;
        }

        request->server.data = value[2].data + 7;
        request->server.len = value[2].len - 7;
    }

    open = ngx_strlchr(value[1].data, last, '{');

    if (open == NULL) {
        return NGX_CONF_OK;
    }

    request->tenants = 1;

    if ((size_t) (last - open) < placeholder.len
        || ngx_memcmp(open, placeholder.data, placeholder.len) != 0
        || ngx_strlchr(open + 1, last, '{'))
    {
        return "has a placeholder other than one \"{tenant}\"";
    }

    return NGX_CONF_OK;
}


/* the block has ended */

char *
ngx_http_actor_token_keys_load(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    ngx_uint_t                           i;
    ngx_http_actor_token_main_conf_t    *mcf;
    ngx_http_actor_token_key_source_t  **source;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    if (ngx_http_actor_token_request_complete(cf, block) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    source = block->sources.elts;

    for (i = 0; i < block->sources.nelts; i++) {
        if (ngx_http_actor_token_key_check(cf, block, source[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_actor_token_ring_create(cf, block,
                                         mcf->trusted.issuers.crypto)
        != NGX_OK
        || ngx_http_actor_token_files_load(cf, block->ring) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_http_actor_token_ring_update(block->ring);

    if (ngx_http_actor_token_ring_full(block->ring, NULL, NULL)) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
            "issuer \"%V\" has more than 256 keys", &block->issuer.name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_request_complete(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    const char                          *err;
    ngx_http_actor_token_key_request_t  *request;

    err = NULL;
    request = &block->key_request;

    if (request->uri.data == NULL) {

        if (request->cache != NGX_CONF_UNSET_MSEC) {
            err = "\"key_cache\" needs a \"key_request\"";

        } else if (request->stale != NGX_CONF_UNSET_MSEC) {
            err = "\"key_stale\" needs a \"key_request\"";

        } else if (request->refetch != NGX_CONF_UNSET_MSEC) {
            err = "\"key_refetch\" needs a \"key_request\"";

        } else if (request->timeout != NGX_CONF_UNSET_MSEC) {
            err = "\"key_timeout\" needs a \"key_request\"";
        }

    } else if ((block->issuer.algs
                & ~ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_HMAC))
               == 0)
    {
        err = "\"key_request\" needs an algorithm other than HMAC in "
              "\"algorithms\", since a secret is never fetched,";

    } else if (request->tenants) {

        if (!block->issuer.issuer.templated) {
            err = "\"{tenant}\" in \"key_request\" needs one in \"issuer\"";

        } else if (block->sources.nelts) {
            err = "\"{tenant}\" in \"key_request\" gives every tenant keys "
                  "of its own, which contradicts \"jwks\" and \"key\"";

        } else if (block->issuer.tenants.nelts == 0 && !block->tenants_any) {
            err = "\"{tenant}\" in \"key_request\" needs \"tenants\": name "
                  "them, or write \"any\"";
        }
    }

    if (err) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
                                      "%s in \"actor_token_issuer %V\"", err,
                                      &block->issuer.name);
        return NGX_CONF_ERROR;
    }

    ngx_conf_init_msec_value(request->cache, 60 * 60 * 1000);
    ngx_conf_init_msec_value(request->stale, 24 * 60 * 60 * 1000);
    ngx_conf_init_msec_value(request->refetch, 60 * 1000);
    ngx_conf_init_msec_value(request->timeout, 5000);

    if (request->uri.data) {
        block->request = request;
    }

    return NGX_CONF_OK;
}


/* all servers and their locations are known: where the requests go */

ngx_int_t
ngx_http_actor_token_keys_place(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_int_t                             rc;
    ngx_str_t                             uri, args, text;
    ngx_uint_t                            i;
    ngx_actor_token_issuer_t            **issuer;
    ngx_http_actor_token_issuer_t        *block;
    ngx_http_actor_token_key_request_t   *request;
    static ngx_str_t                      sample = ngx_string("tenant");

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        block = (ngx_http_actor_token_issuer_t *) issuer[i];
        request = block->request;

        if (request == NULL) {
            continue;
        }

        if (ngx_http_actor_token_place_uri(cf->temp_pool, &request->uri,
                                           request->tenants ? &sample : NULL,
                                           &uri, &args)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        rc = ngx_http_actor_token_place_find(cf, &uri, &request->server,
                                             &request->place, &text);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &request->pos,
                "\"key_request %V\" of issuer \"%V\": %V",
                &request->uri, &block->issuer.name, &text);
            return NGX_ERROR;
        }

        if (ngx_http_actor_token_proxy_check(cf, request->place.location,
                                             &text)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (text.len) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_WARN, &request->pos,
                "\"key_request %V\" of issuer \"%V\": %V",
                &request->uri, &block->issuer.name, &text);
        }
    }

    return NGX_OK;
}


static char *
ngx_http_actor_token_key_check(ngx_conf_t *cf,
    const ngx_http_actor_token_issuer_t *block,
    const ngx_http_actor_token_key_source_t *source)
{
    if (source->alg
        && (block->issuer.algs & ngx_actor_token_alg_bit(source->alg)) == 0)
    {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "\"alg=%V\" of \"key\" is not among the \"algorithms\" of issuer "
            "\"%V\"%s", &source->alg->name, &block->issuer.name,
            (source->alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC)
                ? ": HMAC is accepted only when named there" : "");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_actor_token_ring_create(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block, ngx_actor_token_crypto_t *crypto)
{
    ngx_uint_t                           i;
    ngx_http_actor_token_ring_t         *ring;
    ngx_http_actor_token_key_file_t     *file;
    ngx_http_actor_token_key_source_t  **source;

    ring = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_ring_t));
    if (ring == NULL) {
        return NGX_ERROR;
    }

    ring->block = block;
    ring->crypto = crypto;

    ngx_rbtree_init(&ring->tenants, &ring->tenants_sentinel,
                    ngx_str_rbtree_insert_value);

    /* one more for those of "key_request" */

    ring->keys.sets = ngx_palloc(cf->pool, (block->sources.nelts + 1)
                                           * sizeof(void *));

    if (ring->keys.sets == NULL
        || ngx_array_init(&ring->files, cf->pool, block->sources.nelts + 1,
                          sizeof(ngx_http_actor_token_key_file_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    source = block->sources.elts;

    for (i = 0; i < block->sources.nelts; i++) {
        file = ngx_array_push(&ring->files);

        ngx_memzero(file, sizeof(ngx_http_actor_token_key_file_t));
        file->source = source[i];
    }

    block->ring = ring;

    return NGX_OK;
}


void
ngx_http_actor_token_ring_update(ngx_http_actor_token_ring_t *ring)
{
    ngx_uint_t                        i, n;
    ngx_actor_token_keyset_t         *keyset;
    ngx_http_actor_token_key_file_t  *file;

    n = 0;
    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        ring->keys.sets[n++] = &file[i].keyset->jwks;
    }

    if (ring->remote) {
        keyset = ngx_http_actor_token_remote_keyset(ring->remote);

        if (keyset) {
            ring->keys.sets[n++] = &keyset->jwks;
        }
    }

    ring->keys.nsets = n;
}


ngx_int_t
ngx_http_actor_token_keys_status(ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_keys_status_t *status)
{
    time_t                            age;
    ngx_uint_t                        i;
    ngx_http_actor_token_key_file_t  *file;

    ngx_memzero(status, sizeof(ngx_http_actor_token_keys_status_t));

    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        age = ngx_time() - file[i].read;

        status->count += file[i].keyset->jwks.keys.nelts;
        status->age = ngx_max(status->age, age);
    }

    ngx_http_actor_token_remotes_status(ring, status);

    if (status->count == 0 && ring->block->request
        && ring->block->request->tenants)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_actor_token_keys_hold(const ngx_actor_token_t *token,
    ngx_pool_t *pool)
{
    ngx_uint_t                        i;
    ngx_actor_token_keyset_t         *keyset;
    ngx_http_actor_token_ring_t      *ring;
    ngx_http_actor_token_remote_t    *remote;
    ngx_http_actor_token_key_file_t  *file;

    ring = ((const ngx_http_actor_token_issuer_t *) token->issuer)->ring;
    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        if (ngx_http_actor_token_keyset_keep(file[i].keyset, pool) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    remote = ngx_http_actor_token_remote_find(token);
    keyset = remote ? ngx_http_actor_token_remote_keyset(remote) : NULL;

    return keyset ? ngx_http_actor_token_keyset_keep(keyset, pool) : NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_keyset_keep(ngx_actor_token_keyset_t *keyset,
    ngx_pool_t *pool)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ngx_actor_token_keyset_hold(keyset);

    cln->data = keyset;
    cln->handler = ngx_http_actor_token_keyset_let_go;

    return NGX_OK;
}


static void
ngx_http_actor_token_keyset_let_go(void *data)
{
    ngx_actor_token_keyset_release(data);
}


ngx_uint_t
ngx_http_actor_token_ring_full(const ngx_http_actor_token_ring_t *ring,
    const ngx_actor_token_keyset_t *old,
    const ngx_actor_token_keyset_t *keyset)
{
    ngx_uint_t                              i, n;
    const ngx_actor_token_keyset_t         *own;
    const ngx_http_actor_token_key_file_t  *file;

    n = keyset ? keyset->jwks.keys.nelts : 0;
    own = ring->remote ? ngx_http_actor_token_remote_keyset(ring->remote)
                       : NULL;

    if (own && own != old) {
        n += own->jwks.keys.nelts;
    }

    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        if (file[i].keyset != old) {
            n += file[i].keyset->jwks.keys.nelts;
        }
    }

    return n > NGX_ACTOR_TOKEN_KEYS_MAX;
}


void
ngx_http_actor_token_tolerate(ngx_actor_token_keyset_t *keyset,
    ngx_http_actor_token_ring_t *ring, ngx_uint_t quiet)
{
    keyset->jwks.refused = ngx_http_actor_token_refused;
    keyset->jwks.data = quiet ? NULL : (void *) ring->block;
}


static void
ngx_http_actor_token_refused(void *data,
    const ngx_actor_token_jwks_error_t *err)
{
    const ngx_http_actor_token_issuer_t *block = data;

    u_char  kid[NGX_ACTOR_TOKEN_QUOTED_MAX], *p;

    if (block == NULL) {
        return;
    }

    p = ngx_actor_token_json_quote(kid, &err->kid);

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "key %ui (kid %*s) of issuer \"%V\" %s; it is left out",
                  err->n, p - kid, kid, &block->issuer.name, err->what);
}


/*
 * A secret that two issuers share lets each mint the other's tokens.  A
 * public key of two is no danger to us, but seldom meant.
 */

char *
ngx_http_actor_token_keys_compare(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                       i, k, n;
    ngx_array_t                      owned;
    ngx_actor_token_key_t           *key;
    ngx_actor_token_issuer_t       **issuer;
    ngx_http_actor_token_owned_t    *o;
    ngx_http_actor_token_issuer_t   *block;

    if (ngx_array_init(&owned, cf->temp_pool, 16,
                       sizeof(ngx_http_actor_token_owned_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        for (n = 0; n < block->ring->keys.nsets; n++) {

            key = block->ring->keys.sets[n]->keys.elts;

            for (k = 0; k < block->ring->keys.sets[n]->keys.nelts; k++) {

                o = ngx_array_push(&owned);
                if (o == NULL) {
                    return NGX_CONF_ERROR;
                }

                o->key = &key[k];
                o->block = block;
            }
        }
    }

    o = owned.elts;

    if (owned.nelts > 1) {
        ngx_qsort(o, owned.nelts, sizeof(ngx_http_actor_token_owned_t),
                  ngx_http_actor_token_cmp_owned);
    }

    for (i = 1; i < owned.nelts; i++) {

        if (o[i].block == o[i - 1].block
            || ngx_memcmp(o[i].key->digest, o[i - 1].key->digest,
                          NGX_ACTOR_TOKEN_DIGEST_LEN)
               != 0)
        {
            continue;
        }

        if (o[i].key->type == NGX_ACTOR_TOKEN_KEY_HMAC) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG,
                &o[i].block->pos,
                "issuers \"%V\" and \"%V\" share an HMAC secret: each could "
                "mint the other's tokens", &o[i - 1].block->issuer.name,
                &o[i].block->issuer.name);
            return NGX_CONF_ERROR;
        }

        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &o[i].block->pos,
            "issuers \"%V\" and \"%V\" share a public key",
            &o[i - 1].block->issuer.name, &o[i].block->issuer.name);
    }

    return NGX_CONF_OK;
}


/* by digest, and then in the order of the configuration */

static int ngx_libc_cdecl
ngx_http_actor_token_cmp_owned(const void *one, const void *two)
{
    int                                  rc;
    const ngx_http_actor_token_owned_t  *first, *second;

    first = one;
    second = two;

    rc = ngx_memcmp(first->key->digest, second->key->digest,
                    NGX_ACTOR_TOKEN_DIGEST_LEN);

    if (rc == 0) {
        rc = (first->block->issuer.index > second->block->issuer.index)
             - (first->block->issuer.index < second->block->issuer.index);
    }

    return rc;
}
