
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_check.h>


static ngx_int_t ngx_actor_token_parse(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool,
    ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_facts(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool,
    ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_verify(ngx_actor_token_t *token,
    ngx_pool_t *pool, ngx_actor_token_verdict_t *v);


ngx_int_t
ngx_actor_token_check(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted,
    const ngx_actor_token_policy_t *policy, int64_t now, ngx_pool_t *pool,
    ngx_str_t *audience, ngx_actor_token_verdict_t *v)
{
    ngx_str_null(audience);

    if (token->raw.len > policy->max_size) {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_TOO_LARGE,
                                             "size in bytes",
                                             policy->max_size,
                                             token->raw.len);
    }

    if (!token->parsed) {
        if (ngx_actor_token_parse(token, trusted, pool, &token->parse_verdict)
            == NGX_ERROR)
        {
            return NGX_ERROR;
        }

        token->parsed = 1;
    }

    if (token->parse_verdict.reason != NGX_ACTOR_TOKEN_UNDECIDED) {
        *v = token->parse_verdict;
        return NGX_DECLINED;
    }

    if (!ngx_actor_token_policy_trusts(policy, token->issuer)) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                   "actor_token_trust does not name this block", NULL,
                   &token->iss);
    }

    if (!token->checked) {
        if (ngx_actor_token_facts(token, trusted, pool, &token->facts_verdict)
            == NGX_ERROR)
        {
            return NGX_ERROR;
        }

        token->checked = 1;
    }

    if (token->facts_verdict.reason != NGX_ACTOR_TOKEN_UNDECIDED) {
        *v = token->facts_verdict;
        return NGX_DECLINED;
    }

    return ngx_actor_token_policy_check(policy, token->issuer, &token->claims,
                                        now, audience, v);
}


/* from here on to ngx_actor_token_verify() nothing is believed but "iss" */

static ngx_int_t
ngx_actor_token_parse(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool,
    ngx_actor_token_verdict_t *v)
{
    json_t     *iss;
    ngx_int_t   rc;

    rc = ngx_actor_token_jws_parse(pool, &token->raw, &token->jws, v);

    if (rc != NGX_OK) {
        return rc;
    }

    iss = json_object_get(token->jws.payload, "iss");

    if (ngx_actor_token_json_string(iss, &token->iss) != NGX_OK) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                                      "\"iss\" is absent or not a string");
    }

    token->issuer = ngx_actor_token_issuers_find(&trusted->issuers,
                                                 &token->iss, &token->label);
    if (token->issuer == NULL) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                   "no actor_token_issuer has this \"iss\"", NULL,
                   &token->iss);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_facts(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool,
    ngx_actor_token_verdict_t *v)
{
    ngx_int_t  rc;

    rc = ngx_actor_token_verify(token, pool, v);

    if (rc != NGX_OK) {
        return rc;
    }

    token->verified = 1;

    return ngx_actor_token_claims_read(pool, &token->jws, token->issuer,
                                       &token->label, &trusted->issuers,
                                       &trusted->exports, &token->claims, v);
}


static ngx_int_t
ngx_actor_token_verify(ngx_actor_token_t *token, ngx_pool_t *pool,
    ngx_actor_token_verdict_t *v)
{
    ngx_int_t                     rc;
    ngx_uint_t                    i, n;
    const ngx_actor_token_alg_t  *alg;
    const ngx_actor_token_key_t  *keys[NGX_ACTOR_TOKEN_KEYS_TRIED];

    alg = ngx_actor_token_alg_find(&token->jws.alg);

    if (alg == NULL
        || (token->issuer->algs & ngx_actor_token_alg_bit(alg)) == 0)
    {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED, "\"alg\"", NULL,
                   &token->jws.alg);
    }

    n = ngx_actor_token_jwks_select(&token->issuer->keys, &token->jws.kid, alg,
                                    &token->iss, &token->label, keys);

    if (n == 0) {
        return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_UNKNOWN_KEY,
                   "no key of this issuer fits kid and algorithm", NULL,
                   &token->jws.alg);
    }

    for (i = 0; i < n; i++) {

        rc = ngx_actor_token_sig_verify(keys[i], alg, &token->jws.input,
                                        &token->jws.signature, pool->log);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_BAD_SIGNATURE,
               "no key that fits has made this signature", NULL,
               &token->jws.alg);
}
