
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_keys.h>

#include <openssl/crypto.h>


#define NGX_HTTP_ACTOR_TOKEN_WATCH        4000    /* msec, for a round */
#define NGX_HTTP_ACTOR_TOKEN_WATCH_BLOCKS 100     /* at one time */


/* the round that looks at all files */

typedef struct {
    ngx_event_t                        event;
    ngx_http_actor_token_main_conf_t  *mcf;
    ngx_uint_t                         next;     /* block */
} ngx_http_actor_token_watch_t;


/* what was read, and what a reader must know of it */

typedef struct {
    ngx_str_t                          text;
    ngx_file_info_t                    info;
    ngx_pool_t                        *pool;     /* of the text */
    const char                        *call;     /* that failed, and why */
    ngx_err_t                          err;
    const char                        *what;     /* else is wrong */
    ngx_uint_t                         quiet;    /* another worker tells */
    ngx_uint_t                         failed;   /* no fault of the file */
    ngx_uint_t                         crowded;  /* nor its fault alone */
} ngx_http_actor_token_contents_t;


static ngx_int_t ngx_http_actor_token_file_load(ngx_conf_t *cf,
    ngx_actor_token_store_t *store, ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_key_file_t *file);
static ngx_int_t ngx_http_actor_token_file_take(ngx_conf_t *cf,
    ngx_actor_token_store_t *store, ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c);
static void ngx_http_actor_token_file_use(
    ngx_http_actor_token_key_file_t *file, ngx_actor_token_keyset_t *keyset,
    const u_char *content);
static ngx_int_t ngx_http_actor_token_file_recall(
    ngx_actor_token_store_t *store, ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool);
static ngx_int_t ngx_http_actor_token_file_read(const ngx_str_t *name,
    ngx_log_t *log, ngx_http_actor_token_contents_t *c);
static ngx_int_t ngx_http_actor_token_file_read_fd(ngx_fd_t fd,
    ngx_http_actor_token_contents_t *c);
static void ngx_http_actor_token_file_unread(ngx_conf_t *cf,
    ngx_actor_token_store_t *store, ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c);
static ngx_actor_token_keyset_t *ngx_http_actor_token_file_parse(
    ngx_conf_t *cf, ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c);
static ngx_uint_t ngx_http_actor_token_file_mixed(
    const ngx_actor_token_jwks_t *jwks);
static ngx_uint_t ngx_http_actor_token_file_secret(
    const ngx_http_actor_token_key_source_t *source);
static void ngx_http_actor_token_file_remember(
    ngx_http_actor_token_key_file_t *file, const ngx_file_info_t *fi);
static void ngx_http_actor_token_files_release(void *data);

static ngx_uint_t ngx_http_actor_token_file_look(
    ngx_http_actor_token_ring_t *ring, ngx_actor_token_store_t *store,
    ngx_http_actor_token_key_file_t *file);
static ngx_uint_t ngx_http_actor_token_file_same(
    const ngx_http_actor_token_key_file_t *file, const ngx_file_info_t *fi);
static ngx_uint_t ngx_http_actor_token_file_hidden(
    ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file,
    ngx_actor_token_store_t *store);
static void ngx_http_actor_token_files_event(ngx_event_t *ev);
static void ngx_http_actor_token_files_round(
    ngx_http_actor_token_ring_t *ring, ngx_actor_token_store_t *store);
static void ngx_http_actor_token_files_notice(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);
static ngx_uint_t ngx_http_actor_token_file_open_to(const ngx_str_t *name,
    const ngx_core_conf_t *ccf);
static void ngx_cdecl ngx_http_actor_token_file_fault(ngx_conf_t *cf,
    const ngx_http_actor_token_key_file_t *file,
    const ngx_http_actor_token_contents_t *c, const char *fmt, ...);


