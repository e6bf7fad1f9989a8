# The objects of the core, for t/unit/objects.

INCS = -I $(ROOT)/src -I $(FOLDER)/nginx/src/core -I $(FOLDER)/nginx/src/event \
       -I $(FOLDER)/nginx/src/os/unix -I $(FOLDER)/objs

SRCS = $(wildcard $(ROOT)/src/ngx_actor_token_*.c)
OBJS = $(SRCS:$(ROOT)/src/%.c=$(FOLDER)/core/%.o)

all: $(OBJS)

$(FOLDER)/core/%.o: $(ROOT)/src/%.c $(wildcard $(ROOT)/src/*.h) $(FOLDER)/key
	@mkdir -p $(@D)
	$(CC) -DNGX_DEBUG_PALLOC=1 -W -Wall -Wpointer-arith \
	      -Wno-unused-parameter -Werror $(OPT) $(CORE_OPT) $(INCS) -c $< -o $@

.PHONY: all
