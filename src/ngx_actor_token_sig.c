
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_sig.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>


/* SEQUENCE of two INTEGERs of at most 66 bytes and a sign byte each */
#define NGX_ACTOR_TOKEN_ECDSA_DER_MAX  (3 + 2 * (2 + 1 + 66))


static ngx_int_t ngx_actor_token_sig_rsa(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, EVP_MD_CTX *ctx);
static ngx_int_t ngx_actor_token_sig_ecdsa(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, EVP_MD_CTX *ctx);
static ngx_int_t ngx_actor_token_sig_eddsa(const ngx_actor_token_key_t *key,
    const ngx_str_t *input, const ngx_str_t *signature, EVP_MD_CTX *ctx);
static ngx_int_t ngx_actor_token_sig_hmac(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature);
static ngx_int_t ngx_actor_token_ecdsa_der(const ngx_str_t *signature,
    u_char *der, size_t *len);
static ngx_int_t ngx_actor_token_sig_result(int rc);


#define NGX_ACTOR_TOKEN_ALG(name, scheme, key, digest)                        \
    { ngx_string(name), NGX_ACTOR_TOKEN_SCHEME_##scheme,                      \
      NGX_ACTOR_TOKEN_KEY_##key, digest }

static const ngx_actor_token_alg_t  ngx_actor_token_algs[] = {

    NGX_ACTOR_TOKEN_ALG("RS256", PKCS1, RSA, EVP_sha256),
    NGX_ACTOR_TOKEN_ALG("RS384", PKCS1, RSA, EVP_sha384),
    NGX_ACTOR_TOKEN_ALG("RS512", PKCS1, RSA, EVP_sha512),

    NGX_ACTOR_TOKEN_ALG("PS256", PSS, RSA, EVP_sha256),
    NGX_ACTOR_TOKEN_ALG("PS384", PSS, RSA, EVP_sha384),
    NGX_ACTOR_TOKEN_ALG("PS512", PSS, RSA, EVP_sha512),

    NGX_ACTOR_TOKEN_ALG("ES256", ECDSA, P256, EVP_sha256),
    NGX_ACTOR_TOKEN_ALG("ES384", ECDSA, P384, EVP_sha384),
    NGX_ACTOR_TOKEN_ALG("ES512", ECDSA, P521, EVP_sha512),
    NGX_ACTOR_TOKEN_ALG("ES256K", ECDSA, SECP256K1, EVP_sha256),

    NGX_ACTOR_TOKEN_ALG("Ed25519", EDDSA, ED25519, NULL),
    NGX_ACTOR_TOKEN_ALG("Ed448", EDDSA, ED448, NULL),

    /* the older name of both: the key's curve decides */
    NGX_ACTOR_TOKEN_ALG("EdDSA", EDDSA, NONE, NULL),

    NGX_ACTOR_TOKEN_ALG("HS256", HMAC, HMAC, EVP_sha256),
    NGX_ACTOR_TOKEN_ALG("HS384", HMAC, HMAC, EVP_sha384),
    NGX_ACTOR_TOKEN_ALG("HS512", HMAC, HMAC, EVP_sha512)
};

#define NGX_ACTOR_TOKEN_NALGS                                                 \
    (sizeof(ngx_actor_token_algs) / sizeof(ngx_actor_token_algs[0]))


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
            && secret_len >= (size_t) EVP_MD_get_size(alg->digest()))
        {
            algs |= ngx_actor_token_alg_bit(alg);
        }
    }

    return algs;
}


ngx_int_t
ngx_actor_token_sig_verify(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, ngx_log_t *log)
{
    ngx_int_t    rc;
    EVP_MD_CTX  *ctx;

    if ((key->algs & ngx_actor_token_alg_bit(alg)) == 0) {
        return NGX_DECLINED;
    }

    if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC) {
        return ngx_actor_token_sig_hmac(key, alg, input, signature);
    }

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, log,
                                      "EVP_MD_CTX_new() failed");
        return NGX_ERROR;
    }

    switch (alg->scheme) {

    case NGX_ACTOR_TOKEN_SCHEME_PKCS1:
    case NGX_ACTOR_TOKEN_SCHEME_PSS:
        rc = ngx_actor_token_sig_rsa(key, alg, input, signature, ctx);
        break;

    case NGX_ACTOR_TOKEN_SCHEME_ECDSA:
        rc = ngx_actor_token_sig_ecdsa(key, alg, input, signature, ctx);
        break;

    case NGX_ACTOR_TOKEN_SCHEME_EDDSA:
        rc = ngx_actor_token_sig_eddsa(key, input, signature, ctx);
        break;

    default:
        rc = NGX_ERROR;
        break;
    }

    EVP_MD_CTX_free(ctx);

    if (rc == NGX_ERROR) {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, log,
                                      "signature verification failed to run");
    }

    /* a signature that does not hold leaves its errors in the queue */

    ERR_clear_error();

    return rc;
}


