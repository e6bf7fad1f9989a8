
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_EDWARDS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_EDWARDS_H_INCLUDED_


#include <ngx_actor_token_alg.h>


/*
 * NULL, or what is wrong with these bytes of a public key for Ed25519 or
 * Ed448 (RFC 8032), which have the right length: a static text.
 */
const char *ngx_actor_token_edwards_check(ngx_actor_token_key_type_e type,
    const ngx_str_t *x);


#endif /* _NGX_ACTOR_TOKEN_EDWARDS_H_INCLUDED_ */
