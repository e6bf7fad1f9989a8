
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_ACTORS_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_ACTORS_H_INCLUDED_


#include <ngx_actor_token_claims.h>


/*
 * The actors that a location admits.  An actor is a pair of an issuer and a
 * subject: the same "sub" of another authority is somebody else.
 */

typedef enum {
    NGX_ACTOR_TOKEN_PATTERN_NONE = 0,            /* matches nothing */
    NGX_ACTOR_TOKEN_PATTERN_EXACT,
    NGX_ACTOR_TOKEN_PATTERN_PREFIX,
    NGX_ACTOR_TOKEN_PATTERN_REGEX
} ngx_actor_token_pattern_e;


typedef struct {
    ngx_actor_token_pattern_e        type;
    ngx_str_t                        text;       /* as compared */
#if (NGX_PCRE)
    ngx_regex_t                     *regex;
#endif
} ngx_actor_token_pattern_t;


/* one line of actor_token_actors */

typedef struct {
    ngx_str_t                        block;      /* of issuer=; len 0: none */
    const ngx_actor_token_issuer_t  *issuer;     /* found by that name */
    ngx_str_t                        iss;        /* of iss=; len 0: none */
    ngx_array_t                      patterns;   /* ngx_actor_token_pattern_t */
} ngx_actor_token_admit_t;


/*
 * Compiles "text" as written: exact, "prefix*", "~regex".  Returns NULL, or
 * what is wrong with it.
 */
const char *ngx_actor_token_pattern_compile(ngx_conf_t *cf,
    const ngx_str_t *text, ngx_actor_token_pattern_t *pattern);

/*
 * Whether a line of "admits" (ngx_actor_token_admit_t) admits the current
 * actor of a token of "issuer".  An error of a regex admits nobody.
 */
ngx_uint_t ngx_actor_token_actor_admitted(const ngx_array_t *admits,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims);


#endif /* _NGX_ACTOR_TOKEN_ACTORS_H_INCLUDED_ */
