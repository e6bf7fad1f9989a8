
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_H_INCLUDED_


#include <ngx_actor_token_check.h>
#include <ngx_actor_token_store.h>
#include <ngx_http.h>
#include <ngx_http_actor_token_fetch.h>
#include <ngx_http_actor_token_place.h>
#include <ngx_http_actor_token_proxy.h>


/*
 * The glue between nginx's requests and configuration, and the core.
 */


/* where a directive stands, for messages that come after it was read */

typedef struct {
    ngx_str_t                         file;
    ngx_uint_t                        line;
} ngx_http_actor_token_pos_t;


typedef struct ngx_http_actor_token_metrics_s  ngx_http_actor_token_metrics_t;


typedef struct {
    ngx_actor_token_trusted_t         trusted;
    ngx_actor_token_table_t           issuer_names;

    size_t                            cache_size;    /* 0: off */
    ngx_actor_token_cache_t          *cache;         /* NULL: off */
    size_t                            store_size;
    ngx_actor_token_store_t          *store;

    ngx_int_t                         request_id;    /* variable's index */

    /* indices of $http_... and $cookie_..., whose values nginx keeps */
    ngx_array_t                       header_variables;    /* ngx_uint_t */

    ngx_array_t                       claim_variables;     /* ngx_str_t */

    ngx_http_actor_token_proxies_t    proxies;
    ngx_http_actor_token_metrics_t   *metrics;       /* NULL: nobody asks */
} ngx_http_actor_token_main_conf_t;


typedef struct ngx_http_actor_token_ring_s     ngx_http_actor_token_ring_t;
typedef struct ngx_http_actor_token_remote_s   ngx_http_actor_token_remote_t;
typedef struct ngx_http_actor_token_remotes_s  ngx_http_actor_token_remotes_t;


/* "key_request" and its companions */

typedef struct {
    ngx_str_t                         uri;       /* with its arguments */
    ngx_str_t                         server;    /* len 0: any */
    ngx_http_actor_token_pos_t        pos;
    ngx_http_actor_token_place_t      place;     /* found by these */

    ngx_msec_t                        cache;
    ngx_msec_t                        stale;
    ngx_msec_t                        refetch;
    ngx_msec_t                        timeout;

    unsigned                          tenants:1; /* {tenant} in the URI */
} ngx_http_actor_token_key_request_t;


/*
 * An actor_token_issuer block; "issuer" comes first and is what the core
 * sees.  Its keys, which change while nginx runs, are in the ring.
 */

typedef struct {
    ngx_actor_token_issuer_t            issuer;
    ngx_http_actor_token_pos_t          pos;
    ngx_array_t                         sources;
    ngx_http_actor_token_key_request_t  key_request;
    ngx_http_actor_token_key_request_t *request;     /* NULL: none */
    ngx_http_actor_token_ring_t        *ring;
    unsigned                            tenants_any:1;
} ngx_http_actor_token_issuer_t;


/* where a location finds its token */

typedef enum {
    NGX_HTTP_ACTOR_TOKEN_AUTHORIZATION = 0,
    NGX_HTTP_ACTOR_TOKEN_HEADER,
    NGX_HTTP_ACTOR_TOKEN_COOKIE,
    NGX_HTTP_ACTOR_TOKEN_VARIABLE
} ngx_http_actor_token_source_e;


typedef struct {
    ngx_http_actor_token_source_e     type;
    ngx_str_t                         name;   /* of header, cookie, variable */
    ngx_int_t                         index;  /* of a variable */
} ngx_http_actor_token_source_t;


typedef struct {
    ngx_array_t                       names;         /* ngx_str_t */
    u_char                           *bits;          /* NULL: unresolved */
    ngx_http_actor_token_pos_t        pos;
} ngx_http_actor_token_trust_t;


typedef struct {
    ngx_array_t                       admits;  /* ngx_actor_token_admit_t */
    ngx_array_t                       pos;     /* of each of them */
    ngx_uint_t                        regexes; /* in all of them */
    ngx_actor_token_actors_t          index;   /* once they are resolved */
    unsigned                          resolved:1;
} ngx_http_actor_token_actors_t;


