
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_table.h>
#include <ngx_actor_token.h>


static const ngx_actor_token_entry_t *ngx_actor_token_table_from(
    const ngx_actor_token_entry_t *entry, uint32_t hash,
    const ngx_str_t *name);


ngx_int_t
ngx_actor_token_table_init(ngx_actor_token_table_t *table, ngx_pool_t *pool,
    ngx_uint_t n)
{
    ngx_uint_t  size;

    for (size = 1; size < n; size *= 2) { /* void */ }

    table->pool = pool;
    table->mask = size - 1;

    table->buckets = ngx_pcalloc(pool,
                                 size * sizeof(ngx_actor_token_entry_t *));

    return table->buckets ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_actor_token_table_add(ngx_actor_token_table_t *table,
    const ngx_str_t *name, void *value)
{
    ngx_actor_token_entry_t  *entry, **bucket;

    entry = ngx_palloc(table->pool, sizeof(ngx_actor_token_entry_t));
    if (entry == NULL) {
        return NGX_ERROR;
    }

    entry->name = *name;
    entry->value = value;
    entry->hash = ngx_murmur_hash2(name->data, name->len);

    bucket = &table->buckets[entry->hash & table->mask];

    entry->next = *bucket;
    *bucket = entry;

    return NGX_OK;
}


const ngx_actor_token_entry_t *
ngx_actor_token_table_find(const ngx_actor_token_table_t *table,
    const ngx_str_t *name)
{
    uint32_t                        hash;
    const ngx_actor_token_entry_t  *entry;

    if (table->buckets == NULL) {
        return NULL;
    }

    entry = table->buckets[0];

    /* of issuers, keys and lines there often is one, and then no hash */

    if (table->mask == 0 && entry && entry->next == NULL) {
        return ngx_actor_token_eq(&entry->name, name) ? entry : NULL;
    }

    hash = ngx_murmur_hash2(name->data, name->len);

    return ngx_actor_token_table_from(table->buckets[hash & table->mask],
                                      hash, name);
}


const ngx_actor_token_entry_t *
ngx_actor_token_table_next(const ngx_actor_token_entry_t *entry)
{
    return ngx_actor_token_table_from(entry->next, entry->hash, &entry->name);
}


static const ngx_actor_token_entry_t *
ngx_actor_token_table_from(const ngx_actor_token_entry_t *entry,
    uint32_t hash, const ngx_str_t *name)
{
    for ( /* void */ ; entry; entry = entry->next) {
        if (entry->hash == hash && ngx_actor_token_eq(&entry->name, name)) {
            return entry;
        }
    }

    return NULL;
}


void *
ngx_actor_token_table_value(const ngx_actor_token_table_t *table,
    const ngx_str_t *name)
{
    const ngx_actor_token_entry_t  *entry;

    entry = ngx_actor_token_table_find(table, name);

    return entry ? entry->value : NULL;
}
