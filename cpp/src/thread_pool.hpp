// A few threads that wait for work; they belong to one plan and end with it.
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

    // Calls task(index, worker) for every index in [0, count) and waits for all. Which worker
    // gets which index is open. The first exception is rethrown here after all have ended.
    // In a forked child, which inherits the pool without its threads, new ones are started.
    void run(std::int64_t count, const std::function<void(std::int64_t, int)>& task);

private:
    class Crew;

    void abandon_inherited_crew() noexcept;

    std::unique_ptr<Crew> crew_;
};

}  // namespace mmfusion
