
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_JWK_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_JWK_H_INCLUDED_


#include <ngx_actor_token_json.h>
#include <ngx_actor_token_key.h>


/*
 * Fills a zeroed key from a JWK (RFC 7517; RFC 7518, section 6; RFC 8037;
 * RFC 9964).  NGX_DECLINED without a text in "err" is a key to skip: unknown,
 * or not for verifying, or one whose "algs" OpenSSL lacks; with a text it is
 * a key to refuse.  "temp" holds what is not needed afterwards.
 */
ngx_int_t ngx_actor_token_jwk_read(const ngx_actor_token_maker_t *maker,
    json_t *jwk, ngx_actor_token_key_t *key, ngx_pool_t *temp,
    const char **err);


#endif /* _NGX_ACTOR_TOKEN_JWK_H_INCLUDED_ */
