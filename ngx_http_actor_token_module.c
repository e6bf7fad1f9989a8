
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_keys.h>
#include <ngx_http_actor_token_metrics.h>

#include <openssl/crypto.h>


static ngx_int_t ngx_http_actor_token_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_decide(
    ngx_http_actor_token_asker_t *asker, ngx_http_actor_token_decision_t *d);
static ngx_int_t ngx_http_actor_token_policy(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf);
static ngx_int_t ngx_http_actor_token_values(ngx_http_request_t *r,
    const ngx_array_t *values, ngx_uint_t split, ngx_actor_token_list_t *list);
static ngx_int_t ngx_http_actor_token_required(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_decision_t *d);
static void ngx_http_actor_token_cleanup(void *data);
static void ngx_http_actor_token_unqueue(ngx_http_actor_token_ctx_t *ctx);

static ngx_int_t ngx_http_actor_token_pre_init(ngx_conf_t *cf);
static void *ngx_http_actor_token_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_actor_token_init_main_conf(ngx_conf_t *cf, void *conf);
static char *ngx_http_actor_token_check_key_zone(ngx_conf_t *cf, void *post,
    void *data);
static char *ngx_http_actor_token_check_max_size(ngx_conf_t *cf, void *post,
    void *data);
static ngx_int_t ngx_http_actor_token_add_zones(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);
static ngx_int_t ngx_http_actor_token_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_actor_token_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_actor_token_init_process(ngx_cycle_t *cycle);


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


static ngx_conf_post_t  ngx_http_actor_token_key_zone_post = {
    ngx_http_actor_token_check_key_zone
};


