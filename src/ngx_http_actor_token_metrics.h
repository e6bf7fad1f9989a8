
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_METRICS_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_METRICS_H_INCLUDED_


#include <ngx_http_actor_token_keys.h>


/*
 * Counters of all workers, and those who show them.  They are in shared
 * memory that outlives a reload, belong to the names of issuer blocks, and
 * only grow; each is changed by one atomic operation.  On a machine of 32
 * bits they wrap, which a scraper takes for a restart.
 *
 * Without any actor_token_metrics there is no such memory, and whatever
 * counts does nothing.
 */


#define NGX_HTTP_ACTOR_TOKEN_ALGS      32     /* ngx_actor_token_algs_t */
#define NGX_HTTP_ACTOR_TOKEN_BUCKETS   11     /* and one for all above */

/* an hour of decisions, for the page */
#define NGX_HTTP_ACTOR_TOKEN_PERIODS   120
#define NGX_HTTP_ACTOR_TOKEN_PERIOD    30     /* seconds */


/* what is counted for an issuer block */

typedef struct {
    ngx_atomic_t                      passed;
    ngx_atomic_t                      rejected[NGX_ACTOR_TOKEN_REASON_MAX];
    ngx_atomic_t                      dry_run[NGX_ACTOR_TOKEN_REASON_MAX];
    ngx_atomic_t                      delegated;
    ngx_atomic_t                      fetches;       /* of keys, that went */
    ngx_atomic_t                      failures;      /* well, and did not */

    /* seconds since the epoch; 0: never */
    ngx_atomic_t                      last_passed;
    ngx_atomic_t                      last_rejected;
    ngx_atomic_t                      last_reason;
    ngx_atomic_t                      last_fetch;
    ngx_atomic_t                      last_failure;
} ngx_http_actor_token_counters_t;


typedef struct {
    ngx_atomic_t                      buckets[NGX_HTTP_ACTOR_TOKEN_BUCKETS
                                              + 1];
    ngx_atomic_t                      sum;           /* nanoseconds */
} ngx_http_actor_token_histogram_t;


typedef struct {
    uint64_t                          ns;
    const char                       *seconds;
} ngx_http_actor_token_bound_t;


/* decisions of a period, by status; "number" counts periods since 1970 */

typedef struct {
    ngx_atomic_t                      number;
    ngx_atomic_t                      passed;
    ngx_atomic_t                      rejected;
    ngx_atomic_t                      dry_run;
} ngx_http_actor_token_period_t;


typedef struct {
    time_t                            since;
    ngx_uint_t                        load;          /* of configurations */

    ngx_http_actor_token_counters_t   unknown;       /* issuer */
    ngx_atomic_t                      hits;
    ngx_atomic_t                      misses;
    ngx_http_actor_token_histogram_t  verified[NGX_HTTP_ACTOR_TOKEN_ALGS];
    ngx_http_actor_token_period_t     periods[NGX_HTTP_ACTOR_TOKEN_PERIODS];
} ngx_http_actor_token_shared_t;


typedef struct ngx_http_actor_token_slot_s  ngx_http_actor_token_slot_t;


/* an issuer block and its counters */

typedef struct {
    const ngx_actor_token_issuer_t   *issuer;
    ngx_http_actor_token_ring_t      *ring;
    ngx_str_t                         name;          /* quoted */
    ngx_http_actor_token_slot_t      *slot;
    ngx_uint_t                        tenure;        /* of this name there */
} ngx_http_actor_token_series_t;


struct ngx_http_actor_token_metrics_s {
    ngx_shm_zone_t                   *zone;
    ngx_array_t                       slots;         /* ngx_shm_zone_t * */

    /* since the configuration is in use, by the index of the block */
    ngx_http_actor_token_shared_t    *shared;
    ngx_http_actor_token_series_t    *series;
    ngx_uint_t                        nseries;

    ngx_str_t                         policy;        /* of the page */
};


/* ngx_http_actor_token_metrics.c */

