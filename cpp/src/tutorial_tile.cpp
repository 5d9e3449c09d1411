#include "tutorial_tile.hpp"

#include <algorithm>

#include "prefetch.hpp"
#include "row_operations.hpp"

namespace mmfusion {
namespace {

// Publishing every row would cost more than waiting for a few.
constexpr std::int64_t rows_per_announcement = 8;
// A thread that has caught up lets the other one gain this fraction of the image before it goes on,
// so that it does not have to wait again soon.
constexpr std::int64_t head_starts_per_image = 16;

}  // namespace

TutorialTile::TutorialTile(const FusionProblem& problem, const TvSettings& settings,
                           const Tiling& tiling)
    : problem_(problem), finished_(problem, tiling) {
    pipelines_.reserve(problem.maps.size());
    for (std::int64_t map = 0; map < problem.map_count(); ++map) {
        pipelines_.emplace_back(settings, tiling.most_columns);
    }
}

void TutorialTile::process(const Tile& tile, const PassImages& images, Costs* costs,
                           const RowGate& gate) {
    tile_ = &tile;
    images_ = &images;
    finished_.start(tile, images, costs);
    rows_ready_ = gate.before != nullptr ? 0 : tile.read_rows.end;
    const std::int64_t lag = pipelines_.front().lag();
    for (TvPipeline& pipeline : pipelines_) {
        pipeline.start(tile.read_rows.size(), tile.read_columns.size());
    }
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + lag; ++row) {
        if (problem_.options.is_abandoned()) {
            abandon(gate);
            return;
        }
        if (row < tile.read_rows.end) {
            wait_for(row, gate);
        }
        advance_maps(row);
        finished_.finish(row - lag);
        announce(row - lag, gate);
    }
}

// The thread with the next pass must not wait for rows that never come.
void TutorialTile::abandon(const RowGate& gate) {
    if (gate.own != nullptr) {
        gate.own->cancel();
    }
}

void TutorialTile::wait_for(std::int64_t row, const RowGate& gate) {
    if (gate.before == nullptr || row < rows_ready_) {
        return;
    }
    rows_ready_ = gate.before->rows();
    if (rows_ready_ <= row) {
        const std::int64_t rows = tile_->read_rows.end;
        rows_ready_ = gate.before->wait_for(std::min(row + 1 + rows / head_starts_per_image, rows));
    }
}

void TutorialTile::announce(std::int64_t row, const RowGate& gate) const {
    const std::int64_t done = row + 1;
    if (gate.own != nullptr && done > 0 &&
        (done % rows_per_announcement == 0 || done == tile_->rows.end)) {
        gate.own->publish(done);
    }
}

void TutorialTile::advance_maps(std::int64_t row) {
    const std::int64_t lag = pipelines_.front().lag();
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        TvPipeline& pipeline = pipelines_[static_cast<std::size_t>(map)];
        if (row < tile_->read_rows.end) {
            const std::int64_t at = problem_.start_of_map(map) + row * problem_.shape.columns +
                                    tile_->read_columns.begin;
            copy_row(images_->source + at, tile_->read_columns.size(), pipeline.image_row());
        }
        fetch_ahead(map, row);
        pipeline.advance(finished_.row(map, row - lag));
    }
}

// Prefetches a map's next row and the inputs of its gradient step while it goes through its TV
// steps. A row that another thread has yet to write is left alone: fetching it would only take it
// away from that thread's cache.
void TutorialTile::fetch_ahead(std::int64_t map, std::int64_t row) const {
    const std::int64_t width = problem_.shape.columns;
    if (row + 1 < rows_ready_) {
        prefetch_row(images_->source + problem_.start_of_map(map) + (row + 1) * width +
                         tile_->read_columns.begin,
                     tile_->read_columns.size());
    }
    const std::int64_t due = row - pipelines_.front().lag();
    if (!finished_.has_costs() || !finished_.owns(due)) {
        return;
    }
    const std::int64_t start = due * width + tile_->columns.begin;
    const std::int64_t columns = tile_->columns.size();
    prefetch_row(problem_.maps[static_cast<std::size_t>(map)].image.data + start, columns);
    if (images_->next != nullptr) {
        prefetch_row(finished_.next_row(map, due), columns);
    }
    if (map == 0) {
        prefetch_row(problem_.haadf.data + start, columns);
    }
}

}  // namespace mmfusion
