
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


#include "server.h"


/* stops the fuzzer, which keeps the input */

#define FUZZ_ASSERT(cond)                                                     \
    if (!(cond)) {                                                            \
        fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #cond);  \
        abort();                                                              \
    }


int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned int seed);

/* a copy of exactly these bytes, so that reading behind them is seen */
u_char *fuzz_copy(const uint8_t *data, size_t size);

/* the time and the secret of what t/fuzz/seeds mints */
#define FUZZ_NOW     1700000000
#define FUZZ_SECRET  "fuzz-secret-fuzz-secret-fuzz-secret-fuzz-secret-"        \
                     "fuzz-secret-1234"

/*
 * Counts an input that went the whole way; a fuzzer says at its end how many
 * did, for one that accepts nothing would find nothing.
 */
void fuzz_good(void);

/*
 * Mutates a token at the start of the data, up to a line feed: its bytes, or
 * what a segment encodes.  Then it may sign it with FUZZ_SECRET.
 */
size_t fuzz_mutate_token(uint8_t *data, size_t size, size_t max,
    unsigned int seed);

/*
 * Whether somebody who knows OpenSSL, jansson and the RFCs alone accepts the
 * token as one of "https://a.example": its form, and its signature by any key
 * of the set that may have made it.  Claims but "iss" are not looked at.
 */
int fuzz_oracle(const uint8_t *token, size_t token_len, const uint8_t *set,
    size_t set_len);


#endif /* _FUZZ_H_INCLUDED_ */
