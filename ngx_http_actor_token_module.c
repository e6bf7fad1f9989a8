
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static ngx_int_t ngx_http_actor_token_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_decide(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d);
static ngx_int_t ngx_http_actor_token_policy(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf);
static ngx_int_t ngx_http_actor_token_values(ngx_http_request_t *r,
    const ngx_array_t *values, ngx_uint_t split, ngx_actor_token_list_t *list);
static ngx_int_t ngx_http_actor_token_required(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d);
static void ngx_http_actor_token_cleanup(void *data);

static ngx_int_t ngx_http_actor_token_pre_init(ngx_conf_t *cf);
static void *ngx_http_actor_token_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_actor_token_init_main_conf(ngx_conf_t *cf, void *conf);
static ngx_int_t ngx_http_actor_token_init(ngx_conf_t *cf);


static ngx_conf_enum_t  ngx_http_actor_token_log_levels[] = {
    { ngx_string("info"), NGX_LOG_INFO },
    { ngx_string("notice"), NGX_LOG_NOTICE },
    { ngx_string("warn"), NGX_LOG_WARN },
    { ngx_string("error"), NGX_LOG_ERR },
    { ngx_null_string, 0 }
};


static ngx_conf_num_bounds_t  ngx_http_actor_token_depth_bounds = {
    ngx_conf_check_num_bounds, 1, -1
};


/* http, server, location and "if" in it */
#define NGX_HTTP_ACTOR_TOKEN_LEVELS                                           \
    (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF)

/* these and limit_except */
#define NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS                                       \
    (NGX_HTTP_ACTOR_TOKEN_LEVELS|NGX_HTTP_LMT_CONF)


static ngx_command_t  ngx_http_actor_token_commands[] = {

    { ngx_string("actor_token_issuer"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_actor_token_issuer_block,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_claim_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_actor_token_claim_set,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_TAKE12,
      ngx_http_actor_token_set_realm,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_trust"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_trust,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_audience"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_values,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, audience),
      NULL },

    { ngx_string("actor_token_tenant"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_TAKE1,
      ngx_http_actor_token_set_value,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, tenant),
      NULL },

    { ngx_string("actor_token_delegation"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_TAKE1,
      ngx_http_actor_token_set_delegation,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_actors"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_actors,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_federation"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_values,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, federation),
      NULL },

    { ngx_string("actor_token_max_depth"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, max_depth),
      &ngx_http_actor_token_depth_bounds },

    { ngx_string("actor_token_scope"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_scope,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_require"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_1MORE,
      ngx_http_actor_token_set_require,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_dry_run"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_FLAG,
      ngx_http_actor_token_set_dry_run,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, dry_run),
      NULL },

    { ngx_string("actor_token_forward"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, forward),
      NULL },

    { ngx_string("actor_token_resource_metadata"),
      NGX_HTTP_ACTOR_TOKEN_ALL_LEVELS|NGX_CONF_TAKE1,
      ngx_http_actor_token_set_value,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, resource_metadata),
      NULL },

    { ngx_string("actor_token_log_level"),
      NGX_HTTP_ACTOR_TOKEN_LEVELS|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, log_level),
      &ngx_http_actor_token_log_levels },

    { ngx_string("actor_token_max_size"),
      NGX_HTTP_ACTOR_TOKEN_LEVELS|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_actor_token_loc_conf_t, max_size),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_actor_token_module_ctx = {
    ngx_http_actor_token_pre_init,         /* preconfiguration */
    ngx_http_actor_token_init,             /* postconfiguration */

    ngx_http_actor_token_create_main_conf, /* create main configuration */
    ngx_http_actor_token_init_main_conf,   /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_actor_token_create_loc_conf,  /* create location configuration */
    ngx_http_actor_token_merge_loc_conf    /* merge location configuration */
};


