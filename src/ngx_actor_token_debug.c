
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_debug.h>


#if (NGX_DEBUG)

#define NGX_ACTOR_TOKEN_DEBUG_LIST  3    /* strings shown of a list */


/* comparisons of a policy, in their order */

typedef enum {
    NGX_ACTOR_TOKEN_STEP_TIME = 0,
    NGX_ACTOR_TOKEN_STEP_AUDIENCE,
    NGX_ACTOR_TOKEN_STEP_TENANT,
    NGX_ACTOR_TOKEN_STEP_DELEGATION,
    NGX_ACTOR_TOKEN_STEP_ACTOR,
    NGX_ACTOR_TOKEN_STEP_SCOPE,
    NGX_ACTOR_TOKEN_STEPS
} ngx_actor_token_step_e;


static ngx_actor_token_step_e ngx_actor_token_debug_failed(
    const ngx_actor_token_verdict_t *v);
static u_char *ngx_actor_token_debug_step(u_char *p,
    ngx_actor_token_step_e step, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy, double now);
static u_char *ngx_actor_token_debug_time(u_char *p,
    const ngx_actor_token_claims_t *claims, double now);
static u_char *ngx_actor_token_debug_string(u_char *p, const char *text,
    const ngx_str_t *s);
static u_char *ngx_actor_token_debug_list(u_char *p, const char *text,
    const ngx_actor_token_list_t *list);


/* room for a line: two lists, or strings, and what is between them */
#define NGX_ACTOR_TOKEN_DEBUG_LINE                                            \
    (2 * (NGX_ACTOR_TOKEN_DEBUG_LIST + 1) * (NGX_ACTOR_TOKEN_QUOTED_MAX + 64))

#define ngx_actor_token_debug_on(log)                                         \
    ((log)->log_level & NGX_LOG_DEBUG_HTTP)


void
ngx_actor_token_debug_recalled(const ngx_actor_token_t *token, ngx_log_t *log)
{
    if (!token->recalled) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, log, 0,
                       "actor token: cache: not %s",
                       token->asked ? "found" : "asked");
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, log, 0,
                   "actor token: cache: found, of block \"%V\"",
                   &token->issuer->name);

    ngx_actor_token_debug_claims(token, log);
}


void
ngx_actor_token_debug_parsed(const ngx_actor_token_t *token, ngx_log_t *log)
{
    u_char  line[NGX_ACTOR_TOKEN_DEBUG_LINE], *p;

    if (!ngx_actor_token_debug_on(log)) {
        return;
    }

    if (token->jws.payload == NULL) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, log, 0, "actor token: header: %s",
                       token->parse_verdict.what);
        return;
    }

    p = ngx_actor_token_debug_string(line, "alg", &token->jws.alg);
    p = ngx_actor_token_debug_string(p, ", kid", &token->jws.kid);
    p = ngx_actor_token_debug_string(p, ", typ", &token->jws.typ);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0, "actor token: header: %*s",
                   p - line, line);

    p = ngx_actor_token_debug_string(line, "iss", &token->iss);

    if (token->issuer) {
        p = ngx_sprintf(p, ", of block ");
        p = ngx_actor_token_json_quote(p, &token->issuer->name);

        if (token->label.data) {
            p = ngx_actor_token_debug_string(p, ", {tenant}", &token->label);
        }

    } else {
        p = ngx_sprintf(p, ", of no block");
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0, "actor token: issuer: %*s",
                   p - line, line);
}


void
ngx_actor_token_debug_verified(const ngx_actor_token_t *token,
    const ngx_actor_token_verdict_t *v, ngx_log_t *log)
{
    const ngx_actor_token_job_t  *job;

    job = &token->job;

    if (job->nkeys == 0) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, log, 0,
                       "actor token: keys: none to try: %V",
                       &ngx_actor_token_reason(v->reason)->code);
        return;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0,
                   "actor token: keys: %ui to try%s", job->nkeys,
                   job->named ? "" : ", none of which has this kid");

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0,
                   "actor token: signature: %s, after %uL us",
                   (job->rc == NGX_OK) ? "holds"
                   : (job->rc == NGX_DECLINED) ? "does not hold"
                                               : "could not be verified",
                   job->spent / 1000);
}


void
ngx_actor_token_debug_claims(const ngx_actor_token_t *token, ngx_log_t *log)
{
    u_char                          line[NGX_ACTOR_TOKEN_DEBUG_LINE], *p;
    const ngx_actor_token_claims_t *claims;

    if (!ngx_actor_token_debug_on(log)) {
        return;
    }

    if (token->facts_verdict.reason != NGX_ACTOR_TOKEN_UNDECIDED) {
        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0,
                       "actor token: claims: %V, %s",
                       &ngx_actor_token_reason(
                                        token->facts_verdict.reason)->code,
                       token->facts_verdict.what);
        return;
    }

    claims = &token->claims;

    p = ngx_actor_token_debug_string(line, "subject", &claims->subject);
    p = ngx_actor_token_debug_string(p, ", tenant", &claims->tenant);
    p = ngx_sprintf(p, ", actors %ui", claims->depth);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0, "actor token: claims: %*s",
                   p - line, line);
}


void
ngx_actor_token_debug_policy(const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy, double now,
    const ngx_actor_token_verdict_t *v, ngx_log_t *log)
{
    u_char                   line[NGX_ACTOR_TOKEN_DEBUG_LINE], *p;
    const char              *result;
    ngx_actor_token_step_e   step, failed;

    if (!ngx_actor_token_debug_on(log)) {
        return;
    }

    failed = ngx_actor_token_debug_failed(v);

    for (step = 0; step < NGX_ACTOR_TOKEN_STEPS && step <= failed; step++) {

        p = ngx_actor_token_debug_step(line, step, token, policy, now);

        if (p == line) {
            continue;
        }

        result = (step < failed) ? "holds"
                 : (char *) ngx_actor_token_reason(v->reason)->code.data;

        ngx_log_debug3(NGX_LOG_DEBUG_HTTP, log, 0, "actor token: %*s: %s",
                       p - line, line, result);
    }
}


