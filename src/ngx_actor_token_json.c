
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_json.h>


static const char *ngx_actor_token_json_fault(const json_error_t *err);
static void ngx_actor_token_json_cleanup(void *data);
static ngx_uint_t ngx_actor_token_json_deep(json_t *value, ngx_uint_t depth);
static u_char *ngx_actor_token_json_quote_char(u_char *p, u_char **s,
    u_char *end);
static ngx_uint_t ngx_actor_token_json_continues(u_char *p, u_char *last);


ngx_int_t
ngx_actor_token_json_parse(ngx_pool_t *pool, const ngx_str_t *text,
    json_t **root, const char **fault)
{
    json_error_t         err;
    ngx_pool_cleanup_t  *cln;

    *root = NULL;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    /* a NUL within a string is valid JSON; printable() deals with it */

    cln->data = json_loadb((const char *) text->data, text->len,
                           JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, &err);
    cln->handler = ngx_actor_token_json_cleanup;

    if (cln->data == NULL) {

        if (json_error_code(&err) == json_error_out_of_memory) {
            return NGX_ERROR;
        }

        *fault = ngx_actor_token_json_fault(&err);
        return NGX_DECLINED;
    }

    if (!json_is_object((json_t *) cln->data)) {
        *fault = "is not a JSON object";
        return NGX_DECLINED;
    }

    if (ngx_actor_token_json_deep(cln->data, NGX_ACTOR_TOKEN_JSON_DEPTH)) {
        *fault = "is nested too deeply";
        return NGX_DECLINED;
    }

    *root = cln->data;

    return NGX_OK;
}


static const char *
ngx_actor_token_json_fault(const json_error_t *err)
{
    switch (json_error_code(err)) {

    case json_error_duplicate_key:
        return "has a member twice";

    case json_error_numeric_overflow:
        return "has a number that is too large";

    case json_error_stack_overflow:
        return "is nested too deeply";

    default:
        return "is not JSON in strict UTF-8";
    }
}


static void
ngx_actor_token_json_cleanup(void *data)
{
    json_decref(data);
}


static ngx_uint_t
ngx_actor_token_json_deep(json_t *value, ngx_uint_t depth)
{
    size_t       i;
    json_t      *member;
    const char  *name;

    if (!json_is_object(value) && !json_is_array(value)) {
        return 0;
    }

    if (depth == 0) {
        return 1;
    }

    json_array_foreach(value, i, member) {
        if (ngx_actor_token_json_deep(member, depth - 1)) {
            return 1;
        }
    }

    json_object_foreach(value, name, member) {
        if (ngx_actor_token_json_deep(member, depth - 1)) {
            return 1;
        }
    }

    return 0;
}


json_t *
ngx_actor_token_json_path(json_t *root, const ngx_actor_token_list_t *path)
{
    ngx_uint_t  i;

    for (i = 0; i < path->nelts; i++) {
        root = json_object_get(root, (const char *) path->elts[i].data);
    }

    return root;
}


ngx_int_t
ngx_actor_token_json_string(const json_t *value, ngx_str_t *s)
{
    if (!json_is_string(value)) {
        return NGX_DECLINED;
    }

    s->data = (u_char *) json_string_value(value);
    s->len = json_string_length(value);

    return NGX_OK;
}


ngx_int_t
ngx_actor_token_json_time(const json_t *value, double *t)
{
    double      real;
    json_int_t  n;

    if (json_is_integer(value)) {
        n = json_integer_value(value);

        if (n > NGX_ACTOR_TOKEN_TIME_MAX || n < -NGX_ACTOR_TOKEN_TIME_MAX) {
            return NGX_DECLINED;
        }

        *t = (double) n;
        return NGX_OK;
    }

    if (!json_is_real(value)) {
        return NGX_DECLINED;
    }

    real = json_real_value(value);

    if (!(real <= (double) NGX_ACTOR_TOKEN_TIME_MAX
          && real >= (double) -NGX_ACTOR_TOKEN_TIME_MAX))
    {
        return NGX_DECLINED;
    }

    *t = real;
    return NGX_OK;
}