char *
ngx_http_actor_token_files_load(ngx_conf_t *cf,
    ngx_http_actor_token_ring_t *ring)
{
    ngx_uint_t                        i;
    ngx_pool_cleanup_t               *cln;
    ngx_http_actor_token_key_file_t  *file;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    cln->data = ring;
    cln->handler = ngx_http_actor_token_files_release;

    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        if (ngx_http_actor_token_file_load(cf, NULL, ring, &file[i])
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static void
ngx_http_actor_token_files_release(void *data)
{
    ngx_http_actor_token_ring_t *ring = data;

    ngx_uint_t                        i;
    ngx_http_actor_token_key_file_t  *file;

    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        if (file[i].keyset) {
            ngx_actor_token_keyset_release(file[i].keyset);
        }
    }
}


/*
 * NGX_OK: the file's keys are new, and in use.  NGX_DECLINED: it is what it
 * was.  NGX_ERROR: it is bad, which has been logged, and changes nothing.
 * Without "cf" it is read in a worker.
 */

static ngx_int_t
ngx_http_actor_token_file_load(ngx_conf_t *cf, ngx_actor_token_store_t *store,
    ngx_http_actor_token_ring_t *ring, ngx_http_actor_token_key_file_t *file)
{
    ngx_int_t                         rc;
    ngx_log_t                        *log;
    ngx_http_actor_token_contents_t   c;

    log = cf ? cf->log : ngx_cycle->log;

    ngx_memzero(&c, sizeof(ngx_http_actor_token_contents_t));

    c.pool = ngx_create_pool(4096, log);
    if (c.pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_actor_token_file_read(&file->source->file, log, &c);

    if (rc == NGX_OK) {
        rc = ngx_http_actor_token_file_take(cf, store, ring, file, &c);

        file->again = c.failed;

        /* or it would not be read again until it changes */

        if (!c.failed && !c.crowded) {
            ngx_http_actor_token_file_remember(file, &c.info);

        } else if (cf == NULL && c.failed) {
            ngx_log_error(NGX_LOG_ERR, log, 0,
                          "\"%V\" of issuer \"%V\" could not be read again: "
                          "out of memory; the last good keys stay in use",
                          &file->source->file, &ring->block->issuer.name);
        }

    } else {
        ngx_http_actor_token_file_unread(cf, store, file, &c);
    }

    if (store && rc != NGX_ERROR) {
        file->seen = 1;
        ngx_http_actor_token_file_keep(ring, file, c.pool, store, &c.text,
                                       rc == NGX_OK);

    } else if (store && !file->seen) {
        rc = ngx_http_actor_token_file_recall(store, ring, file, c.pool);
    }

    if (c.text.data) {
        OPENSSL_cleanse(c.text.data, c.text.len);
    }

    ngx_destroy_pool(c.pool);

    return rc;
}


static ngx_int_t
ngx_http_actor_token_file_take(ngx_conf_t *cf, ngx_actor_token_store_t *store,
    ngx_http_actor_token_ring_t *ring, ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c)
{
    u_char                     content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_atomic_uint_t          news;
    ngx_actor_token_keyset_t  *keyset;

    if (ngx_actor_token_sha256(ring->crypto, c->text.data, c->text.len,
                               content)
        != NGX_OK)
    {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, ngx_cycle->log,
                                      "SHA-256 failed");
        c->failed = 1;
        return NGX_ERROR;
    }

    file->fault = NULL;

    if (store) {
        ngx_memcpy(&news, content, sizeof(ngx_atomic_uint_t));
        c->quiet = !ngx_actor_token_store_news(store, file->number, news)
                   && !file->again;
    }

    if (file->keyset
        && ngx_memcmp(content, file->content, NGX_ACTOR_TOKEN_DIGEST_LEN) == 0)
    {
        ngx_memzero(file->bad, NGX_ACTOR_TOKEN_DIGEST_LEN);
        return NGX_DECLINED;
    }

    if (ngx_memcmp(content, file->bad, NGX_ACTOR_TOKEN_DIGEST_LEN) == 0) {
        return NGX_ERROR;
    }

    keyset = ngx_http_actor_token_file_parse(cf, ring, file, c);

    if (keyset == NULL) {

        if (!c->failed && !c->crowded) {
            ngx_memcpy(file->bad, content, NGX_ACTOR_TOKEN_DIGEST_LEN);
        }

        return NGX_ERROR;
    }

    ngx_http_actor_token_file_use(file, keyset, content);
    ngx_memzero(file->bad, NGX_ACTOR_TOKEN_DIGEST_LEN);

    if (cf == NULL && !c->quiet) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "keys of issuer \"%V\" have been read again from "
                      "\"%V\"", &ring->block->issuer.name,
                      &file->source->file);
    }

    return NGX_OK;
}


static void
ngx_http_actor_token_file_use(ngx_http_actor_token_key_file_t *file,
    ngx_actor_token_keyset_t *keyset, const u_char *content)
{
    if (file->keyset) {
        ngx_actor_token_keyset_release(file->keyset);
    }

    file->keyset = keyset;
    ngx_memcpy(file->content, content, NGX_ACTOR_TOKEN_DIGEST_LEN);
}


