#include "thread_pool.hpp"

#include "denormals.hpp"

namespace mmfusion {

ThreadPool::ThreadPool(int threads) {
    try {
        for (int worker = 1; worker < threads; ++worker) {
            workers_.emplace_back([this, worker] { serve(worker); });
        }
    } catch (const std::system_error&) {
        // The system grants no more threads: fewer give the same result.
    }
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) {
        worker.join();
    }
}

void ThreadPool::run(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
    const bool alone = workers_.empty() || count < 2;
    {
        const std::lock_guard lock(mutex_);
        task_ = &task;
        count_ = count;
        next_.store(0, std::memory_order_relaxed);
        failure_ = nullptr;
        if (!alone) {
            running_ = static_cast<int>(workers_.size());
            ++generation_;
        }
    }
    if (!alone) {
        wake_.notify_all();
    }
    work(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    task_ = nullptr;
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

void ThreadPool::serve(int worker) {
    std::uint64_t seen = 0;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return closing_ || generation_ != seen; });
            if (closing_) {
                return;
            }
            seen = generation_;
        }
        work(worker);
        bool last = false;
        {
            const std::lock_guard lock(mutex_);
            last = --running_ == 0;
        }
        if (last) {
            done_.notify_one();
        }
    }
}

void ThreadPool::work(int worker) noexcept {
    const FlushDenormals flush;
    try {
        for (;;) {
            const std::int64_t index = next_.fetch_add(1, std::memory_order_relaxed);
            if (index >= count_) {
                return;
            }
            (*task_)(index, worker);
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
            failure_ = std::current_exception();
        }
        next_.store(count_, std::memory_order_relaxed);
    }
}

}  // namespace mmfusion
