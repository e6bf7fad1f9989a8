
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_debug.h>
#include <ngx_actor_token_record.h>


static ngx_int_t ngx_actor_token_recall(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy);
static ngx_int_t ngx_actor_token_recognize(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    const ngx_str_t *record);
static ngx_int_t ngx_actor_token_parse(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_verify(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_actor_token_prepare(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_actor_token_verdict_t *v);
static uint64_t ngx_actor_token_clock(void);
static ngx_int_t ngx_actor_token_facts(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env);


ngx_int_t
ngx_actor_token_check(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_str_t *audience, ngx_actor_token_verdict_t *v)
{
    ngx_int_t  rc;

    ngx_str_null(audience);

    if (token->raw.len > policy->max_size) {
        return ngx_actor_token_reject_number(v, NGX_ACTOR_TOKEN_TOO_LARGE,
                                             "size in bytes",
                                             policy->max_size,
                                             token->raw.len);
    }

    if (!token->parsed && !token->asked && env->cache) {

        rc = ngx_actor_token_recall(token, env, policy);

        if (rc == NGX_ERROR || rc == NGX_AGAIN) {
            return rc;
        }

        ngx_actor_token_debug_recalled(token, env->pool->log);
    }

    if (!token->parsed) {
        if (ngx_actor_token_parse(token, env, &token->parse_verdict)
            == NGX_ERROR)
        {
            return NGX_ERROR;
        }

        token->parsed = 1;

        ngx_actor_token_debug_parsed(token, env->pool->log);
    }

    if (token->parse_verdict.reason != NGX_ACTOR_TOKEN_UNDECIDED) {
        *v = token->parse_verdict;
        return NGX_DECLINED;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, env->pool->log, 0,
                   "actor token: trust: block \"%V\" is%s trusted here",
                   &token->issuer->name,
                   ngx_actor_token_policy_trusts(policy, token->issuer)
                       ? "" : " not");

    if (!ngx_actor_token_policy_trusts(policy, token->issuer)) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                   "actor_token_trust does not name this block", NULL,
                   &token->iss);
    }

    if (!token->checked) {

        rc = ngx_actor_token_verify(token, env, policy, v);

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        ngx_actor_token_debug_verified(token, v, env->pool->log);

        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_actor_token_facts(token, env) == NGX_ERROR) {
            return NGX_ERROR;
        }

        token->checked = 1;

        ngx_actor_token_debug_claims(token, env->pool->log);
    }

    if (token->facts_verdict.reason != NGX_ACTOR_TOKEN_UNDECIDED) {
        *v = token->facts_verdict;
        return NGX_DECLINED;
    }

    rc = ngx_actor_token_policy_check(policy, token->issuer, &token->claims,
                                      env->now, audience, v);

    ngx_actor_token_debug_policy(token, policy, env->now, v, env->pool->log);

    return rc;
}


/* what is known of these very bytes, if their key is still in use */

