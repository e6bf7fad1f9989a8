
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_PLACE_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_PLACE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Where a fetch goes: the one server whose location for a URI is internal.
 * To be asked once the trees of locations exist, in postconfiguration.
 */

typedef struct {
    ngx_http_core_srv_conf_t   *server;
    ngx_http_core_loc_conf_t   *location;
    ngx_str_t                   host;         /* a name of the server */
} ngx_http_actor_token_place_t;


/*
 * Takes a URI as written apart: "{tenant}" in it becomes the tenant, if that
 * is not NULL, and what follows "?" is "args".  NGX_ERROR for lack of memory.
 */
ngx_int_t ngx_http_actor_token_place_uri(ngx_pool_t *pool,
    const ngx_str_t *written, const ngx_str_t *tenant, ngx_str_t *uri,
    ngx_str_t *args);

/*
 * Finds the place for a path, in the first server so named, or, if "name" is
 * empty, in any.  NGX_DECLINED: "error" is a phrase that says why there is
 * none, and what to write.  NGX_ERROR for lack of memory.
 */
ngx_int_t ngx_http_actor_token_place_find(ngx_conf_t *cf,
    const ngx_str_t *uri, const ngx_str_t *name,
    ngx_http_actor_token_place_t *place, ngx_str_t *error);

/*
 * The location that a subrequest for the path runs in, but for rewrites, or
 * NULL: none, or a redirect to the path with a slash at its end.
 */
ngx_http_core_loc_conf_t *ngx_http_actor_token_place_location(
    ngx_http_core_srv_conf_t *cscf, const ngx_str_t *uri);


#endif /* _NGX_HTTP_ACTOR_TOKEN_PLACE_H_INCLUDED_ */
