
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_CLAIMS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_CLAIMS_H_INCLUDED_


#include <ngx_actor_token_issuer.h>
#include <ngx_actor_token_jws.h>


/*
 * What a token says, as a record: strings, times and lists, and no JSON.
 * Strings are jansson's or the pool's, and live as long as the request.
 */

typedef struct {
    ngx_str_t                       issuer;      /* data NULL: not named */
    ngx_str_t                       subject;
} ngx_actor_token_actor_t;


typedef struct {
    ngx_str_t                       issuer;      /* "iss" */
    ngx_str_t                       subject;     /* of subject_claim */
    ngx_actor_token_list_t          audience;
    ngx_str_t                       id;          /* "jti" */
    ngx_str_t                       client;

    double                          expires;     /* seconds since the epoch */
    double                          not_before;
    double                          issued_at;
    unsigned                        has_audience:1;
    unsigned                        has_expires:1;
    unsigned                        has_not_before:1;
    unsigned                        has_issued_at:1;

    ngx_str_t                       tenant;      /* len 0: none */
    ngx_str_t                       tenant_label;   /* of the template */

    ngx_actor_token_list_t          scopes;

    /*
     * The chain, current actor first (RFC 8693, section 4.1); nothing but
     * the first is used for a decision.
     */
    const ngx_actor_token_actor_t  *actors;
    ngx_uint_t                      depth;       /* 0: a direct token */
    ngx_str_t                       actor_issuer;   /* act.iss, else iss */
    ngx_str_t                       actor_tenant;
    unsigned                        actor_self:1;   /* is the subject */

    /* faults that come later in the order of checks; static texts or NULL */
    const char                     *actor_fault;
    const char                     *actor_tenant_fault;
    unsigned                        tenant_conflict:1;
    unsigned                        tenant_foreign:1;   /* not in "tenants" */

    ngx_str_t                      *exports;     /* as "exports" below says */
} ngx_actor_token_claims_t;


/* such a time in whole seconds, rounded down */
int64_t ngx_actor_token_seconds(double t);

/*
 * Reads the payload of a token whose signature holds.  Checks, in this
 * order, the type, "cnf", the types of registered claims, and the required
 * claims; what comes later is for ngx_actor_token_policy_check() to weigh.
 * With NGX_DECLINED, "claims" have what could be read all the same, of which
 * nothing is to be used but to tell of the rejection.
 *
 * "label" is what the issuer's template captured.  "exports" are the claim
 * paths that variables show: claims->exports gets their values in the same
 * order.
 */
ngx_int_t ngx_actor_token_claims_read(ngx_pool_t *pool,
    const ngx_actor_token_jws_t *jws, const ngx_actor_token_issuer_t *issuer,
    const ngx_str_t *label, const ngx_actor_token_issuers_t *issuers,
    const ngx_array_t *exports, ngx_actor_token_claims_t *claims,
    ngx_actor_token_verdict_t *v);

/*
 * Finds the tenant of the current actor, if any, where no claim names it:
 * that of the block its "act.iss" belongs to, or else the token's.
 */
void ngx_actor_token_claims_home(const ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_claims_t *claims);


#endif /* _NGX_ACTOR_TOKEN_CLAIMS_H_INCLUDED_ */
