#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <vector>

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "thread_pool.hpp"

using mmfusion::ThreadPool;

TEST_CASE("every index is processed once") {
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

TEST_CASE("an exception reaches the caller, and the pool can be used again") {
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

// ThreadSanitizer lets no forked child start threads.
#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a forked child can use and destroy the pool that it inherits without its threads") {
    constexpr unsigned seconds = 60;  // after which a signal ends a child that hangs
    std::optional<ThreadPool> pool(std::in_place, 3);
    std::vector<int> calls(100, 0);
    const auto count_up = [&](std::int64_t index, int) {
        ++calls[static_cast<std::size_t>(index)];
    };
    pool->run(100, count_up);
    for (const bool used : {true, false}) {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            alarm(seconds);
            if (used) {
                pool->run(100, count_up);
            }
            const bool right = pool->size() == 3 && calls == std::vector<int>(100, used ? 2 : 1);
            pool.reset();
            _exit(right ? 0 : 1);
        }
        int status = -1;
        REQUIRE(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    pool->run(100, count_up);
    CHECK(calls == std::vector<int>(100, 2));
}
#endif