static ngx_int_t
ngx_actor_token_recall(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy)
{
    ngx_int_t  rc;
    ngx_str_t  record;

    /* what is no token is not worth a digest */

    if (!ngx_actor_token_jws_compact(&token->raw)) {
        return NGX_DECLINED;
    }

    if (ngx_actor_token_digest(token, env->trusted, env->pool->log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    token->asked = 1;

    rc = ngx_actor_token_cache_find(env->cache, token->digest,
                                    (time_t) env->now, env->pool,
                                    &token->witness, &record);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_actor_token_recognize(token, env, policy, &record);

    if (rc != NGX_OK) {
        ngx_memzero(&token->claims, sizeof(ngx_actor_token_claims_t));
        ngx_str_null(&token->jws.kid);
        ngx_str_null(&token->iss);
        ngx_str_null(&token->label);
        token->issuer = NULL;
        token->asked = (rc != NGX_AGAIN);

        return rc;
    }

    token->recalled = 1;
    token->kept = 1;
    token->parsed = 1;
    token->verified = 1;
    token->checked = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_recognize(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    const ngx_str_t *record)
{
    ngx_int_t                         rc;
    ngx_str_t                         label;
    ngx_actor_token_verdict_t         v;
    const ngx_actor_token_keys_t     *keys;
    const ngx_actor_token_trusted_t  *trusted;

    trusted = env->trusted;

    token->issuer = ngx_actor_token_facts_issuer(&trusted->issuers,
                                                 token->witness.issuer);
    if (token->issuer == NULL) {
        return NGX_DECLINED;
    }

    rc = ngx_actor_token_record_read(env->pool, record, token->issuer,
                                     &trusted->issuers,
                                     trusted->exports.nelts, &token->claims,
                                     &token->jws.kid);
    if (rc != NGX_OK) {
        return rc;
    }

    token->iss = token->claims.issuer;
    token->label = token->claims.tenant_label;

    /* which block a token belongs to is not up to its own block alone */

    if (ngx_actor_token_issuers_find(&trusted->issuers, &token->iss, &label)
        != token->issuer)
    {
        return NGX_DECLINED;
    }

    /* if there are none, the verdict of those who ask again will say so */

    ngx_memzero(&v, sizeof(ngx_actor_token_verdict_t));

    rc = env->keys(env->data, token, policy, &keys, &v);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_actor_token_keys_find(keys, token->witness.key)
           ? NGX_OK : NGX_DECLINED;
}


/* from here on to ngx_actor_token_verify() nothing is believed but "iss" */

static ngx_int_t
ngx_actor_token_parse(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, ngx_actor_token_verdict_t *v)
{
    json_t     *iss;
    ngx_int_t   rc;

    rc = ngx_actor_token_jws_parse(env->pool, &token->raw, &token->jws, v);

    if (rc != NGX_OK) {
        return rc;
    }

    iss = json_object_get(token->jws.payload, "iss");

    if (ngx_actor_token_json_string(iss, &token->iss) != NGX_OK) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                                      "\"iss\" is absent or not a string");
    }

    token->issuer = ngx_actor_token_issuers_find(&env->trusted->issuers,
                                                 &token->iss, &token->label);
    if (token->issuer == NULL) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER,
                   "no actor_token_issuer has this \"iss\"", NULL,
                   &token->iss);
    }

    return NGX_OK;
}


/* "run" outlasts the call where the job is done elsewhere */

static ngx_int_t
ngx_actor_token_verify(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_actor_token_verdict_t *v)
{
    ngx_int_t               rc;
    ngx_actor_token_job_t  *job;

    job = &token->job;

    if (!token->run) {

        rc = ngx_actor_token_prepare(token, env, policy, v);

        if (rc != NGX_OK) {
            return rc;
        }

        if (job->nkeys) {

            rc = env->run(env->data, token);

            if (rc != NGX_OK) {
                return rc;
            }

            token->run = 1;
        }
    }

    if (token->run && job->rc != NGX_DECLINED) {
        return job->rc;
    }

    /* others may fit, but the one that the token names is not there */

    if (!job->named && env->unknown(env->data, token) == NGX_AGAIN) {
        token->run = 0;
        return NGX_AGAIN;
    }

    if (!token->run) {
        return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_UNKNOWN_KEY,
                   "no key of this issuer fits kid and algorithm", NULL,
                   &token->jws.alg);
    }

    return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_BAD_SIGNATURE,
               "no key that fits has made this signature", NULL,
               &token->jws.alg);
}


