/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timers of SimGrid's kernel. An actor that sleeps keeps the simulation going. */
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <vector>

#include "tests/bench/peer.hh"

using simgrid::kernel::timer::Timer;
namespace sg4 = simgrid::s4u;

struct Process {
	Timer *timeout;
};

static Load load;
static unsigned long long event_count;

/* A mean delay is a second. */
static double next_delay()
{
	return static_cast<double>(next_delay_ns(load)) / MEAN_DELAY_NS;
}

static void set_timeout(Process *process, double date)
{
	process->timeout = Timer::set(date, [] { std::abort(); });
}

static void on_event(Process *process, double now)
{
	const double date = now + next_delay();

	event_count++;
	if (load == Load::timer) {
		process->timeout->remove();
		set_timeout(process, date + next_delay() + 1e-9);
	}
	Timer::set(date, [process, date] { on_event(process, date); });
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	delays_init();
	load = parse_load(argv[1]);
	const unsigned long pending = std::strtoul(argv[2], nullptr, 10);
	std::vector<Process> processes(load == Load::timer ? pending / 2 : pending);
	sg4::Engine engine(&argc, argv);

	sg4::Host *host = sg4::create_full_zone("zone")->create_host("host", 1e9)->seal();
	sg4::Actor::create("sleeper", host, [] { sg4::this_actor::sleep_for(1e9); });
	for (Process &process : processes) {
		const double date = next_delay();

		Timer::set(date, [&process, date] { on_event(&process, date); });
		if (load == Load::timer)
			set_timeout(&process, date + 1e-9);
	}
	const double rate = static_cast<double>(processes.size()) /
			    (load == Load::bimodal ? 0.47619 + 0.95238 : 1.0);
	return answer([&](unsigned long long events) {
		event_count = 0;
		engine.run_until(sg4::Engine::get_clock() + static_cast<double>(events) / rate);
		return event_count;
	});
}
