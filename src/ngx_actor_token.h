
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The bottom of the core: limits, reasons and the verdict.
 *
 * Functions of the core return
 *
 *     NGX_OK        done; for a check: it holds
 *     NGX_DECLINED  the token is at fault, and the verdict has the reason
 *     NGX_ERROR     we are at fault: no memory, or a library failed
 */


#define NGX_ACTOR_TOKEN_VERSION        "0.1.0"

#define NGX_ACTOR_TOKEN_JSON_DEPTH     32
#define NGX_ACTOR_TOKEN_LABEL_MAX      128
#define NGX_ACTOR_TOKEN_TEMPLATE_MAX   1024
#define NGX_ACTOR_TOKEN_KEYS_MAX       256
#define NGX_ACTOR_TOKEN_KEYS_TRIED     4
#define NGX_ACTOR_TOKEN_KEY_FILE_MAX   (1024 * 1024)
#define NGX_ACTOR_TOKEN_RSA_BITS_MIN   2048
#define NGX_ACTOR_TOKEN_RSA_BITS_MAX   8192
#define NGX_ACTOR_TOKEN_LEEWAY_MAX     300
#define NGX_ACTOR_TOKEN_DIGEST_LEN     32    /* SHA-256 */

/* 2^53: every whole second up to here is exact as a JSON number */
#define NGX_ACTOR_TOKEN_TIME_MAX       9007199254740992LL


/* how a rejection is told to the client, RFC 6750, section 3 */

typedef enum {
    NGX_ACTOR_TOKEN_CHALLENGE_NONE = 0,
    NGX_ACTOR_TOKEN_CHALLENGE_BARE,              /* no error code */
    NGX_ACTOR_TOKEN_CHALLENGE_REQUEST,           /* invalid_request */
    NGX_ACTOR_TOKEN_CHALLENGE_TOKEN,             /* invalid_token */
    NGX_ACTOR_TOKEN_CHALLENGE_SCOPE              /* insufficient_scope */
} ngx_actor_token_challenge_e;


/*
 * Every reason: symbol, code, HTTP status, challenge.  Codes are part of the
 * interface and are never renamed; the status of requirement_failed is its
 * default only.
 */

#define NGX_ACTOR_TOKEN_REASONS(X)                                            \
    X(OK, "ok", 0, NONE)                                                      \
                                                                              \
    X(MISSING, "missing", 401, BARE)                                          \
    X(MALFORMED_REQUEST, "malformed_request", 400, REQUEST)                   \
                                                                              \
    X(TOO_LARGE, "too_large", 401, TOKEN)                                     \
    X(MALFORMED, "malformed", 401, TOKEN)                                     \
    X(CRIT_UNSUPPORTED, "crit_unsupported", 401, TOKEN)                       \
    X(TYPE_NOT_ALLOWED, "type_not_allowed", 401, TOKEN)                       \
    X(ALGORITHM_NOT_ALLOWED, "algorithm_not_allowed", 401, TOKEN)             \
                                                                              \
    X(UNTRUSTED_ISSUER, "untrusted_issuer", 401, TOKEN)                       \
    X(UNKNOWN_KEY, "unknown_key", 401, TOKEN)                                 \
    X(BAD_SIGNATURE, "bad_signature", 401, TOKEN)                             \
    X(BINDING_UNSUPPORTED, "binding_unsupported", 401, TOKEN)                 \
                                                                              \
    X(BAD_CLAIM, "bad_claim", 401, TOKEN)                                     \
    X(CLAIM_MISSING, "claim_missing", 401, TOKEN)                             \
    X(CLAIM_MISMATCH, "claim_mismatch", 401, TOKEN)                           \
    X(EXPIRED, "expired", 401, TOKEN)                                         \
    X(NOT_YET_VALID, "not_yet_valid", 401, TOKEN)                             \
    X(LIFETIME_EXCEEDED, "lifetime_exceeded", 401, TOKEN)                     \
    X(AUDIENCE_MISMATCH, "audience_mismatch", 401, TOKEN)                     \
                                                                              \
    X(TENANT_UNRESOLVED, "tenant_unresolved", 401, TOKEN)                     \
    X(TENANT_MISSING, "tenant_missing", 401, TOKEN)                           \
    X(TENANT_CONFLICT, "tenant_conflict", 401, TOKEN)                         \
    X(TENANT_NOT_ALLOWED, "tenant_not_allowed", 401, TOKEN)                   \
    X(TENANT_MISMATCH, "tenant_mismatch", 401, TOKEN)                         \
                                                                              \
    X(ACTOR_MALFORMED, "actor_malformed", 401, TOKEN)                         \
    X(CHAIN_TOO_DEEP, "chain_too_deep", 401, TOKEN)                           \
    X(ACTOR_MISSING, "actor_missing", 403, NONE)                              \
    X(DELEGATION_FORBIDDEN, "delegation_forbidden", 403, NONE)                \
    X(SELF_DELEGATION, "self_delegation", 403, NONE)                          \
    X(ACTOR_NOT_ALLOWED, "actor_not_allowed", 403, NONE)                      \
    X(ACTOR_ISSUER_NOT_ALLOWED, "actor_issuer_not_allowed", 403, NONE)        \
    X(ACTOR_TENANT_NOT_ALLOWED, "actor_tenant_not_allowed", 403, NONE)        \
                                                                              \
    X(INSUFFICIENT_SCOPE, "insufficient_scope", 403, SCOPE)                   \
    X(REQUIREMENT_FAILED, "requirement_failed", 403, NONE)                    \
    X(KEYS_UNAVAILABLE, "keys_unavailable", 503, NONE)                        \
    X(INTERNAL_ERROR, "internal_error", 500, NONE)


