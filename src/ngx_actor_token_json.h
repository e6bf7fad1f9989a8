
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_JSON_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_JSON_H_INCLUDED_


#include <ngx_actor_token.h>
#include <jansson.h>


/*
 * JSON as tokens and key sets need it: strict UTF-8, no duplicate members at
 * any depth (RFC 7515, section 4), at most NGX_ACTOR_TOKEN_JSON_DEPTH nested
 * objects and arrays, nothing after the text.  jansson does the parsing.
 */


/*
 * Parses an object.  The tree belongs to the pool and is freed with it.
 * NGX_DECLINED if the text is not such an object: the tree is then NULL, and
 * "fault" a static text that goes on behind the name of what was parsed.
 */
ngx_int_t ngx_actor_token_json_parse(ngx_pool_t *pool, const ngx_str_t *text,
    json_t **root, const char **fault);

/*
 * The value at the end of a path of member names, or NULL.  As in nginx's
 * configuration, a name is a C string: a member name cannot hold a NUL.
 */
json_t *ngx_actor_token_json_path(json_t *root,
    const ngx_actor_token_list_t *path);

/* The bytes stay jansson's.  NGX_DECLINED if the value is no string. */
ngx_int_t ngx_actor_token_json_string(const json_t *value, ngx_str_t *s);

/*
 * A NumericDate (RFC 7519, section 2): seconds, of which there may be a part.
 * NGX_DECLINED if it is no number, or beyond NGX_ACTOR_TOKEN_TIME_MAX.
 */
ngx_int_t ngx_actor_token_json_time(const json_t *value, double *t);

/*
 * A claim as a variable shows it: a string as it is, true as "1", false as
 * "0", null as nothing, a number in decimal, anything else as JSON text.
 */
ngx_int_t ngx_actor_token_json_show(ngx_pool_t *pool, const json_t *value,
    ngx_str_t *s);

/* the longest quoted string that ngx_actor_token_json_quote() writes */
#define NGX_ACTOR_TOKEN_QUOTED_MAX  (256 + 2)

/*
 * Writes s in quotes, valid in JSON and on one line whatever its bytes, and
 * cut, between characters, where it would be longer than 256 bytes.  Control
 * characters become \u00XX, bytes that are not UTF-8 become U+FFFD.
 * "p" must have room for NGX_ACTOR_TOKEN_QUOTED_MAX bytes.
 */
u_char *ngx_actor_token_json_quote(u_char *p, const ngx_str_t *s);

/* the same without a limit, in memory of the pool */
ngx_int_t ngx_actor_token_json_quote_all(ngx_pool_t *pool, const ngx_str_t *s,
    ngx_str_t *quoted);


#endif /* _NGX_ACTOR_TOKEN_JSON_H_INCLUDED_ */