ngx_int_t
ngx_actor_token_json_show(ngx_pool_t *pool, const json_t *value, ngx_str_t *s)
{
    ngx_str_null(s);

    if (value == NULL) {
        return NGX_OK;
    }

    switch (json_typeof(value)) {

    case JSON_STRING:
        return ngx_actor_token_json_string(value, s);

    case JSON_TRUE:
        ngx_str_set(s, "1");
        return NGX_OK;

    case JSON_FALSE:
        ngx_str_set(s, "0");
        return NGX_OK;

    case JSON_NULL:
        return NGX_OK;

    default:
        break;
    }

    s->len = json_dumpb(value, NULL, 0, JSON_COMPACT|JSON_ENCODE_ANY);
    if (s->len == 0) {
        return NGX_ERROR;
    }

    s->data = ngx_pnalloc(pool, s->len);
    if (s->data == NULL) {
        return NGX_ERROR;
    }

    if (json_dumpb(value, (char *) s->data, s->len,
                   JSON_COMPACT|JSON_ENCODE_ANY)
        != s->len)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


u_char *
ngx_actor_token_json_quote(u_char *p, const ngx_str_t *s)
{
    u_char  *src, *end, *last, *dst, buf[8];

    src = s->len ? s->data : buf;
    end = src + s->len;
    last = p + NGX_ACTOR_TOKEN_QUOTED_MAX - 1;

    *p++ = '"';

    while (src < end) {
        dst = ngx_actor_token_json_quote_char(buf, &src, end);

        if (dst - buf > last - p) {
            break;
        }

        p = ngx_cpymem(p, buf, dst - buf);
    }

    *p++ = '"';

    return p;
}


ngx_int_t
ngx_actor_token_json_quote_all(ngx_pool_t *pool, const ngx_str_t *s,
    ngx_str_t *quoted)
{
    u_char  *p, *src, *end;

    /* the longest replacement of a byte is \u00XX */

    quoted->data = ngx_pnalloc(pool, s->len * 6 + 2);
    if (quoted->data == NULL) {
        return NGX_ERROR;
    }

    src = s->data;
    end = s->data + s->len;
    p = quoted->data;

    *p++ = '"';

    while (src < end) {
        p = ngx_actor_token_json_quote_char(p, &src, end);
    }

    *p++ = '"';

    quoted->len = p - quoted->data;

    return NGX_OK;
}


/* writes the next character of s, at most 6 bytes, and moves s behind it */

static u_char *
ngx_actor_token_json_quote_char(u_char *p, u_char **s, u_char *end)
{
    u_char    ch, *src;
    uint32_t  code;

    ch = **s;

    if (ch == '"' || ch == '\\') {
        *p++ = '\\';
        *p++ = ch;
        (*s)++;
        return p;
    }

    if (ch < 0x20 || ch == 0x7f) {
        (*s)++;
        return ngx_sprintf(p, "\\u%04xd", (ngx_uint_t) ch);
    }

    if (ch < 0x80) {
        *p++ = ch;
        (*s)++;
        return p;
    }

    src = *s;
    code = ngx_utf8_decode(s, end - src);

    if (ch <= 0xf4 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        && ngx_actor_token_json_continues(src + 1, *s))
    {
        return ngx_cpymem(p, src, *s - src);
    }

    *s = src + 1;

    return ngx_cpymem(p, "\xef\xbf\xbd", 3);
}


/* nginx's decoder takes bytes from 0xc0 for continuation bytes */

static ngx_uint_t
ngx_actor_token_json_continues(u_char *p, u_char *last)
{
    for ( /* void */ ; p < last; p++) {
        if ((*p & 0xc0) != 0x80) {
            return 0;
        }
    }

    return 1;
}
