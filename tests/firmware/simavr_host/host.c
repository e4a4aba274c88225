/*
 * Runs the servo board's firmware instruction by instruction, in real time, with its serial line on a pty.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 * This one program links libsimavr, which is under the GNU General Public License, version 3 or later; so is this file.
 * It is a test tool on its own: nothing of the project links or includes it.
 *
 *     simavr_host FIRMWARE.elf
 *
 * Standard output: first the path of the pty, then one event per line, times in [us] of the simulated clock:
 *
 *     pulse T CHANNEL WIDTH     a pulse of WIDTH [us] that began at T, on CHANNEL 1 to 12
 *     drive T LEVEL             the drive pin (low: on)
 *     quiet T                   the line fell quiet; its last byte was at the receiver at T
 *     reset T                   the chip was reset, by command or by its own watchdog
 *     now T                     every 5 ms, so that silence can be told from a slow simulation
 *
 * Standard input, one command per line; its end ends the program:
 *
 *     reset power|external|brownout    power: RAM comes back with rubbish in it
 *     hang                             main falls into an endless loop, as from a stray pointer; interrupts go on
 *     supply MILLIVOLTS                at the divider, with the strap closed; 0: nothing wired
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define MHZ 16u
#define SLICE (500u * MHZ)     /* how often simulated time is slept back to the wall clock, in cycles */
#define QUIET (2000u * MHZ)    /* a pause of so long ends a message, in cycles */
#define MOST_BEHIND_NS 2000000 /* more than this behind the wall clock is given up, not run after */
#define NB_CHANNELS 12

/* Data addresses on the ATmega328P (datasheet, register summary). */
#define UCSR0A 0xC0
#define UBRR0L 0xC4
#define UBRR0H 0xC5
#define MCUSR 0x54

static FILE *events; /* standard output; the library's own chatter goes to standard error */
static avr_t *avr;
static avr_irq_t *rx_irq, *supply_irq, *strap_irq;
static int master = -1, slave = -1;
static uint8_t queue[65536];
static size_t queue_start, queue_end;
static bool may_feed = true, message_open;
static avr_cycle_count_t last_fed;
static avr_cycle_count_t rose[NB_CHANNELS];
static bool high[NB_CHANNELS];
static struct timespec wall;
static int supply_level;

static double now_us(avr_cycle_count_t cycle) {
    return (double)cycle / MHZ;
}

