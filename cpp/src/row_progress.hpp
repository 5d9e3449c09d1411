// How many rows of a pass are done, told by the thread that makes them to the one that pursues it.
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
    // No row will ever come.
    void refuse() { publish(refused); }

    [[nodiscard]] std::int64_t rows() const noexcept {
        return rows_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool is_refused() const noexcept { return rows() == refused; }

    // Waits until `wanted` rows are done and returns how many are; fewer only if they are refused.
    std::int64_t wait_for(std::int64_t wanted) {
        const auto arrived = [&] { return rows() >= wanted || is_refused(); };
        constexpr int patience = 2000;  // some microseconds: less than falling asleep takes
        for (int turn = 0; turn < patience; ++turn) {
            if (arrived()) {
                return rows();
            }
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, arrived);
        return rows();
    }

    // Waits for the first row; false if none will come.
    bool will_come() { return wait_for(1) != refused; }

private:
    static constexpr std::int64_t refused = -1;

    std::atomic<std::int64_t> rows_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace mmfusion
