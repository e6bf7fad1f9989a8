
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


/* the fields of a source, while the request's headers are walked */

typedef struct {
    ngx_uint_t      fields;      /* of this name, or cookies */
    ngx_uint_t      bearers;     /* of them, with the Bearer scheme */
    ngx_str_t       value;       /* of the last one that counts */
} ngx_http_actor_token_found_t;


static void ngx_http_actor_token_find(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source,
    ngx_http_actor_token_found_t *found);
static ngx_int_t ngx_http_actor_token_find_variable(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source,
    ngx_http_actor_token_found_t *found);
static void ngx_http_actor_token_find_cookies(ngx_table_elt_t *h,
    const ngx_str_t *name, ngx_http_actor_token_found_t *found);
static void ngx_http_actor_token_judge(ngx_http_actor_token_seen_t *seen,
    const ngx_http_actor_token_found_t *found);
static ngx_uint_t ngx_http_actor_token_same(
    const ngx_http_actor_token_source_t *one,
    const ngx_http_actor_token_source_t *two);
static ngx_uint_t ngx_http_actor_token_b64token(const ngx_str_t *s);
static ngx_str_t ngx_http_actor_token_trim(const ngx_str_t *value);


const ngx_str_t  ngx_http_actor_token_authorization =
    ngx_string("authorization");
const ngx_str_t  ngx_http_actor_token_cookie = ngx_string("cookie");


ngx_http_actor_token_seen_t *
ngx_http_actor_token_see(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_source_t *source)
{
    ngx_http_actor_token_seen_t   *seen;
    ngx_http_actor_token_found_t   found;

    for (seen = ctx->seen; seen; seen = seen->next) {
        if (ngx_http_actor_token_same(seen->source, source)) {
            return seen;
        }
    }

    ngx_memzero(&found, sizeof(ngx_http_actor_token_found_t));

    if (source->type == NGX_HTTP_ACTOR_TOKEN_VARIABLE) {
        if (ngx_http_actor_token_find_variable(r, source, &found) != NGX_OK) {
            return NULL;
        }

    } else {
        ngx_http_actor_token_find(r, source, &found);
    }

    seen = ngx_pcalloc(r->pool, sizeof(ngx_http_actor_token_seen_t));
    if (seen == NULL) {
        return NULL;
    }

    seen->source = source;

    ngx_http_actor_token_judge(seen, &found);

    /* before the access phase a variable may not have its value yet */

    if (source->type != NGX_HTTP_ACTOR_TOKEN_VARIABLE
        || seen->fault == NGX_ACTOR_TOKEN_UNDECIDED)
    {
        seen->next = ctx->seen;
        ctx->seen = seen;
    }

    return seen;
}


/*
 * The list of all fields is walked, because nginx's own pointers and
 * variables show one of several, or all of them joined.
 */

static void
ngx_http_actor_token_find(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source,
    ngx_http_actor_token_found_t *found)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0) {
            continue;
        }

        switch (source->type) {

        case NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION:

            if (!ngx_http_actor_token_named(&h[i],
                                        &ngx_http_actor_token_authorization))
            {
                break;
            }

            found->fields++;

            if (ngx_http_actor_token_bearer(&h[i].value)) {
                found->bearers++;
                found->value = ngx_http_actor_token_trim(&h[i].value);
            }

            break;

        case NGX_HTTP_ACTOR_TOKEN_HEADER:

            if (ngx_http_actor_token_named(&h[i], &source->name)) {
                found->fields++;
                found->value = h[i].value;
            }

            break;

        case NGX_HTTP_ACTOR_TOKEN_COOKIE:

            if (ngx_http_actor_token_named(&h[i],
                                           &ngx_http_actor_token_cookie))
            {
                ngx_http_actor_token_find_cookies(&h[i], &source->name,
                                                  found);
            }

            break;

        default:
            break;
        }
    }
}


static ngx_int_t
ngx_http_actor_token_find_variable(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source,
    ngx_http_actor_token_found_t *found)
{
    ngx_http_variable_value_t  *vv;

    vv = ngx_http_actor_token_variable(r, source->index);
    if (vv == NULL) {
        return NGX_ERROR;
    }

    if (!vv->not_found && vv->len) {
        found->fields = 1;
        found->value.data = vv->data;
        found->value.len = vv->len;
    }

    return NGX_OK;
}


static void
ngx_http_actor_token_find_cookies(ngx_table_elt_t *h, const ngx_str_t *name,
    ngx_http_actor_token_found_t *found)
{
    u_char     *p, *last;
    ngx_str_t   cookie, value;

    p = h->value.data;
    last = h->value.data + h->value.len;

    while ((p = ngx_http_actor_token_next_cookie(p, last, name, &cookie,
                                                 &value))
           != NULL)
    {
        found->fields++;
        found->value = value;
    }
}


/* RFC 6750, sections 2.1 and 3.1: one token, or none, or a bad request */

