#include "tile_fuser.hpp"

#include <algorithm>
#include <cstring>

#include "prefetch.hpp"

namespace mmfusion {
namespace {

// Telling of every row would cost more than waiting for a few.
constexpr std::int64_t rows_per_announcement = 8;
// A thread that has caught up lets the other gain this part of the image, so as not to wait again.
constexpr std::int64_t parts_of_head_start = 16;

void copy_row(const float* from, std::int64_t columns, float* to) {
    std::memcpy(to, from, static_cast<std::size_t>(columns) * sizeof(float));
}

}  // namespace

TileFuser::TileFuser(const FusionProblem& problem, const TvSettings& settings, const Tiling& tiling)
    : problem_(problem),
      kernels_(row_kernels()),
      strips_(tiling.strips),
      maps_(2 * problem.map_count(), tiling.most_columns),
      powers_(problem.map_count(), tiling.most_columns),
      model_(1, tiling.most_columns),
      residual_(1, tiling.most_columns),
      unwanted_(1, tiling.most_columns) {
    pipelines_.reserve(problem.maps.size());
    for (std::int64_t map = 0; map < problem.map_count(); ++map) {
        pipelines_.emplace_back(settings, tiling.most_columns);
    }
}

std::int64_t TileFuser::halo(const TvSettings& settings) {
    // One more than the TV steps reach: the TV norm looks at the pixel below and to the right.
    return TvPipeline::reach(settings) + 1;
}

std::int64_t TileFuser::working_bytes_per_column(const FusionProblem& problem,
                                                 const TvSettings& settings) {
    constexpr std::int64_t rows_per_step = 10;
    constexpr std::int64_t rows_per_map = 4;
    return problem.map_count() * (settings.steps() * rows_per_step + rows_per_map) *
           static_cast<std::int64_t>(sizeof(float));
}

double TileFuser::work_per_pixel(const FusionProblem& problem, const TvSettings& settings) {
    // The gradient step and the costs take about as long as three TV steps.
    return static_cast<double>(problem.map_count() * (settings.steps() + 3));
}

void TileFuser::process(const Tile& tile, const SweepImages& images, Costs* costs,
                        const RowGate& gate) {
    tile_ = &tile;
    images_ = &images;
    costs_ = costs;
    rows_ready_ = gate.before != nullptr ? 0 : tile.read_rows.end;
    const std::int64_t lag = pipelines_.front().lag();
    for (TvPipeline& pipeline : pipelines_) {
        pipeline.start(tile.read_rows.size(), tile.read_columns.size());
    }
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + lag; ++row) {
        if (row < tile.read_rows.end) {
            wait_for(row, gate);
        }
        advance_maps(row);
        finish_row(row - lag);
        announce(row - lag, gate);
    }
}

std::int64_t TileFuser::start_of(std::int64_t row) const {
    return row * problem_.shape.columns + tile_->columns.begin;
}

// Owned columns first.
float* TileFuser::map_row(std::int64_t map, std::int64_t row) const {
    return maps_.row(2 * map + (row & 1)) + (tile_->columns.begin - tile_->read_columns.begin);
}

float* TileFuser::next_row(std::int64_t map, std::int64_t row) const {
    return images_->next != nullptr ? images_->next + problem_.start_of_map(map) + start_of(row)
                                    : unwanted_.row(0);
}

Costs& TileFuser::costs_of(std::int64_t row) const { return costs_[row * strips_ + tile_->strip]; }

void TileFuser::wait_for(std::int64_t row, const RowGate& gate) {
    if (gate.before == nullptr || row < rows_ready_) {
        return;
    }
    rows_ready_ = gate.before->rows();
    if (rows_ready_ <= row) {
        const std::int64_t rows = tile_->read_rows.end;
        rows_ready_ = gate.before->wait_for(std::min(row + 1 + rows / parts_of_head_start, rows));
    }
}

void TileFuser::announce(std::int64_t row, const RowGate& gate) const {
    const std::int64_t done = row + 1;
    if (gate.own != nullptr && done > 0 &&
        (done % rows_per_announcement == 0 || done == tile_->rows.end)) {
        gate.own->publish(done);
    }
}

void TileFuser::advance_maps(std::int64_t row) {
    const std::int64_t lag = pipelines_.front().lag();
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        TvPipeline& pipeline = pipelines_[static_cast<std::size_t>(map)];
        if (row < tile_->read_rows.end) {
            const std::int64_t at = problem_.start_of_map(map) + row * problem_.shape.columns +
                                    tile_->read_columns.begin;
            copy_row(images_->source + at, tile_->read_columns.size(), pipeline.image_row());
        }
        fetch_ahead(map, row);
        pipeline.advance(maps_.row(2 * map + ((row - lag) & 1)));
    }
}

