
/*
 * Copyright (C) The actor-token gateway authors
 */


/*
 * An independent verifier: nothing of nginx or of the module is used here,
 * and of OpenSSL the older interface, which the module does not use.  It is
 * naive: it looks at the signature alone, and takes any key of the kind that
 * "alg" asks for, whatever its kid or use.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include <string.h>
#include <stdint.h>
#include <stdlib.h>

#include <jansson.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>


typedef struct {
    const char      *alg;
    const char      *kty;
    const char      *crv;
    int              nid;
    const EVP_MD  *(*md)(void);
} oracle_alg_t;


typedef struct {
    const uint8_t   *input;
    size_t           input_len;
    unsigned char   *sig;
    size_t           sig_len;
} oracle_token_t;


int fuzz_oracle(const uint8_t *token, size_t token_len, const uint8_t *set,
    size_t set_len);

static size_t oracle_decode(const char *text, size_t len,
    unsigned char **bytes);
static BIGNUM *oracle_number(json_t *jwk, const char *name);
static int oracle_key(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_rsa(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_ec(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_okp(json_t *jwk, const oracle_token_t *t);
static int oracle_oct(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);


static const oracle_alg_t  oracle_algs[] = {
    { "RS256", "RSA", NULL, 0, EVP_sha256 },
    { "RS384", "RSA", NULL, 0, EVP_sha384 },
    { "RS512", "RSA", NULL, 0, EVP_sha512 },
    { "PS256", "RSA", NULL, 0, EVP_sha256 },
    { "PS384", "RSA", NULL, 0, EVP_sha384 },
    { "PS512", "RSA", NULL, 0, EVP_sha512 },
    { "ES256", "EC", "P-256", NID_X9_62_prime256v1, EVP_sha256 },
    { "ES384", "EC", "P-384", NID_secp384r1, EVP_sha384 },
    { "ES512", "EC", "P-521", NID_secp521r1, EVP_sha512 },
    { "ES256K", "EC", "secp256k1", NID_secp256k1, EVP_sha256 },
    { "Ed25519", "OKP", "Ed25519", 0, NULL },
    { "Ed448", "OKP", "Ed448", 0, NULL },
    { "EdDSA", "OKP", NULL, 0, NULL },
    { "HS256", "oct", NULL, 0, EVP_sha256 },
    { "HS384", "oct", NULL, 0, EVP_sha384 },
    { "HS512", "oct", NULL, 0, EVP_sha512 },
    { NULL, NULL, NULL, 0, NULL }
};


int
fuzz_oracle(const uint8_t *token, size_t token_len, const uint8_t *set,
    size_t set_len)
{
    int                   good;
    size_t                i, len;
    json_t               *header, *keys, *jwk;
    const char           *name;
    const uint8_t        *one, *two, *last;
    unsigned char        *bytes;
    oracle_token_t        t;
    const oracle_alg_t   *alg;

    last = token + token_len;
    one = memchr(token, '.', token_len);
    two = one ? memchr(one + 1, '.', last - one - 1) : NULL;

    if (two == NULL) {
        return 0;
    }

    len = oracle_decode((const char *) token, one - token, &bytes);
    header = json_loadb((char *) bytes, len, JSON_ALLOW_NUL, NULL);
    free(bytes);

    keys = json_loadb((const char *) set, set_len, JSON_ALLOW_NUL, NULL);

    t.input = token;
    t.input_len = two - token;
    t.sig_len = oracle_decode((const char *) two + 1, last - two - 1, &t.sig);

    good = 0;
    name = json_string_value(json_object_get(header, "alg"));

    for (alg = oracle_algs; name && alg->alg; alg++) {
        if (strcmp(alg->alg, name) == 0) {
            break;
        }
    }

    if (name && alg->alg) {
        json_array_foreach(json_object_get(keys, "keys"), i, jwk) {
            good = oracle_key(alg, jwk, &t);

            if (good) {
                break;
            }
        }
    }

    ERR_clear_error();
    free(t.sig);
    json_decref(header);
    json_decref(keys);

    return good;
}


/* without a thought of padding, or of bits that are left over */

static size_t
oracle_decode(const char *text, size_t len, unsigned char **bytes)
{
    size_t          i, n;
    uint32_t        bits;
    unsigned int    have;
    const char     *p;

    static const char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    *bytes = malloc(len + 1);
    if (*bytes == NULL) {
        abort();
    }

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < len && text[i]; i++) {
        p = strchr(alphabet, text[i]);

        if (p == NULL) {
            break;
        }

        bits = (bits << 6) | (uint32_t) (p - alphabet);
        have += 6;

        if (have >= 8) {
            have -= 8;
            (*bytes)[n++] = (unsigned char) (bits >> have);
        }
    }

    return n;
}


static BIGNUM *
oracle_number(json_t *jwk, const char *name)
{
    json_t         *value;
    size_t          len;
    BIGNUM         *bn;
    unsigned char  *bytes;

    value = json_object_get(jwk, name);

    if (!json_is_string(value)) {
        return NULL;
    }

    len = oracle_decode(json_string_value(value), json_string_length(value),
                        &bytes);
    bn = BN_bin2bn(bytes, (int) len, NULL);
    free(bytes);

    return bn;
}


