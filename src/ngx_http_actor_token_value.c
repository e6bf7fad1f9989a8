
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


#if (NGX_PCRE)

typedef struct {
    ngx_uint_t    n;
    int          *captures;
    u_char       *data;
    ngx_uint_t    realloc;
} ngx_http_actor_token_captures_t;


static void ngx_http_actor_token_save(ngx_http_request_t *r,
    ngx_http_actor_token_captures_t *saved);
static void ngx_http_actor_token_restore(ngx_http_request_t *r,
    const ngx_http_actor_token_captures_t *saved);

#endif


ngx_int_t
ngx_http_actor_token_value(ngx_http_request_t *r,
    ngx_http_complex_value_t *cv, ngx_str_t *value)
{
    ngx_int_t                        rc;
#if (NGX_PCRE)
    ngx_http_actor_token_captures_t  saved;

    ngx_http_actor_token_save(r, &saved);
#endif

    rc = ngx_http_complex_value(r, cv, value);

#if (NGX_PCRE)
    ngx_http_actor_token_restore(r, &saved);
#endif

    return rc;
}


ngx_http_variable_value_t *
ngx_http_actor_token_variable(ngx_http_request_t *r, ngx_uint_t index)
{
    ngx_http_variable_value_t        *vv;
#if (NGX_PCRE)
    ngx_http_actor_token_captures_t   saved;

    ngx_http_actor_token_save(r, &saved);
#endif

    vv = ngx_http_get_flushed_variable(r, index);

#if (NGX_PCRE)
    ngx_http_actor_token_restore(r, &saved);
#endif

    return vv;
}


#if (NGX_PCRE)

/* a regex that is matched meanwhile takes memory of its own */

static void
ngx_http_actor_token_save(ngx_http_request_t *r,
    ngx_http_actor_token_captures_t *saved)
{
    saved->n = r->ncaptures;
    saved->captures = r->captures;
    saved->data = r->captures_data;
    saved->realloc = r->realloc_captures;

    r->realloc_captures = 1;
}


static void
ngx_http_actor_token_restore(ngx_http_request_t *r,
    const ngx_http_actor_token_captures_t *saved)
{
    r->ncaptures = saved->n;
    r->captures = saved->captures;
    r->captures_data = saved->data;
    r->realloc_captures = saved->realloc;
}

#endif
