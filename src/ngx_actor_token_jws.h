
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_JWS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_JWS_H_INCLUDED_


#include <ngx_actor_token_json.h>


/*
 * A JWS in compact serialization (RFC 7515, section 7.1) taken apart.
 * "input" is a slice of the request's own buffer; the strings of the header
 * are jansson's; what was decoded, and both trees, belong to the pool.
 */

typedef struct {
    ngx_str_t    input;        /* what is signed: "header.payload" */
    ngx_str_t    signature;    /* decoded; empty with alg "none" alone */

    ngx_str_t    alg;
    ngx_str_t    kid;          /* data is NULL where there is none */
    ngx_str_t    typ;          /* likewise */

    json_t      *payload;      /* not to be believed yet */
} ngx_actor_token_jws_t;


/*
 * NGX_DECLINED with "malformed" for anything but three strict base64url
 * segments with a JOSE header and a JSON object in them, with
 * "crit_unsupported" for any extension that must be understood (RFC 7515,
 * section 4.1.11; RFC 7797, section 7).  jwk, jku, x5u and x5c are ignored.
 */
ngx_int_t ngx_actor_token_jws_parse(ngx_pool_t *pool, const ngx_str_t *token,
    ngx_actor_token_jws_t *jws, ngx_actor_token_verdict_t *v);

/* whether it has three segments at all, without a look into them */
ngx_uint_t ngx_actor_token_jws_compact(const ngx_str_t *token);

/*
 * Base64url without padding, white space or non-zero trailing bits
 * (RFC 7515, section 2; RFC 4648, section 3.5).
 */
ngx_int_t ngx_actor_token_base64url(ngx_pool_t *pool, const ngx_str_t *src,
    ngx_str_t *dst);


#endif /* _NGX_ACTOR_TOKEN_JWS_H_INCLUDED_ */
