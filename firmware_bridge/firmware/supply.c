/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference is the internal 1.1 V, not the supply of the chip: that sags together with what is to be measured. It is
 * within 10 % from chip to chip (datasheet, table 29-16), but steady. Divider: 150 kOhm to the servos' supply, 10 kOhm and
 * 100 nF to ground: 16 : 1, full scale 17.6 V.
 */
#include "supply.h"

#include <avr/io.h>

static uint16_t filtered; /* in [mV] */

/* A strap from PB2 to ground says that the divider is there: an open input would read anything. */
static bool wired(void) {
    return !(PINB & _BV(PB2));
}

void supply_init(void) {
    PORTB |= _BV(PB2); /* pull-up */
    ADMUX = _BV(REFS1) | _BV(REFS0) | 6;
    ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0); /* 125 kHz */
}

void supply_look(void) {
    if (ADCSRA & _BV(ADSC)) {
        return;
    }
    uint16_t millivolts = (uint16_t)(((uint32_t)ADC * 275u) >> 4); /* counts * 1100 mV * 16 / 1024 */
    if (!wired()) {
        filtered = 0;
    } else if (filtered == 0) {
        filtered = millivolts;
    } else {
        filtered += (int16_t)(millivolts - filtered) / 4;
    }
    ADCSRA |= _BV(ADSC);
}

uint16_t supply_millivolts(void) {
    return filtered;
}
