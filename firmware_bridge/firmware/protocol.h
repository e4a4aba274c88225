/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of PROTOCOL.md; hebb_frames.py holds the same for the host. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#define PROTOCOL_VERSION 1
#define FIRMWARE_MAJOR 1
#define FIRMWARE_MINOR 1
#define MODEL 0x480C /* 'H', 12 channels */

#define NB_CHANNELS 12
#define NO_PULSE 0u   /* a goal that leaves its channel silent */
#define LOWEST 1000u  /* 500 us, in counts of 0.5 us */
#define CENTRE 3000u  /* 1500 us */
#define HIGHEST 5000u /* 2500 us */
#define FRAME_COUNTS 40000u /* 20 ms */

#define SYNC_1 0xA5
#define SYNC_2 0x5A
#define OVERHEAD 8 /* sync 2, kind 1, sequence 2, length 1, CRC 2 */
#define HEAD 6     /* what comes before the body */
#define LONGEST_REQUEST (OVERHEAD + 2 * NB_CHANNELS)

enum kind { IDENTIFY = 1, STATUS = 2, SET_GOALS = 3, ARM = 4, DISARM = 5, SET_WATCHDOG = 6 };
#define REPLY 0x80

enum result { DONE = 0, NO_GOALS = 1, OUT_OF_RANGE = 2 };
enum state { DISARMED = 0, ARMED = 1, HOLDING = 2, LAPSED = 3 };
enum flag { FRESH_GOALS = 1, CLAMPED = 2, SUPPLY_TOLD = 4, HELD = 8 };

#define IDENTITY_SIZE 19
#define STATUS_SIZE (26 + 2 * NB_CHANNELS)

#define WATCHDOG_DEFAULT 100u /* [ms] */
#define WATCHDOG_LEAST 20u
#define WATCHDOG_MOST 1000u
#define FRAME_TIMEOUT 5u /* a frame that stops in the middle for so long will not go on, in [ms] */

#endif
