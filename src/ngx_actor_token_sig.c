
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_sig.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>


/* SEQUENCE of two INTEGERs of at most 66 bytes and a sign byte each */
#define NGX_ACTOR_TOKEN_ECDSA_DER_MAX  (3 + 2 * (2 + 1 + 66))


static ngx_actor_token_ready_t *ngx_actor_token_sig_ready(
    const ngx_actor_token_key_t *key, const ngx_actor_token_alg_t *alg);
static ngx_int_t ngx_actor_token_sig_contexts(
    const ngx_actor_token_key_t *key, const ngx_actor_token_alg_t *alg,
    ngx_actor_token_ready_t *ready);
static EVP_PKEY_CTX *ngx_actor_token_sig_pkey_new(
    const ngx_actor_token_key_t *key, const ngx_actor_token_alg_t *alg);
static EVP_MD_CTX *ngx_actor_token_sig_whole_new(
    const ngx_actor_token_key_t *key);
static void ngx_actor_token_sig_free(void *data);
static ngx_uint_t ngx_actor_token_sig_fits(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *signature);
static ngx_int_t ngx_actor_token_sig_run(const ngx_actor_token_key_t *key,
    const ngx_actor_token_ready_t *ready, const ngx_str_t *input,
    const ngx_str_t *signature);
static ngx_int_t ngx_actor_token_sig_pkey(
    const ngx_actor_token_ready_t *ready, const ngx_str_t *input,
    const ngx_str_t *signature);
static void ngx_actor_token_sig_der(const ngx_str_t *signature, u_char *buf,
    ngx_str_t *der);
static u_char *ngx_actor_token_sig_der_integer(u_char *p, const u_char *n,
    size_t len);
static ngx_int_t ngx_actor_token_sig_whole(
    const ngx_actor_token_ready_t *ready, const ngx_str_t *input,
    const ngx_str_t *signature);
static ngx_int_t ngx_actor_token_sig_hmac(
    const ngx_actor_token_ready_t *ready, const ngx_str_t *secret,
    const ngx_str_t *input, const ngx_str_t *signature);
static ngx_int_t ngx_actor_token_sig_result(int rc);
static void ngx_actor_token_sig_clear(void);


ngx_int_t
ngx_actor_token_sig_prepare(ngx_actor_token_key_t *key,
    ngx_actor_token_crypto_t *crypto, ngx_pool_t *pool)
{
    ngx_pool_cleanup_t           *cln;
    ngx_actor_token_algs_t        algs;
    ngx_actor_token_ready_t      *ready;
    const ngx_actor_token_alg_t  *alg;

    key->crypto = crypto;

    if (key->pkey) {

        /* RFC 7518, section 3.4: R and S, each as long as the order */

        key->size = EVP_PKEY_is_a(key->pkey, "EC")
                    ? 2 * ((size_t) (EVP_PKEY_get_bits(key->pkey) + 7) / 8)
                    : (size_t) EVP_PKEY_get_size(key->pkey);
    }

    algs = key->algs;

    while ((alg = ngx_actor_token_alg_next(&algs)) != NULL) {

        /* both names of an Edwards curve are the same operation */

        if (ngx_actor_token_sig_ready(key, alg)) {
            continue;
        }

        cln = ngx_pool_cleanup_add(pool, sizeof(ngx_actor_token_ready_t));
        if (cln == NULL) {
            return NGX_ERROR;
        }

        ready = cln->data;
        ngx_memzero(ready, sizeof(ngx_actor_token_ready_t));

        cln->handler = ngx_actor_token_sig_free;

        if (ngx_actor_token_sig_contexts(key, alg, ready) != NGX_OK) {
            ngx_actor_token_openssl_error(NGX_LOG_ALERT, pool->log,
                                          "no context for a key");
            return NGX_ERROR;
        }

        if (alg->hash != NGX_ACTOR_TOKEN_HASH_NONE) {
            ready->digest = crypto->digest[alg->hash];
            ready->hmac = crypto->hmac[alg->hash];
        }

        ready->next = key->ready;
        key->ready = ready;
    }

    return NGX_OK;
}


static ngx_actor_token_ready_t *
ngx_actor_token_sig_ready(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg)
{
    ngx_actor_token_ready_t  *ready;

    for (ready = key->ready; ready; ready = ready->next) {
        if (ready->scheme == alg->scheme && ready->hash == alg->hash) {
            return ready;
        }
    }

    return NULL;
}


/* what belongs to this key alone */