typedef struct {
    ngx_http_complex_value_t          value;
    ngx_uint_t                        status;        /* 401 or 403 */
    ngx_str_t                         text;          /* as written */
} ngx_http_actor_token_require_t;


/*
 * NGX_CONF_UNSET_PTR is "not set", NULL is "off" ("any" for trust and
 * actors).  Request code sees this const.
 */

typedef struct {
    ngx_http_complex_value_t         *realm;
    ngx_http_actor_token_source_t     source;
    ngx_http_actor_token_pos_t        pos;           /* of actor_token */

    ngx_http_actor_token_trust_t     *trust;
    ngx_array_t                      *audience;  /* ngx_http_complex_value_t */
    ngx_http_complex_value_t         *tenant;
    ngx_uint_t                        delegation;
    ngx_http_actor_token_actors_t    *actors;
    ngx_array_t                      *federation;  /* complex values too */
    ngx_uint_t                        max_depth;
    ngx_array_t                      *scope;         /* ngx_str_t */
    ngx_array_t                      *require;
    ngx_flag_t                        dry_run;
    ngx_flag_t                        forward;
    ngx_http_complex_value_t         *resource_metadata;
    ngx_uint_t                        log_level;
    size_t                            max_size;
#if (NGX_THREADS)
    ngx_thread_pool_t                *threads;
#endif

    ngx_actor_token_policy_t          policy;  /* but for the variables */
    unsigned                          own:1;   /* actor_token at this level */
    unsigned                          own_actors:1;
} ngx_http_actor_token_loc_conf_t;


/* a text that is made on demand, once: what failed then fails ever after */

typedef struct {
    ngx_str_t                         value;
    ngx_int_t                         rc;
    ngx_uint_t                        made;
} ngx_http_actor_token_text_t;


/* what a source of tokens had to give when it was first asked */

typedef struct ngx_http_actor_token_seen_s  ngx_http_actor_token_seen_t;

struct ngx_http_actor_token_seen_s {
    const ngx_http_actor_token_source_t  *source;
    ngx_actor_token_reason_e          fault;   /* UNDECIDED: one token */
    const char                       *what;
    ngx_actor_token_t                 token;
    ngx_http_actor_token_text_t       fingerprint;
    ngx_http_actor_token_text_t       chain;
    ngx_http_actor_token_text_t       scope;
    u_char                            depth[NGX_INT64_LEN];
    u_char                            expires[NGX_INT64_LEN];
    ngx_http_actor_token_seen_t      *next;
};


typedef enum {
    NGX_HTTP_ACTOR_TOKEN_NO_VERDICT = 0,
    NGX_HTTP_ACTOR_TOKEN_PASSED,
    NGX_HTTP_ACTOR_TOKEN_REJECTED,
    NGX_HTTP_ACTOR_TOKEN_REJECTED_DRY_RUN
} ngx_http_actor_token_status_e;


/* one evaluation of a location's policy */

typedef struct {
    ngx_http_actor_token_status_e     status;
    ngx_actor_token_verdict_t         verdict;
    ngx_uint_t                        http_status;   /* of a rejection */
    ngx_http_actor_token_seen_t      *seen;
    ngx_str_t                         audience;      /* that was matched */
    ngx_str_t                         uri;           /* that was asked for */
} ngx_http_actor_token_decision_t;


/* of a request, in front of its access phase */

typedef struct {
    const ngx_http_actor_token_loc_conf_t  *conf;
    ngx_int_t                         phase;
    ngx_uint_t                        rewrites;      /* that are left */
    ngx_str_t                         uri;
    ngx_msec_t                        time;
} ngx_http_actor_token_moment_t;


