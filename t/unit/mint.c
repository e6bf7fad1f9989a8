
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "mint.h"

#include <stdio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>


#define MINT_CHECK(cond)                                                      \
    if (!(cond)) {                                                            \
        printf("Bail out! %s:%d: %s\n", __FILE__, __LINE__, #cond);           \
        exit(1);                                                              \
    }


static ngx_str_t mint_number(const mint_key_t *key, const char *name,
    size_t size);
static EVP_PKEY *mint_generate(const char *name);
static void mint_free(void *data);
static const EVP_MD *mint_digest(const char *alg);
static size_t mint_size(const mint_key_t *key);


int
mint_has(const char *name)
{
    EVP_SIGNATURE  *signature;

    if (name[0] != 'M') {
        return 1;
    }

    signature = EVP_SIGNATURE_fetch(NULL, name, NULL);
    EVP_SIGNATURE_free(signature);
    ERR_clear_error();

    return signature != NULL;
}


mint_key_t *
mint_key(const char *name)
{
    mint_key_t          *key;
    ngx_pool_cleanup_t  *cln;

    key = ngx_pcalloc(server_arena, sizeof(mint_key_t));
    MINT_CHECK(key != NULL);

    if (strcmp(name, "RSA") == 0) {
        key->kty = "RSA";
        key->pkey = EVP_RSA_gen(2048);

    } else if (strcmp(name, "RSA1024") == 0) {
        key->kty = "RSA";
        key->pkey = EVP_RSA_gen(1024);

    } else if (strcmp(name, "oct") == 0) {
        key->kty = "oct";
        key->secret = STR("0123456789abcdef0123456789abcdef"
                          "0123456789abcdef0123456789abcdef");
        return key;

    } else if (name[0] == 'E') {
        key->kty = "OKP";
        key->crv = name;
        key->pkey = EVP_PKEY_Q_keygen(NULL, NULL, strcmp(name, "Ed448")
                                                  ? "ED25519" : "ED448");

    } else if (name[0] == 'M') {
        key->kty = "AKP";
        key->crv = name;
        key->pkey = mint_generate(name);

    } else {
        key->kty = "EC";
        key->crv = name;
        key->pkey = EVP_EC_gen(name);
    }

    MINT_CHECK(key->pkey != NULL);

    cln = ngx_pool_cleanup_add(server_arena, 0);
    MINT_CHECK(cln != NULL);

    cln->handler = mint_free;
    cln->data = key->pkey;

    return key;
}


static EVP_PKEY *
mint_generate(const char *name)
{
    EVP_PKEY      *pkey;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
    MINT_CHECK(ctx && EVP_PKEY_keygen_init(ctx) == 1
               && EVP_PKEY_generate(ctx, &pkey) == 1);

    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


static void
mint_free(void *data)
{
    EVP_PKEY_free(data);
}


ngx_str_t
mint_jwk(const mint_key_t *key, const char *members)
{
    size_t      len;
    u_char      raw[2592];
    ngx_str_t   s, x, y;
    const char *comma;

    comma = members[0] ? "," : "";

    if (key->pkey == NULL) {
        s = mint_base64url(&key->secret);

        return mint_print("{\"kty\":\"oct\",\"k\":\"%.*s\"%s%s}", (int) s.len,
                          s.data, comma, members);
    }

    if (strcmp(key->kty, "RSA") == 0) {
        x = mint_number(key, OSSL_PKEY_PARAM_RSA_N, 0);
        y = mint_number(key, OSSL_PKEY_PARAM_RSA_E, 0);

        return mint_print("{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"%s%s}",
                          (int) x.len, x.data, (int) y.len, y.data, comma,
                          members);
    }

    if (strcmp(key->kty, "EC") == 0) {
        x = mint_number(key, OSSL_PKEY_PARAM_EC_PUB_X, mint_size(key));
        y = mint_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, mint_size(key));

        return mint_print("{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%.*s\","
                          "\"y\":\"%.*s\"%s%s}", key->crv, (int) x.len, x.data,
                          (int) y.len, y.data, comma, members);
    }

    len = sizeof(raw);
    MINT_CHECK(EVP_PKEY_get_raw_public_key(key->pkey, raw, &len) == 1);

    s.data = raw;
    s.len = len;
    x = mint_base64url(&s);

    if (strcmp(key->kty, "AKP") == 0) {

        /* "members" may have another "alg" */

        y = strstr(members, "\"alg\"")
            ? STR("") : mint_print(",\"alg\":\"%s\"", key->crv);

        return mint_print("{\"kty\":\"AKP\",\"pub\":\"%.*s\"%.*s%s%s}",
                          (int) x.len, x.data, (int) y.len, y.data, comma,
                          members);
    }

    return mint_print("{\"kty\":\"OKP\",\"crv\":\"%s\",\"x\":\"%.*s\"%s%s}",
                      key->crv, (int) x.len, x.data, comma, members);
}