static ngx_int_t
ngx_actor_token_sig_rsa(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, EVP_MD_CTX *ctx)
{
    EVP_PKEY_CTX  *pctx;

    if (signature->len != (size_t) EVP_PKEY_get_size(key->pkey)) {
        return NGX_DECLINED;
    }

    if (EVP_DigestVerifyInit(ctx, &pctx, alg->digest(), NULL, key->pkey)
        != 1)
    {
        return NGX_ERROR;
    }

    if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_PSS) {

        /* RFC 7518, section 3.5: the salt is as long as the hash */

        if (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) != 1
            || EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST)
               != 1)
        {
            return NGX_ERROR;
        }
    }

    return ngx_actor_token_sig_result(
               EVP_DigestVerify(ctx, signature->data, signature->len,
                                input->data, input->len));
}


static ngx_int_t
ngx_actor_token_sig_ecdsa(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, EVP_MD_CTX *ctx)
{
    size_t     len;
    u_char     der[NGX_ACTOR_TOKEN_ECDSA_DER_MAX];
    ngx_int_t  rc;

    /* RFC 7518, section 3.4: R and S, each as long as the curve's order */

    len = (EVP_PKEY_get_bits(key->pkey) + 7) / 8;

    if (signature->len != 2 * len) {
        return NGX_DECLINED;
    }

    rc = ngx_actor_token_ecdsa_der(signature, der, &len);

    if (rc != NGX_OK) {
        return rc;
    }

    if (EVP_DigestVerifyInit(ctx, NULL, alg->digest(), NULL, key->pkey)
        != 1)
    {
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_result(
               EVP_DigestVerify(ctx, der, len, input->data, input->len));
}


static ngx_int_t
ngx_actor_token_ecdsa_der(const ngx_str_t *signature, u_char *der,
    size_t *len)
{
    int         n, half;
    u_char     *p;
    BIGNUM     *r, *s;
    ECDSA_SIG  *sig;

    half = (int) (signature->len / 2);

    sig = ECDSA_SIG_new();
    r = BN_bin2bn(signature->data, half, NULL);
    s = BN_bin2bn(signature->data + half, half, NULL);

    if (sig == NULL || r == NULL || s == NULL
        || ECDSA_SIG_set0(sig, r, s) != 1)
    {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return NGX_ERROR;
    }

    /* r and s are the signature's now */

    n = i2d_ECDSA_SIG(sig, NULL);

    if (n <= 0 || n > NGX_ACTOR_TOKEN_ECDSA_DER_MAX) {
        ECDSA_SIG_free(sig);
        return NGX_ERROR;
    }

    p = der;
    *len = i2d_ECDSA_SIG(sig, &p);

    ECDSA_SIG_free(sig);

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_sig_eddsa(const ngx_actor_token_key_t *key,
    const ngx_str_t *input, const ngx_str_t *signature, EVP_MD_CTX *ctx)
{
    if (signature->len != (size_t) EVP_PKEY_get_size(key->pkey)) {
        return NGX_DECLINED;
    }

    if (EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) != 1) {
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_result(
               EVP_DigestVerify(ctx, signature->data, signature->len,
                                input->data, input->len));
}


static ngx_int_t
ngx_actor_token_sig_hmac(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature)
{
    u_char        mac[EVP_MAX_MD_SIZE];
    unsigned int  len;

    if (HMAC(alg->digest(), key->secret.data, (int) key->secret.len,
             input->data, input->len, mac, &len)
        == NULL)
    {
        ERR_clear_error();
        return NGX_ERROR;
    }

    if (signature->len != len
        || CRYPTO_memcmp(signature->data, mac, len) != 0)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * Anything but 1 is no signature of this key's: OpenSSL has 0 for one that
 * does not hold, and a negative value for one that it cannot even read.
 */

static ngx_int_t
ngx_actor_token_sig_result(int rc)
{
    return (rc == 1) ? NGX_OK : NGX_DECLINED;
}
