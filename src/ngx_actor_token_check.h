
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_


#include <ngx_actor_token_policy.h>


/*
 * A token and what is known of it so far.  What the token says is found out
 * once and kept; whether that is enough is asked of every policy anew.
 */

typedef struct {
    ngx_str_t                        raw;        /* set by the caller */

    ngx_actor_token_jws_t            jws;
    ngx_str_t                        iss;
    ngx_str_t                        label;      /* of a template */
    const ngx_actor_token_issuer_t  *issuer;     /* not trusted by that */
    ngx_actor_token_claims_t         claims;     /* when "verified" */

    ngx_actor_token_verdict_t        parse_verdict;
    ngx_actor_token_verdict_t        facts_verdict;

    unsigned                         parsed:1;
    unsigned                         checked:1;
    unsigned                         verified:1; /* the signature holds */
} ngx_actor_token_t;


/* what every check of a configuration has in common */

typedef struct {
    ngx_actor_token_issuers_t        issuers;
    ngx_array_t                      exports;    /* ngx_actor_token_list_t */
} ngx_actor_token_trusted_t;


/*
 * The checks in their order, all but extraction and actor_token_require.
 * "raw" must be set, and all else zero at the first call.  NGX_OK leaves the
 * verdict undecided: the caller has the last word.
 */
ngx_int_t ngx_actor_token_check(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted,
    const ngx_actor_token_policy_t *policy, int64_t now, ngx_pool_t *pool,
    ngx_str_t *audience, ngx_actor_token_verdict_t *v);


#endif /* _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_ */
