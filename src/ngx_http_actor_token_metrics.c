
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>

#include <openssl/sha.h>


typedef struct {
    ngx_str_t    name;               /* in "format=" */
    ngx_str_t    type;
    size_t       type_len;           /* without parameters */
} ngx_http_actor_token_format_t;


static ngx_int_t ngx_http_actor_token_metrics_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_asked_format(ngx_http_request_t *r,
    ngx_http_actor_token_format_e *format);
static void ngx_http_actor_token_show_page(
    ngx_http_actor_token_output_t *out);
static ngx_int_t ngx_http_actor_token_metrics_headers(ngx_http_request_t *r,
    ngx_http_actor_token_format_e format, const ngx_str_t *policy);
static ngx_int_t ngx_http_actor_token_add_header(ngx_http_request_t *r,
    const char *name, const char *lowcase, const ngx_str_t *value);
static ngx_int_t ngx_http_actor_token_page_policy(ngx_conf_t *cf,
    ngx_str_t *policy);
static void ngx_http_actor_token_page_hash(const ngx_str_t *text,
    ngx_str_t *hash);


#define NGX_HTTP_ACTOR_TOKEN_FORMAT(name, type, parameters)                   \
    { ngx_string(name), ngx_string(type parameters), sizeof(type) - 1 }

static const ngx_http_actor_token_format_t
    ngx_http_actor_token_formats[NGX_HTTP_ACTOR_TOKEN_FORMATS] =
{
    NGX_HTTP_ACTOR_TOKEN_FORMAT("text", "text/plain",
                                "; version=0.0.4; charset=utf-8"),
    NGX_HTTP_ACTOR_TOKEN_FORMAT("openmetrics", "application/openmetrics-text",
                                "; version=1.0.0; charset=utf-8"),
    NGX_HTTP_ACTOR_TOKEN_FORMAT("html", "text/html", "; charset=utf-8"),
    NGX_HTTP_ACTOR_TOKEN_FORMAT("json", "application/json", "")
};