static ngx_actor_token_step_e
ngx_actor_token_debug_failed(const ngx_actor_token_verdict_t *v)
{
    switch (v->reason) {

    case NGX_ACTOR_TOKEN_UNDECIDED:
        return NGX_ACTOR_TOKEN_STEPS;

    case NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH:
        return NGX_ACTOR_TOKEN_STEP_AUDIENCE;

    case NGX_ACTOR_TOKEN_TENANT_UNRESOLVED:
    case NGX_ACTOR_TOKEN_TENANT_MISSING:
    case NGX_ACTOR_TOKEN_TENANT_CONFLICT:
    case NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED:
    case NGX_ACTOR_TOKEN_TENANT_MISMATCH:
        return NGX_ACTOR_TOKEN_STEP_TENANT;

    case NGX_ACTOR_TOKEN_ACTOR_MALFORMED:
    case NGX_ACTOR_TOKEN_ACTOR_MISSING:
    case NGX_ACTOR_TOKEN_DELEGATION_FORBIDDEN:
    case NGX_ACTOR_TOKEN_INTERNAL_ERROR:
        return NGX_ACTOR_TOKEN_STEP_DELEGATION;

    case NGX_ACTOR_TOKEN_SELF_DELEGATION:
    case NGX_ACTOR_TOKEN_ACTOR_NOT_ALLOWED:
    case NGX_ACTOR_TOKEN_ACTOR_ISSUER_NOT_ALLOWED:
    case NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED:
    case NGX_ACTOR_TOKEN_CHAIN_TOO_DEEP:
        return NGX_ACTOR_TOKEN_STEP_ACTOR;

    case NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE:
        return NGX_ACTOR_TOKEN_STEP_SCOPE;

    default:
        return NGX_ACTOR_TOKEN_STEP_TIME;
    }
}


/* writes nothing where a policy does not compare */

static u_char *
ngx_actor_token_debug_step(u_char *p, ngx_actor_token_step_e step,
    const ngx_actor_token_t *token, const ngx_actor_token_policy_t *policy,
    double now)
{
    const ngx_actor_token_claims_t  *claims;
    static const char               *modes[] = {
        "unset", "required", "optional", "forbidden"
    };

    claims = &token->claims;

    switch (step) {

    case NGX_ACTOR_TOKEN_STEP_TIME:
        return ngx_actor_token_debug_time(p, claims, now);

    case NGX_ACTOR_TOKEN_STEP_AUDIENCE:
        p = ngx_actor_token_debug_list(p, "audience", &policy->audience);
        return ngx_actor_token_debug_list(p, ", the token's",
                                          &claims->audience);

    case NGX_ACTOR_TOKEN_STEP_TENANT:
        p = ngx_actor_token_debug_string(p, "tenant", &policy->tenant);
        return ngx_actor_token_debug_string(p, ", the token's",
                                            &claims->tenant);

    case NGX_ACTOR_TOKEN_STEP_DELEGATION:
        return ngx_sprintf(p, "delegation %s, actors %ui",
                           modes[policy->delegation], claims->depth);

    case NGX_ACTOR_TOKEN_STEP_ACTOR:
        if (claims->depth == 0) {
            return p;
        }

        p = ngx_actor_token_debug_string(p, "actor",
                                         &claims->actors[0].subject);
        p = ngx_actor_token_debug_string(p, " of", &claims->actor_issuer);
        return ngx_actor_token_debug_string(p, ", tenant",
                                            &claims->actor_tenant);

    case NGX_ACTOR_TOKEN_STEP_SCOPE:
        if (policy->scopes.nelts == 0) {
            return p;
        }

        p = ngx_actor_token_debug_list(p, "scope", &policy->scopes);
        return ngx_actor_token_debug_list(p, ", granted", &claims->scopes);

    default:
        return p;
    }
}


static u_char *
ngx_actor_token_debug_time(u_char *p, const ngx_actor_token_claims_t *claims,
    double now)
{
    p = ngx_sprintf(p, "time %L, exp %L", ngx_actor_token_seconds(now),
                    ngx_actor_token_seconds(claims->expires));

    if (claims->has_not_before) {
        p = ngx_sprintf(p, ", nbf %L",
                        ngx_actor_token_seconds(claims->not_before));
    }

    if (claims->has_issued_at) {
        p = ngx_sprintf(p, ", iat %L",
                        ngx_actor_token_seconds(claims->issued_at));
    }

    return p;
}


static u_char *
ngx_actor_token_debug_string(u_char *p, const char *text, const ngx_str_t *s)
{
    p = ngx_sprintf(p, "%s ", text);

    return s->data ? ngx_actor_token_json_quote(p, s) : ngx_sprintf(p, "none");
}


static u_char *
ngx_actor_token_debug_list(u_char *p, const char *text,
    const ngx_actor_token_list_t *list)
{
    ngx_uint_t  i;

    p = ngx_sprintf(p, "%s", text);

    if (list->nelts == 0) {
        return ngx_sprintf(p, " none");
    }

    for (i = 0; i < list->nelts; i++) {

        if (i == NGX_ACTOR_TOKEN_DEBUG_LIST) {
            return ngx_sprintf(p, " and %ui more", list->nelts - i);
        }

        *p++ = ' ';
        p = ngx_actor_token_json_quote(p, &list->elts[i]);
    }

    return p;
}

#endif