char *ngx_http_actor_token_set_metrics(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* all is configured; does nothing where nobody asks */
ngx_int_t ngx_http_actor_token_metrics_init(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);


/* ngx_http_actor_token_counters.c */

/* asks for the memory; at the end of the configuration */
ngx_int_t ngx_http_actor_token_metrics_zones(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);

/* finds the counters of each issuer; when nothing can fail any more */
ngx_int_t ngx_http_actor_token_metrics_attach(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);

/* counts the last verdict of a main request; a handler of the log phase */
ngx_int_t ngx_http_actor_token_metrics_log(ngx_http_request_t *r);

/*
 * One verification of a signature, whatever came of it; one question to the
 * cache of tokens; one fetch of keys that has ended.  "metrics" may be NULL.
 */
void ngx_http_actor_token_metrics_verified(
    const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_job_t *job);
void ngx_http_actor_token_metrics_cached(
    const ngx_http_actor_token_metrics_t *metrics, ngx_uint_t hit);
void ngx_http_actor_token_metrics_fetched(
    const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_issuer_t *issuer, ngx_uint_t ok);

/*
 * The counters of the issuer block of this index.  NULL in a worker whose
 * configuration is gone, if they are now those of another name.
 */
ngx_http_actor_token_counters_t *ngx_http_actor_token_metrics_counters(
    const ngx_http_actor_token_metrics_t *metrics, ngx_uint_t i);

/* the upper bounds of a histogram's buckets, but for the last */
extern const ngx_http_actor_token_bound_t
    ngx_http_actor_token_bounds[NGX_HTTP_ACTOR_TOKEN_BUCKETS];


/* ngx_http_actor_token_output.c */

/*
 * A text of any length in the making, as a chain of buffers.  Once memory
 * was short nothing is added any more.
 */

typedef struct {
    ngx_pool_t                       *pool;
    ngx_chain_t                      *chain;
    ngx_chain_t                     **next;
    ngx_buf_t                        *buf;
    off_t                             length;
    unsigned                          failed:1;
} ngx_http_actor_token_output_t;


void ngx_http_actor_token_output_init(ngx_http_actor_token_output_t *out,
    ngx_pool_t *pool);

/* at most NGX_HTTP_ACTOR_TOKEN_PUT_MAX bytes, as ngx_sprintf() writes them */
#define NGX_HTTP_ACTOR_TOKEN_PUT_MAX  512

void ngx_cdecl ngx_http_actor_token_put(ngx_http_actor_token_output_t *out,
    const char *fmt, ...);

/* a string of any length, as it is */
void ngx_http_actor_token_put_str(ngx_http_actor_token_output_t *out,
    const ngx_str_t *s);


/* the formats */

typedef enum {
    NGX_HTTP_ACTOR_TOKEN_TEXT = 0,                   /* the default */
    NGX_HTTP_ACTOR_TOKEN_OPENMETRICS,
    NGX_HTTP_ACTOR_TOKEN_HTML,
    NGX_HTTP_ACTOR_TOKEN_JSON,
    NGX_HTTP_ACTOR_TOKEN_FORMATS
} ngx_http_actor_token_format_e;


/* ngx_http_actor_token_accept.c */

/* what the request asks for by "Accept" (RFC 9110, section 12.5.1) */
ngx_http_actor_token_format_e ngx_http_actor_token_negotiate(
    ngx_http_request_t *r);


/* ngx_http_actor_token_exposition.c */

/* for Prometheus, in text format 0.0.4 or as OpenMetrics 1.0 */
void ngx_http_actor_token_expose(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf, ngx_uint_t openmetrics);


/* ngx_http_actor_token_report.c */

/* for the page and for scripts, as JSON */
void ngx_http_actor_token_report(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf);


/* ngx_http_actor_token_page.c, made by .ci/page from what is in src/page */

extern const ngx_str_t  ngx_http_actor_token_page_head;
extern const ngx_str_t  ngx_http_actor_token_page_style;
extern const ngx_str_t  ngx_http_actor_token_page_body;
extern const ngx_str_t  ngx_http_actor_token_page_script;
extern const ngx_str_t  ngx_http_actor_token_page_tail;


#endif /* _NGX_HTTP_ACTOR_TOKEN_METRICS_H_INCLUDED_ */