static ngx_conf_post_t  ngx_http_actor_token_max_size_post = {
    ngx_http_actor_token_check_max_size
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

    { ngx_string("actor_token_cache"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_actor_token_set_cache,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("actor_token_key_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_actor_token_main_conf_t, store_size),
      &ngx_http_actor_token_key_zone_post },

    { ngx_string("actor_token_threads"),
      NGX_HTTP_ACTOR_TOKEN_LEVELS|NGX_CONF_TAKE1,
      ngx_http_actor_token_set_threads,
      NGX_HTTP_LOC_CONF_OFFSET,
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
      &ngx_http_actor_token_max_size_post },

    { ngx_string("actor_token_metrics"),
      NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_CONF_NOARGS,
      ngx_http_actor_token_set_metrics,
      0,
      0,
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
    ngx_http_actor_token_init_module,      /* init module */
    ngx_http_actor_token_init_process,     /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/*
 * Of a request that there was no memory for.  Who was told that there is
 * nothing is not told something else when memory is found again.
 */

static ngx_http_actor_token_ctx_t  ngx_http_actor_token_no_ctx;


static ngx_int_t
ngx_http_actor_token_handler(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t             *ctx;
    ngx_http_actor_token_asker_t            asker;
    const ngx_http_actor_token_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_actor_token_module);

    if (conf->realm == NULL) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_actor_token_make_ctx(r);
    if (ctx == NULL) {
        return conf->dry_run ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    asker.request = r;
    asker.ctx = ctx;
    asker.conf = conf;
    asker.early = 0;
    asker.may_wait = !conf->dry_run;

    if (ngx_http_actor_token_evaluate(&asker, &ctx->decision) == NGX_AGAIN) {
        ngx_http_actor_token_suspend(r, ctx);
        return NGX_AGAIN;
    }

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


ngx_int_t
ngx_http_actor_token_evaluate(ngx_http_actor_token_asker_t *asker,
    ngx_http_actor_token_decision_t *d)
{
    ngx_int_t                        rc;
    ngx_http_actor_token_ctx_t      *ctx;
    ngx_http_actor_token_decision_t  made;

    ctx = asker->ctx;

    ngx_memzero(&made, sizeof(ngx_http_actor_token_decision_t));

    made.uri = asker->request->uri;

    ctx->evaluating = 1;
    ctx->pending = NULL;

    rc = ngx_http_actor_token_decide(asker, &made);

    ctx->evaluating = 0;
    ctx->pending = NULL;

    if (rc == NGX_AGAIN) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, asker->request->connection->log, 0,
                       "actor token: verdict: none yet, the check must wait");
        return NGX_AGAIN;
    }

    ngx_http_actor_token_unqueue(ctx);

    *d = made;

    if (rc == NGX_OK) {
        d->verdict.reason = NGX_ACTOR_TOKEN_OK;
        d->status = NGX_HTTP_ACTOR_TOKEN_PASSED;

        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, asker->request->connection->log, 0,
                       "actor token: verdict: ok%s",
                       asker->early ? ", before the access phase" : "");
        return NGX_OK;
    }

    if (rc != NGX_DECLINED
        || d->verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED)
    {
        ngx_memzero(&d->verdict, sizeof(ngx_actor_token_verdict_t));
        (void) ngx_actor_token_reject(&d->verdict,
                                      NGX_ACTOR_TOKEN_INTERNAL_ERROR,
                                      "the check could not be made");
    }

    d->status = asker->conf->dry_run ? NGX_HTTP_ACTOR_TOKEN_REJECTED_DRY_RUN
                                     : NGX_HTTP_ACTOR_TOKEN_REJECTED;

    if (d->http_status == 0) {
        d->http_status = ngx_actor_token_reason(d->verdict.reason)->status;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, asker->request->connection->log, 0,
                   "actor token: verdict: %V%s%s",
                   &ngx_actor_token_reason(d->verdict.reason)->code,
                   asker->conf->dry_run ? ", dry run" : "",
                   asker->early ? ", before the access phase" : "");

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_decide(ngx_http_actor_token_asker_t *asker,
    ngx_http_actor_token_decision_t *d)
{
    ngx_int_t                               rc;
    ngx_uint_t                              asked;
    ngx_http_request_t                     *r;
    ngx_actor_token_env_t                   env;
    ngx_http_actor_token_ctx_t             *ctx;
    ngx_http_actor_token_main_conf_t       *mcf;
    const ngx_http_actor_token_loc_conf_t  *conf;

    r = asker->request;
    ctx = asker->ctx;
    conf = asker->conf;

    d->seen = ngx_http_actor_token_see(r, ctx, &conf->source);

    if (d->seen == NULL) {
        return NGX_ERROR;
    }

    if (d->seen->fault != NGX_ACTOR_TOKEN_UNDECIDED) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "actor token: source: %s", d->seen->what);

        return ngx_actor_token_reject(&d->verdict, d->seen->fault,
                                      d->seen->what);
    }

    if (ngx_http_actor_token_policy(r, ctx, conf) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "actor token: source: a token of %uz bytes, at most %uz "
                   "are allowed", d->seen->token.raw.len,
                   ctx->policy.max_size);

    ngx_http_actor_token_env(asker, &env);

    asked = d->seen->token.asked;

    rc = ngx_actor_token_check(&d->seen->token, &env, &ctx->policy,
                               &d->audience, &d->verdict);

    if (d->seen->token.asked && !asked) {
        mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);
        ngx_http_actor_token_metrics_cached(mcf->metrics,
                                            d->seen->token.recalled);
    }

    if (d->seen->token.verified) {
        ngx_http_actor_token_remote_proven(&d->seen->token);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->pending = d;

    rc = ngx_http_actor_token_required(r, conf, d);

    if (rc == NGX_OK && !asker->early) {
        ngx_actor_token_remember(&d->seen->token, &env);
    }

    return rc;
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
        && ngx_http_actor_token_value(r, conf->tenant, &policy->tenant)
           != NGX_OK)
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

        if (ngx_http_actor_token_value(r, &cv[i], &value) != NGX_OK) {
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

        if (ngx_http_actor_token_value(r, &req[i].value, &value) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "actor token: actor_token_require %V: %s", &req[i].text,
                       (value.len && !(value.len == 1 && value.data[0] == '0'))
                           ? "holds" : "requirement_failed");

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

    if (ctx == &ngx_http_actor_token_no_ctx) {
        return NULL;
    }

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    /* an internal redirect clears the contexts, but not the pool */

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_actor_token_cleanup) {
            ctx = cln->data;
            ctx->checked = 0;
            ctx->early_moment.conf = NULL;
            ctx->line_moment.conf = NULL;

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

    ctx = ngx_http_get_module_ctx(r, ngx_http_actor_token_module);

    if (ctx == &ngx_http_actor_token_no_ctx) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_actor_token_ctx_t));

    if (cln == NULL) {
        ngx_http_set_ctx(r, &ngx_http_actor_token_no_ctx,
                         ngx_http_actor_token_module);
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_actor_token_ctx_t));

    ctx->request = r->main;

    cln->handler = ngx_http_actor_token_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_actor_token_module);

    return ctx;
}


/*
 * Its address is what ngx_http_actor_token_get_ctx() looks for.  A request
 * that waits for keys may end before they come.
 */

static void
ngx_http_actor_token_cleanup(void *data)
{
    ngx_http_actor_token_unqueue(data);
}


