/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line: 250000 bit/s, 8N1, both ways through rings that interrupts serve. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_init(void);

/* Take the oldest byte that has come; false: there is none. */
bool uart_take(uint8_t *byte);

/* Whether a byte waits; cheap enough to ask with interrupts off. */
bool uart_waiting(void);

/* Send all of it, or, where there is no room for all, nothing: half a reply helps nobody. */
bool uart_send(const uint8_t *data, uint8_t size);

/* Bytes that came but were lost: the receiver or the ring was full, or the stop bit was missing. */
uint16_t uart_nb_lost(void);

#endif
