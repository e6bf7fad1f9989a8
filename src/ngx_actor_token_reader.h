
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_READER_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_READER_H_INCLUDED_


#include <ngx_actor_token_claims.h>


/* what the parts of ngx_actor_token_claims_read() work on */

typedef struct {
    ngx_pool_t                       *pool;
    const ngx_str_t                  *typ;       /* of the JOSE header */
    json_t                           *payload;
    const ngx_actor_token_issuer_t   *issuer;
    const ngx_str_t                  *label;     /* of its template */
    const ngx_actor_token_issuers_t  *issuers;
    const ngx_array_t                *exports;
    ngx_str_t                         sub;       /* "sub", or empty */
    ngx_actor_token_claims_t         *claims;
    ngx_actor_token_verdict_t        *verdict;
} ngx_actor_token_reader_t;


/*
 * Reads the actor chain (RFC 8693, section 4.1) or the claim that stands for
 * it, and the actor's tenant.  A fault of "act" is only noted in the claims.
 * NGX_ERROR, or the verdict has it if something is wrong.
 */
ngx_int_t ngx_actor_token_claims_actor(ngx_actor_token_reader_t *rd);


#endif /* _NGX_ACTOR_TOKEN_READER_H_INCLUDED_ */