/*
 * A worker that has started after the file was read again, and became bad,
 * has the keys of the configuration.  If the last good ones are lost, none is
 * better than keys that have been withdrawn.
 */

static ngx_int_t
ngx_http_actor_token_file_recall(ngx_actor_token_store_t *store,
    ngx_http_actor_token_ring_t *ring, ngx_http_actor_token_key_file_t *file,
    ngx_pool_t *pool)
{
    u_char                           content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_int_t                        rc;
    ngx_actor_token_keyset_t        *keyset;
    ngx_http_actor_token_contents_t  c;

    ngx_memzero(&c, sizeof(ngx_http_actor_token_contents_t));

    c.pool = pool;
    c.quiet = 1;

    rc = ngx_http_actor_token_file_kept(ring, file, pool, store, &c.text,
                                        content);
    if (rc == NGX_DECLINED) {
        return NGX_ERROR;
    }

    keyset = NULL;

    if (rc == NGX_OK) {
        keyset = ngx_http_actor_token_file_parse(NULL, ring, file, &c);

    } else if (rc == NGX_ABORT) {
        keyset = ngx_actor_token_keyset_create(ring->crypto,
                                               ring->block->issuer.algs,
                                               ngx_cycle->log);
    }

    if (keyset == NULL) {
        file->size = -1;
        return NGX_ERROR;
    }

    ngx_http_actor_token_file_use(file, keyset, content);

    if (rc == NGX_OK) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "keys of issuer \"%V\" are those last read from "
                      "\"%V\" by an earlier worker",
                      &ring->block->issuer.name, &file->source->file);
    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "keys of issuer \"%V\" last read from \"%V\" are lost, "
                      "for which actor_token_key_zone had no room; no key of "
                      "this file is used",
                      &ring->block->issuer.name, &file->source->file);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_file_read(const ngx_str_t *name, ngx_log_t *log,
    ngx_http_actor_token_contents_t *c)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    /* a FIFO must not hold up nginx */

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        c->err = ngx_errno;
        c->call = ngx_open_file_n;
        return NGX_ERROR;
    }

    rc = ngx_http_actor_token_file_read_fd(fd, c);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", name);
    }

    return rc;
}


