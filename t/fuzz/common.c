
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"

#include <openssl/hmac.h>


static void fuzz_report(void);
static size_t fuzz_mutate_segment(uint8_t *data, size_t size, size_t max,
    unsigned int n);
static size_t fuzz_sign(uint8_t *data, size_t size, size_t max);
static size_t fuzz_replace(uint8_t *data, size_t size, size_t max,
    size_t from, size_t to, const ngx_str_t *by);


static unsigned long  fuzz_goods;


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    server_init();

    return atexit(fuzz_report);
}


void
fuzz_good(void)
{
    fuzz_goods++;
}


static void
fuzz_report(void)
{
    fprintf(stderr, "stat::good: %lu\n", fuzz_goods);
}


u_char *
fuzz_copy(const uint8_t *data, size_t size)
{
    u_char  *p;

    p = malloc(size ? size : 1);
    if (p == NULL) {
        abort();
    }

    memcpy(p, data, size);

    return p;
}


size_t
fuzz_mutate_token(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
    uint8_t  *end;

    if (seed % 8 == 0) {
        return LLVMFuzzerMutate(data, size, max);
    }

    end = memchr(data, '\n', size);

    if (end && seed % 8 == 1) {
        /* what stands behind the token */
        end++;
        return (end - data) + LLVMFuzzerMutate(end, data + size - end,
                                               data + max - end);
    }

    size = fuzz_mutate_segment(data, size, max, (seed / 8) % 3);

    if (seed % 2) {
        size = fuzz_sign(data, size, max);
    }

    return size;
}


static size_t
fuzz_mutate_segment(uint8_t *data, size_t size, size_t max, unsigned int n)
{
    uint8_t     *p, *end, *last;
    u_char       raw[8192], text[12288];
    ngx_str_t    src, dst;

    last = memchr(data, '\n', size);

    if (last == NULL) {
        last = data + size;
    }

    for (p = data; n; n--) {
        p = memchr(p, '.', last - p);

        if (p == NULL) {
            return LLVMFuzzerMutate(data, size, max);
        }

        p++;
    }

    end = memchr(p, '.', last - p);

    if (end == NULL) {
        end = last;
    }

    src.data = p;
    src.len = end - p;
    dst.data = raw;
    dst.len = 0;

    if (src.len > 4096 || ngx_decode_base64url(&dst, &src) != NGX_OK) {
        return LLVMFuzzerMutate(data, size, max);
    }

    src.data = raw;
    src.len = LLVMFuzzerMutate(raw, dst.len, sizeof(raw));

    dst.data = text;
    ngx_encode_base64url(&dst, &src);

    return fuzz_replace(data, size, max, p - data, end - data, &dst);
}


static size_t
fuzz_sign(uint8_t *data, size_t size, size_t max)
{
    uint8_t       *p, *last;
    u_char         mac[64], text[128];
    ngx_str_t      src, dst;
    unsigned int   len;

    last = memchr(data, '\n', size);

    if (last == NULL) {
        last = data + size;
    }

    p = memchr(data, '.', last - data);
    p = p ? memchr(p + 1, '.', last - p - 1) : NULL;

    if (p == NULL
        || HMAC(EVP_sha256(), FUZZ_SECRET, sizeof(FUZZ_SECRET) - 1, data,
                p - data, mac, &len)
           == NULL)
    {
        return size;
    }

    src.data = mac;
    src.len = len;
    dst.data = text;
    ngx_encode_base64url(&dst, &src);

    return fuzz_replace(data, size, max, p + 1 - data, last - data, &dst);
}


static size_t
fuzz_replace(uint8_t *data, size_t size, size_t max, size_t from, size_t to,
    const ngx_str_t *by)
{
    if (size - (to - from) + by->len > max) {
        return size;
    }

    memmove(data + from + by->len, data + to, size - to);
    memcpy(data + from, by->data, by->len);

    return size - (to - from) + by->len;
}
