
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"

#include <sys/wait.h>


#define NOW    ((ngx_msec_t) 1000000)
#define LIMIT  ((ngx_msec_t) 60000)
#define FRESH  ((ngx_msec_t) 3600000)
#define STALE  ((ngx_msec_t) 7200000)
#define PAUSE  ((ngx_msec_t) 60000)


typedef struct {
    ngx_actor_token_set_id_t   id;
    ngx_str_t                  text;
    u_char                     content[NGX_ACTOR_TOKEN_DIGEST_LEN];
} set_t;


static void make(set_t *set, const char *issuer, const char *tenant);
static void fill(set_t *set, const char *text, size_t len);
static ngx_int_t begin(set_t *set, ngx_msec_t now);
static ngx_int_t end(set_t *set, ngx_msec_t now);
static ngx_int_t fetch(set_t *set, ngx_msec_t now);
static ngx_uint_t kept(set_t *set);
static ngx_pid_t dead_pid(void);

static void test_end(void);
static void test_claims(void);
static void test_late(void);
static void test_pauses(void);
static ngx_int_t unknown(set_t *set, ngx_msec_t now);
static void test_unknown(void);
static void test_other_times(void);
static void test_quota(void);
static void test_quota_of_the_dead(void);
static void test_quota_without_places(void);
static void test_changes(void);
static void test_same_head(void);
static void test_wrap(void);
static ngx_uint_t fetch_many(const char *name, size_t len, ngx_uint_t n);
static void fail_many(ngx_uint_t n);
static ngx_uint_t has(const char *name, ngx_uint_t i);
static void prove(const char *name, ngx_uint_t i);
static ngx_uint_t has_many(const char *name, ngx_uint_t n);
static void test_proven(void);
static void test_empty(void);
static void test_blocks(void);
static void test_orphans(void);
static void test_files(void);
static void test_too_large(void);
static void test_number(void);
static void test_growth(void);
static void test_attached(void);
static ngx_int_t failing_look(ngx_pool_t *p, void *data);


static ngx_pool_t                  *pool;
static ngx_actor_token_store_t      store;
static ngx_actor_token_set_info_t   info;
static ngx_str_t                    text;


void
unit_tests(void)
{
    set_t  set;

    pool = server_pool();

    test_end();
    test_claims();
    test_late();
    test_pauses();
    test_unknown();
    test_other_times();
    test_quota();
    test_quota_of_the_dead();
    test_quota_without_places();
    test_changes();
    test_same_head();
    test_wrap();
    test_proven();
    test_empty();
    test_blocks();
    test_orphans();
    test_files();
    test_too_large();
    test_number();
    test_growth();
    test_attached();

    server_store(&store, 16 * ngx_pagesize);
    make(&set, "issuer", NULL);
    fetch(&set, NOW);
    unit_failing("look", failing_look, &set, NGX_OK, NULL);

    ngx_destroy_pool(pool);
}


/* a set of 100 bytes; of a tenant, unless that is NULL */

static void
make(set_t *set, const char *issuer, const char *tenant)
{
    u_char  buf[200], *p;

    ngx_memzero(set, sizeof(set_t));

    p = ngx_sprintf(buf, "%s", issuer);
    (void) ngx_actor_token_sha256(server_crypto, buf, p - buf,
                                  set->id.issuer);

    p = ngx_sprintf(p, "/%s", tenant ? tenant : "");
    (void) ngx_actor_token_sha256(server_crypto, buf, p - buf, set->id.id);

    set->id.tenant = (tenant != NULL);
    set->id.cache = FRESH;
    set->id.stale = STALE;
    set->id.refetch = PAUSE;

    fill(set, tenant ? tenant : issuer, 100);
}


static void
fill(set_t *set, const char *s, size_t len)
{
    set->text.len = len;
    set->text.data = ngx_pcalloc(pool, len);

    ngx_cpystrn(set->text.data, (u_char *) s, len);

    (void) ngx_actor_token_sha256(server_crypto, set->text.data, len,
                                  set->content);
}


static ngx_int_t
begin(set_t *set, ngx_msec_t now)
{
    return ngx_actor_token_store_begin(&store, &set->id, now, LIMIT, 0);
}


static ngx_int_t
end(set_t *set, ngx_msec_t now)
{
    return ngx_actor_token_store_end(&store, &set->id, now, &set->text,
                                     set->content, -1);
}


static ngx_int_t
fetch(set_t *set, ngx_msec_t now)
{
    ngx_int_t  rc;

    rc = begin(set, now);

    return (rc == NGX_OK || rc == NGX_DONE) ? end(set, now) : rc;
}


