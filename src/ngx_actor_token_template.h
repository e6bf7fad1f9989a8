
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_TEMPLATE_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_TEMPLATE_H_INCLUDED_


#include <ngx_actor_token.h>


/*
 * An issuer identifier, literal or with one placeholder for the tenant's
 * label: a whole path segment, or a whole host label that is not among the
 * last two.  Compared byte for byte (RFC 9068, section 4): no URI or case
 * normalisation.
 */

typedef struct {
    ngx_str_t   prefix;          /* the whole of a literal */
    ngx_str_t   suffix;
    unsigned    templated:1;
    unsigned    host:1;          /* the placeholder is a host label */
} ngx_actor_token_template_t;


/*
 * "value" must outlive the template, "placeholder" has its braces.  Returns
 * NULL, or a static text that says what is wrong.
 */
const char *ngx_actor_token_template_parse(ngx_actor_token_template_t *t,
    const ngx_str_t *value, const ngx_str_t *placeholder);

/*
 * Whether "s" is one of the identifiers that the template stands for.  The
 * label is a slice of "s", with data NULL for a literal.
 */
ngx_uint_t ngx_actor_token_template_match(const ngx_actor_token_template_t *t,
    const ngx_str_t *s, ngx_str_t *label);

/* whether this may stand for a placeholder, of the host or of the path */
ngx_uint_t ngx_actor_token_template_label(ngx_uint_t host,
    const ngx_str_t *label);


#endif /* _NGX_ACTOR_TOKEN_TEMPLATE_H_INCLUDED_ */
