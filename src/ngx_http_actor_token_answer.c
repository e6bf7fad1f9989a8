
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_answer.h>


#define NGX_HTTP_ACTOR_TOKEN_ANSWER_START  4096


static ngx_uint_t ngx_http_actor_token_answer_is_html(const ngx_str_t *type);
static ngx_table_elt_t *ngx_http_actor_token_answer_next(
    ngx_list_part_t **part, ngx_uint_t *i, const ngx_str_t *name);
static time_t ngx_http_actor_token_answer_max_age(ngx_list_t *headers);
static void ngx_http_actor_token_answer_directive(time_t *max_age,
    u_char *name, u_char *last);
static u_char *ngx_http_actor_token_answer_comma(u_char *p, u_char *last);
static ngx_int_t ngx_http_actor_token_answer_append(
    ngx_http_actor_token_answer_t *a, ngx_pool_t *pool, u_char *data,
    size_t len);
static ngx_int_t ngx_http_actor_token_answer_reserve(
    ngx_http_actor_token_answer_t *a, ngx_pool_t *pool, size_t len);


static const ngx_str_t  ngx_http_actor_token_answer_encoding =
    ngx_string("content-encoding");

static const ngx_str_t  ngx_http_actor_token_answer_cache_control =
    ngx_string("cache-control");


void
ngx_http_actor_token_answer_init(ngx_http_actor_token_answer_t *a)
{
    ngx_memzero(a, sizeof(ngx_http_actor_token_answer_t));

    a->max_age = -1;
    a->length = -1;
}


void ngx_cdecl
ngx_http_actor_token_answer_fail(ngx_http_actor_token_answer_t *a,
    const char *fmt, ...)
{
    u_char   *p;
    va_list   args;

    if (a->error.len) {
        return;
    }

    va_start(args, fmt);
    p = ngx_vslprintf(a->text, a->text + sizeof(a->text), fmt, args);
    va_end(args);

    a->error.data = a->text;
    a->error.len = p - a->text;
}


ngx_int_t
ngx_http_actor_token_answer_header(ngx_http_actor_token_answer_t *a,
    ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;

    i = 0;
    part = &r->headers_out.headers.part;

    a->status = r->headers_out.status;
    a->length = r->headers_out.content_length_n;

    if (a->status != NGX_HTTP_OK) {
        ngx_http_actor_token_answer_fail(a, "the location answered %ui",
                                         a->status);

    } else if (ngx_http_actor_token_answer_next(&part, &i,
                                        &ngx_http_actor_token_answer_encoding))
    {
        ngx_http_actor_token_answer_fail(a,
                                         "the answer has a Content-Encoding");

    } else if (ngx_http_actor_token_answer_is_html(
                                                &r->headers_out.content_type))
    {
        ngx_http_actor_token_answer_fail(a, "the answer is text/html");

    } else if (a->length > NGX_HTTP_ACTOR_TOKEN_ANSWER_MAX) {
        ngx_http_actor_token_answer_fail(a,
                                         "the answer is larger than 1 MiB");
    }

    if (a->error.len) {
        return NGX_DECLINED;
    }

    a->max_age = ngx_http_actor_token_answer_max_age(&r->headers_out.headers);

    return NGX_OK;
}


/* "text/html", with or without parameters */

static ngx_uint_t
ngx_http_actor_token_answer_is_html(const ngx_str_t *type)
{
    u_char                 ch;
    static const ngx_str_t  html = ngx_string("text/html");

    if (type->len < html.len
        || ngx_strncasecmp(type->data, html.data, html.len) != 0)
    {
        return 0;
    }

    if (type->len == html.len) {
        return 1;
    }

    ch = type->data[html.len];

    return ch == ';' || ch == ' ' || ch == '\t' || ch == ',';
}


/* fields of responses have no lower-case name that could be relied on */

static ngx_table_elt_t *
ngx_http_actor_token_answer_next(ngx_list_part_t **part, ngx_uint_t *i,
    const ngx_str_t *name)
{
    ngx_table_elt_t  *h;

    while (*part) {

        while (*i < (*part)->nelts) {
            h = (ngx_table_elt_t *) (*part)->elts + (*i)++;

            if (h->hash && h->key.len == name->len
                && ngx_strncasecmp(h->key.data, name->data, name->len) == 0)
            {
                return h;
            }
        }

        *part = (*part)->next;
        *i = 0;
    }

    return NULL;
}


/* RFC 9111, section 5.2.2: the shortest of what is said */