static void
ngx_http_actor_token_unqueue(ngx_http_actor_token_ctx_t *ctx)
{
    if (ctx->queued) {
        ngx_queue_remove(&ctx->queue);
        ctx->queued = 0;
    }
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

    mcf->cache_size = NGX_CONF_UNSET_SIZE;
    mcf->store_size = NGX_CONF_UNSET_SIZE;

    return mcf;
}


static char *
ngx_http_actor_token_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_actor_token_main_conf_t *mcf = conf;

    if (ngx_http_actor_token_issuers_finish(cf, mcf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_init_size_value(mcf->cache_size, 8 * 1024 * 1024);
    ngx_conf_init_size_value(mcf->store_size, 8 * 1024 * 1024);

    if (mcf->trusted.issuers.issuers.nelts
        && ngx_http_actor_token_add_zones(cf, mcf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_check_key_zone(ngx_conf_t *cf, void *post, void *data)
{
    size_t *size = data;

    if (*size >= (size_t) NGX_ACTOR_TOKEN_STORE_MIN) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"actor_token_key_zone\" is too small: write at least "
                       "%uz", (size_t) NGX_ACTOR_TOKEN_STORE_MIN);

    return NGX_CONF_ERROR;
}


/* elsewhere in nginx a size of 0 is none; here it would be no token */

static char *
ngx_http_actor_token_check_max_size(ngx_conf_t *cf, void *post, void *data)
{
    size_t *size = data;

    return *size != 0 ? NGX_CONF_OK
                      : "must be greater than 0: it is the size of a token";
}


static ngx_int_t
ngx_http_actor_token_add_zones(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_shm_zone_t    *zone;
    static ngx_str_t   store = ngx_string("actor_token_keys");
    static ngx_str_t   cache = ngx_string("actor_token_cache");

    mcf->store = ngx_pcalloc(cf->pool, sizeof(ngx_actor_token_store_t));
    if (mcf->store == NULL) {
        return NGX_ERROR;
    }

    zone = ngx_shared_memory_add(cf, &store, mcf->store_size,
                                 &ngx_http_actor_token_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = ngx_actor_token_store_init;
    zone->data = mcf->store;

    if (mcf->cache_size == 0) {
        return NGX_OK;
    }

    mcf->cache = ngx_pcalloc(cf->pool, sizeof(ngx_actor_token_cache_t));
    if (mcf->cache == NULL) {
        return NGX_ERROR;
    }

    zone = ngx_shared_memory_add(cf, &cache, mcf->cache_size,
                                 &ngx_http_actor_token_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = ngx_actor_token_cache_init;
    zone->data = mcf->cache;

    return NGX_OK;
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

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    if (ngx_http_actor_token_check_variables(cf) != NGX_OK
        || ngx_http_actor_token_keys_place(cf, mcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* the http level is nobody's child, so merging has not looked at it */

    conf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_actor_token_module);

    if (ngx_http_actor_token_check_level(cf, conf) != NGX_CONF_OK) {
        return NGX_ERROR;
    }

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

    if (ngx_http_actor_token_metrics_init(cf, mcf) != NGX_OK
        || ngx_http_actor_token_filter_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_actor_token_fetch_init(cf);
}


/* all is configured, and no request has seen this configuration yet */

static ngx_int_t
ngx_http_actor_token_init_module(ngx_cycle_t *cycle)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle,
                                              ngx_http_actor_token_module);
    if (mcf == NULL) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                  "actor token " NGX_ACTOR_TOKEN_VERSION ", %s, jansson %s",
                  OpenSSL_version(OPENSSL_VERSION), jansson_version_str());

    if (ngx_http_actor_token_export_variables(cycle, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcf->store) {
        ngx_actor_token_store_renew(mcf->store);
        ngx_http_actor_token_files_start(cycle, mcf);
    }

    if ((mcf->metrics
         && ngx_http_actor_token_metrics_attach(cycle, mcf) != NGX_OK)
        || ngx_actor_token_facts_init(&mcf->trusted.issuers,
                                      &mcf->trusted.exports, cycle->pool)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* a reload without a master starts no worker that would be initialized */

    if (ngx_process == NGX_PROCESS_SINGLE
        && !ngx_is_init_cycle(cycle->old_cycle))
    {
        return ngx_http_actor_token_init_process(cycle);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_init_process(ngx_cycle_t *cycle)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    mcf = ngx_http_cycle_get_module_main_conf(cycle,
                                              ngx_http_actor_token_module);

    if (mcf == NULL || mcf->store == NULL) {
        return NGX_OK;
    }

    if (ngx_http_actor_token_remotes_start(cycle, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_actor_token_files_watch(cycle, mcf);
}
