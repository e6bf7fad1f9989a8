
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static void digest_of(ngx_uint_t n, u_char *digest);
static void add(ngx_uint_t n, time_t expires, size_t len);
static ngx_int_t find(ngx_uint_t n, time_t now, ngx_str_t *record);
static void test_find(void);
static void test_evict(void);
static void test_expired_first(void);
static void test_sizes(void);
static void test_bounded(void);
static void test_attached(void);
static ngx_int_t failing_find(ngx_pool_t *p, void *data);


static ngx_pool_t               *pool;
static ngx_actor_token_cache_t   cache;


void
unit_tests(void)
{
    u_char  digest[NGX_ACTOR_TOKEN_DIGEST_LEN];

    pool = server_pool();

    test_find();
    test_evict();
    test_expired_first();
    test_sizes();
    test_bounded();
    test_attached();

    server_cache(&cache, 16 * ngx_pagesize);
    add(1, SERVER_NOW + 10, 100);
    digest_of(1, digest);
    unit_failing("find", failing_find, digest, NGX_OK, NULL);

    ngx_destroy_pool(pool);
}


/* the heads of digests differ, as SHA-256 sees to it */

static void
digest_of(ngx_uint_t n, u_char *digest)
{
    u_char  buf[NGX_INT64_LEN], *p;

    p = ngx_sprintf(buf, "%ui", n);

    if (ngx_actor_token_sha256(server_crypto, buf, p - buf, digest)
        != NGX_OK)
    {
        abort();
    }
}


static void
add(ngx_uint_t n, time_t expires, size_t len)
{
    ngx_str_t                  record;
    u_char                     digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_actor_token_witness_t  witness;

    digest_of(n, digest);
    ngx_memset(&witness, (int) n, sizeof(witness));

    record.len = len;
    record.data = ngx_palloc(pool, len);
    ngx_memset(record.data, (int) n, len);

    ngx_actor_token_cache_add(&cache, digest, expires, SERVER_NOW, &witness,
                              &record);
}


static ngx_int_t
find(ngx_uint_t n, time_t now, ngx_str_t *record)
{
    u_char                     digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_actor_token_witness_t  witness;

    digest_of(n, digest);

    return ngx_actor_token_cache_find(&cache, digest, now, pool, &witness,
                                      record);
}


static void
test_find(void)
{
    u_char                          digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_str_t                       record;
    ngx_actor_token_witness_t       witness;
    ngx_actor_token_cache_status_t  status;

    server_cache(&cache, 16 * ngx_pagesize);

    is(find(1, SERVER_NOW, &record), NGX_DECLINED, "find: nothing");

    add(1, SERVER_NOW + 10, 100);
    add(2, SERVER_NOW + 20, 200);

    is(find(1, SERVER_NOW, &record), NGX_OK, "find: the first");
    ok(record.len == 100 && record.data[0] == 1 && record.data[99] == 1,
       "find: its record");
    is(find(2, SERVER_NOW, &record), NGX_OK, "find: the second");
    ok(record.len == 200 && record.data[199] == 2, "find: its own record");
    is(find(3, SERVER_NOW, &record), NGX_DECLINED, "find: no third");

    digest_of(1, digest);
    digest[31] ^= 1;
    is(ngx_actor_token_cache_find(&cache, digest, SERVER_NOW, pool, &witness,
                                  &record),
       NGX_DECLINED, "find: not by the head of a digest alone");

    is(find(1, SERVER_NOW + 9, &record), NGX_OK, "find: up to its end");
    is(find(1, SERVER_NOW + 10, &record), NGX_DECLINED, "find: and no longer");

    add(1, SERVER_NOW + 30, 50);
    is(find(1, SERVER_NOW + 10, &record), NGX_OK, "find: renewed");
    is(record.len, 50, "find: in place of the old");

    add(4, SERVER_NOW, 10);
    is(find(4, SERVER_NOW - 1, &record), NGX_DECLINED,
       "find: what is over is not kept");

    ngx_actor_token_cache_status(&cache, &status);
    is(status.entries, 2, "find: entries");
    is(status.evictions, 0, "find: evictions");
}


static void
test_evict(void)
{
    ngx_str_t                       record;
    ngx_uint_t                      i, n;
    ngx_actor_token_cache_status_t  status;

    server_cache(&cache, 16 * ngx_pagesize);

    for (n = 1; n < 10000; n++) {
        add(n, SERVER_NOW + 100, 300);
        ngx_actor_token_cache_status(&cache, &status);

        if (status.evictions) {
            break;
        }
    }

    ok(n > 20 && n < 10000, "evict: the zone is full");
    is(find(1, SERVER_NOW, &record), NGX_DECLINED, "evict: the oldest");
    is(find(2, SERVER_NOW, &record), NGX_OK, "evict: and no other");

    /* the second was used last, so the third goes first */

    add(n + 1, SERVER_NOW + 100, 300);
    is(find(2, SERVER_NOW, &record), NGX_OK, "evict: one that is in use");
    is(find(3, SERVER_NOW, &record), NGX_DECLINED, "evict: rather another");

    for (i = 0; i < 3 * n; i++) {
        add(n + 2 + i, SERVER_NOW + 100, 300);
    }

    ngx_actor_token_cache_status(&cache, &status);
    is(status.entries, n - 1, "evict: as many as there is room for");
    is(find(n + 1 + i, SERVER_NOW, &record), NGX_OK, "evict: the latest");
}


