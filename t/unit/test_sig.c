
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <openssl/err.h>


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
static void test_ecdsa(void);
static ngx_int_t verify(const signed_t *sig, const ngx_str_t *signature);
static ngx_int_t failing_verify(ngx_pool_t *pool, void *data);


static signed_t  sigs[] = {
    { "RS256", "RSA" }, { "RS384", "RSA" }, { "RS512", "RSA" },
    { "PS256", "RSA" }, { "PS384", "RSA" }, { "PS512", "RSA" },
    { "ES256", "P-256" }, { "ES384", "P-384" }, { "ES512", "P-521" },
    { "ES256K", "secp256k1" },
    { "Ed25519", "Ed25519" }, { "EdDSA", "Ed25519" },
    { "Ed448", "Ed448" }, { "EdDSA", "Ed448" },
    { "HS256", "oct" }, { "HS384", "oct" }, { "HS512", "oct" }
};

#define NSIGS  (sizeof(sigs) / sizeof(sigs[0]))

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

    for (i = 0; i < NSIGS; i++) {
        load(&sigs[i]);
    }

    test_verify();
    test_wrong_key();
    test_ecdsa();

    for (i = 0; i < NSIGS; i++) {
        failing.sig = &sigs[i];

        failing.signature = sigs[i].signature;
        sprintf(name, "%s of %s", sigs[i].alg, sigs[i].key);
        unit_failing(name, failing_verify, &failing, NGX_OK,
                     sigs[i].minted->pkey ? &known : NULL);

        failing.signature.data = ngx_pstrdup(server_arena,
                                             &sigs[i].signature);
        failing.signature.data[5] ^= 1;
        sprintf(name, "%s of %s, altered", sigs[i].alg, sigs[i].key);
        unit_failing(name, failing_verify, &failing, NGX_DECLINED, NULL);
    }
}


static void
load(signed_t *sig)
{
    ngx_uint_t                     i, symmetric;
    ngx_str_t                      jwk, set;
    ngx_actor_token_jwks_t         keys;
    ngx_actor_token_jwks_error_t   err;

    for (i = 0; &sigs[i] < sig; i++) {
        if (strcmp(sigs[i].key, sig->key) == 0) {
            sig->minted = sigs[i].minted;
        }
    }

    if (sig->minted == NULL) {
        sig->minted = mint_key(sig->key);
    }

    jwk = mint_jwk(sig->minted, "");
    set = mint_set(&jwk, NULL);

    (void) ngx_actor_token_jwks_init(&keys, server_arena, ~0);

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
        "ES256k", "eddsa", "dir", "A128KW", "RS256 "
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
    is(ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_RSA)
       & ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_P256), 0,
       "alg: none is of two kinds of keys");
}


static ngx_int_t
verify(const signed_t *sig, const ngx_str_t *signature)
{
    ngx_str_t  s;

    s = server_str(sig->alg);

    return ngx_actor_token_sig_verify(&sig->loaded,
                                      ngx_actor_token_alg_find(&s), &input,
                                      signature, &server_log);
}


static void
test_verify(void)
{
    ngx_uint_t  i;

    for (i = 0; i < NSIGS; i++) {
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
    u_char        copy[1024];
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

    for (wrong = 0, i = 0; i < NSIGS; i++) {
        for (k = 0; k < NSIGS; k++) {

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

    for (i = 0; i < NSIGS; i++) {
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


static void
test_ecdsa(void)
{
    size_t       half;
    u_char       copy[256], der[256], *p;
    ngx_str_t    s;
    ngx_uint_t   i;
    EVP_MD_CTX  *ctx;

    for (i = 0; i < NSIGS; i++) {

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
    }
}


static ngx_int_t
failing_verify(ngx_pool_t *pool, void *data)
{
    failing_t  *failing = data;

    return verify(failing->sig, &failing->signature);
}
