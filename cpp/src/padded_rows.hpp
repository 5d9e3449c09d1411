// Rows of floats with zeros before and room behind each row, as the row kernels require.
#pragma once

#include <cstdint>

#include "aligned_buffer.hpp"
#include "kernels/row_kernels.hpp"

namespace mmfusion {

class PaddedRows {
public:
    PaddedRows() = default;
    PaddedRows(std::int64_t rows, std::int64_t columns)
        : stride_(padded_stride(columns)), memory_(make_zeroed_buffer(rows * stride_)) {}

    [[nodiscard]] float* row(std::int64_t index) const noexcept {
        return memory_.get() + index * stride_ + row_margin;
    }

    static std::int64_t padded_stride(std::int64_t columns) noexcept {
        return row_margin + round_up(columns) + row_overrun;
    }
    static std::int64_t round_up(std::int64_t columns) noexcept {
        return (columns + row_step - 1) / row_step * row_step;
    }

private:
    std::int64_t stride_ = 0;
    AlignedBuffer memory_;
};

}  // namespace mmfusion
