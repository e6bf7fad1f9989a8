
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_jws.h>


static ngx_int_t ngx_actor_token_jws_split(const ngx_str_t *token,
    ngx_str_t segment[3]);
static ngx_int_t ngx_actor_token_jws_object(ngx_pool_t *pool,
    const char *name, const ngx_str_t *segment, json_t **object,
    ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_jws_header(json_t *header,
    ngx_actor_token_jws_t *jws, ngx_actor_token_verdict_t *v);


ngx_int_t
ngx_actor_token_jws_parse(ngx_pool_t *pool, const ngx_str_t *token,
    ngx_actor_token_jws_t *jws, ngx_actor_token_verdict_t *v)
{
    json_t     *header;
    ngx_int_t   rc;
    ngx_str_t   segment[3];

    ngx_memzero(jws, sizeof(ngx_actor_token_jws_t));

    if (ngx_actor_token_jws_split(token, segment) != NGX_OK) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                      "not three segments");
    }

    jws->input.data = token->data;
    jws->input.len = segment[0].len + 1 + segment[1].len;

    rc = ngx_actor_token_base64url(pool, &segment[2], &jws->signature);

    if (rc != NGX_OK) {
        return (rc == NGX_ERROR) ? NGX_ERROR
               : ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                        "signature is not base64url");
    }

    rc = ngx_actor_token_jws_object(pool, "JOSE header", &segment[0], &header,
                                    v);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_actor_token_jws_header(header, jws, v);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_actor_token_jws_object(pool, "payload", &segment[1],
                                      &jws->payload, v);
}


ngx_uint_t
ngx_actor_token_jws_compact(const ngx_str_t *token)
{
    ngx_str_t  segment[3];

    return ngx_actor_token_jws_split(token, segment) == NGX_OK;
}


static ngx_int_t
ngx_actor_token_jws_split(const ngx_str_t *token, ngx_str_t segment[3])
{
    u_char      *p, *dot, *last;
    ngx_uint_t   i;

    p = token->data;
    last = token->data + token->len;

    for (i = 0; i < 2; i++) {
        dot = memchr(p, '.', last - p);

        if (dot == NULL || dot == p) {
            return NGX_DECLINED;
        }

        segment[i].data = p;
        segment[i].len = dot - p;

        p = dot + 1;
    }

    segment[2].data = p;
    segment[2].len = last - p;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_jws_object(ngx_pool_t *pool, const char *name,
    const ngx_str_t *segment, json_t **object, ngx_actor_token_verdict_t *v)
{
    u_char      *what;
    ngx_int_t    rc;
    ngx_str_t    text;
    const char  *fault;

    *object = NULL;
    fault = "is not base64url";

    rc = ngx_actor_token_base64url(pool, segment, &text);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_json_parse(pool, &text, object, &fault);
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    what = ngx_pnalloc(pool, ngx_strlen(name) + ngx_strlen(fault) + 2);
    if (what == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(what, "%s %s%Z", name, fault);

    return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                  (char *) what);
}


static ngx_int_t
ngx_actor_token_jws_header(json_t *header, ngx_actor_token_jws_t *jws,
    ngx_actor_token_verdict_t *v)
{
    json_t  *value;

    if (ngx_actor_token_json_string(json_object_get(header, "alg"), &jws->alg)
        != NGX_OK)
    {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                      "\"alg\" is absent or not a string");
    }

    value = json_object_get(header, "kid");

    if (value && ngx_actor_token_json_string(value, &jws->kid) != NGX_OK) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                      "\"kid\" is not a string");
    }

    value = json_object_get(header, "typ");

    if (value && ngx_actor_token_json_string(value, &jws->typ) != NGX_OK) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                      "\"typ\" is not a string");
    }

    if (jws->signature.len == 0
        && (jws->alg.len != 4
            || ngx_strncasecmp(jws->alg.data, (u_char *) "none", 4) != 0))
    {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                      "signature is empty");
    }

    /* no extension is understood, so a crit of any kind must be refused */

    if (json_object_get(header, "crit")) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_CRIT_UNSUPPORTED,
                                      "\"crit\" is present");
    }

    value = json_object_get(header, "b64");

    if (value && !json_is_true(value)) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_CRIT_UNSUPPORTED,
                                      "\"b64\" is not true");
    }

    return NGX_OK;
}


/*
 * Not nginx's decoder, which stops at padding, ignores what follows it, and
 * takes trailing bits of any value.  64 is no digit of this alphabet.
 */

ngx_int_t
ngx_actor_token_base64url(ngx_pool_t *pool, const ngx_str_t *src,
    ngx_str_t *dst)
{
    u_char        *p;
    size_t         tail;
    ngx_uint_t     a, b, c, d;
    const u_char  *s, *last;

    static const u_char  digits[256] = {
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64,
        52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
        64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 63,
        64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64
    };

    tail = src->len % 4;

    if (tail == 1) {
        return NGX_DECLINED;
    }

    dst->data = ngx_pnalloc(pool, ngx_base64_decoded_length(src->len) + 1);
    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    p = dst->data;
    s = src->data;
    last = s + src->len - tail;

    while (s < last) {
        a = digits[s[0]];
        b = digits[s[1]];
        c = digits[s[2]];
        d = digits[s[3]];

        if ((a | b | c | d) & 64) {
            return NGX_DECLINED;
        }

        p[0] = (u_char) (a << 2 | b >> 4);
        p[1] = (u_char) (b << 4 | c >> 2);
        p[2] = (u_char) (c << 6 | d);

        s += 4;
        p += 3;
    }

    /* of all texts that decode to these bytes only one is canonical */

    if (tail) {
        a = digits[s[0]];
        b = digits[s[1]];
        c = (tail == 3) ? digits[s[2]] : 0;

        if ((a | b | c) & 64 || (tail == 3 ? c & 3 : b & 15)) {
            return NGX_DECLINED;
        }

        *p++ = (u_char) (a << 2 | b >> 4);

        if (tail == 3) {
            *p++ = (u_char) (b << 4 | c >> 2);
        }
    }

    dst->len = p - dst->data;

    return NGX_OK;
}