#define NGX_ACTOR_TOKEN_REASON_SYMBOL(symbol, code, status, challenge)        \
    NGX_ACTOR_TOKEN_##symbol,

typedef enum {
    NGX_ACTOR_TOKEN_UNDECIDED = 0,               /* and that denies */
    NGX_ACTOR_TOKEN_REASONS(NGX_ACTOR_TOKEN_REASON_SYMBOL)
    NGX_ACTOR_TOKEN_REASON_MAX
} ngx_actor_token_reason_e;

#undef NGX_ACTOR_TOKEN_REASON_SYMBOL


typedef struct {
    ngx_str_t                     code;
    ngx_uint_t                    status;
    ngx_actor_token_challenge_e   challenge;
} ngx_actor_token_reason_t;


/* strings that somebody else owns: values of a directive, a claim path */

typedef struct {
    const ngx_str_t              *elts;
    ngx_uint_t                    nelts;
} ngx_actor_token_list_t;


/*
 * What was decided and, for the operator alone, why.  "what" is a static
 * text; "expected" and "got" point to configuration and to the token, in
 * whatever bytes the token has: they are escaped when they are written, and
 * live as long as the policy and the token do.
 */

typedef struct {
    ngx_actor_token_reason_e      reason;
    const char                   *what;
    ngx_actor_token_list_t        expected;
    ngx_actor_token_list_t        got;
    int64_t                       limit;
    int64_t                       value;
    unsigned                      numeric:1;     /* limit, value are set */
} ngx_actor_token_verdict_t;


/* never NULL: an unknown reason is described as internal_error */
const ngx_actor_token_reason_t *ngx_actor_token_reason(
    ngx_actor_token_reason_e reason);

/*
 * These set the reason, unless an earlier failure has set one, and return
 * NGX_DECLINED.  "expected" and "got" may be NULL.
 */
ngx_int_t ngx_actor_token_reject(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what);
ngx_int_t ngx_actor_token_reject_value(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what,
    const ngx_actor_token_list_t *expected, const ngx_str_t *got);
ngx_int_t ngx_actor_token_reject_number(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what, int64_t limit,
    int64_t value);


/* equal in length and in every byte */
#define ngx_actor_token_eq(a, b)                                              \
    ((a)->len == (b)->len                                                     \
     && ((a)->len == 0 || ngx_memcmp((a)->data, (b)->data, (a)->len) == 0))

#define ngx_actor_token_is(s, literal)                                        \
    ((s)->len == sizeof(literal) - 1                                          \
     && ngx_memcmp((s)->data, literal, sizeof(literal) - 1) == 0)

ngx_uint_t ngx_actor_token_list_has(const ngx_actor_token_list_t *list,
    const ngx_str_t *value);

/* no byte below 0x20, and no 0x7f */
ngx_uint_t ngx_actor_token_printable(const ngx_str_t *s);


/*
 * Logs "text" with OpenSSL's own explanation, and empties its error queue,
 * which the event loop's TLS code expects to find empty.
 */
void ngx_actor_token_openssl_error(ngx_uint_t level, ngx_log_t *log,
    const char *text);

/* what a failure of OpenSSL's means: NGX_ERROR for lack of memory */
ngx_int_t ngx_actor_token_openssl_fault(void);


#endif /* _NGX_ACTOR_TOKEN_H_INCLUDED_ */
