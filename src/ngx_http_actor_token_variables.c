
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>

#define NGX_HTTP_ACTOR_TOKEN_FINGERPRINT_LEN  16    /* of SHA-256 */


typedef enum {
    /* what was decided: shown whatever the outcome */
    NGX_HTTP_ACTOR_TOKEN_VAR_STATUS = 0,
    NGX_HTTP_ACTOR_TOKEN_VAR_REASON,
    NGX_HTTP_ACTOR_TOKEN_VAR_FINGERPRINT,
    NGX_HTTP_ACTOR_TOKEN_VAR_CACHE_STATUS,
    NGX_HTTP_ACTOR_TOKEN_VAR_AUDIT,

    /* who the request is made by and for: shown if it was accepted */
    NGX_HTTP_ACTOR_TOKEN_VAR_SUBJECT,
    NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR,
    NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR_ISSUER,
    NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR_TENANT,
    NGX_HTTP_ACTOR_TOKEN_VAR_CHAIN,
    NGX_HTTP_ACTOR_TOKEN_VAR_DEPTH,
    NGX_HTTP_ACTOR_TOKEN_VAR_TENANT,
    NGX_HTTP_ACTOR_TOKEN_VAR_ISSUER,
    NGX_HTTP_ACTOR_TOKEN_VAR_ISSUER_NAME,
    NGX_HTTP_ACTOR_TOKEN_VAR_AUDIENCE,
    NGX_HTTP_ACTOR_TOKEN_VAR_ID,
    NGX_HTTP_ACTOR_TOKEN_VAR_CLIENT,
    NGX_HTTP_ACTOR_TOKEN_VAR_SCOPE,
    NGX_HTTP_ACTOR_TOKEN_VAR_EXPIRES
} ngx_http_actor_token_var_e;


static const ngx_http_actor_token_decision_t *ngx_http_actor_token_decision(
    ngx_http_request_t *r);
static const ngx_http_actor_token_decision_t *ngx_http_actor_token_early(
    ngx_http_request_t *r, const ngx_http_actor_token_loc_conf_t *conf);