static ngx_uint_t
kept(set_t *set)
{
    return ngx_actor_token_store_look(&store, &set->id, NOW, &info, pool,
                                      &text)
           == NGX_OK
           && info.kept
           && text.len == set->text.len
           && ngx_memcmp(text.data, set->text.data, text.len) == 0
           && ngx_memcmp(info.content, set->content,
                         NGX_ACTOR_TOKEN_DIGEST_LEN)
              == 0;
}


static ngx_pid_t
dead_pid(void)
{
    ngx_pid_t  pid;

    pid = fork();

    if (pid == 0) {
        _exit(0);
    }

    (void) waitpid(pid, NULL, 0);

    return pid;
}


static void
test_end(void)
{
    set_t  one, other;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);
    make(&other, "other", NULL);

    is(ngx_actor_token_store_look(&store, &one.id, NOW, &info, NULL, NULL),
       NGX_DECLINED, "end: nothing is known");

    is(begin(&one, NOW), NGX_OK, "end: a fetch");
    is(ngx_actor_token_store_look(&store, &one.id, NOW, &info, pool, &text),
       NGX_OK, "end: something is known");
    ok(!info.kept && info.fetching, "end: that it is fetched");

    is(end(&one, NOW + 10), NGX_OK, "end: a set");
    ok(kept(&one), "end: is kept");
    ok(!info.fetching, "end: and not fetched");
    is(info.fetched, NOW + 10, "end: when it was fetched");
    is(info.fresh, NOW + 10 + FRESH, "end: how long it is fresh");
    is(info.stale, NOW + 10 + FRESH + STALE, "end: and of use");
    ok(!kept(&other), "end: and no other");

    is(begin(&one, NOW + 20), NGX_OK, "end: the next fetch, at once");
    fill(&one, "another", 5000);
    is(end(&one, NOW + 30), NGX_OK, "end: another text");
    ok(kept(&one), "end: takes its place");
    is(info.fetched, NOW + 30, "end: later");
}


static void
test_claims(void)
{
    set_t      one, same;
    ngx_pid_t  self;

    server_store(&store, 16 * ngx_pagesize);
    self = ngx_pid;

    make(&one, "one", NULL);
    make(&same, "one", NULL);

    is(begin(&one, NOW), NGX_OK, "claims: ours");
    is(begin(&same, NOW + 1), NGX_AGAIN, "claims: not twice");

    ngx_pid = getppid();
    is(begin(&same, NOW + LIMIT - 1), NGX_AGAIN, "claims: not by others");
    ngx_actor_token_store_cancel(&store, &same.id);
    is(begin(&same, NOW + 1), NGX_AGAIN, "claims: which cannot end them");
    is(begin(&same, NOW + LIMIT), NGX_OK, "claims: until they are over");
    ngx_pid = self;

    is(begin(&one, NOW + LIMIT + 1), NGX_AGAIN, "claims: of a living other");
    ngx_actor_token_store_cancel(&store, &one.id);
    is(begin(&one, NOW + LIMIT + 1), NGX_AGAIN, "claims: not ours to cancel");

    ngx_pid = getppid();
    ngx_actor_token_store_cancel(&store, &same.id);
    is(begin(&same, NOW + LIMIT + 2), NGX_OK, "claims: but theirs");
    ngx_actor_token_store_cancel(&store, &same.id);

    ngx_pid = dead_pid();
    is(begin(&same, NOW), NGX_OK, "claims: of one that dies");
    is(ngx_actor_token_store_look(&store, &one.id, NOW, &info, NULL, NULL),
       NGX_OK, "claims: known");
    ngx_pid = self;

    (void) ngx_actor_token_store_look(&store, &one.id, NOW + 1, &info, NULL,
                                      NULL);
    ok(!info.fetching, "claims: the dead fetch nothing");
    is(begin(&one, NOW + 1), NGX_OK, "claims: and others do");
}


/* a fetch whose claim is over, and that ends after another */

static void
test_late(void)
{
    set_t      slow, quick;
    ngx_pid_t  self;

    server_store(&store, 16 * ngx_pagesize);
    self = ngx_pid;

    make(&slow, "one", NULL);
    make(&quick, "one", NULL);
    fill(&quick, "newer", 50);

    is(begin(&slow, NOW), NGX_OK, "late: the slow");

    ngx_pid = getppid();
    is(begin(&quick, NOW + LIMIT), NGX_OK, "late: the quick");
    is(end(&quick, NOW + LIMIT + 1), NGX_OK, "late: is there first");
    ngx_pid = self;

    is(end(&slow, NOW + LIMIT + 2), NGX_ABORT, "late: the slow is too late");
    ok(kept(&quick), "late: what is newer stays");

    /* where there is nothing, late is better than never */

    server_store(&store, 16 * ngx_pagesize);

    is(begin(&slow, NOW), NGX_OK, "late: the slow again");
    ngx_pid = getppid();
    is(begin(&quick, NOW + LIMIT), NGX_OK, "late: the quick fails");
    ngx_actor_token_store_fail(&store, &quick.id, NOW + LIMIT + 1);
    ngx_pid = self;

    is(end(&slow, NOW + LIMIT + 2), NGX_OK, "late: then the slow is good");
    ok(kept(&slow), "late: and kept");
    ok(!info.failed, "late: and nothing has failed any more");
}