static ngx_int_t
ngx_actor_token_sig_contexts(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, ngx_actor_token_ready_t *ready)
{
    ready->scheme = alg->scheme;
    ready->hash = alg->hash;

    switch (alg->scheme) {

    case NGX_ACTOR_TOKEN_SCHEME_PKCS1:
    case NGX_ACTOR_TOKEN_SCHEME_PSS:
    case NGX_ACTOR_TOKEN_SCHEME_ECDSA:
        ready->pkey = ngx_actor_token_sig_pkey_new(key, alg);
        return ready->pkey ? NGX_OK : NGX_ERROR;

    case NGX_ACTOR_TOKEN_SCHEME_EDDSA:
    case NGX_ACTOR_TOKEN_SCHEME_ML_DSA:
        ready->whole = ngx_actor_token_sig_whole_new(key);
        return ready->whole ? NGX_OK : NGX_ERROR;

    default:
        return NGX_OK;
    }
}


static EVP_PKEY_CTX *
ngx_actor_token_sig_pkey_new(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg)
{
    EVP_PKEY_CTX  *ctx;

    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

    if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1) {
        goto failed;
    }

    if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_PSS
        && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) != 1)
    {
        goto failed;
    }

    if (EVP_PKEY_CTX_set_signature_md(ctx, key->crypto->md[alg->hash]) != 1) {
        goto failed;
    }

    /* RFC 7518, section 3.5: the salt is as long as the hash */

    if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_PSS
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) != 1)
    {
        goto failed;
    }

    return ctx;

failed:

    EVP_PKEY_CTX_free(ctx);

    return NULL;
}


/* ML-DSA's context string is empty, as RFC 9964 wants it, unless it is set */

static EVP_MD_CTX *
ngx_actor_token_sig_whole_new(const ngx_actor_token_key_t *key)
{
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();

    if (ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) != 1) {
        EVP_MD_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


static void
ngx_actor_token_sig_free(void *data)
{
    ngx_actor_token_ready_t  *ready = data;

    EVP_PKEY_CTX_free(ready->pkey);
    EVP_MD_CTX_free(ready->whole);
}


ngx_int_t
ngx_actor_token_sig_verify(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature, ngx_log_t *log)
{
    ngx_int_t                       rc;
    const ngx_actor_token_ready_t  *ready;

    ready = ngx_actor_token_sig_ready(key, alg);

    if (ready == NULL || !ngx_actor_token_sig_fits(key, alg, signature)) {
        return NGX_DECLINED;
    }

    rc = ngx_actor_token_sig_run(key, ready, input, signature);

    if (rc == NGX_ERROR) {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, log,
                                      "signature verification failed to run");
    }

    ngx_actor_token_sig_clear();

    return rc;
}


ngx_int_t
ngx_actor_token_sig_verify_in_thread(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *input,
    const ngx_str_t *signature)
{
    ngx_int_t                rc;
    ngx_actor_token_ready_t  ready;

    if (!ngx_actor_token_sig_fits(key, alg, signature)) {
        return NGX_DECLINED;
    }

    ngx_memzero(&ready, sizeof(ngx_actor_token_ready_t));

    rc = ngx_actor_token_sig_contexts(key, alg, &ready);

    if (rc == NGX_OK && alg->hash != NGX_ACTOR_TOKEN_HASH_NONE) {
        ready.digest = ngx_actor_token_digest_new(key->crypto, alg->hash);
        ready.hmac = ngx_actor_token_hmac_new(key->crypto, alg->hash);

        rc = (ready.digest && ready.hmac) ? NGX_OK : NGX_ERROR;
    }

    if (rc == NGX_OK) {
        rc = ngx_actor_token_sig_run(key, &ready, input, signature);
    }

    EVP_MAC_CTX_free(ready.hmac);
    EVP_MD_CTX_free(ready.digest);
    ngx_actor_token_sig_free(&ready);

    ngx_actor_token_sig_clear();

    return rc;
}


static ngx_uint_t
ngx_actor_token_sig_fits(const ngx_actor_token_key_t *key,
    const ngx_actor_token_alg_t *alg, const ngx_str_t *signature)
{
    if ((key->algs & ngx_actor_token_alg_bit(alg)) == 0) {
        return 0;
    }

    return signature->len
           == ((alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC)
               ? ngx_actor_token_hash_size(alg->hash) : key->size);
}


