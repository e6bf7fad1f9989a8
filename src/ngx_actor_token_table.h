
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_TABLE_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_TABLE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Values by name, which is compared byte for byte; several may have the same.
 * To find one takes the same time however many there are.  Filled while keys
 * or the configuration are read, and const after that.
 */

typedef struct ngx_actor_token_entry_s  ngx_actor_token_entry_t;

struct ngx_actor_token_entry_s {
    ngx_str_t                     name;
    void                         *value;
    ngx_actor_token_entry_t      *next;        /* in the same bucket */
    uint32_t                      hash;
};


typedef struct {
    ngx_pool_t                   *pool;
    ngx_actor_token_entry_t     **buckets;
    ngx_uint_t                    mask;
} ngx_actor_token_table_t;


/* for about n values; nothing is found in a table that is all zero */
ngx_int_t ngx_actor_token_table_init(ngx_actor_token_table_t *table,
    ngx_pool_t *pool, ngx_uint_t n);

/* the name's bytes must outlive the table */
ngx_int_t ngx_actor_token_table_add(ngx_actor_token_table_t *table,
    const ngx_str_t *name, void *value);

/* the one that was added last, and then the one before it; NULL at the end */
const ngx_actor_token_entry_t *ngx_actor_token_table_find(
    const ngx_actor_token_table_t *table, const ngx_str_t *name);
const ngx_actor_token_entry_t *ngx_actor_token_table_next(
    const ngx_actor_token_entry_t *entry);

/* where a name has one value: that value, or NULL */
void *ngx_actor_token_table_value(const ngx_actor_token_table_t *table,
    const ngx_str_t *name);


#endif /* _NGX_ACTOR_TOKEN_TABLE_H_INCLUDED_ */
