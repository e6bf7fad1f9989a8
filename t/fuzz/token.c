
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"


/* a token, as it came, through the parser and then into a record */

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned int seed)
{
    return fuzz_mutate_token(data, size, max, seed);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                     *p;
    ngx_int_t                   rc;
    ngx_str_t                   raw, label, text;
    ngx_uint_t                  i, dots;
    ngx_pool_t                 *pool;
    ngx_actor_token_jws_t       jws;
    ngx_actor_token_claims_t    claims;
    ngx_actor_token_verdict_t   v;

    static ngx_actor_token_issuer_t    issuer;
    static ngx_actor_token_trusted_t   trusted;

    if (issuer.name.len == 0) {
        server_issuer(&issuer, "https://a.example");
        server_trust(&trusted, &issuer, NULL);
    }

    pool = server_pool();

    p = fuzz_copy(data, size);
    raw.data = p;
    raw.len = size;

    ngx_memzero(&v, sizeof(v));

    rc = ngx_actor_token_jws_parse(pool, &raw, &jws, &v);

    FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
    FUZZ_ASSERT((rc == NGX_OK) == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

    if (rc == NGX_OK) {
        FUZZ_ASSERT(json_is_object(jws.payload));
        FUZZ_ASSERT(jws.input.data == p && jws.input.len < size);

        for (dots = 0, i = 0; i < size; i++) {
            dots += (p[i] == '.');
            FUZZ_ASSERT(p[i] == '.' || p[i] == '-' || p[i] == '_'
                        || (p[i] >= '0' && p[i] <= '9')
                        || (p[i] >= 'A' && p[i] <= 'Z')
                        || (p[i] >= 'a' && p[i] <= 'z'));
        }

        FUZZ_ASSERT(dots == 2);

        /* there is one text for a signature, and this is it */

        text.data = fuzz_copy(p, size);
        ngx_encode_base64url(&text, &jws.signature);

        FUZZ_ASSERT(jws.input.len + 1 + text.len == size);
        FUZZ_ASSERT(memcmp(p + jws.input.len + 1, text.data, text.len) == 0);

        free(text.data);

        ngx_str_null(&label);

        rc = ngx_actor_token_claims_read(pool, &jws, &issuer, &label,
                                         &trusted.issuers, &trusted.exports,
                                         &claims, &v);

        FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
        FUZZ_ASSERT((rc == NGX_OK) == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

        if (rc == NGX_OK) {
            fuzz_good();
        }
    }

    ngx_destroy_pool(pool);
    free(p);

    return 0;
}