static void die(const char *what) {
    fprintf(stderr, "simavr_host: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The rate that the client set, from Linux' struct termios2: odd rates have no code of their own. */
static unsigned client_baud(void) {
    struct {
        unsigned flags[4];
        unsigned char line, chars[19];
        unsigned in, out;
    } settings;
    return ioctl(slave, 0x802C542A /* TCGETS2 */, &settings) ? 0 : settings.out;
}

/* The rate that the firmware set, from its own registers. */
static unsigned firmware_baud(void) {
    unsigned divisor = avr->data[UBRR0L] + 256u * avr->data[UBRR0H] + 1u;
    return MHZ * 1000000u / ((avr->data[UCSR0A] & 2 ? 8u : 16u) * divisor);
}

/* One byte after the other, ten bit times apart: start bit, eight bits, stop bit. */
static avr_cycle_count_t feed(avr_t *chip, avr_cycle_count_t when, void *param) {
    (void)chip;
    (void)param;
    if (queue_start == queue_end) {
        return 0;
    }
    if (may_feed) {
        last_fed = when;
        message_open = true;
        avr_raise_irq(rx_irq, queue[queue_start++]);
    }
    return when + 10ull * MHZ * 1000000ull / firmware_baud();
}

static void take_from_client(void) {
    if (queue_start == queue_end) {
        queue_start = queue_end = 0;
    }
    ssize_t nb = read(master, queue + queue_end, sizeof queue - queue_end);
    if (nb <= 0) {
        return;
    }
    if (client_baud() != firmware_baud()) {
        return; /* at another rate a receiver sees broken stop bits, and drops them */
    }
    bool idle = queue_start == queue_end;
    queue_end += (size_t)nb;
    if (idle) {
        avr_cycle_timer_register(avr, 10ull * MHZ * 1000000ull / firmware_baud(), feed, NULL);
    }
}

static void on_xon(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    (void)param;
    if (value) {
        may_feed = true;
    }
}

static void on_xoff(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    (void)param;
    if (value) {
        may_feed = false;
    }
}

static void on_sent(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    (void)param;
    uint8_t byte = (uint8_t)value;
    if (write(master, &byte, 1) < 0 && errno != EAGAIN) {
        die("pty");
    }
}

static void on_pin(avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    size_t channel = (size_t)(uintptr_t)param;
    if (value && !high[channel]) {
        rose[channel] = avr->cycle;
    } else if (!value && high[channel]) {
        fprintf(events, "pulse %.2f %zu %.4f\n", now_us(rose[channel]), channel + 1, now_us(avr->cycle - rose[channel]));
    }
    high[channel] = value != 0;
}

static void on_drive(avr_irq_t *irq, uint32_t value, void *param) {
    static int level = -1;
    (void)irq;
    (void)param;
    if ((int)(value & 1) != level) {
        level = (int)(value & 1);
        fprintf(events, "drive %.2f %d\n", now_us(avr->cycle), level);
    }
}

static avr_cycle_count_t pace(avr_t *chip, avr_cycle_count_t when, void *param);

static void set_supply(int millivolts) {
    supply_level = millivolts;
    avr_raise_irq(supply_irq, (uint32_t)(millivolts / 16)); /* the divider */
    /* The strap wins over the chip's own pull-up. */
    avr_ioport_external_t strap = {.name = 'B', .mask = 1 << 2, .value = millivolts ? 0 : 1 << 2};
    avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('B'), &strap);
    avr_raise_irq(strap_irq, millivolts != 0);
    avr_raise_irq(strap_irq, millivolts == 0);
}

/* What has to be put back after the simulator has reset the chip: it forgets its timers, and what is at the pins. */
static void wire_up(void) {
    may_feed = true;
    memset(high, 0, sizeof high);
    avr_cycle_timer_register(avr, SLICE, pace, NULL);
    if (queue_start != queue_end) {
        avr_cycle_timer_register(avr, SLICE, feed, NULL);
    }
    set_supply(supply_level);
    /* Else INT0 and INT1, which the firmware does not use, are polled in every cycle: nine tenths of the work. */
    avr_extint_set_strict_lvl_trig(avr, 0, 0);
    avr_extint_set_strict_lvl_trig(avr, 1, 0);
}

static void reset(const char *cause) {
    avr_reset(avr);
    uint8_t flag = 0x02; /* EXTRF */
    if (strcmp(cause, "power") == 0) {
        flag = 0x01;
        for (unsigned at = avr->ioend + 1u; at <= avr->ramend; at++) {
            avr->data[at] = (uint8_t)(at * 197u + 91u);
        }
    } else if (strcmp(cause, "brownout") == 0) {
        flag = 0x04;
    }
    avr->data[MCUSR] = flag;
    fprintf(events, "reset %.2f\n", now_us(avr->cycle));
    wire_up();
}

/* Point the program at an instruction that jumps to itself: the C library's end of main has one. */
static void hang(void) {
    for (unsigned at = 0; at + 1 < avr->codeend; at += 2) {
        if (avr->flash[at] == 0xFF && avr->flash[at + 1] == 0xCF) {
            avr->pc = at;
            avr->state = cpu_Running;
            return;
        }
    }
    fprintf(stderr, "simavr_host: no endless loop in this firmware\n");
}

/* What is to be done between two instructions, not inside a timer's call. */
static char pending[64];

static void obey(void) {
    int millivolts;
    if (strncmp(pending, "reset ", 6) == 0) {
        reset(pending + 6);
    } else if (strcmp(pending, "hang") == 0) {
        hang();
    } else if (sscanf(pending, "supply %d", &millivolts) == 1) {
        set_supply(millivolts);
    } else {
        fprintf(stderr, "simavr_host: unknown command: %s\n", pending);
    }
    pending[0] = 0;
}

static void take_command(void) {
    static char line[64];
    static size_t used;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    while (!pending[0] && poll(&input, 1, 0) > 0) {
        char byte;
        if (read(0, &byte, 1) <= 0) {
            exit(0); /* whoever started us is gone */
        }
        if (byte == '\n') {
            line[used] = 0;
            memcpy(pending, line, sizeof pending);
            used = 0;
        } else if (used + 1 < sizeof line) {
            line[used++] = byte;
        }
    }
}

/* Keep simulated time at the wall clock, and look at what came meanwhile. */
static avr_cycle_count_t pace(avr_t *chip, avr_cycle_count_t when, void *param) {
    (void)chip;
    (void)param;
    static unsigned nb_slices;
    struct timespec real;
    wall.tv_nsec += SLICE * 1000 / MHZ;
    if (wall.tv_nsec >= 1000000000) {
        wall.tv_nsec -= 1000000000;
        wall.tv_sec++;
    }
    clock_gettime(CLOCK_MONOTONIC, &real);
    int64_t behind = (real.tv_sec - wall.tv_sec) * 1000000000ll + (real.tv_nsec - wall.tv_nsec);
    if (behind > MOST_BEHIND_NS) {
        wall = real;
    } else if (behind < 0) {
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wall, NULL);
    }
    take_from_client();
    take_command();
    if (message_open && queue_start == queue_end && when - last_fed > QUIET) {
        message_open = false;
        fprintf(events, "quiet %.2f\n", now_us(last_fed));
    }
    if (++nb_slices % 10 == 0) {
        fprintf(events, "now %.2f\n", now_us(when));
    }
    fflush(events);
    return when + SLICE;
}

