// How many rows of a pass are done: published by the thread that runs the pass, read by the thread
// that runs the next one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace mmfusion {

class RowProgress {
public:
    void publish(std::int64_t rows) {
        {
            const std::lock_guard lock(mutex_);
            rows_.store(rows, std::memory_order_release);
        }
        changed_.notify_one();
    }
    // The pass will not run: no row follows.
    void cancel() { publish(cancelled); }

    [[nodiscard]] std::int64_t rows() const noexcept {
        return rows_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool is_cancelled() const noexcept { return rows() == cancelled; }

    // Waits until at least `count` rows are done or the pass is cancelled; returns rows().
    std::int64_t wait_for(std::int64_t count) {
        const auto arrived = [&] { return rows() >= count || is_cancelled(); };
        constexpr int spins = 2000;  // some microseconds: less than falling asleep takes
        for (int spin = 0; spin < spins; ++spin) {
            if (arrived()) {
                return rows();
            }
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, arrived);
        return rows();
    }

    // Waits for the first row; false if the pass is cancelled.
    bool wait_for_start() { return wait_for(1) != cancelled; }

private:
    static constexpr std::int64_t cancelled = -1;

    std::atomic<std::int64_t> rows_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace mmfusion