static ngx_str_t
mint_number(const mint_key_t *key, const char *name, size_t size)
{
    BIGNUM     *bn;
    u_char      raw[1024];
    ngx_str_t   s;

    bn = NULL;
    MINT_CHECK(EVP_PKEY_get_bn_param(key->pkey, name, &bn) == 1);

    s.len = size ? size : (size_t) BN_num_bytes(bn);
    s.data = raw;
    MINT_CHECK(BN_bn2binpad(bn, raw, s.len) >= 0);

    BN_free(bn);

    return mint_base64url(&s);
}


static size_t
mint_size(const mint_key_t *key)
{
    return (EVP_PKEY_get_bits(key->pkey) + 7) / 8;
}


ngx_str_t
mint_set(const ngx_str_t *jwk, ...)
{
    va_list      args;
    ngx_str_t    s;
    const char  *comma;

    comma = "";
    s = mint_print("{\"keys\":[");

    va_start(args, jwk);

    for ( /* void */ ; jwk; jwk = va_arg(args, const ngx_str_t *)) {
        s = mint_print("%.*s%s%.*s", (int) s.len, s.data, comma,
                       (int) jwk->len, jwk->data);
        comma = ",";
    }

    va_end(args);

    return mint_print("%.*s]}", (int) s.len, s.data);
}


ngx_str_t
mint_pem(const mint_key_t *key)
{
    BIO        *bio;
    long        len;
    char       *p;
    ngx_str_t   s;

    bio = BIO_new(BIO_s_mem());
    MINT_CHECK(bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1);

    len = BIO_get_mem_data(bio, &p);
    s = mint_print("%.*s", (int) len, p);

    BIO_free(bio);

    return s;
}


static const EVP_MD *
mint_digest(const char *alg)
{
    if (alg[0] == 'M' || (alg[0] == 'E' && alg[1] == 'd')) {
        return NULL;
    }

    return strstr(alg, "384") ? EVP_sha384()
           : strstr(alg, "512") ? EVP_sha512() : EVP_sha256();
}


ngx_str_t
mint_signature(const mint_key_t *key, const char *alg, const ngx_str_t *input)
{
    size_t          len, half;
    u_char          raw[4627], *out;
    ngx_str_t       s;
    ECDSA_SIG      *sig;
    EVP_MD_CTX     *ctx;
    EVP_PKEY_CTX   *pctx;
    unsigned int    n;
    const u_char   *p;

    out = ngx_pnalloc(server_arena, sizeof(raw));
    MINT_CHECK(out != NULL);

    s.data = out;

    if (key->pkey == NULL) {
        MINT_CHECK(HMAC(mint_digest(alg), key->secret.data,
                        (int) key->secret.len, input->data, input->len, out,
                        &n) != NULL);
        s.len = n;
        return s;
    }

    ctx = EVP_MD_CTX_new();
    MINT_CHECK(ctx && EVP_DigestSignInit(ctx, &pctx, mint_digest(alg), NULL,
                                         key->pkey) == 1);

    if (alg[0] == 'P') {
        MINT_CHECK(EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING)
                   == 1);
        MINT_CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
                                                    RSA_PSS_SALTLEN_DIGEST)
                   == 1);
    }

    len = sizeof(raw);
    MINT_CHECK(EVP_DigestSign(ctx, raw, &len, input->data, input->len) == 1);

    EVP_MD_CTX_free(ctx);

    if (strcmp(key->kty, "EC") != 0) {
        memcpy(out, raw, len);
        s.len = len;
        return s;
    }

    p = raw;
    sig = d2i_ECDSA_SIG(NULL, &p, len);
    half = mint_size(key);

    MINT_CHECK(sig
               && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, half) >= 0
               && BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, half) >= 0);

    ECDSA_SIG_free(sig);
    s.len = 2 * half;

    return s;
}


ngx_str_t
mint_token(const mint_key_t *key, const char *alg, const char *header,
    const char *payload)
{
    ngx_str_t  h, p, s, input;

    s = server_str(header);
    h = mint_base64url(&s);

    s = server_str(payload);
    p = mint_base64url(&s);

    input = mint_print("%.*s.%.*s", (int) h.len, h.data, (int) p.len, p.data);

    s = mint_signature(key, alg, &input);
    s = mint_base64url(&s);

    return mint_print("%.*s.%.*s", (int) input.len, input.data, (int) s.len,
                      s.data);
}


ngx_str_t
mint_base64url(const ngx_str_t *s)
{
    ngx_str_t  src, dst;

    src = *s;

    dst.data = ngx_pnalloc(server_arena, ngx_base64_encoded_length(s->len));
    MINT_CHECK(dst.data != NULL);

    ngx_encode_base64url(&dst, &src);

    return dst;
}


ngx_str_t
mint_print(const char *fmt, ...)
{
    int        n;
    va_list    args;
    ngx_str_t  s;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);

    s.data = ngx_pnalloc(server_arena, n + 1);
    MINT_CHECK(s.data != NULL);

    va_start(args, fmt);
    (void) vsnprintf((char *) s.data, n + 1, fmt, args);
    va_end(args);

    s.len = n;

    return s;
}