static void
test_pauses(void)
{
    set_t       one, two;
    ngx_uint_t  i;
    ngx_msec_t  now, pause;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);

    now = NOW;
    pause = PAUSE;

    for (i = 0; i < 8; i++) {
        is(begin(&one, now), NGX_OK, "pauses: fetch %d", (int) i);
        ngx_actor_token_store_fail(&store, &one.id, now);

        is(begin(&one, now + pause - 1), NGX_DECLINED,
           "pauses: not for %d s", (int) pause / 1000);

        now += pause;
        pause = ngx_min(2 * pause, NGX_ACTOR_TOKEN_PAUSE_MAX);
    }

    is(pause, 600000, "pauses: ten minutes at most");

    is(fetch(&one, now), NGX_OK, "pauses: it works again");
    is(begin(&one, now), NGX_OK, "pauses: at once");
    ngx_actor_token_store_fail(&store, &one.id, now);
    is(begin(&one, now + PAUSE - 1), NGX_DECLINED, "pauses: they begin");
    is(begin(&one, now + PAUSE), NGX_OK, "pauses: anew");
    ok(kept(&one), "pauses: with the last good set");

    /* one that is longer than the longest */

    server_store(&store, 16 * ngx_pagesize);

    one.id.refetch = 3600000;

    (void) begin(&one, NOW);
    ngx_actor_token_store_fail(&store, &one.id, NOW);
    (void) begin(&one, NOW + 3600000);
    ngx_actor_token_store_fail(&store, &one.id, NOW + 3600000);
    is(begin(&one, NOW + 7200000 - 1), NGX_DECLINED, "pauses: an hour");
    is(begin(&one, NOW + 7200000), NGX_OK, "pauses: and no more");

    /* nor with a new configuration */

    make(&two, "idp", "tenant");

    ngx_actor_token_store_fail(&store, &one.id, NOW + 7200000);
    (void) begin(&two, NOW);
    ngx_actor_token_store_fail(&store, &two.id, NOW);
    is(begin(&two, NOW), NGX_DECLINED, "pauses: of a tenant");

    ngx_actor_token_store_renew(&store);

    is(begin(&one, NOW + 7200000), NGX_OK, "pauses: not after a reload");
    is(begin(&two, NOW), NGX_OK, "pauses: nor of a tenant");

    /* what was cancelled has not failed */

    ngx_actor_token_store_cancel(&store, &one.id);
    is(begin(&one, NOW + 7200000), NGX_OK, "pauses: not for that");
}


static ngx_int_t
unknown(set_t *set, ngx_msec_t now)
{
    return ngx_actor_token_store_begin(&store, &set->id, now, LIMIT, 1);
}


static void
test_unknown(void)
{
    set_t  one;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);
    (void) fetch(&one, NOW);

    is(unknown(&one, NOW + 1), NGX_OK, "unknown: the first");
    is(unknown(&one, NOW + 2), NGX_AGAIN, "unknown: while it is fetched");
    is(end(&one, NOW + 3), NGX_OK, "unknown: nothing new");

    is(unknown(&one, NOW + 4), NGX_DECLINED, "unknown: the next");
    is(unknown(&one, NOW + PAUSE), NGX_DECLINED, "unknown: not yet");
    is(begin(&one, NOW + 5), NGX_OK, "unknown: another reason");
    is(end(&one, NOW + 6), NGX_OK, "unknown: is another matter");
    is(unknown(&one, NOW + PAUSE), NGX_DECLINED, "unknown: still not");
    is(unknown(&one, NOW + PAUSE + 1), NGX_OK, "unknown: after the time");

    ngx_actor_token_store_fail(&store, &one.id, NOW + PAUSE + 2);
    is(begin(&one, NOW + 2 * PAUSE + 2), NGX_OK, "unknown: fails");
    ngx_actor_token_store_fail(&store, &one.id, NOW + 2 * PAUSE + 2);
    is(unknown(&one, NOW + 4 * PAUSE + 1), NGX_DECLINED,
       "unknown: not in the pause after a failure");
    is(unknown(&one, NOW + 4 * PAUSE + 2), NGX_OK, "unknown: but then");
}


/* a reload may have changed the times of a set that is there */

