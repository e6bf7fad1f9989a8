
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_jws.h>


static ngx_int_t ngx_actor_token_jws_split(const ngx_str_t *token,
    ngx_str_t segment[3]);
static ngx_int_t ngx_actor_token_jws_object(ngx_pool_t *pool,
    const ngx_str_t *segment, json_t **object);
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

    rc = ngx_actor_token_jws_object(pool, &segment[0], &header);

    if (rc != NGX_OK) {
        return (rc == NGX_ERROR) ? NGX_ERROR
               : ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                        "JOSE header is not a JSON object");
    }

    rc = ngx_actor_token_jws_header(header, jws, v);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_actor_token_jws_object(pool, &segment[1], &jws->payload);

    if (rc != NGX_OK) {
        return (rc == NGX_ERROR) ? NGX_ERROR
               : ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_MALFORMED,
                                        "payload is not a JSON object");
    }

    return NGX_OK;
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
ngx_actor_token_jws_object(ngx_pool_t *pool, const ngx_str_t *segment,
    json_t **object)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_actor_token_base64url(pool, segment, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_actor_token_json_parse(pool, &text, object);
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


ngx_int_t
ngx_actor_token_base64url(ngx_pool_t *pool, const ngx_str_t *src,
    ngx_str_t *dst)
{
    size_t     tail;
    u_char     buf[4];
    ngx_str_t  in, group, again;

    in = *src;

    /* nginx's decoder stops at padding, and ignores what follows it */

    if (memchr(in.data, '=', in.len) != NULL) {
        return NGX_DECLINED;
    }

    dst->data = ngx_pnalloc(pool, ngx_base64_decoded_length(in.len) + 1);
    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_decode_base64url(dst, &in) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* of all texts that decode to these bytes only one is canonical */

    tail = dst->len % 3;

    if (tail) {
        group.data = dst->data + dst->len - tail;
        group.len = tail;
        again.data = buf;

        ngx_encode_base64url(&again, &group);

        if (buf[tail] != in.data[in.len - 1]) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
