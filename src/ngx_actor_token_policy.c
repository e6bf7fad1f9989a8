
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_policy.h>


static ngx_int_t ngx_actor_token_check_time(
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, double now,
    ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_check_audience(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_str_t *audience,
    ngx_actor_token_verdict_t *v);
static const ngx_str_t *ngx_actor_token_common(
    const ngx_actor_token_list_t *wanted, const ngx_actor_token_list_t *list);
static ngx_int_t ngx_actor_token_check_tenant(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_check_delegation(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_check_actor(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_check_actor_tenant(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_check_scope(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v);


ngx_uint_t
ngx_actor_token_policy_trusts(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer)
{
    if (policy->trust_any) {
        return 1;
    }

    return policy->trusted
           && (policy->trusted[issuer->index / 8]
               & (1 << (issuer->index % 8)));
}


ngx_int_t
ngx_actor_token_policy_check(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, double now, ngx_str_t *audience,
    ngx_actor_token_verdict_t *v)
{
    if (ngx_actor_token_check_time(issuer, claims, now, v) != NGX_OK
        || ngx_actor_token_check_audience(policy, issuer, claims, audience, v)
           != NGX_OK
        || ngx_actor_token_check_tenant(policy, issuer, claims, v) != NGX_OK
        || ngx_actor_token_check_delegation(policy, claims, v) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (claims->depth
        && ngx_actor_token_check_actor(policy, issuer, claims, v) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_actor_token_check_scope(policy, claims, v);
}


/* RFC 7519, sections 4.1.4 to 4.1.6; what is told is rounded to the fault */

static ngx_int_t
ngx_actor_token_check_time(const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, double now,
    ngx_actor_token_verdict_t *v)
{
    double   start;
    int64_t  seconds;

    seconds = ngx_actor_token_seconds(now);

    if (now >= claims->expires + issuer->leeway) {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_EXPIRED,
                   "\"exp\"", seconds,
                   ngx_actor_token_seconds(claims->expires));
    }

    if (claims->has_not_before
        && now + issuer->leeway < claims->not_before)
    {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_NOT_YET_VALID,
                   "\"nbf\"", seconds,
                   -ngx_actor_token_seconds(-claims->not_before));
    }

    if (claims->has_issued_at && now + issuer->leeway < claims->issued_at) {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_NOT_YET_VALID,
                   "\"iat\"", seconds,
                   -ngx_actor_token_seconds(-claims->issued_at));
    }

    if (issuer->max_lifetime == 0) {
        return NGX_OK;
    }

    if (claims->has_issued_at) {
        start = claims->issued_at;

    } else if (claims->has_not_before) {
        start = claims->not_before;

    } else {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_CLAIM_MISSING,
                                      "neither \"iat\" nor \"nbf\", which "
                                      "max_lifetime needs");
    }

    if (claims->expires - start > issuer->max_lifetime) {
        return ngx_actor_token_reject_number(v,
                   NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED, "lifetime in seconds",
                   issuer->max_lifetime,
                   -ngx_actor_token_seconds(start - claims->expires));
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_check_audience(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_str_t *audience,
    ngx_actor_token_verdict_t *v)
{
    const char                    *what;
    const ngx_str_t               *found;
    const ngx_actor_token_list_t  *wanted;

    ngx_str_null(audience);

    what = claims->has_audience ? "\"aud\"" : "no \"aud\"";

    if (policy->check_audience != NGX_ACTOR_TOKEN_COMPARE_OFF) {

        wanted = &policy->audience;
        found = NULL;

        if (policy->check_audience == NGX_ACTOR_TOKEN_COMPARE) {
            found = ngx_actor_token_common(wanted, &claims->audience);
        }

        if (found == NULL) {
            goto mismatch;
        }

        *audience = *found;
    }

    wanted = &issuer->audience;

    if (wanted->nelts
        && ngx_actor_token_common(wanted, &claims->audience) == NULL)
    {
        what = claims->has_audience ? "\"aud\" for this issuer"
                                    : "no \"aud\", for this issuer";
        goto mismatch;
    }

    return NGX_OK;

mismatch:

    (void) ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH,
                                        what, wanted, NULL);
    v->got = claims->audience;

    return NGX_DECLINED;
}


/* the first of the wanted strings that is in the list */

static const ngx_str_t *
ngx_actor_token_common(const ngx_actor_token_list_t *wanted,
    const ngx_actor_token_list_t *list)
{
    ngx_uint_t  i;

    for (i = 0; i < wanted->nelts; i++) {
        if (wanted->elts[i].len
            && ngx_actor_token_list_has(list, &wanted->elts[i]))
        {
            return &wanted->elts[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_actor_token_check_tenant(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v)
{
    ngx_actor_token_list_t  expected;

    if (policy->check_tenant != NGX_ACTOR_TOKEN_COMPARE_OFF
        && policy->tenant.len == 0)
    {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_TENANT_UNRESOLVED,
                                      "actor_token_tenant is empty for this "
                                      "request");
    }

    if (issuer->tenant_rule != NGX_ACTOR_TOKEN_TENANT_OFF) {

        if (claims->tenant.len == 0) {
            return ngx_actor_token_reject_value(v,
                       NGX_ACTOR_TOKEN_TENANT_MISSING, "no tenant claim",
                       &issuer->tenant_claim, NULL);
        }

        if (claims->tenant_conflict) {
            expected.elts = &claims->tenant_label;
            expected.nelts = 1;

            return ngx_actor_token_reject_value(v,
                       NGX_ACTOR_TOKEN_TENANT_CONFLICT,
                       "tenant in \"iss\" and in the tenant claim", &expected,
                       &claims->tenant);
        }

        if (claims->tenant_foreign) {
            return ngx_actor_token_reject_value(v,
                       NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED,
                       "tenant is not among this issuer's", &issuer->tenants,
                       &claims->tenant);
        }
    }

    if (policy->check_tenant == NGX_ACTOR_TOKEN_COMPARE_OFF) {
        return NGX_OK;
    }

    if (policy->check_tenant != NGX_ACTOR_TOKEN_COMPARE
        || !ngx_actor_token_eq(&policy->tenant, &claims->tenant))
    {
        expected.elts = &policy->tenant;
        expected.nelts = 1;

        return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_TENANT_MISMATCH,
                                            "tenant", &expected,
                                            &claims->tenant);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_check_delegation(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v)
{
    /* never "treated as not delegated" (RFC 9068, section 4) */

    if (claims->actor_fault) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_ACTOR_MALFORMED,
                                      claims->actor_fault);
    }

    switch (policy->delegation) {

    case NGX_ACTOR_TOKEN_DELEGATE_REQUIRED:
        return claims->depth ? NGX_OK
               : ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_ACTOR_MISSING,
                                        "the token names no actor");

    case NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL:
        return NGX_OK;

    case NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN:
        return (claims->depth == 0) ? NGX_OK
               : ngx_actor_token_reject_value(v,
                     NGX_ACTOR_TOKEN_DELEGATION_FORBIDDEN,
                     "the token names an actor", NULL,
                     &claims->actors[0].subject);

    default:
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_INTERNAL_ERROR,
                                      "no delegation mode");
    }
}


static ngx_int_t
ngx_actor_token_check_actor(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v)
{
    const ngx_str_t         *actor;
    ngx_actor_token_list_t   expected;

    actor = &claims->actors[0].subject;

    expected.elts = &claims->issuer;
    expected.nelts = 1;

    if (issuer->actor_issuers.nelts) {
        expected = issuer->actor_issuers;
    }

    if (!ngx_actor_token_list_has(&expected, &claims->actor_issuer)) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_ACTOR_ISSUER_NOT_ALLOWED,
                   "issuer of the actor", &expected, &claims->actor_issuer);
    }

    if (claims->actor_self) {
        return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_SELF_DELEGATION,
                   "the actor is the subject itself", NULL, actor);
    }

    if (!policy->actors_any
        && (policy->actors == NULL
            || !ngx_actor_token_actor_admitted(policy->actors, issuer,
                                               claims)))
    {
        expected.elts = &claims->actor_issuer;
        expected.nelts = 1;

        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_ACTOR_NOT_ALLOWED,
                   "actor_token_actors admit no such actor of this issuer",
                   &expected, actor);
    }

    if (ngx_actor_token_check_actor_tenant(policy, claims, v) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (claims->depth > policy->max_depth) {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_CHAIN_TOO_DEEP,
                                             "number of actors",
                                             policy->max_depth,
                                             claims->depth);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_check_actor_tenant(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v)
{
    ngx_actor_token_list_t  expected;

    if (claims->actor_tenant_fault) {
        return ngx_actor_token_reject(v,
                                      NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
                                      claims->actor_tenant_fault);
    }

    if (ngx_actor_token_eq(&claims->actor_tenant, &claims->tenant)
        || (claims->actor_tenant.len
            && ngx_actor_token_list_has(&policy->federation,
                                        &claims->actor_tenant)))
    {
        return NGX_OK;
    }

    expected.elts = &claims->tenant;
    expected.nelts = 1;

    if (policy->federation.nelts) {
        expected = policy->federation;
    }

    return ngx_actor_token_reject_value(v,
               NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
               "tenant of the actor", &expected, &claims->actor_tenant);
}


static ngx_int_t
ngx_actor_token_check_scope(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, ngx_actor_token_verdict_t *v)
{
    ngx_uint_t  i;

    for (i = 0; i < policy->scopes.nelts; i++) {

        if (!ngx_actor_token_list_has(&claims->scopes,
                                      &policy->scopes.elts[i]))
        {
            (void) ngx_actor_token_reject_value(v,
                       NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope",
                       &policy->scopes, NULL);
            v->got = claims->scopes;

            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