static ngx_int_t
ngx_http_actor_token_file_read_fd(ngx_fd_t fd,
    ngx_http_actor_token_contents_t *c)
{
    ssize_t  n;
    size_t   size;

    if (ngx_fd_info(fd, &c->info) == NGX_FILE_ERROR) {
        c->err = ngx_errno;
        c->call = ngx_fd_info_n;
        return NGX_ERROR;
    }

    if (!ngx_is_file(&c->info)) {
        c->what = "is not a regular file";

    } else if (ngx_file_access(&c->info) & S_IWOTH) {
        c->what = "may be written by others: run \"chmod o-w\" on it";

    } else if (ngx_file_size(&c->info) > NGX_ACTOR_TOKEN_KEY_FILE_MAX) {
        c->what = "is larger than 1 MiB";

    } else if (ngx_file_size(&c->info) == 0) {
        c->what = "is empty";
    }

    if (c->what) {
        return NGX_ERROR;
    }

    size = (size_t) ngx_file_size(&c->info);

    c->text.data = ngx_pnalloc(c->pool, size);
    if (c->text.data == NULL) {
        return NGX_ERROR;
    }

    c->text.len = size;

    n = ngx_read_fd(fd, c->text.data, size);

    if (n != (ssize_t) size) {
        c->err = (n == -1) ? ngx_errno : 0;
        c->call = ngx_read_fd_n;
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the same fault is told once, until the file can be read again */

static void
ngx_http_actor_token_file_unread(ngx_conf_t *cf,
    ngx_actor_token_store_t *store, ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c)
{
    const char  *fault;

    fault = c->call ? c->call : c->what;

    if (fault == NULL || fault == file->fault) {
        return;
    }

    file->fault = fault;

    if (store) {
        c->quiet = !ngx_actor_token_store_news(store, file->number,
                               ngx_crc32_long((u_char *) fault,
                                              ngx_strlen(fault)));
    }

    if (c->call) {
        ngx_http_actor_token_file_fault(cf, file, c, "%s \"%V\" failed",
                                        c->call, &file->source->file);
        return;
    }

    ngx_http_actor_token_file_fault(cf, file, c, "key file \"%V\" %s",
                                    &file->source->file, c->what);
}


/* NULL, and what is wrong has been logged, or "failed" is set */

static ngx_actor_token_keyset_t *
ngx_http_actor_token_file_parse(ngx_conf_t *cf,
    ngx_http_actor_token_ring_t *ring, ngx_http_actor_token_key_file_t *file,
    ngx_http_actor_token_contents_t *c)
{
    ngx_int_t                                 rc;
    ngx_uint_t                                symmetric;
    ngx_actor_token_keyset_t                 *keyset;
    ngx_actor_token_jwks_error_t              err;
    const ngx_actor_token_issuer_t           *issuer;
    const ngx_http_actor_token_key_source_t  *source;

    issuer = &ring->block->issuer;
    source = file->source;

    /* the log of the cycle that is made: the other one goes with the old */

    keyset = ngx_actor_token_keyset_create(ring->crypto, issuer->algs,
                                           cf ? &cf->cycle->new_log
                                              : ngx_cycle->log);
    if (keyset == NULL) {
        c->failed = 1;
        return NULL;
    }

    if (cf == NULL) {
        ngx_http_actor_token_tolerate(keyset, ring, c->quiet);
    }

    symmetric = ngx_http_actor_token_file_secret(source);

    if (source->alg) {
        rc = ngx_actor_token_jwks_add_file(&keyset->jwks, &c->text,
                                           source->alg, &source->kid, &err);

    } else {
        rc = ngx_actor_token_jwks_add_set(&keyset->jwks, &c->text, &symmetric,
                                          &err);
    }

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_finish(&keyset->jwks);

    } else if (rc == NGX_DECLINED && err.n) {
        ngx_http_actor_token_file_fault(cf, file, c,
            "key %ui (kid \"%V\") in \"%V\" of issuer \"%V\" %s",
            err.n, &err.kid, &source->file, &issuer->name, err.what);

    } else if (rc == NGX_DECLINED) {
        ngx_http_actor_token_file_fault(cf, file, c,
            "\"%V\" of issuer \"%V\" %s", &source->file, &issuer->name,
            err.what);
    }

    if (rc == NGX_OK && symmetric && (ngx_file_access(&c->info) & S_IROTH)) {
        ngx_http_actor_token_file_fault(cf, file, c,
            "\"%V\" holds a secret that others may read: run "
            "\"chmod o-rwx\" on it", &source->file);
        rc = NGX_DECLINED;
    }

    /* what was not secret when nginx started is not watched for secrets */

    if (rc == NGX_OK && cf == NULL && symmetric) {
        ngx_http_actor_token_file_fault(cf, file, c,
            "\"%V\" holds a secret, which is read only at start and reload",
            &source->file);
        rc = NGX_DECLINED;
    }

    /* another file may have fewer in a moment */

    if (rc == NGX_OK && cf == NULL
        && ngx_http_actor_token_ring_full(ring, file->keyset, keyset))
    {
        ngx_http_actor_token_file_fault(cf, file, c,
            "\"%V\" and the other keys of issuer \"%V\" are more than 256",
            &source->file, &issuer->name);
        c->crowded = 1;
        rc = NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        ngx_actor_token_keyset_release(keyset);
        c->failed = (rc == NGX_ERROR);
        return NULL;
    }

    if (cf) {
        file->symmetric = symmetric;
    }

    if (cf && symmetric && ngx_http_actor_token_file_mixed(&keyset->jwks)) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &source->pos,
            "\"%V\" of issuer \"%V\" holds a secret, and is read only at "
            "start and reload: keep public keys in a file of their own",
            &source->file, &issuer->name);
    }

    if (cf && keyset->jwks.lacking) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &source->pos,
            "keys in \"%V\" of issuer \"%V\" are left out: %s",
            &source->file, &issuer->name, ring->crypto->lack);
    }

    if (cf && symmetric && source->alg
        && c->text.data[c->text.len - 1] == LF)
    {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &source->pos,
            "the secret in \"%V\" ends in a newline, which is taken to be "
            "part of it", &source->file);
    }

    return keyset;
}


/* whether there are public keys among the secrets */

