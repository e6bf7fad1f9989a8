
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <ngx_actor_token_table.h>


#define NAMES  1000


static void test_names(void);
static void test_collision(void);
static int compare(const void *one, const void *two);
static void test_several(void);
static void test_empty(void);
static ngx_int_t failing_table(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;
static int          values[NAMES];


void
unit_tests(void)
{
    pool = server_pool();

    test_names();
    test_collision();
    test_several();
    test_empty();

    ngx_destroy_pool(pool);

    unit_failing("table", failing_table, NULL, NGX_OK, NULL);
}


static void
test_names(void)
{
    ngx_str_t                 name, names[NAMES];
    ngx_uint_t                i, n, wrong;
    ngx_actor_token_table_t   table;

    for (n = 1; n <= NAMES; n = (n == 1) ? 7 : n * 11) {

        if (ngx_actor_token_table_init(&table, pool, n) != NGX_OK) {
            abort();
        }

        for (i = 0; i < n; i++) {
            names[i] = mint_print("name-%d", (int) i);
            (void) ngx_actor_token_table_add(&table, &names[i], &values[i]);
        }

        for (wrong = 0, i = 0; i < n; i++) {
            name = mint_print("name-%d", (int) i);
            wrong += (ngx_actor_token_table_value(&table, &name)
                      != &values[i]);

            name.data[0] = 'N';
            wrong += (ngx_actor_token_table_value(&table, &name) != NULL);

            name.data[0] = 'n';
            name.data[name.len] = '\0';
            name.len++;
            wrong += (ngx_actor_token_table_value(&table, &name) != NULL);
        }

        is(wrong, 0, "names: %d of them, by their exact bytes", (int) n);
    }
}


/* among so many numbers two have the same hash, as good as certainly */

static void
test_collision(void)
{
    ngx_str_t                 a, b;
    ngx_uint_t                i, n;
    ngx_actor_token_table_t   table;

    struct {
        uint32_t  hash;
        uint64_t  number;
    } *numbers;

    n = 500000;
    numbers = ngx_palloc(pool, n * sizeof(numbers[0]));

    for (i = 0; i < n; i++) {
        numbers[i].number = i * i;
        numbers[i].hash = ngx_murmur_hash2((u_char *) &numbers[i].number,
                                           sizeof(uint64_t));
    }

    qsort(numbers, n, sizeof(numbers[0]), compare);

    for (i = 1; i < n && numbers[i].hash != numbers[i - 1].hash; i++) {
        /* void */
    }

    if (!ok(i < n, "collision: two names with one hash")) {
        return;
    }

    a.data = (u_char *) &numbers[i - 1].number;
    b.data = (u_char *) &numbers[i].number;
    a.len = b.len = sizeof(uint64_t);

    (void) ngx_actor_token_table_init(&table, pool, 1);
    (void) ngx_actor_token_table_add(&table, &a, &values[0]);

    ok(ngx_actor_token_table_value(&table, &b) == NULL,
       "collision: are not taken for each other");

    (void) ngx_actor_token_table_add(&table, &b, &values[1]);

    ok(ngx_actor_token_table_value(&table, &a) == &values[0]
       && ngx_actor_token_table_value(&table, &b) == &values[1],
       "collision: and both are found");
}


static int
compare(const void *one, const void *two)
{
    uint32_t  a, b;

    a = *(const uint32_t *) one;
    b = *(const uint32_t *) two;

    return (a > b) - (a < b);
}


static void
test_several(void)
{
    ngx_uint_t                       i, k;
    ngx_str_t                        name;
    ngx_actor_token_table_t          table;
    const ngx_actor_token_entry_t   *entry;

    (void) ngx_actor_token_table_init(&table, pool, 1);

    for (i = 0; i < 3; i++) {
        (void) ngx_actor_token_table_add(&table, &STR("a"), &values[i]);
        (void) ngx_actor_token_table_add(&table, &STR("b"), &values[i + 3]);
    }

    for (k = 0; k < 2; k++) {
        name = k ? STR("b") : STR("a");
        entry = ngx_actor_token_table_find(&table, &name);

        for (i = 3; i > 0 && entry; i--) {
            ok(entry->value == &values[i - 1 + 3 * k],
               "several: value %d of %s", (int) i, name.data);
            entry = ngx_actor_token_table_next(entry);
        }

        is(i, 0, "several: all of %s", name.data);
        ok(entry == NULL, "several: and no more");
    }
}


static void
test_empty(void)
{
    ngx_str_t                 none;
    ngx_actor_token_table_t   table;

    ngx_memzero(&table, sizeof(table));
    ok(ngx_actor_token_table_find(&table, &STR("a")) == NULL,
       "empty: nothing is found in a table of zeros");

    (void) ngx_actor_token_table_init(&table, pool, 0);
    ok(ngx_actor_token_table_find(&table, &STR("a")) == NULL,
       "empty: nor in one without values");

    ngx_str_null(&none);
    ok(ngx_actor_token_table_find(&table, &none) == NULL,
       "empty: nor by no name");

    (void) ngx_actor_token_table_add(&table, &STR(""), &values[0]);
    ok(ngx_actor_token_table_value(&table, &none) == &values[0],
       "empty: an empty name is one");
}


static ngx_int_t
failing_table(ngx_pool_t *p, void *data)
{
    ngx_actor_token_table_t  table;

    if (ngx_actor_token_table_init(&table, p, 2) != NGX_OK
        || ngx_actor_token_table_add(&table, &STR("a"), &values[0]) != NGX_OK
        || ngx_actor_token_table_add(&table, &STR("b"), &values[1]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return (ngx_actor_token_table_value(&table, &STR("a")) == &values[0]
            && ngx_actor_token_table_value(&table, &STR("b")) == &values[1])
           ? NGX_OK : UNIT_WRONG;
}
