// A hint to the processor that a row will be read soon. Rows are short and many images are read in
// turn, so the processor does not predict it by itself.
#pragma once

#include <cstdint>

#if defined(_MSC_VER) && defined(_M_X64)
#include <intrin.h>
#endif

namespace mmfusion {

inline void prefetch_row(const float* row, std::int64_t columns) noexcept {
    constexpr std::int64_t floats_per_line = 16;
    for (std::int64_t j = 0; j < columns; j += floats_per_line) {
#if defined(__GNUC__)
        __builtin_prefetch(row + j);
#elif defined(_MSC_VER) && defined(_M_X64)
        _mm_prefetch(reinterpret_cast<const char*>(row + j), _MM_HINT_T0);
#endif
    }
}

}  // namespace mmfusion
