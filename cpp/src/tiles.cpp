#include "tiles.hpp"

#include <algorithm>

namespace mmfusion {
namespace {

// Halos are recomputed, so a band should be several times as high as its halo, and long enough to
// pay for waking a thread: some 20 microseconds, as many as this many pixels and steps.
constexpr std::int64_t halos_per_band = 6;
constexpr double steps_worth_a_thread = 60000.0;
// Threads that pursue one another down the image each keep a few halos of rows for themselves.
constexpr std::int64_t halos_per_thread = 3;
// More bands than threads even out cores of unequal speed, where their halos hardly count.
constexpr std::int64_t bands_per_thread = 4;
constexpr std::int64_t halos_per_spare_band = 32;

constexpr std::int64_t halos_per_strip = 12;
constexpr std::int64_t narrowest_strip = 256;

Range part(std::int64_t whole, std::int64_t index, std::int64_t parts) {
    return {whole * index / parts, whole * (index + 1) / parts};
}

Range widened(Range range, std::int64_t halo, std::int64_t limit) {
    return {std::max<std::int64_t>(0, range.begin - halo), std::min(limit, range.end + halo)};
}

std::int64_t worthwhile_threads(Shape shape, double work_per_pixel) {
    const double work = static_cast<double>(shape.pixels()) * work_per_pixel;
    return static_cast<std::int64_t>(work / steps_worth_a_thread);
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
    // A multiple of the threads, so that none is left over at the end.
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
            Tile tile;
            tile.rows = part(shape.rows, band, bands);
            tile.columns = part(shape.columns, strip, tiling.strips);
            tile.read_rows = widened(tile.rows, halo, shape.rows);
            tile.read_columns = widened(tile.columns, halo, shape.columns);
            tile.strip = strip;
            tiling.most_columns = std::max(tiling.most_columns, tile.read_columns.size());
            tiling.tiles.push_back(tile);
        }
    }
    return tiling;
}

}  // namespace mmfusion
