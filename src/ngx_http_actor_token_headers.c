
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static void ngx_http_actor_token_flush(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source);
static ngx_uint_t ngx_http_actor_token_shows(const ngx_str_t *variable,
    const ngx_http_actor_token_source_t *source);
static ngx_uint_t ngx_http_actor_token_unwanted(const ngx_table_elt_t *h,
    const ngx_http_actor_token_source_t *source);
static ngx_int_t ngx_http_actor_token_remove(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source);
static void ngx_http_actor_token_forget(ngx_http_request_t *r,
    ngx_table_elt_t *h);
static ngx_int_t ngx_http_actor_token_cut_cookies(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source);
static ngx_int_t ngx_http_actor_token_cut_cookie(ngx_pool_t *pool,
    ngx_str_t *header, const ngx_str_t *name);
#if (nginx_version < 1023000)
static void ngx_http_actor_token_forget_one(ngx_array_t *array,
    ngx_table_elt_t *h);
#endif


ngx_int_t
ngx_http_actor_token_take_out(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source)
{
    ngx_http_actor_token_flush(r, source);

    switch (source->type) {

    case NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION:
    case NGX_HTTP_ACTOR_TOKEN_HEADER:
        return ngx_http_actor_token_remove(r, source);

    case NGX_HTTP_ACTOR_TOKEN_COOKIE:
        return ngx_http_actor_token_cut_cookies(r, source);

    default:
        return NGX_OK;
    }
}


/* what a variable has shown before must not be shown again */

static void
ngx_http_actor_token_flush(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source)
{
    ngx_uint_t                         i, *index;
    ngx_http_variable_t               *v;
    ngx_http_core_main_conf_t         *cmcf;
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    v = cmcf->variables.elts;
    index = mcf->header_variables.elts;

    for (i = 0; i < mcf->header_variables.nelts; i++) {
        if (ngx_http_actor_token_shows(&v[index[i]].name, source)) {
            r->variables[index[i]].valid = 0;
            r->variables[index[i]].not_found = 0;
        }
    }
}


/* whether $http_NAME or $cookie_NAME is made from this source */

static ngx_uint_t
ngx_http_actor_token_shows(const ngx_str_t *variable,
    const ngx_http_actor_token_source_t *source)
{
    ngx_str_t         rest;
    const ngx_str_t  *field;

    rest = *variable;

    switch (source->type) {

    case NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION:
        field = &ngx_http_actor_token_authorization;
        break;

    case NGX_HTTP_ACTOR_TOKEN_HEADER:
        field = &source->name;
        break;

    case NGX_HTTP_ACTOR_TOKEN_COOKIE:

        if (rest.len > 7 && ngx_strncmp(rest.data, "cookie_", 7) == 0) {
            rest.data += 7;
            rest.len -= 7;

            return ngx_actor_token_eq(&rest, &source->name);
        }

        field = &ngx_http_actor_token_cookie;
        break;

    default:
        return 0;
    }

    if (rest.len <= 5 || ngx_strncmp(rest.data, "http_", 5) != 0) {
        return 0;
    }

    rest.data += 5;
    rest.len -= 5;

    return ngx_actor_token_eq(&rest, field);
}


static ngx_uint_t
ngx_http_actor_token_unwanted(const ngx_table_elt_t *h,
    const ngx_http_actor_token_source_t *source)
{
    switch (source->type) {

    case NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION:
        return ngx_http_actor_token_named(h,
                                          &ngx_http_actor_token_authorization)
               && ngx_http_actor_token_bearer(&h->value);

    case NGX_HTTP_ACTOR_TOKEN_HEADER:
        return ngx_http_actor_token_named(h, &source->name);

    case NGX_HTTP_ACTOR_TOKEN_COOKIE:
        return ngx_http_actor_token_named(h, &ngx_http_actor_token_cookie)
               && h->value.len == 0;

    default:
        return 0;
    }
}


/*
 * Upstream modules walk the list of fields and look at nothing else, so the
 * fields must leave the list.  Others point to elements of it, so those that
 * stay must not move: the list is made anew of parts that are runs of the
 * old parts' elements.  A part that is not the first must not be empty.
 */

