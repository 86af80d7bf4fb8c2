/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bare queues: no callbacks, no handles. A cancelled entry stays until it comes
 * up and is then known by its generation.
 */
#include <boost/heap/d_ary_heap.hpp>
#include <queue>
#include <vector>

#include "tests/bench/peer.hh"

struct Entry {
	int64_t at_ns;
	uint64_t seq;
	uint32_t process, generation; /* 0: its event, else its timeout */

	bool operator>(const Entry &other) const
	{
		return at_ns > other.at_ns || (at_ns == other.at_ns && seq > other.seq);
	}
};

using StdQueue = std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>>;
using BoostQueue = boost::heap::d_ary_heap<Entry, boost::heap::arity<4>,
					   boost::heap::compare<std::greater<Entry>>>;

template <typename Queue> static int run(Load load, uint32_t pending)
{
	std::vector<uint32_t> generations(pending, 1);
	Queue queue;
	uint64_t seq = 0;

	const uint32_t processes = load == Load::timer ? pending / 2 : pending;
	for (uint32_t i = 0; i < processes; i++) {
		const int64_t at_ns = next_delay_ns(load);

		queue.push({ at_ns, seq++, i, 0 });
		if (load == Load::timer)
			queue.push({ at_ns + 1, seq++, i, 1 });
	}
	return answer([&](unsigned long long events) {
		for (auto left = events; left;) {
			const Entry entry = queue.top();

			queue.pop();
			if (entry.generation) {
				if (entry.generation == generations[entry.process])
					std::abort();
				continue;
			}
			left--;
			const int64_t at_ns = entry.at_ns + next_delay_ns(load);
			if (load == Load::timer)
				queue.push({ at_ns + 1 + next_delay_ns(load), seq++, entry.process,
					     ++generations[entry.process] });
			queue.push({ at_ns, seq++, entry.process, 0 });
		}
		return events;
	});
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	delays_init();
	const Load load = parse_load(argv[2]);
	const auto pending = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10));

	return std::string(argv[1]) == "std" ? run<StdQueue>(load, pending) :
					       run<BoostQueue>(load, pending);
}
