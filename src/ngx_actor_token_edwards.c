
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_edwards.h>


static ngx_uint_t ngx_actor_token_small_order(
    ngx_actor_token_key_type_e type, const ngx_str_t *x);
static u_char ngx_actor_token_near(ngx_actor_token_key_type_e type,
    ngx_uint_t i, size_t k);


const char *
ngx_actor_token_edwards_check(ngx_actor_token_key_type_e type,
    const ngx_str_t *x)
{
    return ngx_actor_token_small_order(type, x)
           ? "is a point of small order, for which anybody can sign" : NULL;
}


/*
 * OpenSSL takes any bytes for an Edwards key (RFC 8032, sections 5.1.3 and
 * 5.2.3).  These are the y of all points of small order, as little-endian
 * numbers, with those that are not reduced; the last bit is the sign of x.
 */

static ngx_uint_t
ngx_actor_token_small_order(ngx_actor_token_key_type_e type,
    const ngx_str_t *x)
{
    size_t                size;
    u_char                y[57];
    ngx_uint_t            i, k;

    /* of order 8, on Ed25519 alone */

    static const u_char   eight[2][32] = {
        { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0,
          0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
          0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39,
          0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
        { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f,
          0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
          0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
          0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a }
    };

    size = x->len;

    ngx_memcpy(y, x->data, size);
    y[size - 1] &= 0x7f;

    if (type == NGX_ACTOR_TOKEN_KEY_ED25519
        && (ngx_memcmp(y, eight[0], size) == 0
            || ngx_memcmp(y, eight[1], size) == 0))
    {
        return 1;
    }

    /* 0, 1, p - 1, p and p + 1 */

    for (i = 0; i < 5; i++) {

        for (k = 0; k < size; k++) {
            if (y[k] != ngx_actor_token_near(type, i, k)) {
                break;
            }
        }

        if (k == size) {
            return 1;
        }
    }

    return 0;
}


/*
 * Byte k of 0, 1, p - 1, p or p + 1, whichever i says; p is 2^255 - 19, or
 * 2^448 - 2^224 - 1.
 */

static u_char
ngx_actor_token_near(ngx_actor_token_key_type_e type, ngx_uint_t i, size_t k)
{
    if (i < 2) {
        return (k == 0) ? i : 0;
    }

    if (type == NGX_ACTOR_TOKEN_KEY_ED25519) {
        return (k == 0) ? 0xed + i - 3 : (k == 31) ? 0x7f : 0xff;
    }

    if (k == 56) {
        return 0;
    }

    if (i == 4) {
        return (k < 28) ? 0 : 0xff;
    }

    return (k == 28 || (k == 0 && i == 2)) ? 0xfe : 0xff;
}
