/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To end in good order when a signal asks for it: what is done is kept, what is
 * begun is not.
 */
#ifndef GS_INTERRUPT_H
#define GS_INTERRUPT_H

/*
 * From now on the first SIGHUP, SIGINT or SIGTERM, unless it is ignored, sets what
 * this returns, an atomic int, to its number. Another ends the program at once, but
 * not within half a second: timeout and batch systems signal a process and then its
 * group, which is one wish.
 */
const int *gs_interrupt_catch(void);

/* Die of the signal that was caught, so that the exit status tells; returns if none was. */
void gs_interrupt_die(void);

#endif
