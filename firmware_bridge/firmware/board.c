/* SPDX-License-Identifier: Apache-2.0 */
/*
 *    DISARMED  --arm, with fresh goals-->  ARMED  --silent for N ms-->  HOLDING  --silent for 2 N ms-->  LAPSED
 *       ^                                    ^---------any good frame-----'                                |
 *       '--disarm, from anywhere; arm leads from LAPSED to ARMED too, with fresh goals----------------------'
 *
 * Goals are fresh when they were set after the pulses last went off: what the robot was to do before it fell is no place
 * to jump to.
 */
#include "board.h"

#include <avr/io.h>

#include "protocol.h"
#include "pulses.h"
#include "supply.h"
#include "uart.h"

static enum state state;
static uint8_t flags;
static uint8_t cause;
static uint16_t nb_resets;
static uint16_t goals_sequence;
static uint16_t watchdog = WATCHDOG_DEFAULT;
static uint16_t longest_gap;
static uint16_t nb_good;
static uint32_t heard; /* when the last good frame came, in [ms] */

static uint8_t reply[OVERHEAD + STATUS_SIZE];

/* PB0 low lets the buffers, or the servos' power, on; a pull-up keeps it high while the chip is in reset. */
static void drive(bool yes) {
    if (yes) {
        PORTB &= (uint8_t)~_BV(PB0);
        PORTB |= _BV(PB5);
    } else {
        PORTB |= _BV(PB0);
        PORTB &= (uint8_t)~_BV(PB5);
    }
}

void board_init(uint8_t reset_cause, uint16_t resets) {
    cause = reset_cause;
    nb_resets = resets;
    drive(false);
    DDRB |= _BV(PB0) | _BV(PB5);
}

static void let_go(enum state next) {
    state = next;
    flags &= (uint8_t)~FRESH_GOALS;
    pulses_stop();
}

void board_tick(uint32_t now) {
    if (state == ARMED || state == HOLDING) {
        uint32_t silence = now - heard;
        if (silence >= 2ul * watchdog) {
            let_go(LAPSED);
        } else if (silence >= watchdog) {
            state = HOLDING;
            flags |= HELD;
        }
    }
    if (!pulses_active()) {
        drive(false);
    }
}

static enum result set_goals(const uint8_t *body) {
    uint16_t counts[NB_CHANNELS];
    flags &= (uint8_t)~CLAMPED;
    for (uint8_t i = 0; i < NB_CHANNELS; i++) {
        uint16_t count = body[2 * i] | (uint16_t)(body[2 * i + 1] << 8);
        if (count < LOWEST && count != NO_PULSE) {
            count = LOWEST;
            flags |= CLAMPED;
        } else if (count > HIGHEST) {
            count = HIGHEST;
            flags |= CLAMPED;
        }
        counts[i] = count;
    }
    pulses_set(counts);
    flags |= FRESH_GOALS;
    return DONE;
}

static enum result arm(void) {
    if (state == ARMED) {
        return DONE;
    }
    if (!(flags & FRESH_GOALS)) {
        return NO_GOALS;
    }
    state = ARMED;
    flags &= (uint8_t)~HELD;
    longest_gap = 0;
    drive(true);
    pulses_start();
    return DONE;
}

static enum result set_watchdog(const uint8_t *body) {
    uint16_t time = body[0] | (uint16_t)(body[1] << 8);
    if (time < WATCHDOG_LEAST || time > WATCHDOG_MOST) {
        return OUT_OF_RANGE;
    }
    watchdog = time;
    return DONE;
}

static uint8_t *put16(uint8_t *at, uint16_t value) {
    *at++ = (uint8_t)value;
    *at++ = (uint8_t)(value >> 8);
    return at;
}

static uint8_t *put32(uint8_t *at, uint32_t value) {
    return put16(put16(at, (uint16_t)value), (uint16_t)(value >> 16));
}

static uint8_t identity(uint8_t *at, uint32_t now) {
    *at++ = PROTOCOL_VERSION;
    *at++ = FIRMWARE_MAJOR;
    *at++ = FIRMWARE_MINOR;
    *at++ = NB_CHANNELS;
    at = put16(at, MODEL);
    at = put16(at, LOWEST);
    at = put16(at, HIGHEST);
    at = put16(at, FRAME_COUNTS / 2);
    *at++ = cause;
    at = put16(at, nb_resets);
    put32(at, now);
    return IDENTITY_SIZE;
}

static uint8_t status(uint8_t *at, enum result result, uint32_t now) {
    uint16_t millivolts = supply_millivolts();
    *at++ = (uint8_t)result;
    *at++ = (uint8_t)state;
    *at++ = flags | (millivolts ? SUPPLY_TOLD : 0);
    *at++ = cause;
    at = put16(at, nb_resets);
    at = put16(at, goals_sequence);
    at = put32(at, now);
    at = put16(at, millivolts);
    at = put16(at, watchdog);
    at = put16(at, longest_gap);
    at = put16(at, nb_good);
    at = put16(at, frames_nb_corrupt);
    at = put16(at, frames_nb_rubbish);
    at = put16(at, uart_nb_lost());
    for (uint8_t i = 0; i < NB_CHANNELS; i++) {
        at = put16(at, pulses_get(i));
    }
    return STATUS_SIZE;
}

void board_obey(const request_t *request, uint32_t now) {
    enum result result = DONE;
    uint8_t size;
    if (state == ARMED || state == HOLDING) {
        uint32_t gap = now - heard;
        longest_gap = gap > longest_gap ? (uint16_t)gap : longest_gap;
        state = ARMED;
    }
    heard = now;
    nb_good++;
    switch (request->kind) {
    case SET_GOALS:
        goals_sequence = request->sequence;
        result = set_goals(request->body);
        break;
    case ARM:
        result = arm();
        break;
    case DISARM:
        let_go(DISARMED);
        break;
    case SET_WATCHDOG:
        result = set_watchdog(request->body);
        break;
    default:
        break;
    }
    if (request->kind == IDENTIFY) {
        size = identity(reply + HEAD, now);
    } else {
        size = status(reply + HEAD, result, now);
    }
    /* Obeying goes before answering: with no room for the reply the host misses it, but is obeyed. */
    uart_send(reply, frames_close(reply, request->kind | REPLY, request->sequence, size));
}
