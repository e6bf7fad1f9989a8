
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>

#include <openssl/crypto.h>


/* a "jwks" or "key" directive */

typedef struct {
    ngx_str_t                              file;
    ngx_str_t                              kid;
    const ngx_actor_token_alg_t           *alg;      /* NULL: a JWK Set */
    ngx_http_actor_token_pos_t             pos;
} ngx_http_actor_token_key_source_t;


/* a key and whose it is, for comparing issuers with each other */

typedef struct {
    const ngx_actor_token_key_t           *key;
    const ngx_http_actor_token_issuer_t   *block;
} ngx_http_actor_token_owned_t;


static ngx_http_actor_token_key_source_t *ngx_http_actor_token_add_source(
    ngx_conf_t *cf, ngx_http_actor_token_issuer_t *block);
static char *ngx_http_actor_token_key_check(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source);
static char *ngx_http_actor_token_key_load(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source);
static ngx_int_t ngx_http_actor_token_key_add(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source, const ngx_str_t *text,
    ngx_uint_t *symmetric);
static ngx_int_t ngx_http_actor_token_key_read(ngx_conf_t *cf,
    ngx_http_actor_token_key_source_t *source, ngx_pool_t *pool,
    ngx_str_t *text, ngx_file_info_t *fi);
static ngx_int_t ngx_http_actor_token_key_fd(ngx_conf_t *cf,
    ngx_http_actor_token_key_source_t *source, ngx_fd_t fd, ngx_pool_t *pool,
    ngx_str_t *text, ngx_file_info_t *fi);
static ngx_uint_t ngx_http_actor_token_key_symmetric(
    const ngx_http_actor_token_key_source_t *source);
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

            source->alg = ngx_actor_token_alg_find(&name);

            if (source->alg == NULL) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "unknown algorithm \"%V\" in \"key\"",
                                   &name);
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
ngx_http_actor_token_keys_load(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    ngx_uint_t                           i;
    ngx_http_actor_token_main_conf_t    *mcf;
    ngx_http_actor_token_key_source_t  **source;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    if (ngx_actor_token_jwks_init(&block->issuer.keys, cf->pool,
                                  mcf->trusted.issuers.crypto,
                                  block->issuer.algs)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    source = block->sources.elts;

    for (i = 0; i < block->sources.nelts; i++) {

        if (ngx_http_actor_token_key_check(cf, block, source[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (ngx_http_actor_token_key_load(cf, block, source[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_actor_token_jwks_finish(&block->issuer.keys) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_key_check(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source)
{
    if (source->alg
        && (block->issuer.algs & ngx_actor_token_alg_bit(source->alg)) == 0)
    {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "\"alg=%V\" of \"key\" is not among the \"algorithms\" of issuer "
            "\"%V\"%s", &source->alg->name, &block->issuer.name,
            ngx_http_actor_token_key_symmetric(source)
                ? ": HMAC is accepted only when named there" : "");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_key_load(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source)
{
    char             *rv;
    ngx_str_t         text;
    ngx_pool_t       *pool;
    ngx_uint_t        symmetric;
    ngx_file_info_t   fi;

    pool = ngx_create_pool(4096, cf->log);
    if (pool == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = NGX_CONF_ERROR;
    ngx_str_null(&text);

    if (ngx_http_actor_token_key_read(cf, source, pool, &text, &fi) != NGX_OK
        || ngx_http_actor_token_key_add(cf, block, source, &text, &symmetric)
           != NGX_OK)
    {
        goto done;
    }

    if (symmetric && (ngx_file_access(&fi) & S_IROTH)) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "\"%V\" holds a secret that others may read: run "
            "\"chmod o-rwx\" on it", &source->file);
        goto done;
    }

    if (symmetric && source->alg && text.data[text.len - 1] == LF) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &source->pos,
            "the secret in \"%V\" ends in a newline, which is taken to be "
            "part of it", &source->file);
    }

    rv = NGX_CONF_OK;

done:

    if (text.data) {
        OPENSSL_cleanse(text.data, text.len);
    }

    ngx_destroy_pool(pool);

    return rv;
}


static ngx_int_t
ngx_http_actor_token_key_add(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block,
    ngx_http_actor_token_key_source_t *source, const ngx_str_t *text,
    ngx_uint_t *symmetric)
{
    ngx_int_t                      rc;
    ngx_actor_token_jwks_t        *keys;
    ngx_actor_token_jwks_error_t   err;

    keys = &block->issuer.keys;
    *symmetric = ngx_http_actor_token_key_symmetric(source);

    if (source->alg == NULL) {
        rc = ngx_actor_token_jwks_add_set(keys, text, symmetric, &err);

    } else {
        rc = ngx_actor_token_jwks_add_file(keys, text, source->alg,
                                           &source->kid, &err);
    }

    if (rc == NGX_DECLINED && err.n) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "key %ui (kid \"%V\") in \"%V\" of issuer \"%V\" %s",
            err.n, &err.kid, &source->file, &block->issuer.name, err.what);

    } else if (rc == NGX_DECLINED) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "\"%V\" of issuer \"%V\" %s", &source->file, &block->issuer.name,
            err.what);
    }

    if (rc == NGX_OK && keys->keys.nelts > NGX_ACTOR_TOKEN_KEYS_MAX) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
            "issuer \"%V\" has more than 256 keys", &block->issuer.name);
        return NGX_ERROR;
    }

    return rc;
}


static ngx_uint_t
ngx_http_actor_token_key_symmetric(
    const ngx_http_actor_token_key_source_t *source)
{
    return source->alg
           && source->alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC;
}


static ngx_int_t
ngx_http_actor_token_key_read(ngx_conf_t *cf,
    ngx_http_actor_token_key_source_t *source, ngx_pool_t *pool,
    ngx_str_t *text, ngx_file_info_t *fi)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    /* a FIFO must not hold up the start of nginx */

    fd = ngx_open_file(source->file.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed in %V:%ui",
                      &source->file, &source->pos.file, source->pos.line);
        return NGX_ERROR;
    }

    rc = ngx_http_actor_token_key_fd(cf, source, fd, pool, text, fi);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, cf->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", &source->file);
    }

    return rc;
}


