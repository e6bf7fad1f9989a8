
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_alg.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>


static ngx_int_t ngx_actor_token_crypto_fetch(
    ngx_actor_token_crypto_t *crypto);
static ngx_int_t ngx_actor_token_crypto_probe(
    ngx_actor_token_crypto_t *crypto);
static void ngx_actor_token_crypto_free(void *data);


#define NGX_ACTOR_TOKEN_ALG(name, scheme, key, hash)                          \
    { ngx_string(name), NGX_ACTOR_TOKEN_SCHEME_##scheme,                      \
      NGX_ACTOR_TOKEN_KEY_##key, NGX_ACTOR_TOKEN_##hash }

static const ngx_actor_token_alg_t  ngx_actor_token_algs[] = {

    NGX_ACTOR_TOKEN_ALG("RS256", PKCS1, RSA, SHA256),
    NGX_ACTOR_TOKEN_ALG("RS384", PKCS1, RSA, SHA384),
    NGX_ACTOR_TOKEN_ALG("RS512", PKCS1, RSA, SHA512),

    NGX_ACTOR_TOKEN_ALG("PS256", PSS, RSA, SHA256),
    NGX_ACTOR_TOKEN_ALG("PS384", PSS, RSA, SHA384),
    NGX_ACTOR_TOKEN_ALG("PS512", PSS, RSA, SHA512),

    NGX_ACTOR_TOKEN_ALG("ES256", ECDSA, P256, SHA256),
    NGX_ACTOR_TOKEN_ALG("ES384", ECDSA, P384, SHA384),
    NGX_ACTOR_TOKEN_ALG("ES512", ECDSA, P521, SHA512),
    NGX_ACTOR_TOKEN_ALG("ES256K", ECDSA, SECP256K1, SHA256),

    NGX_ACTOR_TOKEN_ALG("Ed25519", EDDSA, ED25519, HASH_NONE),
    NGX_ACTOR_TOKEN_ALG("Ed448", EDDSA, ED448, HASH_NONE),

    /* the older name of both: the key's curve decides */
    NGX_ACTOR_TOKEN_ALG("EdDSA", EDDSA, NONE, HASH_NONE),

    /* OpenSSL's names as well */
    NGX_ACTOR_TOKEN_ALG("ML-DSA-44", ML_DSA, ML_DSA_44, HASH_NONE),
    NGX_ACTOR_TOKEN_ALG("ML-DSA-65", ML_DSA, ML_DSA_65, HASH_NONE),
    NGX_ACTOR_TOKEN_ALG("ML-DSA-87", ML_DSA, ML_DSA_87, HASH_NONE),

    NGX_ACTOR_TOKEN_ALG("HS256", HMAC, HMAC, SHA256),
    NGX_ACTOR_TOKEN_ALG("HS384", HMAC, HMAC, SHA384),
    NGX_ACTOR_TOKEN_ALG("HS512", HMAC, HMAC, SHA512)
};

#define NGX_ACTOR_TOKEN_NALGS                                                 \
    (sizeof(ngx_actor_token_algs) / sizeof(ngx_actor_token_algs[0]))


static const struct {
    const char   *name;         /* OpenSSL's */
    size_t        size;
} ngx_actor_token_hashes[NGX_ACTOR_TOKEN_HASHES + 1] = {
    { "SHA2-256", 32 },
    { "SHA2-384", 48 },
    { "SHA2-512", 64 },
    { NULL, 0 }
};


const ngx_actor_token_alg_t *
ngx_actor_token_alg_find(const ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_ACTOR_TOKEN_NALGS; i++) {
        if (ngx_actor_token_eq(&ngx_actor_token_algs[i].name, name)) {
            return &ngx_actor_token_algs[i];
        }
    }

    return NULL;
}


ngx_actor_token_algs_t
ngx_actor_token_alg_bit(const ngx_actor_token_alg_t *alg)
{
    return (ngx_actor_token_algs_t) 1 << (alg - ngx_actor_token_algs);
}


const ngx_actor_token_alg_t *
ngx_actor_token_alg_next(ngx_actor_token_algs_t *algs)
{
    ngx_uint_t              i;
    ngx_actor_token_algs_t  bit;

    for (i = 0; i < NGX_ACTOR_TOKEN_NALGS; i++) {
        bit = ngx_actor_token_alg_bit(&ngx_actor_token_algs[i]);

        if (*algs & bit) {
            *algs &= ~bit;
            return &ngx_actor_token_algs[i];
        }
    }

    return NULL;
}


ngx_actor_token_algs_t
ngx_actor_token_alg_fits(ngx_actor_token_key_type_e type)
{
    ngx_uint_t                    i;
    ngx_actor_token_algs_t        algs;
    const ngx_actor_token_alg_t  *alg;

    algs = 0;

    for (i = 0; i < NGX_ACTOR_TOKEN_NALGS; i++) {
        alg = &ngx_actor_token_algs[i];

        if (alg->key == type
            || (alg->key == NGX_ACTOR_TOKEN_KEY_NONE
                && (type == NGX_ACTOR_TOKEN_KEY_ED25519
                    || type == NGX_ACTOR_TOKEN_KEY_ED448)))
        {
            algs |= ngx_actor_token_alg_bit(alg);
        }
    }

    return algs;
}


ngx_actor_token_algs_t
ngx_actor_token_alg_default(void)
{
    return (((ngx_actor_token_algs_t) 1 << NGX_ACTOR_TOKEN_NALGS) - 1)
           & ~ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_HMAC);
}


