
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <pthread.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>


typedef struct {
    const char             *alg;
    const char             *key;
    mint_key_t             *minted;
    ngx_str_t               signature;
    ngx_actor_token_key_t   loaded;
} signed_t;


typedef struct {
    const signed_t         *sig;
    ngx_str_t               signature;
    const char             *what;
} failing_t;


static void test_algorithms(void);
static void load(signed_t *sig);
static void test_verify(void);
static void test_altered(signed_t *sig);
static void test_wrong_key(void);
static void test_again(void);
static void test_salt(void);
static void test_ecdsa(void);
static void test_order(signed_t *sig);
static void test_der(signed_t *sig);
static void test_thread(void);
static void *in_thread(void *data);
static ngx_int_t verify(const signed_t *sig, const ngx_str_t *signature);
static ngx_int_t failing_verify(ngx_pool_t *pool, void *data);
static ngx_int_t failing_in_thread(ngx_pool_t *pool, void *data);


static signed_t  sigs[] = {
    { "RS256", "RSA" }, { "RS384", "RSA" }, { "RS512", "RSA" },
    { "PS256", "RSA" }, { "PS384", "RSA" }, { "PS512", "RSA" },
    { "ES256", "P-256" }, { "ES384", "P-384" }, { "ES512", "P-521" },
    { "ES256K", "secp256k1" },
    { "Ed25519", "Ed25519" }, { "EdDSA", "Ed25519" },
    { "Ed448", "Ed448" }, { "EdDSA", "Ed448" },
    { "HS256", "oct" }, { "HS384", "oct" }, { "HS512", "oct" },
    { "ML-DSA-44", "ML-DSA-44" }, { "ML-DSA-65", "ML-DSA-65" },
    { "ML-DSA-87", "ML-DSA-87" }
};

#define NSIGS  (sizeof(sigs) / sizeof(sigs[0]))

/* of ML-DSA-87 */
#define LONGEST  4627

/* without those at the end that OpenSSL lacks */
static ngx_uint_t  nsigs = NSIGS;

static ngx_str_t  input = ngx_string("header.payload");


void
unit_tests(void)
{
    ngx_uint_t  i;
    failing_t   failing;
    char        name[64];

    static const unit_known_t  known = {
        NULL, "a verification that could not run is a signature that does "
              "not hold"
    };

    test_algorithms();

    if (!mint_has("ML-DSA-44")) {
        unit_skip("OpenSSL has no ML-DSA");
        nsigs = NSIGS - 3;
    }

    for (i = 0; i < nsigs; i++) {
        load(&sigs[i]);
    }

    test_verify();
    test_wrong_key();
    test_again();
    test_salt();
    test_ecdsa();
    test_thread();

    for (i = 0; i < nsigs; i++) {
        failing.sig = &sigs[i];

        failing.signature = sigs[i].signature;
        sprintf(name, "%s of %s", sigs[i].alg, sigs[i].key);
        unit_failing(name, failing_verify, &failing, NGX_OK,
                     sigs[i].minted->pkey ? &known : NULL);

        sprintf(name, "%s of %s, in a thread", sigs[i].alg, sigs[i].key);
        unit_failing(name, failing_in_thread, &failing, NGX_OK,
                     sigs[i].minted->pkey ? &known : NULL);

        failing.signature.data = ngx_pstrdup(server_arena,
                                             &sigs[i].signature);
        failing.signature.data[failing.signature.len / 2 + 1] ^= 1;
        sprintf(name, "%s of %s, altered", sigs[i].alg, sigs[i].key);
        unit_failing(name, failing_verify, &failing, NGX_DECLINED, NULL);
        unit_failing(name, failing_in_thread, &failing, NGX_DECLINED, NULL);
    }
}


