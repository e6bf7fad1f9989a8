
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_ISSUER_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_ISSUER_H_INCLUDED_


#include <ngx_actor_token_jwks.h>


/* a claim that must be present and, if values are named, be one of them */

typedef struct {
    ngx_actor_token_list_t        path;
    ngx_actor_token_list_t        values;
} ngx_actor_token_require_t;


/* how the tenant of an issuer's tokens is known; 0 is no rule, and denies */

typedef enum {
    NGX_ACTOR_TOKEN_TENANT_UNSET = 0,
    NGX_ACTOR_TOKEN_TENANT_SINGLE,
    NGX_ACTOR_TOKEN_TENANT_LABEL,               /* of the issuer's template */
    NGX_ACTOR_TOKEN_TENANT_CLAIM,               /* with a template: both */
    NGX_ACTOR_TOKEN_TENANT_OFF
} ngx_actor_token_tenant_rule_e;


/*
 * A trusted issuer, as its block in the configuration says; const once the
 * configuration has been read.
 */

typedef struct {
    ngx_str_t                       name;
    ngx_uint_t                      index;       /* among all blocks */

    ngx_str_t                       value;       /* of "issuer", as written */
    ngx_actor_token_template_t      issuer;

    ngx_actor_token_algs_t          algs;
    ngx_actor_token_list_t          types;       /* without "application/" */
    unsigned                        untyped:1;   /* JWT or no typ will do */
    unsigned                        no_type:1;   /* no typ will do */

    ngx_actor_token_tenant_rule_e   tenant_rule;
    ngx_str_t                       tenant;
    ngx_actor_token_list_t          tenant_claim;
    ngx_actor_token_list_t          tenants;     /* empty: any */
    ngx_actor_token_table_t         tenant_table;   /* of them, once added */

    ngx_actor_token_list_t          subject_claim;

    ngx_actor_token_list_t          actor_claim; /* empty: none */
    ngx_str_t                       unless_claim;
    ngx_str_t                       unless_value;
    ngx_actor_token_list_t          actor_issuers;
    ngx_actor_token_list_t          actor_tenant_claim;

    ngx_actor_token_list_t          audience;    /* empty: none */
    time_t                          max_lifetime;   /* seconds; 0: off */
    time_t                          leeway;         /* seconds */

    ngx_array_t                     require;  /* ngx_actor_token_require_t */

    /* of what the facts of its tokens depend on: ngx_actor_token_facts.h */
    u_char                          digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
} ngx_actor_token_issuer_t;


/* all issuers of a configuration, found by what tokens have in "iss" */

typedef struct {
    ngx_actor_token_crypto_t       *crypto;      /* for keys of all issuers */
    ngx_array_t                     issuers;  /* ngx_actor_token_issuer_t * */

    ngx_actor_token_table_t         literals;
    ngx_actor_token_table_t         templates;
    ngx_actor_token_table_t         crossings;   /* while they are added */
    size_t                          longest;     /* template, in bytes */

    ngx_rbtree_t                    digests;
    ngx_rbtree_node_t               digests_sentinel;
} ngx_actor_token_issuers_t;


ngx_int_t ngx_actor_token_issuers_init(ngx_actor_token_issuers_t *issuers,
    ngx_pool_t *pool);

/*
 * Makes a complete issuer findable.  Returns NULL if that is done,
 * NGX_ACTOR_TOKEN_ISSUER_ERROR for lack of memory, else the issuer that
 * stands in its way: one with the same literal, or with a template that
 * matches an "iss" which this one matches too.  To be called for each when
 * all are known; "temp" must live until the last of them was added.
 */
#define NGX_ACTOR_TOKEN_ISSUER_ERROR  ((ngx_actor_token_issuer_t *) -1)

ngx_actor_token_issuer_t *ngx_actor_token_issuers_add(
    ngx_actor_token_issuers_t *issuers, ngx_actor_token_issuer_t *issuer,
    ngx_pool_t *pool, ngx_pool_t *temp);

/*
 * The issuer of "iss", a literal before a template, or NULL; the label is a
 * slice of "iss", with data NULL where the issuer is a literal.  The time
 * does not depend on the number of issuers.
 */
const ngx_actor_token_issuer_t *ngx_actor_token_issuers_find(
    const ngx_actor_token_issuers_t *issuers, const ngx_str_t *iss,
    ngx_str_t *label);

/* whether its tokens may speak for this tenant; all may where none is listed */
#define ngx_actor_token_issuer_serves(issuer, tenant)                         \
    ((issuer)->tenants.nelts == 0                                             \
     || ngx_actor_token_table_find(&(issuer)->tenant_table, tenant) != NULL)

/* whether tokens of this issuer may speak for more than one tenant */
#define ngx_actor_token_issuer_shared(issuer)                                 \
    ((issuer)->tenant_rule == NGX_ACTOR_TOKEN_TENANT_LABEL                    \
     || (issuer)->tenant_rule == NGX_ACTOR_TOKEN_TENANT_CLAIM)


#endif /* _NGX_ACTOR_TOKEN_ISSUER_H_INCLUDED_ */
