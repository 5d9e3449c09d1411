// Treats denormal numbers as zero during the lifetime of this object, since they would slow the
// kernels down. The destructor restores the thread's setting.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif defined(__aarch64__) && !defined(_MSC_VER)
#include <cstdint>
#endif

namespace mmfusion {

class FlushDenormals {
public:
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__x86_64__) || defined(_M_X64)
    FlushDenormals() noexcept : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_and_zero); }
    ~FlushDenormals() { _mm_setcsr(saved_); }

private:
    static constexpr unsigned flush_and_zero = 0x8040;
    unsigned saved_;
#elif defined(__aarch64__) && !defined(_MSC_VER)
    FlushDenormals() noexcept {
        __asm__ volatile("mrs %0, fpcr" : "=r"(saved_));
        const std::uint64_t flushing = saved_ | flush_to_zero;
        __asm__ volatile("msr fpcr, %0" : : "r"(flushing));
    }
    ~FlushDenormals() { __asm__ volatile("msr fpcr, %0" : : "r"(saved_)); }

private:
    static constexpr std::uint64_t flush_to_zero = std::uint64_t{1} << 24;
    std::uint64_t saved_ = 0;
#else
    FlushDenormals() noexcept {}
    ~FlushDenormals() {}
#endif
};

}  // namespace mmfusion