static void
load(signed_t *sig)
{
    ngx_uint_t                     i, symmetric;
    ngx_str_t                      jwk, set;
    ngx_actor_token_jwks_t         keys;
    ngx_actor_token_jwks_error_t   err;

    for (i = 0; i < nsigs && sig->minted == NULL; i++) {
        if (sigs[i].minted && strcmp(sigs[i].key, sig->key) == 0) {
            sig->minted = sigs[i].minted;
        }
    }

    if (sig->minted == NULL) {
        sig->minted = mint_key(sig->key);
    }

    jwk = mint_jwk(sig->minted, "");
    set = mint_set(&jwk, NULL);

    (void) ngx_actor_token_jwks_init(&keys, server_arena, server_crypto, ~0);

    is(ngx_actor_token_jwks_add_set(&keys, &set, &symmetric, &err), NGX_OK,
       "%s: a key of %s", sig->alg, sig->key);

    sig->loaded = ((ngx_actor_token_key_t *) keys.keys.elts)[0];
    sig->signature = mint_signature(sig->minted, sig->alg, &input);
}


static void
test_algorithms(void)
{
    ngx_str_t                s;
    ngx_uint_t               i;
    ngx_actor_token_algs_t   all, bit;

    static const char  *unknown[] = {
        "none", "None", "NONE", "", "rs256", "RS2567", "RS25", "HS1", "RS1",
        "ES256k", "eddsa", "dir", "A128KW", "RS256 ", "ML-DSA", "ml-dsa-44",
        "ML-DSA-444", "MLDSA44", "HashML-DSA-44"
    };

    all = 0;

    for (i = 0; i < NSIGS; i++) {
        s = server_str(sigs[i].alg);

        if (ok(ngx_actor_token_alg_find(&s) != NULL, "alg: %s", sigs[i].alg)) {
            all |= ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&s));
        }
    }

    for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        s = server_str(unknown[i]);
        ok(ngx_actor_token_alg_find(&s) == NULL, "alg: not \"%s\"",
           unknown[i]);
    }

    s = STR("RS256\0");
    ok(ngx_actor_token_alg_find(&s) == NULL, "alg: not with NUL");

    bit = ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_HMAC);
    is(ngx_actor_token_alg_default(), all & ~bit, "alg: all but HMAC");
    is(ngx_actor_token_alg_hmac(64), bit, "alg: HMAC with 64 bytes");
    is(ngx_actor_token_alg_hmac(31), 0, "alg: HMAC with 31 bytes");

    s = STR("HS256");
    is(ngx_actor_token_alg_hmac(32),
       ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&s)),
       "alg: HMAC with 32 bytes");
    is(ngx_actor_token_alg_hmac(47), ngx_actor_token_alg_hmac(32),
       "alg: HMAC with 47 bytes");

    is(ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ED25519)
       & ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ED448),
       ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&STR("EdDSA"))),
       "alg: EdDSA is of both Edwards curves");
    is(ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_65),
       ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&STR("ML-DSA-65"))),
       "alg: a key for ML-DSA is for one of them");

    bit = ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_44)
          | ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_65)
          | ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_87);
    is(server_crypto->algs, mint_has("ML-DSA-44") ? all : all & ~bit,
       "alg: OpenSSL has all but, it may be, ML-DSA");
    ok(strstr(server_crypto->lack, OpenSSL_version(OPENSSL_VERSION_STRING)),
       "alg: the remedy names the version that runs");
    is(ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_RSA)
       & ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_P256), 0,
       "alg: none is of two kinds of keys");
}


/* by both ways, which must agree */

static ngx_int_t
verify(const signed_t *sig, const ngx_str_t *signature)
{
    ngx_int_t                     rc;
    ngx_str_t                     s;
    const ngx_actor_token_alg_t  *alg;

    s = server_str(sig->alg);
    alg = ngx_actor_token_alg_find(&s);

    rc = ngx_actor_token_sig_verify(&sig->loaded, alg, &input, signature,
                                    &server_log);

    return (rc == ngx_actor_token_sig_verify_in_thread(&sig->loaded, alg,
                                                       &input, signature))
           ? rc : UNIT_WRONG;
}


static void
test_verify(void)
{
    ngx_uint_t  i;

    for (i = 0; i < nsigs; i++) {
        is(verify(&sigs[i], &sigs[i].signature), NGX_OK,
           "verify: %s of %s", sigs[i].alg, sigs[i].key);

        test_altered(&sigs[i]);

        is(ERR_peek_error(), 0, "verify: %s leaves no error", sigs[i].alg);
    }

    is(server_lines[NGX_LOG_ALERT], 0, "verify: and alerts nobody");
}