static int
oracle_key(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    const char  *kty, *crv;

    kty = json_string_value(json_object_get(jwk, "kty"));
    crv = json_string_value(json_object_get(jwk, "crv"));

    if (kty == NULL || strcmp(kty, alg->kty) != 0
        || (alg->crv && (crv == NULL || strcmp(crv, alg->crv) != 0)))
    {
        return 0;
    }

    switch (kty[0]) {

    case 'R':
        return oracle_rsa(alg, jwk, t);

    case 'E':
        return oracle_ec(alg, jwk, t);

    case 'O':
        return oracle_okp(jwk, t);

    default:
        return oracle_oct(alg, jwk, t);
    }
}


static int
oracle_rsa(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good, n;
    RSA            *rsa;
    BIGNUM         *bn_n, *bn_e;
    unsigned int    len;
    unsigned char   hash[EVP_MAX_MD_SIZE], em[2048];

    good = 0;
    rsa = RSA_new();
    bn_n = oracle_number(jwk, "n");
    bn_e = oracle_number(jwk, "e");

    if (RSA_set0_key(rsa, bn_n, bn_e, NULL) != 1) {
        BN_free(bn_n);
        BN_free(bn_e);
        RSA_free(rsa);
        return 0;
    }

    (void) EVP_Digest(t->input, t->input_len, hash, &len, alg->md(), NULL);

    if (RSA_size(rsa) <= (int) sizeof(em)) {

        if (alg->alg[0] == 'R') {
            good = RSA_verify(EVP_MD_get_type(alg->md()), hash, len, t->sig,
                              (unsigned int) t->sig_len, rsa)
                   == 1;

        } else {
            n = RSA_public_decrypt((int) t->sig_len, t->sig, em, rsa,
                                   RSA_NO_PADDING);

            good = n == RSA_size(rsa)
                   && RSA_verify_PKCS1_PSS_mgf1(rsa, hash, alg->md(),
                                                alg->md(), em, (int) len)
                      == 1;
        }
    }

    RSA_free(rsa);

    return good;
}


static int
oracle_ec(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good, half;
    BIGNUM         *x, *y, *r, *s;
    EC_KEY         *key;
    ECDSA_SIG      *sig;
    unsigned int    len;
    unsigned char   hash[EVP_MAX_MD_SIZE];

    good = 0;
    x = oracle_number(jwk, "x");
    y = oracle_number(jwk, "y");
    key = EC_KEY_new_by_curve_name(alg->nid);

    if (x && y && EC_KEY_set_public_key_affine_coordinates(key, x, y) == 1
        && t->sig_len % 2 == 0)
    {
        half = (int) (t->sig_len / 2);
        sig = ECDSA_SIG_new();
        r = BN_bin2bn(t->sig, half, NULL);
        s = BN_bin2bn(t->sig + half, half, NULL);
        (void) ECDSA_SIG_set0(sig, r, s);

        (void) EVP_Digest(t->input, t->input_len, hash, &len, alg->md(), NULL);

        good = ECDSA_do_verify(hash, (int) len, sig, key) == 1;

        ECDSA_SIG_free(sig);
    }

    EC_KEY_free(key);
    BN_free(x);
    BN_free(y);

    return good;
}


/* RFC 8410, section 4: an Edwards key as DER is its bytes behind a prefix */

static int
oracle_okp(json_t *jwk, const oracle_token_t *t)
{
    int                   good;
    size_t                len, prefix;
    json_t               *x;
    EVP_PKEY             *pkey;
    const char           *crv;
    EVP_MD_CTX           *ctx;
    unsigned char        *bytes, der[12 + 57];
    const unsigned char  *p;

    static const unsigned char  small[] = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    static const unsigned char  large[] = {
        0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0x00
    };

    crv = json_string_value(json_object_get(jwk, "crv"));
    x = json_object_get(jwk, "x");

    if (crv == NULL || !json_is_string(x)) {
        return 0;
    }

    len = oracle_decode(json_string_value(x), json_string_length(x), &bytes);
    prefix = sizeof(small);
    good = 0;

    if ((strcmp(crv, "Ed25519") == 0 && len == 32)
        || (strcmp(crv, "Ed448") == 0 && len == 57))
    {
        memcpy(der, len == 32 ? small : large, prefix);
        memcpy(der + prefix, bytes, len);

        p = der;
        pkey = d2i_PUBKEY(NULL, &p, (long) (prefix + len));
        ctx = EVP_MD_CTX_new();

        good = pkey
               && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1
               && EVP_DigestVerify(ctx, t->sig, t->sig_len, t->input,
                                   t->input_len)
                  == 1;

        EVP_MD_CTX_free(ctx);
        EVP_PKEY_free(pkey);
    }

    free(bytes);

    return good;
}


static int
oracle_oct(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good;
    size_t          len;
    json_t         *k;
    unsigned int    n;
    unsigned char  *secret, mac[EVP_MAX_MD_SIZE];

    k = json_object_get(jwk, "k");

    if (!json_is_string(k)) {
        return 0;
    }

    len = oracle_decode(json_string_value(k), json_string_length(k), &secret);

    good = HMAC(alg->md(), secret, (int) len, t->input, t->input_len, mac, &n)
           && n == t->sig_len
           && memcmp(mac, t->sig, n) == 0;

    free(secret);

    return good;
}
