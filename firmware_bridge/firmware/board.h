/* SPDX-License-Identifier: Apache-2.0 */
/* What the board is and does: it obeys requests, and lets go by itself when they stop. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "frames.h"

/* Start disarmed. reset_cause: MCUSR; resets: how often the chip has started anew since power came. */
void board_init(uint8_t reset_cause, uint16_t resets);

/* Let time pass, to now [ms] since boot: the watchdog, and the drive pin. */
void board_tick(uint32_t now);

/* Do as told, and answer. */
void board_obey(const request_t *request, uint32_t now);

#endif
