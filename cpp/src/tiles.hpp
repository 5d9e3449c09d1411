// How an image is cut into tiles for threads and caches.
//
// A tile owns some pixels and reads a halo around them, so that no tile waits for another. Results
// are the same, bit for bit, however the image is cut.
#pragma once

#include <cstdint>
#include <vector>

#include "mmfusion/image.hpp"

namespace mmfusion {

struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;

    [[nodiscard]] std::int64_t size() const noexcept { return end - begin; }
};

struct Tile {
    Range rows;  // owned
    Range columns;
    Range read_rows;  // owned ones and halo
    Range read_columns;
    std::int64_t strip = 0;  // index of its strip of columns
};

struct Tiling {
    std::vector<Tile> tiles;
    std::int64_t strips = 1;
    std::int64_t most_columns = 0;  // of the widest tile, halo included
};

// How many of `threads` have enough to do; at least 1.
int useful_threads(Shape shape, std::int64_t halo, int threads, double work_per_pixel);

// The strips, of about `strip_columns` columns at most, are the same for any number of threads.
// There are as many bands of rows as `threads` can use for `work_per_pixel` (in TV steps of one
// map).
Tiling make_tiling(Shape shape, std::int64_t halo, std::int64_t strip_columns, int threads,
                   double work_per_pixel);

// The working rows of a TV prox should fit into the second-level cache, since its many steps use
// them again and again. A fusion takes few steps and gains more from wider strips.
inline constexpr std::int64_t prox_working_bytes = std::int64_t{800} * 1024;
inline constexpr std::int64_t fusion_working_bytes = std::int64_t{1280} * 1024;

// How many columns, of `bytes_per_column` bytes each, fit into `working_bytes`.
std::int64_t cached_columns(std::int64_t working_bytes, std::int64_t bytes_per_column,
                            std::int64_t halo);

}  // namespace mmfusion
