/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the peers in C++ share: see bench-peer.c. */
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/bench/bench-loads.h"

/* Their timers are cancelled and scheduled anew; they have no other way. */
enum class Load { hold, bimodal, timer };

inline int64_t next_delay_ns(Load load)
{
	return load == Load::bimodal ? delay_bimodal_ns() : delay_exponential_ns();
}

inline Load parse_load(const std::string &name)
{
	if (name == "hold")
		return Load::hold;
	if (name == "bimodal")
		return Load::bimodal;
	if (name == "timer")
		return Load::timer;
	std::exit(1);
}

/* @run runs about so many events and returns how many it were. */
template <typename Run> int answer(Run run)
{
	unsigned long long events;

	std::puts("ready");
	std::fflush(stdout);
	while (std::scanf("%llu", &events) == 1) {
		const double start_ns = cpu_ns();
		const double count = static_cast<double>(run(events));

		std::printf("%.3f\n", (cpu_ns() - start_ns) / count);
		std::fflush(stdout);
	}
	return 0;
}