// While a map goes through its TV steps, its next row and what its gradient step needs arrive. A
// row that another thread is still to write would only be taken away from it.
void TileFuser::fetch_ahead(std::int64_t map, std::int64_t row) const {
    const std::int64_t width = problem_.shape.columns;
    if (row + 1 < rows_ready_) {
        prefetch_row(images_->source + problem_.start_of_map(map) + (row + 1) * width +
                         tile_->read_columns.begin,
                     tile_->read_columns.size());
    }
    const std::int64_t due = row - pipelines_.front().lag();
    if (costs_ == nullptr || due < tile_->rows.begin || due >= tile_->rows.end) {
        return;
    }
    const ScaledImage& measured = problem_.maps[static_cast<std::size_t>(map)].image;
    prefetch_row(measured.data + start_of(due), columns());
    prefetch_row(next_row(map, due), columns());
    if (map == 0) {
        prefetch_row(problem_.haadf.data + start_of(due), columns());
    }
}

void TileFuser::finish_row(std::int64_t row) {
    if (costs_ != nullptr) {
        finish_tv_norm(row);
    }
    if (row < tile_->rows.begin || row >= tile_->rows.end) {
        return;
    }
    if (images_->maps != nullptr) {
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            copy_row(map_row(map, row), columns(),
                     images_->maps + problem_.start_of_map(map) + start_of(row));
        }
    }
    if (costs_ != nullptr || images_->haadf != nullptr) {
        model_haadf(row);
    }
    if (costs_ != nullptr) {
        take_gradient_step(row);
    }
}

// The TV norm of a row needs the row below, so it comes one row late.
void TileFuser::finish_tv_norm(std::int64_t row) {
    if (row - 1 >= tile_->rows.begin && row - 1 < tile_->rows.end) {
        add_tv_norm(row - 1, row);
    }
    if (row + 1 == problem_.shape.rows) {
        add_tv_norm(row, row);
    }
}

void TileFuser::add_tv_norm(std::int64_t row, std::int64_t row_below) {
    const auto isotropic = static_cast<std::size_t>(problem_.options.tv == TvKind::isotropic);
    double sum = 0.0;
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        GradientNormRow norm{};
        norm.image = map_row(map, row);
        norm.image_below = map_row(map, row_below);
        norm.columns = columns();
        norm.last_column_is_edge = tile_->columns.end == problem_.shape.columns;
        sum += kernels_.gradient_norm[isotropic](norm);
    }
    costs_of(row).tv = sum;
}

void TileFuser::model_haadf(std::int64_t row) {
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        PowerRow power{};
        power.map = map_row(map, row);
        power.power = powers_.row(map);
        power.model = model_.row(0);
        power.columns = columns();
        power.gamma = problem_.options.gamma;
        power.weight = problem_.maps[static_cast<std::size_t>(map)].weight;
        power.first = map == 0;
        kernels_.power(power);
    }
    if (images_->haadf != nullptr) {
        copy_row(model_.row(0), columns(), images_->haadf + start_of(row));
    }
}

void TileFuser::take_gradient_step(std::int64_t row) {
    const FusionOptions& options = problem_.options;
    ResidualRow residual{};
    residual.model = model_.row(0);
    residual.haadf = problem_.haadf.data + start_of(row);
    residual.residual = residual_.row(0);
    residual.columns = columns();
    residual.offset = problem_.haadf.offset;
    residual.factor = problem_.haadf.factor;
    costs_of(row).haadf = 0.5 * kernels_.residual(residual);

    double chem = 0.0;
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const WeightedMap& measured = problem_.maps[static_cast<std::size_t>(map)];
        GradientStepRow step{};
        step.map = map_row(map, row);
        step.power = powers_.row(map);
        step.residual = residual_.row(0);
        step.measured = measured.image.data + start_of(row);
        step.next = next_row(map, row);
        step.columns = columns();
        step.offset = measured.image.offset;
        step.factor = measured.image.factor;
        step.haadf_step = options.lambda_haadf * options.gamma * measured.weight;
        step.chem_step = options.lambda_chem;
        step.background = options.background;
        chem += kernels_.gradient_step(step);
    }
    costs_of(row).chem = chem;
}

}  // namespace mmfusion
