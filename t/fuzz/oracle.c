
/*
 * Copyright (C) The actor-token gateway authors
 */


/*
 * An independent verifier: nothing of nginx or of the module is used here,
 * and of OpenSSL the older interface, which the module does not use.  It is
 * strict where a token or a key could have another form, and naive elsewhere:
 * any key of the set will do that does not say itself that it may not.
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
    size_t           size;      /* of a coordinate or "pub", in bytes */
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
static json_t *oracle_object(const uint8_t *text, size_t len);
static const oracle_alg_t *oracle_alg(json_t *header);
static size_t oracle_member(json_t *jwk, const char *name,
    unsigned char **bytes);
static BIGNUM *oracle_number(json_t *jwk, const char *name, size_t size);
static int oracle_is(json_t *object, const char *name, const char *wanted);
static int oracle_equals(json_t *value, const char *wanted);
static int oracle_may(const oracle_alg_t *alg, json_t *jwk, json_t *header,
    json_t *payload);
static int oracle_verifies(json_t *jwk);
static int oracle_key(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_rsa(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_pss(const oracle_alg_t *alg, RSA *rsa,
    const unsigned char *hash, const oracle_token_t *t);
static int oracle_ec(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_okp(json_t *jwk, const oracle_token_t *t);
static int oracle_akp(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);
static int oracle_whole(const unsigned char *der, size_t len,
    const oracle_token_t *t);
static int oracle_oct(const oracle_alg_t *alg, json_t *jwk,
    const oracle_token_t *t);


static const oracle_alg_t  oracle_algs[] = {
    { "RS256", "RSA", NULL, 0, 0, EVP_sha256 },
    { "RS384", "RSA", NULL, 0, 0, EVP_sha384 },
    { "RS512", "RSA", NULL, 0, 0, EVP_sha512 },
    { "PS256", "RSA", NULL, 0, 0, EVP_sha256 },
    { "PS384", "RSA", NULL, 0, 0, EVP_sha384 },
    { "PS512", "RSA", NULL, 0, 0, EVP_sha512 },
    { "ES256", "EC", "P-256", NID_X9_62_prime256v1, 32, EVP_sha256 },
    { "ES384", "EC", "P-384", NID_secp384r1, 48, EVP_sha384 },
    { "ES512", "EC", "P-521", NID_secp521r1, 66, EVP_sha512 },
    { "ES256K", "EC", "secp256k1", NID_secp256k1, 32, EVP_sha256 },
    { "Ed25519", "OKP", "Ed25519", 0, 0, NULL },
    { "Ed448", "OKP", "Ed448", 0, 0, NULL },
    { "EdDSA", "OKP", NULL, 0, 0, NULL },
    { "ML-DSA-44", "AKP", NULL, 0, 1312, NULL },
    { "ML-DSA-65", "AKP", NULL, 0, 1952, NULL },
    { "ML-DSA-87", "AKP", NULL, 0, 2592, NULL },
    { "HS256", "oct", NULL, 0, 0, EVP_sha256 },
    { "HS384", "oct", NULL, 0, 0, EVP_sha384 },
    { "HS512", "oct", NULL, 0, 0, EVP_sha512 },
    { NULL, NULL, NULL, 0, 0, NULL }
};


int
fuzz_oracle(const uint8_t *token, size_t token_len, const uint8_t *set,
    size_t set_len)
{
    int                  good;
    size_t               i;
    json_t              *header, *payload, *keys, *jwk;
    const uint8_t       *one, *two, *last;
    oracle_token_t       t;
    const oracle_alg_t  *alg;

    last = token + token_len;
    one = memchr(token, '.', token_len);
    two = one ? memchr(one + 1, '.', last - one - 1) : NULL;

    if (two == NULL) {
        return 0;
    }

    header = oracle_object(token, one - token);
    payload = oracle_object(one + 1, two - one - 1);
    keys = json_loadb((const char *) set, set_len, JSON_ALLOW_NUL, NULL);
    alg = oracle_alg(header);

    t.input = token;
    t.input_len = two - token;
    t.sig_len = oracle_decode((const char *) two + 1, last - two - 1, &t.sig);

    good = 0;

    if (alg && json_object_get(header, "crit") == NULL
        && oracle_is(payload, "iss", "https://a.example"))
    {
        json_array_foreach(json_object_get(keys, "keys"), i, jwk) {
            good = oracle_may(alg, jwk, header, payload)
                   && oracle_key(alg, jwk, &t);

            if (good) {
                break;
            }
        }
    }

    ERR_clear_error();
    free(t.sig);
    json_decref(header);
    json_decref(payload);
    json_decref(keys);

    return good;
}


/* RFC 7515, section 2: no padding; nothing at all is what is not base64url */

static size_t
oracle_decode(const char *text, size_t len, unsigned char **bytes)
{
    size_t          i, n;
    uint32_t        bits;
    const char     *p;
    unsigned int    have;

    static const char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    *bytes = malloc(len + 1);
    if (*bytes == NULL) {
        abort();
    }

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < len; i++) {
        p = memchr(alphabet, text[i], sizeof(alphabet) - 1);

        if (p == NULL) {
            return 0;
        }

        bits = (bits << 6) | (uint32_t) (p - alphabet);
        have += 6;

        if (have >= 8) {
            have -= 8;
            (*bytes)[n++] = (unsigned char) (bits >> have);
        }
    }

    /* what is left are less bits than one character has, and all are zero */

    return (have < 6 && (bits & ((1u << have) - 1)) == 0) ? n : 0;
}


static json_t *
oracle_object(const uint8_t *text, size_t len)
{
    json_t         *object;
    unsigned char  *bytes;

    len = oracle_decode((const char *) text, len, &bytes);
    object = json_loadb((char *) bytes, len,
                        JSON_ALLOW_NUL|JSON_REJECT_DUPLICATES, NULL);
    free(bytes);

    return object;
}


static const oracle_alg_t *
oracle_alg(json_t *header)
{
    const oracle_alg_t  *alg;

    for (alg = oracle_algs; alg->alg; alg++) {
        if (oracle_is(header, "alg", alg->alg)) {
            return alg;
        }
    }

    return NULL;
}


static size_t
oracle_member(json_t *jwk, const char *name, unsigned char **bytes)
{
    json_t  *value;

    value = json_object_get(jwk, name);

    return oracle_decode(json_string_value(value), json_string_length(value),
                         bytes);
}


/* of "size" bytes, unless that is 0 */

static BIGNUM *
oracle_number(json_t *jwk, const char *name, size_t size)
{
    size_t          len;
    BIGNUM         *bn;
    unsigned char  *bytes;

    len = oracle_member(jwk, name, &bytes);
    bn = NULL;

    if (len && (size == 0 || size == len)) {
        bn = BN_bin2bn(bytes, (int) len, NULL);
    }

    free(bytes);

    return bn;
}


static int
oracle_is(json_t *object, const char *name, const char *wanted)
{
    return oracle_equals(json_object_get(object, name), wanted);
}


static int
oracle_equals(json_t *value, const char *wanted)
{
    return json_is_string(value)
           && json_string_length(value) == strlen(wanted)
           && memcmp(json_string_value(value), wanted, strlen(wanted)) == 0;
}


/* RFC 7517, section 4: whether the key says that it is for this token */

static int
oracle_may(const oracle_alg_t *alg, json_t *jwk, json_t *header,
    json_t *payload)
{
    json_t      *kid, *issuer;
    const char  *edwards;

    kid = json_object_get(header, "kid");
    issuer = json_object_get(jwk, "issuer");
    edwards = json_string_value(json_object_get(jwk, "crv"));

    return oracle_is(jwk, "kty", alg->kty)
           && (alg->crv == NULL || oracle_is(jwk, "crv", alg->crv))

           && ((json_object_get(jwk, "alg") == NULL && alg->kty[0] != 'A')
               || oracle_is(jwk, "alg", alg->alg)
               || (alg->kty[0] == 'O' && edwards
                   && (oracle_is(jwk, "alg", "EdDSA")
                       || oracle_is(jwk, "alg", edwards))))

           && (json_object_get(jwk, "use") == NULL
               || oracle_is(jwk, "use", "sig"))
           && oracle_verifies(jwk)
           && json_object_get(jwk, "d") == NULL
           && json_object_get(jwk, "priv") == NULL

           && (kid == NULL || json_object_get(jwk, "kid") == NULL
               || json_equal(kid, json_object_get(jwk, "kid")))

           /* one with a placeholder may stand for any */
           && (issuer == NULL
               || json_equal(issuer, json_object_get(payload, "iss"))
               || (json_string_value(issuer)
                   && strchr(json_string_value(issuer), '{')));
}


static int
oracle_verifies(json_t *jwk)
{
    size_t   i;
    json_t  *ops, *op;

    ops = json_object_get(jwk, "key_ops");

    json_array_foreach(ops, i, op) {
        if (oracle_equals(op, "verify")) {
            return 1;
        }
    }

    return ops == NULL;
}


static int
oracle_key(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    switch (alg->kty[0]) {

    case 'R':
        return oracle_rsa(alg, jwk, t);

    case 'E':
        return oracle_ec(alg, jwk, t);

    case 'O':
        return oracle_okp(jwk, t);

    case 'A':
        return oracle_akp(alg, jwk, t);

    default:
        return oracle_oct(alg, jwk, t);
    }
}


/* RFC 7518, section 3.3: 2048 bits; RFC 8017: as long as the modulus */

static int
oracle_rsa(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good;
    RSA            *rsa;
    BIGNUM         *n, *e;
    unsigned int    len;
    unsigned char   hash[EVP_MAX_MD_SIZE];

    good = 0;
    rsa = RSA_new();
    n = oracle_number(jwk, "n", 0);
    e = oracle_number(jwk, "e", 0);

    if (n == NULL || e == NULL || !BN_is_odd(n) || !BN_is_odd(e)
        || BN_is_one(e) || BN_num_bits(n) < 2048 || BN_num_bits(n) > 8192
        || RSA_set0_key(rsa, n, e, NULL) != 1)
    {
        BN_free(n);
        BN_free(e);
        RSA_free(rsa);
        return 0;
    }

    (void) EVP_Digest(t->input, t->input_len, hash, &len, alg->md(), NULL);

    if (t->sig_len == (size_t) RSA_size(rsa)) {

        if (alg->alg[0] == 'R') {
            good = RSA_verify(EVP_MD_get_type(alg->md()), hash, len, t->sig,
                              (unsigned int) t->sig_len, rsa)
                   == 1;

        } else {
            good = oracle_pss(alg, rsa, hash, t);
        }
    }

    RSA_free(rsa);

    return good;
}


/* RFC 7518, section 3.5: with a salt as long as the hash */

static int
oracle_pss(const oracle_alg_t *alg, RSA *rsa, const unsigned char *hash,
    const oracle_token_t *t)
{
    int            n;
    unsigned char  em[8192 / 8];

    n = RSA_public_decrypt((int) t->sig_len, t->sig, em, rsa, RSA_NO_PADDING);

    return n == RSA_size(rsa)
           && RSA_verify_PKCS1_PSS_mgf1(rsa, hash, alg->md(), alg->md(), em,
                                        EVP_MD_get_size(alg->md()))
              == 1;
}


/* RFC 7518, sections 3.4 and 6.2.1: numbers as long as a coordinate */

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
    x = oracle_number(jwk, "x", alg->size);
    y = oracle_number(jwk, "y", alg->size);
    key = EC_KEY_new_by_curve_name(alg->nid);

    if (x && y && t->sig_len == 2 * alg->size
        && EC_KEY_set_public_key_affine_coordinates(key, x, y) == 1)
    {
        half = (int) alg->size;
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
    int             good;
    size_t          len, prefix;
    unsigned char  *bytes, der[12 + 57];

    static const unsigned char  small[] = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    static const unsigned char  large[] = {
        0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0x00
    };

    len = oracle_member(jwk, "x", &bytes);
    prefix = sizeof(small);
    good = 0;

    if ((oracle_is(jwk, "crv", "Ed25519") && len == 32)
        || (oracle_is(jwk, "crv", "Ed448") && len == 57))
    {
        memcpy(der, len == 32 ? small : large, prefix);
        memcpy(der + prefix, bytes, len);

        good = oracle_whole(der, prefix + len, t);
    }

    free(bytes);

    return good;
}


/* RFC 9881: likewise, with lengths in two bytes */

static int
oracle_akp(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good;
    size_t          len, all;
    unsigned char  *bytes, der[22 + 2592];

    static const unsigned char  prefix[22] = {
        0x30, 0x82, 0x00, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
        0x01, 0x65, 0x03, 0x04, 0x03, 0x00, 0x03, 0x82, 0x00, 0x00, 0x00
    };

    len = oracle_member(jwk, "pub", &bytes);
    good = 0;

    if (len == alg->size) {
        memcpy(der, prefix, sizeof(prefix));
        memcpy(der + sizeof(prefix), bytes, len);

        all = sizeof(prefix) - 4 + len;
        der[2] = (unsigned char) (all >> 8);
        der[3] = (unsigned char) all;
        der[16] = (alg->alg[7] == '4') ? 0x11
                  : (alg->alg[7] == '6') ? 0x12 : 0x13;
        der[19] = (unsigned char) ((len + 1) >> 8);
        der[20] = (unsigned char) (len + 1);

        good = oracle_whole(der, sizeof(prefix) + len, t);
    }

    free(bytes);

    return good;
}


/* by a signature of the message itself */

static int
oracle_whole(const unsigned char *der, size_t len, const oracle_token_t *t)
{
    int          good;
    EVP_PKEY    *pkey;
    EVP_MD_CTX  *ctx;

    pkey = d2i_PUBKEY(NULL, &der, (long) len);
    ctx = EVP_MD_CTX_new();

    good = pkey
           && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1
           && EVP_DigestVerify(ctx, t->sig, t->sig_len, t->input, t->input_len)
              == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);

    return good;
}


/* RFC 7518, section 3.2: a secret at least as long as the hash */

static int
oracle_oct(const oracle_alg_t *alg, json_t *jwk, const oracle_token_t *t)
{
    int             good;
    size_t          len;
    unsigned int    n;
    unsigned char  *secret, mac[EVP_MAX_MD_SIZE];

    len = oracle_member(jwk, "k", &secret);

    good = len >= (size_t) EVP_MD_get_size(alg->md())
           && HMAC(alg->md(), secret, (int) len, t->input, t->input_len, mac,
                   &n)
           && n == t->sig_len
           && memcmp(mac, t->sig, n) == 0;

    free(secret);

    return good;
}
