
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"

#include <openssl/core_names.h>
#include <openssl/err.h>


/* a key set; each of its keys is looked at again, by OpenSSL alone */

static void fuzz_key(const ngx_actor_token_key_t *key);
static void fuzz_rsa(EVP_PKEY *pkey);
static void fuzz_ec(EVP_PKEY *pkey);
static void fuzz_forge(const ngx_actor_token_key_t *key);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                         *p;
    ngx_int_t                       rc;
    ngx_str_t                       text;
    ngx_uint_t                      i, symmetric, secrets;
    ngx_pool_t                     *pool;
    ngx_actor_token_key_t          *key;
    ngx_actor_token_jwks_t          set;
    ngx_actor_token_jwks_error_t    err;

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

    for (i = 0; i < set.keys.nelts; i++) {
        secrets += (key[i].pkey == NULL);

        /* a few are enough of so many as an input can hold */

        if (i < 4) {
            fuzz_key(&key[i]);
            fuzz_forge(&key[i]);
        }
    }

    if (rc == NGX_OK) {
        FUZZ_ASSERT((secrets != 0) == (symmetric != 0));
        fuzz_good();
    }

    ngx_destroy_pool(pool);
    free(p);

    return 0;
}


static void
fuzz_key(const ngx_actor_token_key_t *key)
{
    FUZZ_ASSERT(key->algs != 0);
    FUZZ_ASSERT((key->algs & ~server_crypto->algs) == 0);
    FUZZ_ASSERT((key->algs & ~ngx_actor_token_alg_fits(key->type)) == 0);
    FUZZ_ASSERT((key->pkey == NULL)
                == (key->type == NGX_ACTOR_TOKEN_KEY_HMAC));

    switch (key->type) {

    case NGX_ACTOR_TOKEN_KEY_HMAC:
        FUZZ_ASSERT(key->secret.len >= 32);
        break;

    case NGX_ACTOR_TOKEN_KEY_RSA:
        fuzz_rsa(key->pkey);
        break;

    case NGX_ACTOR_TOKEN_KEY_ED25519:
        FUZZ_ASSERT(EVP_PKEY_is_a(key->pkey, "ED25519"));
        break;

    case NGX_ACTOR_TOKEN_KEY_ED448:
        FUZZ_ASSERT(EVP_PKEY_is_a(key->pkey, "ED448"));
        break;

    case NGX_ACTOR_TOKEN_KEY_ML_DSA_44:
        FUZZ_ASSERT(EVP_PKEY_is_a(key->pkey, "ML-DSA-44"));
        break;

    case NGX_ACTOR_TOKEN_KEY_ML_DSA_65:
        FUZZ_ASSERT(EVP_PKEY_is_a(key->pkey, "ML-DSA-65"));
        break;

    case NGX_ACTOR_TOKEN_KEY_ML_DSA_87:
        FUZZ_ASSERT(EVP_PKEY_is_a(key->pkey, "ML-DSA-87"));
        break;

    default:
        fuzz_ec(key->pkey);
    }

    ERR_clear_error();
}


/* RFC 7518, section 3.3 */

static void
fuzz_rsa(EVP_PKEY *pkey)
{
    BIGNUM  *n, *e;

    n = NULL;
    e = NULL;

    FUZZ_ASSERT(EVP_PKEY_is_a(pkey, "RSA"));
    FUZZ_ASSERT(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1);
    FUZZ_ASSERT(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1);

    FUZZ_ASSERT(BN_num_bits(n) >= 2048 && BN_num_bits(n) <= 8192);
    FUZZ_ASSERT(BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e));

    BN_free(n);
    BN_free(e);
}


/* RFC 7518, section 6.2; on its curve, and not at infinity */

static void
fuzz_ec(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX  *ctx;

    FUZZ_ASSERT(EVP_PKEY_is_a(pkey, "EC"));

    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    FUZZ_ASSERT(ctx && EVP_PKEY_public_check_quick(ctx) == 1);
    EVP_PKEY_CTX_free(ctx);
}


/*
 * No key takes for a signature what anybody can write: zeros, or what holds
 * for one message in eight if an Edwards key is a point of small order, the
 * neutral point and zero (RFC 8032, section 5.1.7).
 */

static void
fuzz_forge(const ngx_actor_token_key_t *key)
{
    u_char                        bytes[4627], message;
    ngx_str_t                     name, input, signature;
    ngx_uint_t                    i, k;
    const ngx_actor_token_alg_t  *alg;

    static const struct {
        const char               *alg;
        size_t                    size;
        ngx_uint_t                tries;
    } algs[] = {
        { "RS256", 256, 1 }, { "PS256", 256, 1 }, { "ES256", 64, 1 },
        { "ES384", 96, 1 }, { "ES512", 132, 1 }, { "ES256K", 64, 1 },
        { "Ed25519", 64, 8 }, { "Ed448", 114, 8 }, { "HS256", 32, 1 },
        { "ML-DSA-44", 2420, 2 }, { "ML-DSA-65", 3309, 2 },
        { "ML-DSA-87", 4627, 2 }
    };

    for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
        name = server_str(algs[i].alg);
        alg = ngx_actor_token_alg_find(&name);

        signature.data = bytes;
        signature.len = algs[i].size;

        for (k = 0; k < algs[i].tries; k++) {
            ngx_memzero(bytes, sizeof(bytes));
            bytes[0] = (k != 0);

            message = (u_char) k;
            input.data = &message;
            input.len = 1;

            FUZZ_ASSERT(ngx_actor_token_sig_verify(key, alg, &input,
                                                   &signature, &server_log)
                        != NGX_OK);
            FUZZ_ASSERT(ERR_peek_error() == 0);
        }
    }
}
