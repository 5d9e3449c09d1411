#include "thread_pool.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#ifndef _WIN32
#include <unistd.h>
#endif

#include "denormals.hpp"

namespace mmfusion {
namespace {

std::int64_t current_process() noexcept {
#ifdef _WIN32
    return 0;  // no process is ever a copy of another
#else
    return getpid();
#endif
}

}  // namespace

// The threads and everything they wait on.
class ThreadPool::Crew {
public:
    explicit Crew(int threads) {
        try {
            for (int worker = 1; worker < threads; ++worker) {
                workers_.emplace_back([this, worker] { serve(worker); });
            }
        } catch (const std::system_error&) {
            // The system allows no more threads; fewer give the same result.
        }
    }
    ~Crew() {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
        }
        wake_.notify_all();
        for (std::thread& worker : workers_) {
            worker.join();
        }
    }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()) + 1; }
    [[nodiscard]] bool is_inherited() const noexcept { return process_ != current_process(); }

    void run(std::int64_t count, const std::function<void(std::int64_t, int)>& task);

private:
    void serve(int worker);
    void work(int worker) noexcept;

    const std::int64_t process_ = current_process();
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

ThreadPool::ThreadPool(int threads) : crew_(std::make_unique<Crew>(threads)) {}

ThreadPool::~ThreadPool() { abandon_inherited_crew(); }

int ThreadPool::size() const noexcept { return crew_->size(); }

void ThreadPool::run(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
    if (crew_->is_inherited()) {
        auto crew = std::make_unique<Crew>(size());
        abandon_inherited_crew();
        crew_ = std::move(crew);
    }
    crew_->run(count, task);
}

// The parent's threads cannot be joined, nor can what they wait on be destroyed: both would block
// for ever. The crew is leaked; it is small.
void ThreadPool::abandon_inherited_crew() noexcept {
    if (crew_->is_inherited()) {
        [[maybe_unused]] const Crew* left = crew_.release();
    }
}

void ThreadPool::Crew::run(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
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

void ThreadPool::Crew::serve(int worker) {
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

void ThreadPool::Crew::work(int worker) noexcept {
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
