
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_PROXY_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_PROXY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Every proxy_pass of a configuration, as it is written: the proxy module
 * tells nobody what it has made of it.
 */

typedef struct {
    ngx_uint_t       index;      /* the proxy module's, in the cycle */
    ngx_module_t    *module;     /* NULL: nginx has been built without it */
    ngx_module_t     watched;    /* stands in for it */
    ngx_command_t   *proxy_pass;
    ngx_command_t   *ssl_verify;
    ngx_array_t      passes;
} ngx_http_actor_token_proxies_t;


/*
 * To be called before the http block is read, and after.  In between
 * ngx_http_actor_token_proxies() must find what was given to the first.
 */
ngx_int_t ngx_http_actor_token_proxies_watch(ngx_conf_t *cf,
    ngx_http_actor_token_proxies_t *proxies);
void ngx_http_actor_token_proxies_unwatch(ngx_conf_t *cf,
    ngx_http_actor_token_proxies_t *proxies);
ngx_http_actor_token_proxies_t *ngx_http_actor_token_proxies(ngx_conf_t *cf);

/*
 * Looks whether a GET in a location goes to a server that is verified, to
 * this machine, or nowhere; "warning" is empty then, and otherwise a phrase
 * that says what is wrong and what to write.  NGX_ERROR for lack of memory.
 */
ngx_int_t ngx_http_actor_token_proxy_check(ngx_conf_t *cf,
    const ngx_http_core_loc_conf_t *clcf, ngx_str_t *warning);


#endif /* _NGX_HTTP_ACTOR_TOKEN_PROXY_H_INCLUDED_ */
