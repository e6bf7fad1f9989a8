
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"


/*
 * A token, a line feed, and the key set of its issuer, through the whole
 * check.  Nothing is accepted that an independent verifier would not accept.
 */

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned int seed)
{
    return fuzz_mutate_token(data, size, max, seed);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                         *token, *keys, *lf;
    ngx_int_t                       rc;
    ngx_str_t                       text, audience;
    ngx_uint_t                      symmetric;
    ngx_pool_t                     *pool;
    ngx_actor_token_t               t;
    ngx_actor_token_env_t           env;
    ngx_actor_token_verdict_t       v;
    ngx_actor_token_jwks_error_t    err;

    static ngx_actor_token_issuer_t    issuer;
    static ngx_actor_token_policy_t    policy;
    static ngx_actor_token_trusted_t   trusted;

    if (issuer.name.len == 0) {
        server_issuer(&issuer, "https://a.example");
        issuer.algs = ~0u;
        server_trust(&trusted, &issuer, NULL);
        server_policy(&policy);
    }

    lf = memchr(data, '\n', size);

    if (lf == NULL) {
        return 0;
    }

    pool = server_pool();

    ngx_memzero(&t, sizeof(t));
    t.raw.len = lf - data;
    token = fuzz_copy(data, t.raw.len);
    t.raw.data = token;

    text.len = data + size - (lf + 1);
    keys = fuzz_copy(lf + 1, text.len);
    text.data = keys;

    if (ngx_actor_token_jwks_init(server_jwks(&issuer), pool, server_crypto,
                                  issuer.algs)
        != NGX_OK)
    {
        abort();
    }

    rc = ngx_actor_token_jwks_add_set(server_jwks(&issuer), &text,
                                      &symmetric, &err);

    if (rc == NGX_OK) {
        if (ngx_actor_token_jwks_finish(server_jwks(&issuer)) != NGX_OK) {
            abort();
        }

        ngx_memzero(&v, sizeof(v));

        server_env(&env, &trusted, pool);

        rc = ngx_actor_token_check(&t, &env, &policy, &audience, &v);

        FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
        FUZZ_ASSERT((rc == NGX_OK) == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));
        FUZZ_ASSERT(rc != NGX_OK || t.verified);

        if (t.verified) {
            FUZZ_ASSERT(fuzz_oracle(t.raw.data, t.raw.len, text.data,
                                    text.len));
        }

        if (rc == NGX_OK) {
            fuzz_good();
        }
    }

    ngx_destroy_pool(pool);
    free(token);
    free(keys);

    return 0;
}