static void
test_altered(signed_t *sig)
{
    u_char        copy[LONGEST + 1];
    size_t        i;
    ngx_str_t     s, kept;
    ngx_uint_t    wrong;

    s.data = copy;
    wrong = 0;

    for (i = 0; i < sig->signature.len; i++) {
        ngx_memcpy(copy, sig->signature.data, sig->signature.len);
        s.len = sig->signature.len;
        copy[i] ^= 1 << (i % 8);
        wrong += (verify(sig, &s) != NGX_DECLINED);
    }

    is(wrong, 0, "verify: %s with a bit altered", sig->alg);

    ngx_memcpy(copy, sig->signature.data, sig->signature.len);
    copy[sig->signature.len] = 0;

    for (wrong = 0, s.len = 0; s.len <= sig->signature.len + 1; s.len++) {
        if (s.len != sig->signature.len) {
            wrong += (verify(sig, &s) != NGX_DECLINED);
        }
    }

    is(wrong, 0, "verify: %s shorter, or longer", sig->alg);

    ngx_memzero(copy, sizeof(copy));
    s.len = sig->signature.len;
    is(verify(sig, &s), NGX_DECLINED, "verify: %s of zeros", sig->alg);

    ngx_memset(copy, 0xff, sizeof(copy));
    is(verify(sig, &s), NGX_DECLINED, "verify: %s of ones", sig->alg);

    kept = input;

    input = STR("header.payloae");
    is(verify(sig, &sig->signature), NGX_DECLINED,
       "verify: %s of another input", sig->alg);

    input = kept;
    input.len--;
    is(verify(sig, &sig->signature), NGX_DECLINED,
       "verify: %s of less input", sig->alg);

    input = kept;
}


/* every algorithm with every key that is not its own */

static void
test_wrong_key(void)
{
    signed_t                    sig;
    ngx_str_t                s;
    ngx_uint_t               i, k, wrong;
    ngx_actor_token_algs_t   bit;

    for (wrong = 0, i = 0; i < nsigs; i++) {
        for (k = 0; k < nsigs; k++) {

            s = server_str(sigs[i].alg);
            bit = ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&s));

            sig = sigs[i];
            sig.loaded = sigs[k].loaded;

            if ((sig.loaded.algs & bit) == 0) {
                wrong += (verify(&sig, &sigs[i].signature) != NGX_DECLINED);
            }
        }
    }

    is(wrong, 0, "verify: no key does what it is not for");

    for (i = 0; i < nsigs; i++) {
        sig = sigs[i];
        sig.loaded.algs = 0;
        is(verify(&sig, &sig.signature), NGX_DECLINED,
           "verify: %s by a key that may not", sig.alg);
    }

    /* the public key as if it were a secret */

    sig = sigs[0];
    sig.minted = ngx_pcalloc(server_arena, sizeof(mint_key_t));
    sig.minted->secret = mint_pem(sigs[0].minted);
    sig.alg = "HS256";
    s = mint_signature(sig.minted, "HS256", &input);
    is(verify(&sig, &s), NGX_DECLINED, "verify: HS256 with a public key");
}


/* contexts are used again, whatever the outcome was */

static void
test_again(void)
{
    signed_t    other;
    ngx_str_t   bad, s;
    ngx_uint_t  i, k, wrong;

    for (i = 0; i < nsigs; i++) {

        bad = sigs[i].signature;
        bad.data = ngx_pstrdup(server_arena, &sigs[i].signature);
        bad.data[bad.len / 2] ^= 1;

        other = sigs[i];
        other.minted = mint_key(sigs[i].key);
        load(&other);

        s = mint_signature(other.minted, other.alg, &input);

        for (wrong = 0, k = 0; k < 8; k++) {
            wrong += (verify(&sigs[i], &sigs[i].signature) != NGX_OK);
            wrong += (verify(&sigs[i], &bad) != NGX_DECLINED);
            wrong += (verify(&other, &s) != NGX_OK);

            /* all secrets of a program are the same */

            if (other.loaded.pkey) {
                wrong += (verify(&other, &sigs[i].signature) != NGX_DECLINED);
                wrong += (verify(&sigs[i], &s) != NGX_DECLINED);
            }
        }

        is(wrong, 0, "again: %s of %s and of another key", sigs[i].alg,
           sigs[i].key);
    }
}


