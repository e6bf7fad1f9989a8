
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>


static void ngx_http_actor_token_report_periods(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_shared_t *shared);
static void ngx_http_actor_token_report_counters(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters);
static void ngx_http_actor_token_report_reasons(
    ngx_http_actor_token_output_t *out, const char *status,
    const ngx_atomic_t *counters);
static void ngx_http_actor_token_report_last(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters);
static void ngx_http_actor_token_report_keys(
    ngx_http_actor_token_output_t *out, ngx_http_actor_token_ring_t *ring);
static void ngx_http_actor_token_report_fetches(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters);
static void ngx_http_actor_token_report_cache(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf);
static void ngx_http_actor_token_report_verifications(
    ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_shared_t *shared);


void
ngx_http_actor_token_report(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                              i;
    ngx_time_t                             *tp;
    const ngx_http_actor_token_metrics_t   *metrics;
    const ngx_http_actor_token_counters_t  *counters;

    metrics = mcf->metrics;
    tp = ngx_timeofday();

    ngx_http_actor_token_put(out, "{\"time\":%T.%03M,\"since\":%T,\n",
                             tp->sec, tp->msec, metrics->shared->since);

    ngx_http_actor_token_report_periods(out, metrics->shared);

    /* what no issuer is known of comes first, without a name */

    ngx_http_actor_token_put(out, "\"issuers\":[\n{\"name\":\"\"");
    ngx_http_actor_token_report_counters(out, &metrics->shared->unknown);
    ngx_http_actor_token_put(out, "}");

    for (i = 0; i < metrics->nseries; i++) {

        counters = ngx_http_actor_token_metrics_counters(metrics, i);

        if (counters == NULL) {
            continue;
        }

        ngx_http_actor_token_put(out, ",\n{\"name\":");
        ngx_http_actor_token_put_str(out, &metrics->series[i].name);
        ngx_http_actor_token_report_counters(out, counters);
        ngx_http_actor_token_report_keys(out, metrics->series[i].ring);
        ngx_http_actor_token_report_fetches(out, counters);
        ngx_http_actor_token_put(out, "}");
    }

    ngx_http_actor_token_put(out, "\n],\n");

    ngx_http_actor_token_report_cache(out, mcf);
    ngx_http_actor_token_report_verifications(out, metrics->shared);

    ngx_http_actor_token_put(out, "}\n");
}


/* from the oldest to the one that has not ended: start, and three counters */

static void
ngx_http_actor_token_report_periods(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_shared_t *shared)
{
    const char                           *comma;
    ngx_atomic_uint_t                     number, now;
    const ngx_http_actor_token_period_t  *period;

    ngx_http_actor_token_put(out, "\"period\":%d,\"periods\":[",
                             NGX_HTTP_ACTOR_TOKEN_PERIOD);

    now = ngx_time() / NGX_HTTP_ACTOR_TOKEN_PERIOD;
    number = now - NGX_HTTP_ACTOR_TOKEN_PERIODS + 1;
    comma = "";

    for ( /* void */ ; number <= now; number++) {

        period = &shared->periods[number % NGX_HTTP_ACTOR_TOKEN_PERIODS];

        if (period->number != number) {
            continue;
        }

        ngx_http_actor_token_put(out, "%s[%uA,%uA,%uA,%uA]", comma,
                                 number * NGX_HTTP_ACTOR_TOKEN_PERIOD,
                                 period->passed, period->rejected,
                                 period->dry_run);
        comma = ",";
    }

    ngx_http_actor_token_put(out, "],\n");
}


static void
ngx_http_actor_token_report_counters(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters)
{
    ngx_http_actor_token_put(out, ",\"passed\":%uA,\"delegated\":%uA",
                             counters->passed, counters->delegated);

    ngx_http_actor_token_report_reasons(out, "rejected", counters->rejected);
    ngx_http_actor_token_report_reasons(out, "rejected_dry_run",
                                        counters->dry_run);
    ngx_http_actor_token_report_last(out, counters);
}


static void
ngx_http_actor_token_report_reasons(ngx_http_actor_token_output_t *out,
    const char *status, const ngx_atomic_t *counters)
{
    ngx_uint_t          i;
    const char         *comma;
    ngx_atomic_uint_t   n;

    ngx_http_actor_token_put(out, ",\"%s\":{", status);

    comma = "";

    for (i = 0; i < NGX_ACTOR_TOKEN_REASON_MAX; i++) {
        n = counters[i];

        if (n) {
            ngx_http_actor_token_put(out, "%s\"%V\":%uA", comma,
                                     &ngx_actor_token_reason(i)->code, n);
            comma = ",";
        }
    }

    ngx_http_actor_token_put(out, "}");
}