char *
ngx_http_actor_token_set_metrics(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_core_loc_conf_t          *clcf;
    ngx_http_actor_token_main_conf_t  *mcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == ngx_http_actor_token_metrics_handler) {
        return "is duplicate";
    }

    clcf->handler = ngx_http_actor_token_metrics_handler;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    if (mcf->metrics == NULL) {
        mcf->metrics = ngx_pcalloc(cf->pool,
                                   sizeof(ngx_http_actor_token_metrics_t));
        if (mcf->metrics == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_actor_token_metrics_init(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    if (mcf->metrics == NULL) {
        return NGX_OK;
    }

    if (ngx_http_actor_token_metrics_zones(cf, mcf) != NGX_OK
        || ngx_http_actor_token_page_policy(cf, &mcf->metrics->policy)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_actor_token_metrics_log;

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_metrics_handler(ngx_http_request_t *r)
{
    ngx_int_t                          rc;
    static const ngx_str_t             methods = ngx_string("GET, HEAD");
    ngx_http_actor_token_output_t      out;
    ngx_http_actor_token_format_e      format;
    ngx_http_actor_token_main_conf_t  *mcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return (ngx_http_actor_token_add_header(r, "Allow", "allow", &methods)
                == NGX_OK) ? NGX_HTTP_NOT_ALLOWED
                           : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_actor_token_asked_format(r, &format) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    ngx_http_actor_token_output_init(&out, r->pool);

    switch (format) {

    case NGX_HTTP_ACTOR_TOKEN_HTML:
        ngx_http_actor_token_show_page(&out);
        break;

    case NGX_HTTP_ACTOR_TOKEN_JSON:
        ngx_http_actor_token_report(&out, mcf);
        break;

    default:
        ngx_http_actor_token_expose(&out, mcf,
                                 format == NGX_HTTP_ACTOR_TOKEN_OPENMETRICS);
        break;
    }

    if (out.failed
        || ngx_http_actor_token_metrics_headers(r, format,
                                                &mcf->metrics->policy)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = out.length;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf->last_buf = (r == r->main);
    out.buf->last_in_chain = 1;

    return ngx_http_output_filter(r, out.chain);
}


static ngx_int_t
ngx_http_actor_token_asked_format(ngx_http_request_t *r,
    ngx_http_actor_token_format_e *format)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    if (ngx_http_arg(r, (u_char *) "format", 6, &value) != NGX_OK) {
        *format = ngx_http_actor_token_negotiate(r);
        return NGX_OK;
    }

    for (i = 0; i < NGX_HTTP_ACTOR_TOKEN_FORMATS; i++) {
        if (ngx_actor_token_eq(&ngx_http_actor_token_formats[i].name, &value))
        {
            *format = i;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static void
ngx_http_actor_token_show_page(ngx_http_actor_token_output_t *out)
{
    ngx_http_actor_token_put_str(out, &ngx_http_actor_token_page_head);
    ngx_http_actor_token_put_str(out, &ngx_http_actor_token_page_style);
    ngx_http_actor_token_put_str(out, &ngx_http_actor_token_page_body);
    ngx_http_actor_token_put_str(out, &ngx_http_actor_token_page_script);
    ngx_http_actor_token_put_str(out, &ngx_http_actor_token_page_tail);
}


static ngx_int_t
ngx_http_actor_token_metrics_headers(ngx_http_request_t *r,
    ngx_http_actor_token_format_e format, const ngx_str_t *policy)
{
    const ngx_http_actor_token_format_t  *f;

    static const ngx_str_t  no_store = ngx_string("no-store");
    static const ngx_str_t  no_sniff = ngx_string("nosniff");
    static const ngx_str_t  no_referrer = ngx_string("no-referrer");
    static const ngx_str_t  accept = ngx_string("Accept");

    f = &ngx_http_actor_token_formats[format];

    r->headers_out.content_type = f->type;
    r->headers_out.content_type_len = f->type_len;
    r->headers_out.content_type_lowcase = NULL;

    if (ngx_http_actor_token_add_header(r, "Cache-Control", "cache-control",
                                        &no_store)
        != NGX_OK
        || ngx_http_actor_token_add_header(r, "X-Content-Type-Options",
                                           "x-content-type-options",
                                           &no_sniff)
           != NGX_OK
        || ngx_http_actor_token_add_header(r, "Vary", "vary", &accept)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (format != NGX_HTTP_ACTOR_TOKEN_HTML) {
        return NGX_OK;
    }

    if (ngx_http_actor_token_add_header(r, "Referrer-Policy",
                                        "referrer-policy", &no_referrer)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_actor_token_add_header(r, "Content-Security-Policy",
                                           "content-security-policy", policy);
}


static ngx_int_t
ngx_http_actor_token_add_header(ngx_http_request_t *r, const char *name,
    const char *lowcase, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->lowcase_key = (u_char *) lowcase;
    h->value = *value;

    return NGX_OK;
}


/*
 * The page runs the one script and has the one style that are in it, talks to
 * where it came from, and is nobody's frame.
 */

static ngx_int_t
ngx_http_actor_token_page_policy(ngx_conf_t *cf, ngx_str_t *policy)
{
    u_char     buf[2][ngx_base64_encoded_length(SHA256_DIGEST_LENGTH)];
    size_t     len;
    ngx_str_t  script, style;

    static const char  text[] =
        "default-src 'none'; script-src 'sha256-%V'; style-src 'sha256-%V'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'";

    script.data = buf[0];
    style.data = buf[1];

    ngx_http_actor_token_page_hash(&ngx_http_actor_token_page_script,
                                   &script);
    ngx_http_actor_token_page_hash(&ngx_http_actor_token_page_style, &style);

    len = sizeof(text) + script.len + style.len;

    policy->data = ngx_pnalloc(cf->pool, len);
    if (policy->data == NULL) {
        return NGX_ERROR;
    }

    policy->len = ngx_snprintf(policy->data, len, text, &script, &style)
                  - policy->data;

    return NGX_OK;
}


static void
ngx_http_actor_token_page_hash(const ngx_str_t *text, ngx_str_t *hash)
{
    u_char     digest[SHA256_DIGEST_LENGTH];
    ngx_str_t  src;

    SHA256(text->data, text->len, digest);

    src.data = digest;
    src.len = SHA256_DIGEST_LENGTH;

    ngx_encode_base64(hash, &src);
}
