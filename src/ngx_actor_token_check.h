
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_


#include <ngx_actor_token_cache.h>
#include <ngx_actor_token_facts.h>
#include <ngx_actor_token_policy.h>


/* a signature and the keys that may have made it */

typedef struct {
    const ngx_actor_token_alg_t     *alg;
    const ngx_actor_token_key_t     *keys[NGX_ACTOR_TOKEN_KEYS_TRIED];
    ngx_uint_t                       nkeys;
    unsigned                         named:1;    /* by the token's kid, if
                                                    it has one */
    ngx_str_t                        input;
    ngx_str_t                        signature;

    /* the result, as of ngx_actor_token_sig_verify(), and whose it is */
    ngx_int_t                        rc;
    const ngx_actor_token_key_t     *key;
    uint64_t                         spent;      /* nanoseconds */
} ngx_actor_token_job_t;


/*
 * A token and what is known of it so far.  What the token says is found out
 * once and kept; whether that is enough is asked of every policy anew.
 */

typedef struct {
    ngx_str_t                        raw;        /* set by the caller */

    ngx_actor_token_jws_t            jws;        /* kid alone if recalled */
    ngx_str_t                        iss;
    ngx_str_t                        label;      /* of a template */
    const ngx_actor_token_issuer_t  *issuer;     /* not trusted by that */
    ngx_actor_token_job_t            job;
    ngx_actor_token_claims_t         claims;     /* when "verified" */

    ngx_actor_token_verdict_t        parse_verdict;
    ngx_actor_token_verdict_t        facts_verdict;

    u_char                           digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_actor_token_witness_t        witness;    /* when "verified" */

    unsigned                         hashed:1;   /* "digest" is known */
    unsigned                         asked:1;    /* the cache, */
    unsigned                         recalled:1; /* which knew it */
    unsigned                         kept:1;     /* and knows it now */
    unsigned                         parsed:1;
    unsigned                         run:1;      /* "job" has its result */
    unsigned                         checked:1;
    unsigned                         verified:1; /* the signature holds */
} ngx_actor_token_t;


/* what every check of a configuration has in common */

typedef struct {
    ngx_actor_token_issuers_t        issuers;
    ngx_array_t                      exports;    /* ngx_actor_token_list_t */
} ngx_actor_token_trusted_t;


/*
 * The keys of a token's issuer as they are now: NGX_OK; NGX_AGAIN if they are
 * on their way; NGX_DECLINED if there are none, and the verdict says why.
 */
typedef ngx_int_t (*ngx_actor_token_keys_pt)(void *data,
    const ngx_actor_token_t *token, const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v);

/* none has the token's kid: NGX_AGAIN if more are coming, or NGX_DECLINED */
typedef ngx_int_t (*ngx_actor_token_unknown_pt)(void *data,
    const ngx_actor_token_t *token);

/* has the job run: NGX_OK if that is done; NGX_AGAIN if it will be */
typedef ngx_int_t (*ngx_actor_token_run_pt)(void *data,
    ngx_actor_token_t *token);


/* what a check uses; after NGX_AGAIN it is to be called again */

typedef struct {
    const ngx_actor_token_trusted_t *trusted;
    ngx_actor_token_cache_t         *cache;      /* NULL: none */

    ngx_actor_token_keys_pt          keys;
    ngx_actor_token_unknown_pt       unknown;
    ngx_actor_token_run_pt           run;
    void                            *data;       /* of these three */

    ngx_pool_t                      *pool;
    double                           now;        /* seconds */
} ngx_actor_token_env_t;


/*
 * The checks in their order, all but extraction and actor_token_require.
 * "raw" must be set, and all else zero at the first call.  NGX_OK leaves the
 * verdict undecided: the caller has the last word.
 */
ngx_int_t ngx_actor_token_check(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env, const ngx_actor_token_policy_t *policy,
    ngx_str_t *audience, ngx_actor_token_verdict_t *v);

/* tries the job's keys one by one */
void ngx_actor_token_job_run(ngx_actor_token_job_t *job, ngx_log_t *log);

/* the same in a thread, beside others, and without a log */
void ngx_actor_token_job_run_apart(ngx_actor_token_job_t *job);

/* gives a token that was accepted to the cache */
void ngx_actor_token_remember(ngx_actor_token_t *token,
    const ngx_actor_token_env_t *env);

/* makes "digest" known */
ngx_int_t ngx_actor_token_digest(ngx_actor_token_t *token,
    const ngx_actor_token_trusted_t *trusted, ngx_log_t *log);


#endif /* _NGX_ACTOR_TOKEN_CHECK_H_INCLUDED_ */
