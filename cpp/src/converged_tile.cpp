#include "converged_tile.hpp"

#include "row_operations.hpp"

namespace mmfusion {

ConvergedTile::ConvergedTile(const FusionProblem& problem, const TvSettings& settings,
                             const Tiling& tiling)
    : problem_(problem),
      terms_(problem, tiling.most_columns),
      extrapolated_(problem.map_count(), tiling.most_columns),
      finished_(problem, tiling) {
    for (std::int64_t map = 0; map < problem.map_count(); ++map) {
        pipelines_.emplace_back(settings, tiling.most_columns);
        extrapolated_rows_.push_back(extrapolated_.row(map));
    }
}

void ConvergedTile::process(const Tile& tile, const ConvergedImages& images, Costs* costs) {
    tile_ = &tile;
    images_ = &images;
    const PassImages outputs{.maps = images.next, .haadf = images.haadf};
    finished_.start(tile, outputs, costs);
    for (TvPipeline& pipeline : pipelines_) {
        pipeline.set_weight(problem_.options.lambda_tv * images.length);
        pipeline.start(tile.read_rows.size(), tile.read_columns.size());
    }
    const std::int64_t lag = pipelines_.front().lag();
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + lag; ++row) {
        if (problem_.options.is_abandoned()) {
            return;
        }
        if (row < tile.read_rows.end) {
            feed(row);
        }
        collect(row - lag);
    }
}

// The TV steps denoise the gradient step from the extrapolated maps.
void ConvergedTile::feed(std::int64_t row) {
    const std::int64_t start = row * problem_.shape.columns + tile_->read_columns.begin;
    const std::int64_t columns = tile_->read_columns.size();
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const std::int64_t at = problem_.start_of_map(map) + start;
        row_kernels().extrapolate({.image = images_->present + at,
                                   .before = images_->before + at,
                                   .result = extrapolated_.row(map),
                                   .columns = columns,
                                   .momentum = images_->momentum});
    }
    const RowOfMaps maps{.maps = extrapolated_rows_, .start = start, .columns = columns};
    terms_.model(maps);
    terms_.residual(maps);
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        terms_.gradient_step(maps, map, images_->length, false, pipeline(map).image_row());
        feed_dual(map, start, columns);
    }
}

void ConvergedTile::feed_dual(std::int64_t map, std::int64_t start, std::int64_t columns) {
    TvPipeline& tv = pipeline(map);
    if (!tv.has_steps()) {
        return;
    }
    const float* dual = images_->dual + 2 * problem_.start_of_map(map) + start;
    multiply_row(dual, tv.weight(), columns, tv.warm_y_row());
    multiply_row(dual + problem_.shape.pixels(), tv.weight(), columns, tv.warm_x_row());
}

void ConvergedTile::collect(std::int64_t row) {
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        pipeline(map).advance(finished_.row(map, row));
        if (finished_.owns(row)) {
            collect_dual(map, row);
        }
    }
    finished_.finish(row);
}

void ConvergedTile::collect_dual(std::int64_t map, std::int64_t row) {
    const TvPipeline& tv = pipeline(map);
    if (!tv.has_steps()) {
        return;
    }
    const std::int64_t start = row * problem_.shape.columns + tile_->columns.begin;
    const std::int64_t columns = tile_->columns.size();
    const std::int64_t halo = tile_->columns.begin - tile_->read_columns.begin;
    float* dual = images_->next_dual + 2 * problem_.start_of_map(map) + start;
    multiply_row(tv.dual_y_row() + halo, 1.0F / tv.weight(), columns, dual);
    multiply_row(tv.dual_x_row() + halo, 1.0F / tv.weight(), columns,
                 dual + problem_.shape.pixels());
}

}  // namespace mmfusion
