// A few threads that wait for work; they belong to one solver and end with it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace mmfusion {

class ThreadPool {
public:
    // `threads` counts the calling thread, so one thread starts none.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int size() const noexcept;

    // Calls task(index, worker) for every index in [0, count), in no fixed order and on any worker,
    // and waits for all. Rethrows the first exception after all have ended. In a forked child,
    // which inherits the pool without its threads, new threads are started.
    void run(std::int64_t count, const std::function<void(std::int64_t, int)>& task);

private:
    class Crew;

    void abandon_inherited_crew() noexcept;

    std::unique_ptr<Crew> crew_;
};

}  // namespace mmfusion
