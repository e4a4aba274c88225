/* SPDX-License-Identifier: Apache-2.0 */
/* Frames out of a stream of bytes, however it is cut and whatever lies between them. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint8_t kind;
    uint16_t sequence;
    const uint8_t *body; /* as long as its kind says; good until the next call */
} request_t;

/* Counters since boot; they wrap. */
extern uint16_t frames_nb_corrupt, frames_nb_rubbish;

/* Take one more byte. */
void frames_feed(uint8_t byte);

/* Look for a whole frame; to be called until it returns false. */
bool frames_next(request_t *request);

/* Whether part of a frame waits for the rest. */
bool frames_pending(void);

/* The rest will not come: drop the first byte, and look again behind it. */
void frames_give_up(void);

/* Complete a frame whose body lies at frame + HEAD, and return its length. */
uint8_t frames_close(uint8_t *frame, uint8_t kind, uint16_t sequence, uint8_t size);

#endif
