
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"

#include <openssl/err.h>


/* a key set; whatever it holds is then asked for a signature */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                         *p;
    ngx_int_t                       rc;
    ngx_str_t                       text, input, signature;
    ngx_uint_t                      i, k, symmetric, secrets;
    ngx_pool_t                     *pool;
    ngx_actor_token_key_t          *key;
    ngx_actor_token_jwks_t          set;
    const ngx_actor_token_alg_t    *alg;
    ngx_actor_token_jwks_error_t    err;

    static u_char     zeros[1024];
    static ngx_str_t  algs[] = {
        ngx_string("RS256"), ngx_string("PS256"), ngx_string("ES256"),
        ngx_string("ES384"), ngx_string("ES512"), ngx_string("ES256K"),
        ngx_string("EdDSA"), ngx_string("HS256")
    };

    static size_t  sizes[] = { 256, 256, 64, 96, 132, 64, 64, 32 };

    pool = server_pool();

    p = fuzz_copy(data, size);
    text.data = p;
    text.len = size;

    if (ngx_actor_token_jwks_init(&set, pool, server_crypto, ~0u) != NGX_OK) {
        abort();
    }

    rc = ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err);

    FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
    FUZZ_ASSERT((rc == NGX_OK) == (err.what == NULL));
    FUZZ_ASSERT(rc != NGX_OK || set.keys.nelts != 0);
    FUZZ_ASSERT(set.keys.nelts <= NGX_ACTOR_TOKEN_KEYS_MAX);
    FUZZ_ASSERT(ERR_peek_error() == 0);

    secrets = 0;
    key = set.keys.elts;
    input = STR("header.payload");

    for (i = 0; i < set.keys.nelts; i++) {

        FUZZ_ASSERT(key[i].algs != 0);
        FUZZ_ASSERT((key[i].algs & ~ngx_actor_token_alg_fits(key[i].type))
                    == 0);
        FUZZ_ASSERT((key[i].pkey == NULL)
                    == (key[i].type == NGX_ACTOR_TOKEN_KEY_HMAC));

        secrets += (key[i].pkey == NULL);

        /* no key takes zeros for a signature */

        for (k = 0; i < 4 && k < sizeof(algs) / sizeof(algs[0]); k++) {
            alg = ngx_actor_token_alg_find(&algs[k]);
            signature.data = zeros;
            signature.len = sizes[k];

            FUZZ_ASSERT(ngx_actor_token_sig_verify(&key[i], alg, &input,
                                                   &signature, &server_log)
                        != NGX_OK);
            FUZZ_ASSERT(ERR_peek_error() == 0);
        }
    }

    FUZZ_ASSERT(rc != NGX_OK || (secrets != 0) == (symmetric != 0));

    ngx_destroy_pool(pool);
    free(p);

    return 0;
}