static ngx_int_t
ngx_http_actor_token_remove(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source)
{
    ngx_uint_t        i, run, removed;
    ngx_list_t       *headers;
    ngx_list_part_t  *part, first, *last, *next;
    ngx_table_elt_t  *h;

    headers = &r->headers_in.headers;

    ngx_memzero(&first, sizeof(ngx_list_part_t));

    first.elts = headers->part.elts;
    last = NULL;
    removed = 0;

    for (part = &headers->part; part; part = part->next) {

        h = part->elts;
        run = 0;

        for (i = 0; i <= part->nelts; i++) {

            if (i < part->nelts
                && !ngx_http_actor_token_unwanted(&h[i], source))
            {
                run++;
                continue;
            }

            if (run) {

                if (last == NULL) {
                    next = &first;

                } else {
                    next = ngx_palloc(r->pool, sizeof(ngx_list_part_t));
                    if (next == NULL) {
                        return NGX_ERROR;
                    }

                    last->next = next;
                }

                next->elts = &h[i - run];
                next->nelts = run;
                next->next = NULL;

                last = next;
                run = 0;
            }

            if (i < part->nelts) {
                ngx_http_actor_token_forget(r, &h[i]);
                removed = 1;
            }
        }
    }

    if (!removed) {
        return NGX_OK;
    }

    headers->part = first;

    if (last == NULL || last == &first) {
        headers->last = &headers->part;

    } else {
        headers->last = last;
    }

    /* the next element is to open a part: none has room behind its run */

    if (headers->last->nelts) {
        headers->nalloc = headers->last->nelts;
    }

    return NGX_OK;
}


/* nginx's own pointers to a field that is gone */

static void
ngx_http_actor_token_forget(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    void                       *field;
    ngx_http_header_t          *hh;
    ngx_table_elt_t           **ph;
    ngx_http_core_main_conf_t  *cmcf;

    if (h->lowcase_key == NULL) {
        return;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    hh = ngx_hash_find(&cmcf->headers_in_hash, h->hash, h->lowcase_key,
                       h->key.len);

    if (hh == NULL || hh->offset == 0) {
        return;
    }

    field = (char *) &r->headers_in + hh->offset;

#if (nginx_version >= 1023000)

    for (ph = field; *ph; ph = &(*ph)->next) {
        if (*ph == h) {
            *ph = h->next;
            break;
        }
    }

#else

    if (hh->offset == offsetof(ngx_http_headers_in_t, cookies)
#if (NGX_HTTP_X_FORWARDED_FOR)
        || hh->offset == offsetof(ngx_http_headers_in_t, x_forwarded_for)
#endif
       )
    {
        ngx_http_actor_token_forget_one(field, h);
        return;
    }

    ph = field;

    if (*ph == h) {
        *ph = NULL;
    }

#endif
}


#if (nginx_version < 1023000)

static void
ngx_http_actor_token_forget_one(ngx_array_t *array, ngx_table_elt_t *h)
{
    ngx_uint_t         i, n;
    ngx_table_elt_t  **elts;

    elts = array->elts;
    n = 0;

    for (i = 0; i < array->nelts; i++) {
        if (elts[i] != h) {
            elts[n++] = elts[i];
        }
    }

    array->nelts = n;
}

#endif


/* each "Cookie" field loses the cookies of this name, and goes if empty */

static ngx_int_t
ngx_http_actor_token_cut_cookies(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source)
{
    ngx_uint_t         i, emptied;
    ngx_list_part_t   *part;
    ngx_table_elt_t   *h;

    emptied = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_actor_token_named(&h[i],
                                            &ngx_http_actor_token_cookie))
            {
                continue;
            }

            if (ngx_http_actor_token_cut_cookie(r->pool, &h[i].value,
                                                &source->name)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            if (h[i].value.len == 0) {
                emptied = 1;
            }
        }
    }

    return emptied ? ngx_http_actor_token_remove(r, source) : NGX_OK;
}


/* the bytes of the request stay as they are: the token points into them */

static ngx_int_t
ngx_http_actor_token_cut_cookie(ngx_pool_t *pool, ngx_str_t *header,
    const ngx_str_t *name)
{
    u_char     *p, *dst, *from, *last;
    ngx_str_t   cookie, value, rest;

    from = header->data;
    last = header->data + header->len;

    p = ngx_http_actor_token_next_cookie(from, last, name, &cookie, &value);

    if (p == NULL) {
        return NGX_OK;
    }

    rest.data = ngx_pnalloc(pool, header->len);
    if (rest.data == NULL) {
        return NGX_ERROR;
    }

    dst = rest.data;

    while (p) {
        dst = ngx_cpymem(dst, from, cookie.data - from);

        /* with the separator behind it, and the spaces that follow */

        if (p < last) {
            p++;
        }

        while (p < last && *p == ' ') {
            p++;
        }

        from = p;

        p = ngx_http_actor_token_next_cookie(from, last, name, &cookie,
                                             &value);
    }

    dst = ngx_cpymem(dst, from, last - from);

    /* or with the one in front of it, if it was the last */

    while (dst > rest.data
           && (dst[-1] == ' ' || (from == last && dst[-1] == ';')))
    {
        dst--;
    }

    rest.len = dst - rest.data;
    *header = rest;

    return NGX_OK;
}
