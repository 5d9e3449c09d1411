#include "guided_pipeline.hpp"

#include "row_operations.hpp"

namespace mmfusion {

namespace {
constexpr std::int64_t rows_of_stage = GuidedPipeline::rows_per_map_and_step - 1;
}  // namespace

GuidedPipeline::GuidedPipeline(int steps, std::int64_t maps, std::int64_t most_columns)
    : steps_(steps),
      map_count_(maps),
      kernels_(row_kernels()),
      counts_ring_((steps_ + 1) * maps, most_columns),
      shared_ring_((steps_ + 1) * 4, most_columns),
      stage_rows_((steps_ + 1) * maps * rows_of_stage, most_columns),
      haadf_rows_((steps_ + 1) * 2, most_columns),
      spare_(2, most_columns) {
    for (std::int64_t k = 0; k <= steps_; ++k) {
        Stage& stage = stages_.emplace_back();
        for (std::int64_t map = 0; map < maps; ++map) {
            MapRowsOfStage& rows = stage.maps.emplace_back();
            std::int64_t next = (k * maps + map) * rows_of_stage;
            for (int parity = 0; parity < 2; ++parity) {
                for (float** row :
                     {&rows.map[parity], &rows.dual_y[parity], &rows.dual_x[parity],
                      &rows.turned_y[parity], &rows.turned_x[parity], &rows.ahead[parity]}) {
                    *row = stage_rows_.row(next++);
                }
            }
        }
        stage.haadf_dual[0] = haadf_rows_.row(2 * k);
        stage.haadf_dual[1] = haadf_rows_.row(2 * k + 1);
    }
}

void GuidedPipeline::start(const GuidedSettings& settings, std::int64_t rows,
                           std::int64_t columns) noexcept {
    settings_ = &settings;
    rows_ = rows;
    columns_ = columns;
    time_ = 0;
}

GuidedPipeline::Shared GuidedPipeline::shared(std::int64_t row) const noexcept {
    const std::int64_t first = 4 * (row % (steps_ + 1));
    return {.haadf = shared_ring_.row(first),
            .mask = shared_ring_.row(first + 1),
            .guide_y = shared_ring_.row(first + 2),
            .guide_x = shared_ring_.row(first + 3)};
}

float* GuidedPipeline::map_row(std::int64_t map) const noexcept {
    return stages_[0].maps[static_cast<std::size_t>(map)].map[time_ & 1];
}
float* GuidedPipeline::dual_y_row(std::int64_t map) const noexcept {
    return stages_[0].maps[static_cast<std::size_t>(map)].dual_y[time_ & 1];
}
float* GuidedPipeline::dual_x_row(std::int64_t map) const noexcept {
    return stages_[0].maps[static_cast<std::size_t>(map)].dual_x[time_ & 1];
}
float* GuidedPipeline::haadf_dual_row() const noexcept { return stages_[0].haadf_dual[time_ & 1]; }
float* GuidedPipeline::counts_row(std::int64_t map) const noexcept {
    return counts_ring_.row((time_ % (steps_ + 1)) * map_count_ + map);
}
float* GuidedPipeline::haadf_row() const noexcept { return shared(time_).haadf; }
float* GuidedPipeline::mask_row() const noexcept { return shared(time_).mask; }
float* GuidedPipeline::guide_y_row() const noexcept { return shared(time_).guide_y; }
float* GuidedPipeline::guide_x_row() const noexcept { return shared(time_).guide_x; }

void GuidedPipeline::advance() noexcept {
    if (time_ < rows_) {
        const auto here = static_cast<std::size_t>(time_ & 1);
        for (const MapRowsOfStage& rows : stages_[0].maps) {
            kernels_.turn({.guide_y = guide_y_row(),
                           .guide_x = guide_x_row(),
                           .dual_y = rows.dual_y[here],
                           .dual_x = rows.dual_x[here],
                           .turned_y = rows.turned_y[here],
                           .turned_x = rows.turned_x[here],
                           .columns = columns_});
        }
    }
    for (std::int64_t k = 1; k <= steps_; ++k) {
        const Stage& stage = stages_[static_cast<std::size_t>(k)];
        const Stage& before = stages_[static_cast<std::size_t>(k - 1)];
        const std::int64_t row = time_ - k + 1;
        const float relaxation = k < steps_ ? settings_->relaxation : 1.0F;
        if (row >= 0 && row < rows_) {
            step_maps(stage, before, row, relaxation);
        }
        if (row >= 1 && row <= rows_) {
            step_duals(stage, before, row - 1, relaxation);
        }
    }
    ++time_;
}

void GuidedPipeline::step_maps(const Stage& stage, const Stage& before, std::int64_t row,
                               float relax) noexcept {
    const auto here = static_cast<std::size_t>(row & 1);
    float* model = spare_.row(1);
    for (std::int64_t map = 0; map < map_count_; ++map) {
        const auto at = static_cast<std::size_t>(map);
        const MapRowsOfStage& old = before.maps[at];
        const MapRowsOfStage& now = stage.maps[at];
        const GuidedMapSettings& settings = settings_->maps[at];
        kernels_.guided_primal({.map = old.map[here],
                                .turned_y_above = row > 0 ? old.turned_y[1 - here] : spare_.row(0),
                                .turned_y = old.turned_y[here],
                                .turned_x = old.turned_x[here],
                                .haadf_dual = before.haadf_dual[here],
                                .counts = counts_ring_.row((row % (steps_ + 1)) * map_count_ + map),
                                .mask = shared(row).mask,
                                .next = now.map[here],
                                .ahead = now.ahead[here],
                                .model = model,
                                .columns = columns_,
                                .step = settings_->step,
                                .dose = settings.dose,
                                .weight = settings.weight,
                                .background = settings.background,
                                .largest = settings.largest,
                                .relaxation = relax,
                                .first = map == 0});
        repeat_last_sample(now.ahead[here], columns_);
    }
    kernels_.haadf_dual({.model = model,
                         .haadf = shared(row).haadf,
                         .dual = before.haadf_dual[here],
                         .next = stage.haadf_dual[here],
                         .columns = columns_,
                         .step = settings_->haadf_step,
                         .shrink = settings_->shrink,
                         .relaxation = relax});
}

void GuidedPipeline::step_duals(const Stage& stage, const Stage& before, std::int64_t row,
                                float relax) noexcept {
    const bool last = row + 1 == rows_;
    const auto here = static_cast<std::size_t>(row & 1);
    const std::size_t below = last ? here : 1 - here;
    const Shared guide = shared(row);
    for (std::size_t map = 0; map < stage.maps.size(); ++map) {
        const MapRowsOfStage& now = stage.maps[map];
        kernels_.guided_dual({.ahead = now.ahead[here],
                              .ahead_below = now.ahead[below],
                              .guide_y = guide.guide_y,
                              .guide_x = guide.guide_x,
                              .dual_y = before.maps[map].dual_y[here],
                              .dual_x = before.maps[map].dual_x[here],
                              .next_y = now.dual_y[here],
                              .next_x = now.dual_x[here],
                              .turned_y = now.turned_y[here],
                              .turned_x = now.turned_x[here],
                              .columns = columns_,
                              .bound = settings_->maps[map].bound,
                              .step_y = last ? 0.0F : settings_->dual_step,
                              .step_x = settings_->dual_step,
                              .relaxation = relax});
    }
}

GuidedPipeline::MapOut GuidedPipeline::map_out(std::int64_t map) const noexcept {
    const std::int64_t row = time_ - 1 - steps_;
    const auto here = static_cast<std::size_t>(row & 1);
    const std::size_t below = row + 1 == rows_ ? here : 1 - here;
    const MapRowsOfStage& rows = stages_.back().maps[static_cast<std::size_t>(map)];
    repeat_last_sample(rows.map[here], columns_);
    return {.map = rows.map[here],
            .map_below = rows.map[below],
            .dual_y = rows.dual_y[here],
            .dual_x = rows.dual_x[here],
            .turned_y_above = row > 0 ? rows.turned_y[1 - here] : spare_.row(0),
            .turned_y = rows.turned_y[here],
            .turned_x = rows.turned_x[here]};
}

GuidedPipeline::SharedOut GuidedPipeline::shared_out() const noexcept {
    const std::int64_t row = time_ - 1 - steps_;
    const Shared rows = shared(row);
    return {.haadf_dual = stages_.back().haadf_dual[row & 1],
            .haadf = rows.haadf,
            .mask = rows.mask,
            .guide_y = rows.guide_y,
            .guide_x = rows.guide_x};
}

}  // namespace mmfusion