/* Asleep, the chip skips to its next event; pace() does the waiting. */
static void no_sleep(avr_t *chip, avr_cycle_count_t how_long) {
    (void)chip;
    (void)how_long;
}

static void connect_pins(void) {
    for (size_t i = 0; i < NB_CHANNELS; i++) {
        char port = i < 6 ? 'D' : 'C';
        int pin = i < 6 ? (int)i + 2 : (int)i - 6;
        avr_irq_t *irq = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), pin);
        avr_irq_register_notify(irq, on_pin, (void *)(uintptr_t)i);
    }
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), 0), on_drive, NULL);
    strap_irq = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), 2);
    supply_irq = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC6);
    rx_irq = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_xon, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_xoff, NULL);
    uint32_t flags = 0; /* no echo to the console, no sleeping on its own */
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
}

static void open_pty(void) {
    struct termios raw;
    char name[128];
    if (openpty(&master, &slave, name, NULL, NULL)) {
        die("openpty");
    }
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    fcntl(master, F_SETFL, O_NONBLOCK);
    fprintf(events, "%s\n", name);
    fflush(events);
}

int main(int argc, char *argv[]) {
    elf_firmware_t firmware = {0};
    events = fdopen(dup(1), "w");
    if (!events || dup2(2, 1) < 0) {
        die("standard output");
    }
    if (argc != 2 || elf_read_firmware(argv[1], &firmware)) {
        fprintf(stderr, "usage: simavr_host FIRMWARE.elf\n");
        return 2;
    }
    avr = avr_make_mcu_by_name("atmega328p");
    if (!avr) {
        fprintf(stderr, "simavr_host: this libsimavr knows no atmega328p\n");
        return 1;
    }
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr->frequency = MHZ * 1000000u;
    avr->vcc = avr->avcc = avr->aref = 5000;
    avr->sleep = no_sleep;
    avr->log = LOG_ERROR;
    connect_pins();
    open_pty();
    clock_gettime(CLOCK_MONOTONIC, &wall);
    wire_up();
    /* The chip's own watchdog resets it behind our back; then our timer is gone. */
    for (;;) {
        int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "simavr_host: the chip stopped at %#x\n", avr->pc);
            return 1;
        }
        if (pending[0]) {
            obey();
        }
        if (avr->pc == avr->reset_pc && !avr_cycle_timer_status(avr, pace, NULL)) {
            fprintf(events, "reset %.2f\n", now_us(avr->cycle));
            wire_up();
        }
    }
}