static ngx_int_t
ngx_actor_token_prepare(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_actor_token_verdict_t *v)
{
    ngx_int_t                      rc;
    ngx_uint_t                     named;
    ngx_actor_token_job_t         *job;
    ngx_actor_token_algs_t         bit;
    const ngx_actor_token_keys_t  *keys;

    job = &token->job;

    ngx_memzero(job, sizeof(ngx_actor_token_job_t));

    job->alg = ngx_actor_token_alg_find(&token->jws.alg);

    bit = job->alg ? ngx_actor_token_alg_bit(job->alg) : 0;

    if ((token->issuer->algs & bit) == 0) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED, "\"alg\"", NULL,
                   &token->jws.alg);
    }

    if ((env->trusted->issuers.crypto->algs & bit) == 0) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED,
                   "\"alg\" that OpenSSL lacks", NULL, &token->jws.alg);
    }

    rc = env->keys(env->data, token, policy, &keys, v);

    if (rc != NGX_OK) {
        return rc;
    }

    job->nkeys = ngx_actor_token_keys_select(keys, &token->jws.kid, job->alg,
                                             &token->iss, &token->label,
                                             job->keys, &named);
    job->named = (named || token->jws.kid.data == NULL);
    job->input = token->jws.input;
    job->signature = token->jws.signature;

    return NGX_OK;
}


void
ngx_actor_token_job_run(ngx_actor_token_job_t *job, ngx_log_t *log)
{
    uint64_t    start;
    ngx_uint_t  i;

    start = ngx_actor_token_clock();

    job->rc = NGX_DECLINED;

    for (i = 0; i < job->nkeys && job->rc == NGX_DECLINED; i++) {
        job->key = job->keys[i];
        job->rc = ngx_actor_token_sig_verify(job->key, job->alg, &job->input,
                                             &job->signature, log);
    }

    job->spent = ngx_actor_token_clock() - start;
}


void
ngx_actor_token_job_run_apart(ngx_actor_token_job_t *job)
{
    uint64_t    start;
    ngx_uint_t  i;

    start = ngx_actor_token_clock();

    job->rc = NGX_DECLINED;

    for (i = 0; i < job->nkeys && job->rc == NGX_DECLINED; i++) {
        job->key = job->keys[i];
        job->rc = ngx_actor_token_sig_verify_in_thread(job->key, job->alg,
                                                       &job->input,
                                                       &job->signature);
    }

    job->spent = ngx_actor_token_clock() - start;
}


static uint64_t
ngx_actor_token_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


static ngx_int_t
ngx_actor_token_facts(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env)
{
    const ngx_actor_token_trusted_t  *trusted;

    trusted = env->trusted;

    token->verified = 1;

    ngx_memcpy(token->witness.issuer, token->issuer->digest,
               NGX_ACTOR_TOKEN_DIGEST_LEN);
    ngx_memcpy(token->witness.key, token->job.key->content,
               NGX_ACTOR_TOKEN_DIGEST_LEN);

    return ngx_actor_token_claims_read(env->pool, &token->jws, token->issuer,
                                       &token->label, &trusted->issuers,
                                       &trusted->exports, &token->claims,
                                       &token->facts_verdict);
}


void
ngx_actor_token_remember(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env)
{
    ngx_str_t   record;
    ngx_uint_t  n;

    if (env->cache == NULL || token->kept || !token->hashed) {
        return;
    }

    token->kept = 1;

    n = env->trusted->exports.nelts;

    record.len = ngx_actor_token_record_write(NULL, &token->claims,
                                              token->issuer, &token->jws.kid,
                                              n);
    if (record.len == 0) {
        return;
    }

    record.data = ngx_pnalloc(env->pool, record.len);
    if (record.data == NULL) {
        return;
    }

    (void) ngx_actor_token_record_write(record.data, &token->claims,
                                        token->issuer, &token->jws.kid, n);

    ngx_actor_token_cache_add(env->cache, token->digest,
                              (time_t) ngx_actor_token_seconds(
                                  token->claims.expires
                                  + token->issuer->leeway),
                              (time_t) env->now, &token->witness, &record);
}


ngx_int_t
ngx_actor_token_digest(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_log_t *log)
{
    if (token->hashed) {
        return NGX_OK;
    }

    if (ngx_actor_token_sha256(trusted->issuers.crypto, token->raw.data,
                               token->raw.len, token->digest)
        != NGX_OK)
    {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, log, "SHA-256 failed");
        return NGX_ERROR;
    }

    token->hashed = 1;

    return NGX_OK;
}