static void
test_expired_first(void)
{
    ngx_str_t                       record;
    ngx_uint_t                      n;
    ngx_actor_token_cache_status_t  status, before;

    server_cache(&cache, 16 * ngx_pagesize);

    add(1, SERVER_NOW + 100, 300);
    add(2, SERVER_NOW + 1, 300);

    for (n = 3; n < 10000; n++) {
        ngx_actor_token_cache_status(&cache, &before);
        add(n, SERVER_NOW + 100, 300);
        ngx_actor_token_cache_status(&cache, &status);

        if (status.evictions) {
            break;
        }
    }

    is(find(1, SERVER_NOW, &record), NGX_DECLINED, "expired: the oldest went");

    /* the next goes in when the second has expired, and nobody else has */

    is(find(2, SERVER_NOW, &record), NGX_OK, "expired: not yet, and in use");
    is(find(3, SERVER_NOW, &record), NGX_OK, "expired: in use too");

    {
        u_char                     digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
        ngx_str_t                  r;
        ngx_actor_token_witness_t  w;

        digest_of(n + 1, digest);
        ngx_memzero(&w, sizeof(w));
        r.len = 300;
        r.data = ngx_pcalloc(pool, 300);

        ngx_actor_token_cache_add(&cache, digest, SERVER_NOW + 100,
                                  SERVER_NOW + 2, &w, &r);
    }

    ngx_actor_token_cache_status(&cache, &before);
    is(before.evictions, status.evictions, "expired: no eviction");
    is(before.entries, status.entries, "expired: one for one");
    is(find(4, SERVER_NOW, &record), NGX_OK,
       "expired: what was used before it stays");
    is(find(2, SERVER_NOW, &record), NGX_DECLINED, "expired: it is gone");
}


/* records of all sizes, until the zone has been full many times */

static void
test_sizes(void)
{
    size_t                          len;
    ngx_str_t                       record;
    ngx_uint_t                      i, found;
    ngx_actor_token_cache_status_t  status;

    server_cache(&cache, 64 * ngx_pagesize);

    found = 0;
    len = 1;

    for (i = 1; i <= 2000; i++) {
        len = (len * 1103515245 + 12345) % 6000 + 1;

        add(i, SERVER_NOW + 1 + i % 100, len);
        found += (find(i, SERVER_NOW, &record) == NGX_OK
                  && record.len == len
                  && record.data[len - 1] == (u_char) i);
    }

    /* one that needs pages in a row may find none among 64 that leave */

    ok(found > 1900, "sizes: nearly all are kept, %d", (int) found);

    ngx_actor_token_cache_status(&cache, &status);
    ok(status.entries > 10 && status.bytes < 64 * ngx_pagesize,
       "sizes: %d entries", (int) status.entries);

    add(1, SERVER_NOW + 50, 65 * ngx_pagesize);
    is(find(1, SERVER_NOW, &record), NGX_DECLINED,
       "sizes: larger than the zone");
}


/* the lock is not held until so many small ones have left for a large one */

static void
test_bounded(void)
{
    ngx_str_t                       record;
    ngx_uint_t                      i, entries;
    ngx_actor_token_cache_status_t  status;

    server_cache(&cache, 64 * ngx_pagesize);

    for (i = 1; i <= 2000; i++) {
        add(i, SERVER_NOW + 10, 10);
    }

    ngx_actor_token_cache_status(&cache, &status);
    entries = status.entries;
    i = status.evictions;

    add(3000, SERVER_NOW + 10, 48 * ngx_pagesize);
    is(find(3000, SERVER_NOW, &record), NGX_DECLINED, "bounded: no room");

    ngx_actor_token_cache_status(&cache, &status);
    is(status.entries, entries - 64, "bounded: 64 have left for it");
    is(status.evictions, i + 64, "bounded: which is counted");

    add(3000, SERVER_NOW + 10, ngx_pagesize);
    is(find(3000, SERVER_NOW, &record), NGX_OK, "bounded: room for less");
}


/* a zone that another process has made */

static void
test_attached(void)
{
    ngx_str_t                record;
    ngx_shm_zone_t           zone;
    ngx_actor_token_cache_t  first;

    server_cache(&cache, 16 * ngx_pagesize);
    add(1, SERVER_NOW + 10, 100);

    first = cache;

    ngx_memzero(&zone, sizeof(ngx_shm_zone_t));
    ngx_memzero(&cache, sizeof(ngx_actor_token_cache_t));

    zone.data = &cache;
    zone.shm.addr = (u_char *) first.shpool;
    zone.shm.exists = 1;

    is(ngx_actor_token_cache_init(&zone, NULL), NGX_OK, "attached: is there");
    is(find(1, SERVER_NOW, &record), NGX_OK, "attached: with its entry");
}


static ngx_int_t
failing_find(ngx_pool_t *p, void *data)
{
    ngx_str_t                  record;
    ngx_actor_token_witness_t  witness;

    return ngx_actor_token_cache_find(&cache, data, SERVER_NOW, p,
                                      &witness, &record);
}
