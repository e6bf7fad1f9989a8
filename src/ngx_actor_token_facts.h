
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_FACTS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_FACTS_H_INCLUDED_


#include <ngx_actor_token_issuer.h>


/*
 * Digests of what the facts of a token depend on besides the token: so that
 * a fact that was found with one configuration is known under another that
 * would have found the same, and under no other.
 */


/*
 * Gives every issuer its digest, of its block and of the claim paths that the
 * configuration exports, and makes issuers findable by it.  Once, when all is
 * configured.
 */
ngx_int_t ngx_actor_token_facts_init(ngx_actor_token_issuers_t *issuers,
    const ngx_array_t *exports, ngx_pool_t *pool);

/* the issuer of this digest, or NULL */
const ngx_actor_token_issuer_t *ngx_actor_token_facts_issuer(
    const ngx_actor_token_issuers_t *issuers, const u_char *digest);


#endif /* _NGX_ACTOR_TOKEN_FACTS_H_INCLUDED_ */