static ngx_int_t
ngx_http_actor_token_key_fd(ngx_conf_t *cf,
    ngx_http_actor_token_key_source_t *source, ngx_fd_t fd, ngx_pool_t *pool,
    ngx_str_t *text, ngx_file_info_t *fi)
{
    ssize_t      n;
    size_t       size;
    const char  *err;

    if (ngx_fd_info(fd, fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed in %V:%ui",
                      &source->file, &source->pos.file, source->pos.line);
        return NGX_ERROR;
    }

    err = NULL;

    if (!ngx_is_file(fi)) {
        err = "is not a regular file";

    } else if (ngx_file_access(fi) & S_IWOTH) {
        err = "may be written by others: run \"chmod o-w\" on it";

    } else if (ngx_file_size(fi) > NGX_ACTOR_TOKEN_KEY_FILE_MAX) {
        err = "is larger than 1 MiB";

    } else if (ngx_file_size(fi) == 0) {
        err = "is empty";
    }

    if (err) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &source->pos,
                                      "key file \"%V\" %s", &source->file,
                                      err);
        return NGX_ERROR;
    }

    size = (size_t) ngx_file_size(fi);

    text->data = ngx_pnalloc(pool, size);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = size;

    n = ngx_read_fd(fd, text->data, size);

    if (n != (ssize_t) size) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, (n == -1) ? ngx_errno : 0,
                      ngx_read_fd_n " \"%V\" failed in %V:%ui",
                      &source->file, &source->pos.file, source->pos.line);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * A secret that two issuers share lets each mint the other's tokens.  A
 * public key of two is no danger to us, but seldom meant.
 */

char *
ngx_http_actor_token_keys_compare(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                       i, k;
    ngx_array_t                      owned;
    ngx_actor_token_key_t           *key;
    ngx_actor_token_issuer_t       **issuer;
    ngx_http_actor_token_owned_t    *o;

    if (ngx_array_init(&owned, cf->temp_pool, 16,
                       sizeof(ngx_http_actor_token_owned_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        key = issuer[i]->keys.keys.elts;

        for (k = 0; k < issuer[i]->keys.keys.nelts; k++) {

            o = ngx_array_push(&owned);
            if (o == NULL) {
                return NGX_CONF_ERROR;
            }

            o->key = &key[k];
            o->block = (ngx_http_actor_token_issuer_t *) issuer[i];
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
