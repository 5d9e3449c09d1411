// How an image is cut into pieces that threads work on and caches hold.
//
// A piece owns some pixels and reads a halo around them, so that no piece waits for another. Its
// pixels come out the same, bit for bit, however the image is cut.
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
    Range read_rows;  // owned and halo
    Range read_columns;
    std::int64_t strip = 0;  // index of its strip of columns
};

struct Tiling {
    std::vector<Tile> tiles;
    std::int64_t strips = 1;
    std::int64_t most_columns = 0;  // the widest tile, halo included
};

// At most `threads`, and no more than find enough to do.
int useful_threads(Shape shape, std::int64_t halo, int threads, double work_per_pixel);

// Strips of at most about `strip_columns` columns are the same for any number of threads; bands
// of rows are as many as `threads` can use for `work_per_pixel` (in TV steps of one map).
Tiling make_tiling(Shape shape, std::int64_t halo, std::int64_t strip_columns, int threads,
                   double work_per_pixel);

// The second-level cache is to hold the rows of a TV prox, which its many steps go over again and
// again. A fusion takes few steps, and wider strips are worth more to it.
inline constexpr std::int64_t prox_working_bytes = std::int64_t{800} * 1024;
inline constexpr std::int64_t fusion_working_bytes = std::int64_t{1280} * 1024;

// Columns whose working rows, `bytes_per_column` each, fit into `working_bytes`.
std::int64_t cached_columns(std::int64_t working_bytes, std::int64_t bytes_per_column,
                            std::int64_t halo);

}  // namespace mmfusion