static void
test_other_times(void)
{
    set_t  one;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);
    (void) fetch(&one, NOW);

    one.id.cache = 5000;
    one.id.stale = 7000;

    ok(kept(&one), "times: a set");
    is(info.fresh - NOW, 5000, "times: key_cache of now");
    is(info.stale - NOW, 12000, "times: key_stale of now");

    one.id.cache = 2 * FRESH;
    one.id.stale = 2 * STALE;

    ok(kept(&one), "times: and longer");
    is(info.fresh - NOW, 2 * FRESH, "times: than it was fetched for");
    is(info.stale - NOW, 2 * FRESH + 2 * STALE, "times: and stale");

    one.id.cache = 7200000;

    (void) begin(&one, NOW);
    (void) ngx_actor_token_store_end(&store, &one.id, NOW, &one.text,
                                     one.content, 100);

    ok(kept(&one), "times: with a max-age");
    is(info.fresh - NOW, 100000, "times: which is shorter");

    one.id.cache = 90000;

    ok(kept(&one), "times: and then");
    is(info.fresh - NOW, 90000, "times: is not");

    one.id.cache = 7200000;

    (void) begin(&one, NOW);
    (void) ngx_actor_token_store_end(&store, &one.id, NOW, &one.text,
                                     one.content, 1);

    ok(kept(&one), "times: a max-age of a second");
    is(info.fresh - NOW, 60000, "times: is a minute");

    one.id.cache = 5000;

    ok(kept(&one), "times: but not with a key_cache");
    is(info.fresh - NOW, 5000, "times: that is shorter");

    (void) begin(&one, NOW);
    ngx_actor_token_store_fail(&store, &one.id, NOW);
    is(begin(&one, NOW + PAUSE - 1), NGX_DECLINED, "times: a pause");

    one.id.refetch = 1000;

    is(begin(&one, NOW + 999), NGX_DECLINED, "times: a shorter one");
    is(begin(&one, NOW + 1000), NGX_OK, "times: is over");
    is(end(&one, NOW + 1000), NGX_OK, "times: it works again");

    is(unknown(&one, NOW + 1000), NGX_OK, "times: an unknown kid");
    is(end(&one, NOW + 1000), NGX_OK, "times: which stays unknown");
    is(unknown(&one, NOW + 1999), NGX_DECLINED, "times: not again");

    one.id.refetch = PAUSE;

    is(unknown(&one, NOW + 2000), NGX_DECLINED, "times: for longer");
    is(unknown(&one, NOW + 1000 + PAUSE), NGX_OK, "times: but then");
}


static void
test_quota(void)
{
    set_t       set[NGX_ACTOR_TOKEN_FETCHES_MAX + 1], other, block;
    char        name[16];
    ngx_uint_t  i;
    ngx_pid_t   self;

    server_store(&store, 32 * ngx_pagesize);
    self = ngx_pid;

    for (i = 0; i <= NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
        *ngx_sprintf((u_char *) name, "tenant%ui", i) = '\0';
        make(&set[i], "idp", name);
    }

    for (i = 0; i < NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
        ngx_pid = (i % 2) ? self : getppid();
        is(begin(&set[i], NOW + i), NGX_OK, "quota: %d", (int) i);
    }

    ngx_pid = self;

    is(begin(&set[i], NOW + i), NGX_AGAIN, "quota: no ninth");

    make(&other, "other", "tenant8");
    make(&block, "idp", NULL);
    is(begin(&other, NOW), NGX_OK, "quota: another issuer's");
    is(begin(&block, NOW), NGX_OK, "quota: or one without tenants");

    is(end(&set[1], NOW + 10), NGX_OK, "quota: one ends");
    is(begin(&set[i], NOW + 11), NGX_OK, "quota: another begins");
    is(begin(&set[1], NOW + 12), NGX_AGAIN, "quota: which is all");

    ngx_actor_token_store_fail(&store, &set[3].id, NOW + 13);
    is(begin(&set[1], NOW + 14), NGX_OK, "quota: one has failed");

    ngx_actor_token_store_cancel(&store, &set[5].id);
    is(begin(&set[5], NOW + 15), NGX_OK, "quota: one was cancelled");

    is(begin(&set[3], NOW + PAUSE + 14 + LIMIT), NGX_OK,
       "quota: the time of others is over");

    /* the set is forgotten while it is fetched: its place is free then */

    is(begin(&other, NOW + LIMIT + 1), NGX_OK, "quota: once more");
    ngx_actor_token_store_cancel(&store, &other.id);
    is(begin(&other, NOW + LIMIT + 1), NGX_OK, "quota: and again");
}


static void
test_quota_of_the_dead(void)
{
    set_t       set;
    char        name[16];
    ngx_uint_t  i;
    ngx_pid_t   self;

    server_store(&store, 32 * ngx_pagesize);
    self = ngx_pid;

    ngx_pid = dead_pid();

    for (i = 0; i < NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
        *ngx_sprintf((u_char *) name, "tenant%ui", i) = '\0';
        make(&set, "idp", name);

        if (begin(&set, NOW) != NGX_OK) {
            abort();
        }
    }

    ngx_pid = self;

    make(&set, "idp", "another");
    is(begin(&set, NOW + 1), NGX_OK, "dead: they fetch nothing any more");
}