/* RFC 7518, section 3.5: as long as the hash, and no other length */

static void
test_salt(void)
{
    u_char         copy[1024];
    ngx_str_t      s;
    ngx_uint_t     i;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;

    static const int  lengths[] = { 32, 0, 20, 31, 33, 64 };

    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {

        s.data = copy;
        s.len = sizeof(copy);

        ctx = EVP_MD_CTX_new();
        (void) EVP_DigestSignInit(ctx, &pctx, EVP_sha256(), NULL,
                                  sigs[3].minted->pkey);
        (void) EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
        (void) EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, lengths[i]);
        is(EVP_DigestSign(ctx, copy, &s.len, input.data, input.len), 1,
           "salt: %s, of %d bytes", sigs[3].alg, lengths[i]);
        EVP_MD_CTX_free(ctx);

        is(verify(&sigs[3], &s), i ? NGX_DECLINED : NGX_OK,
           "salt: %s, of %d bytes", sigs[3].alg, lengths[i]);
    }
}


static void
test_ecdsa(void)
{
    size_t       half;
    u_char       copy[256], der[256], *p;
    ngx_str_t    s;
    ngx_uint_t   i;
    EVP_MD_CTX  *ctx;

    for (i = 0; i < nsigs; i++) {

        if (strncmp(sigs[i].alg, "ES", 2) != 0) {
            continue;
        }

        half = sigs[i].signature.len / 2;
        p = sigs[i].signature.data;
        s.data = copy;
        s.len = 2 * half;

        ngx_memcpy(copy, p, half);
        ngx_memzero(copy + half, half);
        is(verify(&sigs[i], &s), NGX_DECLINED, "ecdsa: %s, S is 0",
           sigs[i].alg);

        ngx_memzero(copy, half);
        ngx_memcpy(copy + half, p + half, half);
        is(verify(&sigs[i], &s), NGX_DECLINED, "ecdsa: %s, R is 0",
           sigs[i].alg);

        ngx_memcpy(copy, p + half, half);
        ngx_memcpy(copy + half, p, half);
        is(verify(&sigs[i], &s), NGX_DECLINED, "ecdsa: %s, S and R",
           sigs[i].alg);

        s.len = sizeof(der);
        s.data = der;

        ctx = EVP_MD_CTX_new();
        (void) EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
                                  sigs[i].minted->pkey);
        is(EVP_DigestSign(ctx, der, &s.len, input.data, input.len), 1,
           "ecdsa: %s, as DER", sigs[i].alg);
        EVP_MD_CTX_free(ctx);

        is(verify(&sigs[i], &s), NGX_DECLINED, "ecdsa: %s, not as DER",
           sigs[i].alg);

        test_order(&sigs[i]);
        test_der(&sigs[i]);
    }
}


/* the same numbers, modulo the order: of all of them one pair is valid */

static void
test_order(signed_t *sig)
{
    int          half;
    u_char       copy[256];
    BIGNUM      *n, *sum;
    ngx_str_t    s;
    ngx_uint_t   i;

    half = (int) sig->signature.len / 2;
    s.data = copy;
    s.len = 2 * half;

    n = NULL;
    sum = BN_new();
    (void) EVP_PKEY_get_bn_param(sig->minted->pkey, OSSL_PKEY_PARAM_EC_ORDER,
                                 &n);

    for (i = 0; i < 2; i++) {
        ngx_memcpy(copy, sig->signature.data, s.len);
        is(BN_bn2binpad(n, copy + i * half, half), half,
           "order: of %s's curve", sig->alg);
        is(verify(sig, &s), NGX_DECLINED, "order: %s, %s is the order",
           sig->alg, i ? "S" : "R");

        ngx_memcpy(copy, sig->signature.data, s.len);
        (void) BN_bin2bn(copy + i * half, half, sum);
        (void) BN_add(sum, sum, n);

        /* a curve's order fills its bytes, but for that of P-521 */

        if (BN_bn2binpad(sum, copy + i * half, half) == half) {
            is(verify(sig, &s), NGX_DECLINED, "order: %s, added to %s",
               sig->alg, i ? "S" : "R");

        } else {
            ok(strcmp(sig->alg, "ES512") != 0, "order: %s, does not fit",
               sig->alg);
        }
    }

    BN_free(sum);
    BN_free(n);
    ERR_clear_error();
}


