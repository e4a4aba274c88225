/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <string.h>
#include <util/crc16.h>

#include "protocol.h"

uint16_t frames_nb_corrupt, frames_nb_rubbish;

static uint8_t buffer[LONGEST_REQUEST];
static uint8_t used;
static uint8_t delivered; /* bytes of the frame handed out last, to be dropped at the next look */

/* Length of the body that a kind of request has; 255: there is no such kind. */
static uint8_t body_size(uint8_t kind) {
    switch (kind) {
    case IDENTIFY:
    case STATUS:
    case ARM:
    case DISARM:
        return 0;
    case SET_GOALS:
        return 2 * NB_CHANNELS;
    case SET_WATCHDOG:
        return 2;
    default:
        return 255;
    }
}

/* CRC-16/IBM-3740: polynomial 0x1021, most significant bit first, starting from 0xFFFF. */
static uint16_t crc_of(const uint8_t *data, uint8_t size) {
    uint16_t crc = 0xFFFF;
    while (size--) {
        crc = _crc_xmodem_update(crc, *data++);
    }
    return crc;
}

static void drop(uint8_t nb) {
    used -= nb;
    memmove(buffer, buffer + nb, used);
}

void frames_feed(uint8_t byte) {
    /* There is always room: frames_next leaves less than a whole frame behind. */
    buffer[used++] = byte;
}

bool frames_pending(void) {
    return used > delivered;
}

void frames_give_up(void) {
    drop(1);
    frames_nb_rubbish++;
}

bool frames_next(request_t *request) {
    drop(delivered);
    delivered = 0;
    while (used) {
        uint8_t size = used > 2 ? body_size(buffer[2]) : 0;
        if (buffer[0] != SYNC_1 || (used > 1 && buffer[1] != SYNC_2) || size == 255 ||
            (used >= HEAD && buffer[5] != size)) {
            frames_give_up();
            continue;
        }
        if (used < HEAD || used < size + OVERHEAD) {
            return false;
        }
        uint8_t end = size + HEAD;
        uint16_t told = buffer[end] | (uint16_t)(buffer[end + 1] << 8);
        if (crc_of(buffer + 2, end - 2) != told) {
            frames_nb_corrupt++;
            frames_give_up();
            continue;
        }
        request->kind = buffer[2];
        request->sequence = buffer[3] | (uint16_t)(buffer[4] << 8);
        request->body = buffer + HEAD;
        delivered = size + OVERHEAD;
        return true;
    }
    return false;
}

uint8_t frames_close(uint8_t *frame, uint8_t kind, uint16_t sequence, uint8_t size) {
    frame[0] = SYNC_1;
    frame[1] = SYNC_2;
    frame[2] = kind;
    frame[3] = (uint8_t)sequence;
    frame[4] = (uint8_t)(sequence >> 8);
    frame[5] = size;
    uint8_t end = size + HEAD;
    uint16_t crc = crc_of(frame + 2, end - 2);
    frame[end] = (uint8_t)crc;
    frame[end + 1] = (uint8_t)(crc >> 8);
    return end + 2;
}
