
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>

#include <openssl/sha.h>


/*
 * One zone for what all issuers share, and as many more as their counters
 * need.  A zone never changes its size, so each reload finds what is there;
 * one that brings more issuers adds a zone, and none is given up.
 */

#define NGX_HTTP_ACTOR_TOKEN_SLOTS  512     /* of a zone */


/*
 * The counters of a name.  What a slot holds stays when a configuration does
 * not name it, until another name has no place else; workers of the last
 * configuration but one tell by "tenure" that they have lost it.
 */

struct ngx_http_actor_token_slot_s {
    u_char                            digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_uint_t                        load;      /* that last named it */
    ngx_uint_t                        tenure;    /* the load of its first */
    ngx_http_actor_token_counters_t   counters;
};


static ngx_uint_t ngx_http_actor_token_old_zones(ngx_conf_t *cf,
    ngx_array_t *zones);
static ngx_int_t ngx_http_actor_token_places(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf, ngx_array_t *old, ngx_uint_t load,
    ngx_uint_t *more);
static ngx_shm_zone_t *ngx_http_actor_token_add_zone(ngx_conf_t *cf,
    ngx_str_t *name, size_t size);
static ngx_int_t ngx_http_actor_token_init_zone(ngx_shm_zone_t *zone,
    void *data);
static ngx_int_t ngx_http_actor_token_slots_index(ngx_array_t *zones,
    ngx_array_t *index);
static int ngx_libc_cdecl ngx_http_actor_token_cmp_slots(const void *one,
    const void *two);
static ngx_http_actor_token_slot_t *ngx_http_actor_token_slots_find(
    const ngx_array_t *index, const u_char *digest);
static void ngx_http_actor_token_slots_fill(
    ngx_http_actor_token_metrics_t *metrics, ngx_array_t *index);
static void ngx_http_actor_token_count_period(
    ngx_http_actor_token_shared_t *shared,
    ngx_http_actor_token_status_e status);
static ngx_http_actor_token_counters_t *ngx_http_actor_token_counters_of(
    const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_issuer_t *issuer);


static const ngx_str_t  ngx_http_actor_token_zone_name =
    ngx_string("actor_token_metrics");


/* from an HMAC to an RSA key of 8192 bits */

const ngx_http_actor_token_bound_t
    ngx_http_actor_token_bounds[NGX_HTTP_ACTOR_TOKEN_BUCKETS] =
{
    { 5000, "5e-06" },
    { 10000, "1e-05" },
    { 25000, "2.5e-05" },
    { 50000, "5e-05" },
    { 100000, "0.0001" },
    { 250000, "0.00025" },
    { 500000, "0.0005" },
    { 1000000, "0.001" },
    { 2500000, "0.0025" },
    { 5000000, "0.005" },
    { 10000000, "0.01" }
};