static ngx_uint_t
ngx_http_actor_token_file_mixed(const ngx_actor_token_jwks_t *jwks)
{
    ngx_uint_t                    i;
    const ngx_actor_token_key_t  *key;

    key = jwks->keys.elts;

    for (i = 0; i < jwks->keys.nelts; i++) {
        if (key[i].type != NGX_ACTOR_TOKEN_KEY_HMAC) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_actor_token_file_secret(
    const ngx_http_actor_token_key_source_t *source)
{
    return source->alg
           && source->alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC;
}


static void
ngx_http_actor_token_file_remember(ngx_http_actor_token_key_file_t *file,
    const ngx_file_info_t *fi)
{
    file->uniq = ngx_file_uniq(fi);
    file->size = ngx_file_size(fi);
    file->mtime = ngx_file_mtime(fi);
    file->ctime = fi->st_ctime;
    file->read = ngx_time();
}


void
ngx_http_actor_token_files_check(ngx_http_actor_token_ring_t *ring,
    ngx_actor_token_store_t *store)
{
    ngx_uint_t                        i, changed;
    ngx_atomic_uint_t                 changes;
    ngx_http_actor_token_key_file_t  *file;

    changes = *store->files;

    if (ring->changes == changes) {
        return;
    }

    ring->changes = changes;
    changed = 0;

    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        changed |= ngx_http_actor_token_file_look(ring, store, &file[i]);
    }

    if (changed) {
        ngx_http_actor_token_ring_update(ring);
    }
}


/* whether the file has other keys than before */

static ngx_uint_t
ngx_http_actor_token_file_look(ngx_http_actor_token_ring_t *ring,
    ngx_actor_token_store_t *store, ngx_http_actor_token_key_file_t *file)
{
    ngx_file_info_t  fi;

    if (file->unwatched) {
        return 0;
    }

    if (file->fault == NULL
        && ngx_file_info(file->source->file.data, &fi) != NGX_FILE_ERROR
        && ngx_http_actor_token_file_same(file, &fi))
    {
        return 0;
    }

    return ngx_http_actor_token_file_load(NULL, store, ring, file) == NGX_OK;
}


/*
 * A file that was written in the second in which it was read may have been
 * written again in that second.
 */

static ngx_uint_t
ngx_http_actor_token_file_same(const ngx_http_actor_token_key_file_t *file,
    const ngx_file_info_t *fi)
{
    return file->uniq == ngx_file_uniq(fi)
           && file->size == ngx_file_size(fi)
           && file->mtime == ngx_file_mtime(fi)
           && file->ctime == fi->st_ctime
           && file->ctime < file->read - 1;
}


ngx_int_t
ngx_http_actor_token_files_watch(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                        i, k, n, number;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_ring_t      *ring;
    ngx_http_actor_token_watch_t     *watch;
    ngx_http_actor_token_key_file_t  *file;

    n = 0;
    number = 0;
    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        ring = ((ngx_http_actor_token_issuer_t *) issuer[i])->ring;
        file = ring->files.elts;

        for (k = 0; k < ring->files.nelts; k++) {

            file[k].number = number++;

            /* secrets never are, and what only root may read cannot be */

            file[k].unwatched = file[k].symmetric
                                || ngx_http_actor_token_file_hidden(ring,
                                                       &file[k], mcf->store);
            n += !file[k].unwatched;
        }
    }

    if (n == 0) {
        return NGX_OK;
    }

    watch = ngx_pcalloc(cycle->pool, sizeof(ngx_http_actor_token_watch_t));
    if (watch == NULL) {
        return NGX_ERROR;
    }

    watch->mcf = mcf;
    watch->event.data = watch;
    watch->event.log = cycle->log;
    watch->event.handler = ngx_http_actor_token_files_event;
    watch->event.cancelable = 1;

    ngx_http_actor_token_files_event(&watch->event);

    return NGX_OK;
}


/* or it was read again since, and has become unreadable */

static ngx_uint_t
ngx_http_actor_token_file_hidden(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file,
    ngx_actor_token_store_t *store)
{
    u_char       content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_int_t    rc;
    ngx_str_t    text;
    ngx_pool_t  *pool;

    if (access((char *) file->source->file.data, R_OK) == 0
        || ngx_errno != NGX_EACCES)
    {
        return 0;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return 0;
    }

    rc = ngx_http_actor_token_file_kept(ring, file, pool, store, &text,
                                        content);
    ngx_destroy_pool(pool);

    return rc == NGX_DECLINED;
}


/* a part of all blocks at a time, so that the event loop is not held up */