static ngx_uint_t ngx_http_actor_token_later(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_moment_t *moment);
static ngx_uint_t ngx_http_actor_token_may_evaluate(ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_outcome_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_actor_token_identity_variable(
    ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_actor_token_line(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, ngx_str_t *s);
static ngx_int_t ngx_http_actor_token_identity(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, uintptr_t which, ngx_str_t *s);
static ngx_int_t ngx_http_actor_token_make_fingerprint(ngx_http_request_t *r,
    ngx_actor_token_t *token, ngx_str_t *s);
static ngx_int_t ngx_http_actor_token_make_chain(ngx_http_request_t *r,
    const ngx_actor_token_claims_t *claims, ngx_str_t *s);
static ngx_int_t ngx_http_actor_token_make_scope(ngx_http_request_t *r,
    const ngx_actor_token_claims_t *claims, ngx_str_t *s);
static void ngx_http_actor_token_number(int64_t n, u_char *buf, ngx_str_t *s);


#define NGX_HTTP_ACTOR_TOKEN_OUTCOME(name, which)                             \
    { ngx_string("actor_token_" name), NULL,                                  \
      ngx_http_actor_token_outcome_variable,                                  \
      NGX_HTTP_ACTOR_TOKEN_VAR_##which, NGX_HTTP_VAR_NOCACHEABLE, 0 }

#define NGX_HTTP_ACTOR_TOKEN_IDENTITY(name, which)                            \
    { ngx_string("actor_token_" name), NULL,                                  \
      ngx_http_actor_token_identity_variable,                                 \
      NGX_HTTP_ACTOR_TOKEN_VAR_##which, NGX_HTTP_VAR_NOCACHEABLE, 0 }


static ngx_http_variable_t  ngx_http_actor_token_vars[] = {

    NGX_HTTP_ACTOR_TOKEN_OUTCOME("status", STATUS),
    NGX_HTTP_ACTOR_TOKEN_OUTCOME("reason", REASON),
    NGX_HTTP_ACTOR_TOKEN_OUTCOME("fingerprint", FINGERPRINT),
    NGX_HTTP_ACTOR_TOKEN_OUTCOME("cache_status", CACHE_STATUS),
    NGX_HTTP_ACTOR_TOKEN_OUTCOME("audit", AUDIT),

    NGX_HTTP_ACTOR_TOKEN_IDENTITY("subject", SUBJECT),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("actor", ACTOR),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("actor_issuer", ACTOR_ISSUER),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("actor_tenant", ACTOR_TENANT),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("chain", CHAIN),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("depth", DEPTH),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("tenant", TENANT),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("issuer", ISSUER),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("issuer_name", ISSUER_NAME),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("audience", AUDIENCE),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("id", ID),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("client", CLIENT),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("scope", SCOPE),
    NGX_HTTP_ACTOR_TOKEN_IDENTITY("expires", EXPIRES),

    { ngx_string("actor_token_claim_"), NULL,
      ngx_http_actor_token_claim_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

      ngx_http_null_variable
};


/*
 * The decision that variables show: the last one of an access phase, or, in
 * front of the access phase of a location that checks, one made for the
 * moment.  NULL where there is none.
 */

static const ngx_http_actor_token_decision_t *
ngx_http_actor_token_decision(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t             *ctx;
    const ngx_http_actor_token_loc_conf_t  *conf;

    ctx = ngx_http_actor_token_get_ctx(r);

    if (ctx && ctx->evaluating) {
        return ctx->pending;
    }

    if ((ctx == NULL || !ctx->checked) && ngx_http_actor_token_may_evaluate(r))
    {
        conf = ngx_http_get_module_loc_conf(r, ngx_http_actor_token_module);

        if (conf->realm) {
            return ngx_http_actor_token_early(r, conf);
        }
    }

    return ctx ? &ctx->decision : NULL;
}


/*
 * "set" asks for a value twice: first how long it is, and then for its bytes,
 * which it trusts to be as many.  Both must come of one decision, though keys
 * may be fetched by another process in between; and what could not be made the
 * first time, or the second, for lack of memory must be so both times.
 */

static const ngx_http_actor_token_decision_t *
ngx_http_actor_token_early(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_http_actor_token_ctx_t    *ctx;
    ngx_http_actor_token_asker_t   asker;

    ctx = ngx_http_actor_token_make_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }

    if (ngx_http_actor_token_later(r, conf, &ctx->early_moment)) {
        asker.request = r;
        asker.ctx = ctx;
        asker.conf = conf;
        asker.early = 1;
        asker.may_wait = 0;

        ngx_memzero(&ctx->early, sizeof(ngx_http_actor_token_decision_t));

        (void) ngx_http_actor_token_evaluate(&asker, &ctx->early);

        ctx->line_moment.conf = NULL;
    }

    return (ctx->early.status != NGX_HTTP_ACTOR_TOKEN_NO_VERDICT) ? &ctx->early
                                                                  : NULL;
}


/* whether this is another moment than the last time; which it is then on */

static ngx_uint_t
ngx_http_actor_token_later(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    ngx_http_actor_token_moment_t *moment)
{
    if (moment->conf == conf
        && moment->phase == r->phase_handler
        && moment->rewrites == r->uri_changes
        && moment->uri.data == r->uri.data
        && moment->uri.len == r->uri.len
        && moment->time == ngx_current_msec)
    {
        return 0;
    }

    moment->conf = conf;
    moment->phase = r->phase_handler;
    moment->rewrites = r->uri_changes;
    moment->uri = r->uri;
    moment->time = ngx_current_msec;

    return 1;
}


/*
 * Subrequests and the log phase never start a check.  nginx has no flag for
 * "phases are running", but it resumes them by this handler until a content
 * handler has taken over, and sets "done" or drops the last reference before
 * it logs.
 */

static ngx_uint_t
ngx_http_actor_token_may_evaluate(ngx_http_request_t *r)
{
    return r == r->main
           && r->write_event_handler == ngx_http_core_run_phases
           && !r->done
           && r->count != 0;
}


static ngx_int_t
ngx_http_actor_token_outcome_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_int_t                               rc;
    ngx_str_t                               s;
    const ngx_http_actor_token_decision_t  *d;

    d = ngx_http_actor_token_decision(r);

    if (d == NULL || d->status == NGX_HTTP_ACTOR_TOKEN_NO_VERDICT) {
        v->not_found = 1;
        return NGX_OK;
    }

    rc = NGX_OK;
    ngx_str_null(&s);

    switch (data) {

    case NGX_HTTP_ACTOR_TOKEN_VAR_STATUS:
        s = *ngx_http_actor_token_status_name(d->status);
        break;

    case NGX_HTTP_ACTOR_TOKEN_VAR_REASON:
        s = ngx_actor_token_reason(d->verdict.reason)->code;
        break;

    case NGX_HTTP_ACTOR_TOKEN_VAR_FINGERPRINT:
        if (d->seen) {
            rc = ngx_http_actor_token_fingerprint(r, d->seen, &s);
        }

        break;

    case NGX_HTTP_ACTOR_TOKEN_VAR_CACHE_STATUS:
        if (d->seen && d->seen->token.asked) {
            if (d->seen->token.recalled) {
                ngx_str_set(&s, "HIT");

            } else {
                ngx_str_set(&s, "MISS");
            }
        }

        break;

    case NGX_HTTP_ACTOR_TOKEN_VAR_AUDIT:
        rc = ngx_http_actor_token_line(r, d, &s);
        break;

    default:
        rc = NGX_ERROR;
        break;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_actor_token_show(v, &s);

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_identity_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                               s;
    const ngx_http_actor_token_decision_t  *d;

    d = ngx_http_actor_token_accepted(r);

    if (d == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    ngx_str_null(&s);

    if (ngx_http_actor_token_identity(r, d, data, &s) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_actor_token_show(v, &s);

    return NGX_OK;
}


/* each time another, but for "set" */

static ngx_int_t
ngx_http_actor_token_line(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, ngx_str_t *s)
{
    ngx_http_phase_handler_t               *ph;
    ngx_http_core_main_conf_t              *cmcf;
    ngx_http_actor_token_ctx_t             *ctx;
    const ngx_http_actor_token_loc_conf_t  *conf;

    ctx = ngx_http_actor_token_get_ctx(r);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    ph = &cmcf->phase_engine.handlers[r->phase_handler];

    if (ctx == NULL || ph->checker != ngx_http_core_rewrite_phase) {
        return ngx_http_actor_token_audit(r, d, s);
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_actor_token_module);

    if (ngx_http_actor_token_later(r, conf, &ctx->line_moment)) {
        ctx->line.rc = ngx_http_actor_token_audit(r, d, &ctx->line.value);
    }

    *s = ctx->line.value;

    return ctx->line.rc;
}


const ngx_http_actor_token_decision_t *
ngx_http_actor_token_accepted(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t             *ctx;
    const ngx_http_actor_token_decision_t  *d;

    d = ngx_http_actor_token_decision(r);

    if (d == NULL) {
        return NULL;
    }

    if (d->status == NGX_HTTP_ACTOR_TOKEN_PASSED) {
        return d;
    }

    ctx = ngx_http_actor_token_get_ctx(r);

    return (ctx && d == ctx->pending) ? d : NULL;
}


static ngx_int_t
ngx_http_actor_token_identity(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, uintptr_t which, ngx_str_t *s)
{
    ngx_http_actor_token_seen_t     *seen;
    const ngx_actor_token_claims_t  *claims;

    seen = d->seen;
    claims = &seen->token.claims;

    switch (which) {

    case NGX_HTTP_ACTOR_TOKEN_VAR_SUBJECT:
        *s = claims->subject;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR:
        if (claims->depth) {
            *s = claims->actors[0].subject;
        }

        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR_ISSUER:
        *s = claims->actor_issuer;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ACTOR_TENANT:
        *s = claims->actor_tenant;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_CHAIN:
        if (!seen->chain.made) {
            seen->chain.made = 1;
            seen->chain.rc = ngx_http_actor_token_make_chain(r, claims,
                                                          &seen->chain.value);
        }

        *s = seen->chain.value;
        return seen->chain.rc;

    case NGX_HTTP_ACTOR_TOKEN_VAR_DEPTH:
        ngx_http_actor_token_number(claims->depth, seen->depth, s);
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_TENANT:
        *s = claims->tenant;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ISSUER:
        *s = claims->issuer;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ISSUER_NAME:
        *s = seen->token.issuer->name;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_AUDIENCE:
        *s = d->audience;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_ID:
        *s = claims->id;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_CLIENT:
        *s = claims->client;
        return NGX_OK;

    case NGX_HTTP_ACTOR_TOKEN_VAR_SCOPE:
        if (!seen->scope.made) {
            seen->scope.made = 1;
            seen->scope.rc = ngx_http_actor_token_make_scope(r, claims,
                                                          &seen->scope.value);
        }

        *s = seen->scope.value;
        return seen->scope.rc;

    case NGX_HTTP_ACTOR_TOKEN_VAR_EXPIRES:
        ngx_http_actor_token_number(ngx_actor_token_seconds(claims->expires),
                                    seen->expires, s);
        return NGX_OK;

    default:
        return NGX_ERROR;
    }
}


ngx_int_t
ngx_http_actor_token_fingerprint(ngx_http_request_t *r,
    ngx_http_actor_token_seen_t *seen, ngx_str_t *s)
{
    if (!seen->fingerprint.made
        && seen->fault == NGX_ACTOR_TOKEN_UNDECIDED)
    {
        seen->fingerprint.made = 1;
        seen->fingerprint.rc = ngx_http_actor_token_make_fingerprint(r,
                                   &seen->token, &seen->fingerprint.value);
    }

    *s = seen->fingerprint.value;

    return seen->fingerprint.rc;
}


static ngx_int_t
ngx_http_actor_token_make_fingerprint(ngx_http_request_t *r,
    ngx_actor_token_t *token, ngx_str_t *s)
{
    ngx_str_t                          head;
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    if (ngx_actor_token_digest(token, &mcf->trusted, r->connection->log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    head.data = token->digest;
    head.len = NGX_HTTP_ACTOR_TOKEN_FINGERPRINT_LEN;

    s->data = ngx_pnalloc(r->pool, ngx_base64_encoded_length(head.len));
    if (s->data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64url(s, &head);

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_make_chain(ngx_http_request_t *r,
    const ngx_actor_token_claims_t *claims, ngx_str_t *s)
{
    size_t                          len;
    u_char                         *p;
    ngx_str_t                      *quoted;
    ngx_uint_t                      i, n;
    const ngx_actor_token_actor_t  *actor;

    n = claims->depth;
    actor = claims->actors;

    quoted = ngx_pcalloc(r->pool, 2 * n * sizeof(ngx_str_t) + 1);
    if (quoted == NULL) {
        return NGX_ERROR;
    }

    len = sizeof("[]") - 1;

    for (i = 0; i < n; i++) {

        if (actor[i].issuer.data
            && ngx_actor_token_json_quote_all(r->pool, &actor[i].issuer,
                                              &quoted[2 * i])
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ngx_actor_token_json_quote_all(r->pool, &actor[i].subject,
                                           &quoted[2 * i + 1])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        len += sizeof(",{\"iss\":,\"sub\":}") - 1
               + quoted[2 * i].len + quoted[2 * i + 1].len;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    s->data = p;

    *p++ = '[';

    for (i = 0; i < n; i++) {

        if (i) {
            *p++ = ',';
        }

        *p++ = '{';

        if (quoted[2 * i].len) {
            p = ngx_sprintf(p, "\"iss\":%V,", &quoted[2 * i]);
        }

        p = ngx_sprintf(p, "\"sub\":%V}", &quoted[2 * i + 1]);
    }

    *p++ = ']';

    s->len = p - s->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_make_scope(ngx_http_request_t *r,
    const ngx_actor_token_claims_t *claims, ngx_str_t *s)
{
    size_t                         len;
    u_char                        *p;
    ngx_uint_t                     i;
    const ngx_actor_token_list_t  *scopes;

    len = 0;
    scopes = &claims->scopes;

    for (i = 0; i < scopes->nelts; i++) {
        len += scopes->elts[i].len + 1;
    }

    if (len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    s->data = p;
    s->len = len - 1;

    for (i = 0; i < scopes->nelts; i++) {
        if (i) {
            *p++ = ' ';
        }

        p = ngx_cpymem(p, scopes->elts[i].data, scopes->elts[i].len);
    }

    return NGX_OK;
}


static void
ngx_http_actor_token_number(int64_t n, u_char *buf, ngx_str_t *s)
{
    s->data = buf;
    s->len = ngx_sprintf(buf, "%L", n) - buf;
}


void
ngx_http_actor_token_show(ngx_http_variable_value_t *v, const ngx_str_t *s)
{
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = s->len;
    v->data = s->data;
}


ngx_int_t
ngx_http_actor_token_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_actor_token_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}
