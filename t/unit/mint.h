
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _MINT_H_INCLUDED_
#define _MINT_H_INCLUDED_


#include "server.h"


/*
 * An authority for tests: keys made when the program runs, tokens signed
 * with them.  What these return lives in server_arena; all abort on failure.
 */

typedef struct {
    const char  *kty;
    const char  *crv;
    EVP_PKEY    *pkey;          /* NULL for a secret */
    ngx_str_t    secret;
} mint_key_t;


/* "RSA", "RSA1024", "P-256" and so on, "Ed25519", "Ed448", "ML-DSA-44" and
   so on, "oct" */
mint_key_t *mint_key(const char *name);

/* whether OpenSSL has this kind of key */
int mint_has(const char *name);

/* the JWK with more members: "\"kid\":\"a\"" */
ngx_str_t mint_jwk(const mint_key_t *key, const char *members);

/* a JWK Set of these keys, ended by data NULL */
ngx_str_t mint_set(const ngx_str_t *jwk, ...);

ngx_str_t mint_pem(const mint_key_t *key);

ngx_str_t mint_signature(const mint_key_t *key, const char *alg,
    const ngx_str_t *input);

/* "alg" is of the signature alone; "header" has its own */
ngx_str_t mint_token(const mint_key_t *key, const char *alg,
    const char *header, const char *payload);

ngx_str_t mint_base64url(const ngx_str_t *s);
ngx_str_t mint_print(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));


#endif /* _MINT_H_INCLUDED_ */