/* numbers of every form: with the high bit, with zeros in front of them */

static void
test_der(signed_t *sig)
{
    size_t       half;
    u_char      *p;
    ngx_str_t    s;
    ngx_uint_t   i, wrong, high, zero;

    half = sig->signature.len / 2;
    wrong = 0;
    high = 0;
    zero = 0;

    for (i = 0; i < 20000; i++) {

        s = mint_signature(sig->minted, sig->alg, &input);
        p = s.data;

        high += (p[0] >= 0x80 || p[half] >= 0x80);
        zero += (p[0] == 0 || p[half] == 0);

        if (i < 16 || p[0] == 0 || p[half] == 0) {
            wrong += (verify(sig, &s) != NGX_OK);
        }

        if (i >= 16 && zero >= 4) {
            break;
        }
    }

    is(wrong, 0, "der: %s, of many", sig->alg);
    ok(zero >= 4, "der: %s, some with a zero in front", sig->alg);
    ok(high || strcmp(sig->alg, "ES512") == 0,
       "der: %s, some with the high bit", sig->alg);
}


/* threads with contexts of their own, beside the ones that are ready */

static void
test_thread(void)
{
    ngx_str_t    s;
    pthread_t    thread[2];
    ngx_uint_t   i, k, wrong;
    void        *value;

    for (i = 0; i < 2; i++) {
        if (pthread_create(&thread[i], NULL, in_thread, NULL) != 0) {
            abort();
        }
    }

    wrong = 0;

    for (k = 0; k < 20; k++) {
        for (i = 0; i < nsigs; i++) {
            s = server_str(sigs[i].alg);

            wrong += (ngx_actor_token_sig_verify(&sigs[i].loaded,
                          ngx_actor_token_alg_find(&s), &input,
                          &sigs[i].signature, &server_log)
                      != NGX_OK);
        }
    }

    is(wrong, 0, "thread: the main thread verifies");

    for (i = 0; i < 2; i++) {
        (void) pthread_join(thread[i], &value);
        is((uintptr_t) value, 0, "thread: and so does thread %d", (int) i);
    }
}


static void *
in_thread(void *data)
{
    u_char       copy[LONGEST];
    ngx_str_t    s, bad;
    uintptr_t    wrong;
    ngx_uint_t   i, k;

    const ngx_actor_token_alg_t  *alg;

    wrong = 0;

    for (k = 0; k < 20; k++) {
        for (i = 0; i < nsigs; i++) {
            s = server_str(sigs[i].alg);
            alg = ngx_actor_token_alg_find(&s);

            bad.data = copy;
            bad.len = sigs[i].signature.len;
            ngx_memcpy(copy, sigs[i].signature.data, bad.len);
            copy[bad.len / 2] ^= 1;

            wrong += (ngx_actor_token_sig_verify_in_thread(&sigs[i].loaded,
                          alg, &input, &sigs[i].signature)
                      != NGX_OK);
            wrong += (ngx_actor_token_sig_verify_in_thread(&sigs[i].loaded,
                          alg, &input, &bad)
                      != NGX_DECLINED);
            wrong += (ERR_peek_error() != 0);
        }
    }

    return (void *) wrong;
}


static ngx_int_t
failing_verify(ngx_pool_t *pool, void *data)
{
    ngx_str_t   s;
    failing_t  *failing = data;

    s = server_str(failing->sig->alg);

    return ngx_actor_token_sig_verify(&failing->sig->loaded,
                                      ngx_actor_token_alg_find(&s), &input,
                                      &failing->signature, &server_log);
}


static ngx_int_t
failing_in_thread(ngx_pool_t *pool, void *data)
{
    ngx_str_t   s;
    failing_t  *failing = data;

    s = server_str(failing->sig->alg);

    return ngx_actor_token_sig_verify_in_thread(&failing->sig->loaded,
                                                ngx_actor_token_alg_find(&s),
                                                &input, &failing->signature);
}
