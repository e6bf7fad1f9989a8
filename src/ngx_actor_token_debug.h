
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_DEBUG_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_DEBUG_H_INCLUDED_


#include <ngx_actor_token_check.h>


/*
 * The steps of a check, a line for each, where nginx is built --with-debug
 * and error_log is at "debug" or "debug_http".  What a token says is quoted
 * and cut; the token itself is never shown.
 */

#if (NGX_DEBUG)

/* whether the cache knows the token; and what, if so */
void ngx_actor_token_debug_recalled(const ngx_actor_token_t *token,
    ngx_log_t *log);

/* what the header says, and to whose block "iss" belongs */
void ngx_actor_token_debug_parsed(const ngx_actor_token_t *token,
    ngx_log_t *log);

/* the keys that were tried, and whether one has made the signature */
void ngx_actor_token_debug_verified(const ngx_actor_token_t *token,
    const ngx_actor_token_verdict_t *v, ngx_log_t *log);

/* what the token says that a policy asks for */
void ngx_actor_token_debug_claims(const ngx_actor_token_t *token,
    ngx_log_t *log);

/* each comparison of a policy up to the one that has failed */
void ngx_actor_token_debug_policy(const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy, double now,
    const ngx_actor_token_verdict_t *v, ngx_log_t *log);

#else

#define ngx_actor_token_debug_recalled(token, log)
#define ngx_actor_token_debug_parsed(token, log)
#define ngx_actor_token_debug_verified(token, v, log)
#define ngx_actor_token_debug_claims(token, log)
#define ngx_actor_token_debug_policy(token, policy, now, v, log)

#endif


#endif /* _NGX_ACTOR_TOKEN_DEBUG_H_INCLUDED_ */