static void
ngx_http_actor_token_judge(ngx_http_actor_token_seen_t *seen,
    const ngx_http_actor_token_found_t *found)
{
    ngx_str_t  value;

    value = found->value;

    if (seen->source->type == NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION) {

        if (found->bearers == 0) {
            seen->fault = NGX_ACTOR_TOKEN_MISSING;
            seen->what = found->fields
                         ? "the scheme of \"Authorization\" is not Bearer"
                         : "no \"Authorization\"";
            return;
        }

        value.data += sizeof("Bearer") - 1;
        value.len -= sizeof("Bearer") - 1;

        if (value.len == 0 || *value.data != ' ') {
            seen->fault = NGX_ACTOR_TOKEN_MALFORMED_REQUEST;
            seen->what = "no token after \"Bearer\"";
            return;
        }

        while (value.len && *value.data == ' ') {
            value.data++;
            value.len--;
        }
    }

    if (found->fields > 1) {
        seen->fault = NGX_ACTOR_TOKEN_MALFORMED_REQUEST;
        seen->what = "more than one field or cookie for the token";
        return;
    }

    if (seen->source->type != NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION
        && value.len == 0)
    {
        seen->fault = NGX_ACTOR_TOKEN_MISSING;
        seen->what = "nothing in what \"token=\" names";
        return;
    }

    if (!ngx_http_actor_token_b64token(&value)) {
        seen->fault = NGX_ACTOR_TOKEN_MALFORMED_REQUEST;
        seen->what = "not exactly one token";
        return;
    }

    seen->token.raw = value;
}


static ngx_uint_t
ngx_http_actor_token_same(const ngx_http_actor_token_source_t *one,
    const ngx_http_actor_token_source_t *two)
{
    return one == two
           || (one->type == two->type
               && ngx_actor_token_eq(&one->name, &two->name));
}


/* 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */

static ngx_uint_t
ngx_http_actor_token_b64token(const ngx_str_t *s)
{
    u_char  *p, *last;

    /* most of what an accepted request costs would be telling them apart */

    static const u_char  b64token[256] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

                /*  !"#$%&'()*+,-./  0123456789:;<=>?  */

        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,

                /* @ABCDEFGHIJKLMNO  PQRSTUVWXYZ[\]^_ */

        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1,

                /* `abcdefghijklmno  pqrstuvwxyz{|}~  */

        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0
    };

    p = s->data;
    last = s->data + s->len;

    while (last - p >= 4
           && (b64token[p[0]] & b64token[p[1]] & b64token[p[2]]
               & b64token[p[3]]))
    {
        p += 4;
    }

    while (p < last && b64token[*p]) {
        p++;
    }

    if (p == s->data) {
        return 0;
    }

    while (p < last && *p == '=') {
        p++;
    }

    return p == last;
}


ngx_uint_t
ngx_http_actor_token_named(const ngx_table_elt_t *h, const ngx_str_t *name)
{
    u_char  ch;
    size_t  i;

    if (h->key.len != name->len) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        ch = h->key.data[i];
        ch = (ch == '-') ? '_' : ngx_tolower(ch);

        if (ch != name->data[i]) {
            return 0;
        }
    }

    return 1;
}


/* the scheme is a word of its own, in any case (RFC 9110, section 11.1) */

ngx_uint_t
ngx_http_actor_token_bearer(const ngx_str_t *value)
{
    u_char     ch;
    ngx_str_t  s;

    s = ngx_http_actor_token_trim(value);

    if (s.len < 6 || ngx_strncasecmp(s.data, (u_char *) "Bearer", 6) != 0) {
        return 0;
    }

    if (s.len == 6) {
        return 1;
    }

    ch = s.data[6];

    return !((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
             || (ch >= '0' && ch <= '9')
             || ngx_strchr("!#$%&'*+-.^_`|~", ch));
}


/* nginx leaves tabs in place, which are no part of a value (5.5) */

static ngx_str_t
ngx_http_actor_token_trim(const ngx_str_t *value)
{
    ngx_str_t  s;

    s = *value;

    while (s.len && (*s.data == ' ' || *s.data == '\t')) {
        s.data++;
        s.len--;
    }

    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t')) {
        s.len--;
    }

    return s;
}


u_char *
ngx_http_actor_token_next_cookie(u_char *p, u_char *last,
    const ngx_str_t *name, ngx_str_t *cookie, ngx_str_t *value)
{
    u_char  *start;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        start = p;

        if ((size_t) (last - p) > name->len
            && ngx_strncasecmp(p, name->data, name->len) == 0)
        {
            p += name->len;

            while (p < last && *p == ' ') {
                p++;
            }

            if (p < last && *p == '=') {

                for (p++; p < last && *p == ' '; p++) {
                    /* void */
                }

                value->data = p;

                while (p < last && *p != ';') {
                    p++;
                }

                value->len = p - value->data;

                cookie->data = start;
                cookie->len = p - start;

                return p;
            }
        }

        while (p < last && *p != ';' && *p != ',') {
            p++;
        }

        if (p < last) {
            p++;
        }
    }

    return NULL;
}
