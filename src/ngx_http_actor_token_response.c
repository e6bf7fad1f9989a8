
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static void ngx_http_actor_token_clear_challenge(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx);
static ngx_int_t ngx_http_actor_token_set_challenge(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_actor_token_challenge_e challenge);
static ngx_int_t ngx_http_actor_token_header_filter(ngx_http_request_t *r);
static void ngx_http_actor_token_only_challenge(ngx_http_request_t *r,
    const ngx_table_elt_t *challenge);
static ngx_int_t ngx_http_actor_token_realm(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf, ngx_str_t *realm);
static ngx_int_t ngx_http_actor_token_metadata(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf, ngx_str_t *url);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


ngx_int_t
ngx_http_actor_token_respond(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_actor_token_challenge_e             challenge;
    const ngx_http_actor_token_decision_t  *d;

    d = &ctx->decision;

    ngx_http_actor_token_clear_challenge(r, ctx);

    if (d->status == NGX_HTTP_ACTOR_TOKEN_PASSED) {
        return NGX_OK;
    }

    challenge = ngx_actor_token_reason(d->verdict.reason)->challenge;

    if (d->verdict.reason == NGX_ACTOR_TOKEN_REQUIREMENT_FAILED
        && d->http_status == NGX_HTTP_UNAUTHORIZED)
    {
        challenge = NGX_ACTOR_TOKEN_CHALLENGE_BARE;
    }

    if (challenge != NGX_ACTOR_TOKEN_CHALLENGE_NONE
        && ngx_http_actor_token_set_challenge(r, ctx, conf, challenge)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return d->http_status;
}


/* the challenge of a location that the request has left */

static void
ngx_http_actor_token_clear_challenge(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx)
{
    if (ctx->challenge == NULL) {
        return;
    }

    ctx->challenge->hash = 0;

    if (r->headers_out.www_authenticate == ctx->challenge) {
        r->headers_out.www_authenticate = NULL;
    }

    ctx->challenge = NULL;
}


/*
 * RFC 6750, section 3; RFC 9728, section 5.1.  One field with one challenge,
 * which tells nothing of the reason.
 */

static ngx_int_t
ngx_http_actor_token_set_challenge(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_actor_token_challenge_e challenge)
{
    size_t                         len;
    u_char                        *p;
    ngx_str_t                      realm, url;
    ngx_uint_t                     i;
    ngx_table_elt_t               *h;
    const ngx_str_t               *error;
    const ngx_actor_token_list_t  *scopes;
    static const ngx_str_t         errors[] = {
        ngx_null_string,
        ngx_null_string,
        ngx_string(", error=\"invalid_request\""),
        ngx_string(", error=\"invalid_token\""),
        ngx_string(", error=\"insufficient_scope\", scope=\"")
    };

    if (ngx_http_actor_token_realm(r, conf, &realm) != NGX_OK
        || ngx_http_actor_token_metadata(r, conf, &url) != NGX_OK)
    {
        return NGX_ERROR;
    }

    error = &errors[challenge];
    scopes = &conf->policy.scopes;

    len = sizeof("Bearer realm=\"\"") - 1 + realm.len + error->len
          + sizeof("\", resource_metadata=\"\"") - 1 + url.len;

    for (i = 0; i < scopes->nelts; i++) {
        len += scopes->elts[i].len + 1;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    ngx_str_set(&h->key, "WWW-Authenticate");
    h->lowcase_key = (u_char *) "www-authenticate";
    h->value.data = p;

    p = ngx_sprintf(p, "Bearer realm=\"%V\"%V", &realm, error);

    if (challenge == NGX_ACTOR_TOKEN_CHALLENGE_SCOPE) {

        for (i = 0; i < scopes->nelts; i++) {
            if (i) {
                *p++ = ' ';
            }

            p = ngx_cpymem(p, scopes->elts[i].data, scopes->elts[i].len);
        }

        *p++ = '"';
    }

    if (url.len) {
        p = ngx_sprintf(p, ", resource_metadata=\"%V\"", &url);
    }

    h->value.len = p - h->value.data;

    r->headers_out.www_authenticate = h;
    ctx->challenge = h;
    ctx->challenge_status = ctx->decision.http_status;

    return NGX_OK;
}


/* as the inside of a quoted-string (RFC 9110, section 5.6.4) */

static ngx_int_t
ngx_http_actor_token_realm(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf, ngx_str_t *realm)
{
    u_char     *p, ch;
    size_t      i;
    ngx_str_t   value;

    if (ngx_http_actor_token_value(r, conf->realm, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    realm->data = ngx_pnalloc(r->pool, value.len * 2);
    if (realm->data == NULL) {
        return NGX_ERROR;
    }

    p = realm->data;

    for (i = 0; i < value.len; i++) {
        ch = value.data[i];

        if (ch < 0x20 || ch == 0x7f) {
            continue;
        }

        if (ch == '"' || ch == '\\') {
            *p++ = '\\';
        }

        *p++ = ch;
    }

    realm->len = p - realm->data;

    return NGX_OK;
}


/* RFC 9728, section 3: an https URL; of anything else nothing is said */

static ngx_int_t
ngx_http_actor_token_metadata(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf, ngx_str_t *url)
{
    u_char  buf[NGX_ACTOR_TOKEN_QUOTED_MAX], *p;

    ngx_str_null(url);

    if (conf->resource_metadata == NULL) {
        return NGX_OK;
    }

    if (ngx_http_actor_token_value(r, conf->resource_metadata, url) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!ngx_http_actor_token_https_url(url)) {
        p = ngx_actor_token_json_quote(buf, url);

        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "actor_token_resource_metadata is not an https URL "
                      "and is left out: %*s", p - buf, buf);

        ngx_str_null(url);
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_actor_token_https_url(const ngx_str_t *url)
{
    u_char  ch;
    size_t  i;

    if (url->len <= 8
        || ngx_strncasecmp(url->data, (u_char *) "https://", 8) != 0)
    {
        return 0;
    }

    for (i = 8; i < url->len; i++) {
        ch = url->data[i];

        if (ch <= 0x20 || ch >= 0x7f || ch == '"' || ch == '\\') {
            return 0;
        }
    }

    ch = url->data[8];

    return ch != '/' && ch != '?' && ch != '#';
}


/*
 * After a rejection another module may still let the request in (satisfy
 * any), and nginx drops the challenge; and error_page may give the answer
 * another status.
 */

static ngx_int_t
ngx_http_actor_token_header_filter(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t  *ctx;

    if (r == r->main) {
        ctx = ngx_http_actor_token_get_ctx(r);

        if (ctx && ctx->challenge) {

            if (r->headers_out.status != ctx->challenge_status) {
                ngx_http_actor_token_clear_challenge(r, ctx);

            } else if (ctx->challenge->hash) {
                ngx_http_actor_token_only_challenge(r, ctx->challenge);
            }
        }
    }

    return ngx_http_next_header_filter(r);
}


/*
 * An upstream that writes the page of a rejection may send a challenge for a
 * bearer token as well, of which a client could not tell whose it is.
 */

static void
ngx_http_actor_token_only_challenge(ngx_http_request_t *r,
    const ngx_table_elt_t *challenge)
{
    ngx_uint_t               i;
    ngx_list_part_t         *part;
    ngx_table_elt_t         *h;
    static const ngx_str_t   name = ngx_string("www_authenticate");

    part = &r->headers_out.headers.part;
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

        if (h[i].hash && &h[i] != challenge
            && ngx_http_actor_token_named(&h[i], &name)
            && ngx_http_actor_token_bearer(&h[i].value))
        {
            h[i].hash = 0;
        }
    }
}


ngx_int_t
ngx_http_actor_token_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_actor_token_header_filter;

    return NGX_OK;
}
