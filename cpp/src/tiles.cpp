#include "tiles.hpp"

#include <algorithm>

namespace mmfusion {
namespace {

// Halos are recomputed, so a band should be several times as high as its halo. It should also take
// longer than waking a thread: some 20 microseconds, or this many steps of one pixel.
constexpr std::int64_t halos_per_band = 6;
constexpr double pixel_steps_per_wake = 60000.0;
// In staggered passes every thread works on a few halos of rows.
constexpr std::int64_t halos_per_thread = 3;
// More bands than threads even out cores of unequal speed, where the cost of halos is small.
constexpr std::int64_t bands_per_thread = 4;
constexpr std::int64_t halos_per_spare_band = 32;

constexpr std::int64_t halos_per_strip = 12;
constexpr std::int64_t narrowest_strip = 256;

Range part(std::int64_t whole, std::int64_t index, std::int64_t parts) {
    return {.begin = whole * index / parts, .end = whole * (index + 1) / parts};
}

Range widen(Range range, std::int64_t halo, std::int64_t limit) {
    return {.begin = std::max<std::int64_t>(0, range.begin - halo),
            .end = std::min(limit, range.end + halo)};
}

std::int64_t worthwhile_threads(Shape shape, double work_per_pixel) {
    const double work = static_cast<double>(shape.pixels()) * work_per_pixel;
    return static_cast<std::int64_t>(work / pixel_steps_per_wake);
}

std::int64_t band_count(Shape shape, std::int64_t halo, int threads, double work_per_pixel) {
    if (threads < 2) {
        return 1;
    }
    const std::int64_t halos = shape.rows / std::max<std::int64_t>(1, halo);
    const std::int64_t worthwhile = worthwhile_threads(shape, work_per_pixel);
    const std::int64_t most = std::min(worthwhile, halos / halos_per_band);
    if (most < threads) {
        return std::max<std::int64_t>(1, most);
    }
    const std::int64_t spare = std::min(worthwhile, halos / halos_per_spare_band);
    // A multiple of the number of threads, so that all of them finish together.
    return threads * std::clamp<std::int64_t>(spare / threads, 1, bands_per_thread);
}

}  // namespace

int useful_threads(Shape shape, std::int64_t halo, int threads, double work_per_pixel) {
    const std::int64_t most =
        std::min(worthwhile_threads(shape, work_per_pixel), shape.rows / (halos_per_thread * halo));
    return static_cast<int>(std::clamp<std::int64_t>(most, 1, threads));
}

std::int64_t cached_columns(std::int64_t working_bytes, std::int64_t bytes_per_column,
                            std::int64_t halo) {
    const std::int64_t fitting = working_bytes / std::max<std::int64_t>(1, bytes_per_column);
    return std::max({fitting, halos_per_strip * halo, narrowest_strip});
}

Tiling make_tiling(Shape shape, std::int64_t halo, std::int64_t strip_columns, int threads,
                   double work_per_pixel) {
    Tiling tiling;
    tiling.strips = (shape.columns + strip_columns - 1) / strip_columns;
    const std::int64_t bands = band_count(shape, halo, threads, work_per_pixel);
    for (std::int64_t band = 0; band < bands; ++band) {
        for (std::int64_t strip = 0; strip < tiling.strips; ++strip) {
            const Range rows = part(shape.rows, band, bands);
            const Range columns = part(shape.columns, strip, tiling.strips);
            const Tile tile{.rows = rows,
                            .columns = columns,
                            .read_rows = widen(rows, halo, shape.rows),
                            .read_columns = widen(columns, halo, shape.columns),
                            .strip = strip};
            tiling.most_columns = std::max(tiling.most_columns, tile.read_columns.size());
            tiling.tiles.push_back(tile);
        }
    }
    return tiling;
}

}  // namespace mmfusion
