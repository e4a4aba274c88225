/* SPDX-License-Identifier: Apache-2.0 */
/* The servos' supply voltage, where a divider brings it to ADC6. */
#ifndef SUPPLY_H
#define SUPPLY_H

#include <stdbool.h>
#include <stdint.h>

void supply_init(void);

/* Take a measurement; to be called every few milliseconds. */
void supply_look(void);

/* In [mV]; 0 where nothing is wired, or measured yet. */
uint16_t supply_millivolts(void);

#endif