ngx_module_t  ngx_http_actor_token_module = {
    NGX_MODULE_V1,
    &ngx_http_actor_token_module_ctx,      /* module context */
    ngx_http_actor_token_commands,         /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_actor_token_export_variables, /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_actor_token_handler(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t             *ctx;
    const ngx_http_actor_token_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_actor_token_module);

    if (conf->realm == NULL) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_actor_token_make_ctx(r);
    if (ctx == NULL) {
        return conf->dry_run ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_actor_token_evaluate(r, ctx, conf, &ctx->decision);

    ctx->checked = 1;

    ngx_http_actor_token_log_rejection(r, conf, &ctx->decision);

    if (conf->dry_run) {
        return NGX_DECLINED;
    }

    if (!conf->forward
        && ngx_http_actor_token_take_out(r, &conf->source) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_actor_token_respond(r, ctx, conf);
}


void
ngx_http_actor_token_evaluate(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d)
{
    ngx_int_t  rc;

    ngx_memzero(d, sizeof(ngx_http_actor_token_decision_t));

    d->uri = r->uri;

    ctx->evaluating = 1;
    ctx->pending = NULL;

    rc = ngx_http_actor_token_decide(r, ctx, conf, d);

    ctx->evaluating = 0;
    ctx->pending = NULL;

    if (rc == NGX_OK) {
        d->verdict.reason = NGX_ACTOR_TOKEN_OK;
        d->status = NGX_HTTP_ACTOR_TOKEN_PASSED;
        return;
    }

    if (rc != NGX_DECLINED
        || d->verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED)
    {
        ngx_memzero(&d->verdict, sizeof(ngx_actor_token_verdict_t));
        (void) ngx_actor_token_reject(&d->verdict,
                                      NGX_ACTOR_TOKEN_INTERNAL_ERROR,
                                      "the check could not be made");
    }

    d->status = conf->dry_run ? NGX_HTTP_ACTOR_TOKEN_REJECTED_DRY_RUN
                              : NGX_HTTP_ACTOR_TOKEN_REJECTED;

    if (d->http_status == 0) {
        d->http_status = ngx_actor_token_reason(d->verdict.reason)->status;
    }
}


static ngx_int_t
ngx_http_actor_token_decide(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d)
{
    ngx_int_t                          rc;
    ngx_http_actor_token_main_conf_t  *mcf;

    d->seen = ngx_http_actor_token_see(r, ctx, &conf->source);

    if (d->seen == NULL) {
        return NGX_ERROR;
    }

    if (d->seen->fault != NGX_ACTOR_TOKEN_UNDECIDED) {
        return ngx_actor_token_reject(&d->verdict, d->seen->fault,
                                      d->seen->what);
    }

    if (ngx_http_actor_token_policy(r, ctx, conf) != NGX_OK) {
        return NGX_ERROR;
    }

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    rc = ngx_actor_token_check(&d->seen->token, &mcf->trusted, &ctx->policy,
                               ngx_time(), r->pool, &d->audience,
                               &d->verdict);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->pending = d;

    return ngx_http_actor_token_required(r, conf, d);
}


/* the location's policy, with its variables evaluated for this request */

static ngx_int_t
ngx_http_actor_token_policy(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_actor_token_policy_t  *policy;

    policy = &ctx->policy;

    *policy = conf->policy;

    if (conf->audience
        && ngx_http_actor_token_values(r, conf->audience, 0,
                                       &policy->audience)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->tenant
        && ngx_http_complex_value(r, conf->tenant, &policy->tenant) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->federation
        && ngx_http_actor_token_values(r, conf->federation, 1,
                                       &policy->federation)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* "split": a value may hold several, separated by spaces */

static ngx_int_t
ngx_http_actor_token_values(ngx_http_request_t *r, const ngx_array_t *values,
    ngx_uint_t split, ngx_actor_token_list_t *list)
{
    u_char                    *p, *last;
    ngx_str_t                 *s, value;
    ngx_uint_t                 i;
    ngx_array_t                array;
    ngx_http_complex_value_t  *cv;

    if (ngx_array_init(&array, r->pool, values->nelts, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    cv = values->elts;

    for (i = 0; i < values->nelts; i++) {

        if (ngx_http_complex_value(r, &cv[i], &value) != NGX_OK) {
            return NGX_ERROR;
        }

        p = value.data;
        last = value.data + value.len;

        while (p < last) {

            if (split && *p == ' ') {
                p++;
                continue;
            }

            s = ngx_array_push(&array);
            if (s == NULL) {
                return NGX_ERROR;
            }

            s->data = p;

            while (p < last && !(split && *p == ' ')) {
                p++;
            }

            s->len = p - s->data;
        }
    }

    list->elts = array.elts;
    list->nelts = array.nelts;

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_required(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d)
{
    ngx_str_t                        value;
    ngx_uint_t                       i;
    ngx_actor_token_list_t           expected;
    ngx_http_actor_token_require_t  *req;

    if (conf->require == NULL) {
        return NGX_OK;
    }

    req = conf->require->elts;

    for (i = 0; i < conf->require->nelts; i++) {

        if (ngx_http_complex_value(r, &req[i].value, &value) != NGX_OK) {
            return NGX_ERROR;
        }

        if (value.len && !(value.len == 1 && value.data[0] == '0')) {
            continue;
        }

        expected.elts = &req[i].text;
        expected.nelts = 1;

        d->http_status = req[i].status;

        return ngx_actor_token_reject_value(&d->verdict,
                   NGX_ACTOR_TOKEN_REQUIREMENT_FAILED,
                   "actor_token_require is empty or 0", &expected, NULL);
    }

    return NGX_OK;
}


ngx_http_actor_token_ctx_t *
ngx_http_actor_token_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_actor_token_ctx_t  *ctx;

    r = r->main;

    ctx = ngx_http_get_module_ctx(r, ngx_http_actor_token_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    /* an internal redirect clears the contexts, but not the pool */

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_actor_token_cleanup) {
            ctx = cln->data;
            ctx->checked = 0;

            ngx_http_set_ctx(r, ctx, ngx_http_actor_token_module);

            return ctx;
        }
    }

    return NULL;
}


ngx_http_actor_token_ctx_t *
ngx_http_actor_token_make_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_actor_token_ctx_t  *ctx;

    ctx = ngx_http_actor_token_get_ctx(r);

    if (ctx) {
        return ctx;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_actor_token_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_actor_token_ctx_t));

    cln->handler = ngx_http_actor_token_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_actor_token_module);

    return ctx;
}


/* its address is what ngx_http_actor_token_get_ctx() looks for */

static void
ngx_http_actor_token_cleanup(void *data)
{
    ngx_http_actor_token_ctx_t  *ctx = data;

    ctx->pending = NULL;
}


static ngx_int_t
ngx_http_actor_token_pre_init(ngx_conf_t *cf)
{
    if (ngx_http_actor_token_proxies_watch(cf,
                                           ngx_http_actor_token_proxies(cf))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_actor_token_add_variables(cf);
}


ngx_http_actor_token_proxies_t *
ngx_http_actor_token_proxies(ngx_conf_t *cf)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    return &mcf->proxies;
}


static void *
ngx_http_actor_token_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_main_conf_t));
    if (mcf == NULL) {
        return NULL;
    }

    if (ngx_actor_token_issuers_init(&mcf->trusted.issuers, cf->pool)
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&mcf->trusted.exports, cf->pool, 4,
                       sizeof(ngx_actor_token_list_t))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&mcf->header_variables, cf->pool, 8,
                       sizeof(ngx_uint_t))
        != NGX_OK
        || ngx_array_init(&mcf->claim_variables, cf->pool, 4,
                          sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NULL;
    }

    return mcf;
}


static char *
ngx_http_actor_token_init_main_conf(ngx_conf_t *cf, void *conf)
{
    return ngx_http_actor_token_issuers_finish(cf, conf);
}


static ngx_int_t
ngx_http_actor_token_init(ngx_conf_t *cf)
{
    ngx_str_t                          name;
    ngx_http_handler_pt               *h;
    ngx_http_core_main_conf_t         *cmcf;
    ngx_http_actor_token_loc_conf_t   *conf;
    ngx_http_actor_token_main_conf_t  *mcf;

    ngx_http_actor_token_proxies_unwatch(cf, ngx_http_actor_token_proxies(cf));

    if (ngx_http_actor_token_check_variables(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the http level is nobody's child, so merging has not looked at it */

    conf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_actor_token_module);

    if (ngx_http_actor_token_check_level(cf, conf) != NGX_CONF_OK) {
        return NGX_ERROR;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    ngx_str_set(&name, "request_id");

    mcf->request_id = ngx_http_get_variable_index(cf, &name);
    if (mcf->request_id == NGX_ERROR) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_actor_token_handler;

    if (ngx_http_actor_token_filter_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_actor_token_fetch_init(cf);
}
