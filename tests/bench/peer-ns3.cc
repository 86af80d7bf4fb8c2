/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ns3/core-module.h>
#include <vector>

#include "tests/bench/peer.hh"

struct Process {
	Load load;
	ns3::EventId timeout;
};

static unsigned long long events_left;

static void on_timeout()
{
	std::abort();
}

static void on_event(Process *process)
{
	const int64_t delay_ns = next_delay_ns(process->load);

	if (!--events_left)
		ns3::Simulator::Stop();
	if (process->load == Load::timer) {
		process->timeout.Cancel();
		process->timeout = ns3::Simulator::Schedule(
			ns3::NanoSeconds(delay_ns + 1 + next_delay_ns(process->load)), &on_timeout);
	}
	ns3::Simulator::Schedule(ns3::NanoSeconds(delay_ns), &on_event, process);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	delays_init();
	const Load load = parse_load(argv[2]);
	const unsigned long pending = std::strtoul(argv[3], nullptr, 10);
	std::vector<Process> processes(load == Load::timer ? pending / 2 : pending);
	ns3::ObjectFactory factory;

	factory.SetTypeId(argv[1]);
	ns3::Simulator::SetScheduler(factory);
	for (Process &process : processes) {
		const int64_t at_ns = next_delay_ns(load);

		process.load = load;
		ns3::Simulator::Schedule(ns3::NanoSeconds(at_ns), &on_event, &process);
		if (load == Load::timer)
			process.timeout = ns3::Simulator::Schedule(ns3::NanoSeconds(at_ns + 1),
								   &on_timeout);
	}
	return answer([](unsigned long long events) {
		events_left = events;
		ns3::Simulator::Run();
		return events;
	});
}
