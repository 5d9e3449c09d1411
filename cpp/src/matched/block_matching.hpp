// For blocks on a grid, the blocks nearby that differ least from them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "aligned_buffer.hpp"
#include "mmfusion/image.hpp"
#include "thread_pool.hpp"

namespace mmfusion {

inline constexpr std::int64_t search_reach = 19;  // in rows and in columns
inline constexpr std::int64_t most_matches = 64;

// Where the blocks of a grid begin along one side of an image: every few pixels, and at its end.
class BlockGrid {
public:
    static constexpr std::int64_t spacing = 3;

    explicit BlockGrid(std::int64_t side) noexcept;

    [[nodiscard]] std::int64_t size() const noexcept { return size_; }
    [[nodiscard]] std::int64_t start(std::int64_t index) const noexcept {
        return index * spacing < last_ ? index * spacing : last_;
    }

private:
    std::int64_t last_;
    std::int64_t size_;
};

// The groups of all blocks of the grid in an image with noise of variance 1. A group holds the
// block itself and those that differ least from it, the nearer before the farther. It is as large
// as noise alone explains the differences, a power of 2, and has at least 16 blocks where there are
// so many.
class BlockMatches {
public:
    explicit BlockMatches(Shape shape);

    // Row by row of the grid, which the pool shares. Ends early once `must_end` says so.
    void find(const float* image, std::int64_t stride, ThreadPool& pool,
              const std::function<bool()>& must_end);

    [[nodiscard]] const BlockGrid& rows() const noexcept { return rows_; }
    [[nodiscard]] const BlockGrid& columns() const noexcept { return columns_; }

    // Writes where the blocks of a group begin in an image of this stride; returns their number.
    std::int64_t group(std::int64_t row, std::int64_t column, std::int64_t stride,
                       std::int64_t* starts) const noexcept;

private:
    struct Offset {
        std::int64_t y = 0;
        std::int64_t x = 0;
    };
    struct Candidates;

    void copy_padded(const float* image, std::int64_t stride);
    void search_row(std::int64_t row, Candidates& candidates);
    void keep(std::int64_t row, Candidates& candidates);

    Shape shape_;
    BlockGrid rows_;
    BlockGrid columns_;
    std::vector<Offset> offsets_;  // the nearest first
    std::int64_t stride_;
    AlignedBuffer padded_;
    std::vector<std::uint16_t> found_;  // indices of offsets
    std::vector<std::uint8_t> sizes_;
};

}  // namespace mmfusion
