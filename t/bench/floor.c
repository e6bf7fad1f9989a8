
/*
 * Copyright (C) The actor-token gateway authors
 */


/*
 * What no module can do without on the first sight of a token: the signature
 * verified with a key that is ready for it, and header and payload parsed
 * once; and what it takes to recognise a token, its SHA-256.
 *
 *     floor FOLDER MS CASE ...       prints nanoseconds of CPU for each
 *     floor FOLDER -COUNT OP CASE    does one of them COUNT times
 *
 * A case is an algorithm, perhaps with a hyphen and more.  FOLDER/CASE.tokens
 * has tokens, one a line, all of which must be good; FOLDER/CASE.key is the
 * public key in PEM, or the secret of HMAC.  Decoding is not counted.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>


#define FLOOR_TOKENS   4096
#define FLOOR_LINE     16384
#define FLOOR_SECRET   256
#define FLOOR_BATCH    16


typedef struct {
    unsigned char  *data;
    size_t          len;
} floor_str_t;


typedef struct {
    floor_str_t     raw;
    floor_str_t     input;
    floor_str_t     header;
    floor_str_t     payload;
    floor_str_t     signature;
} floor_token_t;


typedef struct {
    EVP_PKEY       *pkey;
    EVP_PKEY_CTX   *pkey_ctx;
    EVP_MD         *md;
    EVP_MD_CTX     *md_ctx;
    EVP_MAC_CTX    *mac_ctx;
    EVP_MD         *sha256;
    EVP_MD_CTX     *sha256_ctx;

    floor_token_t   tokens[FLOOR_TOKENS];
    size_t          ntokens;
} floor_case_t;


typedef void (*floor_op_pt)(floor_case_t *c, const floor_token_t *token);


typedef struct {
    const char     *name;
    floor_op_pt     run;
} floor_op_t;


static void floor_measure(floor_case_t *c, const char *name, long ms);
static double floor_now(void);
static void floor_repeat(floor_case_t *c, const char *op, long count);

static void floor_verify(floor_case_t *c, const floor_token_t *token);
static size_t floor_digest(EVP_MD_CTX *ctx, const EVP_MD *md,
    const floor_str_t *input, unsigned char *out);
static void floor_parse(floor_case_t *c, const floor_token_t *token);
static void floor_sha256(floor_case_t *c, const floor_token_t *token);

static floor_case_t *floor_load(const char *folder, const char *name);
static void floor_load_key(floor_case_t *c, const char *name, FILE *fp);
static void floor_load_secret(floor_case_t *c, const char *digest, FILE *fp);
static void floor_load_token(floor_case_t *c, const char *name, char *line);
static void floor_decode(floor_str_t *dst, const char *src, size_t len);
static void floor_der(floor_str_t *signature);
static FILE *floor_open(const char *folder, const char *name,
    const char *suffix);
static void *floor_alloc(size_t size);


#define floor_must(cond)                                                      \
    if (!(cond)) {                                                            \
        fprintf(stderr, "floor: %d: failed: %s\n", __LINE__, #cond);          \
        exit(1);                                                              \
    }


static const floor_op_t  floor_ops[] = {
    { "verify", floor_verify },
    { "parse", floor_parse },
    { "sha256", floor_sha256 },
    { NULL, NULL }
};


int
main(int argc, char **argv)
{
    int   i;
    long  n;

    if (argc < 4 || (n = strtol(argv[2], NULL, 10)) == 0) {
        fprintf(stderr, "usage: floor FOLDER MS CASE ...\n"
                        "       floor FOLDER -COUNT OP CASE\n");
        return 2;
    }

    if (n < 0) {
        floor_must(argc == 5);
        floor_repeat(floor_load(argv[1], argv[4]), argv[3], -n);
        return 0;
    }

    for (i = 3; i < argc; i++) {
        floor_measure(floor_load(argv[1], argv[i]), argv[i], n);
    }

    return 0;
}


static void
floor_measure(floor_case_t *c, const char *name, long ms)
{
    long               n, i;
    size_t             t;
    double             start, spent;
    const floor_op_t  *op;

    for (op = floor_ops; op->name; op++) {

        for (t = 0; t < c->ntokens; t++) {
            op->run(c, &c->tokens[t]);
        }

        n = 0;
        t = 0;
        start = floor_now();

        do {
            for (i = 0; i < FLOOR_BATCH; i++) {
                op->run(c, &c->tokens[t]);
                t = (t + 1) % c->ntokens;
            }

            n += FLOOR_BATCH;
            spent = floor_now() - start;

        } while (spent < ms * 1e6);

        printf("%s %s %.0f\n", name, op->name, spent / n);
    }
}


static double
floor_now(void)
{
    struct timespec  ts;

    floor_must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == 0);

    return ts.tv_sec * 1e9 + ts.tv_nsec;
}


static void
floor_repeat(floor_case_t *c, const char *name, long count)
{
    long               i;
    const floor_op_t  *op;

    for (op = floor_ops; op->name; op++) {
        if (strcmp(op->name, name) == 0) {
            break;
        }
    }

    floor_must(op->name != NULL);

    for (i = 0; i < count; i++) {
        op->run(c, &c->tokens[i % c->ntokens]);
    }
}


static void
floor_verify(floor_case_t *c, const floor_token_t *token)
{
    size_t         len;
    unsigned char  out[EVP_MAX_MD_SIZE];

    if (c->mac_ctx) {
        floor_must(EVP_MAC_init(c->mac_ctx, NULL, 0, NULL) == 1
                   && EVP_MAC_update(c->mac_ctx, token->input.data,
                                     token->input.len) == 1
                   && EVP_MAC_final(c->mac_ctx, out, &len, sizeof(out)) == 1
                   && len == token->signature.len
                   && CRYPTO_memcmp(out, token->signature.data, len) == 0);

    } else if (c->pkey_ctx == NULL) {
        floor_must(EVP_DigestVerify(c->md_ctx, token->signature.data,
                                    token->signature.len, token->input.data,
                                    token->input.len) == 1);

    } else {
        len = floor_digest(c->md_ctx, c->md, &token->input, out);

        floor_must(EVP_PKEY_verify(c->pkey_ctx, token->signature.data,
                                   token->signature.len, out, len) == 1);
    }
}


static size_t
floor_digest(EVP_MD_CTX *ctx, const EVP_MD *md, const floor_str_t *input,
    unsigned char *out)
{
    unsigned int  len;

    floor_must(EVP_DigestInit_ex2(ctx, md, NULL) == 1
               && EVP_DigestUpdate(ctx, input->data, input->len) == 1
               && EVP_DigestFinal_ex(ctx, out, &len) == 1);

    return len;
}


static void
floor_parse(floor_case_t *c, const floor_token_t *token)
{
    json_t        *header, *payload;
    json_error_t   err;

    header = json_loadb((char *) token->header.data, token->header.len,
                        JSON_REJECT_DUPLICATES, &err);
    payload = json_loadb((char *) token->payload.data, token->payload.len,
                         JSON_REJECT_DUPLICATES, &err);

    floor_must(header != NULL && payload != NULL);

    json_decref(payload);
    json_decref(header);
}


static void
floor_sha256(floor_case_t *c, const floor_token_t *token)
{
    unsigned char  out[EVP_MAX_MD_SIZE];

    (void) floor_digest(c->sha256_ctx, c->sha256, &token->raw, out);
}


static floor_case_t *
floor_load(const char *folder, const char *name)
{
    FILE          *fp;
    char           digest[16], line[FLOOR_LINE];
    floor_case_t  *c;

    c = floor_alloc(sizeof(floor_case_t));
    memset(c, 0, sizeof(floor_case_t));

    c->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    c->sha256_ctx = EVP_MD_CTX_new();
    c->md_ctx = EVP_MD_CTX_new();
    floor_must(c->sha256 && c->sha256_ctx && c->md_ctx);

    fp = floor_open(folder, name, "key");

    if (strncmp(name, "HS", 2) == 0) {
        snprintf(digest, sizeof(digest), "SHA%.3s", name + 2);
        floor_load_secret(c, digest, fp);

    } else {
        floor_load_key(c, name, fp);
    }

    fclose(fp);

    fp = floor_open(folder, name, "tokens");

    while (c->ntokens < FLOOR_TOKENS && fgets(line, sizeof(line), fp)) {
        floor_load_token(c, name, line);
    }

    fclose(fp);

    floor_must(c->ntokens != 0);

    return c;
}


static void
floor_load_key(floor_case_t *c, const char *name, FILE *fp)
{
    char  digest[16];

    c->pkey = PEM_read_PUBKEY(fp, NULL, NULL, NULL);
    floor_must(c->pkey != NULL);

    if (strncmp(name, "Ed", 2) == 0) {
        floor_must(EVP_DigestVerifyInit(c->md_ctx, NULL, NULL, NULL, c->pkey)
                   == 1);
        return;
    }

    snprintf(digest, sizeof(digest), "SHA%.3s", name + 2);

    c->md = EVP_MD_fetch(NULL, digest, NULL);
    floor_must(c->md != NULL);

    c->pkey_ctx = EVP_PKEY_CTX_new_from_pkey(NULL, c->pkey, NULL);
    floor_must(c->pkey_ctx != NULL
               && EVP_PKEY_verify_init(c->pkey_ctx) == 1
               && EVP_PKEY_CTX_set_signature_md(c->pkey_ctx, c->md) == 1);

    if (name[0] == 'R' || name[0] == 'P') {
        floor_must(EVP_PKEY_CTX_set_rsa_padding(c->pkey_ctx,
                       name[0] == 'P' ? RSA_PKCS1_PSS_PADDING
                                      : RSA_PKCS1_PADDING) == 1);
    }

    if (name[0] == 'P') {
        floor_must(EVP_PKEY_CTX_set_rsa_pss_saltlen(c->pkey_ctx,
                       RSA_PSS_SALTLEN_DIGEST) == 1);
    }
}


static void
floor_load_secret(floor_case_t *c, const char *digest, FILE *fp)
{
    size_t         len;
    EVP_MAC       *mac;
    OSSL_PARAM     params[2];
    unsigned char  secret[FLOOR_SECRET];

    len = fread(secret, 1, sizeof(secret), fp);

    mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    floor_must(mac != NULL && len != 0);

    c->mac_ctx = EVP_MAC_CTX_new(mac);

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                                 (char *) digest, 0);
    params[1] = OSSL_PARAM_construct_end();

    floor_must(c->mac_ctx != NULL
               && EVP_MAC_init(c->mac_ctx, secret, len, params) == 1);
}


static void
floor_load_token(floor_case_t *c, const char *name, char *line)
{
    char           *dot[2];
    size_t          len;
    floor_token_t  *token;

    len = strcspn(line, "\n");
    line[len] = '\0';

    token = &c->tokens[c->ntokens++];

    token->raw.data = floor_alloc(len);
    token->raw.len = len;
    memcpy(token->raw.data, line, len);

    dot[0] = strchr(line, '.');
    floor_must(dot[0] != NULL);
    dot[1] = strchr(dot[0] + 1, '.');
    floor_must(dot[1] != NULL);

    token->input.data = token->raw.data;
    token->input.len = dot[1] - line;

    floor_decode(&token->header, line, dot[0] - line);
    floor_decode(&token->payload, dot[0] + 1, dot[1] - dot[0] - 1);
    floor_decode(&token->signature, dot[1] + 1, line + len - dot[1] - 1);

    if (strncmp(name, "ES", 2) == 0) {
        floor_der(&token->signature);
    }
}


static void
floor_decode(floor_str_t *dst, const char *src, size_t len)
{
    size_t       i;
    unsigned     bits, value;
    const char  *p;

    static const char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789-_";

    dst->data = floor_alloc(len);
    dst->len = 0;

    bits = 0;
    value = 0;

    for (i = 0; i < len; i++) {
        p = strchr(alphabet, src[i]);
        floor_must(p != NULL && *p != '\0');

        value = (value << 6 | (unsigned) (p - alphabet)) & 0xffff;
        bits += 6;

        if (bits >= 8) {
            bits -= 8;
            dst->data[dst->len++] = (unsigned char) (value >> bits);
        }
    }
}


/* R and S to the form that OpenSSL takes */

static void
floor_der(floor_str_t *signature)
{
    int         n, half;
    BIGNUM     *r, *s;
    ECDSA_SIG  *sig;

    half = (int) signature->len / 2;

    sig = ECDSA_SIG_new();
    r = BN_bin2bn(signature->data, half, NULL);
    s = BN_bin2bn(signature->data + half, half, NULL);

    floor_must(sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1);

    signature->data = NULL;

    n = i2d_ECDSA_SIG(sig, &signature->data);
    floor_must(n > 0);

    signature->len = n;

    ECDSA_SIG_free(sig);
}


static FILE *
floor_open(const char *folder, const char *name, const char *suffix)
{
    FILE  *fp;
    char   path[1024];

    snprintf(path, sizeof(path), "%s/%s.%s", folder, name, suffix);

    fp = fopen(path, "rb");

    if (fp == NULL) {
        perror(path);
        exit(1);
    }

    return fp;
}


static void *
floor_alloc(size_t size)
{
    void  *p;

    p = malloc(size ? size : 1);
    floor_must(p != NULL);

    return p;
}
