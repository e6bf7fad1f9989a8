
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_RECORD_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_RECORD_H_INCLUDED_


#include <ngx_actor_token_claims.h>


/*
 * What a token says as flat bytes that hold no pointer, for shared memory.
 * What follows from the issuer's block is not in them, nor is anything of the
 * signature: no record can be turned back into a token.
 */


/*
 * Writes a record of claims that have passed a policy, at "p" if that is not
 * NULL, and returns its length in bytes.  0 is what cannot be remembered: a
 * string or a list of more than 65535 bytes or elements.
 */
size_t ngx_actor_token_record_write(u_char *p,
    const ngx_actor_token_claims_t *claims,
    const ngx_actor_token_issuer_t *issuer, const ngx_str_t *kid,
    ngx_uint_t nexports);

/*
 * Reads a record that was written for this issuer and as many exports.  The
 * strings are slices of the record, lists are allocated from the pool.
 * NGX_DECLINED if it is no such record, NGX_ERROR for lack of memory.
 */
ngx_int_t ngx_actor_token_record_read(ngx_pool_t *pool,
    const ngx_str_t *record, const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_issuers_t *issuers, ngx_uint_t nexports,
    ngx_actor_token_claims_t *claims, ngx_str_t *kid);


#endif /* _NGX_ACTOR_TOKEN_RECORD_H_INCLUDED_ */
