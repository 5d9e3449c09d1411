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
    std::int64_t strip;  // number of its strip of columns
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

// Columns for which `bytes_per_column` of working rows stay in the second-level cache.
std::int64_t cached_columns(std::int64_t bytes_per_column, std::int64_t halo);

}  // namespace mmfusion
