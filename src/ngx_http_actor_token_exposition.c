
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>


/*
 * Text format 0.0.4 and OpenMetrics 1.0 differ in how a counter is called in
 * front of its samples, in the unit, and in the end.
 */

typedef struct {
    ngx_http_actor_token_output_t         *out;
    const ngx_http_actor_token_metrics_t  *metrics;
    ngx_uint_t                             openmetrics;
} ngx_http_actor_token_exposition_t;


static void ngx_http_actor_token_expose_requests(
    const ngx_http_actor_token_exposition_t *ex);
static void ngx_http_actor_token_expose_reasons(
    const ngx_http_actor_token_exposition_t *ex, const ngx_str_t *issuer,
    const char *status, const ngx_atomic_t *counters);
static void ngx_http_actor_token_expose_delegated(
    const ngx_http_actor_token_exposition_t *ex);
static void ngx_http_actor_token_expose_cache(
    const ngx_http_actor_token_exposition_t *ex,
    const ngx_http_actor_token_main_conf_t *mcf);
static void ngx_http_actor_token_expose_verifications(
    const ngx_http_actor_token_exposition_t *ex);
static void ngx_http_actor_token_expose_histogram(
    const ngx_http_actor_token_exposition_t *ex, const ngx_str_t *name,
    const ngx_http_actor_token_histogram_t *histogram);
static void ngx_http_actor_token_expose_keys(
    const ngx_http_actor_token_exposition_t *ex);
static void ngx_http_actor_token_expose_fetches(
    const ngx_http_actor_token_exposition_t *ex);
static void ngx_http_actor_token_family(
    const ngx_http_actor_token_exposition_t *ex, const char *name,
    const char *type, const char *unit, const char *help);
static void ngx_http_actor_token_sample(
    const ngx_http_actor_token_exposition_t *ex, const char *name,
    const ngx_str_t *issuer, const char *labels, int64_t value);


void
ngx_http_actor_token_expose(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf, ngx_uint_t openmetrics)
{
    ngx_http_actor_token_exposition_t  ex;

    ex.out = out;
    ex.metrics = mcf->metrics;
    ex.openmetrics = openmetrics;

    ngx_http_actor_token_expose_requests(&ex);
    ngx_http_actor_token_expose_delegated(&ex);
    ngx_http_actor_token_expose_cache(&ex, mcf);
    ngx_http_actor_token_expose_verifications(&ex);
    ngx_http_actor_token_expose_keys(&ex);
    ngx_http_actor_token_expose_fetches(&ex);

    if (openmetrics) {
        ngx_http_actor_token_put(out, "# EOF\n");
    }
}


/* what has never happened is left out, but for what each issuer is for */

static void
ngx_http_actor_token_expose_requests(
    const ngx_http_actor_token_exposition_t *ex)
{
    ngx_uint_t                              i;
    const ngx_str_t                        *name;
    static const ngx_str_t                  unknown = ngx_string("\"\"");
    const ngx_http_actor_token_counters_t  *counters;

    ngx_http_actor_token_family(ex, "requests", "counter", NULL,
                                "Requests with a verdict, by the last one.");

    counters = &ex->metrics->shared->unknown;

    ngx_http_actor_token_expose_reasons(ex, &unknown, "rejected",
                                        counters->rejected);
    ngx_http_actor_token_expose_reasons(ex, &unknown, "rejected_dry_run",
                                        counters->dry_run);

    for (i = 0; i < ex->metrics->nseries; i++) {

        name = &ex->metrics->series[i].name;
        counters = ngx_http_actor_token_metrics_counters(ex->metrics, i);

        if (counters == NULL) {
            continue;
        }

        ngx_http_actor_token_sample(ex, "requests_total", name,
                                    ",status=\"passed\",reason=\"ok\"",
                                    counters->passed);
        ngx_http_actor_token_expose_reasons(ex, name, "rejected",
                                            counters->rejected);
        ngx_http_actor_token_expose_reasons(ex, name, "rejected_dry_run",
                                            counters->dry_run);
    }
}


