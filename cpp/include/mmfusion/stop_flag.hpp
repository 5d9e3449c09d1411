// A request to stop, set by one thread and polled by those that compute.
#pragma once

#include <atomic>

namespace mmfusion {

class StopFlag {
public:
    void set() noexcept { flag_.store(true, std::memory_order_relaxed); }
    void clear() noexcept { flag_.store(false, std::memory_order_relaxed); }
    [[nodiscard]] bool is_set() const noexcept { return flag_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> flag_{false};
};

}  // namespace mmfusion