/* a zone full of proven sets: what cannot be noted in it is bounded, still */

static void
test_quota_without_places(void)
{
    set_t       set[NGX_ACTOR_TOKEN_FETCHES_MAX + 1];
    char        tenant[32];
    ngx_uint_t  i;

    server_store(&store, 16 * ngx_pagesize);

    (void) fetch_many("tenant", ngx_pagesize, 100);
    (void) fetch_many("small", 10, 1000);

    for (i = 0; i < 1000; i++) {
        prove("tenant", i);
        prove("small", i);
    }

    for (i = 0; i <= NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
        *ngx_sprintf((u_char *) tenant, "late%ui", i) = '\0';
        make(&set[i], "idp", tenant);
        is(begin(&set[i], NOW),
           i < NGX_ACTOR_TOKEN_FETCHES_MAX ? NGX_DONE : NGX_AGAIN,
           "places: %d", (int) i);
    }

    is(end(&set[0], NOW), NGX_DECLINED, "places: no room");
    is(begin(&set[i - 1], NOW), NGX_DONE, "places: it has ended, still");
    ngx_actor_token_store_fail(&store, &set[1].id, NOW);
    is(begin(&set[0], NOW), NGX_DONE, "places: as has one that failed");
    ngx_actor_token_store_cancel(&store, &set[2].id);
    is(begin(&set[1], NOW), NGX_DONE, "places: and one that was cancelled");
    is(begin(&set[2], NOW), NGX_AGAIN, "places: and that is all");

    /* nor is there room to count those of another issuer */

    make(&set[0], "other", "late");
    is(begin(&set[0], NOW), NGX_AGAIN, "places: another issuer has to wait");
    make(&set[0], "other", NULL);
    is(begin(&set[0], NOW), NGX_OK, "places: but for a set of its own");
}


static void
test_changes(void)
{
    set_t               one;
    ngx_atomic_uint_t   changes;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);
    changes = *store.changes;

    (void) begin(&one, NOW);
    is(*store.changes, changes, "changes: none by a fetch");
    (void) end(&one, NOW);
    ok(*store.changes != changes, "changes: one by its set");

    changes = *store.changes;
    (void) fetch(&one, NOW + 1);
    is(*store.changes, changes, "changes: none by the same set");

    (void) begin(&one, NOW + 2);
    ngx_actor_token_store_fail(&store, &one.id, NOW + 3);
    is(*store.changes, changes, "changes: none by a failure");

    fill(&one, "new", 100);
    (void) fetch(&one, NOW + 3 + PAUSE);
    ok(*store.changes != changes, "changes: one by another set");

    changes = *store.changes;
    (void) begin(&one, NOW + 4 + PAUSE);
    fill(&one, "large", 17 * ngx_pagesize);
    is(end(&one, NOW + 5 + PAUSE), NGX_DECLINED, "changes: no room");
    ok(*store.changes != changes, "changes: one by a set that is not kept");
    ok(!kept(&one), "changes: the one before it is not, either");
}


/* two ids with a head in common: the second has no place */

static void
test_same_head(void)
{
    set_t  one, two;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", "tenant");
    two = one;
    two.id.id[31] ^= 1;

    is(fetch(&one, NOW), NGX_OK, "head: the first");
    is(begin(&two, NOW), NGX_DONE, "head: the second");
    is(end(&two, NOW), NGX_DECLINED, "head: is not kept");
    ok(kept(&one), "head: the first is");
    ok(!kept(&two), "head: and is not the second");
}


/* ngx_current_msec may begin anywhere, and begins anew */

static void
test_wrap(void)
{
    set_t       one;
    ngx_msec_t  now;

    server_store(&store, 16 * ngx_pagesize);

    make(&one, "one", NULL);

    now = (ngx_msec_t) -1000;

    is(begin(&one, now), NGX_OK, "wrap: a fetch");
    is(begin(&one, now + 2000), NGX_AGAIN, "wrap: goes on");
    ngx_actor_token_store_fail(&store, &one.id, now);
    is(begin(&one, now + 2000), NGX_DECLINED, "wrap: has failed");
    is(begin(&one, now + PAUSE), NGX_OK, "wrap: the pause is over");
    is(end(&one, now + PAUSE), NGX_OK, "wrap: a set");
    is(unknown(&one, now + PAUSE), NGX_OK, "wrap: an unknown kid");
    is(end(&one, now + PAUSE), NGX_OK, "wrap: does not find anything");
    is(unknown(&one, now + PAUSE + 1), NGX_DECLINED, "wrap: the next one");

    /* half a cycle later that is forgotten, and not in the future */

    (void) fetch(&one, now + 3 * PAUSE);
    is(unknown(&one, now + PAUSE + ((ngx_msec_t) -1) / 2 + 10), NGX_OK,
       "wrap: much later");
}