ngx_actor_token_algs_t
ngx_actor_token_alg_hmac(size_t secret_len)
{
    ngx_uint_t                    i;
    ngx_actor_token_algs_t        algs;
    const ngx_actor_token_alg_t  *alg;

    algs = 0;

    for (i = 0; i < NGX_ACTOR_TOKEN_NALGS; i++) {
        alg = &ngx_actor_token_algs[i];

        if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC
            && secret_len >= ngx_actor_token_hash_size(alg->hash))
        {
            algs |= ngx_actor_token_alg_bit(alg);
        }
    }

    return algs;
}


size_t
ngx_actor_token_hash_size(ngx_actor_token_hash_e hash)
{
    return ngx_actor_token_hashes[hash].size;
}


ngx_actor_token_crypto_t *
ngx_actor_token_crypto_create(ngx_pool_t *pool)
{
    ngx_pool_cleanup_t        *cln;
    ngx_actor_token_crypto_t  *crypto;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_actor_token_crypto_t));
    if (cln == NULL) {
        return NULL;
    }

    crypto = cln->data;
    ngx_memzero(crypto, sizeof(ngx_actor_token_crypto_t));

    cln->handler = ngx_actor_token_crypto_free;

    if (ngx_actor_token_crypto_fetch(crypto) != NGX_OK) {
        ngx_actor_token_openssl_error(NGX_LOG_EMERG, pool->log,
                                      "OpenSSL lacks SHA-2, HMAC or memory");
        return NULL;
    }

    /* zeros are left behind them */

    (void) ngx_snprintf((u_char *) crypto->lack, sizeof(crypto->lack) - 1,
                        "ML-DSA needs OpenSSL 3.5 or newer with it, nginx "
                        "runs with OpenSSL %s",
                        OpenSSL_version(OPENSSL_VERSION_STRING));

    (void) ngx_snprintf((u_char *) crypto->useless,
                        sizeof(crypto->useless) - 1,
                        "holds no usable key: %s", crypto->lack);

    return crypto;
}


static ngx_int_t
ngx_actor_token_crypto_fetch(ngx_actor_token_crypto_t *crypto)
{
    ngx_uint_t  i;

    crypto->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (crypto->mac == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_ACTOR_TOKEN_HASHES; i++) {

        crypto->md[i] = EVP_MD_fetch(NULL, ngx_actor_token_hashes[i].name,
                                     NULL);
        if (crypto->md[i] == NULL) {
            return NGX_ERROR;
        }

        crypto->digest[i] = ngx_actor_token_digest_new(crypto, i);
        crypto->hmac[i] = ngx_actor_token_hmac_new(crypto, i);

        if (crypto->digest[i] == NULL || crypto->hmac[i] == NULL) {
            return NGX_ERROR;
        }
    }

    return ngx_actor_token_crypto_probe(crypto);
}


/*
 * The headers that the module was built with say nothing of the library that
 * nginx runs with, or of what its configuration leaves of it.
 */

static ngx_int_t
ngx_actor_token_crypto_probe(ngx_actor_token_crypto_t *crypto)
{
    ngx_uint_t                    i;
    EVP_SIGNATURE                *signature;
    const ngx_actor_token_alg_t  *alg;

    for (i = 0; i < NGX_ACTOR_TOKEN_NALGS; i++) {
        alg = &ngx_actor_token_algs[i];

        if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_ML_DSA) {

            signature = EVP_SIGNATURE_fetch(NULL, (char *) alg->name.data,
                                            NULL);
            if (signature == NULL) {

                if (ngx_actor_token_openssl_fault() == NGX_ERROR) {
                    return NGX_ERROR;
                }

                ERR_clear_error();
                continue;
            }

            EVP_SIGNATURE_free(signature);
        }

        crypto->algs |= ngx_actor_token_alg_bit(alg);
    }

    return NGX_OK;
}


static void
ngx_actor_token_crypto_free(void *data)
{
    ngx_actor_token_crypto_t  *crypto = data;

    ngx_uint_t  i;

    for (i = 0; i < NGX_ACTOR_TOKEN_HASHES; i++) {
        EVP_MAC_CTX_free(crypto->hmac[i]);
        EVP_MD_CTX_free(crypto->digest[i]);
        EVP_MD_free(crypto->md[i]);
    }

    EVP_MAC_free(crypto->mac);
}


EVP_MD_CTX *
ngx_actor_token_digest_new(const ngx_actor_token_crypto_t *crypto,
    ngx_actor_token_hash_e hash)
{
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();

    if (ctx && EVP_DigestInit_ex2(ctx, crypto->md[hash], NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


EVP_MAC_CTX *
ngx_actor_token_hmac_new(const ngx_actor_token_crypto_t *crypto,
    ngx_actor_token_hash_e hash)
{
    OSSL_PARAM    params[2];
    EVP_MAC_CTX  *ctx;

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                    (char *) ngx_actor_token_hashes[hash].name, 0);
    params[1] = OSSL_PARAM_construct_end();

    ctx = EVP_MAC_CTX_new(crypto->mac);

    if (ctx && EVP_MAC_CTX_set_params(ctx, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


ngx_int_t
ngx_actor_token_sha256(const ngx_actor_token_crypto_t *crypto,
    const u_char *data, size_t len, u_char digest[NGX_ACTOR_TOKEN_DIGEST_LEN])
{
    EVP_MD_CTX  *ctx;

    ctx = crypto->digest[NGX_ACTOR_TOKEN_SHA256];

    return EVP_DigestInit_ex2(ctx, NULL, NULL) == 1
           && EVP_DigestUpdate(ctx, data, len) == 1
           && EVP_DigestFinal_ex(ctx, digest, NULL) == 1
           ? NGX_OK : NGX_ERROR;
}
