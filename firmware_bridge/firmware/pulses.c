/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timer 1 counts half microseconds and never stops. Its two compare units drive a bank of six pins each, one pin after
 * the other in slots of 3.2 ms; the second bank runs half a slot behind the first.
 *
 * An edge must not wait for another interrupt to end. So each compare fires LEAD early, the handler waits for the exact
 * count with interrupts off, and where the other bank's edge comes soon after it is served in the same call. What is
 * left is the grain of the waiting loop, 0.7 us. The line can wait meanwhile: the receiver holds two bytes, 80 us, and
 * the handler needs less than 50 us at worst.
 */
#include "pulses.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#define NB_SLOTS 6u
#define SLOT_COUNTS 6400u
#define LEAD 28  /* counts: 14 us; the longest other interrupt and our own entry take 12 us together */
#define CLOSE 44 /* counts: 22 us; an edge that follows so soon would come too late for a call of its own */
#define INLINE static inline __attribute__((always_inline)) /* calls would cost a fifth of LEAD */

typedef struct {
    volatile uint8_t *port;
    uint8_t idle;     /* what the port holds between pulses */
    uint8_t heard;    /* bits of the pins that get pulses */
    uint8_t first;    /* bit of its first pin */
    uint8_t pin;      /* bit of the slot's pin */
    uint8_t channel;  /* of its first pin */
    uint8_t slot;
    bool rising;      /* the next edge is the beginning of a pulse */
    uint8_t high;     /* what the port holds during the next pulse */
    uint16_t start;   /* of the slot */
    uint16_t due;     /* of the next edge */
} bank_t;

/* PORTD bit 0 keeps the pull-up of the receiver's pin. */
static bank_t bank_a = {.port = &PORTD, .idle = _BV(PD0), .first = _BV(PD2), .channel = 0};
static bank_t bank_b = {.port = &PORTC, .idle = 0, .first = _BV(PC0), .channel = NB_SLOTS};

static volatile bool on;
static uint16_t widths[2][NB_CHANNELS];
static volatile uint8_t in_force; /* which of the two: no pulse sees a mixture */

INLINE void open_slot(bank_t *bank) {
    bank->rising = true;
    bank->due = bank->start;
    bank->pin = (uint8_t)(bank->first << bank->slot);
    bank->high = bank->idle | (bank->pin & bank->heard);
}

/* What the port of a bank will hold from its next edge on. */
INLINE uint8_t next_level(const bank_t *bank) {
    return bank->rising && on ? bank->high : bank->idle;
}

INLINE void wait_until(uint16_t due) {
    while ((int16_t)(TCNT1 - due) < 0) {
    }
}

/* Find out what comes after the edge just made. */
INLINE void plan(bank_t *bank) {
    if (bank->rising) {
        bank->rising = false;
        uint16_t width = widths[in_force][bank->channel + bank->slot];
        bank->due += width == NO_PULSE ? LOWEST : width; /* a silent slot has an end too, at which nothing changes */
        return;
    }
    bank->start += SLOT_COUNTS;
    if (++bank->slot == NB_SLOTS) {
        bank->slot = 0;
        bank->start += FRAME_COUNTS - NB_SLOTS * SLOT_COUNTS;
    }
    open_slot(bank);
}

ISR(TIMER1_COMPA_vect) {
    bank_t *soon = &bank_a, *later = &bank_b;
    if ((int16_t)(later->due - soon->due) < 0) {
        soon = &bank_b;
        later = &bank_a;
    }
    if ((int16_t)(soon->due - TCNT1) > LEAD) {
        return; /* the other bank's call has done it */
    }
    /* All that the second edge needs is fetched before the first: it may be due at the same count. */
    volatile uint8_t *first_port = soon->port, *second_port = later->port;
    uint8_t first_level = next_level(soon), second_level = next_level(later);
    uint16_t first_due = soon->due, second_due = later->due;
    bool both = (int16_t)(second_due - first_due) <= CLOSE;
    wait_until(first_due);
    *first_port = first_level;
    if (both) {
        wait_until(second_due);
        *second_port = second_level;
        plan(later);
    }
    plan(soon);
    OCR1A = bank_a.due - LEAD;
    OCR1B = bank_b.due - LEAD;
}

ISR(TIMER1_COMPB_vect, ISR_ALIASOF(TIMER1_COMPA_vect));

void pulses_init(void) {
    PORTD = bank_a.idle;
    PORTC = bank_b.idle;
    DDRD = 0xFC | _BV(PD1);
    DDRC = 0x3F;
    for (uint8_t i = 0; i < NB_CHANNELS; i++) {
        widths[0][i] = CENTRE;
    }
    bank_a.start = SLOT_COUNTS;
    bank_b.start = SLOT_COUNTS + SLOT_COUNTS / 2;
    open_slot(&bank_a);
    open_slot(&bank_b);
    TCCR1A = 0;
    TCCR1B = _BV(CS11); /* 16 MHz / 8 */
    TCNT1 = 0;
    OCR1A = bank_a.due - LEAD;
    OCR1B = bank_b.due - LEAD;
    TIFR1 = _BV(OCF1A) | _BV(OCF1B);
    TIMSK1 = _BV(OCIE1A) | _BV(OCIE1B);
}

void pulses_start(void) {
    on = true;
}

void pulses_stop(void) {
    on = false;
}

bool pulses_active(void) {
    return on || PORTD != bank_a.idle || PORTC != bank_b.idle;
}

void pulses_set(const uint16_t *counts) {
    uint8_t other = in_force ^ 1u;
    uint8_t heard_a = 0, heard_b = 0;
    for (uint8_t i = 0; i < NB_CHANNELS; i++) {
        widths[other][i] = counts[i];
    }
    for (uint8_t i = NB_SLOTS; i-- > 0;) {
        heard_a = (uint8_t)(heard_a << 1) | (counts[i] != NO_PULSE);
        heard_b = (uint8_t)(heard_b << 1) | (counts[NB_SLOTS + i] != NO_PULSE);
    }
    /* Together: a pulse that begins has a width. A few cycles, less than any other interrupt takes. */
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        in_force = other;
        bank_a.heard = (uint8_t)(heard_a << PD2);
        bank_a.high = bank_a.idle | (bank_a.pin & bank_a.heard);
        bank_b.heard = (uint8_t)(heard_b << PC0);
        bank_b.high = bank_b.idle | (bank_b.pin & bank_b.heard);
    }
}

uint16_t pulses_get(uint8_t channel) {
    return widths[in_force][channel];
}