static void
ngx_http_actor_token_files_event(ngx_event_t *ev)
{
    ngx_uint_t                        i, n, parts;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_ring_t      *ring;
    ngx_http_actor_token_watch_t     *watch;

    if (ngx_exiting) {
        return;
    }

    watch = ev->data;

    issuer = watch->mcf->trusted.issuers.issuers.elts;
    n = watch->mcf->trusted.issuers.issuers.nelts;

    for (i = 0; i < NGX_HTTP_ACTOR_TOKEN_WATCH_BLOCKS; i++) {

        if (watch->next == n) {
            watch->next = 0;
            break;
        }

        ring = ((ngx_http_actor_token_issuer_t *) issuer[watch->next])->ring;
        watch->next++;

        ngx_http_actor_token_files_round(ring, watch->mcf->store);
    }

    parts = n / NGX_HTTP_ACTOR_TOKEN_WATCH_BLOCKS + 1;

    ngx_add_timer(ev, ngx_max(NGX_HTTP_ACTOR_TOKEN_WATCH / parts, 1));
}


/* whoever sees a change has the other workers look as well */

static void
ngx_http_actor_token_files_round(ngx_http_actor_token_ring_t *ring,
    ngx_actor_token_store_t *store)
{
    ngx_uint_t                        i, changed;
    ngx_http_actor_token_key_file_t  *file;

    changed = 0;
    file = ring->files.elts;

    for (i = 0; i < ring->files.nelts; i++) {
        changed |= ngx_http_actor_token_file_look(ring, store, &file[i]);
    }

    if (changed) {
        ngx_http_actor_token_ring_update(ring);
        (void) ngx_atomic_fetch_add(store->files, 1);
    }
}


void
ngx_http_actor_token_files_start(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                  i;
    ngx_actor_token_issuer_t  **issuer;

    /* a worker that starts after a change looks at its files at once */

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {
        ((ngx_http_actor_token_issuer_t *) issuer[i])->ring->changes
            = *mcf->store->files;
    }

    ngx_http_actor_token_files_notice(cycle, mcf);
}


/*
 * By the bits of the file and of the folders it is in, because nothing else
 * can be asked before workers have become who they will be.
 */

static void
ngx_http_actor_token_files_notice(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                        i, k;
    ngx_core_conf_t                  *ccf;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_ring_t      *ring;
    ngx_http_actor_token_key_file_t  *file;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (geteuid() != 0 || !ccf->master) {
        return;
    }

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        ring = ((ngx_http_actor_token_issuer_t *) issuer[i])->ring;
        file = ring->files.elts;

        for (k = 0; k < ring->files.nelts; k++) {

            if (file[k].symmetric
                || ngx_http_actor_token_file_open_to(&file[k].source->file,
                                                     ccf))
            {
                continue;
            }

            ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                          "\"%V\" cannot be read by workers, and will be "
                          "read only at start and reload in %V:%ui",
                          &file[k].source->file, &file[k].source->pos.file,
                          file[k].source->pos.line);
        }
    }
}


static ngx_uint_t
ngx_http_actor_token_file_open_to(const ngx_str_t *name,
    const ngx_core_conf_t *ccf)
{
    u_char           *p, path[NGX_MAX_PATH];
    mode_t            need;
    ngx_file_info_t   fi;

    if (name->len >= NGX_MAX_PATH) {
        return 1;
    }

    for (p = name->data; p <= name->data + name->len; p++) {

        if (*p != '/' && *p != '\0') {
            continue;
        }

        *ngx_cpymem(path, name->data, ngx_max(p - name->data, 1)) = '\0';

        if (ngx_file_info(path, &fi) == NGX_FILE_ERROR) {
            return 1;
        }

        need = (*p == '\0') ? S_IROTH : S_IXOTH;

        if (fi.st_uid == ccf->user) {
            need <<= 6;

        } else if (fi.st_gid == ccf->group) {
            need <<= 3;
        }

        if (ccf->user != 0 && (fi.st_mode & need) == 0) {
            return 0;
        }
    }

    return 1;
}


static void ngx_cdecl
ngx_http_actor_token_file_fault(ngx_conf_t *cf,
    const ngx_http_actor_token_key_file_t *file,
    const ngx_http_actor_token_contents_t *c, const char *fmt, ...)
{
    u_char                             text[NGX_MAX_CONF_ERRSTR], *p;
    va_list                            args;
    const ngx_http_actor_token_pos_t  *pos;

    if (c->quiet) {
        return;
    }

    va_start(args, fmt);
    p = ngx_vslprintf(text, text + NGX_MAX_CONF_ERRSTR, fmt, args);
    va_end(args);

    if (cf == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, c->err,
                      "%*s; the last good keys stay in use", p - text, text);
        return;
    }

    pos = &file->source->pos;

    ngx_log_error(NGX_LOG_EMERG, cf->log, c->err, "%*s in %V:%ui",
                  p - text, text, &pos->file, pos->line);
}
