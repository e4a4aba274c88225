/* SPDX-License-Identifier: Apache-2.0 */
/* Twelve servo pulses in every frame of 20 ms. */
#ifndef PULSES_H
#define PULSES_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

/* Pins low, timer running, no pulses. */
void pulses_init(void);

/* Let pulses begin, from the next slot of each channel on. */
void pulses_start(void);

/* Begin no further pulse; the one that is on its way ends as it should: cut short it would be another goal. */
void pulses_stop(void);

/* Whether pulses are on, or one is still on its way. */
bool pulses_active(void);

/* Take new widths, in counts of 0.5 us within LOWEST and HIGHEST, all at once; each counts from its next pulse on. */
void pulses_set(const uint16_t *counts);

/* The width of one channel that is in force. */
uint16_t pulses_get(uint8_t channel);

#endif
