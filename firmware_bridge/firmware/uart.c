/* SPDX-License-Identifier: Apache-2.0 */
#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

/* 16 MHz / (8 * (UBRR + 1)) with U2X: 7 gives exactly 250000 bit/s (ATmega328P datasheet, 20.3.1). */
#define UBRR_250K 7

#define RX_SIZE 128u /* a power of two */
static volatile uint8_t rx_ring[RX_SIZE];
static volatile uint8_t rx_head, rx_tail;
static volatile uint16_t nb_lost;

/* 256 bytes, so that 8-bit indices wrap by themselves. */
static volatile uint8_t tx_ring[256];
static volatile uint8_t tx_head, tx_tail;

void uart_init(void) {
    UCSR0A = _BV(U2X0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UBRR0 = UBRR_250K; /* last: simavr works the rate out when it is written */
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

ISR(USART_RX_vect) {
    uint8_t status = UCSR0A; /* must be read before the byte, which takes its flags with it */
    uint8_t byte = UDR0;
    uint8_t next = (rx_head + 1u) & (RX_SIZE - 1u);
    if (status & _BV(DOR0)) {
        nb_lost++; /* one at least went before this one */
    }
    if ((status & _BV(FE0)) || next == rx_tail) {
        nb_lost++;
        return;
    }
    rx_ring[rx_head] = byte;
    rx_head = next;
}

ISR(USART_UDRE_vect) {
    if (tx_head == tx_tail) {
        UCSR0B &= (uint8_t)~_BV(UDRIE0);
        return;
    }
    UDR0 = tx_ring[tx_tail];
    tx_tail++;
}

bool uart_waiting(void) {
    return rx_head != rx_tail;
}

bool uart_take(uint8_t *byte) {
    uint8_t tail = rx_tail;
    if (rx_head == tail) {
        return false;
    }
    *byte = rx_ring[tail];
    rx_tail = (tail + 1u) & (RX_SIZE - 1u);
    return true;
}

bool uart_send(const uint8_t *data, uint8_t size) {
    uint8_t head = tx_head;
    uint8_t room = (uint8_t)(tx_tail - head - 1u);
    if (room < size) {
        return false;
    }
    while (size--) {
        tx_ring[head++] = *data++;
    }
    tx_head = head;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        UCSR0B |= _BV(UDRIE0);
    }
    return true;
}

uint16_t uart_nb_lost(void) {
    uint16_t nb;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        nb = nb_lost;
    }
    return nb;
}
