/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script: which thread of which VM issues which KVM ioctl, and when.
 *
 * What a trace of a real VM start and a model of one have in common; everything
 * downstream works on scripts and does not know which of the two it has. A
 * script says what user space did (calls, arguments, think time) and, where it
 * comes from a log, how long each call took there. What a call costs on another
 * kernel is not in it: that is what gets simulated.
 */
#ifndef GS_SCRIPT_H
#define GS_SCRIPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What kind of file descriptor the ioctl went to. */
typedef enum {
	GS_FD_UNKNOWN,
	GS_FD_KVM, /* /dev/kvm */
	GS_FD_VM,
	GS_FD_VCPU,
	GS_FD_DEVICE, /* KVM_CREATE_DEVICE */
} GsFdRole;

/*
 * What the log or model says of an ioctl's argument; absent parts are unknown. A
 * fleet has millions of these: the order of the fields is that of their sizes.
 */
typedef struct {
	bool has_value, has_memslot, has_flags, has_len, has_addr, has_device_attr, has_device_type;

	uint32_t slot; /* of kvm_userspace_memory_region(2): address space in bits 16 and up */
	uint32_t memslot_flags;
	uint32_t flags; /* of kvm_ioeventfd, kvm_irqfd, kvm_pit_config, ... */
	uint32_t len;   /* kvm_ioeventfd.len */
	uint32_t device_group;
	uint32_t device_type; /* kvm_create_device.type, or the type of the device fd */

	uint64_t value; /* a plain number: vCPU id, capability, address, ... */
	uint64_t guest_phys_addr, memory_size_bytes, userspace_addr; /* has_memslot */
	uint64_t addr;        /* kvm_ioeventfd.addr */
	uint64_t device_attr; /* struct kvm_device_attr */
	uint64_t pointer;     /* the log shows the struct's address in its place; 0: it does not */
} GsCallArgs;

/* The name of the one call that is no ioctl: the close() that ends a VM, with role GS_FD_VM. */
#define GS_SCRIPT_CLOSE "close"

typedef struct {
	uint32_t vm;         /* from 0 in the order of the script */
	uint32_t thread;     /* index into GsScript.threads */
	const char *name;    /* "KVM_CREATE_VCPU"; interned, borrowed */
	GsCallArgs args;
	uint32_t occurrence; /* the K-th ioctl of that name in its VM, from 0, in start order */
	GsFdRole role;
	int64_t ret; /* what it returned (-1 if it failed) */

	int64_t start_ns;    /* in the log, from its first call; models: -1 */
	int64_t recorded_ns; /* duration in the log; -1: not known */
	int64_t think_ns;    /* from the end of the call it follows to its own start, 0 or more;
				GS_SCRIPT_CLOSE: from the end of the VM's last call, if later */
	int64_t guest_ns;    /* models: how long the guest runs in KVM_RUN; 0: not said */
	uint32_t others;     /* system calls of the log in that gap that are not of the script */
	int32_t after;       /* index of the call it follows: the thread's previous one, or, for
				a thread's first, the last one of who made it before that, or
				the last to complete before the thread was made, as far as the
				log tells; in models also one of another thread that it waits
				for after its thread's previous one; -1: none */
	uint32_t ordinal;    /* of its thread's system calls in the log, from 1; 0: not known */
	uint32_t line;       /* in GsScript.source; 0: none */
	bool failed;         /* returned an error */
	bool think_unknown;  /* the log has no stamps: think_ns is 0 and says nothing */
	bool from_preamble;  /* supplied by a VMM model, not by the log */
} GsScriptCall;

typedef struct {
	int32_t tid;
	const char *name; /* "vcpu 0"; borrowed; NULL: the tid is all that is known */
} GsScriptThread;

/* When the VMs of a fleet are started: the instant each VMM's first thread is there. */
typedef enum {
	GS_START_STORM,   /* all at once */
	GS_START_EVERY,   /* one after another, evenly */
	GS_START_POISSON, /* at random, independently of each other */
} GsStartKind;

typedef struct {
	GsStartKind kind;
	int64_t interval_ns; /* from one to the next; poisson: on average; storm: 0 */
} GsStartPattern;

typedef struct {
	char *source;    /* owned: file name, or model name */
	char *label;     /* owned: what reports call it: the source and what of it this is */
	GArray *calls;   /* owned: GsScriptCall in start order */
	GArray *threads; /* owned: GsScriptThread */
	GStringChunk *names; /* owned: those of threads that are not interned */
	uint32_t vm_count;
	bool is_fleet;        /* its VMs are copies of one start, side by side: runs/fleet.h */
	GsStartPattern start; /* of a fleet */
	int64_t less_inside_ns;  /* what was taken from each duration in the log, and from the */
	int64_t less_between_ns; /* gap before each call, as its tracer's (tracer-overhead.h) */
	GPtrArray *notes; /* owned: char *, what the reader wants its user to know, one line each */
} GsScript;

GsScript *gs_script_new(const char *source);
void gs_script_free(GsScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsScript, gs_script_free)

static inline const GsScriptCall *gs_script_call(const GsScript *script, unsigned int index)
{
	return &g_array_index(script->calls, GsScriptCall, index);
}

/* Add a note; takes printf arguments. */
void gs_script_note(GsScript *script, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The index of thread @tid, added if it is new. */
uint32_t gs_script_thread(GsScript *script, int32_t tid);

/* Number the calls of each name within each VM (GsScriptCall.occurrence), in order. */
void gs_script_number_calls(GsScript *script);

#endif