static void
ngx_http_actor_token_report_last(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters)
{
    if (counters->last_passed) {
        ngx_http_actor_token_put(out, ",\"last_passed\":%uA",
                                 counters->last_passed);
    }

    if (counters->last_rejected) {
        ngx_http_actor_token_put(out, ",\"last_rejected\":%uA,"
                                      "\"last_reason\":\"%V\"",
                   counters->last_rejected,
                   &ngx_actor_token_reason(counters->last_reason)->code);
    }
}


static void
ngx_http_actor_token_report_keys(ngx_http_actor_token_output_t *out,
    ngx_http_actor_token_ring_t *ring)
{
    ngx_http_actor_token_keys_status_t  status;

    if (ngx_http_actor_token_keys_status(ring, &status) != NGX_OK) {
        return;
    }

    ngx_http_actor_token_put(out, ",\n \"keys\":{\"count\":%ui",
                             status.count);

    if (status.count) {
        ngx_http_actor_token_put(out, ",\"age\":%T", status.age);
    }

    if (status.fetched) {
        ngx_http_actor_token_put(out, ",\"stale_in\":%T", status.stale_in);
    }

    ngx_http_actor_token_put(out, "}");
}


static void
ngx_http_actor_token_report_fetches(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_counters_t *counters)
{
    if (counters->last_fetch == 0) {
        return;
    }

    ngx_http_actor_token_put(out, ",\"fetches\":{\"ok\":%uA,\"failed\":%uA,"
                                  "\"last\":%uA,\"last_ok\":%s}",
                             counters->fetches, counters->failures,
                             counters->last_fetch,
                             (counters->last_failure == counters->last_fetch)
                             ? "false" : "true");
}


static void
ngx_http_actor_token_report_cache(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_actor_token_cache_status_t  status;

    if (mcf->cache == NULL) {
        return;
    }

    ngx_actor_token_cache_status(mcf->cache, &status);

    ngx_http_actor_token_put(out, "\"cache\":{\"hits\":%uA,\"misses\":%uA,"
                                  "\"evictions\":%ui,\"entries\":%ui,"
                                  "\"bytes\":%ui},\n",
                             mcf->metrics->shared->hits,
                             mcf->metrics->shared->misses,
                             status.evictions, status.entries, status.bytes);
}


/* "buckets" has a counter for each bound, and one for what is above all */

static void
ngx_http_actor_token_report_verifications(ngx_http_actor_token_output_t *out,
    const ngx_http_actor_token_shared_t *shared)
{
    uint64_t                                 sum;
    ngx_uint_t                               i, k, count;
    const char                              *comma;
    ngx_actor_token_algs_t                   algs;
    const ngx_actor_token_alg_t             *alg;
    const ngx_http_actor_token_histogram_t  *histogram;

    ngx_http_actor_token_put(out, "\"bounds\":[");

    for (k = 0; k < NGX_HTTP_ACTOR_TOKEN_BUCKETS; k++) {
        ngx_http_actor_token_put(out, k ? ",%s" : "%s",
                                 ngx_http_actor_token_bounds[k].seconds);
    }

    ngx_http_actor_token_put(out, "],\n\"verifications\":[");

    comma = "";
    algs = (ngx_actor_token_algs_t) -1;

    for (i = 0; /* void */ ; i++) {

        alg = ngx_actor_token_alg_next(&algs);
        if (alg == NULL) {
            break;
        }

        histogram = &shared->verified[i];
        count = 0;

        for (k = 0; k <= NGX_HTTP_ACTOR_TOKEN_BUCKETS; k++) {
            count += histogram->buckets[k];
        }

        if (count == 0) {
            continue;
        }

        sum = histogram->sum;

        ngx_http_actor_token_put(out, "%s\n{\"algorithm\":\"%V\","
                                      "\"seconds\":%uL.%09uL,\"buckets\":[",
                                 comma, &alg->name, sum / 1000000000,
                                 sum % 1000000000);

        for (k = 0; k <= NGX_HTTP_ACTOR_TOKEN_BUCKETS; k++) {
            ngx_http_actor_token_put(out, k ? ",%uA" : "%uA",
                                     histogram->buckets[k]);
        }

        ngx_http_actor_token_put(out, "]}");
        comma = ",";
    }

    ngx_http_actor_token_put(out, "]\n");
}