/* sets of tenants "NAME0" and so on; how many of them were taken */

static ngx_uint_t
fetch_many(const char *name, size_t len, ngx_uint_t n)
{
    set_t       set;
    char        tenant[32];
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        *ngx_sprintf((u_char *) tenant, "%s%ui", name, i) = '\0';

        make(&set, "idp", tenant);
        fill(&set, tenant, len);

        if (fetch(&set, NOW) != NGX_OK) {
            break;
        }
    }

    return i;
}


/* and of as many that fail */

static void
fail_many(ngx_uint_t n)
{
    set_t       set;
    char        tenant[32];
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        *ngx_sprintf((u_char *) tenant, "bad%ui", i) = '\0';
        make(&set, "idp", tenant);

        if (begin(&set, NOW) != NGX_OK) {
            abort();
        }

        ngx_actor_token_store_fail(&store, &set.id, NOW);
    }
}


static ngx_uint_t
has(const char *name, ngx_uint_t i)
{
    set_t  set;
    char   tenant[32];

    *ngx_sprintf((u_char *) tenant, "%s%ui", name, i) = '\0';
    make(&set, "idp", tenant);

    return ngx_actor_token_store_look(&store, &set.id, NOW, &info, pool,
                                      &text)
           == NGX_OK
           && info.kept;
}


static void
prove(const char *name, ngx_uint_t i)
{
    set_t  set;
    char   tenant[32];

    *ngx_sprintf((u_char *) tenant, "%s%ui", name, i) = '\0';
    make(&set, "idp", tenant);

    ngx_actor_token_store_proven(&store, &set.id);
}


static ngx_uint_t
has_many(const char *name, ngx_uint_t n)
{
    ngx_uint_t  i, found;

    for (i = 0, found = 0; i < n; i++) {
        found += has(name, i);
    }

    return found;
}


/* what has verified a token makes no room for what has not */

static void
test_proven(void)
{
    set_t               one;
    ngx_uint_t          i;
    ngx_atomic_uint_t   changes;

    server_store(&store, 32 * ngx_pagesize);

    is(fetch_many("good", ngx_pagesize, 5), 5, "proven: five sets");

    for (i = 0; i < 5; i++) {
        prove("good", i);
    }

    is(fetch_many("new", ngx_pagesize, 500), 500,
       "proven: others always find room");

    is(has_many("good", 5), 5, "proven: what has verified a token stays");
    ok(has("new", 499), "proven: the newest is there");
    ok(!has("new", 0), "proven: the oldest is not");

    /* when all have, one that has not finds none */

    for (i = 0; i < 500; i++) {
        prove("new", i);
    }

    is(fetch_many("late", ngx_pagesize, 1), 0, "proven: no room for one more");
    is(has_many("good", 5), 5, "proven: nobody has gone for it");

    /* one that has may take the place of another, least recently used */

    make(&one, "idp", "good4");
    fill(&one, "good4 rotated", 2 * ngx_pagesize);

    is(fetch(&one, NOW + 1), NGX_OK, "proven: its next set, which is larger");
    ok(kept(&one), "proven: is kept");
    is(has_many("good", 5), 5, "proven: those that were looked for stay");

    changes = *store.changes;
    fill(&one, "good4 once more", 8 * ngx_pagesize);

    is(fetch(&one, NOW + 2), NGX_OK, "proven: larger still");
    ok(*store.changes - changes >= 2, "proven: who goes is a change too");
}


/* places of tenants that have no set are few, and the first to go */

static void
test_empty(void)
{
    set_t  one, last, good;
    char   tenant[32];

    server_store(&store, 256 * ngx_pagesize);

    make(&good, "idp", "good");
    is(fetch(&good, NOW), NGX_OK, "empty: a good one");

    fail_many(NGX_ACTOR_TOKEN_FAILED_MAX + 1);

    make(&one, "idp", "bad0");
    is(ngx_actor_token_store_look(&store, &one.id, NOW, &info, NULL, NULL),
       NGX_DECLINED, "empty: the first of a thousand is forgotten");

    *ngx_sprintf((u_char *) tenant, "bad%d", NGX_ACTOR_TOKEN_FAILED_MAX) = 0;
    make(&last, "idp", tenant);
    is(begin(&last, NOW + 1), NGX_DECLINED, "empty: the last is not");
    ok(kept(&good), "empty: the good one is kept");

    /* no room for anything: places of the empty go, and no set */

    server_store(&store, 16 * ngx_pagesize);

    (void) fetch(&good, NOW);
    fail_many(NGX_ACTOR_TOKEN_FAILED_MAX + 1);

    ok(kept(&good), "empty: the good one is kept in a full zone");
    is(begin(&last, NOW + 1), NGX_DECLINED, "empty: the last one pauses");

    make(&one, "idp", "another");
    fill(&one, "another", 4 * ngx_pagesize);
    is(fetch(&one, NOW), NGX_OK, "empty: they make room for a set");
    ok(kept(&good), "empty: and the good one does not");
}


