
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>


#define NGX_HTTP_ACTOR_TOKEN_BUF_SIZE  16384


static u_char *ngx_http_actor_token_room(ngx_http_actor_token_output_t *out,
    size_t size);


void
ngx_http_actor_token_output_init(ngx_http_actor_token_output_t *out,
    ngx_pool_t *pool)
{
    ngx_memzero(out, sizeof(ngx_http_actor_token_output_t));

    out->pool = pool;
    out->next = &out->chain;
}


/* where so many bytes can be written; NULL for lack of memory */

static u_char *
ngx_http_actor_token_room(ngx_http_actor_token_output_t *out, size_t size)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (out->failed) {
        return NULL;
    }

    if (out->buf && (size_t) (out->buf->end - out->buf->last) >= size) {
        return out->buf->last;
    }

    b = ngx_create_temp_buf(out->pool,
                            ngx_max(size, NGX_HTTP_ACTOR_TOKEN_BUF_SIZE));
    cl = ngx_alloc_chain_link(out->pool);

    if (b == NULL || cl == NULL) {
        out->failed = 1;
        return NULL;
    }

    cl->buf = b;
    cl->next = NULL;

    *out->next = cl;
    out->next = &cl->next;
    out->buf = b;

    return b->last;
}


void ngx_cdecl
ngx_http_actor_token_put(ngx_http_actor_token_output_t *out, const char *fmt,
    ...)
{
    u_char   *p, *last;
    va_list   args;

    p = ngx_http_actor_token_room(out, NGX_HTTP_ACTOR_TOKEN_PUT_MAX);
    if (p == NULL) {
        return;
    }

    va_start(args, fmt);
    last = ngx_vslprintf(p, p + NGX_HTTP_ACTOR_TOKEN_PUT_MAX, fmt, args);
    va_end(args);

    out->buf->last = last;
    out->length += last - p;
}


void
ngx_http_actor_token_put_str(ngx_http_actor_token_output_t *out,
    const ngx_str_t *s)
{
    u_char  *p;

    p = ngx_http_actor_token_room(out, s->len);
    if (p == NULL) {
        return;
    }

    out->buf->last = ngx_cpymem(p, s->data, s->len);
    out->length += s->len;
}
