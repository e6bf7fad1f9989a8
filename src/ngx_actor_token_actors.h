
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


/* what lines differ in, apart from their patterns */

typedef struct {
    const ngx_actor_token_issuer_t  *issuer;     /* NULL: of any block */
    const ngx_str_t                 *iss;        /* NULL: none was named */
} ngx_actor_token_whose_t;


/* the patterns of all lines that do not */

typedef struct ngx_actor_token_names_s  ngx_actor_token_names_t;

struct ngx_actor_token_names_s {
    ngx_actor_token_whose_t          whose;
    ngx_uint_t                       n;          /* exact ones */
    ngx_actor_token_table_t          exact;
    ngx_array_t                      prefixes;   /* ngx_str_t, sorted; none */
                                                 /* begins with another */
    ngx_array_t                      regexes;    /* ngx_actor_token_pattern_t */
    ngx_actor_token_names_t         *next;
};


typedef struct {
    ngx_actor_token_table_t          names;      /* by whose they are */
    ngx_actor_token_names_t         *all;
    ngx_actor_token_table_t          issuers;    /* of iss=, ngx_str_t */
} ngx_actor_token_actors_t;


/* each costs a match of its own, so they must not become many */
#define NGX_ACTOR_TOKEN_MAX_REGEXES  64


/*
 * Compiles "text" as written: exact, "prefix*", "~regex".  Returns NULL, or
 * what is wrong with it.
 */
const char *ngx_actor_token_pattern_compile(ngx_conf_t *cf,
    const ngx_str_t *text, ngx_actor_token_pattern_t *pattern);

/*
 * Makes "actors", which are all zero and so admit nobody, of lines
 * (ngx_actor_token_admit_t) whose issuers have been found.  The lines must
 * outlive them.
 */
ngx_int_t ngx_actor_token_actors_init(ngx_actor_token_actors_t *actors,
    ngx_pool_t *pool, const ngx_array_t *admits);

/*
 * Whether a line admits the current actor of a token of "issuer".  An error
 * of a regex admits nobody.  The time does not depend on the number of lines
 * and of exact names, and on that of prefixes by its logarithm.
 */
ngx_uint_t ngx_actor_token_actor_admitted(
    const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims);


#endif /* _NGX_ACTOR_TOKEN_ACTORS_H_INCLUDED_ */