static void
ngx_http_actor_token_expose_reasons(
    const ngx_http_actor_token_exposition_t *ex, const ngx_str_t *issuer,
    const char *status, const ngx_atomic_t *counters)
{
    u_char             labels[128];
    ngx_uint_t         i;
    ngx_atomic_uint_t  n;

    for (i = 0; i < NGX_ACTOR_TOKEN_REASON_MAX; i++) {
        n = counters[i];

        if (n == 0) {
            continue;
        }

        ngx_sprintf(labels, ",status=\"%s\",reason=\"%V\"%Z", status,
                    &ngx_actor_token_reason(i)->code);

        ngx_http_actor_token_sample(ex, "requests_total", issuer,
                                    (char *) labels, n);
    }
}


static void
ngx_http_actor_token_expose_delegated(
    const ngx_http_actor_token_exposition_t *ex)
{
    ngx_uint_t                              i;
    const ngx_http_actor_token_counters_t  *counters;

    ngx_http_actor_token_family(ex, "delegated_requests", "counter", NULL,
                                "Accepted requests with an actor.");

    for (i = 0; i < ex->metrics->nseries; i++) {
        counters = ngx_http_actor_token_metrics_counters(ex->metrics, i);

        if (counters) {
            ngx_http_actor_token_sample(ex, "delegated_requests_total",
                                        &ex->metrics->series[i].name, "",
                                        counters->delegated);
        }
    }
}


static void
ngx_http_actor_token_expose_cache(const ngx_http_actor_token_exposition_t *ex,
    const ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_actor_token_cache_status_t  status;

    if (mcf->cache == NULL) {
        return;
    }

    ngx_actor_token_cache_status(mcf->cache, &status);

    ngx_http_actor_token_family(ex, "cache_requests", "counter", NULL,
                                "Tokens looked for in the cache.");
    ngx_http_actor_token_put(ex->out,
        "actor_token_cache_requests_total{result=\"hit\"} %uA\n"
        "actor_token_cache_requests_total{result=\"miss\"} %uA\n",
        ex->metrics->shared->hits, ex->metrics->shared->misses);

    ngx_http_actor_token_family(ex, "cache_evictions", "counter", NULL,
                                "Tokens forgotten for lack of room.");
    ngx_http_actor_token_put(ex->out,
                             "actor_token_cache_evictions_total %ui\n",
                             status.evictions);

    ngx_http_actor_token_family(ex, "cache_entries", "gauge", NULL,
                                "Tokens in the cache.");
    ngx_http_actor_token_put(ex->out, "actor_token_cache_entries %ui\n",
                             status.entries);

    ngx_http_actor_token_family(ex, "cache_bytes", "gauge", "bytes",
                                "Memory that they take.");
    ngx_http_actor_token_put(ex->out, "actor_token_cache_bytes %ui\n",
                             status.bytes);
}


static void
ngx_http_actor_token_expose_verifications(
    const ngx_http_actor_token_exposition_t *ex)
{
    ngx_uint_t                    i;
    ngx_actor_token_algs_t        algs;
    const ngx_actor_token_alg_t  *alg;

    ngx_http_actor_token_family(ex, "verification_seconds", "histogram",
                                "seconds", "Time to verify a signature.");

    algs = (ngx_actor_token_algs_t) -1;

    for (i = 0; /* void */ ; i++) {
        alg = ngx_actor_token_alg_next(&algs);

        if (alg == NULL) {
            break;
        }

        ngx_http_actor_token_expose_histogram(ex, &alg->name,
                                          &ex->metrics->shared->verified[i]);
    }
}


static void
ngx_http_actor_token_expose_histogram(
    const ngx_http_actor_token_exposition_t *ex, const ngx_str_t *name,
    const ngx_http_actor_token_histogram_t *histogram)
{
    uint64_t    n[NGX_HTTP_ACTOR_TOKEN_BUCKETS + 1], count, sum;
    ngx_uint_t  i;

    /* other workers go on counting */

    sum = histogram->sum;
    count = 0;

    for (i = 0; i <= NGX_HTTP_ACTOR_TOKEN_BUCKETS; i++) {
        count += histogram->buckets[i];
        n[i] = count;
    }

    if (count == 0) {
        return;
    }

    for (i = 0; i <= NGX_HTTP_ACTOR_TOKEN_BUCKETS; i++) {
        ngx_http_actor_token_put(ex->out,
            "actor_token_verification_seconds_bucket"
            "{algorithm=\"%V\",le=\"%s\"} %uL\n", name,
            (i < NGX_HTTP_ACTOR_TOKEN_BUCKETS)
                ? ngx_http_actor_token_bounds[i].seconds : "+Inf",
            n[i]);
    }

    ngx_http_actor_token_put(ex->out,
        "actor_token_verification_seconds_sum{algorithm=\"%V\"} %uL.%09uL\n"
        "actor_token_verification_seconds_count{algorithm=\"%V\"} %uL\n",
        name, sum / 1000000000, sum % 1000000000, name, count);
}