typedef struct {
    ngx_http_actor_token_seen_t      *seen;
    ngx_actor_token_policy_t          policy;        /* last evaluated */

    /* the last verdict of an access phase; goes along with redirects */
    ngx_http_actor_token_decision_t   decision;

    /* whose identity actor_token_require may see while it is evaluated */
    const ngx_http_actor_token_decision_t  *pending;

    /* one before the access phase, and the moment that it is for */
    ngx_http_actor_token_decision_t   early;
    ngx_http_actor_token_moment_t     early_moment;

    /* a line for "set", which asks twice, and the moment that it is for */
    ngx_http_actor_token_text_t       line;
    ngx_http_actor_token_moment_t     line_moment;

    ngx_table_elt_t                  *challenge;
    ngx_uint_t                        challenge_status;

    /* of a request that waits for keys */
    ngx_http_request_t               *request;
    ngx_queue_t                       queue;
    ngx_msec_t                        until;

    ngx_actor_token_t                *verifying; /* in a thread */

    unsigned                          evaluating:1;
    unsigned                          waiting:1; /* for keys, or a thread */
    unsigned                          queued:1;  /* for keys */
    unsigned                          timed:1;   /* "until" is set */
    unsigned                          refetched:1;
    unsigned                          checked:1; /* in this location */
} ngx_http_actor_token_ctx_t;


/* who asks for an evaluation */

typedef struct {
    ngx_http_request_t               *request;
    ngx_http_actor_token_ctx_t       *ctx;
    const ngx_http_actor_token_loc_conf_t  *conf;
    unsigned                          early:1;   /* before the access phase */
    unsigned                          may_wait:1;
} ngx_http_actor_token_asker_t;


/* a parameter whose author expects variables to be evaluated */
#define ngx_http_actor_token_has_variable(s)                                  \
    (ngx_strlchr((s)->data, (s)->data + (s)->len, '$') != NULL)


extern ngx_module_t  ngx_http_actor_token_module;


/* ngx_http_actor_token_module.c */

/* the context of the main request, found again after internal redirects */
ngx_http_actor_token_ctx_t *ngx_http_actor_token_get_ctx(
    ngx_http_request_t *r);

/* the same, made where there is none; NULL for lack of memory */
ngx_http_actor_token_ctx_t *ngx_http_actor_token_make_ctx(
    ngx_http_request_t *r);

/*
 * Evaluates a location's policy for the request, and decides; fails into
 * internal_error.  Not for subrequests.  NGX_OK; or NGX_AGAIN, and no
 * verdict, if that would have to wait.
 */
ngx_int_t ngx_http_actor_token_evaluate(ngx_http_actor_token_asker_t *asker,
    ngx_http_actor_token_decision_t *d);


/* ngx_http_actor_token_conf.c */

void *ngx_http_actor_token_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_actor_token_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);

/* what a level must have where actor_token is on */
char *ngx_http_actor_token_check_level(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);

void ngx_http_actor_token_here(ngx_conf_t *cf,
    ngx_http_actor_token_pos_t *pos);
void ngx_cdecl ngx_http_actor_token_conf_log(ngx_conf_t *cf, ngx_uint_t level,
    const ngx_http_actor_token_pos_t *pos, const char *fmt, ...);

/* neither unset nor "off" */
ngx_uint_t ngx_http_actor_token_is_set(const void *p);


/* ngx_http_actor_token_directives.c */

