// A few threads that wait for work; they belong to one plan and end with it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mmfusion {

class ThreadPool {
public:
    // `threads` counts the calling thread, so one thread starts none.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()) + 1; }

    // Calls task(index, worker) for every index in [0, count) and waits for all. Which worker
    // gets which index is open. The first exception is rethrown here after all have ended.
    void run(std::int64_t count, const std::function<void(std::int64_t, int)>& task);

private:
    void serve(int worker);
    void work(int worker) noexcept;

    std::vector<std::thread> workers_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    std::uint64_t generation_ = 0;
    int running_ = 0;
    bool closing_ = false;

    const std::function<void(std::int64_t, int)>* task_ = nullptr;
    std::int64_t count_ = 0;
    std::atomic<std::int64_t> next_{0};
    std::exception_ptr failure_;
};

}  // namespace mmfusion