/* an issuer's own set may be used by any request, so tenants' sets go first */

static void
test_blocks(void)
{
    set_t       one, other;
    ngx_uint_t  n;

    server_store(&store, 16 * ngx_pagesize);

    make(&other, "other", NULL);
    (void) fetch(&other, NOW);

    is(fetch_many("tenant", ngx_pagesize, 100), 100, "blocks: a full zone");

    for (n = 0; n < 100; n++) {
        prove("tenant", n);
    }

    make(&one, "one", NULL);
    fill(&one, "one", 4 * ngx_pagesize);

    is(begin(&one, NOW), NGX_OK, "blocks: has a place in it");
    is(end(&one, NOW), NGX_OK, "blocks: and room");
    ok(kept(&one), "blocks: it is kept");
    ok(kept(&other), "blocks: as is another");

    fill(&one, "one", 7 * ngx_pagesize);
    is(fetch(&one, NOW + 1), NGX_OK, "blocks: a larger one");
    ok(kept(&other), "blocks: the other is kept");

    (void) fetch_many("late", ngx_pagesize, 100);
    ok(kept(&one), "blocks: no tenant makes it go");
    ok(kept(&other), "blocks: nor the other");
}


/* sets of issuers that are not configured any more go when they are stale */

static void
test_orphans(void)
{
    set_t       one;
    char        name[32];
    ngx_uint_t  i, n;
    ngx_msec_t  later;

    server_store(&store, 16 * ngx_pagesize);

    for (n = 0; n < 100; n++) {
        *ngx_sprintf((u_char *) name, "issuer%ui", n) = '\0';
        make(&one, name, NULL);
        fill(&one, name, ngx_pagesize);

        if (fetch(&one, NOW) != NGX_OK) {
            break;
        }
    }

    ok(n > 5 && n < 16, "orphans: a full zone: %d", (int) n);
    is(fetch(&one, NOW + 1), NGX_DECLINED, "orphans: no room while they are");

    later = NOW + FRESH + STALE;

    is(fetch(&one, later - 1), NGX_DECLINED, "orphans: in use");
    is(fetch(&one, later), NGX_OK, "orphans: room when they are not");

    for (i = 0; i < 1000; i++) {
        *ngx_sprintf((u_char *) name, "another%ui", i) = '\0';
        make(&one, name, NULL);
        fill(&one, name, ngx_pagesize);

        later += FRESH + STALE;

        if (fetch(&one, later) != NGX_OK) {
            break;
        }
    }

    is(i, 1000, "orphans: again and again");
}


/* what was read in key files stays until all are read again */

static void
test_files(void)
{
    set_t       file, one;
    char        name[32];
    ngx_uint_t  i;

    server_store(&store, 16 * ngx_pagesize);

    make(&file, "file", NULL);
    file.id.file = 1;
    fill(&file, "file", ngx_pagesize);
    is(fetch(&file, NOW), NGX_OK, "files: a set");

    for (i = 0; i < 100; i++) {
        *ngx_sprintf((u_char *) name, "issuer%ui", i) = '\0';
        make(&one, name, NULL);
        fill(&one, name, ngx_pagesize);

        if (fetch(&one, NOW + FRESH + STALE) != NGX_OK) {
            break;
        }
    }

    ok(i > 1 && i < 100, "files: a full zone: %d", (int) i);
    ok(kept(&file), "files: there is no room at its expense");

    make(&one, "issuer0", NULL);
    fill(&one, "issuer0", ngx_pagesize);

    ngx_actor_token_store_renew(&store);

    ok(!kept(&file), "files: all are read again");
    ok(kept(&one), "files: but no set is fetched again");
}


static void
test_too_large(void)
{
    set_t  one, tenant;

    server_store(&store, 16 * ngx_pagesize);

    make(&tenant, "idp", "tenant");
    make(&one, "one", NULL);

    (void) fetch(&tenant, NOW);

    is(begin(&one, NOW), NGX_OK, "large: a fetch");
    fill(&one, "one", 16 * ngx_pagesize);
    is(end(&one, NOW), NGX_DECLINED, "large: more than the zone");
    ok(kept(&tenant), "large: nobody goes for what never fits");

    is(begin(&one, NOW + 1), NGX_OK, "large: it may be fetched again");
    fill(&one, "one", 100);
    is(end(&one, NOW + 1), NGX_OK, "large: and be smaller then");
}


