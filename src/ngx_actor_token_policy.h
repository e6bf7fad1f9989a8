
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_POLICY_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_POLICY_H_INCLUDED_


#include <ngx_actor_token_actors.h>


/*
 * What a location asks of a token, with everything evaluated for the request
 * at hand.  Everywhere 0 is "not set", and denies.
 */

typedef enum {
    NGX_ACTOR_TOKEN_COMPARE_UNSET = 0,
    NGX_ACTOR_TOKEN_COMPARE,
    NGX_ACTOR_TOKEN_COMPARE_OFF
} ngx_actor_token_compare_e;


typedef enum {
    NGX_ACTOR_TOKEN_DELEGATE_UNSET = 0,
    NGX_ACTOR_TOKEN_DELEGATE_REQUIRED,
    NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL,
    NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN
} ngx_actor_token_delegation_e;


typedef struct {
    size_t                          max_size;    /* of a token, in bytes */

    unsigned                        trust_any:1;
    const u_char                   *trusted;     /* a bit per issuer block */

    ngx_actor_token_compare_e       check_audience;
    ngx_actor_token_list_t          audience;    /* empty values match none */

    ngx_actor_token_compare_e       check_tenant;
    ngx_str_t                       tenant;

    ngx_actor_token_delegation_e    delegation;
    ngx_uint_t                      max_depth;
    unsigned                        actors_any:1;
    const ngx_actor_token_actors_t *actors;
    ngx_actor_token_list_t          federation;  /* foreign tenants */

    ngx_actor_token_list_t          scopes;
} ngx_actor_token_policy_t;


ngx_uint_t ngx_actor_token_policy_trusts(
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer);

/*
 * Weighs what a verified token says against a policy: time, audience,
 * tenant, delegation, actor, scope, in this order.  Does no I/O, allocates
 * nothing and depends on nothing but its arguments.  "now" is in seconds
 * since the epoch; "audience" gets the first configured value found in
 * "aud".  NGX_OK or NGX_DECLINED.
 */
ngx_int_t ngx_actor_token_policy_check(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims, double now, ngx_str_t *audience,
    ngx_actor_token_verdict_t *v);


#endif /* _NGX_ACTOR_TOKEN_POLICY_H_INCLUDED_ */
