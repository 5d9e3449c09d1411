#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

#include "thread_pool.hpp"

using mmfusion::ThreadPool;

TEST_CASE("every index is worked on once") {
    for (const int threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        for (const std::int64_t count : {0, 1, 2, 100}) {
            std::vector<int> calls(static_cast<std::size_t>(count), 0);
            for (int repeat = 0; repeat < 20; ++repeat) {
                pool.run(count, [&](std::int64_t index, int worker) {
                    CHECK(worker < threads);
                    ++calls[static_cast<std::size_t>(index)];
                });
            }
            CHECK(calls == std::vector<int>(static_cast<std::size_t>(count), 20));
        }
    }
}

TEST_CASE("an exception reaches the caller and the pool goes on") {
    ThreadPool pool(3);
    const auto failing = [](std::int64_t index, int) {
        if (index == 7) {
            throw std::invalid_argument("seven");
        }
    };
    CHECK_THROWS_WITH_AS(pool.run(20, failing), "seven", std::invalid_argument);
    int done = 0;
    pool.run(1, [&](std::int64_t, int) { ++done; });
    CHECK(done == 1);
}