/* what there is to say of each issuer's keys is asked for once */

static void
ngx_http_actor_token_expose_keys(const ngx_http_actor_token_exposition_t *ex)
{
    ngx_uint_t                            i, n;
    ngx_http_actor_token_keys_status_t   *status;
    const ngx_http_actor_token_series_t  *series;

    n = ex->metrics->nseries;
    series = ex->metrics->series;

    status = ngx_pcalloc(ex->out->pool, ngx_max(n, 1)
                                * sizeof(ngx_http_actor_token_keys_status_t));
    if (status == NULL) {
        ex->out->failed = 1;
        return;
    }

    ngx_http_actor_token_family(ex, "keys", "gauge", NULL,
                                "Keys that signatures are verified with.");

    for (i = 0; i < n; i++) {
        if (ngx_http_actor_token_keys_status(series[i].ring, &status[i])
            == NGX_OK)
        {
            ngx_http_actor_token_sample(ex, "keys", &series[i].name, "",
                                        status[i].count);
        }
    }

    ngx_http_actor_token_family(ex, "keys_age_seconds", "gauge", "seconds",
                                "Time since the keys were read or fetched.");

    for (i = 0; i < n; i++) {
        if (status[i].count) {
            ngx_http_actor_token_sample(ex, "keys_age_seconds",
                                        &series[i].name, "", status[i].age);
        }
    }

    ngx_http_actor_token_family(ex, "keys_stale_in_seconds", "gauge",
                                "seconds",
                                "Time until fetched keys are given up.");

    for (i = 0; i < n; i++) {
        if (status[i].fetched) {
            ngx_http_actor_token_sample(ex, "keys_stale_in_seconds",
                                        &series[i].name, "",
                                        status[i].stale_in);
        }
    }
}


/* of issuers whose keys are fetched */

static void
ngx_http_actor_token_expose_fetches(
    const ngx_http_actor_token_exposition_t *ex)
{
    ngx_uint_t                              i;
    const ngx_str_t                        *name;
    const ngx_http_actor_token_counters_t  *counters;

    ngx_http_actor_token_family(ex, "key_fetches", "counter", NULL,
                                "Fetches of keys that have ended.");

    for (i = 0; i < ex->metrics->nseries; i++) {

        name = &ex->metrics->series[i].name;
        counters = ngx_http_actor_token_metrics_counters(ex->metrics, i);

        if (counters == NULL
            || (counters->fetches == 0 && counters->failures == 0))
        {
            continue;
        }

        ngx_http_actor_token_sample(ex, "key_fetches_total", name,
                                    ",result=\"ok\"", counters->fetches);
        ngx_http_actor_token_sample(ex, "key_fetches_total", name,
                                    ",result=\"failed\"", counters->failures);
    }
}


static void
ngx_http_actor_token_family(const ngx_http_actor_token_exposition_t *ex,
    const char *name, const char *type, const char *unit, const char *help)
{
    const char  *suffix;

    suffix = (!ex->openmetrics && ngx_strcmp(type, "counter") == 0)
             ? "_total" : "";

    ngx_http_actor_token_put(ex->out,
                             "# HELP actor_token_%s%s %s\n"
                             "# TYPE actor_token_%s%s %s\n",
                             name, suffix, help, name, suffix, type);

    if (ex->openmetrics && unit) {
        ngx_http_actor_token_put(ex->out, "# UNIT actor_token_%s %s\n",
                                 name, unit);
    }
}


/* "issuer" is quoted; "labels" are more of them */

static void
ngx_http_actor_token_sample(const ngx_http_actor_token_exposition_t *ex,
    const char *name, const ngx_str_t *issuer, const char *labels,
    int64_t value)
{
    ngx_http_actor_token_put(ex->out, "actor_token_%s{issuer=", name);
    ngx_http_actor_token_put_str(ex->out, issuer);
    ngx_http_actor_token_put(ex->out, "%s} %L\n", labels, value);
}
