// Operations on rows that need no kernel.
#pragma once

#include <cstdint>
#include <cstring>

namespace mmfusion {

inline void copy_row(const float* from, std::int64_t columns, float* to) noexcept {
    std::memcpy(to, from, static_cast<std::size_t>(columns) * sizeof(float));
}

inline void multiply_row(const float* from, float factor, std::int64_t columns,
                         float* to) noexcept {
    for (std::int64_t j = 0; j < columns; ++j) {
        to[j] = from[j] * factor;
    }
}

// Makes the gradient along x zero at the far edge of a padded row.
inline void repeat_last_sample(float* row, std::int64_t columns) noexcept {
    row[columns] = row[columns - 1];
}

}  // namespace mmfusion
