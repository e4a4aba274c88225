/* SPDX-License-Identifier: Apache-2.0 */
/* Hebb servo board: ATmega328P at 16 MHz, see PROTOCOL.md. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <stdbool.h>
#include <stdint.h>
#include <util/atomic.h>

#include "board.h"
#include "frames.h"
#include "protocol.h"
#include "pulses.h"
#include "supply.h"
#include "uart.h"

#define SUPPLY_PERIOD 10u /* [ms] */
#define MARK 0x4865u

/* What outlasts a reset as long as the chip has power; the check tells RAM that was kept from RAM that came up anyhow. */
static struct {
    uint16_t mark, nb_resets, check;
} kept __attribute__((section(".noinit")));
static uint8_t reset_cause __attribute__((section(".noinit")));

static volatile uint32_t milliseconds;

/* Before main: a watchdog that has bitten stays on, at 16 ms, until its flag is cleared (datasheet, 11.8.2). */
static void keep_cause(void) __attribute__((naked, used, section(".init3")));
static void keep_cause(void) {
    reset_cause = MCUSR;
    MCUSR = 0;
    wdt_disable();
}

static uint16_t count_reset(void) {
    bool sound = kept.mark == MARK && kept.check == (uint16_t)~kept.nb_resets;
    kept.nb_resets = sound && !(reset_cause & _BV(PORF)) ? kept.nb_resets + 1 : 0;
    kept.check = ~kept.nb_resets;
    kept.mark = MARK;
    return kept.nb_resets;
}

ISR(TIMER0_COMPA_vect) {
    milliseconds++;
}

static void clock_init(void) {
    TCCR0A = _BV(WGM01);
    TCCR0B = _BV(CS01) | _BV(CS00); /* 16 MHz / 64 / 250 = 1 kHz */
    OCR0A = 249;
    TIMSK0 = _BV(OCIE0A);
}

static uint32_t clock_now(void) {
    uint32_t now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        now = milliseconds;
    }
    return now;
}

static void obey_all(uint32_t now) {
    request_t request;
    while (frames_next(&request)) {
        board_obey(&request, now);
    }
}

/* Sleep until the next interrupt, unless there is a byte to look at: at least the clock wakes us every millisecond. */
static void rest(void) {
    cli();
    if (!uart_waiting()) {
        sleep_enable();
        sei(); /* takes effect after the next instruction */
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

int main(void) {
    uint32_t last_tick = 0, last_byte = 0;
    wdt_enable(WDTO_30MS);
    board_init(reset_cause, count_reset());
    pulses_init();
    supply_init();
    uart_init();
    clock_init();
    set_sleep_mode(SLEEP_MODE_IDLE);
    sei();
    for (;;) {
        uint32_t now = clock_now();
        uint8_t byte;
        if (now != last_tick) {
            wdt_reset(); /* only while time passes: a dead clock would be a dead watchdog of the line */
            last_tick = now;
            board_tick(now);
            if (now % SUPPLY_PERIOD == 0) {
                supply_look();
            }
            while (frames_pending() && now - last_byte >= FRAME_TIMEOUT) {
                frames_give_up();
                obey_all(now);
            }
        }
        if (uart_take(&byte)) { /* one at a time: a flood must not keep us from looking at the clock */
            last_byte = now;
            frames_feed(byte);
            obey_all(now);
        } else {
            rest();
        }
    }
}