static time_t
ngx_http_actor_token_answer_max_age(ngx_list_t *headers)
{
    u_char           *p, *last, *end;
    time_t            max_age;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    i = 0;
    part = &headers->part;
    max_age = -1;

    for ( ;; ) {
        h = ngx_http_actor_token_answer_next(&part, &i,
                                   &ngx_http_actor_token_answer_cache_control);
        if (h == NULL) {
            return max_age;
        }

        last = h->value.data + h->value.len;

        for (p = h->value.data; p < last; p = ngx_min(end + 1, last)) {
            end = ngx_http_actor_token_answer_comma(p, last);
            ngx_http_actor_token_answer_directive(&max_age, p, end);
        }
    }
}


/* the comma that ends a directive; one in a quoted-string does not */

static u_char *
ngx_http_actor_token_answer_comma(u_char *p, u_char *last)
{
    ngx_uint_t  quoted;

    quoted = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p == '"') {
            quoted = !quoted;

        } else if (*p == '\\' && quoted && p + 1 < last) {
            p++;

        } else if (*p == ',' && !quoted) {
            break;
        }
    }

    return p;
}


static void
ngx_http_actor_token_answer_directive(time_t *max_age, u_char *name,
    u_char *last)
{
    time_t  age;
    size_t  len;

    while (name < last && (*name == ' ' || *name == '\t')) {
        name++;
    }

    while (name < last && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    len = last - name;

    if (len == 8
        && (ngx_strncasecmp(name, (u_char *) "no-store", 8) == 0
            || ngx_strncasecmp(name, (u_char *) "no-cache", 8) == 0))
    {
        *max_age = 0;
        return;
    }

    if (len <= 8 || ngx_strncasecmp(name, (u_char *) "max-age=", 8) != 0) {
        return;
    }

    name += 8;

    if (last - name >= 2 && *name == '"' && last[-1] == '"') {
        name++;
        last--;
    }

    age = ngx_atotm(name, last - name);

    if (age != (time_t) NGX_ERROR && (*max_age == -1 || age < *max_age)) {
        *max_age = age;
    }
}


ngx_int_t
ngx_http_actor_token_answer_body(ngx_http_actor_token_answer_t *a,
    ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    for (cl = in; cl; cl = cl->next) {
        b = cl->buf;

        if (b->last_buf || b->last_in_chain) {
            a->last = 1;
        }

        if (ngx_buf_size(b) == 0) {
            continue;
        }

        /* the copy filter has read what is in a file */

        if (!ngx_buf_in_memory(b)) {
            ngx_http_actor_token_answer_fail(a, "the answer cannot be read");
            return NGX_DECLINED;
        }

        if (ngx_http_actor_token_answer_append(a, r->pool, b->pos,
                                               b->last - b->pos)
            != NGX_OK)
        {
            return NGX_DECLINED;
        }

    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_answer_append(ngx_http_actor_token_answer_t *a,
    ngx_pool_t *pool, u_char *data, size_t len)
{
    if (len > NGX_HTTP_ACTOR_TOKEN_ANSWER_MAX - a->body.len) {
        ngx_http_actor_token_answer_fail(a,
                                         "the answer is larger than 1 MiB");
        return NGX_DECLINED;
    }

    if (ngx_http_actor_token_answer_reserve(a, pool, a->body.len + len)
        != NGX_OK)
    {
        ngx_http_actor_token_answer_fail(a, "memory is short");
        return NGX_DECLINED;
    }

    ngx_memcpy(a->body.data + a->body.len, data, len);
    a->body.len += len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_answer_reserve(ngx_http_actor_token_answer_t *a,
    ngx_pool_t *pool, size_t len)
{
    size_t   size;
    u_char  *p;

    if (len <= a->size) {
        return NGX_OK;
    }

    size = a->size * 2;

    if (size == 0) {
        size = (a->length > 0) ? (size_t) a->length
                               : NGX_HTTP_ACTOR_TOKEN_ANSWER_START;
    }

    size = ngx_min(ngx_max(size, len), NGX_HTTP_ACTOR_TOKEN_ANSWER_MAX);

    p = ngx_pnalloc(pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (a->body.data) {
        ngx_memcpy(p, a->body.data, a->body.len);
        (void) ngx_pfree(pool, a->body.data);
    }

    a->body.data = p;
    a->size = size;

    return NGX_OK;
}


void
ngx_http_actor_token_answer_end(ngx_http_actor_token_answer_t *a)
{
    if (a->status == 0) {
        ngx_http_actor_token_answer_fail(a, "the location gave no answer");
        return;
    }

    if (a->length == -1 ? !a->last : a->length != (off_t) a->body.len) {
        ngx_http_actor_token_answer_fail(a, "the answer broke off");
    }
}