static void
test_number(void)
{
    set_t       one, bad;
    ngx_uint_t  i;

    server_store(&store, 16 * 1024 * 1024);

    make(&bad, "idp", "bad");
    (void) begin(&bad, NOW);
    ngx_actor_token_store_fail(&store, &bad.id, NOW);

    is(fetch_many("tenant", 100, NGX_ACTOR_TOKEN_SETS_MAX + 100),
       NGX_ACTOR_TOKEN_SETS_MAX + 100, "number: all are taken");
    is(has_many("tenant", NGX_ACTOR_TOKEN_SETS_MAX + 100),
       NGX_ACTOR_TOKEN_SETS_MAX, "number: at most 10,000 are kept");
    ok(!has("tenant", 99), "number: the oldest are not");
    ok(has("tenant", 100), "number: the next are");
    is(begin(&bad, NOW + 1), NGX_DECLINED,
       "number: which is nothing to the failed");

    for (i = 0; i < NGX_ACTOR_TOKEN_SETS_MAX + 100; i++) {
        prove("tenant", i);
    }

    make(&one, "idp", "late0");
    is(fetch(&one, NOW), NGX_DECLINED, "number: all have verified tokens");
    is(has_many("tenant", NGX_ACTOR_TOKEN_SETS_MAX + 100),
       NGX_ACTOR_TOKEN_SETS_MAX, "number: and stay");

    /* as a worker may have with a set of its own */

    prove("late", 0);
    is(fetch(&one, NOW), NGX_OK, "number: so has this one");
    ok(has("late", 0), "number: which is kept");
    ok(!has("tenant", 100), "number: in place of the one used before all");
    ok(has("tenant", 101), "number: and of no other");

    make(&one, "one", NULL);
    is(fetch(&one, NOW), NGX_OK, "number: an issuer's own is not one of them");
}


/* a zone that another process has made; and one of the cycle before */

static void
test_attached(void)
{
    set_t                    one;
    ngx_shm_zone_t           zone;
    ngx_actor_token_store_t  first;

    server_store(&store, 16 * ngx_pagesize);
    make(&one, "idp", "red");
    is(fetch(&one, NOW), NGX_OK, "attached: a set");

    first = store;

    ngx_memzero(&zone, sizeof(ngx_shm_zone_t));
    ngx_memzero(&store, sizeof(ngx_actor_token_store_t));

    zone.data = &store;
    zone.shm.addr = (u_char *) first.shpool;
    zone.shm.exists = 1;

    is(ngx_actor_token_store_init(&zone, NULL), NGX_OK, "attached: is there");
    ok(kept(&one), "attached: with its set");

    ngx_memzero(&store, sizeof(ngx_actor_token_store_t));
    zone.shm.exists = 0;

    is(ngx_actor_token_store_init(&zone, &first), NGX_OK,
       "attached: after a reload");
    ok(kept(&one), "attached: with its set, too");
}


/* the same sets again and again take no more than once */

static void
test_growth(void)
{
    set_t       set[20];
    char        tenant[32];
    size_t      len;
    ngx_uint_t  i, n, free, pages;

    server_store(&store, 256 * ngx_pagesize);

    len = 1;
    free = 0;

    for (i = 0; i < 20; i++) {
        *ngx_sprintf((u_char *) tenant, "tenant%ui", i) = '\0';
        make(&set[i], "idp", (i % 2) ? tenant : NULL);
        set[i].id.id[0] = (u_char) i;
    }

    for (n = 0; n < 200; n++) {

        for (i = 0; i < 20; i++) {
            len = (len * 1103515245 + 12345) % 9000 + 1;

            fill(&set[i], "text", (n % 50 == 49) ? 100 : len);

            if (begin(&set[i], NOW + n * 10 * LIMIT * 10) != NGX_OK) {
                abort();
            }

            if (n % 50 != 49 && (n + i) % 3 == 0) {
                ngx_actor_token_store_fail(&store, &set[i].id,
                                           NOW + n * 10 * LIMIT * 10);

            } else if (end(&set[i], NOW + n * 10 * LIMIT * 10) != NGX_OK) {
                abort();
            }
        }

        if (n % 50 != 49) {
            continue;
        }

        pages = store.shpool->pfree;

        if (n == 49) {
            free = pages;
        }

        ok(pages + 2 >= free, "growth: %d pages are free after %d rounds",
           (int) pages, (int) n + 1);
    }
}


static ngx_int_t
failing_look(ngx_pool_t *p, void *data)
{
    set_t *set = data;

    return ngx_actor_token_store_look(&store, &set->id, NOW, &info, p, &text);
}