static ngx_int_t
ngx_actor_token_sig_run(const ngx_actor_token_key_t *key,
    const ngx_actor_token_ready_t *ready, const ngx_str_t *input,
    const ngx_str_t *signature)
{
    u_char     der[NGX_ACTOR_TOKEN_ECDSA_DER_MAX];
    ngx_str_t  s;

    switch (ready->scheme) {

    case NGX_ACTOR_TOKEN_SCHEME_PKCS1:
    case NGX_ACTOR_TOKEN_SCHEME_PSS:
        return ngx_actor_token_sig_pkey(ready, input, signature);

    case NGX_ACTOR_TOKEN_SCHEME_ECDSA:
        ngx_actor_token_sig_der(signature, der, &s);
        return ngx_actor_token_sig_pkey(ready, input, &s);

    case NGX_ACTOR_TOKEN_SCHEME_EDDSA:
    case NGX_ACTOR_TOKEN_SCHEME_ML_DSA:
        return ngx_actor_token_sig_whole(ready, input, signature);

    case NGX_ACTOR_TOKEN_SCHEME_HMAC:
        return ngx_actor_token_sig_hmac(ready, &key->secret, input,
                                        signature);

    default:
        return NGX_ERROR;
    }
}


static ngx_int_t
ngx_actor_token_sig_pkey(const ngx_actor_token_ready_t *ready,
    const ngx_str_t *input, const ngx_str_t *signature)
{
    u_char        hash[EVP_MAX_MD_SIZE];
    unsigned int  len;

    if (EVP_DigestInit_ex2(ready->digest, NULL, NULL) != 1
        || EVP_DigestUpdate(ready->digest, input->data, input->len) != 1
        || EVP_DigestFinal_ex(ready->digest, hash, &len) != 1)
    {
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_result(
               EVP_PKEY_verify(ready->pkey, signature->data, signature->len,
                               hash, len));
}


/*
 * R and S as SEQUENCE { INTEGER, INTEGER }, in the only form that DER has
 * for them; "buf" has NGX_ACTOR_TOKEN_ECDSA_DER_MAX bytes.  That each is
 * between 1 and the order - 1 is OpenSSL's to check.
 */

static void
ngx_actor_token_sig_der(const ngx_str_t *signature, u_char *buf,
    ngx_str_t *der)
{
    size_t   half, len;
    u_char  *p, *start;

    half = signature->len / 2;

    /* room for the longest head, which is written last */

    start = buf + 3;

    p = ngx_actor_token_sig_der_integer(start, signature->data, half);
    p = ngx_actor_token_sig_der_integer(p, signature->data + half, half);

    len = p - start;

    *--start = (u_char) len;

    if (len >= 0x80) {
        *--start = 0x81;
    }

    *--start = 0x30;

    der->data = start;
    der->len = p - start;
}


static u_char *
ngx_actor_token_sig_der_integer(u_char *p, const u_char *n, size_t len)
{
    ngx_uint_t  sign;

    while (len > 1 && *n == 0) {
        n++;
        len--;
    }

    sign = *n >> 7;

    *p++ = 0x02;
    *p++ = (u_char) (len + sign);

    if (sign) {
        *p++ = 0;
    }

    return ngx_cpymem(p, n, len);
}


/*
 * The message is not hashed before.  Without a key the context starts anew
 * with the one it has, which is the only one that it has ever had; with
 * another it would keep this one too.
 */

static ngx_int_t
ngx_actor_token_sig_whole(const ngx_actor_token_ready_t *ready,
    const ngx_str_t *input, const ngx_str_t *signature)
{
    if (EVP_DigestVerifyInit(ready->whole, NULL, NULL, NULL, NULL) != 1) {
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_result(
               EVP_DigestVerify(ready->whole, signature->data,
                                signature->len, input->data, input->len));
}


/* without a key OpenSSL 3.0.2 and older would not start anew */

static ngx_int_t
ngx_actor_token_sig_hmac(const ngx_actor_token_ready_t *ready,
    const ngx_str_t *secret, const ngx_str_t *input,
    const ngx_str_t *signature)
{
    size_t  len;
    u_char  mac[EVP_MAX_MD_SIZE];

    if (EVP_MAC_init(ready->hmac, secret->data, secret->len, NULL) != 1
        || EVP_MAC_update(ready->hmac, input->data, input->len) != 1
        || EVP_MAC_final(ready->hmac, mac, &len, sizeof(mac)) != 1)
    {
        return NGX_ERROR;
    }

    return (signature->len == len
            && CRYPTO_memcmp(signature->data, mac, len) == 0)
           ? NGX_OK : NGX_DECLINED;
}


/*
 * Anything but 1 is no signature of this key's: OpenSSL has 0 for one that
 * does not hold, and a negative value for one that it cannot even read.
 */

static ngx_int_t
ngx_actor_token_sig_result(int rc)
{
    return (rc == 1) ? NGX_OK : ngx_actor_token_openssl_fault();
}


/* to look first costs a tenth */

static void
ngx_actor_token_sig_clear(void)
{
    if (ERR_peek_error()) {
        ERR_clear_error();
    }
}