char *ngx_http_actor_token_set_realm(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_trust(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_values(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_value(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_delegation(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_actors(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_dry_run(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_cache(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_threads(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_actor_token_issuer.c */

char *ngx_http_actor_token_issuer_block(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* adds n values to a list, in memory of the configuration */
ngx_int_t ngx_http_actor_token_append(ngx_conf_t *cf,
    ngx_actor_token_list_t *list, const ngx_str_t *value, ngx_uint_t n);

/* NULL: what is wrong with the algorithm of this name has been logged */
const ngx_actor_token_alg_t *ngx_http_actor_token_alg(ngx_conf_t *cf,
    const char *directive, const ngx_str_t *name);


/* ngx_http_actor_token_issuers.c */

/* what a block must have, and must not; at its end */
char *ngx_http_actor_token_issuer_complete(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block);

/* what all blocks together must not do; after the last of them */
char *ngx_http_actor_token_issuers_finish(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);
ngx_actor_token_issuer_t *ngx_http_actor_token_issuer_find(
    ngx_http_actor_token_main_conf_t *mcf, const ngx_str_t *name);


/* ngx_http_actor_token_keys.c */

char *ngx_http_actor_token_set_jwks(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_actor_token_set_key_request(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
char *ngx_http_actor_token_keys_load(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block);
ngx_int_t ngx_http_actor_token_keys_place(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);
char *ngx_http_actor_token_keys_compare(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);


/* ngx_http_actor_token_value.c */

/*
 * Evaluate what a directive holds.  A location's captures ($1 and so on) are
 * there, and still there afterwards: a map with a regex has others.
 */
ngx_int_t ngx_http_actor_token_value(ngx_http_request_t *r,
    ngx_http_complex_value_t *cv, ngx_str_t *value);
ngx_http_variable_value_t *ngx_http_actor_token_variable(
    ngx_http_request_t *r, ngx_uint_t index);


/* ngx_http_actor_token_source.c */

/* asks a source for the token, or remembers; NULL for lack of memory */
ngx_http_actor_token_seen_t *ngx_http_actor_token_see(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_source_t *source);

/* the fields that a token may be in, named as in $http_NAME */
extern const ngx_str_t  ngx_http_actor_token_authorization;
extern const ngx_str_t  ngx_http_actor_token_cookie;

/* whether this is a field of that name; upstreams get ignored ones too */
ngx_uint_t ngx_http_actor_token_named(const ngx_table_elt_t *h,
    const ngx_str_t *name);

/* whether the value of an Authorization field has the Bearer scheme */
ngx_uint_t ngx_http_actor_token_bearer(const ngx_str_t *value);

/*
 * Finds the next cookie of this name, in any case, wherever $cookie_NAME may
 * find it: at the start or after ";" or ",", with a value that ends at ";".
 * Returns where to go on, or NULL.
 */
u_char *ngx_http_actor_token_next_cookie(u_char *p, u_char *last,
    const ngx_str_t *name, ngx_str_t *cookie, ngx_str_t *value);


/* ngx_http_actor_token_verify.c */

/* what the core's check uses, for this asker */
void ngx_http_actor_token_env(ngx_http_actor_token_asker_t *asker,
    ngx_actor_token_env_t *env);

/*
 * A request waits in its access phase, which is run again when it is woken,
 * or ends as soon as its client is gone.
 */
void ngx_http_actor_token_suspend(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx);
void ngx_http_actor_token_wake(ngx_http_request_t *r);


/* ngx_http_actor_token_headers.c */

/*
 * Takes the token out of the request's headers, for upstreams, subrequests
 * and later locations.  Nothing can be done about a variable.
 */
ngx_int_t ngx_http_actor_token_take_out(ngx_http_request_t *r,
    const ngx_http_actor_token_source_t *source);


/* ngx_http_actor_token_variables.c */

ngx_int_t ngx_http_actor_token_add_variables(ngx_conf_t *cf);

/*
 * The decision whose identity may be shown now, or NULL: one that accepted,
 * or, while actor_token_require is evaluated, one with no other check left.
 * Before the access phase one is made for the moment.
 */
const ngx_http_actor_token_decision_t *ngx_http_actor_token_accepted(
    ngx_http_request_t *r);

void ngx_http_actor_token_show(ngx_http_variable_value_t *v,
    const ngx_str_t *s);

/* "" if no token or more than one was seen */
ngx_int_t ngx_http_actor_token_fingerprint(ngx_http_request_t *r,
    ngx_http_actor_token_seen_t *seen, ngx_str_t *s);


/* ngx_http_actor_token_exports.c */

char *ngx_http_actor_token_claim_set(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_actor_token_claim_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t ngx_http_actor_token_check_variables(ngx_conf_t *cf);
ngx_int_t ngx_http_actor_token_export_variables(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);


/* ngx_http_actor_token_log.c */

void ngx_http_actor_token_log_rejection(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    const ngx_http_actor_token_decision_t *d);
ngx_int_t ngx_http_actor_token_audit(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, ngx_str_t *line);
const ngx_str_t *ngx_http_actor_token_status_name(
    ngx_http_actor_token_status_e status);


/* ngx_http_actor_token_response.c */

/* what the access phase returns; sets the challenge, or removes it */
ngx_int_t ngx_http_actor_token_respond(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx,
    const ngx_http_actor_token_loc_conf_t *conf);

/* and one that can stand in a quoted-string */
ngx_uint_t ngx_http_actor_token_https_url(const ngx_str_t *url);

/* lets the challenge go with no other status than its own */
ngx_int_t ngx_http_actor_token_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_ACTOR_TOKEN_H_INCLUDED_ */