ngx_int_t
ngx_http_actor_token_metrics_zones(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_str_t                         name;
    ngx_uint_t                        i, n, load;
    ngx_array_t                       old;
    ngx_shm_zone_t                  **zone;
    ngx_http_actor_token_metrics_t   *metrics;

    metrics = mcf->metrics;

    if (ngx_array_init(&old, cf->temp_pool, 4, sizeof(ngx_shm_zone_t *))
        != NGX_OK
        || ngx_array_init(&metrics->slots, cf->pool, 4,
                          sizeof(ngx_shm_zone_t *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    load = ngx_http_actor_token_old_zones(cf, &old);

    if (ngx_http_actor_token_places(cf, mcf, &old, load, &n) != NGX_OK) {
        return NGX_ERROR;
    }

    n += old.nelts;

    name = ngx_http_actor_token_zone_name;

    metrics->zone = ngx_http_actor_token_add_zone(cf, &name,
                                       sizeof(ngx_http_actor_token_shared_t));
    if (metrics->zone == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {

        name.data = ngx_pnalloc(cf->pool, ngx_http_actor_token_zone_name.len
                                          + 1 + NGX_INT_T_LEN);
        if (name.data == NULL) {
            return NGX_ERROR;
        }

        name.len = ngx_sprintf(name.data, "%V:%ui",
                               &ngx_http_actor_token_zone_name, i)
                   - name.data;

        zone = ngx_array_push(&metrics->slots);
        if (zone == NULL) {
            return NGX_ERROR;
        }

        *zone = ngx_http_actor_token_add_zone(cf, &name,
                                       NGX_HTTP_ACTOR_TOKEN_SLOTS
                                       * sizeof(ngx_http_actor_token_slot_t));
        if (*zone == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the slots of the running configuration, in order; and which load it was */

static ngx_uint_t
ngx_http_actor_token_old_zones(ngx_conf_t *cf, ngx_array_t *zones)
{
    ngx_str_t                       *name;
    ngx_uint_t                       i, load;
    ngx_list_part_t                 *part;
    ngx_shm_zone_t                  *zone, **p;
    ngx_http_actor_token_shared_t   *shared;

    load = 0;

    part = &cf->cycle->old_cycle->shared_memory.part;
    zone = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            zone = part->elts;
            i = 0;
        }

        name = &zone[i].shm.name;

        if (zone[i].tag != &ngx_http_actor_token_module
            || zone[i].data == NULL
            || name->len < ngx_http_actor_token_zone_name.len
            || ngx_memcmp(name->data, ngx_http_actor_token_zone_name.data,
                          ngx_http_actor_token_zone_name.len)
               != 0)
        {
            continue;
        }

        if (name->len == ngx_http_actor_token_zone_name.len) {
            shared = zone[i].data;
            load = shared->load;
            continue;
        }

        if (name->data[ngx_http_actor_token_zone_name.len] != ':') {
            continue;
        }

        p = ngx_array_push(zones);
        if (p == NULL) {
            break;
        }

        *p = &zone[i];
    }

    return load;
}


/* how many more zones are needed, so that each issuer finds a place */

static ngx_int_t
ngx_http_actor_token_places(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf, ngx_array_t *old, ngx_uint_t load,
    ngx_uint_t *more)
{
    u_char                         digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_uint_t                     i, missing, taken, total;
    ngx_array_t                    index;
    ngx_actor_token_issuer_t     **issuer;
    ngx_http_actor_token_slot_t   *slot, **p;

    total = old->nelts * NGX_HTTP_ACTOR_TOKEN_SLOTS;

    if (ngx_array_init(&index, cf->temp_pool, total + 1, sizeof(void *))
        != NGX_OK
        || ngx_http_actor_token_slots_index(old, &index) != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = index.elts;
    taken = 0;

    for (i = 0; i < index.nelts; i++) {
        taken += (p[i]->load == load);
    }

    issuer = mcf->trusted.issuers.issuers.elts;
    missing = 0;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        SHA256(issuer[i]->name.data, issuer[i]->name.len, digest);

        slot = ngx_http_actor_token_slots_find(&index, digest);

        if (slot == NULL) {
            missing++;

        } else if (slot->load != load) {
            taken++;
        }
    }

    *more = 0;

    if (missing > total - taken) {
        missing -= total - taken;
        *more = (missing + NGX_HTTP_ACTOR_TOKEN_SLOTS - 1)
                / NGX_HTTP_ACTOR_TOKEN_SLOTS;
    }

    return NGX_OK;
}


/* a zone that has room for one thing, and for the allocator's own needs */

static ngx_shm_zone_t *
ngx_http_actor_token_add_zone(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    size_t           *p;
    ngx_shm_zone_t   *zone;

    p = ngx_palloc(cf->pool, sizeof(size_t));
    if (p == NULL) {
        return NULL;
    }

    *p = size;

    size = ngx_align(size + size / 64, ngx_pagesize) + 4 * ngx_pagesize;

    zone = ngx_shared_memory_add(cf, name, size, &ngx_http_actor_token_module);

    if (zone) {
        zone->init = ngx_http_actor_token_init_zone;
        zone->data = p;
    }

    return zone;
}


static ngx_int_t
ngx_http_actor_token_init_zone(ngx_shm_zone_t *zone, void *data)
{
    size_t            size;
    ngx_slab_pool_t  *pool;

    size = *(size_t *) zone->data;

    if (data) {
        zone->data = data;
        return NGX_OK;
    }

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (!zone->shm.exists) {
        pool->data = ngx_slab_calloc(pool, size);

        if (pool->data == NULL) {
            return NGX_ERROR;
        }
    }

    zone->data = pool->data;

    return NGX_OK;
}


/* all slots that have a name, sorted by it */

static ngx_int_t
ngx_http_actor_token_slots_index(ngx_array_t *zones, ngx_array_t *index)
{
    ngx_uint_t                      i, n;
    ngx_shm_zone_t                **zone;
    ngx_http_actor_token_slot_t    *slot, **p;

    zone = zones->elts;

    for (i = 0; i < zones->nelts; i++) {
        slot = zone[i]->data;

        for (n = 0; n < NGX_HTTP_ACTOR_TOKEN_SLOTS; n++) {

            if (slot[n].load == 0) {
                continue;
            }

            p = ngx_array_push(index);
            if (p == NULL) {
                return NGX_ERROR;
            }

            *p = &slot[n];
        }
    }

    if (index->nelts) {
        ngx_qsort(index->elts, index->nelts, sizeof(void *),
                  ngx_http_actor_token_cmp_slots);
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_actor_token_cmp_slots(const void *one, const void *two)
{
    ngx_http_actor_token_slot_t * const  *first, * const  *second;

    first = one;
    second = two;

    return ngx_memcmp((*first)->digest, (*second)->digest,
                      NGX_ACTOR_TOKEN_DIGEST_LEN);
}


static ngx_http_actor_token_slot_t *
ngx_http_actor_token_slots_find(const ngx_array_t *index,
    const u_char *digest)
{
    int                            rc;
    ngx_uint_t                     low, high, n;
    ngx_http_actor_token_slot_t  **p;

    p = index->elts;
    low = 0;
    high = index->nelts;

    while (low < high) {
        n = (low + high) / 2;

        rc = ngx_memcmp(digest, p[n]->digest, NGX_ACTOR_TOKEN_DIGEST_LEN);

        if (rc == 0) {
            return p[n];
        }

        if (rc < 0) {
            high = n;

        } else {
            low = n + 1;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_actor_token_metrics_attach(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                        i;
    ngx_array_t                       index;
    ngx_pool_t                       *pool;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_issuer_t    *block;
    ngx_http_actor_token_series_t    *series;
    ngx_http_actor_token_metrics_t   *metrics;

    metrics = mcf->metrics;

    metrics->shared = metrics->zone->data;
    metrics->nseries = mcf->trusted.issuers.issuers.nelts;

    series = ngx_pcalloc(cycle->pool, ngx_max(metrics->nseries, 1)
                                      * sizeof(ngx_http_actor_token_series_t));
    if (series == NULL) {
        return NGX_ERROR;
    }

    metrics->series = series;

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < metrics->nseries; i++) {
        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        series[i].issuer = issuer[i];
        series[i].ring = block->ring;

        if (ngx_actor_token_json_quote_all(cycle->pool, &issuer[i]->name,
                                           &series[i].name)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_array_init(&index, pool,
                       metrics->slots.nelts * NGX_HTTP_ACTOR_TOKEN_SLOTS + 1,
                       sizeof(void *))
        != NGX_OK
        || ngx_http_actor_token_slots_index(&metrics->slots, &index)
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    if (metrics->shared->load == 0) {
        metrics->shared->since = ngx_time();
    }

    ngx_http_actor_token_slots_fill(metrics, &index);

    ngx_destroy_pool(pool);

    return NGX_OK;
}


/* first those whose name is there, because the others take what is left */

static void
ngx_http_actor_token_slots_fill(ngx_http_actor_token_metrics_t *metrics,
    ngx_array_t *index)
{
    u_char                          digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_uint_t                      i, n, total, running, load;
    const ngx_str_t                *name;
    ngx_shm_zone_t                **zone;
    ngx_http_actor_token_slot_t    *slot;
    ngx_http_actor_token_series_t  *series;

    running = metrics->shared->load;
    load = running + 1;

    series = metrics->series;

    for (i = 0; i < metrics->nseries; i++) {
        name = &series[i].issuer->name;

        SHA256(name->data, name->len, digest);

        slot = ngx_http_actor_token_slots_find(index, digest);

        if (slot) {
            slot->load = load;
            series[i].slot = slot;
            series[i].tenure = slot->tenure;
        }
    }

    zone = metrics->slots.elts;
    total = metrics->slots.nelts * NGX_HTTP_ACTOR_TOKEN_SLOTS;
    i = 0;

    for (n = 0; n < total; n++) {

        while (i < metrics->nseries && series[i].slot) {
            i++;
        }

        if (i == metrics->nseries) {
            break;
        }

        slot = zone[n / NGX_HTTP_ACTOR_TOKEN_SLOTS]->data;
        slot += n % NGX_HTTP_ACTOR_TOKEN_SLOTS;

        if (slot->load && slot->load >= running) {
            continue;
        }

        name = &series[i].issuer->name;

        slot->tenure = load;
        ngx_memory_barrier();

        SHA256(name->data, name->len, slot->digest);
        ngx_memzero(&slot->counters, sizeof(slot->counters));
        slot->load = load;

        series[i].slot = slot;
        series[i].tenure = load;
    }

    metrics->shared->load = load;
}


ngx_int_t
ngx_http_actor_token_metrics_log(ngx_http_request_t *r)
{
    ngx_uint_t                              reason;
    const ngx_actor_token_t                *token;
    ngx_http_actor_token_ctx_t             *ctx;
    ngx_http_actor_token_counters_t        *counters;
    ngx_http_actor_token_main_conf_t       *mcf;
    const ngx_http_actor_token_decision_t  *d;

    if (r != r->main) {
        return NGX_OK;
    }

    ctx = ngx_http_actor_token_get_ctx(r);

    if (ctx == NULL
        || ctx->decision.status == NGX_HTTP_ACTOR_TOKEN_NO_VERDICT)
    {
        return NGX_OK;
    }

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    d = &ctx->decision;
    reason = d->verdict.reason;
    token = d->seen ? &d->seen->token : NULL;

    counters = ngx_http_actor_token_counters_of(mcf->metrics,
                                                token ? token->issuer : NULL);

    ngx_http_actor_token_count_period(mcf->metrics->shared, d->status);

    if (d->status == NGX_HTTP_ACTOR_TOKEN_PASSED) {
        ngx_atomic_fetch_add(&counters->passed, 1);
        counters->last_passed = ngx_time();

        if (token && token->claims.depth) {
            ngx_atomic_fetch_add(&counters->delegated, 1);
        }

        return NGX_OK;
    }

    ngx_atomic_fetch_add((d->status == NGX_HTTP_ACTOR_TOKEN_REJECTED)
                         ? &counters->rejected[reason]
                         : &counters->dry_run[reason], 1);

    counters->last_rejected = ngx_time();
    counters->last_reason = reason;

    return NGX_OK;
}


/*
 * Whoever is first in a period empties what is there of an hour ago.  Another
 * worker's request of this moment may be lost: this is for a drawing.
 */

static void
ngx_http_actor_token_count_period(ngx_http_actor_token_shared_t *shared,
    ngx_http_actor_token_status_e status)
{
    ngx_atomic_uint_t               number, before;
    ngx_http_actor_token_period_t  *period;

    number = ngx_time() / NGX_HTTP_ACTOR_TOKEN_PERIOD;
    period = &shared->periods[number % NGX_HTTP_ACTOR_TOKEN_PERIODS];

    before = period->number;

    if (before != number
        && ngx_atomic_cmp_set(&period->number, before, number))
    {
        period->passed = 0;
        period->rejected = 0;
        period->dry_run = 0;
    }

    switch (status) {

    case NGX_HTTP_ACTOR_TOKEN_PASSED:
        ngx_atomic_fetch_add(&period->passed, 1);
        break;

    case NGX_HTTP_ACTOR_TOKEN_REJECTED:
        ngx_atomic_fetch_add(&period->rejected, 1);
        break;

    default:
        ngx_atomic_fetch_add(&period->dry_run, 1);
        break;
    }
}


void
ngx_http_actor_token_metrics_verified(
    const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_job_t *job)
{
    ngx_uint_t                         i;
    ngx_actor_token_algs_t             bit;
    ngx_http_actor_token_histogram_t  *histogram;

    if (metrics == NULL) {
        return;
    }

    histogram = metrics->shared->verified;

    for (bit = ngx_actor_token_alg_bit(job->alg); bit > 1; bit >>= 1) {
        histogram++;
    }

    for (i = 0; i < NGX_HTTP_ACTOR_TOKEN_BUCKETS; i++) {
        if (job->spent <= ngx_http_actor_token_bounds[i].ns) {
            break;
        }
    }

    ngx_atomic_fetch_add(&histogram->sum, job->spent);
    ngx_atomic_fetch_add(&histogram->buckets[i], 1);
}


void
ngx_http_actor_token_metrics_cached(
    const ngx_http_actor_token_metrics_t *metrics, ngx_uint_t hit)
{
    if (metrics) {
        ngx_atomic_fetch_add(hit ? &metrics->shared->hits
                                 : &metrics->shared->misses, 1);
    }
}


void
ngx_http_actor_token_metrics_fetched(
    const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_issuer_t *issuer, ngx_uint_t ok)
{
    ngx_http_actor_token_counters_t  *counters;

    if (metrics == NULL) {
        return;
    }

    counters = ngx_http_actor_token_counters_of(metrics, issuer);

    ngx_atomic_fetch_add(ok ? &counters->fetches : &counters->failures, 1);

    counters->last_fetch = ngx_time();

    if (!ok) {
        counters->last_failure = ngx_time();
    }
}


ngx_http_actor_token_counters_t *
ngx_http_actor_token_metrics_counters(
    const ngx_http_actor_token_metrics_t *metrics, ngx_uint_t i)
{
    const ngx_http_actor_token_series_t  *series;

    series = &metrics->series[i];

    return (series->slot && series->slot->tenure == series->tenure)
           ? &series->slot->counters : NULL;
}


/* there is always one that counts */

static ngx_http_actor_token_counters_t *
ngx_http_actor_token_counters_of(const ngx_http_actor_token_metrics_t *metrics,
    const ngx_actor_token_issuer_t *issuer)
{
    ngx_http_actor_token_counters_t  *counters;

    counters = NULL;

    if (issuer) {
        counters = ngx_http_actor_token_metrics_counters(metrics,
                                                         issuer->index);
    }

    return counters ? counters : &metrics->shared->unknown;
}
